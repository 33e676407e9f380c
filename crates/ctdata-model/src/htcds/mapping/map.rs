//! The mapping, checked: every name exists, every code becomes something that its field takes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use ctdata_table::TableError;
use ctdata_table::csv::Separator;
use toml::Spanned;

use super::dates::DateForm;
use super::file::{ColumnTable, ConstantTable, Lines, SourceTable, Texts};
use super::holds::{BETWEEN, Holds, accepted, name_of, target_named};
use crate::ModelError;
use crate::htcds::Field;
use crate::htcds::read::Target;

/// What stands for a decision that a draft leaves open.
pub(super) const UNDECIDED: &str = "?";

/// The version of the format.
pub(super) const FORMAT_VERSION: u32 = 1;

/// The longest mapping file.
const MAX_BYTES: u64 = 4 << 20;

/// How the columns and codes of an organization's own files become HTCDS.
///
/// It is the user's own text, so that messages about it name lines, columns and codes as they stand in it.
///
/// ```
/// use ctdata_model::htcds::mapping::Mapping;
///
/// let mapping: Mapping = r#"
/// format_version = 1
/// [[column]]
/// name = "Sexe"
/// field = "prs_Gender"
/// codes = { F = "Feminine", M = "Masculine" }
/// "#
/// .parse()?;
/// assert_eq!(mapping.sources("prs_Gender").collect::<Vec<_>>(), ["Sexe"]);
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) file: Arc<str>,
    pub(super) separator: Option<Separator>,
    pub(super) sheet: Option<String>,
    pub(super) header_row: Option<u32>,
    pub(super) columns: Vec<MappedColumn>,
    pub(super) constants: Vec<Constant>,
}

/// A column of the file.
#[derive(Debug, Clone)]
pub(super) struct MappedColumn {
    pub(super) name: Arc<str>,
    /// Which of the columns with this name, from 1.
    pub(super) nth: usize,
    pub(super) line: usize,
    /// Where it goes: nowhere, to one place, or cut into several.
    pub(super) places: Vec<Place>,
    pub(super) cut: Option<Arc<str>>,
    pub(super) missing: Arc<[String]>,
}

/// A place in the records, and how cells become what it takes.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) holds: Holds,
    pub(super) codes: Option<Arc<Codes>>,
    pub(super) when_yes: Option<Arc<str>>,
    pub(super) split: Arc<str>,
    pub(super) dates: Arc<[DateForm]>,
    pub(super) words: Arc<Words>,
}

/// What every row says.
#[derive(Debug, Clone)]
pub(super) struct Constant {
    pub(super) target: Target,
    pub(super) value: Arc<str>,
}

/// Words for yes and no besides the usual ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    yes: BTreeSet<String>,
    no: BTreeSet<String>,
}

impl Words {
    fn new(yes: Option<&Texts>, no: Option<&Texts>) -> Self {
        let words = |usual: &[&str], own: Option<&Texts>| {
            let own = own.into_iter().flat_map(|texts| texts.0.iter().map(String::as_str));
            usual.iter().copied().chain(own).map(key).collect()
        };
        Self { yes: words(&["yes", "y", "true", "1"], yes), no: words(&["no", "n", "false", "0"], no) }
    }

    /// The usual words alone.
    pub(super) fn usual() -> Self {
        Self::new(None, None)
    }

    /// Yes or no, if it is one of the words.
    pub(super) fn read(&self, text: &str) -> Option<bool> {
        let text = key(text);
        if self.yes.contains(&text) { Some(true) } else { self.no.contains(&text).then_some(false) }
    }
}

/// What the codes of a column mean, joined by [`BETWEEN`]; empty for those that say nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    exact: BTreeMap<String, Arc<str>>,
    /// Without regard to case, where that leaves one meaning.
    folded: BTreeMap<String, Option<Arc<str>>>,
}

impl Codes {
    fn add(&mut self, code: &str, meaning: Arc<str>) -> bool {
        let folded = self.folded.entry(key(code)).or_insert_with(|| Some(Arc::clone(&meaning)));
        if folded.as_ref() != Some(&meaning) {
            *folded = None;
        }
        self.exact.insert(spaced(code), meaning).is_none()
    }

    /// What a code means: as it is written, or else without regard to case.
    pub(super) fn meaning(&self, code: &str) -> Option<&Arc<str>> {
        let code = spaced(code);
        self.exact.get(&code).or_else(|| self.folded.get(&key(&code))?.as_ref())
    }
}

