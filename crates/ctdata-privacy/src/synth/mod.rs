//! Synthetic records: from rare-proof combinations of real ones, or from noisy counts.

mod graphical;
pub(crate) mod consistency;
