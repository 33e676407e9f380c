//! Series of years as lines, each with the band of its intervals.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::canvas::{Anchor, Canvas, GREY, INK, PALE, PALETTE, picture};
use super::label::{TEXT, TITLE, after, fit, lines, number};
use super::scale::Scale;
use super::shares::rows;
use super::{PlotError, conditions, one_indicator, shown, title};
use crate::Estimate;
use crate::estimate::{Rounding, Unit};

/// How many lines a picture has at most: more cannot be told apart.
pub const MOST_LINES: usize = 7;

const WIDTH: i32 = 760;
const MARGIN: i32 = 16;
const AXIS: i32 = 64;
const LEGEND: i32 = 170;
const PLOT: i32 = 300;
/// Up to so many points of a single line have their figures printed.
const MOST_FIGURES: usize = 14;

/// What is shown at a place of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    /// A figure.
    Value(f64),
    /// A figure that is withheld to protect persons.
    Withheld,
    /// No figure.
    Missing,
}

/// A year of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The year.
    pub year: u16,
    /// What is shown there.
    pub shown: Shown,
    /// The interval of the figure, from low to high.
    pub interval: Option<(f64, f64)>,
    /// Whether the series breaks before this year, so that the line does not cross.
    pub break_before: bool,
}

/// A line with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The name; empty for the only line of a picture.
    pub label: String,
    /// Its years, in any order; no year twice.
    pub points: Vec<Point>,
}

/// Estimates of several years as lines: one for each combination of categories other than the year.
///
/// A line does not cross years without a figure. Years that are withheld are hatched at the foot of the picture. Figures
/// of cases whose year is not recorded are not drawn, and the note says how many there are.
///
/// # Errors
/// [`PlotError::NoYears`] if an estimate has no dimension of years and is not about one year, [`PlotError::Twice`] for two figures of the same year and
/// categories, and those of [`series_lines`].
pub fn series(estimates: &[Estimate]) -> Result<String, PlotError> {
    let (indicator, unit) = one_indicator(estimates)?;
    let mut groups: Vec<Line> = Vec::new();
    let mut without_year = 0_usize;
    for estimate in estimates {
        let Some(year) = estimate.year() else {
            // Cases whose year is not recorded are no part of a series, and the note says so.
            estimate.dimensions.get("year").ok_or(PlotError::NoYears)?;
            without_year += 1;
            continue;
        };
        let parts = estimate.dimensions.iter().filter(|dimension| dimension.name != "year");
        let label = parts.map(|dimension| dimension.label.trim()).collect::<Vec<_>>().join(", ");
        let interval = estimate.interval.map(|interval| (interval.low(), interval.high()));
        let point = Point { year, shown: shown(estimate), interval, break_before: false };
        match groups.iter_mut().find(|line| line.label == label) {
            Some(line) => line.points.push(point),
            None => groups.push(Line { label, points: vec![point] }),
        }
    }
    let mut notes = Vec::new();
    if let Some(interval) = estimates.iter().find_map(|estimate| estimate.interval) {
        let percent = Rounding::default().round(interval.level().value() * 100.0, 3);
        notes.push(format!("Bands: {percent} % interval, {}.", interval.method().label()));
    }
    let first = estimates.first().and_then(conditions);
    if let Some(words) = first.filter(|first| estimates.iter().all(|e| conditions(e).as_ref() == Some(first))) {
        notes.push(format!("Cases with {words}."));
    }
    if without_year > 0 {
        notes.push(format!("Not drawn: figures of cases whose year is not recorded, {without_year}."));
    }
    if groups.len() > 1 {
        for line in groups.iter_mut().filter(|line| line.label.is_empty()) {
            "All".clone_into(&mut line.label);
        }
    }
    series_lines(&title(indicator), unit, &groups, &notes.join(" "))
}

/// A single series of values that are no estimates, for instance of a published table; missing years are gaps.
///
/// # Errors
/// [`PlotError::Lengths`] if the lists differ in length, and those of [`series_lines`].
pub fn series_points(
    title: &str,
    unit: Unit,
    years: &[u16],
    values: &[Option<f64>],
    intervals: &[Option<(f64, f64)>],
) -> Result<String, PlotError> {
    if values.len() != years.len() || intervals.len() != years.len() {
        return Err(PlotError::Lengths);
    }
    let points = years.iter().zip(values).zip(intervals).map(|((&year, value), &interval)| Point {
        year,
        shown: value.filter(|value| value.is_finite()).map_or(Shown::Missing, Shown::Value),
        interval,
        break_before: false,
    });
    series_lines(title, unit, &[Line { label: String::new(), points: points.collect() }], "")
}

