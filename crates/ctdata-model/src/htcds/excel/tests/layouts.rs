//! Headers and cells, as people and programs write them.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;
use crate::htcds::lists::{Gender, MethodsOfControl, TraffickingStatus};
use crate::htcds::value::Fault;
use crate::htcds::{Listed, Records};

const NAMES: &[&str] = &["prs_Gender", "prs_Birthdate", "vic_MethodsOfControl"];
const LABELS: &[&str] = &["Gender", "Birthdate", "Methods of Control"];
const ROW: &[&str] = &["Feminine", "1990-05", "Debt bondage ;Physical threats"];

fn check(records: &Records) {
    assert_eq!((records.cases.len(), records.persons.len()), (1, 1));
    assert_eq!(records.persons[0].gender, Some(Listed::Known(Gender::Feminine)));
    assert_eq!(records.persons[0].birthdate, Some("1990-05".parse().unwrap()));
    let controls = [MethodsOfControl::DebtBondage, MethodsOfControl::PhysicalThreats];
    assert_eq!(records.cases[0].victims[0].methods_of_control, controls.map(Listed::Known));
}

#[test]
fn names_labels_or_both_stand_above_the_rows() {
    let title: &[&str] = &["Case sheet of a shelter"];
    for (rows, first) in [
        (vec![NAMES, ROW], 2),
        (vec![NAMES, LABELS, ROW], 3),
        (vec![LABELS, NAMES, ROW], 3),
        (vec![LABELS, ROW], 2),
        (vec![title, &[], NAMES, LABELS, ROW], 5),
        (vec![title, LABELS, &[], ROW], 4),
    ] {
        let outcome = read(&texts(&rows)).unwrap();
        assert_eq!(outcome.places().cases, [first]);
        assert_eq!(outcome.format(), "htcds-excel");
        assert_eq!(outcome.sheet(), Some("Sheet1"));
        check(&outcome.into_records().unwrap());
    }
}

#[test]
fn a_row_of_data_below_the_names_is_no_label_row() {
    let rows: &[&[&str]] = &[&["prs_Title", "prs_FirstName"], &["Title", "A"], &["Dr", "B"]];
    assert_eq!(read(&texts(rows)).unwrap().rows(), 2);
}

#[test]
fn numbered_rows_are_none_and_titles_may_be_merged() {
    let workbook = book(|sheet| {
        sheet.merge_range(0, 0, 0, 3, "Cases", &Format::new())?;
        for (column, (name, label)) in (1..).zip(NAMES.iter().zip(LABELS)) {
            sheet.write_string(1, column, *name)?;
            sheet.write_string(2, column, *label)?;
        }
        for row in 0..500 {
            sheet.write_number(3 + row, 0, row + 1)?;
        }
        for (column, text) in (1..).zip(ROW) {
            sheet.write_string(250, column, *text)?;
        }
        sheet.write_string(252, 2, " \u{a0}")?;
        Ok(())
    });
    let outcome = read(&workbook).unwrap();
    assert_eq!((outcome.rows(), &outcome.places().cases[..]), (1, &[251][..]));
    check(&outcome.into_records().unwrap());
}

#[test]
fn the_misplaced_labels_of_the_toolkit_are_followed() {
    let names: &[&str] = &["prs_MailingCity", "prs_MailingCountry", "vic_TraffickinStatusDecisionMakingOrg", ""];
    let labels: &[&str] = &[
        "Mailing Street",
        "Mailing City",
        "Trafficking Status Decision Making Organization",
        "Reason for Outgoing Referral",
    ];
    let outcome = read(&texts(&[names, labels, &["Hill Road 1", "Accra", "NGO", "Other"]])).unwrap();
    let fields: Vec<&str> = outcome.fields().iter().map(|field| field.name).collect();
    assert_eq!(
        fields,
        [
            "prs_MailingStreet",
            "prs_MailingCity",
            "vic_TraffickingStatusDecisionMakingOrg",
            "cas_ReasonForOutgoingReferral"
        ]
    );
    let records = outcome.into_records().unwrap();
    assert_eq!(records.persons[0].mailing_city.as_ref().unwrap().expose(), "Accra");
}

