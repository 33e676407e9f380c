//! From codes to countries in one step: direct tables, filled at compile time.
#![expect(
    clippy::indexing_slicing,
    reason = "positions come from letters and digits already checked, or from the loop bound"
)]

use super::Country;
use super::table::TABLE;

const NONE: u16 = u16::MAX;
/// The second sign of an alpha-2 code may be a digit (`Y1`).
const SECOND: usize = 36;

static ALPHA2: [u16; 26 * SECOND] = {
    let mut index = [NONE; 26 * SECOND];
    let mut i = 0;
    while i < TABLE.len() {
        if let [a, b] = *TABLE[i].alpha2.as_bytes()
            && let (Some(a), Some(b)) = (letter(a), letter_or_digit(b))
        {
            index[a * SECOND + b] = position(i);
        }
        i += 1;
    }
    index
};

static ALPHA3: [u16; 26 * 26 * 26] = {
    let mut index = [NONE; 26 * 26 * 26];
    let mut i = 0;
    while i < TABLE.len() {
        if let [a, b, c] = *TABLE[i].alpha3.as_bytes()
            && let (Some(a), Some(b), Some(c)) = (letter(a), letter(b), letter(c))
        {
            index[(a * 26 + b) * 26 + c] = position(i);
        }
        i += 1;
    }
    index
};

static M49: [u16; 1000] = {
    let mut index = [NONE; 1000];
    let mut i = 0;
    while i < TABLE.len() {
        if TABLE[i].m49 != 0 {
            index[TABLE[i].m49 as usize] = position(i);
        }
        i += 1;
    }
    index
};

// The order of `Country` is that of the alpha-2 codes, which therefore are distinct.
const _: () = {
    let mut last = 0;
    let mut i = 0;
    while i < TABLE.len() {
        let [a, b] = *TABLE[i].alpha2.as_bytes() else {
            panic!("alpha-2 codes have two signs");
        };
        let code = u16::from_be_bytes([a, b]);
        assert!(last < code, "the table is sorted by alpha-2 code");
        last = code;
        i += 1;
    }
};

pub(super) const fn alpha2(a: u8, b: u8) -> Option<Country> {
    match (letter(a), letter_or_digit(b)) {
        (Some(a), Some(b)) => country(ALPHA2[a * SECOND + b]),
        _ => None,
    }
}

pub(super) const fn alpha3(a: u8, b: u8, c: u8) -> Option<Country> {
    match (letter(a), letter(b), letter(c)) {
        (Some(a), Some(b), Some(c)) => country(ALPHA3[(a * 26 + b) * 26 + c]),
        _ => None,
    }
}

pub(super) const fn m49(number: u16) -> Option<Country> {
    if number < 1000 { country(M49[number as usize]) } else { None }
}

pub(super) const fn m49_digits(a: u8, b: u8, c: u8) -> Option<Country> {
    match (digit(a), digit(b), digit(c)) {
        (Some(a), Some(b), Some(c)) => country(M49[a * 100 + b * 10 + c]),
        _ => None,
    }
}

const fn country(position: u16) -> Option<Country> {
    if position == NONE { None } else { Some(Country(position)) }
}

#[expect(clippy::cast_possible_truncation, reason = "the table has some 260 rows")]
const fn position(i: usize) -> u16 {
    assert!(i < NONE as usize);
    i as u16
}

const fn letter(sign: u8) -> Option<usize> {
    match sign.to_ascii_uppercase() {
        upper @ b'A'..=b'Z' => Some((upper - b'A') as usize),
        _ => None,
    }
}

const fn digit(sign: u8) -> Option<usize> {
    match sign {
        b'0'..=b'9' => Some((sign - b'0') as usize),
        _ => None,
    }
}

const fn letter_or_digit(sign: u8) -> Option<usize> {
    match digit(sign) {
        Some(digit) => Some(26 + digit),
        None => letter(sign),
    }
}
