//! Can a model tell released records from original ones?

#![expect(clippy::indexing_slicing, reason = "parameters are numbered by this file; matrices are square in them")]

use ctdata_table::Control;

use super::attack::Records;
use super::parallel::try_map;
use super::real;
use crate::PrivacyError;

/// Parameters per attribute; rarer values share the last one.
const LEVELS: usize = 32;
/// Newton steps: where a value is only in one table its coefficient grows by about one per step.
const STEPS: usize = 15;
/// Parts of the records that are summed apart, whatever the number of threads.
const PARTS: usize = 8;

/// The propensity score mean squared error of a logistic model with main effects.
///
/// The model guesses from a record's values (missing is one, the rarest of an attribute with more than 32
/// are taken together) whether it is released or original. The error is the mean of (p - c)², where c is
/// the share of released records among all: 0 if they cannot be told apart.
///
/// # Sources
/// J. Snoke, G. M. Raab, B. Nowok, C. Dibben and A. Slavković (2018), "General and specific utility measures
/// for synthetic data", JRSS A 181(3).
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Propensity {
    /// Parameters of the model that could be estimated, the intercept included.
    pub parameters: u64,
    /// The propensity score mean squared error.
    pub pmse: f64,
    /// What it is on average for records drawn from a correct model that was fitted to the original.
    pub null_fitted: f64,
    /// What it is on average for records of the same population as the original's, drawn independently: what
    /// a hold-out would have.
    pub null_independent: f64,
    /// pMSE over the first null; none if that is zero.
    pub ratio_fitted: Option<f64>,
    /// pMSE over the second null; none if that is zero.
    pub ratio_independent: Option<f64>,
}

opaque_debug!(Propensity);

/// Expected pMSE of a main-effects logistic model with `parameters` parameters, the intercept included: for
/// records of a model fitted to the original, and for independent records of one population.
fn nulls(parameters: u64, original: u64, released: u64) -> (f64, f64) {
    let all = real(original) + real(released);
    let share = real(released) / all;
    let independent = real(parameters.saturating_sub(1)) * share * (1.0 - share) / all;
    (independent * (1.0 - share), independent)
}

/// Fits the model to the records of both tables; none if either is empty.
pub(super) fn measure(
    original: &Records<'_>,
    released: &Records<'_>,
    attributes: usize,
    control: &Control,
) -> Result<Option<Propensity>, PrivacyError> {
    let rows = |records: &Records<'_>| (0..records.len()).map(|record| u64::from(records.rows(record))).sum::<u64>();
    let (before, after) = (rows(original), rows(released));
    if before == 0 || after == 0 {
        return Ok(None);
    }
    let design = Design::of([original, released], attributes);
    control.reserve((design.width * design.width * 8 * (PARTS + 2)) as u64)?;
    let share = real(after) / (real(before) + real(after));
    let mut beta = vec![0.0; design.width];
    beta[0] = (share / (1.0 - share)).ln();
    let mut last = beta.clone();
    let mut likelihood = f64::NEG_INFINITY;
    let mut parameters = 0;
    for step in 0..STEPS {
        control.check()?;
        control.report("propensity", step as u64, Some(STEPS as u64));
        let sums = design.sums(&beta, control)?;
        if sums.likelihood < likelihood {
            // Too far: back half of the way.
            beta.iter_mut().zip(&last).for_each(|(beta, last)| *beta = beta.midpoint(*last));
            continue;
        }
        let converged = sums.likelihood - likelihood < 1e-9 * sums.likelihood.abs();
        likelihood = sums.likelihood;
        if converged {
            break;
        }
        let (change, rank) = solve(sums.information, sums.gradient);
        parameters = parameters.max(rank);
        last.clone_from(&beta);
        beta.iter_mut().zip(change).for_each(|(beta, change)| *beta += change);
    }
    let pmse = design.squared_error(&beta, share) / (real(before) + real(after));
    let (null_fitted, null_independent) = nulls(parameters, before, after);
    let ratio = |null: f64| (null > 0.0).then(|| pmse / null);
    Ok(Some(Propensity {
        parameters,
        pmse,
        null_fitted,
        null_independent,
        ratio_fitted: ratio(null_fitted),
        ratio_independent: ratio(null_independent),
    }))
}

/// The records as lists of parameters.
struct Design {
    width: usize,
    attributes: usize,
    /// Per record, one parameter per attribute, or zero (the intercept, which counts once) for none.
    terms: Vec<u16>,
    /// Per record, its rows and whether it is released.
    records: Vec<(f64, bool)>,
}

/// Sums over records at some coefficients.
struct Sums {
    likelihood: f64,
    gradient: Vec<f64>,
    information: Vec<f64>,
}

