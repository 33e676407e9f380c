//! A layout: the columns of one release, described as data.

use std::collections::HashSet;

use ctdata_table::{Attribute, Missing, nearest};

use crate::{CaseAttribute, VpAttribute};

/// What the rows of a layout are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LayoutKind {
    /// One identified victim per row.
    Cases,
    /// A victim with what is known of the perpetrators.
    VictimPerpetrator,
}

/// What one column of a layout holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayoutAttribute {
    /// An attribute of the case.
    Case(CaseAttribute),
    /// An attribute of a victim-perpetrator row.
    VictimPerpetrator(VpAttribute),
}

/// A text in a file, and what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A value, by its position in the code list.
    Value(&'static str, u16),
    /// A kind of missing that the file states in words.
    Missing(&'static str, Missing),
}

/// How the cells of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coding {
    /// A four-digit year.
    Year,
    /// `0` or `1`.
    Flag,
    /// `1` or nothing: there is no "no".
    PositiveFlag,
    /// ISO 3166-1 alpha-2, with the text that stands for "unknown".
    Alpha2 {
        /// What is written for a country that the source says it does not know.
        unknown: &'static str,
    },
    /// ISO 3166-1 alpha-3.
    Alpha3,
    /// One of a list of texts.
    Tokens(&'static [Token]),
    /// Several of a list of texts, joined by `;` in alphabetical order.
    Set(&'static [Token]),
    /// The labels of a group's positive flags, joined; kept as published.
    List {
        /// What joins the labels.
        separator: &'static str,
        /// Whether labels are in alphabetical order rather than in that of the flag columns.
        alphabetical: bool,
    },
}

/// One column of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayoutColumn {
    /// The name in the header.
    pub name: &'static str,
    /// What it holds.
    pub attribute: LayoutAttribute,
    /// How its cells are written.
    pub coding: Coding,
}

impl LayoutColumn {
    /// The texts that its cells can hold besides that of a missing value; `None` where they are many or
    /// only known from a file.
    pub fn texts(&self) -> Option<Vec<&'static str>> {
        match self.coding {
            Coding::Flag => Some(vec!["0", "1"]),
            Coding::PositiveFlag => Some(vec!["1"]),
            Coding::Tokens(tokens) => Some(
                tokens
                    .iter()
                    .map(|token| match *token {
                        Token::Value(text, _) | Token::Missing(text, _) => text,
                    })
                    .collect(),
            ),
            _ => None,
        }
    }

    /// Whether an attribute has the values of this column: not after it was generalized.
    pub fn has_domain(&self, attribute: &Attribute) -> bool {
        match self.attribute {
            LayoutAttribute::Case(case) => case.is_list() || case.domain() == *attribute.domain(),
            LayoutAttribute::VictimPerpetrator(vp) => vp.domain() == *attribute.domain(),
        }
    }
}

/// A published file layout. Adding a release means adding a description.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// The name by which users and plans refer to it.
    pub name: &'static str,
    /// What it is, in a line.
    pub title: &'static str,
    /// What its rows are.
    pub kind: LayoutKind,
    /// Its columns in order, the notice not among them.
    pub columns: &'static [LayoutColumn],
    /// What separates cells.
    pub separator: u8,
    /// What a cell holds where nothing is recorded.
    pub missing: &'static str,
    /// The header of a first column that states the terms of use and holds nothing.
    pub notice: Option<&'static str>,
    /// Years of registration that the release covers.
    pub years: (i16, i16),
    /// Whether its rows are synthetic, so that they are sampled and need not be consistent.
    pub synthetic: bool,
}

/// The layout of the cases that HTCDS records become.
pub(crate) const HTCDS_CASES: &str = "htcds-cases";

/// The beginning of the header of the terms-of-use column.
pub(crate) const NOTICE_PREFIX: &str = "By using this data";

/// What a header says about the layout of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detection {
    /// Exactly one layout has these columns.
    Is(&'static Layout),
    /// Several layouts have them.
    Ambiguous(Vec<&'static Layout>),
    /// No layout has them.
    Unknown {
        /// The layout that has most of them, if any has a column in common.
        closest: Option<Mismatch>,
    },
}

/// How a header differs from a layout. Names in the header are not repeated: a file without a header
/// would have a record there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The layout compared with.
    pub layout: &'static Layout,
    /// Its columns that the header lacks.
    pub missing: Vec<&'static str>,
    /// Positions (from 1) of header columns that it does not have.
    pub extra: Vec<usize>,
}

