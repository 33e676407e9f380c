//! The released side while it is being made, and how many candidates each target has.

#![expect(clippy::indexing_slicing, reason = "tuples, slots, groups and views are numbered by the problem")]

use std::collections::HashMap;

use super::problem::{Mask, Problem, View};
use super::projection::{Lists, NONE, Projections, number};
use crate::PrivacyError;

/// Which cells are blank so far, and K of the targets.
pub(super) struct Cover<'a> {
    pub(super) problem: &'a Problem,
    pub(super) projections: Projections<'a>,
    /// The blank attributes of each slot, those of the input included.
    pub(super) mask: Vec<Mask>,
    /// Slots of each tuple that are compatible with too few input units, where that is demanded.
    pub(super) open: Vec<Vec<u32>>,
    /// Slots of each tuple that have been blanked.
    pub(super) blanked: Vec<Vec<u32>>,
    pub(super) seen: Vec<Seen>,
    /// How often something was blanked.
    pub(super) steps: u64,
    scratch: Scratch,
}

/// The targets of one view: what its attributes say of each input record.
pub(super) struct Seen {
    pub(super) view: View,
    /// A tuple of each target.
    pub(super) target: Vec<u32>,
    pub(super) target_of: Vec<u32>,
    /// Compatible units of each target; where persons repeat, only up to k + 1.
    pub(super) candidates: Vec<u32>,
    /// Targets that had fewer than k at the start.
    pub(super) watched: Vec<u32>,
    /// Watched targets by the group that their tuple is in, by projection.
    watched_in: HashMap<usize, Lists>,
    targets_in: HashMap<usize, Lists>,
    /// Released records by what they show: blank exactly in the mask, and in this group.
    patterns: Vec<Pattern>,
    pattern_at: HashMap<usize, usize>,
}

struct Pattern {
    projection: usize,
    records: Vec<u32>,
    /// Their persons, where persons repeat.
    persons: Vec<Vec<u32>>,
}

/// Which persons a count has met.
struct Scratch {
    met: Vec<u32>,
    count: u32,
}

impl<'a> Cover<'a> {
    /// Nothing is blank but what the input does not know.
    pub(super) fn new(problem: &'a Problem, projections: Projections<'a>) -> Result<Self, PrivacyError> {
        let mut mask = Vec::with_capacity(problem.rows.len());
        for tuple in 0..problem.tuples() {
            mask.extend(problem.slots(tuple).map(|_| problem.blanks[tuple]));
        }
        let scratch = Scratch { met: vec![0; problem.persons()], count: 0 };
        let tuples = problem.tuples();
        let mut cover = Self {
            problem,
            projections,
            mask,
            open: vec![Vec::new(); tuples],
            blanked: vec![Vec::new(); tuples],
            seen: Vec::new(),
            steps: 0,
            scratch,
        };
        for &view in &problem.views {
            let seen = cover.look(view)?;
            cover.seen.push(seen);
            cover.recount(cover.seen.len() - 1)?;
        }
        for seen in &mut cover.seen {
            let few = |target: &u32| seen.candidates[*target as usize] < seen.view.k;
            seen.watched = (0..number(seen.target.len())).filter(few).collect();
        }
        if problem.mutual {
            for tuple in 0..tuples {
                if !problem.slots(tuple).is_empty() && !cover.allowed(tuple, problem.blanks[tuple])? {
                    cover.open[tuple] = problem.slots(tuple).map(number).collect();
                }
            }
        }
        Ok(cover)
    }

