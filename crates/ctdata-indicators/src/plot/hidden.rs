//! The number of all victims as each method estimates it, and the profile likelihood of one model.

use super::PlotError;
use super::canvas::{Anchor, Canvas, GREY, INK, PALE, PALETTE, picture};
use super::label::{TEXT, TITLE, fit, grouped, lines, number, width};
use super::scale::Scale;
use super::shares::rows;
use crate::estimate::Unit;
use crate::mse::{Finding, IntervalKind, NumberInterval};

/// How many findings a picture has at most.
pub const MOST_FINDINGS: usize = 40;

/// The width without the column of figures.
const DRAWN: i32 = 620;
const MARGIN: i32 = 16;
const LABELS: i32 = 250;
/// The width of the column of figures, at least and at most.
const FIGURES: (i32, i32) = (200, 440);
/// From the end of the scale to the figures: arrows need some room.
const GAP: i32 = 20;
const ROW: i32 = 30;
/// An interval longer than so many times the largest estimate is cut, and drawn with an arrow.
const ROOM: f64 = 2.0;
const CURVE: (i32, i32) = (720, 420);

/// The findings of several methods, one below the other: a point for the number of all persons, a line for its
/// interval, a second line for the bootstrap where there is one. The number of persons seen is marked; a method
/// without an answer has its reason in place of a point.
///
/// # Errors
/// [`PlotError::Nothing`] without findings; [`PlotError::TooMany`] for more than [`MOST_FINDINGS`].
pub fn hidden_numbers(title: &str, persons: u64, findings: &[Finding]) -> Result<String, PlotError> {
    if findings.is_empty() {
        return Err(PlotError::Nothing);
    }
    if findings.len() > MOST_FINDINGS {
        return Err(PlotError::TooMany { what: "findings".into(), count: findings.len(), most: MOST_FINDINGS });
    }
    #[expect(clippy::cast_precision_loss, reason = "drawn, not computed with")]
    let seen = persons as f64;
    let largest = findings.iter().filter_map(|finding| finding.estimate).fold(seen, f64::max);
    let widest = findings.iter().flat_map(intervals).map(|interval| interval.high).fold(largest, f64::max);
    let is_cut = widest > ROOM * largest;
    let figures = findings.iter().map(|finding| width(&figure(finding), TEXT) + GAP).max().unwrap_or(0);
    let all = DRAWN + figures.clamp(FIGURES.0, FIGURES.1);
    let captions = lines(&caption(findings, persons, is_cut), all - 2 * MARGIN, TEXT);
    let heads = lines(title, all - 2 * MARGIN, TITLE);
    let top = MARGIN + rows(heads.len(), 22) + 8;
    let bottom = top + rows(findings.len(), ROW);
    let height = bottom + 34 + rows(captions.len(), 16) + MARGIN;
    picture((all, height), title, &description(findings, persons), |canvas| {
        for (row, head) in (0..).zip(&heads) {
            canvas.text(head, (MARGIN, MARGIN + 10 + row * 22), TITLE, Anchor::Start, INK);
        }
        let right = DRAWN - MARGIN;
        let scale = Scale::new(0.0, widest.min(ROOM * largest), MARGIN + LABELS + 8, right);
        for tick in scale.ticks() {
            let x = scale.pixel(tick);
            canvas.line((x, top), (x, bottom), PALE, 1);
            canvas.text(&scale.text(tick), (x, bottom + 10), TEXT, Anchor::Middle, GREY);
        }
        let x = scale.pixel(seen);
        canvas.line((x, top), (x, bottom), PALETTE[1], 1);
        for (row, finding) in (0..).zip(findings) {
            draw(canvas, &scale, (top + row * ROW + ROW / 2, all - MARGIN), finding);
        }
        for (row, line) in (0..).zip(&captions) {
            canvas.text(line, (MARGIN, bottom + 38 + row * 16), TEXT, Anchor::Start, GREY);
        }
    })
}

/// The deviance above its least, over the number of all persons: the values below the dashed quantile are the profile
/// interval. Points are (number of persons, deviance difference), in order.
///
/// # Errors
/// [`PlotError::Nothing`] for fewer than two points.
pub fn profile_likelihood(title: &str, curve: &[(f64, f64)], quantile: f64) -> Result<String, PlotError> {
    let ([(first, _), .., (last, _)], true) = (curve, curve.iter().all(|(x, y)| x.is_finite() && y.is_finite())) else {
        return Err(PlotError::Nothing);
    };
    let (wide, height) = CURVE;
    let highest = curve.iter().map(|(_, y)| *y).fold(quantile, f64::max).min(4.0 * quantile);
    let below = below(curve, quantile);
    let range = below.map(|(low, high)| format!("{} and {}", persons_of(low), persons_of(high)));
    let words = match &range {
        Some(range) => {
            format!(
                "Deviance above its least, over the number of all persons. At or below {quantile:.3} between {range}."
            )
        }
        None => "Deviance above its least, over the number of all persons.".to_owned(),
    };
    picture((wide, height), title, &words, |canvas| {
        canvas.text(&fit(title, wide - 2 * MARGIN, TITLE), (MARGIN, MARGIN + 10), TITLE, Anchor::Start, INK);
        let (left, right, top, bottom) = (MARGIN + 44, wide - MARGIN - 32, MARGIN + 44, height - MARGIN - 44);
        let (across, up) = (Scale::new(*first, *last, left, right), Scale::new(0.0, highest, bottom, top));
        for tick in across.ticks() {
            let x = across.pixel(tick);
            canvas.line((x, top), (x, bottom), PALE, 1);
            canvas.text(&across.text(tick), (x, bottom + 12), TEXT, Anchor::Middle, GREY);
        }
        for tick in up.ticks() {
            let y = up.pixel(tick);
            canvas.line((left, y), (right, y), PALE, 1);
            canvas.text(&up.text(tick), (left - 6, y), TEXT, Anchor::End, GREY);
        }
        let y = up.pixel(quantile);
        let mut x = left;
        while x < right {
            canvas.line((x, y), ((x + 6).min(right), y), PALETTE[1], 2);
            x += 10;
        }
        // What rises above the picture is left out, not drawn along its edge.
        let points: Vec<(i32, i32)> =
            curve.iter().filter(|(_, y)| *y <= highest).map(|(x, y)| (across.pixel(*x), up.pixel(*y))).collect();
        canvas.path(&points, PALETTE[0], 2);
        if let (Some((low, high)), Some(range)) = (below, &range) {
            for end in [low, high] {
                canvas.line((across.pixel(end), y), (across.pixel(end), bottom), PALETTE[1], 1);
            }
            let text = format!("below the dashed line: between {range}");
            canvas.text(&text, (i32::midpoint(left, right), y - 10), TEXT, Anchor::Middle, INK);
        }
        canvas.text("deviance above its least", (left, top - 14), TEXT, Anchor::Start, GREY);
        canvas.text("all persons, seen and unseen", (right, bottom + 32), TEXT, Anchor::End, GREY);
    })
}

