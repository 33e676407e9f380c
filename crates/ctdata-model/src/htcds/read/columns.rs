//! What the columns of a sheet hold.

use std::sync::Arc;

use crate::htcds::Field;
use crate::htcds::value::Reading;

/// What a column of a sheet goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nothing: the column is read past.
    Ignored,
    /// The identifier of the case.
    CaseId,
    /// The identifier of the person.
    PersonId,
    /// The identifier of the organization.
    OrganizationId,
    /// What the person or organization is to the case, see [`crate::htcds::CaseRole`].
    Role,
    /// A field; of what may repeat in a case (referrals, comments, events, plans), the how-manieth, from 0.
    Field {
        /// The field.
        field: &'static Field,
        /// The how-manieth.
        occurrence: usize,
    },
    /// One value of a field that has several: the cell says yes or no.
    Choice {
        /// The field.
        field: &'static Field,
        /// The name of the value.
        choice: &'static str,
    },
    /// A column without a header: only the numbers of the rows may stand there.
    Nameless,
}

impl Target {
    /// The field that cells of the column go into.
    pub(crate) fn field(self) -> Option<&'static Field> {
        match self {
            Self::Field { field, .. } | Self::Choice { field, .. } => Some(field),
            _ => None,
        }
    }
}

/// One column of a sheet.
#[derive(Debug, Clone)]
pub(crate) struct ColumnPlan {
    /// What messages call it: the name of a field or a position, never a header that nobody knows.
    pub(crate) name: Arc<str>,
    /// What it goes into.
    pub(crate) target: Target,
    /// What separates several values.
    pub(crate) separator: Arc<str>,
    /// The form of its dates, if not ISO.
    pub(crate) date_format: Option<Arc<str>>,
}

impl ColumnPlan {
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading { separator: &self.separator, date_format: self.date_format.as_deref() }
    }
}

/// The columns of a sheet, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct SheetPlan {
    pub(crate) columns: Vec<ColumnPlan>,
}

impl SheetPlan {
    pub(crate) fn has(&self, target: Target) -> bool {
        self.columns.iter().any(|column| column.target == target)
    }

    /// The fields that it has a column for, each once, in the order of the sheet.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let mut seen: Vec<&'static Field> = Vec::new();
        self.columns.iter().filter_map(|column| column.target.field()).filter(move |field| {
            let is_new = !seen.iter().any(|known| std::ptr::eq(*known, *field));
            if is_new {
                seen.push(field);
            }
            is_new
        })
    }
}
