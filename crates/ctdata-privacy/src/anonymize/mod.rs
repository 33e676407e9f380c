//! From what a mechanism proposes to an output that can be verified.

mod blank;
mod draft;
mod local_recoder;
mod local_suppression;
mod mondrian;
mod output;
mod protection;
mod recoder;

pub(crate) use blank::blanked;
pub(crate) use draft::{Draft, DraftColumn};
pub use local_recoder::LocalRecoder;
pub use mondrian::Mondrian;
pub(crate) use output::{assemble, forget_absent_values};
pub use protection::Protection;
pub use recoder::{Recoded, Recoder};
