//! Cells of linked tables and the linear relations between them: what protection and audit work on.
//!
//! # Sources
//! M. Fischetti, J. J. Salazar-González, Models and algorithms for optimizing cell suppression in tabular data with
//! linear constraints, Journal of the American Statistical Association 95 (2000): cells `a` with `M a = 0`.

use crate::PrivacyError;

/// A cell of a [`TableSystem`], by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellId(pub u32);

impl CellId {
    /// Its position.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Whether a cell is a figure of the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A figure: published unless it is withheld.
    Figure,
    /// Known to everyone, and never withheld: a figure of an older release, a total of a law.
    Fixed,
    /// A count that is not printed, but adds up to figures.
    Inner,
}

/// How far from the true count an attacker must be unable to narrow a cell.
///
/// The cell is protected if some count at least `upper` above the true one, and some count at least `lower` below it,
/// agree with everything published. Both zero: a cell that needs no protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Level {
    /// Counts below the true one.
    pub lower: u64,
    /// Counts above the true one.
    pub upper: u64,
}

impl Level {
    /// Whether nothing is asked for.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// A cell.
#[derive(Clone, Copy, PartialEq)]
pub struct SystemCell {
    /// The true count. Confidential.
    pub count: u64,
    /// The least that anybody knows it to be without the tables; 0 at least.
    pub least: u64,
    /// The most that anybody knows it to be without the tables; `None` if there is no such limit.
    pub most: Option<u64>,
    /// Whether it is a figure.
    pub standing: Standing,
    /// The protection that it needs: none, or that of a cell that a primary rule marks.
    pub level: Level,
    /// What withholding it costs: figures that readers want most have the largest weights.
    pub weight: f64,
}

impl SystemCell {
    /// A figure of this count that needs no protection and costs its count to withhold.
    #[expect(clippy::cast_precision_loss, reason = "a weight, not a count")]
    pub fn figure(count: u64) -> Self {
        Self {
            count,
            least: 0,
            most: None,
            standing: Standing::Figure,
            level: Level::default(),
            weight: count.max(1) as f64,
        }
    }

    /// A count that is not printed.
    pub fn inner(count: u64) -> Self {
        Self { standing: Standing::Inner, ..Self::figure(count) }
    }
}

/// No count: `Debug` output lands in logs.
impl std::fmt::Debug for SystemCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SystemCell").field("standing", &self.standing).finish_non_exhaustive()
    }
}

/// A relation that everybody knows to hold: the sum of coefficient times count is zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relation {
    /// Cells and their coefficients, mostly 1 and, for the total, -1; each cell once.
    pub terms: Vec<(CellId, i32)>,
}

/// Cells and relations. Every relation holds for the true counts.
#[derive(Debug, Clone, Default)]
pub struct TableSystem {
    cells: Vec<SystemCell>,
    relations: Vec<Relation>,
}

/// Which cells are withheld, by position. Inner cells count as withheld whatever it says, fixed ones never.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern {
    withheld: Vec<bool>,
}

impl Pattern {
    /// Nothing withheld.
    pub fn open(system: &TableSystem) -> Self {
        Self { withheld: vec![false; system.cells.len()] }
    }

    /// Withholds a cell.
    pub fn withhold(&mut self, cell: CellId) {
        if let Some(slot) = self.withheld.get_mut(cell.index()) {
            *slot = true;
        }
    }

    /// Publishes a cell.
    pub fn publish(&mut self, cell: CellId) {
        if let Some(slot) = self.withheld.get_mut(cell.index()) {
            *slot = false;
        }
    }

    /// Whether the pattern withholds a cell.
    pub fn withholds(&self, cell: CellId) -> bool {
        self.withheld.get(cell.index()).copied().unwrap_or(false)
    }

    /// The number of cells withheld.
    pub fn len(&self) -> usize {
        self.withheld.iter().filter(|withheld| **withheld).count()
    }

    /// Whether nothing is withheld.
    pub fn is_empty(&self) -> bool {
        !self.withheld.contains(&true)
    }
}

impl TableSystem {
    /// An empty system.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a cell.
    ///
    /// # Errors
    /// A true count outside its own bounds, or more than 2³¹ cells.
    pub fn push(&mut self, cell: SystemCell) -> Result<CellId, PrivacyError> {
        let invalid = |rule: &str| PrivacyError::InvalidParameter { parameter: "cell", rule: rule.into() };
        if cell.count < cell.least || cell.most.is_some_and(|most| most < cell.count) {
            return Err(invalid("its count lies outside its own bounds"));
        }
        let id = u32::try_from(self.cells.len()).ok().filter(|id| *id < 1 << 31);
        let id = CellId(id.ok_or_else(|| invalid("there are more than 2^31"))?);
        self.cells.push(cell);
        Ok(id)
    }

