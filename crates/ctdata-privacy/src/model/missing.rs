//! What a missing cell of a quasi-identifier matches.

use std::collections::BTreeMap;
use std::fmt;

use ctdata_table::{Attribute, Classes, Control, Table};
use rustc_hash::FxHashMap;

use super::checked;
use crate::PrivacyError;
use crate::quasi::{QuasiIdentifiers, is_blank};

/// What a missing cell of a quasi-identifier matches when frequencies are counted.
///
/// Missing is what is not recorded, withheld or unknown. "Not applicable" is a value under every one of
/// these, and matches itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum MissingSemantics {
    /// Cells missing for the same reason, and nothing else.
    #[default]
    OwnCategory,
    /// Anything. Records may then match two others that do not match each other, so that there are no
    /// classes; and someone who knows the value behind a blank finds fewer records than are counted:
    /// see [`AttackerView`](crate::AttackerView).
    Wildcard,
    /// Anything, but a record that matches only thanks to blanks counts as this share of one.
    Discount(Discount),
    /// Nothing but itself.
    NeverMatches,
}

/// A share from 0 to 1 that a match thanks to blanks counts.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Discount(f64);

impl MissingSemantics {
    /// [`Discount`](Self::Discount) by a share.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a share that is not from 0 to 1.
    pub fn discount(share: f64) -> Result<Self, PrivacyError> {
        checked::share("discount", share).map(|share| Self::Discount(Discount(share)))
    }
}

impl Discount {
    /// The share.
    pub const fn share(self) -> f64 {
        self.0
    }
}

impl fmt::Display for MissingSemantics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnCategory => f.write_str("own category"),
            Self::Wildcard => f.write_str("wildcard"),
            Self::Discount(discount) => write!(f, "wildcard counted as {}", discount.0),
            Self::NeverMatches => f.write_str("never matches"),
        }
    }
}

/// For each row, how many rows match it on all quasi-identifiers, itself included.
///
/// A row counts itself as 1. Another row matches if in every attribute the cells are equal or one of them
/// is missing and may match; it counts 1, or the smallest discount among the attributes in which one of
/// the two is missing.
///
/// ```
/// use ctdata_privacy::{MissingSemantics, frequencies};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("married")])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 1, 2])])?; // 2 is not recorded
/// let count = |semantics| frequencies(&table, &[("married", semantics)], &Control::default());
/// assert_eq!(count(MissingSemantics::OwnCategory)?, [1.0, 2.0, 2.0, 1.0]);
/// assert_eq!(count(MissingSemantics::Wildcard)?, [2.0, 3.0, 3.0, 4.0]);
/// assert_eq!(count(MissingSemantics::discount(0.5)?)?, [1.5, 2.5, 2.5, 2.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// No quasi-identifier, one that the table lacks or that is named twice, more than 128 of them; a stop
/// by `control`.
///
/// # Sources
/// M. Templ, A. Kowarik and B. Meindl (2015), "Statistical disclosure control for micro-data using the R
/// package sdcMicro", Journal of Statistical Software 67(4) (missing values that match anything, and the
/// weight of such matches).
pub fn frequencies<S: AsRef<str>>(
    table: &Table,
    quasi_identifiers: &[(S, MissingSemantics)],
    control: &Control,
) -> Result<Vec<f64>, PrivacyError> {
    let names: Vec<&str> = quasi_identifiers.iter().map(|(name, _)| name.as_ref()).collect();
    let quasi = QuasiIdentifiers::find(table.schema(), &names)?;
    if names.len() > 128 {
        let rule = "at most 128 can be compared".to_owned();
        return Err(PrivacyError::InvalidParameter { parameter: "quasi-identifiers", rule });
    }
    let classes = Classes::with_members(table, &quasi.set, control)?;
    let mut attributes: Vec<Option<(&Attribute, MissingSemantics)>> = vec![None; names.len()];
    for ((attribute, &place), (_, semantics)) in
        quasi.attributes(table.schema()).into_iter().zip(&quasi.place_in_key).zip(quasi_identifiers)
    {
        if let Some(slot) = attributes.get_mut(place) {
            *slot = Some((attribute, *semantics));
        }
    }
    let attributes: Vec<(&Attribute, MissingSemantics)> = attributes.into_iter().flatten().collect();
    let of_class = Patterns::of(&classes, &attributes).frequencies(&classes, &attributes, control)?;
    Ok(classes.class_of_row().iter().map(|&class| of_class.get(class as usize).copied().unwrap_or(1.0)).collect())
}

