use proptest::prelude::*;

use super::*;
use crate::tables::{Level, SystemCell};

const ONE: Level = Level { lower: 1, upper: 1 };

/// A table of rows and columns with published totals; its cells by row.
fn table(counts: &[&[u64]]) -> (TableSystem, Vec<Vec<CellId>>) {
    let mut system = TableSystem::new();
    let push = |system: &mut TableSystem, count| system.push(SystemCell::figure(count)).unwrap();
    let cells: Vec<Vec<CellId>> =
        counts.iter().map(|row| row.iter().map(|count| push(&mut system, *count)).collect()).collect();
    for (row, ids) in counts.iter().zip(&cells) {
        let total = push(&mut system, row.iter().sum());
        system.sum(total, ids.iter().copied()).unwrap();
    }
    for column in 0..counts[0].len() {
        let total = push(&mut system, counts.iter().map(|row| row[column]).sum());
        system.sum(total, cells.iter().map(|row| row[column])).unwrap();
    }
    (system, cells)
}

fn withholding(system: &TableSystem, cells: &[CellId]) -> Pattern {
    let mut pattern = Pattern::open(system);
    for cell in cells {
        pattern.withhold(*cell);
    }
    pattern
}

fn ends(system: &TableSystem, pattern: &Pattern, cell: CellId) -> (f64, Option<f64>) {
    let found = feasible_interval(system, pattern, cell, &Control::default()).unwrap();
    assert!(found.certified);
    (found.low.to_f64(), found.high.map(Fraction::to_f64))
}

fn run(system: &TableSystem, pattern: &Pattern, intervals: Intervals) -> Audit {
    audit(system, pattern, &AuditOptions { intervals }, &Control::default()).unwrap()
}

/// A three-way table with all its two-way margins published, in which nothing is a network.
fn cube(counts: &[u64; 27]) -> (TableSystem, Vec<CellId>) {
    let mut system = TableSystem::new();
    let cells: Vec<CellId> = counts.iter().map(|count| system.push(SystemCell::figure(*count)).unwrap()).collect();
    for step in [1, 3, 9] {
        for start in (0..27).filter(|cell| (cell / step) % 3 == 0) {
            let line = [start, start + step, start + 2 * step];
            let total = system.push(SystemCell::figure(line.iter().map(|cell| counts[*cell]).sum())).unwrap();
            system.sum(total, line.map(|cell| cells[cell])).unwrap();
        }
    }
    (system, cells)
}

// Worked example with all patterns enumerated: rows (2,10,8), (9,12,7), (6,5,11), totals published, bounds 0 and none.
const EXAMPLE: [&[u64]; 3] = [&[2, 10, 8], &[9, 12, 7], &[6, 5, 11]];

#[test]
fn the_cheapest_rectangle_leaves_these_intervals() {
    let (system, cells) = table(&EXAMPLE);
    let withheld = [cells[0][0], cells[0][1], cells[2][1], cells[2][0]];
    let pattern = withholding(&system, &withheld);
    let found = withheld.map(|cell| ends(&system, &pattern, cell));
    assert_eq!(found, [(0.0, Some(8.0)), (4.0, Some(12.0)), (3.0, Some(11.0)), (0.0, Some(8.0))]);
    let all = run(&system, &pattern, Intervals::All);
    assert_eq!((all.intervals.len(), all.summary.withheld, all.summary.marked), (4, 4, 0));
}

#[test]
fn the_next_cheapest_rectangle_leaves_more() {
    let (system, cells) = table(&EXAMPLE);
    let pattern = withholding(&system, &[cells[0][0], cells[0][2], cells[1][0], cells[1][2]]);
    assert_eq!(ends(&system, &pattern, cells[0][0]), (0.0, Some(10.0)));
}

#[test]
fn two_cells_of_a_row_are_both_known() {
    let (mut system, cells) = table(&EXAMPLE);
    let pattern = withholding(&system, &[cells[0][0], cells[0][1]]);
    assert_eq!(ends(&system, &pattern, cells[0][0]), (2.0, Some(2.0)));
    assert_eq!(ends(&system, &pattern, cells[0][1]), (10.0, Some(10.0)));
    system.cell_mut(cells[0][0]).unwrap().level = ONE;
    let found = run(&system, &pattern, Intervals::Exposed);
    assert!(!found.passes());
    assert_eq!((found.summary.exposed, found.summary.protected, found.exposed[0].cell), (1, 0, cells[0][0]));
}

