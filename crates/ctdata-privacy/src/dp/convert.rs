//! From rho to (epsilon, delta) and back, rounded to the safe side.

use crate::PrivacyError;
use crate::dp::{Delta, Epsilon, Rho};

/// The log of the least delta for which rho-zCDP implies (epsilon, delta).
fn ln_delta(rho: f64, epsilon: f64) -> f64 {
    // Every order above 1 gives a valid bound; bisection finds where its derivative vanishes.
    let (mut low, mut high) = (1.0 + 1e-9, (epsilon + 1.0) / (2.0 * rho) + 2.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if (2.0 * middle - 1.0) * rho - epsilon + (-1.0 / middle).ln_1p() < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let order = high;
    (order - 1.0) * (order * rho - epsilon) + order * (-1.0 / order).ln_1p() - (order - 1.0).ln()
}

/// The least epsilon for which rho-zCDP implies (epsilon, delta), rounded up.
///
/// # Errors
/// An epsilon past the range of numbers.
pub fn epsilon_of_rho(rho: Rho, delta: Delta) -> Result<Epsilon, PrivacyError> {
    let (rho, target) = (rho.to_f64().max(f64::MIN_POSITIVE), delta.get().ln());
    let (mut low, mut high) = (0.0, 1.0);
    while ln_delta(rho, high) > target && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if ln_delta(rho, middle) > target { low = middle } else { high = middle }
    }
    Epsilon::try_new(high * (1.0 + 1e-12))
}

/// The largest rho whose (epsilon, delta) is within the budget, rounded down.
///
/// # Errors
/// An epsilon too large to be told from no privacy.
///
/// # Sources
/// C. Canonne, G. Kamath and T. Steinke (2020), "The Discrete Gaussian for Differential Privacy", Proposition 12.
pub fn rho_of_epsilon(epsilon: Epsilon, delta: Delta) -> Result<Rho, PrivacyError> {
    let target = delta.get().ln();
    let (mut low, mut high) = (0.0, epsilon.get() + 1.0);
    while ln_delta(high, epsilon.get()) < target {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if ln_delta(middle, epsilon.get()) > target { high = middle } else { low = middle }
    }
    Rho::at_most(low * (1.0 - 1e-12))
}
