//! Entropy l-diversity.

use std::fmt;

use statrs::function::gamma::digamma;

use super::histogram::Histogram;
use super::{Monotonicity, checked};
use crate::PrivacyError;

/// How the entropy of the values of a class is estimated from its counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum EntropyEstimator {
    /// The entropy of the counts as they stand: ln n - (1/n) sum f ln f.
    #[default]
    Shannon,
    /// Corrected for small classes: psi(n) - (1/n) sum f psi(f), with psi the digamma function. It is
    /// above Shannon's, so that it passes more classes; a merge of two classes that pass may fail.
    Grassberger,
}

impl fmt::Display for EntropyEstimator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shannon => "Shannon",
            Self::Grassberger => "Grassberger",
        })
    }
}

/// The values of a sensitive attribute are so evenly spread in every class that their entropy is that
/// of at least l equally frequent values: H >= ln l.
///
/// "Not applicable" is a value; all blanks together are one more. A class also needs as many units
/// as records are needed for the entropy. Entropies are compared with a relative tolerance of
/// 1e-12, so that l values of equal frequency hold for l.
///
/// ```
/// use ctdata_privacy::{EntropyEstimator, EntropyLDiversity};
/// let model = EntropyLDiversity::try_new("diagnosis", 2.5)?;
/// assert_eq!((model.l(), model.estimator()), (2.5, EntropyEstimator::Shannon));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// No class is dominated by one value so much that the spread falls under that of l even ones. It asks
/// a lot where one value is common everywhere: the entropy of the whole table must reach ln l too.
/// Values that mean nearly the same count as different.
///
/// # Sources
/// Machanavajjhala et al. (2007), "l-diversity: privacy beyond k-anonymity", ACM TKDD 1(1);
/// P. Grassberger (1988), "Finite sample corrections to entropy and dimension estimates", Physics
/// Letters A 128, and (2003) arXiv:physics/0307138.
#[derive(Debug, Clone, PartialEq)]
pub struct EntropyLDiversity {
    attribute: String,
    l: f64,
    estimator: EntropyEstimator,
}

impl EntropyLDiversity {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "entropy-l-diversity";

    /// The model with Shannon's entropy.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for an `l` that is not a number of at least 1.
    pub fn try_new(attribute: impl Into<String>, l: f64) -> Result<Self, PrivacyError> {
        let l = checked::real("l", l, |l| l >= 1.0, "it is a number of at least 1")?;
        Ok(Self { attribute: attribute.into(), l, estimator: EntropyEstimator::Shannon })
    }

    /// The same with another estimator.
    #[must_use]
    pub fn with_estimator(mut self, estimator: EntropyEstimator) -> Self {
        self.estimator = estimator;
        self
    }

    /// The sensitive attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The number of equally frequent values whose entropy is asked for.
    pub fn l(&self) -> f64 {
        self.l
    }

    /// The estimator.
    pub fn estimator(&self) -> EntropyEstimator {
        self.estimator
    }

    /// Shannon's entropy is concave, so that two good classes make a good one; Grassberger's estimate
    /// is not.
    pub fn monotonicity(&self) -> Monotonicity {
        match self.estimator {
            EntropyEstimator::Shannon => Monotonicity::WITHOUT_SUPPRESSION,
            EntropyEstimator::Grassberger => Monotonicity::NONE,
        }
    }

    pub(super) fn ready(&self) -> EntropyJudge {
        EntropyJudge::new(self.l, self.estimator)
    }
}

impl fmt::Display for EntropyLDiversity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attribute, l, estimator } = self;
        write!(f, "entropy l-diversity ({estimator}) of `{attribute}` with l = {l}")
    }
}

/// Entropies with the logarithms of small counts at hand.
#[derive(Debug, Clone)]
pub(super) struct EntropyJudge {
    ln_l: f64,
    estimator: EntropyEstimator,
    /// f ln f or f psi(f).
    small: Vec<f64>,
}

const SMALL_COUNTS: u32 = 1024;

