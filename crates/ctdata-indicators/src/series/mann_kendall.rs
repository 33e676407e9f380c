//! The Mann–Kendall test of a monotone trend.

use super::Series;
use crate::IndicatorError;
use crate::estimate::Years;
use crate::interval::as_f64;
use statrs::function::erf::erfc;
use std::cmp::Ordering;

/// The longest series whose p-value is exact.
const EXACT_UP_TO: usize = 10;

/// Whether values rise or fall with the years, by the signs of all pairs.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct MannKendall {
    /// From the first to the last year used.
    pub years: Years,
    /// The number of years used.
    pub points: usize,
    /// S: pairs that rise less pairs that fall.
    pub s: i64,
    /// The variance of S if the order is random, with the correction for ties.
    pub variance: f64,
    /// The two-sided probability of an S at least as far from 0, if the order is random.
    pub p_value: f64,
    /// Whether it was computed from all orders (up to ten years, ties included) or from the normal approximation
    /// with continuity correction.
    pub exact: bool,
    /// Years of the series that were not used: without a count, or counted in part.
    pub left_out: Vec<u16>,
}

impl Series {
    /// The Mann–Kendall test of the rates, or of the counts where there is no population.
    ///
    /// # When not to use
    /// Where values depend on those of the years before: the test takes every order for equally likely. Four years
    /// cannot reach 5 % in any order.
    ///
    /// # Errors
    /// Fewer than two usable years; a count that is a range; residents for some years only; a break among the years
    /// (take [`Series::segments`]).
    ///
    /// # Sources
    /// H. B. Mann (1945), Nonparametric tests against trend, *Econometrica* 13, 245–259; M. G. Kendall (1975), *Rank
    /// Correlation Methods*, 4th edition, for ties.
    pub fn mann_kendall(&self) -> Result<MannKendall, IndicatorError> {
        let usable = self.usable(false, false)?;
        let values: Vec<f64> = usable.values(self)?.into_iter().map(|(_, value)| value).collect();
        let (Some(first), Some(last), true) = (usable.points.first(), usable.points.last(), values.len() >= 2) else {
            return Err(IndicatorError::figures(self.name(), "the test needs two years with counts"));
        };
        let (s, ties) = (score(&values), ties(&values));
        let variance = variance(values.len(), &ties);
        let exact = values.len() <= EXACT_UP_TO;
        let p_value = if exact { exact_p_value(s, &ties) } else { normal_p_value(s, variance) };
        let years = Years::between(first.year, last.year);
        Ok(MannKendall { years, points: values.len(), s, variance, p_value, exact, left_out: usable.left_out })
    }
}

/// Pairs that rise less pairs that fall.
fn score(values: &[f64]) -> i64 {
    let later = values.iter().enumerate().map(|(at, &value)| (value, values.get(at + 1..).unwrap_or_default()));
    later
        .flat_map(|(value, rest)| rest.iter().map(move |other| other.total_cmp(&value)))
        .map(|order| match order {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        })
        .sum()
}

/// How often each value occurs.
fn ties(values: &[f64]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|one, other| one.total_cmp(other).is_eq()).map(<[f64]>::len).collect()
}

pub(super) fn variance(points: usize, ties: &[usize]) -> f64 {
    let term = |n: usize| {
        let n = as_f64(n as u64);
        n * (n - 1.0) * (2.0 * n + 5.0)
    };
    (term(points) - ties.iter().map(|&tie| term(tie)).sum::<f64>()) / 18.0
}

fn normal_p_value(s: i64, variance: f64) -> f64 {
    if s == 0 { 1.0 } else { erfc((as_f64(s.unsigned_abs()) - 1.0) / (2.0 * variance).sqrt()) }
}

/// The share of the orders of values with these ties whose |S| is at least that of `s`.
fn exact_p_value(s: i64, ties: &[usize]) -> f64 {
    let orders = inversions(ties);
    let pairs = i64::try_from(orders.len()).unwrap_or(i64::MAX) - 1;
    let all: u64 = orders.iter().sum();
    let far = (0_i64..).zip(&orders).filter(|(inversions, _)| (pairs - 2 * inversions).abs() >= s.abs());
    as_f64(far.map(|(_, orders)| orders).sum()) / as_f64(all)
}

/// How many orders of values with these ties have 0, 1, 2, … pairs that fall. Up to ten values, whose orders and
/// their products stay far below 2⁶⁴.
///
/// The values enter group by group. The places of a group among those before it are a path in a rectangle, and the
/// pairs that fall are the area under it: Gaussian binomial coefficients (P. A. MacMahon, 1915, *Combinatory
/// Analysis*).
pub(super) fn inversions(ties: &[usize]) -> Vec<u64> {
    let mut orders = vec![1];
    let mut before = 0;
    for &tie in ties {
        orders = product(&orders, &gaussian_binomial(before, tie));
        before += tie;
    }
    orders
}

