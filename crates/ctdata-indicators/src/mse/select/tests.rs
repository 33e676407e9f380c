//! Published choices of models, and properties of all methods.

use super::score::Scorer;
use super::*;
use crate::interval::Level;
use crate::mse::existence::check;
use crate::mse::{CaptureHistories, Finding, Method, published, published_table};
use proptest::prelude::*;

fn silent() -> Control {
    Control::default()
}

/// A published table by its name.
fn known(name: &str) -> CaptureHistories {
    published_table(name).unwrap().histories()
}

/// A table from the names of its lists and rows like `110:15`, the first list first.
fn table(lists: &str, rows: &str) -> CaptureHistories {
    let counts = rows.split_whitespace().map(|row| {
        let (history, count) = row.split_once(':').unwrap();
        let on = history.char_indices().filter(|(_, mark)| *mark == '1').map(|(list, _)| list);
        (ListSet::of(on), count.parse().unwrap())
    });
    CaptureHistories::try_new(lists.split(' '), counts).unwrap()
}

fn of_order(order: usize) -> BicSearch {
    BicSearch { order: Some(order), ..BicSearch::default() }
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-8 * (1.0 + other.abs())
}

/// Tables of four lists with many zeros.
fn four_lists() -> impl Strategy<Value = CaptureHistories> {
    let count = prop_oneof![3 => Just(0_u64), 2 => 1_u64..4, 1 => 4_u64..200];
    proptest::collection::vec(count, 15).prop_map(|counts| {
        let histories = (1..16).map(ListSet::from_bits).zip(counts);
        CaptureHistories::try_new(["a", "b", "c", "d"], histories).unwrap()
    })
}

/// The same persons, list `to[i]` being the former list i.
fn reordered(histories: &CaptureHistories, to: &[usize]) -> CaptureHistories {
    let mut lists = vec![String::new(); to.len()];
    for (name, to) in histories.lists().iter().zip(to) {
        lists[*to].clone_from(name);
    }
    let moved = histories.iter().map(|(history, count)| (ListSet::of(history.iter().map(|list| to[list])), count));
    CaptureHistories::try_new(lists, moved).unwrap()
}

/// Chan, Silverman and Vincent (2021), the UK five-list table: the path, each figure to its last printed digit.
#[test]
fn the_stepwise_path_of_the_uk_is_met() {
    let found = stepwise(&known("uk-2013-five-lists"), STEPWISE_THRESHOLD, &silent()).unwrap();
    let path = [
        ("LA:NG", 2.1845e-7, 5e-12, 14_217.810),
        ("NG:GP", 2.1828e-5, 5e-10, 13_477.493),
        ("PFNCA:GP", 1.1101e-4, 5e-9, 12_364.921),
        ("LA:PFNCA", 3.8675e-4, 5e-9, 13_100.843),
        ("GO:GP", 1.34263e-3, 5e-9, 12_262.412),
        ("NG:GO", 0.017_003_0, 5e-8, 11_312.990),
    ];
    assert_eq!(found.entries.len(), path.len());
    for (entry, (named, p_value, digit, estimate)) in found.entries.iter().zip(path) {
        assert_eq!(entry.named, named);
        assert!((entry.p_value - p_value).abs() <= digit, "{named}: p {}", entry.p_value);
        assert!((entry.estimate - estimate).abs() < 5e-4, "{named}: {}", entry.estimate);
    }
    assert_eq!(found.entries[2].lists, [3, 5]);
    let chosen = found.chosen.as_ref().unwrap();
    assert_eq!(chosen.parameters, 12);
    assert!((chosen.estimate - 11_312.990).abs() < 5e-4);
    assert!((chosen.aic - 127.5986).abs() < 5e-5 && (chosen.bic - 198.6047).abs() < 5e-5);
    assert!((chosen.deviance - 16.3514).abs() < 5e-5);
    let interval = found.finding(Level::P95).interval.unwrap();
    assert!((interval.low - 9_884.40).abs() < 5e-3 && (interval.high - 13_027.40).abs() < 5e-3);
}

