//! Reads delimited text into tables.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::rows::{Plan, ReadColumn, RowOptions, Rows};
use super::{Coder, OnError, Problems, Record, ScanOptions, Scanner, Separator, open};
use crate::{Attribute, Cell, ColumnBuilder, Control, Location, Missing, Table, TableError, TextRule};

/// A reader of delimited text with a header. It finds columns by name, whatever the case of ASCII
/// letters and the order.
///
/// An attribute that is given ([`attribute`](Self::attribute)) must be in the header, and its cells
/// must have texts of its domain. Other columns get the domain of what they hold: numbers if every
/// value is an integer as it is usually written, else names sorted by their bytes. The table has
/// the attributes given first, then the other columns as in the file, unless
/// [`columns`](Self::columns) says which and in what order. A header without rows makes a table
/// without rows.
///
/// ```
/// use ctdata_table::csv::CsvReader;
/// use ctdata_table::{Cell, Control, Missing};
/// let text = "Year;sex\n2015;F\n2014;\n";
/// let table = CsvReader::new().read(text.as_bytes(), None, &Control::default())?.into_table()?;
/// assert_eq!(table.text(1, 0).as_deref(), Some("2014"));
/// assert_eq!(table.cell(1, 1), Some(Cell::Missing(Missing::NotRecorded)));
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CsvReader {
    scan: ScanOptions,
    missing: Vec<(String, Missing)>,
    trim: bool,
    on_error: OnError,
    keep_values: bool,
    id_column: Option<String>,
    weight_column: Option<String>,
    columns: Option<Vec<String>>,
    given: Vec<Given>,
}

#[derive(Clone, Debug)]
struct Given {
    attribute: Attribute,
    tokens: Vec<(String, Cell)>,
    otherwise: Option<Cell>,
}

impl Default for CsvReader {
    fn default() -> Self {
        Self {
            scan: ScanOptions::default(),
            missing: vec![(String::new(), Missing::NotRecorded)],
            trim: false,
            on_error: OnError::Stop,
            keep_values: false,
            id_column: None,
            weight_column: None,
            columns: None,
            given: Vec::new(),
        }
    }
}

impl CsvReader {
    /// A reader that finds the separator itself, takes empty cells as not recorded, and stops at
    /// the first problem.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the separator.
    #[must_use]
    pub fn separator(mut self, separator: Separator) -> Self {
        self.scan.separator = Some(separator);
        self
    }

    /// How the text is split; the separator is part of it.
    #[must_use]
    pub fn scan_options(mut self, options: ScanOptions) -> Self {
        self.scan = options;
        self
    }

    /// The texts of cells without a value, in place of the empty text. They declare the kinds of
    /// missing of columns that are not given, and are texts of given attributes as far as those
    /// declare the kind.
    #[must_use]
    pub fn missing<T: Into<String>>(mut self, tokens: impl IntoIterator<Item = (T, Missing)>) -> Self {
        self.missing = tokens.into_iter().map(|(text, kind)| (text.into(), kind)).collect();
        self
    }

    /// Whether ASCII white space around the text of cells and names is removed, quoted or not; by
    /// default it is not.
    #[must_use]
    pub fn trim(mut self, trim: bool) -> Self {
        self.trim = trim;
        self
    }

    /// How many problems are borne; by default none.
    #[must_use]
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// Whether problems keep what the cells hold, which is confidential; by default they do not.
    #[must_use]
    pub fn keep_values(mut self, keep: bool) -> Self {
        self.keep_values = keep;
        self
    }

    /// The column of identifiers. It becomes [`Table::ids`] and no attribute.
    #[must_use]
    pub fn id_column(mut self, name: impl Into<String>) -> Self {
        self.id_column = Some(name.into());
        self
    }

    /// The column of weights, whole numbers. It becomes [`Table::weights`] and no attribute.
    #[must_use]
    pub fn weight_column(mut self, name: impl Into<String>) -> Self {
        self.weight_column = Some(name.into());
        self
    }

    /// The columns to read, in this order; others are passed over.
    #[must_use]
    pub fn columns<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Gives an attribute whose cells have the labels of its domain.
    #[must_use]
    pub fn attribute(self, attribute: Attribute) -> Self {
        self.attribute_with(attribute, [] as [(&str, Cell); 0])
    }

