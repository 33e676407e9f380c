//! What each fuzz target does with its input. The replay test of the corpus does the same on stable Rust.

#![allow(dead_code, clippy::expect_used, reason = "each target uses one of these, and a broken promise stops it")]

use ctdata_model::{
    AgeBand, CaseReader, CodeList, Country, DurationBand, ExploitationForm, Gender, MeansOfControl, OnError, Period,
    write_table,
};
use ctdata_table::csv::{CsvReader, ScanOptions, Scanner, Separator, WriteOptions, write_csv};
use ctdata_table::{Control, Hierarchy, Missing};

/// Any bytes as delimited text: no panic, and what is read and written is read again as the same.
pub(crate) fn csv(data: &[u8]) {
    for separator in [None, Some(Separator::Comma), Some(Separator::Tab)] {
        for buffer_bytes in [1, 7, 64] {
            let options = ScanOptions { separator, buffer_bytes, max_record_bytes: 1 << 16 };
            let mut scanner = Scanner::new(data, options);
            while let Ok(Some(record)) = scanner.next() {
                assert_eq!(record.cells().count(), record.len());
            }
        }
    }
    let reader = CsvReader::new().on_error(OnError::Collect { limit: 10 });
    let Ok(outcome) = reader.read(data, None, &Control::default()) else { return };
    let table = outcome.table();
    let mut written = Vec::new();
    if table.schema().is_empty() || write_csv(table, &WriteOptions::default(), &mut written).is_err() {
        return;
    }
    let again = CsvReader::new()
        .separator(Separator::Comma)
        .read(&written[..], None, &Control::default())
        .and_then(ctdata_table::csv::Outcome::into_table)
        .expect("what was written is read");
    assert_eq!(again.rows(), table.rows());
}

/// Any bytes as a hierarchy file: no panic, and the labels of what was read make the same hierarchy.
pub(crate) fn hierarchy(data: &[u8]) {
    for separator in Separator::ALL {
        let Ok(hierarchy) = Hierarchy::from_csv(data, "fuzz", separator) else { continue };
        let rows = (0..hierarchy.leaves().len()).map(|leaf| {
            let label = |level: &ctdata_table::Level| {
                let code = level.of_leaf().get(leaf).copied();
                code.and_then(|code| level.domain().label(code)).expect("each leaf has a label").into_owned()
            };
            hierarchy.levels().map(label).collect::<Vec<String>>()
        });
        assert_eq!(Hierarchy::from_rows(rows).expect("labels of a hierarchy are one"), hierarchy);
    }
}

/// Any bytes as a case file: no panic, and a table that was read is written and read again as the same.
pub(crate) fn cases(data: &[u8]) {
    let control = Control::default();
    let reader = CaseReader { on_error: OnError::Collect { limit: 10 }, ..CaseReader::default() };
    let Ok(outcome) = reader.read(data, "fuzz", &control) else { return };
    let dataset = outcome.usable();
    let Some(layout) = dataset.layout() else { return };
    let mut written = Vec::new();
    if write_table(dataset.table(), layout, &mut written, &control).is_err() {
        return;
    }
    let again = CaseReader { layout: Some(layout), ..CaseReader::default() }
        .read(&written[..], "again", &control)
        .expect("what was written is read");
    assert_eq!(again.usable().table(), dataset.table());
}

/// Any text as a code: no panic, and what parses is printed and parsed again as the same.
pub(crate) fn codes(data: &[u8]) {
    fn list<L: CodeList>(text: &str) {
        if let Ok(value) = L::parse(text) {
            assert_eq!(L::parse(value.code()), Ok(value));
        }
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    list::<AgeBand>(text);
    list::<Gender>(text);
    list::<DurationBand>(text);
    list::<MeansOfControl>(text);
    list::<ExploitationForm>(text);
    list::<Country>(text);
    if let Ok(period) = text.parse::<Period>() {
        assert_eq!(period.to_string().parse(), Ok(period));
    }
    if let Ok(missing) = text.parse::<Missing>() {
        assert_eq!(missing.to_string().parse(), Ok(missing));
    }
}
