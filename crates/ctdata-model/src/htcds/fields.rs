//! The field dictionary: every field of the standard, as data. Readers, writers, JSON Schema and docs follow it.
//!
//! # Sources
//! IOM, *HTCDS Field Standards* 2.0 (24 December 2021), CC BY 4.0.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lists::{ValueList, fold};

/// What a field is about, by the sections of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// An organization.
    Organization,
    /// A person, whatever the role.
    Person,
    /// A person as the victim in a case.
    Victim,
    /// A person as a perpetrator in a case.
    Perpetrator,
    /// The work of an organization for a person.
    Case,
    /// How a person came to the organization, and to whom the person was referred.
    Referral,
    /// A comment on a case.
    Comment,
    /// An event in the trafficking of a person.
    Event,
    /// A plan of support.
    SupportPlan,
    /// Whether the person agrees that data are kept.
    Consent,
}

impl Section {
    /// The title in the standard.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Person => "Person",
            Self::Victim => "Person - Victim Context",
            Self::Perpetrator => "Person - Perpetrator Context",
            Self::Case => "Case",
            Self::Referral => "Referral Details",
            Self::Comment => "Case Comment",
            Self::Event => "Historic Trafficking Events",
            Self::SupportPlan => "Support Plan",
            Self::Consent => "Consent",
        }
    }
}

/// What the cells of a field hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// A line of text.
    Text,
    /// Free text.
    LongText,
    /// One value of a list.
    Picklist,
    /// One value of a list, or a text.
    PicklistOrText,
    /// Any number of values of a list.
    Multiselect,
    /// A date.
    Date,
    /// A coordinate in degrees.
    Geolocation,
    /// A number.
    Number,
    /// Yes or no.
    Checkbox,
    /// A reference to an organization.
    LookupOrganization,
    /// A reference to a person.
    LookupPerson,
    /// A reference to a user of the case management system.
    LookupUser,
    /// The standard does not say.
    Blank,
}

impl FieldType {
    /// The words of the standard.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::LongText => "Long Text",
            Self::Picklist => "Picklist",
            Self::PicklistOrText => "Picklist or Text",
            Self::Multiselect => "Multiselect Picklist",
            Self::Date => "Date",
            Self::Geolocation => "Geolocation",
            Self::Number => "Number",
            Self::Checkbox => "Checkbox",
            Self::LookupOrganization => "Lookup [to organisation]",
            Self::LookupPerson => "Lookup [to person]",
            Self::LookupUser => "Lookup [to user]",
            Self::Blank => "",
        }
    }
}

/// Where a field stands in the life of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldStatus {
    /// In use.
    Draft,
    /// Read, but not to be used any more.
    Deprecated,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// None or one.
    One,
    /// Any number of values of a list.
    Many,
    /// None or one in each of any number of outgoing referrals.
    Repeats,
}

/// Which values a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueSource {
    /// Any of its type.
    None,
    /// Those of a list of the standard, see [`Field::list`].
    List(&'static str),
    /// Countries, ISO 3166-1.
    Countries,
    /// Languages, ISO 639-2.
    Languages,
}

/// A field of the standard.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The official name with its prefix: `prs_FirstName`.
    pub name: &'static str,
    /// The official label. One field has none.
    pub label: &'static str,
    /// What it is about.
    pub section: Section,
    /// What it holds.
    pub kind: FieldType,
    /// In use or deprecated.
    pub status: FieldStatus,
    /// Whether it belongs to the minimum set.
    pub core: bool,
    /// How many values it has.
    pub cardinality: Cardinality,
    /// Which values it takes.
    pub values: ValueSource,
}

macro_rules! fields {
    ($($section:ident $name:literal, $label:literal, $kind:ident, $status:ident, $core:literal, $cardinality:ident, $values:expr;)+) => {
        /// All fields, in the order of the standard.
        pub static FIELDS: &[Field] = &[
            $(Field {
                name: $name,
                label: $label,
                section: Section::$section,
                kind: FieldType::$kind,
                status: FieldStatus::$status,
                core: $core,
                cardinality: Cardinality::$cardinality,
                values: $values,
            },)+
        ];
    };
}

