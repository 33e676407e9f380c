//! SDG 16.2.2: detected victims of human trafficking per 100,000 population, counted from cases.
//!
//! The detected part only; each country and year with records, and none without: a country-year
//! without any record is missing, not zero. By sex and age a rate is over the residents of that sex
//! and age, unless all residents are asked for; by form of exploitation and anything else it is over
//! all residents. Persons whose category is not known are in no category, unless they are distributed
//! by request, which makes the figure an estimate.
//!
//! # Sources
//! SDG metadata sheet of 16.2.2, update of 31 March 2023. The country of a victim is that of
//! detection; CTDC's country of exploitation, its nearest column, stands for it.

use super::denominator::{is_demographic, residents};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Attribution, Dimension, Estimate, Nature, NotAvailable, Unit, Value, Years};
use crate::interval::{Interval, as_f64};
use crate::population::Population;
use crate::profile::{Counted, Frame, Sheet};
use crate::request::{AllocateUnknown, Dim, FormCoding, PopBase, Request, Scope, flag_words};
use crate::trace::{CellRef, Traced};
use ctdata_model::{CaseAttribute, CaseGroup};
use ctdata_table::{CountTable, Variable};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const DETECTION: &str = "country of detection: the file's country of exploitation stands for it";
const NO_POPULATION_OF_THEIR_OWN: &str =
    "over the total population: breakdowns other than sex and age have no population of their own";
const OWN_POPULATION: &str = "over the residents of the same sex and age: rates of parts do not add up to the rate of \
                              the whole";
const TOTAL_POPULATION: &str =
    "over all residents, also by sex and age: rates of parts add up to the rate of those whose category is known";
const WITHOUT_PLACE: &str = "unknown: persons whose country or year is not recorded, in the whole file";
const MIXED: &str = "several forms of one person are counted once, as mixed";
const DISTRIBUTED: &str = "estimated: persons of unknown category are distributed in proportion to those whose category \
                           is recorded, in each country and year; the interval takes their shares as known";

/// The dimension of forms, each person in one of them.
const FORMS: Dim = Dim::Group(CaseGroup::Forms);

/// The table by country and year, and the same broken down.
pub(crate) fn tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    check(frame)?;
    let [country, year] = frame.place_and_year();
    let measured = [scope.variable(&country)?, scope.variable(&year)?];
    for attribute in measured.iter().map(Variable::name) {
        let attribute = scope.schema.attribute(attribute)?;
        if attribute.name() == CaseAttribute::YearOfRegistration.name() {
            if attribute.domain().labels().any(|label| label.parse::<u16>().is_err()) {
                return Err(frame.refuse(format!("attribute `{}` does not hold years", attribute.name())));
            }
        } else {
            scope.countries(attribute)?;
        }
    }
    let mut specs = vec![whole(frame)?.spec(scope, &role(frame), measured.clone())?];
    if in_one_form(frame) {
        let request = without_forms(frame.request);
        let members = scope.members(CaseGroup::Forms)?;
        let flags = members.iter().map(|flag| Variable::attribute(flag.name()));
        let measured = measured.into_iter().chain(flags);
        specs.push(Frame::try_new(frame.definition, &request)?.spec(scope, &role_of_forms(frame), measured)?);
    } else if !frame.by.is_empty() {
        specs.push(frame.spec(scope, &role(frame), measured)?);
    }
    Ok(specs)
}

/// The rate of every country and year with records.
pub(crate) fn estimates(
    frame: &Frame<'_>,
    tables: &[CountTable],
    population: Option<&Population>,
) -> Result<Vec<Estimate>, IndicatorError> {
    check(frame)?;
    let request = without_forms(frame.request);
    let reduced = Frame::try_new(frame.definition, &request)?;
    let (all, split) = read(frame, &reduced, tables)?;
    let figures = figures(frame, &all, &split, population)?;
    Ok(figures.into_iter().map(|figure| figure.estimate).collect())
}

