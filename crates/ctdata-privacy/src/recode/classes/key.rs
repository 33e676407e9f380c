//! Packed combinations of codes.

use std::fmt;

/// An unsigned integer, or several, with the codes of a class in bit fields.
pub(crate) trait Key: Copy + Eq + Default + Send + Sync + fmt::Debug + 'static {
    /// Bits in all.
    const BITS: u32;
    /// Fields do not cross multiples of this many bits.
    const WORD: u32;

    /// A code moved to its field.
    fn field(code: u16, shift: u32) -> Self;

    /// The code in a field of this many bits.
    fn code(self, shift: u32, width: u32) -> usize;

    /// The key with zeros in a field.
    fn cleared(self, shift: u32, width: u32) -> Self;

    /// Both keys, of which one has zeros where the other has codes.
    fn joined(self, other: Self) -> Self;

    /// Well mixed high bits.
    fn hash(self) -> u64;
}

/// 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Key for u32 {
    const BITS: u32 = 32;
    const WORD: u32 = 32;

    #[inline]
    fn field(code: u16, shift: u32) -> Self {
        Self::from(code).unbounded_shl(shift)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a field has at most 16 bits")]
    fn code(self, shift: u32, width: u32) -> usize {
        usize::from(self.unbounded_shr(shift) as u16 & mask(width))
    }

    #[inline]
    fn cleared(self, shift: u32, width: u32) -> Self {
        self & !Self::field(mask(width), shift)
    }

    #[inline]
    fn joined(self, other: Self) -> Self {
        self | other
    }

    #[inline]
    fn hash(self) -> u64 {
        u64::from(self).hash()
    }
}

impl Key for u64 {
    const BITS: u32 = 64;
    const WORD: u32 = 64;

    #[inline]
    fn field(code: u16, shift: u32) -> Self {
        Self::from(code).unbounded_shl(shift)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a field has at most 16 bits")]
    fn code(self, shift: u32, width: u32) -> usize {
        usize::from(self.unbounded_shr(shift) as u16 & mask(width))
    }

    #[inline]
    fn cleared(self, shift: u32, width: u32) -> Self {
        self & !Self::field(mask(width), shift)
    }

    #[inline]
    fn joined(self, other: Self) -> Self {
        self | other
    }

    #[inline]
    fn hash(self) -> u64 {
        // All bits of the key reach the high ones.
        self.wrapping_mul(GOLDEN)
    }
}

impl Key for u128 {
    const BITS: u32 = 128;
    const WORD: u32 = 128;

    #[inline]
    fn field(code: u16, shift: u32) -> Self {
        Self::from(code).unbounded_shl(shift)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a field has at most 16 bits")]
    fn code(self, shift: u32, width: u32) -> usize {
        usize::from(self.unbounded_shr(shift) as u16 & mask(width))
    }

    #[inline]
    fn cleared(self, shift: u32, width: u32) -> Self {
        self & !Self::field(mask(width), shift)
    }

    #[inline]
    fn joined(self, other: Self) -> Self {
        self | other
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves are wanted")]
    fn hash(self) -> u64 {
        // The high bits of the lower half must reach all of the sum.
        let low = (self as u64).wrapping_mul(GOLDEN);
        ((low ^ (low >> 32)).wrapping_add((self >> 64) as u64)).wrapping_mul(GOLDEN)
    }
}

/// Keys of up to 1,024 bits, for tables with very many quasi-identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wide([u64; 16]);

impl Key for Wide {
    const BITS: u32 = 1024;
    const WORD: u32 = 64;

    fn field(code: u16, shift: u32) -> Self {
        let mut wide = Self::default();
        if let Some(word) = wide.0.get_mut((shift / 64) as usize) {
            *word = u64::field(code, shift % 64);
        }
        wide
    }

    fn code(self, shift: u32, width: u32) -> usize {
        self.0.get((shift / 64) as usize).map_or(0, |word| word.code(shift % 64, width))
    }

    fn cleared(mut self, shift: u32, width: u32) -> Self {
        if let Some(word) = self.0.get_mut((shift / 64) as usize) {
            *word = word.cleared(shift % 64, width);
        }
        self
    }

    fn joined(mut self, other: Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
        self
    }

    fn hash(self) -> u64 {
        self.0.iter().fold(0, |hash: u64, &word| ((hash ^ (hash >> 32)) ^ word).wrapping_mul(GOLDEN))
    }
}

/// The lowest bits, at most 16 of them.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "at most 16 bits remain")]
fn mask(width: u32) -> u16 {
    ((1u32 << width.min(16)) - 1) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields_keep_their_codes<K: Key>(shifts: &[u32]) {
        let codes: Vec<u16> = (0u16..).zip(shifts).map(|(at, _)| 1000 + 77 * at).collect();
        let fields = shifts.iter().zip(&codes).map(|(&shift, &code)| K::field(code, shift));
        let key = fields.fold(K::default(), Key::joined);
        for (&shift, &code) in shifts.iter().zip(&codes) {
            assert_eq!(key.code(shift, 16), usize::from(code));
            assert_eq!(key.cleared(shift, 16).joined(K::field(code, shift)), key);
            assert_eq!(key.cleared(shift, 16).code(shift, 16), 0);
            assert_ne!(key.cleared(shift, 16).hash(), key.hash());
        }
        assert_eq!(K::default().code(K::BITS - K::BITS % K::WORD, 0), 0);
    }

    #[test]
    fn every_width_of_key_holds_fields() {
        fields_keep_their_codes::<u32>(&[0, 16]);
        fields_keep_their_codes::<u64>(&[0, 16, 32, 48]);
        fields_keep_their_codes::<u128>(&[0, 16, 56, 72, 112]);
        fields_keep_their_codes::<Wide>(&[0, 48, 64, 512, 1008]);
    }
}
