//! How much privacy a mechanism loses, seen from outside: a lower bound of epsilon from many runs.

mod binomial;
mod event;
#[cfg(test)]
mod tests;

use ctdata_table::Control;
use rand::rngs::ChaCha20Rng;

use crate::PrivacyError;
use crate::dp::{Delta, Epsilon, NoiseSource};
use binomial::{lower, upper};
use event::{Event, best};

/// Which of two neighbouring inputs a run is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Neighbour {
    /// The input without the person.
    Without,
    /// The input with all records of the person.
    With,
}

/// Runs a mechanism many times on two neighbouring inputs, and tells how different it looks.
///
/// If some set of outcomes is much more frequent on one of them than on the other, no small epsilon can hold. The set
/// is chosen on one half of the runs and counted on the other half, in both directions. The frequencies are
/// replaced by their exact confidence bounds, so that a mechanism that keeps its claim is accused with a probability
/// of at most 1 - `confidence`.
///
/// An audit finds what is broken and proves nothing whole: it knows one pair of inputs and simple sets of
/// outcomes. Choose the pair that the mechanism likes least, such as a record wider than all others, or a value
/// nobody else has.
///
/// ```
/// use ctdata_privacy::dp::{Allowance, Epsilon, NoiseSource, rho_of_pure_epsilon};
/// use ctdata_privacy::evaluate::{DpAudit, Neighbour};
/// use ctdata_table::Control;
///
/// let epsilon = Epsilon::try_new(1.0)?;
/// let rho = rho_of_pure_epsilon(epsilon)?;
/// let audit = DpAudit { runs: 2_000, confidence: 0.999, epsilon, delta: None };
/// let report = audit.run(&mut NoiseSource::from_seed(1), &Control::default(), |neighbour, rng| {
///     let count = if neighbour == Neighbour::With { 101 } else { 100 };
///     let charge = Allowance::without_ledger(rho, 1).charge("count", rho)?;
///     Ok(charge.laplace(1)?.release(&[count], rng).remove(0))
/// })?;
/// assert!(report.holds);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Sources
/// M. Jagielski, J. Ullman and A. Oprea (2020), "Auditing Differentially Private Machine Learning: How Private is
/// Private SGD?", Advances in Neural Information Processing Systems 33. Z. Ding, Y. Wang, G. Wang, D. Zhang and
/// D. Kifer (2018), "Detecting Violations of Differential Privacy", Computer and Communications Security. C. J. Clopper and
/// E. S. Pearson (1934), "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial",
/// Biometrika 26.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DpAudit {
    /// Runs on each of the two inputs: 2 at least. With n runs no more than an epsilon of about ln(n / 10) is found.
    pub runs: u32,
    /// With which probability the lower bound is one: above 0 and below 1, such as 0.999.
    pub confidence: f64,
    /// The epsilon that is claimed.
    pub epsilon: Epsilon,
    /// The delta that is claimed; none for pure differential privacy. Of what is claimed in rho, every pair of epsilon
    /// and delta on its curve may be taken; deltas of about 0.01 show most.
    pub delta: Option<Delta>,
}

/// What an audit found. It comes from confidential data where these were the input: for internal use.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AuditReport {
    /// Runs on each input.
    pub runs: u32,
    /// The confidence of the lower bound.
    pub confidence: f64,
    /// The epsilon that is claimed.
    pub claimed_epsilon: Epsilon,
    /// The delta that is claimed; 0 for pure differential privacy.
    pub claimed_delta: f64,
    /// The epsilon that is lost at least: 0 where no difference was seen.
    pub epsilon_lower: f64,
    /// Whether that is not above the claim.
    pub holds: bool,
    /// On which input the event of that bound is more frequent.
    pub more_frequent: Neighbour,
    /// Runs in which the event was counted, on each input.
    pub counted_runs: u32,
    /// How often the event happened without the person.
    pub without: u32,
    /// How often it happened with the person.
    pub with: u32,
}

