//! Tables that no one would draw up: an answer or a refusal, soon.

use super::super::profile::Profile;
use super::super::{Start, fit_model};
use super::*;
use crate::interval::Level;

fn all_pairs(lists: usize) -> Model {
    let pairs = (0..lists).flat_map(|one| (one + 1..lists).map(move |other| ListSet::of([one, other])));
    Model::try_new(lists, pairs).unwrap()
}

#[test]
fn large_counts_keep_their_digits() {
    // Multiplying a table multiplies the estimate.
    let times = 1_000_000_000;
    let counts: Vec<(ListSet, u64)> = uk().iter().map(|(history, count)| (history, count * times)).collect();
    let large = CaptureHistories::try_new(uk().lists().to_vec(), counts).unwrap();
    for notation in ["[1,2,3,4,5]", "[12,25,35,13,45,24]"] {
        let (one, other) = (fit(&uk(), notation).unwrap(), fit(&large, notation).unwrap());
        assert_near(other.log_unseen - (times as f64).ln(), one.log_unseen, 1e-9, notation);
        assert_near(other.standard_error * (times as f64).sqrt(), one.standard_error, 1e-9, notation);
        assert_near(other.deviance / times as f64, one.deviance, 1e-9, notation);
        let fit = fit_model(&large, &model(notation, 5), Level::P95).unwrap().with_profile(&large).unwrap();
        let profile = fit.profile.unwrap();
        assert!(fit.wald.low < fit.estimate && profile.low < fit.estimate && fit.estimate < profile.high);
    }
}

#[test]
fn a_billion_persons_and_one_on_two_lists_have_an_estimate() {
    let billion = 1_000_000_000;
    let fit = fit(&table(2, &[(&[1], billion), (&[2], billion), (&[1, 2], 1)]), "[1,2]").unwrap();
    assert_near(fit.log_unseen, 2.0 * (billion as f64).ln(), 1e-6, "unseen");
    assert_near(fit.standard_error, 1.0, 1e-6, "standard error");
}

#[test]
fn sixteen_lists_with_all_pairs_are_fitted() {
    // Independent lists of which each person is on few: the mean of a history, rounded.
    let mean = |set: ListSet| 20_000.0 * set.iter().map(|list| 0.05 + 0.01 * list as f64).product::<f64>();
    let sets = (1..=u16::MAX).map(ListSet::from_bits);
    let counts = sets.map(|set| (set, mean(set).round() as u64)).filter(|(_, count)| *count > 0);
    let histories = CaptureHistories::try_new((1..=16).map(|list| list.to_string()), counts).unwrap();
    let mut fitter = Fitter::default();
    let sample = Sample::of(&histories);
    let fit = fitter.fit(&sample, &all_pairs(16)).unwrap();
    assert_eq!((fit.parameters, fit.free.len()), (137, 137));
    for term in &fit.free {
        let (expected, observed) = (fitter.expected_sums()[term.index()], sample.sums()[term.index()] as f64);
        assert_near(expected, observed, 1e-6 * observed, "likelihood equation");
    }
    assert!(fit.standard_error < 1.0);
    assert!(Profile::try_new(&mut fitter, &sample, &[]).unwrap().interval(Level::P95).is_ok());
}

#[test]
fn what_has_no_estimate_is_refused() {
    let refused = |histories: &CaptureHistories, notation: &str| {
        let model = model(notation, histories.lists().len());
        let by_kernel = Fitter::default().fit(&Sample::of(histories), &model).unwrap_err();
        assert_eq!(by_kernel, Status::NotConverged);
        fit_model(histories, &model, Level::P95).unwrap_err()
    };
    let empty = table(3, &[]);
    assert_eq!(refused(&empty, "[1,2,3]"), Status::NoOverlap);
    let singletons = table(3, &[(&[1], 5), (&[2], 7), (&[3], 1_000_000_000)]);
    assert_eq!(refused(&singletons, "[1,2,3]"), Status::NoOverlap);
    assert_eq!(refused(&singletons, "[12,13]"), Status::NoOverlap);
    // Everybody is on the first list: nobody is missed.
    let complete = table(3, &[(&[1], 5), (&[1, 2], 3), (&[1, 3], 2), (&[1, 2, 3], 1)]);
    assert_eq!(refused(&complete, "[1,2,3]"), Status::NoExistence);
}

#[test]
fn a_list_given_twice_has_an_estimate_with_its_pair() {
    // Lists 1 and 2 are the same: apart they cannot be, together they are one list. 10 · 8 / 2 by Petersen.
    let histories = table(3, &[(&[1, 2], 8), (&[3], 6), (&[1, 2, 3], 2)]);
    for notation in ["[1,2,3]", "[12,3]"] {
        match fit_model(&histories, &model(notation, 3), Level::P95) {
            Ok(fit) => assert!(fit.estimate > 16.0 && fit.wald.high.is_finite(), "{notation}: {}", fit.estimate),
            Err(status) => assert_ne!(status, Status::Ok, "{notation}"),
        }
    }
    // Nobody is on the second list alone, so that the model with the pair has no estimate; the two lists left do.
    let merged = table(2, &[(&[1], 8), (&[2], 6), (&[1, 2], 2)]);
    assert_near(fit(&merged, "[1,2]").unwrap().estimate(16), 40.0, 1e-9, "merged");
}

#[test]
fn a_start_from_nowhere_is_given_up() {
    let (sample, model) = (Sample::of(&uk()), model("[12,25,35,13,45,24]", 5));
    let mut fitter = Fitter::default();
    let cold = fitter.solve(&sample, model.terms(), Start::Cold).unwrap();
    for start in [800.0, -800.0, f64::NAN, f64::INFINITY] {
        let start = [(ListSet::EMPTY, start), (ListSet::of([7]), 1.0)];
        assert_near(fitter.solve(&sample, model.terms(), Start::Warm(&start)).unwrap(), cold, 1e-9, "unseen");
    }
}

#[test]
fn one_overlapping_person_has_an_estimate() {
    let histories = table(4, &[(&[1], 10), (&[2], 10), (&[3], 10), (&[4], 10), (&[1, 2], 1)]);
    let fit = fit_model(&histories, &Model::main_effects(4), Level::P95).unwrap().with_profile(&histories).unwrap();
    let profile = fit.profile.unwrap();
    assert!(fit.estimate > 400.0 && profile.low > 41.0 && profile.high > fit.wald.high && profile.high.is_finite());
}

#[test]
fn models_beyond_bounds_are_refused_before_any_work() {
    let wide = table(16, &[(&[1], 3), (&[2], 4), (&[1, 2, 3], 1)]);
    // All 32,752 interactions of fifteen lists; those without overlap leave, and few are left to fit.
    let model = Model::try_new(16, [ListSet::all(15)]).unwrap();
    assert!(Fitter::default().fit(&Sample::of(&wide), &model).is_err());
    let everywhere = table(16, &[(&[1], 3), (&(1..=16).collect::<Vec<_>>(), 4)]);
    assert_eq!(Fitter::default().fit(&Sample::of(&everywhere), &model).unwrap_err(), Status::TooLarge);
    assert_eq!(fit_model(&uk(), &Model::main_effects(4), Level::P95).unwrap_err(), Status::ListsOutOfRange);
    let narrow = Sample::of(&table(2, &[(&[1], 3), (&[2], 4), (&[1, 2], 1)]));
    assert_eq!(Fitter::default().fit(&narrow, &all_pairs(3)).unwrap_err(), Status::ListsOutOfRange);
}
