//! The earth mover's distance of a class from its table, in time that depends on what occurs in the
//! class and hardly on the domain.
//!
//! Both distributions are whole counts, so that all sums are exact: with f of n records in the class and
//! c of N in the table, a difference is (f N - c n) / (n N).

use std::fmt;

use ctdata_table::{Attribute, DomainKind, Hierarchy};

use super::SensitiveDistance;
use super::histogram::{Distribution, Histogram, quotient};
use crate::PrivacyError;

/// A distance prepared for one sensitive attribute of one table.
#[derive(Clone)]
pub(super) struct EarthMover {
    table: Distribution,
    ground: Ground,
}

impl fmt::Debug for EarthMover {
    /// Shows the kind of distance, no counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.ground {
            Ground::Equal => "EarthMover (equal)",
            Ground::Ordered(_) => "EarthMover (ordered)",
            Ground::Hierarchical(_) => "EarthMover (hierarchical)",
        })
    }
}

#[derive(Clone)]
enum Ground {
    Equal,
    Ordered(Scale),
    Hierarchical(Tree),
}

impl EarthMover {
    /// # Errors
    /// An ordered distance for a nominal domain; a hierarchy over another domain.
    pub(super) fn new(
        distance: &SensitiveDistance,
        attribute: &Attribute,
        table: Distribution,
    ) -> Result<Self, PrivacyError> {
        let refuse = |rule: String| Err(PrivacyError::InvalidParameter { parameter: "distance", rule });
        let ground = match distance {
            SensitiveDistance::Equal => Ground::Equal,
            SensitiveDistance::Ordered if attribute.domain().kind() == DomainKind::Nominal => {
                return refuse(format!("the values of `{}` have no order", attribute.name()));
            }
            SensitiveDistance::Ordered => Ground::Ordered(Scale::new(table.values())),
            SensitiveDistance::Hierarchical(hierarchy) if hierarchy.leaves() != attribute.domain() => {
                return refuse(format!("the leaves of the hierarchy are not the values of `{}`", attribute.name()));
            }
            SensitiveDistance::Hierarchical(hierarchy) => Ground::Hierarchical(Tree::new(hierarchy, table.values())),
        };
        Ok(Self { table, ground })
    }

    /// The distance of a class, from 0 to 1; 0 for a class or a table without records.
    pub(super) fn distance(&self, class: &Histogram<'_>) -> f64 {
        let (n, total) = (class.records(), self.table.total());
        if n == 0 || total == 0 {
            return 0.0;
        }
        let whole = u128::from(n) * u128::from(total);
        match &self.ground {
            Ground::Equal => quotient(self.surplus(class), whole),
            Ground::Ordered(scale) => {
                // Scale and star in units of half a step.
                let off: u128 = self.off_scale(class).iter().map(|difference| difference.unsigned_abs()).sum();
                quotient(scale.half_steps(class, total) + scale.steps * off, 2 * scale.steps * whole)
            }
            Ground::Hierarchical(tree) => {
                // Each edge of the tree has length 1/(2H), each edge to a value outside of it 1/2.
                let off: u128 = self.off_scale(class).iter().map(|difference| difference.unsigned_abs()).sum();
                quotient(tree.edges(class, total) + tree.height * off, 2 * tree.height * whole)
            }
        }
    }

    /// What must leave the categories that the class has too much of.
    fn surplus(&self, class: &Histogram<'_>) -> u128 {
        let (n, total) = (u128::from(class.records()), u128::from(self.table.total()));
        class
            .counts()
            .map(|(category, count)| {
                (u128::from(count) * total).saturating_sub(u128::from(self.table.count(category)) * n)
            })
            .sum()
    }

    /// f N - c n of "not applicable" and of blank.
    fn off_scale(&self, class: &Histogram<'_>) -> [i128; 2] {
        let (n, total) = (i128::from(class.records()), i128::from(self.table.total()));
        let [here, blank_here] = class.off_scale();
        let [all, blank_all] = self.table.off_scale();
        [i128::from(here) * total - i128::from(all) * n, i128::from(blank_here) * total - i128::from(blank_all) * n]
    }
}

