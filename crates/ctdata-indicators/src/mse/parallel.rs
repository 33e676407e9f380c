//! The same work on one thread or on the caller's pool; results come in the order of the input.

use super::error::MseError;

/// Maps every item, or gives an error of one of them.
#[cfg(feature = "rayon")]
pub(crate) fn try_map<T: Sync, R: Send>(
    items: &[T],
    map: impl Fn(&T) -> Result<R, MseError> + Sync + Send,
) -> Result<Vec<R>, MseError> {
    use rayon::prelude::*;
    items.par_iter().map(map).collect()
}

/// Maps every item, or gives the first error.
#[cfg(not(feature = "rayon"))]
pub(crate) fn try_map<T, R>(items: &[T], map: impl Fn(&T) -> Result<R, MseError>) -> Result<Vec<R>, MseError> {
    items.iter().map(map).collect()
}