#[test]
fn suppressed_zeros_determine_a_rectangle_without_a_bridge() {
    let (system, cells) = table(&[&[0, 0, 5], &[3, 4, 6], &[7, 8, 9]]);
    let withheld = [cells[0][0], cells[0][1], cells[1][0], cells[1][1]];
    let pattern = withholding(&system, &withheld);
    for (cell, count) in withheld.into_iter().zip([0.0, 0.0, 3.0, 4.0]) {
        assert_eq!(ends(&system, &pattern, cell), (count, Some(count)));
    }
}

#[test]
fn a_witness_proves_all_cells_that_it_moves() {
    let (mut system, cells) = table(&EXAMPLE);
    let withheld = [cells[0][0], cells[0][1], cells[2][1], cells[2][0]];
    for cell in withheld {
        system.cell_mut(cell).unwrap().level = Level { lower: 2, upper: 2 };
    }
    let pattern = withholding(&system, &withheld);
    let found = run(&system, &pattern, Intervals::Exposed);
    let summary = &found.summary;
    assert_eq!((summary.marked, summary.protected, summary.protected_by_whole_tables), (4, 4, 4));
    assert_eq!((summary.networks, summary.programs, summary.largest_component), (1, 0, 4));
    // Eight directions, two tables: the rectangle one way and the other.
    assert_eq!(found.witnesses.len(), 2);
    assert!(found.witnesses.iter().all(|witness| witness.check(&system, &pattern).is_some()));
    // Shifts reach from -2 to 6: up by 6 and down by 2, or the other way round.
    assert_eq!(summary.narrowest_width, Some(8));
    assert!(!format!("{found:?}").contains("differences"));
}

#[test]
fn a_level_above_what_is_open_is_exposed_with_the_exact_interval() {
    let (mut system, cells) = table(&EXAMPLE);
    system.cell_mut(cells[0][0]).unwrap().level = Level { lower: 2, upper: 7 };
    let pattern = withholding(&system, &[cells[0][0], cells[0][1], cells[2][1], cells[2][0]]);
    let found = run(&system, &pattern, Intervals::Exposed);
    let [exposed] = found.exposed[..] else { panic!() };
    assert_eq!((exposed.low, exposed.high), (Fraction::whole(0), Some(Fraction::whole(8))));
    assert_eq!(found.summary.uncertain, 0);
}

#[test]
fn marked_cells_that_are_published_are_exposed_and_fixed_ones_known() {
    let (mut system, cells) = table(&EXAMPLE);
    system.cell_mut(cells[0][0]).unwrap().level = ONE;
    let fixed = system.cell_mut(cells[1][1]).unwrap();
    (fixed.level, fixed.standing) = (ONE, Standing::Fixed);
    let found = run(&system, &Pattern::open(&system), Intervals::Exposed);
    assert_eq!((found.summary.marked, found.summary.exposed), (1, 1));
}

#[test]
fn bounds_known_from_outside_narrow_a_cell() {
    let (mut system, cells) = table(&EXAMPLE);
    system.cell_mut(cells[0][1]).unwrap().most = Some(11);
    system.cell_mut(cells[2][0]).unwrap().least = 4;
    let pattern = withholding(&system, &[cells[0][0], cells[0][1], cells[2][1], cells[2][0]]);
    // x12 <= 11 keeps x11 at 1 or more, x31 >= 4 at 4 or less.
    assert_eq!(ends(&system, &pattern, cells[0][0]), (1.0, Some(4.0)));
}

#[test]
fn cells_that_are_alike_are_one_column_and_still_move_against_each_other() {
    // Two counts behind one published sum, and nothing else.
    let mut system = TableSystem::new();
    let total = system.push(SystemCell::figure(5)).unwrap();
    let [a, b] = [2, 3].map(|count| system.push(SystemCell::inner(count)).unwrap());
    system.sum(total, [a, b]).unwrap();
    let pattern = Pattern::open(&system);
    assert_eq!(ends(&system, &pattern, a), (0.0, Some(5.0)));
    // Three behind one withheld figure: nothing limits them.
    let pattern = withholding(&system, &[total]);
    assert_eq!(ends(&system, &pattern, a), (0.0, None));
    system.cell_mut(a).unwrap().level = Level { lower: 2, upper: 1000 };
    let found = run(&system, &pattern, Intervals::Exposed);
    assert!(found.passes() && found.witnesses.iter().all(|witness| witness.check(&system, &pattern).is_some()));
}

