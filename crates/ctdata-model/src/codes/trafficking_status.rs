//! Whether a person was identified as a victim.

use super::code_list;

code_list! {
    /// Whether the person was identified as a victim of trafficking.
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_TraffickingStatus`.
    pub enum TraffickingStatus {
        /// Details need not be verified yet.
        PossibleVictim = "possible-victim", "Possible victim of trafficking",
            also ["PossibleVictimOfTrafficking"];
        ActualVictim = "actual-victim", "Actual victim of trafficking",
            also ["ActualVictimOfTrafficking"];
        /// Such a record never enters a CTDC layout.
        NotAVictim = "not-a-victim", "Not a victim of trafficking", also ["NotAVictimOfTrafficking"];
    }
}
