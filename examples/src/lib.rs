//! The code of the README, compiled.
