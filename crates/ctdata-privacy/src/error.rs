//! What can go wrong: parameters, tables, and guarantees that do not hold.

use std::path::PathBuf;

use ctdata_table::{StopReason, TableError};

use crate::dp::{LedgerFault, Rho};

/// An error of this crate. It names parameters, columns, positions and counts, never a value of a
/// cell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrivacyError {
    /// A parameter that has no meaning, such as `k = 0`.
    #[error("{parameter}: {rule}")]
    InvalidParameter {
        /// The parameter.
        parameter: &'static str,
        /// The rule that it breaks.
        rule: String,
    },
    /// Nobody said which attributes an attacker may know.
    #[error("no quasi-identifier is named")]
    NoQuasiIdentifiers,
    /// No release of the kind asked for exists, except an empty one.
    #[error("no solution: {model} with {required} leaves none of the {records} records")]
    NoSolution {
        /// The privacy model.
        model: &'static str,
        /// What it requires.
        required: u64,
        /// Records of the input.
        records: u64,
    },
    /// Figures can not be rounded so that they add up: no choice among the multiples next to the true counts does, or none
    /// was found in the steps allowed.
    #[error("no solution: {cells} cells can not be rounded to multiples of {base} that add up{}", if *.searched_all { "" } else { ", as far as was searched" })]
    NoRounding {
        /// The base.
        base: u64,
        /// Cells that belong together.
        cells: u64,
        /// Whether every choice was tried, so that there is none.
        searched_all: bool,
    },
    /// No generalization satisfies the models with so few records suppressed, or none keeps a record.
    #[error(
        "no solution: under every generalization the models do not hold, or more than {limit} of the {records} records would have to be left out"
    )]
    NoRecoding {
        /// Records of the input.
        records: u64,
        /// Records that may be suppressed.
        limit: u64,
    },
    /// The verifier refuses: the output is not what was claimed.
    #[error("not verified: {0}")]
    GuaranteeFails(#[from] BrokenGuarantee),
    /// A mechanism asks for more than the release may spend.
    #[error("the budget is overdrawn: rho {asked} is asked for, {left} is left")]
    Overdrawn {
        /// What is asked for.
        asked: Rho,
        /// What is left.
        left: Rho,
    },
    /// A mechanism asks for more delta than the release may spend.
    #[error("the budget is overdrawn: delta {asked:?} is asked for, {left:?} is left")]
    DeltaOverdrawn {
        /// What is asked for.
        asked: f64,
        /// What is left.
        left: f64,
    },
    /// A release asks for more than the ledger of its data set has left. Epsilons at the same delta do not add:
    /// what is asked for together with what was spent is above the budget.
    #[error(
        "the budget of the data set is not enough: epsilon {asked:.6} is asked for, {left:.6} is left (delta {delta:?})"
    )]
    BudgetExceeded {
        /// The epsilon that is asked for.
        asked: f64,
        /// The epsilon that one more release could have.
        left: f64,
        /// The delta of both.
        delta: f64,
    },
    /// A ledger can not be opened, read or written, or was changed.
    #[error("ledger {}: {fault}", path.display())]
    Ledger {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        #[source]
        fault: LedgerFault,
    },
    /// The values of an attribute were read off the confidential file, so that they tell what is in it.
    #[error("attribute `{attribute}`: differential privacy needs its values from a codebook, not from the file")]
    ObservedDomain {
        /// The attribute.
        attribute: String,
    },
    /// The table does not fit what was asked of it.
    #[error(transparent)]
    Table(TableError),
    /// A differentially private mechanism would need more memory than the caller allowed. How much is not told: it
    /// would tell how many records there are.
    #[error("this needs more memory than the cap of {cap} bytes")]
    MemoryCap {
        /// Bytes allowed.
        cap: u64,
    },
    /// Cells of tables are narrowed below their protection level by what is known without the figures, so that no
    /// withholding helps.
    #[error("{cells} marked cells cannot be protected by withholding figures")]
    Unprotectable {
        /// How many cells.
        cells: u64,
    },
    /// The caller asked to stop.
    #[error("stopped: {0}")]
    Cancelled(StopReason),
}

impl PrivacyError {
    /// The same without a figure that comes from records: what a differentially private mechanism may say.
    pub(crate) fn without_figures(self) -> Self {
        match self {
            Self::Table(TableError::MemoryCap { cap, .. }) => Self::MemoryCap { cap },
            other => other,
        }
    }
}

impl From<TableError> for PrivacyError {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Cancelled(reason) => Self::Cancelled(reason),
            other => Self::Table(other),
        }
    }
}

