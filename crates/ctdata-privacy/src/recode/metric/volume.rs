//! Metrics of the combinations of leaves that a class stands for: ambiguity, entropy-based
//! information loss, divergence.

use super::cost::{Cost, CostInput, GIVE, LevelTable, Score, to_real};
use crate::recode::attributes::{AttributeLevel, SearchAttribute};
use crate::recode::tally::{Tally, Wants};

/// Σ over records of the log2 of leaves, per attribute and level.
fn log_leaves(attribute: &SearchAttribute, level: usize) -> f64 {
    let level = attribute.levels.get(level);
    let sum = |level: &AttributeLevel| {
        level
            .leaves
            .iter()
            .zip(&level.records)
            .filter(|(_, records)| **records > 0)
            .map(|(&leaves, &records)| f64::from(leaves).log2() * to_real(records))
            .sum()
    };
    level.map_or(0.0, sum)
}

/// log2 of the product of all leaves.
fn log_domain(input: CostInput<'_>) -> f64 {
    input.attributes.iter().map(|attribute| f64::from(attribute.domain).log2()).sum()
}

/// Σ over records of the product of leaves.
pub(super) struct Ambiguity {
    logs: LevelTable,
    records: f64,
    /// Product of all leaves.
    domain: f64,
}

impl Ambiguity {
    pub(super) fn new(input: CostInput<'_>) -> Self {
        Self {
            logs: LevelTable::new(input.attributes, log_leaves),
            records: to_real(input.records),
            domain: input.attributes.iter().map(|attribute| f64::from(attribute.domain)).product(),
        }
    }
}

impl Cost for Ambiguity {
    fn wants(&self) -> Wants {
        Wants { ambiguity: true, ..Wants::default() }
    }

    fn score(&self, _levels: &[u16], tally: &Tally) -> Score {
        Score::of(tally.kept_ambiguity + to_real(tally.suppressed) * self.domain)
    }

    /// A mean is at least the geometric one, and that is a product over attributes.
    fn bound(&self, levels: &[u16], _least_suppressed: u64) -> Score {
        let mean = self.logs.of(levels).sum::<f64>() / self.records.max(1.0);
        Score::of(self.records * mean.exp2() * GIVE)
    }

    fn bound_above(&self, tally: &Tally) -> Option<Score> {
        Some(Score::of(tally.ambiguity * GIVE))
    }

    fn leads(&self) -> bool {
        false
    }

    fn normalized(&self, shown: f64) -> f64 {
        if self.domain > 1.0 { (shown / self.records.max(1.0) - 1.0) / (self.domain - 1.0) } else { 0.0 }
    }
}

/// Mean over records of log(product of leaves) / log(product of all leaves).
pub(super) struct EntropyInformationLoss {
    logs: LevelTable,
    leaves: Vec<Vec<Vec<u32>>>,
    /// n times the log of the product of all leaves.
    most: f64,
    log_domain: f64,
    limit: u64,
}

impl EntropyInformationLoss {
    pub(super) fn new(input: CostInput<'_>) -> Self {
        let log_domain = log_domain(input);
        let levels = |attribute: &SearchAttribute| attribute.levels.iter().map(|level| level.leaves.clone()).collect();
        Self {
            logs: LevelTable::new(input.attributes, log_leaves),
            leaves: input.attributes.iter().map(levels).collect(),
            most: input.records() * log_domain,
            log_domain,
            limit: input.limit,
        }
    }

    fn share(&self, logs: f64) -> f64 {
        if self.most > 0.0 { logs / self.most } else { 0.0 }
    }
}

impl Cost for EntropyInformationLoss {
    fn wants(&self) -> Wants {
        Wants { codes: true, ..Wants::default() }
    }

