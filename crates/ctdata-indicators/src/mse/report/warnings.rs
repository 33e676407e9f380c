//! What a reader must know, in plain sentences.

use super::methods::Details;
use super::variations::MERGED_LISTS;
use super::words::persons;
use super::{MseReport, is_answer};
use crate::estimate::Rounding;
use crate::mse::bootstrap::Bootstrap;
use crate::mse::outcome::{Finding, Method, Status};
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
    "all methods take for granted that records of one person were linked without error: missed links raise the \
     estimate, false ones lower it",
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
            "these lists share nobody: {}; a model with an interaction between them puts it at minus infinity, also \
             where lists so small would share nobody by chance",
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
            "intervals that are not of a bootstrap take the chosen model for known and are likely too narrow: {}; in \
             one published simulation such intervals of 95 % covered the truth in 61 % of cases, those of a bootstrap \
             that repeats the choice in 90 %",
            selected.join(", ")
        ));
    }
    let unstable: Vec<&str> = (report.methods.iter())
        .filter(|result| result.bootstrap.as_ref().is_some_and(Bootstrap::has_unstable_ends))
        .map(|result| result.finding.method.label())
        .collect();
    if !unstable.is_empty() {
        found.push(format!(
            "an end of the BCa interval rests on a handful of replicates or lies at the most extreme of them, so look \
             at the percentile interval too: {}",
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

/// The largest change that leaving out or merging lists makes, by method; methods of which the same is true together.
fn variations(report: &MseReport, found: &mut Vec<String>) {
    if !report.sensitivity.is_empty() && report.table.lists.len() > MERGED_LISTS {
        found.push(format!(
            "what merging two lists would change is not in this report: it is computed for at most {MERGED_LISTS} lists"
        ));
    }
    let mut changes: Vec<(String, Vec<&str>)> = Vec::new();
    #[expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]
    let seen = report.table.persons as f64;
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
            let fewer = if number < seen { ", fewer than were seen on all lists" } else { "" };
            let (from, to) = (persons(estimate), persons(number));
            together(
                &mut changes,
                format!("{with}{change}, the estimate goes from {from} to {to}{fewer}"),
                finding.method,
            );
        }
    }
    found.extend(changes.into_iter().map(|(change, methods)| format!("{}: {change}", methods.join(", "))));
}

/// Adds a method to those of which a sentence is true.
fn together(sentences: &mut Vec<(String, Vec<&'static str>)>, sentence: String, method: Method) {
    match sentences.iter_mut().find(|(known, _)| *known == sentence) {
        Some((_, methods)) => methods.push(method.label()),
        None => sentences.push((sentence, vec![method.label()])),
    }
}

fn consistency(report: &MseReport, found: &mut Vec<String>) {
    let mut sentences: Vec<(String, Vec<&str>)> = Vec::new();
    for method in &report.consistency_by_method {
        let Some(bias) = method.mean_log_bias.filter(|bias| bias.abs() > DISAGREE.ln() && method.answered > 1) else {
            continue;
        };
        let bound = match (method.method.is_lower_bound(), bias > 0.0) {
            (true, false) => continue,
            (true, true) => ", so it is no lower bound there",
            (false, _) => "",
        };
        let lists = report.consistency.len();
        let asked = match method.answered {
            answered if answered == lists => "each list".to_owned(),
            answered => format!("a list, which it answers for {answered} of {lists}"),
        };
        let share = Rounding::default().format(100.0 * bias.exp(), 0);
        let sentence = format!("asked for the known size of {asked}, it finds {share} % of it on average{bound}");
        together(&mut sentences, sentence, method.method);
    }
    found.extend(sentences.into_iter().map(|(sentence, methods)| format!("{}: {sentence}", methods.join(", "))));
}

#[cfg(test)]
mod tests {
    use crate::mse::{Method, MseOptions, MseReport, published_table, report};
    use ctdata_table::Control;

    fn of(name: &str, methods: &[Method]) -> MseReport {
        let options = MseOptions { methods: methods.to_vec(), replicates: 0, ..MseOptions::default() };
        report(&published_table(name).unwrap().histories(), &options, &Control::default()).unwrap()
    }

    fn says(report: &MseReport, sentence: &str) -> bool {
        report.warnings.iter().any(|warning| warning == sentence)
    }

    /// Recomputed by another program: 269 with all lists of Korea, 83 without d, while 123 persons were seen;
    /// independent lists of the United Kingdom, with the deviance of the worked example.
    #[test]
    fn what_is_said_is_so() {
        let korea = of("korea-three-lists", &[Method::Independence, Method::Stepwise]);
        let changed = "stepwise: without d, the estimate goes from 269 to 83, fewer than were seen on all lists";
        assert!(says(&korea, changed), "{:?}", korea.warnings);
        let uk = of("uk-2013-five-lists", &[Method::Independence, Method::Chao]);
        let misfit = "independence: the model does not fit the table, with a residual deviance of 118.5 on 25 degrees \
                      of freedom";
        assert!(says(&uk, misfit), "{:?}", uk.warnings);
        // Of five lists it has an answer for four, of 94, 567, 1169 and 807 persons: 382, 888, 2996 and 1236.
        let bound = "Chao's lower bound: asked for the known size of a list, which it answers for 4 of 5, it finds \
                     224 % of it on average, so it is no lower bound there";
        assert!(says(&uk, bound), "{:?}", uk.warnings);
        // A bound that is too low is what a bound is.
        let orleans = of("new-orleans-five-lists-n185", &[Method::Chao]);
        assert!(orleans.consistency_by_method[0].mean_log_bias.unwrap() < -0.5);
        assert!(!orleans.warnings.iter().any(|warning| warning.contains("known size")));
    }
}
