//! The least BIC of all hierarchical models up to an order.
//!
//! Once boundary terms and their cells are gone, many models are the same smaller problem and differ in the number of
//! parameters alone: each such problem is checked and fitted once.
//!
//! # Sources
//! B. W. Silverman, L. Chan and K. Vincent (2024), Bootstrapping multiple systems estimates to account for model
//! selection, *Statistics and Computing* 34, article 44.

use super::best::least_bic;
use super::lattice::{Lattice, visits};
use super::result::{ChosenModel, chosen, finding};
use super::score::{Score, Scorer, is_smaller};
use super::starts::overlaps;
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::parallel::try_map;
use crate::mse::sample::Sample;
use ctdata_table::Control;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Problems that one thread takes at once.
const CHUNK: usize = 256;

/// What to search, and how much of it to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct BicSearch {
    /// Interactions have at most this many lists; `None`, the default: 1 for two lists, 2 for three, 3 for four and
    /// five, 2 for more.
    pub order: Option<usize>,
    /// If there are more models than this they are not all fitted: the best is found by branch and bound, without a
    /// ranking; and if that takes more fits than this, it is refused as [`Status::TooLarge`]. 65,536 by default, which
    /// ranks all two-list models of six lists. A ranking is never of more than 2^24 models, with some 1.3 GB.
    pub most_models: u64,
    /// How many of the best models to report; 100 by default.
    pub top: usize,
}

impl Default for BicSearch {
    fn default() -> Self {
        Self { order: None, most_models: 1 << 16, top: 100 }
    }
}

impl BicSearch {
    /// The order for a table with this many lists.
    pub fn order_of(&self, lists: usize) -> usize {
        let order = self.order.unwrap_or(match lists {
            0..=2 => 1,
            4 | 5 => 3,
            _ => 2,
        });
        order.min(lists.saturating_sub(1))
    }
}

/// All hierarchical models up to an order, ranked by BIC.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ModelSearch {
    /// Interactions have at most this many lists.
    pub order: usize,
    /// Whether there is an answer.
    pub status: Status,
    /// The models there are; zero if they were not counted because they are too many.
    pub models: u64,
    /// The models that were checked and fitted; models that are the same once boundary terms are gone count once.
    pub fitted: u64,
    /// The models that have no estimate, by reason.
    pub refused: Vec<RefusedModels>,
    /// The model of the least BIC.
    pub chosen: Option<ChosenModel>,
    /// The best models, the least BIC first; none if there are too many models to fit them all.
    pub ranked: Vec<RankedModel>,
}

/// How many models have no estimate for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RefusedModels {
    /// The reason.
    pub status: Status,
    /// The number of models.
    pub models: u64,
}

/// One model of a search.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RankedModel {
    /// The notation, `[12,3]`.
    pub notation: String,
    /// The notation with the names of the lists, `[LA:NG,GP]`.
    pub named: String,
    /// Parameters, those at minus infinity included.
    pub parameters: usize,
    /// All persons, seen and unseen.
    pub estimate: f64,
    /// Schwarz's criterion, with the number of persons seen.
    pub bic: f64,
    /// exp(−BIC/2) as a share of the sum over all models that have an estimate: the posterior probability of the
    /// model, roughly, if all were equally likely beforehand.
    pub weight: f64,
}

