//! Metrics of the sizes of classes: discernibility and average class size.

use super::cost::{Cost, CostInput, GIVE, LevelTable, Score, to_real, wide_to_real};
use crate::recode::tally::Tally;

/// The most classes that a node can have: the product of the values that occur, at most n.
struct MostClasses {
    values: LevelTable,
    records: f64,
}

impl MostClasses {
    fn new(input: CostInput<'_>) -> Self {
        let values = LevelTable::new(input.attributes, |attribute, level| {
            attribute.levels.get(level).map_or(1.0, |level| to_real(level.distinct().max(1) as u64))
        });
        Self { values, records: input.records() }
    }

    fn of(&self, levels: &[u16]) -> f64 {
        self.values.of(levels).product::<f64>().min(self.records)
    }
}

/// Discernibility with or without a price of suppression.
pub(super) struct Discernibility {
    classes: MostClasses,
    records: u64,
    star: bool,
}

impl Discernibility {
    pub(super) fn new(input: CostInput<'_>, star: bool) -> Self {
        Self { classes: MostClasses::new(input), records: input.records, star }
    }
}

impl Cost for Discernibility {
    fn score(&self, _levels: &[u16], tally: &Tally) -> Score {
        let squares = if self.star {
            tally.squares
        } else {
            tally.kept_squares + u128::from(self.records) * u128::from(tally.suppressed)
        };
        Score::of(wide_to_real(squares))
    }

    /// n records in c classes have Σ |E|² >= n²/c (Cauchy and Schwarz); a suppressed class of |E|
    /// costs n |E| >= |E|².
    fn bound(&self, levels: &[u16], least_suppressed: u64) -> Score {
        let records = to_real(self.records);
        let spread = records * records / self.classes.of(levels).max(1.0);
        let suppressed = if self.star { 0.0 } else { records * to_real(least_suppressed) };
        Score::of(spread.max(suppressed) * GIVE)
    }

    /// Classes only merge upwards, and (a + b)² >= a² + b².
    fn bound_above(&self, tally: &Tally) -> Option<Score> {
        Some(Score::of(wide_to_real(tally.squares)))
    }

    fn leads(&self) -> bool {
        false
    }

    fn normalized(&self, shown: f64) -> f64 {
        let records = to_real(self.records);
        if records > 1.0 { (shown - records) / (records * records - records) } else { 0.0 }
    }
}

/// n / (kept classes + 1 if any record is suppressed).
pub(super) struct AverageClassSize {
    classes: MostClasses,
    records: f64,
}

impl AverageClassSize {
    pub(super) fn new(input: CostInput<'_>) -> Self {
        Self { classes: MostClasses::new(input), records: to_real(input.records) }
    }
}

impl Cost for AverageClassSize {
    fn score(&self, _levels: &[u16], tally: &Tally) -> Score {
        let classes = tally.kept_classes + u64::from(tally.suppressed > 0);
        Score::of(self.records / to_real(classes.max(1)))
    }

    fn bound(&self, levels: &[u16], _least_suppressed: u64) -> Score {
        Score::of(self.records / self.classes.of(levels).max(1.0) * GIVE)
    }

    /// All suppressed classes count for one, and there are no more classes further up.
    fn bound_above(&self, tally: &Tally) -> Option<Score> {
        Some(Score::of(self.records / to_real(tally.classes.max(1))))
    }

    fn leads(&self) -> bool {
        false
    }

    fn normalized(&self, shown: f64) -> f64 {
        if self.records > 1.0 { (shown - 1.0) / (self.records - 1.0) } else { 0.0 }
    }
}
