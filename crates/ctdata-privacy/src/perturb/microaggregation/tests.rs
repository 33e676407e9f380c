use std::collections::BTreeMap;

use ctdata_table::{
    Attribute, AttributeSet, Cell, Classes, Column, Control, Domain, Hierarchy, Ids, Missing, MissingKinds, Origin,
    Schema, Table,
};
use proptest::prelude::*;

use super::*;
use crate::PrivacyError;
use crate::perturb::PerturbationDetails;

fn numeric(name: &str, values: impl IntoIterator<Item = i64>) -> Attribute {
    Attribute::new(name, Domain::numeric(values, 0, Origin::Observed).unwrap(), MissingKinds::NOT_RECORDED)
}

fn run(plan: &Microaggregation, table: &Table) -> (Table, MicroaggregationReport) {
    let output = plan.run(table, &Control::default()).unwrap();
    let PerturbationDetails::Microaggregation(report) = output.report.details else { panic!("another method") };
    (output.table, report)
}

fn texts(table: &Table, position: usize) -> Vec<String> {
    (0..table.rows()).map(|row| table.text(row, position).map_or("-".into(), std::borrow::Cow::into_owned)).collect()
}

/// Nine points, the oracle of the project's specification, section 3.3.
fn nine() -> Table {
    let ages = numeric("age", [1, 2, 3, 10, 11, 12, 50, 51, 52]);
    Table::try_new(Schema::try_new(vec![ages]).unwrap(), vec![Column::from_u8(vec![8, 0, 3, 6, 1, 4, 7, 2, 5])])
        .unwrap()
}

#[test]
fn nine_points_fall_into_three_groups_by_both_methods() {
    for method in [MicroaggregationMethod::Mdav, MicroaggregationMethod::Optimal] {
        let plan = Microaggregation::try_new(3, [AggregatedColumn::new("age")]).unwrap().with_method(method);
        let (output, report) = run(&plan, &nine());
        assert_eq!(texts(&output, 0), ["51", "2", "11", "51", "2", "11", "51", "2", "11"]);
        assert_eq!(output.schema().get(0).unwrap().domain().len(), 3);
        let column = &report.columns[0];
        assert!((column.within - 6.0).abs() < 1e-12 && (column.total - 4088.0).abs() < 1e-9);
        assert!((report.information_loss - 0.001_467_71).abs() < 1e-8);
        assert_eq!((report.sizes[0].records, report.sizes[0].groups), (3, 3));
    }
}

#[test]
fn unrounded_means_keep_the_mean_of_the_column() {
    let table = nine();
    let exact = Replacement::Mean { extra_digits: 3 };
    let plan = Microaggregation::try_new(4, [AggregatedColumn::new("age").replaced_by(exact)]).unwrap();
    let (output, report) = run(&plan, &table);
    assert_eq!(report.groups, 2);
    let domain = output.schema().get(0).unwrap().domain().clone();
    assert_eq!(domain.scale(), Some(3));
    let sum: i64 = output.columns()[0].iter().map(|code| domain.number(code).unwrap()).sum();
    // 192 in all; means of four and five are exact with three digits.
    assert_eq!(sum, 192_000);
}

