//! Audit of withheld figures: one table as a network, and linked tables by the simplex.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ctdata::privacy::tables::{AuditOptions, CellId, Level, Pattern, SystemCell, TableSystem, audit};
use ctdata::table::Control;

/// Counts as they are in tables of cases: many small ones.
struct Counts(u64);

impl Counts {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let [a, b] = [(self.0 >> 33) % 30, (self.0 >> 40) % 30];
        a * b / 10 + 1
    }
}

/// A grid of cells with the totals of its rows and columns; cells of the grid by row, then the totals of rows.
#[expect(clippy::expect_used, reason = "a bench without input has nothing to measure")]
fn grid(system: &mut TableSystem, counts: &[Vec<u64>], totals: Option<&[CellId]>) -> (Vec<Vec<CellId>>, Vec<CellId>) {
    let push = |system: &mut TableSystem, count| system.push(SystemCell::figure(count)).expect("counts are small");
    let cells: Vec<Vec<CellId>> =
        counts.iter().map(|row| row.iter().map(|count| push(system, *count)).collect()).collect();
    let totals: Vec<CellId> = match totals {
        Some(totals) => totals.to_vec(),
        None => counts.iter().map(|row| push(system, row.iter().sum())).collect(),
    };
    for (row, total) in cells.iter().zip(&totals) {
        system.sum(*total, row.iter().copied()).expect("totals are sums");
    }
    for column in 0..counts.first().map_or(0, Vec::len) {
        let of = |row: &Vec<u64>| row.get(column).copied().unwrap_or(0);
        let total = push(system, counts.iter().map(of).sum());
        let parts: Vec<CellId> = cells.iter().filter_map(|row| row.get(column).copied()).collect();
        system.sum(total, parts).expect("totals are sums");
    }
    (cells, totals)
}

/// Marks small cells and withholds them with the figures that make rectangles with them.
fn withhold(system: &mut TableSystem, pattern: &mut Pattern, cells: &[Vec<CellId>], below: u64) {
    let rows = cells.len();
    for (r, row) in cells.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            let Some(known) = system.cell_mut(*cell).filter(|known| known.count < below) else { continue };
            known.level = Level { lower: 1, upper: 1 };
            let (below, beside) = ((r + 1 + c % 7) % rows, (c + 1 + r % 5) % row.len());
            for (r, c) in [(r, c), (r, beside), (below, c), (below, beside)] {
                if let Some(cell) = cells.get(r).and_then(|row| row.get(c)) {
                    pattern.withhold(*cell);
                }
            }
        }
    }
}

/// One table of so many rows and columns with all totals.
fn plain(rows: usize, columns: usize) -> (TableSystem, Pattern) {
    let mut draw = Counts(1);
    let counts: Vec<Vec<u64>> = (0..rows).map(|_| (0..columns).map(|_| draw.draw()).collect()).collect();
    let mut system = TableSystem::new();
    let (cells, _) = grid(&mut system, &counts, None);
    let mut pattern = Pattern::open(&system);
    withhold(&mut system, &mut pattern, &cells, 2);
    (system, pattern)
}

/// Three tables of `rows` by `columns` over the same row totals; pairs of rows form regions with cells of their own.
#[expect(clippy::expect_used, reason = "a bench without input has nothing to measure")]
fn linked(rows: usize, columns: usize) -> (TableSystem, Pattern) {
    let mut draw = Counts(2);
    let mut system = TableSystem::new();
    let first: Vec<Vec<u64>> = (0..rows).map(|_| (0..columns).map(|_| draw.draw()).collect()).collect();
    let (cells, totals) = grid(&mut system, &first, None);
    let mut all = vec![cells];
    for table in 1..3 {
        // Other columns, the same totals: each row is turned.
        let turned = |row: &Vec<u64>, c: usize| row.get((c * 7 + table) % columns).copied().unwrap_or(0);
        let counts: Vec<Vec<u64>> = first.iter().map(|row| (0..columns).map(|c| turned(row, c)).collect()).collect();
        all.push(grid(&mut system, &counts, Some(&totals)).0);
    }
    for cells in &all {
        for pair in cells.chunks(2) {
            for column in 0..columns {
                let parts: Vec<CellId> = pair.iter().filter_map(|row| row.get(column).copied()).collect();
                let count = parts.iter().filter_map(|part| Some(system.cell(*part)?.count)).sum();
                let region = system.push(SystemCell::figure(count)).expect("counts are small");
                system.sum(region, parts).expect("regions are sums");
            }
        }
    }
    let mut pattern = Pattern::open(&system);
    for cells in &all {
        withhold(&mut system, &mut pattern, cells, 2);
    }
    // Regions of one withheld part would give it away.
    for relation in system.relations().to_vec() {
        let hidden: Vec<bool> = relation.terms.iter().map(|(cell, _)| pattern.withholds(*cell)).collect();
        if relation.terms.len() == 3 && hidden.contains(&true) {
            relation.terms.iter().filter(|(_, by)| *by < 0).for_each(|(cell, _)| pattern.withhold(*cell));
        }
    }
    (system, pattern)
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("table_audit");
    group.sample_size(10);
    let control = Control::default();
    let options = AuditOptions::default();
    let (system, pattern) = plain(500, 200);
    group.bench_function("one table of 100,000 cells", |bencher| {
        bencher.iter(|| black_box(audit(&system, &pattern, &options, &control).is_ok()));
    });
    let (system, pattern) = linked(100, 44);
    group.bench_function("three linked tables of 20,000 cells", |bencher| {
        bencher.iter(|| black_box(audit(&system, &pattern, &options, &control).is_ok()));
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
