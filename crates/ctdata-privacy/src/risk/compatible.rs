//! How many released units are compatible with known values, a blank being compatible with all.
//!
//! Released classes are kept as a sorted matrix, so that a prefix of known values is a range of
//! rows. A search walks down the attributes; at each it goes on with the rows that have the known
//! value and with those that are blank, both found by bisection, and reads a short range row by row.
//! Attributes that leave few candidates come first, so that little is walked. A search ends early
//! once it has counted enough.

use ctdata_table::{Attribute, Cell, Classes};

use crate::quasi::{QuasiIdentifiers, is_blank};
use crate::unit::Persons;

/// A cell that is compatible with every value. Sorts last.
pub(super) const BLANK: u32 = u32::MAX;
/// A known value that no released cell has: only blanks are compatible with it.
const ABSENT: u32 = BLANK - 1;
/// Ranges up to this length are read row by row.
const SHORT: usize = 16;

/// For each code of an attribute its meaning in the codes of the released attribute.
pub(super) fn reading(attribute: &Attribute, released: &Attribute) -> Vec<u32> {
    let same = attribute.domain() == released.domain();
    let codes = u16::try_from(attribute.code_count().saturating_sub(1)).unwrap_or(u16::MAX);
    let read = |code: u16| match attribute.cell(code) {
        Some(cell) if is_blank(cell) => BLANK,
        Some(Cell::Value(_)) if same => u32::from(code),
        Some(Cell::Value(value)) => {
            // A number has other spellings than its label, which are other values.
            let label = attribute.domain().label(value);
            let code = label.as_deref().and_then(|label| released.domain().code_of(label));
            code.filter(|&code| released.domain().label(code) == label).map_or(ABSENT, u32::from)
        }
        Some(Cell::Missing(kind)) => released.missing_code(kind).map_or(ABSENT, u32::from),
        None => ABSENT,
    };
    if attribute.code_count() == 0 { Vec::new() } else { (0..=codes).map(read).collect() }
}

/// One row per class and one column per quasi-identifier, in meanings.
pub(super) struct Tuples {
    width: usize,
    meanings: Vec<u32>,
}

impl Tuples {
    /// The classes' keys read by `readings`, which are in the order of the quasi-identifiers' names;
    /// columns come out in that of `order`.
    pub(super) fn new(classes: &Classes, quasi: &QuasiIdentifiers, readings: &[Vec<u32>], order: &[usize]) -> Self {
        let columns: Vec<(usize, &[u32])> = order
            .iter()
            .filter_map(|&name| Some((*quasi.place_in_key.get(name)?, readings.get(name)?.as_slice())))
            .collect();
        let mut meanings = Vec::with_capacity(classes.len() * columns.len());
        for class in 0..classes.len() {
            let key = classes.key(class);
            meanings.extend(columns.iter().map(|(place, reading)| {
                key.get(*place).and_then(|&code| reading.get(usize::from(code))).copied().unwrap_or(ABSENT)
            }));
        }
        Self { width: columns.len(), meanings }
    }

    pub(super) fn get(&self, class: usize) -> &[u32] {
        self.meanings.get(class * self.width..(class + 1) * self.width).unwrap_or_default()
    }
}

/// Released classes, ready for searches.
pub(super) struct Released {
    /// Names of the quasi-identifiers by position, few candidates first.
    pub(super) order: Vec<usize>,
    /// The classes in sorted order, by row and by column.
    rows: Tuples,
    columns: Vec<Vec<u32>>,
    /// Units in the classes before each one, in sorted order.
    units_before: Vec<u64>,
    repeated: Option<Repeated>,
}

/// Where one person may be in several classes: who is in each.
struct Repeated {
    /// Where the persons of each class end, in sorted order.
    ends: Vec<usize>,
    persons: Vec<u32>,
    count: usize,
}

/// Memory that searches share.
#[derive(Default)]
pub(super) struct Scratch {
    open: Vec<(usize, usize, usize)>,
    seen_by: Vec<u32>,
    search: u32,
}

impl Released {
    pub(super) fn new(
        classes: &Classes,
        quasi: &QuasiIdentifiers,
        readings: &[Vec<u32>],
        sizes: &[u64],
        persons: &Persons,
    ) -> Self {
        let order = fewest_candidates_first(classes, quasi, readings);
        let tuples = Tuples::new(classes, quasi, readings, &order);
        let mut sorted: Vec<usize> = (0..classes.len()).collect();
        sorted.sort_unstable_by_key(|&class| tuples.get(class));

        let meanings = sorted.iter().flat_map(|&class| tuples.get(class)).copied().collect();
        let rows = Tuples { width: tuples.width, meanings };
        let column = |depth: usize| rows.meanings.iter().skip(depth).step_by(rows.width).copied().collect();
        let mut units_before = Vec::with_capacity(sorted.len() + 1);
        units_before.push(0);
        let mut units = 0;
        for class in &sorted {
            units += sizes.get(*class).copied().unwrap_or(0);
            units_before.push(units);
        }
        let repeated = persons.repeat().then(|| {
            let mut found = Repeated { ends: Vec::new(), persons: Vec::new(), count: persons.count() };
            for &class in &sorted {
                found.persons.extend(classes.members(class).iter().map(|&row| persons.of_row(row)));
                found.ends.push(found.persons.len());
            }
            found
        });
        Self { columns: (0..order.len()).map(column).collect(), rows, order, units_before, repeated }
    }

