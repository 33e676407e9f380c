//! Tests of reading.

use super::super::by_stratum::NOT_RECORDED;
use super::super::records::OnUnusable;
use super::super::testing::tables;
use super::columns::{
    ASK, BLANK_COUNT, BOTH, FRACTION, LONG, MANY_LISTS, MISSING, NEGATIVE, NO_COLUMN, NO_COUNT, NO_HEADER,
    NO_MEMBERSHIP, NO_NAME, ONE_LIST, REPEATED, SHORT, STRATUM_COUNT, STRATUM_LIST, UNLISTED, count,
};
use super::*;
use crate::mse::list_set::ListSet;
use proptest::prelude::*;

fn read(text: &str, layout: &HistoryLayout) -> Result<HistoriesRead, MseError> {
    CaptureHistories::read_csv(text.as_bytes(), layout, &Control::default())
}

fn plain(text: &str) -> Result<HistoriesRead, MseError> {
    read(text, &HistoryLayout::default())
}

const LENIENT: HistoryRules = HistoryRules { missing: OnUnusable::LeaveOut, unlisted: OnUnusable::LeaveOut };

fn set(lists: &[usize]) -> ListSet {
    ListSet::of(lists.iter().copied())
}

#[test]
fn a_table_with_counts_is_read() {
    let found = plain("A,B,Count\n1,0,40\n0,1,30\n1,1,5\n1,1,1\n0,0,0\n").unwrap();
    assert_eq!(found.histories.lists(), ["A", "B"]);
    let counts = [(set(&[0]), 40), (set(&[1]), 30), (set(&[0, 1]), 6)];
    assert_eq!(found.histories.iter().collect::<Vec<_>>(), counts);
    // The counts first and by another name, other words, another separator, a byte order mark.
    let text = "\u{feff}n; B ;A\r\n40;no;YES\r\n30;true;False\r\n6.0;1;yes\r\n";
    let found = read(text, &HistoryLayout::default().with_counts("N").with_lists(["a", "b"])).unwrap();
    assert_eq!(found.histories.iter().collect::<Vec<_>>(), counts);
}

#[test]
fn rows_can_be_persons_with_other_columns() {
    let text = "id\tpolice\tshelters\tcount\nx1\t1\t0\t7\nx2\t1\t0\t7\n\nx3\t1\t1\t7\n";
    let layout = HistoryLayout::default().with_lists(["shelters", "police"]).with_a_row_for_each_person();
    let found = read(text, &layout).unwrap().histories;
    assert_eq!(found.lists(), ["shelters", "police"]);
    assert_eq!((found.persons(), found.count(set(&[1]))), (3, 2));
    // Without a column of counts nobody has to say so, and a list may be called anything if it is named.
    assert_eq!(plain("a,b\n1,0\n1,1\n").unwrap().histories.persons(), 2);
    let named = HistoryLayout::default().with_lists(["n", "count"]);
    assert_eq!(read("n,count\n1,0\n1,1\n", &named).unwrap().histories.persons(), 2);
}

#[test]
fn rows_without_a_history_are_left_out_and_counted_if_wanted() {
    let text = "a,b,count\n1,0,4\n,1,5\n0,0,6\nNA,0,7\n0,1,8\n";
    let layout = HistoryLayout::default().with_rules(LENIENT).with_missing_word("na");
    let found = read(text, &layout).unwrap();
    assert_eq!((found.histories.persons(), found.missing, found.unlisted), (12, 12, 6));
}

#[test]
fn counts_are_whole_numbers_however_written() {
    for (text, number) in [("0", 0), ("007", 7), ("12.0", 12), ("1e+05", 100_000), ("9007199254740992", 1 << 53)] {
        assert_eq!(count(text.as_bytes()), Ok(number), "{text}");
    }
    for (text, rule) in [
        ("", BLANK_COUNT),
        ("-1", NEGATIVE),
        ("1.5", FRACTION),
        ("1e-3", FRACTION),
        ("9007199254740993", TOO_MANY),
        ("99999999999999999999", TOO_MANY),
        ("1e300", TOO_MANY),
        ("inf", NO_COUNT),
        ("NaN", NO_COUNT),
        ("<5", NO_COUNT),
        ("1,000", NO_COUNT),
    ] {
        assert_eq!(count(text.as_bytes()), Err(rule), "{text}");
    }
}

