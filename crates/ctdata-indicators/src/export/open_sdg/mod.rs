//! Open SDG: for each indicator a long CSV of the data and a Markdown file with the metadata.
//!
//! The data have the columns `Year`, `Units` where there are several, one column per disaggregation, and `Value`. A
//! blank cell of a disaggregation means all; a row with all of them blank is the headline. A blank value means missing:
//! figures that are withheld are written so, and the metadata say how many there are.
//!
//! # Sources
//! Open SDG documentation, *Data format* (column headings, fields, units, indicators without headlines) and *Metadata
//! format* (mandatory and recommended fields, data sources, precision); names of the files as in its data starter.

mod metadata;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;

use ctdata_model::Country;
use ctdata_table::csv::{CsvWriter, LineEnd, Separator};

use super::left_out::{LeftOut, LeftOutReason as Why, Refusal};
use crate::estimate::{Attribution, Dimension, Estimate, Filter, NotAvailable, Rounding, Unit, Value};

/// How files are written; every combination is valid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenSdgOptions {
    /// Whether the numbers of persons are written beside shares and rates, in a column `Units`; not by default.
    pub counts: bool,
    /// The place that the site is about; by default the one country that the figures are about.
    pub place: Option<String>,
    /// The organization that the cases come from.
    pub source: Option<String>,
    /// Digits after the point; all by default.
    pub decimals: Option<usize>,
    /// How ties are rounded.
    pub rounding: Rounding,
}

/// The files of one indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenSdgIndicator {
    /// Its id in the catalogue.
    pub indicator: Cow<'static, str>,
    /// The number under which the site knows it: the official or short code, or the id.
    pub number: String,
    /// The name of the data file, `indicator_16-2-2.csv`.
    pub data_file: String,
    /// The data.
    pub data: String,
    /// The name of the metadata file, `16-2-2.md`.
    pub metadata_file: String,
    /// The metadata.
    pub metadata: String,
    /// Whether there is a headline, a row without disaggregation.
    pub has_headline: bool,
}

/// The files of all indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenSdg {
    /// The indicators, in the order of first appearance.
    pub indicators: Vec<OpenSdgIndicator>,
    /// The estimates that have no place there.
    pub left_out: Vec<LeftOut>,
}

/// Makes the files of an Open SDG site from estimates of one or several indicators.
///
/// Under the number of an official indicator stand figures of all detected victims only; those restricted to some of
/// them, like companions and profile shares, stand under codes of their own.
///
/// ```
/// use ctdata_indicators::estimate::Years;
/// use ctdata_indicators::export::{OpenSdgOptions, open_sdg};
/// use ctdata_indicators::interval::ShareInterval;
/// use ctdata_indicators::{Estimate, Level};
///
/// let mut share = Estimate::share("children", 9, 27, ShareInterval::Wilson, Level::P95)?;
/// share.period = Some(Years::single(2019));
/// let options = OpenSdgOptions { decimals: Some(1), ..OpenSdgOptions::default() };
/// let files = open_sdg(&[share], &options)?;
/// assert_eq!(files.indicators[0].data_file, "indicator_children.csv");
/// assert_eq!(files.indicators[0].data, "Year,Value\n2019,33.3\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// None in practice: the files are made in memory.
pub fn open_sdg<'a>(
    estimates: impl IntoIterator<Item = &'a Estimate>,
    options: &OpenSdgOptions,
) -> io::Result<OpenSdg> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut left_out = Vec::new();
    for (position, estimate) in estimates.into_iter().enumerate() {
        let group = groups.iter().position(|group| group.indicator == &estimate.indicator);
        let accepted = accept(estimate, group.and_then(|group| groups.get(group)));
        match (accepted, group.and_then(|group| groups.get_mut(group))) {
            (Err(refusal), _) => left_out.push(refusal.left_out(position, estimate)),
            (Ok(year), Some(group)) => group.rows.push((position, year, estimate)),
            (Ok(year), None) => {
                let conditions = conditions(estimate);
                groups.push(Group {
                    indicator: &estimate.indicator,
                    rows: vec![(position, year, estimate)],
                    conditions,
                });
            }
        }
    }
    let mut indicators = Vec::with_capacity(groups.len());
    for group in &groups {
        indicators.push(group.files(options, &mut left_out)?);
    }
    left_out.sort_by_key(|left| left.position);
    Ok(OpenSdg { indicators, left_out })
}

/// The accepted estimates of an indicator.
struct Group<'a> {
    indicator: &'a Cow<'static, str>,
    rows: Vec<(usize, u16, &'a Estimate)>,
    /// The conditions that all of them share.
    conditions: Vec<&'a Filter>,
}

/// The year of an estimate that fits.
fn accept(estimate: &Estimate, group: Option<&Group<'_>>) -> Result<u16, Refusal> {
    if matches!(estimate.unit, Unit::Ratio | Unit::PercentPerYear) {
        return Err(Why::OtherUnit.into());
    }
    let own = conditions(estimate);
    if is_official(estimate) {
        if estimate.attribution == Some(Attribution::Citizenship) {
            return Err(Why::OtherAttribution.into());
        }
        if let Some(filter) = own.iter().find(|filter| filter.dimension != "country") {
            return Err(Refusal::of(Why::Restricted, &filter.dimension));
        }
    }
    let other = |group: &Group<'_>| {
        let filter = lacking(&own, &group.conditions).or_else(|| lacking(&group.conditions, &own))?;
        Some(Refusal::of(Why::Restricted, &filter.dimension))
    };
    if let Some(refusal) = group.and_then(other) {
        return Err(refusal);
    }
    estimate.year().ok_or_else(|| Why::NoSingleYear.into())
}

