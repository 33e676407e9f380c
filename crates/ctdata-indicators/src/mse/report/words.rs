//! The report as tables for people, and as Markdown.

use super::consistency::ListAsPopulation;
use super::variations::Variation;
use super::{MseReport, is_answer};
use crate::estimate::Rounding;
use crate::mse::bootstrap::Resampling;
use crate::mse::outcome::{Finding, Method, NumberInterval, Status};
use std::fmt::Write as _;

/// A table of the report, with sentences below it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportTable {
    /// Its title.
    pub title: String,
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows, as long as the header; the first column is text, the others numbers unless said otherwise.
    pub rows: Vec<Vec<String>>,
    /// The columns, from 0, that hold text.
    pub text_columns: Vec<usize>,
    /// Sentences below the table.
    pub notes: Vec<String>,
}

impl ReportTable {
    pub(super) fn new(title: &str, header: &[&str], text_columns: &[usize]) -> Self {
        Self {
            title: title.to_owned(),
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
            text_columns: text_columns.to_vec(),
            notes: Vec::new(),
        }
    }
}

impl MseReport {
    /// The report as tables: lists, methods, models, strata, sensitivity, consistency, warnings. Names of lists are shown without
    /// control characters.
    pub fn tables(&self) -> Vec<ReportTable> {
        let mut tables = vec![lists(self), methods(self), models(self)];
        tables.extend(self.strata.as_ref().map(super::strata::table));
        tables.extend(self.methods.iter().filter_map(super::methods::table));
        tables.extend(variations("Without a list, and with two lists merged", &self.sensitivity));
        tables.extend(variations("With more and more lists", &self.trajectory));
        tables.extend(consistency(self));
        if !self.warnings.is_empty() {
            let mut warnings = ReportTable::new("To know before use", &[], &[]);
            warnings.notes.extend(self.warnings.iter().map(|warning| sentence(warning)));
            tables.push(warnings);
        }
        for table in &mut tables {
            let cells = table.header.iter_mut().chain(table.rows.iter_mut().flatten()).chain(&mut table.notes);
            cells.for_each(printable);
        }
        tables
    }

    /// The report as a Markdown document.
    pub fn to_markdown(&self, title: &str) -> String {
        let mut text = format!("# {}\n", plain(title));
        for table in self.tables() {
            let _ = writeln!(text, "\n## {}", table.title);
            if !table.rows.is_empty() {
                let names: Vec<String> = table.header.iter().map(|name| plain(name)).collect();
                let _ = writeln!(text, "\n| {} |", names.join(" | "));
                let rule = |place| if table.text_columns.contains(&place) { "---" } else { "---:" };
                let rules: Vec<&str> = (0..table.header.len()).map(rule).collect();
                let _ = writeln!(text, "| {} |", rules.join(" | "));
                for row in &table.rows {
                    let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
                    let _ = writeln!(text, "| {} |", cells.join(" | "));
                }
            }
            if !table.notes.is_empty() {
                text.push('\n');
            }
            for note in &table.notes {
                let _ = writeln!(text, "- {}", plain(note));
            }
        }
        text
    }
}

/// Takes away what a terminal would act on: names of lists come from files.
fn printable(text: &mut String) {
    if text.contains(char::is_control) {
        *text = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    }
}

/// Text that Markdown takes as it is.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '|' | '*' | '_' | '`' | '<' | '[' | ']' | '~' | '&' | '\\' => plain.extend(['\\', letter]),
            control if control.is_control() => plain.push(' '),
            letter => plain.push(letter),
        }
    }
    plain
}

/// The first letter large and a full stop at the end.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Above this an estimate has more digits than it is exact to.
const LONG: f64 = 1e15;

/// A number of persons, thousands separated.
pub(super) fn persons(number: f64) -> String {
    if number.abs() >= LONG {
        return format!("{number:.4e}");
    }
    grouped(&Rounding::default().format(number, 0))
}

/// A count, thousands separated.
fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// So many of something, by its singular.
pub(super) fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn range(interval: NumberInterval) -> String {
    format!("{} to {}", persons(interval.low), persons(interval.high))
}

