//! A file of an organization that does not exist, and every sentence of a mapping that does not fit.

use ctdata_table::Control;
use ctdata_table::csv::OnError;
use proptest::prelude::*;

use super::*;
use crate::ModelError;
use crate::htcds::{FIELDS, GapReport, HtcdsOutcome, ListMember, Listed, ReadOptions, lists};

/// The mapping of the format's own page.
fn page() -> &'static str {
    let page = include_str!("format.md");
    let start = page.find("```toml\n").unwrap() + "```toml\n".len();
    &page[start..start + page[start..].find("```").unwrap()]
}

const FILE: &str = "N° dossier;Prénom;SEXE;Date de naissance;Nationalité(s);Dettes;Menaces;Lieu;Couleur du dossier\n\
    D-1;Zqmarie;F;05/03/1987;Marocaine/FR;oui;non;Lyon, FR;rouge\n\
    D-2;Zqpaul;m;04/1990;Ivoirienne;non;OUI;;vert\n\
    D-2;Zqanne;F;1971;inconnu;1;1;n/a;vert\n\
    ;;;;;;;;\n";

fn read(file: &str, map: &str) -> Result<HtcdsOutcome, ModelError> {
    read_with(file, map, &ReadOptions::default())
}

fn read_with(file: &str, map: &str, options: &ReadOptions) -> Result<HtcdsOutcome, ModelError> {
    let mapping = Mapping::parse(map, "map.toml")?;
    read_mapped(file.as_bytes(), "cases.csv", &mapping, options, &Control::default())
}

/// A mapping of one column `A`, whose entry has these lines.
fn column(lines: &str) -> String {
    format!("format_version = 1\n[[column]]\nname = \"A\"\n{lines}\n")
}

fn parse_error(text: &str) -> String {
    Mapping::parse(text, "map.toml").unwrap_err().to_string()
}

fn names<L: ListMember>(values: &[Listed<L>]) -> Vec<&str> {
    values.iter().map(Listed::name).collect()
}

#[test]
fn a_cell_that_is_not_utf8_is_that_of_its_row_alone() {
    let mapping = Mapping::parse(&column("field = \"prs_FirstName\""), "map.toml").unwrap();
    let collect = ReadOptions { on_error: OnError::Collect { limit: 10 }, ..ReadOptions::default() };
    let read = |options| read_mapped(&b"A\nAa\nB\xff\nCc\n"[..], "cases.csv", &mapping, options, &Control::default());
    let outcome = read(&collect).unwrap();
    assert_eq!((outcome.usable().persons.len(), outcome.problems().rows_left_out()), (2, 1));
    let error = read(&ReadOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cases.csv: 1 row could not be read; the first problem: line 3, row 2, column `A`: not valid UTF-8 (cell)"
    );
}

#[test]
fn the_file_of_an_organization_becomes_records() {
    let outcome = read(FILE, page()).unwrap();
    assert_eq!((outcome.rows(), outcome.format()), (3, "csv"));
    let records = outcome.usable();
    let (people, cases) = (&records.persons, &records.cases);
    assert_eq!(cases.iter().map(|case| case.id.expose()).collect::<Vec<_>>(), ["D-1", "D-2"]);
    assert_eq!(cases.iter().map(|case| case.victims.len()).collect::<Vec<_>>(), [1, 2]);
    let of = |at: usize| {
        let person = &people[at];
        let text = |value: Option<String>| value.unwrap_or_default();
        (
            text(person.first_name.as_ref().map(|name| name.expose().clone())),
            text(person.gender.as_ref().map(|gender| gender.name().to_owned())),
            text(person.birthdate.map(|date| date.to_string())),
            names(&person.citizenship).join(" "),
        )
    };
    let row = |cells: [&str; 4]| cells.map(str::to_owned).into();
    assert_eq!(of(0), row(["Zqmarie", "Feminine", "1987-03-05", "MA FR"]));
    assert_eq!(of(1), row(["Zqpaul", "Masculine", "1990-04", "CI"]));
    assert_eq!(of(2), row(["Zqanne", "Feminine", "1971", ""]));
    let victims: Vec<_> = cases.iter().flat_map(|case| &case.victims).collect();
    assert_eq!(names(&victims[0].methods_of_control), ["DebtBondage"]);
    assert_eq!(names(&victims[1].methods_of_control), ["PhysicalThreats"]);
    assert_eq!(names(&victims[2].methods_of_control), ["DebtBondage", "PhysicalThreats"]);
    let status = Some(Listed::Known(lists::TraffickingStatus::ActualVictimOfTrafficking));
    assert!(victims.iter().all(|victim| victim.trafficking_status == status));
    // A no is nothing that the standard could hold, and a blank row is none, whatever is constant.
    assert_eq!(cases[0].events.len(), 1);
    assert_eq!(cases[0].events[0].city.as_ref().map(|city| city.expose().as_str()), Some("Lyon"));
    assert_eq!(cases[0].events[0].country.as_ref().map(|country| country.expose().as_str()), Some("FR"));
    assert!(cases[1].events.is_empty());
}

