//! Single behaviours, on tables with the proportions of case data.

use std::collections::BTreeMap;

use super::{Recipe, build, case_like, check_marginals, key, naive, sets_up_to, weight};
use crate::counts::compact::Part;
use crate::counts::plan::{Group, Plan, Task};
use crate::counts::segmented::Shared;
use crate::{
    AttributeSet, BitmapIndex, Category, Cell, Classes, Column, Combinations, Control, CountSource, Marginal,
    MissingKinds, StopReason, TableError, Unit, Variable, Weights, tabulate,
};

#[test]
fn all_triples_are_counted_in_groups_and_right() {
    let table = case_like(5_000, false);
    let sets = sets_up_to(&table, 3);
    let parts: Vec<Part<'_>> = (0..11).map(|position| Part::of_attribute(&table, position).unwrap()).collect();
    let columns: Vec<Vec<usize>> =
        sets.iter().map(|set| set.positions().iter().map(|&position| position.into()).collect()).collect();
    let plan = Plan::new(&parts, &columns, table.rows());
    let grouped: usize = plan.groups.iter().map(|group| group.tasks.len()).sum();
    assert_eq!(grouped + plan.single.len(), sets.len());
    assert!(grouped > sets.len() / 2, "{grouped} of {}", sets.len());
    assert!(plan.groups.iter().any(|group| group.outer.len() == 2));
    check_marginals(&table, &sets);
    check_marginals(&case_like(3_000, true), &sets);
}

#[test]
fn sets_of_four_are_counted_in_groups_and_right() {
    let table = case_like(2_000, false);
    check_marginals(&table, &AttributeSet::all_of_size(11, 4));
}

#[test]
fn keys_past_64_bits_are_folded() {
    // Twelve columns of up to 300 codes: 9 bits each, 108 in all.
    let recipes = vec![Recipe { flag: false, values: 300, kinds: MissingKinds::NONE, span: 300, usual: 3 }; 12];
    for rows in [3, 700, 3_000] {
        let table = build(&recipes, rows, rows == 700, 11);
        let set = AttributeSet::try_new(0..12).unwrap();
        let classes = Classes::with_members(&table, &set, &Control::default()).unwrap();
        let expected: Vec<_> = naive(&table, &set).into_iter().collect();
        assert_eq!(classes.iter().map(|(key, size)| (key.to_vec(), size)).collect::<Vec<_>>(), expected);
        for class in 0..classes.len() {
            assert!(classes.members(class).iter().all(|&row| key(&table, &set, row as usize) == classes.key(class)));
        }
        let counted = Classes::count(&table, &set, &Control::default()).unwrap();
        assert!(counted.iter().eq(classes.iter()));
    }
}

