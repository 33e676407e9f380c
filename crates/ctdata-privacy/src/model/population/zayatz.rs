//! Zayatz's estimator.

use super::class_sizes::real;
use super::{ClassSizes, PopulationEstimator, PopulationUniques};

/// Let a class of the population have size j with the share c_j/u seen in the sample. A class of size j
/// shows one record in a sample of n out of N with the hypergeometric probability H_j. Of the classes
/// with one record in the sample, the share theta = c_1 H_1 / sum_j c_j H_j are then alone in the
/// population, and there are U = c_1 theta / fraction.
pub(super) fn estimate(sizes: &ClassSizes) -> PopulationUniques {
    let uniques = real(sizes.of_size(1));
    let fraction = sizes.fraction();
    let expected: f64 =
        hits_of_one(sizes).iter().zip(sizes.sizes()).map(|(hit, &(_, classes))| hit * real(classes)).sum();
    let theta = if uniques > 0.0 { uniques * fraction / expected } else { 0.0 };
    PopulationUniques::new(PopulationEstimator::Zayatz, uniques * theta / fraction, sizes)
}

/// H_j for each size: with n of N sampled, j (n/N) prod_{i=0}^{j-2} (N-n-i)/(N-1-i). As a product it
/// loses no digits for populations of any size, which differences of ln-gamma would.
fn hits_of_one(sizes: &ClassSizes) -> Vec<f64> {
    let (sample, population) = (sizes.sample(), sizes.population());
    let mut missed = 1.0;
    let mut done = 1;
    let mut hits = Vec::with_capacity(sizes.sizes().len());
    for &(size, _) in sizes.sizes() {
        while done < size && missed > 0.0 {
            missed *= real((population - sample).saturating_sub(done - 1)) / real(population - done);
            done += 1;
        }
        hits.push(real(size) * sizes.fraction() * missed);
    }
    hits
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_precision_loss, reason = "small numbers")]

    use super::*;

    fn choose(n: u64, k: u64) -> f64 {
        if k > n { 0.0 } else { (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product() }
    }

    #[test]
    fn hits_equal_binomial_coefficients() {
        for population in 12..40u64 {
            let sizes = [(1, 2), (2, 1), (3, 1), (5, 1)];
            let sizes = ClassSizes::of_population(&sizes, population).unwrap();
            let n = sizes.sample();
            for (hit, &(j, _)) in hits_of_one(&sizes).iter().zip(sizes.sizes()) {
                let exact = j as f64 * choose(population - j, n - 1) / choose(population, n);
                assert!((hit - exact).abs() < 1e-12, "{j} of {population}");
            }
        }
    }

    #[test]
    fn hits_equal_counting_all_samples() {
        // All 4-subsets of 9 people, of whom the first 3 form a class.
        let (mut one, mut all) = (0, 0);
        for subset in 0u32..1 << 9 {
            if subset.count_ones() == 4 {
                all += 1;
                one += u32::from((subset & 0b111).is_power_of_two());
            }
        }
        let sizes = ClassSizes::of_population(&[(1, 1), (3, 1)], 9).unwrap();
        assert!((hits_of_one(&sizes)[1] - f64::from(one) / f64::from(all)).abs() < 1e-12);
    }

    #[test]
    fn a_whole_population_has_the_uniques_that_one_sees() {
        let sizes = ClassSizes::of_population(&[(1, 7), (2, 5), (9, 1)], 26).unwrap();
        assert!((estimate(&sizes).uniques - 7.0).abs() < 1e-9);
    }

    #[test]
    fn populations_above_two_to_the_31_make_no_difference_but_the_fraction() {
        // For a huge population the hypergeometric is binomial: H_j = j f (1-f)^(j-1).
        let sizes = ClassSizes::of_population(&[(1, 50_000), (3, 20_000)], 11_000_000_000).unwrap();
        let f = 110_000.0 / 1.1e10f64;
        // U = c_1 theta / f with theta = c_1 f / sum c_j H_j.
        let expected = 50_000.0 * 50_000.0 / ((50_000.0 + 20_000.0 * 3.0 * (1.0 - f) * (1.0 - f)) * f);
        assert!((estimate(&sizes).uniques / expected - 1.0).abs() < 1e-9);
    }
}