#[test]
fn the_gap_report_tells_where_fields_come_from() {
    let mapping = Mapping::parse(page(), "map.toml").unwrap();
    let report = GapReport::of(&read(FILE, page()).unwrap()).with_mapping(&mapping);
    let control = report.field("vic_MethodsOfControl").unwrap();
    assert_eq!(control.mapped_from, ["Dettes", "Menaces"]);
    assert_eq!((control.filled, control.base, control.valid), (3, 3, 3));
    let citizenship = report.field("prs_Citizenship").unwrap();
    assert_eq!((citizenship.filled, citizenship.base), (2, 3));
    assert!(report.field("vic_TraffickingStatus").unwrap().constant);
    // First name, birth date, gender, citizenship, methods of control, status.
    assert_eq!((report.core.fields, report.core.present, report.core.filled), (40, 6, 6));
    // Five of 100 %, one of two thirds, 34 of nothing.
    let mean = (500.0 + 200.0 / 3.0) / 40.0;
    assert!((report.core.filled_mean.unwrap() - mean).abs() < 1e-9);
    assert!(report.to_markdown(false).contains(
        "| vic_MethodsOfControl | Methods of Control | yes | 100.0 % | 3 victims | 100.0 % | Dettes, Menaces |"
    ));
}

#[test]
fn codes_that_the_mapping_misses_stop_the_run_without_being_shown() {
    let file = "A;B\nF;Marocaine\nzqX;Marocaine\nzqX;zqmars/Marocaine/zqvenus\nF;\nzqY;zqmars\n";
    let map = "format_version = 1\n[source]\nsplit = \"/\"\n[[column]]\nname = \"A\"\nfield = \"prs_Gender\"\n\
        codes = { F = \"Feminine\" }\n[[column]]\nname = \"B\"\nfield = \"prs_Citizenship\"\n\
        codes = { Marocaine = \"MA\" }\n";
    let error = read(file, map).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cases.csv: codes that the mapping misses: column `A` for `prs_Gender`: 2 codes in 3 cells, first in rows 2, \
         3, 5; column `B` for `prs_Citizenship`: 2 codes in 2 cells, first in rows 3, 5"
    );
    assert!(!format!("{error:?}").contains("zq"));
    let ModelError::UnmappedCodes { columns, .. } = error else { panic!() };
    assert!(columns.iter().all(|column| column.values.is_empty()));

    let options = ReadOptions { keep_values: true, on_error: OnError::Collect { limit: 9 }, ..ReadOptions::default() };
    let error = read_with(file, map, &options).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("zq"));
    let ModelError::UnmappedCodes { columns, .. } = error else { panic!() };
    let values: Vec<&str> = columns[1].values.iter().map(|value| value.expose().as_str()).collect();
    assert_eq!(values, ["zqmars", "zqvenus"]);
}

#[test]
fn a_list_without_codes_takes_names_and_labels_and_nothing_else() {
    let map = column("field = \"vic_TypeOfExploitation\"");
    let outcome = read("A\nForcedLabour; sexual exploitation\n", &map).unwrap();
    assert_eq!(
        names(&outcome.usable().cases[0].victims[0].type_of_exploitation),
        ["ForcedLabour", "SexualExploitation"]
    );
    assert!(matches!(read("A\nForcedLabour; zq\n", &map), Err(ModelError::UnmappedCodes { .. })));
    // "Picklist or Text" takes texts, unless codes are given.
    let map = column("field = \"org_ShippingCountry\"");
    assert!(read("A\nzqland\n", &map).is_ok());
    let map = column("field = \"org_ShippingCountry\"\ncodes = { zqother = \"FR\" }");
    assert!(matches!(read("A\nzqland\n", &map), Err(ModelError::UnmappedCodes { .. })));
}

#[test]
fn codes_may_hold_the_separator_and_may_mean_several_values_or_none() {
    let map = column(
        "field = \"vic_TypeOfExploitation\"\nsplit = \"/\"\n\
         codes = { \"T/S\" = [\"ForcedLabour\", \"SexualExploitation\"], X = [], s = \"Servitude\", S = \"SexualExploitation\" }",
    );
    for (cell, expected) in [
        ("T/S", vec!["ForcedLabour", "SexualExploitation"]),
        ("X", vec![]),
        ("s / X / ForcedBegging", vec!["Servitude", "ForcedBegging"]),
        ("S//", vec!["SexualExploitation"]),
        ("t/s/X", vec!["ForcedLabour", "SexualExploitation"]),
    ] {
        let outcome =
            read(&format!("A,B\n{cell},1\n"), &format!("{map}[[column]]\nname = \"B\"\nfield = \"person_id\"\n"));
        let outcome = outcome.unwrap();
        assert_eq!(names(&outcome.usable().cases[0].victims[0].type_of_exploitation), expected, "{cell}");
    }
}

