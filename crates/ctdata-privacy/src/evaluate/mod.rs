//! How far released records are from the original, and what an attacker gains from them.

/// Reports of a confidential table show no figures in logs and panics.
macro_rules! opaque_debug {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            /// Shows that it is there, never its figures.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

mod alignment;
mod attack;
mod audit;
mod combinations;
mod evaluator;
mod marginals;
mod parallel;
mod propensity;
mod report;

pub use alignment::Alignment;
pub use attack::{
    ApparentMatches, AttackResult, AttackRisk, Attacks, AttributeDisclosure, Closeness, DistanceSummary, ExactMatches,
    InferenceRisk, KeyDisclosure, ReplicatedUniques, SinglingOut, SuccessRate,
};
pub use audit::{AuditReport, DpAudit, Neighbour};
pub use combinations::{CountBin, CountCell, Leakage, LengthErrors, Preservation};
pub use evaluator::Evaluator;
pub use marginals::{AssociationDistance, GroupScore, GroupScores, MarginalDistance};
pub use propensity::Propensity;
pub use report::{Evaluation, Plot};

#[expect(clippy::cast_precision_loss, reason = "counts of records and combinations are below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}
