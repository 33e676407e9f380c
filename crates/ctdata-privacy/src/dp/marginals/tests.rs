//! Tests of the whole, and one for each way in which such a measurement can be wrong.

use ctdata_table::{
    Attribute, Column, Combinations, Constraint, Control, CountSource, Domain, Ids, MissingKinds, Origin, Schema,
    Table, Weights as RowWeights,
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

use super::items::{Items, Records};
use super::lattice::{Lattice, Level};
use super::weigh::{FULL, Weighed, caps, percentile_scores};
use super::{LengthSplit, NoisyAggregates, RecordCap, SparseMarginals, Weighting};
use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, Rho};
use crate::testing::Dice;

/// Two attributes of three values, then flags; everything may be not recorded.
fn schema(flags: usize) -> Schema {
    let domain = || Domain::nominal(["p", "q", "r"], Origin::Public).unwrap();
    let mut attributes: Vec<Attribute> =
        ["x", "y"].iter().map(|name| Attribute::new(*name, domain(), MissingKinds::NOT_RECORDED)).collect();
    attributes.extend((0..flags).map(|flag| Attribute::flag(format!("flag {flag}"))));
    Schema::try_new(attributes).unwrap()
}

/// Rows of codes; the last code of every attribute is its blank.
fn table(rows: &[Vec<u16>], flags: usize) -> Table {
    let schema = schema(flags);
    let columns = (0..schema.len()).map(|position| {
        let codes: Vec<u16> = rows.iter().map(|row| row[position]).collect();
        Column::from_codes(&codes, schema.get(position).unwrap().code_count())
    });
    let columns = columns.collect();
    Table::try_new(schema, columns).unwrap()
}

/// `records` rows in which a flag follows x, another is rare and the rest are never there.
fn cases(records: u64, flags: usize) -> Table {
    let mut dice = Dice(7);
    let rows: Vec<Vec<u16>> = (0..records)
        .map(|_| {
            let x = u16::try_from(dice.roll(3)).unwrap();
            let mut row = vec![x, if dice.one_in(4) { 3 } else { u16::try_from(dice.roll(3)).unwrap() }];
            row.extend((0..flags).map(|flag| if flag == 0 && x == 0 || flag == 1 && dice.one_in(50) { 1 } else { 2 }));
            row
        })
        .collect();
    table(&rows, flags)
}

fn measure(marginals: &SparseMarginals, table: &Table, rho: f64, seed: u64) -> (NoisyAggregates, Allowance) {
    let mut allowance = Allowance::without_ledger(Rho::at_most(rho).unwrap(), 1);
    let mut source = NoiseSource::from_seed(seed);
    let result = marginals.measure(table, &mut allowance, &mut source, &Control::default());
    (result.unwrap(), allowance)
}

fn entries(combinations: &Combinations) -> Vec<(Vec<(u16, u16)>, u64)> {
    let items = |entry: &[u32]| entry.iter().map(|&item| combinations.items()[item as usize]).collect();
    combinations.iter().map(|(entry, count)| (items(entry), count)).collect()
}

/// So much budget that the noise is far below 1, and no cap that is ever met.
fn plain(length: u8) -> SparseMarginals {
    SparseMarginals {
        length,
        cap: RecordCap::Fixed(vec![100; length.into()]),
        weighting: Weighting::Equal,
        false_discovery: 0.003,
        ..SparseMarginals::default()
    }
}

