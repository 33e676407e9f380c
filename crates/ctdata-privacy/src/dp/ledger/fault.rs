//! Why a ledger is not opened or written.

use std::io;

use crate::dp::Budget;

/// What is wrong with a ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerFault {
    /// It can not be opened, read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Somebody has it open: only one at a time may spend.
    #[error("it is open elsewhere")]
    InUse,
    /// The file is something else.
    #[error("it is not a ledger")]
    NotALedger,
    /// It is past the size that is read.
    #[error("it is larger than 64 MiB")]
    TooLarge,
    /// A later version of the format.
    #[error("its format version {found} is not known")]
    Version {
        /// The version it names.
        found: u64,
    },
    /// Its creation was interrupted. Nothing was ever taken from it.
    #[error("its first line is not finished, so that nothing was spent yet: create it anew")]
    Unfinished,
    /// The first line does not have the hash that it states.
    #[error("its first line was changed")]
    HeaderChanged,
    /// It belongs to another data set.
    #[error("it is that of data set `{found}`, not of `{expected}`")]
    OtherDataset {
        /// The data set of the ledger.
        found: String,
        /// The one asked for.
        expected: String,
    },
    /// It was made for another budget.
    #[error("its budget is {found}, not {expected}")]
    OtherBudget {
        /// The budget of the ledger.
        found: Budget,
        /// The one asked for.
        expected: Budget,
    },
    /// An entry is not what it was, or not where it was.
    #[error("entry {entry} is not what was written: it was changed, or one was removed, added or moved")]
    Changed {
        /// The number at which the chain breaks, from 1.
        entry: u64,
    },
    /// The entries do not fit in the budget, so that they were not written by this program.
    #[error("entry {entry} spends more than its budget")]
    Overspent {
        /// The first entry that is too much.
        entry: u64,
    },
    /// A write failed before. Whether it reached the disk is seen when the ledger is opened again.
    #[error("writing to it failed before: open it again")]
    Interrupted,
}
