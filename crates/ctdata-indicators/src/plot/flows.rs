//! Flows from places of origin to places of exploitation as a matrix of shaded cells.

use std::collections::BTreeMap;

use super::canvas::{Anchor, Canvas, GREY, INK, PALE, PALETTE, picture};
use super::label::{TEXT, TITLE, fit, grouped, lines, number, width};
use super::shares::rows;
use super::{PlotError, Shown, conditions, one_indicator, shown, title};
use crate::Estimate;
use crate::estimate::{Dimension, Unit};
use crate::interval::as_f64;

/// How many places stand on each side at most; the caption tells what is left out.
pub const MOST_PLACES: usize = 24;

const MARGIN: i32 = 16;
const LABELS: i32 = 170;
const ROW: i32 = 24;
/// Column headings: their size, the height of a line, how many lines at most, and the widest column they ask for.
const HEAD: f64 = 10.0;
const HEAD_LINE: i32 = 13;
const HEAD_LINES: usize = 6;
const WIDEST: i32 = 96;

/// Flows as a matrix: origins down, places of exploitation across, the largest first; each cell has its number of persons,
/// or its share where there is none, and a shade for its size. Flows that are withheld are hatched; an empty cell is a
/// flow that is not listed.
///
/// Of more than [`MOST_PLACES`] on a side the largest are drawn, and the caption says how many flows are not.
///
/// # Errors
/// [`PlotError::NoFlows`] for estimates without exactly two places, [`PlotError::Twice`] for the same flow twice,
/// [`PlotError::Nothing`], [`PlotError::SeveralIndicators`], [`PlotError::SeveralUnits`].
pub fn flows(estimates: &[Estimate]) -> Result<String, PlotError> {
    let (indicator, unit) = one_indicator(estimates)?;
    let mut cells: BTreeMap<(&str, &str), Cell> = BTreeMap::new();
    let mut labels: BTreeMap<&str, &str> = BTreeMap::new();
    for estimate in estimates {
        let [from, to] = places(estimate).ok_or(PlotError::NoFlows)?;
        labels.extend([from, to].map(|place| (place.code.as_ref(), place.label.as_ref())));
        if cells.insert((&from.code, &to.code), Cell::of(estimate, unit)).is_some() {
            return Err(PlotError::Twice);
        }
    }
    let origins = largest(&cells, |(from, _)| from);
    let places = largest(&cells, |(_, to)| to);
    let title = title(indicator);
    let drawn = |key: &(&str, &str)| origins.contains(&key.0) && places.contains(&key.1);
    let left_out = cells.keys().filter(|key| !drawn(key)).count();
    let matrix = Matrix { cells: &cells, labels: &labels, origins: &origins, places: &places };
    matrix.draw(&title, &caption(estimates, &cells, left_out))
}

/// The origin and the place of exploitation, if an estimate has these two and nothing else.
pub(super) fn places(estimate: &Estimate) -> Option<[&Dimension; 2]> {
    let mut dimensions = estimate.dimensions.iter();
    let (from, to) = (dimensions.next()?, dimensions.next()?);
    let is_origin = from.name == "citizenship" || from.name.ends_with("-of-origin");
    let is_place = to.name == "country" || to.name.ends_with("-of-exploitation");
    (is_origin && is_place && dimensions.next().is_none()).then_some([from, to])
}

struct Cell {
    shown: Shown,
    text: String,
}

impl Cell {
    /// The number of persons, or else the figure.
    fn of(estimate: &Estimate, unit: Unit) -> Self {
        match (shown(estimate), estimate.numerator) {
            (Shown::Value(_), Some(count)) => {
                Self { shown: Shown::Value(as_f64(count)), text: grouped(&count.to_string()) }
            }
            (Shown::Value(value), None) => Self { shown: Shown::Value(value), text: number(value, unit) },
            (other, _) => Self { shown: other, text: String::new() },
        }
    }

    fn size(&self) -> f64 {
        if let Shown::Value(value) = self.shown { value } else { 0.0 }
    }
}

/// The places of one side by what is shown of them, the largest first.
fn largest<'a>(cells: &BTreeMap<(&'a str, &'a str), Cell>, side: fn((&'a str, &'a str)) -> &'a str) -> Vec<&'a str> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for (key, cell) in cells {
        *sums.entry(side(*key)).or_default() += cell.size();
    }
    let mut places: Vec<(&str, f64)> = sums.into_iter().collect();
    places.sort_by(|(one, size), (other, larger)| larger.total_cmp(size).then_with(|| one.cmp(other)));
    places.truncate(MOST_PLACES);
    places.into_iter().map(|(place, _)| place).collect()
}

fn caption(estimates: &[Estimate], cells: &BTreeMap<(&str, &str), Cell>, left_out: usize) -> String {
    let mut parts = vec!["Origin down, place of exploitation across. Empty: no such flow is listed.".to_owned()];
    let first = estimates.first();
    if let Some(base) =
        first.and_then(|first| first.base).filter(|base| estimates.iter().all(|e| e.base == Some(*base)))
    {
        parts.push(format!("Persons with both places recorded: {}.", grouped(&base.to_string())));
    }
    if let Some(words) = first.and_then(conditions) {
        parts.push(format!("Cases with {words}."));
    }
    if cells.values().any(|cell| cell.shown == Shown::Withheld) {
        parts.push("Hatched: withheld to protect persons, of any size.".to_owned());
    }
    if left_out > 0 {
        parts.push(format!("Not drawn: {left_out} flows of smaller places."));
    }
    parts.join(" ")
}

