//! What an audit finds: numbers that may be published, intervals and witnesses that may not.

use std::fmt;

use crate::tables::{CellId, Witness};

/// A count as a fraction in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    /// The numerator.
    pub numerator: i128,
    /// The denominator, at least 1.
    pub denominator: u64,
}

impl Fraction {
    /// A whole number.
    pub fn whole(value: i128) -> Self {
        Self { numerator: value, denominator: 1 }
    }

    /// A count and a difference from it, `top / bottom` with a positive `bottom`.
    pub(super) fn beside(count: u64, top: i128, bottom: i64) -> Self {
        let (mut a, mut b) = (top.unsigned_abs(), u128::from(bottom.unsigned_abs()));
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let common = i128::try_from(a.max(1)).unwrap_or(1);
        let denominator = i128::from(bottom.max(1)) / common;
        let numerator = i128::from(count) * denominator + top / common;
        Self { numerator, denominator: u64::try_from(denominator).unwrap_or(1) }
    }

    /// The nearest floating point number.
    #[expect(clippy::cast_precision_loss, reason = "asked for")]
    pub fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

/// As confidential as a count.
impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fraction(..)")
    }
}

/// What an attacker finds out about a cell: the least and the greatest count that agree with everything published.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Feasible {
    /// The cell.
    pub cell: CellId,
    /// The least.
    pub low: Fraction,
    /// The greatest; `None` if nothing limits it.
    pub high: Option<Fraction>,
    /// Whether both are exact. If not (numbers above 64 bits on the way), the interval is the true count alone: what is
    /// not certified counts as exposed.
    pub certified: bool,
}

/// No counts: `Debug` output lands in logs.
impl fmt::Debug for Feasible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feasible").field("cell", &self.cell).finish_non_exhaustive()
    }
}

/// The part of an audit that can be published: how much was looked at, and that nothing is exposed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AuditSummary {
    /// Cells that an attacker does not read: withheld figures and counts that are not printed.
    pub hidden: u64,
    /// Withheld figures.
    pub withheld: u64,
    /// Cells with a protection level.
    pub marked: u64,
    /// Those that nobody can narrow below it.
    pub protected: u64,
    /// Those that somebody can, or may be able to.
    pub exposed: u64,
    /// Exposed cells of which this is not certain, because numbers grew too large to certify either.
    pub uncertain: u64,
    /// Protected cells for which other tables of whole persons show it in both directions.
    pub protected_by_whole_tables: u64,
    /// Over all protected cells, the least width of what certainly remains open: from the lowest to the highest count
    /// that some other table shows, rounded down. `None` without protected cells.
    pub narrowest_width: Option<u64>,
    /// Groups of hidden cells that relations connect.
    pub components: u64,
    /// Columns (hidden cells, those alike taken together) of the largest of them.
    pub largest_component: u64,
    /// Components with marked cells that were solved as networks.
    pub networks: u64,
    /// Components with marked cells that were solved by the simplex.
    pub programs: u64,
    /// Pivots of the simplex.
    pub pivots: u64,
    /// Other tables that serve as proofs.
    pub witnesses: u64,
}

/// The answer to: how far can an attacker narrow what is withheld?
///
/// Everything but the [`summary`](Self::summary) is confidential.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// What can be published of it.
    pub summary: AuditSummary,
    /// Marked cells that are not protected, with what an attacker finds out, by cell.
    pub exposed: Vec<Feasible>,
    /// All intervals asked for, by cell; see [`Intervals`](super::Intervals).
    pub intervals: Vec<Feasible>,
    /// The proofs: together they move every protected cell by its level, up and down.
    pub witnesses: Vec<Witness>,
}

impl Audit {
    /// Whether no marked cell is exposed.
    pub fn passes(&self) -> bool {
        self.summary.exposed == 0
    }
}
