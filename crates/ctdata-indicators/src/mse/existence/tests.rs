//! The checks against published answers and against linear programs of another kind.

use super::*;
use crate::mse::{CaptureHistories, ListSet};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use proptest::prelude::*;

/// A table by its histories: each a string of 0 and 1, the first list first.
pub(super) fn table<'a>(rows: impl IntoIterator<Item = (&'a str, u64)>) -> CaptureHistories {
    let rows: Vec<(&str, u64)> = rows.into_iter().collect();
    let names: Vec<String> = (1..=rows[0].0.len()).map(|list| format!("list {list}")).collect();
    let set = |row: &str| ListSet::of(row.bytes().enumerate().filter(|(_, byte)| *byte == b'1').map(|(list, _)| list));
    CaptureHistories::try_new(names, rows.into_iter().map(|(row, count)| (set(row), count))).unwrap()
}

/// A table by its dense counts.
pub(super) fn dense(lists: usize, counts: &[u64]) -> CaptureHistories {
    let names = (0..lists).map(|list| list.to_string());
    let cells = (1..1u16 << lists).map(ListSet::from_bits);
    CaptureHistories::try_new(names, cells.zip(counts.iter().copied())).unwrap()
}

pub(super) fn three_lists() -> CaptureHistories {
    table([("100", 40), ("010", 30), ("001", 20), ("110", 6)])
}

/// Silverman (2014), the five-list table of the United Kingdom: local authorities, NGOs, police and crime agency, other
/// government, general public.
pub(super) fn uk_five_lists() -> CaptureHistories {
    table([
        ("10000", 54),
        ("01000", 463),
        ("00100", 995),
        ("00010", 695),
        ("00001", 316),
        ("11000", 15),
        ("10100", 19),
        ("10010", 3),
        ("01100", 62),
        ("01010", 19),
        ("01001", 1),
        ("00110", 76),
        ("00101", 11),
        ("00011", 8),
        ("11100", 1),
        ("11010", 1),
        ("01110", 4),
        ("11110", 1),
    ])
}

