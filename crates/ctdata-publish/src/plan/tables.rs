//! What a plan says of tables made from the confidential counts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How counts are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableMethod {
    /// Small counts are withheld, and as many others that nobody can work them out; proven by an audit.
    Suppression,
    /// Counts become multiples of a base, up or down by a coin that is the same for the same records.
    RandomRounding,
    /// Counts become multiples of a base so that sums still add up.
    ControlledRounding,
    /// Each count gets a little noise that is the same for the same records.
    CellKey,
}

impl TableMethod {
    /// The word in a plan.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suppression => "suppression",
            Self::RandomRounding => "random-rounding",
            Self::ControlledRounding => "controlled-rounding",
            Self::CellKey => "cell-key",
        }
    }

    /// Whether it draws from a secret key.
    pub const fn has_key(self) -> bool {
        matches!(self, Self::RandomRounding | Self::CellKey)
    }
}

/// A contributor is dominant: the largest `largest` of them give at least `percent` of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DominancePlan {
    /// How many contributors together.
    pub largest: usize,
    /// From which share of the cell on, in percent.
    pub percent: f64,
}

/// Tables of the confidential counts, protected, beside the records.
///
/// Without this section, tables are counted from the released records, and say nothing more than those do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the plan")]
pub struct TablesPlan {
    /// How they are protected.
    pub method: TableMethod,
    /// Counts from 1 to just below it are withheld. For suppression; there is no default, since it is a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<u64>,
    /// Whether counts of zero are withheld as small ones are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zeros: bool,
    /// Whether a category that has everybody of its total is withheld: it tells of each of them.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub all_in_one_category: bool,
    /// Whether a count is withheld that leaves fewer than the threshold of its total.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub small_complement: bool,
    /// The attribute that says who contributed a record, for the two rules below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributor: Option<String>,
    /// Cells that few contributors dominate are withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dominance: Option<DominancePlan>,
    /// Cells are withheld of which the second contributor could estimate the first within so many percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_percent: Option<f64>,
    /// The base of rounding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<u64>,
    /// The variance of the noise of cell keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance: Option<f64>,
    /// The largest noise of cell keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest: Option<u32>,
    /// Small counts that cell keys never publish: 1 to this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never_up_to: Option<u32>,
    /// A file with the secret key of random rounding and cell keys, at least 16 bytes. Whoever has it can undo them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// A population file, for rates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<PathBuf>,
    /// Folders of older releases, which are audited together with this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub older: Vec<PathBuf>,
    /// Whether records were only added since, never changed or removed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_additions: bool,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_yes(value: &bool) -> bool {
    *value
}

impl TablesPlan {
    /// Suppression below a threshold, with the other rules as they are by default.
    pub fn suppression(threshold: u64) -> Self {
        Self {
            method: TableMethod::Suppression,
            threshold: Some(threshold),
            zeros: false,
            all_in_one_category: true,
            small_complement: true,
            contributor: None,
            dominance: None,
            p_percent: None,
            base: None,
            variance: None,
            largest: None,
            never_up_to: None,
            key: None,
            population: None,
            older: Vec::new(),
            only_additions: false,
        }
    }

    /// What makes no sense, as far as the plan alone tells.
    pub(crate) fn check(&self) -> Result<(), String> {
        let method = self.method.name();
        let needs = |there: bool, key: &str, what: &str| {
            if there { Ok(()) } else { Err(format!("tables: method = \"{method}\" needs `{key}`, {what}")) }
        };
        let takes_none = |there: bool, key: &str| {
            if there { Err(format!("tables: `{key}` says nothing to method = \"{method}\"")) } else { Ok(()) }
        };
        let is_suppression = self.method == TableMethod::Suppression;
        if is_suppression {
            needs(self.threshold.is_some(), "threshold", "below which counts are withheld")?;
            if self.threshold.is_some_and(|threshold| threshold < 2) {
                return Err("tables: a threshold below 2 withholds nothing".to_owned());
            }
        } else {
            takes_none(self.threshold.is_some(), "threshold")?;
            takes_none(self.zeros, "zeros")?;
            takes_none(!self.all_in_one_category, "all_in_one_category")?;
            takes_none(!self.small_complement, "small_complement")?;
            takes_none(self.contributor.is_some(), "contributor")?;
            takes_none(self.dominance.is_some(), "dominance")?;
            takes_none(self.p_percent.is_some(), "p_percent")?;
            takes_none(!self.older.is_empty(), "older")?;
        }
        match self.method {
            TableMethod::RandomRounding | TableMethod::ControlledRounding => {
                needs(self.base.is_some_and(|base| base >= 2), "base", "of 2 or more, often 3 or 5")?;
            }
            _ => takes_none(self.base.is_some(), "base")?,
        }
        if self.method == TableMethod::CellKey {
            needs(self.variance.is_some(), "variance", "of the noise")?;
            needs(self.largest.is_some(), "largest", "noise that a count may get")?;
        } else {
            takes_none(self.variance.is_some(), "variance")?;
            takes_none(self.largest.is_some(), "largest")?;
            takes_none(self.never_up_to.is_some(), "never_up_to")?;
        }
        if self.method.has_key() {
            needs(self.key.is_some(), "key", "a file with a secret of 16 bytes or more")?;
        } else {
            takes_none(self.key.is_some(), "key")?;
        }
        let by_contributor = self.dominance.is_some() || self.p_percent.is_some();
        if by_contributor != self.contributor.is_some() {
            return Err("tables: `contributor` goes with `dominance` or `p_percent`, and they with it".to_owned());
        }
        if self.only_additions && self.older.is_empty() {
            return Err("tables: only_additions is about `older` releases, and there are none".to_owned());
        }
        Ok(())
    }

    /// The files that it reads; folders of older releases are none of them.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.key.iter().chain(&self.population)
    }
}

#[cfg(test)]
mod tests {
    use crate::Plan;

    fn error(text: &str) -> String {
        format!("format_version = 1\n[tables]\n{text}").parse::<Plan>().unwrap_err().to_string()
    }

    #[test]
    fn a_threshold_is_a_decision_and_keys_go_with_their_method() {
        assert!(error("method = \"suppression\"").contains("needs `threshold`"));
        assert!(error("method = \"suppression\"\nthreshold = 1").contains("withholds nothing"));
        assert!(error("method = \"random-rounding\"\nbase = 3").contains("needs `key`"));
        assert!(
            error("method = \"controlled-rounding\"\nbase = 3\nthreshold = 5").contains("`threshold` says nothing")
        );
        assert!(error("method = \"cell-key\"\nkey = \"k\"\nvariance = 2.0").contains("needs `largest`"));
        assert!(error("method = \"suppression\"\nthreshold = 5\np_percent = 10.0").contains("contributor"));
        assert!(error("method = \"suppression\"\nthreshold = 5\nonly_additions = true").contains("older"));
        assert!(error("method = \"hiding\"").contains("suppression"));
    }

    #[test]
    fn a_section_is_read_and_written_back() {
        let text = "format_version = 1\n[tables]\nmethod = \"suppression\"\nthreshold = 10\nsmall_complement = false\n";
        let plan: Plan = text.parse().unwrap();
        let tables = plan.protection.as_ref().unwrap();
        assert!(tables.all_in_one_category && !tables.small_complement && !tables.zeros);
        assert_eq!(toml::to_string(&plan).unwrap().parse::<Plan>().unwrap(), plan);
    }
}
