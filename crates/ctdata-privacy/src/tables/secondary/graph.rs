//! Suppression where every cell is in at most two relations, as in a two-dimensional table with its totals.
//!
//! Relations are nodes and cells are edges between them; cells of a single relation lead to a root. Differences that
//! agree with all relations are circulations, so a hidden cell is not determined exactly if hidden cells close a cycle
//! with it, and it can be moved by as much as the cells of the cycle have room. So each marked cell gets the cheapest
//! path from its one end to the other along cells with enough room, of which hidden ones cost nothing.
//!
//! # Sources
//! D. Gusfield, A graph theoretic approach to statistical data security, SIAM Journal on Computing 17 (1988); E. W.
//! Dijkstra, A note on two problems in connexion with graphs, Numerische Mathematik 1 (1959).

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use ctdata_table::Control;

use super::{cost, is_marked, need, penalty};
use crate::PrivacyError;
use crate::tables::{CellId, Level, Pattern, Standing, SystemCell, TableSystem};

/// A cell between two nodes: it counts positively where it comes from.
#[derive(Debug, Clone, Copy)]
struct Edge {
    from: usize,
    to: usize,
    cell: SystemCell,
    id: CellId,
    cost: f64,
}

impl Edge {
    /// Whether the cell has room for a cycle that moves a marked cell by its level, passing it forwards or backwards.
    fn fits(&self, forwards: bool, level: Level) -> bool {
        let (up, down) = if forwards { (level.upper, level.lower) } else { (level.lower, level.upper) };
        self.cell.count - self.cell.least >= down && self.cell.most.is_none_or(|most| most - self.cell.count >= up)
    }
}

/// The tables as a graph.
#[derive(Debug)]
pub(super) struct Graph<'s> {
    system: &'s TableSystem,
    edges: Vec<Edge>,
    /// Edges of each node, the cheapest first.
    around: Vec<Vec<usize>>,
    /// Those that are hidden, and maybe some that no longer are.
    hidden_around: Vec<Vec<usize>>,
    hidden: Vec<bool>,
}

/// A marked cell and the hidden cycle that protects it.
#[derive(Debug)]
struct Protected {
    edge: usize,
    /// The room that the cells of the cycle have.
    level: Level,
    path: Vec<usize>,
}

/// A distance, ordered.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Distance(f64, u32);

impl Eq for Distance {}

impl PartialOrd for Distance {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Distance {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "nodes are relations and one root, edges are numbered as they are made, and lists have one entry for each"
)]
impl<'s> Graph<'s> {
    /// The graph, if every cell is in at most two relations whose signs can be made to differ.
    pub(super) fn of(system: &'s TableSystem) -> Option<Self> {
        let root = system.relations().len();
        let mut ends: Vec<Vec<(usize, i32)>> = vec![Vec::new(); system.cells().len()];
        for (node, relation) in system.relations().iter().enumerate() {
            for &(cell, by) in &relation.terms {
                if system.cell(cell)?.standing == Standing::Fixed {
                    continue;
                }
                let ends = &mut ends[cell.index()];
                if by.abs() != 1 || ends.len() == 2 {
                    return None;
                }
                ends.push((node, by));
            }
        }
        let sign = signs(&ends, root)?;
        let penalty = penalty(system);
        let mut graph = Self {
            system,
            edges: Vec::new(),
            around: vec![Vec::new(); root + 1],
            hidden_around: vec![Vec::new(); root + 1],
            hidden: Vec::new(),
        };
        for (id, ends) in system.ids().zip(ends) {
            let cell = *system.cell(id)?;
            let Some(&(node, by)) = ends.first() else { continue };
            let other = ends.get(1).map_or(root, |(node, _)| *node);
            let (from, to) = if by * sign[node] > 0 { (node, other) } else { (other, node) };
            let edge = graph.edges.len();
            graph.edges.push(Edge { from, to, cell, id, cost: cost(&cell, penalty) });
            graph.hidden.push(false);
            graph.around[from].push(edge);
            graph.around[to].push(edge);
            if cell.standing == Standing::Inner || is_marked(&cell) {
                graph.hide(edge);
            }
        }
        let Self { edges, around, .. } = &mut graph;
        for around in around {
            around.sort_by(|&a, &b| edges[a].cost.total_cmp(&edges[b].cost).then(a.cmp(&b)));
        }
        Some(graph)
    }

    fn hide(&mut self, edge: usize) {
        if !self.hidden[edge] {
            self.hidden[edge] = true;
            let Edge { from, to, .. } = self.edges[edge];
            self.hidden_around[from].push(edge);
            self.hidden_around[to].push(edge);
        }
    }