/// The same figures, each with the cells of its numbers. The residual is left out: it would be one more figure to
/// protect.
///
/// Cells that are zero but could be otherwise are named too, unless a table has more than `zeros_limit` of them.
pub(crate) fn trace(
    frame: &Frame<'_>,
    tables: &[CountTable],
    population: Option<&Population>,
    zeros_limit: usize,
) -> Result<Vec<Traced>, IndicatorError> {
    check(frame)?;
    if frame.request.unknown == AllocateUnknown::Proportional {
        // The value would tell the sum of all categories of its country and year.
        return Err(
            frame.refuse("rates with unknown categories distributed cannot be protected figure by figure".into())
        );
    }
    let request = without_forms(frame.request);
    let reduced = Frame::try_new(frame.definition, &request)?;
    let (all, split) = read(frame, &reduced, tables)?;
    let figures = figures(frame, &all, &split, population)?;
    let position = |at: usize, figure: &Figure<'_>| ((figure.place.to_vec(), figure.group.to_vec()), at);
    let positions: BTreeMap<_, _> = figures.iter().enumerate().map(|(at, figure)| position(at, figure)).collect();
    let mut numerators = vec![Vec::new(); figures.len()];
    let mut without_category = BTreeMap::<Vec<u16>, Vec<CellRef>>::new();
    let mut without_place = Vec::new();
    let table = split.counted.number;
    let keys: Vec<Vec<u16>> = match split.counted.table.cells_with_zeros(zeros_limit) {
        Some(cells) => cells.into_iter().map(|(key, _)| key).collect(),
        None => split.counted.table.cells().map(|(key, _)| key.to_vec()).collect(),
    };
    for key in keys {
        let Some(cell) = split.cell(&key).filter(|cell| cell.selected) else {
            continue;
        };
        let reference = || CellRef { table, key: key.clone() };
        if split.is_total() && !recorded(&all, cell.place) {
            without_place.push(reference());
            continue;
        }
        match cell.group {
            Group::Of(group) => {
                let at = positions.get(&(cell.place.to_vec(), group.into_owned()));
                if let Some(numerator) = at.and_then(|&at| numerators.get_mut(at)) {
                    numerator.push(reference());
                }
            }
            Group::Unknown => without_category.entry(cell.place.to_vec()).or_default().push(reference()),
            Group::Outside => {}
        }
    }
    let without_place: Arc<[CellRef]> = without_place.into();
    let without_category: BTreeMap<Vec<u16>, Arc<[CellRef]>> =
        without_category.into_iter().map(|(place, cells)| (place, cells.into())).collect();
    let trace = |(figure, numerator): (Figure<'_>, Vec<CellRef>)| {
        let unknown = match figure.estimate.unknown {
            None => Arc::default(),
            Some(_) if split.is_total() => Arc::clone(&without_place),
            Some(_) => without_category.get(figure.place).cloned().unwrap_or_default(),
        };
        let estimate = Estimate { residual: None, ..figure.estimate };
        Traced { estimate, numerator: numerator.into(), base: Arc::default(), unknown }
    };
    Ok(figures.into_iter().zip(numerators).map(trace).collect())
}

/// What a request must not ask of a rate.
fn check(frame: &Frame<'_>) -> Result<(), IndicatorError> {
    let several = frame.by.iter().any(|dim| dim.is_multiple() && !(in_one_form(frame) && *dim == FORMS));
    if several && frame.request.unknown == AllocateUnknown::Proportional {
        return Err(frame.refuse(
            "unknown answers of a question with several answers cannot be distributed; forms can, coded exclusively"
                .into(),
        ));
    }
    Ok(())
}

fn role(frame: &Frame<'_>) -> String {
    let [country, _] = frame.place_and_year();
    format!("{}-and-year", country.name())
}

fn role_of_forms(frame: &Frame<'_>) -> String {
    format!("{}-in-one-form", role(frame))
}

/// Whether it is broken down by form, each person in one.
fn in_one_form(frame: &Frame<'_>) -> bool {
    frame.request.forms == FormCoding::Exclusive && frame.by.contains(&FORMS)
}

/// The same request without its breakdown by forms, if that is exclusive.
fn without_forms(request: &Request) -> Request {
    let mut reduced = request.clone();
    if request.forms == FormCoding::Exclusive {
        reduced.by.retain(|name| Dim::parse(name) != FORMS);
    }
    reduced
}

/// The same request without its breakdown.
fn whole<'a>(frame: &Frame<'a>) -> Result<Frame<'a>, IndicatorError> {
    let mut whole = Frame::try_new(frame.definition, frame.request)?;
    whole.by.clear();
    Ok(whole)
}

