//! Multi-valued questions: forms of exploitation, sectors, means of control, recruiters.
//!
//! # Sources
//! The base of a group of flags: CTDC Global Synthetic Data Codebook, version 2 (2024), section 6.

use super::{Counted, Frame};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Base, Dimension, Estimate, NotAvailable, Unit, Value};
use crate::request::{Dim, Scope, flag_words, flags};
use ctdata_model::{CaseAttribute, CaseGroup, ExploitationForm};
use ctdata_table::{CountTable, Variable};
use std::borrow::Cow;
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
pub(crate) fn estimates(
    frame: &Frame<'_>,
    group: CaseGroup,
    only: Option<CaseAttribute>,
    tables: &[CountTable],
) -> Result<Vec<Estimate>, IndicatorError> {
    let dim = Dim::Group(group);
    if frame.is_exclusive_forms() {
        return exclusive(frame, &dim, tables);
    }
    let nowhere = || frame.find(tables, ANSWERS).is_none() && frame.find(tables, ANY).is_some();
    if let Some(flag) = only.filter(|_| nowhere()) {
        return not_separable(frame, &dim, flag, tables);
    }
    if frame.base == Some(Base::Answered) {
        return answered(frame, &dim, tables);
    }
    let answers = frame.table(tables, ANSWERS, 1)?;
    let any = frame.table(tables, ANY, 1)?;
    let categories = answers.dimension(0).map_or(0, |dimension| dimension.categories.len());
    let mut numerators = BTreeMap::<&[u16], Vec<u64>>::new();
    for (_, by, counted, count) in answers.cells().filter(|(selected, ..)| *selected) {
        let of_answer = numerators.entry(by).or_insert_with(|| vec![0; categories]);
        if let Some(slot) = counted.first().and_then(|&answer| of_answer.get_mut(usize::from(answer))) {
            *slot += count;
        }
    }
    let (yes, unknown) = (any.position(0, "yes"), any.position(0, "not-recorded"));
    let mut estimates = Vec::new();
    for slice in any.slices() {
        let of = |wanted: Option<u16>| -> u64 {
            let chosen = slice.cells.iter().filter(|(key, _)| key.first().copied() == wanted);
            chosen.map(|(_, count)| count).sum()
        };
        let (base, unknown) = match frame.base {
            Some(Base::All) => (slice.cells.iter().map(|(_, count)| count).sum(), 0),
            _ => (of(yes), of(unknown)),
        };
        let of_answer = numerators.get(slice.by.as_slice());
        for (answer, index) in (0u16..).zip(0..categories) {
            let numerator = of_answer.and_then(|counts| counts.get(index)).copied().unwrap_or(0);
            let coordinate = answers.counted(0, &dim, answer);
            let mut estimate = frame.share(&any, &slice.by, [coordinate], [numerator, base, unknown])?;
            estimate.notes.extend(few_answers(frame, &any));
            estimates.push(estimate);
        }
    }
    Ok(estimates)
}

/// The answers that make the base, where they are few: a table need not have all that a layout has.
fn few_answers(frame: &Frame<'_>, any: &Counted<'_>) -> Option<Cow<'static, str>> {
    const FEW: usize = 3;
    match &any.dimension(0)?.variable {
        Variable::AnyFlag { members, .. } if frame.base == Some(Base::AnyInGroup) && members.len() <= FEW => {
            let labels = members.iter().filter_map(|name| flag_words(CaseAttribute::from_name(name)?));
            let labels: Vec<&str> = labels.map(|(_, label)| label).collect();
            Some(format!("answers in this table: {}", labels.join(", ")).into())
        }
        _ => None,
    }
}

