//! Counts as numbers and back.

/// A count as a number; exact to 2^53, the most persons a table can have.
#[expect(clippy::cast_precision_loss, reason = "counts are at most 2^53; larger ones are rounded to the nearest float")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

/// A size as a number.
#[expect(clippy::cast_precision_loss, reason = "numbers of draws, classes and lists are small")]
pub(crate) fn real_size(size: usize) -> f64 {
    size as f64
}

/// The whole number below; 0 for what is negative, the largest count for what is too large.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast to an integer saturates")]
pub(crate) fn whole(value: f64) -> u64 {
    value as u64
}
