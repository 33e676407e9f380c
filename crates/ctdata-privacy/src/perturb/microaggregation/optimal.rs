//! The best groups of one column: a shortest path over the sorted values.

use ctdata_table::Control;

use super::mdav::Group;
use crate::PrivacyError;

/// Values span at most this (2^47), so that sums of squares over 2^32 rows fit `i128`.
const WIDEST: f64 = 140_737_488_355_328.0;

/// The partition of the values into groups of k to 2k - 1 with the least sum of squares, in ascending
/// order. Point `p` lies at `places[p]` (ascending whole numbers from zero) with `counts[p]` records; there
/// are at least `k` records, and `k` is not zero. Among equals, the last groups are the smallest.
///
/// Costs are quotients of exact integers; their sums along a path are rounded.
pub(super) fn optimal(places: &[f64], counts: &[u64], k: u64, control: &Control) -> Result<Vec<Group>, PrivacyError> {
    let rows = counts.iter().sum::<u64>();
    control.reserve(rows.saturating_mul(52))?;
    let mut point_of: Vec<u32> = Vec::new();
    let (mut sums, mut squares) = (vec![0i128], vec![0i128]);
    let widest = places.iter().copied().fold(0.0, f64::max);
    let shrink = if widest > WIDEST { WIDEST / widest } else { 1.0 };
    let (mut sum, mut square) = (0i128, 0i128);
    for ((point, &place), &count) in (0u32..).zip(places).zip(counts) {
        #[expect(clippy::cast_possible_truncation, reason = "shrunk to 2^47")]
        let place = (place * shrink).round() as i128;
        for _ in 0..count {
            point_of.push(point);
            sum += place;
            square += place * place;
            sums.push(sum);
            squares.push(square);
        }
    }
    let records = point_of.len();
    let k = usize::try_from(k).unwrap_or(usize::MAX);
    let cost = |from: usize, to: usize| -> f64 {
        let part = |prefix: &[i128]| prefix.get(to).copied().unwrap_or(0) - prefix.get(from).copied().unwrap_or(0);
        let (sum, size) = (part(&sums), (to - from) as u64);
        #[expect(clippy::cast_precision_loss, reason = "the exact sum of squares times the size is rounded once")]
        let cost = (i128::from(size) * part(&squares) - sum * sum) as f64 / size as f64;
        cost
    };
    // The least cost of the first records, and where the last group of that solution starts.
    let mut least = vec![f64::INFINITY; records + 1];
    let mut start = vec![0usize; records + 1];
    if let Some(none) = least.first_mut() {
        *none = 0.0;
    }
    for end in k..=records {
        if end % 65_536 == 0 {
            control.check()?;
            control.report("grouping records", end as u64, Some(rows));
        }
        let (mut best, mut best_from) = (f64::INFINITY, 0);
        for from in (end.saturating_sub(k.saturating_mul(2) - 1)..=end - k).rev() {
            let Some(&before) = least.get(from).filter(|before| before.is_finite()) else { continue };
            let cost = before + cost(from, end);
            if cost < best {
                (best, best_from) = (cost, from);
            }
        }
        if let (Some(least), Some(start)) = (least.get_mut(end), start.get_mut(end)) {
            (*least, *start) = (best, best_from);
        }
    }
    let mut groups = Vec::new();
    let mut end = records;
    while end > 0 {
        let from = start.get(end).copied().unwrap_or(0);
        let mut group: Group = Vec::new();
        for &point in point_of.get(from..end).unwrap_or_default() {
            match group.last_mut() {
                Some((last, count)) if *last == point => *count += 1,
                _ => group.push((point, 1)),
            }
        }
        groups.push(group);
        end = from;
    }
    groups.reverse();
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(places: &[f64], groups: &[Group]) -> f64 {
        groups
            .iter()
            .map(|group| super::super::grid::spread(group.iter().map(|&(p, count)| (places[p as usize], count))).1)
            .sum()
    }

    /// The least error of any partition of sorted values into runs of at least k, by trying all.
    fn brute(values: &[f64], k: usize) -> f64 {
        if values.is_empty() {
            return 0.0;
        }
        (k..=values.len())
            .map(|size| {
                let (first, rest) = values.split_at(size);
                let first = super::super::grid::spread(first.iter().map(|&value| (value, 1))).1;
                first + brute(rest, k)
            })
            .fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn three_groups_are_obvious() {
        // Specification of the project, section 3.3: SSE 6.
        let places = [1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 50.0, 51.0, 52.0].map(|value| value - 1.0);
        let groups = optimal(&places, &[1; 9], 3, &Control::default()).unwrap();
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3]);
        assert!((error(&places, &groups) - 6.0).abs() < 1e-12);
    }

    #[test]
    fn values_across_the_whole_range_do_not_overflow() {
        let far = 2f64.powi(64);
        let groups = optimal(&[0.0, 1.0, far - 4096.0, far], &[2, 1, 1, 2], 3, &Control::default()).unwrap();
        assert_eq!(groups, [vec![(0, 2), (1, 1)], vec![(2, 1), (3, 2)]]);
    }

    proptest! {
        #[test]
        fn no_partition_has_less_error(
            values in prop::collection::btree_map(0u32..60, 1u64..4, 1..9),
            k in 1u64..5,
        ) {
            let places: Vec<f64> = values.keys().map(|&value| f64::from(value)).collect();
            let counts: Vec<u64> = values.into_values().collect();
            let records: Vec<f64> = places.iter().zip(&counts)
                .flat_map(|(&place, &count)| std::iter::repeat_n(place, usize::try_from(count).unwrap()))
                .collect();
            let k = k.min(records.len() as u64);
            let groups = optimal(&places, &counts, k, &Control::default()).unwrap();
            for group in &groups {
                let size: u64 = group.iter().map(|(_, count)| count).sum();
                prop_assert!((k..2 * k).contains(&size));
            }
            let best = brute(&records, usize::try_from(k).unwrap());
            prop_assert!((error(&places, &groups) - best).abs() <= 1e-9 * best.max(1.0));
        }
    }
}
