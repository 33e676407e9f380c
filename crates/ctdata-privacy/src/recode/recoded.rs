//! What is recoded, and what a recoded value stands for.

use ctdata_table::{Attribute, Column, Hierarchy, Missing};

use crate::PrivacyError;

/// An attribute that an attacker may know, and how far it may be generalized.
///
/// ```
/// use ctdata_privacy::QuasiIdentifier;
/// use ctdata_table::{Domain, Hierarchy, Origin};
/// let gender = Domain::nominal(["female", "male"], Origin::Public)?;
/// let gender = QuasiIdentifier::new("gender", Hierarchy::of(gender).with_top("any")?).with_weight(2.0)?;
/// assert_eq!(gender.levels(), 0..=1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct QuasiIdentifier {
    name: String,
    hierarchy: Hierarchy,
    weight: f64,
    lowest: usize,
    highest: usize,
}

impl QuasiIdentifier {
    /// An attribute with its hierarchy, all levels of it open, weight 1.
    pub fn new(name: impl Into<String>, hierarchy: Hierarchy) -> Self {
        let highest = hierarchy.height();
        Self { name: name.into(), hierarchy, weight: 1.0, lowest: 0, highest }
    }

    /// The same with another weight in the metrics that know weights.
    ///
    /// # Errors
    /// A weight that is not a positive finite number.
    pub fn with_weight(mut self, weight: f64) -> Result<Self, PrivacyError> {
        if !weight.is_finite() || weight <= 0.0 {
            let rule = format!("that of `{}` is a positive number", self.name);
            return Err(PrivacyError::InvalidParameter { parameter: "weight", rule });
        }
        self.weight = weight;
        Ok(self)
    }

    /// The same with only these levels open to a search.
    ///
    /// # Errors
    /// An empty range, or one past the top of the hierarchy.
    pub fn with_levels(mut self, levels: std::ops::RangeInclusive<usize>) -> Result<Self, PrivacyError> {
        if levels.is_empty() || *levels.end() > self.hierarchy.height() {
            let rule = format!("those of `{}` go from 0 to {}", self.name, self.hierarchy.height());
            return Err(PrivacyError::InvalidParameter { parameter: "levels", rule });
        }
        (self.lowest, self.highest) = levels.into_inner();
        Ok(self)
    }

    /// The attribute's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its hierarchy.
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// Its weight in the metrics that know weights; 1 unless set.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// The levels that a search may choose.
    pub fn levels(&self) -> std::ops::RangeInclusive<usize> {
        self.lowest..=self.highest
    }
}

/// What a released code of a recoded column stands for, in the codes of its input column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Meaning {
    /// The leaves under a value of a level of the hierarchy; level 0 is the value itself.
    Node { level: usize, code: u16 },
    /// The values from one code to another, both included.
    Interval { first: u16, last: u16 },
    /// A kind of missing.
    Missing(Missing),
}

/// A recoded column: one code per *input* row (rows that are dropped later included).
#[derive(Debug, Clone)]
pub(crate) struct RecodedColumn {
    pub(crate) attribute: Attribute,
    pub(crate) column: Column,
    /// For each value code of `attribute`, what it stands for.
    pub(crate) meanings: Vec<Meaning>,
}
