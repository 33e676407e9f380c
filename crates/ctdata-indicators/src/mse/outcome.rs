//! What one method says of one table.

use crate::error::coded;
use crate::interval::Level;

coded! {
    /// A method of estimation.
    #[non_exhaustive]
    pub enum Method: "method" {
        /// Log-linear, lists independent of each other.
        Independence = "independence" / "independence",
        /// Log-linear, two-list interactions added one by one by their Poisson p-value.
        Stepwise = "stepwise" / "stepwise",
        /// Log-linear, two-list interactions added one by one by AIC.
        StepwiseAic = "stepwise-aic" / "stepwise by AIC",
        /// Log-linear, the least BIC of all hierarchical models.
        Bic = "bic" / "least BIC",
        /// Log-linear, the least BIC that a search downhill reaches.
        Downhill = "downhill" / "downhill search by BIC",
        /// Log-linear, a model that the caller names.
        Fixed = "fixed" / "a model given",
        /// Two lists: the product of their sizes over the overlap.
        LincolnPetersen = "lincoln-petersen" / "Lincoln–Petersen",
        /// The same with Chapman's correction.
        Chapman = "chapman" / "Chapman",
        /// Chao's lower bound.
        Chao = "chao" / "Chao's lower bound",
        /// Chao's lower bound, bias-corrected.
        ChaoBiasCorrected = "chao-bias-corrected" / "Chao's lower bound, bias-corrected",
        /// Chao's lower bound for a finite number of lists.
        ChaoFinite = "chao-finite" / "Chao's lower bound, finite lists",
        /// Sample coverage of Chao and Tsay.
        SampleCoverage = "sample-coverage" / "sample coverage",
        /// Bayesian model averaging over decomposable graphs.
        Bma = "bma" / "Bayesian model averaging",
        /// Bayesian latent classes, a Dirichlet-process mixture.
        LatentClass = "latent-class" / "latent classes",
        /// Log-linear with all two-list interactions, those that matter by Bayesian thresholding.
        BayesThreshold = "bayes-threshold" / "Bayesian thresholding",
    }
}

impl Method {
    /// Whether it estimates a lower bound of the number, not the number itself.
    pub const fn is_lower_bound(self) -> bool {
        matches!(self, Self::Chao | Self::ChaoBiasCorrected | Self::ChaoFinite)
    }

    /// Whether the data choose one model of several, which an interval of that model alone takes for known.
    pub const fn selects(self) -> bool {
        matches!(self, Self::Stepwise | Self::StepwiseAic | Self::Bic | Self::Downhill | Self::BayesThreshold)
    }
}

coded! {
    /// Whether a method has an answer, and if not, why.
    #[non_exhaustive]
    pub enum Status: "status" {
        /// It has.
        Ok = "ok" / "estimated",
        /// The maximum likelihood estimate does not exist, even extended.
        NoExistence = "no-existence" / "the estimate does not exist",
        /// The data cannot tell the parameters of the model apart.
        NotIdentifiable = "not-identifiable" / "the model is not identifiable",
        /// Both of these.
        NeitherExistsNorIdentifiable = "no-existence-not-identifiable" / "the estimate does not exist and the model is not identifiable",
        /// The fit or the chains did not settle.
        NotConverged = "not-converged" / "not converged",
        /// The method is for a smaller or larger number of lists.
        ListsOutOfRange = "lists-out-of-range" / "not for this number of lists",
        /// No person is on two lists.
        NoOverlap = "no-overlap" / "no overlap between lists",
        /// The counts do not allow the formula: nobody on exactly two lists, a coverage of zero.
        Undefined = "undefined" / "undefined for these counts",
        /// Too few persons or overlaps for a stratum of its own.
        TooSparse = "too-sparse" / "too few persons or overlaps",
        /// The search is too large to be done whole.
        TooLarge = "too-large" / "too large",
        /// The method needs something that was not given.
        NotAsked = "not-asked" / "needs an input that was not given",
    }
}

coded! {
    /// What an interval around an estimate is.
    #[non_exhaustive]
    pub enum IntervalKind: "interval kind" {
        /// Normal on the log of the unseen number, from the information matrix; ignores model selection.
        Wald = "wald" / "Wald",
        /// Values the likelihood does not reject; ignores model selection.
        Profile = "profile" / "profile likelihood",
        /// Quantiles of bootstrap replicates.
        Percentile = "percentile" / "bootstrap, percentile",
        /// Bias-corrected and accelerated quantiles of bootstrap replicates.
        Bca = "bca" / "bootstrap, BCa",
        /// The number not seen taken as log-normal, around a short formula (Chao 1987).
        LogNormal = "log-normal" / "log-normal",
        /// Quantiles of a posterior.
        Posterior = "posterior" / "posterior",
    }
}

