//! The discrete Gaussian by inversion: a table of proven bounds, and more digits where they do not decide.

#![expect(clippy::indexing_slicing, reason = "the guide covers all buckets, the sentinel ends every search")]
#![expect(clippy::cast_possible_truncation, reason = "buckets and entries are fewer than 2^17")]

use num_bigint::BigUint;

use super::Ratio;
use super::enclosure::Sums;
use crate::draw::Uniform;

/// Cumulative probabilities of the magnitude of a discrete Gaussian number, in units of 2^-63, each known to lie in
/// an interval.
///
/// A draw is a uniform real number U of which 63 binary digits are drawn, and a sign. The magnitude is the least m
/// with U below the probability of a magnitude of at most m. Where 63 digits and the bounds leave open whether it
/// is, more digits of both are worked out until it is decided.
#[derive(Debug)]
pub(super) struct Table {
    variance: Ratio,
    /// Lower bounds, never falling; after them a sentinel above all draws.
    bounds: Vec<u64>,
    /// No interval is wider: from the lower bound plus this on it is surely past.
    width: u64,
    /// For each value of the leading digits of a draw, where the search starts.
    guide: Vec<u32>,
    /// The digits of a draw after the leading ones.
    trailing: u32,
}

impl Table {
    /// A table of more entries is not made.
    pub(super) const MOST_ENTRIES: u64 = 1 << 16;
    /// Binary digits of a draw.
    const DRAWN: u32 = 63;
    /// Digits of the fixed-point numbers that the table is worked out with. 2^16 entries add up to less than 2^17,
    /// so that 128 bits hold them.
    const DIGITS: u32 = 108;

    /// For a variance in lowest terms; none if it would be too long.
    pub(super) fn try_new(variance: Ratio) -> Option<Self> {
        let sums = Sums::<u128>::enclose(variance, Self::DIGITS, usize::try_from(Self::MOST_ENTRIES).ok()?)?;
        // All numbers are cut to the 63 leading bits of the total, and divided by it by way of a reciprocal with
        // 126 digits, all rounded outwards.
        let cut = (128 - sums.total.high.leading_zeros()).saturating_sub(Self::DRAWN);
        let per_most = (1u128 << 126) / ((sums.total.high >> cut) + 1);
        let per_least = (1u128 << 126) / (sums.total.low >> cut).max(1) + 1;
        let mut width = 0;
        let mut bounds = Vec::with_capacity(sums.up_to.len() + 1);
        for sum in &sums.up_to {
            let low = u64::try_from(((sum.low >> cut) * per_most) >> Self::DRAWN).ok()?;
            let high = u64::try_from(((((sum.high >> cut) + 1) * per_least) >> Self::DRAWN) + 1).ok()?;
            width = width.max(high - low);
            bounds.push(low);
        }
        bounds.push(u64::MAX);
        // Two to four buckets an entry, so that a search seldom takes more than one step.
        let leading = (bounds.len() * 2).next_power_of_two().trailing_zeros().clamp(6, 14);
        let trailing = Self::DRAWN - leading;
        let mut place = 0u32;
        let guide = (0..1u64 << leading)
            .map(|bucket| {
                while bounds[place as usize] <= bucket << trailing {
                    place += 1;
                }
                place
            })
            .collect();
        Some(Self { variance, bounds, width, guide, trailing })
    }

    /// One draw.
    #[inline]
    pub(super) fn draw<U: Uniform + ?Sized>(&self, source: &mut U) -> i64 {
        let word = source.word();
        let drawn = word >> 1;
        let magnitude = self.magnitude(drawn).unwrap_or_else(|| self.refine(drawn, source));
        // Zero is the same with either sign.
        if word & 1 == 1 { -magnitude } else { magnitude }
    }

    /// The magnitude for a draw, if the table decides it.
    #[inline]
    fn magnitude(&self, drawn: u64) -> Option<i64> {
        let mut place = self.guide[(drawn >> self.trailing) as usize] as usize;
        while self.bounds[place] <= drawn {
            place += 1;
        }
        // Surely not past this bound; is it surely past the one before?
        let is_past = place == 0 || drawn - self.bounds[place - 1] >= self.width;
        // The sentinel is no bound.
        if is_past && place + 1 < self.bounds.len() { i64::try_from(place).ok() } else { None }
    }

