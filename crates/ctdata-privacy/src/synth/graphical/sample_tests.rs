//! Records against the model that they are drawn from.

use ctdata_table::{Column, Control};

use super::factor::cells;
use super::{FitOptions, GraphicalModel, Impossible, Measurement};
use crate::PrivacyError;
use crate::dp::NoiseSource;

const OPTIONS: FitOptions = FitOptions { max_cells: 1 << 20, iterations: 500, tolerance: 1e-9 };

fn measured(attributes: &[usize], values: &[f64]) -> Measurement {
    Measurement { attributes: attributes.to_vec(), values: values.to_vec(), variance: 1.0 }
}

fn fit(shape: &[usize], measurements: &[Measurement], impossible: &[Impossible]) -> GraphicalModel {
    GraphicalModel::fit(shape, measurements, impossible, None, &OPTIONS, None, &Control::default()).unwrap()
}

fn draw(model: &GraphicalModel, rows: u64, seed: u64) -> Vec<Column> {
    model.sample(rows, &mut NoiseSource::from_seed(seed), &Control::default()).unwrap()
}

fn counted(columns: &[Column], shape: &[usize], set: &[usize]) -> Vec<f64> {
    let mut counts = vec![0.0; cells(set, shape)];
    for row in 0..columns[0].len() {
        let place = set.iter().fold(0, |place, &a| place * shape[a] + usize::from(columns[a].get(row).unwrap()));
        counts[place] += 1.0;
    }
    counts
}

/// Half the sum of differences, as a share.
fn variation(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / (2.0 * a.iter().sum::<f64>())
}

#[test]
fn children_of_one_parent_are_independent_given_it() {
    // A parent of three values with three children; laid out in the order of codes, siblings would rise together.
    let shape = [3, 4, 4, 4];
    let tables: Vec<Vec<f64>> =
        (1..4).map(|child| (0..12).map(|cell| f64::from(100 + 37 * (cell * child % 7))).collect()).collect();
    let measurements: Vec<Measurement> =
        (1..4).zip(&tables).map(|(child, table)| measured(&[0, child], table)).collect();
    let model = fit(&shape, &measurements, &[]);
    let columns = draw(&model, 40_000, 5);
    for pair in [[1, 2], [1, 3], [2, 3]] {
        let expected = model.marginal(&pair, &Control::default()).unwrap();
        let expected: Vec<f64> = expected.iter().map(|cell| cell * 40_000.0 / model.total()).collect();
        // 16 cells with a standard deviation of 50 at the most: 0.4 * 16 * 50 / 40,000 = 0.008 in the mean.
        assert!(variation(&expected, &counted(&columns, &shape, &pair)) < 0.016);
    }
}

#[test]
fn fair_coins_under_one_parent_are_fair_together() {
    let coins = 6;
    let shape = vec![2; coins + 1];
    let measurements: Vec<Measurement> = (1..=coins).map(|coin| measured(&[0, coin], &[500.0; 4])).collect();
    let columns = draw(&fit(&shape, &measurements, &[]), 20_000, 6);
    for a in 1..=coins {
        for b in a + 1..=coins {
            let counts = counted(&columns, &shape, &[a, b]);
            // Each cell has 5,000 and a standard deviation of 35 (hypergeometric within each of two groups): five of them, with 60
            // cells, are passed with probability 4e-5.
            assert!(counts.iter().all(|count| (count - 5_000.0).abs() < 177.0), "{counts:?}");
        }
    }
}

#[test]
fn expected_numbers_are_rounded_up_or_down() {
    // Two attributes of one clique, and one alone: the first drawn of each tree is within one record of the model,
    // the second within one per group.
    let shape = [3, 5, 4];
    let table: Vec<f64> = (0..15).map(|cell| f64::from(3 + 11 * (cell % 4))).collect();
    let model = fit(&shape, &[measured(&[0, 1], &table), measured(&[2], &[1.0, 2.0, 3.0, 5.0])], &[]);
    for (rows, seed) in [(1_001, 1), (77, 2), (5, 3), (1, 4)] {
        let columns = draw(&model, rows, seed);
        for (set, within) in [(vec![0], 1.0), (vec![2], 1.0), (vec![1], 3.0), (vec![0, 1], 2.0)] {
            let expected = model.marginal(&set, &Control::default()).unwrap();
            for (count, expected) in counted(&columns, &shape, &set).iter().zip(expected) {
                let expected = expected * f64::from(u32::try_from(rows).unwrap()) / model.total();
                assert!((count - expected).abs() < within + 1e-6, "{count} {expected}");
            }
        }
    }
    assert_eq!(draw(&model, 0, 1).iter().map(Column::len).sum::<usize>(), 0);
}

#[test]
fn remainders_are_unbiased() {
    // One record at a time: 4,000 draws of a code with probabilities 1/8, 2/8, 5/8.
    let model = fit(&[3], &[measured(&[0], &[100.0, 200.0, 500.0])], &[]);
    let mut seen = [0.0; 3];
    let mut source = NoiseSource::from_seed(7);
    for _ in 0..4_000 {
        let column = model.sample(1, &mut source, &Control::default()).unwrap();
        seen[usize::from(column[0].get(0).unwrap())] += 1.0;
    }
    let chi: f64 = seen.iter().zip([500.0, 1_000.0, 2_500.0]).map(|(n, e): (&f64, f64)| (n - e).powi(2) / e).sum();
    // Two degrees of freedom: above 13.8 with probability 0.001.
    assert!(chi < 13.8, "{chi}");
}

