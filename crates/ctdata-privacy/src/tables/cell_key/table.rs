//! The perturbation table: for each count, which noise belongs to which cell key.
//!
//! # Sources
//! B. Fraser, J. Wooton (2005), "A proposed method for confidentialising tabular output to protect against
//! differencing", UNECE work session on statistical data confidentiality, Geneva. G. Marley, V. Leaver (2011), "A Method
//! for Confidentialising User-Defined Tables", 58th World Statistics Congress.

use super::solver::{NoDistribution, solve};
use crate::PrivacyError;
use crate::tables::TableMethod;

/// What a noise is wanted to be like.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NoiseDesign {
    /// The most that a count is changed by, up or down; 1 to 255.
    pub max_noise: u32,
    /// The variance of the noise, for every count but zero.
    pub variance: f64,
    /// No count becomes 1, 2, … up to this; 0 to allow small counts.
    #[cfg_attr(feature = "serde", serde(default))]
    pub never_up_to: u32,
}

/// One noise and the last cell key that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tables) struct Step {
    pub(in crate::tables) noise: i32,
    pub(in crate::tables) last: u64,
}

/// Which noise a count gets, by its cell key: for each count a distribution of mean zero and of the variance asked for,
/// of the largest entropy among those that make no count negative or too small to be shown.
///
/// A cell key is the sum of the keys of the cell's records, modulo 2⁶⁴: uniform, and the same wherever the same records
/// are counted, so that a figure that stands in several tables is the same in all. The lookup is in whole numbers.
///
/// ```
/// use ctdata_privacy::tables::{NoiseDesign, PerturbationTable};
/// let table = PerturbationTable::solve(NoiseDesign { max_noise: 2, variance: 1.0, never_up_to: 0 })?;
/// assert_eq!(table.perturb(0, 12345), 0); // zero stays zero
/// assert!(table.perturb(40, u64::MAX / 3).abs_diff(40) <= 2);
/// assert!((table.probability(5, 0) - 0.383).abs() < 0.0005);
/// // A count of 1 would have to become 0 or 3: right on average only with a variance of 2.
/// assert!(PerturbationTable::solve(NoiseDesign { max_noise: 2, variance: 1.0, never_up_to: 2 }).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// - For every count but zero the noise has mean 0 and the variance stated, over the choice of a random secret key.
/// - Measure: whoever does not have the key and knows all records but one can not tell from one figure whether the one is
///   counted, but for the odds of the noise. This is not differential privacy: the noise is bounded, a difference of
///   figures that is larger than twice the bound shows that counts differ, and zeros are true.
/// - Not protected: many figures that add up to one another narrow the noise.
#[derive(Debug, Clone, PartialEq)]
pub struct PerturbationTable {
    design: NoiseDesign,
    /// By count; larger counts have the last.
    rows: Vec<Vec<Step>>,
}

impl PerturbationTable {
    /// The table of a design.
    ///
    /// # Errors
    /// A design without a solution: no noise, or a variance that mean zero does not allow for some small count. The error
    /// names the count and the variances that it allows.
    pub fn solve(design: NoiseDesign) -> Result<Self, PrivacyError> {
        let NoiseDesign { max_noise, variance, never_up_to } = design;
        let invalid = |parameter, rule: String| PrivacyError::InvalidParameter { parameter, rule };
        let (Some(most), Some(never)) =
            (i32::try_from(max_noise).ok().filter(|most| (1..=255).contains(most)), i32::try_from(never_up_to).ok())
        else {
            return Err(invalid("max_noise", "it is from 1 to 255".to_owned()));
        };
        if never > 255 {
            return Err(invalid("never_up_to", "it is at most 255".to_owned()));
        }
        if !variance.is_finite() || variance <= 0.0 {
            return Err(invalid("variance", "it is above zero".to_owned()));
        }
        // From this count on nothing is cut off.
        let free = if never == 0 { most } else { most + never + 1 };
        let mut rows = vec![vec![Step { noise: 0, last: u64::MAX }]];
        for count in 1..=free {
            let values: Vec<i32> = (-most..=most).filter(|noise| count + noise == 0 || count + noise > never).collect();
            let probabilities = solve(&values, variance).map_err(|fault| {
                let rule = match fault {
                    NoDistribution::Biased => format!("no noise for a count of {count} has mean zero"),
                    NoDistribution::Variance { least, most } => format!(
                        "for a count of {count} it is from {least} to {most}, so that the mean is zero and the figure \
                         allowed"
                    ),
                    NoDistribution::NotSolved => {
                        format!("for a count of {count} it is too near the least or the most that is possible")
                    }
                };
                invalid("variance", rule)
            })?;
            rows.push(steps(&values, &probabilities));
        }
        Ok(Self { design, rows })
    }

