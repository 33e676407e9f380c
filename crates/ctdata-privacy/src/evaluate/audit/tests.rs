//! Mechanisms that keep their claim, and mechanisms that were broken on purpose and are found.
//!
//! Seeds are fixed. At other seeds, a whole mechanism would be accused with a probability of 0.001 at most.

use ctdata_table::{Control, CountSource, Table};
use rand::rngs::ChaCha20Rng;

use super::{AuditReport, DpAudit, Neighbour};
use crate::PrivacyError;
use crate::dp::{
    Allowance, Charge, ContributionBound, Delta, Epsilon, NoiseSource, Rho, StabilityHistogram, epsilon_of_rho,
    rho_of_exponential, rho_of_pure_epsilon,
};
use crate::testing::flags;

const RUNS: u32 = 6_000;

fn rho(rho: f64) -> Rho {
    Rho::at_least(rho).unwrap()
}

fn paid(rho: Rho, records_per_person: u32) -> Charge {
    Allowance::without_ledger(rho, records_per_person).charge("audit", rho).unwrap()
}

fn pure(epsilon: f64) -> DpAudit {
    DpAudit { runs: RUNS, confidence: 0.999, epsilon: Epsilon::try_new(epsilon).unwrap(), delta: None }
}

/// The claim of rho at delta 0.01, and of `extra` delta besides.
fn concentrated(rho: Rho, extra: f64) -> DpAudit {
    let epsilon = epsilon_of_rho(rho, Delta::try_new(0.01).unwrap()).unwrap();
    DpAudit { runs: RUNS, confidence: 0.999, epsilon, delta: Some(Delta::try_new(0.01 + extra).unwrap()) }
}

fn report<O: Ord + Clone>(audit: &DpAudit, mut mechanism: impl FnMut(Neighbour, &mut ChaCha20Rng) -> O) -> AuditReport {
    let mut noise = NoiseSource::from_seed(20_261_122);
    audit.run(&mut noise, &Control::default(), |neighbour, rng| Ok(mechanism(neighbour, rng))).unwrap()
}

#[track_caller]
fn assert_whole(report: &AuditReport) {
    assert!(report.holds, "{report:?}");
}

/// Whole, and not because nothing was seen.
#[track_caller]
fn assert_near(report: &AuditReport) {
    assert!(report.holds && report.epsilon_lower > 0.4 * report.claimed_epsilon.get(), "{report:?}");
}

#[track_caller]
fn assert_broken(report: &AuditReport) {
    assert!(!report.holds && report.epsilon_lower > 1.2 * report.claimed_epsilon.get(), "{report:?}");
}

fn counted(neighbour: Neighbour) -> i64 {
    if neighbour == Neighbour::With { 101 } else { 100 }
}

#[test]
fn the_gaussian_is_whole_and_half_its_noise_is_found() {
    let claimed = rho(0.5);
    let gaussian = |rho: Rho| {
        report(&concentrated(claimed, 0.0), |neighbour, rng| {
            paid(rho, 1).gaussian(1).unwrap().release(&[counted(neighbour)], rng).values
        })
    };
    assert_near(&gaussian(claimed));
    // Four times the rho is half the standard deviation.
    assert_broken(&gaussian(claimed.for_group(2)));
}

#[test]
fn laplace_is_whole_and_half_its_noise_is_found() {
    let laplace = |spent: f64| {
        report(&pure(1.0), |neighbour, rng| {
            let rho = rho_of_pure_epsilon(Epsilon::try_new(spent).unwrap()).unwrap();
            paid(rho, 1).laplace(1).unwrap().release(&[counted(neighbour)], rng)
        })
    };
    assert_near(&laplace(1.0));
    assert_broken(&laplace(2.0));
}

