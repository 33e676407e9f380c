//! From records to their two parts.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use super::{IdKind, Identities, Key, PartKind, Pseudonym, RemovedPart, Split};
use crate::htcds::lists::ListMember;
use crate::htcds::records::{Entity, ReadEntity};
use crate::htcds::value::{FieldValue, Input, Reading};
use crate::htcds::{
    CaseId, CaseRecord, FIELDS, OrganizationId, OutgoingReferral, Perpetrator, PersonId, Records, Victim,
};
use crate::{Country, Period, Redacted};

pub(super) fn split(key: &Key, records: &Records) -> Split {
    let ids = Ids::of(records);
    let names = Names { key, ids: &ids };
    let mut cases = records.clone();
    let mut moved = Records::default();
    for organization in &mut cases.organizations {
        let mut identity = divide(organization);
        identity.id = organization.id.clone();
        organization.id = OrganizationId::new(names.of(IdKind::Organization, organization.id.expose()));
        moved.organizations.push(identity);
    }
    for person in &mut cases.persons {
        // Consent says nothing of who it is.
        let consent = std::mem::take(&mut person.consent);
        let mut identity = divide(person);
        identity.id = person.id.clone();
        person.id = names.person(&person.id);
        person.consent = consent;
        moved.persons.push(identity);
    }
    let mut removed = Vec::new();
    for (at, case) in cases.cases.iter_mut().enumerate() {
        moved.cases.push(names.case(case));
        removed.extend(remove_blanks(case).map(|(part, position)| RemovedPart { case: at, part, position }));
    }
    let pseudonyms = ids.all().map(|(kind, id)| Pseudonym {
        kind,
        id: Redacted::new(id.to_owned()),
        pseudonym: Redacted::new(key.pseudonym(kind, id)),
    });
    let pseudonyms = pseudonyms.collect();
    Split { cases, identities: Identities { key: key.fingerprint(), pseudonyms, records: moved, removed } }
}

/// Takes away the parts of a case of which nothing is left, as no file holds them, and says which they were.
fn remove_blanks(case: &mut CaseRecord) -> impl Iterator<Item = (PartKind, usize)> {
    let positions = [
        (PartKind::OutgoingReferral, drain_blanks(&mut case.outgoing_referrals)),
        (PartKind::Comment, drain_blanks(&mut case.comments)),
        (PartKind::Event, drain_blanks(&mut case.events)),
        (PartKind::SupportPlan, drain_blanks(&mut case.support_plans)),
    ];
    positions.into_iter().flat_map(|(part, positions)| positions.into_iter().map(move |position| (part, position)))
}

fn drain_blanks<E: Entity>(entities: &mut Vec<E>) -> Vec<usize> {
    let blanks = entities.iter().enumerate().filter(|(_, entity)| entity.is_blank()).map(|(at, _)| at).collect();
    entities.retain(|entity| !entity.is_blank());
    blanks
}

/// All identifiers in a set of records.
struct Ids<'a> {
    organizations: HashSet<&'a str>,
    persons: HashSet<&'a str>,
    cases: HashSet<&'a str>,
}

impl<'a> Ids<'a> {
    fn of(records: &'a Records) -> Self {
        let connections = || records.cases.iter().flat_map(|case| &case.connections);
        let organizations = records.organizations.iter().map(|organization| &organization.id);
        let persons = records.persons.iter().map(|person| &person.id);
        let victims = records.cases.iter().flat_map(|case| &case.victims).map(|victim| &victim.person);
        let perpetrators = records.cases.iter().flat_map(|case| &case.perpetrators).map(|other| &other.person);
        Self {
            organizations: organizations
                .chain(connections().filter_map(|connection| connection.organization.as_ref()))
                .map(OrganizationId::expose)
                .collect(),
            persons: persons
                .chain(victims)
                .chain(perpetrators)
                .chain(connections().filter_map(|connection| connection.person.as_ref()))
                .map(PersonId::expose)
                .collect(),
            cases: records.cases.iter().map(|case| case.id.expose()).collect(),
        }
    }

    fn has(&self, kind: IdKind, id: &str) -> bool {
        match kind {
            IdKind::Organization => self.organizations.contains(id),
            IdKind::Person => self.persons.contains(id),
            IdKind::Case => self.cases.contains(id),
        }
    }

    /// Sorted, so that the order tells nothing of the records.
    fn all(&self) -> impl Iterator<Item = (IdKind, &'a str)> {
        let of = |kind, ids: &HashSet<&'a str>| {
            ids.iter().copied().collect::<BTreeSet<_>>().into_iter().map(move |id| (kind, id))
        };
        of(IdKind::Organization, &self.organizations)
            .chain(of(IdKind::Person, &self.persons))
            .chain(of(IdKind::Case, &self.cases))
    }
}

/// A text that refers to somebody, and to what.
pub(super) type Reference<'a> = (IdKind, &'a mut Option<Redacted<String>>);

pub(super) fn references_of_victim(victim: &mut Victim) -> [Reference<'_>; 2] {
    [
        (IdKind::Organization, &mut victim.location_of_recruitment),
        (IdKind::Organization, &mut victim.location_of_exploitation),
    ]
}

pub(super) fn references_of_perpetrator(perpetrator: &mut Perpetrator) -> [Reference<'_>; 1] {
    [(IdKind::Organization, &mut perpetrator.organisation)]
}

pub(super) fn references_of_referral(referral: &mut OutgoingReferral) -> [Reference<'_>; 2] {
    [
        (IdKind::Organization, &mut referral.referred_organisation),
        (IdKind::Person, &mut referral.referred_primary_case_worker),
    ]
}

