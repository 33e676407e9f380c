//! From rho to (epsilon, delta) and back, rounded to the safe side.
//!
//! For every order a > 1, rho-zCDP implies (epsilon, delta) with
//! delta = exp((a - 1)(a rho - epsilon)) (1 - 1/a)^a / (a - 1). The search for the best order may be inexact: any
//! order gives a true statement. Only the last evaluation must not err to the wrong side, so that the log of
//! delta is raised by far more than floating point can lose; what is returned was checked with that margin.
//! See the note in [`proofs`](crate::proofs::zcdp_accounting).

use crate::PrivacyError;
use crate::dp::{Delta, Epsilon, Ratio, Rho};

/// Relative margin of a sum of a few terms, each with a few roundings: 2^-45 is 256 roundings.
const MARGIN: f64 = 128.0 * f64::EPSILON;
/// Past this, an epsilon or rho is no privacy.
const MOST: f64 = 1e6;
/// Halvings until two numbers are neighbours.
const HALVINGS: u32 = 200;

fn invalid(parameter: &'static str, rule: &str) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() }
}

/// An upper bound of the log of the least delta for which rho-zCDP implies (epsilon, delta).
///
/// `above`, the order minus 1, is what is searched for: in it every term is well conditioned.
fn ln_delta(rho: f64, epsilon: f64) -> f64 {
    // The derivative rises from minus infinity; its root is below (epsilon + 1) / (2 rho), or below 1.
    let slope = |above: f64| (2.0 * above + 1.0) * rho - epsilon - (1.0 / above).ln_1p();
    let (mut low, mut high) = (-680.0_f64, (0.5 * (epsilon + 1.0) / rho).clamp(1.0, 1e30).ln());
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if slope(middle.exp()) < 0.0 { low = middle } else { high = middle }
    }
    let above = high.exp();
    let loss = above * ((1.0 + above) * rho - epsilon);
    let shape = (1.0 + above) * (1.0 / above).ln_1p();
    let size = above * ((1.0 + above) * rho + epsilon) + shape + above.ln().abs();
    (loss - shape - above.ln() + size * MARGIN).min(0.0)
}

/// The log of a delta, rounded down.
fn ln_rounded_down(delta: Delta) -> f64 {
    let ln = delta.get().ln();
    ln + ln * MARGIN
}

/// The least epsilon for which rho-zCDP implies (epsilon, delta), rounded up.
///
/// A rho so small that no epsilon is needed gives the smallest number above 0.
///
/// # Errors
/// A rho above a million.
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Proposition 12.
pub fn epsilon_of_rho(rho: Rho, delta: Delta) -> Result<Epsilon, PrivacyError> {
    let (rho, target) = (rho.to_f64(), ln_rounded_down(delta));
    if rho > MOST {
        return Err(invalid("rho", "is from 0 to 1,000,000"));
    }
    let holds = |epsilon: f64| rho <= 0.0 || ln_delta(rho, epsilon) <= target;
    if holds(0.0) {
        return Epsilon::try_new(f64::MIN_POSITIVE);
    }
    // The bound of Bun and Steinke is enough, up to rounding.
    let (mut low, mut high) = (0.0, rho + 2.0 * (rho * -target).sqrt());
    while !holds(high) {
        if high > 4.0 * MOST {
            return Err(invalid("rho", "is from 0 to 1,000,000"));
        }
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { high = middle } else { low = middle }
    }
    Epsilon::try_new(high)
}

