//! Transition matrices: how likely each value is to become each other one.

use std::fmt;

use rand::Rng;

use crate::PrivacyError;

/// 2^53: probabilities are whole multiples of its inverse, which `f64` and 64-bit integers both hold.
const ONE: u64 = 1 << 53;
/// The most categories of a matrix, which has the square of it as entries.
const MOST: usize = 4096;
/// By how much the rows of a given matrix may miss the sum 1.
const TOLERANCE: f64 = 1e-9;

/// A square matrix of probabilities: row `a` says what becomes of the true value `a`. Rows sum to
/// exactly 1.
///
/// Entries are rounded to multiples of 2^-53, and the largest entry of a row takes up what is missing to 1.
/// So the numbers that [`probability`](Self::probability) gives, and that are published, are exactly those
/// with which values are drawn: there is no further rounding.
///
/// ```
/// use ctdata_privacy::TransitionMatrix;
/// let matrix = TransitionMatrix::try_new(vec![vec![0.75, 0.25], vec![0.25, 0.75]])?;
/// // A released value says at most three times as much for one true value as for the other.
/// assert!((matrix.local_epsilon().unwrap() - 3f64.ln()).abs() < 1e-12);
/// // 60 of 100 released say yes: 70 of the true values did.
/// let estimate = matrix.estimate_true_counts(&[40, 60])?;
/// assert!((estimate[1] - 70.0).abs() < 1e-9);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<Vec<f64>>", into = "Vec<Vec<f64>>"))]
pub struct TransitionMatrix {
    size: usize,
    /// Row by row, in units of 2^-53.
    parts: Vec<u64>,
}

impl TransitionMatrix {
    /// The matrix of these rows.
    ///
    /// # Errors
    /// No row, more than 4,096, rows of other lengths than their number, a number that is no
    /// probability, or a row whose sum is not 1 (within 10^-9).
    pub fn try_new(rows: Vec<Vec<f64>>) -> Result<Self, PrivacyError> {
        let size = rows.len();
        check_size(size)?;
        let mut parts = Vec::with_capacity(size * size);
        for (row, number) in rows.into_iter().zip(1..) {
            if row.len() != size {
                return Err(invalid(format!("row {number} has {} entries, not {size}", row.len())));
            }
            if row.iter().any(|entry| !(0.0..=1.0).contains(entry)) {
                return Err(invalid(format!("row {number} has an entry that is no probability")));
            }
            if (row.iter().sum::<f64>() - 1.0).abs() > TOLERANCE {
                return Err(invalid(format!("row {number} does not sum to 1")));
            }
            parts.extend(to_parts(&row));
        }
        Ok(Self { size, parts })
    }

    /// The matrix that keeps each value with probability `retention` and else takes one of the
    /// others, all with the same probability. This is randomized response.
    ///
    /// # Errors
    /// No category, more than 4,096, or a retention that is no probability.
    pub fn uniform(size: usize, retention: f64) -> Result<Self, PrivacyError> {
        check_size(size)?;
        check_probability("retention", retention)?;
        #[expect(clippy::cast_precision_loss, reason = "at most 4,096 categories")]
        let others = (1.0 - retention) / (size.max(2) - 1) as f64;
        let rows = (0..size).map(|from| {
            (0..size)
                .map(|to| match (from == to, size) {
                    (true, 1) => 1.0,
                    (true, _) => retention,
                    (false, _) => others,
                })
                .collect()
        });
        Self::try_new(rows.collect())
    }

    /// The matrix that keeps each value with probability `retention` and else takes one of the others in
    /// proportion to how frequent they are; where all others have frequency zero, the value stays.
    ///
    /// # Errors
    /// As [`uniform`](Self::uniform).
    pub fn proportional(frequencies: &[u64], retention: f64) -> Result<Self, PrivacyError> {
        check_size(frequencies.len())?;
        check_probability("retention", retention)?;
        let total: f64 = frequencies.iter().map(|&count| real(count)).sum();
        let rows = frequencies.iter().enumerate().map(|(from, &own)| {
            let others = total - real(own);
            frequencies
                .iter()
                .enumerate()
                .map(|(to, &count)| match (from == to, others > 0.0) {
                    (true, true) => retention,
                    (true, false) => 1.0,
                    (false, true) => (1.0 - retention) * real(count) / others,
                    (false, false) => 0.0,
                })
                .collect()
        });
        Self::try_new(rows.collect())
    }