/// The table of all persons, and that of the breakdown, which may be the same.
fn read<'f, 'a, 't>(
    frame: &Frame<'_>,
    reduced: &'f Frame<'a>,
    tables: &'t [CountTable],
) -> Result<(Counted<'t>, Split<'f, 'a, 't>), IndicatorError> {
    let all = whole(frame)?.table(tables, &role(frame), 2)?;
    if frame.by.is_empty() {
        return Ok((all, Split { frame: reduced, counted: all, forms: None }));
    }
    let Some(at) = frame.by.iter().position(|dim| in_one_form(frame) && *dim == FORMS) else {
        let counted = reduced.table(tables, &role(frame), 2)?;
        return Ok((all, Split { frame: reduced, counted, forms: None }));
    };
    let role = role_of_forms(frame);
    let before = reduced.filters.len() + reduced.by.len();
    let width = reduced.find(tables, &role).map_or(2, |table| table.dimensions().len().saturating_sub(before));
    let counted = reduced.table(tables, &role, width)?;
    let answers = (2..width).map(|flag| ["yes", "no"].map(|answer| counted.position(flag, answer))).collect();
    Ok((all, Split { frame: reduced, counted, forms: Some(Forms { at, answers }) }))
}

/// The table of the breakdown.
struct Split<'f, 'a, 't> {
    /// The request, without forms if each person is in one.
    frame: &'f Frame<'a>,
    counted: Counted<'t>,
    forms: Option<Forms>,
}

/// Forms of exploitation, each person in one of them.
struct Forms {
    /// Their place in the breakdown.
    at: usize,
    /// The positions of "yes" and "no" of each form.
    answers: Vec<[Option<u16>; 2]>,
}

/// The category of the breakdown that a cell belongs to.
enum Group<'k> {
    /// This one.
    Of(Cow<'k, [u16]>),
    /// It is not recorded.
    Unknown,
    /// Recorded, and none that is listed.
    Outside,
}

/// What the key of a cell says.
struct Cell<'k> {
    /// Whether the filters let it through.
    selected: bool,
    /// Country and year.
    place: &'k [u16],
    group: Group<'k>,
}

impl Split<'_, '_, '_> {
    /// Whether nothing is broken down.
    fn is_total(&self) -> bool {
        self.frame.by.is_empty() && self.forms.is_none()
    }

    fn cell<'k>(&self, key: &'k [u16]) -> Option<Cell<'k>> {
        let (filters, rest) = key.split_at_checked(self.frame.filters.len())?;
        let (by, rest) = rest.split_at_checked(self.frame.by.len())?;
        let (place, flags) = rest.split_at_checked(2)?;
        let group = match &self.forms {
            _ if self.counted.any_missing(by) => Group::Unknown,
            None => Group::Of(Cow::Borrowed(by)),
            Some(forms) => match forms.of(flags) {
                Ok(form) => {
                    let mut group = by.to_vec();
                    group.insert(forms.at.min(by.len()), form);
                    Group::Of(Cow::Owned(group))
                }
                Err(group) => group,
            },
        };
        Some(Cell { selected: filters.iter().all(|&position| position == 0), place, group })
    }

    /// The coordinate of the form of a group, and the rest of the group.
    fn divide(&self, group: &[u16]) -> (Option<Dimension>, Vec<u16>) {
        let mut rest = group.to_vec();
        let Some(forms) = self.forms.as_ref().filter(|forms| forms.at < rest.len()) else {
            return (None, rest);
        };
        let form = usize::from(rest.remove(forms.at));
        let flag = (form < forms.answers.len()).then(|| self.counted.dimension(form + 2)).flatten();
        let words = flag.and_then(|flag| flag_words(CaseAttribute::from_name(flag.name())?));
        let (code, label) = words.unwrap_or(("mixed", "Several forms"));
        (Some(Dimension::new(FORMS.name(), code, label)), rest)
    }
}

impl Forms {
    /// The only form with a yes; the number of forms stands for several.
    fn of<'k>(&self, flags: &[u16]) -> Result<u16, Group<'k>> {
        let gave = |answer: usize| {
            let given = flags.iter().zip(&self.answers).enumerate();
            given.filter(move |(_, (found, answers))| answers.get(answer) == Some(&Some(**found))).map(|(at, _)| at)
        };
        let mut yes = gave(0);
        match (yes.next(), yes.next()) {
            (Some(only), None) => u16::try_from(only).map_err(|_| Group::Outside),
            (Some(_), Some(_)) => u16::try_from(self.answers.len()).map_err(|_| Group::Outside),
            _ if gave(1).next().is_some() => Err(Group::Outside),
            _ => Err(Group::Unknown),
        }
    }
}