#[test]
fn cells_that_cannot_be_read_are_named_by_place() {
    for (entry, cell, message) in [
        (
            "field = \"prs_Birthdate\"\ndate = \"%d/%m/%Y\"",
            "1987-03-05",
            "not a date of the form that the mapping gives",
        ),
        ("field = \"prs_Birthdate\"", "zq", "not a date: expected 2019-03-05, 2019-03 or 2019, or a date cell"),
        ("field = \"con_Consent\"", "oui", "neither yes nor no, and no word that the mapping has for them"),
        (
            "field = \"vic_MethodsOfControl\"\nwhen_yes = \"DebtBondage\"",
            "zq",
            "neither yes nor no, and no word that the mapping has for them",
        ),
        ("field = \"vic_AgeWhenTrafficked\"", "zq", "not a whole number from 0 to 4294967295"),
        (
            "fields = [\"hte_City\", \"hte_Country\"]\ncut = \"/\"",
            "zq",
            "cut as the mapping says, the cell has not as many parts as there are fields",
        ),
        (
            "fields = [\"hte_City\", \"hte_Country\"]\ncut = \"/\"",
            "zq/zq/zq",
            "cut as the mapping says, the cell has not as many parts as there are fields",
        ),
    ] {
        let error =
            read(&format!("A;B\n;\n{cell};\n"), &format!("{}[[column]]\nname = \"B\"\nignore = true\n", column(entry)));
        let error = error.unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "cases.csv: 1 row could not be read; the first problem: line 3, row 2, column `A`: {message} (cell)"
            )
        );
    }
    let map = column("field = \"prs_FirstName\"");
    let error = |file: &str| read(file, &map).unwrap_err().to_string();
    assert!(error("A,\nzq,zq\n").contains("column `number 2 (B)`: the cell stands under no header"));
    assert!(error("A,\nzq\n").contains("row 1: the row is too short for the header"));
    assert!(read("A,\nzq,\n", &map).is_ok());
}

#[test]
fn a_header_that_is_not_that_of_the_mapping_is_told_by_positions() {
    let map = "format_version = 1\n[[column]]\nname = \"Gender\"\nfield = \"prs_Gender\"\n[[column]]\nname = \"Age\"\n\
        field = \"vic_AgeWhenTrafficked\"\n";
    let error = |header: &str| read(&format!("{header}\n"), map).unwrap_err().to_string();
    assert_eq!(
        error("zqrecord,age,gendr"),
        "cases.csv: the header is not that of the mapping: it lacks `Gender` (line 3 of the mapping; that of column 3 \
         (C) is similar); the mapping does not mention columns 1 (A), 3 (C): map them, or write `ignore = true`"
    );
    assert_eq!(
        error("Age, GENDER ,AGE"),
        "cases.csv: the header is not that of the mapping: the mapping does not mention column 3 (C) (`Age` again: tell \
         them apart by `nth`): map them, or write `ignore = true`"
    );
    let map = format!("{map}nth = 2\n[[column]]\nname = \"Age\"\nignore = true\n");
    let outcome = read("Age,Gender,Age\n7,Feminine,17\n", &map).unwrap();
    assert_eq!(outcome.usable().cases[0].victims[0].age_when_trafficked, Some(17));
    assert_eq!(apply::column_number(25), "26 (Z)");
    assert_eq!(apply::column_number(26), "27 (AA)");
    assert_eq!(apply::column_number(701), "702 (ZZ)");
    assert_eq!(apply::column_number(702), "703 (AAA)");
}

#[test]
fn the_header_may_stand_below_other_rows() {
    let map = format!("{}\n[source]\nheader_row = 2\nseparator = \"tab\"\n", column("field = \"prs_FirstName\""));
    let outcome = read("A list of cases\nA\nzq\n", &map).unwrap();
    assert_eq!((outcome.rows(), outcome.usable().persons.len()), (1, 1));
    assert!(read("A list of cases\n", &map).unwrap_err().to_string().contains("the file is empty"));
}