#[test]
fn choices_are_whole_and_scores_that_move_twice_are_found() {
    // Removing the person lowers one score and leaves the other, or, broken, raises the other.
    let scores = |neighbour, step: i64| if neighbour == Neighbour::With { [step, 0] } else { [0, step - 1] };
    let epsilon = Epsilon::try_new(3.0).unwrap();
    let exponential = |step| {
        report(&pure(1.5), |neighbour, rng| {
            let charge = paid(rho_of_exponential(epsilon).unwrap(), 1);
            charge.exponential(1).unwrap().choose(&scores(neighbour, step), rng)
        })
    };
    let flip = |step| {
        report(&pure(1.5), |neighbour, rng| {
            let charge = paid(rho_of_pure_epsilon(epsilon).unwrap(), 1);
            charge.permute_and_flip(1).unwrap().choose(&scores(neighbour, step), rng)
        })
    };
    // Scores that only rise, of which one moves, lose half of epsilon.
    assert_whole(&exponential(1));
    assert_whole(&flip(1));
    assert_broken(&exponential(3));
    assert_broken(&flip(3));
}

/// A percentile of how many values records have, by the exponential mechanism: a candidate that is not the percentile
/// scores minus the number of records that have the percentile, as if all of them had to change. Ties make it jump.
fn ties_score(counts: [i64; 3], share: f64) -> [i64; 3] {
    let records: i64 = counts.iter().sum();
    let mut up_to = 0;
    let percentile = counts.iter().position(|count| {
        up_to += count;
        f64::from(i32::try_from(up_to).unwrap()) >= share * f64::from(i32::try_from(records).unwrap())
    });
    let percentile = percentile.unwrap();
    [0, 1, 2].map(|candidate| if candidate == percentile { 0 } else { -counts[percentile] })
}

/// A score of the median that one record moves by 1: how many more records are up to a candidate than above it, or
/// fewer.
fn percentile_score(counts: &[i64], candidate: usize) -> i64 {
    let up_to: i64 = counts.iter().take(candidate + 1).sum();
    let above: i64 = counts.iter().skip(candidate + 1).sum();
    -(up_to - above).abs()
}

#[test]
fn a_percentile_score_that_ties_break_is_found() {
    let epsilon = Epsilon::try_new(0.0434).unwrap();
    let charge = || paid(rho_of_exponential(epsilon).unwrap(), 1);
    // Values 0, 1 and 2; a record with two values more or less.
    let counts = |neighbour| if neighbour == Neighbour::With { [0, 500, 501] } else { [0, 500, 500] };
    assert_eq!(ties_score(counts(Neighbour::Without), 0.5), [-500, 0, -500]);
    assert_eq!(ties_score(counts(Neighbour::With), 0.5), [-501, -501, 0]);
    let broken = report(&pure(0.0434), |neighbour, rng| {
        charge().exponential(1).unwrap().choose(&ties_score(counts(neighbour), 0.5), rng)
    });
    assert_broken(&broken);
    // One output goes from nearly always to nearly never.
    assert!(broken.epsilon_lower > 5.0, "{broken:?}");
    let whole = report(&pure(0.0434), |neighbour, rng| {
        let counts = counts(neighbour);
        let scores = [0, 1, 2].map(|candidate| percentile_score(&counts, candidate));
        charge().exponential(1).unwrap().choose(&scores, rng)
    });
    assert_whole(&whole);
}

#[test]
fn a_candidate_range_read_off_the_data_is_found() {
    let epsilon = Epsilon::try_new(0.5).unwrap();
    // A hundred records with one value; and one with twenty.
    let widths = |neighbour| {
        let mut counts = vec![0, 100];
        if neighbour == Neighbour::With {
            counts.resize(21, 0);
            counts[20] = 1;
        }
        counts
    };
    let choose = |candidates: Option<usize>| {
        report(&pure(0.5), |neighbour, rng| {
            let counts = widths(neighbour);
            let candidates = candidates.unwrap_or(counts.len());
            // Scores so close together that the choice reaches the end of the range.
            let scores: Vec<i64> = (0..candidates).map(|at| percentile_score(&counts, at) / 20).collect();
            paid(rho_of_exponential(epsilon).unwrap(), 1).exponential(1).unwrap().choose(&scores, rng)
        })
    };
    assert_whole(&choose(Some(31)));
    let broken = choose(None);
    assert_broken(&broken);
    assert_eq!((broken.more_frequent, broken.without), (Neighbour::With, 0));
}

