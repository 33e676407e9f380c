//! Levels made of neighbouring values.

use std::sync::Arc;

use super::Hierarchy;
use crate::{DomainKind, TableError};

/// How the values of an ordered level, in their order, become groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    /// Groups of this many values; the last may have fewer.
    Every(usize),
    /// Groups of these sizes, which add up to all values.
    Sizes(Vec<usize>),
    /// Groups that start at the values with these labels, the first value among them.
    StartingAt(Vec<String>),
}

impl Hierarchy {
    /// The same hierarchy with one more level on top: groups of neighbouring values of the level that
    /// was the top. A group is labelled with its first and last leaf, as
    /// [`Domain::span_label`](crate::Domain::span_label) writes them.
    ///
    /// ```
    /// use ctdata_table::{Domain, Groups, Hierarchy, Origin};
    /// let schooling = Domain::ordered(["none", "primary", "secondary", "tertiary"], Origin::Public)?;
    /// let hierarchy = Hierarchy::of(schooling).with_groups("stage", &Groups::Sizes(vec![1, 3]))?.with_top("*")?;
    /// let stages = hierarchy.level(1).map(|level| level.domain().labels().collect::<Vec<_>>());
    /// assert_eq!(stages, Some(vec!["none".into(), "primary to tertiary".into()]));
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// Values without an order, groups that do not cover them, an empty group, or a label that is not
    /// there or out of order.
    pub fn with_groups(self, name: impl Into<Arc<str>>, groups: &Groups) -> Result<Self, TableError> {
        let name = name.into();
        let invalid = |rule: String| TableError::Invalid { what: format!("groups of `{name}`"), rule };
        let below = self.top();
        if below.domain.kind() == DomainKind::Nominal {
            return Err(invalid("the values that they are made of have no order".to_owned()));
        }
        let sizes = groups.sizes(&below.domain).map_err(invalid)?;
        let group_of: Vec<u16> =
            (0u16..).zip(&sizes).flat_map(|(group, &size)| std::iter::repeat_n(group, size)).collect();
        let of_leaf: Vec<u16> =
            below.of_leaf.iter().map(|&code| group_of.get(usize::from(code)).copied().unwrap_or(u16::MAX)).collect();
        let mut ends: Vec<Option<(u16, u16)>> = vec![None; sizes.len()];
        for (leaf, &group) in (0u16..).zip(&of_leaf) {
            if let Some(ends) = ends.get_mut(usize::from(group)) {
                *ends = Some((ends.map_or(leaf, |(first, _)| first), leaf));
            }
        }
        let labels: Option<Vec<String>> =
            ends.into_iter().map(|ends| ends.and_then(|(first, last)| self.leaves().span_label(first, last))).collect();
        let labels = labels.ok_or_else(|| invalid("a group has no leaf".to_owned()))?;
        self.with_level(Arc::clone(&name), labels, |leaf| of_leaf.get(usize::from(leaf)).copied().unwrap_or(u16::MAX))
    }
}

impl Groups {
    /// The sizes of the groups, none of them 0, which add up to all values.
    fn sizes(&self, values: &crate::Domain) -> Result<Vec<usize>, String> {
        let all = values.len();
        let sizes = match self {
            Self::Every(0) => return Err("a group has at least one value".to_owned()),
            Self::Every(size) => (0..all).step_by(*size).map(|start| (*size).min(all - start)).collect(),
            Self::Sizes(sizes) => sizes.clone(),
            Self::StartingAt(labels) => {
                let mut starts = Vec::with_capacity(labels.len() + 1);
                for label in labels {
                    let code = values.code_of(label).ok_or_else(|| format!("there is no value `{label}`"))?;
                    if starts.last().is_some_and(|&last| last >= usize::from(code)) {
                        return Err(format!("`{label}` does not come after the start before it"));
                    }
                    starts.push(usize::from(code));
                }
                if all > 0 && starts.first() != Some(&0) {
                    return Err("the first group starts at the first value".to_owned());
                }
                starts.push(all);
                starts.iter().zip(starts.iter().skip(1)).map(|(start, next)| next - start).collect()
            }
        };
        if sizes.contains(&0) {
            return Err("a group has at least one value".to_owned());
        }
        match sizes.iter().try_fold(0usize, |sum, &size| sum.checked_add(size)) {
            Some(sum) if sum == all => Ok(sizes),
            _ => Err(format!("their sizes do not add up to the {all} values")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::{Domain, Origin};

    fn years() -> Hierarchy {
        Hierarchy::of(Domain::numeric(2001..=2010, 0, Origin::Public).unwrap())
    }

    fn labels(hierarchy: &Hierarchy, level: usize) -> Vec<String> {
        hierarchy.level(level).unwrap().domain().labels().map(Cow::into_owned).collect()
    }

    #[test]
    fn groups_of_groups_are_labelled_by_leaves() {
        let hierarchy = years()
            .with_groups("threes", &Groups::Every(3))
            .unwrap()
            .with_groups("halves", &Groups::Sizes(vec![2, 2]))
            .unwrap();
        assert_eq!(labels(&hierarchy, 1), ["2001-2003", "2004-2006", "2007-2009", "2010"]);
        assert_eq!(labels(&hierarchy, 2), ["2001-2006", "2007-2010"]);
    }

    #[test]
    fn starts_are_named() {
        let starts = |starts: &[&str]| {
            years().with_groups("era", &Groups::StartingAt(starts.iter().map(ToString::to_string).collect()))
        };
        assert_eq!(labels(&starts(&["2001", "2005", "2010"]).unwrap(), 1), ["2001-2004", "2005-2009", "2010"]);
        for (wrong, message) in [
            (&["2002"][..], "groups of `era`: the first group starts at the first value"),
            (&["2001", "1999"], "groups of `era`: there is no value `1999`"),
            (&["2001", "2005", "2004"], "groups of `era`: `2004` does not come after the start before it"),
        ] {
            assert_eq!(starts(wrong).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn groups_cover_an_order() {
        for wrong in [
            Groups::Every(0),
            Groups::Sizes(vec![5, 4]),
            Groups::Sizes(vec![0, 10]),
            Groups::Sizes(vec![usize::MAX, 11]),
        ] {
            assert!(years().with_groups("x", &wrong).is_err(), "{wrong:?}");
        }
        assert!(Hierarchy::of(Domain::flag()).with_groups("x", &Groups::Every(1)).is_err());
    }
}
