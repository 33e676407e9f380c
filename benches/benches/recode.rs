//! Making a table safe: the search for levels, local recoding, Mondrian, local suppression, perturbation, and
//! verification.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::{
    AggregatedColumn, DistinctLDiversity, KAnonymity, LocalRecoder, LocalSuppression, Microaggregation, Mondrian,
    MondrianMode, Pram, PramColumn, Protection, QuasiIdentifier, RankSwapping, Recoder, Search, SuppressionLimit,
    Transition,
};
use ctdata::table::{Control, Table};
use ctdata_benches::{Hierarchical, SIZES, cases, hierarchical_cases, people};
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

/// As many as Adult has.
const PEOPLE: usize = 30_162;
/// Rows of CTDC's file of 2021, the size that the project's targets are stated for.
const CTDC_ROWS: usize = 193_025;

fn protection(quasi: &[QuasiIdentifier], k: u32) -> Protection {
    Protection::new([KAnonymity::try_new(k).unwrap()]).quasi_identifiers(quasi.to_vec()).check().unwrap()
}

fn recoder(quasi: &[QuasiIdentifier], k: u32, limit: f64) -> Recoder {
    Recoder::new(protection(quasi, k)).limit(SuppressionLimit::try_new(limit).unwrap())
}

/// The table so many times.
fn repeated(table: &Table, times: usize) -> Table {
    let rows = u32::try_from(table.rows()).unwrap();
    table.take(&(0..times).flat_map(|_| 0..rows).collect::<Vec<_>>()).unwrap()
}

fn search(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("recode_search");
    group.sample_size(10);
    let Hierarchical { table, quasi } = people(PEOPLE);
    for percent in [0u8, 2, 5] {
        let recoder = recoder(&quasi, 5, f64::from(percent) / 100.0);
        group.bench_function(BenchmarkId::new("people_k5_percent", percent), |bench| {
            bench.iter(|| recoder.levels(black_box(&table), &control).unwrap());
        });
    }
    let heuristic = recoder(&quasi, 5, 0.02).search(Search::Heuristic);
    group.bench_function("people_k5_heuristic", |bench| {
        bench.iter(|| heuristic.levels(black_box(&table), &control).unwrap());
    });
    let rest: Vec<QuasiIdentifier> = quasi.iter().filter(|quasi| quasi.name() != "occupation").cloned().collect();
    let diverse = protection(&rest, 5).model(DistinctLDiversity::try_new("occupation", 3).unwrap());
    let diverse = Recoder::new(diverse).limit(SuppressionLimit::try_new(0.02).unwrap());
    group.bench_function("people_k5_l3", |bench| {
        bench.iter(|| diverse.levels(black_box(&table), &control).unwrap());
    });
    let copies = repeated(&table, 33);
    let many = recoder(&quasi, 165, 0.02);
    group.throughput(Throughput::Elements(copies.rows() as u64));
    group.bench_function("people_33_times_k165", |bench| {
        bench.iter(|| many.levels(black_box(&copies), &control).unwrap());
    });
    drop(copies);
    let Hierarchical { table, quasi } = hierarchical_cases(CTDC_ROWS);
    let recoder = recoder(&quasi, 11, 0.02);
    group.throughput(Throughput::Elements(table.rows() as u64));
    group.bench_function("cases_k11", |bench| {
        bench.iter(|| recoder.levels(black_box(&table), &control).unwrap());
    });
    group.finish();
}

/// What a search in a large lattice finds before its deadline is for `bench_adult` to tell; this is what
/// it takes to stop.
fn deadline(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("recode_deadline");
    group.sample_size(10);
    let Hierarchical { table, quasi } = hierarchical_cases(10_000);
    let recoder = recoder(&quasi, 11, 0.02);
    group.bench_function("cases_20_ms", |bench| {
        bench.iter(|| {
            let start = Instant::now();
            let hurried = Control::default().with_deadline(move || start.elapsed() > Duration::from_millis(20));
            recoder.levels(black_box(&table), &hurried).is_ok()
        });
    });
    group.finish();
}

