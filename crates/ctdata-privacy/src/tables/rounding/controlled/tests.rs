use proptest::prelude::*;

use super::*;
use crate::tables::SystemCell;

fn round(system: &TableSystem, base: u64) -> Result<ControlledRounding, PrivacyError> {
    round_controlled(system, base, ControlledRoundingOptions::default(), &Control::default())
}

/// A table with totals along each dimension, all of them figures; cells by position, the last of each dimension its total.
fn with_totals(sizes: &[usize], counts: &[u64]) -> TableSystem {
    let whole: Vec<usize> = sizes.iter().map(|size| size + 1).collect();
    let all = whole.iter().product::<usize>();
    let key = |mut place: usize| {
        let mut key = vec![0; whole.len()];
        for (slot, size) in key.iter_mut().zip(&whole).rev() {
            *slot = place % size;
            place /= size;
        }
        key
    };
    let place = |key: &[usize]| key.iter().zip(&whole).fold(0, |place, (position, size)| place * size + position);
    let mut values = vec![0u64; all];
    let inner = (0..all).filter(|&at| key(at).iter().zip(sizes).all(|(position, size)| position < size));
    for (at, count) in inner.zip(counts.iter().cycle()) {
        // A cell adds to itself and to every total above it.
        let own = key(at);
        for mask in 0..1usize << sizes.len() {
            let total: Vec<usize> =
                (0..sizes.len()).map(|d| if mask >> d & 1 == 1 { sizes[d] } else { own[d] }).collect();
            values[place(&total)] += count;
        }
    }
    let mut system = TableSystem::new();
    let ids: Vec<CellId> = values.iter().map(|&count| system.push(SystemCell::figure(count)).unwrap()).collect();
    for at in 0..all {
        for dimension in (0..sizes.len()).filter(|&dimension| key(at)[dimension] == sizes[dimension]) {
            let mut part = key(at);
            let parts = (0..sizes[dimension]).map(|position| {
                part[dimension] = position;
                ids[place(&part)]
            });
            let parts: Vec<CellId> = parts.collect();
            system.sum(ids[at], parts).unwrap();
        }
    }
    system
}

/// Multiples, near enough, and all relations hold; gives the change of all figures.
fn checked(system: &TableSystem, rounded: &ControlledRounding) -> u64 {
    let base = rounded.base();
    let near = if rounded.is_relaxed() { 2 * base } else { base };
    for (id, cell) in system.ids().zip(system.cells()) {
        let value = rounded.value(id).unwrap();
        assert!(value.is_multiple_of(base) && value.abs_diff(cell.count) < near);
        assert!(cell.count % base != 0 || rounded.is_relaxed() || value == cell.count);
        assert!(cell.count > 0 || value == 0);
    }
    for relation in system.relations() {
        let sum: i128 = relation
            .terms
            .iter()
            .map(|(cell, coefficient)| i128::from(*coefficient) * i128::from(rounded.value(*cell).unwrap()))
            .sum();
        assert_eq!(sum, 0);
    }
    change(system, &|cell| rounded.value(cell).unwrap())
}

fn change(system: &TableSystem, value: &dyn Fn(CellId) -> u64) -> u64 {
    let figures = system.ids().zip(system.cells()).filter(|(_, cell)| cell.standing == Standing::Figure);
    figures.map(|(id, cell)| value(id).abs_diff(cell.count)).sum()
}

