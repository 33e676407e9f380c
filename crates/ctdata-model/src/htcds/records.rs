//! The entities of HTCDS, with all of its fields under their official names.
//!
//! The standard describes fields and no objects; how they relate follows the toolkit's package of a case management
//! system: a case is an organization's work for one or more victims; people and organizations are connected with cases,
//! many to many. Nothing is mandatory. `None` and an empty list mean that nothing is recorded, which is never "no".
//!
//! # Sources
//! IOM, HTCDS 2.0: field standards, guidance, and the description of the Salesforce package.

use std::fmt;

use super::ids::{CaseId, OrganizationId, PersonId};
use super::lists::{
    CaseStatus, ForcedLabourIndustry, Gender, HighestLevelOfEducation, Language, MaritalStatus, MethodOfRecruitment,
    MethodsOfControl, OrganisationType, ReferralReason, RelationshipToTrafficker, RoleInProcess, SupportPlanType,
    TraffickingEventType, TraffickingStatus, TraffickingStatusDecisionMakingOrg, TypeOfExploitation,
    TypeOfSexExploitation, Vulnerabilities, WebsitesAndApps,
};
use super::value::{Fault, FieldValue, Input, Listed, Reading, Slot};
use crate::codes::code_list;
use crate::{Country, Period, Redacted};

/// Something with fields of the standard.
pub trait Entity: Default + Clone {
    /// The official names of its fields, in the order of the standard.
    const FIELDS: &'static [&'static str];

    /// What a field holds, by its position in [`Entity::FIELDS`]; empty past the end.
    fn value(&self, position: usize) -> FieldValue<'_>;

    /// Makes a field empty.
    fn clear(&mut self, position: usize);

    /// The fields that hold something, with their names.
    fn recorded(&self) -> impl Iterator<Item = (&'static str, FieldValue<'_>)> {
        let values = (0..Self::FIELDS.len()).map(|position| self.value(position));
        Self::FIELDS.iter().copied().zip(values).filter(|(_, value)| !value.is_empty())
    }

    /// Whether no field holds anything.
    fn is_blank(&self) -> bool {
        (0..Self::FIELDS.len()).all(|position| self.value(position).is_empty())
    }
}

