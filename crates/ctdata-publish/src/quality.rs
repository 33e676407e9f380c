//! How much of the input a release keeps. For the house: it is computed from confidential data too.

use ctdata_privacy::{BlankedCells, Released};
use ctdata_table::{Control, CountTable, Table, Variable, tabulate};
use serde::Serialize;

use crate::PublishError;
use crate::perturb::Preparations;
use crate::roles::Roles;

/// How much one column changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnQuality {
    /// The attribute.
    pub attribute: String,
    /// Total variation between the distributions of input and release, missing being a value: the share of
    /// records that would have to change to make one the other. 0 is best, 1 worst. A generalized column is
    /// compared on its level; none where levels differ from record to record, or where perturbation made
    /// values that the input has no level for.
    pub total_variation: Option<f64>,
}

/// How much of the input a release keeps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// Records kept, as a share of the input.
    pub records_kept: f64,
    /// Cells blanked among the records kept, for each column that cells were blanked of.
    pub cells_blanked: Vec<BlankedCells>,
    /// Each released column.
    pub columns: Vec<ColumnQuality>,
}

impl Quality {
    /// Compares a release with its input.
    pub(crate) fn measure(
        input: &Table,
        preparations: &Preparations,
        roles: &Roles,
        released: &Released<Table>,
        control: &Control,
    ) -> Result<Self, PublishError> {
        let statement = released.statement();
        let mut columns = Vec::new();
        for attribute in released.get().schema().attributes() {
            let name = attribute.name();
            let level = statement.generalized.iter().find(|column| column.attribute == name).map(|column| column.level);
            let comparable = match level {
                None => Some(input.clone()),
                Some(None) => None,
                Some(Some(level)) if preparations.changes(name) => roles.on_level(input, name, level).ok().flatten(),
                Some(Some(level)) => roles.on_level(input, name, level)?,
            };
            let total_variation = match comparable {
                Some(input) => {
                    let variable = [Variable::attribute(name)];
                    let before = tabulate(&input, name, &variable, control)?;
                    Some(total_variation(&before, &tabulate(released.get(), name, &variable, control)?))
                }
                None => None,
            };
            columns.push(ColumnQuality { attribute: name.to_owned(), total_variation });
        }
        let records = statement.records.clone().unwrap_or_default();
        Ok(Self { records_kept: 1.0 - records.share_suppressed, cells_blanked: statement.blanked.clone(), columns })
    }
}

/// Half the sum of the differences of shares, categories matched by code.
fn total_variation(before: &CountTable, after: &CountTable) -> f64 {
    let share = |table: &CountTable, code: &str| {
        let position = table.dimensions().first().and_then(|dimension| dimension.position(code));
        let count = position.map_or(0, |position| table.get(&[position]));
        if table.total() == 0 { 0.0 } else { as_f64(count) / as_f64(table.total()) }
    };
    let codes = |table: &CountTable| -> Vec<String> {
        let categories = table.dimensions().first().map(|dimension| dimension.categories.as_slice());
        categories.unwrap_or_default().iter().map(|category| category.code.clone()).collect()
    };
    let mut all = codes(before);
    all.extend(codes(after));
    all.sort_unstable();
    all.dedup();
    all.iter().map(|code| (share(before, code) - share(after, code)).abs()).sum::<f64>() / 2.0
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{Attribute, Column, Schema};

    fn flags(codes: Vec<u8>) -> CountTable {
        let schema = Schema::try_new(vec![Attribute::flag("a")]).unwrap();
        let table = Table::try_new(schema, vec![Column::from_u8(codes)]).unwrap();
        tabulate(&table, "a", &[Variable::attribute("a")], &Control::default()).unwrap()
    }

    #[test]
    fn total_variation_is_the_share_that_would_have_to_change() {
        let half = flags(vec![0, 1]);
        assert!(total_variation(&half, &half).abs() < 1e-12);
        assert!((total_variation(&half, &flags(vec![1, 1, 1])) - 0.5).abs() < 1e-12);
        assert!((total_variation(&flags(vec![0]), &flags(vec![2])) - 1.0).abs() < 1e-12);
        assert!((total_variation(&half, &flags(vec![])) - 0.5).abs() < 1e-12);
    }
}
