//! The release folder: everything that is published together, written whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ctdata_model::{Layout, write_recoded, write_table};
use ctdata_privacy::tables::{ProtectedTables, TableCertificate};
use ctdata_privacy::{Released, Statement};
use ctdata_table::{Control, Table};

use crate::PublishError;
use crate::describe::{column, data_package, readme};
use crate::tables::{ReleasedTables, pictures};

/// The records, one per row.
pub const DATA_FILE: &str = "data.csv";
/// The tables that go with the records, one figure per row.
pub const TABLES_FILE: &str = "tables.csv";
/// What was done, what was verified, what is not protected.
pub const STATEMENT_FILE: &str = "statement.json";
/// The same in plain words.
pub const README_FILE: &str = "README.md";
/// A description of the files that programs can read (Frictionless Data Package).
pub const PACKAGE_FILE: &str = "datapackage.json";
/// What was done to tables of confidential counts, and the certificate; not there for tables of released records.
pub const TABLES_STATEMENT_FILE: &str = "tables.json";
/// The files of every release folder.
const ALWAYS: [&str; 5] = [DATA_FILE, TABLES_FILE, STATEMENT_FILE, README_FILE, PACKAGE_FILE];

/// All files that a release folder can have.
fn possible() -> impl Iterator<Item = &'static str> {
    ALWAYS.into_iter().chain([TABLES_STATEMENT_FILE]).chain(pictures::FILES)
}

/// The files of a release folder with these tables.
pub(crate) fn files(tables: &ReleasedTables) -> Vec<&'static str> {
    let certificate = tables.protected().map(|_| TABLES_STATEMENT_FILE);
    ALWAYS.into_iter().chain(certificate).chain(tables.pictures().iter().map(|picture| picture.file)).collect()
}

/// The content of [`TABLES_STATEMENT_FILE`].
#[derive(serde::Serialize)]
struct TablesStatement<'a> {
    statement: &'a Statement,
    certificate: &'a TableCertificate,
    /// Older releases that the figures were compared with, one by one.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    compared_with: &'a [String],
}

impl<'a> TablesStatement<'a> {
    fn of(protected: &'a Released<ProtectedTables>, tables: &'a ReleasedTables) -> Self {
        let (statement, certificate) = (protected.statement(), protected.get().certificate());
        Self { statement, certificate, compared_with: tables.compared_with() }
    }
}

/// A release folder in the making. It takes only what is released, and appears under its name when it
/// is complete; until then, and after any error, nothing is there.
#[derive(Debug)]
pub struct ReleaseFolder {
    target: PathBuf,
    replace: bool,
    outer: tempfile::TempDir,
    inner: PathBuf,
}