#[test]
fn errors_name_the_place_and_the_rule_and_no_value() {
    for (text, place, rule) in [
        ("", "unknown place", EMPTY_FILE),
        ("a,b,count\n", "unknown place", NO_ROWS),
        ("1,0,7\n0,1,7\n", "line 1", NO_HEADER),
        ("a,count\n1,2\n", "line 1", ONE_LIST),
        ("a,A,count\n1,1,2\n", "line 1", REPEATED),
        ("a,b,count,Count\n1,1,2,2\n", "line 1, column `count`", REPEATED),
        ("a,b,\n1,1,2\n", "line 1", NO_NAME),
        ("a,b,n\n1,1,2\n", "line 1, column `n`", ASK),
        ("a,b,count\n1,0,7\n0,0,7\n", "line 3, row 2", UNLISTED),
        ("a,b,count\n1,,7\n", "line 2, row 1, column `b`", MISSING),
        ("a,b,count\n1,7,7\n", "line 2, row 1, column `b`", NO_MEMBERSHIP),
        ("a,b,count\n1,0,-7\n", "line 2, row 1, column `count`", NEGATIVE),
        ("a,b,count\n1,0,7.5\n", "line 2, row 1, column `count`", FRACTION),
        ("a,b,count\n1,0,\n", "line 2, row 1, column `count`", BLANK_COUNT),
        ("a,b,count\n1,0\n", "line 2, row 1", SHORT),
        ("a,b,count\n1,0,7,7\n", "line 2, row 1", LONG),
    ] {
        let message = plain(text).unwrap_err().to_string();
        assert_eq!(message, format!("{place}: {rule}"), "{text:?}");
        assert!(!message.contains('7'), "{message}");
    }
    let message = read("a,b,c\n1,1,1\n", &HistoryLayout::default().with_lists(["a", "d"])).unwrap_err().to_string();
    assert_eq!(message, format!("line 1, column `d`: {NO_COLUMN}"));
    let both = HistoryLayout::default().with_lists(["a", "b"]).with_counts("b");
    assert_eq!(read("a,b,c\n1,1,1\n", &both).unwrap_err().to_string(), format!("line 1, column `b`: {BOTH}"));
    let seventeen = (0..17).map(|list| format!("l{list}")).collect::<Vec<_>>().join(",");
    assert_eq!(plain(&seventeen).unwrap_err().to_string(), format!("line 1: {MANY_LISTS}"));
    assert!(plain("a\0b,c\n").is_err());
    let path = Path::new("no/such/table.csv");
    let error = CaptureHistories::read_path(path, &HistoryLayout::default(), &Control::default()).unwrap_err();
    assert!(error.to_string().contains("table.csv"), "{error}");
}

fn by(text: &str, layout: &HistoryLayout, column: &str) -> Result<StrataRead, MseError> {
    CaptureHistories::read_strata_csv(text.as_bytes(), layout, column, &Control::default())
}

#[test]
fn a_column_makes_strata_and_is_no_list() {
    let text = "a,Sex,b,count\n1,women,0,4\n1, women ,0,6\n0,men,1,5\n1,,1,2\n1,NA,0,1\n1,girls,1,0\n0,men,0,7\n";
    let layout = HistoryLayout::default().with_rules(LENIENT).with_missing_word("na");
    let found = by(text, &layout, "sex").unwrap();
    let persons: Vec<(&str, u64)> = found.strata.iter().map(|(name, table)| (name.as_str(), table.persons())).collect();
    assert_eq!(persons, [("men", 5), ("women", 10), (NOT_RECORDED, 3)]);
    assert_eq!((found.column.as_str(), found.missing, found.unlisted), ("Sex", 0, 7));
    assert!(found.strata.iter().all(|(_, table)| table.lists() == ["a", "b"]));
    // A column of strata is not asked about, whatever it is called.
    assert_eq!(by("a,b,n\n1,0,x\n1,1,x\n", &HistoryLayout::default(), "n").unwrap().strata[0].1.persons(), 2);
}

