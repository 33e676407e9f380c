//! From what a mechanism proposes to an output that can be verified.

mod output;

pub(crate) use output::assemble;
