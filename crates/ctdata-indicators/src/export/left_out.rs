//! Estimates that a format has no place for: never lost silently, always returned with the reason.

use std::borrow::Cow;

use crate::Estimate;
use crate::error::coded;

coded! {
    /// Why a format does not take an estimate.
    #[non_exhaustive]
    pub enum LeftOutReason: "reason for leaving out" {
        /// SDMX: the structure has no series for the indicator.
        NoSeries = "no-series" / "the structure has no series for it",
        /// It is about no year, or about several.
        NoSingleYear = "no-single-year" / "it is not about one calendar year",
        /// It is about no place, or about one without an M49 number.
        NoArea = "no-area" / "it is about no place with an M49 number",
        /// The places are those of citizenship, not of detection.
        OtherAttribution = "other-attribution" / "its country is not that of detection",
        /// The code list of the dimension lacks the category.
        NoCode = "no-code" / "the code list has no code for its category",
        /// The structure lacks the dimension.
        NoDimension = "no-dimension" / "the structure has no such dimension",
        /// It is restricted to some cases, which the format cannot say.
        Restricted = "restricted" / "it is restricted to some cases, and the format cannot say so",
        /// Its unit is none of an observation of a year.
        OtherUnit = "other-unit" / "its unit is none of an observation",
        /// Another estimate stands under the same key.
        SameKey = "same-key" / "another figure stands under the same key",
    }
}

/// An estimate that a format does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LeftOut {
    /// Its position among the estimates handed in.
    pub position: usize,
    /// Its indicator.
    pub indicator: Cow<'static, str>,
    /// Why.
    pub reason: LeftOutReason,
    /// The dimension in question, where it is one.
    pub dimension: Option<Cow<'static, str>>,
}

/// A reason with the dimension in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: LeftOutReason,
    pub(super) dimension: Option<Cow<'static, str>>,
}

impl Refusal {
    pub(super) fn of(reason: LeftOutReason, dimension: &str) -> Self {
        Self { reason, dimension: Some(Cow::Owned(dimension.to_owned())) }
    }

    pub(super) fn left_out(self, position: usize, estimate: &Estimate) -> LeftOut {
        LeftOut { position, indicator: estimate.indicator.clone(), reason: self.reason, dimension: self.dimension }
    }
}

impl From<LeftOutReason> for Refusal {
    fn from(reason: LeftOutReason) -> Self {
        Self { reason, dimension: None }
    }
}
