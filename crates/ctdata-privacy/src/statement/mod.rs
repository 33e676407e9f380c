//! The statement that travels with a release.

mod preparation;
mod synthetic;
mod tables;
mod words;

pub use preparation::{PerturbedColumns, Preparation, PublishedMatrix};
pub use synthetic::{DifferentialPrivacy, LedgerCharge, Spent, SynthesisMethod, SyntheticGuarantee, SyntheticRecords};
pub(crate) use tables::TableFacts;
pub(crate) use words::list;

use crate::tables::TableCertificate;
use crate::{ClassModel, KAnonymity, Measure, PrivacyModel, PrivacyUnit, TableModel};

/// How many records came in, stayed and left.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RecordCounts {
    /// Records of the input.
    pub input: u64,
    /// Records of the release.
    pub kept: u64,
    /// Records that were suppressed.
    pub suppressed: u64,
    /// Suppressed records as a share of the input, from 0 to 1; 0 for an empty input.
    pub share_suppressed: f64,
}

impl RecordCounts {
    /// Records that are made of nothing.
    pub(crate) fn synthetic(rows: u64) -> Self {
        Self { input: 0, kept: rows, suppressed: 0, share_suppressed: 0.0 }
    }

    pub(crate) fn new(input: u64, kept: u64) -> Self {
        let suppressed = input.saturating_sub(kept);
        Self { input, kept, suppressed, share_suppressed: crate::risk::ratio(suppressed, input) }
    }
}

/// Cells of one column that hold a value (or another kind of missing) in the input and a blank in
/// the release, suppressed records not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BlankedCells {
    /// The column.
    pub attribute: String,
    /// How many cells.
    pub cells: u64,
}

/// What a mechanism did, by its own account. Synthetic records stand for none of the input: then
/// `records` counts them alone.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// What the size of a class counts.
    pub unit: PrivacyUnit,
    /// Records in and out.
    pub records: RecordCounts,
    /// Cells blanked, for each column that cells may be blanked of.
    pub blanked: Vec<BlankedCells>,
    /// How coarse the quasi-identifiers are; empty where nothing is generalized.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub generalized: Vec<GeneralizedColumn>,
    /// Equivalence classes of the output.
    pub classes: u64,
    /// Units of the smallest one; none without records.
    pub smallest_class: Option<u64>,
}

/// What a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ReleaseKind {
    /// One row per record.
    Microdata,
    /// Counts of records.
    CountTable,
    /// Synthetic records, none of which is that of a person.
    SyntheticMicrodata,
    /// Tables of confidential counts, protected figure by figure.
    ProtectedTables,
}

/// A privacy model that a release satisfies.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReleaseModel {
    /// The model's name in kebab-case.
    pub kind: String,
    /// The attribute that the model speaks of, where it speaks of one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub attribute: Option<String>,
    /// The level asked for.
    pub required: Measure,
    /// The model with its parameters in a few words.
    pub description: String,
}

impl From<KAnonymity> for ReleaseModel {
    fn from(model: KAnonymity) -> Self {
        Self {
            kind: KAnonymity::NAME.to_owned(),
            attribute: None,
            required: Measure::Count(model.k().into()),
            description: format!("{} with k = {}", KAnonymity::NAME, model.k()),
        }
    }
}

impl From<&PrivacyModel> for ReleaseModel {
    fn from(model: &PrivacyModel) -> Self {
        Self {
            kind: model.name().to_owned(),
            attribute: model.attribute().map(str::to_owned),
            required: required_of(model),
            description: model.to_string(),
        }
    }
}

/// The level that a model asks for.
fn required_of(model: &PrivacyModel) -> Measure {
    match model {
        PrivacyModel::Class(model) => match model {
            ClassModel::KAnonymity(model) => Measure::Count(model.k().into()),
            ClassModel::KMap(model) => Measure::Count(model.least_records().unwrap_or(model.k()).into()),
            ClassModel::DistinctLDiversity(model) => Measure::Count(model.l().into()),
            ClassModel::EntropyLDiversity(model) => Measure::Real(model.l()),
            ClassModel::RecursiveCLDiversity(model) => Measure::Real(model.c()),
            ClassModel::TCloseness(model) => Measure::Real(model.t()),
            ClassModel::DeltaDisclosure(model) => Measure::Real(model.delta()),
            ClassModel::BetaLikeness(model) => Measure::Real(model.beta()),
            ClassModel::DeltaPresence(model) => Measure::Range(model.lowest(), model.highest()),
        },
        PrivacyModel::Table(model) => Measure::Real(match model {
            TableModel::SampleUniqueness(model) => model.highest_share(),
            TableModel::AverageRisk(model) => model.average(),
            TableModel::PopulationUniqueness(model) => model.highest_share(),
        }),
    }
}

