use std::fmt::Write;

use super::*;
use crate::csv::{ProblemKind, Refusal};
use crate::{Domain, DomainKind, MissingKinds, Origin};

fn read(reader: &CsvReader, text: &str) -> Result<Outcome, TableError> {
    reader.read(text.as_bytes(), Some("cases.csv"), &Control::default())
}

fn collect(limit: usize) -> CsvReader {
    CsvReader::new().on_error(OnError::Collect { limit })
}

fn message(reader: &CsvReader, text: &[u8]) -> String {
    let outcome = reader.read(text, Some("cases.csv"), &Control::default());
    outcome.and_then(Outcome::into_table).unwrap_err().to_string()
}

fn texts(table: &Table, position: usize) -> Vec<Option<String>> {
    (0..table.rows()).map(|row| table.text(row, position).map(String::from)).collect()
}

fn sex() -> Attribute {
    let domain = Domain::nominal(["F", "M"], Origin::Public).unwrap();
    Attribute::new("sex", domain, MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]))
}

#[test]
fn given_attributes_are_found_whatever_the_case_and_order() {
    let reader = CsvReader::new()
        .missing([("", Missing::NotRecorded), ("-99", Missing::NotRecorded)])
        .attribute_with(sex(), [("Female", Cell::Value(0)), ("?", Cell::Missing(Missing::Unknown))])
        .attribute(Attribute::flag("labour"));
    let table = read(&reader, "note,LABOUR,Sex\nx,yes,M\ny,-99,Female\n,no,?\n").unwrap().into_table().unwrap();
    let names: Vec<_> = table.schema().attributes().iter().map(Attribute::name).collect();
    assert_eq!(names, ["sex", "labour", "note"]);
    let column = |position| (0..3).map(|row| table.cell(row, position).unwrap()).collect::<Vec<_>>();
    assert_eq!(column(0), [Cell::Value(1), Cell::Value(0), Cell::Missing(Missing::Unknown)]);
    assert_eq!(column(1), [Cell::Value(1), Cell::Missing(Missing::NotRecorded), Cell::Value(0)]);
    assert_eq!(table.schema().attributes()[0], sex());
}

#[test]
fn other_texts_become_the_cell_that_stands_for_them() {
    let text = b"sex,age\nF, 7 \n M ,07\nmoon,8\n,zzz\n\xFF,7\nF,\xFF\n";
    let years = Domain::numeric([7, 8], 0, Origin::Public).unwrap();
    let blank = Cell::Missing(Missing::NotRecorded);
    let reader = collect(9)
        .attribute_or(sex(), Cell::Value(1))
        .attribute_or(Attribute::new("age", years, MissingKinds::NOT_RECORDED), blank);
    let (table, problems) = reader.read(&text[..], None, &Control::default()).unwrap().into_parts();
    let texts = |position| texts(&table, position).into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>();
    assert_eq!(texts(0), ["F", "M", "M", ""]);
    assert_eq!(texts(1), ["7", "7", "8", ""]);
    // What is no text is a problem whatever stands for others.
    assert_eq!((problems.dropped_rows(), problems.count_of(Refusal::Utf8.into())), (&[5, 6][..], 2));
    assert_eq!(table.schema().attributes()[0], sex());
    // A cell that the attribute has no code for stands for nothing.
    let reader = collect(9).attribute_or(Attribute::new("sex", sex().domain().clone(), MissingKinds::NONE), blank);
    let read = reader.columns(["sex"]).read(&b"sex,age\nF,1\nmoon,1\n"[..], None, &Control::default()).unwrap();
    assert_eq!(read.problems().dropped_rows(), [2]);
}

