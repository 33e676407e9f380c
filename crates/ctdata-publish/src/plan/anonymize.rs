//! How the guarantee is reached, and what may be given up for it.

use std::collections::HashSet;

use ctdata_privacy::{Aggregate, Concealment, MetricFamily, MondrianMode, Search, SuppressedRecords};
use serde::{Deserialize, Serialize};

use super::{AttributePlan, ModelPlan, Role};

/// How the guarantee is reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Records in small classes are left out.
    #[default]
    RecordSuppression,
    /// Cells of the columns named in `blank` are blanked first, then records left out.
    CellSuppression,
    /// Columns are generalized by their hierarchies, each to one level, and records left out up to the
    /// limit: the solution that loses least.
    Generalization,
    /// As generalization, and then again on the records that were left out.
    LocalRecoding,
    /// The records are divided into small regions, each with values of its own.
    Mondrian,
    /// Single cells are blanked until nobody has too few possible matches.
    LocalSuppression,
}

/// Whether an attribute may lose all of its values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FullGeneralization {
    /// The top level is a level like others.
    #[default]
    Allow,
    /// Solutions that keep something of every attribute come first, whatever they cost.
    Avoid,
}

/// What must hold, and how it is reached.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnonymizePlan {
    /// How the guarantee is reached. Left out: generalization if a quasi-identifier has a hierarchy, else
    /// record suppression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Quasi-identifiers whose cells may be blanked, the least important first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blank: Vec<String>,
    /// The share of records that may be left out; 0 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression_limit: Option<f64>,
    /// What is made as small as possible; `loss` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<MetricFamily>,
    /// How the losses of the attributes become one; geometric if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// From 0 to 1: below 0.5 suppressing is cheap, above it generalizing is; 0.5 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression_factor: Option<f64>,
    /// `optimal`, `exhaustive` or `heuristic`; optimal if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// After these seconds the best solution so far is taken, with its proven bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_seconds: Option<f64>,
    /// Whether an attribute may lose all of its values.
    #[serde(default)]
    pub full_generalization: FullGeneralization,
    /// What becomes of records that are left out: `drop`, `as-class`; dropped if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_records: Option<SuppressedRecords>,
    /// Regions of Mondrian: `strict` or `relaxed`; strict if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<MondrianMode>,
    /// Whom local suppression hides from whom: `mutual` or `attacker-view`; mutual if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concealment: Option<Concealment>,
    /// What must hold. Without any, k-anonymity with k = 11.
    #[serde(default, rename = "model")]
    pub models: Vec<ModelPlan>,
    /// Combinations that must be frequent: local suppression blanks cells for them; what the other methods make
    /// is verified, and refused if it lacks one.
    #[serde(default, rename = "combination", skip_serializing_if = "Vec::is_empty")]
    pub combinations: Vec<CombinationPlan>,
}

/// Every combination of up to so many of these attributes has enough possible matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CombinationPlan {
    /// The attributes.
    pub attributes: Vec<String>,
    /// How many of them somebody may know at once.
    pub up_to: usize,
    /// The least number of possible matches.
    pub k: u32,
}

/// The longest deadline: some thirty years, and far from what a clock cannot count.
const MOST_SECONDS: f64 = 1e9;

impl Method {
    /// Its name in plans.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecordSuppression => "record-suppression",
            Self::CellSuppression => "cell-suppression",
            Self::Generalization => "generalization",
            Self::LocalRecoding => "local-recoding",
            Self::Mondrian => "mondrian",
            Self::LocalSuppression => "local-suppression",
        }
    }
}

impl CombinationPlan {
    fn check(&self) -> Result<(), String> {
        if self.k == 0 || self.up_to == 0 || self.attributes.is_empty() {
            return Err("it names attributes, up_to and k, which are at least 1".to_owned());
        }
        if self.up_to > self.attributes.len() {
            let (up_to, named) = (self.up_to, self.attributes.len());
            return Err(format!("up_to = {up_to}, and {named} attributes are named"));
        }
        let mut named = HashSet::new();
        match self.attributes.iter().find(|name| !named.insert(name.as_str())) {
            Some(name) => Err(format!("`{name}` is named twice")),
            None => Ok(()),
        }
    }
}

