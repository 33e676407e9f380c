//! Bootstrap of multiple systems estimates with the model chosen anew in every replicate, United Kingdom 2013.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::indicators::mse::{
    BicSearch, BootstrapOptions, CaptureHistories, Model, ModelChoice, bic_search, bootstrap, bootstrap_over_models,
    models_kept, published_table,
};
use ctdata::table::Control;

fn uk() -> CaptureHistories {
    published_table("uk-2013-five-lists").unwrap().histories()
}

fn options(replicates: usize) -> BootstrapOptions {
    BootstrapOptions { replicates, ..BootstrapOptions::default() }
}

/// All replicates of one choice, BCa with its acceleration included.
fn choices(criterion: &mut Criterion) {
    let histories = uk();
    let order_2 = BicSearch { order: Some(2), ..BicSearch::default() };
    let found = ModelChoice::Fixed(Model::from_notation("[12,13,24,25,35,45]", 5).unwrap());
    let mut group = criterion.benchmark_group("mse_bootstrap");
    group.sample_size(10);
    for (name, choice, replicates) in [
        ("fixed", found, 5_000),
        ("stepwise", ModelChoice::Stepwise { threshold: 0.02 }, 2_000),
        ("bic_order_2", ModelChoice::Bic(order_2), 1_000),
    ] {
        group.throughput(Throughput::Elements(replicates as u64));
        group.bench_with_input(BenchmarkId::new(name, replicates), &histories, |bench, histories| {
            bench.iter(|| bootstrap(black_box(histories), &choice, &options(replicates), &Control::default()).unwrap());
        });
    }
    group.finish();
}

/// The ladder of the 100 best of all 6,893 models.
fn over_models(criterion: &mut Criterion) {
    let histories = uk();
    let control = Control::default();
    let search = BicSearch { top: models_kept(5).unwrap(), ..BicSearch::default() };
    let ranked = bic_search(&histories, &search, &control).unwrap().ranked;
    let models: Vec<Model> = ranked.iter().map(|one| Model::from_notation(&one.notation, 5).unwrap()).collect();
    let mut group = criterion.benchmark_group("mse_bootstrap");
    group.sample_size(10);
    group.throughput(Throughput::Elements(1_000));
    group.bench_with_input(BenchmarkId::new("over_100_models", 1_000), &histories, |bench, histories| {
        bench.iter(|| bootstrap_over_models(black_box(histories), &models, &options(1_000), &control).unwrap());
    });
    group.finish();
}

criterion_group!(benches, choices, over_models);
criterion_main!(benches);