/// The largest rho whose (epsilon, delta) is within the budget, rounded down.
///
/// # Errors
/// An epsilon or rho above a million: that is no privacy.
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Proposition 12.
pub fn rho_of_epsilon(epsilon: Epsilon, delta: Delta) -> Result<Rho, PrivacyError> {
    let (epsilon, target) = (epsilon.get(), ln_rounded_down(delta));
    if epsilon > MOST {
        return Err(invalid("epsilon", "is above 0 and at most 1,000,000"));
    }
    let holds = |rho: f64| ln_delta(rho, epsilon) <= target;
    let mut high = epsilon;
    while holds(high) {
        if high > MOST {
            return Err(invalid("delta", "is so near to 1 that it is no privacy"));
        }
        high *= 2.0;
    }
    // Nothing is spent by 0; all that follow were checked.
    let mut low = 0.0;
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { low = middle } else { high = middle }
    }
    Rho::at_most(low)
}

/// The least delta for which rho-zCDP implies (epsilon, delta), rounded up.
///
/// # Errors
/// A rho or an epsilon above a million, or a rho so large that no delta below 1 is enough.
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Proposition 12.
pub fn delta_of_rho(rho: Rho, epsilon: Epsilon) -> Result<Delta, PrivacyError> {
    if rho.to_f64() > MOST || epsilon.get() > MOST {
        return Err(invalid("rho and epsilon", "are at most 1,000,000"));
    }
    if rho == Rho::ZERO {
        return Delta::try_new(f64::MIN_POSITIVE);
    }
    let ln = ln_delta(rho.to_f64(), epsilon.get());
    Delta::try_new((ln.exp() * (1.0 + MARGIN)).max(f64::MIN_POSITIVE))
}

/// The rho of a mechanism with pure epsilon-differential privacy: half the square, rounded up.
///
/// # Errors
/// An epsilon past the largest rho.
///
/// # Sources
/// M. Bun and T. Steinke (2016), "Concentrated Differential Privacy", Proposition 1.4.
pub fn rho_of_pure_epsilon(epsilon: Epsilon) -> Result<Rho, PrivacyError> {
    // Halving is exact, and one rounding is less than the next number up.
    Rho::at_least((0.5 * epsilon.get() * epsilon.get()).next_up())
}

/// The rho of a choice by the exponential mechanism with epsilon: an eighth of the square, rounded up.
///
/// # Errors
/// An epsilon past the largest rho.
///
/// # Sources
/// M. Cesar and R. Rogers (2021), "Bounding, Concentrating, and Truncating: Unifying Privacy Loss Composition for
/// Data Analytics", Algorithmic Learning Theory.
pub fn rho_of_exponential(epsilon: Epsilon) -> Result<Rho, PrivacyError> {
    Rho::at_least((0.125 * epsilon.get() * epsilon.get()).next_up())
}

/// The delta at epsilon of one count with discrete Gaussian noise of this variance, rounded up: exact for one
/// release, and so less than what follows from its rho.
///
/// It is the sum over y >= epsilon variance - 1/2 of P(y) (1 - exp(epsilon - (2 y + 1) / (2 variance))), in which
/// no term is negative and nothing cancels.
///
/// # Errors
/// A variance above 2^40, past which the sum is long, and an epsilon above a million.
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Theorem 7.
pub fn delta_of_discrete_gaussian(variance: Ratio, epsilon: Epsilon) -> Result<Delta, PrivacyError> {
    let (variance, epsilon) = (variance.to_f64(), epsilon.get());
    if variance > 1_099_511_627_776.0 {
        return Err(invalid("variance", "is at most 2^40"));
    }
    if epsilon > MOST {
        return Err(invalid("epsilon", "is above 0 and at most 1,000,000"));
    }
    let mut y = (epsilon * variance - 0.5).ceil().max(0.0);
    let scale = 1.0 / gaussian_mass(variance);
    let weight = |y: f64| scale * (-y * y / (2.0 * variance)).exp();
    let mut sum = 0.0;
    loop {
        let step = (2.0 * y + 1.0) / (2.0 * variance);
        sum += weight(y) * -(epsilon - step).min(0.0).exp_m1();
        y += 1.0;
        // From here on each weight is at most this share of the one before.
        let rest = weight(y) / -(-(2.0 * y + 1.0) / (2.0 * variance)).exp_m1();
        if rest <= 1e-14 * sum || rest < f64::MIN_POSITIVE {
            // The exponents are below 750 where weights are not 0, so that a weight is right to 1e-12.
            return Delta::try_new(((sum + rest) * (1.0 + 1e-11)).max(f64::MIN_POSITIVE));
        }
    }
}

