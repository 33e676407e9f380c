//! By hand, and by comparison with plain counting.

use std::collections::{BTreeMap, BTreeSet};

use ctdata_table::{Cell, Control, Table};
use proptest::prelude::*;

use super::{CombinationRisk, KCombinations};
use crate::quasi::is_blank;
use crate::testing::{any_table, flags, texts};

fn measure(table: &Table, k: u32, m: usize, names: &[&str]) -> CombinationRisk {
    KCombinations::try_new(k, m, names.iter().copied()).unwrap().measure(table, &Control::default()).unwrap()
}

fn cell(table: &Table, row: usize, name: &str) -> Cell {
    table.cell(row, table.schema().position(name).unwrap()).unwrap()
}

/// A name for whom a row counts.
fn unit(table: &Table, row: usize) -> String {
    table.ids().map_or_else(|| row.to_string(), |ids| ids.get(row).unwrap().to_owned())
}

/// All sets of up to `m` of the names.
fn sets<'a>(names: &[&'a str], m: usize) -> Vec<Vec<&'a str>> {
    let chosen = |set: usize| names.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, name)| *name);
    (1usize..1 << names.len()).map(|set| chosen(set).collect()).filter(|set: &Vec<&str>| set.len() <= m).collect()
}

/// Combinations of up to `m` values that fewer than `k` units have, by going through all rows for
/// each set: none means that k holds over every combination.
pub(crate) fn combinations_hold(table: &Table, attributes: &[&str], m: usize, k: u32) -> u64 {
    let mut failing = 0;
    for set in sets(attributes, m) {
        let mut units: BTreeMap<Vec<Cell>, BTreeSet<String>> = BTreeMap::new();
        for row in 0..table.rows() {
            let cells: Vec<Cell> = set.iter().map(|name| cell(table, row, name)).collect();
            if !cells.iter().copied().any(is_blank) {
                units.entry(cells).or_default().insert(unit(table, row));
            }
        }
        failing += units.values().filter(|units| units.len() < k as usize).count() as u64;
    }
    failing
}

#[test]
fn pairs_can_be_rare_where_values_are_not() {
    // Each value has two records, each pair of values one.
    let table = flags(&[&[0, 0, 1, 1], &[0, 1, 0, 1]]);
    let risk = measure(&table, 2, 1, &["a", "b"]);
    assert!(risk.holds && risk.attacker_view_holds);
    let risk = measure(&table, 2, 2, &["a", "b"]);
    let [one, two] = risk.sizes.as_slice() else { panic!("two sizes") };
    assert_eq!((one.sets, one.combinations, one.below_k, one.smallest), (2, 4, 0, Some(2)));
    assert_eq!((two.sets, two.combinations, two.below_k, two.smallest), (1, 4, 4, Some(1)));
    assert_eq!((two.exposed, two.smallest_candidates), (4, Some(1)));
    assert_eq!((risk.records, risk.records_below_k, risk.records_exposed), (4, 4, 4));
    let shares: Vec<_> = risk.attributes.iter().map(|share| (share.below_k, share.exposed)).collect();
    assert_eq!(shares, [(4, 4), (4, 4)]);
}

#[test]
fn a_no_need_not_be_known() {
    // One "no" among three "yes": below 2 unless only "yes" counts.
    let table = flags(&[&[1, 1, 1, 0]]);
    assert_eq!(measure(&table, 2, 1, &["a"]).below_k(), 1);
    let only_yes = KCombinations::try_new(2, 1, ["a"]).unwrap().of_flags_only_yes();
    let risk = only_yes.measure(&table, &Control::default()).unwrap();
    assert!(risk.only_yes && risk.holds && risk.attacker_view_holds);
    assert_eq!(risk.sizes[0].combinations, 1);
}

#[test]
fn a_blank_hides_nobody_who_is_alone_behind_it() {
    // The widow of sdcMicro #225: below k nothing, exposed the blank.
    let table = texts(&[("region", &["A"; 5]), ("marital", &["Single", "Married", "Married", "Single", "-"])]);
    let risk = measure(&table, 2, 2, &["region", "marital"]);
    assert!(risk.holds && !risk.attacker_view_holds);
    // The blank alone, and with the region.
    assert_eq!((risk.exposed(), risk.records_exposed), (2, 1));
    // Single is compatible with the blank: three candidates.
    assert_eq!(risk.sizes[1].smallest_candidates, Some(1));
    let known = texts(&[("region", &["A"; 2]), ("marital", &["Single", "Married"])]);
    let between = KCombinations::try_new(4, 1, ["region", "marital"]).unwrap();
    let risk = between.between(&known, &table, &Control::default()).unwrap();
    assert_eq!((risk.sizes[0].smallest_candidates, risk.exposed(), risk.records_exposed), (Some(3), 2, 2));
}

#[test]
fn persons_count_once() {
    let table = flags(&[&[1, 1, 1]]).with_ids(["p", "p", "q"].into_iter().collect()).unwrap();
    assert_eq!(measure(&table, 3, 1, &["a"]).sizes[0].smallest, Some(2));
    assert!(measure(&table.without_ids(), 3, 1, &["a"]).holds);
}

