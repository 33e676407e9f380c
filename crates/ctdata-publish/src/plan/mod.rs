//! The plan file: one TOML format that says what is read, what each attribute is, what must hold of the
//! release, and which tables go with it.
//!
//! ```
//! use ctdata_publish::Plan;
//! let plan: Plan = r#"
//!     format_version = 1
//!
//!     [[attribute]]
//!     name = "gender"
//!     role = "quasi-identifier"
//!
//!     [[attribute]]
//!     name = "isForcedLabour"
//!     role = "quasi-identifier"
//!
//!     [anonymize]
//!     method = "cell-suppression"
//!     blank = ["gender"]
//!
//!     [[anonymize.model]]
//!     kind = "k-anonymity"
//!     k = 5
//!
//!     [[table]]
//!     indicator = "form-of-exploitation"
//!     by = ["gender"]
//! "#.parse()?;
//! assert_eq!(plan.k(), 5);
//! # Ok::<(), ctdata_publish::PublishError>(())
//! ```
//!
//! # Perturbation
//! `[[perturb]]` tables change values before anything else is done, in the order of the plan. Risk before is
//! that of the file as it stands; everything else (hierarchies, models, verification) is about the
//! perturbed values, and the statement says so. Each attribute has a role that is released:
//! quasi-identifier, sensitive or released (its `[[attribute]]` tables are left out here).
//! ```
//! use ctdata_publish::Plan;
//! let plan: Plan = r#"
//!     format_version = 1
//!
//!     [[perturb]]
//!     method = "microaggregation"           # groups of at least k similar records share one value
//!     attributes = ["age", "income"]        # jointly
//!     k = 3
//!     replacement = "mean"                  # or "median", "mode"
//!     digits = 1                            # of a mean, after those of the numbers
//!
//!     [[perturb]]
//!     method = "optimal-microaggregation"   # of one attribute, with the least error
//!     attributes = ["weight"]
//!     k = 5
//!
//!     [[perturb]]
//!     method = "top-coding"                 # 90 and more become "90+"
//!     attributes = ["age"]
//!     from = 90                             # or the text of a value
//!
//!     [[perturb]]
//!     method = "bottom-coding"
//!     attributes = ["height"]
//!     to = 140
//!     replacement = "threshold"             # or "category" with a `label`, or "mean"
//!
//!     [[perturb]]
//!     method = "rounding"
//!     attributes = ["debt"]
//!     base = 100
//!     random = true                         # up or down by chance, instead of to the nearest
//!
//!     [[perturb]]
//!     method = "rank-swapping"              # values change places within 5 % of the ranks
//!     attributes = ["days"]
//!     percent = 5.0
//!
//!     [[perturb]]
//!     method = "pram"                       # a value stays with probability 0.9, else becomes any other
//!     attributes = ["region"]
//!     retention = 0.9
//!
//!     [[perturb]]
//!     method = "pram"                       # expected frequencies are kept, in each region by itself
//!     attributes = ["occupation"]
//!     retention = 0.8
//!     mixing = 0.5
//!     within = "region"
//!
//!     [[perturb]]
//!     method = "pram"                       # by a matrix: rows are true values
//!     attributes = ["debt_bondage"]
//!     values = ["no", "yes"]
//!     matrix = [[0.9, 0.1], [0.2, 0.8]]
//! "#.parse()?;
//! assert_eq!(plan.perturbations.len(), 9);
//! # Ok::<(), ctdata_publish::PublishError>(())
//! ```
//! - PRAM, random rounding and rank swapping draw: whoever runs the plan gives a
//!   [`Randomness`](crate::Randomness). With a seed that somebody chose, the draws can be repeated, and the
//!   statement warns of that.
//! - The matrix of `retention` alone, or of the plan, is in the statement, so that readers can correct
//!   estimates, unless it names values that the release has not. A matrix made from frequencies (`mixing`) is
//!   only in the account: it gives them away, also of records that are left out.
//! - Means, multiples and joined values are no values of the file: the hierarchy of such an attribute is one
//!   of intervals, groups, dates, masks or prefixes, which are made for the values after perturbation, or
//!   there is none.
//! - Attributes of cases that no longer have the values of the case schema are written by their labels, and
//!   indicators do not speak of them.
//! - Quasi-identifiers that are compared with a population are not perturbed.

