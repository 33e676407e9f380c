//! What a reader must know, in plain sentences.

use super::methods::Details;
use super::words::persons;
use super::{MseReport, is_answer};
use crate::estimate::Rounding;
use crate::mse::bootstrap::Bootstrap;
use crate::mse::outcome::{Finding, Status};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Methods that differ by more than this factor do not agree.
const DISAGREE: f64 = 1.5;
/// An estimate of more than so many times the persons seen is mostly extrapolation.
const FAR: f64 = 10.0;
/// With fewer persons on two lists or more, everything rests on a few of them.
const FEW_SHARED: u64 = 20;
/// A model that fits leaves so large a deviance less often than this. Sparse tables follow the law only roughly.
const MISFIT: f64 = 0.001;

/// What no method can see in a table.
const TAKEN_FOR_GRANTED: [&str; 2] = [
    "all methods take for granted that records of one person were linked without error: missed links raise the estimate, \
     false ones lower it",
    "persons whom none of the lists could reach are in no estimate, and whether all lists depend on each other at once \
     cannot be seen in the data",
];

pub(super) fn warnings(report: &MseReport) -> Vec<String> {
    let mut found = Vec::new();
    overlaps(report, &mut found);
    agreement(report, &mut found);
    misfit(report, &mut found);
    extrapolation(report, &mut found);
    intervals(report, &mut found);
    variations(report, &mut found);
    consistency(report, &mut found);
    found.extend(TAKEN_FOR_GRANTED.map(str::to_owned));
    found
}

fn plural(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("one {one}") } else { format!("{count} {many}") }
}

fn overlaps(report: &MseReport, found: &mut Vec<String>) {
    let table = &report.table;
    let shared: u64 = table.on_exactly.iter().skip(1).sum();
    if shared == 0 {
        found.push("nobody is on two lists: the data say nothing of the hidden number".to_owned());
    } else if shared < FEW_SHARED {
        let persons = plural(shared, "person is", "persons are");
        found.push(format!("{persons} on two lists or more: every estimate rests on them"));
    }
    // A list of nobody shares nobody; that it is empty says it.
    let empty = |name: &String| table.lists.iter().any(|list| list.list == *name && list.persons == 0);
    let pairs = table.empty_pairs.iter().filter(|[one, other]| !empty(one) && !empty(other));
    let pairs: Vec<String> = pairs.map(|[one, other]| format!("{one} and {other}")).collect();
    if !pairs.is_empty() {
        found.push(format!(
            "these lists share nobody: {}; a model with an interaction between them puts it at minus infinity, also where \
             lists so small would share nobody by chance",
            pairs.join(", ")
        ));
    }
    for list in &table.uninformative {
        let other = list.same_as.as_ref().map_or_else(String::new, |other| format!(" ({other})"));
        found.push(format!("{} tells nothing of who was missed: {}{other}", list.list, list.reason.label()));
    }
}

fn agreement(report: &MseReport, found: &mut Vec<String>) {
    let Some(agreement) = &report.agreement else {
        let answers = report.findings().filter(|finding| is_answer(finding)).count();
        if answers == 0 {
            found.push("no method has an answer for this table".to_owned());
        }
        return;
    };
    let (low, high) = (agreement.lowest_method.label(), agreement.highest_method.label());
    if agreement.ratio > DISAGREE {
        let ratio = Rounding::default().format(agreement.ratio, 1);
        found.push(format!(
            "the methods disagree by a factor of {ratio}: from {} ({low}) to {} ({high}); no single one of them is the \
             answer",
            persons(agreement.lowest),
            persons(agreement.highest)
        ));
    }
    if agreement.common.is_none() && report.findings().any(|finding| finding.interval.is_some()) {
        found.push(
            "no number lies in the intervals of all methods, those of the bootstrap where there is one".to_owned(),
        );
    }
}

