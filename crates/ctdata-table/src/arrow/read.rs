//! Record batches to tables.

use std::collections::HashMap;

use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema as ArrowSchema};

use super::cells::{Cells, Values};
use super::note::{GROUPS, IDS, LAYOUT, MISSING_OF, Note, ROLE, WEIGHTS};
use super::refused;
use crate::builder::ColumnBuilder;
use crate::table::MAX_ROWS;
use crate::{Attribute, Column, Domain, Ids, Missing, MissingKinds, Schema, Table, TableError, Weights};

/// The name of the layout that the columns were said to follow when they were written. Whether they still do is for who
/// knows the layout to check.
pub fn layout(schema: &ArrowSchema) -> Option<&str> {
    schema.metadata().get(LAYOUT).map(String::as_str)
}

/// The table of one batch.
///
/// # Errors
/// As [`from_record_batches`].
pub fn from_record_batch(batch: &RecordBatch) -> Result<Table, TableError> {
    from_record_batches(batch.schema_ref(), std::slice::from_ref(batch))
}

/// The table of the rows of all batches, which have this schema.
///
/// Columns with the metadata of this crate come back as they were; others become observed domains (Boolean: a flag),
/// in which a null is [`Missing::NotRecorded`].
///
/// # Errors
/// [`TableError::Arrow`] for a type that no attribute has, for metadata that cannot be read or do not fit the column,
/// and for a batch of another schema; [`TableError::CodeOutOfRange`] for a value that the domain in the metadata does
/// not have; and what [`Table::try_new`] refuses.
pub fn from_record_batches(schema: &ArrowSchema, batches: &[RecordBatch]) -> Result<Table, TableError> {
    check(schema, batches)?;
    let arrays = |at: usize| batches.iter().filter_map(move |batch| batch.columns().get(at).map(AsRef::as_ref));
    let reasons: HashMap<&str, usize> = schema
        .fields()
        .iter()
        .enumerate()
        .filter_map(|(at, field)| field.metadata().get(MISSING_OF).map(|name| (name.as_str(), at)))
        .collect();
    let (mut ids, mut weights) = (None, None);
    let mut attributes = Vec::new();
    let mut columns = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        match field.metadata().get(ROLE).map(String::as_str) {
            Some(IDS) => ids = Some(read_ids(field, arrays(at))?),
            Some(WEIGHTS) => weights = Some(read_weights(field, arrays(at))?),
            _ if field.metadata().contains_key(MISSING_OF) => {}
            _ => {
                let reasons = reasons.get(field.name().as_str()).map(|&at| read_all(field, arrays(at))).transpose()?;
                let (attribute, column) = read_attribute(field, arrays(at), reasons.as_deref())?;
                attributes.push(attribute);
                columns.push(column);
            }
        }
    }
    let mut table = Table::try_new(grouped(Schema::try_new(attributes)?, schema)?, columns)?;
    if let Some(ids) = ids {
        table = table.with_ids(ids)?;
    }
    match weights {
        Some(weights) => table.with_weights(weights),
        None => Ok(table),
    }
}

fn check(schema: &ArrowSchema, batches: &[RecordBatch]) -> Result<(), TableError> {
    let types = || schema.fields().iter().map(|field| field.data_type());
    let fits = |batch: &RecordBatch| types().eq(batch.columns().iter().map(Array::data_type));
    if !batches.iter().all(fits) {
        return Err(TableError::Arrow("a batch has other columns than the schema".into()));
    }
    if batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>() > MAX_ROWS {
        return Err(TableError::TooManyRows { limit: MAX_ROWS });
    }
    Ok(())
}

fn read_all<'a>(field: &Field, arrays: impl Iterator<Item = &'a dyn Array>) -> Result<Vec<Cells<'a>>, TableError> {
    arrays.map(|array| Cells::of(array).map_err(|rule| refused(field.name(), rule))).collect()
}

