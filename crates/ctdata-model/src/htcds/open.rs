//! One reader for every kind of file that holds records.

use std::fs::File;
use std::io::Read;
use std::path::Path;
#[cfg(feature = "mapping")]
use std::sync::Arc;

use ctdata_table::csv::open;
use ctdata_table::{Control, TableError};

#[cfg(feature = "xlsx")]
use super::ExcelReadOptions;
#[cfg(feature = "mapping")]
use super::mapping::Mapping;
use super::{HtcdsFormat, HtcdsOutcome, ReadOptions};
use crate::ModelError;

/// How much of a file is looked at to tell what it is.
const HEAD: u64 = 1 << 16;

/// Reads HTCDS records from any file that holds them: workbooks, delimited text, survey exports, folders of files, JSON.
///
/// ```
/// use ctdata_model::Simulator;
/// use ctdata_model::htcds::{HtcdsFormat, RecordReader, write_flat};
/// use ctdata_table::Control;
///
/// let path = std::env::temp_dir().join(format!("ctdata-records-{}.csv", std::process::id()));
/// let records = Simulator::new(7).htcds(20)?;
/// write_flat(&records, std::fs::File::create(&path)?, &Default::default(), &Control::default())?;
/// let outcome = RecordReader::default().read_path(&path, &Control::default())?;
/// assert_eq!((outcome.format(), outcome.usable()), (HtcdsFormat::Csv.name(), &records));
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RecordReader {
    /// The format; `None` (the default) tells it from the content.
    pub format: Option<HtcdsFormat>,
    /// The sheet of a workbook, by its name; `None` (the default) takes the one with records.
    pub sheet: Option<String>,
    /// What the file's own columns and codes mean; `None` (the default) expects those of the standard.
    #[cfg(feature = "mapping")]
    pub mapping: Option<Arc<Mapping>>,
    /// How rows are read.
    pub options: ReadOptions,
}

/// What a file seems to be, by its first bytes.
enum Kind {
    Folder,
    Workbook,
    Text(Option<HtcdsFormat>),
}

impl RecordReader {
    /// The format of a file by its content, if it holds records of the standard. A pipe is never looked at.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn recognize(path: &Path) -> Result<Option<HtcdsFormat>, ModelError> {
        Ok(match kind(path)? {
            Kind::Folder => Some(HtcdsFormat::CsvFolder),
            Kind::Workbook => Some(HtcdsFormat::Excel),
            Kind::Text(format) => format,
        })
    }

    /// Reads a file or a folder.
    ///
    /// # Errors
    /// A file that cannot be read or holds no records of the standard; a mapping that does not fit it; with
    /// [`OnError::Stop`](ctdata_table::csv::OnError), the first row that cannot be used.
    pub fn read_path(&self, path: &Path, control: &Control) -> Result<HtcdsOutcome, ModelError> {
        #[cfg(feature = "mapping")]
        if let Some(mapping) = &self.mapping {
            return self.read_mapped(path, mapping, control);
        }
        let format = match self.format {
            Some(format) => format,
            None => Self::recognize(path)?.ok_or_else(|| no_records(path))?,
        };
        let name = path.display().to_string();
        match format {
            HtcdsFormat::Excel => self.read_workbook(path, control),
            HtcdsFormat::Csv | HtcdsFormat::XlsForm => {
                super::read_flat(source(path)?, &name, Some(format), &self.options, control)
            }
            HtcdsFormat::CsvFolder => super::read_folder(path, &self.options, control),
            HtcdsFormat::Json | HtcdsFormat::JsonLines => self.read_text(path, &name, control),
        }
    }

    #[cfg(feature = "mapping")]
    fn read_mapped(&self, path: &Path, mapping: &Mapping, control: &Control) -> Result<HtcdsOutcome, ModelError> {
        #[cfg(feature = "xlsx")]
        if self.format == Some(HtcdsFormat::Excel) || matches!(kind(path)?, Kind::Workbook) {
            return super::mapping::read_mapped_excel(path, self.sheet.as_deref(), mapping, &self.options, control);
        }
        super::mapping::read_mapped_csv(path, mapping, &self.options, control)
    }

    #[cfg(feature = "xlsx")]
    fn read_workbook(&self, path: &Path, control: &Control) -> Result<HtcdsOutcome, ModelError> {
        let options = ExcelReadOptions { sheet: self.sheet.clone(), rows: self.options.clone() };
        super::read_excel_path(path, &options, control)
    }

    #[cfg(not(feature = "xlsx"))]
    #[expect(clippy::unused_self, reason = "the same method with the feature")]
    fn read_workbook(&self, path: &Path, _: &Control) -> Result<HtcdsOutcome, ModelError> {
        Err(without(path, "workbooks"))
    }

    #[cfg(feature = "json")]
    fn read_text(&self, path: &Path, name: &str, control: &Control) -> Result<HtcdsOutcome, ModelError> {
        super::read_json(source(path)?, name, &self.options, control)
    }

    #[cfg(not(feature = "json"))]
    #[expect(clippy::unused_self, reason = "the same method with the feature")]
    fn read_text(&self, path: &Path, _: &str, _: &Control) -> Result<HtcdsOutcome, ModelError> {
        Err(without(path, "JSON"))
    }
}

fn source(path: &Path) -> Result<impl Read, ModelError> {
    open(path).map_err(|error| TableError::io(path, error).into())
}

fn no_records(path: &Path) -> ModelError {
    let closest = "closest to no format of HTCDS records; a mapping can say what the columns mean".to_owned();
    ModelError::UnknownLayout { file: path.display().to_string(), closest: Some(closest) }
}

#[cfg(not(all(feature = "xlsx", feature = "json")))]
fn without(path: &Path, what: &str) -> ModelError {
    let rule = format!("this program was built without {what}");
    TableError::Invalid { what: path.display().to_string(), rule }.into()
}

fn kind(path: &Path) -> Result<Kind, ModelError> {
    let failed = |error| ModelError::from(TableError::io(path, error));
    let about = std::fs::metadata(path).map_err(failed)?;
    if about.is_dir() {
        return Ok(Kind::Folder);
    }
    if !about.is_file() {
        return Ok(Kind::Text(None));
    }
    let mut start = Vec::new();
    File::open(path).map_err(failed)?.take(8).read_to_end(&mut start).map_err(failed)?;
    // A zip archive, or the compound file of older and of protected workbooks.
    if start.starts_with(b"PK\x03\x04") || start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Ok(Kind::Workbook);
    }
    let mut head = Vec::new();
    open(path).map_err(failed)?.take(HEAD).read_to_end(&mut head).map_err(failed)?;
    #[cfg(feature = "json")]
    if super::is_htcds_json(&head) {
        // Both forms are read by the same function, which tells them apart.
        return Ok(Kind::Text(Some(HtcdsFormat::Json)));
    }
    Ok(Kind::Text(HtcdsFormat::of_text(&head)))
}
