#![doc = include_str!("format.md")]

mod apply;
mod cells;
mod csv;
mod dates;
mod draft;
#[cfg(feature = "xlsx")]
mod excel;
mod file;
mod holds;
mod map;
mod synonyms;
mod unmapped;

#[cfg(test)]
mod tests;

pub(crate) use apply::MappedRows;
pub use csv::{read_mapped, read_mapped_csv};
pub use draft::{DraftColumn, Likeness, MapDraft, draft_csv};
#[cfg(feature = "xlsx")]
pub use excel::{draft_excel, read_mapped_excel};
pub use map::Mapping;
pub use unmapped::UnmappedColumn;
