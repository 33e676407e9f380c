//! Decomposable graphs on the lists: which lists may depend on each other.
//!
//! # Sources
//! Tarjan and Yannakakis (1984), Simple linear-time algorithms to test chordality of graphs, *SIAM Journal on
//! Computing* 13, 566–579. Blair and Peyton (1993), An introduction to chordal graphs and clique trees. Counts of
//! labelled chordal graphs: 2, 8, 61, 822, 18,154 for 2 to 6 vertices (OEIS A058862).

use crate::mse::list_set::ListSet;

/// The most lists: of seven there are 617,675 graphs.
pub(super) const MOST_LISTS: usize = 6;

/// A chordal graph whose vertices are lists, with a clique tree of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Graph {
    /// The edges as a set of [`pairs`].
    pub(super) edges: u16,
    /// The largest sets of lists that are all joined with each other.
    pub(super) cliques: Vec<ListSet>,
    /// What neighbours in the clique tree share, as often as they do; without the empty set.
    pub(super) separators: Vec<ListSet>,
}

/// All pairs of lists, in lexicographic order.
pub(super) fn pairs(lists: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..lists).flat_map(move |first| (first + 1..lists).map(move |second| [first, second]))
}

/// All decomposable graphs on two to six lists, in the order of their edge sets: from independence to all edges.
pub(super) fn decomposable(lists: usize) -> Vec<Graph> {
    let lists = lists.min(MOST_LISTS);
    let edges: Vec<[usize; 2]> = pairs(lists).collect();
    (0..1_u32 << edges.len()).filter_map(|set| clique_tree(lists, &edges, u16::try_from(set).ok()?)).collect()
}

/// Visits the vertices by maximum cardinality search. In a chordal graph, and only there, the neighbours visited
/// before a vertex are all joined with each other; where their number does not grow a clique ends, and they are the
/// separator to the next.
fn clique_tree(lists: usize, pairs: &[[usize; 2]], edges: u16) -> Option<Graph> {
    let mut neighbours = [ListSet::EMPTY; MOST_LISTS];
    for [first, second] in pairs.iter().enumerate().filter(|(bit, _)| edges >> bit & 1 == 1).map(|(_, pair)| *pair) {
        for (one, other) in [(first, second), (second, first)] {
            let of_one = neighbours.get_mut(one)?;
            *of_one = of_one.union(ListSet::single(other));
        }
    }
    let of = |list: usize| neighbours.get(list).copied().unwrap_or_default();
    let mut graph = Graph { edges, cliques: Vec::new(), separators: Vec::new() };
    let (mut visited, mut clique) = (ListSet::EMPTY, ListSet::EMPTY);
    for _ in 0..lists {
        let next = (0..lists)
            .filter(|list| !visited.contains(*list))
            .max_by_key(|list| (of(*list).intersection(visited).len(), lists - list))?;
        let before = of(next).intersection(visited);
        if !before.iter().all(|one| before.difference(ListSet::single(one)).is_subset(of(one))) {
            return None;
        }
        // The clique so far has one list more than its last vertex had neighbours before it.
        if !clique.is_empty() && before.len() < clique.len() {
            graph.cliques.push(clique);
            if !before.is_empty() {
                graph.separators.push(before);
            }
        }
        clique = before.union(ListSet::single(next));
        visited = visited.union(ListSet::single(next));
    }
    graph.cliques.push(clique);
    // As people write them: 12 before 13 before 3.
    graph.cliques.sort_unstable_by_key(|clique| clique.iter().collect::<Vec<_>>());
    Some(graph)
}

impl Graph {
    /// The cliques by the numbers of their lists from 1: `[12,23]`.
    pub(super) fn notation(&self) -> String {
        self.write(|list| (list + 1).to_string(), "")
    }

    /// The cliques by the names of their lists: `[LA:NG,NG:GP]`.
    pub(super) fn named(&self, names: &[String]) -> String {
        self.write(|list| names.get(list).cloned().unwrap_or_default(), ":")
    }

    fn write(&self, name: impl Fn(usize) -> String, join: &str) -> String {
        let clique = |clique: &ListSet| clique.iter().map(&name).collect::<Vec<_>>().join(join);
        format!("[{}]", self.cliques.iter().map(clique).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_are_known() {
        let counts: Vec<usize> = (2..=6).map(|lists| decomposable(lists).len()).collect();
        assert_eq!(counts, [2, 8, 61, 822, 18_154]);
    }

    fn joined(graph: u32, one: usize, other: usize, lists: usize) -> bool {
        pairs(lists).position(|pair| pair == [one.min(other), one.max(other)]).is_some_and(|bit| graph >> bit & 1 == 1)
    }

    /// Some order of the vertices in which the later neighbours of each are all joined: the definition.
    fn has_perfect_elimination(graph: u32, left: &[usize], lists: usize) -> bool {
        left.is_empty()
            || left.iter().any(|&one| {
                let rest: Vec<usize> = left.iter().copied().filter(|other| *other != one).collect();
                let around: Vec<usize> =
                    rest.iter().copied().filter(|other| joined(graph, one, *other, lists)).collect();
                let complete = around.iter().all(|a| around.iter().all(|b| a == b || joined(graph, *a, *b, lists)));
                complete && has_perfect_elimination(graph, &rest, lists)
            })
    }

    #[test]
    fn the_search_finds_what_trying_all_orders_finds() {
        for lists in 2..=4_usize {
            let all: Vec<usize> = (0..lists).collect();
            let graphs = 0..1_u32 << (lists * (lists - 1) / 2);
            let expected: Vec<u32> = graphs.filter(|graph| has_perfect_elimination(*graph, &all, lists)).collect();
            let found: Vec<u32> = decomposable(lists).into_iter().map(|graph| u32::from(graph.edges)).collect();
            assert_eq!(found, expected, "{lists} lists");
        }
    }

    #[test]
    fn cliques_are_all_largest_complete_sets_and_separators_follow_from_them() {
        for lists in 2..=5_usize {
            for graph in decomposable(lists) {
                let edges = u32::from(graph.edges);
                let complete =
                    |set: ListSet| set.iter().all(|a| set.iter().all(|b| a == b || joined(edges, a, b, lists)));
                let sets: Vec<ListSet> =
                    (1..1_u16 << lists).map(ListSet::from_bits).filter(|set| complete(*set)).collect();
                let mut largest: Vec<ListSet> = sets.clone();
                largest.retain(|set| !sets.iter().any(|other| other != set && set.is_subset(*other)));
                let mut cliques = graph.cliques.clone();
                cliques.sort_unstable();
                largest.sort_unstable();
                assert_eq!(cliques, largest);
                // Each list, and each edge, is counted once: cliques with it less separators with it.
                for set in sets.iter().filter(|set| set.len() <= 2) {
                    let with = |sets: &[ListSet]| sets.iter().filter(|other| set.is_subset(**other)).count();
                    assert_eq!(with(&graph.cliques) - with(&graph.separators), 1, "{graph:?}");
                }
            }
        }
    }

    #[test]
    fn the_notation_names_the_cliques() {
        let graphs = decomposable(3);
        let notations: Vec<String> = graphs.iter().map(Graph::notation).collect();
        assert_eq!(notations, ["[1,2,3]", "[12,3]", "[13,2]", "[12,13]", "[1,23]", "[12,23]", "[13,23]", "[123]"]);
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(graphs.get(3).unwrap().named(&names), "[a:b,a:c]");
    }
}