/// Reading into an entity: for the record builder alone.
pub(crate) trait ReadEntity: Entity {
    /// Takes the content of a cell into a field. What is there already stays: values are added to a field that has
    /// several, and any other field takes nothing else.
    fn read(&mut self, position: usize, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault>;

    /// The first field in which both say something, and not the same.
    fn contradiction(&self, other: &Self) -> Option<&'static str>;

    /// Takes from another what is empty here.
    fn fill_from(&mut self, other: Self);
}

/// The expression at a position, or the other one past the end. The comparisons become one jump.
macro_rules! by_position {
    ($position:expr, $otherwise:expr, $($expression:expr),+) => {{
        let mut left = $position;
        $(
            if left == 0 {
                return $expression;
            }
            left = left.wrapping_sub(1);
        )+
        let _ = left;
        $otherwise
    }};
}

/// Makes an entity: its identifiers, its fields under their official names, and what belongs to it. `Debug` shows how
/// many fields are recorded, never what.
macro_rules! entity {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            ids { $($(#[$id_doc:meta])* $id:ident: $id_type:ty = $id_wire:literal,)* }
            fields { $($(#[$doc:meta])* $field:ident: $type:ty = $wire:literal,)+ }
            parts { $($(#[$part_doc:meta])* $part:ident: $part_type:ty = $part_wire:literal if $is_empty:literal,)* }
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
        pub struct $name {
            $($(#[$id_doc])* #[cfg_attr(feature = "serde", serde(rename = $id_wire))] pub $id: $id_type,)*
            $(
                $(#[$doc])*
                #[cfg_attr(feature = "serde", serde(rename = $wire, default, skip_serializing_if = "is_empty"))]
                pub $field: $type,
            )+
            $(
                $(#[$part_doc])*
                #[cfg_attr(
                    feature = "serde",
                    serde(rename = $part_wire, default, skip_serializing_if = $is_empty)
                )]
                pub $part: $part_type,
            )*
        }

        impl Default for $name {
            /// Nothing is recorded, and identifiers are empty.
            fn default() -> Self {
                Self {
                    $($id: <$id_type>::new(""),)*
                    $($field: Default::default(),)+
                    $($part: Default::default(),)*
                }
            }
        }

        impl Entity for $name {
            const FIELDS: &'static [&'static str] = &[$($wire),+];

            fn value(&self, position: usize) -> FieldValue<'_> {
                by_position!(position, FieldValue::Empty, $(self.$field.value()),+)
            }

            fn clear(&mut self, position: usize) {
                by_position!(position, (), $(self.$field.clear()),+);
            }

            fn is_blank(&self) -> bool {
                $(Slot::is_empty(&self.$field))&&+
            }
        }

        impl ReadEntity for $name {
            fn read(&mut self, position: usize, input: Input<'_>, reading: Reading<'_>) -> Result<(), Fault> {
                by_position!(position, Ok(()), $(self.$field.read(input, reading)),+)
            }

            fn contradiction(&self, other: &Self) -> Option<&'static str> {
                $(
                    if !Slot::is_empty(&self.$field) && !Slot::is_empty(&other.$field) && !self.$field.agrees(&other.$field) {
                        return Some($wire);
                    }
                )+
                None
            }

            fn fill_from(&mut self, other: Self) {
                $(
                    if Slot::is_empty(&self.$field) {
                        self.$field = other.$field;
                    }
                )+
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("recorded", &self.recorded().count()).finish_non_exhaustive()
            }
        }
    };
}

#[cfg(feature = "serde")]
fn is_empty<S: Slot>(slot: &S) -> bool {
    slot.is_empty()
}

entity! {
    /// An organization.
    pub struct Organization {
        ids {
            /// Its identifier.
            id: OrganizationId = "organization_id",
        }
        fields {
        /// Organisation Name.
        name: Option<Redacted<String>> = "org_Name",
        /// Shipping City.
        shipping_city: Option<Redacted<String>> = "org_ShippingCity",
        /// Shipping Country.
        shipping_country: Option<Listed<Country>> = "org_ShippingCountry",
        /// Shipping State/Province.
        shipping_state: Option<Redacted<String>> = "org_ShippingState",
        /// Shipping Street.
        shipping_street: Option<Redacted<String>> = "org_ShippingStreet",
        /// Shipping Zip/Postal Code.
        shipping_postal_code: Option<Redacted<String>> = "org_ShippingPostalCode",
        /// Longitude.
        shipping_longitude: Option<Redacted<f64>> = "org_ShippingLongitude",
        /// Latitude.
        shipping_latitude: Option<Redacted<f64>> = "org_ShippingLatitude",
        /// Phone.
        phone: Option<Redacted<String>> = "org_Phone",
        /// Type.
        kind: Option<Listed<OrganisationType>> = "org_Type",
        }
        parts {}
    }
}

entity! {
    /// Whether a person agrees that data are kept: one answer that stands for seven questions of the guidance.
    pub struct Consent {
        ids {}
        fields {
        /// Consent.
        consent: Option<bool> = "con_Consent",
        }
        parts {}
    }
}

entity! {
    /// A person: a victim, a perpetrator, a case worker or another.
    pub struct Person {
        ids {
            /// Its identifier.
            id: PersonId = "person_id",
        }
        fields {
        /// Salutation.
        salutation: Option<Redacted<String>> = "prs_Salutation",
        /// First Name.
        first_name: Option<Redacted<String>> = "prs_FirstName",
        /// Middle Name.
        middle_name: Option<Redacted<String>> = "prs_MiddleName",
        /// Second Name.
        second_name: Option<Redacted<String>> = "prs_SecondName",
        /// Birthdate.
        birthdate: Option<Period> = "prs_Birthdate",
        /// Gender.
        gender: Option<Listed<Gender>> = "prs_Gender",
        /// Deceased.
        deceased: Option<bool> = "prs_Deceased",
        /// Marital Status.
        marital_status: Option<Listed<MaritalStatus>> = "prs_MaritalStatus",
        /// Number of Children.
        number_of_children: Option<u32> = "prs_NumberOfChildren",
        /// Primary Language.
        primary_language: Option<Listed<Language>> = "prs_PrimaryLanguage",
        /// Secondary Language.
        secondary_language: Option<Listed<Language>> = "prs_SecondaryLanguage",
        /// Highest Level of Education.
        highest_level_of_education: Option<Listed<HighestLevelOfEducation>> = "prs_HighestLevelOfEducation",
        /// Citizenship.
        citizenship: Vec<Listed<Country>> = "prs_Citizenship",
        /// Identity Number.
        identity_number: Option<Redacted<String>> = "prs_IdentityNumber",
        /// Title.
        title: Option<Redacted<String>> = "prs_Title",
        /// Email.
        email: Option<Redacted<String>> = "prs_Email",
        /// Home Phone.
        home_phone: Option<Redacted<String>> = "prs_HomePhone",
        /// Mobile Phone.
        mobile_phone: Option<Redacted<String>> = "prs_MobilePhone",
        /// Mailing City.
        mailing_city: Option<Redacted<String>> = "prs_MailingCity",
        /// Mailing Country.
        mailing_country: Option<Listed<Country>> = "prs_MailingCountry",
        /// Mailing State/Province.
        mailing_state: Option<Redacted<String>> = "prs_MailingState",
        /// Mailing Street.
        mailing_street: Option<Redacted<String>> = "prs_MailingStreet",
        /// Mailing Zip/Postal Code.
        mailing_postal_code: Option<Redacted<String>> = "prs_MailingPostalCode",
        /// Longitude.
        mailing_longitude: Option<Redacted<f64>> = "prs_MailingLongitude",
        /// Latitude.
        mailing_latitude: Option<Redacted<f64>> = "prs_MailingLatitude",
        }
        parts {
            /// Whether the person agrees that data are kept.
            consent: Consent = "consent" if "Consent::is_blank",
        }
    }
}

entity! {
    /// A person as a victim in a case.
    pub struct Victim {
        ids {
            /// The person.
            person: PersonId = "person_id",
        }
        fields {
        /// Deprecated: Agreement to Manage Personal Data.
        agreement_to_manage_personal_data: Option<bool> = "vic_AgreementToManagePersonalData",
        /// Trafficking Status.
        trafficking_status: Option<Listed<TraffickingStatus>> = "vic_TraffickingStatus",
        /// Trafficking Status Decision Making Organization.
        trafficking_status_decision_making_org: Option<Listed<TraffickingStatusDecisionMakingOrg>> = "vic_TraffickingStatusDecisionMakingOrg",
        /// Relationship to Trafficker.
        relationship_to_trafficker: Option<Listed<RelationshipToTrafficker>> = "vic_RelationshipToTrafficker",
        /// Age when Trafficked.
        age_when_trafficked: Option<u32> = "vic_AgeWhenTrafficked",
        /// Recruitment Websites and Apps.
        recruitment_websites_and_apps: Vec<Listed<WebsitesAndApps>> = "vic_RecruitmentWebsitesAndApps",
        /// Method of Recruitment.
        method_of_recruitment: Vec<Listed<MethodOfRecruitment>> = "vic_MethodOfRecruitment",
        /// Location of Recruitment: the identifier of an organization in these records, or a name.
        location_of_recruitment: Option<Redacted<String>> = "vic_LocationOfRecruitment",
        /// Methods of Control.
        methods_of_control: Vec<Listed<MethodsOfControl>> = "vic_MethodsOfControl",
        /// Type of Exploitation.
        type_of_exploitation: Vec<Listed<TypeOfExploitation>> = "vic_TypeOfExploitation",
        /// Forced Labour Industry: one in the standard, several in its survey form.
        forced_labour_industry: Vec<Listed<ForcedLabourIndustry>> = "vic_ForcedLabourIndustry",
        /// Type of Sex Exploitation.
        type_of_sex_exploitation: Vec<Listed<TypeOfSexExploitation>> = "vic_TypeOfSexExploitation",
        /// Location of Exploitation: the identifier of an organization in these records, or a name.
        location_of_exploitation: Option<Redacted<String>> = "vic_LocationOfExploitation",
        /// Exploitation Websites and Apps.
        exploitation_websites_and_apps: Vec<Listed<WebsitesAndApps>> = "vic_ExploitationWebsitesAndApps",
        /// Deprecated: Vulnerabilities.
        vulnerabilities: Vec<Listed<Vulnerabilities>> = "vic_Vulnerabilities",
        /// Deprecated: Details Of Vulnerabilities.
        details_of_vulnerabilities: Option<Redacted<String>> = "vic_DetailsOfVulnerabilities",
        }
        parts {}
    }
}

entity! {
    /// A person as a perpetrator in a case.
    pub struct Perpetrator {
        ids {
            /// The person.
            person: PersonId = "person_id",
        }
        fields {
        /// Role in Process.
        role_in_process: Vec<Listed<RoleInProcess>> = "per_RoleInProcess",
        /// Role Details.
        role_details: Option<Redacted<String>> = "per_RoleDetails",
        /// Organisation; the standard says no more of it.
        organisation: Option<Redacted<String>> = "per_Organisation",
        }
        parts {}
    }
}

entity! {
    /// A referral to another organization; a case may have several.
    pub struct OutgoingReferral {
        ids {}
        fields {
        /// Referred Organisation: the identifier of an organization in these records, or a name.
        referred_organisation: Option<Redacted<String>> = "cas_ReferredOrganisation",
        /// Referred Primary Case Worker: the identifier of a person in these records, or a name.
        referred_primary_case_worker: Option<Redacted<String>> = "cas_ReferredPrimaryCaseWorker",
        /// Reason for Outgoing Referral.
        reason_for_outgoing_referral: Option<Listed<ReferralReason>> = "cas_ReasonForOutgoingReferral",
        /// Outgoing Referral Date.
        outgoing_referral_date: Option<Period> = "cas_OutgoingReferralDate",
        /// Outgoing Referral Details.
        outgoing_referral_details: Option<Redacted<String>> = "cas_OutgoingReferralDetails",
        }
        parts {}
    }
}

entity! {
    /// A comment on a case.
    pub struct CaseComment {
        ids {}
        fields {
        /// Case Comment.
        case_comment: Option<Redacted<String>> = "cco_CaseComment",
        }
        parts {}
    }
}

entity! {
    /// An event in the trafficking of a person: recruitment, transit or exploitation, with place and date.
    pub struct TraffickingEvent {
        ids {}
        fields {
        /// Longitude.
        longitude: Option<Redacted<f64>> = "hte_Longitude",
        /// Latitude.
        latitude: Option<Redacted<f64>> = "hte_Latitude",
        /// City.
        city: Option<Redacted<String>> = "hte_City",
        /// Country.
        country: Option<Redacted<String>> = "hte_Country",
        /// State.
        state: Option<Redacted<String>> = "hte_State",
        /// Street.
        street: Option<Redacted<String>> = "hte_Street",
        /// PostalCode.
        postal_code: Option<Redacted<String>> = "hte_PostalCode",
        /// Date.
        date: Option<Period> = "hte_Date",
        /// Type.
        kind: Option<Listed<TraffickingEventType>> = "hte_Type",
        /// Description.
        description: Option<Redacted<String>> = "hte_Description",
        }
        parts {}
    }
}

entity! {
    /// A plan of support.
    pub struct SupportPlan {
        ids {}
        fields {
        /// Objectives.
        objectives: Option<Redacted<String>> = "spl_Objectives",
        /// Action Plan.
        action_plan: Option<Redacted<String>> = "spl_ActionPlan",
        /// Planned End Date.
        planned_end_date: Option<Period> = "spl_PlannedEndDate",
        /// Actual End Date.
        actual_end_date: Option<Period> = "spl_ActualEndDate",
        /// Type.
        kind: Option<Listed<SupportPlanType>> = "spl_Type",
        }
        parts {}
    }
}

entity! {
    /// An organization's work for one or more victims: how they came, what was found and what was done.
    pub struct CaseRecord {
        ids {
            /// Its identifier.
            id: CaseId = "case_id",
        }
        fields {
        /// Status.
        status: Option<Listed<CaseStatus>> = "cas_Status",
        /// Reason for Case Closure.
        reason_for_case_closure: Option<Redacted<String>> = "cas_ReasonForCaseClosure",
        /// Case Owner: a user of the case management system.
        case_owner: Option<Redacted<String>> = "cas_CaseOwner",
        /// Referring Organisation: the identifier of an organization in these records, or a name.
        referring_organisation: Option<Redacted<String>> = "cas_ReferringOrganisation",
        /// Incoming Referral Date.
        incoming_referral_date: Option<Period> = "cas_IncomingReferralDate",
        /// Referring Primary Case Worker: the identifier of a person in these records, or a name.
        referring_primary_case_worker: Option<Redacted<String>> = "cas_ReferringPrimaryCaseWorker",
        /// Reason for Incoming Referral.
        reason_for_incoming_referral: Option<Listed<ReferralReason>> = "cas_ReasonForIncomingReferral",
        /// Incoming Referral Details.
        incoming_referral_details: Option<Redacted<String>> = "cas_IncomingReferralDetails",
        }
        parts {
            /// Referrals to others.
            outgoing_referrals: Vec<OutgoingReferral> = "outgoing_referrals" if "Vec::is_empty",
            /// Comments.
            comments: Vec<CaseComment> = "comments" if "Vec::is_empty",
            /// What happened to the victims.
            events: Vec<TraffickingEvent> = "events" if "Vec::is_empty",
            /// Plans of support.
            support_plans: Vec<SupportPlan> = "support_plans" if "Vec::is_empty",
            /// The victims.
            victims: Vec<Victim> = "victims" if "Vec::is_empty",
            /// The perpetrators.
            perpetrators: Vec<Perpetrator> = "perpetrators" if "Vec::is_empty",
            /// Other people and organizations.
            connections: Vec<Connection> = "connections" if "Vec::is_empty",
        }
    }
}

code_list! {
    /// What a person or an organization is to a case.
    ///
    /// # Sources
    /// The junction of people and organizations with cases in the toolkit's Salesforce package; the values are ours.
    pub enum CaseRole {
        Victim = "victim", "Victim";
        Perpetrator = "perpetrator", "Perpetrator";
        CaseWorker = "case-worker", "Case worker", also ["caseworker"];
        Organization = "organization", "Organization", also ["organisation"];
        Other = "other", "Other";
    }
}

/// A person or an organization in a case, other than as its victim or perpetrator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Connection {
    /// The person.
    #[cfg_attr(feature = "serde", serde(rename = "person_id", default, skip_serializing_if = "Option::is_none"))]
    pub person: Option<PersonId>,
    /// The organization.
    #[cfg_attr(feature = "serde", serde(rename = "organization_id", default, skip_serializing_if = "Option::is_none"))]
    pub organization: Option<OrganizationId>,
    /// What it is to the case.
    pub role: CaseRole,
}

/// A set of records: what one system holds.
#[derive(Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct Records {
    /// Organizations, in the order of the source.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub organizations: Vec<Organization>,
    /// People, in the order of the source.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub persons: Vec<Person>,
    /// Cases, in the order of the source.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub cases: Vec<CaseRecord>,
}

/// Shows how many there are, nothing of them.
impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("organizations", &self.organizations.len())
            .field("persons", &self.persons.len())
            .field("cases", &self.cases.len())
            .finish()
    }
}

impl Records {
    /// How many victims there are in all cases.
    pub fn victims(&self) -> usize {
        self.cases.iter().map(|case| case.victims.len()).sum()
    }
}
