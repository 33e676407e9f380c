//! All rules over a table that is read already.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::model::Dataset;
use ctdata::model::validate::Validator;
use ctdata::table::Control;
use ctdata_benches::{SIZES, cases};

fn validate(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("validate");
    group.sample_size(10);
    for rows in SIZES {
        let dataset = Dataset::Cases(cases(rows));
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_with_input(BenchmarkId::new("all_rules", rows), &dataset, |bench, dataset| {
            bench.iter(|| Validator::default().check(black_box(dataset), &control).all().unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, validate);
criterion_main!(benches);
