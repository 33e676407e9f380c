//! k-anonymity.

use std::fmt;

use super::{Measure, ModelReport, Monotonicity};
use crate::PrivacyError;

/// Every class of records that agree on all quasi-identifiers has at least k units.
///
/// Missing cells are values of their own here; what an attacker can do who knows the value behind a
/// blank is [`AttackerView`](crate::AttackerView). Units are distinct persons where the table has
/// person ids, else records. `k = 1` holds for every table.
///
/// ```
/// use ctdata_privacy::KAnonymity;
/// assert_eq!(KAnonymity::try_new(11)?.k(), 11);
/// assert!(KAnonymity::try_new(0).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// Someone who knows the quasi-identifiers of a person, and nothing else, finds no record or at
/// least k units that could be the person's. Nothing is said about columns that are not
/// quasi-identifiers: if all records of a class agree on one, it is learnt of each of them.
///
/// # Sources
/// P. Samarati (2001), "Protecting Respondents' Identities in Microdata Release", IEEE TKDE 13(6);
/// L. Sweeney (2002), "k-anonymity: a model for protecting privacy", IJUFKS 10(5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KAnonymity {
    k: u32,
}

impl KAnonymity {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "k-anonymity";
    /// Merging classes makes them larger.
    pub const MONOTONICITY: Monotonicity = Monotonicity::FULL;

    /// The model that asks for classes of at least `k` units.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for `k = 0`.
    pub fn try_new(k: u32) -> Result<Self, PrivacyError> {
        if k == 0 {
            return Err(PrivacyError::InvalidParameter { parameter: "k", rule: "it is at least 1".into() });
        }
        Ok(Self { k })
    }

    /// The least number of units of a class.
    pub const fn k(self) -> u32 {
        self.k
    }

    /// How a table stands to the model whose smallest class has this many units.
    pub fn report(self, smallest_class: Option<u64>) -> ModelReport {
        ModelReport {
            model: Self::NAME.to_owned(),
            attribute: None,
            required: Measure::Count(self.k.into()),
            achieved: smallest_class.map(Measure::Count),
            holds: smallest_class.is_none_or(|smallest| smallest >= u64::from(self.k)),
        }
    }
}

impl fmt::Display for KAnonymity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "k-anonymity with k = {}", self.k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_from_k_on_and_without_rows() {
        let model = KAnonymity::try_new(3).unwrap();
        assert!(!model.report(Some(2)).holds);
        assert!(model.report(Some(3)).holds);
        assert!(model.report(None).holds);
        assert_eq!(KAnonymity::try_new(0).unwrap_err().to_string(), "k: it is at least 1");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn counts_are_whole_numbers_on_the_wire() {
        let report = KAnonymity::try_new(3).unwrap().report(Some(2));
        let json = r#"{"model":"k-anonymity","required":3,"achieved":2,"holds":false}"#;
        assert_eq!(serde_json::to_string(&report).unwrap(), json);
        assert_eq!(serde_json::from_str::<ModelReport>(json).unwrap(), report);
    }
}
