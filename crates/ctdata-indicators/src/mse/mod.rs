//! Multiple systems estimation: the number of victims who were not detected, from who was on which lists.

mod bayes_threshold;
mod chains;
mod error;
mod existence;
mod histories;
mod latent_class;
mod list_set;
mod loglinear;
mod model;
mod outcome;
mod parallel;
mod sample;
mod select;

pub use bayes_threshold::{BayesThreshold, BayesThresholdBuilder, BayesThresholdModel, InteractionPosterior};
pub use chains::Posterior;
pub use error::MseError;
pub use existence::{ExistenceMargin, PairModelCounts, PairModels, existence_margin, pairs_admissibility};
pub use histories::CaptureHistories;
pub use latent_class::{LatentClass, LatentClassBuilder, LatentClassModel};
pub use list_set::{ListSet, MOST_LISTS};
pub use loglinear::{Coefficient, FittedCell, LogLinear, ProfileCurve, fit_model, profile_curve};
pub use model::Model;
pub use outcome::{Finding, IntervalKind, Method, NumberInterval, Status};
