//! Both synthesizers from end to end, on small invented tables.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ctdata_table::{
    Attribute, AttributeSet, Column, Constraint, Control, CountSource, Domain, MissingKinds, Origin, Schema,
    StopReason, Table, Weights,
};
use proptest::prelude::*;

use super::{Aim, GraphicalDraft, Mst};
use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, Rho};
use crate::testing::Dice;

const METHODS: [Method; 2] = [Method::Mst, Method::Aim];

#[derive(Debug, Clone, Copy)]
enum Method {
    Mst,
    Aim,
}

impl Method {
    fn draw(self, table: &Table, allowance: &mut Allowance, control: &Control) -> Result<GraphicalDraft, PrivacyError> {
        let mut source = NoiseSource::from_seed(7);
        match self {
            Self::Mst => Mst::new().draw(table, allowance, &mut source, control),
            Self::Aim => Aim::new().draw(table, allowance, &mut source, control),
        }
    }

    fn easily(self, table: &Table) -> GraphicalDraft {
        self.draw(table, &mut allowance(10.0), &Control::default()).unwrap()
    }
}

fn allowance(rho: f64) -> Allowance {
    Allowance::without_ledger(Rho::at_most(rho).unwrap(), 1)
}

/// Attributes with 3 to 5 values that depend on the one before, and a flag that depends on the first two.
fn people(rows: usize) -> Table {
    let mut dice = Dice(5);
    let sizes: [u16; 4] = [3, 4, 5, 4];
    let mut columns = vec![Vec::new(); 5];
    for _ in 0..rows {
        let mut before = 0;
        for (column, size) in columns.iter_mut().zip(sizes) {
            if dice.one_in(3) {
                before = u16::try_from(dice.roll(u64::from(size))).unwrap();
            }
            before = before.min(size - 1);
            column.push(before);
        }
        let both = columns[0].last() == columns[1].last();
        columns[4].push(if dice.one_in(10) { 2 } else { u16::from(both) });
    }
    let mut attributes: Vec<Attribute> = sizes
        .iter()
        .enumerate()
        .map(|(number, &size)| {
            let names = (0..size).map(|value| value.to_string());
            let domain = if number % 2 == 0 {
                Domain::nominal(names, Origin::Public).unwrap()
            } else {
                Domain::ordered(names, Origin::Public).unwrap()
            };
            Attribute::new(format!("attribute {number}"), domain, MissingKinds::NONE)
        })
        .collect();
    attributes.push(Attribute::flag("flag"));
    let columns = columns.iter().zip(&attributes).map(|(codes, of)| Column::from_codes(codes, of.code_count()));
    let columns = columns.collect();
    Table::try_new(Schema::try_new(attributes).unwrap(), columns).unwrap()
}

/// Half the sum of absolute differences of shares, mean over all sets of so many attributes.
#[expect(clippy::cast_precision_loss, reason = "small tables")]
fn distance(a: &Table, b: &Table, size: usize) -> f64 {
    let sets = AttributeSet::all_of_size(u16::try_from(a.schema().len()).unwrap(), size);
    let shares = |table: &Table| -> Vec<Vec<f64>> {
        let marginals = table.marginals(&sets, &Control::default()).unwrap();
        let rows = table.rows() as f64;
        marginals.iter().map(|of| of.to_dense().iter().map(|&count| count as f64 / rows).collect()).collect()
    };
    let all = shares(a).into_iter().zip(shares(b));
    let sum: f64 = all.map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0).sum();
    sum / sets.len() as f64
}

#[test]
fn dependence_is_kept_where_there_is_budget() {
    let table = people(4000);
    for (method, pairs) in METHODS.into_iter().zip([0.05, 0.02]) {
        let draft = method.easily(&table);
        assert_eq!(draft.table.schema(), table.schema());
        // The noise of the total has a standard deviation of about 1: wrong by 10 for none of 1e20 seeds.
        assert!(draft.table.rows().abs_diff(4000) < 10);
        assert!(distance(&table, &draft.table, 1) < 0.01, "{method:?}");
        let found = distance(&table, &draft.table, 2);
        assert!(found < pairs, "{method:?} {found}");
        assert_eq!(draft.report.rows, draft.table.rows() as u64);
    }
}

