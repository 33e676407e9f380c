//! A full report of the disclosure risk of a file, in plain words: whom an attacker finds, what is learnt of
//! them, which few values are enough, and what the world outside the file changes.
//!
//! `cargo run --release --example risk_report -- cases.csv` takes your file of cases.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use ctdata::prelude::*;
use ctdata::privacy::{
    BetaBound, BetaLikeness, DistinctLDiversity, Household, IndividualRisk, KCombinations, LogLinearModel, Measure,
    MissingSemantics, PrivacyModel, RecordExplanation, RiskOptions, SamplingFraction, SensitiveDistance, Suda,
    SudaReport, TCloseness, UniquenessRisk, frequencies, measure_models,
};
use ctdata::table::Attribute;
use ctdata_examples::{count, percent};

/// The k that CTDC asks for in its own releases.
const K: u32 = 11;
/// How large a share of all victims the file is taken to hold. Nobody knows; try several.
const FRACTION: f64 = 0.1;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let cases = match std::env::args().nth(1) {
        Some(path) => CaseReader::default().read_path(Path::new(&path), &control)?.into_cases()?,
        None => Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?, 20_000)?,
    };
    let table = cases.table();
    // What somebody who looks for a person may know.
    let known = ["yearOfRegistration", "gender", "ageBroad", "citizenship", "CountryOfExploitation"];
    let known = known.iter().map(|name| Ok(cases.resolve(name)?.name().into_owned()));
    let known = known.collect::<Result<Vec<String>, Box<dyn Error>>>()?;
    println!("Suppose that someone knows of a person: {}.\n", known.join(", "));

    let suda = Suda::new().with_sampling_fraction(FRACTION)?;
    let scores = suda.run(table, &known, &control)?;
    let every_column: Vec<&str> = table.schema().attributes().iter().map(Attribute::name).collect();
    let options = RiskOptions::new(KAnonymity::try_new(K)?)
        .with_log_linear(LogLinearModel::TwoWay, FRACTION)?
        .with_combinations(KCombinations::try_new(K, 2, every_column)?);
    let risk = RiskReport::measure_with(table, &known, &options, &control)?;

    println!("1. Whom do they find?");
    println!("   {} records fall into {} classes of the same values.", count(risk.rows), count(risk.classes));
    println!(
        "   {} records are alone, and {} are in classes of fewer than {K}, these included.",
        count(risk.uniques),
        count(risk.rows_below_k)
    );
    println!(
        "   A guess within the right class names the right record for {} of the people.",
        percent(risk.prosecutor.average * 100.0)
    );

    blanks(table, &known, &risk, &control)?;

    println!("\n3. What do they learn?");
    let sensitive = cases.resolve("isSexualExploit")?.name().into_owned();
    let models: [PrivacyModel; 3] = [
        DistinctLDiversity::try_new(&sensitive, 2)?.into(),
        TCloseness::try_new(&sensitive, 0.2, SensitiveDistance::Equal)?.into(),
        BetaLikeness::try_new(&sensitive, 1.0, BetaBound::Basic)?.into(),
    ];
    let reports = measure_models(table, &known, &models, None, &control)?;
    for (model, report) in models.iter().zip(&reports) {
        let verdict = if report.holds { "holds" } else { "does not hold" };
        let achieved = match report.achieved {
            Some(Measure::Real(level)) => format!("{level:.3}"),
            Some(level) => level.to_string(),
            None => "nothing".to_owned(),
        };
        println!("   {model}: {verdict}, the worst class has {achieved}.");
    }

    println!("\n4. Which few values are enough?");
    let special = scores.report();
    println!(
        "   {} records are special uniques; values of one attribute single out {}, of two {}.",
        count(special.scored),
        count(special.minimal_uniques.first().copied().unwrap_or(0)),
        count(special.minimal_uniques.get(1).copied().unwrap_or(0))
    );
    let mut blame: Vec<_> = special.attributes.iter().zip(&special.contributions).collect();
    blame.sort_by(|a, b| b.1.total_cmp(a.1));
    if let Some((attribute, share)) = blame.first() {
        println!("   Most often it is {attribute}, which is part of {} of the score.", percent(*share * 100.0));
    }
    if let Some(pairs) = &risk.combinations {
        println!(
            "   Of all {} columns, two known values leave fewer than {K} records for {} records.",
            pairs.attributes.len(),
            count(pairs.records_below_k)
        );
    }

    world(table, &known, &risk, special, &control)?;

    println!("\n6. Who falls together?");
    let country = cases.resolve("CountryOfExploitation")?.name().into_owned();
    let alone = IndividualRisk::prosecutor(table, &known, &control)?;
    let together = alone.clone().with_households(table, Household::Attribute(&country))?;
    println!(
        "   The mean risk is {}; if finding one person finds all in the same country, {}.",
        percent(alone.report(0.09)?.mean * 100.0),
        percent(together.report(0.09)?.mean * 100.0)
    );

    println!("\n7. Why is the riskiest record at risk? (For those who hold the file: this is confidential.)");
    let riskiest = scores.scores().iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    if let Some((row, _)) = riskiest {
        let why = RecordExplanation::of(table, &known, row, Some(&scores), &control)?;
        for line in why.to_string().lines() {
            println!("   {line}");
        }
    }
    Ok(())
}

fn blanks(table: &Table, known: &[String], risk: &RiskReport, control: &Control) -> Result<(), Box<dyn Error>> {
    println!("\n2. Do blanks protect?");
    let with = |semantics| known.iter().map(|name| (name.as_str(), semantics)).collect::<Vec<_>>();
    for (words, semantics) in [
        ("if a blank matches nothing", MissingSemantics::NeverMatches),
        ("if blanks match each other", MissingSemantics::OwnCategory),
        ("if a blank matches anything", MissingSemantics::Wildcard),
    ] {
        let matches = frequencies(table, &with(semantics), control)?;
        let few = matches.iter().filter(|&&found| found < f64::from(K)).count() as u64;
        println!("   {words:<28} {:>6} records have fewer than {K} matches.", count(few));
    }
    println!(
        "   Someone who knows the truth behind blanks finds fewer than {K} candidates for {} records.",
        count(risk.attacker_view.exposed_records)
    );
    Ok(())
}

fn world(
    table: &Table,
    known: &[String],
    risk: &RiskReport,
    special: &SudaReport,
    control: &Control,
) -> Result<(), Box<dyn Error>> {
    println!("\n5. Who is alone in the world, if this is a random {} of it?", percent(FRACTION * 100.0));
    let population = UniquenessRisk::measure(table, known, SamplingFraction::try_new(FRACTION)?, control)?;
    for estimate in &population.estimates {
        match (estimate.estimate, &estimate.not_estimated) {
            (Some(found), _) => {
                println!("   {:<24} {} of all people", estimate.asked.code(), percent(found.share * 100.0));
            }
            (None, reason) => {
                let reason = reason.as_deref().unwrap_or("no estimate");
                println!("   {:<24} {reason}", estimate.asked.code());
            }
        }
    }
    if let Some(model) = &risk.log_linear {
        println!(
            "   By a log-linear model {:.0} of the {} records that are unique here are unique there.",
            model.population_uniques,
            count(model.uniques)
        );
    }
    if let Some(dis) = &special.dis {
        println!("   A match with a unique record is right {} of the time.", percent(dis.theta * 100.0));
    }
    Ok(())
}
