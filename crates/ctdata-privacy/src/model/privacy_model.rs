//! The models as one type.

use std::fmt;

use super::{
    AverageRisk, BetaLikeness, DeltaDisclosure, DeltaPresence, DistinctLDiversity, EntropyLDiversity, KAnonymity, KMap,
    Monotonicity, PopulationUniqueness, RecursiveCLDiversity, SampleUniqueness, TCloseness,
};

/// A model that judges one class at a time, whatever the other classes are.
///
/// A union of parts that satisfy such a model satisfies it, so that local recoding can work class by
/// class. A model that needs the whole table is a [`TableModel`] and no `ClassModel`:
///
/// ```
/// use ctdata_privacy::{ClassModel, KAnonymity};
/// let models: Vec<ClassModel> = vec![KAnonymity::try_new(5)?.into()];
/// assert_eq!(models[0].to_string(), "k-anonymity with k = 5");
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
/// ```compile_fail,E0277
/// use ctdata_privacy::{AverageRisk, ClassModel};
/// let models: Vec<ClassModel> = vec![AverageRisk::try_new(0.1)?.into()];
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ClassModel {
    /// At least k units.
    KAnonymity(KAnonymity),
    /// At least k people of the population.
    KMap(KMap),
    /// At least l values.
    DistinctLDiversity(DistinctLDiversity),
    /// The entropy of l values.
    EntropyLDiversity(EntropyLDiversity),
    /// The most frequent value bounded by the rare ones.
    RecursiveCLDiversity(RecursiveCLDiversity),
    /// A distribution near that of the table.
    TCloseness(TCloseness),
    /// No value much more or less frequent than in the table.
    DeltaDisclosure(DeltaDisclosure),
    /// No value much more frequent than in the table.
    BetaLikeness(BetaLikeness),
    /// The share of the population that is in the file.
    DeltaPresence(DeltaPresence),
}

/// A model that looks at all classes that are kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TableModel {
    /// The share of units that are alone.
    SampleUniqueness(SampleUniqueness),
    /// The mean risk.
    AverageRisk(AverageRisk),
    /// The estimated share of the population that is alone.
    PopulationUniqueness(PopulationUniqueness),
}

/// Any privacy model.
///
/// ```
/// use ctdata_privacy::{DistinctLDiversity, KAnonymity, PrivacyModel, SampleUniqueness};
/// let models: Vec<PrivacyModel> = vec![
///     KAnonymity::try_new(5)?.into(),
///     DistinctLDiversity::try_new("diagnosis", 2)?.into(),
///     SampleUniqueness::try_new(0.0)?.into(),
/// ];
/// assert_eq!(models[1].name(), "distinct-l-diversity");
/// assert_eq!(models[1].attribute(), Some("diagnosis"));
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum PrivacyModel {
    /// Judges one class at a time.
    Class(ClassModel),
    /// Judges all kept classes together.
    Table(TableModel),
}

impl ClassModel {
    /// The name in reports and plans.
    pub fn name(&self) -> &'static str {
        match self {
            Self::KAnonymity(_) => KAnonymity::NAME,
            Self::KMap(_) => KMap::NAME,
            Self::DistinctLDiversity(_) => DistinctLDiversity::NAME,
            Self::EntropyLDiversity(_) => EntropyLDiversity::NAME,
            Self::RecursiveCLDiversity(_) => RecursiveCLDiversity::NAME,
            Self::TCloseness(_) => TCloseness::NAME,
            Self::DeltaDisclosure(_) => DeltaDisclosure::NAME,
            Self::BetaLikeness(_) => BetaLikeness::NAME,
            Self::DeltaPresence(_) => DeltaPresence::NAME,
        }
    }

    /// The sensitive attribute, of models that have one.
    pub fn attribute(&self) -> Option<&str> {
        match self {
            Self::KAnonymity(_) | Self::KMap(_) | Self::DeltaPresence(_) => None,
            Self::DistinctLDiversity(model) => Some(model.attribute()),
            Self::EntropyLDiversity(model) => Some(model.attribute()),
            Self::RecursiveCLDiversity(model) => Some(model.attribute()),
            Self::TCloseness(model) => Some(model.attribute()),
            Self::DeltaDisclosure(model) => Some(model.attribute()),
            Self::BetaLikeness(model) => Some(model.attribute()),
        }
    }

    /// What generalizing further can do to it.
    pub fn monotonicity(&self) -> Monotonicity {
        match self {
            Self::KAnonymity(_) => KAnonymity::MONOTONICITY,
            Self::KMap(_) => KMap::MONOTONICITY,
            Self::DistinctLDiversity(_) => DistinctLDiversity::MONOTONICITY,
            Self::EntropyLDiversity(model) => model.monotonicity(),
            Self::RecursiveCLDiversity(_) => RecursiveCLDiversity::MONOTONICITY,
            Self::TCloseness(_) => TCloseness::MONOTONICITY,
            Self::DeltaDisclosure(model) => model.monotonicity(),
            Self::BetaLikeness(_) => BetaLikeness::MONOTONICITY,
            Self::DeltaPresence(_) => DeltaPresence::MONOTONICITY,
        }
    }

    /// Whether it counts in a population table.
    pub fn needs_population(&self) -> bool {
        match self {
            Self::KMap(model) => model.needs_population(),
            Self::DeltaPresence(_) => true,
            _ => false,
        }
    }
}

