//! Published figures and closed forms.

use super::super::{FittedCell, LogLinear, fit_model, profile_curve};
use super::*;
use crate::interval::Level;
use crate::mse::{Method, NumberInterval};
use proptest::prelude::*;

/// Chan, Silverman and Vincent (2021): 40, 30 and 20 on one list, 6 on the first two. The figures are those of an
/// independent program.
#[test]
fn the_three_list_table_is_met() {
    let histories = table(3, &[(&[1], 40), (&[2], 30), (&[3], 20), (&[1, 2], 6)]);
    for (notation, estimate) in [("[1,2,3]", 539.094), ("[13,2]", 396.0), ("[23,1]", 429.333), ("[13,23]", 296.0)] {
        assert_near(fit(&histories, notation).unwrap().estimate(96), estimate, 5e-4, notation);
    }
    // By hand: with lists 1 and 3 apart, and 2 and 3, those on list 3 alone say nothing of the others: 96 + 40 · 30 / 6.
    assert_near(fit(&histories, "[13,23]").unwrap().estimate(96), 296.0, 1e-9, "[13,23]");
    for (notation, status) in [
        ("[12,3]", Status::NoExistence),
        ("[12,13]", Status::NoExistence),
        ("[12,23]", Status::NoExistence),
        ("[12,13,23]", Status::NotIdentifiable),
    ] {
        assert_eq!(fit_model(&histories, &model(notation, 3), Level::P95).unwrap_err(), status, "{notation}");
    }
}

fn assert_interval(interval: NumberInterval, low: f64, high: f64, tolerance: f64) {
    assert_near(interval.low, low, tolerance, "low");
    assert_near(interval.high, high, tolerance, "high");
}

fn uk_model(notation: &str) -> LogLinear {
    fit_model(&uk(), &model(notation, 5), Level::P95).unwrap().with_profile(&uk()).unwrap()
}

/// The worked example of the notes: figures of the published packages, recomputed by two independent programs.
#[test]
fn independence_of_the_uk_lists_is_met() {
    let fit = uk_model("[1,2,3,4,5]");
    assert_near(fit.estimate, 13_444.131, 5e-4, "estimate");
    assert_interval(fit.wald, 11_985.17, 15_133.43, 5e-3);
    assert_interval(fit.profile.unwrap(), 12_004.0, 15_160.3, 5e-2);
    assert_near(fit.aic, 217.7789, 5e-5, "AIC");
    assert_near(fit.bic, 253.2819, 5e-5, "BIC");
    assert_near(fit.deviance, 118.5316, 5e-5, "deviance");
    assert_eq!((fit.parameters, fit.residual_degrees_of_freedom), (6, 25));
    assert!(fit.boundary.is_empty());
}

#[test]
fn the_stepwise_model_of_the_uk_lists_is_met() {
    let fit = uk_model("[12,25,35,13,45,24]");
    assert_near(fit.estimate, 11_312.990, 5e-4, "estimate");
    assert_interval(fit.wald, 9_884.40, 13_027.40, 5e-3);
    assert_interval(fit.profile.unwrap(), 9_907.82, 13_063.79, 5e-3);
    assert_near(fit.aic, 127.5986, 5e-5, "AIC");
    assert_near(fit.bic, 198.6047, 5e-5, "BIC");
    assert_near(fit.deviance, 16.3514, 5e-5, "deviance");
    // LA and NG with GP, and so on, have overlaps: every term is finite, 31 histories less 12.
    assert_eq!((fit.parameters, fit.residual_degrees_of_freedom), (12, 19));
    assert_near(fit.bic_cells - fit.aic, 12.0 * (31.0_f64.ln() - 2.0), 1e-9, "BIC by cells");
    let finding = fit.finding(Method::Stepwise);
    assert_eq!((finding.estimate, finding.interval), (Some(fit.estimate), Some(fit.wald)));
    assert_eq!(finding.others, [fit.profile.unwrap()]);
    assert!(finding.notes.is_empty());
}

/// The estimates after each entry of the worked example.
#[test]
fn the_way_to_the_stepwise_model_is_met() {
    let mut notation = String::from("[1,2,3,4,5");
    for (pair, estimate) in [
        ("12", 14_217.810),
        ("25", 13_477.493),
        ("35", 12_364.921),
        ("13", 13_100.843),
        ("45", 12_262.412),
        ("24", 11_312.990),
    ] {
        notation.push(',');
        notation.push_str(pair);
        let fit = fit(&uk(), &format!("{notation}]")).unwrap();
        assert_near(fit.estimate(2_744), estimate, 5e-4, pair);
    }
}

#[test]
fn terms_without_overlap_are_exactly_infinite_and_are_told() {
    // LA and GP share nobody.
    let fit = uk_model("[15,2,3,4]");
    let term = ListSet::of([0, 4]);
    assert_eq!(fit.boundary, [term]);
    let coefficient = fit.coefficients.iter().find(|coefficient| coefficient.term == term).unwrap();
    assert_eq!((coefficient.value, coefficient.standard_error), (None, None));
    assert_eq!(coefficient.named, "list 1:list 5");
    let (left, gone): (Vec<FittedCell>, Vec<FittedCell>) = fit.cells.iter().partition(|cell| cell.residual.is_some());
    assert_eq!((left.len(), gone.len()), (23, 8));
    assert!(gone.iter().all(|cell| term.is_subset(cell.history) && cell.observed == 0 && cell.expected <= 0.0));
    // 23 histories less the constant and five lists; the term counts among the parameters.
    assert_eq!((fit.parameters, fit.residual_degrees_of_freedom), (7, 17));
    assert!(fit.finding(Method::Fixed).notes[0].ends_with("minus infinity: list 1:list 5"));
}