fn lists(report: &MseReport) -> ReportTable {
    let names: Vec<&str> = report.table.lists.iter().map(|list| list.list.as_str()).collect();
    let header: Vec<&str> = ["list", "persons", "only here"].into_iter().chain(names.iter().copied()).collect();
    let mut table = ReportTable::new("Lists and their overlaps", &header, &[0]);
    for ((place, list), overlap) in report.table.lists.iter().enumerate().zip(&report.table.overlap) {
        let shared = overlap.iter().enumerate();
        let shared = shared.map(|(other, number)| if other == place { "·".to_owned() } else { count(*number) });
        let counts = [list.persons, list.only_there].map(count);
        table.rows.push([list.list.clone()].into_iter().chain(counts).chain(shared).collect());
    }
    let exactly: Vec<String> = (1..)
        .zip(&report.table.on_exactly)
        .filter(|(_, persons)| **persons > 0)
        .map(|(lists, persons)| format!("{} on {lists}", count(*persons)))
        .collect();
    let exactly =
        if exactly.is_empty() { String::new() } else { format!("; on exactly so many lists: {}", exactly.join(", ")) };
    table.notes.push(format!("{} seen{exactly}.", counted(report.table.persons, "person")));
    table
}

fn methods(report: &MseReport) -> ReportTable {
    let header = ["method", "all persons", "interval", "kind"];
    let mut table = ReportTable::new("The number of all persons, seen and unseen, by method", &header, &[0, 3]);
    // What several methods have to say is said once.
    let mut said: Vec<(&str, Vec<&str>)> = Vec::new();
    for result in &report.methods {
        let finding = &result.finding;
        let mut row = vec![finding.method.code().to_owned()];
        match finding.estimate {
            Some(estimate) => {
                let interval = finding.interval.map(range).unwrap_or_default();
                let kind = finding.interval.map(|interval| interval.kind.label()).unwrap_or_default();
                row.extend([persons(estimate), interval, kind.to_owned()]);
            }
            None => row.extend([String::new(), String::new(), finding.status.label().to_owned()]),
        }
        table.rows.push(row);
        for interval in &finding.others {
            let cells = [String::new(), String::new(), range(*interval), interval.kind.label().to_owned()];
            table.rows.push(cells.to_vec());
        }
        for note in &finding.notes {
            match said.iter_mut().find(|(known, _)| known == note) {
                Some((_, methods)) => methods.push(finding.method.code()),
                None => said.push((note, vec![finding.method.code()])),
            }
        }
    }
    table.notes.extend(said.iter().map(|(note, methods)| format!("{}: {note}.", methods.join(", "))));
    let resampling = report.methods.iter().find_map(|result| Some(result.bootstrap.as_ref()?.resampling));
    let random = match resampling {
        Some(resampling) => {
            format!(", {}, each of {}", counted(u64::from(report.replicates), "replicate"), resampling.label())
        }
        None => String::new(),
    };
    table.notes.push(format!("Intervals of {}; seed {}{random}.", report.level, report.seed));
    if resampling == Some(Resampling::Seen) {
        table.notes.push(
            "The chance in how many persons are seen is not in the bootstrap intervals, which are therefore too short, \
             and the more so the larger the share that was seen."
                .to_owned(),
        );
    }
    let deviances: Vec<String> = (report.methods.iter())
        .filter_map(|result| {
            let (deviance, parameters) = result.deviance()?;
            let deviance = Rounding::default().format(deviance, 1);
            Some(format!("{} {deviance} with {parameters}", result.finding.method.label()))
        })
        .collect();
    if !deviances.is_empty() {
        table.notes.push(format!("Residual deviance, with so many parameters: {}.", deviances.join("; ")));
    }
    if let Some(agreement) = &report.agreement {
        table.notes.push(format!(
            "{} methods, from {} ({}) to {} ({}), a factor of {}.",
            agreement.methods,
            persons(agreement.lowest),
            agreement.lowest_method.label(),
            persons(agreement.highest),
            agreement.highest_method.label(),
            Rounding::default().format(agreement.ratio, 2)
        ));
    }
    table
}

/// What the methods are called, and the models that their estimates rest on.
fn models(report: &MseReport) -> ReportTable {
    let mut table = ReportTable::new("The methods and their models", &["method", "name", "model"], &[0, 1, 2]);
    for finding in report.findings() {
        let model = finding.model.clone().unwrap_or_default();
        table.rows.push(vec![finding.method.code().to_owned(), finding.method.label().to_owned(), model]);
    }
    table
}

/// What the codes of refusals in a table mean.
fn legend<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    let mut statuses: Vec<Status> =
        findings.filter(|finding| !is_answer(finding)).map(|finding| finding.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.iter().map(|status| format!("{}: {}.", status.code(), status.label())).collect()
}

