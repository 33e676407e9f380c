//! SDMX-CSV 2.0: 16.2.2 as rows of the dataflow of the SDG indicators.
//!
//! Each estimate gives a row of the series of rates and, if asked, one of the series of numbers. A figure that is
//! withheld is a row without a value and with the status `Q`; one that is missing for another reason has the status
//! `O`. Intervals stand in `LOWER_BOUND` and `UPPER_BOUND`, their level and method in the comment. What does not fit
//! into the structure is returned, with the reason.
//!
//! # Sources
//! SDMX Technical Working Group, *SDMX-CSV 2.0 Data Message Field Guide* (columns `STRUCTURE`, `STRUCTURE_ID`,
//! `ACTION`, components). RFC 4180 (Shafranovich, 2005). The structure: [`sdmx`](super::sdmx).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use ctdata_model::Country;
use ctdata_table::csv::{CsvWriter, LineEnd, Separator};

use super::left_out::{LeftOut, LeftOutReason as Why, Refusal};
use super::sdmx::{AGE, ATTRIBUTES, DATAFLOW, DIMENSIONS, MEASURE, SEX, TIME, age_code};
use crate::error::coded;
use crate::estimate::{Attribution, Dimension, Estimate, NotAvailable, Rounding, Unit, Value};
use crate::interval::as_f64;
use crate::sdg::{FormOfSeries, INDICATOR, Series, is_official, series_of_form};

coded! {
    /// What a receiver shall do with the rows.
    #[derive(Default)]
    pub enum SdmxAction: "action" {
        /// For information; the default.
        #[default]
        Information = "I" / "information",
        /// Add to what is there.
        Append = "A" / "append",
        /// Take the place of what is there.
        Replace = "R" / "replace",
    }
}

coded! {
    /// Who reports.
    #[derive(Default)]
    pub enum ReportingType: "reporting type" {
        /// The country; the default.
        #[default]
        National = "N" / "national",
        /// An international agency.
        Global = "G" / "global",
    }
}

/// How rows are written; every combination is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdmxOptions {
    /// The dataflow with its version; [`DATAFLOW`] by default.
    pub dataflow: Cow<'static, str>,
    /// What a receiver shall do with the rows.
    pub action: SdmxAction,
    /// Who reports.
    pub reporting_type: ReportingType,
    /// The source of the cases, for `SOURCE_DETAIL`; none by default.
    pub source: Option<String>,
    /// Whether the numbers of victims are written beside the rates; they are by default.
    pub counts: bool,
    /// Digits after the point; all by default.
    pub decimals: Option<usize>,
    /// How ties are rounded.
    pub rounding: Rounding,
}