    fn look(&mut self, view: View) -> Result<Seen, PrivacyError> {
        let tuples = self.problem.tuples();
        let (mut target, mut target_of) = (Vec::new(), vec![0; tuples]);
        if view.outside == 0 {
            target = (0..number(tuples)).collect();
            target_of.clone_from(&target);
        } else {
            // Tuples that know the same, and are blank in the same of these attributes.
            let mut found: HashMap<(Mask, u32), u32> = HashMap::new();
            for (tuple, of) in target_of.iter_mut().enumerate() {
                let blank = self.problem.blanks[tuple] | view.outside;
                let at = self.projections.of(blank)?;
                let next = number(target.len());
                let group = self.projections.get(at).group_of[tuple];
                *of = *found.entry((blank, group)).or_insert(next);
                if *of == next {
                    target.push(number(tuple));
                }
            }
        }
        Ok(Seen {
            view,
            candidates: vec![0; target.len()],
            target,
            target_of,
            watched: Vec::new(),
            watched_in: HashMap::new(),
            targets_in: HashMap::new(),
            patterns: Vec::new(),
            pattern_at: HashMap::new(),
        })
    }

    /// Counts the released patterns and the candidates of all targets of a view anew.
    pub(super) fn recount(&mut self, view: usize) -> Result<(), PrivacyError> {
        self.seen[view].patterns.clear();
        self.seen[view].pattern_at.clear();
        for tuple in 0..self.problem.tuples() {
            for slot in self.problem.slots(tuple) {
                self.put(view, tuple, slot, self.mask[slot])?;
            }
        }
        if self.problem.person.is_empty() {
            // Pattern by pattern, so that memory is read in order.
            let Seen { target, candidates, patterns, .. } = &mut self.seen[view];
            candidates.fill(0);
            for pattern in patterns {
                let group_of = &self.projections.get(pattern.projection).group_of;
                for (count, &tuple) in candidates.iter_mut().zip(target.iter()) {
                    let group = group_of[tuple as usize];
                    *count += if group == NONE { 0 } else { pattern.records[group as usize] };
                }
            }
            return Ok(());
        }
        for target in 0..number(self.seen[view].target.len()) {
            let enough = self.seen[view].view.k.saturating_add(1);
            let count = self.count(view, target, enough, None);
            self.seen[view].candidates[target as usize] = count;
        }
        Ok(())
    }

    fn pattern(&mut self, view: usize, mask: Mask) -> Result<usize, PrivacyError> {
        let seen = &mut self.seen[view];
        let projection = self.projections.of(mask | seen.view.outside)?;
        if let Some(&at) = seen.pattern_at.get(&projection) {
            return Ok(at);
        }
        let groups = self.projections.get(projection).units.len();
        let persons = if self.problem.person.is_empty() { 0 } else { groups };
        seen.pattern_at.insert(projection, seen.patterns.len());
        seen.patterns.push(Pattern { projection, records: vec![0; groups], persons: vec![Vec::new(); persons] });
        Ok(seen.patterns.len() - 1)
    }

    fn put(&mut self, view: usize, tuple: usize, slot: usize, mask: Mask) -> Result<(), PrivacyError> {
        let at = self.pattern(view, mask)?;
        let pattern = &mut self.seen[view].patterns[at];
        let group = self.projections.get(pattern.projection).group_of[tuple] as usize;
        pattern.records[group] += 1;
        if let Some(&person) = self.problem.person.get(slot) {
            pattern.persons[group].push(person);
        }
        Ok(())
    }

    fn take(&mut self, view: usize, tuple: usize, slot: usize, mask: Mask) -> Result<(), PrivacyError> {
        let at = self.pattern(view, mask)?;
        let pattern = &mut self.seen[view].patterns[at];
        let group = self.projections.get(pattern.projection).group_of[tuple] as usize;
        pattern.records[group] -= 1;
        if let Some(person) = self.problem.person.get(slot) {
            let persons = &mut pattern.persons[group];
            if let Some(place) = persons.iter().position(|other| other == person) {
                persons.swap_remove(place);
            }
        }
        Ok(())
    }

