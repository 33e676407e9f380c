//! Whether estimates of log-linear models of capture histories exist.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctdata::indicators::mse::{CaptureHistories, ListSet, Model, existence_margin, pairs_admissibility};
use ctdata::table::Control;

/// Silverman (2014), the United Kingdom in 2013, five lists.
const UNITED_KINGDOM: &[(&str, u64)] = &[
    ("1", 54),
    ("2", 463),
    ("3", 995),
    ("4", 695),
    ("5", 316),
    ("12", 15),
    ("13", 19),
    ("14", 3),
    ("23", 62),
    ("24", 19),
    ("25", 1),
    ("34", 76),
    ("35", 11),
    ("45", 8),
    ("123", 1),
    ("124", 1),
    ("234", 4),
    ("1234", 1),
];

/// Bales, Murphy and Silverman (2020), New Orleans, eight lists.
const NEW_ORLEANS: &[(&str, u64)] = &[
    ("1", 25),
    ("2", 5),
    ("3", 70),
    ("4", 33),
    ("5", 6),
    ("6", 6),
    ("7", 6),
    ("8", 21),
    ("13", 1),
    ("14", 2),
    ("15", 1),
    ("26", 1),
    ("34", 1),
    ("35", 1),
    ("37", 1),
    ("45", 2),
    ("58", 1),
    ("137", 1),
    ("145", 1),
];

/// A table whose models mostly fail: eight lists, six overlaps. The search has to find out which.
const SPARSE: &[(&str, u64)] = &[
    ("1", 3),
    ("2", 3),
    ("3", 3),
    ("4", 3),
    ("5", 3),
    ("6", 3),
    ("7", 3),
    ("8", 3),
    ("12", 1),
    ("34", 1),
    ("56", 1),
    ("78", 1),
    ("1357", 1),
    ("246", 1),
];

fn table(lists: usize, rows: &[(&str, u64)]) -> CaptureHistories {
    let set = |row: &str| ListSet::of(row.bytes().map(|digit| usize::from(digit - b'1')));
    let names = (1..=lists).map(|list| list.to_string());
    CaptureHistories::try_new(names, rows.iter().map(|(row, count)| (set(row), *count))).unwrap()
}

fn margins(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mse_existence_margin");
    let histories = table(5, UNITED_KINGDOM);
    for notation in ["[1,2,3,4,5]", "[12,25,35,13,45,24]"] {
        let model = Model::from_notation(notation, 5).unwrap();
        group.bench_function(notation, |bench| {
            bench.iter(|| existence_margin(black_box(&histories), black_box(&model)).unwrap());
        });
    }
    group.finish();
}

fn pairs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mse_existence_all_two_list_models");
    group.sample_size(10);
    for (name, lists, rows) in [
        ("united_kingdom_five_lists", 5, UNITED_KINGDOM),
        ("new_orleans_eight_lists", 8, NEW_ORLEANS),
        ("sparse_eight_lists", 8, SPARSE),
    ] {
        let histories = table(lists, rows);
        group.throughput(Throughput::Elements(1 << (lists * (lists - 1) / 2)));
        group.bench_function(name, |bench| {
            bench.iter(|| pairs_admissibility(black_box(&histories), &Control::default()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, margins, pairs);
criterion_main!(benches);
