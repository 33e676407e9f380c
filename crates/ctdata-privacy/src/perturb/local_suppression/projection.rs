//! Tuples grouped by some of their attributes: who is compatible with what is released.

#![expect(clippy::indexing_slicing, reason = "tuples, groups and masks are numbered by this module and its callers")]

use std::collections::HashMap;

use ctdata_table::Control;

use super::problem::{Mask, Problem};
use crate::PrivacyError;

/// No group: the tuple is blank where the others have values.
pub(super) const NONE: u32 = u32::MAX;

/// Lists of numbers, one after the other.
#[derive(Default)]
pub(super) struct Lists {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// The items by their group, those of no group left out, each list in the order of the items.
    pub(super) fn by_group(groups: usize, items: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0u32; groups + 1];
        for (group, _) in items.clone().filter(|(group, _)| *group != NONE) {
            starts[group as usize + 1] += 1;
        }
        for at in 0..groups {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0; starts[groups] as usize];
        for (group, item) in items.filter(|(group, _)| *group != NONE) {
            let at = &mut next[group as usize];
            sorted[*at as usize] = item;
            *at += 1;
        }
        Self { starts, items: sorted }
    }

    pub(super) fn get(&self, group: u32) -> &[u32] {
        &self.items[self.starts[group as usize] as usize..self.starts[group as usize + 1] as usize]
    }
}

/// The tuples grouped by the attributes outside a mask. Tuples that are blank outside the mask are in
/// no group: the truth behind the blank may be anything.
///
/// A released record that is blank in the mask is compatible with the tuples of its group, no more.
pub(super) struct Projection {
    /// The group of each tuple, or [`NONE`].
    pub(super) group_of: Vec<u32>,
    /// The tuples of each group.
    pub(super) members: Lists,
    /// Input units in each group.
    pub(super) units: Vec<u32>,
}

impl Projection {
    fn new(problem: &Problem, mask: Mask) -> Self {
        let tuples = problem.tuples();
        let keep = problem.keep(mask);
        let size = (tuples * 2).next_power_of_two().max(16);
        // One more than the number of a group; 0 is free.
        let mut slots = vec![0u32; size];
        let mut first: Vec<u32> = Vec::new();
        let mut group_of = vec![NONE; tuples];
        for (tuple, of) in group_of.iter_mut().enumerate() {
            if problem.blanks[tuple] & !mask != 0 {
                continue;
            }
            let words = problem.words(tuple);
            let mut hash = 0u64;
            for (&word, &keep) in words.iter().zip(&keep) {
                hash = (hash.rotate_left(5) ^ (word & keep)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            }
            let mut at = usize::try_from(hash >> 32).unwrap_or_default() & (size - 1);
            *of = loop {
                if slots[at] == 0 {
                    first.push(number(tuple));
                    slots[at] = number(first.len());
                    break slots[at] - 1;
                }
                let group = slots[at] - 1;
                let other = problem.words(first[group as usize] as usize);
                if words.iter().zip(other).zip(&keep).all(|((a, b), keep)| (a ^ b) & keep == 0) {
                    break group;
                }
                at = (at + 1) & (size - 1);
            };
        }
        let members = Lists::by_group(first.len(), group_of.iter().copied().zip(0u32..));
        let units = (0..number(first.len())).map(|group| problem.units(members.get(group))).collect();
        Self { group_of, members, units }
    }
}

/// The projections that were needed so far.
pub(super) struct Projections<'a> {
    problem: &'a Problem,
    control: &'a Control,
    at: HashMap<Mask, usize>,
    made: Vec<Projection>,
}

impl<'a> Projections<'a> {
    pub(super) fn new(problem: &'a Problem, control: &'a Control) -> Self {
        Self { problem, control, at: HashMap::new(), made: Vec::new() }
    }

    /// The number of the projection by a mask, made if need be.
    pub(super) fn of(&mut self, mask: Mask) -> Result<usize, PrivacyError> {
        if let Some(&at) = self.at.get(&mask) {
            return Ok(at);
        }
        self.control.check()?;
        self.control.reserve((self.made.len() as u64 + 1) * self.problem.tuples() as u64 * 20)?;
        self.at.insert(mask, self.made.len());
        self.made.push(Projection::new(self.problem, mask));
        Ok(self.made.len() - 1)
    }

    /// The number of the projection by a mask, if it was made.
    pub(super) fn find(&self, mask: Mask) -> Option<usize> {
        self.at.get(&mask).copied()
    }

    pub(super) fn get(&self, at: usize) -> &Projection {
        &self.made[at]
    }
}

/// A count or place as it is kept; tables have fewer than 2^32 rows.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
