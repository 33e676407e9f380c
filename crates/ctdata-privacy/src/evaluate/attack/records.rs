//! Distinct records, column by column, and their distances.

#![expect(clippy::indexing_slicing, reason = "blocks lie inside columns of one length, codes inside their attribute")]

use std::ops::Range;

use ctdata_table::{AttributeSet, Classes, Control, Table};

use crate::PrivacyError;

/// The distance of two values that have nothing in common.
pub(super) const UNIT: u32 = 1 << 16;
/// Records per step: their sums stay in the innermost cache.
const BLOCK: usize = 4_096;

/// How the values of each attribute are apart.
///
/// Gower's distance: names are equal or at distance 1; numbers are as far apart as their difference is
/// long, in parts of the range that occurs (to 1/65,536 of it); dates and ordered names are names. Two
/// cells missing for the same reason are at distance 0, a missing one is at distance 1 from any value. A
/// range of zero has no distances.
pub(in super::super) struct Space {
    /// For each attribute, where each code of a number lies; none for names.
    numbers: Vec<Option<Vec<u32>>>,
}

impl Space {
    /// The distances of tables on one schema.
    pub(in super::super) fn of(tables: &[&Table]) -> Self {
        let attributes = tables.first().map_or(&[][..], |table| table.schema().attributes());
        let numbers = attributes.iter().enumerate().map(|(position, attribute)| {
            let domain = attribute.domain();
            domain.scale()?;
            let codes = tables.iter().filter_map(|table| table.column(position)).flat_map(ctdata_table::Column::iter);
            let (low, high) = codes
                .filter(|&code| attribute.is_value(code))
                .fold((u16::MAX, 0), |(low, high), code| (low.min(code), high.max(code)));
            let least = domain.number(low).unwrap_or(0);
            let range = domain.number(high).unwrap_or(0).saturating_sub(least).max(1);
            let place = |code: usize| {
                // A place of its own for each kind of missing, farther from all others than one unit.
                let Some(value) = u16::try_from(code).ok().and_then(|code| domain.number(code)) else {
                    return u32::try_from(code - domain.len() + 1).unwrap_or(1) * 4 * UNIT;
                };
                let above = i128::from(value) - i128::from(least);
                let scaled = (above * i128::from(UNIT) + i128::from(range) / 2) / i128::from(range);
                u32::try_from(scaled.clamp(0, i128::from(UNIT))).unwrap_or(0)
            };
            Some((0..attribute.code_count()).map(place).collect())
        });
        Self { numbers: numbers.collect() }
    }

    /// How far two codes of an attribute are apart, from 0 to [`UNIT`].
    pub(super) fn distance(&self, attribute: usize, one: u16, other: u16) -> u32 {
        match self.numbers.get(attribute).and_then(Option::as_ref) {
            Some(places) => places[usize::from(one)].abs_diff(places[usize::from(other)]).min(UNIT),
            None => u32::from(one != other) * UNIT,
        }
    }
}

/// The codes of one attribute, a record after the other.
enum Codes {
    U8(Vec<u8>),
    U16(Vec<u16>),
}

/// The distinct records of a table, in the order of their codes.
pub(in super::super) struct Records<'a> {
    space: &'a Space,
    columns: Vec<Codes>,
    numbers: Vec<Option<Vec<u32>>>,
    /// Rows that each record stands for.
    rows: Vec<u32>,
}

/// A record to look for, and the attributes by which.
pub(super) struct Target {
    pub(super) codes: Vec<u16>,
    pub(super) known: Vec<usize>,
}

impl Target {
    /// A row of a table.
    pub(super) fn of(table: &Table, row: u32, known: Vec<usize>) -> Self {
        let codes = table.columns().iter().map(|column| column.get(row as usize).unwrap_or(0)).collect();
        Self { codes, known }
    }
}

/// A condition on one attribute: its code lies within these bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) attribute: usize,
    pub(super) low: u16,
    pub(super) high: u16,
}

impl<'a> Records<'a> {
    /// The distinct records of a table.
    pub(in super::super) fn of(table: &Table, space: &'a Space, control: &Control) -> Result<Self, PrivacyError> {
        let attributes = table.schema().attributes();
        control.reserve((table.rows() * attributes.len()) as u64 * 4)?;
        let classes = Classes::count(table, &AttributeSet::try_new(0..attributes.len())?, control)?;
        let mut columns = Vec::with_capacity(attributes.len());
        let mut numbers = Vec::with_capacity(attributes.len());
        for (position, attribute) in attributes.iter().enumerate() {
            control.check()?;
            let codes = (0..classes.len()).map(|class| classes.key(class)[position]);
            numbers.push(
                space.numbers[position]
                    .as_ref()
                    .map(|places| codes.clone().map(|code| places[usize::from(code)]).collect()),
            );
            columns.push(if attribute.code_count() <= 1 << 8 {
                Codes::U8(codes.map(|code| u8::try_from(code).unwrap_or(u8::MAX)).collect())
            } else {
                Codes::U16(codes.collect())
            });
        }
        let rows = (0..classes.len()).map(|class| u32::try_from(classes.rows(class)).unwrap_or(u32::MAX));
        Ok(Self { space, columns, numbers, rows: rows.collect() })
    }