    /// What it was made for.
    pub fn design(&self) -> NoiseDesign {
        self.design
    }

    /// What a statement says of it.
    pub fn method(&self) -> TableMethod {
        let NoiseDesign { max_noise, variance, never_up_to } = self.design;
        TableMethod::CellKey { max_noise, variance, never_up_to }
    }

    /// The smallest count from which on the noise does not depend on the count.
    pub fn last_row(&self) -> u64 {
        (self.rows.len() as u64).saturating_sub(1)
    }

    /// The noise of a count with this cell key.
    pub fn noise(&self, count: u64, cell_key: u64) -> i64 {
        let row = self.row(count);
        let place = row.partition_point(|step| step.last < cell_key);
        row.get(place).map_or(0, |step| step.noise.into())
    }

    /// The count and its noise.
    pub fn perturb(&self, count: u64, cell_key: u64) -> u64 {
        count.saturating_add_signed(self.noise(count, cell_key))
    }

    /// The probability that a count gets this noise.
    #[expect(clippy::cast_precision_loss, reason = "shown, not drawn from")]
    pub fn probability(&self, count: u64, noise: i64) -> f64 {
        let mut before = 0u128;
        for step in self.row(count) {
            let until = u128::from(step.last) + 1;
            if i64::from(step.noise) == noise {
                return (until - before) as f64 / 2f64.powi(64);
            }
            before = until;
        }
        0.0
    }

    /// The row of a count, in the order of the noise.
    pub(in crate::tables) fn row(&self, count: u64) -> &[Step] {
        let last = self.rows.len().saturating_sub(1);
        let place = usize::try_from(count).map_or(last, |count| count.min(last));
        self.rows.get(place).map_or(&[], Vec::as_slice)
    }
}

