//! Invented organizations and their staff, the same for every case of a simulation.

use super::MARKER;
use super::draws::Draws;
use super::words::marked;
use crate::Country;
use crate::htcds::lists::{Gender, OrganisationType as Kind};
use crate::htcds::{Consent, Listed, Organization, OrganizationId, Person, PersonId};

/// How many organizations there are of each type, and what their names end with. Those that give support come first.
const KINDS: [(Kind, usize, &str); 9] = [
    (Kind::Ngo, 12, "Shelter"),
    (Kind::HealthServiceOrganisation, 4, "Clinic"),
    (Kind::LegalService, 3, "Legal Aid"),
    (Kind::LocalGovernmentOrganisation, 4, "Social Services"),
    (Kind::CentralGovernmentOrganisation, 2, "Ministry"),
    (Kind::LawEnforcement, 6, "Police Station"),
    (Kind::ImmigrationService, 3, "Border Office"),
    (Kind::CorporateBusiness, 5, "Trading Company"),
    (Kind::SchoolOrCollege, 1, "School"),
];
/// Businesses and schools: no case worker is there, but people are recruited and exploited.
const PLACES: usize = 6;
const STAFF: usize = 60;
const COUNTRIES: [&str; 8] = ["UA", "MD", "PH", "ID", "KH", "GH", "KE", "CO"];

/// Who works with the cases.
pub(super) struct Directory {
    pub(super) organizations: Vec<Organization>,
    pub(super) staff: Vec<Person>,
}

impl Directory {
    pub(super) fn draw(draws: &mut Draws<'_>) -> Self {
        let kinds = KINDS.iter().flat_map(|&(kind, count, word)| std::iter::repeat_n((kind, word), count));
        let organizations = (1..).zip(kinds).map(|(at, (kind, word))| organization(at, kind, word, draws)).collect();
        let staff = (1..=STAFF).map(|at| worker(at, draws)).collect();
        Self { organizations, staff }
    }

    /// An organization that helps victims.
    pub(super) fn helper(&self, draws: &mut Draws<'_>) -> Option<&OrganizationId> {
        let helpers = self.organizations.len().saturating_sub(PLACES);
        pick(self.organizations.get(..helpers)?, draws).map(|organization| &organization.id)
    }

    /// A business or a school.
    pub(super) fn place(&self, draws: &mut Draws<'_>) -> Option<&OrganizationId> {
        let helpers = self.organizations.len().saturating_sub(PLACES);
        pick(self.organizations.get(helpers..)?, draws).map(|organization| &organization.id)
    }

    pub(super) fn worker(&self, draws: &mut Draws<'_>) -> Option<&PersonId> {
        pick(&self.staff, draws).map(|person| &person.id)
    }
}

fn pick<'a, T>(of: &'a [T], draws: &mut Draws<'_>) -> Option<&'a T> {
    of.get(draws.below(u32::try_from(of.len()).unwrap_or(0)) as usize)
}

fn organization(at: usize, kind: Kind, word: &str, draws: &mut Draws<'_>) -> Organization {
    let mut organization =
        Organization { id: OrganizationId::new(format!("{MARKER}-O{at:02}")), ..Organization::default() };
    organization.name = draws.name_with(word);
    organization.kind = Some(Listed::Known(kind));
    organization.shipping_country = draws.one(&COUNTRIES).and_then(Country::from_alpha2).map(Listed::Known);
    if draws.happens(850) {
        organization.shipping_city = draws.proper_name();
        organization.shipping_street = draws.street();
        organization.shipping_postal_code = draws.number("", 4);
        organization.phone = draws.phone();
    }
    if draws.happens(400) {
        organization.shipping_state = draws.proper_name();
    }
    if draws.happens(300) {
        [organization.shipping_latitude, organization.shipping_longitude] = draws.coordinates();
    }
    organization
}

fn worker(at: usize, draws: &mut Draws<'_>) -> Person {
    let gender = if draws.happens(650) { Gender::Feminine } else { Gender::Masculine };
    Person {
        id: PersonId::new(format!("{MARKER}-W{at:02}")),
        first_name: draws.proper_name(),
        second_name: draws.proper_name(),
        gender: Some(Listed::Known(gender)),
        title: draws.one(&["Case worker", "Psychologist", "Lawyer", "Inspector"]).and_then(marked),
        email: draws.email(),
        mobile_phone: draws.phone(),
        consent: Consent { consent: Some(true) },
        ..Person::default()
    }
}
