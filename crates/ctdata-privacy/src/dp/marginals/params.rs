//! What to measure, and how to spend on it.

use ctdata_table::Constraint;

use crate::PrivacyError;

/// The longest combinations that are measured.
pub(super) const LONGEST: u8 = 5;

/// How the budget is shared among the lengths.
///
/// `Long`, `Short` and `Balanced` are the modes of the paper below: the noise of length k is in proportion to 1/k, to
/// 1/(R - k + 1), or the same for all, before the caps.
///
/// # Sources
/// S. Gopi, P. Gulhane, J. Kulkarni, J. H. Shen, M. Shokouhi and S. Yekhanin (2020), "Differentially Private Set
/// Union", ICML; the modes are those of its use for marginals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LengthSplit {
    /// One part for single values, four for pairs, five for each longer length: single values have counts so
    /// large that little is enough.
    #[default]
    Recommended,
    /// Most for the longest.
    Long,
    /// Most for single values.
    Short,
    /// The same for all lengths.
    Balanced,
    /// Parts per length, from single values on.
    Parts(Vec<u32>),
}

impl LengthSplit {
    /// Parts per length.
    pub(super) fn parts(&self, length: u8) -> Vec<u32> {
        let length = u32::from(length);
        match self {
            Self::Recommended => (1..=length).map(|k| [1, 4, 5].get(k as usize - 1).copied().unwrap_or(5)).collect(),
            Self::Long => (1..=length).map(|k| k * k).collect(),
            Self::Short => (1..=length).map(|k| (length - k + 1).pow(2)).collect(),
            Self::Balanced => vec![1; length as usize],
            Self::Parts(parts) => parts.clone(),
        }
    }
}

/// How much one record may add to the counts of one length. What is more is scaled down: each combination of
/// the record then counts less.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordCap {
    /// So that about this percentage of the records count in full; a hundredth of the budget goes, per length,
    /// to finding out where that is. From 1 to 99.
    Percentile(u8),
    /// A public number of combinations per length, from single values on: the sum of the squares of what a
    /// record adds is at most that, where a combination in full adds 1.
    Fixed(Vec<u32>),
}

impl Default for RecordCap {
    /// The 90th percentile: fewer leave long records short, more make all counts noisier.
    fn default() -> Self {
        Self::Percentile(90)
    }
}

/// What combinations count for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Weighting {
    /// A combination that shorter ones let expect often weighs less, by the root of what is expected: a record's
    /// common combinations leave room for its rare ones, and every count gets noise in proportion to the root
    /// of its size, as a sample would have.
    #[default]
    ByExpectation,
    /// The same for all.
    Equal,
}

/// Noisy counts of all combinations of values up to a length, of records that have few values of many.
///
/// ```
/// use ctdata_privacy::dp::{LengthSplit, SparseMarginals};
/// let marginals = SparseMarginals { length: 4, split: LengthSplit::Balanced, ..SparseMarginals::default() };
/// assert_eq!(marginals.false_discovery, 0.1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseMarginals {
    /// The longest combinations, from 1 to 5. Default 3.
    pub length: u8,
    /// The attributes by name; all of the table where none is named, which is the default.
    pub attributes: Vec<String>,
    /// Public rules of what cannot be: such combinations are not measured, and cost nothing. Default none.
    pub constraints: Vec<Constraint>,
    /// How the budget is shared among lengths.
    pub split: LengthSplit,
    /// How much one record may add.
    pub cap: RecordCap,
    /// What combinations count for one another.
    pub weighting: Weighting,
    /// The share of the combinations of the longest length that may be ones that nobody has, as estimated from
    /// above; of shorter ones it is less in proportion, as others build on them. From 0 to 1, both left out.
    /// Default 0.1, of which a third or so come true.
    pub false_discovery: f64,
    /// If there are more candidates of a length than this, only those that the shorter combinations let expect
    /// most often are measured. Default five million, of about 100 bytes each.
    pub most_candidates: u32,
}

impl Default for SparseMarginals {
    fn default() -> Self {
        Self {
            length: 3,
            attributes: Vec::new(),
            constraints: Vec::new(),
            split: LengthSplit::default(),
            cap: RecordCap::default(),
            weighting: Weighting::default(),
            false_discovery: 0.1,
            most_candidates: 5_000_000,
        }
    }
}

