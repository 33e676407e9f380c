//! What one differentially private release promises, and what it was paid with.

use std::path::{Path, PathBuf};

use crate::dp::{Allowance, Budget, Ledger, LedgerView, NoiseSource, Reservation, rho_of_epsilon};
use crate::{PrivacyError, PrivacyUnit};

/// The guarantee that one release is to have, and the allowance that pays for it.
///
/// It is consumed by the synthesizer that spends it. The dataset of a ledger is a name: that the table is one of it, is
/// for the caller to see to.
///
/// ```
/// use ctdata_privacy::dp::{Budget, Delta, Epsilon, Payment};
/// use ctdata_privacy::PrivacyUnit;
/// let budget = Budget { epsilon: Epsilon::try_new(1.0)?, delta: Delta::try_new(1e-9)? };
/// let payment = Payment::without_ledger(budget, PrivacyUnit::Record, 1)?;
/// assert!((payment.allowance().total().to_f64() - 0.014_973).abs() < 1e-6);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Debug)]
pub struct Payment {
    pub(crate) budget: Budget,
    pub(crate) unit: PrivacyUnit,
    pub(crate) allowance: Allowance,
    pub(crate) ledger: Option<LedgerOfPayment>,
}

/// The ledger that a payment comes from.
#[derive(Debug)]
pub(crate) struct LedgerOfPayment {
    pub(crate) path: PathBuf,
    pub(crate) budget: Budget,
    /// Whether it says that the noise comes from a seed.
    pub(crate) repeatable: bool,
}

/// What a release is called in its ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseNote {
    /// What for: 1 to 200 characters in one line, which do not depend on confidential data.
    pub purpose: String,
    /// When, in the caller's words; this library reads no clock.
    pub at: Option<String>,
}

impl Payment {
    /// Takes the budget of a release from the ledger of its dataset: what is written there stays spent, whatever
    /// becomes of the release. One person has at most `records_per_person` records in it; the noise must come
    /// from `source`, which the ledger keeps a note of.
    ///
    /// # Errors
    /// [`PrivacyError::BudgetExceeded`] where less is left: nothing is spent then. A ledger that cannot be
    /// written.
    pub fn from_ledger(
        ledger: &mut Ledger,
        budget: Budget,
        (unit, records_per_person): (PrivacyUnit, u32),
        source: &NoiseSource,
        note: ReleaseNote,
    ) -> Result<Self, PrivacyError> {
        let rho = rho_of_epsilon(budget.epsilon, budget.delta)?;
        let allowance = ledger.reserve(Reservation {
            purpose: note.purpose,
            rho,
            delta: 0.0,
            unit,
            records_per_person,
            repeatable: source.is_repeatable(),
            at: note.at,
        })?;
        let ledger = Some(LedgerOfPayment {
            path: ledger.path().to_owned(),
            budget: ledger.budget(),
            repeatable: source.is_repeatable(),
        });
        Ok(Self { budget, unit, allowance, ledger })
    }

    /// The budget of a release that no ledger knows of: for trials, or where a ledger is kept elsewhere. The
    /// statement says that there was none.
    ///
    /// # Errors
    /// A budget that is too large to protect anybody.
    pub fn without_ledger(budget: Budget, unit: PrivacyUnit, records_per_person: u32) -> Result<Self, PrivacyError> {
        let rho = rho_of_epsilon(budget.epsilon, budget.delta)?;
        Ok(Self { budget, unit, allowance: Allowance::without_ledger(rho, records_per_person), ledger: None })
    }

    /// The guarantee that the release is to have.
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// What may be spent, and what of it is spent.
    pub fn allowance(&self) -> &Allowance {
        &self.allowance
    }

    /// The ledger that it was paid from.
    pub fn ledger(&self) -> Option<&Path> {
        self.ledger.as_ref().map(|ledger| ledger.path.as_path())
    }

    /// Whether what was paid stands in the ledger, by reading it again; true where there is none.
    pub(crate) fn stands(&self) -> Result<bool, PrivacyError> {
        match (&self.ledger, self.allowance.receipt()) {
            (Some(ledger), Some(receipt)) => Ok(LedgerView::read(&ledger.path)?.holds(receipt)),
            (None, None) => Ok(true),
            _ => Ok(false),
        }
    }
}
