//! Questions with one answer per person.

use super::{Counted, Frame};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Base, Dimension, Estimate};
use crate::request::{Dim, Scope};
use ctdata_table::CountTable;
use std::collections::{BTreeMap, BTreeSet};

const VALUES: &str = "values";

/// Which classes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Those that a case anywhere in the table is in; the code list may have finer ones that the
    /// file cannot tell apart, of which a zero would be untrue.
    Used,
    /// Those that are not zero.
    Found,
    /// This one.
    Only(u32),
}

/// Shares of classes. `class` says in which one a person is, none if that is not known.
pub(crate) fn shares<C: IntoIterator<Item = Dimension>>(
    frame: &Frame<'_>,
    counted: &Counted<'_>,
    class: impl Fn(&[u16]) -> Option<u32>,
    coordinates: impl Fn(u32) -> C,
    listed: Listed,
) -> Result<Vec<Estimate>, IndicatorError> {
    let used: BTreeSet<u32> = match listed {
        Listed::Used => counted.cells().filter_map(|(_, _, key, _)| class(key)).collect(),
        Listed::Only(one) => BTreeSet::from([one]),
        Listed::Found => BTreeSet::new(),
    };
    let mut estimates = Vec::new();
    for slice in counted.slices() {
        let mut classes: BTreeMap<u32, u64> = used.iter().map(|&class| (class, 0)).collect();
        let (mut known, mut unknown) = (0, 0);
        for (key, count) in &slice.cells {
            match class(key) {
                Some(class) => {
                    known += count;
                    *classes.entry(class).or_default() += count;
                }
                None => unknown += count,
            }
        }
        if let Listed::Only(one) = listed {
            classes.retain(|&class, _| class == one);
        }
        let (base, unknown) = match frame.base {
            Some(Base::All) => (known + unknown, 0),
            _ => (known, unknown),
        };
        for (class, numerator) in classes {
            estimates.push(frame.share(counted, &slice.by, coordinates(class), [numerator, base, unknown])?);
        }
    }
    Ok(estimates)
}

/// The position of a value in one counted dimension; none for a kind of missing.
pub(crate) fn known(counted: &Counted<'_>, index: usize, position: u16) -> Option<u32> {
    let missing = counted.dimension(index).is_none_or(|dimension| dimension.is_missing(position));
    (!missing).then_some(u32::from(position))
}

/// The table of one dimension.
pub(crate) fn tables(frame: &Frame<'_>, scope: &Scope<'_>, dim: &Dim) -> Result<Vec<TableSpec>, IndicatorError> {
    Ok(vec![frame.spec(scope, &format!("{VALUES}-{}", dim.name()), [scope.variable(dim)?])?])
}

/// The shares of the values of one dimension, or of one value.
pub(crate) fn estimates(
    frame: &Frame<'_>,
    dim: &Dim,
    only: Option<&str>,
    tables: &[CountTable],
) -> Result<Vec<Estimate>, IndicatorError> {
    let counted = frame.table(tables, &format!("{VALUES}-{}", dim.name()), 1)?;
    let class = |key: &[u16]| known(&counted, 0, *key.first()?);
    let coordinate = |class: u32| [counted.counted(0, dim, u16::try_from(class).unwrap_or(u16::MAX))];
    let listed = match only {
        Some(code) => {
            let missing = || frame.refuse(format!("the file has no value `{code}` of `{}`", dim.name()));
            Listed::Only(counted.position(0, code).map(u32::from).ok_or_else(missing)?)
        }
        None => Listed::Used,
    };
    shares(frame, &counted, class, coordinate, listed)
}
