//! Bayesian thresholding against published posteriors, a posterior by brute force and hostile tables.

use super::{BayesThreshold, BayesThresholdModel, InteractionPosterior};
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::Status;
use ctdata_table::Control;

fn table(lists: &[&str], counts: &[(u16, u64)]) -> CaptureHistories {
    let counts = counts.iter().map(|(bits, count)| (ListSet::from_bits(*bits), *count));
    CaptureHistories::try_new(lists.iter().copied(), counts).unwrap()
}

/// Killings in Kosovo, March to June 1999 (Ball, Betts, Scheuren, Dudukovich and Asher 2002).
fn kosovo() -> CaptureHistories {
    let counts = [
        (0b0001, 1131),
        (0b0010, 845),
        (0b0100, 936),
        (0b1000, 306),
        (0b0011, 177),
        (0b0101, 228),
        (0b1001, 106),
        (0b0110, 217),
        (0b1010, 31),
        (0b1100, 123),
        (0b0111, 181),
        (0b1011, 18),
        (0b1101, 42),
        (0b1110, 32),
        (0b1111, 27),
    ];
    table(&["EXH", "ABA", "OSCE", "HRW"], &counts)
}

/// Silverman, vignette on Bayesian thresholding of the package MultipleSystemsEstimation 1.2: five pairs are kept; the
/// median is about 14,000, the interval about 12,200 to 16,400. Of the triples two are eligible, with ratios of about 4.26
/// and 2.45; with both the median is 11,800, the interval about 10,000 to 14,600. The tolerance is half a unit of the last
/// digit given and the Monte-Carlo error of the published run: 10,000 dependent steps, taken as 250 effective draws, give a
/// standard error of some 0.2 of such a ratio and of 1 to 2 % of a quantile; 2.5 of these are allowed.
#[test]
fn kosovo_keeps_the_published_interactions_and_posterior() {
    let near = |value: f64, published: f64, digit: f64| {
        assert!((value - published).abs() < 0.5 * digit + 0.03 * published, "{value} for {published}");
    };
    let found = BayesThresholdModel::builder().triples(true).build().unwrap();
    let found = found.estimate(&kosovo(), &Control::default()).unwrap();
    assert_eq!(found.status, Status::Ok);
    let kept = |found: &[InteractionPosterior]| -> Vec<String> {
        let mut kept: Vec<String> = found.iter().filter(|one| one.kept).map(|one| one.lists.join(":")).collect();
        kept.sort_unstable();
        kept
    };
    assert_eq!(kept(&found.pairs), ["ABA:OSCE", "EXH:ABA", "EXH:HRW", "EXH:OSCE", "OSCE:HRW"]);
    assert_eq!(kept(&found.triples), ["EXH:ABA:OSCE", "EXH:OSCE:HRW"]);
    assert_eq!(found.notation.as_deref(), Some("[123,134]"));
    for (lists, ratio) in [("EXH:ABA:OSCE", 4.26), ("EXH:OSCE:HRW", 2.45)] {
        let triple = found.triples.iter().find(|triple| triple.lists.join(":") == lists).unwrap();
        assert!((triple.ratio.abs() - ratio).abs() < 0.5, "{lists}: {}", triple.ratio);
    }
    let posterior = found.posterior.unwrap();
    near(posterior.median, 11_800.0, 100.0);
    near(posterior.interval.low, 10_000.0, 100.0);
    near(posterior.interval.high, 14_600.0, 100.0);

    let found = BayesThresholdModel::builder().build().unwrap().estimate(&kosovo(), &Control::default()).unwrap();
    assert_eq!(found.notation.as_deref(), Some("[12,13,14,23,34]"));
    assert_eq!(found.model.as_deref(), Some("[EXH:ABA,EXH:OSCE,EXH:HRW,ABA:OSCE,OSCE:HRW]"));
    let posterior = found.posterior.as_ref().unwrap();
    near(posterior.median, 14_000.0, 500.0);
    near(posterior.interval.low, 12_200.0, 100.0);
    near(posterior.interval.high, 16_400.0, 100.0);
    let finding = found.finding();
    assert_eq!((finding.estimate, finding.interval), (Some(posterior.median), Some(posterior.interval)));
}

