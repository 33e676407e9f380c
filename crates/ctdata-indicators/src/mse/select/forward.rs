//! The walk upwards from main effects, one interaction of two lists at a time.

use super::score::{Score, Scorer};
use super::{pairs, starts, with};
use crate::mse::error::MseError;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::Status;

/// A pair of lists that enters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<T> {
    pub(super) pair: ListSet,
    /// What let it in.
    pub(super) test: T,
    /// What the model gives with it.
    pub(super) score: Score,
}

/// Where a walk stands.
#[derive(Debug)]
pub(super) struct Walk<'a, 's> {
    /// What it has fitted last is the model so far when the next pair is looked for.
    pub(super) scorer: &'a mut Scorer<'s>,
    /// What the model so far gives.
    pub(super) score: Score,
    terms: Vec<ListSet>,
    larger: Vec<ListSet>,
}

impl Walk<'_, '_> {
    /// The pairs that have not entered, in the order 12, 13, …, 23, ….
    pub(super) fn out(&self) -> impl Iterator<Item = ListSet> {
        // The interaction of two lists alone is of all lists.
        let lists = if self.scorer.sample().lists() > 2 { self.scorer.sample().lists() } else { 0 };
        pairs(lists).filter(|pair| self.terms.binary_search(pair).is_err())
    }

    /// The parameters of the model so far.
    pub(super) fn parameters(&self) -> usize {
        1 + self.scorer.sample().lists() + self.terms.len()
    }

    /// What the model gives with one pair more.
    ///
    /// # Errors
    /// Why it has no estimate.
    pub(super) fn score_with(&mut self, pair: ListSet) -> Result<Score, Status> {
        with(&self.terms, pair, &mut self.larger);
        self.scorer.score(&self.larger)
    }
}

/// Walks as long as `next` finds a pair that may enter, whose model it fits last; tells `record` each. The interactions
/// of the model reached and what it gives, or why even main effects have no estimate.
///
/// # Errors
/// Those of `next`: when cancelled.
pub(super) fn forward<'s, T>(
    scorer: &mut Scorer<'s>,
    mut next: impl FnMut(&mut Walk<'_, 's>) -> Result<Option<Entry<T>>, MseError>,
    mut record: impl FnMut(&Entry<T>),
) -> Result<Result<(Vec<ListSet>, Score), Status>, MseError> {
    let score = match starts::independence(scorer) {
        Ok(score) => score,
        Err(status) => return Ok(Err(status)),
    };
    let mut walk = Walk { scorer, score, terms: Vec::new(), larger: Vec::new() };
    while let Some(entry) = next(&mut walk)? {
        record(&entry);
        with(&walk.terms, entry.pair, &mut walk.larger);
        std::mem::swap(&mut walk.terms, &mut walk.larger);
        walk.score = entry.score;
    }
    Ok(Ok((walk.terms, walk.score)))
}

/// # Errors
/// [`MseError::Option`] unless the value lies between 0 and 1.
pub(super) fn checked_p_value(option: &'static str, value: f64) -> Result<f64, MseError> {
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(MseError::Option { option, rule: "a p-value lies between 0 and 1" })
    }
}
