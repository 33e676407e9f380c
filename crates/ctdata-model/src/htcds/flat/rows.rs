//! Records as rows: the way back of the record builder.

use std::collections::{HashMap, HashSet};

use ctdata_table::TableError;

use crate::ModelError;
use crate::htcds::owner::{Owner, Repeating};
use crate::htcds::read::{Target, target_name};
use crate::htcds::value::trimmed;
use crate::htcds::{
    CaseRecord, CaseRole, Entity, FIELDS, Field, FieldValue, Organization, OrganizationId, Perpetrator, Person,
    PersonId, Records, Victim,
};

/// What a cell of a flat table holds.
pub(crate) enum FlatCell<'a> {
    Empty,
    Id(&'a str),
    Role(CaseRole),
    Value(FieldValue<'a>),
}

/// A column of a flat table.
#[derive(Debug, Clone)]
pub(crate) struct FlatColumn {
    pub(crate) target: Target,
    owner: Option<Owner>,
}

impl FlatColumn {
    /// The official name, or that of a column of ours.
    pub(crate) fn name(&self) -> String {
        target_name(self.target).unwrap_or_default()
    }

    /// The field, unless the column is ours.
    pub(crate) fn field(&self) -> Option<&'static Field> {
        self.target.field()
    }
}

/// A row: what stands in it, each with its own fields.
#[derive(Clone, Copy, Default)]
struct Row<'a> {
    case: Option<&'a CaseRecord>,
    /// Whether it has what repeats in the case: the first row does.
    is_first: bool,
    person: Option<&'a Person>,
    organization: Option<&'a Organization>,
    role: Option<CaseRole>,
    victim: Option<&'a Victim>,
    perpetrator: Option<&'a Perpetrator>,
}

/// Records as a table that [`crate::htcds::read_flat`] reads as the same records: one row for each victim, perpetrator
/// and connection of a case, with all single fields of case, person and organization; what repeats stands in the first
/// row of its case. People, organizations and cases stand where the order of the records wants them, with rows of their
/// own if need be.
pub(crate) struct FlatTable<'a> {
    columns: Vec<FlatColumn>,
    rows: Vec<Row<'a>>,
}

impl<'a> FlatTable<'a> {
    /// Lays records out. Columns are those of ours, and the fields that hold something; with `all_core` also the other
    /// core fields.
    ///
    /// # Errors
    /// [`TableError::Invalid`] for records that no flat file can hold: identifiers that are empty, repeated or of
    /// nothing that is there, connections without anybody or as victim or perpetrator.
    pub(crate) fn of(records: &'a Records, all_core: bool) -> Result<Self, ModelError> {
        Self::with_columns(records, |field| all_core && field.core)
    }

    /// Lays records out, with columns also for those fields in which nothing is recorded that `always` asks for.
    ///
    /// # Errors
    /// As [`FlatTable::of`].
    pub(crate) fn with_columns(records: &'a Records, always: impl Fn(&Field) -> bool) -> Result<Self, ModelError> {
        check(records)?;
        let rows = rows(records);
        Ok(Self { columns: columns(records, always), rows })
    }

    pub(crate) fn columns(&self) -> &[FlatColumn] {
        &self.columns
    }

    pub(crate) fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// What stands in a row, by its position, and a column.
    pub(crate) fn cell(&self, row: usize, column: &FlatColumn) -> FlatCell<'a> {
        let Some(row) = self.rows.get(row) else { return FlatCell::Empty };
        let id = |id: Option<&'a str>| id.map_or(FlatCell::Empty, FlatCell::Id);
        match column.target {
            Target::CaseId => id(row.case.map(|case| case.id.expose())),
            Target::PersonId => id(row.person.map(|person| person.id.expose())),
            Target::OrganizationId => id(row.organization.map(|organization| organization.id.expose())),
            Target::Role => row.role.map_or(FlatCell::Empty, FlatCell::Role),
            Target::Field { occurrence, .. } => {
                let value = column.owner.and_then(|owner| row.value(owner, occurrence));
                value.filter(|value| !value.is_empty()).map_or(FlatCell::Empty, FlatCell::Value)
            }
            Target::Choice { .. } | Target::Ignored | Target::Nameless => FlatCell::Empty,
        }
    }
}

impl<'a> Row<'a> {
    fn value(&self, owner: Owner, nth: usize) -> Option<FieldValue<'a>> {
        let first = self.case.filter(|_| self.is_first);
        Some(match owner {
            Owner::Organization(at) => self.organization?.value(at),
            Owner::Person(at) => self.person?.value(at),
            Owner::Consent(at) => self.person?.consent.value(at),
            Owner::Victim(at) => self.victim?.value(at),
            Owner::Perpetrator(at) => self.perpetrator?.value(at),
            Owner::Case(at) => self.case?.value(at),
            Owner::Referral(at) => first?.outgoing_referrals.get(nth)?.value(at),
            Owner::Comment(at) => first?.comments.get(nth)?.value(at),
            Owner::Event(at) => first?.events.get(nth)?.value(at),
            Owner::Plan(at) => first?.support_plans.get(nth)?.value(at),
        })
    }
}

