//! Junction trees: cliques that hold every measured set, joined so that what two of them share lies on the way
//! between them.
#![expect(clippy::indexing_slicing, reason = "attributes are below the number of sizes")]

use super::factor::cells_wide;

/// Cliques of a triangulated graph, joined to one tree; parts that share nothing are joined by empty separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JunctionTree {
    /// Ascending attributes of each clique.
    pub(super) cliques: Vec<Vec<usize>>,
    /// The clique that each one hangs on; none for the root.
    pub(super) parent: Vec<Option<usize>>,
    /// What each clique shares with its parent.
    pub(super) separator: Vec<Vec<usize>>,
    /// Parents before children.
    pub(super) order: Vec<usize>,
}

/// How the next attribute to eliminate is chosen.
#[derive(Clone, Copy)]
enum Greed {
    /// The least clique.
    Cells,
    /// The least weight of new edges.
    Fill,
    /// The least clique, each cost multiplied by chance; with a seed.
    Chance(u64),
}

/// Orders of elimination that are tried for a fit beside the two of [`junction_tree_cells`].
const TRIALS: u64 = 6;

/// A graph on attributes, as rows of bits.
#[derive(Clone)]
struct Graph {
    words: usize,
    rows: Vec<u64>,
}

impl Graph {
    fn new<S: AsRef<[usize]>>(attributes: usize, cliques: &[S]) -> Self {
        let words = attributes.div_ceil(64);
        let mut graph = Self { words, rows: vec![0; words * attributes] };
        let mut set = vec![0u64; words];
        for clique in cliques {
            let clique = clique.as_ref();
            set.fill(0);
            for &a in clique {
                set[a / 64] |= 1 << (a % 64);
            }
            for &a in clique {
                let row = &mut graph.rows[a * words..(a + 1) * words];
                row.iter_mut().zip(&set).for_each(|(row, set)| *row |= set);
                row[a / 64] &= !(1 << (a % 64));
            }
        }
        graph
    }

    fn row(&self, a: usize) -> &[u64] {
        &self.rows[a * self.words..(a + 1) * self.words]
    }

    fn neighbours(&self, a: usize) -> impl Iterator<Item = usize> + '_ {
        bits(self.row(a))
    }

    /// Joins all neighbours of an attribute, and takes it out.
    fn eliminate(&mut self, a: usize, around: &mut Vec<u64>) {
        around.clear();
        around.extend_from_slice(self.row(a));
        for b in bits(around) {
            let row = &mut self.rows[b * self.words..(b + 1) * self.words];
            row.iter_mut().zip(&*around).for_each(|(row, set)| *row |= set);
            row[b / 64] &= !(1 << (b % 64));
            row[a / 64] &= !(1 << (a % 64));
        }
    }
}

/// The places of the ones.
fn bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(word, &bits)| {
        let mut left = bits;
        std::iter::from_fn(move || {
            let place = (left != 0).then(|| word * 64 + left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            place
        })
    })
}

