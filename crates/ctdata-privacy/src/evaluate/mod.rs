//! How far released records are from the original, and what an attacker gains from them.

mod audit;

pub use audit::{AuditReport, DpAudit, Neighbour};