/// How coarse a released column is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GeneralizedColumn {
    /// The column.
    pub attribute: String,
    /// The level of its hierarchy, 0 being the values themselves; none where levels differ from
    /// record to record.
    pub level: Option<usize>,
    /// The name of that level.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub level_name: Option<String>,
    /// The highest level of the hierarchy.
    pub height: usize,
    /// Released cells that stand for more than one value.
    pub cells: u64,
}

/// Combinations of a few values that were found to have enough possible matches.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReleasedCombinations {
    /// The attributes of which someone may know some.
    pub attributes: Vec<String>,
    /// How many of them someone may know, at most.
    pub up_to: usize,
    /// The least number of units that could be the person's, if any could.
    pub possible_matches: u64,
}

/// What the verifier recounted and found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Verification {
    /// Equivalence classes of the released rows.
    pub classes: u64,
    /// Units of the smallest class of the released rows; none without rows.
    pub smallest_class: Option<u64>,
    /// The smallest K(r) above 0 of all input records ([`AttackerView`](crate::AttackerView)); none
    /// if no input record is compatible with a released one.
    pub attacker_view_smallest: Option<u64>,
    /// What was checked, in sentences.
    pub checks: Vec<String>,
}

/// What is released, how it was protected, what was verified, and what is not protected.
///
/// A verifier writes it from its own recount; it holds nothing that must not be published.
/// [`to_plain_words`](Self::to_plain_words) is the same for a README.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Statement {
    /// Version of this format: 1.
    pub format_version: u32,
    /// Name and version of the software that verified the release.
    pub software: String,
    /// What is released.
    pub released: ReleaseKind,
    /// The id of a released table of counts.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub table: Option<String>,
    /// What a table of counts was computed from.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub computed_from: Option<String>,
    /// Columns of the microdata, or dimensions of the table.
    pub columns: Vec<String>,
    /// The privacy models; all of them hold.
    pub models: Vec<ReleaseModel>,
    /// The least number of units that whoever knows the quasi-identifiers of a person finds to be
    /// possibly the person's, if any is found; 1 says nothing.
    pub possible_matches: u64,
    /// Combinations of values of other attributes, or of some of these, that have enough possible matches.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub combinations: Vec<ReleasedCombinations>,
    /// The attributes that an attacker is assumed to know.
    pub quasi_identifiers: Vec<String>,
    /// What the size of a class counts.
    pub unit: PrivacyUnit,
    /// What the protection rests on, in sentences.
    pub assumptions: Vec<String>,
    /// Records in and out; none where the number of records of the source is not released.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub records: Option<RecordCounts>,
    /// How synthetic records were made, and what makes them safe; none where records are those of the source.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub synthetic: Option<SyntheticRecords>,
    /// How tables of confidential counts are protected, and what was proven of them; none for other releases.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub tables: Option<TableCertificate>,
    /// Cells blanked, for each column that cells may be blanked of.
    pub blanked: Vec<BlankedCells>,
    /// How coarse the quasi-identifiers are; empty where nothing is generalized.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub generalized: Vec<GeneralizedColumn>,
    /// What was perturbed before anything else was done: all the rest of the statement is about the
    /// perturbed values.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub perturbed: Vec<PerturbedColumns>,
    /// What a missing cell means, in sentences.
    pub missing: Vec<String>,
    /// What was verified.
    pub verified: Verification,
    /// What is not protected, in sentences.
    pub not_protected: Vec<String>,
}

/// How the released records were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// Records and cells were suppressed; a blank is a value when classes are counted.
    Suppression,
    /// Values were generalized by hierarchies or intervals, and records suppressed.
    Recoding,
    /// Cells were blanked so that nobody has too few possible matches; classes may be small.
    LocalSuppression,
}