/// SplitMix64 (Steele, Lea and Flood 2014): which orders are tried, not privacy.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Eliminates all attributes: the maximal cliques as rows of bits, and their cells.
fn triangulate(graph: &Graph, logs: &[f64], sizes: &[usize], greed: Greed) -> (Vec<Vec<u64>>, u128) {
    let count = sizes.len();
    let mut graph = graph.clone();
    let mut left: Vec<usize> = (0..count).collect();
    let cost = |graph: &Graph, a: usize| match greed {
        Greed::Cells => graph.neighbours(a).map(|b| logs[b]).sum::<f64>() + logs[a],
        Greed::Chance(seed) => {
            let cells = graph.neighbours(a).map(|b| logs[b]).sum::<f64>() + logs[a];
            cells * (1.0 + f64::from((mixed(seed ^ ((a as u64) << 32)) >> 56) as u8) / 1024.0)
        }
        Greed::Fill => {
            let around = graph.row(a);
            let mut fill = 0.0;
            for b in bits(around) {
                let apart = around.iter().zip(graph.row(b)).map(|(all, near)| all & !near).collect::<Vec<u64>>();
                fill += bits(&apart).filter(|&c| c != b).map(|c| logs[b] * logs[c]).sum::<f64>();
            }
            // Among equals, the least clique.
            fill + 1e-6 * (bits(around).map(|b| logs[b]).sum::<f64>() + logs[a])
        }
    };
    let mut costs: Vec<f64> = (0..count).map(|a| cost(&graph, a)).collect();
    let mut cliques: Vec<Vec<u64>> = Vec::with_capacity(count);
    let mut cells = 0u128;
    let mut around = Vec::new();
    while !left.is_empty() {
        let mut best = 0;
        for place in 1..left.len() {
            if costs[left[place]] < costs[left[best]] {
                best = place;
            }
        }
        let a = left.remove(best);
        let mut clique = graph.row(a).to_vec();
        clique[a / 64] |= 1 << (a % 64);
        // A clique that is part of another one is part of one that came before.
        if !cliques.iter().any(|other| clique.iter().zip(other).all(|(new, old)| new & !old == 0)) {
            cells = cells.saturating_add(cells_wide(bits(&clique), sizes));
            cliques.push(clique);
        }
        graph.eliminate(a, &mut around);
        if matches!(greed, Greed::Fill) {
            // New edges change the cost of all that touch them.
            let near: Vec<usize> = left
                .iter()
                .copied()
                .filter(|&b| bits(&around).any(|c| b == c || graph.row(b)[c / 64] >> (c % 64) & 1 == 1))
                .collect();
            for b in near {
                costs[b] = cost(&graph, b);
            }
        } else {
            for b in bits(&around) {
                costs[b] = cost(&graph, b);
            }
        }
    }
    (cliques, cells)
}

#[expect(clippy::cast_precision_loss, reason = "a cost")]
fn logs(sizes: &[usize]) -> Vec<f64> {
    sizes.iter().map(|&size| (size.max(1) as f64).log2()).collect()
}

/// The number of each attribute when they are sorted by size, and back.
pub(super) fn by_size(shape: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let mut position: Vec<usize> = (0..shape.len()).collect();
    position.sort_by_key(|&a| shape[a]);
    let mut rank = vec![0; shape.len()];
    for (number, &a) in position.iter().enumerate() {
        rank[a] = number;
    }
    (rank, position)
}

/// The cells of all cliques of a junction tree in which each of these sets is in one clique: an upper bound of
/// what a fit needs, with every attribute in at least one clique.
pub(crate) fn junction_tree_cells(shape: &[usize], cliques: &[Vec<usize>]) -> u128 {
    // Numbered as in a model, so that ties are broken as there.
    let (rank, position) = by_size(shape);
    let sizes: Vec<usize> = position.iter().map(|&a| shape[a]).collect();
    let cliques: Vec<Vec<usize>> = cliques.iter().map(|clique| clique.iter().map(|&a| rank[a]).collect()).collect();
    let graph = Graph::new(sizes.len(), &cliques);
    let logs = logs(&sizes);
    let cells = |greed| triangulate(&graph, &logs, &sizes, greed).1;
    cells(Greed::Cells).min(cells(Greed::Fill))
}

impl JunctionTree {
    /// The least tree of some orders of elimination, two greedy ones and some by chance, the same every time.
    pub(super) fn new<S: AsRef<[usize]>>(sizes: &[usize], sets: &[S]) -> Self {
        let graph = Graph::new(sizes.len(), sets);
        let logs = logs(sizes);
        let mut best = triangulate(&graph, &logs, sizes, Greed::Cells);
        for greed in std::iter::once(Greed::Fill).chain((1..=TRIALS).map(Greed::Chance)) {
            let other = triangulate(&graph, &logs, sizes, greed);
            if other.1 < best.1 {
                best = other;
            }
        }
        Self::join(&best.0, sizes)
    }

    /// The cells of all cliques.
    pub(super) fn cells(&self, sizes: &[usize]) -> u128 {
        self.cliques.iter().fold(0, |sum: u128, clique| sum.saturating_add(cells_wide(clique.iter().copied(), sizes)))
    }

