//! What a ledger shows, and the proof that something was paid.

use std::path::Path;

use super::chain::{Chain, Tail};
use super::file::{content_of, refused, regular};
use super::line::{EntryHash, LedgerEntry};
use crate::PrivacyError;
use crate::dp::{Budget, Delta, Epsilon, Rho, epsilon_of_rho};

/// What a data set may still spend.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Remaining {
    /// The rho that is left.
    pub rho: Rho,
    /// The epsilon that one further release could have at the delta that is left; none when nothing is left.
    /// Epsilons do not add: two halves of rho have more than half of the epsilon each.
    pub epsilon: Option<Epsilon>,
    /// The delta that is left.
    pub delta: Delta,
}

/// What stands in a ledger.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LedgerView {
    /// The data set.
    pub dataset: String,
    /// What all releases may spend together.
    pub budget: Budget,
    /// The rho that is spent.
    pub spent: Rho,
    /// The delta that mechanisms with a delta of their own have taken.
    pub spent_delta: f64,
    /// The epsilon of all releases together at the delta that is left to them; none if nothing is spent.
    pub spent_epsilon: Option<Epsilon>,
    /// What is left.
    pub remaining: Remaining,
    /// One entry per release, in order.
    pub entries: Vec<LedgerEntry>,
    /// Whether the file ends with the beginning of an entry, from which nothing was released.
    pub unfinished_entry: bool,
}

/// That something stands in a ledger: what a release keeps of the entry that paid for it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Receipt {
    /// The data set.
    pub dataset: String,
    /// The number of the entry.
    pub entry: u64,
    /// The rho that was paid.
    pub rho: Rho,
    /// The delta that was paid.
    pub delta: f64,
    /// The hash of the entry, which covers all before it.
    pub hash: EntryHash,
}

impl LedgerView {
    pub(super) fn of(chain: &Chain, tail: Tail) -> Result<Self, PrivacyError> {
        let (spent, spent_delta) = chain.spent();
        let remaining = remaining(chain)?;
        let spent_epsilon = if spent == Rho::ZERO { None } else { Some(epsilon_of_rho(spent, remaining.delta)?) };
        Ok(Self {
            dataset: chain.header.dataset.clone(),
            budget: chain.header.budget,
            spent,
            spent_delta,
            spent_epsilon,
            remaining,
            entries: chain.entries.clone(),
            unfinished_entry: matches!(tail, Tail::Torn(_)),
        })
    }

    /// Reads a ledger to show it. It may be open elsewhere.
    ///
    /// # Errors
    /// [`PrivacyError::Ledger`]: the file can not be read, is no ledger, or was changed.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, PrivacyError> {
        let path = path.as_ref();
        let opened = regular(path).and_then(|()| Ok(std::fs::File::open(path)?));
        let content = opened.and_then(|mut file| content_of(&mut file));
        let (chain, tail) = content.and_then(|content| Chain::read(&content)).map_err(|fault| refused(path, fault))?;
        Self::of(&chain, tail)
    }

    /// Whether the entry of a receipt stands here.
    pub fn holds(&self, receipt: &Receipt) -> bool {
        self.dataset == receipt.dataset && holds(&self.entries, receipt)
    }
}

pub(super) fn holds(entries: &[LedgerEntry], receipt: &Receipt) -> bool {
    let place = receipt.entry.checked_sub(1).and_then(|place| usize::try_from(place).ok());
    place.and_then(|place| entries.get(place)).is_some_and(|entry| {
        entry.hash == receipt.hash && entry.rho == receipt.rho && entry.delta.to_bits() == receipt.delta.to_bits()
    })
}

pub(super) fn remaining(chain: &Chain) -> Result<Remaining, PrivacyError> {
    // A chain within its budget has some delta and no negative rho left.
    let rho = chain.rho_left(0.0).unwrap_or(Rho::ZERO);
    let delta = chain.delta_left(0.0).unwrap_or(chain.header.budget.delta);
    let epsilon = if rho == Rho::ZERO { None } else { Some(epsilon_of_rho(rho, delta)?) };
    Ok(Remaining { rho, epsilon, delta })
}
