//! How completely the attributes are recorded.

use super::exclusive::{Listed, shares};
use super::{Frame, Sheet, Tables, Tally};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::Dimension;
use crate::request::Scope;
use ctdata_model::CaseAttribute;
use ctdata_table::{Category, Missing, Variable};
use std::borrow::Cow;

const RECORDED: &str = "recorded-";

/// One table per attribute of the case.
pub(crate) fn tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    let attributes = scope.schema.attributes().iter();
    let named = attributes.filter(|a| CaseAttribute::from_name(a.name()).is_some_and(|case| !case.is_list()));
    let specs: Vec<_> = named
        .map(|attribute| {
            let values = attribute.domain().len();
            let map = (0..attribute.code_count()).map(|code| u16::from(code >= values));
            let recorded = Variable::Recoded {
                name: "recorded".into(),
                attribute: attribute.name().into(),
                categories: vec![
                    Category::new("recorded", "recorded"),
                    Category::new(Missing::NotRecorded.code(), "not recorded"),
                ],
                map: map.collect(),
            };
            frame.spec(scope, &format!("{RECORDED}{}", attribute.name()), [recorded])
        })
        .collect::<Result<_, _>>()?;
    if specs.is_empty() {
        return Err(frame.refuse("the file has no attribute of the case".into()));
    }
    Ok(specs)
}

/// The share of persons with a value, for each attribute.
pub(crate) fn figures<T: Tally>(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let mut figures = Vec::new();
    for counted in frame.tables(tables, RECORDED)? {
        let read = counted.dimension(0).map(|dimension| dimension.variable.attributes());
        let name = read.and_then(|names| names.first().map(|name| (*name).to_owned())).unwrap_or_default();
        let name: Cow<'static, str> = CaseAttribute::from_name(&name).map_or(Cow::Owned(name), CaseAttribute::name);
        let coordinate = |_| [Dimension::new("attribute", name.clone(), name.clone())];
        let recorded = |key: &[u16]| key.first().map(|&position| u32::from(position));
        figures.extend(shares::<T, _>(&Sheet::new(frame, counted), recorded, coordinate, Listed::Only(0))?);
    }
    Ok(figures)
}
