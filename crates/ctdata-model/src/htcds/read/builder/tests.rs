use super::*;
use crate::htcds::read::HeaderRules;

fn builder(header: &[&str]) -> RecordBuilder {
    let plan = SheetPlan::from_header(header, &[] as &[&str], HeaderRules::default()).unwrap();
    RecordBuilder::new(plan, "htcds-excel", "cases.xlsx".into(), Some("Case Sheet".into()), ReadOptions::default())
}

fn row(builder: &mut RecordBuilder, number: u64, cells: &[Option<Input<'_>>]) -> Result<(), ModelError> {
    builder.row(&Location::at_row(number), cells.iter().map(|cell| cell.map(CellInput::Input)))
}

#[test]
fn typed_cells_are_read_as_what_they_are() {
    let header =
        ["", "prs_Birthdate", "con_Consent", "prs_NumberOfChildren", "prs_IdentityNumber", "vic_MethodsOfControl"];
    let mut builder = builder(&header);
    let birth = chrono::NaiveDate::from_ymd_opt(1990, 2, 3).unwrap();
    let cells = [
        Some(Input::Number(1.0)),
        Some(Input::Date(birth)),
        Some(Input::Flag(false)),
        Some(Input::Number(3.0)),
        Some(Input::Number(12_345.0)),
        Some(Input::Text("Other")),
    ];
    row(&mut builder, 3, &cells).unwrap();
    // A year in a number cell; a numbered row with nothing else is none.
    row(&mut builder, 4, &[None, Some(Input::Number(1985.0)), None, None, None, None]).unwrap();
    row(&mut builder, 5, &[Some(Input::Number(3.0)), None, None, Some(Input::Text("\u{a0} ")), None, None]).unwrap();
    let outcome = builder.finish();
    assert_eq!((outcome.rows(), outcome.places().persons.as_slice()), (2, &[3, 4][..]));
    let persons = outcome.into_records().unwrap().persons;
    assert_eq!(persons[0].birthdate.unwrap().to_string(), "1990-02-03");
    assert_eq!(persons[0].consent.consent, Some(false));
    assert_eq!(persons[0].number_of_children, Some(3));
    assert_eq!(persons[0].identity_number.as_ref().unwrap().expose(), "12345");
    assert_eq!(persons[1].birthdate.unwrap().to_string(), "1985");
}

#[test]
fn cells_that_the_file_gives_up_on_are_problems_of_their_place() {
    let mut builder = builder(&["prs_Birthdate", "prs_Title"]);
    let error = builder.row(&Location::at_row(7), [Some(CellInput::Bad("a formula error")), None]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cases.xlsx: 1 row could not be read; the first problem: sheet `Case Sheet`, row 7, column `prs_Birthdate`: a \
         formula error (cell)"
    );
}

#[test]
fn two_columns_of_a_field_are_merged_or_refused() {
    let mut plan =
        SheetPlan::from_header(&["vic_MethodsOfControl", "prs_Title"], &[] as &[&str], HeaderRules::default()).unwrap();
    plan.columns.extend(plan.columns.clone());
    let mut builder = RecordBuilder::new(plan, "htcds-csv", "x".into(), None, ReadOptions::default());
    let text = |text| Some(Input::Text(text));
    row(&mut builder, 1, &[text("DebtBondage;Other"), text("a"), text("Other; False promises"), text("a ")]).unwrap();
    let error = row(&mut builder, 2, &[None, text("a"), None, text("b")]).unwrap_err();
    assert!(error.to_string().contains("column `prs_Title`: another column of the row says otherwise"), "{error}");
    let records = builder.finish().into_records().unwrap();
    assert_eq!(records.cases[0].victims[0].methods_of_control.len(), 3);
}

#[test]
fn the_order_of_several_values_is_no_contradiction() {
    let mut builder = builder(&["case_id", "person_id", "prs_Citizenship"]);
    let text = |text| Some(Input::Text(text));
    row(&mut builder, 1, &[text("c"), text("p"), text("FR;DE")]).unwrap();
    row(&mut builder, 2, &[text("d"), text("p"), text("DE;FR")]).unwrap();
    assert!(row(&mut builder, 3, &[text("e"), text("p"), text("DE")]).is_err());
    let records = builder.finish().into_records().unwrap();
    assert_eq!((records.persons.len(), records.cases.len()), (1, 2));
}

#[test]
fn identifiers_that_were_made_are_counted() {
    let text = |text| Some(Input::Text(text));
    let mut some = builder(&["case_id", "person_id", "prs_Title", "org_Name"]);
    row(&mut some, 1, &[text("c"), text("p"), text("a"), None]).unwrap();
    row(&mut some, 2, &[text("c"), None, text("b"), text("o")]).unwrap();
    row(&mut some, 3, &[text("c"), text("p"), None, None]).unwrap();
    assert_eq!(some.finish().made_ids(), MadeIds { organizations: 1, persons: 1, cases: 0 });
    let mut none = builder(&["prs_Title"]);
    row(&mut none, 1, &[text("a")]).unwrap();
    row(&mut none, 2, &[text("a")]).unwrap();
    assert_eq!(none.finish().made_ids(), MadeIds { organizations: 0, persons: 2, cases: 2 });
}

#[test]
fn a_cell_with_more_values_than_any_list_is_no_list() {
    let mut builder = builder(&["vic_Vulnerabilities"]);
    let values: Vec<String> = (0..1001).map(|number| format!("v{number}")).collect();
    let error = row(&mut builder, 1, &[Some(Input::Text(&values.join(";")))]).unwrap_err();
    assert!(error.to_string().ends_with("column `vic_Vulnerabilities`: more than 1000 values (cell)"), "{error}");
}
