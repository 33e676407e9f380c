//! HTCDS records: reading, checking, making cases. Peer: the csv crate and calamine alone, which only give cells.

#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::hint::black_box;
use std::io::Cursor;

use calamine::{Reader, Xlsx};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctdata::model::htcds::{
    CaseOptions, ExcelOptions, ExcelReadOptions, FlatOptions, JsonStyle, ReadOptions, Records, read_excel, read_flat,
    read_json, to_cases, write_excel, write_flat, write_json,
};
use ctdata::model::validate::Validator;
use ctdata::prelude::*;

const VICTIMS: usize = 10_000;

fn records() -> Records {
    Simulator::new(1).htcds(VICTIMS).unwrap()
}

fn read(criterion: &mut Criterion) {
    let (records, control) = (records(), Control::default());
    let (mut text, mut json, mut book) = (Vec::new(), Vec::new(), Cursor::new(Vec::new()));
    write_flat(&records, &mut text, &FlatOptions::default(), &control).unwrap();
    write_json(&records, JsonStyle::Lines, &mut json).unwrap();
    write_excel(&records, &mut book, &ExcelOptions::default(), &control).unwrap();
    let book = book.into_inner();

    let mut group = criterion.benchmark_group("htcds_read");
    group.sample_size(10).throughput(Throughput::Elements(VICTIMS as u64));
    group.bench_function("csv", |bencher| {
        bencher.iter(|| read_flat(&text[..], "records.csv", None, &ReadOptions::default(), &control).unwrap());
    });
    group.bench_function("csv, cells alone (csv crate)", |bencher| {
        bencher.iter(|| {
            let mut reader = csv::Reader::from_reader(&text[..]);
            let mut record = csv::ByteRecord::new();
            let mut cells = 0;
            while reader.read_byte_record(&mut record).unwrap() {
                cells += record.len();
            }
            cells
        });
    });
    group.bench_function("json lines", |bencher| {
        bencher.iter(|| read_json(&json[..], "records.jsonl", &ReadOptions::default(), &control).unwrap());
    });
    group.bench_function("excel", |bencher| {
        bencher
            .iter(|| read_excel(Cursor::new(&book), "records.xlsx", &ExcelReadOptions::default(), &control).unwrap());
    });
    group.bench_function("excel, cells alone (calamine)", |bencher| {
        bencher.iter(|| {
            let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(&book)).unwrap();
            workbook.worksheet_range("Case Sheet").unwrap().get_size()
        });
    });
    group.finish();
}

fn work(criterion: &mut Criterion) {
    let (records, control) = (records(), Control::default());
    let mut group = criterion.benchmark_group("htcds_work");
    group.sample_size(10).throughput(Throughput::Elements(VICTIMS as u64));
    group.bench_function("simulate", |bencher| bencher.iter(|| Simulator::new(1).htcds(black_box(VICTIMS)).unwrap()));
    group.bench_function("validate", |bencher| {
        bencher.iter(|| Validator::default().check_records(&records, &control).all().unwrap());
    });
    group.bench_function("to cases", |bencher| bencher.iter(|| to_cases(&records, &CaseOptions::default()).unwrap()));
    group.finish();
}

criterion_group!(benches, read, work);
criterion_main!(benches);
