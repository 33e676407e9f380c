use ctdata_table::Control;
use proptest::prelude::*;

use super::*;
use crate::tables::{Level, SystemCell};
use crate::{BrokenGuarantee, PrivacyError, PrivacyUnit, Released};

const RULE: TableRule = TableRule::Threshold { below: 3, zeros: false };

fn rules() -> TableRules {
    TableRules::new(PrivacyUnit::Record, [RULE]).with_dimensions(["row", "column"])
}

/// The 3 x 3 table of the worked example, totals published, with cell (1,1) marked: cells by row, row totals, column
/// totals. The cheapest pattern withholds (1,1), (1,2), (3,1) and (3,2).
fn worked() -> (TableSystem, Pattern) {
    let mut system = TableSystem::new();
    let inner = [2, 10, 8, 9, 12, 7, 6, 5, 11].map(|count| system.push(SystemCell::figure(count)).unwrap());
    let rows = [20, 28, 22].map(|count| system.push(SystemCell::figure(count)).unwrap());
    let columns = [17, 27, 26].map(|count| system.push(SystemCell::figure(count)).unwrap());
    for line in 0..3 {
        system.sum(rows[line], (0..3).map(|other| inner[3 * line + other])).unwrap();
        system.sum(columns[line], (0..3).map(|other| inner[3 * other + line])).unwrap();
    }
    system.cell_mut(inner[0]).unwrap().level = Level { lower: 1, upper: 2 };
    let mut pattern = Pattern::open(&system);
    for place in [0, 1, 6, 7] {
        pattern.withhold(inner[place]);
    }
    (system, pattern)
}

/// Moves along the rectangle of the worked example.
fn shift(by: i64, denominator: u64) -> Witness {
    let differences = [(0, by), (1, -by), (6, -by), (7, by)].map(|(cell, by)| (CellId(cell), by));
    Witness { cell: CellId(0), differences: differences.to_vec(), denominator }
}

fn release(witnesses: Vec<Witness>) -> Result<Released<ProtectedTables>, PrivacyError> {
    let (system, pattern) = worked();
    ProtectedTables::suppressed(system, pattern, witnesses, rules()).verify(&Control::default())
}