impl Design {
    fn of(sides: [&Records<'_>; 2], attributes: usize) -> Self {
        let mut width = 1usize;
        let all = sides.iter().map(|side| side.len()).sum::<usize>();
        let mut terms = vec![0; all * attributes];
        for attribute in 0..attributes {
            let mut counts: Vec<(u64, u16)> = Vec::new();
            for side in sides {
                for record in 0..side.len() {
                    let code = side.code(record, attribute);
                    if counts.len() <= usize::from(code) {
                        counts.extend((counts.len()..=code.into()).map(|code| (0, u16::try_from(code).unwrap_or(0))));
                    }
                    counts[usize::from(code)].0 += u64::from(side.rows(record));
                }
            }
            let mut term_of = vec![0u16; counts.len()];
            counts.retain(|(count, _)| *count > 0);
            counts.sort_unstable_by_key(|&(count, code)| (std::cmp::Reverse(count), code));
            // The most frequent value needs no parameter.
            for (rank, (_, code)) in counts.iter().enumerate().skip(1) {
                let term = width + (rank - 1).min(LEVELS - 1);
                term_of[usize::from(*code)] = u16::try_from(term).unwrap_or(0);
            }
            let added = counts.len().saturating_sub(1).min(LEVELS);
            width = if u16::try_from(width + added).is_ok() { width + added } else { width };
            let codes = sides.iter().flat_map(|side| (0..side.len()).map(move |record| side.code(record, attribute)));
            for (record, code) in codes.enumerate() {
                let term = term_of[usize::from(code)];
                terms[record * attributes + attribute] = if usize::from(term) < width { term } else { 0 };
            }
        }
        let labels = sides.iter().zip([false, true]);
        let records = labels.flat_map(|(side, is_released)| {
            (0..side.len()).map(move |record| (f64::from(side.rows(record)), is_released))
        });
        Self { width, attributes, terms, records: records.collect() }
    }

    fn terms(&self, record: usize) -> &[u16] {
        &self.terms[record * self.attributes..][..self.attributes]
    }

    /// The linear predictor of a record. A term of zero is none.
    fn predictor(&self, record: usize, beta: &[f64]) -> f64 {
        let terms = self.terms(record).iter().filter(|term| **term > 0);
        beta[0] + terms.map(|&term| beta[usize::from(term)]).sum::<f64>()
    }

    /// The sums at `beta`, part by part, added in order.
    fn sums(&self, beta: &[f64], control: &Control) -> Result<Sums, PrivacyError> {
        let parts: Vec<usize> = (0..PARTS).collect();
        let size = self.records.len().div_ceil(PARTS);
        let sums = try_map(&parts, |part| {
            control.check()?;
            Ok(self.part(beta, part * size, self.records.len().min((part + 1) * size)))
        })?;
        let mut sums = sums.into_iter();
        let first = sums.next().unwrap_or(Sums { likelihood: 0.0, gradient: Vec::new(), information: Vec::new() });
        Ok(sums.fold(first, |mut all, part| {
            all.likelihood += part.likelihood;
            all.gradient.iter_mut().zip(part.gradient).for_each(|(sum, part)| *sum += part);
            all.information.iter_mut().zip(part.information).for_each(|(sum, part)| *sum += part);
            all
        }))
    }

    fn part(&self, beta: &[f64], from: usize, to: usize) -> Sums {
        let width = self.width;
        let mut sums = Sums { likelihood: 0.0, gradient: vec![0.0; width], information: vec![0.0; width * width] };
        let mut terms: Vec<usize> = Vec::with_capacity(self.attributes + 1);
        for record in from..to {
            let (rows, is_released) = self.records[record];
            let eta = self.predictor(record, beta);
            let p = 1.0 / (1.0 + (-eta).exp());
            let sign = if is_released { 1.0 } else { -1.0 };
            // -ln(1 + exp(-x)) without overflow.
            let margin = sign * eta;
            sums.likelihood += rows * (margin.min(0.0) - (-margin.abs()).exp().ln_1p());
            terms.clear();
            terms.push(0);
            terms.extend(self.terms(record).iter().filter(|term| **term > 0).map(|&term| usize::from(term)));
            let residual = rows * (f64::from(u8::from(is_released)) - p);
            let weight = rows * p * (1.0 - p);
            for (place, &term) in terms.iter().enumerate() {
                sums.gradient[term] += residual;
                // Terms ascend: the lower triangle.
                let row = &mut sums.information[term * width..][..width];
                terms[..=place].iter().for_each(|&other| row[other] += weight);
            }
        }
        sums
    }

    /// The sum of (p - share)² over rows.
    fn squared_error(&self, beta: &[f64], share: f64) -> f64 {
        let records = self.records.iter().enumerate();
        let error = |(record, (rows, _)): (usize, &(f64, bool))| {
            let p = 1.0 / (1.0 + (-self.predictor(record, beta)).exp());
            rows * (p - share) * (p - share)
        };
        records.map(error).sum()
    }
}

/// Solves a symmetric system, given by its lower triangle, by Cholesky's decomposition, and gives its rank.
/// Parameters that depend on earlier ones stay at zero.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> (Vec<f64>, u64) {
    let width = right.len();
    let mut rank = 0;
    for row in 0..width {
        let diagonal = matrix[row * width + row];
        for column in 0..=row {
            let (upper, lower) = matrix.split_at_mut(row * width);
            let of_row = &mut lower[..=row];
            let products: f64 = if column < row {
                let of_column = &upper[column * width..][..column];
                of_row[..column].iter().zip(of_column).map(|(one, other)| one * other).sum()
            } else {
                of_row[..column].iter().map(|one| one * one).sum()
            };
            let left = of_row[column] - products;
            if column < row {
                let pivot = upper[column * width + column];
                of_row[column] = if pivot > 0.0 { left / pivot } else { 0.0 };
            } else {
                let independent = left > 1e-9 * diagonal;
                rank += u64::from(independent);
                of_row[row] = if independent { left.sqrt() } else { 0.0 };
            }
        }
    }
    for row in 0..width {
        let products: f64 = (0..row).map(|column| matrix[row * width + column] * right[column]).sum();
        let pivot = matrix[row * width + row];
        right[row] = if pivot > 0.0 { (right[row] - products) / pivot } else { 0.0 };
    }
    for row in (0..width).rev() {
        let products: f64 = (row + 1..width).map(|later| matrix[later * width + row] * right[later]).sum();
        let pivot = matrix[row * width + row];
        right[row] = if pivot > 0.0 { (right[row] - products) / pivot } else { 0.0 };
    }
    (right, rank)
}

