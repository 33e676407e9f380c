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
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator.byte()).from_reader(text);
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
        let input = crate::csv::open(&path).unwrap();
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
    assert!(crate::csv::open(&folder.path().join("missing")).is_err());
    // A folder can be opened on some systems, but not read.
    assert!(crate::csv::open(folder.path()).is_err());
}
