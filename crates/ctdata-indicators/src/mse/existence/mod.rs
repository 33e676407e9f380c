//! Whether the extended maximum likelihood estimate of a model exists, and whether its parameters can be told apart.
//!
//! On the reduced table (cells of an interaction without overlap left out, and these interactions) a direction is a
//! function f(ω) = Σ c(θ) over the terms θ ⊆ ω. Moving the parameters along a direction that is zero where persons
//! were seen, nowhere negative and somewhere positive raises the likelihood for ever: the estimate exists if and only
//! if there is none. The parameters are identifiable if and only if no direction but c = 0 is zero in all cells. Only
//! the pattern of zeros matters, never the counts.
//!
//! # Sources
//! Fienberg and Rinaldo (2012), Maximum likelihood estimation in log-linear models, *Annals of Statistics* 40(2);
//! Chan, Silverman and Vincent (2021), Multiple systems estimation for sparse capture data, *JASA* 116(535).

mod checker;
mod cone;
mod exact;
mod margin;
mod pairs;

pub(crate) use checker::Checker;
pub use margin::{ExistenceMargin, existence_margin};
pub use pairs::{PairModelCounts, PairModels, pairs_admissibility};

use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;

/// What is known of a model on a table before it is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admissibility {
    /// The sufficient statistics lie inside their cone.
    pub(crate) exists: bool,
    /// The design matrix has full rank.
    pub(crate) identifiable: bool,
    /// The question is too large to be answered (a model of thousands of interactions, nearly all without persons of
    /// their own); then neither is known, and both are false.
    pub(crate) too_large: bool,
}

impl Admissibility {
    const ADMISSIBLE: Self = Self::of(true, true);
    const TOO_LARGE: Self = Self { exists: false, identifiable: false, too_large: true };

    const fn of(exists: bool, identifiable: bool) -> Self {
        Self { exists, identifiable, too_large: false }
    }

    pub(crate) fn is_admissible(self) -> bool {
        self == Self::ADMISSIBLE
    }

    pub(crate) fn status(self) -> Status {
        match (self.exists, self.identifiable) {
            _ if self.too_large => Status::TooLarge,
            (true, true) => Status::Ok,
            (false, true) => Status::NoExistence,
            (true, false) => Status::NotIdentifiable,
            (false, false) => Status::NeitherExistsNorIdentifiable,
        }
    }
}

/// Checks a model on a table, exactly. For many models of a table a [`Checker`] shares the work.
pub(crate) fn check(sample: &Sample, model: &Model) -> Admissibility {
    Checker::of(sample).check(model)
}

#[cfg(test)]
mod tests;
