//! How many victims are there, when many are never found? From who was on which list to a plotted report.
//!
//! `cargo run --release --example hidden_population` takes the five lists of the United Kingdom in 2013; `-- table.csv` takes
//! your own table: a 0/1 column for each list and a column `count`. Report and pictures are left in
//! `target/hidden-population`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ctdata::indicators::Level;
use ctdata::indicators::interval::RateInterval;
use ctdata::indicators::mse::{
    CaptureHistories, HistoryLayout, Method, MethodResult, MseOptions, profile_curve, published_table, report,
};
use ctdata::indicators::plot;
use ctdata::indicators::population::{Persons, Population, PopulationKey};
use ctdata::indicators::sdg::with_undetected;
use ctdata::prelude::*;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let out = Path::new("target/hidden-population");
    fs::create_dir_all(out)?;

    // 1. How many persons were on exactly which lists. Nobody can say how many were on none.
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let (name, histories) = if let Some(path) = given {
        let read = CaptureHistories::read_path(&path, &HistoryLayout::default(), &control)?;
        (path.display().to_string(), read.histories)
    } else {
        let uk = published_table("uk-2013-five-lists").ok_or("no such table")?;
        (uk.title().to_owned(), uk.histories())
    };

    // 2. Every method on the same table. The model is chosen again in each of 1,000 bootstrap replicates.
    let options = MseOptions { replicates: 1_000, ..MseOptions::default() };
    let report = report(&histories, &options, &control)?;
    for finding in report.findings() {
        match (finding.estimate, finding.interval) {
            (Some(number), Some(of)) => {
                println!(
                    "{:>40} {number:>9.0} ({:.0} to {:.0}, {})",
                    finding.method.label(),
                    of.low,
                    of.high,
                    of.kind.label()
                );
            }
            (Some(number), None) => println!("{:>40} {number:>9.0}", finding.method.label()),
            _ => println!("{:>40} {}", finding.method.label(), finding.status.label()),
        }
    }
    for warning in &report.warnings {
        println!("- {warning}");
    }

    // 3. A report to read and two pictures to look at.
    fs::write(out.join("report.md"), report.to_markdown(&name))?;
    let findings: Vec<_> = report.findings().cloned().collect();
    fs::write(out.join("methods.svg"), plot::hidden_numbers(&name, histories.persons(), &findings)?)?;
    let stepwise = report.methods.iter().find(|result| result.finding.method == Method::Stepwise);
    if let Some(model) = stepwise.and_then(MethodResult::model)
        && let Ok(curve) = profile_curve(&histories, &model, Level::P95, 201)
    {
        fs::write(out.join("profile.svg"), plot::profile_likelihood(&name, &curve.points, curve.quantile)?)?;
    }

    // 4. Into SDG 16.2.2: 64.1 million residents in 2013 (Office for National Statistics).
    let key = PopulationKey::total("GBR".parse()?, 2013);
    let mut population = Population::new("Office for National Statistics, mid-year estimate", "2013");
    population.insert(key, Persons::try_new(64_100_000.0)?)?;
    if let Ok(undetected) = report.undetected(Method::Stepwise) {
        let whole = with_undetected(histories.persons(), &undetected, key, &population, RateInterval::Garwood)?;
        for estimate in whole.estimates() {
            if let (Some(value), Some(of)) = (estimate.value.known(), estimate.interval) {
                println!(
                    "{}: {value:.2} {} ({:.2} to {:.2})",
                    estimate.indicator,
                    estimate.unit.label(),
                    of.low(),
                    of.high()
                );
            }
        }
    }
    println!("written to {}", out.display());
    Ok(())
}
