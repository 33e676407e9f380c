//! What must hold for any table.

use super::super::profile::Profile;
use super::super::{LogLinear, Start, fit_model};
use super::*;
use crate::interval::Level;
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// All pairs of four lists.
const PAIRS: [u16; 6] = [0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100];

/// The model of four lists with the pairs whose bit is set.
fn pairs(choice: usize) -> Model {
    let chosen = PAIRS.iter().enumerate().filter(|(place, _)| choice >> place & 1 == 1);
    Model::try_new(4, chosen.map(|(_, bits)| ListSet::from_bits(*bits))).unwrap()
}

/// Counts of four lists, all above zero: every model of pairs has an estimate.
fn full() -> impl Strategy<Value = Vec<u64>> {
    proptest::collection::vec(1_u64..60, 16)
}

/// ln of the Poisson probability of the counts, without ln N!, by the definition.
fn log_likelihood(counts: &[u64], parameters: &[(ListSet, f64)]) -> f64 {
    let log = |history: ListSet| -> f64 {
        parameters.iter().filter(|(term, _)| term.is_subset(history)).map(|(_, alpha)| alpha).sum()
    };
    let cells = (1_u16..).map(ListSet::from_bits).zip(&counts[1..]);
    cells.map(|(history, count)| *count as f64 * log(history) - log(history).exp()).sum()
}

