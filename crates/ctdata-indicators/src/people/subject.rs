//! Whom the rows of a table stand for.

use crate::IndicatorError;
use crate::catalogue::Definition;
use crate::error::coded;
use ctdata_table::{Attribute, Domain, MissingKinds, Origin, Schema, TableError};

coded! {
    /// Whom an indicator counts, and whom the rows of a table stand for.
    #[derive(Default)]
    #[non_exhaustive]
    pub enum Subject: "subject" {
        /// Identified victims, each with what is known of the perpetrators: tables of cases, victim-perpetrator rows and
        /// the victims of records. The default.
        #[default]
        Victims = "victims" / "victims",
        /// Perpetrators, each with the number of victims.
        Perpetrators = "perpetrators" / "perpetrators",
    }
}

/// The attribute that says whom the rows stand for; it has one value. A table without it is one of victims.
pub const SUBJECT: &str = "subject";

impl Subject {
    /// Whom the rows of a table with this schema stand for; `None` for a word that is no subject.
    pub fn of(schema: &Schema) -> Option<Self> {
        let Some(attribute) = schema.find(SUBJECT).and_then(|position| schema.get(position)) else {
            return Some(Self::Victims);
        };
        let mut labels = attribute.domain().labels();
        labels.next().filter(|_| attribute.domain().len() == 1)?.parse().ok()
    }

    /// The attribute for a table of this subject.
    pub(crate) fn attribute(self) -> Result<Attribute, TableError> {
        Ok(Attribute::new(SUBJECT, Domain::nominal([self.code()], Origin::Public)?, MissingKinds::NONE))
    }
}

/// Refuses to count perpetrators among victims, and the other way round.
pub(crate) fn check(definition: &Definition, schema: &Schema) -> Result<(), IndicatorError> {
    if Subject::of(schema) == Some(definition.subject()) {
        return Ok(());
    }
    Err(IndicatorError::NotCollected {
        indicator: definition.id.to_owned(),
        needs: format!("one row for each of the {} it counts", definition.subject().label()).into(),
    })
}
