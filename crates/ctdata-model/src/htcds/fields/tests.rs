//! The dictionary against the official one.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::htcds::Entity;

/// HTCDS 2.0, `HTCDS Field Standards 2.0.ods` (24 December 2021), CC BY 4.0: every field with what the standard says of
/// it. Its columns "Salesforce" and notes are left out.
const OFFICIAL: &str = include_str!("../../../tests/htcds/htcds-fields.csv");

/// A row of the golden file, in its words.
fn row(field: &Field) -> String {
    let quoted = |text: &str| if text.contains(',') { format!("\"{text}\"") } else { text.to_owned() };
    let values = match field.values {
        ValueSource::List(name) => name,
        ValueSource::Countries => "iso3166-1 (external)",
        ValueSource::Languages => "iso639-2 (external)",
        ValueSource::None if field.kind == FieldType::Checkbox => "boolean",
        ValueSource::None if field.kind == FieldType::PicklistOrText => "(none given)",
        ValueSource::None => "",
    };
    [
        field.name,
        field.prefix(),
        field.name.strip_prefix(field.prefix()).unwrap(),
        field.label,
        field.section.title(),
        if field.is_deprecated() { "DEPRECATED" } else { "DRAFT" },
        if field.core { "yes" } else { "no" },
        if field.kind == FieldType::Blank { "(blank in source)" } else { field.kind.name() },
        match field.cardinality {
            Cardinality::Repeats => "0..n (may repeat, per ODS note)",
            other => other.range(),
        },
        values,
    ]
    .map(quoted)
    .join(",")
}

#[test]
fn the_fields_are_the_official_ones() {
    let official: Vec<_> = OFFICIAL.lines().skip(1).collect();
    let ours: Vec<_> = FIELDS.iter().map(row).collect();
    assert_eq!(ours, official);
    // Counts that the standard's spreadsheet gives: 84 fields, 3 deprecated, 40 core.
    assert_eq!(FIELDS.len(), 84);
    assert_eq!(FIELDS.iter().filter(|field| field.is_deprecated()).count(), 3);
    assert_eq!(core().count(), 40);
    assert_eq!(fields().len(), 84);
}

#[test]
fn fields_know_their_position() {
    for (at, field) in FIELDS.iter().enumerate() {
        assert_eq!(field.index(), at);
    }
}

#[test]
fn sections_are_in_the_order_of_the_standard() {
    let mut sections: Vec<_> = FIELDS.iter().map(|field| field.section).collect();
    assert!(sections.is_sorted());
    sections.dedup();
    assert_eq!(sections, Section::ALL);
}

#[test]
fn each_field_belongs_to_one_entity() {
    use crate::htcds::{
        CaseComment, CaseRecord, Consent, Organization, OutgoingReferral, Perpetrator, Person, SupportPlan,
        TraffickingEvent, Victim,
    };
    let of_entities: Vec<&str> = [
        Organization::FIELDS,
        Person::FIELDS,
        Victim::FIELDS,
        Perpetrator::FIELDS,
        CaseRecord::FIELDS,
        OutgoingReferral::FIELDS,
        CaseComment::FIELDS,
        TraffickingEvent::FIELDS,
        SupportPlan::FIELDS,
        Consent::FIELDS,
    ]
    .concat();
    assert_eq!(of_entities, FIELDS.iter().map(|field| field.name).collect::<Vec<_>>());
}