struct Matrix<'a> {
    cells: &'a BTreeMap<(&'a str, &'a str), Cell>,
    labels: &'a BTreeMap<&'a str, &'a str>,
    origins: &'a [&'a str],
    places: &'a [&'a str],
}

impl Matrix<'_> {
    fn draw(&self, title: &str, caption: &str) -> Result<String, PlotError> {
        let widest = self.cells.values().map(|cell| width(&cell.text, TEXT)).max().unwrap_or(0);
        let words = self.places.iter().flat_map(|place| self.label(place).split_whitespace());
        let word = words.map(|word| width(word, HEAD)).max().unwrap_or(0);
        let column = (widest.max(word.min(WIDEST)) + 10).max(44);
        let columns: Vec<Vec<String>> = self.places.iter().map(|place| self.heading(place, column)).collect();
        let heading = columns.iter().map(Vec::len).max().unwrap_or(0);
        let across = rows(self.places.len(), column);
        let picture_width = (2 * MARGIN + LABELS + across).max(520);
        let heads = lines(title, picture_width - 2 * MARGIN, TITLE);
        let captions = lines(caption, picture_width - 2 * MARGIN, TEXT);
        let top = MARGIN + rows(heads.len(), 22) + 14 + rows(heading, HEAD_LINE);
        let bottom = top + rows(self.origins.len(), ROW);
        let height = bottom + 16 + rows(captions.len(), 16) + MARGIN;
        let left = MARGIN + LABELS;
        let highest = self.cells.values().map(Cell::size).fold(0.0, f64::max);
        picture((picture_width, height), title, &self.description(caption), |canvas| {
            for (row, head) in (0..).zip(&heads) {
                canvas.text(head, (MARGIN, MARGIN + 10 + row * 22), TITLE, Anchor::Start, INK);
            }
            for (at, lines) in columns.iter().enumerate() {
                let middle = left + rows(at, column) + column / 2;
                let first = top - rows(lines.len(), HEAD_LINE) + 4;
                for (row, line) in (0..).zip(lines) {
                    canvas.text(line, (middle, first + row * HEAD_LINE), HEAD, Anchor::Middle, INK);
                }
            }
            for (row, origin) in self.origins.iter().enumerate() {
                let y = top + rows(row, ROW);
                let label = fit(self.label(origin), LABELS - 8, TEXT);
                canvas.text(&label, (left - 8, y + ROW / 2), TEXT, Anchor::End, INK);
                for (at, place) in self.places.iter().enumerate() {
                    let x = left + rows(at, column);
                    if let Some(cell) = self.cells.get(&(*origin, *place)) {
                        cell.draw(canvas, (x, y), (x + column, y + ROW), highest);
                    }
                    canvas.outline((x, y), (x + column, y + ROW), PALE);
                }
            }
            for (row, line) in (0..).zip(&captions) {
                canvas.text(line, (MARGIN, bottom + 20 + row * 16), TEXT, Anchor::Start, GREY);
            }
        })
    }

    fn label(&self, code: &str) -> &str {
        self.labels.get(code).map_or("", |label| label.trim())
    }

    /// The heading of a column in short lines.
    fn heading(&self, place: &str, column: i32) -> Vec<String> {
        let mut words = lines(self.label(place), column - 4, HEAD);
        words.truncate(HEAD_LINES);
        words
    }

    fn description(&self, caption: &str) -> String {
        let mut flows = Vec::new();
        for origin in self.origins {
            for place in self.places {
                let Some(cell) = self.cells.get(&(*origin, *place)) else { continue };
                let text = match cell.shown {
                    Shown::Value(_) => cell.text.as_str(),
                    Shown::Withheld => "withheld",
                    Shown::Missing => "no figure",
                };
                flows.push(format!("{} to {}: {text}", self.label(origin), self.label(place)));
            }
        }
        format!("Matrix of flows. {}. {caption}", flows.join("; "))
    }
}

impl Cell {
    fn draw(&self, canvas: &mut Canvas<'_>, from: (i32, i32), to: (i32, i32), highest: f64) {
        match self.shown {
            Shown::Value(value) => {
                // Shades follow the root, so that small flows can be told from none.
                let shade = if highest > 0.0 { 0.85 * (value / highest).max(0.0).sqrt() } else { 0.0 };
                if shade > 0.0 {
                    canvas.fill(from, to, PALETTE[0], shade);
                }
                let color = if shade > 0.55 { plotters::style::WHITE } else { INK };
                let middle = (i32::midpoint(from.0, to.0), i32::midpoint(from.1, to.1));
                canvas.text(&self.text, middle, TEXT, Anchor::Middle, color);
            }
            Shown::Withheld => canvas.hatch(from, to),
            Shown::Missing => {}
        }
    }
}
