//! A clock of the caller's: no library here reads one.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Tells how much time has passed since any fixed moment; only differences count.
///
/// ```
/// use std::time::Instant;
/// use ctdata_publish::Clock;
/// let start = Instant::now();
/// let clock = Clock::new(move || start.elapsed());
/// assert!(clock.elapsed() <= clock.elapsed());
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    /// The clock that a function reads.
    pub fn new(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(elapsed))
    }

    /// What it shows.
    pub fn elapsed(&self) -> Duration {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
