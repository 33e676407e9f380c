//! What a perpetrator did.

use super::code_list;

code_list! {
    /// What a perpetrator did in the process of trafficking. A perpetrator can have several roles.
    ///
    /// # Sources
    /// HTCDS 2.0, `per_RoleInProcess`.
    pub enum PerpetratorRole {
        TravellingPartner = "travelling-partner", "Travelling partner", also ["TravellingPartner"];
        Transporter = "transporter", "Transporter";
        RecruiterOrIntermediary = "recruiter-or-intermediary", "Recruiter or intermediary",
            also ["RecruiterOrIntermediary"];
        BrokerTravelAgent = "broker-travel-agent", "Broker travel agent", also ["BrokerTravelAgent"];
        TransferredIndividual = "transferred-individual", "Transferred individual",
            also ["TransferredIndividual"];
        HarbouredIndividual = "harboured-individual", "Harboured individual",
            also ["HarbouredIndividual"];
        SoldIndividual = "sold-individual", "Sold individual", also ["SoldIndividual"];
        BoughtIndividual = "bought-individual", "Bought individual", also ["BoughtIndividual"];
        ReceivedIndividual = "received-individual", "Received individual",
            also ["ReceivedIndividual"];
        ControlledIndividual = "controlled-individual", "Controlled individual",
            also ["ControlledIndividual"];
        Smuggler = "smuggler", "Smuggler";
        Abuser = "abuser", "Abuser";
        Kidnapper = "kidnapper", "Kidnapper";
        Exploiter = "exploiter", "Exploiter";
        Other = "other", "Other";
    }
}
