//! The search for minimal sample uniques.
//!
//! Attribute sets are numbers in binary, visited so that every subset comes before its supersets: a
//! set is reached from the set without its lowest attribute. A record that becomes unique on the
//! way is minimal there if none of the sets found for it so far is a subset.

#![expect(clippy::indexing_slicing, reason = "attributes and records are numbered by this file")]

use ctdata_table::{Classes, Control, Table, TableError};

use super::partition::{Partition, Records, Scratch};
use crate::PrivacyError;
use crate::quasi::QuasiIdentifiers;

/// Attribute sets are the bits of an integer.
pub(super) const MAX_ATTRIBUTES: usize = u64::BITS as usize;
/// Subtrees that are searched before what they found is put together: fixed, so that the work is
/// the same on any number of threads.
const WAVE: usize = 32;
/// Ends the list of a record.
const END: u32 = u32::MAX;

/// Minimal sample uniques by row.
pub(super) struct Found {
    /// Where the sets of each row end.
    pub(super) ends: Vec<u32>,
    /// Sets of attributes by the order of their names: bit i is name i. By size, then number.
    pub(super) sets: Vec<u64>,
    /// Rows that are unique on all attributes, and classes of two.
    pub(super) uniques: u64,
    pub(super) pairs: u64,
}

/// Sets of attributes per record, as linked lists in one piece of memory.
struct Lists {
    heads: Vec<u32>,
    entries: Vec<(u64, u32)>,
}

impl Lists {
    fn new(records: usize) -> Self {
        Self { heads: vec![END; records], entries: Vec::new() }
    }

    fn of(&self, record: u32) -> impl Iterator<Item = u64> {
        let mut next = self.heads[record as usize];
        std::iter::from_fn(move || {
            let (set, after) = *self.entries.get(next as usize)?;
            next = after;
            Some(set)
        })
    }

    fn has_subset(&self, record: u32, set: u64) -> bool {
        self.of(record).any(|found| found & set == found)
    }

    fn push(&mut self, record: u32, set: u64) {
        // `check` refuses lists that are too long for a link before they are used.
        let place = u32::try_from(self.entries.len()).unwrap_or(END);
        self.entries.push((set, std::mem::replace(&mut self.heads[record as usize], place)));
    }

    fn check(&self, control: &Control) -> Result<(), TableError> {
        let bytes = |entries: usize| (entries * size_of::<(u64, u32)>()) as u64;
        if self.entries.len() >= END as usize {
            return Err(TableError::MemoryCap { needed: bytes(self.entries.len()), cap: bytes(END as usize) });
        }
        control.reserve(bytes(self.entries.len()))?;
        control.check()
    }
}

/// One search below a pair of attributes.
struct Subtree<'a> {
    records: &'a Records<'a>,
    max_size: usize,
    /// Found in subtrees before.
    before: &'a Lists,
    here: Lists,
    /// (record, set) in the order found.
    log: Vec<(u32, u64)>,
    scratch: Scratch,
    /// One partition per depth.
    partitions: Vec<Partition>,
    control: &'a Control,
}

impl Subtree<'_> {
    /// Adds an attribute to a set whose partition is given.
    fn enter(&mut self, coarse: &Partition, set: u64, attribute: usize) -> Result<(), TableError> {
        self.here.check(self.control)?;
        let set = set | 1 << attribute;
        let size = set.count_ones() as usize;
        let Self { records, before, here, log, scratch, .. } = self;
        let unique = |record| {
            if !before.has_subset(record, set) && !here.has_subset(record, set) {
                here.push(record, set);
                log.push((record, set));
            }
        };
        if size >= self.max_size || attribute == 0 {
            coarse.uniques(records, attribute, scratch, unique);
            return Ok(());
        }
        let mut finer = self.partitions.pop().unwrap_or_default();
        coarse.refine(records, attribute, scratch, &mut finer, unique);
        if !finer.is_empty() {
            for lower in 0..attribute {
                self.enter(&finer, set, lower)?;
            }
        }
        self.partitions.push(finer);
        Ok(())
    }
}

