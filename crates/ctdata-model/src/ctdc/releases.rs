//! Every CTDC release that is known, as data.
//!
//! # Sources
//! CTDC data dictionaries of 2017, 2018 and 2022; Data Codebook version 6 (2017); Global Synthetic Data
//! Codebook version 2 (2024); headers of the published files of 2020, 2021 and 2022.

use ctdata_table::Missing;

use super::layout::{Coding, Layout, LayoutAttribute, LayoutColumn, LayoutKind, Token};
use super::victim_perpetrator::VP;
use crate::CaseAttribute as A;
use crate::{
    AgeBand, DataSource, DurationBand, ExploitationForm as F, Gender, LabourSector as S, Majority, MeansOfControl as M,
    RecruiterRelation as R, SexualExploitationType as T,
};

/// All layouts, oldest first.
pub static LAYOUTS: &[Layout] = &[
    Layout {
        name: "ctdc-kanon-62",
        title: "Global Dataset, k-anonymised, 2017 and 2018",
        kind: LayoutKind::Cases,
        columns: KANON_62,
        separator: b',',
        missing: "-99",
        notice: None,
        years: (2002, 2018),
        synthetic: false,
    },
    Layout {
        name: "ctdc-kanon-63",
        title: "Global Dataset, k-anonymised, April 2020",
        kind: LayoutKind::Cases,
        columns: KANON_63,
        separator: b',',
        missing: "-99",
        notice: None,
        years: (2002, 2019),
        synthetic: false,
    },
    Layout {
        name: "ctdc-kanon-64",
        title: "Global Dataset, k-anonymised, July 2021",
        kind: LayoutKind::Cases,
        columns: KANON_63,
        separator: b';',
        missing: "",
        notice: Some("By using this data you agree to the Terms of Use: https://www.ctdatacollaborative.org/terms-use"),
        years: (2002, 2021),
        synthetic: false,
    },
    Layout {
        name: "ctdc-synthetic-2021",
        title: "Global Synthetic Dataset, September 2021",
        kind: LayoutKind::Cases,
        columns: SYNTHETIC_2021,
        separator: b',',
        missing: "",
        notice: None,
        years: (2002, 2021),
        synthetic: true,
    },
    Layout {
        name: "ctdc-synthetic-2024",
        title: "Global Synthetic Dataset, February 2024 and 2025",
        kind: LayoutKind::Cases,
        columns: SYNTHETIC_2024,
        separator: b',',
        missing: "",
        notice: None,
        years: (2002, 2023),
        synthetic: true,
    },
    Layout {
        name: "ctdc-victim-perpetrator",
        title: "Global Victim-Perpetrator Synthetic Dataset, December 2022",
        kind: LayoutKind::VictimPerpetrator,
        columns: VP,
        separator: b',',
        missing: "",
        notice: None,
        years: (2005, 2022),
        synthetic: true,
    },
];

const fn case(name: &'static str, attribute: A, coding: Coding) -> LayoutColumn {
    LayoutColumn { name, attribute: LayoutAttribute::Case(attribute), coding }
}

const LIST: Coding = Coding::List { separator: ";", alphabetical: false };
const RECRUITER_LIST: Coding = Coding::List { separator: "; ", alphabetical: true };

const DATA_SOURCE: &[Token] = &[
    Token::Value("Case Management", DataSource::CaseManagement as u16),
    Token::Value("Hotline", DataSource::Hotline as u16),
];

const GENDER_KANON: &[Token] = &[
    Token::Value("Female", Gender::Female as u16),
    Token::Value("Male", Gender::Male as u16),
    Token::Value("Transgender/NonConforming", Gender::TransgenderOrNonConforming as u16),
    Token::Missing("Unknown", Missing::Unknown),
];

const GENDER_2021: &[Token] = &[
    Token::Value("Female", Gender::Female as u16),
    Token::Value("Male", Gender::Male as u16),
    Token::Value("Transgender/NonConforming", Gender::TransgenderOrNonConforming as u16),
];

