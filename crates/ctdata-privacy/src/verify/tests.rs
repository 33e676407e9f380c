//! Tampered outputs: the verifier must refuse each, by the part that was tampered with.

use ctdata_table::{Attribute, Column, Control, Domain, Missing, MissingKinds, Origin, Schema, Table, Weights};
use proptest::prelude::*;

use super::SuppressionClaim;
use crate::release::Unverified;
use crate::testing::{any_table, flags, texts};
use crate::{KAnonymity, PrivacyError, PrivacyUnit, RecordCounts, Summary};

/// Two classes of two on `a` and `b`, a column `c` beside, and a row of its own that was dropped.
fn input() -> Table {
    flags(&[&[0, 1, 0, 1, 1], &[1, 0, 1, 0, 1], &[0, 1, 1, 0, 2]])
}

fn rows(rows: &[u32]) -> Table {
    input().take(rows).unwrap()
}

fn claim(origin: &[u32]) -> SuppressionClaim {
    SuppressionClaim {
        input: input(),
        model: KAnonymity::try_new(2).unwrap(),
        quasi_identifiers: vec!["a".into(), "b".into()],
        blanked: Vec::new(),
        released: vec!["c".into()],
        origin: origin.to_vec(),
        summary: Summary {
            unit: PrivacyUnit::Record,
            records: RecordCounts::new(5, origin.len() as u64),
            blanked: Vec::new(),
            generalized: Vec::new(),
            classes: 2,
            smallest_class: Some(2),
        },
    }
}

fn refusal(claim: SuppressionClaim, output: Table) -> String {
    Unverified::new(output, claim).verify(&Control::default()).unwrap_err().to_string()
}

#[test]
fn what_is_claimed_is_released() {
    let released = Unverified::new(rows(&[0, 2, 3, 1]), claim(&[0, 2, 3, 1])).verify(&Control::default()).unwrap();
    assert_eq!(released.statement().verified.smallest_class, Some(2));
    assert_eq!(released.statement().verified.attacker_view_smallest, Some(2));
}

#[test]
fn a_class_that_is_too_small_is_found() {
    let small = "not verified: k-anonymity requires 2, but 1 classes are smaller, down to 1";
    assert_eq!(refusal(claim(&[0, 2, 3, 1, 4]), rows(&[0, 2, 3, 1, 4])), small);
    // Two records of one person are one person.
    let mut same_person = claim(&[0, 2, 3, 1]);
    same_person.input = same_person.input.with_ids(["p", "q", "p", "r", "s"].into_iter().collect()).unwrap();
    assert_eq!(refusal(same_person, rows(&[0, 2, 3, 1])), small);
}

#[test]
fn a_row_is_used_once_and_exists() {
    let message = |row| format!("not verified: row {row} of the output is not a row of the input of its own");
    assert_eq!(refusal(claim(&[0, 0, 3, 1]), rows(&[0, 0, 3, 1])), message(2));
    assert_eq!(refusal(claim(&[0, 2, 3, 9]), rows(&[0, 2, 3, 1])), message(4));
    assert_eq!(refusal(claim(&[0, 2, 3]), rows(&[0, 2, 3, 1])), message(4));
}

#[test]
fn a_changed_cell_is_found() {
    let message = "not verified: row 1, column `c`: the cell was changed";
    assert_eq!(refusal(claim(&[0, 2, 3, 1]), flags(&[&[0, 0, 1, 1], &[1, 1, 0, 0], &[1, 1, 0, 1]])), message);
    assert_eq!(refusal(claim(&[0, 2, 3, 1]), flags(&[&[0, 0, 1, 1], &[1, 1, 0, 0], &[2, 1, 0, 1]])), message);
}