    /// Adds a relation; terms of the same cell are joined, and a relation without terms is left out.
    ///
    /// # Errors
    /// A cell that is not there, or a relation that does not hold for the true counts.
    pub fn relate(&mut self, terms: impl IntoIterator<Item = (CellId, i32)>) -> Result<(), PrivacyError> {
        let invalid = |rule: &str| PrivacyError::InvalidParameter { parameter: "relation", rule: rule.into() };
        let mut terms: Vec<(CellId, i32)> = terms.into_iter().collect();
        terms.sort_unstable_by_key(|(cell, _)| *cell);
        terms.dedup_by(|next, first| {
            let same = next.0 == first.0;
            if same {
                first.1 = first.1.saturating_add(next.1);
            }
            same
        });
        terms.retain(|(_, coefficient)| *coefficient != 0);
        let mut sum = 0i128;
        for (cell, coefficient) in &terms {
            let count = self.cells.get(cell.index()).ok_or_else(|| invalid("it names a cell that is not there"))?.count;
            sum += i128::from(*coefficient) * i128::from(count);
        }
        if sum != 0 {
            return Err(invalid("it does not hold for the true counts"));
        }
        if !terms.is_empty() {
            self.relations.push(Relation { terms });
        }
        Ok(())
    }

    /// Makes `total` the sum of `parts`.
    ///
    /// # Errors
    /// As [`relate`](Self::relate).
    pub fn sum(&mut self, total: CellId, parts: impl IntoIterator<Item = CellId>) -> Result<(), PrivacyError> {
        self.relate(parts.into_iter().map(|part| (part, 1)).chain([(total, -1)]))
    }

    /// The cells.
    pub fn cells(&self) -> &[SystemCell] {
        &self.cells
    }

    /// One cell.
    pub fn cell(&self, id: CellId) -> Option<&SystemCell> {
        self.cells.get(id.index())
    }

    /// One cell, to change its level, bounds or weight; whoever changes its count breaks relations.
    pub fn cell_mut(&mut self, id: CellId) -> Option<&mut SystemCell> {
        self.cells.get_mut(id.index())
    }

    /// The ids of all cells.
    pub fn ids(&self) -> impl Iterator<Item = CellId> + use<> {
        (0..u32::try_from(self.cells.len()).unwrap_or(u32::MAX)).map(CellId)
    }

    /// The relations.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Whether an attacker does not read the count of a cell: it is inner, or a figure that is withheld.
    pub fn is_hidden(&self, cell: CellId, pattern: &Pattern) -> bool {
        match self.cell(cell).map(|cell| cell.standing) {
            Some(Standing::Inner) => true,
            Some(Standing::Figure) => pattern.withholds(cell),
            Some(Standing::Fixed) | None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_hold_or_are_refused() {
        let mut system = TableSystem::new();
        let [a, b, total] = [2, 3, 5].map(|count| system.push(SystemCell::figure(count)).unwrap());
        system.sum(total, [a, b]).unwrap();
        assert!(system.sum(total, [a]).is_err());
        assert!(system.relate([(CellId(9), 1)]).is_err());
        // Terms of one cell are joined: a - a says nothing.
        system.relate([(a, 1), (a, -1)]).unwrap();
        assert_eq!(system.relations().len(), 1);
        let outside = SystemCell { most: Some(1), ..SystemCell::figure(2) };
        assert!(system.push(outside).is_err());
    }

    #[test]
    fn inner_cells_are_hidden_and_fixed_ones_never() {
        let mut system = TableSystem::new();
        let figure = system.push(SystemCell::figure(1)).unwrap();
        let inner = system.push(SystemCell::inner(1)).unwrap();
        let fixed = system.push(SystemCell { standing: Standing::Fixed, ..SystemCell::figure(1) }).unwrap();
        let mut pattern = Pattern::open(&system);
        assert!(!system.is_hidden(figure, &pattern) && system.is_hidden(inner, &pattern));
        pattern.withhold(figure);
        pattern.withhold(fixed);
        assert!(system.is_hidden(figure, &pattern) && !system.is_hidden(fixed, &pattern));
        assert_eq!((pattern.len(), pattern.is_empty()), (2, false));
    }
}
