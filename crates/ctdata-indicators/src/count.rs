//! Counts as publications give them: a number, a range, or nothing.

/// A count of persons as far as it is known.
///
/// Published tables write small counts as `<5`, which is a [`Count::Range`] of 0 to 4, and leave cells blank, which is
/// [`Count::Missing`] and never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Count {
    /// The number itself.
    Exact(u64),
    /// Some number from `lo` to `hi`, both included.
    Range {
        /// The least it can be.
        lo: u64,
        /// The most it can be.
        hi: u64,
    },
    /// Not given: anything.
    Missing,
}

impl Count {
    /// A count between two bounds, in any order.
    pub fn between(one: u64, other: u64) -> Self {
        if one == other { Self::Exact(one) } else { Self::Range { lo: one.min(other), hi: one.max(other) } }
    }

    /// The least and the most it can be; `None` if it is missing.
    pub fn bounds(self) -> Option<(u64, u64)> {
        match self {
            Self::Exact(count) => Some((count, count)),
            Self::Range { lo, hi } => Some((lo, hi)),
            Self::Missing => None,
        }
    }

    /// The number, where it is known.
    pub fn exact(self) -> Option<u64> {
        match self {
            Self::Exact(count) => Some(count),
            _ => None,
        }
    }
}