pub(super) fn references_of_case(case: &mut CaseRecord) -> [Reference<'_>; 2] {
    [
        (IdKind::Organization, &mut case.referring_organisation),
        (IdKind::Person, &mut case.referring_primary_case_worker),
    ]
}

struct Names<'a> {
    key: &'a Key,
    ids: &'a Ids<'a>,
}

impl Names<'_> {
    fn of(&self, kind: IdKind, id: &str) -> String {
        self.key.pseudonym(kind, id)
    }

    fn person(&self, id: &PersonId) -> PersonId {
        PersonId::new(self.of(IdKind::Person, id.expose()))
    }

    /// Leaves the case side of a case, and gives what was moved.
    fn case(&self, case: &mut CaseRecord) -> CaseRecord {
        let mut parts = CaseRecord {
            outgoing_referrals: std::mem::take(&mut case.outgoing_referrals),
            comments: std::mem::take(&mut case.comments),
            events: std::mem::take(&mut case.events),
            support_plans: std::mem::take(&mut case.support_plans),
            victims: std::mem::take(&mut case.victims),
            perpetrators: std::mem::take(&mut case.perpetrators),
            connections: std::mem::take(&mut case.connections),
            ..CaseRecord::default()
        };
        let mut moved = self.divide(case, references_of_case);
        moved.id = case.id.clone();
        case.id = CaseId::new(self.of(IdKind::Case, case.id.expose()));
        moved.outgoing_referrals = all(&mut parts.outgoing_referrals, |to| self.divide(to, references_of_referral));
        moved.comments = all(&mut parts.comments, divide);
        moved.events = all(&mut parts.events, divide);
        moved.support_plans = all(&mut parts.support_plans, divide);
        moved.victims = all(&mut parts.victims, |victim| {
            let mut moved = self.divide(victim, references_of_victim);
            moved.person = victim.person.clone();
            victim.person = self.person(&victim.person);
            moved
        });
        moved.perpetrators = all(&mut parts.perpetrators, |perpetrator| {
            let mut moved = self.divide(perpetrator, references_of_perpetrator);
            moved.person = perpetrator.person.clone();
            perpetrator.person = self.person(&perpetrator.person);
            moved
        });
        for connection in &mut parts.connections {
            if let Some(person) = &mut connection.person {
                *person = self.person(person);
            }
            if let Some(organization) = &mut connection.organization {
                *organization = OrganizationId::new(self.of(IdKind::Organization, organization.expose()));
            }
        }
        case.outgoing_referrals = parts.outgoing_referrals;
        case.comments = parts.comments;
        case.events = parts.events;
        case.support_plans = parts.support_plans;
        case.victims = parts.victims;
        case.perpetrators = parts.perpetrators;
        case.connections = parts.connections;
        moved
    }

    /// As [`divide`]; references to identifiers of the records stay, as pseudonyms.
    fn divide<E: ReadEntity, const N: usize>(
        &self,
        entity: &mut E,
        references: impl Fn(&mut E) -> [Reference<'_>; N],
    ) -> E {
        let stay = references(entity).map(|(kind, text)| {
            let id = text.take_if(|text| self.ids.has(kind, text.expose()))?;
            Some(Redacted::new(self.of(kind, id.expose())))
        });
        let moved = divide(entity);
        for ((_, text), pseudonym) in references(entity).into_iter().zip(stay) {
            *text = pseudonym;
        }
        moved
    }
}

/// The moved parts of all; nothing at all if nothing was moved.
fn all<E: Entity>(entities: &mut [E], divide: impl FnMut(&mut E) -> E) -> Vec<E> {
    let moved: Vec<E> = entities.iter_mut().map(divide).collect();
    if moved.iter().all(E::is_blank) { Vec::new() } else { moved }
}

/// What becomes of a field.
enum Fate {
    Stays,
    Moves,
    /// It moves, and a part of it stays, in these words.
    Reduced(Vec<String>),
}

/// Leaves in an entity what may stay with the cases, and gives an entity with what identifies.
fn divide<E: ReadEntity>(entity: &mut E) -> E {
    let mut moved = entity.clone();
    for (position, name) in E::FIELDS.iter().enumerate() {
        match fate(name, &entity.value(position)) {
            Fate::Stays => moved.clear(position),
            Fate::Moves => entity.clear(position),
            Fate::Reduced(rest) => {
                entity.clear(position);
                for text in rest {
                    // Names of values and years are read again; what is not would only be missing.
                    let _ = entity.read(position, Input::Text(&text), Reading::default());
                }
            }
        }
    }
    moved
}

/// Names of the fields that identify.
static IDENTIFYING: LazyLock<HashSet<&str>> =
    LazyLock::new(|| FIELDS.iter().filter(|field| field.is_identifying()).map(|field| field.name).collect());

fn fate(name: &str, value: &FieldValue<'_>) -> Fate {
    match value {
        FieldValue::Empty => Fate::Stays,
        FieldValue::Values(values) if values.iter().all(|value| value.is_listed) => Fate::Stays,
        FieldValue::Values(values) => {
            let listed = values.iter().filter(|value| value.is_listed);
            Fate::Reduced(listed.map(|value| value.name.to_owned()).collect())
        }
        _ if !IDENTIFYING.contains(name) => Fate::Stays,
        FieldValue::Text(text) if name == "hte_Country" => match Country::read(text.expose()) {
            Some(country) if ListMember::name(&country) == text.expose() => Fate::Stays,
            Some(country) => Fate::Reduced(vec![ListMember::name(&country).to_owned()]),
            None => Fate::Moves,
        },
        FieldValue::Date(date) => match Period::from(date.year()) {
            year if year == *date => Fate::Stays,
            year => Fate::Reduced(vec![year.to_string()]),
        },
        _ => Fate::Moves,
    }
}
