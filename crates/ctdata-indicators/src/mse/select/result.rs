//! What a choice of models gives: a chosen model with its estimate.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]

use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::{Fit, Fitter};
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, IntervalKind, Method, NumberInterval, Status};
use crate::mse::sample::Sample;

/// A log-linear model that was chosen, and what it says.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ChosenModel {
    /// The number of lists.
    pub lists: usize,
    /// The notation, `[12,3]`.
    pub notation: String,
    /// The notation with the names of the lists, `[LA:NG,GP]`.
    pub named: String,
    /// The number of persons seen.
    pub persons: u64,
    /// All persons, seen and unseen.
    pub estimate: f64,
    /// The expected number of persons not seen.
    pub unseen: f64,
    /// The standard error of its logarithm.
    pub standard_error: f64,
    /// Parameters, those at minus infinity included.
    pub parameters: usize,
    /// The terms at minus infinity, with the names of the lists: lists of nobody, interactions without overlap.
    pub boundary: Vec<String>,
    /// Akaike's criterion.
    pub aic: f64,
    /// Schwarz's criterion, with the number of persons seen.
    pub bic: f64,
    /// Twice the log-likelihood that the saturated model has more.
    pub deviance: f64,
}

impl ChosenModel {
    pub(super) fn of(histories: &CaptureHistories, model: &Model, fit: &Fit) -> Self {
        let persons = histories.persons();
        Self {
            lists: model.lists(),
            notation: model.to_string(),
            named: model.named(histories.lists()),
            persons,
            estimate: fit.estimate(persons),
            unseen: fit.log_unseen.exp(),
            standard_error: fit.standard_error,
            parameters: fit.parameters,
            boundary: fit.boundary.iter().map(|term| name(histories, *term)).collect(),
            aic: fit.aic(),
            bic: fit.bic(persons),
            deviance: fit.deviance,
        }
    }

    /// The model itself, to be fitted to this or another table.
    ///
    /// # Errors
    /// [`MseError::Notation`] if the fields were changed.
    pub fn model(&self) -> Result<Model, MseError> {
        Model::from_notation(&self.notation, self.lists)
    }

    /// The Wald interval of all persons: normal on the logarithm of the unseen number. It takes the model as given
    /// beforehand and so is too short for a model that the same data chose.
    pub fn wald(&self, level: Level) -> NumberInterval {
        let factor = (level.z() * self.standard_error).exp();
        let persons = self.persons as f64;
        NumberInterval {
            kind: IntervalKind::Wald,
            low: persons + self.unseen / factor,
            high: persons + self.unseen * factor,
        }
    }

    /// The estimate with its Wald interval as a finding.
    pub fn finding(&self, method: Method, level: Level) -> Finding {
        let mut finding = Finding::of(method, self.estimate, level);
        finding.interval = Some(self.wald(level));
        finding.model = Some(self.named.clone());
        finding
    }
}

/// The finding of a method that chose a model, or that did not.
pub(super) fn finding(method: Method, chosen: Option<&ChosenModel>, status: Status, level: Level) -> Finding {
    chosen.map_or_else(|| Finding::refused(method, status, level), |chosen| chosen.finding(method, level))
}

/// The model of a method by its interactions, or why there is none.
pub(super) fn chosen(
    histories: &CaptureHistories,
    sample: &Sample,
    fitter: &mut Fitter,
    terms: Result<Vec<ListSet>, Status>,
) -> (Option<ChosenModel>, Status) {
    let fitted = terms.and_then(|terms| {
        let model = Model::closed(sample.lists(), terms);
        let fit = fitter.fit(sample, &model)?;
        Ok(ChosenModel::of(histories, &model, &fit))
    });
    match fitted {
        Ok(chosen) => (Some(chosen), Status::Ok),
        Err(status) => (None, status),
    }
}

/// The two lists of a pair, by number from 1 and by name.
pub(super) fn naming(histories: &CaptureHistories, pair: ListSet) -> ([usize; 2], String) {
    let mut lists = pair.iter();
    let mut next = || lists.next().map_or(0, |list| list + 1);
    ([next(), next()], name(histories, pair))
}

/// A term with the names of its lists, `LA:NG`.
fn name(histories: &CaptureHistories, term: ListSet) -> String {
    let names: Vec<&str> = term.iter().filter_map(|list| histories.lists().get(list)).map(String::as_str).collect();
    names.join(":")
}
