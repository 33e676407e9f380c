//! What a place in the records takes: asked of the records themselves, by reading into an empty one.

use crate::codes::CodeList;
use crate::htcds::owner::Owner;
use crate::htcds::read::Target;
use crate::htcds::records::ReadEntity;
use crate::htcds::value::{Fault, FieldValue, Input, Reading};
use crate::htcds::{
    CaseComment, CaseRecord, CaseRole, Consent, FIELDS, Field, FieldType, Named, Organization, OutgoingReferral,
    Perpetrator, Person, SupportPlan, TraffickingEvent, ValueSource, Victim,
};

/// What separates values on their way into a record: nothing that a name or a label has.
pub(super) const BETWEEN: &str = "\u{1f}";

/// How often what repeats in a case may be in one row.
pub(super) const MOST_OCCURRENCES: usize = 99;

/// Columns of our own beside the fields, and what they go into.
pub(super) const OWN: [(&str, Target); 4] = [
    ("case_id", Target::CaseId),
    ("person_id", Target::PersonId),
    ("organization_id", Target::OrganizationId),
    ("role", Target::Role),
];

/// What a place takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A text.
    Text,
    /// An identifier.
    Id,
    /// A role in the case.
    Role,
    /// A date.
    Date,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// One value of a list.
    One,
    /// Any number of values of a list.
    Many,
}

impl Holds {
    pub(super) fn of(target: Target) -> Self {
        let field = match target {
            Target::Role => return Self::Role,
            Target::Field { field, .. } => field,
            _ => return Self::Id,
        };
        match take(field, "1") {
            Taken::Values(_) => match take(field, &format!("1{BETWEEN}2")) {
                Taken::Values(values) if values.len() > 1 => Self::Many,
                _ => Self::One,
            },
            Taken::Flag(_) | Taken::Fault(Fault::Flag) => Self::Flag,
            Taken::Number | Taken::Fault(Fault::Number | Fault::Coordinate) => Self::Number,
            Taken::Date | Taken::Fault(Fault::Date) => Self::Date,
            Taken::Text | Taken::Empty | Taken::Fault(_) => Self::Text,
        }
    }
}

enum Taken {
    Empty,
    Text,
    Date,
    Number,
    Flag(bool),
    /// The names and labels of values that the list has.
    Values(Vec<Option<(String, String)>>),
    Fault(Fault),
}

/// Reads a text into a field of an empty entity.
fn take(field: &Field, text: &str) -> Taken {
    fn of<E: ReadEntity>(position: usize, text: &str) -> Taken {
        let mut entity = E::default();
        let reading = Reading { separator: BETWEEN, date_format: None };
        if let Err(fault) = entity.read(position, Input::Text(text), reading) {
            return Taken::Fault(fault);
        }
        match entity.value(position) {
            FieldValue::Empty => Taken::Empty,
            FieldValue::Text(_) => Taken::Text,
            FieldValue::Date(_) => Taken::Date,
            FieldValue::Number(_) | FieldValue::Coordinate(_) => Taken::Number,
            FieldValue::Flag(flag) => Taken::Flag(flag),
            FieldValue::Values(values) => {
                let known =
                    |value: &Named<'_>| value.is_listed.then(|| (value.name.to_owned(), value.label.to_owned()));
                Taken::Values(values.iter().map(known).collect())
            }
        }
    }
    match Owner::of(field) {
        Some(Owner::Organization(at)) => of::<Organization>(at, text),
        Some(Owner::Person(at)) => of::<Person>(at, text),
        Some(Owner::Consent(at)) => of::<Consent>(at, text),
        Some(Owner::Victim(at)) => of::<Victim>(at, text),
        Some(Owner::Perpetrator(at)) => of::<Perpetrator>(at, text),
        Some(Owner::Case(at)) => of::<CaseRecord>(at, text),
        Some(Owner::Referral(at)) => of::<OutgoingReferral>(at, text),
        Some(Owner::Comment(at)) => of::<CaseComment>(at, text),
        Some(Owner::Event(at)) => of::<TraffickingEvent>(at, text),
        Some(Owner::Plan(at)) => of::<SupportPlan>(at, text),
        None => Taken::Empty,
    }
}

/// The name under which a text is recorded, if it is what the place takes: for values of a list their official name,
/// for yes and no these words, otherwise the text itself.
pub(super) fn accepted(target: Target, text: &str) -> Option<String> {
    let field = match target {
        Target::Role => return CaseRole::parse(text).ok().map(|role| role.code().to_owned()),
        Target::Field { field, .. } => field,
        _ => return Some(text.to_owned()),
    };
    match take(field, text) {
        Taken::Values(values) => match values.as_slice() {
            [Some((name, _))] => Some(name.clone()),
            _ => None,
        },
        Taken::Flag(flag) => Some(if flag { "yes" } else { "no" }.to_owned()),
        Taken::Text | Taken::Date | Taken::Number => Some(text.to_owned()),
        Taken::Empty | Taken::Fault(_) => None,
    }
}

