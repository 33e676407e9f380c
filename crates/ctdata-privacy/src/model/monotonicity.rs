//! What generalizing further can do to a model.

/// Whether a model, once it holds, keeps holding when classes are merged.
///
/// A search over recodings may skip what this promises. "Ancestors" are the recodings that are at
/// least as general in every attribute: their classes are unions of classes.
///
/// # Sources
/// K. LeFevre, D. J. DeWitt and R. Ramakrishnan (2005), "Incognito: efficient full-domain k-anonymity",
/// SIGMOD (generalization property); F. Kohlmayer et al. (2012), "Flash: efficient, stable and optimal
/// k-anonymity", PASSAT. Which model has which property is tested here by random merges, and each
/// "no" by a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Monotonicity {
    /// Ancestors of a solution are solutions if nothing may be suppressed.
    pub without_suppression: bool,
    /// Ancestors of a solution are solutions under any limit of suppressed records.
    pub with_suppression: bool,
}

impl Monotonicity {
    /// Holds with and without suppression: a merged class holds if one of its parts did.
    pub const FULL: Self = Self { without_suppression: true, with_suppression: true };
    /// Holds only where nothing is suppressed: a merged class holds if all its parts did.
    pub const WITHOUT_SUPPRESSION: Self = Self { without_suppression: true, with_suppression: false };
    /// Promises nothing.
    pub const NONE: Self = Self { without_suppression: false, with_suppression: false };

    /// What holds for two models together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            without_suppression: self.without_suppression && other.without_suppression,
            with_suppression: self.with_suppression && other.with_suppression,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_models_promise_what_both_promise() {
        assert_eq!(Monotonicity::FULL.and(Monotonicity::WITHOUT_SUPPRESSION), Monotonicity::WITHOUT_SUPPRESSION);
        assert_eq!(Monotonicity::NONE.and(Monotonicity::FULL), Monotonicity::NONE);
    }
}
