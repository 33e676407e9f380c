//! Tables of any subject: read and written as plain CSV.

use std::io::Write;

use chrono::NaiveDate;
use ctdata_table::csv::{CsvReader, WriteOptions, write_csv};
use ctdata_table::{Attribute, Control, Domain, Hierarchy, Missing, Origin, Table, TableError};

use crate::{AttributePlan, Plan, PublishError, Role};

/// A reader of tables of an unknown subject, as their plan says.
///
/// Of a file that synthetic records are made of, it reads only the columns that they have; with an epsilon each over
/// its codebook, so that nothing is collected from the file.
pub(crate) fn reader(plan: &Plan) -> Result<CsvReader, PublishError> {
    let mut reader = CsvReader::new();
    if let Some(missing) = &plan.input.missing {
        reader = reader.missing(missing.iter().map(|text| (text.clone(), Missing::NotRecorded)));
    }
    let mut identifiers = plan.names(Role::Identifier);
    if let Some(identifier) = identifiers.next() {
        reader = reader.id_column(identifier);
    }
    if identifiers.next().is_some() {
        return Err(PublishError::plan("two attributes have the role identifier, and one at most is"));
    }
    let Some(settings) = &plan.synthesize else { return Ok(reader) };
    let mut released: Vec<&AttributePlan> = Vec::new();
    for entry in &plan.attributes {
        // What is given twice is refused later, with the other mistakes of the plan.
        let is_new = !released.iter().any(|other| other.name.eq_ignore_ascii_case(&entry.name));
        if is_new && matches!(entry.role, Role::QuasiIdentifier | Role::Sensitive | Role::Released) {
            released.push(entry);
        }
    }
    if released.is_empty() {
        return Ok(reader);
    }
    if settings.is_differentially_private() {
        for entry in &released {
            let (attribute, otherwise) = crate::codebook::attribute(entry, &entry.name, plan)
                .map_err(|error| error.at(format!("attribute `{}`", entry.name)))?;
            reader = reader.attribute_or(attribute, otherwise);
        }
    }
    Ok(reader.columns(released.iter().map(|entry| entry.name.as_str())))
}

/// The table with the orders that a plan gives to its values, and with dates as dates where the plan has a
/// hierarchy of dates.
pub(crate) fn typed(mut table: Table, plan: &Plan) -> Result<Table, PublishError> {
    for entry in &plan.attributes {
        let Ok(position) = table.schema().position(&entry.name) else { continue };
        let (attribute, column) = table.named(&entry.name)?;
        let domain = match &entry.order {
            Some(order) => {
                let ordered = Domain::ordered(order.iter().map(String::as_str), Origin::Public);
                Some(
                    ordered
                        .map_err(|error| PublishError::from(error).at(format!("attribute `{}`: order", entry.name)))?,
                )
            }
            None if entry.hierarchy.as_ref().is_some_and(|hierarchy| hierarchy.date.is_some()) => dates(attribute),
            None => None,
        };
        if let Some(domain) = domain {
            let (attribute, column) = Hierarchy::of(domain).adopt(attribute, column)?;
            table = table.with_replaced(position, attribute, column)?;
        }
    }
    Ok(table)
}

/// The days that texts name, if all do.
fn dates(attribute: &Attribute) -> Option<Domain> {
    let days: Option<Vec<NaiveDate>> = attribute.domain().labels().map(|label| label.parse().ok()).collect();
    Domain::dates(days?, attribute.domain().origin()).ok()
}

/// Writes a table with its attribute names as header.
pub(crate) fn write(table: &Table, output: impl Write, control: &Control) -> Result<(), PublishError> {
    control.check()?;
    write_csv(table, &WriteOptions::default(), output)
        .map_err(|error| TableError::io(crate::folder::DATA_FILE, error).into())
}
