//! What a statement says of tables of confidential counts that are protected figure by figure.

use super::words::{list, section};
use super::{ReleaseKind, Statement, Verification};
use crate::PrivacyUnit;
use crate::tables::{TableCertificate, TableMethod};

/// The facts behind a statement on tables, all recounted.
pub(crate) struct TableFacts {
    pub(crate) unit: PrivacyUnit,
    pub(crate) dimensions: Vec<String>,
    pub(crate) certificate: TableCertificate,
}

fn sentences(sentences: &[&str]) -> Vec<String> {
    sentences.iter().map(ToString::to_string).collect()
}

impl Statement {
    /// The statement of tables of which this was verified.
    pub(crate) fn of_tables(facts: TableFacts) -> Self {
        let TableFacts { unit, dimensions, certificate } = facts;
        Self {
            format_version: 1,
            software: Self::SOFTWARE.to_owned(),
            released: ReleaseKind::ProtectedTables,
            table: None,
            computed_from: None,
            columns: dimensions,
            models: certificate.models(),
            possible_matches: 1,
            combinations: Vec::new(),
            quasi_identifiers: Vec::new(),
            unit,
            assumptions: assumptions(&certificate, unit),
            records: None,
            synthetic: None,
            blanked: Vec::new(),
            generalized: Vec::new(),
            perturbed: Vec::new(),
            missing: sentences(&[match certificate.method {
                TableMethod::Suppression => {
                    "A figure that is withheld is not zero and not unknown: it is not published. Cases where something \
                     is not recorded are counted apart, never as \"no\"."
                }
                _ => "Cases where something is not recorded are counted apart, never as \"no\".",
            }]),
            verified: Verification {
                classes: 0,
                smallest_class: None,
                attacker_view_smallest: None,
                checks: checks(&certificate),
            },
            not_protected: not_protected(&certificate),
            tables: Some(certificate),
        }
    }

    /// The statement of protected tables in plain words.
    pub(super) fn tables_in_plain_words(&self, certificate: &TableCertificate) -> String {
        let mut text = String::from("This release holds tables of counts of the source, protected figure by figure.");
        if let Some(rules) = certificate.satisfied() {
            text.push_str(" They satisfy ");
            text.push_str(&rules);
            text.push('.');
        }
        if !self.columns.is_empty() {
            text.push_str("\n\nThey count by ");
            text.push_str(&list(&self.columns));
            text.push('.');
        }
        text.push('\n');
        section(&mut text, "What was done", &[certificate.done()]);
        section(&mut text, "What a missing figure means", &self.missing);
        let mut verified = self.verified.checks.clone();
        if let Some(width) = certificate.narrowest_interval {
            verified.push(format!("Narrowest range that the proofs leave for a marked cell: {width} wide."));
        }
        verified.push(format!("Verified by {}.", self.software));
        section(&mut text, "What was verified", &verified);
        section(&mut text, "What this rests on", &self.assumptions);
        section(&mut text, "What is not protected", &self.not_protected);
        text
    }
}

fn checks(certificate: &TableCertificate) -> Vec<String> {
    let perturbed = |rule: &str| {
        vec![
            rule.to_owned(),
            "Every figure was worked out again from the true count, by other code, and is what it is claimed to be."
                .to_owned(),
        ]
    };
    match certificate.method {
        TableMethod::Suppression => {
            let TableCertificate { marked, proven_by_whole_tables, .. } = certificate;
            vec![
                "The relations between the cells hold for the true counts; every figure published is the true count, \
                 and no figure that a rule marks is published."
                    .to_owned(),
                format!(
                    "For each of the {marked} marked cells, counts above and below the true one by at least its level \
                     were shown to agree with everything that is published: other tables were checked in whole numbers, \
                     for {proven_by_whole_tables} of the cells tables of whole persons."
                ),
            ]
        }
        TableMethod::RandomRounding { base } | TableMethod::ControlledRounding { base, relaxed: false } => {
            let mut all = perturbed(&format!(
                "Every figure is a multiple of {base} and less than {base} away from the true count."
            ));
            if matches!(certificate.method, TableMethod::ControlledRounding { .. }) {
                all.push("All relations between the cells hold for the figures.".to_owned());
            }
            all
        }
        TableMethod::ControlledRounding { base, .. } => {
            let mut all = perturbed(&format!(
                "Every figure is a multiple of {base} and less than {} away from the true count.",
                2 * base
            ));
            all.push("All relations between the cells hold for the figures.".to_owned());
            all
        }
        TableMethod::CellKey { max_noise, .. } => perturbed(&format!(
            "Every figure is at most {max_noise} away from the true count, zeros are zeros, and the probabilities of the \
             noise have the mean and the variance stated."
        )),
    }
}

fn assumptions(certificate: &TableCertificate, unit: PrivacyUnit) -> Vec<String> {
    let mut all = vec![
        match unit {
            PrivacyUnit::Person => "Each record counted is that of one person, and no person has two.",
            PrivacyUnit::Record => {
                "Records are counted: where a person has several, fewer persons than records are behind a count."
            }
        }
        .to_owned(),
    ];
    match certificate.method {
        TableMethod::Suppression => all.extend(sentences(&[
            "An attacker knows how the cells add up, every figure that is published and what everybody knows of the \
             counts (none is negative), and no single record.",
            "No other release of the same records tells more; an older one was compared only if this is said elsewhere.",
        ])),
        TableMethod::ControlledRounding { .. } => all.extend(sentences(&[
            "An attacker knows the base and how the cells add up, and no single record.",
            "No other release of the same records rounds the same counts otherwise.",
        ])),
        TableMethod::RandomRounding { .. } | TableMethod::CellKey { .. } => all.extend(sentences(&[
            "An attacker knows the method and its parameters, and not the key, which is secret and the same for all \
             releases of the records.",
            "Record keys go with the records: the same records give the same figure in every table.",
        ])),
    }
    all
}

fn not_protected(certificate: &TableCertificate) -> Vec<String> {
    let mut all = match certificate.method {
        TableMethod::Suppression => {
            let mut all = sentences(&[
                "Whoever knows some of the persons behind a cell can take them off: protection is against those who know \
                 the tables, not their records.",
                "That a figure is withheld tells that it or a figure next to it is small, or that nearly all of a total \
                 are in one category.",
                "The levels are what was asked for: how likely the counts in a range are is not hidden.",
                "Joint counts of variables that no table crosses are not modelled: someone who works with their not being \
                 negative may narrow some withheld figures further.",
            ]);
            if certificate.proven_by_whole_tables < certificate.marked {
                all.push(format!(
                    "For {} marked cells the other tables that prove the level have fractions of persons: someone who \
                     tries all tables of whole persons may narrow them further.",
                    certificate.marked - certificate.proven_by_whole_tables
                ));
            }
            all
        }
        TableMethod::RandomRounding { .. } | TableMethod::ControlledRounding { .. } => sentences(&[
            "A figure tells a range of the true count, and figures that add up to one another can narrow it.",
            "A figure of zero may be a true zero: that nobody is in a category is then known of everybody.",
        ]),
        TableMethod::CellKey { .. } => sentences(&[
            "The noise is bounded: a figure rules out all true counts further away, and figures that add up to one \
             another can narrow what is left.",
            "A true zero is shown as zero.",
        ]),
    };
    all.push(
        "Several releases of the same records can be compared with each other; this statement speaks of one release \
         alone."
            .to_owned(),
    );
    all.push("Statistical inference is not bounded: this is not differential privacy.".to_owned());
    all
}
