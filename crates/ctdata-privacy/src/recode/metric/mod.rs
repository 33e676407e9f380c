//! Measures of what recoding costs: the less, the better the released table can be used.

mod class_size;
mod cost;
mod entropy;
mod level;
mod loss;
mod volume;

use std::fmt;
use std::str::FromStr;

pub(crate) use cost::{Cost, CostInput, Least, Score, cost_of, to_real};
pub(crate) use level::relative_level;
pub(crate) use loss::attribute_losses;

use crate::PrivacyError;

/// A family of metrics. The formulas are in the notation of n records, |S| of them suppressed, kept
/// classes E, and for each attribute share(E) = leaves under the class's value / leaves of the
/// hierarchy. A missing cell is a category of its own, with the share of one leaf on every level.
///
/// # Sources
/// V. Iyengar (2002), "Transforming Data to Satisfy Privacy Constraints", KDD (loss);
/// L. Sweeney (2002), "Achieving k-anonymity privacy protection using generalization and suppression",
/// IJUFKS 10(5) (precision); R. Bayardo, R. Agrawal (2005), "Data privacy through optimal
/// k-anonymization", ICDE (discernibility); K. El Emam et al. (2009), "A Globally Optimal k-Anonymity
/// Method for the De-Identification of Health Data", JAMIA 16(5) (discernibility without suppression,
/// non-uniform entropy); K. LeFevre et al. (2006), "Mondrian", ICDE (average class size); A. Gionis,
/// T. Tassa (2009), "k-Anonymization with minimal loss of information", IEEE TKDE 21(2) (entropy);
/// J. Goldberger, T. Tassa (2010), "Efficient anonymizations with enhanced utility", TDP 3(2)
/// (ambiguity); D. Kifer, J. Gehrke (2006), "Injecting utility into anonymized datasets", SIGMOD
/// (divergence); P. Samarati (2001), "Protecting respondents' identities", TKDE 13(6) (height).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum MetricFamily {
    /// Per attribute x = (Σ over kept records of gF share + Σ over suppressed ones of
    /// (share + sF (1 - share))) / n, stretched so that untouched data are at 0 and x = max(gF, sF)
    /// at 1, cut to ten decimals; then one [`Aggregate`] of all attributes.
    #[default]
    Loss,
    /// Mean over attributes of ((n - |S|) gF level / height + |S| sF) / n; the best is 0.
    Precision,
    /// Σ over kept classes of |E|² + n |S|.
    Discernibility,
    /// Σ over all classes of |E|², suppressed or not.
    DiscernibilityStar,
    /// n / (kept classes + 1 if any record is suppressed).
    Aecs,
    /// Σ over records of the product of leaves; for suppressed ones of all leaves.
    Ambiguity,
    /// Σ over attributes of -gF Σ c(x) log2(c(x) / c(g(x))) over the input's values, with c the
    /// records of a value and of its generalization, and of -sF Σ s(v) log2(s(v) / |S|) over the
    /// generalized values of suppressed records; bits.
    NonUniformEntropy,
    /// Mean over records of log(product of leaves) / log(product of all leaves); suppressed ones
    /// count 1.
    EntropyInformationLoss,
    /// Σ over distinct input records r of p(r) log2(p(r) / q(r)), where q spreads the records of a
    /// class evenly over its leaves and suppressed ones over all leaves; bits.
    Kl,
    /// Sum of levels, suppression left aside.
    Height,
}

impl MetricFamily {
    /// All families.
    pub const ALL: [Self; 10] = [
        Self::Loss,
        Self::Precision,
        Self::Discernibility,
        Self::DiscernibilityStar,
        Self::Aecs,
        Self::Ambiguity,
        Self::NonUniformEntropy,
        Self::EntropyInformationLoss,
        Self::Kl,
        Self::Height,
    ];

    /// The name in plans and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Precision => "precision",
            Self::Discernibility => "discernibility",
            Self::DiscernibilityStar => "discernibility-star",
            Self::Aecs => "aecs",
            Self::Ambiguity => "ambiguity",
            Self::NonUniformEntropy => "non-uniform-entropy",
            Self::EntropyInformationLoss => "entropy-information-loss",
            Self::Kl => "kl",
            Self::Height => "height",
        }
    }
}

