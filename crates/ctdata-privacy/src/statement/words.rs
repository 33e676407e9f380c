//! The sentences of a statement.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Facts, GeneralizedColumn, Mechanism, PublishedMatrix, ReleaseKind, Statement};
use crate::{KAnonymity, PrivacyUnit};

pub(super) const COMPUTED_FROM: &str = "computed from the released microdata";
pub(super) const CHECK_OF_COUNTS: &str =
    "Every cell and the total of the table were recounted from the released microdata, row by row.";

/// What every other sentence means by the source where columns were perturbed.
pub(super) fn perturbed_source(columns: &[String]) -> String {
    format!(
        "Values of {} were perturbed before all else. That is no part of what was verified: here the source and its \
         values are those after the perturbation.",
        list(columns)
    )
}

pub(super) fn perturbed_quasi_identifiers(columns: &[&String], unit: &str) -> String {
    format!(
        "Of {} the perturbed values are compared: the possible matches are the {unit} that whoever knows a person's \
         perturbed values finds. What someone finds who knows the true ones was not counted.",
        list(columns)
    )
}

pub(super) fn repeatable(columns: &[String]) -> String {
    format!(
        "The chance by which values of {} were perturbed follows from a seed: whoever knows or guesses the seed can \
         repeat the draws, undo the perturbation or narrow the true values down.",
        list(columns)
    )
}

fn sentences(sentences: &[&str]) -> Vec<String> {
    sentences.iter().map(ToString::to_string).collect()
}

pub(super) fn assumptions(unit: PrivacyUnit) -> Vec<String> {
    let unit = match unit {
        PrivacyUnit::Person => {
            "Records with the same identifier in the source belong to one person, other records to other persons; \
             a class is counted by its persons."
        }
        PrivacyUnit::Record => {
            "The source has no person identifiers: each record is taken for one person. Where a person has \
             several records, fewer persons than records share a combination."
        }
    };
    sentences(&[
        "An attacker may know that a person is in the source, and the person's true value of every \
         quasi-identifier, also where the source did not record it.",
        "An attacker knows nothing else that is in the source, and no other release of it.",
        unit,
    ])
}

pub(super) fn missing(facts: &Facts<'_>) -> Vec<String> {
    let mut all = sentences(&[
        "A missing cell never means \"no\".",
        "When records are compared, missing is a value of its own: blank equals blank only. An attacker who \
         knows the true value is assumed to take every blank (not recorded, withheld, unknown) for a possible \
         match; not applicable is a value.",
    ]);
    let (shown, mixed): (Vec<&str>, Vec<&str>) = facts
        .summary
        .blanked
        .iter()
        .filter(|blanked| blanked.cells > 0)
        .map(|blanked| blanked.attribute.as_str())
        .partition(|name| facts.only_suppressed.iter().any(|only| only == name));
    if !mixed.is_empty() {
        all.push(format!(
            "In {} a cell that is not recorded was either never recorded or suppressed; the release does not say \
             which.",
            list(mixed)
        ));
    }
    if !shown.is_empty() {
        all.push(format!("In {} every cell that is not recorded was suppressed: the source has none.", list(shown)));
    }
    all
}

pub(super) fn checks(facts: &Facts<'_>) -> Vec<String> {
    let classes = match facts.mechanism {
        Mechanism::Suppression => {
            "The classes of the released rows were recounted by comparing rows; each has at least k units."
        }
        Mechanism::Recoding => {
            "The classes of the released rows were recounted by comparing rows, and each model named above was \
             computed again from them; all hold."
        }
        Mechanism::LocalSuppression => "The classes of the released rows were recounted by comparing rows.",
    };
    let cells = match facts.mechanism {
        Mechanism::Recoding => {
            "Every released row is a row of the source, used once; every released value stands for the value of the \
             source, and nothing else was changed but suppressed cells."
        }
        _ => "Every released row is a row of the source, used once, in which nothing but suppressed cells was changed.",
    };
    let compatible = match facts.mechanism {
        Mechanism::Recoding => {
            "For every record of the source, the released units that are compatible with it were counted, a coarse \
             value being compatible with all that it stands for and a blank with everything; there are none or at \
             least the number of possible matches stated."
        }
        _ => {
            "For every record of the source, the released units that are compatible with it were counted, a blank \
             being compatible with everything; there are none or at least k."
        }
    };
    sentences(&[
        classes,
        compatible,
        cells,
        "The columns are those listed; there are no identifiers and no weights, and the order of the rows follows \
         from their content alone.",
        "The numbers of records and suppressed cells were recounted.",
    ])
}

pub(super) fn not_protected(facts: &Facts<'_>) -> Vec<String> {
    let mut all = sentences(&[
        "What all records of a class have in common is learnt of each person in it, without telling them apart: \
         k-anonymity hides who is who, not what is true of a group.",
        "Someone who knows more than the quasi-identifiers, for example that some of the possible matches are \
         other people, may narrow them down to fewer than k.",
    ]);
    if facts.summary.unit == PrivacyUnit::Person {
        all.push(
            "Each record is hidden by itself: what someone can tell who knows several records of one person is not \
                  bounded."
                .to_owned(),
        );
    }
    if !facts.others.is_empty() {
        all.push(format!(
            "Columns released as they are, without being quasi-identifiers: {}. Whoever knows one of them about a \
             person can tell records of a class apart by it.",
            list(facts.others)
        ));
    }
    all.extend(sentences(&[
        "That a record or a cell is suppressed tells that its combination of values was rare in the source.",
        "Several releases of the same persons can be compared with each other; this statement speaks of one release \
         alone.",
        "Statistical inference is not bounded: this is not differential privacy.",
    ]));
    all
}

