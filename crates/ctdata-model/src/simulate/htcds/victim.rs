//! What is said of a victim in a case: the draft in the words of HTCDS.

use super::directory::Directory;
use super::draws::Draws;
use super::words::VULNERABILITIES;
use crate::htcds::lists::{
    ForcedLabourIndustry as Industry, MethodOfRecruitment as Recruitment, MethodsOfControl as Method,
    RelationshipToTrafficker as Relationship, TraffickingStatus as Status, TraffickingStatusDecisionMakingOrg as Maker,
    TypeOfExploitation as Type, TypeOfSexExploitation as SexType, Vulnerabilities, WebsitesAndApps as Websites,
};
use crate::htcds::{Listed, PersonId, Victim};
use crate::simulate::answers::Set;
use crate::simulate::draft::Draft;
use crate::{DataSource, ExploitationForm as Form, LabourSector as Sector, MeansOfControl as Means};
use crate::{RecruiterRelation, Redacted, SexualExploitationType};

/// Whether the person was found to be a victim; the rest is not recorded.
pub(super) const STATUSES: [(Status, u32); 3] = [
    (Status::ActualVictimOfTrafficking, 800),
    (Status::PossibleVictimOfTrafficking, 130),
    (Status::NotAVictimOfTrafficking, 30),
];
const MAKERS: [(Maker, u32); 5] = [
    (Maker::Police, 310),
    (Maker::Ngo, 270),
    (Maker::NonPoliceGovernmentalOrganization, 160),
    (Maker::CourtOrProsecution, 80),
    (Maker::Other, 30),
];
const RECRUITMENTS: [(Recruitment, u32); 10] = [
    (Recruitment::ThroughFriendsOrSocialEvents, 190),
    (Recruitment::ThroughFamilyOrFamilyEvents, 80),
    (Recruitment::ThroughOnlineSocialNetworks, 110),
    (Recruitment::ThroughAnOnlineAdvertisement, 80),
    (Recruitment::ThroughANewspaperAdvert, 40),
    (Recruitment::ThroughATelevisionAdvert, 5),
    (Recruitment::AtAPlaceOfBusiness, 50),
    (Recruitment::AtWork, 30),
    (Recruitment::AtAnEducationalInstitution, 15),
    (Recruitment::Other, 40),
];
const RECRUITING_SITES: [(Websites, u32); 7] = [
    (Websites::Facebook, 420),
    (Websites::Instagram, 120),
    (Websites::WhatsApp, 100),
    (Websites::Telegram, 90),
    (Websites::TikTok, 60),
    (Websites::Viber, 30),
    (Websites::Other, 80),
];
const EXPLOITING_SITES: [Websites; 5] =
    [Websites::Telegram, Websites::WhatsApp, Websites::Facebook, Websites::SnapChat, Websites::Other];
const REST_OF_INDUSTRIES: [Industry; 6] = [
    Industry::OtherServiceActivities,
    Industry::AdministrativeAndSupportServiceActivities,
    Industry::HumanHealthAndSocialWorkActivities,
    Industry::ArtsEntertainmentAndRecreation,
    Industry::WaterSupplySewerageWasteManagement,
    Industry::Education,
];
const VULNERABLE: [(Vulnerabilities, u32); 8] = [
    (Vulnerabilities::Poverty, 160),
    (Vulnerabilities::Migration, 60),
    (Vulnerabilities::Homelessness, 30),
    (Vulnerabilities::AbusePhysical, 30),
    (Vulnerabilities::Addiction, 20),
    (Vulnerabilities::MentalHealth, 20),
    (Vulnerabilities::WorkEnvironment, 20),
    (Vulnerabilities::Education, 15),
];

/// Whether bit `at` is set.
const fn has(set: u32, at: u32) -> bool {
    set >> at & 1 == 1
}

