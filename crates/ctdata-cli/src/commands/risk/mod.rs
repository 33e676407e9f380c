//! `ctdata risk`

mod args;
mod input;
mod measure;
mod releases;
mod section;
mod words;

pub(crate) use args::RiskOptions;

use crate::failure::Failure;
use crate::session::{Session, working_copy};

pub(crate) fn run(options: &RiskOptions, session: &Session) -> Result<(), Failure> {
    let dataset = input::read(options, session)?;
    let findings = measure::measure(options, &dataset, session)?;
    let sections = words::sections(&findings);
    if let Some(report) = &options.report {
        let text = section::markdown(&format!("Disclosure risk of {}", options.input.file.display()), &sections);
        working_copy(report, |output| Ok(output.write_all(text.as_bytes())?))?;
    }
    if session.json {
        return session.document(&findings);
    }
    session.text(&section::text(&sections))
}
