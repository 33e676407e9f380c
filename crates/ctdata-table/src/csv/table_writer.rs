//! Writes tables as delimited text.

use std::io::{self, Write};
use std::path::Path;

use super::{Access, CsvWriter, LineEnd, Separator, quote, write_atomically};
use crate::{Attribute, Missing, Table, TableError};

/// How a table is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The character between cells; by default the comma.
    pub separator: Separator,
    /// What ends a line; by default LF.
    pub line_end: LineEnd,
    /// The texts for kinds of missing; a kind that is not here is written as an empty cell.
    pub missing: Vec<(Missing, String)>,
    /// The name of a first column with the identifiers. By default they are not written: only a
    /// working copy may have them.
    pub id_column: Option<String>,
    /// The name of a last column with the weights; by default they are not written.
    pub weight_column: Option<String>,
}

impl WriteOptions {
    fn missing(&self, kind: Missing) -> &str {
        self.missing.iter().find(|(this, _)| *this == kind).map_or("", |(_, text)| text)
    }

    /// The texts of an attribute's codes, ready to be written.
    fn ready_cells(&self, attribute: &Attribute) -> Result<Vec<Vec<u8>>, TableError> {
        let missing: Vec<&str> = attribute.missing().iter().map(|kind| self.missing(kind)).collect();
        if missing.iter().any(|text| attribute.domain().labels().any(|label| label == *text)) {
            return Err(TableError::Invalid {
                what: format!("column `{}`", attribute.name()),
                rule: "the text for a missing value is also that of a value".into(),
            });
        }
        let labels = attribute.domain().labels().map(|label| quote(label.as_bytes(), self.separator));
        let missing = missing.into_iter().map(|text| quote(text.as_bytes(), self.separator));
        Ok(labels.chain(missing).collect())
    }
}

/// Writes a table with a header; cells have the labels of their domains.
///
/// # Errors
/// If the output fails, or ([`io::ErrorKind::InvalidInput`] around a [`TableError`]) if a missing
/// value would be written like a value of the same column.
pub fn write_csv(table: &Table, options: &WriteOptions, output: impl Write) -> io::Result<()> {
    let attributes = table.schema().attributes();
    let ready: Vec<Vec<Vec<u8>>> = attributes
        .iter()
        .map(|attribute| options.ready_cells(attribute))
        .collect::<Result<_, _>>()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let ids = options.id_column.as_ref().zip(table.ids());
    let weights = options.weight_column.as_ref().zip(table.weights());
    let names = attributes.iter().map(Attribute::name);
    let first = ids.map(|(name, _)| &**name);
    let last = weights.map(|(name, _)| &**name);
    let mut writer = CsvWriter::new(output, options.separator, options.line_end);
    writer.record(first.into_iter().chain(names).chain(last))?;
    for row in 0..table.rows() {
        if let Some((_, ids)) = ids {
            writer.cell(ids.get(row).unwrap_or_default().as_bytes());
        }
        for (column, ready) in table.columns().iter().zip(&ready) {
            let cell = column.get(row).and_then(|code| ready.get(usize::from(code)));
            writer.ready_cell(cell.map(Vec::as_slice).unwrap_or_default());
        }
        if let Some((_, weights)) = weights {
            let weight = weights.values().get(row).copied().unwrap_or_default();
            writer.cell(weight.to_string().as_bytes());
        }
        writer.end_record()?;
    }
    writer.finish().map(drop)
}

