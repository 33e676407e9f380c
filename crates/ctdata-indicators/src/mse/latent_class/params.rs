//! What a run of latent classes takes.

use super::kernel::{Kernel, Prior};
use super::result::{Chain, LatentClass};
use crate::interval::Level;
use crate::mse::chains::{ChainPlan, Observed};
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::number::{real, real_size, whole};
use ctdata_table::Control;

/// The most persons seen and unseen: counts stay exact as floating-point numbers.
const MOST_PERSONS: u64 = 1 << 53;
const MOST_CLASSES: usize = 100;
/// Steps between looks at the control are as many as take about 0.1 ms.
const WORK_PER_LOOK: usize = 20_000;

/// Latent classes with checked parameters: a Dirichlet-process mixture cut at a number of classes.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, LatentClassModel, ListSet};
/// use ctdata_table::Control;
///
/// let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
/// let counts = [(set(&[0]), 60), (set(&[1]), 50), (set(&[2]), 40), (set(&[0, 1]), 30), (set(&[1, 2]), 20), (set(&[0, 2]), 25)];
/// let histories = CaptureHistories::try_new(["police", "shelters", "hotline"], counts)?;
/// let model = LatentClassModel::builder().seed(7).burn_in(500).draws(500).thinning(5).build()?;
/// let found = model.estimate(&histories, &Control::default())?;
/// let posterior = found.posterior.as_ref().expect("there are persons");
/// assert!(posterior.median > 225.0 && posterior.chains == 4);
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
///
/// # When not to use
/// With sparse overlap the chains often do not agree, and then there is no answer
/// ([`Status::NotConverged`](crate::mse::Status::NotConverged)). A posterior cut by the bound (see [`LatentClass::share_at_bound`]) is set by the
/// bound and not by the data.
///
/// # Sources
/// Manrique-Vallier (2016), Bayesian population size estimation using Dirichlet process mixtures, *Biometrics* 72(4).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatentClassModel {
    plan: ChainPlan,
    classes: usize,
    concentration: (f64, f64),
    bound: f64,
}

/// Sets the parameters of [`LatentClassModel`]; what is not set has its default.
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use]
pub struct LatentClassBuilder(LatentClassModel);

impl Default for LatentClassBuilder {
    fn default() -> Self {
        let plan = ChainPlan { chains: 4, burn_in: 10_000, draws: 1000, thinning: 50, seed: 1, level: Level::P95 };
        Self(LatentClassModel { plan, classes: 10, concentration: (0.25, 0.25), bound: 20.0 })
    }
}

impl LatentClassBuilder {
    /// The most classes, from 1 (lists are independent) to 100; by default 10.
    pub fn classes(mut self, classes: usize) -> Self {
        self.0.classes = classes;
        self
    }

    /// Shape and rate of the gamma prior of the concentration α, both positive; by default 0.25 and 0.25.
    pub fn concentration(mut self, shape: f64, rate: f64) -> Self {
        self.0.concentration = (shape, rate);
        self
    }

    /// The most persons not seen, as a multiple of those seen, from 1 to 1,000,000; by default 20. All persons together
    /// are at most 2^53 in any case.
    pub fn bound(mut self, multiple: f64) -> Self {
        self.0.bound = multiple;
        self
    }

    /// The number of chains, from 4 to 256; by default 4. Each starts from another number of persons not seen.
    pub fn chains(mut self, chains: usize) -> Self {
        self.0.plan.chains = chains;
        self
    }

    /// Sweeps of each chain that are thrown away first; by default 10,000.
    pub fn burn_in(mut self, sweeps: usize) -> Self {
        self.0.plan.burn_in = sweeps;
        self
    }

    /// Draws kept of each chain, from 100 to 20,000; by default 1,000.
    pub fn draws(mut self, draws: usize) -> Self {
        self.0.plan.draws = draws;
        self
    }

