//! The choice of what to blank: groups that agree in all but a few attributes hide each other.
//!
//! A move takes a group of tuples that agree outside a set of attributes, blanks the set in all
//! records of the group that nobody hides yet, and in as many others (donors) as its targets are
//! still short of. The move that hides most at least cost goes first.

#![expect(clippy::indexing_slicing, reason = "tuples, slots, groups and views are numbered by the problem")]

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use ctdata_table::Control;

use super::cover::Cover;
use super::problem::{Mask, bits};
use super::projection::{Lists, NONE, number};
use crate::PrivacyError;

/// Tuples times sets of attributes that are tried.
const MOST_ENTRIES: usize = 1 << 24;

/// What a move is worth whose candidates do not last: found by trial.
const PASSING: f64 = 0.25;

/// A group whose attributes could be blanked.
#[derive(Clone, Copy, PartialEq)]
struct Move {
    /// What it hides by what it costs.
    score: f64,
    hides: u64,
    view: usize,
    projection: usize,
    group: u32,
    /// The blanked attributes, to order moves by.
    mask: Mask,
}

impl Eq for Move {}

impl Ord for Move {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |of: &Self| Reverse((of.view, of.mask.count_ones(), of.mask, of.group));
        self.score.total_cmp(&other.score).then(self.hides.cmp(&other.hides)).then(place(self).cmp(&place(other)))
    }
}

impl PartialOrd for Move {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Blanks cells until nobody is exposed; none where even blanking everything is not enough.
pub(super) fn hide(cover: &mut Cover<'_>, control: &Control) -> Result<Option<()>, PrivacyError> {
    let mut greedy = Greedy::new(cover);
    loop {
        let mut moves = greedy.moves()?;
        let (total, before) = (greedy.exposed(), greedy.cover.steps);
        let mut tried = 0u64;
        while let Some(next) = moves.pop() {
            tried += 1;
            if tried.is_multiple_of(1024) {
                control.check()?;
                control.report("suppressing cells", total.saturating_sub(greedy.exposed()), Some(total));
            }
            let Some(now) = greedy.judged(next)? else { continue };
            if moves.peek().is_some_and(|other| now < *other) {
                moves.push(now);
            } else {
                greedy.make(now)?;
            }
        }
        if greedy.cover.steps == before {
            break;
        }
    }
    greedy.blank_all()
}

/// What else is known of the groups of a projection.
struct Groups {
    /// The tuples that had open records.
    open: Lists,
    /// Input units of each group that were not open, which will mostly stay as they are.
    steady: Vec<u32>,
}

/// A record to blank for the sake of others.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Donor {
    cost: u64,
    alike: Reverse<u32>,
    equals: Reverse<usize>,
    tuple: u32,
    slot: u32,
}

struct Greedy<'a, 'b> {
    cover: &'a mut Cover<'b>,
    /// What hiding an open record, or a target, is worth.
    unit: u64,
    /// By projection.
    groups: HashMap<usize, Groups>,
    /// Open records of each target of the view being judged.
    own: Vec<u32>,
}

impl<'a, 'b> Greedy<'a, 'b> {
    fn new(cover: &'a mut Cover<'b>) -> Self {
        let problem = cover.problem;
        let unit = problem.weights.iter().copied().min().unwrap_or(1);
        let own = vec![0; problem.tuples()];
        Self { cover, unit, groups: HashMap::new(), own }
    }

    fn open(&self) -> impl Iterator<Item = usize> + Clone {
        let open = &self.cover.open;
        (0..open.len()).filter(|&tuple| !open[tuple].is_empty())
    }

    fn exposed(&self) -> u64 {
        let open: usize = self.cover.open.iter().map(Vec::len).sum();
        let mut targets = 0;
        for (view, seen) in self.cover.seen.iter().enumerate() {
            targets += seen.watched.iter().filter(|&&target| self.cover.deficit(view, target) > 0).count();
        }
        (open + targets) as u64
    }

