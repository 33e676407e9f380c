//! What a bootstrap is asked for.

use crate::interval::Level;
use crate::mse::error::MseError;

/// The most replicates: their estimates are kept.
const MOST_REPLICATES: usize = 10_000_000;

/// How the acceleration of BCa is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Acceleration {
    /// The model is chosen anew on every table with one person left out.
    #[default]
    Reselected,
    /// The model of the whole table is fitted to them: quicker, and blind to selection.
    FixedModel,
}

/// Of whom a replicate is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Resampling {
    /// As many persons as were seen, as in the literature on sparse tables. The chance in how many are seen is then not
    /// in the interval, and the larger the share of the persons that was seen, the more it is too short: of three
    /// independent lists of 30 % each, on which two thirds of the persons are, a 95 % interval holds the number of
    /// persons nine times in ten.
    #[default]
    Seen,
    /// As many persons as are estimated; those drawn among the unseen are lost again, so that their number varies, too.
    Population,
}

/// Number of replicates, seed and level of a bootstrap.
///
/// ```
/// use ctdata_indicators::mse::BootstrapOptions;
///
/// let options = BootstrapOptions { replicates: 2_000, ..BootstrapOptions::default() };
/// assert_eq!(options.seed, 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields, rename_all = "snake_case")
)]
pub struct BootstrapOptions {
    /// The number of replicates, 1 to 10 million; 5,000 by default. The ends of BCa intervals of sparse tables lie far
    /// out and need that many.
    pub replicates: usize,
    /// The seed of all random streams; 1 by default. Replicate i has stream i, so that the number of threads does not
    /// matter, and more replicates begin with the same ones.
    pub seed: u64,
    /// The level of the intervals, 95 % by default.
    pub level: Level,
    /// Of whom a replicate is made: as many as were seen, by default.
    pub resampling: Resampling,
    /// How the acceleration of BCa is found, with the model chosen anew by default.
    pub acceleration: Acceleration,
}

impl Resampling {
    /// Of whom a replicate is made, for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Seen => "as many persons as were seen",
            Self::Population => "as many persons as are estimated",
        }
    }
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self {
            replicates: 5_000,
            seed: 1,
            level: Level::P95,
            resampling: Resampling::Seen,
            acceleration: Acceleration::Reselected,
        }
    }
}

impl BootstrapOptions {
    /// The unseen persons among whom replicates are drawn, too, if a table of so many persons has this estimate.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; too large saturates")]
    pub(crate) fn unseen(&self, persons: u64, estimate: f64) -> u64 {
        match self.resampling {
            Resampling::Seen => 0,
            // Binomial draws are exact up to 2^53.
            Resampling::Population => {
                ((estimate - persons as f64).round() as u64).min((1 << 53) - persons.min(1 << 53))
            }
        }
    }

    /// As [`BootstrapOptions::check`], if there are replicates at all.
    pub(crate) fn check_some(&self) -> Result<(), MseError> {
        if self.replicates == 0 { Ok(()) } else { self.check() }
    }

    pub(crate) fn check(&self) -> Result<(), MseError> {
        if (1..=MOST_REPLICATES).contains(&self.replicates) {
            Ok(())
        } else {
            Err(MseError::Option { option: "replicates", rule: "from 1 to 10,000,000" })
        }
    }
}
