//! `ctdata publish`

use std::fmt::Write as _;

use ctdata::model::ModelError;
use ctdata::publish::{Account, Plan, PublishError, Publisher};

use crate::args::PublishOptions;
use crate::failure::Failure;
use crate::output::{Align, table};
use crate::session::Session;

pub(crate) fn run(options: &PublishOptions, session: &Session) -> Result<(), Failure> {
    let plan = options.plan.as_deref().map(Plan::read).transpose()?;
    let randomness = match (&plan, options.seed) {
        (Some(plan), seed) => super::anonymize::randomness(plan, seed)?,
        (None, Some(_)) => return Err(Failure::usage("--seed: without a plan nothing is perturbed")),
        (None, None) => None,
    };
    let clock = Some(super::anonymize::clock());
    let is_synthetic = plan.as_ref().is_some_and(|plan| plan.synthesize.is_some());
    let (ledger, at) = (options.ledger.clone(), Some(super::now()));
    let maker = Publisher { plan, replace: options.replace, clock, randomness, ledger, at };
    if is_synthetic {
        return synthetic(options, &maker, session);
    }
    if options.ledger.is_some() {
        return Err(Failure::usage("--ledger: the plan makes no synthetic records, and spends no budget"));
    }
    let outcome = maker.publish(&options.input, &options.out, &session.control);
    session.finish();
    let published = outcome.map_err(|error| {
        let is_unknown = matches!(error, PublishError::Model(ModelError::UnknownLayout { .. }));
        let mut failure = super::anonymize::explained(error, options.plan.as_deref(), false);
        if is_unknown {
            failure.message.push_str(" (a plan with `[input]` and `format = \"csv\"` takes a table of any subject)");
        }
        failure
    })?;
    if session.json {
        return session.document(&published);
    }
    session.text(&words(&published))?;
    for remark in &published.remarks {
        session.remark(format!("note: {remark}"));
    }
    Ok(())
}

fn synthetic(options: &PublishOptions, maker: &Publisher, session: &Session) -> Result<(), Failure> {
    let outcome = maker.publish_synthetic(&options.input, &options.out, &session.control);
    session.finish();
    let account = outcome.map_err(|error| super::anonymize::explained(error, options.plan.as_deref(), false))?;
    if session.json {
        return session.document(&account);
    }
    session.text(&super::synthesize::words(&account))?;
    for remark in &account.remarks {
        session.remark(format!("note: {remark}"));
    }
    Ok(())
}

fn words(account: &Account) -> String {
    let mut text = super::anonymize::findings(account);
    text.push_str(&super::anonymize::perturbation(account));
    if account.recoding.is_some() {
        text.push_str(&super::anonymize::attributes(account));
    }
    let rows: Vec<Vec<String>> = account.risk_rows().into_iter().map(Vec::from).collect();
    text.push_str(&table(&[("risk", Align::Left), ("before", Align::Right), ("after", Align::Right)], &rows));
    for sentence in account.demands() {
        let _ = writeln!(text, "holds: {sentence}");
    }
    text.push_str("verified; written:\n");
    for output in &account.outputs {
        let _ = writeln!(text, "  {output}");
    }
    text
}
