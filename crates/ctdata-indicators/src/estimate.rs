//! The output record of every indicator: the figure, what it was computed from, and its interval.
//!
//! As JSON an estimate is one flat object. Text and numbers stand under the names of the fields
//! below. `code`, `numerator`, `base`, `unknown`, `value` and `interval` are always there, null where there is none
//! (a null `value` comes with a `reason`); other fields that are not known are left out.
//! Coordinates are `dimensions` (name to code, in order) and `labels` (name to label).

mod dimensions;
mod rounding;
mod value;
mod words;
mod years;

use crate::interval::{Interval, IntervalError, Level, RateInterval, ShareInterval, as_f64};
use crate::population::Persons;
use crate::request::PopBase;
use std::borrow::Cow;

pub use dimensions::{Dimension, Dimensions};
pub use rounding::Rounding;
pub use value::{NotAvailable, Value};
pub use words::{Attribution, Base, ChildBasis, Nature, Unit};
pub use years::{NotYears, Years};

/// A condition that the counted cases meet: the dimension has one of the codes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Filter {
    /// The dimension's name.
    pub dimension: Cow<'static, str>,
    /// The codes let through.
    pub codes: Vec<String>,
}

/// Where the denominator of a rate comes from.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PopulationSource {
    /// The publication.
    pub source: Cow<'static, str>,
    /// Its edition; figures of different vintages are never mixed.
    pub vintage: Cow<'static, str>,
    /// The denominator in persons.
    pub persons: f64,
}

/// One figure with everything needed to judge it.
///
/// Make one with [`Estimate::share`], [`Estimate::rate`], [`Estimate::count`] or
/// [`Estimate::not_available`] and fill in what else is known; the optional fields start empty.
///
/// ```
/// use ctdata_indicators::estimate::{Base, Dimension, Estimate};
/// use ctdata_indicators::interval::{Level, ShareInterval};
///
/// let mut share = Estimate::share("form-of-exploitation", 42_340, 111_965, ShareInterval::Wilson, Level::P95)?;
/// share.base_rule = Some(Base::AnyInGroup);
/// share.dimensions.set(Dimension::new("form", "forced-labour", "Forced labour"));
/// assert!((share.value.known().unwrap() - 37.8154).abs() < 5e-5); // percent
/// # Ok::<(), ctdata_indicators::interval::IntervalError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Estimate {
    /// The indicator's id, `form-of-exploitation`.
    pub indicator: Cow<'static, str>,
    /// Its official or short code, `16.2.2` or `V-EXP`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub code: Option<Cow<'static, str>>,
    /// The version of the definition it follows.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub definition_version: Option<Cow<'static, str>>,
    /// The coordinates; none for a total.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub dimensions: Dimensions,
    /// Which country the cases are counted for, where countries matter.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub attribution: Option<Attribution>,
    /// The years covered.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub period: Option<Years>,
    /// The conditions all counted cases meet.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub filters: Vec<Filter>,
    /// Persons counted.
    #[cfg_attr(feature = "serde", serde(default))]
    pub numerator: Option<u64>,
    /// Persons in the base of a share; residents, in whole persons, for a rate.
    #[cfg_attr(feature = "serde", serde(default))]
    pub base: Option<u64>,
    /// Persons outside the base because the answer is not known.
    #[cfg_attr(feature = "serde", serde(default))]
    pub unknown: Option<u64>,
    /// Of a rate broken down: the persons of the country and year less the sum of the categories listed. Negative
    /// where persons are in several of them.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub residual: Option<i64>,
    /// Whether the figures were withheld or coarsened to protect persons.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
    pub suppressed: bool,
    /// The figure.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub value: Value,
    /// The unit of the value and the interval.
    pub unit: Unit,
    /// The confidence interval, in the unit of the value.
    #[cfg_attr(feature = "serde", serde(default))]
    pub interval: Option<Interval>,
    /// The denominator of a rate.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub population: Option<PopulationSource>,
    /// Whose residents they are.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub population_base: Option<PopBase>,
    /// For a regional figure: population of the reporting countries over that of the region, 0 to 1.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub coverage: Option<f64>,
    /// How the figure came about.
    #[cfg_attr(feature = "serde", serde(default))]
    pub nature: Nature,
    /// Who is in the base.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub base_rule: Option<Base>,
    /// What a reader must know to use the figure.
    #[cfg_attr(feature = "serde", serde(default))]
    pub notes: Vec<Cow<'static, str>>,
}

