//! What a recoding costs, by every metric.

use super::metric::{CostInput, Metric, MetricFamily, attribute_losses, cost_of};
use super::tally::Tally;

/// The value of one metric.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MetricValue {
    /// The metric.
    pub metric: MetricFamily,
    /// Its value in its own unit; see [`MetricFamily`].
    pub value: f64,
    /// The value between the least and the greatest possible one: 0 where nothing is recoded. Loss,
    /// precision and height are shares of their greatest values; discernibility lies in [n, n²], the
    /// average class size in [1, n], ambiguity in [n, n Π|D|], divergence and non-uniform entropy
    /// between 0 and what full generalization costs, entropy-based loss in [0, 1] as it is.
    pub normalized: f64,
}

/// What recoding did to one quasi-identifier.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AttributeQuality {
    /// The attribute.
    pub attribute: String,
    /// The level it is released at.
    pub level: usize,
    /// Its loss in [0, 1]; see [`MetricFamily::Loss`].
    pub loss: f64,
}

/// What a recoding costs, by every metric. The metric that was asked for has its own settings, the
/// others have the default ones.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Quality {
    /// Records of the input.
    pub records: u64,
    /// Records that are suppressed.
    pub suppressed: u64,
    /// Classes that are kept.
    pub classes: u64,
    /// Privacy units of the smallest of these.
    pub smallest_class: Option<u64>,
    /// Every metric.
    pub metrics: Vec<MetricValue>,
    /// Every quasi-identifier, in the order in which they were given.
    pub attributes: Vec<AttributeQuality>,
}

impl Quality {
    /// The value of a metric.
    pub fn metric(&self, family: MetricFamily) -> Option<MetricValue> {
        self.metrics.iter().copied().find(|value| value.metric == family)
    }

    pub(crate) fn of(
        metric: Metric,
        input: CostInput<'_>,
        names: impl IntoIterator<Item = String>,
        levels: &[u16],
        tally: &Tally,
    ) -> Self {
        let metrics = MetricFamily::ALL.map(|family| {
            let metric = if family == metric.family() { metric } else { Metric::new(family) };
            let cost = cost_of(metric, input);
            let value = cost.shown(cost.score(levels, tally).first());
            MetricValue { metric: family, value, normalized: cost.normalized(value) }
        });
        let losses = attribute_losses(input, levels, tally);
        let attributes = names
            .into_iter()
            .zip(levels)
            .zip(losses)
            .map(|((attribute, &level), loss)| AttributeQuality { attribute, level: level.into(), loss });
        Self {
            records: input.records,
            suppressed: tally.suppressed,
            classes: tally.kept_classes,
            smallest_class: tally.smallest,
            metrics: metrics.to_vec(),
            attributes: attributes.collect(),
        }
    }
}
