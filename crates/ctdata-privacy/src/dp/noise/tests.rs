//! Distributions: by all outcomes of small samplers, and by frequencies at fixed seeds.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "small numbers, and zeros that are exact"
)]

use rand::rngs::ChaCha20Rng;
use rand::{CryptoRng, SeedableRng};

use super::enumeration::enumerate;
use super::table::Table;
use super::{DiscreteGaussian, DiscreteLaplace, Ratio, add, laplace};

fn ratio(numerator: u64, denominator: u64) -> Ratio {
    Ratio::try_new(numerator, denominator).unwrap()
}

fn gaussian(numerator: u64, denominator: u64) -> DiscreteGaussian {
    DiscreteGaussian::try_new(ratio(numerator, denominator)).unwrap()
}

/// exp(-y^2 / (2 variance)) for y = 0, 1, …, over the sum of all.
fn gaussian_probabilities(variance: f64) -> Vec<f64> {
    let weight = |y: u32| (-f64::from(y) * f64::from(y) / (2.0 * variance)).exp();
    let last = (12.0 * variance.sqrt()) as u32 + 12;
    let total = 1.0 + 2.0 * (1..=last).map(weight).sum::<f64>();
    (0..=last).map(|y| weight(y) / total).collect()
}

fn laplace_probabilities(scale: f64) -> Vec<f64> {
    let ratio = (-1.0 / scale).exp();
    (0..(60.0 * scale) as i32 + 60).map(|y| (1.0 - ratio) / (1.0 + ratio) * ratio.powi(y)).collect()
}

// Spec values: Canonne, Kamath and Steinke's distributions at 0, 1, 2, 3, to eight digits.
const LAPLACE_1: [f64; 4] = [0.462_117_16, 0.170_003_40, 0.062_540_76, 0.023_007_46];
const LAPLACE_2: [f64; 4] = [0.244_918_66, 0.148_550_68, 0.090_100_54, 0.054_648_74];
const GAUSSIAN_1: [f64; 4] = [0.398_942_28, 0.241_970_72, 0.053_990_97, 0.004_431_85];
const GAUSSIAN_4: [f64; 4] = [0.199_471_14, 0.176_032_66, 0.120_985_36, 0.064_758_80];

#[test]
fn the_probabilities_of_the_tests_are_the_published_ones() {
    for (published, ours) in [
        (LAPLACE_1, laplace_probabilities(1.0)),
        (LAPLACE_2, laplace_probabilities(2.0)),
        (GAUSSIAN_1, gaussian_probabilities(1.0)),
        (GAUSSIAN_4, gaussian_probabilities(4.0)),
    ] {
        for (p, q) in published.into_iter().zip(ours) {
            assert!((p - q).abs() < 5e-9, "{p} {q}");
        }
    }
    let variance = |p: &[f64]| p.iter().enumerate().map(|(y, p)| 2.0 * (y * y) as f64 * p).sum::<f64>();
    assert!((variance(&laplace_probabilities(1.0)) - 1.841_347_19).abs() < 5e-9);
    assert!((variance(&laplace_probabilities(2.0)) - 7.835_396_18).abs() < 5e-9);
}

#[test]
fn every_outcome_of_the_laplace_sampler_has_its_probability() {
    for (t, s, published) in [(1, 1, LAPLACE_1), (2, 1, LAPLACE_2), (4, 2, LAPLACE_2)] {
        // An attempt keeps its rest with probability (1 - exp(-1)) / (t (1 - exp(-1 / t))), and is not minus zero.
        let (step, scale) = (1.0 - (-1.0 / t as f64).exp(), t as f64 / s as f64);
        let kept = (1.0 - (-1.0f64).exp()) / (t as f64 * step) * (1.0 + (-1.0 / scale).exp()) / 2.0;
        let all = enumerate(1e-7, |tree| laplace::attempt(tree, t, s));
        assert!(all.unresolved < 5e-3, "{t}/{s}: {}", all.unresolved);
        for (y, p) in (0..).zip(published) {
            for negative in [false, y > 0] {
                let resolved = all.probability(&Some((negative, y)));
                let p = p * kept;
                assert!(resolved < p + 5e-9 && p - 5e-9 < resolved + all.unresolved, "{t}/{s} {y}: {resolved}");
            }
        }
        assert_eq!(all.probability(&Some((true, 0))), 0.0);
    }
}

#[test]
fn rejection_leaves_the_gaussian_probabilities() {
    for (n, d, published) in [(1, 1, GAUSSIAN_1), (4, 1, GAUSSIAN_4)] {
        let (noise, variance) = (gaussian(n, d), n as f64 / d as f64);
        let t = variance.sqrt().floor() + 1.0;
        let accepted = |y: f64| (-(y - variance / t).powi(2) / (2.0 * variance)).exp();
        for y in 0..7u32 {
            let all = enumerate(1e-8, |tree| noise.rejection().accepts(tree, y.into()));
            let (resolved, p) = (all.probability(&true), accepted(y.into()));
            assert!(all.unresolved < 1e-4, "{}", all.unresolved);
            assert!(resolved < p + 1e-12 && p - 1e-12 < resolved + all.unresolved, "{n}/{d} {y}: {resolved}");
        }
        // Laplace draws that are accepted so often are Gaussian.
        let weights: Vec<f64> = (0..).zip(laplace_probabilities(t)).map(|(y, p)| p * accepted(f64::from(y))).collect();
        let total = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
        for (weight, p) in weights.into_iter().zip(published) {
            assert!((weight / total - p).abs() < 5e-9);
        }
    }
}

