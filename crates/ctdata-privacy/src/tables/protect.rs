//! Protection of tables: secondary suppression, and then more until the audit finds no marked cell exposed.
//!
//! An exposed cell comes with the reason: a combination of relations from which its limit follows, through figures that
//! are published. (It is the dual solution of the attacker's linear program.) If no figure in it can be withheld, nothing
//! helps: the limit follows from what everybody knows anyway. Otherwise one is withheld, the cheapest for the room that
//! it gives, and the attacker goes on. Withholding more never breaks a proof, so proofs carry over from round to round.
//!
//! # Sources
//! M. Fischetti, J. J. Salazar-González, Models and algorithms for optimizing cell suppression in tabular data with
//! linear constraints, Journal of the American Statistical Association 95 (2000): cuts from the attacker's dual.

use ctdata_table::Control;
use rustc_hash::FxHashSet;

use super::audit::{Audit, AuditOptions, audit_with, repair};
use super::{CellId, Pattern, Standing, SuppressOptions, TableSystem, suppress_with};
use crate::PrivacyError;

/// How tables are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct ProtectOptions {
    /// How [`protect`] withholds before the first audit.
    pub suppress: SuppressOptions,
    /// What the last audit computes.
    pub audit: AuditOptions,
    /// Whether figures that repair withheld, but that no proof needs, are published after all. Default: yes.
    pub publish_again: bool,
}

impl Default for ProtectOptions {
    fn default() -> Self {
        Self { suppress: SuppressOptions::default(), audit: AuditOptions::default(), publish_again: true }
    }
}

/// A pattern, and the proof that it protects.
#[derive(Debug, Clone)]
pub struct Protected {
    /// What is withheld.
    pub pattern: Pattern,
    /// The audit of it, which passes.
    pub audit: Audit,
    /// Figures withheld beyond the pattern that repair started from (for [`protect`], that of suppression).
    pub added_by_repair: u64,
    /// Audits until nothing was exposed.
    pub rounds: u64,
}

/// Protects tables: [`suppress`](super::suppress), and what the audit still finds exposed is repaired.
///
/// It could as well start from the marked figures alone, by [`protect_from`] an open pattern. Repair withholds for one
/// cell after the other what is cheapest for it, which takes longer and withholds more than suppression, and it knows
/// nothing of persons who are alone in a cell.
///
/// # Errors
/// [`PrivacyError::Unprotectable`] if marked cells are narrowed by what is known from outside, whatever is withheld;
/// counts above 2⁶²; the caller's wish to stop, or the memory cap.
pub fn protect(system: &TableSystem, options: &ProtectOptions, control: &Control) -> Result<Protected, PrivacyError> {
    let start = suppress_with(system, options.suppress, control)?;
    protect_from(system, start, options, control)
}

/// Protects tables, starting from a pattern, such as one of secondary suppression; marked figures are withheld as well.
///
/// # Errors
/// As [`protect`].
pub fn protect_from(
    system: &TableSystem,
    start: Pattern,
    options: &ProtectOptions,
    control: &Control,
) -> Result<Protected, PrivacyError> {
    let mut pattern = start;
    for (id, cell) in system.ids().zip(system.cells()) {
        if !cell.level.is_none() && cell.standing == Standing::Figure {
            pattern.withhold(id);
        }
    }
    let mut added: Vec<CellId> = Vec::new();
    let mut witnesses = Vec::new();
    let mut rounds = 0;
    let passed = loop {
        rounds += 1;
        control.report("protecting tables", rounds, None);
        let found = audit_with(system, &pattern, AuditOptions::default(), witnesses, control)?;
        if found.passes() {
            break found;
        }
        witnesses = found.witnesses;
        let more = repair(system, &mut pattern, &found.exposed, control)?;
        if more.hopeless > 0 || more.withheld.is_empty() {
            let cells = if more.hopeless > 0 { more.hopeless } else { found.summary.exposed };
            return Err(PrivacyError::Unprotectable { cells });
        }
        added.extend(more.withheld);
    };
    let withheld = added.len();
    if options.publish_again {
        let moved: FxHashSet<CellId> =
            passed.witnesses.iter().flat_map(|found| found.differences.iter().map(|(cell, _)| *cell)).collect();
        added.retain(|cell| {
            let needed = moved.contains(cell);
            if !needed {
                pattern.publish(*cell);
            }
            needed
        });
    }
    // Nothing changed: what was proven stands.
    let audit = if added.len() == withheld && options.audit == AuditOptions::default() {
        passed
    } else {
        audit_with(system, &pattern, options.audit, passed.witnesses, control)?
    };
    if !audit.passes() {
        return Err(PrivacyError::Unprotectable { cells: audit.summary.exposed });
    }
    Ok(Protected { pattern, audit, added_by_repair: added.len() as u64, rounds })
}

