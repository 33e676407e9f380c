//! Pictures of the tables of a release, for those who would rather look than read.

/// Names that pictures have in a release folder: the first table of each kind is drawn.
pub(crate) const FILES: [&str; 3] = ["series.svg", "shares.svg", "flows.svg"];

/// A picture.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// Its file.
    pub(crate) file: &'static str,
    /// What it shows.
    pub(crate) title: &'static str,
    pub(crate) svg: String,
}
