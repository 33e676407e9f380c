//! What each attribute is, and how it may become coarser.

use std::path::PathBuf;

use ctdata_table::DateUnit;
use serde::{Deserialize, Serialize};

/// What an attribute is in a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Names a person or record: says which rows belong together, and is never released.
    Identifier,
    /// Could be known to somebody who looks for a person: released under the guarantee.
    QuasiIdentifier,
    /// Released as it is; what the models that name it protect, and k-anonymity does not hide.
    Sensitive,
    /// Released as it is; taken to be unknown to anybody who looks for a person.
    Released,
    /// Not released.
    Dropped,
}

/// One attribute, its role, and how it may become coarser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributePlan {
    /// The name, as the file's column or as the case schema has it.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// Its values in their order, the lowest first, in a table of any subject: for groups of neighbours, ordered
    /// distances and regions. Numbers, and values of a layout, have an order of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<String>>,
    /// Its values in a table of any subject, for a release with an epsilon: the codebook. `order`, `range` and
    /// hierarchies that list their values are codebooks too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// Its values in a table of any subject are the whole numbers from the first to the last. For a release with an
    /// epsilon it narrows numbers of a layout too: others are taken for blank. Years of registration are those that
    /// the layout covers if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[i64; 2]>,
    /// What a cell becomes that is not in the codebook; blank if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// How its values become coarser. Without one it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hierarchy: Option<HierarchyPlan>,
    /// The lowest and the highest level of the hierarchy that may be chosen; all of them if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<[usize; 2]>,
    /// How much its loss counts, and what blanking one of its cells costs; 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
}

impl AttributePlan {
    /// An attribute of which nothing else is said.
    pub fn new(name: impl Into<String>, role: Role) -> Self {
        Self {
            name: name.into(),
            role,
            order: None,
            values: None,
            range: None,
            other: None,
            hierarchy: None,
            levels: None,
            weight: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let Self { name, role, order, values, range, hierarchy, levels, weight, .. } = self;
        if [order.is_some(), values.is_some(), range.is_some()].into_iter().filter(|given| *given).count() > 1 {
            return Err(format!("attribute `{name}`: one of order, values and range"));
        }
        if values.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!("attribute `{name}`: values lists the codebook, and lists none"));
        }
        if let Some([lowest, highest]) = range
            && (lowest > highest || highest.abs_diff(*lowest) >= 65_532)
        {
            return Err(format!(
                "attribute `{name}`: range goes from the lowest to the highest of at most 65,532 numbers"
            ));
        }
        let is_quasi = *role == Role::QuasiIdentifier;
        if !is_quasi && (levels.is_some() || weight.is_some()) {
            return Err(format!("attribute `{name}`: levels and weight are for quasi-identifiers"));
        }
        if !is_quasi && *role != Role::Sensitive && hierarchy.is_some() {
            return Err(format!("attribute `{name}`: a hierarchy is for quasi-identifiers and sensitive attributes"));
        }
        if levels.is_some() && hierarchy.is_none() {
            return Err(format!("attribute `{name}`: levels are those of a hierarchy, and it has none"));
        }
        if let Some([lowest, highest]) = levels
            && lowest > highest
        {
            return Err(format!(
                "attribute `{name}`: levels = [{lowest}, {highest}]: they go from the lowest to the highest"
            ));
        }
        if order.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!("attribute `{name}`: order lists its values, and lists none"));
        }
        if weight.is_some_and(|weight| !weight.is_finite() || weight <= 0.0) {
            return Err(format!("attribute `{name}`: weight is a positive number"));
        }
        hierarchy.as_ref().map_or(Ok(()), |hierarchy| {
            hierarchy.check().map_err(|rule| format!("attribute `{name}`: hierarchy: {rule}"))
        })
    }
}

/// The side of a text that is hidden first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaskSide {
    /// Its start.
    Left,
    /// Its end.
    Right,
}

/// How the values of an attribute become coarser, level by level. One of the kinds is named.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HierarchyPlan {
    /// A delimited file without header: one row per value, its levels from left to right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The separator of `file`; a comma if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// The hierarchy of an attribute of the case schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// One list per value: the value, and its name on each level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<Vec<Vec<String>>>,
    /// Widths of numeric intervals, each a multiple of the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Vec<i64>>,
    /// Where the first interval begins; 0 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<i64>,
    /// Bottom coding: numbers below are one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<i64>,
    /// Top coding: this number and those above are one value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper: Option<i64>,
    /// How many neighbours, in the order of the level below, are joined on each level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<usize>>,
    /// Units of dates, fine ones first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Vec<DateUnit>>,
    /// Characters are hidden one by one from this side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<MaskSide>,
    /// How many first characters each level keeps, from many to few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Vec<usize>>,
}

impl HierarchyPlan {
    fn check(&self) -> Result<(), String> {
        let kinds = [
            self.file.is_some(),
            self.case.is_some(),
            self.tree.is_some(),
            self.intervals.is_some(),
            self.groups.is_some(),
            self.date.is_some(),
            self.mask.is_some(),
            self.prefix.is_some(),
        ];
        if kinds.into_iter().filter(|kind| *kind).count() != 1 {
            return Err("a hierarchy is one of file, case, tree, intervals, groups, date, mask, prefix".to_owned());
        }
        if self.tree.as_ref().is_some_and(Vec::is_empty) {
            return Err("tree has no rows".to_owned());
        }
        if self.groups.as_ref().is_some_and(|sizes| sizes.contains(&0)) {
            return Err("a group has at least one value".to_owned());
        }
        if self.separator.is_some() && self.file.is_none() {
            return Err("a separator is that of a hierarchy file".to_owned());
        }
        if (self.origin.is_some() || self.lower.is_some() || self.upper.is_some()) && self.intervals.is_none() {
            return Err("origin, lower and upper are those of intervals".to_owned());
        }
        Ok(())
    }
}
