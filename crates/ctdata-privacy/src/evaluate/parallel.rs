//! The same work on one thread or on the caller's pool; results come in the order of the input.

use crate::PrivacyError;

/// Maps every item, or gives an error of one of them.
#[cfg(feature = "rayon")]
pub(super) fn try_map<T: Sync, R: Send>(
    items: &[T],
    map: impl Fn(&T) -> Result<R, PrivacyError> + Sync + Send,
) -> Result<Vec<R>, PrivacyError> {
    use rayon::prelude::*;
    items.par_iter().map(map).collect()
}

/// Maps every item, or gives the first error.
#[cfg(not(feature = "rayon"))]
pub(super) fn try_map<T, R>(items: &[T], map: impl Fn(&T) -> Result<R, PrivacyError>) -> Result<Vec<R>, PrivacyError> {
    items.iter().map(map).collect()
}