proptest! {
    #[test]
    fn no_step_from_the_fit_gains(counts in full(), choice in 0_usize..64) {
        let fit = Fitter::default().fit(&Sample::of(&dense(4, &counts)), &pairs(choice)).unwrap();
        let parameters: Vec<(ListSet, f64)> = fit.free.iter().copied().zip(fit.alpha.iter().copied()).collect();
        let best = log_likelihood(&counts, &parameters);
        for place in 0..parameters.len() {
            let at = |step: f64| {
                let mut moved = parameters.clone();
                moved[place].1 += step;
                log_likelihood(&counts, &moved)
            };
            prop_assert!(at(1e-3) < best && at(-1e-3) < best);
            let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
            prop_assert!(slope.abs() < 1e-4 * (1.0 + best.abs()), "{slope}");
        }
    }

    #[test]
    fn where_a_fit_starts_does_not_matter(counts in full(), choice in 0_usize..64, other in 0_usize..64) {
        let sample = Sample::of(&dense(4, &counts));
        let mut fitter = Fitter::default();
        let cold = fitter.fit(&sample, &pairs(choice)).unwrap();
        fitter.solve(&sample, pairs(other).terms(), Start::Cold).unwrap();
        let start: Vec<(ListSet, f64)> = fitter.parameters().collect();
        let warm = fitter.solve(&sample, pairs(choice).terms(), Start::Warm(&start)).unwrap();
        prop_assert!((warm - cold.log_unseen).abs() < 1e-9);
        prop_assert!((fitter.deviance(&sample) - cold.deviance).abs() < 1e-9);
        prop_assert!((fitter.standard_error().unwrap() - cold.standard_error).abs() < 1e-9 * cold.standard_error);
    }

    #[test]
    fn the_order_of_lists_does_not_matter(
        counts in full(), choice in 0_usize..64, order in Just([0, 1, 2, 3]).prop_shuffle(),
    ) {
        let turn = |set: ListSet| ListSet::of(set.iter().map(|list| order[list]));
        let histories = dense(4, &counts);
        let turned = CaptureHistories::try_new(
            histories.lists().to_vec(),
            histories.iter().map(|(history, count)| (turn(history), count)),
        ).unwrap();
        let model = pairs(choice);
        let turned_model = Model::try_new(4, model.terms().iter().map(|term| turn(*term))).unwrap();
        let one = fit_model(&histories, &model, Level::P95).unwrap().with_profile(&histories).unwrap();
        let other = fit_model(&turned, &turned_model, Level::P95).unwrap().with_profile(&turned).unwrap();
        let numbers = |fit: &LogLinear| {
            let profile = fit.profile.unwrap();
            [fit.estimate, fit.wald.low, fit.wald.high, profile.low, profile.high, fit.aic, fit.bic]
        };
        for (one, other) in numbers(&one).into_iter().zip(numbers(&other)) {
            prop_assert!((one - other).abs() < 1e-8 * one.abs());
        }
    }

    #[test]
    fn a_list_of_nobody_adds_a_parameter_and_nothing_else(counts in full(), choice in 0_usize..64) {
        let histories = dense(4, &counts);
        let wider = CaptureHistories::try_new((1..=5).map(|list| format!("list {list}")), histories.iter()).unwrap();
        let model = pairs(choice);
        let wider_model = Model::try_new(5, model.terms().iter().copied()).unwrap();
        let one = fit_model(&histories, &model, Level::P95).unwrap();
        let other = fit_model(&wider, &wider_model, Level::P95).unwrap();
        prop_assert!((one.estimate - other.estimate).abs() < 1e-9 * one.estimate);
        prop_assert!((one.standard_error - other.standard_error).abs() < 1e-9);
        prop_assert!((one.deviance - other.deviance).abs() < 1e-9);
        prop_assert_eq!(one.residual_degrees_of_freedom, other.residual_degrees_of_freedom);
        prop_assert_eq!(&other.boundary, &[ListSet::single(4)]);
        prop_assert!((other.aic - one.aic - 2.0).abs() < 1e-9);
        prop_assert!((other.bic - one.bic - (one.persons as f64).ln()).abs() < 1e-9);
    }

    /// Counts are whole: the table is multiplied by a large number and every empty history gets one person.
    #[test]
    fn the_extended_estimate_is_the_limit_of_ordinary_ones(counts in full(), apart in 0_usize..6, choice in 0_usize..64) {
        let pair = ListSet::from_bits(PAIRS[apart]);
        let emptied = |fill: u64, times: u64| -> Vec<u64> {
            let sets = (0_u16..16).map(ListSet::from_bits);
            sets.zip(&counts).map(|(set, count)| if pair.is_subset(set) { fill } else { count * times }).collect()
        };
        let model = pairs(choice | 1 << apart);
        let fit = |counts: &[u64]| Fitter::default().fit(&Sample::of(&dense(4, counts)), &model);
        let extended = fit(&emptied(0, 1)).unwrap();
        prop_assert_eq!(&extended.boundary, &[pair]);
        let mut last = f64::INFINITY;
        for times in [10_000, 1_000_000, 100_000_000] {
            let ordinary = fit(&emptied(1, times)).unwrap();
            prop_assert!(ordinary.boundary.is_empty());
            let error = (ordinary.log_unseen - (times as f64).ln() - extended.log_unseen).abs();
            prop_assert!(error < 0.1 * last || error < 1e-8, "{error} after {last}");
            last = error;
        }
        prop_assert!(last < 1e-5, "{last}");
    }

    #[test]
    fn the_profile_interval_contains_the_estimate_and_ends_at_the_quantile(counts in full(), choice in 0_usize..64) {
        let sample = Sample::of(&dense(4, &counts));
        let mut fitter = Fitter::default();
        let model = pairs(choice);
        let mut profile = Profile::try_new(&mut fitter, &sample, model.terms()).unwrap();
        let [narrow, wide] = [Level::P90, Level::P99].map(|level| profile.interval(level).unwrap());
        let ends = profile.curve(Level::P90.z(), 1).unwrap();
        prop_assert!((ends[0].0 - narrow.low).abs() < 1e-8 * narrow.low);
        prop_assert!((ends[2].0 - narrow.high).abs() < 1e-8 * narrow.high);
        for (_, excess) in [ends[0], ends[2]] {
            prop_assert!((excess - Level::P90.z().powi(2)).abs() < 1e-7);
        }
        prop_assert!(sample.persons() as f64 <= wide.low && wide.low < narrow.low && narrow.high < wide.high);
        prop_assert!(narrow.low < ends[1].0 && ends[1].0 < narrow.high);
    }
}

/// Counts of four lists, half of them zero, some large.
fn sparse() -> impl Strategy<Value = Vec<u64>> {
    let count = prop_oneof![5 => Just(0_u64), 3 => 1_u64..4, 1 => 1_u64..100, 1 => 1_u64..1_000];
    proptest::collection::vec(count, 16)
}

