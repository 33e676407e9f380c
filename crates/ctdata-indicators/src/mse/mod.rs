//! Multiple systems estimation: the number of victims who were not detected, from who was on which lists.

mod error;
mod existence;
mod histories;
mod list_set;
mod loglinear;
mod model;
mod outcome;
mod parallel;
mod sample;
mod select;

pub use error::MseError;
pub use existence::{ExistenceMargin, PairModelCounts, PairModels, existence_margin, pairs_admissibility};
pub use histories::CaptureHistories;
pub use list_set::{ListSet, MOST_LISTS};
pub use loglinear::{Coefficient, FittedCell, LogLinear, ProfileCurve, fit_model, profile_curve};
pub use model::Model;
pub use outcome::{Finding, IntervalKind, Method, NumberInterval, Status};
pub use select::{
    AIC_SIGNIFICANCE, AicEntry, BicSearch, ChosenModel, Downhill, DownhillSearch, DownhillStart, FixedModel,
    ModelSearch, RankedModel, RefusedModels, STEPWISE_THRESHOLD, Start, Stepwise, StepwiseAic, StepwiseEntry,
    bic_search, downhill, fixed, stepwise, stepwise_aic,
};
