//! What the values of HTCDS say of a case, as data: the conversion follows this table, and so can documentation.
//!
//! # Sources
//! HTCDS 2.0, lists and field definitions; CTDC Data Codebook version 6 (2017) and Global Synthetic Data Codebook
//! version 2 (2024), definitions of the columns.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::CaseAttribute::{Control, Form, Recruiter, Sector, SexualType};
use crate::{
    CaseAttribute, CaseAttribute as A, ExploitationForm as F, LabourSector as S, MeansOfControl as M,
    RecruiterRelation as R, SexualExploitationType as T,
};

/// What is said of an attribute of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Statement {
    /// A flag is yes.
    Yes(CaseAttribute),
    /// An attribute has the value with this code.
    Value(CaseAttribute, &'static str),
    /// The source states that an attribute is unknown.
    Unknown(CaseAttribute),
    /// An attribute follows from what the field holds, and perhaps from others.
    From(CaseAttribute),
}

impl Statement {
    /// The attribute of which something is said.
    pub const fn attribute(self) -> CaseAttribute {
        match self {
            Self::Yes(attribute) | Self::Value(attribute, _) | Self::Unknown(attribute) | Self::From(attribute) => {
                attribute
            }
        }
    }
}

/// How well a statement about a case fits what the record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fit {
    /// It says the same.
    Same,
    /// It follows, as CTDC defines its columns.
    Follows,
    /// It says less.
    Coarser,
    /// It says something similar.
    Similar,
}

/// What a field, or one of its values, says of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrosswalkRule {
    /// The official name of the field.
    pub field: &'static str,
    /// The name of the value; `None` for a field that has no list.
    pub value: Option<&'static str>,
    /// What it says; nothing if a case has no place for it.
    pub says: &'static [(Statement, Fit)],
    /// What to know of it; empty if nothing.
    pub note: &'static str,
}

/// The rules, in the order of the fields of the standard. Fields that are not among them have no place in a case.
///
/// ```
/// use ctdata_model::htcds::{Fit, Statement, crosswalk};
/// use ctdata_model::{CaseAttribute, MeansOfControl};
/// let rule = crosswalk().iter().find(|rule| rule.value == Some("DebtBondage")).ok_or("no such rule")?;
/// assert_eq!(rule.says, [(Statement::Yes(CaseAttribute::Control(MeansOfControl::DebtBondage)), Fit::Same)]);
/// # Ok::<(), &str>(())
/// ```
pub fn crosswalk() -> &'static [CrosswalkRule] {
    RULES
}

/// The rule of a value.
pub(super) fn rule(field: &'static str, value: &'static str) -> Option<&'static CrosswalkRule> {
    static BY_VALUE: LazyLock<HashMap<(&str, &str), &CrosswalkRule>> =
        LazyLock::new(|| RULES.iter().filter_map(|rule| Some(((rule.field, rule.value?), rule))).collect());
    BY_VALUE.get(&(field, value)).copied()
}

const fn yes(attribute: CaseAttribute) -> (Statement, Fit) {
    (Statement::Yes(attribute), Fit::Same)
}

const fn follows(attribute: CaseAttribute) -> (Statement, Fit) {
    (Statement::Yes(attribute), Fit::Follows)
}

const fn similar(attribute: CaseAttribute) -> (Statement, Fit) {
    (Statement::Yes(attribute), Fit::Similar)
}

const fn coarser(attribute: CaseAttribute) -> (Statement, Fit) {
    (Statement::Yes(attribute), Fit::Coarser)
}

const fn value(attribute: CaseAttribute, code: &'static str) -> (Statement, Fit) {
    (Statement::Value(attribute, code), Fit::Same)
}

const fn less(attribute: CaseAttribute, code: &'static str) -> (Statement, Fit) {
    (Statement::Value(attribute, code), Fit::Coarser)
}

const fn section(code: &'static str) -> (Statement, Fit) {
    value(A::Industry, code)
}

const fn from(attribute: CaseAttribute, fit: Fit) -> (Statement, Fit) {
    (Statement::From(attribute), fit)
}

const OTHER_SECTIONS: &str = "CTDC has one sector for thirteen sections of ISIC, and for forestry";
pub(super) const SECTION_A: &str = "section A holds agriculture, forestry and fishing, which are different sectors in CTDC; a division tells them apart";
const DIFFERENT_ROLES: &str = "CTDC asks for the recruiter, who need not be the trafficker";

macro_rules! note {
    () => {
        ""
    };
    ($note:expr) => {
        $note
    };
}

macro_rules! rules {
    ($($field:literal { $($value:literal => [$($says:expr),+] $(, $note:expr)?;)+ })+) => {
        &[$($(CrosswalkRule {
            field: $field,
            value: if $value.is_empty() { None } else { Some($value) },
            says: &[$($says),+],
            note: note!($($note)?),
        },)+)+]
    };
}

