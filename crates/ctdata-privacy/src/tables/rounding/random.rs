//! Rounding of each count by itself.
//!
//! # Sources
//! A. Hundepool et al. (2012), *Statistical Disclosure Control*, Wiley, section 5.4. Coins from the records behind a cell:
//! B. Fraser, J. Wooton (2005), "A proposed method for confidentialising tabular output to protect against
//! differencing", UNECE work session on statistical data confidentiality.

use crate::PrivacyError;
use crate::tables::{TableKey, TableMethod};

/// Rounds each count up or down to a multiple of a base by chance, so that it is right on average.
///
/// A count with remainder r goes up with probability r / base, and else down: the variance is r (base - r). Multiples stay,
/// and so does zero. The coin is HMAC-SHA-256 of the cell key ([`KeySums`](crate::tables::KeySums)) under a secret key:
/// equal cells in different tables and releases are rounded alike, so that nobody averages the chance out.
///
/// ```
/// use ctdata_privacy::tables::{RandomRounding, TableKey};
/// let rounding = RandomRounding::try_new(3, TableKey::from_bytes(b"32 bytes of a generator are best")?)?;
/// let figure = rounding.round(4, 0x1234_5678); // 3 in two of three cells, 6 in the others
/// assert!(figure == 3 || figure == 6);
/// assert_eq!(figure, rounding.round(4, 0x1234_5678));
/// assert_eq!((rounding.round(0, 7), rounding.round(9, 7)), (0, 9));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// - Over the choice of a random secret key, each figure is right on average.
/// - Measure: a figure tells a range of 2 base - 1 counts around it; a zero, of the counts below the base.
/// - Not protected: figures that add up to one another narrow the range, and multiples that stay do so in all tables.
#[derive(Debug, Clone)]
pub struct RandomRounding {
    base: u64,
    key: TableKey,
}

impl RandomRounding {
    /// Rounding to multiples of `base`, usually 3 or 5.
    ///
    /// # Errors
    /// A base below 2 or above 2³².
    pub fn try_new(base: u64, key: TableKey) -> Result<Self, PrivacyError> {
        check_base(base)?;
        Ok(Self { base, key })
    }

    /// The base.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// What a statement says of it.
    pub fn method(&self) -> TableMethod {
        TableMethod::RandomRounding { base: self.base }
    }

    /// The count, rounded, of the cell with this key.
    pub fn round(&self, count: u64, cell_key: u64) -> u64 {
        let below = round_down(count, self.base);
        let rest = count - below;
        if self.key.below(self.base, cell_key) < rest { below.saturating_add(self.base) } else { below }
    }
}

/// Checks the base of a rounding.
pub(super) fn check_base(base: u64) -> Result<(), PrivacyError> {
    if (2..=1 << 32).contains(&base) {
        return Ok(());
    }
    Err(PrivacyError::InvalidParameter { parameter: "base", rule: "it is from 2 to 2^32".to_owned() })
}

/// The nearest multiple of a base; a count halfway goes to the even one. A base of zero leaves counts as they are.
///
/// Conventional rounding, for comparison: whoever knows two of three numbers that add up often knows the third exactly.
///
/// ```
/// use ctdata_privacy::tables::round_nearest;
/// assert_eq!([1, 2, 5, 15, 25].map(|count| round_nearest(count, 10)), [0, 0, 0, 20, 20]);
/// assert_eq!([1, 2].map(|count| round_nearest(count, 3)), [0, 3]);
/// ```
pub fn round_nearest(count: u64, base: u64) -> u64 {
    let below = round_down(count, base);
    let rest = count - below;
    let up = match (2 * u128::from(rest)).cmp(&u128::from(base)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => base > 0 && (below / base) % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    if up { below.saturating_add(base) } else { below }
}

/// The largest multiple of a base that is not above the count. It is too low by (base - 1) / 2 on average, if all remainders
/// are as frequent. A base of zero leaves counts as they are.
///
/// ```
/// use ctdata_privacy::tables::round_down;
/// assert_eq!([9, 10, 19].map(|count| round_down(count, 10)), [0, 10, 10]);
/// ```
pub fn round_down(count: u64, base: u64) -> u64 {
    count - count.checked_rem(base).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> TableKey {
        TableKey::from_bytes(b"of no consequence, being a test!").unwrap()
    }

    /// Four to base 3: 3 in two of three cells, variance 2.
    #[test]
    fn four_is_rounded_to_base_three_without_bias() {
        let rounding = RandomRounding::try_new(3, key()).unwrap();
        let cells = 9_000u32;
        let up = (0..u64::from(cells)).filter(|cell| rounding.round(4, *cell) == 6).count();
        let up = f64::from(u32::try_from(up).unwrap());
        // Binomial with mean 3,000 and variance 2,000: further than 3.3 standard deviations with probability 0.001.
        assert!((up - 3_000.0).abs() < 3.3 * 2_000f64.sqrt(), "{up}");
        let share = up / f64::from(cells);
        let variance = (1.0 - share) + 4.0 * share; // (3 - 4)² and (6 - 4)²
        assert!((variance - 2.0).abs() < 3.0 * 3.3 * (2.0f64 / 9.0 / f64::from(cells)).sqrt(), "{variance}");
    }

    /// All remainders to base 5: mean r and variance r (5 - r) of what is added, below the multiple.
    #[test]
    fn every_remainder_goes_up_as_often_as_it_should() {
        let rounding = RandomRounding::try_new(5, key()).unwrap();
        for rest in 1..5u64 {
            let up = (0..5_000u64).filter(|cell| rounding.round(20 + rest, *cell) == 25).count();
            let share = f64::from(u32::try_from(up).unwrap()) / 5_000.0;
            let wanted = f64::from(u32::try_from(rest).unwrap()) / 5.0;
            // Further than 3.5 standard deviations with probability 0.0005 for each of the four.
            assert!((share - wanted).abs() < 3.5 * (wanted * (1.0 - wanted) / 5_000.0).sqrt(), "{rest}: {share}");
        }
    }

    proptest! {
        #[test]
        fn figures_are_multiples_next_to_the_count(count: u64, cell_key: u64, base in 2u64..2_000) {
            let count = count / 2;
            let rounding = RandomRounding::try_new(base, key()).unwrap();
            for figure in [rounding.round(count, cell_key), round_nearest(count, base), round_down(count, base)] {
                prop_assert!(figure.is_multiple_of(base) && figure.abs_diff(count) < base);
            }
            prop_assert!(2 * round_nearest(count, base).abs_diff(count) <= base);
            prop_assert!(round_down(count, base) <= count);
            prop_assert_eq!(rounding.round(count - count % base, cell_key), count - count % base);
        }

        /// For one cell key a larger count is never rounded to a smaller figure.
        #[test]
        fn rounding_is_monotone_in_the_count(count in 0u64..200, cell_key: u64) {
            let rounding = RandomRounding::try_new(7, key()).unwrap();
            prop_assert!(rounding.round(count, cell_key) <= rounding.round(count + 1, cell_key));
        }
    }

    #[test]
    fn bases_are_checked() {
        for base in [0, 1, (1 << 32) + 1] {
            assert!(RandomRounding::try_new(base, key()).is_err());
        }
        assert_eq!((round_down(7, 0), round_nearest(7, 0), round_nearest(7, 1)), (7, 7, 7));
        assert!(format!("{:?}", RandomRounding::try_new(5, key()).unwrap()).contains("[redacted]"));
        // (base - 1) / 2 too low: the mean of 0, 1, …, 9.
        assert_eq!((0..10).map(|count| count - round_down(count, 10)).sum::<u64>(), 45);
    }
}
