//! Reading records from JSON.

use std::collections::HashSet;
use std::hash::Hash;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::sync::Arc;

use ctdata_table::csv::OnError;
use ctdata_table::{Control, Location, TableError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::record::Clean;
use super::tree::{Fault, FromObject, Node};
use super::{FORMAT, FORMAT_VERSION};
use crate::ctdc::{Problem, Problems, without_file};
use crate::htcds::{
    CaseRecord, Entity, FIELDS, Field, HtcdsOutcome, MadeIds, Organization, OrganizationId, Person, PersonId, Places,
    ReadOptions, Records,
};
use crate::validate::Severity;
use crate::{ModelError, Redacted};

/// The longest line that is read, in bytes: many times that of the longest case, long comments included.
const MAX_LINE: u64 = 1 << 24;

/// How much is looked at to tell lines from a document.
const HEAD: u64 = 512;

/// How many bytes are read at a time.
const CHUNK: u64 = 1 << 20;

/// How many records are read between two looks at the control.
const CHECK_EVERY: u64 = 1024;

const NO_RECORD: &str = "not a JSON object of one organization, person or case";
const NO_OBJECT: &str = "not an object";
const SAME_ID: &str = "the identifier is that of an earlier record";
const NO_PERSON: &str = "no person in the file has this identifier";
const NO_ORGANIZATION: &str = "no organization in the file has this identifier";
const SAME_PERSON: &str = "the same person stands there twice";

/// Whether a file that begins like this holds records as [`read_json`] reads them: the first 512 bytes suffice.
pub fn is_htcds_json(head: &[u8]) -> bool {
    let head = head.get(..head.len().min(512)).unwrap_or_default();
    let is_document = || {
        let says = |key: &[u8]| head.windows(key.len()).any(|window| window == key);
        content(head).starts_with(b"{") && says(b"\"format\"") && says(b"\"htcds\"")
    };
    are_lines(head) || is_document()
}

/// Without a byte order mark and white space at its start.
fn content(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

/// Whether the first object has one of the keys of lines.
fn are_lines(head: &[u8]) -> bool {
    let key = content(head).strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    key.is_some_and(|key| {
        [b"\"organization\"".as_slice(), b"\"person\"", b"\"case\""].iter().any(|known| key.starts_with(known))
    })
}

/// Reads a document or lines, whichever it is. `name` is what messages call the file.
///
/// Rows are, in lines, the records from 1 and, in a document, the positions from 1 in the list of organizations, people
/// or cases that messages name. An empty file has no records.
///
/// ```
/// use ctdata_model::htcds::lists::MethodsOfControl;
/// use ctdata_model::htcds::{ReadOptions, read_json};
/// use ctdata_table::Control;
///
/// let lines = r#"{"person": {"person_id": "P1", "prs_Gender": "Not Specified/Unknown"}}
/// {"case": {"case_id": "C1", "victims": [{"person_id": "P1", "vic_MethodsOfControl": ["Debt bondage "]}]}}"#;
/// let outcome = read_json(lines.as_bytes(), "cases.jsonl", &ReadOptions::default(), &Control::default())?;
/// let records = outcome.into_records()?;
/// assert_eq!(records.persons[0].gender.as_ref().map(|gender| gender.name()), Some("NonSpecifiedUnknown"));
/// assert_eq!(records.cases[0].victims[0].methods_of_control[0].known(), Some(MethodsOfControl::DebtBondage));
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
///
/// # Errors
/// A failing input; text that is not JSON; a document that is of another format or version; lines beyond 16 MiB; and
/// with [`OnError::Stop`] the first record that cannot be used: a value that a field cannot have, a field that a record
/// does not have, an identifier that is missing or given twice, a reference that leads nowhere. Messages name places,
/// never what stands there.
pub fn read_json(
    input: impl Read,
    name: &str,
    options: &ReadOptions,
    control: &Control,
) -> Result<HtcdsOutcome, ModelError> {
    let mut input = BufReader::new(input);
    let mut head = Vec::new();
    let looked = input.by_ref().take(HEAD).read_to_end(&mut head);
    looked.map_err(|error| TableError::io(name, error))?;
    let (lines, empty) = (are_lines(&head), content(&head).is_empty());
    let input = Cursor::new(head).chain(input);
    let mut reader = Reader::new(name, options, control);
    let format = if lines || empty {
        reader.lines(input)?;
        "htcds-json-lines"
    } else {
        reader.document(input)?;
        "htcds-json"
    };
    reader.finish(format)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    format: String,
    format_version: u64,
    #[serde(default)]
    standard: Option<String>,
    #[serde(borrow, default)]
    organizations: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    persons: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    cases: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    organization: Option<&'a RawValue>,
    #[serde(borrow)]
    person: Option<&'a RawValue>,
    #[serde(borrow)]
    case: Option<&'a RawValue>,
}

/// Where a record stands.
#[derive(Clone, Copy)]
struct At {
    row: u64,
    line: Option<u64>,
    /// Before the name of the field: the list of a document.
    list: &'static str,
}

struct Reader<'a> {
    file: Arc<str>,
    options: &'a ReadOptions,
    control: &'a Control,
    records: Records,
    places: Places,
    /// The lines of cases, in lines.
    case_lines: Vec<Option<u64>>,
    problems: Problems,
    rows: u64,
    organizations: HashSet<OrganizationId>,
    persons: HashSet<PersonId>,
    cases: HashSet<crate::htcds::CaseId>,
}

impl<'a> Reader<'a> {
    fn new(name: &str, options: &'a ReadOptions, control: &'a Control) -> Self {
        Self {
            file: Arc::from(name),
            options,
            control,
            records: Records::default(),
            places: Places::default(),
            case_lines: Vec::new(),
            problems: Problems::default(),
            rows: 0,
            organizations: HashSet::new(),
            persons: HashSet::new(),
            cases: HashSet::new(),
        }
    }

    fn invalid(&self, place: Option<String>, rule: &str) -> ModelError {
        let place = place.map(|place| format!(", {place}")).unwrap_or_default();
        TableError::Invalid { what: format!("{}{place}", self.file), rule: rule.to_owned() }.into()
    }

    fn lines(&mut self, mut input: impl BufRead) -> Result<(), ModelError> {
        let mut line = Vec::new();
        for number in 1u64.. {
            line.clear();
            let read = (&mut input).take(MAX_LINE).read_until(b'\n', &mut line);
            if read.map_err(|error| TableError::io(&*self.file, error))? == 0 {
                break;
            }
            if line.len() as u64 >= MAX_LINE {
                return Err(self.invalid(Some(format!("line {number}")), "the line is too long for a record"));
            }
            let text = if number == 1 { content(&line) } else { &line }.trim_ascii();
            if !text.is_empty() {
                self.rows += 1;
                self.line(text, At { row: self.rows, line: Some(number), list: "" })?;
            }
        }
        Ok(())
    }

    fn line(&mut self, text: &[u8], at: At) -> Result<(), ModelError> {
        match serde_json::from_slice::<Line<'_>>(text) {
            Ok(Line { organization: Some(text), person: None, case: None }) => self.organization(text, at),
            Ok(Line { organization: None, person: Some(text), case: None }) => self.person(text, at),
            Ok(Line { organization: None, person: None, case: Some(text) }) => self.case(text, at),
            _ => {
                self.check(at.row)?;
                self.refuse(at, Fault { path: String::new(), message: NO_RECORD, value: None })
            }
        }
    }

    fn document(&mut self, mut input: impl BufRead) -> Result<(), ModelError> {
        let mut text = Vec::new();
        while (&mut input).take(CHUNK).read_to_end(&mut text).map_err(|error| TableError::io(&*self.file, error))? > 0 {
            self.control.check()?;
            self.control.reserve(text.len() as u64)?;
        }
        let start = content(&text);
        let document = serde_json::from_slice::<Document<'_>>(start).map_err(|error| {
            if error.is_data() {
                self.invalid(None, "not a document of `format`, `format_version`, `organizations`, `persons`, `cases`")
            } else {
                // Lines above the first character do not count for the parser.
                let before = text.len() - start.len();
                let above = text.iter().take(before).filter(|byte| **byte == b'\n').count();
                self.invalid(Some(format!("line {}", above + error.line())), "not JSON from here on")
            }
        })?;
        if document.format != FORMAT {
            return Err(self.invalid(Some("`format`".to_owned()), "it is not `htcds`"));
        }
        if document.format_version != FORMAT_VERSION {
            return Err(self.invalid(Some("`format_version`".to_owned()), "only version 1 is known"));
        }
        if document.standard.is_some_and(|version| version != super::STANDARD) {
            return Err(self.invalid(Some("`standard`".to_owned()), "only version 2.0 is known"));
        }
        for (row, text) in (1..).zip(document.organizations) {
            self.rows += 1;
            self.organization(text, At { row, line: None, list: "organizations" })?;
        }
        for (row, text) in (1..).zip(document.persons) {
            self.rows += 1;
            self.person(text, At { row, line: None, list: "persons" })?;
        }
        for (row, text) in (1..).zip(document.cases) {
            self.rows += 1;
            self.case(text, At { row, line: None, list: "cases" })?;
        }
        Ok(())
    }

    fn organization(&mut self, text: &RawValue, at: At) -> Result<(), ModelError> {
        self.check(at.row)?;
        match record::<Organization>(text) {
            Ok(record) if self.organizations.insert(record.id.clone()) => {
                self.places.organizations.push(at.row);
                self.records.organizations.push(record);
                Ok(())
            }
            Ok(_) => self.refuse(at, same_id("organization_id")),
            Err(fault) => self.refuse(at, fault),
        }
    }

    fn person(&mut self, text: &RawValue, at: At) -> Result<(), ModelError> {
        self.check(at.row)?;
        match record::<Person>(text) {
            Ok(record) if self.persons.insert(record.id.clone()) => {
                self.places.persons.push(at.row);
                self.records.persons.push(record);
                Ok(())
            }
            Ok(_) => self.refuse(at, same_id("person_id")),
            Err(fault) => self.refuse(at, fault),
        }
    }

    fn case(&mut self, text: &RawValue, at: At) -> Result<(), ModelError> {
        self.check(at.row)?;
        match record::<CaseRecord>(text) {
            Ok(record) if self.cases.insert(record.id.clone()) => {
                self.places.cases.push(at.row);
                self.places.victims.push(vec![at.row; record.victims.len()]);
                self.case_lines.push(at.line);
                self.records.cases.push(record);
                Ok(())
            }
            Ok(_) => self.refuse(at, same_id("case_id")),
            Err(fault) => self.refuse(at, fault),
        }
    }

    fn check(&self, row: u64) -> Result<(), ModelError> {
        if row.is_multiple_of(CHECK_EVERY) {
            self.control.check()?;
            self.control.report("reading", self.rows, None);
        }
        Ok(())
    }

    /// Leaves a record out; with [`OnError::Stop`] the first is the end.
    fn refuse(&mut self, at: At, fault: Fault) -> Result<(), ModelError> {
        let column = match (at.list, fault.path.as_str()) {
            ("", "") => None,
            ("", path) => Some(Arc::from(path)),
            (list, "") => Some(Arc::from(list)),
            (list, path) => Some(Arc::from(format!("{list}.{path}"))),
        };
        let rule = if fault.value.is_some() { "cell" } else { "record" };
        let place =
            Location { file: Some(Arc::clone(&self.file)), sheet: None, line: at.line, row: Some(at.row), column };
        let value = fault.value.filter(|_| self.options.keep_values).map(Redacted::new);
        let problem = Problem { rule, severity: Severity::Error, message: fault.message, at: place, value };
        self.problems.left_out_one();
        let OnError::Collect { limit } = self.options.on_error else {
            let first = format!("{} ({rule})", without_file(&problem));
            return Err(ModelError::Unreadable { file: self.file.to_string(), rows: 1, first });
        };
        self.problems.add(problem, limit);
        Ok(())
    }

    /// Leaves out cases that refer to nothing.
    fn settle_references(&mut self) -> Result<(), ModelError> {
        let faults: Vec<Option<Fault>> =
            self.records.cases.iter().map(|case| reference_fault(case, &self.persons, &self.organizations)).collect();
        if faults.iter().all(Option::is_none) {
            return Ok(());
        }
        let keep: Vec<bool> = faults.iter().map(Option::is_none).collect();
        let list = if self.case_lines.iter().any(Option::is_some) { "" } else { "cases" };
        let places: Vec<(u64, Option<u64>)> =
            self.places.cases.iter().copied().zip(self.case_lines.iter().copied()).collect();
        for (fault, (row, line)) in faults.into_iter().zip(places) {
            if let Some(fault) = fault {
                self.refuse(At { row, line, list }, fault)?;
            }
        }
        retain(&mut self.records.cases, &keep);
        retain(&mut self.places.cases, &keep);
        retain(&mut self.places.victims, &keep);
        Ok(())
    }

    fn finish(mut self, format: &'static str) -> Result<HtcdsOutcome, ModelError> {
        self.settle_references()?;
        Ok(HtcdsOutcome {
            fields: fields_of(&self.records),
            records: self.records,
            format,
            file: self.file,
            sheet: None,
            problems: self.problems,
            rows: self.rows,
            places: self.places,
            made_ids: MadeIds::default(),
        })
    }
}