/// Models that were not chosen by the data: a chosen one fits by its choice.
fn misfit(report: &MseReport, found: &mut Vec<String>) {
    for result in &report.methods {
        let Some(Details::Fit(fit)) = &result.details else { continue };
        let freedom = fit.residual_degrees_of_freedom;
        #[expect(clippy::cast_precision_loss, reason = "at most 2^16 histories")]
        let law = ChiSquared::new(freedom as f64);
        if law.is_ok_and(|law| law.sf(fit.deviance) < MISFIT) {
            found.push(format!(
                "{}: the model does not fit the table, with a residual deviance of {} on {}",
                result.finding.method.label(),
                Rounding::default().format(fit.deviance, 1),
                plural(freedom as u64, "degree of freedom", "degrees of freedom")
            ));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]
fn extrapolation(report: &MseReport, found: &mut Vec<String>) {
    let seen = report.table.persons as f64;
    let far: Vec<&str> = report
        .findings()
        .filter(|finding| is_answer(finding) && finding.estimate.is_some_and(|estimate| estimate > FAR * seen))
        .map(|finding| finding.method.label())
        .collect();
    if !far.is_empty() && seen > 0.0 {
        found.push(format!("more than {FAR} times the persons seen, so mostly extrapolation: {}", far.join(", ")));
    }
}

fn intervals(report: &MseReport, found: &mut Vec<String>) {
    let selected: Vec<&str> = (report.findings())
        .filter(|finding| finding.method.selects() && is_answer(finding) && finding.interval.is_some())
        .map(|finding| finding.method.label())
        .collect();
    if !selected.is_empty() {
        found.push(format!(
            "intervals that are not of a bootstrap take the chosen model for known and are too narrow: {}; in one published \
             simulation such intervals of 95 % covered the truth in 61 % of cases, those of a bootstrap that repeats the \
             choice in 90 %",
            selected.join(", ")
        ));
    }
    let unstable: Vec<&str> = (report.methods.iter())
        .filter(|result| result.bootstrap.as_ref().is_some_and(Bootstrap::has_unstable_ends))
        .map(|result| result.finding.method.label())
        .collect();
    if !unstable.is_empty() {
        found.push(format!(
            "an end of the BCa interval rests on a handful of replicates or lies at the most extreme of them, so look at \
             the percentile interval too: {}",
            unstable.join(", ")
        ));
    }
    let unsettled: Vec<&str> = report
        .findings()
        .filter(|finding| finding.status == Status::NotConverged)
        .map(|finding| finding.method.label())
        .collect();
    if !unsettled.is_empty() {
        found.push(format!("did not converge, so there is no estimate to use: {}", unsettled.join(", ")));
    }
}

/// The largest change that leaving out or merging lists makes, by method.
fn variations(report: &MseReport, found: &mut Vec<String>) {
    for finding in report.findings().filter(|finding| is_answer(finding) && !finding.method.is_lower_bound()) {
        let Some(estimate) = finding.estimate else { continue };
        let changed = report.sensitivity.iter().filter_map(|variation| {
            let of = |other: &&Finding| other.method == finding.method && is_answer(other);
            let number = variation.findings.iter().find(of)?.estimate?;
            (number > 0.0 && estimate > 0.0).then(|| ((number / estimate).ln().abs(), number, &variation.change))
        });
        if let Some((size, number, change)) = changed.max_by(|one, other| one.0.total_cmp(&other.0))
            && size > DISAGREE.ln()
        {
            let with = if change.starts_with("without") { "" } else { "with " };
            found.push(format!(
                "{}: {with}{change}, the estimate goes from {} to {}",
                finding.method.label(),
                persons(estimate),
                persons(number)
            ));
        }
    }
}

fn consistency(report: &MseReport, found: &mut Vec<String>) {
    for method in &report.consistency_by_method {
        let (label, bound) = (method.method.label(), method.method.is_lower_bound());
        let Some(bias) = method.mean_log_bias.filter(|bias| bias.abs() > DISAGREE.ln() && method.answered > 1) else {
            continue;
        };
        let asked = match report.consistency.len() - method.answered {
            0 => "each list".to_owned(),
            _ => format!("a list, which it answers for {} of {}", method.answered, report.consistency.len()),
        };
        let share = Rounding::default().format(100.0 * bias.exp(), 0);
        if !bound {
            found.push(format!("{label}: asked for the known size of {asked}, it finds {share} % of it on average"));
        } else if bias > 0.0 {
            found.push(format!(
                "{label}: asked for the known size of {asked}, it finds {share} % of it on average, so it is no lower bound \
                 there"
            ));
        }
    }
}
