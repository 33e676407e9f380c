//! Read a file that has problems, and see all of them: where, which rule, how many; never which value.
//!
//! `cargo run --release --example read_and_validate -- cases.csv` takes your file.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use ctdata::prelude::*;

/// Three rows of the victim-perpetrator layout: one good, one with a bad flag, one too short.
const SAMPLE: &str = "yearRegister,gender,majorityStatus,isForcedLabour,isSexualExploit,UN_COO_Region,UN_COE_Region,\
    IP_Exploiter,IP_Gender,IP_ageBroad,IP_citizen_UNRegion,IP_Relation,IP_PayMoney,IP_RecruiterBroker,\
    IP_TransactionProcess,IP_ControlAbuseKidnap\n\
    2019,Female,Adult,1,,Asia,Europe,1,Female;Male,,,,No,,,\n\
    2020,Male,Minor,maybe,,Africa,Africa,,,,,,,,,\n\
    2020,Male\n";

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    // Without `Collect`, the first row that cannot be used is an error.
    let reader = CaseReader { on_error: OnError::Collect { limit: 20 }, ..CaseReader::default() };
    let outcome = match std::env::args_os().nth(1) {
        Some(path) => reader.read_path(Path::new(&path), &control)?,
        None => reader.read(SAMPLE.as_bytes(), "sample.csv", &control)?,
    };
    println!("{} rows of {}", outcome.rows(), outcome.usable().format());

    println!("\nProblems of single cells and rows:");
    for problem in outcome.problems().kept() {
        println!("  {problem}");
    }

    // Rules of the field, over everything that could be read.
    let report = Validator::default().check_outcome(&outcome, &control).all()?;
    println!("\nFindings by rule:");
    for finding in &report.findings {
        println!("  {finding}");
    }
    println!("\n{}", if report.is_valid() { "No finding is an error." } else { "At least one finding is an error." });

    // A table with rows left out is given away only on demand: nothing is lost silently.
    match outcome.into_dataset() {
        Ok(dataset) => println!("All {} rows are usable.", dataset.table().rows()),
        Err(error) => println!("As a whole: {error}"),
    }
    Ok(())
}
