//! Cases by hand, and comparison with the definition.

use std::collections::BTreeSet;

use ctdata_table::{Cell, Control, Domain, Hierarchy, MissingKinds, Origin, Table};
use proptest::prelude::*;

use super::{Coverage, DifferencingRisk, ReleaseView};
use crate::KAnonymity;
use crate::quasi::is_blank;
use crate::testing::{any_table, texts};

/// A release of these rows with these columns on the top of a hierarchy of one value.
fn topped(input: &Table, tops: &[&str], rows: &[u32]) -> Table {
    let mut table = input.take(rows).unwrap();
    for name in tops {
        let position = table.schema().position(name).unwrap();
        let attribute = table.schema().get(position).unwrap().clone();
        let (coarse, codes) =
            hierarchy(attribute.domain()).generalize(&attribute, table.column(position).unwrap(), 1).unwrap();
        table = table.with_replaced(position, coarse, codes).unwrap();
    }
    table
}

fn hierarchy(domain: &Domain) -> Hierarchy {
    Hierarchy::of(domain.clone()).with_top("any").unwrap()
}

fn view<'a>(input: &Table, released: &'a Table, names: &[&str], tops: &[&str]) -> ReleaseView<'a> {
    names.iter().fold(ReleaseView::new(released), |view, name| {
        let (from, to) = (input.schema().attribute(name).unwrap(), released.schema().attribute(name).unwrap());
        let coverage = if tops.contains(name) {
            Coverage::of_level(from, to, &hierarchy(from.domain()), 1).unwrap()
        } else {
            Coverage::of_values(from, to)
        };
        view.with_attribute(*name, coverage)
    })
}

