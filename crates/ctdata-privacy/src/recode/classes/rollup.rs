//! Classes of a coarser node from those of a finer one.

#![expect(
    clippy::indexing_slicing,
    reason = "slots are masked to their table; classes are numbered below the length of their lists"
)]

use ctdata_table::Column;

use super::coding::Change;
use super::{ClassTable, Key};

/// For each class the codes that occur in it, ascending, with their records.
#[derive(Clone, Default)]
pub(crate) struct Histogram {
    starts: Vec<u32>,
    cells: Vec<(u16, u32)>,
    /// One more than the largest code.
    codes: usize,
}

impl Histogram {
    #[expect(clippy::cast_possible_truncation, reason = "a table has at most 2^32 - 1 rows; a code has 16 bits")]
    pub(super) fn of_rows(class_of_row: &[u32], column: &Column, classes: usize) -> Self {
        let mut pairs: Vec<u64> = class_of_row
            .iter()
            .zip(column.iter())
            .map(|(&class, code)| u64::from(class) << 16 | u64::from(code))
            .collect();
        pairs.sort_unstable();
        let codes = column.max_code().map_or(0, |code| usize::from(code) + 1);
        let mut histogram = Self { starts: vec![0; classes + 1], cells: Vec::new(), codes };
        for chunk in pairs.chunk_by(|a, b| a == b) {
            histogram.cells.push((chunk[0] as u16, chunk.len() as u32));
            histogram.starts[(chunk[0] >> 16) as usize + 1] = histogram.cells.len() as u32;
        }
        // Classes of the population alone have no cells.
        for class in 1..=classes {
            histogram.starts[class] = histogram.starts[class].max(histogram.starts[class - 1]);
        }
        histogram
    }

    pub(crate) fn of_class(&self, class: usize) -> &[(u16, u32)] {
        &self.cells[self.starts[class] as usize..self.starts[class + 1] as usize]
    }

    pub(super) fn bytes(&self) -> usize {
        self.starts.len() * 4 + self.cells.len() * 8
    }

    /// Adds up the lists of the classes that became one.
    #[expect(clippy::cast_possible_truncation, reason = "there are no more cells than rows")]
    fn roll_up(&self, groups: &Groups, sums: &mut Vec<u32>, out: &mut Self) {
        out.codes = self.codes;
        out.cells.clear();
        out.starts.clear();
        out.starts.push(0);
        sums.clear();
        sums.resize(self.codes, 0);
        for group in groups.each() {
            match group {
                [alone] => out.cells.extend_from_slice(self.of_class(*alone as usize)),
                group => {
                    let start = out.cells.len();
                    for &class in group {
                        for &(code, records) in self.of_class(class as usize) {
                            if sums[usize::from(code)] == 0 {
                                out.cells.push((code, 0));
                            }
                            sums[usize::from(code)] += records;
                        }
                    }
                    out.cells[start..].sort_unstable();
                    for cell in &mut out.cells[start..] {
                        cell.1 = std::mem::take(&mut sums[usize::from(cell.0)]);
                    }
                }
            }
            out.starts.push(out.cells.len() as u32);
        }
    }
}

/// Finer classes in the order of the coarser ones.
#[derive(Default)]
struct Groups {
    starts: Vec<u32>,
    classes: Vec<u32>,
}

impl Groups {
    #[expect(clippy::cast_possible_truncation, reason = "there are no more classes than rows")]
    fn set(&mut self, class_of: &[u32], classes: usize) {
        self.starts.clear();
        self.starts.resize(classes + 2, 0);
        for &class in class_of {
            self.starts[class as usize + 2] += 1;
        }
        for class in 2..self.starts.len() {
            self.starts[class] += self.starts[class - 1];
        }
        self.classes.clear();
        self.classes.resize(class_of.len(), 0);
        for (finer, &class) in class_of.iter().enumerate() {
            let place = &mut self.starts[class as usize + 1];
            self.classes[*place as usize] = finer as u32;
            *place += 1;
        }
        self.starts.pop();
    }

    fn each(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|pair| &self.classes[pair[0] as usize..pair[1] as usize])
    }
}

/// Numbers keys in the order in which they are first met: open addressing with linear probing.
#[derive(Default)]
pub(crate) struct Finder {
    /// One more than the number of the key; 0 is empty. The length is a power of two.
    slots: Vec<u32>,
    shift: u32,
}

impl Finder {
    /// Empties the table and makes room for so many keys.
    pub(super) fn clear(&mut self, keys: usize) {
        let wanted = (keys * 2).next_power_of_two().max(64);
        self.slots.clear();
        self.slots.resize(wanted, 0);
        self.shift = 64 - wanted.trailing_zeros();
    }

    /// The number of a key; a new one goes to the end of `keys`. The table grows with them.
    #[inline]
    pub(super) fn find_or_add<K: Key>(&mut self, key: K, keys: &mut Vec<K>) -> u32 {
        if keys.len() * 5 >= self.slots.len() * 4 {
            self.grow(keys);
        }
        self.find_or_push(key, keys)
    }

