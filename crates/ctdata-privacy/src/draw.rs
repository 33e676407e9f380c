//! Unbiased whole numbers from the caller's generator.

use num_bigint::BigUint;
use rand::Rng;

/// Where whole numbers come from, each below a bound as likely as the others: a generator, or in tests the tree
/// of all outcomes.
pub(crate) trait Uniform {
    /// 64 random bits.
    fn word(&mut self) -> u64;

    /// A whole number below `bound`, each with the same probability; zero for a bound of zero.
    fn below(&mut self, bound: u64) -> u64;

    /// Heads of a coin: with probability `a / b`, for `a` below `b` or both 1.
    #[inline]
    fn chance(&mut self, a: u128, b: u128) -> bool {
        self.below_u128(b) < a
    }

    /// As [`below`](Self::below).
    #[inline]
    fn below_u128(&mut self, bound: u128) -> u128 {
        if let Ok(bound) = u64::try_from(bound) {
            return self.below(bound).into();
        }
        // As many bits as the largest draw has; what is past it is rejected, less than half of the time.
        let excess_bits = (bound - 1).leading_zeros();
        loop {
            let draw = (u128::from(self.word()) << 64 | u128::from(self.word())) >> excess_bits;
            if draw < bound {
                return draw;
            }
        }
    }

    /// As [`below`](Self::below).
    fn below_wide(&mut self, bound: &BigUint) -> BigUint {
        let bits = bound.bits();
        loop {
            let mut draw = BigUint::ZERO;
            for _ in 0..bits.div_ceil(64) {
                draw = (draw << 64u32) | BigUint::from(self.word());
            }
            draw >>= bits.next_multiple_of(64) - bits;
            if draw < *bound || bits == 0 {
                return draw;
            }
        }
    }
}

impl<R: Rng + ?Sized> Uniform for R {
    #[inline]
    fn word(&mut self) -> u64 {
        self.next_u64()
    }

    /// Draws at or above the largest multiple of the bound are rejected, so that there is no bias.
    #[inline]
    fn below(&mut self, bound: u64) -> u64 {
        if bound <= 1 {
            return 0;
        }
        loop {
            let draw = self.next_u64();
            // 2^64 mod bound: as many draws are one too many. It is below the bound, so that it need not be worked
            // out for most draws.
            if draw <= u64::MAX - (bound - 1) || draw <= u64::MAX - (u64::MAX % bound + 1) % bound {
                return draw % bound;
            }
        }
    }
}

/// A whole number below `bound`, each with the same probability; zero for a bound of zero.
pub(crate) fn below<R: Rng + ?Sized>(rng: &mut R, bound: u64) -> u64 {
    Uniform::below(rng, bound)
}

/// Puts items in random order, each order with the same probability.
pub(crate) fn shuffle<U: Uniform + ?Sized, T>(source: &mut U, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = usize::try_from(source.below(last as u64 + 1)).unwrap_or(last);
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    #[test]
    fn draws_are_uniform_and_within_bounds() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let mut seen = [0u32; 6];
        for _ in 0..60_000 {
            seen[usize::try_from(below(&mut rng, 6)).unwrap()] += 1;
        }
        // Chi-square with five degrees of freedom: above 20.5 with probability 0.001.
        let chi: f64 = seen.iter().map(|&n| (f64::from(n) - 10_000.0).powi(2) / 10_000.0).sum();
        assert!(chi < 20.5, "{chi}");
        assert_eq!((below(&mut rng, 1), below(&mut rng, 0)), (0, 0));
        assert!(below(&mut rng, u64::MAX) < u64::MAX);
    }

    #[test]
    fn every_order_is_as_likely() {
        let mut rng = ChaCha20Rng::seed_from_u64(8);
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..12_000 {
            let mut items = [0, 1, 2];
            shuffle(&mut rng, &mut items);
            *seen.entry(items).or_insert(0u32) += 1;
        }
        assert_eq!(seen.len(), 6);
        let chi: f64 = seen.values().map(|&n| (f64::from(n) - 2_000.0).powi(2) / 2_000.0).sum();
        assert!(chi < 20.5, "{chi}");
    }

    #[test]
    fn wide_draws_are_uniform_and_within_bounds() {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        // Three times 2^66 and a little: whole thirds are told by the bits above the 66th.
        let bound = 3u128 << 66;
        let mut narrow = [0u32; 3];
        let mut wide = [0u32; 3];
        let big = BigUint::from(3u32) << 200u32;
        for _ in 0..30_000 {
            narrow[usize::try_from(rng.below_u128(bound) >> 66).unwrap()] += 1;
            wide[usize::try_from(rng.below_wide(&big) >> 200u32).unwrap()] += 1;
        }
        // Chi-square with two degrees of freedom: above 13.8 with probability 0.001.
        for seen in [narrow, wide] {
            let chi: f64 = seen.iter().map(|&n| (f64::from(n) - 10_000.0).powi(2) / 10_000.0).sum();
            assert!(chi < 13.8, "{chi}");
        }
        assert_eq!((rng.below_u128(1), rng.below_u128(0), rng.below_wide(&BigUint::ZERO)), (0, 0, BigUint::ZERO));
        assert_eq!(rng.below_wide(&BigUint::from(1u32)), BigUint::ZERO);
        assert!(rng.below_u128(u128::MAX) < u128::MAX);
    }

    #[test]
    fn the_same_words_give_the_same_numbers_as_ever() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let words: Vec<u64> = (0..200).map(|_| rng.next_u64()).collect();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        // A bound of which half of the words are past the last multiple.
        let bound = (1 << 63) + 1;
        let expected: Vec<u64> = words.iter().copied().filter(|word| *word < bound).collect();
        let drawn: Vec<u64> = expected.iter().map(|_| below(&mut rng, bound)).collect();
        assert_eq!(drawn, expected);
        assert!(expected.len() < words.len());
    }
}