#[test]
fn blanks_are_allowed_only_where_the_claim_says() {
    let blanked = || flags(&[&[0, 0, 1, 1], &[2, 2, 0, 0], &[0, 1, 0, 1]]);
    let message = "not verified: row 1, column `b`: the cell was changed";
    assert_eq!(refusal(claim(&[0, 2, 3, 1]), blanked()), message);
    let mut allowed = claim(&[0, 2, 3, 1]);
    allowed.blanked = vec!["b".into()];
    assert_eq!(
        refusal(allowed.clone(), blanked()),
        "not verified: the account of what was done differs from the recount"
    );
    allowed.summary.blanked = vec![crate::BlankedCells { attribute: "b".into(), cells: 2 }];
    let released = Unverified::new(blanked(), allowed).verify(&Control::default()).unwrap();
    // Who knows a and b of the dropped record (yes, yes) finds nobody.
    assert_eq!(released.statement().verified.attacker_view_smallest, Some(2));
}

#[test]
fn columns_ids_weights_and_order_are_checked() {
    let origin = [0, 2, 3, 1];
    let right = rows(&origin);
    let columns = |position| format!("not verified: column {position} of the output is not the one claimed");
    assert_eq!(refusal(claim(&origin), right.select(&[0, 1]).unwrap()), columns(3));
    assert_eq!(refusal(claim(&origin), right.select(&[1, 0, 2]).unwrap()), columns(1));
    let more = right.with_column(Attribute::flag("d"), Column::from_u8(vec![0; 4])).unwrap();
    assert_eq!(refusal(claim(&origin), more), columns(4));
    let ids = right.clone().with_ids(["p", "q", "r", "s"].into_iter().collect()).unwrap();
    assert_eq!(refusal(claim(&origin), ids), "not verified: the output carries identifiers");
    let weights = right.clone().with_weights(Weights::new(vec![1; 4])).unwrap();
    assert_eq!(refusal(claim(&origin), weights), "not verified: the output carries weights");
    assert_eq!(refusal(claim(&[2, 0, 3, 1]), rows(&[2, 0, 3, 1])), "not verified: row 2 of the output is out of order");
}

#[test]
fn a_public_domain_stays_as_it_is() {
    let wider =
        Attribute::new("c", Domain::nominal(["no", "yes", "maybe"], Origin::Public).unwrap(), MissingKinds::NONE);
    let output = rows(&[0, 2, 3, 1]).with_replaced(2, wider, Column::from_u8(vec![0, 1, 0, 1])).unwrap();
    assert_eq!(refusal(claim(&[0, 2, 3, 1]), output), "not verified: column `c`: its domain is not that of the input");
}

#[test]
fn a_value_that_only_suppressed_records_had_is_not_left_in_a_domain() {
    let input = texts(&[("place", &["b", "b", "a", "a", "rare"])]);
    let mut claim = claim(&[2, 3, 0, 1]);
    claim.quasi_identifiers = vec!["place".into()];
    claim.released = Vec::new();
    claim.input = input;
    let output = |labels: &[&str], codes: [u8; 4]| {
        let domain = Domain::nominal(labels.iter().copied(), Origin::Observed).unwrap();
        let schema = Schema::try_new(vec![Attribute::new("place", domain, MissingKinds::NOT_RECORDED)]).unwrap();
        Table::try_new(schema, vec![Column::from_u8(codes.to_vec())]).unwrap()
    };
    let message = "not verified: column `place`: its domain is not that of the input";
    assert_eq!(refusal(claim.clone(), output(&["a", "b", "rare"], [0, 0, 1, 1])), message);
    // The order of an observed domain may be that of the first rows.
    let mut other_order = claim.clone();
    other_order.origin = vec![0, 1, 2, 3];
    assert_eq!(refusal(other_order, output(&["b", "a"], [0, 0, 1, 1])), message);
    assert!(Unverified::new(output(&["a", "b"], [0, 0, 1, 1]), claim).verify(&Control::default()).is_ok());
}

