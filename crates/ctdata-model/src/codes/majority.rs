//! Minor or adult.

use super::code_list;

code_list! {
    /// Minor (under 18) or adult. The moment belongs to the attribute: CTDC has one column at
    /// registration, one when exploitation began and one on entry into trafficking.
    ///
    /// # Sources
    /// CTDC Data Codebook, version 6 (2017), `majorityStatus`.
    pub enum Majority {
        Minor = "minor", "Minor";
        Adult = "adult", "Adult";
    }
}
