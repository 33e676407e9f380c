//! Where noise comes from.

use std::fmt;

use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

/// The secret that noise is drawn from, handed over by the caller.
///
/// Each mechanism, task or replicate draws from a stream of its own, numbered in the order in which they are
/// asked for, so that results do not depend on the number of threads. It can not be copied: noise that is
/// drawn twice is no noise. `Debug` shows nothing of it.
pub struct NoiseSource {
    key: [u8; 32],
    repeatable: bool,
    streams: u64,
}

impl NoiseSource {
    /// Bytes from the operating system's generator, drawn for one run, told to nobody and not kept.
    pub fn from_entropy(key: [u8; 32]) -> Self {
        Self { key, repeatable: false, streams: 0 }
    }

    /// A seed that somebody chose, for trials and tests: whoever knows or guesses it can take the noise
    /// off, so that a release made from it is marked not private.
    pub fn from_seed(seed: u64) -> Self {
        use rand::Rng;
        let mut key = [0; 32];
        ChaCha20Rng::seed_from_u64(seed).fill_bytes(&mut key);
        Self { key, repeatable: true, streams: 0 }
    }

    /// Whether somebody chose it, so that what is drawn from it is not private.
    pub fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// The next stream: a cryptographic generator independent of all others.
    pub fn stream(&mut self) -> ChaCha20Rng {
        let mut rng = ChaCha20Rng::from_seed(self.key);
        rng.set_stream(self.streams);
        self.streams += 1;
        rng
    }
}

impl fmt::Debug for NoiseSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoiseSource").field("is_repeatable", &self.repeatable).finish_non_exhaustive()
    }
}
