//! What the dimension of a table says of a record, in a form in which tables can be compared.
//!
//! Two dimensions may read the same attribute with different categories (countries and regions, ages and age bands).
//! Each is a partition of the attribute's codes; what both tables can count by is the finest partition that is
//! coarser than both.

use ctdata_table::{Dimension, Variable};

/// No block: a category that no code of the attribute falls into.
const NONE: u16 = u16::MAX;

/// Codes of a flag, which are fixed: no, yes, then the kinds of missing.
const FLAG: [u16; 3] = [0, 1, 2];

/// What is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Base {
    /// An attribute: its codes are partitioned.
    Attribute(String),
    /// A variable of several attributes: its categories are partitioned.
    Variable(Variable),
}

/// A partition of the codes of its base into blocks, which are numbered in the order of their first codes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feature {
    pub(super) base: Base,
    /// The block of each code.
    pub(super) blocks: Vec<u16>,
}

/// Numbers blocks in the order of their first codes; also gives the block of each old number.
fn canonical(map: &[u16]) -> (Vec<u16>, Vec<u16>) {
    let mut block_of = vec![NONE; map.iter().map(|&old| usize::from(old) + 1).max().unwrap_or(0)];
    let mut next = 0;
    let blocks = map.iter().map(|&old| {
        let Some(block) = block_of.get_mut(usize::from(old)) else { return NONE };
        if *block == NONE {
            *block = next;
            next += 1;
        }
        *block
    });
    (blocks.collect(), block_of)
}

impl Feature {
    /// The feature of an exclusive dimension and the block of each of its categories; `None` for flags.
    pub(super) fn of(dimension: &Dimension) -> Option<(Self, Vec<u16>)> {
        let categories = u16::try_from(dimension.categories.len()).ok()?;
        let (base, map) = match &dimension.variable {
            Variable::Attribute { attribute } => (Base::Attribute(attribute.clone()), (0..categories).collect()),
            Variable::Recoded { attribute, map, .. } => (Base::Attribute(attribute.clone()), map.clone()),
            // One flag: its codes no, yes, missing are the categories 1, 0, 2.
            Variable::AnyFlag { members, .. } if members.len() == 1 => {
                (Base::Attribute(members.first()?.clone()), vec![1, 0, 2])
            }
            Variable::Flags { .. } => return None,
            other => (Base::Variable(other.clone()), (0..categories).collect()),
        };
        let (blocks, block_of) = canonical(&map);
        Some((Self { base, blocks }, block_of))
    }

    /// What one flag says: no, yes, not recorded.
    pub(super) fn flag(attribute: &str) -> Self {
        Self { base: Base::Attribute(attribute.to_owned()), blocks: FLAG.to_vec() }
    }

    /// The block of a code. A flag that is read as no, yes or not recorded has more kinds of missing in some files.
    pub(super) fn block(&self, code: usize) -> Option<u16> {
        let flag = self.blocks == FLAG;
        self.blocks.get(if flag { code.min(2) } else { code }).copied()
    }

    /// The number of codes that both have.
    fn codes(&self, other: &Self) -> usize {
        self.blocks.len().max(other.blocks.len())
    }

    /// The number of blocks.
    pub(super) fn size(&self) -> usize {
        self.blocks.iter().map(|&block| usize::from(block) + 1).max().unwrap_or(0)
    }

