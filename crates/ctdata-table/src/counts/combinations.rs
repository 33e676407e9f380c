//! Sparse combinations of items that enough units have, mined depth first.
//!
//! Occurrence deliver as in LCM (Uno, Kiyomi and Arimura, "LCM ver. 2", FIMI 2004): the rows of a
//! combination are scanned once to count all its extensions and once more to hand the rows to those
//! that are frequent, so that the work is the number of (row, combination) incidences.

#![expect(clippy::indexing_slicing, reason = "items are numbered by this file, places lie inside its flat lists")]
#![expect(
    clippy::cast_possible_truncation,
    reason = "there are fewer than 2^32 items: 2^16 attributes of 2^16 codes, at most one per cell"
)]

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Combining;
use super::parallel::try_map;
use crate::{Attribute, Control, Table, TableError, Weights};

/// Combinations of items, at most so long, that at least so many units have.
///
/// What is an item is for an [`ItemRule`](crate::ItemRule) to say; [`CountSource::combinations`](crate::CountSource::combinations)
/// takes present values. Entries are ordered by length, then by items.
///
/// ```
/// use ctdata_table::{Attribute, Column, Control, CountSource, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 1, 1, 0]), Column::from_u8(vec![1, 1, 2, 1])];
/// let combinations = Table::try_new(schema, columns)?.combinations(2, 2, &Control::default())?;
/// assert_eq!(combinations.items(), [(0, 1), (1, 1)]);
/// let entries: Vec<_> = combinations.iter().collect();
/// assert_eq!(entries, [(&[0][..], 3), (&[1][..], 3), (&[0, 1][..], 2)]);
/// assert_eq!(combinations.get(&[(1, 1), (0, 1)]), Some(2));
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Combinations {
    max_length: usize,
    min_support: u64,
    items: Vec<(u16, u16)>,
    /// By length, from one.
    levels: Vec<Level>,
}

/// Entries of one length: their items one after the other, and their counts.
#[derive(Clone, Default, PartialEq, Eq)]
struct Level {
    items: Vec<u32>,
    counts: Vec<u64>,
}

impl Combinations {
    /// Combinations of (position of the attribute, code), in any order; items of one entry too.
    ///
    /// # Errors
    /// An entry without items, longer than `max_length`, with two items of one attribute, below
    /// `min_support`, or given twice.
    pub fn try_new(
        max_length: usize,
        min_support: u64,
        entries: impl IntoIterator<Item = (Vec<(u16, u16)>, u64)>,
    ) -> Result<Self, TableError> {
        let invalid = |rule: &str| TableError::Invalid { what: "combinations".into(), rule: rule.into() };
        let mut entries: Vec<_> = entries.into_iter().collect();
        for (entry, support) in &mut entries {
            entry.sort_unstable();
            if entry.is_empty() || entry.len() > max_length || *support < min_support.max(1) {
                return Err(invalid("an entry is empty, too long or below the support"));
            }
            if entry.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                return Err(invalid("an entry has two items of one attribute"));
            }
        }
        entries.sort_unstable_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(invalid("an entry is given twice"));
        }
        let mut items: Vec<(u16, u16)> = entries.iter().flat_map(|(entry, _)| entry.iter().copied()).collect();
        items.sort_unstable();
        items.dedup();
        let mut levels = vec![Level::default(); entries.last().map_or(0, |(entry, _)| entry.len())];
        for (entry, support) in entries {
            let level = &mut levels[entry.len() - 1];
            level.items.extend(entry.iter().map(|item| items.partition_point(|other| other < item) as u32));
            level.counts.push(support);
        }
        Ok(Self { max_length, min_support, items, levels })
    }

    /// The items of all entries: (position of the attribute, code), ascending.
    pub fn items(&self) -> &[(u16, u16)] {
        &self.items
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.levels.iter().map(|level| level.counts.len()).sum()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entries by length, then items: (indices into [`items`](Self::items), units).
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], u64)> {
        (1..=self.levels.len()).flat_map(|length| self.of_length(length))
    }

    /// The entries of one length, by items: (indices into [`items`](Self::items), units).
    pub fn of_length(&self, length: usize) -> impl ExactSizeIterator<Item = (&[u32], u64)> {
        const NONE: &Level = &Level { items: Vec::new(), counts: Vec::new() };
        let level = length.checked_sub(1).and_then(|level| self.levels.get(level)).unwrap_or(NONE);
        level.items.chunks_exact(length.max(1)).zip(level.counts.iter().copied())
    }

    /// The units that have all of these (position, code), in any order; `None` where they are no
    /// entry: too few, too many, or below the support.
    pub fn get(&self, items: &[(u16, u16)]) -> Option<u64> {
        let mut key = items.iter().map(|item| self.items.binary_search(item).ok()).collect::<Option<Vec<_>>>()?;
        key.sort_unstable();
        let level = self.levels.get(key.len().checked_sub(1)?)?;
        let entry = |at: usize| level.items[at * key.len()..][..key.len()].iter().map(|&item| item as usize);
        let (mut low, mut high) = (0, level.counts.len());
        while low < high {
            let middle = low.midpoint(high);
            if entry(middle).lt(key.iter().copied()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < level.counts.len() && entry(low).eq(key.iter().copied())).then(|| level.counts[low])
    }

    /// The longest length asked for.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// The least number of units asked for.
    pub fn min_support(&self) -> u64 {
        self.min_support
    }
}

