//! Profile shares: who the identified persons are and how they were trafficked.
//!
//! Everything happens on tables of counts, so that a figure can be computed from case records or
//! from protected tables alike. A table has the filters first, then the breakdown, then what is
//! counted; of each filter, the first category is the one let through.

pub(crate) mod child;
pub(crate) mod completeness;
mod counted;
pub(crate) mod exclusive;
mod frame;
pub(crate) mod group;
mod notes;
pub(crate) mod outside;
pub(crate) mod quartiles;
mod sheet;
mod tally;

pub(crate) use counted::{Counted, Entry, Listed, Slice, Tables};
pub(crate) use frame::Frame;
pub(crate) use sheet::Sheet;
pub(crate) use tally::{Sum, Tally};
