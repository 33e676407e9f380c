//! Grouping by signatures, and subtracting totals.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ctdata_table::{AttributeSet, Classes, Control, Table};

use super::coverage::ReleaseView;
use super::report::{DifferencingRisk, ReleaseChange};
use super::signature::{ClassSets, Lookup};
use crate::unit::Persons;
use crate::{KAnonymity, PrivacyError, PrivacyUnit};

impl DifferencingRisk {
    /// Whom the releases expose together. `input` has all people who are in any of them, as far as
    /// they are to be protected, with the true values.
    ///
    /// # Errors
    /// Fewer than two releases, one without quasi-identifiers, attributes that a table lacks, a
    /// coverage of other attributes, members of another number of rows; a stop by `control`.
    pub fn measure(
        input: &Table,
        releases: &[ReleaseView<'_>],
        model: KAnonymity,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        if releases.len() < 2 {
            let rule = "there are at least two to compare".into();
            return Err(PrivacyError::InvalidParameter { parameter: "releases", rule });
        }
        let names: BTreeSet<&str> =
            releases.iter().flat_map(|release| release.attributes.iter().map(|(name, _)| name.as_str())).collect();
        let known = AttributeSet::named(input.schema(), &Vec::from_iter(names))?;
        let classes = Classes::with_members(input, &known, control)?;
        let lookups = releases.iter().map(|release| Lookup::new(input, &known, release, control));
        let lookups = lookups.collect::<Result<Vec<_>, _>>()?;
        let sets = lookups.iter().map(|lookup| ClassSets::find(&classes, lookup, control));
        let sets = sets.collect::<Result<Vec<_>, _>>()?;

        // The number of the set of classes for each release and row.
        let by_release: Vec<Vec<u32>> = releases
            .iter()
            .zip(&sets)
            .map(|(release, sets)| {
                let of_row = classes.class_of_row().iter().enumerate().map(|(row, &class)| {
                    let member = release.members.as_ref().is_none_or(|members| members.get(row) == Some(&true));
                    if member { sets.of_input.get(class as usize).copied().unwrap_or(0) } else { 0 }
                });
                of_row.collect()
            })
            .collect();
        let candidates: Vec<Vec<u64>> =
            sets.iter().zip(&lookups).map(|(sets, lookup)| sets.candidates(lookup)).collect();
        let mut risk = Self {
            k: model.k(),
            unit: PrivacyUnit::of(input),
            releases: releases.len(),
            groups: 0,
            exposed_groups: 0,
            exposed_records: 0,
            smallest_group: None,
            exposed_alone: 0,
            changes: Vec::new(),
            holds: true,
            exposed_rows: Vec::new(),
        };
        risk.group(&Signatures { by_release, candidates }, &Persons::of(input), input.rows());
        for from in 0..releases.len() {
            for to in from + 1..releases.len() {
                let unknown = |release: usize| releases.get(release).is_some_and(|release| release.members.is_none());
                if let (true, Some(a), Some(b)) = (
                    unknown(from) || unknown(to),
                    lookups.get(from).zip(sets.get(from)),
                    lookups.get(to).zip(sets.get(to)),
                ) {
                    risk.changes.push(change((from, to), a, b, model.k().into()));
                }
            }
        }
        risk.holds = risk.exposed_groups == 0 && risk.changes.iter().all(|change| change.small_changes == 0);
        Ok(risk)
    }

    fn group(&mut self, signatures: &Signatures, persons: &Persons, rows: usize) {
        let k = u64::from(self.k);
        let mut groups: HashMap<Vec<u32>, Vec<u32>> = HashMap::new();
        for (row, at) in (0u32..).zip(0..rows) {
            groups.entry(signatures.of(at)).or_default().push(row);
        }
        let units = |rows: &[u32]| -> u64 {
            let mut units: Vec<u32> = rows.iter().map(|&row| persons.of_row(row)).collect();
            units.sort_unstable();
            units.dedup();
            units.len() as u64
        };
        let single: Vec<HashMap<u32, u64>> = signatures
            .by_release
            .iter()
            .map(|sets| {
                let mut rows: HashMap<u32, Vec<u32>> = HashMap::new();
                (0u32..).zip(sets).for_each(|(row, &set)| rows.entry(set).or_default().push(row));
                rows.into_iter().map(|(set, rows)| (set, units(&rows))).collect()
            })
            .collect();
        self.groups = groups.len() as u64;
        for (signature, rows) in groups {
            let alone = signatures.candidates(&signature).any(|candidates| (1..k).contains(&candidates));
            self.exposed_alone += if alone { rows.len() as u64 } else { 0 };
            let size = units(&rows);
            let mut present = signature.iter().zip(&single).zip(signatures.candidates(&signature));
            let narrows = |((set, single), candidates): ((&u32, &HashMap<u32, u64>), u64)| {
                candidates > 0 && single.get(set).is_some_and(|&others| size < others)
            };
            if !alone && size < k && present.any(narrows) {
                self.exposed_groups += 1;
                self.exposed_records += rows.len() as u64;
                self.smallest_group = Some(self.smallest_group.map_or(size, |smallest| smallest.min(size)));
                self.exposed_rows.extend(rows);
            }
        }
        self.exposed_rows.sort_unstable();
    }
}

/// For each release, the set of classes of each row and the released records of each set.
struct Signatures {
    by_release: Vec<Vec<u32>>,
    candidates: Vec<Vec<u64>>,
}

impl Signatures {
    fn of(&self, row: usize) -> Vec<u32> {
        self.by_release.iter().map(|sets| sets.get(row).copied().unwrap_or(0)).collect()
    }

