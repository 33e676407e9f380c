//! Asks and reads results, for all oracle tests.

use ctdata_indicators::{Estimate, Request, compute};
use ctdata_table::{Control, Table};

pub(crate) fn run(table: &Table, request: &Request) -> Vec<Estimate> {
    compute(table, request, None, &Control::default()).unwrap().estimates
}

pub(crate) fn figures(estimates: &[Estimate]) -> Vec<(u64, u64, u64)> {
    estimates.iter().map(|e| (e.numerator.unwrap(), e.base.unwrap(), e.unknown.unwrap())).collect()
}

pub(crate) fn code<'a>(estimate: &'a Estimate, name: &str) -> &'a str {
    &estimate.dimensions.get(name).unwrap_or_else(|| panic!("{name} in {estimate:?}")).code
}
