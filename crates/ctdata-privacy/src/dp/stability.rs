//! Counts of categories that no codebook lists: named only where enough records have them.

use std::collections::{BTreeMap, BTreeSet};

use rand::CryptoRng;

use super::contribution::choose;
use super::convert::gaussian_mass;
use crate::PrivacyError;
use crate::dp::{Charge, Delta, DeltaCharge, Ratio};

/// A histogram over an unknown domain: counts with noise, of those categories only that stay above a threshold.
///
/// Where there is a codebook, count its categories instead: that needs no threshold, and no delta of its own.
///
/// # Guarantee
/// delta-approximate rho-zCDP for the delta and the rho of its charges: up to a probability of delta, no category
/// is named that only one person has, and what is named is rho-zCDP. Neighbours differ in all records of
/// one person. The number of categories per record is public. See
/// [`proofs::stability_histogram`](crate::proofs::stability_histogram).
///
/// # Sources
/// A. Korolova, K. Kenthapadi, N. Mishra and A. Ntoulas (2009), "Releasing Search Queries and Clicks Privately",
/// World Wide Web Conference. M. Bun, K. Nissim and U. Stemmer (2016), "Simultaneous Private Learning of
/// Multiple Concepts", Innovations in Theoretical Computer Science.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StabilityHistogram {
    categories_per_record: u32,
}

/// The categories that were found, in their order, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiscoveredCounts<K> {
    /// Categories with their noisy counts, which are not below the threshold.
    pub counts: Vec<(K, i64)>,
    /// The least noisy count that is shown.
    pub threshold: i64,
    /// The variance of the noise.
    pub variance: Ratio,
}

fn invalid(parameter: &'static str, rule: &str) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() }
}

impl StabilityHistogram {
    /// A record counts for at most so many categories, each once.
    ///
    /// # Errors
    /// None at all.
    pub fn try_new(categories_per_record: u32) -> Result<Self, PrivacyError> {
        if categories_per_record == 0 {
            return Err(invalid("categories_per_record", "is at least 1"));
        }
        Ok(Self { categories_per_record })
    }

    /// The least noisy count that is shown, for so much noise and so many records of one person.
    ///
    /// A category that only one person has is counted at most as often as the person has records, and there are
    /// at most as many of these as all records of the person have categories. Each stays below the threshold
    /// with a probability that makes it `1 - delta` for all of them.
    ///
    /// # Errors
    /// A variance above 2^40, or a delta below 1e-270.
    pub fn threshold(&self, variance: Ratio, delta: Delta, records_per_person: u32) -> Result<i64, PrivacyError> {
        if delta.get() < 1e-270 {
            return Err(invalid("delta", "is at least 1e-270 here"));
        }
        let categories = f64::from(self.categories_per_record) * f64::from(records_per_person.max(1));
        // 1 - (1 - delta)^(1 / categories), rounded down.
        let each = -((-delta.get()).ln_1p() / categories).exp_m1() * (1.0 - 1e-12);
        Ok(i64::from(records_per_person.max(1)).saturating_add(least_exceeded(variance, each)?))
    }

    /// Counts and releases. `records` gives the categories of each record; of those that have more than they may,
    /// some are drawn.
    ///
    /// # Errors
    /// As [`threshold`](Self::threshold), and a charge that is too small.
    pub fn release<K, I, R>(
        &self,
        records: impl IntoIterator<Item = I>,
        charge: Charge,
        delta: DeltaCharge,
        rng: &mut R,
    ) -> Result<DiscoveredCounts<K>, PrivacyError>
    where
        K: Ord,
        I: IntoIterator<Item = K>,
        R: CryptoRng + ?Sized,
    {
        let records_per_person = charge.records_per_person();
        // One record moves so many counts by 1.
        let mechanism = charge.gaussian(u64::from(self.categories_per_record))?;
        let variance = mechanism.variance();
        let threshold = self.threshold(variance, delta.spend(), records_per_person)?;
        let most = usize::try_from(self.categories_per_record).unwrap_or(usize::MAX);
        let mut exact: BTreeMap<K, i64> = BTreeMap::new();
        for record in records {
            // Each once, and in an order that does not depend on that of the record.
            let mut categories: Vec<K> = record.into_iter().collect::<BTreeSet<K>>().into_iter().collect();
            choose(rng, &mut categories, most);
            categories.truncate(most);
            for category in categories {
                *exact.entry(category).or_default() += 1;
            }
        }
        let (categories, exact): (Vec<K>, Vec<i64>) = exact.into_iter().unzip();
        let noisy = mechanism.release(&exact, rng).values;
        let counts = categories.into_iter().zip(noisy).filter(|&(_, count)| count >= threshold).collect();
        Ok(DiscoveredCounts { counts, threshold, variance })
    }
}

