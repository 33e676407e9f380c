//! R29: who can be identified from the record has agreed to it.
//!
//! What counts are the fields that [identify](crate::htcds::Field::is_identifying): of a person all but two, of the
//! victim context the texts. The two are the date of birth, which nearly every record needs and which alone does not tell
//! who it is, and the salutation. The places of recruitment and exploitation refer to organizations.
//!
//! The texts of a case (comments, events, plans) are not of one person, and nobody's consent is asked for them. Texts in
//! place of values of a list are found by R20.

use std::sync::LazyLock;

use super::breach::{Breach, Look};
use crate::htcds::{Entity, FIELDS, Field, FieldType, Person, Victim};

/// Positions of the fields of a person that count.
static OF_PERSON: LazyLock<Vec<usize>> =
    LazyLock::new(|| positions::<Person>(|field| field.kind != FieldType::Date && field.name != "prs_Salutation"));

/// Positions of the fields of the victim context that count.
static OF_VICTIM: LazyLock<Vec<usize>> =
    LazyLock::new(|| positions::<Victim>(|field| matches!(field.kind, FieldType::Text | FieldType::LongText)));

fn positions<E: Entity>(counts: impl Fn(&Field) -> bool) -> Vec<usize> {
    let counts =
        |name: &&str| FIELDS.iter().any(|field| field.name == *name && field.is_identifying() && counts(field));
    let positions = E::FIELDS.iter().enumerate().filter(|(_, name)| counts(name));
    positions.map(|(position, _)| position).collect()
}

pub(super) fn person(person: &Person, look: &mut Look<'_>) {
    if let Some(breach) = breach(person) {
        entity(person, &OF_PERSON, breach, look);
    }
}

/// The context of a victim who is this person.
pub(super) fn victim(victim: &Victim, person: &Person, look: &mut Look<'_>) {
    if let Some(breach) = breach(person) {
        entity(victim, &OF_VICTIM, breach, look);
    }
}

fn breach(person: &Person) -> Option<Breach> {
    match person.consent.consent {
        Some(true) => None,
        Some(false) => Some(Breach::ConsentRefused),
        None => Some(Breach::ConsentMissing),
    }
}

/// Counts the first of the fields that is filled.
fn entity<E: Entity>(entity: &E, positions: &[usize], breach: Breach, look: &mut Look<'_>) {
    let filled = positions.iter().find(|position| !entity.value(**position).is_empty());
    if let Some(field) = filled.and_then(|position| E::FIELDS.get(*position)) {
        look.field(breach, field);
    }
}
