//! Risk, k-anonymity by suppression, and its verification.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::{KAnonymity, KAnonymizer, RiskReport};
use ctdata::table::Control;
use ctdata_benches::{SIZES, cases};

const QUASI: [&str; 7] = [
    "year_of_registration",
    "gender",
    "age_band",
    "citizenship",
    "country_of_exploitation",
    "form_forced_labour",
    "form_sexual_exploitation",
];

fn privacy(criterion: &mut Criterion) {
    let control = Control::default();
    let model = KAnonymity::try_new(11).unwrap();
    let mut group = criterion.benchmark_group("k_anonymize");
    group.sample_size(10);
    for rows in SIZES {
        let cases = cases(rows);
        let table = cases.table();
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_with_input(BenchmarkId::new("risk", rows), table, |bench, table| {
            bench.iter(|| RiskReport::measure(black_box(table), &QUASI, model, &control).unwrap());
        });
        let anonymizer = KAnonymizer::builder(model).quasi_identifiers(QUASI).build().unwrap();
        group.bench_with_input(BenchmarkId::new("suppress_records", rows), table, |bench, table| {
            bench.iter(|| anonymizer.run(black_box(table), &control).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("verify", rows), table, |bench, table| {
            let unverified = || anonymizer.run(table, &control).unwrap();
            bench.iter_batched(unverified, |unverified| unverified.verify(&control).unwrap(), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, privacy);
criterion_main!(benches);
