//! t-closeness.

use std::fmt;

use ctdata_table::Hierarchy;

use super::{Monotonicity, checked};
use crate::PrivacyError;

/// How far apart two values of a sensitive attribute are, from 0 to 1.
///
/// "Not applicable" and blank (all other kinds of missing together) are no values of a scale or tree.
/// They are at distance 1 from each other and, for [`Equal`](Self::Equal) and
/// [`Hierarchical`](Self::Hierarchical), from every value. For [`Ordered`](Self::Ordered) they are
/// half a scale from its middle: at distance 1/2 from the middle value and 1 from both ends.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SensitiveDistance {
    /// 1 between any two values.
    Equal,
    /// Steps between the values in the order of the domain, divided by the number of values less one.
    /// For ordered, numeric and date domains.
    Ordered,
    /// The level on which two values meet in this tree, divided by its height. Where the top level has
    /// several values, a root above them is understood.
    Hierarchical(Hierarchy),
}

impl SensitiveDistance {
    /// The wire code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Ordered => "ordered",
            Self::Hierarchical(_) => "hierarchical",
        }
    }
}

/// In every class, the distribution of a sensitive attribute is at most t away from that of the table.
///
/// The distance is the earth mover's: the least average distance over which records must be moved to
/// turn one distribution into the other. The table's distribution counts all records of the input,
/// those that are suppressed later included.
///
/// ```
/// use ctdata_privacy::{SensitiveDistance, TCloseness};
/// let model = TCloseness::try_new("duration", 0.2, SensitiveDistance::Ordered)?;
/// assert_eq!(model.to_string(), "t-closeness of `duration` with t = 0.2 (ordered distance)");
/// assert!(TCloseness::try_new("duration", 1.2, SensitiveDistance::Equal).is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// Who finds a person's class learns of the sensitive attribute little more than the table's
/// distribution tells of everybody. That distribution itself is taken as public. A rare value may
/// still become many times as likely in a class, if it stays rare: see
/// [`BetaLikeness`](super::BetaLikeness) and [`DeltaDisclosure`](super::DeltaDisclosure).
///
/// # Sources
/// N. Li, T. Li and S. Venkatasubramanian (2007), "t-closeness: privacy beyond k-anonymity and
/// l-diversity", ICDE (equal, ordered and hierarchical ground distance).
#[derive(Debug, Clone, PartialEq)]
pub struct TCloseness {
    attribute: String,
    t: f64,
    distance: SensitiveDistance,
}

impl TCloseness {
    /// The model's name in reports and plans.
    pub const NAME: &'static str = "t-closeness";
    /// The distance is convex: two good classes make a good one, a good one and a bad one need not.
    pub const MONOTONICITY: Monotonicity = Monotonicity::WITHOUT_SUPPRESSION;

    /// The model with this threshold and distance.
    ///
    /// # Errors
    /// [`PrivacyError::InvalidParameter`] for a `t` that is not from 0 to 1.
    pub fn try_new(attribute: impl Into<String>, t: f64, distance: SensitiveDistance) -> Result<Self, PrivacyError> {
        Ok(Self { attribute: attribute.into(), t: checked::share("t", t)?, distance })
    }

    /// The sensitive attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The largest distance allowed.
    pub fn t(&self) -> f64 {
        self.t
    }

    /// The distance between values.
    pub fn distance(&self) -> &SensitiveDistance {
        &self.distance
    }
}

impl fmt::Display for TCloseness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t-closeness of `{}` with t = {} ({} distance)", self.attribute, self.t, self.distance.code())
    }
}
