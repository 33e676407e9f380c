//! A model of noisy counts that were released before.

use ctdata_table::{Attribute, Control, Schema, Table};

use super::{
    FitOptions, GraphicalDraft, GraphicalMethod, GraphicalModel, GraphicalReport, Impossible, MeasuredSet, Measurement,
    ModelledAttribute,
};
use crate::PrivacyError;
use crate::dp::{NoiseSource, Rho};

/// Fits a model to noisy counts over the codes of a public schema and draws records from it: as many as their sums
/// say. It spends nothing.
///
/// # Errors
/// Those of [`GraphicalModel::fit`] and [`GraphicalModel::sample`].
pub(crate) fn draw_from(
    schema: &Schema,
    measurements: &[Measurement],
    impossible: &[Impossible],
    max_cells: u64,
    source: &mut NoiseSource,
    control: &Control,
) -> Result<GraphicalDraft, PrivacyError> {
    let shape: Vec<usize> = schema.attributes().iter().map(Attribute::code_count).collect();
    let options = FitOptions { max_cells: max_cells.into(), iterations: 300, tolerance: 1e-5 };
    let model = GraphicalModel::fit(&shape, measurements, impossible, None, &options, None, control)?;
    let control = control.clone().without_deadline();
    let columns = model.sample(super::measure::rows_of(model.total()), source, &control)?;
    let table = Table::try_new(schema.clone(), columns)?;
    let names = |set: &[usize]| -> Vec<String> {
        set.iter().filter_map(|&position| schema.get(position)).map(|of| of.name().to_owned()).collect()
    };
    let measured = measurements.iter().map(|measurement| MeasuredSet {
        attributes: names(&measurement.attributes),
        cells: measurement.values.len() as u64,
        sigma: measurement.variance.sqrt(),
        rho: Rho::ZERO,
    });
    let attributes = schema.attributes().iter().map(|attribute| ModelledAttribute {
        name: attribute.name().to_owned(),
        values: attribute.code_count() as u64,
        modelled: attribute.code_count() as u64,
    });
    let not_enforced = model.unenforced().iter().filter_map(|&place| impossible.get(place));
    let report = GraphicalReport {
        method: GraphicalMethod::Given,
        rows: table.rows() as u64,
        attributes: attributes.collect(),
        measured: measured.collect(),
        rounds: 0,
        cells: u64::try_from(model.cells()).unwrap_or(u64::MAX),
        not_enforced: not_enforced.map(|cells| names(&cells.attributes).join(", ")).collect(),
        expenses: Vec::new(),
        stopped: control.stopped(),
    };
    Ok(GraphicalDraft { table, report })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_counts_become_records() {
        let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")]).unwrap();
        let both = vec![500.0, 0.0, -20.0, 10.0, 300.0, 0.0, 15.0, 0.0, 200.0];
        let measurements = [Measurement { attributes: vec![0, 1], values: both, variance: 100.0 }];
        let zero = Impossible { attributes: vec![0, 1], cells: (0..9).map(|cell| cell == 3).collect() };
        let mut source = NoiseSource::from_seed(1);
        let draft = draw_from(&schema, &measurements, &[zero], 9, &mut source, &Control::default()).unwrap();
        assert!(draft.table.rows().abs_diff(1000) < 25, "{}", draft.table.rows());
        let rows: Vec<(u16, u16)> = draft.table.columns()[0].iter().zip(draft.table.columns()[1].iter()).collect();
        let count = |a, b| rows.iter().filter(|row| **row == (a, b)).count();
        assert!(count(0, 0).abs_diff(500) < 25 && count(1, 1).abs_diff(300) < 25 && count(2, 2).abs_diff(200) < 25);
        assert_eq!(count(1, 0), 0);
    }
}
