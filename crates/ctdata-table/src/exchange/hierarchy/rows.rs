//! Hierarchies from rows of labels, one row per leaf: those of a file, or of code.

use std::sync::Arc;

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use super::Hierarchy;
use crate::{Domain, Location, MAX_VALUES, Origin, TableError};

/// The rule that a row of a hierarchy broke. Columns count from 1, the leaves; values are those of
/// the hierarchy, which is no confidential data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HierarchyRule {
    /// There is no row at all.
    #[error("a hierarchy needs at least one row")]
    Empty,
    /// A row is longer or shorter than the first.
    #[error("the row of `{leaf}` has {found} cells where the first row has {expected}")]
    CellCount {
        /// The row's first cell.
        leaf: String,
        /// Cells of the first row.
        expected: usize,
        /// Cells of this row.
        found: usize,
    },
    /// More levels than any tree of values needs.
    #[error("the row of `{leaf}` has more than {limit} cells (another separator?)")]
    TooManyLevels {
        /// The row's first cell.
        leaf: String,
        /// The largest number of cells.
        limit: usize,
    },
    /// A cell without text.
    #[error(
        "column {column} of the row of `{leaf}` is empty; missing cells are no leaves and need no row, and every \
         level needs a label"
    )]
    Blank {
        /// The row's first cell.
        leaf: String,
        /// The column.
        column: usize,
    },
    /// A leaf that an earlier row has.
    #[error("`{leaf}` has a row already, row {first}")]
    Repeated {
        /// The leaf.
        leaf: String,
        /// The earlier row, from 1.
        first: u64,
    },
    /// A value that belongs under two values of the next level.
    #[error("`{value}` (column {column}) lies under `{parent}`, but in row {first} it lies under `{other}`")]
    TwoParents {
        /// The value.
        value: String,
        /// Its column.
        column: usize,
        /// The value above it in this row.
        parent: String,
        /// The value above it in the earlier row.
        other: String,
        /// The earlier row, from 1.
        first: u64,
    },
}

impl Hierarchy {
    /// A hierarchy from rows of labels, one row per leaf, levels from left to right.
    ///
    /// Leaves that are all written as numbers, with equal numbers of decimals, or all as ISO dates are
    /// numbers or dates, in ascending order; others are names in the order of the rows. The domains
    /// are public.
    ///
    /// ```
    /// use ctdata_table::Hierarchy;
    /// let rows = [["Private", "Non-Government", "*"], ["State-gov", "Government", "*"]];
    /// assert_eq!(Hierarchy::from_rows(rows)?.height(), 2);
    /// let wrong = [["Asia", "*"], ["Europe", "*"], ["Asia", "*"]];
    /// assert_eq!(Hierarchy::from_rows(wrong).unwrap_err().to_string(), "row 3: `Asia` has a row already, row 1");
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// [`TableError::Hierarchy`] if there is no row, or for a row that breaks a [`HierarchyRule`];
    /// [`TableError::TooManyValues`] for more than [`MAX_VALUES`] leaves.
    pub fn from_rows<R, L>(rows: impl IntoIterator<Item = R>) -> Result<Self, TableError>
    where
        R: IntoIterator<Item = L>,
        L: AsRef<str>,
    {
        let mut collected = Rows::default();
        for (row, labels) in (1u64..).zip(rows) {
            let labels: Vec<L> = labels.into_iter().take(MAX_CELLS + 1).collect();
            let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
            collected.add(&labels, row, || Location::at_row(row))?;
        }
        collected.finish(Location::default)
    }
}

#[cfg(feature = "csv")]
impl Hierarchy {
    /// The hierarchy of a file (plain or compressed with gzip), one row per leaf, levels from left to
    /// right, without a header. Text is read as by [`csv::Scanner`](crate::csv::Scanner): quotes, any
    /// line end, a byte order mark; a row has at most 16 KiB. Otherwise as [`Hierarchy::from_rows`].
    ///
    /// # Errors
    /// A file that cannot be read, a text that is not UTF-8 or not delimited, and the errors of
    /// [`Hierarchy::from_rows`], with the file, line and row.
    pub fn from_csv_path(path: &std::path::Path, separator: crate::csv::Separator) -> Result<Self, TableError> {
        let input = crate::csv::open(path).map_err(|source| TableError::io(path, source))?;
        Self::from_csv(input, &path.display().to_string(), separator)
    }