const GENDER_2024: &[Token] = &[
    Token::Value("Woman", Gender::Female as u16),
    Token::Value("Man", Gender::Male as u16),
    Token::Value("Trans/Transgender/NonConforming", Gender::TransgenderOrNonConforming as u16),
];

const AGE_KANON: &[Token] = &[
    Token::Value("0--8", AgeBand::From0To8 as u16),
    Token::Value("9--17", AgeBand::From9To17 as u16),
    Token::Value("18--20", AgeBand::From18To20 as u16),
    Token::Value("21--23", AgeBand::From21To23 as u16),
    Token::Value("24--26", AgeBand::From24To26 as u16),
    Token::Value("27--29", AgeBand::From27To29 as u16),
    Token::Value("30--38", AgeBand::From30To38 as u16),
    Token::Value("39--47", AgeBand::From39To47 as u16),
    Token::Value("48+", AgeBand::From48 as u16),
];

const AGE_SYNTHETIC: &[Token] = &[
    Token::Value("0--8", AgeBand::From0To8 as u16),
    Token::Value("09--17", AgeBand::From9To17 as u16),
    Token::Value("18--20", AgeBand::From18To20 as u16),
    Token::Value("21--23", AgeBand::From21To23 as u16),
    Token::Value("24--26", AgeBand::From24To26 as u16),
    Token::Value("27--29", AgeBand::From27To29 as u16),
    Token::Value("30--38", AgeBand::From30To38 as u16),
    Token::Value("39--47", AgeBand::From39To47 as u16),
    Token::Value("48+", AgeBand::From48 as u16),
];

const MAJORITY_KANON: &[Token] = &[
    Token::Value("Minor", Majority::Minor as u16),
    Token::Value("Adult", Majority::Adult as u16),
    Token::Missing("Unknown", Missing::Unknown),
];

const MAJORITY: &[Token] =
    &[Token::Value("Minor", Majority::Minor as u16), Token::Value("Adult", Majority::Adult as u16)];

const DURATION_2021: &[Token] = &[
    Token::Value("0--12 (0-1 yr)", DurationBand::From0To12 as u16),
    Token::Value("13--24 (1-2 yrs)", DurationBand::From13To24 as u16),
    Token::Value("25--60 (2-5 yrs)", DurationBand::From25To60 as u16),
    Token::Value("61+ (5+ yrs)", DurationBand::From61 as u16),
];

const DURATION_2024: &[Token] = &[
    Token::Value("0--12 (0-1 yr)", DurationBand::From0To12 as u16),
    Token::Value("13--24 (1-2 yrs)", DurationBand::From13To24 as u16),
    Token::Value("25+ (2+ yrs)", DurationBand::From25 as u16),
];