/// Classes by which of their cells are blanks that match anything.
struct Patterns {
    /// For each pattern, a bit per place in the key, its classes.
    classes: BTreeMap<u128, Vec<usize>>,
}

impl Patterns {
    /// Leaves out classes with a blank that never matches.
    fn of(classes: &Classes, attributes: &[(&Attribute, MissingSemantics)]) -> Self {
        let mut patterns: BTreeMap<u128, Vec<usize>> = BTreeMap::new();
        'classes: for class in 0..classes.len() {
            let mut pattern = 0u128;
            for (place, (&code, (attribute, semantics))) in classes.key(class).iter().zip(attributes).enumerate() {
                if attribute.cell(code).is_some_and(is_blank) {
                    match semantics {
                        MissingSemantics::OwnCategory => {}
                        MissingSemantics::Wildcard | MissingSemantics::Discount(_) => pattern |= 1 << place,
                        MissingSemantics::NeverMatches => continue 'classes,
                    }
                }
            }
            patterns.entry(pattern).or_default().push(class);
        }
        Self { classes: patterns }
    }

    /// Two patterns match where the key agrees outside of both: one hash table per pattern and set of
    /// places left out.
    #[expect(clippy::cast_precision_loss, reason = "tables have fewer than 2^32 rows")]
    fn frequencies(
        &self,
        classes: &Classes,
        attributes: &[(&Attribute, MissingSemantics)],
        control: &Control,
    ) -> Result<Vec<f64>, PrivacyError> {
        // A class that matches nothing else counts each row for itself.
        let mut found = vec![1.0; classes.len()];
        let mut weighted: Vec<Vec<(u64, f64)>> = vec![Vec::new(); classes.len()];
        for (done, (&theirs, members)) in self.classes.iter().enumerate() {
            control.check()?;
            control.report("matching patterns of missing cells", done as u64, Some(self.classes.len() as u64));
            let mut by_union: BTreeMap<u128, Vec<u128>> = BTreeMap::new();
            for &ours in self.classes.keys() {
                by_union.entry(ours | theirs).or_default().push(ours);
            }
            for (union, patterns) in by_union {
                let mut rows: FxHashMap<Vec<u16>, u64> = FxHashMap::default();
                // Where nothing is left out, a class matches itself and no other.
                for &class in members.iter().filter(|_| union != 0) {
                    *rows.entry(outside(classes.key(class), union)).or_default() += classes.rows(class);
                }
                let weight = weight(union, attributes);
                for ours in patterns {
                    for &class in self.classes.get(&ours).map(Vec::as_slice).unwrap_or_default() {
                        let matching = match union {
                            0 => classes.rows(class),
                            _ => rows.get(&outside(classes.key(class), union)).copied().unwrap_or(0),
                        };
                        // The row itself is no match thanks to blanks.
                        let others = matching - u64::from(ours == theirs);
                        if others > 0
                            && let Some(sums) = weighted.get_mut(class)
                        {
                            match sums.iter_mut().find(|(_, known)| known.total_cmp(&weight).is_eq()) {
                                Some((rows, _)) => *rows += others,
                                None => sums.push((others, weight)),
                            }
                        }
                    }
                }
            }
        }
        for (frequency, mut sums) in found.iter_mut().zip(weighted) {
            // Whole numbers are added up before they are weighed, in the order of the weights.
            sums.sort_by(|a, b| a.1.total_cmp(&b.1));
            *frequency += sums.iter().map(|&(rows, weight)| rows as f64 * weight).sum::<f64>();
        }
        Ok(found)
    }
}

