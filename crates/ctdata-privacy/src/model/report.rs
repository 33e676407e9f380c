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
    /// The least and the largest of a level that must stay in a range; `[least, largest]` on the wire.
    Range(f64, f64),
    /// A level beyond every number, such as how much rarer than in the table a value is that a class
    /// lacks; `"unbounded"` on the wire.
    #[cfg_attr(feature = "serde", serde(with = "unbounded"))]
    Unbounded,
}

impl Measure {
    /// A real level; what is not finite is unbounded.
    pub(super) fn real(level: f64) -> Self {
        if level.is_finite() { Self::Real(level) } else { Self::Unbounded }
    }
}

/// An untagged variant without content would be `null`, which says "none".
#[cfg(feature = "serde")]
mod unbounded {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const WORD: &str = "unbounded";

    pub(super) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(WORD)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            WORD => Ok(()),
            _ => Err(D::Error::custom("the only word for a level is `unbounded`")),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Real(real) => real.fmt(f),
            Self::Range(from, to) => write!(f, "{from} to {to}"),
            Self::Unbounded => f.write_str("unbounded"),
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
    /// The sensitive attribute, of models that have one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub attribute: Option<String>,
    /// The level asked for.
    pub required: Measure,
    /// The level of the worst class or of the table; none for a table without rows (`holds` is true) and
    /// where no estimate can be made (`holds` is false).
    pub achieved: Option<Measure>,
    /// Whether the model holds. It holds for a table without rows.
    pub holds: bool,
}
