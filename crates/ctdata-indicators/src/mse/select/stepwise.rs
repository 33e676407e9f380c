//! Stepwise choice of two-list interactions by how surprising their overlaps are.
//!
//! # Sources
//! L. Chan, B. W. Silverman and K. Vincent (2021), Multiple systems estimation for sparse capture data: inferential
//! challenges when there are nonoverlapping lists, *Journal of the American Statistical Association* 116(535),
//! section 3.2.

use super::poisson::ln_smaller_tail;
use super::result::{ChosenModel, finding};
use super::{Selected, Selector, pairs, starts};
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::existence::check;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::{Fit, Fitter};
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::sample::{Sample, subset_sums, superset_sums};
use ctdata_table::Control;

/// The threshold of the p-value that its authors recommend after simulations.
pub const STEPWISE_THRESHOLD: f64 = 0.02;

/// p-values whose logarithms differ by less than this share are taken as equal: rounding must not break a tie.
const TIE: f64 = 1e-9;

/// The model that a stepwise search chose, and how it came there.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Stepwise {
    /// Interactions entered while their p-value was below this.
    pub threshold: f64,
    /// Whether there is an answer.
    pub status: Status,
    /// The model chosen; `None` if even main effects have no estimate.
    pub chosen: Option<ChosenModel>,
    /// The interactions in the order of entry.
    pub entries: Vec<StepwiseEntry>,
}

/// One interaction that entered.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StepwiseEntry {
    /// The two lists, numbered from 1.
    pub lists: [usize; 2],
    /// The names of the two lists, `LA:NG`.
    pub named: String,
    /// The p-value at entry.
    pub p_value: f64,
    /// All persons, seen and unseen, with this interaction.
    pub estimate: f64,
}

/// Adds two-list interactions to the model of independence, one by one.
///
/// At each step a pair of lists has the p-value min(P(X ≤ k), P(X ≥ k)), where k persons are on both lists and X is
/// Poisson with the number that the model so far lets expect. The pair of the smallest p-value enters if that is below
/// the threshold ([`STEPWISE_THRESHOLD`] by default) and if the model with it has an estimate; of equal p-values, the
/// first pair in the order 12, 13, …, 23, …. A threshold of 0 gives main effects, a threshold of 1 all pairs at once
/// if that model has an estimate.
///
/// # Errors
/// [`MseError::Option`] unless the threshold lies between 0 and 1, [`MseError::Table`] when cancelled.
///
/// # Sources
/// L. Chan, B. W. Silverman and K. Vincent (2021), Multiple systems estimation for sparse capture data, *Journal of the
/// American Statistical Association* 116(535), section 3.2.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, ListSet, stepwise};
/// use ctdata_table::Control;
///
/// // Korean women held at Palembang, on three lists (Ball, Shin and Yang 2018).
/// let counts = [(0b001, 5), (0b010, 5), (0b100, 41), (0b011, 54), (0b101, 6), (0b111, 12)];
/// let counts = counts.map(|(lists, count)| (ListSet::from_bits(lists), count));
/// let histories = CaptureHistories::try_new(["b", "c", "d"], counts)?;
/// let found = stepwise(&histories, 0.02, &Control::default())?;
/// let chosen = found.chosen.ok_or("no estimate")?;
/// assert_eq!(chosen.named, "[b:c,d]");
/// assert!((chosen.estimate - 268.7778).abs() < 5e-5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn stepwise(histories: &CaptureHistories, threshold: f64, control: &Control) -> Result<Stepwise, MseError> {
    let selector = StepwiseSelector::try_new(threshold)?;
    let sample = Sample::of(histories);
    let mut entries = Vec::new();
    let record = |pair: ListSet, ln_p: f64, fit: &Fit| entries.push((pair, ln_p.exp(), fit.estimate(sample.persons())));
    let walked = selector.walk(&sample, &mut Fitter::default(), control, record)?;
    let (chosen, status) = match walked {
        Ok((model, fit)) => (Some(ChosenModel::of(histories, &model, &fit)), Status::Ok),
        Err(status) => (None, status),
    };
    let entries = entries.into_iter().map(|(pair, p_value, estimate)| {
        let mut lists = pair.iter();
        let (first, second) = (lists.next().unwrap_or_default(), lists.next().unwrap_or_default());
        let name = |list: usize| histories.lists().get(list).map_or("", String::as_str);
        StepwiseEntry {
            lists: [first + 1, second + 1],
            named: format!("{}:{}", name(first), name(second)),
            p_value,
            estimate,
        }
    });
    Ok(Stepwise { threshold, status, chosen, entries: entries.collect() })
}

