//! Industries.

use super::htcds_list;

htcds_list! {
    /// The industry of forced labour, by section of ISIC Rev. 4.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_ForcedLabourIndustry`.
    pub enum ForcedLabourIndustry {
        AgricultureForestryAndFishing = "A_AgricultureForestryAndFishing", "Agriculture, forestry and fishing";
        MiningAndQuarrying = "B_MiningAndQuarrying", "Mining and quarrying";
        Manufacturing = "C_Manufacturing", "Manufacturing";
        ElectricityGasSteamAndAirConditioningSupply = "D_ElectricityGasSteamAndAirConditioningSupply", "Electricity, gas, steam and air conditioning supply";
        WaterSupplySewerageWasteManagement = "E_WaterSupplySewerageWasteManagement", "Water supply; sewerage, waste management and remediation";
        Construction = "F_Construction", "Construction";
        WholesaleAndRetailTradeRepairOfMotorVehicles = "G_WholesaleAndRetailTradeRepairOfMotorVehicles", "Wholesale and retail trade; repair of motor vehicles and motorcycles";
        TransportationAndStorage = "H_TransportationAndStorage", "Transportation and storage";
        AccommodationAndFoodServiceActivities = "I_AccommodationAndFoodServiceActivities", "Accommodation and food service activities";
        InformationAndCommunication = "J_InformationAndCommunication", "Information and communication";
        FinancialAndInsuranceActivities = "K_FinancialAndInsuranceActivities", "Financial and insurance activities";
        RealEstateActivities = "L_RealEstateActivities", "Real estate activities";
        ProfessionalScientificAndTechnicalActivities = "M_ProfessionalScientificAndTechnicalActivities", "Professional, scientific and technical activities";
        AdministrativeAndSupportServiceActivities = "N_AdministrativeAndSupportServiceActivities", "Administrative and support service activities";
        PublicAdministrationAndDefence = "O_PublicAdministrationAndDefence", "Public administration and defence; compulsory social security";
        Education = "P_Education", "Education";
        HumanHealthAndSocialWorkActivities = "Q_HumanHealthAndSocialWorkActivities", "Human health and social work activities";
        ArtsEntertainmentAndRecreation = "R_ArtsEntertainmentAndRecreation", "Arts, entertainment and recreation";
        OtherServiceActivities = "S_OtherServiceActivities", "Other service activities";
        ActivitiesOfHouseholdsAsEmployers = "T_ActivitiesOfHouseholdsAsEmployers", "Activities of households as employers; undifferentiated goods- and services- producing activities of households for own use";
        ActivitiesOfExtraterritorialOrganizations = "U_ActivitiesOfExtraterritorialOrganizations", "Activities of extraterritorial organizations and bodies";
    }
    extension {
        /// ISIC division 01; an optional sub-industry of the guidance.
        CropAndAnimalProduction = "A_01_CropAndAnimalProduction", "Crop and animal production, hunting and related service activities" => AgricultureForestryAndFishing;
        /// ISIC division 02; an optional sub-industry of the guidance.
        ForestryAndLogging = "A_02_ForestryAndLogging", "Forestry and logging" => AgricultureForestryAndFishing;
        /// ISIC division 03; an optional sub-industry of the guidance.
        FishingAndAquaculture = "A_03_FishingAndAquaculture", "Fishing and aquaculture" => AgricultureForestryAndFishing;
    }
}
