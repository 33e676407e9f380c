//! `ctdata anonymize`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ctdata::privacy::PrivacyError;
use ctdata::publish::{Account, Clock, PerturbPlan, Plan, PublishError, Publisher, Randomness};
use ctdata::table::TableError;
use rand::TryRng;
use rand::rngs::SysRng;

use crate::args::AnonymizeOptions;
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::{Session, keep_apart, say, working_copy};

/// The clock for plans with a deadline.
pub(crate) fn clock() -> Clock {
    let start = Instant::now();
    Clock::new(move || start.elapsed())
}

/// What a plan's draws are made from: a seed if one is given, else bytes of the operating system, which are
/// not kept. A plan that draws nothing needs none.
pub(crate) fn randomness(plan: &Plan, seed: Option<u64>) -> Result<Option<Randomness>, Failure> {
    if plan.synthesize.is_none() && !plan.perturbations.iter().any(PerturbPlan::is_random) {
        return match seed {
            Some(_) => Err(Failure::usage("--seed: the plan has no perturbation that draws by chance")),
            None => Ok(None),
        };
    }
    if let Some(seed) = seed {
        return Ok(Some(Randomness::from_seed(seed)));
    }
    let mut bytes = [0; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Failure::usage(format!("the operating system gives no randomness: {error}")))?;
    Ok(Some(Randomness::from_entropy(bytes)))
}

pub(crate) fn run(options: &AnonymizeOptions, session: &Session) -> Result<(), Failure> {
    let plan = Plan::read(&options.plan)?;
    let files = plan.files();
    let read = [options.input.as_path(), options.plan.as_path()].into_iter().chain(files.iter().map(PathBuf::as_path));
    let written: Vec<&Path> =
        [Some(&options.out), options.report.as_ref()].into_iter().flatten().map(PathBuf::as_path).collect();
    keep_apart(&read.collect::<Vec<_>>(), &written)?;
    let randomness = randomness(&plan, options.seed)?;
    let maker = Publisher { plan: Some(plan), clock: Some(clock()), randomness, ..Publisher::default() };
    let outcome = maker.anonymize(&options.input, &session.control);
    session.finish();
    let mut anonymized = outcome.map_err(|error| explained(error, Some(&options.plan), options.show_values))?;
    working_copy(&options.out, |output| Ok(anonymized.write(output, &session.control)?))?;
    anonymized.account.outputs.push(options.out.display().to_string());
    if let Some(report) = &options.report {
        let text = anonymized.account.to_markdown();
        working_copy(report, |output| Ok(output.write_all(text.as_bytes())?))?;
        anonymized.account.outputs.push(report.display().to_string());
    }
    if session.json {
        return session.document(&anonymized.account);
    }
    session.text(&words(&anonymized.account))?;
    for remark in &anonymized.account.remarks {
        session.remark(format!("note: {remark}"));
    }
    Ok(())
}

/// A failure, with the plan that cannot be carried out; and the values that a hierarchy misses on standard error, if
/// asked for.
pub(crate) fn explained(error: PublishError, plan: Option<&Path>, show_values: bool) -> Failure {
    if let PublishError::Table(TableError::HierarchyMisses(misses)) = &error
        && show_values
    {
        for value in misses.show_values() {
            say(&format!("{}: {value}", misses.attribute()));
        }
    }
    let misses = matches!(&error, PublishError::Table(TableError::HierarchyMisses(_)));
    let way_out = match &error {
        PublishError::Privacy(PrivacyError::NoSolution { .. }) => {
            Some("; hierarchies, method = \"local-suppression\" or a smaller k may leave some")
        }
        PublishError::Privacy(PrivacyError::NoRecoding { .. }) => {
            Some("; a higher suppression_limit, coarser hierarchies or weaker models may leave some")
        }
        PublishError::Privacy(PrivacyError::GuaranteeFails(_)) => Some(""),
        _ => None,
    };
    let mut failure = Failure::from(error);
    if let Some(plan) = plan.filter(|_| misses || way_out.is_some()) {
        failure.message.insert_str(0, &format!("{}: ", plan.display()));
    }
    failure.message.push_str(way_out.unwrap_or_default());
    if misses && !show_values {
        failure.message.push_str(" (`anonymize --show-values` tells them)");
    }
    failure
}

/// What was perturbed before all else; empty if nothing was.
pub(crate) fn perturbation(account: &Account) -> String {
    if account.perturbation.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = account.perturbation_rows().into_iter().map(Vec::from).collect();
    table(&[("perturbation", Align::Left), ("attributes", Align::Left), ("changed cells", Align::Right)], &rows)
}

/// What was done to each attribute.
pub(crate) fn attributes(account: &Account) -> String {
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let rows: Vec<Vec<String>> = account
        .attributes
        .iter()
        .map(|attribute| {
            vec![
                attribute.attribute.clone(),
                attribute.shown_level(),
                attribute.height.to_string(),
                percent(attribute.share_generalized),
                percent(attribute.share_suppressed),
                attribute.loss.map(|loss| format!("{loss:.4}")).unwrap_or_default(),
            ]
        })
        .collect();
    let columns = [
        ("attribute", Align::Left),
        ("level", Align::Left),
        ("of", Align::Right),
        ("generalized", Align::Right),
        ("suppressed", Align::Right),
        ("loss", Align::Right),
    ];
    let mut text = table(&columns, &rows);
    if let Some(recoding) = &account.recoding {
        let _ = writeln!(text, "{}", recoding.sentence());
    }
    text
}

/// What was read, and what validation said.
pub(crate) fn findings(account: &Account) -> String {
    let found = account.validation.findings.len();
    format!("{}: {found} finding{} of validation\n", account.format, if found == 1 { "" } else { "s" })
}

fn words(account: &Account) -> String {
    let mut text = findings(account);
    text.push_str(&perturbation(account));
    text.push_str(&attributes(account));
    let rows: Vec<Vec<String>> = account.risk_rows().into_iter().map(Vec::from).collect();
    text.push_str(&table(&[("risk", Align::Left), ("before", Align::Right), ("after", Align::Right)], &rows));
    let _ = writeln!(text, "{} records left out, {} classes kept", count(account.suppressed), count(account.classes));
    for sentence in account.demands() {
        let _ = writeln!(text, "holds: {sentence}");
    }
    text.push_str("verified; written:\n");
    for output in &account.outputs {
        let _ = writeln!(text, "  {output}");
    }
    text
}