#[test]
fn fractions_are_exact() {
    // 2a + b = 7 with a = 2, b = 3: a goes up to 3.5, which no whole table shows.
    let mut system = TableSystem::new();
    let [a, b] = [2, 3].map(|count| system.push(SystemCell::inner(count)).unwrap());
    let seven = system.push(SystemCell { standing: Standing::Fixed, ..SystemCell::figure(7) }).unwrap();
    system.relate([(a, 2), (b, 1), (seven, -1)]).unwrap();
    let pattern = Pattern::open(&system);
    let found = feasible_interval(&system, &pattern, a, &Control::default()).unwrap();
    assert_eq!(found.high, Some(Fraction { numerator: 7, denominator: 2 }));
    assert_eq!(ends(&system, &pattern, b), (0.0, Some(7.0)));
    system.cell_mut(a).unwrap().level = ONE;
    let found = run(&system, &pattern, Intervals::Exposed);
    assert_eq!((found.summary.protected, found.summary.protected_by_whole_tables), (1, 1));
}

#[test]
fn a_cancelled_audit_stops() {
    let (system, cells) = table(&EXAMPLE);
    let pattern = withholding(&system, &cells.concat());
    let control = Control::default().with_deadline(|| true);
    let stopped = audit(&system, &pattern, &AuditOptions::default(), &control);
    assert!(matches!(stopped, Err(PrivacyError::Cancelled(_))));
}

#[test]
fn counts_beyond_the_arithmetic_are_refused() {
    let mut system = TableSystem::new();
    system.push(SystemCell::inner(1 << 63)).unwrap();
    let refused = audit(&system, &Pattern::open(&system), &AuditOptions::default(), &Control::default());
    assert!(matches!(refused, Err(PrivacyError::InvalidParameter { .. })));
}

#[test]
fn what_the_arithmetic_cannot_hold_counts_as_exposed() {
    // Each cell is 2^31 - 1 times the one before: the fourth in terms of the first is beyond 64 bits.
    let mut system = TableSystem::new();
    let chain = [0; 4].map(|count| system.push(SystemCell::inner(count)).unwrap());
    for pair in chain.windows(2) {
        system.relate([(pair[0], i32::MAX), (pair[1], -1)]).unwrap();
    }
    // Beside it, a pair that has nothing to do with it.
    let [a, b, total] = [2, 3, 5].map(|count| system.push(SystemCell::figure(count)).unwrap());
    system.sum(total, [a, b]).unwrap();
    system.cell_mut(chain[0]).unwrap().level = Level { lower: 0, upper: 1 };
    system.cell_mut(a).unwrap().level = ONE;
    let pattern = withholding(&system, &[a, b]);
    let found = run(&system, &pattern, Intervals::Exposed);
    let AuditSummary { marked, protected, exposed, uncertain, .. } = found.summary;
    assert_eq!((marked, protected, exposed, uncertain), (2, 1, 1, 1));
    let [interval] = found.exposed[..] else { panic!() };
    assert_eq!((interval.cell, interval.certified), (chain[0], false));
    assert_eq!((interval.low, interval.high), (Fraction::whole(0), Some(Fraction::whole(0))));
    // Nor is it released: nothing that can be withheld would prove it.
    let options = crate::tables::ProtectOptions::default();
    let refused = crate::tables::protect(&system, &options, &Control::default());
    assert!(matches!(refused, Err(PrivacyError::Unprotectable { cells: 1 })));
}

