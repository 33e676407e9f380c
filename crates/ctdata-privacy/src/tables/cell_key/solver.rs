//! The distribution of a noise with mean zero and a given variance that says as little else as possible.
//!
//! # Sources
//! G. Marley, V. Leaver (2011), "A Method for Confidentialising User-Defined Tables: Statistical Properties and a
//! Risk-Utility Analysis", 58th World Statistics Congress (maximum entropy under the constraints of bias, variance and
//! range). E. T. Jaynes (1957), "Information Theory and Statistical Mechanics", Physical Review 106 (its Lagrange form).

/// Why there is no such distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum NoDistribution {
    /// The noise can not be zero on average: it is never negative, or never positive.
    Biased,
    /// The variance is below the least or above the most that mean zero allows.
    Variance {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// The steps did not come to an end: the variance is too near the least or the most.
    NotSolved,
}

/// How far mean and variance may be off.
const TOLERANCE: f64 = 1e-12;

/// Probabilities of these values, in their order, with mean zero and this variance, of the largest entropy: of the form
/// exp(-a v - b v²), which is found by Newton's method on the convex dual in a and b. At the least and the most variance
/// only two values are left. Values are distinct and in increasing order.
pub(super) fn solve(values: &[i32], variance: f64) -> Result<Vec<f64>, NoDistribution> {
    let real: Vec<f64> = values.iter().map(|&value| f64::from(value)).collect();
    let (Some(&first), Some(&last)) = (real.first(), real.last()) else { return Err(NoDistribution::Biased) };
    let below = real.iter().copied().rfind(|value| *value < 0.0);
    let above = real.iter().copied().find(|value| *value > 0.0);
    let zero = real.contains(&0.0);
    // (v, v²) lie on a parabola: above mean zero their hull reaches from the chord between the neighbours of zero to the
    // chord between the ends.
    let (least, most) = match (below, above) {
        (Some(below), Some(above)) => (if zero { 0.0 } else { -below * above }, -first * last),
        _ if zero => (0.0, 0.0),
        _ => return Err(NoDistribution::Biased),
    };
    if variance < least - TOLERANCE || variance > most + TOLERANCE {
        return Err(NoDistribution::Variance { least, most });
    }
    if variance >= most - TOLERANCE {
        return Ok(if most > 0.0 { only_two(&real, first, last) } else { only_zero(&real) });
    }
    if variance <= least + TOLERANCE {
        return Ok(match (below, above) {
            (Some(below), Some(above)) if !zero => only_two(&real, below, above),
            _ => only_zero(&real),
        });
    }
    newton(&real, variance).ok_or(NoDistribution::NotSolved)
}

/// All weight on two of the values, so that the mean is zero.
fn only_two(values: &[f64], low: f64, high: f64) -> Vec<f64> {
    let probability = |value: f64| match value.total_cmp(&low) {
        std::cmp::Ordering::Equal => high / (high - low),
        _ if value.total_cmp(&high).is_eq() => -low / (high - low),
        _ => 0.0,
    };
    values.iter().map(|&value| probability(value)).collect()
}

fn only_zero(values: &[f64]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(u8::from(value == 0.0))).collect()
}