/// Entries that say something wrong, and what is said of it.
const WRONG: &[(&str, &str)] = &[
    ("feild = \"prs_Gender\"", "line 4: unknown field `feild`"),
    ("field = \"prs_Gendr\"", "line 4: there is no field `prs_Gendr`; did you mean `prs_Gender`?"),
    ("field = 7", "line 4: invalid type: integer `7`, expected a text"),
    ("", "line 3: column `A` goes nowhere: give it a `field`, or `ignore = true`"),
    (
        "field = \"?\"",
        "line 3: column `A` is undecided: in place of `?` write the field that it goes into, or write `ignore = true` instead of the field",
    ),
    ("field = \"prs_Gender\"\nignore = true", "line 3: column `A` is ignored, and has a field all the same"),
    ("field = \"prs_Gender\"\nnth = 0", "line 5: `nth` counts from 1: the first column of this name is 1"),
    (
        "field = \"prs_Gender\"\nfields = [\"hte_City\"]",
        "line 5: a column has `field`, or `fields` with `cut`, not both",
    ),
    ("fields = [\"hte_City\", \"hte_Country\"]", "line 4: `fields` need `cut`: the text at which the cell is cut"),
    ("fields = [\"hte_City\"]\ncut = \",\"", "line 4: `fields` are two or more; for one write `field`"),
    (
        "field = \"hte_City\"\ncut = \",\"",
        "line 5: `cut` needs `fields`: one for each part; to separate the values of one field write `split`",
    ),
    (
        "fields = [\"hte_City\", \"hte_Country\"]\ncut = \",\"\ncodes = { a = \"b\" }",
        "line 3: what is cut into `fields` has no `codes` and no `when_yes`",
    ),
    (
        "field = \"prs_Gender\"\nsplit = \",\"",
        "line 5: `prs_Gender` holds one value: there is nothing to split; to fill several fields write `fields` and `cut`",
    ),
    ("field = \"vic_MethodsOfControl\"\nsplit = \"\"", "line 5: values are separated by a text that is not empty"),
    ("field = \"prs_Gender\"\ndate = \"%Y\"", "line 5: `prs_Gender` is no date"),
    (
        "field = \"prs_Birthdate\"\ndate = \"%d/%m/%y\"",
        "line 5: `%d/%m/%y` has a year of two digits, which may be of two centuries; use `%Y`",
    ),
    (
        "field = \"prs_Birthdate\"\ndate = \"?\"",
        "line 5: the form of dates is undecided: in place of `?` write one such as `%d/%m/%Y`",
    ),
    (
        "field = \"prs_Gender\"\nwhen_yes = \"Feminine\"",
        "line 5: `prs_Gender` does not hold several values, so that no `when_yes` can add one",
    ),
    ("field = \"vic_MethodsOfControl\"\nwhen_yes = \"Debt\"", "line 5: `Debt` is no value of `vic_MethodsOfControl`"),
    (
        "field = \"vic_MethodsOfControl\"\nwhen_yes = \"Other\"\ncodes = { a = \"Other\" }",
        "line 5: a column has `codes` or `when_yes`, not both",
    ),
    (
        "field = \"prs_Gender\"\ncodes = { F = \"Femininne\" }",
        "line 5: `Femininne` is no value of `prs_Gender`; did you mean `Feminine`?",
    ),
    (
        "field = \"prs_Gender\"\n[column.codes]\nM = \"Masculine\"\nF = \"?\"",
        "line 7: code `F` is undecided: in place of `?` write the value that it means, or `[]` if it says nothing",
    ),
    (
        "field = \"prs_Gender\"\ncodes = { F = [\"Feminine\", \"Masculine\"] }",
        "line 5: `prs_Gender` holds one value, and code `F` has several",
    ),
    ("field = \"prs_Gender\"\ncodes = { \" \" = \"Feminine\" }", "line 5: an empty cell has no code: it is missing"),
    (
        "field = \"prs_Gender\"\ncodes = { F = \"\" }",
        "line 5: a value is empty; for a code that says nothing write `[]`",
    ),
    (
        "field = \"prs_Gender\"\ncodes = { F = 1 }",
        "line 5: invalid type: integer `1`, expected a text or a list of texts",
    ),
    ("field = \"con_Consent\"\ncodes = { F = \"perhaps\" }", "line 5: `con_Consent` is yes or no, not `perhaps`"),
    (
        "field = \"vic_AgeWhenTrafficked\"\ncodes = { F = \"old\" }",
        "line 5: `vic_AgeWhenTrafficked` is a number, not `old`",
    ),
    (
        "field = \"role\"\ncodes = { F = \"friend\" }",
        "line 5: `friend` is no role: one of victim, perpetrator, case-worker, organization, other",
    ),
    (
        "field = \"case_id\"\ncodes = { F = \"friend\" }",
        "line 5: `case_id` has no codes: they go with lists, yes and no, roles, numbers and texts",
    ),
    (
        "field = \"prs_Gender\"\n[[column]]\nname = \"B\"\nfield = \"prs_Gender\"",
        "line 7: `prs_Gender` is filled already, in line 4, and takes one value",
    ),
    (
        "field = \"prs_Gender\"\n[[column]]\nname = \"a\"\nignore = true",
        "line 6: column `a` is also in line 3, and one of them ignores it",
    ),
    (
        "field = \"prs_Gender\"\n[[constant]]\nfield = \"prs_Gender\"\nvalue = \"Feminine\"",
        "line 6: `prs_Gender` is filled already, in line 4, and takes one value",
    ),
    ("ignore = true\n[[constant]]\nfield = \"prs_Gender\"\nvalue = \"F\"", "line 7: `F` is no value of `prs_Gender`"),
    (
        "ignore = true\n[[constant]]\nfield = \"prs_Birthdate\"\nvalue = \"5/3/2019\"",
        "line 7: `prs_Birthdate` is a date such as 2019-03-05, 2019-03 or 2019, not `5/3/2019`",
    ),
    ("ignore = true\n[[constant]]\nfield = \"prs_Gender\"\nvalue = []", "line 7: a constant has a value"),
    (
        "ignore = true\n[[constant]]\nfield = \"prs_Gender\"\nvalue = [\"Feminine\", \"Masculine\"]",
        "line 7: `prs_Gender` holds one value",
    ),
    (
        "ignore = true\n[[constant]]\nfield = \"case_id\"\nvalue = \"1\"",
        "line 6: all rows would be about the same one; identifiers are columns",
    ),
    ("ignore = true\n[source]\nseparator = \"/\"", "line 6: cells are separated by `,`, `;` or `tab`"),
    ("ignore = true\n[source]\nheader_row = 0", "line 6: rows count from 1"),
    ("ignore = true\n[source]\nheader = 1", "line 6: unknown field `header`"),
];

