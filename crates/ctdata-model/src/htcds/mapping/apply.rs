//! A mapping applied to a sheet: its header once, then row by row into the record builder.

use std::fmt::Write as _;
use std::sync::Arc;

use ctdata_table::Location;

use super::Mapping;
use super::cells::{Cells, Meant};
use super::holds::{BETWEEN, name_of};
use super::map::{MappedColumn, key};
use super::unmapped::Missed;
use crate::ModelError;
#[cfg(feature = "xlsx")]
use crate::htcds::Field;
use crate::htcds::read::{CellInput, ColumnPlan, RecordBuilder, SheetPlan, Target};
use crate::htcds::value::{Input, trimmed};
use crate::htcds::{HtcdsOutcome, ReadOptions};

const OTHER_PARTS: &str = "cut as the mapping says, the cell has not as many parts as there are fields";

/// How many places a message lists.
const SHOWN: usize = 5;

/// Takes the rows of a sheet through a mapping.
pub(crate) struct MappedRows {
    builder: RecordBuilder,
    steps: Vec<Step>,
    file: Arc<str>,
    keep_values: bool,
}

/// How a column of the plan is filled.
struct Step {
    from: From,
    /// The column, as messages call it, and the field.
    column: Arc<str>,
    field: Arc<str>,
    missed: Missed,
}

enum From {
    /// A column of the file, or a part of it.
    Column { position: usize, part: Option<Part>, cells: Box<Cells> },
    /// A column without a name: the builder wants it empty, or the number of the row.
    Unnamed { position: usize },
    /// What every row says.
    Constant(Arc<str>),
}

#[derive(Clone)]
struct Part {
    cut: Arc<str>,
    nth: usize,
    of: usize,
}

impl MappedRows {
    /// Prepares to read a sheet with this header.
    ///
    /// # Errors
    /// [`ModelError::WrongHeader`]: a column of the mapping is not there, or one is there that the mapping does not
    /// mention.
    pub(crate) fn new(
        mapping: &Mapping,
        header: &[String],
        format: &'static str,
        file: Arc<str>,
        sheet: Option<Arc<str>>,
        options: ReadOptions,
    ) -> Result<Self, ModelError> {
        let found = locate(mapping, header, &file)?;
        let (mut plan, mut steps) = (SheetPlan::default(), Vec::new());
        let mut add = |column: Arc<str>, target: Target, from: From| {
            plan.columns.push(ColumnPlan {
                name: Arc::clone(&column),
                target,
                separator: BETWEEN.into(),
                date_format: None,
            });
            steps.push(Step { from, column, field: name_of(target).into(), missed: Missed::default() });
        };
        let is_unnamed = |position: &usize| header.get(*position).is_some_and(|name| key(name).is_empty());
        // The first column may number the rows.
        if is_unnamed(&0) {
            add(nameless(0), Target::Nameless, From::Unnamed { position: 0 });
        }
        for (column, position) in mapping.columns.iter().zip(found) {
            for (nth, place) in column.places.iter().enumerate() {
                let of = column.places.len();
                let part = column.cut.as_ref().map(|cut| Part { cut: Arc::clone(cut), nth, of });
                let cells = Box::new(Cells::new(place.clone(), Arc::clone(&column.missing)));
                add(Arc::clone(&column.name), place.target, From::Column { position, part, cells });
            }
        }
        for position in (1..header.len()).filter(is_unnamed) {
            add(nameless(position), Target::Nameless, From::Unnamed { position });
        }
        for constant in &mapping.constants {
            add("constant".into(), constant.target, From::Constant(Arc::clone(&constant.value)));
        }
        let keep_values = options.keep_values;
        let builder = RecordBuilder::new(plan, format, Arc::clone(&file), sheet, options);
        Ok(Self { builder, steps, file, keep_values })
    }

    /// The fields that columns of the file are mapped to, with the positions of the columns.
    #[cfg(feature = "xlsx")]
    pub(super) fn fields(&self) -> impl Iterator<Item = (usize, &'static Field)> {
        self.steps.iter().zip(&self.builder.plan().columns).filter_map(|(step, column)| match step.from {
            From::Column { position, .. } => Some((position, column.target.field()?)),
            From::Unnamed { .. } | From::Constant(_) => None,
        })
    }

    /// Takes a row: its cells in the order of the header, `None` for an empty one. `place` is the place of the row.
    pub(crate) fn row<'c>(
        &mut self,
        place: &Location,
        cells: impl IntoIterator<Item = Option<CellInput<'c>>>,
    ) -> Result<(), ModelError> {
        let cells: Vec<Option<CellInput<'c>>> = cells.into_iter().collect();
        let row = place.row.unwrap_or(0);
        // What every row says is no row by itself.
        let mut says_something = false;
        let mut meant = Vec::with_capacity(self.steps.len());
        for step in &mut self.steps {
            let found = match &mut step.from {
                From::Constant(value) => Meant::Text(Arc::clone(value)),
                From::Unnamed { position } => match cells.get(*position) {
                    Some(Some(cell)) if !is_blank(cell) => {
                        says_something |= *position > 0;
                        Meant::Same(*cell)
                    }
                    _ => Meant::Nothing,
                },
                From::Column { position, part, cells: reader } => match cells.get(*position).copied().flatten() {
                    None => Meant::Nothing,
                    Some(cell) if is_blank(&cell) => Meant::Nothing,
                    Some(cell) => {
                        let found = match part {
                            None => reader.meant(cell),
                            Some(part) => part.of(cell, reader),
                        };
                        says_something |= !matches!(found, Meant::Nothing);
                        found
                    }
                },
            };
            if let Meant::Missed(codes) = &found {
                step.missed.add(codes.iter().map(String::as_str), row);
            }
            meant.push(found);
        }
        if !says_something {
            return Ok(());
        }
        self.builder.row(
            place,
            meant.iter().map(|meant| match meant {
                Meant::Nothing | Meant::Missed(_) => None,
                Meant::Same(cell) => Some(*cell),
                Meant::Text(text) => Some(CellInput::Input(Input::Text(text))),
                Meant::Flag(flag) => Some(CellInput::Input(Input::Flag(*flag))),
                Meant::Bad(message) => Some(CellInput::Bad(message)),
            }),
        )
    }

    /// Takes a row that cannot be used at all.
    pub(crate) fn bad_row(
        &mut self,
        place: &Location,
        rule: &'static str,
        message: &'static str,
    ) -> Result<(), ModelError> {
        self.builder.bad_row(place, rule, message)
    }

    /// The records.
    ///
    /// # Errors
    /// [`ModelError::UnmappedCodes`]: cells had codes that the mapping misses. Nothing is dropped silently.
    pub(crate) fn finish(self) -> Result<HtcdsOutcome, ModelError> {
        let keep_values = self.keep_values;
        let columns: Vec<_> = self
            .steps
            .into_iter()
            .filter_map(|step| step.missed.report(step.column, step.field, keep_values))
            .collect();
        if columns.is_empty() {
            Ok(self.builder.finish())
        } else {
            Err(ModelError::UnmappedCodes { file: self.file.to_string(), columns })
        }
    }
}

