//! Primary rules: which cells give somebody away.

use std::collections::BTreeMap;

use ctdata_table::CountTable;

use super::build::{SystemBuilder, TableIndex};
use super::{CellId, Level, Relation, Standing, SystemCell, TableSystem};
use crate::PrivacyError;

/// A few contributors make up most of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Dominance {
    /// The number of contributors.
    pub n: usize,
    /// The percentage that they may make up together.
    pub percent: f64,
}

/// Which cells are marked, and how well they are protected.
///
/// Rules hold for figures and for inner cells alike: an inner cell that follows from what is printed gives somebody
/// away as well. Fixed cells are known anyway, and inner cells of weight 0 are differences that stand for no group of
/// people.
///
/// # Sources
/// A. Hundepool et al., Statistical Disclosure Control (2012), chapter 4: threshold, dominance and p% rules and the
/// protection levels that follow from them.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct PrimaryRules {
    /// Counts below this are marked; 5 by default. Nobody may be sure afterwards that such a count is below it.
    pub threshold: u64,
    /// Zeros are marked too; not by default. They tell that nobody is there, but of nobody in particular.
    pub zeros: bool,
    /// A part that is its whole total is marked (by default): everybody in the total has what the part says.
    /// Nobody may be sure afterwards that they all do.
    pub all_in_one_category: bool,
    /// A part is marked that less than the threshold of its total is not in; not by default.
    pub small_complement: bool,
    /// A cell is marked if its largest contributors make up more than this; needs [`Contributions`].
    pub dominance: Option<Dominance>,
    /// A cell is marked if its second largest contributor can estimate the largest closer than to this percentage;
    /// needs [`Contributions`].
    pub p_percent: Option<f64>,
    /// What is asked for of each marked cell instead of what follows from its rule. By default a count below the
    /// threshold could also be the threshold, and at least one less.
    pub level: Option<Level>,
}

impl Default for PrimaryRules {
    fn default() -> Self {
        Self {
            threshold: 5,
            zeros: false,
            all_in_one_category: true,
            small_complement: false,
            dominance: None,
            p_percent: None,
            level: None,
        }
    }
}

/// How many cells each rule marks; a cell can be marked by several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PrimaryReport {
    /// Cells that are marked.
    pub marked: usize,
    /// Figures among them.
    pub figures: usize,
    /// By the threshold.
    pub threshold: usize,
    /// Zeros.
    pub zeros: usize,
    /// Parts that are their whole total.
    pub all_in_one_category: usize,
    /// Parts that leave little of their total.
    pub small_complement: usize,
    /// By dominance.
    pub dominance: usize,
    /// By the p% rule.
    pub p_percent: usize,
}

/// What each contributor, such as an organization, adds to each cell.
#[derive(Clone, Default)]
pub struct Contributions {
    cells: BTreeMap<CellId, BTreeMap<u16, u64>>,
}

/// No contributions: they are as confidential as counts.
impl std::fmt::Debug for Contributions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contributions").field("cells", &self.cells.len()).finish_non_exhaustive()
    }
}

impl Contributions {
    /// No contributions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds to what a contributor has in a cell. Contributors are numbered as the caller likes.
    pub fn add(&mut self, cell: CellId, contributor: u16, count: u64) {
        let sum = self.cells.entry(cell).or_default().entry(contributor).or_default();
        *sum = sum.saturating_add(count);
    }

    /// Adds the contributions to the cells of a table: `counted` has its dimensions and one more, named `contributor`,
    /// whose categories are the contributors. Those of totals follow.
    ///
    /// # Errors
    /// Dimensions that are not those of the table.
    pub fn add_table(
        &mut self,
        builder: &SystemBuilder,
        table: TableIndex,
        counted: &CountTable,
        contributor: &str,
    ) -> Result<(), PrivacyError> {
        let invalid = |rule: &str| PrivacyError::InvalidParameter { parameter: "contributions", rule: rule.into() };
        let place = counted.dimensions().iter().position(|dimension| dimension.name() == contributor);
        let place = place.ok_or_else(|| invalid("the counts have no dimension of contributors"))?;
        let others = counted.dimensions().iter().enumerate().filter(|(at, _)| *at != place);
        if !others.map(|(_, dimension)| &dimension.variable).eq(builder.variables(table)) {
            return Err(invalid("the other dimensions are not those of the table"));
        }
        for (key, count) in counted.cells() {
            let mut key = key.to_vec();
            let who = key.remove(place);
            if let Some(cell) = builder.cell(table, &key) {
                self.add(cell, who, count);
            }
        }
        Ok(())
    }