impl fmt::Debug for Combinations {
    /// Shows how many, never which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Combinations of {} items", self.len(), self.items.len())
    }
}

/// A row of a combination: where its items after the combination's last one start.
#[derive(Clone, Copy)]
struct Occurrence {
    next: u32,
    /// How many units the row is; where persons are counted, whose it is.
    unit: u32,
}

/// Ends the items of a row.
const END: u32 = u32::MAX;
/// In place of the rows of an item: too few to go on with.
const INFREQUENT: usize = usize::MAX;

/// Rows as lists of frequent items, ascending, each list closed by [`END`].
struct Rows {
    items: Vec<u32>,
    all: Vec<Occurrence>,
}

/// A combination and those of its extensions that are frequent.
struct Frame {
    /// Frequent extensions, ascending, with units and the end of their rows in `occurrences`.
    children: Vec<(u32, u64, usize)>,
    occurrences: Vec<Occurrence>,
    next: usize,
}

pub(super) fn mine(
    table: &Table,
    combining: Combining<'_>,
    max_length: usize,
    min_support: u64,
    control: &Control,
) -> Result<Combinations, TableError> {
    let support = min_support.max(1);
    let (items, rows) = frequent_rows(table, combining, support, control)?;
    let miner = Miner {
        rows: &rows,
        items: items.len(),
        persons: combining.person_of_row.is_some(),
        max_length,
        support,
        bytes: AtomicU64::new(0),
        control,
    };
    let mut levels: Vec<Level> = Vec::new();
    if max_length > 0 {
        let first = miner.extend(&rows.all, &mut miner.counters(), max_length > 1)?;
        let children: Vec<usize> = (0..first.children.len()).collect();
        let done = AtomicU64::new(0);
        for subtree in try_map(&children, |&child| {
            let levels = miner.below(&first, child)?;
            control.report("combining", done.fetch_add(1, Ordering::Relaxed) + 1, Some(children.len() as u64));
            Ok(levels)
        })? {
            for (depth, level) in subtree.into_iter().enumerate() {
                if depth == levels.len() {
                    levels.push(Level::default());
                }
                levels[depth].items.extend(level.items);
                levels[depth].counts.extend(level.counts);
            }
        }
    }
    let items = if max_length > 0 { items } else { Vec::new() };
    Ok(Combinations { max_length, min_support, items, levels })
}

/// The rows in the order of their persons.
fn by_person(person_of_row: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..person_of_row.len() as u32).collect();
    order.sort_by_key(|&row| person_of_row[row as usize]);
    order
}