fn same_id(field: &str) -> Fault {
    Fault { path: field.to_owned(), message: SAME_ID, value: None }
}

/// Keeps the items that are marked.
fn retain<T>(list: &mut Vec<T>, keep: &[bool]) {
    let mut marks = keep.iter();
    list.retain(|_| marks.next().copied().unwrap_or(true));
}

/// Reads a record as its type describes it, which is fast; then as leniently as sheets are read, which says what is
/// wrong. The messages of the parser quote the input, so that they are not passed on.
fn record<T: DeserializeOwned + Clean + FromObject>(text: &RawValue) -> Result<T, Fault> {
    if let Ok(record) = serde_json::from_str::<T>(text.get())
        && record.is_clean()
    {
        return Ok(record);
    }
    match serde_json::from_str(text.get()) {
        Ok(Node::Object(object)) => T::from_object(object),
        _ => Err(Fault { path: String::new(), message: NO_OBJECT, value: None }),
    }
}

/// The first reference of a case that leads nowhere, or person that it names twice in one role.
fn reference_fault(
    case: &CaseRecord,
    persons: &HashSet<PersonId>,
    organizations: &HashSet<OrganizationId>,
) -> Option<Fault> {
    let fault = |part: &str, position: usize, id: &str, message: &'static str| {
        Some(Fault { path: format!("{part}[{}].{id}", position + 1), message, value: None })
    };
    let people = |part: &'static str, ids: &mut dyn Iterator<Item = &PersonId>| {
        let mut seen = HashSet::new();
        ids.enumerate().find_map(|(position, id)| match (persons.contains(id), seen.insert(id)) {
            (true, true) => None,
            (false, _) => fault(part, position, "person_id", NO_PERSON),
            (true, false) => fault(part, position, "person_id", SAME_PERSON),
        })
    };
    people("victims", &mut case.victims.iter().map(|victim| &victim.person))
        .or_else(|| people("perpetrators", &mut case.perpetrators.iter().map(|found| &found.person)))
        .or_else(|| {
            case.connections.iter().enumerate().find_map(|(position, connection)| {
                if !leads_somewhere(connection.person.as_ref(), persons) {
                    fault("connections", position, "person_id", NO_PERSON)
                } else if !leads_somewhere(connection.organization.as_ref(), organizations) {
                    fault("connections", position, "organization_id", NO_ORGANIZATION)
                } else {
                    None
                }
            })
        })
}

