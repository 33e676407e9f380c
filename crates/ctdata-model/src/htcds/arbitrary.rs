//! Any records, for property tests: unlisted values, extensions, partial dates, awkward texts, people in several cases
//! and roles.
//!
//! They are in the form in which readers give them: identifiers are distinct and known, texts are not blank and have no
//! white space around them, a text in the place of a listed value is none of the list, nothing that repeats is blank,
//! values of a field are distinct, connections too.

use proptest::prelude::*;

use super::records::ReadEntity;
use super::value::{Input, Reading, trimmed};
use super::{
    CaseId, CaseRecord, CaseRole, Connection, Consent, Entity, Field, FieldType, ListMember, Organization,
    OrganizationId, OutgoingReferral, Perpetrator, Person, PersonId, Records, SupportPlan, TraffickingEvent,
    ValueSource, Victim,
};
use crate::Country;

/// Any records.
pub(crate) fn records() -> impl Strategy<Value = Records> {
    let people = prop::collection::vec((entity::<Person>(), entity::<Consent>()), 0..5);
    let organizations = prop::collection::vec(entity::<Organization>(), 0..4);
    (people, organizations, text()).prop_flat_map(|(people, organizations, id)| {
        let case = case(people.len(), organizations.len());
        let cases = prop::collection::vec(case, 0..4);
        (Just(people), Just(organizations), cases, Just(id)).prop_map(|(people, organizations, cases, id)| {
            let person_id = |at: usize| PersonId::new(format!("{id}p{at}"));
            let organization_id = |at: usize| OrganizationId::new(format!("row:{at}"));
            let persons = (0..)
                .zip(people)
                .map(|(at, (person, consent))| Person { id: person_id(at), consent, ..person })
                .collect();
            let organizations = (0..)
                .zip(organizations)
                .map(|(at, organization)| Organization { id: organization_id(at), ..organization })
                .collect();
            let cases = (0..)
                .zip(cases)
                .map(|(at, mut sketch)| {
                    let mut case = std::mem::take(&mut sketch.case);
                    case.id = CaseId::new(format!("{at}{id}"));
                    case.victims = (sketch.victims.into_iter())
                        .map(|(at, victim)| Victim { person: person_id(at), ..victim })
                        .collect();
                    case.perpetrators = (sketch.perpetrators.into_iter())
                        .map(|(at, found)| Perpetrator { person: person_id(at), ..found })
                        .collect();
                    for (person, organization, role) in sketch.connections {
                        let connection = Connection {
                            person: person.map(person_id),
                            organization: organization.map(organization_id),
                            role,
                        };
                        let is_someone = connection.person.is_some() || connection.organization.is_some();
                        if is_someone && !case.connections.contains(&connection) {
                            case.connections.push(connection);
                        }
                    }
                    case
                })
                .collect();
            Records { organizations, persons, cases }
        })
    })
}

/// A case that knows people and organizations by their positions.
#[derive(Debug, Clone)]
struct Sketch {
    case: CaseRecord,
    victims: Vec<(usize, Victim)>,
    perpetrators: Vec<(usize, Perpetrator)>,
    connections: Vec<(Option<usize>, Option<usize>, CaseRole)>,
}

fn case(people: usize, organizations: usize) -> impl Strategy<Value = Sketch> {
    let some_of = |all: usize| prop::sample::subsequence((0..all).collect::<Vec<_>>(), 0..=all).prop_shuffle();
    let one_of = |all: usize| prop::option::of((0..all.max(1)).prop_map(move |at| (at < all).then_some(at)));
    let role = prop::sample::select(vec![CaseRole::CaseWorker, CaseRole::Organization, CaseRole::Other]);
    let connection = (one_of(people), one_of(organizations), role)
        .prop_map(|(person, organization, role)| (person.flatten(), organization.flatten(), role));
    let parts = (
        prop::collection::vec(entity::<OutgoingReferral>(), 0..3),
        prop::collection::vec(entity(), 0..3),
        prop::collection::vec(entity::<TraffickingEvent>(), 0..4),
        prop::collection::vec(entity::<SupportPlan>(), 0..3),
    );
    (
        (entity::<CaseRecord>(), parts),
        some_of(people).prop_flat_map(|all| all.into_iter().map(|at| (Just(at), entity())).collect::<Vec<_>>()),
        some_of(people).prop_flat_map(|all| all.into_iter().map(|at| (Just(at), entity())).collect::<Vec<_>>()),
        prop::collection::vec(connection, 0..4),
    )
        .prop_map(|((case, (referrals, comments, events, plans)), victims, perpetrators, connections)| {
            let case = CaseRecord {
                outgoing_referrals: filled(referrals),
                comments: filled(comments),
                events: filled(events),
                support_plans: filled(plans),
                ..case
            };
            Sketch { case, victims, perpetrators, connections }
        })
}

fn filled<E: Entity>(mut list: Vec<E>) -> Vec<E> {
    list.retain(|entity| !entity.is_blank());
    list
}

