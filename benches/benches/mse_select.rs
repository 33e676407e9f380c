//! Choosing a log-linear model for a table of capture histories.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::indicators::mse::{
    AIC_SIGNIFICANCE, BicSearch, CaptureHistories, DownhillSearch, STEPWISE_THRESHOLD, bic_search, downhill,
    published_table, stepwise, stepwise_aic,
};
use ctdata::table::Control;

fn table(name: &str) -> CaptureHistories {
    published_table(name).unwrap().histories()
}

/// One choice, as in each replicate of a bootstrap.
fn one_by_one(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("mse_select");
    for name in ["uk-2013-five-lists", "uk-2013-six-lists", "new-orleans-eight-lists-n186"] {
        let histories = table(name);
        group.bench_with_input(BenchmarkId::new("stepwise", name), &histories, |bench, histories| {
            bench.iter(|| stepwise(black_box(histories), STEPWISE_THRESHOLD, &control).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("stepwise_aic", name), &histories, |bench, histories| {
            bench.iter(|| stepwise_aic(black_box(histories), AIC_SIGNIFICANCE, &control).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("downhill", name), &histories, |bench, histories| {
            bench.iter(|| downhill(black_box(histories), &DownhillSearch::default(), &control).unwrap());
        });
    }
    group.finish();
}

/// All hierarchical models to an order, each checked and fitted.
fn all_models(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("mse_select_bic");
    group.sample_size(10);
    for (name, order, models) in
        [("uk-2013-five-lists", 2, 1_024), ("uk-2013-five-lists", 4, 6_893), ("uk-2013-six-lists", 2, 32_768)]
    {
        let (histories, search) = (table(name), BicSearch { order: Some(order), ..BicSearch::default() });
        group.throughput(Throughput::Elements(models));
        group.bench_with_input(BenchmarkId::new(name, models), &histories, |bench, histories| {
            bench.iter(|| bic_search(black_box(histories), &search, &control).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, one_by_one, all_models);
criterion_main!(benches);
