//! `ctdata map`

use ctdata::model::htcds::mapping::{Likeness, draft_csv, draft_excel};
use ctdata::model::htcds::{HtcdsFormat, RecordReader};
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
    let is_workbook = RecordReader::recognize(&options.init)? == Some(HtcdsFormat::Excel);
    let draft = if is_workbook || options.sheet.is_some() {
        draft_excel(&options.init, options.sheet.as_deref(), None, &session.control)
    } else {
        draft_csv(&options.init, None, &session.control)
    };
    session.finish();
    let draft = draft?;
    if draft.is_doubtful() && !options.show_values {
        return Err(Failure::usage(format!(
            "{}: its first row looks like a record rather than a header, or like a damaged header, and a draft would show it; with --show-values it does",
            options.init.display()
        )));
    }
    let text = draft.to_toml(options.show_values);
    if let Some(out) = &options.out {
        working_copy(out, |output| Ok(output.write_all(text.as_bytes())?))?;
    }
    let [certain, likely, unknown] =
        [Likeness::Certain, Likeness::Likely, Likeness::Unknown].map(|likeness| draft.count(likeness));
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