#[test]
fn a_value_that_nobody_else_has_is_hidden_by_the_threshold_only() {
    let (spent, extra) = (rho(0.125), 0.02);
    let histogram = StabilityHistogram::try_new(1).unwrap();
    let records = |neighbour| {
        let alone = (neighbour == Neighbour::With).then_some("somewhere else");
        std::iter::repeat_n("here", 20).chain(alone).map(Some)
    };
    let found = |delta: f64| {
        report(&concentrated(spent, extra), |neighbour, rng| {
            let mut allowance = Allowance::without_ledger_with_delta(spent, delta, 1);
            let charge = allowance.charge("places", spent).unwrap();
            let delta = allowance.charge_delta("places", Delta::try_new(delta).unwrap()).unwrap();
            let found = histogram.release(records(neighbour), charge, delta, rng).unwrap();
            found.counts.into_iter().map(|(place, _)| place).collect::<Vec<_>>()
        })
    };
    assert_whole(&found(extra));
    // A threshold for another delta lets it through too often.
    assert_broken(&found(0.3));
}

fn persons(records_of_one: usize) -> Table {
    let ids =
        (0..30).map(|other| format!("other {other}")).chain(std::iter::repeat_n("one".to_owned(), records_of_one));
    flags(&[&vec![1; 30 + records_of_one]]).with_ids(ids.collect()).unwrap()
}

#[test]
fn a_person_with_many_records_is_hidden_by_the_bound_only() {
    let spent = rho(0.5);
    let tables = [persons(0), persons(40)];
    let table = |neighbour| if neighbour == Neighbour::With { &tables[1] } else { &tables[0] };
    let release = |bounded: bool| {
        report(&concentrated(spent, 0.0), |neighbour, rng| {
            let table = table(neighbour);
            let counted = if bounded {
                let bound = ContributionBound::try_new(3).unwrap();
                bound.apply(table, rng, &Control::default()).unwrap().into_table()
            } else {
                table.clone()
            };
            let rows = i64::try_from(counted.rows()).unwrap();
            paid(spent, 3).gaussian(1).unwrap().release(&[rows], rng).values
        })
    };
    assert_eq!(tables[1].max_contribution(), Some(40));
    assert_near(&release(true));
    assert_broken(&release(false));
}

#[test]
fn an_event_that_is_given_is_counted_in_all_runs() {
    let audit = |spent: f64| {
        let mut noise = NoiseSource::from_seed(5);
        let rho = rho_of_pure_epsilon(Epsilon::try_new(spent).unwrap()).unwrap();
        let audit = pure(1.0);
        audit.run_event(&mut noise, &Control::default(), |neighbour, rng| {
            Ok(paid(rho, 1).laplace(1)?.release(&[counted(neighbour)], rng) >= vec![101])
        })
    };
    let report = audit(1.0).unwrap();
    assert_near(&report);
    assert_eq!(report.counted_runs, RUNS);
    assert_broken(&audit(2.0).unwrap());
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let run = || {
        report(&DpAudit { runs: 100, ..pure(1.0) }, |neighbour, rng| {
            paid(rho(0.5), 1).laplace(1).unwrap().release(&[counted(neighbour)], rng)
        })
    };
    assert_eq!(run(), run());
}

#[test]
fn parameters_errors_and_stops_are_told() {
    let control = Control::default();
    let mut noise = NoiseSource::from_seed(5);
    for audit in [
        DpAudit { runs: 1, ..pure(1.0) },
        DpAudit { confidence: 1.0, ..pure(1.0) },
        DpAudit { confidence: f64::NAN, ..pure(1.0) },
    ] {
        assert!(audit.run(&mut noise, &control, |_, _| Ok(0)).is_err());
        assert!(audit.run_event(&mut noise, &control, |_, _| Ok(true)).is_err());
    }
    let failing = pure(1.0).run::<u8, _>(&mut noise, &control, |_, _| Err(PrivacyError::NoQuasiIdentifiers));
    assert!(matches!(failing, Err(PrivacyError::NoQuasiIdentifiers)));
    let late = control.with_deadline(|| true);
    assert!(matches!(pure(1.0).run(&mut noise, &late, |_, _| Ok(0)), Err(PrivacyError::Cancelled(_))));
    // Two runs show nothing, and are no error.
    let few = DpAudit { runs: 2, ..pure(1.0) }.run(&mut noise, &Control::default(), |_, _| Ok(0)).unwrap();
    assert!(few.holds && few.epsilon_lower <= 0.0);
}
