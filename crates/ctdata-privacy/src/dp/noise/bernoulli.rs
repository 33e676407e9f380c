//! Coins: heads with probability a / b, and with probability exp(-a / b).

use num_bigint::BigUint;

use crate::draw::Uniform;

/// Heads with probability `a / b`; always for `a` of at least `b`.
fn bernoulli<U: Uniform + ?Sized>(source: &mut U, a: u128, b: u128) -> bool {
    a >= b || (a > 0 && source.chance(a, b))
}

/// Heads with probability exp(-p), given a coin of probability p.
///
/// Let K be the first of 1, 2, … at which a coin of probability p / K shows tails: P(K > k) = p^k / k!, and K is
/// odd with probability 1 - p + p^2 / 2! - … = exp(-p). The coin of p / K is heads if a coin of 1 / K and one of
/// p both are, so that no number grows with K.
fn series<U: Uniform + ?Sized>(source: &mut U, mut coin: impl FnMut(&mut U) -> bool) -> bool {
    let mut k = 1u128;
    while source.chance(1, k) && coin(source) {
        k += 1;
    }
    k % 2 == 1
}

/// Heads with probability exp(-a / b); `b` is above 0.
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Algorithm 1.
pub(in crate::dp) fn exp_minus<U: Uniform + ?Sized>(source: &mut U, a: u128, b: u128) -> bool {
    // exp(-1) as often as b goes into a. Tails end it after 1.6 coins on average, however often that is.
    let rest = a.checked_rem(b).unwrap_or(0);
    for _ in 0..a.checked_div(b).unwrap_or(0) {
        if !series(source, |_| true) {
            return false;
        }
    }
    rest == 0 || series(source, |source| bernoulli(source, rest, b))
}

/// As [`exp_minus`], for numbers of any size.
pub(super) fn exp_minus_wide<U: Uniform + ?Sized>(source: &mut U, a: &BigUint, b: &BigUint) -> bool {
    if let (Ok(a), Ok(b)) = (u128::try_from(a), u128::try_from(b)) {
        return exp_minus(source, a, b);
    }
    if *b == BigUint::ZERO {
        return true;
    }
    let (mut whole, rest) = (a / b, a % b);
    while whole > BigUint::ZERO {
        if !series(source, |_| true) {
            return false;
        }
        whole -= 1u32;
    }
    rest == BigUint::ZERO || series(source, |source| source.below_wide(b) < rest)
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    use super::*;
    use crate::dp::noise::enumeration::enumerate;

    #[test]
    fn every_coin_has_exactly_its_probability() {
        for (a, b) in [(0, 3), (1, 3), (2, 3), (3, 3), (5, 3)] {
            let all = enumerate(1e-9, |tree| bernoulli(tree, a, b));
            assert!(all.unresolved < 1e-15);
            assert!((all.probability(&true) - (a.min(b) as f64 / b as f64)).abs() < 1e-15);
        }
    }

    #[test]
    fn exponential_coins_have_exactly_their_probability() {
        // All outcomes but for a remainder that is stated: the probability of heads lies between what was
        // resolved and that plus the remainder.
        for (a, b) in [(0, 1), (1, 5), (1, 2), (2, 3), (1, 1), (4, 3), (5, 2), (7, 1)] {
            let all = enumerate(1e-7, |tree| exp_minus(tree, a, b));
            let expected = (-(a as f64) / b as f64).exp();
            let resolved = all.probability(&true);
            assert!(all.unresolved < 1e-3, "{a}/{b}: {}", all.unresolved);
            assert!(resolved <= expected + 1e-12, "{a}/{b}");
            assert!(expected <= resolved + all.unresolved + 1e-12, "{a}/{b}");
        }
    }

    #[test]
    fn wide_coins_are_as_likely_as_narrow_ones() {
        // exp(-4/3) = 0.263597 on numbers past 128 bits. Four standard deviations: a false alarm in 16,000.
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let (a, b) = (BigUint::from(4u32) << 150u32, BigUint::from(3u32) << 150u32);
        let heads = (0..20_000).filter(|_| exp_minus_wide(&mut rng, &a, &b)).count() as f64;
        assert!((heads - 20_000.0 * 0.263_597).abs() < 4.0 * (20_000.0f64 * 0.263_597 * 0.736_403).sqrt(), "{heads}");
    }

    #[test]
    fn extreme_ratios_end() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        for _ in 0..100 {
            assert!(!exp_minus(&mut rng, u128::MAX, 1));
            assert!(exp_minus(&mut rng, 1, u128::MAX));
            assert!(exp_minus(&mut rng, 0, 1));
            assert!(!exp_minus_wide(&mut rng, &(BigUint::from(1u32) << 400u32), &BigUint::from(3u32)));
            assert!(exp_minus_wide(&mut rng, &BigUint::from(3u32), &(BigUint::from(1u32) << 400u32)));
        }
    }
}
