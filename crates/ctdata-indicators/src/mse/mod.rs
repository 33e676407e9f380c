//! Multiple systems estimation: the number of victims who were not detected, from who was on which lists.

mod anchors;
mod bootstrap;
mod error;
mod existence;
mod histories;
mod list_set;
mod loglinear;
mod model;
mod outcome;
mod parallel;
mod published;
mod sample;
mod select;
mod strata;

pub use anchors::{
    CoverageEstimate, SampleCoverage, anchors, chao, chao_bias_corrected, chao_finite, chapman, lincoln_petersen,
    sample_coverage,
};
pub use bootstrap::{
    Acceleration, Bootstrap, BootstrapOptions, LadderStep, ModelChoice, ModelLadder, ModelShare, Resampling,
    StatusCount, bootstrap, bootstrap_over_models, models_kept,
};
pub use error::MseError;
pub use existence::{ExistenceMargin, PairModelCounts, PairModels, existence_margin, pairs_admissibility};
pub use histories::{
    CaptureHistories, DroppedList, HistoriesRead, HistoryFacts, HistoryRules, ListSize, Obstacle, OnUnusable,
    PairOverlap, Tidied, Uninformative,
};
#[cfg(feature = "csv")]
pub use histories::{CountColumn, HistoryLayout};
pub use list_set::{ListSet, MOST_LISTS};
pub use loglinear::{Coefficient, FittedCell, LogLinear, ProfileCurve, fit_model, profile_curve};
pub use model::Model;
pub use outcome::{Finding, IntervalKind, Method, NumberInterval, Status};
pub use published::{PublishedTable, published, published_table};
pub use select::{
    AIC_SIGNIFICANCE, AicEntry, BicSearch, ChosenModel, Downhill, DownhillSearch, DownhillStart, FixedModel,
    ModelSearch, RankedModel, RefusedModels, STEPWISE_THRESHOLD, SearchStart, Stepwise, StepwiseAic, StepwiseEntry,
    bic_search, downhill, fixed_model, stepwise, stepwise_aic,
};
pub use strata::{Strata, Stratum, estimate_strata};
