//! Which combinations of values survive, which are new, and which rare ones leak.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ctdata_table::{Combinations, Control, CountSource};

use super::alignment::Aligned;
use super::real;
use crate::PrivacyError;

/// How well combinations of present values are kept.
///
/// A combination is a set of attributes with one value each; missing is no value here, and of a flag
/// only `yes` is one. Its count is the number of records that have it. Bins of counts start at 1, k,
/// 2k, 4k and so on.
///
/// # Sources
/// Microsoft (2021), *Synthetic Data Showcase*, for preservation by count and by length and for the rare
/// combinations that leak; binning by the original's count is ours: by the released count, suppressed
/// combinations are in no bin.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Preservation {
    /// The least count of a combination that is worth keeping.
    pub k: u64,
    /// The most attributes of a combination.
    pub max_length: usize,
    /// Combinations of the original with a count of at least k.
    pub combinations: u64,
    /// Share of these that occur in the released table; none without any.
    pub preserved: Option<f64>,
    /// The same, each weighted by its count in the original.
    pub preserved_weighted: Option<f64>,
    /// By number of attributes.
    pub by_length: Vec<LengthErrors>,
    /// By count in the original.
    pub by_original_count: Vec<CountBin>,
    /// By count in the released table.
    pub by_released_count: Vec<CountBin>,
    /// How many combinations have which counts: two bins per doubling.
    pub count_against_count: Vec<CountCell>,
}

/// Combinations of one length. Means are none where there is nothing to average.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LengthErrors {
    /// Attributes per combination.
    pub length: usize,
    /// Distinct combinations of the original.
    pub original: u64,
    /// Distinct combinations of the released table.
    pub released: u64,
    /// Those of both.
    pub common: u64,
    /// Share of the original's that the released table lacks.
    pub suppressed: Option<f64>,
    /// Share of the released table's that the original lacks.
    pub fabricated: Option<f64>,
    /// Mean of min(released/original, 1) over the original's.
    pub preservation: Option<f64>,
    /// Mean absolute error of the count, over those of both: flatters whoever suppresses.
    pub absolute_error_common: Option<f64>,
    /// The same over those of either.
    pub absolute_error_union: Option<f64>,
    /// Mean of |released - original|/original, over those of both.
    pub proportional_error_common: Option<f64>,
    /// The same over those of either, 1 for each that the original lacks.
    pub proportional_error_union: Option<f64>,
}

/// Combinations whose count lies in one bin.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CountBin {
    /// The smallest count of the bin.
    pub from: u64,
    /// The count below which it ends.
    pub below: u64,
    /// Combinations in the bin.
    pub combinations: u64,
    /// Those of them that the original has.
    pub in_original: u64,
    /// Mean of min(released/original, 1) over those that the original has.
    pub preservation: Option<f64>,
    /// Mean absolute error of the count.
    pub absolute_error: Option<f64>,
    /// Mean of |released - original|/original, 1 where the original lacks it.
    pub proportional_error: Option<f64>,
}

/// Combinations with about these counts.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CountCell {
    /// The smallest count in the original; 0 for none.
    pub original_from: u64,
    /// The smallest count in the released table; 0 for none.
    pub released_from: u64,
    /// How many.
    pub combinations: u64,
}

/// Rare combinations that the release shows.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Leakage {
    /// Attributes per combination.
    pub length: usize,
    /// Distinct combinations of the original.
    pub combinations: u64,
    /// Those with a count below k in both tables, and above 0.
    pub leaked: u64,
    /// The leaked as a share of the combinations; none without any.
    pub share: Option<f64>,
}

opaque_debug!(Preservation, LengthErrors, CountBin, CountCell, Leakage);

/// What comparing combinations tells.
pub(super) struct CombinationFindings {
    pub(super) preservation: Preservation,
    pub(super) fabricated: Option<f64>,
    pub(super) leakage: Vec<Leakage>,
}

