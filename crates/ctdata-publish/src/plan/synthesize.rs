//! Synthetic records: how they are made, and what is spent on them.

use std::path::PathBuf;

use ctdata_privacy::SynthesisMethod;
use serde::{Deserialize, Serialize};

use super::AttributePlan;

/// How synthetic records are made instead of protected ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynthesizePlan {
    /// How.
    pub method: SynthesisMethod,
    /// Epsilon of differential privacy; with `aggregate-seeded`, `mst` and `aim`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epsilon: Option<f64>,
    /// Delta of differential privacy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<f64>,
    /// In how many records (persons, where they are known) a combination must occur; for methods without noise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<u32>,
    /// The most values of a combination that is counted by `aggregate-seeded`; 3 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// How many records of one person are used at most, where persons are known; 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_per_person: Option<u32>,
    /// Whether combinations that cannot exist are left out from the start (those of cases); true if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structural_zeros: Option<bool>,
    /// The most cells of the graphical model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_cells: Option<u64>,
    /// After so many seconds `mst` and `aim` take the model that they have; before there is one, the run is stopped and
    /// nothing is spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_seconds: Option<f64>,
    /// The most memory that one step may take, in megabytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_megabytes: Option<u64>,
}

/// What all releases of one dataset may spend together. It is fixed when the ledger is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetPlan {
    /// The id of the dataset: one ledger for each.
    pub dataset: String,
    /// Epsilon of all releases together.
    pub epsilon: f64,
    /// Delta of all releases together.
    pub delta: f64,
    /// The ledger, relative to the plan; `--ledger` names it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<PathBuf>,
}

/// Whether it is a positive number.
fn is_positive(number: f64) -> bool {
    number.is_finite() && number > 0.0
}

fn check_privacy(place: &str, epsilon: f64, delta: f64) -> Result<(), String> {
    if !is_positive(epsilon) {
        return Err(format!("{place}.epsilon is above 0"));
    }
    if !(delta > 0.0 && delta < 1.0) {
        return Err(format!("{place}.delta is above 0 and below 1; far below 1 in the number of records"));
    }
    Ok(())
}

impl BudgetPlan {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.dataset.trim().is_empty() {
            return Err("budget.dataset names the dataset, and is empty".to_owned());
        }
        check_privacy("budget", self.epsilon, self.delta)
    }
}

impl SynthesizePlan {
    /// Whether noise is drawn: then there is an epsilon and a delta.
    pub fn is_differentially_private(&self) -> bool {
        self.epsilon.is_some()
    }

    /// What an attribute may say under [synthesize]: nothing that would be passed over.
    pub(super) fn check_attribute(&self, attribute: &AttributePlan) -> Result<(), String> {
        let AttributePlan { name, hierarchy, levels, weight, values, range, other, .. } = attribute;
        if levels.is_some() || weight.is_some() {
            return Err(format!(
                "attribute `{name}`: levels and weight are for [anonymize]; synthetic records are not generalized"
            ));
        }
        if !self.is_differentially_private() {
            if hierarchy.is_some() {
                return Err(format!(
                    "attribute `{name}`: a hierarchy is for [anonymize]; synthetic records are not generalized"
                ));
            }
            if values.is_some() || range.is_some() || other.is_some() {
                return Err(format!("attribute `{name}`: values, range and other are for plans with an epsilon"));
            }
        }
        Ok(())
    }

