//! The record builder: rows of any sheet become records.
//!
//! A row connects a person, an organization or both with a case. Where the sheet has identifiers, rows with the same
//! ones are about the same case, person or organization, and must not contradict each other; where it has none, each
//! row is a case of its own with one victim, as in the toolkit of the standard.

use std::collections::HashMap;
use std::sync::Arc;

use ctdata_table::Location;
use ctdata_table::csv::OnError;

use super::{HtcdsOutcome, Places, ReadOptions, SheetPlan, Target};
use crate::codes::CodeList;
use crate::ctdc::{Problem, Problems};
use crate::htcds::records::ReadEntity;
use crate::htcds::value::{Fault, Input, Reading, trimmed};
use crate::htcds::{
    CaseComment, CaseId, CaseRecord, CaseRole, Connection, Consent, Entity, Field, Organization, OrganizationId,
    OutgoingReferral, Perpetrator, Person, PersonId, Records, SupportPlan, TraffickingEvent, Victim,
};
use crate::validate::Severity;
use crate::{ModelError, Redacted};

/// What a cell holds, or why it cannot be read.
#[derive(Clone, Copy)]
pub(crate) enum CellInput<'a> {
    Input(Input<'a>),
    /// The file itself says that there is no value, or one that cannot be trusted.
    Bad(&'static str),
}

const CONTRADICTS: &str = "it says otherwise than an earlier row about the same person, case or organization";
const NEEDS_CASE: &str = "a row about a case needs the identifier of the case";
const UNKNOWN_ROLE: &str = "the role is none of victim, perpetrator, case-worker, organization, other";
const NEEDS_SOMEONE: &str = "the role is that of a person or an organization, and the row has none";

/// Which entity a field belongs to, and its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Organization(usize),
    Person(usize),
    Consent(usize),
    Victim(usize),
    Perpetrator(usize),
    Case(usize),
    Referral(usize),
    Comment(usize),
    Event(usize),
    Plan(usize),
}

fn slot_of(field: &Field) -> Option<Slot> {
    fn at<E: Entity>(field: &Field) -> Option<usize> {
        E::FIELDS.iter().position(|name| *name == field.name)
    }
    at::<Organization>(field)
        .map(Slot::Organization)
        .or_else(|| at::<Person>(field).map(Slot::Person))
        .or_else(|| at::<Consent>(field).map(Slot::Consent))
        .or_else(|| at::<Victim>(field).map(Slot::Victim))
        .or_else(|| at::<Perpetrator>(field).map(Slot::Perpetrator))
        .or_else(|| at::<CaseRecord>(field).map(Slot::Case))
        .or_else(|| at::<OutgoingReferral>(field).map(Slot::Referral))
        .or_else(|| at::<CaseComment>(field).map(Slot::Comment))
        .or_else(|| at::<TraffickingEvent>(field).map(Slot::Event))
        .or_else(|| at::<SupportPlan>(field).map(Slot::Plan))
}

/// What one row says.
#[derive(Default)]
struct Draft {
    case_id: Option<String>,
    person_id: Option<String>,
    organization_id: Option<String>,
    role: Option<CaseRole>,
    organization: Organization,
    person: Person,
    victim: Victim,
    perpetrator: Perpetrator,
    case: CaseRecord,
}

