//! Published and computed tables, and comparison with the definition.

use std::collections::BTreeSet;

use ctdata_table::{Control, Table};
use proptest::prelude::*;

use super::result::theta;
use super::{Suda, SudaScores, SudaWeighting};
use crate::testing::{any_table, texts};

fn run(suda: &Suda, table: &Table) -> SudaScores {
    let names: Vec<&str> = table.schema().attributes().iter().map(ctdata_table::Attribute::name).collect();
    suda.run(table, &names, &Control::default()).unwrap()
}

/// A table of one letter per cell.
fn letters(rows: &[&str]) -> Table {
    let names = ["a", "b", "c", "d"];
    let columns: Vec<Vec<&str>> =
        (0..rows[0].len()).map(|key| rows.iter().map(|row| &row[key..=key]).collect()).collect();
    let columns: Vec<(&str, &[&str])> = names.into_iter().zip(columns.iter().map(Vec::as_slice)).collect();
    texts(&columns)
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }
}

fn sets(scores: &SudaScores, row: usize) -> Vec<Vec<usize>> {
    scores.minimal_uniques(row).collect()
}

/// Rows of the practice guide of the IHSN (Templ et al., "Introduction to SDC"; the input of sdcMicro
/// #226 and #227): residence, gender, education (S secondary incomplete, P primary incomplete, s
/// secondary complete, p primary complete, t post-secondary), labour.
const GUIDE: [&str; 10] = ["UFSE", "UFSE", "UFPN", "UMsE", "RFsX", "UMsE", "UFpN", "UMtX", "UFSN", "UFSN"];

#[test]
fn three_rows_have_the_contributions_of_issue_275() {
    // sdcMicro #275: keys a, b, c; its version 5.3 printed 25 % for the third.
    let scores = run(&Suda::new(), &letters(&["200", "136", "100"]));
    assert_eq!(sets(&scores, 0), [vec![0]]);
    assert_eq!(sets(&scores, 1), [vec![1], vec![2]]);
    assert_eq!(sets(&scores, 2), [vec![0, 1], vec![0, 2]]);
    close(scores.scores(), &[2.0, 4.0, 2.0], 0.0);
    close(&scores.report().contributions, &[0.5, 0.375, 0.375], 1e-15);
}

#[test]
fn the_practice_guide_has_its_scores() {
    let suda = Suda::new().with_sampling_fraction(0.1).unwrap();
    let scores = run(&suda, &letters(&GUIDE));
    close(scores.scores(), &[0.0, 0.0, 6.0, 0.0, 12.0, 0.0, 6.0, 10.0, 0.0, 0.0], 0.0);
    assert_eq!(sets(&scores, 2), [vec![2]]);
    assert_eq!(sets(&scores, 4), [vec![0], vec![1, 2], vec![1, 3], vec![2, 3]]);
    assert_eq!(sets(&scores, 6), [vec![2]]);
    assert_eq!(sets(&scores, 7), [vec![2], vec![0, 3], vec![1, 3]]);
    let report = scores.report();
    close(&report.contributions, &[8.0 / 34.0, 6.0 / 34.0, 22.0 / 34.0, 8.0 / 34.0], 1e-15);
    assert_eq!((report.uniques, report.pairs, report.scored), (4, 3, 4));
    assert_eq!(report.minimal_uniques, [4, 5, 0, 0]);
    let dis = report.dis.unwrap();
    close(&[dis.theta, dis.highest], &[2.0 / 29.0, 0.112_417], 5e-7);
    let expected = [0.0, 0.0, 0.052_249, 0.0, 0.112_417, 0.0, 0.052_249, 0.092_367, 0.0, 0.0];
    close(scores.dis().unwrap(), &expected, 5e-7);

    let scores = run(&Suda::new().with_sampling_fraction(0.01).unwrap(), &letters(&GUIDE));
    close(&[scores.report().dis.unwrap().theta], &[2.0 / 299.0], 1e-15);
    let dis = scores.dis().unwrap();
    close(&[dis[2], dis[4], dis[7]], &[0.004_987, 0.011_383, 0.009_167], 5e-7);
}