fields! {
    Organization "org_Name", "Organisation Name", Text, Draft, false, One, ValueSource::None;
    Organization "org_ShippingCity", "Shipping City", Text, Draft, false, One, ValueSource::None;
    Organization "org_ShippingCountry", "Shipping Country", PicklistOrText, Draft, false, One, ValueSource::Countries;
    Organization "org_ShippingState", "Shipping State/Province", PicklistOrText, Draft, false, One, ValueSource::None;
    Organization "org_ShippingStreet", "Shipping Street", Text, Draft, false, One, ValueSource::None;
    Organization "org_ShippingPostalCode", "Shipping Zip/Postal Code", Text, Draft, false, One, ValueSource::None;
    Organization "org_ShippingLongitude", "Longitude", Geolocation, Draft, false, One, ValueSource::None;
    Organization "org_ShippingLatitude", "Latitude", Geolocation, Draft, false, One, ValueSource::None;
    Organization "org_Phone", "Phone", Text, Draft, false, One, ValueSource::None;
    Organization "org_Type", "Type", Picklist, Draft, false, One, ValueSource::List("OrganisationType");
    Person "prs_Salutation", "Salutation", Text, Draft, true, One, ValueSource::None;
    Person "prs_FirstName", "First Name", Text, Draft, true, One, ValueSource::None;
    Person "prs_MiddleName", "Middle Name", Text, Draft, false, One, ValueSource::None;
    Person "prs_SecondName", "Second Name", Text, Draft, true, One, ValueSource::None;
    Person "prs_Birthdate", "Birthdate", Date, Draft, true, One, ValueSource::None;
    Person "prs_Gender", "Gender", Picklist, Draft, true, One, ValueSource::List("Gender");
    Person "prs_Deceased", "Deceased", Checkbox, Draft, false, One, ValueSource::None;
    Person "prs_MaritalStatus", "Marital Status", Picklist, Draft, false, One, ValueSource::List("MaritalStatus");
    Person "prs_NumberOfChildren", "Number of Children", Number, Draft, false, One, ValueSource::None;
    Person "prs_PrimaryLanguage", "Primary Language", Picklist, Draft, false, One, ValueSource::Languages;
    Person "prs_SecondaryLanguage", "Secondary Language", Picklist, Draft, false, One, ValueSource::Languages;
    Person "prs_HighestLevelOfEducation", "Highest Level of Education", Picklist, Draft, false, One, ValueSource::List("HighestLevelOfEducation");
    Person "prs_Citizenship", "Citizenship", Multiselect, Draft, true, Many, ValueSource::Countries;
    Person "prs_IdentityNumber", "Identity Number", Text, Draft, false, One, ValueSource::None;
    Person "prs_Title", "Title", Text, Draft, true, One, ValueSource::None;
    Person "prs_Email", "Email", Text, Draft, true, One, ValueSource::None;
    Person "prs_HomePhone", "Home Phone", Text, Draft, true, One, ValueSource::None;
    Person "prs_MobilePhone", "Mobile Phone", Text, Draft, true, One, ValueSource::None;
    Person "prs_MailingCity", "Mailing City", Text, Draft, true, One, ValueSource::None;
    Person "prs_MailingCountry", "Mailing Country", Text, Draft, true, One, ValueSource::Countries;
    Person "prs_MailingState", "Mailing State/Province", Text, Draft, true, One, ValueSource::None;
    Person "prs_MailingStreet", "Mailing Street", Text, Draft, true, One, ValueSource::None;
    Person "prs_MailingPostalCode", "Mailing Zip/Postal Code", Text, Draft, true, One, ValueSource::None;
    Person "prs_MailingLongitude", "Longitude", Number, Draft, false, One, ValueSource::None;
    Person "prs_MailingLatitude", "Latitude", Number, Draft, false, One, ValueSource::None;
    Victim "vic_AgreementToManagePersonalData", "Agreement to Manage Personal Data", Checkbox, Deprecated, false, One, ValueSource::None;
    Victim "vic_TraffickingStatus", "Trafficking Status", Picklist, Draft, true, One, ValueSource::List("TraffickingStatus");
    Victim "vic_TraffickingStatusDecisionMakingOrg", "Trafficking Status Decision Making Organization", Picklist, Draft, true, One, ValueSource::List("TraffickingStatusDecisionMakingOrg");
    Victim "vic_RelationshipToTrafficker", "Relationship to Trafficker", Picklist, Draft, false, One, ValueSource::List("RelationshipToTrafficker");
    Victim "vic_AgeWhenTrafficked", "Age when Trafficked", Number, Draft, false, One, ValueSource::None;
    Victim "vic_RecruitmentWebsitesAndApps", "Recruitment Websites and Apps", Multiselect, Draft, false, Many, ValueSource::List("WebsitesAndApps");
    Victim "vic_MethodOfRecruitment", "Method of Recruitment", Multiselect, Draft, true, Many, ValueSource::List("MethodOfRecruitment");
    Victim "vic_LocationOfRecruitment", "Location of Recruitment", LookupOrganization, Draft, true, One, ValueSource::None;
    Victim "vic_MethodsOfControl", "Methods of Control", Multiselect, Draft, true, Many, ValueSource::List("MethodsOfControl");
    Victim "vic_TypeOfExploitation", "Type of Exploitation", Multiselect, Draft, true, Many, ValueSource::List("TypeOfExploitation");
    Victim "vic_ForcedLabourIndustry", "Forced Labour Industry", Picklist, Draft, true, One, ValueSource::List("ForcedLabourIndustry");
    Victim "vic_TypeOfSexExploitation", "Type of Sex Exploitation", Multiselect, Draft, true, Many, ValueSource::List("TypeOfSexExploitation");
    Victim "vic_LocationOfExploitation", "Location of Exploitation", LookupOrganization, Draft, true, One, ValueSource::None;
    Victim "vic_ExploitationWebsitesAndApps", "Exploitation Websites and Apps", Multiselect, Draft, false, Many, ValueSource::List("WebsitesAndApps");
    Victim "vic_Vulnerabilities", "Vulnerabilities", Multiselect, Deprecated, true, Many, ValueSource::List("Vulnerabilities");
    Victim "vic_DetailsOfVulnerabilities", "Details Of Vulnerabilities", LongText, Deprecated, true, One, ValueSource::None;
    Perpetrator "per_RoleInProcess", "Role in Process", Multiselect, Draft, false, Many, ValueSource::List("RoleInProcess");
    Perpetrator "per_RoleDetails", "Role Details", LongText, Draft, false, One, ValueSource::None;
    Perpetrator "per_Organisation", "", Blank, Draft, false, One, ValueSource::None;
    Case "cas_Status", "Status", Picklist, Draft, true, One, ValueSource::List("CaseStatus");
    Case "cas_ReasonForCaseClosure", "Reason for Case Closure", LongText, Draft, true, One, ValueSource::None;
    Case "cas_CaseOwner", "Case Owner", LookupUser, Draft, true, One, ValueSource::None;
    Referral "cas_ReferringOrganisation", "Referring Organisation", LookupOrganization, Draft, true, One, ValueSource::None;
    Referral "cas_IncomingReferralDate", "Incoming Referral Date", Date, Draft, true, One, ValueSource::None;
    Referral "cas_ReferringPrimaryCaseWorker", "Referring Primary Case Worker", LookupPerson, Draft, true, One, ValueSource::None;
    Referral "cas_ReasonForIncomingReferral", "Reason for Incoming Referral", Picklist, Draft, true, One, ValueSource::List("ReferralReason");
    Referral "cas_IncomingReferralDetails", "Incoming Referral Details", LongText, Draft, true, One, ValueSource::None;
    Referral "cas_ReferredOrganisation", "Referred Organisation", LookupOrganization, Draft, true, Repeats, ValueSource::None;
    Referral "cas_ReferredPrimaryCaseWorker", "Referred Primary Case Worker", LookupPerson, Draft, true, One, ValueSource::None;
    Referral "cas_ReasonForOutgoingReferral", "Reason for Outgoing Referral", Picklist, Draft, true, One, ValueSource::List("ReferralReason");
    Referral "cas_OutgoingReferralDate", "Outgoing Referral Date", Date, Draft, true, Repeats, ValueSource::None;
    Referral "cas_OutgoingReferralDetails", "Outgoing Referral Details", LongText, Draft, true, Repeats, ValueSource::None;
    Comment "cco_CaseComment", "Case Comment", LongText, Draft, false, One, ValueSource::None;
    Event "hte_Longitude", "Longitude", Geolocation, Draft, false, One, ValueSource::None;
    Event "hte_Latitude", "Latitude", Geolocation, Draft, false, One, ValueSource::None;
    Event "hte_City", "City", Text, Draft, false, One, ValueSource::None;
    Event "hte_Country", "Country", Text, Draft, false, One, ValueSource::None;
    Event "hte_State", "State", Text, Draft, false, One, ValueSource::None;
    Event "hte_Street", "Street", Text, Draft, false, One, ValueSource::None;
    Event "hte_PostalCode", "PostalCode", Text, Draft, false, One, ValueSource::None;
    Event "hte_Date", "Date", Date, Draft, false, One, ValueSource::None;
    Event "hte_Type", "Type", Picklist, Draft, false, One, ValueSource::List("TraffickingEventType");
    Event "hte_Description", "Description", LongText, Draft, false, One, ValueSource::None;
    SupportPlan "spl_Objectives", "Objectives", LongText, Draft, false, One, ValueSource::None;
    SupportPlan "spl_ActionPlan", "Action Plan", LongText, Draft, false, One, ValueSource::None;
    SupportPlan "spl_PlannedEndDate", "Planned End Date", Date, Draft, false, One, ValueSource::None;
    SupportPlan "spl_ActualEndDate", "Actual End Date", Date, Draft, false, One, ValueSource::None;
    SupportPlan "spl_Type", "Type", Picklist, Draft, false, One, ValueSource::List("SupportPlanType");
    Consent "con_Consent", "Consent", Checkbox, Draft, true, One, ValueSource::None;
}

