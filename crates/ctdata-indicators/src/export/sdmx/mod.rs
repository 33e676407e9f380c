//! The data structure of the SDG indicators in SDMX, as data with a version: components and code lists.
//!
//! The series stand in [`sdg::SERIES`](crate::sdg::SERIES).
//!
//! Nothing here is frozen in an enum: the structure is revised every year. Each entry says whether it was
//! [seen](Standing::Seen) in a public source or [inferred](Standing::Inferred) from general code lists; compare the
//! inferred ones with the structure of the day before submitting.
//!
//! # Sources
//! IAEG-SDGs, *SDG Harmonized Global Dataflow*, `DF_SDG_GLH` 1.24: the header of its CSV as served by the UN data API.
//! Dimensions in the same order: Open SDG, sdg-build, request to that API. SDMX, code lists `CL_OBS_STATUS`, `CL_SEX`,
//! `CL_AGE`, `CL_FREQ`. Series of 16.2.2: public scripts that list the series of the SDG database; a national file
//! with `VC_HTF_DETV` in `NUMBER` and `VC_HTF_DETVR` in `PER_100000_POP`.

mod codes;
mod structure;

pub use codes::{AGE, CODE_LISTS, Code, CodeList, NATURE, OBS_STATUS, REPORTING_TYPE, SEX, UNIT_MEASURE, age_code};
pub use structure::{ATTRIBUTES, Component, DATAFLOW, DIMENSIONS, MEASURE, STRUCTURE_VERSION, TIME};

pub use crate::sdg::Standing;
