//! Fixed-point numbers, and intervals of them that surely contain a real number.
//!
//! Every operation on intervals rounds the lower end down and the upper end up, so that what comes out contains the
//! exact result for all real numbers that the operands contain. No bound is estimated: the ends are the bounds.

use std::ops::{Add, Sub};

use num_bigint::BigUint;

/// Whole numbers that stand for fractions: `u128` where that is enough, else [`BigUint`].
pub(super) trait Digits: Clone + Ord + From<u64> + Add<Output = Self> + Sub<Output = Self> {
    /// 2^`digits`.
    fn one(digits: u32) -> Self;
    /// The product over 2^`digits`, rounded down. Neither factor is much above 2^`digits`.
    fn product(&self, other: &Self, digits: u32) -> Self;
    /// Divided by a number above 0, rounded down.
    fn over(&self, divisor: u64) -> Self;
    /// `numerator` 2^`shift` / `denominator`, rounded down; below 2^110 where the type is narrow.
    fn ratio(numerator: u64, denominator: u64, shift: u32) -> Self;
    /// Times a number, if that fits.
    fn times(&self, factor: u64) -> Option<Self>;
}

impl Digits for u128 {
    fn one(digits: u32) -> Self {
        1 << digits
    }

    #[inline]
    fn product(&self, other: &Self, digits: u32) -> Self {
        const LOW: u128 = u64::MAX as u128;
        let (a, b, c, d) = (self >> 64, self & LOW, other >> 64, other & LOW);
        let (low, cross_one, cross_two) = (b * d, a * d, b * c);
        let middle = (low >> 64) + (cross_one & LOW) + (cross_two & LOW);
        let high = a * c + (cross_one >> 64) + (cross_two >> 64) + (middle >> 64);
        (high << (128 - digits)) | (((middle & LOW) << 64 | (low & LOW)) >> digits)
    }

    fn over(&self, divisor: u64) -> Self {
        self / Self::from(divisor)
    }

    fn ratio(numerator: u64, denominator: u64, shift: u32) -> Self {
        let (numerator, denominator) = (Self::from(numerator), Self::from(denominator));
        // In two steps, since the numerator has no room for more than 64 digits.
        let (first, second) = (shift.min(64), shift.saturating_sub(64));
        let shifted = numerator << first;
        ((shifted / denominator) << second) + ((shifted % denominator) << second) / denominator
    }

    fn times(&self, factor: u64) -> Option<Self> {
        self.checked_mul(factor.into())
    }
}

impl Digits for BigUint {
    fn one(digits: u32) -> Self {
        Self::from(1u32) << digits
    }

    fn product(&self, other: &Self, digits: u32) -> Self {
        (self * other) >> digits
    }

    fn over(&self, divisor: u64) -> Self {
        self / divisor
    }

    fn ratio(numerator: u64, denominator: u64, shift: u32) -> Self {
        (Self::from(numerator) << shift) / denominator
    }

    fn times(&self, factor: u64) -> Option<Self> {
        Some(self * factor)
    }
}

/// A real number between two fixed-point numbers.
#[derive(Debug, Clone)]
pub(super) struct Interval<D> {
    pub(super) low: D,
    pub(super) high: D,
}

impl<D: Digits> Interval<D> {
    /// Exactly 1.
    pub(super) fn one(digits: u32) -> Self {
        Self { low: D::one(digits), high: D::one(digits) }
    }

    /// Contains the product.
    #[inline]
    pub(super) fn times(&self, other: &Self, digits: u32) -> Self {
        Self { low: self.low.product(&other.low, digits), high: self.high.product(&other.high, digits) + D::from(1) }
    }

    /// Contains the quotient by a whole number above 0.
    fn over(&self, divisor: u64) -> Self {
        Self { low: self.low.over(divisor), high: self.high.over(divisor) + D::from(1) }
    }

