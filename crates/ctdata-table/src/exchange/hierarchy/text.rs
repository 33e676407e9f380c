//! Hierarchies of codes whose characters go from coarse to fine, such as postcodes.

use std::borrow::Cow;

use super::{Hierarchy, TOP};
use crate::{Domain, TableError};

/// A side of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Side {
    /// Its end.
    #[default]
    Right,
    /// Its start.
    Left,
}

/// How characters are masked, one more per level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masking {
    /// The side of the characters that go first; the right one by default.
    pub side: Side,
    /// How many characters are masked before everything becomes `*`; by default all, so that the top
    /// value is a row of masks.
    pub characters: Option<usize>,
    /// What stands for a masked character; `*` by default.
    pub mask: char,
    /// What makes labels equally long, on the side where masking starts; a space by default.
    pub padding: char,
}

impl Default for Masking {
    fn default() -> Self {
        Self { side: Side::Right, characters: None, mask: '*', padding: ' ' }
    }
}

impl Masking {
    fn label(&self, label: &str, masked: usize, length: usize) -> String {
        let padding = std::iter::repeat_n(self.padding, length.saturating_sub(label.chars().count()));
        let masks = std::iter::repeat_n(self.mask, masked);
        match self.side {
            Side::Right => label.chars().chain(padding).take(length - masked).chain(masks).collect(),
            Side::Left => masks.chain(padding.chain(label.chars()).skip(masked)).collect(),
        }
    }
}

/// The longest label that is masked: one level per character.
const MAX_MASKED: usize = 64;

impl Hierarchy {
    /// Labels with one more character masked on each level, as ARX does by "redaction". Shorter labels
    /// are padded first.
    ///
    /// ```
    /// use ctdata_table::{Domain, Hierarchy, Masking, Origin};
    /// let zip = Domain::nominal(["81667", "81675", "81925", "81931"], Origin::Public)?;
    /// let hierarchy = Hierarchy::masked(zip, &Masking::default())?;
    /// let level = hierarchy.level(3).map(|level| level.domain().labels().collect::<Vec<_>>());
    /// assert_eq!(level, Some(vec!["81***".into()]));
    /// assert_eq!(hierarchy.height(), 5);
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// Labels of more than 64 characters; a mask or padding that occurs in labels, if it makes two
    /// values of a level look the same.
    ///
    /// # Sources
    /// F. Prasser, F. Kohlmayer, *Putting Statistical Disclosure Control into Practice: The ARX Data
    /// Anonymization Tool*, 2015 (hierarchies by masking).
    pub fn masked(domain: Domain, masking: &Masking) -> Result<Self, TableError> {
        let labels: Vec<String> = domain.labels().map(Cow::into_owned).collect();
        let length = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
        if length > MAX_MASKED {
            let rule = format!("labels have at most {MAX_MASKED} characters");
            return Err(TableError::Invalid { what: "masking".into(), rule });
        }
        let masked = masking.characters.unwrap_or(length).min(length);
        let mut hierarchy = Self::of(domain);
        for count in 1..=masked {
            let kept = |label: &String| masking.label(label, count, length);
            hierarchy = hierarchy.with_labels(format!("{count} masked"), labels.iter().map(kept))?;
        }
        if masked < length || length == 0 { hierarchy.with_top(TOP) } else { Ok(hierarchy) }
    }