/// Chan, Silverman and Vincent (2021), section 4; the tables of New Orleans with one person more and of Korea in the
/// documentation of the R package MultipleSystemsEstimation 1.2.0 (B. W. Silverman 2026).
#[test]
fn other_published_stepwise_choices_are_met() {
    for (name, entered, estimate, digit) in [
        ("new-orleans-eight-lists-n185", &["D:E"][..], 1_184.0, 0.5),
        ("western-us-five-lists", &["A:E"], 2_483.0, 0.5),
        ("new-orleans-five-lists-n185", &[], 1_034.0, 0.5),
        ("new-orleans-eight-lists-n186", &["D:E"], 1_110.488, 5e-4),
        ("korea-three-lists", &["b:c"], 268.7778, 5e-5),
    ] {
        let found = stepwise(&known(name), STEPWISE_THRESHOLD, &silent()).unwrap();
        let names: Vec<&str> = found.entries.iter().map(|entry| entry.named.as_str()).collect();
        assert_eq!(names, entered, "{name}");
        let chosen = found.chosen.unwrap();
        assert!((chosen.estimate - estimate).abs() < digit, "{name}: {}", chosen.estimate);
    }
}

/// All six models of the Korean table that have an estimate, with their BIC: user guide of the R package
/// MultipleSystemsEstimation 1.2.0 (B. W. Silverman 2026).
#[test]
fn the_ranking_of_korea_is_met() {
    let found = bic_search(&known("korea-three-lists"), &BicSearch::default(), &silent()).unwrap();
    let printed = [
        ("[12,23]", 157.1667, 57.14081),
        ("[12,3]", 268.7778, 58.96860),
        ("[13,23]", 123.4630, 91.89711),
        ("[1,23]", 126.1944, 138.06368),
        ("[13,2]", 126.9394, 155.16018),
        ("[1,2,3]", 141.9926, 184.14431),
    ];
    assert_eq!((found.order, found.models, found.ranked.len()), (2, 8, printed.len()));
    for (ranked, (notation, estimate, bic)) in found.ranked.iter().zip(printed) {
        assert_eq!(ranked.notation, notation);
        assert!((ranked.estimate - estimate).abs() < 5e-5 && (ranked.bic - bic).abs() < 5e-6, "{ranked:?}");
    }
    let weights: f64 = found.ranked.iter().map(|ranked| ranked.weight).sum();
    assert!((weights - 1.0).abs() < 1e-12);
    let ratio = (0.5 * (58.968_60_f64 - 57.140_81)).exp();
    assert!((found.ranked[0].weight / found.ranked[1].weight - ratio).abs() < 1e-4);
    assert_eq!(found.refused.iter().map(|refused| refused.models).sum::<u64>(), 2);
}

/// Silverman, Chan and Vincent (2024), table 6, column "all models"; the order is the highest searched.
#[test]
fn the_published_least_bic_of_all_models_is_met() {
    for (name, order, models, estimate) in [
        ("uk-2013-five-lists", 4, 6_893, 25_311.0),
        ("uk-2013-five-lists", 2, 1_024, 22_991.0),
        ("new-orleans-five-lists-n186", 2, 1_024, 981.0),
        ("new-orleans-five-lists-n186", 3, 6_212, 981.0),
        ("kosovo-1999-four-lists", 3, 113, 10_357.0),
        ("kosovo-1999-four-lists", 2, 64, 14_342.0),
        ("korea-three-lists", 2, 8, 157.0),
    ] {
        let histories = known(name);
        let found = bic_search(&histories, &of_order(order), &silent()).unwrap();
        let chosen = found.chosen.as_ref().unwrap();
        assert_eq!((found.models, found.status), (models, Status::Ok), "{name}");
        assert!((chosen.estimate - estimate).abs() < 0.5, "{name} to order {order}: {}", chosen.estimate);
        assert!(close(chosen.estimate, found.ranked[0].estimate) && close(chosen.bic, found.ranked[0].bic));
        assert_eq!(chosen.notation, found.ranked[0].notation);
        // Branch and bound gets there as well.
        let selector = BicSelector::try_new(&of_order(order), histories.lists().len()).unwrap();
        let selected = selector.select(&Sample::of(&histories), &mut Fitter::default(), &silent()).unwrap().unwrap();
        assert_eq!(selected.model.to_string(), chosen.notation, "{name}");
        assert!(close(selected.estimate, chosen.estimate));
    }
}

