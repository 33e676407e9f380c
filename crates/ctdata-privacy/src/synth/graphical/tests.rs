//! Fits against explicit distributions.

use ctdata_table::{Column, Control};
use proptest::prelude::*;

use super::factor::{Projection, cells, strides};
use super::{FitOptions, GraphicalModel, Impossible, Measurement, junction_tree_cells};
use crate::PrivacyError;
use crate::dp::NoiseSource;
use crate::testing::Dice;

const EXACT: FitOptions = FitOptions { max_cells: 1 << 20, iterations: 3_000, tolerance: 1e-13, steps: u32::MAX };

fn control() -> Control {
    Control::default()
}

fn number(roll: u64) -> f64 {
    f64::from(u32::try_from(roll).unwrap())
}

/// The counts of a set in an explicit table of all attributes.
fn counts(table: &[f64], shape: &[usize], set: &[usize]) -> Vec<f64> {
    let all: Vec<usize> = (0..shape.len()).collect();
    let mut sums = vec![0.0; cells(set, shape)];
    Projection::new(&all, set, shape).sum(table, &mut sums);
    sums
}

fn exact(table: &[f64], shape: &[usize], sets: &[Vec<usize>]) -> Vec<Measurement> {
    sets.iter()
        .map(|set| Measurement { attributes: set.clone(), values: counts(table, shape, set), variance: 1.0 })
        .collect()
}

fn table(shape: &[usize], dice: &mut Dice) -> Vec<f64> {
    let all: Vec<usize> = (0..shape.len()).collect();
    (0..cells(&all, shape)).map(|_| 1.0 + number(dice.roll(100))).collect()
}

fn near(found: &[f64], expected: &[f64], within: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= within, "{found} {expected}");
    }
}

fn fit(shape: &[usize], measurements: &[Measurement], options: &FitOptions) -> GraphicalModel {
    GraphicalModel::fit(shape, measurements, &[], None, options, None, &control()).unwrap()
}

/// All sets of attributes.
fn powerset(count: usize) -> Vec<Vec<usize>> {
    (0..1u32 << count).map(|mask| (0..count).filter(|a| mask >> a & 1 == 1).collect()).collect()
}

#[test]
fn a_tree_without_noise_is_reproduced() {
    let shape = [3, 2, 4, 5, 2, 3];
    let table = table(&shape, &mut Dice(3));
    let total: f64 = table.iter().sum();
    let pairs = [vec![0, 3], vec![1, 3], vec![2, 3], vec![2, 4], vec![4, 5]];
    let sets: Vec<Vec<usize>> = (0..6).map(|a| vec![a]).chain(pairs).collect();
    let measurements = exact(&table, &shape, &sets);
    let model = fit(&shape, &measurements, &EXACT);
    assert!((model.total() - total).abs() < 1e-6 * total);
    for measurement in &measurements {
        near(&model.marginal(&measurement.attributes, &control()).unwrap(), &measurement.values, 1e-6 * total);
    }
    assert!(model.report().losses.is_sorted_by(|a, b| *b <= a + 1e-9), "{:?}", model.report());
    // Along the path 0 - 3 - 2 - 4: the product of conditionals.
    let [a, b, c] = [&[0, 3][..], &[2, 3], &[2, 4]].map(|set| counts(&table, &shape, set));
    let (three, two) = (counts(&table, &shape, &[3]), counts(&table, &shape, &[2]));
    let mut expected = vec![0.0; 6];
    for x in 0..3 {
        for y in 0..2 {
            for (m, n) in (0..5).flat_map(|m| (0..4).map(move |n| (m, n))) {
                expected[x * 2 + y] += a[x * 5 + m] * b[n * 5 + m] / three[m] * c[n * 2 + y] / two[n];
            }
        }
    }
    near(&model.marginal(&[0, 4], &control()).unwrap(), &expected, 1e-6 * total);
}

#[test]
fn attributes_alone_are_independent() {
    let shape = [3, 4, 2];
    let table = table(&shape, &mut Dice(4));
    let model = fit(&shape, &exact(&table, &shape, &[vec![0], vec![1], vec![2]]), &EXACT);
    let [x, y, z] = [0, 1, 2].map(|a| counts(&table, &shape, &[a]));
    let total: f64 = table.iter().sum();
    let product: Vec<f64> = x
        .iter()
        .flat_map(|x| y.iter().flat_map(|y| z.iter().map(move |z| x * y * z / total / total)).collect::<Vec<_>>())
        .collect();
    near(&model.marginal(&[0, 1, 2], &control()).unwrap(), &product, 1e-6 * total);
    assert_eq!(model.cells(), 9);
}
