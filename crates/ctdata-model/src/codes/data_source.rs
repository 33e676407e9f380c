//! How a record came to CTDC.

use super::code_list;

code_list! {
    /// How a record came to be. Hotline records are unverified statements.
    ///
    /// # Sources
    /// CTDC Data Codebook, version 6 (2017), `Datasource`.
    pub enum DataSource {
        CaseManagement = "case-management", "Case management";
        Hotline = "hotline", "Hotline";
    }
}
