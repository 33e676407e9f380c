//! Reads published tables from delimited text.

use super::{PublishedRow, PublishedTable};
use crate::{Count, IndicatorError};
use ctdata_table::csv::{Record, ScanError, ScanOptions, Scanner, open};
use ctdata_table::{Location, TableError};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Read;
use std::path::Path;

/// Where the counts of a published table stand.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum PublishedColumns {
    /// A row for each place and year, and a column for each category.
    Wide {
        /// The column of the total, if there is one.
        total: Option<String>,
        /// The columns of the categories.
        categories: Vec<String>,
    },
    /// A row for each place, year and category.
    Long {
        /// The column that names the category.
        category: String,
        /// The column of the count.
        value: String,
        /// The category that is the total, if there is one.
        total: Option<String>,
    },
}

impl PublishedColumns {
    /// A column for each category.
    pub fn wide<T: Into<String>>(total: Option<&str>, categories: impl IntoIterator<Item = T>) -> Self {
        Self::Wide { total: total.map(str::to_owned), categories: categories.into_iter().map(Into::into).collect() }
    }

    /// A row for each category.
    pub fn long(category: impl Into<String>, value: impl Into<String>, total: Option<&str>) -> Self {
        Self::Long { category: category.into(), value: value.into(), total: total.map(str::to_owned) }
    }
}

/// How a file of published counts is laid out. Columns and words are found in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct PublishedLayout {
    /// The column of the place; none if the whole file is about one place.
    #[cfg_attr(feature = "serde", serde(default))]
    pub place: Option<String>,
    /// The column of the year.
    pub year: String,
    /// Where the counts stand.
    pub columns: PublishedColumns,
    /// Conditions on other columns, (column, word): rows that do not meet all of them are left out. A file of several
    /// breakdowns needs them, so that a table is one breakdown.
    #[cfg_attr(feature = "serde", serde(default))]
    pub only: Vec<(String, String)>,
    /// Words of this publisher for "not given", beside those that every table may use.
    #[cfg_attr(feature = "serde", serde(default))]
    pub missing: Vec<String>,
}

impl PublishedLayout {
    /// A layout about one place, without conditions.
    pub fn new(year: impl Into<String>, columns: PublishedColumns) -> Self {
        Self { place: None, year: year.into(), columns, only: Vec::new(), missing: Vec::new() }
    }

    /// The same with a column of places.
    #[must_use]
    pub fn place(self, column: impl Into<String>) -> Self {
        Self { place: Some(column.into()), ..self }
    }

    /// The same for rows with this word in this column only.
    #[must_use]
    pub fn only(mut self, column: impl Into<String>, word: impl Into<String>) -> Self {
        self.only.push((column.into(), word.into()));
        self
    }

    /// The same with a further word for "not given".
    #[must_use]
    pub fn missing(mut self, word: impl Into<String>) -> Self {
        self.missing.push(word.into());
        self
    }

    fn count(&self, cell: &str) -> Option<Count> {
        if self.missing.iter().any(|word| word.trim().eq_ignore_ascii_case(cell)) {
            Some(Count::Missing)
        } else {
            cell.parse().ok()
        }
    }
}

impl PublishedTable {
    /// Reads a published table, plain or gzip. Cells are read as [`Count`] reads them.
    ///
    /// A category that a place and year does not have is missing there, not zero.
    ///
    /// # Errors
    /// The file cannot be opened or is no delimited text; a column is missing or named twice; a year is no year, a count
    /// no count; a count is given twice. The error names the file, the line, the row and the column, and nothing is read
    /// by halves.
    pub fn read_path(path: &Path, layout: &PublishedLayout) -> Result<Self, IndicatorError> {
        let file = open(path).map_err(|error| TableError::io(path, error))?;
        read(file, layout, &Location::default().with_file(path.display().to_string()))
    }

    /// Reads a published table from anything; see [`PublishedTable::read_path`].
    ///
    /// # Errors
    /// As for [`PublishedTable::read_path`].
    pub fn read_csv(reader: impl Read, layout: &PublishedLayout) -> Result<Self, IndicatorError> {
        read(reader, layout, &Location::default())
    }
}

/// Counts by category, with the total under no category.
type Counts = BTreeMap<Option<usize>, Count>;