/// The victim of a draft. `age` is that at which exploitation began; who is not a victim has no details of it.
pub(super) fn victim(
    person: PersonId,
    draft: &Draft,
    status: Option<Status>,
    age: u32,
    directory: &Directory,
    draws: &mut Draws<'_>,
) -> Victim {
    let mut victim = Victim { person, ..Victim::default() };
    victim.trafficking_status = status.map(Listed::Known);
    victim.trafficking_status_decision_making_org = match (status, draft.source) {
        (None, _) => None,
        (Some(_), DataSource::Hotline) => draws.shared(&[(Maker::Ngo, 900)]).map(Listed::Known),
        (Some(_), DataSource::CaseManagement) => draws.shared(&MAKERS).map(Listed::Known),
    };
    victim.agreement_to_manage_personal_data = draws.shared(&[(true, 40), (false, 5)]);
    if let Some(vulnerable) = draws.shared(&VULNERABLE) {
        victim.vulnerabilities.push(Listed::Known(vulnerable));
        if draws.happens(300) {
            victim.details_of_vulnerabilities = draws.sentence(VULNERABILITIES);
        }
    }
    if status == Some(Status::NotAVictimOfTrafficking) {
        return victim;
    }
    victim.age_when_trafficked = Some(age).filter(|_| draws.happens(550));
    recruitment(&mut victim, draft, directory, draws);
    victim.methods_of_control = methods(draft.answers(Set::Controls).yes, draws);
    exploitation(&mut victim, draft, age, draws);
    if draws.happens(80) {
        let place = directory.place(draws).map(|id| Redacted::new(id.expose().to_owned()));
        victim.location_of_exploitation = if draws.happens(500) { place } else { draws.name_with("Farm") };
    }
    victim
}

fn recruitment(victim: &mut Victim, draft: &Draft, directory: &Directory, draws: &mut Draws<'_>) {
    let recruiters = draft.answers(Set::Recruiters).yes;
    let first = (0..u32::BITS).find(|&at| has(recruiters, at));
    let relation = first.and_then(|at| RecruiterRelation::from_index(at as usize));
    victim.relationship_to_trafficker = match relation {
        Some(RecruiterRelation::IntimatePartner) => Some(Relationship::IntimatePartner),
        Some(RecruiterRelation::Friend) => Some(Relationship::Acquainted),
        Some(RecruiterRelation::Family) => Some(Relationship::Familial),
        Some(RecruiterRelation::Other) => {
            draws.shared(&[(Relationship::Unaquainted, 700), (Relationship::Acquainted, 200)])
        }
        None => None,
    }
    .map(Listed::Known);
    let usual = match relation {
        Some(RecruiterRelation::Family) => Some(Recruitment::ThroughFamilyOrFamilyEvents),
        Some(RecruiterRelation::Friend) => Some(Recruitment::ThroughFriendsOrSocialEvents),
        _ => None,
    };
    let usual = usual.filter(|_| draws.happens(700));
    let more = if usual.is_none() || draws.happens(100) { draws.shared(&RECRUITMENTS) } else { None };
    let ways = usual.into_iter().chain(more.filter(|way| Some(*way) != usual));
    victim.method_of_recruitment = ways.map(Listed::Known).collect();
    let online = [Recruitment::ThroughOnlineSocialNetworks, Recruitment::ThroughAnOnlineAdvertisement];
    if more.is_some_and(|way| online.contains(&way)) {
        victim.recruitment_websites_and_apps = draws.shared(&RECRUITING_SITES).map(Listed::Known).into_iter().collect();
    }
    let at_place = [Recruitment::AtAPlaceOfBusiness, Recruitment::AtAnEducationalInstitution];
    if more.is_some_and(|way| at_place.contains(&way)) && draws.happens(600) {
        let place = directory.place(draws).map(|id| Redacted::new(id.expose().to_owned()));
        victim.location_of_recruitment = if draws.happens(500) { place } else { draws.name_with("Market") };
    }
}

/// CTDC's threats are two methods in HTCDS.
fn methods(means: u32, draws: &mut Draws<'_>) -> Vec<Listed<Method>> {
    let mut methods = Vec::new();
    for (at, means_of_control) in (0..).zip(Means::ALL) {
        if !has(means, at) {
            continue;
        }
        let method = match means_of_control {
            Means::DebtBondage => Method::DebtBondage,
            Means::TakesEarnings => Method::TakesEarnings,
            Means::RestrictsFinancialAccess => Method::RestrictsFinancialAccess,
            Means::Threats => match draws.below(10) {
                0 => Method::ThreatensChildrenFamily,
                1 => {
                    methods.push(Listed::Known(Method::ThreatensChildrenFamily));
                    Method::PhysicalThreats
                }
                _ => Method::PhysicalThreats,
            },
            Means::PsychologicalAbuse => Method::PsychologicalAbuse,
            Means::PhysicalAbuse => Method::PhysicalAbuse,
            Means::SexualAbuse => Method::SexualAbuse,
            Means::FalsePromises => Method::FalsePromises,
            Means::PsychoactiveSubstances => Method::PsychoactiveSubstance,
            Means::RestrictsMovement => Method::RestrictsMovement,
            Means::RestrictsMedicalCare => Method::RestrictsMedicalCare,
            Means::ExcessiveWorkingHours => Method::ExcessiveWorkingHours,
            Means::UsesChildren => Method::UsesChildren,
            Means::ThreatOfLawEnforcement => Method::ThreatsLawEnforcement,
            Means::WithholdsNecessities => Method::WithholdsNecessities,
            Means::WithholdsDocuments => Method::WithholdsDocuments,
            _ => Method::Other,
        };
        methods.push(Listed::Known(method));
    }
    methods
}