/// All tables of whole persons that agree with the relations and everything published, with cells up to `limit`.
fn enumerate(system: &TableSystem, pattern: &Pattern, limit: u64) -> Vec<Vec<u64>> {
    fn extend(system: &TableSystem, pattern: &Pattern, limit: u64, counts: &mut Vec<u64>, found: &mut Vec<Vec<u64>>) {
        let at = counts.len();
        // A relation of which the last hidden cell is set must hold.
        for relation in system.relations() {
            let hidden = relation.terms.iter().filter(|(cell, _)| system.is_hidden(*cell, pattern));
            if at == 0 || hidden.map(|(cell, _)| cell.index()).max() != Some(at - 1) {
                continue;
            }
            let count = |cell: &CellId| counts.get(cell.index()).copied().unwrap_or(system.cell(*cell).unwrap().count);
            let term = |(cell, by): &(CellId, i32)| i64::from(*by) * i64::try_from(count(cell)).unwrap();
            if relation.terms.iter().map(term).sum::<i64>() != 0 {
                return;
            }
        }
        let Some(cell) = system.cells().get(at) else { return found.push(counts.clone()) };
        let id = CellId(u32::try_from(at).unwrap());
        let values = if system.is_hidden(id, pattern) {
            cell.least..=cell.most.unwrap_or(limit).min(limit)
        } else {
            cell.count..=cell.count
        };
        for value in values {
            counts.push(value);
            extend(system, pattern, limit, counts, found);
            counts.pop();
        }
    }
    let mut found = Vec::new();
    extend(system, pattern, limit, &mut Vec::new(), &mut found);
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// In a network the exact interval is that of all whole tables (its matrix is totally unimodular).
    #[test]
    fn intervals_of_two_dimensions_are_those_of_all_whole_tables(
        counts in proptest::array::uniform9(0u64..4),
        withheld in proptest::array::uniform9(any::<bool>()),
    ) {
        let rows: Vec<&[u64]> = counts.chunks(3).collect();
        let (mut system, cells) = table(&rows);
        let hidden: Vec<CellId> = cells.concat().into_iter().zip(withheld).filter(|(_, h)| *h).map(|(c, _)| c).collect();
        for cell in &hidden {
            system.cell_mut(*cell).unwrap().level = ONE;
        }
        let pattern = withholding(&system, &hidden);
        let tables = enumerate(&system, &pattern, 9);
        let found = run(&system, &pattern, Intervals::All);
        prop_assert_eq!(found.intervals.len(), hidden.len());
        for interval in &found.intervals {
            let values = || tables.iter().map(|table| table[interval.cell.index()]);
            prop_assert_eq!(interval.low, Fraction::whole(values().min().unwrap().into()));
            prop_assert_eq!(interval.high, Some(Fraction::whole(values().max().unwrap().into())));
            let count = system.cell(interval.cell).unwrap().count;
            let open = values().any(|value| value < count) && values().any(|value| value > count);
            let exposed = found.exposed.iter().any(|exposed| exposed.cell == interval.cell);
            prop_assert_eq!(open, !exposed);
        }
        for witness in &found.witnesses {
            prop_assert!(witness.check(&system, &pattern).is_some() && witness.denominator == 1);
            let mut other: Vec<i128> = system.cells().iter().map(|cell| cell.count.into()).collect();
            witness.differences.iter().for_each(|(cell, by)| other[cell.index()] += i128::from(*by));
            let is_other = |table: &Vec<u64>| table.iter().map(|count| i128::from(*count)).eq(other.iter().copied());
            prop_assert!(tables.iter().any(is_other));
        }
    }

    /// In three dimensions intervals of fractions contain those of whole tables, and proofs hold.
    #[test]
    fn intervals_of_three_dimensions_contain_all_whole_tables(
        counts in proptest::collection::vec(0u64..3, 27),
        withheld in proptest::collection::vec(proptest::bool::weighted(0.6), 27),
    ) {
        let (mut system, cells) = cube(&counts.try_into().unwrap());
        let hidden: Vec<CellId> = cells.into_iter().zip(withheld).filter(|(_, h)| *h).map(|(c, _)| c).collect();
        for cell in &hidden {
            system.cell_mut(*cell).unwrap().level = ONE;
        }
        let pattern = withholding(&system, &hidden);
        let tables = enumerate(&system, &pattern, 6);
        let found = run(&system, &pattern, Intervals::All);
        for interval in &found.intervals {
            prop_assert!(interval.certified);
            let (low, high) = (interval.low.to_f64(), interval.high.unwrap().to_f64());
            for table in &tables {
                #[expect(clippy::cast_precision_loss, reason = "counts of a test")]
                let value = table[interval.cell.index()] as f64;
                prop_assert!((low..=high).contains(&value));
            }
            let exposed = found.exposed.iter().any(|exposed| exposed.cell == interval.cell);
            prop_assert_eq!(exposed, !is_wide_enough(&system, interval));
        }
        for witness in &found.witnesses {
            prop_assert!(witness.check(&system, &pattern).is_some());
        }
    }
}
