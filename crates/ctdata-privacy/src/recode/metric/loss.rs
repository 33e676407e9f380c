//! Loss: how much of each hierarchy a value stands for.

use super::cost::{Cost, CostInput, GIVE, Least, Score, to_real};
use super::{Aggregate, Metric};
use crate::recode::tally::{Tally, Wants};

pub(super) struct Loss {
    attributes: Vec<AttributeLoss>,
    records: u64,
    aggregate: Aggregate,
}

/// The loss of one attribute. With T leaves under the values of all n records and L under those of
/// |S| suppressed ones, x n D = gF T - c L + sF D |S|, where c = sF + gF - 1. Each more suppressed
/// record adds sF D - c leaves >= (1 - gF) D >= 0, so that nothing suppressed is a lower bound.
struct AttributeLoss {
    domain: f64,
    weight: f64,
    generalization: f64,
    suppression: f64,
    records: f64,
    levels: Vec<LevelLoss>,
}

struct LevelLoss {
    /// Leaves under the values of all records.
    leaves: u64,
    /// (leaves, records with values of so many leaves), most leaves first.
    widest: Vec<(u32, u64)>,
    /// The loss where nothing is suppressed, as the aggregate takes it in.
    kept: f64,
}

impl AttributeLoss {
    /// The loss in [0, 1], cut to ten decimals.
    fn value(&self, all_leaves: u64, suppressed_leaves: u64, suppressed: u64, give: f64) -> f64 {
        let together = self.suppression + self.generalization - 1.0;
        let sum = self.generalization * to_real(all_leaves) - together * to_real(suppressed_leaves)
            + self.suppression * self.domain * to_real(suppressed);
        let least = self.generalization * self.records;
        let most = self.records * self.domain * self.generalization.max(self.suppression);
        let stretched = (sum * give - least) / (most - least);
        if most > least { (stretched.max(0.0) * 1e10).floor() / 1e10 } else { 0.0 }
    }

    /// A lower bound where at least so many records are suppressed: those that it costs least, but
    /// with at most so many leaves.
    fn bound(&self, level: &LevelLoss, suppressed: u64, most_leaves: u64) -> f64 {
        let mut left = suppressed;
        let mut leaves = 0;
        for &(under, records) in &level.widest {
            let taken = left.min(records);
            leaves += u64::from(under) * taken;
            left -= taken;
            if left == 0 {
                break;
            }
        }
        self.value(level.leaves, leaves.min(most_leaves), suppressed, GIVE)
    }
}

impl Loss {
    pub(super) fn new(metric: Metric, input: CostInput<'_>) -> Self {
        let (generalization, suppression) = metric.factors();
        let aggregate = metric.aggregate();
        let attributes = input.attributes.iter().map(|attribute| {
            let mut loss = AttributeLoss {
                domain: attribute.domain.into(),
                weight: attribute.weight,
                generalization,
                suppression,
                records: input.records(),
                levels: Vec::new(),
            };
            for level in &attribute.levels {
                let mut widest: Vec<(u32, u64)> =
                    level.leaves.iter().copied().zip(level.records.iter().copied()).collect();
                widest.retain(|&(_, records)| records > 0);
                widest.sort_unstable_by(|a, b| b.cmp(a));
                widest.dedup_by(|next, before| {
                    let same = next.0 == before.0;
                    before.1 += if same { next.1 } else { 0 };
                    same
                });
                let leaves = widest.iter().map(|&(leaves, records)| u64::from(leaves) * records).sum();
                let kept = term(aggregate, loss.weight, loss.value(leaves, 0, 0, 1.0));
                loss.levels.push(LevelLoss { leaves, widest, kept });
            }
            loss
        });
        Self { attributes: attributes.collect(), records: input.records, aggregate }
    }

    fn levels<'a>(&'a self, levels: &'a [u16]) -> impl Iterator<Item = (&'a AttributeLoss, &'a LevelLoss)> + 'a {
        let pairs = self.attributes.iter().zip(levels);
        pairs.filter_map(|(attribute, &level)| Some((attribute, attribute.levels.get(usize::from(level))?)))
    }