    /// Units compatible with a target; where persons repeat, those besides `person` and only up to
    /// `enough`.
    fn count(&mut self, view: usize, target: u32, enough: u32, besides: Option<u32>) -> u32 {
        let seen = &self.seen[view];
        let tuple = seen.target[target as usize] as usize;
        let groups = seen.patterns.iter().filter_map(|pattern| {
            let group = self.projections.get(pattern.projection).group_of[tuple];
            (group != NONE).then_some((pattern, group as usize))
        });
        if self.problem.person.is_empty() {
            return groups.map(|(pattern, group)| pattern.records[group]).sum();
        }
        let Scratch { met, count } = &mut self.scratch;
        if *count == u32::MAX {
            met.fill(0);
            *count = 0;
        }
        *count += 1;
        if let Some(person) = besides {
            met[person as usize] = *count;
        }
        let mut units = 0;
        for &person in groups.flat_map(|(pattern, group)| &pattern.persons[group]) {
            let met = &mut met[person as usize];
            if *met != *count {
                *met = *count;
                units += 1;
                if units == enough {
                    break;
                }
            }
        }
        units
    }

    /// Whether some record of a tuple has too few candidates or is one of too few. At the start.
    pub(super) fn is_exposed(&self, tuple: usize) -> bool {
        let short = |(view, seen): (usize, &Seen)| self.deficit(view, seen.target_of[tuple]) > 0;
        !self.open[tuple].is_empty() || self.seen.iter().enumerate().any(short)
    }

    /// How many candidates a target is short of. None that is compatible is none too few.
    pub(super) fn deficit(&self, view: usize, target: u32) -> u32 {
        let seen = &self.seen[view];
        match seen.candidates[target as usize] {
            // Nothing that is released fits, whatever the truth: it has no blank.
            0 if self.problem.blanks[seen.target[target as usize] as usize] & !seen.view.outside == 0 => 0,
            candidates => seen.view.k.saturating_sub(candidates),
        }
    }

