//! Answers that are recorded without the answer that they belong to: a sector without forced labour.

use super::{Frame, Sheet, Tables, Tally};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::Dimension;
use crate::request::{Dim, Scope, flag_words};
use ctdata_model::{CaseAttribute, CaseGroup};
use ctdata_table::Variable;

const OUTSIDE: &str = "outside";
/// The name of the coordinate.
pub(crate) const WITHOUT: &str = "recorded-without";

/// The table of any answer to the question by the flag.
pub(crate) fn tables(
    frame: &Frame<'_>,
    scope: &Scope<'_>,
    group: CaseGroup,
    flag: CaseAttribute,
) -> Result<Vec<TableSpec>, IndicatorError> {
    let any = Variable::AnyFlag {
        name: format!("any-{}", Dim::Group(group).name()),
        members: scope.members(group)?.iter().map(|flag| flag.name().into_owned()).collect(),
    };
    let flag = Variable::attribute(scope.require(flag)?.name());
    Ok(vec![frame.spec(scope, OUTSIDE, [any, flag])?])
}

/// The share of persons with an answer whose flag is not yes.
pub(crate) fn figures<T: Tally>(
    frame: &Frame<'_>,
    group: CaseGroup,
    flag: CaseAttribute,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, OUTSIDE, 2)?;
    let [given, not_recorded] = ["yes", "not-recorded"].map(|code| counted.position(0, code));
    let yes = counted.position(1, "yes");
    let (code, label) = flag_words(flag).unwrap_or((group.name(), group.name()));
    let sheet = Sheet::new(frame, counted);
    let mut figures = Vec::new();
    for slice in counted.selected().slices() {
        let (mut outside, mut base, mut unknown) = (T::default(), T::default(), T::default());
        for cell in slice.cells {
            let (any, of_flag) = (cell.counted.first().copied(), cell.counted.get(1).copied());
            if any == given {
                base.add(cell);
                if of_flag != yes {
                    outside.add(cell);
                }
            } else if any == not_recorded {
                unknown.add(cell);
            }
        }
        let coordinate = Dimension::new(WITHOUT, code, label);
        figures.push(sheet.share(slice.by, [coordinate], [&outside, &base, &unknown])?);
    }
    Ok(figures)
}
