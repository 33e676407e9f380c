//! Splits delimited text into records and cells, as a stream and without copying.
//!
//! The format is RFC 4180 as the `csv` crate reads it: records end with LF, CRLF or CR, blank lines are skipped, a quote
//! means something only as the first byte of a cell, and two quotes inside a quoted cell stand for one. Unlike that crate,
//! a quote that is never closed is an error, and so is a NUL byte.
//!
//! Case files are wide and mostly empty, so that a cell with its separator has about 1.5 bytes. The inner loop therefore
//! looks at eight bytes at a time in one machine word, finds all separators in it at once, and looks closer only where a
//! quote, a line end or another control character shows up.
//!
//! # Sources
//! Y. Shafranovich, *RFC 4180: Common Format and MIME Type for CSV Files*, 2005. The zero-byte tests on words: H. S. Warren,
//! *Hacker's Delight*, 2nd ed. 2013, §6-1. The flattening of bit masks to positions through a table: G. Langdale, D. Lemire,
//! *Parsing Gigabytes of JSON per Second*, 2019, §3.2.

use std::fmt;
use std::io::{self, Read};

use super::input::BrokenGzip;

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
    /// A quoted cell has no end, in the file or within the longest record allowed.
    #[error("line {line}: the quote opened here is never closed")]
    UnclosedQuote {
        /// The line of the opening quote.
        line: u64,
    },
    /// A record is longer than allowed.
    #[error("line {line}: the record is longer than {limit} bytes")]
    RecordTooLong {
        /// The line on which the record starts.
        line: u64,
        /// [`ScanOptions::max_record_bytes`].
        limit: usize,
    },
    /// There is a NUL byte: the file is binary, or text in UTF-16.
    #[error("line {line}: not a text file in UTF-8 (it has a NUL byte)")]
    NotText {
        /// The line of the first NUL byte.
        line: u64,
    },
    /// Two separators split the header into equally many cells.
    #[error("line {line}: the separator is not clear from the header; name it")]
    UnclearSeparator {
        /// The line of the header.
        line: u64,
    },
    /// The compressed file is damaged or cut off.
    #[error("after line {line}: the gzip stream is broken")]
    BrokenGzip {
        /// The last line that could be read, 0 if none.
        line: u64,
    },
    /// Reading failed.
    #[error("after line {line}: reading failed")]
    Io {
        /// The last line that could be read, 0 if none.
        line: u64,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
}

/// How a [`Scanner`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanOptions {
    /// The separator; by default the one that splits the header into most cells.
    pub separator: Option<Separator>,
    /// The longest record, in bytes; 16 MiB by default and 1 GiB at most. It bounds the memory that a file can take.
    pub max_record_bytes: usize,
    /// The size at which the buffer starts, in bytes; 256 KiB by default. It grows only for a record that does not fit.
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
/// Memory is one buffer, which holds at least one record and starts at [`ScanOptions::buffer_bytes`].
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

    /// The next record, or `None` at the end. After an error the scanner should not be used further.
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
        let Some((cells, separator)) = best.next() else { return Ok(()) };
        if cells? > 1 && best.next().is_some() {
            return Err(ScanError::UnclearSeparator { line: self.line });
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

    /// Finds the end and the cells of the record at `next`, reading on as needed. The text stays as it is.
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
                Err(Stop::Nul { at }) => return Err(ScanError::NotText { line: self.line_at(at) }),
                Err(Stop::End { open_quote }) => open_quote,
            };
            let too_long = self.end - self.next > self.max_record_bytes;
            match open {
                Some(at) if self.at_eof || too_long => {
                    return Err(ScanError::UnclosedQuote { line: self.line_at(at) });
                }
                _ if too_long => return Err(self.too_long()),
                _ => self.fill()?,
            }
        }
    }

    fn too_long(&self) -> ScanError {
        ScanError::RecordTooLong { line: self.line, limit: self.max_record_bytes }
    }

    /// The line of a position after `next`.
    fn line_at(&self, at: usize) -> u64 {
        let before = self.buffer.get(self.next..self.next + at).unwrap_or_default();
        self.line + line_ends(before)
    }

    /// Reads until the buffer is full, after making room in it. At the end of the file a line end is added, so that the
    /// last record is like the others.
    fn fill(&mut self) -> Result<(), ScanError> {
        if self.next > 0 {
            self.buffer.copy_within(self.next..self.end, 0);
            self.end -= self.next;
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
        if source.get_ref().is_some_and(|inner| inner.is::<BrokenGzip>()) {
            ScanError::BrokenGzip { line }
        } else {
            ScanError::Io { line, source }
        }
    }
}

/// Shows the place, never the text.
impl<R> fmt::Debug for Scanner<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner").field("line", &self.line).field("separator", &self.separator).finish_non_exhaustive()
    }
}

const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Bytes after the text that a word may reach into; the zeros stop the scan.
const PADDING: usize = 8;

/// The shape of one record.
struct Outline {
    /// Its length without the line end.
    bytes: usize,
    cells: usize,
    /// Whether a cell is quoted.
    quoted: bool,
    /// Line ends within quotes.
    inner_lines: u64,
}

/// Why a record could not be outlined.
enum Stop {
    /// The text read so far ends before the record does; where the quote was opened if it ends inside quotes.
    End { open_quote: Option<usize> },
    Nul { at: usize },
    /// There is no room for the cell starts.
    TooManyCells,
}

