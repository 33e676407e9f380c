//! How far released records are from the original, and what an attacker gains from them.
//!
//! [`Evaluator`] compares a released table with its original and attacks it; its report is an
//! [`Evaluation`]: data, text, Markdown and plots. The report is made from the confidential original and is
//! not for publication.
//!
//! | question | types |
//! |---|---|
//! | what could be compared? | [`Alignment`] |
//! | how far are the marginals apart? | [`MarginalDistance`], [`GroupScores`], [`AssociationDistance`] |
//! | which combinations are kept, lost or new? | [`Preservation`], [`LengthErrors`], [`CountBin`], [`CountCell`] |
//! | which rare ones leak? | [`Leakage`] |
//! | can a model tell the tables apart? | [`Propensity`] |
//! | what do attacks gain? | [`Attacks`], [`SinglingOut`], [`InferenceRisk`], [`AttackResult`], [`SuccessRate`], [`AttackRisk`] |
//! | what do the keys of a person tell? | [`KeyDisclosure`], [`AttributeDisclosure`], [`ReplicatedUniques`] |
//! | are records copied? | [`ExactMatches`], [`ApparentMatches`], [`Closeness`], [`DistanceSummary`] |

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