/// Compares all combinations of up to `max_length` attributes.
pub(super) fn compare(
    tables: &Aligned,
    max_length: usize,
    k: u64,
    control: &Control,
) -> Result<CombinationFindings, PrivacyError> {
    let original = tables.original.combinations(max_length, 1, control)?;
    let released = tables.released.combinations(max_length, 1, control)?;
    control.check()?;
    let mut all = Tally::default();
    let mut preserved = Preserved::default();
    let mut by_length = Vec::new();
    let mut leakage = Vec::new();
    let mut by_original_count: BTreeMap<u64, Tally> = BTreeMap::new();
    let mut by_released_count: BTreeMap<u64, Tally> = BTreeMap::new();
    let mut cells: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    for length in 1..=max_length.min(tables.original.schema().len()) {
        let mut tally = Tally::default();
        let mut leaked = 0;
        merge(&original, &released, length, |before, after| {
            tally.add(before, after);
            preserved.add(before, after, k);
            leaked += u64::from(before.min(after) > 0 && before.max(after) < k);
            if before > 0 {
                by_original_count.entry(bin_start(before, k)).or_default().add(before, after);
            }
            if after > 0 {
                by_released_count.entry(bin_start(after, k)).or_default().add(before, after);
            }
            *cells.entry((half_octave(before), half_octave(after))).or_default() += 1;
        });
        all.merge(&tally);
        by_length.push(tally.errors(length));
        leakage.push(Leakage {
            length,
            combinations: tally.original(),
            leaked,
            share: share(leaked, tally.original()),
        });
        control.report("combinations", length as u64, Some(max_length as u64));
        control.check()?;
    }
    let bins = |bins: BTreeMap<u64, Tally>| bins.iter().map(|(&from, tally)| tally.bin(from, k)).collect();
    let preservation = Preservation {
        k,
        max_length,
        combinations: preserved.combinations,
        preserved: share(preserved.kept, preserved.combinations),
        preserved_weighted: share(preserved.kept_records, preserved.records),
        by_length,
        by_original_count: bins(by_original_count),
        by_released_count: bins(by_released_count),
        count_against_count: cells
            .into_iter()
            .map(|((original_from, released_from), combinations)| CountCell {
                original_from,
                released_from,
                combinations,
            })
            .collect(),
    };
    Ok(CombinationFindings { preservation, fabricated: share(all.fabricated, all.released()), leakage })
}

/// Calls `each` with both counts of every combination of this length that either table has.
fn merge(original: &Combinations, released: &Combinations, length: usize, mut each: impl FnMut(u64, u64)) {
    let order = |one: &[u32], other: &[u32]| {
        let one = one.iter().map(|&item| original.items().get(item as usize));
        one.cmp(other.iter().map(|&item| released.items().get(item as usize)))
    };
    let (mut left, mut right) = (original.of_length(length).peekable(), released.of_length(length).peekable());
    loop {
        let side = match (left.peek(), right.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => order(one, other),
        };
        let before = if side == Ordering::Greater { None } else { left.next() };
        let after = if side == Ordering::Less { None } else { right.next() };
        each(before.map_or(0, |(_, count)| count), after.map_or(0, |(_, count)| count));
    }
}

/// The largest of 1, k, 2k, 4k, … that is not above a positive count.
fn bin_start(count: u64, k: u64) -> u64 {
    if count < k { 1 } else { k.max(1) << (count / k.max(1)).ilog2() }
}

/// The largest of 0, 1, 2, 3, 4, 6, 8, 12, … that is not above the count.
fn half_octave(count: u64) -> u64 {
    match count.checked_ilog2() {
        None => 0,
        Some(0) => 1,
        Some(log) => (count >> (log - 1)) << (log - 1),
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| real(part) / real(whole))
}

/// The combinations worth keeping, and those kept.
#[derive(Default)]
struct Preserved {
    combinations: u64,
    kept: u64,
    records: u64,
    kept_records: u64,
}

impl Preserved {
    fn add(&mut self, before: u64, after: u64, k: u64) {
        if before >= k.max(1) {
            self.combinations += 1;
            self.records += before;
            if after > 0 {
                self.kept += 1;
                self.kept_records += before;
            }
        }
    }
}

/// Sums over combinations, by where they occur.
#[derive(Default)]
struct Tally {
    common: u64,
    suppressed: u64,
    fabricated: u64,
    /// Absolute errors: of those of both, of the others.
    error_common: u64,
    error_apart: u64,
    proportional_common: f64,
    preservation: f64,
}

impl Tally {
    fn add(&mut self, before: u64, after: u64) {
        let error = before.abs_diff(after);
        match (before, after) {
            (0, _) => self.fabricated += 1,
            (_, 0) => self.suppressed += 1,
            _ => {
                self.common += 1;
                self.error_common += error;
                self.proportional_common += real(error) / real(before);
                self.preservation += if after >= before { 1.0 } else { real(after) / real(before) };
                return;
            }
        }
        self.error_apart += error;
    }