    /// Released records that may be of a unit of this signature, by release.
    fn candidates<'a>(&'a self, signature: &'a [u32]) -> impl Iterator<Item = u64> + 'a {
        let of = |(set, candidates): (&u32, &Vec<u64>)| candidates.get(*set as usize).copied().unwrap_or(0);
        signature.iter().zip(&self.candidates).map(of)
    }
}

/// Regions of two releases and how their totals differ.
fn change(
    (from, to): (usize, usize),
    (a, a_sets): (&Lookup<'_>, &ClassSets),
    (b, b_sets): (&Lookup<'_>, &ClassSets),
    k: u64,
) -> ReleaseChange {
    let first_of_b = a.classes.len();
    let mut regions = Regions::new(first_of_b + b.classes.len());
    for (&set, &other) in a_sets.of_input.iter().zip(&b_sets.of_input) {
        let together = a_sets.classes(set).iter().map(|&class| class as usize);
        let mut together = together.chain(b_sets.classes(other).iter().map(|&class| first_of_b + class as usize));
        if let Some(first) = together.next() {
            together.for_each(|class| regions.join(first, class));
        }
    }
    let mut totals: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
    for class in 0..first_of_b {
        totals.entry(regions.root(class)).or_default().0 += a.classes.rows(class);
    }
    for class in 0..b.classes.len() {
        totals.entry(regions.root(first_of_b + class)).or_default().1 += b.classes.rows(class);
    }
    let differences = || totals.values().map(|&(a, b)| a.abs_diff(b)).filter(|&difference| difference > 0);
    ReleaseChange {
        from,
        to,
        regions: totals.len() as u64,
        small_changes: differences().filter(|&difference| difference < k).count() as u64,
        smallest: differences().min(),
    }
}

/// Disjoint sets of classes.
struct Regions {
    above: Vec<usize>,
}

impl Regions {
    fn new(classes: usize) -> Self {
        Self { above: (0..classes).collect() }
    }

    fn root(&mut self, mut class: usize) -> usize {
        while let Some(&above) = self.above.get(class).filter(|&&above| above != class) {
            // Halve the path, so that the next walk is shorter.
            let over = self.above.get(above).copied().unwrap_or(above);
            if let Some(slot) = self.above.get_mut(class) {
                *slot = over;
            }
            class = over;
        }
        class
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(slot) = self.above.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}
