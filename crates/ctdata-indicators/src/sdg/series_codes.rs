//! The official series of 16.2.2: codes as data, with a version.
//!
//! # Sources
//! Series codes of the UN Global SDG Database as national reporting platforms and public scripts use them; a series
//! whose wording no source states has [`Standing::Inferred`], and is to be confirmed before it is quoted as official.
//! Cases of trafficking (`VC_HTF_DETCA` of one national platform) are not persons: no figure of this crate
//! belongs to that series.

use crate::error::coded;
use crate::estimate::{Attribution, Estimate, Nature, Unit};
use ctdata_model::ExploitationForm;

/// The version of [`SERIES`]: the year and month in which the list was compiled.
pub const SERIES_VERSION: &str = "2026-11";

coded! {
    /// What a series counts.
    pub enum Counted: "what a series counts" {
        /// Persons.
        Persons = "persons" / "victims",
        /// Cases, of which one can have several victims.
        Cases = "cases" / "cases",
    }
}

coded! {
    /// The form of exploitation of a series.
    pub enum FormOfSeries: "form of a series" {
        /// All forms together.
        All = "all" / "all forms",
        /// Sexual exploitation.
        Sexual = "sexual" / "sexual exploitation",
        /// Forced labour, servitude and slavery.
        Labour = "labour" / "forced labour, servitude and slavery",
        /// Removal of organs.
        Organs = "organs" / "removal of organ",
        /// Any other purpose.
        Other = "other" / "other purposes",
    }
}

coded! {
    /// How a code, or a component of the structure that it stands in, is known.
    pub enum Standing: "standing" {
        /// Read in a public source.
        Seen = "seen" / "read in a public source",
        /// From general code lists, by analogy, or in words of our own.
        Inferred = "inferred" / "inferred, to be compared with the official structure",
    }
}

/// An official series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Series {
    /// `VC_HTF_DETV`.
    pub code: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What it counts.
    pub counted: Counted,
    /// The form of exploitation.
    pub form: FormOfSeries,
    /// [`Unit::Persons`] or [`Unit::Per100k`].
    pub unit: Unit,
    /// The code of the unit in [`UNIT_MEASURE`](crate::export::sdmx::UNIT_MEASURE): `NUMBER` or `PER_100000_POP`.
    pub unit_code: &'static str,
    /// How code and meaning are known.
    pub standing: Standing,
}

/// The indicator that all series belong to.
pub(crate) const INDICATOR: &str = "16.2.2";

const NUMBER: &str = "NUMBER";
const PER_100000: &str = "PER_100000_POP";

const fn number(code: &'static str, title: &'static str, form: FormOfSeries, standing: Standing) -> Series {
    Series { code, title, counted: Counted::Persons, form, unit: Unit::Persons, unit_code: NUMBER, standing }
}

const fn rate(code: &'static str, title: &'static str, form: FormOfSeries, standing: Standing) -> Series {
    Series { unit: Unit::Per100k, unit_code: PER_100000, ..number(code, title, form, standing) }
}

/// The series of 16.2.2, and one of cases that must not be taken for it.
pub const SERIES: &[Series] = &[
    number("VC_HTF_DETV", "Detected victims of human trafficking", FormOfSeries::All, Standing::Seen),
    number(
        "VC_HTF_DETVSX",
        "Detected victims of human trafficking for sexual exploitation",
        FormOfSeries::Sexual,
        Standing::Seen,
    ),
    number(
        "VC_HTF_DETVFL",
        "Detected victims of human trafficking for forced labour, servitude and slavery",
        FormOfSeries::Labour,
        Standing::Inferred,
    ),
    number(
        "VC_HTF_DETVOG",
        "Detected victims of human trafficking for removal of organ",
        FormOfSeries::Organs,
        Standing::Inferred,
    ),
    number(
        "VC_HTF_DETVOP",
        "Detected victims of human trafficking for other purposes",
        FormOfSeries::Other,
        Standing::Seen,
    ),
    rate(
        "VC_HTF_DETVR",
        "Detected victims of human trafficking, per 100,000 population",
        FormOfSeries::All,
        Standing::Seen,
    ),
    rate(
        "VC_HTF_DETVSXR",
        "Detected victims of human trafficking for sexual exploitation, per 100,000 population",
        FormOfSeries::Sexual,
        Standing::Seen,
    ),
    rate(
        "VC_HTF_DETVFLR",
        "Detected victims of human trafficking for forced labour, servitude and slavery, per 100,000 population",
        FormOfSeries::Labour,
        Standing::Inferred,
    ),
    rate(
        "VC_HTF_DETVOGR",
        "Detected victims of human trafficking for removal of organ, per 100,000 population",
        FormOfSeries::Organs,
        Standing::Inferred,
    ),
    rate(
        "VC_HTF_DETVOPR",
        "Detected victims of human trafficking for other purposes, per 100,000 population",
        FormOfSeries::Other,
        Standing::Seen,
    ),
    Series {
        counted: Counted::Cases,
        ..number("VC_HTF_DETCA", "Detected cases of human trafficking", FormOfSeries::All, Standing::Seen)
    },
];

/// The series with this code, in any case.
pub fn series(code: &str) -> Option<&'static Series> {
    SERIES.iter().find(|series| series.code.eq_ignore_ascii_case(code.trim()))
}