impl Default for SdmxOptions {
    fn default() -> Self {
        Self {
            dataflow: Cow::Borrowed(DATAFLOW),
            action: SdmxAction::default(),
            reporting_type: ReportingType::default(),
            source: None,
            counts: true,
            decimals: None,
            rounding: Rounding::default(),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SdmxReport {
    /// The number of rows.
    pub rows: usize,
    /// The estimates that have no place in the structure.
    pub left_out: Vec<LeftOut>,
}

/// Writes the estimates that are official figures of 16.2.2 as SDMX-CSV 2.0, and returns the output with a report.
///
/// Lines end as in RFC 4180. The same estimates give the same bytes.
///
/// ```
/// use ctdata_indicators::Estimate;
/// use ctdata_indicators::export::{LeftOutReason, SdmxOptions, write_sdmx_csv};
///
/// // A companion has no series of its own.
/// let (text, report) = write_sdmx_csv(&[Estimate::count("forced-labour", 30)], &SdmxOptions::default(), Vec::new())?;
/// assert!(text.starts_with(b"STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REPORTING_TYPE,SERIES,REF_AREA,SEX,AGE,"));
/// assert_eq!((report.rows, report.left_out[0].reason), (0, LeftOutReason::NoSeries));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the output cannot take the text.
pub fn write_sdmx_csv<'a, W: Write>(
    estimates: impl IntoIterator<Item = &'a Estimate>,
    options: &SdmxOptions,
    output: W,
) -> io::Result<(W, SdmxReport)> {
    let mut writer = CsvWriter::new(output, Separator::Comma, LineEnd::CrLf);
    let time_and_value = [TIME, MEASURE];
    let components = DIMENSIONS.iter().chain(&time_and_value).chain(&ATTRIBUTES).map(|component| component.id);
    writer.record(["STRUCTURE", "STRUCTURE_ID", "ACTION"].into_iter().chain(components))?;
    let mut report = SdmxReport { rows: 0, left_out: Vec::new() };
    let mut written = BTreeSet::new();
    for (position, estimate) in estimates.into_iter().enumerate() {
        let key = match Key::of(estimate) {
            Ok(key) if written.insert(key.clone()) => key,
            Ok(_) => {
                report.left_out.push(Refusal::from(Why::SameKey).left_out(position, estimate));
                continue;
            }
            Err(refusal) => {
                report.left_out.push(refusal.left_out(position, estimate));
                continue;
            }
        };
        for unit in [Unit::Per100k, Unit::Persons] {
            if unit == Unit::Persons && !options.counts {
                continue;
            }
            let Some(series) = series_of_form(key.form, unit) else { continue };
            for cell in row(estimate, &key, series, unit, options) {
                writer.cell(cell.as_bytes());
            }
            writer.end_record()?;
            report.rows += 1;
        }
    }
    Ok((writer.finish()?, report))
}

/// Where an estimate stands: everything of the key but the unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    area: u16,
    year: u16,
    sex: &'static str,
    age: Cow<'static, str>,
    form: FormOfSeries,
}

impl Key {
    fn of(estimate: &Estimate) -> Result<Self, Refusal> {
        if estimate.code.as_deref() != Some(INDICATOR) {
            return Err(Why::NoSeries.into());
        }
        if estimate.unit != Unit::Per100k {
            return Err(Why::OtherUnit.into());
        }
        if !matches!(estimate.attribution, None | Some(Attribution::Detection)) {
            return Err(Why::OtherAttribution.into());
        }
        // Victims who were not detected have no series.
        if !is_official(estimate) {
            return Err(Why::NoSeries.into());
        }
        let year = estimate.year().ok_or(Why::NoSingleYear)?;
        let mut key = Self { area: 0, year, sex: "_T", age: "_T".into(), form: FormOfSeries::All };
        let mut area = None;
        for dimension in &estimate.dimensions {
            if is_area(&dimension.name) {
                area = Some(m49(&dimension.code).ok_or_else(|| Refusal::of(Why::NoArea, &dimension.name))?);
            } else if dimension.name != "year" {
                key.set(dimension)?;
            }
        }
        for filter in &estimate.filters {
            let shown = estimate.dimensions.get(&filter.dimension).is_some();
            match filter.codes.as_slice() {
                // What a dimension shows besides, and the year that the period says.
                _ if shown || filter.dimension == "year" => {}
                [code] if is_area(&filter.dimension) && area.is_none() => area = m49(code),
                [code] if matches!(filter.dimension.as_ref(), "sex" | "age" | "child-or-adult" | "form") => {
                    key.set(&Dimension::new(filter.dimension.clone(), code.clone(), ""))?;
                }
                _ => return Err(Refusal::of(Why::Restricted, &filter.dimension)),
            }
        }
        key.area = area.ok_or(Why::NoArea)?;
        Ok(key)
    }