/// Published tables: Bales, Murphy and Silverman (2020) for New Orleans; Farrell et al. (2019) for the western United
/// States; Cruyff, van Dijk and van der Heijden (2017) for the Netherlands; Madigan and York (1997); Ball, Shin and Yang
/// (2018) for Korea; Silverman (2014) for the United Kingdom; Lyneham, Dowling and Bricknell (2019) for Australia. Histories and counts.
pub(super) fn published() -> Vec<(&'static str, CaptureHistories)> {
    let tables = [
        (
            "New Orleans, eight lists",
            "10000000 25, 01000000 5, 00100000 70, 00010000 33, 00001000 6, 00000100 6, 00000010 6, \
             00000001 21, 10100000 1, 10010000 2, 10001000 1, 01000100 1, 00110000 1, 00101000 1, 00100010 1, \
             00011000 2, 00001001 1, 10100010 1, 10011000 1",
        ),
        (
            "New Orleans, five lists",
            "10000 25, 01000 24, 00100 70, 00010 33, 00001 21, 11000 1, 10100 1, 10010 2, 01100 2, 01010 2, \
             01001 1, 00110 1, 11100 1, 11010 1",
        ),
        (
            "Western United States",
            "10000 52, 01000 90, 00100 114, 00010 45, 00001 21, 10100 4, 10010 2, 10001 5, 01100 6, 01010 1, \
             00011 3, 10101 1, 01110 1",
        ),
        (
            "Netherlands, five lists",
            "10000 756, 01000 1299, 00100 4466, 00010 650, 00001 632, 11000 1, 10100 81, 10010 5, 10001 73, \
             01100 44, 01001 4, 00110 82, 00101 125, 00011 2, 10110 2, 10101 11, 00111 1",
        ),
        (
            "Madigan and York, five lists",
            "10000 27, 01000 37, 00100 4, 00010 97, 00001 83, 11000 19, 10100 4, 10010 22, 10001 36, 01100 1, \
             01010 37, 01001 34, 00110 2, 00101 3, 00011 30, 11100 1, 11010 25, 11001 18, 10110 1, 10101 5, \
             10011 5, 01110 3, 01011 23, 11110 5, 11101 2, 11011 8, 10111 3, 11111 2",
        ),
        ("Korea, three lists", "100 5, 010 5, 001 41, 110 54, 101 6, 111 12"),
        (
            "Australia, four lists",
            "1000 34, 0100 13, 0010 198, 0001 100, 1100 3, 1010 4, 1001 1, 0110 36, 0101 2, 1110 6, 1101 1, \
             0111 15, 1111 1",
        ),
        (
            "Netherlands, six lists",
            "100000 352, 010000 1299, 001000 403, 000100 4466, 000010 650, 000001 632, 101000 1, 100100 18, \
             100010 3, 100001 16, 011000 1, 010100 44, 010001 4, 001100 59, 001010 2, 001001 57, 000110 82, \
             000101 125, 000011 2, 101100 4, 100101 4, 001110 2, 001101 7, 000111 1",
        ),
        (
            "United Kingdom, six lists",
            "100000 54, 010000 463, 001000 907, 000100 695, 000010 316, 000001 57, 110000 15, 101000 19, \
             100100 3, 011000 56, 010100 19, 010010 1, 010001 3, 001100 69, 001010 10, 001001 31, 000110 8, \
             000101 6, 000011 1, 111000 1, 110100 1, 011100 4, 011001 3, 001101 1, 111100 1",
        ),
        (
            "United Kingdom, four lists",
            "1000 54, 0100 464, 0010 1006, 0001 703, 1100 15, 1010 19, 1001 3, 0110 62, 0101 19, 0011 76, \
             1110 1, 1101 1, 0111 4, 1111 1",
        ),
    ];
    let read =
        |row: &'static str| row.trim().split_once(' ').map(|(lists, count)| (lists, count.parse().unwrap())).unwrap();
    let tables = tables.into_iter().map(|(name, rows)| (name, table(rows.split(',').map(read))));
    tables.chain([("three lists", three_lists()), ("United Kingdom", uk_five_lists())]).collect()
}

/// The reduced design: the number of parameters, the cells, and by cell which terms are part of it.
fn design(sample: &Sample, model: &Model) -> (usize, Vec<usize>, Vec<Vec<f64>>) {
    let mains = (0..model.lists()).map(ListSet::single);
    let terms = std::iter::once(ListSet::EMPTY).chain(mains).chain(model.terms().iter().copied());
    let (free, boundary): (Vec<ListSet>, Vec<ListSet>) =
        terms.partition(|term| term.is_empty() || sample.sums()[term.index()] > 0);
    let part = |term: &ListSet, cell: usize| term.index() & cell == term.index();
    let cells: Vec<usize> =
        (1..1usize << sample.lists()).filter(|cell| !boundary.iter().any(|term| part(term, *cell))).collect();
    let row = |cell: &usize| free.iter().map(|term| f64::from(u8::from(part(term, *cell)))).collect();
    let rows = cells.iter().map(row).collect();
    (free.len(), cells, rows)
}

/// The same questions by a linear program in floating-point numbers, and by elimination.
fn by_definition(sample: &Sample, model: &Model) -> (bool, bool) {
    let (parameters, cells, rows) = design(sample, model);
    // The largest sum of a direction with values from 0 to 1: it is 0 or at least 1.
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let sums: Vec<f64> = (0..parameters).map(|term| rows.iter().map(|row| row[term]).sum()).collect();
    let directions: Vec<_> = sums.iter().map(|sum| problem.add_var(*sum, (f64::NEG_INFINITY, f64::INFINITY))).collect();
    for (cell, row) in cells.iter().zip(&rows) {
        let terms: Vec<_> = directions.iter().copied().zip(row.iter().copied()).collect();
        let most = if sample.counts()[*cell] > 0 { 0.0 } else { 1.0 };
        problem.add_constraint(terms.clone(), ComparisonOp::Ge, 0.0);
        problem.add_constraint(terms, ComparisonOp::Le, most);
    }
    let exists = cells.is_empty() || problem.solve().unwrap().into_solution().unwrap().objective() < 0.5;
    (exists, rank(rows) == parameters)
}

