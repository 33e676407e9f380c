//! Categorical microdata and counting.
//!
//! A [`Table`] is a [`Schema`] and one column of small integers per attribute. Everything that can
//! be known of a column before a file is read is in its [`Attribute`]: the [`Domain`] of its values
//! and the kinds of [`Missing`] that its cells may have. Counting is one trait, [`CountSource`].
//!
//! This crate knows no subject, no privacy rule and no randomness.
//!
//! ```
//! use ctdata_table::{Attribute, AttributeSet, Cell, Control, CountSource, Domain, Missing, MissingKinds};
//! use ctdata_table::{Origin, Schema, TableBuilder};
//!
//! let gender = Domain::nominal(["female", "male"], Origin::Public)?;
//! let schema = Schema::try_new(vec![
//!     Attribute::new("gender", gender, MissingKinds::NOT_RECORDED),
//!     Attribute::flag("forced_labour"),
//! ])?;
//! let mut builder = TableBuilder::new(schema);
//! builder.push_row(&[Cell::Value(0), Cell::Value(1)])?;
//! builder.push_row(&[Cell::Value(0), Cell::Missing(Missing::NotRecorded)])?;
//! let table = builder.finish()?;
//!
//! let set = AttributeSet::named(table.schema(), &["gender", "forced_labour"])?;
//! let marginal = table.marginals(&[set], &Control::default())?.remove(0);
//! assert_eq!(marginal.get(&[0, 1]), 1); // female, yes
//! assert_eq!(marginal.get(&[0, 2]), 1); // female, not recorded: not "no"
//! # Ok::<(), ctdata_table::TableError>(())
//! ```
//!
//! # Map
//! | question | types |
//! |---|---|
//! | what are the columns? | [`Schema`], [`Attribute`], [`Group`], [`Domain`], [`Missing`], [`MissingKinds`] |
//! | what do they hold? | [`Table`], [`Column`], [`Cell`], [`Ids`], [`Weights`], [`TableBuilder`] |
//! | how do files become tables? | [`csv`] (feature `csv`), `parquet` and `arrow` (features of these names) |
//! | how many? | [`CountSource`], [`AttributeSet`], [`Marginal`], [`Classes`], [`BitmapIndex`], [`Combinations`], [`Combining`], [`tabulate`], [`tabulate_all`] |
//! | what do the crates above exchange? | [`Hierarchy`], [`Constraint`], [`Variable`], [`CountTable`], [`Control`] |
//!
//! # Limits
//! Up to 2^32 - 1 rows and 65,532 values per attribute in memory.
//!
//! # Features
//! `csv` and `serde` are on by default; `rayon` counts on all cores of the caller's pool with the
//! same results; `arrow` and `parquet` read and write these formats.

#[cfg(feature = "arrow")]
pub mod arrow;
mod builder;
mod column;
mod counts;
#[cfg(feature = "csv")]
pub mod csv;
mod domain;
mod error;
mod exchange;
mod ids;
mod missing;
#[cfg(feature = "parquet")]
pub mod parquet;
mod schema;
mod table;

pub use builder::{ColumnBuilder, TableBuilder};
pub use column::{CodeSlice, Column};
pub use counts::{
    AttributeSet, BitmapIndex, Classes, Combinations, Combining, CountSource, ItemRule, Marginal, Unit, tabulate,
    tabulate_all,
};
pub use domain::{Domain, DomainKind, MAX_VALUES, Origin};
pub use error::{Location, TableError, TextRule, nearest};
pub use exchange::{
    Category, Constraint, Control, CountTable, DateUnit, Dimension, Groups, Hierarchy, HierarchyMisses, HierarchyRule,
    Intervals, Level, Masking, Progress, ResolvedTerm, Side, StopReason, Term, Variable,
};
pub use ids::{Ids, Weights};
pub use missing::{Missing, MissingKinds, UnknownMissing};
pub use schema::{Attribute, Group, Schema};
pub use table::{Cell, MAX_ROWS, Table};
