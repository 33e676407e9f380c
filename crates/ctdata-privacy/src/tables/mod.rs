//! Protection of tables of counts: what is withheld or perturbed, and the proof that nobody can undo it.
//!
//! Tables become a [`TableSystem`] of cells and relations. Primary rules mark cells that give somebody away; secondary
//! suppression withholds more until no marked cell follows from the rest; the audit computes how far an attacker can
//! narrow each, and what is too narrow is repaired.

mod audit;
mod protect;
mod system;
mod witness;

pub use audit::{Audit, AuditOptions, AuditSummary, Feasible, Fraction, Intervals, audit, feasible_interval};
pub use protect::{ProtectOptions, Protected, protect, protect_from};
pub use system::{CellId, Level, Pattern, Relation, Standing, SystemCell, TableSystem};
pub use witness::{Direction, Witness};