    /// The spanning tree of largest separators (Prim), from the largest clique.
    fn join(sets: &[Vec<u64>], sizes: &[usize]) -> Self {
        let shared = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum::<u32>();
        let cliques: Vec<Vec<usize>> = sets.iter().map(|set| bits(set).collect()).collect();
        let root = (0..cliques.len()).rev().max_by_key(|&clique| cells_wide(cliques[clique].iter().copied(), sizes));
        let mut tree = Self {
            parent: vec![None; cliques.len()],
            separator: vec![Vec::new(); cliques.len()],
            order: Vec::with_capacity(cliques.len()),
            cliques,
        };
        let Some(root) = root else { return tree };
        tree.order.push(root);
        let mut outside: Vec<usize> = (0..sets.len()).filter(|&clique| clique != root).collect();
        // The heaviest edge into the tree so far, of each clique outside.
        let mut edge: Vec<(u32, usize)> = sets.iter().map(|set| (shared(set, &sets[root]), root)).collect();
        while !outside.is_empty() {
            let mut best = 0;
            for place in 1..outside.len() {
                if edge[outside[place]].0 > edge[outside[best]].0 {
                    best = place;
                }
            }
            let clique = outside.remove(best);
            let parent = edge[clique].1;
            let separator: Vec<u64> = sets[clique].iter().zip(&sets[parent]).map(|(a, b)| a & b).collect();
            tree.separator[clique] = bits(&separator).collect();
            tree.parent[clique] = Some(parent);
            tree.order.push(clique);
            for &other in &outside {
                let weight = shared(&sets[other], &sets[clique]);
                if weight > edge[other].0 {
                    edge[other] = (weight, clique);
                }
            }
        }
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::super::factor::contains;
    use super::*;
    use crate::testing::Dice;
    use proptest::prelude::*;

    #[test]
    fn a_chain_of_pairs_has_their_cells() {
        // §5.6 of McKenna and others: k binary attributes, k - 1 pairs.
        for k in 2..70usize {
            let pairs: Vec<Vec<usize>> = (1..k).map(|a| vec![a - 1, a]).collect();
            assert_eq!(junction_tree_cells(&vec![2; k], &pairs), 4 * (k as u128 - 1));
        }
    }

    #[test]
    fn a_cycle_needs_one_chord() {
        let cycle = [vec![0, 1], vec![1, 2], vec![2, 3], vec![0, 3]];
        // The chord between the attributes of sizes 2 and 3 is the cheaper one.
        assert_eq!(junction_tree_cells(&[2, 5, 3, 7], &cycle), 2 * 5 * 3 + 2 * 3 * 7);
        assert_eq!(junction_tree_cells(&[2, 3], &[]), 5);
        assert_eq!(junction_tree_cells(&[], &[]), 0);
    }

    #[test]
    fn sizes_past_all_numbers_are_told_without_memory() {
        let all: Vec<usize> = (0..200).collect();
        assert_eq!(junction_tree_cells(&[60_000; 200], &[all]), u128::MAX);
    }

    proptest! {
        #[test]
        fn sets_are_in_cliques_and_what_is_shared_lies_on_the_way(seed in any::<u64>(), count in 1usize..12, many in 0usize..20) {
            let mut dice = Dice(seed);
            let mut sizes: Vec<usize> = (0..count).map(|_| 1 + usize::try_from(dice.roll(5)).unwrap()).collect();
            // As in a model, where attributes are numbered by size.
            sizes.sort_unstable();
            let sets: Vec<Vec<usize>> = (0..many)
                .map(|_| (0..count).filter(|_| dice.one_in(4)).collect())
                .collect();
            let tree = JunctionTree::new(&sizes, &sets);
            prop_assert!(sets.iter().all(|set| tree.cliques.iter().any(|clique| contains(clique, set))));
            prop_assert!(tree.cells(&sizes) <= junction_tree_cells(&sizes, &sets));
            prop_assert_eq!(tree.order.len(), tree.cliques.len());
            for (a, clique) in tree.cliques.iter().enumerate() {
                prop_assert!(tree.cliques.iter().enumerate().all(|(b, other)| a == b || !contains(other, clique)));
            }
            // The cliques of an attribute hang together: all but one have it in common with their parent.
            for attribute in 0..count {
                let holders = tree.cliques.iter().filter(|clique| clique.contains(&attribute)).count();
                let joined = tree.separator.iter().filter(|separator| separator.contains(&attribute)).count();
                prop_assert_eq!(holders, joined + 1);
            }
        }
    }
}