    /// Contains the sum.
    #[inline]
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self { low: self.low.clone() + other.low.clone(), high: self.high.clone() + other.high.clone() }
    }

    /// Contains the difference, if that is between 0 and 1.
    fn minus(&self, other: &Self, digits: u32) -> Self {
        let difference = |a: &D, b: &D| if a > b { a.clone() - b.clone() } else { D::from(0) };
        Self { low: difference(&self.low, &other.high), high: difference(&self.high, &other.low).min(D::one(digits)) }
    }

    /// Contains exp(-numerator / (2 denominator)), both above 0. With 70 digits or more.
    pub(super) fn exp_minus_half(numerator: u64, denominator: u64, digits: u32) -> Self {
        // The argument is halved until it is at most 1/2, and the result squared as often.
        let mut halvings = 1;
        while u128::from(numerator) > u128::from(denominator) << (halvings - 1) {
            halvings += 1;
        }
        let low = D::ratio(numerator, denominator, digits - halvings);
        let argument = Self { high: low.clone() + D::from(1), low };
        // 1 - x + x^2 / 2! - …: the terms fall and change sides, so that what is left out is between 0 and the
        // last term.
        let mut term = Self::one(digits);
        let mut sums = [term.clone(), Self { low: D::from(0), high: D::from(0) }];
        let mut k = 1;
        while term.high > D::from(4) {
            term = term.times(&argument, digits).over(k);
            let [even, odd] = sums;
            sums = if k % 2 == 0 { [even.plus(&term), odd] } else { [even, odd.plus(&term)] };
            k += 1;
        }
        let [mut even, mut odd] = sums;
        even.high = even.high + term.high.clone();
        odd.high = odd.high + term.high;
        let mut power = even.minus(&odd, digits);
        for _ in 1..halvings {
            power = power.times(&power, digits);
            power.high = power.high.min(D::one(digits));
        }
        power
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn narrow_numbers_are_rounded_as_wide_ones(a in 0..=1u128 << 110, b in 0..=1u128 << 110, n in 1u64.., d in 1u64..) {
            let (wide_a, wide_b) = (BigUint::from(a), BigUint::from(b));
            prop_assert_eq!(BigUint::from(a.product(&b, 108)), wide_a.product(&wide_b, 108));
            prop_assert_eq!(BigUint::from(a.over(n)), wide_a.over(n));
            prop_assert_eq!(BigUint::from(u128::ratio(n, d, 40)), BigUint::ratio(n, d, 40));
            let below_one = n.min(d);
            prop_assert_eq!(BigUint::from(u128::ratio(below_one, d, 107)), BigUint::ratio(below_one, d, 107));
        }

        #[test]
        fn narrow_powers_contain_wide_ones(n in 1u64.., d in 1u64..) {
            // 108 digits against 512: an interval contains another if it contains both ends of it.
            let narrow = Interval::<u128>::exp_minus_half(n, d, 108);
            let wide = Interval::<BigUint>::exp_minus_half(n, d, 512);
            prop_assert!(wide.low <= wide.high);
            prop_assert!(BigUint::from(narrow.low) << 404u32 <= wide.low);
            prop_assert!(wide.high <= BigUint::from(narrow.high) << 404u32);
            // What is halved often is squared often, and each squaring doubles the width at most.
            prop_assert!(narrow.high - narrow.low < 1 << 80);
        }
    }

    #[test]
    fn powers_are_those_of_other_tools() {
        // exp(-1/2), exp(-1/200) and exp(-5) times 2^108, rounded down: mpmath 1.3.0 with 200 digits.
        for (numerator, denominator, expected) in [
            (1, 1, 196_830_452_439_435_191_415_558_534_157_068u128),
            (1, 100, 322_900_010_619_694_682_301_097_680_393_998),
            (10, 1, 2_186_588_814_770_352_493_375_674_455_194),
        ] {
            let power = Interval::<u128>::exp_minus_half(numerator, denominator, 108);
            assert!(power.low <= expected && expected <= power.high, "{numerator}/{denominator}: {power:?}");
            assert!(power.high - power.low < 600);
        }
    }
}
