//! Disclosure risk of a file as it stands, and of a release seen by someone who knows true values.

mod attacker;
pub(crate) mod combinations;
mod compatible;
mod differencing;
mod explain;
mod global;
mod individual;
mod journalist;
mod options;
mod report;
mod suda;
mod uniqueness;

pub use attacker::AttackerView;
pub use combinations::{CombinationRisk, CombinationShare, CombinationSize, KCombinations};
pub use differencing::{Coverage, DifferencingRisk, ReleaseChange, ReleaseView};
pub use explain::{DisExplanation, MinimalUnique, RecordExplanation, SudaExplanation, WeightedExplanation};
pub use global::{LogLinearModel, LogLinearRisk};
pub use individual::{Household, IndividualMethod, IndividualRisk, IndividualRiskReport, reidentification_risk};
pub use journalist::JournalistRisk;
pub use options::RiskOptions;
pub(crate) use report::ratio;
pub use report::{ClassSizeBand, ProsecutorRisk, RiskReport};
pub use suda::{Suda, SudaDis, SudaReport, SudaScores, SudaWeighting};
pub use uniqueness::{UniquenessEstimate, UniquenessRisk};