#[test]
fn keys_as_wide_as_their_word_are_counted_right() {
    // A column of one value, then keys that fill 32 bits, 64 bits, and 64 bits with the row.
    for (values, columns) in [(256, 4), (256, 8), (300, 6)] {
        let column = |values| Recipe { flag: false, values, kinds: MissingKinds::NONE, span: values, usual: 0 };
        let mut recipes = vec![column(1)];
        recipes.resize(1 + columns, column(values));
        let table = build(&recipes, 1_024, false, 5);
        let set = AttributeSet::try_new(0..recipes.len()).unwrap();
        let expected: Vec<_> = naive(&table, &set).into_iter().collect();
        let control = Control::default();
        for classes in [Classes::count(&table, &set, &control), Classes::with_members(&table, &set, &control)] {
            assert_eq!(classes.unwrap().iter().map(|(key, size)| (key.to_vec(), size)).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn a_position_past_the_schema_is_refused() {
    let table = case_like(10, false);
    let set = AttributeSet::try_new([1, 99]).unwrap();
    let control = Control::default();
    assert!(matches!(table.marginals(std::slice::from_ref(&set), &control), Err(TableError::UnknownAttribute { .. })));
    assert!(matches!(Classes::count(&table, &set, &control), Err(TableError::UnknownAttribute { .. })));
    assert!(matches!(BitmapIndex::build(&table, &[99], &control), Err(TableError::UnknownAttribute { .. })));
}

#[test]
fn counting_stops_and_refuses_when_told() {
    let table = case_like(2_000, false);
    let sets = sets_up_to(&table, 3);
    let set = AttributeSet::try_new(0..11).unwrap();
    let late = Control::default().with_deadline(|| true);
    let stopped = |error: TableError| matches!(error, TableError::Cancelled(StopReason::Deadline));
    assert!(stopped(table.marginals(&sets, &late).unwrap_err()));
    assert!(stopped(Classes::count(&table, &set, &late).unwrap_err()));
    assert!(stopped(table.combinations(2, 1, &late).unwrap_err()));
    assert!(stopped(BitmapIndex::build(&table, &[0], &late).unwrap_err()));
    let tight = Control::default().with_memory_cap(20_000);
    let capped = |error: TableError| matches!(error, TableError::MemoryCap { .. });
    assert!(capped(table.marginals(&sets, &tight).unwrap_err()));
    assert!(capped(Classes::count(&table, &set, &tight).unwrap_err()));
    assert!(capped(BitmapIndex::build(&table, &[0, 1, 2, 3], &tight).unwrap_err()));
    let cap = Control::default().with_memory_cap(200_000);
    // Room for the rows as lists, not for all that 2,000 rows combine to.
    assert!(capped(table.combinations(11, 1, &cap).unwrap_err()));
}

#[test]
fn the_bitmaps_of_many_segments_count_toward_the_cap() {
    let table = case_like(5_000, false);
    let parts: Vec<Part<'_>> = (0..11).map(|position| Part::of_attribute(&table, position).unwrap()).collect();
    let tasks = (4..11).map(|flag| Task { set: flag - 4, inner: vec![flag] }).collect();
    let plan = Plan { groups: vec![Group { outer: vec![0, 2], tasks }], single: Vec::new() };
    let cap = Control::default().with_memory_cap(100_000);
    let shared = Shared::new(&parts, &plan, table.rows(), &cap).unwrap();
    let counted = shared.count(&plan.groups[0], &cap, |set, _| set);
    assert!(matches!(counted, Err(TableError::MemoryCap { .. })));
}

#[test]
fn progress_ends_at_the_number_of_sets() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    let table = case_like(1_000, false);
    let sets = sets_up_to(&table, 3);
    let most = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&most);
    let control = Control::default().with_progress(move |progress| {
        assert_eq!(progress.stage, "counting");
        seen.fetch_max(progress.done, Ordering::Relaxed);
    });
    table.marginals(&sets, &control).unwrap();
    assert_eq!(most.load(Ordering::Relaxed), sets.len() as u64);
}

#[test]
fn a_source_says_what_it_counts() {
    let table = case_like(10, true);
    assert_eq!((table.unit(), CountSource::total(&table)), (Unit::Weights, table.weights().unwrap().total()));
    let plain = case_like(3, false).with_ids(["a", "b", "a"].into_iter().collect()).unwrap();
    assert_eq!((plain.unit(), CountSource::total(&plain), plain.max_contribution()), (Unit::Rows, 3, Some(2)));
    assert_eq!(table.max_contribution(), None);
    // With weights, a person contributes their sum, however few the rows.
    let weighted = plain.with_weights(Weights::new(vec![1, 9, 2])).unwrap();
    assert_eq!((weighted.unit(), weighted.max_contribution()), (Unit::Weights, Some(9)));
}

#[test]
fn debug_shows_no_count() {
    let table = case_like(7, false);
    let set = AttributeSet::try_new([1]).unwrap();
    let marginal = table.marginals(std::slice::from_ref(&set), &Control::default()).unwrap().remove(0);
    assert_eq!(format!("{marginal:?}"), "Marginal of attributes [1], shape [5]");
    let classes = Classes::count(&table, &set, &Control::default()).unwrap();
    assert_eq!(format!("{classes:?}"), format!("{} Classes by attributes [1]", classes.len()));
}

#[test]
fn marginals_of_wrong_cells_are_refused() {
    let set = AttributeSet::try_new([0, 2]).unwrap();
    let of = |cells: Vec<(Vec<u16>, u64)>| Marginal::try_new(set.clone(), &[2, 2], cells);
    assert!(of(vec![(vec![0, 0], 1), (vec![0, 0], 2)]).is_err());
    assert!(of(vec![(vec![0, 2], 1)]).is_err());
    assert!(of(vec![(vec![0], 1)]).is_err());
    assert!(Marginal::try_new(set.clone(), &[2], []).is_err());
    assert!(of(vec![(vec![0, 0], u64::MAX), (vec![0, 1], 1)]).is_err());
    assert!(Marginal::from_dense(set.clone(), &[2, 2], &[u64::MAX, 1, 0, 0]).is_err());
    let marginal = of(vec![(vec![1, 1], 3), (vec![0, 1], 0)]).unwrap();
    assert_eq!((marginal.len(), marginal.get(&[1]), marginal.to_dense()), (1, 0, vec![0, 0, 0, 3]));
}

#[test]
fn dense_counts_make_the_same_marginal() {
    let table = case_like(900, false);
    let sets = [AttributeSet::try_new([1, 3, 4]).unwrap(), AttributeSet::try_new([]).unwrap()];
    for marginal in table.marginals(&sets, &Control::default()).unwrap() {
        let dense = marginal.to_dense();
        assert_eq!(Some(dense.len()), marginal.domain_size());
        assert_eq!(Marginal::from_dense(marginal.set().clone(), marginal.shape(), &dense).unwrap(), marginal);
        assert!(Marginal::from_dense(marginal.set().clone(), marginal.shape(), &dense[1..]).is_err());
    }
}

#[test]
fn combinations_of_wrong_entries_are_refused() {
    let of = |entry: Vec<(u16, u16)>, units| Combinations::try_new(2, 5, [(entry, units)]);
    assert!(of(vec![(0, 1), (1, 1)], 5).is_ok());
    assert!(of(vec![(0, 1), (1, 1)], 4).is_err());
    assert!(of(vec![(0, 1), (0, 2)], 5).is_err());
    assert!(of(vec![], 5).is_err());
    assert!(of(vec![(0, 1), (1, 1), (2, 1)], 5).is_err());
    assert!(Combinations::try_new(2, 1, [(vec![(0, 1)], 1), (vec![(0, 1)], 2)]).is_err());
}

#[cfg(feature = "rayon")]
#[test]
fn the_number_of_threads_changes_nothing() {
    let table = case_like(3_000, false);
    let sets = sets_up_to(&table, 3);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let control = Control::default();
            (table.marginals(&sets, &control).unwrap(), table.combinations(3, 2, &control).unwrap())
        })
    };
    assert_eq!(run(1), run(2));
}

