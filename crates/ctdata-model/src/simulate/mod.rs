//! A seeded simulator of realistic cases, for examples, tests and benchmarks.
//!
//! Cases are drawn in full detail and then published as a layout would publish them: merged, blanked, and
//! without "no" where a release cannot say it. Sex, age, sector, type, means of control and recruiter
//! depend on the form of exploitation, form on the kind of source, destination on origin; several means
//! of control go together. What is in no release is assumed, and named so where the shares stand.
//!
//! The cases are invented. They show what real files look like; nothing can be learned from them about
//! trafficking.
//!
//! # Sources
//! Shares computed from CTDC's Global Synthetic Dataset of September 2021 (ctdatacollaborative.org); counts
//! of the k-anonymised release of April 2020 and of the victim-perpetrator release of December 2022.

mod answers;
mod draft;
pub(crate) mod htcds;
mod negatives;
mod pick;
mod places;
mod project;
mod shares;
#[cfg(test)]
mod tests;
mod victim_perpetrator;

use ctdata_table::{MAX_ROWS, TableError};
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

use crate::{CaseTable, Dataset, Layout, LayoutKind, ModelError, VpTable};
use draft::{Drafter, Release};
use project::Projection;

/// Rows that share a stream of random numbers.
const CHUNK: usize = 1 << 12;

/// Makes realistic cases from a seed.
///
/// The same seed gives the same rows on every platform and with any number of threads, and the first rows
/// of a larger simulation are those of a smaller one. Rows are drawn in chunks of 4,096, each from its own
/// stream of ChaCha20, by comparing integers.
///
/// ```
/// use ctdata_model::{CaseAttribute, Layout, Simulator};
/// let layout = Layout::named("ctdc-synthetic-2021").unwrap();
/// let cases = Simulator::new(7).cases(layout, 1_000)?;
/// assert_eq!(cases.rows(), 1_000);
/// assert_eq!(cases, Simulator::new(7).cases(layout, 1_000)?);
/// assert!(cases.column(CaseAttribute::Citizenship).is_some());
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Simulator {
    seed: u64,
}

impl Simulator {
    /// A simulator with a seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Cases as a release of this layout would publish them. In k-anonymised layouts they are consistent,
    /// but nothing makes them k-anonymous.
    ///
    /// # Errors
    /// [`ModelError::NotCases`] for a layout whose rows are not cases, more than [`MAX_ROWS`] rows, or so
    /// many rows (tens of millions) that the combinations in a concatenated list cannot be coded.
    pub fn cases(&self, layout: &'static Layout, rows: usize) -> Result<CaseTable, ModelError> {
        if layout.kind != LayoutKind::Cases {
            return Err(ModelError::NotCases { layout: layout.name });
        }
        let drafter = Drafter::new(Release::of(layout));
        let projection = Projection::new(layout);
        let parts = self.chunks(rows, |_, rng, rows| {
            let drafts: Vec<_> = (0..rows).map(|_| drafter.draft(rng)).collect();
            projection.cells(&drafts)
        })?;
        let (columns, mut domains) = projection.columns(parts, rows)?;
        CaseTable::from_columns(projection.layout(), columns, |attribute| domains.remove(&attribute))
    }

    /// Victim-perpetrator rows, in the one layout that has them.
    ///
    /// # Errors
    /// More than [`MAX_ROWS`] rows.
    pub fn victim_perpetrator(&self, rows: usize) -> Result<VpTable, ModelError> {
        let layout = victim_perpetrator::layout()?;
        let drafter = victim_perpetrator::Drafter::new(layout);
        let parts = self.chunks(rows, |_, rng, rows| drafter.rows(rng, rows))?;
        drafter.table(layout, parts, rows)
    }

    /// Rows of any layout.
    ///
    /// # Errors
    /// As [`Simulator::cases`], for layouts of every kind.
    pub fn dataset(&self, layout: &'static Layout, rows: usize) -> Result<Dataset, ModelError> {
        match layout.kind {
            LayoutKind::Cases => self.cases(layout, rows).map(Dataset::Cases),
            LayoutKind::VictimPerpetrator => self.victim_perpetrator(rows).map(Dataset::VictimPerpetrator),
        }
    }

    /// Simulates every chunk, by its number and with the number of its rows; results come in the order of the rows.
    fn chunks<T: Send>(
        self,
        rows: usize,
        simulate: impl Fn(usize, &mut ChaCha20Rng, usize) -> T + Sync,
    ) -> Result<Vec<T>, TableError> {
        if rows as u64 > MAX_ROWS {
            return Err(TableError::TooManyRows { limit: MAX_ROWS });
        }
        let chunk = |index: usize| {
            let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
            rng.set_stream(index as u64);
            simulate(index, &mut rng, CHUNK.min(rows - index * CHUNK))
        };
        let chunks = 0..rows.div_ceil(CHUNK);
        #[cfg(feature = "rayon")]
        return Ok(rayon::iter::ParallelIterator::collect(rayon::iter::ParallelIterator::map(
            rayon::iter::IntoParallelIterator::into_par_iter(chunks),
            chunk,
        )));
        #[cfg(not(feature = "rayon"))]
        Ok(chunks.map(chunk).collect())
    }
}