impl ReleaseFolder {
    /// Prepares a folder beside `target`, which must not exist unless it is to be replaced; only a
    /// release folder with nothing else in it is ever replaced.
    ///
    /// # Errors
    /// A target that exists, or a parent folder that cannot be written.
    pub fn create(target: &Path, replace: bool) -> Result<Self, PublishError> {
        check_target(target, replace)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|error| PublishError::io(parent, error))?;
        let outer = tempfile::Builder::new()
            .prefix(".ctdata-")
            .tempdir_in(parent)
            .map_err(|error| PublishError::io(parent, error))?;
        // The temporary folder is private; the one inside it gets the permissions that the user gives to
        // new folders.
        let inner = outer.path().join("release");
        fs::create_dir(&inner).map_err(|error| PublishError::io(&inner, error))?;
        Ok(Self { target: target.into(), replace, outer, inner })
    }

    /// Writes the records (in the layout that they came in, or as plain CSV), what was computed from
    /// them and what is to be said of them, and puts the folder in its place.
    ///
    /// # Errors
    /// An output that fails, a stop by `control`, or a target that came to exist meanwhile.
    pub fn write(
        self,
        data: &Released<Table>,
        tables: &ReleasedTables,
        layout: Option<&'static Layout>,
        control: &Control,
    ) -> Result<PathBuf, PublishError> {
        self.write_data(data, layout, control)?;
        let figures = tables.to_long_csv()?;
        self.write_file(TABLES_FILE, &figures)?;
        self.write_json(STATEMENT_FILE, data.statement())?;
        if let Some(protected) = tables.protected() {
            self.write_json(TABLES_STATEMENT_FILE, &TablesStatement::of(protected, tables))?;
        }
        for picture in tables.pictures() {
            self.write_file(picture.file, picture.svg.as_bytes())?;
        }
        self.write_file(README_FILE, readme(data, tables, layout).as_bytes())?;
        let header = figures.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let header = String::from_utf8_lossy(header);
        self.write_json(PACKAGE_FILE, &data_package(data, header.split(','), layout))?;
        control.check()?;
        self.put_in_place()
    }

    fn write_data(
        &self,
        data: &Released<Table>,
        layout: Option<&'static Layout>,
        control: &Control,
    ) -> Result<(), PublishError> {
        let path = self.inner.join(DATA_FILE);
        let file = fs::File::create(&path).map_err(|error| PublishError::io(&path, error))?;
        let mut output = BufWriter::new(file);
        match layout {
            Some(layout) if is_recoded(data.get(), layout) => write_recoded(data.get(), layout, &mut output, control)?,
            Some(layout) => write_table(data.get(), layout, &mut output, control)?,
            None => crate::plain::write(data.get(), &mut output, control)?,
        }
        let file = output.into_inner().map_err(|error| PublishError::io(&path, error.into_error()))?;
        file.sync_all().map_err(|error| PublishError::io(&path, error))
    }

    fn write_json(&self, name: &str, document: &impl serde::Serialize) -> Result<(), PublishError> {
        let mut text = serde_json::to_vec_pretty(document)?;
        text.push(b'\n');
        self.write_file(name, &text)
    }

    fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let path = self.inner.join(name);
        let failed = |error| PublishError::io(&path, error);
        let mut file = fs::File::create(&path).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
    }

    fn put_in_place(self) -> Result<PathBuf, PublishError> {
        let failed = |error| PublishError::io(&self.target, error);
        let exists = check_target(&self.target, self.replace)?;
        let old = self.outer.path().join("replaced");
        if exists {
            fs::rename(&self.target, &old).map_err(failed)?;
        }
        if let Err(error) = fs::rename(&self.inner, &self.target) {
            if exists {
                // What was there comes back; if even that fails, it is kept in the temporary folder.
                if fs::rename(&old, &self.target).is_err() {
                    let kept = self.outer.keep();
                    return Err(PublishError::io(kept, error));
                }
            }
            return Err(failed(error));
        }
        Ok(self.target.clone())
    }
}

/// Whether some column no longer has the values that its layout has.
pub(crate) fn is_recoded(table: &Table, layout: &'static Layout) -> bool {
    let attributes = table.schema().attributes();
    attributes
        .iter()
        .any(|attribute| column(Some(layout), attribute.name()).is_some_and(|column| !column.has_domain(attribute)))
}

/// Whether there is something that a release may take the place of: a release folder that nobody has
/// put anything else into, for all of it will be gone.
fn check_target(target: &Path, replace: bool) -> Result<bool, PublishError> {
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(PublishError::io(target, error)),
        Ok(_) if !replace => return Err(PublishError::Exists { path: target.into() }),
        Ok(found) if found.is_dir() && target.join(STATEMENT_FILE).is_file() => {}
        Ok(_) => return Err(PublishError::NotARelease { path: target.into() }),
    }
    for entry in fs::read_dir(target).map_err(|error| PublishError::io(target, error))? {
        let name = entry.map_err(|error| PublishError::io(target, error))?.file_name();
        if !possible().any(|file| name == file) {
            return Err(PublishError::NotARelease { path: target.into() });
        }
    }
    Ok(true)
}
