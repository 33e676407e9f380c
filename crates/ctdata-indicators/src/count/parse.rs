//! Reads counts as published tables write them.

use super::Count;
use std::str::FromStr;

/// A text that is no count. It does not show the text, which may come from a confidential file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a count is written `1255`, `1,255`, `<5`, `≤4`, `0 to 4`, or is left blank where it is not given")]
pub struct NotCount;

/// Words for "not given", beside a blank cell.
const NOT_GIVEN: [&str; 9] = ["..", "...", "…", ":", "na", "n/a", "n.a.", "missing", "not available"];

impl FromStr for Count {
    type Err = NotCount;

    /// Reads a published cell: `1255`, with groups of three digits also `1,255` or `1 255`; `<5` as 0 to 4 and `≤4`
    /// or `<=4` as the same; `0 to 4`, `0–4` and `0-4`; blanks, `..`, `…`, `:`, `NA`, `n/a`, `n.a.`, `missing` and
    /// `not available` (in any case) as missing. `0` is zero. A whole number may end in `.0`.
    ///
    /// A dash alone is refused: publishers mean "none" by it or "not available".
    ///
    /// # Errors
    /// [`NotCount`] for anything else, among it decimals, signs, lower bounds (`>100`) and footnote marks.
    fn from_str(text: &str) -> Result<Self, NotCount> {
        let text = text.trim();
        if text.is_empty() || NOT_GIVEN.iter().any(|word| word.eq_ignore_ascii_case(text)) {
            return Ok(Self::Missing);
        }
        let most = |text: &str| whole_number(text.trim());
        if let Some(rest) = text.strip_prefix('≤').or_else(|| text.strip_prefix("<=")) {
            return Ok(Self::between(0, most(rest)?));
        }
        if let Some(rest) = text.strip_prefix('<') {
            return Ok(Self::between(0, most(rest)?.checked_sub(1).ok_or(NotCount)?));
        }
        if let Some((lo, hi)) = text.split_once(" to ").or_else(|| text.split_once(['–', '-'])) {
            let (lo, hi) = (whole_number(lo.trim())?, whole_number(hi.trim())?);
            return if lo <= hi { Ok(Self::between(lo, hi)) } else { Err(NotCount) };
        }
        whole_number(text).map(Self::Exact)
    }
}

fn is_separator(c: char) -> bool {
    // Comma, space, no-break space, thin space, narrow no-break space.
    matches!(c, ',' | ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

/// Digits, all together or in groups of three with one kind of separator.
fn whole_number(text: &str) -> Result<u64, NotCount> {
    let Some(separator) = text.chars().find(|&c| is_separator(c)) else {
        return digits(text.strip_suffix(".0").unwrap_or(text));
    };
    let mut groups = text.split(separator);
    let first = groups.next().ok_or(NotCount)?;
    if first.len() > 3 || first.starts_with('0') {
        return Err(NotCount);
    }
    let mut joined = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return Err(NotCount);
        }
        joined.push_str(group);
    }
    if first.is_empty() { Err(NotCount) } else { digits(&joined) }
}

fn digits(text: &str) -> Result<u64, NotCount> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().map_err(|_| NotCount) } else { Err(NotCount) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::small_count;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Count, NotCount> {
        text.parse()
    }

    /// UNODC's global report on trafficking in persons, data file of 2003 to 2021: "1,255", "<5", blank cells; no
    /// cell of it holds 1, 2, 3 or 4, and `<5` stands where a total leaves nothing over.
    #[test]
    fn cells_of_published_tables_are_read() {
        for (texts, count) in [
            (&["1,255", "1255", " 1 255 ", "1\u{a0}255", "1\u{202f}255", "1255.0"][..], Count::Exact(1_255)),
            (&["1,234,567", "1234567"], Count::Exact(1_234_567)),
            (&["0", " 0", "0.0", "<1", "≤0"], Count::Exact(0)),
            (&["<5", "< 5", "≤4", "<=4", "≤ 4", "0 to 4", "0-4", "0 – 4"], Count::Range { lo: 0, hi: 4 }),
            (&["<1,000"], Count::Range { lo: 0, hi: 999 }),
            (&["", "  ", "..", "…", ":", "NA", "n/a", "N.A.", "missing", "Not available"], Count::Missing),
        ] {
            for text in texts {
                assert_eq!(read(text), Ok(count), "{text}");
            }
        }
    }

    #[test]
    fn what_could_mean_two_things_is_refused() {
        for text in [
            "-",
            "–",
            "-5",
            "+5",
            "5*",
            "5.5",
            "1.255",
            "12,55",
            "1,2",
            "1234,567",
            ",123",
            "0,123",
            "1,234 567",
            "<0",
            "<",
            "≤",
            "> 100",
            "5 to",
            "to 5",
            "9 to 4",
            "1 000 0",
            "five",
            "٣",
            "<5 to 9",
            "18446744073709551616",
        ] {
            assert_eq!(read(text), Err(NotCount), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_count_reads_back_what_it_prints(count in small_count(), large in 0_u64..u64::MAX) {
            prop_assert_eq!(read(&count.to_string()), Ok(count));
            prop_assert_eq!(read(&large.to_string()), Ok(Count::Exact(large)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            if let Ok(count) = read(&text) {
                prop_assert!(count.bounds().is_none_or(|(lo, hi)| lo <= hi));
            }
        }
    }
}
