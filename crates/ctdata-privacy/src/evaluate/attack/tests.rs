use super::super::Evaluator;
use super::*;
use crate::evaluate::{Evaluation, real};
use crate::testing::{Dice, any_table, flags, texts};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn evaluated(evaluator: &Evaluator, original: &Table, released: &Table, holdout: Option<&Table>) -> Evaluation {
    evaluator.run(original, released, holdout, &mut ChaCha20Rng::seed_from_u64(11), &Control::default()).unwrap()
}

fn attacks(original: &Table, released: &Table, holdout: Option<&Table>) -> Attacks {
    evaluated(&Evaluator { attack_targets: 200, ..Evaluator::default() }, original, released, holdout).attacks.unwrap()
}

/// Invented people: five attributes of eight values that have nothing to do with each other.
fn people(rows: usize, seed: u64) -> Table {
    let mut dice = Dice(seed);
    let columns: Vec<Vec<String>> = (0..5).map(|_| (0..rows).map(|_| format!("v{}", dice.roll(8))).collect()).collect();
    let cells: Vec<Vec<&str>> = columns.iter().map(|column| column.iter().map(String::as_str).collect()).collect();
    let names = ["p", "q", "r", "s", "t"];
    texts(&names.into_iter().zip(&cells).map(|(name, cells)| (name, cells.as_slice())).collect::<Vec<_>>())
}

/// Whoever releases the original gives everybody away; whoever releases other people does not.
#[test]
fn a_copy_is_found_out_and_independent_people_are_not() {
    let (original, other, holdout) = (people(400, 1), people(400, 2), people(400, 3));
    let copied = attacks(&original, &original, Some(&holdout));
    let safe = attacks(&original, &other, Some(&holdout));
    let risks = |attacks: &Attacks| {
        let one = |result: Option<AttackResult>| result.and_then(|result| result.risk);
        let secret = attacks.inference.first().map(|one| one.result);
        [attacks.singling_out.multivariate, attacks.linkability, secret].map(|result| one(result).unwrap())
    };
    for risk in risks(&copied) {
        assert!(risk.value > 0.1 && risk.value > risk.error, "{}", risk.value);
    }
    // The interval of each misses zero with probability 0.05; three times the error practically never does.
    for risk in risks(&safe) {
        assert!(risk.value.abs() < 3.0 * risk.error, "{}", risk.value);
    }
    let (copied, safe) = (copied.closeness.unwrap(), safe.closeness.unwrap());
    assert!(copied.closer_to_original.unwrap() > 0.9 && copied.released.median == 0.0);
    // 400 records: a share off by 0.1 has probability below 1e-4.
    assert!((safe.closer_to_original.unwrap() - 0.5).abs() < 0.1);
    assert!(copied.random.median > 0.0 && copied.holdout.unwrap().median > 0.0);
}

#[test]
fn a_hold_out_of_another_size_serves_as_well() {
    let original = people(300, 1);
    for rows in [100, 600] {
        let attacks = attacks(&original, &original, Some(&people(rows, 3)));
        assert!(attacks.with_holdout && attacks.singling_out.multivariate.unwrap().risk.unwrap().value > 0.2);
        assert!(attacks.closeness.unwrap().closer_to_original.unwrap() > 0.5);
    }
    let without = attacks(&original, &original, None);
    assert!(without.linkability.unwrap().risk.is_none() && without.closeness.unwrap().closer_to_original.is_none());
}

#[test]
fn descriptions_grow_until_they_fit_one_record() {
    // Every combination of six answers once: three of them fit eight records.
    let columns: Vec<Vec<u8>> = (0..6).map(|bit| (0..64u8).map(|row| row >> bit & 1).collect()).collect();
    let table = flags(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let found = attacks(&table, &table, None).singling_out;
    assert_eq!((found.attributes, found.multivariate.unwrap().attack.successes), (6, 200.0));
    assert!(found.univariate.is_none());
}

#[test]
fn odd_tables_do_not_break_attacks() {
    let constant = flags(&[&[1, 1, 1], &[0, 0, 0]]);
    let missing = flags(&[&[2, 2], &[2, 2]]);
    let one_row = flags(&[&[1], &[2]]);
    let empty = flags(&[&[], &[]]);
    let one_column = flags(&[&[0, 1, 1]]);
    for original in [&constant, &missing, &one_row, &empty, &one_column] {
        for released in [&constant, &missing, &one_row, &empty, &one_column] {
            for holdout in [None, Some(&constant), Some(&empty)] {
                let found = attacks(original, released, holdout);
                assert!(original.rows() > 0 || found.closeness.is_none());
                let identity = found.disclosure.identity;
                assert!(identity.rep_u.is_finite() && identity.baseline.is_finite());
            }
        }
    }
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let (original, released) = (people(200, 1), people(150, 2));
    let evaluator = Evaluator { attack_targets: 50, distance_targets: 50, ..Evaluator::default() };
    let first = evaluated(&evaluator, &original, &released, Some(&released));
    assert_eq!(first, evaluated(&evaluator, &original, &released, Some(&released)));
    #[cfg(feature = "rayon")]
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(first, pool.install(|| evaluated(&evaluator, &original, &released, Some(&released))));
    }
}

