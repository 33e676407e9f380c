//! Disclosure risk of a file as it stands, and of a release seen by someone who knows true values.

mod attacker;
mod compatible;
mod report;
mod suda;

pub use attacker::AttackerView;
pub(crate) use report::ratio;
pub use report::{ClassSizeBand, ProsecutorRisk, RiskReport};
pub use suda::{Suda, SudaDis, SudaReport, SudaScores, SudaWeighting};