/// Names that files use instead of the official ones.
///
/// # Sources
/// Toolkit of HTCDS 2.0: XLSForm, XForm and Excel templates.
const ALIASES: &[(&str, &str)] = &[
    ("prs_First_Name", "prs_FirstName"),
    ("prs_Second_Name", "prs_SecondName"),
    ("vic_Methods_of_Control", "vic_MethodsOfControl"),
    ("vic_TraffickinStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
];

static BY_NAME: LazyLock<HashMap<String, &'static Field>> = LazyLock::new(|| {
    let official = FIELDS.iter().map(|field| (field.name, field));
    let aliases = ALIASES
        .iter()
        .filter_map(|(alias, name)| FIELDS.iter().find(|field| field.name == *name).map(|field| (*alias, field)));
    official.chain(aliases).map(|(name, field)| (fold(name).into_owned(), field)).collect()
});

/// All fields, in the order of the standard.
pub fn fields() -> impl ExactSizeIterator<Item = &'static Field> {
    FIELDS.iter()
}

/// The core fields: the minimum set of a case record.
pub fn core() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| field.core)
}

impl Field {
    /// The field of an official name, or of a name that a known tool uses for it, without regard to case and
    /// punctuation.
    ///
    /// ```
    /// use ctdata_model::htcds::Field;
    /// let field = Field::named("vic_Methods_of_Control").ok_or("no such field")?;
    /// assert_eq!(field.name, "vic_MethodsOfControl");
    /// assert!(field.core);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        BY_NAME.get(&*fold(name)).copied()
    }

    /// Fields with a label, without regard to case and punctuation: several, since the standard uses some labels more
    /// than once.
    pub fn labelled(label: &str) -> impl Iterator<Item = &'static Self> {
        let label = fold(label).into_owned();
        FIELDS.iter().filter(move |field| !label.is_empty() && fold(field.label) == label)
    }

    /// The position in [`FIELDS`].
    pub fn index(&self) -> usize {
        FIELDS.iter().position(|field| std::ptr::eq(field, self)).unwrap_or(FIELDS.len())
    }

    /// The list of its values, if it is one of the standard's.
    pub fn list(&self) -> Option<&'static ValueList> {
        match self.values {
            ValueSource::List(name) => ValueList::named(name),
            _ => None,
        }
    }
}