    /// The finest partition that is coarser than both; `None` if they read different things or it is a single block.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        if self.base != other.base {
            return None;
        }
        let (mine, theirs) = (self.size(), other.size());
        let mut parent: Vec<usize> = (0..mine + theirs).collect();
        for code in 0..self.codes(other) {
            let (a, b) = (usize::from(self.block(code)?), mine + usize::from(other.block(code)?));
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            if let Some(slot) = parent.get_mut(a.max(b)) {
                *slot = a.min(b);
            }
        }
        let roots = (0..self.codes(other)).map(|code| {
            let block = usize::from(self.block(code)?);
            u16::try_from(root(&mut parent, block)).ok()
        });
        let (blocks, _) = canonical(&roots.collect::<Option<Vec<_>>>()?);
        let join = Self { base: self.base.clone(), blocks };
        (join.size() > 1).then_some(join)
    }

    /// The block of `coarser` for each block of this one; `None` if it does not follow.
    pub(super) fn map_to(&self, coarser: &Self) -> Option<Vec<u16>> {
        if self.base != coarser.base {
            return None;
        }
        let mut map = vec![NONE; self.size()];
        for code in 0..self.codes(coarser) {
            let (from, to) = (self.block(code)?, coarser.block(code)?);
            let slot = map.get_mut(usize::from(from))?;
            if *slot != NONE && *slot != to {
                return None;
            }
            *slot = to;
        }
        Some(map)
    }

    /// The same with its blocks put into groups.
    pub(super) fn grouped(&self, group_of_block: &[u16]) -> Option<(Self, Vec<u16>)> {
        let groups = self.blocks.iter().map(|&block| group_of_block.get(usize::from(block)).copied());
        let (blocks, _) = canonical(&groups.collect::<Option<Vec<_>>>()?);
        let grouped = Self { base: self.base.clone(), blocks };
        let map = self.map_to(&grouped)?;
        Some((grouped, map))
    }
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while let Some(&up) = parent.get(at).filter(|up| **up != at) {
        at = up;
    }
    at
}

/// How a feature follows from the key of a cell.
#[derive(Debug, Clone)]
pub(super) enum Projection {
    /// From one coordinate.
    One { slot: usize, map: Vec<u16> },
    /// From two, for a variable that reads two attributes together.
    Two { first: usize, second: usize, width: usize, map: Vec<u16> },
    /// From flags, each with what its blocks say (0 yes, 1 no, 2 nothing), for whether any of them is yes.
    Any { parts: Vec<(usize, Vec<u16>)>, blocks: Vec<u16> },
}

impl Projection {
    /// How `target` follows from coordinates that are these features; `None` if it does not.
    pub(super) fn find(features: &[&Feature], target: &Feature) -> Option<Self> {
        let one = features.iter().enumerate().find_map(|(slot, feature)| Some((slot, feature.map_to(target)?)));
        if let Some((slot, map)) = one {
            return Some(Self::One { slot, map });
        }
        match &target.base {
            Base::Variable(Variable::Paired { first, second, map, .. }) => {
                let (first, a) = of_attribute(features, first)?;
                let (second, b) = of_attribute(features, second)?;
                let codes = map.len().checked_div(a.blocks.len())?;
                if codes != b.blocks.len() {
                    return None;
                }
                let width = b.size();
                let mut of_blocks = vec![NONE; a.size() * width];
                for (code, &category) in map.iter().enumerate() {
                    let block = target.block(usize::from(category))?;
                    let at = usize::from(a.block(code / codes)?) * width + usize::from(b.block(code % codes)?);
                    let slot = of_blocks.get_mut(at)?;
                    if *slot != NONE && *slot != block {
                        return None;
                    }
                    *slot = block;
                }
                Some(Self::Two { first, second, width, map: of_blocks })
            }
            Base::Variable(Variable::AnyFlag { members, .. }) => {
                let mut covered = vec![false; members.len()];
                let mut parts = Vec::new();
                for (slot, feature) in features.iter().enumerate() {
                    let (read, says): (&[String], _) = match &feature.base {
                        Base::Attribute(attribute) => (std::slice::from_ref(attribute), flag_says(feature)),
                        Base::Variable(Variable::AnyFlag { members, .. }) if feature.size() == 3 => {
                            (members, Some(vec![0, 1, 2]))
                        }
                        Base::Variable(_) => continue,
                    };
                    if let Some(says) = says.filter(|_| read.iter().all(|flag| members.contains(flag))) {
                        parts.push((slot, says));
                        for (covered, member) in covered.iter_mut().zip(members) {
                            *covered |= read.contains(member);
                        }
                    }
                }
                covered.iter().all(|covered| *covered).then(|| Self::Any { parts, blocks: target.blocks.clone() })
            }
            Base::Attribute(_) | Base::Variable(_) => None,
        }
    }

