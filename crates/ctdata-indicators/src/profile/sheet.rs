//! What all estimates of one count table have in common, prepared once.

use super::{Counted, Frame, Tally};
use crate::IndicatorError;
use crate::catalogue::Measure;
use crate::estimate::{Dimension, Estimate, NotAvailable, Unit, Years};
use std::borrow::Cow;

/// Makes the estimates of one table of counts.
#[derive(Debug)]
pub(crate) struct Sheet<'f, 'a, 't> {
    pub(crate) frame: &'f Frame<'a>,
    pub(crate) counted: Counted<'t>,
    /// An estimate with everything but its coordinates and numbers.
    blank: Estimate,
    /// The coordinates of the positions of each dimension of the breakdown.
    by: Vec<Vec<Dimension>>,
    /// Which dimension of the breakdown is the year, and the period of each of its positions.
    periods: Option<(usize, Vec<Option<Years>>)>,
}

impl<'f, 'a, 't> Sheet<'f, 'a, 't> {
    pub(crate) fn new(frame: &'f Frame<'a>, counted: Counted<'t>) -> Self {
        let mut blank = Estimate::not_available(frame.definition.id, Unit::Percent, NotAvailable::EmptyBase);
        blank.base_rule = frame.base;
        frame.describe_all(&mut blank, counted.table);
        let by: Vec<Vec<Dimension>> =
            (counted.filters..).zip(&frame.by).map(|(index, dim)| counted.all_coordinates(index, dim)).collect();
        let year = frame.by.iter().position(|dim| dim.name() == "year");
        let periods = year.and_then(|year| {
            let period = |year: &Dimension| year.code.parse().ok().map(Years::single);
            Some((year, by.get(year)?.iter().map(period).collect()))
        });
        Self { frame, counted, blank, by, periods }
    }

    /// Whether the indicator gives figures for a combination of the breakdown.
    pub(crate) fn covers(&self, by: &[u16]) -> bool {
        self.frame.definition.measure != Measure::ChildrenByCitizenship
            || by.first().is_some_and(|country| !self.counted.any_missing(&[*country]))
    }

    /// The same with one more note.
    pub(crate) fn with_note(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.blank.notes.push(note.into());
        self
    }

    /// An estimate at these coordinates, without a value.
    pub(crate) fn blank(&self, by: &[u16], coordinates: impl IntoIterator<Item = Dimension>) -> Estimate {
        let mut estimate = self.blank.clone();
        let broken_down = by.iter().zip(&self.by).filter_map(|(&position, of)| of.get(usize::from(position)).cloned());
        estimate.dimensions = broken_down.chain(coordinates).collect();
        if let Some((year, periods)) = &self.periods {
            let position = by.get(*year).map_or(usize::MAX, |&position| position.into());
            estimate.period = periods.get(position).copied().flatten();
        }
        estimate
    }

    /// A share: numerator, base and unknown.
    pub(crate) fn share<T: Tally>(
        &self,
        by: &[u16],
        coordinates: impl IntoIterator<Item = Dimension>,
        sums: [&T; 3],
    ) -> Result<T::Figure, IndicatorError> {
        let [numerator, base, unknown] = sums.map(Tally::count);
        let (method, level) = (self.frame.request.share_interval, self.frame.request.level);
        let share = Estimate::share(self.frame.definition.id, numerator, base, method, level)?;
        let estimate = Estimate {
            numerator: share.numerator,
            base: share.base,
            unknown: Some(unknown),
            value: share.value,
            interval: share.interval,
            ..self.blank(by, coordinates)
        };
        Ok(T::figure(estimate, sums))
    }
}
