//! `ctdata publish`

use std::fmt::Write as _;

use ctdata::model::ModelError;
use ctdata::publish::{Plan, PublishError, Published, Publisher};

use crate::args::PublishOptions;
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::Session;

pub(crate) fn run(options: &PublishOptions, session: &Session) -> Result<(), Failure> {
    let plan = options.plan.as_deref().map(Plan::read).transpose()?;
    let maker = Publisher { plan, replace: options.replace };
    let outcome = maker.publish(&options.input, &options.out, &session.control);
    session.finish();
    let published = outcome.map_err(|error| {
        let is_unknown = matches!(error, PublishError::Model(ModelError::UnknownLayout { .. }));
        let mut failure = Failure::from(error);
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

fn words(published: &Published) -> String {
    let (before, after) = (&published.risk_before, &published.risk_after);
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let smallest = |class: Option<u64>| class.map(count).unwrap_or_default();
    let rows: Vec<Vec<String>> = [
        ["records".to_owned(), count(before.rows), count(after.rows)],
        ["equivalence classes".to_owned(), count(before.classes), count(after.classes)],
        ["smallest class".to_owned(), smallest(before.smallest_class), smallest(after.smallest_class)],
        ["unique records".to_owned(), count(before.uniques), count(after.uniques)],
        [format!("share in classes under {}", before.k), percent(before.share_below_k), percent(after.share_below_k)],
        [
            format!("with some but fewer than {} possible matches (blanks match anything)", before.k),
            count(before.attacker_view.exposed_records),
            count(after.attacker_view.exposed_records),
        ],
    ]
    .into_iter()
    .map(Vec::from)
    .collect();
    let mut text = format!("{}: {} findings of validation\n", published.format, published.validation.findings.len());
    text.push_str(&table(&[("risk", Align::Left), ("before", Align::Right), ("after", Align::Right)], &rows));
    let _ = writeln!(text, "quasi-identifiers: {}", published.statement.quasi_identifiers.join(", "));
    text.push_str("verified; written:\n");
    for output in &published.outputs {
        let _ = writeln!(text, "  {output}");
    }
    text
}
