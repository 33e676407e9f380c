//! Outputs of all recoding mechanisms on random tables: honest ones are verified, sabotaged ones never, and
//! what the verifier counts is what brute force counts.

mod brute;
mod cases;
mod cells;
mod sabotage;
