//! The calendar years an estimate covers.

use super::Estimate;
use std::fmt;

/// The calendar years an estimate covers, both included. Text form `2019` or `2002/2021`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "String", try_from = "String")
)]
pub struct Years {
    first: u16,
    last: u16,
}

impl Years {
    /// One year.
    pub const fn single(year: u16) -> Self {
        Self { first: year, last: year }
    }

    /// The years from one to the other, in either order.
    pub fn between(one: u16, other: u16) -> Self {
        Self { first: one.min(other), last: one.max(other) }
    }

    /// The first year.
    pub const fn first(self) -> u16 {
        self.first
    }

    /// The last year.
    pub const fn last(self) -> u16 {
        self.last
    }
}

impl fmt::Display for Years {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}/{}", self.first, self.last) }
    }
}

impl From<Years> for String {
    fn from(years: Years) -> Self {
        years.to_string()
    }
}

impl std::str::FromStr for Years {
    type Err = NotYears;

    fn from_str(text: &str) -> Result<Self, NotYears> {
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        match (first.parse(), last.parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(NotYears),
        }
    }
}

impl TryFrom<String> for Years {
    type Error = NotYears;

    fn try_from(text: String) -> Result<Self, NotYears> {
        text.parse()
    }
}

impl Estimate {
    /// The one calendar year that it is about: its dimension `year`, or else a period of a single year.
    pub fn year(&self) -> Option<u16> {
        match self.dimensions.get("year") {
            Some(year) => year.code.parse().ok(),
            None => self.period.filter(|period| period.first == period.last).map(Years::first),
        }
    }
}

/// A text that is no year and no range of years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("years are written `2019` or `2002/2021`")]
pub struct NotYears;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_about_one_year_or_none() {
        let mut estimate = Estimate::count("sex", 1);
        assert_eq!(estimate.year(), None);
        estimate.period = Some(Years::between(2002, 2021));
        assert_eq!(estimate.year(), None);
        estimate.period = Some(Years::single(2019));
        assert_eq!(estimate.year(), Some(2019));
        estimate.dimensions.set(crate::estimate::Dimension::new("year", "2020", "2020"));
        assert_eq!(estimate.year(), Some(2020));
        estimate.dimensions.set(crate::estimate::Dimension::new("year", "not-recorded", "not recorded"));
        assert_eq!(estimate.year(), None);
    }

    #[test]
    fn years_read_back_what_they_print() {
        for (years, text) in [(Years::single(2019), "2019"), (Years::between(2021, 2002), "2002/2021")] {
            assert_eq!(years.to_string(), text);
            assert_eq!(text.parse(), Ok(years));
        }
        for bad in ["", "2021/2002", "2019/", "19th", "2019-2020"] {
            assert_eq!(bad.parse::<Years>(), Err(NotYears), "{bad}");
        }
    }
}
