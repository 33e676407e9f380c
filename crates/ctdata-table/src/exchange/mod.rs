//! Neutral types that the crates above hand to each other: none of them knows what the data is about.

mod constraint;
mod control;
mod count_table;
mod hierarchy;
mod variable;

pub use constraint::{Constraint, ResolvedTerm, Term};
pub use control::{Control, Progress, StopReason};
pub use count_table::{CountTable, Dimension};
pub use hierarchy::{DateUnit, Groups, Hierarchy, HierarchyMisses, HierarchyRule, Intervals, Level, Masking, Side};
pub use variable::{Category, Variable};
