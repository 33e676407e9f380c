//! A quasi-identifier as a direction in which regions extend and can be cut.

use ctdata_table::{Attribute, Classes, Domain, DomainKind, Hierarchy, Table, TableError};

use super::super::{Meaning, QuasiIdentifier};

/// What is put into regions: rows, or all rows with the same values of the quasi-identifiers.
pub(super) enum Units {
    /// Rows in a canonical order; empty for the order of the table.
    Rows { count: usize, order: Vec<u32> },
    /// Classes with their rows and the row that stands for them.
    Classes { rows: Vec<u32>, first: Vec<u32> },
}

impl Units {
    pub(super) fn of_rows(count: usize, order: Vec<u32>) -> Self {
        Self::Rows { count, order }
    }

    pub(super) fn of_classes(classes: &Classes) -> Self {
        let members = (0..classes.len()).map(|class| classes.members(class));
        let (rows, first) = members
            .map(|members| (u32::try_from(members.len()).unwrap_or(u32::MAX), members.first().copied().unwrap_or(0)))
            .unzip();
        Self::Classes { rows, first }
    }

    pub(super) fn are_rows(&self) -> bool {
        matches!(self, Self::Rows { .. })
    }

    /// The units in the order in which ties are decided.
    pub(super) fn in_order(&self) -> Vec<u32> {
        match self {
            Self::Rows { order, .. } if !order.is_empty() => order.clone(),
            Self::Rows { count, .. } => (0u32..).take(*count).collect(),
            Self::Classes { rows, .. } => (0u32..).take(rows.len()).collect(),
        }
    }

    /// How many rows each unit stands for; none where units are rows.
    pub(super) fn weights(&self) -> Option<&[u32]> {
        match self {
            Self::Rows { .. } => None,
            Self::Classes { rows, .. } => Some(rows),
        }
    }
}

/// A quasi-identifier in base codes: the values of its lowest open level, then the kinds of missing.
pub(super) struct Axis {
    attribute: Attribute,
    /// For each unit, its base code.
    codes: Vec<u16>,
    /// Base codes of values are below.
    values: u16,
    /// The lowest open level.
    lowest: usize,
    shape: Shape,
    /// For each value, the part of the table in which its records must stay.
    confined_to: Vec<u16>,
    weight: f64,
}

enum Shape {
    Line {
        /// For each value, its first and last leaf.
        ends: Vec<(u16, u16)>,
        /// For each leaf, its place on the line.
        places: Vec<f64>,
        /// The range of the whole table.
        range: f64,
    },
    /// The open levels from the lowest to the highest.
    Tree(Vec<TreeLevel>),
}

struct TreeLevel {
    of_value: Vec<u16>,
    share: Vec<f64>,
}

/// How far a region extends along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// It has one value or one kind of missing.
    Point,
    /// From one value to another.
    Line { first: u16, last: u16 },
    /// The values under a code of a level, counted from the lowest open one, which is 0.
    Tree { depth: usize, code: u16 },
}

