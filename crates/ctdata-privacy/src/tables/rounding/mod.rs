//! Rounding of counts to multiples of a base: by chance, to the nearest, or so that figures add up.

mod controlled;
mod random;

pub use controlled::{ControlledRounding, ControlledRoundingOptions, round_controlled};
pub use random::{RandomRounding, round_down, round_nearest};
