//! Points that are still in no group, in a k-d tree that shrinks.
//!
//! The farthest point and the nearest ones from a point are found by branch and bound over the boxes of the tree. Boxes shrink when points leave, which keeps the bounds sharp: MDAV
//! takes the outermost points first. Coordinates are whole numbers on the grid, so that distances and
//! bounds are exact, and a bound that equals the best distance is not pruned: ties are broken by the
//! number of the point, as if every point had been looked at.

#![expect(
    clippy::indexing_slicing,
    reason = "nodes, slots and points are numbered by the tree itself; every index is one that it gave out"
)]

/// Slots of a leaf: distances to all of them are computed at once.
const LEAF: usize = 16;
const NONE: u32 = u32::MAX;

/// Distinct points in canonical order, each with the number of records that it stands for.
#[derive(Debug, Clone)]
pub(super) struct Points {
    pub(super) dimensions: usize,
    /// Point by point; whole numbers on the grid.
    pub(super) coordinates: Vec<f64>,
    /// Positive.
    pub(super) counts: Vec<u64>,
}

impl Points {
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn get(&self, point: u32) -> &[f64] {
        &self.coordinates[point as usize * self.dimensions..][..self.dimensions]
    }
}

#[derive(Debug)]
struct Node {
    parent: u32,
    /// Both children, or `NONE` twice for a leaf.
    children: [u32; 2],
    /// The block of a leaf.
    block: u32,
    /// Points still in a leaf.
    points: u32,
}

/// The points that no group has taken yet.
#[derive(Debug)]
pub(super) struct Remaining<'a> {
    points: &'a Points,
    counts: Vec<u64>,
    records: u64,
    /// Sum of the coordinates of all records; exact.
    sums: Vec<i64>,
    nodes: Vec<Node>,
    /// Lowest and highest corner of each node's box, node by node; crossed over for an empty one.
    low: Vec<f64>,
    high: Vec<f64>,
    /// Coordinates of the points of a leaf, block by block, dimension by dimension.
    blocks: Vec<f64>,
    /// The point of each slot.
    point_of: Vec<u32>,
    /// The leaf of each point.
    leaf_of: Vec<u32>,
    stack: Vec<(u32, f64)>,
}

/// A point found: its distance, squared, and how many of its records remain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    distance: f64,
    pub(super) point: u32,
    pub(super) records: u64,
}

impl<'a> Remaining<'a> {
    pub(super) fn new(points: &'a Points) -> Self {
        let dimensions = points.dimensions;
        let mut sums = vec![0i64; dimensions];
        for (point, &count) in points.counts.iter().enumerate() {
            for (sum, &at) in sums.iter_mut().zip(&points.coordinates[point * dimensions..]) {
                *sum += whole(at) * whole_count(count);
            }
        }
        let mut tree = Self {
            points,
            counts: points.counts.clone(),
            records: points.counts.iter().sum(),
            sums,
            nodes: Vec::new(),
            low: Vec::new(),
            high: Vec::new(),
            blocks: Vec::new(),
            point_of: Vec::new(),
            leaf_of: vec![NONE; points.len()],
            stack: Vec::new(),
        };
        let mut order: Vec<u32> = (0u32..).take(points.len()).collect();
        if !order.is_empty() {
            tree.build(&mut order, NONE);
        }
        tree
    }

    /// The number of records that remain.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// The mean of the records that remain, rounded to the grid.
    #[expect(clippy::cast_precision_loss, reason = "coordinates on the grid are below 2^27")]
    pub(super) fn centroid(&self, into: &mut Vec<f64>) {
        let records = whole_count(self.records.max(1));
        into.clear();
        into.extend(self.sums.iter().map(|&sum| ((2 * sum + records) / (2 * records)) as f64));
    }

    /// Whether records of a point remain.
    pub(super) fn has(&self, point: u32) -> bool {
        self.counts[point as usize] > 0
    }

    /// The squared distance of a point.
    pub(super) fn distance(&self, point: u32, from: &[f64]) -> f64 {
        self.points.get(point).iter().zip(from).map(|(at, from)| (at - from) * (at - from)).sum()
    }

    /// Everything that remains, in canonical order.
    pub(super) fn all(&self) -> Vec<(u32, u64)> {
        (0u32..).zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
    }

    /// Takes records of a point away; never more than there are.
    pub(super) fn take(&mut self, point: u32, records: u64) {
        let records = records.min(self.counts[point as usize]);
        self.counts[point as usize] -= records;
        self.records -= records;
        let points = self.points;
        for (sum, &at) in self.sums.iter_mut().zip(points.get(point)) {
            *sum -= whole(at) * whole_count(records);
        }
        if records > 0 && self.counts[point as usize] == 0 {
            self.remove(point);
        }
    }

