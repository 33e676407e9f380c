//! Random numbers: uniform, exponential, normal, gamma, beta, binomial, Poisson, and the number of persons not seen.
//!
//! Bootstrap replicates, Markov chains and simulated tables all draw from here. The time of one draw does not grow with
//! the counts, and counts are exact to 2^53.

mod binomial;
mod gamma;
mod normal;
mod poisson;
mod stirling;
#[cfg(test)]
mod tests;
mod unseen;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// Random numbers of all kinds, made from random words. Those of the project are ChaCha with eight rounds, a stream for
/// each replicate or chain: the same seed gives the same numbers on any number of threads.
#[derive(Debug)]
pub(crate) struct Source<R = ChaCha8Rng> {
    words: R,
    layers: &'static normal::Layers,
}

impl Source {
    /// The numbers of one stream of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut words = ChaCha8Rng::seed_from_u64(seed);
        words.set_stream(stream);
        Self::over(words)
    }
}

impl<R: Rng> Source<R> {
    /// Made from these words.
    pub(crate) fn over(words: R) -> Self {
        Self { words, layers: normal::layers() }
    }

    /// Uniform between 0 and 1, both excluded.
    pub(crate) fn uniform(&mut self) -> f64 {
        const BELOW_ONE: f64 = 1.0 - 0.5 * f64::EPSILON;
        one_to_two(self.words.next_u64()) - BELOW_ONE
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }
}

/// A number from 1 up to, not including, 2, from the top 52 bits.
fn one_to_two(word: u64) -> f64 {
    f64::from_bits((word >> 12) | 1.0f64.to_bits())
}