impl EntropyJudge {
    fn new(l: f64, estimator: EntropyEstimator) -> Self {
        let small = (0..SMALL_COUNTS).map(|count| Self::exact(estimator, count.into())).collect();
        Self { ln_l: l.ln(), estimator, small }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
    fn exact(estimator: EntropyEstimator, count: u64) -> f64 {
        let real = count as f64;
        match (count, estimator) {
            (0, _) => 0.0,
            (_, EntropyEstimator::Shannon) => real * real.ln(),
            (_, EntropyEstimator::Grassberger) => real * digamma(real),
        }
    }

    #[inline]
    fn term(&self, count: u64) -> f64 {
        let small = usize::try_from(count).ok().and_then(|count| self.small.get(count));
        small.copied().unwrap_or_else(|| Self::exact(self.estimator, count))
    }

    /// n H, with n.
    #[expect(clippy::cast_precision_loss, reason = "classes have fewer than 2^53 records")]
    fn entropy_times_records(&self, histogram: &Histogram<'_>) -> (f64, f64) {
        let records = histogram.records();
        let inner: f64 = histogram.counts().map(|(_, count)| self.term(count)).sum();
        (self.term(records) - inner, records as f64)
    }

    /// e^H: the number of equally frequent values of this entropy.
    pub(super) fn effective_values(&self, histogram: &Histogram<'_>) -> f64 {
        let (entropy, records) = self.entropy_times_records(histogram);
        if records > 0.0 { (entropy / records).exp() } else { 1.0 }
    }

    pub(super) fn holds(&self, histogram: &Histogram<'_>) -> bool {
        let (entropy, records) = self.entropy_times_records(histogram);
        entropy + 1e-12 * (records * self.ln_l.max(1.0)) >= records * self.ln_l
    }

    /// The least n for which n records, all different, have the entropy.
    pub(super) fn least_size(&self) -> u64 {
        let reaches = |records: u64| {
            let highest = match self.estimator {
                EntropyEstimator::Shannon => self.term(records),
                // psi(n) - psi(1), n times.
                EntropyEstimator::Grassberger => {
                    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                    let real = records as f64;
                    self.term(records) - real * digamma(1.0)
                }
            };
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let records = records as f64;
            highest + 1e-12 * (records * self.ln_l.max(1.0)) >= records * self.ln_l
        };
        // e^(H_n-1) >= n and e^(ln n) = n: at most l rounded up, which is searched up to 2^32.
        let (mut low, mut high) = (1, 1u64 << 32);
        while low < high {
            let middle = u64::midpoint(low, high);
            if reaches(middle) { high = middle } else { low = middle + 1 }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_precision_loss, reason = "small numbers")]

    use super::*;
    use crate::model::histogram::Categories;
    use crate::model::histogram::tests::{attribute, tally};
    use proptest::prelude::*;

    fn effective(codes: &[u16], estimator: EntropyEstimator) -> f64 {
        let counts = tally(codes);
        EntropyJudge::new(2.0, estimator).effective_values(&Categories::of(&attribute(8)).histogram(&counts))
    }

    fn holds(codes: &[u16], l: f64, estimator: EntropyEstimator) -> bool {
        let counts = tally(codes);
        EntropyJudge::new(l, estimator).holds(&Categories::of(&attribute(8)).histogram(&counts))
    }

    #[test]
    fn equal_frequencies_hold_for_their_number_whatever_the_class_size() {
        for copies in 1..200 {
            for l in 1..=7u16 {
                let codes: Vec<u16> = (0..l).flat_map(|value| std::iter::repeat_n(value, copies)).collect();
                assert!(holds(&codes, l.into(), EntropyEstimator::Shannon), "{l} values, {copies} of each");
                assert!(!holds(&codes, f64::from(l) + 1e-6, EntropyEstimator::Shannon));
            }
        }
    }

    #[test]
    fn grassberger_equals_harmonic_numbers() {
        // psi(n) = H_(n-1) - gamma, so two of {2, 1} give H_2 - (2 H_1 + H_0)/3 = 3/2 - 2/3.
        let expected = (1.5f64 - 2.0 / 3.0).exp();
        assert!((effective(&[0, 0, 1], EntropyEstimator::Grassberger) - expected).abs() < 1e-12);
    }

    #[test]
    fn merging_two_classes_that_pass_by_grassberger_may_fail() {
        let (part, merged) = ([0, 1], [0, 1, 0, 1]);
        assert!(holds(&part, 2.6, EntropyEstimator::Grassberger));
        assert!(!holds(&merged, 2.6, EntropyEstimator::Grassberger));
    }

    #[test]
    fn fewer_records_than_the_least_size_never_hold() {
        for (l, shannon, grassberger) in [(1.0, 1, 1), (2.0, 2, 2), (2.5, 3, 2), (3.0, 3, 3), (5.0, 5, 4)] {
            assert_eq!(EntropyJudge::new(l, EntropyEstimator::Shannon).least_size(), shannon);
            assert_eq!(EntropyJudge::new(l, EntropyEstimator::Grassberger).least_size(), grassberger);
        }
    }

    proptest! {
        #[test]
        fn it_is_the_exponential_of_the_entropy(codes in prop::collection::vec(0u16..8, 1..60)) {
            let n = codes.len() as f64;
            let entropy: f64 = tally(&codes).iter().map(|&(_, f)| -(f64::from(f) / n) * (f64::from(f) / n).ln()).sum();
            prop_assert!((effective(&codes, EntropyEstimator::Shannon) - entropy.exp()).abs() < 1e-9);
            let harmonic = |n: u32| (1..n).map(|i| 1.0 / f64::from(i)).sum::<f64>();
            let n = u32::try_from(codes.len()).unwrap();
            let inner: f64 = tally(&codes).iter().map(|&(_, f)| f64::from(f) * harmonic(f)).sum();
            let expected = (harmonic(n) - inner / f64::from(n)).exp();
            prop_assert!((effective(&codes, EntropyEstimator::Grassberger) - expected).abs() < 1e-9 * expected);
        }
    }
}
