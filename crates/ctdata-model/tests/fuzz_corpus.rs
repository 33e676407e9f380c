//! Replays the corpus of the fuzz targets on stable Rust.
#![cfg(feature = "csv")]
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "../../../fuzz/src/exercise.rs"]
mod exercise;

use std::fs;
use std::path::Path;

fn replay(target: &str, exercise: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut inputs: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    assert!(inputs.len() >= 5, "{target} has too few inputs");
    for input in inputs {
        exercise(&fs::read(input).unwrap());
    }
}

#[test]
fn csv_corpus() {
    replay("csv", exercise::csv);
}

#[test]
fn hierarchy_corpus() {
    replay("hierarchy", exercise::hierarchy);
}

#[test]
fn case_corpus() {
    replay("cases", exercise::cases);
}

#[test]
fn code_corpus() {
    replay("codes", exercise::codes);
}
