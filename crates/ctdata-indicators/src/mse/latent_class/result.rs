//! What latent classes say.

use crate::interval::Level;
use crate::mse::chains::{ChainPlan, Observed, Posterior};
use crate::mse::histories::CaptureHistories;
use crate::mse::number::{real, real_size};
use crate::mse::outcome::{Finding, Method, Status};

/// A draw within this share of the bound counts as lying at it.
const NEAR_BOUND: f64 = 0.01;
/// Shares of draws from which on a reader must know.
const NOTED_SHARE: f64 = 0.01;

/// The posterior of the number of persons by latent classes, and how far to believe it.
///
/// # Sources
/// Manrique-Vallier (2016), Bayesian population size estimation using Dirichlet process mixtures, *Biometrics* 72(4).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LatentClass {
    /// Whether there is an answer. [`Status::NotConverged`] and [`Status::NoOverlap`] keep the posterior here, for
    /// inspection; [`LatentClass::finding`] gives no number then.
    pub status: Status,
    /// The number of all persons; none for a table of nobody.
    pub posterior: Option<Posterior>,
    /// The level of its interval.
    pub level: Level,
    /// The persons seen.
    pub persons: u64,
    /// The most persons not seen that the prior allows.
    pub bound: u64,
    /// The share of draws whose number of persons not seen is within 1 % of the bound.
    pub share_at_bound: f64,
    /// The most classes.
    pub classes: usize,
    /// How many classes had anybody in them, on average.
    pub classes_in_use: f64,
    /// The share of draws in which all classes were in use: the cut is felt.
    pub share_all_classes: f64,
    /// Chains.
    pub chains: usize,
    /// Sweeps of each chain thrown away first.
    pub burn_in: usize,
    /// Draws kept of each chain.
    pub draws: usize,
    /// Sweeps from one draw to the next.
    pub thinning: usize,
    /// The seed.
    pub seed: u64,
    /// What a reader must know, in plain sentences without a full stop at the end.
    pub notes: Vec<String>,
}

/// What one chain keeps.
#[derive(Debug)]
pub(super) struct Chain {
    unseen: Vec<u64>,
    classes: Vec<usize>,
}

impl Chain {
    pub(super) fn with_capacity(draws: usize) -> Self {
        Self { unseen: Vec::with_capacity(draws), classes: Vec::with_capacity(draws) }
    }

    pub(super) fn push(&mut self, unseen: u64, classes: usize) {
        self.unseen.push(unseen);
        self.classes.push(classes);
    }
}

impl LatentClass {
    pub(super) fn of(
        observed: &Observed,
        histories: &CaptureHistories,
        bound: u64,
        multiple: f64,
        classes: usize,
        plan: &ChainPlan,
        chains: &[Chain],
    ) -> Self {
        let seen = real(observed.persons);
        let numbers: Vec<Vec<f64>> =
            chains.iter().map(|chain| chain.unseen.iter().map(|unseen| seen + real(*unseen)).collect()).collect();
        let posterior = (!chains.is_empty()).then(|| Posterior::of(&numbers, plan.level));
        let share = |count: usize| real_size(count) / real_size(plan.chains * plan.draws);
        let near = (1.0 - NEAR_BOUND) * real(bound);
        let at_bound = chains.iter().flat_map(|chain| &chain.unseen).filter(|unseen| real(**unseen) >= near).count();
        let in_use = || chains.iter().flat_map(|chain| &chain.classes);
        let mut found = Self {
            status: Status::Ok,
            level: plan.level,
            persons: observed.persons,
            bound,
            share_at_bound: share(at_bound),
            classes,
            classes_in_use: share(in_use().sum()),
            share_all_classes: share(in_use().filter(|used| **used == classes).count()),
            chains: plan.chains,
            burn_in: plan.burn_in,
            draws: plan.draws,
            thinning: plan.thinning,
            seed: plan.seed,
            notes: Vec::new(),
            posterior,
        };
        found.judge(observed, histories, multiple);
        found
    }

    fn judge(&mut self, observed: &Observed, histories: &CaptureHistories, multiple: f64) {
        self.notes.extend(observed.note_left_out(histories));
        let Some(posterior) = &self.posterior else {
            self.status = Status::Undefined;
            return;
        };
        if let Some(trouble) = posterior.trouble() {
            self.status = Status::NotConverged;
            self.notes.push(trouble);
        }
        if !observed.overlaps() {
            self.status = Status::NoOverlap;
            self.notes.push("no person is on two lists: the prior alone decides".to_owned());
        }
        if self.share_at_bound >= NOTED_SHARE {
            self.notes.push(format!(
                "the bound of {multiple} times the persons seen cuts the posterior: {:.1} % of the draws are at it",
                100.0 * self.share_at_bound
            ));
        }
        if self.classes > 1 && self.share_all_classes >= NOTED_SHARE {
            self.notes.push(format!(
                "all {} classes were in use in {:.1} % of the draws: allow more",
                self.classes,
                100.0 * self.share_all_classes
            ));
        }
    }

    /// What the method says: the median with the posterior interval, or why there is no answer. Chains that did not
    /// converge give no number.
    pub fn finding(&self) -> Finding {
        let mut finding = Posterior::finding(self.posterior.as_ref(), Method::LatentClass, self.status, self.level);
        finding.model = Some(format!("at most {} classes, {:.1} in use", self.classes, self.classes_in_use));
        finding.notes.clone_from(&self.notes);
        finding
    }
}
