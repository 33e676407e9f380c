//! The justice side: proceedings against traffickers beside detected victims, from aggregate counts.
//!
//! Case files of victims do not say what became of the suspects, so that these ratios are computed from published totals:
//! persons in formal contact with the police, prosecuted and convicted, as the United Nations collect them. They compare
//! different persons, counted in the same year at different stages; nobody is followed from one stage to the next.

use crate::estimate::{Dimension, Estimate, NotAvailable, PopulationSource, Unit, Value, Years};
use crate::interval::{IntervalError, Level, RateInterval, as_f64};
use crate::population::Persons;
use crate::published::{PublishedRow, PublishedTable};
use crate::series::{Events, rate_ratio};
use crate::{Count, IndicatorError};

/// What every such ratio needs beside it.
pub const YEARS_DIFFER: &str =
    "years differ: proceedings of a year stem from detections and offences of earlier years; nobody is followed";
const PERSONS: &str = "persons, neither cases nor offences; one conviction can concern many victims";
const RANGE: &str = "a count is a range: only bounds are known";

/// The counts of one place and year.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct JusticeYear {
    /// The place; empty if there is one only.
    pub place: String,
    /// The year of the proceedings.
    pub year: u16,
    /// The year in which the victims were detected; the same one, or an earlier one if a lag is wanted.
    pub detection_year: u16,
    /// Victims detected in that year.
    pub victims: Count,
    /// Persons in formal contact with the police or the justice system because of trafficking.
    pub in_contact: Count,
    /// Persons prosecuted.
    pub prosecuted: Count,
    /// Persons convicted.
    pub convicted: Count,
    /// The residents in the year of the proceedings.
    pub population: Option<PopulationSource>,
}

impl JusticeYear {
    /// A year of which nothing is known yet.
    pub fn new(place: impl Into<String>, year: u16) -> Self {
        Self {
            place: place.into(),
            year,
            detection_year: year,
            victims: Count::Missing,
            in_contact: Count::Missing,
            prosecuted: Count::Missing,
            convicted: Count::Missing,
            population: None,
        }
    }

    /// The five figures: convictions per 100 detected victims, convictions per 100,000 residents, and the ratios from
    /// contact to prosecution, from prosecution to conviction, and from contact to conviction.
    ///
    /// A ratio has the exact interval conditional on the sum of its counts, as for two independent Poisson counts; it is
    /// no share and can exceed 1. Without a count or the residents a figure has a reason and no value; where a count is
    /// a range, it has an interval over its bounds and no value.
    ///
    /// # Errors
    /// Counts too large for an exact interval, or residents that are no number of persons.
    pub fn estimates(&self, level: Level) -> Result<Vec<Estimate>, IndicatorError> {
        Ok(vec![
            self.ratio("convictions-per-100-victims", Unit::Per100Victims, 100.0, self.convicted, self.victims, level)?,
            self.rate(level)?,
            self.ratio("prosecutions-per-contact", Unit::Ratio, 1.0, self.prosecuted, self.in_contact, level)?,
            self.ratio("convictions-per-prosecution", Unit::Ratio, 1.0, self.convicted, self.prosecuted, level)?,
            self.ratio("convictions-per-contact", Unit::Ratio, 1.0, self.convicted, self.in_contact, level)?,
        ])
    }

    fn ratio(
        &self,
        id: &'static str,
        unit: Unit,
        factor: f64,
        count: Count,
        base: Count,
        level: Level,
    ) -> Result<Estimate, IndicatorError> {
        let mut estimate = match (count.is_missing() || base.is_missing(), base.exact()) {
            (true, _) => Estimate::not_available(id, unit, NotAvailable::NotRecorded),
            (false, Some(0)) => Estimate::not_available(id, unit, NotAvailable::EmptyBase),
            (false, _) => rate_ratio(Events::of(count), Events::of(base), level)?.estimate(id, unit, factor)?,
        };
        (estimate.numerator, estimate.base) = (count.exact(), base.exact());
        self.describe(&mut estimate);
        if unit == Unit::Per100Victims && self.detection_year != self.year {
            let note = format!("victims detected in {}, convictions of {}", self.detection_year, self.year);
            estimate.notes.push(note.into());
        }
        Ok(estimate)
    }

