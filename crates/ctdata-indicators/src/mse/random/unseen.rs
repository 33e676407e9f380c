//! The number of persons not seen: negative binomial, cut at a bound.
//!
//! It is drawn as a Poisson count with a gamma mean; below a bound in its lower tail, by rejection from the geometric
//! distribution that lies above every log-concave one.

use super::Source;
use super::stirling::log_gamma_ratio;
use crate::mse::number::{real, whole};
use rand::Rng;

impl<R: Rng> Source<R> {
    /// The number of persons not seen, from 0 to `bound`, given that `seen` persons were seen, each with probability
    /// 1 − `hidden`: negative binomial, cut at the bound.
    pub(crate) fn unseen(&mut self, seen: u64, hidden: f64, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let found = (1.0 - hidden).max(f64::EPSILON);
        let (n, last) = (real(seen), real(bound));
        let odds = hidden / found;
        if n * odds - 0.5 * (n * hidden).sqrt() / found <= last {
            // At least three draws of ten are within the bound.
            loop {
                let mean = self.gamma_after(seen.saturating_sub(1)) * odds;
                let count = self.poisson(mean);
                if count <= bound {
                    return count;
                }
            }
        }
        // In the lower tail probabilities fall at least as fast as from the bound to the count before it.
        let log_step = (last / ((n + last - 1.0) * hidden)).ln();
        if log_step >= 0.0 {
            return self.unseen_by_inversion(n, hidden, last);
        }
        loop {
            let below = (self.exponential() / -log_step).floor();
            if below > last {
                continue;
            }
            let log = log_gamma_ratio(last + 1.0, last - below + 1.0)
                - log_gamma_ratio(n + last, n + last - below)
                - below * hidden.ln();
            if -self.exponential() <= log - below * log_step {
                return whole(last - below);
            }
        }
    }

    /// Very few seen and a bound far below the mean: probabilities added up from the bound down.
    fn unseen_by_inversion(&mut self, n: f64, hidden: f64, last: f64) -> u64 {
        let step = |k: f64| k / ((n + k - 1.0) * hidden);
        let (mut total, mut share, mut k) = (1.0, 1.0, last);
        while k > 0.0 {
            share *= step(k);
            total += share;
            k -= 1.0;
        }
        let mut left = self.uniform() * total;
        (share, k) = (1.0, last);
        while left > share && k > 0.0 {
            left -= share;
            share *= step(k);
            k -= 1.0;
        }
        whole(k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_be_there_is_not() {
        let mut source = Source::new(1, 0);
        assert_eq!((source.unseen(1 << 53, 0.9, 0), source.unseen(7, 0.0, 20)), (0, 0));
    }
}