#[test]
fn names_are_replaced_by_modes_medians_and_ancestors() {
    let nominal = Domain::nominal(["x", "y", "z"], Origin::Observed).unwrap();
    let ordered = Domain::ordered(["low", "middle", "high"], Origin::Public).unwrap();
    let hierarchy = Hierarchy::of(nominal.clone()).with_level("pair", ["x or y", "z"], |code| code / 2).unwrap();
    let schema = Schema::try_new(vec![
        numeric("n", [0, 1, 100, 101]),
        Attribute::new("mode", nominal.clone(), MissingKinds::NONE),
        Attribute::new("median", ordered, MissingKinds::NONE),
        Attribute::new("ancestor", nominal, MissingKinds::NONE),
    ]);
    let columns = [[0u8, 0, 1, 2, 3, 3], [0, 1, 1, 2, 2, 0], [0, 1, 2, 2, 2, 0], [0, 1, 1, 2, 2, 2]];
    let table = Table::try_new(schema.unwrap(), columns.map(|codes| Column::from_u8(codes.to_vec())).to_vec()).unwrap();
    let plan = |hierarchy: Hierarchy| {
        Microaggregation::try_new(
            3,
            [
                AggregatedColumn::new("n"),
                AggregatedColumn::new("ancestor").replaced_by(Replacement::CommonAncestor(hierarchy)),
                AggregatedColumn::new("median"),
                AggregatedColumn::new("mode"),
            ],
        )
        .unwrap()
    };
    assert!(plan(hierarchy.clone()).run(&table, &Control::default()).is_err(), "no single value on top");
    let (output, report) = run(&plan(hierarchy.with_top("any").unwrap()), &table);
    assert_eq!(texts(&output, 0), ["0", "0", "0", "101", "101", "101"]);
    assert_eq!(texts(&output, 1), ["y", "y", "y", "z", "z", "z"]);
    assert_eq!(texts(&output, 2), ["middle", "middle", "middle", "high", "high", "high"]);
    assert_eq!(texts(&output, 3), ["x or y", "x or y", "x or y", "z", "z", "z"]);
    assert_eq!(output.schema().get(1).unwrap().domain().len(), 2, "x is forgotten");
    let names: Vec<_> = report.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["n", "ancestor", "median", "mode"]);
}

#[test]
fn rare_patterns_of_missing_cells_are_blanked_and_hidden() {
    // One record has no age: alone it would show. A group of three is blanked to hide it.
    let schema = Schema::try_new(vec![numeric("age", 0..9)]).unwrap();
    let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 2, 3, 4, 5, 6, 8, 9])]).unwrap();
    let plan = Microaggregation::try_new(3, [AggregatedColumn::new("age")]).unwrap();
    let (output, report) = run(&plan, &table);
    assert_eq!((report.groups, report.blanked_records, report.blanked_cells), (1, 4, 3));
    assert_eq!(texts(&output, 0).iter().filter(|text| *text == "-").count(), 4);
    let few = Microaggregation::try_new(10, [AggregatedColumn::new("age")]).unwrap();
    let error = few.run(&table, &Control::default()).unwrap_err();
    assert!(matches!(error, PrivacyError::NoSolution { required: 10, records: 9, .. }));
}

#[test]
fn tables_without_values_or_rows_come_out_as_they_are() {
    let schema = || Schema::try_new(vec![numeric("age", 0..3)]).unwrap();
    let plan = Microaggregation::try_new(2, [AggregatedColumn::new("age")]).unwrap();
    let empty = Table::try_new(schema(), vec![Column::from_u8(vec![])]).unwrap();
    assert_eq!(run(&plan, &empty).0.rows(), 0);
    let missing = Table::try_new(schema(), vec![Column::from_u8(vec![3, 3, 3])]).unwrap();
    let (output, report) = run(&plan, &missing);
    assert_eq!(texts(&output, 0), ["-", "-", "-"]);
    assert_eq!((report.groups, report.blanked_records, report.blanked_cells), (0, 3, 0));
}

#[test]
fn parameters_that_do_not_fit_are_refused() {
    let column = || AggregatedColumn::new("age");
    assert!(Microaggregation::try_new(0, [column()]).is_err());
    assert!(Microaggregation::try_new(2, []).is_err());
    assert!(Microaggregation::try_new(2, [column(), column()]).is_err());
    let flags = crate::testing::flags(&[&[0, 1], &[0, 1]]);
    let refused = |plan: Microaggregation| plan.run(&flags, &Control::default()).unwrap_err().to_string();
    let both = [AggregatedColumn::new("a"), AggregatedColumn::new("b")];
    let plan = Microaggregation::try_new(2, both).unwrap().with_method(MicroaggregationMethod::Optimal);
    assert_eq!(refused(plan), "columns: the optimal method takes exactly one column");
    let median = AggregatedColumn::new("a").replaced_by(Replacement::Median);
    assert_eq!(refused(Microaggregation::try_new(2, [median]).unwrap()), "replacement: `a` has no order and no median");
}

/// Tables of two aggregated columns, one of them with missing cells, and another column.
fn any_table() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec((0u8..13, 0u8..5, 0u8..3), 1..80)
}

