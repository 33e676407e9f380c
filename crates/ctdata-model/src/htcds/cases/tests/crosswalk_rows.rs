//! Every rule of the crosswalk about values of HTCDS, by the columns that CTDC's codebooks define.
//!
//! Each row says which columns of the k-anonymised release of 2020, of the synthetic release of 2021 and of that of
//! 2024 are 1 for a record with one value. Where the crosswalk calls a column the closest and not equal (slavery for
//! servitude), or narrower (peddling for section G), nothing is claimed.

use super::*;
use crate::htcds::records::ReadEntity;
use crate::htcds::value::{Input, Reading};

/// A value, and the columns that are 1.
type Expected = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const CONTROLS: &[Expected] = &[
    ("DebtBondage", &["meansOfControlDebtBondage"], &["meansOfControlDebtBondage"], &["meansDebtBondageEarnings"]),
    (
        "TakesEarnings",
        &["meansOfControlTakesEarnings"],
        &["meansOfControlTakesEarnings"],
        &["meansDebtBondageEarnings"],
    ),
    ("RestrictsFinancialAccess", &["meansOfControlRestrictsFinancialAccess"], &[], &["meansDenyBasicNeeds"]),
    ("PhysicalThreats", &["meansOfControlThreats"], &["meansOfControlThreats"], &["meansThreats"]),
    ("ThreatensChildrenFamily", &["meansOfControlThreats"], &["meansOfControlThreats"], &["meansThreats"]),
    ("UsesChildren", &["meansOfControlUsesChildren"], &[], &["meansThreats"]),
    (
        "ThreatsLawEnforcement",
        &["meansOfControlThreatOfLawEnforcement"],
        &["meansOfControlThreatOfLawEnforce"],
        &["meansThreats"],
    ),
    (
        "PsychologicalAbuse",
        &["meansOfControlPsychologicalAbuse"],
        &["meansOfControlPsychologicalAbuse"],
        &["meansAbusePsyPhySex"],
    ),
    ("PhysicalAbuse", &["meansOfControlPhysicalAbuse"], &["meansOfControlPhysicalAbuse"], &["meansAbusePsyPhySex"]),
    ("SexualAbuse", &["meansOfControlSexualAbuse"], &["meansOfControlSexualAbuse"], &["meansAbusePsyPhySex"]),
    ("FalsePromises", &["meansOfControlFalsePromises"], &["meansOfControlFalsePromises"], &["meansFalsePromises"]),
    (
        "PsychoactiveSubstance",
        &["meansOfControlPsychoactiveSubstances"],
        &["meansOfControlPsychoactiveSubstances"],
        &["meansDrugsAlcohol"],
    ),
    (
        "RestrictsMovement",
        &["meansOfControlRestrictsMovement"],
        &["meansOfControlRestrictsMovement"],
        &["meansDenyBasicNeeds"],
    ),
    (
        "RestrictsMedicalCare",
        &["meansOfControlRestrictsMedicalCare"],
        &["meansOfControlRestrictsMedicalCare"],
        &["meansDenyBasicNeeds"],
    ),
    (
        "WithholdsNecessities",
        &["meansOfControlWithholdsNecessities"],
        &["meansOfControlWithholdsNecessities"],
        &["meansDenyBasicNeeds"],
    ),
    (
        "ExcessiveWorkingHours",
        &["meansOfControlExcessiveWorkingHours"],
        &["meansOfControlExcessiveWorkingHours"],
        &["meansExcessiveWorkHours"],
    ),
    (
        "WithholdsDocuments",
        &["meansOfControlWithholdsDocuments"],
        &["meansOfControlWithholdsDocuments"],
        &["meansWithholdDocs"],
    ),
    ("Other", &["meansOfControlOther"], &["meansOfControlOther"], &[]),
];

