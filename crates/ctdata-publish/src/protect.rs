//! From a plan and a table to an output that is verified.

use ctdata_model::Dataset;
use ctdata_privacy::{
    BrokenGuarantee, ClassModel, KAnonymity, KAnonymizer, KCombinations, LocalRecoder, LocalSuppression, Metric,
    MetricFamily, Mondrian, PrivacyError, PrivacyModel, Protection, Quality, Recoded, Recoder, Released, Requirement,
    SearchReport, SuppressionLimit,
};
use ctdata_table::{Control, StopReason, Table};

use crate::models::Models;
use crate::perturb::Preparations;
use crate::plan::{CTDC_K, FullGeneralization};
use crate::roles::Roles;
use crate::{Clock, Method, Plan, PublishError};

/// A verified output, and what is known of how it was found.
pub(crate) struct Protected {
    pub(crate) released: Released<Table>,
    /// The same rows with the person ids of the input, if it has some: for measuring.
    pub(crate) with_ids: Table,
    pub(crate) found: Option<Found>,
}

/// What a search says of its solution.
pub(crate) struct Found {
    pub(crate) search: Vec<SearchReport>,
    pub(crate) quality: Option<Quality>,
}

/// Does what a plan says to the table of a dataset, or what perturbation made of it, and verifies it.
pub(crate) fn protect(
    plan: &Plan,
    dataset: &Dataset,
    preparations: &Preparations,
    roles: &Roles,
    models: Models,
    clock: Option<&Clock>,
    control: &Control,
) -> Result<Protected, PublishError> {
    let table = roles.adopt(&preparations.table)?;
    let late = |error: PrivacyError| match (error, plan.anonymize.deadline_seconds) {
        (PrivacyError::Cancelled(StopReason::Deadline), Some(seconds)) if control.stopped().is_none() => {
            PublishError::impossible(format!("anonymize.deadline_seconds = {seconds}: no solution was found by then"))
        }
        (error, _) => error.into(),
    };
    let method = plan.anonymize.method(&plan.attributes);
    control.report("protecting", 0, None);
    let (output, found) = match method {
        Method::RecordSuppression | Method::CellSuppression => (suppressor(plan, roles)?.run(&table, control)?, None),
        Method::Generalization => {
            let protection = Protection::with_any_models(models.models);
            let protection = completed(protection, roles, plan, dataset, models.population)?;
            let recoder = recoder(Recoder::new(protection), plan)?;
            let Recoded { output, search, quality, .. } =
                recoder.run(&table, &search_control(plan, clock, control)?).map_err(late)?;
            (output, Some(Found { search, quality: Some(quality) }))
        }
        Method::LocalRecoding => {
            let models = class_models(models, method)?;
            let protection = completed(Protection::new(models.0), roles, plan, dataset, models.1)?;
            let mut recoder = LocalRecoder::new(protection).limit(limit(plan)?).metric(metric(plan)?);
            if let Some(search) = plan.anonymize.search {
                recoder = recoder.search(search);
            }
            let Recoded { output, search, quality, .. } =
                recoder.run(&table, &search_control(plan, clock, control)?).map_err(late)?;
            (output, Some(Found { search, quality: Some(quality) }))
        }
        Method::Mondrian => {
            let models = class_models(models, method)?;
            let protection = completed(Protection::new(models.0), roles, plan, dataset, models.1)?;
            let mondrian = Mondrian::new(protection, plan.anonymize.partition.unwrap_or_default());
            (mondrian.run(&table, control)?, None)
        }
        Method::LocalSuppression => {
            (local_suppression(plan, dataset, roles)?.run(&table, &roles.others, control)?, None)
        }
    };
    control.report("verifying", 0, None);
    let with_ids = output.working_copy_with_ids()?;
    let released = output.verify(control).map_err(|error| match error {
        PrivacyError::GuaranteeFails(BrokenGuarantee::AttackerView { required, achieved, tuples })
            if !plan.anonymize.combinations.is_empty() && method != Method::LocalSuppression =>
        {
            PublishError::impossible(format!(
                "anonymize.combination: {tuples} combinations have fewer than the {required} possible matches demanded, down \
                 to {achieved}, and method = \"{}\" blanks no cells for them; \"local-suppression\" does",
                method.name()
            ))
        }
        error => error.into(),
    })?;
    let released = released.with_preparation(preparations.notes.iter().cloned())?;
    Ok(Protected { released, with_ids, found })
}

/// All that is protected, with the models already in it.
fn completed<M: Clone + Into<PrivacyModel>>(
    mut protection: Protection<M>,
    roles: &Roles,
    plan: &Plan,
    dataset: &Dataset,
    population: Option<Table>,
) -> Result<Protection<M>, PublishError> {
    protection = protection.quasi_identifiers(roles.quasi.iter().cloned()).release(roles.others.iter().cloned());
    if let Some(policy) = plan.anonymize.suppressed_records {
        protection = protection.suppressed_records(policy);
    }
    if let Some(population) = population {
        protection = protection.population(population);
    }
    let combinations = plan.anonymize.combinations.iter().map(|combination| {
        let names = combination.attributes.iter().map(|name| Ok(dataset.resolve(name)?));
        let names = names.collect::<Result<Vec<_>, PublishError>>()?;
        Ok(KCombinations::try_new(combination.k, combination.up_to, names)?)
    });
    Ok(protection.combinations(combinations.collect::<Result<Vec<_>, PublishError>>()?).check()?)
}