#[test]
fn observed_columns_are_numbers_or_sorted_names() {
    let text = "year,mixed,none\n2015,10,\n-3,9x,\n2014,10,\n";
    let table = read(&CsvReader::new(), text).unwrap().into_table().unwrap();
    let domains: Vec<_> = table.schema().attributes().iter().map(Attribute::domain).collect();
    assert_eq!(domains[0].labels().collect::<Vec<_>>(), ["-3", "2014", "2015"]);
    assert_eq!(domains[1].labels().collect::<Vec<_>>(), ["10", "9x"]);
    assert!(domains.iter().all(|domain| domain.origin() == Origin::Observed));
    assert_eq!((domains[0].kind(), domains[1].kind()), (DomainKind::Numeric, DomainKind::Nominal));
    assert!(domains[2].is_empty());
    assert_eq!(texts(&table, 0), ["2015", "-3", "2014"].map(|text| Some(text.to_owned())));
    assert_eq!(texts(&table, 2), [None, None, None]);
}

#[test]
fn ids_and_weights_are_no_attributes() {
    let reader = CsvReader::new().id_column("Case").weight_column("n");
    let table = read(&reader, "case,sex,n\nc1,F,2\nc2,M,4294967295\n").unwrap().into_table().unwrap();
    assert_eq!(table.schema().len(), 1);
    assert_eq!((table.ids().unwrap().get(0), table.ids().unwrap().get(1)), (Some("c1"), Some("c2")));
    assert_eq!(table.weights().unwrap().values(), [2, u32::MAX]);
    let outcome = read(&reader.on_error(OnError::Collect { limit: 9 }), "case,sex,n\nc1,F,-2\nc2,M,+1\nc3,M,1\n");
    let (table, problems) = outcome.unwrap().into_parts();
    assert_eq!((problems.count_of(ProblemKind::Weight), problems.dropped_rows()), (2, &[1, 2][..]));
    assert_eq!((table.ids().unwrap().get(0), table.weights().unwrap().total()), (Some("c3"), 1));
}

#[test]
fn a_selection_reads_its_columns_in_its_order() {
    let text = "a,b,c,d\n1,2,3,4\n5,6,7,8\n";
    let table = read(&CsvReader::new().columns(["D", "b"]), text).unwrap().into_table().unwrap();
    assert_eq!(table.schema().attributes().iter().map(Attribute::name).collect::<Vec<_>>(), ["d", "b"]);
    assert_eq!(texts(&table, 0), ["4", "8"].map(|text| Some(text.to_owned())));
    let missing = message(&CsvReader::new().columns(["e"]), text.as_bytes());
    assert_eq!(missing, "cases.csv: column `e` is missing from the header");
    assert!(read(&CsvReader::new().columns(["a", "A"]), text).is_err());
    assert!(read(&CsvReader::new().id_column("a").columns(["a"]), text).is_err());
}

#[test]
fn every_kind_of_bad_file_has_its_message() {
    let reader = CsvReader::new();
    for (text, expected) in [
        (&b""[..], "cases.csv: the file is empty"),
        (b"\xEF\xBB\xBF\n\n", "cases.csv: the file is empty"),
        (b"a,b\n1,\"2\n", "cases.csv, line 2: a quoted cell is opened here and never closed"),
        (b"a,b\n\0,2\n", "cases.csv, line 2: not a text file (it holds a zero byte)"),
        (b"a,b;c\n", "cases.csv, line 1: the separator cannot be told from the header; name it"),
        (b"\na,b,A\n", "cases.csv, line 2: column 3 of the header repeats the name of column 1"),
        (b"a\xFF,b\n", "cases.csv, line 1: not valid UTF-8"),
        (b"a,b\n1\n", "1 problem in the file; the first: cases.csv, line 2, row 1: 1 cells where the header has 2"),
        (
            b"a,b\n\n1,2\n1,\xFF\n",
            "1 problem in the file; the first: cases.csv, line 4, row 2, column `b`: not valid UTF-8",
        ),
    ] {
        assert_eq!(message(&reader, text), expected);
    }
    let unknown = message(&reader.attribute(sex()), b"Sex\nF\nsecret\n");
    assert!(unknown.ends_with("cases.csv, line 3, row 2, column `Sex`: not a value of this column"));
    let error = CsvReader::new().read_path(Path::new("no/such/file.csv"), &Control::default()).unwrap_err();
    assert!(matches!(error, TableError::Io { path, .. } if path == Path::new("no/such/file.csv")));
}

