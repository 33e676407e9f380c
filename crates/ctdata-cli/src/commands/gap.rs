//! `ctdata gap`

use ctdata::model::htcds::GapReport;

use super::records;
use crate::args::GapOptions;
use crate::failure::Failure;
use crate::output::{Align, table};
use crate::session::{Session, keep_apart, working_copy};

pub(crate) fn run(options: &GapOptions, session: &Session) -> Result<(), Failure> {
    let written: Vec<_> = options.report.iter().map(AsRef::as_ref).collect();
    keep_apart(&records::read_of(&options.file, &options.records), &written)?;
    let outcome =
        records::read(&options.file, options.format.as_deref(), &options.records, options.show_values, session)?;
    let mut report = GapReport::of(&outcome);
    if let Some(mapping) = records::mapping(&options.records)? {
        report = report.with_mapping(&mapping);
    }
    if let Some(path) = &options.report {
        working_copy(path, |output| Ok(output.write_all(report.to_markdown(options.all).as_bytes())?))?;
    }
    if session.json {
        if !options.all {
            report.fields.retain(|field| field.core);
        }
        return session.document(&report);
    }
    let rows = report.rows(options.all);
    if let Some((names, rows)) = rows.split_first() {
        let aligned = [Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Left];
        let header: Vec<(&str, Align)> = names.iter().map(String::as_str).zip(aligned).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.to_vec()).collect();
        session.text(&table(&header, &rows))?;
    }
    session.text(&format!("{}\n", report.summary()))
}
