//! What a report says, before it is text or Markdown.

use super::Evaluation;
use crate::evaluate::attack::{AttackResult, Attacks, Closeness, DistanceSummary, KeyDisclosure};
use crate::evaluate::combinations::CountBin;

/// A part of the report: a title, sentences, and tables.
#[derive(Default)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) notes: Vec<String>,
    pub(super) tables: Vec<Grid>,
}

/// A table; the first column is text, the others are figures.
pub(super) struct Grid {
    pub(super) header: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

/// All parts, in order.
pub(super) fn sections(report: &Evaluation) -> Vec<Section> {
    let mut sections = vec![overview(report), marginals(report), combinations(report), rare(report)];
    sections.extend(propensity(report));
    if let Some(attacks) = &report.attacks {
        sections.push(attacked(attacks));
        sections.push(keys(&attacks.disclosure));
        sections.extend(attacks.closeness.as_ref().map(closeness));
    }
    sections
}

fn overview(report: &Evaluation) -> Section {
    let alignment = &report.alignment;
    let mut notes = vec![format!("This report is {}. It is not for publication.", report.notice)];
    for (names, what) in [
        (&alignment.only_in_original, "Only in the original, left out"),
        (&alignment.only_in_released, "Only in the released table, left out"),
        (&alignment.not_in_holdout, "Not in the hold-out, left out"),
    ] {
        if !names.is_empty() {
            notes.push(format!("{what}: {}.", names.join(", ")));
        }
    }
    let mut rows = vec![
        vec!["records of the original".to_owned(), report.original_records.to_string()],
        vec!["records of the released table".to_owned(), report.released_records.to_string()],
    ];
    rows.extend(report.holdout_records.map(|records| vec!["records of the hold-out".to_owned(), records.to_string()]));
    rows.push(vec!["attributes compared".to_owned(), alignment.attributes.len().to_string()]);
    rows.push(vec!["combinations preserved".to_owned(), share(report.preservation.preserved)]);
    rows.push(vec!["the same, weighted by count".to_owned(), share(report.preservation.preserved_weighted)]);
    rows.push(vec!["combinations fabricated".to_owned(), share(report.fabricated)]);
    Section { title: "Evaluation", notes, tables: vec![Grid { header: vec!["", "figure"], rows }] }
}

fn marginals(report: &Evaluation) -> Section {
    let rows = report.marginals.iter().map(|one| {
        vec![
            one.length.to_string(),
            one.sets.to_string(),
            figure(one.mean_tvd),
            figure(one.max_tvd),
            format!("{:.1}", one.score),
            one.worst.join(" × "),
        ]
    });
    let header = vec!["attributes", "sets", "mean TVD", "max TVD", "k-marginal score", "furthest apart"];
    let mut tables = vec![Grid { header, rows: rows.collect() }];
    let mut notes = vec![
        "Total variation distance of all marginals, missing as a value: 0 is equal, 1 is nothing in common.".to_owned(),
    ];
    if let Some(association) = &report.association {
        notes.push(format!(
            "Cramér's V of pairs of attributes differs by {} on average, by {} at most.",
            figure(association.mean_difference),
            figure(association.max_difference)
        ));
    }
    if let Some(groups) = &report.groups {
        let rows = groups.groups.iter();
        let rows = rows.map(|one| vec![one.group.clone(), one.records.to_string(), format!("{:.1}", one.score)]);
        tables.push(Grid { header: vec!["group", "records", "k-marginal score"], rows: rows.collect() });
        notes.push(format!(
            "Groups by {}; {} groups of fewer than {} records are not listed.",
            groups.attribute, groups.small_groups, report.preservation.k
        ));
    }
    Section { title: "Marginals", notes, tables }
}

fn combinations(report: &Evaluation) -> Section {
    let preservation = &report.preservation;
    let by_length = preservation.by_length.iter().map(|one| {
        vec![
            one.length.to_string(),
            one.original.to_string(),
            one.released.to_string(),
            one.common.to_string(),
            share(one.suppressed),
            share(one.fabricated),
            share(one.preservation),
            mean(one.absolute_error_common),
            mean(one.absolute_error_union),
            share(one.proportional_error_common),
            share(one.proportional_error_union),
        ]
    });
    let header = vec![
        "attributes",
        "original",
        "released",
        "both",
        "suppressed",
        "fabricated",
        "preservation",
        "error, both",
        "error, either",
        "relative, both",
        "relative, either",
    ];
    Section {
        title: "Combinations of values",
        notes: vec![
            "Combinations are of present values; of yes/no questions only yes is one.".to_owned(),
            format!(
                "{} combinations of the original have a count of at least {}; \"preserved\" is the share of them that occur \
                 in the released table.",
                preservation.combinations, preservation.k
            ),
            "Errors over the combinations of both tables flatter whoever suppresses; those over the combinations of either \
             do not."
                .to_owned(),
        ],
        tables: vec![
            Grid { header, rows: by_length.collect() },
            bins("count in the original", &preservation.by_original_count),
            bins("count released", &preservation.by_released_count),
        ],
    }
}

fn bins(title: &'static str, bins: &[CountBin]) -> Grid {
    let rows = bins.iter().map(|bin| {
        vec![
            format!("{} to {}", bin.from, bin.below.saturating_sub(1)),
            bin.combinations.to_string(),
            share(bin.preservation),
            mean(bin.absolute_error),
            share(bin.proportional_error),
        ]
    });
    Grid { header: vec![title, "combinations", "preservation", "error", "relative error"], rows: rows.collect() }
}

fn rare(report: &Evaluation) -> Section {
    let rows = report.leakage.iter().map(|one| {
        vec![one.length.to_string(), one.combinations.to_string(), one.leaked.to_string(), share(one.share)]
    });
    Section {
        title: "Rare combinations",
        notes: vec![format!(
            "Leaked: present in both tables with counts below {}. A synthetic table may have such combinations by chance.",
            report.preservation.k
        )],
        tables: vec![Grid { header: vec!["attributes", "combinations", "leaked", "share"], rows: rows.collect() }],
    }
}

fn propensity(report: &Evaluation) -> Option<Section> {
    let found = report.propensity.as_ref()?;
    let row = |name: &str, null: f64, ratio: Option<f64>| vec![name.to_owned(), format!("{null:.3e}"), mean(ratio)];
    Some(Section {
        title: "Propensity",
        notes: vec![format!(
            "Mean squared error of the propensity score, logistic main effects with {} parameters: {:.3e}. It is beside what \
             it would be on average for records of a correct model fitted to the original, and for other people of the same \
             population.",
            found.parameters, found.pmse
        )],
        tables: vec![Grid {
            header: vec!["null", "expected", "ratio"],
            rows: vec![
                row("fitted model", found.null_fitted, found.ratio_fitted),
                row("independent sample", found.null_independent, found.ratio_independent),
            ],
        }],
    })
}

fn attacked(attacks: &Attacks) -> Section {
    let mut rows = Vec::new();
    rows.extend(attacks.singling_out.univariate.as_ref().map(|one| result("singling out, one attribute", one)));
    let name = format!("singling out, {} attributes", attacks.singling_out.attributes);
    rows.extend(attacks.singling_out.multivariate.as_ref().map(|one| result(&name, one)));
    rows.extend(attacks.linkability.as_ref().map(|one| result("linkability", one)));
    rows.extend(attacks.inference.iter().map(|one| result(&format!("inference of {}", one.attribute), &one.result)));
    let mut notes = vec![
        "Success rates with half the width of 95 % intervals (Wilson). Risk is what the attack gains on people of the \
         original beyond the control group."
            .to_owned(),
    ];
    if !attacks.with_holdout {
        notes.push(
            "There was no hold-out: nobody can tell what the release says of the people in it from what it says of \
             anybody, and no risk is given."
                .to_owned(),
        );
    }
    notes.push("An attack that fails proves nothing: a better one may succeed.".to_owned());
    Section {
        title: "Attacks",
        notes,
        tables: vec![Grid {
            header: vec!["attack", "attempts", "success", "guessing", "control group", "risk", "beats guessing"],
            rows,
        }],
    }
}

fn result(name: &str, one: &AttackResult) -> Vec<String> {
    let with_error = |value: f64, error: f64| format!("{value:.3} ± {error:.3}");
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    vec![
        name.to_owned(),
        one.attack.attempts.to_string(),
        with_error(one.attack.rate, one.attack.error),
        with_error(one.baseline.rate, one.baseline.error),
        or_none(one.control.map(|control| with_error(control.rate, control.error))),
        or_none(one.risk.map(|risk| with_error(risk.value, risk.error))),
        if one.beats_baseline { "yes" } else { "no" }.to_owned(),
    ]
}

fn keys(disclosure: &KeyDisclosure) -> Section {
    let identity = &disclosure.identity;
    let exact = &disclosure.exact_matches;
    let apparent = &disclosure.apparent_matches;
    let rows = vec![
        vec!["uniques of the original by their keys".to_owned(), identity.uniques.to_string()],
        vec!["unique in the released table as well".to_owned(), identity.replicated.to_string()],
        vec!["repU, as a share of the original".to_owned(), figure(identity.rep_u)],
        vec!["repU of independent attributes".to_owned(), figure(identity.baseline)],
        vec!["repU of the hold-out".to_owned(), share(identity.holdout)],
        vec!["records unique by all attributes".to_owned(), exact.uniques.to_string()],
        vec!["of these released word for word".to_owned(), exact.found.to_string()],
        vec!["apparent matches: mean agreement otherwise".to_owned(), share(apparent.mean_agreement)],
        vec!["apparent matches that agree in everything".to_owned(), apparent.complete.to_string()],
    ];
    let attributes = disclosure.attributes.iter().map(|one| {
        vec![one.attribute.clone(), figure(one.disco), figure(one.baseline), figure(one.excess), share(one.holdout)]
    });
    Section {
        title: "Disclosure by keys",
        notes: vec![
            format!("Keys: {}.", disclosure.keys.join(", ")),
            "DiSCO is the share of original records whose keys have one single value in the released table, and the right \
             one; what is right because the value is the most frequent one anyway is deducted in the excess."
                .to_owned(),
        ],
        tables: vec![
            Grid { header: vec!["", "figure"], rows },
            Grid {
                header: vec!["attribute", "DiSCO", "most frequent value", "excess", "hold-out"],
                rows: attributes.collect(),
            },
        ],
    }
}

fn closeness(closeness: &Closeness) -> Section {
    let row = |name: &str, one: &DistanceSummary| {
        vec![
            name.to_owned(),
            one.records.to_string(),
            figure(one.percentile_5),
            figure(one.median),
            figure(one.mean),
            figure(one.share_zero),
        ]
    };
    let mut rows = vec![row("released", &closeness.released), row("random", &closeness.random)];
    rows.extend(closeness.holdout.as_ref().map(|one| row("hold-out", one)));
    let mut notes = vec![
        "Gower's distance to the closest record of the original. It finds copies of records; it is not a privacy guarantee."
            .to_owned(),
    ];
    if let Some((closer, ties)) = closeness.closer_to_original.zip(closeness.ties) {
        notes.push(format!(
            "Closer to the original than to a hold-out of the same size: {} of the released records (ties, {}, count half); \
             about one half is ideal.",
            figure(closer),
            figure(ties)
        ));
    }
    Section {
        title: "Closest records",
        notes,
        tables: vec![Grid { header: vec!["records", "drawn", "5th percentile", "median", "mean", "share at 0"], rows }],
    }
}

fn figure(value: f64) -> String {
    format!("{value:.4}")
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), figure)
}

fn mean(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}