#[test]
fn names_are_found_however_they_are_typed() {
    for field in FIELDS {
        for name in [
            field.name.to_owned(),
            field.name.to_uppercase(),
            field.name.replace('_', " "),
            format!(" {} ", field.name),
        ] {
            assert_eq!(Field::named(&name), Some(field), "{name}");
        }
    }
    for (alias, name) in [
        ("prs_First_Name", "prs_FirstName"),
        ("prs_Second_Name", "prs_SecondName"),
        ("vic_Methods_of_Control", "vic_MethodsOfControl"),
        ("vic_TraffickinStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
        ("vic_ForcedLaborIndustry", "vic_ForcedLabourIndustry"),
        ("cas_ReferringOrganization", "cas_ReferringOrganisation"),
        ("PER_ORGANIZATION", "per_Organisation"),
    ] {
        assert_eq!(Field::named(alias).map(|field| field.name), Some(name), "{alias}");
    }
    for name in ["", "_", "prs_", "FirstName", "start", "end", "__version__", "prs_Nationality"] {
        assert_eq!(Field::named(name), None, "{name}");
    }
}

#[test]
fn labels_are_found_with_all_their_fields() {
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for field in FIELDS.iter().filter(|field| !field.label.is_empty()) {
        names.entry(field.label).or_default().push(field.name);
        let with_section = format!("{}: {}", field.section.title(), field.label);
        assert_eq!(Field::labelled(&with_section).collect::<Vec<_>>(), [field], "{with_section}");
    }
    for (label, expected) in &names {
        let found: Vec<_> = Field::labelled(label).map(|field| field.name).collect();
        assert_eq!(found, *expected, "{label}");
        assert_eq!(Field::labelled(&label.to_uppercase()).count(), expected.len());
    }
    names.retain(|_, fields| fields.len() > 1);
    assert_eq!(
        names,
        BTreeMap::from([
            ("Latitude", vec!["org_ShippingLatitude", "prs_MailingLatitude", "hte_Latitude"]),
            ("Longitude", vec!["org_ShippingLongitude", "prs_MailingLongitude", "hte_Longitude"]),
            ("Type", vec!["org_Type", "hte_Type", "spl_Type"]),
        ])
    );
    assert_eq!(Field::labelled("Organization name").count(), 1);
    assert_eq!(Field::labelled("Postal Code").count(), 1);
    assert_eq!(Field::labelled("").count(), 0);
}

/// Fields that identify: decided one by one, not by the rule.
const IDENTIFYING: [&str; 48] = [
    "org_Name",
    "org_ShippingCity",
    "org_ShippingState",
    "org_ShippingStreet",
    "org_ShippingPostalCode",
    "org_ShippingLongitude",
    "org_ShippingLatitude",
    "org_Phone",
    "prs_Salutation",
    "prs_FirstName",
    "prs_MiddleName",
    "prs_SecondName",
    "prs_Birthdate",
    "prs_IdentityNumber",
    "prs_Title",
    "prs_Email",
    "prs_HomePhone",
    "prs_MobilePhone",
    "prs_MailingCity",
    "prs_MailingState",
    "prs_MailingStreet",
    "prs_MailingPostalCode",
    "prs_MailingLongitude",
    "prs_MailingLatitude",
    "vic_LocationOfRecruitment",
    "vic_LocationOfExploitation",
    "vic_DetailsOfVulnerabilities",
    "per_RoleDetails",
    "per_Organisation",
    "cas_ReasonForCaseClosure",
    "cas_CaseOwner",
    "cas_ReferringOrganisation",
    "cas_ReferringPrimaryCaseWorker",
    "cas_IncomingReferralDetails",
    "cas_ReferredOrganisation",
    "cas_ReferredPrimaryCaseWorker",
    "cas_OutgoingReferralDetails",
    "cco_CaseComment",
    "hte_Longitude",
    "hte_Latitude",
    "hte_City",
    "hte_Country",
    "hte_State",
    "hte_Street",
    "hte_PostalCode",
    "hte_Description",
    "spl_Objectives",
    "spl_ActionPlan",
];

/// Fields that do not.
const OTHERS: [&str; 36] = [
    "org_ShippingCountry",
    "org_Type",
    "prs_Gender",
    "prs_Deceased",
    "prs_MaritalStatus",
    "prs_NumberOfChildren",
    "prs_PrimaryLanguage",
    "prs_SecondaryLanguage",
    "prs_HighestLevelOfEducation",
    "prs_Citizenship",
    "prs_MailingCountry",
    "vic_AgreementToManagePersonalData",
    "vic_TraffickingStatus",
    "vic_TraffickingStatusDecisionMakingOrg",
    "vic_RelationshipToTrafficker",
    "vic_AgeWhenTrafficked",
    "vic_RecruitmentWebsitesAndApps",
    "vic_MethodOfRecruitment",
    "vic_MethodsOfControl",
    "vic_TypeOfExploitation",
    "vic_ForcedLabourIndustry",
    "vic_TypeOfSexExploitation",
    "vic_ExploitationWebsitesAndApps",
    "vic_Vulnerabilities",
    "per_RoleInProcess",
    "cas_Status",
    "cas_IncomingReferralDate",
    "cas_ReasonForIncomingReferral",
    "cas_ReasonForOutgoingReferral",
    "cas_OutgoingReferralDate",
    "hte_Date",
    "hte_Type",
    "spl_PlannedEndDate",
    "spl_ActualEndDate",
    "spl_Type",
    "con_Consent",
];

#[test]
fn fields_that_identify_are_known_one_by_one() {
    for field in FIELDS {
        let identifies = IDENTIFYING.contains(&field.name);
        assert_ne!(identifies, OTHERS.contains(&field.name), "{}", field.name);
        assert_eq!(field.is_identifying(), identifies, "{}", field.name);
    }
    assert_eq!(IDENTIFYING.len() + OTHERS.len(), FIELDS.len());
}

#[test]
fn countries_and_coordinates_are_known() {
    let of =
        |is: fn(&Field) -> bool| FIELDS.iter().filter(|field| is(field)).map(|field| field.name).collect::<Vec<_>>();
    assert_eq!(of(Field::is_country), ["org_ShippingCountry", "prs_Citizenship", "prs_MailingCountry", "hte_Country"]);
    assert_eq!(
        of(Field::is_coordinate),
        [
            "org_ShippingLongitude",
            "org_ShippingLatitude",
            "prs_MailingLongitude",
            "prs_MailingLatitude",
            "hte_Longitude",
            "hte_Latitude",
        ]
    );
}

#[test]
fn each_field_has_a_description_of_one_line() {
    for field in FIELDS {
        let text = field.description();
        assert!(text.ends_with('.') && !text.contains('\n') && (12..=120).contains(&text.len()), "{}", field.name);
        assert!(text.starts_with(char::is_uppercase), "{}", field.name);
        assert_eq!(field.is_deprecated(), text.contains("Deprecated"), "{}", field.name);
    }
    let distinct: BTreeSet<_> = FIELDS.iter().map(Field::description).collect();
    assert_eq!(distinct.len(), FIELDS.len());
}
