//! Random counts: binomial, Poisson, and the number of persons not seen.
//!
//! The time of one draw does not grow with the counts.
//!
//! # Sources
//! Hörmann (1993), The generation of binomial random variates, *Journal of Statistical Computation and Simulation*
//! 46(1-2). Hörmann (1993), The transformed rejection method for generating Poisson random variables, *Insurance:
//! Mathematics and Economics* 12(1). Kachitvichyanukul and Schmeiser (1988), Binomial random variate generation,
//! *Communications of the ACM* 31(2), for the inversion. The count of persons not seen is negative binomial: a Poisson
//! count with a gamma mean; below a bound in its lower tail it is drawn by rejection from the geometric distribution that
//! lies above every log-concave one.

use super::random::Source;
use super::{real, whole};

/// Means from which on rejection is faster than adding up probabilities.
const LARGE: f64 = 10.0;

impl Source {
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
        if n * p < LARGE {
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
            // ln of the probability of k over that of the mode; the powers of k and n − k are taken together.
            let step = mode - k;
            let log = step * ((k + 1.0) / ((n - k + 1.0) * odds)).ln()
                + log_gamma_rest(mode + 1.0, k + 1.0)
                + log_gamma_rest(n - mode + 1.0, n - k + 1.0);
            if (v * scale / (a / (rim * rim) + b)).ln() <= log {
                return whole(k);
            }
        }
    }

    /// By adding up probabilities from 0 on; for a mean below [`LARGE`].
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

/// ln Γ(x) − ln Γ(y) of whole numbers from 1 on, precise also where both are large and close.
fn log_gamma_ratio(x: f64, y: f64) -> f64 {
    (x - y) * y.ln() + log_gamma_rest(x, y)
}

/// The same without (x − y) ln y.
fn log_gamma_rest(x: f64, y: f64) -> f64 {
    let step = x - y;
    (x - 0.5) * (step / y).ln_1p() - step + stirling(x) - stirling(y)
}

/// What Stirling's formula (x − ½) ln x − x + ½ ln 2π leaves of ln Γ(x), of a whole number from 1 on.
fn stirling(x: f64) -> f64 {
    // Exact values where the series is not precise.
    const SMALL: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_093,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if let Some(exact) = usize::try_from(whole(x)).ok().and_then(|place| SMALL.get(place.wrapping_sub(1))) {
        return *exact;
    }
    let square = 1.0 / (x * x);
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - square / 1680.0) * square) * square) / x
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_precision_loss, reason = "numbers in tests are small")]

    use super::*;
    use statrs::distribution::{Binomial, ChiSquared, ContinuousCDF, Discrete, NegativeBinomial, Poisson};
    use statrs::function::gamma::ln_gamma;

    const DRAWS: usize = 100_000;

    /// The probability of a chi-square statistic as large, cells of fewer than 10 expected draws taken together. Each
    /// test below fails with probability 1e-4, were the seed not fixed.
    fn fits(name: &str, mut draw: impl FnMut(&mut Source) -> u64, mass: impl Fn(u64) -> f64, to: u64) {
        let mut source = Source::new(5, 0);
        let mut found = vec![0.0; usize::try_from(to).unwrap() + 1];
        for _ in 0..DRAWS {
            found[usize::try_from(draw(&mut source)).unwrap()] += 1.0;
        }
        let (mut statistic, mut cells, mut wait) = (0.0, 0.0, (0.0, 0.0));
        for (k, found) in found.iter().enumerate() {
            wait = (wait.0 + found, wait.1 + mass(k as u64) * DRAWS as f64);
            if wait.1 >= 10.0 {
                statistic += (wait.0 - wait.1) * (wait.0 - wait.1) / wait.1;
                cells += 1.0;
                wait = (0.0, 0.0);
            }
        }
        statistic += (wait.0 - wait.1) * (wait.0 - wait.1) / wait.1.max(5.0);
        let p = 1.0 - ChiSquared::new(cells).unwrap().cdf(statistic);
        assert!(p > 1e-4, "{name}: chi-square {statistic} of {cells} cells, p = {p}");
    }

    #[test]
    fn the_binomial_has_its_probabilities() {
        for (n, p) in [(1, 0.5), (9, 0.3), (30, 0.31), (40, 0.5), (60, 0.77), (3000, 0.002), (5000, 0.01), (700, 0.95)]
        {
            let law = Binomial::new(p, n).unwrap();
            fits(&format!("binomial {n} {p}"), |source| source.binomial(n, p, 1.0 - p), |k| law.pmf(k), n);
        }
    }

    #[test]
    fn the_poisson_has_its_probabilities() {
        for mean in [0.0, 0.3, 4.0, 9.9, 10.0, 35.0, 900.0] {
            let pmf = |k| if mean > 0.0 { Poisson::new(mean).unwrap().pmf(k) } else { f64::from(u8::from(k == 0)) };
            fits(&format!("Poisson {mean}"), |source| source.poisson(mean), pmf, 1400);
        }
    }

    /// Far above, near and far below the bound, with many and with very few persons.
    #[test]
    fn the_number_not_seen_is_negative_binomial_to_its_bound() {
        for (seen, hidden, bound) in [
            (40, 0.5, 800),
            (40, 0.95, 800),
            (40, 0.955, 800),
            (40, 0.97, 800),
            (40, 0.999, 800),
            (1, 0.999, 20),
            (2, 0.98, 40),
        ] {
            let law = NegativeBinomial::new(seen as f64, 1.0 - hidden).unwrap();
            let within: f64 = (0..=bound).map(|k| law.pmf(k)).sum();
            let mass = |k| law.pmf(k) / within;
            fits(&format!("{seen} seen, {hidden}"), |source| source.unseen(seen, hidden, bound), mass, bound);
        }
    }

    /// Mean and variance of draws of large counts: five standard errors, one false alarm in 1.7 million each.
    #[test]
    fn large_counts_have_their_moments() {
        let mut source = Source::new(6, 0);
        let n = 1u64 << 50;
        let (mean, sd) = (0.3 * real(n), (0.21 * real(n)).sqrt());
        let draws: Vec<f64> = (0..20_000).map(|_| (real(source.binomial(n, 0.3, 0.7)) - mean) / sd).collect();
        let first = draws.iter().sum::<f64>() / 20_000.0;
        let second = draws.iter().map(|draw| draw * draw).sum::<f64>() / 20_000.0;
        assert!(first.abs() < 5.0 / 20_000f64.sqrt(), "{first}");
        assert!((second - 1.0).abs() < 5.0 * (2.0 / 20_000.0f64).sqrt(), "{second}");
    }

    #[test]
    fn log_gamma_of_whole_numbers_is_precise() {
        for x in [1.0, 2.0, 7.0, 10.0, 11.0, 12.0, 40.0, 1000.0] {
            for y in [1.0, 3.0, 10.0, 11.0, 900.0] {
                let exact = ln_gamma(x) - ln_gamma(y);
                assert!((log_gamma_ratio(x, y) - exact).abs() < 1e-10 * (1.0 + exact.abs()), "{x} {y}");
            }
        }
        // Γ(x + 1) / Γ(x) = x.
        assert!((log_gamma_ratio(1e15 + 1.0, 1e15) - 1e15f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_fall_does_not() {
        let mut source = Source::new(1, 0);
        assert_eq!((source.unseen(1 << 53, 0.9, 0), source.unseen(7, 0.0, 20)), (0, 0));
        assert_eq!(
            (source.binomial(5, 0.0, 1.0), source.binomial(5, 1.0, 0.0), source.binomial(0, 0.5, 0.5)),
            (0, 5, 0)
        );
    }
}