    /// The number of categories.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The probability that the true value `from` becomes `to`; zero past the end.
    pub fn probability(&self, from: usize, to: usize) -> f64 {
        if to >= self.size {
            return 0.0;
        }
        self.parts.get(from * self.size + to).map_or(0.0, |&part| real(part) / real(ONE))
    }

    /// All rows.
    pub fn rows(&self) -> Vec<Vec<f64>> {
        self.parts.chunks(self.size).map(|row| row.iter().map(|&part| real(part) / real(ONE)).collect()).collect()
    }

    /// Which true value is behind a released one, by the rule of Bayes: row `b` has the probability of
    /// each true value given that `b` was released, when true values have these frequencies. The row
    /// of a value that is never released keeps that value.
    ///
    /// # Errors
    /// Another number of frequencies than categories.
    pub fn reversed(&self, frequencies: &[u64]) -> Result<Self, PrivacyError> {
        self.check_counts("frequencies", frequencies.len())?;
        let rows = (0..self.size).map(|released| {
            let joint: Vec<f64> = frequencies
                .iter()
                .enumerate()
                .map(|(truth, &count)| real(count) * self.probability(truth, released))
                .collect();
            let sum: f64 = joint.iter().sum();
            if sum > 0.0 {
                joint.into_iter().map(|part| part / sum).collect()
            } else {
                (0..self.size).map(|truth| if truth == released { 1.0 } else { 0.0 }).collect()
            }
        });
        Self::try_new(rows.collect())
    }

    /// The matrix that on average keeps these frequencies: R = P Q, with Q the
    /// [reversed](Self::reversed) matrix, mixed with no change at all: aR + (1 - a)I with `mixing` for a.
    ///
    /// The frequencies can be computed from such a matrix: to publish it publishes them.
    ///
    /// # Errors
    /// Another number of frequencies than categories, or a mixing that is no probability.
    pub fn invariant(&self, frequencies: &[u64], mixing: f64) -> Result<Self, PrivacyError> {
        check_probability("mixing", mixing)?;
        let (forth, back) = (self.rows(), self.reversed(frequencies)?.rows());
        let rows = forth.iter().enumerate().map(|(from, forth)| {
            let mut row = vec![0.0; self.size];
            for (&step, back) in forth.iter().zip(&back) {
                for (entry, &back) in row.iter_mut().zip(back) {
                    *entry += step * back;
                }
            }
            let sum: f64 = row.iter().sum();
            for (to, entry) in row.iter_mut().enumerate() {
                let stays = if from == to { 1.0 - mixing } else { 0.0 };
                *entry = (mixing * *entry / sum + stays).min(1.0);
            }
            row
        });
        Self::try_new(rows.collect())
    }

    /// The largest ratio of two probabilities of the same released value: `max P(a to b) / P(c to b)`
    /// over all a, b and c. `None` if it is infinite: some released value rules some true value out. Values
    /// that are never released do not count.
    pub fn largest_odds(&self) -> Option<f64> {
        let mut largest: f64 = 1.0;
        for released in 0..self.size {
            let column = || self.parts.iter().skip(released).step_by(self.size).copied();
            match (column().min(), column().max()) {
                (Some(0), Some(most)) if most > 0 => return None,
                (Some(least), Some(most)) if least > 0 => largest = largest.max(real(most) / real(least)),
                _ => {}
            }
        }
        Some(largest)
    }

    /// The smallest epsilon for which one application of the matrix to one cell is epsilon-locally
    /// differentially private: the logarithm of [`largest_odds`](Self::largest_odds). `None` if there is
    /// none.
    ///
    /// This holds for a matrix that was fixed without looking at the data. One that was computed from
    /// frequencies of the data gives them away besides.
    pub fn local_epsilon(&self) -> Option<f64> {
        self.largest_odds().map(f64::ln)
    }