/// A text with single spaces between its words and none around them.
pub(super) fn spaced(text: &str) -> String {
    let text = crate::htcds::value::trimmed(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What headers and words are compared by: single spaces, lower case.
pub(super) fn key(text: &str) -> String {
    spaced(text).to_lowercase()
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// A file that cannot be read; otherwise as [`Mapping::parse`].
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let name = path.display().to_string();
        let whole = |message: &str| ModelError::Map { file: name.clone(), line: None, message: message.to_owned() };
        let bytes = std::fs::metadata(path).map_err(|error| TableError::io(path, error))?.len();
        if bytes > MAX_BYTES {
            return Err(whole("too long for a mapping file: 4 MiB are the most"));
        }
        let text = std::fs::read(path).map_err(|error| TableError::io(path, error))?;
        let text = String::from_utf8(text).map_err(|_| whole("not a text in UTF-8"))?;
        Self::parse(text.trim_start_matches('\u{feff}'), &name)
    }

    /// Reads the text of a mapping file; `name` stands for it in messages.
    ///
    /// # Errors
    /// [`ModelError::Map`]: what is wrong, with the line; a name that does not exist comes with the nearest one that
    /// does.
    pub fn parse(text: &str, name: &str) -> Result<Self, ModelError> {
        let lines = Lines { file: name, text };
        let file = lines.parse()?;
        if *file.format_version.get_ref() != FORMAT_VERSION {
            let found = file.format_version.get_ref();
            let message = format!("format_version is {found}; this version reads {FORMAT_VERSION}");
            return Err(lines.error(&file.format_version, message));
        }
        let checker = Checker::new(lines, &file.source)?;
        checker.decided(&file.columns)?;
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let mut columns: Vec<MappedColumn> = Vec::new();
        for table in &file.columns {
            let column = checker.column(table)?;
            let ignored = |column: &MappedColumn| column.places.is_empty();
            let again = columns.iter().find(|other| key(&other.name) == key(&column.name) && other.nth == column.nth);
            if let Some(other) = again.filter(|other| ignored(other) || ignored(&column)) {
                let message =
                    format!("column `{}` is also in line {}, and one of them ignores it", column.name, other.line);
                return Err(lines.error_at(column.line, message));
            }
            let line = table.field.as_ref().map(|field| lines.of(field));
            let line = line.or_else(|| table.fields.as_ref().map(|fields| lines.of(fields))).unwrap_or(column.line);
            for place in &column.places {
                checker.take(&mut taken, place.target, place.holds, line)?;
            }
            columns.push(column);
        }
        let mut constants = Vec::new();
        for table in &file.constants {
            let constant = checker.constant(table)?;
            checker.take(&mut taken, constant.target, Holds::One, lines.of(&table.field))?;
            constants.push(constant);
        }
        Ok(Self {
            file: name.into(),
            separator: checker.separator,
            sheet: file.source.sheet.map(Spanned::into_inner),
            header_row: file.source.header_row.map(Spanned::into_inner),
            columns,
            constants,
        })
    }

    /// The file that it was read from, as the caller named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What separates the cells of delimited text, if the mapping says so.
    pub fn separator(&self) -> Option<Separator> {
        self.separator
    }

    /// The sheet of a workbook, if the mapping says so.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The row that names the columns, from 1, if the mapping says so.
    pub fn header_row(&self) -> Option<u32> {
        self.header_row
    }

    /// The fields that something is mapped to, each once, in the order of the mapping.
    pub fn fields(&self) -> Vec<&'static Field> {
        let mut fields: Vec<&'static Field> = Vec::new();
        for target in self.targets() {
            if let Target::Field { field, .. } = target
                && !fields.contains(&field)
            {
                fields.push(field);
            }
        }
        fields
    }

    /// The columns that are mapped to a field (or to `case_id`, …), by its official name, in the order of the mapping.
    pub fn sources(&self, field: &str) -> impl Iterator<Item = &str> {
        let is_of = move |target: Target| match target {
            Target::Field { field: found, .. } => found.name == field,
            target => name_of(target) == field,
        };
        self.columns
            .iter()
            .filter(move |column| column.places.iter().any(|place| is_of(place.target)))
            .map(|column| &*column.name)
    }

    /// Whether a field has the same value in all rows.
    pub fn is_constant(&self, field: &str) -> bool {
        let is_of = |target| matches!(target, Target::Field { field: found, .. } if found.name == field);
        self.constants.iter().any(|constant| is_of(constant.target))
    }

    /// The columns that are left out on purpose.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|column| column.places.is_empty()).map(|column| &*column.name)
    }

    fn targets(&self) -> impl Iterator<Item = Target> {
        let columns = self.columns.iter().flat_map(|column| column.places.iter().map(|place| place.target));
        columns.chain(self.constants.iter().map(|constant| constant.target))
    }
}

