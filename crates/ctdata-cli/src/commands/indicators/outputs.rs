//! The files that figures go to.

use std::path::{Path, PathBuf};

use ctdata::indicators::Estimate;
use ctdata::indicators::export::write_long_csv;

use crate::args::IndicatorOutputs;
use crate::failure::Failure;
use crate::session::{Session, working_copy};

impl IndicatorOutputs {
    /// The files that it names.
    pub(crate) fn files(&self) -> Vec<&Path> {
        [&self.out, &self.open_sdg, &self.sdmx, &self.plot].into_iter().flatten().map(PathBuf::as_path).collect()
    }
}

/// Writes what was asked for.
pub(super) fn write(outputs: &IndicatorOutputs, observations: &[Estimate], session: &Session) -> Result<(), Failure> {
    if let Some(out) = &outputs.out {
        working_copy(out, |output| Ok(write_long_csv(observations, output).map(drop)?))?;
    }
    Ok(())
}
