//! Do the searches find the optima that are known? They were found by ARX 3.9.2 and are in a file,
//! `recoding-oracle.json`, that this repository does not hold; nor does it hold Adult.
//!
//! `CTDATA_SHARED=folder cargo run --release --example recoding_oracle` looks for them in that folder. One line
//! per case; the exit code is 1 if any differs.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use ctdata::prelude::*;
use ctdata::privacy::{
    Aggregate, DistinctLDiversity, EntropyLDiversity, Metric, MetricFamily, PrivacyError, PrivacyModel, Protection,
    QuasiIdentifier, Recoder, RecursiveCLDiversity, Search, SearchReport, SensitiveDistance, SuppressionLimit,
    TCloseness,
};
use ctdata_examples::data::{self, Hierarchical};
use serde::Deserialize;

/// The oracle file, as far as it is needed here.
#[derive(Deserialize)]
struct Oracle {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    dataset: String,
    k: Option<u32>,
    suppression_limit: f64,
    limit_records: u64,
    metric: String,
    l_diversity: Option<String>,
    t_closeness: Option<String>,
    qi: Vec<String>,
    optimum: Vec<usize>,
    score: f64,
    suppressed_records: u64,
    kept_classes: u64,
    kept_class_size: ClassSize,
    lattice_size: u128,
}

#[derive(Deserialize)]
struct ClassSize {
    min: u64,
}

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(folder) = data::folder() else {
        println!("not checked: there is no data folder");
        return Ok(());
    };
    let Ok(file) = File::open(folder.join("recoding-oracle.json")) else {
        println!("not checked: the data folder holds no recoding-oracle.json");
        return Ok(());
    };
    let oracle: Oracle = serde_json::from_reader(std::io::BufReader::new(file))?;
    let (mut ties, mut wrong) = (0, 0);
    for case in &oracle.cases {
        let data = read(&folder, &case.dataset)?;
        let outcome = check(case, &data).map_err(|error| format!("{}: {error}", case.id))?;
        ties += usize::from(outcome.tie);
        wrong += usize::from(!outcome.differences.is_empty());
        let verdict = match (outcome.differences.as_slice(), outcome.tie) {
            ([], false) => "same levels".to_owned(),
            ([], true) => format!("same score as {:?}, which is as good", case.optimum),
            (differences, _) => format!("DIFFERENT: {}", differences.join("; ")),
        };
        let SearchReport { levels, score, suppressed, classes, checked, .. } = &outcome.report;
        println!(
            "{:<14} {levels:?} {score} {suppressed} suppressed, {classes} classes, {checked} nodes looked at: {verdict}",
            case.id
        );
    }
    let cases = oracle.cases.len();
    println!("{cases} cases: {} reproduced, {ties} of them with other levels of the same score", cases - wrong);
    if wrong > 0 { Err(format!("{wrong} cases differ").into()) } else { Ok(()) }
}

fn read(folder: &Path, dataset: &str) -> Result<Hierarchical, Box<dyn Error>> {
    match dataset {
        "adult" => Ok(data::adult(folder)?),
        "oracle-ct" => Ok(data::oracle_ct(folder)?),
        other => Err(format!("there is no data set {other}").into()),
    }
}

struct Checked {
    report: SearchReport,
    /// Whether the levels are others, of the same score.
    tie: bool,
    differences: Vec<String>,
}