    /// Gives an attribute whose cells have the labels of its domain, or other texts. Where a text
    /// stands in several places, these come first, then the reader's texts for missing values, then
    /// the labels.
    #[must_use]
    pub fn attribute_with<T: Into<String>>(
        mut self,
        attribute: Attribute,
        tokens: impl IntoIterator<Item = (T, Cell)>,
    ) -> Self {
        let tokens = tokens.into_iter().map(|(text, cell)| (text.into(), cell)).collect();
        self.given.push(Given { attribute, tokens, otherwise: None });
        self
    }

    /// Gives an attribute whose cells have the labels of its domain, with or without white space around them; a cell
    /// with any other text is `otherwise`, and no problem. Nothing is kept of what such cells hold, nor how many there
    /// are.
    ///
    /// If the attribute has no code for `otherwise`, it is as with [`attribute`](Self::attribute).
    #[must_use]
    pub fn attribute_or(mut self, attribute: Attribute, otherwise: Cell) -> Self {
        self.given.push(Given { attribute, tokens: Vec::new(), otherwise: Some(otherwise) });
        self
    }

    /// Reads a file, plain or compressed with gzip.
    ///
    /// # Errors
    /// As [`read`](Self::read), and if the file cannot be opened.
    pub fn read_path(&self, path: &Path, control: &Control) -> Result<Outcome, TableError> {
        let mut input = open(path).map_err(|source| TableError::io(path, source))?;
        let bytes = input.byte_length();
        let file = path.display().to_string().into();
        self.read_from(&mut input, Some(&file), bytes, control)
    }

    /// Reads from anything; `file` is the name that errors give it.
    ///
    /// # Errors
    /// A text that is not a table ([`TableError::Text`]), a column with too many distinct values,
    /// too many rows, a failing input, a stop by `control`, and with [`OnError::Stop`] the first
    /// problem.
    pub fn read(&self, mut input: impl Read, file: Option<&str>, control: &Control) -> Result<Outcome, TableError> {
        let file = file.map(Into::into);
        self.read_from(&mut input, file.as_ref(), None, control)
    }

    fn read_from(
        &self,
        input: &mut dyn Read,
        file: Option<&Arc<str>>,
        bytes: Option<u64>,
        control: &Control,
    ) -> Result<Outcome, TableError> {
        let mut scanner = Scanner::new(input, self.scan);
        let header = match scanner.next().map_err(|error| error.in_file(file))? {
            Some(record) => self.header(record, file)?,
            None => return Err(text_error(TextRule::Empty, file, None)),
        };
        let plan = self.plan(&header, file)?;
        let mut rows = Rows::new(plan, &header.names, file, self.row_options());
        let mut row = 0;
        while let Some(record) = scanner.next().map_err(|error| error.in_file(file))? {
            row += 1;
            rows.add(record, row)?;
            if row % CHECK_ROWS == 0 {
                control.check()?;
                control.report("reading", scanner.position(), bytes);
            }
            if self.on_error == OnError::Stop {
                rows.problems.check()?;
            }
        }
        let (table, problems) = rows.finish()?;
        control.report("reading", scanner.position(), bytes);
        let separator = scanner.separator().unwrap_or_default();
        let header = header.names.iter().map(ToString::to_string).collect();
        Ok(Outcome { table, problems, separator, header })
    }

    fn header(&self, record: Record<'_>, file: Option<&Arc<str>>) -> Result<Header, TableError> {
        let line = Some(record.line());
        let mut header = Header { names: Vec::with_capacity(record.len()), by_name: HashMap::new() };
        for (position, cell) in record.cells().enumerate() {
            let cell = if self.trim { cell.trim_ascii() } else { cell };
            let name = std::str::from_utf8(cell).map_err(|_| text_error(TextRule::Utf8, file, line))?;
            if let Some(first) = header.by_name.insert(name.to_ascii_lowercase(), position) {
                let rule = TextRule::RepeatedColumn { first: first + 1, second: position + 1 };
                return Err(text_error(rule, file, line));
            }
            header.names.push(name.into());
        }
        Ok(header)
    }

