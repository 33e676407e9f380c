//! Tables of coded columns.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::ids::check_length;
use crate::{Attribute, Column, Ids, Missing, Schema, TableError, Weights};

/// The largest number of rows of a table in memory.
pub const MAX_ROWS: u64 = u32::MAX as u64;

/// What one cell holds: the code of a value, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cell {
    /// A value, by its code in the attribute's domain.
    Value(u16),
    /// No value.
    Missing(Missing),
}

/// Categorical microdata: a schema and one column of codes per attribute.
///
/// Columns are shared, so that a table made from another costs only what differs.
///
/// ```
/// use ctdata_table::{Attribute, Cell, Domain, Missing, MissingKinds, Origin, Schema, TableBuilder};
/// let gender = Domain::nominal(["female", "male"], Origin::Public)?;
/// let schema = Schema::try_new(vec![
///     Attribute::new("gender", gender, MissingKinds::NOT_RECORDED),
///     Attribute::flag("forced_labour"),
/// ])?;
/// let mut builder = TableBuilder::new(schema);
/// builder.push_row(&[Cell::Value(0), Cell::Value(1)])?;
/// builder.push_row(&[Cell::Value(1), Cell::Missing(Missing::NotRecorded)])?;
/// let table = builder.finish()?;
/// assert_eq!(table.rows(), 2);
/// assert_eq!(table.cell(1, 1), Some(Cell::Missing(Missing::NotRecorded)));
/// assert_eq!(table.text(0, 0).as_deref(), Some("female"));
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Table {
    schema: Arc<Schema>,
    columns: Vec<Column>,
    rows: usize,
    ids: Option<Ids>,
    weights: Option<Weights>,
}

impl Table {
    /// A table of columns whose codes are checked against the schema.
    ///
    /// # Errors
    /// Another number of columns than attributes, columns of different lengths, a code outside a
    /// domain and its kinds of missing, or more than [`MAX_ROWS`] rows.
    pub fn try_new(schema: impl Into<Arc<Schema>>, columns: Vec<Column>) -> Result<Self, TableError> {
        let schema = schema.into();
        check_length("the list of columns", schema.len(), columns.len())?;
        let rows = columns.first().map_or(0, Column::len);
        if rows as u64 > MAX_ROWS {
            return Err(TableError::TooManyRows { limit: MAX_ROWS });
        }
        for (attribute, column) in schema.attributes().iter().zip(&columns) {
            check_column(attribute, column, rows)?;
        }
        Ok(Self { schema, columns, rows, ids: None, weights: None })
    }

    /// The same table with an identifier per row.
    ///
    /// # Errors
    /// Another number of ids than rows.
    pub fn with_ids(mut self, ids: Ids) -> Result<Self, TableError> {
        check_length("the list of ids", self.rows, ids.len())?;
        self.ids = Some(ids);
        Ok(self)
    }

    /// The same table without identifiers.
    #[must_use]
    pub fn without_ids(mut self) -> Self {
        self.ids = None;
        self
    }

    /// The same table with a weight per row.
    ///
    /// # Errors
    /// Another number of weights than rows.
    pub fn with_weights(mut self, weights: Weights) -> Result<Self, TableError> {
        check_length("the list of weights", self.rows, weights.values().len())?;
        self.weights = Some(weights);
        Ok(self)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The attributes and groups.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The schema, shared.
    pub fn shared_schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// The columns in the order of the attributes.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column at a position.
    pub fn column(&self, position: usize) -> Option<&Column> {
        self.columns.get(position)
    }

    /// The attribute and column of a name.
    ///
    /// # Errors
    /// [`TableError::UnknownAttribute`] with the most similar name.
    pub fn named(&self, name: &str) -> Result<(&Attribute, &Column), TableError> {
        let position = self.schema.position(name)?;
        self.schema
            .get(position)
            .zip(self.columns.get(position))
            .ok_or_else(|| TableError::UnknownAttribute { name: name.to_owned(), nearest: None })
    }

    /// Identifiers, where the table has them.
    pub fn ids(&self) -> Option<&Ids> {
        self.ids.as_ref()
    }

    /// Weights, where the table has them.
    pub fn weights(&self) -> Option<&Weights> {
        self.weights.as_ref()
    }

    /// One cell; `None` outside the table.
    pub fn cell(&self, row: usize, position: usize) -> Option<Cell> {
        self.schema.get(position)?.cell(self.columns.get(position)?.get(row)?)
    }

    /// The text of one cell; `None` where it is missing or outside the table.
    pub fn text(&self, row: usize, position: usize) -> Option<Cow<'_, str>> {
        match self.cell(row, position)? {
            Cell::Value(code) => self.schema.get(position)?.domain().label(code),
            Cell::Missing(_) => None,
        }
    }

