//! The account of what was done, for the house: it holds figures of the confidential input.

use std::collections::BTreeMap;

use ctdata_model::validate::Report;
use ctdata_privacy::{
    Aggregate, MetricFamily, PerturbationReport, Quality as Metrics, RiskReport, SearchReport, Statement,
};
use serde::{Serialize, Serializer};

use crate::plan::Method;
use crate::protect::{Found, Protected};
use crate::roles::Roles;
use crate::{Plan, Quality};

/// What was made of a file, and the account of it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Account {
    /// The layout of the input.
    pub format: &'static str,
    /// What validation found.
    pub validation: Report,
    /// How the guarantee was reached.
    pub method: Method,
    /// What was perturbed before all else; internal, as the counts of changed cells are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub perturbation: Vec<PerturbationReport>,
    /// The risk of the input as it stood.
    pub risk_before: RiskReport,
    /// The risk of the output.
    pub risk_after: RiskReport,
    /// The level of each generalized attribute, where it is the same for all records; by the names of the plan.
    pub levels: BTreeMap<String, usize>,
    /// Records that were left out.
    pub suppressed: u64,
    /// Equivalence classes of the output.
    pub classes: u64,
    /// How the levels were found.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub recoding: Option<RecodingAccount>,
    /// What became of each quasi-identifier.
    pub attributes: Vec<AttributeAccount>,
    /// The statement of the output.
    pub statement: Statement,
    /// Whether the verifier recounted all of it; an output that is not verified does not come to exist.
    pub verified: bool,
    /// How much of the input was kept.
    pub quality: Quality,
    /// Remarks on the outcome.
    pub remarks: Vec<String>,
    /// The files written.
    pub outputs: Vec<String>,
}

/// How levels were found, and what they cost.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RecodingAccount {
    /// What was made as small as possible.
    pub metric: String,
    /// How the losses of the attributes became one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// Its value for the output of the first search.
    pub score: f64,
    /// The first search.
    pub search: SearchReport,
    /// Further searches, of the records that those before left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_searches: Vec<SearchReport>,
    /// Every metric of the solution; none where there were several searches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
}

impl RecodingAccount {
    pub(crate) fn of(plan: &Plan, found: &Found) -> Option<Self> {
        let (first, further) = found.search.split_first()?;
        let family = plan.anonymize.metric.unwrap_or_default();
        let aggregate = (family == MetricFamily::Loss).then(|| plan.anonymize.aggregate.unwrap_or_default());
        Some(Self {
            metric: family.name().to_owned(),
            aggregate,
            score: first.score,
            search: first.clone(),
            further_searches: further.to_vec(),
            // What later rounds cost is not in it.
            metrics: found.quality.clone().filter(|_| further.is_empty()),
        })
    }
}

/// What became of one quasi-identifier.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AttributeAccount {
    /// The name in the plan.
    pub attribute: String,
    /// The level; none where levels differ from record to record, or nothing is generalized.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// The level's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_name: Option<String>,
    /// The highest level.
    pub height: usize,
    /// The loss of the attribute, from 0 (nothing) to 1 (everything); none if no search computed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Share of the released cells that are coarser than the input.
    #[serde(serialize_with = "rounded")]
    pub share_generalized: f64,
    /// Share of the input's cells that are gone: records left out, and cells blanked.
    #[serde(serialize_with = "rounded")]
    pub share_suppressed: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn rounded<S: Serializer>(share: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((share * 1e12).round() / 1e12)
}

impl AttributeAccount {
    /// Whether a search made all of its values one.
    pub(crate) fn is_one_value(&self) -> bool {
        self.height > 0 && self.level == Some(self.height)
    }

    /// One entry per quasi-identifier, in the order of the plan.
    pub(crate) fn all(plan: &Plan, roles: &Roles, protected: &Protected) -> Vec<Self> {
        let statement = protected.released.statement();
        let records = statement.records.clone().unwrap_or_default();
        let one_search = protected.found.as_ref().filter(|found| found.search.len() == 1);
        let losses = one_search.and_then(|found| found.quality.as_ref());
        let names = plan.names(crate::Role::QuasiIdentifier);
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { as_f64(part) / as_f64(whole) };
        names
            .zip(&roles.quasi)
            .map(|(name, quasi)| {
                let generalized = statement.generalized.iter().find(|column| column.attribute == quasi.name());
                let blanked = statement.blanked.iter().find(|blanked| blanked.attribute == quasi.name());
                let blanked = blanked.map_or(0, |blanked| blanked.cells);
                Self {
                    attribute: name.to_owned(),
                    level: generalized.and_then(|column| column.level),
                    level_name: generalized.and_then(|column| column.level_name.clone()),
                    height: quasi.hierarchy().height(),
                    loss: losses
                        .and_then(|losses| losses.attributes.iter().find(|other| other.attribute == quasi.name()))
                        .map(|quality| quality.loss),
                    share_generalized: share(generalized.map_or(0, |column| column.cells), records.kept),
                    share_suppressed: share(records.suppressed + blanked, records.input),
                }
            })
            .collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of cells are far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}
