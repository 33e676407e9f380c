//! The slide negative binomial estimator.

use super::class_sizes::real;
use super::{ClassSizes, NotEstimated, PopulationEstimator, PopulationUniques};

/// The population has K classes, each of 1 + X people, X negative binomial with parameters a and b:
/// P(X = 0) = b^a, so that U = K b^a are alone. K is Shlosser's estimate. a and b are such that the
/// expected numbers of classes with one and with two records in a Bernoulli sample are those seen:
///
/// with d = (1-f)(1-b) and D = 1-d,
/// c_1 = K f (b/D)^a (1 + a d/D) and c_2 = K f^2 (b/D)^a a (1-b) (2 - (1-a) d) / (2 D^2).
pub(super) fn estimate(sizes: &ClassSizes) -> Result<PopulationUniques, NotEstimated> {
    let (ones, twos) = (real(sizes.of_size(1)), real(sizes.of_size(2)));
    if ones <= 0.0 || twos <= 0.0 {
        return Err(NotEstimated::NoSmallClasses);
    }
    let equations = Equations { classes: shlosser(sizes), fraction: sizes.fraction(), ones, twos };
    let (b, iterations) = equations.solve()?;
    let a = equations.a_of(b);
    let score = (equations.expected_ones(a, b) / ones - 1.0).abs();
    let mut estimate = PopulationUniques::new(
        PopulationEstimator::SlideNegativeBinomial,
        equations.classes * (a * b.ln()).exp(),
        sizes,
    );
    (estimate.iterations, estimate.score) = (iterations, score);
    if score > 1e-6 {
        return Err(NotEstimated::NoConvergence { iterations, score });
    }
    Ok(estimate)
}

/// Shlosser's estimate of the classes of the population, in the modified form:
/// K = u + c_1 [sum i f^2 (1-f^2)^(i-1) c_i / sum (1-f)^i ((1+f)^i - 1) c_i] [sum (1-f)^i c_i / sum i f (1-f)^(i-1) c_i]^2.
fn shlosser(sizes: &ClassSizes) -> f64 {
    let f = sizes.fraction();
    if f >= 1.0 {
        return real(sizes.classes());
    }
    let [mut first, mut second, mut third, mut fourth] = [0.0; 4];
    for &(size, classes) in sizes.sizes() {
        let (i, c) = (real(size), real(classes));
        let missed = (1.0 - f).powf(i);
        first += i * f * f * (1.0 - f * f).powf(i - 1.0) * c;
        second += ((1.0 - f * f).powf(i) - missed) * c;
        third += missed * c;
        fourth += i * f * (1.0 - f).powf(i - 1.0) * c;
    }
    real(sizes.classes()) + real(sizes.of_size(1)) * (first / second) * (third / fourth).powi(2)
}

struct Equations {
    classes: f64,
    fraction: f64,
    ones: f64,
    twos: f64,
}

impl Equations {
    /// The positive a for which c_2/c_1 is as seen, given b: a quadratic equation with one positive root.
    fn a_of(&self, b: f64) -> f64 {
        let f = self.fraction;
        let d = (1.0 - f) * (1.0 - b);
        let rest = 1.0 - d;
        let ratio = 2.0 * self.twos / self.ones;
        let hit = f * (1.0 - b);
        let (square, linear, constant) = (hit * d, hit * (2.0 - d) - ratio * rest * d, -ratio * rest * rest);
        let root = (linear * linear - 4.0 * square * constant).sqrt();
        // The form without cancellation for either sign.
        if linear >= 0.0 { -2.0 * constant / (linear + root) } else { (root - linear) / (2.0 * square) }
    }

    fn expected_ones(&self, a: f64, b: f64) -> f64 {
        let d = (1.0 - self.fraction) * (1.0 - b);
        let rest = 1.0 - d;
        self.classes * self.fraction * (a * (b / rest).ln()).exp() * (1.0 + a * d / rest)
    }