fn variables() -> Vec<Variable> {
    vec![
        Variable::attribute("c1"),
        Variable::Recoded {
            name: "coarse".into(),
            attribute: "c3".into(),
            categories: vec![Category::new("a", "A"), Category::new("b", "B")],
            map: (0..18).map(|code| code / 9).collect(),
        },
        Variable::AnyFlag { name: "any".into(), members: vec!["c5".into(), "c6".into()] },
    ]
}

#[test]
fn tables_of_counts_equal_loops_over_rows() {
    let flags = Variable::Flags {
        name: "flags".into(),
        members: vec!["c4".into(), "c7".into(), "c8".into()],
        categories: ["x", "y", "z"].map(|code| Category::new(code, code)).into(),
    };
    for table in [case_like(500, false), case_like(400, true), case_like(0, false)] {
        let yes = |row: usize, name: &str| {
            let position = table.schema().position(name).unwrap();
            table.cell(row, position) == Some(Cell::Value(1))
        };
        let exclusive: Vec<Column> =
            variables().iter().map(|variable| variable.column(&table).unwrap().unwrap().1).collect();
        for place in [None, Some(0), Some(2), Some(3)] {
            let mut given = variables();
            if let Some(place) = place {
                given.insert(place, flags.clone());
            }
            let counts = tabulate(&table, "t", &given, &Control::default()).unwrap();
            let mut expected: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
            for row in 0..table.rows() {
                let key: Vec<u16> = exclusive.iter().map(|column| column.get(row).unwrap()).collect();
                let Some(place) = place else {
                    *expected.entry(key).or_default() += weight(&table, row);
                    continue;
                };
                for (member, name) in (0u16..).zip(["c4", "c7", "c8"]) {
                    if yes(row, name) {
                        let mut key = key.clone();
                        key.insert(place, member);
                        *expected.entry(key).or_default() += weight(&table, row);
                    }
                }
            }
            expected.retain(|_, count| *count > 0);
            let found: Vec<_> = counts.cells().map(|(key, count)| (key.to_vec(), count)).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            assert_eq!(counts.total(), CountSource::total(&table));
            assert_eq!(counts.dimensions().len(), given.len());
        }
        let alone = tabulate(&table, "t", std::slice::from_ref(&flags), &Control::default()).unwrap();
        assert_eq!(
            alone.get(&[1]),
            (0..table.rows()).filter(|&row| yes(row, "c7")).map(|row| weight(&table, row)).sum::<u64>()
        );
        assert!(tabulate(&table, "t", &[flags.clone(), flags.clone()], &Control::default()).is_err());
        let none = tabulate(&table, "t", &[], &Control::default()).unwrap();
        assert_eq!(none.total(), CountSource::total(&table));
    }
}
