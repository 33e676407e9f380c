//! Each rule, broken and kept.

use super::*;
use crate::htcds::lists::{
    ForcedLabourIndustry as Industry, Gender, TraffickingStatus, TypeOfSexExploitation, Vulnerabilities,
};
use crate::htcds::{CaseComment, CaseRole, Connection, Organization, OrganizationId, SupportPlan, TraffickingEvent};
use Severity::{Error, Information, Warning};

fn one(rule: &'static str, severity: Severity, column: &str) -> Vec<(&'static str, Severity, u64, String)> {
    vec![(rule, severity, 1, column.to_owned())]
}

#[test]
fn what_is_not_recorded_breaks_nothing() {
    assert_eq!(found(&Records::default()), []);
    assert_eq!(found(&of_case(CaseRecord::default())), []);
    let blank = CaseRecord {
        outgoing_referrals: vec![OutgoingReferral::default()],
        events: vec![TraffickingEvent::default()],
        support_plans: vec![SupportPlan::default()],
        comments: vec![CaseComment::default()],
        ..CaseRecord::default()
    };
    assert_eq!(found(&of_case(blank)), []);
}

/// By the dictionary: every field that has a list, and nothing else, is checked against it.
#[cfg(feature = "serde")]
#[test]
fn r20_covers_every_field_with_a_list() {
    use crate::htcds::{Cardinality, Field, FieldType, Section, ValueSource, fields};
    use serde_json::{Value, json};

    let with = |field: &Field, value: Value| {
        let is_list = value.is_array();
        let mut records = json!({
            "persons": [{ "person_id": "p", "consent": { "con_Consent": true } }],
            "cases": [{ "case_id": "c", "victims": [{ "person_id": "p" }] }],
        });
        let place = match field.section {
            Section::Organization => {
                records["organizations"] = json!([{ "organization_id": "o" }]);
                &mut records["organizations"][0]
            }
            Section::Person => &mut records["persons"][0],
            Section::Consent => &mut records["persons"][0]["consent"],
            Section::Victim => &mut records["cases"][0]["victims"][0],
            Section::Perpetrator => {
                records["persons"].as_array_mut().unwrap().push(json!({ "person_id": "q" }));
                records["cases"][0]["perpetrators"] = json!([{ "person_id": "q" }]);
                &mut records["cases"][0]["perpetrators"][0]
            }
            Section::Comment => {
                records["cases"][0]["comments"] = json!([{}]);
                &mut records["cases"][0]["comments"][0]
            }
            Section::Event => {
                records["cases"][0]["events"] = json!([{}]);
                &mut records["cases"][0]["events"][0]
            }
            Section::SupportPlan => {
                records["cases"][0]["support_plans"] = json!([{}]);
                &mut records["cases"][0]["support_plans"][0]
            }
            Section::Case | Section::Referral => {
                let is_outgoing = field.name.contains("Referred") || field.name.contains("Outgoing");
                if is_outgoing {
                    records["cases"][0]["outgoing_referrals"] = json!([{}]);
                    &mut records["cases"][0]["outgoing_referrals"][0]
                } else {
                    &mut records["cases"][0]
                }
            }
        };
        place[field.name] = value;
        // Industries are several in the survey form, hence a list of our own.
        match serde_json::from_value::<Records>(records.clone()) {
            Ok(records) => Some(records),
            Err(_) if is_list => None,
            Err(error) => panic!("{}: {error}", field.name),
        }
    };
    let mut checked = 0;
    for field in fields() {
        if field.values == ValueSource::None {
            continue;
        }
        let wrap = |text: &str, as_list: bool| if as_list { json!([text]) } else { json!(text) };
        let as_list = field.cardinality == Cardinality::Many || field.name == "vic_ForcedLabourIndustry";
        let unlisted = with(field, wrap("no such value", as_list)).unwrap();
        let fires = found(&unlisted).iter().any(|(rule, _, _, column)| *rule == "R20" && column == field.name);
        assert_eq!(fires, field.kind != FieldType::PicklistOrText, "{}", field.name);
        checked += usize::from(fires);
        let good = match field.values {
            ValueSource::Countries => "KE",
            ValueSource::Languages => "fra",
            _ => field.list().unwrap().values[0].name,
        };
        let listed = with(field, wrap(good, as_list)).unwrap();
        assert!(!rules(&listed).contains(&"R20"), "{}", field.name);
    }
    // All but the country of an organization, which the standard calls "picklist or text".
    assert_eq!(checked, fields().filter(|field| field.values != ValueSource::None).count() - 1);
}

