//! What replaces the values of a group, and the column that comes of it.

use std::collections::BTreeMap;

use ctdata_table::{Attribute, Cell, Column, Domain, Hierarchy, Missing, MissingKinds, Origin};

use super::Replacement;
use crate::PrivacyError;
use crate::perturb::column::{code, forget_absent};

/// What all cells of a group say, in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Common {
    /// A number, in the scale of the new column.
    Number(i64),
    /// A value of the old domain.
    Value(u16),
    /// A value of a level of the hierarchy.
    Ancestor(usize, u16),
    Missing(Missing),
}

/// What replaces these values (code and records, at least one record).
pub(super) fn common(
    attribute: &Attribute,
    replacement: &Replacement,
    values: &[(u16, u64)],
) -> Result<Common, PrivacyError> {
    let records: u64 = values.iter().map(|(_, records)| records).sum();
    Ok(match replacement {
        Replacement::Mean { extra_digits } => {
            let too_large = || PrivacyError::InvalidParameter {
                parameter: "replacement",
                rule: format!("`{}` has numbers too large for so many digits", attribute.name()),
            };
            let sum: i128 = values
                .iter()
                .map(|&(code, records)| i128::from(attribute.domain().number(code).unwrap_or(0)) * i128::from(records))
                .sum();
            let sum = sum.checked_mul(10i128.pow((*extra_digits).into())).ok_or_else(too_large)?;
            let mean = round_to_even(sum, i128::from(records.max(1)));
            Common::Number(i64::try_from(mean).map_err(|_| too_large())?)
        }
        Replacement::Median => {
            let mut sorted = values.to_vec();
            sorted.sort_unstable();
            let mut before = 0;
            let middle = sorted.iter().find(|(_, records_of)| {
                before += records_of;
                2 * before >= records
            });
            Common::Value(middle.map_or(0, |&(code, _)| code))
        }
        Replacement::Mode => {
            let mut counts: BTreeMap<u16, u64> = BTreeMap::new();
            for &(code, records) in values {
                *counts.entry(code).or_default() += records;
            }
            let most = counts.into_iter().max_by_key(|&(code, records)| (records, std::cmp::Reverse(code)));
            Common::Value(most.map_or(0, |(code, _)| code))
        }
        Replacement::CommonAncestor(hierarchy) => {
            let (level, code) = lowest_common(hierarchy, values).unwrap_or((hierarchy.height(), 0));
            Common::Ancestor(level, code)
        }
    })
}

/// The lowest level at which all values are one, and that one.
fn lowest_common(hierarchy: &Hierarchy, values: &[(u16, u64)]) -> Option<(usize, u16)> {
    hierarchy.levels().enumerate().find_map(|(number, level)| {
        let mut codes = values.iter().map(|&(code, _)| level.of_leaf().get(usize::from(code)));
        let first = codes.next()??;
        codes.all(|code| code == Some(first)).then_some((number, *first))
    })
}

/// The nearest integer to a quotient, the even one in the middle between two.
fn round_to_even(dividend: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (dividend.div_euclid(divisor), dividend.rem_euclid(divisor));
    match (2 * rest).cmp(&divisor) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
    }
}

/// The attribute and column in which each row says what its group has in common. The domain has no
/// value that no cell has, unless it was public.
pub(super) fn column(
    attribute: &Attribute,
    replacement: &Replacement,
    of_group: &[Common],
    group_of_row: &[u32],
) -> Result<(Attribute, Column), PrivacyError> {
    let mut distinct = of_group.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let kinds: MissingKinds = attribute
        .missing()
        .iter()
        .chain(distinct.iter().filter_map(|common| match common {
            Common::Missing(kind) => Some(*kind),
            _ => None,
        }))
        .collect();
    let domain = match replacement {
        Replacement::Mean { extra_digits } => {
            let numbers = distinct.iter().filter_map(|common| match common {
                Common::Number(number) => Some(*number),
                _ => None,
            });
            Domain::numeric(numbers, attribute.domain().scale().unwrap_or(0) + extra_digits, Origin::Observed)?
        }
        Replacement::Median | Replacement::Mode => attribute.domain().clone(),
        Replacement::CommonAncestor(hierarchy) => {
            Domain::nominal(ancestor_labels(hierarchy, &distinct), Origin::Observed)?
        }
    };
    let new = Attribute::new(attribute.shared_name(), domain, kinds);
    let mut codes = Vec::with_capacity(of_group.len());
    for common in of_group {
        let cell = match *common {
            Common::Number(number) => Cell::Value(new.domain().code_of_number(number).unwrap_or(0)),
            Common::Value(value) => Cell::Value(value),
            Common::Missing(kind) => Cell::Missing(kind),
            // Ancestors come first but for missing ones: their places are the codes.
            Common::Ancestor(..) => {
                let place = distinct.binary_search(common).unwrap_or(0);
                Cell::Value(u16::try_from(place).unwrap_or(u16::MAX))
            }
        };
        codes.push(code(&new, cell)?);
    }
    let codes: Vec<u16> = group_of_row.iter().map(|&group| codes.get(group as usize).copied().unwrap_or(0)).collect();
    let column = Column::from_codes(&codes, new.code_count());
    Ok(forget_absent(&new, &column)?)
}

