//! What becomes of the estimates when lists are left out, merged, or added one by one.

use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::outcome::Finding;

/// The findings on a changed table. All are of the same hidden population, so that they can be compared.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Variation {
    /// What was changed, in words: `without GP`, `PF and NCA merged`.
    pub change: String,
    /// The lists there are then.
    pub lists: Vec<String>,
    /// The persons seen then.
    pub persons: u64,
    /// What the methods say of the number of all persons.
    pub findings: Vec<Finding>,
}

impl Variation {
    fn of(
        change: String,
        histories: &CaptureHistories,
        estimate: &mut impl FnMut(&CaptureHistories) -> Result<Vec<Finding>, MseError>,
    ) -> Result<Self, MseError> {
        let findings = estimate(histories)?;
        Ok(Self { change, lists: histories.lists().to_vec(), persons: histories.persons(), findings })
    }
}

/// Pairs of more lists are not merged: there are too many of them to be looked at, let alone computed.
pub(super) const MERGED_LISTS: usize = 10;

/// Leaves out each list in turn, then merges each pair, of at most [`MERGED_LISTS`] lists. A table of two lists has no
/// variations.
///
/// # Errors
/// What the estimators give, and cancellation.
pub(super) fn sensitivity(
    histories: &CaptureHistories,
    mut estimate: impl FnMut(&CaptureHistories) -> Result<Vec<Finding>, MseError>,
) -> Result<Vec<Variation>, MseError> {
    let names = histories.lists();
    let mut variations = Vec::new();
    if names.len() < 3 {
        return Ok(variations);
    }
    for name in names {
        let fewer = histories.without([name])?;
        variations.push(Variation::of(format!("without {name}"), &fewer, &mut estimate)?);
    }
    if names.len() > MERGED_LISTS {
        return Ok(variations);
    }
    for (place, one) in names.iter().enumerate() {
        for other in names.iter().skip(place + 1) {
            let merged = histories.merged([one, other], format!("{one}+{other}"))?;
            variations.push(Variation::of(format!("{one} and {other} merged"), &merged, &mut estimate)?);
        }
    }
    Ok(variations)
}

/// Adds lists one by one, in their order, from the first two on.
///
/// # Errors
/// What the estimators give, and cancellation.
pub(super) fn trajectory(
    histories: &CaptureHistories,
    mut estimate: impl FnMut(&CaptureHistories) -> Result<Vec<Finding>, MseError>,
) -> Result<Vec<Variation>, MseError> {
    let mut fewer = histories.clone();
    let mut variations = Vec::new();
    for count in (2..histories.lists().len()).rev() {
        let Some(last) = histories.lists().get(count) else { break };
        fewer = fewer.without([last])?;
        variations.push(Variation::of(format!("the first {count} lists"), &fewer, &mut estimate)?);
    }
    variations.reverse();
    Ok(variations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::ListSet;

    #[test]
    fn pairs_of_many_lists_are_not_merged() {
        let changes = |lists: usize| {
            let counts = (0..lists).map(|list| (ListSet::of([list]), 1));
            let table = CaptureHistories::try_new((0..lists).map(|list| format!("L{list}")), counts).unwrap();
            sensitivity(&table, |_| Ok(Vec::new())).unwrap().len()
        };
        assert_eq!((changes(2), changes(4), changes(MERGED_LISTS)), (0, 4 + 6, 10 + 45));
        assert_eq!(changes(MERGED_LISTS + 1), 11);
    }
}
