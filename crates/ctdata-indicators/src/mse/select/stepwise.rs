//! Stepwise choice of two-list interactions by how surprising their overlaps are.
//!
//! # Sources
//! L. Chan, B. W. Silverman and K. Vincent (2021), Multiple systems estimation for sparse capture data: inferential
//! challenges when there are nonoverlapping lists, *Journal of the American Statistical Association* 116(535),
//! section 3.2.

use super::poisson::ln_smaller_tail;
use super::result::{ChosenModel, chosen, finding, naming};
use super::score::{Score, Scorer, TIE};
use super::{Selected, Selector, pairs, starts, with};
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::Fitter;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// The threshold of the p-value that its authors recommend after simulations.
pub const STEPWISE_THRESHOLD: f64 = 0.02;

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
    let (sample, mut fitter) = (Sample::of(histories), Fitter::default());
    let mut entries = Vec::new();
    let walked = selector.walk(&mut Scorer::new(&sample, &mut fitter), control, |pair, ln_p, score| {
        let (lists, named) = naming(histories, pair);
        entries.push(StepwiseEntry { lists, named, p_value: ln_p.exp(), estimate: score.estimate });
    })?;
    let (chosen, status) = chosen(histories, &sample, &mut fitter, walked.map(|(terms, _)| terms));
    Ok(Stepwise { threshold, status, chosen, entries })
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

    /// The interactions of the model reached, and what it gives; tells `record` each pair that enters, its ln p and what
    /// the model gives with it.
    pub(super) fn walk(
        self,
        scorer: &mut Scorer<'_>,
        control: &Control,
        mut record: impl FnMut(ListSet, f64, Score),
    ) -> Result<Result<(Vec<ListSet>, Score), Status>, MseError> {
        if self.threshold >= 1.0
            && starts::overlaps(scorer.sample())
            && let Some(all) = starts::all_pairs(scorer)
        {
            return Ok(Ok(all));
        }
        let mut score = match starts::independence(scorer) {
            Ok(score) => score,
            Err(status) => return Ok(Err(status)),
        };
        // The interaction of two lists alone is of all lists.
        let lists = if scorer.sample().lists() > 2 { scorer.sample().lists() } else { 0 };
        let limit = self.threshold.ln();
        let mut terms: Vec<ListSet> = Vec::new();
        let mut larger: Vec<ListSet> = Vec::new();
        let mut candidates: Vec<(ListSet, f64)> = Vec::new();
        loop {
            control.check()?;
            let out = pairs(lists).filter(|pair| terms.binary_search(pair).is_err());
            let tested = out.map(|pair| (pair, ln_smaller_tail(scorer.seen(pair), scorer.expected(pair))));
            candidates.clear();
            candidates.extend(tested.filter(|(_, ln_p)| *ln_p < limit));
            // The smallest whose model has an estimate; a failed fit counts as none.
            let entered = loop {
                let Some(place) = least(&candidates) else { break None };
                let (pair, ln_p) = candidates.remove(place);
                with(&terms, pair, &mut larger);
                if let Ok(found) = scorer.score(&larger) {
                    break Some((pair, ln_p, found));
                }
            };
            let Some((pair, ln_p, found)) = entered else { break };
            record(pair, ln_p, found);
            std::mem::swap(&mut terms, &mut larger);
            score = found;
        }
        Ok(Ok((terms, score)))
    }
}

impl Selector for StepwiseSelector {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        let walked = self.walk(&mut Scorer::new(sample, fitter), control, |_, _, _| ())?;
        Ok(walked.map(|(terms, score)| Selected::of(sample, terms, score)))
    }
}

/// The place of the smallest, of equals the first.
fn least(candidates: &[(ListSet, f64)]) -> Option<usize> {
    let least = candidates.iter().map(|(_, ln_p)| *ln_p).fold(f64::INFINITY, f64::min);
    // Rounding must not break a tie.
    let equal = least + TIE * (1.0 + least.abs());
    candidates.iter().position(|(_, ln_p)| *ln_p <= equal)
}
