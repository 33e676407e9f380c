//! The table that leaves: chosen columns, chosen rows, an order that says nothing.

use ctdata_table::{Attribute, Cell, Column, Domain, DomainKind, Origin, Table, TableError};

/// The table of some columns and rows of another, in canonical form, and the row of the other table
/// that each of its rows comes from.
pub(crate) fn assemble(table: &Table, positions: &[usize], rows: &[u32]) -> Result<(Table, Vec<u32>), TableError> {
    let schema = table.schema().select(positions)?;
    let columns =
        positions.iter().filter_map(|&position| table.column(position)).map(|column| column.take(rows)).collect();
    let mut output = Table::try_new(schema, columns)?;
    for position in 0..positions.len() {
        let (Some(attribute), Some(column)) = (output.schema().get(position), output.column(position)) else {
            continue;
        };
        if attribute.domain().origin() == Origin::Observed {
            let (attribute, column) = forget_absent_values(attribute, column)?;
            output = output.with_replaced(position, attribute, column)?;
        }
    }
    let order = canonical_order(&output);
    let origin = order.iter().filter_map(|&at| rows.get(at as usize).copied()).collect();
    Ok((output.take(&order)?, origin))
}

/// An attribute over the values that its column still has, names in alphabetical order.
///
/// An observed domain lists what was in the file, suppressed records included, and its order may
/// tell which came first.
pub(crate) fn forget_absent_values(attribute: &Attribute, column: &Column) -> Result<(Attribute, Column), TableError> {
    let mut present = vec![false; attribute.code_count()];
    for code in column.iter() {
        if let Some(present) = present.get_mut(usize::from(code)) {
            *present = true;
        }
    }
    let mut kept: Vec<u16> = (0..=u16::MAX)
        .zip(&present)
        .filter(|(code, present)| **present && attribute.is_value(*code))
        .map(|(code, _)| code)
        .collect();
    let smaller = remaining(attribute.domain(), &mut kept)?;
    let new = Attribute::new(attribute.shared_name(), smaller, attribute.missing());
    let mut map = vec![0; attribute.code_count()];
    let values = kept.iter().copied().zip((0u16..).map(Cell::Value));
    let missing =
        attribute.missing().iter().filter_map(|kind| Some((attribute.missing_code(kind)?, Cell::Missing(kind))));
    for (old, cell) in values.chain(missing) {
        if let (Some(slot), Some(code)) = (map.get_mut(usize::from(old)), new.code(cell)) {
            *slot = code;
        }
    }
    let column = column.recoded(&map);
    Ok((new, column))
}

/// The domain of the values that are left; their codes are put into its order.
///
/// Names that are all integers, now that others are gone, become numbers: to stay names would say that
/// there were others.
fn remaining(domain: &Domain, kept: &mut [u16]) -> Result<Domain, TableError> {
    let label = |code: &u16| domain.label(*code).unwrap_or_default().into_owned();
    match domain.kind() {
        DomainKind::Numeric => {
            let numbers = kept.iter().filter_map(|&code| domain.number(code));
            Domain::numeric(numbers, domain.scale().unwrap_or(0), Origin::Observed)
        }
        DomainKind::Date => Domain::dates(kept.iter().filter_map(|&code| domain.date(code)), Origin::Observed),
        DomainKind::Ordered => Domain::ordered(kept.iter().map(label), Origin::Observed),
        _ => match kept.iter().map(|code| integer(&label(code))).collect::<Option<Vec<i64>>>() {
            Some(numbers) if !numbers.is_empty() => {
                kept.sort_by_cached_key(|code| integer(&label(code)));
                Domain::numeric(numbers, 0, Origin::Observed)
            }
            _ => {
                kept.sort_by_cached_key(label);
                Domain::nominal(kept.iter().map(label), Origin::Observed)
            }
        },
    }
}

/// The integer that a text is the usual way to write.
fn integer(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| number.to_string() == text)
}

