use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int8Array, Int32Array,
    NullArray, RecordBatch, StringViewArray, UInt64Array,
    cast::AsArray,
    types::{Int8Type, UInt8Type, UInt16Type},
};
use arrow_schema::{DataType, Field, Schema as ArrowSchema};
use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::{Attribute, Cell, Column, Domain, Ids, Missing, MissingKinds, Origin, Schema, Table, Weights};

pub(crate) fn beside() -> ArrowOptions {
    ArrowOptions { id_column: Some("id".into()), weight_column: Some("weight".into()), layout: None }
}

fn domains() -> impl Strategy<Value = Domain> {
    let origin = || prop::sample::select(vec![Origin::Public, Origin::Observed]);
    let labels =
        || prop::collection::hash_set(".{0,4}", 0..6).prop_map(|labels| labels.into_iter().collect::<Vec<_>>());
    let days = prop::collection::btree_set(any::<i32>(), 0..6);
    prop_oneof![
        Just(Domain::flag()),
        (labels(), origin()).prop_map(|(labels, origin)| Domain::nominal(labels, origin).unwrap()),
        (labels(), origin()).prop_map(|(labels, origin)| Domain::ordered(labels, origin).unwrap()),
        (prop::collection::btree_set(any::<i64>(), 0..6), 0_u8..=18, origin())
            .prop_map(|(numbers, scale, origin)| Domain::numeric(numbers, scale, origin).unwrap()),
        (days, origin()).prop_map(|(days, origin)| {
            let dates: BTreeSet<_> = days.into_iter().filter_map(NaiveDate::from_epoch_days).collect();
            Domain::dates(dates.into_iter().chain([NaiveDate::MIN, NaiveDate::MAX]).collect::<BTreeSet<_>>(), origin)
                .unwrap()
        }),
    ]
}

/// Tables of all kinds of domains and of missing, with groups, ids and weights; names that clash are among them.
pub(crate) fn tables() -> impl Strategy<Value = Table> {
    let kinds = prop::sample::subsequence(&Missing::ALL[..], 0..=4);
    (prop::collection::vec((domains(), kinds), 0..6), 0_usize..30).prop_flat_map(|(attributes, rows)| {
        let names = ["a", "a.missing", "a.missing_", "é \"", "", "z"];
        let attributes: Vec<Attribute> = attributes
            .into_iter()
            .zip(names)
            .map(|((domain, kinds), name)| Attribute::new(name, domain, MissingKinds::of(&kinds)))
            .collect();
        // An attribute without any code can have no row.
        let rows = if attributes.iter().all(|attribute| attribute.code_count() > 0) { rows } else { 0 };
        let rows = if attributes.is_empty() { 0 } else { rows };
        let columns: Vec<_> = attributes
            .iter()
            .map(|attribute| {
                let count = attribute.code_count();
                prop::collection::vec(0..u16::try_from(count.max(1)).unwrap(), rows)
                    .prop_map(move |codes| Column::from_codes(&codes, count))
            })
            .collect();
        let beside = prop::collection::vec((".{0,3}", any::<u32>()), rows);
        let group = prop::sample::subsequence((0..attributes.len()).collect::<Vec<_>>(), 0..=attributes.len());
        (Just(attributes), columns, beside, group).prop_map(|(attributes, columns, beside, group)| {
            let members: Vec<Arc<str>> = group.into_iter().map(|at| attributes[at].shared_name()).collect();
            let members: Vec<&str> = members.iter().map(AsRef::as_ref).collect();
            let schema = Schema::try_new(attributes).unwrap().with_group("group", &members).unwrap();
            let (ids, weights): (Vec<String>, Vec<u32>) = beside.into_iter().unzip();
            let table = Table::try_new(schema, columns).unwrap();
            table.with_ids(ids.into_iter().collect::<Ids>()).unwrap().with_weights(Weights::new(weights)).unwrap()
        })
    })
}

proptest! {
    #[test]
    fn a_table_comes_back_equal(table in tables(), cut in 0_usize..30) {
        let batch = to_record_batch(&table, &beside()).unwrap();
        prop_assert_eq!(batch.num_rows(), table.rows());
        prop_assert_eq!(&from_record_batch(&batch).unwrap(), &table);
        // In two batches; and what a reader of the Arrow schema alone would make of no batch at all.
        let cut = cut.min(table.rows());
        let halves = [batch.slice(0, cut), batch.slice(cut, table.rows() - cut)];
        prop_assert_eq!(&from_record_batches(batch.schema_ref(), &halves).unwrap(), &table);
        let none = from_record_batches(batch.schema_ref(), &[]).unwrap();
        prop_assert_eq!(none.schema(), table.schema());
    }
}