/// Silverman, Chan and Vincent (2024), table 6, column "downhill": from main effects alone.
#[test]
fn published_ends_of_downhill_searches_are_met() {
    for (name, order, estimate) in [
        ("uk-2013-five-lists", 4, 12_262.0),
        ("uk-2013-five-lists", 2, 12_262.0),
        ("uk-2013-six-lists", 5, 12_350.0),
        ("uk-2013-six-lists", 2, 12_350.0),
        ("new-orleans-five-lists-n186", 4, 981.0),
        ("new-orleans-eight-lists-n186", 2, 1_110.0),
        ("kosovo-1999-four-lists", 3, 10_357.0),
        ("kosovo-1999-four-lists", 2, 14_342.0),
        ("korea-three-lists", 2, 157.0),
    ] {
        let search = DownhillSearch { order: Some(order), random_starts: 0, ..DownhillSearch::default() };
        let sample = Sample::of(&known(name));
        let selector = DownhillSelector::try_new(&search, sample.lists()).unwrap();
        let mut fitter = Fitter::default();
        let end = selector.estimate_from_main_effects(&sample, &mut fitter, &silent()).unwrap().unwrap();
        assert!((end - estimate).abs() < 0.5, "{name} to order {order}: {end}");
    }
    // The main effects of the UK end above the least BIC; other starts come to it.
    let search = DownhillSearch { order: Some(4), ..DownhillSearch::default() };
    let found = downhill(&known("uk-2013-five-lists"), &search, &silent()).unwrap();
    assert_eq!(found.starts[0].start, SearchStart::MainEffects);
    assert_eq!(found.starts[0].to, "[LA:NG,LA:PFNCA,NG:GP,PFNCA:GP,GO:GP]");
    assert!((found.chosen.unwrap().estimate - 25_311.0).abs() < 0.5);
}

/// The three-list table of Chan, Silverman and Vincent (2021), tables 2 and 3.
#[test]
fn given_models_are_fitted_or_refused_by_type() {
    let histories = known("artificial-three-lists");
    for (notation, expected) in [
        ("[1,2,3]", Ok(539.094)),
        ("[13,2]", Ok(396.0)),
        ("[23,1]", Ok(429.333)),
        ("[13,23]", Ok(296.0)),
        ("[12,3]", Err(Status::NoExistence)),
        ("[12,13]", Err(Status::NoExistence)),
        ("[12,23]", Err(Status::NoExistence)),
        ("[12,13,23]", Err(Status::NotIdentifiable)),
    ] {
        let found = fixed_model(&histories, notation).unwrap();
        let finding = found.finding(Level::P95);
        match expected {
            Ok(estimate) => assert!((finding.estimate.unwrap() - estimate).abs() < 5e-4, "{notation}"),
            Err(status) => assert_eq!((finding.estimate, finding.status), (None, status), "{notation}"),
        }
    }
    let found = fixed_model(&histories, "[13,2]").unwrap().chosen.unwrap();
    assert_eq!((found.boundary, found.parameters), (vec!["A:C".to_owned()], 5));
    assert_eq!(fixed_model(&histories, "[1,2,3]").unwrap().method, Method::Independence);
    assert!(fixed_model(&histories, "[123]").is_err() && fixed_model(&histories, "12").is_err());
}

#[test]
fn the_threshold_goes_from_main_effects_to_all_pairs() {
    let histories = known("lesbian-allegheny-four-lists");
    let none = stepwise(&histories, 0.0, &silent()).unwrap();
    assert_eq!(none.chosen.unwrap().notation, "[1,2,3,4]");
    let all = stepwise(&histories, 1.0, &silent()).unwrap();
    assert_eq!(all.chosen.unwrap().notation, "[12,13,14,23,24,34]");
    // Not identifiable with all pairs: those that can be had.
    let some = stepwise(&known("artificial-three-lists"), 1.0, &silent()).unwrap().chosen.unwrap();
    assert_eq!(some.notation, "[13,23]");
    for wrong in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(stepwise(&histories, wrong, &silent()), Err(MseError::Option { .. })));
        assert!(matches!(stepwise_aic(&histories, wrong, &silent()), Err(MseError::Option { .. })));
    }
    assert!(matches!(bic_search(&histories, &of_order(0), &silent()), Err(MseError::Option { .. })));
}

