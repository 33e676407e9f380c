//! Generalization hierarchies: from leaf values to coarser and coarser ones.

mod adopt;
mod dates;
mod groups;
mod intervals;
mod rows;
mod text;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{Attribute, Column, Domain, DomainKind, MissingKinds, TableError};

pub use adopt::HierarchyMisses;
pub use dates::DateUnit;
pub use groups::Groups;
pub use intervals::Intervals;
pub use rows::HierarchyRule;
pub use text::{Masking, Side};

/// The label of the top value in hierarchies made from files and rules.
pub(crate) const TOP: &str = "*";

/// One level of a hierarchy: a domain, and for each leaf the code it generalizes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    name: Arc<str>,
    domain: Domain,
    of_leaf: Arc<[u16]>,
}

impl Level {
    /// The name, such as `sub-region`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values at this level.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// For each leaf code, the code at this level.
    pub fn of_leaf(&self) -> &[u16] {
        &self.of_leaf
    }
}

/// A tree over the values of a domain, as a chain of levels; level 0 is the domain itself.
///
/// Each level is a function of the one below: values that share a code once share it ever after.
/// Missing cells are no leaves: they keep their kind at every level.
///
/// | from | |
/// |---|---|
/// | a file | [`from_csv_path`](Self::from_csv_path), [`from_csv`](Self::from_csv) (feature `csv`) |
/// | rows of labels | [`from_rows`](Self::from_rows) |
/// | a function | [`with_level`](Self::with_level), [`with_top`](Self::with_top) |
/// | numbers | [`intervals`](Self::intervals) |
/// | an order | [`with_groups`](Self::with_groups) |
/// | dates | [`dates`](Self::dates) |
/// | codes with digits | [`masked`](Self::masked), [`prefixes`](Self::prefixes) |
///
/// A hierarchy speaks of its own leaves; [`adopt`](Self::adopt) fits a column to them.
///
/// ```
/// use ctdata_table::{Domain, Hierarchy, Origin};
/// let age = Domain::ordered(["0-8", "9-17", "18-20", "21+"], Origin::Public)?;
/// let hierarchy = Hierarchy::of(age)
///     .with_level("majority", ["child", "adult"], |code| if code < 2 { 0 } else { 1 })?
///     .with_top("any")?;
/// assert_eq!(hierarchy.height(), 2);
/// assert_eq!(hierarchy.level(1).map(|level| level.of_leaf()), Some(&[0, 0, 1, 1][..]));
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    leaves: Level,
    above: Vec<Level>,
}

