//! Protection of tables of counts: what is withheld or perturbed, and the proof that nobody can undo it.
//!
//! Tables become a [`TableSystem`] of cells and relations. Primary rules mark cells that give somebody away; secondary
//! suppression withholds more until no marked cell follows from the rest; the audit computes how far an attacker can
//! narrow each, and what is too narrow is repaired.

mod cell_key;
mod differencing;
mod release;
mod rounding;
mod system;
mod witness;

pub use cell_key::{
    FigureKeys, KeySums, NoiseDesign, PerturbationTable, PerturbedCounts, RecordKeys, TableKey, tabulate_keys,
};
pub use differencing::{
    Additions, DifferencingAudit, DifferencingFinding, DifferencingOptions, DifferencingRule, KnownBound,
    PublishedFigures, ReleaseUnion, differencing, union,
};
pub use release::{ProtectedTables, TableCertificate, TableMethod, TableRule, TableRules};
pub use rounding::{
    ControlledRounding, ControlledRoundingOptions, RandomRounding, round_controlled, round_down, round_nearest,
};
pub use system::{CellId, Level, Pattern, Relation, Standing, SystemCell, TableSystem};
pub use witness::{Direction, Witness};
