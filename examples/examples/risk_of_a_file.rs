//! How exposed are the people in a file, by what somebody who looks for one of them may know?
//!
//! `cargo run --release --example risk_of_a_file -- cases.csv gender,ageBroad,citizenship` takes your file.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use ctdata::prelude::*;
use ctdata_examples::{count, percent};

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let mut arguments = std::env::args().skip(1);
    let cases = match arguments.next() {
        Some(path) => CaseReader::default().read_path(Path::new(&path), &control)?.into_cases()?,
        None => Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?, 20_000)?,
    };
    // Attributes go by the names of the file's columns or of the case schema.
    let known = arguments.next().unwrap_or_else(|| "gender,ageBroad,citizenship,CountryOfExploitation".to_owned());
    let attributes = known.split(',').map(|name| cases.resolve(name)).collect::<Result<Vec<_>, _>>()?;

    println!("{:<55} {:>8} {:>8} {:>10}", "known", "classes", "uniques", "under 11");
    for take in 1..=attributes.len() {
        let names: Vec<_> = attributes.iter().take(take).map(|attribute| attribute.name()).collect();
        let risk = RiskReport::measure(cases.table(), &names, KAnonymity::try_new(11)?, &control)?;
        println!(
            "{:<55} {:>8} {:>8} {:>10}",
            names.join(", "),
            count(risk.classes),
            count(risk.uniques),
            percent(risk.share_below_k * 100.0)
        );
    }
    Ok(())
}
