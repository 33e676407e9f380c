//! The main job: from a case file to a folder that can be published.
//!
//! `cargo run --release --example publish` simulates 20,000 cases and publishes them;
//! `cargo run --release --example publish -- cases.csv` takes your file, of any layout that CTDC publishes.
//! The account on the screen is for you: it holds figures of the confidential file. What may be given away is in
//! the release folder, and nothing else is.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ctdata::model::validate::{Report, Severity};
use ctdata::prelude::*;
use ctdata_examples::{count, percent};

/// The same seed makes the same cases on every machine.
const SEED: u64 = 1;
const ROWS: usize = 20_000;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let work = Path::new("target");
    let out = work.join("release-folder");
    let input = match std::env::args_os().nth(1) {
        Some(path) => PathBuf::from(path),
        None => simulate(work, &control)?,
    };

    // 1. Read. The header tells the layout, whatever its separator, its missing code and its spellings.
    let outcome = CaseReader::default().read_path(&input, &control)?;
    println!("Input      {}", input.display());
    println!("Format     {}", outcome.usable().format());
    println!("Rows       {}", count(outcome.rows()));

    // 2. Check. Rules of the field, by number; a finding that is information is worth knowing, an error stops.
    let report = Validator::default().check_outcome(&outcome, &control).all()?;
    print_findings(&report);
    let cases = outcome.into_cases()?;

    // 3. Count. Each figure names its base: the cases in which the question is answered.
    println!("\nHeadline indicators (of this file, confidential)");
    for (id, dimension, category) in [
        ("form-of-exploitation", "form", "forced-labour"),
        ("form-of-exploitation", "form", "sexual-exploitation"),
        ("sex", "sex", "female"),
        ("children", "child-or-adult", "child"),
        ("domestic-and-cross-border", "movement", "domestic"),
    ] {
        print_share(&cases, id, dimension, category, &control)?;
    }

    // 4. Protect, verify, publish. Without a plan: the columns that CTDC's own k-anonymised releases protect, every
    //    combination of them at least 11 times, and no other column. The verifier recounts with code of its own.
    let publisher = Publisher { replace: true, ..Publisher::default() };
    let published = publisher.publish(&input, &out, &control)?;

    let (before, after) = (&published.risk_before, &published.risk_after);
    println!("\nRisk                              before       after");
    println!("records                      {:>11} {:>11}", count(before.rows), count(after.rows));
    println!("unique records               {:>11} {:>11}", count(before.uniques), count(after.uniques));
    println!(
        "in classes under {:<3}         {:>11} {:>11}",
        before.k,
        count(before.rows_below_k),
        count(after.rows_below_k)
    );
    println!(
        "fewer possible matches than {:<2} {:>9} {:>11}   (a blank matches anything)",
        before.k,
        count(before.attacker_view.exposed_records),
        count(after.attacker_view.exposed_records)
    );

    let statement = &published.statement;
    let records = statement.records.clone().unwrap_or_default();
    println!("\nWhat was done");
    println!("  k-anonymity, k = {}, by suppression of records", before.k);
    println!("  quasi-identifiers: {}", statement.quasi_identifiers.join(", "));
    println!(
        "  {} of {} records left out ({})",
        count(records.suppressed),
        count(records.input),
        percent(records.share_suppressed * 100.0)
    );
    for remark in &published.remarks {
        println!("  note: {remark}");
    }
    if let Some(smallest) = statement.verified.smallest_class {
        println!("  verified: smallest class {}", count(smallest));
    }
    println!("\nRelease folder: {}", out.display());
    for file in &published.outputs {
        println!("  {file}");
    }
    Ok(())
}

/// A file of simulated cases in the layout of CTDC's synthetic release of 2021.
fn simulate(folder: &Path, control: &Control) -> Result<PathBuf, Box<dyn Error>> {
    let layout = Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?;
    let cases = Simulator::new(SEED).cases(layout, ROWS)?;
    fs::create_dir_all(folder)?;
    let path = folder.join("simulated-cases.csv");
    write_cases(&cases, File::create(&path)?, control)?;
    Ok(path)
}

fn print_findings(report: &Report) {
    let of = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    println!(
        "Findings   {} errors, {} warnings, {} for information",
        of(Severity::Error),
        of(Severity::Warning),
        of(Severity::Information)
    );
    for finding in &report.findings {
        println!("  {:<4} {:>9}  {}", finding.rule, count(finding.count), finding.message);
    }
}

/// One share: what it is, its value with its interval, numerator and base.
fn print_share(
    cases: &CaseTable,
    id: &str,
    dimension: &str,
    category: &str,
    control: &Control,
) -> Result<(), Box<dyn Error>> {
    let result = match compute(cases.table(), &Request::new(id), None, control) {
        Ok(result) => result,
        // A layout need not have every attribute; the reason is part of the answer.
        Err(error) => {
            println!("  {category:<22} {error}");
            return Ok(());
        }
    };
    let found = result
        .estimates
        .iter()
        .find(|estimate| estimate.dimensions.get(dimension).is_some_and(|coordinate| coordinate.code == category));
    let Some(estimate) = found else { return Err(format!("{id} has no {dimension} {category}").into()) };
    let value = estimate.value.known().map_or_else(|| "not available".to_owned(), percent);
    let interval = estimate
        .interval
        .as_ref()
        .map(|interval| format!("[{} to {}]", percent(interval.low()), percent(interval.high())))
        .unwrap_or_default();
    println!(
        "  {category:<22} {value:>8}  {interval:<20} {} of {}",
        count(estimate.numerator.unwrap_or(0)),
        count(estimate.base.unwrap_or(0))
    );
    Ok(())
}
