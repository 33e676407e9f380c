//! What is to be protected, against what, and what may be given up for it.

use crate::quasi::check_distinct;
use crate::{KAnonymity, PrivacyError};

/// Makes a table k-anonymous by suppression; every name and number is checked.
///
/// Records in classes of fewer than k units are dropped. Where columns are named for it, cells are
/// blanked before: the least important column first, in the records that are still in small
/// classes, until their classes are large enough; only records that fail with all of them blank are
/// dropped. A blank is [`Missing::NotRecorded`](ctdata_table::Missing::NotRecorded), so that it
/// looks like a cell that was never recorded; the kind is added to attributes that do not declare
/// it.
///
/// The output holds the quasi-identifiers and the columns named as released, in the order of the
/// input, and no ids or weights. Its rows are sorted by their codes, so that the order of the input
/// says nothing. Domains that were read off the input are cut down to the values that remain, names
/// in alphabetical order.
///
/// ```
/// use ctdata_privacy::{KAnonymity, KAnonymizer};
/// let anonymizer = KAnonymizer::builder(KAnonymity::try_new(11)?)
///     .quasi_identifiers(["year", "gender", "citizenship"])
///     .blank_first(["citizenship", "year"])
///     .release(["sector"])
///     .build()?;
/// assert_eq!(anonymizer.model().k(), 11);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// - Neighbours: none; this is a property of the table, not a bound on what one record changes.
/// - Measure: every class of the output that agrees on all quasi-identifiers, a blank being a value
///   of its own, has at least k units: distinct persons where the input has person ids, else
///   records. For every input record with true values r, K(r) = 0 or K(r) ≥ k
///   ([`AttackerView`](crate::AttackerView)).
/// - Assumptions: an attacker knows quasi-identifiers and nothing else; where the input has no
///   person ids, each record is a person of its own.
/// - Not protected: other columns once a class is found, whatever follows from what all records of a
///   class have in common, several releases of the same persons, the fact that a combination was
///   rare enough to be suppressed.
///
/// The argument is in [`proofs`](crate::proofs).
///
/// # What to expect
/// A larger k drops more records if no cell is blanked. With cells it may drop fewer: more records
/// are blanked, and blanked records hide each other. Records whose class has k units in the input stay
/// as they are; a k-anonymous table comes out as it went in, apart from the order of its rows.
///
/// # When not to use
/// Suppression alone loses much where quasi-identifiers have many values: generalization loses less.
///
/// # Sources
/// Record and cell suppression: P. Samarati (2001), "Protecting Respondents' Identities in Microdata
/// Release", IEEE TKDE 13(6); blanking in order of importance: sdcMicro's `localSuppression`
/// (M. Templ, A. Kowarik and B. Meindl, 2015, *Journal of Statistical Software* 67(4)), here with
/// blanks counted as values, which keeps the attacker view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KAnonymizer {
    pub(super) model: KAnonymity,
    pub(super) quasi_identifiers: Vec<String>,
    pub(super) blank_first: Vec<String>,
    pub(super) released: Vec<String>,
}

impl KAnonymizer {
    /// Starts with the model and no column at all.
    pub fn builder(model: KAnonymity) -> KAnonymizerBuilder {
        KAnonymizerBuilder(Self { model, quasi_identifiers: Vec::new(), blank_first: Vec::new(), released: Vec::new() })
    }

    /// The model.
    pub fn model(&self) -> KAnonymity {
        self.model
    }

    /// The attributes that an attacker may know.
    pub fn quasi_identifiers(&self) -> &[String] {
        &self.quasi_identifiers
    }

    /// The quasi-identifiers whose cells may be blanked, least important first.
    pub fn blanked_first(&self) -> &[String] {
        &self.blank_first
    }

    /// Further columns of the output.
    pub fn released(&self) -> &[String] {
        &self.released
    }
}

/// A [`KAnonymizer`] in the making.
#[derive(Debug, Clone)]
pub struct KAnonymizerBuilder(KAnonymizer);

impl KAnonymizerBuilder {
    /// The attributes that an attacker may know. There is no default: this is a decision.
    #[must_use]
    pub fn quasi_identifiers<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.0.quasi_identifiers = names.into_iter().map(Into::into).collect();
        self
    }

    /// The quasi-identifiers whose cells may be blanked, least important first. Default: none, so
    /// that only whole records are suppressed.
    #[must_use]
    pub fn blank_first<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.0.blank_first = names.into_iter().map(Into::into).collect();
        self
    }

    /// Columns that are released though they are not quasi-identifiers. Default: none. The model
    /// does not protect them.
    #[must_use]
    pub fn release<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.0.released = names.into_iter().map(Into::into).collect();
        self
    }

    /// Checks what can be checked without a table.
    ///
    /// # Errors
    /// No quasi-identifier, a name given twice, a column that is to be blanked but is no
    /// quasi-identifier, a released column that is one.
    pub fn build(self) -> Result<KAnonymizer, PrivacyError> {
        let KAnonymizer { quasi_identifiers, blank_first, released, .. } = &self.0;
        if quasi_identifiers.is_empty() {
            return Err(PrivacyError::NoQuasiIdentifiers);
        }
        for names in [quasi_identifiers, blank_first, released] {
            check_distinct(names)?;
        }
        if let Some(name) = blank_first.iter().find(|name| !quasi_identifiers.contains(name)) {
            let rule = format!("`{name}` is not a quasi-identifier");
            return Err(PrivacyError::InvalidParameter { parameter: "blank first", rule });
        }
        if let Some(name) = released.iter().find(|name| quasi_identifiers.contains(name)) {
            let rule = format!("`{name}` is a quasi-identifier, released anyway");
            return Err(PrivacyError::InvalidParameter { parameter: "release", rule });
        }
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_refused() {
        let builder = || KAnonymizer::builder(KAnonymity::try_new(2).unwrap()).quasi_identifiers(["a", "b"]);
        let refused = |builder: KAnonymizerBuilder| builder.build().unwrap_err().to_string();
        assert!(builder().blank_first(["b"]).release(["c"]).build().is_ok());
        assert_eq!(refused(builder().blank_first(["c"])), "blank first: `c` is not a quasi-identifier");
        assert_eq!(refused(builder().release(["a"])), "release: `a` is a quasi-identifier, released anyway");
        assert_eq!(refused(builder().quasi_identifiers(["a", "a"])), "the attribute `a` is given twice");
        assert_eq!(refused(builder().quasi_identifiers([""; 0])), "no quasi-identifier is named");
    }
}
