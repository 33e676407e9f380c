//! What all searches share: checking a node, the best so far, and what may be concluded.

use std::cmp::Ordering;

use ctdata_table::{Control, StopReason};

use super::SearchReport;
use crate::PrivacyError;
use crate::recode::attributes::{AttributeLevel, SearchAttribute};
#[cfg(feature = "rayon")]
use crate::recode::engine::AHEAD;
use crate::recode::engine::Nodes;
use crate::recode::judge::Judge;
use crate::recode::lattice::Lattice;
use crate::recode::metric::{Cost, Least, Score, relative_level, to_real};
use crate::recode::tally::Tally;

/// A problem, ready to be searched.
pub(crate) struct SearchInput<'a> {
    pub(crate) attributes: &'a [SearchAttribute],
    pub(crate) lattice: &'a Lattice,
    pub(crate) nodes: &'a mut dyn Nodes,
    pub(crate) judge: &'a dyn Judge,
    pub(crate) cost: &'a dyn Cost,
    /// Records, and how many of them may be suppressed.
    pub(crate) records: u64,
    pub(crate) limit: u64,
    pub(crate) control: &'a Control,
}

/// The answer of a search.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) levels: Vec<u16>,
    pub(crate) report: SearchReport,
}

/// Why a search ends before its end.
pub(super) enum Stop {
    Cancelled(PrivacyError),
    Deadline,
}

/// What a check of a node says.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// The score of a solution.
    pub(super) score: Option<Score>,
    /// The node and all more specific ones are no solutions.
    pub(super) fails_below: bool,
    /// What the node and all more specific ones suppress at the least.
    pub(super) suppresses_below: Least,
    /// Where the node is a solution: a lower bound for it and all more general ones.
    pub(super) bound_above: Option<Score>,
}

/// The best solution so far.
struct Best {
    levels: Vec<u16>,
    score: Score,
    order: Order,
    suppressed: u64,
    classes: u64,
}

/// Decides between nodes of equal score: level sum, mean relative level, mean share of the values
/// that remain distinct, id; the smaller the better.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Order {
    levels: u64,
    relative: f64,
    distinct: f64,
    id: u128,
}

impl Order {
    fn compare(&self, other: &Self) -> Ordering {
        self.levels
            .cmp(&other.levels)
            .then_with(|| self.relative.total_cmp(&other.relative))
            .then_with(|| self.distinct.total_cmp(&other.distinct))
            .then_with(|| self.id.cmp(&other.id))
    }
}

pub(super) struct Searcher<'a> {
    input: SearchInput<'a>,
    monotone: bool,
    best: Option<Best>,
    checked: u64,
    /// Checks, and looks that were enough to exclude a node or were not.
    looks: u64,
    /// Counts of nodes that were not checked yet.
    #[cfg(feature = "rayon")]
    ahead: std::collections::HashMap<Vec<u16>, Tally>,
    /// Lower bound of what was not looked at, set where a search stops early.
    open_bound: Option<Score>,
}

impl<'a> Searcher<'a> {
    pub(super) fn new(input: SearchInput<'a>) -> Self {
        let facts = input.judge.monotonicity();
        let monotone = !input.judge.has_table_models()
            && (facts.with_suppression || (facts.without_suppression && input.limit == 0));
        Self {
            input,
            monotone,
            best: None,
            checked: 0,
            looks: 0,
            #[cfg(feature = "rayon")]
            ahead: std::collections::HashMap::new(),
            open_bound: None,
        }
    }

