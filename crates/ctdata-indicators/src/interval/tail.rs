//! Tails of the binomial and Poisson laws, summed from the observed count outward, and the
//! inversion that turns them into exact confidence bounds.
//!
//! Both exact intervals ask for the parameter at which the tail beyond the observed count has a
//! given probability. At integer counts the tail is a short sum of positive terms, so nothing
//! cancels and no continued fraction is cut short; the leading term comes from the saddle-point
//! form of C. Loader (2000), *Fast and accurate computation of binomial probabilities*, which keeps
//! full precision for large counts where differences of log-gammas do not.

use statrs::function::gamma::ln_gamma;
use std::f64::consts::TAU;

/// The logarithm of a tail probability and its derivative in the parameter.
pub(super) struct LnTail {
    value: f64,
    slope: f64,
}

/// The parameter in (`low`, `high`) at which the tail has probability `target`, from `start`.
///
/// Newton's method on the logarithm of the tail. Each tail is the distribution or survival function
/// of a beta or gamma law with log-concave density, hence itself log-concave, so the steps approach
/// the root from one side after the first; halving towards a bound catches a first step that leaves
/// the interval.
pub(super) fn invert(start: f64, low: f64, high: f64, target: f64, tail: impl Fn(f64) -> LnTail) -> f64 {
    const STEPS: usize = 200;
    let goal = target.ln();
    let mut at = if start > low && start < high { start } else { 0.5 * (low + high) };
    for _ in 0..STEPS {
        let LnTail { value, slope } = tail(at);
        let step = (value - goal) / slope;
        let mut next = at - step;
        if next <= low {
            next = 0.5 * (at + low);
        } else if next >= high {
            next = 0.5 * (at + high);
        }
        let moved = (next - at).abs();
        at = next;
        if moved <= 4.0 * f64::EPSILON * at {
            break;
        }
    }
    at
}

/// P(X ≥ x) for X binomial with `n` trials and share `p`; x ≥ 1 and x ≥ np.
pub(super) fn binomial_at_least(x: f64, n: f64, p: f64) -> LnTail {
    let odds = p / (1.0 - p);
    let sum = outward(|i| (n - x - i) / (x + i + 1.0) * odds);
    LnTail { value: ln_binomial(x, n, p) + sum.ln(), slope: x / (p * sum) }
}

/// P(X ≤ x) for X binomial with `n` trials and share `p`; x < n and x ≤ np.
pub(super) fn binomial_at_most(x: f64, n: f64, p: f64) -> LnTail {
    let odds = (1.0 - p) / p;
    let sum = outward(|i| (x - i) / (n - x + i + 1.0) * odds);
    LnTail { value: ln_binomial(x, n, p) + sum.ln(), slope: -(n - x) / ((1.0 - p) * sum) }
}

/// P(X ≥ x) for X Poisson with the given mean; x ≥ 1 and not below the mean.
pub(super) fn poisson_at_least(x: f64, mean: f64) -> LnTail {
    let sum = outward(|i| mean / (x + i + 1.0));
    LnTail { value: ln_poisson(x, mean) + sum.ln(), slope: x / (mean * sum) }
}

/// P(X ≤ x) for X Poisson with the given mean; x not above the mean.
pub(super) fn poisson_at_most(x: f64, mean: f64) -> LnTail {
    let sum = outward(|i| (x - i) / mean);
    LnTail { value: ln_poisson(x, mean) + sum.ln(), slope: -1.0 / sum }
}

/// P(X > at) for a gamma law of scale 1 and a `shape` of at least 1, which need not be whole.
///
/// One less the sum of the other tail: relative errors stay below 1e-10 for tails down to a millionth.
pub(super) fn gamma_above(shape: f64, at: f64) -> LnTail {
    // The series of the lower incomplete gamma function is the Poisson tail at a real argument.
    let below = poisson_at_least(shape, at);
    let (mass, above) = (below.value.exp(), (-below.value.exp_m1()).max(f64::MIN_POSITIVE));
    LnTail { value: above.ln(), slope: -mass * below.slope / above }
}

/// 1 + r₀ + r₀r₁ + …, the tail in units of its first term; the ratios fall, to 0 at the end of a finite law.
fn outward(ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut term, mut sum, mut i) = (1.0, 1.0, 0.0);
    while term > sum * 1e-18 {
        term *= ratio(i);
        sum += term;
        i += 1.0;
    }
    sum
}

