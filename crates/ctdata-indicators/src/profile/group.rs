//! Multi-valued questions: forms of exploitation, sectors, means of control, recruiters.
//!
//! # Sources
//! The base of a group of flags: CTDC Global Synthetic Data Codebook, version 2 (2024), section 6.

use super::{Counted, Frame, Sheet, Slice, Tables, Tally};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Base, Dimension, NotAvailable, Value};
use crate::request::{Dim, Scope, flag_words, flags};
use ctdata_model::{CaseAttribute, CaseGroup, ExploitationForm};
use ctdata_table::Variable;
use std::collections::BTreeMap;

const ANSWERS: &str = "answers";
const ANY: &str = "any";
const ANSWER: &str = "answer-";
const COMBINATIONS: &str = "combinations";

/// Positions of the answers of a flag, in the arrays below.
const YES: usize = 0;
const NO: usize = 1;

/// The tables of a question, or of one of its flags.
pub(crate) fn tables(
    frame: &Frame<'_>,
    scope: &Scope<'_>,
    group: CaseGroup,
    only: Option<CaseAttribute>,
) -> Result<Vec<TableSpec>, IndicatorError> {
    let members = scope.members(group)?;
    let name = Dim::Group(group).name();
    let answers = match only {
        Some(flag) if members.contains(&flag) => vec![flag],
        Some(flag) => {
            // The merged answer of CTDC may hold the one asked for, and cannot be divided.
            if !members.contains(&CaseAttribute::Form(ExploitationForm::Other)) {
                return Err(scope.unavailable(flag.name()));
            }
            Vec::new()
        }
        None => members.clone(),
    };
    if frame.is_exclusive_forms() {
        let each = members.iter().map(|flag| Variable::attribute(flag.name()));
        return Ok(vec![frame.spec(scope, COMBINATIONS, each)?]);
    }
    if frame.base == Some(Base::Answered) && !answers.is_empty() {
        let role = |flag: &CaseAttribute| format!("{ANSWER}{}", flag.name());
        let spec = |flag| frame.spec(scope, &role(flag), [Variable::attribute(flag.name())]);
        return answers.iter().map(spec).collect();
    }
    if frame.base == Some(Base::AnyInGroup) && members.len() == 1 {
        return Err(IndicatorError::Request {
            indicator: frame.definition.id.to_owned(),
            rule: "the question has one answer only in this table: its share would be 100 % by definition".into(),
        });
    }
    let any = Variable::AnyFlag {
        name: format!("any-{name}"),
        members: members.iter().map(|flag| flag.name().into_owned()).collect(),
    };
    let any = frame.spec(scope, ANY, [any])?;
    if answers.is_empty() {
        return Ok(vec![any]);
    }
    Ok(vec![frame.spec(scope, ANSWERS, [flags(&name, &answers)])?, any])
}

/// The shares of the answers.
pub(crate) fn figures<T: Tally>(
    frame: &Frame<'_>,
    group: CaseGroup,
    only: Option<CaseAttribute>,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let dim = Dim::Group(group);
    if frame.is_exclusive_forms() {
        return exclusive::<T>(frame, &dim, tables);
    }
    let nowhere = || frame.find(tables, ANSWERS).is_none() && frame.find(tables, ANY).is_some();
    if let Some(flag) = only.filter(|_| nowhere()) {
        return not_separable::<T>(frame, &dim, flag, tables);
    }
    if frame.base == Some(Base::Answered) {
        return answered::<T>(frame, &dim, tables);
    }
    let answers = frame.table(tables, ANSWERS, 1)?;
    let any = frame.table(tables, ANY, 1)?;
    let coordinates = answers.coordinates(0, &dim);
    let selected = answers.selected();
    let mut numerators = BTreeMap::<&[u16], Vec<T>>::new();
    for cell in selected.cells() {
        let of_answer = numerators.entry(cell.by).or_insert_with(|| vec![T::default(); coordinates.len()]);
        if let Some(sum) = cell.counted.first().and_then(|&answer| of_answer.get_mut(usize::from(answer))) {
            sum.add(cell);
        }
    }
    let (yes, not_recorded) = (any.position(0, "yes"), any.position(0, "not-recorded"));
    let mut sheet = Sheet::new(frame, any);
    if let Some(note) = few_answers(frame, &any) {
        sheet = sheet.with_note(note);
    }
    let none = T::default();
    let mut figures = Vec::new();
    for slice in any.selected().slices() {
        let (mut base, mut unknown) = (T::default(), T::default());
        for cell in slice.cells {
            let answer = cell.counted.first().copied();
            if frame.base == Some(Base::All) || answer == yes {
                base.add(cell);
            } else if answer == not_recorded {
                unknown.add(cell);
            }
        }
        let of_answer = numerators.get(slice.by);
        for (index, coordinate) in coordinates.iter().enumerate() {
            let numerator = of_answer.and_then(|sums| sums.get(index)).unwrap_or(&none);
            figures.push(sheet.share(slice.by, [coordinate.clone()], [numerator, &base, &unknown])?);
        }
    }
    Ok(figures)
}

