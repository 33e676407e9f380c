//! Everything that is measured, as asked for.

use std::fmt::Display;

use ctdata::model::Dataset;
use ctdata::privacy::{
    AbsentValues, BetaBound, BetaLikeness, DeltaDisclosure, DifferencingRisk, DistinctLDiversity, EntropyLDiversity,
    Household, KAnonymity, KCombinations, MissingSemantics, ModelReport, PrivacyError, PrivacyModel, RecordExplanation,
    RecursiveCLDiversity, RiskOptions as Asked, RiskReport, SamplingFraction, SensitiveDistance, Suda, TCloseness,
    UniquenessRisk, frequencies, measure_models,
};
use ctdata::table::{Control, DomainKind, Table};
use serde::Serialize;

use super::args::{RiskOptions, SensitiveOptions, SpecialOptions};
use super::{input, releases};
use crate::failure::Failure;
use crate::session::Session;

/// The answer: the report of the library with what it does not hold itself.
#[derive(Serialize)]
pub(super) struct Findings {
    #[serde(flatten)]
    pub(super) report: RiskReport,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sensitive: Vec<Sensitive>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uniqueness: Option<UniquenessRisk>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) missing: Vec<Matches>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) differencing: Option<DifferencingRisk>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) explanations: Vec<Explanation>,
}

/// A model of a sensitive attribute.
#[derive(Serialize)]
pub(super) struct Sensitive {
    /// The model with its parameters, in words.
    pub(super) description: String,
    #[serde(flatten)]
    pub(super) report: ModelReport,
}

/// How many records match each, by what blanks match.
#[derive(Serialize)]
pub(super) struct Matches {
    /// What the blanks of all quasi-identifiers match, or `as asked`.
    pub(super) semantics: String,
    /// The fewest matches of a record, itself included; none without records.
    pub(super) smallest: Option<f64>,
    pub(super) records_below_k: u64,
    pub(super) share_below_k: f64,
}

#[derive(Serialize)]
pub(super) struct Explanation {
    /// The record's place, from 1.
    pub(super) record: usize,
    #[serde(flatten)]
    pub(super) why: RecordExplanation,
}

pub(super) fn measure(options: &RiskOptions, dataset: &Dataset, session: &Session) -> Result<Findings, Failure> {
    let (table, control) = (dataset.table(), &session.control);
    let resolve = |names: &[String]| names.iter().map(|name| dataset.resolve(name)).collect::<Result<Vec<_>, _>>();
    let names = resolve(&options.quasi)?;
    let model = KAnonymity::try_new(options.k)?;
    let population = &options.population;

    // Whatever is asked for wrongly is said before the work.
    let models = sensitive_models(&options.sensitive, dataset)?;
    let semantics = semantics(&options.blanks.missing, dataset, &names)?;
    let fraction = population
        .uniqueness
        .map(|fraction| SamplingFraction::try_new(fraction).map_err(|error| of_option(error, "uniqueness", fraction)));
    let fraction = fraction.transpose()?;
    let suda = suda(&options.special, population.sampling_fraction)?;
    let combinations = combinations(&options.special, options.k, dataset)?;
    check_records(&options.special.explain, table)?;

    let household = match population.household.as_deref() {
        Some(name) if options.id.as_deref() == Some(name) => Some(None),
        Some(name) => Some(Some(dataset.resolve(name)?)),
        None => None,
    };
    let people = match &population.population {
        Some(file) => Some(input::columns_of(&input::any(file, None, session)?, file, dataset, &names)?),
        None => None,
    };
    let mut asked = Asked::new(model).with_threshold(options.threshold)?;
    if table.weights().is_some() {
        asked = asked.with_weights();
    }
    if let Some(household) = &household {
        asked = asked.with_households(household.as_deref().map_or(Household::Ids, Household::Attribute));
    }
    if let Some(people) = &people {
        asked = asked.with_population(people);
    }
    if let (Some(associations), Some(fraction)) = (population.log_linear, population.sampling_fraction) {
        asked = asked.with_log_linear(associations.into(), fraction)?;
    }
    if let Some(combinations) = combinations {
        asked = asked.with_combinations(combinations);
    }
    let mut report = RiskReport::measure_with(table, &names, &asked, control)?;
    let scores = suda.map(|suda| suda.run(table, &names, control)).transpose()?;
    report.suda = scores.as_ref().map(|scores| scores.report().clone());

    let reports = measure_models(table, &names, &models, None, control)?;
    let describe = |(model, report): (&PrivacyModel, _)| Sensitive { description: model.to_string(), report };
    let explanations = options.special.explain.iter().map(|&record| {
        let why = RecordExplanation::of(table, &names, record.saturating_sub(1), scores.as_ref(), control)?;
        Ok::<_, Failure>(Explanation { record, why })
    });
    Ok(Findings {
        sensitive: models.iter().zip(reports).map(describe).collect(),
        uniqueness: fraction.map(|fraction| UniquenessRisk::measure(table, &names, fraction, control)).transpose()?,
        missing: matches(table, &names, semantics, options.k, control)?,
        differencing: releases::measure(&options.releases, dataset, &names, model, session)?,
        explanations: explanations.collect::<Result<_, _>>()?,
        report,
    })
}

/// The same with the option that is wrong.
fn of_option(error: PrivacyError, option: &str, value: impl Display) -> Failure {
    let mut failure = Failure::from(error);
    failure.message = format!("--{option} {value}: {}", failure.message);
    failure
}