    /// The loss of each attribute.
    pub(super) fn per_attribute(&self, levels: &[u16], tally: &Tally) -> Vec<f64> {
        let leaves = tally.leaves.iter().copied().chain(std::iter::repeat(0));
        self.levels(levels)
            .zip(leaves)
            .map(|((attribute, level), leaves)| attribute.value(level.leaves, leaves, tally.suppressed, 1.0))
            .collect()
    }

    /// The lower bound of each attribute as the aggregate takes it in.
    fn bounds<'a>(
        &'a self,
        levels: &'a [u16],
        suppressed: u64,
        most_leaves: impl Iterator<Item = u64> + 'a,
    ) -> impl Iterator<Item = f64> + 'a {
        let suppressed = suppressed.min(self.records);
        self.levels(levels).zip(most_leaves).map(move |((attribute, level), most)| {
            term(self.aggregate, attribute.weight, attribute.bound(level, suppressed, most))
        })
    }

    fn aggregate(&self, terms: impl Iterator<Item = f64>) -> Score {
        match self.aggregate {
            Aggregate::Geometric => Score::of(terms.product()),
            Aggregate::Arithmetic | Aggregate::Sum => Score::of(terms.sum()),
            Aggregate::Max => Score::of(terms.fold(0.0, f64::max)),
            Aggregate::Rank => Score::ranked(terms.collect()),
        }
    }
}

/// The loss of each attribute of a node with default settings.
pub(crate) fn attribute_losses(input: CostInput<'_>, levels: &[u16], tally: &Tally) -> Vec<f64> {
    Loss::new(Metric::default(), input).per_attribute(levels, tally)
}

/// A loss as the aggregate takes it in.
fn term(aggregate: Aggregate, weight: f64, loss: f64) -> f64 {
    match aggregate {
        Aggregate::Geometric => 1.0 + weight * loss,
        _ => weight * loss,
    }
}

impl Cost for Loss {
    fn wants(&self) -> Wants {
        Wants { leaves: true, ..Wants::default() }
    }

    fn score(&self, levels: &[u16], tally: &Tally) -> Score {
        if tally.suppressed == 0 {
            return self.bound(levels, 0);
        }
        let losses = self.attributes.iter().zip(self.per_attribute(levels, tally));
        self.aggregate(losses.map(|(attribute, loss)| term(self.aggregate, attribute.weight, loss)))
    }

    fn bound(&self, levels: &[u16], least_suppressed: u64) -> Score {
        if least_suppressed == 0 {
            return self.aggregate(self.levels(levels).map(|(_, level)| level.kept));
        }
        let anything = std::iter::repeat(u64::MAX);
        self.aggregate(self.bounds(levels, least_suppressed, anything))
    }

    /// With S the records that a more general node suppresses: their codes at this node have at most
    /// the leaves of their codes there, and every further record that is suppressed adds to the loss.
    fn bound_below(&self, levels: &[u16], least: &Least) -> Score {
        if least.leaves.is_empty() {
            return self.bound(levels, least.records);
        }
        self.aggregate(self.bounds(levels, least.records, least.leaves.iter().copied()))
    }

    #[expect(clippy::cast_precision_loss, reason = "there are not 2^53 attributes")]
    fn shown(&self, first: f64) -> f64 {
        let attributes = self.attributes.len().max(1) as f64;
        match self.aggregate {
            Aggregate::Geometric => first.powf(1.0 / attributes) - 1.0,
            Aggregate::Arithmetic => first / attributes,
            Aggregate::Sum | Aggregate::Max | Aggregate::Rank => first,
        }
    }

    fn normalized(&self, shown: f64) -> f64 {
        let all = self.aggregate(self.attributes.iter().map(|attribute| term(self.aggregate, attribute.weight, 1.0)));
        let most = self.shown(all.first());
        if most > 0.0 { shown / most } else { 0.0 }
    }
}
