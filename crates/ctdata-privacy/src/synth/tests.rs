//! What the k-anonymous synthesizers guarantee, recounted.

use std::collections::BTreeMap;

use super::*;
use crate::dp::NoiseSource;
use crate::testing::{any_table, flags, mixed};
use crate::verify::least_support;
use ctdata_table::{Control, Table, Weights};
use proptest::prelude::*;

#[derive(Debug, Clone, Copy)]
enum Synthesizer {
    Row { consolidate: bool },
    Value,
    Un,
}

const ALL: [Synthesizer; 4] = [
    Synthesizer::Row { consolidate: true },
    Synthesizer::Row { consolidate: false },
    Synthesizer::Value,
    Synthesizer::Un,
];

fn draw(synthesizer: Synthesizer, table: &Table, k: u64, seed: u64) -> Synthesized {
    let (mut source, control) = (NoiseSource::from_seed(seed), Control::default());
    match synthesizer {
        Synthesizer::Row { consolidate } => {
            RowSeeded::try_new(k).unwrap().consolidate(consolidate).draw(table, &mut source, &control)
        }
        Synthesizer::Value => ValueSeeded::try_new(k).unwrap().draw(table, &mut source, &control),
        Synthesizer::Un => Unseeded::try_new(k).unwrap().draw(table, &mut source, &control),
    }
    .unwrap()
}

/// Rows by their texts, and how many of each.
fn multiset(table: &Table) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for row in 0..table.rows() {
        let cells = (0..table.columns().len()).map(|position| {
            table
                .text(row, position)
                .map_or_else(|| format!("{:?}", table.cell(row, position)), |text| text.to_string())
        });
        *rows.entry(cells.collect::<Vec<_>>().join("|")).or_insert(0) += 1;
    }
    rows
}

/// The least number of units that have all values of an output row, by loops over rows.
fn naive_least(input: &Table, output: &Table) -> Option<u64> {
    let text = |table: &Table, row: usize, position: usize| {
        table.text(row, position).map_or_else(|| format!("{:?}", table.cell(row, position)), |text| text.to_string())
    };
    let is_blank = |row: usize, position: usize| {
        output.schema().attributes()[position].blank_code() == output.columns()[position].get(row)
    };
    let supports = (0..output.rows()).filter_map(|row| {
        let said: Vec<usize> = (0..output.columns().len()).filter(|&position| !is_blank(row, position)).collect();
        if said.is_empty() {
            return None;
        }
        let having = (0..input.rows())
            .filter(|&other| said.iter().all(|&position| text(input, other, position) == text(output, row, position)));
        let units: std::collections::BTreeSet<String> = having
            .map(|other| input.ids().map_or_else(|| other.to_string(), |ids| ids.get(other).unwrap().to_owned()))
            .collect();
        Some(units.len() as u64)
    });
    supports.min()
}

