//! Relation of a perpetrator to the victim in the victim-perpetrator file.

use super::code_list;

code_list! {
    /// What a perpetrator was to the victim, in the merged groups of the victim-perpetrator file.
    ///
    /// # Sources
    /// CTDC victim-perpetrator synthetic data set, dictionary of 1 December 2022, `IP_Relation`.
    pub enum PerpetratorRelation {
        FamilyOrIntimatePartner = "family-or-intimate-partner", "Family or intimate partner",
            also ["FamilyIntimatePartner"];
        FriendOrAcquaintance = "friend-or-acquaintance", "Friend or acquaintance",
            also ["FriendAcquaintance"];
        /// Includes "unknown": not to be read as a known relation.
        StrangerUnknownOrOther = "stranger-unknown-or-other", "Stranger, unknown or other",
            also ["StrangerUnknownOther"];
    }
}
