//! Lists about cases.

use super::htcds_list;

htcds_list! {
    /// Where the work on a case stands.
    ///
    /// # Sources
    /// HTCDS 2.0, `cas_Status`.
    pub enum CaseStatus {
        Active = "Active", "Active";
        FollowUp = "FollowUp", "Follow Up";
        Closed = "Closed", "Closed";
        ClosedReferred = "ClosedReferred", "Closed Referred";
    }
}

htcds_list! {
    /// Why a person was referred.
    ///
    /// # Sources
    /// HTCDS 2.0, `cas_ReasonForIncomingReferral`, `cas_ReasonForOutgoingReferral`.
    pub enum ReferralReason {
        AdditionalServicesRequired = "AdditionalServicesRequired", "Additional Services Required";
        MigrationOrChangeOfLocation = "MigrationOrChangeOfLocation", "Migration or Change of Location";
        Other = "Other", "Other";
    }
}

htcds_list! {
    /// What kind of event it was.
    ///
    /// # Sources
    /// HTCDS 2.0, `hte_Type`.
    pub enum TraffickingEventType {
        Recruitment = "Recruitment", "Recruitment";
        Transit = "Transit", "Transit";
        Exploitation = "Exploitation", "Exploitation";
    }
}

htcds_list! {
    /// What kind of support is planned.
    ///
    /// # Sources
    /// HTCDS 2.0, `spl_Type`.
    pub enum SupportPlanType {
        Education = "Education", "Education";
        Financial = "Financial", "Financial";
        Health = "Health", "Health";
        LabourExploitationRehabilitation = "LabourExploitationRehabilitation", "Labour Exploitation Rehabilitation", also ["Labor Exploitation Rehabilitation"];
        Legal = "Legal", "Legal";
        Livelihood = "Livelihood", "Livelihood";
        RightsBasedTraining = "RightsBasedTraining", "Rights-based Training";
        SexualExploitationRehabilitation = "SexualExploitationRehabilitation", "Sexual Exploitation Rehabilitation";
        SocialCare = "SocialCare", "Social Care";
    }
}