    /// b by bisection between the places where the sign changes. Of several solutions the one with
    /// the most uniques is taken, which is the cautious one.
    fn solve(&self) -> Result<(f64, u32), NotEstimated> {
        const PLACES: u32 = 400;
        // From 1e-9 to 1 - 1e-9 in even steps of the logit.
        let place = |step: f64| 1.0 / (1.0 + (20.7 - 41.4 * step / f64::from(PLACES)).exp());
        let off = |b: f64| self.expected_ones(self.a_of(b), b) - self.ones;
        let mut best: Option<(f64, f64, u32)> = None;
        let mut before = off(place(0.0));
        let mut iterations = 1;
        for step in 1..=PLACES {
            let here = off(place(f64::from(step)));
            iterations += 1;
            if before.is_finite() && here.is_finite() && (before <= 0.0) != (here <= 0.0) {
                let (mut low, mut high) = (f64::from(step - 1), f64::from(step));
                for _ in 0..60 {
                    let middle = f64::midpoint(low, high);
                    if (off(place(middle)) <= 0.0) == (before <= 0.0) {
                        low = middle;
                    } else {
                        high = middle;
                    }
                    iterations += 1;
                }
                let b = place(f64::midpoint(low, high));
                let uniques = self.a_of(b) * b.ln();
                if best.is_none_or(|(_, most, _)| uniques > most) {
                    best = Some((b, uniques, iterations));
                }
            }
            before = here;
        }
        best.map(|(b, _, _)| (b, iterations)).ok_or(NotEstimated::NoSolution)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(classes: &[(u64, u64)], population: u64) -> ClassSizes {
        ClassSizes::of_population(classes, population).unwrap()
    }

    #[test]
    fn shlosser_equals_the_formula_by_hand() {
        // c_1 = 4, c_2 = 2, n = 8, N = 16, f = 1/2: sums 4/4 + 2*2*3/16 = 7/4;
        // 4*(1/2)(1/2) + 2*(1/4)(5/4) = 13/8; 4/2 + 2/4 = 5/2; 4/2 + 2*2/4 = 3.
        let expected = 6.0 + 4.0 * (1.75 / 1.625) * (2.5f64 / 3.0).powi(2);
        assert!((shlosser(&sizes(&[(1, 4), (2, 2)], 16)) - expected).abs() < 1e-12);
        assert!((shlosser(&sizes(&[(1, 4), (2, 2)], 8)) - 6.0).abs() < 1e-12);
    }

    /// Expected classes with j records in a Bernoulli sample, summed over population sizes.
    fn by_summation(classes: f64, a: f64, b: f64, f: f64, j: i32) -> f64 {
        let mut probability = b.powf(a);
        let mut sum = 0.0;
        for x in 0..4_000 {
            let size = x + 1;
            if size >= j {
                let ways = if j == 1 { f64::from(size) } else { f64::from(size) * f64::from(size - 1) / 2.0 };
                sum += probability * ways * f.powi(j) * (1.0 - f).powi(size - j);
            }
            probability *= (a + f64::from(x)) / f64::from(size) * (1.0 - b);
        }
        classes * sum
    }

    #[test]
    fn the_solution_gives_the_classes_that_were_seen() {
        for population in [300, 500, 1_000] {
            let seen = sizes(&[(1, 40), (2, 15), (3, 8), (5, 4), (11, 2)], population);
            let estimate = estimate(&seen).unwrap();
            let classes = shlosser(&seen);
            let equations = Equations { classes, fraction: seen.fraction(), ones: 40.0, twos: 15.0 };
            let (b, _) = equations.solve().unwrap();
            let a = equations.a_of(b);
            assert!((by_summation(classes, a, b, seen.fraction(), 1) - 40.0).abs() < 1e-4);
            assert!((by_summation(classes, a, b, seen.fraction(), 2) - 15.0).abs() < 1e-4);
            assert!((estimate.uniques - classes * b.powf(a)).abs() < 1e-9);
            assert!(estimate.score < 1e-6 && estimate.iterations > 0);
        }
    }

    #[test]
    fn it_says_when_there_is_nothing_to_solve() {
        assert_eq!(estimate(&sizes(&[(1, 9)], 90)).unwrap_err(), NotEstimated::NoSmallClasses);
        assert_eq!(estimate(&sizes(&[(2, 9)], 90)).unwrap_err(), NotEstimated::NoSmallClasses);
    }
}
