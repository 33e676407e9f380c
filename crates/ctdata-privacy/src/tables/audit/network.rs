//! Tables of two dimensions: each hidden cell is an arc between its row and its column, and differences are flows.
//!
//! A cell can grow by what can flow back from its head to its tail past it, in arcs with room; one that cannot move
//! either way is a bridge, or is held by suppressed zeros. All numbers stay whole.
//!
//! # Sources
//! D. Gusfield, A graph theoretic approach to statistical data security, SIAM Journal on Computing 17 (1988).
//! J. Edmonds, R. M. Karp, Theoretical improvements in algorithmic efficiency for network flow problems, Journal of the
//! ACM 19 (1972).

#![expect(clippy::indexing_slicing, reason = "nodes and arcs are positions that this file hands out")]

use std::collections::VecDeque;

use ctdata_table::Control;

use super::reduce::{Component, Room, UNLIMITED};
use super::{Reach, Stop};
use crate::tables::Direction;

/// An arc that is not there.
const NONE: usize = usize::MAX;

/// A component whose columns are arcs: each is in at most two rows, and adds to one what it takes from the other.
pub(super) struct Network {
    rooms: Vec<Room>,
    /// Node that an arc leaves and node that it enters.
    ends: Vec<(usize, usize)>,
    /// Arcs at each node.
    arcs: Vec<Vec<usize>>,
    /// The present flow of each arc.
    flow: Vec<i64>,
    /// Arcs whose flow is not zero, and perhaps others.
    touched: Vec<usize>,
    /// By node: the arc by which the search came, and the search.
    came: Vec<(usize, u64)>,
    /// By node: the arc that leads from it to where the search is to end, and the search.
    last: Vec<(usize, u64)>,
    search: u64,
    queue: VecDeque<usize>,
}

impl Network {
    /// The component as a network, if it is one.
    pub(super) fn new(component: &Component) -> Option<Self> {
        let ground = component.rows.len();
        let mut entries: Vec<Vec<(usize, i64)>> = vec![Vec::new(); component.columns.len()];
        for (row, terms) in component.rows.iter().enumerate() {
            for &(column, by) in terms {
                if by.abs() != 1 || entries[column].len() == 2 {
                    return None;
                }
                entries[column].push((row, by));
            }
        }
        let signs = signs(component, &entries)?;
        let mut arcs = vec![Vec::new(); ground + 1];
        let mut ends = Vec::with_capacity(entries.len());
        for (arc, entry) in entries.iter().enumerate() {
            let (from, to) = match entry.as_slice() {
                [(row, by)] if by * signs[*row] > 0 => (ground, *row),
                [(row, _)] => (*row, ground),
                [(row, by), (other, _)] if by * signs[*row] > 0 => (*other, *row),
                [(row, _), (other, _)] => (*row, *other),
                _ => (ground, ground),
            };
            ends.push((from, to));
            arcs[from].push(arc);
            arcs[to].push(arc);
        }
        Some(Self {
            rooms: component.columns.iter().map(|column| column.room).collect(),
            flow: vec![0; ends.len()],
            ends,
            came: vec![(NONE, 0); arcs.len()],
            last: vec![(NONE, 0); arcs.len()],
            arcs,
            touched: Vec::new(),
            search: 0,
            queue: VecDeque::new(),
        })
    }

    /// Back to the true counts.
    pub(super) fn reset(&mut self) {
        for arc in self.touched.drain(..) {
            self.flow[arc] = 0;
        }
    }

