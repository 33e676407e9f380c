//! Maximum distance to average vector: groups of k around extreme records.

use ctdata_table::Control;

use super::outermost::Outermost;
use super::remaining::{Points, Remaining};
use crate::PrivacyError;

/// A group: how many records of which points, each point once.
pub(super) type Group = Vec<(u32, u64)>;

/// Groups of k to 2k - 1 records, in the order in which they were formed. There are at least `k`
/// records and at least one dimension; `k` is not zero.
pub(super) fn mdav(points: &Points, k: u64, control: &Control) -> Result<Vec<Group>, PrivacyError> {
    let total = points.counts.iter().sum::<u64>();
    let mut remaining = Remaining::new(points);
    let mut groups = Vec::new();
    let (mut centroid, mut found) = (Vec::new(), Vec::new());
    let mut around = |remaining: &mut Remaining<'_>, point: u32| {
        let mut group = vec![(point, 1)];
        remaining.take(point, 1);
        remaining.nearest(points.get(point), k - 1, &mut found);
        let mut missing = k - 1;
        for near in &found {
            let records = near.records.min(missing);
            missing -= records;
            remaining.take(near.point, records);
            match group.first_mut() {
                // Points found are distinct; only that of the first record can be there.
                Some((first, count)) if *first == near.point => *count += records,
                _ => group.push((near.point, records)),
            }
        }
        group
    };
    remaining.centroid(&mut centroid);
    let mut outermost = Outermost::new(&remaining, &centroid);
    while remaining.records() >= k.saturating_mul(3) {
        if groups.len() % 64 == 0 {
            control.check()?;
            control.report("grouping records", total - remaining.records(), Some(total));
        }
        remaining.centroid(&mut centroid);
        let Some(first) = outermost.farthest(&remaining, &centroid) else { break };
        groups.push(around(&mut remaining, first));
        let Some(second) = remaining.farthest(points.get(first)) else { break };
        groups.push(around(&mut remaining, second));
    }
    if remaining.records() >= k.saturating_mul(2) {
        remaining.centroid(&mut centroid);
        if let Some(last) = outermost.farthest(&remaining, &centroid) {
            groups.push(around(&mut remaining, last));
        }
    }
    let rest = remaining.all();
    if !rest.is_empty() {
        groups.push(rest);
    }
    control.report("grouping records", total, Some(total));
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// MDAV as written down, record by record, over the same grid and ties.
    fn naive(points: &Points, k: usize) -> Vec<Group> {
        let mut records: Vec<u32> = Vec::new();
        for (point, &count) in (0u32..).zip(&points.counts) {
            records.extend(std::iter::repeat_n(point, usize::try_from(count).unwrap()));
        }
        let distance =
            |from: &[f64], to: u32| -> f64 { from.iter().zip(points.get(to)).map(|(a, b)| (a - b) * (a - b)).sum() };
        let farthest = |records: &[u32], from: &[f64]| {
            let mut best = records[0];
            for &record in records {
                if distance(from, record) > distance(from, best) {
                    best = record;
                }
            }
            best
        };
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let centroid = |records: &[u32]| -> Vec<f64> {
            (0..points.dimensions)
                .map(|dimension| {
                    let sum: f64 = records.iter().map(|&record| points.get(record)[dimension]).sum();
                    (sum / records.len() as f64).round()
                })
                .collect()
        };
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let around = |records: &mut Vec<u32>, centre: u32| {
            records.remove(records.iter().position(|&record| record == centre).unwrap());
            let from = points.get(centre).to_vec();
            records.sort_by(|&a, &b| distance(&from, a).total_cmp(&distance(&from, b)).then(a.cmp(&b)));
            let mut group: Vec<u32> = records.drain(..k - 1).collect();
            group.push(centre);
            records.sort_unstable();
            group
        };
        while records.len() >= 3 * k {
            let first = farthest(&records, &centroid(&records));
            groups.push(around(&mut records, first));
            let second = farthest(&records, points.get(first));
            groups.push(around(&mut records, second));
        }
        if records.len() >= 2 * k {
            let last = farthest(&records, &centroid(&records));
            groups.push(around(&mut records, last));
        }
        groups.push(records);
        groups.retain(|group| !group.is_empty());
        groups.into_iter().map(counted).collect()
    }

    fn counted(mut records: Vec<u32>) -> Group {
        records.sort_unstable();
        let mut group: Group = Vec::new();
        for record in records {
            match group.last_mut() {
                Some((point, count)) if *point == record => *count += 1,
                _ => group.push((record, 1)),
            }
        }
        group
    }

    fn sorted(groups: Vec<Group>) -> Vec<Group> {
        groups
            .into_iter()
            .map(|mut group| {
                group.sort_unstable();
                group
            })
            .collect()
    }

    /// Points on a small grid, so that ties are many, or on a large one.
    fn any_points() -> impl Strategy<Value = Points> {
        (1usize..4, prop_oneof![Just(4u32), Just(30), Just(1 << 20)], any::<bool>()).prop_flat_map(
            |(dimensions, width, duplicates)| {
                let coordinates = prop::collection::vec(0..width, dimensions);
                let most = if duplicates { 6u64 } else { 1 };
                prop::collection::btree_map(coordinates, 1..=most, 1..150).prop_map(move |points| Points {
                    dimensions,
                    coordinates: points.keys().flatten().map(|&at| f64::from(at)).collect(),
                    counts: points.into_values().collect(),
                })
            },
        )
    }

    #[test]
    fn many_points_with_ties_and_duplicates_are_grouped_by_the_definition() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut below = |bound: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % bound
        };
        // Sums of uniform draws: dense in the middle, as real columns are.
        let mut at = |width: u64| below(width) + below(width);
        let mut points = std::collections::BTreeMap::new();
        for _ in 0..2_000 {
            *points.entry([at(30) << 17, at(8) << 20, at(3) << 21]).or_insert(0) += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let coordinates = points.keys().flatten().map(|&at| at as f64).collect();
        let points = Points { dimensions: 3, coordinates, counts: points.into_values().collect() };
        assert!(points.len() < 1_500, "there are duplicates");
        let groups = mdav(&points, 4, &Control::default()).unwrap();
        assert_eq!(sorted(groups), naive(&points, 4));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn the_tree_finds_what_the_definition_says(points in any_points(), k in 1u64..8) {
            let total: u64 = points.counts.iter().sum();
            prop_assume!(total >= k);
            let groups = mdav(&points, k, &Control::default()).unwrap();
            for group in &groups {
                let size: u64 = group.iter().map(|(_, count)| count).sum();
                prop_assert!((k..2 * k).contains(&size));
            }
            prop_assert_eq!(sorted(groups), naive(&points, usize::try_from(k).unwrap()));
        }
    }
}
