//! Means by which victims are controlled.

use super::code_list;

code_list! {
    /// Means of control: the 17 of CTDC's k-anonymised releases in the order of their columns, two that
    /// only HTCDS has, and the four merged statements of the synthetic releases since 2024. A case can
    /// have several. Labels are those of CTDC's concatenated column.
    ///
    /// ```
    /// use ctdata_model::MeansOfControl;
    ///
    /// assert_eq!("PsychoactiveSubstance".parse(), Ok(MeansOfControl::PsychoactiveSubstances));
    /// assert_eq!(MeansOfControl::AnyAbuse.merges().len(), 3);
    /// ```
    ///
    /// # Sources
    /// CTDC Data Codebook, version 6 (2017), `meansOfControl…`; CTDC Global Synthetic Data Codebook,
    /// version 2 (2024), appendix II; HTCDS 2.0, `vic_MethodsOfControl`.
    pub enum MeansOfControl {
        DebtBondage = "debt-bondage", "Debt bondage", also ["DebtBondage"];
        TakesEarnings = "takes-earnings", "Takes earnings",
            also ["TakesEarnings", "Takes/Withholds Earnings"];
        RestrictsFinancialAccess = "restricts-financial-access", "Restricts financial access",
            also ["RestrictsFinancialAccess"];
        /// CTDC: any threat, also of harm to another person, except of law enforcement.
        Threats = "threats", "Threats";
        PsychologicalAbuse = "psychological-abuse", "Psychological abuse",
            also ["PsychologicalAbuse"];
        PhysicalAbuse = "physical-abuse", "Physical abuse", also ["PhysicalAbuse"];
        /// As a means, not as a purpose of trafficking.
        SexualAbuse = "sexual-abuse", "Sexual abuse", also ["SexualAbuse"];
        FalsePromises = "false-promises", "False promises", also ["FalsePromises"];
        PsychoactiveSubstances = "psychoactive-substances", "Psychoactive substances",
            also ["PsychoactiveSubstances", "PsychoactiveSubstance", "Psychoactive substance"];
        /// CTDC only.
        RestrictsMovement = "restricts-movement", "Restricts movement",
            also ["RestrictsMovement", "Denied freedom of movement/kept in isolation"];
        RestrictsMedicalCare = "restricts-medical-care", "Restricts medical care",
            also ["RestrictsMedicalCare"];
        ExcessiveWorkingHours = "excessive-working-hours", "Excessive working hours",
            also ["ExcessiveWorkingHours"];
        /// Access to the victim's own children. CTDC only.
        UsesChildren = "uses-children", "Uses children", also ["UsesChildren"];
        ThreatOfLawEnforcement = "threat-of-law-enforcement", "Threat of law enforcement",
            also ["ThreatOfLawEnforcement", "ThreatsLawEnforcement", "Threats of law enforcement"];
        WithholdsNecessities = "withholds-necessities", "Withholds necessities",
            also ["WithholdsNecessities"];
        WithholdsDocuments = "withholds-documents", "Withholds documents",
            also ["WithholdsDocuments"];
        Other = "other", "Other";
        /// HTCDS only; narrower than `threats`.
        PhysicalThreats = "physical-threats", "Physical threats", also ["PhysicalThreats"];
        /// HTCDS only; narrower than `threats`.
        ThreatensChildrenOrFamily = "threatens-children-or-family", "Threatens children or family",
            also ["ThreatensChildrenFamily", "Threatens children/family"];
        /// Merged statement since 2024.
        DebtBondageOrTakesEarnings = "debt-bondage-or-takes-earnings", "Debt bondage or takes earnings",
            merges [DebtBondage, TakesEarnings];
        /// Merged statement since 2024.
        AnyThreats = "any-threats", "Any threats, or uses children",
            merges [Threats, UsesChildren, ThreatOfLawEnforcement];
        /// Merged statement since 2024.
        AnyAbuse = "any-abuse", "Psychological, physical or sexual abuse",
            merges [PsychologicalAbuse, PhysicalAbuse, SexualAbuse];
        /// Merged statement since 2024.
        DeniesBasicNeeds = "denies-basic-needs", "Denies basic needs, movement or financial access",
            merges [
                RestrictsFinancialAccess, RestrictsMovement, RestrictsMedicalCare, WithholdsNecessities,
            ];
    }
}