impl Estimate {
    /// An estimate without a value, for the reason given.
    pub fn not_available(indicator: impl Into<Cow<'static, str>>, unit: Unit, reason: NotAvailable) -> Self {
        Self {
            indicator: indicator.into(),
            code: None,
            definition_version: None,
            dimensions: Dimensions::default(),
            attribution: None,
            period: None,
            filters: Vec::new(),
            numerator: None,
            base: None,
            unknown: None,
            residual: None,
            suppressed: reason == NotAvailable::Suppressed,
            value: Value::NotAvailable(reason),
            unit,
            interval: None,
            population: None,
            population_base: None,
            coverage: None,
            nature: Nature::default(),
            base_rule: None,
            notes: Vec::new(),
        }
    }

    /// A share in percent, with its interval; an empty base gives no value.
    ///
    /// # Errors
    /// The numerator is larger than the base, or the base too large for an exact interval.
    pub fn share(
        indicator: impl Into<Cow<'static, str>>,
        numerator: u64,
        base: u64,
        method: ShareInterval,
        level: Level,
    ) -> Result<Self, IntervalError> {
        let mut estimate = Self::not_available(indicator, Unit::Percent, NotAvailable::EmptyBase);
        (estimate.numerator, estimate.base) = (Some(numerator), Some(base));
        match method.of(numerator, base, level) {
            Ok(interval) => {
                estimate.value = Value::from(100.0 * as_f64(numerator) / as_f64(base));
                estimate.interval = Some(interval.scaled(100.0)?);
            }
            Err(IntervalError::NoTrials) if numerator == 0 => {}
            Err(IntervalError::NoTrials) => return Err(IntervalError::MoreThanTrials),
            Err(error) => return Err(error),
        }
        Ok(estimate)
    }

    /// A rate per 100,000 residents, with its interval; without residents there is no value.
    ///
    /// Set [`Estimate::population`] to say where the residents come from.
    ///
    /// # Errors
    /// The count is too large for an exact interval.
    pub fn rate(
        indicator: impl Into<Cow<'static, str>>,
        count: u64,
        residents: Persons,
        method: RateInterval,
        level: Level,
    ) -> Result<Self, IntervalError> {
        let mut estimate = Self::not_available(indicator, Unit::Per100k, NotAvailable::EmptyBase);
        (estimate.numerator, estimate.base) = (Some(count), Some(residents.rounded()));
        if let Some(factor) = residents.per_100k() {
            estimate.value = Value::from(as_f64(count) * factor);
            estimate.interval = Some(method.of(count, level)?.scaled(factor)?);
        }
        Ok(estimate)
    }

