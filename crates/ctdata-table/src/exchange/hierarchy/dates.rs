//! Hierarchies of calendar dates.

use chrono::{Datelike, NaiveDate};

use super::{Hierarchy, TOP};
use crate::{Domain, TableError};

/// A stretch of the calendar, finest first. Each one is made of whole stretches of the ones before;
/// weeks are left out, because months are not made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum DateUnit {
    /// `2020-02`
    Month,
    /// `2020-Q1`
    Quarter,
    /// `2020-H1`
    HalfYear,
    /// `2020`
    Year,
    /// `2020-2024`
    FiveYears,
    /// `2020-2029`
    Decade,
    /// `2000-2099`
    Century,
}

impl DateUnit {
    /// Every unit, finest first.
    pub const ALL: [Self; 7] =
        [Self::Month, Self::Quarter, Self::HalfYear, Self::Year, Self::FiveYears, Self::Decade, Self::Century];

    fn name(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::HalfYear => "half-year",
            Self::Year => "year",
            Self::FiveYears => "five years",
            Self::Decade => "decade",
            Self::Century => "century",
        }
    }

    fn label(self, date: NaiveDate) -> String {
        let (year, month0) = (date.year(), date.month0());
        let years = |count: i32| {
            let first = year - year.rem_euclid(count);
            format!("{first:04}-{:04}", first + count - 1)
        };
        match self {
            Self::Month => format!("{year:04}-{:02}", month0 + 1),
            Self::Quarter => format!("{year:04}-Q{}", month0 / 3 + 1),
            Self::HalfYear => format!("{year:04}-H{}", month0 / 6 + 1),
            Self::Year => format!("{year:04}"),
            Self::FiveYears => years(5),
            Self::Decade => years(10),
            Self::Century => years(100),
        }
    }
}

impl Hierarchy {
    /// Dates in stretches of the calendar, one level per unit, and `*` on top.
    ///
    /// ```
    /// use ctdata_table::{DateUnit, Hierarchy};
    /// let dates = Hierarchy::from_rows([["2019-12-31"], ["2020-01-01"], ["2020-02-29"]])?.leaves().clone();
    /// let hierarchy = Hierarchy::dates(dates, &[DateUnit::Quarter, DateUnit::Year])?;
    /// let quarters = hierarchy.level(1).map(|level| level.domain().labels().collect::<Vec<_>>());
    /// assert_eq!(quarters, Some(vec!["2019-Q4".into(), "2020-Q1".into()]));
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// A domain that is not of dates, or units that are not in ascending order.
    pub fn dates(domain: Domain, units: &[DateUnit]) -> Result<Self, TableError> {
        let invalid = |rule: String| TableError::Invalid { what: "hierarchy of dates".into(), rule };
        for (fine, coarse) in units.iter().zip(units.iter().skip(1)) {
            if fine >= coarse {
                return Err(invalid(format!("{} comes before {}", coarse.name(), fine.name())));
            }
        }
        let dates: Option<Vec<NaiveDate>> = (0u16..).take(domain.len()).map(|code| domain.date(code)).collect();
        let dates = dates.ok_or_else(|| invalid("the values are no dates".to_owned()))?;
        let mut hierarchy = Self::of(domain);
        for &unit in units {
            hierarchy = hierarchy.with_labels(unit.name(), dates.iter().map(|&date| unit.label(date)))?;
        }
        hierarchy.with_top(TOP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DomainKind, Origin};

    #[test]
    fn every_unit_holds_whole_finer_ones() {
        // Every day of three years around a century's end; `with_level` refuses parts of finer units.
        let start = NaiveDate::from_ymd_opt(1999, 1, 1).unwrap();
        let domain = Domain::dates(start.iter_days().take(1096), Origin::Public).unwrap();
        let hierarchy = Hierarchy::dates(domain, &DateUnit::ALL).unwrap();
        let sizes: Vec<usize> = hierarchy.levels().map(|level| level.domain().len()).collect();
        assert_eq!(sizes, [1096, 36, 12, 6, 3, 2, 2, 2, 1]);
        assert!(hierarchy.levels().all(|level| level.domain().kind() != DomainKind::Nominal));
        let last = |level: usize| {
            let domain = hierarchy.level(level).unwrap().domain();
            domain.labels().last().unwrap().into_owned()
        };
        assert_eq!(
            (1..=7).map(last).collect::<Vec<_>>(),
            ["2001-12", "2001-Q4", "2001-H2", "2001", "2000-2004", "2000-2009", "2000-2099"]
        );
    }

    #[test]
    fn units_and_values_are_checked() {
        let domain = Domain::dates([NaiveDate::MIN, NaiveDate::MAX], Origin::Public).unwrap();
        assert_eq!(
            Hierarchy::dates(domain.clone(), &[DateUnit::Year, DateUnit::Month]).unwrap_err().to_string(),
            "hierarchy of dates: month comes before year"
        );
        assert_eq!(Hierarchy::dates(domain, &DateUnit::ALL).unwrap().height(), 8);
        assert!(Hierarchy::dates(Domain::flag(), &[]).is_err());
    }
}
