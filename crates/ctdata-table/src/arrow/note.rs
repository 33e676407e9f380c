//! What Arrow types cannot say of a column, as metadata of its field.

use std::collections::HashMap;

use arrow_schema::Field;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::refused;
use crate::{Attribute, Domain, DomainKind, Missing, Origin, TableError};

pub(super) const DOMAIN: &str = "ctdata.domain";
pub(super) const MISSING_OF: &str = "ctdata.missing-of";
pub(super) const ROLE: &str = "ctdata.role";
pub(super) const IDS: &str = "ids";
pub(super) const WEIGHTS: &str = "weights";
/// Metadata of the schema: names of groups with the names of their members.
pub(super) const GROUPS: &str = "ctdata.groups";

/// Metadata of the schema: the name of what the columns follow.
pub(super) const LAYOUT: &str = "ctdata.layout";

/// The metadata of an attribute. Dates are days since 1970-01-01.
#[derive(Serialize, Deserialize)]
pub(super) struct Note {
    kind: DomainKind,
    origin: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scale: Option<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<i64>,
    missing: Vec<Missing>,
    /// What a null stands for where no other column says it.
    pub(super) null: Option<Missing>,
}

impl Note {
    pub(super) fn new(attribute: &Attribute, null: Option<Missing>) -> Self {
        let domain = attribute.domain();
        let codes = || (0..=u16::MAX).take(domain.len());
        let mut note = Self {
            kind: domain.kind(),
            origin: domain.origin(),
            scale: domain.scale(),
            labels: Vec::new(),
            numbers: Vec::new(),
            missing: attribute.missing().iter().collect(),
            null,
        };
        match note.kind {
            DomainKind::Nominal | DomainKind::Ordered => {
                note.labels = domain.labels().map(|label| label.into_owned().into()).collect();
            }
            DomainKind::Numeric => note.numbers = codes().filter_map(|code| domain.number(code)).collect(),
            DomainKind::Date => {
                note.numbers =
                    codes().filter_map(|code| domain.date(code)).map(|date| date.to_epoch_days().into()).collect();
            }
        }
        note
    }

    /// The note of a field, if it has one.
    pub(super) fn of(field: &Field) -> Result<Option<Self>, TableError> {
        let note = field.metadata().get(DOMAIN).map(|text| serde_json::from_str(text)).transpose();
        // What the parser says may quote a value.
        note.map_err(|_| refused(field.name(), format_args!("the metadata `{DOMAIN}` cannot be read")))
    }

    pub(super) fn metadata(&self) -> Result<HashMap<String, String>, TableError> {
        Ok(HashMap::from([(DOMAIN.to_owned(), json(self)?)]))
    }

    pub(super) fn attribute(self, name: &str) -> Result<Attribute, TableError> {
        let days = |day: i64| i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days);
        let domain = match self.kind {
            DomainKind::Nominal => Domain::nominal(self.labels, self.origin),
            DomainKind::Ordered => Domain::ordered(self.labels, self.origin),
            DomainKind::Numeric => Domain::numeric(self.numbers, self.scale.unwrap_or(0), self.origin),
            DomainKind::Date => {
                let dates: Option<Vec<NaiveDate>> = self.numbers.into_iter().map(days).collect();
                let dates = dates.ok_or_else(|| refused(name, "the metadata have a day that no calendar has"))?;
                Domain::dates(dates, self.origin)
            }
        };
        Ok(Attribute::new(name, domain?, self.missing.into_iter().collect()))
    }
}

/// As JSON; our own types cannot fail, but the type says they could.
pub(super) fn json(value: &impl Serialize) -> Result<String, TableError> {
    serde_json::to_string(value).map_err(|error| TableError::Arrow(error.to_string()))
}
