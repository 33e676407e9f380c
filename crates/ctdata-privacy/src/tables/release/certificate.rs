//! How tables are protected, by which rules, and what was proven: the part of a release that speaks of its safety.

use crate::statement::list;
use crate::tables::PrimaryRules;
use crate::{Measure, PrivacyUnit, ReleaseModel};

/// How the figures of tables are protected.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "name", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum TableMethod {
    /// Figures are withheld; the others are the true counts.
    Suppression,
    /// Each figure is a multiple of a base, above or below the true count by chance.
    RandomRounding {
        /// The base.
        base: u64,
    },
    /// Each figure is a multiple of a base, and figures add up.
    ControlledRounding {
        /// The base.
        base: u64,
        /// Whether some figure is not one of the two multiples next to the true count.
        relaxed: bool,
    },
    /// Each figure is the true count and a noise that depends on the records behind it.
    CellKey {
        /// The noise is at most this, up or down.
        max_noise: u32,
        /// Its variance where the true count is not zero.
        variance: f64,
        /// No figure is between 1 and this; 0 if small figures are shown.
        never_up_to: u32,
    },
}

impl TableMethod {
    /// The name in kebab-case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suppression => "suppression",
            Self::RandomRounding { .. } => "random-rounding",
            Self::ControlledRounding { .. } => "controlled-rounding",
            Self::CellKey { .. } => "cell-key",
        }
    }
}

/// A rule that marks cells which give somebody away.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "name", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum TableRule {
    /// Counts above zero and below a threshold.
    Threshold {
        /// The threshold.
        below: u64,
        /// Whether zeros are marked as well.
        zeros: bool,
    },
    /// All of a total are in one category, so that it is known of everybody in the total.
    AllInOneCategory,
    /// So few of a total are outside a category that they are nearly alone.
    SmallComplement {
        /// Fewer than this, and at least one.
        below: u64,
    },
    /// A few contributors make up most of a count.
    Dominance {
        /// How many contributors.
        contributors: u32,
        /// More than this share of the count, in percent.
        percent: f64,
    },
    /// The second largest contributor could tell the largest too well.
    PPercent {
        /// Better than to this, in percent of the largest.
        percent: f64,
    },
}

impl TableRule {
    /// Whether the rule marks a count by itself, without its totals and contributors.
    pub(super) fn marks(self, count: u64) -> bool {
        match self {
            Self::Threshold { below, zeros } => count < below && (zeros || count > 0),
            _ => false,
        }
    }

    /// Whether the rule marks a part because so many of its total are not in it.
    pub(super) fn marks_part(self, others: u64) -> bool {
        match self {
            Self::AllInOneCategory => others == 0,
            Self::SmallComplement { below } => (1..below).contains(&others),
            _ => false,
        }
    }

    /// The rule as a model of a statement.
    fn model(self) -> ReleaseModel {
        let (kind, required, description) = match self {
            Self::Threshold { below, zeros } => {
                let from = u64::from(!zeros);
                (
                    "threshold",
                    Measure::Count(below),
                    format!("the threshold rule: counts from {from} to {} are hidden", below.saturating_sub(1)),
                )
            }
            Self::AllInOneCategory => (
                "all-in-one-category",
                Measure::Count(1),
                "the all-in-one-category rule: that all of a total are in one category is hidden".to_owned(),
            ),
            Self::SmallComplement { below } => (
                "small-complement",
                Measure::Count(below),
                format!("the complement rule: that fewer than {below} of a total are outside a category is hidden"),
            ),
            Self::Dominance { contributors, percent } => (
                "dominance",
                Measure::Real(percent),
                format!(
                    "the dominance rule: counts of which the {contributors} largest contributors make up more than \
                     {percent} % are hidden"
                ),
            ),
            Self::PPercent { percent } => (
                "p-percent",
                Measure::Real(percent),
                format!(
                    "the p% rule: counts from which one contributor could tell another's to within {percent} % are \
                     hidden"
                ),
            ),
        };
        ReleaseModel { kind: kind.to_owned(), attribute: None, required, description }
    }
}

impl PrimaryRules {
    /// The rules in the words of a certificate.
    pub fn rules(&self) -> Vec<TableRule> {
        let mut rules = vec![TableRule::Threshold { below: self.threshold, zeros: self.zeros }];
        if self.all_in_one_category {
            rules.push(TableRule::AllInOneCategory);
        }
        if self.small_complement {
            rules.push(TableRule::SmallComplement { below: self.threshold });
        }
        if let Some(rule) = self.dominance {
            let contributors = u32::try_from(rule.n).unwrap_or(u32::MAX);
            rules.push(TableRule::Dominance { contributors, percent: rule.percent });
        }
        rules.extend(self.p_percent.map(|percent| TableRule::PPercent { percent }));
        rules
    }
}