/// The official series that a figure of 16.2.2 belongs to, its number of persons with [`Unit::Persons`], its rate with
/// [`Unit::Per100k`].
///
/// None for other indicators, modelled figures, countries other than that of detection, figures of a filter other than
/// place and year, and forms that no series has: the "other" of a case file is not the other purposes of the series
/// (in CTDC files it also holds the removal of organs), and mixed forms have no series.
/// Breakdowns by sex and age are dimensions of a series and do not change its code.
///
/// ```
/// use ctdata_indicators::estimate::{Dimension, Estimate, NotAvailable, Unit};
/// use ctdata_indicators::sdg::series_of;
///
/// let mut rate = Estimate::not_available("victims-per-100k", Unit::Per100k, NotAvailable::PopulationMissing);
/// rate.code = Some("16.2.2".into());
/// rate.dimensions.set(Dimension::new("form", "sexual-exploitation", "Sexual exploitation"));
/// assert_eq!(series_of(&rate, Unit::Per100k).map(|series| series.code), Some("VC_HTF_DETVSXR"));
/// assert_eq!(series_of(&rate, Unit::Persons).map(|series| series.code), Some("VC_HTF_DETVSX"));
/// ```
pub fn series_of(estimate: &Estimate, unit: Unit) -> Option<&'static Series> {
    const OF_SERIES: &[&str] = &[
        "world",
        "region",
        "sub-region",
        "intermediate-region",
        "sdg-region",
        "development-group",
        "country",
        "year",
        "sex",
        "age",
        "child-or-adult",
        "form",
    ];
    const OF_PLACE: &[&str] = &["country", "year"];
    let plain = estimate.dimensions.iter().all(|dimension| OF_SERIES.contains(&dimension.name.as_ref()))
        && estimate.filters.iter().all(|filter| OF_PLACE.contains(&filter.dimension.as_ref()));
    if !is_official(estimate) || !plain {
        return None;
    }
    let form = match estimate.dimensions.get("form") {
        None => FormOfSeries::All,
        Some(form) => FormOfSeries::of(&form.code)?,
    };
    series_of_form(form, unit)
}

/// Whether a figure is one of 16.2.2 as the series count it: detected victims, by country of detection.
pub(crate) fn is_official(estimate: &Estimate) -> bool {
    estimate.code.as_deref() == Some(INDICATOR)
        && estimate.nature != Nature::Modelled
        && matches!(estimate.attribution, None | Some(Attribution::Detection))
}

/// The series of persons of a form, in this unit.
pub(crate) fn series_of_form(form: FormOfSeries, unit: Unit) -> Option<&'static Series> {
    let fits = |series: &&Series| series.counted == Counted::Persons && series.form == form && series.unit == unit;
    SERIES.iter().find(fits)
}

impl FormOfSeries {
    /// The form of the series for a form of exploitation, by its code in a case; none if no series is about it alone.
    pub(crate) fn of(code: &str) -> Option<Self> {
        match code.parse().ok()? {
            ExploitationForm::SexualExploitation => Some(Self::Sexual),
            ExploitationForm::ForcedLabour => Some(Self::Labour),
            ExploitationForm::OrganRemoval => Some(Self::Organs),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Dimension, Filter, NotAvailable};
    use std::collections::HashSet;

    fn figure() -> Estimate {
        let mut estimate = Estimate::not_available("victims-per-100k", Unit::Per100k, NotAvailable::PopulationMissing);
        estimate.code = Some("16.2.2".into());
        estimate.dimensions.set(Dimension::new("country", "JM", "Jamaica"));
        estimate.dimensions.set(Dimension::new("sex", "female", "Female"));
        estimate
    }

    #[test]
    fn every_number_of_persons_has_its_rate() {
        let codes: HashSet<_> = SERIES.iter().map(|series| series.code).collect();
        assert_eq!(codes.len(), SERIES.len());
        for series in SERIES.iter().filter(|series| series.counted == Counted::Persons && series.unit == Unit::Persons)
        {
            let rate = super::series(&format!("{}R", series.code)).unwrap();
            assert_eq!((rate.form, rate.unit, rate.unit_code), (series.form, Unit::Per100k, PER_100000));
            assert_eq!(rate.title, format!("{}, per 100,000 population", series.title));
            assert_eq!((rate.standing, series_of_form(series.form, Unit::Per100k)), (series.standing, Some(rate)));
        }
    }

    #[test]
    fn persons_and_cases_are_never_mixed() {
        assert_eq!(series("vc_htf_detca").unwrap().counted, Counted::Cases);
        for unit in [Unit::Persons, Unit::Per100k] {
            assert_eq!(series_of(&figure(), unit).unwrap().counted, Counted::Persons);
        }
        assert_eq!(series_of(&figure(), Unit::Percent), None);
    }

    #[test]
    fn what_is_narrower_than_a_series_has_no_code() {
        let mut narrowed = figure();
        narrowed.filters.push(Filter { dimension: "sex".into(), codes: vec!["female".into()] });
        assert_eq!(series_of(&narrowed, Unit::Per100k), None);
        let mut by_sector = figure();
        by_sector.dimensions.set(Dimension::new("sector", "agriculture", "Agriculture"));
        assert_eq!(series_of(&by_sector, Unit::Per100k), None);
        for form in ["mixed", "other", "forced-marriage"] {
            let mut other = figure();
            other.dimensions.set(Dimension::new("form", form, form));
            assert_eq!(series_of(&other, Unit::Per100k), None, "{form}");
        }
        let proxy = Estimate { code: Some("P-87R".into()), ..figure() };
        assert_eq!(series_of(&proxy, Unit::Per100k), None);
        let of_citizens = Estimate { attribution: Some(Attribution::Citizenship), ..figure() };
        assert_eq!(series_of(&of_citizens, Unit::Per100k), None);
        let modelled = Estimate { nature: Nature::Modelled, ..figure() };
        assert_eq!(series_of(&modelled, Unit::Per100k), None);
    }
}
