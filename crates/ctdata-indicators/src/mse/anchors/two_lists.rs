//! Two lists: Lincoln–Petersen and Chapman.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons and 16 lists")]

use super::{around, lists_in_use, log_normal};
use crate::interval::Level;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::{Finding, IntervalKind, Method, Status};

/// Fewer common persons than this make Chapman's estimate too low on average (Robson and Regier 1964).
const FEW_IN_BOTH: f64 = 7.0;
const INDEPENDENT: &str = "both lists independent of each other, each person on a list with the same chance";
const CONTAINED: &str = "all persons of one list are on the other: nobody is estimated as unseen, without an interval";

/// What two lists give: their sizes, the persons on both, and all persons seen.
struct Two {
    first: f64,
    second: f64,
    both: f64,
    seen: f64,
}

impl Two {
    fn of(histories: &CaptureHistories) -> Result<Self, Status> {
        if histories.persons() == 0 {
            return Err(Status::Undefined);
        }
        let lists = lists_in_use(histories);
        let [first, second] = lists.as_slice() else {
            return Err(if lists.len() < 2 { Status::NoOverlap } else { Status::ListsOutOfRange });
        };
        let on = |lists: ListSet| histories.on_all(lists) as f64;
        let both = on(ListSet::of([*first, *second]));
        if both < 1.0 {
            return Err(Status::NoOverlap);
        }
        let (first, second) = (on(ListSet::single(*first)), on(ListSet::single(*second)));
        Ok(Self { first, second, both, seen: histories.persons() as f64 })
    }

    /// The persons on one list only: of the first, of the second.
    fn only(&self) -> (f64, f64) {
        (self.first - self.both, self.second - self.both)
    }
}

/// Two lists: the product of their sizes over the persons on both, n₁n₂/m.
///
/// It is the log-linear estimate of independent lists. The interval is Wald's, normal on the log of the unseen, with
/// variance 1/(n₁−m) + 1/(n₂−m) + 1/m; the log-normal one with the variance of Sekar and Deming stands in
/// [`Finding::others`]. Other numbers of lists than two, not counting those of nobody, are
/// [`Status::ListsOutOfRange`]; nobody on both is [`Status::NoOverlap`].
///
/// # Sources
/// F. C. Lincoln (1930), *USDA Circular* 118. C. Chandra Sekar and W. E. Deming (1949), On a method of estimating birth
/// and death rates and the extent of registration, *JASA* 44(245), 101–115.
pub fn lincoln_petersen(histories: &CaptureHistories, level: Level) -> Finding {
    let method = Method::LincolnPetersen;
    let two = match Two::of(histories) {
        Ok(two) => two,
        Err(status) => return Finding::refused(method, status, level),
    };
    let (first, second) = two.only();
    let unseen = first * second / two.both;
    let mut finding = Finding::of(method, two.seen + unseen, level);
    finding.model = Some(INDEPENDENT.to_owned());
    if unseen > 0.0 {
        let error = (1.0 / first + 1.0 / second + 1.0 / two.both).sqrt();
        finding.interval = around(IntervalKind::Wald, two.seen, unseen, (level.z() * error).exp());
        let variance = two.first * two.second * first * second / two.both.powi(3);
        finding.others.extend(log_normal(two.seen, two.seen + unseen, variance, level));
        finding
    } else {
        finding.with_note(CONTAINED)
    }
}

