//! Pitman's sampling formula by maximum likelihood.

use statrs::function::gamma::{digamma, ln_gamma};

use super::class_sizes::real;
use super::{ClassSizes, NotEstimated, PopulationEstimator, PopulationUniques};

/// The classes of the population are a random partition with parameters 0 < alpha < 1 and
/// theta > -alpha, of which the sample shows a part. Its likelihood for n people in u classes, c_j of
/// them of size j, is up to a constant
///
/// L = sum_{i=1}^{u-1} ln(theta + i alpha) - sum_{i=1}^{n-1} ln(theta + i) + sum_j c_j sum_{i=1}^{j-1} ln(i - alpha).
///
/// The expected number of people who are alone among N is
/// N Gamma(theta+1)/Gamma(theta+alpha) Gamma(N+theta+alpha-1)/Gamma(N+theta), which for large N is
/// Gamma(theta+1)/Gamma(theta+alpha) N^alpha.
pub(super) fn estimate(sizes: &ClassSizes) -> Result<PopulationUniques, NotEstimated> {
    let likelihood = Likelihood::new(sizes);
    let (point, iterations, score) = likelihood.maximize()?;
    let uniques = expected_uniques(point, real(sizes.population()));
    let mut estimate = PopulationUniques::new(PopulationEstimator::Pitman, uniques, sizes);
    (estimate.iterations, estimate.score) = (iterations, score);
    Ok(estimate)
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    theta: f64,
    alpha: f64,
}

fn expected_uniques(Point { theta, alpha }: Point, population: f64) -> f64 {
    // ln Gamma(x + a) - ln Gamma(x) with a in (-1, 0], without the cancellation of two large numbers.
    let ln_ratio = |x: f64, a: f64| {
        if x + a < 1e4 {
            return ln_gamma(x + a) - ln_gamma(x);
        }
        let shift = (a / x).ln_1p();
        (x + a - 0.5) * shift + a * x.ln() - a + (1.0 / (x + a) - 1.0 / x) / 12.0
    };
    let near = -ln_ratio(theta + 1.0, alpha - 1.0);
    (population.ln() + near + ln_ratio(population + theta, alpha - 1.0)).exp()
}

/// First and second derivatives.
struct Slope {
    theta: f64,
    alpha: f64,
    theta_theta: f64,
    theta_alpha: f64,
    alpha_alpha: f64,
    /// The sizes of the terms that the first ones are sums of.
    theta_scale: f64,
    alpha_scale: f64,
}

struct Likelihood {
    sample: f64,
    classes: u64,
    /// For i from 1: classes of more than i people.
    above: Vec<f64>,
    sizes: Vec<(u64, f64)>,
}

/// Sizes up to which sums over a class are taken term by term.
const TERMS: u64 = 4_096;

impl Likelihood {
    fn new(sizes: &ClassSizes) -> Self {
        let mut above: Vec<f64> = Vec::new();
        let mut left = real(sizes.classes());
        let mut large = Vec::new();
        for &(size, classes) in sizes.sizes() {
            while (above.len() as u64) < size.min(TERMS) - 1 {
                above.push(left);
            }
            left -= real(classes);
            if size > TERMS {
                large.push((size, real(classes)));
            }
        }
        Self { sample: real(sizes.sample()), classes: sizes.classes(), above, sizes: large }
    }

    /// The sum of `term` over i = 1 ..= classes - 1, at theta + i alpha.
    fn over_classes(&self, Point { theta, alpha }: Point, mut term: impl FnMut(f64, f64)) {
        for i in 1..self.classes {
            let i = real(i);
            term(i, theta + i * alpha);
        }
    }

    fn value(&self, point: Point) -> f64 {
        let mut sum = 0.0;
        self.over_classes(point, |_, at| sum += at.ln());
        sum -= ln_gamma(point.theta + self.sample) - ln_gamma(point.theta + 1.0);
        for (i, &above) in (1u32..).zip(&self.above) {
            sum += above * (f64::from(i) - point.alpha).ln();
        }
        for &(size, classes) in &self.sizes {
            sum += classes * (ln_gamma(real(size) - point.alpha) - ln_gamma(real(TERMS) - point.alpha));
        }
        sum
    }

    fn slope(&self, point: Point) -> Slope {
        let Point { theta, alpha } = point;
        let [mut first, mut second, mut weighted, mut cross, mut square] = [0.0; 5];
        self.over_classes(point, |i, at| {
            let inverse = at.recip();
            first += inverse;
            second += inverse * inverse;
            weighted += i * inverse;
            cross += i * inverse * inverse;
            square += i * i * inverse * inverse;
        });
        let all = digamma(theta + self.sample) - digamma(theta + 1.0);
        let all_squared = trigamma(theta + 1.0) - trigamma(theta + self.sample);
        let (mut members, mut members_squared) = (0.0, 0.0);
        for (i, &above) in (1u32..).zip(&self.above) {
            let inverse = (f64::from(i) - alpha).recip();
            members += above * inverse;
            members_squared += above * inverse * inverse;
        }
        for &(size, classes) in &self.sizes {
            let (from, to) = (real(TERMS) - alpha, real(size) - alpha);
            members += classes * (digamma(to) - digamma(from));
            members_squared += classes * (trigamma(from) - trigamma(to));
        }
        Slope {
            theta: first - all,
            alpha: weighted - members,
            theta_theta: all_squared - second,
            theta_alpha: -cross,
            alpha_alpha: -square - members_squared,
            theta_scale: first.max(all),
            alpha_scale: weighted.max(members),
        }
    }

