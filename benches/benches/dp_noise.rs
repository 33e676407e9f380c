//! Exact noise: discrete Gaussian draws by table and by rejection, discrete Laplace draws, private choices.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::dp::{Allowance, DiscreteGaussian, DiscreteLaplace, NoiseSource, Ratio, Rho};

/// The draws that the project's target is stated for.
const DRAWS: usize = 1_000_000;
/// Draws by rejection, which take longer.
const FEWER: usize = 10_000;

fn gaussian(deviation: u64) -> DiscreteGaussian {
    DiscreteGaussian::try_new(Ratio::try_new(deviation * deviation, 1).unwrap()).unwrap()
}

fn by_table(criterion: &mut Criterion) {
    let mut rng = NoiseSource::from_seed(1).stream();
    let mut group = criterion.benchmark_group("dp_gaussian_table");
    let mut draws = vec![0; DRAWS];
    // The table is made anew each time: what it costs for one marginal shows in the shorter ones.
    for (deviation, cells) in [(10, 1_000), (10, DRAWS), (150, 1_000), (150, 60_000), (150, DRAWS)] {
        let noise = gaussian(deviation);
        group.throughput(Throughput::Elements(cells as u64));
        group.bench_function(BenchmarkId::new(format!("deviation_{deviation}"), cells), |bench| {
            bench.iter(|| noise.fill(&mut rng, black_box(draws.get_mut(..cells).unwrap())));
        });
    }
    group.finish();
}

fn by_rejection(criterion: &mut Criterion) {
    let mut rng = NoiseSource::from_seed(2).stream();
    let mut group = criterion.benchmark_group("dp_gaussian_rejection");
    let mut draws = vec![0; FEWER];
    group.throughput(Throughput::Elements(FEWER as u64));
    for deviation in [10, 1_000] {
        let noise = gaussian(deviation);
        group.bench_function(BenchmarkId::new(format!("deviation_{deviation}"), FEWER), |bench| {
            bench.iter(|| black_box(&mut draws).fill_with(|| noise.sample(&mut rng)));
        });
    }
    group.finish();
}

fn laplace(criterion: &mut Criterion) {
    let mut rng = NoiseSource::from_seed(3).stream();
    let mut group = criterion.benchmark_group("dp_laplace");
    let mut draws = vec![0; FEWER];
    group.throughput(Throughput::Elements(FEWER as u64));
    let noise = DiscreteLaplace::new(Ratio::try_new(10, 1).unwrap());
    group.bench_function(BenchmarkId::new("scale_10", FEWER), |bench| {
        bench.iter(|| noise.fill(&mut rng, black_box(&mut draws)));
    });
    group.finish();
}

fn choose(criterion: &mut Criterion) {
    let mut rng = NoiseSource::from_seed(4).stream();
    let mut group = criterion.benchmark_group("dp_choose");
    let rho = Rho::at_most(0.01).unwrap();
    let charge = || Allowance::without_ledger(rho, 1).charge("a choice", rho).unwrap();
    for candidates in [666u64, 100_000] {
        // Scores from 0 down to -100,000, spread evenly in no order.
        let scores: Vec<i64> = (0..candidates)
            .map(|place| -i64::try_from(place * 7_919 % candidates * 100_000 / candidates).unwrap())
            .collect();
        group.throughput(Throughput::Elements(candidates));
        group.bench_with_input(BenchmarkId::new("exponential", candidates), &scores, |bench, scores| {
            bench.iter(|| charge().exponential(1).unwrap().choose(black_box(scores), &mut rng));
        });
        group.bench_with_input(BenchmarkId::new("permute_and_flip", candidates), &scores, |bench, scores| {
            bench.iter(|| charge().permute_and_flip(1).unwrap().choose(black_box(scores), &mut rng));
        });
    }
    group.finish();
}

criterion_group!(benches, by_table, by_rejection, laplace, choose);
criterion_main!(benches);
