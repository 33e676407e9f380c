//! Tables of the confidential counts with changed figures: rounded, or with noise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ctdata_indicators::Estimate;
use ctdata_privacy::tables::{
    CellId, ControlledRoundingOptions, FigureKeys, NoiseDesign, PerturbationTable, ProtectedTables, RandomRounding,
    RecordKeys, SystemBuilder, TableKey, TableRules, round_controlled, tabulate_keys,
};
use ctdata_table::{Control, Table, Variable};

use super::confidential::{Protected, Traced, cells, dimensions, unit};
use super::figures::Known;
use crate::{PublishError, TableMethod, TablesPlan};

/// What every changed figure says of itself.
const CHANGED: &str = "counts changed a little to protect persons";
/// What it says of its interval.
const INTERVAL: &str = "the interval does not cover that change";

/// What is to be thought of where records are released beside changed figures.
pub(super) const BESIDE_RECORDS: &str = "tables: readers can count the released records, which are not changed: a figure \
     cannot be below what they show, and how much that narrows the changed figures was not worked out";

/// Changes what was traced by the method of a plan whose files are in `folder`.
pub(super) fn perturbed(
    traced: Traced,
    plan: &TablesPlan,
    folder: &Path,
    cases: &Table,
    control: &Control,
) -> Result<Protected, PublishError> {
    let Traced { builder, known, figures, skipped } = traced;
    // The design is checked before anything is counted.
    let design = match plan.method {
        TableMethod::CellKey => Some(noise(plan)?),
        _ => None,
    };
    let keys = plan.key.as_ref().map(|file| key(&folder.join(file))).transpose()?;
    let records = keys.as_ref().map(|key| RecordKeys::of(cases, key));
    let of_cells = match &records {
        Some(records) => cell_keys(&builder, &known, cases, records, control)?,
        None => BTreeMap::new(),
    };
    let system = builder.finish()?;
    let rules = TableRules::new(unit(cases), []).with_dimensions(dimensions(&known));
    let base = plan.base.unwrap_or(0);
    control.report("protecting tables", 0, None);
    let output = match (plan.method, keys, design) {
        (TableMethod::RandomRounding, Some(key), _) => {
            let of_figures = FigureKeys::complete(&system, of_cells)?;
            ProtectedTables::randomly_rounded(system, RandomRounding::try_new(base, key)?, of_figures, rules)
        }
        (TableMethod::CellKey, Some(_), Some(table)) => {
            let of_figures = FigureKeys::complete(&system, of_cells)?;
            ProtectedTables::with_cell_key_noise(system, table, of_figures, rules)
        }
        (TableMethod::ControlledRounding, ..) => {
            let rounding = round_controlled(&system, base, ControlledRoundingOptions::default(), control)?;
            ProtectedTables::rounded_to_add_up(system, rounding, rules)
        }
        _ => return Err(PublishError::plan(format!("tables: method = \"{}\" needs `key`", plan.method.name()))),
    };
    control.report("verifying tables", 0, None);
    let released = output.verify(control)?;
    let remarks = records.map(|_| changes_with_order(cases).to_owned()).into_iter().collect();
    Ok(Protected { figures, skipped, released, remarks, compared: Vec::new() })
}

/// What the order of a file has to do with the keys of its records.
pub(super) fn changes_with_order(cases: &Table) -> &'static str {
    if cases.ids().is_some() {
        "tables: the noise of a count goes with the places of its persons among those of the file: keep their order from \
         release to release and add new ones at the end, or two releases together tell more than one"
    } else {
        "tables: the records have no identifier, so that the noise of a count goes with their rows: keep their order from \
         release to release and add new ones at the end, or two releases together tell more than one"
    }
}

fn noise(plan: &TablesPlan) -> Result<PerturbationTable, PublishError> {
    let design = NoiseDesign {
        max_noise: plan.largest.unwrap_or(0),
        variance: plan.variance.unwrap_or(0.0),
        never_up_to: plan.never_up_to.unwrap_or(0),
    };
    // The plan calls the largest noise `largest`.
    PerturbationTable::solve(design)
        .map_err(|error| PublishError::from(error).at("tables: largest, variance, never_up_to"))
}

