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
    /// A demand of a plan that no release of this input meets, whatever is done to it.
    #[error("{plan}: {message}")]
    Impossible {
        /// The plan file.
        plan: String,
        /// What is demanded, and what there is.
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
    /// The folder to be replaced holds the input.
    #[error("{}: holds the input, which would be gone; name another folder", path.display())]
    HoldsInput {
        /// The folder.
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

/// The name of a plan that comes from no file, and of one whose name is still to be told.
pub(crate) const UNNAMED_PLAN: &str = "plan";

impl PublishError {
    /// What only shows once the plan meets the input.
    pub(crate) fn plan(message: impl Into<String>) -> Self {
        Self::Plan { plan: UNNAMED_PLAN.to_owned(), message: message.into() }
    }

    /// What a plan demands and its input cannot give.
    pub(crate) fn impossible(message: impl Into<String>) -> Self {
        Self::Impossible { plan: UNNAMED_PLAN.to_owned(), message: message.into() }
    }

    /// Whether the plan is to blame, not the data, a check, the system or the user.
    fn is_of_plan(&self) -> bool {
        match self {
            Self::Model(error) => !matches!(error, ModelError::Unreadable { .. }),
            Self::Table(error) => !matches!(error, TableError::Problems { .. } | TableError::HierarchyMisses(_)),
            Self::Privacy(error) => {
                matches!(error, PrivacyError::InvalidParameter { .. } | PrivacyError::NoQuasiIdentifiers)
            }
            Self::Plan { .. } | Self::Io { .. } => true,
            _ => false,
        }
    }

    /// The same error with the part of the plan that it is about. What the data or a check says stays as it is.
    pub(crate) fn at(self, part: impl std::fmt::Display) -> Self {
        match self {
            Self::Plan { plan, message } => Self::Plan { plan, message: format!("{part}: {message}") },
            Self::Impossible { plan, message } => Self::Impossible { plan, message: format!("{part}: {message}") },
            error if error.is_of_plan() => Self::plan(format!("{part}: {error}")),
            error => error,
        }
    }

    /// The same error with the name of the plan.
    pub(crate) fn of_plan(self, name: &str) -> Self {
        match self {
            Self::Plan { plan, message } if plan == UNNAMED_PLAN => Self::Plan { plan: name.to_owned(), message },
            Self::Impossible { message, .. } => Self::Impossible { plan: name.to_owned(), message },
            Self::Privacy(PrivacyError::NoQuasiIdentifiers) => Self::Plan {
                plan: name.to_owned(),
                message: "no attribute has the role quasi-identifier, so that nothing would be protected".to_owned(),
            },
            Self::Privacy(error @ PrivacyError::InvalidParameter { .. }) => {
                Self::Plan { plan: name.to_owned(), message: error.to_string() }
            }
            error => error,
        }
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
