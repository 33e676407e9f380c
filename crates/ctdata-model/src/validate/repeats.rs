//! R34: identical rows, which are legal and stay.

use ctdata_table::{CodeSlice, Control, Table};

use super::visitor::Visitor;
use super::{FileRule, Severity};
use crate::{Dataset, ModelError};

pub(super) const FILE_RULES: &[(&str, FileRule)] = &[("R34", repeated)];

fn repeated(dataset: &Dataset, visitor: &mut Visitor, control: &Control) -> Result<(), ModelError> {
    const MESSAGE: &str = "Rows are identical to an earlier one: legal, and never merged.";
    if visitor.asks(Severity::Information)
        && let Repeats { count, first: Some(first) } = repeats(dataset.table(), control)?
    {
        let _ = visitor.add(Severity::Information, MESSAGE, count, first.into(), None);
    }
    Ok(())
}

/// How many rows equal an earlier one, and the first of them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Repeats {
    count: u64,
    first: Option<u32>,
}

/// Rows between two looks at the control.
const ROWS_PER_CHECK: u32 = 1 << 16;

/// Exact: rows are packed into words without loss, and equal hashes are compared word by word.
#[expect(
    clippy::indexing_slicing,
    reason = "slots hold rows of the table plus one, and a hash keeps the bits of a slot"
)]
#[expect(clippy::cast_possible_truncation, reason = "a table has fewer than 2^32 rows")]
fn repeats(table: &Table, control: &Control) -> Result<Repeats, ModelError> {
    let words = packed(table, control)?;
    // At most half of the slots are filled, so that each search meets an empty one.
    let slot_bits = (table.rows().max(1) * 2).next_power_of_two().ilog2();
    control.reserve(4 << slot_bits)?;
    let mut slots = vec![0u32; 1 << slot_bits];
    let mut repeats = Repeats::default();
    for row in 0..table.rows() as u32 {
        if row % ROWS_PER_CHECK == 0 {
            control.check()?;
        }
        let hash = words.iter().fold(0, |hash, word| mix(hash ^ word[row as usize]));
        let mut slot = (hash >> (u64::BITS - slot_bits)) as usize;
        loop {
            let Some(earlier) = slots[slot].checked_sub(1) else {
                slots[slot] = row + 1;
                break;
            };
            if words.iter().all(|word| word[earlier as usize] == word[row as usize]) {
                repeats.count += 1;
                repeats.first.get_or_insert(row);
                break;
            }
            slot = (slot + 1) & (slots.len() - 1);
        }
    }
    Ok(repeats)
}

/// The codes of each row side by side, in as few words as hold them: word after word, a row in each.
fn packed(table: &Table, control: &Control) -> Result<Vec<Vec<u64>>, ModelError> {
    let mut words: Vec<Vec<u64>> = Vec::new();
    let mut used = u64::BITS;
    for (attribute, column) in table.schema().attributes().iter().zip(table.columns()) {
        control.check()?;
        let bits = usize::BITS - attribute.code_count().saturating_sub(1).leading_zeros();
        // A column that can hold only one code tells no rows apart.
        if bits == 0 {
            continue;
        }
        if used + bits > u64::BITS {
            control.reserve((words.len() as u64 + 1) * 8 * table.rows() as u64)?;
            words.push(vec![0; table.rows()]);
            used = 0;
        }
        let word = words.last_mut().map_or(&mut [][..], Vec::as_mut_slice);
        match column.codes() {
            CodeSlice::U8(codes) => {
                word.iter_mut().zip(codes).for_each(|(word, &code)| *word |= u64::from(code) << used);
            }
            CodeSlice::U16(codes) => {
                word.iter_mut().zip(codes).for_each(|(word, &code)| *word |= u64::from(code) << used);
            }
        }
        used += bits;
    }
    Ok(words)
}

/// Spreads a word over all bits (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{Attribute, Column, Domain, MissingKinds, Origin, Schema};
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        /// Columns of 300 and 3 codes in turn: 11 bits a pair, so that rows need one to three words.
        #[test]
        fn rows_are_repeats_if_a_set_has_them_already(
            rows in prop::collection::vec(prop::collection::vec(0u16..3, 24), 0..60), width in 1usize..24, wide in any::<bool>(),
        ) {
            let domain = |values: u16| Domain::nominal((0..values).map(|value| value.to_string()), Origin::Public).unwrap();
            let size = |at: usize| if wide && at.is_multiple_of(2) { 300 } else { 3 };
            let code = |at: usize, code: u16| if size(at) == 300 { code * 149 } else { code };
            let attributes = (0..width).map(|at| Attribute::new(at.to_string(), domain(size(at)), MissingKinds::NONE));
            let columns = (0..width).map(|at| {
                let codes: Vec<u16> = rows.iter().map(|row| code(at, row[at])).collect();
                Column::from_codes(&codes, size(at).into())
            });
            let table = Table::try_new(Schema::try_new(attributes.collect()).unwrap(), columns.collect()).unwrap();
            let mut seen = HashSet::new();
            let repeated: Vec<u32> = (0..).zip(&rows).filter(|(_, row)| !seen.insert(&row[..width])).map(|(row, _)| row).collect();
            let expected = Repeats { count: repeated.len() as u64, first: repeated.first().copied() };
            prop_assert_eq!(repeats(&table, &Control::default()).unwrap(), expected);
        }
    }
}
