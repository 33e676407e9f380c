//! How far a model is from the counts, in whole numbers.
//!
//! The distance of exact counts from rounded model counts is computed in fixed point, so that one record more
//! or less moves it by exactly one unit or less, whatever the model says.

use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, Rho};

/// One record, in fixed point.
pub(super) const RECORD: i64 = 1 << 10;
/// Model counts are held to this many records: far above any table.
const MOST: f64 = 1e12;

/// A model count in fixed point.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "held to 1e12 * 2^10; NaN becomes 0")]
fn fixed(count: f64) -> i64 {
    (count.clamp(-MOST, MOST) * RECORD as f64).round() as i64
}

/// The sum of the absolute differences, in units of 1 / [`RECORD`].
///
/// # Guarantee
/// Adding a record to `exact` adds 1 to one count and moves the result by at most [`RECORD`].
pub(super) fn distance(exact: &[i64], model: &[f64]) -> i128 {
    debug_assert_eq!(exact.len(), model.len(), "both count the cells of one set");
    let difference = |(&exact, &model): (&i64, &f64)| {
        (i128::from(exact) * i128::from(RECORD) - i128::from(fixed(model))).unsigned_abs()
    };
    exact.iter().zip(model).map(difference).fold(0, i128::saturating_add_unsigned)
}

/// A candidate's score: a public weight times (distance less a public handicap in records).
///
/// # Guarantee
/// Adding a record moves it by at most `weight` times [`RECORD`]; holding it to the range of 64 bits moves no
/// two scores apart.
pub(super) fn score(weight: u32, distance: i128, handicap: f64) -> i64 {
    let score = (distance - i128::from(fixed(handicap))).saturating_mul(i128::from(weight));
    i64::try_from(score).unwrap_or(if score < 0 { i64::MIN } else { i64::MAX })
}

/// Chooses one candidate of scores whose weights are at most `heaviest`.
pub(super) fn choose(
    scores: &[i64],
    heaviest: u32,
    purpose: &str,
    rho: Rho,
    allowance: &mut Allowance,
    source: &mut NoiseSource,
) -> Result<Option<usize>, PrivacyError> {
    let charge = allowance.charge(purpose, rho)?;
    let sensitivity = u64::from(heaviest.max(1)) * RECORD.unsigned_abs();
    Ok(charge.exponential(sensitivity)?.choose(scores, &mut source.stream()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_distance_is_exact_for_whole_numbers_and_rounds_the_model_only() {
        assert_eq!(distance(&[3, 0, 7], &[1.0, 2.0, 7.0]), 4 * i128::from(RECORD));
        assert_eq!(distance(&[1], &[1.0 + 0.4 / 1024.0]), 0);
        assert_eq!(distance(&[0], &[f64::NAN]), 0);
        assert_eq!(distance(&[], &[]), 0);
    }

    #[test]
    fn scores_are_held_to_their_range_in_order() {
        let far = distance(&[i64::MAX, i64::MAX], &[0.0, 0.0]);
        assert_eq!(score(u32::MAX, far, 0.0), i64::MAX);
        assert_eq!(score(u32::MAX, 0, f64::INFINITY), i64::MIN);
        assert_eq!(score(3, 5 * i128::from(RECORD), 2.0), 9 * RECORD);
    }

    proptest! {
        // The sensitivity that is paid for, whatever the model says: no float that depends on the data comes in.
        #[test]
        fn one_record_moves_a_score_by_its_weight_at_most(
            cells in prop::collection::vec((0i64..1_000_000, prop_oneof![any::<f64>(), -10.0..1e6f64]), 1..20),
            at: prop::sample::Index,
            weight in 1u32..1000,
            handicap in prop_oneof![any::<f64>(), 0.0..1e6f64],
        ) {
            let (exact, model): (Vec<i64>, Vec<f64>) = cells.into_iter().unzip();
            let mut more = exact.clone();
            more[at.index(exact.len())] += 1;
            let [with, without] = [&more, &exact].map(|counts| score(weight, distance(counts, &model), handicap));
            prop_assert!(with.abs_diff(without) <= u64::from(weight) * RECORD.unsigned_abs());
            // In fixed point the step is a whole record, unless the model is within a record of both.
            let [far, near] = [&more, &exact].map(|counts| distance(counts, &model));
            prop_assert!((far - near).abs() <= i128::from(RECORD));
        }
    }
}
