//! Arithmetic modulo the prime 2^61 - 1, and sparse rows over it.

/// The prime.
pub(super) const PRIME: u64 = (1 << 61) - 1;

/// A sparse row: columns in ascending order with values that are not zero.
pub(super) type Row = Vec<(u32, u64)>;

pub(super) fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

pub(super) fn negate(a: u64) -> u64 {
    if a == 0 { 0 } else { PRIME - a }
}

#[expect(clippy::cast_possible_truncation, reason = "both halves are below 2^61")]
pub(super) fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    add((product & u128::from(PRIME)) as u64, (product >> 61) as u64)
}

/// The inverse of a value that is not zero, by Fermat.
pub(super) fn invert(a: u64) -> u64 {
    let (mut power, mut square, mut exponent) = (1, a, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = multiply(power, square);
        }
        square = multiply(square, square);
        exponent >>= 1;
    }
    power
}

pub(super) fn from_integer(value: i32) -> u64 {
    let size = u64::from(value.unsigned_abs());
    if value < 0 { negate(size) } else { size }
}

/// The value of a row in a column.
pub(super) fn value(row: &[(u32, u64)], column: u32) -> u64 {
    let at = row.binary_search_by_key(&column, |(at, _)| *at);
    at.ok().and_then(|at| row.get(at)).map_or(0, |(_, value)| *value)
}

/// `row + by * other`; `fresh` is called with each column that the row did not have before.
pub(super) fn add_multiple(row: &Row, by: u64, other: &[(u32, u64)], mut fresh: impl FnMut(u32)) -> Row {
    let mut sum = Vec::with_capacity(row.len() + other.len());
    let mut left = row.iter().copied().peekable();
    for &(column, value) in other {
        while let Some(entry) = left.next_if(|(at, _)| *at < column) {
            sum.push(entry);
        }
        let added = multiply(by, value);
        let own = left.next_if(|(at, _)| *at == column);
        if own.is_none() {
            fresh(column);
        }
        let total = add(own.map_or(0, |(_, own)| own), added);
        if total != 0 {
            sum.push((column, total));
        }
    }
    sum.extend(left);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_field() {
        for a in [1, 2, 3, 1 << 40, PRIME - 1] {
            assert_eq!(multiply(a, invert(a)), 1);
            assert_eq!(add(a, negate(a)), 0);
        }
        assert_eq!(add(from_integer(-7), 7), 0);
        assert_eq!(multiply(PRIME - 1, PRIME - 1), 1);
    }

    #[test]
    fn rows_are_added_column_by_column() {
        let mut fresh = Vec::new();
        let sum = add_multiple(&vec![(1, 5), (4, 1)], PRIME - 1, &[(0, 2), (4, 1), (9, 3)], |at| fresh.push(at));
        assert_eq!(sum, [(0, PRIME - 2), (1, 5), (9, PRIME - 3)]);
        assert_eq!(fresh, [0, 9]);
        assert_eq!((value(&sum, 1), value(&sum, 4)), (5, 0));
    }
}
