//! Who is who in which case: identifiers that occur twice or lead nowhere, and R31.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use ctdata_table::Control;

use super::breach::{Breach, Look};
use crate::ModelError;
use crate::htcds::{CaseRecord, Person, Records};

/// What cases say of a person. Cases count from 1; 0 is none.
#[derive(Debug, Clone, Copy, Default)]
struct Ties {
    is_victim: bool,
    /// Something else than a victim.
    is_other: bool,
    /// The identifier is that of an earlier person.
    is_repeated: bool,
    /// The last case in which the person was met as a victim, as a perpetrator, and as either.
    victim_in: u32,
    perpetrator_in: u32,
    met_in: u32,
}

/// The people and organizations of a set of records, and what they are in its cases.
#[derive(Debug)]
pub(super) struct People<'r> {
    records: &'r Records,
    positions: HashMap<&'r str, u32>,
    organizations: HashSet<&'r str>,
    /// Of those with a record in their order, then of those who are in cases only.
    ties: Vec<Ties>,
    /// Of every case in turn, its victims and then its perpetrators.
    in_cases: Vec<u32>,
}

impl<'r> People<'r> {
    /// Finds everybody.
    pub(super) fn of(records: &'r Records, control: &Control) -> Result<Self, ModelError> {
        let roles: usize = records.cases.iter().map(|case| case.victims.len() + case.perpetrators.len()).sum();
        let reference = size_of::<(&str, u32)>() + 1;
        // Tables of references are at least 7/16 full.
        let bytes = (records.persons.len() + roles) * (reference * 3 + size_of::<Ties>())
            + roles * size_of::<u32>()
            + records.organizations.len() * reference * 3;
        control.reserve(bytes as u64)?;
        let mut positions = HashMap::with_capacity(records.persons.len());
        let mut ties = vec![Ties::default(); records.persons.len()];
        for ((at, person), ties) in (0u32..).zip(&records.persons).zip(&mut ties) {
            match positions.entry(person.id.expose()) {
                Entry::Vacant(free) => {
                    free.insert(at);
                }
                Entry::Occupied(_) => ties.is_repeated = true,
            }
        }
        let mut in_cases = Vec::with_capacity(roles);
        for case in &records.cases {
            let victims = case.victims.iter().map(|victim| (victim.person.expose(), true));
            let perpetrators = case.perpetrators.iter().map(|perpetrator| (perpetrator.person.expose(), false));
            for (id, is_victim) in victims.chain(perpetrators) {
                #[expect(clippy::cast_possible_truncation, reason = "people in memory are fewer than 2^32")]
                let at = *positions.entry(id).or_insert(ties.len() as u32);
                if at as usize == ties.len() {
                    ties.push(Ties::default());
                }
                if let Some(ties) = ties.get_mut(at as usize) {
                    ties.is_victim |= is_victim;
                    ties.is_other |= !is_victim;
                }
                in_cases.push(at);
            }
            for person in case.connections.iter().filter_map(|connection| connection.person.as_ref()) {
                let at = positions.get(person.expose());
                if let Some(ties) = at.and_then(|at| ties.get_mut(*at as usize)) {
                    ties.is_other = true;
                }
            }
        }
        let organizations = records.organizations.iter().map(|organization| organization.id.expose()).collect();
        Ok(Self { records, positions, organizations, ties, in_cases })
    }

    /// Whether an earlier person has the same identifier.
    pub(super) fn is_repeated(&self, person: usize) -> bool {
        self.ties.get(person).is_some_and(|ties| ties.is_repeated)
    }

    /// Whether the person is one whom an organization helps, as far as the records say: a victim, or in no case.
    /// Nobody asks perpetrators and colleagues for their consent.
    pub(super) fn is_client(&self, person: usize) -> bool {
        self.ties.get(person).is_some_and(|ties| ties.is_victim || !ties.is_other)
    }

    /// Meets the people and organizations of a case, and looks at what they are to it. `roles` are its victims and
    /// perpetrators, see [`People::person`].
    pub(super) fn meet(&mut self, case: &CaseRecord, roles: Range<usize>, number: u32, look: &mut Look<'_>) {
        let victims = roles.start + case.victims.len();
        for role in roles {
            let Some(&at) = self.in_cases.get(role) else { continue };
            if self.is_unknown(at) {
                look.record(Breach::UnknownId);
            }
            let Some(ties) = self.ties.get_mut(at as usize) else { continue };
            let is_victim = role < victims;
            let met_in = if is_victim { &mut ties.victim_in } else { &mut ties.perpetrator_in };
            let is_again = std::mem::replace(met_in, number) == number;
            if is_again {
                look.record(Breach::RoleTwice);
            } else if !is_victim && ties.victim_in == number {
                look.record(Breach::VictimAndPerpetrator);
            }
        }
        for connection in &case.connections {
            let person = connection.person.as_ref().map(|id| self.positions.get(id.expose()));
            let is_known = |at: Option<&u32>| at.is_some_and(|at| !self.is_unknown(*at)) || !self.has_persons();
            if person.is_some_and(|at| !is_known(at)) {
                look.record(Breach::UnknownId);
            }
            let organization = connection.organization.as_ref().map(|id| self.organizations.contains(id.expose()));
            if organization.is_some_and(|is_known| !is_known && self.has_organizations()) {
                look.record(Breach::UnknownId);
            }
        }
    }

    /// Records without any person are the cases alone: nobody is missing from them.
    pub(super) fn has_persons(&self) -> bool {
        !self.records.persons.is_empty()
    }

    /// The same for organizations.
    pub(super) fn has_organizations(&self) -> bool {
        !self.organizations.is_empty()
    }

    fn is_unknown(&self, at: u32) -> bool {
        self.has_persons() && at as usize >= self.records.persons.len()
    }

    /// The person in a role: roles count through all cases, in each its victims and then its perpetrators.
    pub(super) fn person(&self, role: usize) -> Option<(usize, &'r Person)> {
        let at = *self.in_cases.get(role)? as usize;
        self.records.persons.get(at).map(|person| (at, person))
    }

    /// The person in a role, if no other role of the case was asked before.
    pub(super) fn person_once(&mut self, role: usize, number: u32) -> Option<(usize, &'r Person)> {
        let (at, person) = self.person(role)?;
        let ties = self.ties.get_mut(at)?;
        (std::mem::replace(&mut ties.met_in, number) != number).then_some((at, person))
    }
}