#[test]
fn fitted_counts_and_residuals_make_the_statistics() {
    let fit = uk_model("[12,25,35,13,45,24]");
    assert_eq!(fit.cells.len(), 31);
    assert!(fit.cells.is_sorted_by_key(|cell| cell.history));
    // The likelihood equations by their definition.
    for coefficient in &fit.coefficients {
        let over = |cell: &&FittedCell| coefficient.term.is_subset(cell.history);
        let expected: f64 = fit.cells.iter().filter(over).map(|cell| cell.expected).sum();
        let observed: u64 = fit.cells.iter().filter(over).map(|cell| cell.observed).sum();
        assert_near(expected, observed as f64, 1e-8, &coefficient.named);
    }
    for cell in &fit.cells {
        let log: f64 = (fit.coefficients.iter())
            .filter(|coefficient| coefficient.term.is_subset(cell.history))
            .filter_map(|coefficient| coefficient.value)
            .sum();
        assert_near(log.exp(), cell.expected, 1e-9 * cell.expected, "mean");
    }
    // Poisson probabilities by their definition.
    let log_likelihood: f64 = (fit.cells.iter())
        .map(|cell| {
            let observed = cell.observed as f64;
            observed * cell.expected.ln() - cell.expected - statrs::function::gamma::ln_gamma(observed + 1.0)
        })
        .sum();
    assert_near(fit.log_likelihood, log_likelihood, 1e-9, "log-likelihood");
    assert_near(fit.coefficients[0].standard_error.unwrap(), fit.standard_error, 1e-12, "standard error");
}

#[test]
fn a_curve_goes_down_to_the_estimate_and_up_again() {
    let fit = uk_model("[12,25,35,13,45,24]");
    let curve = profile_curve(&uk(), &fit.model, Level::P95, 41).unwrap();
    assert_eq!((curve.points.len(), curve.interval), (41, fit.profile.unwrap()));
    assert_near(curve.estimate, fit.estimate, 1e-9, "estimate");
    assert_near(curve.quantile, 3.841_459, 5e-7, "quantile of χ² (any table)");
    assert!(curve.points.is_sorted_by(|one, next| one.0 < next.0));
    assert!(curve.points[..21].is_sorted_by(|one, next| one.1 > next.1));
    assert!(curve.points[20..].is_sorted_by(|one, next| one.1 < next.1));
    for (number, excess) in [curve.points[0], curve.points[40]] {
        assert_near(excess, 1.5 * curve.quantile, 1e-6, "end");
        assert!(number < curve.interval.low || number > curve.interval.high);
    }
    for (number, excess) in curve.points {
        let inside = number > curve.interval.low && number < curve.interval.high;
        assert_eq!(inside, excess < curve.quantile);
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_fit_is_read_back_from_json() {
    let fit = uk_model("[15,2,3,4]");
    let json = serde_json::to_value(&fit).unwrap();
    assert_eq!(json["model"], serde_json::json!({"lists": 5, "notation": "[15,2,3,4]"}));
    assert_eq!(json["boundary"], serde_json::json!([[1, 5]]));
    assert!(json["coefficients"][0]["term"].as_array().unwrap().is_empty());
    assert_eq!(json["profile"]["kind"], "profile");
    let back: LogLinear = serde_json::from_value(json).unwrap();
    assert_eq!((back.model, back.boundary, back.cells.len()), (fit.model, fit.boundary, fit.cells.len()));
}

proptest! {
    /// Petersen's estimate; the variance of ln N₀ is the sum of the inverse counts (Bishop, Fienberg and Holland 1975,
    /// section 6.2).
    #[test]
    fn two_lists_are_lincoln_petersen(counts in proptest::collection::vec(1_u64..100_000, 3)) {
        let fit = fit(&dense(2, &[0, counts[0], counts[1], counts[2]]), "[1,2]").unwrap();
        let [one, two, both] = [counts[0], counts[1], counts[2]].map(|count| count as f64);
        let estimate = (one + both) * (two + both) / both;
        let found = fit.estimate(counts.iter().sum());
        prop_assert!((found - estimate).abs() <= 1e-9 * estimate);
        let variance = one.recip() + two.recip() + both.recip();
        prop_assert!((fit.standard_error.powi(2) - variance).abs() <= 1e-9 * variance);
        prop_assert!(fit.deviance.abs() < 1e-9);
    }

    /// Three lists with a pair, two pairs, three pairs: closed forms (Bishop, Fienberg and Holland 1975, section 6.4.2).
    #[test]
    fn three_lists_have_closed_forms(counts in proptest::collection::vec(1_u64..10_000, 8)) {
        let histories = dense(3, &counts);
        let x: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
        let close = |notation: &str, unseen: f64| {
            let found = fit(&histories, notation).unwrap().log_unseen.exp();
            prop_assert!((found - unseen).abs() <= 1e-9 * (unseen + 1.0), "{notation}: {found}, not {unseen}");
            Ok(())
        };
        // List 3 is apart from the other two: entries 1, 2, 3 are on those, 5, 6, 7 on list 3 as well.
        close("[12,3]", x[4] * (x[1] + x[2] + x[3]) / (x[5] + x[6] + x[7]))?;
        // Lists 2 and 3 are independent among those not on list 1.
        close("[12,13]", x[2] * x[4] / x[6])?;
        close("[12,13,23]", x[1] * x[2] * x[4] * x[7] / (x[3] * x[5] * x[6]))?;
    }
}
