//! Taking back blanks that turned out superfluous, the most important first.

#![expect(clippy::indexing_slicing, reason = "tuples, slots and attributes are numbered by the problem")]

use std::cmp::Reverse;
use std::collections::BTreeSet;

use ctdata_table::Control;

use super::cover::Cover;
use super::problem::Mask;
use crate::PrivacyError;

/// Restores cells while nobody is worse off than demanded; cells that the input does not know stay
/// as they are.
///
/// One pass is enough: what cannot be taken back once cannot be taken back later, when there are
/// fewer blanks.
pub(super) fn restore(cover: &mut Cover<'_>, control: &Control) -> Result<(), PrivacyError> {
    let problem = cover.problem;
    for view in 0..cover.seen.len() {
        control.check()?;
        cover.recount(view)?;
    }
    let mut attributes: Vec<usize> = (0..problem.width()).collect();
    attributes.sort_by_key(|&attribute| Reverse(problem.weights[attribute]));
    let tuples: Vec<usize> = (0..problem.tuples()).filter(|&tuple| !cover.blanked[tuple].is_empty()).collect();
    for (done, &attribute) in (0u64..).zip(&attributes) {
        control.report("restoring cells", done, Some(attributes.len() as u64));
        for (at, &tuple) in tuples.iter().enumerate() {
            if at % 256 == 0 {
                control.check()?;
            }
            if problem.blanks[tuple] >> attribute & 1 == 1 {
                continue;
            }
            let mut refused: BTreeSet<Mask> = BTreeSet::new();
            for slot in cover.blanked[tuple].clone() {
                let mask = cover.mask[slot as usize];
                if mask >> attribute & 1 == 0 || refused.contains(&mask) {
                    continue;
                }
                // Records with the same blanks are in the same place, unless they are of other persons.
                if !cover.restore(tuple, slot as usize, attribute)? && problem.person.is_empty() {
                    refused.insert(mask);
                }
            }
        }
    }
    Ok(())
}
