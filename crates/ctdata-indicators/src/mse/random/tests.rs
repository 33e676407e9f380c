//! Draws against their distributions.

#![expect(clippy::cast_precision_loss, reason = "numbers in tests are small")]

use super::Source;
use super::normal::TAIL;
use crate::mse::number::real;
use statrs::distribution::{
    Beta, Binomial, ChiSquared, ContinuousCDF, Discrete, Gamma, NegativeBinomial, Normal, Poisson,
};

const DRAWS: usize = 100_000;

/// Kolmogorov's distance of 100,000 draws from a distribution, times the root of their number. Above 2.225 with
/// probability 1e-4.
fn distance(mut draws: Vec<f64>, below: impl Fn(f64) -> f64) -> f64 {
    draws.sort_unstable_by(f64::total_cmp);
    let n = draws.len() as f64;
    let gap = |(place, draw): (usize, &f64)| {
        let (share, place) = (below(*draw), place as f64);
        (share - place / n).max((place + 1.0) / n - share)
    };
    draws.iter().enumerate().map(gap).fold(0.0, f64::max) * n.sqrt()
}

fn draws(mut draw: impl FnMut(&mut Source) -> f64) -> Vec<f64> {
    let mut source = Source::new(1, 0);
    (0..100_000).map(|_| draw(&mut source)).collect()
}

/// One false alarm in 10,000 for each distribution, were the seed not fixed.
#[test]
fn draws_follow_their_distributions() {
    let normal = Normal::new(0.0, 1.0).unwrap();
    assert!(distance(draws(Source::uniform), |x| x) < 2.225);
    assert!(distance(draws(Source::normal), |x| normal.cdf(x)) < 2.225);
    for shape in [0.02, 0.25, 0.9, 1.0, 1.5, 10.0, 3000.0] {
        let gamma = Gamma::new(shape, 1.0).unwrap();
        let found = distance(draws(|source| source.gamma(shape)), |x| gamma.cdf(x));
        assert!(found < 2.225, "gamma {shape}: {found}");
    }
    for (yes, no) in [(0, 0), (0, 1), (3, 0), (2, 7), (40, 3000)] {
        let beta = Beta::new(1.0 + yes as f64, 1.0 + no as f64).unwrap();
        let found = distance(draws(|source| source.beta_after(yes, no).0), |x| beta.cdf(x));
        assert!(found < 2.225, "beta {yes} {no}: {found}");
    }
}

/// The tail beyond the lowest layer has 2.6e-4 of the mass: too little for a test of distance. Of 2,000,000 draws
/// 516 lie there on average, fewer than 428 or more than 604 with probability 1e-4.
#[test]
fn the_normal_has_its_tail() {
    let mut source = Source::new(2, 0);
    let beyond = (0..2_000_000).filter(|_| source.normal().abs() > TAIL).count();
    assert!((428..=604).contains(&beyond), "{beyond}");
}

#[test]
fn tiny_shapes_stay_finite_in_logs() {
    let mut source = Source::new(3, 0);
    assert!((0..1000).all(|_| source.log_gamma(1e-300).is_finite()));
}

#[test]
fn each_stream_is_its_own_and_fixed() {
    let first = |stream| Source::new(7, stream).uniform();
    assert!((first(0) - first(1)).abs() > 1e-6);
    assert!((first(1) - first(1)).abs() < f64::MIN_POSITIVE);
}

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
    // Inversion, rejection just past its border, the mirrored half, and larger ones.
    for (n, success, failure) in [
        (1, 1.0, 1.0),
        (3, 1.0, 1.0),
        (9, 0.3, 0.7),
        (30, 0.31, 0.69),
        (40, 1.0, 1.0),
        (60, 0.77, 0.23),
        (1000, 1.0, 200.0),
        (2744, 54.0, 2690.0),
        (3000, 0.002, 0.998),
        (3000, 7.0, 3.0),
        (5000, 0.01, 0.99),
        (700, 0.95, 0.05),
    ] {
        let law = Binomial::new(success / (success + failure), n).unwrap();
        let draw = |source: &mut Source| source.binomial(n, success, failure);
        fits(&format!("binomial {n}, {success}:{failure}"), draw, |k| law.pmf(k), n);
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

/// Mean and variance of draws of very many trials: five standard errors, one false alarm in 1.7 million each.
#[test]
fn large_counts_have_their_moments() {
    const DRAWS: f64 = 20_000.0;
    for (trials, success, failure) in [
        (1 << 32, 1.0, 1e9),
        (1 << 32, 0.99, 0.01),
        (1_000_000_000, 1.0, 3.0),
        (1 << 50, 0.3, 0.7),
        (1 << 52, real(1 << 20), real(1 << 50)),
        (1 << 53, 1.0, 1.0),
        (1 << 53, 3.0, real((1 << 53) - 3)),
    ] {
        let mut source = Source::new(6, 0);
        let mean = real(trials) * (success / (success + failure));
        let variance = mean * (failure / (success + failure));
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..20_000 {
            let z = (real(source.binomial(trials, success, failure)) - mean) / variance.sqrt();
            (sum, squares) = (sum + z, squares + z * z);
        }
        let name = format!("{trials} trials, {success}:{failure}");
        assert!((sum / DRAWS).abs() < 5.0 / DRAWS.sqrt(), "{name}: {}", sum / DRAWS);
        // The kurtosis is 3 + (1 − 6pq)/variance.
        let error = ((2.0 + 1.0 / variance) / DRAWS).sqrt();
        assert!((squares / DRAWS - 1.0).abs() < 5.0 * error, "{name}: {}", squares / DRAWS);
    }
}
