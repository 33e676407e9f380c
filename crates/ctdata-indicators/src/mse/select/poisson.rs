//! The smaller tail of a Poisson distribution, on the log scale, for counts of any size.
//!
//! Near the centre of a wide distribution the sum of the tail has millions of terms; there the uniform expansion of the
//! incomplete gamma function serves instead.
//!
//! # Sources
//! C. Loader (2000), *Fast and accurate computation of binomial probabilities*. N. M. Temme (1979), The asymptotic
//! expansion of the incomplete gamma functions, *SIAM Journal on Mathematical Analysis* 10(4).

#![expect(clippy::cast_precision_loss, reason = "counts that differ by a share of 2^-53 have the same tail")]

use statrs::function::erf::erfc;
use statrs::function::gamma::ln_gamma;
use std::f64::consts::PI;

/// From this count or mean on, the centre is left to the expansion.
const WIDE: f64 = 1e5;

/// ln min(P(X ≤ k), P(X ≥ k)) for X Poisson with this mean; zero, the logarithm of 1, for nobody where nobody is
/// expected.
pub(super) fn ln_smaller_tail(count: u64, mean: f64) -> f64 {
    let k = count as f64;
    if mean.is_nan() || mean <= 0.0 {
        return if count == 0 { 0.0 } else { f64::NEG_INFINITY };
    }
    let ln_mass = ln_mass(k, mean);
    let wide = k.max(mean) > WIDE && (k - mean).abs() < 0.1 * k.max(mean);
    let ln_near = match (wide, k >= mean) {
        (true, true) => ln_lower_gamma(k, mean),
        (true, false) => ln_upper_gamma(k + 1.0, mean),
        (false, true) => ln_mass + sum_above(k, mean).ln(),
        (false, false) => ln_mass + sum_below(k, mean).ln(),
    };
    // The other tail is the rest, and k itself, which both have.
    let far = 1.0 - ln_near.exp() + ln_mass.exp();
    ln_near.min(far.ln()).min(0.0)
}

/// ln P(X = k).
fn ln_mass(k: f64, mean: f64) -> f64 {
    if k < 0.5 { -mean } else { -k * excess(mean / k - 1.0) - 0.5 * (2.0 * PI * k).ln() - stirling_error(k) }
}

/// P(X ≥ k) / P(X = k), for k not below the mean.
fn sum_above(k: f64, mean: f64) -> f64 {
    let (mut term, mut total, mut at) = (1.0, 1.0, k);
    while term > f64::EPSILON * total {
        at += 1.0;
        term *= mean / at;
        total += term;
    }
    total
}

/// P(X ≤ k) / P(X = k), for k below the mean.
fn sum_below(k: f64, mean: f64) -> f64 {
    let (mut term, mut total, mut at) = (1.0, 1.0, k);
    while at > 0.5 && term > f64::EPSILON * total {
        term *= at / mean;
        at -= 1.0;
        total += term;
    }
    total
}

/// x − ln(1 + x), without cancellation near zero.
fn excess(x: f64) -> f64 {
    if x.abs() > 0.15 {
        return x - x.ln_1p();
    }
    let (mut power, mut total, mut n) = (x * x, 0.0, 2.0);
    while power.abs() / n > f64::EPSILON * 0.01 * total {
        total += power / n;
        power *= -x;
        n += 1.0;
    }
    total
}

/// ln k! less Stirling's formula.
fn stirling_error(k: f64) -> f64 {
    if k < 16.0 {
        return ln_gamma(k + 1.0) - (k + 0.5) * k.ln() + k - 0.5 * (2.0 * PI).ln();
    }
    let square = k * k;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square) / k
}

/// ln Q(a, x), of large a and x within a tenth of it: P(X < a) of mean x.
fn ln_upper_gamma(a: f64, x: f64) -> f64 {
    let (root, square, rest) = expand(a, x);
    -square + (0.5 * scaled_erfc(root) + rest).ln()
}

/// ln P(a, x), of large a and x within a tenth of it: P(X ≥ a) of mean x.
fn ln_lower_gamma(a: f64, x: f64) -> f64 {
    let (root, square, rest) = expand(a, x);
    -square + (0.5 * scaled_erfc(-root) - rest).ln()
}

/// η √(a/2), its square, and Temme's rest times exp of the square.
fn expand(a: f64, x: f64) -> (f64, f64, f64) {
    let half_square = excess(x / a - 1.0);
    let eta = (2.0 * half_square).sqrt().copysign(x - a);
    // Taylor series in η of the first two coefficients; |η| is below 0.12 here.
    let first = polynomial(
        eta,
        &[
            -1.0 / 3.0,
            1.0 / 12.0,
            -2.0 / 135.0,
            1.0 / 864.0,
            1.0 / 2835.0,
            -0.000_178_755_144_032_922,
            0.000_039_192_631_785_224_4,
        ],
    );
    let second = polynomial(eta, &[-1.0 / 540.0, -1.0 / 288.0, 0.002_645_502_645_502_65]);
    (eta * (0.5 * a).sqrt(), a * half_square, (first + second / a) / (2.0 * PI * a).sqrt())
}