    fn score(&self, levels: &[u16], tally: &Tally) -> Score {
        let all: f64 = self.logs.of(levels).sum();
        if tally.suppressed == 0 {
            return Score::of(self.share(all));
        }
        let mut suppressed = 0.0;
        for ((of_level, &level), records) in self.leaves.iter().zip(levels).zip(&tally.codes) {
            let leaves = of_level.get(usize::from(level)).map_or(&[][..], Vec::as_slice);
            let pairs = leaves.iter().zip(records).filter(|(_, records)| **records > 0);
            suppressed += pairs.map(|(&leaves, &records)| f64::from(leaves).log2() * to_real(records)).sum::<f64>();
        }
        Score::of(self.share(all - suppressed + to_real(tally.suppressed) * self.log_domain))
    }

    fn bound(&self, levels: &[u16], _least_suppressed: u64) -> Score {
        let give = if self.limit == 0 { 1.0 } else { GIVE };
        Score::of(self.share(self.logs.of(levels).sum()) * give)
    }

    fn normalized(&self, shown: f64) -> f64 {
        shown
    }
}

/// Divergence of the input from what the release says of it, in bits.
pub(super) struct Divergence {
    /// The divergence of one attribute alone; the marginals of q are those of even spreading too.
    marginals: LevelTable,
    records: f64,
    log_counts: f64,
    log_domain: f64,
    /// What suppression can win where missing cells lie outside the leaves.
    slack: f64,
}

impl Divergence {
    pub(super) fn new(input: CostInput<'_>) -> Self {
        let records = input.records();
        let marginals = LevelTable::new(input.attributes, |attribute, level| {
            let (Some(finest), Some(level)) = (attribute.levels.first(), attribute.levels.get(level)) else {
                return 0.0;
            };
            let spread = |leaf: u64, over: u64, leaves: u32| {
                if leaf == 0 { 0.0 } else { to_real(leaf) * (to_real(leaf) * f64::from(leaves) / to_real(over)).log2() }
            };
            let pairs = finest.records.iter().zip(&level.of_input);
            pairs
                .map(|(&leaf, &over)| {
                    let over = usize::from(over);
                    let leaves = level.leaves.get(over).copied().unwrap_or(1);
                    spread(leaf, level.records.get(over).copied().unwrap_or(1), leaves) / records
                })
                .sum()
        });
        let slack = input.attributes.iter().map(|attribute| {
            let domain = f64::from(attribute.domain);
            ((domain + f64::from(attribute.kinds_of_missing)) / domain).log2()
        });
        let slack = if input.limit == 0 { 0.0 } else { slack.sum() };
        Self { marginals, records, log_counts: input.log_counts, log_domain: log_domain(input), slack }
    }

    /// Σ p log2 p - Σ p log2 q, with Σ over classes of c log2(c / volume) given.
    fn value(&self, divergence: f64, suppressed: u64) -> f64 {
        let suppressed = to_real(suppressed);
        let spread = if suppressed > 0.0 { suppressed * (suppressed.log2() - self.log_domain) } else { 0.0 };
        ((self.log_counts - divergence - spread) / self.records).max(0.0)
    }

    fn below(&self, value: f64) -> Score {
        Score::of((value * GIVE - self.slack - 1e-9).max(0.0))
    }
}

impl Cost for Divergence {
    fn wants(&self) -> Wants {
        Wants { divergence: true, ..Wants::default() }
    }

    fn score(&self, _levels: &[u16], tally: &Tally) -> Score {
        Score::of(self.value(tally.kept_divergence, tally.suppressed))
    }

    fn bound(&self, levels: &[u16], _least_suppressed: u64) -> Score {
        self.below(self.marginals.of(levels).fold(0.0, f64::max))
    }

    /// Even spreading over a union of classes is never nearer to the input than over each of them;
    /// spreading suppressed ones over all leaves neither, up to the slack (log-sum inequality).
    fn bound_above(&self, tally: &Tally) -> Option<Score> {
        Some(self.below(self.value(tally.divergence, 0)))
    }

    fn leads(&self) -> bool {
        false
    }

    fn normalized(&self, shown: f64) -> f64 {
        let most = self.log_domain + self.log_counts / self.records - self.records.log2();
        if most > 0.0 { shown / most } else { 0.0 }
    }
}
