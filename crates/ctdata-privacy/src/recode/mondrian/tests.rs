use std::collections::{BTreeMap, BTreeSet};

use ctdata_table::{
    Attribute, Cell, Column, Control, Domain, Hierarchy, Ids, Missing, MissingKinds, Origin, Schema, Table,
};
use proptest::prelude::*;

use super::{Judge, MondrianMode, MondrianOutcome, mondrian};
use crate::model::evaluator::{ClassView, Evaluator};
use crate::recode::{Meaning, QuasiIdentifier};
use crate::unit::Persons;
use crate::{KAnonymity, PrivacyError};

const MODES: [MondrianMode; 2] = [MondrianMode::Strict, MondrianMode::Relaxed];

fn k_anonymity(k: u32, table: &Table) -> Evaluator {
    Evaluator::new(&[KAnonymity::try_new(k).unwrap().into()], table, None).unwrap()
}

/// At least `k` units and `l` different codes of each sensitive attribute.
struct Diversity {
    k: u64,
    l: usize,
    sensitive: Vec<usize>,
}

impl Judge for Diversity {
    fn sensitive(&self) -> &[usize] {
        &self.sensitive
    }

    fn least_class_size(&self) -> u64 {
        self.k
    }

    fn is_size_only(&self) -> bool {
        false
    }

    fn class_holds(&self, class: &ClassView<'_>) -> bool {
        class.size >= self.k && class.sensitive.iter().all(|counts| counts.len() >= self.l)
    }
}

fn run<J: Judge>(table: &Table, quasi: &[QuasiIdentifier], judge: &J, mode: MondrianMode) -> MondrianOutcome {
    mondrian(table, quasi, judge, &Persons::of(table), mode, &Control::default()).unwrap()
}

/// The texts of the released cells of a row; kinds of missing in brackets.
fn released(outcome: &MondrianOutcome, row: u32) -> Vec<String> {
    let text = |column: &crate::recode::RecodedColumn| {
        let code = column.column.get(row as usize).unwrap();
        match column.attribute.cell(code).unwrap() {
            Cell::Value(code) => column.attribute.domain().label(code).unwrap().into_owned(),
            Cell::Missing(kind) => format!("({})", kind.code()),
        }
    };
    outcome.columns.iter().map(text).collect()
}

fn all_released(outcome: &MondrianOutcome, table: &Table) -> Vec<String> {
    (0u32..).take(table.rows()).map(|row| released(outcome, row).join(" ")).collect()
}

/// The leaves that a released code stands for; none for a kind of missing.
fn leaves(hierarchy: &Hierarchy, meaning: Meaning) -> BTreeSet<u16> {
    match meaning {
        Meaning::Node { level, code } => {
            let of_leaf = hierarchy.level(level).unwrap().of_leaf();
            (0u16..).zip(of_leaf).filter(|(_, at)| **at == code).map(|(leaf, _)| leaf).collect()
        }
        Meaning::Interval { first, last } => (first..=last).collect(),
        Meaning::Missing(_) => BTreeSet::new(),
    }
}

