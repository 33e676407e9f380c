//! What a file was read as.

use ctdata_table::{Column, Schema, Table};

use crate::{CaseTable, Layout, LayoutAttribute, LayoutKind, ModelError, VpAttribute};

/// Victim-perpetrator rows.
#[derive(Debug, Clone, PartialEq)]
pub struct VpTable {
    table: Table,
    layout: &'static Layout,
}

impl VpTable {
    /// A table of victim-perpetrator rows from its columns of codes, in the order of the layout.
    ///
    /// # Errors
    /// A layout of another kind, or anything [`Table::try_new`] refuses.
    pub fn from_columns(layout: &'static Layout, columns: Vec<Column>) -> Result<Self, ModelError> {
        let attributes = layout
            .columns
            .iter()
            .map(|column| match column.attribute {
                LayoutAttribute::VictimPerpetrator(attribute) if layout.kind == LayoutKind::VictimPerpetrator => {
                    Ok(attribute.attribute())
                }
                _ => Err(ModelError::NotOfLayout { layout: layout.name }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let schema = Schema::try_new(attributes)?.with_group(
            "forms_of_exploitation",
            &[VpAttribute::ForcedLabour.name(), VpAttribute::SexualExploitation.name()],
        )?;
        Ok(Self { table: Table::try_new(schema, columns)?, layout })
    }

    /// The columns.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The layout that the columns follow.
    pub fn layout(&self) -> &'static Layout {
        self.layout
    }
}

/// The rows of a file, by what they are.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Dataset {
    /// Cases of a known layout.
    Cases(CaseTable),
    /// Victims with what is known of the perpetrators.
    VictimPerpetrator(VpTable),
    /// A table of any subject.
    Plain(Table),
}

/// The name of the layout of plain tables.
pub const PLAIN_LAYOUT: &str = "csv";

impl Dataset {
    /// The columns.
    pub fn table(&self) -> &Table {
        match self {
            Self::Cases(cases) => cases.table(),
            Self::VictimPerpetrator(rows) => rows.table(),
            Self::Plain(table) => table,
        }
    }

    /// The layout, where there is one.
    pub fn layout(&self) -> Option<&'static Layout> {
        match self {
            Self::Cases(cases) => Some(cases.layout()),
            Self::VictimPerpetrator(rows) => Some(rows.layout()),
            Self::Plain(_) => None,
        }
    }

    /// The name of the layout.
    pub fn format(&self) -> &'static str {
        self.layout().map_or(PLAIN_LAYOUT, |layout| layout.name)
    }

    /// The name of an attribute in the schema, from the name of a column of the layout or of an attribute,
    /// without regard to case where there is a layout.
    ///
    /// # Errors
    /// A name that is neither, with the most similar one; or an attribute that the layout lacks.
    pub fn resolve(&self, name: &str) -> Result<String, ModelError> {
        if let Self::Cases(cases) = self {
            return Ok(cases.resolve(name)?.name().into_owned());
        }
        let column = self.layout().and_then(|layout| layout.column(name));
        if let Some(LayoutAttribute::VictimPerpetrator(attribute)) = column.map(|column| column.attribute) {
            return Ok(attribute.name().to_owned());
        }
        Ok(self.table().schema().attribute(name)?.name().to_owned())
    }

    /// The cases.
    ///
    /// # Errors
    /// [`ModelError::NotCases`] for rows that are something else: victim-perpetrator rows outnumber
    /// victims, and a plain table may be about anything.
    pub fn cases(&self) -> Result<&CaseTable, ModelError> {
        match self {
            Self::Cases(cases) => Ok(cases),
            _ => Err(ModelError::NotCases { layout: self.format() }),
        }
    }

    /// The cases, given away.
    ///
    /// # Errors
    /// As [`Dataset::cases`].
    pub fn into_cases(self) -> Result<CaseTable, ModelError> {
        match self {
            Self::Cases(cases) => Ok(cases),
            _ => Err(ModelError::NotCases { layout: self.format() }),
        }
    }
}