//! # Synthetic records
//! With `[synthesize]`, records are made instead of protected. `row-seeded`, `value-seeded` and `unseeded` take a `k`;
//! `mst` and `aim` an `epsilon` and a `delta`; `aggregate-seeded` either.
//! ```
//! use ctdata_publish::Plan;
//! let plan: Plan = r#"
//!     format_version = 1
//!
//!     [input]
//!     format = "csv"
//!     accept_errors = true                  # rows that cannot be read are left out without a word: they are people
//!
//!     [[attribute]]
//!     name = "person"
//!     role = "identifier"                   # all records of a person are protected together
//!
//!     [[attribute]]
//!     name = "age"
//!     role = "released"
//!     range = [0, 99]                       # with an epsilon, values come from a codebook and never from the file:
//!
//!     [[attribute]]
//!     name = "town"
//!     role = "released"
//!     values = ["north", "south", "other"]  # a list without an order, `order` with one, or a hierarchy
//!     other = "other"                       # what all other values become; blank if left out
//!
//!     [synthesize]
//!     method = "aim"
//!     epsilon = 1.0
//!     delta = 1e-9                          # far below 1 in the number of records
//!     records_per_person = 2                # the default is 1; each one more costs noise
//!     max_cells = 1000000                   # of the model: memory, time and accuracy
//!     deadline_seconds = 60                 # then the best model so far
//!     memory_megabytes = 2000
//!
//!     [budget]                              # of all releases of this dataset; without it no ledger is kept
//!     dataset = "survey of 2026"
//!     epsilon = 3.0
//!     delta = 1e-9
//!     ledger = "survey.ledger"              # beside the plan; `--ledger` names another
//! "#.parse()?;
//! assert!(plan.synthesize.is_some_and(|synthesize| synthesize.is_differentially_private()));
//! let plan: Plan = "format_version = 1\n[synthesize]\nmethod = \"row-seeded\"\nk = 10\n".parse()?;
//! assert_eq!(plan.attributes, []); // all columns of a layout
//! # Ok::<(), ctdata_publish::PublishError>(())
//! ```
//! - Of cases, `structural_zeros = false` draws combinations that cannot be true of a case too.
//! - Years of registration are those that the layout covers, unless a `range` of that attribute says otherwise.

#[doc = include_str!("../plans.md")]
pub mod plans {}

mod anonymize;
mod attribute;
mod model;
mod perturb;
mod records;
mod synthesize;
mod tables;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ctdata_indicators::Base;
use ctdata_model::{CaseAttribute, CaseTable, ExploitationForm};
use ctdata_table::nearest;
use serde::{Deserialize, Serialize};

pub use anonymize::{AnonymizePlan, CombinationPlan, FullGeneralization, Method};
pub use attribute::{AttributePlan, HierarchyPlan, MaskSide, Role};
pub use model::{DistancePlan, ModelPlan};
pub use perturb::{CodingPlan, PerturbPlan, ReplacementPlan, ThresholdPlan};
pub use records::RecordsPlan;
pub use synthesize::{BudgetPlan, SynthesizePlan};
pub use tables::{DominancePlan, TableMethod, TablesPlan};

use crate::PublishError;
use crate::error::UNNAMED_PLAN;

