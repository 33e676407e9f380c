//! What is written is read back.

use proptest::prelude::*;

use super::*;
use crate::Country;
use crate::htcds::arbitrary::records;
use crate::htcds::excel::{ExcelColumns, ExcelOptions, write_excel};
use crate::htcds::lists::Language;
use crate::htcds::{FIELDS, FieldType, HtcdsFormat, ListMember, Records, VALUE_LISTS, ValueSource, Words, read_flat};

fn written(records: &Records, options: &ExcelOptions) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_excel(records, &mut bytes, options, &Control::default()).unwrap();
    bytes
}

fn options() -> impl Iterator<Item = ExcelOptions> {
    let columns = [ExcelColumns::Core, ExcelColumns::All, ExcelColumns::Recorded];
    [Words::Names, Words::Labels]
        .into_iter()
        .flat_map(move |words| columns.map(|columns| ExcelOptions { words, columns, ..ExcelOptions::default() }))
}

/// Records in which every field has, over the rows, every value of its list, besides awkward texts and dates.
fn full() -> Records {
    let texts =
        ["=1+1", "1990", "true", " two\nlines ", "a;b", "\"q\"", "\u{e9}\u{1F600}", "_x0041_", "2019-03-05", "#REF!"];
    let dates = ["1990-05-17", "2019-03", "2019", "1905-06-30", "1900-01-01", "1900-02-28", "2024-02-29"];
    let longest = VALUE_LISTS.iter().map(|list| list.values.len()).max().unwrap();
    let mut csv = String::from("case_id,person_id,organization_id,role");
    for field in FIELDS {
        csv += ",";
        csv += field.name;
    }
    for row in 0..longest {
        csv += &format!("\nc{row},p{row},o{row},");
        for field in FIELDS {
            let cell = match (field.values, field.kind) {
                (ValueSource::List(_), _) => {
                    let values = field.list().unwrap().values;
                    values[row % values.len()].name.to_owned()
                }
                (ValueSource::Countries, _) => ["FR", "NA", "GH"][row % 3].to_owned(),
                (ValueSource::Languages, _) => ["ara", "eng"][row % 2].to_owned(),
                (_, FieldType::Date) => dates[row % dates.len()].to_owned(),
                (_, FieldType::Checkbox) => ["TRUE", "FALSE"][row % 2].to_owned(),
                (_, FieldType::Geolocation) => format!("{}", row as f64 / 7.0 - 3.0),
                (_, FieldType::Number) if field.name.ends_with("tude") => format!("{}", row as f64 / 3.0),
                (_, FieldType::Number) => row.to_string(),
                _ => format!("\"{}\"", texts[row % texts.len()].replace('"', "\"\"")),
            };
            csv += ",";
            csv += &cell;
        }
    }
    read_flat(csv.as_bytes(), "inline", Some(HtcdsFormat::Csv), &ReadOptions::default(), &Control::default())
        .unwrap()
        .into_records()
        .unwrap()
}

#[test]
fn all_fields_and_all_values_come_back() {
    let records = full();
    for options in options() {
        let outcome = read(&written(&records, &options)).unwrap();
        assert_eq!(outcome.fields().len(), FIELDS.len(), "{options:?}");
        let found = outcome.into_records().unwrap();
        assert!(found == records, "{options:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_records_come_back(records in records(), is_named in any::<bool>()) {
        let words = if is_named { Words::Names } else { Words::Labels };
        let bytes = written(&records, &ExcelOptions { words, ..ExcelOptions::default() });
        prop_assert!(read(&bytes).unwrap().into_records().unwrap() == records);
    }
}

#[test]
fn countries_and_languages_come_back_in_words() {
    let languages: Vec<Language> = Language::all().collect();
    let mut csv = String::from("case_id,person_id,prs_Citizenship,prs_PrimaryLanguage");
    for (row, (country, language)) in Country::ALL.iter().zip(languages.iter().cycle()).enumerate() {
        csv += &format!("\nc{row},p{row},{};FR,{}", ListMember::name(country), language.name());
    }
    let outcome =
        read_flat(csv.as_bytes(), "inline", Some(HtcdsFormat::Csv), &ReadOptions::default(), &Control::default())
            .unwrap();
    let records = outcome.into_records().unwrap();
    for options in options() {
        assert!(read(&written(&records, &options)).unwrap().into_records().unwrap() == records, "{options:?}");
    }
}

#[test]
fn a_template_has_lists_and_no_records() {
    for options in options() {
        let bytes = written(&Records::default(), &options);
        let outcome = read(&bytes);
        if options.columns == ExcelColumns::Recorded {
            // Identifiers alone.
            assert!(outcome.is_err() || outcome.unwrap().rows() == 0);
            continue;
        }
        let outcome = outcome.unwrap();
        assert_eq!((outcome.rows(), outcome.sheet()), (0, Some("Case Sheet")));
        assert_eq!(outcome.fields().len(), if options.columns == ExcelColumns::All { 84 } else { 40 });
        edited(&bytes, SHEET, |xml| {
            assert!(xml.contains("<dataValidation type=\"list\"") && xml.contains("<dataValidation type=\"date\""));
            assert!(xml.contains("<pane "));
            xml
        });
    }
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let records = full();
    let bytes = written(&records, &ExcelOptions::default());
    assert!(bytes == written(&records, &ExcelOptions::default()));
    edited(&bytes, "docProps/core.xml", |xml| {
        assert!(xml.contains("2021-12-24T00:00:00Z"), "{xml}");
        xml
    });
}

#[test]
fn texts_are_never_formulas() {
    edited(&written(&full(), &ExcelOptions::default()), SHEET, |xml| {
        assert!(!xml.contains("<f>"));
        xml
    });
}

#[test]
fn lists_are_those_of_the_standard_if_asked_for() {
    for standard_only in [false, true] {
        let options = ExcelOptions { standard_only, ..ExcelOptions::default() };
        edited(&written(&Records::default(), &options), "xl/sharedStrings.xml", |xml| {
            assert_eq!(xml.contains("Restricts movement"), !standard_only);
            xml
        });
    }
}

#[test]
fn what_a_cell_cannot_hold_is_told_by_its_place() {
    let mut records = full();
    records.cases[1].events[0].description = Some(crate::Redacted::new("Zyxquil".repeat(5_000)));
    let error = write_excel(&records, Vec::new(), &ExcelOptions::default(), &Control::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("(output), sheet `Case Sheet`, row 6, column `hte_Description`: {}", rules::TOO_LONG)
    );
}