impl AnonymizePlan {
    pub(super) fn check(&self, attributes: &[AttributePlan]) -> Result<(), String> {
        for (place, model) in self.models.iter().enumerate() {
            model.check(attributes).map_err(|rule| format!("{}: {rule}", Self::model_place(place, model)))?;
        }
        let method = self.method(attributes);
        let shows_blank = !self.blank.is_empty();
        if method != Method::CellSuppression && shows_blank {
            return Err("`blank` goes with method = \"cell-suppression\"".to_owned());
        }
        if method == Method::CellSuppression && !shows_blank {
            return Err(
                "method = \"cell-suppression\" needs `blank`: the columns whose cells may be blanked".to_owned()
            );
        }
        let bounded = |key: &str, value: Option<f64>, highest: f64| match value {
            Some(value) if !(0.0..=highest).contains(&value) => {
                Err(format!("anonymize.{key} = {value}: it is a number from 0 to {highest}"))
            }
            _ => Ok(()),
        };
        bounded("suppression_limit", self.suppression_limit, 1.0)?;
        bounded("suppression_factor", self.suppression_factor, 1.0)?;
        bounded("deadline_seconds", self.deadline_seconds, MOST_SECONDS)?;
        if self.deadline_seconds == Some(0.0) {
            return Err("anonymize.deadline_seconds = 0: nothing is found in no time".to_owned());
        }
        let coarsens = matches!(method, Method::Generalization | Method::LocalRecoding | Method::Mondrian);
        let with_hierarchy =
            |attribute: &&AttributePlan| attribute.role == Role::QuasiIdentifier && attribute.hierarchy.is_some();
        if let Some(attribute) = attributes.iter().find(with_hierarchy).filter(|_| !coarsens) {
            return Err(format!(
                "attribute `{}`: method = \"{}\" makes no value coarser and has no use for its hierarchy",
                attribute.name,
                method.name()
            ));
        }
        let searches = matches!(method, Method::Generalization | Method::LocalRecoding);
        let of_search = [
            ("metric", self.metric.is_some()),
            ("aggregate", self.aggregate.is_some()),
            ("suppression_factor", self.suppression_factor.is_some()),
            ("search", self.search.is_some()),
            ("deadline_seconds", self.deadline_seconds.is_some()),
            ("full_generalization", self.full_generalization == FullGeneralization::Avoid),
            ("suppressed_records", self.suppressed_records.is_some()),
        ];
        if let Some((key, _)) = of_search.into_iter().find(|(_, given)| *given && !searches) {
            return Err(format!("`{key}` goes with method = \"generalization\" or \"local-recoding\""));
        }
        if self.suppression_limit.is_some() && !searches && method != Method::LocalSuppression {
            return Err("`suppression_limit` goes with method = \"generalization\", \"local-recoding\" or \
                 \"local-suppression\""
                .to_owned());
        }
        if self.partition.is_some() && method != Method::Mondrian {
            return Err("`partition` goes with method = \"mondrian\"".to_owned());
        }
        if self.concealment.is_some() && method != Method::LocalSuppression {
            return Err("`concealment` goes with method = \"local-suppression\"".to_owned());
        }
        for (place, combination) in self.combinations.iter().enumerate() {
            combination.check().map_err(|rule| format!("{}: {rule}", Self::combination_place(place)))?;
        }
        if !self.combinations.is_empty() && matches!(method, Method::RecordSuppression | Method::CellSuppression) {
            return Err(format!("method = \"{}\" does not look at combinations", method.name()));
        }
        if matches!(method, Method::RecordSuppression | Method::CellSuppression | Method::LocalSuppression)
            && let Some((place, model)) =
                self.models.iter().enumerate().find(|(_, model)| !matches!(model, ModelPlan::KAnonymity { .. }))
        {
            return Err(format!(
                "{}: method = \"{}\" reaches k-anonymity and no other model",
                Self::model_place(place, model),
                method.name()
            ));
        }
        Ok(())
    }

    /// How messages name a model of the plan, by its place from 0.
    pub(crate) fn model_place(place: usize, model: &ModelPlan) -> String {
        format!("anonymize.model {} ({})", place + 1, model.kind())
    }

    /// How messages name a combination of the plan, by its place from 0.
    pub(crate) fn combination_place(place: usize) -> String {
        format!("anonymize.combination {}", place + 1)
    }

    /// The method: as said, or what the attributes allow.
    pub fn method(&self, attributes: &[AttributePlan]) -> Method {
        let coarser =
            |attribute: &AttributePlan| attribute.role == Role::QuasiIdentifier && attribute.hierarchy.is_some();
        let usual = if attributes.iter().any(coarser) { Method::Generalization } else { Method::RecordSuppression };
        self.method.unwrap_or(usual)
    }
}
