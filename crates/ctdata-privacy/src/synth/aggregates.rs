//! Counts of combinations: exact, or as they may be reported.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use ctdata_table::{Attribute, Cell, Combinations, Combining, Control, ItemRule, Schema, Table};

use super::items::with_blanks;
use crate::quasi::check_distinct;
use crate::unit::Persons;
use crate::{PrivacyError, PrivacyUnit};

/// What to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateOptions {
    /// The attributes, all where none is named.
    pub attributes: Vec<String>,
    /// The most values of one combination; 3 by default.
    pub max_length: usize,
    /// What a value is; everything but a blank by default, as for the synthesizers.
    pub items: ItemRule,
}

impl Default for AggregateOptions {
    fn default() -> Self {
        Self { attributes: Vec::new(), max_length: 3, items: ItemRule::Stated }
    }
}

/// How many units have each combination of values: the *sensitive* aggregates, exact and confidential.
///
/// Units are persons where the table has ids, else rows.
#[derive(Clone, PartialEq)]
pub struct Aggregates {
    schema: Arc<Schema>,
    combinations: Combinations,
    units: u64,
    unit: PrivacyUnit,
}

impl Aggregates {
    /// Counts every combination that at least `min_count` units have; 1 for all.
    ///
    /// # Errors
    /// An attribute that the table does not have or that is named twice, weights, or memory or time that
    /// `control` does not grant.
    pub fn count(
        table: &Table,
        options: &AggregateOptions,
        min_count: u64,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        check_distinct(&options.attributes)?;
        let working = with_blanks(table, &options.attributes)?;
        let persons = Persons::of(&working);
        let person_of_row: Option<Vec<u32>> =
            persons.repeat().then(|| (0..=u32::MAX).take(working.rows()).map(|row| persons.of_row(row)).collect());
        let combining = Combining { items: options.items, person_of_row: person_of_row.as_deref() };
        Ok(Self {
            combinations: combining.run(&working, options.max_length, min_count, control)?,
            schema: working.shared_schema(),
            units: persons.count() as u64,
            unit: PrivacyUnit::of(table),
        })
    }

    /// The attributes that the combinations speak of. Each has a blank.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The combinations.
    pub fn combinations(&self) -> &Combinations {
        &self.combinations
    }

    /// All units.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// What the units are.
    pub fn unit(&self) -> PrivacyUnit {
        self.unit
    }

    /// The aggregates that may be reported: counts and the number of units rounded down to multiples of k,
    /// those that are zero then left out.
    ///
    /// # Guarantee
    /// No count below k is reported, and none tells more than its multiple of k. A combination of
    /// length up to `max_length` that is not there is had by fewer than k units, possibly by none. Differences of
    /// reported counts may be smaller than k; nothing here is differentially private.
    ///
    /// # Errors
    /// A k of zero, or below what was counted.
    pub fn reportable(&self, k: u64) -> Result<ReportableAggregates, PrivacyError> {
        if k == 0 || k < self.combinations.min_support() {
            let rule = "at least 1, and at least the count from which combinations were counted".to_owned();
            return Err(PrivacyError::InvalidParameter { parameter: "k", rule });
        }
        let items = self.combinations.items();
        let floored = self.combinations.iter().map(|(entry, count)| (entry, count - count % k));
        let entries = floored.filter(|(_, count)| *count > 0).map(|(entry, count)| {
            (entry.iter().filter_map(|&item| items.get(item as usize).copied()).collect(), count)
        });
        Ok(ReportableAggregates {
            combinations: Combinations::try_new(self.combinations.max_length(), k, entries)?,
            schema: Arc::clone(&self.schema),
            units: self.units - self.units % k,
            unit: self.unit,
            k,
        })
    }
}

impl fmt::Debug for Aggregates {
    /// Shows how many combinations, never which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Aggregates of {:?}", self.combinations)
    }
}

