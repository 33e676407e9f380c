//! What a run of Bayesian thresholding takes.

use super::result::{BayesThreshold, InteractionPosterior};
use super::target::Target;
use super::walk::Walk;
use crate::interval::Level;
use crate::mse::chains::{ChainPlan, Observed, Posterior};
use crate::mse::error::MseError;
use crate::mse::existence::check;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::{Fit, Fitter};
use crate::mse::model::Model;
use crate::mse::number::{real, real_size};
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// Cells visited between two looks at the control.
const WORK_PER_LOOK: usize = 4_000;

/// Bayesian thresholding with checked parameters.
///
/// All interactions of two lists get normal priors around 0, the constant and the lists flat ones. Interactions whose
/// posterior mean is less than two standard deviations from 0 are dropped, and the rest is fitted again; the posterior of
/// the number of persons is that of the seen and the expected number of the unseen.
///
/// ```
/// use ctdata_indicators::mse::{BayesThresholdModel, CaptureHistories, ListSet};
/// use ctdata_table::Control;
///
/// let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
/// let counts = [(set(&[0]), 60), (set(&[1]), 50), (set(&[2]), 40), (set(&[0, 1]), 30), (set(&[1, 2]), 4), (set(&[0, 2]), 5)];
/// let histories = CaptureHistories::try_new(["police", "shelters", "hotline"], counts)?;
/// let found = BayesThresholdModel::builder().seed(7).build()?.estimate(&histories, &Control::default())?;
/// assert_eq!(found.pairs.len(), 3);
/// assert!(found.posterior.as_ref().is_some_and(|posterior| posterior.median > 189.0));
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
///
/// # When not to use
/// The interval is that of the model that was kept; that another might have been kept is not in it. Where the data say
/// little of an interaction, its prior decides whether it is kept.
///
/// # Sources
/// Silverman (2020), Multiple-systems analysis for the quantification of modern slavery: classical and Bayesian
/// approaches, *Journal of the Royal Statistical Society A* 183(3), section 6, which takes variance 1 and threshold 2.
/// Interactions of three lists follow the package MultipleSystemsEstimation (Silverman, Chan and Vincent).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BayesThresholdModel {
    plan: ChainPlan,
    variance: f64,
    threshold: f64,
    triples: bool,
}

/// Sets the parameters of [`BayesThresholdModel`]; what is not set has its default.
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct BayesThresholdBuilder(BayesThresholdModel);

impl Default for BayesThresholdBuilder {
    fn default() -> Self {
        let plan = ChainPlan { chains: 4, burn_in: 500, draws: 2500, thinning: 1, seed: 1, level: Level::P95 };
        Self(BayesThresholdModel { plan, variance: 1.0, threshold: 2.0, triples: false })
    }
}

impl BayesThresholdBuilder {
    /// The variance of the prior of each interaction, from 0.0001 to 10,000; by default 1.
    pub fn prior_variance(mut self, variance: f64) -> Self {
        self.0.variance = variance;
        self
    }

    /// How many standard deviations its mean must be from 0 for an interaction to be kept, from 0 (all are) to 1,000; by
    /// default 2.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.0.threshold = threshold;
        self
    }

    /// Whether to go on with interactions of three lists, where those of all three pairs were kept; by default not.
    pub fn triples(mut self, triples: bool) -> Self {
        self.0.triples = triples;
        self
    }

    /// The number of chains, from 4 to 256; by default 4.
    pub fn chains(mut self, chains: usize) -> Self {
        self.0.plan.chains = chains;
        self
    }

    /// Steps of each chain that are thrown away first; by default 500.
    pub fn burn_in(mut self, steps: usize) -> Self {
        self.0.plan.burn_in = steps;
        self
    }

    /// Draws kept of each chain, from 100 to 20,000; by default 2,500.
    pub fn draws(mut self, draws: usize) -> Self {
        self.0.plan.draws = draws;
        self
    }

    /// Steps from one draw to the next; by default 1.
    pub fn thinning(mut self, steps: usize) -> Self {
        self.0.plan.thinning = steps;
        self
    }

    /// The seed; by default 1. The same seed gives the same draws on any number of threads.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.plan.seed = seed;
        self
    }

    /// The level of the interval; by default 95 %.
    pub fn level(mut self, level: Level) -> Self {
        self.0.plan.level = level;
        self
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`MseError::Option`] for one that is out of range.
    pub fn build(self) -> Result<BayesThresholdModel, MseError> {
        let rule = |option, rule| Err(MseError::Option { option, rule });
        self.0.plan.check()?;
        if !(1e-4..=1e4).contains(&self.0.variance) {
            return rule("prior variance", "from 0.0001 to 10,000");
        }
        if !(0.0..=1e3).contains(&self.0.threshold) {
            return rule("threshold", "from 0 to 1,000 standard deviations");
        }
        Ok(self.0)
    }
}