    /// The remaining point that is farthest from here, the first one among equals.
    pub(super) fn farthest(&mut self, from: &[f64]) -> Option<u32> {
        let mut best = (-1.0, NONE);
        let mut stack = std::mem::take(&mut self.stack);
        stack.clear();
        if !self.nodes.is_empty() {
            stack.push((0, f64::INFINITY));
        }
        while let Some((node, bound)) = stack.pop() {
            if bound < best.0 {
                continue;
            }
            let children = self.nodes[node as usize].children;
            if children[0] == NONE {
                let distances = self.distances(node, from);
                let slots = self.slots(node);
                for (&distance, &point) in distances.iter().zip(slots) {
                    if distance > best.0 || (distance >= best.0 && point < best.1) {
                        best = (distance, point);
                    }
                }
                continue;
            }
            let bounds = children.map(|child| self.most(child, from));
            // The more promising child is looked at first.
            for side in if bounds[0] > bounds[1] { [1, 0] } else { [0, 1] } {
                if bounds[side] >= best.0 && bounds[side] >= 0.0 {
                    stack.push((children[side], bounds[side]));
                }
            }
        }
        self.stack = stack;
        (best.1 != NONE).then_some(best.1)
    }

    /// The nearest points from here that have so many records together, or all; nearest first, in
    /// canonical order among equals.
    pub(super) fn nearest(&mut self, from: &[f64], records: u64, found: &mut Vec<Found>) {
        found.clear();
        if records == 0 || self.nodes.is_empty() {
            return;
        }
        // Records of `found`, and the distance past which nothing is of use.
        let (mut have, mut worst) = (0, f64::INFINITY);
        let mut stack = std::mem::take(&mut self.stack);
        stack.clear();
        stack.push((0, 0.0));
        while let Some((node, bound)) = stack.pop() {
            if bound > worst {
                continue;
            }
            let children = self.nodes[node as usize].children;
            if children[0] == NONE {
                let distances = self.distances(node, from);
                for (&distance, &point) in distances.iter().zip(self.slots(node)) {
                    if distance > worst {
                        continue;
                    }
                    let entry = Found { distance, point, records: self.counts[point as usize] };
                    let at = found.partition_point(|other| {
                        other.distance < distance || (other.distance <= distance && other.point < point)
                    });
                    found.insert(at, entry);
                    have += entry.records;
                    while let Some(last) = found.last()
                        && have - last.records >= records
                    {
                        have -= last.records;
                        found.pop();
                    }
                    if have >= records
                        && let Some(last) = found.last()
                    {
                        worst = last.distance;
                    }
                }
                continue;
            }
            let bounds = children.map(|child| self.least(child, from));
            for side in if bounds[0] < bounds[1] { [1, 0] } else { [0, 1] } {
                if bounds[side] <= worst && bounds[side] < f64::INFINITY {
                    stack.push((children[side], bounds[side]));
                }
            }
        }
        self.stack = stack;
    }

    /// Builds the node of these points and everything below it; its number.
    fn build(&mut self, order: &mut [u32], parent: u32) -> u32 {
        let dimensions = self.points.dimensions;
        let node = number(self.nodes.len());
        self.nodes.push(Node { parent, children: [NONE; 2], block: 0, points: 0 });
        let (mut low, mut high) = (vec![f64::INFINITY; dimensions], vec![f64::NEG_INFINITY; dimensions]);
        for &point in &*order {
            for (dimension, &at) in self.points.get(point).iter().enumerate() {
                low[dimension] = low[dimension].min(at);
                high[dimension] = high[dimension].max(at);
            }
        }
        self.low.extend_from_slice(&low);
        self.high.extend_from_slice(&high);
        if order.len() <= LEAF {
            let block = self.point_of.len() / LEAF;
            self.nodes[node as usize].block = number(block);
            self.nodes[node as usize].points = number(order.len());
            self.blocks.resize((block + 1) * LEAF * dimensions, 0.0);
            self.point_of.resize((block + 1) * LEAF, NONE);
            for (slot, &point) in order.iter().enumerate() {
                self.point_of[block * LEAF + slot] = point;
                self.leaf_of[point as usize] = node;
                for dimension in 0..dimensions {
                    self.blocks[(block * dimensions + dimension) * LEAF + slot] = self.points.get(point)[dimension];
                }
            }
            return node;
        }
        let widest = (0..dimensions).max_by(|&a, &b| (high[a] - low[a]).total_cmp(&(high[b] - low[b]))).unwrap_or(0);
        // Full leaves: the left part gets a multiple of what a leaf holds.
        let middle = (order.len() / 2).next_multiple_of(LEAF).min(order.len() - 1);
        let points = self.points;
        let at = |point: u32| points.get(point)[widest];
        order.select_nth_unstable_by(middle, |&a, &b| at(a).total_cmp(&at(b)).then(a.cmp(&b)));
        let (left, right) = order.split_at_mut(middle);
        let children = [self.build(left, node), self.build(right, node)];
        self.nodes[node as usize].children = children;
        node
    }

