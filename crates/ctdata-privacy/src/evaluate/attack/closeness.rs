//! Distance to the closest record.

use ctdata_table::{Column, Control, Table};
use rand::rngs::ChaCha20Rng;

use super::super::real;
use super::records::{Records, Space, Target};
use super::{Sides, in_batches, sample};
use crate::PrivacyError;
use crate::draw::below;

/// How near released records lie to records of the original.
///
/// Not a privacy guarantee: a release may be far from every record and still tell everything of a group
/// that one person is alone in, and copies of common records are near without telling anything. It finds
/// copying, no more.
///
/// Distances are Gower's, over all attributes, from 0 to 1.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Closeness {
    /// Released records from the original.
    pub released: DistanceSummary,
    /// Records with independent attributes, each drawn from its released column, from the original.
    pub random: DistanceSummary,
    /// Hold-out records from the original; none without a hold-out.
    pub holdout: Option<DistanceSummary>,
    /// Of the released records, the share that is closer to the original than to the hold-out, ties counting
    /// half; the larger of the two is cut to the size of the smaller at random. About one half is ideal;
    /// none without a hold-out.
    pub closer_to_original: Option<f64>,
    /// Share of ties in it.
    pub ties: Option<f64>,
}

/// Distances of some records to the closest of others.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DistanceSummary {
    /// Records drawn.
    pub records: u64,
    /// Mean distance.
    pub mean: f64,
    /// Median distance, the lower of two.
    pub median: f64,
    /// The distance that 5 % of the records stay at or below.
    pub percentile_5: f64,
    /// Share of distance 0.
    pub share_zero: f64,
}

opaque_debug!(Closeness, DistanceSummary);

pub(super) fn measure(
    sides: &Sides<'_>,
    targets: usize,
    mut rng: ChaCha20Rng,
    control: &Control,
) -> Result<Option<Closeness>, PrivacyError> {
    let all: Vec<usize> = (0..sides.original_table.schema().len()).collect();
    let mut drawn = |table: &Table| -> Vec<Target> {
        sample(table.rows(), targets, &mut rng).into_iter().map(|row| Target::of(table, row, all.clone())).collect()
    };
    let released = drawn(sides.released_table);
    let held = sides.holdout.as_ref().filter(|(table, _)| table.rows() > 0);
    let held_targets = held.map(|(table, _)| drawn(table));
    let random: Vec<Target> = released
        .iter()
        .map(|_| {
            let code = |column: &Column| {
                let row = usize::try_from(below(&mut rng, column.len() as u64)).unwrap_or(0);
                column.get(row).unwrap_or(0)
            };
            Target { codes: sides.released_table.columns().iter().map(code).collect(), known: all.clone() }
        })
        .collect();
    let distances = |targets: &[Target], records: &Records<'_>| {
        in_batches(targets, control, |some| records.nearest(some))
            .map(|found| found.into_iter().flatten().collect::<Vec<f64>>())
    };
    let from_original = distances(&released, &sides.original)?;
    let (Some(summary), Some(random)) =
        (DistanceSummary::of(&from_original), DistanceSummary::of(&distances(&random, &sides.original)?))
    else {
        return Ok(None);
    };
    let mut closeness = Closeness { released: summary, random, holdout: None, closer_to_original: None, ties: None };
    if let Some(((holdout, records), targets)) = held.zip(held_targets) {
        closeness.holdout = DistanceSummary::of(&distances(&targets, &sides.original)?);
        let mut cut = |table: &Table, rows: usize| -> Result<Table, PrivacyError> {
            let mut some = sample(table.rows(), rows, &mut rng);
            some.sort_unstable();
            Ok(table.take(&some)?)
        };
        let space: &Space = sides.space;
        let (ours, theirs) = match sides.original_table.rows().cmp(&holdout.rows()) {
            std::cmp::Ordering::Equal => (from_original, distances(&released, records)?),
            std::cmp::Ordering::Greater => {
                let table = cut(sides.original_table, holdout.rows())?;
                (distances(&released, &Records::of(&table, space, control)?)?, distances(&released, records)?)
            }
            std::cmp::Ordering::Less => {
                let table = cut(holdout, sides.original_table.rows())?;
                (from_original, distances(&released, &Records::of(&table, space, control)?)?)
            }
        };
        let closer = ours.iter().zip(&theirs).filter(|(one, other)| one < other).count() as u64;
        let farther = ours.iter().zip(&theirs).filter(|(one, other)| one > other).count() as u64;
        let records = ours.len() as u64;
        let ties = records.saturating_sub(closer + farther);
        closeness.closer_to_original = Some((real(closer) + real(ties) / 2.0) / real(records));
        closeness.ties = Some(real(ties) / real(records));
    }
    Ok(Some(closeness))
}

impl DistanceSummary {
    fn of(distances: &[f64]) -> Option<Self> {
        let mut sorted = distances.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let records = sorted.len() as u64;
        let at = |part: usize, of: usize| sorted.get((sorted.len() * part).div_ceil(of).saturating_sub(1)).copied();
        Some(Self {
            records,
            median: at(1, 2)?,
            percentile_5: at(1, 20)?,
            mean: sorted.iter().sum::<f64>() / real(records),
            share_zero: real(sorted.iter().filter(|&&distance| distance <= 0.0).count() as u64) / real(records),
        })
    }
}
