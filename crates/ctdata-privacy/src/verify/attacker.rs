//! The attacker view, by comparing every known combination of values with every group of released rows.

use ctdata_table::Control;

use super::possible::Groups;
use crate::{BrokenGuarantee, PrivacyError};

/// The smallest number of possible matches above 0; an error if it is under `required`.
///
/// Targets are combinations of true values in the input, sorted. Of an open target some true value is
/// unknown; what fits all values is counted, and where nothing does, the matches of the true value are
/// none or whole groups.
pub(super) fn check<T: AsRef<[u16]>>(
    targets: &[T],
    is_open: impl Fn(&[u16]) -> bool,
    groups: &Groups,
    required: u64,
    fits: impl Fn(usize, u16, u16) -> bool,
    control: &Control,
) -> Result<Option<u64>, PrivacyError> {
    let small_group = groups.sizes().iter().copied().min().filter(|&size| size < required);
    let mut smallest: Option<u64> = None;
    let mut exposed = vec![false; targets.len()];
    groups.possible(targets, fits, control, |number, units| {
        let open = targets.get(number).is_some_and(|target| is_open(target.as_ref()));
        let units = if units == 0 && open { small_group.unwrap_or(0) } else { units };
        if units > 0 {
            smallest = Some(smallest.map_or(units, |smallest| smallest.min(units)));
        }
        if let Some(exposed) = exposed.get_mut(number) {
            *exposed = (1..required).contains(&units);
        }
        smallest.map_or(u64::MAX, |smallest| smallest.max(required))
    })?;
    match smallest {
        Some(achieved) if achieved < required => Err(BrokenGuarantee::AttackerView {
            required,
            achieved,
            tuples: exposed.iter().filter(|exposed| **exposed).count() as u64,
        }
        .into()),
        _ => Ok(smallest),
    }
}
