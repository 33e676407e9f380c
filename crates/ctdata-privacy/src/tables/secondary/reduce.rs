//! Takes cells out of the relations that are hidden whatever is published.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ctdata_table::Control;

use super::field::{Row, add_multiple, from_integer, invert, multiply, negate, value};
use crate::PrivacyError;
use crate::tables::{Standing, TableSystem};

/// The relations between the cells that are not fixed, without the cells that `is_free` says can have any count: each
/// is solved for in one relation, which says nothing of other cells then.
pub(super) fn reduced(
    system: &TableSystem,
    is_free: impl Fn(u32) -> bool,
    control: &Control,
) -> Result<Vec<Row>, PrivacyError> {
    let fixed = |cell| system.cell(cell).is_none_or(|cell| cell.standing == Standing::Fixed);
    let mut rows: Vec<Row> = system
        .relations()
        .iter()
        .map(|relation| {
            let terms = relation.terms.iter().filter(|(cell, _)| !fixed(*cell));
            terms.map(|(cell, by)| (cell.0, from_integer(*by))).collect()
        })
        .collect();
    // Rows of each free cell; some may have lost it since.
    let mut rows_of: Vec<Vec<usize>> = vec![Vec::new(); system.cells().len()];
    let list = |rows_of: &mut Vec<Vec<usize>>, cell: u32, row: usize| {
        if let Some(rows) = rows_of.get_mut(cell as usize) {
            rows.push(row);
        }
    };
    for (at, row) in rows.iter().enumerate() {
        row.iter().filter(|(cell, _)| is_free(*cell)).for_each(|(cell, _)| list(&mut rows_of, *cell, at));
    }
    let waiting = rows_of.iter().enumerate().filter(|(_, rows)| !rows.is_empty());
    let mut queue: BinaryHeap<Reverse<(usize, usize)>> =
        waiting.map(|(cell, rows)| Reverse((rows.len(), cell))).collect();
    let mut steps = 0u32;
    while let Some(Reverse((uses, cell))) = queue.pop() {
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(1024) {
            control.check()?;
        }
        let Ok(column) = u32::try_from(cell) else { continue };
        let has = |row: &usize| rows.get(*row).is_some_and(|row| value(row, column) != 0);
        let Some(listed) = rows_of.get_mut(cell) else { continue };
        listed.sort_unstable();
        listed.dedup();
        listed.retain(has);
        if listed.len() > uses {
            queue.push(Reverse((listed.len(), cell)));
            continue;
        }
        let uses = std::mem::take(listed);
        let Some(&shortest) = uses.iter().min_by_key(|row| rows.get(**row).map_or(0, Vec::len)) else { continue };
        let pivot = rows.get_mut(shortest).map(std::mem::take).unwrap_or_default();
        let scale = negate(invert(value(&pivot, column)));
        for at in uses.into_iter().filter(|at| *at != shortest) {
            let Some(row) = rows.get_mut(at) else { continue };
            let by = multiply(value(row, column), scale);
            let mut fresh = |cell: u32| {
                if is_free(cell) {
                    list(&mut rows_of, cell, at);
                }
            };
            *row = add_multiple(row, by, &pivot, &mut fresh);
        }
    }
    rows.retain(|row| !row.is_empty());
    Ok(rows)
}
