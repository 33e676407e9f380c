//! Times to an event, of which some are only known to be longer.
//!
//! # Sources
//! Kaplan and Meier (1958), "Nonparametric estimation from incomplete observations", Journal of the American Statistical
//! Association 53.

use crate::interval::as_f64;
use std::collections::BTreeMap;

/// How many persons had the event after a time, and how many were still waiting when their observation ended then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ends {
    pub(super) events: u64,
    pub(super) censored: u64,
}

/// The product-limit estimate of the share still waiting.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Survival {
    /// The times with an event, ascending, and the share that waits longer.
    steps: Vec<(u64, f64)>,
}

impl Survival {
    /// From what ends at each time. Who is censored at the time of an event was at risk of it.
    pub(super) fn of(ends: &BTreeMap<u64, Ends>) -> Self {
        let mut at_risk: u64 = ends.values().map(|ends| ends.events + ends.censored).sum();
        let mut share = 1.0;
        let mut steps = Vec::new();
        for (&time, end) in ends {
            if end.events > 0 {
                share *= as_f64(at_risk - end.events) / as_f64(at_risk);
                steps.push((time, share));
            }
            at_risk -= end.events + end.censored;
        }
        Self { steps }
    }

    /// The smallest time by which this share has had the event; `None` if so many never had it while observed.
    pub(super) fn quantile(&self, share: f64) -> Option<u64> {
        // Products of fractions miss a share like one half by their rounding.
        const ROUNDING: f64 = 1e-12;
        let reached = |(_, waiting): &&(u64, f64)| *waiting <= 1.0 - share + ROUNDING;
        self.steps.iter().find(reached).map(|(time, _)| *time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(events: &[u64], censored: &[u64]) -> Survival {
        let mut ends = BTreeMap::<u64, Ends>::new();
        for &time in events {
            ends.entry(time).or_default().events += 1;
        }
        for &time in censored {
            ends.entry(time).or_default().censored += 1;
        }
        Survival::of(&ends)
    }

    /// Remission times in weeks of Freireich et al. (1963), Blood 21, as estimated in Cox and Oakes (1984), *Analysis of
    /// Survival Data*, table 4.1: product-limit estimates of the group on 6-mercaptopurine and medians of both groups.
    #[test]
    fn remission_times_of_leukaemia_patients() {
        let treated = of(&[6, 6, 6, 7, 10, 13, 16, 22, 23], &[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]);
        let published = [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)];
        assert_eq!(treated.steps.len(), published.len());
        for ((time, share), (week, expected)) in treated.steps.iter().zip(published) {
            assert_eq!(*time, week);
            assert!((share - expected).abs() <= 0.0005, "week {week}: {share}");
        }
        assert_eq!(treated.quantile(0.5), Some(23));
        assert_eq!(treated.quantile(0.9), None);
        let placebo = of(&[1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], &[]);
        assert_eq!(placebo.quantile(0.5), Some(8));
        assert_eq!(placebo.quantile(0.9), Some(17));
    }

    #[test]
    fn without_censoring_quantiles_are_those_of_the_sorted_times() {
        let times: Vec<u64> = (1..=10).collect();
        let survival = of(&times, &[]);
        for tenth in 1..=10u64 {
            assert_eq!(survival.quantile(as_f64(tenth) / 10.0), Some(tenth));
        }
        assert_eq!(of(&[], &[3, 4]).quantile(0.5), None);
    }
}