    /// How many distinct records.
    pub(in super::super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows that a record stands for.
    pub(in super::super) fn rows(&self, record: usize) -> u32 {
        self.rows[record]
    }

    /// The code of an attribute of a record.
    pub(in super::super) fn code(&self, record: usize, attribute: usize) -> u16 {
        match &self.columns[attribute] {
            Codes::U8(codes) => codes[record].into(),
            Codes::U16(codes) => codes[record],
        }
    }

    /// All codes of a record.
    pub(super) fn codes(&self, record: usize) -> impl Iterator<Item = u16> + '_ {
        (0..self.columns.len()).map(move |attribute| self.code(record, attribute))
    }

    /// The rows that meet all conditions.
    pub(super) fn count(&self, conditions: &[Condition]) -> u64 {
        let mut mask = [false; BLOCK];
        let mut sum = 0;
        for start in (0..self.len()).step_by(BLOCK) {
            let block = start..self.len().min(start + BLOCK);
            let mask = &mut mask[..block.len()];
            mask.fill(true);
            for &Condition { attribute, low, high } in conditions {
                match &self.columns[attribute] {
                    Codes::U8(codes) => {
                        let narrow = |code: u16| u8::try_from(code).unwrap_or(u8::MAX);
                        within(&codes[block.clone()], narrow(low), narrow(high), mask);
                    }
                    Codes::U16(codes) => within(&codes[block.clone()], low, high, mask),
                }
            }
            let rows = mask.iter().zip(&self.rows[block]);
            sum += rows.map(|(&met, &rows)| if met { u64::from(rows) } else { 0 }).sum::<u64>();
        }
        sum
    }

    /// Visits, for each target, the records whose distance is at most what `limit` says of its state.
    /// Records come in order.
    pub(super) fn scan<S>(
        &self,
        targets: &[Target],
        states: &mut [S],
        limit: impl Fn(&S) -> u32,
        mut visit: impl FnMut(&mut S, usize, u32),
    ) {
        let mut unequal = [0u8; BLOCK];
        let mut sums = [0u32; BLOCK];
        for start in (0..self.len()).step_by(BLOCK) {
            let block = start..self.len().min(start + BLOCK);
            for (target, state) in targets.iter().zip(&mut *states) {
                let sums = &mut sums[..block.len()];
                self.distances(target, block.clone(), &mut unequal[..block.len()], sums);
                let mut most = limit(state);
                for (record, &distance) in block.clone().zip(&*sums) {
                    if distance <= most {
                        visit(state, record, distance);
                        most = limit(state);
                    }
                }
            }
        }
    }

    /// The distances of a block of records from a target, over the attributes that are known.
    fn distances(&self, target: &Target, block: Range<usize>, unequal: &mut [u8], sums: &mut [u32]) {
        sums.fill(0);
        let names = target.known.iter().filter(|&&attribute| self.numbers[attribute].is_none());
        let names: Vec<usize> = names.copied().collect();
        // A byte counts up to 255 attributes.
        for some in names.chunks(255) {
            unequal.fill(0);
            for &attribute in some {
                let code = target.codes[attribute];
                match &self.columns[attribute] {
                    Codes::U8(codes) => {
                        differing(&codes[block.clone()], u8::try_from(code).unwrap_or(u8::MAX), unequal);
                    }
                    Codes::U16(codes) => differing(&codes[block.clone()], code, unequal),
                }
            }
            sums.iter_mut().zip(&*unequal).for_each(|(sum, &names)| *sum += u32::from(names) * UNIT);
        }
        for &attribute in &target.known {
            if let (Some(others), Some(places)) = (&self.numbers[attribute], &self.space.numbers[attribute]) {
                let place = places[usize::from(target.codes[attribute])];
                sums.iter_mut()
                    .zip(&others[block.clone()])
                    .for_each(|(sum, &other)| *sum += place.abs_diff(other).min(UNIT));
            }
        }
    }

    /// The smallest distance of each target from any record, over its known attributes, from 0 to 1;
    /// none without records or known attributes.
    pub(super) fn nearest(&self, targets: &[Target]) -> Vec<Option<f64>> {
        let mut least = vec![u32::MAX; targets.len()];
        self.scan(
            targets,
            &mut least,
            |least| least.saturating_sub(1),
            |least, _, distance| *least = distance.min(*least),
        );
        let scaled = |(target, least): (&Target, u32)| {
            let known = u32::try_from(target.known.len()).ok().filter(|&known| known > 0)?;
            (least < u32::MAX).then(|| f64::from(least) / (f64::from(UNIT) * f64::from(known)))
        };
        targets.iter().zip(least).map(scaled).collect()
    }
}