    #[cold]
    fn refine<U: Uniform + ?Sized>(&self, drawn: u64, source: &mut U) -> i64 {
        refine(self.variance, drawn, Self::DRAWN, source)
    }
}

/// The magnitude for a uniform real number that starts with these digits. The others are drawn.
///
/// With D fixed-point digits, D / 2 digits of the number are known. What stays undecided with probability about
/// m 2^(-D/2) gets twice the digits, so that it ends.
fn refine<U: Uniform + ?Sized>(variance: Ratio, drawn: u64, known: u32, source: &mut U) -> i64 {
    let mut number = BigUint::from(drawn);
    let mut known = known;
    let mut digits = 256;
    loop {
        while known < digits / 2 {
            number = (number << 64u32) | BigUint::from(source.word());
            known += 64;
        }
        if let Some(magnitude) = decide(variance, &number, known, digits) {
            return magnitude;
        }
        digits *= 2;
    }
}

/// The magnitude for all real numbers that start with these digits, if it is the same for all of them and so many
/// digits show it.
fn decide(variance: Ratio, number: &BigUint, known: u32, digits: u32) -> Option<i64> {
    let sums = Sums::<BigUint>::enclose(variance, digits, 1 << 24)?;
    // The number lies in [number, number + 1) 2^-known, the probability of at most m is a sum over the total.
    let (least, most) = (number * &sums.total.low, (number + 1u32) * &sums.total.high);
    let place = sums.up_to.iter().position(|sum| most <= &sum.low << known)?;
    let is_past = place.checked_sub(1).is_none_or(|before| least >= &sums.up_to[before].high << known);
    if is_past { i64::try_from(place).ok() } else { None }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "small numbers")]
mod tests {
    use proptest::prelude::*;
    use rand::rngs::ChaCha20Rng;
    use rand::{Rng, SeedableRng};

    use super::*;

    fn ratio(numerator: u64, denominator: u64) -> Ratio {
        Ratio::try_new(numerator, denominator).unwrap().reduced()
    }

    #[test]
    fn bounds_are_those_of_other_tools() {
        // The probability of a magnitude of at most m in units of 2^-63, rounded down: mpmath 1.3.0, 400 bits.
        for (variance, m, expected) in [
            (ratio(1, 1), 0, 3_679_593_053_685_709_008u64),
            (ratio(1, 1), 1, 8_143_165_058_337_741_927),
            (ratio(1, 1), 2, 9_139_122_594_569_798_006),
            (ratio(1, 1), 5, 9_223_371_924_605_921_389),
            (ratio(100, 1), 0, 367_959_307_337_365_122),
            (ratio(100, 1), 10, 6_516_156_888_933_923_155),
            (ratio(100, 1), 50, 9_223_368_006_469_149_891),
            (ratio(1, 4), 0, 7_254_834_264_339_792_148),
            (ratio(1, 4), 1, 9_218_504_364_338_009_035),
            (ratio(7, 3), 0, 2_408_859_112_195_707_850),
            (ratio(7, 3), 2, 8_341_833_783_727_999_421),
            (ratio(7, 3), 4, 9_198_370_810_316_429_413),
        ] {
            let table = Table::try_new(variance).unwrap();
            assert!(table.bounds[m] <= expected && expected < table.bounds[m] + table.width, "{variance:?} {m}");
            assert!(table.width <= 8, "{}", table.width);
        }
    }