/// Values on a line. Between neighbours lies an edge of one step; what is off the scale is joined to its
/// middle, so that to the left of the middle an edge carries what lies left of it, and to the right what
/// lies right of it.
#[derive(Clone)]
struct Scale {
    /// C_i: records of the table with one of the values 0..=i.
    cumulated: Vec<u64>,
    /// The sum of C_j for j < i.
    sums: Vec<u128>,
    /// Edges, at least 1.
    steps: u128,
}

impl Scale {
    fn new(values: &[u64]) -> Self {
        let mut cumulated = Vec::with_capacity(values.len());
        let mut sums = vec![0];
        let (mut below, mut sum) = (0u64, 0u128);
        for &count in values {
            below += count;
            sum += u128::from(below);
            cumulated.push(below);
            sums.push(sum);
        }
        let steps = u128::try_from(values.len().saturating_sub(1).max(1)).unwrap_or(1);
        Self { cumulated, sums, steps }
    }

    /// Twice the sum over the edges of what they carry.
    fn half_steps(&self, class: &Histogram<'_>, total: u64) -> u128 {
        let edges = self.cumulated.len().saturating_sub(1);
        let n = class.records();
        // What lies right of an edge is what lies left of it less all that is on the scale.
        let on_scale: u64 = class.values().iter().map(|&(_, count)| u64::from(count)).sum();
        let all = i128::from(on_scale) * i128::from(total)
            - i128::from(self.cumulated.last().copied().unwrap_or(0)) * i128::from(n);
        // An odd number of edges has one in the middle, half of it on either side.
        let (left, middle) = (edges / 2, edges % 2);
        let (mut sum, mut below, mut edge) = (0u128, 0u64, 0usize);
        let values = class.values().iter().map(|&(code, count)| (usize::from(code), u64::from(count)));
        for (code, count) in values.chain([(edges, 0)]) {
            let end = code.min(edges);
            let carried = i128::from(below) * i128::from(total);
            sum += 2 * self.carried(edge.min(left)..end.min(left), carried, n);
            if middle == 1 && (edge..end).contains(&left) {
                sum += self.carried(left..left + 1, carried, n) + self.carried(left..left + 1, carried - all, n);
            }
            let right = left + middle;
            sum += 2 * self.carried(edge.max(right)..end.max(right), carried - all, n);
            edge = end;
            below += count;
        }
        sum
    }

    /// The sum of |x - C_i n| over edges.
    fn carried(&self, edges: std::ops::Range<usize>, x: i128, n: u64) -> u128 {
        let Some(cumulated) = self.cumulated.get(edges.clone()) else { return 0 };
        if cumulated.is_empty() {
            return 0;
        }
        let n = i128::from(n);
        let crossing = edges.start + cumulated.partition_point(|&below| i128::from(below) * n <= x);
        let sum = |from: usize, to: usize| {
            let sum_to = self.sums.get(to).copied().unwrap_or(0);
            let sum_from = self.sums.get(from).copied().unwrap_or(0);
            i128::try_from(sum_to - sum_from).unwrap_or(i128::MAX)
        };
        let length = |from: usize, to: usize| i128::try_from(to - from).unwrap_or(i128::MAX);
        let under = x * length(edges.start, crossing) - sum(edges.start, crossing) * n;
        let over = sum(crossing, edges.end) * n - x * length(crossing, edges.end);
        (under + over).unsigned_abs()
    }
}

/// Values as leaves of a tree, with its nodes numbered level by level so that the leaves of a node are
/// neighbours.
#[derive(Clone)]
struct Tree {
    /// Whether the codes themselves are such an order.
    in_order: bool,
    /// For each leaf code its place.
    place: Vec<u16>,
    /// For each level under the root: the node of each place, and the records of the table in each node.
    levels: Vec<TreeLevel>,
    /// Records of the table with a value of the tree.
    records: u128,
    /// Edges from a leaf to the root, at least 1.
    height: u128,
}

#[derive(Clone)]
struct TreeLevel {
    node_of_place: Vec<u16>,
    records: Vec<u64>,
}

/// Classes with up to this many values need no memory of their own.
const FEW: usize = 96;

