//! The Poisson deviance and the likelihood of the saturated model, to full precision for large counts too.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]

use crate::mse::sample::Sample;

/// ln N! of the first numbers.
const SMALL: usize = 16;

/// The log-likelihood of the model with a parameter for every cell: Σ N ln N − N − ln N!. It depends on the table
/// alone; the log-likelihood of a fit is this less half its deviance.
pub(crate) fn saturated(sample: &Sample) -> f64 {
    sample.counts().iter().filter(|count| **count > 0).map(|count| -defect(*count)).sum()
}

/// What ln N! exceeds N ln N − N by, for N above zero: ½ ln 2πN and Stirling's series. The terms left out are below
/// 1e-15 for more than [`SMALL`] persons.
fn defect(count: u64) -> f64 {
    let number = count as f64;
    if count <= SMALL as u64 {
        let factorial: f64 = (2..=count).map(|factor| factor as f64).product();
        return factorial.ln() - (number * number.ln() - number);
    }
    let inverse = number.recip();
    let square = inverse * inverse;
    let series =
        (1.0 / 12.0) - square * (1.0 / 360.0 - square * (1.0 / 1_260.0 - square * (1.0 / 1_680.0 - square / 1_188.0)));
    0.5 * (std::f64::consts::TAU * number).ln() + inverse * series
}

/// Twice the difference of the log-likelihoods of the saturated model and of these means; cells that left the table
/// have a mean and a count of zero.
pub(super) fn deviance(sample: &Sample, means: &[f64]) -> f64 {
    2.0 * sample.counts().iter().zip(means).map(|(count, mean)| part(*count as f64, *mean)).sum::<f64>()
}

/// By how much the deviance at means of the same model exceeds the one at its fit. The fit has the sufficient
/// statistics of the counts and takes their place: no difference of large numbers.
pub(super) fn excess(fitted: &[f64], means: &[f64]) -> f64 {
    2.0 * fitted.iter().zip(means).map(|(fitted, mean)| part(*fitted, *mean)).sum::<f64>()
}

/// N ln(N / μ) − (N − μ) as N (x − ln(1 + x)), which keeps its digits where μ is near N.
fn part(number: f64, mean: f64) -> f64 {
    if number <= 0.0 {
        return mean;
    }
    let x = (mean - number) / number;
    number * if x.abs() < 0.5 { x - x.ln_1p() } else { x - (mean / number).ln() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::{CaptureHistories, ListSet};

    #[test]
    fn the_series_meets_the_gamma_function() {
        for count in (1..200).chain([1_000, 123_456_789]) {
            let number = count as f64;
            let direct = statrs::function::gamma::ln_gamma(number + 1.0) - (number * number.ln() - number);
            let lost = 1e-15 * number * number.ln().max(1.0);
            assert!((defect(count) - direct).abs() < 1e-12 + lost, "{count}: {} {direct}", defect(count));
        }
        // The two branches meet: ln 17! from ln 16!.
        let from_small = defect(16) + 16.0 * 16.0_f64.ln() - 16.0 + 17.0_f64.ln() - (17.0 * 17.0_f64.ln() - 17.0);
        assert!((defect(17) - from_small).abs() < 1e-13);
    }

    /// By the definition: Poisson log-probabilities at the counts and at other means.
    #[test]
    fn the_deviance_is_twice_the_log_ratio() {
        let counts = [(1, 5), (2, 3), (3, 1)].map(|(bits, count)| (ListSet::from_bits(bits), count));
        let sample = Sample::of(&CaptureHistories::try_new(["a", "b"], counts).unwrap());
        let means = [0.0, 4.0, 3.1, 2.5];
        let log = |count: f64, mean: f64| count * mean.ln() - mean - statrs::function::gamma::ln_gamma(count + 1.0);
        let direct: f64 = [(5.0, 4.0), (3.0, 3.1), (1.0, 2.5)].iter().map(|(count, mean)| log(*count, *mean)).sum();
        assert!((saturated(&sample) - 0.5 * deviance(&sample, &means) - direct).abs() < 1e-12);
    }
}