/// The columns of the k-anonymised releases: the text for an unknown country, and since 2020 one form more.
macro_rules! kanon {
    ($unknown:literal $(, slavery: $slavery:ident)?) => {
        &[
            case("yearOfRegistration", A::YearOfRegistration, Coding::Year),
            case("Datasource", A::DataSource, Coding::Tokens(DATA_SOURCE)),
            case("gender", A::Gender, Coding::Tokens(GENDER_KANON)),
            case("ageBroad", A::AgeBand, Coding::Tokens(AGE_KANON)),
            case("majorityStatus", A::MajorityAtRegistration, Coding::Tokens(MAJORITY_KANON)),
            case("majorityStatusAtExploit", A::MajorityAtExploitation, Coding::Tokens(MAJORITY_KANON)),
            case("majorityEntry", A::MajorityAtEntry, Coding::Tokens(MAJORITY_KANON)),
            case("citizenship", A::Citizenship, Coding::Alpha2 { unknown: $unknown }),
            case("meansOfControlDebtBondage", A::Control(M::DebtBondage), Coding::Flag),
            case("meansOfControlTakesEarnings", A::Control(M::TakesEarnings), Coding::Flag),
            case("meansOfControlRestrictsFinancialAccess", A::Control(M::RestrictsFinancialAccess), Coding::Flag),
            case("meansOfControlThreats", A::Control(M::Threats), Coding::Flag),
            case("meansOfControlPsychologicalAbuse", A::Control(M::PsychologicalAbuse), Coding::Flag),
            case("meansOfControlPhysicalAbuse", A::Control(M::PhysicalAbuse), Coding::Flag),
            case("meansOfControlSexualAbuse", A::Control(M::SexualAbuse), Coding::Flag),
            case("meansOfControlFalsePromises", A::Control(M::FalsePromises), Coding::Flag),
            case("meansOfControlPsychoactiveSubstances", A::Control(M::PsychoactiveSubstances), Coding::Flag),
            case("meansOfControlRestrictsMovement", A::Control(M::RestrictsMovement), Coding::Flag),
            case("meansOfControlRestrictsMedicalCare", A::Control(M::RestrictsMedicalCare), Coding::Flag),
            case("meansOfControlExcessiveWorkingHours", A::Control(M::ExcessiveWorkingHours), Coding::Flag),
            case("meansOfControlUsesChildren", A::Control(M::UsesChildren), Coding::Flag),
            case("meansOfControlThreatOfLawEnforcement", A::Control(M::ThreatOfLawEnforcement), Coding::Flag),
            case("meansOfControlWithholdsNecessities", A::Control(M::WithholdsNecessities), Coding::Flag),
            case("meansOfControlWithholdsDocuments", A::Control(M::WithholdsDocuments), Coding::Flag),
            case("meansOfControlOther", A::Control(M::Other), Coding::Flag),
            case("meansOfControlNotSpecified", A::ControlNotSpecified, Coding::Flag),
            case("meansOfControlConcatenated", A::ControlList, LIST),
            case("isForcedLabour", A::Form(F::ForcedLabour), Coding::Flag),
            case("isSexualExploit", A::Form(F::SexualExploitation), Coding::Flag),
            case("isOtherExploit", A::Form(F::Other), Coding::Flag),
            case("isSexAndLabour", A::FormSexAndLabour, Coding::Flag),
            case("isForcedMarriage", A::Form(F::ForcedMarriage), Coding::Flag),
            case("isForcedMilitary", A::Form(F::ForcedMilitary), Coding::Flag),
            case("isOrganRemoval", A::Form(F::OrganRemoval), Coding::Flag),
            $(case("isSlaveryAndPractices", A::Form(F::SlaveryAndSimilar), Coding::$slavery),)?
            case("typeOfExploitConcatenated", A::FormList, LIST),
            case("typeOfLabourAgriculture", A::Sector(S::Agriculture), Coding::Flag),
            case("typeOfLabourAquafarming", A::Sector(S::Aquafarming), Coding::Flag),
            case("typeOfLabourBegging", A::Sector(S::Begging), Coding::Flag),
            case("typeOfLabourConstruction", A::Sector(S::Construction), Coding::Flag),
            case("typeOfLabourDomesticWork", A::Sector(S::DomesticWork), Coding::Flag),
            case("typeOfLabourHospitality", A::Sector(S::Hospitality), Coding::Flag),
            case("typeOfLabourIllicitActivities", A::Sector(S::IllicitActivities), Coding::Flag),
            case("typeOfLabourManufacturing", A::Sector(S::Manufacturing), Coding::Flag),
            case("typeOfLabourMiningOrDrilling", A::Sector(S::MiningOrDrilling), Coding::Flag),
            case("typeOfLabourPeddling", A::Sector(S::Peddling), Coding::Flag),
            case("typeOfLabourTransportation", A::Sector(S::Transportation), Coding::Flag),
            case("typeOfLabourOther", A::Sector(S::Other), Coding::Flag),
            case("typeOfLabourNotSpecified", A::SectorNotSpecified, Coding::Flag),
            case("typeOfLabourConcatenated", A::SectorList, LIST),
            case("typeOfSexProstitution", A::SexualType(T::Prostitution), Coding::Flag),
            case("typeOfSexPornography", A::SexualType(T::Pornography), Coding::Flag),
            case("typeOfSexRemoteInteractiveServices", A::SexualType(T::RemoteInteractiveServices), Coding::Flag),
            case("typeOfSexPrivateSexualServices", A::SexualType(T::PrivateSexualServices), Coding::Flag),
            case("typeOfSexConcatenated", A::SexualTypeList, LIST),
            case("isAbduction", A::Abduction, Coding::Flag),
            case("RecruiterRelationship", A::RecruiterList, RECRUITER_LIST),
            case("CountryOfExploitation", A::CountryOfExploitation, Coding::Alpha2 { unknown: $unknown }),
            case("recruiterRelationIntimatePartner", A::Recruiter(R::IntimatePartner), Coding::Flag),
            case("recruiterRelationFriend", A::Recruiter(R::Friend), Coding::Flag),
            case("recruiterRelationFamily", A::Recruiter(R::Family), Coding::Flag),
            case("recruiterRelationOther", A::Recruiter(R::Other), Coding::Flag),
            case("recruiterRelationUnknown", A::RecruiterNotSpecified, Coding::Flag),
        ]
    };
}

