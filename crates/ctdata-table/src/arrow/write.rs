//! Tables to record batches.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::{ArrowDictionaryKeyType, UInt8Type, UInt16Type};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int64Array, LargeStringArray,
    PrimitiveArray, RecordBatch, RecordBatchOptions, StringArray, UInt8Array, UInt32Array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Schema as ArrowSchema, SchemaRef};
use bytes::Bytes;

use super::note::{GROUPS, IDS, LAYOUT, MISSING_OF, Note, ROLE, WEIGHTS, json};
use super::refused;
use crate::{Attribute, CodeSlice, Column, Domain, DomainKind, Ids, Missing, Table, TableError, Weights};

/// What is written beside the attributes. By default nothing: only a working copy may have more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArrowOptions {
    /// The name of a first column with the identifiers, where the table has them.
    pub id_column: Option<String>,
    /// The name of a last column with the weights, where the table has them.
    pub weight_column: Option<String>,
    /// The name of the layout that the columns follow, as metadata of the schema: see [`layout`](super::layout).
    pub layout: Option<String>,
}

/// The whole table as one batch.
///
/// # Errors
/// [`TableError::Duplicate`] if the column of ids or weights is named like an attribute, [`TableError::Arrow`] if the
/// labels of a domain take more than 2 GiB.
pub fn to_record_batch(table: &Table, options: &ArrowOptions) -> Result<RecordBatch, TableError> {
    Batches::new(table, options)?.batch(0..table.rows())
}

/// A table ready to be cut into batches of one schema.
pub(crate) struct Batches<'a> {
    schema: SchemaRef,
    parts: Vec<Part<'a>>,
}

enum Part<'a> {
    Ids(&'a Ids),
    Weights(&'a Weights),
    Values { attribute: &'a Attribute, column: &'a Column, labels: Option<ArrayRef> },
    Kinds { attribute: &'a Attribute, column: &'a Column, labels: ArrayRef },
}

impl<'a> Batches<'a> {
    pub(crate) fn new(table: &'a Table, options: &ArrowOptions) -> Result<Self, TableError> {
        let attributes = table.schema().attributes();
        let mut taken: HashSet<String> = attributes.iter().map(|attribute| attribute.name().to_owned()).collect();
        let mut claim = |name: &str| {
            let is_new = taken.insert(name.to_owned());
            if is_new { Ok(()) } else { Err(TableError::Duplicate { what: "column", name: name.to_owned() }) }
        };
        let ids = options.id_column.as_ref().zip(table.ids());
        let weights = options.weight_column.as_ref().zip(table.weights());
        let mut fields = Vec::new();
        let mut parts = Vec::new();
        if let Some((name, ids)) = ids {
            claim(name)?;
            fields.push(role(name, DataType::LargeUtf8, IDS));
            parts.push(Part::Ids(ids));
        }
        if let Some((name, _)) = weights {
            claim(name)?;
        }
        for (attribute, column) in attributes.iter().zip(table.columns()) {
            let used = kinds_in(attribute, column);
            let null = used.first().copied().or_else(|| attribute.missing().iter().next());
            let labels = if is_text(attribute.domain()) { Some(label_array(attribute)?) } else { None };
            fields.push(
                Field::new(attribute.name(), data_type(attribute.domain(), column), true)
                    .with_metadata(Note::new(attribute, null).metadata()?),
            );
            parts.push(Part::Values { attribute, column, labels });
            if used.len() > 1 {
                let mut name = format!("{}.missing", attribute.name());
                while claim(&name).is_err() {
                    name.push('_');
                }
                let metadata = HashMap::from([(MISSING_OF.to_owned(), attribute.name().to_owned())]);
                fields.push(Field::new(name, dictionary(DataType::UInt8), true).with_metadata(metadata));
                let labels = Arc::new(StringArray::from_iter_values(attribute.missing().iter().map(Missing::code)));
                parts.push(Part::Kinds { attribute, column, labels });
            }
        }
        if let Some((name, weights)) = weights {
            fields.push(role(name, DataType::UInt32, WEIGHTS));
            parts.push(Part::Weights(weights));
        }
        Ok(Self { schema: Arc::new(ArrowSchema::new_with_metadata(fields, metadata(table, options)?)), parts })
    }

    #[cfg(feature = "parquet")]
    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Some of the rows.
    pub(crate) fn batch(&self, rows: Range<usize>) -> Result<RecordBatch, TableError> {
        let arrays = self.parts.iter().map(|part| part.array(rows.clone())).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)?)
    }
}

impl Part<'_> {
    fn array(&self, rows: Range<usize>) -> Result<ArrayRef, TableError> {
        Ok(match self {
            Self::Ids(ids) => {
                Arc::new(LargeStringArray::from_iter_values(rows.map(|row| ids.get(row).unwrap_or_default())))
            }
            Self::Weights(weights) => {
                let values = weights.values().get(rows).unwrap_or_default();
                Arc::new(UInt32Array::from_iter_values(values.iter().copied()))
            }
            Self::Values { attribute, column, labels: Some(labels) } => {
                return keyed(column, rows, attribute.domain().len(), labels);
            }
            Self::Values { attribute, column, labels: None } => {
                let codes = rows.map(|row| column.get(row).filter(|&code| attribute.is_value(code)));
                return Ok(values(attribute.domain(), column, codes));
            }
            Self::Kinds { attribute, column, labels } => {
                let first = attribute.domain().len();
                let kind = |code: u16| usize::from(code).checked_sub(first).and_then(|kind| u8::try_from(kind).ok());
                let keys: UInt8Array = rows.map(|row| column.get(row).and_then(kind)).collect();
                Arc::new(DictionaryArray::<UInt8Type>::try_new(keys, Arc::clone(labels))?)
            }
        })
    }
}

