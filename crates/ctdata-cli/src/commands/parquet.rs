//! Parquet files. Without the feature `parquet` their name is known, so that the way to have them can be told.

use std::path::Path;

use ctdata::model::Dataset;

use crate::failure::Failure;
use crate::session::Session;

/// The name of the format of Parquet files.
pub(crate) const PARQUET: &str = "parquet";

/// Whether this program has Parquet.
pub(crate) fn check() -> Result<(), Failure> {
    if cfg!(feature = "parquet") { Ok(()) } else { Err(not_built()) }
}

#[cfg(feature = "parquet")]
pub(super) fn read(input: &Path, session: &Session) -> Result<Dataset, Failure> {
    use ctdata::model::arrow::read_parquet;
    use ctdata::table::TableError;

    let file = std::fs::File::open(input).map_err(|error| TableError::io(input, error))?;
    let dataset = read_parquet(file, &session.control);
    session.finish();
    dataset.map_err(|error| {
        let Failure { code, message } = error.into();
        Failure { code, message: format!("{}: {message}", input.display()) }
    })
}

#[cfg(feature = "parquet")]
pub(super) fn write(dataset: &Dataset, out: &Path, session: &Session) -> Result<(), Failure> {
    use ctdata::model::arrow::write_parquet;

    use crate::session::working_copy;

    working_copy(out, |output| Ok(write_parquet(dataset, output, &session.control)?))
}

#[cfg(not(feature = "parquet"))]
pub(super) fn read(_: &Path, _: &Session) -> Result<Dataset, Failure> {
    Err(not_built())
}

#[cfg(not(feature = "parquet"))]
pub(super) fn write(_: &Dataset, _: &Path, _: &Session) -> Result<(), Failure> {
    Err(not_built())
}

fn not_built() -> Failure {
    Failure::usage("this program was built without Parquet; build `ctdata-cli` with `--features parquet`")
}