/// The p-value against the inverse of XᵀWX with all cells written out; the choice against plain fits of all pairs.
#[test]
fn each_step_by_aic_is_the_best_and_its_test_is_that_of_a_regression() {
    let histories = known("uk-2013-five-lists");
    let sample = Sample::of(&histories);
    let found = stepwise_aic(&histories, AIC_SIGNIFICANCE, &silent()).unwrap();
    assert!(found.entries.len() > 2);
    let mut terms: Vec<ListSet> = Vec::new();
    let fit = |terms: &[ListSet]| {
        let model = Model::try_new(5, terms.iter().copied()).unwrap();
        check(&sample, &model).is_admissible().then(|| Fitter::default().fit(&sample, &model).unwrap())
    };
    for entry in &found.entries {
        let least = pairs(5)
            .filter(|pair| !terms.contains(pair))
            .filter_map(|pair| fit(&[&terms[..], &[pair]].concat()).map(|fit| fit.aic()));
        assert!(close(entry.aic, least.fold(f64::INFINITY, f64::min)));
        let term = ListSet::of(entry.lists.map(|list| list - 1));
        terms.push(term);
        let fit = fit(&terms).unwrap();
        let place = fit.free.iter().position(|free| *free == term).unwrap();
        let z = fit.alpha[place] / regression_variance(&fit.free, &fit.alpha, &fit.boundary, place).sqrt();
        let p_value = statrs::function::erf::erfc(z.abs() / 2f64.sqrt());
        assert!((entry.p_value - p_value).abs() < 1e-9 && p_value <= AIC_SIGNIFICANCE, "{p_value} {entry:?}");
    }
    assert_eq!(found.chosen.unwrap().model().unwrap(), Model::try_new(5, terms).unwrap());
}

/// One element of the diagonal of (XᵀWX)⁻¹, by Gauss and Jordan.
fn regression_variance(free: &[ListSet], alpha: &[f64], boundary: &[ListSet], place: usize) -> f64 {
    let size = free.len();
    let mut matrix = vec![vec![0.0; 2 * size]; size];
    for cell in (1..32).map(ListSet::from_bits).filter(|cell| !boundary.iter().any(|term| term.is_subset(*cell))) {
        let row: Vec<f64> = free.iter().map(|term| f64::from(u8::from(term.is_subset(cell)))).collect();
        let mean = row.iter().zip(alpha).map(|(x, alpha)| x * alpha).sum::<f64>().exp();
        for one in 0..size {
            for other in 0..size {
                matrix[one][other] += mean * row[one] * row[other];
            }
        }
    }
    for row in 0..size {
        matrix[row][size + row] = 1.0;
    }
    for pivot in 0..size {
        let scale = matrix[pivot][pivot];
        matrix[pivot].iter_mut().for_each(|entry| *entry /= scale);
        let done = matrix[pivot].clone();
        for row in (0..size).filter(|row| *row != pivot) {
            let factor = matrix[row][pivot];
            matrix[row].iter_mut().zip(&done).for_each(|(entry, done)| *entry -= factor * done);
        }
    }
    matrix[place][size + place]
}

/// A finding is an estimate in its interval, or says why there is none.
#[expect(clippy::cast_precision_loss, reason = "tables of fewer than 2^53 persons")]
fn is_sound(finding: &Finding, persons: u64) -> bool {
    match (finding.estimate, finding.interval, finding.status) {
        (Some(estimate), Some(interval), Status::Ok) => {
            persons as f64 <= interval.low && interval.low <= estimate && estimate <= interval.high
        }
        (None, None, status) => status != Status::Ok,
        _ => false,
    }
}

fn findings(histories: &CaptureHistories, order: usize) -> [Finding; 5] {
    let search = DownhillSearch { order: Some(order), random_starts: 1, ..DownhillSearch::default() };
    [
        stepwise(histories, STEPWISE_THRESHOLD, &silent()).unwrap().finding(Level::P95),
        stepwise_aic(histories, AIC_SIGNIFICANCE, &silent()).unwrap().finding(Level::P95),
        bic_search(histories, &of_order(order), &silent()).unwrap().finding(Level::P95),
        downhill(histories, &search, &silent()).unwrap().finding(Level::P95),
        fixed_model(histories, "[12]").unwrap_or_else(|_| fixed_model(histories, "[1]").unwrap()).finding(Level::P95),
    ]
}

