//! R12 to R14: age and majority agree at one moment, and time runs one way.
//!
//! R32 has no code: that a child was recorded without any means of control is never a finding, since
//! article 3(c) of the Palermo Protocol asks for none.

use std::ops::ControlFlow;

use super::chunk::{Bits, Chunk};
use super::visitor::Visitor;
use super::{RowRule, Severity};
use crate::{AgeBand, CaseAttribute as A, Majority};

pub(super) const RULES: &[(&str, RowRule)] = &[("R12", registration), ("R13", later_adult), ("R14", entry)];

/// The rows that say minor or adult at one of three moments.
fn is(chunk: &Chunk<'_>, moment: A, majority: Majority) -> Bits {
    chunk.values(moment, |code| usize::from(code) == majority.index())
}

/// The rows whose age at registration is under 18, or not.
fn by_age(chunk: &Chunk<'_>, majority: Majority) -> Bits {
    chunk.values(A::AgeBand, |code| AgeBand::from_index(code.into()).is_some_and(|band| band.majority() == majority))
}

fn registration(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "Age band and majority status at registration contradict each other.";
    let is = |majority| is(chunk, A::MajorityAtRegistration, majority);
    visitor.logical(chunk, Severity::Error, MESSAGE, || {
        let wrong =
            by_age(chunk, Majority::Minor) & is(Majority::Adult) | by_age(chunk, Majority::Adult) & is(Majority::Minor);
        [(A::MajorityAtRegistration, wrong)]
    })
}

fn later_adult(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str =
        "A child at registration is recorded as an adult at entry or at the start of exploitation, which were earlier.";
    visitor.logical(chunk, Severity::Error, MESSAGE, || {
        let child = is(chunk, A::MajorityAtRegistration, Majority::Minor) | by_age(chunk, Majority::Minor);
        [A::MajorityAtExploitation, A::MajorityAtEntry]
            .map(|moment| (moment, child & is(chunk, moment, Majority::Adult)))
    })
}

fn entry(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "A child when exploitation began is recorded as an adult on entry, which was not later.";
    visitor.logical(chunk, Severity::Warning, MESSAGE, || {
        let minor = is(chunk, A::MajorityAtExploitation, Majority::Minor);
        [(A::MajorityAtEntry, minor & is(chunk, A::MajorityAtEntry, Majority::Adult))]
    })
}
