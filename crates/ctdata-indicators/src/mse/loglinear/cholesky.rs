//! Cholesky factors of information matrices.

#![expect(clippy::indexing_slicing, reason = "a square matrix, indexed below its size")]

use crate::mse::list_set::ListSet;
use crate::mse::outcome::Status;

/// A pivot this small against its diagonal is rounding, not information.
const LEAST_PIVOT: f64 = 4.0 * f64::EPSILON;

/// The upper factor U of a positive definite matrix H = UᵀU; the memory is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Factor {
    size: usize,
    /// Row by row, the diagonal inverted; what lies below it means nothing.
    upper: Vec<f64>,
}

impl Factor {
    /// Factors the information matrix of these terms: the entry of θ and φ is the sum over the supersets of θ ∪ φ.
    /// Only the first `active` parameters must be told apart.
    pub(super) fn of_information(&mut self, terms: &[ListSet], sums: &[f64], active: usize) -> Result<(), Status> {
        let size = terms.len();
        self.size = size;
        self.upper.resize(size * size, 0.0);
        for (place, (row, one)) in self.upper.chunks_exact_mut(size).zip(terms).enumerate() {
            for (entry, other) in row[place..].iter_mut().zip(&terms[place..]) {
                *entry = sums[one.union(*other).index()];
            }
        }
        for (place, term) in terms.iter().enumerate() {
            let (done, below) = self.upper.split_at_mut((place + 1) * size);
            let row = &mut done[place * size + place..];
            let pivot = row[0];
            // The negation catches what is not a number.
            if !(pivot > LEAST_PIVOT * sums[term.index()] && pivot.is_finite()) && place < active {
                return Err(Status::NotConverged);
            }
            let scale = pivot.sqrt().recip();
            row[0] = scale;
            for entry in &mut row[1..] {
                *entry *= scale;
            }
            for (later, lower) in (place + 1..).zip(below.chunks_exact_mut(size)) {
                let rest = &row[later - place..];
                let factor = rest[0];
                for (entry, above) in lower[later..].iter_mut().zip(rest) {
                    *entry -= factor * above;
                }
            }
        }
        Ok(())
    }

    /// Solves H x = b for the leading parameters, as many as `right` has, in place.
    pub(super) fn solve(&self, right: &mut [f64]) {
        self.solve_lower(right, 0);
        self.solve_upper(right);
    }

    /// Solves Uᵀ y = b; the entries of b before `from` are zero.
    fn solve_lower(&self, right: &mut [f64], from: usize) {
        for place in from..right.len() {
            let row = &self.upper[place * self.size + place..];
            let (done, rest) = right.split_at_mut(place + 1);
            let value = done[place] * row[0];
            done[place] = value;
            for (entry, above) in rest.iter_mut().zip(&row[1..]) {
                *entry -= value * above;
            }
        }
    }

    /// Solves U x = y.
    fn solve_upper(&self, right: &mut [f64]) {
        for place in (0..right.len()).rev() {
            let row = &self.upper[place * self.size + place..];
            let (value, solved) = right[place..].split_at_mut(1);
            let known: f64 = row[1..].iter().zip(solved.iter()).map(|(above, solved)| above * solved).sum();
            value[0] = (value[0] - known) * row[0];
        }
    }

    /// How the other parameters follow the last when it is moved and held: −H₁₁⁻¹ H₁₂.
    pub(super) fn follow_last(&self, slopes: &mut Vec<f64>) {
        let others = self.size.saturating_sub(1);
        slopes.clear();
        slopes.extend((0..others).map(|place| -self.upper[place * self.size + others]));
        self.solve_upper(slopes);
    }

    /// The variance of the last parameter: the last entry of H⁻¹.
    pub(super) fn last_variance(&self) -> f64 {
        self.upper.last().map_or(f64::NAN, |inverse| inverse * inverse)
    }

    /// The variances of all parameters: the diagonal of H⁻¹.
    pub(super) fn variances(&self) -> Vec<f64> {
        let mut work = vec![0.0; self.size];
        (0..self.size)
            .map(|place| {
                work.fill(0.0);
                work[place] = 1.0;
                self.solve_lower(&mut work, place);
                work.iter().map(|entry| entry * entry).sum()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every set of three lists as a term, all eight cells with these means: H has full rank.
    fn factored(means: &[f64]) -> (Vec<Vec<f64>>, Factor) {
        let terms: Vec<ListSet> = (0..7).rev().map(ListSet::from_bits).collect();
        let mut sums = means.to_vec();
        crate::mse::sample::superset_sums(&mut sums);
        let entry = |one: &ListSet, other: &ListSet| sums[one.union(*other).index()];
        let matrix = terms.iter().map(|one| terms.iter().map(|other| entry(one, other)).collect()).collect();
        let mut factor = Factor::default();
        factor.of_information(&terms, &sums, 7).unwrap();
        (matrix, factor)
    }

    fn times(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
        matrix.iter().map(|row| row.iter().zip(vector).map(|(entry, value)| entry * value).sum()).collect()
    }

    proptest! {
        #[test]
        fn what_is_solved_multiplies_back(
            means in proptest::collection::vec(0.5_f64..50.0, 8),
            right in proptest::collection::vec(-10.0_f64..10.0, 7),
        ) {
            let (matrix, factor) = factored(&means);
            let mut solved = right.clone();
            factor.solve(&mut solved);
            for (back, right) in times(&matrix, &solved).iter().zip(&right) {
                prop_assert!((back - right).abs() < 1e-8);
            }
            // Column by column of the inverse.
            for (place, variance) in factor.variances().into_iter().enumerate() {
                let mut column = vec![0.0; 7];
                column[place] = 1.0;
                factor.solve(&mut column);
                prop_assert!((column[place] - variance).abs() < 1e-9 * variance);
            }
            prop_assert!((factor.variances()[6] - factor.last_variance()).abs() < 1e-9 * factor.last_variance());
            // With the last parameter at 1 the others keep their equations at zero.
            let mut slopes = Vec::new();
            factor.follow_last(&mut slopes);
            slopes.push(1.0);
            for back in &times(&matrix, &slopes)[..6] {
                prop_assert!(back.abs() < 1e-8);
            }
        }
    }

    #[test]
    fn parameters_that_cannot_be_told_apart_are_refused() {
        let terms = [ListSet::of([0]), ListSet::EMPTY];
        // Everybody is on the list: the constant and the list are one.
        let sums = [10.0, 10.0];
        assert_eq!(Factor::default().of_information(&terms, &sums, 2), Err(Status::NotConverged));
        assert_eq!(Factor::default().of_information(&terms, &[f64::NAN, 1.0], 2), Err(Status::NotConverged));
    }
}
