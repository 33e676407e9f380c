//! From a report to SDG 16.2.2: the victims who were not detected.

use super::agreement::interval_of_choice;
use super::methods::BOOTSTRAP_NOTE;
use super::{MseReport, is_answer};
use crate::IndicatorError;
use crate::mse::outcome::{IntervalKind, Method};
use crate::sdg::{MethodEstimate, Undetected};

impl MseReport {
    /// The victims who were not detected as one method estimates them, with what the other methods say beside it.
    ///
    /// The interval is that of the bootstrap if there is one, since it repeats the choice of the model: BCa, else
    /// percentile, if it holds the estimate; without one the method's own, and then the models say what it leaves out.
    /// Lower bounds are not among the others: they are no estimates of the number.
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
        let interval = interval_of_choice(finding, estimate).ok_or_else(|| wrong("no interval holds it".to_owned()))?;
        #[expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]
        let seen = self.table.persons as f64;
        let unseen = |number: f64| (number - seen).max(0.0);
        let model = finding.model.as_ref().map_or_else(String::new, |model| format!(", model {model}"));
        let others = self
            .findings()
            .filter(|other| other.method != method && is_answer(other) && !other.method.is_lower_bound())
            .filter_map(|other| {
                Some(MethodEstimate { method: other.method.label().to_owned(), estimate: unseen(other.estimate?) })
            })
            .collect();
        let kind = interval.kind;
        let mut models =
            vec![format!("multiple systems estimation, {}{model}; interval: {}", method.label(), kind.label())];
        let bootstrap = [IntervalKind::Bca, IntervalKind::Percentile];
        let passed_over =
            !bootstrap.contains(&kind) && finding.others.iter().any(|other| bootstrap.contains(&other.kind));
        if passed_over {
            models.push("the intervals of the bootstrap do not hold the estimate".to_owned());
        }
        if method.selects() && !bootstrap.contains(&kind) {
            models.push("the interval takes the chosen model for known and is likely too narrow".to_owned());
        }
        models.extend(finding.notes.iter().filter(|note| note.starts_with(BOOTSTRAP_NOTE)).cloned());
        Ok(Undetected {
            estimate: unseen(estimate),
            low: unseen(interval.low),
            high: unseen(interval.high),
            level: finding.level,
            models,
            others,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::{MseOptions, NumberInterval, published_table, report};
    use ctdata_table::Control;

    #[test]
    fn the_interval_says_what_it_leaves_out() {
        let methods = vec![Method::Independence, Method::Stepwise, Method::Chao];
        let options = MseOptions { methods, replicates: 0, sensitivity: false, ..MseOptions::default() };
        let korea = published_table("korea-three-lists").unwrap().histories();
        let mut report = report(&korea, &options, &Control::default()).unwrap();
        // 145.78 not seen, and 19 by independence; Chao's bound is no estimate of the number.
        let wald = report.undetected(Method::Stepwise).unwrap();
        assert!((wald.estimate - (268.777_777_778 - 123.0)).abs() < 1e-6);
        assert_eq!(wald.others.len(), 1);
        assert!(wald.models.iter().any(|model| model.contains("likely too narrow")), "{:?}", wald.models);
        let others = &mut report.methods[1].finding.others;
        others.push(NumberInterval { kind: IntervalKind::Bca, low: 300.0, high: 400.0 });
        let apart = report.undetected(Method::Stepwise).unwrap();
        assert!(apart.models.iter().any(|model| model.contains("do not hold the estimate")), "{:?}", apart.models);
        report.methods[1].finding.others.push(NumberInterval {
            kind: IntervalKind::Percentile,
            low: 200.0,
            high: 400.0,
        });
        let percentile = report.undetected(Method::Stepwise).unwrap();
        assert_eq!((percentile.low, percentile.high, percentile.models.len()), (77.0, 277.0, 1));
        assert!(report.undetected(Method::Bma).is_err());
    }
}
