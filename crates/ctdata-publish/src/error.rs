//! What can go wrong between a file and a release.

use std::path::PathBuf;

use ctdata_indicators::IndicatorError;
use ctdata_model::ModelError;
use ctdata_privacy::PrivacyError;
use ctdata_table::{StopReason, TableError};

/// An error of this crate. It names files, plans, places and rules, never a value of a confidential cell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// A plan that cannot be read or makes no sense.
    #[error("{plan}: {message}")]
    Plan {
        /// The plan file.
        plan: String,
        /// What is wrong, with the line where it is known.
        message: String,
    },
    /// The input has findings that are errors.
    #[error("{file}: {errors} {} of validation; the first: {first}", if *errors == 1 { "error" } else { "errors" })]
    Invalid {
        /// The input.
        file: String,
        /// How many findings are errors.
        errors: usize,
        /// The first of them.
        first: String,
    },
    /// A table of an unknown subject comes without a plan.
    #[error("{file}: its rows are not cases, so that a plan must say what its attributes are")]
    PlanNeeded {
        /// The input.
        file: String,
    },
    /// The folder of the release is there already.
    #[error("{}: exists already; name another folder or ask for it to be replaced", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// What is to be replaced is not a release folder.
    #[error("{}: is not a release folder with nothing else in it, and so is not replaced", path.display())]
    NotARelease {
        /// The path.
        path: PathBuf,
    },
    /// The operating system refused to read or write.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A document could not be written as JSON.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The case data.
    #[error(transparent)]
    Model(ModelError),
    /// A table.
    #[error(transparent)]
    Table(TableError),
    /// An indicator.
    #[error(transparent)]
    Indicator(IndicatorError),
    /// Anonymization or its verification.
    #[error(transparent)]
    Privacy(PrivacyError),
    /// The caller asked to stop.
    #[error("stopped: {0}")]
    Cancelled(StopReason),
}

impl PublishError {
    /// What only shows once the plan meets the input.
    pub(crate) fn plan(message: impl Into<String>) -> Self {
        Self::Plan { plan: "plan".to_owned(), message: message.into() }
    }

    pub(crate) fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}

impl From<ModelError> for PublishError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Cancelled(reason) => Self::Cancelled(reason),
            ModelError::Table(error) => error.into(),
            error => Self::Model(error),
        }
    }
}

impl From<TableError> for PublishError {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Cancelled(reason) => Self::Cancelled(reason),
            error => Self::Table(error),
        }
    }
}

impl From<IndicatorError> for PublishError {
    fn from(error: IndicatorError) -> Self {
        match error {
            IndicatorError::Table(error) => error.into(),
            error => Self::Indicator(error),
        }
    }
}

impl From<PrivacyError> for PublishError {
    fn from(error: PrivacyError) -> Self {
        match error {
            PrivacyError::Cancelled(reason) => Self::Cancelled(reason),
            PrivacyError::Table(error) => error.into(),
            error => Self::Privacy(error),
        }
    }
}
