//! Exact binomial draws for any number of trials, in constant expected time.
//!
//! Few expected successes are drawn by inversion, many by transformed rejection with a squeeze. The rejection compares
//! probabilities by the saddle-point expansion, which keeps its digits up to 2^53 trials where differences of
//! log-factorials lose them.
//!
//! # Sources
//! Hörmann (1993), The generation of binomial random variates, *Journal of Statistical Computation and Simulation* 46
//! (algorithm BTRS). Loader (2000), *Fast and accurate computation of binomial probabilities*. Kachitvichyanukul and
//! Schmeiser (1988), Binomial random variate generation, *Communications of the ACM* 31 (inversion).

use rand::Rng;
use statrs::function::gamma::ln_gamma;
use std::f64::consts::PI;

/// Below so many expected successes inversion is quicker, and rejection is not valid.
const FEW: f64 = 10.0;
/// Inversion looks no further: of fewer than ten expected successes 110 have a probability below 1e-70.
const FAR: f64 = 110.0;

/// The number of successes in `trials` draws of `success` out of `success + failure` (weights, up to 2^53 together).
pub(super) fn binomial<R: Rng + ?Sized>(rng: &mut R, trials: u64, success: u64, failure: u64) -> u64 {
    if trials == 0 || success == 0 {
        return 0;
    }
    if failure == 0 {
        return trials;
    }
    if success > failure {
        return trials - binomial(rng, trials, failure, success);
    }
    let all = success as f64 + failure as f64;
    let (n, p, q) = (trials as f64, success as f64 / all, failure as f64 / all);
    let drawn = if n * p < FEW { invert(rng, n, p, q) } else { reject(rng, n, p, q) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to the trials")]
    let drawn = drawn as u64;
    drawn.min(trials)
}

/// Uniform on [0, 1), 53 bits.
fn uniform<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// By the distribution function from 0 upwards.
fn invert<R: Rng + ?Sized>(rng: &mut R, n: f64, p: f64, q: f64) -> f64 {
    let odds = p / q;
    let none = (n * (-p).ln_1p()).exp();
    loop {
        let (mut left, mut probability, mut k) = (uniform(rng), none, 0.0);
        while left >= probability && k < FAR.min(n) {
            left -= probability;
            k += 1.0;
            probability *= odds * (n - k + 1.0) / k;
        }
        // Past the far end only by rounding: draw again.
        if left < probability || k < FAR {
            return k;
        }
    }
}

/// By transformed rejection; p at most one half.
#[expect(clippy::many_single_char_names, reason = "the letters of the source")]
fn reject<R: Rng + ?Sized>(rng: &mut R, n: f64, p: f64, q: f64) -> f64 {
    let deviation = (n * p * q).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let alpha = (2.83 + 5.1 / b) * deviation;
    let squeeze = 0.92 - 4.2 / b;
    let mut at_mode = None;
    loop {
        let v = uniform(rng);
        let u = uniform(rng) - 0.5;
        let side = 0.5 - u.abs();
        let k = ((2.0 * a / side + b) * u + n * p + 0.5).floor();
        if side >= 0.07 && v <= squeeze {
            return k;
        }
        if !(0.0..=n).contains(&k) {
            continue;
        }
        let mode = *at_mode.get_or_insert_with(|| ln_probability(((n + 1.0) * p).floor(), n, p, q));
        if (v * alpha / (a / (side * side) + b)).ln() <= ln_probability(k, n, p, q) - mode {
            return k;
        }
    }
}

/// ln P(K = k), 0 ≤ k ≤ n.
fn ln_probability(k: f64, n: f64, p: f64, q: f64) -> f64 {
    if k <= 0.0 {
        return n * (-p).ln_1p();
    }
    if k >= n {
        return n * p.ln();
    }
    let exponent =
        stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance(k, n * p) - deviance(n - k, n * q);
    exponent - 0.5 * (2.0 * PI * k * ((n - k) / n)).ln()
}

/// ln n! less Stirling's approximation √(2πn) (n/e)^n, n ≥ 1.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square) / square) / square)
        / n
}

