//! Choosing a model for a table.

use crate::mse::error::MseError;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// A way to choose a model, on the table itself and on each bootstrap replicate of it.
pub(crate) trait Selector: Sync {
    /// The model chosen and the number of all persons that it gives.
    ///
    /// # Errors
    /// [`MseError::Table`] when cancelled. A table without an answer is `Ok(Err(status))`.
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError>;
}

/// What a [`Selector`] chose.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Selected {
    pub(crate) model: Model,
    /// All persons, seen and not.
    pub(crate) estimate: f64,
}