/// exp(z²) erfc(z).
fn scaled_erfc(z: f64) -> f64 {
    if z < 25.0 {
        return (z * z).exp() * erfc(z);
    }
    let inverse = 1.0 / (2.0 * z * z);
    (1.0 - inverse * (1.0 - 3.0 * inverse * (1.0 - 5.0 * inverse))) / (z * PI.sqrt())
}

fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, from the probability of nobody up.
    fn by_definition(count: u64, mean: f64) -> f64 {
        let (mut mass, mut below) = ((-mean).exp(), 0.0);
        for k in 0..count {
            below += mass;
            mass *= mean / (k + 1) as f64;
        }
        (below + mass).min(1.0 - below)
    }

    #[test]
    fn small_tails_are_those_by_definition() {
        for (count, mean) in [(0, 0.3), (1, 0.3), (3, 3.0), (5, 12.5), (20, 12.5), (40, 40.0), (41, 40.0), (39, 40.0)] {
            let (found, wanted) = (ln_smaller_tail(count, mean).exp(), by_definition(count, mean));
            assert!((found - wanted).abs() < 1e-12 * wanted.max(1e-3), "{count} of {mean}: {found} or {wanted}");
        }
    }

    #[test]
    fn nobody_expected_is_no_surprise_and_somebody_is_one() {
        assert!(ln_smaller_tail(0, 0.0).abs() < 1e-300);
        assert!(ln_smaller_tail(1, 0.0).exp() < 1e-300);
        assert!((ln_smaller_tail(0, 700.0) + 700.0).abs() < 1e-9);
    }

    /// Poisson of mean 10^9 is normal but for a skewness of 10^-4.5: its centre and its five-sigma tails.
    #[test]
    fn a_billion_persons_take_no_longer() {
        let mean = 1e9;
        let centre = 0.5 + (2.0 / 3.0) / (2.0 * PI * mean).sqrt();
        let upper = 1.0 - centre + 1.0 / (2.0 * PI * mean).sqrt();
        assert!((ln_smaller_tail(1_000_000_000, mean).exp() - upper).abs() < 1e-9);
        // P(X ≥ k) with k = mean + 5 sd, the Cornish–Fisher correction of first order: half a person and skewness.
        let (sd, z) = (mean.sqrt(), 5.0_f64);
        let count = (mean + z * sd).round();
        let shifted = (count - 0.5 - mean) / sd;
        let edgeworth = 0.5 * erfc(shifted / 2f64.sqrt())
            + (shifted * shifted - 1.0) / (6.0 * sd) * (-0.5 * shifted * shifted).exp() / (2.0 * PI).sqrt();
        let found = ln_smaller_tail(1_000_158_114, mean).exp();
        assert!((count - 1_000_158_114.0).abs() < 0.5 && (found / edgeworth - 1.0).abs() < 1e-5, "{found} {edgeworth}");
        assert!(ln_smaller_tail(1 << 53, 9e15).is_finite() && ln_smaller_tail(1, 9e15) < -8e15);
    }

    proptest! {
        /// Two ways of computing the same: the sum of the tail and the expansion.
        #[test]
        fn sums_and_the_expansion_agree(mean in 1.5e5_f64..4e5, deviation in -12.0_f64..12.0) {
            let k = (mean + deviation * mean.sqrt()).round();
            let sum = if k >= mean { sum_above(k, mean) } else { sum_below(k, mean) };
            let by_sum = ln_mass(k, mean) + sum.ln();
            let expanded = if k >= mean { ln_lower_gamma(k, mean) } else { ln_upper_gamma(k + 1.0, mean) };
            prop_assert!((by_sum - expanded).abs() < 1e-9, "{} {}", by_sum, expanded);
        }

        #[test]
        fn both_tails_meet_the_incomplete_gamma_function(count in 1_u64..400, mean in 0.1_f64..400.0) {
            let upper = statrs::function::gamma::gamma_lr(count as f64, mean);
            let lower = statrs::function::gamma::gamma_ur((count + 1) as f64, mean);
            let smaller = upper.min(lower);
            prop_assume!(smaller > 1e-200);
            prop_assert!((ln_smaller_tail(count, mean) - smaller.ln()).abs() < 1e-9);
        }
    }
}