    /// Takes a point out of its leaf and shrinks boxes.
    fn remove(&mut self, point: u32) {
        let dimensions = self.points.dimensions;
        let leaf = self.leaf_of[point as usize];
        let Node { block, points, .. } = self.nodes[leaf as usize];
        let (block, last) = (block as usize, points as usize - 1);
        let Some(slot) = self.slots(leaf).iter().position(|&other| other == point) else { return };
        self.point_of[block * LEAF + slot] = self.point_of[block * LEAF + last];
        self.nodes[leaf as usize].points = number(last);
        let base = leaf as usize * dimensions;
        for dimension in 0..dimensions {
            let column = &mut self.blocks[(block * dimensions + dimension) * LEAF..][..LEAF];
            column[slot] = column[last];
            let (low, high) = column[..last]
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &at| (low.min(at), high.max(at)));
            (self.low[base + dimension], self.high[base + dimension]) = (low, high);
        }
        let mut node = self.nodes[leaf as usize].parent;
        while node != NONE {
            let [left, right] = self.nodes[node as usize].children.map(|child| child as usize * dimensions);
            let base = node as usize * dimensions;
            let mut same = true;
            for dimension in 0..dimensions {
                let low = self.low[left + dimension].min(self.low[right + dimension]);
                let high = self.high[left + dimension].max(self.high[right + dimension]);
                same &= low <= self.low[base + dimension] && high >= self.high[base + dimension];
                (self.low[base + dimension], self.high[base + dimension]) = (low, high);
            }
            if same {
                break;
            }
            node = self.nodes[node as usize].parent;
        }
    }

    /// The points of a leaf.
    fn slots(&self, leaf: u32) -> &[u32] {
        let Node { block, points, .. } = self.nodes[leaf as usize];
        &self.point_of[block as usize * LEAF..][..points as usize]
    }

    /// Squared distances to all slots of a leaf; those past its points mean nothing.
    fn distances(&self, leaf: u32, from: &[f64]) -> [f64; LEAF] {
        let mut distances = [0.0; LEAF];
        let base = self.nodes[leaf as usize].block as usize * self.points.dimensions * LEAF;
        for (column, &from) in self.blocks[base..].chunks_exact(LEAF).zip(from) {
            for (distance, &at) in distances.iter_mut().zip(column) {
                *distance += (at - from) * (at - from);
            }
        }
        distances
    }

    /// At most this far, squared, are points of a node; negative for a node without points.
    fn most(&self, node: u32, from: &[f64]) -> f64 {
        let (low, high) = self.corners(node);
        if low[0] > high[0] {
            return -1.0;
        }
        low.iter().zip(high).zip(from).fold(0.0, |sum, ((&low, &high), &from)| {
            let far = (from - low).max(high - from);
            sum + far * far
        })
    }

    /// At least this far, squared, are points of a node; infinite for a node without points.
    fn least(&self, node: u32, from: &[f64]) -> f64 {
        let (low, high) = self.corners(node);
        if low[0] > high[0] {
            return f64::INFINITY;
        }
        low.iter().zip(high).zip(from).fold(0.0, |sum, ((&low, &high), &from)| {
            let near = (low - from).max(from - high).max(0.0);
            sum + near * near
        })
    }

    fn corners(&self, node: u32) -> (&[f64], &[f64]) {
        let base = node as usize * self.points.dimensions;
        (&self.low[base..][..self.points.dimensions], &self.high[base..][..self.points.dimensions])
    }
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates are whole numbers below 2^27")]
fn whole(at: f64) -> i64 {
    at as i64
}

/// A count of rows: fewer than 2^32, so that sums over all rows stay below 2^59.
fn whole_count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Fewer nodes and slots than points and leaves together, which are fewer than 2^32.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