#[test]
fn all_published_tables_have_an_answer_by_every_method() {
    for table in published() {
        let (name, histories) = (table.name(), table.histories());
        let lists = histories.lists().len();
        let [stepwise, aic, bic, downhill, fixed] = findings(&histories, if lists < 6 { 2 } else { 1 });
        for finding in [stepwise, aic, bic, downhill] {
            assert!(is_sound(&finding, histories.persons()) && finding.estimate.is_some(), "{name}: {finding:?}");
        }
        assert!(is_sound(&fixed, histories.persons()), "{name}");
    }
}

#[test]
fn hostile_tables_have_an_answer_or_a_refusal_by_type() {
    let billion = 1_000_000_000;
    for (name, histories) in [
        ("one person", table("a b", "10:1")),
        ("nobody", table("a b c", "")),
        ("all singletons", table("a b c", "100:5 010:6 001:7")),
        ("one overlapping person", table("a b c", "100:5 010:6 001:7 110:1")),
        ("two lists", table("a b", "10:40 01:30 11:6")),
        ("everybody on both", table("a b", "11:6")),
        ("an empty list", table("a b c d", "1000:40 0100:30 1100:6 0010:8 1010:2")),
        ("duplicate lists", table("a b c", "110:40 001:30 111:6")),
        ("a list that contains everybody", table("a b c", "100:40 110:30 101:6 111:2")),
        ("two groups", table("a b c d", "1000:9 0100:8 1100:3 0010:7 0001:6 0011:2")),
        ("billions", table("a b c d", "1000:4000000000 0100:3000000000 0010:1 1100:1000000000 0110:1 0001:5 1001:1")),
    ] {
        for finding in findings(&histories, 3) {
            assert!(is_sound(&finding, histories.persons()), "{name}: {finding:?}");
        }
    }
    let singles = (0..16).map(|list| (ListSet::single(list), billion));
    let sixteen = CaptureHistories::try_new((0..16).map(|list| list.to_string()), singles).unwrap();
    for finding in findings(&sixteen, 2) {
        assert_eq!(finding.status, Status::NoOverlap);
    }
}

#[test]
fn a_search_that_is_too_large_is_refused() {
    let eight = known("new-orleans-eight-lists-n185");
    let found = bic_search(&eight, &BicSearch::default(), &silent()).unwrap();
    assert_eq!((found.status, found.models, found.chosen), (Status::TooLarge, 0, None));
    let selector = BicSelector::try_new(&BicSearch::default(), 8).unwrap();
    let selected = selector.select(&Sample::of(&eight), &mut Fitter::default(), &silent()).unwrap();
    assert_eq!(selected, Err(Status::TooLarge));
    let small = BicSearch { most_models: 7, ..BicSearch::default() };
    assert_eq!(bic_search(&known("korea-three-lists"), &small, &silent()).unwrap().status, Status::TooLarge);
}

#[test]
fn a_cancelled_choice_stops() {
    let histories = known("uk-2013-five-lists");
    let stopped = Control::default().with_deadline(|| true);
    assert!(matches!(stepwise(&histories, 0.02, &stopped), Err(MseError::Table(_))));
    assert!(matches!(stepwise_aic(&histories, 0.05, &stopped), Err(MseError::Table(_))));
    assert!(matches!(bic_search(&histories, &BicSearch::default(), &stopped), Err(MseError::Table(_))));
    assert!(matches!(downhill(&histories, &DownhillSearch::default(), &stopped), Err(MseError::Table(_))));
    let capped = Control::default().with_memory_cap(1_000);
    assert!(matches!(bic_search(&histories, &BicSearch::default(), &capped), Err(MseError::Table(_))));
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_matter() {
    let histories = known("uk-2013-five-lists");
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bic_search(&histories, &of_order(2), &silent()).unwrap())
    };
    assert_eq!(format!("{:?}", on(1)), format!("{:?}", on(2)));
}

#[cfg(feature = "serde")]
#[test]
fn results_are_read_back() {
    fn back<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
    }
    let histories = known("korea-three-lists");
    back(&stepwise(&histories, 0.02, &silent()).unwrap());
    back(&stepwise_aic(&histories, 0.05, &silent()).unwrap());
    back(&bic_search(&histories, &BicSearch::default(), &silent()).unwrap());
    back(&downhill(&histories, &DownhillSearch::default(), &silent()).unwrap());
    back(&fixed_model(&histories, "[12,3]").unwrap());
}