#[cfg(test)]
mod tests {
    use super::super::audit::AuditSummary;
    use super::*;
    use crate::tables::{Level, SystemCell};

    const ONE: Level = Level { lower: 1, upper: 1 };

    /// Rows (2,10,8), (9,12,7), (6,5,11) and all totals, with weights that are the counts; cells by row.
    fn example() -> (TableSystem, Vec<CellId>) {
        let counts = [2, 10, 8, 9, 12, 7, 6, 5, 11];
        let mut system = TableSystem::new();
        let cells: Vec<CellId> = counts.iter().map(|count| system.push(SystemCell::figure(*count)).unwrap()).collect();
        let lines = (0..3).flat_map(|i| [[3 * i, 3 * i + 1, 3 * i + 2], [i, i + 3, i + 6]]);
        for line in lines {
            let total = line.iter().map(|cell| counts[*cell]).sum();
            let total = system.push(SystemCell { standing: Standing::Fixed, ..SystemCell::figure(total) }).unwrap();
            system.sum(total, line.map(|cell| cells[cell])).unwrap();
        }
        (system, cells)
    }

    fn run(system: &TableSystem) -> Result<Protected, PrivacyError> {
        protect(system, &ProtectOptions::default(), &Control::default())
    }

    /// From the marked figures alone.
    fn repaired(system: &TableSystem) -> Protected {
        protect_from(system, Pattern::open(system), &ProtectOptions::default(), &Control::default()).unwrap()
    }

    #[test]
    fn one_marked_cell_gets_a_rectangle_of_low_cost() {
        let (mut system, cells) = example();
        system.cell_mut(cells[0]).unwrap().level = ONE;
        let weight = |protected: &Protected| -> f64 {
            let withheld = system.ids().filter(|cell| protected.pattern.withholds(*cell));
            withheld.map(|cell| system.cell(cell).unwrap().weight).sum()
        };
        // All patterns enumerated: 21, 24, 25 and 31 in addition to the 2 of the cell itself are the rectangles.
        let protected = repaired(&system);
        assert!((weight(&protected) - 2.0) <= 25.0, "{}", weight(&protected));
        assert_eq!((protected.pattern.len(), protected.added_by_repair), (4, 3));
        assert!(protected.audit.passes() && protected.rounds > 1);
        // Suppression finds the cheapest, and nothing is left to repair.
        let protected = run(&system).unwrap();
        assert!((weight(&protected) - 23.0).abs() < 1e-12);
        assert_eq!((protected.pattern.len(), protected.added_by_repair, protected.rounds), (4, 0, 1));
    }

    #[test]
    fn what_suffices_stays_and_marked_cells_are_withheld() {
        let (mut system, cells) = example();
        system.cell_mut(cells[0]).unwrap().level = ONE;
        let mut start = Pattern::open(&system);
        for cell in [1, 6, 7] {
            start.withhold(cells[cell]);
        }
        let protected = protect_from(&system, start, &ProtectOptions::default(), &Control::default()).unwrap();
        assert_eq!((protected.added_by_repair, protected.rounds, protected.pattern.len()), (0, 1, 4));
        let AuditSummary { marked, protected, exposed, .. } = protected.audit.summary;
        assert_eq!((marked, protected, exposed), (1, 1, 0));
    }

    #[test]
    fn cells_that_the_outside_knows_cannot_be_helped() {
        let (mut system, cells) = example();
        system.cell_mut(cells[0]).unwrap().level = Level { lower: 3, upper: 1 };
        assert!(matches!(run(&system), Err(PrivacyError::Unprotectable { cells: 1 })));
        // The sum of the first row is 20: nobody can be made to believe in 19 more.
        system.cell_mut(cells[0]).unwrap().level = Level { lower: 0, upper: 19 };
        assert!(matches!(run(&system), Err(PrivacyError::Unprotectable { cells: 1 })));
    }
}