/// One figure and where it belongs.
struct Figure<'t> {
    place: &'t [u16],
    group: Cow<'t, [u16]>,
    estimate: Estimate,
}

/// What is known of one country and year.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    total: u64,
    known: u64,
    unknown: u64,
}

fn figures<'t>(
    frame: &Frame<'_>,
    all: &Counted<'t>,
    split: &Split<'_, '_, 't>,
    population: Option<&Population>,
) -> Result<Vec<Figure<'t>>, IndicatorError> {
    // A zero is known of the places and years that were asked for, of no others.
    let of_place: Vec<bool> = frame.filters.iter().map(|(dim, _)| is_of_place_or_year(frame, dim)).collect();
    let mut places: BTreeMap<&[u16], Place> = all
        .counted_where(&of_place)
        .filter(|place| recorded(all, place))
        .map(|place| (place, Place::default()))
        .collect();
    let mut without_place = 0;
    for (_, _, place, count) in all.cells().filter(|(selected, ..)| *selected) {
        match places.get_mut(place) {
            Some(found) => found.total += count,
            None if !recorded(all, place) => without_place += count,
            None => {}
        }
    }
    // What a filter on a dimension of the breakdown leaves out is no category of it.
    let listed: Vec<bool> = frame.filters.iter().map(|(dim, _)| frame.by.contains(dim)).collect();
    let is_listed = |key: &[u16]| key.iter().zip(&listed).all(|(&position, &listed)| !listed || position == 0);
    let mut groups = BTreeSet::<Cow<'t, [u16]>>::new();
    let mut counts = BTreeMap::<(&[u16], Cow<'t, [u16]>), u64>::new();
    for (key, count) in split.counted.table.cells() {
        let Some(cell) = split.cell(key) else { continue };
        let mut of_place = places.get_mut(cell.place).filter(|_| cell.selected);
        match cell.group {
            Group::Of(group) => {
                if let Some(place) = &mut of_place {
                    place.known += count;
                    *counts.entry((cell.place, group.clone())).or_default() += count;
                }
                if !groups.contains(&group) && is_listed(key) {
                    groups.insert(group);
                }
            }
            Group::Unknown => {
                if let Some(place) = &mut of_place {
                    place.unknown += count;
                }
            }
            Group::Outside => {}
        }
    }
    let several = split.frame.by.iter().any(Dim::is_multiple);
    let mut rates = Rates::new(frame, split, population);
    let mut figures = Vec::with_capacity(places.len() * groups.len());
    for (place, of_place) in places {
        for group in &groups {
            let count = counts.get(&(place, group.clone())).copied().unwrap_or(0);
            let unknown = if split.is_total() { without_place } else { of_place.unknown };
            let mut estimate = rates.estimate(place, group, count, (!several).then_some(unknown))?;
            if !split.is_total() {
                estimate.residual = i64::try_from(i128::from(of_place.total) - i128::from(of_place.known)).ok();
                if frame.request.unknown == AllocateUnknown::Proportional {
                    distribute(&mut estimate, of_place)?;
                }
            }
            figures.push(Figure { place, group: group.clone(), estimate });
        }
    }
    Ok(figures)
}

/// Distributes persons of unknown category in proportion to the known ones.
fn distribute(estimate: &mut Estimate, place: Place) -> Result<(), IndicatorError> {
    estimate.nature = Nature::Estimated;
    estimate.notes.push(DISTRIBUTED.into());
    let Value::Known(value) = estimate.value else {
        return Ok(());
    };
    if place.known == 0 && place.unknown > 0 {
        estimate.value = Value::NotAvailable(NotAvailable::Undefined);
        estimate.interval = None;
    } else if place.known > 0 {
        let factor = 1.0 + as_f64(place.unknown) / as_f64(place.known);
        estimate.value = Value::from(value * factor);
        estimate.interval = estimate.interval.map(|interval| interval.scaled(factor)).transpose()?;
    }
    Ok(())
}

fn recorded(counted: &Counted<'_>, place: &[u16]) -> bool {
    (0..)
        .zip(place)
        .all(|(index, &position)| counted.dimension(index).is_some_and(|dimension| !dimension.is_missing(position)))
}