/// The names of the ancestors among these, in their order. A name that stands on two levels for different
/// things is told apart by its level.
fn ancestor_labels(hierarchy: &Hierarchy, distinct: &[Common]) -> Vec<String> {
    let named: Vec<(usize, String, &str)> = distinct
        .iter()
        .filter_map(|common| match *common {
            Common::Ancestor(number, code) => {
                let level = hierarchy.level(number)?;
                Some((number, level.domain().label(code)?.into_owned(), level.name()))
            }
            _ => None,
        })
        .collect();
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, label, _) in &named {
        *times.entry(label).or_default() += 1;
    }
    named
        .iter()
        .map(|(number, label, level)| {
            if *number > 0 && times.get(label.as_str()).is_some_and(|&times| times > 1) {
                format!("{label} ({level})")
            } else {
                label.clone()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages() -> Attribute {
        let domain = Domain::numeric([-30, 10, 20, 25], 1, Origin::Public).unwrap();
        Attribute::new("age", domain, MissingKinds::NONE)
    }

    fn regions() -> (Attribute, Hierarchy) {
        let domain = Domain::nominal(["a", "b", "c", "other"], Origin::Public).unwrap();
        let hierarchy = Hierarchy::of(domain.clone())
            .with_level("region", ["ab", "other"], |code| u16::from(code > 1))
            .unwrap()
            .with_top("any")
            .unwrap();
        (Attribute::new("place", domain, MissingKinds::NONE), hierarchy)
    }

    #[test]
    fn means_round_to_even_at_the_digit_asked_for() {
        let mean =
            |extra_digits, values: &[(u16, u64)]| common(&ages(), &Replacement::Mean { extra_digits }, values).unwrap();
        assert_eq!(mean(0, &[(2, 1), (3, 1)]), Common::Number(22)); // 2.25 becomes 2.2
        assert_eq!(mean(1, &[(2, 1), (3, 1)]), Common::Number(225));
        assert_eq!(mean(0, &[(0, 1), (3, 1)]), Common::Number(-2)); // -0.25 becomes -0.2
        assert_eq!(mean(0, &[(1, 2), (3, 1)]), Common::Number(15));
    }

    #[test]
    fn medians_are_low_and_modes_are_first() {
        assert_eq!(common(&ages(), &Replacement::Median, &[(3, 2), (1, 2)]).unwrap(), Common::Value(1));
        assert_eq!(common(&ages(), &Replacement::Median, &[(3, 3), (1, 2)]).unwrap(), Common::Value(3));
        assert_eq!(common(&ages(), &Replacement::Mode, &[(3, 2), (1, 2)]).unwrap(), Common::Value(1));
        assert_eq!(common(&ages(), &Replacement::Mode, &[(3, 1), (1, 2), (3, 2)]).unwrap(), Common::Value(3));
    }

    #[test]
    fn groups_meet_in_their_lowest_common_ancestor() {
        let (attribute, hierarchy) = regions();
        let replacement = Replacement::CommonAncestor(hierarchy);
        let meet = |values: &[(u16, u64)]| common(&attribute, &replacement, values).unwrap();
        let groups = [meet(&[(3, 2)]), meet(&[(0, 1), (1, 4)]), meet(&[(2, 1), (3, 1)]), meet(&[(0, 1), (2, 1)])];
        assert_eq!(groups[1], Common::Ancestor(1, 0));
        let (new, codes) = column(&attribute, &replacement, &groups, &[0, 1, 2, 3, 0]).unwrap();
        let texts: Vec<_> = codes.iter().map(|code| new.domain().label(code).unwrap().into_owned()).collect();
        assert_eq!(texts, ["other", "ab", "other (region)", "any", "other"]);
    }
}