/// Chi-square of the frequencies against the probabilities of 0, ±1, …, in cells of at least 20 expected, as standard
/// deviations of a normal variable (Wilson and Hilferty 1931).
fn deviation(draws: &[i64], probabilities: &[f64]) -> f64 {
    let n = draws.len() as f64;
    let p = |y: i64| probabilities.get(y.unsigned_abs() as usize).copied().unwrap_or(0.0);
    // The cells run from -edge to edge; the two outermost take all that is past them.
    let tail = |y: usize| probabilities[y..].iter().sum::<f64>();
    let edge = (0..probabilities.len()).rev().find(|&y| n * tail(y) >= 20.0).unwrap() as i64;
    let mut seen = vec![0u32; 2 * edge as usize + 1];
    for draw in draws {
        seen[usize::try_from(draw.clamp(&-edge, &edge) + edge).unwrap()] += 1;
    }
    let (mut chi, mut cells) = (0.0, 0.0);
    let (mut observed, mut expected) = (0.0, 0.0);
    for y in -edge..=edge {
        observed += f64::from(seen[usize::try_from(y + edge).unwrap()]);
        expected += n * if y.abs() == edge { probabilities[edge as usize..].iter().sum() } else { p(y) };
        // Neighbours share a cell where there is little to expect.
        if expected >= 20.0 {
            chi += (observed - expected) * (observed - expected) / expected;
            cells += 1.0;
            (observed, expected) = (0.0, 0.0);
        }
    }
    let k = cells - 1.0;
    let spread = 2.0 / (9.0 * k);
    ((chi / k).cbrt() - (1.0 - spread)) / spread.sqrt()
}

/// The largest distance of the two distribution functions (Kolmogorov and Smirnov) times the root of n.
fn distance(draws: &[i64], probabilities: &[f64]) -> f64 {
    let edge = probabilities.len() as i64 - 1;
    let mut seen = vec![0u32; 2 * edge as usize + 1];
    for draw in draws {
        seen[usize::try_from(draw.clamp(&-edge, &edge) + edge).unwrap()] += 1;
    }
    let (mut observed, mut expected, mut largest) = (0.0, 0.0, 0.0f64);
    for (place, &count) in seen.iter().enumerate() {
        observed += f64::from(count) / draws.len() as f64;
        expected += probabilities[(place as i64 - edge).unsigned_abs() as usize];
        largest = largest.max((observed - expected).abs());
    }
    largest * (draws.len() as f64).sqrt()
}

/// 3.5 standard deviations, or 2.0 of Kolmogorov's distribution (and less for whole numbers): false alarms in 1 of
/// 4,000 and 1 of 1,500 tests.
fn assert_distributed(what: &str, draws: &[i64], probabilities: &[f64]) {
    let (chi, ks) = (deviation(draws, probabilities), distance(draws, probabilities));
    assert!(chi < 3.5, "{what}: chi-square {chi}");
    assert!(ks < 2.0, "{what}: Kolmogorov-Smirnov {ks}");
}

fn one_by_one<R: CryptoRng>(noise: &DiscreteGaussian, rng: &mut R, draws: usize) -> Vec<i64> {
    (0..draws).map(|_| noise.sample(rng)).collect()
}

#[test]
fn laplace_draws_are_distributed_as_they_should() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for (t, s) in [(1, 1), (2, 1), (1, 3), (7, 2), (40, 1), (1_000, 3)] {
        let mut draws = vec![0; 20_000];
        DiscreteLaplace::new(ratio(t, s)).fill(&mut rng, &mut draws);
        assert_distributed(&format!("{t}/{s}"), &draws, &laplace_probabilities(t as f64 / s as f64));
    }
}

#[test]
fn gaussian_draws_by_rejection_are_distributed_as_they_should() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for (n, d) in [(1, 8), (1, 1), (7, 3), (100, 1), (25_601, 256), (1_000_000, 7), (u64::MAX, u64::MAX - 1)] {
        let draws = one_by_one(&gaussian(n, d), &mut rng, 20_000);
        assert_distributed(&format!("{n}/{d}"), &draws, &gaussian_probabilities(n as f64 / d as f64));
    }
}

#[test]
fn gaussian_draws_by_table_are_distributed_as_they_should() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for (n, d) in [(1, 8), (1, 1), (7, 3), (100, 1), (25_601, 256), (1_000_000, 7), (u64::MAX, u64::MAX - 1)] {
        let table = Table::try_new(ratio(n, d).reduced()).unwrap();
        let draws: Vec<i64> = (0..200_000).map(|_| table.draw(&mut rng)).collect();
        assert_distributed(&format!("{n}/{d}"), &draws, &gaussian_probabilities(n as f64 / d as f64));
    }
}

