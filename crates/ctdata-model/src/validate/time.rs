//! R15, R16, R18 and R19: years of registration, and bands of duration.

use std::ops::ControlFlow;

use ctdata_table::Control;

use super::chunk::Chunk;
use super::visitor::Visitor;
use super::{FileRule, RowRule, Severity};
use crate::{
    CaseAttribute as A, CaseTable, Coding, Dataset, DurationBand, Layout, ModelError, SexualExploitationType as T,
    Token, Year,
};

pub(super) const RULES: &[(&str, RowRule)] = &[("R15", covered), ("R18", collected)];
pub(super) const FILE_RULES: &[(&str, FileRule)] = &[("R16", one_year), ("R19", bands)];

/// The year behind a code: the domain holds every year from [`Year::MIN`] on.
fn year(code: u16) -> i32 {
    i32::from(Year::MIN.get()) + i32::from(code)
}

fn covered(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "The year of registration is not one that the release covers.";
    let (first, last) = chunk.table().layout().years;
    let covered = i32::from(first)..=i32::from(last);
    visitor.rows(chunk, Severity::Error, MESSAGE, || {
        [(A::YearOfRegistration, chunk.values(A::YearOfRegistration, |code| !covered.contains(&year(code))))]
    })
}

/// The first year in which some columns were filled.
const COLLECTED_SINCE: i32 = 2017;

fn collected(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "What is collected since 2017 is filled for an earlier year: it may have been coded later.";
    const LATE: [A; 3] =
        [A::SexualType(T::RemoteInteractiveServices), A::SexualType(T::PrivateSexualServices), A::Abduction];
    if !chunk.table().layout().is_release() {
        return ControlFlow::Continue(());
    }
    visitor.rows(chunk, Severity::Information, MESSAGE, || {
        let early = chunk.values(A::YearOfRegistration, |code| year(code) < COLLECTED_SINCE);
        LATE.map(|late| (late, early & (chunk.flag(late).yes | chunk.flag(late).no)))
    })
}

/// Fewer rows with a year than this say nothing about a year that stands out.
const ONE_YEAR_ROWS: u64 = 100;
/// Nor do fewer distinct years.
const ONE_YEAR_YEARS: usize = 5;
/// More than one in this many rows with a year is a year that stands out.
const ONE_YEAR_SHARE: u64 = 4;

#[expect(clippy::unnecessary_wraps, reason = "the signature of every rule about a file")]
fn one_year(dataset: &Dataset, visitor: &mut Visitor, _: &Control) -> Result<(), ModelError> {
    const MESSAGE: &str =
        "One year holds more than a quarter of the registrations: a contributor stamped older cases with it.";
    let Dataset::Cases(cases) = dataset else {
        return Ok(());
    };
    if cases.layout().synthetic || !cases.layout().is_release() || !visitor.asks(Severity::Information) {
        return Ok(());
    }
    let rows = rows_by_code(cases, A::YearOfRegistration);
    let all: u64 = rows.iter().sum();
    let most = rows.iter().copied().max().unwrap_or(0);
    let years = rows.iter().filter(|rows| **rows > 0).count();
    if all >= ONE_YEAR_ROWS && years >= ONE_YEAR_YEARS && most * ONE_YEAR_SHARE > all {
        let code = rows.iter().position(|rows| *rows == most);
        let first = first_row(cases, A::YearOfRegistration, |found| Some(found) == code);
        let _ = visitor.add(Severity::Information, MESSAGE, most, first, Some(A::YearOfRegistration));
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of every rule about a file")]
fn bands(dataset: &Dataset, visitor: &mut Visitor, _: &Control) -> Result<(), ModelError> {
    const MIXED: &str = "Duration bands of this release and of another are mixed.";
    const FOREIGN: &str = "The duration bands are of another release.";
    let Dataset::Cases(cases) = dataset else {
        return Ok(());
    };
    if !visitor.asks(Severity::Warning) {
        return Ok(());
    }
    let own = own_bands(cases.layout());
    let is_own = |code: usize| DurationBand::from_index(code).is_some_and(|band| own.contains(&band));
    let rows = rows_by_code(cases, A::TraffickingDuration);
    let (mut ours, mut foreign) = (0, 0);
    for (code, rows) in rows.into_iter().enumerate() {
        *(if is_own(code) { &mut ours } else { &mut foreign }) += rows;
    }
    if foreign > 0 {
        let first = first_row(cases, A::TraffickingDuration, |code| code < DurationBand::ALL.len() && !is_own(code));
        let message = if ours > 0 { MIXED } else { FOREIGN };
        let _ = visitor.add(Severity::Warning, message, foreign, first, Some(A::TraffickingDuration));
    }
    Ok(())
}

fn own_bands(layout: &Layout) -> Vec<DurationBand> {
    let tokens = match layout.column_of(A::TraffickingDuration).map(|column| column.coding) {
        Some(Coding::Tokens(tokens)) => tokens,
        _ => &[],
    };
    let band = |token: &Token| match *token {
        Token::Value(_, code) => DurationBand::from_index(code.into()),
        Token::Missing(..) => None,
    };
    tokens.iter().filter_map(band).collect()
}

/// How many rows have each value; nothing if the layout does not have the attribute.
fn rows_by_code(cases: &CaseTable, attribute: A) -> Vec<u64> {
    let Some(column) = cases.column(attribute) else {
        return Vec::new();
    };
    let mut rows = vec![0; attribute.domain().len()];
    for code in column.iter() {
        if let Some(rows) = rows.get_mut(usize::from(code)) {
            *rows += 1;
        }
    }
    rows
}

fn first_row(cases: &CaseTable, attribute: A, holds: impl Fn(usize) -> bool) -> u64 {
    let position = cases.column(attribute).and_then(|column| column.iter().position(|code| holds(code.into())));
    position.unwrap_or(0) as u64
}
