//! What a caller can choose of model averaging.

use crate::interval::Level;
use crate::mse::error::MseError;

/// What is believed of the number of all persons N, seen and unseen, before the table is seen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)
)]
pub enum PopulationPrior {
    /// In proportion to 1/N, the default: every order of magnitude is as likely.
    #[default]
    Inverse,
    /// Every number is as likely. With few overlaps the posterior then has no end, and the answer is
    /// [`crate::mse::Status::NotConverged`].
    Uniform,
    /// N is Poisson with a mean that has a gamma law: what earlier studies say. Its expectation is `shape` × `scale`.
    GammaPoisson {
        /// The shape of the gamma law, between 1e-9 and 1e15.
        shape: f64,
        /// Its scale in persons, between 1e-9 and 1e15.
        scale: f64,
    },
}

/// At which numbers of unseen persons the posterior is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)
)]
pub enum BmaGrid {
    /// Every integer where the posterior bends, and blocks of integers, each by its middle and weighted by its width,
    /// where it is smooth: from nobody unseen to as far as there is posterior mass, at most
    /// [`BmaOptions::most_unseen`]. The default; as good as every integer to about 1e-5 of a probability.
    #[default]
    Adaptive,
    /// Every integer.
    Integers {
        /// The least number of unseen persons.
        from: u64,
        /// The largest.
        to: u64,
    },
    /// Points at equal distances, with equal weights; 1,000 points from 1 to 30 times the persons seen are common in
    /// published work.
    Points {
        /// The first point.
        from: u64,
        /// The last point.
        to: u64,
        /// How many, at least two.
        points: usize,
    },
}

/// Options of [`crate::mse::Bma::estimate`].
///
/// ```
/// use ctdata_indicators::mse::{BmaGrid, BmaOptions};
///
/// // A grid of published studies, cut off where they cut it off.
/// let options = BmaOptions {
///     grid: BmaGrid::Points { from: 1, to: 82_320, points: 1_000 },
///     extend: false,
///     ..BmaOptions::default()
/// };
/// assert_eq!(options.top_graphs, 10);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct BmaOptions {
    /// The prior of the number of all persons.
    pub population_prior: PopulationPrior,
    /// Prior persons in each of the 2^t cells, between 1e-9 and 1e6; by default (`None`) 2^−t, one prior person in
    /// all. Madigan and York used 0.5 and 1.
    pub delta: Option<f64>,
    /// The grid of unseen persons.
    pub grid: BmaGrid,
    /// Whether [`BmaGrid::Integers`] and [`BmaGrid::Points`] are made twice as long, with the same step, until the
    /// posterior mass at the edge is small enough. By default they are.
    pub extend: bool,
    /// The most posterior mass that may lie in the last hundredth of the grid, 1e-6 by default. Under the default
    /// prior about a hundred times as much may lie beyond the grid.
    pub most_edge_mass: f64,
    /// The largest number of unseen persons ever looked at; 10^10 by default, more than there are people. At most
    /// 2^52.
    pub most_unseen: u64,
    /// The level of the intervals.
    pub level: Level,
    /// How many graphs to report, by posterior probability.
    pub top_graphs: usize,
    /// Into how many bins, about, the posterior is thinned for a plot.
    pub posterior_bins: usize,
}

impl Default for BmaOptions {
    fn default() -> Self {
        Self {
            population_prior: PopulationPrior::default(),
            delta: None,
            grid: BmaGrid::default(),
            extend: true,
            most_edge_mass: 1e-6,
            most_unseen: 10_000_000_000,
            level: Level::default(),
            top_graphs: 10,
            posterior_bins: 200,
        }
    }
}

/// The most points of a grid.
pub(super) const MOST_POINTS: u64 = 1 << 24;

impl BmaOptions {
    pub(super) fn check(&self) -> Result<(), MseError> {
        let err = |option, rule| Err(MseError::Option { option, rule });
        let positive = |number: f64| (1e-9..=1e15).contains(&number);
        if let PopulationPrior::GammaPoisson { shape, scale } = self.population_prior
            && !(positive(shape) && positive(scale))
        {
            return err("population prior", "shape and scale lie between 1e-9 and 1e15");
        }
        if self.delta.is_some_and(|delta| !(1e-9..=1e6).contains(&delta)) {
            return err("delta", "between 1e-9 and 1e6");
        }
        if !(self.most_edge_mass > 0.0 && self.most_edge_mass < 1.0) {
            return err("most edge mass", "between 0 and 1");
        }
        if self.most_unseen == 0 || self.most_unseen > 1 << 52 {
            return err("most unseen", "between 1 and 2^52");
        }
        let (from, to, points) = match self.grid {
            BmaGrid::Adaptive => return Ok(()),
            BmaGrid::Integers { from, to } => (from, to, to.saturating_sub(from).saturating_add(1)),
            BmaGrid::Points { from, to, points } => (from, to, points as u64),
        };
        if from >= to || to > self.most_unseen {
            return err("grid", "runs from a smaller to a larger number, at most to the most unseen");
        }
        if !(2..=MOST_POINTS).contains(&points) {
            return err("grid", "has between 2 and 2^24 points");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_out_of_range_are_refused() {
        let default = BmaOptions::default;
        assert!(default().check().is_ok());
        let grid = |grid| BmaOptions { grid, ..default() };
        for options in [
            BmaOptions { delta: Some(0.0), ..default() },
            BmaOptions { delta: Some(f64::NAN), ..default() },
            BmaOptions { most_edge_mass: 0.0, ..default() },
            BmaOptions { most_unseen: u64::MAX, ..default() },
            BmaOptions {
                population_prior: PopulationPrior::GammaPoisson { shape: 1.0, scale: f64::INFINITY },
                ..default()
            },
            grid(BmaGrid::Integers { from: 5, to: 5 }),
            grid(BmaGrid::Integers { from: 0, to: 1 << 24 }),
            grid(BmaGrid::Integers { from: 0, to: u64::MAX }),
            grid(BmaGrid::Points { from: 0, to: 10, points: 1 }),
        ] {
            assert!(matches!(options.check(), Err(MseError::Option { .. })), "{options:?}");
        }
    }
}