    /// The table of some columns, shared, in the order of `positions`.
    ///
    /// # Errors
    /// A position past the end or given twice.
    pub fn select(&self, positions: &[usize]) -> Result<Self, TableError> {
        let schema = self.schema.select(positions)?;
        let columns = positions.iter().filter_map(|&position| self.columns.get(position).cloned()).collect();
        Ok(Self { schema: Arc::new(schema), columns, ..self.clone() })
    }

    /// The table of the named columns, shared, in that order.
    ///
    /// # Errors
    /// A name that the schema does not have, or one given twice.
    pub fn select_named<S: AsRef<str>>(&self, names: &[S]) -> Result<Self, TableError> {
        let positions = names.iter().map(|name| self.schema.position(name.as_ref())).collect::<Result<Vec<_>, _>>()?;
        self.select(&positions)
    }

    /// The table with one more column at the end; the others are shared.
    ///
    /// # Errors
    /// A name that exists, another number of rows, or a code outside the domain.
    pub fn with_column(&self, attribute: Attribute, column: Column) -> Result<Self, TableError> {
        let mut attributes = self.schema.attributes().to_vec();
        check_column(&attribute, &column, if self.columns.is_empty() { column.len() } else { self.rows })?;
        attributes.push(attribute);
        let mut schema = Schema::try_new(attributes)?;
        schema = self.regroup(schema)?;
        let mut columns = self.columns.clone();
        let rows = column.len();
        columns.push(column);
        Ok(Self { schema: Arc::new(schema), columns, rows, ..self.clone() })
    }

    /// The table with another column (and attribute) at a position; the others are shared.
    ///
    /// # Errors
    /// A position past the end, a name that exists elsewhere, another number of rows, or a code
    /// outside the domain.
    pub fn with_replaced(&self, position: usize, attribute: Attribute, column: Column) -> Result<Self, TableError> {
        check_column(&attribute, &column, self.rows)?;
        let mut attributes = self.schema.attributes().to_vec();
        let mut columns = self.columns.clone();
        let (Some(old), Some(slot)) = (attributes.get_mut(position), columns.get_mut(position)) else {
            return Err(TableError::UnknownAttribute { name: format!("number {}", position + 1), nearest: None });
        };
        *old = attribute;
        *slot = column;
        let schema = self.regroup(Schema::try_new(attributes)?)?;
        Ok(Self { schema: Arc::new(schema), columns, ..self.clone() })
    }

    /// The groups of this table, put on a schema that has the same attributes in the same places.
    fn regroup(&self, mut schema: Schema) -> Result<Schema, TableError> {
        for group in self.schema.groups() {
            let names: Vec<Arc<str>> =
                group.members().iter().filter_map(|&member| schema.get(member).map(Attribute::shared_name)).collect();
            let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            schema = schema.with_group(group.name(), &names)?;
        }
        Ok(schema)
    }

