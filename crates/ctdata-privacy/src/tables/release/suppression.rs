//! The claim that withheld figures hide every marked cell, recounted witness by witness.

use std::collections::{BTreeMap, BTreeSet};

use ctdata_table::Control;

use super::{ProtectedTables, Shown, TableCertificate, TableMethod, TableRules};
use crate::release::Claim;
use crate::statement::TableFacts;
use crate::tables::{CellId, Pattern, Relation, Standing, TableSystem, Witness};
use crate::{BrokenGuarantee, PrivacyError, RecordCounts, Statement, Summary};

/// What tables with withheld figures are claimed to be.
pub(super) struct TableClaim {
    system: TableSystem,
    pattern: Pattern,
    witnesses: Vec<Witness>,
    rules: TableRules,
    certificate: TableCertificate,
    summary: Summary,
}

impl TableClaim {
    pub(super) fn new(
        system: TableSystem,
        pattern: Pattern,
        witnesses: Vec<Witness>,
        rules: TableRules,
        certificate: TableCertificate,
    ) -> Self {
        let summary = summary(&rules);
        Self { system, pattern, witnesses, rules, certificate, summary }
    }
}

/// What a summary can say of tables: what they count.
pub(super) fn summary(rules: &TableRules) -> Summary {
    Summary {
        unit: rules.unit,
        records: RecordCounts::default(),
        blanked: Vec::new(),
        generalized: Vec::new(),
        classes: 0,
        smallest_class: None,
    }
}

/// How far witnesses move a cell, in whole persons, and whether tables of whole persons are enough for its level.
#[derive(Default)]
struct Moved {
    up: u64,
    down: u64,
    up_by_whole: u64,
    down_by_whole: u64,
}

impl Moved {
    fn by(&mut self, difference: i64, denominator: u64) {
        let whole = difference.unsigned_abs() / denominator.max(1);
        let (far, far_by_whole) = match difference {
            0.. => (&mut self.up, &mut self.up_by_whole),
            _ => (&mut self.down, &mut self.down_by_whole),
        };
        *far = whole.max(*far);
        if denominator == 1 {
            *far_by_whole = whole.max(*far_by_whole);
        }
    }
}

/// The account of a mechanism, which takes its witnesses at their word.
pub(super) fn account(
    system: &TableSystem,
    pattern: &Pattern,
    witnesses: &[Witness],
    rules: &TableRules,
) -> TableCertificate {
    let mut moved: BTreeMap<CellId, Moved> = BTreeMap::new();
    for witness in witnesses {
        for &(cell, by) in &witness.differences {
            moved.entry(cell).or_default().by(by, witness.denominator);
        }
    }
    certificate(system, pattern, &moved, rules)
}

fn certificate(
    system: &TableSystem,
    pattern: &Pattern,
    moved: &BTreeMap<CellId, Moved>,
    rules: &TableRules,
) -> TableCertificate {
    let mut certificate = TableCertificate {
        method: TableMethod::Suppression,
        rules: rules.rules.clone(),
        figures: 0,
        marked: 0,
        withheld: 0,
        proven_by_whole_tables: 0,
        narrowest_interval: None,
    };
    let still = Moved::default();
    for (id, cell) in system.ids().zip(system.cells()) {
        certificate.figures += u64::from(cell.standing != Standing::Inner);
        certificate.withheld += u64::from(cell.standing == Standing::Figure && pattern.withholds(id));
        if !cell.level.is_none() {
            let moved = moved.get(&id).unwrap_or(&still);
            let by_whole = moved.up_by_whole >= cell.level.upper && moved.down_by_whole >= cell.level.lower;
            certificate.marked += 1;
            certificate.proven_by_whole_tables += u64::from(by_whole);
            let width = moved.up.saturating_add(moved.down);
            let narrowest = certificate.narrowest_interval.map_or(width, |narrowest| narrowest.min(width));
            certificate.narrowest_interval = Some(narrowest);
        }
    }
    certificate
}

