//! What is counted of one node: which classes stay, and what the metrics want to know.

use super::attributes::SearchAttribute;
use super::classes::{ClassTable, Coding, Key, Members};
use super::judge::Judge;
use crate::model::evaluator::ClassView;

/// What a metric wants besides counts of classes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent wishes")]
pub(crate) struct Wants {
    /// Leaves under the codes of suppressed records.
    pub(crate) leaves: bool,
    /// Suppressed records of each code.
    pub(crate) codes: bool,
    /// Records times volume.
    pub(crate) ambiguity: bool,
    /// The divergence from the input.
    pub(crate) divergence: bool,
}

impl Wants {
    pub(crate) const ALL: Self = Self { leaves: true, codes: true, ambiguity: true, divergence: true };
}

/// The counts of one node. All sums of integers are exact, and sums of reals are taken in the order of
/// their terms, so that the order of rows or classes plays no part.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// Records in classes with fewer units than any model allows; at the least so many, where they are
    /// more than may be suppressed.
    pub(crate) small: u64,
    /// Records in classes that fail; all of `small` among them.
    pub(crate) suppressed: u64,
    /// Classes that have records.
    pub(crate) classes: u64,
    pub(crate) kept_classes: u64,
    /// Sum of squared records of kept classes, and of all.
    pub(crate) kept_squares: u128,
    pub(crate) squares: u128,
    /// Whether all that is not about single classes holds.
    pub(crate) table_holds: bool,
    /// Per attribute, leaves under the codes of suppressed records, summed over these records.
    pub(crate) leaves: Vec<u64>,
    /// Per attribute and code of the level, suppressed records.
    pub(crate) codes: Vec<Vec<u64>>,
    /// Records times product of leaves: of kept classes, and of all.
    pub(crate) kept_ambiguity: f64,
    pub(crate) ambiguity: f64,
    /// Sum of c log2(c / volume) over classes of c records: of kept classes, and of all.
    pub(crate) kept_divergence: f64,
    pub(crate) divergence: f64,
    /// Units of the smallest kept class.
    pub(crate) smallest: Option<u64>,
}

/// Counts what the classes of one node come to.
pub(crate) struct Teller<'a, K> {
    pub(crate) attributes: &'a [SearchAttribute],
    pub(crate) coding: &'a Coding<K>,
    pub(crate) judge: &'a dyn Judge,
    /// Records that may be suppressed.
    pub(crate) limit: u64,
}

/// Buffers of a [`Teller`].
#[derive(Debug, Default)]
pub(crate) struct TellerBuffers {
    last_person: Vec<u32>,
    pub(crate) units: Vec<u32>,
    sizes: Vec<u64>,
    terms: [Vec<f64>; 2],
    kept_terms: [Vec<f64>; 2],
    pub(crate) fails: Vec<bool>,
}

impl TellerBuffers {
    /// Counts the distinct persons of each class of a node that was rolled up from the base.
    pub(crate) fn count_persons(&mut self, members: &Members, class_of: &[u32], classes: usize) {
        self.units.clear();
        self.units.resize(classes, 0);
        self.last_person.clear();
        self.last_person.resize(classes, 0);
        for (person, finer) in (1u32..).zip(members.persons()) {
            for &finer in finer {
                let Some(&class) = class_of.get(finer as usize) else { continue };
                if let (Some(units), Some(last)) =
                    (self.units.get_mut(class as usize), self.last_person.get_mut(class as usize))
                    && *last != person
                {
                    *last = person;
                    *units += 1;
                }
            }
        }
    }
}

