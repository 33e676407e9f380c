//! How many people of the input have each combination of a few values in synthetic records.

use std::collections::BTreeSet;

use ctdata_table::{Attribute, AttributeSet, BitmapIndex, Classes, Control, Table};

use super::microdata::columns;
use super::person_of_rows;
use super::support::{blank_code, blank_of, input_codes};
use crate::PrivacyError;

/// The most values that a combination is looked up with.
const LONGEST: usize = 5;

/// A combination: items in ascending order, the rest of the places unused.
type Combination = [u32; LONGEST];
const UNUSED: u32 = u32::MAX;

/// The least number of units of `input` (distinct persons where it has ids, else rows) that have a combination of at
/// most `length` values of a record of `output`. None where no record has a value; 0 for a value that the input does
/// not have.
///
/// # Errors
/// As [`least_support`](super::support::least_support).
pub(crate) fn least_support_up_to(
    input: &Table,
    output: &Table,
    length: usize,
    control: &Control,
) -> Result<Option<u64>, PrivacyError> {
    if length > LONGEST {
        let rule = format!("of a guarantee that is verified is at most {LONGEST}");
        return Err(PrivacyError::InvalidParameter { parameter: "length", rule });
    }
    let names: Vec<&str> = output.schema().attributes().iter().map(Attribute::name).collect();
    let input_of = |name: &str| input.schema().find(name).and_then(|at| input.schema().get(at));
    let is_blankless = |name: &&&str| input_of(name).is_some_and(|attribute| blank_of(attribute).is_none());
    let blankable: Vec<String> = names.iter().filter(is_blankless).map(|name| (*name).to_owned()).collect();
    let pairs = columns(input, output, &names, &blankable)?;
    if pairs.is_empty() || output.rows() == 0 || length == 0 {
        return Ok(None);
    }
    let codes: Vec<Vec<Option<u16>>> = pairs.iter().map(|pair| input_codes(pair, output)).collect();
    // Items are numbered by column and code of the input.
    let mut first = Vec::with_capacity(pairs.len());
    let mut items: Vec<(usize, u16)> = Vec::new();
    for pair in &pairs {
        first.push(u32::try_from(items.len()).unwrap_or(UNUSED));
        let count = input.schema().get(pair.input).map_or(0, Attribute::code_count);
        items.extend((0u16..).take(count).map(|code| (pair.input, code)));
    }
    let classes = Classes::count(output, &AttributeSet::try_new(0..pairs.len())?, control)?;
    let mut found: BTreeSet<Combination> = BTreeSet::new();
    let mut record = Vec::new();
    for class in 0..classes.len() {
        if class.is_multiple_of(1 << 8) {
            control.check()?;
            control.reserve(found.len() as u64 * 40)?;
        }
        record.clear();
        for ((place, &code), (codes, first)) in (0u16..).zip(classes.key(class)).zip(codes.iter().zip(&first)) {
            if blank_code(output, place) == Some(code) {
                continue;
            }
            match codes.get(usize::from(code)).copied().flatten() {
                Some(code) => record.push(first + u32::from(code)),
                None => return Ok(Some(0)),
            }
        }
        collect(&record, length, &mut [UNUSED; LONGEST], 0, &mut found);
    }

    let positions: Vec<usize> = pairs.iter().map(|pair| pair.input).collect();
    let index = BitmapIndex::build(input, &positions, control)?;
    let rows: Vec<u32> = (0..=u32::MAX).take(input.rows()).collect();
    let persons = input.ids().map(|_| person_of_rows(input, &rows));
    let mut seen = vec![usize::MAX; persons.as_ref().map_or(0, |(_, bound)| *bound)];
    // Combinations come in order, so that many share how they begin.
    let mut shared: Vec<(u32, Vec<u64>)> = Vec::new();
    let mut least: Option<u64> = None;
    for (number, combination) in found.iter().enumerate() {
        if number.is_multiple_of(1 << 12) {
            control.check()?;
            control.report("recounting combinations", number as u64, Some(found.len() as u64));
        }
        let mut depth = 0;
        for &item in combination.iter().take_while(|item| **item != UNUSED) {
            if shared.get(depth).is_none_or(|known| known.0 != item) {
                shared.truncate(depth);
                let Some(&(position, code)) = items.get(item as usize) else { return Ok(Some(0)) };
                let mut bits = index.bits(position, code).to_vec();
                if let Some((_, before)) = shared.last() {
                    bits.iter_mut().zip(before).for_each(|(bits, before)| *bits &= before);
                }
                shared.push((item, bits));
            }
            depth += 1;
        }
        shared.truncate(depth);
        let Some((_, bits)) = shared.last() else { continue };
        let units = match &persons {
            None => BitmapIndex::count_ones(bits),
            Some((person_of_row, _)) => {
                let mut units = 0;
                for row in BitmapIndex::rows_of(bits) {
                    let person = person_of_row.get(row as usize).map_or(0, |&person| person as usize);
                    if let Some(seen) = seen.get_mut(person).filter(|seen| **seen != number) {
                        *seen = number;
                        units += 1;
                    }
                }
                units
            }
        };
        least = Some(least.map_or(units, |least| least.min(units)));
    }
    Ok(least)
}

/// All combinations of at most so many items of a record that begin with those chosen.
fn collect(rest: &[u32], left: usize, chosen: &mut Combination, depth: usize, found: &mut BTreeSet<Combination>) {
    let mut rest = rest;
    while let [item, after @ ..] = rest {
        if let Some(slot) = chosen.get_mut(depth) {
            *slot = *item;
            found.insert(*chosen);
            if left > 1 {
                collect(after, left - 1, chosen, depth + 1, found);
            }
        }
        rest = after;
    }
    if let Some(slot) = chosen.get_mut(depth) {
        *slot = UNUSED;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::texts;

    #[test]
    fn the_rarest_combination_of_a_length_is_found() {
        let input = texts(&[
            ("A", &["a", "a", "a", "b", "b"]),
            ("B", &["x", "x", "y", "y", "-"]),
            ("C", &["p", "p", "p", "p", "q"]),
        ]);
        let least = |columns: &[(&str, &[&str])], length| {
            least_support_up_to(&input, &texts(columns), length, &Control::default()).unwrap()
        };
        let output: [(&str, &[&str]); 3] = [("A", &["a", "a"]), ("B", &["x", "y"]), ("C", &["p", "p"])];
        assert_eq!([1, 2, 3].map(|length| least(&output, length)), [Some(2), Some(1), Some(1)]);
        let alone: [(&str, &[&str]); 3] = [("A", &["a"]), ("B", &["-"]), ("C", &["p"])];
        assert_eq!([1, 2, 3].map(|length| least(&alone, length)), [Some(3), Some(3), Some(3)]);
        let made_up: [(&str, &[&str]); 3] = [("A", &["b"]), ("B", &["x"]), ("C", &["p"])];
        assert_eq!([1, 2].map(|length| least(&made_up, length)), [Some(2), Some(0)]);
    }
}
