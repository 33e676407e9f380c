//! Stable least-significant-digit radix sort of packed keys.

#![expect(
    clippy::indexing_slicing,
    reason = "digits are masked to the size of their histogram; places sum to the length"
)]
#![expect(clippy::cast_possible_truncation, reason = "digits are masked before they are narrowed; lengths fit 32 bits")]

use crate::{Control, TableError};

/// An unsigned integer that packs a key, and perhaps a row below it.
pub(super) trait Word: Copy + Ord + Default + Send {
    /// `self << bits | value`.
    fn push(self, bits: u32, value: u32) -> Self;
    /// `self >> shift`, cut to `usize`; anything where `shift` is the whole width, as no bit is wanted then.
    fn shifted(self, shift: u32) -> usize;
    /// `self >> shift`.
    fn above(self, shift: u32) -> Self;
}

macro_rules! word {
    ($($type:ty),*) => {$(
        impl Word for $type {
            #[inline]
            fn push(self, bits: u32, value: u32) -> Self {
                self.unbounded_shl(bits) | Self::from(value)
            }

            #[inline]
            fn shifted(self, shift: u32) -> usize {
                self.wrapping_shr(shift) as usize
            }

            #[inline]
            fn above(self, shift: u32) -> Self {
                self >> shift
            }
        }
    )*};
}

word!(u32, u64, u128);

/// Below this many keys a comparison sort is as fast.
const SMALL: usize = 512;
/// Bits of a digit: its counters and write positions stay in the first cache level.
const DIGIT: u32 = 9;

/// Sorts by bits `low..high`; equal ones keep their order. Bits below `low` must not decide: they are
/// either absent or ascending.
pub(super) fn sort<W: Word>(keys: &mut Vec<W>, low: u32, high: u32, control: &Control) -> Result<(), TableError> {
    if keys.len() < SMALL {
        keys.sort_unstable();
        return Ok(());
    }
    let passes = (high - low).div_ceil(DIGIT);
    let width = (high - low).div_ceil(passes.max(1));
    let radix = 1usize << width;
    let mask = radix - 1;
    let mut histograms = vec![0u32; radix * passes as usize];
    for &key in &*keys {
        for (pass, histogram) in histograms.chunks_exact_mut(radix).enumerate() {
            histogram[key.shifted(low + width * pass as u32) & mask] += 1;
        }
    }
    let mut other = vec![W::default(); keys.len()];
    for (pass, places) in histograms.chunks_exact_mut(radix).enumerate() {
        control.check()?;
        if places.iter().any(|&count| count as usize == keys.len()) {
            continue;
        }
        let mut next = 0;
        for place in &mut *places {
            next += std::mem::replace(place, next);
        }
        let shift = low + width * pass as u32;
        for &key in &*keys {
            let place = &mut places[key.shifted(shift) & mask];
            other[*place as usize] = key;
            *place += 1;
        }
        std::mem::swap(keys, &mut other);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn sorts_as_the_standard_library(seed in any::<u64>(), len in 0usize..1500, bits in 1u32..=44) {
            let mut state = seed;
            let keys: Vec<u64> = (0..len as u64)
                .map(|row| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> (64 - bits)) << 20 | row
                })
                .collect();
            let mut expected = keys.clone();
            expected.sort_unstable();
            let mut sorted = keys.clone();
            sort(&mut sorted, 20, 20 + bits, &Control::default()).unwrap();
            prop_assert_eq!(&sorted, &expected);
            let mut wide: Vec<u128> = keys.iter().map(|&key| u128::from(key) << 40).collect();
            sort(&mut wide, 60, 60 + bits, &Control::default()).unwrap();
            prop_assert_eq!(wide, expected.iter().map(|&key| u128::from(key) << 40).collect::<Vec<_>>());
        }
    }
}