impl Part {
    /// The part of a cell.
    fn of<'c>(&self, cell: CellInput<'c>, reader: &mut Cells) -> Meant<'c> {
        let input = match cell {
            CellInput::Input(input) => input,
            // Once is enough.
            CellInput::Bad(_) if self.nth > 0 => return Meant::Nothing,
            bad @ CellInput::Bad(_) => return Meant::Same(bad),
        };
        if matches!(input, Input::Text(text) if reader.is_missing(trimmed(text))) {
            return Meant::Nothing;
        }
        let part = match input {
            Input::Text(text) => {
                let mut parts = text.split(&*self.cut);
                let part = parts.clone().nth(self.nth);
                if parts.by_ref().count() == self.of { part.map(trimmed) } else { None }
            }
            _ => None,
        };
        match part {
            Some(part) => reader.meant(CellInput::Input(Input::Text(part))),
            None if self.nth == 0 => Meant::Bad(OTHER_PARTS),
            None => Meant::Nothing,
        }
    }
}

/// What messages call a column without a name.
fn nameless(position: usize) -> Arc<str> {
    format!("number {}", column_number(position)).into()
}

fn is_blank(cell: &CellInput<'_>) -> bool {
    matches!(cell, CellInput::Input(Input::Text(text)) if trimmed(text).is_empty())
}

/// Where the columns of the mapping are in the header.
fn locate(mapping: &Mapping, header: &[String], file: &Arc<str>) -> Result<Vec<usize>, ModelError> {
    let names: Vec<String> = header.iter().map(|name| key(name)).collect();
    let position = |column: &MappedColumn| {
        let wanted = key(&column.name);
        names.iter().enumerate().filter(|(_, name)| **name == wanted).nth(column.nth - 1).map(|(at, _)| at)
    };
    let found: Vec<Option<usize>> = mapping.columns.iter().map(position).collect();
    let left: Vec<usize> = (0..names.len())
        .filter(|at| !names.get(*at).is_some_and(String::is_empty) && !found.contains(&Some(*at)))
        .collect();
    let lacking: Vec<&MappedColumn> =
        mapping.columns.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(column, _)| column).collect();
    if left.is_empty() && lacking.is_empty() {
        return Ok(found.into_iter().flatten().collect());
    }
    let mut parts = Vec::new();
    if !lacking.is_empty() {
        let lacks = lacking.iter().map(|column| {
            let mut text = format!("`{}` (line {} of the mapping", column.name, column.line);
            if column.nth > 1 {
                let _ = write!(text, ", number {} of this name", column.nth);
            }
            // The header may be a record: a name that is similar is shown by its position.
            let others = left.iter().filter_map(|at| names.get(*at)).map(String::as_str);
            let similar = ctdata_table::nearest(&key(&column.name), others)
                .and_then(|similar| left.iter().find(|at| names.get(**at).is_some_and(|name| name == similar)));
            if let Some(similar) = similar {
                let _ = write!(text, "; that of column {} is similar", column_number(*similar));
            }
            text.push(')');
            text
        });
        let lacks: Vec<String> = lacks.collect();
        parts.push(format!("it lacks {}", list(&lacks)));
    }
    if !left.is_empty() {
        let columns = left.iter().map(|at| {
            let name = names.get(*at).map_or("", String::as_str);
            // The same name again is the user's own word, by the mapping.
            match mapping.columns.iter().find(|column| key(&column.name) == name) {
                Some(column) => format!("{} (`{}` again: tell them apart by `nth`)", column_number(*at), column.name),
                None => column_number(*at),
            }
        });
        parts.push(format!(
            "the mapping does not mention column{} {}: map them, or write `ignore = true`",
            if left.len() == 1 { "" } else { "s" },
            list(&columns.collect::<Vec<_>>())
        ));
    }
    Err(ModelError::WrongHeader { file: file.to_string(), layout: "the mapping", difference: parts.join("; ") })
}

/// A column by its number and its letters in a spreadsheet.
pub(super) fn column_number(position: usize) -> String {
    let mut letters = Vec::new();
    let mut left = position + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ".get(left % 26).copied().unwrap_or(b'?')));
        left /= 26;
    }
    format!("{} ({})", position + 1, letters.iter().rev().collect::<String>())
}

fn list(items: &[String]) -> String {
    let more = items.len().saturating_sub(SHOWN);
    let mut text = items.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}