    fn rate(&self, level: Level) -> Result<Estimate, IndicatorError> {
        const ID: &str = "convictions-per-100k";
        let residents = self.population.as_ref().map(|found| Persons::try_new(found.persons)).transpose()?;
        let unavailable = |reason| Estimate::not_available(ID, Unit::Per100k, reason);
        let mut estimate = match (residents, self.convicted) {
            (_, Count::Missing) => unavailable(NotAvailable::NotRecorded),
            (None, _) => unavailable(NotAvailable::PopulationMissing),
            (Some(residents), count) => rate_of(ID, count, residents, level)?,
        };
        estimate.numerator = self.convicted.exact();
        estimate.population.clone_from(&self.population);
        self.describe(&mut estimate);
        Ok(estimate)
    }

    fn describe(&self, estimate: &mut Estimate) {
        estimate.period = Some(Years::single(self.year));
        if !self.place.is_empty() {
            estimate.dimensions.set(Dimension::new("place", self.place.clone(), self.place.clone()));
        }
        let year = self.year.to_string();
        estimate.dimensions.set(Dimension::new("year", year.clone(), year));
        estimate.notes.extend([YEARS_DIFFER, PERSONS].map(Into::into));
    }
}

/// A rate of a count that may be a range.
fn rate_of(id: &'static str, count: Count, residents: Persons, level: Level) -> Result<Estimate, IntervalError> {
    let mut estimate = Estimate::not_available(id, Unit::Per100k, NotAvailable::EmptyBase);
    estimate.base = Some(residents.rounded());
    let Some(factor) = residents.per_100k() else {
        return Ok(estimate);
    };
    let interval = count.interval(RateInterval::Garwood, level)?;
    estimate.interval = interval.map(|interval| interval.scaled(factor)).transpose()?;
    if let Some(count) = count.exact() {
        estimate.value = Value::from(as_f64(count) * factor);
    } else {
        (estimate.value, estimate.suppressed) = (Value::NotAvailable(NotAvailable::Suppressed), true);
        estimate.notes.push(RANGE.into());
    }
    Ok(estimate)
}

/// What the categories of a published table are called that counts victims and proceedings; those that it does not have
/// are left empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct JusticeCategories {
    /// Victims detected.
    pub victims: Option<String>,
    /// Persons in formal contact.
    pub in_contact: Option<String>,
    /// Persons prosecuted.
    pub prosecuted: Option<String>,
    /// Persons convicted.
    pub convicted: Option<String>,
}

