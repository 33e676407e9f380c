//! Unbiased whole numbers from the caller's generator.

use rand::Rng;

/// A whole number below `bound`, each with the same probability; zero for a bound of zero.
///
/// Draws at or above the largest multiple of the bound are rejected, so that there is no bias.
pub(crate) fn below<R: Rng + ?Sized>(rng: &mut R, bound: u64) -> u64 {
    if bound <= 1 {
        return 0;
    }
    // 2^64 mod bound: as many draws are one too many.
    let excess = (u64::MAX % bound + 1) % bound;
    loop {
        let draw = rng.next_u64();
        if draw <= u64::MAX - excess {
            return draw % bound;
        }
    }
}

/// Puts items in random order, each order with the same probability.
pub(crate) fn shuffle<R: Rng + ?Sized, T>(rng: &mut R, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = usize::try_from(below(rng, last as u64 + 1)).unwrap_or(last);
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
}