    pub(super) fn lattice(&self) -> &'a Lattice {
        self.input.lattice
    }

    pub(super) fn cost(&self) -> &'a dyn Cost {
        self.input.cost
    }

    /// Records that may be suppressed.
    pub(super) fn limit(&self) -> u64 {
        self.input.limit
    }

    /// Whether all nodes below a node that is no solution are none either. Otherwise only those are
    /// excluded that too many records in small classes exclude.
    pub(super) fn monotone(&self) -> bool {
        self.monotone
    }

    /// Counts the classes of a node and remembers it if it is the best solution so far.
    pub(super) fn check(&mut self, levels: &[u16]) -> Result<Checked, Stop> {
        self.begin_look()?;
        self.checked += 1;
        let tally = self.count(levels);
        let limit = self.input.limit;
        let solution = tally.suppressed <= limit && tally.table_holds;
        let score = solution.then(|| self.input.cost.score(levels, &tally));
        if let Some(score) = &score {
            self.offer(levels, score, &tally);
        }
        Ok(Checked {
            score,
            fails_below: tally.small > limit || (self.monotone && !solution),
            bound_above: if solution { self.input.cost.bound_above(&tally) } else { None },
            // Only where no part of a failing class holds are the same records suppressed below.
            suppresses_below: if self.monotone {
                Least { records: tally.suppressed, leaves: tally.leaves }
            } else {
                Least { records: tally.small, leaves: Vec::new() }
            },
        })
    }

    #[cfg(not(feature = "rayon"))]
    fn count(&mut self, levels: &[u16]) -> Tally {
        self.input.nodes.tell(levels, self.input.cost.wants())
    }

    /// The counts of a node, if they are at hand.
    #[cfg(feature = "rayon")]
    fn count(&mut self, levels: &[u16]) -> Tally {
        match self.ahead.remove(levels) {
            Some(tally) => tally,
            None => self.input.nodes.tell(levels, self.input.cost.wants()),
        }
    }

    /// Counts the next nodes that are likely to be checked, the given one first, on all cores. What is
    /// checked, and all that is concluded, stays the same.
    #[cfg(feature = "rayon")]
    pub(super) fn count_ahead(&mut self, levels: &[u16], others: impl IntoIterator<Item = Vec<u16>>) {
        if rayon::current_num_threads() == 1 || self.ahead.contains_key(levels) {
            return;
        }
        let mut nodes = vec![levels.to_vec()];
        nodes.extend(others.into_iter().take(AHEAD - 1));
        let tallies = self.input.nodes.tell_all(&nodes, self.input.cost.wants());
        self.ahead.clear();
        self.ahead.extend(nodes.into_iter().zip(tallies));
    }

    /// Whether a node and all more specific ones have too many records in small classes; where not,
    /// nothing is said.
    pub(super) fn fails_at_sight(&mut self, levels: &[u16]) -> Result<bool, Stop> {
        self.begin_look()?;
        Ok(self.input.nodes.small_at_least(levels) > self.input.limit)
    }

    fn begin_look(&mut self) -> Result<(), Stop> {
        match self.input.control.stopped() {
            Some(StopReason::Deadline) => return Err(Stop::Deadline),
            Some(reason) => return Err(Stop::Cancelled(PrivacyError::Cancelled(reason))),
            None => {}
        }
        self.looks += 1;
        if self.looks.is_multiple_of(64) {
            let total = u64::try_from(self.lattice().size()).ok();
            self.input.control.report("searching", self.looks, total);
        }
        Ok(())
    }

    fn offer(&mut self, levels: &[u16], score: &Score, tally: &Tally) {
        if !self.may_improve(levels, score) {
            return;
        }
        self.best = Some(Best {
            levels: levels.to_vec(),
            score: score.clone(),
            order: self.order(levels),
            suppressed: tally.suppressed,
            classes: tally.kept_classes,
        });
    }

    /// Whether a node with this lower bound can be better than the best so far. Where the bound is
    /// also one of all more general nodes, the answer is for them too: they come later in the order.
    pub(super) fn may_improve(&self, levels: &[u16], bound: &Score) -> bool {
        let Some(best) = &self.best else { return true };
        match bound.compare(&best.score) {
            Ordering::Less => true,
            Ordering::Equal => self.order(levels).compare(&best.order).is_lt(),
            Ordering::Greater => false,
        }
    }

    /// For each attribute and level, bits of its values that the step up from it joins.
    pub(super) fn joined_bits(&self) -> Vec<Vec<f64>> {
        let steps = |attribute: &SearchAttribute| {
            let bits: Vec<f64> = (0..=attribute.height()).map(|level| attribute.bits(level)).collect();
            bits.windows(2).map(|pair| pair.iter().rev().fold(0.0, |more, bits| bits - more)).collect()
        };
        self.input.attributes.iter().map(steps).collect()
    }

    /// The best solution so far.
    pub(super) fn best(&self) -> Option<(&[u16], &Score)> {
        self.best.as_ref().map(|best| (best.levels.as_slice(), &best.score))
    }

    /// Says that a node which was not looked at may still be a solution of at least this score.
    pub(super) fn leave_open(&mut self, bound: Score) {
        if self.open_bound.as_ref().is_none_or(|least| bound.compare(least).is_lt()) {
            self.open_bound = Some(bound);
        }
    }

    fn order(&self, levels: &[u16]) -> Order {
        let attributes = to_real(levels.len().max(1) as u64);
        let (mut relative, mut distinct) = (0.0, 0.0);
        for (attribute, &level) in self.input.attributes.iter().zip(levels) {
            let values = |level: usize| attribute.levels.get(level).map_or(0, AttributeLevel::distinct);
            relative += relative_level(attribute, level.into());
            distinct += to_real(values(level.into()) as u64) / to_real(values(0).max(1) as u64);
        }
        Order {
            levels: levels.iter().map(|&level| u64::from(level)).sum(),
            relative: relative / attributes,
            distinct: distinct / attributes,
            id: self.lattice().id(levels),
        }
    }

    /// The answer. `proven` where every node that is not open was excluded.
    pub(super) fn finish(self, proven: bool, stopped: Option<StopReason>) -> Result<Found, PrivacyError> {
        let SearchInput { cost, lattice, records, limit, .. } = self.input;
        let Some(best) = self.best else {
            return Err(match stopped {
                Some(reason) => PrivacyError::Cancelled(reason),
                None => PrivacyError::NoRecoding { records, limit },
            });
        };
        // What was left open without need of it may still be better.
        let proven = proven && self.open_bound.as_ref().is_none_or(|open| open.compare(&best.score).is_gt());
        let bound = if proven {
            best.score.clone()
        } else {
            let open = self.open_bound.unwrap_or_else(|| cost.bound(lattice.bottom(), 0));
            if open.compare(&best.score).is_lt() { open } else { best.score.clone() }
        };
        let (score, bound) = (cost.shown(best.score.first()), cost.shown(bound.first()));
        let report = SearchReport {
            optimal: proven,
            checked: self.checked,
            lattice: lattice.size(),
            score,
            bound,
            gap: if score > 0.0 && !proven { ((score - bound) / score).max(0.0) } else { 0.0 },
            stopped,
            levels: best.levels.iter().map(|&level| level.into()).collect(),
            suppressed: best.suppressed,
            classes: best.classes,
        };
        Ok(Found { levels: best.levels, report })
    }
}