impl FromStr for Mapping {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        Self::parse(text, "the mapping")
    }
}

/// Checks tables with what `[source]` says for all.
struct Checker<'a> {
    lines: Lines<'a>,
    separator: Option<Separator>,
    split: Arc<str>,
    dates: Arc<[DateForm]>,
    missing: Vec<String>,
    words: Arc<Words>,
}

impl<'a> Checker<'a> {
    fn new(lines: Lines<'a>, source: &SourceTable) -> Result<Self, ModelError> {
        let separator = match &source.separator {
            None => None,
            Some(text) => Some(
                separator(text.get_ref())
                    .ok_or_else(|| lines.error(text, "cells are separated by `,`, `;` or `tab`"))?,
            ),
        };
        if let Some(row) = source.header_row.as_ref().filter(|row| *row.get_ref() == 0) {
            return Err(lines.error(row, "rows count from 1"));
        }
        Ok(Self {
            lines,
            separator,
            split: source.split.as_ref().map_or(Ok(";".into()), |text| between(lines, text))?,
            dates: source.date.as_ref().map_or(Ok([].into()), |forms| dates(lines, forms))?,
            missing: source.missing.iter().flat_map(|texts| texts.0.iter().map(|text| key(text))).collect(),
            words: Words::new(source.yes.as_ref(), source.no.as_ref()).into(),
        })
    }

    /// Refuses a mapping in which a draft's question is still open.
    fn decided(&self, columns: &[ColumnTable]) -> Result<(), ModelError> {
        let is_open = |table: &&ColumnTable| {
            let is_open = |text: &String| text.trim() == UNDECIDED;
            table.field.as_ref().is_some_and(|field| is_open(field.get_ref()))
                || table.fields.as_ref().is_some_and(|fields| fields.get_ref().iter().any(is_open))
        };
        let open: Vec<&ColumnTable> = columns.iter().filter(is_open).collect();
        let Some(first) = open.first() else { return Ok(()) };
        let others = match open.len() - 1 {
            0 => String::new(),
            1 => "; one more column is undecided".to_owned(),
            more => format!("; {more} more columns are undecided"),
        };
        let message = format!(
            "column `{}` is undecided: in place of `?` write the field that it goes into, or write `ignore = true` \
             instead of the field{others}",
            first.name.get_ref()
        );
        Err(self.lines.error(&first.name, message))
    }

    fn column(&self, table: &ColumnTable) -> Result<MappedColumn, ModelError> {
        let lines = self.lines;
        let name = table.name.get_ref();
        if spaced(name).is_empty() {
            return Err(lines.error(&table.name, "a column needs the name that it has in the header"));
        }
        let nth = table.nth.as_ref().map_or(1, |nth| *nth.get_ref());
        if let Some(nth) = table.nth.as_ref().filter(|nth| *nth.get_ref() == 0) {
            return Err(lines.error(nth, "`nth` counts from 1: the first column of this name is 1"));
        }
        let ignores = table.ignore.as_ref().is_some_and(|ignore| *ignore.get_ref());
        let names: Vec<(&str, usize)> = match (&table.field, &table.fields) {
            (Some(_), Some(fields)) => {
                return Err(lines.error(fields, "a column has `field`, or `fields` with `cut`, not both"));
            }
            (Some(field), None) => vec![(field.get_ref(), lines.of(field))],
            (None, Some(fields)) => fields.get_ref().iter().map(|field| (field.as_str(), lines.of(fields))).collect(),
            (None, None) => Vec::new(),
        };
        if ignores && (!names.is_empty() || table.when_yes.is_some() || table.codes.is_some()) {
            return Err(lines.error(&table.name, format!("column `{name}` is ignored, and has a field all the same")));
        }
        if !ignores && names.is_empty() {
            let message = format!("column `{name}` goes nowhere: give it a `field`, or `ignore = true`");
            return Err(lines.error(&table.name, message));
        }
        if let Some(fields) = table.fields.as_ref().filter(|fields| fields.get_ref().len() < 2) {
            return Err(lines.error(fields, "`fields` are two or more; for one write `field`"));
        }
        match (&table.fields, &table.cut) {
            (Some(fields), None) => {
                return Err(lines.error(fields, "`fields` need `cut`: the text at which the cell is cut"));
            }
            (None, Some(cut)) => {
                return Err(lines.error(
                    cut,
                    "`cut` needs `fields`: one for each part; to separate the values of one \
                                             field write `split`",
                ));
            }
            (Some(_), Some(_)) if table.codes.is_some() || table.when_yes.is_some() => {
                return Err(lines.error(&table.name, "what is cut into `fields` has no `codes` and no `when_yes`"));
            }
            _ => {}
        }
        let cut = table.cut.as_ref().map(|cut| between(lines, cut)).transpose()?;
        let places =
            names.into_iter().map(|(field, line)| self.place(table, field, line)).collect::<Result<Vec<_>, _>>()?;
        let own = table.missing.iter().flat_map(|texts| texts.0.iter().map(|text| key(text)));
        let missing: Arc<[String]> = self.missing.iter().cloned().chain(own).collect();
        Ok(MappedColumn { name: name.trim().into(), nth, line: lines.of(&table.name), places, cut, missing })
    }

