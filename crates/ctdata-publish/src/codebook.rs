//! Values from a codebook instead of a file: what differential privacy needs of a table of any subject.

use std::borrow::Cow;

use ctdata_model::{CaseAttribute, Layout};
use ctdata_table::{Attribute, Cell, Column, Constraint, Domain, Missing, MissingKinds, Origin, Schema, Table};

use crate::{AttributePlan, Plan, PublishError};

/// The columns that a plan names, over the values that the plan lists, whatever the file holds. Cells with other
/// values become the one that the plan names for them, or blank: nothing here depends on whether there are any.
///
/// Also gives what the codebook says can not be: values of a layout outside the `range` of an attribute, and years
/// that the layout does not cover. Cells that have them become blank too.
pub(crate) fn of_plan(
    table: &Table,
    layout: Option<&'static Layout>,
    entries: &[(&AttributePlan, String)],
    plan: &Plan,
) -> Result<(Table, Vec<Constraint>), PublishError> {
    let mut constraints = Vec::new();
    let mut attributes = Vec::with_capacity(entries.len());
    let mut columns = Vec::with_capacity(entries.len());
    for (entry, name) in entries {
        let (attribute, column) = table.named(name)?;
        let is_of_layout = layout.is_some() && attribute.domain().origin() == Origin::Public;
        let at = |error: PublishError| error.at(format!("attribute `{}`", entry.name));
        let (attribute, column) = if is_of_layout {
            if entry.values.is_some() || entry.other.is_some() {
                return Err(at(PublishError::plan("its values are those of the layout's codebook")));
            }
            let (attribute, column) = &tellable(attribute, column, layout);
            let years = layout.filter(|_| *name == CaseAttribute::YearOfRegistration.name());
            let range = entry.range.or(years.map(|layout| [layout.years.0.into(), layout.years.1.into()]));
            match range {
                Some(range) => {
                    let (column, constraint) = within(attribute, column, range).map_err(at)?;
                    constraints.push(constraint);
                    (attribute.clone(), column)
                }
                None => (attribute.clone(), column.clone()),
            }
        } else {
            let (new, otherwise) = self::attribute(entry, name, plan).map_err(at)?;
            let column = column.recoded(&map(attribute, &new, otherwise));
            (new, column)
        };
        attributes.push(attribute);
        columns.push(column);
    }
    let mut public = Table::try_new(Schema::try_new(attributes)?, columns)?;
    if let Some(ids) = table.ids() {
        public = public.with_ids(ids.clone())?;
    }
    Ok((public, constraints))
}

/// An attribute with the values that a plan lists for it, and the cell that stands for all others.
pub(crate) fn attribute(entry: &AttributePlan, name: &str, plan: &Plan) -> Result<(Attribute, Cell), PublishError> {
    let attribute = Attribute::new(name, domain(entry, plan)?, MissingKinds::NOT_RECORDED);
    let otherwise = match &entry.other {
        Some(other) => {
            let code = attribute.domain().code_of(other);
            Cell::Value(
                code.ok_or_else(|| PublishError::plan(format!("other = \"{other}\" is not one of its values")))?,
            )
        }
        None => Cell::Missing(Missing::NotRecorded),
    };
    Ok((attribute, otherwise))
}

/// A column with only those kinds of missing that a file of the layout can tell; others become blanks.
fn tellable(attribute: &Attribute, column: &Column, layout: Option<&'static Layout>) -> (Attribute, Column) {
    let Some(layout) = layout else { return (attribute.clone(), column.clone()) };
    let kinds = layout.missing_kinds(attribute).with(Missing::NotRecorded);
    let new = Attribute::new(attribute.shared_name(), attribute.domain().clone(), kinds);
    let blank = new.missing_code(Missing::NotRecorded).unwrap_or_default();
    let code = |code| attribute.cell(code).and_then(|cell| new.code(cell)).unwrap_or(blank);
    let map: Vec<u16> = (0u16..).take(attribute.code_count()).map(code).collect();
    let column = column.recoded(&map);
    (new, column)
}

/// A column with blanks for numbers outside a range, and the rule that there are none.
fn within(
    attribute: &Attribute,
    column: &Column,
    [lowest, highest]: [i64; 2],
) -> Result<(Column, Constraint), PublishError> {
    let Some(blank) = attribute.missing_code(Missing::NotRecorded).filter(|_| attribute.domain().scale() == Some(0))
    else {
        return Err(PublishError::plan("range is for whole numbers that may be blank"));
    };
    let is_outside =
        |code: &u16| attribute.domain().number(*code).is_some_and(|number| !(lowest..=highest).contains(&number));
    let codes = || (0u16..).take(attribute.code_count());
    let map: Vec<u16> = codes().map(|code| if is_outside(&code) { blank } else { code }).collect();
    let outside: Vec<String> =
        codes().filter(is_outside).filter_map(|code| Some(attribute.domain().label(code)?.into_owned())).collect();
    let name = format!("{} from {lowest} to {highest}", attribute.name());
    let constraint = Constraint::new(name, [(attribute.name(), outside.iter().map(String::as_str))]);
    Ok((column.recoded(&map), constraint))
}

