//! Makes noisy counts of combinations agree with each other.
//!
//! Of a combination P and an attribute X outside it, the counts of P with each value of X sum to no more than
//! the count of P: a record has one value of X, or none. So a part counts at least as much as the whole, and
//! values of an attribute at most as many as there are records. The estimates are moved as little as makes
//! this hold, in weighted squares (Hildreth's method, which is Dykstra's for half-spaces), and then made
//! whole numbers for which it holds exactly. This looks at released numbers only.
//!
//! # Sources
//! C. Hildreth (1957), "A quadratic programming procedure", Naval Research Logistics Quarterly 4(1): 79–85.
//! R. Dykstra (1983), "An Algorithm for Restricted Least Squares Regression", JASA 78(384): 837–842.

#![expect(clippy::indexing_slicing, reason = "entries and groups are numbered by this file")]

use ctdata_table::{Combinations, Control};
use rustc_hash::FxHashMap;

use crate::PrivacyError;

/// Rounds over all constraints. What is left of violations after them is removed while rounding.
const SWEEPS: usize = 40;
/// In place of an entry: all records.
const ALL: u32 = u32::MAX;

/// The values of one attribute beside the same other items.
struct Group {
    /// The entry of the other items, or [`ALL`].
    parent: u32,
    /// Its children in the flat list.
    children: std::ops::Range<usize>,
}

/// Which counts bound which.
struct Containment {
    /// By the length of their children.
    groups: Vec<Vec<Group>>,
    children: Vec<u32>,
}

impl Containment {
    /// Entries must be closed downward.
    fn of(entries: &Combinations, control: &Control) -> Result<Self, PrivacyError> {
        let mut numbers: FxHashMap<&[u32], u32> = FxHashMap::default();
        for (number, (entry, _)) in (0u32..).zip(entries.iter()) {
            numbers.insert(entry, number);
        }
        let mut groups = Vec::new();
        let mut children = Vec::new();
        let mut number = 0u32;
        let mut part = Vec::new();
        for length in 1..=entries.max_length() {
            control.check()?;
            let mut links: Vec<(u32, u16, u32)> = Vec::new();
            for (entry, _) in entries.of_length(length) {
                for (place, &item) in entry.iter().enumerate() {
                    part.clear();
                    part.extend(entry.iter().enumerate().filter(|&(other, _)| other != place).map(|(_, &item)| item));
                    let parent = if length == 1 { Some(ALL) } else { numbers.get(part.as_slice()).copied() };
                    if let Some(parent) = parent {
                        links.push((parent, entries.items()[item as usize].0, number));
                    }
                }
                number += 1;
            }
            links.sort_unstable();
            let mut of_length: Vec<Group> = Vec::new();
            for (place, &(parent, attribute, child)) in links.iter().enumerate() {
                let same = place > 0 && (links[place - 1].0, links[place - 1].1) == (parent, attribute);
                children.push(child);
                match of_length.last_mut() {
                    Some(group) if same => group.children.end = children.len(),
                    _ => of_length.push(Group { parent, children: children.len() - 1..children.len() }),
                }
            }
            groups.push(of_length);
        }
        Ok(Self { groups, children })
    }

    fn children(&self, group: &Group) -> &[u32] {
        &self.children[group.children.clone()]
    }
}

