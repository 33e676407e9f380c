//! Shares of answers that cases of CTDC do not have.

use super::measure::{dimension, label, not_collected, require};
use super::question::{Answer, Question, Values};
use super::{EXTENSIONS, Extension};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Base, Dimension, Estimate, NotAvailable, Value};
use crate::profile::exclusive::{Listed, known, shares};
use crate::profile::{Counted, Entry, Frame, Sheet, Tables, Tally};
use crate::request::{Dim, Scope, flags};
use ctdata_model::{CaseAttribute, CaseGroup, MeansOfControl};
use ctdata_table::{Category, Variable};
use std::collections::{BTreeMap, BTreeSet};

const ANSWERS: &str = "answers";
const ANY: &str = "any";
const ANSWER: &str = "answer-";
const CONTROL: &str = "control";
const YES: &str = "yes";
const NO_ANSWER_NO: &str = "the file has no answer \"no\": choose the base all, or any-in-group where there is one";

fn values_role(name: &str) -> String {
    format!("values-{}", dimension(name))
}

/// The table of one attribute.
pub(super) fn value_tables(frame: &Frame<'_>, scope: &Scope<'_>, name: &str) -> Result<Vec<TableSpec>, IndicatorError> {
    let attribute = require(scope, name)?;
    Ok(vec![frame.spec(scope, &values_role(name), [Variable::attribute(attribute.name())])?])
}

/// The shares of the values of one attribute.
pub(super) fn values<T: Tally>(
    frame: &Frame<'_>,
    name: &str,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, &values_role(name), 1)?;
    let answers = counted.answers(0);
    let class = |key: &[u16]| known(&answers, key.first());
    let coordinate = |class: u32| {
        let code = code(&counted, class);
        [Dimension::new(dimension(name), code.to_owned(), label(name, code))]
    };
    shares::<T, _>(&Sheet::new(frame, counted), class, coordinate, Listed::Used)
}

/// The code of a category of the dimension counted.
fn code<'t>(counted: &Counted<'t>, class: u32) -> &'t str {
    let category = counted.dimension(0).and_then(|dimension| dimension.categories.get(usize::try_from(class).ok()?));
    category.map_or("", |category| category.code.as_str())
}

/// The table of a question that is answered with yes or no.
pub(super) fn yes_tables(frame: &Frame<'_>, scope: &Scope<'_>, name: &str) -> Result<Vec<TableSpec>, IndicatorError> {
    let attribute = require(scope, name)?;
    is_flag(frame, scope, attribute.name())?;
    value_tables(frame, scope, name)
}

/// Refuses a column that was read without its public values.
fn is_flag(frame: &Frame<'_>, scope: &Scope<'_>, name: &str) -> Result<(), IndicatorError> {
    let domain = require(scope, name)?.domain();
    if domain.len() == 2 && domain.code_of("no") == Some(0) && domain.code_of(YES) == Some(1) {
        return Ok(());
    }
    Err(frame.refuse(format!("attribute `{name}` is not read as yes and no: `people::adopt` does it")))
}

/// The share of yes.
pub(super) fn yes<T: Tally>(
    frame: &Frame<'_>,
    name: &str,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, &values_role(name), 1)?;
    let answers = counted.answers(0);
    let class = |key: &[u16]| known(&answers, key.first());
    let coordinate = |_| [Dimension::new(dimension(name), YES, YES)];
    let position = counted.position(0, YES).map_or(1, u32::from);
    let mut figures = shares::<T, _>(&Sheet::new(frame, counted), class, coordinate, Listed::Only(position))?;
    if frame.base == Some(Base::Answered) && !says_no(&counted) {
        for figure in &mut figures {
            withhold_without_no(T::estimate(figure));
        }
    }
    Ok(figures)
}

/// Whether anybody answered no; where nobody did, "no" and "not recorded" are one and the same blank.
fn says_no(counted: &Counted<'_>) -> bool {
    let no = counted.position(0, "no");
    counted.cells().any(|(_, _, key, _)| key.first().copied() == no)
}

/// A share among answers that can only be yes is 100 % by definition.
fn withhold_without_no(estimate: &mut Estimate) {
    estimate.value = Value::NotAvailable(NotAvailable::NotSeparable);
    estimate.interval = None;
    estimate.notes.push(NO_ANSWER_NO.into());
}

