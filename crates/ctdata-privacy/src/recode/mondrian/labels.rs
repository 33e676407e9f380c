//! Texts of what regions are labelled with, and the columns of a release.

use std::collections::{HashMap, HashSet};

use ctdata_table::{Attribute, Column, Domain, Hierarchy, MAX_VALUES, Missing, Origin, Table, TableError};

use super::axis::{Axis, distinct_nodes};
use super::partition::Regions;
use crate::recode::{Meaning, QuasiIdentifier, RecodedColumn};

/// The texts of meanings. Meanings that are not the same leaves have different texts: where a text is
/// taken, the level's name follows in brackets. Which text a value of a hierarchy has depends on the
/// hierarchy alone, and not on what is in the data.
struct Texts<'a> {
    hierarchy: &'a Hierarchy,
    of_node: HashMap<(usize, u16), String>,
    taken: HashSet<String>,
}

impl<'a> Texts<'a> {
    fn of(axis: &Axis, hierarchy: &'a Hierarchy) -> Self {
        let mut texts = Self { hierarchy, of_node: HashMap::new(), taken: HashSet::new() };
        let nodes = distinct_nodes(hierarchy, axis.lowest());
        // A line uses the values of its lowest level only, and intervals.
        for (level, code) in nodes.into_iter().filter(|(level, _)| !axis.is_line() || *level == axis.lowest()) {
            let Some(at) = hierarchy.level(level) else { continue };
            let label = at.domain().label(code).unwrap_or_default().into_owned();
            let text = texts.take(label, at.name());
            texts.of_node.insert((level, code), text);
        }
        texts
    }

    /// The text, or one like it that is not taken.
    fn take(&mut self, text: String, remark: &str) -> String {
        let other = (1u32..).map(|count| match count {
            1 => format!("{text} ({remark})"),
            _ => format!("{text} ({remark} {count})"),
        });
        let free = std::iter::once(text.clone()).chain(other).find(|text| !self.taken.contains(text));
        let free = free.unwrap_or(text);
        self.taken.insert(free.clone());
        free
    }

    /// The text of a meaning; each meaning is asked for once.
    fn text(&mut self, meaning: Meaning) -> String {
        match meaning {
            Meaning::Node { level, code } => self.of_node.get(&(level, code)).cloned().unwrap_or_default(),
            Meaning::Interval { first, last } => {
                let text = self.hierarchy.leaves().span_label(first, last).unwrap_or_default();
                self.take(text, "interval")
            }
            Meaning::Missing(kind) => kind.code().to_owned(),
        }
    }
}

/// The recoded columns, one per axis.
pub(super) fn recoded_columns(
    table: &Table,
    quasi: &[QuasiIdentifier],
    axes: &[Axis],
    regions: &Regions,
    region_of_row: &[Option<u32>],
) -> Result<Vec<RecodedColumn>, TableError> {
    let column = |(number, (quasi, axis)): (usize, (&QuasiIdentifier, &Axis))| {
        let meanings: Vec<Meaning> = regions.meanings(number).collect();
        let (_, input) = table.named(quasi.name())?;
        recoded_column(quasi.hierarchy(), axis, &meanings, region_of_row, input)
    };
    quasi.iter().zip(axes).enumerate().map(column).collect()
}

fn recoded_column(
    hierarchy: &Hierarchy,
    axis: &Axis,
    of_region: &[Meaning],
    region_of_row: &[Option<u32>],
    input: &Column,
) -> Result<RecodedColumn, TableError> {
    let mut meanings: Vec<Meaning> =
        of_region.iter().copied().filter(|meaning| !matches!(meaning, Meaning::Missing(_))).collect();
    meanings.sort_unstable_by_key(|&meaning| axis.rank(meaning));
    meanings.dedup();
    let name = axis.attribute().shared_name();
    if meanings.len() > MAX_VALUES {
        return Err(TableError::TooManyValues { attribute: Some(name), limit: MAX_VALUES });
    }
    let mut texts = Texts::of(axis, hierarchy);
    let labels: Vec<String> = meanings.iter().map(|&meaning| texts.text(meaning)).collect();
    // Which labels are in use was read off the data.
    let domain = Domain::nominal(labels, Origin::Observed)?;
    let attribute = Attribute::new(name, domain, axis.attribute().missing());

    let missing = |kind: Missing| attribute.missing_code(kind).unwrap_or_default();
    let code_of = |&meaning: &Meaning| match meaning {
        Meaning::Missing(kind) => missing(kind),
        _ => meanings
            .binary_search_by_key(&axis.rank(meaning), |&other| axis.rank(other))
            .ok()
            .and_then(|code| u16::try_from(code).ok())
            .unwrap_or_default(),
    };
    let codes: Vec<u16> = of_region.iter().map(code_of).collect();
    let code_of_row = |(region, code): (&Option<u32>, u16)| match region {
        Some(region) => codes.get(*region as usize).copied().unwrap_or_default(),
        // A dropped row: its labels must not become values of the release.
        None => match axis.attribute().cell(code) {
            Some(ctdata_table::Cell::Missing(kind)) => missing(kind),
            _ => 0,
        },
    };
    let codes: Vec<u16> = region_of_row.iter().zip(input.iter()).map(code_of_row).collect();
    let column = Column::from_codes(&codes, attribute.code_count());
    Ok(RecodedColumn { attribute, column, meanings })
}
