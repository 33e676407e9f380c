//! Inputs that the benches share: simulated cases in the 37-column layout, always the same.

use ctdata::model::{CaseTable, Layout, Simulator, write_cases};
use ctdata::table::Control;

/// Sizes in rows.
pub const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// Cases in the layout of the 2021 synthetic release, of which 30 columns are flags.
///
/// # Panics
/// If the layout is gone or the simulator fails: there is nothing to measure then.
#[expect(clippy::expect_used, reason = "a bench without input has nothing to measure")]
pub fn cases(rows: usize) -> CaseTable {
    let layout = Layout::named("ctdc-synthetic-2021").expect("the layout exists");
    Simulator::new(1).cases(layout, rows).expect("the simulator makes cases")
}

/// The same cases as a file.
///
/// # Panics
/// If the cases cannot be written.
#[expect(clippy::expect_used, reason = "a bench without input has nothing to measure")]
pub fn file(rows: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_cases(&cases(rows), &mut bytes, &Control::default()).expect("memory takes everything");
    bytes
}
