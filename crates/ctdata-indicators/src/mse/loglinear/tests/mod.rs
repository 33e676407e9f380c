//! Fits against published figures, closed forms and properties.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of test tables"
)]

mod hostile;
mod oracles;
mod properties;

use super::{Fit, Fitter};
use crate::mse::sample::Sample;
use crate::mse::{CaptureHistories, ListSet, Model, Status};

/// A table by the numbers of the lists, from 1.
fn table(lists: usize, counts: &[(&[usize], u64)]) -> CaptureHistories {
    let counts = counts.iter().map(|(on, count)| (ListSet::of(on.iter().map(|list| list - 1)), *count));
    CaptureHistories::try_new((1..=lists).map(|list| format!("list {list}")), counts).unwrap()
}

/// A table by counts of all sets of lists; that of no list is not used.
fn dense(lists: usize, counts: &[u64]) -> CaptureHistories {
    let sets = (0..=u16::MAX).map(ListSet::from_bits);
    let counts = sets.zip(counts.iter().copied()).skip(1);
    CaptureHistories::try_new((1..=lists).map(|list| format!("list {list}")), counts).unwrap()
}

/// UK 2013, lists LA, NG, PFNCA, GO, GP (Silverman 2014; the table of five lists of Chan, Silverman and Vincent 2021).
fn uk() -> CaptureHistories {
    let counts: [(&[usize], u64); 18] = [
        (&[1], 54),
        (&[2], 463),
        (&[3], 995),
        (&[4], 695),
        (&[5], 316),
        (&[1, 2], 15),
        (&[1, 3], 19),
        (&[1, 4], 3),
        (&[2, 3], 62),
        (&[2, 4], 19),
        (&[2, 5], 1),
        (&[3, 4], 76),
        (&[3, 5], 11),
        (&[4, 5], 8),
        (&[1, 2, 3], 1),
        (&[1, 2, 4], 1),
        (&[2, 3, 4], 4),
        (&[1, 2, 3, 4], 1),
    ];
    table(5, &counts)
}

fn model(notation: &str, lists: usize) -> Model {
    Model::from_notation(notation, lists).unwrap()
}

fn fit(histories: &CaptureHistories, notation: &str) -> Result<Fit, Status> {
    Fitter::default().fit(&Sample::of(histories), &model(notation, histories.lists().len()))
}

fn assert_near(value: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((value - expected).abs() <= tolerance, "{what}: {value}, not {expected}");
}