fn table_of(rows: &[(u8, u8, u8)]) -> Table {
    let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]);
    let place = Domain::ordered(["p", "q", "r"], Origin::Public).unwrap();
    let schema = Schema::try_new(vec![
        numeric("age", (0..12).map(|age| age * age)),
        Attribute::new("place", place, kinds),
        Attribute::flag("other"),
    ]);
    let column = |cell: fn(&(u8, u8, u8)) -> u8| Column::from_u8(rows.iter().map(cell).collect());
    Table::try_new(schema.unwrap(), vec![column(|row| row.0), column(|row| row.1), column(|row| row.2)]).unwrap()
}

fn multiset(table: &Table) -> BTreeMap<Vec<String>, usize> {
    let mut rows = BTreeMap::new();
    for row in 0..table.rows() {
        let cells = (0..table.schema().len()).map(|position| match table.cell(row, position) {
            Some(Cell::Missing(kind)) => kind.to_string(),
            _ => table.text(row, position).unwrap_or_default().into_owned(),
        });
        *rows.entry(cells.collect()).or_default() += 1;
    }
    rows
}

proptest! {
    #[test]
    fn every_combination_is_shared_by_k_records_and_the_order_of_rows_does_not_matter(
        (rows, shuffled) in any_table().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        k in 1u64..7,
        by_rank in any::<bool>(),
    ) {
        prop_assume!(rows.len() as u64 >= k);
        let age = if by_rank { AggregatedColumn::new("age").by_rank() } else { AggregatedColumn::new("age") };
        let plan = Microaggregation::try_new(k, [AggregatedColumn::new("place"), age]).unwrap();
        let table = table_of(&rows);
        let (output, report) = run(&plan, &table);
        let set = AttributeSet::try_new([0, 1]).unwrap();
        let classes = Classes::count(&output, &set, &Control::default()).unwrap();
        prop_assert!(classes.smallest().unwrap() >= k);
        prop_assert_eq!(&output.columns()[2], &table.columns()[2]);
        let grouped: u64 = report.sizes.iter().map(|size| size.records * size.groups).sum();
        prop_assert_eq!(grouped + report.blanked_records, rows.len() as u64);
        prop_assert!(report.columns.iter().all(|column| column.within <= column.total * (1.0 + 1e-9)));
        let (other, other_report) = run(&plan, &table_of(&shuffled));
        prop_assert_eq!(multiset(&other), multiset(&output));
        prop_assert_eq!(other_report, report);
    }

    #[test]
    fn no_groups_of_one_column_have_less_error_than_the_optimal_ones(ages in prop::collection::vec(0u8..12, 3..60), k in 1u64..4) {
        let rows: Vec<(u8, u8, u8)> = ages.into_iter().map(|age| (age, 0, 0)).collect();
        let plan = Microaggregation::try_new(k, [AggregatedColumn::new("age")]).unwrap();
        let (_, mdav) = run(&plan, &table_of(&rows));
        let (_, optimal) = run(&plan.with_method(MicroaggregationMethod::Optimal), &table_of(&rows));
        prop_assert!(optimal.columns[0].within <= mdav.columns[0].within * (1.0 + 1e-9) + 1e-9);
    }
}

#[test]
fn ids_decide_between_records_that_are_alike_otherwise() {
    let table = |ids: [&str; 4]| {
        let schema = Schema::try_new(vec![numeric("age", [1, 2, 3])]).unwrap();
        let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 1, 2])]).unwrap();
        table.with_ids(ids.into_iter().collect::<Ids>()).unwrap()
    };
    let plan = Microaggregation::try_new(2, [AggregatedColumn::new("age").replaced_by(Replacement::Mode)]).unwrap();
    let of_id = |table: &Table| -> BTreeMap<String, String> {
        let output = run(&plan, table).0;
        let ids = output.ids().unwrap();
        (0..4).map(|row| (ids.get(row).unwrap().to_owned(), output.text(row, 0).unwrap().into_owned())).collect()
    };
    assert_eq!(of_id(&table(["a", "b", "c", "d"])), of_id(&table(["a", "c", "b", "d"])));
}
