//! Bias correction and acceleration.
//!
//! # Sources
//! Efron and Tibshirani (1993), *An Introduction to the Bootstrap*, chapter 14. For several samples: Davison and
//! Hinkley (1997), *Bootstrap Methods and their Application*, section 5.3.

use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::loglinear::Fitter;
use crate::mse::outcome::Status;
use crate::mse::parallel::try_map;
use crate::mse::sample::Sample;
use ctdata_table::Control;
use statrs::function::erf::{erfc, erfc_inv};
use std::f64::consts::SQRT_2;

/// Histories per piece of work of the jackknife.
const CHUNK: usize = 4;

/// Estimates whose ratio is nearer to 1 are equal.
const ROUNDING: f64 = 1e-9;

/// The estimates with one person left out, one for each history, weighted by its persons.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jackknife {
    /// Persons of a history, and how far the estimate without one of them lies below the mean of all those estimates.
    influences: Vec<(u64, f64)>,
    /// Histories, and those without an answer once a person is left out.
    pub(crate) histories: usize,
    pub(crate) unanswered: usize,
}

impl Jackknife {
    /// From the persons and the estimate of each history, and the unseen persons among whom replicates are drawn:
    /// without one of these the estimate is that of the table.
    pub(crate) fn of(estimates: &[(u64, Result<f64, Status>)], unseen: u64, estimate: f64) -> Self {
        let mut answered: Vec<(u64, f64)> =
            estimates.iter().filter_map(|(count, estimate)| Some((*count, (*estimate).ok()?))).collect();
        let unanswered = estimates.len() - answered.len();
        answered.extend((unseen > 0).then_some((unseen, estimate)));
        let persons: f64 = answered.iter().map(|(count, _)| *count as f64).sum();
        let mean = answered.iter().map(|(count, estimate)| *count as f64 / persons * estimate).sum::<f64>();
        Self {
            histories: estimates.len(),
            unanswered,
            influences: answered.into_iter().map(|(count, estimate)| (count, mean - estimate)).collect(),
        }
    }

    /// Of the sum of estimates from separate tables: the influences of all persons side by side.
    pub(crate) fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::default(), |mut joint, part| {
            joint.influences.extend(part.influences);
            joint.histories += part.histories;
            joint.unanswered += part.unanswered;
            joint
        })
    }

    /// The acceleration, a sixth of the skewness of the influences; 0 if nobody has any.
    pub(crate) fn acceleration(&self) -> f64 {
        let scale = self.influences.iter().fold(0.0f64, |most, (_, influence)| most.max(influence.abs()));
        if scale <= 0.0 {
            return 0.0;
        }
        let (mut squares, mut cubes) = (0.0, 0.0);
        for (count, influence) in &self.influences {
            let relative = influence / scale;
            squares += *count as f64 * relative * relative;
            cubes += *count as f64 * relative * relative * relative;
        }
        cubes / (6.0 * squares * squares.sqrt())
    }
}

/// Does `each` on the table without one person, once for each observed history; with the persons of that history.
pub(super) fn leave_one_out<R: Send>(
    histories: &CaptureHistories,
    control: &Control,
    each: impl Fn(&Sample, &mut Fitter) -> Result<R, MseError> + Sync + Send,
) -> Result<Vec<(u64, R)>, MseError> {
    let whole = Sample::of(histories);
    let cells: Vec<(usize, u64)> = histories.iter().map(|(history, count)| (history.index(), count)).collect();
    let chunks: Vec<&[(usize, u64)]> = cells.chunks(CHUNK).collect();
    let parts = try_map(&chunks, |chunk| {
        let (mut sample, mut fitter) = (whole.clone(), Fitter::default());
        let mut results = Vec::with_capacity(chunk.len());
        for (cell, count) in *chunk {
            control.check()?;
            sample.refill(|counts| {
                counts.copy_from_slice(whole.counts());
                if let Some(place) = counts.get_mut(*cell) {
                    *place = place.saturating_sub(1);
                }
            });
            results.push((*count, each(&sample, &mut fitter)?));
        }
        Ok(results)
    })?;
    Ok(parts.into_iter().flatten().collect())
}

/// z₀: the normal quantile of the share of replicates below the estimate. `None` if all or none lie below. In tables of
/// few persons many replicates equal the estimate but for rounding: these do not lie below.
pub(super) fn bias_correction(replicates: &[f64], estimate: f64) -> Option<f64> {
    let border = estimate * (1.0 - ROUNDING);
    let below = replicates.iter().filter(|replicate| **replicate < border).count();
    let inside = 0 < below && below < replicates.len();
    inside.then(|| quantile_of_normal(below as f64 / replicates.len() as f64))
}

/// The levels at which BCa reads the quantiles of the replicates, for the lower and the upper end. `None` where the
/// acceleration is so strong that the correction has no value.
pub(super) fn adjusted_levels(bias: f64, acceleration: f64, level: Level) -> Option<[f64; 2]> {
    let adjust = |quantile: f64| {
        let shifted = bias + quantile;
        let slowed = 1.0 - acceleration * shifted;
        (slowed > 0.0).then(|| normal(bias + shifted / slowed))
    };
    Some([adjust(-level.z())?, adjust(level.z())?])
}

/// Φ.
fn normal(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

/// Φ⁻¹.
fn quantile_of_normal(probability: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * probability)
}

