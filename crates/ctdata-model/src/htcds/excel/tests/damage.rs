//! Files that are no workbooks, or not any more.

use rust_xlsxwriter::Workbook;

use super::*;

/// A word that no message may have.
const MARKER: &str = "Zyxquil";

fn small() -> Vec<u8> {
    texts(&[
        &["prs_FirstName", "prs_Gender", "prs_Birthdate"],
        &[MARKER, "Feminine", "1990-05-17"],
        &["Zyxquil & sons <b>", "Masculine", "1990"],
    ])
}

fn said(rule: &str) -> String {
    format!("cases.xlsx: {rule}")
}

#[test]
fn files_that_are_no_workbooks_are_told_apart() {
    assert_eq!(refusal(b""), said(rules::EMPTY_FILE));
    assert_eq!(refusal(b"prs_Gender,prs_Title\nFeminine,Dr\n"), said(rules::TEXT));
    assert_eq!(refusal("case_id;pr\u{e9}nom\r\n1;A\r\n".as_bytes()), said(rules::TEXT));
    assert_eq!(refusal(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), said(rules::NO_WORKBOOK));
    let archive = |name: &str| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(b"<x/>").unwrap();
        writer.finish().unwrap().into_inner()
    };
    assert_eq!(refusal(&archive("photos/1.jpg")), said(rules::NO_WORKBOOK));
    // As a text document has it.
    assert_eq!(refusal(&archive("[Content_Types].xml")), said(rules::NO_WORKBOOK));
}

#[test]
fn protected_workbooks_are_told() {
    // [MS-OFFCRYPTO] 2.3.4: a compound file with the streams EncryptionInfo and EncryptedPackage.
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(70_000, 0);
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(100_000, 0);
    assert_eq!(refusal(&bytes), said(rules::PASSWORD));
    // A compound file of another kind.
    bytes.truncate(60_000);
    assert_eq!(refusal(&bytes), said(rules::DAMAGED));
}

#[test]
fn workbooks_without_a_header_are_told() {
    assert_eq!(refusal(&Workbook::new().save_to_buffer().unwrap_or_else(|_| book(|_| Ok(())))), said(rules::NO_HEADER));
    assert_eq!(refusal(&texts(&[&["name", "age"], &["A", "31"]])), said(rules::NO_HEADER));
    let deep: Vec<&[&str]> = std::iter::repeat_n(&["line"][..], 30).chain([&["prs_Gender", "prs_Title"][..]]).collect();
    assert_eq!(refusal(&texts(&deep)), said(rules::NO_HEADER));
}

#[test]
fn a_header_alone_is_a_file_without_records() {
    let outcome = read(&texts(&[&["prs_Gender", "prs_Title"]])).unwrap();
    assert_eq!((outcome.rows(), outcome.into_records().unwrap().cases.len()), (0, 0));
}

#[test]
fn declared_dimensions_are_not_believed() {
    let absurd = edited(&small(), SHEET, |xml| {
        let (start, rest) = xml.split_once("<dimension ref=\"").unwrap();
        let (_, end) = rest.split_once('"').unwrap();
        format!("{start}<dimension ref=\"A1:XFD1048576\"{end}")
    });
    assert_eq!(read(&absurd).unwrap().rows(), 2);
}

#[test]
fn cells_where_no_sheet_has_any_are_refused() {
    for (place, rule) in [("A1048577", rules::TOO_LARGE), ("XFE3", rules::TOO_LARGE), ("A1", rules::OUT_OF_ORDER)] {
        let moved = edited(&small(), SHEET, |xml| xml.replace("r=\"C3\"", &format!("r=\"{place}\"")));
        let error = refusal(&moved);
        let is_told = [rule, rules::DAMAGED].iter().any(|rule| error == format!("cases.xlsx, sheet `Sheet1`: {rule}"));
        assert!(is_told, "{place}: {error}");
    }
}

#[test]
fn cut_files_are_told_and_never_read_in_part() {
    let whole = small();
    for length in (1..whole.len()).step_by(97) {
        let error = refusal(&whole[..length]);
        assert!(!error.contains(MARKER), "{error}");
    }
}

/// Not a generator for statistics: bytes to damage.
fn places(seed: u64, below: usize) -> impl Iterator<Item = (usize, u8)> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize % below, (state >> 24) as u8 | 1)
    })
}

#[test]
fn flipped_bytes_never_change_what_is_read() {
    let whole = small();
    let records = read(&whole).unwrap().into_records().unwrap();
    for (at, mask) in places(7, whole.len()).take(400) {
        let mut damaged = whole.clone();
        damaged[at] ^= mask;
        match read(&damaged) {
            // Bytes that say nothing of the data: times, flags, comments.
            Ok(outcome) => assert!(outcome.into_records().unwrap() == records, "byte {at}"),
            Err(error) => assert!(!format!("{error} {error:?}").contains(MARKER), "byte {at}"),
        }
    }
}

#[test]
fn parts_that_are_broken_inside_are_damage_and_no_panic() {
    let whole = small();
    for part in [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"] {
        for (place, mask) in places(11, 1 << 20).take(60) {
            let broken = edited(&whole, part, |xml| {
                let at = place % xml.len();
                xml.char_indices()
                    .map(|(here, letter)| if here == at { char::from(mask & 0x7F) } else { letter })
                    .collect()
            });
            if let Err(error) = read(&broken) {
                assert!(!format!("{error} {error:?}").contains(MARKER), "{part}: {error}");
            }
        }
    }
}
