//! Sample coverage of three or more lists.
//!
//! The coverage C is the share of all chances of being listed that belongs to persons seen elsewhere; its complement is
//! estimated by the persons who are on one list only. With dependence of pairs of lists the number of persons solves
//! N = D/C + Σ A(i,j) γ(i,j) / (tC), γ(i,j) = N n(i,j) / (n(i) n(j)) − 1, where A(i,j) is the number of persons on list
//! i and no list but i and j, plus the same for list j.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons and 16 lists")]

use super::{lists_in_use, log_normal};
use crate::interval::Level;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::{Finding, Method, Status};

/// A denominator below this is rounding: both of its terms are of the order of 1.
const LEAST_DENOMINATOR: f64 = 1e-9;
/// An unseen share below this is rounding, which must not decide between nobody and fewer than were seen.
const LEAST_UNSEEN: f64 = 1e-9;
const HIGH: &str = "with dependence of pairs of lists: the standard error is at most a third of the estimate";
const ONE_STEP: &str = "one step from independence towards dependence of pairs of lists, which alone is too uncertain: rather a \
                        lower bound if lists depend positively";

/// An estimate of all persons with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CoverageEstimate {
    /// All persons, seen and not.
    pub persons: f64,
    /// The standard error, to first order, of the counts as a multinomial sample of all persons.
    pub standard_error: f64,
}

impl CoverageEstimate {
    /// Whether the standard error is at most a third of the estimate.
    fn is_stable(&self) -> bool {
        self.standard_error <= self.persons / 3.0
    }
}

/// What the sample coverage of a table says.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SampleCoverage {
    /// The estimated coverage, above 0 and at most 1.
    pub coverage: f64,
    /// D, the mean over lists of the persons seen without this list.
    pub seen_without_one: f64,
    /// D/C: all persons if lists are independent.
    pub independent: CoverageEstimate,
    /// All persons with dependence of pairs of lists, for high coverage; `None` where it has no positive denominator or
    /// gives fewer persons than were seen.
    pub high: Option<CoverageEstimate>,
    /// One step from independence towards it, for low coverage.
    pub one_step: CoverageEstimate,
}

impl SampleCoverage {
    /// The sample coverage of a table, lists of nobody left out.
    ///
    /// # Errors
    /// [`Status::ListsOutOfRange`] for fewer than three lists, [`Status::NoOverlap`], and [`Status::Undefined`] for
    /// nobody at all.
    pub fn of(histories: &CaptureHistories) -> Result<Self, Status> {
        if histories.persons() == 0 {
            return Err(Status::Undefined);
        }
        let lists = lists_in_use(histories);
        if lists.len() < 3 {
            return Err(Status::ListsOutOfRange);
        }
        if histories.on_exactly(1) == histories.persons() {
            return Err(Status::NoOverlap);
        }
        let counts: Vec<(ListSet, f64)> = histories.iter().map(|(history, count)| (history, count as f64)).collect();
        let table = Table::of(&lists, &counts);
        let sums = table.sums();
        let slopes: Vec<(f64, Sums)> = counts.iter().map(|(history, count)| (*count, table.slopes(*history))).collect();
        let seen = histories.persons() as f64;
        let estimate = |formula: Formula| {
            let (persons, by) = formula(table.lists, sums);
            let persons = if (persons - seen).abs() < LEAST_UNSEEN * seen { seen } else { persons };
            // Var g ≈ Σ z g′² − (Σ z g′)²/N, with g′ the derivative by the count z of each history.
            let (mut squares, mut mean) = (0.0, 0.0);
            for (count, slope) in &slopes {
                let slope = by.d * slope.d + by.c * slope.c + by.s * slope.s + by.t * slope.t;
                squares += count * slope * slope;
                mean += count * slope;
            }
            let variance = squares - mean * mean / persons;
            CoverageEstimate { persons, standard_error: variance.max(0.0).sqrt() }
        };
        let usable = |estimate: &CoverageEstimate| estimate.persons.is_finite() && estimate.persons >= seen;
        let high = (table.lists * sums.c - sums.t > LEAST_DENOMINATOR).then(|| estimate(high)).filter(usable);
        let independent = estimate(independent);
        if !independent.persons.is_finite() {
            return Err(Status::Undefined);
        }
        Ok(Self { coverage: sums.c, seen_without_one: sums.d, independent, high, one_step: estimate(one_step) })
    }
}