/// The sum of exp(-y^2 / (2 variance)) over all whole y, or a little less.
pub(super) fn gaussian_mass(variance: f64) -> f64 {
    // By Poisson's summation formula the sum is more than the integral, by a factor below 1 + 1e-200 here.
    if variance > 25.0 {
        return (std::f64::consts::TAU * variance).sqrt();
    }
    let tail: f64 = (1..200).map(f64::from).map(|y| (-y * y / (2.0 * variance)).exp()).sum();
    1.0 + 2.0 * tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rho(rho: f64) -> Rho {
        Rho::at_least(rho).unwrap()
    }

    fn epsilon(epsilon: f64) -> Epsilon {
        Epsilon::try_new(epsilon).unwrap()
    }

    fn delta(delta: f64) -> Delta {
        Delta::try_new(delta).unwrap()
    }

    /// Half a unit of the last printed digit.
    fn assert_printed(value: f64, printed: &str) {
        let digits = printed.split_once('.').unwrap().1;
        let (digits, exponent) = digits.split_once('e').unwrap_or((digits, "0"));
        let places = i32::try_from(digits.len()).unwrap() - exponent.parse::<i32>().unwrap();
        let distance = (value - printed.parse::<f64>().unwrap()).abs();
        assert!(distance <= 0.5 * 10f64.powi(-places) * (1.0 + 1e-9), "{value} is not {printed}");
    }

    /// Proposition 12 of Canonne, Kamath and Steinke, minimized over the order elsewhere.
    #[test]
    fn epsilons_of_rho_are_those_of_the_table() {
        for (of, expected) in [
            (0.1, ["1.914239", "2.141939", "2.715482"]),
            (1.0, ["7.077197", "7.766217", "9.521464"]),
            (0.01, [".545726", ".621693", ".810174"]),
        ] {
            for (at, expected) in [1e-5, 1e-6, 1e-9].into_iter().zip(expected) {
                assert_printed(epsilon_of_rho(rho(of), delta(at)).unwrap().get(), expected);
            }
        }
    }

    /// The same source, inverted.
    #[test]
    fn rhos_of_epsilon_are_those_of_the_table() {
        for (of, expected) in [
            (0.1, ".00032105"),
            (0.5, ".00664152"),
            (1.0, ".02435597"),
            (2.0, ".08815269"),
            (4.0, ".31106495"),
            (8.0, "1.052358"),
        ] {
            assert_printed(rho_of_epsilon(epsilon(of), delta(1e-6)).unwrap().to_f64(), expected);
        }
    }

    /// MST at epsilon 1 and delta 1e-9; and the aggregates of 10,000 people at epsilon 4, of which 3.98 and half
    /// of delta = 1 / (n ln n) are left, for which the loose conversion allows only 0.281992.
    #[test]
    fn worked_examples_are_met() {
        assert_printed(rho_of_epsilon(epsilon(1.0), delta(1e-9)).unwrap().to_f64(), ".01497306");
        let half_delta = 0.5 / (10_000.0 * 10_000f64.ln());
        assert_printed(half_delta, "5.42868e-6");
        assert_printed(rho_of_epsilon(epsilon(3.98), delta(half_delta)).unwrap().to_f64(), ".351330");
        assert_printed(((3.98 - half_delta.ln()).sqrt() - (-half_delta.ln()).sqrt()).powi(2), ".281992");
    }

    /// Exact values for sensitivity 1 at epsilon 1 (Theorem 7 of the same source).
    #[test]
    fn one_noisy_count_has_its_exact_delta() {
        for (variance, expected) in [(25, "1.829336e-8"), (16, "3.055455e-6")] {
            let variance = Ratio::try_new(variance, 1).unwrap();
            assert_printed(delta_of_discrete_gaussian(variance, epsilon(1.0)).unwrap().get(), expected);
        }
    }

    /// The definition: the sum over all outcomes of what one neighbour has more than e^epsilon times the other.
    #[test]
    fn the_delta_of_small_variances_is_that_of_the_definition() {
        for (numerator, denominator, epsilon_) in
            [(1, 4, 0.5), (1, 2, 1.0), (1, 1, 0.1), (1, 1, 3.0), (7, 3, 1.5), (9, 1, 0.01), (40, 1, 0.3), (9, 1, 12.0)]
        {
            let variance = Ratio::try_new(numerator, denominator).unwrap();
            let weight = |y: i32| (-f64::from(y * y) / (2.0 * variance.to_f64())).exp();
            let mass: f64 = (-300..=300).map(weight).sum();
            let by_definition: f64 =
                (-200..=200).map(|y| (weight(y) - f64::exp(epsilon_) * weight(y + 1)).max(0.0)).sum::<f64>() / mass;
            let exact = delta_of_discrete_gaussian(variance, epsilon(epsilon_)).unwrap().get();
            assert!(exact >= by_definition * (1.0 - 1e-12), "{exact} {by_definition}");
            assert!(exact <= by_definition * (1.0 + 1e-9) + 1e-300, "{exact} {by_definition}");
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
    fn whole(number: f64) -> u64 {
        number.round() as u64
    }

    /// B. Balle and Y.-X. Wang (2018), "Improving the Gaussian Mechanism for Differential Privacy", Theorem 8: the
    /// standard deviations that give delta 1e-6. The whole numbers come near to the line where it is wide.
    #[test]
    fn wide_noise_is_near_that_of_the_continuous_gaussian() {
        for (epsilon_, deviation) in [(0.5, 8.057_618_f64), (1.0, 4.224_679)] {
            let variance = Ratio::try_new(whole(1e6 * deviation.powi(2)), 1_000_000).unwrap();
            let exact = delta_of_discrete_gaussian(variance, epsilon(epsilon_)).unwrap().get();
            assert!((exact / 1e-6 - 1.0).abs() < 0.05, "{epsilon_}: {exact}");
            // It is one release, so that its exact delta is below what follows from rho.
            let through_rho = delta_of_rho(rho(0.5 / variance.to_f64()), epsilon(epsilon_)).unwrap().get();
            assert!(exact < through_rho && through_rho < 5e-6, "{epsilon_}: {exact} {through_rho}");
        }
    }

    #[test]
    fn pure_and_exponential_mechanisms_cost_half_and_an_eighth_of_the_square() {
        let two_and_a_bit = rho(2.0_f64.next_up());
        assert_eq!(rho_of_pure_epsilon(epsilon(2.0)).unwrap(), two_and_a_bit);
        assert_eq!(rho_of_exponential(epsilon(4.0)).unwrap(), two_and_a_bit);
        let third = rho_of_pure_epsilon(epsilon(1.0 / 3.0)).unwrap();
        assert!(third.units() > (1u128 << 64) / 18 && third.units() < (1u128 << 64) / 18 + (1 << 14));
        assert!(rho_of_pure_epsilon(epsilon(1e200)).is_err() && rho_of_exponential(epsilon(f64::MAX)).is_err());
        assert_eq!(Rho::from_units(7).for_group(3), Rho::from_units(63));
    }

    #[test]
    fn extreme_arguments_have_an_answer_or_an_error() {
        let least = delta(f64::from_bits(1));
        let most = delta(1.0_f64.next_down());
        let unit = Rho::from_units(1);
        for delta in [least, delta(1e-9), delta(0.5), most] {
            assert!(epsilon_of_rho(Rho::ZERO, delta).unwrap().get() > 0.0);
            assert!(epsilon_of_rho(unit, delta).unwrap().get() < 1e-5);
            assert!(epsilon_of_rho(rho(1e6), delta).unwrap().get() < 2e6);
            assert!(epsilon_of_rho(Rho::from_units(u128::MAX), delta).is_err());
            assert!(rho_of_epsilon(epsilon(f64::MAX), delta).is_err());
            assert!(rho_of_epsilon(epsilon(1e7), delta).is_err());
            let tiny = rho_of_epsilon(epsilon(f64::MIN_POSITIVE), delta);
            assert!(tiny.is_ok_and(|rho| rho.to_f64() < 1e4), "{delta:?}");
        }
        assert!(rho_of_epsilon(epsilon(1e6), delta(1e-9)).unwrap().to_f64() < 1e6);
        assert!(delta_of_rho(unit, epsilon(1e6)).unwrap().get() <= f64::MIN_POSITIVE);
        assert!(delta_of_rho(Rho::ZERO, epsilon(1.0)).unwrap().get() <= f64::MIN_POSITIVE);
        assert!(delta_of_rho(rho(1e6), epsilon(1e-300)).is_err());
        for variance in [(1, u64::MAX), (1, 1), (1 << 40, 1)] {
            let variance = Ratio::try_new(variance.0, variance.1).unwrap();
            for epsilon_ in [1e-3, 1.0, 1e6] {
                let delta = delta_of_discrete_gaussian(variance, epsilon(epsilon_)).map(Delta::get);
                // Hardly any noise: the only delta is 1, which is none.
                assert!(delta.is_err() == (variance.to_f64() < 1e-9), "{variance:?} {epsilon_}");
            }
        }
        assert!(delta_of_discrete_gaussian(Ratio::try_new(u64::MAX, 1).unwrap(), epsilon(1.0)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn there_and_back_stays_on_the_safe_side(
            ln_epsilon in -12.0..9.0f64, ln_delta in -700.0..-0.1f64, more in 1.000_001..3.0f64,
        ) {
            let (epsilon_, delta_) = (epsilon(ln_epsilon.exp()), delta(ln_delta.exp()));
            let rho_ = rho_of_epsilon(epsilon_, delta_).unwrap();
            prop_assume!(rho_.units() > 1 << 40);
            // What is spent again is within the rounding of the budget, and never better than claimed by more.
            let again = epsilon_of_rho(rho_, delta_).unwrap().get() / epsilon_.get();
            // Costs are rounded up by parts in 10^14 of terms that are near 1 and cancel where epsilon is small.
            let margin = 1e-11 + 1e-14 / epsilon_.get();
            prop_assert!((1.0 - 1e-9..=1.0 + margin).contains(&again), "{}", again);
            let at = delta_of_rho(rho_, epsilon_).unwrap().get();
            prop_assert!(at <= delta_.get() * (1.0 + 1e-9), "{} {}", at, delta_.get());
            // More of one is more of the others.
            prop_assert!(rho_of_epsilon(epsilon(epsilon_.get() * more), delta_).unwrap() > rho_);
            prop_assert!(epsilon_of_rho(rho_.plus(rho_.share(1, 1000)), delta_).unwrap() > epsilon_);
            let less = delta(delta_.get() / more);
            prop_assert!(rho_of_epsilon(epsilon_, less).unwrap() < rho_);
        }

        #[test]
        fn it_is_never_worse_than_the_standard_bound(ln_rho in -30.0..3.0f64, ln_delta in -300.0..-1.0f64) {
            let (rho_, delta_) = (rho(ln_rho.exp()), delta(ln_delta.exp()));
            let standard = rho_.to_f64() + 2.0 * (rho_.to_f64() * -delta_.get().ln()).sqrt();
            prop_assert!(epsilon_of_rho(rho_, delta_).unwrap().get() <= standard * (1.0 + 1e-12));
        }
    }
}
