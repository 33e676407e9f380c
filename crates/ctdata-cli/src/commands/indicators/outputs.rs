//! The files that figures go to.

use std::path::{Path, PathBuf};

use ctdata::indicators::export::{LeftOut, OpenSdgOptions, SdmxOptions, open_sdg, write_long_csv, write_sdmx_csv};
use ctdata::indicators::{Estimate, plot};

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
    if let Some(out) = &outputs.sdmx {
        let (rows, report) = write_sdmx_csv(observations, &SdmxOptions::default(), Vec::new())?;
        working_copy(out, |output| Ok(output.write_all(&rows)?))?;
        tell("--sdmx", &report.left_out, session);
    }
    if let Some(out) = &outputs.open_sdg {
        let made = open_sdg(observations, &OpenSdgOptions::default())?;
        let [indicator] = made.indicators.as_slice() else {
            let message = format!("--open-sdg: a file holds one indicator, and these are {}", made.indicators.len());
            return Err(Failure::usage(message));
        };
        working_copy(out, |output| Ok(output.write_all(indicator.data.as_bytes())?))?;
        let metadata = out.with_extension("md");
        working_copy(&metadata, |output| Ok(output.write_all(indicator.metadata.as_bytes())?))?;
        tell("--open-sdg", &made.left_out, session);
    }
    if let Some(out) = &outputs.plot {
        let svg = plot::auto(observations).map_err(|error| Failure::usage(format!("--plot: {error}")))?;
        working_copy(out, |output| Ok(output.write_all(svg.as_bytes())?))?;
    }
    Ok(())
}

/// What a format has no place for.
fn tell(option: &str, left_out: &[LeftOut], session: &Session) {
    let mut reasons: Vec<(String, u64)> = Vec::new();
    for reason in left_out.iter().map(|left| left.reason.to_string()) {
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    for (reason, count) in reasons {
        session.remark(format!("note: {option}: {count} figures are not in the file: {reason}"));
    }
}
