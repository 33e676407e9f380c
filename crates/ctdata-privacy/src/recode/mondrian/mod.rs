//! Mondrian: local recoding by splitting the records, again and again, where they differ most.
//!
//! A region of records is split along one attribute if all parts satisfy the privacy models; what
//! cannot be split any more is released with the tightest labels that cover it. Attributes are tried by
//! normalized width, widest first: for numbers, dates and ordered values their range as a share of the
//! table's, for others the share of all leaves under the lowest common ancestor.
//!
//! - **Numbers, dates, ordered values** are cut at the median and labelled with the values at both ends
//!   (`17-25`); the hierarchy is used only for its open levels.
//! - **Other values** are split into the children of their lowest common ancestor and labelled with it.
//!   If nothing else can be split, children that satisfy the models are split off alone, and the others
//!   stay together under the ancestor.
//! - **Missing cells** are a category of their own: records are first split by which cells are missing,
//!   and why. Groups that fail the models as they are cannot be released and are dropped.
//! - **Open levels** of a [`QuasiIdentifier`] are kept to: labels are no finer than the lowest, and records
//!   that differ on the highest never share a region. A hierarchy of names without a single value on top
//!   therefore splits the records for good.
//!
//! Labels of one column may contain each other (`Asia` beside `Nepal`), in both modes.
//!
//! # Sources
//! K. LeFevre, D. J. DeWitt, R. Ramakrishnan (2006), "Mondrian Multidimensional K-Anonymity", ICDE:
//! strict and relaxed partitioning, the choice by normalized width, median splits. Keeping the children
//! that fail together, missing cells and models other than k-anonymity are this crate's.

mod axis;
mod judge;
mod labels;
mod partition;
#[cfg(test)]
mod tests;
mod ties;

use ctdata_table::{AttributeSet, Classes, Control, Table};

use self::axis::{Axis, Units};
use self::judge::Judging;
use self::labels::recoded_columns;
use self::partition::{Partitioner, Regions};
use super::{QuasiIdentifier, RecodedColumn};
use crate::PrivacyError;
use crate::quasi::check_distinct;
use crate::unit::Persons;

pub(crate) use self::judge::Judge;

/// What Mondrian does with records whose value is the median, where it cuts.
///
/// # Sources
/// K. LeFevre, D. J. DeWitt, R. Ramakrishnan (2006), "Mondrian Multidimensional K-Anonymity", ICDE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum MondrianMode {
    /// They stay together, so that regions do not overlap: records with the same values of all
    /// quasi-identifiers get the same labels. Many equal values make large regions.
    #[default]
    Strict,
    /// They are shared out, so that both halves are equally large and regions small. Regions may touch
    /// and overlap: `17-25` beside `25-30`, and records with the same values may get different labels.
    /// Who gets which does not follow any column, but is the same each time: it is decided by a hash of
    /// all that a record holds.
    Relaxed,
}

/// What Mondrian made of a table.
#[derive(Debug)]
pub(crate) struct MondrianOutcome {
    /// One column per quasi-identifier, in the order given.
    pub(crate) columns: Vec<RecodedColumn>,
    /// Regions that are released. A relaxed partition may have several with the same labels, which are
    /// one class of the release.
    #[cfg(test)]
    pub(crate) regions: u64,
    /// Rows of the input that cannot be released, ascending. Their codes in the columns mean nothing,
    /// except that cells that were missing are.
    pub(crate) dropped: Vec<u32>,
}

/// Recodes the quasi-identifiers so that each region of records satisfies the judge.
///
/// The outcome does not depend on the order of the rows: the labels of a record depend on the records
/// alone, and equal records are interchangeable. Time grows with records × quasi-identifiers × the
/// logarithm of records.
///
/// Classes of the release are unions of regions. Unions of classes that satisfy k-anonymity,
/// l-diversity or t-closeness satisfy it too; models for which this is not so need the strict mode, in
/// which classes and regions are the same. Population counts are not given to the judge.
///
/// # Errors
/// No quasi-identifier, one named twice or not in the table; a hierarchy whose leaves are not the
/// attribute's values; [`PrivacyError::NoSolution`] if there are records and all would be dropped; more
/// labels than a domain can have; a stop or memory cap of `control`.
pub(crate) fn mondrian<J: Judge + ?Sized>(
    table: &Table,
    quasi: &[QuasiIdentifier],
    judge: &J,
    persons: &Persons,
    mode: MondrianMode,
    control: &Control,
) -> Result<MondrianOutcome, PrivacyError> {
    if quasi.is_empty() {
        return Err(PrivacyError::NoQuasiIdentifiers);
    }
    let names: Vec<&str> = quasi.iter().map(QuasiIdentifier::name).collect();
    check_distinct(&names)?;
    let rows = table.rows() as u64;
    // Codes of the axes in and out, three lists of rows, and the sensitive columns.
    let columns = 4 * quasi.len() as u64 + 2 * judge.sensitive().len() as u64;
    control.reserve(rows * (columns + 16))?;

    let set = AttributeSet::named(table.schema(), &names)?;
    let classes = Classes::with_members(table, &set, control)?;
    let counts_suffice = judge.is_size_only() && !persons.repeat();
    let units = match mode {
        // Records with the same values are never parted, so that how many there are is enough.
        MondrianMode::Strict if counts_suffice => Units::of_classes(&classes),
        MondrianMode::Strict => Units::of_rows(table.rows(), Vec::new()),
        MondrianMode::Relaxed => Units::of_rows(table.rows(), ties::order(table, &classes)),
    };
    let axes = quasi.iter().map(|quasi| Axis::new(table, quasi, &units)).collect::<Result<Vec<_>, _>>()?;
    let judging = Judging::new(table, judge, persons);
    let regions = Partitioner::new(&axes, &units, judging, mode).run(control)?;

    let region_of_row = region_of_rows(&regions, &classes, &units, table.rows());
    let dropped: Vec<u32> =
        (0u32..).zip(&region_of_row).filter(|(_, region)| region.is_none()).map(|(row, _)| row).collect();
    if rows > 0 && dropped.len() as u64 == rows {
        let required = judge.least_class_size();
        return Err(PrivacyError::NoSolution { model: "Mondrian, classes", required, records: rows });
    }
    let columns = recoded_columns(table, quasi, &axes, &regions, &region_of_row)?;
    Ok(MondrianOutcome {
        columns,
        #[cfg(test)]
        regions: regions.count() as u64,
        dropped,
    })
}

/// The region of each row; none where it is dropped.
fn region_of_rows(regions: &Regions, classes: &Classes, units: &Units, rows: usize) -> Vec<Option<u32>> {
    let of_unit = |unit: u32| regions.of_unit(unit);
    if units.are_rows() {
        return (0u32..).take(rows).map(of_unit).collect();
    }
    classes.class_of_row().iter().map(|&class| of_unit(class)).collect()
}