fn within<C: Copy + PartialOrd>(codes: &[C], low: C, high: C, mask: &mut [bool]) {
    mask.iter_mut().zip(codes).for_each(|(met, &code)| *met &= code >= low && code <= high);
}

fn differing<C: Copy + PartialEq>(codes: &[C], wanted: C, unequal: &mut [u8]) {
    unequal.iter_mut().zip(codes).for_each(|(sum, &code)| *sum += u8::from(code != wanted));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, flags, texts};
    use ctdata_table::{Attribute, Column, Domain, MissingKinds, Origin, Schema};
    use proptest::prelude::*;

    fn ages(ages: &[Option<i64>]) -> Table {
        let domain = Domain::numeric([10, 20, 40, 90], 0, Origin::Public).unwrap();
        let attribute = Attribute::new("age", domain, MissingKinds::NOT_RECORDED);
        let codes: Vec<u16> =
            ages.iter().map(|age| age.map_or(4, |age| attribute.domain().code_of_number(age).unwrap())).collect();
        Table::try_new(Schema::try_new(vec![attribute]).unwrap(), vec![Column::from_codes(&codes, 5)]).unwrap()
    }

    fn nearest(table: &Table, target: &Table) -> Vec<Option<f64>> {
        let space = Space::of(&[table, target]);
        let records = Records::of(table, &space, &Control::default()).unwrap();
        let known: Vec<usize> = (0..table.schema().len()).collect();
        let targets: Vec<_> = (0u32..).take(target.rows()).map(|row| Target::of(target, row, known.clone())).collect();
        records.nearest(&targets)
    }

    #[test]
    fn numbers_are_apart_by_their_difference_in_the_range_that_occurs() {
        let found = nearest(&ages(&[Some(10), Some(40)]), &ages(&[Some(20), None, Some(40)]));
        assert!((found[0].unwrap() - 1.0 / 3.0).abs() < 1e-4);
        assert_eq!(found[1..], [Some(1.0), Some(0.0)]);
        // Missing and missing are at 0.
        assert_eq!(nearest(&ages(&[None]), &ages(&[None])), [Some(0.0)]);
    }

    /// SDMetrics issues 738, 739, 742: ranges of zero and constant columns.
    #[test]
    fn constant_columns_have_no_distances() {
        assert_eq!(nearest(&ages(&[Some(20), Some(20)]), &ages(&[Some(20)])), [Some(0.0)]);
        assert_eq!(nearest(&ages(&[None, None]), &ages(&[None, Some(90)])), [Some(0.0), Some(1.0)]);
        assert_eq!(nearest(&flags(&[&[1, 1], &[2, 2]]), &flags(&[&[1], &[2]])), [Some(0.0)]);
        assert_eq!(nearest(&flags(&[&[]]), &flags(&[&[1]])), [None]);
    }

    #[test]
    fn names_wider_than_a_byte_are_counted() {
        let labels: Vec<String> = (0..300).map(|label| label.to_string()).collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let table = texts(&[("x", &labels)]);
        let space = Space::of(&[&table]);
        let records = Records::of(&table, &space, &Control::default()).unwrap();
        let targets = [Target { codes: vec![299], known: vec![0] }, Target { codes: vec![300], known: vec![0] }];
        assert_eq!(records.nearest(&targets), [Some(0.0), Some(1.0)]);
        assert_eq!(records.count(&[Condition { attribute: 0, low: 290, high: 299 }]), 10);
    }

    proptest! {
        #[test]
        fn the_nearest_is_the_nearest_of_all_rows(table in any_table(40), other in any_table(5)) {
            let space = Space::of(&[&table, &other]);
            let by_hand = |row: usize| (0..table.rows()).map(|candidate| {
                (0..4).map(|at| {
                    let code = |table: &Table, row| table.column(at).unwrap().get(row).unwrap();
                    space.distance(at, code(&table, candidate), code(&other, row))
                }).sum::<u32>()
            }).min().map(|least| f64::from(least) / f64::from(4 * UNIT));
            let expected: Vec<_> = (0..other.rows()).map(by_hand).collect();
            prop_assert_eq!(nearest(&table, &other), expected);
        }

        #[test]
        fn conditions_count_rows(table in any_table(40), at in 0usize..4, low in 0u16..5, high in 0u16..5) {
            let space = Space::of(&[&table]);
            let records = Records::of(&table, &space, &Control::default()).unwrap();
            let codes = table.column(at).unwrap();
            let expected = codes.iter().filter(|code| (low..=high).contains(code)).count() as u64;
            prop_assert_eq!(records.count(&[Condition { attribute: at, low, high }]), expected);
        }
    }
}
