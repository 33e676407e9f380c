//! The classes of one node of the lattice after another, each from the classes of a finer node.

mod coding;
mod dedup;
mod key;
mod ladder;
mod rollup;
mod sieve;

pub(crate) use coding::{Coding, key_bits};
pub(crate) use dedup::{Base, Members};
pub(crate) use key::{Key, Wide};
pub(crate) use ladder::Ladder;
pub(crate) use rollup::{Histogram, Scratch};
pub(crate) use sieve::Sieve;

/// Distinct combinations of generalized codes with what was counted of each.
#[derive(Clone, Default)]
pub(crate) struct ClassTable<K> {
    pub(crate) keys: Vec<K>,
    pub(crate) records: Vec<u32>,
    /// Records of the population; empty without one.
    pub(crate) population: Vec<u32>,
    /// Sensitive codes, one list per sensitive attribute.
    pub(crate) sensitive: Vec<Histogram>,
}

impl<K> ClassTable<K> {
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Bytes that the table takes, about.
    pub(crate) fn bytes(&self) -> usize {
        self.keys.len() * size_of::<K>()
            + (self.records.len() + self.population.len()) * 4
            + self.sensitive.iter().map(Histogram::bytes).sum::<usize>()
    }
}
