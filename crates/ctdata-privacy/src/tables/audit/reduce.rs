//! What an attacker does not know, made small: hidden cells that are not determined, in connected components.
//!
//! A difference from the true counts is written for each hidden cell; published cells have difference zero and drop
//! out. What a relation leaves no room for drops out as well, and cells that appear in the same relations become one.

#![expect(clippy::indexing_slicing, reason = "positions are made here, from lists of the same length")]

use rustc_hash::FxHashMap;

use crate::PrivacyError;
use crate::tables::{CellId, Pattern, SystemCell, TableSystem};

/// A limit that is not there.
pub(crate) const UNLIMITED: i64 = i64::MAX;

/// The largest count that the audit takes: sums of two fit 64 bits.
const LARGEST: u64 = 1 << 62;

/// How far a cell may differ from its true count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// At most zero.
    pub(crate) low: i64,
    /// At least zero, or [`UNLIMITED`].
    pub(crate) high: i64,
}

impl Room {
    /// The room that the bounds of a cell leave.
    ///
    /// # Errors
    /// A count above 2⁶².
    pub(crate) fn of(cell: &SystemCell) -> Result<Self, PrivacyError> {
        let too_large =
            || PrivacyError::InvalidParameter { parameter: "cell", rule: "its count is above 2^62".to_owned() };
        let below = cell.count.saturating_sub(cell.least);
        let low = i64::try_from(below).ok().filter(|_| cell.count <= LARGEST).ok_or_else(too_large)?;
        // A limit too far to matter is none.
        let above = cell.most.map(|most| most.saturating_sub(cell.count)).filter(|above| *above <= LARGEST);
        let high = above.and_then(|above| i64::try_from(above).ok()).unwrap_or(UNLIMITED);
        Ok(Self { low: -low, high })
    }

    fn plus(self, other: Self) -> Self {
        let unlimited = self.high == UNLIMITED || other.high == UNLIMITED;
        let high = if unlimited { UNLIMITED } else { self.high.saturating_add(other.high) };
        Self { low: self.low.saturating_add(other.low), high }
    }
}

/// Cells that appear in the same relations with the same coefficients, as one.
#[derive(Clone)]
pub(crate) struct Column {
    /// The cells with their own rooms.
    pub(crate) members: Vec<(CellId, Room)>,
    /// The room of their sum.
    pub(crate) room: Room,
}

/// Columns that relations connect, and those relations.
#[derive(Clone, Default)]
pub(crate) struct Component {
    /// The columns.
    pub(crate) columns: Vec<Column>,
    /// The relations: columns of this component and coefficients, by column.
    pub(crate) rows: Vec<Vec<(usize, i64)>>,
}

/// The hidden cells of a system under a pattern.
pub(crate) struct Reduction {
    /// The components, in the order of their first cells.
    pub(crate) components: Vec<Component>,
    /// Hidden cells.
    pub(crate) hidden: usize,
}

/// Makes hidden cells small. `targets` are the cells (by position) that keep a column of their own.
///
/// # Errors
/// A count above 2⁶².
pub(crate) fn reduce(system: &TableSystem, pattern: &Pattern, targets: &[bool]) -> Result<Reduction, PrivacyError> {
    let mut rooms = Vec::with_capacity(system.cells().len());
    let mut hidden = 0;
    for (id, cell) in system.ids().zip(system.cells()) {
        let is_hidden = system.is_hidden(id, pattern);
        hidden += usize::from(is_hidden);
        rooms.push(if is_hidden { Room::of(cell)? } else { Room { low: 0, high: 0 } });
    }
    let mut rows: Vec<Vec<(usize, i64)>> = Vec::new();
    for relation in system.relations() {
        let terms = relation.terms.iter().map(|(cell, coefficient)| (cell.index(), i64::from(*coefficient)));
        let row: Vec<_> = terms.filter(|(cell, _)| rooms[*cell] != Room { low: 0, high: 0 }).collect();
        if !row.is_empty() {
            rows.push(row);
        }
    }
    close_dead_ends(&mut rooms, &rows);
    let live = |cell: usize| rooms[cell] != Room { low: 0, high: 0 };
    for row in &mut rows {
        row.retain(|(cell, _)| live(*cell));
    }
    rows.retain(|row| !row.is_empty());
    Ok(Reduction { components: components(system, &rooms, &rows, targets), hidden })
}

