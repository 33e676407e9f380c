//! Protection of tables of counts: what is withheld or perturbed, and the proof that nobody can undo it.
//!
//! Tables become a [`TableSystem`] of cells and relations ([`SystemBuilder`]). Primary rules mark cells that give
//! somebody away ([`mark`]); secondary suppression withholds more until no marked cell follows from the rest
//! ([`suppress`]); the audit computes how far an attacker can narrow each, and what is too narrow is repaired.
//! [`protect()`] does the last three steps at once. Only [`ProtectedTables`] that a verifier has recounted, proof by proof,
//! can be published.
//!
//! | question | types |
//! |---|---|
//! | which cells are there, and how do they hang together? | [`SystemBuilder`], [`TableSystem`], [`Relation`] |
//! | which give somebody away? | [`PrimaryRules`], [`mark`], [`mark_with`], [`Contributions`] |
//! | what is withheld? | [`protect()`], [`suppress`], [`Pattern`] |
//! | how far can an attacker narrow a cell? | [`audit()`], [`feasible_interval`], [`Witness`] |
//! | how are figures perturbed instead? | [`RandomRounding`], [`round_controlled`], [`PerturbationTable`] |
//! | what do releases tell together? | [`differencing()`], [`union`] |
//! | may it be published? | [`ProtectedTables`], [`TableCertificate`] |
//!
//! # Guarantee
//! For each marked cell other tables agree with everything published, in which its count is above the true one by its
//! upper [`Level`], and below it by its lower level ([`proofs::table_suppression`](crate::proofs::table_suppression)).
//! [`suppress`] alone, without the audit, promises less: no marked cell follows exactly by the relations.
//!
//! # What is not protected
//! - Several contributors together: [`SuppressOptions::singletons`] thinks of one person who is alone in a cell, not of
//!   people who put what they know together, and the audit of nobody who knows records.
//! - What is known from outside, unless it is in the bounds of cells ([`SystemBuilder::bounds`]), is a fixed cell or is
//!   another table of the system.
//! - The zeros of a table that has more cells than [`SystemBuilder::with_zeros_limit`]: they count as known to everybody.
//! - What follows from joint counts not being negative where no table counts all variables together: see
//!   [`SystemBuilder::joint_variables`].
//! - Zeros, unless [`PrimaryRules::zeros`] says so, and what all of a group have in common beyond the rules.
//! - Figures that are perturbed have no proof of this kind: see [`proofs::random_rounding`](crate::proofs::random_rounding)
//!   and [`proofs::cell_key`](crate::proofs::cell_key).

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
