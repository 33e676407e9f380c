//! Sectors of forced labour.

use super::code_list;

code_list! {
    /// Sectors of forced labour in CTDC, in the order of its columns. A case can have several. Labels are
    /// those of CTDC's concatenated column.
    ///
    /// # Sources
    /// CTDC Data Codebook, version 6 (2017), `typeOfLabour…`.
    pub enum LabourSector {
        Agriculture = "agriculture", "Agriculture";
        Aquafarming = "aquafarming", "Aquafarming";
        /// A form of exploitation in HTCDS.
        Begging = "begging", "Begging";
        Construction = "construction", "Construction";
        DomesticWork = "domestic-work", "Domestic work", also ["DomesticWork"];
        Hospitality = "hospitality", "Hospitality";
        IllicitActivities = "illicit-activities", "Illicit activities", also ["IllicitActivities"];
        Manufacturing = "manufacturing", "Manufacturing";
        MiningOrDrilling = "mining-or-drilling", "Mining or drilling", also ["MiningOrDrilling"];
        Peddling = "peddling", "Peddling";
        Transportation = "transportation", "Transportation";
        Other = "other", "Other";
        /// What `typeOfLabourOther` of the synthetic release of 2021 says.
        OtherThanMainFour = "other-than-main-four",
            "Other than agriculture, construction, domestic work or hospitality",
            merges [
                Aquafarming, Begging, IllicitActivities, Manufacturing, MiningOrDrilling, Peddling,
                Transportation, Other,
            ];
    }
}