#[test]
fn a_header_alone_is_a_table_without_rows() {
    for text in ["a,b", "a,b\n", "a,b\r\n\r\n"] {
        let table = read(&CsvReader::new(), text).unwrap().into_table().unwrap();
        assert_eq!((table.rows(), table.schema().len()), (0, 2));
    }
}

#[test]
fn problems_are_counted_in_all_and_kept_up_to_a_limit() {
    let mut text = String::from("sex,other\n");
    (0..100_000).for_each(|row| text += ["secret,secret\n", "F,1\n", "M\n", "M,2,3\n"][row % 4]);
    let outcome = read(&collect(3).attribute(sex()), &text).unwrap();
    let problems = outcome.problems();
    assert_eq!((problems.count(), problems.kept().len(), problems.dropped_rows().len()), (75_000, 3, 75_000));
    assert_eq!(problems.count_of(ProblemKind::Cell(Refusal::Unknown)), 25_000);
    assert_eq!(problems.count_of(ProblemKind::CellCount { expected: 0, found: 0 }), 50_000);
    assert_eq!(problems.kept()[1].at.row, Some(3));
    assert_eq!(problems.kept()[2].kind, ProblemKind::CellCount { expected: 2, found: 3 });
    assert_eq!(outcome.table().rows(), 25_000);
    // What only rows with problems held is no value of the table.
    assert_eq!(outcome.table().schema().attributes()[1].domain().len(), 1);
    let shown = format!("{outcome:?} {}", outcome.problems().kept()[0]);
    assert!(!shown.contains("secret"));
    let error = outcome.into_table().unwrap_err();
    assert!(matches!(error, TableError::Problems { count: 75_000, .. }));
}

#[test]
fn values_are_kept_only_when_asked_for_and_never_shown() {
    let text = "sex\nsecret\n";
    let problem = |reader: CsvReader| read(&reader.attribute(sex()), text).unwrap().problems().kept()[0].clone();
    assert_eq!(problem(collect(1)).value(), None);
    let kept = problem(collect(1).keep_values(true));
    assert_eq!(kept.value(), Some("secret"));
    assert!(!format!("{kept} {kept:?}").contains("secret"));
}

#[test]
fn spaces_are_removed_only_when_asked_for() {
    let text = " sex , id\n F ,\" x \"\n";
    let reader = CsvReader::new().attribute(sex()).id_column("id");
    let table = read(&reader.clone().trim(true), text).unwrap().into_table().unwrap();
    assert_eq!((table.text(0, 0).as_deref(), table.ids().unwrap().get(0)), (Some("F"), Some("x")));
    assert!(read(&reader, text).is_err());
}

#[test]
fn too_many_values_name_the_column() {
    let mut text = String::from("id\n");
    (0..70_000).for_each(|row| writeln!(text, "{row}").unwrap());
    assert_eq!(message(&CsvReader::new(), text.as_bytes()), "attribute `id`: more than 65532 distinct values");
}

#[test]
fn rows_beyond_one_block_are_all_there() {
    let mut text = String::from("a,b\n");
    (0..150_000).for_each(|row| writeln!(text, "{},{}", row % 700, row % 3).unwrap());
    let table = read(&CsvReader::new(), &text).unwrap().into_table().unwrap();
    assert_eq!(table.rows(), 150_000);
    assert!((0..150_000).all(|row| {
        let number = |at: usize, column: usize| {
            let attribute = &table.schema().attributes()[column];
            attribute.domain().number(table.columns()[column].get(at).unwrap())
        };
        let expected = i64::try_from(row).unwrap();
        number(row, 0) == Some(expected % 700) && number(row, 1) == Some(expected % 3)
    }));
}

#[test]
fn reading_stops_when_told() {
    let mut text = String::from("a\n");
    (0..20_000).for_each(|_| text += "1\n");
    let control = Control::default().with_deadline(|| true);
    let result = CsvReader::new().read(text.as_bytes(), None, &control);
    assert!(matches!(result, Err(TableError::Cancelled(_))));
}
