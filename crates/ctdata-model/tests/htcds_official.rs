//! The dictionary against the files of the standard themselves. They are not part of this repository: the test needs
//! the environment variable `CTDATA_HTCDS_TOOLKIT` to name a folder with them, and passes without it, saying that
//! nothing was checked.
//!
//! # Sources
//! IOM, HTCDS 2.0, repository UNMigration/HTCDS: field standards (ODS), XLSForm, Excel templates; CC BY 4.0.
#![cfg(feature = "xlsx")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use calamine::{Data, Range, Reader, open_workbook_auto};
use ctdata_model::Country;
use ctdata_model::htcds::{FIELDS, Field, ListMember, ValueList};

const FIELD_STANDARDS: &str = "HTCDS Field Standards 2.0.ods";
const SURVEY_FORM: &str = "htcds_xlsform.xlsx";
const TEMPLATES: [&str; 3] = [
    "HTCDS Excel Spreadsheet v2.0.xlsx",
    "HTCDS Excel Spreadsheet single select with validation v2.0.xlsx",
    "HTCDS Excel Spreadsheet multi select with validation v2.0.xlsm",
];

/// A file of the toolkit, if there is one to check.
fn official(file: &str) -> Option<PathBuf> {
    let path = std::env::var_os("CTDATA_HTCDS_TOOLKIT").map(|folder| PathBuf::from(folder).join(file));
    match path {
        Some(path) if path.is_file() => Some(path),
        Some(path) => {
            println!("not checked: {} is not there", path.display());
            None
        }
        None => {
            println!("not checked: CTDATA_HTCDS_TOOLKIT names no folder with {file}");
            None
        }
    }
}

fn sheet(path: &PathBuf, name: &str) -> Range<Data> {
    open_workbook_auto(path).unwrap().worksheet_range(name).unwrap()
}

/// The texts of a row, without space at their ends.
fn texts(row: &[Data]) -> Vec<String> {
    row.iter().map(|cell| cell.to_string().trim().to_owned()).collect()
}

