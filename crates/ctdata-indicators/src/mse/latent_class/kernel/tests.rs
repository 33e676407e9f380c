//! The sampler against its prior, and shares in logs.

use super::weigh::TINY;
use super::{Kernel, Prior};
use crate::mse::chains::{Diagnostics, Observed, mean, variance};
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::random::Source;

/// Draws persons given the parameters and the parameters given the persons in turn: the parameters must keep their
/// prior (Geweke 2004, Getting it right, *JASA* 99(467)). The means of eight functions of them are compared with the
/// exact ones; each is off by more than 4.5 standard errors with probability 7e-6.
#[test]
fn parameters_keep_their_prior_when_the_table_is_drawn_from_them() {
    let (lists, classes, shape, rate) = (3, 4, 2.0, 2.0);
    let every = (1..8).map(|bits| (ListSet::from_bits(bits), 1));
    let observed = Observed::of(&CaptureHistories::try_new(["a", "b", "c"], every).unwrap());
    let mut kernel = Kernel::new(&observed, Prior { classes, shape, rate, bound: 1000 });
    let mut source = Source::new(4, 0);
    kernel.start(5, &mut source);
    let mut traces = vec![Vec::new(); 8];
    for _ in 0..40_000 {
        // Twelve persons, each with a history by the parameters.
        for row in &mut kernel.rows {
            row.count = 0;
        }
        for _ in 0..12 {
            let (mut height, mut drawn) = (source.uniform(), 0);
            loop {
                kernel.weigh(drawn);
                height -= kernel.tail[0];
                if height < 0.0 || drawn == 7 {
                    break;
                }
                drawn += 1;
            }
            kernel.rows[drawn].count += 1;
        }
        kernel.share_seen(&mut source);
        kernel.weigh(0);
        let unseen = kernel.rows[0].count;
        kernel.share_out(0, unseen, &mut source);
        kernel.draw_parameters(&mut source);
        let place = |label: usize| kernel.label.iter().position(|other| *other == label).unwrap();
        let (first, last) = (kernel.on[place(0)], kernel.on[2 * classes + place(3)]);
        let values = [
            kernel.alpha / (1.0 + kernel.alpha),
            kernel.shares[0],
            kernel.shares[1],
            kernel.shares[3],
            first,
            first * first,
            last,
            kernel.shares[0] * first,
        ];
        for (trace, value) in traces.iter_mut().zip(values) {
            trace.push(value);
        }
    }
    assert_eq!(lists, kernel.lists);
    // Means over α ~ Gamma(2, 2), density 4 α exp(−2 α), by the midpoint rule.
    let over = |value: &dyn Fn(f64) -> f64| -> f64 {
        let density = |alpha: f64| 4.0 * alpha * (-2.0 * alpha).exp();
        (0..40_000).map(|step| (f64::from(step) + 0.5) * 5e-4).map(|alpha| density(alpha) * value(alpha) * 5e-4).sum()
    };
    let share = over(&|alpha| 1.0 / (1.0 + alpha));
    let exact = [
        1.0 - share,
        share,
        over(&|alpha| alpha / (1.0 + alpha).powi(2)),
        over(&|alpha| (alpha / (1.0 + alpha)).powi(3)),
        0.5,
        1.0 / 3.0,
        0.5,
        0.5 * share,
    ];
    for (number, (trace, exact)) in traces.iter().zip(exact).enumerate() {
        let parts: Vec<Vec<f64>> = trace.chunks(10_000).map(<[f64]>::to_vec).collect();
        let found = Diagnostics::of(&parts);
        let error = (variance(trace) / found.bulk_ess.min(found.tail_ess)).sqrt();
        assert!(
            found.bulk_ess > 300.0 && (mean(trace) - exact).abs() < 4.5 * error,
            "{number}: {} for {exact} ± {error}",
            mean(trace)
        );
    }
}

/// Probabilities too small for floats are shared as well.
#[test]
fn shares_in_logs_are_those_without() {
    let observed = Observed::of(
        &CaptureHistories::try_new(["a", "b"], [(ListSet::of([0, 1]), 9), (ListSet::of([0]), 5)]).unwrap(),
    );
    let mut kernel = Kernel::new(&observed, Prior { classes: 3, shape: 1.0, rate: 1.0, bound: 100 });
    let mut source = Source::new(9, 0);
    kernel.start(4, &mut source);
    for row in 0..3 {
        kernel.weigh(row);
        let plain: Vec<f64> = kernel.weight.iter().map(|weight| weight / kernel.tail[0]).collect();
        kernel.weigh_in_logs(row);
        for (plain, log) in plain.iter().zip(&kernel.weight) {
            assert!((plain - log / kernel.tail[0]).abs() < 1e-12);
        }
    }
    kernel.on.fill(1e-200);
    kernel.tabulate();
    kernel.weigh(1);
    assert!(kernel.chance < TINY && kernel.tail[0] >= 1.0 && kernel.tail[0].is_finite());
}
