//! Shares as horizontal bars with their intervals, the largest first.

use std::borrow::Cow;

use super::canvas::{Anchor, Canvas, GREY, INK, PALE, PALETTE, picture};
use super::label::{TEXT, TITLE, after, fit, grouped, lines, number};
use super::scale::Scale;
use super::{PlotError, Shown, conditions, one_indicator, shown, title};
use crate::Estimate;
use crate::estimate::Unit;

/// How many bars a picture has at most.
pub const MOST_BARS: usize = 60;

const WIDTH: i32 = 760;
const MARGIN: i32 = 16;
const LABELS: i32 = 220;
const FIGURES: i32 = 190;
const ROW: i32 = 26;
const BAR: i32 = 14;
const WITHHELD: &str = "withheld to protect persons";

/// Shares, rates or numbers as bars, the largest first, each with its interval as a whisker and its figure in print; the
/// base stands below. Figures that are withheld come last, marked and without a length.
///
/// # Errors
/// [`PlotError::Nothing`], [`PlotError::SeveralIndicators`], [`PlotError::SeveralUnits`] and, for more than
/// [`MOST_BARS`], [`PlotError::TooMany`].
pub fn shares(estimates: &[Estimate]) -> Result<String, PlotError> {
    let (indicator, unit) = one_indicator(estimates)?;
    if estimates.len() > MOST_BARS {
        return Err(PlotError::TooMany { what: "bars".into(), count: estimates.len(), most: MOST_BARS });
    }
    let mut bars: Vec<Bar<'_>> = estimates.iter().map(|estimate| Bar::of(estimate, unit)).collect();
    bars.sort_by(|one, other| other.rank().total_cmp(&one.rank()).then_with(|| one.label.cmp(&other.label)));
    let common_base = common(&bars, |bar| bar.estimate.base);
    for bar in bars.iter_mut().filter(|_| common_base.is_none()) {
        bar.add_base();
    }
    let title = title(indicator);
    let captions = lines(&caption(&bars, unit), WIDTH - 2 * MARGIN, TEXT);
    let heads = lines(&title, WIDTH - 2 * MARGIN, TITLE);
    let top = MARGIN + rows(heads.len(), 22) + 8;
    let bottom = top + rows(bars.len(), ROW);
    let height = bottom + 34 + rows(captions.len(), 16) + MARGIN;
    picture((WIDTH, height), &title, &description(&bars, unit), |canvas| {
        for (row, head) in (0..).zip(&heads) {
            canvas.text(head, (MARGIN, MARGIN + 10 + row * 22), TITLE, Anchor::Start, INK);
        }
        let highest = bars.iter().filter_map(Bar::highest).fold(0.0, f64::max);
        let scale = Scale::new(0.0, highest, MARGIN + LABELS + 8, WIDTH - MARGIN - FIGURES);
        axis(canvas, &scale, unit, (top, bottom));
        for (row, bar) in (0..).zip(&bars) {
            bar.draw(canvas, &scale, top + row * ROW + ROW / 2);
        }
        for (row, line) in (0..).zip(&captions) {
            canvas.text(line, (MARGIN, bottom + 38 + row * 16), TEXT, Anchor::Start, GREY);
        }
    })
}

/// The height of so many rows.
pub(super) fn rows(count: usize, each: i32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / 1000).saturating_mul(each)
}

fn axis(canvas: &mut Canvas<'_>, scale: &Scale, unit: Unit, (top, bottom): (i32, i32)) {
    for tick in scale.ticks() {
        let x = scale.pixel(tick);
        canvas.line((x, top), (x, bottom), PALE, 1);
        canvas.text(&scale.text(tick), (x, bottom + 10), TEXT, Anchor::Middle, GREY);
    }
    let x = WIDTH - MARGIN - FIGURES + 24;
    canvas.text(&fit(unit.label(), WIDTH - MARGIN - x, TEXT), (x, bottom + 10), TEXT, Anchor::Start, GREY);
}

struct Bar<'a> {
    estimate: &'a Estimate,
    shown: Shown,
    label: String,
    figure: String,
}

impl<'a> Bar<'a> {
    fn of(estimate: &'a Estimate, unit: Unit) -> Self {
        let labels: Vec<&str> = estimate.dimensions.iter().map(|dimension| dimension.label.trim()).collect();
        let label = if labels.is_empty() { "All".to_owned() } else { labels.join(", ") };
        let figure = match shown(estimate) {
            Shown::Value(value) => {
                let interval = estimate.interval.map_or_else(String::new, |interval| {
                    format!(" ({} to {})", number(interval.low(), unit), number(interval.high(), unit))
                });
                format!("{}{}{interval}", number(value, unit), after(unit))
            }
            Shown::Withheld => WITHHELD.to_owned(),
            Shown::Missing => "no figure".to_owned(),
        };
        Self { estimate, shown: shown(estimate), label, figure }
    }