/// The same of one value or several parts of a cell: where they were cut, the label of the value is to be cut as often.
/// Otherwise two values in a row could be taken for a third whose name is that of both together.
pub(super) fn accepted_run(target: Target, text: &str, between: &str) -> Option<String> {
    let cuts = text.matches(between).count();
    if cuts == 0 {
        return accepted(target, text);
    }
    let Target::Field { field, .. } = target else { return None };
    match take(field, text) {
        Taken::Values(values) => match values.as_slice() {
            [Some((name, label))] if label.matches(between).count() == cuts => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the place takes nothing but values of its list: what the standard calls "Picklist or Text" takes others.
pub(super) fn is_closed(target: Target) -> bool {
    match target {
        Target::Field { field, .. } => {
            field.values != ValueSource::None && matches!(field.kind, FieldType::Picklist | FieldType::Multiselect)
        }
        _ => false,
    }
}

/// Whether a row may have several of these.
pub(super) fn repeats(field: &Field) -> bool {
    Owner::of(field).and_then(Owner::repeating).is_some()
}

/// The place of a name as mapping files write it: a field, `hte_Date.2` for the second of its kind, or a column of
/// our own.
///
/// # Errors
/// A sentence that says what there is.
pub(super) fn target_named(name: &str) -> Result<Target, String> {
    let name = name.trim();
    if let Some((_, target)) = OWN.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)) {
        return Ok(*target);
    }
    let (base, nth) = match name.rsplit_once('.') {
        Some((base, nth)) if !nth.is_empty() && nth.bytes().all(|byte| byte.is_ascii_digit()) => (base, Some(nth)),
        _ => (name, None),
    };
    let Some(field) = Field::named(base) else {
        let names = FIELDS.iter().map(|field| field.name).chain(OWN.iter().map(|(own, _)| *own));
        let hint = match ctdata_table::nearest(base, names) {
            Some(nearest) => format!("; did you mean `{nearest}`?"),
            None => "; fields have the names of HTCDS, such as `prs_Gender`, or are `case_id`, `person_id`, \
                     `organization_id` or `role`"
                .to_owned(),
        };
        return Err(format!("there is no field `{base}`{hint}"));
    };
    let Some(nth) = nth else { return Ok(Target::Field { field, occurrence: 0 }) };
    if !repeats(field) {
        return Err(format!("`{}` does not repeat in a case: write it without a number", field.name));
    }
    match nth.parse::<usize>() {
        Ok(nth @ 1..=MOST_OCCURRENCES) => Ok(Target::Field { field, occurrence: nth - 1 }),
        _ => Err(format!("the number in `{name}` is from 1 to {MOST_OCCURRENCES}")),
    }
}

/// The name of a place, as mapping files write it.
pub(super) fn name_of(target: Target) -> String {
    match target {
        Target::Field { field, occurrence: 0 } => field.name.to_owned(),
        Target::Field { field, occurrence } => format!("{}.{}", field.name, occurrence + 1),
        target => OWN.iter().find(|(_, own)| *own == target).map_or("", |(name, _)| name).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(name: &str) -> Holds {
        Holds::of(target_named(name).unwrap())
    }

    #[test]
    fn each_field_is_known_by_what_it_takes() {
        for field in FIELDS {
            let found = Holds::of(Target::Field { field, occurrence: 0 });
            let expected = match (field.kind, field.values) {
                // The survey form of the standard asks for several industries.
                _ if field.name == "vic_ForcedLabourIndustry" => Holds::Many,
                (FieldType::Multiselect, _) => Holds::Many,
                (FieldType::Date, _) => Holds::Date,
                (FieldType::Number | FieldType::Geolocation, _) => Holds::Number,
                (FieldType::Checkbox, _) => Holds::Flag,
                (_, ValueSource::None) => Holds::Text,
                _ => Holds::One,
            };
            assert_eq!(found, expected, "{}", field.name);
        }
        assert_eq!((holds("case_id"), holds("role")), (Holds::Id, Holds::Role));
    }

    #[test]
    fn names_of_places_are_read_and_written() {
        for name in ["prs_Gender", "hte_Date.2", "cas_ReferredOrganisation.3", "case_id", "role"] {
            assert_eq!(name_of(target_named(name).unwrap()), name);
        }
        assert_eq!(name_of(target_named("hte_Date.1").unwrap()), "hte_Date");
        assert_eq!(name_of(target_named("VIC_methods_of_control").unwrap()), "vic_MethodsOfControl");
        assert_eq!(target_named("prs_Gendr").unwrap_err(), "there is no field `prs_Gendr`; did you mean `prs_Gender`?");
        assert_eq!(
            target_named("prs_Gender.2").unwrap_err(),
            "`prs_Gender` does not repeat in a case: write it without a number"
        );
        assert_eq!(target_named("hte_Date.100").unwrap_err(), "the number in `hte_Date.100` is from 1 to 99");
        assert!(target_named("hte_Date.0").is_err());
        assert!(target_named("quite another thing").unwrap_err().contains("`case_id`"));
    }

    #[test]
    fn what_a_place_takes_is_recorded_under_its_official_name() {
        let accepted = |place: &str, text: &str| accepted(target_named(place).unwrap(), text);
        assert_eq!(accepted("prs_Gender", "feminine").as_deref(), Some("Feminine"));
        assert_eq!(accepted("prs_Gender", "F"), None);
        assert_eq!(accepted("vic_MethodsOfControl", "Debt bondage ").as_deref(), Some("DebtBondage"));
        assert_eq!(accepted("prs_Citizenship", "FRA").as_deref(), Some("FR"));
        assert_eq!(accepted("con_Consent", "TRUE").as_deref(), Some("yes"));
        assert_eq!(accepted("con_Consent", "oui"), None);
        assert_eq!(accepted("role", "Case worker").as_deref(), Some("case-worker"));
        assert_eq!(accepted("prs_Birthdate", "1987"), Some("1987".to_owned()));
        assert_eq!(accepted("prs_Birthdate", "1/2/1987"), None);
        assert!(is_closed(target_named("prs_Gender").unwrap()));
        assert!(!is_closed(target_named("org_ShippingCountry").unwrap()));
    }
}
