//! Errors as exit codes and sentences.

use std::io;

use ctdata::indicators::IndicatorError;
use ctdata::indicators::mse::MseError;
use ctdata::model::ModelError;
use ctdata::privacy::PrivacyError;
use ctdata::privacy::dp::LedgerFault;
use ctdata::publish::PublishError;
use ctdata::table::TableError;

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    /// What is told on standard error; empty if everything has been said.
    pub(crate) message: String,
}

impl Failure {
    /// The data or a check says no.
    pub(crate) const NO: u8 = 1;
    /// Usage, unreadable input or unwritable output.
    pub(crate) const USAGE: u8 = 2;
    /// A mistake in this program, as Rust programs end on one.
    pub(crate) const INTERNAL: u8 = 101;
    /// The user stopped it.
    pub(crate) const CANCELLED: u8 = 3;

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: Self::USAGE, message: message.into() }
    }
}

fn code_of_table(error: &TableError) -> u8 {
    match error {
        TableError::Cancelled(_) => Failure::CANCELLED,
        TableError::Problems { .. } | TableError::HierarchyMisses(_) => Failure::NO,
        _ => Failure::USAGE,
    }
}

fn code_of_model(error: &ModelError) -> u8 {
    match error {
        ModelError::Cancelled(_) => Failure::CANCELLED,
        ModelError::Unreadable { .. }
        | ModelError::UnmappedCodes { .. }
        | ModelError::NotCases { .. }
        | ModelError::NoConversion { .. }
        | ModelError::Absent { .. } => Failure::NO,
        ModelError::Table(error) => code_of_table(error),
        _ => Failure::USAGE,
    }
}

fn code_of_privacy(error: &PrivacyError) -> u8 {
    match error {
        PrivacyError::Cancelled(_) => Failure::CANCELLED,
        PrivacyError::NoSolution { .. }
        | PrivacyError::NoRecoding { .. }
        | PrivacyError::GuaranteeFails(_)
        | PrivacyError::BudgetExceeded { .. }
        | PrivacyError::Overdrawn { .. }
        | PrivacyError::DeltaOverdrawn { .. }
        | PrivacyError::Ledger { fault: LedgerFault::Changed { .. } | LedgerFault::HeaderChanged, .. }
        | PrivacyError::Ledger { fault: LedgerFault::Overspent { .. }, .. } => Failure::NO,
        PrivacyError::Table(error) => code_of_table(error),
        _ => Failure::USAGE,
    }
}

fn code_of_mse(error: &MseError) -> u8 {
    match error {
        MseError::Table(error) => code_of_table(error),
        _ => Failure::USAGE,
    }
}

fn code_of_indicator(error: &IndicatorError) -> u8 {
    match error {
        IndicatorError::Table(error) => code_of_table(error),
        IndicatorError::Mse(error) => code_of_mse(error),
        IndicatorError::UnknownIndicator { .. }
        | IndicatorError::UnknownDimension { .. }
        | IndicatorError::UnknownCategory { .. }
        | IndicatorError::Request { .. }
        | IndicatorError::Population(_) => Failure::USAGE,
        _ => Failure::NO,
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        Self { code: code_of_table(&error), message: error.to_string() }
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self { code: code_of_model(&error), message: error.to_string() }
    }
}

impl From<PrivacyError> for Failure {
    fn from(error: PrivacyError) -> Self {
        Self { code: code_of_privacy(&error), message: error.to_string() }
    }
}

impl From<IndicatorError> for Failure {
    fn from(error: IndicatorError) -> Self {
        Self { code: code_of_indicator(&error), message: error.to_string() }
    }
}

impl From<MseError> for Failure {
    fn from(error: MseError) -> Self {
        Self { code: code_of_mse(&error), message: error.to_string() }
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let code = match &error {
            PublishError::Cancelled(_) => Self::CANCELLED,
            PublishError::Invalid { .. } | PublishError::Impossible { .. } => Self::NO,
            PublishError::Model(error) => code_of_model(error),
            PublishError::Table(error) => code_of_table(error),
            PublishError::Indicator(error) => code_of_indicator(error),
            PublishError::Privacy(error) => code_of_privacy(error),
            _ => Self::USAGE,
        };
        Self { code, message: error.to_string() }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::usage(format!("writing JSON: {error}"))
    }
}
