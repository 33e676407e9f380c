//! Skewed tables of counts: a few large countries and forms, and many cells of a few people.

use ctdata::table::{
    Attribute, Category, Column, Control, CountTable, Dimension, Domain, MissingKinds, Origin, Schema, Table,
    TableError, Variable, tabulate,
};

/// A small generator of its own, so that the tables are always the same.
struct Draws(u64);

impl Draws {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of so many categories, the first much oftener than the last if `skew` is above 1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the number of categories")]
    fn category(&mut self, categories: u16, skew: f64) -> u16 {
        ((self.unit().powf(skew) * f64::from(categories)) as u16).min(categories - 1)
    }
}

/// The variables of [`linked_tables`]: name, categories, skew.
const VARIABLES: [(&str, u16, f64); 5] =
    [("country", 80, 2.5), ("year", 18, 1.3), ("sex", 3, 2.0), ("form", 12, 3.0), ("age", 9, 2.0)];

/// Three linked tables of the same invented records: country by year by sex, country by form by age, year by form by
/// age. With their margins these are about 19,000 cells; of 300,000 records every fifteenth has a count from 1 to 4.
///
/// # Errors
/// None that depends on the records.
pub fn linked_tables(seed: u64, records: usize) -> Result<Vec<CountTable>, TableError> {
    let mut draws = Draws(seed);
    let mut codes = VARIABLES.map(|_| Vec::with_capacity(records));
    for _ in 0..records {
        for ((_, categories, skew), column) in VARIABLES.iter().zip(&mut codes) {
            column.push(draws.category(*categories, *skew));
        }
    }
    let attributes = VARIABLES.iter().map(|(name, categories, _)| {
        let domain = Domain::nominal((0..*categories).map(|code| code.to_string()), Origin::Public)?;
        Ok(Attribute::new(*name, domain, MissingKinds::NONE))
    });
    let schema = Schema::try_new(attributes.collect::<Result<_, TableError>>()?)?;
    let columns = VARIABLES
        .iter()
        .zip(&codes)
        .map(|((_, categories, _), column)| Column::from_codes(column, usize::from(*categories)));
    let table = Table::try_new(schema, columns.collect())?;
    [["country", "year", "sex"], ["country", "form", "age"], ["year", "form", "age"]]
        .iter()
        .map(|names| tabulate(&table, &names.join("-by-"), &names.map(Variable::attribute), &Control::default()))
        .collect()
}

/// One table of rows by columns, of which about one cell in ten is from 1 to 4.
///
/// # Errors
/// None for sizes of at least one.
pub fn two_way_table(seed: u64, rows: u16, columns: u16) -> Result<CountTable, TableError> {
    let mut draws = Draws(seed);
    let dimension = |name: &str, categories: u16| Dimension {
        variable: Variable::attribute(name),
        categories: (0..categories).map(|code| Category::new(code.to_string(), code.to_string())).collect(),
    };
    let mut cells = Vec::new();
    let mut total = 0;
    for row in 0..rows {
        for column in 0..columns {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most some thousands")]
            let count = (draws.unit().powf(-0.8) * 11.0 * draws.unit().sqrt()) as u64;
            total += count;
            cells.push((vec![row, column], count));
        }
    }
    CountTable::try_new("two-way", vec![dimension("row", rows), dimension("column", columns)], cells, total)
}
