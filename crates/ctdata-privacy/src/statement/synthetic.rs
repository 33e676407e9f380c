//! What a statement says of synthetic records.

use std::fmt::Write as _;

use super::words::{list, section};
use super::{ReleaseKind, ReleaseModel, Statement, Verification};
use crate::dp::{Allowance, Delta, Epsilon};
use crate::{Measure, PrivacyUnit};

/// How synthetic records were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SynthesisMethod {
    /// Values of one record each, as long as enough others share them.
    RowSeeded,
    /// Values drawn by their counts, as long as enough records share them.
    ValueSeeded,
    /// Column by column, as long as enough records share the values.
    Unseeded,
    /// From counts of combinations alone.
    AggregateSeeded,
    /// From a graphical model of noisy counts, along a tree.
    Mst,
    /// From a graphical model of noisy counts that were chosen round by round.
    Aim,
}

impl SynthesisMethod {
    /// All methods.
    pub const ALL: [Self; 6] =
        [Self::RowSeeded, Self::ValueSeeded, Self::Unseeded, Self::AggregateSeeded, Self::Mst, Self::Aim];

    /// The name in kebab-case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RowSeeded => "row-seeded",
            Self::ValueSeeded => "value-seeded",
            Self::Unseeded => "unseeded",
            Self::AggregateSeeded => "aggregate-seeded",
            Self::Mst => "mst",
            Self::Aim => "aim",
        }
    }
}

/// What was spent on one thing.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Spent {
    /// What for.
    pub purpose: String,
    /// How much, as rho of zero-concentrated differential privacy.
    pub rho: f64,
    /// How many charges of this kind there were.
    pub charges: u64,
}

/// The ledger that a release was paid from, as it stood when the charge was made.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LedgerCharge {
    /// The id of the dataset.
    pub dataset: String,
    /// The number of the entry, from 1.
    pub entry: u64,
    /// The hash of the entry, which fixes all entries before it.
    pub hash: String,
    /// The epsilon that all releases of the dataset may have together.
    pub epsilon_of_all: f64,
    /// The delta that goes with it.
    pub delta_of_all: f64,
}

/// The guarantee of differential privacy, and what it was spent on.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DifferentialPrivacy {
    /// Epsilon; the guarantee is (epsilon, delta)-differential privacy.
    pub epsilon: f64,
    /// Delta.
    pub delta: f64,
    /// The same as rho of zero-concentrated differential privacy, which is what adds up.
    pub rho: f64,
    /// How many records of one person were used at most; where the source knows no persons, so many records of anybody are
    /// protected together.
    pub records_per_person: u32,
    /// What it was spent on.
    pub spent: Vec<Spent>,
    /// The ledger that it was paid from, if there is one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub ledger: Option<LedgerCharge>,
    /// Whether the noise follows from a seed that somebody chose: then there is no privacy against anybody who
    /// knows or guesses the seed, and the release is a trial.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
    pub not_private: bool,
}

impl DifferentialPrivacy {
    /// What an allowance gave, and where it went. Charges of the same purpose are added up.
    pub(crate) fn of(
        (epsilon, delta): (Epsilon, Delta),
        allowance: &Allowance,
        ledger: Option<LedgerCharge>,
        not_private: bool,
    ) -> Self {
        let mut spent: Vec<Spent> = Vec::new();
        for expense in allowance.expenses() {
            match spent.iter_mut().find(|entry| entry.purpose == expense.purpose) {
                Some(entry) => {
                    entry.rho += expense.rho.to_f64();
                    entry.charges += 1;
                }
                None => {
                    spent.push(Spent { purpose: expense.purpose.clone(), rho: expense.rho.to_f64(), charges: 1 });
                }
            }
        }
        Self {
            epsilon: epsilon.get(),
            delta: delta.get(),
            rho: allowance.total().to_f64(),
            records_per_person: allowance.records_per_person(),
            spent,
            ledger,
            not_private,
        }
    }

