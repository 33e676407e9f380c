//! What several protected files made of the input tell together.

use std::borrow::Cow;
use std::path::Path;

use ctdata::model::{Dataset, case_hierarchies, write_table};
use ctdata::privacy::{Coverage, DifferencingRisk, KAnonymity, ReleaseView};
use ctdata::publish::Plan;
use ctdata::table::{Attribute, Column, Hierarchy, Schema, Table};

use super::args::ReleaseOptions;
use super::input;
use crate::failure::Failure;
use crate::session::Session;

/// Whom the earlier files and the new one expose together; none if no files are given.
pub(super) fn measure(
    options: &ReleaseOptions,
    dataset: &Dataset,
    names: &[String],
    model: KAnonymity,
    session: &Session,
) -> Result<Option<DifferencingRisk>, Failure> {
    let Some(newest) = &options.released else { return Ok(None) };
    let plan = options.plan.as_deref().map(Plan::read).transpose()?;
    let mut known = dataset.table().clone();
    let mut hierarchies = Vec::with_capacity(names.len());
    for name in names {
        let (attribute, column) = dataset.table().named(name)?;
        let hierarchy = match &plan {
            Some(plan) => plan.hierarchy(dataset, name)?,
            None if dataset.layout().is_some() => case_hierarchies().named(name),
            None => None,
        };
        let hierarchy = hierarchy.unwrap_or_else(|| Hierarchy::of(attribute.domain().clone()));
        let (attribute, column) = hierarchy.adopt(attribute, column)?;
        known = known.with_replaced(known.schema().position(name)?, attribute, column)?;
        hierarchies.push(hierarchy);
    }
    let mut tables = Vec::new();
    for file in options.earlier.iter().chain([newest]) {
        let other = input::any(file, None, session)?;
        tables.push((file, input::columns_of(&other, file, dataset, names)?));
    }
    let mut views = Vec::with_capacity(tables.len());
    for (file, table) in &tables {
        let mut view = ReleaseView::new(table);
        for (name, hierarchy) in names.iter().zip(&hierarchies) {
            let (attribute, released) = (known.schema().attribute(name)?, table.schema().attribute(name)?);
            let texts = texts(dataset, attribute, hierarchy, session)?;
            view = view.with_attribute(name, coverage(attribute, released, &texts, file)?);
        }
        views.push(view);
    }
    Ok(Some(DifferencingRisk::measure(&known, &views, model, &session.control)?))
}

/// For each level of a hierarchy and each leaf, the texts that may stand for it.
fn texts(
    dataset: &Dataset,
    attribute: &Attribute,
    hierarchy: &Hierarchy,
    session: &Session,
) -> Result<Vec<Vec<Vec<String>>>, Failure> {
    let mut levels: Vec<Vec<Vec<String>>> = hierarchy
        .levels()
        .map(|level| {
            let label = |code: &u16| level.domain().label(*code).map(Cow::into_owned);
            level.of_leaf().iter().map(|code| label(code).into_iter().collect()).collect()
        })
        .collect();
    // Values that were not made coarser are written as the layout has them: `1`, not `yes`.
    if let (Some(layout), Some(leaves)) = (dataset.layout(), levels.first_mut())
        && dataset.table().schema().attribute(attribute.name())?.domain() == attribute.domain()
    {
        for (code, texts) in (0u16..).zip(leaves) {
            let column = Column::from_codes(&[code], attribute.code_count());
            let row = Table::try_new(Schema::try_new(vec![attribute.clone()])?, vec![column])?;
            let mut written = Vec::new();
            // What the layout cannot write is in no file of it.
            if write_table(&row, layout, &mut written, &session.control).is_ok() {
                let text = String::from_utf8_lossy(&written);
                texts.extend(text.lines().nth(1).map(|cell| cell.trim_matches('"').to_owned()));
            }
        }
    }
    Ok(levels)
}

/// The values on the lowest level that has all that were released, or else of all levels.
fn coverage(
    attribute: &Attribute,
    released: &Attribute,
    texts: &[Vec<Vec<String>>],
    file: &Path,
) -> Result<Coverage, Failure> {
    let codes =
        |texts: &Vec<String>| -> Vec<u16> { texts.iter().filter_map(|text| released.domain().code_of(text)).collect() };
    let levels: Vec<Vec<Vec<u16>>> = texts.iter().map(|level| level.iter().map(codes).collect()).collect();
    let values = released.domain().len();
    let found = |level: &[Vec<u16>]| {
        let mut found: Vec<u16> = level.iter().flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.len()
    };
    let level = levels.iter().find(|level| found(level) == values).cloned();
    let covering = level.unwrap_or_else(|| {
        let of_leaf = |leaf| levels.iter().filter_map(|level| level.get(leaf)).flatten().copied().collect();
        (0..attribute.domain().len()).map(of_leaf).collect()
    });
    let lost = values - found(&covering);
    if lost > 0 {
        return Err(Failure {
            code: Failure::NO,
            message: format!(
                "{}: {lost} values of `{}` are on no level of its hierarchy (--plan says by which it was made coarser)",
                file.display(),
                attribute.name()
            ),
        });
    }
    let covers = |code: u16, leaf: u16| covering.get(usize::from(leaf)).is_some_and(|codes| codes.contains(&code));
    Ok(Coverage::new(attribute, released, covers))
}