    fn place(&self, table: &ColumnTable, field: &str, line: usize) -> Result<Place, ModelError> {
        let lines = self.lines;
        let target = target_named(field).map_err(|message| lines.error_at(line, message))?;
        let holds = Holds::of(target);
        let name = name_of(target);
        if let Some(split) = table.split.as_ref().filter(|_| holds != Holds::Many && table.fields.is_none()) {
            let message = format!(
                "`{name}` holds one value: there is nothing to split; to fill several fields \
                                   write `fields` and `cut`"
            );
            return Err(lines.error(split, message));
        }
        if let Some(date) = table.date.as_ref().filter(|_| holds != Holds::Date && table.fields.is_none()) {
            return Err(lines.error(date, format!("`{name}` is no date")));
        }
        let when_yes = match &table.when_yes {
            None => None,
            Some(value) if holds != Holds::Many => {
                let message = format!("`{name}` does not hold several values, so that no `when_yes` can add one");
                return Err(lines.error(value, message));
            }
            Some(value) if table.codes.is_some() => {
                return Err(lines.error(value, "a column has `codes` or `when_yes`, not both"));
            }
            Some(value) => Some(self.value(target, holds, value.get_ref(), lines.of(value))?.into()),
        };
        let codes = table.codes.as_ref().map(|codes| self.codes(target, holds, codes)).transpose()?.map(Arc::new);
        Ok(Place {
            target,
            holds,
            codes,
            when_yes,
            split: table.split.as_ref().map_or(Ok(Arc::clone(&self.split)), |text| between(lines, text))?,
            dates: table.date.as_ref().map_or(Ok(Arc::clone(&self.dates)), |forms| dates(lines, forms))?,
            words: Arc::clone(&self.words),
        })
    }

    fn codes(
        &self,
        target: Target,
        holds: Holds,
        table: &Spanned<BTreeMap<String, Spanned<Texts>>>,
    ) -> Result<Codes, ModelError> {
        let lines = self.lines;
        if matches!(holds, Holds::Date | Holds::Id) {
            let message =
                format!("`{}` has no codes: they go with lists, yes and no, roles, numbers and texts", name_of(target));
            return Err(lines.error(table, message));
        }
        let mut codes = Codes::default();
        for (code, meaning) in table.get_ref() {
            let line = lines.of(meaning);
            if spaced(code).is_empty() {
                return Err(lines.error_at(line, "an empty cell has no code: it is missing"));
            }
            let values = &meaning.get_ref().0;
            if values.iter().any(|value| value.trim() == UNDECIDED) {
                let message = format!(
                    "code `{code}` is undecided: in place of `?` write the value that it means, or \
                                       `[]` if it says nothing"
                );
                return Err(lines.error_at(line, message));
            }
            if values.len() > 1 && holds != Holds::Many {
                return Err(lines
                    .error_at(line, format!("`{}` holds one value, and code `{code}` has several", name_of(target))));
            }
            let values: Vec<String> =
                values.iter().map(|value| self.value(target, holds, value, line)).collect::<Result<_, _>>()?;
            if !codes.add(code, values.join(BETWEEN).into()) {
                return Err(lines.error_at(line, format!("code `{code}` is there twice")));
            }
        }
        Ok(codes)
    }