/// The published example of five records (Synthetic Data Showcase, documentation of aggregates): without noise
/// the aggregates are those.
#[test]
fn without_noise_the_counts_are_the_published_ones() {
    let domain = |values: [&'static str; 2]| Domain::nominal(values, Origin::Public).unwrap();
    let schema = Schema::try_new(vec![
        Attribute::new("A", domain(["a1", "a2"]), MissingKinds::NOT_RECORDED),
        Attribute::new("B", domain(["b1", "b2"]), MissingKinds::NOT_RECORDED),
        Attribute::new("C", domain(["c1", "c2"]), MissingKinds::NOT_RECORDED),
    ]);
    let columns = [[0, 0, 1, 1, 0], [0, 1, 2, 1, 1], [0, 0, 1, 0, 2]];
    let table = Table::try_new(schema.unwrap(), columns.iter().map(|c| Column::from_u8(c.to_vec())).collect()).unwrap();
    let (found, _) = measure(&plain(3), &table, 1e6, 1);
    assert_eq!(found.records, 5);
    let (a, b, c) = (|n: u16| (0, n - 1), |n: u16| (1, n - 1), |n: u16| (2, n - 1));
    let published = vec![
        (vec![a(1)], 3),
        (vec![a(2)], 2),
        (vec![b(1)], 1),
        (vec![b(2)], 3),
        (vec![c(1)], 3),
        (vec![c(2)], 1),
        (vec![a(1), b(1)], 1),
        (vec![a(1), b(2)], 2),
        (vec![a(1), c(1)], 2),
        (vec![a(2), b(2)], 1),
        (vec![a(2), c(1)], 1),
        (vec![a(2), c(2)], 1),
        (vec![b(1), c(1)], 1),
        (vec![b(2), c(1)], 2),
        (vec![a(1), b(1), c(1)], 1),
        (vec![a(1), b(2), c(1)], 1),
        (vec![a(2), b(2), c(1)], 1),
    ];
    assert_eq!(entries(&found.combinations), published);
}

#[test]
fn without_noise_all_that_exists_is_found_and_nothing_else() {
    let table = cases(300, 4);
    let (found, _) = measure(&plain(3), &table, 1e6, 2);
    assert_eq!(entries(&found.combinations), entries(&table.combinations(3, 1, &Control::default()).unwrap()));
}

/// Shorter combinations that are kept at random, with candidates, weights and a cap.
struct Fixed {
    lattice: Lattice,
    candidates: Level,
    weights: Vec<u32>,
    cap: u64,
}

fn any_step(items: &Items, length: usize, dice: &mut Dice) -> Fixed {
    let mut lattice = Lattice::default();
    for level_length in 1..length {
        let candidates = lattice.candidates(items, 100.0, 1000, &Control::default()).unwrap();
        let mut level = Level::new(level_length);
        for entry in (0..candidates.len()).filter(|_| !dice.one_in(5)) {
            let entry = candidates.get(entry);
            let prefix = lattice.find(entry[..level_length - 1].iter().copied()).unwrap();
            level.push(prefix, entry, 10.0);
        }
        lattice.levels.push(level);
    }
    let candidates = lattice.candidates(items, 100.0, 1000, &Control::default()).unwrap();
    let weights = (0..candidates.len()).map(|_| 1 + u32::try_from(dice.roll(u64::from(FULL))).unwrap()).collect();
    let bits = 8 + dice.roll(22);
    Fixed { lattice, candidates, weights, cap: 1 + dice.roll(1 << bits) }
}

fn any_rows() -> impl Strategy<Value = Vec<Vec<u16>>> {
    let row = (0u16..4, 0u16..4, prop::collection::vec(0u16..3, 4)).prop_map(|(x, y, flags)| {
        let mut row = vec![x, y];
        row.extend(flags);
        row
    });
    prop::collection::vec(row, 1..12)
}

proptest! {
    /// Neighbours by each record in turn, whatever was released before.
    #[test]
    fn one_record_moves_the_counts_by_no_more_than_the_cap(rows in any_rows(), length in 1usize..=4, seed: u64) {
        let control = Control::default();
        let all = table(&rows, 4);
        let items = Items::of(all.schema(), &(0..6).collect::<Vec<_>>(), &[]).unwrap();
        let Fixed { lattice, candidates, weights, cap } = any_step(&items, length, &mut Dice(seed));
        let weights = Weighed { lattice: &lattice, candidates: &candidates, weights };
        let counts = |table: &Table| {
            weights.count(&Records::of(table, &items, &control).unwrap(), cap, &control).unwrap()
        };
        let with_all = counts(&all);
        for left_out in 0..rows.len() {
            let others = rows.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, row)| row.clone());
            let without = counts(&table(&others.collect::<Vec<_>>(), 4));
            let moved: i64 = with_all.iter().zip(&without).map(|(a, b)| (a - b).pow(2)).sum();
            prop_assert!(u64::try_from(moved).unwrap() <= cap, "{moved} {cap}");
        }
    }

    /// Under no cap, a candidate's count is its weight times the records that have it.
    #[test]
    fn counts_are_those_of_a_scan(rows in any_rows(), length in 1usize..=4, seed: u64) {
        let control = Control::default();
        let all = table(&rows, 4);
        let items = Items::of(all.schema(), &(0..6).collect::<Vec<_>>(), &[]).unwrap();
        let Fixed { lattice, candidates, weights, .. } = any_step(&items, length, &mut Dice(seed));
        let by_hand: Vec<i64> = (0..candidates.len()).map(|candidate| {
            let has = |row: &[u16]| candidates.get(candidate).iter().all(|&item| {
                let (position, code) = items.get(item);
                row[usize::from(position)] == code
            });
            i64::from(weights[candidate]) * i64::try_from(rows.iter().filter(|row| has(row)).count()).unwrap()
        }).collect();
        let weights = Weighed { lattice: &lattice, candidates: &candidates, weights };
        let records = Records::of(&all, &items, &control).unwrap();
        prop_assert_eq!(weights.count(&records, u64::MAX, &control).unwrap(), by_hand);
    }

    /// Pitfalls a and b: a wider record than all others, or one that breaks a tie.
    #[test]
    fn scores_of_a_percentile_move_by_no_more_than_they_say(
        bins in prop::collection::vec(0i64..600, 1..30), at: prop::sample::Index, percent in 1u8..=99,
    ) {
        let (before, sensitivity) = percentile_scores(&bins, percent);
        let mut more = bins.clone();
        *at.get_mut(&mut more) += 1;
        let (after, _) = percentile_scores(&more, percent);
        prop_assert!(before.iter().zip(&after).all(|(a, b)| a.abs_diff(*b) <= sensitivity));
    }

    #[test]
    fn what_is_returned_agrees(seed in 0u64..1000) {
        let (found, _) = measure(&SparseMarginals::default(), &cases(400, 4), 2.0, seed);
        for (entry, count) in entries(&found.combinations) {
            prop_assert!(count <= found.records);
            for left_out in 0..entry.len().min(if entry.len() > 1 { usize::MAX } else { 0 }) {
                let mut part = entry.clone();
                part.remove(left_out);
                prop_assert!(found.combinations.get(&part).is_some_and(|whole| whole >= count));
            }
        }
    }
}

