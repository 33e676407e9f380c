//! Integers that never round: machine words that notice an overflow, and integers of any size for the rest.

use num_bigint::{BigInt, Sign};

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A number does not fit.
    Overflow,
    /// Too much work.
    Work,
}

/// Exact integer arithmetic. Operations that do not fit are `None`.
pub(super) trait Exact: Clone + Ord + std::fmt::Debug {
    /// How many times the memory and time of a machine word a number takes, roughly: limits are divided by it.
    const COST: usize;

    fn of(value: i64) -> Self;
    /// -1, 0 or 1.
    fn sign(&self) -> i32;
    fn is_one(&self) -> bool;
    fn negated(&self) -> Option<Self>;
    fn plus(&self, other: &Self) -> Option<Self>;
    /// a·x + b·y.
    fn combination(a: &Self, x: &Self, b: &Self, y: &Self) -> Option<Self>;
    /// Replaces the numbers x by a·x + b·y.
    fn combine(x: &mut [Self], a: &Self, b: &Self, y: &[Self]) -> Option<()> {
        for (x, y) in x.iter_mut().zip(y) {
            *x = Self::combination(a, x, b, y)?;
        }
        Some(())
    }
    /// The greatest common divisor, not negative; of 0 and 0 it is 0.
    fn gcd(&self, other: &Self) -> Self;
    fn to_u128(&self) -> Option<u128>;
    /// The quotient by a divisor that is known to divide, and is not zero.
    fn quotient(&self, divisor: &Self) -> Self;
}

impl Exact for i64 {
    const COST: usize = 1;

    fn of(value: i64) -> Self {
        value
    }

    fn sign(&self) -> i32 {
        self.signum() as i32
    }

    fn is_one(&self) -> bool {
        *self == 1
    }

    fn negated(&self) -> Option<Self> {
        self.checked_neg()
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        self.checked_add(*other)
    }

    fn combination(a: &Self, x: &Self, b: &Self, y: &Self) -> Option<Self> {
        let sum = (i128::from(*a) * i128::from(*x)).checked_add(i128::from(*b) * i128::from(*y))?;
        Self::try_from(sum).ok()
    }

    fn combine(x: &mut [Self], a: &Self, b: &Self, y: &[Self]) -> Option<()> {
        let largest = |numbers: &[Self]| numbers.iter().fold(0, |most, number| most.max(number.unsigned_abs()));
        let bound = |factor: &Self, numbers| factor.unsigned_abs().checked_mul(largest(numbers));
        let bound = bound(a, x)?.checked_add(bound(b, y)?)?;
        Self::try_from(bound).ok()?;
        // Now nothing overflows: no check in the loop.
        for (x, y) in x.iter_mut().zip(y) {
            *x = a * *x + b * y;
        }
        Some(())
    }

    fn gcd(&self, other: &Self) -> Self {
        let (mut one, mut two) = (self.unsigned_abs(), other.unsigned_abs());
        while two != 0 {
            (one, two) = (two, one % two);
        }
        // Only of i64::MIN with itself or 0 it does not fit; 1 divides too.
        Self::try_from(one).unwrap_or(1)
    }

    fn to_u128(&self) -> Option<u128> {
        (*self).try_into().ok()
    }

    fn quotient(&self, divisor: &Self) -> Self {
        self.checked_div(*divisor).unwrap_or(*self)
    }
}

impl Exact for BigInt {
    const COST: usize = 32;

    fn of(value: i64) -> Self {
        Self::from(value)
    }

    fn sign(&self) -> i32 {
        match BigInt::sign(self) {
            Sign::Minus => -1,
            Sign::NoSign => 0,
            Sign::Plus => 1,
        }
    }

    fn is_one(&self) -> bool {
        *self == Self::from(1)
    }

    fn negated(&self) -> Option<Self> {
        Some(-self)
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(self + other)
    }

    fn combination(a: &Self, x: &Self, b: &Self, y: &Self) -> Option<Self> {
        Some(a * x + b * y)
    }

    fn gcd(&self, other: &Self) -> Self {
        let (mut one, mut two) = (self.clone(), other.clone());
        while Exact::sign(&two) != 0 {
            let rest = &one % &two;
            (one, two) = (two, rest);
        }
        if Exact::sign(&one) < 0 { -one } else { one }
    }

    fn to_u128(&self) -> Option<u128> {
        self.try_into().ok()
    }

    fn quotient(&self, divisor: &Self) -> Self {
        if Exact::sign(divisor) == 0 { self.clone() } else { self / divisor }
    }
}

/// Divides numbers by their greatest common divisor.
pub(super) fn shorten<T: Exact>(numbers: &mut [T]) {
    let mut divisor = T::of(0);
    for number in &*numbers {
        divisor = divisor.gcd(number);
        if divisor.is_one() {
            return;
        }
    }
    for number in numbers {
        *number = number.quotient(&divisor);
    }
}