#[test]
fn what_a_mapping_says_wrong_is_told_with_its_line() {
    for (entry, message) in WRONG {
        let error = parse_error(&column(entry));
        assert!(error.starts_with(&format!("map.toml, {message}")), "{entry}\n{error}\n{message}");
    }
    assert_eq!(parse_error("format_version = 2\n"), "map.toml, line 1: format_version is 2; this version reads 1");
    assert!(parse_error("").contains("missing field `format_version`"));
    assert!(parse_error(&column("feild = \"x\"")).ends_with("did you mean `field`?"));
    assert!(
        parse_error("format_version = 1\n[[column]]\nname = \"\"\nfield = \"prs_Gender\"\n")
            .starts_with("map.toml, line 3: a column needs the name that it has in the header")
    );
    assert!(parse_error("not a mapping").starts_with("map.toml, line 1: "));
    let two = format!("{}[[column]]\nname = \"B\"\nfield = \"?\"\n", column("field = \"?\""));
    assert!(parse_error(&two).ends_with("; one more column is undecided"));
}

#[test]
fn a_draft_knows_usual_words_and_leaves_the_rest_open() {
    let header = FILE.lines().next().unwrap().split(';');
    let rows = FILE.lines().skip(1).map(|row| row.split(';'));
    let draft = Mapping::draft(header, rows);
    let found: Vec<(Option<&str>, Likeness)> =
        draft.columns().iter().map(|column| (column.field.as_deref(), column.likeness)).collect();
    let likely = |field| (Some(field), Likeness::Likely);
    assert_eq!(
        found,
        [
            likely("case_id"),
            likely("prs_FirstName"),
            likely("prs_Gender"),
            likely("prs_Birthdate"),
            likely("prs_Citizenship"),
            (None, Likeness::Unknown),
            (None, Likeness::Unknown),
            (None, Likeness::Unknown),
            (None, Likeness::Unknown),
        ]
    );
    let quiet = draft.to_toml(false);
    for value in ["Zq", "Marocaine", "rouge", "D-1", "Lyon", "\"F\""] {
        assert!(!quiet.contains(value), "{value}");
        assert!(!format!("{draft:?}").contains(value), "{value}");
    }
    assert!(quiet.contains("# 2 codes in the first 4 rows are no value of the field."));
    assert!(parse_error(&quiet).contains("3 more columns are undecided"));
    let open = draft.to_toml(true);
    assert!(open.contains("[column.codes]\n\"F\" = \"Feminine\"\n\"m\" = \"Masculine\"\n"), "{open}");
    assert!(open.contains("split = \"/\""));
}

#[test]
fn a_draft_tells_the_form_of_dates_only_if_it_is_the_only_one() {
    let draft = |cells: &[&str]| Mapping::draft(["DOB"], cells.iter().map(|cell| [*cell])).to_toml(false);
    assert!(draft(&["25/03/1987", "01/02/1990"]).contains("date = \"%d/%m/%Y\""));
    assert!(
        draft(&["01/02/1990"])
            .contains("date = \"?\"                    # the sample fits \"%d/%m/%Y\" and \"%m/%d/%Y\"")
    );
    assert!(!draft(&["1990-02-01", "1987"]).contains("date = "));
    assert!(draft(&["01/02/1990", "zq"]).contains("# date = "));
}

#[test]
fn headers_are_recognized_in_three_languages_with_groups_and_slips() {
    for (header, field, likeness) in [
        ("prs_First_Name", Some("prs_FirstName"), Likeness::Certain),
        ("group_a/vic_Methods_of_Control", Some("vic_MethodsOfControl"), Likeness::Certain),
        ("hte_Date.2", Some("hte_Date.2"), Likeness::Certain),
        ("Trafficking Status", Some("vic_TraffickingStatus"), Likeness::Certain),
        ("trafficking status ", Some("vic_TraffickingStatus"), Likeness::Certain),
        ("Date", Some("hte_Date"), Likeness::Likely),
        ("Fecha de nacimiento", Some("prs_Birthdate"), Likeness::Likely),
        ("NATIONALITÉ", Some("prs_Citizenship"), Likeness::Likely),
        ("Country of exploitation", Some("hte_Country"), Likeness::Likely),
        ("Pays d’exploitation", Some("hte_Country"), Likeness::Likely),
        ("País de explotación", Some("hte_Country"), Likeness::Likely),
        // What is similar need not mean the same.
        ("Nationalitty", None, Likeness::Unknown),
        ("Type of the exploitation", None, Likeness::Unknown),
        ("Deuda", None, Likeness::Unknown),
        ("Place of birth", None, Likeness::Unknown),
        ("Statut", None, Likeness::Unknown),
        ("Longitude", None, Likeness::Unknown),
        ("Shoe size", None, Likeness::Unknown),
        ("x", None, Likeness::Unknown),
    ] {
        let draft = Mapping::draft([header], [[""]; 0]);
        let column = &draft.columns()[0];
        assert_eq!((column.field.as_deref(), column.likeness), (field, likeness), "{header}");
    }
    // The surest column takes the field, and the first of those that are equally sure.
    let draft = Mapping::draft(["Sexe", "prs_Gender", "Gender", ""], [[""]; 0]);
    let fields: Vec<_> = draft.columns().iter().map(|column| column.field.as_deref()).collect();
    assert_eq!(fields, [None, Some("prs_Gender"), None]);
    assert!(draft.to_toml(false).contains("undecided, column 2 (B) goes into prs_Gender already"));
}

