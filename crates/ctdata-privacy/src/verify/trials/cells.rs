//! What released cells stand for, worked out one by one.

use ctdata_table::{Attribute, Cell, Missing};

use crate::recode::Meaning;
use crate::verify::{ClaimedColumn, RecodingClaim};

/// The leaves that a text of a column stands for.
fn leaves(known: &ClaimedColumn, text: &str) -> Vec<u16> {
    let place = known.attribute.domain().labels().position(|label| label == text);
    match place.map(|place| known.meanings[place]) {
        Some(Meaning::Node { level, code }) => {
            let of_leaf = known.hierarchy.level(level).unwrap().of_leaf();
            (0u16..).zip(of_leaf).filter(|(_, at)| **at == code).map(|(leaf, _)| leaf).collect()
        }
        Some(Meaning::Interval { first, last }) => (first..=last).collect(),
        _ => Vec::new(),
    }
}

/// Whether a released code may stand where the input has its cell of this row, blanking apart.
pub(super) fn stands_for(claim: &RecodingClaim, released: &Attribute, code: u16, row: u32) -> bool {
    let (attribute, column) = claim.input.named(released.name()).unwrap();
    let truth = attribute.cell(column.get(row as usize).unwrap()).unwrap();
    match (released.cell(code).unwrap(), truth) {
        (Cell::Value(value), Cell::Value(leaf)) => {
            let text = released.domain().label(value).unwrap();
            match claim.known.iter().find(|known| known.name == released.name()) {
                Some(known) => leaves(known, &text).contains(&leaf),
                None => attribute.domain().label(leaf).unwrap() == text,
            }
        }
        (found, truth) => found == truth,
    }
}

/// Whether someone who knows a true value takes a released cell for a possible match.
pub(super) fn fits(known: &ClaimedColumn, released: &Attribute, code: u16, truth: Truth) -> bool {
    match (released.cell(code).unwrap(), truth) {
        (Cell::Missing(Missing::NotApplicable), truth) => truth == Truth::NotApplicable,
        (Cell::Missing(_), _) => true,
        (Cell::Value(value), Truth::Leaf(leaf)) => {
            leaves(known, &released.domain().label(value).unwrap()).contains(&leaf)
        }
        (Cell::Value(_), Truth::NotApplicable | Truth::NoneOfThem) => false,
    }
}

/// What someone knows of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Leaf(u16),
    NotApplicable,
    /// A value that nobody else has.
    NoneOfThem,
}

/// What may be known of a cell of the input: what it says, or any value where it is blank.
pub(super) fn truths(attribute: &Attribute, code: u16) -> Vec<Truth> {
    match attribute.cell(code).unwrap() {
        Cell::Value(leaf) => vec![Truth::Leaf(leaf)],
        Cell::Missing(Missing::NotApplicable) => vec![Truth::NotApplicable],
        Cell::Missing(_) => {
            let mut all: Vec<Truth> = (0..attribute.domain().len() as u16).map(Truth::Leaf).collect();
            // Public values are all there are.
            if attribute.domain().origin() == ctdata_table::Origin::Observed {
                all.push(Truth::NoneOfThem);
            }
            all
        }
    }
}