impl Draft {
    fn read(&mut self, slot: Slot, nth: usize, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault> {
        fn nth_of<E: Entity>(list: &mut Vec<E>, nth: usize) -> &mut E {
            if list.len() <= nth {
                list.resize_with(nth + 1, E::default);
            }
            #[expect(clippy::indexing_slicing, reason = "the list was just made long enough")]
            &mut list[nth]
        }
        match slot {
            Slot::Organization(at) => self.organization.read(at, input, reading),
            Slot::Person(at) => self.person.read(at, input, reading),
            Slot::Consent(at) => self.person.consent.read(at, input, reading),
            Slot::Victim(at) => self.victim.read(at, input, reading),
            Slot::Perpetrator(at) => self.perpetrator.read(at, input, reading),
            Slot::Case(at) => self.case.read(at, input, reading),
            Slot::Referral(at) => nth_of(&mut self.case.outgoing_referrals, nth).read(at, input, reading),
            Slot::Comment(at) => nth_of(&mut self.case.comments, nth).read(at, input, reading),
            Slot::Event(at) => nth_of(&mut self.case.events, nth).read(at, input, reading),
            Slot::Plan(at) => nth_of(&mut self.case.support_plans, nth).read(at, input, reading),
        }
    }

    fn drop_blanks(&mut self) {
        self.case.outgoing_referrals.retain(|referral| !referral.is_blank());
        self.case.comments.retain(|comment| !comment.is_blank());
        self.case.events.retain(|event| !event.is_blank());
        self.case.support_plans.retain(|plan| !plan.is_blank());
    }

    fn says_case(&self) -> bool {
        let case = &self.case;
        !case.is_blank()
            || !case.outgoing_referrals.is_empty()
            || !case.comments.is_empty()
            || !case.events.is_empty()
            || !case.support_plans.is_empty()
            || !self.victim.is_blank()
            || !self.perpetrator.is_blank()
    }

    fn says_person(&self) -> bool {
        self.person_id.is_some()
            || !self.person.is_blank()
            || !self.person.consent.is_blank()
            || !self.victim.is_blank()
            || !self.perpetrator.is_blank()
    }
}

/// Turns rows into records.
pub(crate) struct RecordBuilder {
    plan: SheetPlan,
    slots: Vec<Option<Slot>>,
    options: ReadOptions,
    format: &'static str,
    file: Arc<str>,
    sheet: Option<Arc<str>>,
    records: Records,
    places: Places,
    cases: HashMap<String, usize>,
    persons: HashMap<String, usize>,
    organizations: HashMap<String, usize>,
    problems: Problems,
    rows: u64,
    has_case_ids: bool,
}

impl RecordBuilder {
    pub(crate) fn new(
        plan: SheetPlan,
        format: &'static str,
        file: Arc<str>,
        sheet: Option<Arc<str>>,
        options: ReadOptions,
    ) -> Self {
        let slot = |target: Target| match target {
            Target::Field { field, .. } => slot_of(field),
            _ => None,
        };
        Self {
            slots: plan.columns.iter().map(|column| slot(column.target)).collect(),
            has_case_ids: plan.has(Target::CaseId),
            plan,
            options,
            format,
            file,
            sheet,
            records: Records::default(),
            places: Places::default(),
            cases: HashMap::new(),
            persons: HashMap::new(),
            organizations: HashMap::new(),
            problems: Problems::default(),
            rows: 0,
        }
    }

    /// The columns of the sheet.
    pub(crate) fn plan(&self) -> &SheetPlan {
        &self.plan
    }

