//! The record builder: rows of any sheet become records.
//!
//! A row connects a person, an organization or both with a case. Where the sheet has identifiers, rows with the same
//! ones are about the same case, person or organization, and must not contradict each other; where it has none, each
//! row is a case of its own with one victim, as in the toolkit of the standard.
//!
//! - Without a role, a person is a victim, or a perpetrator if the row has only fields of one; an organization beside a
//!   victim or perpetrator is a connection of its own; with any other role the person and the organization of a row are
//!   one connection.
//! - In a sheet with case identifiers, a row without one is about a person or an organization alone.
//! - Of what repeats in a case, a row adds what earlier rows did not say.

use std::collections::HashMap;
use std::sync::Arc;

use ctdata_table::Location;
use ctdata_table::csv::OnError;

use super::{HtcdsOutcome, MadeIds, Places, ReadOptions, SheetPlan, Target};
use crate::codes::CodeList;
use crate::ctdc::{Problem, Problems};
use crate::htcds::owner::Owner;
use crate::htcds::records::ReadEntity;
use crate::htcds::value::{Fault, Input, Reading, flag, trimmed};
use crate::htcds::{
    CaseId, CaseRecord, CaseRole, Connection, Entity, Field, Organization, OrganizationId, Perpetrator, Person,
    PersonId, Records, Victim,
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
const NEEDS_PERSON: &str = "only a person is a victim or perpetrator, and the row has none";
const ROLE_NEEDS_CASE: &str = "a role needs the identifier of the case";
const OTHER_ROLE: &str = "the row has fields of a victim or perpetrator, and its role is another";
const TAKEN: &str = "the identifier is one that was made for an earlier row without identifier";
const NO_HEADER: &str = "the cell stands under no header";

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
    fn read(&mut self, owner: Owner, nth: usize, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault> {
        fn nth_of<E: Entity>(list: &mut Vec<E>, nth: usize) -> &mut E {
            if list.len() <= nth {
                list.resize_with(nth + 1, E::default);
            }
            #[expect(clippy::indexing_slicing, reason = "the list was just made long enough")]
            &mut list[nth]
        }
        match owner {
            Owner::Organization(at) => self.organization.read(at, input, reading),
            Owner::Person(at) => self.person.read(at, input, reading),
            Owner::Consent(at) => self.person.consent.read(at, input, reading),
            Owner::Victim(at) => self.victim.read(at, input, reading),
            Owner::Perpetrator(at) => self.perpetrator.read(at, input, reading),
            Owner::Case(at) => self.case.read(at, input, reading),
            Owner::Referral(at) => nth_of(&mut self.case.outgoing_referrals, nth).read(at, input, reading),
            Owner::Comment(at) => nth_of(&mut self.case.comments, nth).read(at, input, reading),
            Owner::Event(at) => nth_of(&mut self.case.events, nth).read(at, input, reading),
            Owner::Plan(at) => nth_of(&mut self.case.support_plans, nth).read(at, input, reading),
        }
    }

    /// Takes the content of one of our own columns.
    fn own(&mut self, target: Target, input: Input<'_>) -> Result<(), &'static str> {
        match target {
            Target::CaseId => self.case_id = Some(text(input)),
            Target::PersonId => self.person_id = Some(text(input)),
            Target::OrganizationId => self.organization_id = Some(text(input)),
            Target::Role => self.role = Some(CaseRole::parse(&text(input)).map_err(|_| UNKNOWN_ROLE)?),
            _ => {}
        }
        Ok(())
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

    fn says_organization(&self) -> bool {
        self.organization_id.is_some() || !self.organization.is_blank()
    }

    fn says_person(&self) -> bool {
        self.person_id.is_some()
            || !self.person.is_blank()
            || !self.person.consent.is_blank()
            || !self.victim.is_blank()
            || !self.perpetrator.is_blank()
    }
}

/// What the rows of a sheet are about, beyond its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Rows as people type them: anything in a row, and new identifiers are of something new.
    Anything,
    /// Entities of one kind, with their identifiers.
    Defines,
    /// Parts of entities that earlier sheets defined: identifiers must be known, and each row is one more part.
    Parts {
        /// The role of the person; `None` if the row must say it.
        role: Option<CaseRole>,
        /// Whether each row must have a person.
        has_person: bool,
    },
    /// Connections of cases that earlier sheets defined, each with its role.
    Connections,
}

const UNKNOWN_CASE: &str = "no row of cases.csv has this identifier";
const UNKNOWN_PERSON: &str = "no row of persons.csv has this identifier";
const UNKNOWN_ORGANIZATION: &str = "no row of organizations.csv has this identifier";
const NEEDS_ID: &str = "the row needs an identifier here";
const NEEDS_ROLE: &str = "a connection needs a role, other than victim or perpetrator";

/// What is wrong with a row.
struct Flaw {
    rule: &'static str,
    /// The position of the column, unless it is the row as a whole.
    column: Option<usize>,
    message: &'static str,
    value: Option<String>,
}

impl Flaw {
    const fn of_row(message: &'static str) -> Self {
        Self { rule: "record", column: None, message, value: None }
    }
}

/// The identifiers of one kind, and the positions of what they identify.
#[derive(Default)]
struct Index {
    /// With whether the file gave the identifier.
    positions: HashMap<String, (usize, bool)>,
    /// How many the file did not give.
    made: u64,
}

impl Index {
    /// The position of what the file gave this identifier before.
    fn find(&self, id: Option<&str>) -> Result<Option<usize>, Flaw> {
        match id.and_then(|id| self.positions.get(id)) {
            None => Ok(None),
            Some((position, true)) => Ok(Some(*position)),
            Some((_, false)) => Err(Flaw::of_row(TAKEN)),
        }
    }

    /// Notes something new; without an identifier it is given one by its row.
    fn insert(&mut self, id: Option<String>, row: u64, position: usize) -> String {
        let is_given = id.is_some();
        self.made += u64::from(!is_given);
        let mut id = id.unwrap_or_else(|| format!("row:{row}"));
        while !is_given && self.positions.contains_key(&id) {
            id.push('+');
        }
        self.positions.insert(id.clone(), (position, is_given));
        id
    }
}

/// Turns rows into records.
pub(crate) struct RecordBuilder {
    plan: SheetPlan,
    owners: Vec<Option<Owner>>,
    options: ReadOptions,
    format: &'static str,
    fields: Vec<&'static Field>,
    /// What is read as a whole: a file, or the folder of the files.
    source: Arc<str>,
    file: Arc<str>,
    sheet: Option<Arc<str>>,
    records: Records,
    places: Places,
    cases: Index,
    persons: Index,
    organizations: Index,
    /// Where in its case a person is a victim, by the positions of case and person.
    victims: HashMap<(usize, usize), usize>,
    perpetrators: HashMap<(usize, usize), usize>,
    problems: Problems,
    rows: u64,
    has_case_ids: bool,
    scope: Scope,
}

impl RecordBuilder {
    pub(crate) fn new(
        plan: SheetPlan,
        format: &'static str,
        file: Arc<str>,
        sheet: Option<Arc<str>>,
        options: ReadOptions,
    ) -> Self {
        Self {
            owners: owners(&plan),
            has_case_ids: plan.has(Target::CaseId),
            fields: plan.fields().collect(),
            plan,
            options,
            format,
            source: Arc::clone(&file),
            file,
            sheet,
            records: Records::default(),
            places: Places::default(),
            cases: Index::default(),
            persons: Index::default(),
            organizations: Index::default(),
            victims: HashMap::new(),
            perpetrators: HashMap::new(),
            problems: Problems::default(),
            rows: 0,
            scope: Scope::Anything,
        }
    }

    /// Goes on with another file, for the same records.
    pub(crate) fn next_file(&mut self, plan: SheetPlan, file: Arc<str>, scope: Scope) {
        self.owners = owners(&plan);
        self.has_case_ids = true;
        self.fields.extend(plan.fields());
        self.plan = plan;
        self.file = file;
        self.scope = scope;
    }

    /// The columns of the sheet.
    #[cfg(feature = "xlsx")]
    pub(crate) fn plan(&self) -> &SheetPlan {
        &self.plan
    }

    /// Takes a row: its cells in the order of the plan, `None` for an empty one. `place` is the place of the row.
    pub(crate) fn row<'c>(
        &mut self,
        place: &Location,
        cells: impl IntoIterator<Item = Option<CellInput<'c>>>,
    ) -> Result<(), ModelError> {
        let mut draft = Draft::default();
        let mut flaws: Vec<Flaw> = Vec::new();
        let mut says_something = false;
        for (at, ((column, owner), cell)) in self.plan.columns.iter().zip(&self.owners).zip(cells).enumerate() {
            let Some(cell) = cell else { continue };
            if column.target == Target::Ignored {
                continue;
            }
            let (done, input) = match cell {
                CellInput::Input(Input::Text(text)) if trimmed(text).is_empty() => continue,
                CellInput::Bad(message) => (Err(message), None),
                CellInput::Input(input) => {
                    let done = match (column.target, owner) {
                        (Target::Field { occurrence, .. }, Some(owner)) => {
                            draft.read(*owner, occurrence, input, column.reading()).map_err(Fault::message)
                        }
                        (Target::Choice { choice, .. }, Some(owner)) => match flag(input) {
                            Ok(Some(true)) => {
                                let reading = Reading { separator: "", date_format: None };
                                draft.read(*owner, 0, Input::Text(choice), reading).map_err(Fault::message)
                            }
                            // What was not chosen says nothing.
                            Ok(_) => continue,
                            Err(fault) => Err(fault.message()),
                        },
                        // The toolkit numbers its rows in the first column, which has no name.
                        (Target::Nameless, _) if at == 0 && is_whole(input) => continue,
                        (Target::Nameless, _) => Err(NO_HEADER),
                        (target, _) => draft.own(target, input),
                    };
                    (done, Some(input))
                }
            };
            says_something = true;
            if let Err(message) = done {
                let value = input.filter(|_| self.options.keep_values).map(text);
                flaws.push(Flaw { rule: "cell", column: Some(at), message, value });
            }
        }
        if !says_something {
            return Ok(());
        }
        self.rows += 1;
        if flaws.is_empty() {
            draft.drop_blanks();
            if let Err(flaw) = self.take(draft, place.row.unwrap_or(0)) {
                flaws.push(flaw);
            }
        }
        self.settle(place, flaws)
    }

    /// Takes a row that cannot be read as one.
    pub(crate) fn bad_row(
        &mut self,
        place: &Location,
        rule: &'static str,
        message: &'static str,
    ) -> Result<(), ModelError> {
        self.rows += 1;
        self.settle(place, vec![Flaw { rule, ..Flaw::of_row(message) }])
    }

    /// Reports what is wrong with a row; with [`OnError::Stop`] the first problem is the end.
    fn settle(&mut self, place: &Location, flaws: Vec<Flaw>) -> Result<(), ModelError> {
        if flaws.is_empty() {
            return Ok(());
        }
        self.problems.left_out_one();
        let limit = match self.options.on_error {
            OnError::Stop => 1,
            OnError::Collect { limit } => limit,
        };
        for Flaw { rule, column, message, value } in flaws {
            let name = column.and_then(|column| self.plan.columns.get(column)).map(|column| Arc::clone(&column.name));
            let mut at = Location { file: Some(Arc::clone(&self.file)), sheet: self.sheet.clone(), ..place.clone() };
            at.column = name;
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
    fn take(&mut self, mut draft: Draft, row: u64) -> Result<(), Flaw> {
        if let Scope::Parts { role, .. } = self.scope {
            draft.role = role;
        }
        self.check_scope(&draft)?;
        let (role, is_case) = self.standing(&draft)?;
        let (has_person, has_organization) = (draft.says_person(), draft.says_organization());
        // First everything is compared, then everything is changed.
        let case = self.cases.find(draft.case_id.as_deref())?;
        let person = self.persons.find(draft.person_id.as_deref())?;
        let organization = self.organizations.find(draft.organization_id.as_deref())?;
        let in_case = |known: &HashMap<_, _>| known.get(&case.zip(person)?).copied();
        let (victim, perpetrator) = (in_case(&self.victims), in_case(&self.perpetrators));
        let field = self.contradiction(&draft, [case, person, organization, victim, perpetrator]);
        if let Some(field) = field {
            return Err(Flaw { column: self.column_of(field), ..Flaw::of_row(CONTRADICTS) });
        }
        let Draft { case_id, person_id, organization_id, organization: said_organization, .. } = draft;
        let organization_id = has_organization.then(|| {
            if let Some(found) = organization.and_then(|at| self.records.organizations.get_mut(at)) {
                found.fill_from(said_organization);
                return found.id.clone();
            }
            let id = self.organizations.insert(organization_id, row, self.records.organizations.len());
            let id = OrganizationId::new(id);
            self.places.organizations.push(row);
            self.records.organizations.push(Organization { id: id.clone(), ..said_organization });
            id
        });
        let mut said_person = draft.person;
        let person_at = person.unwrap_or(self.records.persons.len());
        let person_id = has_person.then(|| {
            if let Some(found) = person.and_then(|at| self.records.persons.get_mut(at)) {
                found.consent.fill_from(std::mem::take(&mut said_person.consent));
                found.fill_from(said_person);
                return found.id.clone();
            }
            let id = PersonId::new(self.persons.insert(person_id, row, self.records.persons.len()));
            self.places.persons.push(row);
            self.records.persons.push(Person { id: id.clone(), ..said_person });
            id
        });
        if !is_case {
            return Ok(());
        }
        let at = case.unwrap_or_else(|| {
            let id = self.cases.insert(case_id, row, self.records.cases.len());
            self.places.cases.push(row);
            self.places.victims.push(Vec::new());
            self.records.cases.push(CaseRecord { id: CaseId::new(id), ..CaseRecord::default() });
            self.records.cases.len() - 1
        });
        let Some(record) = self.records.cases.get_mut(at) else { return Ok(()) };
        let mut said = draft.case;
        let may_repeat = self.scope == Scope::Anything;
        add_new(&mut record.outgoing_referrals, std::mem::take(&mut said.outgoing_referrals), may_repeat);
        add_new(&mut record.comments, std::mem::take(&mut said.comments), may_repeat);
        add_new(&mut record.events, std::mem::take(&mut said.events), may_repeat);
        add_new(&mut record.support_plans, std::mem::take(&mut said.support_plans), may_repeat);
        record.fill_from(said);
        let takes_part = matches!(role, CaseRole::Victim | CaseRole::Perpetrator);
        if let Some(person) = person_id.as_ref().filter(|_| takes_part) {
            // Who is a victim may be a perpetrator too.
            if role == CaseRole::Victim || !draft.victim.is_blank() {
                if let Some(found) = victim.and_then(|at| record.victims.get_mut(at)) {
                    found.fill_from(draft.victim);
                } else {
                    self.victims.insert((at, person_at), record.victims.len());
                    record.victims.push(Victim { person: person.clone(), ..draft.victim });
                    if let Some(places) = self.places.victims.get_mut(at) {
                        places.push(row);
                    }
                }
            }
            if role == CaseRole::Perpetrator || !draft.perpetrator.is_blank() {
                if let Some(found) = perpetrator.and_then(|at| record.perpetrators.get_mut(at)) {
                    found.fill_from(draft.perpetrator);
                } else {
                    self.perpetrators.insert((at, person_at), record.perpetrators.len());
                    record.perpetrators.push(Perpetrator { person: person.clone(), ..draft.perpetrator });
                }
            }
        }
        let (person, role) = if takes_part { (None, CaseRole::Organization) } else { (person_id, role) };
        let connection = Connection { person, organization: organization_id, role };
        let is_someone = connection.person.is_some() || connection.organization.is_some();
        if is_someone && !record.connections.contains(&connection) {
            record.connections.push(connection);
        }
        Ok(())
    }

    /// Identifiers and role as the sheet needs them.
    fn check_scope(&self, draft: &Draft) -> Result<(), Flaw> {
        let (has_case, needs_person) = match self.scope {
            Scope::Anything => return Ok(()),
            Scope::Defines => {
                // The one identifier that the sheet has a column for.
                let id = draft.case_id.as_ref().or(draft.person_id.as_ref()).or(draft.organization_id.as_ref());
                let target = [Target::CaseId, Target::PersonId, Target::OrganizationId];
                let target = target.into_iter().find(|target| self.plan.has(*target));
                return if id.is_some() { Ok(()) } else { Err(self.flaw_at(target, NEEDS_ID)) };
            }
            Scope::Parts { has_person, .. } => (draft.case_id.is_some(), has_person),
            Scope::Connections => (draft.case_id.is_some(), false),
        };
        if !has_case {
            return Err(self.flaw_at(Some(Target::CaseId), NEEDS_ID));
        }
        if needs_person && draft.person_id.is_none() {
            return Err(self.flaw_at(Some(Target::PersonId), NEEDS_ID));
        }
        let known = [
            (Target::CaseId, &draft.case_id, &self.cases, UNKNOWN_CASE),
            (Target::PersonId, &draft.person_id, &self.persons, UNKNOWN_PERSON),
            (Target::OrganizationId, &draft.organization_id, &self.organizations, UNKNOWN_ORGANIZATION),
        ];
        for (target, id, index, message) in known {
            if id.as_ref().is_some_and(|id| !index.positions.contains_key(id)) {
                return Err(self.flaw_at(Some(target), message));
            }
        }
        let takes_part = matches!(draft.role, None | Some(CaseRole::Victim | CaseRole::Perpetrator));
        if self.scope == Scope::Connections && takes_part {
            return Err(self.flaw_at(Some(Target::Role), NEEDS_ROLE));
        }
        Ok(())
    }

    fn flaw_at(&self, target: Option<Target>, message: &'static str) -> Flaw {
        let column = self.plan.columns.iter().position(|column| Some(column.target) == target);
        Flaw { column, ..Flaw::of_row(message) }
    }

    /// The role in a row, and whether the row is about a case.
    fn standing(&self, draft: &Draft) -> Result<(CaseRole, bool), Flaw> {
        let (has_person, has_organization) = (draft.says_person(), draft.says_organization());
        let says_case = draft.says_case();
        let refuse = |message| Err(Flaw::of_row(message));
        let is_case = match (&draft.case_id, self.has_case_ids) {
            (Some(_), _) => true,
            (None, true) if says_case => return refuse(NEEDS_CASE),
            (None, true) if draft.role.is_some() => return refuse(ROLE_NEEDS_CASE),
            (None, true) => false,
            // An organization alone is no case.
            (None, false) => says_case || has_person || draft.role.is_some(),
        };
        if draft.role.is_some() && !has_person && !has_organization {
            return refuse(NEEDS_SOMEONE);
        }
        let role = draft.role.unwrap_or(match (has_person, draft.perpetrator.is_blank(), draft.victim.is_blank()) {
            (true, false, true) => CaseRole::Perpetrator,
            (true, _, _) => CaseRole::Victim,
            (false, _, _) => CaseRole::Organization,
        });
        let takes_part = matches!(role, CaseRole::Victim | CaseRole::Perpetrator);
        if takes_part && !has_person {
            return refuse(NEEDS_PERSON);
        }
        let says_part = !draft.victim.is_blank() || !draft.perpetrator.is_blank();
        if says_part && !takes_part {
            return refuse(OTHER_ROLE);
        }
        Ok((role, is_case))
    }

    /// The first field in which a row contradicts what is there, by the positions of case, person, organization,
    /// victim and perpetrator.
    fn contradiction(&self, draft: &Draft, at: [Option<usize>; 5]) -> Option<&'static str> {
        let [case, person, organization, victim, perpetrator] = at;
        let case = case.and_then(|at| self.records.cases.get(at));
        let person = person.and_then(|at| self.records.persons.get(at));
        let organization = organization.and_then(|at| self.records.organizations.get(at));
        let victim = case.zip(victim).and_then(|(case, at)| case.victims.get(at));
        let perpetrator = case.zip(perpetrator).and_then(|(case, at)| case.perpetrators.get(at));
        case.and_then(|found| found.contradiction(&draft.case))
            .or_else(|| person?.contradiction(&draft.person))
            .or_else(|| person?.consent.contradiction(&draft.person.consent))
            .or_else(|| organization?.contradiction(&draft.organization))
            .or_else(|| victim?.contradiction(&draft.victim))
            .or_else(|| perpetrator?.contradiction(&draft.perpetrator))
    }

    fn column_of(&self, name: &str) -> Option<usize> {
        self.plan.columns.iter().position(|column| column.target.field().is_some_and(|field| field.name == name))
    }

    pub(crate) fn finish(self) -> HtcdsOutcome {
        HtcdsOutcome {
            fields: self.fields,
            records: self.records,
            format: self.format,
            file: self.source,
            sheet: self.sheet,
            problems: self.problems,
            rows: self.rows,
            places: self.places,
            made_ids: MadeIds {
                organizations: self.organizations.made,
                persons: self.persons.made,
                cases: self.cases.made,
            },
        }
    }
}

fn owners(plan: &SheetPlan) -> Vec<Option<Owner>> {
    plan.columns.iter().map(|column| column.target.field().and_then(Owner::of)).collect()
}

fn text(input: Input<'_>) -> String {
    match input {
        Input::Text(text) => trimmed(text).to_owned(),
        Input::Number(number) => number.to_string(),
        Input::Flag(flag) => flag.to_string(),
        Input::Date(date) => date.to_string(),
    }
}

fn is_whole(input: Input<'_>) -> bool {
    match input {
        Input::Text(text) => trimmed(text).bytes().all(|byte| byte.is_ascii_digit()),
        Input::Number(number) => number.fract() == 0.0,
        Input::Flag(_) | Input::Date(_) => false,
    }
}

/// Adds what earlier rows of the case did not say, where they may have said the same.
fn add_new<E: PartialEq>(list: &mut Vec<E>, others: Vec<E>, may_repeat: bool) {
    if list.is_empty() {
        *list = others;
        return;
    }
    let earlier = if may_repeat { list.len() } else { 0 };
    for other in others {
        if !list.iter().take(earlier).any(|known| *known == other) {
            list.push(other);
        }
    }
}

#[cfg(test)]
mod tests;