const FORMS: &[Expected] = &[
    ("ForcedLabour", &["isForcedLabour"], &["isForcedLabour"], &["isForcedLabour"]),
    ("SexualExploitation", &["isSexualExploit"], &["isSexualExploit"], &["isSexualExploit"]),
    ("ForcedMarriage", &["isForcedMarriage"], &["isOtherExploit"], &["isOtherExploit"]),
    ("ForcedMilitaryByNonStateActors", &["isForcedMilitary"], &["isOtherExploit"], &["isOtherExploit"]),
    ("OrganRemoval", &["isOrganRemoval"], &["isOtherExploit"], &["isOtherExploit"]),
    ("Servitude", &[], &[], &[]),
    (
        "ForcedBegging",
        &["isForcedLabour", "typeOfLabourBegging"],
        &["isForcedLabour", "typeOfLabourOther"],
        &["isForcedLabour"],
    ),
    ("ChildLabour", &[], &[], &[]),
    ("ForcedAdoption", &["isOtherExploit"], &["isOtherExploit"], &["isOtherExploit"]),
    ("Surrogacy", &["isOtherExploit"], &["isOtherExploit"], &["isOtherExploit"]),
    (
        "ForcedCriminality",
        &["isForcedLabour", "typeOfLabourIllicitActivities"],
        &["isForcedLabour", "typeOfLabourOther"],
        &["isForcedLabour"],
    ),
    ("Other", &["isOtherExploit"], &["isOtherExploit"], &["isOtherExploit"]),
];

const OTHER_SECTOR: &[&str] = &["typeOfLabourOther"];

