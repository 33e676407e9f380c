//! Properties of random tables: kinds of missing, weights, no row, one row, wide and constant columns.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Items, check_marginals, key, naive, naive_combinations, sets_up_to, table};
use crate::{AttributeSet, BitmapIndex, Classes, Combinations, Combining, Control, CountSource, ItemRule};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn marginals_equal_loops_over_rows(table in table()) {
        check_marginals(&table, &sets_up_to(&table, 5));
    }

    #[test]
    fn one_set_alone_is_counted_the_same(table in table(), size in 0usize..6) {
        let attributes = u16::try_from(table.schema().len()).unwrap();
        for set in AttributeSet::all_of_size(attributes, size) {
            check_marginals(&table, &[set]);
        }
    }

    #[test]
    fn marginalizing_is_counting_fewer_attributes(table in table()) {
        let sets = sets_up_to(&table, 4);
        let marginals = table.marginals(&sets, &Control::default()).unwrap();
        for (large, marginal) in sets.iter().zip(&marginals) {
            for (small, expected) in sets.iter().zip(&marginals) {
                let part = marginal.marginalize(small);
                if small.positions().iter().all(|position| large.positions().contains(position)) {
                    prop_assert_eq!(&part.unwrap(), expected);
                } else {
                    prop_assert!(part.is_err());
                }
            }
        }
    }

    #[test]
    fn classes_equal_loops_over_rows(table in table()) {
        for set in sets_up_to(&table, 6) {
            let classes = Classes::with_members(&table, &set, &Control::default()).unwrap();
            let expected: Vec<_> = naive(&table, &set).into_iter().collect();
            let found: Vec<_> = classes.iter().map(|(key, size)| (key.to_vec(), size)).collect();
            prop_assert_eq!(found, expected);
            for class in 0..classes.len() {
                let members: Vec<u32> = (0u32..)
                    .take(table.rows())
                    .filter(|&row| key(&table, &set, row as usize) == classes.key(class))
                    .collect();
                prop_assert_eq!(classes.members(class), &members[..]);
                prop_assert_eq!(classes.rows(class), members.len() as u64);
                prop_assert!(members.iter().all(|&row| classes.class_of_row()[row as usize] as usize == class));
                prop_assert_eq!(classes.find(classes.key(class)), Some(class));
            }
            let counted = Classes::count(&table, &set, &Control::default()).unwrap();
            prop_assert!(counted.iter().eq(classes.iter()));
            prop_assert!(counted.class_of_row().is_empty() && counted.members(0).is_empty());
            let sizes: Vec<u64> = classes.sizes().collect();
            prop_assert_eq!(classes.smallest(), sizes.iter().copied().min());
            prop_assert_eq!(classes.uniques(), sizes.iter().filter(|&&size| size == 1).count() as u64);
            let mut histogram = BTreeMap::new();
            for &size in &sizes {
                *histogram.entry(size).or_insert(0u64) += 1;
            }
            prop_assert_eq!(classes.histogram(), histogram.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn bitmaps_say_which_rows_have_a_code(table in table()) {
        let positions: Vec<usize> = (0..table.schema().len()).collect();
        let index = BitmapIndex::build(&table, &positions, &Control::default()).unwrap();
        prop_assert!(index.positions().eq(positions.iter().copied()));
        for (&position, attribute) in positions.iter().zip(table.schema().attributes()) {
            for code in 0..u16::try_from(attribute.code_count() + 1).unwrap() {
                let expected: Vec<u32> =
                    (0u32..).zip(table.columns()[position].iter()).filter(|(_, found)| *found == code).map(|(row, _)| row).collect();
                prop_assert_eq!(BitmapIndex::rows_of(index.bits(position, code)).collect::<Vec<_>>(), expected.clone());
                prop_assert_eq!(index.count(position, code), expected.len() as u64);
            }
        }
        for row in 0..table.rows().min(5) {
            let cells: Vec<(usize, u16)> = positions.iter().map(|&position| (position, table.columns()[position].get(row).unwrap())).collect();
            for length in 0..=cells.len() {
                let items = &cells[..length];
                let expected = (0..table.rows())
                    .filter(|&row| items.iter().all(|&(position, code)| table.columns()[position].get(row) == Some(code)))
                    .count() as u64;
                prop_assert_eq!(index.count_all(items), expected);
                prop_assert_eq!(BitmapIndex::count_ones(&index.intersection(items)), expected);
            }
        }
        let all: Vec<u16> = (0..u16::try_from(table.schema().attributes()[0].code_count()).unwrap()).collect();
        prop_assert_eq!(BitmapIndex::count_ones(&index.union(0, &all)), table.rows() as u64);
    }

    #[test]
    fn combinations_equal_loops_over_rows(table in table(), max_length in 0usize..5, support in prop_oneof![0u64..20, Just(1 << 32)]) {
        let found = table.combinations(max_length, support, &Control::default()).unwrap();
        let expected = naive_combinations(&table, max_length, support);
        let entries: Vec<(usize, Items, u64)> = found
            .iter()
            .map(|(items, units)| (items.len(), items.iter().map(|&item| found.items()[item as usize]).collect(), units))
            .collect();
        let sorted: Vec<_> = expected.iter().map(|((length, items), units)| (*length, items.clone(), *units)).collect();
        prop_assert_eq!(entries, sorted);
        let given = expected.iter().map(|((_, items), units)| (items.iter().rev().copied().collect(), *units));
        prop_assert_eq!(&Combinations::try_new(max_length, support, given).unwrap(), &found);
        for ((_, items), units) in expected.iter().take(200) {
            prop_assert_eq!(found.get(items), Some(*units));
        }
        prop_assert_eq!(found.get(&[(0, u16::MAX)]), None);
        prop_assert_eq!(found.get(&[]), None);
    }

    #[test]
    fn combinations_of_statements_count_distinct_persons(table in table(), persons in 1u32..30, support in 0u64..6) {
        let person_of_row: Vec<u32> = (0u32..).take(table.rows()).map(|row| row.wrapping_mul(2_654_435_761) >> 7).map(|mixed| mixed % persons).collect();
        let combining = Combining { items: ItemRule::Stated, person_of_row: Some(&person_of_row) };
        let found = combining.run(&table, 2, support, &Control::default()).unwrap();
        let mut expected: BTreeMap<(usize, Items), BTreeSet<u32>> = BTreeMap::new();
        for (row, &person) in person_of_row.iter().enumerate() {
            let codes = table.columns().iter().map(|column| column.get(row).unwrap());
            let items: Items = (0u16..)
                .zip(codes)
                .filter(|&(position, code)| table.schema().attributes()[usize::from(position)].blank_code() != Some(code))
                .collect();
            for (place, &first) in items.iter().enumerate() {
                expected.entry((1, vec![first])).or_default().insert(person);
                for &second in &items[place + 1..] {
                    expected.entry((2, vec![first, second])).or_default().insert(person);
                }
            }
        }
        let expected: Vec<(usize, Items, u64)> = expected
            .into_iter()
            .map(|((length, items), persons)| (length, items, persons.len() as u64))
            .filter(|(_, _, units)| *units >= support)
            .collect();
        let entries: Vec<(usize, Items, u64)> = found
            .iter()
            .map(|(items, units)| (items.len(), items.iter().map(|&item| found.items()[item as usize]).collect(), units))
            .collect();
        prop_assert_eq!(entries, expected);
    }
}
