//! Columns whose records are on different levels of their hierarchy.

use std::collections::BTreeMap;

use ctdata_table::{Attribute, Cell, Column, Domain, Hierarchy, Origin, Table};

use super::{Meaning, QuasiIdentifier, RecodedColumn};
use crate::PrivacyError;

/// The column of a quasi-identifier with each row on its own level. A text that names the same leaves on
/// several levels is one value.
///
/// # Errors
/// A text that names different leaves on two of the levels in use: nobody could tell which is meant.
pub(crate) fn recode_by_row(
    table: &Table,
    quasi: &QuasiIdentifier,
    level_of_row: &[usize],
) -> Result<RecodedColumn, PrivacyError> {
    let (attribute, column) = table.named(quasi.name())?;
    let hierarchy = quasi.hierarchy();
    // For each value and level in use, the text.
    let mut codes: BTreeMap<(usize, u16), u16> = BTreeMap::new();
    for (code, &level) in column.iter().zip(level_of_row) {
        if let Some(Cell::Value(leaf)) = attribute.cell(code)
            && let Some(&at) = hierarchy.level(level).and_then(|level| level.of_leaf().get(usize::from(leaf)))
        {
            codes.insert((level, at), 0);
        }
    }
    let mut labels: BTreeMap<String, Meaning> = BTreeMap::new();
    for &(level, code) in codes.keys() {
        let label = hierarchy.level(level).and_then(|level| level.domain().label(code)).unwrap_or_default();
        let meaning = Meaning::Node { level, code };
        match labels.get(&*label) {
            Some(Meaning::Node { level: other, code: same }) => {
                if leaves(hierarchy, level, code).ne(leaves(hierarchy, *other, *same)) {
                    let rule = format!("`{label}` of `{}` names different values on two levels", quasi.name());
                    return Err(PrivacyError::InvalidParameter { parameter: "hierarchy", rule });
                }
            }
            _ => {
                labels.insert(label.into_owned(), meaning);
            }
        }
    }
    let domain = Domain::nominal(labels.keys().cloned(), Origin::Observed)?;
    let recoded = Attribute::new(attribute.shared_name(), domain, attribute.missing());
    for (&(level, code), new) in &mut codes {
        let label = hierarchy.level(level).and_then(|level| level.domain().label(code)).unwrap_or_default();
        *new = recoded.domain().code_of(&label).unwrap_or_default();
    }
    let cells: Vec<u16> = column
        .iter()
        .zip(level_of_row)
        .map(|(code, &level)| match attribute.cell(code) {
            Some(Cell::Value(leaf)) => {
                let at = hierarchy.level(level).and_then(|level| level.of_leaf().get(usize::from(leaf)).copied());
                at.and_then(|at| codes.get(&(level, at)).copied()).unwrap_or_default()
            }
            other => other.and_then(|cell| recoded.code(cell)).unwrap_or_default(),
        })
        .collect();
    let column = Column::from_codes(&cells, recoded.code_count());
    Ok(RecodedColumn { attribute: recoded, column, meanings: labels.into_values().collect() })
}

/// The leaves under a value of a level.
fn leaves(hierarchy: &Hierarchy, level: usize, code: u16) -> impl Iterator<Item = usize> + '_ {
    let of_leaf = hierarchy.level(level).map(ctdata_table::Level::of_leaf).unwrap_or_default();
    of_leaf.iter().enumerate().filter(move |(_, at)| **at == code).map(|(leaf, _)| leaf)
}