/// The least whole number that discrete Gaussian noise reaches with at most this probability.
///
/// The tail is summed from where its weights are 0 in floating point down to where it is too much, with all it may
/// have lost on top: the rest beyond, which is less than 1e-300, and a relative 1e-11.
#[expect(clippy::cast_possible_truncation, reason = "below 2^26")]
fn least_exceeded(variance: Ratio, probability: f64) -> Result<i64, PrivacyError> {
    let variance = variance.to_f64();
    if variance > 1_099_511_627_776.0 {
        return Err(invalid("variance", "is at most 2^40"));
    }
    let allowed = probability * gaussian_mass(variance) * (1.0 - 1e-11);
    let mut y = (39.0 * variance.sqrt()).ceil() + 1.0;
    let mut tail = 1e-300;
    loop {
        tail += (-y * y / (2.0 * variance)).exp();
        // A negative threshold would be right where delta is large, and serves nobody.
        if tail > allowed || y < 1.0 {
            return Ok(y as i64 + 1);
        }
        y -= 1.0;
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    use super::*;
    use crate::dp::{Allowance, Rho};

    fn delta(delta: f64) -> Delta {
        Delta::try_new(delta).unwrap()
    }

    /// P(Y >= t) by its definition.
    fn tail(variance: f64, t: i32) -> f64 {
        let weight = |y: i32| (-f64::from(y).powi(2) / (2.0 * variance)).exp();
        let beyond: f64 = (t..t.max(0) + 400).rev().map(weight).sum();
        beyond / (-400..=400).map(weight).sum::<f64>()
    }

    /// The threshold of the continuous Gaussian, 1 + sigma sqrt(D) Phi^-1((1 - delta / 2)^(1 / D)), for sigma 1 and delta
    /// 1e-6: on whole numbers it is the next but one at most.
    #[test]
    fn thresholds_are_those_of_the_formula_rounded_up() {
        for (categories, printed) in [(1, 5.8916), (6, 13.8185), (20, 25.3790)] {
            let histogram = StabilityHistogram::try_new(categories).unwrap();
            let variance = Ratio::try_new(u64::from(categories), 1).unwrap();
            let threshold = histogram.threshold(variance, delta(5e-7), 1).unwrap();
            let above = f64::from(i32::try_from(threshold).unwrap()) - printed;
            assert!((0.0..1.6).contains(&above), "{categories}: {threshold}");
        }
    }

    /// The bound holds exactly, and would not hold one lower.
    #[test]
    fn a_category_of_one_person_is_named_with_at_most_delta() {
        for (variance, categories, records, delta_) in
            [(1, 1, 1, 1e-6), (4, 1, 1, 1e-9), (30, 6, 1, 1e-5), (100, 3, 2, 0.01), (1, 2, 5, 0.3), (2500, 1, 1, 1e-8)]
        {
            let histogram = StabilityHistogram::try_new(categories).unwrap();
            let ratio = Ratio::try_new(variance, 1).unwrap();
            let threshold = i32::try_from(histogram.threshold(ratio, delta(delta_), records).unwrap()).unwrap();
            let records = i32::try_from(records).unwrap();
            let named = |threshold: i32| {
                let one = tail(f64::from(u32::try_from(variance).unwrap()), threshold - records);
                1.0 - (1.0 - one).powi(i32::try_from(categories).unwrap() * records)
            };
            assert!(named(threshold) <= delta_ * (1.0 + 1e-7), "{variance}");
            assert!(named(threshold - 1) > delta_, "{variance}");
        }
    }

    #[test]
    fn tiny_and_huge_parameters_have_an_answer_or_an_error() {
        let histogram = StabilityHistogram::try_new(1).unwrap();
        let least = Ratio::try_new(1, u64::MAX).unwrap();
        assert_eq!(histogram.threshold(least, delta(1e-9), 1).unwrap(), 2);
        let most = histogram.threshold(Ratio::try_new(1 << 30, 1).unwrap(), delta(1e-200), u32::MAX).unwrap();
        assert!(most > i64::from(u32::MAX) + (30 << 15));
        assert!(histogram.threshold(Ratio::try_new(u64::MAX, 1).unwrap(), delta(1e-9), 1).is_err());
        assert!(histogram.threshold(least, delta(1e-300), 1).is_err());
        assert!(StabilityHistogram::try_new(0).is_err());
    }

    #[test]
    fn frequent_categories_are_named_in_their_order_and_rare_ones_not() {
        let mut allowance = Allowance::without_ledger_with_delta(Rho::at_least(0.5).unwrap(), 1e-9, 1);
        let charge = allowance.charge("categories", Rho::at_least(0.5).unwrap()).unwrap();
        let delta = allowance.charge_delta("categories", delta(1e-9)).unwrap();
        let records = (0..1_000).map(|row| if row == 500 { vec!["rare"] } else { vec!["b", "a", "b", "c"] });
        let histogram = StabilityHistogram::try_new(2).unwrap();
        let found = histogram.release(records, charge, delta, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        assert_eq!(found.counts.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["a", "b", "c"]);
        // Two of three are kept of each record: 666 of each, with a standard deviation of 15, and noise of 1.4.
        assert!(found.counts.iter().all(|&(_, count)| (count - 666).abs() < 75), "{:?}", found.counts);
        let total: i64 = found.counts.iter().map(|(_, count)| count).sum();
        assert!((total - 2 * 999).abs() < 15);
    }
}