/// Cuts the 2⁶⁴ cell keys into parts of these probabilities; what rounding leaves goes to the likeliest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a probability times 2^64 is from 0 to 2^64, which 128 bits hold"
)]
fn steps(values: &[i32], probabilities: &[f64]) -> Vec<Step> {
    let whole = 1u128 << 64;
    let mut parts: Vec<u128> = probabilities.iter().map(|p| (p * 2f64.powi(64)).round() as u128).collect();
    let likeliest = parts.iter().enumerate().max_by_key(|(_, part)| **part).map_or(0, |(place, _)| place);
    let sum: u128 = parts.iter().sum();
    if let Some(part) = parts.get_mut(likeliest) {
        *part = (*part + whole).saturating_sub(sum);
    }
    let mut until = 0u128;
    let mut steps = Vec::with_capacity(values.len());
    for (&noise, &part) in values.iter().zip(&parts) {
        until += part;
        if part > 0 {
            steps.push(Step { noise, last: u64::try_from(until - 1).unwrap_or(u64::MAX) });
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn design(max_noise: u32, variance: f64, never_up_to: u32) -> NoiseDesign {
        NoiseDesign { max_noise, variance, never_up_to }
    }

    /// Mean and second moment of a row from its thresholds, exactly but for the last division.
    #[expect(clippy::cast_precision_loss, reason = "the sums are exact before")]
    fn moments(row: &[Step]) -> (f64, f64) {
        let (mut first, mut second, mut before) = (0i128, 0i128, 0i128);
        for step in row {
            let until = i128::from(step.last) + 1;
            first += (until - before) * i128::from(step.noise);
            second += (until - before) * i128::from(step.noise).pow(2);
            before = until;
        }
        (first as f64 / 2f64.powi(64), second as f64 / 2f64.powi(64))
    }

    proptest! {
        #[test]
        fn rows_are_unbiased_of_the_variance_asked_for_and_never_forbidden(
            most in 2u32..=12,
            // With a smaller share of a large D the outermost noises are rarer than 2^-64, and have no step.
            share in 0.15f64..0.9,
            never in 0u32..=3,
        ) {
            // For a count of 1 the variance is at most D; with small figures hidden it is at least `never` there, and for
            // a count of c up to that at least c (never + 1 - c).
            let least = (1..=never).map(|c| c * (never + 1 - c)).max().unwrap_or(0);
            if f64::from(least) + 0.2 >= f64::from(most) {
                return Ok(());
            }
            let variance = f64::from(least) + share * (f64::from(most) - f64::from(least));
            let table = PerturbationTable::solve(design(most, variance, never)).unwrap();
            for count in 1..=table.last_row() + 2 {
                let row = table.row(count);
                let (mean, second) = moments(row);
                prop_assert!(mean.abs() < 1e-12 && (second - variance).abs() < 1e-12, "{} {}", mean, second);
                prop_assert!(row.windows(2).all(|pair| pair[0].last < pair[1].last && pair[0].noise < pair[1].noise));
                prop_assert_eq!(row.last().unwrap().last, u64::MAX);
                for step in row {
                    let figure = i64::try_from(count).unwrap() + i64::from(step.noise);
                    prop_assert!(step.noise.unsigned_abs() <= most && figure >= 0);
                    prop_assert!(figure == 0 || figure > i64::from(never));
                }
            }
            // From the last row on nothing is cut off, and before it something is.
            let widths = [table.last_row() - 1, table.last_row()].map(|count| table.row(count).len());
            prop_assert!(widths[0] < widths[1] && widths[1] == 2 * most as usize + 1);
        }

        #[test]
        fn lookups_find_the_step_of_the_key(count in 0u64..20, cell_key: u64) {
            let table = PerturbationTable::solve(design(5, 3.0, 2)).unwrap();
            let noise = table.row(count).iter().find(|step| cell_key <= step.last).unwrap().noise;
            prop_assert_eq!(table.noise(count, cell_key), i64::from(noise));
            let figure = table.perturb(count, cell_key);
            prop_assert!(figure == 0 || figure > 2);
            prop_assert!((count == 0) <= (figure == 0));
        }
    }

    #[test]
    fn probabilities_are_shares_of_the_keys() {
        let table = PerturbationTable::solve(design(1, 0.5, 0)).unwrap();
        let shown = [-2, -1, 0, 1].map(|noise| table.probability(7, noise));
        for (shown, wanted) in shown.into_iter().zip([0.0, 0.25, 0.5, 0.25]) {
            assert!((shown - wanted).abs() < 1e-15);
        }
        assert!((table.probability(0, 0) - 1.0).abs() < 1e-15);
        assert_eq!((table.perturb(7, 0), table.perturb(7, u64::MAX), table.perturb(7, u64::MAX / 2)), (6, 8, 7));
        assert_eq!(table.perturb(u64::MAX, u64::MAX), u64::MAX);
    }

    #[test]
    fn designs_without_a_solution_name_the_count() {
        let refusal = |design| PerturbationTable::solve(design).unwrap_err().to_string();
        assert_eq!(refusal(design(0, 1.0, 0)), "max_noise: it is from 1 to 255");
        assert_eq!(refusal(design(256, 1.0, 0)), "max_noise: it is from 1 to 255");
        assert_eq!(refusal(design(3, 1.0, 300)), "never_up_to: it is at most 255");
        assert_eq!(refusal(design(3, f64::NAN, 0)), "variance: it is above zero");
        assert_eq!(refusal(design(3, 0.0, 0)), "variance: it is above zero");
        assert_eq!(refusal(design(1, 1.0, 2)), "variance: no noise for a count of 1 has mean zero");
        let range = "variance: for a count of 1 it is from 2 to 5, so that the mean is zero and the figure allowed";
        assert_eq!(refusal(design(5, 1.5, 2)), range);
    }
}
