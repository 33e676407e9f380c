//! What a graphical synthesizer hands back.

use ctdata_table::{Constraint, StopReason, Table};

use crate::PrivacyError;
use crate::dp::{Expense, Rho};

/// Which attributes are synthesized, and what is known of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Scope {
    pub(super) attributes: Vec<String>,
    pub(super) constraints: Vec<Constraint>,
}

impl Scope {
    /// The attributes of a table that are asked for, in its order.
    pub(super) fn select(&self, table: &Table) -> Result<Table, PrivacyError> {
        let invalid = |parameter, rule: &str| Err(PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() });
        if table.weights().is_some() {
            return invalid("table", "weighted records have no bounded sensitivity");
        }
        let mut positions: Vec<usize> = if self.attributes.is_empty() {
            (0..table.schema().len()).collect()
        } else {
            crate::quasi::check_distinct(&self.attributes)?;
            self.attributes.iter().map(|name| table.schema().position(name)).collect::<Result<_, _>>()?
        };
        positions.sort_unstable();
        if positions.is_empty() {
            return invalid("attributes", "at least one is synthesized");
        }
        Ok(table.select(&positions)?.without_ids())
    }
}

/// A graphical synthesizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum GraphicalMethod {
    /// A tree of pairs.
    Mst,
    /// Sets chosen one after the other for a workload.
    Aim,
    /// Noisy counts that were released before.
    Given,
}

/// How finely an attribute is modelled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ModelledAttribute {
    /// Its name.
    pub name: String,
    /// Codes of its public domain, kinds of missing included.
    pub values: u64,
    /// Codes that the model tells apart: rare ones are merged by noisy counts.
    pub modelled: u64,
}

/// A set of attributes whose noisy counts were released.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MeasuredSet {
    /// Their names.
    pub attributes: Vec<String>,
    /// How many counts.
    pub cells: u64,
    /// The standard deviation of the noise of each count.
    pub sigma: f64,
    /// What it cost, for all records of one person.
    pub rho: Rho,
}

/// How a synthetic table was made. Every figure is public, was chosen by a charged mechanism or was computed from
/// noisy counts, so that the report may be published with the table.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct GraphicalReport {
    /// By which method.
    pub method: GraphicalMethod,
    /// Rows of the synthetic table: a noisy count.
    pub rows: u64,
    /// How finely each attribute is modelled, in the order of the table.
    pub attributes: Vec<ModelledAttribute>,
    /// What was measured, in order.
    pub measured: Vec<MeasuredSet>,
    /// Rounds of choosing and measuring.
    pub rounds: u32,
    /// Cells of the junction tree.
    pub cells: u64,
    /// Names of constraints that the model could not hold within the cap.
    pub not_enforced: Vec<String>,
    /// What was spent, in order.
    pub expenses: Vec<Expense>,
    /// Why it ended early, if it did: with the best model so far.
    pub stopped: Option<StopReason>,
}

/// A synthetic table and how it was made.
#[derive(Debug)]
pub(crate) struct GraphicalDraft {
    pub(crate) table: Table,
    pub(crate) report: GraphicalReport,
}
