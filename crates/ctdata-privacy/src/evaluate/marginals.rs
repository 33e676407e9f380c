//! Distance between the marginals of two tables.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ctdata_table::{AttributeSet, Cell, Control, CountSource, Marginal, Table};

use super::alignment::Aligned;
use super::parallel::try_map;
use super::real;
use crate::PrivacyError;
use crate::risk::ratio;

/// Sets counted at a time: bounds memory, and leaves enough that share their columns.
const CHUNK: usize = 1_024;

/// How far the marginals of one length are apart.
///
/// The total variation distance of a set of attributes is half the sum, over all cells, of the
/// difference of their shares: from 0 (equal) to 1 (nothing in common). Missing is a value, each kind
/// of its own. All sets count alike. An empty table is at distance 1 from any other, 0 from an empty
/// one.
///
/// # Sources
/// D. McClure and J. P. Reiter (2012), "Differential privacy and statistical disclosure risk measures",
/// for the distance; C. Task et al. (2023), *SDNist: Deidentified Data Report Tool*, NIST, for the score.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MarginalDistance {
    /// Attributes per set.
    pub length: usize,
    /// Sets compared: all of that length.
    pub sets: u64,
    /// Mean total variation distance.
    pub mean_tvd: f64,
    /// The largest one.
    pub max_tvd: f64,
    /// The first set that has it, by attribute.
    pub worst: Vec<String>,
    /// The k-marginal score: 1000 (1 - mean distance).
    pub score: f64,
}

/// How far the associations of two attributes are apart, over all pairs: Cramér's V of the original and
/// of the released table, missing as a value; 0 where an attribute is constant.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AssociationDistance {
    /// Pairs compared.
    pub pairs: u64,
    /// Mean absolute difference, from 0 to 1.
    pub mean_difference: f64,
    /// The largest one.
    pub max_difference: f64,
}

/// The k-marginal score within the groups of one attribute.
///
/// For a group g that makes up the share m of the original, a marginal's distance is min(m, s)/m, where
/// s is the sum of the absolute differences of its cells within g; the score is 1000 (1 - mean).
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GroupScores {
    /// The attribute that makes the groups.
    pub attribute: String,
    /// Attributes of each marginal, besides that of the group.
    pub length: usize,
    /// Groups with at least k original records, in the order of their values.
    pub groups: Vec<GroupScore>,
    /// Groups left out because fewer than k, but some, original records are in them.
    pub small_groups: u64,
}

/// The score of one group.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GroupScore {
    /// The value, or the kind of missing.
    pub group: String,
    /// Original records.
    pub records: u64,
    /// The score, from 0 to 1000.
    pub score: f64,
}

opaque_debug!(MarginalDistance, AssociationDistance, GroupScores, GroupScore);

/// What counting all marginals tells.
pub(super) struct MarginalFindings {
    pub(super) distances: Vec<MarginalDistance>,
    pub(super) association: Option<AssociationDistance>,
    pub(super) groups: Option<GroupScores>,
}