    /// The name of the guarantee.
    pub const NAME: &'static str = "differential-privacy";
}

/// What makes synthetic records safe.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SyntheticGuarantee {
    /// Combinations of values occur in at least k units of the source.
    KAnonymousCombinations {
        /// How many units.
        k: u64,
        /// Up to which length combinations are covered; any, if none is named.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        length: Option<usize>,
    },
    /// Noise hides whether any one person is in the source.
    DifferentialPrivacy(DifferentialPrivacy),
}

/// How synthetic records were made, and what makes them safe.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SyntheticRecords {
    /// How they were made.
    pub method: SynthesisMethod,
    /// How many there are.
    pub rows: u64,
    /// What makes them safe.
    pub guarantee: SyntheticGuarantee,
}

impl SyntheticRecords {
    /// The guarantee of differential privacy, if it is that.
    pub fn differential_privacy(&self) -> Option<&DifferentialPrivacy> {
        match &self.guarantee {
            SyntheticGuarantee::DifferentialPrivacy(guarantee) => Some(guarantee),
            SyntheticGuarantee::KAnonymousCombinations { .. } => None,
        }
    }
}

/// The name of the guarantee of k-anonymous synthesizers.
pub(crate) const K_ANONYMOUS_COMBINATIONS: &str = "k-anonymous-combinations";

fn sentences(sentences: &[&str]) -> Vec<String> {
    sentences.iter().map(ToString::to_string).collect()
}

impl Statement {
    /// The statement of synthetic records of which this was verified.
    pub(crate) fn of_synthetic(
        columns: Vec<String>,
        unit: PrivacyUnit,
        synthetic: SyntheticRecords,
        checks: Vec<String>,
    ) -> Self {
        Self {
            format_version: 1,
            software: Self::SOFTWARE.to_owned(),
            released: ReleaseKind::SyntheticMicrodata,
            table: None,
            computed_from: None,
            columns,
            models: model(&synthetic.guarantee, unit).into_iter().collect(),
            possible_matches: 1,
            combinations: Vec::new(),
            quasi_identifiers: Vec::new(),
            unit,
            assumptions: assumptions(&synthetic.guarantee, unit),
            records: None,
            tables: None,
            blanked: Vec::new(),
            generalized: Vec::new(),
            perturbed: Vec::new(),
            missing: sentences(&[
                "A missing cell never means \"no\".",
                "An empty cell of a synthetic record stands for no cell of the source: it was drawn empty, or a value was \
                 left out to keep the guarantee.",
            ]),
            verified: Verification { classes: 0, smallest_class: None, attacker_view_smallest: None, checks },
            not_protected: not_protected(&synthetic, unit),
            synthetic: Some(synthetic),
        }
    }

    /// The statement of synthetic records in plain words.
    pub(super) fn synthetic_in_plain_words(&self, synthetic: &SyntheticRecords) -> String {
        let mut text = String::new();
        match self.released {
            ReleaseKind::CountTable => {
                let id = self.table.as_deref().unwrap_or_default();
                let _ = write!(text, "Table `{id}` counts synthetic records by {}.", list(&self.columns));
            }
            _ => text.push_str(
                "This release holds synthetic records. They were drawn, and a record may equal that of a person.",
            ),
        }
        if let Some(guarantee) = synthetic.differential_privacy().filter(|guarantee| guarantee.not_private) {
            let _ = write!(
                text,
                " **It is a trial and not private**: its noise follows from a seed, and whoever knows or guesses the seed \
                 can take it off. With noise that nobody can repeat it would be ({}, {:e})-differentially private.",
                guarantee.epsilon, guarantee.delta
            );
        } else {
            for model in &self.models {
                let _ = write!(text, " It satisfies {}.", model.description);
            }
        }
        if self.released != ReleaseKind::CountTable {
            let _ = write!(text, "\n\nColumns: {}.", list(&self.columns));
        }
        let _ = write!(
            text,
            "\n\n## What was done\n\n- {} synthetic records were drawn by the method `{}`.\n",
            synthetic.rows,
            synthetic.method.name()
        );
        if let Some(guarantee) = synthetic.differential_privacy() {
            spending(&mut text, guarantee);
        }
        section(&mut text, "What a missing cell means", &self.missing);
        section(&mut text, "What was verified", &self.verified.checks);
        let _ = writeln!(text, "- Verified by {}.", self.software);
        section(&mut text, "What this rests on", &self.assumptions);
        section(&mut text, "What is not protected", &self.not_protected);
        text
    }
}

