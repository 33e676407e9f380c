//! Logarithms of the gamma function, differences of them without cancellation, and an exponential that the compiler
//! can turn into vector instructions.
//!
//! # Sources
//! Abramowitz and Stegun (1964), *Handbook of Mathematical Functions*, 6.1.15, 6.1.41, 6.3.5 and 6.3.18.

use std::f64::consts::{LN_2, LOG2_E, TAU};

/// From here on the asymptotic series are exact to rounding.
const ASYMPTOTIC: f64 = 10.0;

/// The part of Stirling's series for ln Γ that vanishes at infinity, for z ≥ [`ASYMPTOTIC`].
fn series(inverse: f64) -> f64 {
    const TERMS: [f64; 7] =
        [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    let square = inverse * inverse;
    inverse * TERMS.iter().rev().fold(0.0, |sum, term| sum * square + term)
}

/// ln Γ(z) for z > 0.
pub(super) fn ln_gamma(z: f64) -> f64 {
    let (mut z, mut product) = (z, 1.0);
    while z < ASYMPTOTIC {
        product *= z;
        z += 1.0;
    }
    (z - 0.5) * z.ln() - z + 0.5 * TAU.ln() + series(1.0 / z) - f64::ln(product)
}

/// The logarithmic derivative of Γ at z > 0.
pub(super) fn digamma(z: f64) -> f64 {
    const TERMS: [f64; 6] = [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 5.0 / 660.0, -691.0 / 32_760.0];
    let (mut z, mut shift) = (z, 0.0);
    while z < ASYMPTOTIC {
        shift += 1.0 / z;
        z += 1.0;
    }
    let square = 1.0 / (z * z);
    z.ln() - 0.5 / z - square * TERMS.iter().rev().fold(0.0, |sum, term| sum * square + term) - shift
}

/// What differences ln Γ(z) − ln Γ(top) with the same top share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Top {
    z: f64,
    ln: f64,
    series: f64,
}

impl Top {
    pub(super) fn at(z: f64) -> Self {
        Self { z, ln: z.ln(), series: series(1.0 / z) }
    }

    /// ln Γ(z) − ln Γ(top) for 0 < z ≤ top. Its rounding error grows with the difference of the arguments, not with
    /// the arguments.
    pub(super) fn below(&self, z: f64) -> f64 {
        if z < ASYMPTOTIC {
            return ln_gamma(z) - ln_gamma(self.z);
        }
        let (gap, inverse) = (self.z - z, 1.0 / z);
        series(inverse) - self.series - (gap * (self.ln - 1.0) + (z - 0.5) * (gap * inverse).ln_1p())
    }
}

/// Replaces every x by e^x, for x ≤ 700; what is below −700 becomes e^−700. Relative error below 4e-16.
///
/// e^x = 2^k e^r with |r| ≤ ½ ln 2: adding 1.5 × 2^52 rounds to the integer k and leaves it in the low bits.
pub(super) fn exp_all<const N: usize>(values: &mut [f64; N]) {
    const ROUND: f64 = 6_755_399_441_055_744.0;
    // The upper bits of ln 2, so that products with k are exact, and the rest.
    const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const FACTORIALS: [f64; 13] = [
        1.0,
        1.0,
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5_040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
    ];
    debug_assert!((LN_2_HIGH + LN_2_LOW - LN_2).abs() < 1e-16);
    for value in values {
        let x = value.max(-700.0);
        let shifted = x * LOG2_E + ROUND;
        let k = shifted - ROUND;
        let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
        let mut sum = 0.0;
        for term in FACTORIALS.iter().rev() {
            sum = sum * r + term;
        }
        *value = sum * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::function::gamma;

    #[test]
    fn large_differences_lose_no_digits() {
        // ln Γ(10^10 + 3) − ln Γ(10^10) = ln(10^10 (10^10 + 1) (10^10 + 2)).
        let expected = 3.0 * 1e10_f64.ln() + 3e-10;
        assert!((Top::at(1e10 + 3.0).below(1e10) + expected).abs() < 1e-13);
        // Γ(1/2) = √π, Γ(1) = 1, Γ(n + 1) = n!.
        assert!((ln_gamma(0.5) - 0.5 * std::f64::consts::PI.ln()).abs() < 1e-14);
        assert!(ln_gamma(1.0).abs() < 1e-14 && (ln_gamma(11.0) - 3_628_800_f64.ln()).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn they_agree_with_another_implementation(z in 1e-6..1e6_f64, gap in 0.0..1e4_f64) {
            let other = gamma::ln_gamma(z);
            prop_assert!((ln_gamma(z) - other).abs() <= 1e-12 * other.abs().max(1.0));
            let other = gamma::digamma(z);
            prop_assert!((digamma(z) - other).abs() <= 1e-11 * other.abs().max(1.0));
            let other = gamma::ln_gamma(z) - gamma::ln_gamma(z + gap);
            let scale = gamma::ln_gamma(z + gap).abs().max(1.0);
            prop_assert!((Top::at(z + gap).below(z) - other).abs() <= 1e-12 * scale);
        }

        #[test]
        fn powers_of_e_agree_with_the_standard_library(x in -700.0..700.0_f64) {
            let mut values = [x, -1e9, 0.0, -699.9];
            exp_all(&mut values);
            prop_assert!((values[0] / x.exp() - 1.0).abs() < 4e-16, "{} {}", values[0], x.exp());
            prop_assert!(values[1] < 1e-300 && values[1] >= 0.0);
            prop_assert!((values[2] - 1.0).abs() < f64::EPSILON);
        }
    }
}
