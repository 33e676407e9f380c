//! Anchors: estimates by short formulas, to hold every model against.
//!
//! | method | lists | assumes |
//! |---|---|---|
//! | [`lincoln_petersen`], [`chapman`] | two | the lists are independent |
//! | [`chao`], [`chao_bias_corrected`], [`chao_finite`] | two or more | lower bounds: persons may differ, lists are independent |
//! | [`sample_coverage`] | three or more | lists depend on each other in pairs at most |
//!
//! Lists of nobody are left out first: adding one changes no answer.

mod chao;
mod coverage;
mod two_lists;

pub use chao::{chao, chao_bias_corrected, chao_finite};
pub use coverage::{CoverageEstimate, SampleCoverage, sample_coverage};
pub use two_lists::{chapman, lincoln_petersen};

use super::histories::CaptureHistories;
use super::outcome::{Finding, IntervalKind, NumberInterval};
use crate::interval::Level;

/// All anchors of a table, each with an answer or with the reason why it has none: Lincoln–Petersen, Chapman, Chao's
/// lower bound in its three forms, sample coverage.
///
/// ```
/// use ctdata_indicators::interval::Level;
/// use ctdata_indicators::mse::{Status, anchors, published_table};
///
/// let table = published_table("uk-2013-five-lists").ok_or("no such table")?.histories();
/// let findings = anchors(&table, Level::P95);
/// assert_eq!(findings[0].status, Status::ListsOutOfRange); // Lincoln–Petersen is for two lists
/// assert_eq!(findings[2].estimate.map(f64::round), Some(17_617.0)); // Chao's lower bound
/// # Ok::<(), &str>(())
/// ```
pub fn anchors(histories: &CaptureHistories, level: Level) -> Vec<Finding> {
    [lincoln_petersen, chapman, chao, chao_bias_corrected, chao_finite, sample_coverage]
        .map(|method| method(histories, level))
        .into()
}

/// The positions of the lists with at least one person.
fn lists_in_use(histories: &CaptureHistories) -> Vec<usize> {
    let used = histories.iter().fold(super::ListSet::EMPTY, |used, (history, _)| used.union(history));
    used.iter().collect()
}

/// The interval of Chao (1987): the number not seen is taken as log-normal. `None` where nobody is estimated as unseen.
fn log_normal(persons: f64, estimate: f64, variance: f64, level: Level) -> Option<NumberInterval> {
    let unseen = estimate - persons;
    if unseen.is_nan() || unseen <= 0.0 || variance.is_nan() || variance <= 0.0 {
        return None;
    }
    let factor = (level.z() * (variance / (unseen * unseen)).ln_1p().sqrt()).exp();
    around(IntervalKind::LogNormal, persons, unseen, factor)
}

