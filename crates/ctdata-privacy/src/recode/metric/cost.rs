//! A metric made ready for one table: scores of nodes and lower bounds of them.

use std::cmp::Ordering;

use super::{Metric, MetricFamily, class_size, entropy, level, loss, volume};
use crate::recode::attributes::SearchAttribute;
use crate::recode::tally::{Tally, Wants};

/// A score in the form that searches compare. Smaller is better.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Score {
    first: f64,
    /// What decides between equal ones; empty for all aggregates but rank.
    rest: Vec<f64>,
}

impl Score {
    pub(crate) fn of(value: f64) -> Self {
        Self { first: value, rest: Vec::new() }
    }

    /// Compared one value after another.
    pub(crate) fn ranked(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(|a, b| b.total_cmp(a));
        Self { first: values.first().copied().unwrap_or(0.0), rest: values }
    }

    pub(crate) fn first(&self) -> f64 {
        self.first
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.first.total_cmp(&other.first).then_with(|| {
            let pairs = self.rest.iter().zip(&other.rest);
            pairs.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        })
    }
}

/// What a metric is computed from besides the classes of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CostInput<'a> {
    pub(crate) attributes: &'a [SearchAttribute],
    /// Records of the table.
    pub(crate) records: u64,
    /// Records that may be suppressed.
    pub(crate) limit: u64,
    /// Sum of c log2 c over distinct records of the input that occur c times.
    pub(crate) log_counts: f64,
}

impl CostInput<'_> {
    /// The share of one record.
    pub(super) fn records(&self) -> f64 {
        to_real(self.records).max(1.0)
    }
}

/// What a node and all more specific ones suppress at the least.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Least {
    pub(crate) records: u64,
    /// Per attribute, leaves under the codes of these very records at the node, summed over them.
    /// Empty where it is not known which records they are.
    pub(crate) leaves: Vec<u64>,
}

/// A metric made ready for one table.
pub(crate) trait Cost: Send + Sync {
    /// What must be counted of a node.
    fn wants(&self) -> Wants {
        Wants::default()
    }

    /// The score of a solution.
    fn score(&self, levels: &[u16], tally: &Tally) -> Score;

    /// A lower bound of the score of a node, if it is a solution that suppresses at least so many
    /// records. It never falls from a node to a more general one.
    fn bound(&self, levels: &[u16], least_suppressed: u64) -> Score;

    /// The same where it is known which records some more general node suppresses, and that this one
    /// suppresses them too.
    fn bound_below(&self, levels: &[u16], least: &Least) -> Score {
        self.bound(levels, least.records)
    }

    /// A lower bound of the scores of a node and of all more general ones, from the node's classes.
    fn bound_above(&self, _tally: &Tally) -> Option<Score> {
        None
    }

    /// Whether [`bound`](Self::bound) is so near to the score that it can lead a search.
    fn leads(&self) -> bool {
        true
    }

    /// The score as it is reported.
    fn shown(&self, first: f64) -> f64 {
        first
    }

    /// The score that is reported as a share of the greatest possible one, in [0, 1].
    fn normalized(&self, shown: f64) -> f64;
}

/// The metric, ready for a table.
pub(crate) fn cost_of(metric: Metric, input: CostInput<'_>) -> Box<dyn Cost> {
    match metric.family() {
        MetricFamily::Loss => Box::new(loss::Loss::new(metric, input)),
        MetricFamily::Precision => Box::new(level::Precision::new(metric, input)),
        MetricFamily::Height => Box::new(level::Height::new(input)),
        MetricFamily::Discernibility => Box::new(class_size::Discernibility::new(input, false)),
        MetricFamily::DiscernibilityStar => Box::new(class_size::Discernibility::new(input, true)),
        MetricFamily::Aecs => Box::new(class_size::AverageClassSize::new(input)),
        MetricFamily::Ambiguity => Box::new(volume::Ambiguity::new(input)),
        MetricFamily::EntropyInformationLoss => Box::new(volume::EntropyInformationLoss::new(input)),
        MetricFamily::Kl => Box::new(volume::Divergence::new(input)),
        MetricFamily::NonUniformEntropy => Box::new(entropy::NonUniformEntropy::new(metric, input)),
    }
}

/// A count as a real number; exact below 2^53.
#[expect(clippy::cast_precision_loss, reason = "rounding to the nearest is monotone, as bounds need it")]
pub(crate) fn to_real(count: u64) -> f64 {
    count as f64
}

/// A sum of squares as a real number.
#[expect(clippy::cast_precision_loss, reason = "rounding to the nearest is monotone, as bounds need it")]
pub(super) fn wide_to_real(count: u128) -> f64 {
    count as f64
}

/// A value per attribute and level.
#[derive(Debug, Clone, Default)]
pub(super) struct LevelTable(Vec<Vec<f64>>);

impl LevelTable {
    pub(super) fn new(attributes: &[SearchAttribute], value: impl Fn(&SearchAttribute, usize) -> f64) -> Self {
        let of_attribute = |attribute| (0..=SearchAttribute::height(attribute)).map(|level| value(attribute, level));
        Self(attributes.iter().map(|attribute| of_attribute(attribute).collect()).collect())
    }

    /// The values of a node, attribute by attribute.
    #[inline]
    pub(super) fn of<'a>(&'a self, levels: &'a [u16]) -> impl Iterator<Item = f64> + 'a {
        self.0.iter().zip(levels).map(|(values, &level)| values.get(usize::from(level)).copied().unwrap_or(0.0))
    }
}

/// Bounds whose terms are not those of the score give way by this much, so that rounding never
/// puts them above it.
pub(super) const GIVE: f64 = 1.0 - 1e-12;