/// On published tables, where no two pairs have the same p-value.
#[test]
fn the_order_of_lists_does_not_matter() {
    for (name, to) in [
        ("uk-2013-five-lists", &[4, 2, 0, 3, 1][..]),
        ("kosovo-1999-four-lists", &[2, 3, 1, 0]),
        ("netherlands-2010-2015-five-lists", &[1, 0, 4, 2, 3]),
        ("western-us-five-lists", &[3, 4, 2, 1, 0]),
    ] {
        let (histories, moved) = (known(name), reordered(&known(name), to));
        for (one, other) in findings(&histories, 2).iter().zip(findings(&moved, 2)).take(3) {
            assert!(close(one.estimate.unwrap(), other.estimate.unwrap()), "{name}: {one:?} {other:?}");
        }
        let [path, moved_path] = [&histories, &moved].map(|histories| {
            let found = stepwise(histories, STEPWISE_THRESHOLD, &silent()).unwrap();
            found.entries.iter().map(|entry| entry.p_value).collect::<Vec<_>>()
        });
        assert!(path.len() == moved_path.len() && path.iter().zip(moved_path).all(|(one, other)| close(*one, other)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Shared work against a plain check and fit of each model; branch and bound and the search downhill against both.
    #[test]
    fn all_models_are_those_of_plain_fits(histories in four_lists(), to in Just(vec![0, 1, 2, 3]).prop_shuffle()) {
        let (sample, persons) = (Sample::of(&histories), histories.persons());
        let search = BicSearch { top: usize::MAX, ..of_order(3) };
        let found = bic_search(&histories, &search, &silent()).unwrap();
        let mut plain: Vec<(f64, f64)> = Vec::new();
        let lattice = lattice::Lattice::new(4, 3).unwrap();
        lattice.visit(&mut |mask| {
            let model = lattice.model(mask);
            if check(&sample, &model).is_admissible() && starts::overlaps(&sample)
                && let Ok(fit) = Fitter::default().fit(&sample, &model) {
                plain.push((fit.bic(persons), fit.estimate(persons)));
            }
            true
        });
        plain.sort_by(|one, other| one.0.total_cmp(&other.0));
        prop_assert_eq!(found.ranked.len(), plain.len());
        for (ranked, (bic, _)) in found.ranked.iter().zip(&plain) {
            prop_assert!(close(ranked.bic, *bic), "{} {}", ranked.bic, bic);
            let of_equals = plain.iter().filter(|(bic, _)| close(*bic, ranked.bic));
            prop_assert!(of_equals.into_iter().any(|(_, estimate)| (estimate / ranked.estimate - 1.0).abs() < 1e-6));
        }
        let selector = BicSelector::try_new(&search, 4).unwrap();
        let selected = selector.select(&sample, &mut Fitter::default(), &silent()).unwrap();
        let end = downhill(&histories, &DownhillSearch { order: Some(3), ..DownhillSearch::default() }, &silent());
        let end = end.unwrap().chosen;
        if let Some(best) = found.ranked.first() {
            prop_assert_eq!(selected.unwrap().model.to_string(), best.notation.clone());
            prop_assert!(end.is_none_or(|end| end.bic > best.bic - 1e-8 * (1.0 + best.bic.abs())));
            let moved = bic_search(&reordered(&histories, &to), &search, &silent()).unwrap();
            prop_assert!(close(moved.ranked[0].bic, best.bic));
        } else {
            prop_assert!(selected.is_err() && end.is_none());
        }
    }

    /// What a search keeps between models must not show.
    #[test]
    fn warm_starts_end_where_cold_ones_do(histories in four_lists()) {
        let sample = Sample::of(&histories);
        prop_assume!(starts::overlaps(&sample));
        let (mut warm, mut cold) = (Fitter::default(), Fitter::default());
        let mut scorer = Scorer::new(&sample, &mut warm);
        let lattice = lattice::Lattice::new(4, 3).unwrap();
        let mut equal = true;
        lattice.visit(&mut |mask| {
            let model = lattice.model(mask);
            let one = scorer.score(model.terms());
            let other = Scorer::new(&sample, &mut cold).score(model.terms());
            equal &= match (one, other) {
                (Ok(one), Ok(other)) => {
                    close(one.log_likelihood, other.log_likelihood) && (one.estimate / other.estimate - 1.0).abs() < 1e-6
                }
                (one, other) => one.err() == other.err(),
            };
            true
        });
        prop_assert!(equal);
    }
}
