//! Every way of counting against loops over rows.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::compact::Part;
use super::plan::Plan;
use crate::{
    Attribute, AttributeSet, BitmapIndex, Category, Cell, Classes, Column, Combinations, Control, CountSource, Domain, Marginal,
    Missing, MissingKinds, Origin, Schema, StopReason, Table, TableError, Unit, Variable, Weights, tabulate,
};

/// One column: its attribute and how to draw codes.
#[derive(Debug, Clone)]
struct Recipe {
    flag: bool,
    values: usize,
    kinds: MissingKinds,
    /// Codes are drawn below this share of the domain, so that some never occur.
    span: usize,
    /// Out of 8 rows, how many have the code that is usual.
    usual: u64,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let kinds = prop::sample::subsequence(Missing::ALL.to_vec(), 0..=4).prop_map(|kinds| kinds.into_iter().collect());
    let values = prop_oneof![1usize..5, 5usize..25, 250usize..400];
    (any::<bool>(), values, kinds, 1usize..=400, 0u64..8).prop_map(|(flag, values, kinds, span, usual)| Recipe {
        flag,
        values: if flag { 2 } else { values },
        kinds,
        span,
        usual,
    })
}

/// Numbers that look random: a multiplicative generator, its high bits.
fn stream(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    }
}

fn build(recipes: &[Recipe], rows: usize, weighted: bool, seed: u64) -> Table {
    let mut draw = stream(seed);
    let mut attributes = Vec::new();
    let mut columns = Vec::new();
    for (number, recipe) in recipes.iter().enumerate() {
        let domain = if recipe.flag {
            Domain::flag()
        } else {
            Domain::nominal((0..recipe.values).map(|value| value.to_string()), Origin::Public).unwrap()
        };
        let attribute = Attribute::new(format!("c{number}"), domain, recipe.kinds);
        let span = recipe.span.min(attribute.code_count()) as u64;
        // The last codes, so that kinds of missing occur.
        let first = attribute.code_count() as u64 - span;
        let usual = first + draw() % span;
        let mut code = || u16::try_from(if draw() % 8 < recipe.usual { usual } else { first + draw() % span }).unwrap();
        let codes: Vec<u16> = (0..rows).map(|_| code()).collect();
        columns.push(Column::from_codes(&codes, attribute.code_count()));
        attributes.push(attribute);
    }
    let table = Table::try_new(Schema::try_new(attributes).unwrap(), columns).unwrap();
    if weighted {
        let weights: Vec<u32> = (0..table.rows()).map(|_| u32::try_from(draw() % 4 * 1_000_000_000).unwrap()).collect();
        table.with_weights(Weights::new(weights)).unwrap()
    } else {
        table
    }
}

fn table() -> impl Strategy<Value = Table> {
    (prop::collection::vec(recipe(), 1..7), prop_oneof![Just(0usize), Just(1), 2usize..400], any::<bool>(), any::<u64>())
        .prop_map(|(recipes, rows, weighted, seed)| build(&recipes, rows, weighted, seed))
}

fn weight(table: &Table, row: usize) -> u64 {
    table.weights().map_or(1, |weights| weights.values()[row].into())
}

fn key(table: &Table, set: &AttributeSet, row: usize) -> Vec<u16> {
    set.positions().iter().map(|&position| table.columns()[usize::from(position)].get(row).unwrap()).collect()
}

fn naive(table: &Table, set: &AttributeSet) -> BTreeMap<Vec<u16>, u64> {
    let mut cells = BTreeMap::new();
    for row in 0..table.rows() {
        *cells.entry(key(table, set, row)).or_insert(0) += weight(table, row);
    }
    cells
}

fn sets_up_to(table: &Table, size: usize) -> Vec<AttributeSet> {
    let attributes = u16::try_from(table.schema().len()).unwrap();
    (0..=size).flat_map(|size| AttributeSet::all_of_size(attributes, size)).collect()
}

