//! Tables of cases.

use std::sync::Arc;

use ctdata_table::{Column, Schema, Table, TableError};

use super::{CaseAttribute, CaseGroup};
use crate::{Layout, LayoutAttribute, LayoutKind, ModelError};

/// A table whose columns are attributes of the case, in the order of a layout.
///
/// Attributes that the layout does not have are absent. A generalized table is no case table any more:
/// it is a plain [`Table`].
#[derive(Debug, Clone, PartialEq)]
pub struct CaseTable {
    table: Table,
    layout: &'static Layout,
    attributes: Arc<[CaseAttribute]>,
}

impl CaseTable {
    /// The columns of a layout, in its order; columns of concatenated lists bring their own domains.
    ///
    /// # Errors
    /// A layout that does not describe cases, an attribute out of place, or anything
    /// [`Table::try_new`] refuses.
    pub fn try_new(table: Table, layout: &'static Layout) -> Result<Self, ModelError> {
        let attributes = case_attributes(layout)?;
        let fits = table.schema().len() == attributes.len()
            && table.schema().attributes().iter().zip(&attributes).all(|(found, expected)| {
                found.name() == expected.name()
                    && found.missing() == expected.missing()
                    && (expected.is_list() || *found.domain() == expected.domain())
            });
        if !fits {
            return Err(ModelError::NotOfLayout { layout: layout.name });
        }
        Ok(Self { table, layout, attributes: attributes.into() })
    }

    /// The schema of a layout, with the domains that a file brings for its concatenated lists.
    ///
    /// # Errors
    /// A layout that does not describe cases.
    pub fn schema(
        layout: &'static Layout,
        mut list_domain: impl FnMut(CaseAttribute) -> Option<ctdata_table::Domain>,
    ) -> Result<Schema, ModelError> {
        let attributes = case_attributes(layout)?;
        let columns = attributes
            .iter()
            .map(|&attribute| match list_domain(attribute).filter(|_| attribute.is_list()) {
                Some(domain) => ctdata_table::Attribute::new(attribute.name(), domain, attribute.missing()),
                None => attribute.attribute(),
            })
            .collect();
        Ok(with_groups(Schema::try_new(columns)?, &attributes)?)
    }

    /// A table of this layout from its columns of codes.
    ///
    /// # Errors
    /// As [`CaseTable::try_new`].
    pub fn from_columns(
        layout: &'static Layout,
        columns: Vec<Column>,
        list_domain: impl FnMut(CaseAttribute) -> Option<ctdata_table::Domain>,
    ) -> Result<Self, ModelError> {
        let table = Table::try_new(Self::schema(layout, list_domain)?, columns)?;
        Ok(Self { table, layout, attributes: case_attributes(layout)?.into() })
    }

    /// The columns.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The columns, given away.
    pub fn into_table(self) -> Table {
        self.table
    }

