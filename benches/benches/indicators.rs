//! The whole catalogue of indicators, from case records to estimates with intervals.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::indicators::{CATALOGUE, Request, compute_all};
use ctdata::table::Control;
use ctdata_benches::cases;

/// Rows of CTDC's file of 2021, the size that the project's targets are stated for.
const CTDC_ROWS: usize = 193_025;

/// The breakdowns of the targets: sex, age and year within half a second, by country as well within two.
const BREAKDOWNS: [&[&str]; 3] = [&[], &["sex", "age", "year"], &["country", "sex", "age", "year"]];

fn request(by: &[&str]) -> Request {
    by.iter().fold(Request::default(), |request, &dimension| request.by(dimension))
}

fn name(by: &[&str]) -> String {
    if by.is_empty() { "plain".to_owned() } else { by.join("_") }
}

fn catalogue(criterion: &mut Criterion) {
    let cases = cases(CTDC_ROWS);
    let mut group = criterion.benchmark_group("catalogue");
    group.sample_size(10);
    group.throughput(Throughput::Elements(CTDC_ROWS as u64));
    for by in BREAKDOWNS {
        let request = request(by);
        group.bench_with_input(BenchmarkId::new(name(by), CTDC_ROWS), cases.table(), |bench, table| {
            bench.iter(|| compute_all(black_box(table), &request, None, &Control::default()).unwrap());
        });
    }
    group.finish();
}

/// From counted tables to figures that know their cells.
fn trace(criterion: &mut Criterion) {
    let cases = cases(CTDC_ROWS);
    let request = request(&["sex", "year"]);
    let all = compute_all(cases.table(), &request, None, &Control::default()).unwrap();
    let mut group = criterion.benchmark_group("trace");
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("sex_year", CTDC_ROWS), |bench| {
        bench.iter(|| {
            let mut figures = 0;
            for definition in CATALOGUE {
                let Some(result) = all.results.iter().find(|result| result.indicator.id == definition.id) else {
                    continue;
                };
                let traced = definition.trace(&request, black_box(&result.counts), None, 100_000);
                figures += traced.map_or(0, |traced| traced.len());
            }
            figures
        });
    });
    group.finish();
}

criterion_group!(benches, catalogue, trace);
criterion_main!(benches);
