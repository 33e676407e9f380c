//! The model of least BIC without looking at all of them: branch and bound, for bootstrap replicates.
//!
//! A model fits no better than one it is a part of. So the models between a large one and those of its terms that are
//! kept for good have a BIC of at least (parameters kept) ln n − 2 (log-likelihood of the large one), and all of them
//! are passed over when a better model is known.
//!
//! # Sources
//! G. M. Furnival and R. W. Wilson (1974), Regressions by leaps and bounds, *Technometrics* 16(4), for the idea.

use super::bic::{BicSearch, checked_order};
use super::lattice::{Lattice, visits};
use super::poisson::ln_smaller_tail;
use super::score::{Score, Scorer, TIE, bic, is_smaller};
use super::stepwise::{STEPWISE_THRESHOLD, StepwiseSelector};
use super::{Selected, Selector, starts};
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::Fitter;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// The model that [`super::bic_search`] would choose.
#[derive(Debug, Clone)]
pub(crate) struct BicSelector {
    /// `None` if there are too many terms.
    lattice: Option<Lattice>,
    most_models: u64,
}

impl BicSelector {
    /// For samples with this many lists.
    ///
    /// # Errors
    /// [`MseError::Option`] for an order of 0.
    pub(crate) fn try_new(search: &BicSearch, lists: usize) -> Result<Self, MseError> {
        Ok(Self { lattice: Lattice::new(lists, checked_order(search, lists)?), most_models: search.most_models })
    }
}

impl Selector for BicSelector {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        let Some(lattice) = &self.lattice else { return Ok(Err(Status::TooLarge)) };
        let found = least_bic(lattice, sample, fitter, self.most_models, control)?;
        Ok(found.map(|found| Selected { model: lattice.model(found.mask), estimate: found.estimate }))
    }
}

/// The model of least BIC.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeastBic {
    pub(super) mask: u64,
    pub(super) estimate: f64,
    /// The models that were fitted to know it.
    pub(super) fitted: u64,
}

/// The model of least BIC of a lattice, unless that takes more fits than `most`.
pub(super) fn least_bic(
    lattice: &Lattice,
    sample: &Sample,
    fitter: &mut Fitter,
    most: u64,
    control: &Control,
) -> Result<Result<LeastBic, Status>, MseError> {
    if !starts::overlaps(sample) {
        return Ok(Err(Status::NoOverlap));
    }
    let mut branches = Branches::new(lattice, Scorer::new(sample, fitter), most, control);
    branches.start()?;
    branches.open()?;
    let fitted = branches.fitted;
    Ok(match branches.best {
        _ if branches.cut_short => Err(Status::TooLarge),
        None => Err(Status::NoExistence),
        Some(best) => Ok(LeastBic { mask: best.mask, estimate: best.estimate, fitted }),
    })
}

/// The best model so far.
#[derive(Debug, Clone, Copy)]
struct Best {
    mask: u64,
    bic: f64,
    estimate: f64,
}

struct Branches<'a> {
    lattice: &'a Lattice,
    scorer: Scorer<'a>,
    control: &'a Control,
    /// The terms in the order in which they are kept or dropped: wholes before parts, then the ones that matter most.
    order: Vec<usize>,
    best: Option<Best>,
    fitted: u64,
    /// The most models to fit, and whether there was more to do.
    most: u64,
    cut_short: bool,
    terms: Vec<ListSet>,
}

impl<'a> Branches<'a> {
    fn new(lattice: &'a Lattice, scorer: Scorer<'a>, most: u64, control: &'a Control) -> Self {
        let (order, terms) = (Vec::new(), Vec::new());
        Self { lattice, scorer, control, order, best: None, fitted: 0, most, cut_short: false, terms }
    }

    /// Orders the terms and finds a first model to beat.
    fn start(&mut self) -> Result<(), MseError> {
        let mut surprise = vec![0.0; self.lattice.terms().len()];
        if let Ok(score) = starts::independence(&mut self.scorer) {
            for (surprise, term) in surprise.iter_mut().zip(self.lattice.terms()) {
                *surprise = ln_smaller_tail(self.scorer.seen(*term), self.scorer.expected(*term));
            }
            self.meet(0, score);
            let stepwise = StepwiseSelector::try_new(STEPWISE_THRESHOLD)?;
            if self.lattice.terms().iter().any(|term| term.len() == 2)
                && let Ok((terms, score)) = stepwise.walk(&mut self.scorer, self.control, |_| ())?
            {
                self.meet(self.lattice.mask(&terms), score);
            }
        }
        let size = |term: &usize| self.lattice.terms().get(*term).map_or(0, |term| term.len());
        let surprise = |term: &usize| surprise.get(*term).copied().unwrap_or_default();
        self.order = (0..self.lattice.terms().len()).collect();
        self.order.sort_by(|one, other| {
            size(other).cmp(&size(one)).then(surprise(one).total_cmp(&surprise(other))).then(one.cmp(other))
        });
        Ok(())
    }

    /// Fits the largest model, then goes through all others.
    fn open(&mut self) -> Result<(), MseError> {
        let all = self.lattice.all();
        let found = self.fit(all)?;
        self.branch(all, 0, 0, found.unwrap_or(self.scorer.saturated()))
    }

    /// Goes through the models between `kept` and `mask`, which was fitted: terms before place `at` of the order are
    /// decided, the others may be dropped. No such model has a log-likelihood above `reached`.
    fn branch(&mut self, mask: u64, mut kept: u64, at: usize, reached: f64) -> Result<(), MseError> {
        for place in at..self.order.len() {
            if self.is_beaten(kept, reached) {
                return Ok(());
            }
            let Some(term) = self.order.get(place).copied() else { break };
            let (bit, (parts, wholes)) = (1u64 << term, self.lattice.around(term));
            if wholes & mask == 0 {
                if self.fitted >= self.most {
                    self.cut_short = true;
                    return Ok(());
                }
                let smaller = mask & !bit;
                let found = self.fit(smaller)?;
                self.branch(smaller, kept, place + 1, found.unwrap_or(reached))?;
            }
            kept |= bit | parts;
        }
        Ok(())
    }

    fn is_beaten(&self, kept: u64, reached: f64) -> bool {
        let bound = bic(reached, self.parameters(kept), self.scorer.sample().persons());
        // With a margin, so that equals are looked at and the first of them is chosen.
        self.best.is_some_and(|best| bound > best.bic + TIE * (1.0 + best.bic.abs()))
    }

    /// Fits a model and meets it; its log-likelihood if it has an estimate.
    fn fit(&mut self, mask: u64) -> Result<Option<f64>, MseError> {
        self.fitted += 1;
        if self.fitted.is_multiple_of(64) {
            self.control.check()?;
        }
        self.lattice.terms_of(mask, &mut self.terms);
        let Ok(found) = self.scorer.score(&self.terms) else { return Ok(None) };
        self.meet(mask, found);
        Ok(Some(found.log_likelihood))
    }

    fn meet(&mut self, mask: u64, score: Score) {
        let bic = score.bic(self.parameters(mask), self.scorer.sample().persons());
        let better = self.best.is_none_or(|best| {
            is_smaller(bic, best.bic) || (!is_smaller(best.bic, bic) && visits(mask, best.mask).is_lt())
        });
        if better {
            self.best = Some(Best { mask, bic, estimate: score.estimate });
        }
    }

    fn parameters(&self, mask: u64) -> usize {
        1 + self.lattice.lists() + mask.count_ones() as usize
    }
}
