//! What stays, what moves, and that both together are the original.

use ctdata_table::Control;
use proptest::prelude::*;

use super::*;
use crate::htcds::lists::MethodsOfControl as Method;
use crate::htcds::{
    CaseComment, CaseRecord, Entity, FIELDS, FieldType, Listed, MARKER, Organization, PHONE_MARKER, Person, PersonId,
    TraffickingEvent, Victim,
};
#[cfg(feature = "xlsx")]
use crate::htcds::{ExcelOptions, ExcelReadOptions, read_excel, write_excel};
use crate::htcds::{FlatOptions, JsonStyle, ReadOptions, read_flat, read_json, write_flat, write_json};
use crate::{ModelError, Simulator};

fn key() -> Key {
    Key::from_bytes(b"a key that is no secret").unwrap()
}

fn simulated(victims: usize) -> Records {
    Simulator::new(3).htcds(victims).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a field takes")]
fn text(text: &str) -> Option<Redacted<String>> {
    Some(Redacted::new(text.to_owned()))
}

#[test]
fn nothing_identifying_stays_and_both_parts_give_the_original() {
    let records = simulated(2_000);
    let split = key().split(&records);
    let cases = serde_json::to_string(&split.cases).unwrap();
    assert!(!cases.contains(MARKER) && !cases.contains(PHONE_MARKER));
    assert!(split.cases.persons.iter().filter_map(|person| person.birthdate).all(|birth| birth.month().is_none()));
    assert!(split.cases.cases.iter().flat_map(|case| &case.events).all(|event| event.latitude.is_none()));
    assert_eq!(join(&split.cases, &split.identities).unwrap(), records);
    assert_eq!(format!("{split:?}").matches(MARKER).count(), 0);
    // By the dictionary: of fields that identify, references are left, and years of birth and countries.
    let left = ["prs_Birthdate", "hte_Country"];
    let identifying = FIELDS.iter().filter(|field| field.is_identifying() && !left.contains(&field.name));
    for field in
        identifying.filter(|field| !field.kind.name().starts_with("Lookup") && field.name != "per_Organisation")
    {
        assert!(!cases.contains(&format!("\"{}\"", field.name)), "{}", field.name);
    }
    // What is no secret stays: as much as there was.
    let filled = |records: &Records, wanted: fn(FieldType) -> bool| {
        let of = |name: &&str| FIELDS.iter().any(|field| field.name == *name && wanted(field.kind));
        let victims = records.cases.iter().flat_map(|case| &case.victims);
        let victims = victims.flat_map(|victim| victim.recorded().map(|(name, _)| name).collect::<Vec<_>>());
        let persons =
            records.persons.iter().flat_map(|person| person.recorded().map(|(name, _)| name).collect::<Vec<_>>());
        victims.chain(persons).filter(of).count()
    };
    let lists = |kind| matches!(kind, FieldType::Picklist | FieldType::Multiselect | FieldType::Date);
    assert_eq!(filled(&split.cases, lists), filled(&records, lists));
    assert!(filled(&records, |kind| kind == FieldType::Text) > 1_000);
    // A mailing country is a text in the standard and a country here.
    let mut of_texts = split.cases.clone();
    of_texts.persons.iter_mut().for_each(|person| person.mailing_country = None);
    assert_eq!(filled(&of_texts, |kind| kind == FieldType::Text), 0);
}

#[test]
fn the_identity_side_alone_says_nothing_of_exploitation() {
    let split = key().split(&simulated(300));
    let moved = &split.identities.records;
    let victims = moved.cases.iter().flat_map(|case| &case.victims);
    for victim in victims {
        assert!(victim.methods_of_control.is_empty() && victim.type_of_exploitation.is_empty());
        assert_eq!(victim.trafficking_status, None);
    }
    assert!(moved.persons.iter().all(|person| person.gender.is_none() && person.citizenship.is_empty()));
}

#[test]
fn pseudonyms_match_across_files_and_not_across_keys() {
    let (first, more) = (key().split(&simulated(50)), key().split(&simulated(80)));
    let known: Vec<_> = more.identities.pseudonyms.iter().collect();
    assert!(first.identities.pseudonyms.iter().all(|pair| known.contains(&pair)));
    let other = Key::from_bytes(b"another key that is no secret").unwrap().split(&simulated(50));
    let other: Vec<_> = other.identities.pseudonyms.iter().map(|pair| &pair.pseudonym).collect();
    assert!(first.identities.pseudonyms.iter().all(|pair| !other.contains(&&pair.pseudonym)));
    assert_eq!((&first.identities.key, &more.identities.key), (&key().fingerprint(), &key().fingerprint()));
    let mut json = serde_json::to_value(&first.identities).unwrap();
    assert_eq!(json["key"], key().fingerprint());
    // Files without it are read, and written without it.
    json.as_object_mut().unwrap().remove("key");
    let without: super::Identities = serde_json::from_value(json.clone()).unwrap();
    assert_eq!((without.key.as_str(), serde_json::to_value(&without).unwrap()), ("", json));
    let pseudonym = first.cases.persons[0].id.expose();
    assert!(pseudonym.len() == 32 && pseudonym.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
}

#[test]
fn references_stay_as_pseudonyms_and_other_texts_move() {
    let mut case = CaseRecord {
        referring_organisation: text("O"),
        referring_primary_case_worker: text("Ada"),
        ..CaseRecord::default()
    };
    case.victims.push(Victim { person: PersonId::new("P"), location_of_exploitation: text("P"), ..Victim::default() });
    case.events.push(TraffickingEvent::default());
    case.events[0].country = text("UA");
    case.events.push(TraffickingEvent::default());
    case.events[1].country = text("a village near Lviv");
    case.events.push(TraffickingEvent::default());
    case.events[2].country = text("ukr");
    let mut records = Records { cases: vec![case], ..Records::default() };
    records.organizations.push(Organization::default());
    records.organizations[0].id = crate::htcds::OrganizationId::new("O");
    let split = key().split(&records);
    let (case, moved) = (&split.cases.cases[0], &split.identities.records.cases[0]);
    assert_eq!(case.referring_organisation, text(split.cases.organizations[0].id.expose()));
    assert_eq!((&case.referring_primary_case_worker, &moved.referring_primary_case_worker), (&None, &text("Ada")));
    // The identifier of a person is none of an organization.
    assert_eq!(case.victims[0].location_of_exploitation, None);
    // Of the village nothing stays, and so no event.
    assert_eq!((&case.events[0].country, case.events.len()), (&text("UA"), 2));
    assert_eq!((&case.events[1].country, &moved.events[2].country), (&text("UA"), &text("ukr")));
    assert_eq!(join(&split.cases, &split.identities).unwrap(), records);
}

#[test]
fn texts_in_place_of_values_move() {
    let mut victim = Victim { person: PersonId::new("P"), ..Victim::default() };
    let unlisted = Listed::Unlisted(Redacted::new("kept her in the cellar".to_owned()));
    victim.methods_of_control =
        vec![Listed::Known(Method::DebtBondage), unlisted.clone(), Listed::Known(Method::RestrictsMovement)];
    let mut case = CaseRecord::default();
    case.victims.push(victim);
    let mut person = Person { id: PersonId::new("P"), ..Person::default() };
    person.gender = Some(Listed::read("a woman of 20"));
    let records = Records { cases: vec![case], persons: vec![person], ..Records::default() };
    let split = key().split(&records);
    let left = &split.cases.cases[0].victims[0].methods_of_control;
    assert_eq!(*left, [Listed::Known(Method::DebtBondage), Listed::Known(Method::RestrictsMovement)]);
    assert_eq!(split.cases.persons[0].gender, None);
    assert_eq!(join(&split.cases, &split.identities).unwrap(), records);
}

#[test]
fn cases_may_be_fewer_and_in_another_order_but_not_those_of_others() {
    let records = simulated(100);
    let mut split = key().split(&records);
    split.cases.cases.reverse();
    split.cases.cases.truncate(30);
    let joined = join(&split.cases, &split.identities).unwrap();
    let mut expected = records.clone();
    expected.cases.reverse();
    expected.cases.truncate(30);
    assert!(joined == expected);
    let others = Key::from_bytes(b"another key that is no secret").unwrap().split(&records);
    assert!(matches!(join(&others.cases, &split.identities), Err(ModelError::NotIdentities { .. })));
    let moved = &split.identities.records.cases;
    let has_moved = |case: &CaseRecord| moved.iter().any(|moved| moved.id == case.id && !moved.events.is_empty());
    let is_left = |case: &CaseRecord| !case.events.is_empty();
    let mut both = joined.cases.iter().zip(&split.cases.cases);
    let with_events = both.position(|(joined, case)| has_moved(joined) && is_left(case)).unwrap();
    split.cases.cases[with_events].events.clear();
    assert!(matches!(join(&split.cases, &split.identities), Err(ModelError::NotIdentities { .. })));
}

/// The case side through every kind of file that it can travel in.
fn through_files(cases: &Records) -> Vec<(&'static str, Records)> {
    let control = Control::default();
    let options = ReadOptions::default();
    let mut back = Vec::new();
    let mut file = Vec::new();
    write_flat(cases, &mut file, &FlatOptions::default(), &control).unwrap();
    let outcome = read_flat(file.as_slice(), "cases.csv", None, &options, &control).unwrap();
    back.push(("flat", outcome.into_records().unwrap()));
    let mut file = Vec::new();
    write_json(cases, JsonStyle::Compact, &mut file).unwrap();
    let outcome = read_json(file.as_slice(), "cases.json", &options, &control).unwrap();
    back.push(("json", outcome.into_records().unwrap()));
    #[cfg(feature = "xlsx")]
    {
        let mut file = Vec::new();
        write_excel(cases, &mut file, &ExcelOptions::default(), &control).unwrap();
        let outcome =
            read_excel(std::io::Cursor::new(file), "cases.xlsx", &ExcelReadOptions::default(), &control).unwrap();
        back.push(("excel", outcome.into_records().unwrap()));
    }
    back
}

#[test]
fn the_case_side_comes_back_through_files() {
    let mut records = simulated(300);
    // Parts of which something, all and nothing moves, side by side.
    let comment = |comment: &str| CaseComment { case_comment: text(comment) };
    records.cases[0].comments = vec![comment("a"), comment("b")];
    let place = |city: &str| TraffickingEvent { city: text(city), ..TraffickingEvent::default() };
    let when = |year: &str| TraffickingEvent { date: Some(year.parse().unwrap()), ..TraffickingEvent::default() };
    records.cases[0].events = vec![
        place("x"),
        when("2019"),
        place("y"),
        when("2019"),
        TraffickingEvent { city: text("z"), ..when("2020") },
        place("z"),
    ];
    let split = key().split(&records);
    assert!(split.cases.cases[0].comments.is_empty());
    assert_eq!(split.cases.cases[0].events, [when("2019"), when("2019"), when("2020")]);
    assert_eq!(join(&split.cases, &split.identities).unwrap(), records);
    for (format, cases) in through_files(&split.cases) {
        assert!(cases == split.cases, "{format}");
        assert!(join(&cases, &split.identities).unwrap() == records, "{format}");
    }
}

proptest! {
    #[test]
    fn any_records_come_back(records in crate::htcds::arbitrary::records()) {
        let split = key().split(&records);
        prop_assert!(join(&split.cases, &split.identities).unwrap() == records);
        let is_blank = |case: &CaseRecord| {
            case.comments.iter().any(Entity::is_blank)
                || case.events.iter().any(Entity::is_blank)
                || case.outgoing_referrals.iter().any(Entity::is_blank)
                || case.support_plans.iter().any(Entity::is_blank)
        };
        prop_assert!(!split.cases.cases.iter().any(is_blank));
    }

    /// Whatever the identifiers are, equal ones and empty ones among them.
    #[test]
    fn any_identifiers_come_back(ids in prop::collection::vec(".{0,3}", 1..12), row in 0_usize..40) {
        let mut records = simulated(60);
        for (person, id) in records.persons.iter_mut().skip(row).zip(&ids) {
            person.id = PersonId::new(id.as_str());
        }
        for (case, id) in records.cases.iter_mut().skip(row / 2).zip(&ids) {
            case.id = crate::htcds::CaseId::new(id.as_str());
            case.referring_organisation = text(id);
            case.victims[0].person = PersonId::new(id.as_str());
        }
        let split = key().split(&records);
        prop_assert!(join(&split.cases, &split.identities).unwrap() == records);
        // Through JSON, as files.
        let json = serde_json::to_string(&split).unwrap();
        let read: Split = serde_json::from_str(&json).unwrap();
        prop_assert!(read == split);
    }
}