/// Lines over years, with breaks, under a title and above a note.
///
/// # Errors
/// [`PlotError::Nothing`] without any year, [`PlotError::TooMany`] for more than [`MOST_LINES`] lines, and
/// [`PlotError::Twice`] for a line with the same year twice.
pub fn series_lines(title: &str, unit: Unit, lines: &[Line], note: &str) -> Result<String, PlotError> {
    if lines.len() > MOST_LINES {
        return Err(PlotError::TooMany { what: "lines".into(), count: lines.len(), most: MOST_LINES });
    }
    let mut sorted: Vec<(&str, BTreeMap<u16, Point>)> = Vec::new();
    for line in lines {
        let points: BTreeMap<u16, Point> = line.points.iter().map(|point| (point.year, *point)).collect();
        if points.len() < line.points.len() {
            return Err(PlotError::Twice);
        }
        sorted.push((&line.label, points));
    }
    let years = || sorted.iter().flat_map(|(_, points)| points.keys().copied());
    let (first, last) = (years().min().ok_or(PlotError::Nothing)?, years().max().ok_or(PlotError::Nothing)?);
    Chart { title, unit, lines: sorted, first, last, note }.draw()
}

struct Chart<'a> {
    title: &'a str,
    unit: Unit,
    lines: Vec<(&'a str, BTreeMap<u16, Point>)>,
    first: u16,
    last: u16,
    note: &'a str,
}

