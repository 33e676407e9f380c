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
    /// How the acceleration of BCa is found, with the model chosen anew by default.
    pub acceleration: Acceleration,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self { replicates: 5_000, seed: 1, level: Level::P95, acceleration: Acceleration::Reselected }
    }
}

impl BootstrapOptions {
    pub(crate) fn check(&self) -> Result<(), MseError> {
        if (1..=MOST_REPLICATES).contains(&self.replicates) {
            Ok(())
        } else {
            Err(MseError::Option { option: "replicates", rule: "from 1 to 10,000,000" })
        }
    }
}
