//! The plots of a report.

use super::Evaluation;
use super::svg::{Anchor, Svg};
use crate::evaluate::combinations::CountBin;
use crate::evaluate::real;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 460.0;
/// The frame of a plot: left, top, right, bottom.
const FRAME: (f64, f64, f64, f64) = (70.0, 40.0, 540.0, 400.0);
const INK: &str = "#333333";
const GRID: &str = "#dddddd";
const BLUE: &str = "#0b5fa5";
const ORANGE: &str = "#d95f02";

/// Counts of combinations in both tables, on logarithmic scales. Larger dots are more combinations; what one
/// table lacks lies on its axis.
pub(super) fn count_against_count(report: &Evaluation) -> String {
    let cells = &report.preservation.count_against_count;
    let most = cells.iter().map(|cell| cell.original_from.max(cell.released_from)).max().unwrap_or(1).max(10);
    let decades = (real(most).log10() + 0.2).ceil();
    // Zero has a strip of its own before the first decade.
    let place = |count: u64| if count == 0 { 0.0 } else { (0.5 + real(count).log10()) / (decades + 0.5) };
    let mut plot = frame("Count against count", "count in the original", "count in the released table");
    ticks(&mut plot, 0.0, 0.0, "0");
    for decade in 0..=10u32 {
        if f64::from(decade) <= decades {
            let share = (0.5 + f64::from(decade)) / (decades + 0.5);
            ticks(&mut plot, share, share, &10u64.pow(decade).to_string());
        }
    }
    plot.line(at(place(1), place(1)), at(1.0, 1.0), INK);
    let largest = cells.iter().map(|cell| cell.combinations).max().unwrap_or(1);
    for cell in cells {
        let size = real(cell.combinations).ln_1p() / real(largest).ln_1p();
        let colour = if cell.original_from == 0 || cell.released_from == 0 { ORANGE } else { BLUE };
        plot.circle(at(place(cell.original_from), place(cell.released_from)), 1.0 + 5.0 * size, colour, 0.6);
    }
    plot.finish("Counts of combinations in the original and in the released table")
}

/// Total variation distances by the number of attributes.
pub(super) fn error_by_length(report: &Evaluation) -> String {
    let mut plot = frame("Error by length", "attributes", "total variation distance");
    let most = report.marginals.iter().map(|one| one.max_tvd).fold(0.0, f64::max);
    // A scale of 1, 2 or 5 times a power of ten.
    let top = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0].into_iter().find(|&top| most <= top);
    let top = top.unwrap_or(1.0);
    let across = |length: usize| (real(length as u64) - 0.5) / real(report.marginals.len().max(1) as u64);
    for one in &report.marginals {
        let (x, y) = at(across(one.length), 0.0);
        plot.text((x, y + 18.0), Anchor::Middle, &one.length.to_string());
    }
    for fifth in 0..=5u8 {
        let share = f64::from(fifth) / 5.0;
        level(&mut plot, share, &format!("{:.4}", top * share));
    }
    let points = |value: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        (0..report.marginals.len()).map(|one| at(across(one + 1), value(one) / top)).collect()
    };
    let of = |one: usize| report.marginals.get(one);
    plot.path(&points(&|one| of(one).map_or(0.0, |one| one.mean_tvd)), BLUE);
    plot.path(&points(&|one| of(one).map_or(0.0, |one| one.max_tvd)), ORANGE);
    legend(&mut plot, &[("mean over all sets", BLUE), ("largest", ORANGE)]);
    plot.finish("Total variation distance of marginals by number of attributes")
}

/// Mean preservation of combinations by their count, in the original and in the released table.
pub(super) fn preservation_by_count(report: &Evaluation) -> String {
    let preservation = &report.preservation;
    let mut plot = frame("Preservation by count", "count, from", "preservation");
    let (original, released) = (&preservation.by_original_count, &preservation.by_released_count);
    let mut starts: Vec<u64> = original.iter().chain(released).map(|bin| bin.from).collect();
    starts.sort_unstable();
    starts.dedup();
    let across = |from: u64| {
        let place = starts.partition_point(|&start| start < from);
        (real(place as u64) + 0.5) / real(starts.len().max(1) as u64)
    };
    for (number, &from) in starts.iter().enumerate() {
        // Labels of many bins would overlap.
        if number % starts.len().div_ceil(10).max(1) == 0 {
            let (x, y) = at(across(from), 0.0);
            plot.text((x, y + 18.0), Anchor::Middle, &from.to_string());
        }
    }
    for fifth in 0..=5u8 {
        let share = f64::from(fifth) / 5.0;
        level(&mut plot, share, &format!("{share:.1}"));
    }
    let points = |bins: &[CountBin]| -> Vec<(f64, f64)> {
        bins.iter().filter_map(|bin| Some(at(across(bin.from), bin.preservation?))).collect()
    };
    plot.path(&points(original), BLUE);
    plot.path(&points(released), ORANGE);
    legend(&mut plot, &[("by count in the original", BLUE), ("by released count", ORANGE)]);
    plot.finish("Preservation of combinations by count")
}

/// A place in the frame, from shares of its width and height.
fn at(x: f64, y: f64) -> (f64, f64) {
    let (left, top, right, bottom) = FRAME;
    (left + (right - left) * x, bottom - (bottom - top) * y)
}

fn frame(title: &str, across: &str, upwards: &str) -> Svg {
    let mut plot = Svg::new(WIDTH, HEIGHT);
    plot.text((WIDTH / 2.0, 20.0), Anchor::Middle, title);
    plot.text((at(0.5, 0.0).0, HEIGHT - 15.0), Anchor::Middle, across);
    plot.vertical_text((16.0, at(0.0, 0.5).1), upwards);
    plot.line(at(0.0, 0.0), at(1.0, 0.0), INK);
    plot.line(at(0.0, 0.0), at(0.0, 1.0), INK);
    plot
}

/// A grid line of each axis and its label.
fn ticks(plot: &mut Svg, across: f64, upwards: f64, label: &str) {
    let (x, y) = at(across, 0.0);
    plot.line((x, y), at(across, 1.0), GRID);
    plot.text((x, y + 18.0), Anchor::Middle, label);
    level(plot, upwards, label);
}

/// A horizontal grid line and its label.
fn level(plot: &mut Svg, share: f64, label: &str) {
    let (x, y) = at(0.0, share);
    plot.line((x, y), at(1.0, share), GRID);
    plot.text((x - 6.0, y + 4.0), Anchor::End, label);
}

fn legend(plot: &mut Svg, entries: &[(&str, &str)]) {
    for (number, (text, colour)) in entries.iter().enumerate() {
        let x = FRAME.0 + 10.0 + 200.0 * real(number as u64);
        plot.circle((x, FRAME.1 - 8.0), 4.0, colour, 1.0);
        plot.text((x + 10.0, FRAME.1 - 4.0), Anchor::Start, text);
    }
}
