//! Simulated records against the rules of case data, and their stability.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::Precision;
use crate::htcds::lists::{MethodsOfControl as Method, TraffickingStatus as Status, TypeOfExploitation as Type};
use crate::htcds::{Entity, FIELDS, FieldType, FieldValue, Listed, PersonId};

fn records(victims: usize) -> Records {
    Simulator::new(11).htcds(victims).unwrap()
}

/// Calls back with every field that holds something.
fn each_field(records: &Records, mut seen: impl FnMut(&'static str, FieldValue<'_>)) {
    fn of<E: Entity>(entity: &E, seen: &mut dyn FnMut(&'static str, FieldValue<'_>)) {
        entity.recorded().for_each(|(name, value)| seen(name, value));
    }
    records.organizations.iter().for_each(|entity| of(entity, &mut seen));
    for person in &records.persons {
        of(person, &mut seen);
        of(&person.consent, &mut seen);
    }
    for case in &records.cases {
        of(case, &mut seen);
        case.outgoing_referrals.iter().for_each(|entity| of(entity, &mut seen));
        case.comments.iter().for_each(|entity| of(entity, &mut seen));
        case.events.iter().for_each(|entity| of(entity, &mut seen));
        case.support_plans.iter().for_each(|entity| of(entity, &mut seen));
        case.victims.iter().for_each(|entity| of(entity, &mut seen));
        case.perpetrators.iter().for_each(|entity| of(entity, &mut seen));
    }
}

fn people(records: &Records) -> HashMap<&PersonId, &Person> {
    records.persons.iter().map(|person| (&person.id, person)).collect()
}