impl Claim<ProtectedTables> for TableClaim {
    fn summary(&self) -> &Summary {
        &self.summary
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn verify(&self, output: &ProtectedTables, control: &Control) -> Result<Statement, PrivacyError> {
        control.check()?;
        self.recount_relations()?;
        self.recount_figures(output)?;
        self.recount_marks(output)?;
        let moved = self.recount_witnesses(output, control)?;
        let short = self.system.ids().zip(self.system.cells()).filter(|(id, cell)| {
            let (up, down) = moved.get(id).map_or((0, 0), |moved| (moved.up, moved.down));
            up < cell.level.upper || down < cell.level.lower
        });
        let cells = short.count() as u64;
        if cells > 0 {
            return Err(BrokenGuarantee::NotProven { cells }.into());
        }
        let recounted = certificate(&self.system, &self.pattern, &moved, &self.rules);
        if recounted != output.certificate || recounted != self.certificate {
            return Err(BrokenGuarantee::Account.into());
        }
        Ok(Statement::of_tables(TableFacts {
            unit: self.rules.unit,
            dimensions: self.rules.dimensions.clone(),
            certificate: recounted,
        }))
    }
}

impl TableClaim {
    /// Counts may have been changed after the relations were made: they must still hold.
    fn recount_relations(&self) -> Result<(), BrokenGuarantee> {
        let count = |cell: CellId| self.system.cell(cell).map_or(0, |cell| i128::from(cell.count));
        let holds = |relation: &&Relation| {
            relation.terms.iter().map(|&(cell, coefficient)| i128::from(coefficient) * count(cell)).sum::<i128>() == 0
        };
        let broken = self.system.relations().iter().filter(|relation| !holds(relation)).count() as u64;
        if broken > 0 { Err(BrokenGuarantee::Relations { relations: broken }) } else { Ok(()) }
    }

    /// Every figure is printed or withheld as the pattern says, and every number printed is the true count.
    fn recount_figures(&self, output: &ProtectedTables) -> Result<(), BrokenGuarantee> {
        let cells = self.system.cells();
        let mut wrong = cells.len().abs_diff(output.shown.len()) as u64;
        for ((id, cell), shown) in self.system.ids().zip(cells).zip(&output.shown) {
            let right = match (cell.standing, shown) {
                (Standing::Inner, Shown::Nothing) => true,
                (Standing::Figure, Shown::Withheld) => self.pattern.withholds(id),
                (Standing::Figure, Shown::Value(value)) => !self.pattern.withholds(id) && *value == cell.count,
                (Standing::Fixed, Shown::Value(value)) => *value == cell.count,
                _ => false,
            };
            wrong += u64::from(!right);
        }
        if wrong > 0 { Err(BrokenGuarantee::Figures { figures: wrong }) } else { Ok(()) }
    }

    /// Every cell that a rule marks by its count, or for what it is of a total, is marked, and no number of a marked cell
    /// is printed.
    fn recount_marks(&self, output: &ProtectedTables) -> Result<(), BrokenGuarantee> {
        let (mut unmarked, mut printed) = (0, 0);
        let others = self.others();
        for ((id, cell), shown) in self.system.ids().zip(self.system.cells()).zip(&output.shown) {
            let marked = !cell.level.is_none();
            // Inner cells of weight zero are differences that stand for no group, and what bounds tell is known anyway.
            let somebody = match cell.standing {
                Standing::Figure => true,
                Standing::Inner => cell.weight > 0.0,
                Standing::Fixed => false,
            };
            let known = cell.least == cell.count && cell.most == Some(cell.count);
            let by_count = !known && self.rules.rules.iter().any(|rule| rule.marks(cell.count));
            // Everybody knows of that many that they are in the part.
            let by_total = cell.least < cell.count && others.contains(&id);
            unmarked += u64::from(somebody && (by_count || by_total) && !marked);
            printed += u64::from(marked && matches!(shown, Shown::Value(_)));
        }
        match (unmarked, printed) {
            (0, 0) => Ok(()),
            (0, figures) => Err(BrokenGuarantee::MarkedFigures { figures }),
            (cells, _) => Err(BrokenGuarantee::Unmarked { cells }),
        }
    }