#[test]
fn r20_an_unlisted_value_counts_once_a_cell() {
    let person = |gender: &str| of_person(Person { gender: Some(Listed::read(gender)), ..Person::default() });
    assert_eq!(found(&person("Not Specified/Unknown\u{a0}")), []);
    assert_eq!(found(&person("F")), one("R20", Warning, "prs_Gender"));
    let citizenship = vec![Listed::read("KE"), Listed::read("Q9"), Listed::read("Q8")];
    let several = of_person(Person { citizenship, gender: Some(Gender::Feminine.into()), ..Person::default() });
    assert_eq!(found(&several), one("R20", Warning, "prs_Citizenship"));
}

#[test]
fn r20_several_industries_are_worth_knowing() {
    let type_of_exploitation = vec![TypeOfExploitation::ForcedLabour.into()];
    let industries = |industries: &[Industry]| {
        let forced_labour_industry = industries.iter().copied().map(Listed::Known).collect();
        let type_of_exploitation = type_of_exploitation.clone();
        found(&of_victim(Victim { type_of_exploitation, forced_labour_industry, ..Victim::default() }))
    };
    assert_eq!(industries(&[Industry::Construction]), []);
    assert_eq!(
        industries(&[Industry::Construction, Industry::Manufacturing]),
        one("R20", Information, "vic_ForcedLabourIndustry")
    );
}

#[test]
fn r21_deprecated_fields_are_named() {
    let victim = Victim {
        agreement_to_manage_personal_data: Some(false),
        vulnerabilities: vec![Vulnerabilities::Poverty.into()],
        details_of_vulnerabilities: text("x"),
        ..Victim::default()
    };
    let expected = vec![("R21", Information, 3, "vic_AgreementToManagePersonalData".to_owned())];
    let mut records = of_victim(victim);
    records.persons[0].consent.consent = Some(true);
    assert_eq!(found(&records), expected);
}

#[test]
fn r22_an_industry_goes_with_a_form_that_has_one() {
    const FIELD: &str = "vic_ForcedLabourIndustry";
    let forms = |forms: &[Listed<TypeOfExploitation>]| {
        let forced_labour_industry = vec![Industry::Construction.into()];
        found(&of_victim(Victim { type_of_exploitation: forms.to_vec(), forced_labour_industry, ..Victim::default() }))
    };
    for form in TypeOfExploitation::LIST.values {
        let has_industry = ["ForcedLabour", "ForcedBegging", "Servitude", "ChildLabour"].contains(&form.name);
        let expected = if has_industry { vec![] } else { one("R22", Warning, FIELD) };
        assert_eq!(forms(&[Listed::read(form.name)]), expected, "{}", form.name);
        assert_eq!(forms(&[Listed::read(form.name), TypeOfExploitation::ForcedLabour.into()]), []);
    }
    assert_eq!(forms(&[]), one("R22", Information, FIELD));
    // What is not of the list may be forced labour in other words.
    assert_eq!(forms(&[Listed::read("work"), TypeOfExploitation::OrganRemoval.into()]).len(), 1);
}

#[test]
fn r23_a_type_goes_with_sexual_exploitation() {
    const FIELD: &str = "vic_TypeOfSexExploitation";
    let forms = |forms: &[TypeOfExploitation]| {
        let victim = Victim {
            type_of_exploitation: forms.iter().copied().map(Listed::Known).collect(),
            type_of_sex_exploitation: vec![TypeOfSexExploitation::Pornography.into()],
            ..Victim::default()
        };
        found(&of_victim(victim))
    };
    assert_eq!(forms(&[TypeOfExploitation::ForcedLabour, TypeOfExploitation::SexualExploitation]), []);
    assert_eq!(forms(&[TypeOfExploitation::ForcedLabour]), one("R23", Warning, FIELD));
    assert_eq!(forms(&[]), one("R23", Information, FIELD));
}