/// Checks by brute force that labels cover what they stand for, that classes of equal labels hold, and
/// that no row was dropped without need.
fn check<J: Judge>(table: &Table, quasi: &[QuasiIdentifier], judge: &J, outcome: &MondrianOutcome) {
    let dropped: BTreeSet<u32> = outcome.dropped.iter().copied().collect();
    let mut classes: BTreeMap<Vec<String>, Vec<u32>> = BTreeMap::new();
    let mut patterns: BTreeMap<Vec<Option<Missing>>, Vec<u32>> = BTreeMap::new();
    for row in (0u32..).take(table.rows()) {
        let mut pattern = Vec::new();
        for (quasi, column) in quasi.iter().zip(&outcome.columns) {
            let (attribute, input) = table.named(quasi.name()).unwrap();
            assert_eq!(column.column.len(), table.rows());
            assert_eq!(column.meanings.len(), column.attribute.domain().len());
            let code = column.column.get(row as usize).unwrap();
            let cell = attribute.cell(input.get(row as usize).unwrap()).unwrap();
            pattern.push(if let Cell::Missing(kind) = cell { Some(kind) } else { None });
            match (cell, column.attribute.cell(code).unwrap()) {
                (Cell::Value(leaf), Cell::Value(code)) if !dropped.contains(&row) => {
                    let covered = leaves(quasi.hierarchy(), column.meanings[usize::from(code)]);
                    assert!(covered.contains(&leaf));
                }
                (Cell::Missing(before), Cell::Missing(after)) => assert_eq!(before, after),
                _ => assert!(dropped.contains(&row)),
            }
        }
        if !dropped.contains(&row) {
            classes.entry(released(outcome, row)).or_default().push(row);
        }
        patterns.entry(pattern).or_default().push(row);
    }
    for rows in classes.values() {
        assert!(holds(table, judge, rows));
    }
    for (rows, is_open) in patterns.values().map(|rows| (rows, holds(table, judge, rows))) {
        assert!(rows.iter().all(|row| dropped.contains(row) != is_open));
    }
    for (quasi, column) in quasi.iter().zip(&outcome.columns) {
        // Labels are different texts (a domain sees to that) for different sets of leaves.
        let sets: BTreeSet<_> = column.meanings.iter().map(|&meaning| leaves(quasi.hierarchy(), meaning)).collect();
        assert_eq!(sets.len(), column.meanings.len());
    }
}

fn holds<J: Judge>(table: &Table, judge: &J, rows: &[u32]) -> bool {
    let persons: BTreeSet<&str> =
        rows.iter().filter_map(|&row| table.ids().and_then(|ids| ids.get(row as usize))).collect();
    let size = if table.ids().is_some() { persons.len() } else { rows.len() };
    let counts: Vec<Vec<(u16, u32)>> = judge
        .sensitive()
        .iter()
        .map(|&position| {
            let mut counts = BTreeMap::new();
            for &row in rows {
                *counts.entry(table.column(position).unwrap().get(row as usize).unwrap()).or_default() += 1;
            }
            counts.into_iter().collect()
        })
        .collect();
    let sensitive: Vec<&[(u16, u32)]> = counts.iter().map(AsRef::as_ref).collect();
    size as u64 >= judge.least_class_size()
        && judge.class_holds(&ClassView { size: size as u64, population: None, sensitive: &sensitive })
}

fn ages(ages: &[i64]) -> (Table, Vec<QuasiIdentifier>) {
    let distinct: BTreeSet<i64> = ages.iter().copied().collect();
    let domain = Domain::numeric(distinct, 0, Origin::Observed).unwrap();
    let codes: Vec<u16> = ages.iter().map(|&age| domain.code_of_number(age).unwrap()).collect();
    let column = Column::from_codes(&codes, domain.len());
    let quasi = vec![QuasiIdentifier::new("age", Hierarchy::of(domain.clone()))];
    let schema = Schema::try_new(vec![Attribute::new("age", domain, MissingKinds::NONE)]).unwrap();
    (Table::try_new(schema, vec![column]).unwrap(), quasi)
}

/// A table of one column of names, with a hierarchy of these rows.
fn names(rows: &[&[&str]], cells: &[(&str, usize)]) -> (Table, Vec<QuasiIdentifier>) {
    let hierarchy = Hierarchy::from_rows(rows.iter().map(|row| row.iter())).unwrap();
    let domain = hierarchy.leaves().clone();
    let codes: Vec<u16> = cells.iter().flat_map(|&(name, times)| vec![domain.code_of(name).unwrap(); times]).collect();
    let column = Column::from_codes(&codes, domain.len());
    let schema = Schema::try_new(vec![Attribute::new("place", domain, MissingKinds::NONE)]).unwrap();
    (Table::try_new(schema, vec![column]).unwrap(), vec![QuasiIdentifier::new("place", hierarchy)])
}

