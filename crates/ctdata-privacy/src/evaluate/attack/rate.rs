//! Success rates of attacks, with intervals, and what a release adds to them.

use super::super::real;

/// The 97.5 % quantile of the normal distribution: intervals have a level of 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// How often an attack succeeds: the centre of Wilson's 95 % interval and half its width.
///
/// The centre lies a little towards one half of the plain share, so that neither no success nor all
/// successes pass for certainty.
///
/// # Sources
/// E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference"; used so by
/// M. Giomi, F. Boenisch, C. Wehmeyer and B. Tasnádi (2023), "A unified framework for quantifying privacy
/// risk in synthetic data", PoPETs 2023(2).
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SuccessRate {
    /// Guesses made.
    pub attempts: u64,
    /// Guesses that were right; where a control group was scaled to another size, not whole.
    pub successes: f64,
    /// Centre of the interval, from 0 to 1.
    pub rate: f64,
    /// Half the width of the interval.
    pub error: f64,
}

impl SuccessRate {
    /// The rate of so many successes, at most all of them; none without an attempt.
    ///
    /// ```
    /// use ctdata_privacy::evaluate::SuccessRate;
    /// let rate = SuccessRate::wilson(50.0, 500).unwrap();
    /// assert!((rate.rate - 0.103050).abs() < 5e-7 && (rate.error - 0.026372).abs() < 5e-7);
    /// ```
    pub fn wilson(successes: f64, attempts: u64) -> Option<Self> {
        if attempts == 0 || !successes.is_finite() {
            return None;
        }
        let n = real(attempts);
        let successes = successes.clamp(0.0, n);
        let denominator = n + Z * Z;
        // Neither factor is negative, so that the root exists.
        let spread = (successes * (n - successes) / n + Z * Z / 4.0).sqrt();
        Some(Self {
            attempts,
            successes,
            rate: (successes + Z * Z / 2.0) / denominator,
            error: Z / denominator * spread,
        })
    }

    pub(super) fn of(successes: usize, attempts: usize) -> Option<Self> {
        Self::wilson(real(successes as u64), attempts as u64)
    }
}

/// What an attack gains from a release about the people in it, beyond what it tells of anybody.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AttackRisk {
    /// (attack - control)/(1 - control): 1 is complete disclosure, 0 or less is no gain.
    pub value: f64,
    /// Half the width of its 95 % interval, by propagation of errors.
    pub error: f64,
}

/// An attack on people of the original, the same on people who are not in it, and guessing.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AttackResult {
    /// The attack with the release, on the original.
    pub attack: SuccessRate,
    /// The same number of guesses without looking for anybody.
    pub baseline: SuccessRate,
    /// The attack with the release on the hold-out; none without one.
    pub control: Option<SuccessRate>,
    /// What the release adds about the people in it; none without a hold-out, as then nobody can tell it
    /// from what the release says of people in general.
    pub risk: Option<AttackRisk>,
    /// Whether the attack does better than guessing. If not, the attack is weak, which does not say that the
    /// release is safe.
    pub beats_baseline: bool,
}

opaque_debug!(SuccessRate, AttackRisk, AttackResult);

impl AttackResult {
    /// None where nothing was attacked.
    pub(super) fn new(
        attack: Option<SuccessRate>,
        baseline: Option<SuccessRate>,
        control: Option<SuccessRate>,
    ) -> Option<Self> {
        let (attack, baseline) = attack.zip(baseline)?;
        let risk = control.map(|control| AttackRisk::of(&attack, &control));
        Some(Self { attack, baseline, control, risk, beats_baseline: attack.rate > baseline.rate })
    }
}

impl AttackRisk {
    fn of(attack: &SuccessRate, control: &SuccessRate) -> Self {
        let left = 1.0 - control.rate;
        let by_attack = attack.error / left;
        let by_control = control.error * (1.0 - attack.rate) / (left * left);
        Self { value: (attack.rate - control.rate) / left, error: by_attack.hypot(by_control) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() <= 5e-7, "{value} is not {expected}");
    }

    /// Computed from the formulas of Wilson (1927) and of Giomi et al. (2023) to six digits.
    #[test]
    fn rates_and_risks_are_those_of_the_formulas() {
        let attack = SuccessRate::wilson(50.0, 500).unwrap();
        close(attack.rate, 0.103_050);
        close(attack.error, 0.026_372);
        let control = SuccessRate::wilson(30.0, 500).unwrap();
        close(control.rate, 0.063_355);
        close(control.error, 0.021_006);
        let risk = AttackRisk::of(&attack, &control);
        close(risk.value, 0.042_380);
        close(risk.error, 0.035_412);
    }

    /// Issue 32 of anonymeter: all attempts right must not give the root of a negative number.
    #[test]
    fn neither_none_nor_all_right_breaks_the_interval() {
        for (successes, rate) in [(0.0, 0.018_497), (100.0, 0.981_503), (100.000_001, 0.981_503)] {
            let found = SuccessRate::wilson(successes, 100).unwrap();
            close(found.rate, rate);
            close(found.error, 0.018_497);
        }
        assert!(SuccessRate::wilson(0.0, 0).is_none() && SuccessRate::wilson(f64::NAN, 5).is_none());
    }
}