    fn publish(&mut self, edge: usize) {
        self.hidden[edge] = false;
        let Edge { from, to, .. } = self.edges[edge];
        self.hidden_around[from].retain(|other| *other != edge);
        self.hidden_around[to].retain(|other| *other != edge);
    }

    /// Protects every marked cell and says what that withholds.
    pub(super) fn suppress(mut self, singletons: bool, control: &Control) -> Result<Pattern, PrivacyError> {
        let mut marked: Vec<usize> = (0..self.edges.len()).filter(|&edge| is_marked(&self.edges[edge].cell)).collect();
        marked.sort_by_key(|&edge| Reverse(need(&self.edges[edge].cell)));
        let mut protected = Vec::with_capacity(marked.len());
        let mut added = Vec::new();
        for (done, &edge) in (0u64..).zip(&marked) {
            if done.is_multiple_of(64) {
                control.check()?;
                control.report("suppression", done, u64::try_from(marked.len()).ok());
            }
            // Where no cycle has room enough, any keeps the cell from being exactly known.
            for level in [self.edges[edge].cell.level, Level::default()] {
                let path = self.hidden_path(edge, &[], level).or_else(|| self.cheapest_path(edge, &[], level));
                if let Some(path) = path {
                    self.hide_all(&path, &mut added);
                    protected.push(Protected { edge, level, path });
                    break;
                }
            }
        }
        self.publish_again(&mut protected, added, control)?;
        if singletons {
            self.part_from_singletons(&protected, control)?;
        }
        let mut pattern = Pattern::open(self.system);
        for (edge, hidden) in self.edges.iter().zip(&self.hidden) {
            if *hidden && edge.cell.standing == Standing::Figure {
                pattern.withhold(edge.id);
            }
        }
        // Cells without relations.
        let figure = |cell: &SystemCell| is_marked(cell) && cell.standing == Standing::Figure;
        for id in self.system.ids().filter(|&id| self.system.cell(id).is_some_and(figure)) {
            pattern.withhold(id);
        }
        Ok(pattern)
    }

    fn hide_all(&mut self, path: &[usize], added: &mut Vec<usize>) {
        for &edge in path {
            if !self.hidden[edge] {
                self.hide(edge);
                added.push(edge);
            }
        }
    }

