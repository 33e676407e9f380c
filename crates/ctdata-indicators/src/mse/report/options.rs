//! What is asked of a report.

use crate::interval::Level;
use crate::mse::bootstrap::BootstrapOptions;
use crate::mse::outcome::Method;

/// The methods and their settings. The default runs every method that needs no further input, with bootstrap and
/// sensitivity.
#[derive(Debug, Clone, PartialEq)]
pub struct MseOptions {
    /// The methods, in the order of the report; empty for all, a [`Method::Fixed`] model only if one is given.
    pub methods: Vec<Method>,
    /// The level of all intervals; 95 % by default.
    pub level: Level,
    /// The notation of the model of [`Method::Fixed`], by numbers (`[12,3]`) or by names (`[LA:NG,GP]`).
    pub model: Option<String>,
    /// Below this p-value stepwise selection adds an interaction; 0.02 by default: Chan, Silverman and Vincent (2021).
    pub threshold: f64,
    /// The largest interaction that the search by BIC tries; none for the default of the number of lists.
    pub max_order: Option<usize>,
    /// Bootstrap replicates, in each of which the model is chosen again; 5,000 by default, 0 for no bootstrap. Of more than
    /// eight lists, methods that choose a model have one only if they are asked for by name in `methods`.
    pub replicates: u32,
    /// The seed of everything random; 1 by default.
    pub seed: u64,
    /// Whether lists are left out, merged (of at most ten lists), added one by one and taken for populations; true by
    /// default.
    pub sensitivity: bool,
}

impl Default for MseOptions {
    fn default() -> Self {
        Self {
            methods: Vec::new(),
            level: Level::default(),
            model: None,
            threshold: 0.02,
            max_order: None,
            replicates: 5_000,
            seed: 1,
            sensitivity: true,
        }
    }
}

impl MseOptions {
    /// The bootstrap that they ask for.
    pub(super) fn bootstrap(&self) -> BootstrapOptions {
        BootstrapOptions {
            replicates: self.replicates as usize,
            seed: self.seed,
            level: self.level,
            ..BootstrapOptions::default()
        }
    }
}