#[test]
fn tables_of_any_size_have_an_answer() {
    let one = |column: Vec<u8>, attribute: Attribute| {
        Table::try_new(Schema::try_new(vec![attribute]).unwrap(), vec![Column::from_u8(column)]).unwrap()
    };
    let single = Domain::nominal(["only"], Origin::Public).unwrap();
    let tables = [
        people(0),
        people(1),
        people(3),
        one(vec![0, 1, 2, 1], Attribute::flag("a")),
        one(vec![0; 50], Attribute::new("a", single, MissingKinds::NONE)),
        one(Vec::new(), Attribute::flag("a")),
    ];
    for table in &tables {
        for method in METHODS {
            for rho in [0.000_1, 1.0, 1000.0] {
                let draft = method.draw(table, &mut allowance(rho), &Control::default()).unwrap();
                assert_eq!(draft.table.schema(), table.schema());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn expenses_never_exceed_the_allowance(power in -6i32..4, records in 1u32..4, rows in 0usize..300) {
        let rho = Rho::at_most(10f64.powi(power)).unwrap();
        for method in METHODS {
            let mut allowance = Allowance::without_ledger(rho, records);
            let draft = method.draw(&people(rows), &mut allowance, &Control::default()).unwrap();
            let spent = draft.report.expenses.iter().fold(Rho::ZERO, |sum, expense| sum.plus(expense.rho));
            prop_assert!(spent <= rho);
            prop_assert_eq!(spent.plus(allowance.left()), rho);
            let measured = draft.report.measured.iter().fold(Rho::ZERO, |sum, set| sum.plus(set.rho));
            prop_assert!(measured <= spent);
            // The noise of each set is that of its charge, larger by the number of records of a person.
            for set in &draft.report.measured {
                let sigma = f64::from(records) / (2.0 * set.rho.to_f64()).sqrt();
                prop_assert!(set.sigma >= sigma * (1.0 - 1e-9) && set.sigma <= sigma * 1.1 + 0.1);
            }
        }
    }
}

#[test]
fn an_allowance_of_nothing_is_refused() {
    for method in METHODS {
        let error = method.draw(&people(10), &mut allowance(0.0), &Control::default()).unwrap_err();
        assert!(matches!(error, PrivacyError::InvalidParameter { parameter: "rho", .. }), "{error}");
    }
}

#[test]
fn a_value_that_nobody_else_has_changes_no_shape() {
    let table = people(500);
    // One record more, the only one with the last code of the flag's column and of another attribute.
    let with = |code: u16| {
        let columns = table.columns().iter().zip(table.schema().attributes()).map(|(column, attribute)| {
            let last = u16::try_from(attribute.code_count() - 1).unwrap();
            let mut codes: Vec<u16> = column.iter().map(|code| if code == last { 0 } else { code }).collect();
            codes.push(if code == 1 { last } else { 0 });
            Column::from_codes(&codes, attribute.code_count())
        });
        Table::try_new(table.shared_schema(), columns.collect()).unwrap()
    };
    for method in METHODS {
        let drafts =
            [with(0), with(1)].map(|table| method.draw(&table, &mut allowance(0.1), &Control::default()).unwrap());
        let [before, after] = &drafts;
        assert_eq!(before.table.schema(), after.table.schema());
        assert_eq!(before.table.schema(), table.schema());
        let domains = |draft: &GraphicalDraft| -> Vec<(String, u64)> {
            draft.report.attributes.iter().map(|of| (of.name.clone(), of.values)).collect()
        };
        assert_eq!(domains(before), domains(after));
        // The single attributes are paid for and named alike.
        assert_eq!(before.report.expenses[..5], after.report.expenses[..5]);
        // A budget that buys no noise of a bounded size fails alike.
        let tiny = || Allowance::without_ledger(Rho::from_units(50), 1);
        let errors = [with(0), with(1)].map(|table| method.draw(&table, &mut tiny(), &Control::default()).err());
        let [before, after] = errors.map(|error| error.map(|error| error.to_string()));
        assert!(before.is_some() && before == after);
    }
}

#[test]
fn the_seed_alone_decides() {
    let table = people(800);
    for method in METHODS {
        let columns = |draft: &GraphicalDraft| -> Vec<Vec<u16>> {
            draft.table.columns().iter().map(|column| column.iter().collect()).collect()
        };
        let first = method.easily(&table);
        let again = method.easily(&table);
        assert_eq!((columns(&first), &first.report), (columns(&again), &again.report));
        #[cfg(feature = "rayon")]
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let again = pool.install(|| method.easily(&table));
            assert_eq!((columns(&first), &first.report), (columns(&again), &again.report));
        }
    }
}

#[test]
fn a_deadline_still_gives_a_table() {
    let table = people(800);
    for method in METHODS {
        // It passes at the second look and later ones.
        for looks in [2u64, 3, 4, 6, 10] {
            let seen = Arc::new(AtomicU64::new(0));
            let control = Control::default().with_deadline(move || seen.fetch_add(1, Ordering::Relaxed) >= looks);
            let mut allowance = allowance(10.0);
            match method.draw(&table, &mut allowance, &control) {
                Ok(draft) => {
                    assert_eq!(draft.table.schema(), table.schema());
                    assert!(draft.report.stopped.is_none_or(|reason| reason == StopReason::Deadline));
                }
                // Nothing was spent yet.
                Err(PrivacyError::Cancelled(StopReason::Deadline)) => assert!(allowance.expenses().is_empty()),
                Err(error) => panic!("{error}"),
            }
        }
        let cancel = Arc::new(AtomicBool::new(true));
        let control = Control::default().with_cancel(cancel);
        let error = method.draw(&table, &mut allowance(10.0), &control).unwrap_err();
        assert!(matches!(error, PrivacyError::Cancelled(StopReason::Cancelled)));
    }
}

#[test]
fn a_small_cap_leaves_attributes_independent() {
    let table = people(2000);
    let (mut source, control) = (NoiseSource::from_seed(1), Control::default());
    // 3 + 4 + 5 + 4 + 3 codes alone: nothing else fits.
    let mst = Mst::new().max_cells(19).draw(&table, &mut allowance(10.0), &mut source, &control).unwrap();
    let aim = Aim::new().max_cells(19).draw(&table, &mut allowance(10.0), &mut source, &control).unwrap();
    for draft in [mst, aim] {
        assert!(draft.report.cells <= 19, "{}", draft.report.cells);
        assert!(distance(&table, &draft.table, 1) < 0.01);
    }
    let error = Mst::new().max_cells(5).draw(&table, &mut allowance(10.0), &mut source, &control).unwrap_err();
    assert!(matches!(error, PrivacyError::InvalidParameter { parameter: "max_cells", .. }));
}

#[test]
fn what_cannot_exist_is_not_drawn() {
    let table = people(3000);
    let equal = table.columns()[0].iter().zip(table.columns()[4].iter()).filter(|&pair| pair == (0, 1)).count();
    assert!(equal > 100);
    let values = |values: &'static [&'static str]| values.iter().copied();
    let never = Constraint::new("never", [("attribute 0", values(&["0"])), ("flag", values(&["yes"]))]);
    let drafts = [
        Mst::new().constraints([never.clone()]).draw(
            &table,
            &mut allowance(10.0),
            &mut NoiseSource::from_seed(2),
            &Control::default(),
        ),
        Aim::new().constraints([never]).draw(
            &table,
            &mut allowance(10.0),
            &mut NoiseSource::from_seed(2),
            &Control::default(),
        ),
    ];
    for draft in drafts {
        let draft = draft.unwrap();
        assert!(draft.report.not_enforced.is_empty());
        let columns = draft.table.columns();
        assert!(columns[0].iter().zip(columns[4].iter()).all(|pair| pair != (0, 1)));
    }
}

#[test]
fn what_is_not_public_or_not_there_is_refused() {
    let (mut source, control) = (NoiseSource::from_seed(1), Control::default());
    let observed = crate::testing::texts(&[("x", &["a", "b"])]);
    let error = Mst::new().draw(&observed, &mut allowance(1.0), &mut source, &control).unwrap_err();
    assert!(matches!(error, PrivacyError::ObservedDomain { attribute } if attribute == "x"));
    let table = people(20);
    let mut budget = allowance(1.0);
    assert!(Aim::new().attributes(["nothing"]).draw(&table, &mut budget, &mut source, &control).is_err());
    assert!(Aim::new().attributes(["flag", "flag"]).draw(&table, &mut budget, &mut source, &control).is_err());
    assert!(Aim::new().all_of_size(5).draw(&table, &mut budget, &mut source, &control).is_err());
    let weighted = table.clone().with_weights(Weights::new(vec![1; 20])).unwrap();
    assert!(Mst::new().draw(&weighted, &mut budget, &mut source, &control).is_err());
    assert_eq!(budget.left(), budget.total());
}

#[test]
fn attributes_are_in_the_order_of_the_table() {
    let table = people(200);
    let names = ["flag", "attribute 1"];
    let mst = Mst::new().attributes(names);
    let draft = mst.draw(&table, &mut allowance(10.0), &mut NoiseSource::from_seed(1), &Control::default()).unwrap();
    let found: Vec<&str> = draft.table.schema().attributes().iter().map(Attribute::name).collect();
    assert_eq!(found, ["attribute 1", "flag"]);
}

#[test]
fn a_workload_decides_what_is_measured() {
    let table = people(3000);
    let set = vec!["attribute 0".to_owned(), "attribute 1".to_owned(), "flag".to_owned()];
    let aim = Aim::new().workload([(set.clone(), 1)]);
    let draft = aim.draw(&table, &mut allowance(10.0), &mut NoiseSource::from_seed(1), &Control::default()).unwrap();
    let sets = draft.report.measured.iter().filter(|measured| measured.attributes.len() > 1);
    assert!(sets.clone().all(|measured| measured.attributes.iter().all(|name| set.contains(name))));
    assert!(sets.clone().any(|measured| measured.attributes == set));
}
