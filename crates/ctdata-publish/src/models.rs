//! The privacy models of a plan, made for a table.

use std::path::Path;

use ctdata_model::{CaseReader, Dataset, ModelError};
use ctdata_privacy::{
    AbsentValues, AverageRisk, BetaBound, BetaLikeness, DeltaDisclosure, DeltaPresence, DistinctLDiversity,
    EntropyLDiversity, KAnonymity, KMap, PopulationEstimator, PopulationUniqueness, PrivacyModel, RecursiveCLDiversity,
    SampleUniqueness, SampledClass, SamplingFraction, SensitiveDistance, TCloseness,
};
use ctdata_table::csv::CsvReader;
use ctdata_table::{Attribute, Control, Schema, Table};

use crate::plan::{CTDC_K, DistancePlan};
use crate::roles::Roles;
use crate::{ModelPlan, Plan, PublishError};

/// The chance of being wrong that an estimated k-map takes where a plan does not say.
const SIGNIFICANCE: f64 = 0.05;

/// What must hold, and the population it speaks of.
pub(crate) struct Models {
    pub(crate) models: Vec<PrivacyModel>,
    pub(crate) population: Option<Table>,
}

impl Models {
    pub(crate) fn of(plan: &Plan, roles: &Roles, dataset: &Dataset, control: &Control) -> Result<Self, PublishError> {
        let quasi = roles.quasi_names();
        let mut models = Vec::new();
        if plan.anonymize.models.is_empty() {
            models.push(KAnonymity::try_new(CTDC_K)?.into());
        }
        let mut population: Option<(&Path, Table)> = None;
        for model in &plan.anonymize.models {
            models.push(model_of(model, roles, dataset)?);
            let file = match model {
                ModelPlan::KMap { population, .. } => population.as_deref(),
                ModelPlan::DeltaPresence { population, .. } => Some(population.as_path()),
                _ => None,
            };
            match (file, &population) {
                (Some(file), None) => {
                    population = Some((file, read_population(&plan.folder.join(file), dataset, &quasi, control)?));
                }
                (Some(file), Some((known, _))) if file != *known => {
                    return Err(PublishError::plan("the models speak of two populations"));
                }
                _ => {}
            }
        }
        Ok(Self { models, population: population.map(|(_, table)| table) })
    }
}

fn model_of(model: &ModelPlan, roles: &Roles, dataset: &Dataset) -> Result<PrivacyModel, PublishError> {
    let name = |name: &str| Ok::<_, PublishError>(dataset.resolve(name)?);
    Ok(match model {
        ModelPlan::KAnonymity { k } => KAnonymity::try_new(*k)?.into(),
        ModelPlan::KMap { k, population: Some(_), .. } => KMap::try_new(*k)?.into(),
        ModelPlan::KMap { k, sampling_fraction, significance, .. } => {
            let fraction = SamplingFraction::try_new(sampling_fraction.unwrap_or(1.0))?;
            KMap::estimated(*k, fraction, significance.unwrap_or(SIGNIFICANCE), SampledClass::Poisson)?.into()
        }
        ModelPlan::DistinctLDiversity { attribute, l } => DistinctLDiversity::try_new(name(attribute)?, *l)?.into(),
        ModelPlan::EntropyLDiversity { attribute, l, estimator } => {
            EntropyLDiversity::try_new(name(attribute)?, *l)?.with_estimator(*estimator).into()
        }
        ModelPlan::RecursiveCLDiversity { attribute, c, l } => {
            RecursiveCLDiversity::try_new(name(attribute)?, *c, *l)?.into()
        }
        ModelPlan::TCloseness { attribute, t, distance } => {
            let distance = match distance.unwrap_or_default() {
                DistancePlan::Equal => SensitiveDistance::Equal,
                DistancePlan::Ordered => SensitiveDistance::Ordered,
                DistancePlan::Hierarchical => match roles.hierarchy(&name(attribute)?) {
                    Some(hierarchy) => SensitiveDistance::Hierarchical(hierarchy.clone()),
                    None => {
                        let message = format!("`{attribute}`: the hierarchical distance needs a hierarchy");
                        return Err(PublishError::plan(message));
                    }
                },
            };
            TCloseness::try_new(name(attribute)?, *t, distance)?.into()
        }
        ModelPlan::DeltaDisclosure { attribute, delta, present_only } => {
            let absent = if *present_only { AbsentValues::PresentOnly } else { AbsentValues::Strict };
            DeltaDisclosure::try_new(name(attribute)?, *delta, absent)?.into()
        }
        ModelPlan::BetaLikeness { attribute, beta, enhanced } => {
            let bound = if *enhanced { BetaBound::Enhanced } else { BetaBound::Basic };
            BetaLikeness::try_new(name(attribute)?, *beta, bound)?.into()
        }
        ModelPlan::DeltaPresence { min, max, .. } => DeltaPresence::try_new(*min, *max)?.into(),
        ModelPlan::SampleUniqueness { share } => SampleUniqueness::try_new(*share)?.into(),
        ModelPlan::AverageRisk { risk, highest } => {
            let model = AverageRisk::try_new(*risk)?;
            match highest {
                Some(highest) => model.with_highest(*highest)?.into(),
                None => model.into(),
            }
        }
        ModelPlan::PopulationUniqueness { share, sampling_fraction, estimator } => PopulationUniqueness::try_new(
            *share,
            SamplingFraction::try_new(*sampling_fraction)?,
            estimator.unwrap_or(PopulationEstimator::Dankar),
        )?
        .into(),
    })
}

/// A file with the quasi-identifiers of everybody, in the layout of the input or as plain text; its columns
/// are named as those of the input.
fn read_population(path: &Path, dataset: &Dataset, quasi: &[String], control: &Control) -> Result<Table, PublishError> {
    let reader = CaseReader::default();
    let outcome = match reader.read_as(path, None, control) {
        Err(ModelError::UnknownLayout { .. }) => reader.read_plain(path, CsvReader::new(), control)?,
        outcome => outcome?,
    };
    let population = outcome.into_dataset()?;
    let table = population.table();
    let mut attributes = Vec::new();
    let mut columns = Vec::new();
    for name in quasi {
        let position =
            table.schema().attributes().iter().position(|other| {
                other.name() == name || dataset.resolve(other.name()).is_ok_and(|other| other == *name)
            });
        let found = position.and_then(|at| Some((table.schema().get(at)?, table.column(at)?)));
        let Some((attribute, column)) = found else {
            return Err(PublishError::plan(format!("{}: the population has no column `{name}`", path.display())));
        };
        attributes.push(Attribute::new(name.as_str(), attribute.domain().clone(), attribute.missing()));
        columns.push(column.clone());
    }
    Ok(Table::try_new(Schema::try_new(attributes)?, columns)?)
}
