//! Synthetic records: from rare-proof combinations of real ones, or from noisy counts.

pub(crate) mod consistency;
