//! The lattice of full-domain generalizations: one level per quasi-identifier.

use std::ops::RangeInclusive;

use crate::PrivacyError;

/// All combinations of levels that are open to a search. A node is a level per attribute; its id is
/// its place in the lexicographic order of all nodes, so that the first attribute counts most.
#[derive(Debug, Clone)]
pub(crate) struct Lattice {
    lowest: Vec<u16>,
    highest: Vec<u16>,
    strides: Vec<u128>,
    size: u128,
}

impl Lattice {
    /// # Errors
    /// More nodes than 128 bits can count, or a level past 65,535.
    pub(crate) fn try_new(levels: impl IntoIterator<Item = RangeInclusive<usize>>) -> Result<Self, PrivacyError> {
        let mut lattice = Self { lowest: Vec::new(), highest: Vec::new(), strides: Vec::new(), size: 1 };
        for range in levels {
            let (Ok(lowest), Ok(highest)) = (u16::try_from(*range.start()), u16::try_from(*range.end())) else {
                return Err(too_large("a hierarchy has at most 65,535 levels"));
            };
            lattice.lowest.push(lowest);
            lattice.highest.push(highest.max(lowest));
        }
        let mut strides = vec![0; lattice.lowest.len()];
        for ((stride, lowest), highest) in strides.iter_mut().zip(&lattice.lowest).zip(&lattice.highest).rev() {
            *stride = lattice.size;
            let open = u128::from(highest - lowest) + 1;
            lattice.size =
                lattice.size.checked_mul(open).ok_or_else(|| too_large("the lattice has more than 2^128 nodes"))?;
        }
        lattice.strides = strides;
        Ok(lattice)
    }

    /// The number of nodes.
    pub(crate) fn size(&self) -> u128 {
        self.size
    }

    /// The most specific node.
    pub(crate) fn bottom(&self) -> &[u16] {
        &self.lowest
    }

    /// The most general node.
    pub(crate) fn top(&self) -> &[u16] {
        &self.highest
    }

    /// The strides of the ids: raising a level by one adds the stride of its attribute.
    pub(crate) fn strides(&self) -> &[u128] {
        &self.strides
    }

    /// The id of a node of this lattice.
    pub(crate) fn id(&self, levels: &[u16]) -> u128 {
        levels
            .iter()
            .zip(&self.lowest)
            .zip(&self.strides)
            .map(|((level, lowest), stride)| u128::from(level.saturating_sub(*lowest)) * stride)
            .sum()
    }

    /// The node of an id, written over `levels`.
    pub(crate) fn write_levels(&self, mut id: u128, levels: &mut [u16]) {
        for ((level, lowest), stride) in levels.iter_mut().zip(&self.lowest).zip(&self.strides) {
            // Below the number of open levels, which fits 16 bits.
            *level = lowest + u16::try_from(id / stride).unwrap_or(u16::MAX - lowest);
            id %= stride;
        }
    }

    /// The node of an id.
    pub(crate) fn levels(&self, id: u128) -> Vec<u16> {
        let mut levels = self.lowest.clone();
        self.write_levels(id, &mut levels);
        levels
    }

    /// Attributes of a node that can be raised: one direct successor each.
    pub(crate) fn raisable<'a>(&'a self, levels: &'a [u16]) -> impl Iterator<Item = usize> + 'a {
        levels.iter().zip(&self.highest).enumerate().filter(|(_, (level, highest))| level < highest).map(|(at, _)| at)
    }

    /// Attributes of a node that can be lowered: one direct predecessor each.
    pub(crate) fn lowerable<'a>(&'a self, levels: &'a [u16]) -> impl Iterator<Item = usize> + 'a {
        levels.iter().zip(&self.lowest).enumerate().filter(|(_, (level, lowest))| level > lowest).map(|(at, _)| at)
    }
}

/// The node with one level set.
pub(crate) fn with_level(levels: &[u16], attribute: usize, level: u16) -> Vec<u16> {
    let mut other = levels.to_vec();
    if let Some(slot) = other.get_mut(attribute) {
        *slot = level;
    }
    other
}

fn too_large(rule: &str) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter: "levels", rule: rule.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_places_in_the_order_of_nodes() {
        let lattice = Lattice::try_new([0..=2, 1..=1, 3..=4]).unwrap();
        assert_eq!(lattice.size(), 6);
        let nodes: Vec<_> = (0..6).map(|id| lattice.levels(id)).collect();
        assert!(nodes.is_sorted());
        for (id, node) in nodes.iter().enumerate() {
            assert_eq!(lattice.id(node), id as u128);
        }
        assert_eq!((nodes[0].as_slice(), nodes[5].as_slice()), (lattice.bottom(), lattice.top()));
        assert_eq!(lattice.raisable(&[2, 1, 3]).collect::<Vec<_>>(), [2]);
        assert_eq!(lattice.lowerable(&[2, 1, 3]).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn a_lattice_is_counted_in_128_bits_or_refused() {
        assert_eq!(Lattice::try_new(vec![0..=3; 63]).unwrap().size(), 1 << 126);
        let error = Lattice::try_new(vec![0..=3; 64]).unwrap_err();
        assert_eq!(error.to_string(), "levels: the lattice has more than 2^128 nodes");
        assert_eq!(Lattice::try_new(std::iter::empty()).unwrap().size(), 1);
    }
}