    /// The layout that the columns follow.
    pub fn layout(&self) -> &'static Layout {
        self.layout
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.table.rows()
    }

    /// The attributes in the order of the columns.
    pub fn attributes(&self) -> &[CaseAttribute] {
        &self.attributes
    }

    /// The position of an attribute; `None` if the layout does not have it.
    pub fn position(&self, attribute: CaseAttribute) -> Option<usize> {
        self.attributes.iter().position(|&found| found == attribute)
    }

    /// The column of an attribute; `None` if the layout does not have it.
    pub fn column(&self, attribute: CaseAttribute) -> Option<&Column> {
        self.position(attribute).and_then(|position| self.table.column(position))
    }

    /// The attribute of a name, as the file's column or as the case schema names it, without regard to
    /// case.
    ///
    /// # Errors
    /// A name that is neither, with the most similar one; or an attribute that this layout lacks.
    pub fn resolve(&self, name: &str) -> Result<CaseAttribute, ModelError> {
        let by_column = self.layout.column(name).and_then(|column| match column.attribute {
            LayoutAttribute::Case(attribute) => Some(attribute),
            LayoutAttribute::VictimPerpetrator(_) => None,
        });
        let Some(attribute) = by_column.or_else(|| CaseAttribute::from_name(name.trim())) else {
            let names: Vec<String> = self.attributes.iter().map(|attribute| attribute.name().into_owned()).collect();
            let columns = self.layout.columns.iter().map(|column| column.name);
            let nearest =
                ctdata_table::nearest(name, names.iter().map(String::as_str).chain(columns)).map(str::to_owned);
            return Err(TableError::UnknownAttribute { name: name.to_owned(), nearest }.into());
        };
        match self.position(attribute) {
            Some(_) => Ok(attribute),
            None => Err(ModelError::Absent { attribute: attribute.name(), layout: self.layout.name }),
        }
    }

    /// The name of an attribute's column in the layout.
    pub fn column_name(&self, attribute: CaseAttribute) -> Option<&'static str> {
        self.layout.column_of(attribute).map(|column| column.name)
    }

    /// The flags of a group that the layout has, in the order of its columns.
    pub fn members(&self, group: CaseGroup) -> Vec<CaseAttribute> {
        self.attributes.iter().copied().filter(|attribute| attribute.group() == Some(group)).collect()
    }

    /// The rows at these positions, in that order.
    ///
    /// # Errors
    /// A position past the end.
    pub fn take(&self, rows: &[u32]) -> Result<Self, ModelError> {
        Ok(Self { table: self.table.take(rows)?, layout: self.layout, attributes: Arc::clone(&self.attributes) })
    }
}

fn case_attributes(layout: &'static Layout) -> Result<Vec<CaseAttribute>, ModelError> {
    layout
        .columns
        .iter()
        .map(|column| match column.attribute {
            LayoutAttribute::Case(attribute) if layout.kind == LayoutKind::Cases => Ok(attribute),
            _ => Err(ModelError::NotCases { layout: layout.name }),
        })
        .collect()
}

fn with_groups(mut schema: Schema, attributes: &[CaseAttribute]) -> Result<Schema, TableError> {
    for group in CaseGroup::ALL {
        let members: Vec<_> = attributes
            .iter()
            .filter(|attribute| attribute.group() == Some(group))
            .map(|attribute| attribute.name())
            .collect();
        let members: Vec<&str> = members.iter().map(AsRef::as_ref).collect();
        if !members.is_empty() {
            schema = schema.with_group(group.name(), &members)?;
        }
    }
    Ok(schema)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MeansOfControl;

    fn empty(layout: &str) -> CaseTable {
        let layout = Layout::named(layout).unwrap();
        let columns = layout.columns.iter().map(|_| Column::from_u8(Vec::new())).collect();
        CaseTable::from_columns(layout, columns, |_| None).unwrap()
    }

    #[test]
    fn both_names_of_an_attribute_work() {
        let table = empty("ctdc-synthetic-2021");
        let threats = CaseAttribute::Control(MeansOfControl::Threats);
        assert_eq!(table.resolve("meansofcontrolthreats").unwrap(), threats);
        assert_eq!(table.resolve("control_threats").unwrap(), threats);
        assert_eq!(
            table.resolve("agebroda").unwrap_err().to_string(),
            "there is no attribute `agebroda`; did you mean `ageBroad`?"
        );
        assert_eq!(
            table.resolve("data_source").unwrap_err().to_string(),
            "the layout ctdc-synthetic-2021 does not have `data_source`"
        );
    }

    #[test]
    fn groups_hold_answers_and_no_answer_states() {
        let table = empty("ctdc-kanon-63");
        assert_eq!(table.members(CaseGroup::MeansOfControl).len(), 17);
        assert_eq!(table.members(CaseGroup::Forms).len(), 7);
        assert_eq!(table.table().schema().group("labour_sectors").unwrap().members().len(), 12);
    }

    #[test]
    fn perpetrator_rows_are_no_cases() {
        let layout = Layout::named("ctdc-victim-perpetrator").unwrap();
        assert!(matches!(CaseTable::schema(layout, |_| None), Err(ModelError::NotCases { .. })));
    }
}