impl Tree {
    fn new(hierarchy: &Hierarchy, values: &[u64]) -> Self {
        let mut levels: Vec<&[u16]> = hierarchy.levels().map(ctdata_table::Level::of_leaf).collect();
        // The root is no level with edges above it.
        if hierarchy.levels().last().is_some_and(|top| top.domain().len() <= 1) && levels.len() > 1 {
            levels.pop();
        }
        let mut order: Vec<u16> = (0u16..).take(values.len()).collect();
        let node = |level: &[u16], leaf: u16| level.get(usize::from(leaf)).copied().unwrap_or(0);
        order.sort_by_key(|&leaf| levels.iter().rev().map(|level| node(level, leaf)).collect::<Vec<_>>());
        let mut place = vec![0; values.len()];
        for (at, &leaf) in (0u16..).zip(&order) {
            if let Some(slot) = place.get_mut(usize::from(leaf)) {
                *slot = at;
            }
        }
        let height = u128::try_from(levels.len()).unwrap_or(1).max(1);
        let levels = levels
            .into_iter()
            .map(|level| {
                let node_of_place: Vec<u16> = order.iter().map(|&leaf| node(level, leaf)).collect();
                let mut records = vec![0; usize::from(level.iter().copied().max().unwrap_or(0)) + 1];
                for (&leaf, &node) in order.iter().zip(&node_of_place) {
                    if let Some(slot) = records.get_mut(usize::from(node)) {
                        *slot += values.get(usize::from(leaf)).copied().unwrap_or(0);
                    }
                }
                TreeLevel { node_of_place, records }
            })
            .collect();
        let records = values.iter().map(|&count| u128::from(count)).sum();
        Self { in_order: order.is_sorted(), place, levels, records, height }
    }

    /// The sum over all edges under the root of what they carry.
    fn edges(&self, class: &Histogram<'_>, total: u64) -> u128 {
        let values = class.values();
        if self.in_order {
            return self.edges_in_order(values, class.records(), total);
        }
        let placed = |&(code, count): &(u16, u32)| (self.place.get(usize::from(code)).copied().unwrap_or(0), count);
        let mut few = [(0u16, 0u32); FEW];
        if let Some(few) = few.get_mut(..values.len()) {
            for (slot, value) in few.iter_mut().zip(values) {
                *slot = placed(value);
            }
            few.sort_unstable();
            self.edges_in_order(few, class.records(), total)
        } else {
            let mut many: Vec<(u16, u32)> = values.iter().map(placed).collect();
            many.sort_unstable();
            self.edges_in_order(&many, class.records(), total)
        }
    }

    fn edges_in_order(&self, placed: &[(u16, u32)], n: u64, total: u64) -> u128 {
        let (n, total) = (u128::from(n), u128::from(total));
        let mut sum = 0;
        for level in &self.levels {
            let node_of = |place: u16| level.node_of_place.get(usize::from(place)).copied().unwrap_or(0);
            let mut rest = placed;
            let mut seen = 0;
            while let Some(&(first, _)) = rest.first() {
                let node = node_of(first);
                let length = rest.iter().take_while(|&&(place, _)| node_of(place) == node).count();
                let (members, after) = rest.split_at(length);
                let here: u128 = members.iter().map(|&(_, count)| u128::from(count)).sum();
                let all = level.records.get(usize::from(node)).copied().map_or(0, u128::from);
                sum += (here * total).abs_diff(all * n);
                seen += all;
                rest = after;
            }
            // Nodes that the class does not touch carry what the table has there.
            sum += (self.records - seen) * n;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_precision_loss, reason = "small numbers")]

    use super::*;
    use crate::model::histogram::Categories;
    use crate::model::histogram::tests::{attribute, tally};
    use ctdata_table::{Domain, MissingKinds, Origin};
    use proptest::prelude::*;

    fn distance(ground: &SensitiveDistance, attribute: &Attribute, class: &[u16], table: &[u16]) -> f64 {
        let categories = Categories::of(attribute);
        let table = Distribution::from_counts(categories, &tally(table));
        let class = tally(class);
        EarthMover::new(ground, attribute, table).unwrap().distance(&categories.histogram(&class))
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-12
    }

