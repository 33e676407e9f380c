//! Splits delimited text into records and cells, as a stream and without copying.
//!
//! The format is RFC 4180 as the `csv` crate reads it: records end with LF, CRLF or CR, blank lines
//! are skipped, a quote means something only as the first byte of a cell, and two quotes inside a
//! quoted cell stand for one. Unlike that crate, a quote that is never closed is an error, and so
//! is a NUL byte.
//!
//! # Sources
//! Y. Shafranovich, *RFC 4180: Common Format and MIME Type for CSV Files*, 2005.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use super::input::BrokenGzip;
use super::outline::{Outline, PADDING, Stop, line_ends, outline, unquote};
use crate::{Location, TableError, TextRule};

/// The character between two cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Separator {
    /// `,`
    #[default]
    Comma,
    /// `;`, usual where the comma is the decimal sign.
    Semicolon,
    /// The tab character.
    Tab,
}

impl Separator {
    /// All separators, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Comma, Self::Semicolon, Self::Tab];

    /// The separator as a byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// What stops a [`Scanner`]. Lines count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The text is not what it should be.
    #[error("line {line}: {rule}")]
    Text {
        /// The line, of the opening quote for a quote that is never closed.
        line: u64,
        /// What was expected there.
        rule: TextRule,
    },
    /// The system refused to read on.
    #[error("after line {line}: {source}")]
    Io {
        /// The last line that could be read, 0 if none.
        line: u64,
        /// What it said.
        source: io::Error,
    },
}

impl ScanError {
    /// The same error with the name of the file.
    pub fn in_file(self, file: Option<&Arc<str>>) -> TableError {
        match self {
            Self::Text { line, rule } => TableError::Text {
                at: Location { file: file.cloned(), ..Location::default() }.with_line(line).into(),
                rule,
            },
            Self::Io { source, .. } => TableError::io(file.map_or("(input)", |file| &**file), source),
        }
    }
}

/// How a [`Scanner`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanOptions {
    /// The separator; by default the one that splits the header into most cells.
    pub separator: Option<Separator>,
    /// The longest record, in bytes; 16 MiB by default and 1 GiB at most. It bounds the memory that
    /// a file can take.
    pub max_record_bytes: usize,
    /// The size at which the buffer starts, in bytes; 256 KiB by default. It grows only for a
    /// record that does not fit.
    pub buffer_bytes: usize,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self { separator: None, max_record_bytes: 16 << 20, buffer_bytes: 256 << 10 }
    }
}

/// One record, borrowed from its [`Scanner`].
#[derive(Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
    /// Where each cell starts in `bytes`, and one past the separator that the last one would have.
    starts: &'a [u32],
    line: u64,
}

impl<'a> Record<'a> {
    /// The line on which the record starts, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The number of cells, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "a record has at least one cell")]
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The cell at a position from 0, without its quotes.
    #[inline]
    pub fn cell(&self, position: usize) -> Option<&'a [u8]> {
        let bounds = self.starts.get(position..)?.first_chunk()?;
        Some(cell(self.bytes, *bounds))
    }

    /// The cells in order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.bytes;
        self.starts.windows(2).map(move |bounds| bounds.first_chunk().map_or(&[][..], |bounds| cell(bytes, *bounds)))
    }
}

/// Shows the place and the number of cells, never their contents.
impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("line", &self.line).field("cells", &self.len()).finish_non_exhaustive()
    }
}

#[inline]
fn cell(bytes: &[u8], [from, next]: [u32; 2]) -> &[u8] {
    bytes.get(from as usize..next as usize - 1).unwrap_or_default()
}