impl fmt::Display for MetricFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How the losses y of m attributes with weights w become one score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Aggregate {
    /// Shifted geometric mean: Π (1 + w y)^(1/m) - 1.
    #[default]
    Geometric,
    /// Σ w y / m.
    Arithmetic,
    /// Σ w y.
    Sum,
    /// max w y.
    Max,
    /// The values w y in descending order, compared one after another; the score shown is the first.
    Rank,
}

impl Aggregate {
    /// All aggregates.
    pub const ALL: [Self; 5] = [Self::Geometric, Self::Arithmetic, Self::Sum, Self::Max, Self::Rank];

    /// The name in plans and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Geometric => "geometric",
            Self::Arithmetic => "arithmetic",
            Self::Sum => "sum",
            Self::Max => "max",
            Self::Rank => "rank",
        }
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no metric or aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a metric (loss, precision, …) or an aggregate (geometric, arithmetic, …)")]
pub struct UnknownMetric;

impl FromStr for MetricFamily {
    type Err = UnknownMetric;

    fn from_str(text: &str) -> Result<Self, UnknownMetric> {
        Self::ALL.into_iter().find(|family| family.name() == text).ok_or(UnknownMetric)
    }
}

impl FromStr for Aggregate {
    type Err = UnknownMetric;

    fn from_str(text: &str) -> Result<Self, UnknownMetric> {
        Self::ALL.into_iter().find(|aggregate| aggregate.name() == text).ok_or(UnknownMetric)
    }
}

/// What a search minimizes: a family of metrics with its settings. The default is loss with the
/// shifted geometric mean and generalization and suppression weighed alike.
///
/// ```
/// use ctdata_privacy::{Aggregate, Metric, MetricFamily};
/// let metric = Metric::default().with_aggregate(Aggregate::Arithmetic).with_factor(0.1)?;
/// assert_eq!((metric.name(), metric.factor()), ("loss", 0.1));
/// assert_eq!(Metric::new(MetricFamily::Height).name(), "height");
/// assert!(metric.with_factor(1.5).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    family: MetricFamily,
    aggregate: Aggregate,
    factor: f64,
}

impl Default for Metric {
    fn default() -> Self {
        Self::new(MetricFamily::Loss)
    }
}

impl Metric {
    /// A metric with the default settings.
    pub const fn new(family: MetricFamily) -> Self {
        Self { family, aggregate: Aggregate::Geometric, factor: 0.5 }
    }

    /// The same with another aggregate. Only loss has one; elsewhere it plays no part.
    #[must_use]
    pub const fn with_aggregate(mut self, aggregate: Aggregate) -> Self {
        self.aggregate = aggregate;
        self
    }

    /// The same with another factor between generalization and suppression: gs in [0, 1] makes
    /// sF = min(1, 2 gs) and gF = min(1, 2 (1 - gs)). Small ones make suppression cheap. Loss,
    /// precision and non-uniform entropy have it; elsewhere it plays no part.
    ///
    /// # Errors
    /// A factor outside [0, 1].
    pub fn with_factor(mut self, factor: f64) -> Result<Self, PrivacyError> {
        if !(0.0..=1.0).contains(&factor) {
            return Err(PrivacyError::InvalidParameter {
                parameter: "factor of suppression",
                rule: "it lies between 0 and 1".into(),
            });
        }
        self.factor = factor;
        Ok(self)
    }

    /// The family.
    pub const fn family(self) -> MetricFamily {
        self.family
    }

    /// The aggregate.
    pub const fn aggregate(self) -> Aggregate {
        self.aggregate
    }

    /// The factor between generalization and suppression; 0.5 unless set.
    pub const fn factor(self) -> f64 {
        self.factor
    }

    /// The family's name in plans and reports.
    pub const fn name(self) -> &'static str {
        self.family.name()
    }

    /// Weight of generalization (gF) and of suppression (sF).
    pub(crate) fn factors(self) -> (f64, f64) {
        ((2.0 * (1.0 - self.factor)).min(1.0), (2.0 * self.factor).min(1.0))
    }
}
