//! How many chains of which length, and running them.

use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::parallel::try_map;
use crate::mse::random::Source;
use ctdata_table::Control;
use std::sync::atomic::{AtomicU64, Ordering};

/// Fewest and most of each.
const CHAINS: std::ops::RangeInclusive<usize> = 4..=256;
const DRAWS: std::ops::RangeInclusive<usize> = 100..=20_000;
const MOST_BURN_IN: usize = 100_000_000;
const MOST_THINNING: usize = 1_000_000;

/// A run of chains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ChainPlan {
    pub(crate) chains: usize,
    /// Steps of each chain that are thrown away.
    pub(crate) burn_in: usize,
    /// Draws kept of each chain.
    pub(crate) draws: usize,
    /// Steps from one draw to the next.
    pub(crate) thinning: usize,
    pub(crate) seed: u64,
    pub(crate) level: Level,
}

impl ChainPlan {
    pub(crate) fn check(self) -> Result<Self, MseError> {
        let rule = |option, rule| Err(MseError::Option { option, rule });
        if !CHAINS.contains(&self.chains) {
            return rule("chains", "from 4 to 256: fewer cannot show whether they agree");
        }
        if !DRAWS.contains(&self.draws) {
            return rule("draws", "from 100 to 20,000 of each chain");
        }
        if self.burn_in > MOST_BURN_IN {
            return rule("burn-in", "at most 100,000,000 steps");
        }
        if self.thinning == 0 || self.thinning > MOST_THINNING {
            return rule("thinning", "from 1 to 1,000,000 steps a draw");
        }
        Ok(self)
    }

    /// Steps of one chain.
    pub(crate) fn steps(&self) -> u64 {
        // The largest plan has 2·10^10 steps.
        u64::try_from(self.burn_in + self.draws * self.thinning).unwrap_or(u64::MAX)
    }

    /// Runs every chain, each with random numbers of its own; `part` numbers the runs of one estimate.
    ///
    /// # Errors
    /// When cancelled.
    pub(crate) fn run<R: Send>(
        &self,
        part: u64,
        stage: &'static str,
        control: &Control,
        chain: impl Fn(usize, &mut Source, &mut Ticker<'_>) -> Result<R, MseError> + Sync + Send,
    ) -> Result<Vec<R>, MseError> {
        let done = AtomicU64::new(0);
        let total = self.steps().saturating_mul(u64::try_from(self.chains).unwrap_or(u64::MAX));
        let numbers: Vec<usize> = (0..self.chains).collect();
        try_map(&numbers, |&number| {
            let stream = (part << 32) | u64::try_from(number).unwrap_or_default();
            let mut source = Source::new(self.seed, stream);
            let mut ticker = Ticker { control, done: &done, total, stage, every: 1, waiting: 0 };
            chain(number, &mut source, &mut ticker)
        })
    }
}

/// Counts the steps of a chain, tells how far all have come and stops when asked.
#[derive(Debug)]
pub(crate) struct Ticker<'a> {
    control: &'a Control,
    done: &'a AtomicU64,
    total: u64,
    stage: &'static str,
    every: u64,
    waiting: u64,
}

impl Ticker<'_> {
    /// Looks up after this many steps.
    pub(crate) fn look_every(&mut self, steps: u64) {
        self.every = steps.max(1);
    }

    /// One step is done.
    ///
    /// # Errors
    /// When cancelled.
    pub(crate) fn tick(&mut self) -> Result<(), MseError> {
        self.waiting += 1;
        if self.waiting < self.every {
            return Ok(());
        }
        let done = self.done.fetch_add(self.waiting, Ordering::Relaxed) + self.waiting;
        self.waiting = 0;
        self.control.check()?;
        self.control.report(self.stage, done, Some(self.total));
        Ok(())
    }
}