/// Each flag over the persons who answered it.
fn answered(frame: &Frame<'_>, dim: &Dim, tables: &[CountTable]) -> Result<Vec<Estimate>, IndicatorError> {
    let counted = frame.tables(tables, ANSWER)?;
    // Where no flag is ever "no", "no" and "not recorded" are one and the same blank.
    let said_no = counted.iter().any(|flag| {
        let no = flag.position(0, "no");
        flag.cells().any(|(_, _, key, _)| key.first().copied() == no)
    });
    let mut found: Vec<(Vec<u16>, Estimate)> = Vec::new();
    for flag in counted {
        let answers = [flag.position(0, "yes"), flag.position(0, "no")];
        let read = flag.dimension(0).and_then(|dimension| CaseAttribute::from_name(dimension.name()));
        let (code, label) = read.and_then(flag_words).unwrap_or_default();
        for slice in flag.slices() {
            let [yes, no] = answers.map(|wanted| -> u64 {
                let chosen = slice.cells.iter().filter(|(key, _)| key.first().copied() == wanted);
                chosen.map(|(_, count)| count).sum()
            });
            let total: u64 = slice.cells.iter().map(|(_, count)| count).sum();
            let coordinate = Dimension::new(dim.name(), code, label);
            let figures = [yes, yes + no, total - yes - no];
            let mut estimate = frame.share(&flag, &slice.by, [coordinate], figures)?;
            if !said_no {
                estimate.value = Value::NotAvailable(NotAvailable::NotSeparable);
                estimate.interval = None;
                estimate.notes.push("the file has no answer \"no\": choose the base any-in-group or all".into());
            }
            found.push((slice.by, estimate));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found.into_iter().map(|(_, estimate)| estimate).collect())
}

/// One form per person, or `mixed`.
fn exclusive(frame: &Frame<'_>, dim: &Dim, tables: &[CountTable]) -> Result<Vec<Estimate>, IndicatorError> {
    let table = frame.find(tables, COMBINATIONS);
    let width = table.map_or(1, |table| table.dimensions().len().saturating_sub(frame.filters.len() + frame.by.len()));
    let counted = frame.table(tables, COMBINATIONS, width)?;
    let answers: Vec<_> = (0..width).map(|index| ["yes", "no"].map(|code| counted.position(index, code))).collect();
    let member = |index| {
        let dimension = counted.dimension(index)?;
        flag_words(CaseAttribute::from_name(dimension.name())?)
    };
    let mut estimates = Vec::new();
    for slice in counted.slices() {
        let mut each = vec![0u64; width + 1];
        let (mut base, mut unknown, mut total) = (0, 0, 0);
        for (key, count) in &slice.cells {
            let gave = |answer: usize| {
                let pairs = key.iter().zip(&answers).enumerate();
                let given = pairs.filter(move |(_, (found, codes))| codes.get(answer) == Some(&Some(**found)));
                given.map(|(index, _)| index)
            };
            let mut yes = gave(YES);
            let form = match (yes.next(), yes.next()) {
                (Some(only), None) => each.get_mut(only),
                (Some(_), Some(_)) => each.last_mut(),
                _ => None,
            };
            if let Some(form) = form {
                *form += count;
                base += count;
            } else if gave(NO).next().is_none() {
                unknown += count;
            }
            total += count;
        }
        let (base, unknown) = if frame.base == Some(Base::All) { (total, 0) } else { (base, unknown) };
        for (index, numerator) in each.into_iter().enumerate() {
            let (code, label) = member(index).unwrap_or(("mixed", "Several forms"));
            let coordinate = Dimension::new(dim.name(), code, label);
            estimates.push(frame.share(&counted, &slice.by, [coordinate], [numerator, base, unknown])?);
        }
    }
    Ok(estimates)
}

/// The answer asked for is inside a merged one.
fn not_separable(
    frame: &Frame<'_>,
    dim: &Dim,
    flag: CaseAttribute,
    tables: &[CountTable],
) -> Result<Vec<Estimate>, IndicatorError> {
    let any = frame.table(tables, ANY, 1)?;
    let (code, label) = flag_words(flag).unwrap_or_default();
    let describe = |slice: super::frame::Slice| {
        let id = frame.definition.id;
        let mut estimate = Estimate::not_available(id, Unit::Percent, NotAvailable::NotSeparable);
        estimate.base_rule = frame.base;
        frame.describe(&mut estimate, &any, &slice.by, [Dimension::new(dim.name(), code, label)]);
        estimate
    };
    Ok(any.slices().into_iter().map(describe).collect())
}
