//! All methods of multiple systems estimation on all published tables, and on tables made to break them.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use ctdata_indicators::mse::{
    CaptureHistories, Finding, ListSet, Method, MseOptions, MseReport, Status, published, report,
};
use ctdata_table::{Control, TableError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

fn options(replicates: u32) -> MseOptions {
    MseOptions { replicates, sensitivity: false, ..MseOptions::default() }
}

fn run(histories: &CaptureHistories, options: &MseOptions) -> MseReport {
    report(histories, options, &Control::default()).unwrap()
}

fn table(lists: usize, counts: impl IntoIterator<Item = (u16, u64)>) -> CaptureHistories {
    let names = (1..=lists).map(|list| format!("list {list}"));
    CaptureHistories::try_new(names, counts.into_iter().map(|(bits, count)| (ListSet::from_bits(bits), count))).unwrap()
}

/// What must hold of every finding, whatever the table.
fn check(finding: &Finding, persons: u64, place: &str) {
    let method = finding.method;
    assert_eq!(finding.estimate.is_some(), finding.status == Status::Ok, "{place}, {method}");
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let persons = persons as f64;
    for interval in finding.interval.iter().chain(&finding.others) {
        assert!(interval.low <= interval.high && interval.high.is_finite(), "{place}, {method}: {interval:?}");
        assert!(interval.low >= persons * (1.0 - 1e-9), "{place}, {method}: {interval:?} below {persons}");
    }
    if let Some(estimate) = finding.estimate {
        assert!(estimate.is_finite() && estimate >= persons * (1.0 - 1e-9), "{place}, {method}: {estimate}");
    }
}

/// Acceptance: an estimate or a typed refusal, no panic.
#[test]
fn every_method_answers_or_refuses_on_every_published_table() {
    for published in published() {
        let histories = published.histories();
        // Chains are slow in a debug build; their own tests run them.
        let methods: Vec<Method> = Method::ALL
            .iter()
            .copied()
            .filter(|method| !matches!(method, Method::Fixed | Method::LatentClass | Method::BayesThreshold))
            .collect();
        let report = run(&histories, &MseOptions { methods, ..options(0) });
        for finding in report.findings() {
            check(finding, histories.persons(), published.name());
        }
        let answers = report.findings().filter(|finding| finding.status == Status::Ok).count();
        assert!(answers >= 4, "{}: {answers} answers", published.name());
        assert!(!report.to_markdown(published.title()).is_empty());
    }
}

/// The notes on the method, section 11: Chan, Silverman and Vincent (2021).
#[test]
fn the_united_kingdom_is_reproduced() {
    let uk = ctdata_indicators::mse::published_table("uk-2013-five-lists").unwrap().histories();
    let report = run(&uk, &options(50));
    let of = |method: Method| report.finding(method).unwrap();
    let near = |found: f64, expected: f64, tolerance: f64| {
        assert!((found - expected).abs() <= tolerance, "{found} {expected}");
    };
    near(of(Method::Independence).estimate.unwrap(), 13_444.131, 5e-4);
    let stepwise = of(Method::Stepwise);
    near(stepwise.estimate.unwrap(), 11_312.990, 5e-4);
    let wald = stepwise.interval.unwrap();
    near(wald.low, 9_884.40, 5e-3);
    near(wald.high, 13_027.40, 5e-3);
    assert_eq!(stepwise.model.as_deref(), Some("[LA:NG,LA:PFNCA,NG:GO,NG:GP,PFNCA:GP,GO:GP]"));
    near(of(Method::Chao).estimate.unwrap(), 17_616.73, 5e-3);
    near(of(Method::ChaoBiasCorrected).estimate.unwrap(), 17_541.69, 5e-3);
    assert!(report.agreement.as_ref().unwrap().ratio > 1.5);
    assert!(report.warnings.iter().any(|warning| warning.contains("disagree by a factor of")));
    assert!(report.warnings.iter().any(|warning| warning.contains("LA and GP")));
    let markdown = report.to_markdown("United Kingdom 2013");
    assert!(markdown.contains("seed 1, 50 replicates, each of as many persons as were seen."), "{markdown}");
}

/// Tables that break naive code: everybody alone, one person on two lists, 10^9 persons in a cell, sixteen lists, the same
/// list twice, a list of everybody, lists of nobody.
#[test]
fn hostile_tables_are_answered_or_refused() {
    let alone = table(4, [(1, 40), (2, 30), (4, 20), (8, 10)]);
    let one_shared = table(4, [(1, 40), (2, 30), (4, 20), (8, 10), (3, 1)]);
    let huge = table(3, (1..8).map(|bits| (bits, 1_000_000_000)));
    let sixteen = table(16, (0..16).map(|list| (1 << list, 5)).chain((0..15).map(|list| (3 << list, 2))));
    let twice = table(3, [(0b011, 30), (0b100, 20), (0b111, 5)]);
    let everybody = table(3, [(0b001, 30), (0b011, 20), (0b101, 10), (0b111, 5)]);
    let nobody = table(3, [(0b001, 30), (0b010, 20), (0b011, 10)]);
    let empty = table(3, []);
    let tables = [
        ("everybody alone", alone),
        ("one shared", one_shared),
        ("huge", huge),
        ("sixteen lists", sixteen),
        ("twice", twice),
        ("everybody", everybody),
        ("nobody", nobody),
        ("empty", empty),
    ];
    for (name, histories) in &tables {
        let quick: Vec<Method> = Method::ALL
            .iter()
            .copied()
            .filter(|method| !matches!(method, Method::Fixed | Method::LatentClass | Method::BayesThreshold))
            // Searches over sixteen lists take seconds each, more in a debug build.
            .filter(|method| histories.lists().len() < 16 || !method.selects() || *method == Method::Bic)
            .collect();
        let report = run(histories, &MseOptions { methods: quick, ..options(3) });
        for finding in report.findings() {
            check(finding, histories.persons(), name);
        }
        assert!(!report.warnings.is_empty(), "{name}");
        assert!(report.to_markdown(name).contains("## To know before use"));
    }
    let refused = |name: &str, method: Method| {
        let (_, histories) = tables.iter().find(|(known, _)| *known == name).unwrap();
        run(histories, &MseOptions { methods: vec![method], ..options(0) }).methods[0].finding.status
    };
    assert_eq!(refused("everybody alone", Method::Stepwise), Status::NoOverlap);
    assert_ne!(refused("everybody", Method::Independence), Status::Ok);
    assert_ne!(refused("empty", Method::Bma), Status::Ok);
    assert_eq!(refused("sixteen lists", Method::Bic), Status::TooLarge);
    assert_eq!(refused("sixteen lists", Method::Bma), Status::ListsOutOfRange);
}

/// Lists in another order are the same table: estimates agree to rounding, models to the names of their lists.
#[test]
fn the_order_of_lists_does_not_matter() {
    for name in ["uk-2013-five-lists", "korea-three-lists", "kosovo-1999-four-lists", "western-us-five-lists"] {
        let histories = ctdata_indicators::mse::published_table(name).unwrap().histories();
        let mut lists: Vec<String> = histories.lists().to_vec();
        lists.rotate_left(2);
        lists.swap(0, 1);
        let other = histories.selected(&lists).unwrap();
        let methods =
            [Method::Independence, Method::Stepwise, Method::Bic, Method::Chao, Method::SampleCoverage, Method::Bma];
        let asked = MseOptions { methods: methods.to_vec(), ..options(0) };
        for (one, two) in run(&histories, &asked).findings().zip(run(&other, &asked).findings()) {
            assert_eq!(one.status, two.status, "{name}");
            if let (Some(one), Some(two)) = (one.estimate, two.estimate) {
                assert!((one / two - 1.0).abs() < 1e-7, "{name}: {one} {two}");
            }
        }
    }
}

/// A list of nobody changes the number of parameters and nothing else.
#[test]
fn a_list_of_nobody_changes_nothing() {
    let three = table(3, [(1, 40), (2, 30), (4, 20), (3, 6), (5, 4), (6, 3)]);
    let four = table(4, [(1, 40), (2, 30), (4, 20), (3, 6), (5, 4), (6, 3)]);
    let asked = MseOptions { methods: vec![Method::Independence, Method::Stepwise, Method::Chao], ..options(0) };
    for (one, two) in run(&three, &asked).findings().zip(run(&four, &asked).findings()) {
        let (one, two) = (one.estimate.unwrap(), two.estimate.unwrap());
        assert!((one / two - 1.0).abs() < 1e-9, "{one} {two}");
    }
}

#[test]
fn a_cancelled_report_stops() {
    let histories = ctdata_indicators::mse::published_table("uk-2013-five-lists").unwrap().histories();
    let stop = Arc::new(AtomicBool::new(true));
    let control = Control::default().with_cancel(Arc::clone(&stop));
    let cancelled = report(&histories, &MseOptions::default(), &control);
    assert!(matches!(cancelled, Err(ctdata_indicators::mse::MseError::Table(TableError::Cancelled(_)))));
    // Cancelled under way: after so many reports of progress.
    let (stop, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (flag, count) = (Arc::clone(&stop), Arc::clone(&seen));
    let control = Control::default().with_cancel(stop).with_progress(move |_| {
        if count.fetch_add(1, Ordering::Relaxed) == 3 {
            flag.store(true, Ordering::Relaxed);
        }
    });
    assert!(report(&histories, &MseOptions::default(), &control).is_err());
}

/// The same bytes on one thread and on two.
#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_matter() {
    let histories = ctdata_indicators::mse::published_table("western-us-five-lists").unwrap().histories();
    let asked = MseOptions { methods: vec![Method::Stepwise, Method::Bic, Method::Bma], ..options(40) };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        serde_json::to_string(&pool.install(|| run(&histories, &asked))).unwrap()
    };
    assert_eq!(on(1), on(2));
}