#[expect(
    clippy::indexing_slicing,
    reason = "units number the list of codes; codes below `values` number the lists by value; both are made here"
)]
impl Axis {
    pub(super) fn new(table: &Table, quasi: &QuasiIdentifier, units: &Units) -> Result<Self, TableError> {
        let (attribute, column) = table.named(quasi.name())?;
        let hierarchy = quasi.hierarchy();
        let invalid = |rule: &str| TableError::Invalid {
            what: format!("hierarchy of `{}`", quasi.name()),
            rule: rule.to_owned(),
        };
        if attribute.domain() != hierarchy.leaves() {
            return Err(invalid("its leaves are not the values of the attribute"));
        }
        let (lowest, highest) = quasi.levels().into_inner();
        let (Some(base), Some(top)) = (hierarchy.level(lowest), hierarchy.level(highest)) else {
            return Err(invalid("there is no such level"));
        };
        let values = u16::try_from(base.domain().len()).map_err(|_| invalid("a level has too many values"))?;

        // From codes of the attribute to base codes.
        let leaves = base.of_leaf().len();
        let kinds = u16::try_from(attribute.missing().len()).unwrap_or_default();
        let map: Vec<u16> = base.of_leaf().iter().copied().chain((0..kinds).map(|kind| values + kind)).collect();
        let code = |row: u32| column.get(row as usize).map_or(0, |code| map[usize::from(code)]);
        let codes: Vec<u16> = match units {
            Units::Rows { count, .. } => (0u32..).take(*count).map(code).collect(),
            Units::Classes { first, .. } => first.iter().copied().map(code).collect(),
        };

        let of_value = |of_leaf: &[u16]| {
            let mut of_value = vec![0; usize::from(values)];
            for (leaf, &value) in base.of_leaf().iter().enumerate() {
                of_value[usize::from(value)] = of_leaf[leaf];
            }
            of_value
        };
        let in_order = base.of_leaf().is_sorted() && top.of_leaf().is_sorted();
        let is_line = hierarchy.leaves().kind() != DomainKind::Nominal && in_order;
        let confined_to = if is_line && highest == hierarchy.height() {
            vec![0; usize::from(values)]
        } else {
            of_value(top.of_leaf())
        };
        let shape = if is_line {
            let mut ends = vec![(u16::MAX, 0); usize::from(values)];
            for (leaf, &value) in (0u16..).zip(base.of_leaf()) {
                let (first, last) = &mut ends[usize::from(value)];
                (*first, *last) = ((*first).min(leaf), (*last).max(leaf));
            }
            let places = (0u16..).take(leaves).map(|leaf| place(hierarchy.leaves(), leaf)).collect();
            Shape::Line { ends, places, range: 0.0 }
        } else {
            let level = |at: usize| {
                let of_leaf = hierarchy.level(at).map_or(&[][..], |level| level.of_leaf());
                TreeLevel { of_value: of_value(of_leaf), share: hierarchy.share(at) }
            };
            Shape::Tree((lowest..=highest).map(level).collect())
        };
        let mut axis =
            Self { attribute: attribute.clone(), codes, values, lowest, shape, confined_to, weight: quasi.weight() };
        axis.measure();
        Ok(axis)
    }

    /// Sets the range of the whole table.
    fn measure(&mut self) {
        let present = self.codes.iter().copied().filter(|&code| code < self.values);
        let whole = present.fold(None, |ends: Option<(u16, u16)>, code| {
            Some(ends.map_or((code, code), |(first, last)| (first.min(code), last.max(code))))
        });
        if let (Some((from, to)), Shape::Line { ends, places, range }) = (whole, &mut self.shape) {
            *range = places[usize::from(ends[usize::from(to)].1)] - places[usize::from(ends[usize::from(from)].0)];
        }
    }

    /// The base code of a unit.
    pub(super) fn code(&self, unit: u32) -> u16 {
        self.codes[unit as usize]
    }

    /// How many codes there are on a level, kinds of missing included, at most.
    pub(super) fn code_count(&self) -> usize {
        let values = match &self.shape {
            Shape::Line { .. } => usize::from(self.values),
            Shape::Tree(levels) => levels.iter().map(|level| level.share.len()).max().unwrap_or_default(),
        };
        values + self.attribute.missing().len()
    }

    /// The part of the table in which a unit must stay: its kind of missing, or its value of the
    /// highest open level.
    pub(super) fn part(&self, unit: u32) -> (bool, u16) {
        let code = self.code(unit);
        if code < self.values { (false, self.confined_to[usize::from(code)]) } else { (true, code) }
    }

    /// How far units extend that stay together in all parts.
    pub(super) fn extent(&self, units: &[u32]) -> Extent {
        let Some((&unit, rest)) = units.split_first() else { return Extent::Point };
        let code = self.code(unit);
        if code >= self.values {
            return Extent::Point;
        }
        match &self.shape {
            Shape::Line { .. } => {
                let (mut first, mut last) = (code, code);
                for &unit in rest {
                    let code = self.code(unit);
                    (first, last) = (first.min(code), last.max(code));
                }
                if first == last { Extent::Point } else { Extent::Line { first, last } }
            }
            Shape::Tree(levels) => {
                let (mut depth, mut common) = (0, levels[0].of_value[usize::from(code)]);
                for &unit in rest {
                    let other = usize::from(self.code(unit));
                    while levels[depth].of_value[other] != common && depth + 1 < levels.len() {
                        depth += 1;
                        common = levels[depth].of_value[usize::from(code)];
                    }
                }
                if depth == 0 { Extent::Point } else { Extent::Tree { depth, code: common } }
            }
        }
    }