/// Of two lists there is no interaction, and with flat priors the three expected counts are independent gamma variables
/// with the counts as shapes. ln of the unseen is that of two of them less that of the third: its mean is
/// ψ(30) + ψ(20) − ψ(6), its variance the sum of ψ′.
#[test]
fn two_lists_have_their_exact_posterior() {
    use statrs::function::gamma::digamma;
    let model = BayesThresholdModel::builder().draws(10_000).build().unwrap();
    let found = model.estimate(&table(&["a", "b"], &[(1, 30), (2, 20), (3, 6)]), &Control::default()).unwrap();
    let posterior = found.posterior.unwrap();
    assert!(found.pairs.is_empty() && found.notation.as_deref() == Some("[1,2]"));
    let logs: Vec<f64> = posterior.draws.iter().map(|draw| (draw - 56.0).ln()).collect();
    let trigamma = |x: f64| (digamma(x + 1e-4) - digamma(x - 1e-4)) / 2e-4;
    let mean = digamma(30.0) + digamma(20.0) - digamma(6.0);
    let variance = trigamma(30.0) + trigamma(20.0) + trigamma(6.0);
    // Five standard errors: a false alarm in 1.7 million.
    let effective = posterior.bulk_ess.min(posterior.tail_ess);
    assert!(effective > 5000.0, "{effective}");
    let found = crate::mse::chains::mean(&logs);
    assert!((found - mean).abs() < 5.0 * (variance / effective).sqrt(), "{found} for {mean}");
    let found = crate::mse::chains::variance(&logs);
    assert!((found / variance - 1.0).abs() < 5.0 * (3.0 / effective).sqrt(), "{found} for {variance}");
}

fn quick() -> BayesThresholdModel {
    BayesThresholdModel::builder().burn_in(100).draws(400).build().unwrap()
}

#[test]
fn the_order_of_lists_and_lists_of_nobody_change_nothing() {
    let counts = [(1, 40), (2, 31), (4, 22), (3, 9), (5, 4), (6, 2), (7, 1)];
    let one = quick().estimate(&table(&["a", "b", "c"], &counts), &Control::default()).unwrap();
    // a, nobody, c, b.
    let moved = counts.map(|(bits, count): (u16, u64)| ((bits & 1) | (bits & 2) << 2 | (bits & 4), count));
    let other = quick().estimate(&table(&["a", "nobody", "c", "b"], &moved), &Control::default()).unwrap();
    assert_eq!(one.posterior, other.posterior);
    assert_eq!(one.status, other.status);
    assert!(other.notes.iter().any(|note| note.contains("left out")));
}

#[test]
fn hostile_tables_get_an_answer_or_a_refusal() {
    let names: Vec<String> = (0..16).map(|list| format!("list {list}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let many = 1_000_000_000;
    let tables = [
        (table(&names[..5], &[(1, 9), (2, 8), (4, 7), (8, 6), (16, 5)]), Some(Status::NoOverlap)),
        (table(&names[..5], &[(1, 1), (2, 1), (3, 1), (4, 1), (8, 1), (16, 1)]), None),
        (table(&names[..3], &[(1, 4 * many), (2, 3 * many), (4, many), (3, 700), (6, many / 2), (5, 1)]), None),
        (table(&names[..2], &[(1, 1 << 51), (2, 1 << 51), (3, 1 << 50)]), Some(Status::Ok)),
        (table(&names[..3], &[(3, 12), (4, 20), (7, 5)]), None),
        (table(&names[..3], &[(1, 12), (3, 20), (5, 5), (7, 1)]), None),
        (table(&names[..2], &[(3, 12)]), None),
        (table(&names[..2], &[]), Some(Status::Undefined)),
    ];
    for (number, (table, status)) in tables.iter().enumerate() {
        let found = quick().estimate(table, &Control::default()).unwrap();
        assert!(status.is_none_or(|status| status == found.status), "{number}: {:?} {:?}", found.status, found.notes);
        let finding = found.finding();
        assert_eq!(finding.estimate.is_some(), found.status == Status::Ok);
        assert!(
            finding
                .estimate
                .is_none_or(|estimate| estimate.is_finite() && estimate >= crate::mse::number::real(found.persons))
        );
    }
}

#[test]
fn cancelling_stops() {
    let control = Control::default().with_deadline(|| true);
    assert!(quick().estimate(&kosovo(), &control).is_err());
    let control = Control::default().with_memory_cap(1000);
    assert!(quick().estimate(&kosovo(), &control).is_err());
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_matter() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| quick().estimate(&kosovo(), &Control::default()).unwrap())
    };
    assert_eq!(on(1), on(2));
}

#[cfg(feature = "serde")]
#[test]
fn results_are_written_and_read_back() {
    let found = quick().estimate(&kosovo(), &Control::default()).unwrap();
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["pairs"][0]["lists"].as_array().unwrap().len(), 2);
    assert!(json["posterior"]["bulk_ess"].is_number() && json["prior_variance"].is_number());
    let back: BayesThreshold = serde_json::from_value(json).unwrap();
    assert_eq!(back, found);
}