/// Aggregates whose counts are multiples of k: a product beside a synthetic file.
///
/// A file that a row-, value- or unseeded synthesizer made of the same table with the same k, and attributes
/// that these aggregates have, holds no combination of up to `max_length` values that is not reported here.
#[derive(Clone, PartialEq)]
pub struct ReportableAggregates {
    schema: Arc<Schema>,
    combinations: Combinations,
    units: u64,
    unit: PrivacyUnit,
    k: u64,
}

impl ReportableAggregates {
    /// Counts only what can be reported.
    ///
    /// # Errors
    /// A k of zero; otherwise as [`Aggregates::count`].
    pub fn count(table: &Table, options: &AggregateOptions, k: u64, control: &Control) -> Result<Self, PrivacyError> {
        Aggregates::count(table, options, k, control)?.reportable(k)
    }

    /// The attributes that the combinations speak of. Each has a blank.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The combinations, with counts that are multiples of k.
    pub fn combinations(&self) -> &Combinations {
        &self.combinations
    }

    /// All units, rounded down to a multiple of k.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// What the units are.
    pub fn unit(&self) -> PrivacyUnit {
        self.unit
    }

    /// What counts are multiples of.
    pub fn k(&self) -> u64 {
        self.k
    }

    /// The combinations by length, then by attributes and values.
    pub fn entries(&self) -> impl Iterator<Item = AggregateEntry<'_>> {
        AggregateEntry::all(&self.schema, &self.combinations)
    }

    /// Writes a table of two columns, `combination` and `count`. The first row is the empty combination with the
    /// number of units.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        write_counts(self.entries(), self.units, out)
    }
}

/// Writes a table of two columns, `combination` and `count`, with the number of units first.
pub(super) fn write_counts<'a>(
    entries: impl Iterator<Item = AggregateEntry<'a>>,
    units: u64,
    mut out: impl Write,
) -> io::Result<()> {
    writeln!(out, "combination,count\n,{units}")?;
    for entry in entries {
        let text = entry.to_string();
        if text.contains(['"', ',', '\n', '\r']) {
            writeln!(out, "\"{}\",{}", text.replace('"', "\"\""), entry.count)?;
        } else {
            writeln!(out, "{text},{}", entry.count)?;
        }
    }
    Ok(())
}

impl fmt::Debug for ReportableAggregates {
    /// Shows how many combinations, never which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReportableAggregates of {:?}", self.combinations)
    }
}

/// One combination and its count. `Display` writes `attribute:value;attribute:value`, with a backslash before
/// a backslash, colon or semicolon of a name; a kind of missing is written as its code in brackets.
#[derive(Clone)]
pub struct AggregateEntry<'a> {
    schema: &'a Schema,
    items: Vec<(u16, u16)>,
    /// How many units have it.
    pub count: u64,
}

impl<'a> AggregateEntry<'a> {
    /// The entries of counted combinations, in their order.
    pub(super) fn all(schema: &'a Schema, combinations: &'a Combinations) -> impl Iterator<Item = Self> {
        let items = combinations.items();
        combinations.iter().map(move |(entry, count)| AggregateEntry {
            schema,
            items: entry.iter().filter_map(|&item| items.get(item as usize).copied()).collect(),
            count,
        })
    }
}

impl AggregateEntry<'_> {
    /// The (attribute, what it holds), in the order of the attributes.
    pub fn cells(&self) -> impl Iterator<Item = (&Attribute, Cell)> {
        self.items.iter().filter_map(|&(position, code)| {
            let attribute = self.schema.get(position.into())?;
            Some((attribute, attribute.cell(code)?))
        })
    }
}

