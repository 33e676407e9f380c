//! What the entities are called on the wire, and whether one is as a writer would have left it.

use crate::htcds::records::ReadEntity;
use crate::htcds::value::{Input, Reading, trimmed};
use crate::htcds::{CaseRecord, Entity, FieldValue, Organization, Person};

/// Whether a field holds any number of values, as the record has it: one field has one value in the standard and
/// several in its survey form.
pub(crate) fn holds_several<E: ReadEntity>(position: usize) -> bool {
    let mut probe = E::default();
    let taken = probe.read(position, Input::Text("?;!"), Reading::default()).is_ok();
    taken && matches!(probe.value(position), FieldValue::Values(values) if values.len() == 2)
}

/// Whether an identifier or a text has something in it, and no white space around it.
fn is_clean(text: &str) -> bool {
    !text.is_empty() && trimmed(text).len() == text.len()
}

/// Whether texts are clean and values are clean and distinct.
fn has_clean_fields<E: Entity>(entity: &E) -> bool {
    (0..E::FIELDS.len()).all(|position| match entity.value(position) {
        FieldValue::Text(text) => is_clean(text.expose()),
        FieldValue::Values(values) => {
            let mut names: Vec<&str> = values.iter().map(|value| value.name).collect();
            names.sort_unstable();
            names.iter().all(|name| is_clean(name)) && names.windows(2).all(|pair| pair.first() != pair.last())
        }
        _ => true,
    })
}

/// A list of things that say something.
fn have_clean_fields<E: Entity>(list: &[E]) -> bool {
    list.iter().all(|entity| !entity.is_blank() && has_clean_fields(entity))
}

/// Whether a record is as a writer leaves it, so that nothing needs to be put right.
pub(super) trait Clean {
    fn is_clean(&self) -> bool;
}

impl Clean for Organization {
    fn is_clean(&self) -> bool {
        is_clean(self.id.expose()) && has_clean_fields(self)
    }
}

impl Clean for Person {
    fn is_clean(&self) -> bool {
        is_clean(self.id.expose()) && has_clean_fields(self)
    }
}

impl Clean for CaseRecord {
    fn is_clean(&self) -> bool {
        is_clean(self.id.expose())
            && has_clean_fields(self)
            && have_clean_fields(&self.outgoing_referrals)
            && have_clean_fields(&self.comments)
            && have_clean_fields(&self.events)
            && have_clean_fields(&self.support_plans)
            && self.victims.iter().all(|victim| is_clean(victim.person.expose()) && has_clean_fields(victim))
            && self.perpetrators.iter().all(|found| is_clean(found.person.expose()) && has_clean_fields(found))
            && self.connections.iter().all(|connection| {
                (connection.person.is_some() || connection.organization.is_some())
                    && connection.person.as_ref().is_none_or(|id| is_clean(id.expose()))
                    && connection.organization.as_ref().is_none_or(|id| is_clean(id.expose()))
            })
    }
}
