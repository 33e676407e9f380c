//! `ctdata pseudonymize`

use ctdata::model::htcds::pseudonyms::Key;
use ctdata::model::htcds::{HtcdsFormat, Records};
use serde::Serialize;

use super::records;
use crate::args::PseudonymizeOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::{Session, can_be_written, keep_apart, working_copy};

#[derive(Serialize)]
struct Pseudonymized {
    from: &'static str,
    cases: usize,
    persons: usize,
    organizations: usize,
    /// By which the key is recognized.
    key: String,
    outputs: [String; 2],
}

pub(crate) fn run(options: &PseudonymizeOptions, session: &Session) -> Result<(), Failure> {
    let mut read = records::read_of(&options.input, &options.records);
    read.extend(options.key_file.as_deref());
    keep_apart(&read, &[&options.cases, &options.identities])?;
    let format = match &options.to {
        Some(name) => records::format(name)?,
        None if options.cases.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) => {
            HtcdsFormat::Csv
        }
        None => records::by_name(&options.cases).unwrap_or(HtcdsFormat::Json),
    };
    let key = match (&options.key_file, &options.key_env) {
        (Some(path), _) => Key::from_file(path)?,
        (None, Some(name)) => Key::from_env(name)?,
        (None, None) => return Err(Failure::usage("--key-file or --key-env is needed")),
    };
    let outcome = records::read(&options.input, options.format.as_deref(), &options.records, false, session)?;
    let (from, made) = (outcome.format(), outcome.made_ids());
    let records = outcome.into_records()?;
    let split = key.split(&records);
    if made.persons + made.cases + made.organizations > 0 {
        session.remark(
            "note: some people, cases or organizations have no identifier in the file, and rows stand for them: pseudonyms \
             of another file with rows of the same numbers are the same, and mean others",
        );
    }
    // Both or neither.
    can_be_written(&options.cases)?;
    working_copy(&options.identities, |output| Ok(serde_json::to_writer_pretty(output, &split.identities)?))?;
    records::write(&split.cases, format, &options.cases, session)?;
    let Records { organizations, persons, cases } = &records;
    if session.json {
        return session.document(&Pseudonymized {
            from,
            cases: cases.len(),
            persons: persons.len(),
            organizations: organizations.len(),
            key: key.fingerprint(),
            outputs: [&options.cases, &options.identities].map(|path| path.display().to_string()),
        });
    }
    session.remark(format!(
        "{} cases in {}, identities of {} people in {}",
        count(cases.len() as u64),
        options.cases.display(),
        count(persons.len() as u64),
        options.identities.display()
    ));
    session.remark(format!("the key is recognized by {}", key.fingerprint()));
    session.remark("both files are confidential: pseudonyms hide names, not what is known of a person");
    Ok(())
}