/// The least change of all choices of the two next multiples, one after the other; none if none adds up.
fn by_brute_force(system: &TableSystem, base: u64) -> Option<u64> {
    let open: Vec<CellId> = system.ids().filter(|id| !system.cell(*id).unwrap().count.is_multiple_of(base)).collect();
    let choices = (0..1u32 << open.len()).filter_map(|choice| {
        let value = |id: CellId| {
            let below = system.cell(id).unwrap().count / base * base;
            let up = open.iter().position(|open| *open == id).is_some_and(|place| choice >> place & 1 == 1);
            below + if up { base } else { 0 }
        };
        let holds = system.relations().iter().all(|relation| {
            let terms = relation.terms.iter();
            terms.map(|(cell, by)| i128::from(*by) * i128::from(value(*cell))).sum::<i128>() == 0
        });
        holds.then(|| change(system, &value))
    });
    choices.min()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Two-way tables always have a solution next to the counts, of the least change.
    #[test]
    fn two_way_tables_are_rounded_with_the_least_change(
        counts in proptest::collection::vec(0u64..12, 6),
        base in 2u64..6,
    ) {
        let system = with_totals(&[2, 3], &counts);
        let rounded = round(&system, base).unwrap();
        prop_assert!(!rounded.is_relaxed() && rounded.is_least_change());
        prop_assert_eq!(Some(checked(&system, &rounded)), by_brute_force(&system, base));
    }

    #[test]
    fn larger_two_way_tables_are_rounded(counts in proptest::collection::vec(0u64..40, 42), base in 2u64..11) {
        let system = with_totals(&[6, 7], &counts);
        let rounded = round(&system, base).unwrap();
        prop_assert!(!rounded.is_relaxed() && rounded.is_least_change());
        checked(&system, &rounded);
    }

    /// A two-way table with groups of rows is a network too, once relations that follow from others are left out.
    #[test]
    fn one_hierarchy_is_rounded(counts in proptest::collection::vec(0u64..12, 12), base in 2u64..6) {
        let system = grouped(&counts);
        let rounded = round(&system, base).unwrap();
        prop_assert!(!rounded.is_relaxed() && rounded.is_least_change());
        checked(&system, &rounded);
    }

    /// Three-way tables are searched: the least change where all choices are tried, and never a false answer.
    #[test]
    fn three_way_tables_are_searched(counts in proptest::collection::vec(0u64..5, 8), base in 2u64..4) {
        let system = with_totals(&[2, 2, 2], &counts);
        let tight = ControlledRoundingOptions { relax: false, steps: 200_000 };
        let exact = with_few_open(&system, base).then(|| by_brute_force(&system, base));
        match round_controlled(&system, base, tight, &Control::default()) {
            Ok(rounded) => {
                let change = checked(&system, &rounded);
                prop_assert!(!rounded.is_relaxed());
                if let (Some(least), true) = (exact, rounded.is_least_change()) {
                    prop_assert_eq!(Some(change), least);
                }
            }
            Err(PrivacyError::NoRounding { searched_all, .. }) => {
                prop_assert!(searched_all && exact.is_none_or(|least| least.is_none()));
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
        checked(&system, &round(&system, base).unwrap());
    }
}

fn with_few_open(system: &TableSystem, base: u64) -> bool {
    system.cells().iter().filter(|cell| cell.count % base != 0).count() <= 14
}

/// Four rows in two groups, three columns; all sums are figures, and each is given in every way it can be.
fn grouped(counts: &[u64]) -> TableSystem {
    let mut system = TableSystem::new();
    let mut figure = |count: u64| system.push(SystemCell::figure(count)).unwrap();
    let sum = |keep: &dyn Fn(usize, usize) -> bool| {
        (0..12).filter(|at| keep(at / 3, at % 3)).map(|at| counts[at]).sum::<u64>()
    };
    let cells: Vec<CellId> = counts.iter().map(|&count| figure(count)).collect();
    let rows: Vec<CellId> = (0..4).map(|row| figure(sum(&|r, _| r == row))).collect();
    let groups: Vec<Vec<CellId>> =
        (0..2).map(|group| (0..3).map(|column| figure(sum(&|r, c| r / 2 == group && c == column))).collect()).collect();
    let of_group: Vec<CellId> = (0..2).map(|group| figure(sum(&|r, _| r / 2 == group))).collect();
    let columns: Vec<CellId> = (0..3).map(|column| figure(sum(&|_, c| c == column))).collect();
    let total = figure(sum(&|_, _| true));
    for row in 0..4 {
        system.sum(rows[row], (0..3).map(|column| cells[3 * row + column])).unwrap();
    }
    for group in 0..2 {
        for column in 0..3 {
            system.sum(groups[group][column], (0..2).map(|row| cells[3 * (2 * group + row) + column])).unwrap();
        }
        system.sum(of_group[group], groups[group].iter().copied()).unwrap();
        system.sum(of_group[group], (0..2).map(|row| rows[2 * group + row])).unwrap();
    }
    for column in 0..3 {
        system.sum(columns[column], (0..2).map(|group| groups[group][column])).unwrap();
    }
    system.sum(total, columns).unwrap();
    system.sum(total, of_group).unwrap();
    system
}

/// Three of 1, of which each two are a figure: to base 2 each pair stays 2, so that each of them would have to be half.
#[test]
fn what_can_not_be_rounded_next_to_the_counts_is_relaxed_or_refused() {
    let mut system = TableSystem::new();
    let parts = [1, 1, 1].map(|count| system.push(SystemCell::figure(count)).unwrap());
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let pair = system.push(SystemCell::figure(2)).unwrap();
        system.sum(pair, [parts[a], parts[b]]).unwrap();
    }
    assert_eq!(by_brute_force(&system, 2), None);
    let tight = ControlledRoundingOptions { relax: false, ..ControlledRoundingOptions::default() };
    let refused = round_controlled(&system, 2, tight, &Control::default()).unwrap_err();
    assert_eq!(refused.to_string(), "no solution: 6 cells can not be rounded to multiples of 2 that add up");
    let rounded = round(&system, 2).unwrap();
    assert!(rounded.is_relaxed());
    checked(&system, &rounded);
    let hasty = ControlledRoundingOptions { relax: false, steps: 1 };
    let refused = round_controlled(&system, 2, hasty, &Control::default()).unwrap_err();
    assert!(refused.to_string().ends_with("as far as was searched"), "{refused}");
}

#[test]
fn cells_without_relations_go_to_the_nearest_and_known_ones_stay() {
    let mut system = TableSystem::new();
    let figure = system.push(SystemCell::figure(7)).unwrap();
    let fixed = system.push(SystemCell { standing: Standing::Fixed, ..SystemCell::figure(10) }).unwrap();
    let rounded = round(&system, 5).unwrap();
    assert_eq!((rounded.value(figure), rounded.value(fixed), rounded.value(CellId(9))), (Some(5), Some(10), None));
    assert!(round(&system, 3).is_err() && round(&system, 1).is_err());
    assert!(!format!("{rounded:?}").contains("10"));
}
