//! `ctdata map`

use ctdata::model::htcds::Mapping;
use serde::Serialize;

use crate::args::MapOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::{Session, keep_apart, working_copy};

#[derive(Serialize)]
struct Drafted {
    columns: usize,
    certain: usize,
    likely: usize,
    unknown: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map: Option<String>,
}

pub(crate) fn run(options: &MapOptions, session: &Session) -> Result<(), Failure> {
    let written: Vec<_> = options.out.iter().map(AsRef::as_ref).collect();
    keep_apart(&[&options.init], &written)?;
    let draft = Mapping::draft_path(&options.init, options.sheet.as_deref(), &session.control);
    session.finish();
    let draft = draft?;
    let text = draft.to_toml();
    if let Some(out) = &options.out {
        working_copy(out, |output| Ok(output.write_all(text.as_bytes())?))?;
    }
    let (certain, likely, unknown) = draft.counts();
    if session.json {
        return session.document(&Drafted {
            columns: certain + likely + unknown,
            certain,
            likely,
            unknown,
            output: options.out.as_ref().map(|out| out.display().to_string()),
            map: options.out.is_none().then_some(text),
        });
    }
    if options.out.is_none() {
        session.text(&text)?;
    }
    session.remark(format!(
        "{} columns are certain, {} likely, {} to be decided",
        count(certain as u64),
        count(likely as u64),
        count(unknown as u64)
    ));
    Ok(())
}
