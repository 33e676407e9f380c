//! `ctdata sample`

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
    output: String,
}

pub(crate) fn run(options: &SampleOptions, session: &Session) -> Result<(), Failure> {
    let layout = super::layout(&options.format)?;
    let dataset = Simulator::new(options.seed).dataset(layout, options.rows)?;
    working_copy(&options.out, |output| match &dataset {
        Dataset::Cases(cases) => Ok(write_cases(cases, output, &session.control)?),
        other => Ok(write_table(other.table(), layout, output, &session.control)?),
    })?;
    if session.json {
        let output = options.out.display().to_string();
        return session.document(&Sample { format: layout.name, rows: options.rows, seed: options.seed, output });
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
