//! What a caller asks of an indicator: breakdown, filters, base and the other choices that move
//! published figures.

mod dimension;
mod variable;
mod words;

use crate::error::coded;
use crate::estimate::{Attribution, Base, ChildBasis};
use crate::interval::{Level, RateInterval, ShareInterval};
use crate::people::Match;
use ctdata_model::{CodeList, Country, Region, SdgRegion, SubRegion};

pub(crate) use dimension::{Dim, Place};
pub(crate) use variable::{Scope, flags};
pub(crate) use words::{flag_words, static_words, words};

coded! {
    /// How coarse the countries of origin and exploitation are read.
    #[derive(Default)]
    pub enum GeoLevel: "level of countries" {
        /// Countries.
        Country = "country" / "country",
        /// The 17 sub-regions of M49.
        SubRegion = "sub-region" / "sub-region",
        /// The five regions of M49; the default.
        #[default]
        Region = "region" / "region",
        /// The eight regions of the SDG reports.
        SdgRegion = "sdg-region" / "SDG region",
    }
}

/// The code and the name of each value of a list.
fn entries<L: CodeList>() -> Vec<(&'static str, &'static str)> {
    L::ALL.iter().map(|value| (value.code(), value.label())).collect()
}

impl GeoLevel {
    /// The codes and names of the places on this level.
    pub(crate) fn places(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Country => entries::<Country>(),
            Self::SubRegion => entries::<SubRegion>(),
            Self::Region => entries::<Region>(),
            Self::SdgRegion => entries::<SdgRegion>(),
        }
    }

    /// The position of a country's place in [`places`](Self::places); `None` where M49 has none.
    pub(crate) fn position(self, country: Country) -> Option<usize> {
        match self {
            Self::Country => Some(country.index()),
            Self::SubRegion => country.sub_region().map(CodeList::index),
            Self::Region => country.region().map(CodeList::index),
            Self::SdgRegion => country.sdg_region().map(CodeList::index),
        }
    }
}

coded! {
    /// How a person with several forms of exploitation is counted.
    #[derive(Default)]
    pub enum FormCoding: "form coding" {
        /// Once in each form: shares can add to more than 100 %. The default.
        #[default]
        MultiResponse = "multi-response" / "once in each form",
        /// Once in all: in the only form, or as `mixed`.
        Exclusive = "exclusive" / "once, several forms as mixed",
    }
}

coded! {
    /// Whose number of residents a rate of a sex or an age is over. Published tables differ, and some change
    /// within a series, so it is printed with every rate.
    #[derive(Default)]
    pub enum PopBase: "population base" {
        /// The residents of the same sex and age: rates of parts do not add up to the rate of the whole. The default.
        #[default]
        Own = "own" / "residents of the same sex and age",
        /// All residents: rates of parts add up, and say less about each.
        Total = "total" / "all residents",
    }
}

coded! {
    /// What becomes of persons whose category is not recorded when rates are broken down.
    #[derive(Default)]
    pub enum AllocateUnknown: "allocation of unknown categories" {
        /// They are in no category, and are reported beside. The default.
        #[default]
        Never = "never" / "in no category",
        /// They are distributed in proportion to the persons whose category is recorded, in each country and year:
        /// an estimate, and labelled as one.
        Proportional = "proportional" / "distributed in proportion",
    }
}

/// A question to the catalogue.
///
/// Dimensions are named as the output names them (`sex`, `age`, `year`, `citizenship`, `country`,
/// `form`, `region-of-origin`, `child-or-adult` …), as the case schema names its attributes
/// (`gender`, `form_forced_labour`) or as a CTDC file names its columns (`ageBroad`), in any case.
///
/// ```
/// use ctdata_indicators::{Base, Request};
///
/// let request = Request::new("form-of-exploitation").by("sex").filter("country", "KEN");
/// assert_eq!(request.base, None); // that of the catalogue
/// let all = Request { base: Some(Base::All), ..request };
/// assert_eq!(all.by, ["sex"]);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Request {
    /// The indicator: its id, or its official or short code.
    pub id: String,
    /// The dimensions to break it down by, in the order of the output.
    pub by: Vec<String>,
    /// Conditions, (dimension, category); the category as code, label or CTDC spelling. Several
    /// categories of one dimension are alternatives, different dimensions must all be met. A range of
    /// years is written `2015/2019`.
    pub filters: Vec<(String, String)>,
    /// Who is in the base of a share; by default as the catalogue states.
    pub base: Option<Base>,
    /// What makes a child. Without it, indicators on children are given for every basis that the
    /// file has; rates and breakdowns use the age at registration.
    pub child_basis: Option<ChildBasis>,
    /// Which country a case is counted for in a rate; the country of detection by default.
    pub attribution: Option<Attribution>,
    /// When a victim's perpetrators match the victim, where several are known. Without it, both figures are given.
    pub matching: Option<Match>,
    /// How coarse flows and places of origin and exploitation are; regions by default.
    pub flow_level: GeoLevel,
    /// How forms of exploitation are counted; in each form by default.
    pub forms: FormCoding,
    /// Whose residents rates of a sex or an age are over; those of the same sex and age by default.
    pub population_base: PopBase,
    /// What becomes of unknown categories in rates; they stay outside by default.
    pub unknown: AllocateUnknown,
    /// The confidence level; 95 % by default.
    pub level: Level,
    /// The interval of shares; Wilson by default.
    pub share_interval: ShareInterval,
    /// The interval of rates; Garwood by default.
    pub rate_interval: RateInterval,
}

impl Request {
    /// An indicator with all defaults.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// The same, broken down by one more dimension.
    #[must_use]
    pub fn by(mut self, dimension: impl Into<String>) -> Self {
        self.by.push(dimension.into());
        self
    }

    /// The same of the cases that meet one more condition.
    #[must_use]
    pub fn filter(mut self, dimension: impl Into<String>, category: impl Into<String>) -> Self {
        self.filters.push((dimension.into(), category.into()));
        self
    }
}