pub(super) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut text = String::new();
    for name in names {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(name.as_ref());
    }
    text
}

impl Statement {
    /// The statement in plain words, as Markdown without a heading.
    pub fn to_plain_words(&self) -> String {
        let mut text = String::new();
        let columns = list(&self.columns);
        match self.released {
            ReleaseKind::Microdata => text.push_str("This release holds one row per record."),
            ReleaseKind::CountTable => {
                let id = self.table.as_deref().unwrap_or_default();
                let from = self.computed_from.as_deref().unwrap_or_default();
                let _ = write!(text, "Table `{id}` counts the records of the released microdata by {columns}: {from}.");
            }
        }
        let k = self.possible_matches;
        let many = match self.unit {
            PrivacyUnit::Person => format!("records of at least {k} persons"),
            PrivacyUnit::Record => format!("at least {k} records"),
        };
        let known = list(self.quasi_identifiers.iter().map(|name| self.as_perturbed(name)));
        match self.models.as_slice() {
            [only] if only.kind == KAnonymity::NAME => {
                let _ = write!(text, " It is k-anonymous with k = {k}: whoever");
            }
            [] => text.push_str(" Whoever"),
            models => {
                let models = models.iter().map(|model| model.description.as_str());
                let _ = write!(text, " It satisfies {}. Whoever", list(models));
            }
        }
        let _ = writeln!(
            text,
            " knows {known} of a person, and nothing else of the source, finds either no record that could be the \
             person's or {many} that could be.",
        );
        if self.released == ReleaseKind::Microdata {
            let _ = write!(text, "\nColumns: {columns}.\n");
        }
        let records = &self.records;
        let _ = write!(
            text,
            "\n## What was done\n\n- Records: {} in the source, {} in the release, {} ({:.2} %) suppressed.\n",
            records.input,
            records.kept,
            records.suppressed,
            100.0 * records.share_suppressed
        );
        for entry in &self.perturbed {
            let _ = writeln!(text, "- {}", entry.description);
        }
        for blanked in &self.blanked {
            let _ = writeln!(text, "- Suppressed cells of {} in these records: {}.", blanked.attribute, blanked.cells);
        }
        for column in &self.generalized {
            let _ = writeln!(text, "- {}", generalized(column));
        }
        for published in self.perturbed.iter().flat_map(|entry| &entry.matrices) {
            matrix(&mut text, published);
        }
        section(&mut text, "What a missing cell means", &self.missing);
        section(&mut text, "What was verified", &self.verified.checks);
        let shown = |count: Option<u64>| count.map_or("none".to_owned(), |count| count.to_string());
        let _ = write!(
            text,
            "- Smallest class: {}. Fewest possible matches of anyone who has any: {}.\n- Verified by {}.\n",
            shown(self.verified.smallest_class),
            shown(self.verified.attacker_view_smallest),
            self.software
        );
        section(&mut text, "What this rests on", &self.assumptions);
        section(&mut text, "What is not protected", &self.not_protected);
        text
    }

    /// A quasi-identifier, with a word on it if it was perturbed.
    fn as_perturbed<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let is_perturbed = self.perturbed.iter().any(|entry| entry.attributes.iter().any(|other| other == name));
        if is_perturbed { format!("{name} (as perturbed)").into() } else { name.into() }
    }
}

/// The most categories of a matrix that is written out in words.
const WRITTEN_OUT: usize = 20;

fn matrix(text: &mut String, published: &PublishedMatrix) {
    let PublishedMatrix { attribute, categories, matrix } = published;
    let _ = write!(text, "\n## Probabilities of {attribute}\n\n");
    if categories.len() > WRITTEN_OUT {
        let _ = writeln!(text, "They are in the statement for programs: {} values.", categories.len());
        return;
    }
    let _ = writeln!(text, "Rows are true values, columns released ones.\n");
    let mut line = |cells: &[String]| {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    let names: Vec<String> = categories.iter().map(|name| name.replace('|', "\\|")).collect();
    let headed = |first: String, rest: Vec<String>| [vec![first], rest].concat();
    line(&headed(String::new(), names.clone()));
    line(&vec!["---".to_owned(); names.len() + 1]);
    for (from, name) in names.iter().enumerate() {
        let row = (0..names.len()).map(|to| matrix.probability(from, to).to_string());
        line(&headed(name.clone(), row.collect()));
    }
}

fn generalized(column: &GeneralizedColumn) -> String {
    let GeneralizedColumn { attribute, level, level_name, height, cells } = column;
    match (level, level_name) {
        (Some(0), _) => format!("{attribute} was not generalized."),
        (Some(level), name) => {
            let name = name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
            format!("{attribute} was generalized to level {level} of {height}{name}: {cells} cells are coarser.")
        }
        (None, _) => format!("{attribute} was generalized record by record: {cells} cells are coarser."),
    }
}

fn section(text: &mut String, title: &str, sentences: &[String]) {
    let _ = write!(text, "\n## {title}\n\n");
    for sentence in sentences {
        let _ = writeln!(text, "- {sentence}");
    }
}