/// The rank of a small matrix of zeros and ones.
fn rank(mut rows: Vec<Vec<f64>>) -> usize {
    let mut rank = 0;
    for column in 0..rows.first().map_or(0, Vec::len) {
        let Some(best) = (rank..rows.len()).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))
        else {
            break;
        };
        if rows[best][column].abs() < 1e-6 {
            continue;
        }
        rows.swap(rank, best);
        for row in rank + 1..rows.len() {
            let factor = rows[row][column] / rows[rank][column];
            for place in column..rows[row].len() {
                let above = rows[rank][place];
                rows[row][place] -= factor * above;
            }
        }
        rank += 1;
    }
    rank
}

/// Chan, Silverman and Vincent (2021), artificial three-list table: the codes of all models.
#[test]
fn the_three_list_table_has_the_published_codes() {
    let sample = Sample::of(&three_lists());
    for (notation, status) in [
        ("[1,2,3]", Status::Ok),
        ("[12,3]", Status::NoExistence),
        ("[13,2]", Status::Ok),
        ("[23,1]", Status::Ok),
        ("[12,13]", Status::NoExistence),
        ("[12,23]", Status::NoExistence),
        ("[13,23]", Status::Ok),
        ("[12,13,23]", Status::NotIdentifiable),
    ] {
        let model = Model::from_notation(notation, 3).unwrap();
        assert_eq!(check(&sample, &model).status(), status, "{notation}");
    }
}