    fn plan(&self, header: &Header, file: Option<&Arc<str>>) -> Result<Plan, TableError> {
        let find = |name: &str| {
            let missing = || text_error(TextRule::MissingColumn { name: name.to_owned() }, file, None);
            header.by_name.get(&name.to_ascii_lowercase()).copied().ok_or_else(missing)
        };
        let mut given = BTreeMap::new();
        let mut places = Vec::new();
        for this in &self.given {
            let place = find(this.attribute.name())?;
            if given.insert(place, this).is_some() {
                return Err(TableError::Duplicate { what: "attribute", name: this.attribute.name().to_owned() });
            }
            places.push(place);
        }
        let ids = self.id_column.as_deref().map(find).transpose()?;
        let weights = self.weight_column.as_deref().map(find).transpose()?;
        match &self.columns {
            Some(names) => {
                places = names.iter().map(|name| find(name)).collect::<Result<_, _>>()?;
            }
            None => {
                places.extend((0..header.names.len()).filter(|place| !given.contains_key(place)));
            }
        }
        places.retain(|place| ids != Some(*place) && weights != Some(*place));
        let mut seen = vec![false; header.names.len()];
        let mut columns = Vec::with_capacity(places.len());
        for place in places {
            let name = header.names.get(place).cloned().unwrap_or_default();
            if seen.get_mut(place).is_none_or(|seen| std::mem::replace(seen, true)) {
                return Err(TableError::Duplicate { what: "column", name: name.to_string() });
            }
            columns.push(match given.get(&place) {
                Some(given) => self.known(place, given),
                None => self.unknown(place, name),
            });
        }
        Ok(Plan { columns, ids, weights })
    }

    fn row_options(&self) -> RowOptions {
        let limit = if let OnError::Collect { limit } = self.on_error { limit } else { 1 };
        RowOptions { trim: self.trim, keep_values: self.keep_values, limit }
    }

    fn unknown(&self, place: usize, name: Arc<str>) -> ReadColumn {
        let coder = Coder::observed(self.missing.iter().map(|(text, kind)| (text, *kind)));
        ReadColumn { place, name, attribute: None, otherwise: None, coder, codes: ColumnBuilder::new(0) }
    }

    fn known(&self, place: usize, given: &Given) -> ReadColumn {
        let attribute = given.attribute.clone();
        let labels: Vec<_> = attribute.domain().labels().zip(0..).collect();
        let other = given.tokens.iter().map(|(text, cell)| (&**text, *cell));
        let missing = self.missing.iter().map(|(text, kind)| (&**text, Cell::Missing(*kind)));
        let labels = labels.iter().map(|(text, code)| (&**text, Cell::Value(*code)));
        let tokens = other.chain(missing).chain(labels);
        let coder = Coder::known(tokens.filter_map(|(text, cell)| Some((text, attribute.code(cell)?))));
        ReadColumn {
            place,
            name: attribute.shared_name(),
            codes: ColumnBuilder::new(attribute.code_count()),
            otherwise: given.otherwise.and_then(|cell| attribute.code(cell)),
            attribute: Some(attribute),
            coder,
        }
    }
}

/// What came of reading: the rows without problems, and the problems of the others.
#[derive(Clone, Debug)]
pub struct Outcome {
    table: Table,
    problems: Problems,
    separator: Separator,
    header: Vec<String>,
}

impl Outcome {
    /// The rows without problems.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// What was wrong with the others.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// The separator given or found.
    pub fn separator(&self) -> Separator {
        self.separator
    }

    /// The names of all columns of the file.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The table, if there was no problem.
    ///
    /// # Errors
    /// [`TableError::Problems`].
    pub fn into_table(self) -> Result<Table, TableError> {
        self.problems.check().map(|()| self.table)
    }

    /// The rows without problems, and the problems.
    pub fn into_parts(self) -> (Table, Problems) {
        (self.table, self.problems)
    }
}

/// How many rows are read between two looks at the control.
const CHECK_ROWS: u64 = 1 << 14;

/// The columns of a file.
struct Header {
    names: Vec<Arc<str>>,
    /// Positions by name in lower case.
    by_name: HashMap<String, usize>,
}

#[cold]
fn text_error(rule: TextRule, file: Option<&Arc<str>>, line: Option<u64>) -> TableError {
    TableError::Text { at: Location { file: file.cloned(), line, ..Location::default() }.into(), rule }
}

#[cfg(test)]
mod tests;