#[test]
fn what_is_similar_is_named_and_undecided() {
    let text = Mapping::draft(["Nationalitty"], [[""]; 0]).to_toml(false);
    let expected = "undecided, no field has such a name, and it is similar to \"nationality\".\n\
                    # Perhaps: prs_Citizenship\nname = \"Nationalitty\"\nfield = \"?\"";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_draft_of_a_damaged_header_is_doubtful() {
    let doubtful = |header: &[&str]| Mapping::draft(header, [[""]; 0]).is_doubtful();
    let official: Vec<&str> = crate::htcds::FIELDS.iter().map(|field| field.name).take(12).collect();
    assert!(!doubtful(&official));
    let with = |known: usize, others: usize| {
        let names = official[..known]
            .iter()
            .copied()
            .chain(["Zqa", "Zqb", "Zqc", "Zqd", "Zqe", "Zqf"].into_iter().take(others));
        doubtful(&names.collect::<Vec<_>>())
    };
    assert!(with(12, 1) && with(9, 1) && with(5, 5));
    assert!(!with(8, 1), "nine columns are few");
    assert!(!with(5, 6), "less than half are certain: it is no official file");
    let own = "No;Sexe;Naissance;Nationalité;Arrivée;Exploitation;Statut;Remarque";
    let own: Vec<&str> = own.split(';').collect();
    assert!(!doubtful(&own));
    assert!(Mapping::draft(own, [[""]; 0]).count(Likeness::Unknown) > 0);
}

#[test]
fn a_draft_of_any_header_is_read_or_says_what_is_undecided() {
    let awkward = "quo\"te\\ back\u{1}slash\nline\ttab # = [x]";
    let text = Mapping::draft([awkward], [[""]; 0]).to_toml(true);
    assert!(parse_error(&text).contains("is undecided"), "{text}");
    let decided = text.replace("field = \"?\"", "field = \"prs_FirstName\"");
    let mapping = Mapping::parse(&decided, "map.toml").unwrap();
    assert_eq!(mapping.sources("prs_FirstName").collect::<Vec<_>>(), [awkward]);
}

#[test]
fn a_mapping_is_read_from_a_file_and_applied_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let (map, file) = (folder.path().join("map.toml"), folder.path().join("cases.csv"));
    std::fs::write(&map, format!("\u{feff}{}", page())).unwrap();
    std::fs::write(&file, FILE).unwrap();
    let mapping = Mapping::read(&map).unwrap();
    let control = Control::default();
    let outcome = read_mapped_csv(&file, &mapping, &ReadOptions::default(), &control).unwrap();
    assert_eq!(outcome.usable(), read(FILE, page()).unwrap().usable());
    let draft = draft_csv(&file, None, &control).unwrap();
    assert_eq!(draft.columns().len(), 9);
    assert!(draft.to_toml(false).contains("separator = \";\""));
    std::fs::write(&map, [0xff, 0xfe]).unwrap();
    assert!(Mapping::read(&map).unwrap_err().to_string().ends_with("map.toml: not a text in UTF-8"));
    assert!(Mapping::read(&folder.path().join("none.toml")).is_err());
}

