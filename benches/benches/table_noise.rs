//! Noise on tables: record keys, their sums by cell, and the perturbation of counts.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::tables::{NoiseDesign, PerturbationTable, RandomRounding, RecordKeys, TableKey, tabulate_keys};
use ctdata::table::{Control, Variable};
use ctdata_benches::cases;

const CELLS: u64 = 100_000;
const RECORDS: usize = 1_000_000;

fn secret() -> TableKey {
    TableKey::from_bytes(b"of no consequence, being a bench").unwrap()
}

fn perturbing(criterion: &mut Criterion) {
    let table = PerturbationTable::solve(NoiseDesign { max_noise: 5, variance: 3.0, never_up_to: 2 }).unwrap();
    let rounding = RandomRounding::try_new(5, secret()).unwrap();
    // Small counts mostly, and keys that are spread over all 64 bits.
    let cells: Vec<(u64, u64)> =
        (1..=CELLS).map(|cell| (cell % 97 % 23, cell.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    let mut group = criterion.benchmark_group("table_noise");
    group.throughput(Throughput::Elements(CELLS));
    group.bench_function("cell_key_100000", |bench| {
        bench.iter(|| cells.iter().map(|&(count, key)| table.perturb(black_box(count), key)).sum::<u64>());
    });
    group.bench_function("random_rounding_100000", |bench| {
        bench.iter(|| cells.iter().map(|&(count, key)| rounding.round(black_box(count), key)).sum::<u64>());
    });
    group.bench_function("solve", |bench| {
        bench.iter(|| PerturbationTable::solve(black_box(table.design())).unwrap());
    });
    group.finish();
}

fn keys(criterion: &mut Criterion) {
    let control = Control::default();
    let cases = cases(RECORDS);
    let records = cases.table();
    let keys = RecordKeys::of(records, &secret());
    let variables = ["gender", "age_band", "year_of_registration"].map(Variable::attribute);
    let mut group = criterion.benchmark_group("table_keys");
    group.sample_size(10);
    group.throughput(Throughput::Elements(RECORDS as u64));
    group.bench_function("record_keys_1000000", |bench| {
        bench.iter(|| RecordKeys::of(black_box(records), &secret()));
    });
    group.bench_function("key_sums_1000000", |bench| {
        bench.iter(|| tabulate_keys(black_box(records), &variables, &keys, &control).unwrap());
    });
    group.finish();
}

criterion_group!(benches, perturbing, keys);
criterion_main!(benches);