/// The codes of a column as the owner of an Arrow buffer.
struct Shared(Column);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        match self.0.codes() {
            CodeSlice::U8(codes) => codes,
            CodeSlice::U16(codes) => bytemuck::cast_slice(codes),
        }
    }
}

/// A column whose codes are the keys of a dictionary. They are shared, not copied; only which of them are no value, if
/// any, is worked out.
fn keyed(column: &Column, rows: Range<usize>, values: usize, labels: &ArrayRef) -> Result<ArrayRef, TableError> {
    fn array<K: ArrowDictionaryKeyType>(
        column: &Column,
        rows: Range<usize>,
        nulls: NullBuffer,
        labels: &ArrayRef,
    ) -> Result<ArrayRef, TableError> {
        let buffer = Buffer::from(Bytes::from_owner(Shared(column.clone())));
        let keys = ScalarBuffer::<K::Native>::new(buffer, rows.start, rows.len());
        let keys = PrimitiveArray::<K>::try_new(keys, Some(nulls).filter(|nulls| nulls.null_count() > 0))?;
        Ok(Arc::new(DictionaryArray::try_new(keys, Arc::clone(labels))?))
    }
    let rows = rows.start.min(column.len())..rows.end.min(column.len());
    let is_value = |at: usize| column.get(rows.start + at).is_some_and(|code| usize::from(code) < values);
    let nulls = NullBuffer::new(BooleanBuffer::collect_bool(rows.len(), is_value));
    match column.codes() {
        CodeSlice::U8(_) => array::<UInt8Type>(column, rows, nulls, labels),
        CodeSlice::U16(_) => array::<UInt16Type>(column, rows, nulls, labels),
    }
}

fn values(domain: &Domain, column: &Column, codes: impl Iterator<Item = Option<u16>>) -> ArrayRef {
    // One look per code, not per row.
    let all = (0..=u16::MAX).take(domain.len());
    let at = |code: Option<u16>| code.map(usize::from);
    match data_type(domain, column) {
        DataType::Boolean => Arc::new(codes.map(|code| code.map(|code| code == 1)).collect::<BooleanArray>()),
        DataType::Date32 => {
            let days: Vec<i32> = all.filter_map(|code| domain.date(code)).map(|date| date.to_epoch_days()).collect();
            Arc::new(codes.map(|code| at(code).and_then(|at| days.get(at).copied())).collect::<Date32Array>())
        }
        other => {
            let numbers: Vec<i64> = all.filter_map(|code| domain.number(code)).collect();
            let numbers = codes.map(|code| at(code).and_then(|at| numbers.get(at).copied()));
            if other == DataType::Int64 {
                Arc::new(numbers.collect::<Int64Array>())
            } else {
                Arc::new(
                    numbers.map(|number| number.map(i128::from)).collect::<Decimal128Array>().with_data_type(other),
                )
            }
        }
    }
}

fn is_text(domain: &Domain) -> bool {
    match domain.kind() {
        DomainKind::Nominal => *domain != Domain::flag(),
        DomainKind::Ordered => true,
        DomainKind::Numeric | DomainKind::Date => false,
    }
}

fn dictionary(key: DataType) -> DataType {
    DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8))
}

fn data_type(domain: &Domain, column: &Column) -> DataType {
    if is_text(domain) {
        return dictionary(match column.codes() {
            CodeSlice::U8(_) => DataType::UInt8,
            CodeSlice::U16(_) => DataType::UInt16,
        });
    }
    match domain.kind() {
        DomainKind::Nominal | DomainKind::Ordered => DataType::Boolean,
        DomainKind::Date => DataType::Date32,
        DomainKind::Numeric => match domain.scale().and_then(|scale| i8::try_from(scale).ok()) {
            None | Some(0) => DataType::Int64,
            Some(scale) => DataType::Decimal128(19, scale),
        },
    }
}

fn label_array(attribute: &Attribute) -> Result<ArrayRef, TableError> {
    let bytes: usize = attribute.domain().labels().map(|label| label.len()).sum();
    if i32::try_from(bytes).is_err() {
        return Err(refused(attribute.name(), "labels of more than 2 GiB"));
    }
    Ok(Arc::new(StringArray::from_iter_values(attribute.domain().labels())))
}

/// The kinds of missing that the cells have, in the order of their codes.
fn kinds_in(attribute: &Attribute, column: &Column) -> Vec<Missing> {
    let mut seen = [false; Missing::ALL.len()];
    for code in column.iter() {
        if let Some(seen) = usize::from(code).checked_sub(attribute.domain().len()).and_then(|at| seen.get_mut(at)) {
            *seen = true;
        }
    }
    attribute.missing().iter().zip(seen).filter(|(_, seen)| *seen).map(|(kind, _)| kind).collect()
}

fn role(name: &str, data_type: DataType, role: &str) -> Field {
    Field::new(name, data_type, false).with_metadata(HashMap::from([(ROLE.to_owned(), role.to_owned())]))
}

fn metadata(table: &Table, options: &ArrowOptions) -> Result<HashMap<String, String>, TableError> {
    let schema = table.schema();
    let groups: Vec<(&str, Vec<&str>)> = schema
        .groups()
        .iter()
        .map(|group| {
            let members = group.members().iter().filter_map(|&member| schema.get(member));
            (group.name(), members.map(Attribute::name).collect())
        })
        .collect();
    let mut metadata = HashMap::new();
    if !groups.is_empty() {
        metadata.insert(GROUPS.to_owned(), json(&groups)?);
    }
    if let Some(layout) = &options.layout {
        metadata.insert(LAYOUT.to_owned(), layout.clone());
    }
    Ok(metadata)
}