/// The estimate by sample coverage: that with dependence of pairs of lists if its standard error is at most a third of
/// it, else the one-step estimate. A note says which.
///
/// Chao and others advise the one-step estimate where the standard error of the first is relatively large; the third is
/// the line drawn here. The interval is log-normal. [`SampleCoverage`] has all parts. Fewer than three lists are
/// [`Status::ListsOutOfRange`]; an estimate below the persons seen is [`Status::Undefined`].
///
/// # Sources
/// A. Chao and P. K. Tsay (1998), A sample coverage approach to multiple-system estimation with application to census
/// undercount, *JASA* 93(441), 283–293. A. Chao, P. K. Tsay, S.-H. Lin, W.-Y. Shau and D.-Y. Chao (2001), The
/// applications of capture-recapture models to epidemiological data, *Statistics in Medicine* 20, 3123–3157. Standard
/// errors there are by bootstrap, here to first order.
pub fn sample_coverage(histories: &CaptureHistories, level: Level) -> Finding {
    let method = Method::SampleCoverage;
    let found = match SampleCoverage::of(histories) {
        Ok(found) => found,
        Err(status) => return Finding::refused(method, status, level),
    };
    let seen = histories.persons() as f64;
    let (estimate, note) = match found.high.filter(CoverageEstimate::is_stable) {
        Some(high) => (high, HIGH),
        None => (found.one_step, ONE_STEP),
    };
    if !estimate.persons.is_finite() || estimate.persons < seen {
        return Finding::refused(method, Status::Undefined, level).with_note("the formula gives fewer than were seen");
    }
    let mut finding = Finding::of(method, estimate.persons, level).with_note(note);
    finding.interval = log_normal(seen, estimate.persons, estimate.standard_error.powi(2), level);
    if finding.interval.is_none() {
        finding.notes.push("nobody is estimated as unseen, without an interval".to_owned());
    }
    finding
}

/// The sums that the estimates are functions of, or derivatives: of them by one count, or of an estimate by each.
#[derive(Debug, Clone, Copy)]
struct Sums {
    /// D, the mean over lists of the persons seen without this list.
    d: f64,
    /// C, the coverage.
    c: f64,
    /// Σ A(i,j) over pairs.
    s: f64,
    /// Σ A(i,j) n(i,j) / (n(i) n(j)) over pairs.
    t: f64,
}

/// An estimate from the number of lists and the sums, and its derivatives by these.
type Formula = fn(f64, Sums) -> (f64, Sums);

/// D/C.
fn independent(_: f64, x: Sums) -> (f64, Sums) {
    let value = x.d / x.c;
    (value, Sums { d: 1.0 / x.c, c: -value / x.c, s: 0.0, t: 0.0 })
}

/// (tD − S)/(tC − T), the solution of the equation above.
fn high(lists: f64, x: Sums) -> (f64, Sums) {
    let below = lists * x.c - x.t;
    let value = (lists * x.d - x.s) / below;
    (value, Sums { d: lists / below, c: -value * lists / below, s: -1.0 / below, t: value / below })
}

/// The right-hand side of that equation, twice, from D/C on.
fn one_step(lists: f64, x: Sums) -> (f64, Sums) {
    let scale = lists * x.c;
    // N ↦ (tD − S + N T)/(tC), with its derivatives, those through N included.
    let next = |(from, by): (f64, Sums)| {
        let value = (lists * x.d - x.s + from * x.t) / scale;
        let through = x.t / scale;
        let by = Sums {
            d: by.d * through + lists / scale,
            c: by.c * through - value / x.c,
            s: by.s * through - 1.0 / scale,
            t: by.t * through + from / scale,
        };
        (value, by)
    };
    next(next(independent(lists, x)))
}

/// The parts of the sums.
struct Table {
    lists: f64,
    persons: f64,
    singles: Vec<Single>,
    pairs: Vec<Pair>,
}

struct Single {
    list: ListSet,
    /// n(i).
    size: f64,
    /// Persons on no other list.
    alone: f64,
}

struct Pair {
    lists: ListSet,
    one: ListSet,
    other: ListSet,
    /// n(i) and n(j).
    sizes: (f64, f64),
    /// A(i,j).
    outside: f64,
    /// n(i,j).
    both: f64,
}

