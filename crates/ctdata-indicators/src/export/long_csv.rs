//! Long CSV: one row per estimate, one column per dimension.

use crate::estimate::{Attribution, Base, Estimate, Filter, Value};
use crate::request::PopBase;
use ctdata_table::csv::{CsvWriter, LineEnd, Separator};
use std::borrow::Cow;
use std::io::{self, Write};

const BEFORE: [&str; 3] = ["indicator", "code", "period"];
const AFTER: [&str; 20] = [
    "filters",
    "attribution",
    "numerator",
    "base",
    "unknown",
    "value",
    "unit",
    "low",
    "high",
    "level",
    "method",
    "base_rule",
    "nature",
    "suppressed",
    "reason",
    "population",
    "definition_version",
    "notes",
    "population_base",
    "residual",
];

/// Writes every field of the estimates: dimensions by code (an empty cell is a total) between
/// `indicator`, `code`, `period` and the figures. Numbers are in full precision. Columns are added at the end only.
///
/// ```
/// use ctdata_indicators::{Estimate, export::write_long_csv};
///
/// let text = write_long_csv(&[Estimate::count("sex", 3)], Vec::new())?;
/// assert!(text.starts_with(b"indicator,code,period,filters,"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the output cannot take the text.
pub fn write_long_csv<'a, W: Write>(estimates: impl IntoIterator<Item = &'a Estimate>, output: W) -> io::Result<W> {
    let estimates: Vec<&Estimate> = estimates.into_iter().collect();
    let names = dimensions(&estimates);
    let mut writer = CsvWriter::new(output, Separator::Comma, LineEnd::Lf);
    writer.record(BEFORE.iter().chain(&names).chain(&AFTER))?;
    for estimate in estimates {
        let own = [text(Some(&estimate.indicator)), text(estimate.code.as_deref()), number(estimate.period)];
        let dimensions = names.iter().map(|name| text(estimate.dimensions.get(name).map(|d| d.code.as_ref())));
        let cells = own.into_iter().chain(dimensions).chain(figures(estimate));
        cells.for_each(|cell| writer.cell(cell.as_bytes()));
        writer.end_record()?;
    }
    writer.finish()
}

/// The cells under [`AFTER`].
fn figures(estimate: &Estimate) -> [Cow<'_, str>; AFTER.len()] {
    let interval = estimate.interval;
    let reason = match estimate.value {
        Value::NotAvailable(reason) => Some(reason.code()),
        Value::Known(_) => None,
    };
    let filter = |filter: &Filter| format!("{}={}", filter.dimension, filter.codes.join("|"));
    let filters: Vec<String> = estimate.filters.iter().map(filter).collect();
    let population = estimate.population.as_ref().map(|from| format!("{}, {}", from.source, from.vintage));
    [
        Cow::Owned(filters.join("; ")),
        text(estimate.attribution.map(Attribution::code)),
        number(estimate.numerator),
        number(estimate.base),
        number(estimate.unknown),
        number(estimate.value.known()),
        text(Some(estimate.unit.code())),
        number(interval.map(|interval| interval.low())),
        number(interval.map(|interval| interval.high())),
        number(interval.map(|interval| interval.level().value())),
        text(interval.map(|interval| interval.method().code())),
        text(estimate.base_rule.map(Base::code)),
        text(Some(estimate.nature.code())),
        text(estimate.suppressed.then_some("true")),
        text(reason),
        number(population),
        text(estimate.definition_version.as_deref()),
        Cow::Owned(estimate.notes.join("; ")),
        text(estimate.population_base.map(PopBase::code)),
        number(estimate.residual),
    ]
}

/// Writes the estimates of one indicator as Open SDG tools read them: `Year`, one column per
/// dimension with its labels (an empty cell is a total), `Value`. Rows without a value are left out;
/// so is everything else that an estimate says.
///
/// # Errors
/// If the output cannot take the text.
pub fn write_open_sdg_csv<'a, W: Write>(estimates: impl IntoIterator<Item = &'a Estimate>, output: W) -> io::Result<W> {
    let known = estimates.into_iter().filter(|estimate| estimate.value.known().is_some());
    let estimates: Vec<&Estimate> = known.collect();
    let mut names = dimensions(&estimates);
    names.retain(|name| *name != "year");
    let mut writer = CsvWriter::new(output, Separator::Comma, LineEnd::Lf);
    writer.record(["Year"].iter().chain(&names).chain(&["Value"]))?;
    for estimate in estimates {
        writer.cell(number(estimate.period).as_bytes());
        for name in &names {
            let label = estimate.dimensions.get(name).map_or("", |dimension| dimension.label.as_ref());
            writer.cell(label.as_bytes());
        }
        writer.cell(number(estimate.value.known()).as_bytes());
        writer.end_record()?;
    }
    writer.finish()
}

/// The names of all dimensions, in the order they first appear.
fn dimensions<'a>(estimates: &[&'a Estimate]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for dimension in estimates.iter().flat_map(|estimate| &estimate.dimensions) {
        if !names.contains(&dimension.name.as_ref()) {
            names.push(dimension.name.as_ref());
        }
    }
    names
}

fn number<'a>(value: Option<impl ToString>) -> Cow<'a, str> {
    value.map_or(Cow::Borrowed(""), |value| Cow::Owned(value.to_string()))
}

fn text(value: Option<&str>) -> Cow<'_, str> {
    Cow::Borrowed(value.unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Dimension, NotAvailable, Unit, Years};
    use crate::interval::{Level, ShareInterval};

    fn share(sex: Option<&'static str>) -> Estimate {
        let mut share = Estimate::share("sex", 1, 4, ShareInterval::Wilson, Level::P95).unwrap();
        share.interval = None;
        share.period = Some(Years::single(2019));
        share.dimensions = sex.map(|code| Dimension::new("sex", code, "Women, all")).into_iter().collect();
        share
    }

    #[test]
    fn a_total_has_an_empty_cell_and_a_missing_value_its_reason() {
        let mut none = Estimate::not_available("sex", Unit::Percent, NotAvailable::EmptyBase);
        none.filters = vec![Filter { dimension: "country".into(), codes: vec!["KE".into(), "UG".into()] }];
        none.notes = vec!["one".into(), "two".into()];
        none.residual = Some(-2);
        let written = write_long_csv(&[share(None), share(Some("female")), none], Vec::new()).unwrap();
        let expected = "\
            indicator,code,period,sex,filters,attribution,numerator,base,unknown,value,unit,low,high,level,method,\
            base_rule,nature,suppressed,reason,population,definition_version,notes,population_base,residual\n\
            sex,,2019,,,,1,4,,25,percent,,,,,,country,,,,,,,\n\
            sex,,2019,female,,,1,4,,25,percent,,,,,,country,,,,,,,\n\
            sex,,,,country=KE|UG,,,,,,percent,,,,,,country,,empty-base,,,one; two,,-2\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    #[test]
    fn open_sdg_gets_year_labels_and_value() {
        let none = Estimate::not_available("sex", Unit::Percent, NotAvailable::EmptyBase);
        let written = write_open_sdg_csv(&[share(None), share(Some("female")), none], Vec::new()).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "Year,sex,Value\n2019,,25\n2019,\"Women, all\",25\n");
    }
}
