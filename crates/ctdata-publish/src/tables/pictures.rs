//! Pictures of the tables of a release, for those who would rather look than read.

use ctdata_indicators::Estimate;
use ctdata_indicators::plot;

const SERIES: &str = "series.svg";
const SHARES: &str = "shares.svg";
const FLOWS: &str = "flows.svg";
/// Names that pictures have in a release folder: the first table of each kind is drawn.
pub(crate) const FILES: [&str; 3] = [SERIES, SHARES, FLOWS];

/// A picture.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// Its file.
    pub(crate) file: &'static str,
    /// What it shows.
    pub(crate) title: &'static str,
    pub(crate) svg: String,
}

/// The first picture of each kind that tables, each with its title, call for. Tables that no picture can show have none.
pub(super) fn draw<'a>(tables: impl Iterator<Item = (&'static str, &'a [Estimate])>) -> Vec<Picture> {
    let mut pictures: Vec<Picture> = Vec::new();
    for (title, estimates) in tables {
        let file = kind(estimates);
        if pictures.iter().any(|picture| picture.file == file) {
            continue;
        }
        if let Ok(svg) = plot::auto(estimates) {
            pictures.push(Picture { file, title, svg });
        }
    }
    pictures.sort_by_key(|picture| FILES.iter().position(|file| *file == picture.file));
    pictures
}

/// What [`plot::auto`] makes of estimates.
fn kind(estimates: &[Estimate]) -> &'static str {
    let years = || {
        let mut years: Vec<_> =
            estimates.iter().filter_map(|of| Some(of.dimensions.get("year")?.code.clone())).collect();
        years.dedup();
        years
    };
    if estimates.iter().any(|of| of.indicator == "flows") {
        FLOWS
    } else if years().len() > 1 {
        SERIES
    } else {
        SHARES
    }
}