/// The shares of the items of sets: a person is counted in each.
pub(super) fn items<T: Tally>(
    frame: &Frame<'_>,
    name: &str,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, &values_role(name), 1)?;
    let answers = counted.answers(0);
    let set = |key: &[u16]| Some(code(&counted, known(&answers, key.first())?).split(';'));
    let used: BTreeSet<&str> = counted.cells().filter_map(|(_, _, key, _)| set(key)).flatten().collect();
    let mut items: Vec<&str> = Vec::new();
    if let Some(Values::Set(values)) = Extension::named(name).map(|extension| extension.values) {
        items.extend(values.items().into_iter().map(|(code, _)| code).filter(|code| used.contains(code)));
    }
    items.extend(used.into_iter().filter(|code| !items.contains(code)).collect::<Vec<_>>());
    let sheet = Sheet::new(frame, counted);
    let mut figures = Vec::new();
    for slice in counted.selected().slices() {
        let (mut base, mut unknown) = (T::default(), T::default());
        let mut with = vec![T::default(); items.len()];
        for cell in slice.cells {
            let Some(set) = set(cell.counted) else {
                if frame.base == Some(Base::All) {
                    base.add(cell);
                } else {
                    unknown.add(cell);
                }
                continue;
            };
            base.add(cell);
            for one in set {
                let found = items.iter().zip(&mut with).find(|(item, _)| **item == one);
                if let Some((_, sum)) = found {
                    sum.add(cell);
                }
            }
        }
        for (item, numerator) in items.iter().zip(&with) {
            let coordinate = Dimension::new(dimension(name), (*item).to_owned(), label(name, item));
            figures.push(sheet.share(slice.by, [coordinate], [numerator, &base, &unknown])?);
        }
    }
    Ok(figures)
}

/// The answers of a question that the schema has flags for.
fn members(frame: &Frame<'_>, scope: &Scope<'_>, question: Question) -> Result<Vec<Answer>, IndicatorError> {
    let mut answers = question.answers();
    answers.retain(|answer| scope.schema.find(&answer.attribute).is_some());
    for answer in &answers {
        is_flag(frame, scope, &answer.attribute)?;
    }
    match EXTENSIONS.iter().find(|extension| extension.name == question.name()) {
        Some(extension) if answers.is_empty() => Err(not_collected(scope, extension)),
        _ => Ok(answers),
    }
}

/// The tables of a question: its answers and whether there is any, or each of its flags.
pub(super) fn answer_tables(
    frame: &Frame<'_>,
    scope: &Scope<'_>,
    question: Question,
) -> Result<Vec<TableSpec>, IndicatorError> {
    let answers = members(frame, scope, question)?;
    let attributes = || answers.iter().map(|answer| answer.attribute.clone());
    if frame.base == Some(Base::Answered) {
        let spec = |name: String| frame.spec(scope, &format!("{ANSWER}{name}"), [Variable::attribute(name)]);
        return attributes().map(spec).collect();
    }
    if frame.base == Some(Base::AnyInGroup) && answers.len() == 1 {
        return Err(frame
            .refuse("the question has one answer only in this table: its share would be 100 % by definition".into()));
    }
    let given = Variable::Flags {
        name: question.dimension().into(),
        members: attributes().collect(),
        categories: answers.iter().map(|answer| Category::new(answer.code.clone(), answer.label)).collect(),
    };
    let any = Variable::AnyFlag { name: format!("any-{}", question.dimension()), members: attributes().collect() };
    Ok(vec![frame.spec(scope, ANSWERS, [given])?, frame.spec(scope, ANY, [any])?])
}

/// The shares of the answers.
pub(super) fn answers<T: Tally>(
    frame: &Frame<'_>,
    question: Question,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    if frame.base == Some(Base::Answered) {
        return answered::<T>(frame, question, tables);
    }
    let (answers, any) = (frame.table(tables, ANSWERS, 1)?, frame.table(tables, ANY, 1)?);
    let selected = answers.selected();
    let mut numerators = BTreeMap::<(&[u16], u16), T>::new();
    for cell in selected.cells() {
        if let Some(&answer) = cell.counted.first() {
            numerators.entry((cell.by, answer)).or_default().add(cell);
        }
    }
    let categories = answers.dimension(0).map_or(&[][..], |dimension| dimension.categories.as_slice());
    let (sheet, none) = (Sheet::new(frame, any), T::default());
    let mut figures = Vec::new();
    for slice in any.selected().slices() {
        let [base, unknown] = base_of_any::<T>(frame, &any, 0, slice.cells.iter());
        for (answer, category) in (0u16..).zip(categories) {
            let numerator = numerators.get(&(slice.by, answer)).unwrap_or(&none);
            let coordinate = Dimension::new(question.dimension(), category.code.clone(), category.label.clone());
            figures.push(sheet.share(slice.by, [coordinate], [numerator, &base, &unknown])?);
        }
    }
    Ok(figures)
}

