//! All outcomes of a sampler, with their probabilities: a source that walks the tree of its draws.

#![expect(clippy::cast_precision_loss, reason = "small numbers")]

use std::collections::BTreeMap;

use crate::draw::Uniform;

/// One walk from the root: the branches taken, each out of how many. A coin has two branches.
#[derive(Debug)]
pub(crate) struct Tree {
    path: Vec<(u64, u64)>,
    at: usize,
    weight: f64,
    least: f64,
    is_cut: bool,
    beyond: u64,
}

impl Uniform for Tree {
    fn word(&mut self) -> u64 {
        panic!("only small bounds can be enumerated")
    }

    fn chance(&mut self, a: u128, b: u128) -> bool {
        if a >= b {
            return true;
        }
        let heads = a as f64 / b as f64;
        self.branch(2, |branch| if branch == 0 { heads } else { 1.0 - heads }) == 0
    }

    fn below(&mut self, bound: u64) -> u64 {
        if bound <= 1 { 0 } else { self.branch(bound, |_| 1.0 / bound as f64) }
    }
}

impl Tree {
    fn branch(&mut self, bound: u64, probability: impl Fn(u64) -> f64) -> u64 {
        if self.weight < self.least {
            // The walk is given up; anything goes that lets the sampler end.
            self.is_cut = true;
            self.beyond = self.beyond.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            return (self.beyond >> 33) % bound;
        }
        if self.at == self.path.len() {
            self.path.push((0, bound));
        }
        let (branch, branches) = self.path[self.at];
        assert_eq!(branches, bound, "the draws depend on something else than earlier draws");
        self.at += 1;
        self.weight *= probability(branch);
        branch
    }
}

/// What can come out, with the probability of all walks that were resolved.
#[derive(Debug)]
pub(crate) struct Outcomes<T> {
    resolved: BTreeMap<T, f64>,
    /// The probability of all walks that were given up.
    pub(crate) unresolved: f64,
}

impl<T: Ord> Outcomes<T> {
    pub(crate) fn probability(&self, outcome: &T) -> f64 {
        self.resolved.get(outcome).copied().unwrap_or(0.0)
    }
}

/// Runs a sampler on every sequence of draws with a probability of at least `least`.
pub(crate) fn enumerate<T: Ord>(least: f64, mut sampler: impl FnMut(&mut Tree) -> T) -> Outcomes<T> {
    let mut outcomes = Outcomes { resolved: BTreeMap::new(), unresolved: 0.0 };
    let mut tree = Tree { path: Vec::new(), at: 0, weight: 1.0, least, is_cut: false, beyond: 1 };
    loop {
        (tree.at, tree.weight, tree.is_cut) = (0, 1.0, false);
        let outcome = sampler(&mut tree);
        if tree.is_cut {
            outcomes.unresolved += tree.weight;
        } else {
            *outcomes.resolved.entry(outcome).or_insert(0.0) += tree.weight;
        }
        // The next walk: the last branch that has a sibling.
        while tree.path.last().is_some_and(|(branch, branches)| branch + 1 == *branches) {
            tree.path.pop();
        }
        match tree.path.last_mut() {
            Some((branch, _)) => *branch += 1,
            None => return outcomes,
        }
    }
}