    /// All moves that hide somebody.
    fn moves(&mut self) -> Result<BinaryHeap<Move>, PrivacyError> {
        let mut moves = Vec::new();
        for view in 0..self.cover.seen.len() {
            let seen = &self.cover.seen[view];
            let (outside, k) = (seen.view.outside, seen.view.k);
            let exposed: Vec<u32> =
                seen.watched.iter().copied().filter(|&target| self.cover.deficit(view, target) > 0).collect();
            let tuples = exposed.iter().map(|&target| seen.target[target as usize] as usize).chain(self.open());
            let known: BTreeSet<Mask> = tuples.map(|tuple| self.cover.problem.blanks[tuple] | outside).collect();
            for mask in self.masks(&known) {
                let projection = self.cover.projections.of(mask)?;
                self.cover.watch(view, projection);
                self.index(projection);
                let made = self.cover.projections.get(projection);
                let tuples = exposed.iter().map(|&target| self.cover.seen[view].target[target as usize] as usize);
                let mut groups: Vec<u32> = tuples.chain(self.open()).map(|tuple| made.group_of[tuple]).collect();
                groups.retain(|&group| group != NONE && made.units[group as usize] >= k);
                groups.sort_unstable();
                groups.dedup();
                for group in groups {
                    let mask = mask & !outside;
                    moves.extend(self.judged(Move { score: 0.0, hides: 0, view, projection, group, mask })?);
                }
            }
        }
        Ok(moves.into())
    }

    fn index(&mut self, projection: usize) {
        if self.groups.contains_key(&projection) {
            return;
        }
        let made = self.cover.projections.get(projection);
        let open = self.open().map(|tuple| (made.group_of[tuple], number(tuple)));
        let mut steady = made.units.clone();
        for (group, tuple) in open.clone().filter(|(group, _)| *group != NONE) {
            let units = &mut steady[group as usize];
            *units = units.saturating_sub(self.cover.problem.units(&[tuple]));
        }
        let groups = Groups { open: Lists::by_group(made.units.len(), open), steady };
        self.groups.insert(projection, groups);
    }

    /// Sets of attributes to blank: small ones added to what is not known anyway, and all.
    fn masks(&self, known: &BTreeSet<Mask>) -> Vec<Mask> {
        let problem = self.cover.problem;
        let most = (MOST_ENTRIES / problem.tuples().max(1)).max(known.len() + 2 * problem.width());
        let mut masks: BTreeSet<Mask> = known.clone();
        let mut last = masks.clone();
        while !last.is_empty() && masks.len() < most {
            let mut next = BTreeSet::new();
            for &mask in &last {
                next.extend(bits(problem.all() & !mask).map(|attribute| mask | 1 << attribute));
            }
            next.retain(|&mask| masks.len() < most && masks.insert(mask));
            last = next;
        }
        masks.insert(problem.all());
        masks.into_iter().collect()
    }

    /// The same move with what it does now; none if it does nothing.
    fn judged(&mut self, of: Move) -> Result<Option<Move>, PrivacyError> {
        let problem = self.cover.problem;
        let opening: Vec<(usize, u32)> = self.opened_by(&of)?;
        let (mut cost, mut records) = (0, 0);
        for &(tuple, open) in &opening {
            cost += u64::from(open) * problem.cost(of.mask & !problem.blanks[tuple]);
            records += open;
            let target = self.cover.seen[of.view].target_of[tuple];
            self.own[target as usize] += open;
        }
        let (mut hidden, mut donors) = (0, 0);
        for &target in self.cover.watched(of.view, of.projection, of.group) {
            let deficit = self.cover.deficit(of.view, target);
            if deficit > 0 {
                hidden += 1;
                donors = donors.max(deficit.saturating_sub(records - self.own[target as usize]));
            }
        }
        for &(tuple, _) in &opening {
            self.own[self.cover.seen[of.view].target_of[tuple] as usize] = 0;
        }
        cost += u64::from(donors) * problem.cost(of.mask);
        let hides = self.unit * (u64::from(records) + hidden);
        if hides == 0 || cost == 0 {
            return Ok(None);
        }
        // Counted among the candidates were records that are blanked elsewhere: in the output they are
        // none any more, and more must be blanked.
        let steady = self.groups.get(&of.projection).map_or(0, |groups| groups.steady[of.group as usize]);
        let passing = records > 0 && steady + records < self.cover.seen[of.view].view.k;
        #[expect(clippy::cast_precision_loss, reason = "a score; the same on every machine")]
        let score = hides as f64 / cost as f64 * if passing { PASSING } else { 1.0 };
        Ok(Some(Move { score, hides, ..of }))
    }

