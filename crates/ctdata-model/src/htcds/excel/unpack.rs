//! What kind of file it is, and whether it may be unpacked: the first look at a workbook, before any of it is parsed.

use std::io::{Read, Seek, SeekFrom};

use ctdata_table::Control;
use zip::ZipArchive;

use super::{Fault, rules};

/// The kinds of workbooks that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Office Open XML: .xlsx and .xlsm.
    Xlsx,
    /// The binary variant of Office Open XML: .xlsb.
    Xlsb,
    /// The binary format until 2003: .xls.
    Xls,
    /// OpenDocument: .ods.
    Ods,
}

/// What the first look found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package {
    pub(super) kind: Kind,
    /// Whether a part speaks of merged cells: only then they are looked for, which takes another pass.
    pub(super) may_have_merged_cells: bool,
}

/// How a compound file begins: .xls, and the container of password-protected workbooks.
const COMPOUND: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// How a zip archive begins, unless it is empty or cut.
const ZIP_ENTRY: [u8; 4] = *b"PK\x03\x04";
/// How any zip archive begins.
const ZIP: [u8; 2] = *b"PK";
/// Bytes read at a time.
const CHUNK: usize = 1 << 16;
/// A workbook may always unpack to this many bytes ...
const ALWAYS_ALLOWED: u64 = 256 << 20;
/// ... or to this many times its size: sheets of numbered empty rows come to about 30, crafted archives to 1,000.
const MOST_TIMES: u64 = 100;

/// Tells the kind of a workbook by its content. Every part is unpacked once, into nothing: its checksum is verified, so
/// that a damaged file is not read wrongly, and an archive made to fill the memory is noticed before it does.
pub(super) fn inspect(input: &mut (impl Read + Seek), control: &Control) -> Result<Package, Fault> {
    inspect_within(input, ALWAYS_ALLOWED, control)
}

fn inspect_within(input: &mut (impl Read + Seek), always_allowed: u64, control: &Control) -> Result<Package, Fault> {
    let length = input.seek(SeekFrom::End(0))?;
    input.rewind()?;
    let mut start = Vec::with_capacity(512);
    input.by_ref().take(512).read_to_end(&mut start)?;
    input.rewind()?;
    if start.is_empty() {
        return Err(Fault::Rule(rules::EMPTY_FILE));
    }
    if start.starts_with(&COMPOUND) {
        let is_locked = contains(input, &utf16("EncryptedPackage"), control)?;
        input.rewind()?;
        return if is_locked {
            Err(Fault::Rule(rules::PASSWORD))
        } else {
            Ok(Package { kind: Kind::Xls, may_have_merged_cells: true })
        };
    }
    if !start.starts_with(&ZIP) {
        let is_text = !start.contains(&0) && start.iter().all(|byte| *byte >= 0x20 || byte.is_ascii_whitespace());
        return Err(Fault::Rule(if is_text { rules::TEXT } else { rules::NO_WORKBOOK }));
    }
    let package = unpack(input, always_allowed.max(length.saturating_mul(MOST_TIMES)), control)?;
    input.rewind()?;
    Ok(package)
}

fn unpack(input: &mut (impl Read + Seek), limit: u64, control: &Control) -> Result<Package, Fault> {
    let mut archive = ZipArchive::new(input).map_err(damaged)?;
    let kind = {
        let has = |wanted: &str| archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case(wanted));
        if has("xl/workbook.bin") {
            Kind::Xlsb
        } else if has("[Content_Types].xml") {
            Kind::Xlsx
        } else if has("content.xml") {
            Kind::Ods
        } else {
            return Err(Fault::Rule(rules::NO_WORKBOOK));
        }
    };
    let (mut unpacked, mut may_have_merged_cells) = (0, kind == Kind::Xlsb);
    let mut chunk = vec![0; CHUNK];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(damaged)?;
        let mut search = Search::new(b"mergeCell");
        loop {
            let read = part.read(&mut chunk).map_err(damaged_or_io)?;
            if read == 0 {
                break;
            }
            control.check().map_err(Fault::Stopped)?;
            unpacked += read as u64;
            if unpacked > limit {
                return Err(Fault::Rule(rules::UNPACKS_TOO_FAR));
            }
            may_have_merged_cells |= !may_have_merged_cells && search.found(chunk.get(..read).unwrap_or_default());
        }
    }
    control.reserve(unpacked).map_err(Fault::Stopped)?;
    Ok(Package { kind, may_have_merged_cells })
}

fn damaged(error: zip::result::ZipError) -> Fault {
    use zip::result::ZipError;
    match error {
        ZipError::Io(error) => damaged_or_io(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Fault::Rule(rules::PASSWORD)
        }
        _ => Fault::Rule(rules::DAMAGED),
    }
}

