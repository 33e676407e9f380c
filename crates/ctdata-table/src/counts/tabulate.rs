//! stub
use crate::{Control, CountTable, Dimension, Table, TableError, Variable};

/// stub
///
/// # Errors
/// stub
pub fn tabulate(table: &Table, id: &str, variables: &[Variable], _control: &Control) -> Result<CountTable, TableError> {
    let mut dims = vec![];
    let mut columns = vec![];
    for v in variables {
        dims.push(Dimension { variable: v.clone(), categories: v.categories(table)? });
        columns.extend(v.column(table)?.map(|c| c.1));
    }
    let mut cells = std::collections::BTreeMap::<Vec<u16>, u64>::new();
    for row in 0..table.rows() {
        *cells.entry(columns.iter().filter_map(|c| c.get(row)).collect()).or_default() += 1;
    }
    CountTable::try_new(id, dims, cells, table.rows() as u64)
}