const INDUSTRIES: &[Expected] = &[
    ("A_AgricultureForestryAndFishing", &[], &[], &[]),
    (
        "A_01_CropAndAnimalProduction",
        &["typeOfLabourAgriculture"],
        &["typeOfLabourAgriculture"],
        &["typeOfLabourAgriculture"],
    ),
    ("A_02_ForestryAndLogging", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("A_03_FishingAndAquaculture", &["typeOfLabourAquafarming"], OTHER_SECTOR, &[]),
    ("F_Construction", &["typeOfLabourConstruction"], &["typeOfLabourConstruction"], &["typeOfLabourConstruction"]),
    (
        "T_ActivitiesOfHouseholdsAsEmployers",
        &["typeOfLabourDomesticWork"],
        &["typeOfLabourDomesticWork"],
        &["typeOfLabourDomesticWork"],
    ),
    (
        "I_AccommodationAndFoodServiceActivities",
        &["typeOfLabourHospitality"],
        &["typeOfLabourHospitality"],
        &["typeOfLabourHospitality"],
    ),
    ("C_Manufacturing", &["typeOfLabourManufacturing"], OTHER_SECTOR, &[]),
    ("B_MiningAndQuarrying", &["typeOfLabourMiningOrDrilling"], OTHER_SECTOR, &[]),
    ("H_TransportationAndStorage", &["typeOfLabourTransportation"], OTHER_SECTOR, &[]),
    ("G_WholesaleAndRetailTradeRepairOfMotorVehicles", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("D_ElectricityGasSteamAndAirConditioningSupply", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("E_WaterSupplySewerageWasteManagement", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("J_InformationAndCommunication", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("K_FinancialAndInsuranceActivities", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("L_RealEstateActivities", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("M_ProfessionalScientificAndTechnicalActivities", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("N_AdministrativeAndSupportServiceActivities", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("O_PublicAdministrationAndDefence", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("P_Education", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("Q_HumanHealthAndSocialWorkActivities", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("R_ArtsEntertainmentAndRecreation", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("S_OtherServiceActivities", OTHER_SECTOR, OTHER_SECTOR, &[]),
    ("U_ActivitiesOfExtraterritorialOrganizations", OTHER_SECTOR, OTHER_SECTOR, &[]),
];

const SEXUAL_TYPES: &[Expected] = &[
    ("Prostitution", &["typeOfSexProstitution"], &["typeOfSexProstitution"], &["typeOfSexProstitution"]),
    ("Pornography", &["typeOfSexPornography"], &["typeOfSexPornography"], &["typeOfSexPornography"]),
    ("RemoteInteractiveServices", &["typeOfSexRemoteInteractiveServices"], &["typeOfSexOther"], &[]),
    ("PrivateSexualServices", &["typeOfSexPrivateSexualServices"], &["typeOfSexOther"], &[]),
];

const RELATIONSHIPS: &[Expected] = &[
    (
        "IntimatePartner",
        &["recruiterRelationIntimatePartner"],
        &["recruiterRelationIntimatePartner"],
        &["recruiterRelationIntimatePartner"],
    ),
    ("Familial", &["recruiterRelationFamily"], &["recruiterRelationFamily"], &["recruiterRelationFamily"]),
    ("Acquainted", &["recruiterRelationFriend"], &["recruiterRelationFriend"], &["recruiterRelationFriend"]),
    ("Unaquainted", &["recruiterRelationOther"], &["recruiterRelationOther"], &["recruiterRelationOther"]),
];

fn with(field: &str, value: &str) -> CaseConversion {
    let mut victim = victim();
    let position = Victim::FIELDS.iter().position(|name| *name == field).unwrap();
    victim.read(position, Input::Text(value), Reading::default()).unwrap();
    converted(&one(person(), victim, CaseRecord::default()))
}

/// Columns that other statements need: both forms, and lists, are derived.
fn stated(cases: &CaseTable) -> Vec<&'static str> {
    yes(cases).into_iter().filter(|name| *name != "isSexAndLabour").collect()
}

#[test]
fn every_value_goes_where_the_crosswalk_sends_it() {
    for (field, rows) in [
        ("vic_MethodsOfControl", CONTROLS),
        ("vic_TypeOfExploitation", FORMS),
        ("vic_ForcedLabourIndustry", INDUSTRIES),
        ("vic_TypeOfSexExploitation", SEXUAL_TYPES),
        ("vic_RelationshipToTrafficker", RELATIONSHIPS),
    ] {
        let list = crate::htcds::Field::named(field).and_then(crate::htcds::Field::list).unwrap();
        let names: BTreeSet<&str> = list.values.iter().map(|value| value.name).collect();
        assert_eq!(names, rows.iter().map(|row| row.0).collect(), "{field}");
        for &(value, kanon, of_2021, of_2024) in rows {
            let cases = with(field, value).cases;
            for (to, expected) in
                [("ctdc-kanon-63", kanon), ("ctdc-synthetic-2021", of_2021), ("ctdc-synthetic-2024", of_2024)]
            {
                let conversion = convert(&cases, layout(to)).unwrap();
                assert_eq!(stated(&conversion.cases), expected, "{value} in {to}");
                // What is nowhere is told.
                let is_told = conversion.losses.iter().any(|loss| {
                    loss.kind == crate::LossKind::Dropped && loss.rows == 1 && loss.column != "trafficking_status"
                });
                assert!(is_told || !expected.is_empty(), "{value} in {to}");
            }
        }
    }
}

/// The three values that CTDC has one for, and what it says of a gender that is not known.
#[test]
fn genders_go_where_the_crosswalk_sends_them() {
    for (gender, kanon, synthetic) in [
        ("Feminine", "Female", "Woman"),
        ("Masculine", "Male", "Man"),
        ("TransgenderFeminine", "Transgender/NonConforming", "Trans/Transgender/NonConforming"),
        ("TransgenderMasculine", "Transgender/NonConforming", "Trans/Transgender/NonConforming"),
        ("NonConforming", "Transgender/NonConforming", "Trans/Transgender/NonConforming"),
        ("NonSpecifiedUnknown", "Unknown", ""),
    ] {
        let cases =
            converted(&one(Person { gender: Some(Listed::read(gender)), ..person() }, victim(), CaseRecord::default()))
                .cases;
        for (to, expected) in [("ctdc-kanon-63", kanon), ("ctdc-synthetic-2024", synthetic)] {
            let found = convert(&cases, layout(to)).unwrap().cases.case(0).unwrap().gender.unwrap();
            let expected = match expected {
                "Unknown" => Recorded::Unknown,
                "" => Recorded::NotRecorded,
                text => Recorded::Value(text.parse().unwrap()),
            };
            assert_eq!(found, expected, "{gender} in {to}");
        }
    }
}

#[test]
fn every_rule_is_about_a_field_and_a_value_of_its_list() {
    let mut seen = BTreeSet::new();
    for rule in crosswalk() {
        let field = crate::htcds::Field::named(rule.field).unwrap();
        assert_eq!(field.name, rule.field);
        assert!(seen.insert((rule.field, rule.value)), "{} {:?}", rule.field, rule.value);
        if let Some(value) = rule.value {
            assert!(field.list().unwrap().values.iter().any(|found| found.name == value), "{value}");
        }
        for (statement, _) in rule.says {
            let attribute = statement.attribute();
            assert!(super::super::layout().unwrap().column_of(attribute).is_some(), "{}", attribute.name());
            match *statement {
                Statement::Yes(attribute) => assert!(attribute.is_flag()),
                Statement::Value(attribute, code) => assert!(attribute.domain().code_of(code).is_some(), "{code}"),
                Statement::Unknown(_) | Statement::From(_) => {}
            }
        }
    }
    // Lists whose values are flags or values of a case are there whole.
    let listed: BTreeSet<&str> =
        crosswalk().iter().filter(|rule| rule.value.is_some()).map(|rule| rule.field).collect();
    for field in listed.into_iter().filter(|field| *field != "per_RoleInProcess") {
        for value in crate::htcds::Field::named(field).and_then(crate::htcds::Field::list).unwrap().values {
            assert!(seen.contains(&(field, Some(value.name))), "{field} {}", value.name);
        }
    }
}

/// The rules that are about dates, ages, places and several values, and those of empty fields, of which nothing follows:
/// that no control, sector or recruiter was specified is a statement of its own.
#[test]
fn what_is_no_value_of_a_list_goes_where_the_crosswalk_sends_it() {
    use TraffickingEventType::{Exploitation, Recruitment};
    let empty =
        convert(&converted(&one(person(), victim(), CaseRecord::default())).cases, layout("ctdc-kanon-63")).unwrap();
    for (at, attribute) in empty.cases.attributes().iter().enumerate() {
        assert_eq!(empty.cases.table().text(0, at), None, "{}", attribute.name());
    }

    let person = Person { birthdate: "2001-05-14".parse().ok(), citizenship: vec![Listed::read("NA")], ..person() };
    let victim = Victim {
        age_when_trafficked: Some(16),
        type_of_exploitation: [TypeOfExploitation::ForcedLabour, TypeOfExploitation::SexualExploitation]
            .map(Listed::Known)
            .into(),
        ..victim()
    };
    let case = CaseRecord {
        incoming_referral_date: "2021-03-02".parse().ok(),
        events: vec![event(Recruitment, "NA", "2017-06-01"), event(Exploitation, "ZA", "2020-05-31")],
        perpetrators: vec![Perpetrator {
            role_in_process: vec![RoleInProcess::Kidnapper.into()],
            ..Perpetrator::default()
        }],
        ..CaseRecord::default()
    };
    let cases = converted(&one(person, victim, case)).cases;
    for (to, column, expected) in [
        ("ctdc-kanon-63", "yearOfRegistration", "2021"),
        ("ctdc-kanon-63", "ageBroad", "18-20"),
        ("ctdc-kanon-63", "majorityStatus", "adult"),
        ("ctdc-kanon-63", "majorityEntry", "minor"),
        // The age when first trafficked is that on entry, not when exploitation began.
        ("ctdc-kanon-63", "majorityStatusAtExploit", ""),
        ("ctdc-kanon-63", "citizenship", "NA"),
        ("ctdc-kanon-63", "CountryOfExploitation", "ZA"),
        ("ctdc-kanon-63", "isSexAndLabour", "yes"),
        ("ctdc-kanon-63", "isAbduction", "yes"),
        ("ctdc-kanon-63", "Datasource", ""),
        ("ctdc-synthetic-2021", "majorityStatusAtExploit", ""),
        ("ctdc-synthetic-2021", "traffickMonths", "25-60"),
        ("ctdc-synthetic-2024", "traffickMonths", "25+"),
        ("ctdc-synthetic-2024", "CountryOfExploitation", "ZA"),
    ] {
        let found = convert(&cases, layout(to)).unwrap().cases;
        let at = found.attributes().iter().position(|attribute| found.column_name(*attribute) == Some(column)).unwrap();
        assert_eq!(found.table().text(0, at).unwrap_or_default(), expected, "{column} in {to}");
    }
}