#[test]
fn r26_status_and_end_of_a_case_agree() {
    let found = |status: Option<CaseStatus>, reason: bool, referred: bool| {
        let referral = OutgoingReferral { referred_organisation: text("x"), ..OutgoingReferral::default() };
        found(&of_case(CaseRecord {
            status: status.map(Listed::Known),
            reason_for_case_closure: reason.then(|| Redacted::new("x".to_owned())),
            outgoing_referrals: if referred { vec![referral] } else { vec![OutgoingReferral::default()] },
            ..CaseRecord::default()
        }))
    };
    for reason in [false, true] {
        for referred in [false, true] {
            let status = one("R26", Warning, "cas_Status");
            let expected = |fires: bool| if fires { status.clone() } else { vec![] };
            assert_eq!(found(Some(CaseStatus::ClosedReferred), reason, referred), expected(!referred));
            assert_eq!(found(Some(CaseStatus::Closed), reason, referred), expected(!reason));
            let active = if reason { one("R26", Warning, "cas_ReasonForCaseClosure") } else { vec![] };
            assert_eq!(found(Some(CaseStatus::Active), reason, referred), active);
            assert_eq!(found(Some(CaseStatus::FollowUp), reason, referred), []);
            assert_eq!(found(None, reason, referred), []);
        }
    }
}

#[test]
fn r27_coordinates_are_on_earth_and_both() {
    let place = |latitude: Option<f64>, longitude: Option<f64>| {
        let event = TraffickingEvent {
            latitude: latitude.map(Redacted::new),
            longitude: longitude.map(Redacted::new),
            ..TraffickingEvent::default()
        };
        let of_event = found(&of_case(CaseRecord { events: vec![event.clone()], ..CaseRecord::default() }));
        let mut person = Person { mailing_latitude: event.latitude, ..Person::default() };
        person.mailing_longitude = event.longitude;
        person.consent.consent = Some(true);
        let organization = Organization {
            id: OrganizationId::new("o"),
            shipping_latitude: event.latitude,
            shipping_longitude: event.longitude,
            ..Organization::default()
        };
        let of_organization = found(&Records { organizations: vec![organization], ..Records::default() });
        for others in [found(&of_person(person)), of_organization] {
            let plain = |found: &[(&'static str, Severity, u64, String)]| {
                found.iter().map(|(rule, severity, count, _)| (*rule, *severity, *count)).collect::<Vec<_>>()
            };
            assert_eq!(plain(&others), plain(&of_event));
        }
        of_event
    };
    for (latitude, longitude) in [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)] {
        assert_eq!(place(Some(latitude), Some(longitude)), []);
    }
    assert_eq!(place(Some(90.1), Some(0.0)), one("R27", Error, "hte_Latitude"));
    assert_eq!(place(Some(0.0), Some(-180.1)), one("R27", Error, "hte_Longitude"));
    assert_eq!(place(Some(f64::NAN), Some(0.0)), one("R27", Error, "hte_Latitude"));
    assert_eq!(place(Some(0.0), None), one("R27", Error, "hte_Latitude"));
    assert_eq!(place(None, Some(0.0)), one("R27", Error, "hte_Longitude"));
}

#[test]
fn r28_every_phone_and_address_is_looked_at() {
    let mut person =
        Person { home_phone: text("0632"), mobile_phone: text("x"), email: text("x"), ..Person::default() };
    person.consent.consent = Some(true);
    let expected = vec![("R28", Warning, 2, "prs_HomePhone".to_owned()), ("R28", Warning, 1, "prs_Email".to_owned())];
    assert_eq!(found(&of_person(person)), expected);
    let organization = Organization { phone: text("n/a"), ..Organization::default() };
    let records = Records { organizations: vec![organization], ..Records::default() };
    assert_eq!(found(&records), one("R28", Warning, "org_Phone"));
}

