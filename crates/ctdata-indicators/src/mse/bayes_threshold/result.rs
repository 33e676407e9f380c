//! What Bayesian thresholding says.

use crate::interval::Level;
use crate::mse::chains::{ChainPlan, Diagnostics, Observed, Posterior, mean, variance};
use crate::mse::histories::CaptureHistories;
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, Method, Status};

/// Above this R-hat, chains do not agree on an interaction.
const LARGEST_RHAT: f64 = 1.05;

/// What the chains say of one interaction.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct InteractionPosterior {
    /// The lists.
    pub lists: Vec<String>,
    /// The posterior mean; above 0 persons are on these lists together more often than by chance.
    pub mean: f64,
    /// The posterior standard deviation.
    pub sd: f64,
    /// The mean over the standard deviation.
    pub ratio: f64,
    /// Whether the ratio reaches the threshold.
    pub kept: bool,
    /// Split R-hat.
    pub rhat: f64,
    /// The effective number of draws.
    pub bulk_ess: f64,
}

impl InteractionPosterior {
    pub(super) fn of(lists: Vec<String>, chains: &[Vec<f64>], threshold: f64) -> Self {
        let pooled = chains.concat();
        let (mean, sd) = (mean(&pooled), variance(&pooled).sqrt());
        let ratio = if sd > 0.0 { mean / sd } else { 0.0 };
        let Diagnostics { rhat, bulk_ess, .. } = Diagnostics::of(chains);
        Self { lists, mean, sd, ratio, kept: ratio.abs() >= threshold, rhat, bulk_ess }
    }

    /// Two standard errors of the ratio, from the effective number of draws.
    fn uncertainty(&self) -> f64 {
        2.0 * ((1.0 + 0.5 * self.ratio * self.ratio) / self.bulk_ess).sqrt()
    }
}

/// The posterior of the number of persons by Bayesian thresholding, and the interactions that were kept.
///
/// # Sources
/// Silverman (2020), Multiple-systems analysis for the quantification of modern slavery: classical and Bayesian
/// approaches, *Journal of the Royal Statistical Society A* 183(3), section 6.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BayesThreshold {
    /// Whether there is an answer. [`Status::NotConverged`] may keep a posterior here, for inspection;
    /// [`BayesThreshold::finding`] gives no number then.
    pub status: Status,
    /// The number of all persons in the model kept: seen, and expected unseen.
    pub posterior: Option<Posterior>,
    /// The level of its interval.
    pub level: Level,
    /// The persons seen.
    pub persons: u64,
    /// The model kept, in the names of the lists.
    pub model: Option<String>,
    /// The same by the numbers of the lists, as [`Model::from_notation`] reads it.
    pub notation: Option<String>,
    /// The interactions of two lists, all in one model.
    pub pairs: Vec<InteractionPosterior>,
    /// Those of three lists, where asked for and all pairs were kept.
    pub triples: Vec<InteractionPosterior>,
    /// The variance of the prior of interactions.
    pub prior_variance: f64,
    /// The ratio from which on an interaction is kept.
    pub threshold: f64,
    /// The share of steps of the last chains that were accepted.
    pub acceptance: f64,
    /// Chains.
    pub chains: usize,
    /// Steps of each chain thrown away first.
    pub burn_in: usize,
    /// Draws kept of each chain.
    pub draws: usize,
    /// Steps from one draw to the next.
    pub thinning: usize,
    /// The seed.
    pub seed: u64,
    /// What a reader must know, in plain sentences without a full stop at the end.
    pub notes: Vec<String>,
}

impl BayesThreshold {
    /// Without an answer yet.
    pub(super) fn of(
        plan: &ChainPlan,
        prior_variance: f64,
        threshold: f64,
        histories: &CaptureHistories,
        observed: &Observed,
    ) -> Self {
        Self {
            status: Status::Ok,
            posterior: None,
            level: plan.level,
            persons: observed.persons,
            model: None,
            notation: None,
            pairs: Vec::new(),
            triples: Vec::new(),
            prior_variance,
            threshold,
            acceptance: 0.0,
            chains: plan.chains,
            burn_in: plan.burn_in,
            draws: plan.draws,
            thinning: plan.thinning,
            seed: plan.seed,
            notes: observed.note_left_out(histories).into_iter().collect(),
        }
    }

    pub(super) fn refused(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    pub(super) fn answered(
        mut self,
        model: &Model,
        histories: &CaptureHistories,
        posterior: Posterior,
        acceptance: f64,
    ) -> Self {
        self.model = Some(model.named(histories.lists()));
        self.notation = Some(model.to_string());
        self.acceptance = acceptance;
        if let Some(trouble) = posterior.trouble() {
            self.status = Status::NotConverged;
            self.notes.push(trouble);
        }
        let interactions = || self.pairs.iter().chain(&self.triples);
        let apart = interactions().filter(|found| found.rhat > LARGEST_RHAT).count();
        let close = |found: &&InteractionPosterior| (found.ratio.abs() - self.threshold).abs() < found.uncertainty();
        let close: Vec<String> = interactions().filter(close).map(|found| found.lists.join(":")).collect();
        if apart > 0 {
            self.status = Status::NotConverged;
            self.notes.push(format!("interactions on which the chains do not agree: {apart}; run them longer"));
        }
        if !close.is_empty() {
            self.notes.push(format!(
                "so close to the threshold that another seed may decide otherwise: {}",
                close.join(", ")
            ));
        }
        self.posterior = Some(posterior);
        self
    }

    /// What the method says: the median with the posterior interval, or why there is no answer. Chains that did not
    /// converge give no number.
    pub fn finding(&self) -> Finding {
        let mut finding = Posterior::finding(self.posterior.as_ref(), Method::BayesThreshold, self.status, self.level);
        finding.model.clone_from(&self.model);
        finding.notes.clone_from(&self.notes);
        finding
    }
}
