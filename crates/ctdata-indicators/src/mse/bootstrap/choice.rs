//! The choice of a model that a bootstrap repeats on every replicate.

use crate::mse::error::MseError;
use crate::mse::model::Model;
use crate::mse::outcome::Method;
use crate::mse::select::{
    AicSelector, BicSearch, BicSelector, DownhillSearch, DownhillSelector, FixedSelector, Selector, StepwiseSelector,
};

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
    /// Two-list interactions by AIC.
    StepwiseAic {
        /// They enter while they are significant at this level, from 0 to 1.
        significance: f64,
    },
    /// The least BIC of all hierarchical models.
    Bic(BicSearch),
    /// The least BIC that a search downhill reaches.
    Downhill(DownhillSearch),
}

impl ModelChoice {
    /// The method of estimation.
    pub fn method(&self) -> Method {
        match self {
            Self::Independence => Method::Independence,
            Self::Fixed(_) => Method::Fixed,
            Self::Stepwise { .. } => Method::Stepwise,
            Self::StepwiseAic { .. } => Method::StepwiseAic,
            Self::Bic(_) => Method::Bic,
            Self::Downhill(_) => Method::Downhill,
        }
    }

    /// The way to choose on samples of tables with this many lists.
    ///
    /// # Errors
    /// [`MseError::Option`] for a model of another number of lists, a threshold that is no p-value or an order of 0.
    pub(crate) fn selector(&self, lists: usize) -> Result<Box<dyn Selector>, MseError> {
        Ok(match self {
            Self::Independence => Box::new(FixedSelector { model: Model::main_effects(lists) }),
            Self::Fixed(model) if model.lists() != lists => {
                return Err(MseError::Option { option: "model", rule: "a model of the lists of the table" });
            }
            Self::Fixed(model) => Box::new(FixedSelector { model: model.clone() }),
            Self::Stepwise { threshold } => Box::new(StepwiseSelector::try_new(*threshold)?),
            Self::StepwiseAic { significance } => Box::new(AicSelector::try_new(*significance)?),
            Self::Bic(search) => Box::new(BicSelector::try_new(search, lists)?),
            Self::Downhill(search) => Box::new(DownhillSelector::try_new(search, lists)?),
        })
    }
}
