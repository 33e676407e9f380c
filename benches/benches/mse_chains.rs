//! Markov chains of multiple systems estimation: sweeps of latent classes, runs of Bayesian thresholding.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::indicators::mse::{BayesThresholdModel, CaptureHistories, LatentClassModel, published_table};
use ctdata::table::Control;

fn uk() -> CaptureHistories {
    published_table("uk-2013-five-lists").unwrap().histories()
}

/// Elements are sweeps of all four chains; the target is 4 µs per sweep with ten classes.
fn latent_class(criterion: &mut Criterion) {
    let histories = uk();
    let mut group = criterion.benchmark_group("mse_latent_class");
    group.sample_size(10);
    for classes in [1, 10, 20] {
        let model =
            LatentClassModel::builder().classes(classes).burn_in(1_000).draws(100).thinning(40).build().unwrap();
        group.throughput(Throughput::Elements(4 * 5_000));
        group.bench_with_input(BenchmarkId::new("uk_five_lists", classes), &model, |bench, model| {
            bench.iter(|| model.estimate(black_box(&histories), &Control::default()).unwrap());
        });
    }
    group.finish();
}

/// Both fits, four chains of 3,000 trajectories each.
fn bayes_threshold(criterion: &mut Criterion) {
    let histories = uk();
    let model = BayesThresholdModel::builder().build().unwrap();
    let mut group = criterion.benchmark_group("mse_bayes_threshold");
    group.sample_size(10);
    group.bench_function("uk_five_lists", |bench| {
        bench.iter(|| model.estimate(black_box(&histories), &Control::default()).unwrap());
    });
    group.finish();
}

criterion_group!(benches, latent_class, bayes_threshold);
criterion_main!(benches);
