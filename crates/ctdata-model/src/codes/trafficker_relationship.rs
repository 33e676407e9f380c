//! Relation of the trafficker to the victim.

use super::code_list;

code_list! {
    /// What the trafficker was to the victim. The recruiter of CTDC is another role: see
    /// [`RecruiterRelation`](crate::RecruiterRelation).
    ///
    /// # Sources
    /// HTCDS 2.0, `vic_RelationshipToTrafficker`.
    pub enum TraffickerRelationship {
        Familial = "familial", "Familial";
        Acquainted = "acquainted", "Acquainted";
        /// The code keeps the spelling of the standard.
        Unacquainted = "unaquainted", "Unacquainted";
    }
}
