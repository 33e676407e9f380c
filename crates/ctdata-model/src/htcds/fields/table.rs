//! The table of fields, in the order of the standard.
//!
//! # Sources
//! IOM, *HTCDS Field Standards* 2.0 (24 December 2021), CC BY 4.0: all but the descriptions, which are ours.

use super::field::{Cardinality, Field, FieldStatus, FieldType, Section, ValueSource};

const ANY: ValueSource = ValueSource::None;
const COUNTRIES: ValueSource = ValueSource::Countries;
const LANGUAGES: ValueSource = ValueSource::Languages;

const fn list(name: &'static str) -> ValueSource {
    ValueSource::List(name)
}

/// Whether a field is of the minimum set, by its word in the table.
macro_rules! is_core {
    (core) => {
        true
    };
    (optional) => {
        false
    };
}

/// Two lines for each field: section, name, label, type, status, core or optional, cardinality, values; and what it
/// holds.
macro_rules! fields {
    ($(
        $section:ident $name:literal, $label:literal, $kind:ident, $status:ident, $core:ident, $cardinality:ident,
        $values:expr;
        $description:literal;
    )+) => {
        /// All fields, in the order of the standard.
        pub static FIELDS: &[Field] = &numbered([
            $(Field {
                name: $name,
                label: $label,
                section: Section::$section,
                kind: FieldType::$kind,
                status: FieldStatus::$status,
                core: is_core!($core),
                cardinality: Cardinality::$cardinality,
                values: $values,
                description: $description,
                position: 0,
            },)+
        ]);
    };
}

/// Tells each field its position.
#[expect(clippy::indexing_slicing, reason = "bounded by the loop")]
const fn numbered<const N: usize>(mut fields: [Field; N]) -> [Field; N] {
    let mut at = 0;
    while at < N {
        fields[at].position = at;
        at += 1;
    }
    fields
}