#[test]
fn r29_identifying_fields_need_consent() {
    let consent = |consent: Option<bool>, change: fn(&mut Person)| {
        let mut person = Person::default();
        person.consent.consent = consent;
        change(&mut person);
        found(&of_person(person))
    };
    let named = |person: &mut Person| person.second_name = text("x");
    assert_eq!(consent(Some(true), named), []);
    for answer in [Some(false), None] {
        assert_eq!(consent(answer, named), one("R29", Warning, "prs_SecondName"));
        assert_eq!(consent(answer, |person| person.title = text("x")), one("R29", Warning, "prs_Title"));
        assert_eq!(consent(answer, |person| person.salutation = text("x")), []);
        assert_eq!(consent(answer, |person| person.birthdate = period("2001")), []);
        assert_eq!(consent(answer, |person| person.gender = Some(Gender::Masculine.into())), []);
    }
}

#[test]
fn r29_texts_about_a_victim_need_the_consent_of_that_person() {
    let victim = Victim {
        details_of_vulnerabilities: text("x"),
        location_of_exploitation: text("o"),
        age_when_trafficked: Some(20),
        ..Victim::default()
    };
    let of_rule = |consent| {
        let mut records = of_victim(victim.clone());
        records.persons[0].consent.consent = consent;
        let case = &mut records.cases[0];
        case.comments.push(CaseComment { case_comment: text("x") });
        found(&records).into_iter().filter(|(rule, ..)| *rule == "R29").collect::<Vec<_>>()
    };
    assert_eq!(of_rule(Some(true)), []);
    for answer in [Some(false), None] {
        assert_eq!(of_rule(answer), one("R29", Warning, "vic_DetailsOfVulnerabilities"));
    }
}

/// By the dictionary: each field of a person alone, with a text, a number or a date in it.
#[cfg(feature = "serde")]
#[test]
fn r29_counts_the_identifying_fields_of_a_person() {
    use crate::htcds::{Section, fields};
    use serde_json::json;

    let mut counted = 0;
    for field in fields().filter(|field| field.section == Section::Person && field.is_identifying()) {
        let record = |value: serde_json::Value| {
            let mut records = json!({
                "persons": [{ "person_id": "p" }],
                "cases": [{ "case_id": "c", "victims": [{ "person_id": "p" }] }],
            });
            records["persons"][0][field.name] = value;
            serde_json::from_value::<Records>(records).ok()
        };
        let records = record(json!("2001")).or_else(|| record(json!(1.5))).unwrap();
        let fires = found(&records).contains(&("R29", Warning, 1, field.name.to_owned()));
        assert_eq!(fires, !["prs_Birthdate", "prs_Salutation"].contains(&field.name), "{}", field.name);
        counted += usize::from(fires);
    }
    assert_eq!(counted, 14);
}

#[test]
fn r29_asks_victims_and_people_of_no_case() {
    let person = |id: &str| Person { id: PersonId::new(id), first_name: text("x"), ..Person::default() };
    let mut records = of_case(CaseRecord::default());
    records.persons.extend([person("perpetrator"), person("worker"), person("nobody")]);
    let case = &mut records.cases[0];
    case.perpetrators.push(Perpetrator { person: PersonId::new("perpetrator"), ..Perpetrator::default() });
    let worker = Connection { person: Some(PersonId::new("worker")), organization: None, role: CaseRole::CaseWorker };
    case.connections.push(worker);
    assert_eq!(found(&records), one("R29", Warning, "prs_FirstName"));
    assert_eq!(report(&records).findings[0].first.as_ref().unwrap().row, 4);
    // Who is a victim in another case is asked.
    let victim = Victim { person: PersonId::new("worker"), ..Victim::default() };
    records.cases.push(CaseRecord { id: CaseId::new("d"), victims: vec![victim], ..CaseRecord::default() });
    assert_eq!(found(&records)[0].2, 2);
}

