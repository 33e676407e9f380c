//! Binomial counts of any number of trials to 2^53.
//!
//! Few expected successes are drawn by inversion, many by transformed rejection with a squeeze. The rejection compares
//! logarithms of ratios of probabilities, without the difference of large terms.
//!
//! # Sources
//! Hörmann (1993), The generation of binomial random variates, *Journal of Statistical Computation and Simulation*
//! 46(1-2). Kachitvichyanukul and Schmeiser (1988), Binomial random variate generation, *Communications of the ACM*
//! 31(2), for the inversion.

use super::Source;
use super::stirling::log_gamma_rest;
use crate::mse::number::{real, whole};
use rand::Rng;

/// Below so many expected successes inversion is faster, and rejection is not valid.
const FEW: f64 = 10.0;

impl<R: Rng> Source<R> {
    /// How many of `of` fall on the first of two places of these weights. The weights need not add up to 1.
    pub(crate) fn binomial(&mut self, of: u64, weight: f64, other: f64) -> u64 {
        if weight > other {
            return of - self.binomial_below_half(of, other, weight);
        }
        self.binomial_below_half(of, weight, other)
    }

    #[expect(clippy::many_single_char_names, reason = "the letters of the source")]
    fn binomial_below_half(&mut self, of: u64, weight: f64, other: f64) -> u64 {
        if weight <= 0.0 || of == 0 {
            return 0;
        }
        let both = weight + other;
        let (p, odds) = (weight / both, weight / other);
        let n = real(of);
        if n * p < FEW {
            return self.binomial_by_inversion(n, p, odds).min(of);
        }
        let q = other / both;
        let root = (n * p * q).sqrt();
        let b = 1.15 + 2.53 * root;
        let a = -0.0873 + 0.0248 * b + 0.01 * p;
        let centre = n * p + 0.5;
        let squeeze = 0.92 - 4.2 / b;
        let scale = (2.83 + 5.1 / b) * root;
        let mode = ((n + 1.0) * p).floor();
        loop {
            let u = self.uniform() - 0.5;
            let v = self.uniform();
            let rim = 0.5 - u.abs();
            let k = ((2.0 * a / rim + b) * u + centre).floor();
            if rim >= 0.07 && v <= squeeze {
                return whole(k).min(of);
            }
            if k < 0.0 || k > n {
                continue;
            }
            if (v * scale / (a / (rim * rim) + b)).ln() <= log_over_mode(k, mode, n, odds) {
                return whole(k);
            }
        }
    }

    /// By adding up probabilities from 0 on; for a mean below [`FEW`].
    fn binomial_by_inversion(&mut self, n: f64, p: f64, odds: f64) -> u64 {
        let first = self.uniform();
        if first <= 1.0 - n * p {
            return 0; // no more than the probability of none, which need not be computed
        }
        let none = (n * (-p).ln_1p()).exp();
        let mut left = first;
        loop {
            let (mut k, mut share) = (0.0, none);
            while left > share {
                left -= share;
                k += 1.0;
                share *= odds * (n - k + 1.0) / k;
                // Beyond, the probability is below 1e-80; rounding alone gets there.
                if k > 150.0 || k > n {
                    break;
                }
            }
            if left <= share {
                return whole(k);
            }
            left = self.uniform();
        }
    }
}

/// ln of the probability of k over that of the mode; the powers of k and n − k are taken together.
fn log_over_mode(k: f64, mode: f64, n: f64, odds: f64) -> f64 {
    (mode - k) * ((k + 1.0) / ((n - k + 1.0) * odds)).ln()
        + log_gamma_rest(mode + 1.0, k + 1.0)
        + log_gamma_rest(n - mode + 1.0, n - k + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::distribution::{Binomial, Discrete};

    #[test]
    fn probabilities_keep_their_digits() {
        for (n, success, failure) in [(40u64, 1u64, 3u64), (1000, 1, 9), (2744, 463, 2281)] {
            let (p, odds) = (real(success) / real(success + failure), real(success) / real(failure));
            let exact = Binomial::new(p, n).unwrap();
            let mode = ((real(n) + 1.0) * p).floor();
            for k in [0, 1, 2, 15, 16, 17, n / 4, n / 2, n - 1, n] {
                let (ours, other) =
                    (log_over_mode(real(k), mode, real(n), odds), exact.ln_pmf(k) - exact.ln_pmf(whole(mode)));
                assert!((ours - other).abs() < 1e-9 * (1.0 + other.abs()), "{k} of {n}: {ours} and {other}");
            }
        }
        // Near the mode of 2^53 trials: −2 d²/n at the distance d, to the fourth power of d/n.
        let (n, mode) = (real(1 << 53), real(1 << 52));
        for distance in [1e4, 3e7, -3e7, 2e8] {
            let (found, expected) = (log_over_mode(mode + distance, mode, n, 1.0), -2.0 * distance * distance / n);
            assert!((found - expected).abs() < 1e-7 * (1.0 + expected.abs()), "{distance}: {found} and {expected}");
        }
    }

    #[test]
    fn what_cannot_fall_does_not() {
        let mut source = Source::new(1, 0);
        assert_eq!(
            (source.binomial(5, 0.0, 1.0), source.binomial(5, 1.0, 0.0), source.binomial(0, 0.5, 0.5)),
            (0, 5, 0)
        );
    }

    proptest! {
        #[test]
        fn never_more_than_the_trials(
            trials in 0u64..=1 << 53, success in 0u64..=1 << 52, failure in 0u64..=1 << 52, seed: u64
        ) {
            let drawn = Source::new(seed, 0).binomial(trials, real(success), real(failure));
            prop_assert!(drawn <= trials);
            prop_assert!(success > 0 || drawn == 0);
            prop_assert!(failure > 0 || success == 0 || drawn == trials);
        }
    }

    /// A changed stream changes every published bootstrap figure: deliberate only.
    #[test]
    fn the_stream_is_stable() {
        let mut source = Source::new(1, 0);
        let drawn: Vec<u64> = (1..=6).map(|place| source.binomial(1000 * place, real(place), 20.0)).collect();
        assert_eq!(drawn, [46, 185, 379, 664, 1038, 1383]);
    }
}