#[test]
fn every_field_of_the_standard_is_filled_somewhere() {
    let records = records(6_000);
    let mut found = HashSet::new();
    each_field(&records, |name, _| {
        found.insert(name);
    });
    let missing: Vec<_> = FIELDS.iter().map(|field| field.name).filter(|name| !found.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_identifying_text_carries_the_marker() {
    let records = records(3_000);
    each_field(&records, |name, value| {
        let FieldValue::Text(text) = value else { return };
        let text = text.expose();
        let kind = FIELDS.iter().find(|field| field.name == name).unwrap().kind;
        assert!(!matches!(kind, FieldType::Picklist | FieldType::Multiselect));
        match name {
            "hte_Country" => assert!(crate::Country::from_alpha2(text).is_some()),
            "org_Phone" | "prs_HomePhone" | "prs_MobilePhone" => {
                assert!(text.starts_with(&format!("+{PHONE_MARKER}")) && text.len() == 13, "{text}");
            }
            _ => assert!(text.contains(MARKER), "{name}: {text}"),
        }
    });
    assert!(records.organizations.iter().all(|organization| organization.id.expose().contains(MARKER)));
    assert!(records.persons.iter().all(|person| person.id.expose().contains(MARKER)));
    assert!(records.cases.iter().all(|case| case.id.expose().contains(MARKER)));
    let listed = crate::htcds::VALUE_LISTS.iter().flat_map(|list| list.values);
    assert!(listed.flat_map(|value| [value.name, value.label]).all(|text| !text.to_lowercase().contains("zzyzxq")));
}

#[test]
fn references_lead_to_records_and_ids_are_distinct() {
    let records = records(9_000);
    let persons = people(&records);
    let organizations: HashSet<_> = records.organizations.iter().map(|organization| &organization.id).collect();
    let cases: HashSet<_> = records.cases.iter().map(|case| &case.id).collect();
    assert_eq!(persons.len(), records.persons.len());
    assert_eq!(organizations.len(), records.organizations.len());
    assert_eq!(cases.len(), records.cases.len());
    let mut used = HashSet::new();
    for case in &records.cases {
        let victims: HashSet<_> = case.victims.iter().map(|victim| &victim.person).collect();
        assert_eq!(victims.len(), case.victims.len());
        for id in case.victims.iter().map(|victim| &victim.person).chain(case.perpetrators.iter().map(|p| &p.person)) {
            assert!(persons.contains_key(id));
            used.insert(id);
        }
        for connection in &case.connections {
            assert!(connection.person.as_ref().is_none_or(|id| persons.contains_key(id)));
            assert!(connection.organization.as_ref().is_none_or(|id| organizations.contains(id)));
            assert!(connection.person.is_some() != connection.organization.is_some());
        }
    }
    let unused = persons.keys().filter(|id| !used.contains(*id)).count();
    assert_eq!(unused, 60, "only staff are in no case as victim or perpetrator");
}

fn has<L: PartialEq>(values: &[Listed<L>], wanted: &[L]) -> bool {
    values.iter().any(|value| matches!(value, Listed::Known(value) if wanted.contains(value)))
}

/// The rules as validation has them: information only.
#[test]
fn validation_finds_no_error_and_no_warning() {
    let records = records(10_000);
    let (validator, control) = (crate::validate::Validator::default(), ctdata_table::Control::default());
    let today = chrono::NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
    let report = validator.check_records(&records, &control).on(today).all().unwrap();
    let rules: Vec<_> = report.findings.iter().map(|finding| (finding.rule, finding.severity)).collect();
    assert_eq!(rules.len(), 2, "{:?}", report.findings);
    assert!(
        rules.iter().all(|(rule, severity)| {
            ["R21", "R31"].contains(rule) && *severity == crate::validate::Severity::Information
        }),
        "{rules:?}"
    );
}

/// Rules R20 and R22 to R30 of the specification of case data, by their definition; dates certainly out of order only.
#[test]
fn no_record_breaks_a_rule() {
    let records = records(20_000);
    let persons = people(&records);
    each_field(&records, |name, value| {
        if let FieldValue::Values(values) = &value {
            assert!(values.iter().all(|value| value.is_listed), "R20 {name}");
        }
        if let FieldValue::Date(date) = value {
            assert!(date.year().get() <= 2024, "R24 {name}");
        }
    });
    let is_of = |name: &str, kind| FIELDS.iter().any(|field| field.name == name && field.kind == kind);
    for person in &records.persons {
        let identifying =
            |name: &str| name != "prs_Salutation" && name != "prs_MailingCountry" && is_of(name, FieldType::Text);
        let is_named = person.recorded().any(|(name, _)| identifying(name) || name == "prs_MailingLatitude");
        let is_perpetrator = person.id.expose().contains("-X");
        assert!(!is_named || is_perpetrator || person.consent.consent == Some(true), "R29");
        let email = person.email.as_ref().map_or("a@b.c", |email| email.expose());
        assert!(email.matches('@').count() == 1 && !email.contains(' '), "R28");
        let [latitude, longitude] = [person.mailing_latitude, person.mailing_longitude];
        assert_eq!(latitude.is_some(), longitude.is_some(), "R27");
    }
    for case in &records.cases {
        let incoming = case.incoming_referral_date;
        let is_before =
            |a: Option<crate::Period>, b: Option<crate::Period>| a.zip(b).is_some_and(|(a, b)| a.is_before(b));
        for victim in &case.victims {
            let types = &victim.type_of_exploitation;
            let labour = [Type::ForcedLabour, Type::ForcedBegging, Type::Servitude, Type::ChildLabour];
            assert!(victim.forced_labour_industry.is_empty() || has(types, &labour), "R22");
            assert!(victim.type_of_sex_exploitation.is_empty() || has(types, &[Type::SexualExploitation]), "R23");
            let person = persons[&victim.person];
            assert!(case.events.iter().all(|event| !is_before(event.date, person.birthdate)), "R24");
            let oldest = person.birthdate.zip(incoming).and_then(|(birth, now)| now.end().years_since(birth.start()));
            let age = victim.age_when_trafficked;
            assert!(age.zip(oldest).is_none_or(|(then, now)| then <= now) && age.is_none_or(|age| age <= 120), "R25");
            if victim.trafficking_status == Some(Listed::Known(Status::NotAVictimOfTrafficking)) {
                let vic = victim.recorded().map(|(name, _)| name).filter(|name| {
                    name.contains("Exploitation") || name.contains("Control") || name.contains("Recruitment")
                });
                assert_eq!(vic.count() + case.events.len() + case.perpetrators.len(), 0, "R30");
            }
        }
        assert!(case.events.iter().all(|event| !is_before(incoming, event.date)), "R24");
        assert!(case.outgoing_referrals.iter().all(|to| !is_before(to.outgoing_referral_date, incoming)), "R24");
        for plan in &case.support_plans {
            assert!(!is_before(plan.planned_end_date, incoming) && !is_before(plan.actual_end_date, incoming), "R24");
        }
        let status = case.status.as_ref().map(Listed::name);
        assert!(status != Some("ClosedReferred") || !case.outgoing_referrals.is_empty(), "R26");
        assert!(status != Some("Closed") || case.reason_for_case_closure.is_some(), "R26");
        assert!(status != Some("Active") || case.reason_for_case_closure.is_none(), "R26");
        for event in &case.events {
            let degrees = event.latitude.zip(event.longitude).map(|(a, b)| (*a.expose(), *b.expose()));
            assert_eq!(event.latitude.is_some(), event.longitude.is_some(), "R27");
            assert!(degrees.is_none_or(|(a, b)| (-90.0..=90.0).contains(&a) && (-180.0..=180.0).contains(&b)), "R27");
        }
    }
}

/// Shares that the records are meant to have; wide enough that a change of seed does not matter (over five standard
/// errors at 20,000 victims).
#[test]
fn records_look_like_those_of_a_case_management_system() {
    let records = records(20_000);
    let persons = people(&records);
    let victims: Vec<_> = records.cases.iter().flat_map(|case| &case.victims).collect();
    assert_eq!(victims.len(), 20_000);
    let per_mille = |count: usize| 1000 * count / victims.len();
    let status = |status: Status| {
        per_mille(victims.iter().filter(|victim| victim.trafficking_status == Some(Listed::Known(status))).count())
    };
    assert!((780..820).contains(&status(Status::ActualVictimOfTrafficking)));
    assert!((110..150).contains(&status(Status::PossibleVictimOfTrafficking)));
    assert!((20..40).contains(&status(Status::NotAVictimOfTrafficking)));
    let method = |method: Method| victims.iter().filter(|victim| has(&victim.methods_of_control, &[method])).count();
    let movement = method(Method::RestrictsMovement);
    let more = [Method::PsychologicalAbuse, Method::PhysicalThreats, Method::TakesEarnings, Method::DebtBondage]
        .into_iter()
        .filter(|&other| method(other) > movement)
        .count();
    assert!(per_mille(movement) > 80 && more <= 2, "the third most frequent of all in CTDC");
    let several = records.cases.iter().filter(|case| case.victims.len() > 1).count();
    let distinct: HashSet<_> = victims.iter().map(|victim| &victim.person).collect();
    let returned = victims.len() - distinct.len();
    assert!((500..2_000).contains(&several) && (50..500).contains(&returned), "{several} {returned}");
    let of_victims = || distinct.iter().map(|id| persons[*id]);
    let two = of_victims().filter(|person| person.citizenship.len() > 1).count();
    let consented = of_victims().filter(|person| person.consent.consent == Some(true)).count();
    let birthdates = of_victims().filter_map(|person| person.birthdate);
    let (known, partial) = birthdates
        .fold((0, 0), |(known, partial), date| (known + 1, partial + usize::from(date.precision() < Precision::Day)));
    assert!((50..600).contains(&two) && (700..780).contains(&per_mille(consented)), "{two} {consented}");
    assert!(per_mille(known) > 500 && (known / 10..known / 4).contains(&partial), "{known} {partial}");
    let abroad = records.cases.iter().filter(|case| case.events.len() > 1).count();
    let perpetrators: usize = records.cases.iter().map(|case| case.perpetrators.len()).sum();
    assert!(abroad > 4_000 && (5_000..12_000).contains(&perpetrators), "{abroad} {perpetrators}");
    let both = |case: &&CaseRecord| case.perpetrators.iter().any(|p| case.victims.iter().any(|v| v.person == p.person));
    assert!((10..200).contains(&records.cases.iter().filter(both).count()), "R31 is information");
}

#[test]
fn the_records_of_fewer_victims_are_the_first_of_those_of_more() {
    let more = records(9_000);
    let all = people(&more);
    for victims in [1, 57, CHUNK - 1, CHUNK, CHUNK + 1, 6_000] {
        let fewer = records(victims);
        assert_eq!(fewer.victims(), victims);
        assert_eq!(fewer.organizations, more.organizations);
        assert!(fewer.persons.iter().all(|person| all.get(&person.id) == Some(&person)));
        let Some((last, whole)) = fewer.cases.split_last() else { continue };
        assert_eq!(whole, &more.cases[..whole.len()]);
        let mut same = more.cases[whole.len()].clone();
        same.victims.truncate(last.victims.len());
        assert_eq!(*last, same);
    }
    assert_ne!(records(10), Simulator::new(12).htcds(10).unwrap());
    // A template is empty: it has no organizations either.
    assert_eq!(records(0), Records::default());
}

#[cfg(feature = "rayon")]
#[test]
fn any_number_of_threads_gives_the_same_records() {
    let on = |threads: usize| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| records(2 * CHUNK + 100))
    };
    assert!(on(1) == on(3));
}

/// A change of this number changes what every seed gives: a breaking change.
#[cfg(feature = "serde")]
#[test]
fn a_seed_gives_the_same_records_for_ever() {
    let json = serde_json::to_vec(&Simulator::new(42).htcds(2_000).unwrap()).unwrap();
    let hash = json
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    assert_eq!(hash, 0xa7f2_4cca_d73b_1b17);
}
