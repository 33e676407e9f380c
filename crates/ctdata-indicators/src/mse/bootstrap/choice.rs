//! The choice of a model that a bootstrap repeats on every replicate.

use super::run::estimate_of;
use crate::mse::error::MseError;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::{Method, Status};
use crate::mse::sample::Sample;
use crate::mse::select::{Selected, Selector, StepwiseSelector};
use ctdata_table::Control;

/// How the model is chosen, on the table and again on every replicate.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ModelChoice {
    /// Lists are independent of each other: nothing is chosen.
    Independence,
    /// This model: nothing is chosen, and the intervals do not include how it was found.
    Fixed(Model),
    /// Two-list interactions by their Poisson p-value.
    Stepwise {
        /// They enter while it is below this, from 0 to 1.
        threshold: f64,
    },
}

impl ModelChoice {
    /// The method of estimation.
    pub fn method(&self) -> Method {
        match self {
            Self::Independence => Method::Independence,
            Self::Fixed(_) => Method::Fixed,
            Self::Stepwise { .. } => Method::Stepwise,
        }
    }

    /// The way to choose on samples of tables with this many lists.
    ///
    /// # Errors
    /// [`MseError::Option`] for a model of another number of lists or a threshold that is no p-value.
    pub(crate) fn selector(&self, lists: usize) -> Result<Box<dyn Selector>, MseError> {
        Ok(match self {
            Self::Independence => Box::new(FixedSelector(Model::main_effects(lists))),
            Self::Fixed(model) if model.lists() != lists => {
                return Err(MseError::Option { option: "model", rule: "a model of the lists of the table" });
            }
            Self::Fixed(model) => Box::new(FixedSelector(model.clone())),
            Self::Stepwise { threshold } => Box::new(StepwiseSelector::try_new(*threshold)?),
        })
    }
}

/// The same model on every table.
#[derive(Debug)]
struct FixedSelector(Model);

impl Selector for FixedSelector {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        _control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        let estimate = estimate_of(sample, &self.0, fitter);
        Ok(estimate.map(|estimate| Selected { model: self.0.clone(), estimate }))
    }
}