/// Pitfall b, broken on purpose: 0 for the value at the middle rank and minus half the table for all others. With
/// 500 ones and 500 or 501 twos a single record moves it by 501. The score that is used stays within its
/// sensitivity on the same records.
#[test]
fn a_score_that_breaks_at_ties_is_seen_to_break() {
    let broken = |bins: &[i64; 3]| -> Vec<i64> {
        let all: i64 = bins.iter().sum();
        let mut up_to = 0;
        bins.iter()
            .map(|here| {
                let from = up_to;
                up_to += here;
                if (from..up_to).contains(&((all - 1) / 2)) { 0 } else { -((all + 1) / 2) }
            })
            .collect()
    };
    let (one, other) = ([0, 500, 500], [0, 500, 501]);
    assert_eq!((broken(&one), broken(&other)), (vec![-500, 0, -500], vec![-501, -501, 0]));
    let (before, sensitivity) = percentile_scores(&one, 50);
    let (after, _) = percentile_scores(&other, 50);
    assert!(before.iter().zip(&after).all(|(a, b)| a.abs_diff(*b) <= sensitivity));
}

/// Where all records are equal, the percentile is theirs and not the largest that is allowed.
#[test]
fn ties_are_met_by_the_first_value() {
    let (scores, _) = percentile_scores(&[0, 0, 70, 0, 0], 90);
    assert_eq!(scores.iter().filter(|score| **score == 0).count(), 1);
    assert_eq!(scores[2], 0);
}

/// Pitfall a: the range that caps are chosen from is a constant.
#[test]
fn the_caps_are_a_fixed_list() {
    let some = caps(1_000);
    assert!(some.last().is_some_and(|last| (1_000..1_200).contains(last)));
    let caps = caps(u64::MAX);
    assert_eq!((caps.first(), caps.len() > 200), (Some(&1), true));
    assert!(caps.starts_with(&some));
    assert!(caps.windows(2).all(|pair| pair[0] < pair[1] && pair[1] <= 2 * pair[0]));
}

