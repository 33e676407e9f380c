//! What can go wrong with the input of an estimate. A method that cannot answer gives a [`super::Status`] instead.

use ctdata_table::{Location, TableError};

/// Input that is no table of capture histories, no model, or no option.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MseError {
    /// The lists of a table.
    #[error("lists: {0}")]
    Lists(&'static str),
    /// The histories of a table.
    #[error("capture histories: {0}")]
    Histories(&'static str),
    /// A list that the table does not have.
    #[error("there is no list `{name}`{}", nearest.as_deref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    UnknownList {
        /// The name asked for.
        name: String,
        /// The most similar name there is.
        nearest: Option<String>,
    },
    /// A row or a cell of a file.
    #[error("{location}: {rule}")]
    Row {
        /// Where it stands.
        location: Location,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// The notation of a model.
    #[error("model `{notation}`: {rule}")]
    Notation {
        /// What was given.
        notation: String,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// An option.
    #[error("{option}: {rule}")]
    Option {
        /// The option.
        option: &'static str,
        /// What it allows.
        rule: &'static str,
    },
    /// The work was cancelled, or reading failed.
    #[error(transparent)]
    Table(#[from] TableError),
}
