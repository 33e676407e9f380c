//! Tables for the tests of the bootstrap and of strata.

use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::published::published_table;

/// A table from lists numbered from 1 and counts.
pub(crate) fn table(lists: &[&str], counts: &[(&str, u64)]) -> CaptureHistories {
    let set = |digits: &str| ListSet::of(digits.chars().map(|digit| digit.to_digit(10).unwrap() as usize - 1));
    CaptureHistories::try_new(lists.iter().copied(), counts.iter().map(|(digits, count)| (set(digits), *count)))
        .unwrap()
}

/// United Kingdom 2013, police forces and the National Crime Agency merged.
pub(crate) fn uk_five() -> CaptureHistories {
    published_table("uk-2013-five-lists").unwrap().histories()
}
