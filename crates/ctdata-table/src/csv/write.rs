//! Writes delimited text, and files that are either whole or not there.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::{fmt, process};

use super::Separator;
use super::scan::BOM;

/// What ends a line in a file that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// LF, as on Unix.
    #[default]
    Lf,
    /// CRLF, as RFC 4180 has it and as Excel writes.
    CrLf,
}

impl LineEnd {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }
}

/// A writer of delimited text that puts quotes only where they are needed: around cells with the
/// separator, a quote or a line end in them, around those that begin like a byte order mark, which
/// would be lost at the start of a file, and around the cell of a record that would else be a blank
/// line.
///
/// It has its own buffer; [`finish`](Self::finish) writes the rest of it.
///
/// ```
/// use ctdata_table::csv::{CsvWriter, LineEnd, Separator};
/// let mut writer = CsvWriter::new(Vec::new(), Separator::Semicolon, LineEnd::Lf);
/// writer.record([&b"sex"[..], b"age"])?;
/// writer.record([&b"F"[..], b"9;17"])?;
/// assert_eq!(writer.finish()?, b"sex;age\nF;\"9;17\"\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct CsvWriter<W> {
    output: W,
    buffer: Vec<u8>,
    separator: u8,
    line_end: &'static [u8],
    cells: usize,
    /// Whether the record so far is one empty cell.
    blank: bool,
}

impl<W: Write> CsvWriter<W> {
    /// Writes to anything; own buffering is not needed.
    pub fn new(output: W, separator: Separator, line_end: LineEnd) -> Self {
        let buffer = Vec::with_capacity(BUFFER_BYTES + BUFFER_BYTES / 4);
        Self { output, buffer, separator: separator.byte(), line_end: line_end.bytes(), cells: 0, blank: false }
    }

    /// Adds a cell to the record.
    pub fn cell(&mut self, cell: &[u8]) {
        self.next_cell(cell.is_empty());
        push_quoted(&mut self.buffer, cell, self.separator);
    }

    /// Adds a cell that [`quote`] has made ready, for labels that are written many times.
    pub fn ready_cell(&mut self, cell: &[u8]) {
        self.next_cell(cell.is_empty());
        self.buffer.extend_from_slice(cell);
    }

    fn next_cell(&mut self, empty: bool) {
        if self.cells > 0 {
            self.buffer.push(self.separator);
        }
        self.blank = empty && self.cells == 0;
        self.cells += 1;
    }

    /// Ends the record. One without any cell is written as one with an empty cell.
    ///
    /// # Errors
    /// If the output cannot take the text.
    pub fn end_record(&mut self) -> io::Result<()> {
        if self.blank || self.cells == 0 {
            self.buffer.extend_from_slice(b"\"\"");
        }
        self.buffer.extend_from_slice(self.line_end);
        self.cells = 0;
        self.blank = false;
        if self.buffer.len() >= BUFFER_BYTES {
            self.output.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Writes a whole record.
    ///
    /// # Errors
    /// If the output cannot take the text.
    pub fn record<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        for cell in cells {
            self.cell(cell.as_ref());
        }
        self.end_record()
    }

    /// Writes what is left in the buffer and gives the output back.
    ///
    /// # Errors
    /// If the output cannot take the text.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.write_all(&self.buffer)?;
        self.output.flush()?;
        Ok(self.output)
    }
}

/// Shows nothing of the text.
impl<W> fmt::Debug for CsvWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvWriter").field("separator", &char::from(self.separator)).finish_non_exhaustive()
    }
}

/// A cell as it stands in a file, with quotes if it needs them.
pub fn quote(cell: &[u8], separator: Separator) -> Vec<u8> {
    let mut ready = Vec::with_capacity(cell.len() + 2);
    push_quoted(&mut ready, cell, separator.byte());
    ready
}

