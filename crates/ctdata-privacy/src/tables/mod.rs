//! Protection of tables of counts: what is withheld or perturbed, and the proof that nobody can undo it.
//!
//! Tables become a [`TableSystem`] of cells and relations ([`SystemBuilder`]). Primary rules mark cells that give
//! somebody away ([`mark`]); secondary suppression withholds more until no marked cell follows from the rest
//! ([`suppress`]); the audit computes how far an attacker can narrow each, and what is too narrow is repaired.

mod audit;
mod build;
mod cell_key;
#[cfg(test)]
mod dense;
mod differencing;
mod primary;
mod protect;
mod release;
mod rounding;
mod secondary;
mod system;
mod witness;

pub use audit::{Audit, AuditOptions, AuditSummary, Feasible, Fraction, Intervals, audit, feasible_interval};
pub use build::{SystemBuilder, TableIndex};
pub use cell_key::{
    FigureKeys, KeySums, NoiseDesign, PerturbationTable, PerturbedCounts, RecordKeys, TableKey, tabulate_keys,
};
pub use differencing::{
    Additions, DifferencingAudit, DifferencingFinding, DifferencingOptions, DifferencingRule, KnownBound,
    PublishedFigures, ReleaseUnion, differencing, union,
};
pub use primary::{Contributions, Dominance, PrimaryReport, PrimaryRules, mark, mark_with};
pub use protect::{ProtectOptions, Protected, protect, protect_from};
pub use release::{ProtectedTables, TableCertificate, TableMethod, TableRule, TableRules};
pub use rounding::{
    ControlledRounding, ControlledRoundingOptions, RandomRounding, round_controlled, round_down, round_nearest,
};
pub use secondary::{SuppressOptions, suppress, suppress_with};
pub use system::{CellId, Level, Pattern, Relation, Standing, SystemCell, TableSystem};
pub use witness::{Direction, Witness};
