//! Residents with their unit, and the groups they are counted in.

use super::PopulationError;
use crate::error::coded;
use ctdata_model::Country;
use std::fmt;
use std::str::FromStr;

/// A number of residents: finite and not negative, possibly with a fraction (mid-year estimates and
/// shares of age groups).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(into = "f64", try_from = "f64"))]
pub struct Persons(f64);

impl Persons {
    /// A number of residents.
    ///
    /// # Errors
    /// [`PopulationError::Figure`] unless it is finite and not negative.
    pub fn try_new(persons: f64) -> Result<Self, PopulationError> {
        if persons.is_finite() && persons >= 0.0 { Ok(Self(persons)) } else { Err(PopulationError::Figure) }
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The number to the nearest whole person.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "finite and not negative; past 2^64 the cast stops at the largest integer"
    )]
    pub fn rounded(self) -> u64 {
        self.0.round() as u64
    }

    /// The rate per 100,000 residents that one event makes; `None` without residents.
    pub fn per_100k(self) -> Option<f64> {
        Some(100_000.0 / self.0).filter(|factor| factor.is_finite())
    }
}

impl From<Persons> for f64 {
    fn from(persons: Persons) -> Self {
        persons.0
    }
}

impl TryFrom<f64> for Persons {
    type Error = PopulationError;

    fn try_from(persons: f64) -> Result<Self, PopulationError> {
        Self::try_new(persons)
    }
}

/// Thousands of residents, the unit of World Population Prospects.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Thousands(f64);

impl Thousands {
    /// A number of residents in thousands.
    ///
    /// # Errors
    /// [`PopulationError::Figure`] unless it is finite and not negative, also as persons.
    pub fn try_new(thousands: f64) -> Result<Self, PopulationError> {
        Persons::try_new(thousands * 1_000.0).map(|_| Self(thousands))
    }
}

/// Moves the decimal point, so that 2042.084 thousand are 2,042,084 persons without a binary tail.
impl From<Thousands> for Persons {
    fn from(thousands: Thousands) -> Self {
        let shifted = format!("{}e3", thousands.0).parse();
        Self(shifted.unwrap_or(thousands.0 * 1_000.0))
    }
}

coded! {
    /// The sexes that population figures are given for.
    pub enum PopulationSex: "sex" {
        /// Women and girls.
        Female = "female" / "Female",
        /// Men and boys.
        Male = "male" / "Male",
    }
}

/// Ages in completed years, from one to another, both included, or open at the top.
///
/// Text form `0-17`, `100+` or `17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgeGroup {
    from: u8,
    /// The last year of age; `None` if open.
    to: Option<u8>,
}

impl AgeGroup {
    /// Everybody.
    pub const ALL: Self = Self { from: 0, to: None };
    /// Children: under 18.
    pub const UNDER_18: Self = Self { from: 0, to: Some(17) };
    /// Adults: 18 and over.
    pub const ADULTS: Self = Self { from: 18, to: None };

    /// Ages `from` to `to`, both included.
    ///
    /// # Errors
    /// [`PopulationError::AgeGroup`] if `to` is below `from`.
    pub fn try_new(from: u8, to: u8) -> Result<Self, PopulationError> {
        if from <= to { Ok(Self { from, to: Some(to) }) } else { Err(PopulationError::AgeGroup) }
    }

    /// Ages `from` and over.
    pub const fn and_over(from: u8) -> Self {
        Self { from, to: None }
    }

    /// The first year of age.
    pub(super) fn start(self) -> u16 {
        u16::from(self.from)
    }

    /// One past the last year of age.
    pub(super) fn end(self) -> u16 {
        self.to.map_or(u16::MAX, |to| u16::from(to) + 1)
    }
}

impl fmt::Display for AgeGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Some(to) if to == self.from => write!(f, "{to}"),
            Some(to) => write!(f, "{}-{to}", self.from),
            None => write!(f, "{}+", self.from),
        }
    }
}

impl FromStr for AgeGroup {
    type Err = PopulationError;

    fn from_str(text: &str) -> Result<Self, PopulationError> {
        let age = |text: &str| text.trim().parse().map_err(|_| PopulationError::AgeGroup);
        if let Some(from) = text.strip_suffix('+') {
            Ok(Self::and_over(age(from)?))
        } else {
            let (from, to) = text.split_once(['-', '–']).unwrap_or((text, text));
            Self::try_new(age(from)?, age(to)?)
        }
    }
}

/// A group of residents: a country in a year, optionally of one sex and of some ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PopulationKey {
    /// The country.
    pub country: Country,
    /// The calendar year.
    pub year: u16,
    /// One sex, or both.
    pub sex: Option<PopulationSex>,
    /// The ages; [`AgeGroup::ALL`] for everybody.
    pub ages: AgeGroup,
}

impl PopulationKey {
    /// All residents of a country in a year.
    pub const fn total(country: Country, year: u16) -> Self {
        Self { country, year, sex: None, ages: AgeGroup::ALL }
    }

    /// The same of one sex.
    #[must_use]
    pub const fn of_sex(self, sex: PopulationSex) -> Self {
        Self { sex: Some(sex), ..self }
    }

    /// The same of some ages.
    #[must_use]
    pub const fn of_ages(self, ages: AgeGroup) -> Self {
        Self { ages, ..self }
    }
}

impl fmt::Display for PopulationKey {
    /// `KEN 2015, female, age 0-17`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let country = self.country.alpha3().unwrap_or_else(|| self.country.alpha2());
        write!(f, "{country} {}", self.year)?;
        if let Some(sex) = self.sex {
            write!(f, ", {sex}")?;
        }
        if self.ages != AgeGroup::ALL {
            write!(f, ", age {}", self.ages)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn thousands_become_persons_by_moving_the_point() {
        for (thousands, persons) in [(2042.084, 2_042_084.0), (2727.0, 2_727_000.0), (0.001, 1.0), (1.1, 1_100.0)] {
            assert_eq!(Persons::from(Thousands::try_new(thousands).unwrap()), Persons(persons));
        }
        assert!(Thousands::try_new(1e306).is_err());
    }

    #[test]
    fn only_finite_numbers_that_are_not_negative_are_populations() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(Persons::try_new(bad).is_err());
        }
        assert_eq!(Persons(2.5).rounded(), 3);
        assert_eq!(Persons(0.0).per_100k(), None);
        assert_eq!(Persons(50_000.0).per_100k(), Some(2.0));
    }

    proptest! {
        #[test]
        fn age_groups_read_back_what_they_print(from in 0_u8.., width in proptest::option::of(0_u8..100)) {
            let group = AgeGroup { from, to: width.map(|width| from.saturating_add(width)) };
            prop_assert_eq!(group.to_string().parse::<AgeGroup>().unwrap(), group);
        }

        #[test]
        fn no_text_makes_the_age_parser_panic(text in ".{0,8}") {
            if let Ok(group) = text.parse::<AgeGroup>() {
                prop_assert!(group.start() < group.end());
            }
        }
    }

    #[test]
    fn broken_age_groups_are_refused() {
        for bad in ["", "17-0", "-", "+", "0-", "300", "0-4-9", "x"] {
            assert!(bad.parse::<AgeGroup>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_reads_from_the_country_inwards() {
        let kenya = "KEN".parse().unwrap();
        let key = PopulationKey::total(kenya, 2015);
        assert_eq!(key.to_string(), "KEN 2015");
        let key = key.of_sex(PopulationSex::Female).of_ages(AgeGroup::UNDER_18);
        assert_eq!(key.to_string(), "KEN 2015, female, age 0-17");
    }
}