/// Compares all marginals of up to `max_length` attributes; groups by the attribute at `group_by`.
pub(super) fn compare(
    tables: &Aligned,
    max_length: usize,
    group_by: Option<usize>,
    k: u64,
    control: &Control,
) -> Result<MarginalFindings, PrivacyError> {
    let (original, released) = (&tables.original, &tables.released);
    let attributes = original.schema().len();
    let width = u16::try_from(attributes).unwrap_or(u16::MAX);
    let rows = (original.rows() as u64, released.rows() as u64);
    let longest = max_length.min(attributes);
    let mut findings = MarginalFindings { distances: Vec::new(), association: None, groups: None };
    // Scores within groups come from marginals that have the group's attribute.
    let group_length = longest.min(3);
    let mut groups: BTreeMap<u16, (f64, u64)> = BTreeMap::new();
    for length in 1..=longest {
        let sets = AttributeSet::all_of_size(width, length);
        let (mut sum, mut largest): (f64, Option<(f64, usize)>) = (0.0, None);
        let (mut differences, mut largest_difference) = (0.0, 0.0f64);
        for (chunk, some) in sets.chunks(CHUNK).enumerate() {
            let pairs: Vec<_> =
                original.marginals(some, control)?.into_iter().zip(released.marginals(some, control)?).collect();
            let found = try_map(&pairs, |(original, released)| {
                let place = group_by.filter(|_| length == group_length && length > 1).and_then(|position| {
                    original.set().positions().iter().position(|&other| usize::from(other) == position)
                });
                Ok(Found {
                    distance: total_variation(original, released, rows),
                    association: (length == 2).then(|| (cramers_v(original) - cramers_v(released)).abs()),
                    groups: place.map(|place| within_groups(original, released, rows, place)),
                })
            })?;
            for (at, found) in found.into_iter().enumerate() {
                sum += found.distance;
                if largest.is_none_or(|(most, _)| found.distance > most) {
                    largest = Some((found.distance, chunk * CHUNK + at));
                }
                let difference = found.association.unwrap_or(0.0);
                differences += difference;
                largest_difference = largest_difference.max(difference);
                for (group, distance) in found.groups.into_iter().flatten() {
                    let entry = groups.entry(group).or_default();
                    entry.0 += distance;
                    entry.1 += 1;
                }
            }
            control.report("marginals", (chunk * CHUNK + some.len()) as u64, Some(sets.len() as u64));
        }
        let mean_tvd = sum / real(sets.len() as u64).max(1.0);
        let (max_tvd, worst) = largest.unwrap_or((0.0, 0));
        let names = sets.get(worst).map_or(&[][..], AttributeSet::positions).iter();
        findings.distances.push(MarginalDistance {
            length,
            sets: sets.len() as u64,
            mean_tvd,
            max_tvd,
            worst: names.filter_map(|&at| Some(original.schema().get(at.into())?.name().to_owned())).collect(),
            score: 1000.0 * (1.0 - mean_tvd),
        });
        if length == 2 {
            findings.association = Some(AssociationDistance {
                pairs: sets.len() as u64,
                mean_difference: differences / real(sets.len() as u64).max(1.0),
                max_difference: largest_difference,
            });
        }
    }
    findings.groups = group_by
        .filter(|_| group_length > 1)
        .and_then(|position| group_scores(original, position, group_length - 1, &groups, k));
    Ok(findings)
}

/// What one set tells.
struct Found {
    distance: f64,
    association: Option<f64>,
    groups: Option<Vec<(u16, f64)>>,
}

/// Calls `each` with the key and both counts of every cell that either marginal has.
fn merge(original: &Marginal, released: &Marginal, mut each: impl FnMut(&[u16], u64, u64)) {
    let (mut left, mut right) = (original.cells().peekable(), released.cells().peekable());
    loop {
        let side = match (left.peek(), right.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => one.cmp(other),
        };
        let one = if side == Ordering::Greater { None } else { left.next() };
        let other = if side == Ordering::Less { None } else { right.next() };
        if let Some((key, _)) = one.or(other) {
            each(key, one.map_or(0, |(_, count)| count), other.map_or(0, |(_, count)| count));
        }
    }
}

/// Total variation distance, exact up to the last division.
fn total_variation(original: &Marginal, released: &Marginal, rows: (u64, u64)) -> f64 {
    if rows.0 == 0 || rows.1 == 0 {
        return if rows.0 == rows.1 { 0.0 } else { 1.0 };
    }
    let mut sum = 0u128;
    // Tables have fewer than 2^32 rows.
    merge(original, released, |_, x, y| sum += u128::from((x * rows.1).abs_diff(y * rows.0)));
    wide(sum) / (2.0 * real(rows.0) * real(rows.1))
}

