//! What the victims of a case share, and what is dropped of it.

use std::collections::HashMap;

use crate::htcds::lists::{ListMember, RoleInProcess, TraffickingEventType};
use crate::htcds::{CaseRecord, Entity, FIELDS, Listed, Organization, Person, Records, TraffickingEvent};
use crate::{Country, Period, Redacted};

/// People and organizations by what refers to them.
pub(super) struct Sources<'a> {
    pub(super) persons: HashMap<&'a str, &'a Person>,
    organizations: HashMap<&'a str, &'a Organization>,
    /// By name; `None` for a name that several have.
    names: HashMap<&'a str, Option<&'a Organization>>,
}

impl<'a> Sources<'a> {
    pub(super) fn of(records: &'a Records) -> Self {
        let mut names: HashMap<&str, Option<&Organization>> = HashMap::new();
        for organization in &records.organizations {
            if let Some(name) = &organization.name {
                names.entry(name.expose().trim()).and_modify(|found| *found = None).or_insert(Some(organization));
            }
        }
        // Of two with one identifier, the first is the one; an empty one identifies nobody.
        let persons = records.persons.iter().rev().map(|person| (person.id.expose(), person));
        let persons = persons.filter(|(id, _)| !id.is_empty()).collect();
        let organizations = records.organizations.iter().rev();
        Self { persons, organizations: organizations.map(|found| (found.id.expose(), found)).collect(), names }
    }

    /// The organization of an identifier or of a name that only one has.
    pub(super) fn organization(&self, reference: &Redacted<String>) -> Option<&'a Organization> {
        let reference = reference.expose().trim();
        let by_id = self.organizations.get(reference).copied();
        by_id.or_else(|| self.names.get(reference).copied().flatten())
    }
}

/// What the events say of the country of exploitation.
pub(super) enum Exploited {
    Nowhere,
    In(Country),
    /// Several countries, of which no date says which was the last.
    Several,
    /// A text that is no country is, or may be, the last.
    Unlisted,
}

/// What all victims of a case share.
pub(super) struct Shared<'a, 'b> {
    pub(super) sources: &'b Sources<'a>,
    /// Whether what happened may have happened to another victim.
    pub(super) is_of_several: bool,
    pub(super) exploited: Exploited,
    pub(super) dates: Vec<Period>,
    /// Whether an event comes after the incoming referral, whatever the true days are (R24).
    pub(super) is_out_of_order: bool,
    pub(super) kidnapped: bool,
    /// Positions of fields that have no place in a case and hold something.
    pub(super) filled: Vec<usize>,
}

impl<'a, 'b> Shared<'a, 'b> {
    pub(super) fn of(case: &'a CaseRecord, sources: &'b Sources<'a>) -> Self {
        let roles = || case.perpetrators.iter().flat_map(|perpetrator| &perpetrator.role_in_process);
        let is_kidnapper = |role: &Listed<RoleInProcess>| role.known() == Some(RoleInProcess::Kidnapper);
        let mut filled = Vec::new();
        collect(case, &mut filled);
        case.outgoing_referrals.iter().for_each(|part| collect(part, &mut filled));
        case.comments.iter().for_each(|part| collect(part, &mut filled));
        case.support_plans.iter().for_each(|part| collect(part, &mut filled));
        case.perpetrators.iter().for_each(|part| collect(part, &mut filled));
        case.events.iter().for_each(|part| collect(part, &mut filled));
        if case.events.iter().any(|event| event.country.is_some() && !is_exploitation(event)) {
            filled.extend(position_of("hte_Country"));
        }
        if roles().any(|role| !is_kidnapper(role)) {
            filled.extend(position_of("per_RoleInProcess"));
        }
        for connection in &case.connections {
            let organization = connection.organization.as_ref().and_then(|id| sources.organizations.get(id.expose()));
            if let Some(organization) = organization {
                collect(*organization, &mut filled);
            }
        }
        filled.sort_unstable();
        filled.dedup();
        let referred = case.incoming_referral_date;
        let dates: Vec<Period> = case.events.iter().filter_map(|event| event.date).collect();
        Self {
            sources,
            is_of_several: case.victims.len() > 1,
            exploited: exploited(case),
            is_out_of_order: referred.is_some_and(|referred| dates.iter().any(|date| referred.is_before(*date))),
            dates,
            kidnapped: roles().any(is_kidnapper),
            filled,
        }
    }
}

fn is_exploitation(event: &TraffickingEvent) -> bool {
    event.kind.as_ref().and_then(Listed::known) == Some(TraffickingEventType::Exploitation)
}

/// The country of the last event of exploitation that names one.
fn exploited(case: &CaseRecord) -> Exploited {
    let events: Vec<(Option<Country>, Option<Period>)> = case
        .events
        .iter()
        .filter(|event| is_exploitation(event))
        .filter_map(|event| Some((Country::read(event.country.as_ref()?.expose()), event.date)))
        .collect();
    let is_last = |(country, date): &(Option<Country>, Option<Period>)| {
        events.iter().all(|(other, earlier)| {
            other == country || matches!((earlier, date), (Some(earlier), Some(date)) if earlier.is_before(*date))
        })
    };
    match events.iter().find(|event| is_last(event)) {
        Some((Some(country), _)) => Exploited::In(*country),
        Some((None, _)) => Exploited::Unlisted,
        None if events.is_empty() => Exploited::Nowhere,
        None if events.iter().any(|(country, _)| country.is_none()) => Exploited::Unlisted,
        None => Exploited::Several,
    }
}

/// Fields of which something is said in a case; what becomes of them is told one by one.
const PLACED: &[&str] = &[
    "prs_Birthdate",
    "prs_Gender",
    "prs_Citizenship",
    "vic_TraffickingStatus",
    "vic_TraffickingStatusDecisionMakingOrg",
    "vic_RelationshipToTrafficker",
    "vic_AgeWhenTrafficked",
    "vic_MethodsOfControl",
    "vic_TypeOfExploitation",
    "vic_ForcedLabourIndustry",
    "vic_TypeOfSexExploitation",
    "vic_LocationOfExploitation",
    "per_RoleInProcess",
    "cas_IncomingReferralDate",
    "hte_Country",
    "hte_Date",
];

pub(super) fn position_of(field: &str) -> Option<usize> {
    FIELDS.iter().position(|found| found.name == field)
}

/// Positions of the filled fields of an entity that have no place in a case.
pub(super) fn collect<E: Entity>(entity: &E, filled: &mut Vec<usize>) {
    let names = entity.recorded().map(|(name, _)| name).filter(|name| !PLACED.contains(name));
    filled.extend(names.filter_map(position_of));
}