/// An interval of the number of all persons, seen and unseen.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NumberInterval {
    /// What it is.
    pub kind: IntervalKind,
    /// The lower end, in persons; never below the number seen.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A finding of a method: the number of all persons, seen and unseen, or why there is none.
///
/// As JSON it is one flat object: `method`, `estimate`, `low`, `high`, `interval` (the kind), `intervals` (further ones),
/// `level`, `model`, `status`, `notes`; null where there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "wire::Finding", from = "wire::Finding")
)]
pub struct Finding {
    /// The method.
    pub method: Method,
    /// All persons, seen and unseen.
    pub estimate: Option<f64>,
    /// The interval that stands for the method.
    pub interval: Option<NumberInterval>,
    /// Further intervals.
    pub others: Vec<NumberInterval>,
    /// The level of all of them.
    pub level: Level,
    /// The model the estimate rests on, in words or in notation.
    pub model: Option<String>,
    /// Whether there is an answer.
    pub status: Status,
    /// Why not, or what to know, in plain sentences without a full stop at the end.
    pub notes: Vec<String>,
}

impl Finding {
    /// An answer.
    pub fn of(method: Method, estimate: f64, level: Level) -> Self {
        Self {
            method,
            estimate: Some(estimate),
            interval: None,
            others: Vec::new(),
            level,
            model: None,
            status: Status::Ok,
            notes: Vec::new(),
        }
    }

    /// No answer, for this reason.
    pub fn refused(method: Method, status: Status, level: Level) -> Self {
        Self { estimate: None, status, ..Self::of(method, 0.0, level) }
    }

    /// The same with what a reader must know.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// The flat form in files.
#[cfg(feature = "serde")]
mod wire {
    use super::{IntervalKind, Level, Method, NumberInterval, Status};

    #[derive(serde::Serialize, serde::Deserialize)]
    pub(super) struct Finding {
        method: Method,
        estimate: Option<f64>,
        low: Option<f64>,
        high: Option<f64>,
        interval: Option<IntervalKind>,
        intervals: Vec<NumberInterval>,
        level: Level,
        model: Option<String>,
        status: Status,
        notes: Vec<String>,
    }

    impl From<super::Finding> for Finding {
        fn from(finding: super::Finding) -> Self {
            Self {
                method: finding.method,
                estimate: finding.estimate,
                low: finding.interval.map(|interval| interval.low),
                high: finding.interval.map(|interval| interval.high),
                interval: finding.interval.map(|interval| interval.kind),
                intervals: finding.others,
                level: finding.level,
                model: finding.model,
                status: finding.status,
                notes: finding.notes,
            }
        }
    }

    impl From<Finding> for super::Finding {
        fn from(wire: Finding) -> Self {
            let interval = match (wire.interval, wire.low, wire.high) {
                (Some(kind), Some(low), Some(high)) => Some(NumberInterval { kind, low, high }),
                _ => None,
            };
            Self {
                method: wire.method,
                estimate: wire.estimate,
                interval,
                others: wire.intervals,
                level: wire.level,
                model: wire.model,
                status: wire.status,
                notes: wire.notes,
            }
        }
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_flat_object_and_is_read_back() {
        let mut finding = Finding::of(Method::Stepwise, 120.0, Level::P95).with_note("a note");
        finding.interval = Some(NumberInterval { kind: IntervalKind::Wald, low: 100.0, high: 150.0 });
        let json = serde_json::to_value(&finding).unwrap();
        assert_eq!((&json["method"], &json["interval"]), (&"stepwise".into(), &"wald".into()));
        assert_eq!((json["low"].as_f64(), json["high"].as_f64()), (Some(100.0), Some(150.0)));
        assert_eq!(serde_json::from_value::<Finding>(json).unwrap(), finding);
        let refused = Finding::refused(Method::Bma, Status::ListsOutOfRange, Level::P95);
        let json = serde_json::to_value(&refused).unwrap();
        assert!(json["estimate"].is_null() && json["low"].is_null());
        assert_eq!(serde_json::from_value::<Finding>(json).unwrap(), refused);
    }
}