#[test]
fn the_other_weighting_gives_the_scores_of_issue_227() {
    let scores = run(&Suda::new().with_weighting(SudaWeighting::Ihsn), &letters(&GUIDE));
    close(scores.scores(), &[0.0, 0.0, 1.75, 0.0, 3.25, 0.0, 1.75, 2.75, 0.0, 0.0], 1e-15);
}

#[test]
fn eight_rows_have_the_scores_of_issue_263() {
    // sdcMicro #263: age (2, 6), gender, income (+, -), education (high, univ, middle).
    let rows = ["2m+h", "2m+h", "2m-h", "2m-h", "2f-u", "2f-h", "2f-m", "6m-u"];
    let scores = run(&Suda::new().with_sampling_fraction(0.1).unwrap(), &letters(&rows));
    close(scores.scores(), &[0.0, 0.0, 0.0, 0.0, 4.0, 2.0, 6.0, 8.0], 0.0);
    let report = scores.report();
    close(&report.contributions, &[0.4, 0.3, 0.0, 0.7], 1e-15);
    assert_eq!((report.uniques, report.pairs), (4, 2));
    close(&[report.dis.unwrap().theta], &[0.1], 1e-15);
    close(&scores.dis().unwrap()[4..], &[0.107_749, 0.049_939, 0.164_190, 0.217_182], 5e-7);
    let scores = run(&Suda::new().with_weighting(SudaWeighting::Ihsn), &letters(&rows));
    close(scores.scores(), &[0.0, 0.0, 0.0, 0.0, 1.0, 0.5, 1.75, 2.25], 1e-15);
}

#[test]
fn seven_rows_have_the_scores_of_issue_356() {
    let scores = run(&Suda::new(), &letters(&["AXP", "BXQ", "AYQ", "CZR", "BYR", "AXP", "BZQ"]));
    close(scores.scores(), &[0.0, 2.0, 3.0, 3.0, 3.0, 0.0, 2.0], 0.0);
    close(&scores.report().contributions, &[8.0 / 13.0, 9.0 / 13.0, 7.0 / 13.0], 1e-15);
}

#[test]
fn theta_is_that_of_the_example() {
    close(&[theta(3, 1, 0.1), theta(3, 0, 0.1)], &[1.0 / 7.0, 1.0], 1e-15);
}

#[test]
fn equal_scores_all_give_theta() {
    // Two uniques on one attribute each, and a pair.
    let scores = run(&Suda::new().with_sampling_fraction(0.2).unwrap(), &letters(&["x", "y", "z", "z"]));
    let theta = scores.report().dis.unwrap().theta;
    close(scores.dis().unwrap(), &[theta, theta, 0.0, 0.0], 1e-15);
}

#[test]
fn a_cap_leaves_smaller_sets_as_they_are() {
    let capped = run(&Suda::new().with_max_size(1).unwrap(), &letters(&GUIDE));
    assert_eq!(capped.report().max_size, 1);
    assert_eq!(sets(&capped, 4), [vec![0]]);
    assert_eq!(sets(&capped, 7), [vec![2]]);
    close(&[capped.scores()[4], capped.scores()[7]], &[6.0, 6.0], 0.0);
    close(&capped.contributions(4), &[1.0, 0.0, 0.0, 0.0], 0.0);
    close(&capped.contributions(0), &[0.0; 4], 0.0);
}

#[test]
fn parameters_and_names_are_checked() {
    assert!(Suda::new().with_max_size(0).is_err());
    assert!(Suda::new().with_sampling_fraction(0.0).is_err());
    assert!(Suda::new().with_sampling_fraction(f64::NAN).is_err());
    let run = |names: &[&str]| Suda::new().run(&letters(&["x"]), names, &Control::default());
    assert!(run(&[]).is_err() && run(&["a", "a"]).is_err() && run(&["height"]).is_err());
    // A record without company is unique on any attribute.
    assert_eq!(sets(&run(&["a"]).unwrap(), 0), [vec![0]]);
}

