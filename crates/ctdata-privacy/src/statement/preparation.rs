//! What a statement says of perturbation, which comes before the mechanism and its verifier.

use ctdata_table::{Origin, Table};

use super::words::list;
use super::{Statement, words};
use crate::{
    PerturbationDetails, PerturbationMethod, Perturbed, PramReport, PrivacyError, PrivacyUnit, Released,
    TransitionMatrix,
};

/// Columns whose released values are not those of the source.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PerturbedColumns {
    /// What was done.
    pub method: PerturbationMethod,
    /// The columns.
    pub attributes: Vec<String>,
    /// What was done, in a sentence.
    pub description: String,
    /// Whether the draws follow from a seed that somebody chose, so that they can be repeated.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "std::ops::Not::not"))]
    pub repeatable: bool,
    /// The transition matrices of PRAM that are released.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub matrices: Vec<PublishedMatrix>,
}

/// The probabilities with which the values of a column became others.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PublishedMatrix {
    /// The column.
    pub attribute: String,
    /// What the rows (true values) and columns (released values) of the matrix stand for; kinds of missing,
    /// in parentheses, come last.
    pub categories: Vec<String>,
    /// The matrix.
    pub matrix: TransitionMatrix,
}

/// What a reader of a release must know of a perturbation that was done before the release was made.
///
/// It is made of a [`Perturbed`] table and added by [`Released::with_preparation`].
#[derive(Debug, Clone)]
pub struct Preparation {
    entry: PerturbedColumns,
    /// Matrices that are released if the values they name are.
    candidates: Vec<Candidate>,
}

#[derive(Debug, Clone)]
struct Candidate {
    matrix: PublishedMatrix,
    /// Values that the domain has from the file, as places in the categories; a codebook's are public.
    observed: usize,
}

impl Preparation {
    /// What a reader must know of this perturbation.
    ///
    /// A transition matrix that was fixed without looking at the data is kept for the statement. One made
    /// from frequencies is not: it gives those away, also of records that are left out.
    pub fn of(perturbed: &Perturbed) -> Self {
        let report = &perturbed.report;
        let attributes: Vec<String> = report.attributes.iter().map(|attribute| attribute.name.clone()).collect();
        let names = list(&attributes);
        let mut candidates = Vec::new();
        let description = match &report.details {
            PerturbationDetails::Microaggregation(report) => format!(
                "Values of {names} were replaced by one value, such as the mean, for each group of at least {} similar \
                 records.",
                report.k
            ),
            PerturbationDetails::Pram(report) if report.independent_of_data => {
                candidates = candidates_of(report, &perturbed.table);
                format!("Values of {names} were replaced by chance (PRAM), by fixed probabilities.")
            }
            PerturbationDetails::Pram(_) => format!(
                "Values of {names} were replaced by chance (PRAM), by probabilities made from the frequencies in the \
                 source; they are not released, since they tell those."
            ),
            PerturbationDetails::Coding(report) => {
                match (number(report.bottom.as_ref()), number(report.top.as_ref())) {
                    (Some(to), Some(from)) => {
                        format!("Values of {names} up to {to} were joined, and so were those from {from} on.")
                    }
                    (Some(to), None) => format!("Values of {names} up to {to} were joined."),
                    (None, Some(from)) => format!("Values of {names} from {from} on were joined."),
                    (None, None) => format!("Extreme values of {names} were joined."),
                }
            }
            PerturbationDetails::Rounding(rounding) => {
                let how = match report.method {
                    PerturbationMethod::RandomRounding => "up or down by chance",
                    _ => "to the nearest",
                };
                format!(
                    "Values of {names} were rounded, {how}, to multiples of {}, in units of their last digit.",
                    rounding.base
                )
            }
            PerturbationDetails::RankSwapping(report) => format!(
                "Values of {names} were exchanged by chance between records whose ranks differ by at most {} %.",
                report.percent
            ),
        };
        let entry = PerturbedColumns {
            method: report.method,
            attributes,
            description,
            repeatable: false,
            matrices: Vec::new(),
        };
        Self { entry, candidates }
    }

