//! The findings in words and tables.

use std::fmt::Write as _;

use ctdata::privacy::{
    CombinationRisk, DifferencingRisk, IndividualMethod, IndividualRiskReport, JournalistRisk, LogLinearModel,
    LogLinearRisk, Measure, PrivacyUnit, RiskReport, SudaReport, SudaWeighting, UniquenessRisk,
};

use super::measure::{Findings, Matches, Sensitive};
use super::section::Section;
use crate::output::{Align, count};

const VALUES: [(&str, Align); 2] = [("measure", Align::Left), ("value", Align::Right)];

/// The parts that were asked for.
pub(super) fn sections(findings: &Findings) -> Vec<Section> {
    let Findings { report, sensitive, uniqueness, missing, differencing, explanations } = findings;
    let mut sections = vec![classes(report)];
    sections.extend((!sensitive.is_empty()).then(|| of_sensitive(sensitive)));
    sections.extend(report.individual.as_ref().map(individual));
    sections.extend(report.journalist.as_ref().map(journalist));
    sections.extend(report.log_linear.as_ref().map(log_linear));
    sections.extend(uniqueness.as_ref().map(of_uniqueness));
    sections.extend(report.suda.as_ref().map(suda));
    if let Some(risk) = &report.combinations {
        sections.extend([combinations(risk), combined(risk)]);
    }
    sections.extend((!missing.is_empty()).then(|| blanks(missing, report)));
    sections.extend(differencing.as_ref().map(releases));
    sections.extend(explanations.iter().map(|explanation| {
        let mut section = Section::new(format!("Record {}", explanation.record), &VALUES);
        section.lines = explanation.why.to_string();
        section
    }));
    sections
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn yes(holds: bool) -> String {
    if holds { "holds" } else { "does not hold" }.to_owned()
}

fn maybe(number: Option<u64>) -> String {
    number.map(count).unwrap_or_default()
}

/// A number as short as it can be with four digits behind the point.
fn real(number: f64) -> String {
    let text = format!("{number:.4}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    short.to_owned()
}

fn measure(measure: Measure) -> String {
    match measure {
        Measure::Count(number) => count(number),
        Measure::Real(number) => real(number),
        Measure::Range(from, to) => format!("{} to {}", real(from), real(to)),
        other => other.to_string(),
    }
}

fn units(unit: PrivacyUnit) -> &'static str {
    if unit == PrivacyUnit::Person { "persons" } else { "records" }
}

fn classes(report: &RiskReport) -> Section {
    let k = report.k;
    let mut section = Section { title: None, ..Section::new("", &VALUES) };
    let mut row = |what: String, value: String| section.row([what, value]);
    row("records".to_owned(), count(report.rows));
    row("equivalence classes".to_owned(), count(report.classes));
    row("smallest class".to_owned(), maybe(report.smallest_class));
    row(
        if report.unit == PrivacyUnit::Person { "unique persons" } else { "unique records" }.to_owned(),
        count(report.uniques),
    );
    row(format!("records in classes under {k}"), count(report.rows_below_k));
    row(format!("share in classes under {k}"), percent(report.share_below_k));
    row("highest prosecutor risk".to_owned(), percent(report.prosecutor.highest));
    row("average prosecutor risk".to_owned(), percent(report.prosecutor.average));
    row("marketer risk".to_owned(), percent(report.marketer));
    row(format!("with some but fewer than {k} possible matches*"), count(report.attacker_view.exposed_records));
    for model in &report.models {
        row(format!("{} ({})", model.model, model.required), yes(model.holds));
    }
    section.note(
        "* attacker view: a blank matches any value, so that many blanks hide people here but not in the classes",
    );
    if report.unit == PrivacyUnit::Person {
        section.note("Classes are counted in persons: records with the same identifier are one.");
    }
    section
}

fn of_sensitive(models: &[Sensitive]) -> Section {
    let header =
        [("model", Align::Left), ("asked", Align::Right), ("achieved", Align::Right), ("verdict", Align::Left)];
    let mut section = Section::new("Sensitive attributes", &header);
    for Sensitive { description, report } in models {
        let achieved = report.achieved.map(measure).unwrap_or_default();
        section.row([description.clone(), measure(report.required), achieved, yes(report.holds)]);
    }
    section.note(
        "Achieved is the level of the worst class: different values, e^entropy, r1/(rl + ..), distance, bits, relative \
         gain. For l-diversity more is better, and a class needs l units too; for the others, and for the recursive \
         ratio, less is better. Unbounded: some class lacks a value that the file has.",
    );
    section
}

fn individual(risk: &IndividualRiskReport) -> Section {
    let name = match risk.method {
        IndividualMethod::BenedettiFranconi => "Risk of each record, after Benedetti and Franconi",
        _ => "Risk of each record, prosecutor",
    };
    let mut section =
        Section::new(if risk.households { format!("{name}, by household") } else { name.to_owned() }, &VALUES);
    section.row(["highest".to_owned(), percent(risk.highest)]);
    section.row(["mean".to_owned(), percent(risk.mean)]);
    section.row(["expected re-identifications".to_owned(), format!("{:.1}", risk.expected_reidentifications)]);
    section.row([format!("records above {}", risk.threshold), count(risk.records_above)]);
    section.row([format!("share above {}", risk.threshold), percent(risk.share_above)]);
    section
}

fn journalist(risk: &JournalistRisk) -> Section {
    let mut section = Section::new("Journalist risk, by the population file", &VALUES);
    section.row(["people in the population".to_owned(), count(risk.population)]);
    section.row(["highest".to_owned(), percent(risk.highest)]);
    section.row(["marketer risk (mean)".to_owned(), percent(risk.marketer)]);
    section.row(["expected re-identifications".to_owned(), format!("{:.1}", risk.expected_reidentifications)]);
    section.row([format!("records above {}", risk.threshold), count(risk.records_above)]);
    section.row(["records whose class the population lacks".to_owned(), count(risk.absent_records)]);
    section.row(["classes smaller in the population than here".to_owned(), count(risk.short_classes)]);
    if risk.absent_records > 0 || risk.short_classes > 0 {
        section.note(
            "The population should have everybody of the file: where it lacks people, those of the file are counted.",
        );
    }
    section
}

fn log_linear(risk: &LogLinearRisk) -> Section {
    let model = match risk.model {
        LogLinearModel::TwoWay => "two-way associations",
        _ => "independence",
    };
    let mut section = Section::new(format!("Log-linear model of the population, {model}"), &VALUES);
    section.row(["sampling fraction".to_owned(), percent(risk.sampling_fraction)]);
    section.row(["unique in the file".to_owned(), count(risk.uniques)]);
    section.row(["of these expected unique in the population".to_owned(), real(risk.population_uniques)]);
    section.row(["expected right matches of these".to_owned(), real(risk.expected_matches)]);
    section.row(["rounds of fitting".to_owned(), risk.iterations.to_string()]);
    if !risk.converged {
        section.note("The fit did not converge; the figures are those of the last round.");
    }
    section
}

fn of_uniqueness(risk: &UniquenessRisk) -> Section {
    let header = [
        ("estimator", Align::Left),
        ("uniques", Align::Right),
        ("of the population", Align::Right),
        ("steps", Align::Right),
        ("remark", Align::Left),
    ];
    let mut section = Section::new("Population uniqueness", &header);
    for estimate in &risk.estimates {
        let asked = estimate.asked.to_string();
        match (estimate.estimate, &estimate.not_estimated) {
            (Some(found), _) => {
                let chosen = found.estimator != estimate.asked;
                let mut remark = if chosen { format!("chose {}", found.estimator) } else { String::new() };
                if found.iterations > 0 {
                    remark.push_str(if chosen { "; " } else { "" });
                    let _ = write!(remark, "equations off by {:.0e}", found.score);
                }
                section.row([asked, real(found.uniques), percent(found.share), found.iterations.to_string(), remark]);
            }
            (None, reason) => {
                let reason = reason.clone().unwrap_or_default();
                section.row([asked, String::new(), String::new(), String::new(), format!("none: {reason}")]);
            }
        }
    }
    section.note(format!(
        "{} unique among {} here, for a population of {}. Estimators that lie far apart are a reason to trust none.",
        count(risk.sample_uniques),
        count(risk.sample),
        count(risk.population)
    ));
    section
}

fn suda(report: &SudaReport) -> Section {
    let header = [("attribute", Align::Left), ("share of the scores", Align::Right)];
    let mut section = Section::new("Special uniques (SUDA)", &header);
    for (attribute, share) in report.attributes.iter().zip(&report.contributions) {
        section.row([attribute.clone(), percent(*share)]);
    }
    let of_size = (1..).zip(&report.minimal_uniques).map(|(size, found)| format!("{} of {size}", count(*found)));
    section.note(format!(
        "Records with a score: {}; highest score {}, mean {} ({} weights, sets of up to {} attributes).",
        count(report.scored),
        real(report.highest),
        real(report.mean),
        if report.weighting == SudaWeighting::Ihsn { "IHSN" } else { "original" },
        report.max_size
    ));
    section
        .note(format!("Minimal sample uniques by number of attributes: {}.", of_size.collect::<Vec<_>>().join(", ")));
    if let Some(dis) = &report.dis {
        section.note(format!(
            "A unique match is right with probability {} (DIS, sampling fraction {}); highest DIS-SUDA score {}.",
            real(dis.theta),
            dis.sampling_fraction,
            real(dis.highest)
        ));
    }
    section
}

fn combinations(risk: &CombinationRisk) -> Section {
    let k = risk.k;
    let header = [
        ("values known", Align::Right),
        ("sets", Align::Right),
        ("combinations", Align::Right),
        ("too rare", Align::Right),
        ("rarest", Align::Right),
        ("exposed", Align::Right),
        ("fewest matches", Align::Right),
    ];
    let mut section = Section::new(format!("Combinations of up to {} values, k = {k}", risk.m), &header);
    for size in &risk.sizes {
        section.row([
            size.size.to_string(),
            count(size.sets),
            count(size.combinations),
            count(size.below_k),
            maybe(size.smallest),
            count(size.exposed),
            maybe(size.smallest_candidates),
        ]);
    }
    section.note(format!(
        "Too rare: fewer than {k} {} have the values; {} of {} records have such a combination.",
        units(risk.unit),
        count(risk.records_below_k),
        count(risk.records)
    ));
    section.note(format!(
        "Exposed (attacker view): fewer than {k} {} can be the person, blanks matching any value; so for {} records.",
        units(risk.unit),
        count(risk.records_exposed)
    ));
    if risk.only_yes {
        section.note("Of flags only `yes` is taken to be known.");
    }
    section
}

/// The attributes of rare combinations, the most frequent first.
fn combined(risk: &CombinationRisk) -> Section {
    const SHOWN: usize = 12;
    let header = [("attribute", Align::Left), ("too rare", Align::Right), ("exposed", Align::Right)];
    let mut section = Section::new("Attributes of rare combinations", &header);
    let mut attributes: Vec<_> = risk.attributes.iter().collect();
    attributes.sort_by_key(|attribute| std::cmp::Reverse((attribute.below_k, attribute.exposed)));
    for attribute in attributes.iter().take(SHOWN) {
        section.row([attribute.attribute.clone(), count(attribute.below_k), count(attribute.exposed)]);
    }
    if let Some(more) = attributes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        section.note(format!("{more} more with fewer; --json has them all."));
    }
    section
}