/// ln P(X = x), binomial.
fn ln_binomial(x: f64, n: f64, p: f64) -> f64 {
    let rest = n - x;
    if x < 0.5 {
        n * (-p).ln_1p()
    } else if rest < 0.5 {
        n * p.ln()
    } else {
        stirling_error(n)
            - stirling_error(x)
            - stirling_error(rest)
            - deviance(x, n * p)
            - deviance(rest, n * (1.0 - p))
            + 0.5 * (n / (TAU * x * rest)).ln()
    }
}

/// ln P(X = x), Poisson.
fn ln_poisson(x: f64, mean: f64) -> f64 {
    if x < 0.5 { -mean } else { -stirling_error(x) - deviance(x, mean) - 0.5 * (TAU * x).ln() }
}

/// ln n! − ln(√(2πn) (n/e)ⁿ).
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * TAU.ln()
    } else {
        let m = 1.0 / (n * n);
        (1.0 / 12.0 - m * (1.0 / 360.0 - m * (1.0 / 1260.0 - m * (1.0 / 1680.0 - m / 1188.0)))) / n
    }
}

/// x ln(x/m) + m − x without cancellation near x = m.
fn deviance(x: f64, m: f64) -> f64 {
    let gap = x - m;
    if gap.abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() - gap;
    }
    let v = gap / (x + m);
    let (mut sum, mut term, mut odd) = (gap * v, 2.0 * x * v, 1.0);
    loop {
        term *= v * v;
        odd += 2.0;
        let next = sum + term / odd;
        #[expect(clippy::float_cmp, reason = "stops when the term no longer changes the sum")]
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::function::{beta::beta_reg, factorial::ln_binomial as ln_choose, gamma};

    #[test]
    fn tails_agree_with_the_incomplete_beta_and_gamma_functions() {
        for n in [1.0, 2.0, 5.0, 17.0, 40.0, 300.0] {
            for percent in 1..100 {
                let p = f64::from(percent) / 100.0;
                let mut x = 0.0;
                while x <= n {
                    // Only outward tails are summed: below the parameter or above it.
                    if x > 0.0 && p * n <= x {
                        let exact = beta_reg(x, n - x + 1.0, p);
                        assert!((binomial_at_least(x, n, p).value.exp() - exact).abs() < 1e-12);
                        let exact = gamma::gamma_lr(x, p * n);
                        assert!((poisson_at_least(x, p * n).value.exp() - exact).abs() < 1e-12);
                    }
                    if x < n && p * n >= x {
                        let exact = beta_reg(n - x, x + 1.0, 1.0 - p);
                        assert!((binomial_at_most(x, n, p).value.exp() - exact).abs() < 1e-12);
                        let exact = gamma::gamma_ur(x + 1.0, p * n);
                        assert!((poisson_at_most(x, p * n).value.exp() - exact).abs() < 1e-12);
                    }
                    x += (n / 7.0).floor().max(1.0);
                }
            }
        }
    }

    #[test]
    fn the_slope_is_the_derivative_of_the_logarithm() {
        let h = 1e-6;
        for (x, n, p) in [(3.0, 10.0, 0.2), (1.0, 4.0, 0.6), (40.0, 100.0, 0.35)] {
            let numeric = |tail: &dyn Fn(f64) -> LnTail, at: f64| {
                let slope = (tail(at + h).value - tail(at - h).value) / (2.0 * h);
                assert!((slope / tail(at).slope - 1.0).abs() < 1e-6, "{x} {n} {p}");
            };
            numeric(&|p| binomial_at_least(x, n, p), p);
            numeric(&|p| binomial_at_most(x, n, p), p);
            numeric(&|m| poisson_at_least(x, m), n * p);
            numeric(&|m| poisson_at_most(x, m), n * p);
        }
    }

    #[test]
    fn terms_agree_with_log_factorials() {
        for n in 1..60_u64 {
            for x in 0..=n {
                let p = 0.37_f64;
                let (fx, fn_) = (super::super::as_f64(x), super::super::as_f64(n));
                let exact = ln_choose(n, x) + fx * p.ln() + (fn_ - fx) * (-p).ln_1p();
                assert!((ln_binomial(fx, fn_, p) - exact).abs() < 1e-11, "{x} of {n}");
            }
        }
    }

    #[test]
    fn the_stirling_error_is_smooth_across_the_switch() {
        // 1/(12n) − 1/(360n³) < error < 1/(12n): Robbins (1955), Amer. Math. Monthly 62, 26–29.
        for n in [1.0, 5.0, 15.0, 16.0, 17.0, 100.0] {
            let error = stirling_error(n);
            let (low, high) = (1.0 / (12.0 * n) - 1.0 / (360.0 * f64::powi(n, 3)), 1.0 / (12.0 * n));
            assert!(low < error && error < high, "{n}: {error}");
        }
    }
}