fn measure(input: &Table, releases: &[ReleaseView<'_>], k: u32) -> DifferencingRisk {
    DifferencingRisk::measure(input, releases, KAnonymity::try_new(k).unwrap(), &Control::default()).unwrap()
}

#[test]
fn one_added_person_stands_out() {
    let input = texts(&[("a", &["x", "x", "x", "y", "y", "x"])]);
    let before = input.take(&[0, 1, 2, 3, 4]).unwrap();
    let views = || [view(&input, &before, &["a"], &[]), view(&input, &input, &["a"], &[])];
    // Not knowing who was in it: one "x" more than before.
    let risk = measure(&input, &views(), 2);
    assert_eq!((risk.exposed_groups, risk.exposed_alone, risk.holds), (0, 0, false));
    let change = &risk.changes[0];
    assert_eq!((change.from, change.to, change.regions, change.small_changes, change.smallest), (0, 1, 2, 1, Some(1)));
    // Knowing it: the last person.
    let [old, new] = views();
    let views = [old.with_members(vec![true, true, true, true, true, false]), new.with_members(vec![true; 6])];
    let risk = measure(&input, &views, 2);
    assert_eq!((risk.exposed_rows.as_slice(), risk.smallest_group, risk.changes.len()), (&[5][..], Some(1), 0));
    assert!(!risk.holds);
}

#[test]
fn recodings_of_different_attributes_meet_in_one_person() {
    // Each alone has classes of two and more; (x, 1) is one person.
    let input = texts(&[("a", &["x", "x", "x", "y", "y"]), ("b", &["1", "2", "2", "1", "1"])]);
    let rows = [0, 1, 2, 3, 4];
    let (first, second) = (topped(&input, &["b"], &rows), topped(&input, &["a"], &rows));
    let views = [view(&input, &first, &["a", "b"], &["b"]), view(&input, &second, &["a", "b"], &["a"])];
    let risk = measure(&input, &views, 2);
    assert_eq!((risk.groups, risk.exposed_rows.as_slice(), risk.smallest_group), (3, &[0][..], Some(1)));
    // The totals agree, and all classes hang together.
    assert_eq!((risk.changes[0].regions, risk.changes[0].smallest), (1, None));
    assert!(measure(&input, &views, 1).holds);
    // "y" and "2" have two each, which is too few for 3 in either release alone.
    assert_eq!(measure(&input, &views, 3).exposed_alone, 4);
}

#[test]
fn a_release_twice_tells_nothing_new() {
    let input = texts(&[("a", &["x", "x", "y", "y", "y"]), ("b", &["1", "1", "1", "2", "2"])]);
    let released = texts(&[("a", &["x", "x", "y", "y", "y"]), ("b", &["1", "1", "-", "-", "-"])]);
    let views = [view(&input, &released, &["a", "b"], &[]), view(&input, &released, &["a", "b"], &[])];
    let risk = measure(&input, &views, 2);
    assert!(risk.holds && risk.exposed_rows.is_empty());
}

#[test]
fn a_blank_in_one_release_does_not_help_who_is_told_by_another() {
    // In the first, the person with "z" hides among three blanks, alone with that signature. The
    // second has the person among those with "1" only.
    let input = texts(&[("a", &["x", "x", "y", "z", "x"]), ("b", &["2", "2", "2", "1", "1"])]);
    let first = texts(&[("a", &["x", "-", "-", "-", "x"])]);
    let second = input.select(&[1]).unwrap();
    let views = [view(&input, &first, &["a"], &[]), view(&input, &second, &["b"], &[])];
    let risk = measure(&input, &views, 2);
    assert!(risk.exposed_rows.contains(&3) && risk.exposed_alone == 0);
}

#[test]
fn a_person_counts_once() {
    let input = texts(&[("a", &["x", "x", "x", "y", "y"]), ("b", &["1", "1", "2", "2", "2"])]);
    let input = input.with_ids(["p", "p", "q", "r", "s"].into_iter().collect()).unwrap();
    let rows = [0, 1, 2, 3, 4];
    let (first, second) = (topped(&input, &["b"], &rows), topped(&input, &["a"], &rows));
    let views = [view(&input, &first, &["a", "b"], &["b"]), view(&input, &second, &["a", "b"], &["a"])];
    // Behind "1" is one person with two rows, which the second release tells alone.
    let risk = measure(&input, &views, 2);
    assert_eq!((risk.exposed_rows.as_slice(), risk.exposed_alone), (&[2][..], 2));
}

#[test]
fn what_does_not_fit_is_refused() {
    let input = texts(&[("a", &["x", "y"]), ("b", &["1", "1"])]);
    let good = || view(&input, &input, &["a"], &[]);
    let measure = |views: &[ReleaseView<'_>]| {
        DifferencingRisk::measure(&input, views, KAnonymity::try_new(2).unwrap(), &Control::default())
    };
    assert!(measure(&[good()]).is_err());
    assert!(measure(&[good(), ReleaseView::new(&input)]).is_err());
    assert!(measure(&[good(), good().with_members(vec![true])]).is_err());
    let attribute = |name: &str| input.schema().attribute(name).unwrap();
    let other = Coverage::of_values(attribute("b"), attribute("b"));
    assert!(measure(&[good(), ReleaseView::new(&input).with_attribute("a", other.clone())]).is_err());
    assert!(measure(&[good(), good().with_attribute("a", other)]).is_err());
    assert!(Coverage::of_level(attribute("a"), attribute("a"), &hierarchy(attribute("b").domain()), 1).is_err());
    let level = Domain::nominal(["any"], Origin::Public).unwrap();
    let level = ctdata_table::Attribute::new("a", level, MissingKinds::NONE);
    assert!(Coverage::of_level(attribute("a"), &level, &hierarchy(attribute("a").domain()), 2).is_err());
    assert!(measure(&[good(), good()]).is_ok());
}

const NAMES: [&str; 3] = ["z", "x", "y"];

/// Released rows compatible with the true values of an input row; values are the same or "any".
fn compatible(input: &Table, row: usize, released: &Table, tops: &[&str]) -> BTreeSet<Vec<Cell>> {
    let cells = |table: &Table, row: usize| -> Vec<Cell> {
        NAMES.iter().map(|name| table.cell(row, table.schema().position(name).unwrap()).unwrap()).collect()
    };
    let truth = cells(input, row);
    let fits = |cells: &Vec<Cell>| {
        cells.iter().zip(&truth).zip(NAMES).all(|((&cell, &truth), name)| {
            let any = tops.contains(&name) && matches!((cell, truth), (Cell::Value(_), Cell::Value(_)));
            is_blank(cell) || any || cell == truth
        })
    };
    (0..released.rows()).map(|row| cells(released, row)).filter(fits).collect()
}

proptest! {
    #[test]
    fn it_equals_the_definition(
        input in any_table(20),
        kept in prop::collection::vec((any::<bool>(), any::<bool>()), 20),
        known in any::<[bool; 2]>(),
        tops in prop::collection::vec((any::<bool>(), any::<bool>()), 3),
        k in 1u32..4,
    ) {
        let rows = |second: bool| -> Vec<u32> {
            (0u32..).take(input.rows()).zip(&kept).filter(|(_, kept)| if second { kept.1 } else { kept.0 }).map(|(row, _)| row).collect()
        };
        let tops: Vec<Vec<&str>> = [false, true].map(|second| {
            NAMES.into_iter().zip(&tops).filter(|(_, top)| if second { top.1 } else { top.0 }).map(|(name, _)| name).collect()
        }).to_vec();
        let released = [topped(&input, &tops[0], &rows(false)), topped(&input, &tops[1], &rows(true))];
        let mut views = Vec::new();
        let mut members = Vec::new();
        for at in 0..2 {
            let mut view = view(&input, &released[at], &NAMES, &tops[at]);
            let inside: Vec<bool> = (0u32..).take(input.rows()).map(|row| rows(at == 1).contains(&row)).collect();
            if known[at] {
                view = view.with_members(inside.clone());
            }
            members.push(if known[at] { inside } else { vec![true; input.rows()] });
            views.push(view);
        }
        let risk = measure(&input, &views, k);

        let signature = |row: usize, at: usize| {
            if members[at][row] { compatible(&input, row, &released[at], &tops[at]) } else { BTreeSet::new() }
        };
        let signatures: Vec<[BTreeSet<Vec<Cell>>; 2]> =
            (0..input.rows()).map(|row| [signature(row, 0), signature(row, 1)]).collect();
        let unit = |row: usize| input.ids().map_or_else(|| row.to_string(), |ids| ids.get(row).unwrap().to_owned());
        let units = |same: &dyn Fn(usize) -> bool| {
            (0..input.rows()).filter(|&row| same(row)).map(unit).collect::<BTreeSet<_>>().len()
        };
        let cells = |table: &Table, row: usize| -> Vec<Cell> {
            NAMES.iter().map(|name| table.cell(row, table.schema().position(name).unwrap()).unwrap()).collect()
        };
        let candidates = |row: usize, at: usize| {
            let table = &released[at];
            let rows = (0..table.rows()).filter(|&other| signatures[row][at].contains(&cells(table, other)));
            let unit = |row: usize| table.ids().map_or_else(|| row.to_string(), |ids| ids.get(row).unwrap().to_owned());
            rows.map(unit).collect::<BTreeSet<_>>().len()
        };
        let k = k as usize;
        let exposed = |row: &usize| {
            let own = &signatures[*row];
            let group = units(&|other| signatures[other] == *own);
            let single = |at: usize| units(&|other| signatures[other][at] == own[at]);
            let mut present = (0..2).filter(|&at| !own[at].is_empty());
            let safe_alone = (0..2).all(|at| !(1..k).contains(&candidates(*row, at)));
            group < k && safe_alone && present.any(|at| group < single(at))
        };
        let expected: Vec<u32> =
            (0..input.rows()).filter(exposed).map(|row| u32::try_from(row).unwrap()).collect();
        prop_assert_eq!(risk.exposed_records, expected.len() as u64);
        prop_assert_eq!(&risk.exposed_rows, &expected);
        let alone = (0..input.rows()).filter(|&row| (0..2).any(|at| (1..k).contains(&candidates(row, at)))).count();
        prop_assert_eq!(risk.exposed_alone, alone as u64);
        prop_assert_eq!(risk.changes.len(), usize::from(!(known[0] && known[1])));
    }
}
