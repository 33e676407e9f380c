//! Reading a folder.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ctdata_table::csv::open;
use ctdata_table::{Control, TableError};

use super::{EntityFile, FILES};
use crate::ModelError;
use crate::htcds::flat::{FileRows, scan_header};
use crate::htcds::read::{HeaderRules, RecordBuilder, SheetPlan, Target, target_name};
use crate::htcds::{HtcdsFormat, HtcdsOutcome, ReadOptions};

/// Reads a folder of CSV files, one for each kind of entity: those that [`write_folder`](super::write_folder) writes.
/// All of them must be there: one without rows is a header alone. Files whose name does not end in `.csv` are left alone.
/// Identifiers are text of any kind; where a row refers to a person, case or organization, the file of these must have it. Rows of
/// [`HtcdsOutcome::places`] are those of the file of the entity.
///
/// # Errors
/// A folder that lacks one of these files, or has another CSV file; a file that cannot be read or is not text;
/// [`ModelError::WrongHeader`] if a column is neither an identifier nor a field of the entity; with
/// [`OnError::Stop`](ctdata_table::csv::OnError::Stop) the first row that cannot be used.
pub fn read_folder(path: &Path, options: &ReadOptions, control: &Control) -> Result<HtcdsOutcome, ModelError> {
    let folder: Arc<str> = path.display().to_string().into();
    check_names(path)?;
    let format = HtcdsFormat::CsvFolder.name();
    let mut builder = RecordBuilder::new(SheetPlan::default(), format, Arc::clone(&folder), None, options.clone());
    for file in &FILES {
        let path = path.join(file.name);
        let input = open(&path).map_err(|error| TableError::io(&path, error))?;
        let name: Arc<str> = path.display().to_string().into();
        let (mut scanner, header) = scan_header(input, &name, options)?;
        let rules = HeaderRules { file: &name, format, ..HeaderRules::default() };
        let plan = SheetPlan::from_header(&header, &[] as &[&str], rules)?;
        check_columns(&plan, file, rules)?;
        builder.next_file(plan, Arc::clone(&name), file.scope);
        FileRows::new(&name, header.len()).read_all(&mut scanner, &mut builder, control)?;
    }
    Ok(builder.finish())
}

/// A misspelt name would be a file read past, and a lost file would be read as one without rows.
fn check_names(path: &Path) -> Result<(), ModelError> {
    let failed = |error| ModelError::from(TableError::io(path, error));
    let is_csv = |name: &OsStr| name.to_string_lossy().to_ascii_lowercase().ends_with(".csv");
    let mut known = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if let Some(file) = FILES.iter().find(|file| name == file.name) {
            known.push(file.name);
        } else if is_csv(&name) {
            let rule = format!("not a file of {}", HtcdsFormat::CsvFolder);
            return Err(TableError::Invalid { what: path.join(name).display().to_string(), rule }.into());
        }
    }
    if known.is_empty() {
        let rule = format!("none of the files of {} is in the folder", HtcdsFormat::CsvFolder);
        return Err(TableError::Invalid { what: path.display().to_string(), rule }.into());
    }
    if let Some(file) = FILES.iter().find(|file| !known.contains(&file.name)) {
        let rule = format!(
            "this file of {} is not in the folder: one without rows has its header all the same",
            HtcdsFormat::CsvFolder
        );
        return Err(TableError::Invalid { what: path.join(file.name).display().to_string(), rule }.into());
    }
    Ok(())
}

fn check_columns(plan: &SheetPlan, file: &EntityFile, rules: HeaderRules<'_>) -> Result<(), ModelError> {
    let refuse = |difference: String| {
        Err(ModelError::WrongHeader { file: rules.file.to_owned(), layout: rules.format, difference })
    };
    if let Some(id) = file.ids.iter().find(|id| !plan.has(**id)) {
        return refuse(format!("lacks `{}`", target_name(*id).unwrap_or_default()));
    }
    let fields = || file.fields.iter().chain(file.more);
    for (at, column) in (1..).zip(&plan.columns) {
        let belongs = match column.target {
            Target::Field { field, occurrence } => occurrence == 0 && fields().any(|name| *name == field.name),
            target => file.ids.contains(&target),
        };
        if !belongs {
            return refuse(format!("column {at} does not belong into {}", file.name));
        }
    }
    Ok(())
}