/// Rows by their codes, first column first: one stable counting sort per column, last one first.
fn canonical_order(table: &Table) -> Vec<u32> {
    let mut order: Vec<u32> = (0u32..).take(table.rows()).collect();
    let mut sorted = order.clone();
    for (attribute, column) in table.schema().attributes().iter().zip(table.columns()).rev() {
        let mut starts = vec![0usize; attribute.code_count() + 1];
        for code in column.iter() {
            if let Some(count) = starts.get_mut(usize::from(code) + 1) {
                *count += 1;
            }
        }
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        for &row in &order {
            let code = column.get(row as usize).map_or(0, usize::from);
            if let Some(next) = starts.get_mut(code) {
                if let Some(slot) = sorted.get_mut(*next) {
                    *slot = row;
                }
                *next += 1;
            }
        }
        std::mem::swap(&mut order, &mut sorted);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, texts};
    use proptest::prelude::*;

    #[test]
    fn values_that_are_gone_leave_no_trace() {
        let table = texts(&[("place", &["Zeta", "-", "Rare", "Alpha"])]);
        let (output, origin) = assemble(&table, &[0], &[0, 1, 3]).unwrap();
        let labels: Vec<_> =
            output.schema().attributes()[0].domain().labels().map(std::borrow::Cow::into_owned).collect();
        assert_eq!(labels, ["Alpha", "Zeta"]);
        let cells: Vec<_> = (0..3).map(|row| output.text(row, 0).map(std::borrow::Cow::into_owned)).collect();
        assert_eq!(cells, [Some("Alpha".to_owned()), Some("Zeta".to_owned()), None]);
        assert_eq!(origin, [3, 0, 1]);
    }

    #[test]
    fn names_that_are_all_numbers_do_not_say_that_another_was_there() {
        let table = texts(&[("age", &["9", "10", "about 40", "-", "100"])]);
        let numbers = texts(&[("age", &["9", "10", "100", "-", "100"])]);
        let (output, _) = assemble(&table, &[0], &[0, 1, 3, 4]).unwrap();
        let (other, _) = assemble(&numbers, &[0], &[0, 1, 3, 4]).unwrap();
        assert_eq!(output, other);
        let cells: Vec<_> = (0..4).map(|row| output.text(row, 0).map(std::borrow::Cow::into_owned)).collect();
        assert_eq!(cells, [Some("9".to_owned()), Some("10".to_owned()), Some("100".to_owned()), None]);
    }

    #[test]
    fn the_largest_domain_fits() {
        let labels = (0..ctdata_table::MAX_VALUES).map(|value| format!("v{value}"));
        let domain = Domain::nominal(labels, Origin::Observed).unwrap();
        let kinds = ctdata_table::MissingKinds::of(&ctdata_table::Missing::ALL);
        let attribute = Attribute::new("name", domain, kinds);
        let column = Column::from_codes(&[u16::MAX, 1, 0], attribute.code_count());
        let (smaller, column) = forget_absent_values(&attribute, &column).unwrap();
        assert_eq!((smaller.domain().len(), column.iter().collect::<Vec<_>>()), (2, vec![5, 1, 0]));
    }

    proptest! {
        #[test]
        fn the_order_of_the_input_says_nothing(table in any_table(30), seed in any::<u64>()) {
            let rows: Vec<u32> = (0u32..).take(table.rows()).collect();
            let mut shuffled = rows.clone();
            shuffled.sort_by_key(|&row| (u64::from(row) + 1).wrapping_mul(seed | 1));
            let (output, origin) = assemble(&table, &[3, 0, 2], &rows).unwrap();
            let (other, _) = assemble(&table.take(&shuffled).unwrap(), &[3, 0, 2], &rows).unwrap();
            prop_assert_eq!(&output, &other);
            for (row, &from) in origin.iter().enumerate() {
                for (position, &old) in [3, 0, 2].iter().enumerate() {
                    prop_assert_eq!(output.text(row, position), table.text(from as usize, old));
                }
            }
        }
    }
}
