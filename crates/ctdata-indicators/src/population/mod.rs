//! Population denominators, and rates per 100,000 residents.
//!
//! Figures come from a file or the caller, with the name and the edition of their publication:
//! nothing is embedded, and two vintages never meet in one [`Population`].

#[cfg(feature = "csv")]
mod read;
mod units;

use crate::IndicatorError;
use crate::estimate::PopulationSource;
use crate::interval::{Interval, IntervalError, Level, as_f64, garwood};
use ctdata_model::Country;
use ctdata_table::Location;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub use units::{AgeGroup, Persons, PopulationKey, PopulationSex, Thousands};

/// Why a population table cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PopulationError {
    /// A figure that is no number of residents.
    #[error("a population is a finite number that is not negative")]
    Figure,
    /// A text or a pair of ages that is no age group.
    #[error("age groups are written `0-17`, `100+` or `17`")]
    AgeGroup,
    /// Two figures for the same group.
    #[error("two figures for {0}")]
    Duplicate(PopulationKey),
    /// A file that breaks a rule.
    #[error("{at}: {rule}")]
    Text {
        /// Where.
        at: Location,
        /// What was expected there.
        rule: &'static str,
    },
    /// A group that a file gives twice.
    #[error("{at}: a second figure for {key}")]
    Repeated {
        /// Where.
        at: Location,
        /// The group.
        key: PopulationKey,
    },
    /// A file that is no delimited text.
    #[cfg(feature = "csv")]
    #[error("population file: {0}")]
    Scan(#[from] ctdata_table::csv::ScanError),
}

/// The residents of a group, and how the number was found.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Denominator {
    /// The number.
    pub persons: Persons,
    /// The two years it was interpolated between, geometrically, if the year itself is not given.
    pub interpolated: Option<(u16, u16)>,
    /// Whether an age group of the table was divided in proportion to its years of age, as for
    /// under 18 = (0–14) + 0.6 × (15–19).
    pub approximate: bool,
}

impl Denominator {
    /// Whether the table gives the number itself or the parts that add up to it.
    pub fn is_exact(&self) -> bool {
        self.interpolated.is_none() && !self.approximate
    }

    /// What a reader of the rate must know, one sentence each.
    pub fn notes(&self) -> Vec<Cow<'static, str>> {
        let mut notes = Vec::new();
        if let Some((before, after)) = self.interpolated {
            notes.push(format!("population interpolated geometrically between {before} and {after}").into());
        }
        if self.approximate {
            notes.push("population approximated by dividing age groups in proportion to their years".into());
        }
        notes
    }
}

/// The figures of one country and year; everybody of a sex is the age group 0+.
type Cells = BTreeMap<(Option<PopulationSex>, AgeGroup), f64>;

/// A table of residents by country and year, optionally by sex and age group.
///
/// ```
/// use ctdata_indicators::population::{AgeGroup, Persons, Population, PopulationKey, Thousands};
///
/// let mut table = Population::new("World Population Prospects", "2019");
/// let kenya = PopulationKey::total("KEN".parse()?, 2015);
/// table.insert(kenya.of_ages("0-14".parse()?), Thousands::try_new(19_500.0)?)?;
/// table.insert(kenya.of_ages("15-19".parse()?), Thousands::try_new(5_000.0)?)?;
///
/// let children = table.require(kenya.of_ages(AgeGroup::UNDER_18))?;
/// assert_eq!(children.persons, Persons::try_new(22_500_000.0)?);
/// assert!(children.approximate);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    source: Cow<'static, str>,
    vintage: Cow<'static, str>,
    cells: BTreeMap<(Country, u16), Cells>,
}

impl Population {
    /// An empty table from a named publication and edition.
    pub fn new(source: impl Into<Cow<'static, str>>, vintage: impl Into<Cow<'static, str>>) -> Self {
        Self { source: source.into(), vintage: vintage.into(), cells: BTreeMap::new() }
    }

    /// Adds the figure of a group, in [`Persons`] or [`Thousands`].
    ///
    /// # Errors
    /// [`PopulationError::Duplicate`] if the table has one already, which stays.
    pub fn insert(&mut self, key: PopulationKey, residents: impl Into<Persons>) -> Result<(), PopulationError> {
        let cells = self.cells.entry((key.country, key.year)).or_default();
        if cells.contains_key(&(key.sex, key.ages)) {
            return Err(PopulationError::Duplicate(key));
        }
        cells.insert((key.sex, key.ages), residents.into().get());
        Ok(())
    }

