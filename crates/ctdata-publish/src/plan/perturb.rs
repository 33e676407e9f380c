//! What is perturbed before anything else is done.

use std::fmt;

use ctdata_privacy::{
    AggregatedColumn, Microaggregation, MissingInPram, Pram, PramColumn, PrivacyError, RankSwapping, Rounding,
    Transition, TransitionMatrix,
};
use serde::{Deserialize, Serialize};

/// A perturbation and its parameters; the definitions are in `ctdata-privacy`.
///
/// A plan has any number of them. They are done in their order, each on what the one before left, and all
/// before the table is protected: the guarantee of the release, and its statement, are about the perturbed
/// values. Each attribute has a role that is released.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum PerturbPlan {
    /// The values of each group of at least k similar records become one, in all these attributes jointly.
    Microaggregation {
        /// The attributes.
        attributes: Vec<String>,
        /// The records that a group has at least.
        k: u64,
        /// What replaces values; if left out the mean of numbers, the median of dates and ordered names, the
        /// mode of others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replacement: Option<ReplacementPlan>,
        /// Digits of a mean after those that the numbers have; 0 if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digits: Option<u8>,
    },
    /// The same in one attribute, with the least sum of squares that there is.
    OptimalMicroaggregation {
        /// The attribute.
        attributes: Vec<String>,
        /// The records that a group has at least.
        k: u64,
        /// As for microaggregation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replacement: Option<ReplacementPlan>,
        /// As for microaggregation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digits: Option<u8>,
    },
    /// Post-randomization: each cell is replaced by a draw from the row of its value in a matrix. `retention`
    /// alone gives the uniform matrix, `retention` and `mixing` the invariant one, which keeps expected
    /// frequencies.
    Pram {
        /// The attributes, each on its own.
        attributes: Vec<String>,
        /// The probability that a value stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retention: Option<f64>,
        /// The part of the invariant matrix; the rest is no change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mixing: Option<f64>,
        /// A matrix, row by row, instead of a retention.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matrix: Option<Vec<Vec<f64>>>,
        /// The values that rows and columns of `matrix` stand for, in their order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        values: Option<Vec<String>>,
        /// Matrices of their own for the records of each value of this attribute, which is released too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
        /// `keep` or `perturb` missing cells; kept if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        missing: Option<MissingInPram>,
    },
    /// Values from a threshold on are joined.
    TopCoding {
        /// The attributes, each on its own.
        attributes: Vec<String>,
        /// The threshold.
        from: ThresholdPlan,
        /// What they become; a category if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replacement: Option<CodingPlan>,
        /// The name of the category; `90+` for a threshold of 90 if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// Values up to a threshold are joined.
    BottomCoding {
        /// The attributes, each on its own.
        attributes: Vec<String>,
        /// The threshold.
        to: ThresholdPlan,
        /// What they become; a category if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replacement: Option<CodingPlan>,
        /// The name of the category; `<=17` for a threshold of 17 if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// Numbers are rounded to multiples.
    Rounding {
        /// The attributes, each on its own.
        attributes: Vec<String>,
        /// The multiples, in units of the last digit: with one digit after the point, 25 is 2.5.
        base: i64,
        /// Up or down by chance, without bias, instead of to the nearest.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        random: bool,
    },
    /// Values are exchanged between records of similar rank.
    RankSwapping {
        /// The attributes, each on its own.
        attributes: Vec<String>,
        /// The largest difference of ranks, in percent of the records.
        percent: f64,
    },
}

/// What replaces the values of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplacementPlan {
    /// The mean of numbers.
    Mean,
    /// The lower median of numbers, dates and ordered names.
    Median,
    /// The most frequent value.
    Mode,
}

/// What values beyond a threshold become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodingPlan {
    /// One category with a name; numbers become ordered names.
    #[default]
    Category,
    /// The threshold.
    Threshold,
    /// Their mean, which keeps that of the column but tells that of the extreme records.
    Mean,
}

/// A threshold, as a number or as the text of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ThresholdPlan {
    /// A whole number.
    Whole(i64),
    /// A decimal number, a date or a name, as the attribute writes it.
    Text(String),
}

