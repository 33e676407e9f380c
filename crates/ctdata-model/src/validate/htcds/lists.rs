//! R20 and R21: values are of their lists, and deprecated fields are empty.
//!
//! Fields of which the standard says "picklist or text" take any text.

use super::breach::{Breach, Look};
use crate::htcds::{CaseRecord, Listed, Organization, Perpetrator, Person, Victim};

fn unlisted<L>(value: &Listed<L>) -> bool {
    matches!(value, Listed::Unlisted(_))
}

/// A field with one value.
fn one<L>(look: &mut Look<'_>, field: &'static str, value: Option<&Listed<L>>) {
    look.field_if(value.is_some_and(unlisted), Breach::UnlistedValue, field);
}

/// A field with several values: a cell counts once.
fn many<L>(look: &mut Look<'_>, field: &'static str, values: &[Listed<L>]) {
    look.field_if(values.iter().any(unlisted), Breach::UnlistedValue, field);
}

pub(super) fn organization(organization: &Organization, look: &mut Look<'_>) {
    one(look, "org_Type", organization.kind.as_ref());
}

pub(super) fn person(person: &Person, look: &mut Look<'_>) {
    one(look, "prs_Gender", person.gender.as_ref());
    one(look, "prs_MaritalStatus", person.marital_status.as_ref());
    one(look, "prs_PrimaryLanguage", person.primary_language.as_ref());
    one(look, "prs_SecondaryLanguage", person.secondary_language.as_ref());
    one(look, "prs_HighestLevelOfEducation", person.highest_level_of_education.as_ref());
    many(look, "prs_Citizenship", &person.citizenship);
    one(look, "prs_MailingCountry", person.mailing_country.as_ref());
}

pub(super) fn victim(victim: &Victim, look: &mut Look<'_>) {
    one(look, "vic_TraffickingStatus", victim.trafficking_status.as_ref());
    one(look, "vic_TraffickingStatusDecisionMakingOrg", victim.trafficking_status_decision_making_org.as_ref());
    one(look, "vic_RelationshipToTrafficker", victim.relationship_to_trafficker.as_ref());
    many(look, "vic_RecruitmentWebsitesAndApps", &victim.recruitment_websites_and_apps);
    many(look, "vic_MethodOfRecruitment", &victim.method_of_recruitment);
    many(look, "vic_MethodsOfControl", &victim.methods_of_control);
    many(look, "vic_TypeOfExploitation", &victim.type_of_exploitation);
    many(look, "vic_ForcedLabourIndustry", &victim.forced_labour_industry);
    let several = victim.forced_labour_industry.len() > 1;
    look.field_if(several, Breach::SeveralValues, "vic_ForcedLabourIndustry");
    many(look, "vic_TypeOfSexExploitation", &victim.type_of_sex_exploitation);
    many(look, "vic_ExploitationWebsitesAndApps", &victim.exploitation_websites_and_apps);
    many(look, "vic_Vulnerabilities", &victim.vulnerabilities);
}

pub(super) fn perpetrator(perpetrator: &Perpetrator, look: &mut Look<'_>) {
    many(look, "per_RoleInProcess", &perpetrator.role_in_process);
}

/// The fields of a case, and of what happened in it.
pub(super) fn case(case: &CaseRecord, look: &mut Look<'_>) {
    one(look, "cas_Status", case.status.as_ref());
    one(look, "cas_ReasonForIncomingReferral", case.reason_for_incoming_referral.as_ref());
    for referral in &case.outgoing_referrals {
        one(look, "cas_ReasonForOutgoingReferral", referral.reason_for_outgoing_referral.as_ref());
    }
    for event in &case.events {
        one(look, "hte_Type", event.kind.as_ref());
    }
    for plan in &case.support_plans {
        one(look, "spl_Type", plan.kind.as_ref());
    }
}

/// R21.
pub(super) fn deprecated(victim: &Victim, look: &mut Look<'_>) {
    let agreement = victim.agreement_to_manage_personal_data.is_some();
    look.field_if(agreement, Breach::Deprecated, "vic_AgreementToManagePersonalData");
    look.field_if(!victim.vulnerabilities.is_empty(), Breach::Deprecated, "vic_Vulnerabilities");
    let details = victim.details_of_vulnerabilities.is_some();
    look.field_if(details, Breach::Deprecated, "vic_DetailsOfVulnerabilities");
}