    /// Labels cut to their first characters, one level per length, and `*` on top: for codes such as
    /// those of ISCO, ISIC or regions. Shorter labels stay whole.
    ///
    /// ```
    /// use ctdata_table::{Domain, Hierarchy, Origin};
    /// let isco = Domain::nominal(["5111", "5112", "5120", "9111"], Origin::Public)?;
    /// let hierarchy = Hierarchy::prefixes(isco, &[3, 1])?;
    /// let level = |level: usize| hierarchy.level(level).map(|level| level.domain().labels().collect::<Vec<_>>());
    /// assert_eq!(level(1), Some(vec!["511".into(), "512".into(), "911".into()]));
    /// assert_eq!(level(2), Some(vec!["5".into(), "9".into()]));
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// Lengths that are not descending, or 0.
    pub fn prefixes(domain: Domain, lengths: &[usize]) -> Result<Self, TableError> {
        if lengths.contains(&0) || lengths.iter().zip(lengths.iter().skip(1)).any(|(longer, shorter)| longer <= shorter)
        {
            let rule = "lengths are positive and descending".to_owned();
            return Err(TableError::Invalid { what: "prefixes".into(), rule });
        }
        let labels: Vec<String> = domain.labels().map(Cow::into_owned).collect();
        let mut hierarchy = Self::of(domain);
        for &length in lengths {
            let cut = |label: &String| label.chars().take(length).collect();
            hierarchy = hierarchy.with_labels(format!("first {length}"), labels.iter().map(cut))?;
        }
        hierarchy.with_top(TOP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;
    use proptest::prelude::*;

    fn labels(hierarchy: &Hierarchy) -> Vec<Vec<String>> {
        hierarchy.levels().map(|level| level.domain().labels().map(Cow::into_owned).collect()).collect()
    }

    fn nominal(labels: &[&str]) -> Domain {
        Domain::nominal(labels.iter().copied(), Origin::Public).unwrap()
    }

    /// The zip codes of ARX's example of seven records: heights and shares as in its documentation.
    #[test]
    fn zip_codes_of_the_arx_example() {
        let hierarchy = Hierarchy::masked(nominal(&["81667", "81675", "81925", "81931"]), &Masking::default()).unwrap();
        assert_eq!(
            labels(&hierarchy)[1..],
            [
                vec!["8166*", "8167*", "8192*", "8193*"],
                vec!["816**", "819**"],
                vec!["81***"],
                vec!["8****"],
                vec!["*****"]
            ]
        );
        assert_eq!(hierarchy.share(2), [0.5, 0.5]);
    }

    #[test]
    fn short_labels_are_padded_where_masking_starts() {
        let right = Hierarchy::masked(nominal(&["7", "71", "xé"]), &Masking::default()).unwrap();
        assert_eq!(labels(&right)[1..], [vec!["7*", "x*"], vec!["**"]]);
        let left = Masking { side: Side::Left, padding: '0', ..Masking::default() };
        let left = Hierarchy::masked(nominal(&["7", "17", "18"]), &left).unwrap();
        assert_eq!(labels(&left)[1..], [vec!["*7", "*8"], vec!["**"]]);
        let some = Masking { characters: Some(1), mask: '#', ..Masking::default() };
        assert_eq!(labels(&Hierarchy::masked(nominal(&["ab", "ac"]), &some).unwrap())[1..], [vec!["a#"], vec!["*"]]);
        assert_eq!(labels(&Hierarchy::masked(nominal(&[""]), &Masking::default()).unwrap())[1..], [vec!["*"]]);
        assert!(Hierarchy::masked(nominal(&[&"x".repeat(65)]), &Masking::default()).is_err());
    }

    #[test]
    fn lengths_descend() {
        for wrong in [&[0][..], &[2, 2], &[1, 2]] {
            assert!(Hierarchy::prefixes(nominal(&["abc"]), wrong).is_err());
        }
    }

    proptest! {
        #[test]
        fn masked_values_agree_in_what_is_left(texts in prop::collection::btree_set("[ab]{3}", 1..8)) {
            let domain = Domain::nominal(texts.iter().cloned(), Origin::Public).unwrap();
            let right = Hierarchy::masked(domain.clone(), &Masking::default()).unwrap();
            let left = Hierarchy::masked(domain, &Masking { side: Side::Left, ..Masking::default() }).unwrap();
            for level in 1..=3 {
                for (a, x) in texts.iter().enumerate() {
                    for (b, y) in texts.iter().enumerate() {
                        let same = |hierarchy: &Hierarchy| {
                            let of_leaf = hierarchy.level(level).unwrap().of_leaf();
                            of_leaf[a] == of_leaf[b]
                        };
                        prop_assert_eq!(same(&right), x[..3 - level] == y[..3 - level]);
                        prop_assert_eq!(same(&left), x[level..] == y[level..]);
                    }
                }
            }
        }
    }
}