/// Units per code of a column.
fn units_of_codes(
    attribute: &Attribute,
    column: &crate::Column,
    unit: impl Fn(usize) -> u32,
    persons: Option<&[u32]>,
) -> Vec<u64> {
    let mut units = vec![0u64; attribute.code_count()];
    match persons {
        None => column.iter().enumerate().for_each(|(row, code)| units[usize::from(code)] += u64::from(unit(row))),
        Some(order) => {
            let mut last = vec![None; attribute.code_count()];
            for &row in order {
                let code = usize::from(column.get(row as usize).unwrap_or(0));
                let person = Some(unit(row as usize));
                units[code] += u64::from(last[code] != person);
                last[code] = person;
            }
        }
    }
    units
}

/// The items with enough units, and the rows as lists of them; in the order of persons, if these are counted.
fn frequent_rows(
    table: &Table,
    combining: Combining<'_>,
    support: u64,
    control: &Control,
) -> Result<(Vec<(u16, u16)>, Rows), TableError> {
    let weights = table.weights().map(Weights::values);
    let persons = combining.person_of_row;
    let unit = |row: usize| persons.map_or_else(|| weights.map_or(1, |weights| weights[row]), |persons| persons[row]);
    let order = persons.map(by_person);
    let mut items = Vec::new();
    let mut item_of_code: Vec<Vec<u32>> = Vec::new();
    let mut cells = table.rows();
    for (position, (attribute, column)) in (0u16..).zip(table.schema().attributes().iter().zip(table.columns())) {
        control.check()?;
        let units = units_of_codes(attribute, column, unit, order.as_deref());
        let mut item_of = vec![END; attribute.code_count()];
        for code in combining.items.codes(attribute).filter(|&code| units[usize::from(code)] >= support) {
            item_of[usize::from(code)] = items.len() as u32;
            items.push((position, code));
            // A person may have an item in every row.
            let units = if persons.is_some() { u64::MAX } else { units[usize::from(code)] };
            cells = cells.saturating_add(usize::try_from(units).unwrap_or(usize::MAX).min(table.rows()));
        }
        item_of_code.push(item_of);
    }
    // Occurrences are 32-bit places in the lists.
    if u32::try_from(cells).is_err() {
        return Err(TableError::MemoryCap { needed: 4 * cells as u64, cap: 4 * u64::from(u32::MAX) });
    }
    control.reserve((cells as u64).saturating_mul(4) + table.rows() as u64 * size_of::<Occurrence>() as u64)?;
    let mut rows = Rows { items: Vec::new(), all: Vec::with_capacity(table.rows()) };
    for place in 0..table.rows() {
        if place.is_multiple_of(1 << 16) {
            control.check()?;
        }
        let row = order.as_ref().map_or(place, |order| order[place] as usize);
        let unit = unit(row);
        // A row of weight zero supports nothing.
        if persons.is_some() || unit > 0 {
            rows.all.push(Occurrence { next: rows.items.len() as u32, unit });
            for (column, item_of) in table.columns().iter().zip(&item_of_code) {
                let item = column.get(row).map_or(END, |code| item_of[usize::from(code)]);
                if item != END {
                    rows.items.push(item);
                }
            }
            rows.items.push(END);
        }
    }
    Ok((items, rows))
}

struct Miner<'a> {
    rows: &'a Rows,
    items: usize,
    /// Whether units are distinct persons rather than sums of weights.
    persons: bool,
    max_length: usize,
    support: u64,
    /// Bytes of the entries so far, of all threads.
    bytes: AtomicU64,
    control: &'a Control,
}

/// Scratch of one thread: units and rows per item, zero between uses.
struct Counters {
    of_item: Vec<Counter>,
    touched: Vec<u32>,
}

/// Side by side, as they are used together.
#[derive(Clone, Default)]
struct Counter {
    units: u64,
    rows: usize,
    /// The person counted last; of use while `rows` is above zero.
    person: u32,
}