fn spending(text: &mut String, guarantee: &DifferentialPrivacy) {
    if let Some(ledger) = &guarantee.ledger {
        let _ = writeln!(
            text,
            "- The budget is entry {} of the ledger of dataset `{}`, written before any noise was drawn; all releases of it \
             together may reach ({}, {:e}).",
            ledger.entry, ledger.dataset, ledger.epsilon_of_all, ledger.delta_of_all
        );
    } else {
        text.push_str("- No ledger was kept: what other releases of the same persons spent is not counted.\n");
    }
    let _ = writeln!(text, "\n| spent on | charges | rho | share |\n|---|---:|---:|---:|");
    for spent in &guarantee.spent {
        let _ = writeln!(
            text,
            "| {} | {} | {:.6} | {:.1} % |",
            spent.purpose.replace('|', "\\|"),
            spent.charges,
            spent.rho,
            100.0 * spent.rho / guarantee.rho
        );
    }
}

/// The model that holds; none for a trial that is not private.
fn model(guarantee: &SyntheticGuarantee, unit: PrivacyUnit) -> Option<ReleaseModel> {
    Some(match guarantee {
        SyntheticGuarantee::DifferentialPrivacy(guarantee) if guarantee.not_private => return None,
        SyntheticGuarantee::KAnonymousCombinations { k, length } => {
            let unit = match unit {
                PrivacyUnit::Person => "persons",
                PrivacyUnit::Record => "records",
            };
            let which = match length {
                Some(length) => format!("every combination of up to {length} values"),
                None => "every combination of values, of any length,".to_owned(),
            };
            ReleaseModel {
                kind: K_ANONYMOUS_COMBINATIONS.to_owned(),
                attribute: None,
                required: Measure::Count(*k),
                description: format!(
                    "{K_ANONYMOUS_COMBINATIONS}: {which} in a synthetic record is that of at least {k} {unit} of the source"
                ),
            }
        }
        SyntheticGuarantee::DifferentialPrivacy(DifferentialPrivacy { epsilon, delta, .. }) => ReleaseModel {
            kind: DifferentialPrivacy::NAME.to_owned(),
            attribute: None,
            required: Measure::Real(*epsilon),
            description: format!(
                "({epsilon}, {delta:e})-differential privacy: whatever is seen of the release is at most e^{epsilon} times \
                 likelier, but for a probability of {delta:e}, if {} in the source than if not",
                match unit {
                    PrivacyUnit::Person => "all records of any one person are",
                    PrivacyUnit::Record => "any one record is",
                }
            ),
        },
    })
}