fn refusal(output: crate::Unverified<ProtectedTables>) -> BrokenGuarantee {
    match output.verify(&Control::default()) {
        Err(PrivacyError::GuaranteeFails(broken)) => broken,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_worked_table_is_released_with_its_certificate() {
    // The spec's audit: x11 in [0,8], a shift in [-2,6].
    let released = release(vec![shift(6, 1), shift(-2, 1)]).unwrap();
    let tables = released.get();
    assert_eq!(tables.withheld().collect::<Vec<_>>(), [0, 1, 6, 7].map(CellId));
    assert_eq!((tables.value(CellId(2)), tables.value(CellId(0)), tables.value(CellId(99))), (Some(8), None, None));
    assert!(tables.is_withheld(CellId(0)) && !tables.is_withheld(CellId(2)));
    let certificate = tables.certificate();
    assert_eq!((certificate.figures, certificate.marked, certificate.withheld), (15, 1, 4));
    assert_eq!((certificate.proven_by_whole_tables, certificate.narrowest_interval), (1, Some(8)));
    let statement = released.statement();
    assert_eq!(statement.tables.as_ref(), Some(certificate));
    let words = statement.to_plain_words();
    assert!(words.contains("4 of 15 figures are withheld"), "{words}");
    assert!(words.contains("counts from 1 to 2 are hidden"), "{words}");
    // No count stands in what is said of the release.
    assert!(!format!("{tables:?}").contains("12"));
}

#[test]
fn fractions_prove_a_level_and_are_told_apart() {
    let released = release(vec![shift(9, 2), shift(-2, 2)]).unwrap();
    let certificate = released.get().certificate();
    assert_eq!((certificate.proven_by_whole_tables, certificate.narrowest_interval), (0, Some(5)));
    assert!(released.statement().not_protected.iter().any(|sentence| sentence.contains("fractions")));
}

#[test]
fn what_is_not_proven_is_refused() {
    let output = |witnesses| {
        let (system, pattern) = worked();
        ProtectedTables::suppressed(system, pattern, witnesses, rules())
    };
    // Up alone, and too little: half of 3 is less than 2.
    assert_eq!(refusal(output(vec![shift(6, 1)])), BrokenGuarantee::NotProven { cells: 1 });
    assert_eq!(refusal(output(vec![shift(3, 2), shift(-2, 1)])), BrokenGuarantee::NotProven { cells: 1 });
    // (1,1) would be negative; a column would not add up; a published cell would change.
    assert_eq!(refusal(output(vec![shift(6, 1), shift(-3, 1)])), BrokenGuarantee::Witness { position: 2 });
    let mut crooked = shift(6, 1);
    crooked.differences.pop();
    assert_eq!(refusal(output(vec![crooked])), BrokenGuarantee::Witness { position: 1 });
    let mut published = shift(6, 1);
    published.differences.push((CellId(2), 1));
    assert_eq!(refusal(output(vec![published])), BrokenGuarantee::Witness { position: 1 });
    let mut twice = shift(6, 1);
    twice.differences.push((CellId(0), 6));
    assert_eq!(refusal(output(vec![twice])), BrokenGuarantee::Witness { position: 1 });
    assert_eq!(refusal(output(vec![shift(6, 0)])), BrokenGuarantee::Witness { position: 1 });
}

#[test]
fn marks_and_figures_are_recounted() {
    let witnesses = || vec![shift(6, 1), shift(-2, 1)];
    let (mut system, pattern) = worked();
    system.cell_mut(CellId(0)).unwrap().level = Level::default();
    let output = ProtectedTables::suppressed(system, pattern, witnesses(), rules());
    assert_eq!(refusal(output), BrokenGuarantee::Unmarked { cells: 1 });

    let (system, mut pattern) = worked();
    pattern.publish(CellId(0));
    let output = ProtectedTables::suppressed(system, pattern, witnesses(), rules());
    assert_eq!(refusal(output), BrokenGuarantee::MarkedFigures { figures: 1 });

    let (mut system, pattern) = worked();
    system.cell_mut(CellId(5)).unwrap().count += 1;
    let output = ProtectedTables::suppressed(system, pattern, witnesses(), rules());
    assert_eq!(refusal(output), BrokenGuarantee::Relations { relations: 2 });

    let tamper = |change: &dyn Fn(&mut ProtectedTables)| {
        let (system, pattern) = worked();
        let output = ProtectedTables::suppressed(system, pattern, witnesses(), rules());
        let mut tables = output.working_copy().clone();
        change(&mut tables);
        refusal(output.with_output(tables))
    };
    let wrong = BrokenGuarantee::Figures { figures: 1 };
    assert_eq!(tamper(&|tables| tables.shown[3] = Shown::Value(10)), wrong);
    assert_eq!(tamper(&|tables| tables.shown[0] = Shown::Value(2)), wrong);
    assert_eq!(tamper(&|tables| tables.shown[3] = Shown::Withheld), wrong);
    assert_eq!(tamper(&|tables| tables.shown.truncate(14)), wrong);
    assert_eq!(tamper(&|tables| tables.certificate.withheld = 3), BrokenGuarantee::Account);
    assert_eq!(tamper(&|tables| tables.certificate.narrowest_interval = Some(9)), BrokenGuarantee::Account);
}

#[test]
fn rules_about_parts_and_totals_are_recounted_where_relations_are_sums() {
    let output = |counts: [u64; 2], rule, sums, least| {
        let mut system = TableSystem::new();
        let [a, b, total] =
            [counts[0], counts[1], counts[0] + counts[1]].map(|count| system.push(SystemCell::figure(count)).unwrap());
        system.sum(total, [a, b]).unwrap();
        system.cell_mut(b).unwrap().least = least;
        let rules = TableRules::new(PrivacyUnit::Record, [rule]).with_sums(sums);
        let pattern = Pattern::open(&system);
        ProtectedTables::suppressed(system, pattern, Vec::new(), rules)
    };
    let complement = TableRule::SmallComplement { below: 5 };
    for (counts, rule) in [([0, 40], TableRule::AllInOneCategory), ([2, 40], complement), ([4, 40], complement)] {
        assert_eq!(refusal(output(counts, rule, 1, 0)), BrokenGuarantee::Unmarked { cells: 1 });
        // Not said to be a sum; known to everybody.
        assert!(output(counts, rule, 0, 0).verify(&Control::default()).is_ok());
        assert!(output(counts, rule, 1, 40).verify(&Control::default()).is_ok());
    }
    for (counts, rule) in [([1, 40], TableRule::AllInOneCategory), ([5, 40], complement), ([0, 40], complement)] {
        assert!(output(counts, rule, 1, 0).verify(&Control::default()).is_ok());
    }
}

#[cfg(feature = "serde")]
#[test]
fn the_json_of_a_certificate_is_stable() {
    let released = release(vec![shift(6, 1), shift(-2, 1)]).unwrap();
    let json = serde_json::to_string(released.get().certificate()).unwrap();
    assert_eq!(
        json,
        r#"{"method":{"name":"suppression"},"rules":[{"name":"threshold","below":3,"zeros":false}],"figures":15,"marked":1,"withheld":4,"proven_by_whole_tables":1,"narrowest_interval":8}"#
    );
    let statement = serde_json::to_value(released.statement()).unwrap();
    assert_eq!(statement["released"], "protected-tables");
    assert_eq!(statement["tables"], serde_json::from_str::<serde_json::Value>(&json).unwrap());
    assert_eq!(serde_json::from_value::<crate::Statement>(statement).unwrap(), *released.statement());
}

proptest! {
    /// The recount accepts a witness exactly if `Witness::check` does, which shares no code with it.
    #[test]
    fn the_recount_agrees_with_the_check_of_witnesses(
        by in -4i64..9,
        denominator in 0u64..4,
        extra in proptest::option::of((0u32..16, -2i64..3)),
    ) {
        let (system, pattern) = worked();
        let mut witness = shift(by, denominator);
        witness.differences.retain(|(_, by)| *by != 0);
        witness.differences.extend(extra.filter(|(_, by)| *by != 0).map(|(cell, by)| (CellId(cell), by)));
        let checked = witness.check(&system, &pattern).is_some() || (witness.differences.is_empty() && denominator > 0);
        let output = ProtectedTables::suppressed(system, pattern, vec![witness], rules());
        let refused = matches!(refusal(output), BrokenGuarantee::Witness { .. });
        prop_assert_eq!(checked, !refused);
    }
}