    fn no_missing(attribute: &Attribute) -> Attribute {
        Attribute::new(attribute.shared_name(), attribute.domain().clone(), MissingKinds::NONE)
    }

    #[test]
    fn salaries_of_the_paper() {
        // Li, Li, Venkatasubramanian (2007), section 5: salaries 3k, 4k, .. 11k.
        let attribute = no_missing(&attribute(9));
        let table: Vec<u16> = (0..9).collect();
        let found = |class: &[u16]| distance(&SensitiveDistance::Ordered, &attribute, class, &table);
        assert!(near(found(&[0, 1, 2]), 0.375));
        assert!(near(found(&[3, 5, 8]), 1.0 / 6.0));
    }

    #[test]
    fn two_pairs_of_leaves() {
        let attribute = no_missing(&attribute(4));
        let tree = Hierarchy::of(attribute.domain().clone())
            .with_level("pair", ["ab", "cd"], |code| code / 2)
            .unwrap()
            .with_top("any")
            .unwrap();
        let tree = SensitiveDistance::Hierarchical(tree);
        let table = [0, 1, 2, 3];
        assert!(near(distance(&tree, &attribute, &[0, 1], &table), 0.5));
        assert!(near(distance(&tree, &attribute, &[0, 2], &table), 0.25));
        for class in [[0, 1], [0, 2]] {
            assert!(near(distance(&SensitiveDistance::Equal, &attribute, &class, &table), 0.5));
        }
    }

    #[test]
    fn blanks_are_half_a_scale_from_its_middle() {
        let attribute = attribute(5);
        let blank = attribute.missing_code(ctdata_table::Missing::Unknown).unwrap();
        let none = attribute.missing_code(ctdata_table::Missing::NotApplicable).unwrap();
        for (value, far) in [(0, 1.0), (1, 0.75), (2, 0.5), (3, 0.75), (4, 1.0)] {
            assert!(near(distance(&SensitiveDistance::Ordered, &attribute, &[value], &[blank]), far));
            assert!(near(distance(&SensitiveDistance::Ordered, &attribute, &[blank], &[value]), far));
        }
        assert!(near(distance(&SensitiveDistance::Ordered, &attribute, &[none], &[blank]), 1.0));
    }

    #[test]
    fn distances_that_do_not_fit_are_refused() {
        let attribute = Attribute::flag("s");
        let table = Distribution::from_counts(Categories::of(&attribute), &[]);
        let refusal =
            |ground: &SensitiveDistance| EarthMover::new(ground, &attribute, table.clone()).unwrap_err().to_string();
        assert_eq!(refusal(&SensitiveDistance::Ordered), "distance: the values of `s` have no order");
        let other = Hierarchy::of(Domain::nominal(["x"], Origin::Public).unwrap());
        assert_eq!(
            refusal(&SensitiveDistance::Hierarchical(other)),
            "distance: the leaves of the hierarchy are not the values of `s`"
        );
    }

