//! Profile shares against the worked examples of the indicator notes, and their properties.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod support;

use ctdata_indicators::estimate::{NotAvailable, Value};
use ctdata_indicators::{Base, FormCoding, Request, indicator};
use ctdata_model::{CaseAttribute, CaseTable, ExploitationForm, Layout};
use ctdata_table::{Column, Schema, Table};
use proptest::prelude::*;
use support::{code, figures, run};

const FORMS: [ExploitationForm; 3] =
    [ExploitationForm::ForcedLabour, ExploitationForm::SexualExploitation, ExploitationForm::Other];

/// Yes, no, not recorded, as codes of a flag.
const YES: u8 = 1;
const NO: u8 = 0;
const BLANK: u8 = 2;

fn forms(rows: &[[u8; 3]]) -> Table {
    let flag = |form: &ExploitationForm| CaseAttribute::Form(*form).attribute();
    let schema = Schema::try_new(FORMS.iter().map(flag).collect()).unwrap();
    let column = |index: usize| Column::from_u8(rows.iter().map(|row| row[index]).collect());
    Table::try_new(schema, vec![column(0), column(1), column(2)]).unwrap()
}

/// Indicator notes §2, after the CTDC codebook (2024), section 6: six persons, (FL), (SX), (Other),
/// (none), (FL+SX), (none).
fn six_persons() -> Table {
    forms(&[
        [YES, BLANK, BLANK],
        [BLANK, YES, BLANK],
        [BLANK, BLANK, YES],
        [BLANK, BLANK, BLANK],
        [YES, YES, BLANK],
        [BLANK, BLANK, BLANK],
    ])
}

fn close(value: f64, printed: f64, tolerance: f64) -> bool {
    (value - printed).abs() <= tolerance
}

#[test]
fn the_six_persons_of_the_codebook() {
    let shares = run(&six_persons(), &Request::new("V-EXP"));
    assert_eq!(figures(&shares), [(2, 4, 2), (2, 4, 2), (1, 4, 2)]);
    let percent: Vec<f64> = shares.iter().map(|share| share.value.known().unwrap()).collect();
    assert_eq!(percent, [50.0, 50.0, 25.0]);
    assert!(shares[0].notes.iter().any(|note| note.contains("more than 100 %")));

    let all = Request { base: Some(Base::All), ..Request::new("form-of-exploitation") };
    let shares = run(&six_persons(), &all);
    assert_eq!(figures(&shares), [(2, 6, 0), (2, 6, 0), (1, 6, 0)]);
    assert!(close(shares[0].value.known().unwrap(), 33.3, 0.05));
    assert!(close(shares[2].value.known().unwrap(), 16.7, 0.05));
}

#[test]
fn a_file_without_no_cannot_tell_who_answered() {
    let answered = Request { base: Some(Base::Answered), ..Request::new("form-of-exploitation") };
    let shares = run(&six_persons(), &answered);
    assert!(shares.iter().all(|share| share.value == Value::NotAvailable(NotAvailable::NotSeparable)));
    // With a "no" the same request has an answer: of two who answered on labour, one said yes.
    let table = forms(&[[YES, NO, BLANK], [NO, BLANK, BLANK], [BLANK, NO, YES]]);
    let shares = run(&table, &answered);
    assert_eq!(figures(&shares), [(1, 2, 1), (0, 2, 1), (1, 1, 2)]);
    assert_eq!(shares[0].value, Value::Known(50.0));
}

#[test]
fn who_answers_no_to_everything_is_outside_the_base_but_not_unknown() {
    let table = forms(&[[YES, NO, NO], [NO, NO, NO], [BLANK, BLANK, BLANK]]);
    let shares = run(&table, &Request::new("form-of-exploitation"));
    assert_eq!(figures(&shares), [(1, 1, 1), (0, 1, 1), (0, 1, 1)]);
}

#[test]
fn exclusive_forms_add_up_with_mixed() {
    let request = Request { forms: FormCoding::Exclusive, ..Request::new("form-of-exploitation") };
    let shares = run(&six_persons(), &request);
    assert_eq!(figures(&shares), [(1, 4, 2), (1, 4, 2), (1, 4, 2), (1, 4, 2)]);
    assert_eq!(code(&shares[3], "form"), "mixed");
}

/// Indicator notes §2: 9 of 27 is 0.333333, Wilson 0.186433 to 0.521752.
#[test]
fn nine_of_twenty_seven() {
    let table = forms(&[[[YES, BLANK, BLANK]; 9].as_slice(), &[[BLANK, YES, BLANK]; 18]].concat());
    let share = run(&table, &Request::new("forced-labour")).remove(0);
    let interval = share.interval.unwrap();
    assert!(close(share.value.known().unwrap(), 33.3333, 5e-5));
    assert!(close(interval.low(), 18.6433, 5e-5) && close(interval.high(), 52.1752, 5e-5));
    assert_eq!(share.code.as_deref(), Some("P-87"));
}

#[test]
fn forced_marriage_inside_other_is_not_separable() {
    let share = run(&six_persons(), &Request::new("forced-marriage")).remove(0);
    assert_eq!(share.value, Value::NotAvailable(NotAvailable::NotSeparable));
    let kanon = CaseTable::schema(Layout::named("ctdc-kanon-63").unwrap(), |_| None).unwrap();
    let specs = indicator("P-53").unwrap().tables(&Request::new(""), &kanon).unwrap();
    assert_eq!(specs.len(), 2);
}

fn any_rows() -> impl Strategy<Value = Vec<[u8; 3]>> {
    proptest::collection::vec([0u8..3, 0u8..3, 0u8..3], 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn base_and_unknown_are_everybody_who_answered_or_not(rows in any_rows()) {
        let request = Request { base: Some(Base::Answered), ..Request::new("form-of-exploitation") };
        for share in run(&forms(&rows), &request) {
            prop_assert_eq!(share.base.unwrap() + share.unknown.unwrap(), rows.len() as u64);
        }
    }

    #[test]
    fn exclusive_forms_add_up_to_their_base(rows in any_rows()) {
        let request = Request { forms: FormCoding::Exclusive, ..Request::new("form-of-exploitation") };
        let shares = run(&forms(&rows), &request);
        let any = run(&forms(&rows), &Request::new("form-of-exploitation"));
        let sum: u64 = shares.iter().filter_map(|share| share.numerator).sum();
        prop_assert_eq!(Some(sum), shares[0].base);
        prop_assert_eq!((shares[0].base, shares[0].unknown), (any[0].base, any[0].unknown));
    }
}