/// Fits all hierarchical models up to an order that have an estimate, and ranks them by BIC, p ln n − 2ℓ with n
/// persons seen and p parameters, those at minus infinity included. Of equal models the one written first in the order
/// of terms 12, 13, …, 123, … stands first.
///
/// Where there are too many models to fit them all, branch and bound finds the best one, passing over those that cannot
/// be better; terms are then at most 64, two-list models of eleven lists. Else it is refused as [`Status::TooLarge`]:
/// see [`super::downhill()`].
///
/// # Errors
/// [`MseError::Option`] for an order of 0, [`MseError::Table`] when cancelled or past the memory cap.
///
/// # Sources
/// B. W. Silverman, L. Chan and K. Vincent (2024), Bootstrapping multiple systems estimates to account for model
/// selection, *Statistics and Computing* 34, article 44.
///
/// ```
/// use ctdata_indicators::mse::{BicSearch, CaptureHistories, ListSet, bic_search};
/// use ctdata_table::Control;
///
/// // Korean women held at Palembang, on three lists (Ball, Shin and Yang 2018).
/// let counts = [(0b001, 5), (0b010, 5), (0b100, 41), (0b011, 54), (0b101, 6), (0b111, 12)];
/// let counts = counts.map(|(lists, count)| (ListSet::from_bits(lists), count));
/// let histories = CaptureHistories::try_new(["b", "c", "d"], counts)?;
/// let found = bic_search(&histories, &BicSearch::default(), &Control::default())?;
/// let [first, second, ..] = found.ranked.as_slice() else { return Err("two models".into()) };
/// // Near in BIC, far in what they say.
/// assert_eq!((first.notation.as_str(), second.notation.as_str()), ("[12,23]", "[12,3]"));
/// assert!((first.estimate - 157.1667).abs() < 5e-5 && (second.estimate - 268.7778).abs() < 5e-5);
/// assert!((first.bic - 57.14081).abs() < 5e-6 && (second.bic - 58.96860).abs() < 5e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bic_search(
    histories: &CaptureHistories,
    search: &BicSearch,
    control: &Control,
) -> Result<ModelSearch, MseError> {
    let order = checked_order(search, histories.lists().len())?;
    let sample = Sample::of(histories);
    let mut result = ModelSearch {
        order,
        status: Status::Ok,
        models: 0,
        fitted: 0,
        refused: Vec::new(),
        chosen: None,
        ranked: Vec::new(),
    };
    let found = match Enumeration::run(&sample, order, search.most_models, control)? {
        Ok(found) => found,
        Err(Status::TooLarge) => {
            result.without_ranking(histories, &sample, search.most_models, control)?;
            return Ok(result);
        }
        Err(status) => {
            result.status = status;
            return Ok(result);
        }
    };
    result.fitted = found.problems.len() as u64;
    result.models = found.models.len() as u64;
    result.refused = found.refused();
    let ranking = found.ranking(sample.persons());
    let total: f64 = ranking.iter().map(|ranked| ranked.relative).sum();
    result.ranked = (ranking.iter().take(search.top))
        .map(|ranked| {
            let model = found.lattice.model(ranked.mask);
            RankedModel {
                notation: model.to_string(),
                named: model.named(histories.lists()),
                parameters: model.parameters(),
                estimate: ranked.score.estimate,
                bic: ranked.bic,
                weight: ranked.relative / total,
            }
        })
        .collect();
    match ranking.first() {
        None => result.status = result.refused.first().map_or(Status::NoExistence, |refused| refused.status),
        Some(best) => {
            let mut terms = Vec::new();
            found.lattice.terms_of(best.mask, &mut terms);
            (result.chosen, result.status) = chosen(histories, &sample, &mut Fitter::default(), Ok(terms));
        }
    }
    Ok(result)
}

impl ModelSearch {
    /// The best model by branch and bound.
    fn without_ranking(
        &mut self,
        histories: &CaptureHistories,
        sample: &Sample,
        most: u64,
        control: &Control,
    ) -> Result<(), MseError> {
        let mut fitter = Fitter::default();
        let Some(lattice) = Lattice::new(sample.lists(), self.order) else {
            self.status = Status::TooLarge;
            return Ok(());
        };
        let found = least_bic(&lattice, sample, &mut fitter, most, control)?;
        self.fitted = found.map_or(0, |found| found.fitted);
        let terms = found.map(|found| lattice.model(found.mask).terms().to_vec());
        (self.chosen, self.status) = chosen(histories, sample, &mut fitter, terms);
        Ok(())
    }

    /// The estimate of the best model with its Wald interval, or why there is none.
    pub fn finding(&self, level: Level) -> Finding {
        finding(Method::Bic, self.chosen.as_ref(), self.status, level)
    }
}

impl RankedModel {
    /// The model itself, of a table with this many lists.
    ///
    /// # Errors
    /// [`MseError::Notation`] if the notation is of another number of lists.
    pub fn model(&self, lists: usize) -> Result<Model, MseError> {
        Model::from_notation(&self.notation, lists)
    }
}

