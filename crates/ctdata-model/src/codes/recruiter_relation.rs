//! Relation of the recruiter to the victim.

use super::code_list;

code_list! {
    /// What the recruiter was to the victim. A case can have several. Labels are those of CTDC's column
    /// `RecruiterRelationship`. The trafficker of HTCDS is another role: see
    /// [`TraffickerRelationship`](crate::TraffickerRelationship).
    ///
    /// # Sources
    /// CTDC Data Codebook, version 6 (2017), `recruiterRelation…`.
    pub enum RecruiterRelation {
        IntimatePartner = "intimate-partner", "Intimate Partner", also ["IntimatePartner"];
        Friend = "friend", "Friend/Acquaintance";
        Family = "family", "Family/Relative";
        /// Brokers, contractors, employers, smugglers and strangers among them.
        Other = "other", "Other";
    }
}