/// The interval from the unseen over a factor to the unseen times the factor.
fn around(kind: IntervalKind, persons: f64, unseen: f64, factor: f64) -> Option<NumberInterval> {
    let interval = NumberInterval { kind, low: persons + unseen / factor, high: persons + unseen * factor };
    interval.high.is_finite().then_some(interval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::histories::testing::tables;
    use crate::mse::{ListSet, Status, published};
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    type Method = fn(&CaptureHistories, Level) -> Finding;

    /// An estimate without NaN, or a refusal with a reason.
    fn check(finding: &Finding, persons: u64) {
        #[expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]
        let persons = persons as f64;
        if let Some(estimate) = finding.estimate {
            assert_eq!(finding.status, Status::Ok);
            assert!(estimate.is_finite() && estimate >= persons * (1.0 - 1e-12), "{finding:?}");
            for interval in finding.interval.iter().chain(&finding.others) {
                assert!(interval.low.is_finite() && interval.high.is_finite(), "{finding:?}");
                assert!(
                    persons <= interval.low && interval.low <= estimate && estimate <= interval.high,
                    "{finding:?}"
                );
            }
        } else {
            assert!(finding.status != Status::Ok && finding.interval.is_none() && finding.others.is_empty());
        }
    }

    #[test]
    fn every_published_table_has_its_anchors() {
        for published in published() {
            let histories = published.histories();
            for finding in anchors(&histories, Level::P95) {
                check(&finding, histories.persons());
                let two = matches!(finding.method.code(), "lincoln-petersen" | "chapman");
                let expected = if two { Status::ListsOutOfRange } else { Status::Ok };
                assert_eq!(finding.status, expected, "{} {}", published.name(), finding.method);
            }
        }
    }

    #[test]
    fn hostile_tables_have_an_answer_or_a_reason() {
        let (one, two, both) = (ListSet::of([0]), ListSet::of([1]), ListSet::of([0, 1]));
        let names: Vec<String> = (0..16).map(|list| format!("list {list}")).collect();
        for lists in [2, 3, 16] {
            for rows in [
                vec![],
                vec![(one, 1), (two, 1)],
                vec![(both, 1)],
                vec![(one, 1_000_000_000), (both, 1)],
                vec![(one, 1 << 52), (two, 1 << 51), (both, 1)],
                vec![(one, 3), (two, 2), (both, 1 << 52)],
                vec![(ListSet::all(lists), 9_000_000_000)],
                (0..lists).map(|list| (ListSet::single(list), 5)).collect(),
                (0..lists).map(|list| (ListSet::of([list, (list + 1) % lists]), 1_000_000_000)).collect(),
            ] {
                let histories = CaptureHistories::try_new(names.iter().take(lists).cloned(), rows).unwrap();
                for finding in anchors(&histories, Level::P99) {
                    check(&finding, histories.persons());
                }
            }
        }
    }

    /// 500 populations of 1,000 persons on independent lists, at a fixed seed. An interval that covers in 95 % of cases
    /// covers in 451 to 499 of 500 but for 1 in 100,000 (five standard deviations of 4.9 around 475).
    #[test]
    fn intervals_cover_a_known_population_at_their_level() {
        let chances = [0.4, 0.3, 0.2];
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for (lists, methods) in [(2, vec![lincoln_petersen as Method, chapman]), (3, vec![sample_coverage])] {
            let expected: Vec<(ListSet, f64)> = (0..1 << lists)
                .map(ListSet::from_bits)
                .map(|history| {
                    let chance = |list: usize| if history.contains(list) { chances[list] } else { 1.0 - chances[list] };
                    (history, 1_000.0 * (0..lists).map(chance).product::<f64>())
                })
                .collect();
            let mut covered = vec![0; methods.len()];
            for _ in 0..500 {
                let names = ["a", "b", "c"].into_iter().take(lists);
                let drawn = CaptureHistories::simulated(names, expected.iter().copied(), &mut rng).unwrap();
                for (covered, method) in covered.iter_mut().zip(&methods) {
                    let interval = method(&drawn, Level::P95).interval.unwrap();
                    *covered += usize::from(interval.low <= 1_000.0 && 1_000.0 <= interval.high);
                }
            }
            assert!(covered.iter().all(|covered| (451..=499).contains(covered)), "{lists} {covered:?}");
        }
    }

    fn close(one: &Finding, other: &Finding) -> bool {
        let near = |one: f64, other: f64| (one - other).abs() <= 1e-9 * one.abs();
        let ends = |finding: &Finding| finding.interval.map_or((0.0, 0.0), |interval| (interval.low, interval.high));
        one.status == other.status
            && near(one.estimate.unwrap_or(0.0), other.estimate.unwrap_or(0.0))
            && near(ends(one).0, ends(other).0)
            && near(ends(one).1, ends(other).1)
    }

    proptest! {
        #[test]
        fn the_order_of_lists_does_not_matter_and_an_empty_one_neither(table in tables()) {
            let mut names = table.lists().to_vec();
            names.rotate_left(1);
            let turned = table.selected(&names).unwrap();
            names = table.lists().to_vec();
            names.push("empty".to_owned());
            let longer = CaptureHistories::try_new(names, table.iter()).unwrap();
            for (place, finding) in anchors(&table, Level::P95).iter().enumerate() {
                check(finding, table.persons());
                prop_assert!(close(finding, &anchors(&turned, Level::P95)[place]), "{:?}", finding);
                prop_assert!(close(finding, &anchors(&longer, Level::P95)[place]), "{:?}", finding);
            }
        }
    }
}
