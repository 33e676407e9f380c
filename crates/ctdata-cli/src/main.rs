//! The command line of ctdata.
fn main() {}
