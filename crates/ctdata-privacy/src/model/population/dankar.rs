//! The decision rule of Dankar et al.

use super::{ClassSizes, PopulationUniques, pitman, snb, zayatz};

pub(super) fn estimate(sizes: &ClassSizes) -> PopulationUniques {
    if sizes.fraction() <= 0.1 {
        return pitman::estimate(sizes).unwrap_or_else(|_| zayatz::estimate(sizes));
    }
    let zayatz = zayatz::estimate(sizes);
    match snb::estimate(sizes) {
        Ok(snb) if snb.uniques < zayatz.uniques => snb,
        _ => zayatz,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PopulationEstimator;

    #[test]
    fn the_fraction_decides() {
        let classes = [(1, 40), (2, 15), (3, 8), (5, 4), (11, 2)];
        let estimate = |population| estimate(&ClassSizes::of_population(&classes, population).unwrap());
        assert_eq!(estimate(5_000).estimator, PopulationEstimator::Pitman);
        let sizes = ClassSizes::of_population(&classes, 300).unwrap();
        let (zayatz, snb) = (zayatz::estimate(&sizes), snb::estimate(&sizes).unwrap());
        let expected = if snb.uniques < zayatz.uniques { snb } else { zayatz };
        assert_eq!(estimate(300), expected);
    }

    #[test]
    fn zayatz_stands_in_for_what_has_no_estimate() {
        // Equal classes: neither Pitman's nor the negative binomial's parameters exist.
        for population in [20, 1_000] {
            let sizes = ClassSizes::of_population(&[(1, 10)], population).unwrap();
            assert_eq!(estimate(&sizes).estimator, PopulationEstimator::Zayatz);
        }
    }
}
