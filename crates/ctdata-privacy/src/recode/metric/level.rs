//! Metrics of levels: precision and height.

use super::Metric;
use super::cost::{Cost, CostInput, GIVE, LevelTable, Score, to_real};
use crate::recode::attributes::SearchAttribute;
use crate::recode::tally::Tally;

/// Mean over attributes of ((n - |S|) gF level / height + |S| sF) / n.
pub(super) struct Precision {
    relative: LevelTable,
    attributes: f64,
    records: f64,
    limit: u64,
    generalization: f64,
    suppression: f64,
}

/// The level as a share of the height; 0 for an attribute with one level.
pub(crate) fn relative_level(attribute: &SearchAttribute, level: usize) -> f64 {
    match attribute.height() {
        0 => 0.0,
        height => to_real(level as u64) / to_real(height as u64),
    }
}

impl Precision {
    pub(super) fn new(metric: Metric, input: CostInput<'_>) -> Self {
        let (generalization, suppression) = metric.factors();
        Self {
            relative: LevelTable::new(input.attributes, relative_level),
            attributes: to_real(input.attributes.len().max(1) as u64),
            records: input.records(),
            limit: input.limit,
            generalization,
            suppression,
        }
    }

    fn value(&self, levels: &[u16], suppressed: u64) -> f64 {
        let share = to_real(suppressed) / self.records;
        let generalized: f64 = self.relative.of(levels).map(|relative| relative * self.generalization).sum();
        if suppressed == 0 {
            return generalized / self.attributes;
        }
        generalized / self.attributes * (1.0 - share) + share * self.suppression
    }
}

impl Cost for Precision {
    fn score(&self, levels: &[u16], tally: &Tally) -> Score {
        Score::of(self.value(levels, tally.suppressed))
    }

    /// The score is linear in the number of suppressed records, so that one of the ends is least:
    /// as few as possible, or (where suppression is cheaper than what is generalized already) as
    /// many as allowed.
    fn bound(&self, levels: &[u16], least_suppressed: u64) -> Score {
        if self.limit == 0 {
            return Score::of(self.value(levels, 0));
        }
        let few = self.value(levels, least_suppressed);
        Score::of(few.min(self.value(levels, self.limit.max(least_suppressed))) * GIVE)
    }

    fn normalized(&self, shown: f64) -> f64 {
        shown / self.generalization.max(self.suppression)
    }
}

/// Sum of levels.
pub(super) struct Height {
    levels: LevelTable,
    most: f64,
}

impl Height {
    pub(super) fn new(input: CostInput<'_>) -> Self {
        let levels = LevelTable::new(input.attributes, |_, level| to_real(level as u64));
        let most = input.attributes.iter().map(|attribute| to_real(attribute.height() as u64)).sum();
        Self { levels, most }
    }
}

impl Cost for Height {
    fn score(&self, levels: &[u16], _tally: &Tally) -> Score {
        self.bound(levels, 0)
    }

    fn bound(&self, levels: &[u16], _least_suppressed: u64) -> Score {
        Score::of(self.levels.of(levels).sum())
    }

    fn normalized(&self, shown: f64) -> f64 {
        if self.most > 0.0 { shown / self.most } else { 0.0 }
    }
}
