//! Bayesian model averaging over decomposable graphs: five and six lists of the United Kingdom, 2013.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::indicators::mse::{Bma, BmaGrid, BmaOptions, CaptureHistories, ListSet};
use ctdata::table::Control;

/// Histories and counts of package SparseMSE, `UKdat` (Silverman 2014): the bits are the lists LA, NG, PF, GO, GP, NCA.
const SIX_LISTS: [(u16, u64); 25] = [
    (1, 54),
    (2, 463),
    (4, 907),
    (8, 695),
    (16, 316),
    (32, 57),
    (3, 15),
    (5, 19),
    (9, 3),
    (6, 56),
    (10, 19),
    (18, 1),
    (34, 3),
    (12, 69),
    (20, 10),
    (36, 31),
    (24, 8),
    (40, 6),
    (48, 1),
    (7, 1),
    (11, 1),
    (14, 4),
    (38, 3),
    (44, 1),
    (15, 1),
];

fn six_lists() -> CaptureHistories {
    let counts = SIX_LISTS.map(|(bits, count)| (ListSet::from_bits(bits), count));
    CaptureHistories::try_new(["LA", "NG", "PF", "GO", "GP", "NCA"], counts).unwrap()
}

/// Police forces and the National Crime Agency as one list.
fn five_lists() -> CaptureHistories {
    let merge = |bits: u16| ListSet::from_bits((bits & 31) | ((bits >> 5) << 2));
    let counts = SIX_LISTS.map(|(bits, count)| (merge(bits), count));
    CaptureHistories::try_new(["LA", "NG", "PFNCA", "GO", "GP"], counts).unwrap()
}

/// Graphs times points is the work; the adaptive grid chooses its points.
fn average(criterion: &mut Criterion) {
    let (five, six) = (five_lists(), six_lists());
    assert_eq!((five.persons(), six.persons()), (2_744, 2_744));
    let to = 30 * five.persons();
    let integers = BmaGrid::Integers { from: 0, to: to - 1 };
    let points = BmaGrid::Points { from: 1, to, points: 1_000 };
    let mut group = criterion.benchmark_group("mse_bma");
    group.sample_size(10);
    for (name, histories, grid, work) in [
        ("five_lists", &five, integers, 822 * to),
        ("five_lists", &five, points, 822 * 1_000),
        ("five_lists", &five, BmaGrid::Adaptive, 822),
        ("six_lists", &six, points, 18_154 * 1_000),
        ("six_lists", &six, BmaGrid::Adaptive, 18_154),
    ] {
        let kind = match grid {
            BmaGrid::Adaptive => "adaptive",
            BmaGrid::Integers { .. } => "integers",
            BmaGrid::Points { .. } => "points",
        };
        let options = BmaOptions { grid, extend: false, ..BmaOptions::default() };
        group.throughput(Throughput::Elements(work));
        group.bench_with_input(BenchmarkId::new(name, kind), histories, |bench, histories| {
            bench.iter(|| Bma::estimate(black_box(histories), &options, &Control::default()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, average);
criterion_main!(benches);