fn read(reader: impl Read, layout: &PublishedLayout, file: &Location) -> Result<PublishedTable, IndicatorError> {
    let broken = |at: Location, rule: &str| IndicatorError::figures(at.to_string(), rule.to_owned());
    let unread = |error: ScanError| IndicatorError::from(error.in_file(file.file.as_ref()));
    let mut scanner = Scanner::new(reader, ScanOptions::default());
    let columns = match scanner.next().map_err(unread)? {
        Some(header) => Columns::find(layout, &header)
            .map_err(|(column, rule)| broken(file.clone().with_line(header.line()).with_column(column), rule))?,
        None => return Err(broken(file.clone(), "the file is empty")),
    };
    let mut categories = columns.categories.clone();
    let mut rows = BTreeMap::<(String, u16), Counts>::new();
    let mut number = 0;
    while let Some(record) = scanner.next().map_err(unread)? {
        number += 1;
        let at =
            |column: &str| Location { row: Some(number), ..file.clone().with_line(record.line()) }.with_column(column);
        let cells = Cells(&record);
        let mut meets_all = true;
        for (column, word) in &columns.only {
            let cell = cells.text(column).map_err(|rule| broken(at(&column.name), rule))?;
            meets_all &= cell.eq_ignore_ascii_case(word.trim());
        }
        if !meets_all {
            continue;
        }
        let place = match &columns.place {
            Some(column) => cells.text(column).map_err(|rule| broken(at(&column.name), rule))?.to_owned(),
            None => String::new(),
        };
        let year = cells.text(&columns.year).map_err(|rule| broken(at(&columns.year.name), rule))?;
        let year: u16 = year.parse().map_err(|_| broken(at(&columns.year.name), "not a calendar year"))?;
        let counts = rows.entry((place, year)).or_default();
        let named = match &columns.category {
            None => None,
            Some(column) => {
                let name = cells.text(column).map_err(|rule| broken(at(&column.name), rule))?;
                Some(columns.slot(name, &mut categories))
            }
        };
        for (slot, column) in &columns.counts {
            let cell = cells.text(column).map_err(|rule| broken(at(&column.name), rule))?;
            let rule =
                "a count is written `1255`, `1,255`, `<5`, `≤4`, `0 to 4`, or is left blank where it is not given";
            let count = layout.count(cell).ok_or_else(|| broken(at(&column.name), rule))?;
            match counts.entry(named.unwrap_or(*slot)) {
                Entry::Vacant(free) => free.insert(count),
                Entry::Occupied(_) => {
                    let rule = "a second count for the same place, year and category: choose one breakdown by `only`";
                    return Err(broken(at(&column.name), rule));
                }
            };
        }
    }
    let told = |counts: &Counts, slot: Option<usize>| counts.get(&slot).copied().unwrap_or(Count::Missing);
    let rows = rows.into_iter().map(|((place, year), counts)| PublishedRow {
        place,
        year,
        total: told(&counts, None),
        parts: (0..categories.len()).map(|at| told(&counts, Some(at))).collect(),
    });
    let rows: Vec<PublishedRow> = rows.collect();
    PublishedTable::try_new(categories, rows)
}

/// A column of the file, by position and by the name in the layout.
struct Column {
    at: usize,
    name: String,
}

struct Cells<'r, 'a>(&'r Record<'a>);

impl<'a> Cells<'_, 'a> {
    fn text(&self, column: &Column) -> Result<&'a str, &'static str> {
        let bytes = self.0.cell(column.at).ok_or("the row ends before this cell")?;
        std::str::from_utf8(bytes).map(str::trim).map_err(|_| "not valid UTF-8")
    }
}

/// Where the columns of a layout are in a file.
struct Columns {
    place: Option<Column>,
    year: Column,
    only: Vec<(Column, String)>,
    /// The column that names the category, in a long file.
    category: Option<Column>,
    /// The word of the total, in a long file.
    total: Option<String>,
    /// The columns of counts. In a wide file with their category, the total without.
    counts: Vec<(Option<usize>, Column)>,
    /// The categories of a wide file; those of a long file are found row by row.
    categories: Vec<String>,
}