fn push_quoted(out: &mut Vec<u8>, cell: &[u8], separator: u8) {
    let plain = |byte: &u8| *byte != separator && !matches!(byte, b'"' | b'\n' | b'\r');
    if cell.iter().all(plain) && !cell.starts_with(BOM) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for &byte in cell {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Who may read a file that is written. It is effective on Unix only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Whom the system's defaults allow.
    #[default]
    Default,
    /// Its owner alone (mode 0600): a working copy, which is as confidential as its source.
    OwnerOnly,
}

/// Writes a file so that it appears whole or not at all: a temporary file beside it is written,
/// synchronized with the disk and renamed. If anything fails, the temporary file is removed and a
/// file that was there before stays as it is. A symbolic link is followed. What is not a regular
/// file (a pipe, a device) is written directly.
///
/// # Errors
/// What `write` returns, or what the operating system says.
pub fn write_atomically<T, E: From<io::Error>>(
    path: &Path,
    access: Access,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, E>,
) -> Result<T, E> {
    let resolved = fs::canonicalize(path);
    let path = resolved.as_deref().unwrap_or(path);
    if let Ok(about) = fs::metadata(path)
        && !about.is_file()
    {
        let mut file = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        let value = write(&mut file)?;
        file.flush()?;
        return Ok(value);
    }
    let (temporary, file) = Temporary::create(path, access)?;
    let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
    let value = write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    drop(file);
    temporary.rename(path)?;
    Ok(value)
}

const BUFFER_BYTES: usize = 64 << 10;

/// A file beside another; removed unless it is renamed.
struct Temporary {
    path: Option<PathBuf>,
}

impl Temporary {
    fn create(beside: &Path, access: Access) -> io::Result<(Self, File)> {
        let Some(name) = beside.file_name() else {
            return Err(io::ErrorKind::InvalidFilename.into());
        };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if access == Access::OwnerOnly {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = access;
        // Another writer of this process, or what a crashed one left, may have the name.
        let mut attempt = 0_u32;
        loop {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{attempt}.tmp", process::id()));
            let path = beside.with_file_name(hidden);
            match options.open(&path) {
                Ok(file) => return Ok((Self { path: Some(path) }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1_000 => {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn rename(mut self, to: &Path) -> io::Result<()> {
        let Some(from) = &self.path else {
            return Ok(());
        };
        fs::rename(from, to)?;
        self.path = None;
        // The name is safe on disk once the folder is; where folders cannot be synchronized, the
        // file itself still was.
        #[cfg(unix)]
        if let Some(folder) = to.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Nothing can be done if this fails too; the error that led here is the one to report.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn oracle(separator: Separator, line_end: LineEnd, records: &[Vec<Vec<u8>>]) -> Vec<u8> {
        let terminator = match line_end {
            LineEnd::Lf => ::csv::Terminator::Any(b'\n'),
            LineEnd::CrLf => ::csv::Terminator::CRLF,
        };
        let mut writer = ::csv::WriterBuilder::new()
            .delimiter(separator.byte())
            .terminator(terminator)
            .flexible(true)
            .from_writer(Vec::new());
        for record in records {
            writer.write_record(record).unwrap();
        }
        writer.into_inner().unwrap()
    }

    proptest! {
        #[test]
        fn text_is_what_the_csv_crate_writes(
            records in prop::collection::vec(prop::collection::vec("[a,;\t\" \r\n]{0,3}", 0..5), 0..6),
            separator in prop::sample::select(&Separator::ALL[..]),
            crlf: bool,
        ) {
            let records: Vec<Vec<Vec<u8>>> =
                records.into_iter().map(|record| record.into_iter().map(String::into_bytes).collect()).collect();
            let line_end = if crlf { LineEnd::CrLf } else { LineEnd::Lf };
            let mut writer = CsvWriter::new(Vec::new(), separator, line_end);
            let mut ready = CsvWriter::new(Vec::new(), separator, line_end);
            for record in &records {
                writer.record(record).unwrap();
                for cell in record {
                    ready.ready_cell(&quote(cell, separator));
                }
                ready.end_record().unwrap();
            }
            let expected = oracle(separator, line_end, &records);
            prop_assert_eq!(&writer.finish().unwrap(), &expected);
            prop_assert_eq!(&ready.finish().unwrap(), &expected);
        }
    }

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_file_appears_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        for text in ["first", "second"] {
            write_atomically(&path, Access::Default, |file| {
                file.write_all(text.as_bytes())?;
                assert!(!fs::exists(&path)? || fs::read(&path)? == b"first");
                Ok::<_, io::Error>(())
            })
            .unwrap();
            assert_eq!(fs::read(&path).unwrap(), text.as_bytes());
        }
        assert_eq!(names(folder.path()), ["cases.csv"]);
    }

    #[test]
    fn after_an_error_the_old_file_stays_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        fs::write(&path, "old").unwrap();
        let result = write_atomically(&path, Access::Default, |file| {
            file.write_all(b"half")?;
            Err::<(), _>(io::Error::other("no"))
        });
        assert_eq!(result.unwrap_err().to_string(), "no");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["cases.csv"]);
    }

    #[test]
    fn after_a_panic_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        let result = std::panic::catch_unwind(|| {
            write_atomically(&path, Access::Default, |_| -> io::Result<()> { panic!("in the middle") })
        });
        assert!(result.is_err());
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("cases.csv");
        let result = write_atomically(&path, Access::Default, |_| Ok::<_, io::Error>(()));
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::NotFound);
        let result = write_atomically(Path::new(".."), Access::Default, |_| Ok::<_, io::Error>(()));
        assert!(result.is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_working_copy_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.csv");
        fs::write(&path, "old, readable by all").unwrap();
        write_atomically(&path, Access::OwnerOnly, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target.csv"), folder.path().join("link.csv"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_atomically(&link, Access::Default, |file| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_and_a_device_stays() {
        let full = Path::new("/dev/full");
        if !full.exists() {
            return;
        }
        let result = write_atomically(full, Access::Default, |file| file.write_all(b"text"));
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(full.exists() && !full.is_file());
    }
}
