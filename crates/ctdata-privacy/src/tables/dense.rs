//! A plain second opinion for tests: exact elimination on the dense matrix of a small system.

use super::{CellId, Pattern, TableSystem};

/// Whether the relations and the published cells determine a hidden cell, apart from cells somebody knows.
pub(super) fn is_determined(system: &TableSystem, pattern: &Pattern, known: &[CellId], cell: CellId) -> bool {
    let hidden: Vec<CellId> =
        system.ids().filter(|&id| system.is_hidden(id, pattern) && !known.contains(&id)).collect();
    let row_of = |terms: &dyn Fn(CellId) -> i128| hidden.iter().map(|&id| terms(id)).collect::<Vec<i128>>();
    let mut rows: Vec<Vec<i128>> = system
        .relations()
        .iter()
        .map(|relation| {
            row_of(&|id| relation.terms.iter().find(|(term, _)| *term == id).map_or(0, |(_, by)| i128::from(*by)))
        })
        .collect();
    let rank = rank(rows.clone());
    rows.push(row_of(&|id| i128::from(id == cell)));
    self::rank(rows) == rank
}

/// The rank, by fraction-free elimination (each step divides exactly).
pub(super) fn rank(mut rows: Vec<Vec<i128>>) -> usize {
    let width = rows.first().map_or(0, Vec::len);
    let (mut rank, mut divisor) = (0, 1i128);
    for column in 0..width {
        let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
        rows.swap(rank, pivot);
        let by = rows[rank][column];
        let pivot = rows[rank].clone();
        for row in rows.iter_mut().skip(rank + 1) {
            let factor = row[column];
            for (value, above) in row.iter_mut().zip(&pivot) {
                *value = (*value * by - above * factor) / divisor;
            }
        }
        divisor = by;
        rank += 1;
    }
    rank
}

#[test]
fn ranks_of_known_matrices() {
    assert_eq!(rank(vec![vec![1, 2, 3], vec![4, 5, 6], vec![7, 8, 9]]), 2);
    assert_eq!(rank(vec![vec![0, 2], vec![3, 0], vec![1, 1]]), 2);
    assert_eq!(rank(vec![vec![0, 0]]), 0);
}
