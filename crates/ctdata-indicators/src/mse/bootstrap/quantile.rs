//! Quantiles and moments of sorted replicates.

/// The quantile of type 8 of sorted values: median-unbiased whatever the distribution. `None` of no values.
///
/// # Sources
/// Hyndman and Fan (1996), Sample quantiles in statistical packages, *The American Statistician* 50, definition 8.
pub(super) fn quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    let place = (sorted.len() as f64 + 1.0 / 3.0) * probability + 1.0 / 3.0;
    // Places count from 1; beyond the ends there are none.
    if place < 1.0 {
        return Some(least);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 1; too large saturates")]
    let below = place.floor() as usize;
    let (Some(low), Some(high)) = (sorted.get(below - 1), sorted.get(below)) else { return Some(most) };
    Some(low + (place - place.floor()) * (high - low))
}

/// The standard deviation, with n − 1. `None` of fewer than two values.
pub(super) fn standard_deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((squares / (count - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By hand from the definition of Hyndman and Fan (1996): of n values the k-th stands at p = (k − 1/3)/(n + 1/3).
    #[test]
    fn quantiles_of_type_eight_are_met() {
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        // p = 0.25: place 16/3 · 1/4 + 1/3 = 5/3, two thirds of the way from 1 to 2. p = 0.9: place 77/15 = 5.13.
        for (probability, expected) in
            [(0.5, 4.0), (0.25, 1.0 + 2.0 / 3.0), (0.75, 8.0 + 8.0 / 3.0), (0.4, 2.0 + 0.466_666_666_7 * 2.0)]
        {
            assert!((quantile(&values, probability).unwrap() - expected).abs() < 1e-9, "{probability}");
        }
        for (probability, expected) in [(0.0, 1.0), (0.1, 1.0), (0.9, 16.0), (1.0, 16.0)] {
            assert!((quantile(&values, probability).unwrap() - expected).abs() < 1e-12, "{probability}");
        }
        assert_eq!(quantile(&[], 0.5), None);
        assert!((quantile(&[3.0], 0.5).unwrap() - 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_standard_deviation_is_that_of_a_sample() {
        assert!(
            (standard_deviation(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap() - 32f64.sqrt() / 7f64.sqrt()).abs()
                < 1e-12
        );
        assert_eq!(standard_deviation(&[1.0]), None);
    }

    proptest! {
        #[test]
        fn values_stand_at_their_plotting_positions(mut values in proptest::collection::vec(-1e6f64..1e6, 1..40)) {
            values.sort_by(f64::total_cmp);
            for (place, value) in values.iter().enumerate() {
                let probability = (place as f64 + 2.0 / 3.0) / (values.len() as f64 + 1.0 / 3.0);
                prop_assert!((quantile(&values, probability).unwrap() - value).abs() < 1e-6);
            }
        }
    }
}
