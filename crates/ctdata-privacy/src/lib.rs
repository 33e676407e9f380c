//! Disclosure risk of categorical microdata, and releases that are protected and verified.
//!
//! It takes any [`Table`](ctdata_table::Table): trafficking cases, a displacement survey, a household
//! survey. A mechanism makes an [`Unverified`] output; a verifier recomputes what is claimed of it, by
//! other code, and only then there is a [`Released`] with its [`Statement`].
//!
//! ```
//! use ctdata_privacy::{KAnonymity, KAnonymizer, RiskReport};
//! use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
//!
//! let gender = Domain::nominal(["female", "male"], Origin::Public)?;
//! let age = Domain::ordered(["0-17", "18-29", "30+"], Origin::Public)?;
//! let table = Table::try_new(
//!     Schema::try_new(vec![
//!         Attribute::new("gender", gender, MissingKinds::NOT_RECORDED),
//!         Attribute::new("age", age, MissingKinds::NOT_RECORDED),
//!         Attribute::flag("forced_labour"),
//!     ])?,
//!     vec![
//!         Column::from_u8(vec![0, 0, 0, 0, 1, 1, 1]),
//!         Column::from_u8(vec![1, 1, 0, 2, 2, 2, 0]),
//!         Column::from_u8(vec![1, 0, 0, 1, 1, 1, 0]),
//!     ],
//! )?;
//! let control = Control::default();
//! let model = KAnonymity::try_new(2)?;
//!
//! // How bad is it? Three people are alone with their gender and age.
//! let risk = RiskReport::measure(&table, &["gender", "age"], model, &control)?;
//! assert_eq!((risk.uniques, risk.attacker_view.exposed_records), (3, 3));
//!
//! // Blank ages where they make someone rare; drop who is still alone.
//! let anonymizer = KAnonymizer::builder(model)
//!     .quasi_identifiers(["gender", "age"])
//!     .blank_first(["age"])
//!     .release(["forced_labour"])
//!     .build()?;
//! let output = anonymizer.run(&table, &control)?;
//! assert_eq!(output.summary().records.suppressed, 1);
//!
//! // Nothing can be published before everything was recounted.
//! let released = output.verify(&control)?;
//! assert_eq!(released.get().rows(), 6);
//! assert_eq!(released.statement().verified.smallest_class, Some(2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Map
//! | question | types |
//! |---|---|
//! | how risky is a file as it stands? | [`RiskReport`], [`RiskOptions`], [`ProsecutorRisk`], [`ClassSizeBand`] |
//! | how special is a record? | [`Suda`], [`SudaScores`], [`IndividualRisk`], [`RecordExplanation`] |
//! | how many people outside the file could it be? | [`JournalistRisk`], [`LogLinearRisk`] |
//! | which few values are enough to find someone? | [`KCombinations`], [`CombinationRisk`] |
//! | what do several releases tell together? | [`DifferencingRisk`], [`ReleaseView`] |
//! | what does someone find who knows the truth? | [`AttackerView`] |
//! | what must a release satisfy? | [`KAnonymity`], [`ModelReport`], [`Measure`] |
//! | which model answers which attack? | [`which`], [`PrivacyModel`], [`ClassModel`], [`TableModel`] |
//! | how does a table stand to models? | [`measure_models`], [`ModelReport`] |
//! | what do blanks match? | [`frequencies`], [`MissingSemantics`] |
//! | how many are unique in the population? | [`PopulationEstimator`], [`ClassSizes`], [`PopulationUniques`], [`UniquenessRisk`] |
//! | whom does the guarantee count? | [`PrivacyUnit`] |
//! | what is protected, and what may become how coarse? | [`Protection`], [`QuasiIdentifier`] |
//! | how is it made to hold by coarser values? | [`Recoder`], [`LocalRecoder`], [`Mondrian`] |
//! | how is it made to hold by blank cells and fewer records? | [`LocalSuppression`], [`KAnonymizer`] |
//! | what does it cost, and is it the least? | [`Metric`], [`Quality`], [`SearchReport`] |
//! | how are records averaged in small groups? | [`Microaggregation`], [`AggregatedColumn`], [`Replacement`] |
//! | how are values changed by chance? | [`Pram`], [`Transition`], [`TransitionMatrix`] |
//! | how are numbers coarsened? | [`TopBottomCoding`], [`Rounding`] |
//! | how do records exchange values? | [`RankSwapping`] |
//! | what does perturbation hand back? | [`Perturbed`], [`PerturbationReport`], [`PerturbationDetails`] |
//! | how are synthetic records made, with k or with an epsilon? | [`synth`] |
//! | what does an epsilon mean, what is left of it, how is noise drawn? | [`dp`], [`dp::choosing`], [`dp::Ledger`] |
//! | how near is a release, and what does an attacker gain? | [`evaluate`] |
//! | does a mechanism keep its epsilon? | [`evaluate::DpAudit`] |
//! | how are tables of counts protected? | [`tables`], [`tables::protect()`], [`tables::ProtectedTables`] |
//! | what do releases of tables tell together? | [`tables::differencing()`], [`tables::union`] |
//! | may it be published? | [`Unverified`], [`Released`] |
//! | what does a reader of the release need to know? | [`Statement`], [`Summary`], [`RecordCounts`], [`BlankedCells`] |
//! | why is it right? | [`proofs`] |
//!
//! # What it does not do
//! - It does not choose quasi-identifiers: what an attacker may know is a decision about the world.
//! - It does not read or write files, but for the ledger of a privacy budget.
//! - It asks nobody for randomness or the time: the caller hands both over.
//! - k-anonymity is not enough against someone who knows sensitive attributes; each
//!   [`Statement`] says what is not protected.
//! - Tables are not protected against several contributors who put together what they know, nor against what is known
//!   from outside and not in the system: see [`tables`].
//!
//! # Features
//! `serde` (on by default) serializes reports and statements; `rayon` counts,
//! also the nodes of a search ahead, on all cores of the caller's pool, with the same results.
//!
//! Minimum supported Rust version: 1.89.

