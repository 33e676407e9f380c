//! A model that the caller names.

use super::result::{ChosenModel, chosen, finding};
use super::score::Scorer;
use super::{Selected, Selector, starts};
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// What a given model says.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FixedModel {
    /// The method it stands for: main effects are [`Method::Independence`].
    pub method: Method,
    /// Whether there is an answer.
    pub status: Status,
    /// The model, if it has an estimate.
    pub chosen: Option<ChosenModel>,
}

/// Fits the model of a notation such as `[12,3]`; main effects may be left out.
///
/// # Errors
/// [`MseError::Notation`].
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, ListSet, Status, fixed_model};
///
/// // Chan, Silverman and Vincent (2021), table 2.
/// let counts = [(0b001, 40), (0b010, 30), (0b100, 20), (0b011, 6)];
/// let counts = counts.map(|(lists, count)| (ListSet::from_bits(lists), count));
/// let histories = CaptureHistories::try_new(["A", "B", "C"], counts)?;
/// let estimate = fixed_model(&histories, "[13,2]")?.chosen.ok_or("no estimate")?.estimate;
/// assert!((estimate - 396.0).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fixed_model(histories: &CaptureHistories, notation: &str) -> Result<FixedModel, MseError> {
    let model = Model::from_notation(notation, histories.lists().len())?;
    let method = if model.terms().is_empty() { Method::Independence } else { Method::Fixed };
    let (sample, mut fitter) = (Sample::of(histories), Fitter::default());
    let scored = if starts::overlaps(&sample) {
        Scorer::new(&sample, &mut fitter).score(model.terms())
    } else {
        Err(Status::NoOverlap)
    };
    let (chosen, status) = chosen(histories, &sample, &mut fitter, scored.map(|_| model.terms().to_vec()));
    Ok(FixedModel { method, status, chosen })
}

impl FixedModel {
    /// The estimate with its Wald interval, or why there is none.
    pub fn finding(&self, level: Level) -> Finding {
        finding(self.method, self.chosen.as_ref(), self.status, level)
    }
}

/// Always the same model.
#[derive(Debug, Clone)]
pub(crate) struct FixedSelector {
    pub(crate) model: Model,
}

impl Selector for FixedSelector {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        control.check()?;
        let found = Scorer::new(sample, fitter).score(self.model.terms());
        Ok(found.map(|score| Selected::of(sample, self.model.terms().to_vec(), score)))
    }
}
