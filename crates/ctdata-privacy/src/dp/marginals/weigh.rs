//! What a record may add to the counts of one length: whole-number weights, bounded by a cap.
//!
//! A candidate has a public weight, and a record adds it to each candidate that it has. Where the squares of
//! what it adds would sum to more than the cap, it adds proportionally less of each. So one record moves the
//! vector of counts by at most the root of the cap, without dice.

#![expect(clippy::indexing_slicing, reason = "candidates are numbered by their level")]

use ctdata_table::Control;

use super::items::Records;
use super::lattice::{Lattice, Level};
use crate::PrivacyError;
use crate::dp::Charge;

/// The weight of a candidate that is expected to be rare: others have less.
pub(crate) const FULL: u32 = 1 << 12;

/// How many parts of a power of two caps are told apart by.
const STEPS: usize = 4;
/// Caps up to 2^56.
const CAPS: usize = 56 * STEPS;

/// The candidates of one length, each with its weight.
pub(crate) struct Weighed<'a> {
    pub(crate) lattice: &'a Lattice,
    pub(crate) candidates: &'a Level,
    pub(crate) weights: Vec<u32>,
}

impl Weighed<'_> {
    /// The sum of squares that a record would add.
    fn square(&self, record: &[u32]) -> u64 {
        let mut sum = 0u64;
        self.lattice.visit(self.candidates, record, &mut |candidate| {
            let weight = u64::from(self.weights[candidate as usize]);
            sum = sum.saturating_add(weight * weight);
        });
        sum
    }

    /// What a record adds, under the cap: the sum of the squares of what `add` is called with is no more.
    pub(crate) fn contribute(&self, record: &[u32], cap: u64, mut add: impl FnMut(u32, i64)) {
        let square = self.square(record);
        // The root of cap / square, rounded down, in units of 2^-32.
        let factor = if square <= cap { 1 << 32 } else { ((u128::from(cap) << 64) / u128::from(square)).isqrt() };
        self.lattice.visit(self.candidates, record, &mut |candidate| {
            let part = (u128::from(self.weights[candidate as usize]) * factor) >> 32;
            add(candidate, i64::try_from(part).unwrap_or_default());
        });
    }

    /// The weighted counts of all candidates.
    ///
    /// # Errors
    /// Cancellation and the memory cap.
    pub(crate) fn count(&self, records: &Records, cap: u64, control: &Control) -> Result<Vec<i64>, PrivacyError> {
        let candidates = self.weights.len();
        let parts = chunks(records.distinct());
        control.reserve((candidates as u64).saturating_mul(8 * parts.len() as u64))?;
        let sums = map_chunks(&parts, |part| {
            let mut sums = vec![0i64; candidates];
            for place in part {
                if place.is_multiple_of(1 << 12) {
                    control.check()?;
                }
                let (record, count) = records.get(place);
                self.contribute(record, cap, |candidate, part| sums[candidate as usize] += part * count);
            }
            Ok(sums)
        })?;
        // Sums of whole numbers do not depend on how the records were split.
        Ok(sums
            .into_iter()
            .reduce(|mut all, part| {
                all.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
                all
            })
            .unwrap_or_else(|| vec![0; candidates]))
    }

    /// What the squares of any record sum to at most, whatever the data: a record has one value of each of so many
    /// attributes.
    fn largest_square(&self, attributes: usize) -> u64 {
        let weights = self.weights.iter().map(|&weight| u64::from(weight));
        let all = weights.clone().fold(0u64, |sum, weight| sum.saturating_add(weight * weight));
        let largest = weights.max().unwrap_or(0);
        let length = self.candidates.length() as u64;
        let combinations = (0..length)
            .fold(1u64, |sets, taken| sets.saturating_mul((attributes as u64).saturating_sub(taken)) / (taken + 1));
        combinations.saturating_mul(largest * largest).min(all)
    }

    /// A cap under which about a share `percent` of the records keep their full weights. No cap is above what a record
    /// of so many attributes can add, which would only buy noise.
    ///
    /// # Errors
    /// Those of the charge.
    pub(crate) fn choose_cap<R: rand::CryptoRng + ?Sized>(
        &self,
        records: &Records,
        (percent, attributes): (u8, usize),
        charge: Charge,
        rng: &mut R,
        control: &Control,
    ) -> Result<u64, PrivacyError> {
        let mut caps = caps();
        let largest = self.largest_square(attributes);
        caps.truncate(caps.partition_point(|&cap| cap < largest).saturating_add(1));
        let parts = chunks(records.distinct());
        let sums = map_chunks(&parts, |part| {
            let mut bins = vec![0i64; caps.len()];
            for place in part {
                if place.is_multiple_of(1 << 12) {
                    control.check()?;
                }
                let (record, count) = records.get(place);
                let square = self.square(record);
                bins[caps.partition_point(|&cap| cap < square).min(caps.len() - 1)] += count;
            }
            Ok(bins)
        })?;
        let bins: Vec<i64> = (0..caps.len()).map(|bin| sums.iter().map(|bins| bins[bin]).sum()).collect();
        let (scores, sensitivity) = percentile_scores(&bins, percent);
        let chosen = charge.exponential(sensitivity)?.choose(&scores, rng);
        Ok(chosen.map_or(1, |chosen| caps[chosen]))
    }
}

