//! Rows collapsed once to distinct combinations of codes.

use ctdata_table::{CodeSlice, Control, Table};

use super::rollup::{Finder, Histogram};
use super::{ClassTable, Coding, Key};
use crate::PrivacyError;
use crate::recode::attributes::SearchAttribute;
use crate::recode::engine::EngineInput;
use crate::unit::Persons;

/// For each person the classes of level 0 that he or she has records in.
#[derive(Debug, Default)]
pub(crate) struct Members {
    starts: Vec<u32>,
    classes: Vec<u32>,
}

impl Members {
    /// The classes of each person.
    pub(crate) fn persons(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|pair| match pair {
            [start, end] => self.classes.get(*start as usize..*end as usize).unwrap_or_default(),
            _ => &[],
        })
    }
}

/// The classes of level 0, and which row is in which.
pub(crate) struct Base<K> {
    pub(crate) classes: ClassTable<K>,
    pub(crate) class_of_row: Vec<u32>,
    /// Only where persons have several records.
    pub(crate) members: Option<Members>,
}

/// Rows that are packed at a time.
const BLOCK: usize = 4096;

impl<K: Key> Base<K> {
    /// Counts the rows of a table and those of a population.
    pub(crate) fn count(input: &EngineInput<'_>, coding: &Coding<K>, control: &Control) -> Result<Self, PrivacyError> {
        let EngineInput { table, population, attributes, judge, persons, .. } = *input;
        let mut finder = Finder::default();
        let mut classes = ClassTable::default();
        let mut class_of_row = vec![0; table.rows()];
        let maps = packed(attributes, coding);
        pack(table, attributes, &maps, control, |start, keys| {
            for (class, key) in class_of_row.iter_mut().skip(start).zip(keys) {
                *class = finder.find_or_add(*key, &mut classes.keys);
            }
        })?;
        classes.records = vec![0; classes.keys.len()];
        count(&class_of_row, &mut classes.records);
        if let Some((population, attributes)) = population {
            let maps = packed(attributes, coding);
            let mut of_row = vec![0; population.rows()];
            pack(population, attributes, &maps, control, |start, keys| {
                for (class, key) in of_row.iter_mut().skip(start).zip(keys) {
                    *class = finder.find_or_add(*key, &mut classes.keys);
                }
            })?;
            classes.records.resize(classes.keys.len(), 0);
            classes.population = vec![0; classes.keys.len()];
            count(&of_row, &mut classes.population);
        }
        for &position in judge.sensitive() {
            control.check()?;
            let column = table.column(position).ok_or_else(|| PrivacyError::InvalidParameter {
                parameter: "sensitive attributes",
                rule: "they are columns of the table".into(),
            })?;
            classes.sensitive.push(Histogram::of_rows(&class_of_row, column, classes.keys.len()));
        }
        let members = persons.repeat().then(|| members(&class_of_row, persons));
        Ok(Self { classes, class_of_row, members })
    }
}

fn count(class_of_row: &[u32], counts: &mut [u32]) {
    for &class in class_of_row {
        if let Some(count) = counts.get_mut(class as usize) {
            *count += 1;
        }
    }
}

/// For each attribute, the field of each input code.
fn packed<K: Key>(attributes: &[SearchAttribute], coding: &Coding<K>) -> Vec<Vec<K>> {
    attributes
        .iter()
        .zip(coding.fields())
        .map(|(attribute, field)| {
            attribute
                .levels
                .first()
                .map_or_else(Vec::new, |level| level.of_input.iter().map(|&code| K::field(code, field.shift)).collect())
        })
        .collect()
}

/// Packs the rows of a table, block by block.
fn pack<K: Key>(
    table: &Table,
    attributes: &[SearchAttribute],
    maps: &[Vec<K>],
    control: &Control,
    mut take: impl FnMut(usize, &[K]),
) -> Result<(), PrivacyError> {
    let mut keys = vec![K::default(); BLOCK];
    for start in (0..table.rows()).step_by(BLOCK) {
        if start % (BLOCK * 64) == 0 {
            control.check()?;
        }
        let end = table.rows().min(start + BLOCK);
        keys.clear();
        keys.resize(end - start, K::default());
        for (attribute, map) in attributes.iter().zip(maps) {
            match table.column(attribute.position).map(ctdata_table::Column::codes) {
                Some(CodeSlice::U8(codes)) => {
                    for (key, &code) in keys.iter_mut().zip(codes.get(start..end).unwrap_or_default()) {
                        *key = key.joined(map.get(usize::from(code)).copied().unwrap_or_default());
                    }
                }
                Some(CodeSlice::U16(codes)) => {
                    for (key, &code) in keys.iter_mut().zip(codes.get(start..end).unwrap_or_default()) {
                        *key = key.joined(map.get(usize::from(code)).copied().unwrap_or_default());
                    }
                }
                None => {}
            }
        }
        take(start, &keys);
    }
    Ok(())
}

/// The distinct classes of each person, in the order of persons.
#[expect(clippy::cast_possible_truncation, reason = "a table has at most 2^32 - 1 rows")]
fn members(class_of_row: &[u32], persons: &Persons) -> Members {
    let mut pairs: Vec<(u32, u32)> =
        (0u32..).zip(class_of_row).map(|(row, &class)| (persons.of_row(row), class)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut members = Members { starts: vec![0], classes: Vec::with_capacity(pairs.len()) };
    for (at, pair) in pairs.iter().enumerate() {
        if at > 0 && pairs.get(at - 1).is_some_and(|before| before.0 != pair.0) {
            members.starts.push(at as u32);
        }
        members.classes.push(pair.1);
    }
    members.starts.push(members.classes.len() as u32);
    members
}