    /// Tuples with open records that the move closes, and how many.
    fn opened_by(&mut self, of: &Move) -> Result<Vec<(usize, u32)>, PrivacyError> {
        let Some(groups) = self.groups.get(&of.projection) else { return Ok(Vec::new()) };
        let still = |tuple: &u32| {
            let open = number(self.cover.open[*tuple as usize].len());
            (open > 0).then_some((*tuple as usize, open))
        };
        let mut opening: Vec<(usize, u32)> = groups.open.get(of.group).iter().filter_map(still).collect();
        if self.cover.problem.views.len() > 1 {
            let mut kept = Vec::with_capacity(opening.len());
            for (tuple, open) in opening {
                if self.cover.allowed(tuple, self.cover.problem.blanks[tuple] | of.mask)? {
                    kept.push((tuple, open));
                }
            }
            opening = kept;
        }
        Ok(opening)
    }

    fn make(&mut self, of: Move) -> Result<(), PrivacyError> {
        for (tuple, _) in self.opened_by(&of)? {
            for slot in self.cover.open[tuple].clone() {
                self.cover.blank(tuple, slot as usize, of.mask)?;
            }
        }
        let mut exposed = self.cover.watched(of.view, of.projection, of.group).to_vec();
        exposed.retain(|&target| self.cover.deficit(of.view, target) > 0);
        if exposed.is_empty() {
            return Ok(());
        }
        for Donor { tuple, slot, .. } in self.donors(&of, &exposed) {
            let mask = self.cover.mask[slot as usize];
            let mut helps = false;
            for &target in &exposed {
                let person = self.cover.problem.person.get(slot as usize).copied();
                helps |= !self.cover.compatible(of.view, target, tuple as usize, mask)?
                    && !person.is_some_and(|person| self.cover.knows_person(of.view, target, person));
            }
            if helps {
                self.cover.blank(tuple as usize, slot as usize, of.mask)?;
                exposed.retain(|&target| self.cover.deficit(of.view, target) > 0);
                if exposed.is_empty() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Records that may be blanked to hide others: the cheapest first, of them those that then look like
    /// most others, of them those that have most equals now.
    fn donors(&self, of: &Move, exposed: &[u32]) -> Vec<Donor> {
        let problem = self.cover.problem;
        let most = exposed.iter().map(|&target| self.cover.deficit(of.view, target)).max().unwrap_or(0) as usize;
        let most = if problem.person.is_empty() { most } else { usize::MAX };
        let mut donors = Vec::new();
        for &tuple in self.cover.projections.get(of.projection).members.get(of.group) {
            let slots = problem.slots(tuple as usize);
            let equals = Reverse(slots.len());
            let known = problem.blanks[tuple as usize];
            let mut offer = |slot: u32, mask: Mask| {
                let cost = problem.cost(of.mask & !mask);
                if cost > 0 {
                    let alike = Reverse(self.cover.alike(tuple as usize, mask | of.mask));
                    donors.push(Donor { cost, alike, equals, tuple, slot });
                }
            };
            for &slot in &self.cover.blanked[tuple as usize] {
                offer(slot, self.cover.mask[slot as usize]);
            }
            let fresh = slots.filter(|&slot| self.cover.mask[slot] == known);
            fresh.take(most).for_each(|slot| offer(number(slot), known));
        }
        donors.sort_unstable();
        donors
    }

    /// What no group could hide: all attributes are blanked, in open records and in donors.
    fn blank_all(&mut self) -> Result<Option<()>, PrivacyError> {
        let all = self.cover.problem.all();
        for tuple in self.open().collect::<Vec<_>>() {
            for slot in self.cover.open[tuple].clone() {
                self.cover.blank(tuple, slot as usize, all)?;
            }
        }
        let projection = self.cover.projections.of(all)?;
        loop {
            let before = self.cover.steps;
            for view in 0..self.cover.seen.len() {
                self.cover.watch(view, projection);
                self.make(Move { score: 0.0, hides: 0, view, projection, group: 0, mask: all })?;
            }
            // A record that was dropped may have got its first candidate: then it needs more.
            if self.exposed() == 0 || self.cover.steps == before {
                return Ok((self.exposed() == 0).then_some(()));
            }
        }
    }
}