/// A table with many zeros.
pub(super) fn sparse_table(lists: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = CaptureHistories> {
    lists.prop_flat_map(|lists| {
        let cells = (1usize << lists) - 1;
        let counts = (1u32..8).prop_flat_map(move |zeros| {
            proptest::collection::vec(prop_oneof![zeros => Just(0u64), 1 => Just(1), 1 => 1u64..9], cells)
        });
        counts.prop_map(move |counts| dense(lists, &counts))
    })
}

/// A table of 3 or 4 lists with many zeros, and a hierarchical model.
pub(super) fn table_and_model() -> impl Strategy<Value = (CaptureHistories, Model)> {
    (3usize..=4).prop_flat_map(|lists| {
        let cells = (1usize << lists) - 1;
        let counts = prop_oneof![
            proptest::collection::vec(prop_oneof![3 => Just(0u64), 1 => Just(1), 1 => 1u64..9], cells),
            proptest::collection::vec(prop_oneof![1 => Just(0u64), 2 => 1u64..99], cells),
        ];
        let terms = proptest::collection::vec(1u16..(1u16 << lists) - 1, 0..5);
        (counts, terms).prop_map(move |(counts, terms)| {
            let terms = terms.into_iter().map(ListSet::from_bits).filter(|term| term.len() > 1);
            (dense(lists, &counts), Model::try_new(lists, terms).unwrap())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn both_answers_are_those_by_definition((histories, model) in table_and_model()) {
        let sample = Sample::of(&histories);
        let found = check(&sample, &model);
        prop_assert_eq!((found.exists, found.identifiable), by_definition(&sample, &model));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn both_answers_on_published_tables_are_those_by_definition(
        place in any::<proptest::sample::Index>(),
        terms in proptest::collection::vec(any::<u16>(), 0..9),
    ) {
        let tables: Vec<_> = published().into_iter().filter(|(_, table)| table.lists().len() <= 5).collect();
        let (name, histories) = &tables[place.index(tables.len())];
        let lists = histories.lists().len();
        let terms = terms.into_iter().map(|term| ListSet::from_bits(term).intersection(ListSet::all(lists)));
        let model = Model::try_new(lists, terms.filter(|term| (2..lists).contains(&term.len()))).unwrap();
        let sample = Sample::of(histories);
        let found = check(&sample, &model);
        prop_assert_eq!((found.exists, found.identifiable), by_definition(&sample, &model), "{} {}", name, model);
    }

    #[test]
    fn neither_the_counts_nor_an_empty_list_nor_the_order_of_lists_matter((histories, model) in table_and_model()) {
        let found = check(&Sample::of(&histories), &model);
        let lists = histories.lists().len();
        let turned = |set: ListSet| ListSet::of(set.iter().map(|list| (list + 1) % lists));
        for (lists, turn) in [(lists, true), (lists + 1, false)] {
            let change = |set: ListSet| if turn { turned(set) } else { set };
            let rows = histories.iter().map(|(history, count)| (change(history), 1 + count % 2));
            let names = (0..lists).map(|list| list.to_string());
            let other = CaptureHistories::try_new(names, rows).unwrap();
            let model = Model::try_new(lists, model.terms().iter().map(|term| change(*term))).unwrap();
            prop_assert_eq!(check(&Sample::of(&other), &model), found);
        }
    }
}

type Rows = Vec<(ListSet, u64)>;

/// Sixteen lists: what the answers are is known by thought.
#[test]
fn hostile_tables_of_sixteen_lists_have_an_answer() {
    let lists = 16;
    let singles = || (0..lists).map(|list| (ListSet::single(list), 1_000_000_007));
    let pairs: Vec<ListSet> = (0..lists).flat_map(|one| (0..one).map(move |other| ListSet::of([one, other]))).collect();
    let all_pairs = Model::try_new(lists, pairs.iter().copied()).unwrap();
    let main_effects = Model::main_effects(lists);
    let one_pair = main_effects.with(ListSet::of([0, 1])).unwrap();
    let first = ListSet::single(0);
    let same = || singles().skip(2).chain([(ListSet::of([0, 1]), 9), (ListSet::of([2, 3]), 1)]).collect();
    let cases: Vec<(Rows, &Model, Status)> = vec![
        // Only singletons: N is infinite; without the cells of pairs nothing says what it is.
        (singles().collect(), &main_effects, Status::NoExistence),
        (singles().collect(), &all_pairs, Status::NotIdentifiable),
        // One overlapping person ties the constant to the main effects.
        (singles().chain([(ListSet::all(16), 1)]).collect(), &main_effects, Status::Ok),
        (singles().chain([(ListSet::of([3, 5]), 1)]).collect(), &main_effects, Status::Ok),
        // The list of everybody misses nobody: nobody is missing.
        (singles().map(|(list, count)| (list.union(first), count)).collect(), &main_effects, Status::NoExistence),
        // Two lists that are one: independent lists share the persons out; with their interaction nobody need be on
        // the one and not on the other.
        (same(), &main_effects, Status::Ok),
        (same(), &one_pair, Status::NoExistence),
    ];
    for (rows, model, status) in cases {
        let names = (0..lists).map(|list| list.to_string());
        let histories = CaptureHistories::try_new(names, rows.clone()).unwrap();
        assert_eq!(check(&Sample::of(&histories), model).status(), status, "{rows:?} {model}");
    }
}

#[test]
fn a_model_of_more_lists_than_the_table_has_is_checked_without_them() {
    let model = Model::try_new(9, [ListSet::of([0, 8])]).unwrap();
    assert_eq!(check(&Sample::of(&three_lists()), &model).status(), Status::Ok);
}

#[test]
fn a_question_of_thousands_of_unknown_values_is_refused() {
    let histories = table([("1111111111111110", 1)]);
    let model = Model::main_effects(16).with(ListSet::all(15)).unwrap();
    assert_eq!(check(&Sample::of(&histories), &model).status(), Status::TooLarge);
}