    /// Newton steps in (ln(theta + alpha), logit alpha) would change the problem; here steps stay in
    /// (theta, alpha), are halved until they stay inside and do not descend, and where the curvature is
    /// not that of a maximum they follow the slope.
    fn maximize(&self) -> Result<(Point, u32, f64), NotEstimated> {
        const STEPS: u32 = 200;
        if self.classes < 2 || real(self.classes) >= self.sample {
            return Err(NotEstimated::NoMaximum);
        }
        let mut best: Option<(Point, f64)> = None;
        for alpha in [0.1, 0.3, 0.5, 0.7, 0.9] {
            for theta in [0.1, 1.0, 10.0, 100.0, 1_000.0, 10_000.0] {
                let point = Point { theta, alpha };
                let value = self.value(point);
                if best.is_none_or(|(_, highest)| value > highest) {
                    best = Some((point, value));
                }
            }
        }
        let Some((mut point, mut value)) = best else { return Err(NotEstimated::NoMaximum) };
        let (mut score, mut steps) = (f64::INFINITY, 0);
        for iteration in 1..=STEPS {
            steps = iteration;
            let slope = self.slope(point);
            score = (slope.theta.abs() / slope.theta_scale).max(slope.alpha.abs() / slope.alpha_scale);
            if score < 1e-9 {
                return Ok((point, iteration, score));
            }
            let (d_theta, d_alpha) = direction(&slope, point);
            let mut step = 1.0;
            let moved = loop {
                let next = Point { theta: point.theta + step * d_theta, alpha: point.alpha + step * d_alpha };
                if next.alpha > 0.0 && next.alpha < 1.0 && next.theta > -next.alpha {
                    let there = self.value(next);
                    if there >= value - value.abs() * 1e-14 {
                        break Some((next, there));
                    }
                }
                step /= 2.0;
                if step < 1e-12 {
                    break None;
                }
            };
            let Some((next, there)) = moved else {
                // No step is uphill: a maximum as far as digits go, or none.
                if score < 1e-6 {
                    return Ok((point, iteration, score));
                }
                break;
            };
            (point, value) = (next, there);
            // Towards an edge there is no maximum: alpha near 0 or 1, or theta without end.
            if point.alpha < 1e-7 || point.alpha > 1.0 - 1e-7 || point.theta > 1e12 {
                return Err(NotEstimated::NoMaximum);
            }
        }
        Err(NotEstimated::NoConvergence { iterations: steps, score })
    }
}

/// Newton's step, or one along the slope where the curvature is not that of a maximum.
fn direction(slope: &Slope, point: Point) -> (f64, f64) {
    let Slope { theta, alpha, theta_theta, theta_alpha, alpha_alpha, .. } = *slope;
    let determinant = theta_theta * alpha_alpha - theta_alpha * theta_alpha;
    if theta_theta < 0.0 && determinant > 0.0 {
        let d_theta = (theta_alpha * alpha - alpha_alpha * theta) / determinant;
        let d_alpha = (theta_alpha * theta - theta_theta * alpha) / determinant;
        return (d_theta, d_alpha);
    }
    // Each parameter by its own scale.
    let scale = (point.theta + point.alpha).max(1e-3);
    let length = (theta * scale).abs().max(alpha.abs()).max(f64::MIN_POSITIVE);
    (theta * scale * scale / length * 0.5, alpha / length * 0.25)
}

/// The derivative of the digamma function: recurrence up to 12, then the asymptotic series.
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 12.0 {
        sum += (x * x).recip();
        x += 1.0;
    }
    let inverse = x.recip();
    let square = inverse * inverse;
    let series =
        1.0 / 6.0 - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square * (1.0 / 30.0 - square * 5.0 / 66.0)));
    sum + inverse + square / 2.0 + inverse * square * series
}

#[cfg(test)]
mod tests {
    #![expect(clippy::cast_precision_loss, reason = "small numbers")]

    use super::*;
    use proptest::prelude::*;

    const SEEN: [(u64, u64); 5] = [(1, 40), (2, 15), (3, 8), (5, 4), (11, 2)];

