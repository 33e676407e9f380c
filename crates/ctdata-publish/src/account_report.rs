//! The account in words, as Markdown.

use std::fmt::Write as _;

use ctdata_privacy::{PerturbationReport, RiskReport};

use crate::Account;

impl Account {
    /// What was done to each attribute, what it cost, the risk before and after, and what is not
    /// protected: a report in Markdown for the house, since it holds figures of the confidential input.
    pub fn to_markdown(&self) -> String {
        let mut text =
            String::from("# Anonymization report\n\nFor the house: it holds figures of the confidential input.\n\n");
        let records = self.statement.records.clone().unwrap_or_default();
        let _ = writeln!(
            text,
            "{} of {} records are kept; {} ({}) were left out.",
            records.kept,
            records.input,
            records.suppressed,
            percent(records.share_suppressed)
        );
        text.push_str("\n## What holds\n\n");
        for sentence in self.demands() {
            let _ = writeln!(text, "- {sentence}");
        }
        if !self.perturbation.is_empty() {
            text.push_str("\n## What was perturbed first\n\n");
            for entry in &self.statement.perturbed {
                let _ = writeln!(text, "- {}", entry.description);
            }
            text.push_str("\n| method | attributes | changed cells |\n|---|---|---|\n");
            for [method, attributes, changed] in self.perturbation_rows() {
                let _ = writeln!(text, "| {method} | {attributes} | {changed} |");
            }
        }
        text.push_str("\n## What was done\n\n| attribute | level | of | generalized | suppressed | loss |\n|---|---|---|---|---|---|\n");
        for attribute in &self.attributes {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} |",
                attribute.attribute,
                attribute.shown_level(),
                attribute.height,
                percent(attribute.share_generalized),
                percent(attribute.share_suppressed),
                attribute.loss.map(|loss| format!("{loss:.4}")).unwrap_or_default(),
            );
        }
        if let Some(recoding) = &self.recoding {
            let _ = writeln!(text, "\n{}", recoding.sentence());
        }
        text.push_str("\n## Risk\n\n| measure | before | after |\n|---|---|---|\n");
        for [measure, before, after] in self.risk_rows() {
            let _ = writeln!(text, "| {measure} | {before} | {after} |");
        }
        text.push_str("\n## Quality\n\n| column | total variation |\n|---|---|\n");
        for column in &self.quality.columns {
            let why = if self.is_perturbed(&column.attribute) { "not comparable" } else { "levels differ" };
            let variation = column.total_variation.map_or(why.to_owned(), |share| format!("{share:.4}"));
            let _ = writeln!(text, "| {} | {variation} |", column.attribute);
        }
        for (title, sentences) in [
            ("What was verified", &self.statement.verified.checks),
            ("What is not protected", &self.statement.not_protected),
            ("Remarks", &self.remarks),
        ] {
            if !sentences.is_empty() {
                let _ = writeln!(text, "\n## {title}\n");
                for sentence in sentences {
                    let _ = writeln!(text, "- {sentence}");
                }
            }
        }
        text
    }

    /// What was demanded and holds: the models, and the possible matches that everybody has.
    pub fn demands(&self) -> Vec<String> {
        let statement = &self.statement;
        let mut demands: Vec<String> = statement.models.iter().map(|model| model.description.clone()).collect();
        if statement.possible_matches > 1 {
            demands.push(format!(
                "whoever knows {} of a person finds no possible match or at least {}",
                statement.quasi_identifiers.join(", "),
                statement.possible_matches
            ));
        }
        demands
    }

    /// The perturbations in their order: method, attributes and how many of their cells say something else now.
    pub fn perturbation_rows(&self) -> Vec<[String; 3]> {
        let row = |report: &PerturbationReport| {
            let names: Vec<&str> = report.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
            [report.method.code().to_owned(), names.join(", "), report.changed_cells.to_string()]
        };
        self.perturbation.iter().map(row).collect()
    }

    fn is_perturbed(&self, name: &str) -> bool {
        self.perturbation.iter().flat_map(|report| &report.attributes).any(|attribute| attribute.name == name)
    }

    /// Measures of risk, before and after.
    pub fn risk_rows(&self) -> Vec<[String; 3]> {
        let (before, after) = (&self.risk_before, &self.risk_after);
        let class = |report: &RiskReport| report.smallest_class.map(|size| size.to_string()).unwrap_or_default();
        let pair =
            |name: &str, measure: &dyn Fn(&RiskReport) -> String| [name.to_owned(), measure(before), measure(after)];
        let k = before.k;
        vec![
            pair("records", &|report| report.rows.to_string()),
            pair("equivalence classes", &|report| report.classes.to_string()),
            pair("smallest class", &class),
            pair("unique records", &|report| report.uniques.to_string()),
            pair(&format!("share in classes under {k}"), &|report| percent(report.share_below_k)),
            pair("highest prosecutor risk", &|report| percent(report.prosecutor.highest)),
            pair("average prosecutor risk", &|report| percent(report.prosecutor.average)),
            pair(&format!("with some but fewer than {k} possible matches (blanks match anything)"), &|report| {
                report.attacker_view.exposed_records.to_string()
            }),
        ]
    }
}

impl crate::AttributeAccount {
    /// The level with its name, or that levels differ.
    pub fn shown_level(&self) -> String {
        match (self.level, &self.level_name) {
            // A hierarchy file gives its levels no names.
            (Some(level), Some(name)) if level > 0 && *name != format!("level {level}") => format!("{level} ({name})"),
            (Some(level), _) => level.to_string(),
            (None, _) if self.share_generalized > 0.0 => "differs".to_owned(),
            (None, _) => "0".to_owned(),
        }
    }
}

impl crate::RecodingAccount {
    /// The outcome of the search in a sentence.
    pub fn sentence(&self) -> String {
        let metric =
            self.aggregate.map_or_else(|| self.metric.clone(), |aggregate| format!("{} ({aggregate})", self.metric));
        let search = &self.search;
        if !self.further_searches.is_empty() {
            return format!(
                "{} rounds of generalization; {metric} of the first alone: {:.6}; that of all together is not computed.",
                1 + self.further_searches.len(),
                self.score
            );
        }
        if search.optimal {
            format!(
                "{metric}: {:.6}, the proven optimum of {} generalizations, {} of which were counted.",
                self.score, search.lattice, search.checked
            )
        } else {
            format!(
                "{metric}: {:.6}, not proven to be the optimum, which is at least {:.6}; {} of {} generalizations were \
                 counted.",
                self.score, search.bound, search.checked, search.lattice
            )
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