fn blanks(found: &[Matches], report: &RiskReport) -> Section {
    let k = report.k;
    let header = [
        ("a blank is", Align::Left),
        ("fewest matches", Align::Right),
        ("records under k", Align::Right),
        ("share", Align::Right),
    ];
    let mut section = Section::new(format!("Blanks, k = {k}"), &header);
    for row in found {
        let smallest = row.smallest.map(real).unwrap_or_default();
        section.row([row.semantics.clone(), smallest, count(row.records_below_k), percent(row.share_below_k)]);
    }
    let view = &report.attacker_view;
    let exposed = view.exposed_records;
    let share = if report.rows == 0 { String::new() } else { percent(share(exposed, report.rows)) };
    section.row(["attacker view".to_owned(), maybe(view.smallest), count(exposed), share]);
    section.note(
        "Rows count records, the attacker view persons where there are identifiers. Counting blanks as wildcards \
         overstates protection: who knows the value behind none of them finds only the matches of the attacker view.",
    );
    section
}

#[expect(clippy::cast_precision_loss, reason = "tables have fewer than 2^32 rows")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

fn releases(risk: &DifferencingRisk) -> Section {
    let mut section = Section::new(format!("What {} releases tell together, k = {}", risk.releases, risk.k), &VALUES);
    section.row(["records exposed together, though not alone".to_owned(), count(risk.exposed_records)]);
    section.row(["in groups".to_owned(), count(risk.exposed_groups)]);
    section.row(["smallest of these groups".to_owned(), maybe(risk.smallest_group)]);
    section.row(["records that one release exposes alone".to_owned(), count(risk.exposed_alone)]);
    for change in &risk.changes {
        let pair = format!("release {} to {}", change.from + 1, change.to + 1);
        section.row([format!("{pair}: parts of the values"), count(change.regions)]);
        section.row([format!("{pair}: parts that change by fewer than k"), count(change.small_changes)]);
    }
    section.row(["verdict".to_owned(), yes(risk.holds)]);
    section.note(
        "The attacker is the worst: knows the true values, links the records of a person across releases and subtracts. \
         The newest release is the last.",
    );
    section
}