#[test]
fn parameters_are_checked() {
    let params = |k, m, names: &[&str]| KCombinations::try_new(k, m, names.iter().copied());
    assert!(params(0, 1, &["a"]).is_err() && params(2, 0, &["a"]).is_err() && params(2, 1, &[]).is_err());
    assert!(params(2, 1, &["a", "a"]).is_err());
    assert_eq!(params(2, 20, &["a", "b"]).unwrap().m(), 2);
    let many: Vec<String> = (0..100).map(|name| name.to_string()).collect();
    assert!(KCombinations::try_new(2, 8, many.clone()).is_err() && KCombinations::try_new(2, 3, many).is_ok());
    assert!(params(2, 1, &["x"]).unwrap().measure(&flags(&[&[0]]), &Control::default()).is_err());
    let stop = Control::default().with_deadline(|| true);
    assert!(params(2, 1, &["a"]).unwrap().measure(&flags(&[&[0]]), &stop).is_err());
}

/// Rows of `released` by cells on a set that are compatible with known cells, kinds of blank alike.
fn groups(released: &Table, set: &[&str], fits: impl Fn(&[Cell]) -> bool) -> BTreeMap<Vec<Option<Cell>>, Vec<usize>> {
    let mut groups: BTreeMap<Vec<Option<Cell>>, Vec<usize>> = BTreeMap::new();
    for row in 0..released.rows() {
        let cells: Vec<Cell> = set.iter().map(|name| cell(released, row, name)).collect();
        if fits(&cells) {
            let cells = cells.into_iter().map(|cell| Some(cell).filter(|&cell| !is_blank(cell))).collect();
            groups.entry(cells).or_default().push(row);
        }
    }
    groups
}

fn persons<'a>(released: &Table, rows: impl IntoIterator<Item = &'a usize>) -> u64 {
    rows.into_iter().map(|&row| unit(released, row)).collect::<BTreeSet<_>>().len() as u64
}

/// Candidates of known cells by the definition.
fn candidates(known: &[Cell], released: &Table, set: &[&str], k: u64) -> u64 {
    let strict = |cells: &[Cell]| cells.iter().zip(known).all(|(&cell, &known)| is_blank(cell) || cell == known);
    let found = groups(released, set, strict);
    let count = persons(released, found.values().flatten());
    if count > 0 || !known.iter().copied().any(is_blank) {
        return count;
    }
    let loose = |cells: &[Cell]| {
        cells.iter().zip(known).all(|(&cell, &known)| is_blank(cell) || is_blank(known) || cell == known)
    };
    let sizes = groups(released, set, loose).into_values().map(|rows| persons(released, &rows));
    sizes.min().filter(|&smallest| smallest < k).unwrap_or(0)
}

proptest! {
    #[test]
    fn it_equals_plain_counting(table in any_table(30), kept in prop::collection::vec(any::<bool>(), 30), k in 1u32..5, m in 1usize..4) {
        let names = ["w", "x", "z", "y"];
        let rows: Vec<u32> = (0u32..).take(table.rows()).zip(kept).filter_map(|(row, kept)| kept.then_some(row)).collect();
        let released = table.take(&rows).unwrap();
        let params = KCombinations::try_new(k, m, names).unwrap();
        let risk = params.between(&table, &released, &Control::default()).unwrap();
        prop_assert_eq!(risk.below_k(), combinations_hold(&released, &names, m, k));
        prop_assert_eq!(risk.holds, risk.below_k() == 0);

        let mut rare = vec![false; released.rows()];
        let mut exposed = BTreeSet::new();
        let mut combinations = BTreeSet::new();
        let mut smallest = None;
        for set in sets(&names, m) {
            for (row, rare) in rare.iter_mut().enumerate() {
                let cells: Vec<Cell> = set.iter().map(|name| cell(&released, row, name)).collect();
                let same = |other: &usize| set.iter().zip(&cells).all(|(name, &own)| cell(&released, *other, name) == own);
                let same: Vec<usize> = (0..released.rows()).filter(same).collect();
                *rare |= !cells.iter().copied().any(is_blank) && persons(&released, &same) < u64::from(k);
            }
            for row in 0..table.rows() {
                let known: Vec<Cell> = set.iter().map(|name| cell(&table, row, name)).collect();
                let count = candidates(&known, &released, &set, k.into());
                if count > 0 {
                    smallest = Some(smallest.map_or(count, |smallest: u64| smallest.min(count)));
                }
                if (1..u64::from(k)).contains(&count) {
                    exposed.insert(row);
                    combinations.insert((set.clone(), known));
                }
            }
        }
        prop_assert_eq!(risk.records_below_k, rare.iter().filter(|rare| **rare).count() as u64);
        prop_assert_eq!(risk.records_exposed, exposed.len() as u64);
        prop_assert_eq!(risk.exposed(), combinations.len() as u64);
        prop_assert_eq!(risk.sizes.iter().filter_map(|size| size.smallest_candidates).min(), smallest);
        prop_assert_eq!(risk.attacker_view_holds, exposed.is_empty());
    }
}
