//! Poisson counts.
//!
//! # Sources
//! Hörmann (1993), The transformed rejection method for generating Poisson random variables, *Insurance: Mathematics and
//! Economics* 12(1).

use super::Source;
use super::stirling::stirling;
use crate::mse::number::whole;
use rand::Rng;

/// Means from which on rejection is faster than adding up probabilities.
const LARGE: f64 = 10.0;

impl<R: Rng> Source<R> {
    /// A Poisson count.
    #[expect(clippy::many_single_char_names, reason = "the letters of the source")]
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        if mean < LARGE {
            return self.poisson_by_inversion(mean);
        }
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.024_83 * b;
        let scale = 1.1239 + 1.1328 / (b - 3.4);
        let squeeze = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.uniform() - 0.5;
            let v = self.uniform();
            let rim = 0.5 - u.abs();
            let k = ((2.0 * a / rim + b) * u + mean + 0.43).floor();
            if rim >= 0.07 && v <= squeeze {
                return whole(k);
            }
            if k < 0.0 || (rim < 0.013 && v > rim) {
                continue;
            }
            // ln of the probability of k, without the difference of large terms.
            let off = (k - mean) / mean;
            let log = if k > 0.0 {
                mean * (off - (1.0 + off) * off.ln_1p()) - 0.5 * (2.0 * std::f64::consts::PI * k).ln() - stirling(k)
            } else {
                -mean
            };
            if (v * scale / (a / (rim * rim) + b)).ln() <= log {
                return whole(k);
            }
        }
    }

    fn poisson_by_inversion(&mut self, mean: f64) -> u64 {
        let none = (-mean).exp();
        loop {
            let (mut left, mut k, mut share) = (self.uniform(), 0.0, none);
            while left > share && k < 150.0 {
                left -= share;
                k += 1.0;
                share *= mean / k;
            }
            if left <= share {
                return whole(k);
            }
        }
    }
}