#[cfg(test)]
mod tests {
    use super::super::alignment::align;
    use super::super::attack::Space;
    use super::*;
    use crate::testing::{Dice, flags};
    use ctdata_table::Table;

    fn propensity(original: &Table, released: &Table) -> Option<Propensity> {
        let control = Control::default();
        let tables = align(original, released, None, &control).unwrap();
        let space = Space::of(&[&tables.original, &tables.released]);
        let records = |table| Records::of(table, &space, &control).unwrap();
        let attributes = tables.original.schema().len();
        measure(&records(&tables.original), &records(&tables.released), attributes, &control).unwrap()
    }

    /// Snoke et al. (2018), with both cases confirmed by simulation: six parameters.
    #[test]
    fn the_nulls_are_those_of_both_cases() {
        let close = |(fitted, independent): (f64, f64), expected: (f64, f64), tolerance: f64| {
            assert!((fitted - expected.0).abs() <= tolerance && (independent - expected.1).abs() <= tolerance);
        };
        close(nulls(6, 2_000, 2_000), (1.5625e-4, 3.125e-4), 5e-13);
        close(nulls(6, 4_000, 2_000), (1.234_57e-4, 1.851_85e-4), 5e-10);
    }

    #[test]
    fn one_attribute_gives_the_shares_of_its_values() {
        // Of each value, the released share: no 1/3, yes 3/4, not recorded 0 of 1.
        let found = propensity(&flags(&[&[0, 0, 1, 2]]), &flags(&[&[0, 1, 1, 1]])).unwrap();
        let expected = (3.0 * (1.0f64 / 3.0 - 0.5).powi(2) + 4.0 * 0.25f64.powi(2) + 0.25) / 8.0;
        assert!((found.pmse - expected).abs() < 1e-4, "{}", found.pmse);
        assert_eq!(found.parameters, 3);
    }

    #[test]
    fn equal_tables_cannot_be_told_apart_and_copies_of_columns_add_no_parameter() {
        let table = flags(&[&[0, 1, 2, 1], &[0, 1, 2, 1], &[1, 1, 1, 1]]);
        let found = propensity(&table, &table).unwrap();
        assert!(found.pmse < 1e-20);
        assert_eq!(found.parameters, 3);
        assert!(propensity(&table, &flags(&[&[], &[], &[]])).is_none());
        let constant = flags(&[&[1, 1]]);
        assert_eq!(propensity(&constant, &constant).unwrap().ratio_fitted, None);
    }

    #[test]
    fn independent_samples_have_the_error_of_their_null() {
        let mut dice = Dice(5);
        let mut sample = || {
            let mut columns: Vec<Vec<u8>> = vec![Vec::new(); 4];
            for _ in 0..500 {
                for column in &mut columns {
                    column.push(u8::try_from(dice.roll(3)).unwrap());
                }
            }
            flags(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        let ratios: Vec<f64> =
            (0..40).map(|_| propensity(&sample(), &sample()).unwrap().ratio_independent.unwrap()).collect();
        let mean = ratios.iter().sum::<f64>() / 40.0;
        // Each ratio is about chi-square with 8 degrees of freedom over 8: the mean of 40 has standard deviation
        // 0.079, and is off by 0.3 with probability below 2e-4.
        assert!((mean - 1.0).abs() < 0.3, "{mean}");
    }
}