/// What the operating system refuses is its own error; what the archive says wrongly is damage.
fn damaged_or_io(error: std::io::Error) -> Fault {
    if error.raw_os_error().is_some() { Fault::Io(error) } else { Fault::Rule(rules::DAMAGED) }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn contains(input: &mut impl Read, wanted: &[u8], control: &Control) -> Result<bool, Fault> {
    let mut search = Search::new(wanted);
    let mut chunk = vec![0; CHUNK];
    loop {
        control.check().map_err(Fault::Stopped)?;
        let read = input.read(&mut chunk)?;
        if read == 0 {
            return Ok(false);
        }
        if search.found(chunk.get(..read).unwrap_or_default()) {
            return Ok(true);
        }
    }
}

/// Looks for some bytes in a stream, also across the borders of its chunks.
struct Search<'w> {
    wanted: &'w [u8],
    /// The end of what came before, shorter than what is wanted.
    before: Vec<u8>,
}

impl<'w> Search<'w> {
    fn new(wanted: &'w [u8]) -> Self {
        Self { wanted, before: Vec::new() }
    }

    fn found(&mut self, chunk: &[u8]) -> bool {
        let length = self.wanted.len();
        let border = length.saturating_sub(1);
        self.before.extend_from_slice(chunk.get(..border.min(chunk.len())).unwrap_or_default());
        let is_there = |bytes: &[u8]| bytes.windows(length).any(|window| window == self.wanted);
        if is_there(&self.before) || is_there(chunk) {
            return true;
        }
        if chunk.len() >= border {
            self.before.clear();
            self.before.extend_from_slice(chunk.get(chunk.len() - border..).unwrap_or_default());
        } else {
            let excess = self.before.len().saturating_sub(border);
            self.before.drain(..excess);
        }
        false
    }
}

/// Whether a file may be a workbook, by its first bytes: eight of them, or all if there are fewer. Other zip archives
/// and older office documents pass, too.
pub fn is_workbook(start: &[u8]) -> bool {
    start.starts_with(&COMPOUND) || start.starts_with(&ZIP_ENTRY)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[(&str, usize)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, zeros) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![b' '; *zeros]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn rule(bytes: &[u8], always_allowed: u64) -> &'static str {
        match inspect_within(&mut Cursor::new(bytes), always_allowed, &Control::default()) {
            Ok(_) => "",
            Err(Fault::Rule(rule)) => rule,
            Err(fault) => panic!("{fault:?}"),
        }
    }

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let bomb = archive(&[("[Content_Types].xml", 10), ("xl/sharedStrings.xml", 1 << 20)]);
        assert!(bomb.len() < 3_000);
        assert_eq!(rule(&bomb, 1 << 19), rules::UNPACKS_TOO_FAR);
        assert_eq!(rule(&bomb, 1 << 21), "");
        assert_eq!(rule(&archive(&[("[Content_Types].xml", 10)]), 0), "");
    }

    #[test]
    fn more_memory_than_allowed_is_refused() {
        let bytes = archive(&[("[Content_Types].xml", 10), ("xl/sharedStrings.xml", 1 << 20)]);
        let control = Control::default().with_memory_cap(1 << 19);
        let fault = inspect(&mut Cursor::new(bytes), &control).unwrap_err();
        assert!(matches!(fault, Fault::Stopped(ctdata_table::TableError::MemoryCap { .. })));
    }

    #[test]
    fn kinds_are_told_by_content() {
        let kind = |parts: &[(&str, usize)]| {
            inspect(&mut Cursor::new(archive(parts)), &Control::default()).map(|package| package.kind).ok()
        };
        assert_eq!(kind(&[("[Content_Types].xml", 1), ("xl/workbook.xml", 1)]), Some(Kind::Xlsx));
        assert_eq!(kind(&[("[Content_Types].xml", 1), ("xl/workbook.bin", 1)]), Some(Kind::Xlsb));
        assert_eq!(kind(&[("mimetype", 1), ("content.xml", 1)]), Some(Kind::Ods));
        assert_eq!(kind(&[("photo.jpg", 1)]), None);
        assert!(is_workbook(&archive(&[("content.xml", 1)])) && is_workbook(&COMPOUND) && !is_workbook(b"case_id"));
    }

    #[test]
    fn bytes_are_found_across_the_borders_of_chunks() {
        let text = b"sheetData><mergeCells count";
        for size in 1..=text.len() {
            let mut search = Search::new(b"mergeCell");
            assert!(text.chunks(size).any(|chunk| search.found(chunk)), "chunks of {size}");
            let mut search = Search::new(b"mergedCell");
            assert!(!text.chunks(size).any(|chunk| search.found(chunk)), "chunks of {size}");
        }
    }
}
