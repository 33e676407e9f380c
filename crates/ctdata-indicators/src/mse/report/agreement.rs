//! How far the methods agree.

use crate::mse::outcome::{Finding, IntervalKind, Method, NumberInterval, Status};

/// The spread of the estimates of several methods. Lower bounds are no estimates of the number itself and are left out.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Agreement {
    /// How many methods gave an estimate.
    pub methods: usize,
    /// The least estimate, in persons.
    pub lowest: f64,
    /// The method that gave it.
    pub lowest_method: Method,
    /// The largest.
    pub highest: f64,
    /// The method that gave it.
    pub highest_method: Method,
    /// The largest over the least.
    pub ratio: f64,
    /// The numbers that lie in the intervals of all methods, from and to; none if there is no such number. Of a method
    /// with a bootstrap it is the interval of that, since it holds the choice of the model: BCa, else percentile.
    pub common: Option<[f64; 2]>,
}

impl Agreement {
    /// The spread of these findings; none for fewer than two estimates.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Option<Self> {
        let mut estimates = Vec::new();
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        for finding in findings {
            if finding.method.is_lower_bound() || finding.status != Status::Ok {
                continue;
            }
            let Some(estimate) = finding.estimate else { continue };
            estimates.push((estimate, finding.method));
            if let Some(interval) = interval_of_choice(finding, estimate) {
                (low, high) = (low.max(interval.low), high.min(interval.high));
            }
        }
        // Of equal estimates the first method is named.
        let least = estimates.iter().min_by(|one, other| one.0.total_cmp(&other.0))?;
        let most = estimates.iter().min_by(|one, other| other.0.total_cmp(&one.0))?;
        (estimates.len() > 1 && least.0 > 0.0).then(|| Self {
            methods: estimates.len(),
            lowest: least.0,
            lowest_method: least.1,
            highest: most.0,
            highest_method: most.1,
            ratio: most.0 / least.0,
            common: (low.is_finite() && low <= high).then_some([low, high]),
        })
    }
}

/// The interval to go by: of a bootstrap, which repeats the choice of the model, BCa or else percentile; without one
/// the method's own. Only one that holds the estimate and ends.
pub(super) fn interval_of_choice(finding: &Finding, estimate: f64) -> Option<NumberInterval> {
    let holds =
        |interval: &NumberInterval| interval.low <= estimate && estimate <= interval.high && interval.high.is_finite();
    let of = |kind: IntervalKind| finding.others.iter().copied().find(|interval| interval.kind == kind).filter(holds);
    of(IntervalKind::Bca).or_else(|| of(IntervalKind::Percentile)).or_else(|| finding.interval.filter(holds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Level;

    fn finding(method: Method, estimate: f64, low: f64, high: f64) -> Finding {
        let mut finding = Finding::of(method, estimate, Level::P95);
        finding.interval = Some(NumberInterval { kind: IntervalKind::Wald, low, high });
        finding
    }

    #[test]
    fn lower_bounds_and_refusals_do_not_count() {
        let findings = [
            finding(Method::Independence, 100.0, 80.0, 130.0),
            finding(Method::Bma, 250.0, 120.0, 600.0),
            finding(Method::Chao, 20.0, 15.0, 30.0),
            Finding::refused(Method::Bic, Status::TooLarge, Level::P95),
        ];
        let agreement = Agreement::of(&findings).unwrap();
        assert_eq!((agreement.methods, agreement.ratio, agreement.common), (2, 2.5, Some([120.0, 130.0])));
        assert_eq!((agreement.lowest_method, agreement.highest_method), (Method::Independence, Method::Bma));
        assert_eq!(Agreement::of(&findings[2..]), None);
        let apart = [finding(Method::Independence, 100.0, 80.0, 130.0), finding(Method::Bma, 250.0, 131.0, 600.0)];
        assert_eq!(Agreement::of(&apart).unwrap().common, None);
    }

    #[test]
    fn the_interval_that_holds_the_choice_of_the_model_goes_first() {
        let of = |kind: IntervalKind, low: f64, high: f64| NumberInterval { kind, low, high };
        let mut chosen = finding(Method::Stepwise, 100.0, 80.0, 130.0);
        chosen.others = vec![of(IntervalKind::Bca, 70.0, 200.0), of(IntervalKind::Percentile, 60.0, 900.0)];
        let other = finding(Method::Bma, 250.0, 150.0, 600.0);
        assert_eq!(Agreement::of(&[chosen.clone(), other.clone()]).unwrap().common, Some([150.0, 200.0]));
        // An interval that does not hold the estimate is passed over.
        chosen.others[0].low = 101.0;
        assert_eq!(Agreement::of(&[chosen, other]).unwrap().common, Some([150.0, 600.0]));
    }
}