fn check_records(records: &[usize], table: &Table) -> Result<(), Failure> {
    match records.iter().find(|&&record| record == 0 || record > table.rows()) {
        Some(record) => Err(Failure::usage(format!(
            "--explain {record}: records are counted from 1, and the table has {}",
            table.rows()
        ))),
        None => Ok(()),
    }
}

fn suda(options: &SpecialOptions, fraction: Option<f64>) -> Result<Option<Suda>, Failure> {
    let suda = Suda::new().with_max_size(options.suda_size)?.with_weighting(options.suda_weighting.into());
    let suda = match fraction {
        Some(fraction) => suda.with_sampling_fraction(fraction)?,
        None => suda,
    };
    Ok(options.suda.then_some(suda))
}

fn combinations(options: &SpecialOptions, k: u32, dataset: &Dataset) -> Result<Option<KCombinations>, Failure> {
    let Some(m) = options.combinations else { return Ok(None) };
    let of = if options.of.is_empty() {
        dataset.table().schema().attributes().iter().map(|attribute| attribute.name().to_owned()).collect()
    } else {
        options.of.iter().map(|name| dataset.resolve(name)).collect::<Result<Vec<_>, _>>()?
    };
    let combinations = KCombinations::try_new(k, m, of).map_err(|error| of_option(error, "combinations", m))?;
    Ok(Some(if options.only_yes { combinations.of_flags_only_yes() } else { combinations }))
}

/// Each model of each sensitive attribute; the ordered distance where there is an order.
fn sensitive_models(options: &SensitiveOptions, dataset: &Dataset) -> Result<Vec<PrivacyModel>, Failure> {
    let SensitiveOptions { l, c, t, delta, beta, .. } = *options;
    let mut models: Vec<PrivacyModel> = Vec::new();
    for name in &options.sensitive {
        let name = &dataset.resolve(name)?;
        models.push(DistinctLDiversity::try_new(name, l)?.into());
        models.push(EntropyLDiversity::try_new(name, f64::from(l))?.into());
        models.push(RecursiveCLDiversity::try_new(name, c, l)?.into());
        models.push(TCloseness::try_new(name, t, SensitiveDistance::Equal)?.into());
        if dataset.table().schema().attribute(name)?.domain().kind() != DomainKind::Nominal {
            models.push(TCloseness::try_new(name, t, SensitiveDistance::Ordered)?.into());
        }
        models.push(DeltaDisclosure::try_new(name, delta, AbsentValues::Strict)?.into());
        models.push(DeltaDisclosure::try_new(name, delta, AbsentValues::PresentOnly)?.into());
        models.push(BetaLikeness::try_new(name, beta, BetaBound::Basic)?.into());
    }
    Ok(models)
}

/// What the blanks of each quasi-identifier match, where anything was said.
fn semantics(asked: &[String], dataset: &Dataset, names: &[String]) -> Result<Option<Vec<MissingSemantics>>, Failure> {
    let mut of_names = vec![MissingSemantics::OwnCategory; names.len()];
    for text in asked {
        let Some((name, semantics)) = text.split_once('=') else {
            return Err(Failure::usage(format!("--missing {text}: it is ATTRIBUTE=SEMANTICS")));
        };
        let semantics = match semantics.trim() {
            "own-category" => MissingSemantics::OwnCategory,
            "wildcard" => MissingSemantics::Wildcard,
            "never-matches" => MissingSemantics::NeverMatches,
            other => match other.strip_prefix("discount:").map(str::parse) {
                Some(Ok(share)) => MissingSemantics::discount(share)?,
                _ => {
                    return Err(Failure::usage(format!(
                        "--missing {text}: blanks are own-category, wildcard, never-matches or discount:0.5"
                    )));
                }
            },
        };
        let name = dataset.resolve(name.trim())?;
        match names.iter().zip(&mut of_names).find(|(known, _)| **known == name) {
            Some((_, slot)) => *slot = semantics,
            None => return Err(Failure::usage(format!("--missing {text}: `{name}` is not one of --quasi"))),
        }
    }
    Ok((!asked.is_empty()).then_some(of_names))
}

/// Matches under what was asked for, and under each semantics for all attributes alike.
fn matches(
    table: &Table,
    names: &[String],
    asked: Option<Vec<MissingSemantics>>,
    k: u32,
    control: &Control,
) -> Result<Vec<Matches>, Failure> {
    let Some(asked) = asked else { return Ok(Vec::new()) };
    let discount = asked.iter().copied().find(|semantics| matches!(semantics, MissingSemantics::Discount(_)));
    let discount = discount.map_or_else(|| MissingSemantics::discount(0.5), Ok)?;
    let alike = [MissingSemantics::OwnCategory, MissingSemantics::NeverMatches, discount, MissingSemantics::Wildcard];
    let all = alike.into_iter().map(|semantics| (semantics.to_string(), vec![semantics; names.len()]));
    let mut found = Vec::new();
    for (words, semantics) in [("as asked".to_owned(), asked)].into_iter().chain(all) {
        let named: Vec<(&String, MissingSemantics)> = names.iter().zip(semantics).collect();
        let counts = frequencies(table, &named, control)?;
        let below = counts.iter().filter(|&&count| count < f64::from(k)).count();
        found.push(Matches {
            semantics: words,
            smallest: counts.iter().copied().reduce(f64::min),
            records_below_k: below as u64,
            share_below_k: share(below, counts.len()),
        });
    }
    Ok(found)
}

#[expect(clippy::cast_precision_loss, reason = "tables have fewer than 2^32 rows")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
