//! Counting: marginals, equivalence classes, and all two- and three-way marginals of a table.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::table::{AttributeSet, Classes, Control, CountSource, Table};
use ctdata_benches::{SIZES, cases};

/// What somebody who looks for a person may know.
const QUASI: [&str; 5] = ["year_of_registration", "gender", "age_band", "citizenship", "country_of_exploitation"];
/// Rows of CTDC's file of 2021, the size that the project's targets are stated for.
const CTDC_ROWS: usize = 193_025;

fn marginals(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("marginals");
    group.sample_size(10);
    for rows in SIZES {
        let cases = cases(rows);
        let table = cases.table();
        group.throughput(Throughput::Elements(rows as u64));
        for width in [1, 2, 3] {
            let set = AttributeSet::named(table.schema(), QUASI.get(..width).unwrap()).unwrap();
            group.bench_with_input(BenchmarkId::new(format!("{width}_way"), rows), table, |bench, table| {
                bench.iter(|| black_box(table).marginals(std::slice::from_ref(&set), &control).unwrap());
            });
        }
    }
    group.finish();
}

fn all_marginals(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("all_marginals");
    group.sample_size(10);
    let mut sets = AttributeSet::all_of_size(37, 2);
    sets.extend(AttributeSet::all_of_size(37, 3));
    for rows in [10_000, CTDC_ROWS] {
        let cases = cases(rows);
        group.throughput(Throughput::Elements(rows as u64 * sets.len() as u64));
        group.bench_with_input(BenchmarkId::new("2_and_3_way_of_37", rows), cases.table(), |bench, table| {
            bench.iter(|| black_box(table).marginals(&sets, &control).unwrap());
        });
    }
    group.finish();
}

/// The plain way: a hash map from the row's codes.
fn naive(table: &Table, set: &AttributeSet) -> HashMap<Vec<u16>, u64> {
    let columns: Vec<_> = set.positions().iter().filter_map(|&position| table.column(usize::from(position))).collect();
    let mut classes = HashMap::new();
    for row in 0..table.rows() {
        let key: Vec<u16> = columns.iter().filter_map(|column| column.get(row)).collect();
        *classes.entry(key).or_insert(0) += 1;
    }
    classes
}

fn equivalence_classes(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("classes_count");
    group.sample_size(10);
    for rows in SIZES {
        let cases = cases(rows);
        let table = cases.table();
        group.throughput(Throughput::Elements(rows as u64));
        let five = AttributeSet::named(table.schema(), &QUASI).unwrap();
        group.bench_with_input(BenchmarkId::new("5_attributes", rows), table, |bench, table| {
            bench.iter(|| Classes::count(black_box(table), &five, &control).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("5_attributes_with_members", rows), table, |bench, table| {
            bench.iter(|| Classes::with_members(black_box(table), &five, &control).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("5_attributes_hash_map", rows), table, |bench, table| {
            bench.iter(|| naive(black_box(table), &five));
        });
        let distinct = distinct(rows);
        let eight = AttributeSet::try_new(0..8).unwrap();
        group.bench_with_input(BenchmarkId::new("8_attributes_distinct", rows), &distinct, |bench, table| {
            bench.iter(|| Classes::count(black_box(table), &eight, &control).unwrap());
        });
        group.bench_with_input(
            BenchmarkId::new("8_attributes_distinct_with_members", rows),
            &distinct,
            |bench, table| {
                bench.iter(|| Classes::with_members(black_box(table), &eight, &control).unwrap());
            },
        );
    }
    group.finish();
}

/// Eight attributes of 20 values each, by a fixed sequence: nearly all rows differ.
fn distinct(rows: usize) -> Table {
    use ctdata::table::{Attribute, Column, Domain, MissingKinds, Origin, Schema};
    let mut state = 1u64;
    let mut next = || {
        // Knuth's MMIX generator; its high bits are good enough to spread values.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from((state >> 33) % 20).unwrap()
    };
    let domain = Domain::numeric(0..20, 0, Origin::Public).unwrap();
    let attributes = (0..8).map(|at| Attribute::new(format!("a{at}"), domain.clone(), MissingKinds::NONE)).collect();
    let columns = (0..8).map(|_| Column::from_u8((0..rows).map(|_| next()).collect())).collect();
    Table::try_new(Schema::try_new(attributes).unwrap(), columns).unwrap()
}

criterion_group!(benches, marginals, all_marginals, equivalence_classes);
criterion_main!(benches);