/// Pitfall a, end to end: with what was released before held fixed, candidates are the same beside a record that is
/// wider than all others.
#[test]
fn candidates_do_not_depend_on_records() {
    let narrow = table(&vec![vec![0, 3, 2, 2, 2, 2]; 50], 4);
    let mut rows = vec![vec![0, 3, 2, 2, 2, 2]; 50];
    rows.push(vec![1, 1, 1, 1, 1, 1]);
    let wide = table(&rows, 4);
    let (first, second) = (measure(&plain(1), &narrow, 1.0, 5).0, measure(&plain(1), &wide, 1.0, 5).0);
    assert_eq!((first.lengths[0].candidates, second.lengths[0].candidates), (10, 10));
    // Under so much noise one record does not show: the same noise leads to the same discoveries.
    let few = SparseMarginals { false_discovery: 0.01, ..plain(3) };
    let names = |table: &Table| entries(&measure(&few, table, 0.01, 5).0.combinations).len();
    assert_eq!(names(&narrow), names(&wide));
}

/// Pitfall c: values that are in no codebook.
#[test]
fn an_observed_domain_is_refused() {
    let domain = Domain::nominal(["a", "a name"], Origin::Observed).unwrap();
    let schema = Schema::try_new(vec![Attribute::new("x", domain, MissingKinds::NONE)]).unwrap();
    let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1])]).unwrap();
    let mut allowance = Allowance::without_ledger(Rho::at_most(1.0).unwrap(), 1);
    let result =
        SparseMarginals::default().measure(&table, &mut allowance, &mut NoiseSource::from_seed(1), &Control::default());
    let error = result.unwrap_err();
    assert!(matches!(error, PrivacyError::ObservedDomain { .. }));
    assert!(!error.to_string().contains("a name"));
    // Nothing was spent, as nothing was drawn.
    assert_eq!(allowance.left(), allowance.total());
}

/// Pitfall d: all that is returned, and the purposes of the charges.
#[test]
fn nothing_else_tells_the_number_of_records() {
    let table = cases(1_237, 3);
    let (found, allowance) = measure(&SparseMarginals::default(), &table, 0.05, 3);
    assert_ne!(found.records, 1_237);
    let told = format!("{found:?} {:?}", allowance.expenses());
    assert!(!told.contains("1237"), "{told}");
}

/// Pitfall e: what goes into the noise are whole numbers, of a whole sensitivity, and what comes out is repeatable
/// where it is meant to be.
#[test]
fn a_seed_gives_the_same_on_any_number_of_threads() {
    let table = cases(600, 5);
    let marginals = SparseMarginals::default();
    let (one, _) = measure(&marginals, &table, 0.5, 9);
    #[cfg(feature = "rayon")]
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| measure(&marginals, &table, 0.5, 9).0), one);
    }
    assert_eq!(measure(&marginals, &table, 0.5, 9).0, one);
    assert_ne!(measure(&marginals, &table, 0.5, 10).0, one);
}

/// Pitfall f: the charges are all there is, and no more than there was.
#[test]
fn all_that_is_spent_is_what_was_allowed() {
    let table = cases(400, 4);
    for (cap, charges) in [(RecordCap::Percentile(80), 7), (RecordCap::Fixed(vec![4, 6, 4]), 4)] {
        let marginals = SparseMarginals { cap, split: LengthSplit::Long, ..SparseMarginals::default() };
        let (found, allowance) = measure(&marginals, &table, 1.0, 4);
        let spent = allowance.expenses().iter().fold(Rho::ZERO, |sum, expense| sum.plus(expense.rho));
        assert_eq!((found.lengths.len(), allowance.expenses().len()), (3, charges));
        assert!(spent <= allowance.total() && allowance.total().minus(spent) == Some(allowance.left()));
        // Shares are rounded down: what is left over are a few units of 2^-64.
        assert!(allowance.left().units() < 10, "{:?}", allowance.left());
        let lengths =
            allowance.expenses().iter().filter(|expense| expense.purpose.starts_with("comb")).zip(found.lengths);
        for (expense, length) in lengths {
            // Variance is sensitivity over 2 rho, rounded up.
            let least = (length.cap / (2.0 * expense.rho.to_f64())).sqrt();
            assert!(length.noise >= least && length.noise < least * 1.001 + 1e-3, "{} {least}", length.noise);
        }
    }
}

