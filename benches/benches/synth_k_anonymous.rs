//! Synthetic records that share everything with k others, and counts of combinations: simulated cases of 37
//! columns.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::dp::NoiseSource;
use ctdata::privacy::synth::{
    AggregateOptions, AggregateSeeded, ReportableAggregates, RowSeeded, Unseeded, ValueSeeded,
};
use ctdata::table::Control;
use ctdata_benches::cases;

/// Rows of CTDC's file of 2021, the size that the project's targets are stated for.
const ROWS: usize = 193_025;
const K: u64 = 10;

fn options(max_length: usize) -> AggregateOptions {
    AggregateOptions { max_length, ..AggregateOptions::default() }
}

fn aggregates(criterion: &mut Criterion) {
    let (table, control) = (cases(ROWS).table().clone(), Control::default());
    let mut group = criterion.benchmark_group("synth_aggregates");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    for length in 3..=5 {
        group.bench_function(format!("synth_aggregates_{length}"), |bench| {
            bench.iter(|| ReportableAggregates::count(black_box(&table), &options(length), K, &control).unwrap());
        });
    }
    group.finish();
}

fn synthesizers(criterion: &mut Criterion) {
    let (table, control) = (cases(ROWS).table().clone(), Control::default());
    let mut group = criterion.benchmark_group("synth_k_anonymous");
    group.sample_size(10).throughput(Throughput::Elements(ROWS as u64));
    let (row, value, un) =
        (RowSeeded::try_new(K).unwrap(), ValueSeeded::try_new(K).unwrap(), Unseeded::try_new(K).unwrap());
    group.bench_function("synth_row_seeded", |bench| {
        bench.iter(|| row.run(black_box(&table), &mut NoiseSource::from_seed(1), &control).unwrap());
    });
    group.bench_function("synth_value_seeded", |bench| {
        bench.iter(|| value.run(black_box(&table), &mut NoiseSource::from_seed(1), &control).unwrap());
    });
    group.bench_function("synth_unseeded", |bench| {
        bench.iter(|| un.run(black_box(&table), &mut NoiseSource::from_seed(1), &control).unwrap());
    });
    for length in [3, 4] {
        let reported = ReportableAggregates::count(&table, &options(length), K, &control).unwrap();
        group.bench_function(format!("synth_aggregate_seeded_{length}"), |bench| {
            bench.iter(|| {
                let (schema, combinations) = (reported.schema(), black_box(reported.combinations()));
                AggregateSeeded::new().draw(schema, combinations, &mut NoiseSource::from_seed(1), &control).unwrap()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, aggregates, synthesizers);
criterion_main!(benches);
