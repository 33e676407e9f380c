//! Tables for the tests of the bootstrap and of strata.

use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;

/// A table from lists numbered from 1 and counts.
pub(crate) fn table(lists: &[&str], counts: &[(&str, u64)]) -> CaptureHistories {
    let set = |digits: &str| ListSet::of(digits.chars().map(|digit| digit.to_digit(10).unwrap() as usize - 1));
    CaptureHistories::try_new(lists.iter().copied(), counts.iter().map(|(digits, count)| (set(digits), *count)))
        .unwrap()
}

/// United Kingdom 2013, police forces and the National Crime Agency merged (Silverman 2014; CRAN SparseMSE 2.0.1).
pub(crate) fn uk_five() -> CaptureHistories {
    let counts = [
        ("1", 54),
        ("2", 463),
        ("3", 995),
        ("4", 695),
        ("5", 316),
        ("12", 15),
        ("13", 19),
        ("14", 3),
        ("23", 62),
        ("24", 19),
        ("25", 1),
        ("34", 76),
        ("35", 11),
        ("45", 8),
        ("123", 1),
        ("124", 1),
        ("234", 4),
        ("1234", 1),
    ];
    table(&["LA", "NG", "PFNCA", "GO", "GP"], &counts)
}
