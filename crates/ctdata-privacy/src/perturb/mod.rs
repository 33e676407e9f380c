//! Perturbation: cells that are released with less or with something else than the input says.

#[cfg_attr(not(test), expect(dead_code, reason = "the release that is made of it stands beside the verifier"))]
mod local_suppression;

pub use local_suppression::{Concealment, LocalSuppression, LocalSuppressionBuilder, Requirement};
#[expect(unused_imports, reason = "the release that is made of it stands beside the verifier")]
pub(crate) use local_suppression::{Suppressed, suppress};
