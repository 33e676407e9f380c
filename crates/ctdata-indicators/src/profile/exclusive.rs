//! Questions with one answer per person.

use super::{Frame, Sheet, Tables, Tally};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Base, Dimension};
use crate::request::{Dim, Scope};
use std::collections::BTreeSet;

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
pub(crate) fn shares<T: Tally, C: IntoIterator<Item = Dimension>>(
    sheet: &Sheet<'_, '_, '_>,
    class: impl Fn(&[u16]) -> Option<u32>,
    coordinates: impl Fn(u32) -> C,
    listed: Listed,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let used: BTreeSet<u32> = match listed {
        Listed::Used => sheet.counted.cells().filter_map(|(_, _, key, _)| class(key)).collect(),
        Listed::Only(one) => BTreeSet::from([one]),
        Listed::Found => BTreeSet::new(),
    };
    let empty: Vec<(u32, T)> = used.into_iter().map(|class| (class, T::default())).collect();
    let mut figures = Vec::new();
    for slice in sheet.counted.selected().slices().filter(|slice| sheet.covers(slice.by)) {
        let mut classes = empty.clone();
        let (mut known, mut unknown) = (T::default(), T::default());
        for cell in slice.cells {
            let Some(class) = class(cell.counted) else {
                unknown.add(cell);
                continue;
            };
            known.add(cell);
            match classes.binary_search_by_key(&class, |(class, _)| *class) {
                Ok(found) => classes.get_mut(found).into_iter().for_each(|(_, sum)| sum.add(cell)),
                Err(place) if listed == Listed::Found && cell.count > 0 => {
                    let mut sum = T::default();
                    sum.add(cell);
                    classes.insert(place, (class, sum));
                }
                Err(_) => {}
            }
        }
        if sheet.frame.base == Some(Base::All) {
            known.join(&std::mem::take(&mut unknown));
        }
        for (class, numerator) in classes {
            figures.push(sheet.share(slice.by, coordinates(class), [&numerator, &known, &unknown])?);
        }
    }
    Ok(figures)
}

/// The position in one counted dimension whose `answers` are given; none for a kind of missing.
pub(crate) fn known(answers: &[bool], position: Option<&u16>) -> Option<u32> {
    let &position = position?;
    answers.get(usize::from(position)).is_some_and(|&answer| answer).then_some(position.into())
}

/// The table of one dimension.
pub(crate) fn tables(frame: &Frame<'_>, scope: &Scope<'_>, dim: &Dim) -> Result<Vec<TableSpec>, IndicatorError> {
    Ok(vec![frame.spec(scope, &format!("{VALUES}-{}", dim.name()), [scope.variable(dim)?])?])
}

/// The shares of the values of one dimension, or of one value.
pub(crate) fn figures<T: Tally>(
    frame: &Frame<'_>,
    dim: &Dim,
    only: Option<&str>,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, &format!("{VALUES}-{}", dim.name()), 1)?;
    let listed = match only {
        Some(code) => {
            let missing = || frame.refuse(format!("the file has no value `{code}` of `{}`", dim.name()));
            Listed::Only(counted.position(0, code).map(u32::from).ok_or_else(missing)?)
        }
        None => Listed::Used,
    };
    single::<T>(&Sheet::new(frame, counted), dim, listed)
}

/// The shares of the categories of the only dimension that is counted.
pub(crate) fn single<T: Tally>(
    sheet: &Sheet<'_, '_, '_>,
    dim: &Dim,
    listed: Listed,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let (answers, coordinates) = (sheet.counted.answers(0), sheet.counted.coordinates(0, dim));
    let class = |key: &[u16]| known(&answers, key.first());
    let coordinate = |class: u32| usize::try_from(class).ok().and_then(|class| coordinates.get(class).cloned());
    shares::<T, _>(sheet, class, coordinate, listed)
}
