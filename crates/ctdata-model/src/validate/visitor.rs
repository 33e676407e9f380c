//! What rules report to: the one place where breaches are counted, whichever way was asked.

use std::ops::ControlFlow;

use super::chunk::{Bits, Chunk};
use super::{Finding, Place, Rule, Severity};
use crate::{CaseAttribute, Layout};

/// Collects breaches. Rules describe a breach by a closure, which is not called where its severity was
/// not asked for.
#[derive(Debug)]
pub(super) struct Visitor {
    /// The one severity that is asked for; `None` for all.
    asked: Option<Severity>,
    /// Whether the first breach is enough.
    stop: bool,
    /// Whether logical rules are softened.
    synthetic: bool,
    found: Vec<Found>,
    rule: &'static str,
}

/// Breaches of one rule at one severity. Rows count from 0.
#[derive(Debug)]
struct Found {
    rule: &'static str,
    severity: Severity,
    message: &'static str,
    count: u64,
    first: u64,
    column: Option<CaseAttribute>,
}

impl Visitor {
    /// A visitor of all breaches, or of those of one severity. `stop` ends the work at the first.
    pub(super) fn new(asked: Option<Severity>, stop: bool, synthetic: bool) -> Self {
        Self { asked, stop, synthetic, found: Vec::new(), rule: "" }
    }

    /// What follows is about this rule.
    pub(super) fn enter(&mut self, rule: &'static Rule) {
        self.rule = rule.id;
    }

    /// Whether breaches of this severity are asked for.
    pub(super) fn asks(&self, severity: Severity) -> bool {
        self.asked.is_none_or(|asked| asked == severity)
    }

    /// Breaches of a rule that compares cells of one row: where rows are sampled, no more than information.
    pub(super) fn logical<const N: usize>(
        &mut self,
        chunk: &Chunk<'_>,
        severity: Severity,
        message: &'static str,
        parts: impl FnOnce() -> [(CaseAttribute, Bits); N],
    ) -> ControlFlow<()> {
        let severity = if self.synthetic { Severity::Information } else { severity };
        self.rows(chunk, severity, message, parts)
    }

    /// Breaches in rows of a chunk, by the column that shows them. A row counts once; its place is the
    /// first of the columns.
    pub(super) fn rows<const N: usize>(
        &mut self,
        chunk: &Chunk<'_>,
        severity: Severity,
        message: &'static str,
        parts: impl FnOnce() -> [(CaseAttribute, Bits); N],
    ) -> ControlFlow<()> {
        if !self.asks(severity) {
            return ControlFlow::Continue(());
        }
        let parts = parts();
        let rows = parts.iter().fold(Bits::EMPTY, |rows, (_, part)| rows | *part);
        let Some(first) = rows.first() else {
            return ControlFlow::Continue(());
        };
        let column = parts.iter().find(|(_, part)| part.contains(first)).map(|(attribute, _)| *attribute);
        self.add(severity, message, rows.count(), chunk.start() + first, column)
    }

    /// Breaches that were counted elsewhere: how many, and the first row (from 0).
    pub(super) fn add(
        &mut self,
        severity: Severity,
        message: &'static str,
        count: u64,
        first: u64,
        column: Option<CaseAttribute>,
    ) -> ControlFlow<()> {
        // Both severities of a rule become one where it is softened; then the later part may come first.
        match self.found.iter_mut().find(|found| found.rule == self.rule && found.severity == severity) {
            Some(found) => {
                found.count += count;
                if first < found.first {
                    (found.first, found.column) = (first, column);
                }
            }
            None => self.found.push(Found { rule: self.rule, severity, message, count, first, column }),
        }
        if self.stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings; `row_in_file` turns a row of the table (from 0) into one of the file (from 1).
    pub(super) fn into_findings(self, layout: Option<&Layout>, row_in_file: impl Fn(u64) -> u64) -> Vec<Finding> {
        let place = |found: &Found| {
            let column = found.column.and_then(|attribute| layout?.column_of(attribute));
            Place { row: row_in_file(found.first), column: column.map(|column| column.name.to_owned()) }
        };
        let finding = |found: Found| Finding {
            rule: found.rule,
            severity: found.severity,
            count: found.count,
            message: found.message.to_owned(),
            first: Some(place(&found)),
        };
        self.found.into_iter().map(finding).collect()
    }
}
