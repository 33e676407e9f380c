//! What released records say about the confidential counts of the tables beside them.
//!
//! A released record whose values are neither blanked nor coarsened is a person that everybody can count. So each
//! confidential count is at least what the records show, and the difference is the number of persons of that
//! category who were left out or blanked: a count of its own, that is protected like any other.

use std::collections::{BTreeMap, HashMap};

use ctdata_privacy::Released;
use ctdata_privacy::tables::{CellId, Level, Standing, SystemCell, TableSystem};
use ctdata_table::{Attribute, CountTable, Hierarchy, Table, Variable};

use crate::PublishError;

/// The columns of released records that still have the values of the input.
#[derive(Debug)]
pub(crate) struct Microdata<'a> {
    table: &'a Table,
    /// Names of attributes some of whose cells may be blank for protection.
    blanked: Vec<String>,
    /// Names of the attributes that can be compared.
    comparable: Vec<String>,
    /// Attributes that have coarser values throughout.
    coarsened: Vec<Coarsened>,
}

/// An attribute that is generalized to one level.
#[derive(Debug)]
struct Coarsened {
    name: String,
    /// For each code of the input, that of the released column.
    of_code: Vec<u16>,
}

/// Where a code goes whose coarser value no released record has: past every domain.
const UNSEEN: u16 = u16::MAX / 2;

/// How a dimension of a table is seen in the records.
enum Seen<'a> {
    /// Not at all.
    No,
    /// As it is.
    Same,
    /// Coarser: the released code of each category.
    Coarser(&'a Coarsened),
}

impl<'a> Microdata<'a> {
    /// What can be compared: columns that are not perturbed and have the domain of the input.
    pub(crate) fn new(input: &Table, released: &'a Released<Table>, hierarchies: &[(String, Hierarchy)]) -> Self {
        let statement = released.statement();
        let perturbed =
            |name: &str| statement.perturbed.iter().any(|by| by.attributes.iter().any(|known| known == name));
        let same = |attribute: &&Attribute| {
            let original = input.schema().find(attribute.name()).and_then(|at| input.schema().get(at));
            original.is_some_and(|original| original.domain() == attribute.domain()) && !perturbed(attribute.name())
        };
        let attributes = released.get().schema().attributes().iter().filter(same);
        let comparable: Vec<String> = attributes.map(|attribute| attribute.name().to_owned()).collect();
        let coarsened = statement.generalized.iter().filter(|column| column.cells > 0).map(|column| &column.attribute);
        let blanked = statement.blanked.iter().filter(|column| column.cells > 0).map(|column| &column.attribute);
        let blanked = blanked.chain(coarsened).cloned().collect();
        let coarser = |(name, hierarchy): &(String, Hierarchy)| {
            let level = statement.generalized.iter().find(|column| column.attribute == *name)?.level?;
            let level = hierarchy.level(level).filter(|_| !comparable.contains(name) && !perturbed(name))?;
            let (original, _) = input.named(name).ok()?;
            let (column, _) = released.get().named(name).ok()?;
            let of_label = |label: &str| {
                let group = *level.of_leaf().get(usize::from(hierarchy.leaves().code_of(label)?))?;
                let released = column.domain().code_of(&level.domain().label(group)?);
                Some(released.unwrap_or(UNSEEN.saturating_add(group)))
            };
            let missing = original.missing().iter().map(|kind| column.missing_code(kind));
            let of_code = original.domain().labels().map(|label| of_label(&label)).chain(missing);
            Some(Coarsened { name: name.clone(), of_code: of_code.collect::<Option<_>>()? })
        };
        let coarsened = hierarchies.iter().filter_map(coarser).collect();
        Self { table: released.get(), blanked, comparable, coarsened }
    }

