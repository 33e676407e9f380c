//! Outputs of all recoding mechanisms on random tables: honest ones are verified, sabotaged ones never, and
//! what the verifier counts is what brute force counts.
#![expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers of tests")]

mod brute;
mod cases;
mod cells;
mod sabotage;