/// For each value of the attribute at `place` that the original has: min(mass, sum)/mass.
fn within_groups(original: &Marginal, released: &Marginal, rows: (u64, u64), place: usize) -> Vec<(u16, f64)> {
    let mut groups: BTreeMap<u16, (u64, u128)> = BTreeMap::new();
    merge(original, released, |key, x, y| {
        let entry = groups.entry(key.get(place).copied().unwrap_or(0)).or_default();
        entry.0 += x;
        // Without released records every difference is the original's share.
        entry.1 += u128::from(if rows.1 == 0 { x } else { (x * rows.1).abs_diff(y * rows.0) });
    });
    let present = groups.into_iter().filter(|(_, (mass, _))| *mass > 0);
    present.map(|(group, (mass, sum))| (group, (wide(sum) / (real(mass) * real(rows.1.max(1)))).min(1.0))).collect()
}

fn group_scores(
    original: &Table,
    position: usize,
    length: usize,
    groups: &BTreeMap<u16, (f64, u64)>,
    k: u64,
) -> Option<GroupScores> {
    let (attribute, column) = original.schema().get(position).zip(original.column(position))?;
    let mut records = vec![0u64; attribute.code_count()];
    column.iter().for_each(|code| {
        if let Some(count) = records.get_mut(usize::from(code)) {
            *count += 1;
        }
    });
    let records_of = |group: u16| records.get(usize::from(group)).copied().unwrap_or(0);
    let large = groups.iter().filter(|(group, _)| records_of(**group) >= k);
    let groups = large.filter_map(|(&group, &(sum, sets))| {
        let name = match attribute.cell(group)? {
            Cell::Value(code) => attribute.domain().label(code)?.into_owned(),
            Cell::Missing(kind) => kind.to_string(),
        };
        Some(GroupScore { group: name, records: records_of(group), score: 1000.0 * (1.0 - sum / real(sets).max(1.0)) })
    });
    Some(GroupScores {
        attribute: attribute.name().to_owned(),
        length,
        groups: groups.collect(),
        small_groups: records.iter().filter(|&&count| count > 0 && count < k).count() as u64,
    })
}

/// Cramér's V of two attributes, over the values that occur.
fn cramers_v(marginal: &Marginal) -> f64 {
    let mut sums: [BTreeMap<u16, u64>; 2] = Default::default();
    for (key, count) in marginal.cells() {
        for (sums, code) in sums.iter_mut().zip(key) {
            *sums.entry(*code).or_default() += count;
        }
    }
    let smaller = sums.iter().map(BTreeMap::len).min().unwrap_or(0);
    if smaller < 2 {
        return 0.0;
    }
    let [rows, columns] = &sums;
    let squares: f64 = marginal
        .cells()
        .map(|(key, count)| match key {
            [row, column] => {
                let of = |sums: &BTreeMap<u16, u64>, code| sums.get(code).copied().unwrap_or(0);
                ratio(count, of(rows, row)) * ratio(count, of(columns, column))
            }
            _ => 0.0,
        })
        .sum();
    ((squares - 1.0).max(0.0) / real(smaller as u64 - 1)).sqrt().min(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "the last step: a sum becomes a share")]
fn wide(sum: u128) -> f64 {
    sum as f64
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "shares of small tables are exact")]
mod tests {
    use super::super::alignment::align;
    use super::*;
    use crate::testing::{any_table, flags, texts};
    use proptest::prelude::*;

    fn compared(original: &Table, released: &Table, group_by: Option<usize>) -> MarginalFindings {
        let control = Control::default();
        compare(&align(original, released, None, &control).unwrap(), 3, group_by, 1, &control).unwrap()
    }

    #[test]
    fn identical_tables_score_a_thousand() {
        let table = flags(&[&[0, 1, 2, 1], &[1, 1, 0, 2], &[2, 2, 2, 2]]);
        let found = compared(&table, &table, Some(0));
        assert_eq!(found.distances.iter().map(|one| one.sets).collect::<Vec<_>>(), [3, 3, 1]);
        assert!(found.distances.iter().all(|one| one.mean_tvd == 0.0 && one.max_tvd == 0.0 && one.score == 1000.0));
        assert_eq!(found.association.unwrap().max_difference, 0.0);
        assert!(found.groups.unwrap().groups.iter().all(|group| group.score == 1000.0));
    }