fn leads_somewhere<I: Eq + Hash>(id: Option<&I>, known: &HashSet<I>) -> bool {
    id.is_none_or(|id| known.contains(id))
}

/// The fields that any record has, in the order of the standard: what is not recorded is not in the file.
fn fields_of(records: &Records) -> Vec<&'static Field> {
    fn add<'r, E: Entity + 'r>(fields: &mut HashSet<&'static str>, entities: &(impl Iterator<Item = &'r E> + Clone)) {
        for (position, name) in E::FIELDS.iter().enumerate() {
            if entities.clone().any(|entity| !entity.value(position).is_empty()) {
                fields.insert(name);
            }
        }
    }
    let mut found = HashSet::new();
    let cases = records.cases.iter();
    add(&mut found, &records.organizations.iter());
    add(&mut found, &records.persons.iter());
    add(&mut found, &records.persons.iter().map(|person| &person.consent));
    add(&mut found, &cases.clone());
    add(&mut found, &cases.clone().flat_map(|case| &case.victims));
    add(&mut found, &cases.clone().flat_map(|case| &case.perpetrators));
    add(&mut found, &cases.clone().flat_map(|case| &case.outgoing_referrals));
    add(&mut found, &cases.clone().flat_map(|case| &case.comments));
    add(&mut found, &cases.clone().flat_map(|case| &case.events));
    add(&mut found, &cases.flat_map(|case| &case.support_plans));
    FIELDS.iter().filter(|field| found.contains(field.name)).collect()
}
