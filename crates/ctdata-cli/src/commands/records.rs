//! HTCDS records: what the commands about them share.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use ctdata::model::htcds::mapping::Mapping;
use ctdata::model::htcds::{
    CaseOptions, CitizenshipChoice, ExcelOptions, FlatOptions, HtcdsFormat, HtcdsOutcome, JsonStyle, ReadOptions,
    RecordReader, Records, SectionAChoice, Statuses, write_excel, write_flat, write_folder, write_json, write_xlsform,
};
use ctdata::model::{CaseReader, ModelError, OnError, Outcome, Problem};

use crate::args::{CaseChoices, Citizenship, Included, RecordOptions, SectionA};
use crate::failure::Failure;
use crate::session::{Session, say, working_copy};

/// The mapping of the options, if they name one.
pub(crate) fn mapping(options: &RecordOptions) -> Result<Option<Arc<Mapping>>, Failure> {
    Ok(options.map.as_deref().map(Mapping::read).transpose()?.map(Arc::new))
}

/// Reads records. Problems of rows are told, the confidential text only if it is asked for.
pub(crate) fn read(
    file: &Path,
    name: Option<&str>,
    options: &RecordOptions,
    show_values: bool,
    session: &Session,
) -> Result<HtcdsOutcome, Failure> {
    let reader = RecordReader {
        format: name.map(format).transpose()?,
        sheet: options.sheet.clone(),
        mapping: mapping(options)?,
        options: ReadOptions {
            on_error: OnError::Collect { limit: SHOWN },
            keep_values: show_values,
            ..ReadOptions::default()
        },
    };
    let outcome = reader.read_path(file, &session.control);
    session.finish();
    let outcome = outcome.map_err(|error| explained(error, show_values))?;
    tell(outcome.problems().kept(), show_values, session);
    Ok(outcome)
}

/// How many problems are told one by one.
const SHOWN: usize = 10;

/// The format of a name.
pub(crate) fn format(name: &str) -> Result<HtcdsFormat, Failure> {
    let names: Vec<&str> = HtcdsFormat::ALL.iter().map(|format| format.name()).collect();
    HtcdsFormat::named(name).ok_or_else(|| {
        Failure::usage(format!("`{name}` is no format of HTCDS records; there are {}", names.join(", ")))
    })
}

/// An error of reading, with the confidential codes that a mapping misses if they were asked for.
pub(crate) fn explained(error: ModelError, show_values: bool) -> Failure {
    if show_values && let ModelError::UnmappedCodes { columns, .. } = &error {
        for column in columns {
            let codes: Vec<String> = column.values.iter().map(|code| format!("{:?}", code.expose())).collect();
            say(&format!("column `{}`: {}", column.column, codes.join(", ")));
        }
    }
    error.into()
}

/// Problems of single cells, with what stands there only if that was asked for.
pub(crate) fn tell(problems: &[Problem], show_values: bool, session: &Session) {
    for problem in problems {
        match (&problem.value, show_values) {
            (Some(value), true) => say(&format!("{problem}: {:?}", value.expose())),
            _ => session.remark(problem.to_string()),
        }
    }
}

/// Reads a file of any layout, or records as the cases that they make.
pub(crate) fn outcome(
    file: &Path,
    format: Option<&str>,
    options: &RecordOptions,
    choices: &CaseChoices,
    (on_error, show_values): (OnError, bool),
    session: &Session,
) -> Result<Outcome, Failure> {
    let reader = CaseReader {
        on_error,
        keep_values: show_values,
        sheet: options.sheet.clone(),
        mapping: mapping(options)?,
        cases: case_options(choices),
        ..CaseReader::default()
    };
    super::outcome(&reader, file, format, show_values, session)
}

/// What the options say of cases.
pub(crate) fn case_options(choices: &CaseChoices) -> CaseOptions {
    CaseOptions {
        statuses: Statuses {
            possible: choices.include.contains(&Included::Possible),
            not_recorded: choices.include.contains(&Included::NotRecorded),
        },
        citizenship: match choices.citizenship {
            Citizenship::OnlyIfOne => CitizenshipChoice::OnlyIfOne,
            Citizenship::First => CitizenshipChoice::First,
        },
        section_a: match choices.section_a {
            SectionA::NotRecorded => SectionAChoice::NotRecorded,
            SectionA::Agriculture => SectionAChoice::Agriculture,
        },
        recruiters: !choices.no_recruiters,
    }
}

/// The files that are read, so that none is written over.
pub(crate) fn read_of<'a>(file: &'a Path, options: &'a RecordOptions) -> Vec<&'a Path> {
    [Some(file), options.map.as_deref()].into_iter().flatten().collect()
}

/// The format that the name of a file tells, for those that are unmistakable.
pub(crate) fn by_name(path: &Path) -> Option<HtcdsFormat> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "xlsx" => Some(HtcdsFormat::Excel),
        "json" => Some(HtcdsFormat::Json),
        "jsonl" => Some(HtcdsFormat::JsonLines),
        _ => None,
    }
}

/// Writes records as a working copy, whole or not at all.
pub(crate) fn write(records: &Records, format: HtcdsFormat, out: &Path, session: &Session) -> Result<(), Failure> {
    let control = &session.control;
    match format {
        HtcdsFormat::Excel => working_copy(out, |output| {
            let mut book = Cursor::new(Vec::new());
            write_excel(records, &mut book, &ExcelOptions::default(), control)?;
            Ok(output.write_all(book.get_ref())?)
        }),
        HtcdsFormat::Csv => {
            working_copy(out, |output| Ok(write_flat(records, output, &FlatOptions::default(), control)?))
        }
        HtcdsFormat::XlsForm => {
            working_copy(out, |output| Ok(write_xlsform(records, output, &FlatOptions::default(), control)?))
        }
        HtcdsFormat::CsvFolder => Ok(write_folder(records, out, control)?),
        HtcdsFormat::Json => working_copy(out, |output| Ok(write_json(records, JsonStyle::Pretty, output)?)),
        HtcdsFormat::JsonLines => working_copy(out, |output| Ok(write_json(records, JsonStyle::Lines, output)?)),
        other => Err(Failure::usage(format!("{other} is not written"))),
    }
}
