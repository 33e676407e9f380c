//! Texts that fit: widths are estimated, since no font is at hand, and figures are printed with few digits.

use crate::estimate::{Rounding, Unit};

/// The size of ordinary text, in pixels.
pub(super) const TEXT: f64 = 12.0;
/// The size of a title.
pub(super) const TITLE: f64 = 16.0;

/// An upper estimate of the width of a text in a sans-serif font, in pixels.
///
/// Letters of such fonts are 0.5 to 0.6 of their size wide on average; those of East Asian scripts fill a square.
pub(super) fn width(text: &str, size: f64) -> i32 {
    let ems: f64 = text.chars().map(ems).sum();
    #[expect(clippy::cast_possible_truncation, reason = "a label is a few thousand pixels wide at most")]
    let pixels = (ems * size).ceil().min(1e6) as i32;
    pixels
}

fn ems(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' | ' ' | '(' | ')' => 0.36,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 1.0,
        'A'..='Z' => 0.74,
        '\u{1100}'.. => 1.05,
        _ => 0.61,
    }
}

/// The text without what XML cannot hold, cut with an ellipsis to fit a width.
pub(super) fn fit(text: &str, room: i32, size: f64) -> String {
    let text = clean(text);
    if width(&text, size) <= room {
        return text;
    }
    let mut cut = String::new();
    let mut ems_left = f64::from(room) / size - ems('…');
    for letter in text.chars() {
        ems_left -= ems(letter);
        if ems_left < 0.0 {
            break;
        }
        cut.push(letter);
    }
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// The text in lines of a width, broken between words.
pub(super) fn lines(text: &str, room: i32, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in clean(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit(word, room, size)),
        }
    }
    lines
}

/// The text with a blank for every character that XML 1.0 does not allow.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') { ' ' } else { letter })
        .collect()
}

/// A figure with the digits that a reader needs: whole persons, else about three.
pub(super) fn number(value: f64, unit: Unit) -> String {
    let decimals = match (unit, value.abs()) {
        (Unit::Persons, _) => 0,
        (Unit::Percent | Unit::PercentPerYear, _) | (_, 10.0..) => 1,
        (_, 1.0..) => 2,
        _ => 3,
    };
    let text = Rounding::default().format(value, decimals);
    if decimals == 0 { grouped(&text) } else { text }
}

/// Thousands with a comma: `12,345`.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, letter) in digits.char_indices() {
        let left = digits.len() - place;
        if place > 0 && left.is_multiple_of(3) && letter.is_ascii_digit() && !text.ends_with('-') {
            text.push(',');
        }
        text.push(letter);
    }
    text
}

/// The unit as it stands behind a number.
pub(super) const fn after(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => " %",
        Unit::PercentPerYear => " % per year",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_fit() {
        assert_eq!(fit("short", 200, TEXT), "short");
        let cut = fit("a very long label of a category", 80, TEXT);
        assert!(cut.ends_with('…') && width(&cut, TEXT) <= 80, "{cut}");
        assert_eq!(fit("a\u{0}b\nc", 200, TEXT), "a b c");
        let lines = lines("one two three four five six", 60, TEXT);
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, TEXT) <= 60));
    }

    #[test]
    fn numbers_have_the_digits_that_matter() {
        assert_eq!(number(37.8154, Unit::Percent), "37.8");
        assert_eq!(number(0.183_352, Unit::Per100k), "0.183");
        assert_eq!(number(111_965.0, Unit::Persons), "111,965");
        assert_eq!(grouped("999"), "999");
        assert_eq!(grouped("-123456"), "-123,456");
    }
}