    /// The least cost of moving one distribution into another, as a flow of whole records: each of the
    /// class's records stands for N and each of the table's for n, and augmenting paths of least cost are
    /// found by Bellman and Ford. Slow, and nothing but the definition.
    fn by_flow(class: &[u16], table: &[u16], ground: impl Fn(u16, u16) -> f64) -> f64 {
        let (sources, sinks) = (tally(class), tally(table));
        let (rows, columns) = (sources.len(), sinks.len());
        let whole = |length: usize| i64::try_from(length).unwrap();
        let mut supply: Vec<i64> = sources.iter().map(|s| i64::from(s.1) * whole(table.len())).collect();
        let mut demand: Vec<i64> = sinks.iter().map(|s| i64::from(s.1) * whole(class.len())).collect();
        let mut flow = vec![vec![0i64; columns]; rows];
        let mut cost = 0.0;
        loop {
            let mut to_row = vec![f64::INFINITY; rows];
            let mut to_column = vec![f64::INFINITY; columns];
            let (mut row_from, mut column_from) = (vec![usize::MAX; rows], vec![usize::MAX; columns]);
            for row in 0..rows {
                if supply[row] > 0 {
                    to_row[row] = 0.0;
                }
            }
            for _ in 0..rows + columns {
                for row in 0..rows {
                    for column in 0..columns {
                        let step = ground(sources[row].0, sinks[column].0);
                        if to_row[row] + step < to_column[column] - 1e-12 {
                            to_column[column] = to_row[row] + step;
                            column_from[column] = row;
                        }
                        if flow[row][column] > 0 && to_column[column] - step < to_row[row] - 1e-12 {
                            to_row[row] = to_column[column] - step;
                            row_from[row] = column;
                        }
                    }
                }
            }
            let open = (0..columns).filter(|&column| demand[column] > 0);
            let Some(last) = open.min_by(|&a, &b| to_column[a].total_cmp(&to_column[b])) else { break };
            let mut amount = demand[last];
            let mut column = last;
            let start = loop {
                let row = column_from[column];
                if row_from[row] == usize::MAX {
                    break row;
                }
                amount = amount.min(flow[row][row_from[row]]);
                column = row_from[row];
            };
            amount = amount.min(supply[start]);
            cost += to_column[last] * amount as f64;
            demand[last] -= amount;
            supply[start] -= amount;
            let mut column = last;
            loop {
                let row = column_from[column];
                flow[row][column] += amount;
                if row == start && row_from[row] == usize::MAX {
                    break;
                }
                column = row_from[row];
                flow[row][column] -= amount;
            }
        }
        cost / (class.len() * table.len()) as f64
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn all_three_equal_the_cheapest_flow(
            size in 1u16..7,
            class in prop::collection::vec(0u16..9, 1..8),
            rest in prop::collection::vec(0u16..9, 0..10),
            pairs in prop::collection::vec(0u16..3, 7),
            halves in prop::collection::vec(0u16..2, 3),
            top in any::<bool>(),
        ) {
            // The last two codes stand for "not applicable" and blank.
            let attribute = attribute(size);
            let off = [ctdata_table::Missing::NotApplicable, ctdata_table::Missing::Withheld];
            let off = off.map(|kind| attribute.missing_code(kind).unwrap());
            let code = |&code: &u16| if code >= 7 { off[usize::from(code) - 7] } else { code % size };
            let class: Vec<u16> = class.iter().map(code).collect();
            let table: Vec<u16> = class.iter().copied().chain(rest.iter().map(code)).collect();
            let outside = |code: u16| code >= size;

            let equal = by_flow(&class, &table, |a, b| f64::from(u8::from(a != b)));
            prop_assert!(near(distance(&SensitiveDistance::Equal, &attribute, &class, &table), equal));

            let steps = f64::from(size - 1).max(1.0);
            let middle = f64::from(size - 1) / 2.0;
            let ordered = by_flow(&class, &table, |a, b| match (outside(a), outside(b)) {
                (true, true) => f64::from(u8::from(a != b)),
                (false, false) => (f64::from(a) - f64::from(b)).abs() / steps,
                (true, false) => 0.5 + (f64::from(b) - middle).abs() / steps,
                (false, true) => 0.5 + (f64::from(a) - middle).abs() / steps,
            });
            prop_assert!(near(distance(&SensitiveDistance::Ordered, &attribute, &class, &table), ordered));

            let mut tree = Hierarchy::of(attribute.domain().clone())
                .with_level("1", ["a", "b", "c"], |leaf| pairs[usize::from(leaf)]).unwrap()
                .with_level("2", ["a", "b"], |leaf| halves[usize::from(pairs[usize::from(leaf)])]).unwrap();
            if top {
                tree = tree.with_top("any").unwrap();
            }
            let meet = |a: u16, b: u16| {
                if a == b { return 0.0 }
                if outside(a) || outside(b) { return 1.0 }
                let joined = |level: &ctdata_table::Level| {
                    level.of_leaf()[usize::from(a)] == level.of_leaf()[usize::from(b)]
                };
                // A root is understood above two halves.
                tree.levels().position(joined).unwrap_or(3) as f64 / 3.0
            };
            let expected = by_flow(&class, &table, meet);
            let tree = SensitiveDistance::Hierarchical(tree.clone());
            prop_assert!(near(distance(&tree, &attribute, &class, &table), expected));
        }
    }
}
