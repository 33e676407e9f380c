//! How exposed people are: special records, models, the attacker view, combinations, the population, several releases.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::{
    AbsentValues, AttackerView, BetaBound, BetaLikeness, Coverage, DeltaDisclosure, DifferencingRisk,
    DistinctLDiversity, EntropyLDiversity, KAnonymity, KCombinations, PopulationEstimator, PopulationUniqueness,
    PrivacyModel, QuasiIdentifier, ReleaseView, SamplingFraction, SensitiveDistance, Suda, TCloseness, measure_models,
};
use ctdata::table::{Attribute, Control, Table};
use ctdata_benches::{Hierarchical, cases, hierarchical_cases, people};

/// As many as Adult has.
const PEOPLE: usize = 30_162;
/// Rows of CTDC's file of 2021, the size that the project's targets are stated for.
const CTDC_ROWS: usize = 193_025;

fn names(quasi: &[QuasiIdentifier]) -> Vec<&str> {
    quasi.iter().map(QuasiIdentifier::name).collect()
}

fn suda(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("risk_suda");
    group.sample_size(10);
    let Hierarchical { table, quasi } = people(PEOPLE);
    let all = names(&quasi);
    let six = ["sex", "age", "ethnicity", "marital status", "education", "country of birth"];
    group.bench_function("people_6_keys", |bench| {
        bench.iter(|| Suda::new().run(black_box(&table), &six, &control).unwrap());
    });
    let capped = Suda::new().with_max_size(4).unwrap();
    group.bench_function("people_9_keys_up_to_4", |bench| {
        bench.iter(|| capped.run(black_box(&table), &all, &control).unwrap());
    });
    group.finish();
}

fn models(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("risk_models");
    group.sample_size(10);
    let Hierarchical { table, quasi } = people(PEOPLE);
    let known: Vec<&str> = names(&quasi).into_iter().filter(|name| *name != "occupation").collect();
    let mut models: Vec<PrivacyModel> = vec![
        KAnonymity::try_new(5).unwrap().into(),
        DistinctLDiversity::try_new("occupation", 3).unwrap().into(),
        TCloseness::try_new("occupation", 0.2, SensitiveDistance::Equal).unwrap().into(),
        DeltaDisclosure::try_new("occupation", 1.0, AbsentValues::Strict).unwrap().into(),
        BetaLikeness::try_new("occupation", 1.0, BetaBound::Basic).unwrap().into(),
    ];
    group.throughput(Throughput::Elements(table.rows() as u64));
    group.bench_function("people_k_l_t_delta_beta", |bench| {
        bench.iter(|| measure_models(black_box(&table), &known, &models, None, &control).unwrap());
    });
    let occupations = quasi.iter().find(|quasi| quasi.name() == "occupation").unwrap().hierarchy().clone();
    models.push(EntropyLDiversity::try_new("occupation", 3.0).unwrap().into());
    models.push(TCloseness::try_new("occupation", 0.2, SensitiveDistance::Hierarchical(occupations)).unwrap().into());
    group.bench_function("people_with_entropy_and_hierarchical_distance", |bench| {
        bench.iter(|| measure_models(black_box(&table), &known, &models, None, &control).unwrap());
    });
    group.finish();
}

fn attacker(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("risk_attacker_view");
    group.sample_size(10);
    let model = KAnonymity::try_new(11).unwrap();
    for rows in [10_000, CTDC_ROWS] {
        let cases = cases(rows);
        let table = cases.table();
        let all: Vec<&str> = table.schema().attributes().iter().map(Attribute::name).collect();
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_with_input(BenchmarkId::new("cases_37_columns", rows), table, |bench, table| {
            bench.iter(|| AttackerView::of_file(black_box(table), &all, model, &control).unwrap());
        });
    }
    group.finish();
}

fn combinations(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("risk_combinations");
    group.sample_size(10);
    for rows in [10_000, CTDC_ROWS] {
        let cases = cases(rows);
        let table = cases.table();
        let all = table.schema().attributes().iter().map(Attribute::name);
        let up_to_3 = KCombinations::try_new(11, 3, all).unwrap();
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_with_input(BenchmarkId::new("cases_37_columns_m3", rows), table, |bench, table| {
            bench.iter(|| up_to_3.measure(black_box(table), &control).unwrap());
        });
    }
    group.finish();
}

fn population(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("risk_population");
    group.sample_size(10);
    let Hierarchical { table, quasi } = people(PEOPLE);
    let known = names(&quasi);
    let fraction = SamplingFraction::try_new(0.01).unwrap();
    for (name, estimator) in [
        ("zayatz", PopulationEstimator::Zayatz),
        ("pitman", PopulationEstimator::Pitman),
        ("snb", PopulationEstimator::SlideNegativeBinomial),
        ("dankar", PopulationEstimator::Dankar),
    ] {
        let models = [PopulationUniqueness::try_new(0.05, fraction, estimator).unwrap().into()];
        group.bench_function(BenchmarkId::new("people", name), |bench| {
            bench.iter(|| measure_models(black_box(&table), &known, &models, None, &control).unwrap());
        });
    }
    group.finish();
}

fn differencing(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("risk_differencing");
    group.sample_size(10);
    let Hierarchical { table, quasi } = hierarchical_cases(100_000);
    // The same cases twice, each time coarser in another attribute.
    let coarser = |coarse: &str| -> (Table, Vec<(String, Coverage)>) {
        let mut released = table.clone();
        let mut coverages = Vec::new();
        for quasi in &quasi {
            let (attribute, column) = table.named(quasi.name()).unwrap();
            let level = usize::from(quasi.name() == coarse);
            let (new, codes) = quasi.hierarchy().generalize(attribute, column, level).unwrap();
            coverages.push((
                quasi.name().to_owned(),
                Coverage::of_level(attribute, &new, quasi.hierarchy(), level).unwrap(),
            ));
            let position = table.schema().position(quasi.name()).unwrap();
            released = released.with_replaced(position, new, codes).unwrap();
        }
        (released, coverages)
    };
    let releases = ["citizenship", "age_band"].map(coarser);
    let model = KAnonymity::try_new(11).unwrap();
    group.throughput(Throughput::Elements(table.rows() as u64));
    group.bench_function("two_releases_of_cases", |bench| {
        let views: Vec<ReleaseView<'_>> = releases
            .iter()
            .map(|(released, coverages)| {
                coverages.iter().fold(ReleaseView::new(released), |view, (name, coverage)| {
                    view.with_attribute(name.as_str(), coverage.clone())
                })
            })
            .collect();
        bench.iter(|| DifferencingRisk::measure(black_box(&table), &views, model, &control).unwrap());
    });
    group.finish();
}

criterion_group!(benches, suda, models, attacker, combinations, population, differencing);
criterion_main!(benches);
