//! The official workbooks of the HTCDS toolkit. They are not part of this repository: set `CTDATA_HTCDS_TOOLKIT` to a
//! folder that holds them.
#![cfg(feature = "xlsx")]

use std::path::PathBuf;

use ctdata_model::ModelError;
use ctdata_model::htcds::{ExcelReadOptions, read_excel_path};
use ctdata_table::Control;

fn toolkit() -> Option<PathBuf> {
    let folder = std::env::var_os("CTDATA_HTCDS_TOOLKIT").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("not checked: CTDATA_HTCDS_TOOLKIT does not name the folder of the toolkit");
    }
    folder
}

#[test]
fn official_templates_are_recognized_and_hold_no_records() {
    let Some(folder) = toolkit() else { return };
    for file in [
        "HTCDS Excel Spreadsheet v2.0.xlsx",
        "HTCDS Excel Spreadsheet single select with validation v2.0.xlsx",
        "HTCDS Excel Spreadsheet multi select with validation v2.0.xlsm",
    ] {
        let outcome = read_excel_path(&folder.join(file), &ExcelReadOptions::default(), &Control::default()).unwrap();
        assert_eq!(outcome.format(), "htcds-excel", "{file}");
        assert_eq!((outcome.rows(), outcome.problems().rows_left_out()), (0, 0), "{file}");
        assert!(outcome.sheet() == Some("Case Sheet") || outcome.sheet() == Some("Sheet1"), "{file}");
        // 37 names, and a label without a name.
        assert_eq!(outcome.fields().len(), 38, "{file}");
        assert_eq!(outcome.into_records().unwrap(), ctdata_model::htcds::Records::default(), "{file}");
    }
}

#[test]
fn the_definition_of_the_survey_form_is_no_data() {
    let Some(folder) = toolkit() else { return };
    let path = folder.join("htcds_xlsform.xlsx");
    let error = read_excel_path(&path, &ExcelReadOptions::default(), &Control::default()).unwrap_err();
    assert!(matches!(&error, ModelError::Workbook { rule, .. } if rule.contains("survey form")), "{error}");
}

#[test]
fn the_field_standards_are_no_data() {
    let Some(folder) = toolkit() else { return };
    let path = folder.join("HTCDS Field Standards 2.0.ods");
    let error = read_excel_path(&path, &ExcelReadOptions::default(), &Control::default()).unwrap_err();
    assert!(matches!(&error, ModelError::Workbook { .. }), "{error}");
}
