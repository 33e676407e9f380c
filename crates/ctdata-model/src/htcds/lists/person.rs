//! Lists about persons.

use super::htcds_list;

htcds_list! {
    /// Gender of a person.
    ///
    /// # Sources
    /// HTCDS 2.0, `prs_Gender`.
    pub enum Gender {
        Feminine = "Feminine", "Feminine";
        Masculine = "Masculine", "Masculine";
        TransgenderFeminine = "TransgenderFeminine", "Transgender Feminine";
        TransgenderMasculine = "TransgenderMasculine", "Transgender Masculine";
        NonConforming = "NonConforming", "Non-Conforming";
        NonSpecifiedUnknown = "NonSpecifiedUnknown", "Not Specified/Unknown", also ["NotSpecifiedUnknown"];
    }
}

htcds_list! {
    /// Marital status.
    ///
    /// # Sources
    /// HTCDS 2.0, `prs_MaritalStatus`.
    pub enum MaritalStatus {
        Single = "Single", "Single";
        Married = "Married", "Married";
        Widowed = "Widowed", "Widowed";
        Divorced = "Divorced", "Divorced";
        Separated = "Separated", "Separated";
        RegisteredPartnership = "RegisteredPartnership", "Registered Partnership";
    }
}

htcds_list! {
    /// Highest level of education, by the levels of ISCED 2011.
    ///
    /// # Sources
    /// HTCDS 2.0, `prs_HighestLevelOfEducation`.
    pub enum HighestLevelOfEducation {
        EarlyChildhoodEducation = "EarlyChildhoodEducation", "Early Childhood Education";
        PrimaryEducation = "PrimaryEducation", "Primary Education";
        LowerSecondaryEducation = "LowerSecondaryEducation", "Lower Secondary Education";
        UpperSecondaryEducation = "UpperSecondaryEducation", "Upper Secondary Education";
        PostSecondaryNonTertiaryEducation = "PostSecondaryNonTertiaryEducation", "Post-secondary Non-tertiary Education";
        ShortCycleTertiaryEducation = "ShortCycleTertiaryEducation", "Short-cycle Tertiary Education";
        BachelorsOrEquivalentLevel = "BachelorsOrEquivalentLevel", "Bachelor’s or Equivalent Level";
        MastersOrEquivalentLevel = "MastersOrEquivalentLevel", "Master’s or Equivalent Level";
        DoctoralOrEquivalentLevel = "DoctoralOrEquivalentLevel", "Doctoral or Equivalent Level";
    }
}
