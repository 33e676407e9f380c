//! Synthetic records from graphical models. One core.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ctdata::privacy::PrivacyUnit;
use ctdata::privacy::dp::{Budget, Delta, Epsilon, NoiseSource, Payment};
use ctdata::privacy::synth::{Aim, Mst};
use ctdata::table::Control;
use ctdata_benches::cases;

/// Nine attributes of the kinds that a census has.
const NINE: [&str; 9] = [
    "year_of_registration",
    "gender",
    "age_band",
    "citizenship",
    "country_of_exploitation",
    "form_forced_labour",
    "form_sexual_exploitation",
    "control_threats",
    "recruiter_family",
];

fn synth(criterion: &mut Criterion) {
    let cases = cases(100_000);
    let table = cases.table();
    let control = Control::default();
    let budget = Budget { epsilon: Epsilon::try_new(1.0).unwrap(), delta: Delta::try_new(1e-9).unwrap() };
    let mut group = criterion.benchmark_group("synth");
    group.sample_size(10);
    let means = || (Payment::without_ledger(budget, PrivacyUnit::Record, 1).unwrap(), NoiseSource::from_seed(1));
    group.bench_function("synth_mst", |bench| {
        bench.iter(|| {
            let (payment, mut source) = means();
            Mst::new().run(black_box(table), payment, &mut source, &control).unwrap()
        });
    });
    group.bench_function("synth_aim_nine", |bench| {
        bench.iter(|| {
            let (payment, mut source) = means();
            Aim::new().attributes(NINE).run(black_box(table), payment, &mut source, &control).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, synth);
criterion_main!(benches);
