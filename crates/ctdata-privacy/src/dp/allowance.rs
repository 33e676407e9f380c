//! What one release may spend, and the charges that are taken from it.

use crate::PrivacyError;
use crate::dp::Rho;

/// What was spent on one thing.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Expense {
    /// What for, in a few words that do not depend on the data.
    pub purpose: String,
    /// How much, for all records of one person.
    pub rho: Rho,
}

/// What one release may spend, already written off in the ledger it comes from.
///
/// It can be neither copied nor made larger. What is not taken from it stays spent in the ledger.
#[derive(Debug)]
pub struct Allowance {
    total: Rho,
    left: Rho,
    records_per_person: u32,
    expenses: Vec<Expense>,
}

impl Allowance {
    /// An allowance that no ledger knows of: for trials and tests, or where a ledger is kept elsewhere.
    /// One person has at most `records_per_person` records in what is measured (1 at least).
    pub fn without_ledger(total: Rho, records_per_person: u32) -> Self {
        Self { total, left: total, records_per_person: records_per_person.max(1), expenses: Vec::new() }
    }

    /// All of it.
    pub fn total(&self) -> Rho {
        self.total
    }

    /// What is left to take.
    pub fn left(&self) -> Rho {
        self.left
    }

    /// How many records one person has at most.
    pub fn records_per_person(&self) -> u32 {
        self.records_per_person
    }

    /// What was taken, in order.
    pub fn expenses(&self) -> &[Expense] {
        &self.expenses
    }

    /// Takes a charge for one mechanism. `purpose` is published: it may not depend on the data, unless
    /// through something that was released before.
    ///
    /// # Errors
    /// [`PrivacyError::Overdrawn`] where less is left.
    pub fn charge(&mut self, purpose: impl Into<String>, rho: Rho) -> Result<Charge, PrivacyError> {
        let Some(left) = self.left.minus(rho) else {
            return Err(PrivacyError::Overdrawn { asked: rho, left: self.left });
        };
        self.left = left;
        self.expenses.push(Expense { purpose: purpose.into(), rho });
        Ok(Charge { rho, records_per_person: self.records_per_person })
    }
}

/// The right to one draw of noise, consumed by the mechanism that makes it.
///
/// It is counted for all records of a person: mechanisms are written for one record per person, and
/// the noise that a charge buys is larger by the number of records that a person may have.
#[derive(Debug)]
#[must_use = "it is spent already"]
pub struct Charge {
    rho: Rho,
    records_per_person: u32,
}

impl Charge {
    /// What was paid, for all records of a person.
    pub fn rho(&self) -> Rho {
        self.rho
    }

    /// How many records one person has at most.
    pub fn records_per_person(&self) -> u32 {
        self.records_per_person
    }
}