    /// The publication.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its edition.
    pub fn vintage(&self) -> &str {
        &self.vintage
    }

    /// Whether there is no figure at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The residents of a group; `None` if the table cannot tell.
    ///
    /// A figure of the table goes first, then the sum of its parts (sexes, age groups), then the
    /// same with narrow age groups (five years at most) divided in proportion to their years, then
    /// geometric interpolation between the nearest earlier and later year. Nothing is extrapolated.
    pub fn denominator(&self, key: PopulationKey) -> Option<Denominator> {
        let here = (key.country, key.year);
        if let Some((persons, approximate)) = self.cells.get(&here).and_then(|cells| residents(cells, key)) {
            return Some(Denominator { persons: Persons::try_new(persons).ok()?, interpolated: None, approximate });
        }
        let answer = |(&(_, year), cells): (&(Country, u16), &Cells)| {
            residents(cells, key).map(|(persons, approximate)| (year, persons, approximate))
        };
        let (before, one, split_before) = self.cells.range((key.country, 0)..here).rev().find_map(answer)?;
        let (after, other, split_after) = self.cells.range(here..=(key.country, u16::MAX)).find_map(answer)?;
        Some(Denominator {
            persons: Persons::try_new(between(one, other, before, after, key.year)?).ok()?,
            interpolated: Some((before, after)),
            approximate: split_before || split_after,
        })
    }

    /// The residents of a group.
    ///
    /// # Errors
    /// [`IndicatorError::PopulationMissing`] if the table cannot tell.
    pub fn require(&self, key: PopulationKey) -> Result<Denominator, IndicatorError> {
        self.denominator(key).ok_or(IndicatorError::PopulationMissing { key })
    }

    /// The provenance of a denominator of this table, for an [`Estimate`](crate::Estimate).
    pub fn source_of(&self, denominator: &Denominator) -> PopulationSource {
        PopulationSource {
            source: self.source.clone(),
            vintage: self.vintage.clone(),
            persons: denominator.persons.get(),
        }
    }
}

/// Geometric interpolation; a population that appears or vanishes in between has none.
fn between(one: f64, other: f64, before: u16, after: u16, year: u16) -> Option<f64> {
    let weight = f64::from(year - before) / f64::from(after - before);
    if one > 0.0 && other > 0.0 {
        Some(one * (weight * (other / one).ln()).exp())
    } else if one <= 0.0 && other <= 0.0 {
        Some(0.0)
    } else {
        None
    }
}

/// The residents of a group in one year, and whether an age group was divided.
fn residents(cells: &Cells, key: PopulationKey) -> Option<(f64, bool)> {
    [false, true].into_iter().find_map(|divide| {
        let of = |sex| ages(cells, sex, key.ages, divide);
        let persons = of(key.sex).or_else(|| match key.sex {
            Some(_) => None,
            None => Some(of(Some(PopulationSex::Female))? + of(Some(PopulationSex::Male))?),
        });
        persons.map(|persons| (persons, divide))
    })
}

/// The sum of age groups that together are `wanted`: the shortest way from its first to its last
/// year of age along the groups of the table, whole or, if asked for, divided.
fn ages(cells: &Cells, sex: Option<PopulationSex>, wanted: AgeGroup, divide: bool) -> Option<f64> {
    const WIDEST_DIVIDED: u16 = 5;
    if let Some(persons) = cells.get(&(sex, wanted)) {
        return Some(*persons);
    }
    // The groups that start at an age or, to be divided, shortly before.
    let near = |at: u16| {
        let first = if divide { at.saturating_sub(WIDEST_DIVIDED - 1) } else { at };
        let first = u8::try_from(first).ok().map(|first| (sex, AgeGroup::and_over(first)));
        let groups = first.into_iter().flat_map(|first| cells.range(first..));
        groups.take_while(move |((s, group), _)| *s == sex && group.start() <= at)
    };
    let mut reached = BTreeMap::from([(wanted.start(), 0.0)]);
    while let Some((at, sum)) = reached.pop_first() {
        if at == wanted.end() {
            return Some(sum);
        }
        for (&(_, group), &persons) in near(at) {
            if group.start() == at && group.end() <= wanted.end() {
                reached.entry(group.end()).or_insert(sum + persons);
            } else if divide && group.start() <= at && at < group.end() {
                let (width, end) = (group.end() - group.start(), group.end().min(wanted.end()));
                if width <= WIDEST_DIVIDED {
                    let share = f64::from(end - at) / f64::from(width);
                    reached.entry(end).or_insert(sum + share * persons);
                }
            }
        }
    }
    None
}