#[test]
fn r30_who_is_no_victim_was_not_exploited() {
    let victim = |status: TraffickingStatus| Victim {
        trafficking_status: Some(status.into()),
        location_of_exploitation: text("x"),
        ..Victim::default()
    };
    let not_a_victim = victim(TraffickingStatus::NotAVictimOfTrafficking);
    assert_eq!(found(&of_victim(not_a_victim.clone())), one("R30", Warning, "vic_LocationOfExploitation"));
    assert_eq!(found(&of_victim(victim(TraffickingStatus::PossibleVictimOfTrafficking))), []);
    assert_eq!(found(&of_victim(victim(TraffickingStatus::ActualVictimOfTrafficking))), []);
    assert_eq!(found(&of_victim(Victim { location_of_exploitation: None, ..not_a_victim })), []);
}

fn perpetrator(id: &str) -> Perpetrator {
    Perpetrator { person: PersonId::new(id), ..Perpetrator::default() }
}

#[test]
fn r31_a_person_with_both_roles_in_one_case() {
    let mut records = of_case(CaseRecord { perpetrators: vec![perpetrator("p")], ..CaseRecord::default() });
    assert_eq!(found(&records), one("R31", Information, ""));
    let perpetrators = std::mem::take(&mut records.cases[0].perpetrators);
    records.cases.push(CaseRecord { id: CaseId::new("d"), perpetrators, ..CaseRecord::default() });
    assert_eq!(found(&records), []);
}

// Palermo Protocol, article 3(c).
#[test]
fn r32_a_child_without_means_of_control_is_no_finding() {
    let victim = Victim {
        trafficking_status: Some(TraffickingStatus::ActualVictimOfTrafficking.into()),
        age_when_trafficked: Some(9),
        type_of_exploitation: vec![TypeOfExploitation::ChildLabour.into()],
        ..Victim::default()
    };
    assert_eq!(found(&of_victim(victim)), []);
}

#[test]
fn identifiers_occur_once() {
    let mut records = of_case(CaseRecord::default());
    records.persons.push(records.persons[0].clone());
    assert_eq!(found(&records), one("duplicate-id", Error, ""));
    records.cases.push(records.cases[0].clone());
    records.organizations = vec![Organization::default(); 3];
    let expected = vec![("duplicate-id", Error, 4, String::new())];
    assert_eq!(found(&records), expected);
    // Identifiers of different kinds are apart.
    let mut records = of_case(CaseRecord::default());
    records.cases[0].id = CaseId::new("p");
    records.organizations = vec![Organization { id: OrganizationId::new("p"), ..Organization::default() }];
    assert_eq!(found(&records), []);
}

#[test]
fn a_role_in_a_case_is_had_once() {
    let mut records = of_case(CaseRecord::default());
    let victim = records.cases[0].victims[0].clone();
    records.cases.push(CaseRecord { id: CaseId::new("d"), victims: vec![victim.clone()], ..CaseRecord::default() });
    assert_eq!(found(&records), []);
    records.cases[0].victims.push(victim);
    assert_eq!(found(&records), one("duplicate-id", Error, ""));
}

#[test]
fn who_is_in_a_case_is_in_the_records() {
    let mut records = of_case(CaseRecord::default());
    let connect = |person: Option<&str>, organization: Option<&str>| Connection {
        person: person.map(PersonId::new),
        organization: organization.map(OrganizationId::new),
        role: CaseRole::Other,
    };
    records.cases[0].connections = vec![connect(Some("p"), None), connect(None, Some("anywhere"))];
    // Without any organization nothing is known of them.
    assert_eq!(found(&records), []);
    records.organizations.push(Organization { id: OrganizationId::new("o"), ..Organization::default() });
    assert_eq!(found(&records), one("unknown-id", Error, ""));
    records.cases[0].connections.push(connect(Some("q"), Some("o")));
    records.cases[0].perpetrators.push(perpetrator("q"));
    let expected = vec![("unknown-id", Error, 3, String::new())];
    assert_eq!(found(&records), expected);
    // Cases that travel alone.
    records.persons.clear();
    records.organizations.clear();
    assert_eq!(found(&records), []);
    let note = "The people of the cases are not in the records: what they are was not checked.";
    assert_eq!(report(&records).notes, [note]);
}