    fn merge(&mut self, other: &Self) {
        self.common += other.common;
        self.suppressed += other.suppressed;
        self.fabricated += other.fabricated;
    }

    fn original(&self) -> u64 {
        self.common + self.suppressed
    }

    fn released(&self) -> u64 {
        self.common + self.fabricated
    }

    fn union(&self) -> u64 {
        self.common + self.suppressed + self.fabricated
    }

    /// A combination that either table lacks has a proportional error of 1.
    fn proportional_union(&self) -> Option<f64> {
        mean(self.proportional_common + real(self.suppressed + self.fabricated), self.union())
    }

    fn errors(&self, length: usize) -> LengthErrors {
        LengthErrors {
            length,
            original: self.original(),
            released: self.released(),
            common: self.common,
            suppressed: share(self.suppressed, self.original()),
            fabricated: share(self.fabricated, self.released()),
            preservation: mean(self.preservation, self.original()),
            absolute_error_common: share(self.error_common, self.common),
            absolute_error_union: share(self.error_common + self.error_apart, self.union()),
            proportional_error_common: mean(self.proportional_common, self.common),
            proportional_error_union: self.proportional_union(),
        }
    }

    fn bin(&self, from: u64, k: u64) -> CountBin {
        CountBin {
            from,
            below: if from < k { k } else { from.saturating_mul(2) },
            combinations: self.union(),
            in_original: self.original(),
            preservation: mean(self.preservation, self.original()),
            absolute_error: share(self.error_common + self.error_apart, self.union()),
            proportional_error: self.proportional_union(),
        }
    }
}

fn mean(sum: f64, of: u64) -> Option<f64> {
    (of > 0).then(|| sum / real(of))
}

#[cfg(test)]
mod tests {
    use super::super::alignment::align;
    use super::*;
    use crate::testing::{any_table, flags, texts};
    use ctdata_table::{AttributeSet, Cell, Table};
    use proptest::prelude::*;

    fn compared(original: &Table, released: &Table, k: u64) -> CombinationFindings {
        let control = Control::default();
        compare(&align(original, released, None, &control).unwrap(), 3, k, &control).unwrap()
    }

