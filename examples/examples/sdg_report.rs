//! What a statistical office publishes: from a case file to protected tables, the formats of SDG platforms, and pictures.
//!
//! `cargo run --release --example sdg_report` simulates 200,000 cases; `-- cases.csv population.csv` takes your files. The
//! residents of the simulated countries are invented. Everything is in `target/sdg-report`, and all of it can be
//! published: the figures are of confidential cases, but protected together and verified.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ctdata::indicators::export::{OpenSdgOptions, SdmxOptions, open_sdg, write_long_csv, write_sdmx_csv};
use ctdata::indicators::plot;
use ctdata::prelude::*;
use ctdata::publish::ReleasedTables;

const PLAN: &str = r#"
format_version = 1

[[table]]
indicator = "16.2.2"                    # victims per 100,000 residents, by country and year
where = { country = "PHL" }

[[table]]
indicator = "16.2.2"
by = ["sex"]
where = { country = "PHL" }

[[table]]
indicator = "form-of-exploitation"

[[table]]
indicator = "flows"                     # region of origin by region of exploitation

[tables]
method = "suppression"
threshold = 10                          # as IOM's Migration Data Portal: no figure of fewer than 10 persons
population = "population.csv"
"#;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let out = Path::new("target/sdg-report");
    fs::create_dir_all(out)?;
    let mut files = std::env::args_os().skip(1).map(PathBuf::from);
    let mut plan: Plan = PLAN.parse()?;

    // 1. The cases, and the residents to divide by.
    let cases = if let (Some(cases), Some(population)) = (files.next(), files.next()) {
        plan.folder = population.parent().map(Path::to_path_buf).unwrap_or_default();
        if let (Some(tables), Some(name)) = (&mut plan.protection, population.file_name()) {
            tables.population = Some(name.into());
        }
        CaseReader::default().read_path(&cases, &control)?.into_cases()?
    } else {
        let row = |year: u32| format!("PHL,{year},{}\n", 80_000_000 + (year - 2002) * 1_500_000);
        let rows: String = (2002..=2021).map(row).collect();
        fs::write(out.join("population.csv"), format!("alpha3,year,persons\n{rows}"))?;
        plan.folder = out.to_path_buf();
        let layout = Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?;
        Simulator::new(1).cases(layout, 200_000)?
    };

    // 2. All tables are protected together: nothing that is withheld follows from what is not.
    let tables = ReleasedTables::of_confidential(cases.table(), None, &plan, &control)?;
    let protected = tables.protected().ok_or("the plan protects tables")?;
    println!("{}", protected.statement().to_plain_words());

    // 3. One file for each reader: spreadsheets, an Open SDG site, SDMX.
    let estimates: Vec<Estimate> = tables.estimates().cloned().collect();
    write_long_csv(&estimates, File::create(out.join("tables.csv"))?)?;
    let rates: Vec<Estimate> = estimates.iter().filter(|of| of.code.as_deref() == Some("16.2.2")).cloned().collect();
    for indicator in open_sdg(&rates, &OpenSdgOptions::default())?.indicators {
        fs::write(out.join(&indicator.data_file), &indicator.data)?;
        fs::write(out.join(&indicator.metadata_file), &indicator.metadata)?;
    }
    write_sdmx_csv(&rates, &SdmxOptions::default(), File::create(out.join("sdmx.csv"))?)?;

    // 4. Three pictures.
    let of = |id: &str| estimates.iter().filter(|of| of.indicator == id).cloned().collect::<Vec<_>>();
    fs::write(out.join("series.svg"), plot::series(&rates)?)?;
    fs::write(out.join("shares.svg"), plot::shares(&of("form-of-exploitation"))?)?;
    fs::write(out.join("flows.svg"), plot::flows(&of("flows"))?)?;
    println!(
        "{} figures, {} of them withheld; written to {}",
        estimates.len(),
        estimates.iter().filter(|of| of.suppressed).count(),
        out.display()
    );
    Ok(())
}