/// Twice the records per person, twice the noise.
#[test]
fn noise_grows_with_the_records_of_a_person() {
    let noise = |persons: u32| {
        let mut allowance = Allowance::without_ledger(Rho::at_most(0.5).unwrap(), persons);
        let marginals = SparseMarginals { length: 1, cap: RecordCap::Fixed(vec![3]), ..SparseMarginals::default() };
        let source = &mut NoiseSource::from_seed(1);
        marginals.measure(&cases(100, 2), &mut allowance, source, &Control::default()).unwrap().lengths[0].noise
    };
    assert!((noise(3) / noise(1) - 3.0).abs() < 1e-3);
}

/// Pitfall g: of 60 flags that are never there, hardly any is found, nor combinations with them. In 20 runs at this
/// seed; one false item in a run would be expected with probability 0.03 or so.
#[test]
fn combinations_that_nobody_has_are_rarely_found() {
    let table = cases(3_000, 62);
    let truth = table.combinations(3, 1, &Control::default()).unwrap();
    let (mut found_in_all, mut wrong) = (0, 0);
    for seed in 0..20 {
        let (found, _) = measure(&SparseMarginals::default(), &table, 0.1, seed);
        for (entry, _) in entries(&found.combinations) {
            found_in_all += 1;
            wrong += u32::from(truth.get(&entry).is_none());
        }
    }
    assert!(found_in_all > 400, "{found_in_all}");
    assert!(f64::from(wrong) <= 0.1 * f64::from(found_in_all), "{wrong} of {found_in_all}");
}

/// Pitfall h: no more candidates than allowed, and those that are expected most often.
#[test]
fn candidates_are_bounded() {
    let items = Items::of(&schema(4), &(0..6).collect::<Vec<_>>(), &[]).unwrap();
    let mut lattice = Lattice::default();
    let first = lattice.candidates(&items, 100.0, 5, &Control::default()).unwrap();
    let mut level = Level::new(1);
    for (place, count) in (0..first.len()).zip([9.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0, 4.0, 5.0, 10.0]) {
        level.push(0, first.get(place), count);
    }
    lattice.levels.push(level);
    // 3 + 3 + 4 items: 45 pairs, 6 of them of one attribute.
    let all = lattice.candidates(&items, 100.0, 1000, &Control::default()).unwrap();
    assert_eq!(all.len(), 39);
    let some = lattice.candidates(&items, 100.0, 7, &Control::default()).unwrap();
    assert_eq!(some.len(), 7);
    let least = some.counts.iter().copied().fold(f64::INFINITY, f64::min);
    let mut expected = all.counts.clone();
    expected.sort_by(|a, b| b.total_cmp(a));
    assert!(least >= expected[6]);
    assert!((0..7).all(|place| place == 0 || some.get(place - 1) < some.get(place)));
}

/// Pitfall i: a record above the cap is not cut off: all its combinations count, each less.
#[test]
fn long_records_count_in_all_their_combinations() {
    let rows = vec![vec![0, 0, 1, 1, 1, 1]; 5];
    let all = table(&rows, 4);
    let items = Items::of(all.schema(), &(0..6).collect::<Vec<_>>(), &[]).unwrap();
    let lattice = Lattice::default();
    let candidates = lattice.candidates(&items, 100.0, 1000, &Control::default()).unwrap();
    let weights = Weighed { lattice: &lattice, candidates: &candidates, weights: vec![FULL; candidates.len()] };
    let records = Records::of(&all, &items, &Control::default()).unwrap();
    // Six items under a cap of 1.5: each counts half.
    let cap = u64::from(FULL) * u64::from(FULL) * 3 / 2;
    let counts = weights.count(&records, cap, &Control::default()).unwrap();
    assert_eq!(counts.iter().filter(|count| **count == i64::from(FULL) / 2 * 5).count(), 6);
    assert_eq!(counts.iter().filter(|count| **count == 0).count(), 4);
}

