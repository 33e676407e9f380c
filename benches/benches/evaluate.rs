//! How far a released table is from its original, and what attacks gain.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::evaluate::{Evaluation, Evaluator};
use ctdata::table::{Control, Table};
use ctdata_benches::cases;
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

/// Rows of CTDC's file of 2021, the size that the project's targets are stated for.
const CTDC_ROWS: usize = 193_025;

/// Cases, and the same cases with every tenth replaced by the one before: a release of the same kind.
fn pair(rows: usize) -> (Table, Table) {
    let original = cases(rows).table().clone().without_ids();
    let taken: Vec<u32> =
        (0..u32::try_from(rows).unwrap()).map(|row| if row % 10 == 9 { row - 1 } else { row }).collect();
    let released = original.take(&taken).unwrap();
    (original, released)
}

fn run(evaluator: &Evaluator, original: &Table, released: &Table) -> Evaluation {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    evaluator.run(black_box(original), black_box(released), None, &mut rng, &Control::default()).unwrap()
}

fn utility(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate_utility");
    group.sample_size(10);
    let evaluator = Evaluator { attacks: false, ..Evaluator::default() };
    for rows in [10_000, CTDC_ROWS] {
        let (original, released) = pair(rows);
        group.throughput(Throughput::Elements(2 * rows as u64));
        group.bench_with_input(BenchmarkId::new("cases_37_columns", rows), &rows, |bench, _| {
            bench.iter(|| run(&evaluator, &original, &released));
        });
    }
    group.finish();
}

/// With one marginal of utility left: what attacks cost is nearly all of it.
fn attacks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("evaluate_attacks");
    group.sample_size(10);
    let evaluator = Evaluator { max_length: 1, ..Evaluator::default() };
    for rows in [10_000, CTDC_ROWS] {
        let (original, released) = pair(rows);
        group.throughput(Throughput::Elements(2 * rows as u64));
        group.bench_with_input(BenchmarkId::new("cases_37_columns", rows), &rows, |bench, _| {
            bench.iter(|| run(&evaluator, &original, &released));
        });
    }
    group.finish();
}

criterion_group!(benches, utility, attacks);
criterion_main!(benches);