    fn set(&mut self, dimension: &Dimension) -> Result<(), Refusal> {
        let code = dimension.code.as_ref();
        let no_code = || Refusal::of(Why::NoCode, &dimension.name);
        match dimension.name.as_ref() {
            "sex" => self.sex = SEX.of(code).ok_or_else(no_code)?.id,
            // A second statement of age has no place.
            "age" | "child-or-adult" if self.age != "_T" => return Err(Refusal::of(Why::NoDimension, &dimension.name)),
            "child-or-adult" => self.age = AGE.of(code).ok_or_else(no_code)?.id.into(),
            "age" => self.age = age_code(code).ok_or_else(no_code)?.into(),
            "form" => self.form = FormOfSeries::of(code).ok_or_else(no_code)?,
            _ => return Err(Refusal::of(Why::NoDimension, &dimension.name)),
        }
        Ok(())
    }
}

/// Whether a dimension names the country of detection or a region of such countries.
fn is_area(name: &str) -> bool {
    matches!(
        name,
        "country" | "region-of-exploitation" | "sub-region-of-exploitation" | "sdg-region-of-exploitation" | "region"
    )
}

/// The M49 number of a country or of a region given by it.
fn m49(code: &str) -> Option<u16> {
    let country = || code.parse::<Country>().ok()?.m49();
    let region = || (code.len() == 3).then(|| code.parse().ok()).flatten();
    country().or_else(region)
}

/// All cells of a row.
fn row<'a>(
    estimate: &'a Estimate,
    key: &'a Key,
    series: &'static Series,
    unit: Unit,
    options: &'a SdmxOptions,
) -> Vec<Cow<'a, str>> {
    let number = |value: f64| match options.decimals {
        Some(decimals) => options.rounding.format(value, decimals),
        None => (value + 0.0).to_string(),
    };
    let figure = figure(estimate, unit);
    let value = match (figure, unit) {
        (Figure::Known(value), Unit::Persons) => value.to_string(),
        (Figure::Known(value), _) => number(value),
        _ => String::new(),
    };
    let interval = estimate.interval.filter(|_| unit == Unit::Per100k && matches!(figure, Figure::Known(_)));
    let mut cells: Vec<Cow<'_, str>> =
        vec!["dataflow".into(), options.dataflow.as_ref().into(), options.action.code().into()];
    for dimension in &DIMENSIONS {
        cells.push(match dimension.id {
            "REPORTING_TYPE" => options.reporting_type.code().into(),
            "SERIES" => series.code.into(),
            "REF_AREA" => key.area.to_string().into(),
            "SEX" => key.sex.into(),
            "AGE" => key.age.as_ref().into(),
            _ => dimension.default.into(),
        });
    }
    cells.extend([Cow::Owned(key.year.to_string()), Cow::Owned(value)]);
    for attribute in &ATTRIBUTES {
        cells.push(match attribute.id {
            "OBS_STATUS" => figure.status().into(),
            "UNIT_MEASURE" => series.unit_code.into(),
            "NATURE" => estimate.nature.sdmx().to_string().into(),
            "TIME_DETAIL" => key.year.to_string().into(),
            "COMMENT_OBS" => comment(estimate, figure, unit).into(),
            "UPPER_BOUND" => interval.map_or_else(String::new, |interval| number(interval.high())).into(),
            "LOWER_BOUND" => interval.map_or_else(String::new, |interval| number(interval.low())).into(),
            "SOURCE_DETAIL" => source(estimate, unit, options).into(),
            _ => attribute.default.into(),
        });
    }
    cells
}

/// What stands in the measure.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Figure {
    Known(f64),
    Missing(NotAvailable),
}

impl Figure {
    fn status(self) -> &'static str {
        match self {
            Self::Known(_) => "A",
            Self::Missing(NotAvailable::Suppressed) => "Q",
            Self::Missing(_) => "O",
        }
    }
}

/// The rate, or the number of victims. A rate that is withheld takes the number with it: with the population known,
/// each gives the other away.
fn figure(estimate: &Estimate, unit: Unit) -> Figure {
    match (estimate.value, unit) {
        (Value::NotAvailable(NotAvailable::Suppressed), _) => Figure::Missing(NotAvailable::Suppressed),
        (_, Unit::Persons) => match estimate.numerator {
            Some(count) => Figure::Known(as_f64(count)),
            None if estimate.suppressed => Figure::Missing(NotAvailable::Suppressed),
            None => Figure::Missing(NotAvailable::Undefined),
        },
        (Value::Known(value), _) => Figure::Known(value),
        (Value::NotAvailable(reason), _) => Figure::Missing(reason),
    }
}

/// What the structure has no component for.
fn comment(estimate: &Estimate, figure: Figure, unit: Unit) -> String {
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    if let Figure::Missing(reason) = figure {
        parts.push(reason.label().into());
    } else {
        if let (Some(interval), Unit::Per100k) = (estimate.interval, unit) {
            let percent = Rounding::default().round(interval.level().value() * 100.0, 3);
            parts.push(format!("interval: {percent} %, {}", interval.method().label()).into());
        }
        if let (Some(population), Unit::Per100k) = (&estimate.population, unit) {
            parts.push(format!("residents: {}", Rounding::default().format(population.persons, 0)).into());
        }
        if let Some(unknown) = estimate.unknown {
            parts.push(format!("not counted, the answer being unknown: {unknown}").into());
        }
        if let Some(coverage) = estimate.coverage {
            let percent = Rounding::default().format(coverage * 100.0, 1);
            parts.push(format!("countries with {percent} % of the population of the region").into());
        }
        if estimate.suppressed {
            parts.push("coarsened to protect persons".into());
        }
    }
    if let Some(version) = &estimate.definition_version {
        parts.push(format!("definition {version}").into());
    }
    parts.extend(estimate.notes.iter().map(|note| Cow::Borrowed(note.as_ref())));
    parts.join("; ")
}

fn source(estimate: &Estimate, unit: Unit, options: &SdmxOptions) -> String {
    let population = estimate.population.as_ref().filter(|_| unit == Unit::Per100k);
    let population = population.map(|from| format!("population: {}, {}", from.source, from.vintage));
    options.source.clone().into_iter().chain(population).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
