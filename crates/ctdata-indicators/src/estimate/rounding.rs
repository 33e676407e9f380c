//! Rounding at output.

/// How a tie is rounded when a figure is written with fewer digits; away from zero by default.
///
/// The shortest decimal text of the number is rounded, the one JSON shows: 2.675 becomes 2.68 with
/// two decimals although its binary value lies a little below. Zero is never written `-0`.
///
/// ```
/// use ctdata_indicators::estimate::Rounding;
///
/// assert_eq!(Rounding::HalfAwayFromZero.format(12.25, 1), "12.3");
/// assert_eq!(Rounding::HalfEven.format(12.25, 1), "12.2");
/// assert_eq!(Rounding::HalfEven.format(-0.04, 1), "0.0");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// 0.5 to 1, 1.5 to 2, −0.5 to −1; the default.
    #[default]
    HalfAwayFromZero,
    /// 0.5 to 0, 1.5 to 2, −0.5 to 0.
    HalfEven,
}

impl Rounding {
    /// The number with exactly `decimals` digits after the point; a number that is not finite as
    /// Rust prints it.
    pub fn format(self, value: f64, decimals: usize) -> String {
        // `Display` for floats is the shortest decimal that reads back, never with an exponent.
        let exact = value.abs().to_string();
        if !value.is_finite() {
            return value.to_string();
        }
        let (whole, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(decimals)).collect();
        digits.resize(whole.len() + decimals, b'0');
        let rest = fraction.get(decimals..).unwrap_or("");
        if self.rounds_up(digits.last().copied(), rest) && carry(&mut digits) {
            digits.insert(0, b'1');
        }
        let mut text = String::with_capacity(digits.len() + 2);
        if value < 0.0 && digits.iter().any(|digit| *digit != b'0') {
            text.push('-');
        }
        let point = digits.len() - decimals;
        for (i, digit) in digits.iter().enumerate() {
            if i == point {
                text.push('.');
            }
            text.push(char::from(*digit));
        }
        text
    }

    /// The number rounded to `decimals` digits after the point; one that is not finite unchanged.
    pub fn round(self, value: f64, decimals: usize) -> f64 {
        self.format(value, decimals).parse().unwrap_or(value)
    }

    fn rounds_up(self, last: Option<u8>, rest: &str) -> bool {
        let tie = rest.strip_prefix('5').is_some_and(|tail| tail.bytes().all(|digit| digit == b'0'));
        if tie && self == Self::HalfEven {
            // The digits '0' to '9' have the parity of their value.
            last.is_some_and(|digit| digit % 2 == 1)
        } else {
            rest.as_bytes().first().is_some_and(|digit| *digit >= b'5')
        }
    }
}

/// Adds one in the last place; true if a leading 1 is still owed.
fn carry(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_go_away_from_zero_or_to_the_even_digit() {
        for (value, decimals, away, even) in [
            (0.5, 0, "1", "0"),
            (1.5, 0, "2", "2"),
            (-0.5, 0, "-1", "0"),
            (2.675, 2, "2.68", "2.68"),
            (2.665, 2, "2.67", "2.66"),
            (0.125, 2, "0.13", "0.12"),
            (9.95, 1, "10.0", "10.0"),
            (99.5, 0, "100", "100"),
            (-12.25, 1, "-12.3", "-12.2"),
            (1e21, 1, "1000000000000000000000.0", "1000000000000000000000.0"),
            (1e-300, 3, "0.000", "0.000"),
            (3.0, 2, "3.00", "3.00"),
            (0.250_000_1, 1, "0.3", "0.3"),
        ] {
            assert_eq!(Rounding::HalfAwayFromZero.format(value, decimals), away);
            assert_eq!(Rounding::HalfEven.format(value, decimals), even);
        }
    }

    #[test]
    fn zero_has_no_sign() {
        for value in [0.0, -0.0, -0.04, -1e-12] {
            assert_eq!(Rounding::default().format(value, 1), "0.0");
            assert!(Rounding::default().round(value, 1).is_sign_positive());
        }
    }

    #[test]
    fn what_is_no_number_passes_through() {
        assert_eq!(Rounding::default().format(f64::NEG_INFINITY, 2), "-inf");
        assert!(Rounding::default().round(f64::NAN, 2).is_nan());
    }

    proptest! {
        #[test]
        fn the_result_is_within_half_a_unit_and_idempotent(value in -1e9_f64..1e9, decimals in 0_usize..6) {
            for rounding in [Rounding::HalfAwayFromZero, Rounding::HalfEven] {
                let text = rounding.format(value, decimals);
                let rounded: f64 = text.parse().unwrap();
                let unit = 10_f64.powi(-i32::try_from(decimals).unwrap());
                // The rounded number is itself stored in binary.
                prop_assert!((rounded - value).abs() <= 0.5 * unit + 2.0 * f64::EPSILON * value.abs());
                prop_assert_eq!(rounding.format(rounded, decimals), text);
            }
        }
    }
}
