//! What one release may spend, and the charges that are taken from it.

use crate::PrivacyError;
use crate::dp::{Delta, Receipt, Rho};

/// What was spent on one thing.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Expense {
    /// What for, in a few words that do not depend on the data.
    pub purpose: String,
    /// How much, for all records of one person.
    pub rho: Rho,
    /// The delta of the thing itself; 0 for most.
    pub delta: f64,
}

/// What one release may spend, already written off in the ledger it comes from.
///
/// It can be neither copied nor made larger. What is not taken from it stays spent in the ledger.
#[derive(Debug)]
pub struct Allowance {
    total: Rho,
    left: Rho,
    delta_left: f64,
    records_per_person: u32,
    expenses: Vec<Expense>,
    receipt: Option<Receipt>,
}

impl Allowance {
    /// An allowance that no ledger knows of: for trials and tests, or where a ledger is kept elsewhere.
    /// One person has at most `records_per_person` records in what is measured (1 at least).
    pub fn without_ledger(total: Rho, records_per_person: u32) -> Self {
        Self::without_ledger_with_delta(total, 0.0, records_per_person)
    }

    /// As [`without_ledger`](Self::without_ledger), for mechanisms with a delta of their own; a delta that is not
    /// from 0 to below 1 is none.
    pub fn without_ledger_with_delta(total: Rho, delta: f64, records_per_person: u32) -> Self {
        let delta_left = if (0.0..1.0).contains(&delta) { delta } else { 0.0 };
        let records_per_person = records_per_person.max(1);
        Self { total, left: total, delta_left, records_per_person, expenses: Vec::new(), receipt: None }
    }

    /// What a ledger has written off.
    pub(super) fn from_ledger(receipt: Receipt, records_per_person: u32) -> Self {
        let (total, delta_left) = (receipt.rho, receipt.delta);
        Self { total, left: total, delta_left, records_per_person, expenses: Vec::new(), receipt: Some(receipt) }
    }

    /// The proof that it was written off; none without a ledger.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_ref()
    }

    /// All of it.
    pub fn total(&self) -> Rho {
        self.total
    }

    /// What is left to take.
    pub fn left(&self) -> Rho {
        self.left
    }

    /// The delta that is left for mechanisms with a delta of their own.
    pub fn delta_left(&self) -> f64 {
        self.delta_left
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
        self.expenses.push(Expense { purpose: purpose.into(), rho, delta: 0.0 });
        Ok(Charge { rho, records_per_person: self.records_per_person })
    }

    /// Takes the delta of a mechanism that has one of its own, such as a histogram over an unknown domain.
    ///
    /// # Errors
    /// [`PrivacyError::DeltaOverdrawn`] where less is left.
    pub fn charge_delta(&mut self, purpose: impl Into<String>, delta: Delta) -> Result<DeltaCharge, PrivacyError> {
        let rest = self.delta_left - delta.get();
        if rest < 0.0 {
            return Err(PrivacyError::DeltaOverdrawn { asked: delta.get(), left: self.delta_left });
        }
        // Rounded down, so that no sum of charges is above what was written off.
        self.delta_left = if rest > 0.0 { rest.next_down() } else { 0.0 };
        self.expenses.push(Expense { purpose: purpose.into(), rho: Rho::ZERO, delta: delta.get() });
        Ok(DeltaCharge(delta))
    }
}

/// The right to fail to protect with this probability, consumed by the mechanism that needs it.
#[derive(Debug)]
#[must_use = "it is spent already"]
pub struct DeltaCharge(Delta);

impl DeltaCharge {
    /// The probability, for the one mechanism that uses it.
    pub fn spend(self) -> Delta {
        self.0
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