    /// Contributions to totals, which follow from those to all their parts.
    fn spread(&mut self, system: &TableSystem) {
        let empty = |cell: &CellId| system.cell(*cell).is_some_and(|cell| cell.count == 0);
        loop {
            let before = self.cells.len();
            for relation in system.relations() {
                let Some((total, parts)) = total_of(relation) else { continue };
                if self.cells.contains_key(&total)
                    || !parts.iter().all(|part| self.cells.contains_key(part) || empty(part))
                {
                    continue;
                }
                let mut sum = BTreeMap::<u16, u64>::new();
                for (who, count) in parts.iter().filter_map(|part| self.cells.get(part)).flatten() {
                    *sum.entry(*who).or_default() += count;
                }
                self.cells.insert(total, sum);
            }
            if self.cells.len() == before {
                return;
            }
        }
    }

    /// From the largest down.
    fn largest(&self, cell: CellId) -> Vec<u64> {
        let mut counts: Vec<u64> = self.cells.get(&cell).into_iter().flatten().map(|(_, count)| *count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts
    }
}

/// The total of a relation that says that parts add up to it.
fn total_of(relation: &Relation) -> Option<(CellId, Vec<CellId>)> {
    let of = |sign: i32| {
        let terms = relation.terms.iter().filter(move |(_, coefficient)| *coefficient == sign);
        terms.map(|(cell, _)| *cell).collect::<Vec<CellId>>()
    };
    let (plus, minus) = (of(1), of(-1));
    if plus.len() + minus.len() != relation.terms.len() {
        return None;
    }
    match (plus.as_slice(), minus.as_slice()) {
        (_, [total]) => Some((*total, plus)),
        ([total], _) => Some((*total, minus)),
        _ => None,
    }
}

/// Marks the cells that the rules say by setting their [`Level`]; a cell that several rules mark, or that is marked
/// already, gets the highest.
///
/// A level never asks for what bounds forbid: a part that is at most a count is not asked to be above it.
///
/// # Errors
/// Dominance or the p% rule, which need [`mark_with`] contributions.
pub fn mark(system: &mut TableSystem, rules: &PrimaryRules) -> Result<PrimaryReport, PrivacyError> {
    if rules.dominance.is_some() || rules.p_percent.is_some() {
        return Err(PrivacyError::InvalidParameter {
            parameter: "primary rules",
            rule: "dominance and the p% rule need to know the contributions to each cell".into(),
        });
    }
    mark_with(system, rules, Contributions::new())
}

/// [`mark`] with what each contributor adds to each cell.
///
/// # Errors
/// A percentage outside (0, 100], or dominance of nobody.
pub fn mark_with(
    system: &mut TableSystem,
    rules: &PrimaryRules,
    mut contributions: Contributions,
) -> Result<PrimaryReport, PrivacyError> {
    let shares = [rules.p_percent, rules.dominance.map(|rule| rule.percent)];
    if shares.into_iter().flatten().any(|percent| !(percent > 0.0 && percent <= 100.0))
        || rules.dominance.is_some_and(|rule| rule.n == 0)
    {
        return Err(PrivacyError::InvalidParameter {
            parameter: "primary rules",
            rule: "a percentage is above 0 and at most 100, and dominance is of somebody".into(),
        });
    }
    contributions.spread(system);
    let mut report = PrimaryReport::default();
    let mut levels: BTreeMap<CellId, Level> = BTreeMap::new();
    let mut set = |cell: CellId, level: Level, by: &mut usize| {
        *by += 1;
        let slot = levels.entry(cell).or_default();
        *slot = Level { lower: slot.lower.max(level.lower), upper: slot.upper.max(level.upper) };
    };
    for id in system.ids() {
        let Some(cell) = system.cell(id).filter(|cell| can_be_marked(cell)) else { continue };
        if cell.count < rules.threshold {
            let upper = rules.threshold - cell.count;
            if cell.count > 0 {
                set(id, Level { lower: 1, upper }, &mut report.threshold);
            } else if rules.zeros {
                set(id, Level { lower: 0, upper }, &mut report.zeros);
            }
        }
        let largest = contributions.largest(id);
        if let Some(need) = rules.dominance.and_then(|rule| dominance(&largest, rule)) {
            set(id, Level { lower: need, upper: need }, &mut report.dominance);
        }
        if let Some(need) = rules.p_percent.and_then(|percent| p_percent(&largest, percent)) {
            set(id, Level { lower: need, upper: need }, &mut report.p_percent);
        }
    }
    for relation in system.relations() {
        let Some((total, parts)) = total_of(relation).filter(|(_, parts)| parts.len() > 1) else { continue };
        let Some(total) = system.cell(total).map(|cell| cell.count) else { continue };
        for part in parts {
            let Some(cell) = system.cell(part).filter(|cell| can_be_marked(cell) && cell.count > 0) else { continue };
            let rest = total.saturating_sub(cell.count);
            if rest == 0 && rules.all_in_one_category {
                set(part, Level { lower: 1, upper: 0 }, &mut report.all_in_one_category);
            }
            if rest > 0 && rest < rules.threshold && rules.small_complement {
                set(part, Level { lower: rules.threshold - rest, upper: 1 }, &mut report.small_complement);
            }
        }
    }
    report.marked = levels.len();
    for (id, level) in levels {
        if let Some(cell) = system.cell_mut(id) {
            report.figures += usize::from(cell.standing == Standing::Figure);
            let level = rules.level.unwrap_or(level);
            let room = cell.most.map_or(u64::MAX, |most| most - cell.count);
            cell.level.lower = cell.level.lower.max(level.lower.min(cell.count - cell.least));
            cell.level.upper = cell.level.upper.max(level.upper.min(room));
        }
    }
    Ok(report)
}

fn can_be_marked(cell: &SystemCell) -> bool {
    match cell.standing {
        Standing::Figure => true,
        Standing::Inner => cell.weight > 0.0,
        Standing::Fixed => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^53")]
fn sum(counts: &[u64]) -> f64 {
    counts.iter().sum::<u64>() as f64
}

/// The least whole number of people that is not below, at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 100 times a count of people")]
fn people(needed: f64) -> u64 {
    needed.ceil().max(1.0) as u64
}

/// The level that a dominated cell needs: an upper bound of it must leave the largest within the percentage.
fn dominance(largest: &[u64], rule: Dominance) -> Option<u64> {
    let (top, total) = (sum(largest.get(..rule.n).unwrap_or(largest)), sum(largest));
    (top > 0.0 && top > rule.percent / 100.0 * total).then(|| people(top * 100.0 / rule.percent - total))
}

/// The level that a cell needs under the p% rule: what is missing to the percentage of the largest.
fn p_percent(largest: &[u64], percent: f64) -> Option<u64> {
    let first = sum(largest.get(..1)?);
    let margin = percent / 100.0 * first;
    let rest = sum(largest.get(2..).unwrap_or_default());
    (first > 0.0 && rest < margin).then(|| people(margin - rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts and their total.
    fn sum_of(parts: &[u64]) -> (TableSystem, Vec<CellId>, CellId) {
        let mut system = TableSystem::new();
        let cells: Vec<CellId> = parts.iter().map(|&part| system.push(SystemCell::figure(part)).unwrap()).collect();
        let total = system.push(SystemCell::figure(parts.iter().sum())).unwrap();
        system.sum(total, cells.iter().copied()).unwrap();
        (system, cells, total)
    }

    #[test]
    fn small_counts_are_marked_up_to_the_threshold() {
        let (mut system, cells, _) = sum_of(&[0, 1, 4, 5, 90]);
        let report = mark(&mut system, &PrimaryRules::default()).unwrap();
        assert_eq!((report.marked, report.figures, report.threshold, report.zeros), (2, 2, 2, 0));
        let level = |system: &TableSystem, at: usize| system.cell(cells[at]).unwrap().level;
        assert_eq!(level(&system, 1), Level { lower: 1, upper: 4 });
        assert_eq!(level(&system, 2), Level { lower: 1, upper: 1 });
        assert!(level(&system, 0).is_none() && level(&system, 3).is_none());
        let rules = PrimaryRules { zeros: true, ..PrimaryRules::default() };
        assert_eq!(mark(&mut system, &rules).unwrap().zeros, 1);
        assert_eq!(level(&system, 0), Level { lower: 0, upper: 5 });
        let rules = PrimaryRules { level: Some(Level { lower: 9, upper: 9 }), ..rules };
        mark(&mut system, &rules).unwrap();
        assert_eq!(level(&system, 2), Level { lower: 4, upper: 9 }); // there are only 4
    }

    #[test]
    fn a_part_that_is_everybody_or_nearly_is_marked() {
        let (mut system, cells, total) = sum_of(&[0, 40]);
        let report = mark(&mut system, &PrimaryRules::default()).unwrap();
        assert_eq!((report.marked, report.all_in_one_category), (1, 1));
        assert_eq!(system.cell(cells[1]).unwrap().level, Level { lower: 1, upper: 0 });
        assert!(system.cell(total).unwrap().level.is_none());

        let (mut system, cells, _) = sum_of(&[2, 40]);
        let rules = PrimaryRules { small_complement: true, ..PrimaryRules::default() };
        assert_eq!(mark(&mut system, &rules).unwrap().small_complement, 1);
        assert_eq!(system.cell(cells[1]).unwrap().level, Level { lower: 3, upper: 1 });
        // A single part is the total itself.
        let (mut system, ..) = sum_of(&[40]);
        assert_eq!(mark(&mut system, &PrimaryRules::default()).unwrap().marked, 0);
    }

    #[test]
    fn differences_of_weight_0_and_fixed_cells_are_not_marked() {
        let mut system = TableSystem::new();
        system.push(SystemCell { weight: 0.0, ..SystemCell::inner(1) }).unwrap();
        system.push(SystemCell { standing: Standing::Fixed, ..SystemCell::figure(1) }).unwrap();
        let inner = system.push(SystemCell::inner(1)).unwrap();
        assert_eq!(mark(&mut system, &PrimaryRules::default()).unwrap().marked, 1);
        assert!(!system.cell(inner).unwrap().level.is_none());
    }

    /// Contributions 80, 15, 5: the two largest make up 95 % of 100, and the second largest estimates the largest to
    /// within 100 - 80 - 15 = 5, which is 6.25 % of it.
    #[test]
    fn dominated_cells_are_marked_by_their_contributors() {
        let (mut system, cells, total) = sum_of(&[100, 100]);
        let mut contributions = Contributions::new();
        for (cell, counts) in [(cells[0], [80, 15, 5]), (cells[1], [30, 35, 35])] {
            for (who, count) in (0u16..).zip(counts) {
                contributions.add(cell, who, count);
            }
        }
        let dominance = Some(Dominance { n: 2, percent: 85.0 });
        let rules = PrimaryRules { dominance, p_percent: Some(10.0), ..PrimaryRules::default() };
        assert!(mark(&mut system, &rules).is_err());
        let report = mark_with(&mut system, &rules, contributions.clone()).unwrap();
        // The total has 110, 50, 40: neither rule marks it.
        assert_eq!((report.marked, report.dominance, report.p_percent), (1, 1, 1));
        assert!(system.cell(total).unwrap().level.is_none());
        // 95 / 0.85 - 100 = 11.8; 10 % of 80 less 5 = 3.
        assert_eq!(system.cell(cells[0]).unwrap().level, Level { lower: 12, upper: 12 });
        let closer = PrimaryRules { p_percent: Some(5.0), ..PrimaryRules::default() };
        assert_eq!(mark_with(&mut system, &closer, contributions.clone()).unwrap().p_percent, 0);
        let nonsense = PrimaryRules { p_percent: Some(f64::NAN), ..PrimaryRules::default() };
        assert!(mark_with(&mut system, &nonsense, contributions).is_err());
    }
}