pub(super) fn checked_order(search: &BicSearch, lists: usize) -> Result<usize, MseError> {
    if search.order == Some(0) {
        return Err(MseError::Option { option: "order", rule: "at least 1, which is main effects" });
    }
    Ok(search.order_of(lists))
}

/// All models and what they give.
struct Enumeration {
    lattice: Lattice,
    /// Each model with the place of its problem.
    models: Vec<(u64, u32)>,
    problems: Vec<Result<Score, Status>>,
}

/// A model with an estimate.
struct Ranked {
    mask: u64,
    bic: f64,
    score: Score,
    /// exp of half the difference to the least BIC.
    relative: f64,
}

impl Enumeration {
    fn run(sample: &Sample, order: usize, most: u64, control: &Control) -> Result<Result<Self, Status>, MseError> {
        if !overlaps(sample) {
            return Ok(Err(Status::NoOverlap));
        }
        let lattice = Lattice::new(sample.lists(), order);
        let most = most.min(1 << 24);
        let Some((count, lattice)) = lattice.and_then(|lattice| Some((lattice.count(most)?, lattice))) else {
            return Ok(Err(Status::TooLarge));
        };
        // A model, its problem, the key and the outcome of that.
        control.reserve(count.saturating_mul(80))?;
        let empty = lattice.empty_terms(sample);
        let mut places: HashMap<(u64, u64), u32> = HashMap::new();
        let mut models = Vec::new();
        let mut distinct: Vec<u64> = Vec::new();
        lattice.visit(&mut |mask| {
            let place = *places.entry(lattice.reduced(mask, empty)).or_insert_with(|| {
                distinct.push(mask);
                u32::try_from(distinct.len() - 1).unwrap_or(u32::MAX)
            });
            models.push((mask, place));
            true
        });
        let chunks: Vec<&[u64]> = distinct.chunks(CHUNK).collect();
        let (total, done) = (distinct.len() as u64, AtomicU64::new(0));
        let problems = try_map(&chunks, |chunk| {
            control.check()?;
            let (mut fitter, mut terms) = (Fitter::default(), Vec::new());
            let mut scorer = Scorer::new(sample, &mut fitter);
            let outcomes: Vec<_> = (chunk.iter())
                .map(|mask| {
                    lattice.terms_of(*mask, &mut terms);
                    scorer.score(&terms)
                })
                .collect();
            let done = done.fetch_add(chunk.len() as u64, Ordering::Relaxed) + chunk.len() as u64;
            control.report("fitting models", done, Some(total));
            Ok(outcomes)
        })?;
        let problems = problems.into_iter().flatten().collect();
        Ok(Ok(Self { lattice, models, problems }))
    }

    fn outcome(&self, place: u32) -> Result<Score, Status> {
        self.problems.get(place as usize).copied().unwrap_or(Err(Status::NotConverged))
    }

    fn refused(&self) -> Vec<RefusedModels> {
        let mut refused: Vec<RefusedModels> = Vec::new();
        for status in self.models.iter().filter_map(|(_, place)| self.outcome(*place).err()) {
            match refused.iter_mut().find(|known| known.status == status) {
                Some(known) => known.models += 1,
                None => refused.push(RefusedModels { status, models: 1 }),
            }
        }
        refused.sort_unstable_by_key(|known| known.status);
        refused
    }

    /// The models with an estimate, the least BIC first.
    fn ranking(&self, persons: u64) -> Vec<Ranked> {
        let mains = 1 + self.lattice.lists();
        let scored = self.models.iter().filter_map(|(mask, place)| {
            let score = self.outcome(*place).ok()?;
            let bic = score.bic(mains + mask.count_ones() as usize, persons);
            Some(Ranked { mask: *mask, bic, score, relative: 0.0 })
        });
        let mut ranking: Vec<Ranked> = scored.collect();
        ranking.sort_by(|one, other| one.bic.total_cmp(&other.bic));
        // Models that are equal but for rounding stand in the order of visits.
        for equals in ranking.chunk_by_mut(|one, other| !is_smaller(one.bic, other.bic)) {
            equals.sort_unstable_by(|one, other| visits(one.mask, other.mask));
        }
        let least = ranking.first().map_or(0.0, |best| best.bic);
        for ranked in &mut ranking {
            ranked.relative = (0.5 * (least - ranked.bic)).exp();
        }
        ranking
    }
}
