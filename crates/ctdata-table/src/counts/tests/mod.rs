//! Every way of counting against loops over rows.

mod cases;
mod properties;

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::{
    Attribute, AttributeSet, Cell, Column, Control, CountSource, Domain, Marginal, Missing, MissingKinds, Origin,
    Schema, Table, Weights,
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

/// Items of one combination.
type Items = Vec<(u16, u16)>;

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
    (
        prop::collection::vec(recipe(), 1..7),
        prop_oneof![Just(0usize), Just(1), 2usize..400],
        any::<bool>(),
        any::<u64>(),
    )
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
        let shape: Vec<usize> = set
            .positions()
            .iter()
            .map(|&position| table.schema().attributes()[usize::from(position)].code_count())
            .collect();
        assert_eq!(marginal.shape(), shape);
        assert_eq!(&Marginal::try_new(set.clone(), &shape, expected).unwrap(), marginal);
    }
}

fn naive_combinations(table: &Table, max_length: usize, support: u64) -> BTreeMap<(usize, Items), u64> {
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
            let chosen: Vec<_> =
                (0u32..).zip(&items).filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, item)| *item).collect();
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
    let mut recipes =
        vec![recipe(false, 200, 21, 1), recipe(false, 4, 5, 4), recipe(false, 260, 130, 3), recipe(false, 17, 17, 2)];
    recipes.extend((0..7).map(|flag| recipe(true, 2, 2 + usize::from(flag == 3), flag)));
    build(&recipes, rows, weighted, 7)
}