fn small() -> Table {
    let domain = Domain::nominal(["x", "y"], Origin::Public).unwrap();
    let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]);
    let schema = Schema::try_new(vec![Attribute::new("a", domain, kinds), Attribute::flag("b")]).unwrap();
    let columns = vec![Column::from_u8(vec![0, 3, 1]), Column::from_u8(vec![1, 0, 2])];
    let ids: Ids = ["secret 1", "secret 2", "secret 3"].into_iter().collect();
    Table::try_new(schema, columns).unwrap().with_ids(ids).unwrap().with_weights(Weights::new(vec![1, 2, 3])).unwrap()
}

fn names(batch: &RecordBatch) -> Vec<String> {
    batch.schema().fields().iter().map(|field| field.name().clone()).collect()
}

#[test]
fn ids_and_weights_are_written_only_when_asked_for() {
    let plain = to_record_batch(&small(), &ArrowOptions::default()).unwrap();
    assert_eq!(names(&plain), ["a", "b"]);
    assert_eq!(names(&to_record_batch(&small(), &beside()).unwrap()), ["id", "a", "b", "weight"]);
    let clash = ArrowOptions { id_column: Some("a".into()), ..ArrowOptions::default() };
    assert!(matches!(to_record_batch(&small(), &clash), Err(TableError::Duplicate { .. })));
}

#[test]
fn reasons_have_a_column_only_where_they_differ() {
    let one_reason = small();
    let batch = to_record_batch(&one_reason, &ArrowOptions::default()).unwrap();
    assert_eq!(names(&batch), ["a", "b"]);
    assert_eq!(from_record_batch(&batch).unwrap().cell(1, 0), Some(Cell::Missing(Missing::Unknown)));
    let attribute = one_reason.schema().attributes()[0].clone();
    let two = one_reason.with_replaced(0, attribute, Column::from_u8(vec![0, 3, 2])).unwrap();
    let batch = to_record_batch(&two, &ArrowOptions::default()).unwrap();
    assert_eq!(names(&batch), ["a", "a.missing", "b"]);
    let read = from_record_batch(&batch).unwrap();
    assert_eq!((read.schema(), read.columns()), (two.schema(), two.columns()));
    // Without the reasons a null means the first of them.
    let cut = batch.project(&[0, 2]).unwrap();
    assert_eq!(from_record_batch(&cut).unwrap().cell(1, 0), Some(Cell::Missing(Missing::NotRecorded)));
}

/// A nominal column of so many values, with a missing one in row 3.
fn nominal(values: u16) -> (Table, Vec<u16>) {
    let domain = Domain::nominal((0..values).map(|value| format!("v{value}")), Origin::Public).unwrap();
    let attribute = Attribute::new("a", domain, MissingKinds::NOT_RECORDED);
    let codes: Vec<u16> = (0..1000).map(|row| if row == 2 { values } else { row % values }).collect();
    let column = Column::from_codes(&codes, attribute.code_count());
    (Table::try_new(Schema::try_new(vec![attribute]).unwrap(), vec![column]).unwrap(), codes)
}

#[test]
fn codes_become_keys_in_the_same_memory() {
    for values in [1, 2, 250, 255, 256, 300] {
        let (table, codes) = nominal(values);
        let batch = to_record_batch(&table, &ArrowOptions::default()).unwrap();
        let array = batch.column(0);
        let (keys, null): (*const u8, _) = match table.columns()[0].codes() {
            crate::CodeSlice::U8(ours) => {
                let keys = array.as_dictionary::<UInt8Type>().keys();
                assert_eq!(keys.values().inner().as_ptr(), ours.as_ptr());
                (ours.as_ptr(), keys.is_null(2))
            }
            crate::CodeSlice::U16(ours) => {
                let keys = array.as_dictionary::<UInt16Type>().keys();
                assert_eq!(&**keys.values(), ours);
                (ours.as_ptr().cast(), keys.is_null(2))
            }
        };
        assert_eq!(array.to_data().buffers()[0].as_ptr(), keys);
        assert!(null && array.null_count() == 1);
        // The memory outlives the table.
        drop(table);
        let read = from_record_batch(&batch).unwrap();
        assert_eq!(read.columns()[0].iter().collect::<Vec<_>>(), codes);
    }
}

#[test]
fn the_layout_is_metadata_of_the_schema() {
    let options = ArrowOptions { layout: Some("of cases".into()), ..ArrowOptions::default() };
    assert_eq!(layout(to_record_batch(&small(), &options).unwrap().schema_ref()), Some("of cases"));
    assert_eq!(layout(to_record_batch(&small(), &ArrowOptions::default()).unwrap().schema_ref()), None);
}