/// The part of a claim that the verifier found broken. Rows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokenGuarantee {
    /// A privacy model asks for larger classes.
    #[error("{model} requires {required}, but {classes} classes are smaller, down to {achieved}")]
    SmallClasses {
        /// The privacy model.
        model: &'static str,
        /// Units that each class must have.
        required: u64,
        /// Units of the smallest class.
        achieved: u64,
        /// Classes with fewer units than required.
        classes: u64,
    },
    /// A privacy model does not hold.
    #[error("{model} does not hold: {classes} classes break it")]
    Model {
        /// The privacy model.
        model: &'static str,
        /// Classes that break it; all of them where the model looks at the whole table.
        classes: u64,
    },
    /// Someone who knows true values finds fewer than k candidates.
    #[error(
        "the attacker view requires {required} candidates or none, but {tuples} combinations of values have \
         fewer, down to {achieved}"
    )]
    AttackerView {
        /// Units that must be compatible with a target that is compatible with any.
        required: u64,
        /// The smallest number found.
        achieved: u64,
        /// Combinations of values in the input with too few.
        tuples: u64,
    },
    /// Released records that may be of too few persons.
    #[error(
        "each released record may be that of {required} units, but {tuples} combinations of released values may be \
         of fewer, down to {achieved}"
    )]
    Origins {
        /// Units of the input that each released record must be compatible with.
        required: u64,
        /// The smallest number found.
        achieved: u64,
        /// Combinations of released values with too few.
        tuples: u64,
    },
    /// The columns are not those of the claim.
    #[error("column {position} of the output is not the one claimed")]
    Columns {
        /// The column's position, from 1.
        position: usize,
    },
    /// An attribute has values or kinds of missing that it may not have.
    #[error("column `{column}`: its domain is not that of the input")]
    Domain {
        /// The column.
        column: String,
    },
    /// The output carries person ids.
    #[error("the output carries identifiers")]
    Identifiers,
    /// The output carries weights.
    #[error("the output carries weights")]
    Weights,
    /// A row of the output does not come from a row of the input of its own.
    #[error("row {row} of the output is not a row of the input of its own")]
    Origin {
        /// The row of the output.
        row: usize,
    },
    /// A cell is neither what the input says nor an allowed blank.
    #[error("row {row}, column `{column}`: the cell was changed")]
    Cell {
        /// The row of the output.
        row: usize,
        /// The column.
        column: String,
    },
    /// The rows are not in the canonical order, so that their order may say something.
    #[error("row {row} of the output is out of order")]
    Order {
        /// The row of the output.
        row: usize,
    },
    /// The account of what was done differs from the recount.
    #[error("the account of what was done differs from the recount")]
    Account,
    /// A table of counts does not have the dimensions of the claim.
    #[error("dimension {position} of the table is not the one claimed")]
    Dimension {
        /// The dimension's position, from 1.
        position: usize,
    },
    /// A table of counts differs from the recount.
    #[error("{cells} cells of the table differ from the recount")]
    Counts {
        /// How many cells.
        cells: u64,
    },
    /// More was spent on noise than the guarantee allows, or not all of it in the way that is stated.
    #[error("rho {spent} was spent, and {allowed} is what the epsilon and delta stated allow")]
    Spending {
        /// What was spent.
        spent: Rho,
        /// What may be spent.
        allowed: Rho,
    },
    /// What was paid does not stand in the ledger.
    #[error("the entry that paid for the release does not stand in the ledger")]
    NotInLedger,
    /// A synthetic record has a combination of values that too few have.
    #[error(
        "synthetic records hold combinations of values that fewer than {required} units of the source have, down to {achieved}"
    )]
    Support {
        /// Units that each combination must occur in.
        required: u64,
        /// The smallest number found.
        achieved: u64,
    },
    /// Values occur more often among synthetic records than was claimed.
    #[error(
        "{values} values occur more often among synthetic records than in the source, rounded down to a multiple of k"
    )]
    Frequency {
        /// How many values.
        values: u64,
    },
    /// The total of a table of counts differs from the recount.
    #[error("the total of the table differs from the recount")]
    Total,
    /// Relations between the cells of linked tables do not hold.
    #[error("{relations} relations between cells do not hold")]
    Relations {
        /// How many.
        relations: u64,
    },
    /// Figures are not those that the claim gives.
    #[error("{figures} figures of the tables are not the ones claimed")]
    Figures {
        /// How many.
        figures: u64,
    },
    /// A rule marks cells that nobody has marked.
    #[error("a rule marks {cells} cells that are not marked")]
    Unmarked {
        /// How many.
        cells: u64,
    },
    /// Figures that give somebody away are published.
    #[error("{figures} figures that give somebody away are published")]
    MarkedFigures {
        /// How many.
        figures: u64,
    },
    /// What is given as a proof that a cell can not be narrowed disagrees with what is published.
    #[error("witness {position} disagrees with what is published")]
    Witness {
        /// Its position, from 1.
        position: usize,
    },
    /// Nothing proves that marked cells can not be narrowed.
    #[error("nothing proves of {cells} marked cells that they can not be narrowed below their level")]
    NotProven {
        /// How many.
        cells: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_stays_a_stop() {
        let error = PrivacyError::from(TableError::Cancelled(StopReason::Deadline));
        assert!(matches!(error, PrivacyError::Cancelled(StopReason::Deadline)));
        assert_eq!(error.to_string(), "stopped: the deadline has passed");
    }
}
