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
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

const K: u64 = 10;

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
        ("row-seeded", RowSeeded::try_new(K)?.run(original, &mut source, &control)?.output),
        ("value-seeded", ValueSeeded::try_new(K)?.run(original, &mut source, &control)?.output),
        ("unseeded", Unseeded::try_new(K)?.run(original, &mut source, &control)?.output),
    ];
    let evaluator = Evaluator { attacks: false, ..Evaluator::default() };
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    println!(
        "{:<14} {:>9} {:>10} {:>11} {:>8} {:>8}",
        "method", "records", "preserved", "fabricated", "2-way", "3-way"
    );
    for (name, output) in methods {
        // The verifier finds each synthetic record in the original, and counts how many people have all of it.
        let released = output.verify(&control)?;
        let report = evaluator.run(original, released.get(), None, &mut rng, &control)?;
        let of_length = |length: usize| report.marginals.iter().find(|distance| distance.length == length);
        println!(
            "{name:<14} {:>9} {:>10} {:>11} {:>8.4} {:>8.4}",
            count(released.get().rows() as u64),
            percent(100.0 * report.preservation.preserved_weighted.unwrap_or(0.0)),
            percent(100.0 * report.fabricated.unwrap_or(0.0)),
            of_length(2).map_or(0.0, |distance| distance.mean_tvd),
            of_length(3).map_or(0.0, |distance| distance.mean_tvd),
        );
        if name == "row-seeded" {
            println!("\n{}", released.statement().to_plain_words());
        }
    }
    Ok(())
}