proptest! {
    #[test]
    fn every_admissible_model_of_a_sparse_table_is_fitted(
        counts in sparse(), terms in proptest::collection::vec(3_u16..15, 0..5),
    ) {
        let histories = dense(4, &counts);
        let terms = terms.into_iter().map(ListSet::from_bits).filter(|term| term.len() > 1);
        let model = Model::try_new(4, terms).unwrap();
        let refusals = [
            Status::NoOverlap,
            Status::NoExistence,
            Status::NotIdentifiable,
            Status::NeitherExistsNorIdentifiable,
        ];
        match fit_model(&histories, &model, Level::P95).and_then(|fit| fit.with_profile(&histories)) {
            Ok(fit) => {
                let profile = fit.profile.unwrap();
                prop_assert!(fit.wald.low <= fit.estimate && fit.estimate <= fit.wald.high);
                prop_assert!(profile.low <= fit.estimate && fit.estimate <= profile.high);
                for coefficient in &fit.coefficients {
                    let over = fit.cells.iter().filter(|cell| coefficient.term.is_subset(cell.history));
                    let (seen, expected) = over.fold((0.0, 0.0), |(seen, expected), cell| {
                        (seen + cell.observed as f64, expected + cell.expected)
                    });
                    prop_assert!((seen - expected).abs() <= 1e-7 * seen, "{}: {seen} {expected}", coefficient.named);
                }
            }
            // So flat that the upper end of the Wald interval is no number.
            Err(Status::NotConverged) => {
                let fit = Fitter::default().fit(&Sample::of(&histories), &model).unwrap();
                prop_assert!(fit.standard_error > 300.0, "{}: {model}, {counts:?}", fit.standard_error);
            }
            Err(status) => prop_assert!(refusals.contains(&status), "{status}: {model}, {counts:?}"),
        }
    }
}

/// Persons of a Poisson process whose histories have these means.
fn simulate(means: &[f64], rng: &mut ChaCha8Rng) -> Vec<u64> {
    let all: f64 = means.iter().sum();
    let mut counts = vec![0; means.len()];
    let mut time = 0.0;
    loop {
        time -= (1.0 - rng.random::<f64>()).ln();
        if time > all {
            return counts;
        }
        let mut rest = rng.random::<f64>() * all;
        let history = means.iter().position(|mean| {
            rest -= mean;
            rest < 0.0
        });
        counts[history.unwrap_or_default()] += 1;
    }
}

/// The mean of the unseen lies in the intervals of simulated tables as often as the level says. With 2,000 tables the
/// share has a standard error of 0.49 points; 2 points are four of them: a correct program fails at less than 1 seed
/// in 10,000 for each interval.
#[test]
fn intervals_cover_at_the_nominal_rate() {
    // Three lists, the first two dependent, some 240 persons seen and 60 not.
    let logs = |history: ListSet| {
        let alpha = [(0_u16, 60.0_f64.ln()), (1, -0.2), (2, -0.4), (4, 0.1), (3, 0.7)];
        alpha
            .iter()
            .filter(|(term, _)| ListSet::from_bits(*term).is_subset(history))
            .map(|(_, alpha)| alpha)
            .sum::<f64>()
    };
    let mut means: Vec<f64> = (0..8).map(|bits| logs(ListSet::from_bits(bits)).exp()).collect();
    let unseen = std::mem::take(&mut means[0]);
    let model = model("[12,3]", 3);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut wald, mut profile) = (0_u32, 0_u32);
    for _ in 0..2_000 {
        let histories = dense(3, &simulate(&means, &mut rng));
        let fit = fit_model(&histories, &model, Level::P95).unwrap().with_profile(&histories).unwrap();
        let truth = histories.persons() as f64 + unseen;
        let covers = |interval: crate::mse::NumberInterval| u32::from(interval.low <= truth && truth <= interval.high);
        wald += covers(fit.wald);
        profile += covers(fit.profile.unwrap());
    }
    for covered in [wald, profile] {
        let share = f64::from(covered) / 2_000.0;
        assert!((share - 0.95).abs() < 0.02, "{share}");
    }
}