    /// The rows at these positions, in that order, with their ids and weights.
    ///
    /// # Errors
    /// A position past the end.
    pub fn take(&self, rows: &[u32]) -> Result<Self, TableError> {
        if let Some(&row) = rows.iter().find(|&&row| row as usize >= self.rows) {
            return Err(TableError::Length {
                what: format!("row {}", u64::from(row) + 1),
                expected: self.rows,
                found: 0,
            });
        }
        Ok(Self {
            schema: Arc::clone(&self.schema),
            columns: self.columns.iter().map(|column| column.take(rows)).collect(),
            rows: rows.len(),
            ids: self.ids.as_ref().map(|ids| ids.take(rows)),
            weights: self.weights.as_ref().map(|weights| weights.take(rows)),
        })
    }

    /// Bytes that the coded columns take.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(Column::bytes).sum()
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("rows", &self.rows)
            .field("attributes", &self.schema.attributes())
            .field("ids", &self.ids)
            .field("weights", &self.weights.is_some())
            .finish_non_exhaustive()
    }
}

fn check_column(attribute: &Attribute, column: &Column, rows: usize) -> Result<(), TableError> {
    if column.len() != rows {
        return Err(TableError::Length {
            what: format!("column `{}`", attribute.name()),
            expected: rows,
            found: column.len(),
        });
    }
    if column.max_code().is_some_and(|code| usize::from(code) >= attribute.code_count()) {
        let row = column.iter().position(|code| usize::from(code) >= attribute.code_count()).unwrap_or(0);
        return Err(TableError::CodeOutOfRange { attribute: attribute.name().to_owned(), row: row + 1 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Domain, MissingKinds, Origin};

    fn table() -> Table {
        let size = Domain::ordered(["small", "big"], Origin::Public).unwrap();
        let schema = Schema::try_new(vec![
            Attribute::new("size", size, MissingKinds::NONE),
            Attribute::flag("a"),
            Attribute::flag("b"),
        ])
        .unwrap()
        .with_group("letters", &["a", "b"])
        .unwrap();
        let columns =
            vec![Column::from_u8(vec![0, 1, 1]), Column::from_u8(vec![1, 2, 0]), Column::from_u16(vec![2, 2, 1])];
        Table::try_new(schema, columns).unwrap()
    }

    #[test]
    fn codes_outside_the_domain_are_refused_by_place() {
        let schema = Schema::try_new(vec![Attribute::flag("a")]).unwrap();
        let error = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 3])]).unwrap_err();
        assert_eq!(error.to_string(), "attribute `a`, row 3: a code outside the domain");
    }

    #[test]
    fn a_selection_shares_its_columns() {
        let whole = table();
        let part = whole.select_named(&["b", "size"]).unwrap();
        assert!(part.column(1).unwrap().is_shared_with(whole.column(0).unwrap()));
        assert_eq!(part.schema().group("letters").unwrap().members(), [0]);
        assert_eq!(part.rows(), 3);
    }

    #[test]
    fn added_and_replaced_columns_keep_the_groups() {
        let more = table().with_column(Attribute::flag("c"), Column::from_u8(vec![0, 0, 0])).unwrap();
        assert_eq!(more.schema().group("letters").unwrap().members(), [1, 2]);
        let other = more.with_replaced(1, Attribute::flag("z"), Column::from_u8(vec![1, 1, 1])).unwrap();
        assert_eq!(other.schema().position("z").unwrap(), 1);
        assert!(more.with_replaced(1, Attribute::flag("b"), Column::from_u8(vec![1, 1, 1])).is_err());
        assert!(more.with_column(Attribute::flag("d"), Column::from_u8(vec![0])).is_err());
    }

    #[test]
    fn taken_rows_bring_ids_and_weights() {
        let ids: Ids = ["x", "y", "z"].into_iter().collect();
        let table = table().with_ids(ids).unwrap().with_weights(Weights::new(vec![1, 2, 3])).unwrap();
        let taken = table.take(&[2, 0]).unwrap();
        assert_eq!(taken.ids().unwrap().get(0), Some("z"));
        assert_eq!(taken.weights().unwrap().values(), [3, 1]);
        assert_eq!(taken.cell(0, 2), Some(Cell::Value(1)));
        assert!(table.take(&[3]).is_err());
    }
}