pub(super) fn search(
    table: &Table,
    quasi: &QuasiIdentifiers,
    max_size: usize,
    control: &Control,
) -> Result<Found, PrivacyError> {
    // Records that are equal on all attributes are never unique: one stands for them.
    let classes = Classes::with_members(table, &quasi.set, control)?;
    let records = u32::try_from(classes.len()).unwrap_or(u32::MAX);
    let (order, codes, code_count) = columns(&classes, quasi);
    let width = order.len() as u64;
    control.reserve(u64::from(records) * (8 + width * 2 + (2 * width + 1) * 4))?;
    let steps: Vec<u64> = (0..classes.len()).map(|class| 1 | u64::from(classes.rows(class) == 1) << 32).collect();
    let of = Records { codes: &codes, steps: &steps };

    let mut lists = Lists::new(classes.len());
    let mut scratch = Scratch::new(code_count);
    let whole = Partition::whole(records);
    let mut singles = Vec::with_capacity(order.len());
    for attribute in 0..order.len() {
        let mut finer = Partition::default();
        whole.refine(&of, attribute, &mut scratch, &mut finer, |record| lists.push(record, 1 << attribute));
        singles.push(finer);
    }
    lists.check(control)?;

    if max_size > 1 {
        let pairs: Vec<(usize, usize)> =
            (1..order.len()).flat_map(|upper| (0..upper).map(move |lower| (upper, lower))).collect();
        let mut done = 0;
        for wave in pairs.chunks(WAVE) {
            let logs = try_map(wave, |&(upper, lower)| {
                let mut subtree = Subtree {
                    records: &of,
                    max_size,
                    before: &lists,
                    here: Lists::new(classes.len()),
                    log: Vec::new(),
                    scratch: Scratch::new(code_count),
                    partitions: Vec::new(),
                    control,
                };
                if !singles[upper].is_empty() {
                    subtree.enter(&singles[upper], 1 << upper, lower)?;
                }
                Ok(subtree.log)
            })?;
            for (record, set) in logs.into_iter().flatten() {
                if !lists.has_subset(record, set) {
                    lists.push(record, set);
                }
            }
            lists.check(control)?;
            done += wave.len() as u64;
            control.report("minimal sample uniques", done, Some(pairs.len() as u64));
        }
    }
    Ok(by_row(&classes, &lists, &order))
}

/// Attributes by the number of codes in use, their codes by class, and the largest number of codes.
///
/// Sets are reached through their last attributes: those that split most come last, so that little
/// is left to refine.
fn columns(classes: &Classes, quasi: &QuasiIdentifiers) -> (Vec<usize>, Vec<Vec<u16>>, usize) {
    let mut columns: Vec<(usize, usize, Vec<u16>)> = Vec::with_capacity(quasi.place_in_key.len());
    for (name, &place) in quasi.place_in_key.iter().enumerate() {
        let codes: Vec<u16> = (0..classes.len()).map(|class| classes.key(class)[place]).collect();
        let mut used = vec![false; codes.iter().max().map_or(0, |&code| usize::from(code) + 1)];
        for &code in &codes {
            used[usize::from(code)] = true;
        }
        columns.push((used.iter().filter(|used| **used).count(), name, codes));
    }
    columns.sort_by_key(|&(used, name, _)| (used, name));
    let widest =
        columns.iter().filter_map(|(.., codes)| codes.iter().max()).max().map_or(0, |&code| usize::from(code) + 1);
    let order = columns.iter().map(|&(_, name, _)| name).collect();
    (order, columns.into_iter().map(|(.., codes)| codes).collect(), widest)
}

/// What was found, by row and with attributes numbered by their names.
fn by_row(classes: &Classes, lists: &Lists, order: &[usize]) -> Found {
    let renumber = |set: u64| {
        order.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).fold(0, |set, (_, name)| set | 1 << name)
    };
    let class_of_row = classes.class_of_row();
    let mut found = Found {
        ends: Vec::with_capacity(class_of_row.len()),
        sets: Vec::with_capacity(lists.entries.len()),
        uniques: (0..classes.len()).filter(|&class| classes.rows(class) == 1).count() as u64,
        pairs: (0..classes.len()).filter(|&class| classes.rows(class) == 2).count() as u64,
    };
    for &class in class_of_row {
        let start = found.sets.len();
        found.sets.extend(lists.of(class).map(renumber));
        found.sets[start..].sort_unstable_by_key(|&set: &u64| (set.count_ones(), set));
        found.ends.push(u32::try_from(found.sets.len()).unwrap_or(u32::MAX));
    }
    found
}

/// Maps every item in the caller's pool, or gives an error of one of them.
#[cfg(feature = "rayon")]
fn try_map<T: Sync, R: Send>(
    items: &[T],
    map: impl Fn(&T) -> Result<R, TableError> + Sync + Send,
) -> Result<Vec<R>, TableError> {
    use rayon::prelude::*;
    items.par_iter().map(map).collect()
}

/// Maps every item, or gives the first error.
#[cfg(not(feature = "rayon"))]
fn try_map<T, R>(items: &[T], map: impl Fn(&T) -> Result<R, TableError>) -> Result<Vec<R>, TableError> {
    items.iter().map(map).collect()
}