    #[test]
    fn bounds_contain_the_wide_ones() {
        for variance in [ratio(1, u64::MAX), ratio(1, 1_000), ratio(1, 3), ratio(25_601, 256), ratio(40_000_000, 1)] {
            let table = Table::try_new(variance).unwrap();
            let sums = Sums::<BigUint>::enclose(variance, 256, 1 << 20).unwrap();
            let entries = table.bounds.len() - 1;
            for (m, sum) in sums.up_to.iter().enumerate().take(entries).step_by(entries.div_ceil(500)) {
                let low: BigUint = (&sum.low << Table::DRAWN) / &sums.total.high;
                let high: BigUint = (&sum.high << Table::DRAWN) / &sums.total.low;
                assert!(BigUint::from(table.bounds[m]) <= low, "{variance:?} {m}");
                assert!(high < BigUint::from(table.bounds[m]) + table.width, "{variance:?} {m}");
            }
            assert!(table.width <= 8, "{variance:?}: {}", table.width);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn tables_and_wide_numbers_decide_alike(n in 1u64..10_000, d in 1u64..1_000, drawn in 0..1u64 << 63) {
            let variance = ratio(n, d);
            let table = Table::try_new(variance).unwrap();
            let decided = table.magnitude(drawn);
            prop_assert_eq!(decided, decide(variance, &BigUint::from(drawn), Table::DRAWN, 256));
        }
    }

    #[test]
    fn draws_near_a_bound_are_left_to_more_digits() {
        let table = Table::try_new(ratio(100, 1)).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for m in 0..60 {
            let bound = table.bounds[m];
            assert_eq!(table.magnitude(bound - 1), Some(m as i64));
            assert_eq!(table.magnitude(bound), None);
            assert_eq!(table.magnitude(bound + table.width), Some(m as i64 + 1));
            for drawn in bound..bound + table.width {
                let refined = table.refine(drawn, &mut rng);
                assert!(refined == m as i64 || refined == m as i64 + 1);
            }
        }
        // The last of all draws is in the tail, which has no bounds: more than nine standard deviations out.
        let last = (1 << Table::DRAWN) - 1;
        assert_eq!(table.magnitude(last), None);
        assert!((88..400).contains(&table.refine(last, &mut rng)));
    }

    #[test]
    fn refinement_splits_a_draw_as_its_digits_do() {
        // The probability of 0 for variance 100 is 367,959,307,337,365,122.612 338 976 in units of 2^-63: mpmath
        // 1.3.0, 400 bits. What is drawn within that unit is 0 below the fraction, and 1 above.
        let (variance, drawn, part) = (ratio(100, 1), 367_959_307_337_365_122, 0.612_338_976);
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let zeros = (0..1_000).filter(|_| refine(variance, drawn, Table::DRAWN, &mut rng) == 0).count();
        // Four standard deviations: a false alarm in 16,000.
        assert!((zeros as f64 - 1_000.0 * part).abs() < 4.0 * (1_000.0 * part * (1.0 - part)).sqrt(), "{zeros}");
    }

    #[test]
    fn refinement_asks_for_digits_until_it_is_decided() {
        /// Digits of a number: the same as those of a probability, for a while.
        struct Close(Vec<u64>, ChaCha20Rng, usize);
        impl Uniform for Close {
            fn word(&mut self) -> u64 {
                self.2 += 1;
                self.0.pop().unwrap_or_else(|| self.1.next_u64())
            }
            fn below(&mut self, _: u64) -> u64 {
                0
            }
        }
        // As many words of the probability of 0 as 1,024 digits give.
        let variance = ratio(1, 1);
        let sums = Sums::<BigUint>::enclose(variance, 1_024, 1 << 20).unwrap();
        let digits = (&sums.up_to[0].low << (Table::DRAWN + 320)) / &sums.total.high;
        let mut words: Vec<u64> = digits.to_u64_digits();
        assert_eq!(words.len(), 6);
        let drawn = words.pop().unwrap();
        let mut source = Close(words, ChaCha20Rng::seed_from_u64(3), 0);
        let magnitude = refine(variance, drawn, Table::DRAWN, &mut source);
        assert!(magnitude == 0 || magnitude == 1);
        // 512 digits of the number and 1,024 of the bounds decided.
        assert!(source.2 >= 6, "{}", source.2);
    }

    #[test]
    fn refinement_alone_draws_the_distribution() {
        // Nothing known at first. Probabilities of 0, 1, 2 for variance 1: spec values; chi-square with 3 degrees
        // of freedom is above 16.3 with probability 0.001.
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut seen = [0u32; 4];
        for _ in 0..2_000 {
            let magnitude = refine(ratio(1, 1), 0, 0, &mut rng);
            seen[usize::try_from(magnitude).unwrap().min(3)] += 1;
        }
        let p = [0.398_942_28, 2.0 * 0.241_970_72, 2.0 * 0.053_990_97];
        let expected = [p[0], p[1], p[2], 1.0 - p[0] - p[1] - p[2]].map(|p| p * 2_000.0);
        let chi: f64 = seen.iter().zip(expected).map(|(&n, e)| (f64::from(n) - e).powi(2) / e).sum();
        assert!(chi < 16.3, "{chi}");
    }
}