/// What a release is made of and by. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of this format; 1.
    pub format_version: u32,
    /// How the input is read.
    #[serde(default)]
    pub input: InputPlan,
    /// What each attribute is. Attributes without an entry are dropped.
    #[serde(default, rename = "attribute")]
    pub attributes: Vec<AttributePlan>,
    /// What is perturbed, in this order, before anything else is done.
    #[serde(default, rename = "perturb", skip_serializing_if = "Vec::is_empty")]
    pub perturbations: Vec<PerturbPlan>,
    /// What must hold of the released records, and how it is reached.
    #[serde(default)]
    pub anonymize: AnonymizePlan,
    /// How synthetic records are made, instead of protecting those of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synthesize: Option<SynthesizePlan>,
    /// What all differentially private releases of the dataset may spend together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<BudgetPlan>,
    /// Tables that go with the records. Without any, every indicator that the released columns allow.
    #[serde(default, rename = "table")]
    pub tables: Vec<TablePlan>,
    /// How the confidential counts behind the tables are protected. Without it, tables are counted from the released
    /// records.
    #[serde(default, rename = "tables", skip_serializing_if = "Option::is_none")]
    pub protection: Option<TablesPlan>,
    /// The folder that paths in the plan are relative to; that of the plan file.
    #[serde(skip)]
    pub folder: PathBuf,
    /// What errors call the plan: its file; `plan` if it comes from none.
    #[serde(skip, default = "unnamed")]
    pub name: String,
}

fn unnamed() -> String {
    UNNAMED_PLAN.to_owned()
}

/// How the input is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputPlan {
    /// A layout name, or `csv` for a table of any subject; left out, it is detected.
    pub format: Option<String>,
    /// `,`, `;` or a tab; left out, it is detected.
    pub separator: Option<char>,
    /// Texts that stand for a missing value in a plain table; the empty cell if left out.
    pub missing: Option<Vec<String>>,
    /// Go on although validation finds errors. Rows that cannot be read still stop the run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accept_errors: bool,
    /// How HTCDS records are read, and which of them become cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<RecordsPlan>,
}

/// A table that goes with the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TablePlan {
    /// The indicator.
    pub indicator: String,
    /// What it is broken down by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// The rows that count, by dimension and value.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filters: BTreeMap<String, String>,
    /// The base of shares; the indicator's own if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
}

/// The version of the format that this crate reads.
const FORMAT_VERSION: u32 = 1;

/// The k of CTDC's own k-anonymised releases.
///
/// # Sources
/// CTDC Data Codebook, version 6 (2017).
pub const CTDC_K: u32 = 11;

/// The quasi-identifiers that CTDC's own k-anonymised releases protect.
///
/// # Sources
/// Counts on the release of April 2020: by these columns the smallest class has exactly 11 rows.
pub const CTDC_QUASI_IDENTIFIERS: [CaseAttribute; 8] = [
    CaseAttribute::YearOfRegistration,
    CaseAttribute::DataSource,
    CaseAttribute::Gender,
    CaseAttribute::AgeBand,
    CaseAttribute::Citizenship,
    CaseAttribute::CountryOfExploitation,
    CaseAttribute::Form(ExploitationForm::ForcedLabour),
    CaseAttribute::Form(ExploitationForm::SexualExploitation),
];

impl Plan {
    /// Reads a plan file.
    ///
    /// # Errors
    /// A file that cannot be read or is no plan.
    pub fn read(path: &Path) -> Result<Self, PublishError> {
        let text = std::fs::read_to_string(path).map_err(|error| PublishError::io(path, error))?;
        let mut plan = Self::parse(&text, &path.display().to_string())?;
        plan.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(plan)
    }

