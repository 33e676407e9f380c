//! The account of a conversion between records and cases, by field.

use std::collections::BTreeMap;
use std::fmt;

/// What became of what a field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum FieldLossKind {
    /// There is no place for it.
    Dropped,
    /// It became a broader statement.
    Coarsened,
    /// It became a statement about something similar.
    Approximated,
    /// It is not known precisely enough, or contradicts itself, and is not recorded.
    Uncertain,
    /// It is a text that is not in the list, and is not recorded.
    Unlisted,
    /// It says several things where there is place for one, or cannot be told apart, and is not recorded.
    Ambiguous,
}

impl FieldLossKind {
    /// The words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Coarsened => "made coarser",
            Self::Approximated => "approximated",
            Self::Uncertain => "not recorded since it is not certain",
            Self::Unlisted => "not recorded since it is not in the list",
            Self::Ambiguous => "not recorded since it is ambiguous",
        }
    }
}

/// One entry of the account. `Display` is a sentence; no value of a record is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FieldLoss {
    /// The field or column concerned: of the source.
    pub field: &'static str,
    /// What became of it.
    pub kind: FieldLossKind,
    /// The column or field of the target that it went into, or would have.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub into: Option<&'static str>,
    /// How many victims are concerned.
    pub victims: u64,
    /// Why.
    pub why: &'static str,
}

impl fmt::Display for FieldLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, kind, into, victims, why } = self;
        write!(f, "{field}: {}", kind.words())?;
        if let Some(into) = into {
            write!(f, " ({into})")?;
        }
        write!(f, " for {victims} {}: {why}", if *victims == 1 { "victim" } else { "victims" })
    }
}

/// Place, kind, target and reason: what entries are summed by, in the order of the account.
type Key = (usize, &'static str, FieldLossKind, Option<&'static str>, &'static str);

/// Sums up losses, each once per victim.
#[derive(Debug, Default)]
pub(super) struct Account {
    entries: BTreeMap<Key, Entry>,
    victim: u64,
}

#[derive(Debug, Default)]
struct Entry {
    victims: u64,
    /// The last victim counted, from 1.
    last: u64,
}

impl Account {
    /// The losses that follow are those of another victim.
    pub(super) fn next_victim(&mut self) {
        self.victim += 1;
    }

    /// Notes a loss; `place` orders the account.
    pub(super) fn note(
        &mut self,
        place: usize,
        field: &'static str,
        kind: FieldLossKind,
        into: Option<&'static str>,
        why: &'static str,
    ) {
        let entry = self.entries.entry((place, field, kind, into, why)).or_default();
        if entry.last != self.victim {
            entry.last = self.victim;
            entry.victims += 1;
        }
    }

    /// The account, in the order of places.
    pub(super) fn losses(self) -> Vec<FieldLoss> {
        let loss = |((_, field, kind, into, why), entry): (Key, Entry)| FieldLoss {
            field,
            kind,
            into,
            victims: entry.victims,
            why,
        };
        self.entries.into_iter().map(loss).collect()
    }
}