#[test]
fn a_seed_repeats_and_columns_stand_in_their_order() {
    // Sizes that are not ascending: the model numbers them otherwise inside.
    let shape = [5, 2, 300, 3];
    let wide: Vec<f64> = (0..600).map(|cell| f64::from(1 + cell % 13)).collect();
    let few: Vec<f64> = (0..15).map(|cell| f64::from(1 + cell * cell % 11)).collect();
    let model = fit(&shape, &[measured(&[1, 2], &wide), measured(&[0, 3], &few)], &[]);
    let columns = draw(&model, 3_000, 9);
    assert_eq!(columns, draw(&model, 3_000, 9));
    assert_ne!(columns, draw(&model, 3_000, 10));
    for (column, size) in columns.iter().zip(shape) {
        assert_eq!(column.len(), 3_000);
        assert!(usize::from(column.max_code().unwrap()) < size);
    }
    // 15 cells, each within three records of the model.
    let expected = model.marginal(&[0, 3], &Control::default()).unwrap();
    let expected: Vec<f64> = expected.iter().map(|cell| cell * 3_000.0 / model.total()).collect();
    assert!(variation(&expected, &counted(&columns, &shape, &[0, 3])) < 0.015);
}

#[cfg(feature = "rayon")]
#[test]
fn threads_change_nothing() {
    let shape = [3, 4, 2, 5, 3, 2];
    let pairs = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]];
    let run = || {
        let measurements: Vec<Measurement> = pairs
            .iter()
            .map(|pair| {
                let values: Vec<f64> = (0..cells(pair, &shape))
                    .map(|cell| f64::from(u32::try_from(cell * 7919 % 97).unwrap()) - 9.0)
                    .collect();
                measured(pair, &values)
            })
            .collect();
        let model = fit(&shape, &measurements, &[]);
        let sets: Vec<Vec<usize>> = (0..6).flat_map(|a| (a + 1..6).map(move |b| vec![a, b])).collect();
        let marginals = model.marginals(&sets, &Control::default()).unwrap();
        let bits: Vec<u64> = marginals.iter().flatten().map(|cell| cell.to_bits()).collect();
        (bits, draw(&model, 500, 3))
    };
    let pools = [1, 2, 3].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap());
    let [one, two, three] = pools.map(|pool| pool.install(run));
    assert!(one == two && two == three);
}

#[test]
fn cells_that_cannot_exist_are_never_drawn() {
    let shape = [3, 3, 2];
    // Nobody has a = 0 and b = 2, though noise says so; the set is in no measured one.
    let impossible = Impossible { attributes: vec![0, 1], cells: (0..9).map(|cell| cell == 2 || cell == 6).collect() };
    let measurements = [
        measured(&[0], &[300.0, 400.0, 300.0]),
        measured(&[1], &[500.0, 200.0, 300.0]),
        measured(&[1, 2], &[250.0, 240.0, 90.0, 120.0, 160.0, 130.0]),
    ];
    let model = fit(&shape, &measurements, std::slice::from_ref(&impossible));
    assert!(model.unenforced().is_empty());
    let pair = model.marginal(&[0, 1], &Control::default()).unwrap();
    assert!(pair[2] <= 0.0 && pair[6] <= 0.0 && pair[0] > 0.0);
    let columns = draw(&model, 2_000, 4);
    let counts = counted(&columns, &shape, &[0, 1]);
    assert!(counts[2] <= 0.0 && counts[6] <= 0.0);
    for set in [vec![0], vec![1]] {
        let found = model.marginal(&set, &Control::default()).unwrap();
        let expected = &measurements[set[0]].values;
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 8.0), "{found:?}");
    }
    // Where the tree has no room for it, the caller is told.
    let small = FitOptions { max_cells: 9, ..OPTIONS };
    let zeros = std::slice::from_ref(&impossible);
    let tight =
        GraphicalModel::fit(&shape, &measurements[..2], zeros, None, &small, None, &Control::default()).unwrap();
    assert_eq!(tight.unenforced(), [0]);
    // Nothing is left.
    let all = Impossible { attributes: vec![2], cells: vec![true; 2] };
    let none = GraphicalModel::fit(&shape, &measurements, &[all], None, &OPTIONS, None, &Control::default());
    assert!(matches!(none, Err(PrivacyError::InvalidParameter { parameter: "impossible", .. })));
}

#[test]
fn groups_that_the_model_does_not_expect_are_drawn_by_the_attribute_alone() {
    use super::sampling::Groups;
    let mut groups = Groups::new(8);
    groups.split(&[0, 0, 0, 0, 1, 1, 1, 1], 2);
    groups.gather(4);
    let codes = groups.draw(&[3.0, 1.0, 0.0, 0.0], 2, 1, &mut NoiseSource::from_seed(1).stream());
    for group in codes.chunks(4) {
        assert_eq!(group.iter().map(|&code| usize::from(code)).sum::<usize>(), 1);
    }
}