    /// Rows so far that hold something.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes a row: its cells in the order of the plan, `None` for an empty one. `place` is the place of the row.
    pub(crate) fn row<'c>(
        &mut self,
        place: &Location,
        cells: impl IntoIterator<Item = Option<CellInput<'c>>>,
    ) -> Result<(), ModelError> {
        let mut draft = Draft::default();
        let mut faults: Vec<(usize, &'static str, Option<String>)> = Vec::new();
        let mut says_something = false;
        for (at, ((column, slot), cell)) in self.plan.columns.iter().zip(&self.slots).zip(cells).enumerate() {
            let Some(cell) = cell else { continue };
            if column.target == Target::Ignored {
                continue;
            }
            let input = match cell {
                CellInput::Input(Input::Text(text)) if trimmed(text).is_empty() => continue,
                CellInput::Input(input) => input,
                CellInput::Bad(message) => {
                    says_something = true;
                    faults.push((at, message, None));
                    continue;
                }
            };
            says_something = true;
            let done = match (column.target, slot) {
                (Target::Field { occurrence, .. }, Some(slot)) => {
                    draft.read(*slot, occurrence, input, column.reading()).map_err(Fault::message)
                }
                (Target::Role, _) => {
                    draft.role = CaseRole::parse(&text(input)).ok();
                    if draft.role.is_some() { Ok(()) } else { Err(UNKNOWN_ROLE) }
                }
                (target, _) => {
                    let id = Some(text(input));
                    match target {
                        Target::CaseId => draft.case_id = id,
                        Target::PersonId => draft.person_id = id,
                        Target::OrganizationId => draft.organization_id = id,
                        _ => {}
                    }
                    Ok(())
                }
            };
            if let Err(message) = done {
                faults.push((at, message, self.options.keep_values.then(|| text(input))));
            }
        }
        if !says_something {
            return Ok(());
        }
        self.rows += 1;
        if faults.is_empty() {
            draft.drop_blanks();
            if let Err((column, message)) = self.take(draft, place) {
                faults.push((column.unwrap_or(usize::MAX), message, None));
            }
        }
        self.settle(place, faults)
    }

    /// Takes a row that cannot be used at all, such as one with another number of cells than the header.
    #[cfg(feature = "mapping")]
    pub(crate) fn refuse(&mut self, place: &Location, message: &'static str) -> Result<(), ModelError> {
        self.rows += 1;
        self.settle(place, vec![(usize::MAX, message, None)])
    }

    /// Reports what is wrong with a row; with [`OnError::Stop`] the first problem is the end.
    fn settle(
        &mut self,
        place: &Location,
        faults: Vec<(usize, &'static str, Option<String>)>,
    ) -> Result<(), ModelError> {
        if faults.is_empty() {
            return Ok(());
        }
        self.problems.left_out_one();
        let limit = match self.options.on_error {
            OnError::Stop => 1,
            OnError::Collect { limit } => limit,
        };
        for (column, message, value) in faults {
            let name = self.plan.columns.get(column).map(|column| Arc::clone(&column.name));
            let mut at = Location { file: Some(Arc::clone(&self.file)), sheet: self.sheet.clone(), ..place.clone() };
            at.column = name;
            let rule = if column == usize::MAX || message == CONTRADICTS { "record" } else { "cell" };
            let problem = Problem { rule, severity: Severity::Error, message, at, value: value.map(Redacted::new) };
            if self.options.on_error == OnError::Stop {
                return Err(ModelError::Unreadable {
                    file: self.file.to_string(),
                    rows: 1,
                    first: format!("{} ({rule})", crate::ctdc::without_file(&problem)),
                });
            }
            self.problems.add(problem, limit);
        }
        Ok(())
    }

    /// Adds what a row says. Nothing is changed if it contradicts what is there.
    fn take(&mut self, draft: Draft, place: &Location) -> Result<(), (Option<usize>, &'static str)> {
        let row = place.row.unwrap_or(0);
        let is_case = draft.case_id.is_some() || !self.has_case_ids;
        let is_organization_only = !draft.says_person() && !draft.says_case();
        let has_organization = draft.organization_id.is_some() || !draft.organization.is_blank();
        if !is_case && draft.says_case() {
            return Err((None, NEEDS_CASE));
        }
        let is_case = is_case && (draft.case_id.is_some() || !is_organization_only || !has_organization);
        let has_person = draft.says_person();
        if draft.role.is_some() && !has_person && !has_organization {
            return Err((None, NEEDS_SOMEONE));
        }
        // First everything is compared, then everything is changed.
        let case = known(&self.cases, draft.case_id.as_deref());
        let person = known(&self.persons, draft.person_id.as_deref());
        let organization = known(&self.organizations, draft.organization_id.as_deref());
        let role = draft.role.unwrap_or(match (has_person, draft.perpetrator.is_blank(), draft.victim.is_blank()) {
            (true, false, true) => CaseRole::Perpetrator,
            (true, _, _) => CaseRole::Victim,
            (false, _, _) => CaseRole::Organization,
        });
        let refuse = |position: Option<&'static str>| Err((self.column_of(position), CONTRADICTS));
        if let Some(found) = case.and_then(|at| self.records.cases.get(at))
            && let Some(field) = contradiction(found, &draft.case)
        {
            return refuse(Some(field));
        }
        if let Some(found) = person.and_then(|at| self.records.persons.get(at))
            && let Some(field) =
                contradiction(found, &draft.person).or_else(|| contradiction(&found.consent, &draft.person.consent))
        {
            return refuse(Some(field));
        }
        if let Some(found) = organization.and_then(|at| self.records.organizations.get(at))
            && let Some(field) = contradiction(found, &draft.organization)
        {
            return refuse(Some(field));
        }
        let person_id = draft.person_id.clone().map_or_else(|| format!("row:{row}"), |id| id);
        let victim_at = |case: usize| {
            self.records.cases.get(case)?.victims.iter().position(|victim| victim.person.expose() == person_id)
        };
        let perpetrator_at = |case: usize| {
            self.records.cases.get(case)?.perpetrators.iter().position(|found| found.person.expose() == person_id)
        };
        if let Some(case) = case {
            let record = self.records.cases.get(case);
            let victim = victim_at(case).and_then(|at| record?.victims.get(at));
            let perpetrator = perpetrator_at(case).and_then(|at| record?.perpetrators.get(at));
            let field = victim
                .and_then(|found| contradiction(found, &draft.victim))
                .or_else(|| perpetrator.and_then(|found| contradiction(found, &draft.perpetrator)));
            if let Some(field) = field {
                return refuse(Some(field));
            }
        }
        let (found_victim, found_perpetrator) = (case.and_then(victim_at), case.and_then(perpetrator_at));

        let organization_id = has_organization.then(|| {
            let id = draft.organization_id.unwrap_or_else(|| format!("row:{row}"));
            match organization.and_then(|at| self.records.organizations.get_mut(at)) {
                Some(found) => fill(found, &draft.organization),
                None => {
                    self.organizations.insert(id.clone(), self.records.organizations.len());
                    self.places.organizations.push(row);
                    let id = OrganizationId::new(id.as_str());
                    self.records.organizations.push(Organization { id, ..draft.organization });
                }
            }
            OrganizationId::new(id)
        });
        let person_id = has_person.then(|| {
            match person.and_then(|at| self.records.persons.get_mut(at)) {
                Some(found) => {
                    fill(&mut found.consent, &draft.person.consent);
                    fill(found, &draft.person);
                }
                None => {
                    self.persons.insert(person_id.clone(), self.records.persons.len());
                    self.places.persons.push(row);
                    let id = PersonId::new(person_id.as_str());
                    self.records.persons.push(Person { id, ..draft.person });
                }
            }
            PersonId::new(person_id)
        });
        if !is_case {
            return Ok(());
        }
        let at = case.unwrap_or_else(|| {
            let id = draft.case_id.unwrap_or_else(|| format!("row:{row}"));
            self.cases.insert(id.clone(), self.records.cases.len());
            self.places.cases.push(row);
            self.places.victims.push(Vec::new());
            self.records.cases.push(CaseRecord { id: CaseId::new(id), ..CaseRecord::default() });
            self.records.cases.len() - 1
        });
        let Some(record) = self.records.cases.get_mut(at) else { return Ok(()) };
        fill(record, &draft.case);
        add_new(&mut record.outgoing_referrals, draft.case.outgoing_referrals);
        add_new(&mut record.comments, draft.case.comments);
        add_new(&mut record.events, draft.case.events);
        add_new(&mut record.support_plans, draft.case.support_plans);
        match (role, person_id) {
            (CaseRole::Victim, Some(person)) => {
                match found_victim.and_then(|at| record.victims.get_mut(at)) {
                    Some(found) => fill(found, &draft.victim),
                    None => {
                        record.victims.push(Victim { person: person.clone(), ..draft.victim });
                        if let Some(places) = self.places.victims.get_mut(at) {
                            places.push(row);
                        }
                    }
                }
                // Who is a victim may be a perpetrator too.
                if !draft.perpetrator.is_blank() && found_perpetrator.is_none() {
                    record.perpetrators.push(Perpetrator { person, ..draft.perpetrator });
                }
            }
            (CaseRole::Perpetrator, Some(person)) => {
                match found_perpetrator.and_then(|at| record.perpetrators.get_mut(at)) {
                    Some(found) => fill(found, &draft.perpetrator),
                    None => record.perpetrators.push(Perpetrator { person, ..draft.perpetrator }),
                }
            }
            (role, Some(person)) => connect(record, Connection { person: Some(person), organization: None, role }),
            (_, None) => {}
        }
        if let Some(organization) = organization_id {
            let role = if role == CaseRole::Other { role } else { CaseRole::Organization };
            connect(record, Connection { person: None, organization: Some(organization), role });
        }
        Ok(())
    }

    fn column_of(&self, name: Option<&'static str>) -> Option<usize> {
        let is = |target: Target| matches!(target, Target::Field { field, .. } if Some(field.name) == name);
        self.plan.columns.iter().position(|column| is(column.target))
    }

    pub(crate) fn finish(self) -> HtcdsOutcome {
        HtcdsOutcome {
            fields: self.plan.fields().collect(),
            records: self.records,
            format: self.format,
            file: self.file,
            sheet: self.sheet,
            problems: self.problems,
            rows: self.rows,
            places: self.places,
        }
    }
}

fn text(input: Input<'_>) -> String {
    match input {
        Input::Text(text) => trimmed(text).to_owned(),
        Input::Number(number) => number.to_string(),
        Input::Flag(flag) => flag.to_string(),
        Input::Date(date) => date.to_string(),
    }
}

fn known(ids: &HashMap<String, usize>, id: Option<&str>) -> Option<usize> {
    id.and_then(|id| ids.get(id)).copied()
}

/// The first field in which both say something, and not the same.
fn contradiction<E: Entity>(found: &E, other: &E) -> Option<&'static str> {
    let differs = |position: &usize| {
        let (a, b) = (found.value(*position), other.value(*position));
        !a.is_empty() && !b.is_empty() && a != b
    };
    (0..E::FIELDS.len()).find(differs).and_then(|position| E::FIELDS.get(position)).copied()
}

/// Takes from the other what is still empty.
fn fill<E: ReadEntity>(found: &mut E, other: &E) {
    found.fill_from(other);
}

/// Adds what the case does not have yet: rows of a case may repeat all of it.
fn add_new<E: PartialEq>(list: &mut Vec<E>, others: Vec<E>) {
    if list.is_empty() {
        *list = others;
        return;
    }
    for other in others {
        if !list.contains(&other) {
            list.push(other);
        }
    }
}

fn connect(record: &mut CaseRecord, connection: Connection) {
    if !record.connections.contains(&connection) {
        record.connections.push(connection);
    }
}