/// x ln(x/m) + m − x, without cancellation where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() - difference;
    }
    // With v = (x − m)/(x + m): ln(x/m) = 2 (v + v³/3 + v⁵/5 + …).
    let v = difference / (x + m);
    let mut sum = difference * v;
    let mut power = 2.0 * x * v;
    let mut odd = 3.0;
    while odd < 40.0 {
        power *= v * v;
        let term = power / odd;
        sum += term;
        if term.abs() <= f64::EPSILON * sum {
            break;
        }
        odd += 2.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;
    use statrs::distribution::{Binomial, ChiSquared, ContinuousCDF, Discrete};

    /// Pearson's test of draws against exact probabilities, classes of at least five expected; p-value.
    fn chi_square(trials: u64, success: u64, failure: u64, draws: usize, seed: u64) -> f64 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut seen = vec![0u64; usize::try_from(trials).unwrap() + 1];
        for _ in 0..draws {
            seen[usize::try_from(binomial(&mut rng, trials, success, failure)).unwrap()] += 1;
        }
        let exact = Binomial::new(success as f64 / (success + failure) as f64, trials).unwrap();
        let (mut statistic, mut classes, mut expected, mut observed) = (0.0, 0.0, 0.0, 0.0);
        let mut left = draws as f64;
        for (k, seen) in seen.iter().enumerate() {
            expected += draws as f64 * exact.pmf(k as u64);
            observed += *seen as f64;
            if expected >= 5.0 && left - expected >= 5.0 {
                statistic += (observed - expected) * (observed - expected) / expected;
                (left, classes, expected, observed) = (left - expected, classes + 1.0, 0.0, 0.0);
            }
        }
        let last = left.max(f64::MIN_POSITIVE);
        // What remains, the current class included, is the last class.
        statistic += (observed - last) * (observed - last) / last;
        1.0 - ChiSquared::new(classes).unwrap().cdf(statistic)
    }

    /// Eight tests, each with a false-alarm rate of 1e-4: below 1e-3 together. Fixed seeds.
    #[test]
    fn draws_follow_the_binomial_distribution() {
        // Inversion, rejection just past its border, the mirrored half, and larger ones.
        for (place, (trials, success, failure)) in
            [(5, 1, 1), (30, 1, 9), (1000, 1, 200), (40, 1, 3), (25, 3, 2), (100, 1, 1), (2744, 54, 2690), (3000, 7, 3)]
                .into_iter()
                .enumerate()
        {
            let p = chi_square(trials, success, failure, 20_000, place as u64);
            assert!(p > 1e-4, "{trials} trials, {success}:{failure}: p = {p}");
        }
    }

    /// Mean and variance of 4,000 draws of very many trials: each within 4.5 of its standard errors, a false-alarm
    /// rate below 1e-4 in all (the draws are all but normal).
    #[test]
    fn moments_hold_for_very_many_trials() {
        for (trials, success, failure) in
            [(1_000_000_000, 1, 3), (1 << 53, 1, 1), (1 << 53, 3, (1 << 53) - 3), (1 << 52, 1 << 20, 1 << 50)]
        {
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            let all = success as f64 + failure as f64;
            let mean = trials as f64 * (success as f64 / all);
            let variance = mean * (failure as f64 / all);
            let (mut sum, mut squares, draws) = (0.0, 0.0, 4_000.0f64);
            for _ in 0..4_000 {
                let z = (binomial(&mut rng, trials, success, failure) as f64 - mean) / variance.sqrt();
                (sum, squares) = (sum + z, squares + z * z);
            }
            assert!((sum / draws).abs() < 4.5 / draws.sqrt(), "{trials}, {success}:{failure}: mean {}", sum / draws);
            // The kurtosis of three expected successes is 3 + 1/3.
            assert!((squares / draws - 1.0).abs() < 4.5 * (2.34 / draws).sqrt(), "{trials}: {}", squares / draws);
        }
    }

    #[test]
    fn probabilities_keep_their_digits() {
        for (n, success, failure) in [(40u64, 1u64, 3u64), (1000, 1, 9), (2744, 463, 2281)] {
            let (p, q) = (success as f64 / (success + failure) as f64, failure as f64 / (success + failure) as f64);
            let exact = Binomial::new(p, n).unwrap();
            for k in [0, 1, 2, 15, 16, 17, n / 4, n / 2, n - 1, n] {
                let (ours, other) = (ln_probability(k as f64, n as f64, p, q), exact.ln_pmf(k));
                assert!((ours - other).abs() < 1e-9 * (1.0 + other.abs()), "{k} of {n}: {ours} and {other}");
            }
        }
        // Next to the mode of 2^53 trials the logarithms of two probabilities differ by their exact ratio.
        let (n, k) = ((1u64 << 53) as f64, (1u64 << 52) as f64);
        let step = ln_probability(k + 3e7, n, 0.5, 0.5) - ln_probability(k + 3e7 - 1e4, n, 0.5, 0.5);
        let expected = -2.0 * (3e7 * 3e7 - (3e7 - 1e4) * (3e7 - 1e4)) / n;
        assert!((step - expected).abs() < 1e-9, "{step} {expected}");
    }

    proptest! {
        #[test]
        fn never_more_than_the_trials(
            trials in 0u64..=1 << 53, success in 0u64..=1 << 52, failure in 0u64..=1 << 52, seed: u64
        ) {
            let drawn = binomial(&mut ChaCha8Rng::seed_from_u64(seed), trials, success, failure);
            prop_assert!(drawn <= trials);
            prop_assert!(success > 0 || drawn == 0);
            prop_assert!(failure > 0 || success == 0 || drawn == trials);
        }
    }

    /// A changed stream changes every published bootstrap figure: deliberate only.
    #[test]
    fn the_stream_is_stable() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let drawn: Vec<u64> = (1..=6).map(|place| binomial(&mut rng, 1000 * place, place, 20)).collect();
        assert_eq!(drawn, [36, 170, 403, 639, 1017, 1392]);
    }
}