/// The lines of a cell, one value each.
fn lines(cell: &str) -> Vec<&str> {
    cell.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

#[test]
fn the_dictionary_is_that_of_the_field_standards() {
    let Some(path) = official(FIELD_STANDARDS) else { return };
    let range = sheet(&path, "Field_Standards");
    let rows: Vec<_> = range.rows().map(texts).collect();
    let at = |title: &str| rows[0].iter().position(|cell| cell == title).unwrap();
    let [status, core, prefix, name, label, full, kind, names, labels] = [
        "Status",
        "Core",
        "Field Name Prefix",
        "Field Name",
        "Field Label",
        "Field Name including Prefix",
        "Field Type",
        "Value Names (if picklist)",
        "Value Labels (if picklist)",
    ]
    .map(at);
    let mut fields = FIELDS.iter();
    let mut section = String::new();
    let (mut values, mut lists) = (0, BTreeSet::new());
    for row in &rows[1..] {
        if row[full].is_empty() && !row[0].is_empty() {
            section = row[0].split_whitespace().collect::<Vec<_>>().join(" ");
        }
        // Examples of questions on assessment have no field.
        if row[prefix].len() != 4 || !row[prefix].ends_with('_') {
            continue;
        }
        let field = fields.next().unwrap();
        assert_eq!(field.name, format!("{}{}", row[prefix], row[name]));
        // The organization of a perpetrator has its name in parts only.
        assert!(row[full] == field.name || row[full].is_empty(), "{}", field.name);
        assert_eq!((field.prefix(), field.label), (row[prefix].as_str(), row[label].as_str()), "{}", field.name);
        assert_eq!(field.kind.name(), row[kind], "{}", field.name);
        assert_eq!(field.section.title(), section, "{}", field.name);
        assert_eq!(if field.is_deprecated() { "DEPRECATED" } else { "DRAFT" }, row[status], "{}", field.name);
        assert_eq!(field.core, row[core] == "Core", "{}", field.name);
        if let Some(list) = field.list() {
            let ours: Vec<_> = list.standard().map(|value| value.name).collect();
            assert_eq!(ours, lines(&row[names]), "{}", field.name);
            let ours: Vec<_> = list.standard().map(|value| value.label).collect();
            assert_eq!(ours, lines(&row[labels]), "{}", field.name);
            if lists.insert(list.name) {
                values += ours.len();
            }
        }
    }
    assert_eq!(fields.next(), None);
    assert_eq!((lists.len(), values), (19, 164));
    println!("checked: {} fields, {} lists, {values} values", FIELDS.len(), lists.len());
}

#[test]
fn questions_and_choices_of_the_survey_form_are_known() {
    let Some(path) = official(SURVEY_FORM) else { return };
    let survey = sheet(&path, "survey");
    let mut questions = 0;
    for row in survey.rows().skip(1).map(texts) {
        let (kind, name, label) = (&row[0], &row[1], &row[2]);
        if ["start", "end", "calculate"].contains(&kind.as_str()) {
            assert_eq!(Field::named(name), None);
            continue;
        }
        let field = Field::named(name).unwrap();
        // The form labels the title as a second name.
        let expected = if field.name == "prs_Title" { "Second Name" } else { field.label };
        assert_eq!(label, expected, "{name}");
        questions += 1;
    }
    assert_eq!(questions, 31);

    let mut choices = 0;
    for row in sheet(&path, "choices").rows().skip(1).map(texts) {
        let (list, name, label) = (row[0].as_str(), row[1].as_str(), row[2].as_str());
        let list = match list {
            // Yes and no.
            "" | "consent" => continue,
            "citizenship" => {
                let country = Country::read(name).unwrap();
                assert_eq!((country.alpha2(), Country::read(label)), (name, Some(country)), "{label}");
                choices += 1;
                continue;
            }
            "status" => "CaseStatus",
            other => FIELDS
                .iter()
                .filter_map(Field::list)
                .map(|list| list.name)
                .find(|name| name.eq_ignore_ascii_case(other))
                .unwrap(),
        };
        let value = ValueList::named(list).unwrap().find(name).unwrap();
        assert_eq!((value.name, value.label), (name, label));
        assert_eq!(ValueList::named(list).unwrap().find(label), Some(value));
        choices += 1;
    }
    // 249 countries, and nine lists of the standard.
    assert_eq!(choices, 249 + 80);
    println!("checked: {questions} questions, {choices} choices");
}

#[test]
fn headers_and_validation_lists_of_the_excel_templates_are_known() {
    for file in TEMPLATES {
        let Some(path) = official(file) else { continue };
        let mut workbook = open_workbook_auto(&path).unwrap();
        let sheets = workbook.sheet_names();
        let range = workbook.worksheet_range(&sheets[0]).unwrap();
        let mut rows = range.rows().map(texts);
        let (names, labels) = (rows.next().unwrap(), rows.next().unwrap());
        let mut columns = 0;
        for (name, label) in names.iter().zip(&labels).filter(|(_, label)| !label.is_empty()) {
            assert_eq!(Field::labelled(label).count(), 1, "{label}");
            assert!(name.is_empty() || Field::named(name).is_some(), "{name}");
            columns += 1;
        }
        assert_eq!(columns, 38);

        let mut values = 0;
        if sheets.iter().any(|sheet| sheet == "validation") {
            let range = workbook.worksheet_range("validation").unwrap();
            let rows: Vec<_> = range.rows().map(texts).collect();
            let titles = rows.iter().position(|row| row.iter().any(|cell| cell == "Country Code")).unwrap();
            for (at, title) in rows[titles].iter().enumerate() {
                let cells = rows[titles + 1..].iter().map(|row| row[at].as_str()).filter(|cell| !cell.is_empty());
                for cell in cells {
                    let is_known = match title.as_str() {
                        "Country Code" | "Country" => Country::read(cell).is_some(),
                        "Date Start" | "Date Finish" | "" => continue,
                        title => Field::labelled(title).next().unwrap().list().unwrap().find(cell).is_some(),
                    };
                    assert!(is_known, "{title}: {cell}");
                    values += 1;
                }
            }
            // 249 countries by code and by name; the rest are labels, and names of genders.
            assert!(values > 2 * 249, "{values}");
        }
        println!("checked: {columns} columns, {values} values of validation lists");
    }
}