impl fmt::Display for AggregateEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn escape(text: &str) -> Cow<'_, str> {
            if !text.contains(['\\', ':', ';']) {
                return Cow::Borrowed(text);
            }
            Cow::Owned(text.replace('\\', "\\\\").replace(':', "\\:").replace(';', "\\;"))
        }
        for (place, (attribute, cell)) in self.cells().enumerate() {
            let separator = if place > 0 { ";" } else { "" };
            let value = match cell {
                Cell::Value(code) => attribute.domain().label(code).unwrap_or_default(),
                Cell::Missing(kind) => Cow::Owned(format!("[{kind}]")),
            };
            write!(f, "{separator}{}:{}", escape(attribute.name()), escape(&value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for AggregateEntry<'_> {
    /// Shows how long it is, never what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AggregateEntry of {} values", self.items.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::texts;

    /// The example of Synthetic Data Showcase's documentation: five rows, combinations of up to three.
    fn five_rows() -> Table {
        texts(&[
            ("A", &["a1", "a1", "a2", "a2", "a1"]),
            ("B", &["b1", "b2", "-", "b2", "b2"]),
            ("C", &["c1", "c1", "c2", "c1", "-"]),
        ])
    }

    fn written(k: u64) -> String {
        let options = AggregateOptions::default();
        let mut bytes = Vec::new();
        let aggregates = ReportableAggregates::count(&five_rows(), &options, k, &Control::default()).unwrap();
        aggregates.write_csv(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn five_published_rows_give_their_published_counts() {
        assert_eq!(
            written(1).lines().collect::<Vec<_>>(),
            [
                "combination,count",
                ",5",
                "A:a1,3",
                "A:a2,2",
                "B:b1,1",
                "B:b2,3",
                "C:c1,3",
                "C:c2,1",
                "A:a1;B:b1,1",
                "A:a1;B:b2,2",
                "A:a1;C:c1,2",
                "A:a2;B:b2,1",
                "A:a2;C:c1,1",
                "A:a2;C:c2,1",
                "B:b1;C:c1,1",
                "B:b2;C:c1,2",
                "A:a1;B:b1;C:c1,1",
                "A:a1;B:b2;C:c1,1",
                "A:a2;B:b2;C:c1,1",
            ]
        );
    }

    #[test]
    fn reported_counts_are_multiples_of_k() {
        let expected = [
            "combination,count",
            ",4",
            "A:a1,2",
            "A:a2,2",
            "B:b2,2",
            "C:c1,2",
            "A:a1;B:b2,2",
            "A:a1;C:c1,2",
            "B:b2;C:c1,2",
        ];
        assert_eq!(written(2).lines().collect::<Vec<_>>(), expected);
        let all = Aggregates::count(&five_rows(), &AggregateOptions::default(), 1, &Control::default()).unwrap();
        let two = ReportableAggregates::count(&five_rows(), &AggregateOptions::default(), 2, &Control::default());
        assert_eq!(all.reportable(2).unwrap(), two.unwrap());
        assert!(all.reportable(0).is_err());
        assert_eq!(written(6).lines().count(), 2);
    }

    #[test]
    fn texts_are_escaped_and_quoted() {
        let table = texts(&[("a;b", &["x:y,\"z\"", "x:y,\"z\""])]);
        let aggregates =
            ReportableAggregates::count(&table, &AggregateOptions::default(), 2, &Control::default()).unwrap();
        let mut bytes = Vec::new();
        aggregates.write_csv(&mut bytes).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "combination,count\n,2\n\"a\\;b:x\\:y,\"\"z\"\"\",2\n");
    }

    #[test]
    fn persons_are_the_units_and_what_is_an_item_can_be_chosen() {
        let table = crate::testing::flags(&[&[1, 1, 0]]).with_ids(["p", "p", "q"].into_iter().collect()).unwrap();
        let mut options = AggregateOptions::default();
        let stated = Aggregates::count(&table, &options, 1, &Control::default()).unwrap();
        assert_eq!((stated.units(), stated.combinations().len()), (2, 2));
        assert_eq!(stated.combinations().get(&[(0, 1)]), Some(1));
        options.items = ItemRule::Present;
        let present = Aggregates::count(&table, &options, 1, &Control::default()).unwrap();
        assert_eq!(present.combinations().len(), 1);
    }
}