proptest! {
    #[test]
    fn every_combination_is_had_by_k_units_and_no_value_is_too_frequent(
        table in any_table(60), k in 1u64..6, seed in any::<u64>()
    ) {
        for synthesizer in ALL {
            let Synthesized { table: output, report } = draw(synthesizer, &table, k, seed);
            let support = least_support(&table, &output, k, &Control::default()).unwrap();
            prop_assert_eq!(support.rare_records, 0, "{:?}", synthesizer);
            let least = naive_least(&table, &output);
            prop_assert!(least.is_none_or(|least| least >= k));
            prop_assert_eq!(support.least, least);
            prop_assert_eq!(report.output_rows, output.rows() as u64);
            if matches!(synthesizer, Synthesizer::Un) {
                prop_assert_eq!(output.rows(), table.rows());
            } else {
                prop_assert_eq!(support.too_frequent, 0);
            }
        }
    }

    #[test]
    fn with_k_of_one_row_seeded_gives_the_input_back(table in any_table(60), seed in any::<u64>()) {
        for consolidate in [true, false] {
            let output = draw(Synthesizer::Row { consolidate }, &table, 1, seed).table;
            prop_assert_eq!(multiset(&output), multiset(&table));
        }
    }

    #[test]
    fn a_seed_gives_the_same_bytes_whatever_the_order_of_rows(table in any_table(40), k in 1u64..4, seed in any::<u64>()) {
        let table = table.without_ids();
        let turned = table.take(&(0..u32::try_from(table.rows()).unwrap()).rev().collect::<Vec<_>>()).unwrap();
        for synthesizer in ALL {
            let output = draw(synthesizer, &table, k, seed);
            prop_assert_eq!(&output, &draw(synthesizer, &table, k, seed));
            prop_assert_eq!(&output, &draw(synthesizer, &turned, k, seed));
        }
    }

    #[test]
    fn value_seeded_uses_every_value_as_often_as_it_may(table in any_table(60), k in 1u64..5, seed in any::<u64>()) {
        let table = table.without_ids();
        let output = draw(Synthesizer::Value, &table, k, seed).table;
        let options = AggregateOptions { max_length: 1, ..AggregateOptions::default() };
        let texts = |table: &Table, k: u64| -> BTreeMap<String, u64> {
            let reported = ReportableAggregates::count(table, &options, k, &Control::default()).unwrap();
            reported.entries().map(|entry| (entry.to_string(), entry.count)).collect()
        };
        prop_assert_eq!(texts(&output, 1), texts(&table, k));
    }

    #[test]
    fn combinations_of_the_output_are_reported_ones(table in any_table(60), k in 1u64..5, seed in any::<u64>()) {
        let options = AggregateOptions::default();
        let texts = |table: &Table, k: u64| -> Vec<String> {
            let reported = ReportableAggregates::count(table, &options, k, &Control::default()).unwrap();
            reported.entries().map(|entry| entry.to_string()).collect()
        };
        let reported = texts(&table, k);
        for synthesizer in ALL {
            let output = draw(synthesizer, &table, k, seed).table;
            prop_assert!(texts(&output, 1).iter().all(|combination| reported.contains(combination)));
        }
    }
}

#[test]
fn tables_without_anything_to_say_are_synthesized_too() {
    for synthesizer in ALL {
        assert_eq!(draw(synthesizer, &mixed(&[], None), 3, 1).table.rows(), 0);
        // More people than there are: nothing is shared by so many.
        let few = mixed(&[[0, 0, 0, 1], [0, 0, 0, 1]], None);
        let rows = draw(synthesizer, &few, 3, 1).table.rows();
        assert_eq!(rows, if matches!(synthesizer, Synthesizer::Un) { 2 } else { 0 });
        // Blank throughout: as many rows as a multiple of k.
        let blank = flags(&[&[2; 7], &[2; 7]]);
        let rows = draw(synthesizer, &blank, 3, 1).table.rows();
        assert_eq!(rows, if matches!(synthesizer, Synthesizer::Un) { 7 } else { 6 });
    }
}

#[test]
fn only_the_attributes_asked_for_come_out() {
    let table = mixed(&[[0, 0, 0, 1], [0, 1, 0, 1]], None);
    let named = RowSeeded::try_new(2).unwrap().attributes(["w", "x"]);
    let output = named.draw(&table, &mut NoiseSource::from_seed(1), &Control::default()).unwrap().table;
    let names: Vec<&str> = output.schema().attributes().iter().map(ctdata_table::Attribute::name).collect();
    assert_eq!((names, output.rows()), (vec!["w", "x"], 2));
    let run = |seeded: RowSeeded, table: &Table| {
        seeded.draw(table, &mut NoiseSource::from_seed(1), &Control::default()).is_err()
    };
    assert!(run(RowSeeded::try_new(2).unwrap().attributes(["w", "w"]), &table));
    assert!(run(RowSeeded::try_new(2).unwrap().attributes(["height"]), &table));
    assert!(run(RowSeeded::try_new(2).unwrap(), &table.with_weights(Weights::new(vec![1, 2])).unwrap()));
    assert!(RowSeeded::try_new(0).is_err() && ValueSeeded::try_new(0).is_err() && Unseeded::try_new(0).is_err());
}