    fn seen(&self, variable: &Variable) -> Seen<'_> {
        let attributes = variable.attributes();
        if attributes.iter().all(|name| self.comparable.iter().any(|known| known == name)) {
            return Seen::Same;
        }
        match (variable, self.coarsened.iter().find(|column| attributes == [column.name.as_str()])) {
            (Variable::Attribute { .. }, Some(column)) => Seen::Coarser(column),
            _ => Seen::No,
        }
    }

    /// Adds to a system what the records say of a table: for each margin over the variables that can be compared,
    /// the number of records that show it, and the persons behind it that no record shows. Fewer of those than the
    /// threshold are protected: who they are is what the records were to hide.
    pub(crate) fn relate(
        &self,
        system: &mut TableSystem,
        table: &CountTable,
        cells: &[(Vec<u16>, CellId)],
        threshold: u64,
    ) -> Result<(), PublishError> {
        let seen: Vec<Seen<'_>> = table.dimensions().iter().map(|dimension| self.seen(&dimension.variable)).collect();
        let is_lost = |seen: &Seen<'_>| matches!(seen, Seen::No);
        let overlaps = table.dimensions().iter().zip(&seen).any(|(of, seen)| is_lost(seen) && !of.is_exclusive());
        if overlaps || seen.iter().all(is_lost) {
            return Ok(());
        }
        let dimensions = table.dimensions().iter().zip(&seen).filter(|(_, seen)| !is_lost(seen));
        let kept: Vec<&Variable> = dimensions.map(|(dimension, _)| &dimension.variable).collect();
        let shown = self.shown(&kept)?;
        let mut margins = BTreeMap::<Vec<u16>, Vec<CellId>>::new();
        for (key, cell) in cells {
            let margin = key.iter().zip(&seen).filter_map(|(position, seen)| match seen {
                Seen::No => None,
                Seen::Same => Some(*position),
                Seen::Coarser(column) => Some(column.of_code.get(usize::from(*position)).copied().unwrap_or(UNSEEN)),
            });
            margins.entry(margin.collect()).or_default().push(*cell);
        }
        // How many were left out in all is said by the release itself.
        if margins.len() < 2 {
            return Ok(());
        }
        let unseen_in_all = table.total().saturating_sub(u64::try_from(self.table.rows()).unwrap_or(u64::MAX));
        for (key, parts) in margins {
            let count = |cell: &CellId| system.cell(*cell).map_or(0, |cell| cell.count);
            let total: u64 = parts.iter().map(count).sum();
            let shown = shown.get(&key).copied().unwrap_or(0).min(total);
            let fixed = system.push(SystemCell { standing: Standing::Fixed, ..SystemCell::figure(shown) })?;
            let unseen = total - shown;
            let few = unseen > 0 && unseen < threshold;
            let upper = (threshold.saturating_sub(unseen)).min(unseen_in_all.saturating_sub(unseen));
            let level = if few { Level { lower: 1, upper } } else { Level::default() };
            let unseen = system.push(SystemCell { level, ..SystemCell::inner(unseen) })?;
            system.relate(parts.into_iter().map(|part| (part, 1)).chain([(fixed, -1), (unseen, -1)]))?;
        }
        Ok(())
    }

    /// How many released records certainly are in each combination of categories.
    fn shown(&self, variables: &[&Variable]) -> Result<HashMap<Vec<u16>, u64>, PublishError> {
        let mut certain = vec![true; self.table.rows()];
        let readings: Vec<Reading> =
            variables.iter().map(|variable| self.reading(variable, &mut certain)).collect::<Result<_, _>>()?;
        let mut counts = HashMap::<Vec<u16>, u64>::new();
        let mut key = Vec::with_capacity(readings.len());
        for (row, _) in certain.iter().enumerate().filter(|(_, certain)| **certain) {
            // Of the variables at most one has several answers: the indicators refuse a second.
            let mut answers: Option<(usize, &Vec<Vec<bool>>)> = None;
            key.clear();
            for (at, reading) in readings.iter().enumerate() {
                match reading {
                    Reading::One(codes) => key.push(codes.get(row).copied().unwrap_or(u16::MAX)),
                    Reading::Several(flags) => {
                        answers = Some((at, flags));
                        key.push(u16::MAX);
                    }
                }
            }
            let Some((at, flags)) = answers else {
                count(&mut counts, &key);
                continue;
            };
            for (answer, flag) in (0u16..).zip(flags) {
                if flag.get(row).copied().unwrap_or(false) {
                    if let Some(slot) = key.get_mut(at) {
                        *slot = answer;
                    }
                    count(&mut counts, &key);
                }
            }
        }
        Ok(counts)
    }

    /// The categories of each row; rows whose category protection may have blanked are no longer certain.
    fn reading(&self, variable: &Variable, certain: &mut [bool]) -> Result<Reading, PublishError> {
        if let Variable::Flags { members, .. } = variable {
            let flags = members.iter().map(|member| self.is_yes(member)).collect::<Result<_, _>>()?;
            return Ok(Reading::Several(flags));
        }
        let mut codes = Vec::new();
        if let Some((_, column)) = variable.column(self.table)? {
            codes.extend(column.iter());
        }
        // One yes is enough for `any`, whatever else is blank.
        let said_yes = match variable {
            Variable::AnyFlag { .. } => {
                let categories = variable.categories(self.table)?;
                categories.iter().position(|category| category.code == "yes").and_then(|at| u16::try_from(at).ok())
            }
            _ => None,
        };
        for name in variable.attributes().into_iter().filter(|name| self.blanked.iter().any(|known| known == name)) {
            let (attribute, column) = self.table.named(name)?;
            for ((certain, code), category) in certain.iter_mut().zip(column.iter()).zip(&codes) {
                *certain &= attribute.is_value(code) || Some(*category) == said_yes;
            }
        }
        Ok(Reading::One(codes))
    }

    fn is_yes(&self, member: &str) -> Result<Vec<bool>, PublishError> {
        let (attribute, column) = self.table.named(member)?;
        let yes = attribute.domain().code_of("yes");
        Ok(column.iter().map(|code| Some(code) == yes).collect())
    }
}

/// How rows are in the categories of a variable.
enum Reading {
    /// Each in one.
    One(Vec<u16>),
    /// Each in those whose flag is yes.
    Several(Vec<Vec<bool>>),
}

fn count(counts: &mut HashMap<Vec<u16>, u64>, key: &[u16]) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => {
            counts.insert(key.to_vec(), 1);
        }
    }
}
