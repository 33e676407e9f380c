//! Pages to read.

#[doc = include_str!("../docs/glossary.md")]
pub mod glossary {}

#[cfg(feature = "publish")]
#[doc = include_str!("../docs/from_pandas.md")]
pub mod from_pandas {}
