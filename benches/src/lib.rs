//! Inputs that the benches share, always the same: simulated cases in the 37-column layout, and invented people.

// The examples show them too.
mod counted;
#[path = "../../examples/src/people.rs"]
pub mod invented;

pub use counted::{linked_tables, two_way_table};

use ctdata::model::{CaseTable, Layout, Simulator, case_hierarchies, write_cases};
use ctdata::privacy::QuasiIdentifier;
use ctdata::table::{Control, Table};

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

/// A table and the attributes of it that have a hierarchy.
#[derive(Debug)]
pub struct Hierarchical {
    /// The table.
    pub table: Table,
    /// What an attacker may know, with its hierarchies.
    pub quasi: Vec<QuasiIdentifier>,
}

/// Cases with what somebody who looks for a person may know.
///
/// # Panics
/// If the simulator fails.
pub fn hierarchical_cases(rows: usize) -> Hierarchical {
    let known = [
        "year_of_registration",
        "gender",
        "age_band",
        "citizenship",
        "country_of_exploitation",
        "form_forced_labour",
        "form_sexual_exploitation",
    ];
    let quasi = known.iter().filter_map(|name| Some(QuasiIdentifier::new(*name, case_hierarchies().named(name)?)));
    Hierarchical { table: cases(rows).table().clone(), quasi: quasi.collect() }
}

/// People with nine attributes and hierarchies as high as those of the Adult census extract.
///
/// # Panics
/// If they cannot be made.
#[expect(clippy::expect_used, reason = "a bench without input has nothing to measure")]
pub fn people(rows: usize) -> Hierarchical {
    let (table, hierarchies) = invented::invented(rows).expect("the people are consistent");
    let quasi = hierarchies.into_iter().map(|(name, hierarchy)| QuasiIdentifier::new(name, hierarchy));
    Hierarchical { table, quasi: quasi.collect() }
}
