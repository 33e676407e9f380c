//! The audit: how far can an attacker narrow each withheld cell?
//!
//! Whoever knows the relations, everything published, and the bounds of each cell finds the least and the greatest
//! count that agree with them by linear programming. A cell is protected if these lie its level away from the true
//! count, on both sides. That is proven by a [`Witness`]: another table with the same published figures. A witness often
//! proves several cells, and no level is proven twice.
//!
//! What is not hidden or is determined drops out first; the rest falls into components. A component in which each cell
//! is in at most two relations, as in a table of two dimensions, is a network, and witnesses are flows; otherwise a
//! simplex in whole numbers finds them. Every witness is checked against the relations as given before it counts.
//!
//! # Sources
//! M. Fischetti, J. J. Salazar-González, Models and algorithms for optimizing cell suppression in tabular data with
//! linear constraints, Journal of the American Statistical Association 95 (2000). D. Gusfield, A graph theoretic approach
//! to statistical data security, SIAM Journal on Computing 17 (1988).

mod attack;
mod network;
mod proof;
mod reduce;
mod repair;
mod report;
mod tableau;
#[cfg(test)]
mod tests;

use ctdata_table::{Control, TableError};
use rustc_hash::FxHashMap;

use self::attack::Attack;
use self::proof::{Checker, asked, reach};
use self::reduce::{Component, reduce};
use super::{CellId, Direction, Pattern, Standing, TableSystem, Witness};
use crate::PrivacyError;

use self::reduce::Column;
pub(super) use self::repair::repair;
pub use report::{Audit, AuditSummary, Feasible, Fraction};

/// How far the intervals of an audit go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Intervals {
    /// Only those of exposed cells: protected ones need no more than a proof.
    #[default]
    Exposed,
    /// Of every withheld figure and every marked cell, exact.
    All,
}

/// What an audit computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct AuditOptions {
    /// The intervals, in addition to the proofs.
    pub intervals: Intervals,
}

/// How a search for a table ends.
pub(super) enum Reach {
    /// The cell is as far from its true count as asked for.
    Goal,
    /// It goes this far and no further: a fraction with positive denominator, from the true count.
    End(i128, i64),
    /// Nothing limits it.
    Endless,
}

/// Why a search does not end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The caller's wish.
    Caller(TableError),
    /// Numbers above 64 bits.
    Overflow,
}

impl From<TableError> for Stop {
    fn from(error: TableError) -> Self {
        Self::Caller(error)
    }
}

impl From<std::num::TryFromIntError> for Stop {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self::Overflow
    }
}

/// What came of a search: `None` if numbers grew too large.
fn settled<T>(result: Result<T, Stop>) -> Result<Option<T>, PrivacyError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Stop::Overflow) => Ok(None),
        Err(Stop::Caller(error)) => Err(error.into()),
    }
}

/// Audits a pattern: whether every cell with a [`Level`](super::Level) is protected. A marked figure that the pattern
/// publishes is exposed; a marked fixed cell is not counted, since it is known already.
///
/// # Errors
/// Counts above 2⁶², the caller's wish to stop, or the memory cap.
pub fn audit(
    system: &TableSystem,
    pattern: &Pattern,
    options: &AuditOptions,
    control: &Control,
) -> Result<Audit, PrivacyError> {
    audit_with(system, pattern, *options, Vec::new(), control)
}

/// What an attacker finds out about one cell, exactly. A cell that is not hidden is known.
///
/// # Errors
/// A cell that is not there; as [`audit`].
pub fn feasible_interval(
    system: &TableSystem,
    pattern: &Pattern,
    cell: CellId,
    control: &Control,
) -> Result<Feasible, PrivacyError> {
    if system.cell(cell).is_none() {
        return Err(PrivacyError::InvalidParameter { parameter: "cell", rule: "it is not there".into() });
    }
    let mut targets = vec![false; system.cells().len()];
    if let Some(target) = targets.get_mut(cell.index()) {
        *target = true;
    }
    let reduction = reduce(system, pattern, &targets)?;
    for component in &reduction.components {
        let of_cell = |column: &Column| column.members.first().is_some_and(|(first, _)| *first == cell);
        if let Some(column) = component.columns.iter().position(of_cell) {
            let mut attack = settled(Attack::new(component, control))?;
            return interval(system, attack.as_mut(), cell, Some(column), control);
        }
    }
    interval(system, None, cell, None, control)
}

