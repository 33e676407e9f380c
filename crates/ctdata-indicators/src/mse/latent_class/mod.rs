//! Latent classes: persons of unknown kinds, each kind with its own chances to be on the lists.

mod kernel;
mod params;
mod result;
#[cfg(test)]
mod tests;

pub use params::{LatentClassBuilder, LatentClassModel};
pub use result::LatentClass;
