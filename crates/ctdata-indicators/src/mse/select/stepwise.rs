//! Stepwise choice of two-list interactions by how surprising their overlaps are.
//!
//! # Sources
//! L. Chan, B. W. Silverman and K. Vincent (2021), Multiple systems estimation for sparse capture data: inferential
//! challenges when there are nonoverlapping lists, *Journal of the American Statistical Association* 116(535).

use super::forward::{Entry, Walk, checked_p_value, forward};
use super::poisson::ln_smaller_tail;
use super::result::{ChosenModel, chosen, finding, naming};
use super::score::{Score, Scorer, TIE};
use super::{Selected, Selector, starts};
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
/// American Statistical Association* 116(535).
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
    let walked = selector.walk(&mut Scorer::new(&sample, &mut fitter), control, |entry| {
        let (lists, named) = naming(histories, entry.pair);
        entries.push(StepwiseEntry { lists, named, p_value: entry.test.exp(), estimate: entry.score.estimate });
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
        Ok(Self { threshold: checked_p_value("threshold", threshold)? })
    }

    /// The interactions of the model reached, and what it gives; tells `record` each pair that enters, with its ln p.
    pub(super) fn walk(
        self,
        scorer: &mut Scorer<'_>,
        control: &Control,
        record: impl FnMut(&Entry<f64>),
    ) -> Result<Result<(Vec<ListSet>, Score), Status>, MseError> {
        if self.threshold >= 1.0
            && starts::overlaps(scorer.sample())
            && let Some(all) = starts::all_pairs(scorer)
        {
            return Ok(Ok(all));
        }
        let limit = self.threshold.ln();
        let mut candidates: Vec<(ListSet, f64)> = Vec::new();
        let next = |walk: &mut Walk<'_, '_>| {
            control.check()?;
            let scorer = &walk.scorer;
            let tested = walk.out().map(|pair| (pair, ln_smaller_tail(scorer.seen(pair), scorer.expected(pair))));
            candidates.clear();
            candidates.extend(tested.filter(|(_, ln_p)| *ln_p < limit));
            // The smallest whose model has an estimate; a failed fit counts as none.
            while let Some(place) = least(&candidates) {
                let (pair, test) = candidates.remove(place);
                if let Ok(score) = walk.score_with(pair) {
                    return Ok(Some(Entry { pair, test, score }));
                }
            }
            Ok(None)
        };
        forward(scorer, next, record)
    }
}

impl Selector for StepwiseSelector {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        let walked = self.walk(&mut Scorer::new(sample, fitter), control, |_| ())?;
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
