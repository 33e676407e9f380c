//! Writing a folder.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ctdata_table::csv::{Access, CsvWriter, LineEnd, Separator, write_atomically};
use ctdata_table::{Control, Location, TableError, TextRule};

use super::{
    CASES, COMMENTS, CONNECTIONS, EVENTS, EntityFile, ORGANIZATIONS, PERPETRATORS, PERSONS, PLANS, REFERRALS, VICTIMS,
};
use crate::ModelError;
use crate::htcds::flat::{Words, check, push_value};
use crate::htcds::read::target_name;
use crate::htcds::{Entity, Field, OrganizationId, PersonId, Records};

/// Writes records into a new folder, a CSV file for each kind of entity, with all fields of each as columns. Several
/// values are separated by `;`. The folder appears whole or not at all, and is readable by its owner alone on Unix: it
/// holds all that is confidential. [`read_folder`](super::read_folder) gives the same records.
///
/// # Errors
/// [`TableError::Invalid`] for records whose identifiers are empty, repeated or of nothing that is there; if there is a
/// folder of this name with something in it, the system refuses, or the caller stops.
pub fn write_folder(records: &Records, path: &Path, control: &Control) -> Result<(), ModelError> {
    check(records)?;
    if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
        let error = io::Error::new(io::ErrorKind::AlreadyExists, "the folder is not empty");
        return Err(TableError::io(path, error).into());
    }
    let mut folder = Temporary::beside(path)?;
    let cases = || records.cases.iter().map(|case| (case.id.expose(), case));
    let write = |file: &EntityFile, rows: &mut dyn FnMut(&mut Sheet<'_>) -> Result<(), ModelError>| {
        control.check()?;
        let path = folder.path.join(file.name);
        let failed = |error| ModelError::from(TableError::io(&path, error));
        let written = write_atomically(&path, Access::OwnerOnly, |output| {
            let mut sheet = Sheet { writer: CsvWriter::new(output, Separator::Comma, LineEnd::Lf), row: 0 };
            sheet.header(file)?;
            rows(&mut sheet)?;
            sheet.writer.finish()?;
            Ok::<_, Failure>(())
        });
        written.map_err(|failure| match failure {
            Failure::Io(error) => failed(error),
            Failure::Model(error) => error,
        })
    };
    write(&ORGANIZATIONS, &mut |sheet| {
        records.organizations.iter().try_for_each(|found| sheet.row(&[found.id.expose()], found))
    })?;
    write(&PERSONS, &mut |sheet| {
        records.persons.iter().try_for_each(|person| {
            sheet.start(&[person.id.expose()]);
            sheet.cells(person)?;
            sheet.cells(&person.consent)?;
            sheet.end()
        })
    })?;
    write(&CASES, &mut |sheet| cases().try_for_each(|(id, case)| sheet.row(&[id], case)))?;
    write(&VICTIMS, &mut |sheet| {
        cases().try_for_each(|(id, case)| {
            case.victims.iter().try_for_each(|found| sheet.row(&[id, found.person.expose()], found))
        })
    })?;
    write(&PERPETRATORS, &mut |sheet| {
        cases().try_for_each(|(id, case)| {
            case.perpetrators.iter().try_for_each(|found| sheet.row(&[id, found.person.expose()], found))
        })
    })?;
    write(&REFERRALS, &mut |sheet| cases().try_for_each(|(id, case)| sheet.parts(id, &case.outgoing_referrals)))?;
    write(&COMMENTS, &mut |sheet| cases().try_for_each(|(id, case)| sheet.parts(id, &case.comments)))?;
    write(&EVENTS, &mut |sheet| cases().try_for_each(|(id, case)| sheet.parts(id, &case.events)))?;
    write(&PLANS, &mut |sheet| cases().try_for_each(|(id, case)| sheet.parts(id, &case.support_plans)))?;
    write(&CONNECTIONS, &mut |sheet| {
        cases().try_for_each(|(id, case)| {
            case.connections.iter().try_for_each(|connection| {
                let person = connection.person.as_ref().map_or("", PersonId::expose);
                let organization = connection.organization.as_ref().map_or("", OrganizationId::expose);
                sheet.start(&[id, person, organization, connection.role.code()]);
                sheet.end()
            })
        })
    })?;
    folder.rename(path)
}

/// What stops the writing of a file.
enum Failure {
    Io(io::Error),
    Model(ModelError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

/// A file while it is written.
struct Sheet<'w> {
    writer: CsvWriter<&'w mut (dyn Write + Send)>,
    row: u64,
}

impl Sheet<'_> {
    fn header(&mut self, file: &EntityFile) -> io::Result<()> {
        let ids = file.ids.iter().filter_map(|id| target_name(*id));
        for id in ids {
            self.writer.cell(id.as_bytes());
        }
        for name in file.fields.iter().chain(file.more) {
            self.writer.cell(name.as_bytes());
        }
        self.writer.end_record()
    }

    fn row<E: Entity>(&mut self, ids: &[&str], entity: &E) -> Result<(), ModelError> {
        self.start(ids);
        self.cells(entity)?;
        self.end()
    }

    fn parts<E: Entity>(&mut self, id: &str, parts: &[E]) -> Result<(), ModelError> {
        parts.iter().try_for_each(|part| self.row(&[id], part))
    }

    fn start(&mut self, ids: &[&str]) {
        self.row += 1;
        for id in ids {
            self.writer.cell(id.as_bytes());
        }
    }

    fn cells<E: Entity>(&mut self, entity: &E) -> Result<(), ModelError> {
        let mut text = String::new();
        for (at, name) in E::FIELDS.iter().enumerate() {
            text.clear();
            push_value(&mut text, &entity.value(at), Field::named(name), Words::Names, ";");
            if text.contains('\0') {
                let at = Location::at_row(self.row).with_column(*name);
                return Err(TableError::Text { at: at.into(), rule: TextRule::Binary }.into());
            }
            self.writer.cell(text.as_bytes());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), ModelError> {
        self.writer.end_record().map_err(|error| TableError::io("(output)", error).into())
    }
}

/// A folder beside another; removed unless it is renamed.
struct Temporary {
    path: PathBuf,
    is_renamed: bool,
}

impl Temporary {
    fn beside(path: &Path) -> Result<Self, ModelError> {
        let failed = |error| ModelError::from(TableError::io(path, error));
        let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidFilename.into()))?;
        // Another writer, or what a crashed one left, may have the name.
        let mut attempt = 0_u32;
        loop {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{attempt}.tmp", std::process::id()));
            let path = path.with_file_name(hidden);
            #[cfg_attr(not(unix), expect(unused_mut, reason = "the mode is set on Unix only"))]
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Ok(()) => return Ok(Self { path, is_renamed: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1_000 => attempt += 1,
                Err(error) => return Err(failed(error)),
            }
        }
    }

    fn rename(&mut self, to: &Path) -> Result<(), ModelError> {
        // Windows does not rename onto a folder, not even an empty one.
        #[cfg(not(unix))]
        let _ = fs::remove_dir(to);
        fs::rename(&self.path, to).map_err(|error| TableError::io(to, error))?;
        self.is_renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_renamed {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
