//! What a model asks for and what a table achieves.

use std::fmt;

/// A level that a model requires or a table achieves: a whole number for models that count, a real
/// one for those that compare distributions.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
#[non_exhaustive]
pub enum Measure {
    /// Units or values counted.
    Count(u64),
    /// A distance, ratio or entropy.
    Real(f64),
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Real(real) => real.fmt(f),
        }
    }
}

/// How a table stands to one privacy model.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ModelReport {
    /// The model's name in kebab-case.
    pub model: String,
    /// The level asked for.
    pub required: Measure,
    /// The level of the worst class; none for a table without rows.
    pub achieved: Option<Measure>,
    /// Whether the model holds. It holds for a table without rows.
    pub holds: bool,
}
