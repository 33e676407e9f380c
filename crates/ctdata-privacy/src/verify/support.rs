//! How many people of the input have what a synthetic record says.

use ctdata_table::{Attribute, AttributeSet, BitmapIndex, Classes, Column, Control, Missing, Table};

use super::microdata::{ColumnPair, columns};
use super::person_of_rows;
use crate::PrivacyError;

/// What a recount finds of synthetic records in the table they were made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Support {
    /// The least number of units of the input that have all values of one synthetic record, so that no combination
    /// of values in the output is had by fewer. None where no synthetic record has a value.
    pub(crate) least: Option<u64>,
    /// Distinct synthetic records that fewer than k units have.
    pub(crate) rare_records: u64,
    /// Values that occur more often than in the input, rounded down to a multiple of k rows.
    pub(crate) too_frequent: u64,
}

/// Counts, for every distinct record of `output`, the units of `input` that have all of its values: distinct
/// persons where the input has ids, else rows. A blank says nothing, everything else is a value.
///
/// # Errors
/// A column of the output that is not one of the input, has other values or kinds of missing, ids, weights;
/// memory or time that `control` does not grant.
pub(crate) fn least_support(input: &Table, output: &Table, k: u64, control: &Control) -> Result<Support, PrivacyError> {
    let names: Vec<&str> = output.schema().attributes().iter().map(Attribute::name).collect();
    let input_of = |name: &str| input.schema().find(name).and_then(|at| input.schema().get(at));
    // An attribute that declares no blank gets one.
    let blankable: Vec<String> = names
        .iter()
        .filter(|name| input_of(name).is_some_and(|attribute| blank_of(attribute).is_none()))
        .map(|name| (*name).to_owned())
        .collect();
    let pairs = columns(input, output, &names, &blankable)?;
    let values: Vec<Vec<Option<u16>>> = pairs.iter().map(|pair| input_codes(pair, output)).collect();
    let mut too_frequent = 0;
    for (pair, values) in pairs.iter().zip(&values) {
        too_frequent += count_too_frequent(pair, values, (input, output), k);
    }
    if pairs.is_empty() || output.rows() == 0 {
        return Ok(Support { least: None, rare_records: 0, too_frequent });
    }

    let positions: Vec<usize> = pairs.iter().map(|pair| pair.input).collect();
    let index = BitmapIndex::build(input, &positions, control)?;
    let persons = input.ids().map(|_| {
        let rows: Vec<u32> = (0..=u32::MAX).take(input.rows()).collect();
        person_of_rows(input, &rows)
    });
    let mut seen = vec![usize::MAX; persons.as_ref().map_or(0, |(_, bound)| *bound)];
    let classes = Classes::count(output, &AttributeSet::try_new(0..pairs.len())?, control)?;
    let mut support = Support { least: None, rare_records: 0, too_frequent };
    // Records come in the order of their values, so that many share how they begin: the rows that have the first
    // values, one bitmap per number of them.
    let mut shared: Vec<(u16, u16, Vec<u64>)> = Vec::new();
    for class in 0..classes.len() {
        if class.is_multiple_of(1 << 10) {
            control.check()?;
            control.report("recounting synthetic records", class as u64, Some(classes.len() as u64));
        }
        let mut depth = 0;
        for ((place, &code), (pair, values)) in (0u16..).zip(classes.key(class)).zip(pairs.iter().zip(&values)) {
            if blank_code(output, place) == Some(code) {
                continue;
            }
            if shared.get(depth).is_none_or(|known| (known.0, known.1) != (place, code)) {
                shared.truncate(depth);
                let mut rows = match values.get(usize::from(code)).copied().flatten() {
                    Some(code) => index.bits(pair.input, code).to_vec(),
                    None => vec![0; index.words()],
                };
                if let Some((.., before)) = shared.last() {
                    rows.iter_mut().zip(before).for_each(|(rows, before)| *rows &= before);
                }
                shared.push((place, code, rows));
            }
            depth += 1;
        }
        shared.truncate(depth);
        let Some((.., rows)) = shared.last() else { continue };
        let units = match &persons {
            None => BitmapIndex::count_ones(rows),
            Some((person_of_row, _)) => {
                let enough = support.least.map_or(u64::MAX, |least| least.max(k));
                let mut units = 0;
                for row in BitmapIndex::rows_of(rows) {
                    let person = person_of_row.get(row as usize).map_or(0, |&person| person as usize);
                    if let Some(seen) = seen.get_mut(person).filter(|seen| **seen != class) {
                        *seen = class;
                        units += 1;
                    }
                    if units >= enough {
                        break;
                    }
                }
                units
            }
        };
        support.least = Some(support.least.map_or(units, |least| least.min(units)));
        support.rare_records += u64::from(units < k);
    }
    Ok(support)
}

