//! The harmonized case: what HTCDS and every CTDC release can say about one trafficked person.

mod attribute;
mod record;
mod table;

pub(crate) use attribute::public;
pub use attribute::{CaseAttribute, CaseGroup};
pub use record::{Case, CaseTableBuilder};
pub use table::CaseTable;
