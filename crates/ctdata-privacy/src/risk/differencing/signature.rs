//! The released classes that may hold the record of an input tuple.

use std::collections::{HashMap, HashSet};

use ctdata_table::{AttributeSet, Classes, Control, Table};

use super::coverage::{Coverage, ReleaseView};
use crate::PrivacyError;
use crate::quasi::check_distinct;
use crate::unit::Persons;

/// One release, ready for look-ups.
pub(super) struct Lookup<'a> {
    pub(super) classes: Classes,
    persons: Persons,
    /// For each place in a key of the classes: the place in the input's key, and what covers it.
    columns: Vec<(usize, &'a Coverage)>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(
        input: &Table,
        known: &AttributeSet,
        release: &'a ReleaseView<'_>,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let invalid = |rule: String| PrivacyError::InvalidParameter { parameter: "releases", rule };
        if release.attributes.is_empty() {
            return Err(PrivacyError::NoQuasiIdentifiers);
        }
        let names: Vec<&str> = release.attributes.iter().map(|(name, _)| name.as_str()).collect();
        check_distinct(&names)?;
        if release.members.as_ref().is_some_and(|members| members.len() != input.rows()) {
            return Err(invalid(format!("members are told for each of the {} rows of the input", input.rows())));
        }
        let schema = release.table.schema();
        let mut columns = Vec::with_capacity(names.len());
        for (name, coverage) in &release.attributes {
            if !coverage.fits(input.schema().attribute(name)?, schema.attribute(name)?) {
                return Err(invalid(format!("the coverage of `{name}` is that of other attributes")));
            }
            let position = input.schema().position(name)?;
            let place = known.positions().partition_point(|&other| usize::from(other) < position);
            columns.push((schema.position(name)?, place, coverage));
        }
        columns.sort_unstable_by_key(|(position, ..)| *position);
        let set = AttributeSet::named(schema, &names)?;
        let persons = Persons::of(release.table);
        let classes = if persons.repeat() {
            Classes::with_members(release.table, &set, control)?
        } else {
            Classes::count(release.table, &set, control)?
        };
        Ok(Self {
            classes,
            persons,
            columns: columns.into_iter().map(|(_, place, coverage)| (place, coverage)).collect(),
        })
    }

    /// Released units in these classes: distinct persons where the release has ids, else records.
    fn units(&self, classes: &[u32]) -> u64 {
        if !self.persons.repeat() {
            return classes.iter().map(|&class| self.classes.rows(class as usize)).sum();
        }
        let members = classes.iter().flat_map(|&class| self.classes.members(class as usize));
        members.map(|&row| self.persons.of_row(row)).collect::<HashSet<_>>().len() as u64
    }

    /// The classes compatible with an input key, ascending.
    fn compatible(&self, input: &[u16]) -> Vec<u32> {
        let mut ranges = vec![(0, self.classes.len())];
        for (depth, (place, coverage)) in self.columns.iter().enumerate() {
            let covering = input.get(*place).map(|&code| coverage.covering(code)).unwrap_or_default();
            let code = |class: usize| self.classes.key(class).get(depth).copied().unwrap_or(u16::MAX);
            let narrowed = |&(from, to): &(usize, usize)| {
                covering.iter().map(move |&wanted| {
                    let first = bisect(from, to, |class| code(class) < wanted);
                    (first, bisect(first, to, |class| code(class) == wanted))
                })
            };
            ranges = ranges.iter().flat_map(narrowed).filter(|(from, to)| from < to).collect();
        }
        let mut found: Vec<u32> =
            ranges.into_iter().flat_map(|(from, to)| from..to).filter_map(|class| u32::try_from(class).ok()).collect();
        found.sort_unstable();
        found
    }
}

/// The first place of a range where a condition that holds up to somewhere fails.
fn bisect(mut from: usize, mut to: usize, holds: impl Fn(usize) -> bool) -> usize {
    while from < to {
        let middle = from.midpoint(to);
        if holds(middle) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}

/// Sets of classes of one release, each with a number.
#[derive(Default)]
pub(super) struct ClassSets {
    /// For each input class the number of its set.
    pub(super) of_input: Vec<u32>,
    sets: Vec<Vec<u32>>,
}

impl ClassSets {
    pub(super) fn find(input: &Classes, lookup: &Lookup<'_>, control: &Control) -> Result<Self, PrivacyError> {
        // Set 0 is empty: rows that are not in the release.
        let mut found = Self { of_input: Vec::with_capacity(input.len()), sets: vec![Vec::new()] };
        let mut numbers: HashMap<Vec<u32>, u32> = HashMap::from([(Vec::new(), 0)]);
        for class in 0..input.len() {
            if class % 1024 == 0 {
                control.check()?;
                control.report("differencing", class as u64, Some(input.len() as u64));
            }
            let set = lookup.compatible(input.key(class));
            let next = u32::try_from(found.sets.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry(set).or_insert_with_key(|set| {
                found.sets.push(set.clone());
                next
            });
            found.of_input.push(number);
        }
        Ok(found)
    }

    /// The classes of a set.
    pub(super) fn classes(&self, set: u32) -> &[u32] {
        self.sets.get(set as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Released units in a set, for each set.
    pub(super) fn candidates(&self, lookup: &Lookup<'_>) -> Vec<u64> {
        self.sets.iter().map(|set| lookup.units(set)).collect()
    }
}