    /// The same where there is room enough.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "slots are fewer than 2^33, keys than 2^32 - 1")]
    fn find_or_push<K: Key>(&mut self, key: K, keys: &mut Vec<K>) -> u32 {
        let mask = self.slots.len() - 1;
        let mut slot = (key.hash() >> self.shift) as usize & mask;
        loop {
            match self.slots[slot] {
                0 => {
                    keys.push(key);
                    self.slots[slot] = keys.len() as u32;
                    return keys.len() as u32 - 1;
                }
                number if keys[number as usize - 1] == key => return number - 1,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    #[cold]
    #[expect(clippy::cast_possible_truncation, reason = "slots are fewer than 2^33, keys than 2^32 - 1")]
    fn grow<K: Key>(&mut self, keys: &[K]) {
        self.clear(keys.len().max(512) * 2);
        let mask = self.slots.len() - 1;
        for (number, key) in keys.iter().enumerate() {
            let mut slot = (key.hash() >> self.shift) as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = number as u32 + 1;
        }
    }
}

/// Buffers that are used again from node to node.
#[derive(Default)]
pub(crate) struct Scratch {
    finder: Finder,
    /// For each finer class its coarser one, of the last roll-up.
    pub(crate) class_of: Vec<u32>,
    groups: Groups,
    sums: Vec<u32>,
    /// Records of the classes whose keys fall into each bucket.
    buckets: Vec<u32>,
}

/// Buckets for few and for many classes.
const BUCKETS: (usize, usize) = (1 << 10, 1 << 16);

impl Scratch {
    /// Records of coarser classes with fewer than `least` records, at the least: those in buckets of keys
    /// with so few. A bucket holds whole classes, so that none of its classes has more. It takes a third
    /// of the time of all counts and excludes nearly all nodes that fail.
    pub(crate) fn small_at_least<K: Key>(
        &mut self,
        from: &ClassTable<K>,
        changes: &[Change<'_, K>],
        least: u64,
    ) -> u64 {
        let wanted = (from.len() * 2).next_power_of_two().clamp(BUCKETS.0, BUCKETS.1);
        self.buckets.clear();
        self.buckets.resize(wanted, 0);
        match changes {
            [] => self.pour_all(from, |key| key),
            [only] => self.pour_all(from, |key| only.apply(key)),
            [first, second] => self.pour_all(from, |key| second.apply(first.apply(key))),
            changes => self.pour_all(from, |key| changes.iter().fold(key, |key, change| change.apply(key))),
        }
        let small = |records: &u32| if u64::from(*records) < least { u64::from(*records) } else { 0 };
        self.buckets.iter().map(small).sum()
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "buckets are fewer than 2^17")]
    fn pour_all<K: Key>(&mut self, from: &ClassTable<K>, coarser: impl Fn(K) -> K) {
        let shift = 64 - self.buckets.len().trailing_zeros();
        let mask = self.buckets.len() - 1;
        for (&key, &count) in from.keys.iter().zip(&from.records) {
            self.buckets[(coarser(key).hash() >> shift) as usize & mask] += count;
        }
    }

    /// Adds the records of each class to its coarser one. Whether a coarser class is new cannot be
    /// foreseen, so that no branch depends on it.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "slots are fewer than 2^33, classes than 2^32 - 1")]
    #[expect(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch")]
    fn add_all<K: Key>(&mut self, from: &ClassTable<K>, out: &mut ClassTable<K>, coarser: impl Fn(K) -> K) {
        out.keys.resize(from.len(), K::default());
        out.records.resize(from.len(), 0);
        self.class_of.resize(from.len(), 0);
        let Finder { slots, shift } = &mut self.finder;
        let mask = slots.len() - 1;
        let mut classes = 0;
        for ((&key, &count), class_of) in from.keys.iter().zip(&from.records).zip(&mut self.class_of) {
            let key = coarser(key);
            let mut slot = (key.hash() >> *shift) as usize & mask;
            let class = loop {
                let number = slots[slot] as usize;
                let class = if number == 0 { classes } else { number - 1 };
                if (number == 0) | (out.keys[class] == key) {
                    break class;
                }
                slot = (slot + 1) & mask;
            };
            classes += usize::from(class == classes);
            slots[slot] = class as u32 + 1;
            out.keys[class] = key;
            out.records[class] += count;
            *class_of = class as u32;
        }
        out.keys.truncate(classes);
        out.records.truncate(classes);
    }

    /// Generalizes the classes of `from` and adds up those that fall together, over `out`.
    pub(crate) fn roll_up<K: Key>(&mut self, from: &ClassTable<K>, changes: &[Change<'_, K>], out: &mut ClassTable<K>) {
        out.keys.clear();
        out.records.clear();
        out.population.clear();
        self.class_of.clear();
        self.finder.clear(from.len());
        match changes {
            [] => self.add_all(from, out, |key| key),
            [only] => self.add_all(from, out, |key| only.apply(key)),
            [first, second] => self.add_all(from, out, |key| second.apply(first.apply(key))),
            changes => self.add_all(from, out, |key| changes.iter().fold(key, |key, change| change.apply(key))),
        }
        if !from.population.is_empty() {
            out.population.resize(out.keys.len(), 0);
            for (&class, &count) in self.class_of.iter().zip(&from.population) {
                out.population[class as usize] += count;
            }
        }
        if !from.sensitive.is_empty() {
            self.groups.set(&self.class_of, out.keys.len());
            out.sensitive.resize_with(from.sensitive.len(), Histogram::default);
            for (histogram, out) in from.sensitive.iter().zip(&mut out.sensitive) {
                histogram.roll_up(&self.groups, &mut self.sums, out);
            }
        }
    }
}
