//! Verifiers: each recomputes a claim by a code path that the mechanism does not share.

use std::collections::HashMap;

use ctdata_table::Table;

mod attacker;
mod counting;
mod coverage;
mod microdata;
mod models;
mod possible;
mod recoding;
mod support;
mod suppression;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trials;
#[cfg(test)]
mod widow;

pub(crate) use counting::CountingClaim;
pub(crate) use coverage::ClaimedColumn;
pub(crate) use recoding::{ClaimedCombinations, RecodingClaim};
#[cfg_attr(not(test), expect(unused_imports, reason = "the claim of synthetic records will ask for it"))]
pub(crate) use support::least_support;
pub(crate) use suppression::SuppressionClaim;

/// A number for the person of each output row, by the ids of the input, and a bound on the numbers.
fn person_of_rows(input: &Table, origin: &[u32]) -> (Vec<u32>, usize) {
    let Some(ids) = input.ids() else { return (origin.to_vec(), input.rows()) };
    let mut numbers: HashMap<Option<&str>, u32> = HashMap::new();
    let mut number = |row: &u32| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(ids.get(*row as usize)).or_insert(next)
    };
    (origin.iter().map(&mut number).collect(), origin.len())
}
