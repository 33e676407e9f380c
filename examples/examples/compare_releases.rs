//! Ways to make synthetic cases, side by side: what each keeps, makes up, and gives away.
//!
//! `cargo run --release --example compare_releases` simulates 20,000 cases and keeps as many others back; `-- cases.csv`
//! takes your file, and every second record of it as the people who are held back.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use ctdata::model::case_constraints;
use ctdata::prelude::*;
use ctdata::privacy::PrivacyUnit;
use ctdata::privacy::dp::{Budget, Delta, Epsilon, NoiseSource, Payment};
use ctdata::privacy::evaluate::{Evaluation, Evaluator};
use ctdata::privacy::synth::{AggregateOptions, AggregateSeeded, Aim, DpAggregateSeeded, Mst, RowSeeded};
use ctdata_examples::{count, percent};
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

const K: u64 = 10;
/// What an attacker may know; the attacks look for the rest.
const COLUMNS: [&str; 8] = [
    "year_of_registration",
    "gender",
    "age_band",
    "citizenship",
    "country_of_exploitation",
    "form_forced_labour",
    "form_sexual_exploitation",
    "recruiter_family",
];

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let cases = match std::env::args().nth(1) {
        Some(path) => CaseReader::default().read_path(Path::new(&path), &control)?.into_cases()?,
        None => Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?, 40_000)?,
    };
    // Half of the people are in the file, the others are not: what an attack finds of these it did not learn from the
    // release.
    let rows = u32::try_from(cases.table().rows())?;
    let columns = cases.table().select_named(&COLUMNS)?;
    let original = columns.take(&(0..rows).step_by(2).collect::<Vec<_>>())?;
    let held_back = columns.take(&(1..rows).step_by(2).collect::<Vec<_>>())?;

    // A seed makes the comparison repeatable. With noise that is a trial: its releases are marked not private.
    let mut source = NoiseSource::from_seed(1);
    let budget = Budget { epsilon: Epsilon::try_new(1.0)?, delta: Delta::try_new(1e-9)? };
    let pay = || Payment::without_ledger(budget, PrivacyUnit::of(&original), 1);
    let mut sparse = DpAggregateSeeded::default();
    sparse.marginals.constraints = case_constraints();
    let aggregates = AggregateOptions::default();
    let (mst, aim) = (Mst::new().constraints(case_constraints()), Aim::new().constraints(case_constraints()));
    let outputs: [(&str, &str, Unverified<Table>); 5] = [
        ("row-seeded", "k = 10", RowSeeded::try_new(K)?.run(&original, &mut source, &control)?.output),
        (
            "aggregate-seeded",
            "k = 10",
            AggregateSeeded::new().run(&original, &aggregates, K, &mut source, &control)?.output,
        ),
        ("aggregate-seeded", "epsilon 1", sparse.run(&original, pay()?, &mut source, &control)?.output),
        ("mst", "epsilon 1", mst.run(&original, pay()?, &mut source, &control)?.output),
        ("aim", "epsilon 1", aim.run(&original, pay()?, &mut source, &control)?.output),
    ];

    println!(
        "{:<17} {:<10} {:>8} {:>7} {:>7} {:>10} {:>11} {:>16} {:>14}",
        "method", "guarantee", "records", "2-way", "3-way", "preserved", "fabricated", "singling out", "copies"
    );
    for (method, guarantee, output) in outputs {
        let released = output.verify(&control)?;
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let report = Evaluator::default().run(&original, released.get(), Some(&held_back), &mut rng, &control)?;
        println!(
            "{method:<17} {guarantee:<10} {:>8} {:>7.4} {:>7.4} {:>10} {:>11} {:>16} {:>14}",
            count(report.released_records),
            distance(&report, 2),
            distance(&report, 3),
            percent(100.0 * report.preservation.preserved_weighted.unwrap_or(0.0)),
            percent(100.0 * report.fabricated.unwrap_or(0.0)),
            singling_out(&report),
            copies(&report),
        );
    }
    println!(
        "\n2-way and 3-way: mean total variation of all pairs and triples of columns, 0 being equal. Preserved: combinations of\n\
         up to three values that at least {K} records have, weighted by them. Fabricated: combinations that no record has.\n\
         Singling out: how much likelier an attack finds somebody who is in the file than somebody who is not.\n\
         Copies: records that nobody else is like, released word for word.\n\
         Methods with k say nothing of attacks on who is in the file; those with epsilon bound all of them."
    );
    Ok(())
}

fn distance(report: &Evaluation, length: usize) -> f64 {
    report.marginals.iter().find(|distance| distance.length == length).map_or(f64::NAN, |distance| distance.mean_tvd)
}

/// What singling out gains on the people of the original, with half the width of its interval.
fn singling_out(report: &Evaluation) -> String {
    let attacks = report.attacks.as_ref();
    let risk = attacks.and_then(|attacks| attacks.singling_out.multivariate).and_then(|attack| attack.risk);
    risk.map_or("-".to_owned(), |risk| format!("{:.3} ± {:.3}", risk.value, risk.error))
}

fn copies(report: &Evaluation) -> String {
    let matches = report.attacks.as_ref().map(|attacks| &attacks.disclosure.exact_matches);
    matches.map_or("-".to_owned(), |matches| format!("{} of {}", count(matches.found), count(matches.uniques)))
}
