//! What is known of the counts without any table: from the released records and their number.
//!
//! No withholding hides that. So a count is protected as far as can be, and where it is known exactly there is nothing
//! left to protect; it is not printed all the same.

use std::collections::HashSet;

use ctdata_privacy::tables::{AuditOptions, CellId, Fraction, Level, Pattern, Standing, TableSystem, audit};
use ctdata_table::Control;

use crate::PublishError;

/// Counts of which the records tell more than the rules allow.
#[derive(Debug, Default)]
pub(crate) struct KnownOutside {
    exactly: HashSet<CellId>,
    /// How many are known more closely than the rules allow, but not exactly.
    narrowed: u64,
}

impl KnownOutside {
    /// Takes back the levels of a system to what is possible when nothing at all is printed.
    pub(crate) fn cap(system: &mut TableSystem, control: &Control) -> Result<Self, PublishError> {
        let mut nothing = Pattern::open(system);
        for cell in system.ids() {
            nothing.withhold(cell);
        }
        let found = audit(system, &nothing, &AuditOptions::default(), control)?;
        let mut known = Self::default();
        for exposed in found.exposed {
            let Some(cell) = system.cell_mut(exposed.cell) else { continue };
            let count = i128::from(cell.count);
            let below = room(count, exposed.low, -1);
            let above = exposed.high.map_or(u64::MAX, |high| room(count, high, 1));
            let level = Level { lower: cell.level.lower.min(below), upper: cell.level.upper.min(above) };
            if below == 0 && above == 0 {
                cell.standing = Standing::Fixed;
                cell.level = Level::default();
                known.exactly.insert(exposed.cell);
            } else if level.is_none() {
                // One side is all that there is to hide, and more than was asked of it.
                cell.level = Level { lower: below.min(1), upper: above.min(1) };
                known.narrowed += 1;
            } else {
                cell.level = level;
                known.narrowed += 1;
            }
        }
        Ok(known)
    }

    /// Whether a count is not to be printed although everybody can work it out.
    pub(crate) fn is_exact(&self, cell: CellId) -> bool {
        self.exactly.contains(&cell)
    }

    /// How many counts are known more closely than the rules allow, exactly or not.
    pub(crate) fn len(&self) -> u64 {
        self.narrowed + u64::try_from(self.exactly.len()).unwrap_or(u64::MAX)
    }
}

/// How many whole persons lie between a count and a bound on one side of it.
fn room(count: i128, bound: Fraction, side: i128) -> u64 {
    let denominator = i128::from(bound.denominator.max(1));
    let distance = side * (bound.numerator - count * denominator);
    u64::try_from(distance.max(0) / denominator).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_privacy::tables::SystemCell;

    #[test]
    fn levels_are_taken_back_to_what_records_leave_open() {
        // Of ten people the records show nine: the tenth is in one of two categories.
        let mut system = TableSystem::new();
        let fixed = |count| SystemCell { standing: Standing::Fixed, ..SystemCell::figure(count) };
        let level = Level { lower: 1, upper: 5 };
        let total = system.push(fixed(10)).unwrap();
        let [one, other] = [6, 4].map(|count| system.push(SystemCell { level, ..SystemCell::figure(count) }).unwrap());
        system.sum(total, [one, other]).unwrap();
        for (cell, shown) in [(one, 5), (other, 4)] {
            let shown = system.push(fixed(shown)).unwrap();
            let rest = system.cell(cell).unwrap().count - system.cell(shown).unwrap().count;
            let unseen = system.push(SystemCell::inner(rest)).unwrap();
            system.sum(cell, [shown, unseen]).unwrap();
        }
        // A third is all in the records.
        let known = system.push(SystemCell { level, ..SystemCell::figure(3) }).unwrap();
        let shown = system.push(fixed(3)).unwrap();
        system.sum(known, [shown]).unwrap();
        let capped = KnownOutside::cap(&mut system, &Control::default()).unwrap();
        assert_eq!((capped.len(), capped.is_exact(known), capped.is_exact(one)), (3, true, false));
        assert_eq!(system.cell(one).unwrap().level, Level { lower: 1, upper: 0 });
        assert_eq!(system.cell(other).unwrap().level, Level { lower: 0, upper: 1 });
        assert_eq!(system.cell(known).unwrap().standing, Standing::Fixed);
    }
}
