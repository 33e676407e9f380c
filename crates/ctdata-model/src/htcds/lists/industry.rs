//! Industries.

use super::htcds_list;

htcds_list! {
    /// The industry of forced labour, by section of ISIC Rev. 4.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_ForcedLabourIndustry`.
    pub enum ForcedLabourIndustry {
        AgricultureForestryAndFishing = "A_AgricultureForestryAndFishing", "Agriculture, forestry and fishing", also ["A"];
        MiningAndQuarrying = "B_MiningAndQuarrying", "Mining and quarrying", also ["B"];
        Manufacturing = "C_Manufacturing", "Manufacturing", also ["C"];
        ElectricityGasSteamAndAirConditioningSupply = "D_ElectricityGasSteamAndAirConditioningSupply", "Electricity, gas, steam and air conditioning supply", also ["D"];
        WaterSupplySewerageWasteManagement = "E_WaterSupplySewerageWasteManagement", "Water supply; sewerage, waste management and remediation", also ["E", "E - Water supply; sewerage, waste management and remediation", "Water supply; sewerage, waste management and remediation activities", "E - Water supply; sewerage, waste management and remediation activities"];
        Construction = "F_Construction", "Construction", also ["F"];
        WholesaleAndRetailTradeRepairOfMotorVehicles = "G_WholesaleAndRetailTradeRepairOfMotorVehicles", "Wholesale and retail trade; repair of motor vehicles and motorcycles", also ["G", "G - Wholesale and retail trade; repair of motor vehicles and motorcycles"];
        TransportationAndStorage = "H_TransportationAndStorage", "Transportation and storage", also ["H"];
        AccommodationAndFoodServiceActivities = "I_AccommodationAndFoodServiceActivities", "Accommodation and food service activities", also ["I"];
        InformationAndCommunication = "J_InformationAndCommunication", "Information and communication", also ["J"];
        FinancialAndInsuranceActivities = "K_FinancialAndInsuranceActivities", "Financial and insurance activities", also ["K"];
        RealEstateActivities = "L_RealEstateActivities", "Real estate activities", also ["L"];
        ProfessionalScientificAndTechnicalActivities = "M_ProfessionalScientificAndTechnicalActivities", "Professional, scientific and technical activities", also ["M"];
        AdministrativeAndSupportServiceActivities = "N_AdministrativeAndSupportServiceActivities", "Administrative and support service activities", also ["N", "Administrative and support service activities, including cleaning, landscape care, and other services to buildings"];
        PublicAdministrationAndDefence = "O_PublicAdministrationAndDefence", "Public administration and defence; compulsory social security", also ["O", "O - Public administration and defence; compulsory social security"];
        Education = "P_Education", "Education", also ["P"];
        HumanHealthAndSocialWorkActivities = "Q_HumanHealthAndSocialWorkActivities", "Human health and social work activities", also ["Q"];
        ArtsEntertainmentAndRecreation = "R_ArtsEntertainmentAndRecreation", "Arts, entertainment and recreation", also ["R"];
        OtherServiceActivities = "S_OtherServiceActivities", "Other service activities", also ["S"];
        ActivitiesOfHouseholdsAsEmployers = "T_ActivitiesOfHouseholdsAsEmployers", "Activities of households as employers; undifferentiated goods- and services- producing activities of households for own use", also ["T", "T - Activities of households as employers; undifferentiated goods- and services- producing activities of households for own use"];
        ActivitiesOfExtraterritorialOrganizations = "U_ActivitiesOfExtraterritorialOrganizations", "Activities of extraterritorial organizations and bodies", also ["U", "U - Activities of extraterritorial organizations and bodies"];
    }
    extension {
        /// ISIC division 01; an optional sub-industry of the field definitions.
        CropAndAnimalProduction = "A_01_CropAndAnimalProduction", "Crop and animal production, hunting and related service activities" => AgricultureForestryAndFishing;
        /// ISIC division 02; an optional sub-industry of the field definitions.
        ForestryAndLogging = "A_02_ForestryAndLogging", "Forestry and logging" => AgricultureForestryAndFishing;
        /// ISIC division 03; an optional sub-industry of the field definitions.
        FishingAndAquaculture = "A_03_FishingAndAquaculture", "Fishing and aquaculture" => AgricultureForestryAndFishing;
        /// ISIC division 10; an optional sub-industry of the field definitions.
        ManufactureOfFoodProducts = "C_10_ManufactureOfFoodProducts", "Manufacture of food products" => Manufacturing;
        /// ISIC division 11; an optional sub-industry of the field definitions.
        ManufactureOfBeverages = "C_11_ManufactureOfBeverages", "Manufacture of beverages" => Manufacturing;
        /// ISIC division 12; an optional sub-industry of the field definitions.
        ManufactureOfTobaccoProducts = "C_12_ManufactureOfTobaccoProducts", "Manufacture of tobacco products" => Manufacturing;
        /// ISIC division 13; an optional sub-industry of the field definitions.
        ManufactureOfTextiles = "C_13_ManufactureOfTextiles", "Manufacture of textiles" => Manufacturing;
        /// ISIC division 14; an optional sub-industry of the field definitions.
        ManufactureOfWearingApparel = "C_14_ManufactureOfWearingApparel", "Manufacture of wearing apparel" => Manufacturing;
        /// ISIC division 15; an optional sub-industry of the field definitions.
        ManufactureOfLeatherAndRelatedProducts = "C_15_ManufactureOfLeatherAndRelatedProducts", "Manufacture of leather and related products" => Manufacturing;
        /// ISIC division 16; an optional sub-industry of the field definitions.
        ManufactureOfWoodCorkAndStraw = "C_16_ManufactureOfWoodCorkAndStraw", "Manufacture of wood and of products of wood and cork, except furniture; manufacture of articles of straw and plaiting materials" => Manufacturing;
        /// ISIC division 17; an optional sub-industry of the field definitions.
        ManufactureOfPaperAndPaperProducts = "C_17_ManufactureOfPaperAndPaperProducts", "Manufacture of paper and paper products" => Manufacturing;
        /// ISIC division 18; an optional sub-industry of the field definitions.
        PrintingAndReproductionOfRecordedMedia = "C_18_PrintingAndReproductionOfRecordedMedia", "Printing and reproduction of recorded media" => Manufacturing;
        /// ISIC division 19; an optional sub-industry of the field definitions.
        ManufactureOfCokeAndRefinedPetroleumProducts = "C_19_ManufactureOfCokeAndRefinedPetroleumProducts", "Manufacture of coke and refined petroleum products" => Manufacturing;
        /// ISIC division 20; an optional sub-industry of the field definitions.
        ManufactureOfChemicalsAndChemicalProducts = "C_20_ManufactureOfChemicalsAndChemicalProducts", "Manufacture of chemicals and chemical products" => Manufacturing;
        /// ISIC division 21; an optional sub-industry of the field definitions.
        ManufactureOfPharmaceuticals = "C_21_ManufactureOfPharmaceuticals", "Manufacture of basic pharmaceutical products and pharmaceutical preparations" => Manufacturing;
        /// ISIC division 22; an optional sub-industry of the field definitions.
        ManufactureOfRubberAndPlasticsProducts = "C_22_ManufactureOfRubberAndPlasticsProducts", "Manufacture of rubber and plastics products" => Manufacturing;
        /// ISIC division 23; an optional sub-industry of the field definitions.
        ManufactureOfOtherNonMetallicMineralProducts = "C_23_ManufactureOfOtherNonMetallicMineralProducts", "Manufacture of other non-metallic mineral products" => Manufacturing;
        /// ISIC division 24; an optional sub-industry of the field definitions.
        ManufactureOfBasicMetals = "C_24_ManufactureOfBasicMetals", "Manufacture of basic metals" => Manufacturing;
        /// ISIC division 25; an optional sub-industry of the field definitions.
        ManufactureOfFabricatedMetalProducts = "C_25_ManufactureOfFabricatedMetalProducts", "Manufacture of fabricated metal products, except machinery and equipment" => Manufacturing;
        /// ISIC division 26; an optional sub-industry of the field definitions.
        ManufactureOfComputerElectronicAndOpticalProducts = "C_26_ManufactureOfComputerElectronicAndOpticalProducts", "Manufacture of computer, electronic and optical products" => Manufacturing;
        /// ISIC division 27; an optional sub-industry of the field definitions.
        ManufactureOfElectricalEquipment = "C_27_ManufactureOfElectricalEquipment", "Manufacture of electrical equipment" => Manufacturing;
        /// ISIC division 28; an optional sub-industry of the field definitions.
        ManufactureOfMachineryAndEquipment = "C_28_ManufactureOfMachineryAndEquipment", "Manufacture of machinery and equipment n.e.c." => Manufacturing;
        /// ISIC division 29; an optional sub-industry of the field definitions.
        ManufactureOfMotorVehiclesTrailersAndSemiTrailers = "C_29_ManufactureOfMotorVehiclesTrailersAndSemiTrailers", "Manufacture of motor vehicles, trailers and semi-trailers" => Manufacturing;
        /// ISIC division 30; an optional sub-industry of the field definitions.
        ManufactureOfOtherTransportEquipment = "C_30_ManufactureOfOtherTransportEquipment", "Manufacture of other transport equipment" => Manufacturing;
        /// ISIC division 31; an optional sub-industry of the field definitions.
        ManufactureOfFurniture = "C_31_ManufactureOfFurniture", "Manufacture of furniture" => Manufacturing;
        /// ISIC division 32; an optional sub-industry of the field definitions.
        OtherManufacturing = "C_32_OtherManufacturing", "Other manufacturing" => Manufacturing;
        /// ISIC division 33; an optional sub-industry of the field definitions.
        RepairAndInstallationOfMachineryAndEquipment = "C_33_RepairAndInstallationOfMachineryAndEquipment", "Repair and installation of machinery and equipment" => Manufacturing;
        /// ISIC division 49; an optional sub-industry of the field definitions.
        LandTransportAndTransportViaPipelines = "H_49_LandTransportAndTransportViaPipelines", "Land transport and transport via pipelines" => TransportationAndStorage;
        /// ISIC division 50; an optional sub-industry of the field definitions.
        WaterTransport = "H_50_WaterTransport", "Water transport" => TransportationAndStorage;
        /// ISIC division 51; an optional sub-industry of the field definitions.
        AirTransport = "H_51_AirTransport", "Air transport" => TransportationAndStorage;
        /// ISIC division 52; an optional sub-industry of the field definitions.
        WarehousingAndSupportActivitiesForTransportation = "H_52_WarehousingAndSupportActivitiesForTransportation", "Warehousing and support activities for transportation" => TransportationAndStorage;
        /// ISIC division 53; an optional sub-industry of the field definitions.
        PostalAndCourierActivities = "H_53_PostalAndCourierActivities", "Postal and courier activities" => TransportationAndStorage;
        /// ISIC division 55; an optional sub-industry of the field definitions.
        PrimarilyAccommodation = "I_55_PrimarilyAccommodation", "Primarily accommodation" => AccommodationAndFoodServiceActivities;
        /// ISIC division 56; an optional sub-industry of the field definitions.
        PrimarilyFood = "I_56_PrimarilyFood", "Primarily food" => AccommodationAndFoodServiceActivities;
        /// ISIC division 56; an optional sub-industry of the field definitions.
        PrimarilyBeverages = "I_56_PrimarilyBeverages", "Primarily beverages" => AccommodationAndFoodServiceActivities;
        /// ISIC division 77; an optional sub-industry of the field definitions.
        RentalAndLeasingActivities = "N_77_RentalAndLeasingActivities", "Rental and leasing activities" => AdministrativeAndSupportServiceActivities;
        /// ISIC division 78; an optional sub-industry of the field definitions.
        EmploymentActivities = "N_78_EmploymentActivities", "Employment activities" => AdministrativeAndSupportServiceActivities;
        /// ISIC division 79; an optional sub-industry of the field definitions.
        TravelAgencyAndTourOperator = "N_79_TravelAgencyAndTourOperator", "Travel agency, tour operator, reservation service and related activities" => AdministrativeAndSupportServiceActivities;
        /// ISIC division 81; an optional sub-industry of the field definitions.
        ServicesToBuildingsAndLandscape = "N_81_ServicesToBuildingsAndLandscape", "Services to buildings and gardening & landscape activities, including cleaning" => AdministrativeAndSupportServiceActivities;
        /// ISIC division 82; an optional sub-industry of the field definitions.
        OfficeAndBusinessSupport = "N_82_OfficeAndBusinessSupport", "Office administrative, office support and other business support activities" => AdministrativeAndSupportServiceActivities;
    }
}