/// The interval of a cell that is a column of its own; of a determined one without `column`.
fn interval(
    system: &TableSystem,
    attack: Option<&mut Attack<'_>>,
    cell: CellId,
    column: Option<usize>,
    control: &Control,
) -> Result<Feasible, PrivacyError> {
    let count = system.cell(cell).map_or(0, |cell| cell.count);
    let known = Fraction::whole(count.into());
    let mut found = Feasible { cell, low: known, high: Some(known), certified: column.is_none() };
    let (Some(attack), Some(column)) = (attack, column) else { return Ok(found) };
    let down = settled(attack.push(column, Direction::Down, None, control))?;
    let Some(Reach::End(top, bottom)) = down else { return Ok(found) };
    let Some(up) = settled(attack.push(column, Direction::Up, None, control))? else { return Ok(found) };
    found.low = Fraction::beside(count, top, bottom);
    found.high = match up {
        Reach::End(top, bottom) => Some(Fraction::beside(count, top, bottom)),
        Reach::Goal | Reach::Endless => None,
    };
    found.certified = true;
    Ok(found)
}

/// Whether an interval is as wide as the level of its cell asks for.
fn is_wide_enough(system: &TableSystem, found: &Feasible) -> bool {
    let Some(cell) = system.cell(found.cell) else { return false };
    // At least `bound` away: compared in whole numbers.
    let reaches = |end: Fraction, bound: i128, sign: i128| {
        end.numerator * sign >= (i128::from(cell.count) * sign + bound) * i128::from(end.denominator)
    };
    reaches(found.low, cell.level.lower.into(), -1)
        && found.high.is_none_or(|high| reaches(high, cell.level.upper.into(), 1))
}

/// How far witnesses move a marked cell in one direction.
#[derive(Clone, Copy, Default)]
struct Shown {
    by: u64,
    /// How far tables of whole persons alone move it.
    whole: u64,
}

/// The proofs so far.
struct Proofs<'a> {
    system: &'a TableSystem,
    checker: Checker<'a>,
    shown: FxHashMap<(CellId, Direction), Shown>,
    witnesses: Vec<Witness>,
}

impl Proofs<'_> {
    /// What is still to be shown of a cell.
    fn missing(&self, cell: CellId, direction: Direction) -> Option<u64> {
        let asked = asked(self.system.cell(cell)?.level, direction);
        let shown = self.shown.get(&(cell, direction)).map_or(0, |shown| shown.by);
        (shown < asked).then_some(asked)
    }

    /// Takes a witness in if it holds; keeps it if it proves what was not proven. Whether it does.
    fn take(&mut self, witness: Witness) -> bool {
        if !self.checker.holds(&witness) {
            return false;
        }
        let mut proves = false;
        for &(cell, by) in &witness.differences {
            let (direction, by) = reach(by, witness.denominator);
            let Some(known) = self.system.cell(cell).filter(|known| !known.level.is_none()) else { continue };
            let asked = asked(known.level, direction);
            let shown = self.shown.entry((cell, direction)).or_default();
            proves |= shown.by < asked && by >= asked;
            // A part of the way is no proof, and is not kept as one.
            if by >= asked {
                shown.by = shown.by.max(by);
                if witness.denominator == 1 {
                    shown.whole = shown.whole.max(by);
                }
            }
        }
        if proves {
            self.witnesses.push(witness);
        }
        proves
    }
}

