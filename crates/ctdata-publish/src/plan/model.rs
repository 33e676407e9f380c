//! The privacy models of a plan.

use std::path::{Path, PathBuf};

use ctdata_privacy::{
    AverageRisk, BetaLikeness, DeltaDisclosure, DeltaPresence, DistinctLDiversity, EntropyEstimator, EntropyLDiversity,
    KAnonymity, KMap, PopulationEstimator, PopulationUniqueness, RecursiveCLDiversity, SampleUniqueness, TCloseness,
};
use serde::{Deserialize, Serialize};

use super::{AttributePlan, Role};

/// A privacy model and its parameters; the definitions are in `ctdata-privacy`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ModelPlan {
    /// Every combination of quasi-identifiers in the release occurs at least k times.
    KAnonymity {
        /// The smallest class.
        k: u32,
    },
    /// Every combination occurs at least k times in the population.
    KMap {
        /// The smallest class of the population.
        k: u32,
        /// A file of the population with the same columns; else the class sizes are estimated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        population: Option<PathBuf>,
        /// The share of the population that the file holds, for the estimate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sampling_fraction: Option<f64>,
        /// The chance of being wrong, for the estimate; 0.05 if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        significance: Option<f64>,
    },
    /// Every class has at least l values of the attribute.
    DistinctLDiversity {
        /// The sensitive attribute.
        attribute: String,
        /// The least number of values.
        l: u32,
    },
    /// The entropy of the attribute in every class is at least log l.
    EntropyLDiversity {
        /// The sensitive attribute.
        attribute: String,
        /// The least number of equally frequent values.
        l: f64,
        /// `shannon` or `grassberger`; Shannon if left out.
        #[serde(default)]
        estimator: EntropyEstimator,
    },
    /// The most frequent value of every class is rarer than c times the rare ones together.
    RecursiveCLDiversity {
        /// The sensitive attribute.
        attribute: String,
        /// The factor.
        c: f64,
        /// From which rank on values count as rare.
        l: u32,
    },
    /// The distribution of the attribute in every class is within t of that in the file.
    TCloseness {
        /// The sensitive attribute.
        attribute: String,
        /// The largest distance, from 0 to 1.
        t: f64,
        /// `equal`, `ordered` or `hierarchical`; equal if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        distance: Option<DistancePlan>,
    },
    /// No value is much more or less frequent in a class than in the file.
    DeltaDisclosure {
        /// The sensitive attribute.
        attribute: String,
        /// The largest logarithm (base 2) of a ratio of frequencies.
        delta: f64,
        /// Only values that occur in a class are compared; otherwise every class needs every value.
        #[serde(default)]
        present_only: bool,
    },
    /// No value gains much in frequency in a class against the file.
    BetaLikeness {
        /// The sensitive attribute.
        attribute: String,
        /// The largest relative gain.
        beta: f64,
        /// Frequent values may gain less.
        #[serde(default)]
        enhanced: bool,
    },
    /// Who is in the file cannot be told from who is in the population, within bounds.
    DeltaPresence {
        /// The least share of a class of the population that is in the file.
        min: f64,
        /// The largest share.
        max: f64,
        /// A file of the population with the same columns.
        population: PathBuf,
    },
    /// The share of records that are alone in their class.
    SampleUniqueness {
        /// The largest share.
        share: f64,
    },
    /// The mean risk of re-identification.
    AverageRisk {
        /// The largest mean.
        risk: f64,
        /// The largest risk of any record; not bounded if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        highest: Option<f64>,
    },
    /// The estimated share of records that are unique in the population.
    PopulationUniqueness {
        /// The largest share.
        share: f64,
        /// The share of the population that the file holds.
        sampling_fraction: f64,
        /// `zayatz`, `pitman`, `slide-negative-binomial` (or `snb`), or `dankar`; Dankar's rule if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimator: Option<PopulationEstimator>,
    },
}

/// How far two values of a sensitive attribute are apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DistancePlan {
    /// 1 between any two values.
    #[default]
    Equal,
    /// By their order.
    Ordered,
    /// By the level on which they meet in the hierarchy of the attribute's entry.
    Hierarchical,
}

impl ModelPlan {
    /// The sensitive attribute that the model speaks of.
    pub fn attribute(&self) -> Option<&str> {
        match self {
            Self::DistinctLDiversity { attribute, .. }
            | Self::EntropyLDiversity { attribute, .. }
            | Self::RecursiveCLDiversity { attribute, .. }
            | Self::TCloseness { attribute, .. }
            | Self::DeltaDisclosure { attribute, .. }
            | Self::BetaLikeness { attribute, .. } => Some(attribute),
            _ => None,
        }
    }

    /// The file of the population that the model counts in.
    pub fn population(&self) -> Option<&Path> {
        match self {
            Self::KMap { population, .. } => population.as_deref(),
            Self::DeltaPresence { population, .. } => Some(population),
            _ => None,
        }
    }

    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::KAnonymity { .. } => KAnonymity::NAME,
            Self::KMap { .. } => KMap::NAME,
            Self::DistinctLDiversity { .. } => DistinctLDiversity::NAME,
            Self::EntropyLDiversity { .. } => EntropyLDiversity::NAME,
            Self::RecursiveCLDiversity { .. } => RecursiveCLDiversity::NAME,
            Self::TCloseness { .. } => TCloseness::NAME,
            Self::DeltaDisclosure { .. } => DeltaDisclosure::NAME,
            Self::BetaLikeness { .. } => BetaLikeness::NAME,
            Self::DeltaPresence { .. } => DeltaPresence::NAME,
            Self::SampleUniqueness { .. } => SampleUniqueness::NAME,
            Self::AverageRisk { .. } => AverageRisk::NAME,
            Self::PopulationUniqueness { .. } => PopulationUniqueness::NAME,
        }
    }

    /// What can be said without a table: the parameters, and what its attribute is.
    pub(super) fn check(&self, attributes: &[AttributePlan]) -> Result<(), String> {
        if let Self::DeltaPresence { min, max, .. } = self
            && min > max
        {
            return Err(format!("min = {min} is above max = {max}"));
        }
        crate::models::check(self).map_err(|error| error.to_string())?;
        if let Self::KMap { population, sampling_fraction, .. } = self
            && population.is_some() == sampling_fraction.is_some()
        {
            return Err("k-map needs either population or sampling_fraction".to_owned());
        }
        let Some(name) = self.attribute() else { return Ok(()) };
        match attributes.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.role) {
            Some(Role::Sensitive) | None => Ok(()),
            Some(Role::QuasiIdentifier) => Err(format!(
                "`{name}` is a quasi-identifier, which somebody is taken to know, and cannot be sensitive as well"
            )),
            Some(_) => Err(format!("`{name}`: a model speaks of it, so that its role is sensitive")),
        }
    }
}
