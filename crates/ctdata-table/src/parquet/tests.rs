use std::io::{Seek, Write};

use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::prelude::*;

use super::*;
use crate::arrow::tests::{beside, tables};
use crate::{Attribute, Column, Domain, Missing, MissingKinds, Origin, Schema};

fn written(table: &Table) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_parquet(table, &beside(), &mut bytes, &Control::default()).unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<Table, TableError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    read_parquet(file, &Control::default())
}

/// A year, a word and a flag.
fn sample(rows: u32) -> Table {
    let year = Domain::numeric(2000..2020, 0, Origin::Public).unwrap();
    let words = Domain::nominal((0..300).map(|word| format!("word {word}")), Origin::Observed).unwrap();
    let schema = Schema::try_new(vec![
        Attribute::new("year", year, MissingKinds::ALL),
        Attribute::new("word", words, MissingKinds::NONE),
        Attribute::flag("flag"),
    ])
    .unwrap();
    let column = |count: u32| {
        let codes: Vec<u16> = (0..rows).map(|row| u16::try_from((row * 7 + row / 5) % count).unwrap()).collect();
        Column::from_codes(&codes, count as usize)
    };
    Table::try_new(schema, vec![column(24), column(300), column(3)]).unwrap()
}

proptest! {
    #[test]
    fn a_file_comes_back_equal(table in tables()) {
        prop_assert_eq!(read(&written(&table)).unwrap(), table);
    }

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), framed: bool) {
        let bytes = if framed { [b"PAR1", &bytes[..], b"PAR1"].concat() } else { bytes };
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn a_broken_byte_never_panics(at: prop::sample::Index, bit in 0_u8..8, cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = written(&sample(500));
        *at.get_mut(&mut bytes) ^= 1_u8 << bit;
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
            prop_assert!(read(&bytes).is_err());
        } else {
            let _ = read(&bytes);
        }
    }
}

/// The row reader of the `parquet` crate knows nothing of Arrow nor of our metadata: what it sees is what any other
/// program does.
#[test]
fn other_programs_see_plain_values() {
    let day = |year| chrono::NaiveDate::from_ymd_opt(year, 3, 5).unwrap();
    let words = Domain::nominal((0..255).map(|word| format!("wörd {word}")), Origin::Public).unwrap();
    let rates = Domain::numeric([-5, 150], 2, Origin::Public).unwrap();
    let days = Domain::dates([day(1969), day(2024)], Origin::Observed).unwrap();
    let years = Domain::numeric([2019, 2020], 0, Origin::Observed).unwrap();
    let schema = Schema::try_new(vec![
        Attribute::new("word", words, MissingKinds::of(&[Missing::NotRecorded, Missing::Withheld])),
        Attribute::flag("flag"),
        Attribute::new("year", years, MissingKinds::NOT_RECORDED),
        Attribute::new("rate", rates, MissingKinds::NOT_RECORDED),
        Attribute::new("day", days, MissingKinds::NOT_RECORDED),
    ])
    .unwrap();
    let columns = [[254, 255, 256], [1, 0, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]];
    let columns = columns.map(|codes| Column::from_codes(&codes, 257)).into_iter().collect();
    let table = Table::try_new(schema, columns).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&written(&table)).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        row.unwrap().get_column_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "word=\"wörd 254\" word.missing=null flag=true year=2019 rate=-0.05 day=1969-03-05",
            "word=null word.missing=\"not-recorded\" flag=false year=2020 rate=1.50 day=2024-03-05",
            "word=null word.missing=\"withheld\" flag=null year=null rate=null day=null",
        ]
    );
}

#[test]
fn as_many_words_as_a_byte_holds_come_back_over_several_groups() {
    let words = Domain::nominal((0..255).map(|word| format!("word {word}")), Origin::Observed).unwrap();
    let attribute = Attribute::new("word", words, MissingKinds::NOT_RECORDED);
    let rows = u32::try_from(GROUP_ROWS).unwrap() + 1_000;
    let codes = (0..rows).map(|row| u8::try_from((row * 7 + row / 5) % 256).unwrap()).collect();
    let table = Table::try_new(Schema::try_new(vec![attribute]).unwrap(), vec![Column::from_u8(codes)]).unwrap();
    assert_eq!(read(&written(&table)).unwrap(), table);
}

#[test]
fn groups_of_rows_join() {
    let table = sample(u32::try_from(GROUP_ROWS).unwrap() + 70_000);
    let bytes = written(&table);
    assert_eq!(read(&bytes).unwrap(), table);
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 2);
}

#[test]
fn the_caller_can_stop() {
    let stop = Control::default().with_cancel(std::sync::Arc::new(true.into()));
    let stopped = write_parquet(&sample(10), &ArrowOptions::default(), Vec::new(), &stop);
    assert!(matches!(stopped, Err(TableError::Cancelled(_))));
}
