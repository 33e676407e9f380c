//! What the estimators look at: how many classes there are of each size.

use std::fmt;

use super::NotEstimated;
use crate::SamplingFraction;

/// The sizes of the classes of a sample, and how large the population is.
#[derive(Clone, PartialEq, Eq)]
pub struct ClassSizes {
    sizes: Vec<(u64, u64)>,
    sample: u64,
    classes: u64,
    population: u64,
}

impl ClassSizes {
    /// From (size, classes of that size), in any order, of a sample that is this fraction of the
    /// population. Sizes and numbers of 0 are left out.
    ///
    /// # Errors
    /// [`NotEstimated::NoRecords`] for no classes.
    pub fn try_new(sizes: &[(u64, u64)], fraction: SamplingFraction) -> Result<Self, NotEstimated> {
        let sample = sizes.iter().map(|&(size, classes)| size.saturating_mul(classes)).sum();
        Self::of_population(sizes, fraction.population_of(sample))
    }

    /// The same with the number of people of the population, which may be far above 2^32.
    ///
    /// # Errors
    /// [`NotEstimated::NoRecords`] for no classes; [`NotEstimated::PopulationTooSmall`] for fewer people
    /// than the sample has.
    pub fn of_population(sizes: &[(u64, u64)], population: u64) -> Result<Self, NotEstimated> {
        let mut sizes: Vec<(u64, u64)> =
            sizes.iter().copied().filter(|&(size, classes)| size > 0 && classes > 0).collect();
        sizes.sort_unstable();
        let sample: u64 = sizes.iter().map(|&(size, classes)| size.saturating_mul(classes)).sum();
        let classes = sizes.iter().map(|&(_, classes)| classes).sum();
        if sample == 0 {
            return Err(NotEstimated::NoRecords);
        }
        if population < sample {
            return Err(NotEstimated::PopulationTooSmall);
        }
        Ok(Self { sizes, sample, classes, population })
    }

    /// (size, classes), ascending by size.
    pub fn sizes(&self) -> &[(u64, u64)] {
        &self.sizes
    }

    /// People in the sample.
    pub fn sample(&self) -> u64 {
        self.sample
    }

    /// Classes in the sample.
    pub fn classes(&self) -> u64 {
        self.classes
    }

    /// People in the population.
    pub fn population(&self) -> u64 {
        self.population
    }

    /// The sample's share of the population.
    pub fn fraction(&self) -> f64 {
        real(self.sample) / real(self.population)
    }

    /// The classes of a size.
    pub(super) fn of_size(&self, size: u64) -> u64 {
        self.sizes.iter().filter(|&&(found, _)| found == size).map(|&(_, classes)| classes).sum()
    }
}

impl fmt::Debug for ClassSizes {
    /// Shows how many, no sizes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClassSizes of {} classes", self.classes)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are below 2^53")]
pub(super) fn real(count: u64) -> f64 {
    count as f64
}
