//! Log-linear fits of capture histories: the existence check, the fit and its standard errors, the profile interval.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ctdata::indicators::interval::Level;
use ctdata::indicators::mse::{CaptureHistories, ListSet, Model, fit_model, profile_curve, published_table};

fn uk() -> CaptureHistories {
    published_table("uk-2013-five-lists").unwrap().histories()
}

/// Sixteen lists, each with about a tenth of the persons: all histories of up to three lists are there.
fn sixteen() -> CaptureHistories {
    let mean = |set: ListSet| match set.len() {
        1 => Some(900),
        2 => Some(90),
        3 => Some(9),
        _ => None,
    };
    let sets = (1..=u16::MAX).map(ListSet::from_bits);
    let counts = sets.filter_map(|set| Some((set, mean(set)? + u64::from(set.bits() % 7))));
    CaptureHistories::try_new((1..=16).map(|list| format!("list {list}")), counts).unwrap()
}

/// Independence and the stepwise model of 12 parameters; the targets are 15 µs for the fit and 40 µs for the check.
fn fit(criterion: &mut Criterion) {
    let histories = uk();
    let mut group = criterion.benchmark_group("mse_fit");
    for (name, notation) in [("independence", "[1,2,3,4,5]"), ("12_parameters", "[12,25,35,13,45,24]")] {
        let model = Model::from_notation(notation, 5).unwrap();
        group.bench_with_input(BenchmarkId::new("fit", name), &model, |bench, model| {
            bench.iter(|| fit_model(black_box(&histories), model, Level::P95).unwrap());
        });
        let fit = fit_model(&histories, &model, Level::P95).unwrap();
        group.bench_with_input(BenchmarkId::new("profile", name), &fit, |bench, fit| {
            bench.iter(|| black_box(fit).clone().with_profile(&histories).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("profile_curve_101", name), &model, |bench, model| {
            bench.iter(|| profile_curve(black_box(&histories), model, Level::P95, 101).unwrap());
        });
    }
    group.finish();
}

/// 65,535 cells; 17 and 137 parameters.
fn wide(criterion: &mut Criterion) {
    let histories = sixteen();
    let pairs = (0..16).flat_map(|one| (one + 1..16).map(move |other| ListSet::of([one, other])));
    let models = [("independence", Model::main_effects(16)), ("all_pairs", Model::try_new(16, pairs).unwrap())];
    let mut group = criterion.benchmark_group("mse_fit_16_lists");
    group.sample_size(10);
    for (name, model) in models {
        group.bench_with_input(BenchmarkId::new("fit", name), &model, |bench, model| {
            bench.iter(|| fit_model(black_box(&histories), model, Level::P95));
        });
    }
    group.finish();
}

criterion_group!(benches, fit, wide);
criterion_main!(benches);
