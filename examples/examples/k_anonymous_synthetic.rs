//! Synthetic cases without noise: every combination of values in them is that of at least k people.
//!
//! `cargo run --release --example k_anonymous_synthetic` simulates 20,000 cases; `-- cases.csv` takes your file. The same
//! by a plan: `ctdata synthesize cases.csv synthetic.csv --plan examples/plans/row-seeded.toml`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use ctdata::prelude::*;
use ctdata::privacy::dp::NoiseSource;
use ctdata::privacy::evaluate::Evaluator;
use ctdata::privacy::synth::{RowSeeded, Unseeded, ValueSeeded};
use ctdata_examples::{count, percent};

const K: u32 = 10;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let cases = match std::env::args().nth(1) {
        Some(path) => CaseReader::default().read_path(Path::new(&path), &control)?.into_cases()?,
        None => Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?, 20_000)?,
    };
    let original = cases.table();

    // The guarantee does not rest on the draws, so that a seed does no harm here; it makes the run repeatable.
    let mut source = NoiseSource::from_seed(1);
    let methods: [(&str, Unverified<Table>); 3] = [
        ("row-seeded", RowSeeded::new(K)?.run(original, &mut source, &control)?.output),
        ("value-seeded", ValueSeeded::new(K)?.run(original, &mut source, &control)?.output),
        ("unseeded", Unseeded::new(K)?.run(original, &mut source, &control)?.output),
    ];
    println!("{:<14} {:>9} {:>10} {:>11} {:>8} {:>8}", "method", "records", "preserved", "fabricated", "2-way", "3-way");
    for (name, output) in methods {
        // The verifier finds each synthetic record in the original, and counts how many people have all of it.
        let released = output.verify(&control)?;
        let report = Evaluator::new().without_attacks().run(original, released.get(), None, &control)?;
        println!(
            "{name:<14} {:>9} {:>10} {:>11} {:>8.4} {:>8.4}",
            count(released.get().rows() as u64),
            percent(100.0 * report.preserved.weighted),
            percent(100.0 * report.fabricated.share),
            report.mean_tvd(2),
            report.mean_tvd(3),
        );
        if name == "row-seeded" {
            println!("\n{}", released.statement().to_plain_words());
        }
    }
    Ok(())
}