/// Models that look at one class at a time, for methods that take no others.
fn class_models(models: Models, method: Method) -> Result<(Vec<ClassModel>, Option<Table>), PublishError> {
    let only = models.models.into_iter().enumerate().map(|(place, model)| match model {
        PrivacyModel::Class(model) if method == Method::Mondrian && model.needs_population() => {
            Err(PublishError::plan(format!(
                "anonymize.model {} ({}) counts in a population, whose regions method = \"mondrian\" does not divide",
                place + 1,
                model.name()
            )))
        }
        PrivacyModel::Class(model) => Ok(model),
        PrivacyModel::Table(model) => Err(PublishError::plan(format!(
            "anonymize.model {} ({}) looks at the whole table, which method = \"{}\" cannot reach",
            place + 1,
            model.name(),
            method.name()
        ))),
    });
    Ok((only.collect::<Result<_, _>>()?, models.population))
}

/// The k of the only kind of model that a method reaches, as the plan was checked for.
fn only_k(plan: &Plan) -> u32 {
    if plan.anonymize.models.is_empty() { CTDC_K } else { plan.k() }
}

fn suppressor(plan: &Plan, roles: &Roles) -> Result<KAnonymizer, PublishError> {
    let method = plan.anonymize.method(&plan.attributes);
    let mut builder = KAnonymizer::builder(KAnonymity::try_new(only_k(plan))?)
        .quasi_identifiers(roles.quasi_names())
        .release(roles.others.iter().cloned());
    if method == Method::CellSuppression {
        builder = builder.blank_first(roles.blank.iter().cloned());
    }
    Ok(builder.build()?)
}

/// What a weight of 1 is as an importance, so that weights with decimals keep their ratios.
const IMPORTANCE: f64 = 1000.0;

fn local_suppression(plan: &Plan, dataset: &Dataset, roles: &Roles) -> Result<LocalSuppression, PublishError> {
    let mut builder = LocalSuppression::builder(only_k(plan));
    for quasi in &roles.quasi {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
        let importance = (quasi.weight() * IMPORTANCE).round().clamp(1.0, 1e9) as u32;
        builder = builder.quasi_identifier(quasi.name(), importance);
    }
    for combination in &plan.anonymize.combinations {
        let names = combination.attributes.iter().map(|name| Ok(dataset.resolve(name)?));
        builder = builder.require(Requirement {
            attributes: names.collect::<Result<Vec<_>, PublishError>>()?,
            up_to: combination.up_to,
            k: combination.k,
        });
    }
    if let Some(share) = plan.anonymize.suppression_limit {
        builder = builder.drop_limit(share);
    }
    if let Some(concealment) = plan.anonymize.concealment {
        builder = builder.concealment(concealment);
    }
    Ok(builder.build()?)
}

fn recoder(mut recoder: Recoder, plan: &Plan) -> Result<Recoder, PublishError> {
    recoder = recoder.limit(limit(plan)?).metric(metric(plan)?);
    if let Some(search) = plan.anonymize.search {
        recoder = recoder.search(search);
    }
    if plan.anonymize.full_generalization == FullGeneralization::Avoid {
        recoder = recoder.avoiding_full_generalization();
    }
    Ok(recoder)
}

fn limit(plan: &Plan) -> Result<SuppressionLimit, PublishError> {
    Ok(SuppressionLimit::try_new(plan.anonymize.suppression_limit.unwrap_or(0.0))?)
}

fn metric(plan: &Plan) -> Result<Metric, PublishError> {
    let mut metric = Metric::new(plan.anonymize.metric.unwrap_or(MetricFamily::Loss));
    if let Some(aggregate) = plan.anonymize.aggregate {
        metric = metric.with_aggregate(aggregate);
    }
    match plan.anonymize.suppression_factor {
        Some(factor) => Ok(metric.with_factor(factor)?),
        None => Ok(metric),
    }
}

/// The control of a search that may have a deadline.
fn search_control(plan: &Plan, clock: Option<&Clock>, control: &Control) -> Result<Control, PublishError> {
    match plan.anonymize.deadline_seconds {
        Some(seconds) => with_deadline(control, seconds, clock),
        None => Ok(control.clone()),
    }
}

/// The control of work that ends after so many seconds.
pub(crate) fn with_deadline(control: &Control, seconds: f64, clock: Option<&Clock>) -> Result<Control, PublishError> {
    let clock = clock.ok_or_else(|| PublishError::plan("deadline_seconds needs a clock, which the caller gives"))?;
    let start = clock.elapsed();
    let clock = clock.clone();
    Ok(control.clone().with_deadline(move || (clock.elapsed().saturating_sub(start)).as_secs_f64() >= seconds))
}