/// 62 columns.
const KANON_62: &[LayoutColumn] = kanon!("ZZ");

/// 63 columns.
const KANON_63: &[LayoutColumn] = kanon!("0", slavery: Flag);

/// 37 columns.
const SYNTHETIC_2021: &[LayoutColumn] = &[
    case("yearOfRegistration", A::YearOfRegistration, Coding::Year),
    case("gender", A::Gender, Coding::Tokens(GENDER_2021)),
    case("ageBroad", A::AgeBand, Coding::Tokens(AGE_SYNTHETIC)),
    case("majorityStatusAtExploit", A::MajorityAtExploitation, Coding::Tokens(MAJORITY)),
    case("traffickMonths", A::TraffickingDuration, Coding::Tokens(DURATION_2021)),
    case("citizenship", A::Citizenship, Coding::Alpha3),
    case("CountryOfExploitation", A::CountryOfExploitation, Coding::Alpha3),
    case("meansOfControlDebtBondage", A::Control(M::DebtBondage), Coding::PositiveFlag),
    case("meansOfControlTakesEarnings", A::Control(M::TakesEarnings), Coding::PositiveFlag),
    case("meansOfControlThreats", A::Control(M::Threats), Coding::PositiveFlag),
    case("meansOfControlPsychologicalAbuse", A::Control(M::PsychologicalAbuse), Coding::PositiveFlag),
    case("meansOfControlPhysicalAbuse", A::Control(M::PhysicalAbuse), Coding::PositiveFlag),
    case("meansOfControlSexualAbuse", A::Control(M::SexualAbuse), Coding::PositiveFlag),
    case("meansOfControlFalsePromises", A::Control(M::FalsePromises), Coding::PositiveFlag),
    case("meansOfControlPsychoactiveSubstances", A::Control(M::PsychoactiveSubstances), Coding::PositiveFlag),
    case("meansOfControlRestrictsMovement", A::Control(M::RestrictsMovement), Coding::PositiveFlag),
    case("meansOfControlRestrictsMedicalCare", A::Control(M::RestrictsMedicalCare), Coding::PositiveFlag),
    case("meansOfControlExcessiveWorkingHours", A::Control(M::ExcessiveWorkingHours), Coding::PositiveFlag),
    case("meansOfControlThreatOfLawEnforce", A::Control(M::ThreatOfLawEnforcement), Coding::PositiveFlag),
    case("meansOfControlWithholdsNecessities", A::Control(M::WithholdsNecessities), Coding::PositiveFlag),
    case("meansOfControlWithholdsDocuments", A::Control(M::WithholdsDocuments), Coding::PositiveFlag),
    case("meansOfControlOther", A::Control(M::Other), Coding::PositiveFlag),
    case("isForcedLabour", A::Form(F::ForcedLabour), Coding::PositiveFlag),
    case("isSexualExploit", A::Form(F::SexualExploitation), Coding::PositiveFlag),
    case("isOtherExploit", A::Form(F::Other), Coding::PositiveFlag),
    case("typeOfLabourAgriculture", A::Sector(S::Agriculture), Coding::PositiveFlag),
    case("typeOfLabourConstruction", A::Sector(S::Construction), Coding::PositiveFlag),
    case("typeOfLabourDomesticWork", A::Sector(S::DomesticWork), Coding::PositiveFlag),
    case("typeOfLabourHospitality", A::Sector(S::Hospitality), Coding::PositiveFlag),
    case("typeOfLabourOther", A::Sector(S::OtherThanMainFour), Coding::PositiveFlag),
    case("typeOfSexProstitution", A::SexualType(T::Prostitution), Coding::PositiveFlag),
    case("typeOfSexPornography", A::SexualType(T::Pornography), Coding::PositiveFlag),
    case("typeOfSexOther", A::SexualType(T::OtherTypes), Coding::PositiveFlag),
    case("recruiterRelationIntimatePartner", A::Recruiter(R::IntimatePartner), Coding::PositiveFlag),
    case("recruiterRelationFriend", A::Recruiter(R::Friend), Coding::PositiveFlag),
    case("recruiterRelationFamily", A::Recruiter(R::Family), Coding::PositiveFlag),
    case("recruiterRelationOther", A::Recruiter(R::Other), Coding::PositiveFlag),
];

