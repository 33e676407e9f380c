//! Sections of economic activity.

use super::code_list;

code_list! {
    /// The sections of the International Standard Industrial Classification, revision 4, which HTCDS uses
    /// for the industry of forced labour.
    ///
    /// # Sources
    /// UN Statistics Division, ISIC Rev. 4 (2008); HTCDS 2.0, `vic_ForcedLabourIndustry`.
    pub enum IsicSection {
        A = "A", "Agriculture, forestry and fishing", also ["A_AgricultureForestryAndFishing"];
        B = "B", "Mining and quarrying", also ["B_MiningAndQuarrying"];
        C = "C", "Manufacturing", also ["C_Manufacturing"];
        D = "D", "Electricity, gas, steam and air conditioning supply",
            also ["D_ElectricityGasSteamAndAirConditioningSupply"];
        E = "E", "Water supply; sewerage, waste management and remediation activities",
            also [
                "E_WaterSupplySewerageWasteManagement",
                "Water supply; sewerage, waste management and remediation",
            ];
        F = "F", "Construction", also ["F_Construction"];
        G = "G", "Wholesale and retail trade; repair of motor vehicles and motorcycles",
            also ["G_WholesaleAndRetailTradeRepairOfMotorVehicles"];
        H = "H", "Transportation and storage", also ["H_TransportationAndStorage"];
        I = "I", "Accommodation and food service activities",
            also ["I_AccommodationAndFoodServiceActivities"];
        J = "J", "Information and communication", also ["J_InformationAndCommunication"];
        K = "K", "Financial and insurance activities", also ["K_FinancialAndInsuranceActivities"];
        L = "L", "Real estate activities", also ["L_RealEstateActivities"];
        M = "M", "Professional, scientific and technical activities",
            also ["M_ProfessionalScientificAndTechnicalActivities"];
        N = "N", "Administrative and support service activities",
            also ["N_AdministrativeAndSupportServiceActivities"];
        O = "O", "Public administration and defence; compulsory social security",
            also ["O_PublicAdministrationAndDefence"];
        P = "P", "Education", also ["P_Education"];
        Q = "Q", "Human health and social work activities",
            also ["Q_HumanHealthAndSocialWorkActivities"];
        R = "R", "Arts, entertainment and recreation", also ["R_ArtsEntertainmentAndRecreation"];
        S = "S", "Other service activities", also ["S_OtherServiceActivities"];
        T = "T",
            "Activities of households as employers; undifferentiated goods- and services-producing activities of households for own use",
            also [
                "T_ActivitiesOfHouseholdsAsEmployers",
                "Activities of households as employers; undifferentiated goods- and services- producing activities of households for own use",
            ];
        U = "U", "Activities of extraterritorial organizations and bodies",
            also ["U_ActivitiesOfExtraterritorialOrganizations"];
    }
}