/// Takes away room that a single relation rules out: a term can grow only if another one of its relation can shrink.
fn close_dead_ends(rooms: &mut [Room], rows: &[Vec<(usize, i64)>]) {
    let mut of_cell: Vec<Vec<usize>> = vec![Vec::new(); rooms.len()];
    for (row, terms) in rows.iter().enumerate() {
        for (cell, _) in terms {
            of_cell[*cell].push(row);
        }
    }
    // What a term can add to its relation, or take from it.
    let adds = |room: Room, coefficient: i64| if coefficient > 0 { room.high > 0 } else { room.low < 0 };
    let mut waiting: Vec<usize> = (0..rows.len()).rev().collect();
    let mut is_waiting = vec![true; rows.len()];
    while let Some(row) = waiting.pop() {
        is_waiting[row] = false;
        for sign in [1, -1] {
            let takers = rows[row].iter().filter(|(cell, by)| adds(rooms[*cell], -sign * by)).count();
            if takers > 1 {
                continue;
            }
            for &(cell, by) in &rows[row] {
                let room = rooms[cell];
                let is_taker = adds(room, -sign * by);
                if !adds(room, sign * by) || (takers == 1 && !is_taker) {
                    continue;
                }
                if sign * by > 0 {
                    rooms[cell].high = 0;
                } else {
                    rooms[cell].low = 0;
                }
                for &other in &of_cell[cell] {
                    if !is_waiting[other] {
                        is_waiting[other] = true;
                        waiting.push(other);
                    }
                }
            }
        }
    }
}

/// Joins cells that are alike and puts what hangs together into components.
fn components(system: &TableSystem, rooms: &[Room], rows: &[Vec<(usize, i64)>], targets: &[bool]) -> Vec<Component> {
    let mut entries: Vec<Vec<(usize, i64)>> = vec![Vec::new(); rooms.len()];
    let mut parent: Vec<usize> = (0..rows.len()).collect();
    for (row, terms) in rows.iter().enumerate() {
        for &(cell, by) in terms {
            if let Some(&(first, _)) = entries[cell].first() {
                let (a, b) = (root(&mut parent, first), root(&mut parent, row));
                parent[a.max(b)] = a.min(b);
            }
            entries[cell].push((row, by));
        }
    }
    let mut found: Vec<Component> = Vec::new();
    // Component and position of each relation.
    let mut component_of: Vec<Option<usize>> = vec![None; rows.len()];
    let mut row_of: Vec<Option<usize>> = vec![None; rows.len()];
    let mut alike: FxHashMap<&[(usize, i64)], (usize, usize)> = FxHashMap::default();
    for (position, id) in system.ids().enumerate() {
        let room = rooms[position];
        if room == (Room { low: 0, high: 0 }) {
            continue;
        }
        let mine = &entries[position];
        let component = match mine.first() {
            None => new_component(&mut found),
            Some(&(row, _)) => {
                let top = root(&mut parent, row);
                *component_of[top].get_or_insert_with(|| new_component(&mut found))
            }
        };
        let is_target = targets.get(position).copied().unwrap_or(false);
        if !is_target && !mine.is_empty() {
            if let Some(&(component, column)) = alike.get(mine.as_slice()) {
                let column = &mut found[component].columns[column];
                column.members.push((id, room));
                column.room = column.room.plus(room);
                continue;
            }
            alike.insert(mine, (component, found[component].columns.len()));
        }
        let Component { columns, rows: lines } = &mut found[component];
        for &(row, by) in mine {
            let line = *row_of[row].get_or_insert_with(|| {
                lines.push(Vec::new());
                lines.len() - 1
            });
            lines[line].push((columns.len(), by));
        }
        columns.push(Column { members: vec![(id, room)], room });
    }
    found
}

fn new_component(found: &mut Vec<Component>) -> usize {
    found.push(Component::default());
    found.len() - 1
}

/// The root of a relation, with halving of paths.
fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}
