//! Draws from a stream, by comparing integers.

use rand::Rng;
use rand::rngs::ChaCha20Rng;

use crate::simulate::pick::Chance;

/// A stream of random numbers.
pub(super) struct Draws<'a>(pub(super) &'a mut ChaCha20Rng);

impl Draws<'_> {
    /// Whether something happens that happens in so many of a thousand cases.
    pub(super) fn happens(&mut self, per_mille: u32) -> bool {
        Chance::per_mille(per_mille).hits(self.0.next_u32())
    }

    /// A number from 0 to below a bound; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// One of several, each as likely as the others.
    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let bound = u32::try_from(of.len()).unwrap_or(u32::MAX);
        of.get(self.below(bound) as usize).copied()
    }

    /// One of several by shares in a thousand; nothing in the rest of the cases.
    pub(super) fn shared<T: Copy>(&mut self, shares: &[(T, u32)]) -> Option<T> {
        let mut draw = self.below(1000);
        shares.iter().find_map(|&(value, share)| {
            let is_hit = draw < share;
            draw = draw.saturating_sub(share);
            is_hit.then_some(value)
        })
    }
}
