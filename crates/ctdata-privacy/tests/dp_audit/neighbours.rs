//! What two neighbouring inputs may differ in, one of which has a record with a value that nobody else has and with
//! more values than all others: in noisy choices and noisy numbers, and in nothing else.

use std::sync::{Arc, Mutex};

use ctdata_privacy::PrivacyUnit;
use ctdata_privacy::dp::NoiseSource;
use ctdata_table::{Control, Origin, Table, Weights};
use serde_json::Value;

use crate::pipeline::{Method, Outcome, others, payment, person, read_off, wider_and_unique};

fn run(method: Method, table: &Table, epsilon: f64, seed: u64) -> Outcome {
    let payment = payment(epsilon, 1e-9, PrivacyUnit::of(table), 1);
    method.run(table, payment, &mut NoiseSource::from_seed(seed), &Control::default()).unwrap()
}

/// The statement without what is noisy: how many records there are, and on which combinations, chosen with noise, the
/// budget was spent.
fn fixed_part(outcome: &Outcome) -> Value {
    let mut statement = serde_json::to_value(outcome.released.statement()).unwrap();
    for noisy in ["/synthetic/rows", "/synthetic/guarantee/differential-privacy/spent"] {
        *statement.pointer_mut(noisy).unwrap() = Value::Null;
    }
    statement
}

/// The same of the plain words.
fn fixed_words(outcome: &Outcome) -> Vec<String> {
    let words = outcome.released.statement().to_plain_words();
    let is_noisy = |line: &&str| line.contains("synthetic records were drawn") || line.starts_with("| c");
    words.lines().filter(|line| !is_noisy(line)).map(str::to_owned).collect()
}

#[test]
fn columns_domains_and_statements_are_the_same() {
    for method in Method::ALL {
        for neighbours in [wider_and_unique(), person()] {
            for epsilon in [0.1, 1.0, 20.0] {
                let [without, with] =
                    [&neighbours.without, &neighbours.with].map(|table| run(method, table, epsilon, 3));
                assert_eq!(without.released.get().schema(), with.released.get().schema(), "{method:?}");
                assert_eq!(with.released.get().schema().get(0).unwrap().domain().len(), 4);
                assert_eq!(fixed_part(&without), fixed_part(&with), "{method:?}");
                assert_eq!(fixed_words(&without), fixed_words(&with), "{method:?}");
            }
        }
    }
}

/// The number of rows is at least as noisy as what it cost: with a large epsilon it is right, and with a small one not.
#[test]
fn the_number_of_rows_is_noisy() {
    for method in Method::ALL {
        let rows = |epsilon| {
            (0..20).map(move |seed| run(method, &wider_and_unique().with, epsilon, seed).released.get().rows())
        };
        assert!(rows(1000.0).all(|rows| rows.abs_diff(25) <= 2), "{method:?} {:?}", rows(1000.0).collect::<Vec<_>>());
        assert!(rows(0.1).filter(|rows| *rows == 25).count() < 3, "{method:?}");
    }
}

/// With so little that nothing is discovered, everything that is handed back is the same, to the byte.
///
/// The noise on the number of records is negative in half of the runs: then there are none, so that even their number is the
/// same. In the others it is the noisy number.
#[test]
fn too_little_to_discover_anything_shows_nothing() {
    for method in Method::ALL {
        let mut compared = 0;
        for seed in 0..12 {
            let neighbours = wider_and_unique();
            let [without, with] = [&neighbours.without, &neighbours.with].map(|table| run(method, table, 0.01, seed));
            let [fewer, more] = [&without, &with].map(|outcome| outcome.released.get().rows());
            assert!(fewer.abs_diff(more) <= 2, "the same noise on one record more");
            if fewer == 0 && more == 0 {
                compared += 1;
                assert_eq!(without.released.get(), with.released.get());
                assert_eq!(without.report, with.report, "{method:?}");
                assert_eq!(without.shown, with.shown, "{method:?}");
                assert_eq!(format!("{:?}", without.released), format!("{:?}", with.released));
                let json = |outcome: &Outcome| serde_json::to_string(outcome.released.statement()).unwrap();
                assert_eq!(json(&without), json(&with));
            } else {
                assert_eq!(fixed_part(&without), fixed_part(&with));
            }
        }
        assert!(compared >= 2, "{method:?}: {compared}");
    }
}

/// Progress, which may end up in a log.
#[test]
fn progress_is_the_same() {
    let log = |method: Method, table: &Table| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let entries = Arc::clone(&log);
        let control = Control::default().with_progress(move |progress| {
            entries.lock().unwrap().push((progress.stage, progress.total));
        });
        let payment = payment(0.01, 1e-9, PrivacyUnit::Record, 1);
        let outcome = method.run(table, payment, &mut NoiseSource::from_seed(1), &control).unwrap();
        let entries = log.lock().unwrap().clone();
        (outcome.released.get().rows(), entries)
    };
    for method in Method::ALL {
        let neighbours = wider_and_unique();
        let (_, without) = log(method, &neighbours.without);
        let (_, with) = log(method, &neighbours.with);
        assert_eq!(without, with, "{method:?}");
        assert!(without.iter().all(|(_, total)| *total != Some(24) && *total != Some(25)));
    }
}

/// What is wrong is told in the same words, whatever the records are.
#[test]
fn errors_are_the_same() {
    let error = |method: Method, table: &Table, unit, epsilon, control: &Control| {
        let payment = payment(epsilon, 1e-9, unit, 1);
        match method.run(table, payment, &mut NoiseSource::from_seed(1), control) {
            Ok(_) => panic!("{method:?} does not err"),
            Err(error) => format!("{error} {error:?}"),
        }
    };
    let neighbours = wider_and_unique();
    let weighted = |table: &Table| {
        let weights = vec![1; table.rows()];
        table.clone().with_weights(Weights::new(weights)).unwrap()
    };
    let observed = |is_with: bool| {
        let mut records = others();
        if is_with {
            records.push([3, 1, 1, 1, 1]);
        }
        read_off(&records, Origin::Observed)
    };
    let (usual, capped) = (Control::default(), Control::default().with_memory_cap(64));
    for method in Method::ALL {
        let (without, with) = (&neighbours.without, &neighbours.with);
        let texts = |of: &dyn Fn(&Table) -> String| (of(without), of(with));
        // Counts of combinations reserve nothing that depends on the records.
        if method != Method::AggregateSeeded {
            let cap = texts(&|table| error(method, table, PrivacyUnit::Record, 1.0, &capped));
            assert_eq!(cap.0, cap.1);
            assert!(cap.0.starts_with("this needs more memory than the cap of 64 bytes"), "{}", cap.0);
        }
        let unit = texts(&|table| error(method, table, PrivacyUnit::Person, 1.0, &usual));
        assert_eq!(unit.0, unit.1);
        let weights = texts(&|table| error(method, &weighted(table), PrivacyUnit::Record, 1.0, &usual));
        assert_eq!(weights.0, weights.1);
        let poor = texts(&|table| error(method, table, PrivacyUnit::Record, 1e-12, &usual));
        assert_eq!(poor.0, poor.1);
        let domains = [false, true].map(|is_with| error(method, &observed(is_with), PrivacyUnit::Record, 1.0, &usual));
        assert_eq!(domains[0], domains[1]);
        assert!(domains[0].starts_with("attribute `region`: differential privacy needs"), "{}", domains[0]);
    }
}