    /// A value as the records name it.
    fn value(&self, target: Target, holds: Holds, value: &str, line: usize) -> Result<String, ModelError> {
        if holds == Holds::Flag
            && let Some(flag) = self.words.read(value)
        {
            return Ok(if flag { "yes" } else { "no" }.to_owned());
        }
        let value = value.trim();
        if let Some(name) = accepted(target, value).filter(|_| !value.is_empty()) {
            return Ok(name);
        }
        let place = name_of(target);
        let message = match (holds, target) {
            _ if value.is_empty() => "a value is empty; for a code that says nothing write `[]`".to_owned(),
            (Holds::Flag, _) => format!("`{place}` is yes or no, not `{value}`"),
            (Holds::Number, _) => format!("`{place}` is a number, not `{value}`"),
            (Holds::Date, _) => format!("`{place}` is a date such as 2019-03-05, 2019-03 or 2019, not `{value}`"),
            (Holds::Role, _) => {
                format!("`{value}` is no role: one of victim, perpetrator, case-worker, organization, other")
            }
            (_, Target::Field { field, .. }) => {
                let names = field.list().into_iter().flat_map(|list| list.values.iter().map(|value| value.name));
                let hint = match ctdata_table::nearest(value, names) {
                    Some(nearest) => format!("; did you mean `{nearest}`?"),
                    None => String::new(),
                };
                format!("`{value}` is no value of `{place}`{hint}")
            }
            _ => format!("`{value}` cannot go into `{place}`"),
        };
        Err(self.lines.error_at(line, message))
    }

    fn constant(&self, table: &ConstantTable) -> Result<Constant, ModelError> {
        let lines = self.lines;
        let target = target_named(table.field.get_ref()).map_err(|message| lines.error(&table.field, message))?;
        let holds = Holds::of(target);
        let values = &table.value.get_ref().0;
        let line = lines.of(&table.value);
        match values.as_slice() {
            [] => return Err(lines.error_at(line, "a constant has a value")),
            [_, _, ..] if holds != Holds::Many => {
                return Err(lines.error_at(line, format!("`{}` holds one value", name_of(target))));
            }
            _ => {}
        }
        if matches!(target, Target::CaseId | Target::PersonId) {
            return Err(lines.error(&table.field, "all rows would be about the same one; identifiers are columns"));
        }
        let values: Vec<String> =
            values.iter().map(|value| self.value(target, holds, value, line)).collect::<Result<_, _>>()?;
        Ok(Constant { target, value: values.join(BETWEEN).into() })
    }

    /// Takes a place for a column: those that hold one thing are filled from one.
    fn take(
        &self,
        taken: &mut BTreeMap<String, usize>,
        target: Target,
        holds: Holds,
        line: usize,
    ) -> Result<(), ModelError> {
        let name = name_of(target);
        match taken.get(&name) {
            Some(other) if holds != Holds::Many => {
                let message = format!("`{name}` is filled already, in line {other}, and takes one value");
                Err(self.lines.error_at(line, message))
            }
            _ => {
                taken.insert(name, line);
                Ok(())
            }
        }
    }
}

/// A text that separates: white space counts, but it is not empty.
fn between(lines: Lines<'_>, text: &Spanned<String>) -> Result<Arc<str>, ModelError> {
    if text.get_ref().is_empty() {
        return Err(lines.error(text, "values are separated by a text that is not empty"));
    }
    Ok(text.get_ref().as_str().into())
}

fn dates(lines: Lines<'_>, forms: &Spanned<Texts>) -> Result<Arc<[DateForm]>, ModelError> {
    if forms.get_ref().0.iter().any(|form| form.trim() == UNDECIDED) {
        return Err(lines.error(forms, "the form of dates is undecided: in place of `?` write one such as `%d/%m/%Y`"));
    }
    let forms_read = forms.get_ref().0.iter().map(|form| DateForm::new(form));
    forms_read.collect::<Result<_, _>>().map_err(|message| lines.error(forms, message))
}

fn separator(text: &str) -> Option<Separator> {
    Some(match text {
        "," => Separator::Comma,
        ";" => Separator::Semicolon,
        "\t" | "tab" => Separator::Tab,
        _ => return None,
    })
}