impl<K: Key> Teller<'_, K> {
    /// The counts of a node; those that metrics and table models want are left out where the node
    /// is no solution already. `buffers.units` holds persons per class, or nothing where records are
    /// the units. Afterwards `buffers.fails` says which classes are suppressed, unless too many
    /// records are in small classes.
    pub(crate) fn tell(
        &self,
        levels: &[u16],
        table: &ClassTable<K>,
        wants: Wants,
        buffers: &mut TellerBuffers,
    ) -> Tally {
        let least = self.judge.least_class_size();
        let mut tally = Tally { table_holds: true, ..Tally::default() };
        let TellerBuffers { units, sizes, fails, .. } = buffers;
        let units: &[u32] = if units.is_empty() { &table.records } else { units };
        for (&records, &units) in table.records.iter().zip(units) {
            if u64::from(units) < least {
                tally.small += u64::from(records);
            }
        }
        tally.suppressed = tally.small;
        if tally.small > self.limit {
            return tally;
        }
        fails.clear();
        fails.extend(units.iter().map(|&units| u64::from(units) < least));
        self.judge_classes(table, units, fails, &mut tally);
        if tally.suppressed > self.limit || !tally.table_holds {
            return tally;
        }
        for ((&records, &units), &fails) in table.records.iter().zip(units).zip(&*fails) {
            let squared = u128::from(records) * u128::from(records);
            tally.squares += squared;
            tally.classes += u64::from(records > 0);
            if !fails {
                tally.kept_squares += squared;
                tally.kept_classes += u64::from(records > 0);
                if records > 0 && tally.smallest.is_none_or(|smallest| u64::from(units) < smallest) {
                    tally.smallest = Some(units.into());
                }
            }
        }
        if self.judge.has_table_models() {
            sizes.clear();
            let kept =
                table.records.iter().zip(units).zip(&*fails).filter(|((records, _), fails)| **records > 0 && !**fails);
            sizes.extend(kept.map(|((_, &units), _)| u64::from(units)));
            sizes.sort_unstable();
            let histogram: Vec<(u64, u64)> = sizes
                .chunk_by(|a, b| a == b)
                .map(|chunk| (chunk.first().copied().unwrap_or(0), chunk.len() as u64))
                .collect();
            tally.table_holds = self.judge.table_holds(&histogram);
        }
        if tally.table_holds {
            self.measure(levels, table, wants, &mut tally, buffers);
        }
        tally
    }

    /// Asks the models about classes that are large enough.
    fn judge_classes(&self, table: &ClassTable<K>, units: &[u32], fails: &mut [bool], tally: &mut Tally) {
        let no_population = table.population.is_empty();
        if self.judge.is_size_only() && no_population {
            return;
        }
        let mut lists: Vec<&[(u16, u32)]> = Vec::with_capacity(table.sensitive.len());
        for (class, fails) in fails.iter_mut().enumerate() {
            let (Some(&records), Some(&units)) = (table.records.get(class), units.get(class)) else { continue };
            let population = table.population.get(class).copied().map(u64::from);
            // People of a class that is left out are missed as much as those of one without records.
            let missed =
                |people: Option<u64>| people.is_none_or(|people| people == 0 || self.judge.absent_class_holds(people));
            if records == 0 || *fails {
                *fails &= records > 0;
                tally.table_holds &= missed(population);
                continue;
            }
            if self.judge.is_size_only() {
                continue;
            }
            lists.clear();
            lists.extend(table.sensitive.iter().map(|histogram| histogram.of_class(class)));
            if !self.judge.class_holds(&ClassView { size: units.into(), population, sensitive: &lists }) {
                *fails = true;
                tally.table_holds &= missed(population);
                tally.suppressed += u64::from(records);
                if tally.suppressed > self.limit {
                    return;
                }
            }
        }
    }

    /// Counts what the metrics want.
    fn measure(
        &self,
        levels: &[u16],
        table: &ClassTable<K>,
        wants: Wants,
        tally: &mut Tally,
        buffers: &mut TellerBuffers,
    ) {
        let leaves: Vec<&[u32]> = self
            .attributes
            .iter()
            .zip(levels)
            .map(|(attribute, &level)| attribute.levels.get(usize::from(level)).map_or(&[][..], |level| &level.leaves))
            .collect();
        if wants.leaves {
            tally.leaves = vec![0; leaves.len()];
        }
        if wants.codes {
            tally.codes = leaves.iter().map(|leaves| vec![0; leaves.len()]).collect();
        }
        let volumes = wants.ambiguity || wants.divergence;
        for list in buffers.terms.iter_mut().chain(&mut buffers.kept_terms) {
            list.clear();
        }
        let classes = table.keys.iter().zip(&table.records).zip(&buffers.fails);
        for ((&key, &records), &fails) in classes.filter(|((_, records), fails)| **records > 0 && (volumes || **fails))
        {
            let mut volume = 1.0;
            for (at, (field, leaves)) in self.coding.fields().iter().zip(&leaves).enumerate() {
                let code = key.code(field.shift, field.width);
                let under = leaves.get(code).copied().unwrap_or(1);
                volume *= f64::from(under);
                if fails {
                    if let Some(sum) = tally.leaves.get_mut(at) {
                        *sum += u64::from(records) * u64::from(under);
                    }
                    if let Some(sum) = tally.codes.get_mut(at).and_then(|codes| codes.get_mut(code)) {
                        *sum += u64::from(records);
                    }
                }
            }
            if volumes {
                let records = f64::from(records);
                let terms = [records * volume, records * (records / volume).log2()];
                for (at, term) in terms.into_iter().enumerate() {
                    if let Some(list) = buffers.terms.get_mut(at) {
                        list.push(term);
                    }
                    if !fails && let Some(list) = buffers.kept_terms.get_mut(at) {
                        list.push(term);
                    }
                }
            }
        }
        let sums = |lists: &mut [Vec<f64>; 2]| lists.each_mut().map(|list| ordered_sum(list));
        if volumes {
            [tally.ambiguity, tally.divergence] = sums(&mut buffers.terms);
            [tally.kept_ambiguity, tally.kept_divergence] = sums(&mut buffers.kept_terms);
        }
    }
}

/// The sum, the same for every order of the terms.
pub(crate) fn ordered_sum(terms: &mut [f64]) -> f64 {
    terms.sort_unstable_by(f64::total_cmp);
    terms.iter().sum()
}