impl Chart<'_> {
    fn draw(&self) -> Result<String, PlotError> {
        let heads = lines(self.title, WIDTH - 2 * MARGIN, TITLE);
        let mut note = self.note.to_owned();
        if self.points().any(|point| point.shown == Shown::Withheld) {
            note.push_str(" Hatched: withheld to protect persons, of any size.");
        }
        if self.points().any(|point| point.break_before) {
            note.push_str(" Dashed: the series breaks; figures on both sides are not comparable.");
        }
        let notes = lines(&note, WIDTH - 2 * MARGIN, TEXT);
        let top = MARGIN + rows(heads.len(), 22) + 26;
        let bottom = top + PLOT;
        let height = bottom + 36 + rows(notes.len(), 16) + MARGIN;
        let right = WIDTH - MARGIN - if self.has_legend() { LEGEND } else { 24 };
        let (low, high) = self.extent();
        let values = Scale::new(low, high, bottom, top);
        picture((WIDTH, height), self.title, &self.description(&note), |canvas| {
            for (row, head) in (0..).zip(&heads) {
                canvas.text(head, (MARGIN, MARGIN + 10 + row * 22), TITLE, Anchor::Start, INK);
            }
            canvas.text(self.unit.label(), (MARGIN, top - 16), TEXT, Anchor::Start, GREY);
            for tick in values.ticks() {
                let y = values.pixel(tick);
                canvas.line((MARGIN + AXIS, y), (right, y), if tick == 0.0 { GREY } else { PALE }, 1);
                canvas.text(&values.text(tick), (MARGIN + AXIS - 8, y), TEXT, Anchor::End, GREY);
            }
            self.years(canvas, right, bottom);
            for (shape, (_, points)) in self.lines.iter().enumerate() {
                self.line(canvas, shape, points, &values, right, bottom);
            }
            self.legend(canvas, right, top);
            for (row, line) in (0..).zip(&notes) {
                canvas.text(line, (MARGIN, bottom + 40 + row * 16), TEXT, Anchor::Start, GREY);
            }
        })
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.lines.iter().flat_map(|(_, points)| points.values())
    }

    fn has_legend(&self) -> bool {
        self.lines.len() > 1 || self.lines.iter().any(|(label, _)| !label.is_empty())
    }

    /// From zero, or the lowest value below it, to the highest.
    fn extent(&self) -> (f64, f64) {
        let mut extent = (0.0_f64, 0.0_f64);
        for point in self.points() {
            let Shown::Value(value) = point.shown else { continue };
            let (low, high) = point.interval.unwrap_or((value, value));
            extent = (extent.0.min(value).min(low), extent.1.max(value).max(high));
        }
        extent
    }

    fn x(&self, year: u16, right: i32) -> i32 {
        let left = MARGIN + AXIS + 14;
        let span = i32::from(self.last - self.first);
        match span {
            0 => i32::midpoint(left, right - 14),
            _ => left + (right - 14 - left) * i32::from(year - self.first) / span,
        }
    }

    fn years(&self, canvas: &mut Canvas<'_>, right: i32, bottom: i32) {
        // A year needs 34 pixels.
        let each = (usize::from(self.last - self.first) + 1) * 34;
        let room = usize::try_from(right - MARGIN - AXIS).unwrap_or(1).max(1);
        let step = each.div_ceil(room).max(1);
        for year in (self.first..=self.last).step_by(step) {
            let x = self.x(year, right);
            canvas.line((x, bottom), (x, bottom + 4), GREY, 1);
            canvas.text(&year.to_string(), (x, bottom + 14), TEXT, Anchor::Middle, GREY);
        }
    }

    fn line(
        &self,
        canvas: &mut Canvas<'_>,
        shape: usize,
        points: &BTreeMap<u16, Point>,
        values: &Scale,
        right: i32,
        bottom: i32,
    ) {
        let color = PALETTE.get(shape).copied().unwrap_or(INK);
        for run in runs(points) {
            let at = |year: u16, value: f64| (self.x(year, right), values.pixel(value));
            let band = |of: fn((f64, f64)) -> f64| {
                run.iter().filter_map(move |(point, _)| Some(at(point.year, of(point.interval?))))
            };
            let upper: Vec<(i32, i32)> = band(|(_, high)| high).collect();
            let lower: Vec<(i32, i32)> = band(|(low, _)| low).collect();
            match (upper.as_slice(), lower.as_slice()) {
                ([], _) => {}
                // A single year has no width: its interval is a whisker.
                ([(x, high)], [(_, low), ..]) => canvas.line((*x, *high), (*x, *low), color, 2),
                _ => {
                    let around: Vec<_> = upper.iter().chain(lower.iter().rev()).copied().collect();
                    canvas.polygon(&around, color, 0.2);
                }
            }
            let path: Vec<(i32, i32)> = run.iter().map(|(point, value)| at(point.year, *value)).collect();
            if path.len() > 1 {
                canvas.path(&path, color, 2);
            }
            for &place in &path {
                canvas.marker(place, shape, color);
            }
            if self.lines.len() == 1 && points.len() <= MOST_FIGURES {
                for ((_, value), &(x, y)) in run.iter().zip(&path) {
                    canvas.text(&number(*value, self.unit), (x, y - 14), TEXT, Anchor::Middle, INK);
                }
            }
        }
        for point in points.values() {
            let x = self.x(point.year, right);
            if point.shown == Shown::Withheld {
                let left = x - 6 + 2 * i32::try_from(shape).unwrap_or(0);
                canvas.hatch((left, bottom - 14), (left + 12, bottom));
            }
            if point.break_before && point.year > self.first {
                let before = i32::midpoint(self.x(point.year - 1, right), x);
                for dash in 0..PLOT / 8 {
                    let y = bottom - dash * 8;
                    canvas.line((before, y), (before, y - 4), GREY, 1);
                }
            }
        }
    }

    fn legend(&self, canvas: &mut Canvas<'_>, right: i32, top: i32) {
        if !self.has_legend() {
            return;
        }
        for (shape, (label, _)) in self.lines.iter().enumerate() {
            let y = top + 10 + rows(shape, 24);
            let color = PALETTE.get(shape).copied().unwrap_or(INK);
            canvas.line((right + 14, y), (right + 38, y), color, 2);
            canvas.marker((right + 26, y), shape, color);
            canvas.text(&fit(label, LEGEND - 46, TEXT), (right + 46, y), TEXT, Anchor::Start, INK);
        }
    }

    fn description(&self, note: &str) -> String {
        let mut text = format!("Lines over years, {}.", self.unit.label());
        for (label, points) in &self.lines {
            let figures: Vec<String> = points.values().map(|point| self.words(point)).collect();
            let name = if label.is_empty() { String::new() } else { format!("{label}: ") };
            // Writing to a string does not fail.
            let _ = write!(text, " {name}{}.", figures.join("; "));
        }
        format!("{text} {}", note.trim())
    }

    fn words(&self, point: &Point) -> String {
        let figure = match point.shown {
            Shown::Value(value) => {
                let interval = point.interval.map_or_else(String::new, |(low, high)| {
                    format!(" ({} to {})", number(low, self.unit), number(high, self.unit))
                });
                format!("{}{}{interval}", number(value, self.unit), after(self.unit))
            }
            Shown::Withheld => "withheld".to_owned(),
            Shown::Missing => "no figure".to_owned(),
        };
        let breaks = if point.break_before { "break, " } else { "" };
        format!("{breaks}{} {figure}", point.year)
    }
}

/// Stretches of consecutive years with figures and without a break.
fn runs(points: &BTreeMap<u16, Point>) -> Vec<Vec<(Point, f64)>> {
    let mut runs: Vec<Vec<(Point, f64)>> = Vec::new();
    let mut before: Option<u16> = None;
    for point in points.values() {
        let Shown::Value(value) = point.shown else { continue };
        let follows = !point.break_before && before.is_some_and(|year| year.checked_add(1) == Some(point.year));
        match runs.last_mut().filter(|_| follows) {
            Some(run) => run.push((*point, value)),
            None => runs.push(vec![(*point, value)]),
        }
        before = Some(point.year);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stops_at_gaps_and_breaks() {
        let point = |year, shown, break_before| (year, Point { year, shown, interval: None, break_before });
        let value = Shown::Value(1.0);
        let points: BTreeMap<u16, Point> = [
            point(2010, value, false),
            point(2011, value, false),
            point(2012, Shown::Withheld, false),
            point(2013, value, false),
            point(2014, value, true),
            point(2017, value, false),
        ]
        .into();
        let lengths: Vec<usize> = runs(&points).iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1, 1]);
    }
}