    /// As [`from_csv_path`](Self::from_csv_path), from anything that can be read; `name` is the name of
    /// the file in errors.
    ///
    /// ```
    /// use ctdata_table::{Hierarchy, csv::Separator};
    /// let text = "Tech-support;Technical;*\nCraft-repair;Technical;*\nSales;Other;*\n";
    /// let hierarchy = Hierarchy::from_csv(text.as_bytes(), "occupation.csv", Separator::Semicolon)?;
    /// assert_eq!(hierarchy.level(1).map(|level| level.of_leaf()), Some(&[0, 0, 1][..]));
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_csv_path`](Self::from_csv_path).
    pub fn from_csv(
        input: impl std::io::Read,
        name: &str,
        separator: crate::csv::Separator,
    ) -> Result<Self, TableError> {
        use crate::TextRule;
        use crate::csv::{ScanOptions, Scanner};

        let file: Arc<str> = name.into();
        let options = ScanOptions { separator: Some(separator), max_record_bytes: 16 << 10, buffer_bytes: 64 << 10 };
        let mut scanner = Scanner::new(input, options);
        let mut collected = Rows::default();
        let mut row = 0;
        while let Some(record) = scanner.next().map_err(|error| error.in_file(Some(&file)))? {
            row += 1;
            let at = || Location::at_row(row).with_line(record.line()).with_file(Arc::clone(&file));
            let cells = record.cells().take(MAX_CELLS + 1).map(std::str::from_utf8).collect::<Result<Vec<_>, _>>();
            let cells = cells.map_err(|_| TableError::Text { at: at().into(), rule: TextRule::Utf8 })?;
            collected.add(&cells, row, at)?;
        }
        collected.finish(|| Location { file: Some(file), ..Location::default() })
    }
}

/// The largest number of cells in a row.
const MAX_CELLS: usize = 100;

/// Rows so far, checked as they come.
#[derive(Default)]
struct Rows {
    /// One per column, leaves first.
    columns: Vec<Labels>,
}

/// The labels of one column.
#[derive(Default)]
struct Labels {
    texts: Vec<Arc<str>>,
    codes: FxHashMap<Arc<str>, u16>,
    /// For each label, the row that has it first.
    first: Vec<u64>,
    /// For each row, its label.
    of_row: Vec<u16>,
}

impl Labels {
    /// The code of a label, and whether it is new; `None` if there are too many.
    fn code(&mut self, text: &str, row: u64) -> Option<(u16, bool)> {
        if let Some(&code) = self.codes.get(text) {
            return Some((code, false));
        }
        let code = u16::try_from(self.texts.len()).ok().filter(|&code| usize::from(code) < MAX_VALUES)?;
        let text: Arc<str> = text.into();
        self.codes.insert(Arc::clone(&text), code);
        self.texts.push(text);
        self.first.push(row);
        Some((code, true))
    }

    fn text(&self, code: u16) -> String {
        self.texts.get(usize::from(code)).map(ToString::to_string).unwrap_or_default()
    }
}

impl Rows {
    fn add(&mut self, cells: &[&str], row: u64, at: impl Fn() -> Location) -> Result<(), TableError> {
        let broken = |rule| Err(TableError::Hierarchy { at: at(), rule: Box::new(rule) });
        let leaf = || cells.first().copied().unwrap_or_default().to_owned();
        if cells.len() > MAX_CELLS {
            return broken(HierarchyRule::TooManyLevels { leaf: leaf(), limit: MAX_CELLS });
        }
        if self.columns.is_empty() {
            self.columns.resize_with(cells.len(), Labels::default);
        }
        if cells.len() != self.columns.len() || cells.is_empty() {
            let (expected, found) = (self.columns.len(), cells.len());
            return broken(HierarchyRule::CellCount { leaf: leaf(), expected, found });
        }
        if let Some(blank) = cells.iter().position(|cell| cell.is_empty()) {
            return broken(HierarchyRule::Blank { leaf: leaf(), column: blank + 1 });
        }
        // The column below, the code there, and whether that code is new.
        let mut below: Option<(&Labels, u16, bool)> = None;
        for ((column, labels), cell) in (1..).zip(&mut self.columns).zip(cells) {
            let Some((code, new)) = labels.code(cell, row) else {
                return Err(TableError::TooManyValues { attribute: None, limit: MAX_VALUES });
            };
            match below {
                None if !new => {
                    let first = labels.first.get(usize::from(code)).copied().unwrap_or_default();
                    return broken(HierarchyRule::Repeated { leaf: leaf(), first });
                }
                Some((under, under_code, false)) => {
                    // Rows are as many as leaves, so that the row of a label is a place in a list.
                    let first = under.first.get(usize::from(under_code)).copied().unwrap_or_default();
                    let place = usize::try_from(first).unwrap_or_default().saturating_sub(1);
                    let other = labels.of_row.get(place).copied().unwrap_or(code);
                    if other != code {
                        return broken(HierarchyRule::TwoParents {
                            value: under.text(under_code),
                            column: column - 1,
                            parent: (*cell).to_owned(),
                            other: labels.text(other),
                            first,
                        });
                    }
                }
                _ => {}
            }
            labels.of_row.push(code);
            below = Some((labels, code, new));
        }
        Ok(())
    }

    fn finish(self, at: impl FnOnce() -> Location) -> Result<Hierarchy, TableError> {
        let mut columns = self.columns.into_iter();
        let Some(leaves) = columns.next() else {
            return Err(TableError::Hierarchy { at: at(), rule: Box::new(HierarchyRule::Empty) });
        };
        let domain = leaf_domain(&leaves.texts)?;
        // The order of the rows, or the ascending order of numbers and dates.
        let rows: Vec<usize> = domain
            .labels()
            .map(|label| leaves.codes.get(&*label).map(|&code| usize::from(code)).unwrap_or_default())
            .collect();
        let mut hierarchy = Hierarchy::of(domain);
        for (level, labels) in (1..).zip(columns) {
            let of_leaf = rows.iter().map(|&row| labels.text(labels.of_row.get(row).copied().unwrap_or_default()));
            hierarchy = hierarchy.with_labels(format!("level {level}"), of_leaf)?;
        }
        Ok(hierarchy)
    }
}

/// The domain of the leaves: numbers or dates where each leaf is written as the domain writes it.
fn leaf_domain(texts: &[Arc<str>]) -> Result<Domain, TableError> {
    let as_written = |domain: &Domain| {
        texts.iter().all(|text| domain.code_of(text).and_then(|code| domain.label(code)).as_deref() == Some(&**text))
    };
    let scale = texts.first().and_then(|text| text.split_once('.')).map_or(0, |(_, decimals)| decimals.len());
    let numbers: Option<Vec<i64>> = texts.iter().map(|text| text.replacen('.', "", 1).parse().ok()).collect();
    if let (Some(numbers), Ok(scale)) = (numbers, u8::try_from(scale))
        && let Ok(domain) = Domain::numeric(numbers, scale, Origin::Public)
        && as_written(&domain)
    {
        return Ok(domain);
    }
    let dates: Option<Vec<NaiveDate>> = texts.iter().map(|text| text.parse().ok()).collect();
    if let Some(dates) = dates
        && let Ok(domain) = Domain::dates(dates, Origin::Public)
        && as_written(&domain)
    {
        return Ok(domain);
    }
    Domain::nominal(texts.iter().map(|text| Box::from(&**text)).collect::<Vec<Box<str>>>(), Origin::Public)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DomainKind;

    #[test]
    fn leaves_are_numbers_dates_or_names_by_how_they_are_written() {
        let kind = |leaves: &[&str]| Hierarchy::from_rows(leaves.iter().map(|leaf| [leaf])).unwrap().leaves().kind();
        assert_eq!(kind(&["10", "9", "-1"]), DomainKind::Numeric);
        assert_eq!(kind(&["1.50", "0.25"]), DomainKind::Numeric);
        assert_eq!(kind(&["2020-02-29", "2019-12-31"]), DomainKind::Date);
        for names in [&["07", "7"], &["1.5", "1.25"], &["1", "+2"], &["-0", "1"], &["2020-2-29", "2019-12-31"]] {
            assert_eq!(kind(names), DomainKind::Nominal, "{names:?}");
        }
    }

    #[test]
    fn numbers_are_put_in_order_and_their_levels_with_them() {
        let rows = [["12", "10-19", "*"], ["3", "0-9", "*"], ["10", "10-19", "*"]];
        let hierarchy = Hierarchy::from_rows(rows).unwrap();
        assert_eq!(hierarchy.leaves().labels().collect::<Vec<_>>(), ["3", "10", "12"]);
        let level = hierarchy.level(1).unwrap();
        assert_eq!(level.domain().labels().collect::<Vec<_>>(), ["0-9", "10-19"]);
        assert_eq!((level.of_leaf(), level.domain().kind()), (&[0, 1, 1][..], DomainKind::Ordered));
    }

    #[test]
    fn each_rule_names_its_row_and_value() {
        let message =
            |rows: &[&[&str]]| Hierarchy::from_rows(rows.iter().map(|row| row.iter())).unwrap_err().to_string();
        assert_eq!(message(&[]), "unknown place: a hierarchy needs at least one row");
        assert_eq!(
            message(&[&["a", "x"], &["b", "x", "*"]]),
            "row 2: the row of `b` has 3 cells where the first row has 2"
        );
        assert!(message(&[&["a", ""]]).starts_with("row 1: column 2 of the row of `a` is empty"));
        assert_eq!(
            message(&[&["a", "x", "1"], &["b", "y", "1"], &["c", "x", "2"]]),
            "row 3: `x` (column 2) lies under `2`, but in row 1 it lies under `1`"
        );
        assert!(message(&[&["a"; 101]]).contains("more than 100 cells (another separator?)"));
    }

    #[test]
    fn shares_count_the_rows_under_a_label() {
        let rows = [["a", "w"], ["b", "x"], ["c", "x"]];
        assert_eq!(Hierarchy::from_rows(rows).unwrap().share(1), [1.0 / 3.0, 2.0 / 3.0]);
    }

    /// Age and gender of ARX's example of seven records; its hierarchies have the observed values as
    /// leaves: 4 and 2.
    #[test]
    fn age_and_gender_of_the_arx_example() {
        let age = [["34", "<50", "*"], ["45", "<50", "*"], ["66", ">=50", "*"], ["70", ">=50", "*"]];
        let age = Hierarchy::from_rows(age).unwrap();
        assert_eq!((age.height(), age.share(0), age.share(1)), (2, vec![0.25; 4], vec![0.5; 2]));
        let gender = Hierarchy::from_rows([["m", "*"], ["f", "*"]]).unwrap();
        assert_eq!((gender.height(), gender.share(1)), (1, vec![1.0]));
    }

    #[cfg(feature = "csv")]
    mod csv {
        use super::*;
        use std::fmt::Write;

        use crate::csv::Separator;
        use proptest::prelude::*;

        fn read(text: &[u8]) -> Result<Hierarchy, TableError> {
            Hierarchy::from_csv(text, "h.csv", Separator::Semicolon)
        }

        /// Shapes of the hierarchies that are in use for the Adult data: one level only, two, and
        /// numbers in bands.
        #[test]
        fn adult_shapes_are_read() {
            let sex = read(b"Male;*\nFemale;*\n").unwrap();
            assert_eq!((sex.height(), sex.leaves().len()), (1, 2));
            let marital = read(b"Married-civ-spouse;spouse present;*\r\nDivorced;spouse not present;*\r\n").unwrap();
            assert_eq!(marital.share(1), [0.5, 0.5]);
            let bands = |width: u32, age: u32| format!("{}-{}", age / width * width, age / width * width + width - 1);
            let mut text = String::new();
            for age in 1..=100 {
                let at = age.min(99);
                writeln!(text, "{age};{};{};{};*", bands(5, at), bands(10, at), bands(20, at)).unwrap();
            }
            let age = read(text.as_bytes()).unwrap();
            assert_eq!((age.height(), age.leaves().kind()), (4, DomainKind::Numeric));
            let shares = age.share(3);
            assert_eq!(shares.len(), 5);
            assert!((shares[0] - 0.19).abs() < 1e-12 && (shares[4] - 0.21).abs() < 1e-12);
        }

        #[test]
        fn marks_quotes_and_line_ends_are_read() {
            let hierarchy = read(b"\xEF\xBB\xBF\"a;b\";\"say \"\"x\"\"\"\r\n\r\nc;d").unwrap();
            assert_eq!(hierarchy.leaves().labels().collect::<Vec<_>>(), ["a;b", "c"]);
            assert_eq!(hierarchy.level(1).unwrap().domain().label(0).as_deref(), Some("say \"x\""));
        }

        #[test]
        fn errors_name_file_line_row_and_value() {
            let message = |text: &[u8]| read(text).unwrap_err().to_string();
            assert_eq!(message(b""), "h.csv: a hierarchy needs at least one row");
            assert_eq!(message(b"a;*\n\nb;*\na;*\n"), "h.csv, line 4, row 3: `a` has a row already, row 1");
            assert_eq!(message(b"a;*\nb\xFF;*\n"), "h.csv, line 2, row 2: not valid UTF-8");
            assert_eq!(message(b"a;*\n\"b;*\n"), "h.csv, line 2: a quoted cell is opened here and never closed");
        }

        #[test]
        fn a_hierarchy_is_bounded() {
            let mut text = String::new();
            for leaf in 0..=MAX_VALUES {
                writeln!(text, "v{leaf};*").unwrap();
            }
            assert!(matches!(read(text.as_bytes()), Err(TableError::TooManyValues { .. })));
        }

        proptest! {
            #[test]
            fn any_bytes_give_a_tree_or_an_error(text in prop::collection::vec(
                prop_oneof![Just(b';'), Just(b'\n'), Just(b'"'), Just(b'a'), Just(b'1'), any::<u8>()], 0..60
            )) {
                if let Ok(hierarchy) = read(&text) {
                    for level in 0..hierarchy.height() {
                        let parents = hierarchy.parents(level).unwrap();
                        let (below, above) = (hierarchy.level(level).unwrap(), hierarchy.level(level + 1).unwrap());
                        for (&from, &to) in below.of_leaf().iter().zip(above.of_leaf()) {
                            prop_assert_eq!(parents[usize::from(from)], to);
                        }
                        prop_assert!((hierarchy.share(level).iter().sum::<f64>() - 1.0).abs() < 1e-9);
                    }
                }
            }

            #[test]
            fn what_is_written_is_read(rows in prop::collection::btree_map("[a-z;\" 0-9.-]{1,5}", 0u8..6, 1..20)) {
                let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
                let mut text = String::new();
                for (leaf, group) in &rows {
                    writeln!(text, "{};g{group};h{};*", quoted(leaf), group / 2).unwrap();
                }
                let hierarchy = read(text.as_bytes()).unwrap();
                prop_assert_eq!(hierarchy.height(), 3);
                for (leaf, group) in &rows {
                    let code = hierarchy.leaves().code_of(leaf).unwrap();
                    let at = |level: usize| {
                        let level = hierarchy.level(level).unwrap();
                        level.domain().label(level.of_leaf()[usize::from(code)]).unwrap().into_owned()
                    };
                    prop_assert_eq!((at(1), at(2)), (format!("g{group}"), format!("h{}", group / 2)));
                }
            }
        }
    }
}