/// A streaming reader of delimited text.
///
/// Memory is one buffer, which holds at least one record and starts at
/// [`ScanOptions::buffer_bytes`].
///
/// ```
/// use ctdata_table::csv::{ScanOptions, Scanner};
/// let mut scanner = Scanner::new("sex;age\nF;\"9;17\"\n".as_bytes(), ScanOptions::default());
/// let mut cells = 0;
/// while let Some(record) = scanner.next()? {
///     cells += record.len();
/// }
/// assert_eq!(cells, 4);
/// # Ok::<(), ctdata_table::csv::ScanError>(())
/// ```
pub struct Scanner<R> {
    reader: R,
    /// The text read and not yet handed out is `buffer[next..end]`; [`PADDING`] zeros follow.
    buffer: Vec<u8>,
    next: usize,
    end: usize,
    /// The bytes that were in the buffer before.
    gone: u64,
    at_eof: bool,
    started: bool,
    /// The cell starts of the current record, with room to spare.
    starts: Vec<u32>,
    /// The line at `next`, and whether the byte before it is a CR, to which an LF may belong.
    line: u64,
    after_cr: bool,
    separator: Option<Separator>,
    max_record_bytes: usize,
}

impl<R: Read> Scanner<R> {
    /// Reads from anything; own buffering is not needed.
    pub fn new(reader: R, options: ScanOptions) -> Self {
        Self {
            reader,
            buffer: vec![0; options.buffer_bytes.max(1) + PADDING],
            next: 0,
            end: 0,
            gone: 0,
            at_eof: false,
            started: false,
            starts: vec![0; 64],
            line: 1,
            after_cr: false,
            separator: options.separator,
            max_record_bytes: options.max_record_bytes.min(1 << 30),
        }
    }

    /// The separator given or found; `None` before the first record when it is to be found.
    pub fn separator(&self) -> Option<Separator> {
        self.separator
    }

    /// How many bytes of the text have been handed out, for showing progress.
    pub fn position(&self) -> u64 {
        self.gone + self.next as u64
    }

