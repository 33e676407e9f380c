//! beta-likeness.

use std::fmt;

use super::histogram::{Distribution, Histogram, quotient};
use super::{Monotonicity, checked};
use crate::PrivacyError;

/// How beta-likeness treats frequent values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum BetaBound {
    /// (q - p)/p <= beta.
    Basic,
    /// (q - p)/p <= min(beta, -ln p): values that are frequent in the table may gain less.
    #[default]
    Enhanced,
}

/// In every class, no value of a sensitive attribute gains more than beta times its share in the table:
/// (q - p)/p <= beta wherever q > p.
///
/// q is the share in the class, p that among all records of the input. "Not applicable" is a value; all
/// blanks together are one more. Values that get rarer are not bounded.
///
/// ```
/// use ctdata_privacy::{BetaBound, BetaLikeness};
/// let model = BetaLikeness::try_new("diagnosis", 1.0, BetaBound::Enhanced)?;
/// assert_eq!(model.to_string(), "enhanced beta-likeness of `diagnosis` with beta = 1");
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// Finding a person's class makes no value more than 1 + beta times as likely as the table's
/// distribution does. It bounds the gain of rare values, which t-closeness does not.
///
/// # Sources
/// J. Cao and P. Karras (2012), "Publishing microdata with a robust privacy guarantee", PVLDB 5(11).
#[derive(Debug, Clone, PartialEq)]
pub struct BetaLikeness {
    attribute: String,
    beta: f64,
    bound: BetaBound,
}

impl BetaLikeness {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "beta-likeness";
    /// The allowed shares of each value form an interval: two good classes make a good one, a good one
    /// and a bad one need not.
    pub const MONOTONICITY: Monotonicity = Monotonicity::WITHOUT_SUPPRESSION;

    /// The model with this bound.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a `beta` that is not a positive number.
    pub fn try_new(attribute: impl Into<String>, beta: f64, bound: BetaBound) -> Result<Self, PrivacyError> {
        let beta = checked::real("beta", beta, |beta| beta > 0.0, "it is a positive number")?;
        Ok(Self { attribute: attribute.into(), beta, bound })
    }

    /// The sensitive attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The bound on the relative gain.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// Whether frequent values are bounded more.
    pub fn bound(&self) -> BetaBound {
        self.bound
    }

    /// The largest relative gain of a class, and whether the bound of each value is kept.
    pub(super) fn gain(&self, table: &Distribution, class: &Histogram<'_>) -> (f64, bool) {
        let mut worst: (f64, bool) = (0.0, true);
        let (records, total) = (u128::from(class.records()), u128::from(table.total()));
        for (category, count) in class.counts() {
            let all = table.count(category);
            let (part, expected) = (u128::from(count) * total, u128::from(all) * records);
            if part <= expected {
                continue;
            }
            let gain = quotient(part - expected, expected);
            let allowed = match self.bound {
                BetaBound::Basic => self.beta,
                BetaBound::Enhanced => self.beta.min(quotient(total, u128::from(all)).ln()),
            };
            worst = (worst.0.max(gain), worst.1 && gain <= allowed);
        }
        worst
    }
}

impl fmt::Display for BetaLikeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = match self.bound {
            BetaBound::Basic => "basic",
            BetaBound::Enhanced => "enhanced",
        };
        write!(f, "{bound} beta-likeness of `{}` with beta = {}", self.attribute, self.beta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::histogram::Categories;
    use crate::model::histogram::tests::{attribute, tally};

    #[test]
    fn frequent_values_gain_less_when_enhanced() {
        let categories = Categories::of(&attribute(3));
        let table = Distribution::from_counts(categories, &tally(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 2]));
        let gain = |bound, class: &[u16]| {
            BetaLikeness::try_new("s", 1.0, bound).unwrap().gain(&table, &categories.histogram(&tally(class)))
        };
        // 0.7 to 1 is a gain of 3/7, more than -ln 0.7 = 0.357.
        let (level, holds) = gain(BetaBound::Basic, &[0, 0]);
        assert!((level - 3.0 / 7.0).abs() < 1e-12 && holds);
        assert!(!gain(BetaBound::Enhanced, &[0, 0]).1);
        // 0.2 to 0.4 doubles: a gain of exactly 1, which the bound allows.
        assert_eq!(gain(BetaBound::Enhanced, &[0, 0, 0, 1, 1]), (1.0, true));
        assert!(!gain(BetaBound::Basic, &[0, 0, 1, 1, 1]).1);
    }
}
