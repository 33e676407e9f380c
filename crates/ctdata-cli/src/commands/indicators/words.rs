//! Figures for people to read.

use std::fmt::Write as _;

use ctdata::indicators::Estimate;
use ctdata::indicators::estimate::{NotAvailable, Value};

use super::input::Skipped;
use crate::output::{Align, count, table};

/// One table per indicator, its remarks below it. What is said of several indicators stands once at the end, under a
/// number.
pub(super) fn words(observations: &[Estimate], skipped: &[Skipped]) -> String {
    let mut text = String::new();
    if observations.is_empty() && skipped.is_empty() {
        text.push_str("nothing to count\n");
    }
    let groups: Vec<&[Estimate]> = observations.chunk_by(|a, b| a.indicator == b.indicator).collect();
    let notes: Vec<Vec<&str>> = groups.iter().map(|group| notes(group)).collect();
    let mut shared: Vec<&str> = Vec::new();
    for (group, own) in groups.iter().zip(&notes) {
        let Some(first) = group.first() else { continue };
        let code = first.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        let _ = writeln!(text, "{}{code}", first.indicator);
        let rows: Vec<Vec<String>> = group.iter().map(row).collect();
        text.push_str(&table(&HEADER, &rows));
        for reason in NotAvailable::ALL {
            if group.iter().any(|estimate| estimate.value == Value::NotAvailable(*reason)) {
                let _ = writeln!(text, "  not available: {}", reason.label());
            }
        }
        let mut numbers = Vec::new();
        for note in own {
            if notes.iter().filter(|others| others.contains(note)).count() == 1 {
                let _ = writeln!(text, "  note: {note}");
                continue;
            }
            let known = shared.iter().position(|known| known == note);
            let at = known.unwrap_or_else(|| {
                shared.push(note);
                shared.len() - 1
            });
            numbers.push(at + 1);
        }
        if !numbers.is_empty() {
            numbers.sort_unstable();
            let numbers: Vec<String> = numbers.iter().map(|number| format!("[{number}]")).collect();
            let _ = writeln!(text, "  notes: {}", numbers.join(" "));
        }
        text.push('\n');
    }
    for (note, number) in shared.iter().zip(1..) {
        let _ = writeln!(text, "[{number}] {note}");
    }
    if !shared.is_empty() && !skipped.is_empty() {
        text.push('\n');
    }
    for (reason, indicators) in by_reason(skipped) {
        let _ = writeln!(text, "not computed: {}: {reason}", indicators.join(", "));
    }
    text
}

const HEADER: [(&str, Align); 7] = [
    ("", Align::Left),
    ("value", Align::Right),
    ("low", Align::Right),
    ("high", Align::Right),
    ("numerator", Align::Right),
    ("base", Align::Right),
    ("unknown", Align::Right),
];

/// The notes of an indicator's figures, each once.
fn notes(group: &[Estimate]) -> Vec<&str> {
    let mut notes: Vec<&str> = Vec::new();
    for note in group.iter().flat_map(|estimate| &estimate.notes) {
        if !notes.contains(&note.as_ref()) {
            notes.push(note);
        }
    }
    notes
}

/// The indicators that are missing for the same reason. That it is about them need not be said again.
fn by_reason(skipped: &[Skipped]) -> Vec<(&str, Vec<&str>)> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for Skipped { indicator, reason } in skipped {
        let said = reason.strip_prefix(&format!("indicator `{indicator}`")).unwrap_or(reason);
        let said = said.trim_start_matches([':', ' ']);
        match reasons.iter_mut().find(|(known, _)| *known == said) {
            Some((_, indicators)) => indicators.push(indicator),
            None => reasons.push((said, vec![indicator])),
        }
    }
    reasons
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
