//! Stepwise choice of two-list interactions by AIC.
//!
//! # Sources
//! K. Bales, O. Hesketh and B. W. Silverman (2015), Modern slavery in the UK: how many victims?, *Significance* 12(3);
//! the test of the added interaction as in the R package modslavmse of B. W. Silverman (2018), routine `MSEfit`.

use super::forward::{Entry, Walk, checked_p_value, forward};
use super::result::{ChosenModel, chosen, finding, naming};
use super::score::{Score, Scorer, is_smaller};
use super::{Selected, Selector};
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::Fitter;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::sample::Sample;
use ctdata_table::Control;
use statrs::function::erf::erfc;

/// The significance level of an added interaction.
pub const AIC_SIGNIFICANCE: f64 = 0.05;

/// The model that a stepwise search by AIC chose, and how it came there.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StepwiseAic {
    /// An interaction stayed if its p-value was not above this.
    pub significance: f64,
    /// Whether there is an answer.
    pub status: Status,
    /// The model chosen; `None` if even main effects have no estimate.
    pub chosen: Option<ChosenModel>,
    /// The interactions in the order of entry.
    pub entries: Vec<AicEntry>,
}

/// One interaction that entered.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AicEntry {
    /// The two lists, numbered from 1.
    pub lists: [usize; 2],
    /// The names of the two lists, `LA:NG`.
    pub named: String,
    /// AIC with this interaction.
    pub aic: f64,
    /// The p-value of the Wald test of this interaction.
    pub p_value: f64,
    /// All persons, seen and unseen, with this interaction.
    pub estimate: f64,
}

/// Adds two-list interactions to the model of independence, one by one: the one of the least AIC, as long as that
/// falls and the interaction is significant by the Wald test (estimate over standard error, two-sided) at this level,
/// [`AIC_SIGNIFICANCE`] by default. Interactions whose model has no estimate are passed over. One of lists without
/// overlap is −∞ and has no standard error: if it is the best, the search ends as with any that is not significant.
///
/// # Errors
/// [`MseError::Option`] unless the level lies between 0 and 1, [`MseError::Table`] when cancelled.
///
/// # Sources
/// K. Bales, O. Hesketh and B. W. Silverman (2015), Modern slavery in the UK: how many victims?, *Significance* 12(3);
/// the test as in the R package modslavmse of B. W. Silverman (2018), routine `MSEfit`.
pub fn stepwise_aic(
    histories: &CaptureHistories,
    significance: f64,
    control: &Control,
) -> Result<StepwiseAic, MseError> {
    let selector = AicSelector::try_new(significance)?;
    let (sample, mut fitter) = (Sample::of(histories), Fitter::default());
    let mut entries = Vec::new();
    let walked = selector.walk(&mut Scorer::new(&sample, &mut fitter), control, |entry| {
        let (lists, named) = naming(histories, entry.pair);
        let (aic, p_value) = entry.test;
        entries.push(AicEntry { lists, named, aic, p_value, estimate: entry.score.estimate });
    })?;
    let (chosen, status) = chosen(histories, &sample, &mut fitter, walked.map(|(terms, _)| terms));
    Ok(StepwiseAic { significance, status, chosen, entries })
}

impl StepwiseAic {
    /// The estimate with its Wald interval, or why there is none.
    pub fn finding(&self, level: Level) -> Finding {
        finding(Method::StepwiseAic, self.chosen.as_ref(), self.status, level)
    }
}

/// The same as a way to choose on any sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AicSelector {
    significance: f64,
}

impl AicSelector {
    /// # Errors
    /// [`MseError::Option`] unless the level lies between 0 and 1.
    pub(crate) fn try_new(significance: f64) -> Result<Self, MseError> {
        Ok(Self { significance: checked_p_value("significance", significance)? })
    }

    /// The interactions of the model reached, and what it gives; tells `record` each pair that enters, with its AIC and
    /// p-value.
    fn walk(
        self,
        scorer: &mut Scorer<'_>,
        control: &Control,
        record: impl FnMut(&Entry<(f64, f64)>),
    ) -> Result<Result<(Vec<ListSet>, Score), Status>, MseError> {
        let next = |walk: &mut Walk<'_, '_>| {
            let parameters = walk.parameters();
            let mut least = walk.score.aic(parameters);
            let mut best = None;
            let out: Vec<ListSet> = walk.out().collect();
            for pair in out {
                control.check()?;
                let Ok(found) = walk.score_with(pair) else { continue };
                let aic = found.aic(parameters + 1);
                if is_smaller(aic, least) {
                    (best, least) = (Some(pair), aic);
                }
            }
            let Some(pair) = best else { return Ok(None) };
            // Once more, for its parameters.
            let Ok(score) = walk.score_with(pair) else { return Ok(None) };
            let p_value = wald_p_value(walk.scorer, pair);
            Ok((p_value <= self.significance).then_some(Entry { pair, test: (least, p_value), score }))
        };
        forward(scorer, next, record)
    }
}

impl Selector for AicSelector {
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

/// Of a term in the last fit, two-sided, normal; 1 for a term at −∞.
fn wald_p_value(scorer: &Scorer<'_>, term: ListSet) -> f64 {
    let Some((_, alpha)) = scorer.parameters().iter().find(|(free, _)| *free == term) else { return 1.0 };
    // With the term last, the last pivot of the Cholesky factor of the information is one over its standard error.
    let order = || scorer.parameters().iter().map(|(free, _)| *free).filter(|free| *free != term).chain([term]);
    let mut factor: Vec<Vec<f64>> = Vec::new();
    for row in order() {
        let mut entries: Vec<f64> = Vec::with_capacity(factor.len() + 1);
        for (column, before) in order().zip(&factor) {
            let dot: f64 = entries.iter().zip(before).map(|(one, other)| one * other).sum();
            let pivot = before.last().copied().unwrap_or(1.0);
            entries.push((scorer.expected(row.union(column)) - dot) / pivot);
        }
        let square: f64 = entries.iter().map(|entry| entry * entry).sum();
        entries.push((scorer.expected(row) - square).max(0.0).sqrt());
        factor.push(entries);
    }
    let inverse_error = factor.last().and_then(|row| row.last()).copied().unwrap_or_default();
    erfc(alpha.abs() * inverse_error / std::f64::consts::SQRT_2)
}