    /// The block of the target for a key.
    pub(super) fn block(&self, key: &[u16]) -> Option<u16> {
        match self {
            Self::One { slot, map } => map.get(usize::from(*key.get(*slot)?)).copied(),
            Self::Two { first, second, width, map } => {
                map.get(usize::from(*key.get(*first)?) * width + usize::from(*key.get(*second)?)).copied()
            }
            Self::Any { parts, blocks } => {
                let mut any = 2;
                for (slot, says) in parts {
                    any = any.min(*says.get(usize::from(*key.get(*slot)?))?);
                }
                blocks.get(usize::from(any)).copied()
            }
        }
    }
}

/// The coordinate that reads an attribute most finely.
fn of_attribute<'f>(features: &[&'f Feature], attribute: &str) -> Option<(usize, &'f Feature)> {
    let reads = |feature: &Feature| matches!(&feature.base, Base::Attribute(name) if name == attribute);
    let found = features.iter().enumerate().filter(|(_, feature)| reads(feature));
    found.max_by_key(|(_, feature)| feature.size()).map(|(slot, feature)| (slot, *feature))
}

/// For each block of a flag's feature: 0 yes, 1 no, 2 nothing. `None` if the blocks mix them.
fn flag_says(feature: &Feature) -> Option<Vec<u16>> {
    let flag = Feature { base: feature.base.clone(), blocks: FLAG.to_vec() };
    let says = feature.map_to(&flag)?;
    Some(says.into_iter().map(|block| [1, 0, 2].get(usize::from(block)).copied().unwrap_or(2)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::Category;

    fn attribute(name: &str, blocks: &[u16]) -> Feature {
        Feature { base: Base::Attribute(name.into()), blocks: blocks.to_vec() }
    }

    #[test]
    fn the_join_is_the_finest_common_reading() {
        let fives = attribute("age", &[0, 0, 1, 1, 2, 2]);
        let odd = attribute("age", &[0, 0, 0, 0, 1, 2]);
        assert_eq!(fives.join(&odd), Some(attribute("age", &[0, 0, 0, 0, 1, 1])));
        assert_eq!(fives.join(&attribute("age", &[0, 1, 1, 2, 2, 3])), None); // one block
        assert_eq!(fives.join(&attribute("sex", &[0, 0, 1, 1, 2, 2])), None);
        assert_eq!(fives.map_to(&attribute("age", &[0, 0, 0, 0, 1, 1])), Some(vec![0, 0, 1]));
        assert_eq!(fives.map_to(&odd), None);
    }

    #[test]
    fn pairs_and_any_flags_follow_from_their_attributes() {
        let same = Variable::Paired {
            name: "same".into(),
            first: "a".into(),
            second: "b".into(),
            categories: vec![Category::new("same", "Same"), Category::new("other", "Other")],
            map: vec![0, 1, 1, 0],
        };
        let target = Feature { base: Base::Variable(same), blocks: vec![0, 1] };
        let (a, b) = (attribute("a", &[0, 1]), attribute("b", &[0, 1]));
        let projection = Projection::find(&[&b, &a], &target).unwrap();
        assert_eq!([[0, 0], [0, 1], [1, 1]].map(|key| projection.block(&key)), [Some(0), Some(1), Some(0)]);
        assert!(Projection::find(&[&a], &target).is_none());

        let any = Variable::AnyFlag { name: "any".into(), members: vec!["a".into(), "b".into()] };
        let target = Feature { base: Base::Variable(any), blocks: vec![0, 1, 2] };
        // Codes: no, yes, not recorded.
        let (a, b) = (Feature::flag("a"), Feature::flag("b"));
        let projection = Projection::find(&[&a, &b], &target).unwrap();
        let blocks = [[0, 0], [1, 2], [0, 2], [2, 2]].map(|key| projection.block(&key));
        assert_eq!(blocks, [Some(1), Some(0), Some(1), Some(2)]);
        assert!(Projection::find(&[&a], &target).is_none());
    }

    #[test]
    fn a_flag_with_more_kinds_of_missing_is_read_alike() {
        let all = attribute("f", &[0, 1, 2, 3]);
        assert_eq!(all.map_to(&Feature::flag("f")), Some(vec![0, 1, 2, 2]));
        assert_eq!(all.join(&Feature::flag("f")), Some(attribute("f", &[0, 1, 2, 2])));
    }
}