/// The facts behind a statement on microdata, all recounted.
pub(crate) struct Facts<'a> {
    pub(crate) mechanism: Mechanism,
    /// The least number of possible matches that anyone has who has any.
    pub(crate) k: u64,
    pub(crate) models: Vec<ReleaseModel>,
    pub(crate) combinations: Vec<ReleasedCombinations>,
    /// The least number of input units that each released record may be of, where that was checked.
    pub(crate) mutual_k: Option<u64>,
    pub(crate) columns: Vec<String>,
    pub(crate) quasi_identifiers: Vec<String>,
    /// Released columns that are not quasi-identifiers.
    pub(crate) others: &'a [String],
    /// Columns whose cells that are not recorded were all suppressed.
    pub(crate) only_suppressed: Vec<String>,
    pub(crate) summary: Summary,
    pub(crate) attacker_view_smallest: Option<u64>,
}

impl Statement {
    pub(crate) const SOFTWARE: &'static str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

    pub(crate) fn of_microdata(facts: Facts<'_>) -> Self {
        Self {
            format_version: 1,
            software: Self::SOFTWARE.to_owned(),
            released: ReleaseKind::Microdata,
            table: None,
            computed_from: None,
            assumptions: words::assumptions(&facts),
            missing: words::missing(&facts),
            not_protected: words::not_protected(&facts),
            verified: Verification {
                classes: facts.summary.classes,
                smallest_class: facts.summary.smallest_class,
                attacker_view_smallest: facts.attacker_view_smallest,
                checks: words::checks(&facts),
            },
            columns: facts.columns,
            models: facts.models,
            combinations: facts.combinations,
            quasi_identifiers: facts.quasi_identifiers,
            unit: facts.summary.unit,
            records: Some(facts.summary.records),
            synthetic: None,
            tables: None,
            blanked: facts.summary.blanked,
            generalized: facts.summary.generalized,
            perturbed: Vec::new(),
            possible_matches: facts.k,
        }
    }

    /// The statement of a table that was counted from microdata with this statement.
    pub(crate) fn of_counts(&self, id: &str, dimensions: Vec<String>) -> Self {
        let mut statement = self.clone();
        statement.released = ReleaseKind::CountTable;
        statement.table = Some(id.to_owned());
        statement.computed_from = Some(words::COMPUTED_FROM.to_owned());
        statement.columns = dimensions;
        statement.verified.checks.push(words::CHECK_OF_COUNTS.to_owned());
        statement
    }
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests {
    use crate::{KAnonymity, KAnonymizer, Released};
    use ctdata_table::{Control, Table, Variable};

    fn released() -> Released<Table> {
        let rows = [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 1, 0], [1, 1, 0, 2], [1, 1, 1, 2], [0, 2, 0, 1]];
        let table = crate::testing::mixed(&rows, Some(&[1, 2, 3, 4, 5, 6, 7]));
        KAnonymizer::builder(KAnonymity::try_new(2).unwrap())
            .quasi_identifiers(["x", "y", "z"])
            .blank_first(["z", "y"])
            .release(["w"])
            .build()
            .unwrap()
            .run(&table, &Control::default())
            .unwrap()
            .verify(&Control::default())
            .unwrap()
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_json_is_stable() {
        let statement = released().statement().clone();
        let json = serde_json::to_string_pretty(&statement).unwrap().replace(super::Statement::SOFTWARE, "SOFTWARE");
        assert_eq!(json, include_str!("golden.json").trim_end());
        assert_eq!(
            serde_json::from_str::<super::Statement>(&json.replace("SOFTWARE", super::Statement::SOFTWARE)).unwrap(),
            statement
        );
    }

    #[test]
    fn the_plain_words_are_stable() {
        let words = released().statement().to_plain_words().replace(super::Statement::SOFTWARE, "SOFTWARE");
        assert_eq!(words, include_str!("golden.md"));
    }

    #[test]
    fn a_table_says_what_it_was_counted_from() {
        let control = Control::default();
        let counts =
            released().tabulate("by-x", &[Variable::attribute("x")], &control).unwrap().verify(&control).unwrap();
        let words = counts.statement().to_plain_words();
        let first = "Table `by-x` counts the records of the released microdata by x: computed from the \
                     released microdata.";
        assert!(words.starts_with(first), "{words}");
        assert_eq!(counts.statement().columns, ["x"]);
    }
}
