//! Progress, cancellation, deadline and memory cap of long work.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::TableError;

/// How far a piece of work has come. Never holds a value from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, in a few words.
    pub stage: &'static str,
    /// Units done so far.
    pub done: u64,
    /// Units in all, where that is known.
    pub total: Option<u64>,
}

/// Why work stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum StopReason {
    /// The caller set the cancel flag.
    #[error("cancelled")]
    Cancelled,
    /// The caller's deadline has passed.
    #[error("the deadline has passed")]
    Deadline,
}

type Observer = dyn Fn(Progress) + Send + Sync;
type Reached = dyn Fn() -> bool + Send + Sync;

/// What the caller of long work wants to know and to limit. The default is silent and unlimited.
///
/// This crate reads no clock: a deadline is a function of the caller's that says whether it has
/// passed. Cloning shares everything.
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
/// use ctdata_table::{Control, StopReason};
/// let stop = Arc::new(AtomicBool::new(false));
/// let control = Control::default().with_cancel(Arc::clone(&stop));
/// assert_eq!(control.stopped(), None);
/// stop.store(true, Ordering::Relaxed);
/// assert_eq!(control.stopped(), Some(StopReason::Cancelled));
/// ```
#[derive(Clone, Default)]
pub struct Control {
    cancel: Option<Arc<AtomicBool>>,
    deadline: Option<Arc<Reached>>,
    observer: Option<Arc<Observer>>,
    memory_cap: Option<u64>,
}

impl Control {
    /// Stops soon after the flag is set.
    #[must_use]
    pub fn with_cancel(mut self, flag: Arc<AtomicBool>) -> Self {
        self.cancel = Some(flag);
        self
    }

    /// Stops soon after `reached` first answers true.
    #[must_use]
    pub fn with_deadline(mut self, reached: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.deadline = Some(Arc::new(reached));
        self
    }

    /// The same without a deadline: for what follows a search that ended at it.
    #[must_use]
    pub fn without_deadline(mut self) -> Self {
        self.deadline = None;
        self
    }

    /// Calls `observer` now and then, from any thread.
    #[must_use]
    pub fn with_progress(mut self, observer: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Refuses steps that would need more than this many bytes at once.
    #[must_use]
    pub fn with_memory_cap(mut self, bytes: u64) -> Self {
        self.memory_cap = Some(bytes);
        self
    }

    /// Why the work should stop, if it should.
    pub fn stopped(&self) -> Option<StopReason> {
        if self.cancel.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            return Some(StopReason::Cancelled);
        }
        self.deadline.as_ref().is_some_and(|reached| reached()).then_some(StopReason::Deadline)
    }

    /// Errs when the work should stop.
    ///
    /// # Errors
    /// [`TableError::Cancelled`].
    pub fn check(&self) -> Result<(), TableError> {
        self.stopped().map_or(Ok(()), |reason| Err(TableError::Cancelled(reason)))
    }

    /// Tells the observer, if there is one.
    pub fn report(&self, stage: &'static str, done: u64, total: Option<u64>) {
        if let Some(observer) = &self.observer {
            observer(Progress { stage, done, total });
        }
    }

    /// Errs when a step would need more bytes than the cap.
    ///
    /// # Errors
    /// [`TableError::MemoryCap`].
    pub fn reserve(&self, needed: u64) -> Result<(), TableError> {
        match self.memory_cap {
            Some(cap) if needed > cap => Err(TableError::MemoryCap { needed, cap }),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("stopped", &self.stopped())
            .field("observed", &self.observer.is_some())
            .field("memory_cap", &self.memory_cap)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn a_deadline_and_a_cap_are_the_callers() {
        let control = Control::default().with_deadline(|| true).with_memory_cap(10);
        assert!(matches!(control.check(), Err(TableError::Cancelled(StopReason::Deadline))));
        assert!(control.reserve(10).is_ok());
        assert!(matches!(control.reserve(11), Err(TableError::MemoryCap { needed: 11, cap: 10 })));
    }

    #[test]
    fn progress_reaches_the_observer() {
        let seen = Arc::new(AtomicU64::new(0));
        let sink = Arc::clone(&seen);
        let control = Control::default().with_progress(move |progress| sink.store(progress.done, Ordering::Relaxed));
        control.report("counting", 7, Some(9));
        assert_eq!(seen.load(Ordering::Relaxed), 7);
    }
}
