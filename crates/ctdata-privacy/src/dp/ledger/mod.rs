//! The ledger of a data set: one file that says what all releases have spent together.
//!
//! Differential privacy composes over releases, whether or not anybody remembers the earlier ones. So the budget
//! belongs to the data set, and stands in a file beside it. See the note in [`proofs`](crate::proofs::ledger).

mod chain;
mod fault;
mod file;
mod line;
#[cfg(test)]
mod tests;
mod view;

pub use fault::LedgerFault;
pub use file::{Ledger, Reservation};
pub use line::{EntryHash, LedgerEntry};
pub use view::{LedgerView, Receipt, Remaining};