    /// Units compatible with a tuple of meanings in the order of `self.order`; at least `limit`
    /// where there are that many, else their exact number.
    pub(super) fn count(&self, tuple: &[u32], limit: u64, scratch: &mut Scratch) -> u64 {
        let Scratch { open, seen_by, search } = scratch;
        if let Some(repeated) = &self.repeated {
            if seen_by.len() != repeated.count || *search == u32::MAX {
                *search = 0;
                *seen_by = vec![0; repeated.count];
            }
            *search += 1;
        }
        let mut units = 0;
        let mut add = |from: usize, to: usize| {
            units += match &self.repeated {
                Some(all) => all.new_persons(from, to, seen_by, *search, limit.saturating_sub(units)),
                None => self.units_between(from, to),
            };
            units
        };
        open.clear();
        open.push((0, 0, self.units_before.len() - 1));
        while let Some((depth, from, to)) = open.pop() {
            let (Some(column), Some(&known)) = (self.columns.get(depth), tuple.get(depth)) else {
                if add(from, to) >= limit {
                    break;
                }
                continue;
            };
            if to - from <= SHORT {
                let further = tuple.get(depth..).unwrap_or_default();
                for row in from..to {
                    let cells = self.rows.get(row).get(depth..).unwrap_or_default();
                    if cells.iter().zip(further).all(|(&cell, &known)| cell == known || cell == BLANK) {
                        add(row, row + 1);
                    }
                }
                continue;
            }
            let cells = column.get(from..to).unwrap_or_default();
            let blanks = cells.partition_point(|&cell| cell < BLANK);
            if blanks < cells.len() {
                open.push((depth + 1, from + blanks, to));
            }
            let values = cells.get(..blanks).unwrap_or_default();
            let first = values.partition_point(|&cell| cell < known);
            let past = first + values.get(first..).unwrap_or_default().partition_point(|&cell| cell == known);
            if first < past {
                open.push((depth + 1, from + first, from + past));
            }
        }
        units
    }

    fn units_between(&self, from: usize, to: usize) -> u64 {
        let before = |class: usize| self.units_before.get(class).copied().unwrap_or(0);
        before(to).saturating_sub(before(from))
    }
}

impl Repeated {
    /// Persons of some classes whom this search has not seen yet, up to `limit`.
    fn new_persons(&self, from: usize, to: usize, seen_by: &mut [u32], search: u32, limit: u64) -> u64 {
        let end = |class: usize| self.ends.get(class).copied().unwrap_or(0);
        let start = from.checked_sub(1).map_or(0, end);
        let mut new = 0;
        for &person in self.persons.get(start..end(to.saturating_sub(1))).unwrap_or_default() {
            if let Some(seen) = seen_by.get_mut(person as usize)
                && *seen != search
            {
                *seen = search;
                new += 1;
                if new >= limit {
                    break;
                }
            }
        }
        new
    }
}

/// Attributes by the number of pairs of classes that they leave compatible.
fn fewest_candidates_first(classes: &Classes, quasi: &QuasiIdentifiers, readings: &[Vec<u32>]) -> Vec<usize> {
    let candidates = |name: usize| -> u64 {
        let (Some(&place), Some(reading)) = (quasi.place_in_key.get(name), readings.get(name)) else {
            return 0;
        };
        let mut counts = vec![0u64; reading.len()];
        for class in 0..classes.len() {
            let code = classes.key(class).get(place).map_or(0, |&code| usize::from(code));
            if let Some(count) = counts.get_mut(code) {
                *count += 1;
            }
        }
        let blank = |meaning: &u32| *meaning == BLANK;
        let blanks: u64 = counts.iter().zip(reading).filter(|(_, meaning)| blank(meaning)).map(|(n, _)| n).sum();
        let values = counts.iter().zip(reading).filter(|(_, meaning)| !blank(meaning));
        classes.len() as u64 * blanks + values.map(|(count, _)| count * count).sum::<u64>()
    };
    let mut order: Vec<usize> = (0..readings.len()).collect();
    order.sort_by_cached_key(|&name| candidates(name));
    order
}