fields! {
    Organization "org_Name", "Organisation Name", Text, Draft, optional, One, ANY;
        "The name of the organization.";
    Organization "org_ShippingCity", "Shipping City", Text, Draft, optional, One, ANY;
        "The town of its address.";
    Organization "org_ShippingCountry", "Shipping Country", PicklistOrText, Draft, optional, One, COUNTRIES;
        "The country of its address: ISO 3166-1 alpha-2, or a text.";
    Organization "org_ShippingState", "Shipping State/Province", PicklistOrText, Draft, optional, One, ANY;
        "The state or province of its address. The standard names no list.";
    Organization "org_ShippingStreet", "Shipping Street", Text, Draft, optional, One, ANY;
        "The street and number of its address.";
    Organization "org_ShippingPostalCode", "Shipping Zip/Postal Code", Text, Draft, optional, One, ANY;
        "The postal code of its address.";
    Organization "org_ShippingLongitude", "Longitude", Geolocation, Draft, optional, One, ANY;
        "The longitude of its address in decimal degrees, -180 to 180, east positive.";
    Organization "org_ShippingLatitude", "Latitude", Geolocation, Draft, optional, One, ANY;
        "The latitude of its address in decimal degrees, -90 to 90, north positive.";
    Organization "org_Phone", "Phone", Text, Draft, optional, One, ANY;
        "Its telephone number in international form: an optional plus sign and at most 15 digits, no spaces.";
    Organization "org_Type", "Type", Picklist, Draft, optional, One, list("OrganisationType");
        "What kind of organization it is.";
    Person "prs_Salutation", "Salutation", Text, Draft, core, One, ANY;
        "How the person is addressed, such as Ms or Mr.";
    Person "prs_FirstName", "First Name", Text, Draft, core, One, ANY;
        "The given name.";
    Person "prs_MiddleName", "Middle Name", Text, Draft, optional, One, ANY;
        "Further given names.";
    Person "prs_SecondName", "Second Name", Text, Draft, core, One, ANY;
        "The family name.";
    Person "prs_Birthdate", "Birthdate", Date, Draft, core, One, ANY;
        "The date of birth: a day, or a month or year if no more is known.";
    Person "prs_Gender", "Gender", Picklist, Draft, core, One, list("Gender");
        "The gender of the person. \"Not specified\" is an answer; empty is none.";
    Person "prs_Deceased", "Deceased", Checkbox, Draft, optional, One, ANY;
        "Whether the person is known to have died. Empty is not \"no\".";
    Person "prs_MaritalStatus", "Marital Status", Picklist, Draft, optional, One, list("MaritalStatus");
        "The marital status.";
    Person "prs_NumberOfChildren", "Number of Children", Number, Draft, optional, One, ANY;
        "How many children the person has: a whole number. Empty is not 0.";
    Person "prs_PrimaryLanguage", "Primary Language", Picklist, Draft, optional, One, LANGUAGES;
        "The main language of the person: ISO 639-2, three letters.";
    Person "prs_SecondaryLanguage", "Secondary Language", Picklist, Draft, optional, One, LANGUAGES;
        "A further language of the person: ISO 639-2, three letters.";
    Person "prs_HighestLevelOfEducation", "Highest Level of Education", Picklist, Draft, optional, One, list("HighestLevelOfEducation");
        "The highest level of education, by the levels of ISCED 2011.";
    Person "prs_Citizenship", "Citizenship", Multiselect, Draft, core, Many, COUNTRIES;
        "The countries of which the person is a citizen: ISO 3166-1 alpha-2. Empty does not mean stateless.";
    Person "prs_IdentityNumber", "Identity Number", Text, Draft, optional, One, ANY;
        "The national identity number.";
    Person "prs_Title", "Title", Text, Draft, core, One, ANY;
        "The position that the person holds in an organization.";
    Person "prs_Email", "Email", Text, Draft, core, One, ANY;
        "The e-mail address.";
    Person "prs_HomePhone", "Home Phone", Text, Draft, core, One, ANY;
        "The telephone number at home, in international form.";
    Person "prs_MobilePhone", "Mobile Phone", Text, Draft, core, One, ANY;
        "The mobile telephone number, in international form.";
    Person "prs_MailingCity", "Mailing City", Text, Draft, core, One, ANY;
        "The town of the person's address.";
    Person "prs_MailingCountry", "Mailing Country", Text, Draft, core, One, COUNTRIES;
        "The country of the person's address: ISO 3166-1 alpha-2, or a text.";
    Person "prs_MailingState", "Mailing State/Province", Text, Draft, core, One, ANY;
        "The state or province of the person's address.";
    Person "prs_MailingStreet", "Mailing Street", Text, Draft, core, One, ANY;
        "The street and number of the person's address.";
    Person "prs_MailingPostalCode", "Mailing Zip/Postal Code", Text, Draft, core, One, ANY;
        "The postal code of the person's address.";
    Person "prs_MailingLongitude", "Longitude", Number, Draft, optional, One, ANY;
        "The longitude of the person's address in decimal degrees, -180 to 180, east positive.";
    Person "prs_MailingLatitude", "Latitude", Number, Draft, optional, One, ANY;
        "The latitude of the person's address in decimal degrees, -90 to 90, north positive.";
    Victim "vic_AgreementToManagePersonalData", "Agreement to Manage Personal Data", Checkbox, Deprecated, optional, One, ANY;
        "Whether the person agrees that data are kept. Deprecated: use `con_Consent`.";
    Victim "vic_TraffickingStatus", "Trafficking Status", Picklist, Draft, core, One, list("TraffickingStatus");
        "Whether the person was identified as a victim, may be one, or is none. Empty means not assessed.";
    Victim "vic_TraffickingStatusDecisionMakingOrg", "Trafficking Status Decision Making Organization", Picklist, Draft, core, One, list("TraffickingStatusDecisionMakingOrg");
        "Who decided on the trafficking status.";
    Victim "vic_RelationshipToTrafficker", "Relationship to Trafficker", Picklist, Draft, optional, One, list("RelationshipToTrafficker");
        "What the trafficker was to the victim.";
    Victim "vic_AgeWhenTrafficked", "Age when Trafficked", Number, Draft, optional, One, ANY;
        "The age at which the person was first trafficked, in whole years.";
    Victim "vic_RecruitmentWebsitesAndApps", "Recruitment Websites and Apps", Multiselect, Draft, optional, Many, list("WebsitesAndApps");
        "The websites and apps by which the person was recruited; others than those listed may be added.";
    Victim "vic_MethodOfRecruitment", "Method of Recruitment", Multiselect, Draft, core, Many, list("MethodOfRecruitment");
        "Where or through what the person was recruited.";
    Victim "vic_LocationOfRecruitment", "Location of Recruitment", LookupOrganization, Draft, core, One, ANY;
        "The place of recruitment, kept as an organization with its address.";
    Victim "vic_MethodsOfControl", "Methods of Control", Multiselect, Draft, core, Many, list("MethodsOfControl");
        "By what means the person was controlled. What is not listed was not recorded, which is not \"no\".";
    Victim "vic_TypeOfExploitation", "Type of Exploitation", Multiselect, Draft, core, Many, list("TypeOfExploitation");
        "How the person was exploited, or was to be. What is not listed was not recorded.";
    Victim "vic_ForcedLabourIndustry", "Forced Labour Industry", Picklist, Draft, core, One, list("ForcedLabourIndustry");
        "In which industry the person worked, by section of ISIC Rev. 4; with forced labour or the like.";
    Victim "vic_TypeOfSexExploitation", "Type of Sex Exploitation", Multiselect, Draft, core, Many, list("TypeOfSexExploitation");
        "How the person was sexually exploited; with sexual exploitation.";
    Victim "vic_LocationOfExploitation", "Location of Exploitation", LookupOrganization, Draft, core, One, ANY;
        "The place of exploitation, kept as an organization with its address.";
    Victim "vic_ExploitationWebsitesAndApps", "Exploitation Websites and Apps", Multiselect, Draft, optional, Many, list("WebsitesAndApps");
        "The websites and apps by which the person was exploited; others than those listed may be added.";
    Victim "vic_Vulnerabilities", "Vulnerabilities", Multiselect, Deprecated, core, Many, list("Vulnerabilities");
        "What made the person vulnerable. Deprecated: use assessments.";
    Victim "vic_DetailsOfVulnerabilities", "Details Of Vulnerabilities", LongText, Deprecated, core, One, ANY;
        "More on what made the person vulnerable. Deprecated: use assessments.";
    Perpetrator "per_RoleInProcess", "Role in Process", Multiselect, Draft, optional, Many, list("RoleInProcess");
        "What the perpetrator did.";
    Perpetrator "per_RoleDetails", "Role Details", LongText, Draft, optional, One, ANY;
        "More on what the perpetrator did.";
    Perpetrator "per_Organisation", "", Blank, Draft, optional, One, ANY;
        "The organization of the perpetrator. The standard gives no label, type or description.";
    Case "cas_Status", "Status", Picklist, Draft, core, One, list("CaseStatus");
        "Where the work on the case stands.";
    Case "cas_ReasonForCaseClosure", "Reason for Case Closure", LongText, Draft, core, One, ANY;
        "Why the case was closed; empty while it is open.";
    Case "cas_CaseOwner", "Case Owner", LookupUser, Draft, core, One, ANY;
        "The case worker in charge of the case, as a user of the case management system.";
    Referral "cas_ReferringOrganisation", "Referring Organisation", LookupOrganization, Draft, core, One, ANY;
        "The organization that referred the person.";
    Referral "cas_IncomingReferralDate", "Incoming Referral Date", Date, Draft, core, One, ANY;
        "The date on which the incoming referral was accepted.";
    Referral "cas_ReferringPrimaryCaseWorker", "Referring Primary Case Worker", LookupPerson, Draft, core, One, ANY;
        "The case worker at the organization that referred the person.";
    Referral "cas_ReasonForIncomingReferral", "Reason for Incoming Referral", Picklist, Draft, core, One, list("ReferralReason");
        "Why the person was referred here.";
    Referral "cas_IncomingReferralDetails", "Incoming Referral Details", LongText, Draft, core, One, ANY;
        "More on the incoming referral, such as special arrangements.";
    Referral "cas_ReferredOrganisation", "Referred Organisation", LookupOrganization, Draft, core, Repeats, ANY;
        "The organization to which the person was referred; there may be several.";
    Referral "cas_ReferredPrimaryCaseWorker", "Referred Primary Case Worker", LookupPerson, Draft, core, One, ANY;
        "The case worker at the organization to which the person was referred.";
    Referral "cas_ReasonForOutgoingReferral", "Reason for Outgoing Referral", Picklist, Draft, core, One, list("ReferralReason");
        "Why the person was referred on.";
    Referral "cas_OutgoingReferralDate", "Outgoing Referral Date", Date, Draft, core, Repeats, ANY;
        "The date on which the person was referred on; there may be several.";
    Referral "cas_OutgoingReferralDetails", "Outgoing Referral Details", LongText, Draft, core, Repeats, ANY;
        "More on the outgoing referral, such as special arrangements; there may be several.";
    Comment "cco_CaseComment", "Case Comment", LongText, Draft, optional, One, ANY;
        "A case worker's comment on the case; there may be several.";
    Event "hte_Longitude", "Longitude", Geolocation, Draft, optional, One, ANY;
        "The longitude of the event in decimal degrees, -180 to 180, east positive.";
    Event "hte_Latitude", "Latitude", Geolocation, Draft, optional, One, ANY;
        "The latitude of the event in decimal degrees, -90 to 90, north positive.";
    Event "hte_City", "City", Text, Draft, optional, One, ANY;
        "The town of the event.";
    Event "hte_Country", "Country", Text, Draft, optional, One, ANY;
        "The country of the event: a text, best ISO 3166-1 alpha-2.";
    Event "hte_State", "State", Text, Draft, optional, One, ANY;
        "The state or province of the event.";
    Event "hte_Street", "Street", Text, Draft, optional, One, ANY;
        "The street and number of the event.";
    Event "hte_PostalCode", "PostalCode", Text, Draft, optional, One, ANY;
        "The postal code of the event.";
    Event "hte_Date", "Date", Date, Draft, optional, One, ANY;
        "The date of the event: a day, or a month or year if no more is known.";
    Event "hte_Type", "Type", Picklist, Draft, optional, One, list("TraffickingEventType");
        "Whether it is recruitment, transit or exploitation.";
    Event "hte_Description", "Description", LongText, Draft, optional, One, ANY;
        "What happened.";
    SupportPlan "spl_Objectives", "Objectives", LongText, Draft, optional, One, ANY;
        "What the plan is to achieve.";
    SupportPlan "spl_ActionPlan", "Action Plan", LongText, Draft, optional, One, ANY;
        "What is to be done.";
    SupportPlan "spl_PlannedEndDate", "Planned End Date", Date, Draft, optional, One, ANY;
        "The date by which the plan is to end.";
    SupportPlan "spl_ActualEndDate", "Actual End Date", Date, Draft, optional, One, ANY;
        "The date on which the plan ended; empty while it runs.";
    SupportPlan "spl_Type", "Type", Picklist, Draft, optional, One, list("SupportPlanType");
        "What kind of support is planned.";
    Consent "con_Consent", "Consent", Checkbox, Draft, core, One, ANY;
        "Whether the person consents that data are kept, in answer to seven questions. Empty is not consent.";
}
