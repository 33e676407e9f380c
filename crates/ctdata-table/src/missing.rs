//! Why a cell has no value. Missing is never "no".

use std::fmt;
use std::str::FromStr;

/// The reason a cell has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Missing {
    /// Nothing was written down: not observed, not asked, negative or suppressed, nobody can tell.
    NotRecorded,
    /// The question does not arise for this record.
    NotApplicable,
    /// Known to the source and kept back.
    Withheld,
    /// The source states that it does not know.
    Unknown,
}

impl Missing {
    /// All kinds, in the order in which their codes follow the values of a domain.
    pub const ALL: [Self; 4] = [Self::NotRecorded, Self::NotApplicable, Self::Withheld, Self::Unknown];

    /// The wire code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotRecorded => "not-recorded",
            Self::NotApplicable => "not-applicable",
            Self::Withheld => "withheld",
            Self::Unknown => "unknown",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text that names no kind of missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of missing (not-recorded, not-applicable, withheld, unknown)")]
pub struct UnknownMissing;

impl FromStr for Missing {
    type Err = UnknownMissing;

    fn from_str(text: &str) -> Result<Self, UnknownMissing> {
        Self::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(text.trim())).ok_or(UnknownMissing)
    }
}

/// The kinds of missing that an attribute may have. Declared by its schema, never observed.
///
/// ```
/// use ctdata_table::{Missing, MissingKinds};
/// let kinds = MissingKinds::of(&[Missing::Unknown, Missing::NotRecorded]);
/// assert_eq!(kinds.len(), 2);
/// assert_eq!(kinds.position(Missing::Unknown), Some(1)); // order of `Missing::ALL`
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MissingKinds(u8);

impl MissingKinds {
    /// No cell may be missing.
    pub const NONE: Self = Self(0);
    /// Cells may be not recorded.
    pub const NOT_RECORDED: Self = Self::of(&[Missing::NotRecorded]);
    /// Every kind.
    pub const ALL: Self = Self::of(&Missing::ALL);

    /// The set of these kinds.
    pub const fn of(kinds: &[Missing]) -> Self {
        let mut bits = 0;
        let mut rest = kinds;
        while let [first, tail @ ..] = rest {
            bits |= first.bit();
            rest = tail;
        }
        Self(bits)
    }

    /// The set with one more kind.
    #[must_use]
    pub const fn with(self, kind: Missing) -> Self {
        Self(self.0 | kind.bit())
    }

    /// Whether the kind is in the set.
    pub const fn contains(self, kind: Missing) -> bool {
        self.0 & kind.bit() != 0
    }

    /// How many kinds.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no cell may be missing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Position of a kind among the declared ones; its code is the number of values plus this.
    pub const fn position(self, kind: Missing) -> Option<usize> {
        if self.contains(kind) { Some((self.0 & (kind.bit() - 1)).count_ones() as usize) } else { None }
    }

    /// The kinds in the order of their codes.
    pub fn iter(self) -> impl Iterator<Item = Missing> {
        Missing::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl fmt::Debug for MissingKinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Missing> for MissingKinds {
    fn from_iter<I: IntoIterator<Item = Missing>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_follow_the_declared_kinds() {
        for bits in 0..16u8 {
            let kinds = MissingKinds(bits);
            for (expected, kind) in kinds.iter().enumerate() {
                assert_eq!(kinds.position(kind), Some(expected));
            }
            assert_eq!(kinds.iter().count(), kinds.len());
        }
    }

    #[test]
    fn codes_parse_back() {
        for kind in Missing::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!("-99".parse::<Missing>(), Err(UnknownMissing));
    }
}
