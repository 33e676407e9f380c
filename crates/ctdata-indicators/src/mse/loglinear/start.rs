//! Where Newton's method starts.

#![expect(clippy::indexing_slicing, reason = "arrays over sets of lists, indexed by sets of those lists")]
#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]

use crate::mse::list_set::ListSet;
use crate::mse::sample::{Sample, superset_sums};

/// The most steps to the number of persons under independence; each doubles it at least while it is far.
const MOST_STEPS: usize = 100;

/// The parameters of the model of independence, and for interactions what the overlaps say of them one by one; false if
/// a list that holds everybody, or no overlap, leaves the model of independence without a finite maximum.
///
/// Under independence the estimate N̂ solves n = N (1 − Π (1 − n_j / N)): with q the share of N on no list, the
/// unseen number M is N q. M − N q is concave and grows, so that Newton's method from below never passes the root.
pub(super) fn independence(sample: &Sample, free: &[ListSet], alpha: &mut [f64]) -> bool {
    let persons = sample.persons() as f64;
    let off = |term: &ListSet| (sample.persons() - sample.sums()[term.index()]) as f64;
    let on = |term: &ListSet| sample.sums()[term.index()] as f64;
    let lists = || free.iter().filter(|term| term.len() == 1);
    if lists().any(|list| off(list) < 0.5) || lists().map(on).sum::<f64>() < persons + 0.5 {
        return false;
    }
    let mut unseen = 0.0_f64;
    let mut settled = false;
    for _ in 0..MOST_STEPS {
        let all = persons + unseen;
        let (mut missed, mut odds) = (1.0, 0.0);
        for list in lists() {
            let outside = off(list) + unseen;
            missed *= outside / all;
            odds += on(list) / outside;
        }
        let step = (all * missed - unseen) / (1.0 - missed * (1.0 + odds));
        unseen += step;
        settled = step.abs() <= 1e-9 * unseen;
        if settled || !unseen.is_finite() {
            break;
        }
    }
    if !(settled && unseen > 0.0) {
        return false;
    }
    let all = persons + unseen;
    for (alpha, term) in alpha.iter_mut().zip(free) {
        *alpha = match term.len() {
            0 => unseen.ln(),
            1 => (on(term) / (off(term) + unseen)).ln(),
            _ => interaction(sample, *term, all),
        };
    }
    true
}

/// The log of the overlap of lists against what the overlaps of fewer of them lead to expect, among `all` persons.
fn interaction(sample: &Sample, term: ListSet, all: f64) -> f64 {
    let (mut more, mut fewer) = (1.0, 1.0);
    // All subsets, by counting down through the bits; every other size divides.
    let mut part = term.bits();
    loop {
        let set = ListSet::from_bits(part);
        let persons = if part == 0 { all } else { sample.sums()[set.index()] as f64 };
        *if (term.len() - set.len()).is_multiple_of(2) { &mut more } else { &mut fewer } *= persons;
        if part == 0 {
            break;
        }
        part = (part - 1) & term.bits();
    }
    let log = (more / fewer).ln();
    if log.is_finite() { log } else { 0.0 }
}

/// The equations of the first step of iteratively reweighted least squares from μ = N + 0.1, by superset sums: the
/// right-hand side in `logs`, the weights in `sums`. Cells whose log is −∞ have left the table.
pub(super) fn reweighted(sample: &Sample, logs: &mut [f64], sums: &mut [f64]) {
    for ((log, weight), count) in logs.iter_mut().zip(sums.iter_mut()).zip(sample.counts()) {
        let mean = *count as f64 + 0.1;
        (*log, *weight) = if *log == f64::NEG_INFINITY { (0.0, 0.0) } else { (mean * mean.ln() - 0.1, mean) };
    }
    for unseen in [logs.first_mut(), sums.first_mut()].into_iter().flatten() {
        *unseen = 0.0;
    }
    superset_sums(logs);
    superset_sums(sums);
}