    /// Columns that differ from the true counts, with their differences as fractions.
    pub(super) fn point(&self) -> impl Iterator<Item = (usize, i128, i64)> + '_ {
        let mut touched = self.touched.clone();
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().filter(|arc| self.flow[*arc] != 0).map(|arc| (arc, i128::from(self.flow[arc]), 1))
    }

    /// Moves a column as far as it goes, or until it is `goal` or more away from the true count.
    pub(super) fn push(
        &mut self,
        target: usize,
        direction: Direction,
        goal: Option<u64>,
        control: &Control,
    ) -> Result<Reach, Stop> {
        let up = direction == Direction::Up;
        loop {
            control.check()?;
            let gone = self.flow[target];
            if goal.is_some_and(|goal| gone.unsigned_abs() >= goal && (gone >= 0) == up) {
                return Ok(Reach::Goal);
            }
            let own = self.room(target, up);
            // One way that is wide enough for all that is missing, or else any.
            let missing =
                goal.map_or(1, |goal| goal.saturating_sub(if (gone >= 0) == up { gone.unsigned_abs() } else { 0 }));
            let wide = i64::try_from(missing).unwrap_or(UNLIMITED).max(1);
            if own == 0 || !((wide > 1 && self.find(target, up, wide)) || self.find(target, up, 1)) {
                return Ok(Reach::End(i128::from(gone), 1));
            }
            // The narrowest arc of the way decides.
            let mut most = own;
            self.along(target, up, |network, arc, forward| most = most.min(network.room(arc, forward)));
            if most == UNLIMITED {
                let Some(goal) = goal else { return Ok(Reach::Endless) };
                most = i64::try_from(goal.abs_diff(gone.unsigned_abs()))?.max(1);
            }
            let signed = if up { most } else { -most };
            self.along(target, up, |network, arc, forward| {
                network.flow[arc] = network.flow[arc].saturating_add(if forward { most } else { -most });
                network.touched.push(arc);
            });
            self.flow[target] = self.flow[target].checked_add(signed).ok_or(Stop::Overflow)?;
            self.touched.push(target);
        }
    }

    /// The room of an arc with or against its direction.
    fn room(&self, arc: usize, forward: bool) -> i64 {
        let Room { low, high } = self.rooms[arc];
        match (forward, high) {
            (true, UNLIMITED) => UNLIMITED,
            (true, high) => high.saturating_sub(self.flow[arc]),
            (false, _) => self.flow[arc].saturating_sub(low),
        }
    }

    /// Where a flow through the target arc comes out, and where it goes in.
    fn way(&self, target: usize, up: bool) -> (usize, usize) {
        let (from, to) = self.ends[target];
        if up { (to, from) } else { (from, to) }
    }

    /// Looks for the shortest way back past the target arc, in arcs with so much room.
    fn find(&mut self, target: usize, up: bool, wide: i64) -> bool {
        let (start, goal) = self.way(target, up);
        self.search += 1;
        self.queue.clear();
        self.queue.push_back(start);
        self.came[start] = (NONE, self.search);
        if start == goal {
            return true;
        }
        // The last step of most ways is known before the first: the nodes that are next to the end.
        for &arc in &self.arcs[goal] {
            let (from, to) = self.ends[arc];
            let forward = to == goal;
            if arc != target && self.room(arc, forward) >= wide {
                self.last[if forward { from } else { to }] = (arc, self.search);
            }
        }
        if self.arrives(start, goal) {
            return true;
        }
        while let Some(node) = self.queue.pop_front() {
            for position in 0..self.arcs[node].len() {
                let arc = self.arcs[node][position];
                let (from, to) = self.ends[arc];
                let forward = from == node;
                let next = if forward { to } else { from };
                if arc == target || self.came[next].1 == self.search || self.room(arc, forward) < wide {
                    continue;
                }
                self.came[next] = (arc, self.search);
                if self.arrives(next, goal) {
                    return true;
                }
                self.queue.push_back(next);
            }
        }
        false
    }

    /// Whether one more step leads from a node to the end; if so, it is taken.
    fn arrives(&mut self, node: usize, goal: usize) -> bool {
        let (arc, search) = self.last[node];
        let arrives = search == self.search;
        if arrives {
            self.came[goal] = (arc, search);
        }
        arrives
    }

    /// Walks the way that was found, from its end.
    fn along(&mut self, target: usize, up: bool, mut visit: impl FnMut(&mut Self, usize, bool)) {
        let (start, mut node) = self.way(target, up);
        while node != start {
            let arc = self.came[node].0;
            let (from, to) = self.ends[arc];
            let forward = to == node;
            visit(self, arc, forward);
            node = if forward { from } else { to };
        }
    }
}

/// Signs of the rows with which every column adds to one row what it takes from another; `None` if there are none.
fn signs(component: &Component, entries: &[Vec<(usize, i64)>]) -> Option<Vec<i64>> {
    let mut signs = vec![0i64; component.rows.len()];
    let mut waiting = Vec::new();
    for start in 0..signs.len() {
        if signs[start] != 0 {
            continue;
        }
        signs[start] = 1;
        waiting.push(start);
        while let Some(row) = waiting.pop() {
            for &(column, _) in &component.rows[row] {
                let [(a, x), (b, y)] = entries[column].as_slice() else { continue };
                let (other, needed) = if *a == row { (*b, -signs[row] * x * y) } else { (*a, -signs[row] * x * y) };
                if signs[other] == 0 {
                    signs[other] = needed;
                    waiting.push(other);
                } else if signs[other] != needed {
                    return None;
                }
            }
        }
    }
    Some(signs)
}