fn output(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("recode_output");
    group.sample_size(10);
    for (name, Hierarchical { table, quasi }, k) in
        [("people", people(PEOPLE), 5), ("cases", hierarchical_cases(100_000), 11)]
    {
        group.throughput(Throughput::Elements(table.rows() as u64));
        let full = recoder(&quasi, k, 0.02);
        let rounds = LocalRecoder::new(protection(&quasi, k)).limit(SuppressionLimit::try_new(0.02).unwrap());
        let mondrian = Mondrian::new(protection(&quasi, k), MondrianMode::Strict);
        group.bench_function(BenchmarkId::new("full_domain", name), |bench| {
            bench.iter(|| full.run(black_box(&table), &control).unwrap());
        });
        group.bench_function(BenchmarkId::new("by_rounds", name), |bench| {
            bench.iter(|| rounds.run(black_box(&table), &control).unwrap());
        });
        group.bench_function(BenchmarkId::new("mondrian", name), |bench| {
            bench.iter(|| mondrian.run(black_box(&table), &control).unwrap());
        });
        group.bench_function(BenchmarkId::new("verify_full_domain", name), |bench| {
            let made = || full.run(&table, &control).unwrap().output;
            bench.iter_batched(made, |output| output.verify(&control).unwrap(), BatchSize::LargeInput);
        });
        group.bench_function(BenchmarkId::new("verify_mondrian", name), |bench| {
            let made = || mondrian.run(&table, &control).unwrap();
            bench.iter_batched(made, |output| output.verify(&control).unwrap(), BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn local_suppression(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("recode_local_suppression");
    group.sample_size(10);
    let none: [&str; 0] = [];
    let suppression = |names: &[&str], k| {
        names.iter().fold(LocalSuppression::builder(k), |made, name| made.quasi_identifier(*name, 1)).build().unwrap()
    };
    let four = suppression(&["sex", "age", "ethnicity", "marital status"], 5);
    let people = people(PEOPLE).table;
    group.bench_function("people_4_keys_k5", |bench| {
        bench.iter(|| four.run(black_box(&people), &none, &control).unwrap());
    });
    let four_of_cases = suppression(&["year_of_registration", "gender", "age_band", "citizenship"], 11);
    for rows in SIZES {
        let cases = cases(rows);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_with_input(BenchmarkId::new("cases_4_keys_k11", rows), cases.table(), |bench, table| {
            bench.iter(|| four_of_cases.run(black_box(table), &none, &control).unwrap());
        });
    }
    group.finish();
}

fn perturbation(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("recode_perturbation");
    group.sample_size(10);
    let table = people(PEOPLE).table;
    group.throughput(Throughput::Elements(table.rows() as u64));
    let columns = ["age", "education", "occupation", "sector"].map(AggregatedColumn::new);
    let mdav = Microaggregation::try_new(5, columns).unwrap();
    group.bench_function("mdav_4_columns_k5", |bench| {
        bench.iter(|| mdav.run(black_box(&table), &control).unwrap());
    });
    let transition = Transition::Invariant { retention: 0.8, mixing: 0.5 };
    let pram = Pram::try_new([PramColumn::new("occupation", transition)]).unwrap();
    group.bench_function("pram_invariant", |bench| {
        bench.iter(|| pram.run(black_box(&table), &mut ChaCha20Rng::seed_from_u64(1), &control).unwrap());
    });
    let swapping = RankSwapping::try_new(["age"], 5.0).unwrap();
    group.bench_function("rank_swapping", |bench| {
        bench.iter(|| swapping.run(black_box(&table), &mut ChaCha20Rng::seed_from_u64(1), &control).unwrap());
    });
    group.finish();
}

criterion_group!(benches, search, deadline, output, local_suppression, perturbation);
criterion_main!(benches);