    /// Parts with people in them that a rule marks for how few others their total has.
    fn others(&self) -> BTreeSet<CellId> {
        let mut found = BTreeSet::new();
        let count = |cell: CellId| self.system.cell(cell).map_or(0, |cell| cell.count);
        for relation in self.system.relations().iter().take(self.rules.sums) {
            for sign in [1, -1] {
                let mut totals = relation.terms.iter().filter(|(_, by)| *by == sign);
                let parts = || relation.terms.iter().filter(|(_, by)| *by == -sign);
                // One total, and all the others, at least two, are parts.
                let (Some((total, _)), None) = (totals.next(), totals.next()) else { continue };
                if relation.terms.len() < 3 || parts().count() + 1 < relation.terms.len() {
                    continue;
                }
                let all = count(*total);
                let marks = |part: u64| {
                    part > 0 && self.rules.rules.iter().any(|rule| rule.marks_part(all.saturating_sub(part)))
                };
                found.extend(parts().map(|(part, _)| *part).filter(|part| marks(count(*part))));
            }
        }
        found
    }

    /// Checks each witness against what is printed, relation by relation, and gives how far they move each cell.
    fn recount_witnesses(
        &self,
        output: &ProtectedTables,
        control: &Control,
    ) -> Result<BTreeMap<CellId, Moved>, PrivacyError> {
        // Which relations a cell is in, by their places.
        let mut relations_of: BTreeMap<CellId, Vec<usize>> = BTreeMap::new();
        for (place, relation) in self.system.relations().iter().enumerate() {
            for (cell, _) in &relation.terms {
                relations_of.entry(*cell).or_default().push(place);
            }
        }
        let mut moved: BTreeMap<CellId, Moved> = BTreeMap::new();
        for (place, witness) in self.witnesses.iter().enumerate() {
            if place.is_multiple_of(256) {
                control.check()?;
                control.report("checking witnesses", place as u64, Some(self.witnesses.len() as u64));
            }
            if !self.agrees(witness, output, &relations_of) {
                return Err(BrokenGuarantee::Witness { position: place + 1 }.into());
            }
            for &(cell, by) in &witness.differences {
                moved.entry(cell).or_default().by(by, witness.denominator);
            }
        }
        Ok(moved)
    }

    /// Whether other tables agree with everything printed, with the relations and with the bounds.
    fn agrees(&self, witness: &Witness, output: &ProtectedTables, relations_of: &BTreeMap<CellId, Vec<usize>>) -> bool {
        let scale = i128::from(witness.denominator);
        let by: BTreeMap<CellId, i128> =
            witness.differences.iter().map(|&(cell, difference)| (cell, i128::from(difference))).collect();
        if scale == 0 || by.len() != witness.differences.len() {
            return false;
        }
        let free = by.iter().all(|(&id, &difference)| {
            let Some(cell) = self.system.cell(id) else { return false };
            // In units of one part of the denominator, so that nothing is rounded.
            let other = i128::from(cell.count) * scale + difference;
            let printed = matches!(output.shown.get(id.index()), Some(Shown::Value(_)) | None);
            !printed
                && other >= i128::from(cell.least) * scale
                && cell.most.is_none_or(|most| other <= i128::from(most) * scale)
        });
        // Relations that no cell of the witness is in keep their sum.
        let touched: BTreeSet<usize> = by.keys().filter_map(|cell| relations_of.get(cell)).flatten().copied().collect();
        free && touched.iter().filter_map(|&place| self.system.relations().get(place)).all(|relation| {
            let moved = |(cell, coefficient): &(CellId, i32)| {
                by.get(cell).map_or(0, |difference| i128::from(*coefficient) * difference)
            };
            relation.terms.iter().map(moved).sum::<i128>() == 0
        })
    }
}