/// An entity in which up to six cells were filled; the identifiers are empty.
fn entity<E: ReadEntity + std::fmt::Debug>() -> impl Strategy<Value = E> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u32>(), text()), 0..7).prop_map(|cells| {
        let mut entity = E::default();
        for (at, pick, text) in cells {
            let at = at.index(E::FIELDS.len());
            let cell = cell(Field::named(E::FIELDS[at]).unwrap(), pick as usize, &text);
            // A second value where there is one already is refused.
            let _ = entity.read(at, Input::Text(&cell), Reading { separator: "", date_format: None });
        }
        entity
    })
}

/// The text of a cell of a field.
fn cell(field: &Field, pick: usize, text: &str) -> String {
    // No combination of such values is a value of the list.
    let unlisted = || format!("Ω{text}");
    let one_of = |names: &[&str]| names.get(pick % (names.len() + 2)).map_or_else(unlisted, |name| (*name).to_owned());
    match (field.values, field.kind) {
        (ValueSource::List(_), _) => {
            one_of(&field.list().unwrap().values.iter().map(|value| value.name).collect::<Vec<_>>())
        }
        (ValueSource::Countries, _) => {
            one_of(&(0..).map_while(Country::from_index).map(|country| ListMember::name(&country)).collect::<Vec<_>>())
        }
        (ValueSource::Languages, _) => one_of(&["eng", "fra", "spa"]),
        (_, FieldType::Date) => match (1900 + pick / 3 % 200, 1 + pick % 12, 1 + pick % 28) {
            (year, _, _) if pick.is_multiple_of(3) => year.to_string(),
            (year, month, _) if pick % 3 == 1 => format!("{year}-{month:02}"),
            (year, month, day) => format!("{year}-{month:02}-{day:02}"),
        },
        (_, FieldType::Number) if !field.name.ends_with("tude") => pick.to_string(),
        (_, FieldType::Number | FieldType::Geolocation) => {
            #[expect(clippy::cast_precision_loss, reason = "any number will do")]
            let degrees = (pick as f64) / 7.0e6 - 200.0;
            degrees.to_string()
        }
        (_, FieldType::Checkbox) => if pick.is_multiple_of(2) { "TRUE" } else { "FALSE" }.to_owned(),
        _ => text.to_owned(),
    }
}

/// A text that is awkward in some format.
fn text() -> impl Strategy<Value = String> {
    let typed = [
        "007",
        "1e3",
        "-99",
        "TRUE",
        "2019-03-05",
        "=1+1",
        "@SUM(A1)",
        "+44 20",
        "NA",
        "null",
        "a;b",
        "\\",
        "a\\;b",
        "\"quoted\"",
        "two\nlines",
        "x, y",
        "a\tb",
        "é ü 中文",
        "<b>&amp;</b>",
    ];
    let any = "[a-zA-Z0-9;,=+@|/ \\\\\"'\n\t<&éΩ-]{1,12}".prop_map(|text| match trimmed(&text) {
        "" => "x".to_owned(),
        text => text.to_owned(),
    });
    prop_oneof![prop::sample::select(typed.to_vec()).prop_map(str::to_owned), any]
}

#[test]
fn records_reach_every_field_unlisted_values_extensions_and_roles() {
    use std::collections::BTreeSet;

    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    fn note<E: Entity>(entity: &E, fields: &mut BTreeSet<&'static str>, kinds: &mut BTreeSet<&'static str>) {
        for (name, value) in entity.recorded() {
            fields.insert(name);
            let super::FieldValue::Values(values) = value else { continue };
            for value in values {
                kinds.insert(if value.is_listed { "listed" } else { "unlisted" });
                kinds.extend(value.stand_in.map(|_| "extension"));
            }
        }
    }

    let mut runner = TestRunner::deterministic();
    let (mut fields, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..200 {
        let records = records().new_tree(&mut runner).unwrap().current();
        records.organizations.iter().for_each(|found| note(found, &mut fields, &mut kinds));
        for person in &records.persons {
            note(person, &mut fields, &mut kinds);
            note(&person.consent, &mut fields, &mut kinds);
            let is_twice =
                records.cases.iter().filter(|case| case.victims.iter().any(|v| v.person == person.id)).count();
            kinds.extend((is_twice > 1).then_some("victim in several cases"));
        }
        for case in &records.cases {
            note(case, &mut fields, &mut kinds);
            case.victims.iter().for_each(|found| note(found, &mut fields, &mut kinds));
            case.perpetrators.iter().for_each(|found| note(found, &mut fields, &mut kinds));
            case.outgoing_referrals.iter().for_each(|found| note(found, &mut fields, &mut kinds));
            case.comments.iter().for_each(|found| note(found, &mut fields, &mut kinds));
            case.events.iter().for_each(|found| note(found, &mut fields, &mut kinds));
            case.support_plans.iter().for_each(|found| note(found, &mut fields, &mut kinds));
            let is_both = case.victims.iter().any(|v| case.perpetrators.iter().any(|p| p.person == v.person));
            kinds.extend(is_both.then_some("victim and perpetrator"));
            kinds.extend(case.connections.iter().map(|connection| connection.role.code()));
        }
    }
    assert_eq!(fields.len(), super::FIELDS.len());
    assert_eq!(kinds.len(), 8, "{kinds:?}");
}