/// Whether a dimension tells countries or years of the rate apart.
fn is_of_place_or_year(frame: &Frame<'_>, dim: &Dim) -> bool {
    let [country, year] = frame.place_and_year();
    *dim == year || (dim.of_place().is_some() && dim.of_place() == country.of_place())
}

fn notes(frame: &Frame<'_>) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if frame.attribution() == Attribution::Detection {
        notes.push(DETECTION);
    }
    let place_and_year = frame.place_and_year();
    let dims = || frame.by.iter().chain(frame.filters.iter().map(|(dim, _)| dim));
    if dims().any(is_demographic) {
        notes.push(match frame.request.population_base {
            PopBase::Own => OWN_POPULATION,
            PopBase::Total => TOTAL_POPULATION,
        });
    }
    if dims().any(|dim| !is_demographic(dim) && !place_and_year.contains(dim)) {
        notes.push(NO_POPULATION_OF_THEIR_OWN);
    }
    if in_one_form(frame) {
        notes.push(MIXED);
    }
    if frame.by.is_empty() {
        notes.push(WITHOUT_PLACE);
    }
    notes
}

struct Rates<'f, 'a, 's, 't> {
    frame: &'f Frame<'a>,
    split: &'f Split<'f, 's, 't>,
    sheet: Sheet<'f, 's, 't>,
    population: Option<&'f Population>,
    /// The coordinates of countries and years.
    places: [Vec<Dimension>; 2],
    /// The names of all coordinates, country and year first, then the breakdown in the order of the request.
    order: Vec<Cow<'static, str>>,
    /// Intervals of counts that were met already; most counts are small.
    intervals: BTreeMap<u64, Interval>,
}

impl<'f, 'a, 's, 't> Rates<'f, 'a, 's, 't> {
    fn new(frame: &'f Frame<'a>, split: &'f Split<'f, 's, 't>, population: Option<&'f Population>) -> Self {
        let [country, year] = frame.place_and_year();
        let sheet = notes(frame).into_iter().fold(Sheet::new(split.frame, split.counted), Sheet::with_note);
        Self {
            frame,
            split,
            sheet,
            population,
            places: [split.counted.coordinates(0, &country), split.counted.coordinates(1, &year)],
            order: [&country, &year].into_iter().chain(&frame.by).map(Dim::name).collect(),
            intervals: BTreeMap::new(),
        }
    }

    fn estimate(
        &mut self,
        place: &[u16],
        group: &[u16],
        count: u64,
        unknown: Option<u64>,
    ) -> Result<Estimate, IndicatorError> {
        let (form, by) = self.split.divide(group);
        let of_place =
            place.iter().zip(&self.places).filter_map(|(&position, of)| of.get(usize::from(position)).cloned());
        let mut described = self.sheet.blank(&by, of_place.chain(form));
        described.dimensions = self.order.iter().filter_map(|name| described.dimensions.get(name)).cloned().collect();
        described.period = described.dimensions.get("year").and_then(|year| year.code.parse().ok()).map(Years::single);
        described.unit = Unit::Per100k;
        described.value = Value::NotAvailable(NotAvailable::PopulationMissing);
        described.numerator = Some(count);
        described.unknown = unknown;
        let Some(population) = self.population else {
            return Ok(described);
        };
        let (own, residents) = residents(self.frame, &described, population);
        described.population_base = Some(if own { PopBase::Own } else { PopBase::Total });
        let Some(residents) = residents else {
            return Ok(described);
        };
        described.base = Some(residents.persons.rounded());
        described.population = Some(population.source_of(&residents));
        described.notes.extend(residents.notes());
        if let Some(factor) = residents.persons.per_100k() {
            described.value = Value::from(as_f64(count) * factor);
            described.interval = Some(self.interval(count)?.scaled(factor)?);
        } else {
            described.value = Value::NotAvailable(NotAvailable::EmptyBase);
        }
        Ok(described)
    }

    fn interval(&mut self, count: u64) -> Result<Interval, IndicatorError> {
        if let Some(found) = self.intervals.get(&count) {
            return Ok(*found);
        }
        let request = self.frame.request;
        let interval = request.rate_interval.of(count, request.level)?;
        self.intervals.insert(count, interval);
        Ok(interval)
    }
}