fn of(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

#[test]
fn arrow_of_other_origin_is_observed() {
    let dictionary: DictionaryArray<Int8Type> = [Some("b"), None, Some("a")].into_iter().collect();
    let decimals = Decimal128Array::from(vec![Some(150), Some(-5), None]).with_precision_and_scale(5, 2).unwrap();
    let batch = of(vec![
        ("word", Arc::new(StringViewArray::from(vec![Some("y"), Some("x"), None]))),
        ("name", Arc::new(dictionary)),
        ("yes", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("size", Arc::new(UInt64Array::from(vec![Some(7), Some(3), None]))),
        ("rate", Arc::new(decimals)),
        ("day", Arc::new(Date32Array::from(vec![Some(1), None, Some(0)]))),
        ("none", Arc::new(NullArray::new(3))),
    ]);
    let table = from_record_batch(&batch).unwrap();
    let row = |row| (0..7).map(|at| table.text(row, at).map(std::borrow::Cow::into_owned)).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(row(0), [some("y"), some("b"), some("yes"), some("7"), some("1.50"), some("1970-01-02"), None]);
    assert_eq!(row(1), [some("x"), None, None, some("3"), some("-0.05"), None, None]);
    assert_eq!(table.schema().attribute("word").unwrap().domain().origin(), Origin::Observed);
    assert_eq!(*table.schema().attribute("yes").unwrap().domain(), Domain::flag());
}

#[test]
fn what_is_no_table_is_refused_without_showing_values() {
    let float = of(vec![("x", Arc::new(Float64Array::from(vec![1.5])))]);
    assert_eq!(from_record_batch(&float).unwrap_err().to_string(), "Arrow: column `x`: a type that no attribute has");
    let wide = of(vec![("x", Arc::new(UInt64Array::from(vec![u64::MAX])))]);
    assert!(matches!(from_record_batch(&wide), Err(TableError::Arrow(_))));
    let day = of(vec![("x", Arc::new(Date32Array::from(vec![i32::MAX])))]);
    assert!(matches!(from_record_batch(&day), Err(TableError::Arrow(_))));
    let schema = ArrowSchema::new(vec![Field::new("x", DataType::Int8, true)]);
    assert!(matches!(from_record_batches(&schema, &[float]), Err(TableError::Arrow(_))));
}

/// One column with this metadata.
fn noted(array: ArrayRef, metadata: &[(&str, &str)]) -> RecordBatch {
    let metadata: HashMap<String, String> =
        metadata.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    let field = Field::new("x", array.data_type().clone(), true).with_metadata(metadata);
    RecordBatch::try_new(Arc::new(ArrowSchema::new(vec![field])), vec![array]).unwrap()
}

#[test]
fn metadata_that_do_not_fit_are_refused() {
    let numbers = || -> ArrayRef { Arc::new(Int32Array::from(vec![Some(1), None, Some(9)])) };
    let says = |array: ArrayRef, note: &str| {
        from_record_batch(&noted(array, &[("ctdata.domain", note)])).unwrap_err().to_string()
    };
    let domain = |rest: &str| format!("{{\"kind\":\"numeric\",\"origin\":\"public\",\"scale\":0,{rest}}}");
    assert_eq!(says(numbers(), "{secret"), "Arrow: column `x`: the metadata `ctdata.domain` cannot be read");
    let all = domain("\"numbers\":[1],\"missing\":[\"withheld\"],\"null\":\"withheld\"");
    assert_eq!(says(numbers(), &all), "attribute `x`, row 3: a code outside the domain");
    let no_null = domain("\"numbers\":[1,9],\"missing\":[],\"null\":null");
    assert_eq!(says(numbers(), &no_null), "attribute `x`, row 2: a code outside the domain");
    assert!(says(Arc::new(BooleanArray::from(vec![true])), &all).contains("does not fit"));
    assert!(says(numbers(), &domain("\"numbers\":[1,1],\"missing\":[],\"null\":null")).contains("twice"));
    let day = all.replace("numeric", "date").replace("[1]", "[9999999999]");
    assert!(says(numbers(), &day).contains("no calendar"));
    // A whole number in fewer bits is the same number.
    let narrow = Arc::new(Int8Array::from(vec![Some(1), None]));
    assert_eq!(from_record_batch(&noted(narrow, &[("ctdata.domain", &all)])).unwrap().rows(), 2);
    for role in ["ids", "weights"] {
        assert!(matches!(from_record_batch(&noted(numbers(), &[("ctdata.role", role)])), Err(TableError::Arrow(_))));
    }
}
