//! Workbooks that the tests make themselves.

mod damage;
mod layouts;
mod round_trip;

use std::io::{Cursor, Read, Write};

use ctdata_table::Control;
use ctdata_table::csv::OnError;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{ExcelReadOptions, read_excel, rules};
use crate::ModelError;
use crate::htcds::{HtcdsOutcome, ReadOptions};

/// A workbook of one sheet.
fn book(fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet()).unwrap();
    workbook.save_to_buffer().unwrap()
}

/// A workbook of one sheet with texts from its first cell on.
fn texts(rows: &[&[&str]]) -> Vec<u8> {
    book(|sheet| write_texts(sheet, rows))
}

fn write_texts(sheet: &mut Worksheet, rows: &[&[&str]]) -> Result<(), XlsxError> {
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*cells) {
            sheet.write_string(row, column, *text)?;
        }
    }
    Ok(())
}

/// The same workbook with a part changed.
fn edited(workbook: &[u8], part: &str, edit: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut found = false;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if name == part {
            found = true;
            bytes = edit(String::from_utf8(bytes).unwrap()).into_bytes();
        }
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    assert!(found, "{part}");
    writer.finish().unwrap().into_inner()
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

fn read(workbook: &[u8]) -> Result<HtcdsOutcome, ModelError> {
    read_excel(Cursor::new(workbook), "cases.xlsx", &ExcelReadOptions::default(), &Control::default())
}

/// Reads on after problems.
fn read_all(workbook: &[u8]) -> HtcdsOutcome {
    let rows = ReadOptions { on_error: OnError::Collect { limit: 100 }, ..ReadOptions::default() };
    let options = ExcelReadOptions { rows, ..ExcelReadOptions::default() };
    read_excel(Cursor::new(workbook), "cases.xlsx", &options, &Control::default()).unwrap()
}

/// What is said of a file that cannot be read.
fn refusal(workbook: &[u8]) -> String {
    read(workbook).unwrap_err().to_string()
}