mod anonymize;
pub mod dp;
mod draw;
mod error;
pub mod evaluate;
mod model;
mod perturb;
pub mod proofs;
mod quasi;
mod recode;
mod release;
mod risk;
mod statement;
mod suppress;
pub mod synth;
pub mod tables;
#[cfg(test)]
mod testing;
mod unit;
mod verify;

pub use anonymize::{LocalRecoder, Mondrian, Protection, Recoded, Recoder};
pub use error::{BrokenGuarantee, PrivacyError};
pub use model::which;
pub use model::{
    AbsentValues, AverageRisk, BetaBound, BetaLikeness, ClassModel, ClassSizes, DeltaDisclosure, DeltaPresence,
    Discount, DistinctLDiversity, EntropyEstimator, EntropyLDiversity, KAnonymity, KMap, Measure, MissingSemantics,
    ModelReport, Monotonicity, NotEstimated, PopulationEstimator, PopulationUniqueness, PopulationUniques,
    PrivacyModel, RecursiveCLDiversity, SampleUniqueness, SampledClass, SamplingFraction, SensitiveDistance,
    SuppressedRecords, TCloseness, TableModel, frequencies, measure_models,
};
pub use perturb::{
    AggregatedColumn, AggregatedColumnReport, BottomCode, CodedReplacement, CodingReport, GroupSizes, Microaggregation,
    MicroaggregationMethod, MicroaggregationReport, MissingInPram, PerturbationDetails, PerturbationMethod,
    PerturbationReport, Perturbed, PerturbedAttribute, Pram, PramColumn, PramReport, RankSwapping, RankSwappingReport,
    ReleasedMatrix, Replacement, Rounding, RoundingReport, SwappedColumn, TopBottomCoding, TopCode, Transition,
    TransitionMatrix,
};
pub use perturb::{Concealment, LocalSuppression, LocalSuppressionBuilder, Requirement};
pub use recode::{
    Aggregate, AttributeQuality, Metric, MetricFamily, MetricValue, MondrianMode, Quality, QuasiIdentifier, Search,
    SearchReport, SuppressionLimit, UnknownMetric, UnknownSearch,
};
pub use release::{Released, Unverified};
pub use risk::{
    AttackerView, ClassSizeBand, CombinationRisk, CombinationShare, CombinationSize, Coverage, DifferencingRisk,
    DisExplanation, Household, IndividualMethod, IndividualRisk, IndividualRiskReport, JournalistRisk, KCombinations,
    LogLinearModel, LogLinearRisk, MinimalUnique, ProsecutorRisk, RecordExplanation, ReleaseChange, ReleaseView,
    RiskOptions, RiskReport, Suda, SudaDis, SudaExplanation, SudaReport, SudaScores, SudaWeighting, UniquenessEstimate,
    UniquenessRisk, WeightedExplanation, reidentification_risk,
};
pub use statement::{
    BlankedCells, DifferentialPrivacy, GeneralizedColumn, LedgerCharge, PerturbedColumns, Preparation, PublishedMatrix,
    RecordCounts, ReleaseKind, ReleaseModel, ReleasedCombinations, Spent, Statement, Summary, SynthesisMethod,
    SyntheticGuarantee, SyntheticRecords, Verification,
};
pub use suppress::{KAnonymizer, KAnonymizerBuilder};
pub use unit::PrivacyUnit;
