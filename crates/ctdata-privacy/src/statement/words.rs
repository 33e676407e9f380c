//! The sentences of a statement.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Facts, GeneralizedColumn, Mechanism, PublishedMatrix, ReleaseKind, ReleaseModel, Statement};
use crate::{
    AverageRisk, BetaLikeness, DeltaDisclosure, DeltaPresence, DistinctLDiversity, EntropyLDiversity, KAnonymity, KMap,
    PopulationUniqueness, PrivacyUnit, RecursiveCLDiversity, SampleUniqueness, TCloseness,
};

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

pub(super) fn assumptions(facts: &Facts<'_>) -> Vec<String> {
    let unit = match facts.summary.unit {
        PrivacyUnit::Person => {
            "Records with the same identifier in the source belong to one person, other records to other persons; \
             a class is counted by its persons."
        }
        PrivacyUnit::Record => {
            "The source has no person identifiers: each record is taken for one person. Where a person has \
             several records, fewer persons than records share a combination."
        }
    };
    let mut all = sentences(&[
        "An attacker may know that a person is in the source, and the person's true value of every \
         quasi-identifier, also where the source did not record it.",
        "An attacker knows nothing else that is in the source, and no other release of it.",
        unit,
    ]);
    let is = |names: &[&str]| facts.models.iter().any(|model| names.contains(&model.kind.as_str()));
    if is(&[TCloseness::NAME, DeltaDisclosure::NAME, BetaLikeness::NAME]) {
        all.push(
            "The distribution of a sensitive attribute over all records of the source, suppressed ones included, is \
             taken for public: classes are compared with it."
                .to_owned(),
        );
    }
    if is(&[KMap::NAME, DeltaPresence::NAME, PopulationUniqueness::NAME]) {
        all.push(
            "The source is a sample of the population that the models count or estimate: of the table of the \
             population that was given, with the same attributes, or drawn at random with the fraction stated."
                .to_owned(),
        );
    }
    all
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
        Mechanism::LocalSuppression => {
            "The classes of the released rows were recounted by comparing rows. A class may be smaller than k: what is \
             counted is who could be meant, not who looks the same."
        }
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
    let mut all = sentences(&[classes, compatible]);
    if facts.mutual_k.is_some() {
        all.push(
            "For every released record, the units of the source that it could be of were counted in the same way; \
             there are at least k."
                .to_owned(),
        );
    }
    if !facts.combinations.is_empty() {
        all.push(
            "For every record of the source and every combination of values named above, the released units that are \
             compatible with it were counted; there are none or at least as many as stated."
                .to_owned(),
        );
    }
    all.extend(sentences(&[
        cells,
        "The columns are those listed; there are no identifiers and no weights, and the order of the rows follows \
         from their content alone.",
        match facts.mechanism {
            Mechanism::Recoding => "The numbers of records, coarser cells and suppressed cells were recounted.",
            _ => "The numbers of records and suppressed cells were recounted.",
        },
    ]));
    all
}

pub(super) fn not_protected(facts: &Facts<'_>) -> Vec<String> {
    let is_k_anonymous = facts.models.iter().any(|model| model.kind == KAnonymity::NAME);
    let in_common = if is_k_anonymous {
        "What all records of a class have in common is learnt of each person in it, without telling them apart: \
         k-anonymity hides who is who, not what is true of a group."
    } else {
        "What all records that could be a person's have in common is learnt of the person, without telling them apart."
    };
    let fewer = if facts.k > 1 {
        "Someone who knows more than the quasi-identifiers, for example that some of the possible matches are \
         other people, may narrow them down to fewer than k."
    } else {
        "No number of possible matches is promised: someone who knows all quasi-identifiers of a person may find a \
         single record that fits."
    };
    let mut all = sentences(&[in_common, fewer]);
    let mut of_models: Vec<&str> = facts.models.iter().filter_map(limit_of).collect();
    of_models.dedup();
    all.extend(sentences(&of_models));
    if facts.mechanism == Mechanism::LocalSuppression {
        all.push(
            "The possible matches are not equally likely: a record that shows all its values looks likelier than one \
             with blanks, and who can place other people may rule some out."
                .to_owned(),
        );
    }
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
    let suppressed = match facts.mechanism {
        Mechanism::Suppression => {
            "That a record or a cell is suppressed tells that its combination of values was rare in the source."
        }
        Mechanism::Recoding => {
            "How coarse values are and how many records are suppressed tells something of the source: that records \
             like these broke a model on finer values."
        }
        Mechanism::LocalSuppression => {
            "That a record or a cell is suppressed tells that a combination of its values was rare in the source, or \
             was needed to hide one that was."
        }
    };
    all.extend(sentences(&[
        suppressed,
        "Several releases of the same persons can be compared with each other; this statement speaks of one release \
         alone.",
        "Statistical inference is not bounded: this is not differential privacy.",
    ]));
    all
}