#[test]
fn cells_of_all_types_are_read() {
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let names = ["prs_Birthdate", "cas_IncomingReferralDate", "spl_PlannedEndDate", "spl_ActualEndDate", "hte_Date"];
    let others = ["con_Consent", "prs_NumberOfChildren", "prs_HomePhone", "prs_Deceased", "prs_MailingLatitude"];
    let workbook = book(|sheet| {
        for (column, name) in (0..).zip(names.iter().chain(&others)) {
            sheet.write_string(0, column, *name)?;
        }
        sheet.write_datetime_with_format(1, 0, &ExcelDateTime::from_ymd(1990, 5, 17)?, &date)?;
        sheet.write_datetime_with_format(1, 1, &ExcelDateTime::parse_from_str("2019-03-05T23:59:59")?, &moment)?;
        sheet.write_string(1, 2, "2019-03-05T14:30:00")?;
        sheet.write_number(1, 3, 2019)?;
        sheet.write_formula_with_format(1, 4, Formula::new("=DATE(2018,2,28)").set_result("43159"), &date)?;
        sheet.write_boolean(1, 5, true)?;
        sheet.write_string(1, 6, " 3 ")?;
        sheet.write_number(1, 7, 32_412_345_678_f64)?;
        sheet.write_number(1, 8, 0)?;
        sheet.write_number(1, 9, -33.25)?;
        Ok(())
    });
    let records = read(&workbook).unwrap().into_records().unwrap();
    let (person, case) = (&records.persons[0], &records.cases[0]);
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!(person.birthdate, day("1990-05-17"));
    assert_eq!(case.incoming_referral_date, day("2019-03-05"));
    assert_eq!(case.support_plans[0].planned_end_date, day("2019-03-05"));
    assert_eq!(case.support_plans[0].actual_end_date, day("2019"));
    assert_eq!(case.events[0].date, day("2018-02-28"));
    assert_eq!(person.consent.consent, Some(true));
    assert_eq!(person.number_of_children, Some(3));
    assert_eq!(person.home_phone.as_ref().unwrap().expose(), "32412345678");
    assert_eq!(person.deceased, Some(false));
    assert_eq!(person.mailing_latitude.as_ref().map(|degrees| *degrees.expose()), Some(-33.25));
}

#[test]
fn dates_follow_the_date_system_of_the_workbook() {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let workbook = book(|sheet| {
        write_texts(sheet, &[&["prs_Birthdate", "prs_Gender"]])?;
        sheet.write_number_with_format(1, 0, 37_806, &date)?;
        Ok(())
    });
    let birth = |workbook: &[u8]| read(workbook).unwrap().into_records().unwrap().persons[0].birthdate;
    assert_eq!(birth(&workbook), Some("2003-07-04".parse().unwrap()));
    let since_1904 =
        edited(&workbook, "xl/workbook.xml", |xml| xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" "));
    // Microsoft, date systems in Excel: 5 July 2007 is 39268 in one, 37806 in the other.
    assert_eq!(birth(&since_1904), Some("2007-07-05".parse().unwrap()));
}

#[test]
fn what_cannot_be_trusted_is_a_problem_with_its_place() {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let time = Format::new().set_num_format("hh:mm");
    let workbook = book(|sheet| {
        write_texts(sheet, &[&["prs_Gender", "prs_Birthdate", "prs_NumberOfChildren", "con_Consent"]])?;
        sheet.write_number(1, 1, 43_831)?;
        sheet.write_string(2, 1, "05/03/2019")?;
        sheet.write_number_with_format(3, 1, 0.5, &time)?;
        sheet.write_number_with_format(4, 1, 2019, &date)?;
        sheet.write_formula(5, 2, Formula::new("=A1").set_result("#REF!"))?;
        sheet.write_formula(6, 2, Formula::new("=1+1").set_result("4321"))?;
        sheet.write_number(7, 2, 1.5)?;
        sheet.write_string(8, 3, "perhaps")?;
        sheet.write_boolean(9, 1, true)?;
        sheet.write_string(10, 0, "Masculine")?;
        Ok(())
    });
    // What programs write that do not calculate.
    let workbook = edited(&workbook, SHEET, |xml| xml.replace("<v>4321</v>", ""));
    let outcome = read_all(&workbook);
    let found: Vec<String> =
        outcome.problems().kept().iter().map(|problem| format!("{}: {}", problem.at, problem.message)).collect();
    let place = |row: u32, column: &str| format!("cases.xlsx, sheet `Sheet1`, row {row}, column `{column}`: ");
    let birth = "prs_Birthdate (B)";
    let children = "prs_NumberOfChildren (C)";
    assert_eq!(
        found,
        [
            place(2, birth) + rules::SERIAL,
            place(3, birth) + Fault::Date.message(),
            place(4, birth) + rules::TIME,
            place(5, birth) + rules::YEAR_AS_DATE,
            place(6, children) + "the cell shows the error #REF! and no value",
            place(7, children) + rules::NO_RESULT,
            place(8, children) + Fault::Number.message(),
            place(9, "con_Consent (D)") + Fault::Flag.message(),
            place(10, birth) + Fault::Date.message(),
        ]
    );
    assert_eq!((outcome.rows(), outcome.problems().rows_left_out()), (10, 9));
    assert_eq!(outcome.usable().persons.len(), 1);
    let first = refusal(&workbook);
    assert!(first.contains("sheet `Sheet1`, row 2, column `prs_Birthdate (B)`") && !first.contains("43831"), "{first}");
}

