//! Small tables for the tests of this crate; all invented.

use ctdata_table::{Attribute, Column, Domain, Ids, Missing, MissingKinds, Origin, Schema, Table};
use proptest::prelude::*;

/// Flags named `a`, `b`, `c`, … with these codes (0 no, 1 yes, 2 not recorded).
pub(crate) fn flags(columns: &[&[u8]]) -> Table {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let schema = Schema::try_new(names.iter().take(columns.len()).map(|&name| Attribute::flag(name)).collect());
    Table::try_new(schema.unwrap(), columns.iter().map(|codes| Column::from_u8(codes.to_vec())).collect()).unwrap()
}

/// A table of named text columns over observed domains; `-` is not recorded.
pub(crate) fn texts(columns: &[(&str, &[&str])]) -> Table {
    let mut attributes = Vec::new();
    let mut codes = Vec::new();
    for (name, cells) in columns {
        let mut labels: Vec<&str> = Vec::new();
        for &cell in cells.iter().filter(|cell| **cell != "-") {
            if !labels.contains(&cell) {
                labels.push(cell);
            }
        }
        let domain = Domain::nominal(labels.iter().copied(), Origin::Observed).unwrap();
        let attribute = Attribute::new(*name, domain, MissingKinds::NOT_RECORDED);
        let missing = attribute.missing_code(Missing::NotRecorded).unwrap();
        let column: Vec<u16> = cells.iter().map(|cell| attribute.domain().code_of(cell).unwrap_or(missing)).collect();
        codes.push(Column::from_codes(&column, attribute.code_count()));
        attributes.push(attribute);
    }
    Table::try_new(Schema::try_new(attributes).unwrap(), codes).unwrap()
}

/// The attributes of [`any_table`]: three that make good quasi-identifiers and one more column.
/// They differ in what may be missing and in where their domains come from.
pub(crate) fn mixed_attributes() -> Vec<Attribute> {
    let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::NotApplicable, Missing::Unknown]);
    vec![
        Attribute::new("x", Domain::nominal(["q", "p"], Origin::Public).unwrap(), kinds),
        Attribute::new("y", Domain::nominal(["t", "s", "r"], Origin::Observed).unwrap(), MissingKinds::NONE),
        Attribute::new(
            "z",
            Domain::numeric([10, 20], 0, Origin::Observed).unwrap(),
            MissingKinds::of(&[Missing::Unknown]),
        ),
        Attribute::flag("w"),
    ]
}

/// A table of [`mixed_attributes`] with these rows of codes, and persons if given.
pub(crate) fn mixed(rows: &[[u16; 4]], persons: Option<&[u8]>) -> Table {
    let attributes = mixed_attributes();
    let columns = attributes.iter().enumerate().map(|(position, attribute)| {
        let codes: Vec<u16> = rows.iter().map(|row| row[position]).collect();
        Column::from_codes(&codes, attribute.code_count())
    });
    let columns = columns.collect();
    let table = Table::try_new(Schema::try_new(attributes).unwrap(), columns).unwrap();
    match persons {
        Some(persons) => {
            table.with_ids(persons.iter().map(|person| format!("person {person}")).collect::<Ids>()).unwrap()
        }
        None => table,
    }
}

/// Up to `most` rows of [`mixed`] tables, half of them with person ids that repeat.
pub(crate) fn any_table(most: usize) -> impl Strategy<Value = Table> {
    let row = (0u16..5, 0u16..3, 0u16..3, 0u16..3).prop_map(|(x, y, z, w)| [x, y, z, w]);
    (prop::collection::vec((row, 0u8..20), 0..=most), any::<bool>()).prop_map(|(rows, with_ids)| {
        let (rows, persons): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        mixed(&rows, with_ids.then_some(&persons))
    })
}

/// A sequence of numbers from a seed (Steele, Lea and Flood, SplitMix64), for cases by the thousand.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub(crate) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}
