//! How long something takes, and how much memory.

use std::error::Error;
use std::time::{Duration, Instant};

/// The times of several runs.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// The fastest run: what the work takes when nothing disturbs it.
    pub least: Duration,
    /// The run in the middle.
    pub median: Duration,
}

/// Runs a closure several times and hands back its last answer.
///
/// Time is that of the processor in this thread where Linux tells it, which other programs do not lengthen
/// much; else time passed.
///
/// # Errors
/// Those of the closure.
pub fn measure<T>(
    runs: usize,
    mut run: impl FnMut() -> Result<T, Box<dyn Error>>,
) -> Result<(Times, T), Box<dyn Error>> {
    let mut times = Vec::new();
    let mut answer = None;
    for _ in 0..runs.max(1) {
        // What the last run made is not freed while this one is timed.
        drop(answer.take());
        let start = Clock::now();
        let made = run()?;
        times.push(start.elapsed());
        answer = Some(made);
    }
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    let times = Times { least: at(0), median: at(times.len() / 2) };
    answer.map(|answer| (times, answer)).ok_or_else(|| "nothing was run".into())
}

/// A moment.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    passed: Instant,
    processor: Option<Duration>,
}

impl Clock {
    /// This one.
    pub fn now() -> Self {
        Self { passed: Instant::now(), processor: processor_time() }
    }

    /// The time since.
    pub fn elapsed(self) -> Duration {
        let now = Self::now();
        match (now.processor, self.processor) {
            (Some(now), Some(then)) => now.saturating_sub(then),
            _ => now.passed.saturating_duration_since(self.passed),
        }
    }
}

/// What this thread has used of a processor, where Linux tells it.
fn processor_time() -> Option<Duration> {
    // The figure is brought up to date when a thread offers its turn.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Begins to watch the memory of this process anew, where Linux can do it.
pub fn forget_peak() {
    // Where it cannot, the peak is that since the start.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that this process has had since [`forget_peak`], in bytes, where Linux tells it.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