impl fmt::Display for ThresholdPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl PerturbPlan {
    /// The name of the method in a plan.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Microaggregation { .. } => "microaggregation",
            Self::OptimalMicroaggregation { .. } => "optimal-microaggregation",
            Self::Pram { .. } => "pram",
            Self::TopCoding { .. } => "top-coding",
            Self::BottomCoding { .. } => "bottom-coding",
            Self::Rounding { .. } => "rounding",
            Self::RankSwapping { .. } => "rank-swapping",
        }
    }

    /// The attributes that are perturbed.
    pub fn attributes(&self) -> &[String] {
        match self {
            Self::Microaggregation { attributes, .. }
            | Self::OptimalMicroaggregation { attributes, .. }
            | Self::Pram { attributes, .. }
            | Self::TopCoding { attributes, .. }
            | Self::BottomCoding { attributes, .. }
            | Self::Rounding { attributes, .. }
            | Self::RankSwapping { attributes, .. } => attributes,
        }
    }

    /// Whether the outcome depends on chance.
    pub fn is_random(&self) -> bool {
        matches!(self, Self::Pram { .. } | Self::RankSwapping { .. } | Self::Rounding { random: true, .. })
    }

    /// What can be said without a table.
    pub(super) fn check(&self) -> Result<(), String> {
        let attributes = self.attributes();
        if attributes.is_empty() {
            return Err("attributes names at least one".to_owned());
        }
        if let Some((at, name)) =
            attributes.iter().enumerate().find(|(at, name)| attributes.iter().take(*at).any(|other| other == *name))
        {
            return Err(format!("`{name}` is given twice ({} names)", at + 1));
        }
        let sentence = |error: PrivacyError| error.to_string();
        match self {
            Self::Microaggregation { k, replacement, digits, .. }
            | Self::OptimalMicroaggregation { k, replacement, digits, .. } => {
                if digits.is_some() && replacement.is_some_and(|replacement| replacement != ReplacementPlan::Mean) {
                    return Err("digits are those of a mean".to_owned());
                }
                if matches!(self, Self::OptimalMicroaggregation { .. }) && attributes.len() > 1 {
                    return Err("the optimum is known for one attribute; microaggregation takes several".to_owned());
                }
                Microaggregation::try_new(*k, attributes.iter().map(AggregatedColumn::new)).map(drop).map_err(sentence)
            }
            Self::Pram { .. } => self.check_pram(),
            Self::TopCoding { replacement, label, .. } | Self::BottomCoding { replacement, label, .. } => {
                match (replacement.unwrap_or_default(), label) {
                    (CodingPlan::Threshold | CodingPlan::Mean, Some(_)) => {
                        Err("label is the name of a category".to_owned())
                    }
                    _ => Ok(()),
                }
            }
            Self::Rounding { base, .. } => {
                attributes.iter().try_for_each(|name| Rounding::try_new(name, *base).map(drop)).map_err(sentence)
            }
            Self::RankSwapping { percent, .. } => {
                RankSwapping::try_new(attributes, *percent).map(drop).map_err(sentence)
            }
        }
    }

    fn check_pram(&self) -> Result<(), String> {
        let Self::Pram { attributes, retention, mixing, matrix, values, within, missing } = self else { return Ok(()) };
        let sentence = |error: PrivacyError| error.to_string();
        let transition = match (retention, mixing, matrix) {
            (None, None, Some(rows)) => {
                let matrix = TransitionMatrix::try_new(rows.clone()).map_err(sentence)?;
                match values {
                    Some(values) if values.len() == matrix.size() => {}
                    Some(values) => {
                        return Err(format!("matrix has {} rows, and values names {}", matrix.size(), values.len()));
                    }
                    None => return Err("matrix needs values: what its rows and columns stand for".to_owned()),
                }
                if *missing == Some(MissingInPram::Perturb) {
                    return Err("missing = \"perturb\" goes with a retention".to_owned());
                }
                Transition::Given(matrix)
            }
            (Some(retention), None, None) => Transition::Uniform { retention: *retention },
            (Some(retention), Some(mixing), None) => Transition::Invariant { retention: *retention, mixing: *mixing },
            _ => return Err("either matrix, or retention with or without mixing".to_owned()),
        };
        if matrix.is_none() && values.is_some() {
            return Err("values are those of a matrix".to_owned());
        }
        let columns = attributes.iter().map(|name| PramColumn::new(name, transition.clone()));
        let pram = Pram::try_new(columns).map_err(sentence)?;
        match within {
            Some(strata) => pram.within(strata).map(drop).map_err(sentence),
            None => Ok(()),
        }
    }
}