/// What the chains of one model say.
struct Stage {
    interactions: Vec<ListSet>,
    found: Vec<InteractionPosterior>,
    posterior: Posterior,
    acceptance: f64,
}

/// The table as the chains see it.
struct Data<'a> {
    histories: &'a CaptureHistories,
    observed: Observed,
    sample: Sample,
    independence: Fit,
}

impl BayesThresholdModel {
    /// Parameters to be set.
    pub fn builder() -> BayesThresholdBuilder {
        BayesThresholdBuilder::default()
    }

    /// Runs the chains. Lists of nobody are left out.
    ///
    /// # Errors
    /// [`MseError::Table`] when cancelled, or when the draws would take more memory than allowed.
    pub fn estimate(&self, histories: &CaptureHistories, control: &Control) -> Result<BayesThreshold, MseError> {
        let observed = Observed::of(histories);
        let mut result = BayesThreshold::of(&self.plan, self.variance, self.threshold, histories, &observed);
        let lists = observed.lists.len();
        if observed.persons == 0 || !observed.overlaps() {
            return Ok(result.refused(if observed.persons == 0 { Status::Undefined } else { Status::NoOverlap }));
        }
        let names = (0..lists).map(|place| place.to_string());
        let sample = Sample::of(&CaptureHistories::try_new(names, observed.histories.iter().copied())?);
        // With flat priors of the constant and the lists, the posterior is proper where independent lists can be fitted.
        let mains = Model::main_effects(lists);
        let admissible = check(&sample, &mains);
        if !admissible.is_admissible() {
            return Ok(result.refused(admissible.status()));
        }
        let independence = match Fitter::default().fit(&sample, &mains) {
            Ok(fit) => fit,
            Err(status) => return Ok(result.refused(status)),
        };
        let data = Data { histories, observed, sample, independence };
        match self.stages(&data, control, &mut result)? {
            Ok(last) => {
                let terms = last.interactions.iter().map(|term| data.observed.of_table(*term));
                let model = Model::try_new(histories.lists().len(), terms)?;
                Ok(result.answered(&model, histories, last.posterior, last.acceptance))
            }
            Err(status) => Ok(result.refused(status)),
        }
    }

    /// All pairs; the triples, where asked for; what was kept.
    fn stages(
        &self,
        data: &Data<'_>,
        control: &Control,
        result: &mut BayesThreshold,
    ) -> Result<Result<Stage, Status>, MseError> {
        let lists = data.observed.lists.len();
        let all = |size: usize| {
            let mut sets: Vec<ListSet> = (0..=ListSet::all(lists).bits()).map(ListSet::from_bits).collect();
            // The interaction of all lists is not identifiable.
            sets.retain(|set| set.len() == size && size < lists);
            sets.sort_unstable();
            sets
        };
        let mut stage = match self.stage(data, 0, "interactions of two lists", all(2), control)? {
            Ok(stage) => stage,
            Err(status) => return Ok(Err(status)),
        };
        result.pairs.clone_from(&stage.found);
        let mut kept = kept(&stage);
        let mut triples = if self.triples { all(3) } else { Vec::new() };
        triples.retain(|triple| {
            let pairs = triple.iter().map(|list| triple.difference(ListSet::single(list)));
            pairs.into_iter().all(|pair| kept.contains(&pair))
        });
        if !triples.is_empty() {
            let terms = kept.iter().chain(&triples).copied().collect();
            stage = match self.stage(data, 1, "interactions of three lists", terms, control)? {
                Ok(stage) => stage,
                Err(status) => return Ok(Err(status)),
            };
            result.triples = stage.found.split_off(kept.len());
            let found = triples.iter().zip(&result.triples).filter(|(_, found)| found.kept);
            kept.extend(found.map(|(triple, _)| *triple));
        }
        if kept == stage.interactions {
            return Ok(Ok(stage));
        }
        self.stage(data, 2, "the interactions kept", kept, control)
    }

