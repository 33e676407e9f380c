//! A folder with a CSV file for each kind of entity.
//!
//! | file | a row is | its identifiers |
//! |---|---|---|
//! | `organizations.csv` | an organization | `organization_id` |
//! | `persons.csv` | a person, with consent | `person_id` |
//! | `cases.csv` | a case | `case_id` |
//! | `victims.csv`, `perpetrators.csv` | a person in a case | `case_id`, `person_id` |
//! | `outgoing_referrals.csv`, `comments.csv`, `events.csv`, `support_plans.csv` | one of them | `case_id` |
//! | `connections.csv` | another person or organization in a case | `case_id`, `person_id`, `organization_id`, `role` |
//!
//! All of them are there, also those without rows.

mod read;
mod write;

pub use read::read_folder;
pub use write::write_folder;

use super::read::{Scope, Target};
use super::{
    CaseComment, CaseRecord, CaseRole, Consent, Entity, Organization, OutgoingReferral, Perpetrator, Person,
    SupportPlan, TraffickingEvent, Victim,
};

/// One file of the folder.
struct EntityFile {
    name: &'static str,
    ids: &'static [Target],
    /// Official names of its fields.
    fields: &'static [&'static str],
    /// More of them.
    more: &'static [&'static str],
    scope: Scope,
}

const OF_CASE: Scope = Scope::Parts { role: None, has_person: false };

const fn file(name: &'static str, ids: &'static [Target], fields: &'static [&'static str], scope: Scope) -> EntityFile {
    EntityFile { name, ids, fields, more: &[], scope }
}

const fn of_person(role: CaseRole) -> Scope {
    Scope::Parts { role: Some(role), has_person: true }
}

const ORGANIZATIONS: EntityFile =
    file("organizations.csv", &[Target::OrganizationId], Organization::FIELDS, Scope::Defines);
const PERSONS: EntityFile =
    EntityFile { more: Consent::FIELDS, ..file("persons.csv", &[Target::PersonId], Person::FIELDS, Scope::Defines) };
const CASES: EntityFile = file("cases.csv", &[Target::CaseId], CaseRecord::FIELDS, Scope::Defines);
const VICTIMS: EntityFile =
    file("victims.csv", &[Target::CaseId, Target::PersonId], Victim::FIELDS, of_person(CaseRole::Victim));
const PERPETRATORS: EntityFile = file(
    "perpetrators.csv",
    &[Target::CaseId, Target::PersonId],
    Perpetrator::FIELDS,
    of_person(CaseRole::Perpetrator),
);
const REFERRALS: EntityFile = file("outgoing_referrals.csv", &[Target::CaseId], OutgoingReferral::FIELDS, OF_CASE);
const COMMENTS: EntityFile = file("comments.csv", &[Target::CaseId], CaseComment::FIELDS, OF_CASE);
const EVENTS: EntityFile = file("events.csv", &[Target::CaseId], TraffickingEvent::FIELDS, OF_CASE);
const PLANS: EntityFile = file("support_plans.csv", &[Target::CaseId], SupportPlan::FIELDS, OF_CASE);
const CONNECTIONS: EntityFile = file(
    "connections.csv",
    &[Target::CaseId, Target::PersonId, Target::OrganizationId, Target::Role],
    &[],
    Scope::Connections,
);

/// The files, in the order in which they are read: what others refer to comes first.
const FILES: [EntityFile; 10] =
    [ORGANIZATIONS, PERSONS, CASES, VICTIMS, PERPETRATORS, REFERRALS, COMMENTS, EVENTS, PLANS, CONNECTIONS];

#[cfg(test)]
mod tests;
