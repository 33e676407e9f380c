//! Fits against explicit distributions.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ctdata_table::{Control, TableError};
use proptest::prelude::*;

use super::factor::{Projection, cells};
use super::{FitOptions, GraphicalModel, Measurement, junction_tree_cells};
use crate::PrivacyError;
use crate::testing::Dice;

const EXACT: FitOptions = FitOptions { max_cells: 1 << 20, iterations: 3_000, tolerance: 1e-13 };

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

/// The least squares fit on the simplex of all cells, by a method that shares nothing with the one tested: projected
/// gradient with momentum on the explicit table.
fn dense_loss(shape: &[usize], measurements: &[Measurement], total: f64, steps: usize) -> f64 {
    let all: Vec<usize> = (0..shape.len()).collect();
    let maps: Vec<Projection> =
        measurements.iter().map(|measurement| Projection::new(&all, &measurement.attributes, shape)).collect();
    let size = cells(&all, shape);
    let loss = |table: &[f64], gradient: &mut [f64]| {
        gradient.fill(0.0);
        let mut loss = 0.0;
        for (map, measurement) in maps.iter().zip(measurements) {
            let mut residual: Vec<f64> = measurement.values.iter().map(|value| -value).collect();
            map.sum(table, &mut residual);
            // What the total leaves over is spread evenly, as in the fit.
            let mean = residual.iter().sum::<f64>() / number(residual.len() as u64);
            for r in &mut residual {
                *r = (*r - mean) / measurement.variance;
            }
            loss += 0.5 * measurement.variance * residual.iter().map(|r| r * r).sum::<f64>();
            let mut spread = vec![1.0; size];
            map.multiply(&mut spread, &residual);
            gradient.iter_mut().zip(&spread).for_each(|(g, s)| *g += s);
        }
        loss
    };
    let simplex = |table: &mut [f64]| {
        let mut sorted = table.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let (mut sum, mut less) = (0.0, 0.0);
        for (place, cell) in sorted.iter().enumerate() {
            sum += cell;
            let candidate = (sum - total) / (number(place as u64) + 1.0);
            if *cell > candidate {
                less = candidate;
            }
        }
        for cell in table {
            *cell = (*cell - less).max(0.0);
        }
    };
    // The largest curvature: one cell of each table adds up all that is behind it.
    let bound: f64 = measurements.iter().map(|m| number((size / m.values.len()) as u64) / m.variance).sum();
    let mut table = vec![total / number(size as u64); size];
    let (mut ahead, mut momentum) = (table.clone(), 1.0f64);
    let mut gradient = vec![0.0; size];
    for _ in 0..steps {
        loss(&ahead, &mut gradient);
        let mut next: Vec<f64> = ahead.iter().zip(&gradient).map(|(cell, g)| cell - g / bound).collect();
        simplex(&mut next);
        let later = f64::midpoint(1.0, (1.0 + 4.0 * momentum * momentum).sqrt());
        ahead = next.iter().zip(&table).map(|(new, old)| new + (momentum - 1.0) / later * (new - old)).collect();
        table = next;
        momentum = later;
    }
    loss(&table, &mut gradient)
}

/// A case by chance: a shape, sets, and noisy counts of them.
fn noisy(seed: u64, attributes: usize, noise: u64) -> (Vec<usize>, Vec<Measurement>) {
    let mut dice = Dice(seed);
    let shape: Vec<usize> = (0..attributes).map(|_| 1 + usize::try_from(dice.roll(3)).unwrap()).collect();
    let table = table(&shape, &mut dice);
    let mut sets: Vec<Vec<usize>> = (0..attributes).map(|a| vec![a]).collect();
    for _ in 0..dice.roll(5) {
        let set: Vec<usize> = (0..attributes).filter(|_| dice.one_in(2)).take(3).collect();
        sets.push(set);
    }
    let mut measurements = exact(&table, &shape, &sets);
    for measurement in &mut measurements {
        measurement.variance = 1.0 + number(dice.roll(noise * noise));
        for value in &mut measurement.values {
            *value += number(dice.roll(2 * noise + 1)) - number(noise);
        }
    }
    (shape, measurements)
}

