//! Cases made safe by coarser values, from code: no plan, no files.
//!
//! `cargo run --release --example anonymize_cases` simulates 200,000 cases; `-- cases.csv` takes your file. The same by a
//! plan: `ctdata anonymize cases.csv anonymized.csv --plan examples/plans/ctdc.toml`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use ctdata::model::case_hierarchies;
use ctdata::prelude::*;
use ctdata::privacy::{Protection, QuasiIdentifier, Recoder, SuppressionLimit};
use ctdata_examples::{count, percent};

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let cases = match std::env::args().nth(1) {
        Some(path) => CaseReader::default().read_path(Path::new(&path), &control)?.into_cases()?,
        None => Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?, 200_000)?,
    };

    // 1. What may somebody know who looks for a person? Each of it gets a hierarchy, from values to ever coarser ones:
    //    country, sub-region, region, any.
    let known = [
        "year_of_registration",
        "gender",
        "age_band",
        "citizenship",
        "country_of_exploitation",
        "form_forced_labour",
        "form_sexual_exploitation",
    ];
    let quasi = known.iter().map(|name| {
        let hierarchy = case_hierarchies().named(name).ok_or_else(|| format!("{name} has no hierarchy"))?;
        Ok(QuasiIdentifier::new(*name, hierarchy))
    });
    let quasi = quasi.collect::<Result<Vec<_>, String>>()?;

    // 2. What must hold? At least 11 people with the same values. What else is released is named too: here nothing,
    //    since means of control, for example, can be known as well, and would have to be protected with the rest.
    let model = KAnonymity::try_new(11)?;
    let protection = Protection::new([model]).quasi_identifiers(quasi).check()?;

    // 3. Which levels lose least, if at most 2 % of the cases may be left out and nothing may become the same for all?
    let recoder = Recoder::new(protection).limit(SuppressionLimit::try_new(0.02)?).avoiding_full_generalization();
    let recoded = recoder.run(cases.table(), &control)?;
    for search in &recoded.search {
        println!(
            "{} of {} combinations of levels looked at; {}",
            count(search.checked),
            search.lattice,
            if search.optimal { "none is better than this one" } else { "a better one may exist" }
        );
    }

    // 4. What became of each attribute? Kept for the house: it is computed from confidential data.
    let summary = recoded.output.summary();
    println!("\n{:<26} {:<14} {:>5} {:>12} {:>7}", "attribute", "level", "of", "generalized", "loss");
    for (column, quality) in summary.generalized.iter().zip(&recoded.quality.attributes) {
        println!(
            "{:<26} {:<14} {:>5} {:>12} {:>7.3}",
            column.attribute,
            column.level_name.as_deref().unwrap_or("different"),
            format!("{}/{}", column.level.unwrap_or(0), column.height),
            percent(percentage(column.cells, summary.records.kept)),
            quality.loss
        );
    }
    println!(
        "{} of {} cases left out, {} classes, {} people in the smallest",
        count(summary.records.suppressed),
        count(summary.records.input),
        count(summary.classes),
        summary.smallest_class.unwrap_or(0)
    );

    // 5. Does it hold? Other code counts input and output again; only what it accepts is a release.
    let released = recoded.output.verify(&control)?;
    let risk = RiskReport::measure(released.get(), &known, model, &control)?;
    println!("\nhighest risk of a person: {}", percent(risk.prosecutor.highest * 100.0));

    // 6. What a reader of the release is told.
    println!("\n{}", released.statement().to_plain_words());
    Ok(())
}

/// A part of a whole in hundredths.
#[expect(clippy::cast_precision_loss, reason = "counts of cases")]
fn percentage(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 }
}
