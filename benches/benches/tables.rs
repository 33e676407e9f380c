//! Which figures of tables are withheld.
#![allow(missing_docs, clippy::unwrap_used, reason = "the macros make public items; a bench may fail loudly")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ctdata::privacy::tables::{PrimaryRules, SystemBuilder, TableSystem, mark, suppress};
use ctdata::table::{Control, CountTable};
use ctdata_benches::{linked_tables, two_way_table};

/// The tables with all their margins, small counts marked.
fn published(tables: &[CountTable]) -> TableSystem {
    let mut builder = SystemBuilder::new();
    for table in tables {
        let index = builder.add(table).unwrap();
        builder.margins(index).unwrap();
    }
    let mut system = builder.finish().unwrap();
    mark(&mut system, &PrimaryRules::default()).unwrap();
    system
}

fn suppression(criterion: &mut Criterion) {
    let control = Control::default();
    let mut group = criterion.benchmark_group("tables_suppression");
    group.sample_size(10);
    let two_way = two_way_table(1, 320, 312).unwrap();
    let three = linked_tables(1, 300_000).unwrap();
    for (name, tables) in [("two_way_100_000_cells", vec![two_way]), ("three_linked_20_000_cells", three)] {
        let system = published(&tables);
        group.throughput(Throughput::Elements(system.cells().len() as u64));
        group.bench_function(name, |bench| bench.iter(|| suppress(black_box(&system), &control).unwrap()));
        group.bench_function(format!("{name}_linked_and_marked"), |bench| {
            bench.iter(|| published(black_box(&tables)));
        });
    }
    group.finish();
}

criterion_group!(benches, suppression);
criterion_main!(benches);
