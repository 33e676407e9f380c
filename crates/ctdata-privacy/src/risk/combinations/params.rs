//! What is asked of combinations.

use ctdata_table::{Control, Table};

use super::measure::measure;
use super::report::CombinationRisk;
use crate::quasi::check_distinct;
use crate::{KAnonymity, PrivacyError};

/// The longest combinations that are counted.
const MAX_LENGTH: usize = 8;
/// The most sets of attributes that are counted.
const MAX_SETS: u64 = 10_000_000;

/// k over every combination: whatever up to `m` of the attributes someone knows of a person, at
/// least k people fit, or none.
///
/// Where there are many attributes, k-anonymity over all of them together leaves little; nobody knows
/// them all. This asks for k wherever up to m values are known, m being the attacker's knowledge.
/// It is the demand of k^m-anonymity, over categorical attributes.
///
/// ```
/// use ctdata_privacy::KCombinations;
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 0, 1, 1]), Column::from_u8(vec![0, 0, 1, 2])])?;
/// let risk = KCombinations::try_new(2, 2, ["a", "b"])?.measure(&table, &Control::default())?;
/// // One has b = yes, and so one has a = yes and b = yes.
/// assert_eq!((risk.below_k(), risk.records_below_k, risk.holds), (2, 1, false));
/// // Someone who knows of a "yes" meets the blank as well; of a "no" too. But the person whose b
/// // is blank may be the only one with what is known of her.
/// assert_eq!((risk.exposed(), risk.attacker_view_holds), (2, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// Someone who knows at most m of the attributes of a person finds no record or at least k units
/// that could be the person's ([`CombinationRisk::attacker_view_holds`]). Nothing is said about
/// someone who knows more, or of attributes that are not named; if all candidates agree on a value,
/// it is learnt.
///
/// # Sources
/// M. Terrovitis, N. Mamoulis and P. Kalnis (2008), "Privacy-preserving anonymization of set-valued
/// data", PVLDB 1(1) (k^m-anonymity). The attacker view is this project's own, see
/// [`AttackerView`](crate::AttackerView).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KCombinations {
    model: KAnonymity,
    m: usize,
    attributes: Vec<String>,
    only_yes: bool,
}

impl KCombinations {
    /// The name in reports and plans.
    pub const NAME: &'static str = "k-combinations";

    /// At least `k` units for every combination of values of up to `m` of these attributes. More
    /// than there are attributes means all of them.
    ///
    /// # Errors
    /// No attribute or one named twice, `k` of 0, `m` of 0 or above 8, or more than ten million
    /// sets of attributes.
    pub fn try_new<S: Into<String>>(
        k: u32,
        m: usize,
        attributes: impl IntoIterator<Item = S>,
    ) -> Result<Self, PrivacyError> {
        let attributes: Vec<String> = attributes.into_iter().map(Into::into).collect();
        if attributes.is_empty() {
            return Err(PrivacyError::NoQuasiIdentifiers);
        }
        check_distinct(&attributes)?;
        let invalid = |rule: String| PrivacyError::InvalidParameter { parameter: "m", rule };
        let m = m.min(attributes.len());
        if m == 0 || m > MAX_LENGTH {
            return Err(invalid(format!("it is from 1 to {MAX_LENGTH}")));
        }
        if (1..=m).map(|size| choose(attributes.len() as u64, size as u64)).fold(0, u64::saturating_add) > MAX_SETS {
            return Err(invalid(format!("there are more than {MAX_SETS} sets of so many attributes")));
        }
        Ok(Self { model: KAnonymity::try_new(k)?, m, attributes, only_yes: false })
    }

    /// The same where of flags (domains of exactly `no` and `yes`) only `yes` is ever known: most
    /// lists of what happened to someone tell nothing of what did not.
    #[must_use]
    pub fn of_flags_only_yes(mut self) -> Self {
        self.only_yes = true;
        self
    }

    /// The least number of units.
    pub fn k(&self) -> u32 {
        self.model.k()
    }

    /// The most values that are known, at most the number of attributes.
    pub fn m(&self) -> usize {
        self.m
    }

    /// The attributes.
    pub fn attributes(&self) -> &[String] {
        &self.attributes
    }

    /// Whether of flags only `yes` counts.
    pub fn only_yes(&self) -> bool {
        self.only_yes
    }

    /// The risk of a file that would be released as it stands.
    ///
    /// # Errors
    /// An attribute that the table lacks; a memory cap that is too small; a stop by `control`.
    pub fn measure(&self, table: &Table, control: &Control) -> Result<CombinationRisk, PrivacyError> {
        measure(self, None, table, control)
    }

    /// The risk of `released` for people of whom some true values, those of `input`, are known.
    /// Values are compared by their labels.
    ///
    /// # Errors
    /// As [`measure`](Self::measure), of either table.
    pub fn between(&self, input: &Table, released: &Table, control: &Control) -> Result<CombinationRisk, PrivacyError> {
        measure(self, Some(input), released, control)
    }
}

/// The number of sets of `size` out of `of`, up to the largest integer.
fn choose(of: u64, size: u64) -> u64 {
    (0..size).try_fold(1u64, |sets, i| Some(sets.checked_mul(of.checked_sub(i)?)? / (i + 1))).unwrap_or(u64::MAX)
}