fn check(case: &Case, data: &Hierarchical) -> Result<Checked, Box<dyn Error>> {
    let control = Control::default();
    let quasi = data.named(&case.qi)?;
    let limit = SuppressionLimit::try_new(case.suppression_limit)?;
    let recoder = |quasi: Vec<QuasiIdentifier>| -> Result<Recoder, Box<dyn Error>> {
        let models = models(case, data)?;
        let sensitive: Vec<String> = models.iter().filter_map(PrivacyModel::attribute).map(str::to_owned).collect();
        let protection = Protection::with_any_models(models).quasi_identifiers(quasi).release(sensitive).check()?;
        Ok(Recoder::new(protection).limit(limit).metric(metric(&case.metric)?))
    };
    let (report, quality) = recoder(quasi.clone())?.levels(&data.table, &control)?;

    let mut differences = Vec::new();
    let mut same = |what: &str, found: String, known: String| {
        if found != known {
            differences.push(format!("{what} {found} instead of {known}"));
        }
    };
    let rows = data.table.rows() as u64;
    // ARX may drop every record, this library never does: a limit of all of them is one of all but one.
    same("limit", limit.records(rows).to_string(), case.limit_records.min(rows - 1).to_string());
    same("nodes", report.lattice.to_string(), case.lattice_size.to_string());
    same("optimal", report.optimal.to_string(), true.to_string());
    if !is_close(report.score, case.score) {
        same("score", report.score.to_string(), case.score.to_string());
    }
    let tie = report.levels != case.optimum;
    let (theirs, quality) = if tie {
        // Other levels are right only if the known ones cost the same, which is found out by leaving no choice.
        let pairs = quasi.into_iter().zip(&case.optimum);
        let only = pairs.map(|(quasi, &level)| quasi.with_levels(level..=level)).collect::<Result<Vec<_>, _>>()?;
        let (theirs, quality) = recoder(only)?.search(Search::Exhaustive).levels(&data.table, &control)?;
        if !is_close(theirs.score, report.score) {
            same("levels", format!("{:?}", report.levels), format!("{:?}", case.optimum));
        }
        (theirs, quality)
    } else {
        (report.clone(), quality)
    };
    same("suppressed", theirs.suppressed.to_string(), case.suppressed_records.to_string());
    same("classes", theirs.classes.to_string(), case.kept_classes.to_string());
    same("smallest class", quality.smallest_class.unwrap_or(0).to_string(), case.kept_class_size.min.to_string());
    Ok(Checked { report, tie, differences })
}

/// To nine digits.
fn is_close(found: f64, known: f64) -> bool {
    (found - known).abs() <= 1e-9 * known.abs().max(1.0)
}

fn metric(name: &str) -> Result<Metric, Box<dyn Error>> {
    let loss = Metric::default();
    Ok(match name {
        "loss-arith" => loss.with_aggregate(Aggregate::Arithmetic),
        "loss-sum" => loss.with_aggregate(Aggregate::Sum),
        "loss-max" => loss.with_aggregate(Aggregate::Max),
        "dm" => Metric::new(MetricFamily::Discernibility),
        "dmstar" => Metric::new(MetricFamily::DiscernibilityStar),
        _ => match name.strip_prefix("loss-gs") {
            Some(factor) => loss.with_factor(factor.parse()?)?,
            None => Metric::new(name.parse()?),
        },
    })
}

/// The models of a case: k-anonymity, `distinct:3:occupation`, `hier:0.2:occupation`, …
fn models(case: &Case, data: &Hierarchical) -> Result<Vec<PrivacyModel>, Box<dyn Error>> {
    let mut models: Vec<PrivacyModel> = Vec::new();
    if let Some(k) = case.k {
        models.push(KAnonymity::try_new(k)?.into());
    }
    if let Some(text) = &case.l_diversity {
        models.push(match text.split(':').collect::<Vec<_>>().as_slice() {
            ["distinct", l, name] => DistinctLDiversity::try_new(*name, l.parse()?)?.into(),
            ["entropy", l, name] => EntropyLDiversity::try_new(*name, l.parse()?)?.into(),
            ["recursive", c, l, name] => RecursiveCLDiversity::try_new(*name, c.parse()?, l.parse()?)?.into(),
            _ => return Err(format!("there is no model {text}").into()),
        });
    }
    if let Some(text) = &case.t_closeness {
        let closeness = |name: &str, t: &str, distance| -> Result<PrivacyModel, Box<dyn Error>> {
            let model: Result<TCloseness, PrivacyError> = TCloseness::try_new(name, t.parse()?, distance);
            Ok(model?.into())
        };
        models.push(match text.split(':').collect::<Vec<_>>().as_slice() {
            ["equal", t, name] => closeness(name, t, SensitiveDistance::Equal)?,
            ["hier", t, name] => {
                let hierarchy = data.named(&[name])?.first().ok_or("no hierarchy")?.hierarchy().clone();
                closeness(name, t, SensitiveDistance::Hierarchical(hierarchy))?
            }
            _ => return Err(format!("there is no model {text}").into()),
        });
    }
    Ok(models)
}
