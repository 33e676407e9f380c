//! `ctdata risk`

use ctdata::privacy::{KAnonymity, RiskReport};

use crate::args::RiskOptions;
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::Session;

pub(crate) fn run(options: &RiskOptions, session: &Session) -> Result<(), Failure> {
    let model = KAnonymity::try_new(options.k)?;
    let dataset = super::read(&options.input, session)?;
    let names = options.quasi.iter().map(|name| dataset.resolve(name)).collect::<Result<Vec<_>, _>>()?;
    let report = RiskReport::measure(dataset.table(), &names, model, &session.control)?;
    if session.json {
        return session.document(&report);
    }
    session.text(&words(&report))
}

fn words(report: &RiskReport) -> String {
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let k = report.k;
    let mut rows = vec![
        vec!["records".to_owned(), count(report.rows)],
        vec!["equivalence classes".to_owned(), count(report.classes)],
        vec!["smallest class".to_owned(), report.smallest_class.map(count).unwrap_or_default()],
        vec!["unique records".to_owned(), count(report.uniques)],
        vec![format!("records in classes under {k}"), count(report.rows_below_k)],
        vec![format!("share in classes under {k}"), percent(report.share_below_k)],
        vec!["highest prosecutor risk".to_owned(), percent(report.prosecutor.highest)],
        vec!["average prosecutor risk".to_owned(), percent(report.prosecutor.average)],
        vec!["marketer risk".to_owned(), percent(report.marketer)],
        vec![format!("with some but fewer than {k} possible matches*"), count(report.attacker_view.exposed_records)],
    ];
    for model in &report.models {
        let holds = if model.holds { "holds" } else { "does not hold" };
        rows.push(vec![format!("{} ({})", model.model, model.required), holds.to_owned()]);
    }
    let mut text = table(&[("measure", Align::Left), ("value", Align::Right)], &rows);
    text.push_str(
        "* attacker view: a blank matches any value, so that many blanks hide people here but not in the classes\n",
    );
    text
}