fn sizes(outcome: &MondrianOutcome, table: &Table) -> BTreeMap<String, usize> {
    let mut sizes = BTreeMap::new();
    for labels in all_released(outcome, table) {
        *sizes.entry(labels).or_default() += 1;
    }
    sizes
}

fn expected(sizes: &[(&str, usize)]) -> BTreeMap<String, usize> {
    sizes.iter().map(|&(label, size)| (label.to_owned(), size)).collect()
}

/// LeFevre, DeWitt, Ramakrishnan (2006), the Patients table and its multidimensional anonymization for
/// k = 2.
#[test]
fn the_patients_of_the_paper() {
    let sex = Hierarchy::from_rows([["Male", "*"], ["Female", "*"]]).unwrap();
    let age = Domain::numeric(25..=28, 0, Origin::Public).unwrap();
    let zip = Domain::numeric([53710, 53711, 53712], 0, Origin::Public).unwrap();
    let attributes = [("sex", sex.leaves()), ("age", &age), ("zip", &zip)];
    let schema = attributes.map(|(name, domain)| Attribute::new(name, domain.clone(), MissingKinds::NONE));
    let columns = vec![
        Column::from_u8(vec![0, 1, 0, 0, 1, 0]),
        Column::from_u8(vec![0, 0, 1, 2, 2, 3]),
        Column::from_u8(vec![1, 2, 1, 0, 2, 1]),
    ];
    let table = Table::try_new(Schema::try_new(schema.to_vec()).unwrap(), columns).unwrap();
    let quasi = [
        QuasiIdentifier::new("sex", sex),
        QuasiIdentifier::new("age", Hierarchy::of(age)),
        QuasiIdentifier::new("zip", Hierarchy::of(zip)),
    ];
    let outcome = run(&table, &quasi, &k_anonymity(2, &table), MondrianMode::Strict);
    assert_eq!(
        all_released(&outcome, &table),
        [
            "Male 25-26 53711",
            "Female 25-27 53712",
            "Male 25-26 53711",
            "Male 27-28 53710-53711",
            "Female 25-27 53712",
            "Male 27-28 53710-53711"
        ]
    );
    assert_eq!((outcome.regions, outcome.dropped.len()), (3, 0));
}

/// A property of the relaxed partition (LeFevre et al. 2006, section 3.2, for one dimension).
#[test]
fn relaxed_regions_of_distinct_numbers_have_k_to_2k_less_1_records() {
    for n in 1..=40 {
        for k in 1..=6 {
            let (table, quasi) = ages(&(0..n).map(|age| age * age).collect::<Vec<_>>());
            let judge = k_anonymity(k, &table);
            let k = usize::try_from(k).unwrap();
            if table.rows() < k {
                continue;
            }
            let outcome = run(&table, &quasi, &judge, MondrianMode::Relaxed);
            let sizes = sizes(&outcome, &table);
            assert!(sizes.values().all(|size| (k..2 * k).contains(size)), "{n} {k}");
            assert_eq!(outcome.regions, sizes.len() as u64);
            check(&table, &quasi, &judge, &outcome);
        }
    }
}

#[test]
fn ties_stay_together_or_are_shared_out() {
    let (table, quasi) = ages(&[2, 1, 1, 3, 1, 1]);
    let of_mode = |mode| sizes(&run(&table, &quasi, &k_anonymity(2, &table), mode), &table);
    assert_eq!(of_mode(MondrianMode::Strict), expected(&[("1", 4), ("2-3", 2)]));
    assert_eq!(of_mode(MondrianMode::Relaxed), expected(&[("1", 3), ("1-3", 3)]));
    // Nothing below the median: the cut before it serves.
    let (table, quasi) = ages(&[1, 1, 2, 2, 2, 2]);
    let outcome = run(&table, &quasi, &k_anonymity(2, &table), MondrianMode::Strict);
    assert_eq!(sizes(&outcome, &table), expected(&[("1", 2), ("2", 4)]));
}

