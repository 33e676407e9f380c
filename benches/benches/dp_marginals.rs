//! Noisy marginals of sparse records, and synthetic records from them.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::model::case_constraints;
use ctdata::privacy::dp::{Allowance, Delta, Epsilon, NoiseSource, SparseMarginals, rho_of_epsilon};
use ctdata::privacy::synth::DpAggregateSeeded;
use ctdata::table::Control;
use ctdata_benches::cases;

/// Rows of CTDC's file of 2021, the size that the project's targets are stated for.
const CTDC_ROWS: usize = 193_025;

fn allowance() -> Allowance {
    let rho = rho_of_epsilon(Epsilon::try_new(1.0).unwrap(), Delta::try_new(1e-9).unwrap()).unwrap();
    Allowance::without_ledger(rho, 1)
}

fn marginals(criterion: &mut Criterion) {
    let (control, cases) = (Control::default(), cases(CTDC_ROWS));
    let mut group = criterion.benchmark_group("dp_marginals");
    group.sample_size(10).throughput(Throughput::Elements(CTDC_ROWS as u64));
    for length in [2, 3, 4] {
        let marginals = SparseMarginals { length, constraints: case_constraints(), ..SparseMarginals::default() };
        group.bench_with_input(BenchmarkId::new("measure", length), &marginals, |bench, marginals| {
            bench.iter(|| {
                let mut source = NoiseSource::from_seed(1);
                marginals.measure(black_box(cases.table()), &mut allowance(), &mut source, &control).unwrap()
            });
        });
    }
    group.finish();
}

fn synthetic_records(criterion: &mut Criterion) {
    let (control, cases) = (Control::default(), cases(CTDC_ROWS));
    let mut group = criterion.benchmark_group("dp_aggregate_seeded");
    group.sample_size(10).throughput(Throughput::Elements(CTDC_ROWS as u64));
    let marginals = SparseMarginals { constraints: case_constraints(), ..SparseMarginals::default() };
    let synthesizer = DpAggregateSeeded { marginals };
    group.bench_function("length_3", |bench| {
        bench.iter(|| {
            let mut source = NoiseSource::from_seed(1);
            synthesizer.draw(black_box(cases.table()), &mut allowance(), &mut source, &control).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, marginals, synthetic_records);
criterion_main!(benches);
