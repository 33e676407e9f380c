//! Gender of a person.

use super::code_list;

code_list! {
    /// Gender, or sex where the source does not separate the two (CTDC before 2024).
    ///
    /// ```
    /// use ctdata_model::Gender;
    ///
    /// assert_eq!("Woman".parse(), Ok(Gender::Female));
    /// assert_eq!("Feminine".parse(), Ok(Gender::Female));
    /// assert!("Unknown".parse::<Gender>().is_err());
    /// ```
    ///
    /// # Sources
    /// HTCDS 2.0, `prs_Gender`; CTDC, `gender` in the releases of 2017 to 2025.
    pub enum Gender {
        Female = "female", "Female", also ["Woman", "Feminine"];
        Male = "male", "Male", also ["Man", "Masculine"];
        TransgenderFeminine = "transgender-feminine", "Transgender feminine",
            also ["TransgenderFeminine"];
        TransgenderMasculine = "transgender-masculine", "Transgender masculine",
            also ["TransgenderMasculine"];
        NonConforming = "non-conforming", "Non-conforming", also ["NonConforming"];
        /// The merged statement of CTDC.
        TransgenderOrNonConforming = "transgender-or-non-conforming", "Transgender or non-conforming",
            also ["Transgender/NonConforming", "Trans/Transgender/NonConforming"],
            merges [TransgenderFeminine, TransgenderMasculine, NonConforming];
    }
}