/// The answers that make the base, where they are few: a table need not have all that a layout has.
fn few_answers(frame: &Frame<'_>, any: &Counted<'_>) -> Option<String> {
    const FEW: usize = 3;
    match &any.dimension(0)?.variable {
        Variable::AnyFlag { members, .. } if frame.base == Some(Base::AnyInGroup) && members.len() <= FEW => {
            let labels = members.iter().filter_map(|name| flag_words(CaseAttribute::from_name(name)?));
            let labels: Vec<&str> = labels.map(|(_, label)| label).collect();
            Some(format!("answers in this table: {}", labels.join(", ")))
        }
        _ => None,
    }
}

/// Each flag over the persons who answered it.
fn answered<T: Tally>(frame: &Frame<'_>, dim: &Dim, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.tables(tables, ANSWER)?;
    // Where no flag is ever "no", "no" and "not recorded" are one and the same blank.
    let said_no = counted.iter().any(|flag| {
        let no = flag.position(0, "no");
        flag.cells().any(|(_, _, key, _)| key.first().copied() == no)
    });
    let mut found: Vec<(&[u16], T::Figure)> = Vec::new();
    for flag in counted {
        let [yes, no] = ["yes", "no"].map(|code| flag.position(0, code));
        let read = flag.dimension(0).and_then(|dimension| CaseAttribute::from_name(dimension.name()));
        let (code, label) = read.and_then(flag_words).unwrap_or_default();
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
            let coordinate = Dimension::new(dim.name(), code, label);
            let mut figure = sheet.share(slice.by, [coordinate], [&said_yes, &base, &unknown])?;
            if !said_no {
                let estimate = T::estimate(&mut figure);
                estimate.value = Value::NotAvailable(NotAvailable::NotSeparable);
                estimate.interval = None;
                estimate.notes.push("the file has no answer \"no\": choose the base any-in-group or all".into());
            }
            found.push((slice.by, figure));
        }
    }
    found.sort_by_key(|(by, _)| *by);
    Ok(found.into_iter().map(|(_, figure)| figure).collect())
}

/// One form per person, or `mixed`.
fn exclusive<T: Tally>(frame: &Frame<'_>, dim: &Dim, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let table = frame.find(tables, COMBINATIONS);
    let width = table.map_or(1, |table| table.dimensions().len().saturating_sub(frame.filters.len() + frame.by.len()));
    let counted = frame.table(tables, COMBINATIONS, width)?;
    let answers: Vec<_> = (0..width).map(|index| ["yes", "no"].map(|code| counted.position(index, code))).collect();
    let member = |index| {
        let dimension = counted.dimension(index)?;
        flag_words(CaseAttribute::from_name(dimension.name())?)
    };
    let coordinates: Vec<_> = (0..=width)
        .map(|index| {
            let (code, label) = member(index).unwrap_or(("mixed", "Several forms"));
            Dimension::new(dim.name(), code, label)
        })
        .collect();
    let sheet = Sheet::new(frame, counted);
    let mut figures = Vec::new();
    for slice in counted.selected().slices() {
        let mut each = vec![T::default(); width + 1];
        let (mut base, mut unknown) = (T::default(), T::default());
        for cell in slice.cells {
            let gave = |answer: usize| {
                let pairs = cell.counted.iter().zip(&answers).enumerate();
                let given = pairs.filter(move |(_, (found, codes))| codes.get(answer) == Some(&Some(**found)));
                given.map(|(index, _)| index)
            };
            let mut yes = gave(YES);
            let form = match (yes.next(), yes.next()) {
                (Some(only), None) => each.get_mut(only),
                (Some(_), Some(_)) => each.last_mut(),
                _ => None,
            };
            let has_form = form.is_some();
            if let Some(form) = form {
                form.add(cell);
            }
            if has_form || frame.base == Some(Base::All) {
                base.add(cell);
            } else if gave(NO).next().is_none() {
                unknown.add(cell);
            }
        }
        for (coordinate, numerator) in coordinates.iter().zip(&each) {
            figures.push(sheet.share(slice.by, [coordinate.clone()], [numerator, &base, &unknown])?);
        }
    }
    Ok(figures)
}

/// The answer asked for is inside a merged one.
fn not_separable<T: Tally>(
    frame: &Frame<'_>,
    dim: &Dim,
    flag: CaseAttribute,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let any = frame.table(tables, ANY, 1)?;
    let (code, label) = flag_words(flag).unwrap_or_default();
    let (sheet, none) = (Sheet::new(frame, any), T::default());
    let describe = |slice: Slice<'_, '_>| {
        let mut estimate = sheet.blank(slice.by, [Dimension::new(dim.name(), code, label)]);
        estimate.value = Value::NotAvailable(NotAvailable::NotSeparable);
        T::figure(estimate, [&none, &none, &none])
    };
    Ok(any.selected().slices().map(describe).collect())
}