static RULES: &[CrosswalkRule] = rules! {
    "prs_Birthdate" {
        "" => [from(A::AgeBand, Fit::Coarser), from(A::MajorityAtRegistration, Fit::Coarser)],
            "with the date of the incoming referral, if one band is certain";
    }
    "prs_Gender" {
        "Feminine" => [value(A::Gender, "female")];
        "Masculine" => [value(A::Gender, "male")];
        "TransgenderFeminine" => [value(A::Gender, "transgender-feminine")], "CTDC has one value for three";
        "TransgenderMasculine" => [value(A::Gender, "transgender-masculine")], "CTDC has one value for three";
        "NonConforming" => [value(A::Gender, "non-conforming")], "CTDC has one value for three";
        "NonSpecifiedUnknown" => [(Statement::Unknown(A::Gender), Fit::Same)];
    }
    "prs_Citizenship" {
        "" => [from(A::Citizenship, Fit::Same)], "a case holds one; what becomes of several is a choice";
    }
    "vic_TraffickingStatus" {
        "PossibleVictimOfTrafficking" => [value(A::TraffickingStatus, "possible-victim")], "taken only if asked for";
        "ActualVictimOfTrafficking" => [value(A::TraffickingStatus, "actual-victim")];
        "NotAVictimOfTrafficking" => [value(A::TraffickingStatus, "not-a-victim")], "never taken into cases";
    }
    "vic_TraffickingStatusDecisionMakingOrg" {
        "Police" => [value(A::StatusDecidedBy, "police")];
        "NGO" => [value(A::StatusDecidedBy, "ngo")];
        "CourtOrProsecution" => [value(A::StatusDecidedBy, "court-or-prosecution")];
        "NonPoliceGovernmentalOrganization" => [value(A::StatusDecidedBy, "non-police-governmental-organization")];
        "Other" => [value(A::StatusDecidedBy, "other")];
    }
    "vic_RelationshipToTrafficker" {
        "Familial" => [value(A::TraffickerRelationship, "familial"), similar(Recruiter(R::Family))], DIFFERENT_ROLES;
        "Acquainted" => [value(A::TraffickerRelationship, "acquainted"), similar(Recruiter(R::Friend))],
            DIFFERENT_ROLES;
        "Unaquainted" => [value(A::TraffickerRelationship, "unaquainted"), similar(Recruiter(R::Other))],
            "CTDC asks for the recruiter, who need not be the trafficker, and counts strangers among others";
        "IntimatePartner" => [less(A::TraffickerRelationship, "familial"), similar(Recruiter(R::IntimatePartner))],
            "HTCDS has no intimate partner, and CTDC asks for the recruiter, who need not be the trafficker";
    }
    "vic_AgeWhenTrafficked" {
        "" => [from(A::MajorityAtEntry, Fit::Coarser)], "the age when first trafficked is that on entry";
    }
    "vic_MethodsOfControl" {
        "PhysicalThreats" => [yes(Control(M::PhysicalThreats))], "in CTDC part of all threats";
        "ThreatsLawEnforcement" => [yes(Control(M::ThreatOfLawEnforcement))];
        "ThreatensChildrenFamily" => [yes(Control(M::ThreatensChildrenOrFamily))],
            "in CTDC part of all threats; to use the victim's children is something else";
        "DebtBondage" => [yes(Control(M::DebtBondage))];
        "FalsePromises" => [yes(Control(M::FalsePromises))];
        "PhysicalAbuse" => [yes(Control(M::PhysicalAbuse))];
        "SexualAbuse" => [yes(Control(M::SexualAbuse))], "a means of control, from which no exploitation follows";
        "TakesEarnings" => [yes(Control(M::TakesEarnings))];
        "RestrictsFinancialAccess" => [yes(Control(M::RestrictsFinancialAccess))];
        "RestrictsMedicalCare" => [yes(Control(M::RestrictsMedicalCare))];
        "WithholdsNecessities" => [yes(Control(M::WithholdsNecessities))];
        "PsychologicalAbuse" => [yes(Control(M::PsychologicalAbuse))];
        "PsychoactiveSubstance" => [yes(Control(M::PsychoactiveSubstances))];
        "ExcessiveWorkingHours" => [yes(Control(M::ExcessiveWorkingHours))];
        "WithholdsDocuments" => [yes(Control(M::WithholdsDocuments))];
        "Other" => [yes(Control(M::Other))];
        "RestrictsMovement" => [yes(Control(M::RestrictsMovement))], "not in the list of HTCDS";
        "UsesChildren" => [yes(Control(M::UsesChildren))], "not in the list of HTCDS";
    }
    "vic_TypeOfExploitation" {
        "ForcedLabour" => [yes(Form(F::ForcedLabour))];
        "SexualExploitation" => [yes(Form(F::SexualExploitation))];
        "ChildLabour" => [yes(Form(F::ChildLabour))], "CTDC has no place for it: that of a minor is not the same";
        "ForcedMarriage" => [yes(Form(F::ForcedMarriage))], "another form in the synthetic releases";
        "Servitude" => [yes(Form(F::Servitude))], "CTDC has slavery and similar practices, which is not the same";
        "ForcedMilitaryByNonStateActors" => [coarser(Form(F::ForcedMilitary))],
            "HTCDS restricts it to non-state actors, CTDC does not";
        "OrganRemoval" => [yes(Form(F::OrganRemoval))], "another form in the synthetic releases";
        "ForcedBegging" => [yes(Form(F::ForcedBegging)), follows(Sector(S::Begging)), follows(Form(F::ForcedLabour))],
            "in CTDC a sector of forced labour";
        "ForcedAdoption" => [yes(Form(F::ForcedAdoption))], "another form in CTDC";
        "Surrogacy" => [yes(Form(F::Surrogacy))], "another form in CTDC";
        "Other" => [yes(Form(F::Other))];
        "ForcedCriminality" => [
            yes(Form(F::ForcedCriminality)),
            follows(Sector(S::IllicitActivities)),
            follows(Form(F::ForcedLabour))
        ], "not in the list of HTCDS; in CTDC a sector of forced labour";
    }
    "vic_ForcedLabourIndustry" {
        "A_AgricultureForestryAndFishing" => [section("A")], SECTION_A;
        "B_MiningAndQuarrying" => [section("B"), yes(Sector(S::MiningOrDrilling))];
        "C_Manufacturing" => [section("C"), yes(Sector(S::Manufacturing))];
        "D_ElectricityGasSteamAndAirConditioningSupply" => [section("D"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "E_WaterSupplySewerageWasteManagement" => [section("E"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "F_Construction" => [section("F"), yes(Sector(S::Construction))];
        "G_WholesaleAndRetailTradeRepairOfMotorVehicles" => [section("G"), coarser(Sector(S::Other))],
            "of section G, CTDC has a sector for peddling alone, which is not told apart";
        "H_TransportationAndStorage" => [section("H"), yes(Sector(S::Transportation))];
        "I_AccommodationAndFoodServiceActivities" => [section("I"), yes(Sector(S::Hospitality))];
        "J_InformationAndCommunication" => [section("J"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "K_FinancialAndInsuranceActivities" => [section("K"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "L_RealEstateActivities" => [section("L"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "M_ProfessionalScientificAndTechnicalActivities" => [section("M"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "N_AdministrativeAndSupportServiceActivities" => [section("N"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "O_PublicAdministrationAndDefence" => [section("O"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "P_Education" => [section("P"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "Q_HumanHealthAndSocialWorkActivities" => [section("Q"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "R_ArtsEntertainmentAndRecreation" => [section("R"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "S_OtherServiceActivities" => [section("S"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "T_ActivitiesOfHouseholdsAsEmployers" => [section("T"), yes(Sector(S::DomesticWork))];
        "U_ActivitiesOfExtraterritorialOrganizations" => [section("U"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "A_01_CropAndAnimalProduction" => [section("A"), yes(Sector(S::Agriculture))], "not in the list of HTCDS";
        "A_02_ForestryAndLogging" => [section("A"), coarser(Sector(S::Other))], OTHER_SECTIONS;
        "A_03_FishingAndAquaculture" => [section("A"), yes(Sector(S::Aquafarming))], "not in the list of HTCDS";
    }
    "vic_TypeOfSexExploitation" {
        "Prostitution" => [yes(SexualType(T::Prostitution))];
        "Pornography" => [yes(SexualType(T::Pornography))];
        "RemoteInteractiveServices" => [yes(SexualType(T::RemoteInteractiveServices))], "CTDC collects it since 2017";
        "PrivateSexualServices" => [yes(SexualType(T::PrivateSexualServices))], "CTDC collects it since 2017";
    }
    "vic_LocationOfExploitation" {
        "" => [from(A::CountryOfExploitation, Fit::Similar)],
            "the country of that organization, if it is one of the records and no event of exploitation names a country";
    }
    "per_RoleInProcess" {
        "Kidnapper" => [similar(A::Abduction)], "a perpetrator who kidnapped is the closest that HTCDS says";
    }
    "cas_IncomingReferralDate" {
        "" => [from(A::YearOfRegistration, Fit::Coarser)],
            "HTCDS has no date of registration: that of the incoming referral is the closest";
    }
    "hte_Country" {
        "" => [from(A::CountryOfExploitation, Fit::Same)], "that of the last event of exploitation";
    }
    "hte_Date" {
        "" => [from(A::TraffickingDuration, Fit::Coarser)], "from the first event to the last, if one band is certain";
    }
};