#[test]
fn records_of_more_than_64_values_grow_too() {
    let attributes = (0..130).map(|name| ctdata_table::Attribute::flag(name.to_string())).collect();
    let column =
        |at: u8| ctdata_table::Column::from_u8((0..12).map(|row| u8::from(!(row + at).is_multiple_of(13))).collect());
    let table = Table::try_new(ctdata_table::Schema::try_new(attributes).unwrap(), (0..130).map(column).collect());
    let table = table.unwrap();
    for synthesizer in ALL {
        let output = draw(synthesizer, &table, 2, 3).table;
        assert_eq!(least_support(&table, &output, 2, &Control::default()).unwrap().rare_records, 0);
    }
    assert_eq!(multiset(&draw(ALL[0], &table, 1, 3).table), multiset(&table));
}

/// The probabilities of the rows that drawing attribute by attribute gives: of each in random order, a value or a
/// blank in proportion to the rows that agree with all before, rare values being blanks.
fn column_by_column(rows: &[[u8; 2]], k: usize) -> BTreeMap<[u8; 2], f64> {
    let mut probabilities = BTreeMap::new();
    for (first, second) in [(0, 1), (1, 0)] {
        let shown = |column: usize, code: u8, agreeing: &[[u8; 2]]| {
            let is_value = code != 2 && agreeing.iter().filter(|row| row[column] == code).count() >= k;
            if is_value { code } else { 2 }
        };
        for code in 0..3 {
            let here: Vec<[u8; 2]> =
                rows.iter().copied().filter(|row| shown(first, row[first], rows) == code).collect();
            let having: Vec<[u8; 2]> =
                if code == 2 { rows.to_vec() } else { rows.iter().copied().filter(|row| row[first] == code).collect() };
            for row in &here {
                let mut drawn = [2; 2];
                drawn[first] = code;
                drawn[second] = shown(second, row[second], &having);
                *probabilities.entry(drawn).or_insert(0.0) += 0.5 / f64::from(u32::try_from(rows.len()).unwrap());
            }
        }
    }
    probabilities
}

#[test]
fn unseeded_draws_attribute_by_attribute() {
    // Some pairs are rare, and some values.
    let pairs: Vec<[u8; 2]> =
        [([1, 1], 5), ([1, 0], 1), ([1, 2], 2), ([0, 0], 3), ([2, 1], 4), ([2, 2], 2), ([0, 1], 1)]
            .into_iter()
            .flat_map(|(pair, times)| vec![pair; times])
            .collect();
    let columns: Vec<Vec<u8>> = (0..2).map(|column| pairs.iter().map(|pair| pair[column]).collect()).collect();
    let copies = 600;
    let many: Vec<Vec<u8>> = columns.iter().map(|column| column.repeat(copies)).collect();
    let table = flags(&[&many[0], &many[1]]);
    let output = draw(Synthesizer::Un, &table, 2 * copies as u64, 9).table;
    let mut found = BTreeMap::new();
    for (a, b) in output.columns()[0].iter().zip(output.columns()[1].iter()) {
        *found.entry([u8::try_from(a).unwrap(), u8::try_from(b).unwrap()]).or_insert(0u32) += 1;
    }
    let expected = column_by_column(&pairs, 2);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let rows = f64::from(u32::try_from(output.rows()).unwrap());
    let chi: f64 = expected
        .iter()
        .map(|(pair, probability)| (f64::from(found[pair]) - probability * rows).powi(2) / (probability * rows))
        .sum();
    // Six kinds of rows or fewer: chi-square with at most 6 degrees of freedom is above 22.5 with probability 0.001.
    assert!(expected.len() <= 7 && chi < 22.5, "{chi}");
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_change_the_output() {
    let rows: Vec<[u16; 4]> = (0..300u16).map(|row| [row * 7 % 5, row / 7 % 3, row / 50 % 3, row % 3]).collect();
    let table = mixed(&rows, None);
    for synthesizer in ALL {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| draw(synthesizer, &table, 4, 11))
        };
        assert_eq!(on(1), on(4));
    }
}
