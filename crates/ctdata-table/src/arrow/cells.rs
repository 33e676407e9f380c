//! The cells of an Arrow array: its distinct values, and which of them each row has.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::DataType;
use chrono::NaiveDate;

use crate::{Domain, DomainKind, Origin, TableError};

pub(super) struct Cells<'a> {
    /// Positions in `values`; `None` for null.
    pub(super) keys: Vec<Option<u32>>,
    pub(super) values: Values<'a>,
}

pub(super) enum Values<'a> {
    Texts(Vec<&'a str>),
    Numbers(Vec<i64>, u8),
    Dates(Vec<NaiveDate>),
}

const UNKNOWN_TYPE: &str = "a type that no attribute has";
const TOO_WIDE: &str = "a number of more than 64 bits";

impl<'a> Cells<'a> {
    pub(super) fn of(array: &'a dyn Array) -> Result<Self, &'static str> {
        match array.data_type() {
            DataType::Null => Ok(Self { keys: vec![None; array.len()], values: Values::Texts(Vec::new()) }),
            DataType::Boolean => {
                let flags = array.as_boolean_opt().ok_or(UNKNOWN_TYPE)?;
                let keys = flags.iter().map(|flag| flag.map(u32::from)).collect();
                Ok(Self { keys, values: Values::Texts(vec!["no", "yes"]) })
            }
            DataType::Utf8 => Ok(Self::texts(array.as_string_opt::<i32>().ok_or(UNKNOWN_TYPE)?)),
            DataType::LargeUtf8 => Ok(Self::texts(array.as_string_opt::<i64>().ok_or(UNKNOWN_TYPE)?)),
            DataType::Utf8View => Ok(Self::texts(array.as_string_view_opt().ok_or(UNKNOWN_TYPE)?)),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary_opt().ok_or(UNKNOWN_TYPE)?;
                let inner = Self::of(dictionary.values().as_ref())?;
                let at = |key: i64| usize::try_from(key).ok().and_then(|key| inner.keys.get(key).copied().flatten());
                let keys = integers(dictionary.keys())?.into_iter().map(|key| key.and_then(at)).collect();
                Ok(Self { keys, values: inner.values })
            }
            DataType::Date32 => {
                let days = native::<Date32Type, i32>(array)?;
                let (keys, days) = intern(days.into_iter());
                let dates = days.into_iter().map(NaiveDate::from_epoch_days).collect::<Option<_>>();
                Ok(Self { keys, values: Values::Dates(dates.ok_or("a day that no calendar has")?) })
            }
            DataType::Decimal128(_, scale) => {
                let scale =
                    u8::try_from(*scale).ok().filter(|&scale| scale <= 18).ok_or("a scale over 18 or below 0")?;
                let (keys, numbers) = intern(native::<Decimal128Type, i64>(array)?.into_iter());
                Ok(Self { keys, values: Values::Numbers(numbers, scale) })
            }
            _ => {
                let (keys, numbers) = intern(integers(array)?.into_iter());
                Ok(Self { keys, values: Values::Numbers(numbers, 0) })
            }
        }
    }

    fn texts(texts: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let (keys, texts) = intern(texts.into_iter());
        Self { keys, values: Values::Texts(texts) }
    }
}

impl Values<'_> {
    /// The code of each value in a domain; `None` for all of them if they are of another kind than the domain.
    pub(super) fn codes(&self, domain: &Domain) -> Option<Vec<Option<u16>>> {
        match (self, domain.kind()) {
            (Self::Texts(texts), DomainKind::Nominal | DomainKind::Ordered) => {
                Some(texts.iter().map(|text| domain.code_of(text)).collect())
            }
            (Self::Numbers(numbers, scale), DomainKind::Numeric) if domain.scale() == Some(*scale) => {
                Some(numbers.iter().map(|number| domain.code_of_number(*number)).collect())
            }
            (Self::Dates(dates), DomainKind::Date) => {
                Some(dates.iter().map(|date| domain.code_of_date(*date)).collect())
            }
            _ => None,
        }
    }

    /// The domain of the values that are there.
    pub(super) fn observed(all: &[Cells<'_>]) -> Result<Domain, TableError> {
        let mut texts = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        let mut dates = BTreeSet::new();
        let mut number_scale = 0;
        for cells in all {
            match &cells.values {
                Values::Texts(some) => texts.extend(some.iter().copied()),
                Values::Dates(some) => dates.extend(some.iter().copied()),
                Values::Numbers(some, scale) => {
                    number_scale = *scale;
                    numbers.extend(some.iter().copied());
                }
            }
        }
        match all.first().map(|cells| &cells.values) {
            Some(Values::Numbers(..)) => Domain::numeric(numbers, number_scale, Origin::Observed),
            Some(Values::Dates(_)) => Domain::dates(dates, Origin::Observed),
            Some(Values::Texts(_)) | None => Domain::nominal(texts, Origin::Observed),
        }
    }
}

fn integers(array: &dyn Array) -> Result<Vec<Option<i64>>, &'static str> {
    match array.data_type() {
        DataType::Int8 => native::<Int8Type, _>(array),
        DataType::Int16 => native::<Int16Type, _>(array),
        DataType::Int32 => native::<Int32Type, _>(array),
        DataType::Int64 => native::<Int64Type, _>(array),
        DataType::UInt8 => native::<UInt8Type, _>(array),
        DataType::UInt16 => native::<UInt16Type, _>(array),
        DataType::UInt32 => native::<UInt32Type, _>(array),
        DataType::UInt64 => native::<UInt64Type, _>(array),
        _ => Err(UNKNOWN_TYPE),
    }
}

fn native<T: ArrowPrimitiveType, N: TryFrom<T::Native>>(array: &dyn Array) -> Result<Vec<Option<N>>, &'static str> {
    let array = array.as_primitive_opt::<T>().ok_or(UNKNOWN_TYPE)?;
    array.iter().map(|number| number.map(|number| N::try_from(number).map_err(|_| TOO_WIDE)).transpose()).collect()
}

fn intern<T: Copy + Eq + Hash>(cells: impl Iterator<Item = Option<T>>) -> (Vec<Option<u32>>, Vec<T>) {
    let mut positions = HashMap::new();
    let mut distinct = Vec::new();
    let keys = cells
        .map(|cell| {
            let cell = cell?;
            let next = u32::try_from(distinct.len()).ok()?;
            Some(*positions.entry(cell).or_insert_with(|| {
                distinct.push(cell);
                next
            }))
        })
        .collect();
    (keys, distinct)
}
