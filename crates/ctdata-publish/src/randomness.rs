//! The caller's randomness, for plans that draw.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ctdata_privacy::dp::NoiseSource;
use rand::rngs::ChaCha20Rng;
use rand::{Rng, SeedableRng};

/// What random draws are made from. Libraries do not ask the operating system: the caller hands it over.
///
/// All draws of a run come from one ChaCha20 generator, in the order of the plan: the same seed, plan and input give the
/// same output. Of entropy every run makes a generator of its own, so that no noise is drawn twice.
///
/// `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Randomness(Source);

#[derive(Clone)]
enum Source {
    /// The key, and how many generators were made of it: no two are the same, copies of this value included.
    Entropy([u8; 32], Arc<AtomicU64>),
    Seed(u64),
}

impl Randomness {
    /// Bytes from the operating system's generator, drawn for one run, told to nobody and not kept. The
    /// same bytes for two files would make the same draws twice.
    pub fn from_entropy(bytes: [u8; 32]) -> Self {
        Self(Source::Entropy(bytes, Arc::default()))
    }

    /// A seed that somebody chose, for trials and tests: whoever knows or guesses it can undo the draws, and
    /// the statement says so.
    pub fn from_seed(seed: u64) -> Self {
        Self(Source::Seed(seed))
    }

    /// Whether somebody chose it.
    pub fn is_repeatable(&self) -> bool {
        matches!(self.0, Source::Seed(_))
    }

    /// The source of synthetic records and their noise.
    pub(crate) fn noise_source(&self) -> NoiseSource {
        match self.0 {
            Source::Entropy(..) => {
                let mut key = [0; 32];
                self.generator().fill_bytes(&mut key);
                NoiseSource::from_entropy(key)
            }
            Source::Seed(seed) => NoiseSource::from_seed(seed),
        }
    }

    /// A generator: of entropy a new one each time, of a seed always the same.
    pub(crate) fn generator(&self) -> ChaCha20Rng {
        match &self.0 {
            Source::Entropy(bytes, made) => {
                let mut rng = ChaCha20Rng::from_seed(*bytes);
                rng.set_stream(made.fetch_add(1, Ordering::Relaxed));
                rng
            }
            Source::Seed(seed) => ChaCha20Rng::seed_from_u64(*seed),
        }
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Randomness").field("is_repeatable", &self.is_repeatable()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_never_makes_the_same_draws_twice_and_a_seed_always_does() {
        let word = |rng: &mut ChaCha20Rng| rng.next_u64();
        let entropy = Randomness::from_entropy([7; 32]);
        let copy = entropy.clone();
        let words = [
            word(&mut entropy.generator()),
            word(&mut copy.generator()),
            word(&mut entropy.noise_source().stream()),
            word(&mut copy.noise_source().stream()),
        ];
        let distinct: std::collections::HashSet<u64> = words.into_iter().collect();
        assert_eq!(distinct.len(), 4);
        let seed = Randomness::from_seed(7);
        assert_eq!(word(&mut seed.noise_source().stream()), word(&mut seed.clone().noise_source().stream()));
    }
}
