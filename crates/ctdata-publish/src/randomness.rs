//! The caller's randomness, for plans that draw.

use std::fmt;

use ctdata_privacy::dp::NoiseSource;
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

/// What random draws are made from. Libraries do not ask the operating system: the caller hands it over.
///
/// All draws of a run come from one ChaCha20 generator, in the order of the plan: the same randomness, plan
/// and input give the same output.
///
/// `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Randomness(Source);

#[derive(Clone)]
enum Source {
    Entropy([u8; 32]),
    Seed(u64),
}

impl Randomness {
    /// Bytes from the operating system's generator, drawn for one run, told to nobody and not kept. The
    /// same bytes for two files would make the same draws twice.
    pub fn from_entropy(bytes: [u8; 32]) -> Self {
        Self(Source::Entropy(bytes))
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
            Source::Entropy(bytes) => NoiseSource::from_entropy(bytes),
            Source::Seed(seed) => NoiseSource::from_seed(seed),
        }
    }

    pub(crate) fn generator(&self) -> ChaCha20Rng {
        match self.0 {
            Source::Entropy(bytes) => ChaCha20Rng::from_seed(bytes),
            Source::Seed(seed) => ChaCha20Rng::seed_from_u64(seed),
        }
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Randomness").field("is_repeatable", &self.is_repeatable()).finish_non_exhaustive()
    }
}