/// The number of partitions of 0, 1, … `rows` × `columns` that fit a rectangle of this size.
fn gaussian_binomial(rows: usize, columns: usize) -> Vec<u64> {
    if rows == 0 || columns == 0 {
        return vec![1];
    }
    // Either no part fills all the columns, or one does and is taken away.
    let (narrower, shorter) = (gaussian_binomial(rows, columns - 1), gaussian_binomial(rows - 1, columns));
    let mut sum = vec![0; rows * columns + 1];
    for (slot, count) in sum.iter_mut().zip(&narrower) {
        *slot += count;
    }
    for (slot, count) in sum.iter_mut().skip(columns).zip(&shorter) {
        *slot += count;
    }
    sum
}

fn product(one: &[u64], other: &[u64]) -> Vec<u64> {
    let mut product = vec![0; one.len() + other.len() - 1];
    for (shift, &a) in one.iter().enumerate() {
        for (slot, &b) in product.iter_mut().skip(shift).zip(other) {
            *slot += a * b;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;
    use crate::Count;
    use crate::interval::testing::assert_digits;
    use proptest::prelude::*;

    fn test(counts: &[u64]) -> MannKendall {
        let points = (2000..).zip(counts).map(|(year, &count)| Point::new(year, count));
        Series::try_new("detected-victims", points).unwrap().mann_kendall().unwrap()
    }

    /// Kendall (1975), appendix table 1: probability that S is at least the value given, one side.
    #[test]
    fn kendalls_table_is_met() {
        for (n, s, one_side) in [
            (4, 6, "0.042"),
            (4, 4, "0.167"),
            (5, 8, "0.042"),
            (5, 10, "0.0083"),
            (8, 16, "0.031"),
            (8, 18, "0.016"),
            (9, 20, "0.022"),
            (10, 21, "0.036"),
            (10, 23, "0.023"),
        ] {
            assert_digits(exact_p_value(s, &vec![1; n]) / 2.0, one_side);
        }
    }

    /// The worked series of the indicator notes: 12, 15, 11, 18, 22, 25 has two falling pairs of fifteen; of the 720
    /// orders of six values, 1 + 5 + 14 have at most two (Mahonian numbers).
    #[test]
    fn the_worked_series_has_an_exact_p_value() {
        let found = test(&[12, 15, 11, 18, 22, 25]);
        assert_eq!((found.points, found.s, found.exact), (6, 11, true));
        assert!((found.p_value - 2.0 * 20.0 / 720.0).abs() < 1e-15);
        assert!((found.variance - 6.0 * 5.0 * 17.0 / 18.0).abs() < 1e-12);
    }

    /// Thirteen rising years: S = 78, Var = 13 · 12 · 31 / 18 = 268.667, z = 77 / 16.391 = 4.698, p = 2.63e-6.
    #[test]
    fn longer_series_use_the_normal_approximation() {
        let uk = [303, 421, 673, 834, 1_255, 2_126, 2_705, 3_012, 3_975, 5_480, 9_314, 9_670, 11_371];
        let found = test(&uk);
        assert_eq!((found.s, found.exact), (78, false));
        assert_digits(found.variance, "268.667");
        assert_digits(found.p_value * 1e6, "2.63");
    }

    #[test]
    fn equal_values_have_no_trend() {
        for n in [2, 10, 11] {
            let found = test(&vec![7; n]);
            assert_eq!((found.s, found.p_value.to_bits()), (0, 1.0_f64.to_bits()));
        }
    }

    #[test]
    fn ranges_are_refused() {
        let points = [Point::new(2000, 3), Point::new(2001, Count::Range { lo: 0, hi: 4 })];
        let refused = Series::try_new("detected-victims", points).unwrap().mann_kendall();
        assert!(refused.unwrap_err().to_string().contains("year 2001: the count is a range"));
    }

    /// The share of all orders, each tried, whose |S| is at least as large.
    fn brute_force(values: &mut Vec<f64>, at: usize, s: i64) -> (u64, u64) {
        if at == values.len() {
            return (u64::from(score(values).abs() >= s.abs()), 1);
        }
        let (mut far, mut all) = (0, 0);
        for other in at..values.len() {
            values.swap(at, other);
            let (more_far, more) = brute_force(values, at + 1, s);
            (far, all) = (far + more_far, all + more);
            values.swap(at, other);
        }
        (far, all)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_exact_p_value_is_that_of_all_orders(counts in proptest::collection::vec(0_u64..5, 2..7)) {
            let found = test(&counts);
            let mut values: Vec<f64> = counts.iter().map(|&count| as_f64(count)).collect();
            let (far, all) = brute_force(&mut values, 0, found.s);
            prop_assert!((found.p_value - as_f64(far) / as_f64(all)).abs() < 1e-12);
        }

        /// The variance of S over all orders is the formula with ties.
        #[test]
        fn the_variance_is_that_of_all_orders(counts in proptest::collection::vec(0_u64..4, 2..11)) {
            let found = test(&counts);
            let orders = inversions(&ties(&counts.iter().map(|&count| as_f64(count)).collect::<Vec<_>>()));
            let pairs = as_f64(orders.len() as u64) - 1.0;
            let all = as_f64(orders.iter().sum());
            let squares = (0_u32..).zip(&orders).map(|(k, &n)| as_f64(n) * (pairs - 2.0 * f64::from(k)).powi(2));
            prop_assert!((squares.sum::<f64>() / all - found.variance).abs() < 1e-9);
        }
    }
}