impl Table {
    fn of(lists: &[usize], counts: &[(ListSet, f64)]) -> Self {
        let on_all = |lists: ListSet| -> f64 {
            counts.iter().filter(|(history, _)| lists.is_subset(*history)).map(|(_, count)| count).sum()
        };
        let exactly = |lists: ListSet| -> f64 {
            counts.iter().filter(|(history, _)| *history == lists).map(|(_, count)| count).sum()
        };
        let singles: Vec<Single> = lists
            .iter()
            .map(|list| ListSet::single(*list))
            .map(|list| Single { list, size: on_all(list), alone: exactly(list) })
            .collect();
        let mut pairs = Vec::new();
        for (place, one) in singles.iter().enumerate() {
            for other in singles.iter().skip(place + 1) {
                let lists = one.list.union(other.list);
                pairs.push(Pair {
                    lists,
                    one: one.list,
                    other: other.list,
                    sizes: (one.size, other.size),
                    outside: one.alone + other.alone + 2.0 * exactly(lists),
                    both: on_all(lists),
                });
            }
        }
        Self { lists: lists.len() as f64, persons: on_all(ListSet::EMPTY), singles, pairs }
    }

    fn sums(&self) -> Sums {
        let alone: f64 = self.singles.iter().map(|single| single.alone).sum();
        let gaps: f64 = self.singles.iter().map(|single| single.alone / single.size).sum();
        Sums {
            d: self.persons - alone / self.lists,
            c: 1.0 - gaps / self.lists,
            s: self.pairs.iter().map(|pair| pair.outside).sum(),
            t: self.pairs.iter().map(|pair| pair.outside * pair.both / (pair.sizes.0 * pair.sizes.1)).sum(),
        }
    }

