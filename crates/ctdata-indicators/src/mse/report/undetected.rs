//! From a report to SDG 16.2.2: the victims who were not detected.

use super::{MseReport, is_answer};
use crate::IndicatorError;
use crate::mse::outcome::{Finding, IntervalKind, Method, NumberInterval};
use crate::sdg::{MethodEstimate, Undetected};

impl MseReport {
    /// The victims who were not detected as one method estimates them, with what the other methods say beside it.
    ///
    /// The interval is that of the bootstrap if there is one, since it repeats the choice of the model: BCa, else
    /// percentile; without a bootstrap the method's own. Lower bounds are among the others.
    ///
    /// ```
    /// use ctdata_indicators::mse::{Method, MseOptions, published_table, report};
    /// use ctdata_table::Control;
    ///
    /// let uk = published_table("uk-2013-five-lists").ok_or("no such table")?.histories();
    /// let options = MseOptions { replicates: 200, sensitivity: false, ..MseOptions::default() };
    /// let report = report(&uk, &options, &Control::default())?;
    /// let undetected = report.undetected(Method::Stepwise)?;
    /// assert!((undetected.estimate - (11_312.990 - 2_744.0)).abs() < 5e-4);
    /// assert!(undetected.others.len() > 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`IndicatorError::Figures`] if the method was not asked for, gave no answer, or no interval that holds it.
    pub fn undetected(&self, method: Method) -> Result<Undetected, IndicatorError> {
        let wrong = |rule: String| IndicatorError::Figures {
            what: format!("undetected victims by {}", method.label()),
            rule: rule.into(),
        };
        let finding = self.finding(method).ok_or_else(|| wrong("the method was not asked for".to_owned()))?;
        let estimate = finding.estimate.filter(|_| is_answer(finding));
        let estimate = estimate.ok_or_else(|| wrong(format!("no estimate: {}", finding.status.label())))?;
        let interval = best_interval(finding, estimate).ok_or_else(|| wrong("no interval holds it".to_owned()))?;
        #[expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]
        let seen = self.table.persons as f64;
        let unseen = |number: f64| (number - seen).max(0.0);
        let model = finding.model.as_ref().map_or_else(String::new, |model| format!(", model {model}"));
        let others = self
            .findings()
            .filter(|other| other.method != method && is_answer(other))
            .filter_map(|other| {
                Some(MethodEstimate { method: other.method.label().to_owned(), estimate: unseen(other.estimate?) })
            })
            .collect();
        Ok(Undetected {
            estimate: unseen(estimate),
            low: unseen(interval.low),
            high: unseen(interval.high),
            level: finding.level,
            models: vec![format!(
                "multiple systems estimation, {}{model}; interval: {}",
                method.label(),
                interval.kind.label()
            )],
            others,
        })
    }
}

fn best_interval(finding: &Finding, estimate: f64) -> Option<NumberInterval> {
    let holds =
        |interval: &NumberInterval| interval.low <= estimate && estimate <= interval.high && interval.high.is_finite();
    let of = |kind: IntervalKind| finding.others.iter().copied().find(|interval| interval.kind == kind).filter(holds);
    of(IntervalKind::Bca).or_else(|| of(IntervalKind::Percentile)).or_else(|| finding.interval.filter(holds))
}