/// Types with the details that belong to them: an industry implies labour, a type of sexual exploitation that.
fn exploitation(victim: &mut Victim, draft: &Draft, age: u32, draws: &mut Draws<'_>) {
    let forms = draft.answers(Set::Forms).yes;
    let sectors = draft.answers(Set::Sectors).yes;
    let sexual = draft.answers(Set::SexualTypes).yes;
    let form = |form: Form| has(forms, form as u32);
    let mut types = Vec::new();
    let industry = (0..).zip(Sector::ALL).find(|(at, _)| has(sectors, *at)).and_then(|(_, sector)| match sector {
        Sector::Begging => {
            types.push(Type::ForcedBegging);
            None
        }
        Sector::IllicitActivities => {
            types.push(Type::ForcedCriminality);
            None
        }
        sector => industry(*sector, draws),
    });
    if industry.is_some() || (form(Form::ForcedLabour) && types.is_empty()) {
        types.push(match age {
            ..18 if draws.happens(350) => Type::ChildLabour,
            _ if industry == Some(Industry::ActivitiesOfHouseholdsAsEmployers) && draws.happens(200) => Type::Servitude,
            _ => Type::ForcedLabour,
        });
    }
    victim.forced_labour_industry = industry.map(Listed::Known).into_iter().collect();
    if form(Form::SexualExploitation) || sexual != 0 {
        types.push(Type::SexualExploitation);
    }
    for (at, kind) in (0..).zip(SexualExploitationType::ALL) {
        if has(sexual, at) {
            victim.type_of_sex_exploitation.push(Listed::Known(match kind {
                SexualExploitationType::Prostitution => SexType::Prostitution,
                SexualExploitationType::Pornography => SexType::Pornography,
                SexualExploitationType::RemoteInteractiveServices => SexType::RemoteInteractiveServices,
                _ => SexType::PrivateSexualServices,
            }));
        }
    }
    if sexual != 0 && draws.happens(120) {
        victim.exploitation_websites_and_apps = draws.one(&EXPLOITING_SITES).map(Listed::Known).into_iter().collect();
    }
    let rare = [
        (Form::ForcedMarriage, Type::ForcedMarriage),
        (Form::ForcedMilitary, Type::ForcedMilitaryByNonStateActors),
        (Form::OrganRemoval, Type::OrganRemoval),
        (Form::SlaveryAndSimilar, Type::Servitude),
    ];
    let before = types.len();
    types.extend(rare.into_iter().filter(|(found, _)| form(*found)).map(|(_, kind)| kind));
    if form(Form::Other) && types.len() == before {
        types.push(draws.shared(&[(Type::Surrogacy, 15), (Type::ForcedAdoption, 15)]).unwrap_or(Type::Other));
    }
    for kind in types {
        if !victim.type_of_exploitation.contains(&Listed::Known(kind)) {
            victim.type_of_exploitation.push(Listed::Known(kind));
        }
    }
}

fn industry(sector: Sector, draws: &mut Draws<'_>) -> Option<Industry> {
    Some(match sector {
        Sector::Agriculture if draws.happens(150) => Industry::CropAndAnimalProduction,
        Sector::Aquafarming if draws.happens(500) => Industry::FishingAndAquaculture,
        Sector::Agriculture | Sector::Aquafarming => Industry::AgricultureForestryAndFishing,
        Sector::Construction => Industry::Construction,
        Sector::DomesticWork => Industry::ActivitiesOfHouseholdsAsEmployers,
        Sector::Hospitality => Industry::AccommodationAndFoodServiceActivities,
        Sector::Manufacturing => Industry::Manufacturing,
        Sector::MiningOrDrilling => Industry::MiningAndQuarrying,
        Sector::Peddling => Industry::WholesaleAndRetailTradeRepairOfMotorVehicles,
        Sector::Transportation => Industry::TransportationAndStorage,
        _ => draws.one(&REST_OF_INDUSTRIES)?,
    })
}
