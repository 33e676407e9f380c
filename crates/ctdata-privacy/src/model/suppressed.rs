//! What becomes of records that no class can keep.

/// What a mechanism does with suppressed records, and what the models say of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SuppressedRecords {
    /// They leave the release. The models hold for every record that is left.
    #[default]
    Drop,
    /// They stay with all quasi-identifiers blank, as one class which must satisfy every model itself;
    /// if it does not, they are dropped. Where a model counts in a population, they are always dropped.
    AsClass,
    /// They stay with all quasi-identifiers blank, whether the models hold of them or not: a working copy,
    /// in which a single one is a class of its own with its sensitive values in the open. It is verified, and
    /// so released, only if the models hold of that class too.
    KeepUnchecked,
}

impl SuppressedRecords {
    /// The wire code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::AsClass => "as-class",
            Self::KeepUnchecked => "keep-unchecked",
        }
    }

    /// Whether a mechanism makes sure that the models hold for every record of the output.
    pub const fn is_checked(self) -> bool {
        !matches!(self, Self::KeepUnchecked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_is_the_default() {
        assert_eq!(SuppressedRecords::default(), SuppressedRecords::Drop);
        assert!(SuppressedRecords::AsClass.is_checked() && !SuppressedRecords::KeepUnchecked.is_checked());
    }
}