fn check_marginals(table: &Table, sets: &[AttributeSet]) {
    let marginals = table.marginals(sets, &Control::default()).unwrap();
    assert_eq!(marginals.len(), sets.len());
    for (marginal, set) in marginals.iter().zip(sets) {
        let mut expected = naive(table, set);
        expected.retain(|_, count| *count > 0);
        let found: Vec<_> = marginal.cells().map(|(key, count)| (key.to_vec(), count)).collect();
        assert_eq!(found, expected.clone().into_iter().collect::<Vec<_>>(), "{set:?}");
        assert_eq!(marginal.set(), set);
        assert_eq!(marginal.total(), table.total());
        let shape: Vec<usize> =
            set.positions().iter().map(|&position| table.schema().attributes()[usize::from(position)].code_count()).collect();
        assert_eq!(marginal.shape(), shape);
        assert_eq!(&Marginal::try_new(set.clone(), &shape, expected).unwrap(), marginal);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn marginals_equal_loops_over_rows(table in table()) {
        check_marginals(&table, &sets_up_to(&table, 5));
    }

    #[test]
    fn one_set_alone_is_counted_the_same(table in table(), size in 0usize..6) {
        let attributes = u16::try_from(table.schema().len()).unwrap();
        for set in AttributeSet::all_of_size(attributes, size) {
            check_marginals(&table, &[set]);
        }
    }

    #[test]
    fn marginalizing_is_counting_fewer_attributes(table in table()) {
        let sets = sets_up_to(&table, 4);
        let marginals = table.marginals(&sets, &Control::default()).unwrap();
        for (large, marginal) in sets.iter().zip(&marginals) {
            for (small, expected) in sets.iter().zip(&marginals) {
                let part = marginal.marginalize(small);
                if small.positions().iter().all(|position| large.positions().contains(position)) {
                    prop_assert_eq!(&part.unwrap(), expected);
                } else {
                    prop_assert!(part.is_err());
                }
            }
        }
    }

    #[test]
    fn classes_equal_loops_over_rows(table in table()) {
        for set in sets_up_to(&table, 6) {
            let classes = Classes::with_members(&table, &set, &Control::default()).unwrap();
            let expected: Vec<_> = naive(&table, &set).into_iter().collect();
            let found: Vec<_> = classes.iter().map(|(key, size)| (key.to_vec(), size)).collect();
            prop_assert_eq!(found, expected);
            for class in 0..classes.len() {
                let members: Vec<u32> = (0u32..)
                    .take(table.rows())
                    .filter(|&row| key(&table, &set, row as usize) == classes.key(class))
                    .collect();
                prop_assert_eq!(classes.members(class), &members[..]);
                prop_assert_eq!(classes.rows(class), members.len() as u64);
                prop_assert!(members.iter().all(|&row| classes.class_of_row()[row as usize] as usize == class));
                prop_assert_eq!(classes.find(classes.key(class)), Some(class));
            }
            let counted = Classes::count(&table, &set, &Control::default()).unwrap();
            prop_assert!(counted.iter().eq(classes.iter()));
            prop_assert!(counted.class_of_row().is_empty() && counted.members(0).is_empty());
            let sizes: Vec<u64> = classes.sizes().collect();
            prop_assert_eq!(classes.smallest(), sizes.iter().copied().min());
            prop_assert_eq!(classes.uniques(), sizes.iter().filter(|&&size| size == 1).count() as u64);
            let mut histogram = BTreeMap::new();
            sizes.iter().for_each(|&size| *histogram.entry(size).or_insert(0u64) += 1);
            prop_assert_eq!(classes.histogram(), histogram.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn bitmaps_say_which_rows_have_a_code(table in table()) {
        let positions: Vec<usize> = (0..table.schema().len()).collect();
        let index = BitmapIndex::build(&table, &positions, &Control::default()).unwrap();
        prop_assert!(index.positions().eq(positions.iter().copied()));
        for (&position, attribute) in positions.iter().zip(table.schema().attributes()) {
            for code in 0..u16::try_from(attribute.code_count() + 1).unwrap() {
                let expected: Vec<u32> =
                    (0u32..).zip(table.columns()[position].iter()).filter(|(_, found)| *found == code).map(|(row, _)| row).collect();
                prop_assert_eq!(BitmapIndex::rows_of(index.bits(position, code)).collect::<Vec<_>>(), expected.clone());
                prop_assert_eq!(index.count(position, code), expected.len() as u64);
            }
        }
        for row in 0..table.rows().min(5) {
            let cells: Vec<(usize, u16)> = positions.iter().map(|&position| (position, table.columns()[position].get(row).unwrap())).collect();
            for length in 0..=cells.len() {
                let items = &cells[..length];
                let expected = (0..table.rows())
                    .filter(|&row| items.iter().all(|&(position, code)| table.columns()[position].get(row) == Some(code)))
                    .count() as u64;
                prop_assert_eq!(index.count_all(items), expected);
                prop_assert_eq!(BitmapIndex::count_ones(&index.intersection(items)), expected);
            }
        }
        let all: Vec<u16> = (0..u16::try_from(table.schema().attributes()[0].code_count()).unwrap()).collect();
        prop_assert_eq!(BitmapIndex::count_ones(&index.union(0, &all)), table.rows() as u64);
    }

    #[test]
    fn combinations_equal_loops_over_rows(table in table(), max_length in 0usize..5, support in prop_oneof![0u64..20, Just(1 << 32)]) {
        let found = table.combinations(max_length, support, &Control::default()).unwrap();
        let expected = naive_combinations(&table, max_length, support);
        let entries: Vec<(usize, Vec<(u16, u16)>, u64)> = found
            .iter()
            .map(|(items, units)| (items.len(), items.iter().map(|&item| found.items()[item as usize]).collect(), units))
            .collect();
        let sorted: Vec<_> = expected.iter().map(|((length, items), units)| (*length, items.clone(), *units)).collect();
        prop_assert_eq!(entries, sorted);
        let given = expected.iter().map(|((_, items), units)| (items.iter().rev().copied().collect(), *units));
        prop_assert_eq!(&Combinations::try_new(max_length, support, given).unwrap(), &found);
        for ((_, items), units) in expected.iter().take(200) {
            prop_assert_eq!(found.get(items), Some(*units));
        }
        prop_assert_eq!(found.get(&[(0, u16::MAX)]), None);
        prop_assert_eq!(found.get(&[]), None);
    }
}

fn naive_combinations(table: &Table, max_length: usize, support: u64) -> BTreeMap<(usize, Vec<(u16, u16)>), u64> {
    let attributes = table.schema().attributes();
    let mut counts = BTreeMap::new();
    for row in 0..table.rows() {
        let items: Vec<(u16, u16)> = (0u16..)
            .zip(attributes)
            .filter_map(|(position, attribute)| match table.cell(row, position.into()) {
                Some(Cell::Value(0)) if attribute.domain() == &Domain::flag() => None,
                Some(Cell::Value(code)) => Some((position, code)),
                _ => None,
            })
            .collect();
        for mask in 1u32..1 << items.len() {
            let chosen: Vec<_> = (0u32..).zip(&items).filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, item)| *item).collect();
            if chosen.len() <= max_length {
                *counts.entry((chosen.len(), chosen)).or_insert(0) += weight(table, row);
            }
        }
    }
    counts.retain(|_, units| *units >= support.max(1));
    counts
}

/// Flags, small and wide columns in the proportions of case data.
fn case_like(rows: usize, weighted: bool) -> Table {
    let recipe = |flag, values, span, usual| Recipe { flag, values, kinds: MissingKinds::NOT_RECORDED, span, usual };
    let mut recipes = vec![recipe(false, 200, 21, 1), recipe(false, 4, 5, 4), recipe(false, 260, 130, 3), recipe(false, 17, 17, 2)];
    recipes.extend((0..7).map(|flag| recipe(true, 2, 2 + usize::from(flag == 3), flag)));
    build(&recipes, rows, weighted, 7)
}

#[test]
fn all_triples_are_counted_in_groups_and_right() {
    let table = case_like(5_000, false);
    let sets = sets_up_to(&table, 3);
    let parts: Vec<Part<'_>> = (0..11).map(|position| Part::of_attribute(&table, position).unwrap()).collect();
    let columns: Vec<Vec<usize>> = sets.iter().map(|set| set.positions().iter().map(|&position| position.into()).collect()).collect();
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
    // Room for the rows as lists, not for all that 2,000 rows combine to.
    let cap = Control::default().with_memory_cap(200_000);
    assert!(capped(table.combinations(11, 1, &cap).unwrap_err()));
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
    let marginal = of(vec![(vec![1, 1], 3), (vec![0, 1], 0)]).unwrap();
    assert_eq!((marginal.len(), marginal.get(&[1]), marginal.to_dense()), (1, 0, vec![0, 0, 0, 3]));
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
        assert_eq!(alone.get(&[1]), (0..table.rows()).filter(|&row| yes(row, "c7")).map(|row| weight(&table, row)).sum::<u64>());
        assert!(tabulate(&table, "t", &[flags.clone(), flags.clone()], &Control::default()).is_err());
        let none = tabulate(&table, "t", &[], &Control::default()).unwrap();
        assert_eq!(none.total(), CountSource::total(&table));
    }
}
