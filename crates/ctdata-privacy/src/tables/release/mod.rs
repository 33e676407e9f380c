//! What is published of a [`TableSystem`]: figures, how they are protected, and the certificate.

mod certificate;
mod noise;
mod suppression;

use super::{CellId, Pattern, Standing, TableSystem, Witness};
use crate::Unverified;

pub use certificate::{TableCertificate, TableMethod, TableRule, TableRules};
use suppression::TableClaim;

/// What is published of one cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// A number.
    Value(u64),
    /// A figure without its number.
    Withheld,
    /// Nothing: the cell is not printed.
    Nothing,
}

/// Figures of linked tables as they are published.
///
/// ```
/// use ctdata_privacy::tables::{
///     Direction, Level, Pattern, ProtectedTables, SystemCell, TableRule, TableRules, TableSystem, Witness,
/// };
/// use ctdata_privacy::PrivacyUnit;
/// use ctdata_table::Control;
/// let mut system = TableSystem::new();
/// let few = SystemCell { level: Level { lower: 1, upper: 3 }, ..SystemCell::figure(2) };
/// let few = system.push(few)?;
/// let many = system.push(SystemCell::figure(40))?;
/// let total = system.push(SystemCell::figure(42))?;
/// system.sum(total, [few, many])?;
/// let mut pattern = Pattern::open(&system);
/// pattern.withhold(few);
/// pattern.withhold(many);
/// // Nobody can tell 2 and 40 from 5 and 37, or from 1 and 41.
/// let moved = |by| Witness { cell: few, differences: vec![(few, by), (many, -by)], denominator: 1 };
/// let rules = TableRules::new(PrivacyUnit::Record, [TableRule::Threshold { below: 5, zeros: false }]);
/// let output = ProtectedTables::suppressed(system, pattern, vec![moved(3), moved(-1)], rules);
/// let released = output.verify(&Control::default())?;
/// assert_eq!((released.get().value(total), released.get().value(few)), (Some(42), None));
/// assert_eq!(released.get().certificate().narrowest_interval, Some(4));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct ProtectedTables {
    shown: Vec<Shown>,
    certificate: TableCertificate,
}

impl ProtectedTables {
    /// The figures that a pattern publishes, to be verified: marked cells (those with a level) are hidden, and the
    /// witnesses prove that none can be narrowed below its level.
    ///
    /// # Guarantee
    /// For every marked cell there are other tables that agree with all that is published, in which its count is above
    /// the true one by its upper level and more, and below it by its lower level and more. Assumed of attackers: they
    /// know the relations, the bounds of the cells and everything published, and of single records nothing else.
    pub fn suppressed(
        system: TableSystem,
        pattern: Pattern,
        witnesses: Vec<Witness>,
        rules: TableRules,
    ) -> Unverified<Self> {
        let shown = system
            .cells()
            .iter()
            .zip(system.ids())
            .map(|(cell, id)| match cell.standing {
                Standing::Inner => Shown::Nothing,
                Standing::Figure if pattern.withholds(id) => Shown::Withheld,
                Standing::Figure | Standing::Fixed => Shown::Value(cell.count),
            })
            .collect();
        let certificate = suppression::account(&system, &pattern, &witnesses, &rules);
        let claim = TableClaim::new(system, pattern, witnesses, rules, certificate.clone());
        Unverified::new(Self { shown, certificate }, claim)
    }

    /// The number published for a cell; none if it is withheld or not printed.
    pub fn value(&self, cell: CellId) -> Option<u64> {
        match self.shown.get(cell.index()) {
            Some(Shown::Value(value)) => Some(*value),
            _ => None,
        }
    }

    /// Whether a cell is a figure that is withheld.
    pub fn is_withheld(&self, cell: CellId) -> bool {
        self.shown.get(cell.index()) == Some(&Shown::Withheld)
    }

    /// The figures that are withheld.
    pub fn withheld(&self) -> impl Iterator<Item = CellId> {
        self.figures().filter(|(_, value)| value.is_none()).map(|(cell, _)| cell)
    }

    /// All figures with the number published, none where it is withheld.
    pub fn figures(&self) -> impl Iterator<Item = (CellId, Option<u64>)> {
        (0u32..).zip(&self.shown).filter_map(|(id, shown)| match shown {
            Shown::Value(value) => Some((CellId(id), Some(*value))),
            Shown::Withheld => Some((CellId(id), None)),
            Shown::Nothing => None,
        })
    }

    /// How the figures are protected.
    pub fn method(&self) -> TableMethod {
        self.certificate.method
    }

    /// What was done and proven.
    pub fn certificate(&self) -> &TableCertificate {
        &self.certificate
    }
}

/// No figure: before verification they are confidential.
impl std::fmt::Debug for ProtectedTables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProtectedTables").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