/// The probabilities at a and b, in units of the largest value.
fn probabilities(scaled: &[f64], [a, b]: [f64; 2]) -> (Vec<f64>, f64) {
    let exponents: Vec<f64> = scaled.iter().map(|s| -(a * s + b * s * s)).collect();
    let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = exponents.iter().map(|exponent| (exponent - largest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    (weights.iter().map(|weight| weight / sum).collect(), sum.ln() + largest)
}

fn newton(values: &[f64], variance: f64) -> Option<Vec<f64>> {
    let scale = values.iter().fold(1.0, |scale: f64, value| scale.max(value.abs()));
    let scaled: Vec<f64> = values.iter().map(|value| value / scale).collect();
    let target = variance / (scale * scale);
    let mut at = [0.0; 2];
    let (mut p, log) = probabilities(&scaled, at);
    let mut dual = log + at[1] * target;
    for _ in 0..200 {
        let moment = |power: i32| p.iter().zip(&scaled).map(|(p, s)| p * s.powi(power)).sum::<f64>();
        let [m1, m2, m3, m4] = [1, 2, 3, 4].map(moment);
        let (g1, g2) = (m1, m2 - target);
        if g1.abs().max(g2.abs()) < 1e-16 {
            break;
        }
        // The matrix of covariances of s and s²; it is positive definite, as three values or more have weight.
        let (c11, c12, c22) = (m2 - m1 * m1, m3 - m1 * m2, m4 - m2 * m2);
        let determinant = c11 * c22 - c12 * c12;
        if determinant.is_nan() || determinant <= 0.0 {
            break;
        }
        let step = [(c22 * g1 - c12 * g2) / determinant, (c11 * g2 - c12 * g1) / determinant];
        let slope = step[0] * g1 + step[1] * g2;
        let mut length = 1.0;
        let mut moved = false;
        for _ in 0..60 {
            let next = [at[0] + length * step[0], at[1] + length * step[1]];
            let (next_p, log) = probabilities(&scaled, next);
            let next_dual = log + next[1] * target;
            // Near the end the gain drowns in rounding: any step that does not lose is taken.
            if next_dual <= dual - 1e-4 * length * slope + 1e-14 * dual.abs().max(1.0) {
                moved = next.map(f64::to_bits) != at.map(f64::to_bits);
                (at, p, dual) = (next, next_p, next_dual);
                break;
            }
            length /= 2.0;
        }
        if !moved {
            break;
        }
    }
    let mean: f64 = p.iter().zip(values).map(|(p, v)| p * v).sum();
    let second: f64 = p.iter().zip(values).map(|(p, v)| p * v * v).sum();
    let near = |found: f64, wanted: f64| (found - wanted).abs() <= TOLERANCE;
    (near(mean, 0.0) && near(second, variance)).then_some(p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: &[f64], wanted: &[f64], tolerance: f64) {
        assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() <= tolerance, "{found} {wanted}");
        }
    }

    /// The introduction to the R package ptable (CRAN, version 1.0.0) prints, for D = 2 and V = 1, the probabilities
    /// 0.0638 of -2 and 0.383 of 0 for a count of 2, where nothing is cut off.
    #[test]
    fn the_published_table_for_two_and_one() {
        let p = solve(&[-2, -1, 0, 1, 2], 1.0).unwrap();
        near(&[p[0], p[4]], &[0.0638; 2], 0.000_05);
        near(&[p[2]], &[0.383], 0.0005);
    }

    /// Over -D..=D the variance D (D + 1) / 3 is that of the uniform distribution, which has the largest entropy of all;
    /// over three values mean and variance leave no choice.
    #[test]
    fn closed_forms() {
        for d in [1, 2, 5, 20] {
            let values: Vec<i32> = (-d..=d).collect();
            let uniform = vec![1.0 / f64::from(2 * d + 1); values.len()];
            near(&solve(&values, f64::from(d * (d + 1)) / 3.0).unwrap(), &uniform, 1e-13);
        }
        near(&solve(&[-1, 0, 1], 0.5).unwrap(), &[0.25, 0.5, 0.25], 1e-13);
        // -a + 2 c = 0 and a + 4 c = 1.
        near(&solve(&[-1, 0, 2], 1.0).unwrap(), &[1.0 / 3.0, 0.5, 1.0 / 6.0], 1e-13);
        near(&solve(&[-1, 2, 3], 2.5).unwrap(), &[0.708_333_333_333_333_3, 0.166_666_666_666_666_7, 0.125], 1e-13);
    }

    #[test]
    fn the_ends_have_two_values_and_past_them_is_nothing() {
        near(&solve(&[-1, 2, 3], 2.0).unwrap(), &[2.0 / 3.0, 1.0 / 3.0, 0.0], 0.0);
        near(&solve(&[-1, 2, 3], 3.0).unwrap(), &[0.75, 0.0, 0.25], 0.0);
        near(&solve(&[-1, 0, 1], 0.0).unwrap(), &[0.0, 1.0, 0.0], 0.0);
        near(&solve(&[0], 0.0).unwrap(), &[1.0], 0.0);
        assert_eq!(solve(&[-1, 2, 3], 1.9), Err(NoDistribution::Variance { least: 2.0, most: 3.0 }));
        assert_eq!(solve(&[-1, 2, 3], 3.1), Err(NoDistribution::Variance { least: 2.0, most: 3.0 }));
        assert_eq!(solve(&[1, 2], 1.0), Err(NoDistribution::Biased));
        assert_eq!(solve(&[], 1.0), Err(NoDistribution::Biased));
    }

    proptest! {
        /// Mean and variance are exact, and no other distribution with both has a larger entropy: along every direction
        /// that keeps them (three values determine one), the entropy falls.
        #[test]
        fn moments_are_exact_and_entropy_is_largest(
            lowest in -12i32..0,
            highest in 1i32..12,
            gap in 0i32..4,
            share in 0.05f64..0.95,
        ) {
            let values: Vec<i32> = (lowest..=highest).filter(|v| *v == lowest || *v < 0 || *v > gap).collect();
            let (Some(above), Some(&last)) = (values.iter().copied().find(|v| *v > 0), values.last()) else { return Ok(()) };
            let least = f64::from(above); // the neighbour below zero is -1
            let most = f64::from(-lowest * last);
            let variance = least + share * (most - least);
            if values.len() < 3 || most - least < 0.5 {
                return Ok(());
            }
            let p = solve(&values, variance).unwrap();
            let moment = |power| p.iter().zip(&values).map(|(p, v)| p * f64::from(*v).powi(power)).sum::<f64>();
            prop_assert!((moment(0) - 1.0).abs() < 1e-12 && moment(1).abs() < 1e-12);
            prop_assert!((moment(2) - variance).abs() < 1e-12);
            let entropy = |p: &[f64]| p.iter().map(|p| if *p > 0.0 { -p * p.ln() } else { 0.0 }).sum::<f64>();
            // Four values and the divided differences of third order: sums, means and squares stay.
            for four in values.windows(4).enumerate() {
                let (start, four) = four;
                let direction: Vec<f64> = four
                    .iter()
                    .map(|a| 1.0 / four.iter().filter(|b| *b != a).map(|b| f64::from(a - b)).product::<f64>())
                    .collect();
                let room = p[start..start + 4].iter().copied().fold(1.0, f64::min);
                for sign in [-0.1, 0.1] {
                    let mut other = p.clone();
                    for (place, by) in direction.iter().enumerate() {
                        other[start + place] += sign * room * by;
                    }
                    prop_assert!(entropy(&other) <= entropy(&p) + 1e-15);
                }
            }
        }
    }
}