fn assumptions(guarantee: &SyntheticGuarantee, unit: PrivacyUnit) -> Vec<String> {
    let mut all = Vec::new();
    match (unit, guarantee) {
        (PrivacyUnit::Person, SyntheticGuarantee::DifferentialPrivacy(guarantee)) => all.push(format!(
            "Records with the same identifier in the source belong to one person; of each person at most {} were used, \
             chosen by chance, and all of a person's records are protected together.",
            match guarantee.records_per_person {
                1 => "one".to_owned(),
                m => m.to_string(),
            }
        )),
        (PrivacyUnit::Person, _) => all.push(
            "Records with the same identifier in the source belong to one person, other records to other persons; a \
             combination is counted by its persons."
                .to_owned(),
        ),
        (PrivacyUnit::Record, _) => all.push(
            "The source has no person identifiers: each record is taken for one person. Where a person has several \
             records, the guarantee is that of each record by itself."
                .to_owned(),
        ),
    }
    match guarantee {
        SyntheticGuarantee::DifferentialPrivacy(guarantee) => all.extend(sentences(&[
            "Nothing is assumed of what an attacker knows: it may be everything but the one person's records.",
            "The names of the columns and their values are those of a public codebook; values of the source that are not in \
             it were taken for blank, or for the value that the plan names for others.",
            if guarantee.not_private {
                "The noise follows from a seed that somebody chose. This is a trial."
            } else {
                "The generator of the noise is a cryptographic one, and its key was secret and used once."
            },
        ])),
        SyntheticGuarantee::KAnonymousCombinations { .. } => all.push(
            "An attacker knows some values of a person, and no other release of the source. The guarantee does not rest \
             on the draws: it holds for whoever can repeat them."
                .to_owned(),
        ),
    }
    all
}

fn not_protected(synthetic: &SyntheticRecords, unit: PrivacyUnit) -> Vec<String> {
    match &synthetic.guarantee {
        SyntheticGuarantee::DifferentialPrivacy(guarantee) => {
            let mut all = Vec::new();
            if guarantee.not_private {
                all.push(
                    "Nothing: the noise follows from a seed. This is a trial, and not to be published.".to_owned(),
                );
            }
            if unit == PrivacyUnit::Person && guarantee.ledger.is_some() {
                all.push(
                    "The ledger adds up all releases of the dataset. Where another of them protects records and not persons, \
                     all of them together protect records only."
                        .to_owned(),
                );
            }
            all.extend(sentences(&[
                "How long the run took, and what a deadline therefore cut off, is taken to tell nothing of a single person.",
                "What is true of many people is learnt, as it is meant to be, and with it what it implies for one of them, in \
                 the source or not.",
                "A larger epsilon allows more to be learnt of one person; every further release of the same persons adds \
                 to it.",
                "Groups of people who are in the source together, such as a family, are protected less than one person: of m \
                 people with one record each, rho is m squared times as large.",
                "Counts of the synthetic records are noisy, those of rare combinations most: a true one may be missing.",
                if matches!(synthetic.method, SynthesisMethod::Mst | SynthesisMethod::Aim) {
                    "A combination of values that few synthetic records have is likelier made up than real: the distributions \
                     of columns are estimated, and records are drawn from them."
                } else {
                    "Combinations of values that few synthetic records have may be made up, longer ones than were counted \
                     above all."
                },
            ]));
            if guarantee.ledger.is_none() {
                all.push("Without a ledger nothing counts what other releases of the same persons spend.".to_owned());
            }
            all
        }
        SyntheticGuarantee::KAnonymousCombinations { length, .. } => {
            let mut all = sentences(&[
                "What all k have in common is learnt of each of them: combinations are hidden in numbers, not what is true \
                 of a group.",
                "Whether a person is in the source is not hidden, and neither is what changes between two releases: this is \
                 not differential privacy.",
                "Someone who knows all but one of the persons behind a combination knows the rest.",
                "Several releases of the same persons can be compared with each other; this statement speaks of one \
                 release alone.",
            ]);
            if synthetic.method == SynthesisMethod::RowSeeded {
                all.push(
                    "A synthetic record is made of values of one record of the source, with the rare ones left out."
                        .to_owned(),
                );
            }
            if synthetic.method != SynthesisMethod::Unseeded {
                all.push(
                    "The number of synthetic records is not that of the people in the source, and neither are counts of \
                     blanks: compare shares of what is recorded."
                        .to_owned(),
                );
            }
            if synthetic.method == SynthesisMethod::Unseeded {
                all.push("The number of synthetic records is the number of records of the source.".to_owned());
            }
            if let Some(length) = length {
                all.push(format!(
                    "Combinations of more than {length} values may be of fewer, and may have been made up."
                ));
            }
            all
        }
    }
}
