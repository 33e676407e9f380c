//! `ctdata ledger`

use std::fmt::Write as _;

use ctdata::privacy::dp::{Ledger, LedgerView};

use crate::args::LedgerOptions;
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::Session;

pub(crate) fn run(options: &LedgerOptions, session: &Session) -> Result<(), Failure> {
    let view = Ledger::read(&options.file)?;
    if session.json {
        return session.document(&view);
    }
    session.text(&words(&view))?;
    if view.unfinished_entry {
        session.remark("note: the file ends with the beginning of an entry; nothing was released from it");
    }
    Ok(())
}

fn words(view: &LedgerView) -> String {
    let mut text = format!("dataset {}: {}, {} so far\n", view.dataset, view.budget, releases(view.entries.len()));
    let rows: Vec<Vec<String>> = view
        .entries
        .iter()
        .map(|entry| {
            vec![
                entry.number.to_string(),
                entry.at.clone().unwrap_or_default(),
                entry.purpose.clone(),
                match entry.records_per_person {
                    1 => entry.unit.code().to_owned(),
                    m => format!("{} with up to {} records", entry.unit.code(), count(m.into())),
                },
                format!("{:.6}", entry.rho.to_f64()),
                if entry.repeatable { "from a seed: not private" } else { "" }.to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let columns = [
            ("entry", Align::Right),
            ("when", Align::Left),
            ("for", Align::Left),
            ("protects each", Align::Left),
            ("rho", Align::Right),
            ("", Align::Left),
        ];
        text.push_str(&table(&columns, &rows));
    }
    if let Some(spent) = view.spent_epsilon {
        let _ = writeln!(text, "spent: epsilon {:.6}, rho {:.6}", spent.get(), view.spent.to_f64());
    }
    let left = &view.remaining;
    let _ = match left.epsilon {
        Some(epsilon) => writeln!(
            text,
            "left: one more release may have epsilon {:.6} at delta {:e} (rho {:.6})",
            epsilon.get(),
            left.delta.get(),
            left.rho.to_f64()
        ),
        None => writeln!(text, "left: nothing"),
    };
    if view.spent_epsilon.is_some() {
        text.push_str("rho adds up, epsilons do not: the epsilons of all releases together may be more than that of the dataset\n");
    }
    text
}

fn releases(number: usize) -> String {
    match number {
        0 => "no release paid for".to_owned(),
        1 => "1 release paid for".to_owned(),
        number => format!("{} releases paid for", count(number as u64)),
    }
}