/// Writes a table to a file, whole or not at all; see [`write_atomically`].
///
/// # Errors
/// As [`write_csv`], with the path.
pub fn write_csv_file(table: &Table, options: &WriteOptions, path: &Path, access: Access) -> Result<(), TableError> {
    write_atomically(path, access, |file| write_csv(table, options, file))
        .map_err(|error: io::Error| error.downcast().unwrap_or_else(|error| TableError::io(path, error)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::csv::CsvReader;
    use crate::{Column, Control, Domain, Ids, MissingKinds, Origin, Schema, Weights};

    const TOKENS: [&str; 4] = ["", "-88", "?;", "-99,\"n\""];

    fn options(separator: Separator, line_end: LineEnd) -> WriteOptions {
        WriteOptions {
            separator,
            line_end,
            missing: Missing::ALL.into_iter().zip(TOKENS.map(str::to_owned)).collect(),
            id_column: Some("id".into()),
            weight_column: Some("weight".into()),
        }
    }

    fn text(table: &Table, options: &WriteOptions) -> Vec<u8> {
        let mut text = Vec::new();
        write_csv(table, options, &mut text).unwrap();
        text
    }

    /// A table of random codes, with names and labels that need care.
    fn tables() -> impl Strategy<Value = Table> {
        let label = "[a ,;\t\"\r\n\u{feff}é0-9]{1,9}".prop_filter("a token", |text| !TOKENS.contains(&&**text));
        let labels = prop::collection::btree_set(label, 1..5);
        let kinds = prop::sample::subsequence(&Missing::ALL[..], 0..=4);
        (prop::collection::vec((labels, kinds), 1..5), 0_usize..8).prop_flat_map(|(attributes, rows)| {
            let attributes: Vec<Attribute> = attributes
                .into_iter()
                .enumerate()
                .map(|(at, (labels, kinds))| {
                    let domain = Domain::nominal(labels, Origin::Public).unwrap();
                    Attribute::new(format!("{at},\n\"x"), domain, MissingKinds::of(&kinds))
                })
                .collect();
            let columns: Vec<_> = attributes
                .iter()
                .map(|attribute| {
                    let count = attribute.code_count();
                    prop::collection::vec(0..u16::try_from(count).unwrap(), rows)
                        .prop_map(move |codes| Column::from_codes(&codes, count))
                })
                .collect();
            let beside = prop::collection::vec(("[a,\"\n]{0,3}", any::<u32>()), rows);
            (Just(attributes), columns, beside).prop_map(|(attributes, columns, beside)| {
                let (ids, weights): (Vec<String>, Vec<u32>) = beside.into_iter().unzip();
                let table = Table::try_new(Schema::try_new(attributes).unwrap(), columns).unwrap();
                let table = table.with_ids(ids.into_iter().collect::<Ids>()).unwrap();
                table.with_weights(Weights::new(weights)).unwrap()
            })
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            table in tables(),
            separator in prop::sample::select(&Separator::ALL[..]),
            crlf: bool,
        ) {
            let options = options(separator, if crlf { LineEnd::CrLf } else { LineEnd::Lf });
            let text = text(&table, &options);
            let base = CsvReader::new()
                .separator(separator)
                .missing(options.missing.iter().map(|(kind, text)| (text.clone(), *kind)))
                .id_column("ID")
                .weight_column("Weight");
            let given = table.schema().attributes().iter().cloned().fold(base.clone(), CsvReader::attribute);
            let read = |reader: CsvReader| reader.read(&text[..], None, &Control::default()).unwrap().into_table().unwrap();
            prop_assert_eq!(&read(given), &table);
            // Without the attributes the codes differ, the texts do not.
            let observed = read(base);
            prop_assert_eq!(super::tests::text(&observed, &options), text);
        }
    }

    fn small() -> Table {
        let domain = Domain::nominal(["a", "-99"], Origin::Public).unwrap();
        let schema = Schema::try_new(vec![Attribute::new("x", domain, MissingKinds::NOT_RECORDED)]).unwrap();
        let ids: Ids = ["secret 1", "secret 2"].into_iter().collect();
        Table::try_new(schema, vec![Column::from_u8(vec![0, 2])]).unwrap().with_ids(ids).unwrap()
    }

    #[test]
    fn a_name_that_begins_like_a_byte_order_mark_is_kept() {
        let schema = Schema::try_new(vec![Attribute::flag("\u{feff}a")]).unwrap();
        let table = Table::try_new(schema, vec![Column::from_u8(vec![1])]).unwrap();
        let text = text(&table, &WriteOptions::default());
        let read = CsvReader::new().read(&text[..], None, &Control::default()).unwrap();
        assert_eq!(read.header(), ["\u{feff}a"]);
    }

    #[test]
    fn ids_are_written_only_when_asked_for() {
        assert_eq!(text(&small(), &WriteOptions::default()), b"x\na\n\"\"\n");
        let options = WriteOptions { id_column: Some("case".into()), ..WriteOptions::default() };
        assert_eq!(text(&small(), &options), b"case,x\nsecret 1,a\nsecret 2,\n");
    }

    #[test]
    fn a_missing_value_is_never_written_like_a_value() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let options = WriteOptions { missing: vec![(Missing::NotRecorded, "-99".into())], ..WriteOptions::default() };
        let error = write_csv_file(&small(), &options, &path, Access::OwnerOnly).unwrap_err();
        assert_eq!(error.to_string(), "column `x`: the text for a missing value is also that of a value");
        assert!(!path.exists());
        write_csv_file(&small(), &WriteOptions::default(), &path, Access::OwnerOnly).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"x\na\n\"\"\n");
        let error = write_csv_file(&small(), &options, &folder.path().join("no/out.csv"), Access::Default).unwrap_err();
        assert!(matches!(error, TableError::Io { .. }));
    }
}