    #[test]
    fn shares_not_counts_are_compared_and_missing_is_a_value() {
        // Shares 1/2, 1/2, 0 against 1/4, 1/4, 1/2.
        let found = compared(&flags(&[&[0, 1]]), &flags(&[&[0, 1, 2, 2]]), None);
        assert_eq!((found.distances[0].mean_tvd, found.distances[0].score), (0.5, 500.0));
        assert_eq!(found.distances.len(), 1);
        assert!(found.association.is_none());
    }

    #[test]
    fn an_empty_table_is_far_from_any_other() {
        let (some, none) = (flags(&[&[0, 1], &[1, 1]]), flags(&[&[], &[]]));
        assert!(compared(&some, &none, Some(0)).distances.iter().all(|one| one.mean_tvd == 1.0));
        assert!(compared(&none, &some, Some(0)).distances.iter().all(|one| one.mean_tvd == 1.0));
        assert!(compared(&none, &none, None).distances.iter().all(|one| one.mean_tvd == 0.0));
        assert!(compared(&some, &none, Some(0)).groups.unwrap().groups.iter().all(|group| group.score == 0.0));
    }

    #[test]
    fn cramers_v_is_one_for_copies_and_zero_for_independence() {
        let copies = texts(&[("x", &["a", "a", "b", "b"]), ("y", &["c", "c", "d", "d"])]);
        let independent = texts(&[("x", &["a", "a", "b", "b"]), ("y", &["c", "d", "c", "d"])]);
        let association = compared(&copies, &independent, None).association.unwrap();
        assert_eq!((association.pairs, association.mean_difference), (1, 1.0));
    }

    #[test]
    fn a_group_is_judged_by_its_own_mass() {
        // Group a is 1/2 of the original; within it the cells differ by 1/4 and 1/4 of all.
        let original = texts(&[("g", &["a", "a", "b", "b"]), ("x", &["1", "2", "1", "2"])]);
        let released = texts(&[("g", &["a", "a", "b", "b"]), ("x", &["1", "1", "1", "2"])]);
        let groups = compared(&original, &released, Some(0)).groups.unwrap();
        let scores: Vec<_> = groups.groups.iter().map(|group| (group.group.as_str(), group.score)).collect();
        assert_eq!(scores, [("a", 0.0), ("b", 1000.0)]);
        assert_eq!((groups.length, groups.small_groups), (1, 0));
    }

    proptest! {
        #[test]
        fn distances_equal_counting_by_hand(original in any_table(30), released in any_table(30)) {
            let found = compared(&original, &released, None);
            for one in &found.distances {
                let mut distances = Vec::new();
                for set in AttributeSet::all_of_size(4, one.length) {
                    let shares = |table: &Table| {
                        let mut shares: BTreeMap<Vec<Option<Cell>>, f64> = BTreeMap::new();
                        for row in 0..table.rows() {
                            let key = set.positions().iter().map(|&at| table.cell(row, at.into())).collect();
                            *shares.entry(key).or_default() += 1.0 / real(table.rows() as u64);
                        }
                        shares
                    };
                    let (p, q) = (shares(&original), shares(&released));
                    let keys: std::collections::BTreeSet<_> = p.keys().chain(q.keys()).collect();
                    let at = |shares: &BTreeMap<_, f64>, key| shares.get(key).copied().unwrap_or(0.0);
                    let sum: f64 = keys.iter().map(|key| (at(&p, *key) - at(&q, *key)).abs()).sum();
                    let empty = (p.is_empty(), q.is_empty());
                    distances.push(if empty.0 || empty.1 { f64::from(u8::from(empty.0 != empty.1)) } else { sum / 2.0 });
                }
                let mean = distances.iter().sum::<f64>() / real(distances.len() as u64);
                let most = distances.iter().copied().fold(0.0, f64::max);
                prop_assert!((one.mean_tvd - mean).abs() < 1e-12 && (one.max_tvd - most).abs() < 1e-12);
            }
        }
    }
}