#[test]
fn a_cap_is_found_near_the_percentile() {
    let table = cases(5_000, 3);
    let items = Items::of(table.schema(), &(0..5).collect::<Vec<_>>(), &[]).unwrap();
    let lattice = Lattice::default();
    let candidates = lattice.candidates(&items, 100.0, 1000, &Control::default()).unwrap();
    let weights = Weighed { lattice: &lattice, candidates: &candidates, weights: vec![1 << 6; candidates.len()] };
    let records = Records::of(&table, &items, &Control::default()).unwrap();
    let mut allowance = Allowance::without_ledger(Rho::at_most(0.01).unwrap(), 1);
    let charge = allowance.charge("cap", Rho::at_most(0.01).unwrap()).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    // Records have one to four items; three or fewer in all but one of 50 times 3/4 times 1/3.
    let cap = weights.choose_cap(&records, 5, 90, charge, &mut rng, &Control::default()).unwrap();
    assert!((3 << 12..4 << 12).contains(&cap), "{cap}");
}

/// So little budget that any cap may be chosen: none is above what a record can add, which would buy noise alone, or
/// more noise than there can be.
#[test]
fn no_cap_is_above_what_a_record_can_add() {
    for seed in 0..50 {
        let (found, _) = measure(&SparseMarginals::default(), &cases(20, 3), 1e-6, seed);
        // Of five attributes: five items, ten pairs, ten triples; and up to a quarter of a doubling more.
        for length in &found.lengths {
            assert!(length.cap <= 10.0 * 1.2, "{length:?}");
        }
    }
}

#[test]
fn structural_zeros_are_no_candidates() {
    let rule = Constraint::new("no p with flag 0", [("x", ["p"].into_iter()), ("flag 0", ["yes"].into_iter())]);
    let never = Constraint::new("no r", [("y", ["r"].into_iter())]);
    let marginals = SparseMarginals { constraints: vec![rule, never], ..plain(3) };
    let (found, _) = measure(&marginals, &cases(300, 2), 1e6, 6);
    assert_eq!(found.lengths[0].candidates, 7);
    let has = |entry: &[(u16, u16)], item| entry.contains(&item);
    let found = entries(&found.combinations);
    assert!(found.iter().any(|(entry, _)| has(entry, (2, 1))) && found.iter().any(|(entry, _)| has(entry, (0, 0))));
    assert!(!found.iter().any(|(entry, _)| has(entry, (2, 1)) && has(entry, (0, 0)) || has(entry, (1, 2))));
}

#[test]
fn attributes_are_those_asked_for_in_the_positions_of_the_table() {
    let marginals = SparseMarginals { attributes: vec!["flag 0".into(), "y".into()], ..plain(2) };
    let (found, _) = measure(&marginals, &cases(300, 2), 1e6, 6);
    assert_eq!(found.combinations.items(), [(1, 0), (1, 1), (1, 2), (2, 1)]);
    let unknown = SparseMarginals { attributes: vec!["z".into()], ..plain(2) };
    let mut allowance = Allowance::without_ledger(Rho::at_most(1.0).unwrap(), 1);
    let source = &mut NoiseSource::from_seed(1);
    assert!(unknown.measure(&cases(3, 2), &mut allowance, source, &Control::default()).is_err());
}

#[test]
fn tables_that_are_not_one_record_per_row_are_refused() {
    let ids: Ids = ["a", "b"].into_iter().collect();
    let table = cases(2, 1);
    for table in [table.clone().with_ids(ids).unwrap(), table.with_weights(RowWeights::new(vec![1, 9])).unwrap()] {
        let mut allowance = Allowance::without_ledger(Rho::at_most(1.0).unwrap(), 1);
        let source = &mut NoiseSource::from_seed(1);
        let result = SparseMarginals::default().measure(&table, &mut allowance, source, &Control::default());
        assert!(matches!(result, Err(PrivacyError::InvalidParameter { parameter: "table", .. })));
    }
}

#[test]
fn an_empty_table_and_a_small_memory_are_met() {
    let (found, _) = measure(&SparseMarginals::default(), &table(&[], 2), 0.5, 1);
    assert!(found.records < 20);
    let mut allowance = Allowance::without_ledger(Rho::at_most(1.0).unwrap(), 1);
    let control = Control::default().with_memory_cap(100);
    let source = &mut NoiseSource::from_seed(1);
    assert!(SparseMarginals::default().measure(&cases(50, 2), &mut allowance, source, &control).is_err());
}