impl TableModel {
    /// The name in reports and plans.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SampleUniqueness(_) => SampleUniqueness::NAME,
            Self::AverageRisk(_) => AverageRisk::NAME,
            Self::PopulationUniqueness(_) => PopulationUniqueness::NAME,
        }
    }

    /// What generalizing further can do to it.
    pub fn monotonicity(&self) -> Monotonicity {
        match self {
            Self::SampleUniqueness(_) => SampleUniqueness::MONOTONICITY,
            Self::AverageRisk(_) => AverageRisk::MONOTONICITY,
            Self::PopulationUniqueness(_) => PopulationUniqueness::MONOTONICITY,
        }
    }
}

impl PrivacyModel {
    /// The name in reports and plans, in kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Class(model) => model.name(),
            Self::Table(model) => model.name(),
        }
    }

    /// The sensitive attribute, of models that have one.
    pub fn attribute(&self) -> Option<&str> {
        match self {
            Self::Class(model) => model.attribute(),
            Self::Table(_) => None,
        }
    }

    /// What generalizing further can do to it.
    pub fn monotonicity(&self) -> Monotonicity {
        match self {
            Self::Class(model) => model.monotonicity(),
            Self::Table(model) => model.monotonicity(),
        }
    }

    /// Whether it counts in a population table.
    pub fn needs_population(&self) -> bool {
        matches!(self, Self::Class(model) if model.needs_population())
    }
}

impl fmt::Display for ClassModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KAnonymity(model) => model.fmt(f),
            Self::KMap(model) => model.fmt(f),
            Self::DistinctLDiversity(model) => model.fmt(f),
            Self::EntropyLDiversity(model) => model.fmt(f),
            Self::RecursiveCLDiversity(model) => model.fmt(f),
            Self::TCloseness(model) => model.fmt(f),
            Self::DeltaDisclosure(model) => model.fmt(f),
            Self::BetaLikeness(model) => model.fmt(f),
            Self::DeltaPresence(model) => model.fmt(f),
        }
    }
}

impl fmt::Display for TableModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SampleUniqueness(model) => model.fmt(f),
            Self::AverageRisk(model) => model.fmt(f),
            Self::PopulationUniqueness(model) => model.fmt(f),
        }
    }
}

impl fmt::Display for PrivacyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(model) => model.fmt(f),
            Self::Table(model) => model.fmt(f),
        }
    }
}

impl From<ClassModel> for PrivacyModel {
    fn from(model: ClassModel) -> Self {
        Self::Class(model)
    }
}

impl From<TableModel> for PrivacyModel {
    fn from(model: TableModel) -> Self {
        Self::Table(model)
    }
}

macro_rules! from_models {
    ($kind:ident, $variant:ident: $($model:ident),+) => {
        $(
            impl From<$model> for $kind {
                fn from(model: $model) -> Self {
                    Self::$model(model)
                }
            }

            impl From<$model> for PrivacyModel {
                fn from(model: $model) -> Self {
                    Self::$variant($kind::$model(model))
                }
            }
        )+
    };
}

from_models!(
    ClassModel, Class: KAnonymity, KMap, DistinctLDiversity, EntropyLDiversity, RecursiveCLDiversity, TCloseness,
    DeltaDisclosure, BetaLikeness, DeltaPresence
);
from_models!(TableModel, Table: SampleUniqueness, AverageRisk, PopulationUniqueness);