/// A rate per 100,000 residents with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Rate {
    /// Events per 100,000 residents.
    pub per_100k: f64,
    /// Its interval, in the same unit; the population is taken as known.
    pub interval: Interval,
}

/// Events per 100,000 residents, with Garwood's exact interval.
///
/// ```
/// use ctdata_indicators::{Level, Thousands, rate_per_100k};
///
/// let rate = rate_per_100k(5, Thousands::try_new(2_727.0)?, Level::P95)?;
/// assert!((rate.per_100k - 0.183352).abs() < 5e-7);
/// # Ok::<(), ctdata_indicators::IndicatorError>(())
/// ```
///
/// # Errors
/// No residents, or more than 2⁴⁰ events.
pub fn rate_per_100k(count: u64, residents: impl Into<Persons>, level: Level) -> Result<Rate, IntervalError> {
    let factor = residents.into().per_100k().ok_or(IntervalError::NoTrials)?;
    let interval = garwood(count, level)?.scaled(factor)?;
    Ok(Rate { per_100k: as_f64(count) * factor, interval })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::testing::assert_digits;
    use proptest::prelude::*;

    fn key(year: u16) -> PopulationKey {
        PopulationKey::total("KEN".parse().unwrap(), year)
    }

    fn group(text: &str) -> AgeGroup {
        text.parse().unwrap()
    }

    fn persons(number: f64) -> Persons {
        Persons::try_new(number).unwrap()
    }

    fn table(rows: &[(PopulationKey, f64)]) -> Population {
        let mut table = Population::new("invented", "1");
        for (key, number) in rows {
            table.insert(*key, persons(*number)).unwrap();
        }
        table
    }

    /// Worked answers of the indicator notes on 16.2.2.
    #[test]
    fn the_worked_rates_are_met() {
        let rate = rate_per_100k(5, Thousands::try_new(2_727.0).unwrap(), Level::P95).unwrap();
        assert_digits(rate.per_100k, "0.183352");
        assert_digits(rate.interval.low(), "0.059534");
        assert_digits(rate.interval.high(), "0.427882");
        let rate = rate_per_100k(0, persons(350_000.0), Level::P95).unwrap();
        assert_eq!((rate.per_100k, rate.interval.low()), (0.0, 0.0));
        assert_digits(rate.interval.high(), "1.053966");
        assert_eq!(rate_per_100k(1, persons(0.0), Level::P95), Err(IntervalError::NoTrials));
    }

    #[test]
    fn a_total_is_given_or_the_sum_of_sexes_and_ages() {
        let (f, m) = (key(2015).of_sex(PopulationSex::Female), key(2015).of_sex(PopulationSex::Male));
        let parts = [
            (f.of_ages(group("0-14")), 10.0),
            (f.of_ages(group("15+")), 20.0),
            (m.of_ages(group("0-14")), 11.0),
            (m.of_ages(group("15+")), 22.0),
        ];
        let split = table(&parts);
        let total = split.denominator(key(2015)).unwrap();
        assert!(total.is_exact() && total.persons == persons(63.0) && total.notes().is_empty());
        assert_eq!(split.denominator(f).unwrap().persons, persons(30.0));
        // One sex alone is no total, a table without sexes tells none.
        assert_eq!(table(&parts[..2]).denominator(key(2015)), None);
        assert_eq!(table(&[(key(2015), 63.0)]).denominator(f), None);
        // The given total wins over the sum of parts.
        let mut both = split.clone();
        both.insert(key(2015), persons(64.0)).unwrap();
        assert_eq!(both.denominator(key(2015)).unwrap().persons, persons(64.0));
    }

    /// Indicator notes on 16.2.2: under 18 = (0–14) + 0.6 × (15–19), flagged approximate.
    #[test]
    fn children_are_approximated_from_five_year_groups() {
        let rows: Vec<_> = [("0-4", 100.0), ("5-9", 110.0), ("10-14", 120.0), ("15-19", 130.0), ("20+", 900.0)]
            .map(|(ages, number)| (key(2015).of_ages(group(ages)), number))
            .to_vec();
        let table = table(&rows);
        let of = |ages: AgeGroup| table.denominator(key(2015).of_ages(ages));
        let children = of(AgeGroup::UNDER_18).unwrap();
        assert!(children.approximate && !children.is_exact());
        assert!((children.persons.get() - (330.0 + 0.6 * 130.0)).abs() < 1e-9);
        let adults = of(AgeGroup::ADULTS).unwrap();
        let sum = children.persons.get() + adults.persons.get();
        assert!((sum - 1_360.0).abs() < 1e-9);
        // Within one group, and across the open one, which is never divided.
        assert!((of(group("16-17")).unwrap().persons.get() - 52.0).abs() < 1e-9);
        assert_eq!(of(group("18-25")), None);
        // Whole groups are exact.
        assert!(of(group("5-14")).unwrap().is_exact());
    }

    #[test]
    fn an_exact_way_is_found_among_overlapping_groups() {
        let rows: Vec<_> = [("0-17", 5.0), ("0-14", 4.0), ("15-19", 3.0), ("0-4", 1.0)]
            .map(|(ages, number)| (key(2015).of_ages(group(ages)), number))
            .to_vec();
        let found = table(&rows).denominator(key(2015).of_ages(group("0-19"))).unwrap();
        assert!(found.is_exact() && found.persons == persons(7.0));
    }

    #[test]
    fn years_between_are_interpolated_geometrically_and_never_extrapolated() {
        let table = table(&[(key(2010), 100.0), (key(2020), 400.0)]);
        let found = table.denominator(key(2015)).unwrap();
        assert!((found.persons.get() - 200.0).abs() < 1e-9);
        assert_eq!((found.interpolated, found.is_exact()), (Some((2010, 2020)), false));
        assert_eq!(found.notes(), ["population interpolated geometrically between 2010 and 2020"]);
        for outside in [2009, 2021] {
            assert!(matches!(
                table.require(key(outside)),
                Err(IndicatorError::PopulationMissing { key: missing }) if missing == key(outside)
            ));
        }
        assert_eq!(table.denominator(PopulationKey::total("UGA".parse().unwrap(), 2015)), None);
    }

    #[test]
    fn a_population_that_appears_between_two_years_is_not_interpolated() {
        let table = table(&[(key(2010), 0.0), (key(2020), 400.0)]);
        assert_eq!(table.denominator(key(2015)), None);
        assert_eq!(between(0.0, 0.0, 2010, 2020, 2015), Some(0.0));
    }

    #[test]
    fn a_second_figure_is_refused_and_the_first_stays() {
        let mut table = table(&[(key(2010), 1.0)]);
        assert!(matches!(table.insert(key(2010), persons(2.0)), Err(PopulationError::Duplicate(_))));
        let found = table.denominator(key(2010)).unwrap();
        assert_eq!(table.source_of(&found).persons.to_bits(), 1.0_f64.to_bits());
    }

    proptest! {
        /// With single years every age group is exact and equals the plain sum.
        #[test]
        fn single_years_add_up(figures in proptest::collection::vec(0_u32..1_000_000, 101), from in 0_u8..100, to in 0_u8..100) {
            let (from, to) = (from.min(to), from.max(to));
            let mut table = Population::new("invented", "1");
            for (age, figure) in (0_u8..).zip(&figures) {
                let ages = if age == 100 { AgeGroup::and_over(100) } else { AgeGroup::try_new(age, age).unwrap() };
                table.insert(key(2015).of_ages(ages), persons(f64::from(*figure))).unwrap();
            }
            let found = table.denominator(key(2015).of_ages(AgeGroup::try_new(from, to).unwrap())).unwrap();
            let sum: f64 = figures[usize::from(from)..=usize::from(to)].iter().map(|f| f64::from(*f)).sum();
            prop_assert!(found.is_exact() && (found.persons.get() - sum).abs() < 1e-6);
        }
    }
}