/// The secret key in a file. An error says nothing of what is in it.
fn key(path: &Path) -> Result<TableKey, PublishError> {
    let refused = |why: &dyn std::fmt::Display| PublishError::plan(format!("tables: key: {}: {why}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| refused(&error))?;
    TableKey::from_bytes(&bytes).map_err(|_| refused(&"a key has 16 bytes or more, and not all the same"))
}

/// The sum of the keys of the records in each cell of the tables.
fn cell_keys(
    builder: &SystemBuilder,
    known: &Known,
    cases: &Table,
    records: &RecordKeys,
    control: &Control,
) -> Result<BTreeMap<CellId, u64>, PublishError> {
    let mut all = BTreeMap::new();
    for (table, index) in known.tables() {
        control.check()?;
        let variables: Vec<Variable> = table.dimensions().iter().map(|dimension| dimension.variable.clone()).collect();
        let sums = tabulate_keys(cases, &variables, records, control)?;
        // Several categories can be one cell of the system, and several tables can have the same cells.
        let mut own = BTreeMap::<CellId, u64>::new();
        for (key, cell) in cells(builder, table, index) {
            let sum = own.entry(cell).or_default();
            *sum = sum.wrapping_add(sums.get(&key));
        }
        all.extend(own);
    }
    Ok(all)
}

/// Notes on changed figures, and those left out that would tell small counts from none: a figure that became zero in a
/// category, or a table, of which true zeros are not listed.
pub(super) fn finish(estimates: &mut Vec<Estimate>, lists_zeros: bool) {
    let is_zero = |estimate: &Estimate| estimate.numerator == Some(0);
    let coordinates = |estimate: &Estimate| -> Vec<(String, String)> {
        estimate.dimensions.iter().map(|of| (of.name.to_string(), of.code.to_string())).collect()
    };
    let told: BTreeSet<(String, String)> =
        estimates.iter().filter(|estimate| !is_zero(estimate)).flat_map(&coordinates).collect();
    estimates.retain(|estimate| {
        let is_told = || lists_zeros && coordinates(estimate).iter().all(|coordinate| told.contains(coordinate));
        !is_zero(estimate) || estimate.dimensions.iter().next().is_none() || is_told()
    });
    for estimate in estimates {
        estimate.notes.push(CHANGED.into());
        if estimate.interval.is_some() {
            estimate.notes.push(INTERVAL.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ctdata_indicators::estimate::Dimension;

    use super::*;

    fn figure(country: &'static str, year: &'static str, count: u64) -> Estimate {
        let mut estimate = Estimate::count("flows", count);
        estimate.dimensions.set(Dimension::new("country", country, country));
        estimate.dimensions.set(Dimension::new("year", year, year));
        estimate
    }

    #[test]
    fn zeros_are_left_where_true_zeros_are_listed() {
        let all = || {
            let mut all = vec![Estimate::count("flows", 0)];
            all.extend([figure("KE", "2019", 3), figure("UG", "2020", 3), figure("KE", "2020", 0)]);
            // Nobody else is told to be of this country: that it is listed would say that somebody is.
            all.push(figure("TZ", "2020", 0));
            all
        };
        let mut listed = all();
        finish(&mut listed, true);
        assert_eq!(listed.len(), 4);
        assert!(listed.iter().all(|estimate| estimate.notes.len() == 1));
        let mut sparse = all();
        finish(&mut sparse, false);
        assert_eq!(sparse.iter().map(|estimate| estimate.numerator).collect::<Vec<_>>(), [Some(0), Some(3), Some(3)]);
    }

    #[test]
    fn a_key_file_is_named_and_never_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let refusal = |path: &Path| key(path).unwrap_err().to_string();
        assert!(refusal(&path).contains("tables: key: ") && refusal(&path).contains("secret"));
        fs::write(&path, "hunter2").unwrap();
        assert!(refusal(&path).contains("16 bytes") && !refusal(&path).contains("hunter"));
        fs::write(&path, "a secret of enough bytes").unwrap();
        assert!(key(&path).is_ok());
    }
}
