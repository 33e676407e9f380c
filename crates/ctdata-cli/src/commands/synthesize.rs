//! `ctdata synthesize`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ctdata::privacy::{Spent, SynthesisMethod};
use ctdata::publish::{Plan, Publisher, SynthesisAccount};

use crate::args::SynthesizeOptions;
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::{Session, can_be_written, keep_apart, working_copy};

pub(crate) fn run(options: &SynthesizeOptions, session: &Session) -> Result<(), Failure> {
    let plan = Plan::read(&options.plan)?;
    let files = plan.files();
    let has_counts =
        plan.synthesize.as_ref().is_none_or(|plan| !matches!(plan.method, SynthesisMethod::Mst | SynthesisMethod::Aim));
    if options.aggregates.is_some() && !has_counts {
        return Err(Failure::usage(
            "--aggregates: `mst` and `aim` make no counts of combinations; `aggregate-seeded` does",
        ));
    }
    let randomness = super::anonymize::randomness(&plan, options.seed)?;
    let maker = Publisher {
        plan: Some(plan.clone()),
        clock: Some(super::anonymize::clock()),
        randomness,
        ledger: options.ledger.clone(),
        at: Some(super::now()),
        ..Publisher::default()
    };
    let ledger = maker.ledger_of(&plan);
    let read = [options.input.as_path(), options.plan.as_path()].into_iter().chain(files.iter().map(PathBuf::as_path));
    let written: Vec<&Path> =
        [Some(&options.out), options.aggregates.as_ref(), options.report.as_ref(), ledger.as_ref()]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
            .collect();
    keep_apart(&read.collect::<Vec<_>>(), &written)?;
    // What is to be written is opened first: a budget should not be spent on what cannot be written.
    for other in [&options.aggregates, &options.report].into_iter().flatten() {
        can_be_written(other)?;
    }
    let mut refusal = None;
    let written = working_copy(&options.out, |output| {
        let outcome = maker.synthesize(&options.input, &session.control);
        session.finish();
        match outcome {
            Ok(made) => {
                made.write(output, &session.control)?;
                Ok(made)
            }
            Err(error) => {
                let failure = super::anonymize::explained(error, Some(&options.plan), false);
                let code = failure.code;
                refusal = Some(failure);
                Err(Failure { code, message: String::new() })
            }
        }
    });
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    let mut made = written?;
    made.account.outputs.push(options.out.display().to_string());
    if let Some(file) = &options.aggregates {
        working_copy(file, |output| Ok(made.write_aggregates(output, &session.control)?))?;
        made.account.outputs.push(file.display().to_string());
        if plan.synthesize.as_ref().is_some_and(|plan| plan.k.is_some()) {
            made.account.remarks.push(
                "the counts of combinations are none below k and rounded down to multiples of it; what was verified are the \
                 records"
                    .to_owned(),
            );
        }
    }
    if let Some(report) = &options.report {
        let text = made.account.statement.to_plain_words();
        working_copy(report, |output| Ok(output.write_all(text.as_bytes())?))?;
        made.account.outputs.push(report.display().to_string());
    }
    if session.json {
        return session.document(&made.account);
    }
    session.text(&words(&made.account))?;
    for remark in &made.account.remarks {
        session.remark(format!("note: {remark}"));
    }
    Ok(())
}

/// So many of the things that budget was spent on are listed.
const SHOWN: usize = 12;

/// What was made, what holds, and what was spent on it.
pub(crate) fn words(account: &SynthesisAccount) -> String {
    let mut text =
        format!("{}: {} synthetic records by {}\n", account.format, count(account.rows), account.method.name());
    for model in &account.statement.models {
        let _ = writeln!(text, "holds: {}", model.description);
    }
    if account.statement.models.is_empty() {
        text.push_str("holds: nothing; a trial, whose noise follows from a seed\n");
    }
    let guarantee = account.statement.synthetic.as_ref().and_then(|synthetic| synthetic.differential_privacy());
    if let Some(guarantee) = guarantee {
        let mut largest: Vec<&Spent> = guarantee.spent.iter().collect();
        largest.sort_by(|a, b| b.rho.total_cmp(&a.rho));
        let rows: Vec<Vec<String>> = largest
            .iter()
            .take(SHOWN)
            .map(|spent| {
                vec![
                    spent.purpose.clone(),
                    count(spent.charges),
                    format!("{:.6}", spent.rho),
                    format!("{:.1} %", 100.0 * spent.rho / guarantee.rho),
                ]
            })
            .collect();
        let columns =
            [("spent on", Align::Left), ("charges", Align::Right), ("rho", Align::Right), ("share", Align::Right)];
        text.push_str(&table(&columns, &rows));
        if let Some(more) = guarantee.spent.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ =
                writeln!(text, "and {} more, each less than these (--json and --report list all)", count(more as u64));
        }
        if let Some(ledger) = &guarantee.ledger {
            let _ = writeln!(text, "entry {} of the ledger of dataset {}", ledger.entry, ledger.dataset);
        }
    }
    text.push_str("verified; written:\n");
    for output in &account.outputs {
        let _ = writeln!(text, "  {output}");
    }
    text
}
