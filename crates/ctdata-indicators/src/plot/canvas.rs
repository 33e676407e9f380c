//! The surface that pictures are drawn on: an SVG document with a title and a description.

use plotters::prelude::{BLACK, Color, DrawingBackend, IntoFont, RGBColor, SVGBackend, ShapeStyle, TextStyle, WHITE};
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::PlotError;
use super::label::clean;

/// Plotters divides sizes by this number when it writes SVG.
const SIZE_FACTOR: f64 = 1.24;

/// Colours that readers with any colour vision tell apart.
///
/// # Sources
/// Okabe and Ito, *Color Universal Design* (2008); without its yellow, which is too pale for lines on white.
pub(super) const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];
/// Text of lesser weight; its contrast to white is more than 4.5 to 1.
pub(super) const GREY: RGBColor = RGBColor(89, 89, 89);
/// Lines of the grid.
pub(super) const PALE: RGBColor = RGBColor(217, 217, 217);
/// Ordinary text.
pub(super) const INK: RGBColor = BLACK;

/// Where a text is anchored: at its left end, middle or right end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture under way.
pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
    failed: bool,
}

/// Draws a picture of this size.
pub(super) fn picture(
    (width, height): (i32, i32),
    title: &str,
    description: &str,
    draw: impl FnOnce(&mut Canvas<'_>),
) -> Result<String, PlotError> {
    let mut svg = String::new();
    let size = (width.unsigned_abs(), height.unsigned_abs());
    let mut canvas = Canvas { backend: SVGBackend::with_string(&mut svg, size), failed: false };
    canvas.fill((0, 0), (width, height), WHITE, 1.0);
    draw(&mut canvas);
    let failed = canvas.failed | canvas.backend.present().is_err();
    drop(canvas);
    let (head, shapes) = svg.split_once('>').filter(|_| !failed).ok_or(PlotError::Drawing)?;
    let (title, description) = (escaped(title), escaped(description));
    Ok(format!("{head} role=\"img\">\n<title>{title}</title>\n<desc>{description}</desc>{shapes}"))
}

fn escaped(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Canvas<'_> {
    fn keep<E>(&mut self, result: &Result<(), E>) {
        self.failed |= result.is_err();
    }

    /// A filled rectangle between two corners.
    pub(super) fn fill(&mut self, from: (i32, i32), to: (i32, i32), color: RGBColor, opacity: f64) {
        let drawn = self.backend.draw_rect(from, to, &color.mix(opacity).filled(), true);
        self.keep(&drawn);
    }

    /// The outline of a rectangle.
    pub(super) fn outline(&mut self, from: (i32, i32), to: (i32, i32), color: RGBColor) {
        let drawn = self.backend.draw_rect(from, to, &stroke(color, 1), false);
        self.keep(&drawn);
    }

    /// A rectangle hatched with diagonals: what is withheld.
    pub(super) fn hatch(&mut self, (left, top): (i32, i32), (right, bottom): (i32, i32)) {
        let (width, height) = (right - left, bottom - top);
        let mut along = 0;
        while along < width + height {
            let from = if along < height { (left, top + along) } else { (left + along - height, bottom) };
            let to = if along < width { (left + along, top) } else { (right, top + along - width) };
            self.line(from, to, GREY, 1);
            along += 5;
        }
        self.outline((left, top), (right, bottom), GREY);
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (i32, i32), to: (i32, i32), color: RGBColor, width: u32) {
        let drawn = self.backend.draw_line(from, to, &stroke(color, width));
        self.keep(&drawn);
    }

    /// A line through points.
    pub(super) fn path(&mut self, points: &[(i32, i32)], color: RGBColor, width: u32) {
        let drawn = self.backend.draw_path(points.iter().copied(), &stroke(color, width));
        self.keep(&drawn);
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, points: &[(i32, i32)], color: RGBColor, opacity: f64) {
        let drawn = self.backend.fill_polygon(points.iter().copied(), &color.mix(opacity).filled());
        self.keep(&drawn);
    }

    /// The marker of a line: each line of a picture has another shape.
    pub(super) fn marker(&mut self, (x, y): (i32, i32), shape: usize, color: RGBColor) {
        match shape % 4 {
            0 => {
                let drawn = self.backend.draw_circle((x, y), 4, &color.filled(), true);
                self.keep(&drawn);
            }
            1 => self.fill((x - 4, y - 4), (x + 4, y + 4), color, 1.0),
            2 => self.polygon(&[(x, y - 5), (x + 5, y + 4), (x - 5, y + 4)], color, 1.0),
            _ => self.polygon(&[(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], color, 1.0),
        }
    }

    /// A text, its middle at the height of the point.
    pub(super) fn text(&mut self, text: &str, at: (i32, i32), size: f64, anchor: Anchor, color: RGBColor) {
        let side = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle::from(("sans-serif", size * SIZE_FACTOR).into_font())
            .color(&color)
            .pos(Pos::new(side, VPos::Center));
        let drawn = self.backend.draw_text(&clean(text), &style, at);
        self.keep(&drawn);
    }
}

fn stroke(color: RGBColor, width: u32) -> ShapeStyle {
    color.stroke_width(width)
}
