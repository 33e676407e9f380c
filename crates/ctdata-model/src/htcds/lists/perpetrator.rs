//! Lists about perpetrators.

use super::htcds_list;

htcds_list! {
    /// What a perpetrator did.
    ///
    /// # Sources
    /// HTCDS 2.0, `per_RoleInProcess`.
    pub enum RoleInProcess {
        TravellingPartner = "TravellingPartner", "Travelling Partner", also ["Traveling Partner"];
        Transporter = "Transporter", "Transporter";
        RecruiterOrIntermediary = "RecruiterOrIntermediary", "Recruiter Or Intermediary";
        BrokerTravelAgent = "BrokerTravelAgent", "Broker Travel Agent";
        TransferredIndividual = "TransferredIndividual", "Transferred Individual";
        HarbouredIndividual = "HarbouredIndividual", "Harboured Individual", also ["Harbored Individual"];
        SoldIndividual = "SoldIndividual", "Sold Individual";
        BoughtIndividual = "BoughtIndividual", "Bought Individual";
        ReceivedIndividual = "ReceivedIndividual", "Received Individual";
        ControlledIndividual = "ControlledIndividual", "Controlled Individual";
        Smuggler = "Smuggler", "Smuggler";
        Abuser = "Abuser", "Abuser";
        Kidnapper = "Kidnapper", "Kidnapper";
        Exploiter = "Exploiter", "Exploiter";
        Other = "Other", "Other";
    }
}
