//! Lists of organizations.

use super::htcds_list;

htcds_list! {
    /// What kind of organization it is.
    ///
    /// # Sources
    /// HTCDS 2.0, `org_Type`.
    pub enum OrganisationType {
        Ngo = "NGO", "NGO";
        LawEnforcement = "LawEnforcement", "Law Enforcement";
        HealthServiceOrganisation = "HealthServiceOrganisation", "Health Service Organisation", also ["Health Service Organization"];
        CentralGovernmentOrganisation = "CentralGovernmentOrganisation", "Central Government Organisation", also ["Central Government Organization"];
        LocalGovernmentOrganisation = "LocalGovernmentOrganisation", "Local Government Organisation", also ["Local Government Organization"];
        ImmigrationService = "ImmigrationService", "Immigration Service";
        LegalService = "LegalService", "Legal Service";
        CorporateBusiness = "CorporateBusiness", "Corporate Business";
        SchoolOrCollege = "SchoolOrCollege", "School or College";
    }
}
