//! What cells are added up to: a plain count, or a count that knows its cells.

use super::Entry;
use crate::Estimate;
use crate::trace::{CellRef, Traced};
use std::cell::OnceCell;
use std::sync::Arc;

/// A sum of cells. Figures are written once, for counts and for counts with their cells.
pub(crate) trait Tally: Default + Clone {
    /// An estimate, with what its sums know.
    type Figure;

    /// Whether figures are to be protected: then nothing but their numbers may tell how large they are.
    const IS_PROTECTED: bool;

    fn add(&mut self, entry: &Entry<'_>);

    /// Adds cells that this sum does not have yet.
    fn join(&mut self, other: &Self);

    fn count(&self) -> u64;

    /// The figure of an estimate whose numerator, base and unknown are these sums.
    fn figure(estimate: Estimate, sums: [&Self; 3]) -> Self::Figure;

    fn estimate(figure: &mut Self::Figure) -> &mut Estimate;
}

impl Tally for u64 {
    type Figure = Estimate;
    const IS_PROTECTED: bool = false;

    fn add(&mut self, entry: &Entry<'_>) {
        *self = self.saturating_add(entry.count);
    }

    fn join(&mut self, other: &Self) {
        *self = self.saturating_add(*other);
    }

    fn count(&self) -> u64 {
        *self
    }

    fn figure(estimate: Estimate, _: [&Self; 3]) -> Estimate {
        estimate
    }

    fn estimate(figure: &mut Estimate) -> &mut Estimate {
        figure
    }
}

/// A count and the cells that it is the sum of.
#[derive(Default, Clone)]
pub(crate) struct Sum {
    count: u64,
    cells: Vec<CellRef>,
    /// The list that figures have of them: one base belongs to many.
    listed: OnceCell<Arc<[CellRef]>>,
}

impl Tally for Sum {
    type Figure = Traced;
    const IS_PROTECTED: bool = true;

    fn add(&mut self, entry: &Entry<'_>) {
        self.count.add(entry);
        self.listed.take();
        self.cells.push(CellRef { table: entry.table, key: entry.key.to_vec() });
    }

    fn join(&mut self, other: &Self) {
        self.count.join(&other.count);
        self.listed.take();
        self.cells.extend_from_slice(&other.cells);
    }

    fn count(&self) -> u64 {
        self.count
    }

    fn figure(estimate: Estimate, sums: [&Self; 3]) -> Traced {
        let [numerator, base, unknown] =
            sums.map(|sum| Arc::clone(sum.listed.get_or_init(|| sum.cells.as_slice().into())));
        Traced { estimate, numerator, base, unknown }
    }

    fn estimate(figure: &mut Traced) -> &mut Estimate {
        &mut figure.estimate
    }
}