    /// The logarithm of the likelihood, term by term.
    fn exact(classes: &[(u64, u64)], point: Point) -> f64 {
        let n: u64 = classes.iter().map(|&(size, count)| size * count).sum();
        let u: u64 = classes.iter().map(|&(_, count)| count).sum();
        let mut sum: f64 = (1..u).map(|i| (point.theta + i as f64 * point.alpha).ln()).sum();
        sum -= (1..n).map(|i| (point.theta + i as f64).ln()).sum::<f64>();
        for &(size, count) in classes {
            sum += count as f64 * (1..size).map(|i| (i as f64 - point.alpha).ln()).sum::<f64>();
        }
        sum
    }

    #[test]
    fn trigamma_has_known_values() {
        let pi_squared = std::f64::consts::PI.powi(2);
        for (x, expected) in [(1.0, pi_squared / 6.0), (0.5, pi_squared / 2.0), (4.0, pi_squared / 6.0 - 49.0 / 36.0)] {
            assert!((trigamma(x) - expected).abs() < 1e-13, "at {x}");
        }
    }

    #[test]
    fn no_point_of_a_fine_grid_is_likelier() {
        let sizes = ClassSizes::of_population(&SEEN, 10_000).unwrap();
        let (found, _, score) = Likelihood::new(&sizes).maximize().unwrap();
        let highest = exact(&SEEN, found);
        assert!(score < 1e-9);
        for alpha in 1..100 {
            for theta in 0..600 {
                let point = Point { alpha: f64::from(alpha) / 100.0, theta: f64::from(theta) / 4.0 };
                assert!(exact(&SEEN, point) <= highest + 1e-9);
            }
        }
        // The score by differences of the exact likelihood.
        let step = 1e-5;
        for (d_theta, d_alpha) in [(step, 0.0), (0.0, step)] {
            let there = |sign: f64| Point { theta: found.theta + sign * d_theta, alpha: found.alpha + sign * d_alpha };
            assert!(((exact(&SEEN, there(1.0)) - exact(&SEEN, there(-1.0))) / (2.0 * step)).abs() < 1e-4);
        }
    }

    #[test]
    fn uniques_equal_the_product_of_staying_alone() {
        for point in
            [Point { theta: 2.0, alpha: 0.3 }, Point { theta: 50.0, alpha: 0.8 }, Point { theta: -0.2, alpha: 0.5 }]
        {
            for population in [1, 2, 50, 20_000] {
                // A newcomer joins a class of one with probability (1 - alpha)/(theta + i).
                let alone: f64 =
                    (1..population).map(|i| 1.0 - (1.0 - point.alpha) / (point.theta + f64::from(i))).product();
                let expected = f64::from(population) * alone;
                assert!((expected_uniques(point, population.into()) / expected - 1.0).abs() < 1e-9);
            }
            // Hoshino's form for large populations.
            let large = 1e10f64;
            let limit =
                (ln_gamma(point.theta + 1.0) - ln_gamma(point.theta + point.alpha)).exp() * large.powf(point.alpha);
            assert!((expected_uniques(point, large) / limit - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn large_classes_sum_like_small_ones() {
        let classes = [(1, 50), (2, 20), (6_000, 1), (9_000, 2)];
        let sizes = ClassSizes::of_population(&classes, 1_000_000).unwrap();
        let likelihood = Likelihood::new(&sizes);
        for point in [Point { theta: 3.0, alpha: 0.4 }, Point { theta: 30.0, alpha: 0.7 }] {
            assert!((likelihood.value(point) / exact(&classes, point) - 1.0).abs() < 1e-10);
            let step = 1e-5;
            let higher = likelihood.value(Point { alpha: point.alpha + step, ..point });
            let lower = likelihood.value(Point { alpha: point.alpha - step, ..point });
            assert!(((higher - lower) / (2.0 * step) - likelihood.slope(point).alpha).abs() < 1e-3);
        }
    }

    #[test]
    fn uniques_alone_and_one_class_have_no_maximum() {
        for classes in [[(1, 10)], [(10, 1)]] {
            let sizes = ClassSizes::of_population(&classes, 100).unwrap();
            assert_eq!(estimate(&sizes).unwrap_err(), NotEstimated::NoMaximum);
        }
    }

    proptest! {
        #[test]
        fn an_estimate_is_a_maximum_or_no_estimate(counts in prop::collection::vec(0u64..30, 6), large in 0u64..3) {
            let mut classes: Vec<(u64, u64)> = (1..).zip(counts).collect();
            classes.push((40, large));
            let Ok(sizes) = ClassSizes::of_population(&classes, 100_000) else { return Ok(()) };
            if let Ok((point, ..)) = Likelihood::new(&sizes).maximize() {
                let highest = exact(&classes, point);
                for (theta, alpha) in [(0.99, 1.0), (1.01, 1.0), (1.0, 0.99), (1.0, 1.01)] {
                    let near = Point { theta: point.theta * theta, alpha: point.alpha * alpha };
                    if near.alpha < 1.0 && near.theta > -near.alpha {
                        prop_assert!(exact(&classes, near) <= highest + 1e-9);
                    }
                }
            }
        }
    }
}