#[cfg(test)]
mod tests {
    use super::super::testing::uk_five;
    use super::*;
    use crate::mse::ListSet;
    use crate::mse::model::Model;

    #[test]
    fn the_normal_distribution_and_its_quantiles_agree() {
        // Abramowitz and Stegun (1964), table 26.1 and 26.5.
        assert!((normal(1.0) - 0.841_344_746_1).abs() < 5e-11);
        assert!((quantile_of_normal(0.975) - 1.959_963_985).abs() < 5e-10);
        for probability in [1e-6, 0.01, 0.3, 0.5, 0.9, 0.999_99] {
            assert!((normal(quantile_of_normal(probability)) / probability - 1.0).abs() < 1e-9);
        }
    }

    /// By hand, after Efron and Tibshirani (1993), section 14.3. z₀ = 0.1 and a = 0.05 at 90 %: below,
    /// 0.1 − 1.544853627/(1 + 0.05 · 1.544853627) = −1.334078; above, 0.1 + 1.744853627/(1 − 0.05 · 1.744853627)
    /// = 2.011619; Φ of these 0.091088 and 0.977870.
    #[test]
    fn adjusted_levels_are_met() {
        let [low, high] = adjusted_levels(0.1, 0.05, Level::P90).unwrap();
        assert!((low - 0.091_088).abs() < 1e-5 && (high - 0.977_870).abs() < 1e-5, "{low} {high}");
        let [low, high] = adjusted_levels(0.0, 0.0, Level::P95).unwrap();
        assert!((low - 0.025).abs() < 1e-9 && (high - 0.975).abs() < 1e-9);
        assert_eq!(adjusted_levels(0.5, 0.5, Level::P95), None);
    }

    /// Leaving one of 1, 2, 3, 10 out, the mean: influences (x − 4)/3 with Σ³ = (−27 − 8 − 1 + 216)/27, Σ² = 50/9,
    /// so that a = (180/27) / (6 (50/9)^1.5) = 180 / (6 · 50^1.5).
    #[test]
    fn the_acceleration_of_a_mean_is_met() {
        let estimates: Vec<(u64, Result<f64, Status>)> =
            [1.0, 2.0, 3.0, 10.0].into_iter().map(|left_out| (1, Ok((16.0 - left_out) / 3.0))).collect();
        let expected = 180.0 / (6.0 * 50f64.powf(1.5));
        assert!((Jackknife::of(&estimates, 0, 0.0).acceleration() - expected).abs() < 1e-12);
        // Two persons alike are one history of two; those without an answer are left out and counted.
        let single = [(1, Ok(2.0)), (1, Ok(2.0)), (1, Ok(5.0))];
        let paired = [(2, Ok(2.0)), (1, Ok(5.0)), (7, Err(Status::NoExistence))];
        let paired = Jackknife::of(&paired, 0, 0.0);
        assert!((Jackknife::of(&single, 0, 0.0).acceleration() - paired.acceleration()).abs() < 1e-12);
        assert_eq!((paired.histories, paired.unanswered), (3, 1));
        // Unseen persons are a history without influence of their own.
        let with_unseen = Jackknife::of(&single[..2], 3, 4.0).acceleration();
        let plain = Jackknife::of(&[(2, Ok(2.0)), (3, Ok(4.0))], 0, 0.0).acceleration();
        assert!((with_unseen - plain).abs() < 1e-12);
        // Of a sum, the influences of both parts, 2, −1, −1 and twice these: Σ² = 6 + 24, Σ³ = 6 + 48.
        let part = |scale: f64| Jackknife::of(&[(1, Ok(scale)), (2, Ok(4.0 * scale))], 0, 0.0);
        let joint = Jackknife::join([part(1.0), part(2.0)]);
        let (squares, cubes) = (6.0 * (1.0 + 4.0), 6.0 * (1.0 + 8.0));
        assert!((joint.acceleration() - cubes / (6.0 * f64::powf(squares, 1.5))).abs() < 1e-12);
        assert!(Jackknife::of(&[(5, Ok(3.0))], 0, 0.0).acceleration().abs() < f64::MIN_POSITIVE);
    }

    #[test]
    fn the_bias_correction_needs_replicates_on_both_sides() {
        let replicates = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(bias_correction(&replicates, 0.5), None);
        assert_eq!(bias_correction(&replicates, 5.0), None);
        assert_eq!(bias_correction(&[], 5.0), None);
        // Φ⁻¹(1/4).
        assert!((bias_correction(&replicates, 2.0).unwrap() + 0.674_489_750_2).abs() < 5e-10);
    }

    /// Chan, Silverman and Vincent (2021), UK five lists: a = −0.0121811 with the model of the whole table, recomputed
    /// by two independent programs (estimation notes, §11).
    #[test]
    fn the_acceleration_of_the_united_kingdom_is_met() {
        let histories = uk_five();
        let model = Model::from_notation("[12,13,24,25,35,45]", 5).unwrap();
        let estimates = leave_one_out(&histories, &Control::default(), |sample, fitter| {
            Ok(fitter.fit(sample, &model).map(|fit| fit.estimate(sample.persons())))
        })
        .unwrap();
        assert_eq!(estimates.len(), 18);
        assert_eq!(estimates[0].0, histories.count(ListSet::of([0])));
        let acceleration = Jackknife::of(&estimates, 0, 0.0).acceleration();
        assert!((acceleration + 0.012_181_1).abs() < 5e-8, "{acceleration}");
    }
}