fn columns(records: &Records, always: impl Fn(&Field) -> bool) -> Vec<FlatColumn> {
    // For each field, in how many of what repeats it is; 1 for single fields.
    let mut filled = vec![0_usize; FIELDS.len()];
    let positions: HashMap<&str, usize> = FIELDS.iter().enumerate().map(|(at, field)| (field.name, at)).collect();
    for field in FIELDS.iter().filter(|field| always(field)) {
        mark(&mut filled, &positions, field.name, 1);
    }
    let mut note = |entity: &mut dyn Iterator<Item = &'static str>, nth: usize| {
        entity.for_each(|name| mark(&mut filled, &positions, name, nth));
    };
    for organization in &records.organizations {
        note(&mut organization.recorded().map(|(name, _)| name), 1);
    }
    for person in &records.persons {
        note(&mut person.recorded().map(|(name, _)| name), 1);
        note(&mut person.consent.recorded().map(|(name, _)| name), 1);
    }
    for case in &records.cases {
        note(&mut case.recorded().map(|(name, _)| name), 1);
        case.victims.iter().for_each(|victim| note(&mut victim.recorded().map(|(name, _)| name), 1));
        case.perpetrators.iter().for_each(|found| note(&mut found.recorded().map(|(name, _)| name), 1));
        (1..).zip(&case.outgoing_referrals).for_each(|(nth, of)| note(&mut of.recorded().map(|(name, _)| name), nth));
        (1..).zip(&case.comments).for_each(|(nth, of)| note(&mut of.recorded().map(|(name, _)| name), nth));
        (1..).zip(&case.events).for_each(|(nth, of)| note(&mut of.recorded().map(|(name, _)| name), nth));
        (1..).zip(&case.support_plans).for_each(|(nth, of)| note(&mut of.recorded().map(|(name, _)| name), nth));
    }
    let own = [Target::CaseId, Target::PersonId, Target::OrganizationId, Target::Role];
    let mut columns: Vec<FlatColumn> = own.into_iter().map(|target| FlatColumn { target, owner: None }).collect();
    // What repeats stands together: all of the first event, then all of the second.
    let fields: Vec<(&'static Field, Option<Owner>, usize)> =
        FIELDS.iter().zip(filled).map(|(field, most)| (field, Owner::of(field), most)).collect();
    let mut done: Vec<Repeating> = Vec::new();
    for (field, owner, most) in &fields {
        let column = |field, occurrence, owner| FlatColumn { target: Target::Field { field, occurrence }, owner };
        let Some(kind) = owner.and_then(Owner::repeating) else {
            columns.extend((*most > 0).then(|| column(field, 0, *owner)));
            continue;
        };
        if done.contains(&kind) {
            continue;
        }
        done.push(kind);
        let of_kind = || fields.iter().filter(|(_, owner, _)| owner.and_then(Owner::repeating) == Some(kind));
        let longest = of_kind().map(|(_, _, most)| *most).max().unwrap_or_default();
        for nth in 0..longest {
            columns.extend(
                of_kind().filter(|(_, _, most)| nth < *most).map(|(field, owner, _)| column(field, nth, *owner)),
            );
        }
    }
    columns
}

fn mark(filled: &mut [usize], positions: &HashMap<&str, usize>, name: &str, nth: usize) {
    if let Some(most) = positions.get(name).and_then(|at| filled.get_mut(*at)) {
        *most = nth.max(*most);
    }
}

/// The rows, in an order in which a reader meets people and organizations as they stand in the records.
struct Rows<'a> {
    records: &'a Records,
    done: Vec<Row<'a>>,
    persons: HashMap<&'a str, usize>,
    organizations: HashMap<&'a str, usize>,
    /// How many people and organizations have a row already.
    met: (usize, usize),
}

fn rows(records: &Records) -> Vec<Row<'_>> {
    let mut rows = Rows {
        records,
        done: Vec::with_capacity(records.victims().max(records.cases.len())),
        persons: (0..).zip(&records.persons).map(|(at, person)| (person.id.expose(), at)).collect(),
        organizations: (0..).zip(&records.organizations).map(|(at, found)| (found.id.expose(), at)).collect(),
        met: (0, 0),
    };
    for case in &records.cases {
        rows.add_case(case);
    }
    rows.meet(records.persons.len(), records.organizations.len());
    rows.done
}