    /// Whether a record of a tuple may be released with these blanks: enough input units are
    /// compatible with it in each view.
    pub(super) fn allowed(&mut self, tuple: usize, mask: Mask) -> Result<bool, PrivacyError> {
        for at in 0..self.problem.views.len() {
            let View { outside, k } = self.problem.views[at];
            let projection = self.projections.of(mask | outside)?;
            let projection = self.projections.get(projection);
            if projection.units[projection.group_of[tuple] as usize] < k {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a record of a tuple that is blank in a mask is compatible with a target.
    pub(super) fn compatible(
        &mut self,
        view: usize,
        target: u32,
        tuple: usize,
        mask: Mask,
    ) -> Result<bool, PrivacyError> {
        let Seen { view, target: tuples, .. } = &self.seen[view];
        let other = tuples[target as usize] as usize;
        let at = self.projections.of(mask | view.outside)?;
        let group_of = &self.projections.get(at).group_of;
        Ok(group_of[other] == group_of[tuple] && group_of[tuple] != NONE)
    }

    /// Blanks more cells of a slot and counts for the watched targets what they gain.
    pub(super) fn blank(&mut self, tuple: usize, slot: usize, more: Mask) -> Result<(), PrivacyError> {
        let (old, new) = (self.mask[slot], self.mask[slot] | more);
        if old == new {
            return Ok(());
        }
        if old == self.problem.blanks[tuple] {
            self.blanked[tuple].push(number(slot));
        }
        self.mask[slot] = new;
        self.steps += 1;
        for view in 0..self.seen.len() {
            let View { outside, k } = self.seen[view].view;
            if old | outside == new | outside {
                continue;
            }
            self.take(view, tuple, slot, old)?;
            self.put(view, tuple, slot, new)?;
            let (narrow, wide) = (self.projections.of(old | outside)?, self.projections.of(new | outside)?);
            self.watch(view, wide);
            let group = self.projections.get(wide).group_of[tuple];
            let before = self.projections.get(narrow).group_of[tuple];
            let gaining: Vec<u32> = self.seen[view].watched_in[&wide]
                .get(group)
                .iter()
                .copied()
                .filter(|&target| {
                    let other = self.seen[view].target[target as usize] as usize;
                    self.projections.get(narrow).group_of[other] != before
                })
                .collect();
            for target in gaining {
                let counted = if self.problem.person.is_empty() {
                    self.seen[view].candidates[target as usize] + 1
                } else {
                    self.count(view, target, k.saturating_add(1), None)
                };
                self.seen[view].candidates[target as usize] = counted;
            }
        }
        if !self.open[tuple].is_empty() && self.allowed(tuple, new)? {
            self.open[tuple].retain(|&other| other as usize != slot);
        }
        Ok(())
    }

    /// Takes back one blank of a slot if nobody is worse off than demanded. All candidates must have
    /// been recounted.
    pub(super) fn restore(&mut self, tuple: usize, slot: usize, attribute: usize) -> Result<bool, PrivacyError> {
        let old = self.mask[slot];
        let new = old & !(1 << attribute);
        if self.problem.mutual && !self.allowed(tuple, new)? {
            return Ok(false);
        }
        let repeat = self.problem.person.get(slot).copied();
        let mut losing: Vec<(usize, u32)> = Vec::new();
        for view in 0..self.seen.len() {
            let View { outside, k } = self.seen[view].view;
            if outside >> attribute & 1 == 1 {
                continue;
            }
            let (narrow, wide) = (self.projections.of(new | outside)?, self.projections.of(old | outside)?);
            self.index(view, wide);
            let group = self.projections.get(wide).group_of[tuple];
            let after = self.projections.get(narrow).group_of[tuple];
            for at in 0..self.seen[view].targets_in[&wide].get(group).len() {
                let target = self.seen[view].targets_in[&wide].get(group)[at];
                let other = self.seen[view].target[target as usize] as usize;
                if self.projections.get(narrow).group_of[other] == after {
                    continue;
                }
                if repeat.is_none() && self.seen[view].candidates[target as usize] <= k {
                    return Ok(false);
                }
                losing.push((view, target));
            }
        }
        self.mask[slot] = new;
        for view in 0..self.seen.len() {
            self.take(view, tuple, slot, old)?;
            self.put(view, tuple, slot, new)?;
        }
        for &(view, target) in &losing {
            if repeat.is_none() {
                self.seen[view].candidates[target as usize] -= 1;
            } else if self.count(view, target, self.seen[view].view.k, None) < self.seen[view].view.k {
                self.mask[slot] = old;
                for view in 0..self.seen.len() {
                    self.take(view, tuple, slot, new)?;
                    self.put(view, tuple, slot, old)?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many records look like one of a tuple that is blank in a mask, in the widest view.
    pub(super) fn alike(&self, tuple: usize, mask: Mask) -> u32 {
        let pattern = self.seen.first().and_then(|seen| {
            let projection = self.projections.find(mask | seen.view.outside)?;
            Some(&seen.patterns[*seen.pattern_at.get(&projection)?])
        });
        pattern.map_or(0, |of| of.records[self.projections.get(of.projection).group_of[tuple] as usize])
    }

    /// Whether a person is a candidate of a target already.
    pub(super) fn knows_person(&mut self, view: usize, target: u32, person: u32) -> bool {
        let all = self.count(view, target, u32::MAX, None);
        self.count(view, target, u32::MAX, Some(person)) < all
    }

    /// Makes the list of watched targets by the groups of a projection.
    pub(super) fn watch(&mut self, view: usize, projection: usize) {
        let made = self.projections.get(projection);
        let Seen { watched, watched_in, target, .. } = &mut self.seen[view];
        watched_in.entry(projection).or_insert_with(|| {
            let group = |&at: &u32| (made.group_of[target[at as usize] as usize], at);
            Lists::by_group(made.units.len(), watched.iter().map(group))
        });
    }

    /// The watched targets in a group.
    pub(super) fn watched(&self, view: usize, projection: usize, group: u32) -> &[u32] {
        self.seen[view].watched_in.get(&projection).map_or(&[], |lists| lists.get(group))
    }

    fn index(&mut self, view: usize, projection: usize) {
        let made = self.projections.get(projection);
        let Seen { targets_in, target, .. } = &mut self.seen[view];
        targets_in.entry(projection).or_insert_with(|| {
            let group = (0u32..).zip(target.iter()).map(|(at, &tuple)| (made.group_of[tuple as usize], at));
            Lists::by_group(made.units.len(), group)
        });
    }
}