#[test]
fn an_empty_table_has_no_scores_and_a_stop_is_heard() {
    let table = letters(&GUIDE).take(&[]).unwrap();
    let scores = run(&Suda::new().with_sampling_fraction(0.1).unwrap(), &table);
    assert!(scores.scores().is_empty() && scores.report().dis.is_none());
    let stop = Control::default().with_deadline(|| true);
    assert!(Suda::new().run(&letters(&GUIDE), &["a", "b"], &stop).is_err());
}

/// Minimal sample uniques of a row by their definition.
fn by_definition(cells: &[Vec<u16>], row: usize, max_size: usize) -> BTreeSet<Vec<usize>> {
    let keys = cells[row].len();
    let members = |set: usize| (0..keys).filter(move |key| set >> key & 1 == 1);
    let unique = |set: usize| {
        let same = |other: &&Vec<u16>| members(set).all(|key| other[key] == cells[row][key]);
        cells.iter().filter(same).count() == 1
    };
    (1usize..1 << keys)
        .filter(|&set| set.count_ones() as usize <= max_size && unique(set))
        .filter(|&set| (1..set).all(|part| part & set != part || !unique(part)))
        .map(|set| members(set).collect())
        .collect()
}

proptest! {
    #[test]
    fn it_equals_the_definition(table in any_table(25), max_size in 1usize..=4) {
        let names = ["w", "x", "z", "y"];
        let suda = Suda::new().with_max_size(max_size).unwrap();
        let scores = suda.run(&table, &names, &Control::default()).unwrap();
        let cell = |row, name| table.named(name).unwrap().1.get(row).unwrap();
        let cells: Vec<Vec<u16>> =
            (0..table.rows()).map(|row| names.iter().map(|name| cell(row, name)).collect()).collect();
        for row in 0..table.rows() {
            let found: BTreeSet<Vec<usize>> = scores.minimal_uniques(row).collect();
            prop_assert_eq!(found.len(), scores.minimal_uniques(row).len());
            let expected = by_definition(&cells, row, max_size);
            let score: f64 = expected.iter().map(|set| [6.0, 2.0, 1.0, 1.0][set.len() - 1]).sum();
            prop_assert!((scores.scores()[row] - score).abs() < 1e-9);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_order_of_rows_is_not_seen(table in any_table(25), seed in any::<u64>()) {
        let mut rows: Vec<u32> = (0u32..).take(table.rows()).collect();
        rows.sort_by_key(|&row| (u64::from(row) + 1).wrapping_mul(seed | 1));
        let suda = Suda::new().with_weighting(SudaWeighting::Ihsn).with_sampling_fraction(0.3).unwrap();
        let (scores, other) = (run(&suda, &table), run(&suda, &table.take(&rows).unwrap()));
        prop_assert_eq!(scores.report(), other.report());
        for (row, &before) in rows.iter().enumerate() {
            prop_assert_eq!(other.scores()[row].to_bits(), scores.scores()[before as usize].to_bits());
        }
    }

    #[test]
    fn many_attributes_are_searched_alike(rows in prop::collection::vec(prop::collection::vec(0u8..3, 8), 1..25)) {
        let columns: Vec<Vec<u8>> = (0..8).map(|key| rows.iter().map(|row| row[key]).collect()).collect();
        let columns: Vec<&[u8]> = columns.iter().map(Vec::as_slice).collect();
        let scores = run(&Suda::new(), &crate::testing::flags(&columns));
        let cells: Vec<Vec<u16>> = rows.iter().map(|row| row.iter().map(|&code| code.into()).collect()).collect();
        for row in 0..rows.len() {
            prop_assert_eq!(scores.minimal_uniques(row).collect::<BTreeSet<_>>(), by_definition(&cells, row, 8));
        }
    }
}