    pub(super) fn check(&self, budget: Option<&BudgetPlan>) -> Result<(), String> {
        let name = self.method.name();
        let seeded_by_records = matches!(
            self.method,
            SynthesisMethod::RowSeeded | SynthesisMethod::ValueSeeded | SynthesisMethod::Unseeded
        );
        match (self.epsilon, self.delta, self.k) {
            (Some(_), _, _) if seeded_by_records => {
                return Err(format!(
                    "synthesize: `{name}` draws no noise and has no epsilon; `aggregate-seeded`, `mst` and `aim` have"
                ));
            }
            (Some(_), _, Some(_)) => return Err("synthesize: epsilon or k, not both".to_owned()),
            (Some(_), None, _) => {
                return Err("synthesize: epsilon needs a delta, far below 1 in the number of records".to_owned());
            }
            (Some(epsilon), Some(delta), None) => check_privacy("synthesize", epsilon, delta)?,
            (None, Some(_), _) => return Err("synthesize: delta needs an epsilon".to_owned()),
            (None, None, Some(0)) => return Err("synthesize.k is at least 1".to_owned()),
            (None, None, None) if matches!(self.method, SynthesisMethod::Mst | SynthesisMethod::Aim) => {
                return Err(format!("synthesize: `{name}` needs an epsilon and a delta"));
            }
            (None, None, None) => {
                return Err(format!(
                    "synthesize: `{name}` needs k: in how many records a combination of values must occur"
                ));
            }
            (None, None, Some(_)) if matches!(self.method, SynthesisMethod::Mst | SynthesisMethod::Aim) => {
                return Err(format!("synthesize: `{name}` needs an epsilon and a delta, and no k"));
            }
            (None, None, Some(_)) => {}
        }
        let only = |wanted: bool, what: &str, whose: &str| {
            if wanted { Err(format!("synthesize.{what} is for {whose}, not for `{name}`")) } else { Ok(()) }
        };
        let by_aggregates = self.method == SynthesisMethod::AggregateSeeded;
        let graphical = matches!(self.method, SynthesisMethod::Mst | SynthesisMethod::Aim);
        only(self.length.is_some() && !by_aggregates, "length", "`aggregate-seeded`")?;
        only(self.max_cells.is_some() && !graphical, "max_cells", "`mst` and `aim`")?;
        only(self.deadline_seconds.is_some() && !graphical, "deadline_seconds", "`mst` and `aim`")?;
        let noisy = self.is_differentially_private();
        only(self.structural_zeros.is_some() && !noisy, "structural_zeros", "methods with an epsilon")?;
        only(self.records_per_person.is_some() && !noisy, "records_per_person", "methods with an epsilon")?;
        if self.length.is_some_and(|length| !(1..=5).contains(&length)) {
            return Err("synthesize.length is from 1 to 5".to_owned());
        }
        if self.records_per_person == Some(0) {
            return Err("synthesize.records_per_person is at least 1".to_owned());
        }
        if self.deadline_seconds.is_some_and(|seconds| !is_positive(seconds)) {
            return Err("synthesize.deadline_seconds is above 0".to_owned());
        }
        match budget {
            Some(_) if !noisy => Err("budget: nothing is spent without an epsilon".to_owned()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Plan;

    fn error(text: &str) -> String {
        text.parse::<Plan>().unwrap_err().to_string()
    }

    #[test]
    fn a_plan_of_synthetic_records_is_read() {
        let text = "format_version = 1\n[synthesize]\nmethod = \"aim\"\nepsilon = 1.0\ndelta = 1e-9\n\
            [budget]\ndataset = \"cases\"\nepsilon = 3.0\ndelta = 1e-9\n";
        let plan: Plan = text.parse().unwrap();
        assert!(plan.synthesize.unwrap().is_differentially_private());
        assert_eq!(plan.budget.unwrap().dataset, "cases");
    }

    #[test]
    fn what_does_not_fit_is_said_in_a_sentence() {
        let method =
            |name: &str, rest: &str| error(&format!("format_version = 1\n[synthesize]\nmethod = \"{name}\"\n{rest}"));
        assert_eq!(method("mst", "k = 10"), "plan: synthesize: `mst` needs an epsilon and a delta, and no k");
        assert_eq!(method("mst", ""), "plan: synthesize: `mst` needs an epsilon and a delta");
        assert_eq!(
            method("row-seeded", "epsilon = 1.0\ndelta = 1e-9"),
            "plan: synthesize: `row-seeded` draws no noise and has no epsilon; `aggregate-seeded`, `mst` and `aim` have"
        );
        assert_eq!(
            method("aim", "epsilon = 1.0"),
            "plan: synthesize: epsilon needs a delta, far below 1 in the number of records"
        );
        assert_eq!(method("aim", "epsilon = -1.0\ndelta = 1e-9"), "plan: synthesize.epsilon is above 0");
        assert_eq!(method("unseeded", "k = 0"), "plan: synthesize.k is at least 1");
        assert_eq!(
            method("unseeded", "k = 5\nlength = 2"),
            "plan: synthesize.length is for `aggregate-seeded`, not for `unseeded`"
        );
        assert!(method("aims", "").contains("did you mean `aim`?"), "{}", method("aims", ""));
        assert_eq!(
            error("format_version = 1\n[budget]\ndataset = \"x\"\nepsilon = 1.0\ndelta = 1e-9\n"),
            "plan: budget: nothing is spent without [synthesize]"
        );
        assert_eq!(
            error(
                "format_version = 1\n[synthesize]\nmethod = \"unseeded\"\nk = 5\n[anonymize]\nsuppression_limit = 0.1\n"
            ),
            "plan: a plan has [anonymize] or [synthesize], not both"
        );
    }
}