    /// The derivatives of the sums by the count of one history.
    fn slopes(&self, history: ListSet) -> Sums {
        let one_if = |is: bool| f64::from(u8::from(is));
        let mut by = Sums { d: 1.0 - one_if(history.len() == 1) / self.lists, c: 0.0, s: 0.0, t: 0.0 };
        for single in self.singles.iter().filter(|single| single.list.is_subset(history)) {
            let gap = one_if(single.list == history) - single.alone / single.size;
            by.c -= gap / (single.size * self.lists);
        }
        for pair in &self.pairs {
            let outside = one_if(history == pair.one) + one_if(history == pair.other);
            let outside = outside + 2.0 * one_if(history == pair.lists);
            let both = one_if(pair.lists.is_subset(history));
            let shrink = one_if(pair.one.is_subset(history)) / pair.sizes.0
                + one_if(pair.other.is_subset(history)) / pair.sizes.1;
            let growth = outside * pair.both + pair.outside * both - pair.outside * pair.both * shrink;
            by.s += outside;
            by.t += growth / (pair.sizes.0 * pair.sizes.1);
        }
        by
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::histories::testing::tables;
    use crate::mse::published;
    use proptest::prelude::*;

    fn set(lists: &[usize]) -> ListSet {
        ListSet::of(lists.iter().copied())
    }

    /// Students with hepatitis A in Taiwan in 1995 on three lists of 135, 122 and 126, 271 in all.
    fn hepatitis() -> CaptureHistories {
        let rows = [
            (set(&[0]), 69),
            (set(&[1]), 55),
            (set(&[2]), 63),
            (set(&[0, 1]), 21),
            (set(&[0, 2]), 17),
            (set(&[1, 2]), 18),
            (set(&[0, 1, 2]), 28),
        ];
        CaptureHistories::try_new(["P", "Q", "E"], rows).unwrap()
    }

    /// Chao, Tsay, Lin, Shau and Chao (2001), the hepatitis A example: D = 208.667, C = 0.513, 407 persons if lists are
    /// independent, 971 with dependence, 508 in one step.
    #[test]
    fn the_hepatitis_outbreak_is_met() {
        let found = SampleCoverage::of(&hepatitis()).unwrap();
        assert!((found.seen_without_one - 208.667).abs() < 5e-4);
        assert!((found.coverage - 0.513).abs() < 5e-4);
        assert!((found.independent.persons - 407.0).abs() < 0.5);
        assert!((found.high.unwrap().persons - 971.0).abs() < 0.5);
        assert!((found.one_step.persons - 508.0).abs() < 0.5);
        // By 3,000 draws of all persons in a program of its own: 26.7 and 48.6, each to about 2 %.
        assert!((found.independent.standard_error / 26.7 - 1.0).abs() < 0.05, "{found:?}");
        assert!((found.one_step.standard_error / 48.6 - 1.0).abs() < 0.05, "{found:?}");
        let finding = sample_coverage(&hepatitis(), Level::P95);
        assert_eq!((finding.status, finding.notes.as_slice()), (Status::Ok, &[ONE_STEP.to_owned()][..]));
        assert!((finding.estimate.unwrap() - 508.0).abs() < 0.5);
    }

    /// Three lists that are independent of each other, with expected counts that are whole: every form gives all 1,000.
    #[test]
    fn independent_lists_give_the_population_back() {
        let chance = [0.5, 0.4, 0.2];
        let rows = (1..8_u16).map(ListSet::from_bits).map(|history| {
            let of = |list: usize| if history.contains(list) { chance[list] } else { 1.0 - chance[list] };
            let expected: f64 = 1_000.0 * (0..3).map(of).product::<f64>();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "60, 80, 160 or 240")]
            (history, expected.round() as u64)
        });
        let found = SampleCoverage::of(&CaptureHistories::try_new(["a", "b", "c"], rows).unwrap()).unwrap();
        for estimate in [found.independent, found.high.unwrap(), found.one_step] {
            assert!((estimate.persons - 1_000.0).abs() < 1e-9, "{found:?}");
        }
    }

    /// Everybody is on the first two lists: D = n and C = 1, and each form is n by its formula, whatever the rounding.
    #[test]
    fn where_nobody_is_unseen_rounding_does_not_decide() {
        for (without, with) in (1..60).flat_map(|without| (1..20).map(move |with| (without, with))) {
            let rows = [(set(&[0, 1]), without), (set(&[0, 1, 2]), with)];
            let table = CaptureHistories::try_new(["a", "b", "c"], rows).unwrap();
            let found = sample_coverage(&table, Level::P95);
            assert_eq!((found.estimate, found.interval), (Some((without + with) as f64), None));
        }
    }

    #[test]
    fn what_it_cannot_say_is_refused() {
        let of = |rows: &[(ListSet, u64)], lists: usize| {
            let names = ["a", "b", "c"].into_iter().take(lists);
            SampleCoverage::of(&CaptureHistories::try_new(names, rows.iter().copied()).unwrap()).map(|_| ())
        };
        assert_eq!(of(&[], 3), Err(Status::Undefined));
        assert_eq!(of(&[(set(&[0]), 4), (set(&[0, 1]), 2)], 3), Err(Status::ListsOutOfRange));
        assert_eq!(of(&[(set(&[0]), 4), (set(&[1]), 2), (set(&[2]), 2)], 3), Err(Status::NoOverlap));
    }

    /// Derivatives against central differences of the same formulas at real-valued counts.
    #[test]
    fn derivatives_are_those_of_the_estimates() {
        for published in published().iter().filter(|table| table.lists().len() > 2) {
            let lists: Vec<usize> = (0..published.lists().len()).collect();
            let counts: Vec<(ListSet, f64)> =
                published.histories().iter().map(|(history, count)| (history, count as f64)).collect();
            let table = Table::of(&lists, &counts);
            for formula in [independent as Formula, high, one_step] {
                let (value, by) = formula(table.lists, table.sums());
                // The artificial table has no positive denominator for high coverage.
                if value.is_nan() || value.abs() > 1e12 {
                    assert_eq!(published.name(), "artificial-three-lists");
                    continue;
                }
                for at in 0..counts.len() {
                    let step = 1e-4 * counts[at].1;
                    let moved = |step: f64| {
                        let mut counts = counts.clone();
                        counts[at].1 += step;
                        formula(table.lists, Table::of(&lists, &counts).sums()).0
                    };
                    let expected = (moved(step) - moved(-step)) / (2.0 * step);
                    let slope = table.slopes(counts[at].0);
                    let found = by.d * slope.d + by.c * slope.c + by.s * slope.s + by.t * slope.t;
                    let tolerance = 1e-5 * (found.abs() + value.abs() / table.persons);
                    assert!((found - expected).abs() < tolerance, "{} {found} {expected}", published.name());
                }
            }
        }
    }

    proptest! {
        /// The estimate for high coverage solves the equation that the one-step estimate goes towards.
        #[test]
        fn the_high_estimate_is_a_fixed_point(table in tables()) {
            if let Ok(SampleCoverage { high: Some(estimate), .. }) = SampleCoverage::of(&table) {
                let counts: Vec<(ListSet, f64)> =
                    table.iter().map(|(history, count)| (history, count as f64)).collect();
                let parts = Table::of(&lists_in_use(&table), &counts);
                let dependence = |pair: &Pair| estimate.persons * pair.both / (pair.sizes.0 * pair.sizes.1) - 1.0;
                let added: f64 = parts.pairs.iter().map(|pair| pair.outside * dependence(pair)).sum();
                let sums = parts.sums();
                let right = sums.d / sums.c + added / (parts.lists * sums.c);
                prop_assert!((right / estimate.persons - 1.0).abs() < 1e-6, "{} {}", right, estimate.persons);
            }
        }
    }
}