impl Columns {
    /// The column and the rule in the error are for the header.
    fn find(layout: &PublishedLayout, header: &Record<'_>) -> Result<Self, (String, &'static str)> {
        let names: Vec<&[u8]> = header.cells().map(<[u8]>::trim_ascii).collect();
        let find = |name: &str| {
            let mut found = (0..).zip(&names).filter(|(_, cell)| cell.eq_ignore_ascii_case(name.trim().as_bytes()));
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(Column { at, name: name.to_owned() }),
                (None, _) => Err((name.to_owned(), "the file has no such column")),
                (Some(_), Some(_)) => Err((name.to_owned(), "a column of the header is given twice")),
            }
        };
        let mut columns = Self {
            place: layout.place.as_deref().map(find).transpose()?,
            year: find(&layout.year)?,
            only: Vec::new(),
            category: None,
            total: None,
            counts: Vec::new(),
            categories: Vec::new(),
        };
        for (column, word) in &layout.only {
            columns.only.push((find(column)?, word.clone()));
        }
        match &layout.columns {
            PublishedColumns::Wide { total, categories } => {
                if let Some(total) = total {
                    columns.counts.push((None, find(total)?));
                }
                for (at, category) in categories.iter().enumerate() {
                    columns.counts.push((Some(at), find(category)?));
                }
                columns.categories.clone_from(categories);
            }
            PublishedColumns::Long { category, value, total } => {
                columns.category = Some(find(category)?);
                columns.total.clone_from(total);
                columns.counts.push((None, find(value)?));
            }
        }
        Ok(columns)
    }

    /// The place of a category of a long file, a new one at the end; none for the total.
    fn slot(&self, name: &str, categories: &mut Vec<String>) -> Option<usize> {
        if self.total.as_deref().is_some_and(|total| total.trim().eq_ignore_ascii_case(name)) {
            return None;
        }
        let known = categories.iter().position(|category| category.eq_ignore_ascii_case(name));
        Some(known.unwrap_or_else(|| {
            categories.push(name.to_owned());
            categories.len() - 1
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Difference;

    /// In the layout of UNODC's data file on trafficking in persons, with invented figures.
    const LONG: &str = "Iso3_code,Country,Indicator,Dimension,Category,Sex,Age,Year,VALUE\n\
        XAA,Aland,Detected trafficking victims,Total,Total,Total,Total,2019,\"1,255\"\n\
        XAA,Aland,Detected trafficking victims,Total,Total,Female,Total,2019,\"1,104\"\n\
        XAA,Aland,Detected trafficking victims,Total,Total,Male,Total,2019,<5\n\
        XAA,Aland,Detected trafficking victims,Total,Total,Unknown,Total,2019,\n\
        XAA,Aland,Detected trafficking victims,Total,Total,Total,\"0 to 17 years\",2019,140\n\
        XAA,Aland,Persons convicted,Total,Total,Total,Total,2019,12\n\
        XBB,Bland,Detected trafficking victims,Total,Total,Total,Total,2020,0\n";

    fn long() -> PublishedLayout {
        PublishedLayout::new("Year", PublishedColumns::long("Sex", "value", Some("total")))
            .place("iso3_code")
            .only("Indicator", "detected trafficking victims")
            .only("Age", "Total")
    }

    #[test]
    fn a_long_table_is_read_by_its_layout() {
        let table = PublishedTable::read_csv(LONG.as_bytes(), &long()).unwrap();
        assert_eq!(table.categories(), ["Female", "Male", "Unknown"]);
        let row = table.row("XAA", 2019).unwrap();
        assert_eq!(row.total, Count::Exact(1_255));
        assert_eq!(row.parts, [Count::Exact(1_104), Count::Range { lo: 0, hi: 4 }, Count::Missing]);
        assert_eq!(row.residual(), Difference::Missing);
        // A category that is not reported is missing, a published zero is zero.
        let row = table.row("XBB", 2020).unwrap();
        assert_eq!((row.total, row.parts.as_slice()), (Count::Exact(0), &[Count::Missing; 3][..]));
    }

    #[test]
    fn a_wide_table_is_read_whatever_the_separator() {
        let layout = PublishedLayout::new("year", PublishedColumns::wide(Some("total"), ["Work", "Mixt"])).missing("–");
        for text in ["Year;Total;work;mixt\n2019;1 255;–;<5\n", "mixt\twork\ttotal\tyear\r\n<5\t-\t1,255\t2019\r\n"] {
            let layout = layout.clone().missing("-");
            let table = PublishedTable::read_csv(text.as_bytes(), &layout).unwrap();
            let row = table.row("", 2019).unwrap();
            assert_eq!(row.total, Count::Exact(1_255));
            assert_eq!(row.parts, [Count::Missing, Count::Range { lo: 0, hi: 4 }], "{text}");
        }
    }

    #[test]
    fn errors_name_the_place_and_the_rule_and_no_cell() {
        let wide = || PublishedLayout::new("year", PublishedColumns::wide(Some("total"), ["women"]));
        for (text, layout, message) in [
            ("", wide(), "unknown place: the file is empty"),
            ("year,total\n2019,1\n", wide(), "line 1, column `women`: the file has no such column"),
            ("year,total,women,Women\n", wide(), "line 1, column `women`: a column of the header is given twice"),
            ("year,total,women\n20x9,1,2\n", wide(), "line 2, row 1, column `year`: not a calendar year"),
            ("year,total,women\n2019,1\n", wide(), "line 2, row 1, column `women`: the row ends before this cell"),
            (
                "year,total,women\n2019,1,2\n2020,3,17*\n",
                wide(),
                "line 3, row 2, column `women`: a count is written `1255`, `1,255`, `<5`, `≤4`, `0 to 4`, or is left blank \
                 where it is not given",
            ),
            (
                "year,total,women\n2019,1,2\n2019,1,2\n",
                wide(),
                "line 3, row 2, column `total`: a second count for the same place, year and category: \
                 choose one breakdown by `only`",
            ),
            (
                LONG,
                PublishedLayout { only: Vec::new(), ..long() },
                "line 6, row 5, column `value`: a second count for the same place, year and category: \
                 choose one breakdown by `only`",
            ),
        ] {
            assert_eq!(PublishedTable::read_csv(text.as_bytes(), &layout).unwrap_err().to_string(), message);
        }
        assert!(PublishedTable::read_csv(&b"a\0b"[..], &wide()).is_err());
        let missing = PublishedTable::read_path(Path::new("no/such/table.csv"), &wide()).unwrap_err();
        assert!(missing.to_string().contains("table.csv"), "{missing}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_layout_is_stored_and_checked() {
        let text = serde_json::to_string(&long()).unwrap();
        assert_eq!(serde_json::from_str::<PublishedLayout>(&text).unwrap(), long());
        let unknown = r#"{"year":"Year","columns":{"wide":{"total":null,"categories":[]}},"colour":"red"}"#;
        assert!(serde_json::from_str::<PublishedLayout>(unknown).is_err());
    }
}