#[test]
fn names_that_are_all_integers_are_numbers() {
    let mut claim = claim(&[0, 1, 2, 3]);
    claim.quasi_identifiers = vec!["age".into()];
    claim.released = Vec::new();
    claim.input = texts(&[("age", &["9", "9", "10", "10", "010"])]);
    let output = |domain: Domain| {
        let schema = Schema::try_new(vec![Attribute::new("age", domain, MissingKinds::NOT_RECORDED)]).unwrap();
        Table::try_new(schema, vec![Column::from_u8(vec![0, 0, 1, 1])]).unwrap()
    };
    let names = Domain::nominal(["9", "10"], Origin::Observed).unwrap();
    let message = "not verified: column `age`: its domain is not that of the input";
    assert_eq!(refusal(claim.clone(), output(names)), message);
    let numbers = Domain::numeric([9, 10], 0, Origin::Observed).unwrap();
    assert!(Unverified::new(output(numbers.clone()), claim.clone()).verify(&Control::default()).is_ok());
    // "010" is another value than 10.
    claim.origin = vec![0, 1, 2, 4];
    let message = "not verified: row 4, column `age`: the cell was changed";
    assert_eq!(refusal(claim, output(numbers)), message);
}

#[test]
fn a_kind_of_missing_is_added_only_for_blanks() {
    let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]);
    let output = rows(&[0, 2, 3, 1])
        .with_replaced(2, Attribute::new("c", Domain::flag(), kinds), Column::from_u8(vec![0, 1, 0, 1]))
        .unwrap();
    assert_eq!(refusal(claim(&[0, 2, 3, 1]), output), "not verified: column `c`: its domain is not that of the input");
}

#[test]
fn the_attacker_view_is_recounted_apart_from_classes() {
    use super::possible::{Groups, Rows};
    // Classes of 2, 1: who knows "yes" meets the blank alone; who knows "no" meets all three.
    let released = flags(&[&[0, 0, 2]]);
    let truth = flags(&[&[0, 1, 2]]);
    let as_is = |table: &Table| Rows::read(table, &[(0, |code: u16| code)]);
    let rows = as_is(&released);
    let targets = as_is(&truth);
    let count = |persons: &[u32]| {
        let mut found = Vec::new();
        let groups = Groups::of(&rows, persons, 3);
        groups
            .possible(
                &targets.distinct(),
                |_, known, cell| cell == known || cell == 2,
                &Control::default(),
                |target, units| {
                    found.push((target, units));
                    u64::MAX
                },
            )
            .unwrap();
        found
    };
    assert_eq!(count(&[0, 1, 2]), [(0, 3), (1, 1), (2, 1)]);
    assert_eq!(count(&[0, 1, 1]), [(0, 2), (1, 1), (2, 1)]);
}

proptest! {
    /// One cell of an honest output is changed: whatever it is, it is refused.
    #[test]
    fn any_changed_cell_is_refused(table in any_table(30), at in any::<prop::sample::Index>(), to in 0u16..5) {
        let anonymizer = crate::KAnonymizer::builder(KAnonymity::try_new(2).unwrap())
            .quasi_identifiers(["x", "y", "z"]).blank_first(["z"]).release(["w"]).build().unwrap();
        let Ok(output) = anonymizer.run(&table, &Control::default()) else { return Ok(()) };
        let honest = output.working_copy();
        if honest.rows() == 0 {
            return Ok(());
        }
        let cell = at.index(honest.rows() * 4);
        let (row, position) = (cell / 4, cell % 4);
        let attribute = honest.schema().attributes()[position].clone();
        let mut codes: Vec<u16> = honest.columns()[position].iter().collect();
        if codes[row] == to || usize::from(to) >= attribute.code_count() {
            return Ok(());
        }
        codes[row] = to;
        let column = Column::from_codes(&codes, attribute.code_count());
        let tampered = honest.with_replaced(position, attribute, column).unwrap();
        let refused = output.with_output(tampered).verify(&Control::default());
        prop_assert!(matches!(refused, Err(PrivacyError::GuaranteeFails(_))));
    }
}