#[test]
fn names_split_into_the_children_of_their_lowest_common_ancestor() {
    let rows: &[&[&str]] = &[&["a1", "A", "*"], &["a2", "A", "*"], &["b1", "B", "*"], &["b2", "B", "*"]];
    let (table, quasi) = names(rows, &[("a1", 3), ("a2", 1), ("b1", 2), ("b2", 2)]);
    for mode in MODES {
        let outcome = run(&table, &quasi, &k_anonymity(2, &table), mode);
        // Of A, a1 could stand alone, but not a2.
        assert_eq!(sizes(&outcome, &table), expected(&[("A", 4), ("b1", 2), ("b2", 2)]));
        assert_eq!(outcome.columns[0].meanings.len(), 3);
        let five = run(&table, &quasi, &k_anonymity(5, &table), mode);
        assert_eq!(sizes(&five, &table), expected(&[("*", 8)]));
    }
    // The ancestor is the lowest one: without B, nothing needs the top.
    let (table, quasi) = names(rows, &[("a1", 1), ("a2", 1)]);
    let outcome = run(&table, &quasi, &k_anonymity(2, &table), MondrianMode::Strict);
    assert_eq!(sizes(&outcome, &table), expected(&[("A", 2)]));
}

#[test]
fn children_that_fail_alone_stay_together() {
    let rows: &[&[&str]] = &[&["x", "*"], &["y", "*"], &["z", "*"], &["w", "*"]];
    let (table, quasi) = names(rows, &[("x", 3), ("y", 1), ("z", 1), ("w", 2)]);
    let of_k = |k| sizes(&run(&table, &quasi, &k_anonymity(k, &table), MondrianMode::Strict), &table);
    assert_eq!(of_k(2), expected(&[("x", 3), ("w", 2), ("*", 2)]));
    // y, z and w are 4 together.
    assert_eq!(of_k(3), expected(&[("x", 3), ("*", 4)]));
    // y alone fails, and the smallest of the others joins it.
    let (table, quasi) = names(rows, &[("x", 3), ("y", 1), ("w", 2)]);
    let outcome = run(&table, &quasi, &k_anonymity(2, &table), MondrianMode::Strict);
    assert_eq!(sizes(&outcome, &table), expected(&[("x", 3), ("*", 3)]));
}

#[test]
fn labels_of_different_leaves_are_different_texts() {
    // `other` is a value, and a group of it and `x`; `single` is a group of one.
    let rows: &[&[&str]] = &[&["other", "other", "*"], &["x", "other", "*"], &["y", "single", "*"]];
    let (table, quasi) = names(rows, &[("other", 1), ("x", 1), ("y", 2)]);
    let outcome = run(&table, &quasi, &k_anonymity(2, &table), MondrianMode::Strict);
    assert_eq!(sizes(&outcome, &table), expected(&[("other (level 1)", 2), ("y", 2)]));
    let ordered = Domain::ordered(["a", "b", "a to b"], Origin::Public).unwrap();
    let schema = Schema::try_new(vec![Attribute::new("o", ordered.clone(), MissingKinds::NONE)]).unwrap();
    let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 2, 2])]).unwrap();
    let quasi = [QuasiIdentifier::new("o", Hierarchy::of(ordered))];
    let outcome = run(&table, &quasi, &k_anonymity(2, &table), MondrianMode::Strict);
    assert_eq!(sizes(&outcome, &table), expected(&[("a to b (interval)", 2), ("a to b", 2)]));
}

