//! Age bands of perpetrators.

use super::code_list;

code_list! {
    /// Age of a perpetrator in completed years, in the bands of the victim-perpetrator file.
    ///
    /// # Sources
    /// CTDC victim-perpetrator synthetic data set, dictionary of 1 December 2022, `IP_ageBroad`.
    pub enum PerpetratorAgeBand {
        From0To29 = "0-29", "0 to 29 years", also ["0--29", "0–29"];
        From30To38 = "30-38", "30 to 38 years", also ["30--38", "30–38"];
        From39To47 = "39-47", "39 to 47 years", also ["39--47", "39–47"];
        From48 = "48+", "48 years and over";
    }
}
