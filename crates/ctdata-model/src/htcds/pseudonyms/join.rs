//! From the two parts back to the records.

use std::collections::{BTreeSet, HashMap};

use super::divide::{
    Reference, references_of_case, references_of_perpetrator, references_of_referral, references_of_victim,
};
use super::{IdKind, Identities, PartKind};
use crate::htcds::records::{Entity, ReadEntity};
use crate::htcds::{CaseId, CaseRecord, OrganizationId, PersonId, Records};
use crate::{ModelError, Redacted};

/// Puts the two parts of records together: identifiers in the clear, and what was moved in its place. Needs no key.
///
/// The case side may have been written to a file and read again: nothing in it is blank.
///
/// The cases may be fewer than those that were split, or in another order. Where both parts hold a field, that of the
/// identities counts.
///
/// # Errors
/// [`ModelError::NotIdentities`] if a pseudonym has no identifier among the identities, or if a case does not have as
/// many victims, events and so on as when it was split.
pub fn join(cases: &Records, identities: &Identities) -> Result<Records, ModelError> {
    let ids: HashMap<(IdKind, &str), &str> = identities
        .pseudonyms
        .iter()
        .map(|pair| ((pair.kind, pair.pseudonym.expose().as_str()), pair.id.expose().as_str()))
        .collect();
    let ids = Ids(ids);
    let moved = &identities.records;
    let mut organizations = Waiting::of(&moved.organizations, |organization| organization.id.expose());
    let mut persons = Waiting::of(&moved.persons, |person| person.id.expose());
    let cases_in_place: Vec<(usize, &CaseRecord)> = moved.cases.iter().enumerate().collect();
    let mut files = Waiting::of(&cases_in_place, |(_, case)| case.id.expose());
    let mut removed: HashMap<(usize, PartKind), BTreeSet<usize>> = HashMap::new();
    for part in &identities.removed {
        removed.entry((part.case, part.part)).or_default().insert(part.position);
    }
    let mut joined = cases.clone();
    for organization in &mut joined.organizations {
        organization.id = OrganizationId::new(ids.of(IdKind::Organization, organization.id.expose())?);
        if let Some(moved) = organizations.next(organization.id.expose()) {
            unite(organization, moved);
        }
    }
    for person in &mut joined.persons {
        person.id = ids.person(&person.id)?;
        if let Some(moved) = persons.next(person.id.expose()) {
            unite(person, moved);
        }
    }
    for case in &mut joined.cases {
        case.id = CaseId::new(ids.of(IdKind::Case, case.id.expose())?);
        ids.in_case(case)?;
        if let Some((at, moved)) = files.next(case.id.expose()) {
            unite(case, moved);
            let gone = |part| removed.get(&(*at, part));
            unite_parts(&mut case.outgoing_referrals, &moved.outgoing_referrals, gone(PartKind::OutgoingReferral))?;
            unite_parts(&mut case.comments, &moved.comments, gone(PartKind::Comment))?;
            unite_parts(&mut case.events, &moved.events, gone(PartKind::Event))?;
            unite_parts(&mut case.support_plans, &moved.support_plans, gone(PartKind::SupportPlan))?;
            unite_all(&mut case.victims, &moved.victims)?;
            unite_all(&mut case.perpetrators, &moved.perpetrators)?;
        }
    }
    Ok(joined)
}

struct Ids<'a>(HashMap<(IdKind, &'a str), &'a str>);

impl<'a> Ids<'a> {
    fn of(&self, kind: IdKind, pseudonym: &str) -> Result<&'a str, ModelError> {
        let id = self.0.get(&(kind, pseudonym)).copied();
        id.ok_or(ModelError::NotIdentities { rule: "a pseudonym has no identifier" })
    }

    fn person(&self, pseudonym: &PersonId) -> Result<PersonId, ModelError> {
        self.of(IdKind::Person, pseudonym.expose()).map(PersonId::new)
    }

    /// Replaces the pseudonyms inside a case.
    fn in_case(&self, case: &mut CaseRecord) -> Result<(), ModelError> {
        self.resolve(references_of_case(case));
        for referral in &mut case.outgoing_referrals {
            self.resolve(references_of_referral(referral));
        }
        for victim in &mut case.victims {
            victim.person = self.person(&victim.person)?;
            self.resolve(references_of_victim(victim));
        }
        for perpetrator in &mut case.perpetrators {
            perpetrator.person = self.person(&perpetrator.person)?;
            self.resolve(references_of_perpetrator(perpetrator));
        }
        for connection in &mut case.connections {
            if let Some(person) = &mut connection.person {
                *person = self.person(person)?;
            }
            if let Some(organization) = &mut connection.organization {
                *organization = OrganizationId::new(self.of(IdKind::Organization, organization.expose())?);
            }
        }
        Ok(())
    }

    fn resolve<const N: usize>(&self, references: [Reference<'_>; N]) {
        for (kind, text) in references {
            let id = text.as_ref().and_then(|text| self.0.get(&(kind, text.expose().as_str())));
            if let Some(id) = id {
                *text = Some(Redacted::new((*id).to_owned()));
            }
        }
    }
}

/// Records by identifier, those of one identifier in their order.
struct Waiting<'a, E>(HashMap<&'a str, Vec<&'a E>>);

impl<'a, E> Waiting<'a, E> {
    fn of(entities: &'a [E], id: impl Fn(&'a E) -> &'a str) -> Self {
        let mut waiting: HashMap<&str, Vec<&E>> = HashMap::with_capacity(entities.len());
        for entity in entities.iter().rev() {
            waiting.entry(id(entity)).or_default().push(entity);
        }
        Self(waiting)
    }

    fn next(&mut self, id: &str) -> Option<&'a E> {
        self.0.get_mut(id).and_then(Vec::pop)
    }
}

/// Takes what was moved into an entity.
fn unite<E: ReadEntity>(entity: &mut E, moved: &E) {
    for position in 0..E::FIELDS.len() {
        if !moved.value(position).is_empty() {
            entity.clear(position);
        }
    }
    entity.fill_from(moved.clone());
}

/// As [`unite_all`], with the parts back in their places that were taken away when nothing was left of them.
fn unite_parts<E: Entity + ReadEntity>(
    entities: &mut Vec<E>,
    moved: &[E],
    gone: Option<&BTreeSet<usize>>,
) -> Result<(), ModelError> {
    // In rising order, so that each is at its place for good; what lies beyond the end was never there.
    for &position in gone.into_iter().flatten() {
        if position > entities.len() {
            return Err(OTHER_PARTS);
        }
        entities.insert(position, E::default());
    }
    unite_all(entities, moved)
}

const OTHER_PARTS: ModelError =
    ModelError::NotIdentities { rule: "a case has other victims, events or referrals than it had" };

fn unite_all<E: ReadEntity>(entities: &mut [E], moved: &[E]) -> Result<(), ModelError> {
    if !moved.is_empty() && moved.len() != entities.len() {
        return Err(OTHER_PARTS);
    }
    entities.iter_mut().zip(moved).for_each(|(entity, moved)| unite(entity, moved));
    Ok(())
}