#[test]
fn missing_cells_are_a_category_by_kind() {
    let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::NotApplicable]);
    let age = Domain::numeric([20, 30, 99], 0, Origin::Observed).unwrap();
    let schema = Schema::try_new(vec![Attribute::new("age", age.clone(), kinds), Attribute::flag("f")]).unwrap();
    let columns = vec![Column::from_u8(vec![0, 1, 3, 3, 4, 2]), Column::from_u8(vec![0, 0, 0, 0, 0, 2])];
    let table = Table::try_new(schema, columns).unwrap();
    let flag = Hierarchy::of(Domain::flag()).with_top("any").unwrap();
    let quasi = [QuasiIdentifier::new("age", Hierarchy::of(age)), QuasiIdentifier::new("f", flag)];
    for mode in MODES {
        let judge = k_anonymity(2, &table);
        let outcome = run(&table, &quasi, &judge, mode);
        check(&table, &quasi, &judge, &outcome);
        // One record is alone with "not applicable", one with its missing flag.
        assert_eq!(outcome.dropped, [4, 5]);
        assert_eq!(
            all_released(&outcome, &table)[..4],
            ["20-30 no", "20-30 no", "(not-recorded) no", "(not-recorded) no"]
        );
        // The value of the dropped record is no value of the release.
        assert_eq!(outcome.columns[0].attribute.domain().len(), 1);
        assert_eq!(outcome.regions, 2);
    }
}

#[test]
fn persons_are_counted_once() {
    let (table, quasi) = ages(&[1, 1, 1, 2, 3, 3]);
    let table = table.with_ids(["p", "p", "q", "q", "r", "r"].into_iter().collect()).unwrap();
    let judge = k_anonymity(2, &table);
    for mode in MODES {
        let outcome = run(&table, &quasi, &judge, mode);
        check(&table, &quasi, &judge, &outcome);
    }
    let strict = run(&table, &quasi, &judge, MondrianMode::Strict);
    assert_eq!(sizes(&strict, &table), expected(&[("1", 3), ("2-3", 3)]));
    let outcome = run(&table, &quasi, &k_anonymity(3, &table), MondrianMode::Strict);
    assert_eq!(sizes(&outcome, &table), expected(&[("1-3", 6)]));
}

#[test]
fn open_levels_are_kept_to() {
    let rows: &[&[&str]] = &[&["a1", "A", "*"], &["a2", "A", "*"], &["b1", "B", "*"], &["b2", "B", "*"]];
    let (table, quasi) = names(rows, &[("a1", 2), ("a2", 2), ("b1", 1), ("b2", 0)]);
    let of_levels = |levels, k| {
        let quasi = [quasi[0].clone().with_levels(levels).unwrap()];
        let outcome = run(&table, &quasi, &k_anonymity(k, &table), MondrianMode::Strict);
        (sizes(&outcome, &table), outcome.dropped)
    };
    assert_eq!(of_levels(1..=2, 1).0, expected(&[("A", 4), ("B", 1)]));
    assert_eq!(of_levels(0..=1, 2).1, [4]);
    // Intervals are made of whole values of the lowest open level.
    let (table, quasi) = ages(&[3, 4, 6, 11, 12, 14]);
    let bands = Hierarchy::of(quasi[0].hierarchy().leaves().clone())
        .with_level("fives", ["0-4", "5-9", "10-14"], |code| [0, 0, 1, 2, 2, 2][usize::from(code)])
        .unwrap()
        .with_level("tens", ["0-9", "10-19"], |code| u16::from(code > 2))
        .unwrap();
    let of_levels = |levels, k| {
        let quasi = [QuasiIdentifier::new("age", bands.clone()).with_levels(levels).unwrap()];
        sizes(&run(&table, &quasi, &k_anonymity(k, &table), MondrianMode::Strict), &table)
    };
    assert_eq!(of_levels(1..=2, 1), expected(&[("0-4", 2), ("5-9", 1), ("10-14", 3)]));
    assert_eq!(of_levels(1..=2, 2), expected(&[("3-6", 3), ("10-14", 3)]));
}

