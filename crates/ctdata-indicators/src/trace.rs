//! Which counts a figure is made of, so that tables can be protected figure by figure.

use crate::Estimate;
use crate::catalogue::Definition;
use crate::profile::Listed;
use ctdata_table::CountTable;
use std::sync::Arc;

/// One cell of one of the count tables that figures were computed from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellRef {
    /// The position of its table among those handed in.
    pub table: usize,
    /// The positions of its categories; the cell may be zero and absent from the table.
    pub key: Vec<u16>,
}

/// An estimate, and the cells whose counts add up to each number printed with it.
///
/// `numerator` sums to [`Estimate::numerator`], and so on; a rate has residents for a base and no cells there.
/// Whoever withholds a cell withholds every estimate that would give it away. Figures over the same persons share the
/// list of their cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Traced {
    /// The figure.
    pub estimate: Estimate,
    /// The cells of the numerator.
    pub numerator: Arc<[CellRef]>,
    /// The cells of the base.
    pub base: Arc<[CellRef]>,
    /// The cells of the persons outside the base.
    pub unknown: Arc<[CellRef]>,
}

/// The cells to read of each table of an indicator: with those that could be, up to a limit.
pub(crate) fn listed(definition: &Definition, tables: &[CountTable], zeros_limit: usize) -> Vec<Vec<Listed>> {
    let of = |table: &CountTable| {
        // Ids of tables begin with that of their indicator.
        if table.id().split('.').next() != Some(definition.id) {
            return Vec::new();
        }
        let with_zeros = table.cells_with_zeros(zeros_limit);
        with_zeros.unwrap_or_else(|| table.cells().map(|(key, count)| (key.to_vec(), count)).collect())
    };
    tables.iter().map(of).collect()
}