    fn parse(text: &str, name: &str) -> Result<Self, PublishError> {
        let wrong = |message: String| PublishError::Plan { plan: name.to_owned(), message };
        let mut plan: Self = toml::from_str(text).map_err(|error| wrong(in_a_sentence(text, &error)))?;
        name.clone_into(&mut plan.name);
        if plan.format_version != FORMAT_VERSION {
            return Err(wrong(format!(
                "format_version is {}, and {FORMAT_VERSION} is known here",
                plan.format_version
            )));
        }
        if plan.input.separator.is_some_and(|separator| !matches!(separator, ',' | ';' | '\t')) {
            return Err(wrong("input.separator is a comma, a semicolon or a tab".to_owned()));
        }
        for (step, number) in plan.perturbations.iter().zip(1..) {
            let place = format!("perturbation {number} ({})", step.method());
            step.check().map_err(|rule| wrong(format!("{place}: {rule}")))?;
        }
        let mut names = HashSet::new();
        for attribute in &plan.attributes {
            if !names.insert(attribute.name.as_str()) {
                return Err(wrong(format!("the attribute `{}` is given twice", attribute.name)));
            }
            attribute.check().map_err(&wrong)?;
        }
        if let Some(tables) = &plan.protection {
            tables.check().map_err(&wrong)?;
        }
        plan.check_synthesis().map_err(&wrong)?;
        plan.anonymize.check(&plan.attributes).map_err(&wrong)?;
        Ok(plan)
    }

    fn check_synthesis(&self) -> Result<(), String> {
        let Some(synthesize) = &self.synthesize else {
            let codebook = |of: &&AttributePlan| of.values.is_some() || of.range.is_some() || of.other.is_some();
            if let Some(attribute) = self.attributes.iter().find(codebook) {
                return Err(format!(
                    "attribute `{}`: values, range and other are for [synthesize] with an epsilon",
                    attribute.name
                ));
            }
            return match &self.budget {
                Some(_) => Err("budget: nothing is spent without [synthesize]".to_owned()),
                None => Ok(()),
            };
        };
        if self.anonymize != AnonymizePlan::default() {
            return Err("a plan has [anonymize] or [synthesize], not both".to_owned());
        }
        if !self.perturbations.is_empty() {
            return Err("a plan has [[perturb]] or [synthesize], not both".to_owned());
        }
        if self.protection.is_some() {
            return Err(
                "a plan has [tables] or [synthesize], not both: tables of the confidential counts would say what \
                        synthetic records hide"
                    .to_owned(),
            );
        }
        if let Some(budget) = &self.budget {
            budget.check()?;
        }
        synthesize.check(self.budget.as_ref())?;
        self.attributes.iter().try_for_each(|attribute| synthesize.check_attribute(attribute))
    }

    /// The plan for cases of which nothing else is said: what CTDC's own k-anonymised releases protect, and
    /// no other column; tables of all cases, in which no count of fewer than k is published.
    pub fn for_cases(cases: &CaseTable) -> Self {
        let attributes = CTDC_QUASI_IDENTIFIERS
            .into_iter()
            .filter(|attribute| cases.position(*attribute).is_some())
            .map(|attribute| {
                let name = cases.column_name(attribute).map_or_else(|| attribute.name().into_owned(), str::to_owned);
                AttributePlan::new(name, Role::QuasiIdentifier)
            })
            .collect();
        Self {
            format_version: FORMAT_VERSION,
            input: InputPlan::default(),
            attributes,
            perturbations: Vec::new(),
            anonymize: AnonymizePlan { models: vec![ModelPlan::KAnonymity { k: CTDC_K }], ..AnonymizePlan::default() },
            synthesize: None,
            budget: None,
            tables: Vec::new(),
            protection: Some(TablesPlan::suppression(u64::from(CTDC_K))),
            folder: PathBuf::new(),
            name: unnamed(),
        }
    }

    /// The k of k-anonymity asked for, or that of CTDC where no model is named; 1 if the models do not
    /// name it.
    pub fn k(&self) -> u32 {
        if self.anonymize.models.is_empty() {
            return CTDC_K;
        }
        let k = |model: &ModelPlan| match model {
            ModelPlan::KAnonymity { k } => Some(*k),
            _ => None,
        };
        self.anonymize.models.iter().filter_map(k).max().unwrap_or(1)
    }

