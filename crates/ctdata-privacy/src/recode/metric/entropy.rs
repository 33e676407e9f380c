//! Non-uniform entropy: bits that the values of an attribute lose.

use super::Metric;
use super::cost::{Cost, CostInput, LevelTable, Score, to_real};
use crate::recode::attributes::SearchAttribute;
use crate::recode::tally::{Tally, Wants, ordered_sum};

pub(super) struct NonUniformEntropy {
    /// Bits lost by generalization of all records, times gF.
    generalized: LevelTable,
    suppression: f64,
    /// Bits of all attributes that are lost where each becomes one value.
    most: f64,
}

/// Σ c(x) log2(c(g(x)) / c(x)) over the values x of the input.
fn bits(attribute: &SearchAttribute, level: usize) -> f64 {
    let (Some(finest), Some(level)) = (attribute.levels.first(), attribute.levels.get(level)) else { return 0.0 };
    let pairs = finest.records.iter().zip(&level.of_input).filter(|(records, _)| **records > 0);
    let mut terms: Vec<f64> = pairs
        .map(|(&records, &over)| {
            let over = level.records.get(usize::from(over)).copied().unwrap_or(records);
            to_real(records) * (to_real(over) / to_real(records)).log2()
        })
        .collect();
    ordered_sum(&mut terms)
}

/// Σ c log2(n / c).
fn entropy(counts: &[u64]) -> f64 {
    let all = to_real(counts.iter().sum());
    let present = counts.iter().filter(|&&count| count > 0);
    present.map(|&count| to_real(count) * (all / to_real(count)).log2()).sum()
}

impl NonUniformEntropy {
    pub(super) fn new(metric: Metric, input: CostInput<'_>) -> Self {
        let (generalization, suppression) = metric.factors();
        let finest = input.attributes.iter().filter_map(|attribute| attribute.levels.first());
        Self {
            generalized: LevelTable::new(input.attributes, |attribute, level| generalization * bits(attribute, level)),
            suppression,
            most: finest.map(|level| entropy(&level.records)).sum(),
        }
    }
}

impl Cost for NonUniformEntropy {
    fn wants(&self) -> Wants {
        Wants { codes: true, ..Wants::default() }
    }

    fn score(&self, levels: &[u16], tally: &Tally) -> Score {
        let generalized: f64 = self.generalized.of(levels).sum();
        let suppressed: f64 = tally.codes.iter().map(|counts| entropy(counts)).sum();
        Score::of(generalized + self.suppression * suppressed)
    }

    fn bound(&self, levels: &[u16], _least_suppressed: u64) -> Score {
        Score::of(self.generalized.of(levels).sum())
    }

    fn normalized(&self, shown: f64) -> f64 {
        if self.most > 0.0 { shown / self.most } else { 0.0 }
    }
}