/// Two lists: Chapman's estimate (n₁+1)(n₂+1)/(m+1) − 1, nearly without bias where the lists have seven common persons
/// or more.
///
/// The interval is log-normal with Seber's variance (n₁+1)(n₂+1)(n₁−m)(n₂−m) / ((m+1)²(m+2)). Refused as
/// [`lincoln_petersen`] is: without a common person the formula would give a number that rests on nothing.
///
/// # Sources
/// D. G. Chapman (1951), Some properties of the hypergeometric distribution with applications to zoological sample
/// censuses, *University of California Publications in Statistics* 1, 131–160. G. A. F. Seber (1970), The effects of
/// trap response on tag recapture estimates, *Biometrics* 26(1), 13–22. D. S. Robson and H. A. Regier (1964), Sample size
/// in Petersen mark-recapture experiments, *Transactions of the American Fisheries Society* 93(3).
pub fn chapman(histories: &CaptureHistories, level: Level) -> Finding {
    let method = Method::Chapman;
    let two = match Two::of(histories) {
        Ok(two) => two,
        Err(status) => return Finding::refused(method, status, level),
    };
    let (first, second) = two.only();
    // (n₁+1)(n₂+1)/(m+1) − 1 without the persons seen; the difference would lose digits of small numbers.
    let unseen = first * second / (two.both + 1.0);
    let mut finding = Finding::of(method, two.seen + unseen, level);
    finding.model = Some(INDEPENDENT.to_owned());
    if two.both < FEW_IN_BOTH {
        finding = finding.with_note("with fewer than seven persons on both lists the estimate is too low on average");
    }
    if unseen > 0.0 {
        let sizes = (two.first + 1.0) * (two.second + 1.0) / (two.both + 1.0).powi(2);
        let variance = sizes * first * second / (two.both + 2.0);
        finding.interval = log_normal(two.seen, two.seen + unseen, variance, level);
        finding
    } else {
        finding.with_note(CONTAINED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::loglinear::Fitter;
    use crate::mse::sample::Sample;
    use crate::mse::{CaptureHistories, Model};
    use proptest::prelude::*;

    fn table(first: u64, second: u64, both: u64) -> CaptureHistories {
        let [one, two] = [ListSet::of([0]), ListSet::of([1])];
        CaptureHistories::try_new(["a", "b"], [(one, first), (two, second), (one.union(two), both)]).unwrap()
    }

    /// A textbook case: 10 caught, then 15, of which 5 again: 30 by Lincoln–Petersen, 28.3 by Chapman with variance
    /// 8,800/252 (Seber 1982, *The Estimation of Animal Abundance*, section 3.1, for the formulas).
    #[test]
    fn the_textbook_case_is_met() {
        let case = table(5, 10, 5);
        assert!((lincoln_petersen(&case, Level::P95).estimate.unwrap() - 30.0).abs() < 1e-12);
        let found = chapman(&case, Level::P95);
        assert!((found.estimate.unwrap() - (11.0 * 16.0 / 6.0 - 1.0)).abs() < 1e-12);
        // By hand: C = exp(1.959964 √ln(1 + (8800/252)/(25/3)²)).
        let unseen: f64 = 25.0 / 3.0;
        let factor = (1.959_963_985 * (8_800.0 / 252.0 / (unseen * unseen)).ln_1p().sqrt()).exp();
        let interval = found.interval.unwrap();
        assert!((interval.low - (20.0 + unseen / factor)).abs() < 1e-6);
        assert!((interval.high - (20.0 + unseen * factor)).abs() < 1e-6);
        assert_eq!(found.notes.len(), 1);
    }

    /// Pairs of lists of the hepatitis A outbreak in Taiwan (Chao et al. 2001, *Statistics in Medicine* 20, 3123–3157):
    /// lists of 135, 122 and 126 students, 49, 45 and 46 of them on two. Whole persons, as they are printed there.
    #[test]
    fn pairs_of_the_hepatitis_lists_are_met() {
        for (first, second, both, petersen) in [(135, 122, 49, 336.0), (135, 126, 45, 378.0), (122, 126, 46, 334.0)] {
            let pair = table(first - both, second - both, both);
            let found = lincoln_petersen(&pair, Level::P95).estimate.unwrap();
            assert!((found - petersen).abs() < 0.5, "{found}");
        }
    }

    #[test]
    fn without_two_lists_or_overlap_there_is_no_answer() {
        for method in [lincoln_petersen, chapman] {
            assert_eq!(method(&table(3, 4, 0), Level::P95).status, Status::NoOverlap);
            assert_eq!(method(&table(3, 0, 0), Level::P95).status, Status::NoOverlap);
            assert_eq!(method(&table(0, 0, 0), Level::P95).status, Status::Undefined);
            let contained = method(&table(3, 0, 2), Level::P95);
            assert_eq!((contained.estimate, contained.interval), (Some(5.0), None));
        }
    }

    proptest! {
        /// The model of independent lists, fitted by Newton steps, has the same estimate and the same Wald interval.
        #[test]
        fn lincoln_petersen_is_the_independence_model(
            first in 1_u64..500, second in 1_u64..500, both in 1_u64..500,
        ) {
            let case = table(first, second, both);
            let found = lincoln_petersen(&case, Level::P95);
            let fit = Fitter::default().fit(&Sample::of(&case), &Model::main_effects(2)).unwrap();
            let seen = case.persons() as f64;
            prop_assert!((fit.estimate(case.persons()) / found.estimate.unwrap() - 1.0).abs() < 1e-9);
            let end = |z: f64| seen + (fit.log_unseen + z * fit.standard_error).exp();
            let interval = found.interval.unwrap();
            prop_assert!((interval.low / end(-Level::P95.z()) - 1.0).abs() < 1e-8);
            prop_assert!((interval.high / end(Level::P95.z()) - 1.0).abs() < 1e-8);
        }
    }
}