    /// A number of persons.
    pub fn count(indicator: impl Into<Cow<'static, str>>, count: u64) -> Self {
        let mut estimate = Self::not_available(indicator, Unit::Persons, NotAvailable::Undefined);
        estimate.numerator = Some(count);
        estimate.value = Value::Known(as_f64(count));
        estimate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CTDC synthetic data 2021: 42,340 of 111,965 persons with a form of exploitation recorded.
    fn forced_labour() -> Estimate {
        let mut share =
            Estimate::share("form-of-exploitation", 42_340, 111_965, ShareInterval::Wilson, Level::P95).unwrap();
        share.code = Some("V-EXP".into());
        share.unknown = Some(81_060);
        share.base_rule = Some(Base::AnyInGroup);
        share.dimensions.set(Dimension::new("sex", "female", "Female"));
        share.dimensions.set(Dimension::new("form", "forced-labour", "Forced labour"));
        share
    }

    #[test]
    fn a_share_and_its_interval_are_in_percent() {
        let share = forced_labour();
        let (value, interval) = (share.value.known().unwrap(), share.interval.unwrap());
        assert_eq!(Rounding::default().format(value, 4), "37.8154");
        assert!(interval.low() < value && value < interval.high() && interval.high() < 38.2);
        assert_eq!(share.unit, Unit::Percent);
    }

    #[test]
    fn an_empty_base_has_a_reason_and_no_value() {
        let share = Estimate::share("sector", 0, 0, ShareInterval::Wilson, Level::P95).unwrap();
        assert_eq!(share.value, Value::NotAvailable(NotAvailable::EmptyBase));
        assert_eq!((share.base, share.interval), (Some(0), None));
        let impossible = Estimate::share("sector", 1, 0, ShareInterval::Wilson, Level::P95);
        assert_eq!(impossible, Err(IntervalError::MoreThanTrials));
    }

    /// Worked answers of the indicator notes on 16.2.2: 5 victims among 2,727 thousand residents.
    #[test]
    fn a_rate_is_per_100_000_residents() {
        let residents = Persons::try_new(2_727_000.0).unwrap();
        let rate = Estimate::rate("detected-victims", 5, residents, RateInterval::Garwood, Level::P95).unwrap();
        assert_eq!(Rounding::default().format(rate.value.known().unwrap(), 6), "0.183352");
        assert_eq!(rate.base, Some(2_727_000));
        let nobody = Persons::try_new(0.0).unwrap();
        let rate = Estimate::rate("detected-victims", 5, nobody, RateInterval::Garwood, Level::P95).unwrap();
        assert_eq!(rate.value, Value::NotAvailable(NotAvailable::EmptyBase));
    }

    #[test]
    fn a_suppressed_estimate_says_so() {
        let estimate = Estimate::not_available("sector", Unit::Percent, NotAvailable::Suppressed);
        assert!(estimate.suppressed && estimate.numerator.is_none());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_stored_form_keeps_names_and_order() {
        let mut share = forced_labour();
        share.value = Value::Known(37.5);
        share.interval =
            Some(Interval::try_new(37.25, 38.0, Level::P95, crate::interval::IntervalMethod::Wilson).unwrap());
        share.period = Some(Years::between(2021, 2002));
        share.filters = vec![Filter { dimension: "sex".into(), codes: vec!["female".into()] }];
        share.notes.push("not a random sample".into());
        let text = concat!(
            r#"{"indicator":"form-of-exploitation","code":"V-EXP","#,
            r#""dimensions":{"sex":"female","form":"forced-labour"},"#,
            r#""labels":{"sex":"Female","form":"Forced labour"},"#,
            r#""period":"2002/2021","filters":[{"dimension":"sex","codes":["female"]}],"#,
            r#""numerator":42340,"base":111965,"unknown":81060,"value":37.5,"unit":"percent","#,
            r#""interval":{"low":37.25,"high":38.0,"level":0.95,"method":"wilson"},"#,
            r#""nature":"country","base_rule":"any-in-group","notes":["not a random sample"]}"#,
        );
        assert_eq!(serde_json::to_string(&share).unwrap(), text);
        assert_eq!(serde_json::from_str::<Estimate>(text).unwrap(), share);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_missing_value_is_null_with_its_reason() {
        let estimate = Estimate::not_available("forced-marriage", Unit::Percent, NotAvailable::NotSeparable);
        let text = concat!(
            r#"{"indicator":"forced-marriage","code":null,"dimensions":{},"numerator":null,"base":null,"#,
            r#""unknown":null,"value":null,"reason":"not-separable","unit":"percent","interval":null,"#,
            r#""nature":"country","notes":[]}"#
        );
        assert_eq!(serde_json::to_string(&estimate).unwrap(), text);
        assert_eq!(serde_json::from_str::<Estimate>(text).unwrap(), estimate);
    }
}