fn read_attribute<'a>(
    field: &Field,
    arrays: impl Iterator<Item = &'a dyn Array>,
    reasons: Option<&[Cells<'_>]>,
) -> Result<(Attribute, Column), TableError> {
    let name = field.name();
    let cells = read_all(field, arrays)?;
    let (attribute, null) = match Note::of(field)? {
        Some(note) => {
            let null = note.null;
            (note.attribute(name)?, null)
        }
        None => (foreign(field, &cells)?, Some(Missing::NotRecorded)),
    };
    let null = null.and_then(|kind| attribute.missing_code(kind));
    let mut column = ColumnBuilder::new(attribute.code_count());
    for (batch, cells) in cells.iter().enumerate() {
        let codes = cells.values.codes(attribute.domain());
        let codes = codes.ok_or_else(|| refused(name, "its type does not fit the domain in its metadata"))?;
        let reasons =
            reasons.and_then(|batches| batches.get(batch)).map(|cells| (cells, kind_codes(&attribute, cells)));
        for (row, key) in cells.keys.iter().enumerate() {
            let reason =
                reasons.as_ref().and_then(|(cells, codes)| Some((cells.keys.get(row).copied().flatten()?, codes)));
            let code = match (*key, reason) {
                (Some(key), None) => codes.get(key as usize).copied().flatten(),
                (None, Some((kind, codes))) => codes.get(kind as usize).copied().flatten(),
                (None, None) => null,
                // A value and a reason why there is none.
                (Some(_), Some(_)) => None,
            };
            let place = || TableError::CodeOutOfRange { attribute: name.clone(), row: column.len() + 1 };
            let code = code.ok_or_else(place)?;
            column.push(code);
        }
    }
    Ok((attribute, column.finish()))
}

/// The attribute of a column without our metadata.
fn foreign(field: &Field, cells: &[Cells<'_>]) -> Result<Attribute, TableError> {
    let observed = match field.data_type() {
        DataType::Boolean => Ok(Domain::flag()),
        _ => Values::observed(cells),
    };
    let domain = observed.map_err(|error| match error {
        TableError::TooManyValues { limit, .. } => {
            TableError::TooManyValues { attribute: Some(field.name().as_str().into()), limit }
        }
        other => other,
    })?;
    Ok(Attribute::new(field.name().as_str(), domain, MissingKinds::NOT_RECORDED))
}

/// The codes of the kinds of missing that the values of a column of reasons name.
fn kind_codes(attribute: &Attribute, reasons: &Cells<'_>) -> Vec<Option<u16>> {
    match &reasons.values {
        Values::Texts(texts) => {
            texts.iter().map(|text| text.parse().ok().and_then(|kind| attribute.missing_code(kind))).collect()
        }
        _ => Vec::new(),
    }
}

fn read_ids<'a>(field: &Field, arrays: impl Iterator<Item = &'a dyn Array>) -> Result<Ids, TableError> {
    let cells = read_all(field, arrays)?;
    let ids = cells.iter().flat_map(|cells| {
        cells.keys.iter().map(|key| match &cells.values {
            Values::Texts(texts) => key.and_then(|key| texts.get(key as usize).copied()),
            _ => None,
        })
    });
    ids.collect::<Option<Vec<&str>>>()
        .map(|ids| ids.into_iter().collect())
        .ok_or_else(|| refused(field.name(), "not a text in every row, which ids need"))
}

fn read_weights<'a>(field: &Field, arrays: impl Iterator<Item = &'a dyn Array>) -> Result<Weights, TableError> {
    let cells = read_all(field, arrays)?;
    let weights = cells.iter().flat_map(|cells| {
        cells.keys.iter().map(|key| match &cells.values {
            Values::Numbers(numbers, 0) => {
                key.and_then(|key| numbers.get(key as usize)).and_then(|&number| u32::try_from(number).ok())
            }
            _ => None,
        })
    });
    weights
        .collect::<Option<Vec<u32>>>()
        .map(Weights::new)
        .ok_or_else(|| refused(field.name(), "not a whole number below 2^32 in every row, which weights need"))
}

/// The schema with the groups that the metadata name; members that are no longer there are left out.
fn grouped(mut schema: Schema, arrow: &ArrowSchema) -> Result<Schema, TableError> {
    let Some(text) = arrow.metadata().get(GROUPS) else { return Ok(schema) };
    let groups: Vec<(String, Vec<String>)> = serde_json::from_str(text)
        .map_err(|_| TableError::Arrow(format!("the metadata `{GROUPS}` of the schema cannot be read")))?;
    for (name, members) in groups {
        let present: Vec<&str> =
            members.iter().map(String::as_str).filter(|member| schema.find(member).is_some()).collect();
        if !present.is_empty() || members.is_empty() {
            schema = schema.with_group(name, &present)?;
        }
    }
    Ok(schema)
}
