//! Multiple systems estimation: how many persons there are, seen and unseen, from who was on which lists.
//!
//! Police, shelters and NGOs keep lists of victims. Persons on several lists tell how many are on none: if the overlap is
//! small, most were missed. [`report`] runs every method on the same table and says how far they agree; each method can be
//! called alone.
//!
//! ```
//! use ctdata_indicators::mse::{Method, MseOptions, published_table, report};
//! use ctdata_table::Control;
//!
//! let histories = published_table("uk-2013-five-lists").ok_or("no such table")?.histories();
//! let options = MseOptions { methods: vec![Method::Stepwise, Method::Chao], replicates: 200, ..MseOptions::default() };
//! let report = report(&histories, &options, &Control::default())?;
//! let stepwise = report.finding(Method::Stepwise).ok_or("asked for")?;
//! assert!((stepwise.estimate.ok_or("an answer")? - 11_312.990).abs() < 5e-4);
//! for warning in &report.warnings {
//!     println!("{warning}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Map
//! | question | where |
//! |---|---|
//! | who was on which lists? | [`CaptureHistories`], [`HistoryLayout`], [`published_table`] |
//! | what do all methods say, and do they agree? | [`report()`], [`MseReport`], [`MseOptions`] |
//! | can this model be estimated at all? | [`existence_margin`], [`pairs_admissibility`], [`Status`] |
//! | what does this model say? | [`Model`], [`fit_model`], [`profile_curve`] |
//! | which model? | [`stepwise()`], [`stepwise_aic`], [`bic_search`], [`downhill()`] |
//! | how certain, the choice of the model included? | [`bootstrap()`], [`bootstrap_over_models`] |
//! | what without a model? | [`anchors()`]: Lincoln–Petersen, Chapman, Chao, sample coverage |
//! | what do Bayesians say? | [`Bma`], [`LatentClassModel`], [`BayesThresholdModel`] |
//! | and by sex, age or year? | [`report_by_strata`], [`estimate_strata`], [`StrataRead`] |
//! | and per 100,000 residents? | [`MseReport::undetected`], [`crate::sdg::with_undetected`] |
//!
//! # How it works
//! A method answers with a [`Finding`]: an estimate with its interval, or a [`Status`] that says why there is none. Nothing
//! is estimated from a model whose maximum likelihood estimate does not exist or cannot be told from others: both are
//! checked exactly before each fit, also in every replicate of a bootstrap. Interactions of lists that share nobody stand
//! at minus infinity, exactly, and not at some large negative number. Random methods have a stream of random numbers for each
//! replicate or chain: the answer depends on the seed and not on the number of threads.
//!
//! Bootstrap replicates have as many persons as were seen, as in the literature, unless asked otherwise: their intervals
//! are too short, by how much says [`Resampling::Seen`].
//!
//! # What it does not do
//! It links no records: who is one person must be known beforehand, and links that were missed raise every estimate. It
//! cannot know whether persons are missed for reasons that no list shows. Of several estimates it does not say which is
//! right.

mod anchors;
mod bayes_threshold;
mod bma;
mod bootstrap;
mod chains;
mod error;
mod existence;
mod histories;
mod latent_class;
mod list_set;
mod loglinear;
mod model;
mod number;
mod outcome;
mod parallel;
mod published;
mod random;
mod report;
mod sample;
mod select;
mod strata;

pub use anchors::{
    CoverageEstimate, SampleCoverage, anchors, chao, chao_bias_corrected, chao_finite, chapman, lincoln_petersen,
    sample_coverage,
};
pub use bayes_threshold::{BayesThreshold, BayesThresholdBuilder, BayesThresholdModel, InteractionPosterior};
pub use bma::{Bma, BmaBin, BmaEdge, BmaGraph, BmaGrid, BmaOptions, BmaSummary, PopulationPrior};
pub use bootstrap::{
    Acceleration, Bootstrap, BootstrapOptions, LadderStep, ModelChoice, ModelLadder, ModelShare, Resampling,
    StatusCount, bootstrap, bootstrap_over_models, models_kept,
};
pub use chains::Posterior;
pub use error::MseError;
pub use existence::{ExistenceMargin, PairModelCounts, PairModels, existence_margin, pairs_admissibility};
pub use histories::{
    CaptureHistories, DroppedList, HistoriesRead, HistoryFacts, HistoryRules, ListSize, MOST_STRATA, NOT_RECORDED,
    Obstacle, OnUnusable, PairOverlap, StrataRead, Tidied, Uninformative,
};
#[cfg(feature = "csv")]
pub use histories::{CountColumn, HistoryLayout};
pub use latent_class::{LatentClass, LatentClassBuilder, LatentClassModel};
pub use list_set::{ListSet, MOST_LISTS};
pub use loglinear::{Coefficient, FittedCell, LogLinear, ProfileCurve, fit_model, profile_curve};
pub use model::Model;
pub use outcome::{Finding, IntervalKind, Method, NumberInterval, Status};
pub use published::{PublishedTable, published, published_table};
pub use report::{
    Agreement, ConsistencyOfMethod, Details, ListAsPopulation, MethodResult, MseOptions, MseReport, ReportTable,
    Variation, report, report_by_strata,
};
pub use select::{
    AIC_SIGNIFICANCE, AicEntry, BicSearch, ChosenModel, Downhill, DownhillSearch, DownhillStart, FixedModel,
    ModelSearch, RankedModel, RefusedModels, STEPWISE_THRESHOLD, SearchStart, Stepwise, StepwiseAic, StepwiseEntry,
    bic_search, downhill, fixed_model, stepwise, stepwise_aic,
};
pub use strata::{Strata, Stratum, estimate_strata};