impl Miner<'_> {
    fn counters(&self) -> Counters {
        Counters { of_item: vec![Counter::default(); self.items], touched: Vec::new() }
    }

    /// Counts the extensions of the combination with these rows; with `deliver`, hands them the rows.
    fn extend(&self, occurrences: &[Occurrence], counters: &mut Counters, deliver: bool) -> Result<Frame, TableError> {
        self.control.check()?;
        let Counters { of_item, touched } = counters;
        let items_of = |occurrence: &Occurrence| {
            self.rows.items[occurrence.next as usize..].iter().copied().take_while(|&item| item != END)
        };
        for occurrence in occurrences {
            for item in items_of(occurrence) {
                let counter = &mut of_item[item as usize];
                if counter.rows == 0 {
                    touched.push(item);
                }
                if self.persons {
                    counter.units += u64::from(counter.rows == 0 || counter.person != occurrence.unit);
                    counter.person = occurrence.unit;
                } else {
                    counter.units += u64::from(occurrence.unit);
                }
                counter.rows += 1;
            }
        }
        touched.sort_unstable();
        // From here on, `rows` of a frequent item is the place of its next row.
        let mut children = Vec::new();
        let mut end = 0;
        for &item in &*touched {
            let counter = &mut of_item[item as usize];
            let (units, rows) = (counter.units, counter.rows);
            *counter = Counter { units: 0, rows: INFREQUENT, person: 0 };
            if units >= self.support {
                counter.rows = end;
                end += rows;
                children.push((item, units, end));
            }
        }
        let mut delivered = Vec::new();
        if deliver {
            self.control.reserve((end * size_of::<Occurrence>()) as u64)?;
            delivered = vec![Occurrence { next: 0, unit: 0 }; end];
            for occurrence in occurrences {
                for (after, item) in (occurrence.next + 1..).zip(items_of(occurrence)) {
                    let place = &mut of_item[item as usize].rows;
                    if *place != INFREQUENT {
                        delivered[*place] = Occurrence { next: after, unit: occurrence.unit };
                        *place += 1;
                    }
                }
            }
        }
        for item in touched.drain(..) {
            of_item[item as usize].rows = 0;
        }
        Ok(Frame { children, occurrences: delivered, next: 0 })
    }

    /// All entries that begin with one child of the root, by length.
    fn below(&self, root: &Frame, child: usize) -> Result<Vec<Level>, TableError> {
        let mut levels: Vec<Level> = Vec::new();
        let mut counters = self.counters();
        let mut prefix: Vec<u32> = Vec::new();
        let (item, units, _) = root.children[child];
        self.enter(&mut levels, &mut prefix, item, units)?;
        let mut stack = Vec::new();
        if self.max_length > 1 {
            stack.push(self.extend(root.rows_of(child), &mut counters, self.max_length > 2)?);
        }
        // A stack of our own: combinations may be as long as a row.
        while let Some(frame) = stack.last_mut() {
            let child = frame.next;
            frame.next += 1;
            let Some(&(item, units, _)) = frame.children.get(child) else {
                stack.pop();
                prefix.pop();
                continue;
            };
            self.enter(&mut levels, &mut prefix, item, units)?;
            if prefix.len() < self.max_length {
                let below = self.extend(frame.rows_of(child), &mut counters, prefix.len() + 1 < self.max_length)?;
                stack.push(below);
            } else {
                prefix.pop();
            }
        }
        Ok(levels)
    }

    /// Adds an item to the prefix and the prefix to the entries.
    fn enter(&self, levels: &mut Vec<Level>, prefix: &mut Vec<u32>, item: u32, units: u64) -> Result<(), TableError> {
        prefix.push(item);
        if levels.len() < prefix.len() {
            levels.push(Level::default());
        }
        let level = &mut levels[prefix.len() - 1];
        level.items.extend_from_slice(prefix);
        level.counts.push(units);
        let added = 8 + 4 * prefix.len() as u64;
        self.control.reserve(self.bytes.fetch_add(added, Ordering::Relaxed) + added)
    }
}

impl Frame {
    fn rows_of(&self, child: usize) -> &[Occurrence] {
        let start = child.checked_sub(1).map_or(0, |before| self.children[before].2);
        &self.occurrences[start..self.children[child].2]
    }
}