    /// The files that the plan reads besides the input: hierarchies, populations, a mapping.
    pub fn files(&self) -> Vec<PathBuf> {
        let hierarchies = self.attributes.iter().filter_map(|attribute| attribute.hierarchy.as_ref()?.file.as_deref());
        let mapping = self.input.records.as_ref().and_then(|records| records.map.as_deref());
        let populations = self.anonymize.models.iter().filter_map(ModelPlan::population);
        let tables = self.protection.iter().flat_map(TablesPlan::files).map(PathBuf::as_path);
        hierarchies.chain(populations).chain(mapping).chain(tables).map(|file| self.folder.join(file)).collect()
    }

    /// Names of the attributes with a role, in the order of the plan.
    pub fn names(&self, role: Role) -> impl Iterator<Item = &str> {
        self.attributes.iter().filter(move |attribute| attribute.role == role).map(|attribute| attribute.name.as_str())
    }
}

/// What is wrong with a text that is no plan, and in which line.
fn in_a_sentence(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim_end().replace('\n', ", ");
    let message = in_plain_words(&message);
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

/// The message of the parser without the types of a programming language, and with the nearest name there is.
fn in_plain_words(message: &str) -> String {
    for (kind, words) in [
        ("expected u32", "a whole number from 0 is expected"),
        ("expected usize", "a whole number from 0 is expected"),
        ("expected i64", "a whole number is expected"),
        ("expected f64", "a number is expected"),
    ] {
        if let Some(start) = message.strip_suffix(kind) {
            return format!("{start}{words}");
        }
    }
    let mut names = message.split('`').skip(1).step_by(2);
    match names.next().filter(|_| message.starts_with("unknown")).and_then(|name| nearest(name, names)) {
        Some(nearest) => format!("{message}; did you mean `{nearest}`?"),
        None => message.to_owned(),
    }
}

impl FromStr for Plan {
    type Err = PublishError;

    fn from_str(text: &str) -> Result<Self, PublishError> {
        Self::parse(text, UNNAMED_PLAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Plan>().unwrap_err().to_string()
    }

    #[test]
    fn a_plan_is_written_and_read_back() {
        let plan: Plan = "format_version = 1\n[input]\nformat = \"csv\"\nseparator = \";\"\n\
            [[attribute]]\nname = \"age\"\nrole = \"quasi-identifier\"\n\
            [[anonymize.model]]\nkind = \"k-anonymity\"\nk = 3\n\
            [[table]]\nindicator = \"sex\"\nwhere = { year = \"2019\" }\n"
            .parse()
            .unwrap();
        let text = toml::to_string(&plan).unwrap();
        assert_eq!(text.parse::<Plan>().unwrap(), plan);
        assert_eq!(plan.names(Role::QuasiIdentifier).collect::<Vec<_>>(), ["age"]);
    }

    #[test]
    fn unknown_keys_versions_and_values_are_refused_by_line() {
        assert!(error("format_version = 1\nsepparator = 1").contains("line 2"));
        assert!(error("format_version = 2").contains("format_version is 2"));
        assert!(error("").contains("format_version"));
        assert!(
            error("format_version = 1\n[[attribute]]\nname = \"a\"\nrole = \"quasi\"").contains("quasi-identifier")
        );
        assert!(error("format_version = 1\n[[anonymize.model]]\nkind = \"k-anonymity\"\nk = 0").contains("at least 1"));
        assert!(error("format_version = 1\n[anonymize]\nmethod = \"cell-suppression\"").contains("blank"));
        assert!(error("format_version = 1\n[anonymize]\nblank = [\"a\"]").contains("cell-suppression"));
        assert!(error("format_version = 1\n[input]\nseparator = \"|\"").contains("separator"));
    }

    #[test]
    fn without_a_model_the_k_is_that_of_ctdc() {
        assert_eq!("format_version = 1".parse::<Plan>().unwrap().k(), CTDC_K);
    }
}
