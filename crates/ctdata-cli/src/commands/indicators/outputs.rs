//! The files that figures go to: all are made before the first is written.

use std::path::{Path, PathBuf};

use ctdata::indicators::export::{LeftOut, OpenSdgOptions, SdmxOptions, open_sdg, write_long_csv, write_sdmx_csv};
use ctdata::indicators::{Estimate, plot};

use crate::args::IndicatorOutputs;
use crate::failure::Failure;
use crate::session::{Session, working_copy};

impl IndicatorOutputs {
    /// The files that it names, and the metadata beside the data of Open SDG.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let metadata = self.open_sdg.as_deref().map(beside);
        let named = [&self.out, &self.open_sdg, &self.sdmx, &self.plot].into_iter().flatten().cloned();
        named.chain(metadata).collect()
    }
}

/// The file of the metadata.
fn beside(data: &Path) -> PathBuf {
    data.with_extension("md")
}

/// The figures, and what is to be written of them.
pub(super) struct Outputs {
    /// The figures asked for, then those derived from them.
    pub(super) observations: Vec<Estimate>,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Outputs {
    /// Makes the files asked for, in memory. Pictures are of the figures themselves; the files for sites also hold
    /// regions, the others also trends.
    pub(super) fn make(
        outputs: &IndicatorOutputs,
        figures: Vec<Estimate>,
        derived: Vec<Estimate>,
        session: &Session,
    ) -> Result<Self, Failure> {
        let mut files = Vec::new();
        if let Some(out) = &outputs.plot {
            let svg = plot::auto(&figures).map_err(|error| Failure::usage(format!("--plot: {error}")))?;
            files.push((out.clone(), svg.into_bytes()));
        }
        let is_figure = |one: &Estimate| figures.iter().any(|figure| figure.indicator == one.indicator);
        // Sums over regions are figures of the same indicator; a trend is an indicator of its own.
        let (sums, trends): (Vec<Estimate>, Vec<Estimate>) = derived.into_iter().partition(is_figure);
        let mut observations = figures;
        observations.extend(sums);
        let figures = observations.len();
        observations.extend(trends);
        if let Some(out) = &outputs.out {
            files.push((out.clone(), write_long_csv(&observations, Vec::new())?));
        }
        if let Some(out) = &outputs.sdmx {
            let (rows, report) = write_sdmx_csv(&observations, &SdmxOptions::default(), Vec::new())?;
            files.push((out.clone(), rows));
            tell("--sdmx", &report.left_out, session);
        }
        if let Some(out) = &outputs.open_sdg {
            let made = open_sdg(observations.iter().take(figures), &OpenSdgOptions::default())?;
            tell("--open-sdg", &made.left_out, session);
            let [indicator] = made.indicators.as_slice() else {
                let rule = match made.indicators.len() {
                    0 => "no figure fits the file; broken down by year, most do".to_owned(),
                    several => format!("a file holds one indicator, and these are {several}; choose one with --id"),
                };
                return Err(Failure::usage(format!("--open-sdg: {rule}")));
            };
            files.push((out.clone(), indicator.data.clone().into_bytes()));
            files.push((beside(out), indicator.metadata.clone().into_bytes()));
        }
        Ok(Self { observations, files })
    }

    /// Writes the files.
    pub(super) fn write(&self) -> Result<(), Failure> {
        for (out, bytes) in &self.files {
            working_copy(out, |output| Ok(output.write_all(bytes)?))?;
        }
        Ok(())
    }
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
