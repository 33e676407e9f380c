//! Dates of which only the year or the month may be known.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A number or text is no year, month or day from 1900 to 2099. The input itself is not kept: it may be
/// a confidential cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a year, month or day from 1900 to 2099 in ISO form")]
pub struct InvalidPeriod;

/// A calendar year from 1900 to 2099. With the feature `serde` it is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(i16);

impl Year {
    /// The first year.
    pub const MIN: Self = Self(1900);
    /// The last year.
    pub const MAX: Self = Self(2099);

    /// Checks a year.
    ///
    /// # Errors
    /// [`InvalidPeriod`] outside 1900 to 2099.
    pub const fn try_new(year: i16) -> Result<Self, InvalidPeriod> {
        if Self::MIN.0 <= year && year <= Self::MAX.0 { Ok(Self(year)) } else { Err(InvalidPeriod) }
    }

    /// The year as a number.
    pub const fn get(self) -> i16 {
        self.0
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Year {
    type Err = InvalidPeriod;

    /// Reads four digits.
    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        match *text.trim().as_bytes() {
            [a, b, c, d] => year([a, b, c, d]),
            _ => Err(InvalidPeriod),
        }
    }
}

impl TryFrom<i16> for Year {
    type Error = InvalidPeriod;

    fn try_from(year: i16) -> Result<Self, InvalidPeriod> {
        Self::try_new(year)
    }
}

impl From<Year> for i16 {
    fn from(year: Year) -> Self {
        year.0
    }
}

/// How precisely a [`Period`] is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// The full date.
    Day,
}

/// A year, a month or a day, as precisely as it was recorded.
///
/// Periods are ordered by their first day; of two that begin together, the longer one comes first. Text
/// and serde use the ISO forms `2019`, `2019-03` and `2019-03-05`.
///
/// ```
/// use ctdata_model::{Period, Precision};
///
/// let march: Period = "2019-03".parse()?;
/// assert_eq!(march.precision(), Precision::Month);
/// assert_eq!(march.end().to_string(), "2019-03-31");
/// assert!("2019".parse::<Period>()? < march);
/// # Ok::<(), ctdata_model::InvalidPeriod>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    // Together a valid date, or zeros after what is known. The derived order depends on the order here.
    year: Year,
    month: u8,
    day: u8,
}

impl Period {
    /// A month, from 1 to 12.
    ///
    /// # Errors
    /// [`InvalidPeriod`] for any other month.
    pub const fn try_month(year: Year, month: u8) -> Result<Self, InvalidPeriod> {
        match month {
            1..=12 => Ok(Self { year, month, day: 0 }),
            _ => Err(InvalidPeriod),
        }
    }

    /// The year.
    pub const fn year(self) -> Year {
        self.year
    }

    /// The month from 1 to 12, if it is known.
    pub const fn month(self) -> Option<u8> {
        if self.month == 0 { None } else { Some(self.month) }
    }

    /// The full date, if it is known.
    pub fn day(self) -> Option<NaiveDate> {
        (self.day != 0).then(|| self.start())
    }

    /// How precisely the period is known.
    pub const fn precision(self) -> Precision {
        match (self.month, self.day) {
            (0, _) => Precision::Year,
            (_, 0) => Precision::Month,
            _ => Precision::Day,
        }
    }

    /// The first day.
    pub fn start(self) -> NaiveDate {
        date(self.year, self.month.max(1), self.day.max(1))
    }

    /// The last day.
    pub fn end(self) -> NaiveDate {
        let month = if self.month == 0 { 12 } else { self.month };
        let day = if self.day == 0 { days_in(self.year, month) } else { self.day };
        date(self.year, month, day)
    }

    /// Whether the day lies in the period.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.start() <= day && day <= self.end()
    }

    /// Whether the period ends before the other begins: certain whatever the true days are.
    pub fn is_before(self, other: Self) -> bool {
        self.end() < other.start()
    }
}

impl From<Year> for Period {
    fn from(year: Year) -> Self {
        Self { year, month: 0, day: 0 }
    }
}

impl TryFrom<NaiveDate> for Period {
    type Error = InvalidPeriod;

    fn try_from(date: NaiveDate) -> Result<Self, InvalidPeriod> {
        let small = |number: u32| u8::try_from(number).map_err(|_| InvalidPeriod);
        let year = i16::try_from(date.year()).map_err(|_| InvalidPeriod)?;
        Ok(Self { year: Year::try_new(year)?, month: small(date.month())?, day: small(date.day())? })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        match self.precision() {
            Precision::Year => write!(f, "{year}"),
            Precision::Month => write!(f, "{year}-{month:02}"),
            Precision::Day => write!(f, "{year}-{month:02}-{day:02}"),
        }
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let two = |tens, units| Ok(digit(tens)? * 10 + digit(units)?);
        let (digits, rest) = text.trim().as_bytes().split_first_chunk().ok_or(InvalidPeriod)?;
        let year = year(*digits)?;
        match *rest {
            [] => Ok(year.into()),
            [b'-', m1, m2] => Self::try_month(year, two(m1, m2)?),
            [b'-', m1, m2, b'-', d1, d2] => {
                let (month, day) = (two(m1, m2)?, two(d1, d2)?);
                NaiveDate::from_ymd_opt(year.0.into(), month.into(), day.into())
                    .map(|_| Self { year, month, day })
                    .ok_or(InvalidPeriod)
            }
            _ => Err(InvalidPeriod),
        }
    }
}

