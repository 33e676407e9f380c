//! What statements of recoded and locally suppressed releases say, word for word.

use ctdata_table::{Attribute, Column, Control, Domain, Hierarchy, MissingKinds, Origin, Schema, Table};

use crate::{
    AbsentValues, DeltaDisclosure, DistinctLDiversity, KAnonymity, KCombinations, LocalSuppression, Protection,
    QuasiIdentifier, Recoder, Released, Requirement, SuppressedRecords, SuppressionLimit,
};

fn same(released: &Released<Table>, file: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/statement").join(file);
    let words = released.statement().to_plain_words().replace(super::Statement::SOFTWARE, "SOFTWARE");
    assert_eq!(words, std::fs::read_to_string(path).unwrap_or_default(), "{words}");
}

fn table() -> (Table, Vec<QuasiIdentifier>) {
    let age = Domain::ordered(["0-8", "9-17", "18-20", "21+"], Origin::Public).unwrap();
    let ages = Hierarchy::of(age.clone())
        .with_level("majority", ["child", "adult"], |code| u16::from(code >= 2))
        .unwrap()
        .with_top("any")
        .unwrap();
    let schema = Schema::try_new(vec![
        Attribute::new("age", age, MissingKinds::NONE),
        Attribute::flag("married"),
        Attribute::flag("ill"),
    ]);
    let columns = [vec![0, 1, 1, 2, 3, 3, 3, 0], vec![0, 0, 0, 1, 1, 1, 0, 1], vec![0, 1, 0, 1, 0, 1, 2, 1]];
    let table = Table::try_new(schema.unwrap(), columns.into_iter().map(Column::from_u8).collect()).unwrap();
    (table, vec![QuasiIdentifier::new("age", ages), QuasiIdentifier::new("married", Hierarchy::of(Domain::flag()))])
}

#[test]
fn a_generalized_release() {
    let (table, quasi) = table();
    let protection = Protection::new([KAnonymity::try_new(2).unwrap()])
        .quasi_identifiers(quasi)
        .model(DistinctLDiversity::try_new("ill", 2).unwrap())
        .model(DeltaDisclosure::try_new("ill", 2.0, AbsentValues::PresentOnly).unwrap())
        .release(["ill"])
        .suppressed_records(SuppressedRecords::AsClass)
        .combinations([KCombinations::try_new(2, 1, ["age", "married"]).unwrap()])
        .check()
        .unwrap();
    let limit = SuppressionLimit::try_new(0.3).unwrap();
    let recoded = Recoder::new(protection).limit(limit).run(&table, &Control::default()).unwrap();
    same(&recoded.output.verify(&Control::default()).unwrap(), "golden_recoded.md");
}

#[test]
fn a_locally_suppressed_release() {
    let (table, _) = table();
    let attributes = vec!["age".to_owned(), "married".to_owned()];
    let output = LocalSuppression::builder(2)
        .quasi_identifier("age", 1)
        .quasi_identifier("married", 1)
        .require(Requirement { attributes, up_to: 1, k: 3 })
        .build()
        .unwrap()
        .run(&table, &["ill"], &Control::default())
        .unwrap();
    same(&output.verify(&Control::default()).unwrap(), "golden_locally_suppressed.md");
}
