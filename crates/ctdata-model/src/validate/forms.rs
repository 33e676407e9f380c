//! R4 to R7: forms of exploitation agree with what is said under them.

use std::ops::ControlFlow;

use super::chunk::Chunk;
use super::visitor::Visitor;
use super::{RowRule, Severity};
use crate::{CaseAttribute as A, CaseGroup, ExploitationForm as F};

pub(super) const RULES: &[(&str, RowRule)] = &[("R4", sector), ("R5", sexual_type), ("R6", both), ("R7", other)];

fn sector(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "A sector of forced labour is recorded without forced labour.";
    let form = chunk.flag(A::Form(F::ForcedLabour));
    let sectors = || chunk.any_yes(CaseGroup::Sectors) | chunk.flag(A::SectorNotSpecified).yes;
    visitor.logical(chunk, Severity::Error, MESSAGE, || [(A::Form(F::ForcedLabour), sectors() & form.no)])?;
    visitor.rows(chunk, Severity::Information, MESSAGE, || [(A::Form(F::ForcedLabour), sectors() & form.missing)])
}

fn sexual_type(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "A type of sexual exploitation is recorded without sexual exploitation.";
    let form = chunk.flag(A::Form(F::SexualExploitation));
    let types = || chunk.any_yes(CaseGroup::SexualTypes);
    visitor.logical(chunk, Severity::Error, MESSAGE, || [(A::Form(F::SexualExploitation), types() & form.no)])?;
    visitor.rows(chunk, Severity::Information, MESSAGE, || [(A::Form(F::SexualExploitation), types() & form.missing)])
}

/// Three-valued: what is not recorded contradicts nothing.
fn both(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "Sexual exploitation and forced labour together contradict one of the two.";
    visitor.logical(chunk, Severity::Error, MESSAGE, || {
        let both = chunk.flag(A::FormSexAndLabour);
        let (labour, sexual) = (chunk.flag(A::Form(F::ForcedLabour)), chunk.flag(A::Form(F::SexualExploitation)));
        [(A::FormSexAndLabour, both.yes & (labour.no | sexual.no) | both.no & labour.yes & sexual.yes)]
    })
}

fn other(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "Forced marriage, forced military or organ removal is recorded, and other exploitation is denied, which includes it.";
    visitor.logical(chunk, Severity::Warning, MESSAGE, || {
        let parts = [F::ForcedMarriage, F::ForcedMilitary, F::OrganRemoval].map(|form| chunk.flag(A::Form(form)).yes);
        let [marriage, military, organs] = parts;
        [(A::Form(F::Other), (marriage | military | organs) & chunk.flag(A::Form(F::Other)).no)]
    })
}