impl<'a> Rows<'a> {
    fn add_case(&mut self, case: &'a CaseRecord) {
        let of_case = Row { case: Some(case), ..Row::default() };
        let mut has_row = false;
        let victims = case.victims.iter().map(|victim| {
            let row = Row { role: Some(CaseRole::Victim), victim: Some(victim), ..of_case };
            (row, Some(victim.person.expose()), None)
        });
        let perpetrators = case.perpetrators.iter().map(|found| {
            let row = Row { role: Some(CaseRole::Perpetrator), perpetrator: Some(found), ..of_case };
            (row, Some(found.person.expose()), None)
        });
        let connections = case.connections.iter().map(|connection| {
            let row = Row { role: Some(connection.role), ..of_case };
            let organization = connection.organization.as_ref().map(OrganizationId::expose);
            (row, connection.person.as_ref().map(PersonId::expose), organization)
        });
        for (row, person, organization) in victims.chain(perpetrators).chain(connections) {
            let person = person.and_then(|id| self.persons.get(id)).copied();
            let organization = organization.and_then(|id| self.organizations.get(id)).copied();
            // All before them first; they themselves are met here.
            self.meet(person.unwrap_or_default(), organization.unwrap_or_default());
            self.met.0 = self.met.0.max(person.map_or(0, |at| at + 1));
            self.met.1 = self.met.1.max(organization.map_or(0, |at| at + 1));
            let person = person.and_then(|at| self.records.persons.get(at));
            let organization = organization.and_then(|at| self.records.organizations.get(at));
            self.done.push(Row { is_first: !has_row, person, organization, ..row });
            has_row = true;
        }
        if !has_row {
            self.done.push(Row { is_first: true, ..of_case });
        }
    }

    /// Gives people and organizations before these positions rows of their own, unless they have one.
    fn meet(&mut self, persons: usize, organizations: usize) {
        for person in self.records.persons.iter().take(persons).skip(self.met.0) {
            self.done.push(Row { person: Some(person), ..Row::default() });
        }
        for organization in self.records.organizations.iter().take(organizations).skip(self.met.1) {
            self.done.push(Row { organization: Some(organization), ..Row::default() });
        }
        self.met = (self.met.0.max(persons), self.met.1.max(organizations));
    }
}

/// Whether identifiers are such that records can be told apart and found again in a file.
///
/// # Errors
/// [`TableError::Invalid`] by position, never by identifier.
pub(crate) fn check(records: &Records) -> Result<(), ModelError> {
    let persons = distinct("person", records.persons.iter().map(|person| person.id.expose()))?;
    let organizations = distinct("organization", records.organizations.iter().map(|found| found.id.expose()))?;
    distinct("case", records.cases.iter().map(|case| case.id.expose()))?;
    for (number, case) in (1..).zip(&records.cases) {
        let refuse = |rule: &str| Err(invalid("case", number, rule));
        let mut victims = HashSet::new();
        let mut perpetrators = HashSet::new();
        for (part, seen, ids) in [
            ("victim", &mut victims, case.victims.iter().map(|found| found.person.expose()).collect::<Vec<_>>()),
            ("perpetrator", &mut perpetrators, case.perpetrators.iter().map(|found| found.person.expose()).collect()),
        ] {
            for id in ids {
                if !persons.contains(id) {
                    return refuse(&format!("a {part} is none of the people in the records"));
                }
                if !seen.insert(id) {
                    return refuse(&format!("a person is twice a {part}"));
                }
            }
        }
        for connection in &case.connections {
            if matches!(connection.role, CaseRole::Victim | CaseRole::Perpetrator) {
                return refuse("a connection is in the role of a victim or perpetrator");
            }
            if connection.person.as_ref().is_some_and(|id| !persons.contains(id.expose())) {
                return refuse("a connected person is none of the people in the records");
            }
            if connection.organization.as_ref().is_some_and(|id| !organizations.contains(id.expose())) {
                return refuse("a connected organization is none of the organizations in the records");
            }
            if connection.person.is_none() && connection.organization.is_none() {
                return refuse("a connection is with nobody");
            }
        }
    }
    Ok(())
}

fn distinct<'a>(kind: &str, ids: impl Iterator<Item = &'a str>) -> Result<HashSet<&'a str>, ModelError> {
    let mut seen = HashSet::new();
    for (number, id) in (1..).zip(ids) {
        if id.is_empty() || trimmed(id).len() != id.len() {
            return Err(invalid(kind, number, "the identifier is empty, or has white space around it"));
        }
        if !seen.insert(id) {
            return Err(invalid(kind, number, "the identifier is that of an earlier one"));
        }
    }
    Ok(seen)
}

fn invalid(kind: &str, number: usize, rule: &str) -> ModelError {
    TableError::Invalid { what: format!("{kind} {number} of the records"), rule: rule.to_owned() }.into()
}
