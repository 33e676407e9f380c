//! The output is checked by comparing all pairs of records, and its cost with that of all outputs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ctdata_table::{Cell, Control, Missing, StopReason, Table};
use proptest::prelude::*;

use super::algorithm::Suppressed;
use super::{Concealment, LocalSuppression, Requirement, suppress};
use crate::quasi::is_blank;
use crate::testing::{any_table, flags, mixed, texts};
use crate::{AttackerView, KAnonymity, PrivacyError};

fn params(k: u32, quasi_identifiers: &[(&str, u32)], requirements: &[(&[&str], usize, u32)]) -> LocalSuppression {
    build(k, quasi_identifiers, requirements, Concealment::Mutual, 0.0)
}

fn build(
    k: u32,
    quasi_identifiers: &[(&str, u32)],
    requirements: &[(&[&str], usize, u32)],
    concealment: Concealment,
    drop_limit: f64,
) -> LocalSuppression {
    let mut builder = LocalSuppression::builder(k).concealment(concealment).drop_limit(drop_limit);
    for &(name, importance) in quasi_identifiers {
        builder = builder.quasi_identifier(name, importance);
    }
    for &(attributes, up_to, k) in requirements {
        let attributes = attributes.iter().map(ToString::to_string).collect();
        builder = builder.require(Requirement { attributes, up_to, k });
    }
    builder.build().unwrap()
}