/// The code of the kind of missing that says nothing.
pub(super) fn blank_of(attribute: &Attribute) -> Option<u16> {
    let kinds = [Missing::NotRecorded, Missing::Withheld, Missing::Unknown];
    kinds.into_iter().find_map(|kind| attribute.missing_code(kind))
}

pub(super) fn blank_code(table: &Table, place: u16) -> Option<u16> {
    table.schema().get(place.into()).and_then(blank_of)
}

/// The code in the input of each code of a released column.
pub(super) fn input_codes(pair: &ColumnPair, output: &Table) -> Vec<Option<u16>> {
    let mut codes = vec![None; output.schema().get(pair.output).map_or(0, Attribute::code_count)];
    for (code, released) in (0u16..).zip(&pair.map) {
        if let Some(slot) = released.and_then(|released| codes.get_mut(usize::from(released))) {
            *slot = Some(code);
        }
    }
    codes
}

fn count_too_frequent(pair: &ColumnPair, values: &[Option<u16>], (input, output): (&Table, &Table), k: u64) -> u64 {
    let rows_of_codes = |column: Option<&Column>| {
        let mut rows = vec![0u64; 1 << 16];
        for code in column.into_iter().flat_map(Column::iter) {
            if let Some(rows) = rows.get_mut(usize::from(code)) {
                *rows += 1;
            }
        }
        rows
    };
    let blank = output.schema().get(pair.output).and_then(blank_of);
    let (before, after) = (rows_of_codes(input.column(pair.input)), rows_of_codes(output.column(pair.output)));
    let mut found = 0;
    for ((code, value), rows) in (0u16..).zip(values).zip(after) {
        let allowed = value.and_then(|value| before.get(usize::from(value))).map_or(0, |rows| rows - rows % k.max(1));
        found += u64::from(Some(code) != blank && rows > allowed);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mixed;

    fn support(input: &[[u16; 4]], persons: Option<&[u8]>, output: &[[u16; 4]]) -> Support {
        // Of observed domains an output keeps only what it has, so that only public ones serve here.
        let chosen = |table: &Table| table.clone().without_ids().select_named(&["x", "w"]).unwrap();
        let mut input = mixed(input, persons);
        input = input.select_named(&["x", "w"]).unwrap();
        least_support(&input, &chosen(&mixed(output, None)), 2, &Control::default()).unwrap()
    }

    #[test]
    fn units_are_counted_for_every_record() {
        let input = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0], [3, 0, 0, 0], [2, 0, 0, 2]];
        let output = [[0, 0, 0, 1], [0, 0, 0, 2], [2, 0, 0, 2]];
        assert_eq!(support(&input, None, &output), Support { least: Some(2), rare_records: 0, too_frequent: 0 });
        // Two rows of one person are one unit; not applicable is a value, not recorded is none.
        let persons = Some(&[1, 1, 2, 3, 4][..]);
        assert_eq!(support(&input, persons, &output), Support { least: Some(1), rare_records: 1, too_frequent: 0 });
        let rare = [[3, 0, 0, 0], [1, 0, 0, 2]];
        assert_eq!(support(&input, None, &rare), Support { least: Some(0), rare_records: 2, too_frequent: 2 });
        let often = [[0, 0, 0, 2], [0, 0, 0, 2], [0, 0, 0, 2]];
        assert_eq!(support(&input, None, &often), Support { least: Some(3), rare_records: 0, too_frequent: 1 });
        assert_eq!(support(&input, None, &[[2, 0, 0, 2]]).least, None);
    }
}