/// The base and the unknown of cells whose dimension `index` says whether any answer is given.
fn base_of_any<'c, T: Tally>(
    frame: &Frame<'_>,
    counted: &Counted<'_>,
    index: usize,
    cells: impl Iterator<Item = &'c Entry<'c>>,
) -> [T; 2] {
    let [yes, blank] = [YES, "not-recorded"].map(|code| counted.position(index, code));
    let (mut base, mut unknown) = (T::default(), T::default());
    for cell in cells {
        let answer = cell.counted.get(index).copied();
        if frame.base == Some(Base::All) || answer == yes {
            base.add(cell);
        } else if answer == blank {
            unknown.add(cell);
        }
    }
    [base, unknown]
}

/// Each answer over the persons who said yes or no to it.
fn answered<T: Tally>(
    frame: &Frame<'_>,
    question: Question,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let known_answers = question.answers();
    let flags = frame.tables(tables, ANSWER)?;
    let said_no = flags.iter().any(says_no);
    let mut found: Vec<(&[u16], T::Figure)> = Vec::new();
    for flag in flags {
        let name = flag.dimension(0).map_or("", |dimension| dimension.name());
        let answer = known_answers.iter().find(|answer| answer.attribute == name);
        let (code, label) = answer.map_or((name, name), |answer| (answer.code.as_str(), answer.label));
        let [yes, no] = [YES, "no"].map(|wanted| flag.position(0, wanted));
        let sheet = Sheet::new(frame, flag);
        for slice in flag.selected().slices() {
            let (mut said_yes, mut base, mut unknown) = (T::default(), T::default(), T::default());
            for cell in slice.cells {
                let answer = cell.counted.first().copied();
                if answer == yes {
                    said_yes.add(cell);
                }
                if answer == yes || answer == no { base.add(cell) } else { unknown.add(cell) }
            }
            let coordinate = Dimension::new(question.dimension(), code.to_owned(), label.to_owned());
            let mut figure = sheet.share(slice.by, [coordinate], [&said_yes, &base, &unknown])?;
            if !said_no {
                withhold_without_no(T::estimate(&mut figure));
            }
            found.push((slice.by, figure));
        }
    }
    found.sort_by_key(|(by, _)| *by);
    Ok(found.into_iter().map(|(_, figure)| figure).collect())
}

/// The table of a means of control by the answers of another question.
pub(super) fn control_tables(
    frame: &Frame<'_>,
    scope: &Scope<'_>,
    means: MeansOfControl,
    group: CaseGroup,
) -> Result<Vec<TableSpec>, IndicatorError> {
    let answers = scope.members(group)?;
    let of_control = scope.members(CaseGroup::MeansOfControl)?;
    let flag = CaseAttribute::Control(means);
    if !of_control.contains(&flag) {
        return Err(scope.unavailable(flag.name()));
    }
    if frame.base == Some(Base::AnyInGroup) && of_control.len() == 1 {
        return Err(
            frame.refuse("the table has one means of control only: its share would be 100 % by definition".into())
        );
    }
    let any = |name: &str, flags: &[CaseAttribute]| Variable::AnyFlag {
        name: name.to_owned(),
        members: flags.iter().map(|flag| flag.name().into_owned()).collect(),
    };
    let by = flags(&Dim::Group(group).name(), &answers);
    Ok(vec![frame.spec(scope, CONTROL, [by, any("this-means", &[flag]), any("any-means", &of_control)])?])
}

/// The share of a means of control for each answer of another question.
pub(super) fn control<T: Tally>(
    frame: &Frame<'_>,
    means: MeansOfControl,
    group: CaseGroup,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    const THIS: usize = 1;
    const ANY_MEANS: usize = 2;
    let counted = frame.table(tables, CONTROL, 3)?;
    let yes = counted.position(THIS, YES);
    let this = Dim::Attribute(CaseAttribute::Control(means)).name();
    let coordinates = counted.coordinates(0, &Dim::Group(group));
    let sheet = Sheet::new(frame, counted);
    let mut figures = Vec::new();
    for slice in counted.selected().slices() {
        for (answer, coordinate) in (0u16..).zip(&coordinates) {
            let cells = || slice.cells.iter().filter(|cell| cell.counted.first() == Some(&answer));
            let [base, unknown] = base_of_any::<T>(frame, &counted, ANY_MEANS, cells());
            let mut numerator = T::default();
            cells().filter(|cell| cell.counted.get(THIS).copied() == yes).for_each(|cell| numerator.add(cell));
            let coordinates = [coordinate.clone(), Dimension::new(this.clone(), YES, YES)];
            figures.push(sheet.share(slice.by, coordinates, [&numerator, &base, &unknown])?);
        }
    }
    Ok(figures)
}