    /// An unbiased estimate of the true counts behind the counts of released values: t P^-1. Its sum is that
    /// of the counts; single estimates may be negative.
    ///
    /// # Errors
    /// Another number of counts than categories, or a matrix that cannot be inverted: different true counts
    /// then lead to the same released ones.
    pub fn estimate_true_counts(&self, released: &[u64]) -> Result<Vec<f64>, PrivacyError> {
        self.check_counts("counts", released.len())?;
        // Solves P' x = t by elimination with the largest pivots. Columns of P are the equations.
        let mut equations: Vec<(Vec<f64>, f64)> = released
            .iter()
            .enumerate()
            .map(|(to, &count)| ((0..self.size).map(|from| self.probability(from, to)).collect(), real(count)))
            .collect();
        let at = |equation: Option<&(Vec<f64>, f64)>, place: usize| {
            equation.and_then(|(row, _)| row.get(place)).copied().unwrap_or(0.0)
        };
        for place in 0..self.size {
            let size_at = |row: usize| at(equations.get(row), place).abs();
            let pivot = (place..self.size).max_by(|&a, &b| size_at(a).total_cmp(&size_at(b)));
            let Some(pivot) = pivot.filter(|&pivot| size_at(pivot) > 1e-12) else {
                return Err(invalid("it has no inverse, so that true counts cannot be estimated".to_owned()));
            };
            equations.swap(place, pivot);
            let (done, open) = equations.split_at_mut(place + 1);
            let Some((row, right)) = done.last() else { continue };
            let leading = row.get(place).copied().unwrap_or(1.0);
            for (other, other_right) in open {
                let factor = other.get(place).copied().unwrap_or(0.0) / leading;
                for (entry, &above) in other.iter_mut().zip(row).skip(place) {
                    *entry -= factor * above;
                }
                *other_right -= factor * right;
            }
        }
        let mut solution = vec![0.0; self.size];
        for place in (0..self.size).rev() {
            let Some((row, right)) = equations.get(place) else { continue };
            let known: f64 = row.iter().zip(&solution).skip(place + 1).map(|(&entry, &value)| entry * value).sum();
            let leading = row.get(place).copied().unwrap_or(1.0);
            if let Some(value) = solution.get_mut(place) {
                *value = (right - known) / leading;
            }
        }
        Ok(solution)
    }

    /// Cumulative probabilities in units of 2^-53, row by row, for [`Draws::next`].
    pub(super) fn draws(&self) -> Draws {
        let mut cumulative = Vec::with_capacity(self.parts.len());
        for row in self.parts.chunks(self.size) {
            cumulative.extend(row.iter().scan(0u64, |sum, &part| {
                *sum += part;
                Some(*sum)
            }));
        }
        Draws { size: self.size, cumulative }
    }

    fn check_counts(&self, parameter: &'static str, given: usize) -> Result<(), PrivacyError> {
        if given == self.size {
            return Ok(());
        }
        let rule = format!("there are {given}, but {} categories", self.size);
        Err(PrivacyError::InvalidParameter { parameter, rule })
    }
}

/// A matrix ready to draw from.
pub(super) struct Draws {
    size: usize,
    cumulative: Vec<u64>,
}

impl Draws {
    /// What becomes of a value: one draw of 64 bits, 53 of which decide. Exact.
    pub(super) fn next<R: Rng + ?Sized>(&self, from: u16, rng: &mut R) -> u16 {
        let draw = rng.next_u64() >> 11;
        let start = usize::from(from) * self.size;
        let row = self.cumulative.get(start..start + self.size).unwrap_or_default();
        u16::try_from(row.partition_point(|&sum| sum <= draw)).unwrap_or(from)
    }
}

impl fmt::Debug for TransitionMatrix {
    /// Shows the size only: entries may have been computed from data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransitionMatrix of {0} by {0}", self.size)
    }
}

impl TryFrom<Vec<Vec<f64>>> for TransitionMatrix {
    type Error = PrivacyError;

