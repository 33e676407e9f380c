//! Exact one-sided confidence bounds of a proportion (Clopper and Pearson 1934).

use statrs::function::beta::beta_reg;

/// The share that leaves probability `alpha` for as many successes or more; 0 for none. Rounded down.
pub(super) fn lower(successes: u32, trials: u32, alpha: f64) -> f64 {
    if successes == 0 {
        return 0.0;
    }
    let (successes, trials) = (f64::from(successes), f64::from(trials));
    // P(X >= k) at p is the regularized incomplete beta function of p at (k, n - k + 1).
    let at_least = |p: f64| beta_reg(successes, trials - successes + 1.0, p);
    let (mut low, mut high) = (0.0, successes / trials);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_least(middle) <= alpha { low = middle } else { high = middle }
    }
    low
}

/// The share that leaves probability `alpha` for as many successes or fewer; 1 for all. Rounded up.
pub(super) fn upper(successes: u32, trials: u32, alpha: f64) -> f64 {
    1.0 - lower(trials.saturating_sub(successes), trials, alpha)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R. G. Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 5, and two programs for the
    /// other two; 95 %.
    #[test]
    fn printed_bounds_are_met() {
        for (successes, trials, low, high, unit) in [
            (81, 263, 0.2527, 0.3676, 1e-4),
            (15, 148, 0.0578, 0.1617, 1e-4),
            (0, 20, 0.0, 0.1684, 1e-4),
            (1, 29, 0.0009, 0.1776, 1e-4),
            (9, 27, 0.165_188, 0.539_607, 1e-6),
            (0, 10, 0.0, 0.308_497, 1e-6),
        ] {
            assert!((lower(successes, trials, 0.025) - low).abs() <= 0.5 * unit, "{successes}");
            assert!((upper(successes, trials, 0.025) - high).abs() <= 0.5 * unit, "{successes}");
        }
        assert!((upper(20, 20, 0.025) - 1.0).abs() < f64::EPSILON);
    }

    /// For one trial and none, and for all, the bounds have closed forms, also far out.
    #[test]
    fn bounds_of_none_and_all_have_closed_forms() {
        for trials in [1, 10, 100_000, u32::MAX] {
            for alpha in [0.2, 1e-3, 1e-9] {
                let none = -(f64::ln(alpha) / f64::from(trials)).exp_m1();
                assert!((upper(0, trials, alpha) / none - 1.0).abs() < 1e-6, "{trials} {alpha}");
                assert!((lower(trials, trials, alpha) - (1.0 - none)).abs() < 1e-9, "{trials} {alpha}");
            }
        }
    }
}
