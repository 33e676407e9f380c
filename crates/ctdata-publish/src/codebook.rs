//! Values from a codebook instead of a file: what differential privacy needs of a table of any subject.

use std::borrow::Cow;

use ctdata_table::{Attribute, Domain, MissingKinds, Origin, Schema, Table};

use crate::{AttributePlan, Plan, PublishError};

/// The columns that a plan names, over the values that the plan lists, whatever the file holds. Cells with other
/// values become the one that the plan names for them, or blank: nothing here depends on whether there are any.
pub(crate) fn of_plan(table: &Table, entries: &[(&AttributePlan, String)], plan: &Plan) -> Result<Table, PublishError> {
    let mut attributes = Vec::with_capacity(entries.len());
    let mut columns = Vec::with_capacity(entries.len());
    for (entry, name) in entries {
        let (attribute, column) = table.named(name)?;
        let at = |error: PublishError| error.at(format!("attribute `{}`", entry.name));
        let (attribute, column) = if attribute.domain().origin() == Origin::Public {
            if entry.values.is_some() || entry.range.is_some() || entry.other.is_some() {
                return Err(at(PublishError::plan("its values are those of the layout's codebook")));
            }
            (attribute.clone(), column.clone())
        } else {
            let domain = domain(entry, attribute, plan).map_err(at)?;
            let new = Attribute::new(attribute.shared_name(), domain, MissingKinds::NOT_RECORDED);
            let map = map(entry, attribute, &new).map_err(at)?;
            (new, column.recoded(&map))
        };
        attributes.push(attribute);
        columns.push(column);
    }
    let mut public = Table::try_new(Schema::try_new(attributes)?, columns)?;
    if let Some(ids) = table.ids() {
        public = public.with_ids(ids.clone())?;
    }
    Ok(public)
}

/// The codebook of an attribute.
fn domain(entry: &AttributePlan, attribute: &Attribute, plan: &Plan) -> Result<Domain, PublishError> {
    if let Some(order) = &entry.order {
        return Ok(Domain::ordered(order.iter().map(String::as_str), Origin::Public)?);
    }
    if let Some(values) = &entry.values {
        return Ok(Domain::nominal(values.iter().map(String::as_str), Origin::Public)?);
    }
    if let Some([lowest, highest]) = entry.range {
        return Ok(Domain::numeric(lowest..=highest, 0, Origin::Public)?);
    }
    let listed = entry.hierarchy.as_ref().filter(|hierarchy| {
        hierarchy.file.is_some() || hierarchy.case.is_some() || hierarchy.tree.is_some()
    });
    match listed {
        Some(hierarchy) => Ok(crate::hierarchies::build(hierarchy, attribute, &plan.folder)?.leaves().clone()),
        None => Err(PublishError::plan(
            "a release with an epsilon needs its values from a codebook, not from the file: `values`, `order`, `range`, or \
             a hierarchy that lists them",
        )),
    }
}

/// The new code of each code.
fn map(entry: &AttributePlan, old: &Attribute, new: &Attribute) -> Result<Vec<u16>, PublishError> {
    let blank = || new.missing_code(ctdata_table::Missing::NotRecorded).unwrap_or_default();
    let elsewhere = match &entry.other {
        Some(other) => new
            .domain()
            .code_of(other)
            .ok_or_else(|| PublishError::plan(format!("other = \"{other}\" is not one of its values")))?,
        None => blank(),
    };
    let of_label = |label: Cow<'_, str>| new.domain().code_of(label.trim()).unwrap_or(elsewhere);
    Ok(old.domain().labels().map(of_label).chain(old.missing().iter().map(|_| blank())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::Column;

    fn table(labels: &[&str], codes: &[u16]) -> Table {
        let domain = Domain::nominal(labels.iter().copied(), Origin::Observed).unwrap();
        let attribute = Attribute::new("job", domain, MissingKinds::NOT_RECORDED);
        let column = Column::from_codes(codes, attribute.code_count());
        Table::try_new(Schema::try_new(vec![attribute]).unwrap(), vec![column]).unwrap()
    }

    fn plan(rest: &str) -> Plan {
        format!("format_version = 1\n[[attribute]]\nname = \"job\"\nrole = \"released\"\n{rest}").parse().unwrap()
    }

    fn public(table: &Table, plan: &Plan) -> Result<Table, PublishError> {
        of_plan(table, &[(&plan.attributes[0], "job".to_owned())], plan)
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