#[cfg(feature = "xlsx")]
#[test]
fn a_workbook_is_read_through_a_mapping() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    let write = |birth: Option<f64>| {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("Info").unwrap();
        let sheet = workbook.add_worksheet().set_name("Cas").unwrap();
        for (column, name) in (1..).zip(["Sexe", "Naissance", "Dettes", "Prénom"]) {
            sheet.write(2, column, name).unwrap();
        }
        let day = ExcelDateTime::from_ymd(1987, 3, 5).unwrap();
        sheet.write(3, 0, 1).unwrap();
        sheet.write(3, 1, 1).unwrap();
        sheet.write_datetime_with_format(3, 2, &day, &Format::new().set_num_format("dd/mm/yyyy")).unwrap();
        sheet.write(3, 3, true).unwrap();
        sheet.write(3, 4, "Zqanne").unwrap();
        sheet.write(4, 0, 2).unwrap();
        sheet.write(4, 1, 2).unwrap();
        sheet.write(4, 2, birth.unwrap_or(1990.0)).unwrap();
        sheet.write(4, 4, "n/a").unwrap();
        // A number alone is no row.
        sheet.write(5, 0, 3).unwrap();
        workbook.save_to_buffer().unwrap()
    };
    let map = "format_version = 1\n[source]\nsheet = \"Cas\"\nmissing = \"n/a\"\n\
        [[column]]\nname = \"Sexe\"\nfield = \"prs_Gender\"\ncodes = { 1 = \"Feminine\", 2 = \"Masculine\" }\n\
        [[column]]\nname = \"Naissance\"\nfield = \"prs_Birthdate\"\ndate = \"%d/%m/%Y\"\n\
        [[column]]\nname = \"Dettes\"\nfield = \"vic_MethodsOfControl\"\nwhen_yes = \"DebtBondage\"\n\
        [[column]]\nname = \"Prénom\"\nfield = \"prs_FirstName\"\n\
        [[constant]]\nfield = \"cas_Status\"\nvalue = \"Active\"\n";
    let mapping = Mapping::parse(map, "map.toml").unwrap();
    let read = |book: Vec<u8>, mapping: &Mapping| {
        let book = std::io::Cursor::new(book);
        excel::mapped_excel(book, "cases.xlsx", None, mapping, &ReadOptions::default(), &Control::default())
    };
    let outcome = read(write(None), &mapping).unwrap();
    assert_eq!((outcome.rows(), outcome.sheet(), outcome.format()), (2, Some("Cas"), "excel"));
    let people = &outcome.usable().persons;
    let dates: Vec<String> = people.iter().map(|person| person.birthdate.unwrap().to_string()).collect();
    assert_eq!(dates, ["1987-03-05", "1990"]);
    assert_eq!(people[1].gender, Some(Listed::Known(lists::Gender::Masculine)));
    assert!(people[1].first_name.is_none());
    assert_eq!(names(&outcome.usable().cases[0].victims[0].methods_of_control), ["DebtBondage"]);

    // What a spreadsheet keeps for a day whose cell has no date format.
    let error = read(write(Some(32_000.0)), &mapping).unwrap_err().to_string();
    assert!(
        error.contains("row 5, column `Naissance`: a number in place of a date: only a year may be one"),
        "{error}"
    );
    let fewer = Mapping::parse(&map.replace("2 = \"Masculine\"", ""), "map.toml").unwrap();
    let error = read(write(None), &fewer).unwrap_err().to_string();
    assert!(error.ends_with("column `Sexe` for `prs_Gender`: 1 code in 1 cell, first in row 5"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.xlsx");
    std::fs::write(&path, write(None)).unwrap();
    let control = Control::default();
    let draft = draft_excel(&path, None, None, &control).unwrap();
    let fields: Vec<_> = draft.columns().iter().map(|column| (column.position, column.field.as_deref())).collect();
    assert_eq!(fields, [(2, Some("prs_Gender")), (3, Some("prs_Birthdate")), (4, None), (5, Some("prs_FirstName"))]);
    assert!(draft.to_toml(false).contains("sheet = \"Cas\"\n"));
    let outcome = read_mapped_excel(&path, None, &mapping, &ReadOptions::default(), &control).unwrap();
    assert_eq!(outcome.rows(), 2);
}

#[cfg(feature = "xlsx")]
#[test]
fn a_sheet_is_named_where_several_have_a_text() {
    let book = |second: &str| {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        workbook.add_worksheet();
        workbook.add_worksheet().write(0, 0, "A").unwrap().write(1, 0, "Zqanne").unwrap();
        workbook.add_worksheet().set_name("Last").unwrap().write(4, 1, second).unwrap();
        workbook.save_to_buffer().unwrap()
    };
    let (control, options) = (Control::default(), ReadOptions::default());
    let read = |book: &[u8], sheet, more: &str| {
        let map = column("field = \"prs_FirstName\"").replace("[[column]]", &format!("{more}\n[[column]]"));
        let mapping = Mapping::parse(&map, "map.toml").unwrap();
        excel::mapped_excel(std::io::Cursor::new(book), "cases.xlsx", sheet, &mapping, &options, &control)
    };
    let rule = "cases.xlsx: sheets 2 and 3 both have a row with a text in it: name the sheet";
    for more in ["", "[source]\nheader_row = 1"] {
        assert_eq!(read(&book("Notes"), None, more).unwrap_err().to_string(), rule);
        assert_eq!(read(&book("Notes"), Some("Sheet2"), more).unwrap().rows(), 1);
        assert_eq!(read(&book(""), None, more).unwrap().sheet(), Some("Sheet2"));
    }
    assert_eq!(read(&book("Notes"), None, "[source]\nsheet = \"Sheet2\"").unwrap().rows(), 1);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.xlsx");
    std::fs::write(&path, book("Notes")).unwrap();
    assert!(draft_excel(&path, None, None, &control).unwrap_err().to_string().ends_with(&rule["cases.xlsx".len()..]));
    assert_eq!(draft_excel(&path, Some("Sheet2"), None, &control).unwrap().columns().len(), 1);
}

#[cfg(feature = "xlsx")]
#[test]
fn labels_below_the_names_are_no_record() {
    use crate::htcds::{ExcelColumns, ExcelOptions, write_excel};

    let control = Control::default();
    let records = crate::Simulator::new(5).htcds(20).unwrap();
    let mut book = Vec::new();
    let options = ExcelOptions { columns: ExcelColumns::Core, ..ExcelOptions::default() };
    write_excel(&records, &mut book, &options, &control).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.xlsx");
    std::fs::write(&path, &book).unwrap();
    let direct = crate::htcds::read_excel_path(&path, &crate::htcds::ExcelReadOptions::default(), &control).unwrap();

    let draft = draft_excel(&path, Some("Case Sheet"), None, &control).unwrap();
    let mapping = Mapping::parse(&draft.to_toml(false), "map.toml").unwrap();
    let mapped = read_mapped_excel(&path, None, &mapping, &ReadOptions::default(), &control).unwrap();
    assert_eq!(mapped.rows(), direct.rows());
    assert_eq!(mapped.places(), direct.places());
    assert!(mapped.usable() == direct.usable());

    // Two labels may be what somebody is called.
    let entry = |(name, field)| format!("[[column]]\nname = \"{name}\"\nfield = \"{field}\"\n");
    let map = [("A", "prs_Title"), ("B", "prs_FirstName"), ("C", "prs_SecondName")].map(entry).concat();
    let mapping = Mapping::parse(&format!("format_version = 1\n{map}"), "map.toml").unwrap();
    let rows = |third: &str| {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, (name, text)) in (0..).zip([("A", "Title"), ("B", "First Name"), ("C", third)]) {
            sheet.write(0, column, name).unwrap().write(1, column, text).unwrap();
        }
        let book = std::io::Cursor::new(workbook.save_to_buffer().unwrap());
        excel::mapped_excel(book, "cases.xlsx", None, &mapping, &ReadOptions::default(), &control).unwrap().rows()
    };
    assert_eq!((rows("Zqanne"), rows("second name")), (1, 0));
}

