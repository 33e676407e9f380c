//! From what a mechanism proposes to an output that can be verified.

mod draft;
mod output;
mod protection;

pub(crate) use draft::{Draft, DraftColumn};
pub(crate) use output::assemble;
pub use protection::Protection;