/// 27 columns.
const SYNTHETIC_2024: &[LayoutColumn] = &[
    case("yearOfRegistration", A::YearOfRegistration, Coding::Year),
    case("gender", A::Gender, Coding::Tokens(GENDER_2024)),
    case("ageBroad", A::AgeBand, Coding::Tokens(AGE_SYNTHETIC)),
    case("citizenship", A::Citizenship, Coding::Alpha3),
    case("CountryOfExploitation", A::CountryOfExploitation, Coding::Alpha3),
    case("traffickMonths", A::TraffickingDuration, Coding::Tokens(DURATION_2024)),
    case("meansDebtBondageEarnings", A::Control(M::DebtBondageOrTakesEarnings), Coding::PositiveFlag),
    case("meansThreats", A::Control(M::AnyThreats), Coding::PositiveFlag),
    case("meansAbusePsyPhySex", A::Control(M::AnyAbuse), Coding::PositiveFlag),
    case("meansFalsePromises", A::Control(M::FalsePromises), Coding::PositiveFlag),
    case("meansDrugsAlcohol", A::Control(M::PsychoactiveSubstances), Coding::PositiveFlag),
    case("meansDenyBasicNeeds", A::Control(M::DeniesBasicNeeds), Coding::PositiveFlag),
    case("meansExcessiveWorkHours", A::Control(M::ExcessiveWorkingHours), Coding::PositiveFlag),
    case("meansWithholdDocs", A::Control(M::WithholdsDocuments), Coding::PositiveFlag),
    case("isForcedLabour", A::Form(F::ForcedLabour), Coding::PositiveFlag),
    case("isSexualExploit", A::Form(F::SexualExploitation), Coding::PositiveFlag),
    case("isOtherExploit", A::Form(F::Other), Coding::PositiveFlag),
    case("typeOfLabourAgriculture", A::Sector(S::Agriculture), Coding::PositiveFlag),
    case("typeOfLabourConstruction", A::Sector(S::Construction), Coding::PositiveFlag),
    case("typeOfLabourDomesticWork", A::Sector(S::DomesticWork), Coding::PositiveFlag),
    case("typeOfLabourHospitality", A::Sector(S::Hospitality), Coding::PositiveFlag),
    case("typeOfSexProstitution", A::SexualType(T::Prostitution), Coding::PositiveFlag),
    case("typeOfSexPornography", A::SexualType(T::Pornography), Coding::PositiveFlag),
    case("recruiterRelationIntimatePartner", A::Recruiter(R::IntimatePartner), Coding::PositiveFlag),
    case("recruiterRelationFriend", A::Recruiter(R::Friend), Coding::PositiveFlag),
    case("recruiterRelationFamily", A::Recruiter(R::Family), Coding::PositiveFlag),
    case("recruiterRelationOther", A::Recruiter(R::Other), Coding::PositiveFlag),
];
