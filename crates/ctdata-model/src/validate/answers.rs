//! R8, R9 and R11: "not specified" is an answer state, which goes with no answer.

use std::ops::ControlFlow;

use super::chunk::Chunk;
use super::visitor::Visitor;
use super::{RowRule, Severity};
use crate::{CaseAttribute as A, CaseGroup};

pub(super) const RULES: &[(&str, RowRule)] = &[("R8", means), ("R9", recruiter), ("R11", sector)];

fn means(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str =
        "Means of control are said not to be specified although one is, or to be specified although none is.";
    visitor.logical(chunk, Severity::Warning, MESSAGE, || {
        let (none, any) = (chunk.flag(A::ControlNotSpecified), chunk.any_yes(CaseGroup::MeansOfControl));
        [(A::ControlNotSpecified, none.yes & any | (none.no - any))]
    })
}

fn recruiter(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "The relation to the recruiter is said to be unknown although one is recorded.";
    visitor.logical(chunk, Severity::Warning, MESSAGE, || {
        [(A::RecruiterNotSpecified, chunk.flag(A::RecruiterNotSpecified).yes & chunk.any_yes(CaseGroup::Recruiters))]
    })
}

fn sector(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "A sector is said not to be specified although one is.";
    visitor.logical(chunk, Severity::Information, MESSAGE, || {
        [(A::SectorNotSpecified, chunk.flag(A::SectorNotSpecified).yes & chunk.any_yes(CaseGroup::Sectors))]
    })
}
