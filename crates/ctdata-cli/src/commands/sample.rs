//! `ctdata sample`

use ctdata::model::htcds::{HtcdsFormat, MARKER};
use ctdata::model::{Dataset, Simulator, write_cases, write_table};
use serde::Serialize;

use crate::args::SampleOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::{Session, working_copy};

#[derive(Serialize)]
struct Sample {
    format: &'static str,
    rows: usize,
    seed: u64,
    /// The word that every identifying field of simulated records carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<&'static str>,
    output: String,
}

pub(crate) fn run(options: &SampleOptions, session: &Session) -> Result<(), Failure> {
    if let Some(format) = HtcdsFormat::named(&options.format) {
        return records(options, format, session);
    }
    let layout = super::layout(&options.format)?;
    let dataset = Simulator::new(options.seed).dataset(layout, options.rows)?;
    working_copy(&options.out, |output| match &dataset {
        Dataset::Cases(cases) => Ok(write_cases(cases, output, &session.control)?),
        other => Ok(write_table(other.table(), layout, output, &session.control)?),
    })?;
    if session.json {
        let output = options.out.display().to_string();
        return session.document(&Sample {
            format: layout.name,
            rows: options.rows,
            seed: options.seed,
            marker: None,
            output,
        });
    }
    session.remark(format!(
        "{} simulated rows of {} in {} (seed {})",
        count(options.rows as u64),
        layout.name,
        options.out.display(),
        options.seed
    ));
    Ok(())
}

fn records(options: &SampleOptions, format: HtcdsFormat, session: &Session) -> Result<(), Failure> {
    let records = Simulator::new(options.seed).htcds(options.rows)?;
    super::records::write(&records, format, &options.out, session)?;
    let (format, rows, seed) = (format.name(), options.rows, options.seed);
    let output = options.out.display().to_string();
    if session.json {
        return session.document(&Sample { format, rows, seed, marker: Some(MARKER), output });
    }
    session.remark(format!("{} simulated victims in {format} in {output} (seed {seed})", count(rows as u64)));
    Ok(())
}
