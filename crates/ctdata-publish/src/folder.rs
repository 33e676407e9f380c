//! The release folder: everything that is published together, written whole or not at all.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ctdata_model::{Layout, write_table};
use ctdata_privacy::Released;
use ctdata_table::{Control, Table};

use crate::describe::{data_package, readme};
use crate::tables::ReleasedTables;
use crate::{PublishError, Published};

/// The files of a release folder.
pub const DATA_FILE: &str = "data.csv";
/// The tables that go with the records, one figure per row.
pub const TABLES_FILE: &str = "tables.csv";
/// What was done, what was verified, what is not protected.
pub const STATEMENT_FILE: &str = "statement.json";
/// The same in plain words.
pub const README_FILE: &str = "README.md";
/// A description of the files that programs can read (Frictionless Data Package).
pub const PACKAGE_FILE: &str = "datapackage.json";

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
    /// release folder is ever replaced.
    ///
    /// # Errors
    /// A target that exists, or a parent folder that cannot be written.
    pub fn create(target: &Path, replace: bool) -> Result<Self, PublishError> {
        match fs::symlink_metadata(target) {
            Ok(_) if !replace => return Err(PublishError::Exists { path: target.into() }),
            Ok(_) if !target.join(STATEMENT_FILE).is_file() => {
                return Err(PublishError::NotARelease { path: target.into() });
            }
            _ => {}
        }
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

    /// Writes the records, in the layout that they came in or as plain CSV.
    ///
    /// # Errors
    /// An output that fails, a stop by `control`.
    pub fn data(
        &self,
        data: &Released<Table>,
        layout: Option<&'static Layout>,
        control: &Control,
    ) -> Result<(), PublishError> {
        let path = self.inner.join(DATA_FILE);
        let file = fs::File::create(&path).map_err(|error| PublishError::io(&path, error))?;
        let mut output = BufWriter::new(file);
        match layout {
            Some(layout) => write_table(data.get(), layout, &mut output, control)?,
            None => crate::plain::write(data.get(), &mut output, control)?,
        }
        let file = output.into_inner().map_err(|error| PublishError::io(&path, error.into_error()))?;
        file.sync_all().map_err(|error| PublishError::io(&path, error))
    }

    /// Writes the tables as long CSV.
    ///
    /// # Errors
    /// An output that fails.
    pub fn tables(&self, tables: &ReleasedTables) -> Result<(), PublishError> {
        self.write(TABLES_FILE, &tables.to_long_csv()?)
    }

    /// Writes the statement, the README and the package description, and puts the folder in its place.
    ///
    /// # Errors
    /// An output that fails, or a target that came to exist meanwhile.
    pub fn finish(
        self,
        data: &Released<Table>,
        tables: &ReleasedTables,
        published: &Published,
    ) -> Result<PathBuf, PublishError> {
        let mut statement = serde_json::to_vec_pretty(data.statement())?;
        statement.push(b'\n');
        self.write(STATEMENT_FILE, &statement)?;
        self.write(README_FILE, readme(data, tables, published).as_bytes())?;
        let long = tables.to_long_csv()?;
        let header: Vec<String> = long
            .split(|&byte| byte == b'\n')
            .next()
            .map(|line| String::from_utf8_lossy(line).split(',').map(str::to_owned).collect())
            .unwrap_or_default();
        let mut package = serde_json::to_vec_pretty(&data_package(data, &header, published))?;
        package.push(b'\n');
        self.write(PACKAGE_FILE, &package)?;
        self.put_in_place()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let path = self.inner.join(name);
        let failed = |error| PublishError::io(&path, error);
        let mut file = fs::File::create(&path).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
    }

    fn put_in_place(self) -> Result<PathBuf, PublishError> {
        let failed = |error| PublishError::io(&self.target, error);
        let exists = fs::symlink_metadata(&self.target).is_ok();
        if exists && !self.replace {
            return Err(PublishError::Exists { path: self.target.clone() });
        }
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
