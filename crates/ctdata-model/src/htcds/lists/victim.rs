//! Lists about victims.

use super::htcds_list;

htcds_list! {
    /// Whether the person was identified as a victim.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_TraffickingStatus`.
    pub enum TraffickingStatus {
        PossibleVictimOfTrafficking = "PossibleVictimOfTrafficking", "Possible victim of trafficking";
        ActualVictimOfTrafficking = "ActualVictimOfTrafficking", "Actual victim of trafficking";
        NotAVictimOfTrafficking = "NotAVictimOfTrafficking", "Not a victim of trafficking";
    }
}

htcds_list! {
    /// Who decided on the trafficking status.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_TraffickingStatusDecisionMakingOrg`.
    pub enum TraffickingStatusDecisionMakingOrg {
        Police = "Police", "Police";
        Ngo = "NGO", "NGO";
        CourtOrProsecution = "CourtOrProsecution", "Court or prosecution";
        NonPoliceGovernmentalOrganization = "NonPoliceGovernmentalOrganization", "Non-police governmental organization", also ["Non-police governmental organisation"];
        Other = "Other", "Other";
    }
}

htcds_list! {
    /// What the trafficker was to the victim.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_RelationshipToTrafficker`.
    pub enum RelationshipToTrafficker {
        Familial = "Familial", "Familial";
        Acquainted = "Acquainted", "Acquainted";
        Unaquainted = "Unaquainted", "Unaquainted", also ["Unacquainted"];
    }
    extension {
        /// CTDC tells intimate partners from family.
        IntimatePartner = "IntimatePartner", "Intimate partner" => Familial;
    }
}

htcds_list! {
    /// How the person was recruited.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_MethodOfRecruitment`.
    pub enum MethodOfRecruitment {
        AtAPlaceOfBusiness = "AtAPlaceOfBusiness", "At a place of business";
        AtAnEducationalInstitution = "AtAnEducationalInstitution", "At an educational institution";
        AtWork = "AtWork", "At work";
        ThroughOnlineSocialNetworks = "ThroughOnlineSocialNetworks", "Through online social networks";
        ThroughAnOnlineAdvertisement = "ThroughAnOnlineAdvertisement", "Through an online advertisement";
        ThroughATelevisionAdvert = "ThroughATelevisionAdvert", "Through a television advert";
        ThroughANewspaperAdvert = "ThroughANewspaperAdvert", "Through a newspaper advert";
        ThroughFamilyOrFamilyEvents = "ThroughFamilyOrFamilyEvents", "Through family or family events";
        ThroughFriendsOrSocialEvents = "ThroughFriendsOrSocialEvents", "Through friends or social events";
        Other = "Other", "Other";
    }
}

htcds_list! {
    /// By what means the person was controlled.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_MethodsOfControl`.
    pub enum MethodsOfControl {
        PhysicalThreats = "PhysicalThreats", "Physical threats";
        ThreatsLawEnforcement = "ThreatsLawEnforcement", "Threats of law enforcement", also ["MethodsOfControlThreatOfLawEnforcement", "Threat of law enforcement"];
        ThreatensChildrenFamily = "ThreatensChildrenFamily", "Threatens children/family";
        DebtBondage = "DebtBondage", "Debt bondage", also ["MethodsOfControlDebtBondage"];
        FalsePromises = "FalsePromises", "False promises", also ["MethodsOfControlFalsePromises"];
        PhysicalAbuse = "PhysicalAbuse", "Physical abuse", also ["MethodsOfControlPhysicalAbuse"];
        SexualAbuse = "SexualAbuse", "Sexual abuse", also ["MethodsOfControlSexualAbuse"];
        TakesEarnings = "TakesEarnings", "Takes earnings", also ["MethodsOfControlTakesEarnings"];
        RestrictsFinancialAccess = "RestrictsFinancialAccess", "Restricts financial access", also ["MethodsOfControlRestrictsFinancialAccess"];
        RestrictsMedicalCare = "RestrictsMedicalCare", "Restricts medical care", also ["MethodsOfControlRestrictsMedicalCare"];
        WithholdsNecessities = "WithholdsNecessities", "Withholds necessities", also ["MethodsOfControlWithholdsNecessities"];
        PsychologicalAbuse = "PsychologicalAbuse", "Psychological abuse", also ["MethodsOfControlPsychologicalAbuse"];
        PsychoactiveSubstance = "PsychoactiveSubstance", "Psychoactive substance", also ["MethodsOfControlPsychoactiveSubstances", "Psychoactive substances"];
        ExcessiveWorkingHours = "ExcessiveWorkingHours", "Excessive working hours", also ["MethodsOfControlExcessiveWorkingHours"];
        WithholdsDocuments = "WithholdsDocuments", "Withholds documents", also ["MethodsOfControlWithholdsDocuments"];
        Other = "Other", "Other", also ["MethodsOfControlOther"];
    }
    extension {
        /// Defined in the field definitions of the standard, but not in its list.
        RestrictsMovement = "RestrictsMovement", "Restricts movement", also ["MethodsOfControlRestrictsMovement"] => Other;
        /// Access to the victim's own children. Defined in the field definitions of the standard, but not in its list.
        UsesChildren = "UsesChildren", "Uses children", also ["MethodsOfControlUsesChildren"] => Other;
    }
}

htcds_list! {
    /// How the person was exploited.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_TypeOfExploitation`.
    pub enum TypeOfExploitation {
        ForcedLabour = "ForcedLabour", "Forced labour", also ["Forced labor"];
        SexualExploitation = "SexualExploitation", "Sexual exploitation";
        ChildLabour = "ChildLabour", "Child labour", also ["Child labor"];
        ForcedMarriage = "ForcedMarriage", "Forced marriage";
        Servitude = "Servitude", "Servitude";
        ForcedMilitaryByNonStateActors = "ForcedMilitaryByNonStateActors", "Forced military (by non-state actors)";
        OrganRemoval = "OrganRemoval", "Organ removal";
        ForcedBegging = "ForcedBegging", "Forced begging";
        ForcedAdoption = "ForcedAdoption", "Forced adoption";
        Surrogacy = "Surrogacy", "Surrogacy";
        Other = "Other", "Other";
    }
    extension {
        /// Asked for in issue 28 of the standard.
        ForcedCriminality = "ForcedCriminality", "Forced criminality" => Other;
    }
}

htcds_list! {
    /// How the person was sexually exploited.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_TypeOfSexExploitation`.
    pub enum TypeOfSexExploitation {
        Prostitution = "Prostitution", "Prostitution";
        Pornography = "Pornography", "Pornography";
        RemoteInteractiveServices = "RemoteInteractiveServices", "Remote Interactive Services";
        PrivateSexualServices = "PrivateSexualServices", "Private Sexual Services";
    }
}

htcds_list! {
    /// What made the person vulnerable. Of a deprecated field.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_Vulnerabilities`.
    pub enum Vulnerabilities {
        Addiction = "Addiction", "Addiction";
        SocialGroup = "SocialGroup", "Social Group";
        Discrimination = "Discrimination", "Discrimination";
        Poverty = "Poverty", "Poverty";
        DisabilityAndPhysicalHealth = "DisabilityAndPhysicalHealth", "Disability and physical health";
        MentalHealth = "MentalHealth", "Mental health";
        Migration = "Migration", "Migration";
        Homelessness = "Homelessness", "Homelessness";
        AbuseSocialMedia = "AbuseSocialMedia", "Abuse - social media";
        AbusePhysical = "AbusePhysical", "Abuse - physical";
        Education = "Education", "Education";
        WorkEnvironment = "WorkEnvironment", "Work environment";
    }
}