#[test]
fn numbers_are_guessed_within_five_percent() {
    let domain = ctdata_table::Domain::numeric([100, 104, 200], 0, ctdata_table::Origin::Public).unwrap();
    let income = ctdata_table::Attribute::new("income", domain, ctdata_table::MissingKinds::NONE);
    let schema = ctdata_table::Schema::try_new(vec![ctdata_table::Attribute::flag("a"), income]).unwrap();
    let table = |income: Vec<u8>| {
        let columns = vec![ctdata_table::Column::from_u8(vec![0, 1]), ctdata_table::Column::from_u8(income)];
        Table::try_new(schema.clone(), columns).unwrap()
    };
    let evaluator = Evaluator { keys: vec!["a".to_owned()], ..Evaluator::default() };
    // The released record with the same `a` says 104 for 100, and 100 for 200.
    let found = evaluated(&evaluator, &table(vec![0, 2]), &table(vec![1, 0]), None).attacks.unwrap();
    assert_eq!((found.inference.len(), found.inference[0].result.attack.successes), (1, 1.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn disclosure_equals_counting_by_hand(original in any_table(25), released in any_table(25)) {
        let keys = ["x", "z"];
        let evaluator = Evaluator {
            keys: keys.map(str::to_owned).to_vec(), attack_targets: 5, distance_targets: 5, ..Evaluator::default()
        };
        let disclosure = evaluated(&evaluator, &original, &released, None).attacks.unwrap().disclosure;
        let code = |table: &Table, row: usize, name: &str| table.named(name).unwrap().1.get(row).unwrap();
        let key = |table: &Table, row: usize| keys.map(|key| code(table, row, key));
        let group = |table: &Table, secret: &str| {
            let mut groups: BTreeMap<[u16; 2], Vec<u16>> = BTreeMap::new();
            (0..table.rows()).for_each(|row| groups.entry(key(table, row)).or_default().push(code(table, row, secret)));
            groups
        };
        let rows = real(original.rows().max(1) as u64);
        for found in &disclosure.attributes {
            let groups = group(&released, &found.attribute);
            let mut counts: BTreeMap<u16, i64> = BTreeMap::new();
            groups.values().flatten().for_each(|code| *counts.entry(*code).or_default() += 1);
            let common = counts.iter().min_by_key(|(code, count)| (-**count, **code)).map(|(code, _)| *code);
            let told = |row: usize| {
                let truth = code(&original, row, &found.attribute);
                groups.get(&key(&original, row)).is_some_and(|codes| codes.iter().all(|code| *code == truth))
            };
            let disco = (0..original.rows()).filter(|&row| told(row)).count();
            let disco = real(disco as u64) / rows;
            let trivial =
                (0..original.rows()).filter(|&row| told(row) && Some(code(&original, row, &found.attribute)) == common);
            prop_assert!((found.disco - disco).abs() < 1e-12);
            prop_assert!((found.baseline - real(trivial.count() as u64) / rows).abs() < 1e-12);
        }
        let (before, after) = (group(&original, "y"), group(&released, "y"));
        let uniques: Vec<_> = before.iter().filter(|(_, rows)| rows.len() == 1).collect();
        let replicated = uniques.iter().filter(|(key, _)| after.get(*key).is_some_and(|rows| rows.len() == 1)).count();
        prop_assert_eq!(disclosure.identity.uniques, uniques.len() as u64);
        prop_assert_eq!(disclosure.identity.replicated, replicated as u64);
        prop_assert_eq!(disclosure.apparent_matches.pairs, replicated as u64);
        prop_assert_eq!(disclosure.apparent_matches.by_tenth.iter().sum::<u64>(), replicated as u64);
        let all = |table: &Table, row: usize| ["x", "y", "z", "w"].map(|name| code(table, row, name));
        let count = |table: &Table, wanted: [u16; 4]| (0..table.rows()).filter(|&row| all(table, row) == wanted).count();
        let alone = (0..original.rows()).map(|row| all(&original, row)).filter(|record| count(&original, *record) == 1);
        let found = alone.clone().filter(|record| count(&released, *record) > 0).count();
        prop_assert_eq!(disclosure.exact_matches.uniques, alone.count() as u64);
        prop_assert_eq!(disclosure.exact_matches.found, found as u64);
    }
}