    #[test]
    fn bins_start_at_doublings() {
        let starts: Vec<_> = [1, 9, 10, 19, 20, 39, 40, 159].map(|count| bin_start(count, 10)).into();
        assert_eq!(starts, [1, 1, 10, 10, 20, 20, 40, 80]);
        assert_eq!([bin_start(1, 1), bin_start(3, 1)], [1, 2]);
        let starts: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12].map(half_octave).into();
        assert_eq!(starts, [0, 1, 2, 3, 4, 4, 6, 6, 8, 8, 12]);
    }

    /// The five records of the aggregate example in the README of Synthetic Data Showcase (Microsoft, 2021).
    fn five() -> Table {
        texts(&[
            ("A", &["a1", "a1", "a2", "a2", "a1"]),
            ("B", &["b1", "b2", "-", "b2", "b2"]),
            ("C", &["c1", "c1", "c2", "c1", "-"]),
        ])
    }

    #[test]
    fn a_table_is_preserved_in_itself() {
        let found = compared(&five(), &five(), 1);
        // 6 values, 8 pairs, 3 triples, as published.
        let distinct: Vec<_> = found.preservation.by_length.iter().map(|one| (one.original, one.common)).collect();
        assert_eq!(distinct, [(6, 6), (8, 8), (3, 3)]);
        assert_eq!((found.preservation.preserved, found.preservation.preserved_weighted), (Some(1.0), Some(1.0)));
        assert_eq!(found.fabricated, Some(0.0));
        assert!(found.preservation.by_length.iter().all(|one| one.absolute_error_union == Some(0.0)));
    }

    #[test]
    fn what_is_suppressed_fabricated_and_leaked_is_told_apart() {
        let released = texts(&[("A", &["a1", "a1", "a2"]), ("B", &["b1", "b2", "b1"]), ("C", &["c1", "c1", "-"])]);
        let found = compared(&five(), &released, 2);
        // Counts of at least 2: a1 3, a2 2, b2 3, c1 3; a1b2 2, a1c1 2, b2c1 2. All occur in the release.
        assert_eq!(found.preservation.combinations, 7);
        assert_eq!((found.preservation.preserved, found.preservation.preserved_weighted), (Some(1.0), Some(1.0)));
        // The release has a1 a2 b1 b2 c1, a1b1 a1b2 a2b1 a1c1 b1c1 b2c1, a1b1c1 a1b2c1: only a2b1 is new.
        assert_eq!(found.fabricated, Some(1.0 / 13.0));
        let one = found.preservation.by_length[0];
        // a1 3:2, a2 2:1, b1 1:2, b2 3:1, c1 3:2, c2 1:0.
        assert_eq!((one.suppressed, one.absolute_error_common), (Some(1.0 / 6.0), Some(6.0 / 5.0)));
        assert_eq!(one.absolute_error_union, Some(7.0 / 6.0));
        let preservation = (2.0 / 3.0 + 0.5 + 1.0 + 1.0 / 3.0 + 2.0 / 3.0) / 6.0;
        assert!((one.preservation.unwrap() - preservation).abs() < 1e-12);
        // Below 2 in both and present: none of length 1; a1b1, b1c1 of length 2; both triples.
        assert_eq!(found.leakage.iter().map(|one| one.leaked).collect::<Vec<_>>(), [0, 2, 2]);
        assert_eq!(found.leakage[2].share, Some(2.0 / 3.0));
        // By the released count, c2 is in no bin; by the original's it is.
        let bins = |bins: &[CountBin]| bins.iter().map(|bin| (bin.from, bin.combinations)).collect::<Vec<_>>();
        assert_eq!(bins(&found.preservation.by_original_count), [(1, 10), (2, 7)]);
        assert_eq!(bins(&found.preservation.by_released_count), [(1, 9), (2, 4)]);
    }

    #[test]
    fn nothing_has_no_mean() {
        let (some, none) = (flags(&[&[1, 1]]), flags(&[&[2, 2]]));
        let found = compared(&some, &none, 1);
        assert_eq!((found.preservation.preserved, found.fabricated), (Some(0.0), None));
        let found = compared(&none, &some, 1);
        assert_eq!((found.preservation.preserved, found.fabricated), (None, Some(1.0)));
        assert_eq!(found.leakage[0].share, None);
    }

    proptest! {
        #[test]
        fn it_equals_counting_by_hand(original in any_table(30), released in any_table(30), k in 1u64..4) {
            let found = compared(&original, &released, k);
            let count = |table: &Table| {
                let mut counts: BTreeMap<Vec<(u16, String)>, u64> = BTreeMap::new();
                for set in (1..=3).flat_map(|length| AttributeSet::all_of_size(4, length)) {
                    for row in 0..table.rows() {
                        let items: Option<Vec<_>> = set.positions().iter().map(|&at| {
                            let is_no = at == 3 && table.cell(row, 3) == Some(Cell::Value(0));
                            table.text(row, at.into()).filter(|_| !is_no).map(|text| (at, text.into_owned()))
                        }).collect();
                        if let Some(items) = items {
                            *counts.entry(items).or_default() += 1;
                        }
                    }
                }
                counts
            };
            let (before, after) = (count(&original), count(&released));
            let has = |side: &BTreeMap<_, u64>, key| side.get(key).copied().unwrap_or(0);
            let wanted: Vec<_> = before.iter().filter(|(_, count)| **count >= k).collect();
            let kept = wanted.iter().filter(|(key, _)| after.contains_key(*key));
            prop_assert_eq!(found.preservation.preserved, share(kept.clone().count() as u64, wanted.len() as u64));
            let weight = |of: &mut dyn Iterator<Item = u64>| of.sum::<u64>();
            prop_assert_eq!(
                found.preservation.preserved_weighted,
                share(weight(&mut kept.map(|one| *one.1)), weight(&mut wanted.iter().map(|one| *one.1)))
            );
            let new = after.keys().filter(|key| !before.contains_key(*key)).count() as u64;
            prop_assert_eq!(found.fabricated, share(new, after.len() as u64));
            for leakage in &found.leakage {
                let of_length = before.iter().filter(|(key, _)| key.len() == leakage.length);
                let leaked = of_length.filter(|(key, count)| **count < k && (1..k).contains(&has(&after, *key)));
                prop_assert_eq!(leakage.leaked, leaked.count() as u64);
            }
            let cells: u64 = found.preservation.count_against_count.iter().map(|cell| cell.combinations).sum();
            let union: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
            prop_assert_eq!(cells, union.len() as u64);
        }
    }
}