/// By which rules tables are protected, and what they count.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRules {
    /// What is counted.
    pub unit: PrivacyUnit,
    /// The rules.
    pub rules: Vec<TableRule>,
    /// What the tables count by, for the statement.
    pub dimensions: Vec<String>,
    /// The first so many relations of the system say of groups of people that they add up to others, and rules about
    /// parts and totals are recounted on them. Default: none. Relations that are there for other reasons, such as
    /// differences of releases, are no totals.
    pub sums: usize,
}

impl TableRules {
    /// These rules on counts of this unit.
    pub fn new(unit: PrivacyUnit, rules: impl Into<Vec<TableRule>>) -> Self {
        Self { unit, rules: rules.into(), dimensions: Vec::new(), sums: 0 }
    }

    /// Names what the tables count by.
    #[must_use]
    pub fn with_dimensions<S: Into<String>>(mut self, dimensions: impl IntoIterator<Item = S>) -> Self {
        self.dimensions = dimensions.into_iter().map(Into::into).collect();
        self
    }

    /// Has the verifier recount rules about parts and totals on the first so many relations: those of the system when
    /// [`mark`](crate::tables::mark) went through it.
    #[must_use]
    pub fn with_sums(mut self, relations: usize) -> Self {
        self.sums = relations;
        self
    }
}

/// What was done to tables and what was proven of them.
///
/// It counts figures and cells, never persons, and does not say which of the figures withheld gave somebody away.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TableCertificate {
    /// How the figures are protected.
    pub method: TableMethod,
    /// The rules; none where every figure is perturbed.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub rules: Vec<TableRule>,
    /// Figures in all.
    pub figures: u64,
    /// Figures, and counts below them that are not printed, which a rule marks.
    pub marked: u64,
    /// Figures that are withheld, marked or not.
    pub withheld: u64,
    /// How many of the marked are proven, both ways, by other tables of whole persons; the others are proven by tables
    /// with fractions.
    pub proven_by_whole_tables: u64,
    /// The width of the narrowest range that the proofs leave for a marked cell; none if nothing is marked. The ranges
    /// themselves can be wider.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub narrowest_interval: Option<u64>,
}

impl TableCertificate {
    /// The certificate of figures that are all perturbed.
    pub(super) fn perturbed(method: TableMethod, figures: u64) -> Self {
        Self {
            method,
            rules: Vec::new(),
            figures,
            marked: 0,
            withheld: 0,
            proven_by_whole_tables: 0,
            narrowest_interval: None,
        }
    }

    /// The models of a statement.
    pub(crate) fn models(&self) -> Vec<ReleaseModel> {
        self.rules.iter().map(|rule| rule.model()).collect()
    }

    /// What was done, in a sentence.
    pub(crate) fn done(&self) -> String {
        match self.method {
            TableMethod::Suppression => {
                let Self { figures, withheld, .. } = self;
                format!("{withheld} of {figures} figures are withheld; the others are the true counts.")
            }
            TableMethod::RandomRounding { base } => format!(
                "Every figure is a multiple of {base}, above or below the true count by a chance that makes it right on \
                 average (variance at most {:.2}). Figures do not add up.",
                random_rounding_variance(base)
            ),
            TableMethod::ControlledRounding { base, relaxed: false } => format!(
                "Every figure is one of the two multiples of {base} next to the true count, chosen so that figures add up."
            ),
            TableMethod::ControlledRounding { base, relaxed: true } => format!(
                "Every figure is a multiple of {base} less than {} away from the true count, chosen so that figures add \
                 up.",
                2 * base
            ),
            TableMethod::CellKey { max_noise, variance, never_up_to } => {
                let never = match never_up_to {
                    0 => String::new(),
                    1 => " No figure is 1.".to_owned(),
                    up_to => format!(" No figure is between 1 and {up_to}."),
                };
                format!(
                    "Every figure but zero is the true count and a noise of mean 0 and variance {variance}, at most \
                     {max_noise} up or down.{never} Figures do not add up."
                )
            }
        }
    }

    /// By what rules, in words.
    pub(crate) fn satisfied(&self) -> Option<String> {
        let models = self.models();
        (!models.is_empty()).then(|| list(models.iter().map(|model| model.description.as_str())))
    }
}

/// The largest variance of random rounding: r(b - r) of the worst remainder.
#[expect(clippy::cast_precision_loss, reason = "shown to two digits")]
fn random_rounding_variance(base: u64) -> f64 {
    let worst = base / 2;
    worst as f64 * (base - worst) as f64
}