impl DpAudit {
    /// Runs `mechanism`, which gives one outcome, on both inputs in turn, each time with a stream of its own.
    ///
    /// Outcomes are compared by their order: events are "is this", "is at most this", "is at least this". Of a whole
    /// pipeline the outcome is a statistic of what it releases, such as a count, or whether a value is there; a pipeline
    /// that wants a [`NoiseSource`] makes one of 32 bytes of the stream.
    ///
    /// # Errors
    /// Parameters outside their range, [`PrivacyError::Cancelled`], and what the mechanism errs with: a mechanism
    /// that fails on one input must give that as an outcome.
    pub fn run<O, F>(
        &self,
        noise: &mut NoiseSource,
        control: &Control,
        mechanism: F,
    ) -> Result<AuditReport, PrivacyError>
    where
        O: Ord + Clone,
        F: FnMut(Neighbour, &mut ChaCha20Rng) -> Result<O, PrivacyError>,
    {
        let alpha = self.check()? / 4.0;
        let [without, with] = self.outcomes(noise, control, mechanism)?;
        let (without_first, without_second) = without.split_at(without.len() / 2);
        let (with_first, with_second) = with.split_at(with.len() / 2);
        let [to_with, to_without] = best(without_first, with_first, self.claimed_delta());
        let mut found = Vec::new();
        for (more_frequent, event) in [(Neighbour::With, to_with), (Neighbour::Without, to_without)] {
            if let Some(event) = event {
                found.push(self.judge(more_frequent, &event, without_second, with_second, alpha));
            }
        }
        Ok(self.worst(found))
    }

    /// As [`run`](Self::run), of an event that is given: whether it happened. All runs are counted.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_event<F>(
        &self,
        noise: &mut NoiseSource,
        control: &Control,
        event: F,
    ) -> Result<AuditReport, PrivacyError>
    where
        F: FnMut(Neighbour, &mut ChaCha20Rng) -> Result<bool, PrivacyError>,
    {
        // The event and its opposite, in both directions, with two bounds each.
        let alpha = self.check()? / 8.0;
        let [without, with] = self.outcomes(noise, control, event)?;
        let mut found = Vec::new();
        for more_frequent in [Neighbour::With, Neighbour::Without] {
            for happened in [true, false] {
                found.push(self.judge(more_frequent, &Event::Is(happened), &without, &with, alpha));
            }
        }
        Ok(self.worst(found))
    }

    /// The probability of a false accusation.
    fn check(&self) -> Result<f64, PrivacyError> {
        let invalid = |parameter, rule: &str| PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() };
        if self.runs < 2 {
            return Err(invalid("runs", "are at least 2"));
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(invalid("confidence", "is above 0 and below 1"));
        }
        Ok(1.0 - self.confidence)
    }

    fn claimed_delta(&self) -> f64 {
        self.delta.map_or(0.0, Delta::get)
    }

    fn outcomes<O, F>(
        &self,
        noise: &mut NoiseSource,
        control: &Control,
        mut mechanism: F,
    ) -> Result<[Vec<O>; 2], PrivacyError>
    where
        F: FnMut(Neighbour, &mut ChaCha20Rng) -> Result<O, PrivacyError>,
    {
        let (mut without, mut with) = (Vec::new(), Vec::new());
        for run in 0..self.runs {
            control.check()?;
            without.push(mechanism(Neighbour::Without, &mut noise.stream())?);
            with.push(mechanism(Neighbour::With, &mut noise.stream())?);
            control.report("auditing", u64::from(run) + 1, Some(self.runs.into()));
        }
        Ok([without, with])
    }

    fn judge<O: Ord>(
        &self,
        more_frequent: Neighbour,
        event: &Event<O>,
        without: &[O],
        with: &[O],
        alpha: f64,
    ) -> AuditReport {
        let count = |outcomes: &[O]| {
            u32::try_from(outcomes.iter().filter(|outcome| event.holds(outcome)).count()).unwrap_or(u32::MAX)
        };
        let counted_runs = u32::try_from(with.len()).unwrap_or(u32::MAX);
        let (without, with) = (count(without), count(with));
        let (more, less) = if more_frequent == Neighbour::With { (with, without) } else { (without, with) };
        let above_delta = lower(more, counted_runs, alpha) - self.claimed_delta();
        let epsilon_lower = (above_delta.max(0.0) / upper(less, counted_runs, alpha)).ln().max(0.0);
        AuditReport {
            runs: self.runs,
            confidence: self.confidence,
            claimed_epsilon: self.epsilon,
            claimed_delta: self.claimed_delta(),
            epsilon_lower,
            holds: epsilon_lower <= self.epsilon.get(),
            more_frequent,
            counted_runs,
            without,
            with,
        }
    }

    fn worst(&self, found: Vec<AuditReport>) -> AuditReport {
        found.into_iter().max_by(|a, b| a.epsilon_lower.total_cmp(&b.epsilon_lower)).unwrap_or_else(|| AuditReport {
            runs: self.runs,
            confidence: self.confidence,
            claimed_epsilon: self.epsilon,
            claimed_delta: self.claimed_delta(),
            epsilon_lower: 0.0,
            holds: true,
            more_frequent: Neighbour::With,
            counted_runs: self.runs - self.runs / 2,
            without: 0,
            with: 0,
        })
    }
}