    /// The same for draws that follow from a seed that somebody chose: they can be repeated, and the
    /// statement says so. A method that does not draw stays as it is.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.entry.repeatable = self.entry.method.is_random();
        self
    }

    /// The entry of a statement on this table, with the matrices that say nothing which it does not say.
    fn entry(mut self, released: &Table) -> PerturbedColumns {
        let shown = |candidate: &Candidate| {
            let Ok((attribute, _)) = released.named(&candidate.matrix.attribute) else { return false };
            let observed = candidate.matrix.categories.iter().take(candidate.observed);
            let labels: Vec<_> = attribute.domain().labels().collect();
            observed.into_iter().all(|category| labels.iter().any(|label| label == category))
        };
        let (kept, held): (Vec<_>, Vec<_>) = self.candidates.into_iter().partition(shown);
        self.entry.matrices.extend(kept.into_iter().map(|candidate| candidate.matrix));
        if !held.is_empty() {
            let names = list(held.iter().map(|candidate| &candidate.matrix.attribute));
            self.entry.description.push_str(" The probabilities for ");
            self.entry.description.push_str(&names);
            self.entry
                .description
                .push_str(" are not released, since they name values that the release does not have.");
        }
        self.entry
    }
}

/// A threshold that is a number or a date; names are read off the release itself.
fn number(threshold: Option<&String>) -> Option<&String> {
    threshold.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.')))
}

/// One matrix per attribute: strata share it.
fn candidates_of(report: &PramReport, table: &Table) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    for released in &report.matrices {
        let Ok((attribute, _)) = table.named(&released.attribute) else { continue };
        if all.iter().any(|known| known.matrix.attribute == released.attribute) {
            continue;
        }
        let domain = attribute.domain();
        let labels = domain.labels().map(std::borrow::Cow::into_owned);
        let kinds = attribute.missing().iter().map(|kind| format!("({})", kind.code()));
        let categories: Vec<String> = labels.chain(kinds).take(released.matrix.size()).collect();
        let observed = if domain.origin() == Origin::Public { 0 } else { domain.len() };
        let matrix =
            PublishedMatrix { attribute: released.attribute.clone(), categories, matrix: released.matrix.clone() };
        all.push(Candidate { matrix, observed });
    }
    all
}

impl Released<Table> {
    /// Says in the statement that the table was perturbed before it was protected.
    ///
    /// It only adds to the statement: everything that was verified is about the perturbed values, and a
    /// reader must know that. Nothing that the statement says is taken away or made stronger.
    ///
    /// ```
    /// # use ctdata_privacy::{KAnonymity, KAnonymizer};
    /// # use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
    /// use ctdata_privacy::{Preparation, Rounding};
    /// # let control = Control::default();
    /// # let days = Domain::numeric([3, 44, 47], 0, Origin::Observed)?;
    /// # let schema = Schema::try_new(vec![Attribute::new("days", days, MissingKinds::NONE)])?;
    /// # let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 2])])?;
    /// # let anonymizer = KAnonymizer::builder(KAnonymity::try_new(2)?).quasi_identifiers(["days"]).build()?;
    /// let rounded = Rounding::try_new("days", 5)?.run_nearest(&table, &control)?;
    /// let released = anonymizer.run(&rounded.table, &control)?.verify(&control)?;
    /// let released = released.with_preparation([Preparation::of(&rounded)])?;
    /// assert_eq!(released.statement().perturbed[0].attributes, ["days"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A perturbed column that is not released: a statement speaks of what is.
    pub fn with_preparation(
        mut self,
        preparations: impl IntoIterator<Item = Preparation>,
    ) -> Result<Self, PrivacyError> {
        let mut entries = Vec::new();
        for preparation in preparations {
            for name in &preparation.entry.attributes {
                self.get().schema().attribute(name)?;
            }
            entries.push(preparation.entry(self.get()));
        }
        self.annotate(|statement| statement.add_preparation(entries));
        Ok(self)
    }
}

impl Statement {
    fn add_preparation(&mut self, entries: Vec<PerturbedColumns>) {
        let columns = |wanted: &dyn Fn(&PerturbedColumns) -> bool| {
            let mut names: Vec<String> = Vec::new();
            for name in entries.iter().filter(|entry| wanted(entry)).flat_map(|entry| &entry.attributes) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            names
        };
        let all = columns(&|_| true);
        if all.is_empty() {
            return;
        }
        let known: Vec<&String> = all.iter().filter(|name| self.quasi_identifiers.contains(name)).collect();
        self.verified.checks.insert(0, words::perturbed_source(&all));
        if !known.is_empty() {
            let unit = match self.unit {
                PrivacyUnit::Person => "persons",
                PrivacyUnit::Record => "records",
            };
            self.assumptions.push(words::perturbed_quasi_identifiers(&known, unit));
        }
        let repeatable = columns(&|entry| entry.repeatable);
        if !repeatable.is_empty() {
            self.not_protected.push(words::repeatable(&repeatable));
        }
        self.perturbed.extend(entries);
    }
}