/// What a model leaves open that its name may seem to promise.
fn limit_of(model: &ReleaseModel) -> Option<&'static str> {
    Some(match model.kind.as_str() {
        KMap::NAME => {
            "k-map counts people of the population, known or estimated: whoever knows that a person is in the source \
             may find a single record."
        }
        DistinctLDiversity::NAME => {
            "distinct l-diversity counts different values: one of them may be that of nearly everybody in a class, and \
             all may mean much the same."
        }
        EntropyLDiversity::NAME | RecursiveCLDiversity::NAME => {
            "l-diversity looks at how often values occur in a class, not at what they mean or how rare they are \
             elsewhere: all may mean much the same."
        }
        TCloseness::NAME => {
            "t-closeness bounds how far a class is from the distribution of the source as a whole: a rare value may \
             still be many times as likely in a class."
        }
        DeltaDisclosure::NAME => {
            "delta-disclosure compares classes with the distribution of the source: what that distribution itself \
             tells of everybody is not hidden."
        }
        BetaLikeness::NAME => {
            "beta-likeness bounds how much likelier a value gets: that a class lacks a value, or that it gets rarer, \
             is not bounded."
        }
        DeltaPresence::NAME => {
            "delta-presence bounds what is learnt of who is in the source, given the table of the population; it says \
             nothing of what is learnt of those who are known to be in it."
        }
        SampleUniqueness::NAME | AverageRisk::NAME | PopulationUniqueness::NAME => {
            "Shares and means over all records bound nobody's own risk: single records may still be alone in their \
             class, as far as they allow."
        }
        _ => return None,
    })
}

pub(crate) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
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
        if let Some(synthetic) = &self.synthetic {
            return self.synthetic_in_plain_words(synthetic);
        }
        if let Some(tables) = &self.tables {
            return self.tables_in_plain_words(tables);
        }
        let mut text = String::new();
        let columns = list(&self.columns);
        match self.released {
            ReleaseKind::Microdata | ReleaseKind::SyntheticMicrodata => {
                text.push_str("This release holds one row per record.");
            }
            ReleaseKind::CountTable | ReleaseKind::ProtectedTables => {
                let id = self.table.as_deref().unwrap_or_default();
                let from = self.computed_from.as_deref().unwrap_or_default();
                let _ = write!(text, "Table `{id}` counts the records of the released microdata by {columns}: {from}.");
            }
        }
        let many = |k: u64| match self.unit {
            PrivacyUnit::Person => format!("records of at least {k} persons"),
            PrivacyUnit::Record => format!("at least {k} records"),
        };
        let known = list(self.quasi_identifiers.iter().map(|name| self.as_perturbed(name)));
        match self.models.as_slice() {
            [only] if only.kind == KAnonymity::NAME => {
                let _ = write!(text, " It is k-anonymous with k = {}", level(only));
            }
            [] => text.push_str(" Cells were blanked until enough people could be meant"),
            models => {
                let models = models.iter().map(|model| model.description.as_str());
                let _ = write!(text, " It satisfies {}", list(models));
            }
        }
        if self.possible_matches > 1 {
            let _ = write!(
                text,
                ": whoever knows {} of a person, and nothing else of the source, finds either no record that could be \
                 the person's or {} that could be",
                known,
                many(self.possible_matches)
            );
        } else {
            let _ = write!(text, ". How many records could be a person's is not bounded for whoever knows {known}");
        }
        text.push_str(".\n");
        for combination in &self.combinations {
            let of = match combination.up_to {
                up_to if up_to >= combination.attributes.len() => "any".to_owned(),
                1 => "one".to_owned(),
                up_to => format!("up to {up_to}"),
            };
            let _ = writeln!(
                text,
                "Whoever knows {of} of {} of a person, and nothing else of the source, finds either no record that could \
                 be the person's or {} that could be.",
                list(&combination.attributes),
                many(combination.possible_matches)
            );
        }
        if self.released == ReleaseKind::Microdata {
            let _ = write!(text, "\nColumns: {columns}.\n");
        }
        text.push_str("\n## What was done\n\n");
        if let Some(records) = &self.records {
            let _ = writeln!(
                text,
                "- Records: {} in the source, {} in the release, {} ({:.2} %) suppressed.",
                records.input,
                records.kept,
                records.suppressed,
                100.0 * records.share_suppressed
            );
        }
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

/// The level that a model of counts asks for.
fn level(model: &ReleaseModel) -> u64 {
    match model.required {
        crate::Measure::Count(count) => count,
        _ => 0,
    }
}

fn generalized(column: &GeneralizedColumn) -> String {
    let GeneralizedColumn { attribute, level, level_name, height, cells } = column;
    match (level, level_name) {
        (Some(0), _) => format!("{attribute} was not generalized."),
        (Some(level), name) => {
            let name = name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
            format!(
                "{attribute} was generalized to level {level} of {height}{name}: {cells} released cells stand for more than one value."
            )
        }
        (None, _) => format!(
            "{attribute} was generalized record by record: {cells} released cells stand for more than one value."
        ),
    }
}

pub(super) fn section(text: &mut String, title: &str, sentences: &[String]) {
    let _ = write!(text, "\n## {title}\n\n");
    for sentence in sentences {
        let _ = writeln!(text, "- {sentence}");
    }
}