/// Finds the record at the start of `bytes`, of which `end` are text and the rest is padding, and writes the cell starts.
fn outline(bytes: &[u8], end: usize, separator: u8, starts: &mut [u32]) -> Result<Outline, Stop> {
    let separators = repeat(separator);
    // `starts[0]` is always 0; `cells` is the index of the cell being read.
    let (mut at, mut cells) = (0, 0);
    let (mut quoted, mut inner_lines) = (false, 0);
    loop {
        let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return Err(Stop::End { open_quote: None });
        };
        let Some(room) = starts.get_mut(cells + 1..).and_then(<[u32]>::first_chunk_mut) else {
            return Err(Stop::TooManyCells);
        };
        let word = u64::from_le_bytes(*word);
        let separator_bits = zero_bytes(word ^ separators);
        let control_bits = special_bytes(word, separator_bits);
        if control_bits == 0 {
            write_starts(room, at, separator_bits);
            cells += count(separator_bits);
            at += 8;
            continue;
        }
        // The place after the first control character is written too: it ends the last cell if that is a line end.
        let control = control_bits & control_bits.wrapping_neg();
        let separator_bits = separator_bits & (control - 1);
        write_starts(room, at, separator_bits | control);
        cells += count(separator_bits);
        at += control.trailing_zeros() as usize / 8;
        let byte = bytes.get(at).copied();
        if byte == Some(b'\n') {
            return Ok(Outline { bytes: at, cells: cells + 1, quoted, inner_lines });
        }
        match byte {
            Some(b'\r') => return Ok(Outline { bytes: at, cells: cells + 1, quoted, inner_lines }),
            Some(0) if at < end => return Err(Stop::Nul { at }),
            Some(0) | None => return Err(Stop::End { open_quote: None }),
            Some(b'"') if starts.get(cells).is_some_and(|start| *start as usize == at) => {
                let inside = bytes.get(at + 1..end).unwrap_or_default();
                let Some(length) = quoted_length(inside) else { return Err(Stop::End { open_quote: Some(at) }) };
                let inside = inside.get(..length).unwrap_or_default();
                if let Some(nul) = inside.iter().position(|byte| *byte == 0) {
                    return Err(Stop::Nul { at: at + 1 + nul });
                }
                inner_lines += line_ends(inside);
                quoted = true;
                at += length + 2;
            }
            Some(_) => at += 1,
        }
    }
}

/// The length of a quoted cell from after its first quote up to its last one.
fn quoted_length(inside: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += inside.get(at..)?.iter().position(|byte| *byte == b'"')?;
        match inside.get(at + 1) {
            Some(b'"') => at += 2,
            // What follows decides; at the end of the text it is still to come, or is the line end added there.
            _ => return Some(at),
        }
    }
}

/// Removes quotes in place, moving cells together.
fn unquote(bytes: &mut [u8], starts: &mut [u32]) {
    let (mut from, mut to) = (0, 0);
    for start in starts.iter_mut().skip(1) {
        let end = *start as usize - 1;
        let mut inside = from < end && bytes.get(from) == Some(&b'"');
        from += usize::from(inside);
        while from < end {
            let byte = bytes.get(from).copied().unwrap_or_default();
            from += 1;
            if inside && byte == b'"' {
                // Two quotes are one; after the closing quote, whatever follows is text, quotes included.
                inside = from < end && bytes.get(from) == Some(&b'"');
                if !inside {
                    continue;
                }
                from += 1;
            }
            if let Some(place) = bytes.get_mut(to) {
                *place = byte;
            }
            to += 1;
        }
        from = end + 1;
        to += 1;
        #[expect(clippy::cast_possible_truncation, reason = "it is at most the start before")]
        {
            *start = to as u32;
        }
    }
}

/// The number of line ends: LF, CRLF or CR.
fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    count
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH: u64 = repeat(0x80);

/// The high bit of each byte that is zero, exactly.
const fn zero_bytes(word: u64) -> u64 {
    !(((word & !HIGH) + !HIGH) | word) & HIGH
}

/// The high bit of each byte that is a quote or below 14 (NUL, LF, CR among them) and not a separator. Only the lowest bit
/// is exact: a borrow can set bits above it.
const fn special_bytes(word: u64, separators: u64) -> u64 {
    let controls = (word | separators).wrapping_sub(repeat(14)) & !(word | separators);
    let quotes = word ^ repeat(b'"');
    (controls | (quotes.wrapping_sub(repeat(1)) & !quotes)) & HIGH
}

/// For each set of bits in a byte: their numbers, counted from 1, in order.
const POSITIONS: [[u32; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if set >> bit & 1 == 1 {
                table[set][count] = bit + 1;
                count += 1;
            }
            bit += 1;
        }
        set += 1;
    }
    table
};

/// Writes the places after the bytes of one word whose high bits are given. Eight are written in any case: without a loop
/// there is no branch to guess wrong.
#[inline]
fn write_starts(room: &mut [u32; 8], at: usize, bits: u64) {
    let set = ((bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as usize;
    #[expect(clippy::cast_possible_truncation, reason = "records are shorter than 4 GiB")]
    let base = at as u32;
    *room = POSITIONS[set & 0xFF].map(|position| base + position);
}

/// The number of bytes whose high bits are given.
#[inline]
const fn count(bits: u64) -> usize {
    ((bits >> 7).wrapping_mul(repeat(1)) >> 56) as usize
}