    fn try_from(rows: Vec<Vec<f64>>) -> Result<Self, PrivacyError> {
        Self::try_new(rows)
    }
}

impl From<TransitionMatrix> for Vec<Vec<f64>> {
    fn from(matrix: TransitionMatrix) -> Self {
        matrix.rows()
    }
}

/// Probabilities in units of 2^-53 that sum to exactly 2^53. The largest takes up the difference.
fn to_parts(row: &[f64]) -> Vec<u64> {
    let scaled = |entry: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^53")]
        let part = (entry * real(ONE)).round() as u64;
        part
    };
    let mut parts: Vec<u64> = row.iter().map(|&entry| scaled(entry)).collect();
    let sum: u64 = parts.iter().sum();
    if let Some(largest) = parts.iter_mut().max() {
        // The largest entry is at least 1/4096, and rows miss 1 by 10^-9 at most.
        *largest = (*largest + ONE).saturating_sub(sum);
    }
    parts
}

pub(super) fn check_size(size: usize) -> Result<(), PrivacyError> {
    if (1..=MOST).contains(&size) {
        return Ok(());
    }
    Err(invalid(format!("it has {size} categories, not 1 to {MOST}")))
}

pub(super) fn check_probability(parameter: &'static str, value: f64) -> Result<(), PrivacyError> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(PrivacyError::InvalidParameter { parameter, rule: "a probability is from 0 to 1".to_owned() })
}

fn invalid(rule: String) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter: "transition matrix", rule }
}

