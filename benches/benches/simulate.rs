//! Making cases.
#![allow(missing_docs, reason = "the macros make public items")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata_benches::{SIZES, cases};

fn simulate(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    group.sample_size(10);
    for rows in SIZES {
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::new("synthetic_2021", rows), |bench| bench.iter(|| cases(black_box(rows))));
    }
    group.finish();
}

criterion_group!(benches, simulate);
criterion_main!(benches);