impl Layout {
    /// The layout of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        super::LAYOUTS.iter().find(|layout| layout.name.eq_ignore_ascii_case(name.trim()))
    }

    /// Whether it is that of a release of CTDC: what is known of those says nothing about the records of others.
    pub(crate) fn is_release(&self) -> bool {
        self.name != HTCDS_CASES
    }

    /// The name most similar to `name`.
    pub fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, super::LAYOUTS.iter().map(|layout| layout.name))
    }

    /// The column of a name, without regard to case.
    pub fn column(&self, name: &str) -> Option<&LayoutColumn> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name.trim()))
    }

    /// The column that holds a case attribute.
    pub fn column_of(&self, attribute: CaseAttribute) -> Option<&LayoutColumn> {
        self.columns.iter().find(|column| column.attribute == LayoutAttribute::Case(attribute))
    }

    /// The last year of registration that the release covers.
    pub fn last_year(&self) -> i16 {
        self.years.1
    }

    /// Whether its flags are `1` or empty.
    pub fn is_positive_only(&self) -> bool {
        self.columns.iter().any(|column| column.coding == Coding::PositiveFlag)
    }

    /// How a header differs from this layout; `None` if it has exactly its columns, in any order and
    /// case. The terms-of-use column may be there or not.
    pub fn compare<S: AsRef<str>>(&'static self, header: &[S]) -> Option<Mismatch> {
        let names: HashSet<String> = header.iter().map(|name| name.as_ref().trim().to_ascii_lowercase()).collect();
        let missing: Vec<_> = self
            .columns
            .iter()
            .map(|column| column.name)
            .filter(|name| !names.contains(&name.to_ascii_lowercase()))
            .collect();
        let extra: Vec<_> = (1..)
            .zip(header)
            .filter(|(_, name)| !is_notice(name.as_ref()) && self.column(name.as_ref()).is_none())
            .map(|(position, _)| position)
            .collect();
        (!missing.is_empty() || !extra.is_empty()).then_some(Mismatch { layout: self, missing, extra })
    }

    /// Which layout a header belongs to. Where two differ only in the terms-of-use column, that column
    /// decides.
    pub fn detect<S: AsRef<str>>(header: &[S]) -> Detection {
        let has_notice = header.iter().any(|name| is_notice(name.as_ref()));
        let (mut matching, mut closest): (Vec<&'static Self>, Option<Mismatch>) = (Vec::new(), None);
        for layout in super::LAYOUTS {
            match layout.compare(header) {
                None => matching.push(layout),
                Some(mismatch) => {
                    let shared = |mismatch: &Mismatch| mismatch.layout.columns.len() - mismatch.missing.len();
                    let distance = |mismatch: &Mismatch| mismatch.missing.len() + mismatch.extra.len();
                    let nearer = closest.as_ref().is_none_or(|found| distance(&mismatch) < distance(found));
                    if shared(&mismatch) > 0 && nearer {
                        closest = Some(mismatch);
                    }
                }
            }
        }
        if matching.len() > 1 && matching.iter().any(|layout| layout.notice.is_some() == has_notice) {
            matching.retain(|layout| layout.notice.is_some() == has_notice);
        }
        match matching.as_slice() {
            [] => Detection::Unknown { closest },
            [only] => Detection::Is(only),
            _ => Detection::Ambiguous(matching),
        }
    }
}

/// Whether a header cell is that of the terms-of-use column.
pub(crate) fn is_notice(name: &str) -> bool {
    name.trim_start().get(..NOTICE_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(NOTICE_PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LAYOUTS;

    fn header(layout: &Layout) -> Vec<&'static str> {
        layout.notice.into_iter().chain(layout.columns.iter().map(|column| column.name)).collect()
    }

    #[test]
    fn every_layout_is_detected_by_its_own_header_in_any_order_and_case() {
        for layout in LAYOUTS {
            assert_eq!(Layout::detect(&header(layout)), Detection::Is(layout));
            let mut shuffled: Vec<String> = header(layout).iter().map(|name| name.to_uppercase()).collect();
            shuffled.reverse();
            assert_eq!(Layout::detect(&shuffled), Detection::Is(layout));
        }
    }

    #[test]
    fn the_release_of_2018_has_the_notice_too() {
        let layout = Layout::named("ctdc-kanon-62").unwrap();
        let mut names = header(layout);
        names.insert(0, "By using this data you agree to the Terms of Use");
        assert_eq!(Layout::detect(&names), Detection::Is(layout));
    }

    #[test]
    fn a_header_that_is_off_names_the_closest_layout_and_no_cell() {
        let layout = Layout::named("ctdc-synthetic-2024").unwrap();
        let mut names = header(layout);
        names[3] = "A. Person";
        let Detection::Unknown { closest: Some(mismatch) } = Layout::detect(&names) else { panic!() };
        assert_eq!(mismatch.layout.name, "ctdc-synthetic-2024");
        assert_eq!((mismatch.missing, mismatch.extra), (vec!["citizenship"], vec![4]));
        assert_eq!(Layout::detect(&["a", "b"]), Detection::Unknown { closest: None });
    }

    #[test]
    fn names_are_unique_within_a_layout() {
        for layout in LAYOUTS {
            let names: HashSet<_> = layout.columns.iter().map(|column| column.name.to_ascii_lowercase()).collect();
            assert_eq!(names.len(), layout.columns.len(), "{}", layout.name);
            let attributes: HashSet<_> = layout.columns.iter().map(|column| column.attribute).collect();
            assert_eq!(attributes.len(), layout.columns.len(), "{}", layout.name);
        }
    }
}