#[test]
fn merged_cells_that_hold_something_are_refused() {
    let format = Format::new();
    let workbook = book(|sheet| {
        write_texts(sheet, &[NAMES, LABELS])?;
        sheet.merge_range(2, 0, 3, 0, "Feminine", &format)?;
        sheet.write_string(3, 1, "1990")?;
        sheet.write_string(4, 0, "Masculine")?;
        // Nothing stands here.
        sheet.merge_range(4, 1, 5, 2, "", &format)?;
        Ok(())
    });
    let outcome = read_all(&workbook);
    let rows: Vec<Option<u64>> = outcome.problems().kept().iter().map(|problem| problem.at.row).collect();
    assert_eq!(rows, [Some(3), Some(4)]);
    assert!(outcome.problems().kept().iter().all(|problem| problem.message == rules::MERGED));
    assert_eq!(outcome.usable().persons.len(), 1);
}

#[test]
fn a_column_without_a_name_must_be_empty() {
    let number: &[&str] = &["1", "Feminine"];
    assert!(read(&texts(&[&["", "prs_Gender"], number])).unwrap().into_records().is_ok());
    let inside = refusal(&texts(&[&["prs_Gender", "", "prs_Title"], &["Feminine", "secret-4711", "Dr"]]));
    assert!(inside.contains("row 2, column `B`") && !inside.contains("4711"), "{inside}");
    let outside = refusal(&texts(&[&["prs_Gender", "prs_Title"], &["Feminine", "Dr", "secret-4711"]]));
    assert_eq!(outside, format!("cases.xlsx, sheet `Sheet1`, row 2, column `C`: {}", rules::UNNAMED_COLUMN));
}

#[test]
fn unknown_columns_are_named_by_their_letters_alone() {
    let header: &[&str] = &["prs_Gender", "prs_Title", "Amina secret-4711"];
    let error = refusal(&texts(&[header, ROW]));
    assert!(error.contains("column C (3)") && !error.contains("Amina"), "{error}");
}

#[test]
fn the_sheet_with_names_is_found_among_others() {
    let sheets = |sheets: &[(&str, &[&[&str]])]| {
        let mut workbook = Workbook::new();
        for (name, rows) in sheets {
            write_texts(workbook.add_worksheet().set_name(*name).unwrap(), rows).unwrap();
        }
        workbook.save_to_buffer().unwrap()
    };
    let lists: &[&[&str]] = &[&["Validation Lookups"], &[], LABELS, &["Feminine"]];
    let cases: &[&[&str]] = &[NAMES, ROW];
    let labelled: &[&[&str]] = &[LABELS, ROW];
    for sheets in [
        sheets(&[("about", &[&["HTCDS"]]), ("validation", lists), ("Cases", cases)]),
        sheets(&[("Validation", lists), ("Cases", labelled)]),
        sheets(&[("Cases", cases), ("Others", labelled)]),
    ] {
        let outcome = read(&sheets).unwrap();
        assert_eq!(outcome.sheet(), Some("Cases"));
        check(outcome.usable());
    }
    let two = sheets(&[("notes", &[&["x"]]), ("2023 Amina", cases), ("2024", cases)]);
    let error = refusal(&two);
    assert_eq!(error, "cases.xlsx: sheets 2 and 3 both have a header of HTCDS fields: name the sheet");
    let named = |name: &str| {
        let options = ExcelReadOptions { sheet: Some(name.to_owned()), ..ExcelReadOptions::default() };
        read_excel(Cursor::new(&two), "cases.xlsx", &options, &Control::default())
    };
    check(named("2024").unwrap().usable());
    assert_eq!(named("2022").unwrap_err().to_string(), format!("cases.xlsx: {}", rules::NO_SUCH_SHEET));
    assert_eq!(named("notes").unwrap_err().to_string(), format!("cases.xlsx, sheet `notes`: {}", rules::NO_HEADER));
    let form = sheets(&[
        ("survey", &[&["type", "name", "label"], &["text", "prs_Title", "Title"]]),
        ("choices", &[&["list_name"]]),
    ]);
    assert_eq!(refusal(&form), format!("cases.xlsx: {}", rules::SURVEY_FORM));
}

#[test]
fn exports_of_survey_tools_are_read_from_workbooks_too() {
    let header: &[&str] = &["start", "end", "victim/vic_TraffickingStatus", "victim/vic_Methods_of_Control", "_uuid"];
    let row: &[&str] = &["2024-01-01", "2024-01-01", "ActualVictimOfTrafficking", "DebtBondage FalsePromises", "a1"];
    let records = read(&texts(&[header, row])).unwrap().into_records().unwrap();
    let victim = &records.cases[0].victims[0];
    assert_eq!(victim.trafficking_status, Some(Listed::Known(TraffickingStatus::ActualVictimOfTrafficking)));
    assert_eq!(victim.methods_of_control.len(), 2);
}