    /// The next record, or `None` at the end. After an error the scanner should not be used
    /// further.
    ///
    /// # Errors
    /// See [`ScanError`].
    #[expect(clippy::should_implement_trait, reason = "a record borrows from the scanner, which `Iterator` cannot say")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, ScanError> {
        if !self.started {
            self.start()?;
        }
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let line = self.line;
        let outline = self.outline(self.separator.unwrap_or_default())?;
        let (from, next) = (self.next, self.next + outline.bytes + 1);
        // The last record may end without a line end.
        self.after_cr = self.buffer.get(next - 1) == Some(&b'\r');
        self.line += outline.inner_lines + 1;
        self.next = next.min(self.end);
        let bytes = self.buffer.get_mut(from..next - 1).unwrap_or_default();
        let starts = self.starts.get_mut(..=outline.cells).unwrap_or_default();
        if outline.quoted {
            unquote(bytes, starts);
        }
        Ok(Some(Record { bytes, starts, line }))
    }

    /// Skips the byte order mark and finds the separator.
    fn start(&mut self) -> Result<(), ScanError> {
        self.started = true;
        while self.end < BOM.len() && !self.at_eof {
            self.fill()?;
        }
        if self.buffer.starts_with(BOM) {
            self.next = BOM.len();
        }
        if self.separator.is_some() || !self.skip_line_ends()? {
            return Ok(());
        }
        // A header that cannot be read with one separator may be well-formed with another.
        let split = Separator::ALL.map(|separator| (self.outline(separator).map(|outline| outline.cells), separator));
        let most = split.iter().filter_map(|(cells, _)| cells.as_ref().ok()).max().copied();
        let mut best = split.into_iter().filter(|(cells, _)| cells.as_ref().ok().copied() == most);
        let Some((cells, separator)) = best.next() else {
            return Ok(());
        };
        if cells? > 1 && best.next().is_some() {
            return Err(ScanError::Text { line: self.line, rule: TextRule::AmbiguousSeparator });
        }
        self.separator = Some(separator);
        Ok(())
    }

    /// Goes to the next record; false at the end of the text.
    fn skip_line_ends(&mut self) -> Result<bool, ScanError> {
        loop {
            match self.buffer.get(self.next) {
                _ if self.next >= self.end => {
                    if self.at_eof {
                        return Ok(false);
                    }
                    self.fill()?;
                }
                Some(b'\n') => {
                    self.line += u64::from(!self.after_cr);
                    self.after_cr = false;
                    self.next += 1;
                }
                Some(b'\r') => {
                    self.line += 1;
                    self.after_cr = true;
                    self.next += 1;
                }
                _ => {
                    self.after_cr = false;
                    return Ok(true);
                }
            }
        }
    }

    /// Finds the end and the cells of the record at `next`, reading on as needed. The text stays as
    /// it is.
    fn outline(&mut self, separator: Separator) -> Result<Outline, ScanError> {
        loop {
            let bytes = self.buffer.get(self.next..).unwrap_or_default();
            let open = match outline(bytes, self.end - self.next, separator.byte(), &mut self.starts) {
                Ok(outline) if outline.bytes <= self.max_record_bytes => return Ok(outline),
                Ok(_) => return Err(self.too_long()),
                Err(Stop::TooManyCells) => {
                    self.starts.resize(2 * self.starts.len(), 0);
                    continue;
                }
                Err(Stop::Nul { at }) => return Err(self.broken(at, TextRule::Binary)),
                Err(Stop::End { open_quote }) => open_quote,
            };
            let too_long = self.end - self.next > self.max_record_bytes;
            match open {
                Some(at) if self.at_eof || too_long => {
                    return Err(self.broken(at, TextRule::UnclosedQuote));
                }
                _ if too_long => return Err(self.too_long()),
                _ => self.fill()?,
            }
        }
    }

    fn too_long(&self) -> ScanError {
        self.broken(0, TextRule::RecordTooLong { limit: self.max_record_bytes })
    }

    /// The error at a position after `next`.
    fn broken(&self, at: usize, rule: TextRule) -> ScanError {
        let before = self.buffer.get(self.next..self.next + at).unwrap_or_default();
        ScanError::Text { line: self.line + line_ends(before), rule }
    }

    /// Reads until the buffer is full, after making room in it. At the end of the file a line end
    /// is added, so that the last record is like the others.
    fn fill(&mut self) -> Result<(), ScanError> {
        if self.next > 0 {
            self.buffer.copy_within(self.next..self.end, 0);
            self.end -= self.next;
            self.gone += self.next as u64;
            self.next = 0;
        }
        let mut room = self.buffer.len() - PADDING;
        if self.end >= room {
            room *= 2;
            self.buffer.resize(room + PADDING, 0);
        }
        while self.end < room {
            let free = self.buffer.get_mut(self.end..room).unwrap_or_default();
            match self.reader.read(free) {
                Ok(0) => {
                    self.at_eof = true;
                    break;
                }
                Ok(read) => self.end = room.min(self.end + read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        self.buffer.get_mut(self.end..).unwrap_or_default().fill(0);
        if self.at_eof
            && let Some(byte) = self.buffer.get_mut(self.end)
        {
            *byte = b'\n';
        }
        Ok(())
    }

    fn failed(&self, source: io::Error) -> ScanError {
        let unread = self.buffer.get(self.next..self.end).unwrap_or_default();
        let line = self.line - 1 + line_ends(unread);
        match source.get_ref().and_then(|inner| inner.downcast_ref::<BrokenGzip>()) {
            Some(BrokenGzip(how)) => ScanError::Text { line: line.max(1), rule: TextRule::BrokenGzip(how.clone()) },
            None => ScanError::Io { line, source },
        }
    }
}

/// Shows the place, never the text.
impl<R> fmt::Debug for Scanner<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("line", &self.line).field("separator", &self.separator).finish_non_exhaustive()
    }
}

/// The byte order mark, U+FEFF in UTF-8.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

#[cfg(test)]
mod tests;
