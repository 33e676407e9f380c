//! Data that this repository does not hold, looked for in the folder named by `CTDATA_SHARED`, else in
//! `shared/data` in the working folder or beside it.

use std::path::{Path, PathBuf};

use ctdata::privacy::QuasiIdentifier;
use ctdata::table::csv::{CsvReader, Separator};
use ctdata::table::{Attribute, Control, Hierarchy, MissingKinds, Table, TableError};

/// The folder, if there is one.
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("CTDATA_SHARED").map(PathBuf::from);
    let usual = ["../shared/data", "shared/data"].map(PathBuf::from);
    let candidates = named.map_or(usual.to_vec(), |named| vec![named]);
    candidates.into_iter().find(|folder| folder.is_dir())
}

/// A table and those of its columns that have a hierarchy.
#[derive(Debug, Clone)]
pub struct Hierarchical {
    /// The table; columns with a hierarchy are over its leaves.
    pub table: Table,
    /// They and their hierarchies, in the order of the columns.
    pub quasi: Vec<QuasiIdentifier>,
}

impl Hierarchical {
    /// Those of these names, in this order.
    ///
    /// # Errors
    /// A name without a hierarchy.
    pub fn named<S: AsRef<str>>(&self, names: &[S]) -> Result<Vec<QuasiIdentifier>, String> {
        let find = |name: &S| self.quasi.iter().find(|quasi| quasi.name() == name.as_ref()).cloned();
        names.iter().map(|name| find(name).ok_or_else(|| format!("{} has no hierarchy", name.as_ref()))).collect()
    }
}

/// Adult: 30,162 people of the census of the United States of 1994, with its usual hierarchies.
///
/// # Errors
/// Files that are missing or broken.
pub fn adult(data: &Path) -> Result<Hierarchical, TableError> {
    read(&data.join("adult"), "adult.csv", "adult")
}

/// An invented table of 5,000 cases with hierarchies.
///
/// # Errors
/// Files that are missing or broken.
pub fn oracle_ct(data: &Path) -> Result<Hierarchical, TableError> {
    read(&data.join("oracle-ct"), "ct.csv", "ct")
}

fn read(folder: &Path, file: &str, prefix: &str) -> Result<Hierarchical, TableError> {
    let control = Control::default();
    let path = folder.join(file);
    let mut reader = CsvReader::new().separator(Separator::Semicolon);
    let header = reader.read_path(&path, &control)?.header().to_vec();
    let mut quasi = Vec::new();
    for name in header {
        let levels = folder.join(format!("{prefix}_hierarchy_{name}.csv"));
        if levels.is_file() {
            let hierarchy = Hierarchy::from_csv_path(&levels, Separator::Semicolon)?;
            reader = reader.attribute(Attribute::new(name.as_str(), hierarchy.leaves().clone(), MissingKinds::NONE));
            quasi.push(QuasiIdentifier::new(name, hierarchy));
        }
    }
    Ok(Hierarchical { table: reader.read_path(&path, &control)?.into_table()?, quasi })
}