/// The methods of some findings, in their order.
fn methods_of<'a>(findings: impl Iterator<Item = &'a [Finding]>) -> Vec<Method> {
    let mut methods: Vec<Method> = Vec::new();
    for finding in findings.flatten() {
        if !methods.contains(&finding.method) {
            methods.push(finding.method);
        }
    }
    methods
}

/// The estimate of a method among findings, or the reason why there is none.
fn cell(findings: &[Finding], method: Method) -> String {
    match findings.iter().find(|finding| finding.method == method) {
        Some(finding) if is_answer(finding) => finding.estimate.map(persons).unwrap_or_default(),
        Some(finding) => finding.status.code().to_owned(),
        None => String::new(),
    }
}

fn variations(title: &str, variations: &[Variation]) -> Option<ReportTable> {
    let methods = methods_of(variations.iter().map(|variation| variation.findings.as_slice()));
    if methods.is_empty() {
        return None;
    }
    let header: Vec<&str> = ["change", "seen"].into_iter().chain(methods.iter().map(|method| method.code())).collect();
    let mut table = ReportTable::new(title, &header, &[0]);
    for variation in variations {
        let cells = methods.iter().map(|method| cell(&variation.findings, *method));
        let start = [variation.change.clone(), count(variation.persons)];
        table.rows.push(start.into_iter().chain(cells).collect());
    }
    table.notes = legend(variations.iter().flat_map(|variation| &variation.findings));
    Some(table)
}

fn consistency(report: &MseReport) -> Option<ReportTable> {
    let lists: &[ListAsPopulation] = &report.consistency;
    let methods = methods_of(lists.iter().map(|list| list.findings.as_slice()));
    if methods.is_empty() {
        return None;
    }
    let header = ["list", "on it", "also on another"].into_iter().chain(methods.iter().map(|method| method.code()));
    let header: Vec<&str> = header.collect();
    let mut table = ReportTable::new("Each list as a population of known size", &header, &[0]);
    for list in lists {
        let cells = methods.iter().map(|method| cell(&list.findings, *method));
        let start = [list.list.clone(), count(list.persons), count(list.seen)];
        table.rows.push(start.into_iter().chain(cells).collect());
    }
    table.notes = legend(lists.iter().flat_map(|list| &list.findings));
    for method in &report.consistency_by_method {
        if let Some(bias) = method.mean_log_bias {
            table.notes.push(format!(
                "{}: mean ln(estimate / size) {}; {} of {} sizes in its interval.",
                method.method.code(),
                Rounding::default().format(bias, 2),
                method.covered,
                method.answered
            ));
        }
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::report::{MseOptions, report};
    use crate::mse::{CaptureHistories, ListSet};
    use ctdata_table::Control;

    #[test]
    fn numbers_are_grouped_and_the_longest_are_rounded() {
        assert_eq!(
            (persons(1_234_567.4), persons(999.0), count(1_000)),
            ("1,234,567".into(), "999".into(), "1,000".into())
        );
        assert_eq!(persons(1.8e25), "1.8000e25");
        assert_eq!((counted(1, "model"), counted(2_000, "model")), ("1 model".into(), "2,000 models".into()));
    }

    #[test]
    fn what_methods_say_is_said_once_and_names_are_harmless() {
        let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
        let counts = [(set(&[0]), 40), (set(&[1]), 30), (set(&[2]), 20), (set(&[0, 1]), 6), (set(&[1, 2]), 4)];
        let histories = CaptureHistories::try_new(["A\u{1b}[2J", "B|*", "C"], counts).unwrap();
        let methods = vec![Method::Chao, Method::ChaoFinite, Method::Stepwise];
        let options = MseOptions { methods, replicates: 0, ..MseOptions::default() };
        let report = report(&histories, &options, &Control::default()).unwrap();
        let tables = report.tables();
        let cells =
            tables.iter().flat_map(|table| table.rows.iter().flatten().chain(&table.header).chain(&table.notes));
        assert!(!cells.clone().any(|cell| cell.contains(char::is_control)));
        assert_eq!(cells.filter(|cell| cell.contains("lists do not depend on each other")).count(), 1);
        let markdown = report.to_markdown("B|*");
        assert!(markdown.starts_with("# B\\|\\*\n") && !markdown.contains("B|*"), "{markdown}");
    }
}
