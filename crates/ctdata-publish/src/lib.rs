//! From a confidential file to a folder that can be published: one plan, one pipeline.
//!
//! ```
//! use ctdata_model::{Layout, Simulator, write_cases};
//! use ctdata_publish::Publisher;
//! use ctdata_table::Control;
//!
//! let control = Control::default();
//! # let folder = std::env::temp_dir().join(format!("ctdata-publish-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let input = folder.join("cases.csv");
//! # let out = folder.join("release");
//! let cases = Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 2_000)?;
//! write_cases(&cases, std::fs::File::create(&input)?, &control)?;
//!
//! let published = Publisher::default().publish(&input, &out, &control)?;
//! assert!(published.statement.verified.smallest_class.is_none_or(|class| class >= 11));
//! assert!(out.join("statement.json").is_file());
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Map
//! | question | types |
//! |---|---|
//! | how is a plan written? | [`plans`]: every method, hierarchy and model by example |
//! | what is to be done? | [`Plan`], [`Role`], [`Method`], [`ModelPlan`], [`TablePlan`] |
//! | how do values become coarser? | [`HierarchyPlan`], [`MaskSide`], [`DistancePlan`], [`FullGeneralization`] |
//! | which combinations must be frequent? | [`CombinationPlan`] |
//! | what is perturbed first? | [`PerturbPlan`], [`ReplacementPlan`], [`CodingPlan`], [`ThresholdPlan`], [`Randomness`] |
//! | do it | [`Publisher`], [`Anonymized`], [`Account`], [`AttributeAccount`], [`RecodingAccount`], [`Quality`], [`Clock`] |
//! | make synthetic records instead | [`SynthesizePlan`], [`BudgetPlan`], [`Publisher::synthesize`], [`Synthesized`], [`SynthesisAccount`] |
//! | which tables, and how are they protected? | [`TablePlan`], [`TablesPlan`], [`TableMethod`], [`DominancePlan`] |
//! | where does it go? | [`ReleaseFolder`], [`ReleasedTables`], [`RecordsBeside`] |
//!
//! # What it does not do
//! It has no algorithm of its own: reading is in `ctdata-model`, figures in `ctdata-indicators`, protection
//! and verification in `ctdata-privacy`. It writes nothing that was not verified.
//!
//! # Features
//! `rayon` uses all cores of the caller's pool; the bytes are the same with and without.

mod account;
mod account_report;
mod clock;
mod codebook;
mod describe;
mod error;
mod folder;
mod hierarchies;
mod models;
mod perturb;
mod pipeline;
mod plain;
mod plan;
mod protect;
mod quality;
mod randomness;
mod roles;
mod synthesize;
mod tables;

pub use account::{Account, AttributeAccount, RecodingAccount};
pub use clock::Clock;
pub use error::PublishError;
pub use folder::{
    DATA_FILE, PACKAGE_FILE, README_FILE, ReleaseFolder, STATEMENT_FILE, TABLES_FILE, TABLES_STATEMENT_FILE,
};
pub use pipeline::{Anonymized, Publisher};
pub use plan::plans;
pub use plan::{
    AnonymizePlan, AttributePlan, BudgetPlan, CTDC_K, CTDC_QUASI_IDENTIFIERS, CodingPlan, CombinationPlan,
    DistancePlan, DominancePlan, FullGeneralization, HierarchyPlan, InputPlan, MaskSide, Method, ModelPlan,
    PerturbPlan, Plan, RecordsPlan, ReplacementPlan, Role, SynthesizePlan, TableMethod, TablePlan, TablesPlan,
    ThresholdPlan,
};
pub use quality::{ColumnQuality, Quality};
pub use randomness::Randomness;
pub use synthesize::{SynthesisAccount, Synthesized};
pub use tables::{RecordsBeside, ReleasedTables};