/// The caps to choose from, whatever the data: ascending, four to a doubling.
pub(crate) fn caps() -> Vec<u64> {
    // 2^(1/4), 2^(2/4) and 2^(3/4) in units of 2^-16.
    let parts = [65_536u64, 77_936, 92_682, 110_218];
    let caps = (0..CAPS).map(|step| {
        let whole = u32::try_from(step / STEPS).unwrap_or_default();
        u64::try_from((u128::from(parts[step % STEPS]) << whole) >> 16).unwrap_or(u64::MAX)
    });
    let mut caps: Vec<u64> = caps.collect();
    caps.dedup();
    caps
}

/// Scores of candidates of a percentile, given how many records lie at each of them, and how much one record
/// moves a score: minus the number of records, in hundredths, by which the ranks at the candidate miss the
/// percentile. Ties are met by the first value at which they are.
pub(crate) fn percentile_scores(bins: &[i64], percent: u8) -> (Vec<i64>, u64) {
    let percent = i64::from(percent.min(100));
    let all: i64 = bins.iter().sum();
    let mut below = 0;
    let scores = bins
        .iter()
        .map(|&here| {
            let up_to = below + here;
            // Both differences move by at most `sensitivity` with a record, and so does their maximum.
            let (short, over) = (percent * all - 100 * up_to, 100 * below - percent * all);
            below = up_to;
            -short.max(over).max(0)
        })
        .collect();
    (scores, u64::try_from(percent.max(100 - percent)).unwrap_or(100))
}

/// Ranges of records, one for each thread.
fn chunks(records: usize) -> Vec<std::ops::Range<usize>> {
    #[cfg(feature = "rayon")]
    let threads = rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    let threads = 1;
    let size = records.div_ceil(threads).max(1);
    (0..records.div_ceil(size)).map(|part| part * size..((part + 1) * size).min(records)).collect()
}

#[cfg(feature = "rayon")]
fn map_chunks<T: Send>(
    parts: &[std::ops::Range<usize>],
    map: impl Fn(std::ops::Range<usize>) -> Result<T, PrivacyError> + Sync + Send,
) -> Result<Vec<T>, PrivacyError> {
    use rayon::prelude::*;
    parts.par_iter().cloned().map(map).collect()
}

#[cfg(not(feature = "rayon"))]
fn map_chunks<T>(
    parts: &[std::ops::Range<usize>],
    map: impl Fn(std::ops::Range<usize>) -> Result<T, PrivacyError>,
) -> Result<Vec<T>, PrivacyError> {
    parts.iter().cloned().map(map).collect()
}
