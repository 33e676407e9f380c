//! The privacy models of a plan, made for a table.

use std::collections::HashSet;
use std::path::Path;

use ctdata_model::{CaseReader, Dataset, ModelError};
use ctdata_privacy::{
    AbsentValues, AverageRisk, BetaBound, BetaLikeness, DeltaDisclosure, DeltaPresence, DistinctLDiversity,
    EntropyEstimator, EntropyLDiversity, KAnonymity, KMap, PopulationEstimator, PopulationUniqueness, PrivacyError,
    PrivacyModel, RecursiveCLDiversity, SampleUniqueness, SampledClass, SamplingFraction, SensitiveDistance,
    TCloseness,
};
use ctdata_table::csv::CsvReader;
use ctdata_table::{Attribute, Control, DomainKind, Schema, Table};

use crate::plan::{CTDC_K, DistancePlan};
use crate::roles::{Roles, resolve};
use crate::{AnonymizePlan, ModelPlan, Plan, PublishError};

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
        for (place, model) in plan.anonymize.models.iter().enumerate() {
            let at = |error: PublishError| error.at(AnonymizePlan::model_place(place, model));
            models.push(fitted(model, roles, dataset).map_err(at)?);
            match (model.population(), &population) {
                (Some(file), None) => {
                    let path = plan.folder.join(file);
                    population = Some((file, read_population(&path, dataset, &quasi, control).map_err(at)?));
                }
                (Some(file), Some((known, _))) if file != *known => {
                    let message = format!(
                        "its population is {}, and that of a model before is {}; there is one population",
                        file.display(),
                        known.display()
                    );
                    return Err(at(PublishError::plan(message)));
                }
                _ => {}
            }
        }
        Ok(Self { models, population: population.map(|(_, table)| table) })
    }
}

/// The parameters of a model, as far as they can be checked without a table.
pub(crate) fn check(model: &ModelPlan) -> Result<(), PrivacyError> {
    let name = model.attribute().unwrap_or_default();
    model_of(model, name, SensitiveDistance::Equal).map(|_| ())
}

/// A model over the table's own names; refused if no release of the table can satisfy it.
fn fitted(model: &ModelPlan, roles: &Roles, dataset: &Dataset) -> Result<PrivacyModel, PublishError> {
    let table = dataset.table();
    if let ModelPlan::KAnonymity { k } = model
        && table.rows() > 0
        && u64::from(*k) > table.rows() as u64
    {
        let s = if table.rows() == 1 { "" } else { "s" };
        return Err(PublishError::impossible(format!("k = {k}, and the file has {} record{s}", table.rows())));
    }
    let Some(attribute) = model.attribute() else { return Ok(model_of(model, "", SensitiveDistance::Equal)?) };
    let name = resolve(dataset, attribute)?;
    if !roles.is_sensitive(&name) {
        let message = format!("`{attribute}`: a model speaks of it, so that it needs an entry with the role sensitive");
        return Err(PublishError::plan(message));
    }
    let has_order = |name: &str| Ok::<_, PublishError>(table.named(name)?.0.domain().kind() != DomainKind::Nominal);
    let distance = match model {
        ModelPlan::TCloseness { distance: Some(DistancePlan::Ordered), .. } if !has_order(&name)? => {
            let message =
                format!("`{attribute}`: the ordered distance needs an order of its values: `order` gives it one");
            return Err(PublishError::plan(message));
        }
        ModelPlan::TCloseness { distance: Some(DistancePlan::Ordered), .. } => SensitiveDistance::Ordered,
        ModelPlan::TCloseness { distance: Some(DistancePlan::Hierarchical), .. } => {
            let Some(hierarchy) = roles.hierarchy(&name) else {
                let message = format!("`{attribute}`: the hierarchical distance needs a hierarchy in its entry");
                return Err(PublishError::plan(message));
            };
            SensitiveDistance::Hierarchical(hierarchy.clone())
        }
        _ => SensitiveDistance::Equal,
    };
    let least = match model {
        ModelPlan::DistinctLDiversity { l, .. } | ModelPlan::RecursiveCLDiversity { l, .. } => Some(f64::from(*l)),
        ModelPlan::EntropyLDiversity { l, estimator: EntropyEstimator::Shannon, .. } => Some(*l),
        _ => None,
    };
    let (_, column) = table.named(&name)?;
    let values = column.iter().collect::<HashSet<_>>().len();
    #[expect(clippy::cast_precision_loss, reason = "at most 65,536 codes")]
    if let Some(l) = least.filter(|l| values > 0 && *l > values as f64) {
        let s = if values == 1 { "" } else { "s" };
        return Err(PublishError::impossible(format!("l = {l}, and `{attribute}` has {values} value{s} in the file")));
    }
    Ok(model_of(model, &name, distance)?)
}

/// A model that speaks of the attribute of this name, if of any.
fn model_of(model: &ModelPlan, name: &str, distance: SensitiveDistance) -> Result<PrivacyModel, PrivacyError> {
    Ok(match model {
        ModelPlan::KAnonymity { k } => KAnonymity::try_new(*k)?.into(),
        ModelPlan::KMap { k, population: Some(_), .. } => KMap::try_new(*k)?.into(),
        ModelPlan::KMap { k, sampling_fraction, significance, .. } => {
            let fraction = SamplingFraction::try_new(sampling_fraction.unwrap_or(1.0))?;
            KMap::estimated(*k, fraction, significance.unwrap_or(SIGNIFICANCE), SampledClass::Poisson)?.into()
        }
        ModelPlan::DistinctLDiversity { l, .. } => DistinctLDiversity::try_new(name, *l)?.into(),
        ModelPlan::EntropyLDiversity { l, estimator, .. } => {
            EntropyLDiversity::try_new(name, *l)?.with_estimator(*estimator).into()
        }
        ModelPlan::RecursiveCLDiversity { c, l, .. } => RecursiveCLDiversity::try_new(name, *c, *l)?.into(),
        ModelPlan::TCloseness { t, .. } => TCloseness::try_new(name, *t, distance)?.into(),
        ModelPlan::DeltaDisclosure { delta, present_only, .. } => {
            let absent = if *present_only { AbsentValues::PresentOnly } else { AbsentValues::Strict };
            DeltaDisclosure::try_new(name, *delta, absent)?.into()
        }
        ModelPlan::BetaLikeness { beta, enhanced, .. } => {
            let bound = if *enhanced { BetaBound::Enhanced } else { BetaBound::Basic };
            BetaLikeness::try_new(name, *beta, bound)?.into()
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