#[expect(clippy::cast_precision_loss, reason = "up to 2^53, which f64 holds exactly")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    fn any_matrix() -> impl Strategy<Value = (TransitionMatrix, Vec<u64>)> {
        (1usize..7).prop_flat_map(|size| {
            let row = prop::collection::vec(prop_oneof![Just(0u32), 1u32..100], size);
            let rows = prop::collection::vec(row, size);
            (rows, prop::collection::vec(prop_oneof![Just(0u64), 1u64..1000], size)).prop_map(|(rows, counts)| {
                let rows = rows
                    .into_iter()
                    .enumerate()
                    .map(|(from, mut row)| {
                        row[from] += 1;
                        let sum: u32 = row.iter().sum();
                        row.into_iter().map(|entry| f64::from(entry) / f64::from(sum)).collect()
                    })
                    .collect();
                (TransitionMatrix::try_new(rows).unwrap(), counts)
            })
        })
    }

    #[test]
    fn a_symmetric_matrix_of_two_equal_categories_is_invariant_already() {
        // Specification of the project, section 3.5: xi = (0.5, 0.5), P symmetric.
        let matrix = TransitionMatrix::uniform(2, 0.8).unwrap();
        assert_eq!(matrix.reversed(&[50, 50]).unwrap().rows(), matrix.rows());
        let kept: Vec<f64> = (0..2).map(|to| (0..2).map(|from| 0.5 * matrix.probability(from, to)).sum()).collect();
        assert_eq!(kept, [0.5, 0.5]);
        // R = P P has 0.8 * 0.8 + 0.2 * 0.2 on its diagonal; half of it and half of 1 is 0.84.
        let mixed = matrix.invariant(&[50, 50], 0.5).unwrap();
        assert!((mixed.probability(0, 0) - 0.84).abs() < 1e-15);
    }

    #[test]
    fn numbers_that_are_no_transition_are_refused() {
        let refused = |rows: Vec<Vec<f64>>| TransitionMatrix::try_new(rows).unwrap_err().to_string();
        assert_eq!(refused(vec![]), "transition matrix: it has 0 categories, not 1 to 4096");
        assert_eq!(refused(vec![vec![1.0], vec![1.0]]), "transition matrix: row 1 has 1 entries, not 2");
        assert_eq!(refused(vec![vec![0.5, 0.4], vec![0.0, 1.0]]), "transition matrix: row 1 does not sum to 1");
        assert!(refused(vec![vec![1.0, 0.0], vec![1.5, -0.5]]).ends_with("row 2 has an entry that is no probability"));
        assert!(refused(vec![vec![f64::NAN]]).ends_with("no probability"));
        assert!(TransitionMatrix::uniform(3, 1.1).is_err());
        assert!(TransitionMatrix::uniform(2, 0.5).unwrap().estimate_true_counts(&[1, 2]).is_err(), "singular");
        assert!(TransitionMatrix::uniform(2, 0.9).unwrap().estimate_true_counts(&[1, 2, 3]).is_err());
    }

    #[test]
    fn others_are_taken_in_proportion() {
        let matrix = TransitionMatrix::proportional(&[10, 30, 0], 0.6).unwrap();
        assert!((matrix.probability(2, 0) - 0.1).abs() < 1e-12);
        assert!((matrix.probability(2, 1) - 0.3).abs() < 1e-12);
        assert_eq!(matrix.largest_odds(), None, "nothing becomes the third value but itself");
        assert!((TransitionMatrix::proportional(&[5], 0.6).unwrap().probability(0, 0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn draws_follow_the_row() {
        let matrix = TransitionMatrix::try_new(vec![vec![0.5, 0.0, 0.5], vec![0.1, 0.2, 0.7], vec![0.0, 0.0, 1.0]]);
        let draws = matrix.unwrap().draws();
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        let mut seen = [0u32; 3];
        for _ in 0..100_000 {
            seen[usize::from(draws.next(1, &mut rng))] += 1;
            assert_ne!(draws.next(0, &mut rng), 1);
            assert_eq!(draws.next(2, &mut rng), 2);
        }
        // Chi-square with two degrees of freedom: above 13.8 with probability 0.001.
        let chi: f64 = seen
            .iter()
            .zip([10_000.0, 20_000.0, 70_000.0])
            .map(|(&n, e): (_, f64)| (f64::from(n) - e).powi(2) / e)
            .sum();
        assert!(chi < 13.8, "{chi}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_matrix_travels_as_its_rows() {
        let matrix = TransitionMatrix::uniform(3, 0.7).unwrap();
        let text = serde_json::to_string(&matrix).unwrap();
        assert_eq!(serde_json::from_str::<TransitionMatrix>(&text).unwrap(), matrix);
        assert!(serde_json::from_str::<TransitionMatrix>("[[0.5]]").is_err());
    }

    proptest! {
        #[test]
        fn the_invariant_matrix_keeps_the_frequencies((matrix, counts) in any_matrix(), mixing in 0.0f64..=1.0) {
            let invariant = matrix.invariant(&counts, mixing).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let total = counts.iter().sum::<u64>().max(1) as f64;
            for to in 0..counts.len() {
                let kept: f64 = counts.iter().enumerate().map(|(from, &n)| real(n) / total * invariant.probability(from, to)).sum();
                prop_assert!((kept - real(counts[to]) / total).abs() < 1e-12);
            }
        }

        #[test]
        fn rows_sum_to_exactly_one_and_survive_a_round_trip((matrix, _) in any_matrix()) {
            for row in matrix.parts.chunks(matrix.size) {
                prop_assert_eq!(row.iter().sum::<u64>(), ONE);
            }
            prop_assert_eq!(&TransitionMatrix::try_new(matrix.rows()).unwrap(), &matrix);
        }

        #[test]
        fn estimates_undo_expectations(counts in prop::collection::vec(0u64..1000, 2..6), retention in 0.7f64..1.0) {
            // Expected counts are not integers; scaled by 2^20 they are nearly.
            let matrix = TransitionMatrix::uniform(counts.len(), retention).unwrap();
            let expected: Vec<u64> = (0..counts.len()).map(|to| {
                let sum: f64 = counts.iter().enumerate().map(|(from, &n)| real(n) * matrix.probability(from, to)).sum();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
                let scaled = (sum * f64::from(1 << 20)).round() as u64;
                scaled
            }).collect();
            for (estimate, &count) in matrix.estimate_true_counts(&expected).unwrap().iter().zip(&counts) {
                prop_assert!((estimate / f64::from(1 << 20) - real(count)).abs() < 1e-4);
            }
        }
    }
}