#[test]
fn what_is_no_column_of_strata_is_refused() {
    let refused = |text: &str, column: &str| by(text, &HistoryLayout::default(), column).unwrap_err().to_string();
    let text = "a,b,sex,count\n1,0,m,7\n";
    assert_eq!(refused(text, "six"), format!("line 1, column `six`: {NO_COLUMN}"));
    assert_eq!(refused(text, "a"), format!("line 2, row 1, column `sex`: {NO_MEMBERSHIP}"));
    let layout = HistoryLayout::default().with_lists(["a", "b"]);
    let message = by(text, &layout, "b").unwrap_err().to_string();
    assert_eq!(message, format!("line 1, column `b`: {STRATUM_LIST}"));
    let message = by(text, &layout.with_counts("count"), "count").unwrap_err().to_string();
    assert_eq!(message, format!("line 1, column `count`: {STRATUM_COUNT}"));
    assert_eq!(refused("a,b,sex,count\n1,0,m,0\n", "sex"), format!("unknown place: {NOBODY}"));
    let rows: Vec<String> = (0..257).map(|row| format!("1,0,case {row}\n")).collect();
    let message = refused(&format!("a,b,id\n{}", rows.concat()), "id");
    assert!(message.starts_with("line 258, row 257, column `id`: a table has at most 256 strata"), "{message}");
}

#[test]
fn reading_can_be_cancelled() {
    let control = Control::default().with_deadline(|| true);
    let text = format!("a,b\n{}", "1,0\n".repeat(70_000));
    let error = CaptureHistories::read_csv(text.as_bytes(), &HistoryLayout::default(), &control).unwrap_err();
    assert!(matches!(error, MseError::Table(TableError::Cancelled(_))));
}

proptest! {
    /// A text of the alphabet of such files, and any bytes: an answer or an error, never a panic.
    #[test]
    fn no_text_makes_the_reader_panic(
        text in "(a,b,count|a;b|count,n)?[ab01,;\"\n\r\t.eE+-]{0,60}",
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        for layout in [HistoryLayout::default(), HistoryLayout::default().with_rules(LENIENT)] {
            for text in [text.as_bytes(), &bytes] {
                if let Ok(found) = CaptureHistories::read_csv(text, &layout, &Control::default()) {
                    let sum: u64 = found.histories.iter().map(|(_, count)| count).sum();
                    prop_assert_eq!(sum, found.histories.persons());
                }
            }
        }
    }

    /// Rows of any strata: pooled they are the table read without strata, in any order of the rows.
    #[test]
    fn strata_pooled_are_the_table(rows in proptest::collection::vec(("[ab ]{0,2}", 1_u16..8, 1_u64..9), 1..20)) {
        let line = |(stratum, bits, count): &(String, u16, u64)| {
            format!("{stratum},{},{},{},{count}\n", bits & 1, bits >> 1 & 1, bits >> 2 & 1)
        };
        let file = |lines: Vec<String>| format!("s,x,y,z,count\n{}", lines.concat());
        let (forward, back) = (file(rows.iter().map(line).collect()), file(rows.iter().rev().map(line).collect()));
        let found = by(&forward, &HistoryLayout::default(), "s").unwrap();
        prop_assert_eq!(&found, &by(&back, &HistoryLayout::default(), "s").unwrap());
        let pooled = CaptureHistories::pooled(found.strata.iter().map(|(_, table)| table)).unwrap();
        let whole = read(&forward, &HistoryLayout::default().with_lists(["x", "y", "z"])).unwrap();
        prop_assert_eq!(pooled, whole.histories);
    }

    #[test]
    fn what_is_written_is_read(table in tables(), name in "[a-zé ,\"\n]{0,6}") {
        // A name that needs quotes.
        let table = table.renamed("list 1", format!("1{name}2")).unwrap();
        let mut text = Vec::new();
        table.write_csv(&mut text).unwrap();
        match CaptureHistories::read_csv(text.as_slice(), &HistoryLayout::default(), &Control::default()) {
            Ok(read) => prop_assert_eq!(read, HistoriesRead { histories: table, missing: 0, unlisted: 0 }),
            Err(error) => prop_assert!(table.persons() == 0, "{error}"),
        }
    }
}
