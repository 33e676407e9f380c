//! Which attributes are randomized, and with what probabilities.

use super::matrix::{TransitionMatrix, check_probability};
use crate::PrivacyError;
use crate::quasi::check_distinct;

/// Where the transition matrix of an attribute comes from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Transition {
    /// A given matrix over the codes of the attribute, the same in all strata.
    Given(TransitionMatrix),
    /// [`TransitionMatrix::uniform`]: does not depend on the data.
    Uniform {
        /// The probability that a value stays.
        retention: f64,
    },
    /// [`TransitionMatrix::proportional`] to the frequencies in the stratum.
    Proportional {
        /// The probability that a value stays.
        retention: f64,
    },
    /// [`TransitionMatrix::invariant`] for the frequencies in the stratum, made from the uniform matrix.
    /// What sdcMicro does by default with a retention (`pd`, there a minimum that is drawn) of 0.8 and a
    /// mixing (`alpha`) of 0.5.
    Invariant {
        /// The probability that a value stays in the uniform matrix.
        retention: f64,
        /// The part of the invariant matrix; the rest is no change.
        mixing: f64,
    },
}

/// An attribute to randomize.
#[derive(Debug, Clone, PartialEq)]
pub struct PramColumn {
    pub(super) name: String,
    pub(super) transition: Transition,
}

impl PramColumn {
    /// An attribute and its transition.
    pub fn new(name: impl Into<String>, transition: Transition) -> Self {
        Self { name: name.into(), transition }
    }
}

/// What happens to missing cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum MissingInPram {
    /// They stay as they are, and no value becomes missing. Categories are the values of the domain.
    #[default]
    Keep,
    /// The kinds of missing that the attribute declares are categories like values, after these.
    Perturb,
}

/// PRAM: each cell of an attribute is replaced by a draw from the row of its value in a transition matrix,
/// independently of all others.
///
/// The matrix is part of the result and is published, so that readers can correct their estimates
/// ([`TransitionMatrix::estimate_true_counts`]). Randomness comes from the caller: a release takes a
/// cryptographic generator that nobody can repeat; with a seeded one, the same table and seed give the same
/// output. One number of 64 bits is drawn per cell that is not kept, attribute by attribute in the order
/// asked for, rows in the order of the table.
///
/// ```
/// use ctdata_privacy::{PerturbationDetails, Pram, PramColumn, Transition};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// use rand::{SeedableRng, rngs::ChaCha20Rng};
/// let schema = Schema::try_new(vec![Attribute::flag("debt_bondage")])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 1, 2])])?;
/// let pram = Pram::try_new([PramColumn::new("debt_bondage", Transition::Uniform { retention: 0.75 })])?;
/// let mut rng = ChaCha20Rng::seed_from_u64(1); // for tests; a release asks the operating system
/// let output = pram.run(&table, &mut rng, &Control::default())?;
/// assert_eq!(output.table.cell(3, 0), table.cell(3, 0)); // not recorded stays so
/// let PerturbationDetails::Pram(report) = &output.report.details else { panic!() };
/// assert_eq!(report.matrices[0].matrix.probability(1, 1), 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// - Neighbours: two true values of one cell. Measure: the matrix of a cell is ε-locally differentially
///   private with [`TransitionMatrix::local_epsilon`], where it is finite. Cells of one person add up.
/// - Assumptions: the matrix was fixed without looking at the data ([`Transition::Given`] such a one, or
///   [`Transition::Uniform`]), and the generator is cryptographic and not seeded. Matrices made from
///   frequencies (proportional, invariant) give those away, with no bound on what they tell.
/// - Not protected: missing cells that are kept, which stratum a record is in, all other columns. A record
///   that is unique stays so with the probability that nothing changes. This is no k-anonymity.
///
/// # Sources
/// J. M. Gouweleeuw, P. Kooiman, L. C. R. J. Willenborg and P.-P. de Wolf (1998), "Post Randomisation for
/// Statistical Disclosure Control: Theory and Implementation", *Journal of Official Statistics* 14(4);
/// S. L. Warner (1965), "Randomized Response", JASA 60.
#[derive(Debug, Clone, PartialEq)]
pub struct Pram {
    pub(super) columns: Vec<PramColumn>,
    pub(super) strata: Option<String>,
    pub(super) missing: MissingInPram,
}

impl Pram {
    /// Randomizes these attributes, each on its own. Missing cells stay.
    ///
    /// # Errors
    /// No attribute, one given twice, a retention or mixing that is no probability.
    pub fn try_new(columns: impl IntoIterator<Item = PramColumn>) -> Result<Self, PrivacyError> {
        let columns: Vec<PramColumn> = columns.into_iter().collect();
        if columns.is_empty() {
            let rule = "at least one is randomized".to_owned();
            return Err(PrivacyError::InvalidParameter { parameter: "columns", rule });
        }
        check_distinct(&columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>())?;
        for column in &columns {
            match column.transition {
                Transition::Given(_) => {}
                Transition::Uniform { retention } | Transition::Proportional { retention } => {
                    check_probability("retention", retention)?;
                }
                Transition::Invariant { retention, mixing } => {
                    check_probability("retention", retention)?;
                    check_probability("mixing", mixing)?;
                }
            }
        }
        Ok(Self { columns, strata: None, missing: MissingInPram::Keep })
    }

    /// The same with matrices of their own for the records of each code of this attribute, which is not
    /// randomized itself.
    ///
    /// # Errors
    /// An attribute that is randomized.
    pub fn within(mut self, strata: impl Into<String>) -> Result<Self, PrivacyError> {
        let strata = strata.into();
        if self.columns.iter().any(|column| column.name == strata) {
            let rule = format!("`{strata}` is randomized itself");
            return Err(PrivacyError::InvalidParameter { parameter: "strata", rule });
        }
        self.strata = Some(strata);
        Ok(self)
    }

    /// The same with another treatment of missing cells.
    #[must_use]
    pub fn with_missing(mut self, missing: MissingInPram) -> Self {
        self.missing = missing;
        self
    }
}
