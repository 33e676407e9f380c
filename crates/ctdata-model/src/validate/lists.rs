//! R10: a concatenated list and the flags beside it say the same.
//!
//! Lists are compared as sets, after trimming and without regard to case; every spelling that CTDC's
//! files and codebooks use is understood. Labels of something that the layout has no flag for say
//! nothing. An empty list names nothing, with one exception: case-management rows of the k-anonymised
//! releases leave it empty where the only flag is that of "not specified".

use std::collections::HashMap;
use std::ops::ControlFlow;

use ctdata_table::{CodeSlice, Domain};

use super::chunk::{Bits, CHUNK, Chunk};
use super::visitor::Visitor;
use super::{RowRule, Severity};
use crate::{CaseAttribute as A, CaseGroup, CaseTable, DataSource};

pub(super) const RULES: &[(&str, RowRule)] = &[("R10", lists)];

/// A label that CTDC's codebook of 2017 prints and no release has a flag for.
const WITHOUT_FLAG: &str = "Minor sexually exploited or abused";
const NOT_SPECIFIED: &str = "Not specified";
/// Named by a label that no list has: no flag is at this bit.
const STRANGE: u32 = 1 << 31;

/// What the lists of one group name, as masks of flags.
#[derive(Debug)]
pub(super) struct ListNames {
    list: A,
    /// The flags, from bit 0 on.
    flags: Vec<A>,
    /// The bit of the "not specified" flag; 0 if there is none.
    not_specified: u32,
    /// Flags named by each distinct list, by its code.
    names: Vec<u32>,
}

impl ListNames {
    /// Those of all groups whose list the layout has. Each distinct list is parsed once.
    pub(super) fn of(cases: &CaseTable) -> Vec<Self> {
        let schema = cases.table().schema();
        let domain =
            |list| cases.position(list).and_then(|position| schema.get(position)).map(ctdata_table::Attribute::domain);
        CaseGroup::ALL.iter().filter_map(|&group| Some(Self::of_group(cases, group, domain(group.list())?))).collect()
    }

    fn of_group(cases: &CaseTable, group: CaseGroup, domain: &Domain) -> Self {
        let mut flags = cases.members(group);
        let mut not_specified = 0;
        if let Some(flag) = group.not_specified().filter(|flag| cases.position(*flag).is_some()) {
            not_specified = 1 << flags.len();
            flags.push(flag);
        }
        let bit = |label: &str| match group.member(label) {
            Some(flag) => flags.iter().position(|found| *found == flag).map_or(0, |bit| 1 << bit),
            None if label.eq_ignore_ascii_case(NOT_SPECIFIED) => not_specified,
            None if label.is_empty() || label.eq_ignore_ascii_case(WITHOUT_FLAG) => 0,
            None => STRANGE,
        };
        // Lists are many, labels few.
        let mut bits: HashMap<String, u32> = HashMap::new();
        let mut known = |label: &str| {
            if let Some(&bit) = bits.get(label) {
                return bit;
            }
            let bit = bit(label);
            bits.insert(label.to_owned(), bit);
            bit
        };
        let mut names = Vec::with_capacity(domain.len());
        for list in domain.labels() {
            names.push(list.split(';').fold(0, |names, label| names | known(label.trim())));
        }
        Self { list: group.list(), flags, not_specified, names }
    }

    /// The rows whose list disagrees with the flags.
    fn disagree(&self, chunk: &Chunk<'_>, is_hotline: &Bits) -> Bits {
        let mut yes = [0u32; CHUNK];
        for (bit, &flag) in self.flags.iter().enumerate() {
            match chunk.codes(flag) {
                Some(CodeSlice::U8(codes)) => {
                    yes.iter_mut().zip(codes).for_each(|(yes, &code)| *yes |= u32::from(code == 1) << bit);
                }
                Some(CodeSlice::U16(codes)) => {
                    yes.iter_mut().zip(codes).for_each(|(yes, &code)| *yes |= u32::from(code == 1) << bit);
                }
                None => {}
            }
        }
        // Not recorded comes after the distinct lists.
        let names = |code: usize| self.names.get(code).copied();
        let differs = |code: usize, yes: u32| names(code).unwrap_or(0) != yes;
        let is_usual = |code: usize, yes: u32| names(code).is_none() && yes == self.not_specified;
        let of = |test: &dyn Fn(usize, u32) -> bool| match chunk.codes(self.list) {
            Some(CodeSlice::U8(codes)) => Bits::of(codes.iter().zip(&yes).map(|(&code, &yes)| test(code.into(), yes))),
            Some(CodeSlice::U16(codes)) => Bits::of(codes.iter().zip(&yes).map(|(&code, &yes)| test(code.into(), yes))),
            None => Bits::EMPTY,
        };
        let differs = of(&differs);
        if differs.first().is_none() { differs } else { differs - (of(&is_usual) - *is_hotline) }
    }
}

fn lists(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "A concatenated list does not name the flags that are 1.";
    visitor.logical(chunk, Severity::Warning, MESSAGE, || {
        let is_hotline = chunk.values(A::DataSource, |code| usize::from(code) == DataSource::Hotline.index());
        CaseGroup::ALL.map(|group| {
            let names = chunk.lists().iter().find(|names| names.list == group.list());
            (group.list(), names.map_or(Bits::EMPTY, |names| names.disagree(chunk, &is_hotline)))
        })
    })
}