    /// Sweeps from one draw to the next; by default 50.
    pub fn thinning(mut self, sweeps: usize) -> Self {
        self.0.plan.thinning = sweeps;
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
    pub fn build(self) -> Result<LatentClassModel, MseError> {
        let rule = |option, rule| Err(MseError::Option { option, rule });
        let model = self.0;
        model.plan.check()?;
        if !(1..=MOST_CLASSES).contains(&model.classes) {
            return rule("classes", "from 1 to 100");
        }
        let (shape, rate) = model.concentration;
        if !(1e-3..=1e6).contains(&shape) || !(1e-6..=1e6).contains(&rate) {
            return rule("concentration", "a shape from 0.001 and a rate from 0.000001, both to 1,000,000");
        }
        if !(1.0..=1e6).contains(&model.bound) {
            return rule("bound", "from 1 to 1,000,000 times the persons seen");
        }
        Ok(model)
    }
}

impl LatentClassModel {
    /// Parameters to be set.
    pub fn builder() -> LatentClassBuilder {
        LatentClassBuilder::default()
    }

    /// Runs the chains. Lists of nobody are left out.
    ///
    /// The time grows with the number of different histories, of classes and of sweeps, not with that of persons.
    ///
    /// # Errors
    /// [`MseError::Table`] when cancelled, or when the draws would take more memory than allowed.
    pub fn estimate(&self, histories: &CaptureHistories, control: &Control) -> Result<LatentClass, MseError> {
        let observed = Observed::of(histories);
        if observed.persons == 0 {
            return Ok(self.result(&observed, histories, 0, &[]));
        }
        let bound = whole(self.bound * real(observed.persons)).min(MOST_PERSONS - observed.persons);
        let prior = Prior { classes: self.classes, shape: self.concentration.0, rate: self.concentration.1, bound };
        // Draws as numbers, copied and ranked by the diagnostics; the state of a chain.
        let kept = 120 * self.plan.chains * self.plan.draws;
        let state =
            self.plan.chains * (80 * observed.histories.len() + 32 * self.classes * (observed.lists.len() + 16));
        control.reserve(u64::try_from(kept + state).unwrap_or(u64::MAX))?;
        let work = observed.histories.len() * self.classes;
        let chains = self.plan.run(0, "latent classes", control, |number, source, ticker| {
            ticker.look_every(u64::try_from(WORK_PER_LOOK / work.max(1)).unwrap_or(1));
            let mut kernel = Kernel::new(&observed, prior);
            kernel.start(start(number, self.plan.chains, observed.persons, bound), source);
            let mut chain = Chain::with_capacity(self.plan.draws);
            for _ in 0..self.plan.burn_in {
                kernel.sweep(source);
                ticker.tick()?;
            }
            for _ in 0..self.plan.draws {
                let mut unseen = 0;
                for _ in 0..self.plan.thinning {
                    unseen = kernel.sweep(source);
                    ticker.tick()?;
                }
                chain.push(unseen, kernel.classes_in_use());
            }
            Ok(chain)
        })?;
        Ok(self.result(&observed, histories, bound, &chains))
    }

    fn result(&self, observed: &Observed, histories: &CaptureHistories, bound: u64, chains: &[Chain]) -> LatentClass {
        LatentClass::of(observed, histories, bound, self.bound, self.classes, &self.plan, chains)
    }
}

/// How many persons were not seen at the start of a chain: over all chains, from a tenth of the persons seen to half the
/// bound, in equal factors.
fn start(number: usize, chains: usize, persons: u64, bound: u64) -> u64 {
    let (low, high) = (0.1 * real(persons), 0.5 * real(bound));
    let share = real_size(number) / real_size(chains - 1);
    whole(low * (high / low).powf(share)).clamp(1.min(bound), bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_range_are_refused() {
        let builder = LatentClassModel::builder;
        assert!(builder().build().is_ok());
        for wrong in [
            builder().classes(0),
            builder().classes(101),
            builder().concentration(0.0, 1.0),
            builder().concentration(1.0, f64::NAN),
            builder().bound(0.5),
            builder().bound(f64::INFINITY),
            builder().chains(3),
            builder().draws(99),
            builder().thinning(0),
            builder().burn_in(usize::MAX),
        ] {
            assert!(matches!(wrong.build(), Err(MseError::Option { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn chains_start_far_apart_and_within_the_bound() {
        let starts: Vec<u64> = (0..4).map(|number| start(number, 4, 1000, 20_000)).collect();
        assert_eq!((starts[0], starts[3]), (100, 10_000));
        assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(start(0, 4, 1, 1), 1);
    }
}
