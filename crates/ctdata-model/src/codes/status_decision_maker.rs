//! Who decided on the trafficking status.

use super::code_list;

code_list! {
    /// What kind of organization decided on the trafficking status.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_TraffickingStatusDecisionMakingOrg`.
    pub enum StatusDecisionMaker {
        Police = "police", "Police";
        Ngo = "ngo", "NGO";
        CourtOrProsecution = "court-or-prosecution", "Court or prosecution",
            also ["CourtOrProsecution"];
        NonPoliceGovernmentalOrganization = "non-police-governmental-organization",
            "Non-police governmental organization", also ["NonPoliceGovernmentalOrganization"];
        Other = "other", "Other";
    }
}
