//! What is asked of SUDA.

use ctdata_table::{Control, Table};

use super::algorithm::{MAX_ATTRIBUTES, search};
use super::result::SudaScores;
use crate::PrivacyError;
use crate::quasi::QuasiIdentifiers;

/// With more, the exponent of DIS-SUDA is not above 0, and higher scores would mean less risk.
const MAX_DIS_ATTRIBUTES: usize = 27;

/// How much a minimal sample unique (MSU) of `s` of the M attributes adds to the score of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SudaWeighting {
    /// (M - s)!, as Elliot, Manning and Ford (2002) have it.
    #[default]
    Original,
    /// (2^(M - s) - 1) s! (M - s)! / M!, the variant of the International Household Survey Network.
    Ihsn,
}

impl SudaWeighting {
    /// The weight of an MSU of `size` of `attributes` attributes.
    pub(super) fn weight(self, attributes: usize, size: usize) -> f64 {
        let rest = attributes.saturating_sub(size);
        let factorial = |n: usize| (1..=n).map(real).product::<f64>();
        match self {
            Self::Original => factorial(rest),
            Self::Ihsn => (2f64.powf(real(rest)) - 1.0) * factorial(size) * factorial(rest) / factorial(attributes),
        }
    }
}

/// A count of attributes or rows as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of attributes and rows are below 2^32")]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}

/// The search for minimal sample uniques and the scores made of them.
///
/// A set C of attributes is a minimal sample unique of a record if no other record has the same
/// values on C, and on every proper subset of C some other record has. Few, small MSUs of a record
/// mean that it stands out by little knowledge. Missing is a value of its own, and records are
/// counted, not persons or weights.
///
/// ```
/// use ctdata_privacy::Suda;
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 0, 1, 1]), Column::from_u8(vec![0, 1, 1, 1])])?;
/// let scores = Suda::new().run(&table, &["a", "b"], &Control::default())?;
/// // The first record is the only one with b = 0; the second is alone with both values together.
/// assert_eq!(scores.scores(), [1.0, 1.0, 0.0, 0.0]);
/// assert_eq!(scores.minimal_uniques(0).collect::<Vec<_>>(), [vec![1]]);
/// assert_eq!(scores.minimal_uniques(1).collect::<Vec<_>>(), [vec![0, 1]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Sources
/// M. J. Elliot, A. M. Manning and R. W. Ford (2002), "A computational algorithm for handling the
/// special uniques problem", IJUFKS 10(5); A. M. Manning, D. J. Haglin and J. A. Keane (2008), "A
/// recursive search algorithm for statistical disclosure assessment", Data Mining and Knowledge
/// Discovery 16(2); for the other weighting M. Templ, B. Meindl, A. Kowarik and S. Chen (2014),
/// "Introduction to statistical disclosure control (SDC)", IHSN working paper 7.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suda {
    max_size: Option<usize>,
    weighting: SudaWeighting,
    sampling_fraction: Option<f64>,
}

impl Suda {
    /// All sizes, original weighting, no DIS.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with only MSUs of up to `size` attributes. Time and memory are exponential in the
    /// size; with many attributes 3 or 4 is usual. Scores of different caps cannot be compared.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a size of 0.
    pub fn with_max_size(mut self, size: usize) -> Result<Self, PrivacyError> {
        if size == 0 {
            return Err(PrivacyError::InvalidParameter { parameter: "max_size", rule: "it is at least 1".into() });
        }
        self.max_size = Some(size);
        Ok(self)
    }

    /// The same with another weighting.
    #[must_use]
    pub fn with_weighting(mut self, weighting: SudaWeighting) -> Self {
        self.weighting = weighting;
        self
    }

    /// The same with DIS-SUDA scores, for a file that is this share of its population.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a share that is not above 0 and at most 1.
    pub fn with_sampling_fraction(mut self, fraction: f64) -> Result<Self, PrivacyError> {
        check_fraction(fraction)?;
        self.sampling_fraction = Some(fraction);
        Ok(self)
    }

    /// Finds the minimal sample uniques of all records and scores them.
    ///
    /// The search walks attribute sets depth first and refines the partition of the distinct
    /// records as it goes, leaving out records that are alone: attribute sets on which nobody can
    /// be newly unique cost nothing. With the feature `rayon` subtrees are searched in the caller's
    /// pool, with the same result.
    ///
    /// # Errors
    /// No attribute, one that the table lacks or that is named twice, more than 64 of them (27
    /// with a sampling fraction); a memory cap that is too small; a stop by `control`.
    pub fn run<S: AsRef<str>>(
        &self,
        table: &Table,
        attributes: &[S],
        control: &Control,
    ) -> Result<SudaScores, PrivacyError> {
        let quasi = QuasiIdentifiers::find(table.schema(), attributes)?;
        if attributes.len() > MAX_ATTRIBUTES {
            let rule = format!("SUDA takes at most {MAX_ATTRIBUTES} of them");
            return Err(PrivacyError::InvalidParameter { parameter: "attributes", rule });
        }
        if self.sampling_fraction.is_some() && attributes.len() > MAX_DIS_ATTRIBUTES {
            let rule = format!("DIS-SUDA takes at most {MAX_DIS_ATTRIBUTES} of them");
            return Err(PrivacyError::InvalidParameter { parameter: "attributes", rule });
        }
        let max_size = self.max_size.unwrap_or(attributes.len()).min(attributes.len());
        let found = search(table, &quasi, max_size, control)?;
        let names = attributes.iter().map(|name| name.as_ref().to_owned()).collect();
        Ok(SudaScores::new(found, names, max_size, self.weighting, self.sampling_fraction))
    }
}

/// Refuses what is no share of a population.
pub(crate) fn check_fraction(fraction: f64) -> Result<(), PrivacyError> {
    if fraction > 0.0 && fraction <= 1.0 {
        return Ok(());
    }
    let rule = "it is above 0 and at most 1".into();
    Err(PrivacyError::InvalidParameter { parameter: "sampling_fraction", rule })
}
