//! Breaks: years from which a series counts something else.

use super::{Point, Series};
use crate::IndicatorError;
use crate::error::coded;
use std::borrow::Cow;

coded! {
    /// What changed at a break.
    #[non_exhaustive]
    pub enum BreakKind: "kind of break" {
        /// What counts as trafficking changed by law.
        Law = "law" / "change of law",
        /// A referral mechanism or another way of identification began or ended.
        Mechanism = "mechanism" / "change of identification or referral mechanism",
        /// The form, the questions or the categories changed.
        Form = "form" / "change of form or categories",
        /// The territory or the reporting organizations changed.
        Coverage = "coverage" / "change of territory or reporting organizations",
        /// Something else.
        Other = "other" / "other change",
    }
}

/// A break in a series: from `year` on, figures are not comparable with those before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeriesBreak {
    /// The first year after the break.
    pub year: u16,
    /// What changed.
    pub kind: BreakKind,
    /// What changed, in words.
    pub reason: Cow<'static, str>,
}

impl SeriesBreak {
    /// A break before `year`.
    pub fn new(year: u16, kind: BreakKind, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { year, kind, reason: reason.into() }
    }
}

impl Series {
    /// The series in pieces that hold no break, in order, without empty ones. A piece keeps no annotation of breaks.
    #[must_use]
    pub fn segments(&self) -> Vec<Self> {
        let pieces = self.points.chunk_by(|one, other| self.breaks_between(one.year, other.year).is_empty());
        pieces.map(|points| Self { breaks: Vec::new(), ..self.with_points(points.to_vec()) }).collect()
    }

    /// The breaks after the first year, up to and with the last one.
    pub(super) fn breaks_between(&self, first: u16, last: u16) -> Vec<SeriesBreak> {
        let (first, last) = (first.min(last), first.max(last));
        self.breaks.iter().filter(|at| first < at.year && at.year <= last).cloned().collect()
    }

    /// The years that a method over all years may use, and the years left out: those without a count and, unless
    /// `partial` is set, those that are counted in part.
    ///
    /// # Errors
    /// A break among the years used, unless `across` is set.
    pub(super) fn usable(&self, across: bool, partial: bool) -> Result<Usable, IndicatorError> {
        let fits = |point: &Point| !point.count.is_missing() && (partial || !point.partial);
        let (used, left): (Vec<Point>, Vec<Point>) = self.points.iter().partition(|point| fits(point));
        let breaks = match (used.first(), used.last()) {
            (Some(first), Some(last)) => self.breaks_between(first.year, last.year),
            _ => Vec::new(),
        };
        if let (Some(first), false) = (breaks.first(), across) {
            return Err(IndicatorError::figures(
                self.name(),
                format!(
                    "it breaks before {} ({}): take its segments, or ask for a trend across breaks",
                    first.year,
                    first.kind.label()
                ),
            ));
        }
        Ok(Usable { points: used, left_out: left.iter().map(|point| point.year).collect(), breaks })
    }
}

/// The years that a method uses.
pub(super) struct Usable {
    pub(super) points: Vec<Point>,
    pub(super) left_out: Vec<u16>,
    /// The breaks among them, if that was asked for.
    pub(super) breaks: Vec<SeriesBreak>,
}

impl Usable {
    /// The values of the years: rates per 100,000 residents, or counts.
    ///
    /// # Errors
    /// A count is a range; some years have residents and some have none.
    pub(super) fn values(&self, series: &Series) -> Result<Vec<(f64, f64)>, IndicatorError> {
        self.has_residents(series)?;
        let value = |point: &Point| {
            let rule = "the count is a range; this method needs numbers";
            let value = point.value().ok_or_else(|| IndicatorError::figures(series.name_of(point.year), rule))?;
            Ok((f64::from(point.year), value))
        };
        self.points.iter().map(value).collect()
    }

    /// Whether all years have residents; `false` if none has.
    ///
    /// # Errors
    /// Some have and some have none.
    pub(super) fn has_residents(&self, series: &Series) -> Result<bool, IndicatorError> {
        let with = self.points.iter().filter(|point| point.residents.is_some()).count();
        if with > 0 && with < self.points.len() {
            let rule = "some years have a population and some have none: rates and counts do not mix";
            return Err(IndicatorError::figures(series.name(), rule));
        }
        Ok(with > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Count;

    fn series() -> Series {
        let points = (2015..=2021).filter(|year| *year != 2018).map(|year| Point::new(year, 10));
        Series::try_new("detected-victims", points).unwrap()
    }

    fn law(year: u16) -> SeriesBreak {
        SeriesBreak::new(year, BreakKind::Law, "a new law")
    }

    #[test]
    fn segments_meet_at_the_breaks() {
        let years = |series: &Series| series.points().iter().map(|p| p.year).collect::<Vec<_>>();
        let split = |breaks: &[u16]| {
            let series = breaks.iter().fold(series(), |series, year| series.with_break(law(*year)));
            series.segments().iter().map(years).collect::<Vec<_>>()
        };
        assert_eq!(split(&[]), [vec![2015, 2016, 2017, 2019, 2020, 2021]]);
        // A break in a year without a figure separates the years around it.
        assert_eq!(split(&[2018]), split(&[2019]));
        assert_eq!(split(&[2019, 2021]), [vec![2015, 2016, 2017], vec![2019, 2020], vec![2021]]);
        // Before the first year there is nothing to separate.
        assert_eq!(split(&[2015, 2022]), split(&[]));
        assert!(Series::try_new("detected-victims", []).unwrap().segments().is_empty());
    }

    #[test]
    fn a_break_among_the_years_is_refused_unless_forced() {
        let broken = series().with_break(law(2019));
        assert_eq!(
            broken.usable(false, false).err().unwrap().to_string(),
            "series of `detected-victims`: it breaks before 2019 (change of law): \
             take its segments, or ask for a trend across breaks"
        );
        assert_eq!(broken.usable(true, false).unwrap().breaks, [law(2019)]);
        assert!(series().with_break(law(2015)).usable(false, false).is_ok());
    }

    #[test]
    fn partial_and_missing_years_are_left_out_and_listed() {
        let mut points = series().points().to_vec();
        points.push(Point::new(2022, Count::Missing));
        let series = Series::try_new("detected-victims", points).unwrap().with_partial(2015);
        assert_eq!(series.usable(false, false).unwrap().left_out, [2015, 2022]);
        assert_eq!(series.usable(false, true).unwrap().left_out, [2022]);
    }
}
