//! Stepwise choice of two-list interactions by AIC.
//!
//! # Sources
//! K. Bales, O. Hesketh and B. W. Silverman (2015), Modern slavery in the UK: how many victims?, *Significance* 12(3);
//! the test of the added interaction as in the R package modslavmse of B. W. Silverman (2018), routine `MSEfit`.

use super::result::{ChosenModel, finding};
use super::score::is_smaller;
use super::stepwise::Expected;
use super::{Selected, Selector, pairs, starts};
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::existence::check;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::{Fit, Fitter};
use crate::mse::model::Model;
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
    let sample = Sample::of(histories);
    let mut entries = Vec::new();
    let record = |pair: ListSet, p_value: f64, fit: &Fit| {
        let mut lists = pair.iter();
        let (first, second) = (lists.next().unwrap_or_default(), lists.next().unwrap_or_default());
        let name = |list: usize| histories.lists().get(list).map_or("", String::as_str);
        entries.push(AicEntry {
            lists: [first + 1, second + 1],
            named: format!("{}:{}", name(first), name(second)),
            aic: fit.aic(),
            p_value,
            estimate: fit.estimate(histories.persons()),
        });
    };
    let (chosen, status) = match selector.walk(&sample, &mut Fitter::default(), control, record)? {
        Ok((model, fit)) => (Some(ChosenModel::of(histories, &model, &fit)), Status::Ok),
        Err(status) => (None, status),
    };
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
        if (0.0..=1.0).contains(&significance) {
            Ok(Self { significance })
        } else {
            Err(MseError::Option { option: "significance", rule: "a p-value lies between 0 and 1" })
        }
    }

    fn walk(
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
        loop {
            let mut best: Option<(ListSet, Model, Fit)> = None;
            for pair in pairs(sample.lists()) {
                control.check()?;
                let Some(larger) = Some(pair).filter(|pair| !model.has(*pair)).and_then(|pair| model.with(pair).ok())
                else {
                    continue;
                };
                if !check(sample, &larger).is_admissible() {
                    continue;
                }
                let Ok(found) = fitter.fit(sample, &larger) else { continue };
                let least = best.as_ref().map_or(fit.aic(), |(_, _, best)| best.aic());
                if is_smaller(found.aic(), least) {
                    best = Some((pair, larger, found));
                }
            }
            let Some((pair, larger, found)) = best else { break };
            let p_value = wald_p_value(sample, &found, pair);
            if p_value > self.significance {
                break;
            }
            record(pair, p_value, &found);
            (model, fit) = (larger, found);
        }
        Ok(Ok((model, fit)))
    }
}

impl Selector for AicSelector {
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

/// Two-sided, normal; 1 for a term at −∞.
fn wald_p_value(sample: &Sample, fit: &Fit, term: ListSet) -> f64 {
    let Some(place) = fit.free.iter().position(|free| *free == term) else { return 1.0 };
    let Some(alpha) = fit.alpha.get(place) else { return 1.0 };
    let mut expected = Expected::default();
    expected.refill(sample, fit);
    // With the term last, the last pivot of the Cholesky factor is the inverse of its standard error.
    let order = || fit.free.iter().copied().filter(|free| *free != term).chain([term]);
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(fit.free.len());
    for row in order() {
        let mut entries: Vec<f64> = Vec::with_capacity(factor.len() + 1);
        for (column, before) in order().zip(&factor) {
            let dot: f64 = entries.iter().zip(before).map(|(one, other)| one * other).sum();
            let pivot = before.last().copied().unwrap_or(1.0);
            entries.push((expected.of(row.union(column)) - dot) / pivot);
        }
        let square: f64 = entries.iter().map(|entry| entry * entry).sum();
        entries.push((expected.of(row) - square).max(0.0).sqrt());
        factor.push(entries);
    }
    let inverse_error = factor.last().and_then(|row| row.last()).copied().unwrap_or_default();
    erfc(alpha.abs() * inverse_error / std::f64::consts::SQRT_2)
}