/// An audit that starts from witnesses of an earlier one.
pub(super) fn audit_with(
    system: &TableSystem,
    pattern: &Pattern,
    options: AuditOptions,
    seeds: Vec<Witness>,
    control: &Control,
) -> Result<Audit, PrivacyError> {
    let terms: usize = system.relations().iter().map(|relation| relation.terms.len()).sum();
    // Entries by row, by column and for checks; rooms and lists by cell.
    let bytes = 64u64.saturating_mul(terms as u64).saturating_add(128u64.saturating_mul(system.cells().len() as u64));
    control.reserve(bytes)?;
    let is_marked = |cell: &super::SystemCell| !cell.level.is_none() && cell.standing != Standing::Fixed;
    let all = options.intervals == Intervals::All;
    let mut targets = Vec::with_capacity(system.cells().len());
    let mut summary = AuditSummary::default();
    for (id, cell) in system.ids().zip(system.cells()) {
        let withheld = cell.standing == Standing::Figure && pattern.withholds(id);
        summary.withheld += u64::from(withheld);
        summary.marked += u64::from(is_marked(cell));
        targets.push(is_marked(cell) || (all && withheld));
    }
    let reduction = reduce(system, pattern, &targets)?;
    summary.hidden = reduction.hidden as u64;
    summary.components = reduction.components.len() as u64;
    summary.largest_component =
        reduction.components.iter().map(|component| component.columns.len() as u64).max().unwrap_or(0);
    let mut proofs =
        Proofs { system, checker: Checker::new(system, pattern), shown: FxHashMap::default(), witnesses: Vec::new() };
    for seed in seeds {
        proofs.take(seed);
    }
    let mut intervals = Vec::new();
    let mut found = vec![false; targets.len()];
    for (done, component) in reduction.components.iter().enumerate() {
        control.check()?;
        control.report("auditing tables", done as u64, Some(summary.components));
        attack(component, &targets, all, &mut proofs, &mut summary, &mut intervals, control)?;
        for column in &component.columns {
            for (cell, _) in &column.members {
                if let Some(found) = found.get_mut(cell.index()) {
                    *found = true;
                }
            }
        }
    }
    // What is not in a component is known or determined.
    for (id, cell) in system.ids().zip(system.cells()) {
        let [target, found] = [&targets, &found].map(|list| list.get(id.index()).copied().unwrap_or(false));
        if target && !found {
            let known = Fraction::whole(cell.count.into());
            intervals.push(Feasible { cell: id, low: known, high: Some(known), certified: true });
        }
    }
    intervals.sort_unstable_by_key(|interval: &Feasible| interval.cell);
    let open = |cell: CellId| [Direction::Down, Direction::Up].iter().any(|way| proofs.missing(cell, *way).is_some());
    let exposed: Vec<Feasible> = intervals.iter().filter(|interval| open(interval.cell)).copied().collect();
    summary.exposed = exposed.len() as u64;
    summary.protected = summary.marked - summary.exposed;
    let certain = |found: &&Feasible| found.certified && !is_wide_enough(system, found);
    summary.uncertain = summary.exposed - exposed.iter().filter(certain).count() as u64;
    for (id, cell) in system.ids().zip(system.cells()).filter(|(id, cell)| is_marked(cell) && !open(*id)) {
        let ways = [Direction::Down, Direction::Up].map(|way| {
            let shown = proofs.shown.get(&(id, way)).copied().unwrap_or_default();
            (shown.by, shown.whole >= asked(cell.level, way))
        });
        let width = ways.iter().fold(0u64, |width, (by, _)| width.saturating_add(*by));
        summary.narrowest_width = Some(summary.narrowest_width.map_or(width, |least| least.min(width)));
        summary.protected_by_whole_tables += u64::from(ways.iter().all(|(_, whole)| *whole));
    }
    summary.witnesses = proofs.witnesses.len() as u64;
    control.report("auditing tables", summary.components, Some(summary.components));
    if !all {
        intervals.clone_from(&exposed);
    }
    Ok(Audit { summary, exposed, intervals, witnesses: proofs.witnesses })
}

/// Attacks one component: proves what can be proven, and computes the intervals of what cannot (or of all targets).
fn attack(
    component: &Component,
    targets: &[bool],
    all: bool,
    proofs: &mut Proofs<'_>,
    summary: &mut AuditSummary,
    intervals: &mut Vec<Feasible>,
    control: &Control,
) -> Result<(), PrivacyError> {
    let ways = [Direction::Down, Direction::Up];
    let columns = component.columns.iter().enumerate();
    let cells = columns.filter_map(|(column, members)| Some((column, members.members.first()?.0)));
    let cells: Vec<(usize, CellId)> =
        cells.filter(|(_, cell)| targets.get(cell.index()).copied().unwrap_or(false)).collect();
    let needed = |proofs: &Proofs<'_>, cell| ways.iter().any(|way| proofs.missing(cell, *way).is_some());
    if !cells.iter().any(|(_, cell)| all || needed(proofs, *cell)) {
        return Ok(());
    }
    let mut attack = settled(Attack::new(component, control))?;
    let is_network = attack.as_ref().is_some_and(Attack::is_network);
    summary.networks += u64::from(is_network);
    summary.programs += u64::from(!is_network);
    for (column, cell) in cells {
        for way in ways {
            let Some(goal) = proofs.missing(cell, way) else { continue };
            let Some(attacker) = attack.as_mut() else { break };
            match settled(attacker.push(column, way, Some(goal), control))? {
                Some(Reach::Goal) => {
                    if let Some(witness) = settled(attacker.witness(column, goal))? {
                        proofs.take(witness);
                    }
                }
                Some(_) => break,
                // The equations are of no more use; others may stay in range.
                None => attack = settled(Attack::new(component, control))?,
            }
        }
        if all || needed(proofs, cell) {
            intervals.push(interval(proofs.system, attack.as_mut(), cell, Some(column), control)?);
            if intervals.last().is_some_and(|interval| !interval.certified) {
                attack = settled(Attack::new(component, control))?;
            }
        }
    }
    summary.pivots += attack.as_ref().map_or(0, Attack::pivots);
    Ok(())
}