    /// The width of an extent as a share of the whole, times the attribute's weight.
    pub(super) fn width(&self, extent: Extent) -> f64 {
        let share = match (extent, &self.shape) {
            (Extent::Line { first, last }, Shape::Line { ends, places, range }) if *range > 0.0 => {
                let (first, last) = (ends[usize::from(first)].0, ends[usize::from(last)].1);
                (places[usize::from(last)] - places[usize::from(first)]) / range
            }
            (Extent::Tree { depth, code }, Shape::Tree(levels)) => levels[depth].share[usize::from(code)],
            _ => 0.0,
        };
        share * self.weight
    }

    /// For each value, its code one level under a depth of the tree.
    pub(super) fn children(&self, depth: usize) -> &[u16] {
        match &self.shape {
            Shape::Tree(levels) => &levels[depth.saturating_sub(1)].of_value,
            Shape::Line { .. } => &[],
        }
    }

    /// What the label of units of one region stands for.
    pub(super) fn meaning(&self, units: &[u32]) -> Option<Meaning> {
        let code = self.code(*units.first()?);
        Some(match self.extent(units) {
            Extent::Point if code >= self.values => {
                let kind = self.attribute.missing().iter().nth(usize::from(code - self.values))?;
                Meaning::Missing(kind)
            }
            Extent::Point => Meaning::Node { level: self.lowest, code },
            Extent::Line { first, last } => match &self.shape {
                Shape::Line { ends, .. } => {
                    Meaning::Interval { first: ends[usize::from(first)].0, last: ends[usize::from(last)].1 }
                }
                Shape::Tree(_) => return None,
            },
            Extent::Tree { depth, code } => Meaning::Node { level: self.lowest + depth, code },
        })
    }

    /// The place of a meaning among the labels: along a line, or up a tree.
    pub(super) fn rank(&self, meaning: Meaning) -> (usize, u16, u16) {
        match (meaning, &self.shape) {
            (Meaning::Node { code, .. }, Shape::Line { ends, .. }) => (0, ends[usize::from(code)].0, 0),
            (Meaning::Node { level, code }, Shape::Tree(_)) => (level, code, 0),
            (Meaning::Interval { first, last }, _) => (0, first, last),
            (Meaning::Missing(_), _) => (usize::MAX, 0, 0),
        }
    }

    pub(super) fn is_line(&self) -> bool {
        matches!(self.shape, Shape::Line { .. })
    }

    pub(super) fn attribute(&self) -> &Attribute {
        &self.attribute
    }

    pub(super) fn lowest(&self) -> usize {
        self.lowest
    }
}

/// Where a leaf is on its line: numbers by value, dates by day, ordered names by rank.
fn place(leaves: &Domain, leaf: u16) -> f64 {
    if let Some(number) = leaves.number(leaf) {
        #[expect(clippy::cast_precision_loss, reason = "widths are compared, not computed with")]
        return number as f64;
    }
    let day = |leaf: u16| leaves.date(leaf);
    match (day(leaf), day(0)) {
        #[expect(clippy::cast_precision_loss, reason = "the calendar has fewer days than 2^53")]
        (Some(date), Some(start)) => (date - start).num_days() as f64,
        _ => f64::from(leaf),
    }
}

/// The nodes of a hierarchy from a level up that are not just a node of the level below again.
pub(super) fn distinct_nodes(hierarchy: &Hierarchy, lowest: usize) -> Vec<(usize, u16)> {
    let mut nodes = Vec::new();
    for level in lowest..=hierarchy.height() {
        let Some(at) = hierarchy.level(level) else { break };
        let mut first_child: Vec<Option<u16>> = vec![None; at.domain().len()];
        let mut is_distinct = vec![level == lowest; at.domain().len()];
        let below = level.checked_sub(1).filter(|_| level > lowest).and_then(|below| hierarchy.level(below));
        for (leaf, &code) in at.of_leaf().iter().enumerate() {
            let child = below.and_then(|below| below.of_leaf().get(leaf).copied());
            let slots = first_child.get_mut(usize::from(code)).zip(is_distinct.get_mut(usize::from(code)));
            if let Some((first, distinct)) = slots {
                *distinct |= *first.get_or_insert(child.unwrap_or_default()) != child.unwrap_or_default();
            }
        }
        nodes.extend((0u16..).zip(is_distinct).filter(|(_, distinct)| *distinct).map(|(code, _)| (level, code)));
    }
    nodes
}
