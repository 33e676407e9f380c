//! Where each quasi-identifier lies in a key, and how its codes generalize there.

use super::Key;
use crate::PrivacyError;
use crate::recode::attributes::SearchAttribute;

/// The field of one attribute.
#[derive(Debug, Clone)]
pub(crate) struct Field<K> {
    pub(crate) shift: u32,
    pub(crate) width: u32,
    levels: usize,
    /// From level to level: the field of the coarser code for each finer one.
    maps: Vec<Vec<K>>,
}

/// One step of a generalization: the field of a code is replaced by the one that the map holds.
pub(crate) struct Change<'a, K> {
    shift: u32,
    width: u32,
    map: &'a [K],
}

impl<K: Key> Change<'_, K> {
    #[inline]
    pub(super) fn apply(&self, key: K) -> K {
        let coarser = self.map.get(key.code(self.shift, self.width)).copied().unwrap_or_default();
        key.cleared(self.shift, self.width).joined(coarser)
    }
}

/// How combinations of codes are packed.
#[derive(Debug, Clone)]
pub(crate) struct Coding<K> {
    fields: Vec<Field<K>>,
}

/// Bits of a key for these attributes, up to these levels, where fields do not cross words of this
/// size.
pub(crate) fn key_bits(attributes: &[SearchAttribute], top: &[u16], word: u32) -> u32 {
    places(attributes, top, word).last().map_or(0, |(shift, width)| shift + width)
}

/// Shift and width of each field.
fn places<'a>(attributes: &'a [SearchAttribute], top: &'a [u16], word: u32) -> impl Iterator<Item = (u32, u32)> + 'a {
    let mut next = 0;
    attributes.iter().zip(top).map(move |(attribute, &highest)| {
        let open = attribute.levels.iter().take(usize::from(highest) + 1);
        let codes = open.map(|level| level.leaves.len()).max().unwrap_or(0);
        let width = codes.saturating_sub(1).checked_ilog2().map_or(0, |bits| bits + 1);
        if next % word + width > word {
            next = next.next_multiple_of(word);
        }
        let place = (next, width);
        next += width;
        place
    })
}

impl<K: Key> Coding<K> {
    /// # Errors
    /// More codes than a key has bits for.
    pub(crate) fn try_new(attributes: &[SearchAttribute], top: &[u16]) -> Result<Self, PrivacyError> {
        let needed = key_bits(attributes, top, K::WORD);
        if needed > K::BITS {
            let rule = format!("their codes take {needed} bits together, at most {} are possible", K::BITS);
            return Err(PrivacyError::InvalidParameter { parameter: "quasi-identifiers", rule });
        }
        let fields = attributes
            .iter()
            .zip(top)
            .zip(places(attributes, top, K::WORD))
            .map(|((attribute, &highest), (shift, width))| {
                let levels = usize::from(highest) + 1;
                let maps = (0..levels)
                    .flat_map(|from| (0..levels).map(move |to| (from, to)))
                    .map(|(from, to)| {
                        let map = if from < to { attribute.map(from, to) } else { Vec::new() };
                        map.into_iter().map(|code| K::field(code, shift)).collect()
                    })
                    .collect();
                Field { shift, width, levels, maps }
            })
            .collect();
        Ok(Self { fields })
    }

    pub(crate) fn fields(&self) -> &[Field<K>] {
        &self.fields
    }

    /// What changes from a node to a more general one.
    pub(crate) fn changes(&self, from: &[u16], to: &[u16]) -> Vec<Change<'_, K>> {
        self.fields
            .iter()
            .zip(from.iter().zip(to))
            .filter(|(_, (from, to))| from != to)
            .map(|(field, (&from, &to))| {
                let at = usize::from(from) * field.levels + usize::from(to);
                Change { shift: field.shift, width: field.width, map: field.maps.get(at).map_or(&[], Vec::as_slice) }
            })
            .collect()
    }
}
