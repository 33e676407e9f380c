//! Three ways to make a table of people safe, compared by what they lose and what risk is left.
//!
//! `cargo run --release --example anonymize_adult` takes invented people; where the Adult census extract is at hand
//! (in the folder named by `CTDATA_SHARED`), it takes that.

use std::error::Error;
use std::process::ExitCode;

use ctdata::prelude::*;
use ctdata::privacy::{
    Aggregate, DistinctLDiversity, LocalRecoder, Metric, Mondrian, MondrianMode, Protection, QuasiIdentifier, Recoder,
    SuppressionLimit,
};
use ctdata::table::Hierarchy;
use ctdata_examples::data::{self, Hierarchical};
use ctdata_examples::{count, people, percent};

/// What nobody is to learn about a person.
const SENSITIVE: &str = "occupation";
const K: u32 = 5;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let Hierarchical { table, quasi } = match data::folder() {
        Some(folder) if folder.join("adult").is_dir() => {
            println!("Adult, from the data folder");
            data::adult(&folder)?
        }
        _ => {
            println!("invented people");
            let (table, hierarchies) = people::invented(10_000)?;
            let quasi = hierarchies.into_iter().map(|(name, hierarchy)| QuasiIdentifier::new(name, hierarchy));
            Hierarchical { table, quasi: quasi.collect() }
        }
    };
    // 1. What may an attacker know? Here: everything but the occupation.
    let quasi: Vec<QuasiIdentifier> = quasi.into_iter().filter(|quasi| quasi.name() != SENSITIVE).collect();
    let names: Vec<&str> = quasi.iter().map(QuasiIdentifier::name).collect();
    let model = KAnonymity::try_new(K)?;
    let risk = RiskReport::measure(&table, &names, model, &control)?;
    println!("{} people, {} of them unique by what may be known\n", count(risk.rows), count(risk.uniques));

    // 2. What must hold? Everyone has at least k - 1 others like them, and among these there are at least three
    //    occupations: k-anonymity alone does not help a person whose whole class has the same one.
    let protection = Protection::new([model])
        .model(DistinctLDiversity::try_new(SENSITIVE, 3)?)
        .quasi_identifiers(quasi.clone())
        .release([SENSITIVE])
        .check()?;

    // 3. How is it reached? Each output is proposed, then verified by other code; only then it can be had.
    let limit = SuppressionLimit::try_new(0.02)?;
    let metric = Metric::default().with_aggregate(Aggregate::Arithmetic);
    //    One level for everybody: the easiest to analyse, and the search proves that no levels are better.
    let full = Recoder::new(protection.clone()).limit(limit).metric(metric).run(&table, &control)?;
    if let Some(search) = full.search.first() {
        println!(
            "full-domain: levels {:?} of {} combinations, proven: {}",
            search.levels, search.lattice, search.optimal
        );
    }
    //    Levels in rounds: common people stay detailed, rare ones get coarse.
    let rounds = LocalRecoder::new(protection.clone()).limit(limit).metric(metric).run(&table, &control)?;
    println!("by rounds:   {} of them", rounds.search.len());
    //    Regions as small as possible: the finest labels, different from region to region.
    let regions = Mondrian::new(protection, MondrianMode::Strict).run(&table, &control)?;

    println!(
        "\n{:<12} {:>7} {:>9} {:>8} {:>9} {:>13} {:>9}",
        "", "loss", "left out", "classes", "smallest", "average risk", "marketer"
    );
    for (method, output) in [("full-domain", full.output), ("by rounds", rounds.output), ("regions", regions)] {
        let released = output.verify(&control)?;
        let risk = RiskReport::measure(released.get(), &names, model, &control)?;
        println!(
            "{method:<12} {:>7.3} {:>9} {:>8} {:>9} {:>13} {:>9}",
            loss(&released, &quasi)?,
            count(released.statement().records.as_ref().map_or(0, |records| records.suppressed)),
            count(risk.classes),
            risk.smallest_class.unwrap_or(0),
            percent(risk.prosecutor.average * 100.0),
            percent(risk.marketer * 100.0),
        );
    }
    println!("\nThe less is lost, the more the average risk comes near 1/k; nobody's is above it.");
    Ok(())
}

/// The mean over attributes and people of how much of an attribute is lost: 0 for a value as it was, 1 for one that
/// can be anything and for a person who is left out. All three ways can be compared by it.
#[expect(clippy::cast_precision_loss, reason = "counts of rows and values")]
fn loss(released: &Released<Table>, quasi: &[QuasiIdentifier]) -> Result<f64, Box<dyn Error>> {
    let records = released.statement().records.clone().unwrap_or_default();
    let mut sum = 0.0;
    for quasi in quasi {
        let (attribute, column) = released.get().named(quasi.name())?;
        let values = quasi.hierarchy().leaves().len() as f64;
        let of_label = |label: &str| (stands_for(quasi.hierarchy(), label) as f64 - 1.0) / (values - 1.0).max(1.0);
        let of_code: Vec<f64> = attribute.domain().labels().map(|label| of_label(&label)).collect();
        let kept: f64 = column.iter().filter_map(|code| of_code.get(usize::from(code))).sum();
        sum += (kept + records.suppressed as f64) / records.input as f64;
    }
    Ok(sum / quasi.len() as f64)
}

/// How many values a released label stands for: a value of some level, or a range such as `17-25`.
fn stands_for(hierarchy: &Hierarchy, label: &str) -> usize {
    for (at, level) in hierarchy.levels().enumerate() {
        if let Some(code) = level.domain().code_of(label) {
            return hierarchy.leaves_under(at, code);
        }
    }
    let leaf = |text: &str| hierarchy.leaves().code_of(text).map(usize::from);
    let ends = label.split_once('-').and_then(|(first, last)| Some((leaf(first)?, leaf(last)?)));
    ends.map_or(hierarchy.leaves().len(), |(first, last)| last.saturating_sub(first) + 1)
}