fn year(digits: [u8; 4]) -> Result<Year, InvalidPeriod> {
    let mut number = 0;
    for sign in digits {
        number = number * 10 + i16::from(digit(sign)?);
    }
    Year::try_new(number)
}

const fn digit(sign: u8) -> Result<u8, InvalidPeriod> {
    if sign.is_ascii_digit() { Ok(sign - b'0') } else { Err(InvalidPeriod) }
}

fn days_in(year: Year, month: u8) -> u8 {
    let is_day = |day: &u8| NaiveDate::from_ymd_opt(year.0.into(), month.into(), (*day).into()).is_some();
    [31, 30, 29].into_iter().find(is_day).unwrap_or(28)
}

#[expect(clippy::expect_used, reason = "the parts were checked when the period was made")]
fn date(year: Year, month: u8, day: u8) -> NaiveDate {
    NaiveDate::from_ymd_opt(year.0.into(), month.into(), day.into()).expect("a valid date")
}

#[cfg(feature = "serde")]
mod wire {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Period, Year};

    impl Serialize for Period {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for Period {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            crate::codes::wire::text(deserializer, str::parse)
        }
    }

    impl Serialize for Year {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_i16(self.get())
        }
    }

    /// Untagged, because its error does not quote the input.
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "not a number of a year")]
    enum Number {
        Year(i16),
    }

    impl<'de> Deserialize<'de> for Year {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let Number::Year(number) = Number::deserialize(deserializer)?;
            Self::try_new(number).map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_period() -> impl Strategy<Value = Period> {
        // Days from 1900-01-01 to 2099-12-31.
        let first = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
        (0..73_049_u64, 0..3).prop_map(move |(days, precision)| {
            let day = Period::try_from(first + chrono::Days::new(days)).unwrap();
            match precision {
                0 => day.year().into(),
                1 => Period::try_month(day.year(), day.month().unwrap()).unwrap(),
                _ => day,
            }
        })
    }

    #[test]
    fn only_iso_forms_of_real_dates_are_read() {
        for text in [
            "",
            "19",
            "1899",
            "2100",
            "2019-",
            "2019-0",
            "2019-00",
            "2019-13",
            "2019-3",
            "2019-02-29",
            "2019-04-31",
            "2019-03-00",
            "2019/03/05",
            "2019-03-5",
            "+201",
            "-201",
            "20190305",
            "2019-03-05T00",
            "２０１９",
            "1900-02-29",
        ] {
            assert_eq!(text.parse::<Period>(), Err(InvalidPeriod), "{text}");
        }
        for text in ["1900", "2099", "2019-01", "2019-12", "2020-02-29", "2000-02-29", "2019-12-31"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!(" 2019 ".parse::<Period>(), "2019".parse());
        assert!(Period::try_from(NaiveDate::from_ymd_opt(1899, 12, 31).unwrap()).is_err());
        assert!(Period::try_from(NaiveDate::MAX).is_err());
    }

    #[test]
    fn a_period_spans_its_days() {
        let span = |text: &str| {
            let period: Period = text.parse().unwrap();
            (period.start().to_string(), period.end().to_string())
        };
        assert_eq!(span("2019"), ("2019-01-01".into(), "2019-12-31".into()));
        assert_eq!(span("2020-02"), ("2020-02-01".into(), "2020-02-29".into()));
        assert_eq!(span("2019-02"), ("2019-02-01".into(), "2019-02-28".into()));
        assert_eq!(span("2019-04"), ("2019-04-01".into(), "2019-04-30".into()));
        assert_eq!(span("2099-12-31"), ("2099-12-31".into(), "2099-12-31".into()));
    }

    #[test]
    fn the_longer_of_two_that_begin_together_comes_first() {
        let sorted = ["2018-12-31", "2019", "2019-01", "2019-01-01", "2019-02", "2019-02-01", "2020"];
        assert!(sorted.map(|text| text.parse::<Period>().unwrap()).is_sorted());
    }

    proptest! {
        #[test]
        fn text_round_trips(period in any_period()) {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert_eq!(period.day().is_some(), period.precision() == Precision::Day);
        }

        #[test]
        fn order_and_certainty_follow_the_days(a in any_period(), b in any_period()) {
            let key = |p: Period| (p.start(), std::cmp::Reverse(p.end()));
            prop_assert_eq!(a.cmp(&b), key(a).cmp(&key(b)));
            prop_assert!(a.contains(a.start()) && a.contains(a.end()));
            prop_assert!(!a.contains(a.end() + chrono::Days::new(1)));
            if a.is_before(b) {
                prop_assert!(a < b && !b.contains(a.end()));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), iso in "[0-9]{4}(-[0-9]{2}){0,2}") {
            let _ = text.parse::<Period>();
            let _ = text.parse::<Year>();
            if let Ok(period) = iso.parse::<Period>() {
                prop_assert_eq!(period.to_string(), iso);
            }
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_holds_a_period_as_text_and_a_year_as_a_number() {
        let (march, year): (Period, Year) = ("2019-03".parse().unwrap(), "2019".parse().unwrap());
        let json = serde_json::to_string(&(march, year)).unwrap();
        assert_eq!(json, r#"["2019-03",2019]"#);
        assert_eq!(serde_json::from_str::<(Period, Year)>(&json).unwrap(), (march, year));
        for json in ["4711", "\"4711\"", "47.11", "true"] {
            let error = serde_json::from_str::<Period>(json).unwrap_err().to_string();
            assert!(!error.contains("47"), "{error}");
            let error = serde_json::from_str::<Year>(json).unwrap_err().to_string();
            assert!(!error.contains("47"), "{error}");
        }
    }
}