#[test]
fn two_values_in_a_row_are_not_taken_for_a_third() {
    // "Debt" and "bondage" are two codes that nobody knows, not one value cut in two.
    let map = column("field = \"vic_MethodsOfControl\"");
    let error = read("A\nDebt;bondage\n", &map).unwrap_err().to_string();
    assert!(error.ends_with("2 codes in 1 cell, first in row 1"), "{error}");
    // Where values are separated by spaces, labels have them, too.
    let map = column("field = \"vic_MethodsOfControl\"\nsplit = \" \"");
    let outcome = read("A\nDebt bondage PhysicalAbuse\n", &map).unwrap();
    assert_eq!(names(&outcome.usable().cases[0].victims[0].methods_of_control), ["DebtBondage", "PhysicalAbuse"]);
}

/// A cell that a field can hold, of its list where it has one.
fn cell(at: usize) -> impl Strategy<Value = String> {
    let field = &FIELDS[at];
    let own = field.list().map(|list| list.values.iter().map(|value| value.name.to_owned()).collect::<Vec<_>>());
    let target = holds::target_named(field.name).unwrap();
    let cells = match (holds::Holds::of(target), own) {
        (holds::Holds::One | holds::Holds::Many, Some(names)) => names,
        (holds::Holds::One | holds::Holds::Many, None) => ["fra", "fr"].map(str::to_owned).to_vec(),
        (holds::Holds::Date, _) => ["1987-03-05", "1987-03", "1987"].map(str::to_owned).to_vec(),
        (holds::Holds::Flag, _) => ["yes", "no"].map(str::to_owned).to_vec(),
        (holds::Holds::Number, _) => ["0", "17"].map(str::to_owned).to_vec(),
        _ => ["Zqone", "Zq, two; three"].map(str::to_owned).to_vec(),
    };
    prop_oneof![Just(String::new()), proptest::sample::select(cells)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_draft_of_official_names_is_certain_and_loses_nothing(
        order in Just((0..FIELDS.len()).collect::<Vec<_>>()).prop_shuffle(),
        count in 1..FIELDS.len(),
        rows in proptest::collection::vec((0..FIELDS.len()).map(cell).collect::<Vec<_>>(), 0..4),
    ) {
        let picked: Vec<usize> = order.into_iter().take(count).collect();
        let header: Vec<&str> = picked.iter().map(|at| FIELDS[*at].name).collect();
        // The languages of this build are few: `fra` and `fr` are countries and languages alike.
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| picked.iter().map(|at| row[*at].clone()).collect()).collect();
        let draft = Mapping::draft(&header, &rows);
        prop_assert_eq!(draft.count(Likeness::Certain), header.len());
        let mapping = Mapping::parse(&draft.to_toml(false), "map.toml").unwrap();
        prop_assert_eq!(mapping.fields().len(), header.len());

        let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
        let mut mapped =
            MappedRows::new(&mapping, &header, "csv", "f".into(), None, ReadOptions::default()).unwrap();
        let plan = crate::htcds::read::SheetPlan {
            columns: picked.iter().map(|at| crate::htcds::read::ColumnPlan {
                name: FIELDS[*at].name.into(),
                target: crate::htcds::read::Target::Field { field: &FIELDS[*at], occurrence: 0 },
                separator: ";".into(),
                date_format: None,
            }).collect(),
        };
        let mut direct = crate::htcds::read::RecordBuilder::new(plan, "csv", "f".into(), None, ReadOptions::default());
        for (row, cells) in (1..).zip(&rows) {
            let place = ctdata_table::Location::at_row(row);
            let cells = || cells.iter().map(|cell| {
                Some(crate::htcds::read::CellInput::Input(crate::htcds::value::Input::Text(cell)))
            });
            mapped.row(&place, cells()).unwrap();
            direct.row(&place, cells()).unwrap();
        }
        prop_assert!(mapped.finish().unwrap().usable() == direct.finish().usable());
    }

    #[test]
    fn no_text_is_too_strange_for_a_mapping(text in "[a-z=\\[\\]\"{}#\n_1 ]{0,80}") {
        let _ = Mapping::parse(&text, "map.toml");
        let _ = Mapping::parse(&format!("format_version = 1\n[[column]]\n{text}"), "map.toml");
    }
}