impl Hierarchy {
    /// The hierarchy that has only its leaves.
    pub fn of(leaves: Domain) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a domain has at most MAX_VALUES values")]
        let identity = (0..leaves.len()).map(|code| code as u16).collect();
        Self { leaves: Level { name: "value".into(), domain: leaves, of_leaf: identity }, above: Vec::new() }
    }

    /// The same hierarchy with one more level on top: its labels, and for each leaf code the code of
    /// its label. Where the leaves have an order and the level keeps it, the level is ordered too.
    ///
    /// # Errors
    /// A label given twice, a code past the labels, or two leaves that shared a value on the level
    /// below and would part again.
    pub fn with_level<L: Into<Box<str>>>(
        mut self,
        name: impl Into<Arc<str>>,
        labels: impl IntoIterator<Item = L>,
        of_leaf: impl Fn(u16) -> u16,
    ) -> Result<Self, TableError> {
        let name = name.into();
        let invalid = |rule: String| TableError::Invalid { what: format!("hierarchy level `{name}`"), rule };
        let origin = self.leaves().origin();
        let labels: Vec<Box<str>> = labels.into_iter().map(Into::into).collect();
        let keeps_order = self.is_ordered() && (0u16..).take(self.leaves().len()).map(&of_leaf).is_sorted();
        let domain = if keeps_order { Domain::ordered(labels, origin) } else { Domain::nominal(labels, origin) }?;
        let below = self.top();
        let mut of_below: Vec<Option<u16>> = vec![None; below.domain.len()];
        let mut map = Vec::with_capacity(below.of_leaf.len());
        for (leaf, &under) in (0u16..).zip(below.of_leaf.iter()) {
            let code = of_leaf(leaf);
            if usize::from(code) >= domain.len() {
                return Err(invalid(format!("value {} has no label there", u32::from(leaf) + 1)));
            }
            match of_below.get_mut(usize::from(under)) {
                Some(Some(before)) if *before != code => {
                    return Err(invalid(format!(
                        "value {} parts from another that it was joined with on the level below",
                        u32::from(leaf) + 1
                    )));
                }
                Some(slot) => *slot = Some(code),
                None => {}
            }
            map.push(code);
        }
        self.above.push(Level { name: Arc::clone(&name), domain, of_leaf: map.into() });
        Ok(self)
    }

    /// The same hierarchy with one value for everything on top.
    ///
    /// # Errors
    /// None in practice; see [`Hierarchy::with_level`].
    pub fn with_top(self, label: &str) -> Result<Self, TableError> {
        self.with_level("any", [label], |_| 0)
    }

    /// The same hierarchy without its top level, if that has one value for everything.
    #[must_use]
    pub fn without_top(mut self) -> Self {
        self.above.pop_if(|top| top.domain.len() == 1);
        self
    }

    /// The same hierarchy with one more level on top: for each leaf, in the order of codes, its label
    /// there. Labels get their codes in the order in which they come first.
    fn with_labels(self, name: impl Into<Arc<str>>, of_leaf: impl Iterator<Item = String>) -> Result<Self, TableError> {
        let mut labels: Vec<Box<str>> = Vec::new();
        let mut codes: FxHashMap<Box<str>, u16> = FxHashMap::default();
        let mut map = Vec::with_capacity(self.leaves().len());
        for label in of_leaf {
            let label = label.into_boxed_str();
            // There are no more labels than leaves, which fit 16 bits.
            let next = u16::try_from(labels.len()).unwrap_or(u16::MAX);
            map.push(*codes.entry(label).or_insert_with_key(|label| {
                labels.push(label.clone());
                next
            }));
        }
        self.with_level(name, labels, |leaf| map.get(usize::from(leaf)).copied().unwrap_or(u16::MAX))
    }

    /// Whether the codes of the leaves follow a meaningful order.
    fn is_ordered(&self) -> bool {
        self.leaves().kind() != DomainKind::Nominal
    }

    /// The leaf domain.
    pub fn leaves(&self) -> &Domain {
        &self.leaves.domain
    }

    fn top(&self) -> &Level {
        self.above.last().unwrap_or(&self.leaves)
    }

    /// The number of levels above the leaves.
    pub fn height(&self) -> usize {
        self.above.len()
    }

    /// A level, from 0 (the leaves) to [`height`](Self::height).
    pub fn level(&self, level: usize) -> Option<&Level> {
        match level.checked_sub(1) {
            None => Some(&self.leaves),
            Some(above) => self.above.get(above),
        }
    }

    /// All levels, leaves first.
    pub fn levels(&self) -> impl Iterator<Item = &Level> {
        std::iter::once(&self.leaves).chain(&self.above)
    }

    /// How many leaves lie under a value of a level.
    pub fn leaves_under(&self, level: usize, code: u16) -> usize {
        self.level(level).map_or(0, |level| level.of_leaf.iter().filter(|&&found| found == code).count())
    }

    /// For each value of a level, the share of all leaves that lie under it; empty above the top. The
    /// leaves are those of the hierarchy, whether a table has them or not.
    ///
    /// ```
    /// use ctdata_table::Hierarchy;
    /// let race = Hierarchy::from_rows([["White", "*"], ["Black", "*"], ["Other", "*"], ["Amer-Indian", "*"]])?;
    /// assert_eq!((race.share(0), race.share(1)), (vec![0.25; 4], vec![1.0]));
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    pub fn share(&self, level: usize) -> Vec<f64> {
        let Some(level) = self.level(level) else { return Vec::new() };
        let mut under = vec![0u32; level.domain.len()];
        for &code in level.of_leaf.iter() {
            if let Some(count) = under.get_mut(usize::from(code)) {
                *count += 1;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a domain has at most MAX_VALUES values")]
        let all = level.of_leaf.len().max(1) as f64;
        under.into_iter().map(|count| f64::from(count) / all).collect()
    }

    /// For each value of a level, its code on the level above; `None` from the top level up. Values
    /// that no leaf has get code 0.
    pub fn parents(&self, level: usize) -> Option<Vec<u16>> {
        let (below, above) = (self.level(level)?, self.level(level + 1)?);
        let mut parents = vec![0; below.domain.len()];
        for (&from, &to) in below.of_leaf.iter().zip(above.of_leaf.iter()) {
            if let Some(parent) = parents.get_mut(usize::from(from)) {
                *parent = to;
            }
        }
        Some(parents)
    }

    /// An attribute and its column on a level. Kinds of missing stay what they are.
    ///
    /// # Errors
    /// A level above the top, or an attribute whose domain is not the leaves of this hierarchy.
    pub fn generalize(
        &self,
        attribute: &Attribute,
        column: &Column,
        level: usize,
    ) -> Result<(Attribute, Column), TableError> {
        let invalid = |rule: &str| TableError::Invalid {
            what: format!("hierarchy of `{}`", attribute.name()),
            rule: rule.to_owned(),
        };
        if attribute.domain() != self.leaves() {
            return Err(invalid("its leaves are not the values of the attribute"));
        }
        let level = self.level(level).ok_or_else(|| invalid("there is no such level"))?;
        let generalized = Attribute::new(attribute.shared_name(), level.domain.clone(), attribute.missing());
        let map: Vec<u16> =
            level.of_leaf.iter().copied().chain(missing_codes(&generalized, attribute.missing())).collect();
        Ok((generalized, column.recoded(&map)))
    }
}

fn missing_codes(attribute: &Attribute, kinds: MissingKinds) -> impl Iterator<Item = u16> + '_ {
    kinds.iter().filter_map(|kind| attribute.missing_code(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Missing, Origin};

    fn age() -> Domain {
        Domain::ordered(["0-8", "9-17", "18-20", "21+"], Origin::Public).unwrap()
    }

    #[test]
    fn joined_values_do_not_part_again() {
        let joined = Hierarchy::of(age()).with_level("pairs", ["a", "b"], |code| code / 2).unwrap();
        let error = joined.with_level("thirds", ["a", "b"], |code| u16::from(code > 0)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "hierarchy level `thirds`: value 2 parts from another that it was joined with on the level below"
        );
    }

    #[test]
    fn a_level_is_ordered_if_it_keeps_the_order_of_the_leaves() {
        let kept = Hierarchy::of(age()).with_level("pairs", ["a", "b"], |code| code / 2).unwrap();
        assert_eq!(kept.level(1).unwrap().domain().kind(), DomainKind::Ordered);
        let broken = Hierarchy::of(age()).with_level("parity", ["a", "b"], |code| code % 2).unwrap();
        assert_eq!(broken.level(1).unwrap().domain().kind(), DomainKind::Nominal);
    }

    #[test]
    fn shares_and_parents_follow_the_tree() {
        let hierarchy = Hierarchy::of(age())
            .with_level("three", ["minor", "of age", "nobody"], |code| u16::from(code > 1))
            .unwrap()
            .with_top("any")
            .unwrap();
        assert_eq!(hierarchy.share(1), [0.5, 0.5, 0.0]);
        assert_eq!(hierarchy.share(2), [1.0]);
        assert!(hierarchy.share(3).is_empty());
        assert_eq!(hierarchy.parents(0), Some(vec![0, 0, 1, 1]));
        assert_eq!(hierarchy.parents(1), Some(vec![0, 0, 0]));
        assert_eq!(hierarchy.parents(2), None);
    }

    #[test]
    fn missing_cells_stay_missing_on_every_level() {
        let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]);
        let attribute = Attribute::new("age", age(), kinds);
        let column = Column::from_u8(vec![0, 3, 4, 5]);
        let hierarchy =
            Hierarchy::of(age()).with_level("pairs", ["a", "b"], |code| code / 2).unwrap().with_top("any").unwrap();
        let (coarse, codes) = hierarchy.generalize(&attribute, &column, 2).unwrap();
        let cells: Vec<_> = codes.iter().map(|code| coarse.cell(code).unwrap()).collect();
        assert_eq!(
            cells,
            [
                crate::Cell::Value(0),
                crate::Cell::Value(0),
                crate::Cell::Missing(Missing::NotRecorded),
                crate::Cell::Missing(Missing::Unknown)
            ]
        );
        assert_eq!(hierarchy.leaves_under(1, 1), 2);
        assert!(hierarchy.generalize(&attribute, &column, 3).is_err());
        assert!(hierarchy.generalize(&Attribute::flag("x"), &column, 0).is_err());
    }
}