impl SparseMarginals {
    /// Whether the parameters have a meaning.
    pub(super) fn check(&self) -> Result<(), PrivacyError> {
        let invalid = |parameter, rule: &str| Err(PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() });
        if !(1..=LONGEST).contains(&self.length) {
            return invalid("length", "is from 1 to 5");
        }
        let parts = self.split.parts(self.length);
        if parts.len() != usize::from(self.length) || parts.contains(&0) {
            return invalid("split", "has a part above 0 for each length");
        }
        match &self.cap {
            RecordCap::Percentile(percent) if !(1..=99).contains(percent) => {
                return invalid("cap", "is a percentile from 1 to 99");
            }
            RecordCap::Fixed(caps) if caps.len() != usize::from(self.length) || caps.contains(&0) => {
                return invalid("cap", "has a number above 0 for each length");
            }
            _ => {}
        }
        if !(self.false_discovery > 0.0 && self.false_discovery < 1.0) {
            return invalid("false_discovery", "is above 0 and below 1");
        }
        if self.most_candidates == 0 {
            return invalid("most_candidates", "is above 0");
        }
        Ok(())
    }

    /// The share of false discoveries of a length.
    #[expect(clippy::cast_precision_loss, reason = "at most 5")]
    pub(super) fn false_share(&self, length: usize) -> f64 {
        self.false_discovery * length as f64 / f64::from(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dp::{Delta, Epsilon, Rho, rho_of_epsilon};

    /// The noise of each length per root of its cap, for a rho and a split.
    fn sigmas(rho: f64, split: &LengthSplit, length: u8) -> Vec<f64> {
        let (rho, parts) = (Rho::at_most(rho).unwrap(), split.parts(length));
        let sum: u32 = parts.iter().sum();
        parts.iter().map(|part| (0.5 / rho.share((*part).into(), sum.into()).to_f64()).sqrt()).collect()
    }

    fn close(found: &[f64], printed: &[f64], half_a_digit: f64) {
        assert_eq!(found.len(), printed.len());
        assert!(found.iter().zip(printed).all(|(a, b)| (a - b).abs() <= half_a_digit), "{found:?} {printed:?}");
    }

    /// Computed from the formulas of Gopi et al. for epsilon = 4 and 10,000 records, of which 0.5 % go to the number
    /// of records and 1 % to percentiles.
    #[test]
    fn the_modes_share_as_published() {
        let records = 10_000_f64;
        let (epsilon, delta) = (3.98_f64, 1.0 / (records * records.ln()));
        assert!((delta - 1.0857e-5).abs() <= 5e-10);
        let log = (2.0 / delta).ln();
        let rho = ((epsilon + log).sqrt() - log.sqrt()).powi(2);
        assert!((rho - 0.281_992).abs() <= 5e-7);
        let counts = rho * 0.99;
        close(&sigmas(counts, &LengthSplit::Long, 3), &[5.00741, 2.50371, 1.66914], 5e-6);
        close(&sigmas(counts, &LengthSplit::Short, 3), &[1.66914, 2.50371, 5.00741], 5e-6);
        close(&sigmas(counts, &LengthSplit::Balanced, 3), &[2.31798; 3], 5e-6);
        close(&sigmas(counts, &LengthSplit::Long, 4), &[7.3301, 3.6650, 2.4434, 1.8325], 5e-5);
        close(&sigmas(counts, &LengthSplit::Balanced, 4), &[2.67657; 4], 5e-6);
    }

    /// The same guarantee with the tight conversion (Canonne, Kamath and Steinke 2020) buys more.
    #[test]
    fn the_accounting_is_tight() {
        let rho = rho_of_epsilon(Epsilon::try_new(3.98).unwrap(), Delta::try_new(5.42868e-6).unwrap()).unwrap();
        assert!((rho.to_f64() - 0.351_330).abs() <= 5e-7, "{rho}");
        assert!((1.0 - (0.281_992 / rho.to_f64()).sqrt() - 0.104).abs() <= 5e-4);
    }

    #[test]
    fn parameters_without_a_meaning_are_refused() {
        let good = SparseMarginals::default();
        assert!(good.check().is_ok());
        for bad in [
            SparseMarginals { length: 0, ..good.clone() },
            SparseMarginals { length: 6, ..good.clone() },
            SparseMarginals { split: LengthSplit::Parts(vec![1, 2]), ..good.clone() },
            SparseMarginals { split: LengthSplit::Parts(vec![1, 0, 2]), ..good.clone() },
            SparseMarginals { cap: RecordCap::Percentile(100), ..good.clone() },
            SparseMarginals { cap: RecordCap::Fixed(vec![5]), ..good.clone() },
            SparseMarginals { false_discovery: f64::NAN, ..good.clone() },
            SparseMarginals { most_candidates: 0, ..good.clone() },
        ] {
            assert!(matches!(bad.check(), Err(PrivacyError::InvalidParameter { .. })), "{bad:?}");
        }
    }
}