fn run(table: &Table, params: &LocalSuppression) -> Option<Suppressed> {
    match suppress(table, params, &Control::default()) {
        Ok(made) => Some(made),
        Err(PrivacyError::NoSolution { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

fn cells(table: &Table, names: &[&str]) -> Vec<Vec<Cell>> {
    let positions: Vec<usize> = names.iter().map(|name| table.schema().position(name).unwrap()).collect();
    (0..table.rows())
        .map(|row| positions.iter().map(|&position| table.cell(row, position).unwrap()).collect())
        .collect()
}

fn units(table: &Table) -> Vec<String> {
    let unit = |row: usize| table.ids().map_or_else(|| row.to_string(), |ids| ids.get(row).unwrap().to_owned());
    (0..table.rows()).map(unit).collect()
}

/// Whether a released record may be that of someone of whom this is known: what is not known may be
/// anything.
fn compatible(known: &[Cell], released: &[Cell]) -> bool {
    known.iter().zip(released).all(|(&known, &cell)| is_blank(cell) || (!is_blank(known) && known == cell))
}

/// The first thing that is wrong with an output, by comparing all pairs. `input` and `output` have
/// the same rows, dropped ones included.
fn wrong(input: &Table, output: &Table, dropped: &[u32], params: &LocalSuppression) -> Option<String> {
    let all: Vec<&str> = params.quasi_identifiers().iter().map(String::as_str).collect();
    let mut demands: Vec<(Vec<&str>, u32)> = vec![(all, params.k())];
    for Requirement { attributes, up_to, k } in params.requirements() {
        for chosen in 1u32..1 << attributes.len() {
            if chosen.count_ones() as usize <= *up_to {
                let names = attributes.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
                demands.push((names.map(|(_, name)| name.as_str()).collect(), *k));
            }
        }
    }
    let is_kept = |row: &usize| !dropped.contains(&u32::try_from(*row).unwrap());
    let unit = units(input);
    let kept: Vec<usize> = (0..input.rows()).filter(is_kept).collect();
    for (names, k) in demands {
        let (known, released) = (cells(input, &names), cells(output, &names));
        for (row, known) in known.iter().enumerate() {
            let fits = kept.iter().filter(|&&other| compatible(known, &released[other]));
            let count = fits.map(|&other| &unit[other]).collect::<BTreeSet<_>>().len();
            let may_be_none = !is_kept(&row) && !known.iter().any(|&cell| is_blank(cell));
            if count < k as usize && !(count == 0 && may_be_none) {
                return Some(format!("row {row} has {count} candidates by {names:?}"));
            }
        }
        for &row in kept.iter().filter(|_| params.concealment() == Concealment::Mutual) {
            let fits = (0..input.rows()).filter(|&other| compatible(&known[other], &released[row]));
            let count = fits.map(|other| &unit[other]).collect::<BTreeSet<_>>().len();
            if count < k as usize {
                return Some(format!("released row {row} may be of {count} by {names:?}"));
            }
        }
    }
    None
}

/// The output with all its rows, dropped ones included.
fn full(table: &Table, params: &LocalSuppression, made: &Suppressed) -> Table {
    let all = Suppressed { dropped: Vec::new(), ..made.clone() };
    all.applied(table, params).unwrap()
}

/// The marital status of the thread sdcMicro #225, where the record that it shows blank is a widow's.
fn thread() -> Table {
    texts(&[
        ("region", &["A"; 5]),
        ("age", &["30-49"; 5]),
        ("marital", &["Single", "Married", "Married", "Single", "Widow"]),
    ])
}

#[test]
fn the_widow_of_the_thread_is_hidden() {
    let params = params(2, &[("region", 1), ("age", 1), ("marital", 1)], &[]);
    let made = run(&thread(), &params).unwrap();
    // Hers alone leaves K(widow) = 1. With that of one married person K is 2 for
    // all, but the other one would stand alone in what a reader sees: both.
    assert_eq!(made.blanked, [vec![], vec![], vec![1, 2, 4]]);
    let output = made.applied(&thread(), &params).unwrap();
    let model = KAnonymity::try_new(2).unwrap();
    let names = ["region", "age", "marital"];
    assert!(AttackerView::between(&thread(), &output, &names, model, &Control::default()).unwrap().holds);

    // A file that shows her blank already: one more is blanked, nothing is shown.
    let published = texts(&[
        ("region", &["A"; 5]),
        ("age", &["30-49"; 5]),
        ("marital", &["Single", "Married", "Married", "Single", "-"]),
    ]);
    let made = run(&published, &params).unwrap();
    let output = made.applied(&published, &params).unwrap();
    assert!(AttackerView::between(&thread(), &output, &names, model, &Control::default()).unwrap().holds);
    assert!(is_blank(output.cell(4, 2).unwrap()));
}

#[test]
fn the_attacker_view_alone_is_met_by_a_few_empty_records() {
    // Ten unique persons: with k = 3, three records without any value are candidates of everybody.
    let columns: Vec<String> = (0..10).map(|at| at.to_string()).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let table = texts(&[("a", &columns), ("b", &columns)]);
    let weak = build(3, &[("a", 1), ("b", 1)], &[], Concealment::AttackerView, 0.0);
    let made = run(&table, &weak).unwrap();
    assert_eq!((made.blanked[0].len(), made.blanked[1].len()), (3, 3));
    // Seven of them still stand there as they are. Both ways, nobody does.
    let made = run(&table, &params(3, &[("a", 1), ("b", 1)], &[])).unwrap();
    assert_eq!((made.blanked[0].len(), made.blanked[1].len()), (10, 10));
}

#[test]
fn the_cheaper_attribute_is_blanked() {
    let table = texts(&[("a", &["x", "x", "x", "x", "x", "y"]), ("b", &["p", "p", "p", "q", "q", "p"])]);
    let cells = |table: &Table, a, b| {
        let made = run(table, &params(2, &[("a", a), ("b", b)], &[])).unwrap();
        made.blanked.iter().map(Vec::len).collect::<Vec<_>>()
    };
    // Of "y" there is one: no price of the other attribute changes that.
    assert_eq!((cells(&table, 1, 1), cells(&table, 9, 1)), (vec![2, 0], vec![2, 0]));
    let table = texts(&[("a", &["x", "x", "y", "y"]), ("b", &["p", "p", "p", "q"])]);
    assert_eq!(cells(&table, 1, 1), [0, 2]);
    let table = texts(&[("a", &["x", "x", "x", "y", "y", "y"]), ("b", &["p", "p", "q", "q", "p", "p"])]);
    assert_eq!((cells(&table, 9, 1), cells(&table, 1, 1)), (vec![0, 6], vec![2, 0]));
}

#[test]
fn combinations_are_kept_besides_the_whole() {
    let table =
        texts(&[("a", &["x", "x", "x", "x", "x", "x", "y", "y"]), ("b", &["p", "p", "p", "q", "q", "q", "q", "q"])]);
    assert_eq!(run(&table, &params(2, &[("a", 1), ("b", 1)], &[])).unwrap().cost, 0);
    // Of "y" there are two, of "p" three.
    let three = params(2, &[("a", 1), ("b", 1)], &[(&["a", "b"], 1, 3)]);
    let made = run(&table, &three).unwrap();
    assert_eq!((made.blanked[0].len(), made.blanked[1].len()), (3, 0));
    let only = params(1, &[("a", 1), ("b", 1)], &[(&["b"], 1, 4)]);
    assert_eq!(run(&table, &only).unwrap().blanked[0], [0u32; 0]);
}

#[test]
fn one_person_with_many_records_hides_nobody() {
    let table = texts(&[("a", &["x", "x", "y", "y"])]);
    let params = params(2, &[("a", 1)], &[]);
    assert_eq!(run(&table, &params).unwrap().cost, 0);
    let table = table.with_ids(["p", "p", "q", "r"].into_iter().collect()).unwrap();
    let made = run(&table, &params).unwrap();
    assert_eq!(wrong(&table, &full(&table, &params, &made), &[], &params), None);
    assert!(made.blanked[0].starts_with(&[0, 1]), "both records of the first person");
}

#[test]
fn too_few_persons_have_no_solution() {
    let error = suppress(&flags(&[&[0, 0, 1]]), &params(4, &[("a", 1)], &[]), &Control::default()).unwrap_err();
    assert_eq!(error.to_string(), "no solution: local suppression with 4 leaves none of the 3 records");
    let same = flags(&[&[0, 0, 0]]).with_ids(["p", "p", "p"].into_iter().collect()).unwrap();
    assert!(run(&same, &params(2, &[("a", 1)], &[])).is_none());
    assert_eq!(run(&flags(&[&[]]), &params(4, &[("a", 1)], &[])).unwrap().cost, 0);
}

#[test]
fn records_are_dropped_only_where_it_is_allowed_and_cheaper() {
    // The last record differs in everything.
    let table = texts(&[
        ("a", &["x", "x", "x", "x", "y"]),
        ("b", &["p", "p", "p", "p", "q"]),
        ("c", &["s", "s", "s", "s", "t"]),
    ]);
    let names = [("a", 1), ("b", 1), ("c", 1)];
    let kept = run(&table, &params(2, &names, &[])).unwrap();
    assert_eq!((kept.dropped.len(), kept.cost), (0, 6));
    let dropped = run(&table, &build(2, &names, &[], Concealment::Mutual, 0.2)).unwrap();
    assert_eq!((dropped.dropped.as_slice(), dropped.cost), (&[4][..], 3));
    let few = run(&table, &build(2, &names, &[], Concealment::Mutual, 0.19)).unwrap();
    assert_eq!(few, kept);
}

#[test]
fn the_attribute_can_be_blank_afterwards() {
    let table = texts(&[("a", &["x", "x", "y"])]);
    let domain = table.schema().get(0).unwrap().domain().clone();
    let strict = ctdata_table::Attribute::new("a", domain, ctdata_table::MissingKinds::of(&[Missing::NotApplicable]));
    let column = ctdata_table::Column::from_u8(vec![0, 2, 1]);
    let table = table.with_replaced(0, strict, column).unwrap();
    let params = params(2, &[("a", 1)], &[]);
    let made = run(&table, &params).unwrap();
    // Not applicable is a value, hence as rare as the others.
    assert_eq!(made.blanked, [vec![0, 1, 2]]);
    let (attribute, column) = made.column(&table, &params, 0).unwrap();
    let cells: Vec<Cell> = column.iter().map(|code| attribute.cell(code).unwrap()).collect();
    assert_eq!(cells, [Cell::Missing(Missing::NotRecorded); 3]);
    assert!(attribute.missing().contains(Missing::NotApplicable));
}

#[test]
fn a_stop_and_a_memory_cap_are_obeyed() {
    let params = params(2, &[("marital", 1)], &[]);
    let stop = Control::default().with_cancel(Arc::new(AtomicBool::new(true)));
    let stopped = suppress(&thread(), &params, &stop);
    assert!(matches!(stopped, Err(PrivacyError::Cancelled(StopReason::Cancelled))));
    assert!(matches!(
        suppress(&thread(), &params, &Control::default().with_memory_cap(1)),
        Err(PrivacyError::Table(_))
    ));
}

#[test]
fn nothing_confidential_is_shown() {
    let made = run(&thread(), &params(2, &[("marital", 1)], &[])).unwrap();
    assert_eq!(format!("{made:?}"), "Suppressed { blanked: [3], dropped: 0, cost: 3 }");
}

/// The least cost of an output of `table` that nothing is wrong with, by trying all.
fn optimum(table: &Table, params: &LocalSuppression) -> Option<u64> {
    let width = params.quasi_identifiers().len();
    let cells = table.rows() * width;
    let mut best = None;
    for chosen in 0u32..1 << cells {
        let mut blanked = vec![Vec::new(); width];
        let mut cost = 0;
        for cell in (0..cells).filter(|cell| chosen >> cell & 1 == 1) {
            blanked[cell % width].push(u32::try_from(cell / width).unwrap());
            cost += u64::from(params.importance()[cell % width]);
        }
        if best.is_some_and(|best| best <= cost) {
            continue;
        }
        let output = full(table, params, &Suppressed { blanked, dropped: Vec::new(), cost });
        if wrong(table, &output, &[], params).is_none() && wrong(&output, &output, &[], params).is_none() {
            best = Some(cost);
        }
    }
    best
}

#[test]
fn the_cost_is_near_the_least_of_all_on_tiny_tables() {
    // Tables of five rows over three values and two, from a fixed sequence.
    let mut state = 7u32;
    let mut draw = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for concealment in [Concealment::Mutual, Concealment::AttackerView] {
        let (mut greedy, mut least) = (0, 0);
        for _ in 0..60 {
            let mut column = |labels: &[&'static str]| -> Vec<&'static str> {
                (0..5).map(|_| labels[draw(u32::try_from(labels.len()).unwrap()) as usize]).collect()
            };
            let table = texts(&[("a", &column(&["x", "y", "z", "-"])), ("b", &column(&["p", "q"]))]);
            let params = build(2, &[("a", 2), ("b", 3)], &[], concealment, 0.0);
            let (found, best) = (run(&table, &params).unwrap().cost, optimum(&table, &params).unwrap());
            assert!(found >= best, "cheaper than the cheapest");
            greedy += found;
            least += best;
        }
        assert!(greedy * 100 <= least * 110, "{concealment:?}: {greedy} for {least}");
    }
}

const NAMES: [(&str, u32); 3] = [("x", 2), ("y", 1), ("z", 3)];

fn any_params() -> impl Strategy<Value = LocalSuppression> {
    (1u32..5, 1u32..5, 1usize..3, any::<bool>(), prop::sample::select(vec![0.0, 0.3])).prop_map(
        |(k, other, up_to, mutual, drop_limit)| {
            let concealment = if mutual { Concealment::Mutual } else { Concealment::AttackerView };
            let mut params = build(k, &NAMES, &[(&["z", "x"], up_to, other)], concealment, drop_limit);
            params.record_importance = Some(4);
            params
        },
    )
}

/// The released rows, each with its number of copies.
fn copies(table: &Table) -> BTreeMap<String, usize> {
    let mut copies = BTreeMap::new();
    for (row, unit) in cells(table, &["x", "y", "z", "w"]).iter().zip(units(&table.clone())) {
        let unit = if table.ids().is_some() { unit } else { String::new() };
        *copies.entry(format!("{unit}{row:?}")).or_default() += 1;
    }
    copies
}

proptest! {
    #[test]
    fn nobody_is_exposed(table in any_table(25), params in any_params()) {
        let Some(made) = run(&table, &params) else {
            let persons = units(&table).into_iter().collect::<BTreeSet<_>>().len();
            let needed = params.requirements()[0].k.max(params.k()) as usize;
            prop_assert!(persons < needed);
            return Ok(());
        };
        let output = full(&table, &params, &made);
        prop_assert_eq!(wrong(&table, &output, &made.dropped, &params), None);
        let droppable = if params.drop_limit() > 0.0 { table.rows() * 3 / 10 } else { 0 };
        prop_assert!(made.dropped.len() <= droppable);

        // Only blanks, and the account is right.
        let (before, after) = (cells(&table, &["x", "y", "z"]), cells(&output, &["x", "y", "z"]));
        let mut cost = params.record_importance() * made.dropped.len() as u64;
        for (row, (before, after)) in before.iter().zip(&after).enumerate() {
            for ((place, &was), &is) in before.iter().enumerate().zip(after) {
                let blanked = made.blanked[place].contains(&u32::try_from(row).unwrap());
                prop_assert_eq!(is, if blanked { Cell::Missing(Missing::NotRecorded) } else { was });
                prop_assert!(!blanked || !is_blank(was));
                cost += if blanked { u64::from(NAMES[place].1) } else { 0 };
            }
        }
        prop_assert_eq!(made.cost, cost);

        let released = made.applied(&table, &params).unwrap();
        let names = ["x", "y", "z"];
        let model = KAnonymity::try_new(params.k()).unwrap();
        prop_assert!(AttackerView::between(&table, &released, &names, model, &Control::default()).unwrap().holds);
        prop_assert!(AttackerView::of_file(&released, &names, model, &Control::default()).unwrap().holds);
    }

    #[test]
    fn a_second_run_changes_nothing(table in any_table(25), params in any_params()) {
        if let Some(made) = run(&table, &params) {
            let output = made.applied(&table, &params).unwrap();
            let again = run(&output, &params).unwrap();
            prop_assert_eq!(again.cost, 0);
            prop_assert_eq!(&again.applied(&output, &params).unwrap(), &output);
        }
    }

    #[test]
    fn the_order_of_rows_plays_no_part(
        (table, order) in any_table(25).prop_flat_map(|table| {
            let rows: Vec<u32> = (0u32..).take(table.rows()).collect();
            (Just(table), Just(rows).prop_shuffle())
        }),
        params in any_params(),
    ) {
        let other = table.take(&order).unwrap();
        match (run(&table, &params), run(&other, &params)) {
            (Some(made), Some(shuffled)) => {
                prop_assert_eq!(made.cost, shuffled.cost);
                let (made, shuffled) = (made.applied(&table, &params), shuffled.applied(&other, &params));
                prop_assert_eq!(copies(&made.unwrap()), copies(&shuffled.unwrap()));
            }
            (made, shuffled) => prop_assert!(made.is_none() && shuffled.is_none()),
        }
    }

    #[test]
    fn k_of_one_asks_for_nothing(table in any_table(25)) {
        let made = run(&table, &params(1, &NAMES, &[])).unwrap();
        prop_assert_eq!(made.applied(&table, &params(1, &NAMES, &[])).unwrap(), table);
    }

    /// Blanking all that is exposed is enough where nothing is blank yet and k units are exposed.
    #[test]
    fn it_costs_no_more_than_blanking_all_that_is_exposed(
        rows in prop::collection::vec((0u16..2, 0u16..3, 0u16..2, 0u16..2), 0..25), k in 2u32..5, mutual in any::<bool>(),
    ) {
        let rows: Vec<[u16; 4]> = rows.into_iter().map(|(x, y, z, w)| [x, y, z, w]).collect();
        let table = mixed(&rows, None);
        let concealment = if mutual { Concealment::Mutual } else { Concealment::AttackerView };
        let params = build(k, &NAMES, &[], concealment, 0.0);
        let mut classes: BTreeMap<&[u16], u64> = BTreeMap::new();
        for row in &rows {
            *classes.entry(&row[..3]).or_default() += 1;
        }
        let exposed: u64 = classes.values().filter(|&&size| size < u64::from(k)).sum();
        if exposed == 0 {
            prop_assert_eq!(run(&table, &params).unwrap().cost, 0);
        } else if exposed >= u64::from(k) {
            prop_assert!(run(&table, &params).unwrap().cost <= exposed * 6);
        }
    }
}