#[test]
fn other_models_are_asked() {
    let (table, quasi) = ages(&[1, 2, 3, 4]);
    let table = table.with_column(Attribute::flag("s"), Column::from_u8(vec![0, 0, 1, 1])).unwrap();
    let judge = Diversity { k: 2, l: 2, sensitive: vec![1] };
    for mode in MODES {
        let outcome = run(&table, &quasi, &judge, mode);
        assert_eq!(sizes(&outcome, &table), expected(&[("1-4", 4)]));
    }
    let (table, quasi) = ages(&[1, 2, 3, 4]);
    let table = table.with_column(Attribute::flag("s"), Column::from_u8(vec![0, 1, 0, 1])).unwrap();
    let outcome = run(&table, &quasi, &judge, MondrianMode::Strict);
    assert_eq!(sizes(&outcome, &table), expected(&[("1-2", 2), ("3-4", 2)]));
}

#[test]
fn what_cannot_be_done_is_refused() {
    let (table, quasi) = ages(&[1, 2, 3]);
    let refused = |table: &Table, quasi: &[QuasiIdentifier], k| {
        let persons = Persons::of(table);
        mondrian(table, quasi, &k_anonymity(k, table), &persons, MondrianMode::Strict, &Control::default()).unwrap_err()
    };
    assert!(matches!(refused(&table, &quasi, 4), PrivacyError::NoSolution { required: 4, records: 3, .. }));
    assert!(matches!(refused(&table, &[], 1), PrivacyError::NoQuasiIdentifiers));
    let twice = [quasi[0].clone(), quasi[0].clone()];
    assert!(refused(&table, &twice, 1).to_string().contains("twice"));
    let other = [QuasiIdentifier::new("age", Hierarchy::of(Domain::flag()))];
    assert_eq!(
        refused(&table, &other, 1).to_string(),
        "hierarchy of `age`: its leaves are not the values of the attribute"
    );
    let stopped = Control::default().with_deadline(|| true);
    let stopped =
        mondrian(&table, &quasi, &k_anonymity(1, &table), &Persons::of(&table), MondrianMode::Strict, &stopped);
    assert!(matches!(stopped.unwrap_err(), PrivacyError::Cancelled(_)));
    let (empty, quasi) = ages(&[]);
    assert_eq!(run(&empty, &quasi, &k_anonymity(5, &empty), MondrianMode::Strict).regions, 0);
}