    /// The base behind the label, where bases differ.
    fn add_base(&mut self) {
        if let Some(base) = self.estimate.base {
            self.label = format!("{} (of {})", self.label, grouped(&base.to_string()));
        }
    }

    fn rank(&self) -> f64 {
        match self.shown {
            Shown::Value(value) => value,
            Shown::Withheld => f64::NEG_INFINITY,
            Shown::Missing => f64::MIN,
        }
    }

    fn highest(&self) -> Option<f64> {
        let Shown::Value(value) = self.shown else { return None };
        Some(self.estimate.interval.map_or(value, |interval| interval.high().max(value)))
    }

    fn draw(&self, canvas: &mut Canvas<'_>, scale: &Scale, y: i32) {
        let start = scale.pixel(0.0);
        let label = fit(&self.label, LABELS, TEXT);
        canvas.text(&label, (MARGIN + LABELS, y), TEXT, Anchor::End, INK);
        let mut end = start;
        match self.shown {
            Shown::Value(value) => {
                end = scale.pixel(value);
                canvas.fill((start, y - BAR / 2), (end, y + BAR / 2), PALETTE[0], 1.0);
                if let Some(interval) = self.estimate.interval {
                    let (low, high) = (scale.pixel(interval.low()), scale.pixel(interval.high()));
                    canvas.line((low, y), (high, y), INK, 1);
                    canvas.line((low, y - 4), (low, y + 4), INK, 1);
                    canvas.line((high, y - 4), (high, y + 4), INK, 1);
                    end = end.max(high);
                }
            }
            Shown::Withheld => {
                end = start + BAR;
                canvas.hatch((start, y - BAR / 2), (end, y + BAR / 2));
            }
            Shown::Missing => {}
        }
        let figure = fit(&self.figure, WIDTH - MARGIN - end - 8, TEXT);
        let color = if matches!(self.shown, Shown::Value(_)) { INK } else { GREY };
        canvas.text(&figure, (end + 8, y), TEXT, Anchor::Start, color);
    }
}

/// What all bars have in common, if they do.
fn common<T: PartialEq>(bars: &[Bar<'_>], of: impl Fn(&Bar<'_>) -> Option<T>) -> Option<T> {
    let first = of(bars.first()?)?;
    bars.iter().all(|bar| of(bar).as_ref() == Some(&first)).then_some(first)
}

fn caption(bars: &[Bar<'_>], unit: Unit) -> String {
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    if let Some(base) = common(bars, |bar| bar.estimate.base) {
        let rule = common(bars, |bar| bar.estimate.base_rule);
        let rule = rule.map_or_else(String::new, |rule| format!(", {}", rule.label()));
        let of = if unit == Unit::Per100k { "residents" } else { "persons" };
        parts.push(format!("Base: {} {of}{rule}.", grouped(&base.to_string())).into());
    }
    if let Some(unknown) = common(bars, |bar| bar.estimate.unknown) {
        parts.push(format!("Not known: {}.", grouped(&unknown.to_string())).into());
    }
    if let Some(years) = common(bars, |bar| bar.estimate.period) {
        parts.push(format!("Years: {years}.").into());
    }
    if let Some(conditions) = common(bars, |bar| conditions(bar.estimate)) {
        parts.push(format!("Cases with {conditions}.").into());
    }
    let interval = bars.iter().find_map(|bar| bar.estimate.interval);
    if let Some(interval) = interval {
        let percent = crate::estimate::Rounding::default().round(interval.level().value() * 100.0, 3);
        parts.push(format!("Whiskers: {percent} % interval, {}.", interval.method().label()).into());
    }
    if bars.iter().any(|bar| bar.shown == Shown::Withheld) {
        parts.push("Hatched: withheld to protect persons, of any size.".into());
    }
    parts.join(" ")
}

fn description(bars: &[Bar<'_>], unit: Unit) -> String {
    let figures: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.figure)).collect();
    format!("Horizontal bars, {}. {}. {}", unit.label(), figures.join("; "), caption(bars, unit))
}

#[cfg(test)]
mod tests {
    use super::super::label::width;
    use super::*;

    #[test]
    fn an_ordinary_figure_has_room_beside_the_longest_bar() {
        assert!(width("100.0 % (100.0 to 100.0)", TEXT) <= FIGURES - 8);
    }
}