impl Stepwise {
    /// The estimate with its Wald interval, or why there is none.
    pub fn finding(&self, level: Level) -> Finding {
        finding(Method::Stepwise, self.chosen.as_ref(), self.status, level)
    }
}

/// The same as a way to choose on any sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepwiseSelector {
    threshold: f64,
}

impl StepwiseSelector {
    /// # Errors
    /// [`MseError::Option`] unless the threshold lies between 0 and 1.
    pub(crate) fn try_new(threshold: f64) -> Result<Self, MseError> {
        if (0.0..=1.0).contains(&threshold) {
            Ok(Self { threshold })
        } else {
            Err(MseError::Option { option: "threshold", rule: "a p-value lies between 0 and 1" })
        }
    }

    /// The model reached and its fit; tells `record` each pair that enters, its ln p and the fit with it.
    pub(super) fn walk(
        self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
        mut record: impl FnMut(ListSet, f64, &Fit),
    ) -> Result<Result<(Model, Fit), Status>, MseError> {
        let (mut model, mut fit) = match starts::independence(sample, fitter) {
            Ok(start) => start,
            Err(status) => return Ok(Err(status)),
        };
        if self.threshold >= 1.0
            && let Some(all) = starts::all_pairs(sample, fitter)
        {
            return Ok(Ok(all));
        }
        let mut expected = Expected::default();
        let mut candidates: Vec<(ListSet, f64)> = Vec::new();
        while let Some(limit) = (self.threshold > 0.0).then(|| self.threshold.ln()) {
            control.check()?;
            expected.refill(sample, &fit);
            candidates.clear();
            let out = pairs(sample.lists()).filter(|pair| !model.has(*pair));
            let tested = out.map(|pair| (pair, ln_smaller_tail(Expected::seen_by(sample, pair), expected.of(pair))));
            candidates.extend(tested.filter(|(_, ln_p)| *ln_p < limit));
            let mut entered = None;
            while let Some(place) = least(&candidates) {
                // Order matters among equals, so that the rest keeps its order.
                let (pair, ln_p) = candidates.remove(place);
                let Ok(larger) = model.with(pair) else { continue };
                if !check(sample, &larger).is_admissible() {
                    continue;
                }
                if let Ok(found) = fitter.fit(sample, &larger) {
                    record(pair, ln_p, &found);
                    entered = Some((larger, found));
                    break;
                }
            }
            match entered {
                Some(step) => (model, fit) = step,
                None => break,
            }
        }
        Ok(Ok((model, fit)))
    }
}

impl Selector for StepwiseSelector {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        let walked = self.walk(sample, fitter, control, |_, _, _| ())?;
        Ok(walked.map(|(model, fit)| Selected { model, estimate: fit.estimate(sample.persons()) }))
    }
}

/// The place of the smallest, of equals the first.
fn least(candidates: &[(ListSet, f64)]) -> Option<usize> {
    let least = candidates.iter().map(|(_, ln_p)| *ln_p).fold(f64::INFINITY, f64::min);
    let equal = least + TIE * (1.0 + least.abs());
    candidates.iter().position(|(_, ln_p)| *ln_p <= equal)
}

/// How many persons a fit lets expect on at least given lists, among those seen.
#[derive(Debug, Default)]
pub(super) struct Expected {
    sums: Vec<f64>,
}

impl Expected {
    pub(super) fn refill(&mut self, sample: &Sample, fit: &Fit) {
        self.sums.clear();
        self.sums.resize(sample.counts().len(), 0.0);
        for (term, alpha) in fit.free.iter().zip(&fit.alpha) {
            if let Some(place) = self.sums.get_mut(term.index()) {
                *place = *alpha;
            }
        }
        subset_sums(&mut self.sums);
        for (cell, sum) in self.sums.iter_mut().enumerate() {
            let gone = cell == 0 || fit.boundary.iter().any(|term| term.index() & cell == term.index());
            *sum = if gone { 0.0 } else { sum.exp() };
        }
        superset_sums(&mut self.sums);
    }

    /// The expected number on at least these lists.
    pub(super) fn of(&self, lists: ListSet) -> f64 {
        self.sums.get(lists.index()).copied().unwrap_or_default()
    }

    /// The number seen on at least these lists.
    pub(super) fn seen_by(sample: &Sample, lists: ListSet) -> u64 {
        sample.sums().get(lists.index()).copied().unwrap_or_default()
    }
}