    /// Publishes what turned out not to be needed, the most wanted first.
    fn publish_again(
        &mut self,
        protected: &mut [Protected],
        mut added: Vec<usize>,
        control: &Control,
    ) -> Result<(), PrivacyError> {
        added.sort_by(|&a, &b| self.edges[b].cost.total_cmp(&self.edges[a].cost).then(a.cmp(&b)));
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.edges.len()];
        for (at, cell) in protected.iter().enumerate() {
            cell.path.iter().for_each(|&edge| users[edge].push(at));
        }
        for edge in added {
            control.check()?;
            self.publish(edge);
            let mut other = Vec::new();
            for &at in &users[edge] {
                let cell = &protected[at];
                if cell.path.contains(&edge) {
                    let Some(path) = self.hidden_path(cell.edge, &[], cell.level) else { break };
                    other.push((at, path));
                } else {
                    other.push((at, cell.path.clone()));
                }
            }
            if other.len() < users[edge].len() {
                self.hide(edge);
                continue;
            }
            for (at, path) in other {
                for &edge in &path {
                    if !users[edge].contains(&at) {
                        users[edge].push(at);
                    }
                }
                protected[at].path = path;
            }
        }
        Ok(())
    }

    /// Whoever is alone in a cell knows its count: each marked cell has a cycle that avoids it.
    fn part_from_singletons(&mut self, protected: &[Protected], control: &Control) -> Result<(), PrivacyError> {
        let mut added = Vec::new();
        for cell in protected {
            control.check()?;
            for &known in &cell.path {
                let of = self.edges[known].cell;
                if !is_marked(&of) || of.count != 1 {
                    continue;
                }
                for level in [cell.level, Level::default()] {
                    let path = self.hidden_path(cell.edge, &[known], level);
                    if let Some(path) = path.or_else(|| self.cheapest_path(cell.edge, &[known], level)) {
                        self.hide_all(&path, &mut added);
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Where an edge leads from a node, and whether that is forwards.
    fn step(&self, edge: usize, node: usize) -> (usize, bool) {
        let Edge { from, to, .. } = self.edges[edge];
        if from == node { (to, true) } else { (from, false) }
    }

    /// A path of hidden cells with room from the end of a cell to its start.
    fn hidden_path(&self, cell: usize, avoid: &[usize], level: Level) -> Option<Vec<usize>> {
        let (start, end) = (self.edges[cell].to, self.edges[cell].from);
        let usable = |edge: usize, forwards: bool| {
            edge != cell && !avoid.contains(&edge) && self.edges[edge].fits(forwards, level)
        };
        // The last step of most paths is known before the first: many cells of a row are hidden.
        let mut last: Vec<Option<usize>> = vec![None; self.around.len()];
        for &edge in &self.hidden_around[end] {
            let (node, forwards) = self.step(edge, end);
            if usable(edge, !forwards) {
                last[node] = Some(edge);
            }
        }
        let mut by: Vec<Option<usize>> = vec![None; self.around.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            if let Some(edge) = last[node] {
                by[end] = Some(edge);
                return Some(self.path(start, end, &by));
            }
            for &edge in &self.hidden_around[node] {
                let (next, forwards) = self.step(edge, node);
                if next != start && by[next].is_none() && usable(edge, forwards) {
                    by[next] = Some(edge);
                    if last[next].is_some() {
                        queue.push_front(next);
                        break;
                    }
                    queue.push_back(next);
                }
            }
        }
        None
    }

    /// The path of least cost, then of fewest cells.
    fn cheapest_path(&self, cell: usize, avoid: &[usize], level: Level) -> Option<Vec<usize>> {
        let (start, end) = (self.edges[cell].to, self.edges[cell].from);
        let usable = |edge: usize, forwards: bool| {
            edge != cell && !avoid.contains(&edge) && self.edges[edge].fits(forwards, level)
        };
        let cost = |edge: usize| if self.hidden[edge] { 0.0 } else { self.edges[edge].cost };
        // What the last step costs: with that, each node that is reached says how dear the path is at most.
        let mut last = vec![f64::INFINITY; self.around.len()];
        for &edge in &self.around[end] {
            let (node, forwards) = self.step(edge, end);
            if usable(edge, !forwards) {
                last[node] = cost(edge).min(last[node]);
            }
        }
        let mut most = last[start];
        let mut by: Vec<Option<usize>> = vec![None; self.around.len()];
        let mut reached = vec![Distance(f64::INFINITY, u32::MAX); self.around.len()];
        reached[start] = Distance(0.0, 0);
        let mut queue = BinaryHeap::from([Reverse((Distance(0.0, 0), start))]);
        while let Some(Reverse((distance, node))) = queue.pop() {
            if node == end {
                return Some(self.path(start, end, &by));
            }
            if distance > reached[node] {
                continue;
            }
            // Hidden cells first, which cost nothing; then the others, until they are too dear.
            for &edge in self.hidden_around[node].iter().chain(&self.around[node]) {
                let (next, forwards) = self.step(edge, node);
                let beyond = Distance(distance.0 + cost(edge), distance.1 + 1);
                if beyond.0 > most {
                    if self.hidden[edge] {
                        continue;
                    }
                    break;
                }
                if beyond < reached[next] && usable(edge, forwards) {
                    reached[next] = beyond;
                    by[next] = Some(edge);
                    most = most.min(beyond.0 + last[next]);
                    queue.push(Reverse((beyond, next)));
                }
            }
        }
        None
    }

    fn path(&self, start: usize, end: usize, by: &[Option<usize>]) -> Vec<usize> {
        let mut path = Vec::new();
        let mut node = end;
        while node != start
            && let Some(edge) = by[node]
        {
            path.push(edge);
            node = self.step(edge, node).0;
        }
        path
    }
}

/// A sign for each relation such that the two of a cell differ; `None` if there is none.
#[expect(clippy::indexing_slicing, reason = "ends name relations, of which there are `relations`")]
fn signs(ends: &[Vec<(usize, i32)>], relations: usize) -> Option<Vec<i32>> {
    let mut neighbours: Vec<Vec<(usize, i32)>> = vec![Vec::new(); relations];
    for ends in ends {
        if let [(a, of_a), (b, of_b)] = ends.as_slice() {
            neighbours[*a].push((*b, -of_a * of_b));
            neighbours[*b].push((*a, -of_a * of_b));
        }
    }
    let mut sign = vec![0; relations];
    for first in 0..relations {
        if sign[first] != 0 {
            continue;
        }
        sign[first] = 1;
        let mut waiting = vec![first];
        while let Some(node) = waiting.pop() {
            for &(other, same) in &neighbours[node] {
                let needed = sign[node] * same;
                if sign[other] == 0 {
                    sign[other] = needed;
                    waiting.push(other);
                } else if sign[other] != needed {
                    return None;
                }
            }
        }
    }
    Some(sign)
}