/// Whole numbers for the entries of `structure`, in its order, near the estimates: none below 0, and of every
/// combination and attribute the values sum to no more than the combination has. `records` bounds the values
/// of an attribute. An entry was found to exist, so that it keeps at least 1 where the others let it; those
/// that keep 0 are to be dropped, and leave the rest closed downward.
///
/// `variances` say how far each estimate may be off: the larger, the sooner it moves.
///
/// # Errors
/// Cancellation.
pub(crate) fn consistent(
    structure: &Combinations,
    estimates: &[f64],
    variances: &[f64],
    records: u64,
    control: &Control,
) -> Result<Vec<u64>, PrivacyError> {
    let order = Containment::of(structure, control)?;
    let mut counts = estimates.to_vec();
    project(&order, &mut counts, variances, records, control)?;
    Ok(round(&order, &counts, records))
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn project(
    order: &Containment,
    counts: &mut [f64],
    variances: &[f64],
    records: u64,
    control: &Control,
) -> Result<(), PrivacyError> {
    let all = records as f64;
    let mut floors = vec![0.0; counts.len()];
    let groups: Vec<&Group> = order.groups.iter().rev().flatten().collect();
    let mut prices = vec![0.0; groups.len()];
    // What the constraints do not push is left alone: the price of a constraint that holds stays 0.
    for sweep in 0..SWEEPS {
        control.check()?;
        control.report("making counts agree", sweep as u64, Some(SWEEPS as u64));
        for (group, price) in groups.iter().zip(&mut prices) {
            let children = order.children(group);
            let (sum, loose) = children
                .iter()
                .fold((0.0, 0.0), |sum, &child| (sum.0 + counts[child as usize], sum.1 + variances[child as usize]));
            let parent = (group.parent != ALL).then_some(group.parent as usize);
            let (bound, bound_loose) = parent.map_or((all, 0.0), |parent| (counts[parent], variances[parent]));
            let step = f64::max(-*price, (sum - bound) / (loose + bound_loose));
            if step.abs() < f64::MIN_POSITIVE {
                continue;
            }
            *price += step;
            for &child in children {
                counts[child as usize] -= variances[child as usize] * step;
            }
            if let Some(parent) = parent {
                counts[parent] += variances[parent] * step;
            }
        }
        for ((count, &variance), floor) in counts.iter_mut().zip(variances).zip(&mut floors) {
            let step = f64::max(-*floor, (1.0 - *count) / variance);
            *floor += step;
            *count += variance * step;
        }
    }
    Ok(())
}

/// Rounds, and takes away what is too much, from the short to the long: counts only fall, and those that bound
/// them are settled by then.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts saturate, and counts are not below 0"
)]
fn round(order: &Containment, counts: &[f64], records: u64) -> Vec<u64> {
    let mut whole: Vec<u64> = counts.iter().map(|&count| (count.max(1.0) + 0.5) as u64).collect();
    for group in order.groups.iter().flatten() {
        let bound = if group.parent == ALL { records } else { whole[group.parent as usize] };
        let mut children: Vec<u32> = order.children(group).to_vec();
        let sum: u64 = children.iter().fold(0, |sum, &child| sum.saturating_add(whole[child as usize]));
        if sum <= bound {
            continue;
        }
        // Proportionally, but at least 1 each; then one by one off the largest.
        children.sort_unstable_by_key(|&child| (std::cmp::Reverse(whole[child as usize]), child));
        let mut left = bound;
        let mut rest = sum;
        for (place, &child) in children.iter().enumerate() {
            let count = &mut whole[child as usize];
            let others = (children.len() - place - 1) as u64;
            let share = (u128::from(*count) * u128::from(left) / u128::from(rest.max(1))) as u64;
            rest -= *count;
            // Those that follow want 1 each.
            let most = if left > others { left - others } else { u64::from(left > 0) };
            let least = u64::from(*count > 0 && left > 0);
            *count = (*count).min(share.clamp(least.min(most), most));
            left -= *count;
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn structure(entries: &[&[(u16, u16)]]) -> Combinations {
        Combinations::try_new(3, 1, entries.iter().map(|entry| (entry.to_vec(), 1))).unwrap()
    }

    #[test]
    fn what_agrees_is_left_as_it_is() {
        let structure = structure(&[&[(0, 0)], &[(0, 1)], &[(1, 1)], &[(0, 0), (1, 1)]]);
        let counts = [60.0, 40.0, 30.0, 20.0];
        let whole = consistent(&structure, &counts, &[4.0; 4], 100, &Control::default()).unwrap();
        assert_eq!(whole, [60, 40, 30, 20]);
    }

    /// By hand: x + y <= 100 from (70, 50) with equal weights gives (60, 40); a whole of 30 beside a part of 20,
    /// the part four times as sure, meets it at 22.
    #[test]
    fn counts_move_as_little_as_they_must() {
        let one = structure(&[&[(0, 0)], &[(0, 1)]]);
        let whole = consistent(&one, &[70.0, 50.0], &[1.0; 2], 100, &Control::default()).unwrap();
        assert_eq!(whole, [60, 40]);
        let two = structure(&[&[(0, 0)], &[(1, 0)], &[(0, 0), (1, 0)]]);
        let whole = consistent(&two, &[20.0, 90.0, 30.0], &[1.0, 1.0, 4.0], 1000, &Control::default()).unwrap();
        assert_eq!(whole, [22, 90, 22]);
    }

    /// Items, estimate, variance.
    type Entry = (Vec<(u16, u16)>, f64, f64);

    fn any_entries() -> impl Strategy<Value = Vec<Entry>> {
        // Everything over three attributes of two values each, cut down to what is closed.
        let items = prop::collection::btree_set((0u16..3, 0u16..2), 1..=6);
        (items, prop::collection::vec((-5.0..60.0f64, 0.1..20.0f64), 26)).prop_map(|(items, numbers)| {
            let items: Vec<_> = items.into_iter().collect();
            let mut sets: Vec<Vec<(u16, u16)>> = (1u32..1 << items.len())
                .map(|mask| {
                    items.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, item)| *item).collect()
                })
                .filter(|set: &Vec<(u16, u16)>| set.windows(2).all(|pair| pair[0].0 != pair[1].0))
                .collect();
            sets.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            sets.into_iter().zip(numbers).map(|(set, (count, variance))| (set, count, variance)).collect()
        })
    }

    proptest! {
        #[test]
        fn whole_counts_agree_whatever_the_estimates(entries in any_entries(), records in 0u64..120) {
            let structure = Combinations::try_new(3, 1, entries.iter().map(|(set, ..)| (set.clone(), 1))).unwrap();
            let counts: Vec<f64> = entries.iter().map(|(_, count, _)| *count).collect();
            let variances: Vec<f64> = entries.iter().map(|(.., variance)| *variance).collect();
            let whole = consistent(&structure, &counts, &variances, records, &Control::default()).unwrap();
            let count = |set: &[(u16, u16)]| entries.iter().position(|(other, ..)| other == set).map_or(0, |at| whole[at]);
            for (set, ..) in entries.iter().map(|(set, a, b)| (set.clone(), a, b)).chain([(Vec::new(), &0.0, &0.0)]) {
                let bound = if set.is_empty() { records } else { count(&set) };
                for attribute in (0u16..3).filter(|attribute| set.iter().all(|item| item.0 != *attribute)) {
                    let sum: u64 = (0u16..2).map(|code| {
                        let mut child = set.clone();
                        child.push((attribute, code));
                        child.sort_unstable();
                        count(&child)
                    }).sum();
                    prop_assert!(sum <= bound);
                }
            }
        }

        #[test]
        fn the_projection_is_the_nearest_point(a in 0.0..100.0f64, b in 0.0..100.0f64, c in 0.0..100.0f64) {
            // Singles a, b and the pair c: the least weighted distance, by search over what is allowed.
            let structure = structure(&[&[(0, 0)], &[(1, 0)], &[(0, 0), (1, 0)]]);
            let order = Containment::of(&structure, &Control::default()).unwrap();
            let mut counts = vec![a, b, c];
            let variances = [1.0, 2.0, 3.0];
            project(&order, &mut counts, &variances, 80, &Control::default()).unwrap();
            let distance = |x: &[f64]| (x[0] - a).powi(2) + (x[1] - b).powi(2) / 2.0 + (x[2] - c).powi(2) / 3.0;
            let found = distance(&counts);
            // The best pair value given: singles follow.
            let best = (4..=320).map(|step| f64::from(step) / 4.0).map(|pair| {
                distance(&[a.clamp(pair, 80.0), b.clamp(pair, 80.0), pair])
            }).fold(f64::INFINITY, f64::min);
            // The sweeps end a little before the nearest point is reached.
            prop_assert!(found <= best + 1e-4 * best.max(1.0), "{found} {best}");
            prop_assert!(counts[2] <= counts[0] + 0.1 && counts[2] <= counts[1] + 0.1 && counts[0] <= 80.1);
        }
    }
}
