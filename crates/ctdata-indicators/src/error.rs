//! What can go wrong when indicators are computed, and the code lists' shared form.

use crate::framework::Evidence;
use crate::interval::IntervalError;
use crate::population::{PopulationError, PopulationKey};
use ctdata_table::TableError;
use std::borrow::Cow;

/// An error of this crate. It names indicators, dimensions and places, never a value of a case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndicatorError {
    /// An indicator that the catalogue does not have.
    #[error("there is no indicator `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownIndicator {
        /// The name asked for.
        name: String,
        /// The most similar name there is.
        nearest: Option<String>,
    },
    /// A dimension that the indicator cannot be broken down or filtered by.
    #[error("indicator `{indicator}` has no dimension `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownDimension {
        /// The indicator.
        indicator: String,
        /// The name asked for.
        name: String,
        /// The most similar name there is.
        nearest: Option<String>,
    },
    /// A category that a dimension does not have.
    #[error("dimension `{dimension}` has no category `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownCategory {
        /// The dimension.
        dimension: String,
        /// The code or label asked for.
        name: String,
        /// The most similar code there is.
        nearest: Option<String>,
    },
    /// A request that the indicator cannot answer.
    #[error("indicator `{indicator}`: {rule}")]
    Request {
        /// The indicator.
        indicator: String,
        /// What it allows.
        rule: Cow<'static, str>,
    },
    /// A rate without a population to divide by.
    #[error("indicator `{indicator}` needs a population file")]
    NeedsPopulation {
        /// The indicator.
        indicator: String,
    },
    /// The layout of the file lacks what the indicator counts.
    #[error("indicator `{indicator}` cannot be computed: the file has no attribute `{attribute}`")]
    Unavailable {
        /// The indicator.
        indicator: String,
        /// The attribute it needs.
        attribute: String,
    },
    /// An official indicator that case data cannot give, whatever the file.
    #[error("indicator {code} needs {}, case data cannot give it{}", needs.label(), companion_hint(*companion))]
    NeedsSurveyData {
        /// The official code, `16.2.1`.
        code: &'static str,
        /// What it is measured from.
        needs: Evidence,
        /// What case data can say beside it: an id of the catalogue.
        companion: Option<&'static str>,
    },
    /// An indicator of something that this kind of file does not record.
    #[error("indicator `{indicator}` needs {needs}")]
    NotCollected {
        /// The indicator.
        indicator: String,
        /// What it is computed from, in words.
        needs: Cow<'static, str>,
    },
    /// Figures from outside (a published table, a series, weights) that break a rule.
    #[error("{what}: {rule}")]
    Figures {
        /// What they are, with the place: file, row, column.
        what: String,
        /// The rule.
        rule: Cow<'static, str>,
    },
    /// The population file has no denominator for a group.
    #[error("no population for {key}")]
    PopulationMissing {
        /// The group asked for.
        key: PopulationKey,
    },
    /// A population table or a figure in it is wrong.
    #[error(transparent)]
    Population(#[from] PopulationError),
    /// A confidence interval cannot be given.
    #[error(transparent)]
    Interval(#[from] IntervalError),
    /// There is no picture of these figures.
    #[cfg(feature = "plot")]
    #[error(transparent)]
    Plot(#[from] crate::plot::PlotError),
    /// Capture histories, models or options of multiple systems estimation are wrong.
    #[error(transparent)]
    Mse(#[from] crate::mse::MseError),
    /// Records do not become tables.
    #[error(transparent)]
    Model(#[from] ctdata_model::ModelError),
    /// Counting or reading a table failed.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl IndicatorError {
    /// Whether the file is to blame, which lacks something that the indicator needs, and not the caller.
    pub fn is_of_file(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. } | Self::Request { .. } | Self::NeedsPopulation { .. } | Self::NotCollected { .. }
        )
    }

    /// Figures from outside that break a rule.
    pub(crate) fn figures(what: impl Into<String>, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::Figures { what: what.into(), rule: rule.into() }
    }
}

/// A text that is not one of the words of a closed list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a known {list}; known are {}", known.join(", "))]
pub struct UnknownCode {
    /// What the list is about.
    pub list: &'static str,
    /// The text given, from an option, a plan or a stored result.
    pub text: String,
    /// The words of the list.
    pub known: &'static [&'static str],
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

fn companion_hint(companion: Option<&str>) -> String {
    companion.map_or_else(String::new, |id| format!("; what detected cases can say is `{id}`"))
}

/// A closed list of words: an enum with `code`, `label`, `ALL`, `Display`, `FromStr` (in any case)
/// and serde, all by code. Each variant is written `Name = "code" / "label"`.
macro_rules! coded {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $list:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $code:literal / $label:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(into = "&'static str", try_from = "String")
        )]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// All values, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files and on the command line.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The name for people.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.code())
            }
        }

        impl From<$name> for &'static str {
            fn from(value: $name) -> Self {
                value.code()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $(
                    if text.eq_ignore_ascii_case($code) {
                        return Ok(Self::$variant);
                    }
                )+
                Err($crate::error::UnknownCode {
                    list: $list,
                    text: text.to_owned(),
                    known: &[$($code),+],
                })
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::error::UnknownCode;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::error::UnknownCode;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}
pub(crate) use coded;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Attribution, Base, ChildBasis, Nature, NotAvailable, Unit};
    use crate::interval::{IntervalMethod, RateInterval, ShareInterval};
    use crate::population::PopulationSex;

    #[test]
    fn errors_read_as_sentences() {
        let error = IndicatorError::UnknownIndicator { name: "sectr".into(), nearest: Some("sector".into()) };
        assert_eq!(error.to_string(), "there is no indicator `sectr`; did you mean `sector`?");
        let error = IndicatorError::NeedsSurveyData {
            code: "8.7.1",
            needs: Evidence::HouseholdSurvey,
            companion: Some("forced-labour"),
        };
        assert_eq!(
            error.to_string(),
            "indicator 8.7.1 needs a household survey, case data cannot give it; \
             what detected cases can say is `forced-labour`"
        );
    }

    fn each_code_is_read_back<T>(all: &[T])
    where
        T: Copy + PartialEq + std::fmt::Debug + std::fmt::Display + std::str::FromStr<Err = UnknownCode>,
    {
        for value in all {
            assert_eq!(value.to_string().parse(), Ok(*value));
            assert_eq!(value.to_string().to_uppercase().parse(), Ok(*value));
        }
        assert!("no such word".parse::<T>().is_err());
    }

    #[test]
    fn every_list_reads_back_what_it_prints() {
        each_code_is_read_back(Attribution::ALL);
        each_code_is_read_back(Base::ALL);
        each_code_is_read_back(ChildBasis::ALL);
        each_code_is_read_back(Evidence::ALL);
        each_code_is_read_back(IntervalMethod::ALL);
        each_code_is_read_back(Nature::ALL);
        each_code_is_read_back(NotAvailable::ALL);
        each_code_is_read_back(PopulationSex::ALL);
        each_code_is_read_back(RateInterval::ALL);
        each_code_is_read_back(ShareInterval::ALL);
        each_code_is_read_back(Unit::ALL);
        each_code_is_read_back(crate::published::Assumption::ALL);
        each_code_is_read_back(crate::series::BreakKind::ALL);
        each_code_is_read_back(crate::standardize::StandardizedInterval::ALL);
        assert_eq!(
            "any".parse::<Base>().unwrap_err().to_string(),
            "`any` is not a known base; known are any-in-group, answered, all"
        );
    }
}
