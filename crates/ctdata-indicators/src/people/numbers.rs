//! Means, medians and times.

use super::extension::DAYS;
use super::kaplan_meier::{Ends, Survival};
use super::measure::{STATISTIC, dimension, require};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Dimension, Estimate, NotAvailable, Unit, Value};
use crate::interval::as_f64;
use crate::profile::{Counted, Frame, Sheet, Tables};
use crate::request::Scope;
use ctdata_table::Variable;
use std::collections::BTreeMap;

fn role(name: &str) -> String {
    format!("number-{}", dimension(name))
}

/// The table of numbers, with what tells their meaning before them.
pub(super) fn tables(frame: &Frame<'_>, scope: &Scope<'_>, names: &[&str]) -> Result<Vec<TableSpec>, IndicatorError> {
    let attributes = names.iter().map(|name| require(scope, name)).collect::<Result<Vec<_>, _>>()?;
    let numbers = names.last().copied().unwrap_or_default();
    if attributes.last().is_none_or(|attribute| attribute.domain().number(0).is_none()) {
        return Err(frame.refuse(format!("attribute `{numbers}` does not hold numbers")));
    }
    let variables = attributes.into_iter().map(|attribute| Variable::attribute(attribute.name()));
    Ok(vec![frame.spec(scope, &role(numbers), variables)?])
}

/// The number that a category of a counted dimension stands for.
fn number(counted: &Counted<'_>, index: usize, position: u16) -> Option<u64> {
    let dimension = counted.dimension(index).filter(|dimension| !dimension.is_missing(position))?;
    dimension.categories.get(usize::from(position))?.code.parse().ok()
}

/// A figure that is no share.
fn figure(
    sheet: &Sheet<'_, '_, '_>,
    by: &[u16],
    statistic: (&'static str, &'static str),
    unit: Unit,
    value: Option<f64>,
) -> Estimate {
    let mut estimate = sheet.blank(by, [Dimension::new(STATISTIC, statistic.0, statistic.1)]);
    estimate.unit = unit;
    if let Some(value) = value {
        estimate.value = Value::from(value);
    }
    estimate
}

/// Mean and median of the number of persons, among those of whom it is recorded.
pub(super) fn mean_and_median(
    frame: &Frame<'_>,
    name: &str,
    tables: Tables<'_>,
) -> Result<Vec<Estimate>, IndicatorError> {
    let counted = frame.table(tables, &role(name), 1)?;
    let sheet = Sheet::new(frame, counted);
    let mut estimates = Vec::new();
    for slice in counted.selected().slices() {
        let mut numbers = BTreeMap::<u64, u64>::new();
        let mut unknown = 0;
        for cell in slice.cells {
            let count = cell.count;
            match cell.counted.first().and_then(|&position| number(&counted, 0, position)) {
                Some(number) => *numbers.entry(number).or_default() += count,
                None => unknown += count,
            }
        }
        let base: u64 = numbers.values().sum();
        let sum: u64 = numbers.iter().map(|(number, count)| number * count).sum();
        let mean = (base > 0).then(|| as_f64(sum) / as_f64(base));
        for (statistic, value) in [(("mean", "Mean"), mean), (("median", "Median"), median(&numbers, base))] {
            let mut estimate = figure(&sheet, slice.by, statistic, Unit::Persons, value);
            (estimate.base, estimate.unknown) = (Some(base), Some(unknown));
            estimates.push(estimate);
        }
    }
    Ok(estimates)
}

/// The middle number, or the mean of the two in the middle.
fn median(numbers: &BTreeMap<u64, u64>, base: u64) -> Option<f64> {
    let at = |place: u64| {
        let mut below = 0;
        numbers.iter().find(|(_, count)| {
            below += **count;
            below > place
        })
    };
    let (low, _) = at(base.checked_sub(1)? / 2)?;
    let (high, _) = at(base / 2)?;
    Some(f64::midpoint(as_f64(*low), as_f64(*high)))
}

const HALF: (&str, &str, f64) = ("median", "Median", 0.5);
const NINE_TENTHS: (&str, &str, f64) = ("p90", "90th percentile", 0.9);
const NOT_REACHED: &str = "fewer persons than that had a service while they were observed";

/// Median and 90th percentile of the days to the first service, by the product-limit estimate.
pub(super) fn wait(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<Estimate>, IndicatorError> {
    let counted = frame.table(tables, &role(DAYS), 2)?;
    let [served, awaited] = ["served", "awaited"].map(|code| counted.position(0, code));
    let sheet = Sheet::new(frame, counted);
    let mut estimates = Vec::new();
    for slice in counted.selected().slices() {
        let mut ends = BTreeMap::<u64, Ends>::new();
        let (mut events, mut base, mut total) = (0, 0, 0);
        for cell in slice.cells {
            let (key, count) = (cell.counted, cell.count);
            total += count;
            let (state, days) = (key.first().copied(), key.get(1).and_then(|&days| number(&counted, 1, days)));
            let Some(days) = days.filter(|_| state == served || state == awaited) else { continue };
            base += count;
            let end = ends.entry(days).or_default();
            if state == served {
                end.events += count;
                events += count;
            } else {
                end.censored += count;
            }
        }
        let survival = Survival::of(&ends);
        for (code, label, share) in [HALF, NINE_TENTHS] {
            let days = survival.quantile(share).map(as_f64);
            let mut estimate = figure(&sheet, slice.by, (code, label), Unit::Days, days);
            (estimate.numerator, estimate.base, estimate.unknown) = (Some(events), Some(base), Some(total - base));
            if base > 0 && days.is_none() {
                estimate.value = Value::NotAvailable(NotAvailable::Undefined);
                estimate.notes.push(NOT_REACHED.into());
            }
            estimates.push(estimate);
        }
    }
    Ok(estimates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_those_of_the_sorted_numbers() {
        let of = |numbers: &[u64]| {
            let mut counts = BTreeMap::new();
            for &number in numbers {
                *counts.entry(number).or_default() += 1;
            }
            median(&counts, numbers.len() as u64)
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[4]), Some(4.0));
        assert_eq!(of(&[1, 1, 2, 9]), Some(1.5));
        assert_eq!(of(&[1, 2, 2, 3, 9]), Some(2.0));
    }
}