/// The years of a published table whose categories are stages, with victims detected `lag` years before the proceedings.
///
/// # Errors
/// The table has no category of a name given.
pub fn justice_years(
    table: &PublishedTable,
    categories: &JusticeCategories,
    lag: u16,
) -> Result<Vec<JusticeYear>, IndicatorError> {
    let position = |name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => table
            .category(name)
            .map(Some)
            .ok_or_else(|| IndicatorError::figures("published table", format!("it has no category `{name}`"))),
    };
    let victims = position(&categories.victims)?;
    let in_contact = position(&categories.in_contact)?;
    let prosecuted = position(&categories.prosecuted)?;
    let convicted = position(&categories.convicted)?;
    let count =
        |row: &PublishedRow, at: Option<usize>| at.and_then(|at| row.parts.get(at)).copied().unwrap_or(Count::Missing);
    let year = |row: &PublishedRow| {
        let detection_year = row.year.saturating_sub(lag);
        let detected = table.row(&row.place, detection_year);
        JusticeYear {
            detection_year,
            victims: detected.map_or(Count::Missing, |row| count(row, victims)),
            in_contact: count(row, in_contact),
            prosecuted: count(row, prosecuted),
            convicted: count(row, convicted),
            ..JusticeYear::new(row.place.clone(), row.year)
        }
    };
    Ok(table.rows().iter().map(year).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::clopper_pearson;
    use crate::interval::testing::assert_digits;

    fn year() -> JusticeYear {
        JusticeYear {
            victims: Count::Exact(250),
            in_contact: Count::Exact(80),
            prosecuted: Count::Exact(40),
            convicted: Count::Exact(15),
            population: Some(PopulationSource { source: "WPP".into(), vintage: "2019".into(), persons: 2_727_000.0 }),
            ..JusticeYear::new("XAA", 2020)
        }
    }

    fn of<'a>(estimates: &'a [Estimate], id: &str) -> &'a Estimate {
        estimates.iter().find(|estimate| estimate.indicator == id).unwrap()
    }

    /// 15 of 250 are 6 per 100. The interval by its definition, from the Clopper–Pearson bounds of 15 among 265.
    #[test]
    fn convictions_are_told_per_100_victims() {
        let estimates = year().estimates(Level::P95).unwrap();
        let found = of(&estimates, "convictions-per-100-victims");
        assert_digits(found.value.known().unwrap(), "6.0000");
        let share = clopper_pearson(15, 265, Level::P95).unwrap();
        let interval = found.interval.unwrap();
        assert!((interval.low() - 100.0 * share.low() / (1.0 - share.low())).abs() < 1e-9);
        assert!((interval.high() - 100.0 * share.high() / (1.0 - share.high())).abs() < 1e-9);
        assert_eq!((found.numerator, found.base), (Some(15), Some(250)));
        assert!(estimates.iter().all(|estimate| estimate.notes.iter().any(|note| note == YEARS_DIFFER)));
    }

    /// The worked rate of the indicator notes: 5 among 2,727 thousand residents.
    #[test]
    fn the_rate_per_residents_is_garwoods() {
        let five = JusticeYear { convicted: Count::Exact(5), ..year() };
        let estimates = five.estimates(Level::P95).unwrap();
        let rate = of(&estimates, "convictions-per-100k");
        assert_digits(rate.value.known().unwrap(), "0.183352");
        assert_digits(rate.interval.unwrap().low(), "0.059534");
        assert_digits(rate.interval.unwrap().high(), "0.427882");
    }

    #[test]
    fn stages_are_ratios_and_can_exceed_one() {
        let estimates = year().estimates(Level::P95).unwrap();
        let ratios = [("prosecutions-per-contact", 0.5), ("convictions-per-prosecution", 0.375)];
        for (id, ratio) in ratios {
            assert!((of(&estimates, id).value.known().unwrap() - ratio).abs() < 1e-15);
        }
        let backlog = JusticeYear { convicted: Count::Exact(50), ..year() }.estimates(Level::P95).unwrap();
        assert!(of(&backlog, "convictions-per-prosecution").value.known().unwrap() > 1.0);
    }

    #[test]
    fn missing_and_hidden_counts_have_a_reason_and_no_value() {
        let hidden = JusticeYear { convicted: Count::Range { lo: 0, hi: 4 }, population: None, ..year() };
        let estimates = hidden.estimates(Level::P95).unwrap();
        let ratio = of(&estimates, "convictions-per-100-victims");
        assert_eq!((ratio.value, ratio.numerator), (Value::NotAvailable(NotAvailable::Suppressed), None));
        assert!(ratio.interval.unwrap().low().abs() < f64::MIN_POSITIVE);
        let rate = of(&estimates, "convictions-per-100k");
        assert_eq!(rate.value, Value::NotAvailable(NotAvailable::PopulationMissing));
        let nothing = JusticeYear::new("", 2020).estimates(Level::P95).unwrap();
        assert!(nothing.iter().all(|found| found.value == Value::NotAvailable(NotAvailable::NotRecorded)));
        let nobody = JusticeYear { victims: Count::Exact(0), ..year() }.estimates(Level::P95).unwrap();
        let ratio = of(&nobody, "convictions-per-100-victims");
        assert_eq!((ratio.value, ratio.interval), (Value::NotAvailable(NotAvailable::EmptyBase), None));
    }

    #[test]
    fn a_table_of_stages_gives_years_with_a_lag() {
        let row = |year, victims: u64, convicted: u64| PublishedRow {
            place: "XAA".into(),
            year,
            total: Count::Missing,
            parts: vec![victims.into(), convicted.into()],
        };
        let names = vec!["Detected victims".to_owned(), "Convicted".to_owned()];
        let table = PublishedTable::try_new(names, [row(2018, 100, 3), row(2020, 200, 9)]).unwrap();
        let categories = JusticeCategories {
            victims: Some("detected victims".into()),
            convicted: Some("convicted".into()),
            ..JusticeCategories::default()
        };
        let years = justice_years(&table, &categories, 2).unwrap();
        let victims: Vec<(u16, Count, Count)> = years.iter().map(|y| (y.year, y.victims, y.convicted)).collect();
        assert_eq!(victims, [(2018, Count::Missing, Count::Exact(3)), (2020, Count::Exact(100), Count::Exact(9))]);
        let estimates = years[1].estimates(Level::P95).unwrap();
        let note = "victims detected in 2018, convictions of 2020";
        assert!(of(&estimates, "convictions-per-100-victims").notes.iter().any(|found| found == note));
        let unknown = JusticeCategories { prosecuted: Some("charged".into()), ..categories };
        assert!(justice_years(&table, &unknown, 0).is_err());
    }
}
