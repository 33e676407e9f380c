//! The hierarchies that a plan describes, made for the columns of a table.

use std::path::Path;

use ctdata_model::{Dataset, case_hierarchies};
use ctdata_table::csv::Separator;
use ctdata_table::{Attribute, DomainKind, Groups, Hierarchy, Intervals, Masking, Side, TableError, nearest};

use crate::plan::MaskSide;
use crate::{HierarchyPlan, Plan, PublishError};

impl Plan {
    /// The hierarchy of an attribute of a dataset, by either of its names; none where the plan gives it
    /// none.
    ///
    /// # Errors
    /// A name that the dataset does not know; a hierarchy that cannot be made for the values of the
    /// attribute.
    pub fn hierarchy(&self, dataset: &Dataset, name: &str) -> Result<Option<Hierarchy>, PublishError> {
        let name = dataset.resolve(name)?;
        let found = self.attributes.iter().find(|attribute| {
            attribute.hierarchy.is_some() && dataset.resolve(&attribute.name).is_ok_and(|other| other == name)
        });
        let Some(plan) = found.and_then(|attribute| attribute.hierarchy.as_ref()) else { return Ok(None) };
        let (attribute, _) = dataset.table().named(&name)?;
        build(plan, attribute, &self.folder).map(Some)
    }
}

/// The separator of a character in a plan.
pub(crate) fn separator(wanted: Option<char>) -> Option<Separator> {
    Separator::ALL.into_iter().find(|known| Some(char::from(known.byte())) == wanted)
}

/// The hierarchy of an attribute; paths are relative to `folder`.
pub(crate) fn build(plan: &HierarchyPlan, attribute: &Attribute, folder: &Path) -> Result<Hierarchy, PublishError> {
    let leaves = || attribute.domain().clone();
    if let Some(file) = &plan.file {
        let comma = Separator::default();
        let separator = match plan.separator {
            None => comma,
            wanted => {
                separator(wanted).ok_or_else(|| PublishError::plan("separator is a comma, a semicolon or a tab"))?
            }
        };
        let path = folder.join(file);
        let hierarchy = Hierarchy::from_csv_path(&path, separator)?;
        if hierarchy.height() == 0 {
            let message =
                format!("{}: its rows have one cell, so that there is no level (another separator?)", path.display());
            return Err(PublishError::plan(message));
        }
        return Ok(hierarchy);
    }
    if let Some(case) = &plan.case {
        return case_hierarchies().named(case).ok_or_else(|| {
            let names: Vec<_> = case_hierarchies().iter().map(|(attribute, _)| attribute.name()).collect();
            let nearest = nearest(case, names.iter().map(AsRef::as_ref));
            let hint = nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            PublishError::plan(format!("there is no case attribute `{case}` with a hierarchy{hint}"))
        });
    }
    if let Some(rows) = &plan.tree {
        return Ok(Hierarchy::from_rows(rows)?);
    }
    if attribute.domain().is_empty() {
        return Err(PublishError::plan("the column has no value to make it of"));
    }
    let made = if let Some(widths) = &plan.intervals {
        intervals(plan, widths).and_then(|intervals| Hierarchy::intervals(leaves(), &intervals))
    } else if let Some(sizes) = &plan.groups {
        if attribute.domain().kind() == DomainKind::Nominal {
            return Err(PublishError::plan(
                "groups join neighbours, and the values have no order; `order` gives them one",
            ));
        }
        grouped(Hierarchy::of(leaves()), sizes)
    } else if let Some(units) = &plan.date {
        Hierarchy::dates(leaves(), units)
    } else if let Some(side) = plan.mask {
        let side = match side {
            MaskSide::Left => Side::Left,
            MaskSide::Right => Side::Right,
        };
        Hierarchy::masked(leaves(), &Masking { side, ..Masking::default() })
    } else {
        Hierarchy::prefixes(leaves(), plan.prefix.as_deref().unwrap_or_default())
    };
    Ok(made?)
}

fn intervals(plan: &HierarchyPlan, widths: &[i64]) -> Result<Intervals, TableError> {
    let mut intervals = Intervals::try_new(widths.iter().copied())?;
    if let Some(origin) = plan.origin {
        intervals = intervals.with_origin(origin);
    }
    if let Some(lower) = plan.lower {
        intervals = intervals.with_lower(lower)?;
    }
    match plan.upper {
        Some(upper) => intervals.with_upper(upper),
        None => Ok(intervals),
    }
}

fn grouped(mut hierarchy: Hierarchy, sizes: &[usize]) -> Result<Hierarchy, TableError> {
    for size in sizes {
        hierarchy = hierarchy.with_groups(format!("groups of {size}"), &Groups::Every(*size))?;
    }
    hierarchy.with_top("*")
}
