//! Figures for people to read.

use std::fmt::Write as _;

use ctdata::indicators::Estimate;
use ctdata::indicators::estimate::{NotAvailable, Value};

use super::input::Skipped;
use crate::output::{Align, count, table};

/// One table per indicator, its bases and remarks below it.
pub(super) fn words(observations: &[Estimate], skipped: &[Skipped]) -> String {
    let mut text = String::new();
    if observations.is_empty() && skipped.is_empty() {
        text.push_str("nothing to count\n");
    }
    for group in observations.chunk_by(|a, b| a.indicator == b.indicator) {
        let Some(first) = group.first() else { continue };
        let code = first.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let _ = writeln!(text, "{}{code}", first.indicator);
        let rows: Vec<Vec<String>> = group.iter().map(row).collect();
        let header = [
            ("", Align::Left),
            ("value", Align::Right),
            ("low", Align::Right),
            ("high", Align::Right),
            ("numerator", Align::Right),
            ("base", Align::Right),
            ("unknown", Align::Right),
        ];
        text.push_str(&table(&header, &rows));
        let mut notes: Vec<&str> = Vec::new();
        for note in group.iter().flat_map(|estimate| &estimate.notes) {
            if !notes.contains(&note.as_ref()) {
                notes.push(note);
            }
        }
        for reason in NotAvailable::ALL {
            if group.iter().any(|estimate| estimate.value == Value::NotAvailable(*reason)) {
                let _ = writeln!(text, "  not available: {}", reason.label());
            }
        }
        for note in notes {
            let _ = writeln!(text, "  note: {note}");
        }
        text.push('\n');
    }
    for Skipped { indicator, reason } in skipped {
        let _ = writeln!(text, "not computed: {indicator}: {reason}");
    }
    text
}

fn row(estimate: &Estimate) -> Vec<String> {
    let labels: Vec<&str> = estimate.dimensions.iter().map(|dimension| dimension.label.as_ref()).collect();
    let what = if labels.is_empty() { "total".to_owned() } else { labels.join(", ") };
    let number = |value: f64| format!("{value:.4}");
    let whole = |value: Option<u64>| value.map(count).unwrap_or_default();
    let value = match estimate.value.known() {
        Some(value) => format!("{} {}", number(value), unit(estimate)),
        None => "not available".to_owned(),
    };
    let interval = estimate.interval.as_ref();
    vec![
        what,
        value,
        interval.map(|interval| number(interval.low())).unwrap_or_default(),
        interval.map(|interval| number(interval.high())).unwrap_or_default(),
        whole(estimate.numerator),
        whole(estimate.base),
        whole(estimate.unknown),
    ]
}

fn unit(estimate: &Estimate) -> &'static str {
    match estimate.unit.code() {
        "percent" => "%",
        "per-100k" => "per 100,000",
        "per-100-victims" => "per 100 victims",
        "percent-per-year" => "% per year",
        "days" => "days",
        "months" => "months",
        _ => "",
    }
}