#[test]
fn both_samplers_draw_from_one_distribution() {
    // Two samples of 40,000: the largest distance of their distribution functions times the root of 20,000 is above
    // 2.0 with probability 1 / 1,500.
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let noise = gaussian(25_601, 256);
    let mut fast = vec![0; 40_000];
    noise.fill(&mut rng, &mut fast);
    let mut slow = one_by_one(&noise, &mut rng, 40_000);
    fast.sort_unstable();
    slow.sort_unstable();
    let below = |draws: &[i64], y| draws.partition_point(|draw| *draw <= y) as f64 / 40_000.0;
    let largest = (-120..=120).map(|y| (below(&fast, y) - below(&slow, y)).abs()).fold(0.0, f64::max);
    assert!(largest * 20_000f64.sqrt() < 2.0, "{largest}");
}

#[test]
fn wide_numbers_accept_as_narrow_ones_do() {
    // The same draws, since the way to the coins is the same.
    let noise = gaussian(25_601, 256);
    for magnitude in 0..60 {
        let mut rng = ChaCha20Rng::seed_from_u64(magnitude);
        let wide = noise.rejection().accepts_wide(&mut rng, magnitude.into());
        let mut rng = ChaCha20Rng::seed_from_u64(magnitude);
        assert_eq!(noise.rejection().accepts(&mut rng, magnitude.into()), wide);
    }
}

#[test]
fn extreme_variances_and_scales_are_drawn() {
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    let largest = u64::MAX;
    for (n, d) in
        [(largest, 1), (1, largest), (largest, largest), (largest, largest - 1), (largest - 1, 3), (1 << 63, 1)]
    {
        let scale = (n as f64 / d as f64).sqrt();
        let noise = gaussian(n, d);
        let draws = one_by_one(&noise, &mut rng, 400);
        // A mean square off by 40 % is more than five of its standard deviations away.
        let mean = draws.iter().map(|draw| (*draw as f64).powi(2)).sum::<f64>() / 400.0;
        if scale > 0.9 {
            assert!((0.6..1.4).contains(&(mean / scale / scale)), "{n}/{d}: {mean}");
        } else {
            assert_eq!(mean, 0.0, "{n}/{d}");
        }
        let laplace = DiscreteLaplace::new(ratio(n, d));
        let most = (0..100).map(|_| laplace.sample(&mut rng).unsigned_abs()).max();
        assert!(most <= Some((1e3 * scale * scale) as u64), "{n}/{d}: {most:?}");
    }
}

#[test]
fn many_draws_of_a_tiny_variance_are_all_zero() {
    let mut draws = vec![1; 10_000];
    gaussian(1, u64::MAX).fill(&mut ChaCha20Rng::seed_from_u64(7), &mut draws);
    assert!(draws.iter().all(|draw| *draw == 0));
    gaussian(1, 1).fill(&mut ChaCha20Rng::seed_from_u64(7), &mut []);
}

#[test]
fn sums_past_the_range_end_at_it() {
    assert_eq!(add(5, -7), -2);
    assert_eq!(add(i64::MAX, 1), i64::MAX);
    assert_eq!(add(i64::MAX, i128::MIN), i64::MIN);
    // Noise past the range of 64 bits, and a count that brings it back.
    assert_eq!(add(-10, i128::from(i64::MAX) + 3), i64::MAX - 7);
}

#[test]
fn no_floating_point_takes_part() {
    // What is before the tests of each file that noise passes through; ratios are shown as floats.
    for file in [
        include_str!("../../draw.rs"),
        include_str!("../mechanism.rs"),
        include_str!("../select.rs"),
        include_str!("bernoulli.rs"),
        include_str!("enclosure.rs"),
        include_str!("fixed_point.rs"),
        include_str!("gaussian.rs"),
        include_str!("laplace.rs"),
        include_str!("mod.rs"),
        include_str!("table.rs"),
    ] {
        let code =
            file.split("#[cfg(test)]\nmod tests {").next().and_then(|code| code.split("#[cfg(test)]\n#[expect").next());
        for float in ["f64", "f32", "libm"] {
            assert!(!code.unwrap().contains(float));
        }
    }
}

#[test]
fn a_seed_gives_the_same_draws_for_ever() {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let mut draws = [0; 12];
    let noise = gaussian(100, 1);
    assert_eq!(one_by_one(&noise, &mut rng, 12), [15, -23, 9, 0, -5, 13, -2, -4, 2, -2, -14, -13]);
    let mut many = [0; 100];
    noise.fill(&mut rng, &mut many);
    assert_eq!(many[..12], [1, -3, -13, 5, 10, 6, -10, 13, 0, 2, 3, -12]);
    DiscreteLaplace::new(ratio(10, 1)).fill(&mut rng, &mut draws);
    assert_eq!(draws, [27, 10, -2, -17, 3, 26, 6, 34, 11, 10, -3, 17]);
}
