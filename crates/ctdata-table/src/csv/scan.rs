//! Splits delimited text into records and cells, as a stream and without copying.
//!
//! The format is RFC 4180 as the `csv` crate reads it: records end with LF, CRLF or CR, blank lines are skipped, a quote
//! means something only as the first byte of a cell, and two quotes inside a quoted cell stand for one. Unlike that crate,
//! a quote that is never closed is an error, and so is a NUL byte.
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
            Self::Text { line, rule } => {
                TableError::Text { at: Location { file: file.cloned(), ..Location::default() }.with_line(line), rule }
            }
            Self::Io { source, .. } => TableError::io(file.map_or("(input)", |file| &**file), source),
        }
    }
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
                Err(Stop::Nul { at }) => return Err(self.broken(at, TextRule::Binary)),
                Err(Stop::End { open_quote }) => open_quote,
            };
            let too_long = self.end - self.next > self.max_record_bytes;
            match open {
                Some(at) if self.at_eof || too_long => return Err(self.broken(at, TextRule::UnclosedQuote)),
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

    /// Reads until the buffer is full, after making room in it. At the end of the file a line end is added, so that the
    /// last record is like the others.
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
            Some(BrokenGzip(how)) => {
                ScanError::Text { line: line.max(1), rule: TextRule::BrokenGzip(how.clone()) }
            }
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

const BOM: &[u8] = b"\xEF\xBB\xBF";

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    type Records = Vec<(u64, Vec<Vec<u8>>)>;

    fn options(separator: Separator, buffer_bytes: usize) -> ScanOptions {
        ScanOptions { separator: Some(separator), buffer_bytes, ..ScanOptions::default() }
    }

    fn scan(text: impl Read, options: ScanOptions) -> Result<Records, ScanError> {
        let mut scanner = Scanner::new(text, options);
        let mut records = Vec::new();
        while let Some(record) = scanner.next()? {
            let cells: Vec<_> = record.cells().map(<[u8]>::to_vec).collect();
            assert_eq!(cells.len(), record.len());
            assert!((0..cells.len()).all(|at| record.cell(at) == cells.get(at).map(Vec::as_slice)));
            assert_eq!(record.cell(cells.len()), None);
            records.push((record.line(), cells));
        }
        assert!(scanner.next().unwrap().is_none());
        Ok(records)
    }

    fn texts(text: &str) -> Vec<(u64, Vec<String>)> {
        let records = scan(text.as_bytes(), ScanOptions::default()).unwrap();
        let text = |cells: Vec<Vec<u8>>| cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect();
        records.into_iter().map(|(line, cells)| (line, text(cells))).collect()
    }

    fn oracle(text: &[u8], separator: Separator) -> Vec<Vec<Vec<u8>>> {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator.byte())
            .from_reader(text);
        reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    /// A reader that hands out a few bytes at a time, and sometimes says that it was interrupted.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = (self.1 * 5 + 3) % 7;
            if self.1 == 6 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let some = buffer.len().min(self.1 + 1);
            buffer.get_mut(..some).map_or(Ok(0), |buffer| self.0.read(buffer))
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn records_are_those_of_the_csv_crate(
            bom: bool,
            text in prop::collection::vec(
                prop::sample::select(&[",", ",", ",,,,,,,,,", ";", "\t", "\"", "\"", "\"\"", "\r\n", "\n", "\r", "a", "bc", " ",
                    "2015", "\u{1}", "\u{b}", "\u{c}", "é", "\u{feff}", "#"][..]),
                0..40,
            ),
            separator in prop::sample::select(&Separator::ALL[..]),
            buffer_bytes in 1_usize..70,
        ) {
            let text = (if bom { "\u{feff}" } else { "" }).to_owned() + &text.concat();
            let expected = oracle(text.as_bytes(), separator);
            let whole = scan(text.as_bytes(), options(separator, 1 << 10));
            let parts = scan(Trickle(text.as_bytes(), buffer_bytes), options(separator, buffer_bytes));
            prop_assert_eq!(format!("{whole:?}"), format!("{parts:?}"));
            match whole {
                Ok(records) => {
                    // The line is that of an editor which knows LF, CRLF and CR.
                    let mut lines = text.replace("\r\n", "\n").replace('\r', "\n");
                    lines.push('\n');
                    let cells: Vec<_> = records.iter().map(|(_, cells)| cells.clone()).collect();
                    prop_assert_eq!(cells, expected);
                    prop_assert!(records.is_sorted_by_key(|(line, _)| *line));
                    let lines: Vec<&str> = lines.split('\n').collect();
                    let starts_there = |line: u64| !lines[usize::try_from(line).unwrap() - 1].is_empty();
                    prop_assert!(records.iter().all(|(line, _)| starts_there(*line)));
                }
                // The csv crate takes an open quote as closed by the end of the text.
                Err(error) => {
                    let is_unclosed = matches!(error, ScanError::Text { rule: TextRule::UnclosedQuote, .. });
                    prop_assert!(is_unclosed);
                    let closed = scan((text + "\"").as_bytes(), options(separator, 1 << 10)).unwrap();
                    let cells: Vec<_> = closed.into_iter().map(|(_, cells)| cells).collect();
                    prop_assert_eq!(cells, expected);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, buffer_bytes in 1_usize..70) {
            let options = ScanOptions { buffer_bytes, max_record_bytes: 50, ..ScanOptions::default() };
            let _ = scan(&bytes[..], options);
        }
    }

    #[test]
    fn cells_keep_what_quotes_protect() {
        let records = texts("\u{feff}a,b\r\n\r\n\"x,\"\"y\"\"\n\",\r\n1,\"\"\"\"");
        let expected = [(1, ["a", "b"]), (3, ["x,\"y\"\n", ""]), (5, ["1", "\""])];
        assert_eq!(records, expected.map(|(line, cells)| (line, cells.map(str::to_owned).to_vec())));
    }

    #[test]
    fn the_separator_is_found_in_the_header() {
        let found = |text: &str| {
            let mut scanner = Scanner::new(text.as_bytes(), ScanOptions::default());
            scanner.next()?;
            Ok::<_, ScanError>(scanner.separator())
        };
        assert_eq!(found("a,b;c;d\n").unwrap(), Some(Separator::Semicolon));
        assert_eq!(found("\n\n\"a,b,c\"\td\n").unwrap(), Some(Separator::Tab));
        assert_eq!(found("a;\"b,c\n1;2\n").unwrap(), Some(Separator::Comma));
        assert_eq!(found("year\n2015\n").unwrap(), Some(Separator::Comma));
        assert_eq!(found("").unwrap(), None);
        assert!(matches!(found("\na,b;c\n"), Err(ScanError::Text { line: 2, rule: TextRule::AmbiguousSeparator })));
        assert!(matches!(found("\"a,b;c\n"), Err(ScanError::Text { line: 1, rule: TextRule::UnclosedQuote })));
    }

    #[test]
    fn errors_name_the_line() {
        let error = |text: &[u8]| scan(text, ScanOptions::default()).unwrap_err().to_string();
        assert_eq!(error(b"a,b\n1,\"2\n3\",\"4\n5\n"), "line 3: a quoted cell is opened here and never closed");
        assert_eq!(error(b"a,b\r\n1,\"\n\0\"\n"), "line 3: not a text file (it holds a zero byte)");
        assert_eq!(error(b"PK\x03\x04\x14\0\x06"), "line 1: not a text file (it holds a zero byte)");
        let short = ScanOptions { max_record_bytes: 5, ..ScanOptions::default() };
        assert!(scan(&b"a,b\n\n\n1,345\n"[..], short).is_ok());
        let error = scan(&b"a,b\n\n\n1,3456\n"[..], short).unwrap_err();
        assert_eq!(error.to_string(), "line 4: a record longer than 5 bytes starts here (an unclosed quote?)");
    }

    #[test]
    fn an_endless_cell_does_not_fill_the_memory() {
        let options = ScanOptions { max_record_bytes: 1 << 16, ..options(Separator::Comma, 1 << 10) };
        for (start, quoted) in [("a\n\"", true), ("a\n", false)] {
            let mut scanner = Scanner::new(start.as_bytes().chain(io::repeat(b'x')), options);
            assert!(scanner.next().unwrap().is_some());
            match scanner.next() {
                Err(ScanError::Text { line: 2, rule: TextRule::UnclosedQuote }) => assert!(quoted),
                Err(ScanError::Text { line: 2, rule: TextRule::RecordTooLong { .. } }) => assert!(!quoted),
                other => panic!("{other:?}"),
            }
            assert!(scanner.buffer.capacity() <= 1 << 18);
        }
        // As many cells as there can be.
        let mut scanner = Scanner::new("a\n".as_bytes().chain(io::repeat(b',')), options);
        assert!(scanner.next().unwrap().is_some());
        assert!(matches!(scanner.next(), Err(ScanError::Text { line: 2, rule: TextRule::RecordTooLong { .. } })));
        assert!(scanner.starts.capacity() <= 1 << 18);
    }

    #[test]
    fn debug_shows_no_text() {
        let mut scanner = Scanner::new("name\nsecret\n".as_bytes(), ScanOptions::default());
        scanner.next().unwrap();
        let record = format!("{:?}", scanner.next().unwrap().unwrap());
        assert_eq!(record, "Record { line: 2, cells: 1, .. }");
        assert!(!format!("{scanner:?}").contains("secret"));
    }

    #[test]
    fn compressed_files_are_known_by_their_content() {
        use flate2::{Compression, write::GzEncoder};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cases.csv");
        let mut text = b"a,b\n".to_vec();
        (0..50_000).for_each(|row| writeln!(text, "{row},{}", row * 7919 % 9973).unwrap());
        let member = |text: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        let (front, back) = text.split_at(100_000);
        let packed = [member(front), member(back)].concat();
        let mut broken = packed.clone();
        broken[packed.len() / 2] ^= 0xFF;
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let input = super::super::open(&path).unwrap();
            (input.byte_length(), scan(input, ScanOptions::default()))
        };
        let (length, plain) = read(&text);
        let plain = plain.unwrap();
        assert_eq!((length, plain.len()), (Some(text.len() as u64), 50_001));
        let (length, unpacked) = read(&packed);
        assert_eq!((length, unpacked.unwrap()), (None, plain));
        for damaged in [&broken[..], &packed[..packed.len() - 5], &packed[..9]] {
            assert!(matches!(read(damaged).1, Err(ScanError::Text { rule: TextRule::BrokenGzip(_), .. })));
        }
        assert!(read(b"").1.unwrap().is_empty());
        assert!(super::super::open(&folder.path().join("missing")).is_err());
        // A folder can be opened on some systems, but not read.
        assert!(super::super::open(folder.path()).is_err());
    }
}