    fn stage(
        &self,
        data: &Data<'_>,
        part: u64,
        name: &'static str,
        interactions: Vec<ListSet>,
        control: &Control,
    ) -> Result<Result<Stage, Status>, MseError> {
        let values = (interactions.len() + 15) * self.plan.chains * self.plan.draws;
        control.reserve(u64::try_from(8 * values + (24 << data.sample.lists())).unwrap_or(u64::MAX))?;
        let target = match Target::climb(&data.sample, &interactions, self.variance, &data.independence) {
            Ok(target) => target,
            Err(status) => return Ok(Err(status)),
        };
        let first = target.parameters() - interactions.len();
        let seen = real(data.observed.persons);
        let chains = self.plan.run(part, name, control, |_, source, ticker| {
            ticker.look_every(u64::try_from(WORK_PER_LOOK / target.cells()).unwrap_or(1));
            let mut walk = Walk::new(&target, source);
            for _ in 0..self.plan.burn_in {
                walk.advance(source);
                walk.adapt();
                ticker.tick()?;
            }
            walk.settle();
            let mut numbers = Vec::with_capacity(self.plan.draws);
            let mut values = vec![Vec::with_capacity(self.plan.draws); interactions.len()];
            for _ in 0..self.plan.draws {
                for _ in 0..self.plan.thinning {
                    walk.advance(source);
                    ticker.tick()?;
                }
                numbers.push(seen + walk.parameter(0).exp());
                for (place, values) in values.iter_mut().enumerate() {
                    values.push(walk.parameter(first + place));
                }
            }
            Ok((numbers, values, walk.acceptance()))
        })?;
        let acceptance = chains.iter().map(|(_, _, share)| share).sum::<f64>() / real_size(self.plan.chains);
        let mut numbers = Vec::with_capacity(chains.len());
        let mut values: Vec<Vec<Vec<f64>>> = vec![Vec::new(); interactions.len()];
        for (number, chain, _) in chains {
            numbers.push(number);
            for (values, chain) in values.iter_mut().zip(chain) {
                values.push(chain);
            }
        }
        let names = |term: &ListSet| {
            let lists = data.observed.of_table(*term);
            lists.iter().filter_map(|list| data.histories.lists().get(list).cloned()).collect()
        };
        let found = interactions.iter().zip(&values);
        let found = found.map(|(term, values)| InteractionPosterior::of(names(term), values, self.threshold)).collect();
        Ok(Ok(Stage { interactions, found, posterior: Posterior::of(&numbers, self.plan.level), acceptance }))
    }
}

fn kept(stage: &Stage) -> Vec<ListSet> {
    let both = stage.interactions.iter().zip(&stage.found);
    both.filter(|(_, found)| found.kept).map(|(term, _)| *term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_range_are_refused() {
        let builder = BayesThresholdModel::builder;
        assert!(builder().build().is_ok());
        for wrong in [
            builder().prior_variance(0.0),
            builder().prior_variance(f64::INFINITY),
            builder().threshold(-1.0),
            builder().threshold(f64::NAN),
            builder().chains(1),
            builder().draws(1),
        ] {
            assert!(matches!(wrong.build(), Err(MseError::Option { .. })), "{wrong:?}");
        }
    }
}