/// The numbers at which the curve goes below the quantile and above it again, between its points on a straight line; its
/// own end where it is below all the way.
fn below(curve: &[(f64, f64)], quantile: f64) -> Option<(f64, f64)> {
    let first = curve.iter().position(|(_, y)| *y <= quantile)?;
    let last = curve.iter().rposition(|(_, y)| *y <= quantile)?;
    let crossing = |inside: usize, outside: Option<usize>| {
        let (x, y) = *curve.get(inside)?;
        let Some((other, above)) = outside.and_then(|place| curve.get(place)).copied() else { return Some(x) };
        Some(x + (other - x) * (quantile - y) / (above - y))
    };
    Some((crossing(first, first.checked_sub(1))?, crossing(last, Some(last + 1))?))
}

fn intervals(finding: &Finding) -> impl Iterator<Item = NumberInterval> {
    finding.interval.into_iter().chain(bootstrap(finding)).filter(|interval| interval.high.is_finite())
}

/// The bootstrap's interval, if it is not the one that stands for the method.
fn bootstrap(finding: &Finding) -> Option<NumberInterval> {
    let of = |kind: IntervalKind| finding.others.iter().copied().find(|interval| interval.kind == kind);
    of(IntervalKind::Percentile).or_else(|| of(IntervalKind::Bca))
}

fn persons_of(value: f64) -> String {
    number(value, Unit::Persons)
}

fn figure(finding: &Finding) -> String {
    let Some(estimate) = finding.estimate else { return finding.status.label().to_owned() };
    let interval = finding.interval.map_or_else(String::new, |interval| {
        format!(" ({} to {})", persons_of(interval.low), persons_of(interval.high))
    });
    format!("{}{interval}", persons_of(estimate))
}

fn draw(canvas: &mut Canvas<'_>, scale: &Scale, (y, end): (i32, i32), finding: &Finding) {
    canvas.text(&fit(finding.method.label(), LABELS, TEXT), (MARGIN + LABELS, y), TEXT, Anchor::End, INK);
    let figures = DRAWN - MARGIN + GAP;
    let whisker = |canvas: &mut Canvas<'_>, interval: NumberInterval, y: i32, color, width| {
        let (low, high) = (scale.pixel(interval.low), scale.pixel(interval.high));
        canvas.line((low, y), (high, y), color, width);
        canvas.line((low, y - 4), (low, y + 4), color, width);
        if scale.covers(interval.high) {
            canvas.line((high, y - 4), (high, y + 4), color, width);
        } else {
            canvas.polygon(&[(high + 8, y), (high, y - 4), (high, y + 4)], color, 1.0);
        }
    };
    if let Some(interval) = finding.interval {
        whisker(canvas, interval, y, INK, 1);
    }
    if let Some(interval) = bootstrap(finding) {
        whisker(canvas, interval, y + 8, PALETTE[2], 1);
    }
    if let Some(estimate) = finding.estimate {
        canvas.marker((scale.pixel(estimate), y), 0, PALETTE[0]);
    }
    let color = if finding.estimate.is_some() { INK } else { GREY };
    canvas.text(&fit(&figure(finding), end - figures, TEXT), (figures, y), TEXT, Anchor::Start, color);
}

fn caption(findings: &[Finding], persons: u64, is_cut: bool) -> String {
    let seen = grouped(&persons.to_string());
    let mut parts = vec![format!("All persons, seen and unseen; the upright line is the {seen} persons seen.")];
    if let Some(finding) = findings.iter().find(|finding| finding.interval.is_some()) {
        let mut kinds: Vec<&str> =
            findings.iter().filter_map(|finding| finding.interval).map(|interval| interval.kind.label()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        parts.push(format!("Lines: {} interval, by method: {}.", finding.level, kinds.join(", ")));
    }
    if findings.iter().any(|finding| bootstrap(finding).is_some()) {
        parts.push("Line below: bootstrap with the model chosen again in each replicate.".into());
    }
    if is_cut {
        parts.push("An arrow: the interval goes on.".into());
    }
    parts.join(" ")
}

fn description(findings: &[Finding], persons: u64) -> String {
    let figures: Vec<String> =
        findings.iter().map(|finding| format!("{}: {}", finding.method.label(), figure(finding))).collect();
    format!("The number of all persons by method; {persons} were seen. {}", figures.join("; "))
}