/// A table of up to four attributes with random hierarchies, and one column more.
fn any_case() -> impl Strategy<Value = (Table, Vec<QuasiIdentifier>)> {
    // Kind, values, groups by value, supergroups by group, weight.
    let axis = (0u8..3, 1u16..7, prop::collection::vec(0u16..4, 7), prop::collection::vec(0u16..3, 4), any::<bool>());
    let rows = prop::collection::vec((prop::collection::vec(0u16..9, 4), 0u16..3, 0u8..25), 1..45);
    (prop::collection::vec(axis, 1..=4), rows, any::<bool>()).prop_map(|(axes, rows, with_ids)| {
        let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::NotApplicable]);
        let mut attributes = Vec::new();
        let mut columns = Vec::new();
        let mut quasi = Vec::new();
        for (number, (kind, values, groups, supers, heavy)) in axes.into_iter().enumerate() {
            let domain = match kind {
                0 => Domain::nominal((0..values).map(|value| format!("v{value}")), Origin::Observed).unwrap(),
                1 => Domain::ordered((0..values).map(|value| format!("g{value}")), Origin::Public).unwrap(),
                _ => Domain::numeric((0..values).map(|value| i64::from(value * value)), 0, Origin::Public).unwrap(),
            };
            let groups: Vec<u16> = if kind == 0 { groups } else { (0..7).map(|value| value / 2).collect() };
            let mut hierarchy = Hierarchy::of(domain.clone())
                .with_level("groups", ["g0", "g1", "g2", "g3"], |leaf| groups[usize::from(leaf)])
                .unwrap();
            hierarchy = hierarchy
                .with_level("supergroups", ["g0", "s1", "s2"], |leaf| supers[usize::from(groups[usize::from(leaf)])])
                .unwrap()
                .with_top("*")
                .unwrap();
            let name = format!("q{number}");
            let attribute = Attribute::new(name.as_str(), domain, kinds);
            // Mostly values; few missing.
            let code = |code: u16| if code > 6 { values + code - 7 } else { code % values };
            let codes: Vec<u16> = rows.iter().map(|(row, ..)| code(row[number])).collect();
            columns.push(Column::from_codes(&codes, attribute.code_count()));
            attributes.push(attribute);
            let weight = if heavy { 2.0 } else { 1.0 };
            quasi.push(QuasiIdentifier::new(name, hierarchy).with_weight(weight).unwrap());
        }
        attributes.push(Attribute::flag("s"));
        columns.push(Column::from_u8(rows.iter().map(|(_, code, _)| u8::try_from(*code).unwrap()).collect()));
        let mut table = Table::try_new(Schema::try_new(attributes).unwrap(), columns).unwrap();
        if with_ids {
            table = table.with_ids(rows.iter().map(|(.., id)| format!("p{id}")).collect::<Ids>()).unwrap();
        }
        (table, quasi)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_class_holds((table, quasi) in any_case(), k in 1u32..6, l in 1usize..3, relaxed: bool, size_only: bool) {
        let mode = MODES[usize::from(relaxed)];
        let sensitive = vec![table.schema().position("s").unwrap()];
        let outcome = |judge: &dyn Judge| mondrian(&table, &quasi, judge, &Persons::of(&table), mode, &Control::default());
        if size_only {
            let judge = k_anonymity(k, &table);
            if let Ok(outcome) = outcome(&judge) {
                check(&table, &quasi, &judge, &outcome);
            }
        } else {
            let judge = Diversity { k: k.into(), l, sensitive };
            if let Ok(outcome) = outcome(&judge) {
                check(&table, &quasi, &judge, &outcome);
            }
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter((table, quasi) in any_case(), k in 1u32..4, relaxed: bool, seed: u32) {
        let mode = MODES[usize::from(relaxed)];
        let mut order: Vec<u32> = (0u32..).take(table.rows()).collect();
        order.sort_by_key(|row| (row ^ seed).wrapping_mul(2_654_435_761));
        let shuffled = table.take(&order).unwrap();
        let release = |table: &Table| {
            let sensitive = table.column(table.schema().position("s").unwrap()).unwrap();
            let run = mondrian(table, &quasi, &k_anonymity(k, table), &Persons::of(table), mode, &Control::default());
            let outcome = run.ok()?;
            let labels = all_released(&outcome, table).into_iter().zip(sensitive.iter());
            let dropped: BTreeSet<usize> = outcome.dropped.iter().map(|&row| row as usize).collect();
            let kept = labels.enumerate().filter(|(row, _)| !dropped.contains(row)).map(|(_, row)| row);
            let mut kept: Vec<_> = kept.collect();
            kept.sort();
            Some((kept, outcome.regions, dropped.len()))
        };
        prop_assert_eq!(release(&table), release(&shuffled));
    }

    #[test]
    fn strict_regions_are_classes_however_rows_are_counted((table, quasi) in any_case(), k in 1u32..6) {
        let persons = Persons::of(&table);
        let run = |judge: &dyn Judge| {
            let outcome = mondrian(&table, &quasi, judge, &persons, MondrianMode::Strict, &Control::default()).ok()?;
            let mut classes = sizes(&outcome, &table);
            if !outcome.dropped.is_empty() {
                classes = BTreeMap::new();
                for row in (0u32..).take(table.rows()).filter(|row| !outcome.dropped.contains(row)) {
                    *classes.entry(released(&outcome, row).join(" ")).or_default() += 1;
                }
            }
            assert_eq!(classes.len() as u64, outcome.regions);
            Some((classes, outcome.dropped))
        };
        // One judge is asked with classes of equal rows, the other with rows.
        let by_rows = Diversity { k: k.into(), l: 0, sensitive: Vec::new() };
        prop_assert_eq!(run(&k_anonymity(k, &table)), run(&by_rows));
    }
}
