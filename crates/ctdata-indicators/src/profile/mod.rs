//! Profile shares: who the identified persons are and how they were trafficked.
//!
//! Everything happens on tables of counts, so that a figure can be computed from case records or
//! from protected tables alike. A table has the filters first, then the breakdown, then what is
//! counted; of each filter, the first category is the one let through.

pub(crate) mod child;
pub(crate) mod completeness;
pub(crate) mod exclusive;
mod frame;
pub(crate) mod group;
mod notes;

pub(crate) use frame::{Counted, Frame};