/// The table of all cells that a model stands for.
fn explicit(model: &GraphicalModel, shape: &[usize]) -> Vec<f64> {
    let all: Vec<usize> = (0..shape.len()).collect();
    model.marginal(&all, &control()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn all_marginals_are_those_of_one_table(seed in any::<u64>(), attributes in 1usize..6) {
        let (shape, measurements) = noisy(seed, attributes, 20);
        let model = fit(&shape, &measurements, &FitOptions { iterations: 60, tolerance: 1e-3, ..EXACT });
        let sets = powerset(attributes);
        let found = model.marginals(&sets, &control()).unwrap();
        let table = explicit(&model, &shape);
        prop_assert!(table.iter().all(|&cell| cell >= 0.0));
        for (set, found) in sets.iter().zip(&found) {
            near(found, &counts(&table, &shape, set), 1e-9 * model.total());
            prop_assert!((found.iter().sum::<f64>() - model.total()).abs() <= 1e-9 * model.total());
        }
        let cliques: Vec<Vec<usize>> = measurements.iter().map(|m| m.attributes.clone()).collect();
        prop_assert!(model.cells() <= junction_tree_cells(&shape, &cliques));
    }

    #[test]
    fn the_optimum_is_that_of_a_dense_solver(seed in any::<u64>(), attributes in 2usize..5) {
        // Noise as large as the counts: many cells of the optimum are 0.
        let (shape, measurements) = noisy(seed, attributes, 120);
        let total = 2_000.0;
        let fit = |options: &FitOptions, warm: Option<&GraphicalModel>| {
            GraphicalModel::fit(&shape, &measurements, &[], Some(total), options, warm, &control()).unwrap()
        };
        let model = fit(&EXACT, None);
        let losses = &model.report().losses;
        prop_assert!(losses.is_sorted_by(|a, b| b <= a), "{:?}", losses);
        let expected = dense_loss(&shape, &merged(&measurements), total, 3_000);
        let found = *losses.last().unwrap();
        prop_assert!(found <= expected + 1e-4 * (1.0 + expected), "{} {} {:?}", found, expected, model.report());
        prop_assert!(found >= expected - 1e-3 * (1.0 + expected), "{} {}", found, expected);
        // From a model of the single attributes to the same optimum.
        let part: Vec<Measurement> = measurements[..attributes].to_vec();
        let warm = GraphicalModel::fit(&shape, &part, &[], Some(total), &EXACT, None, &control()).unwrap();
        let warm = *fit(&EXACT, Some(&warm)).report().losses.last().unwrap();
        prop_assert!((warm - found).abs() <= 1e-3 * (1.0 + found), "{} {}", warm, found);
    }
}

/// Sets that were measured twice, together.
fn merged(measurements: &[Measurement]) -> Vec<Measurement> {
    let mut all: Vec<Measurement> = Vec::new();
    for measurement in measurements {
        match all.iter_mut().find(|known| known.attributes == measurement.attributes) {
            Some(known) => {
                let (a, b) = (1.0 / known.variance, 1.0 / measurement.variance);
                for (known, value) in known.values.iter_mut().zip(&measurement.values) {
                    *known = (*known * a + value * b) / (a + b);
                }
                known.variance = 1.0 / (a + b);
            }
            None => all.push(measurement.clone()),
        }
    }
    all
}

#[test]
fn negative_counts_and_no_total_are_fine() {
    let measurements = [
        Measurement { attributes: vec![0], values: vec![-30.0, 5.0, -80.0], variance: 900.0 },
        Measurement { attributes: vec![0, 1], values: vec![-3.0, -40.0, 7.0, 0.0, -20.0, -1.0], variance: 900.0 },
    ];
    let model = fit(&[3, 2], &measurements, &EXACT);
    assert!((model.total() - 1.0).abs() < 1e-12);
    let counts = model.marginal(&[0, 1], &control()).unwrap();
    assert!(counts.iter().all(|&cell| cell >= 0.0) && (counts.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    // Nothing measured at all: even.
    near(&fit(&[2, 2], &[], &EXACT).marginal(&[0, 1], &control()).unwrap(), &[0.25; 4], 1e-12);
}

#[test]
fn the_total_is_the_mean_by_inverse_variance() {
    // Sums 100 with variance 2, and 130 with variance 4: (100 / 2 + 130 / 4) / (1 / 2 + 1 / 4) = 110.
    let measurements = [
        Measurement { attributes: vec![0], values: vec![40.0, 60.0], variance: 1.0 },
        Measurement { attributes: vec![0, 1], values: vec![30.0, 20.0, 40.0, 40.0], variance: 1.0 },
    ];
    assert!((fit(&[2, 2], &measurements, &EXACT).total() - 110.0).abs() < 1e-9);
}

#[test]
fn too_large_a_tree_is_refused_before_it_is_built() {
    let attributes = 60;
    let shape = vec![50; attributes];
    // All pairs of 60 attributes: one clique of 50^60 cells.
    let pairs = (0..attributes).flat_map(|a| (a + 1..attributes).map(move |b| vec![a, b]));
    let measurements: Vec<Measurement> =
        pairs.map(|attributes| Measurement { attributes, values: vec![1.0; 2_500], variance: 1.0 }).collect();
    let result = GraphicalModel::fit(&shape, &measurements, &[], None, &EXACT, None, &control());
    assert!(matches!(result, Err(PrivacyError::InvalidParameter { parameter: "max_cells", .. })));
    let capped = Control::default().with_memory_cap(10);
    let result = GraphicalModel::fit(&shape, &measurements[..1], &[], None, &EXACT, None, &capped);
    assert!(matches!(result, Err(PrivacyError::Table(TableError::MemoryCap { .. }))));
}

#[test]
fn a_deadline_ends_a_fit_and_a_cancellation_gives_none() {
    let (shape, measurements) = noisy(11, 4, 30);
    let late = Control::default().with_deadline(|| true);
    let model = GraphicalModel::fit(&shape, &measurements, &[], None, &EXACT, None, &late).unwrap();
    assert!(!model.report().converged && model.report().iterations < 10);
    assert!((explicit(&model, &shape).iter().sum::<f64>() - model.total()).abs() < 1e-9 * model.total());
    let stopped = Control::default().with_cancel(Arc::new(AtomicBool::new(true)));
    let result = GraphicalModel::fit(&shape, &measurements, &[], None, &EXACT, None, &stopped);
    assert!(matches!(result, Err(PrivacyError::Cancelled(_))));
}

#[test]
fn nonsense_is_refused() {
    let refused = |attributes: &[usize], values: &[f64], variance: f64| {
        let measurement = Measurement { attributes: attributes.to_vec(), values: values.to_vec(), variance };
        GraphicalModel::fit(&[2, 2], &[measurement], &[], None, &EXACT, None, &control()).is_err()
    };
    assert!(refused(&[1, 0], &[1.0; 4], 1.0) && refused(&[0, 0], &[1.0; 4], 1.0) && refused(&[2], &[1.0; 2], 1.0));
    assert!(refused(&[0], &[1.0; 3], 1.0) && refused(&[0], &[f64::NAN, 1.0], 1.0) && refused(&[0], &[1.0; 2], 0.0));
    assert!(GraphicalModel::fit(&[2, 0], &[], &[], None, &EXACT, None, &control()).is_err());
    let model = fit(&[2, 2], &[], &EXACT);
    assert!(model.marginal(&[1, 0], &control()).is_err() && model.marginal(&[5], &control()).is_err());
}
