use std::collections::BTreeMap;

use super::*;
use crate::synth::{AggregateOptions, ReportableAggregates};
use crate::testing::any_table;
use proptest::prelude::*;

fn draw(aggregates: &ReportableAggregates, seeded: &AggregateSeeded, seed: u64) -> (Table, AggregateSeededReport) {
    let (schema, combinations) = (aggregates.schema(), aggregates.combinations());
    seeded.draw(schema, combinations, &mut NoiseSource::from_seed(seed), &Control::default()).unwrap()
}

fn stated(table: &Table, max_length: usize, k: u64) -> ReportableAggregates {
    let options = AggregateOptions { max_length, ..AggregateOptions::default() };
    ReportableAggregates::count(table, &options, k, &Control::default()).unwrap()
}

fn by_text(aggregates: &ReportableAggregates) -> BTreeMap<String, u64> {
    aggregates.entries().map(|entry| (entry.to_string(), entry.count)).collect()
}

proptest! {
    #[test]
    fn only_reported_combinations_occur_and_values_as_often_as_reported(
        table in any_table(60), max_length in 1usize..6, k in 1u64..5, seed in any::<u64>()
    ) {
        let aggregates = stated(&table, max_length, k);
        let (output, report) = draw(&aggregates, &AggregateSeeded::new(), seed);
        prop_assert_eq!(report.unused_values, 0);
        let (reported, found) = (by_text(&aggregates), by_text(&stated(&output, max_length, 1)));
        for (combination, count) in &found {
            prop_assert!(reported.contains_key(combination));
            if !combination.contains(';') {
                prop_assert_eq!(reported[combination], *count);
            }
        }
        prop_assert_eq!(reported.keys().any(|combination| !combination.is_empty()), !found.is_empty());
        prop_assert_eq!(draw(&aggregates, &AggregateSeeded::new(), seed).0, output);
    }

    #[test]
    fn the_rows_asked_for_come_out(table in any_table(30), rows in 0u64..50) {
        let aggregates = stated(&table, 2, 2);
        let (output, report) = draw(&aggregates, &AggregateSeeded::new().records(rows), 1);
        prop_assert_eq!((output.rows() as u64, report.rows), (rows, rows));
    }
}

#[test]
fn what_is_known_of_whole_records_is_met_exactly() {
    // All records say the same of two columns, and one in two of a third.
    let table = crate::testing::flags(&[&[1; 40], &[0; 40], &[[1; 20], [2; 20]].concat()]);
    let (output, _) = draw(&stated(&table, 3, 10), &AggregateSeeded::new(), 5);
    assert_eq!(output.rows(), 40);
    assert_eq!(by_text(&stated(&output, 3, 1)), by_text(&stated(&table, 3, 1)));
}

#[test]
fn nothing_reported_is_nothing_drawn() {
    let table = crate::testing::flags(&[&[1, 0, 2]]);
    for aggregates in [stated(&table, 3, 2), stated(&table, 0, 1)] {
        assert_eq!(draw(&aggregates, &AggregateSeeded::new(), 1).0.rows(), 0);
    }
}

#[test]
fn combinations_of_another_schema_are_refused() {
    let schema = crate::testing::flags(&[&[1]]).schema().clone();
    for item in [(1, 0), (0, 2), (0, 3)] {
        let combinations = Combinations::try_new(1, 1, [(vec![item], 3)]).unwrap();
        let drawn =
            AggregateSeeded::new().draw(&schema, &combinations, &mut NoiseSource::from_seed(1), &Control::default());
        assert!(drawn.is_err());
    }
}

#[test]
fn subsets_come_in_order_and_all_of_them() {
    let mut places = vec![0, 1];
    let mut found = vec![places.clone()];
    while next_subset(&mut places, 4) {
        found.push(places.clone());
    }
    assert_eq!(found, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
    assert!(!next_subset(&mut [], 3));
}

#[test]
fn a_triple_that_is_not_reported_is_not_made_of_its_pairs() {
    // Each pair is had by two rows, the triple by none.
    let yes = |rows: [u8; 6]| rows.map(|yes| if yes == 1 { 1 } else { 2 });
    let columns = [yes([1, 1, 1, 1, 0, 0]), yes([1, 1, 0, 0, 1, 1]), yes([0, 0, 1, 1, 1, 1])];
    let table = crate::testing::flags(&[&columns[0], &columns[1], &columns[2]]);
    for seed in 0..20 {
        let (output, report) = draw(&stated(&table, 3, 2), &AggregateSeeded::new(), seed);
        assert_eq!(report.length, 3);
        assert!(by_text(&stated(&output, 3, 1)).keys().all(|combination| combination.matches(';').count() < 2));
    }
}
