//! Reading and coding a case file, against the csv crate only splitting it.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctdata::model::CaseReader;
use ctdata::table::Control;
use ctdata::table::csv::{ScanOptions, Scanner};
use ctdata_benches::{SIZES, file};

const COLUMNS: u64 = 37;

fn read_csv(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("read_csv");
    group.sample_size(10);
    for rows in SIZES {
        let bytes = file(rows);
        group.throughput(Throughput::Elements(rows as u64 * COLUMNS));
        group.bench_with_input(BenchmarkId::new("cases", rows), &bytes, |bench, bytes| {
            bench.iter(|| CaseReader::default().read(black_box(&bytes[..]), "bench", &control).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("scan_only", rows), &bytes, |bench, bytes| {
            bench.iter(|| {
                let mut scanner = Scanner::new(black_box(&bytes[..]), ScanOptions::default());
                let mut cells = 0;
                while let Some(record) = scanner.next().unwrap() {
                    cells += record.len();
                }
                cells
            });
        });
        group.bench_with_input(BenchmarkId::new("csv_crate_split_only", rows), &bytes, |bench, bytes| {
            bench.iter(|| {
                let mut reader = csv::Reader::from_reader(black_box(&bytes[..]));
                let mut record = csv::ByteRecord::new();
                let mut cells = 0;
                while reader.read_byte_record(&mut record).unwrap() {
                    cells += record.len();
                }
                cells
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read_csv);
criterion_main!(benches);
