//! How many predicates would single somebody out in a table of another size.

use super::super::real;

/// Expected predicates with exactly one match in a table of `size` rows like the one in which they have
/// `matches` each, of `rows`.
///
/// In a smaller table the expectation over all samples of that size is exact (hypergeometric). A larger
/// one is not seen: a predicate that a random row meets with probability w singles out in n rows with
/// probability n w (1 - w)^(n - 1); with w spread evenly up to some w_eff, that and a factor are fitted
/// to the exact expectations at ten smaller sizes, and the fit carries the count at `rows` to `size`.
///
/// # Sources
/// M. Giomi, F. Boenisch, C. Wehmeyer and B. Tasnádi (2023), "A unified framework for quantifying privacy
/// risk in synthetic data", PoPETs 2023(2), for the model; they fit it to random samples.
pub(super) fn singled_out_at(matches: &[u64], rows: u64, size: u64) -> f64 {
    let found = matches.iter().filter(|&&matches| matches == 1).count() as u64;
    if size == rows || rows == 0 {
        return real(found);
    }
    let expected = |size: u64| matches.iter().map(|&matches| exactly_one(matches, rows, size)).sum::<f64>();
    if size < rows {
        return expected(size);
    }
    if found == 0 {
        return 0.0;
    }
    let sizes: Vec<u64> = (1..=10).map(|tenth| (rows * tenth / 10).max(1)).collect();
    let successes: Vec<f64> = sizes.iter().map(|&size| expected(size)).collect();
    // Weights from a hundredth of a row to all rows, 400 steps on a logarithmic scale.
    let least = (0.01 / real(rows)).ln();
    let (mut best, mut weight) = (f64::INFINITY, 1.0);
    for step in 0..=400u16 {
        let candidate = (least * (1.0 - f64::from(step) / 400.0)).exp();
        let model: Vec<f64> = sizes.iter().map(|&size| integral(size, candidate)).collect();
        let products: f64 = model.iter().zip(&successes).map(|(model, success)| model * success).sum();
        let factor = products / model.iter().map(|model| model * model).sum::<f64>();
        let misses = model.iter().zip(&successes).map(|(model, success)| (success - factor * model).powi(2));
        let misses: f64 = misses.sum();
        if misses < best {
            (best, weight) = (misses, candidate);
        }
    }
    let scaled = real(found) * integral(size, weight) / integral(rows, weight);
    if scaled.is_finite() { scaled.min(real(matches.len() as u64)) } else { real(found) }
}

/// The probability that a random sample of `size` of `rows` rows has exactly one of `matches` of them.
fn exactly_one(matches: u64, rows: u64, size: u64) -> f64 {
    if matches == 0 || size == 0 {
        return 0.0;
    }
    let left = rows - size;
    let mut probability = real(matches) * real(size) / real(rows);
    for other in 1..matches {
        if probability < 1e-15 || other > left {
            return 0.0;
        }
        probability *= real(left - other + 1) / real(rows - other);
    }
    probability
}

/// The integral of n w (1 - w)^(n - 1) over w from 0 to `weight`.
fn integral(rows: u64, weight: f64) -> f64 {
    let n = real(rows);
    // exp(n ln(1 - w)) and no power: n is large and w small.
    let none = if weight >= 1.0 { 0.0 } else { (n * (-weight).ln_1p()).exp() };
    (1.0 - (n * weight + 1.0) * none) / (n + 1.0)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole counts are exact")]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_matches_is_drawn_as_often_as_counting_says() {
        // Of 5 rows 2 match; samples of 2: 10 in all, 6 with exactly one match.
        assert!((exactly_one(2, 5, 2) - 0.6).abs() < 1e-12);
        assert_eq!((exactly_one(1, 5, 2), exactly_one(5, 5, 2), exactly_one(0, 5, 2)), (0.4, 0.0, 0.0));
        // Samples of 4 leave one row out: one match is left only if 2 match and one of them is out.
        assert!((exactly_one(2, 5, 4) - 0.4).abs() < 1e-12);
    }

    #[test]
    fn the_integral_is_that_of_the_density() {
        for (rows, weight) in [(1u64, 0.5), (10, 0.3), (100, 1.0)] {
            let steps = 200_000;
            let n = real(rows);
            let sum: f64 = (0..steps)
                .map(|step| (f64::from(step) + 0.5) / f64::from(steps) * weight)
                .map(|w| n * w * (1.0 - w).powf(n - 1.0) * weight / f64::from(steps))
                .sum();
            assert!((sum - integral(rows, weight)).abs() < 1e-6, "{rows} {weight}");
        }
    }

    #[test]
    fn a_control_group_of_another_size_is_scaled() {
        let matches = [1, 1, 1, 0, 2, 5];
        assert_eq!(singled_out_at(&matches, 100, 100), 3.0);
        // Half as many rows: each single match stays with probability 1/2, and doubles may become single.
        let smaller = singled_out_at(&matches, 100, 50);
        assert!(smaller > 1.5 && smaller < 3.0);
        let larger = singled_out_at(&matches, 100, 200);
        assert!(larger > 0.0 && larger <= 6.0);
        assert_eq!(singled_out_at(&[0, 2], 100, 200), 0.0);
        // Very rare predicates: twice the rows, about twice the successes.
        let rare: Vec<u64> = (0..1_000).map(|one| u64::from(one % 100 == 0)).collect();
        assert!((singled_out_at(&rare, 1_000, 2_000) - 20.0).abs() < 1.0);
    }
}