/// The conditions that neither a column nor the year shows.
fn conditions(estimate: &Estimate) -> Vec<&Filter> {
    let is_shown =
        |filter: &&Filter| filter.dimension != "year" && estimate.dimensions.get(&filter.dimension).is_none();
    estimate.filters.iter().filter(is_shown).collect()
}

/// The first condition of one that the other lacks.
fn lacking<'a>(one: &[&'a Filter], other: &[&Filter]) -> Option<&'a Filter> {
    one.iter().find(|filter| !other.contains(filter)).copied()
}

/// Whether it stands under an official number, `16.2.2`.
fn is_official(estimate: &Estimate) -> bool {
    estimate.code.as_deref().is_some_and(|code| crate::framework::sdg_indicator(code).is_some())
}

impl Group<'_> {
    fn files(&self, options: &OpenSdgOptions, left_out: &mut Vec<LeftOut>) -> io::Result<OpenSdgIndicator> {
        let country = self.only_country();
        let columns = self.columns(country.is_some());
        let units = self.units(options);
        let mut writer = CsvWriter::new(Vec::new(), Separator::Comma, LineEnd::Lf);
        let headings = columns.iter().map(|name| heading(name));
        let several = (units.len() > 1).then_some(Cow::Borrowed("Units"));
        let header = [Cow::Borrowed("Year")].into_iter().chain(several.clone()).chain(headings);
        writer.record(header.chain([Cow::Borrowed("Value")]).map(|name| name.as_bytes().to_vec()))?;
        let mut written = BTreeSet::new();
        let (mut has_headline, mut withheld) = (false, 0_u64);
        let mut used = Vec::new();
        for &(position, year, estimate) in &self.rows {
            let cells: Vec<&str> = columns.iter().map(|name| label(estimate.dimensions.get(name))).collect();
            if !written.insert((year, cells.clone(), estimate.unit)) {
                left_out.push(Refusal::from(Why::SameKey).left_out(position, estimate));
                continue;
            }
            has_headline |= cells.iter().all(|cell| cell.is_empty());
            withheld += u64::from(is_withheld(estimate));
            used.push(estimate);
            for &unit in units.iter().filter(|&&unit| unit == estimate.unit || unit == Unit::Persons) {
                writer.cell(year.to_string().as_bytes());
                if several.is_some() {
                    writer.cell(unit.label().as_bytes());
                }
                for cell in &cells {
                    writer.cell(cell.as_bytes());
                }
                writer.cell(value(estimate, unit, options).as_bytes());
                writer.end_record()?;
            }
        }
        let data = String::from_utf8(writer.finish()?).map_err(io::Error::other)?;
        let number = self.number();
        let file = number.replace('.', "-");
        let place = options.place.clone().or_else(|| country.map(str::to_owned)).or_else(|| self.place());
        let described = metadata::Described { number: &number, place, units: &units, withheld, options };
        Ok(OpenSdgIndicator {
            indicator: self.indicator.clone(),
            data_file: format!("indicator_{file}.csv"),
            metadata_file: format!("{file}.md"),
            metadata: described.write(&used),
            data,
            number,
            has_headline,
        })
    }

    fn number(&self) -> String {
        let code = self.rows.first().and_then(|(.., estimate)| estimate.code.clone());
        code.unwrap_or_else(|| self.indicator.clone()).into_owned()
    }

    /// The label of the country that all figures are about.
    fn only_country(&self) -> Option<&str> {
        let mut countries = self.rows.iter().map(|(.., estimate)| estimate.dimensions.get("country"));
        let first = countries.next()??;
        countries.all(|country| country.is_some_and(|country| country.code == first.code)).then(|| label(Some(first)))
    }

    /// The name of the one country that all cases are filtered by.
    fn place(&self) -> Option<String> {
        let filter = self.conditions.iter().find(|filter| filter.dimension == "country")?;
        let [code] = filter.codes.as_slice() else { return None };
        Some(code.parse::<Country>().ok()?.name().to_owned())
    }

    /// The disaggregations, in the order they first appear.
    fn columns(&self, without_country: bool) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        for dimension in self.rows.iter().flat_map(|(.., estimate)| &estimate.dimensions) {
            let name = dimension.name.as_ref();
            let is_shown = name != "year" && !(without_country && name == "country");
            if is_shown && !columns.contains(&name) {
                columns.push(name);
            }
        }
        columns
    }

    fn units(&self, options: &OpenSdgOptions) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        let persons = options.counts.then_some(Unit::Persons);
        for unit in self.rows.iter().map(|(.., estimate)| estimate.unit).chain(persons) {
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        units
    }
}

fn is_withheld(estimate: &Estimate) -> bool {
    estimate.value == Value::NotAvailable(NotAvailable::Suppressed)
}

/// The figure in one of the units; blank if there is none. What is withheld takes its number with it.
fn value(estimate: &Estimate, unit: Unit, options: &OpenSdgOptions) -> String {
    if unit != estimate.unit {
        let count = estimate.numerator.filter(|_| !is_withheld(estimate));
        return count.map_or_else(String::new, |count| count.to_string());
    }
    let number = |value: f64| match options.decimals {
        Some(decimals) if unit != Unit::Persons => options.rounding.format(value, decimals),
        _ => (value + 0.0).to_string(),
    };
    estimate.value.known().map_or_else(String::new, number)
}

/// The name of a column: `child-or-adult` as `Child or adult`.
fn heading(name: &str) -> Cow<'_, str> {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or(Cow::Borrowed(name), |first| Cow::Owned(first.to_uppercase().chain(letters).collect()))
}

/// The label of a category, without blanks around it, which the format does not allow.
fn label(dimension: Option<&Dimension>) -> &str {
    dimension.map_or("", |dimension| dimension.label.trim())
}

#[cfg(test)]
mod tests;
