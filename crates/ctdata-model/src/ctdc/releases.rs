//! Every CTDC release that is known, as data; and the layout of the cases that HTCDS records become.
//!
//! # Sources
//! CTDC data dictionaries of 2017, 2018 and 2022; Data Codebook version 6 (2017); Global Synthetic Data
//! Codebook version 2 (2024); headers of the published files of 2020, 2021 and 2022. HTCDS 2.0 for what its
//! records can say of a case.

use ctdata_table::Missing;

use super::layout::{Coding, Layout, LayoutAttribute, LayoutColumn, LayoutKind, Token};
use super::victim_perpetrator::VP;
use crate::CaseAttribute as A;
use crate::{
    AgeBand, DataSource, DurationBand, ExploitationForm as F, Gender, IsicSection, LabourSector as S, Majority,
    MeansOfControl as M, RecruiterRelation as R, SexualExploitationType as T, StatusDecisionMaker,
    TraffickerRelationship, TraffickingStatus, Year,
};

/// All layouts: CTDC's, oldest first, then that of HTCDS.
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
    Layout {
        name: "htcds-cases",
        title: "Cases from HTCDS records, one victim per row",
        kind: LayoutKind::Cases,
        columns: HTCDS_CASES,
        separator: b',',
        missing: "",
        notice: None,
        years: (Year::MIN.get(), Year::MAX.get()),
        synthetic: false,
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

/// Texts that are the codes of a list, and a text for "unknown" where there is one.
macro_rules! codes {
    ($name:ident: $list:ident [$($value:ident),+ $(,)?] $(, unknown $unknown:literal)?) => {
        const $name: &[Token] = &[
            $(Token::Value($list::$value.code(), $list::$value as u16),)+
            $(Token::Missing($unknown, Missing::Unknown),)?
        ];
    };
}

codes!(
    GENDER_HTCDS: Gender [
        Female, Male, TransgenderFeminine, TransgenderMasculine, NonConforming, TransgenderOrNonConforming,
    ],
    unknown "unknown"
);
codes!(
    AGE_HTCDS: AgeBand [
        From0To8, From9To17, From18To20, From21To23, From24To26, From27To29, From30To38, From39To47, From48,
    ]
);
codes!(MAJORITY_HTCDS: Majority [Minor, Adult], unknown "unknown");
codes!(DURATION_HTCDS: DurationBand [From0To12, From13To24, From25To60, From61, From25]);
codes!(INDUSTRY: IsicSection [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U]);
codes!(TRAFFICKER: TraffickerRelationship [Familial, Acquainted, Unacquainted], unknown "unknown");
codes!(STATUS: TraffickingStatus [PossibleVictim, ActualVictim, NotAVictim]);
codes!(
    DECIDED_BY: StatusDecisionMaker [Police, Ngo, CourtOrProsecution, NonPoliceGovernmentalOrganization, Other]
);

/// 63 columns, named as the case schema names them. What HTCDS chooses from a list is said or not said: there is
/// no "no". Countries are in alpha-2, as in HTCDS.
const HTCDS_CASES: &[LayoutColumn] = &[
    case("year_of_registration", A::YearOfRegistration, Coding::Year),
    case("gender", A::Gender, Coding::Tokens(GENDER_HTCDS)),
    case("age_band", A::AgeBand, Coding::Tokens(AGE_HTCDS)),
    case("majority_at_registration", A::MajorityAtRegistration, Coding::Tokens(MAJORITY_HTCDS)),
    case("majority_at_entry", A::MajorityAtEntry, Coding::Tokens(MAJORITY_HTCDS)),
    case("citizenship", A::Citizenship, Coding::Alpha2 { unknown: "ZZ" }),
    case("country_of_exploitation", A::CountryOfExploitation, Coding::Alpha2 { unknown: "ZZ" }),
    case("trafficking_duration", A::TraffickingDuration, Coding::Tokens(DURATION_HTCDS)),
    case("control_debt_bondage", A::Control(M::DebtBondage), Coding::PositiveFlag),
    case("control_takes_earnings", A::Control(M::TakesEarnings), Coding::PositiveFlag),
    case("control_restricts_financial_access", A::Control(M::RestrictsFinancialAccess), Coding::PositiveFlag),
    case("control_physical_threats", A::Control(M::PhysicalThreats), Coding::PositiveFlag),
    case("control_threatens_children_or_family", A::Control(M::ThreatensChildrenOrFamily), Coding::PositiveFlag),
    case("control_threat_of_law_enforcement", A::Control(M::ThreatOfLawEnforcement), Coding::PositiveFlag),
    case("control_psychological_abuse", A::Control(M::PsychologicalAbuse), Coding::PositiveFlag),
    case("control_physical_abuse", A::Control(M::PhysicalAbuse), Coding::PositiveFlag),
    case("control_sexual_abuse", A::Control(M::SexualAbuse), Coding::PositiveFlag),
    case("control_false_promises", A::Control(M::FalsePromises), Coding::PositiveFlag),
    case("control_psychoactive_substances", A::Control(M::PsychoactiveSubstances), Coding::PositiveFlag),
    case("control_restricts_movement", A::Control(M::RestrictsMovement), Coding::PositiveFlag),
    case("control_restricts_medical_care", A::Control(M::RestrictsMedicalCare), Coding::PositiveFlag),
    case("control_excessive_working_hours", A::Control(M::ExcessiveWorkingHours), Coding::PositiveFlag),
    case("control_uses_children", A::Control(M::UsesChildren), Coding::PositiveFlag),
    case("control_withholds_necessities", A::Control(M::WithholdsNecessities), Coding::PositiveFlag),
    case("control_withholds_documents", A::Control(M::WithholdsDocuments), Coding::PositiveFlag),
    case("control_other", A::Control(M::Other), Coding::PositiveFlag),
    case("form_forced_labour", A::Form(F::ForcedLabour), Coding::PositiveFlag),
    case("form_sexual_exploitation", A::Form(F::SexualExploitation), Coding::PositiveFlag),
    case("form_child_labour", A::Form(F::ChildLabour), Coding::PositiveFlag),
    case("form_forced_marriage", A::Form(F::ForcedMarriage), Coding::PositiveFlag),
    case("form_servitude", A::Form(F::Servitude), Coding::PositiveFlag),
    case("form_forced_military", A::Form(F::ForcedMilitary), Coding::PositiveFlag),
    case("form_organ_removal", A::Form(F::OrganRemoval), Coding::PositiveFlag),
    case("form_forced_begging", A::Form(F::ForcedBegging), Coding::PositiveFlag),
    case("form_forced_adoption", A::Form(F::ForcedAdoption), Coding::PositiveFlag),
    case("form_surrogacy", A::Form(F::Surrogacy), Coding::PositiveFlag),
    case("form_forced_criminality", A::Form(F::ForcedCriminality), Coding::PositiveFlag),
    case("form_other", A::Form(F::Other), Coding::PositiveFlag),
    case("sector_agriculture", A::Sector(S::Agriculture), Coding::PositiveFlag),
    case("sector_aquafarming", A::Sector(S::Aquafarming), Coding::PositiveFlag),
    case("sector_begging", A::Sector(S::Begging), Coding::PositiveFlag),
    case("sector_construction", A::Sector(S::Construction), Coding::PositiveFlag),
    case("sector_domestic_work", A::Sector(S::DomesticWork), Coding::PositiveFlag),
    case("sector_hospitality", A::Sector(S::Hospitality), Coding::PositiveFlag),
    case("sector_illicit_activities", A::Sector(S::IllicitActivities), Coding::PositiveFlag),
    case("sector_manufacturing", A::Sector(S::Manufacturing), Coding::PositiveFlag),
    case("sector_mining_or_drilling", A::Sector(S::MiningOrDrilling), Coding::PositiveFlag),
    case("sector_peddling", A::Sector(S::Peddling), Coding::PositiveFlag),
    case("sector_transportation", A::Sector(S::Transportation), Coding::PositiveFlag),
    case("sector_other", A::Sector(S::Other), Coding::PositiveFlag),
    case("sexual_prostitution", A::SexualType(T::Prostitution), Coding::PositiveFlag),
    case("sexual_pornography", A::SexualType(T::Pornography), Coding::PositiveFlag),
    case("sexual_remote_interactive_services", A::SexualType(T::RemoteInteractiveServices), Coding::PositiveFlag),
    case("sexual_private_sexual_services", A::SexualType(T::PrivateSexualServices), Coding::PositiveFlag),
    case("abduction", A::Abduction, Coding::PositiveFlag),
    case("recruiter_intimate_partner", A::Recruiter(R::IntimatePartner), Coding::PositiveFlag),
    case("recruiter_friend", A::Recruiter(R::Friend), Coding::PositiveFlag),
    case("recruiter_family", A::Recruiter(R::Family), Coding::PositiveFlag),
    case("recruiter_other", A::Recruiter(R::Other), Coding::PositiveFlag),
    case("industry", A::Industry, Coding::Tokens(INDUSTRY)),
    case("trafficker_relationship", A::TraffickerRelationship, Coding::Tokens(TRAFFICKER)),
    case("trafficking_status", A::TraffickingStatus, Coding::Tokens(STATUS)),
    case("status_decided_by", A::StatusDecidedBy, Coding::Tokens(DECIDED_BY)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::CodeList;

    #[test]
    fn columns_of_htcds_cases_are_named_and_coded_as_the_case_schema_does() {
        for column in HTCDS_CASES {
            let LayoutAttribute::Case(attribute) = column.attribute else { panic!("not of a case") };
            assert_eq!(column.name, attribute.name());
            let Coding::Tokens(tokens) = column.coding else { continue };
            // Every value has a text, which is its code.
            let texts: Vec<&str> = tokens
                .iter()
                .filter_map(|token| match token {
                    Token::Value(text, _) => Some(*text),
                    Token::Missing(..) => None,
                })
                .collect();
            assert_eq!(texts, attribute.domain().labels().collect::<Vec<_>>(), "{}", column.name);
        }
        assert_eq!(INDUSTRY.len(), <IsicSection as CodeList>::ALL.len());
    }
}
