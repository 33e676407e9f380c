//! Markov chains of multiple systems estimation: sweeps of latent classes, runs of Bayesian thresholding.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::indicators::mse::{BayesThresholdModel, CaptureHistories, LatentClassModel, ListSet};
use ctdata::table::Control;

/// UK 2013, five lists (National Crime Agency; Silverman 2014): history by bits of LA, NG, PFNCA, GO, GP, persons.
const UK: [(u16, u64); 18] = [
    (0b00001, 54),
    (0b00010, 463),
    (0b00100, 995),
    (0b01000, 695),
    (0b10000, 316),
    (0b00011, 15),
    (0b00101, 19),
    (0b01001, 3),
    (0b00110, 62),
    (0b01010, 19),
    (0b10010, 1),
    (0b01100, 76),
    (0b10100, 11),
    (0b11000, 8),
    (0b00111, 1),
    (0b01011, 1),
    (0b01110, 4),
    (0b01111, 1),
];

fn uk() -> CaptureHistories {
    let counts = UK.iter().map(|(bits, persons)| (ListSet::from_bits(*bits), *persons));
    CaptureHistories::try_new(["LA", "NG", "PFNCA", "GO", "GP"], counts).unwrap()
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
