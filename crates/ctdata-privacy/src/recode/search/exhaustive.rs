//! Every node, one after another.

use super::searcher::{Searcher, Stop};

pub(super) fn run(searcher: &mut Searcher<'_>) -> Result<(), Stop> {
    let lattice = searcher.lattice();
    let mut levels = lattice.bottom().to_vec();
    let mut id = 0;
    while id < lattice.size() {
        lattice.write_levels(id, &mut levels);
        #[cfg(feature = "rayon")]
        searcher.count_ahead(&levels, (id + 1..lattice.size()).map(|id| lattice.levels(id)));
        searcher.check(&levels)?;
        id += 1;
    }
    Ok(())
}