/// The codes of a key outside of some places.
fn outside(key: &[u16], places: u128) -> Vec<u16> {
    key.iter().enumerate().filter(|(place, _)| places & (1 << place) == 0).map(|(_, &code)| code).collect()
}

/// What a match counts that needs blanks in these places.
fn weight(places: u128, attributes: &[(&Attribute, MissingSemantics)]) -> f64 {
    let discounts = attributes.iter().enumerate().filter(|(place, _)| places & (1 << place) != 0);
    discounts.fold(1.0, |weight: f64, (_, (_, semantics))| match semantics {
        MissingSemantics::Discount(discount) => weight.min(discount.0),
        _ => weight,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, texts};
    use proptest::prelude::*;

    #[test]
    fn five_records_of_the_thread() {
        // The thread sdcMicro #225; region and age are constant.
        let marital = ["Single", "Married", "Married", "Single", "-"];
        let table = texts(&[("region", &["A"; 5]), ("age", &["30-49"; 5]), ("marital", &marital)]);
        let found = |semantics| {
            let quasi = ["region", "age", "marital"].map(|name| (name, semantics));
            frequencies(&table, &quasi, &Control::default()).unwrap()
        };
        assert_eq!(found(MissingSemantics::OwnCategory), [2.0, 2.0, 2.0, 2.0, 1.0]);
        assert_eq!(found(MissingSemantics::Wildcard), [3.0, 3.0, 3.0, 3.0, 5.0]);
        assert_eq!(found(MissingSemantics::NeverMatches), [2.0, 2.0, 2.0, 2.0, 1.0]);
        assert_eq!(found(MissingSemantics::discount(0.25).unwrap()), [2.25, 2.25, 2.25, 2.25, 2.0]);
        assert!(MissingSemantics::discount(1.5).is_err());
    }

    #[test]
    fn two_records_that_never_match_do_not_match_each_other() {
        let table = texts(&[("a", &["-", "-", "x"])]);
        let found = frequencies(&table, &[("a", MissingSemantics::NeverMatches)], &Control::default()).unwrap();
        assert_eq!(found, [1.0, 1.0, 1.0]);
    }

    fn semantics() -> impl Strategy<Value = MissingSemantics> {
        prop_oneof![
            Just(MissingSemantics::OwnCategory),
            Just(MissingSemantics::Wildcard),
            Just(MissingSemantics::discount(0.5).unwrap()),
            Just(MissingSemantics::discount(0.25).unwrap()),
            Just(MissingSemantics::NeverMatches),
        ]
    }

    proptest! {
        #[test]
        fn it_equals_comparing_all_pairs_of_rows(
            table in any_table(40), kinds in prop::collection::vec(semantics(), 4)
        ) {
            let quasi: Vec<(&str, MissingSemantics)> = ["w", "x", "z", "y"].into_iter().zip(kinds).collect();
            let found = frequencies(&table, &quasi, &Control::default()).unwrap();
            for (i, found) in found.iter().enumerate() {
                let mut expected = 1.0;
                for j in (0..table.rows()).filter(|&j| j != i) {
                    let mut weight = 1.0f64;
                    for (name, semantics) in &quasi {
                        let position = table.schema().position(name).unwrap();
                        let (a, b) = (table.cell(i, position).unwrap(), table.cell(j, position).unwrap());
                        let blank = is_blank(a) || is_blank(b);
                        weight = match semantics {
                            MissingSemantics::Wildcard if blank => weight,
                            MissingSemantics::Discount(discount) if blank => weight.min(discount.share()),
                            MissingSemantics::NeverMatches if blank => 0.0,
                            _ if a == b => weight,
                            _ => 0.0,
                        };
                    }
                    expected += weight;
                }
                prop_assert!((found - expected).abs() < 1e-9, "row {}", i);
            }
        }
    }
}
