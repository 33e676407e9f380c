//! From a workbook of HTCDS records to cases as CTDC publishes them: check, see the gap, keep identities apart, convert.
//!
//! `cargo run --release --example htcds_to_ctdc` works on invented records, a path as argument on a file of yours:
//! a workbook of the toolkit, a survey export, delimited text, JSON.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ctdata::model::htcds::pseudonyms::Key;
use ctdata::model::htcds::{CaseOptions, ExcelOptions, GapReport, RecordReader, to_cases, write_excel};
use ctdata::prelude::*;

/// Invented records in a workbook, as a case worker would fill it in.
fn sample(path: &Path, control: &Control) -> Result<(), Box<dyn Error>> {
    let records = Simulator::new(7).htcds(2_000)?;
    write_excel(&records, std::fs::File::create(path)?, &ExcelOptions::default(), control)?;
    Ok(())
}

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let path = given.clone().unwrap_or_else(|| std::env::temp_dir().join("ctdata-records.xlsx"));
    if given.is_none() {
        sample(&path, &control)?;
    }

    // Read. Whatever the kind of file, the official names and labels, their misspellings and the habits of survey tools
    // are understood; what a value list does not have is kept and found by validation.
    let outcome = RecordReader::default().read_path(&path, &control)?;
    println!("{}: {} rows, {} cases", outcome.format(), outcome.rows(), outcome.usable().cases.len());

    // Check. Findings are by rule and by case, with places and never with values.
    let report = Validator::default().check_htcds(&outcome, &control).all()?;
    for finding in &report.findings {
        println!("  {finding}");
    }

    // How far is it from the standard?
    println!("\n{}", GapReport::of(&outcome).summary());
    let records = outcome.into_records()?;

    // Keep identities apart. A real key comes from a file or the environment; this one is for the example.
    let parts = Key::from_bytes(b"an example key, not a secret one")?.split(&records);
    println!("{} pseudonyms; the cases under them have no names and no texts", parts.identities.pseudonyms.len());

    // Make cases: they have no place for a name, by type. Only actual victims are taken.
    let made = to_cases(&records, &CaseOptions::default())?;
    for reason in &made.left_out {
        println!("{reason}");
    }
    for loss in &made.losses {
        println!("  {loss}");
    }

    // And as CTDC publishes them.
    let layout = Layout::named("ctdc-synthetic-2024").ok_or("no such layout")?;
    let converted = convert(&made.cases, layout)?;
    println!("\n{} cases in {}; what that costs:", converted.cases.rows(), layout.title);
    for loss in converted.losses.iter().filter(|loss| loss.rows > 0) {
        println!("  {}: {:?}, {} rows", loss.column, loss.kind, loss.rows);
    }
    let mut file = Vec::new();
    write_cases(&converted.cases, &mut file, &control)?;
    println!("\n{} bytes, still confidential: `ctdata publish` protects them", file.len());
    if given.is_none() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}