/// The codebook of an attribute.
fn domain(entry: &AttributePlan, plan: &Plan) -> Result<Domain, PublishError> {
    if let Some(order) = &entry.order {
        return Ok(Domain::ordered(order.iter().map(String::as_str), Origin::Public)?);
    }
    if let Some(values) = &entry.values {
        return Ok(Domain::nominal(values.iter().map(String::as_str), Origin::Public)?);
    }
    if let Some([lowest, highest]) = entry.range {
        return Ok(Domain::numeric(lowest..=highest, 0, Origin::Public)?);
    }
    let listed = entry
        .hierarchy
        .as_ref()
        .filter(|hierarchy| hierarchy.file.is_some() || hierarchy.case.is_some() || hierarchy.tree.is_some());
    match listed {
        Some(hierarchy) => {
            // A hierarchy that lists its values needs none of a column.
            let empty = Domain::nominal([] as [&str; 0], Origin::Public)?;
            let none = Attribute::new(entry.name.as_str(), empty, MissingKinds::NOT_RECORDED);
            Ok(crate::hierarchies::build(hierarchy, &none, &plan.folder)?.leaves().clone())
        }
        None => Err(PublishError::plan(
            "a release with an epsilon needs its values from a codebook, not from the file: `values`, `order`, `range`, or \
             a hierarchy that lists them",
        )),
    }
}

/// The new code of each code.
fn map(old: &Attribute, new: &Attribute, otherwise: Cell) -> Vec<u16> {
    let blank = || new.missing_code(Missing::NotRecorded).unwrap_or_default();
    let otherwise = new.code(otherwise).unwrap_or_else(blank);
    let of_label = |label: Cow<'_, str>| new.domain().code_of(label.trim()).unwrap_or(otherwise);
    old.domain().labels().map(of_label).chain(old.missing().iter().map(|_| blank())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(labels: &[&str], codes: &[u16]) -> Table {
        let domain = Domain::nominal(labels.iter().copied(), Origin::Observed).unwrap();
        let attribute = Attribute::new("job", domain, MissingKinds::NOT_RECORDED);
        let column = Column::from_codes(codes, attribute.code_count());
        Table::try_new(Schema::try_new(vec![attribute]).unwrap(), vec![column]).unwrap()
    }

    const SYNTHESIZE: &str = "[synthesize]\nmethod = \"mst\"\nepsilon = 1.0\ndelta = 1e-9\n";

    fn plan(rest: &str) -> Plan {
        let attribute = format!("[[attribute]]\nname = \"job\"\nrole = \"released\"\n{rest}");
        format!("format_version = 1\n{attribute}{SYNTHESIZE}").parse().unwrap()
    }

    fn public(table: &Table, plan: &Plan) -> Result<Table, PublishError> {
        Ok(of_plan(table, None, &[(&plan.attributes[0], "job".to_owned())], plan)?.0)
    }

    #[test]
    fn years_are_those_that_the_layout_covers_or_the_plan_says() {
        let layout = Layout::named("ctdc-synthetic-2021").unwrap();
        let attribute = CaseAttribute::YearOfRegistration.attribute();
        let code = |year: i64| attribute.domain().code_of_number(year).unwrap();
        let column = Column::from_codes(&[code(1950), code(2010), code(2024)], attribute.code_count());
        let table = Table::try_new(Schema::try_new(vec![attribute.clone()]).unwrap(), vec![column]).unwrap();
        let years = |rest: &str| {
            let text = format!(
                "format_version = 1\n[[attribute]]\nname = \"year_of_registration\"\nrole = \"released\"\n{rest}"
            );
            let plan: Plan = format!("{text}{SYNTHESIZE}").parse().unwrap();
            let entries = [(&plan.attributes[0], "year_of_registration".to_owned())];
            let (table, constraints) = of_plan(&table, Some(layout), &entries, &plan).unwrap();
            assert!(constraints[0].violations(&table).unwrap().is_empty());
            (0..3).map(|row| table.text(row, 0).map(Cow::into_owned)).collect::<Vec<_>>()
        };
        assert_eq!(years(""), [None, Some("2010".to_owned()), None]);
        assert_eq!(years("range = [2002, 2024]\n"), [None, Some("2010".to_owned()), Some("2024".to_owned())]);
    }

    #[test]
    fn a_value_nobody_else_has_leaves_no_trace() {
        let usual = table(&["cook", "farmer"], &[0, 1, 2]);
        let special = table(&["astronaut", "cook", "farmer"], &[1, 2, 3, 0]);
        let plan = plan("values = [\"farmer\", \"cook\", \"other\"]\n");
        let (usual, special) = (public(&usual, &plan).unwrap(), public(&special, &plan).unwrap());
        assert_eq!(usual.schema(), special.schema());
        assert_eq!(usual.columns()[0].iter().collect::<Vec<_>>(), [1, 0, 3]);
        assert_eq!(special.columns()[0].iter().collect::<Vec<_>>(), [1, 0, 3, 3]);
    }

    #[test]
    fn other_values_have_a_name_of_their_own_if_the_plan_gives_them_one() {
        let special = table(&["astronaut", "cook"], &[0, 1, 2]);
        let plan = plan("values = [\"cook\", \"other\"]\nother = \"other\"\n");
        assert_eq!(public(&special, &plan).unwrap().columns()[0].iter().collect::<Vec<_>>(), [1, 0, 2]);
    }

    #[test]
    fn values_come_from_the_plan_or_there_are_none() {
        let usual = table(&["cook", "farmer"], &[0, 1]);
        let error = public(&usual, &plan("")).unwrap_err().to_string();
        assert!(error.starts_with("plan: attribute `job`: a release with an epsilon needs"), "{error}");
        let error = public(&usual, &plan("values = [\"cook\"]\nother = \"rest\"\n")).unwrap_err().to_string();
        assert_eq!(error, "plan: attribute `job`: other = \"rest\" is not one of its values");
    }
}
