//! What the indicators are, without any file.

use crate::failure::Failure;
use crate::session::Session;

/// The catalogue.
pub(super) fn list(session: &Session) -> Result<(), Failure> {
    session.text("")
}

/// Objectives, targets and indicators.
pub(super) fn framework(session: &Session) -> Result<(), Failure> {
    session.text("")
}
