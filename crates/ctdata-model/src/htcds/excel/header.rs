//! Header cells of a sheet as fields.

use std::sync::Arc;

use crate::ModelError;
use crate::htcds::Field;
use crate::htcds::lists::fold;
use crate::htcds::read::{ColumnPlan, SheetPlan, Target};

/// Columns of our own: the standard has no identifiers.
const OWN: &[(&str, Target)] = &[
    ("case_id", Target::CaseId),
    ("person_id", Target::PersonId),
    ("organization_id", Target::OrganizationId),
    ("role", Target::Role),
];

/// What a name goes into: a field (`hte_Date`, `hte_Date.2`), or a column of our own.
fn named(name: &str) -> Option<Target> {
    let own = |(own, target): &(&str, Target)| (fold(own) == fold(name)).then_some(*target);
    if let Some(target) = OWN.iter().find_map(own) {
        return Some(target);
    }
    let (stem, occurrence) = match name.rsplit_once('.') {
        Some((stem, number)) => (stem, number.parse::<usize>().ok().filter(|number| (2..10_000).contains(number))? - 1),
        None => (name, 0),
    };
    Field::named(stem).map(|field| Target::Field { field, occurrence })
}

/// Whether a header cell is an official name, an alias of one, or the name of a column of our own.
pub(super) fn is_name(text: &str) -> bool {
    named(text).is_some()
}

/// Whether a text is the label of some field.
pub(super) fn knows_label(text: &str) -> bool {
    Field::labelled(text).next().is_some()
}

/// Whether a text is the label of the field of a name; of any field if there is no name.
pub(super) fn is_label_of(name: &str, label: &str) -> bool {
    match named(name) {
        Some(Target::Field { field, .. }) => fold(field.label) == fold(label),
        Some(_) => fold(name) == fold(label),
        None => name.is_empty() && knows_label(label),
    }
}

/// What the columns of a sheet hold, by its names and labels.
pub(super) fn plan(names: &[String], labels: &[String], file: &str) -> Result<SheetPlan, ModelError> {
    let wrong = |difference: String| ModelError::WrongHeader { file: file.to_owned(), layout: "htcds-excel", difference };
    let mut plan = SheetPlan::default();
    for at in 0..names.len().max(labels.len()) {
        let cell = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
        let (name, label) = (cell(names), cell(labels));
        let target = if name.is_empty() && label.is_empty() {
            Target::Ignored
        } else if name.is_empty() {
            let mut fields = Field::labelled(&label);
            match (fields.next(), fields.next()) {
                (Some(field), None) => Target::Field { field, occurrence: 0 },
                _ => return Err(wrong(format!("column {} has a label of no or several fields", letters(at)))),
            }
        } else {
            let target = named(&name).ok_or_else(|| wrong(format!("column {} is no known field", letters(at))))?;
            // The toolkit mixes up the labels of the address. People fill in what the label says.
            match Field::labelled(&label).find(|field| field.name.starts_with("prs_Mailing")) {
                Some(field) if name.starts_with("prs_Mailing") => Target::Field { field, occurrence: 0 },
                _ => target,
            }
        };
        let text = match target {
            Target::Field { field, occurrence: 0 } => field.name.to_owned(),
            Target::Field { field, occurrence } => format!("{}.{}", field.name, occurrence + 1),
            Target::Ignored => String::new(),
            _ => OWN.iter().find(|(_, own)| *own == target).map_or("", |(name, _)| name).to_owned(),
        };
        plan.columns.push(ColumnPlan { name: text.into(), target, separator: Arc::from(";"), date_format: None });
    }
    Ok(plan)
}

/// The letters of a column, counted from 0.
pub(super) fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        let pairs = [(0, "A"), (25, "Z"), (26, "AA"), (38, "AM"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
        for (column, name) in pairs {
            assert_eq!(letters(column), name);
        }
    }
}
