//! Which entity a field belongs to.

use super::{
    CaseComment, CaseRecord, Consent, Entity, Field, Organization, OutgoingReferral, Perpetrator, Person, SupportPlan,
    TraffickingEvent, Victim,
};

/// The entity that a field belongs to, and its position there, see [`Entity::FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    Organization(usize),
    Person(usize),
    Consent(usize),
    Victim(usize),
    Perpetrator(usize),
    Case(usize),
    Referral(usize),
    Comment(usize),
    Event(usize),
    Plan(usize),
}

/// What a case may have any number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Repeating {
    Referrals,
    Comments,
    Events,
    Plans,
}

impl Owner {
    /// The owner of a field; every field of the standard has one.
    pub(crate) fn of(field: &Field) -> Option<Self> {
        fn at<E: Entity>(field: &Field) -> Option<usize> {
            E::FIELDS.iter().position(|name| *name == field.name)
        }
        at::<Organization>(field)
            .map(Self::Organization)
            .or_else(|| at::<Person>(field).map(Self::Person))
            .or_else(|| at::<Consent>(field).map(Self::Consent))
            .or_else(|| at::<Victim>(field).map(Self::Victim))
            .or_else(|| at::<Perpetrator>(field).map(Self::Perpetrator))
            .or_else(|| at::<CaseRecord>(field).map(Self::Case))
            .or_else(|| at::<OutgoingReferral>(field).map(Self::Referral))
            .or_else(|| at::<CaseComment>(field).map(Self::Comment))
            .or_else(|| at::<TraffickingEvent>(field).map(Self::Event))
            .or_else(|| at::<SupportPlan>(field).map(Self::Plan))
    }

    /// What repeats in a case with the field, if it does.
    pub(crate) const fn repeating(self) -> Option<Repeating> {
        match self {
            Self::Referral(_) => Some(Repeating::Referrals),
            Self::Comment(_) => Some(Repeating::Comments),
            Self::Event(_) => Some(Repeating::Events),
            Self::Plan(_) => Some(Repeating::Plans),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::htcds::fields;

    #[test]
    fn every_field_has_an_owner() {
        for field in fields() {
            assert!(Owner::of(field).is_some(), "{}", field.name);
        }
    }
}
