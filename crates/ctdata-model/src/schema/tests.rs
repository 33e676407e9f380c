//! The files are what the code makes, the schemas are schemas, what the code writes is valid, and each rule refuses.

use std::fs;
use std::path::PathBuf;

use jsonschema::Validator;

use super::*;
use crate::htcds::sample::full_records;
use crate::htcds::{FIELDS, JsonStyle, VALUE_LISTS, write_json};
use crate::{CaseAttribute, LAYOUTS, LayoutKind, Simulator, write_json_lines};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema")
}

fn text(name: &str) -> String {
    format!("{:#}\n", schema(name).unwrap())
}

fn validator(name: &str) -> Validator {
    jsonschema::draft202012::new(&schema(name).unwrap()).unwrap()
}

fn document() -> Value {
    let mut text = Vec::new();
    write_json(&full_records(), JsonStyle::Compact, &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The same value with another at a place.
fn with(value: &Value, place: &str, new: Value) -> Value {
    let mut value = value.clone();
    *value.pointer_mut(place).unwrap() = new;
    value
}

/// The same object with another field.
fn and(value: &Value, name: &str, new: Value) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().insert(name.to_owned(), new);
    value
}

/// The same object without a field.
fn without(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    value.as_object_mut().unwrap().remove(name).unwrap();
    value
}

/// A record of each HTCDS schema, with all of its fields.
fn records() -> Vec<(&'static str, Value)> {
    let document = document();
    let at = |place: &str| document.pointer(place).unwrap().clone();
    vec![
        ("htcds-organization", at("/organizations/0")),
        ("htcds-person", at("/persons/0")),
        ("htcds-consent", at("/persons/0/consent")),
        ("htcds-case", at("/cases/0")),
        ("htcds-victim", at("/cases/0/victims/0")),
        ("htcds-perpetrator", at("/cases/0/perpetrators/0")),
        ("htcds-outgoing-referral", at("/cases/0/outgoing_referrals/0")),
        ("htcds-case-comment", at("/cases/0/comments/0")),
        ("htcds-trafficking-event", at("/cases/0/events/0")),
        ("htcds-support-plan", at("/cases/0/support_plans/0")),
        ("htcds-connection", at("/cases/0/connections/0")),
        ("htcds-line", json!({ "case": at("/cases/0") })),
        ("htcds-records", document),
    ]
}

#[test]
fn the_files_are_what_the_code_makes() {
    for name in SCHEMA_NAMES {
        let file = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
        assert!(
            file == text(name),
            "{name}.json: renew with `cargo test -p ctdata-model --features schema renew -- --ignored`"
        );
    }
    // Observations belong to the crate of indicators.
    let known = SCHEMA_NAMES.iter().copied().chain(["indicator-observation"]).map(|name| format!("{name}.json"));
    let known: Vec<String> = known.collect();
    for file in fs::read_dir(folder()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name}");
    }
}

#[test]
#[ignore = "writes the files"]
fn renew() {
    for name in SCHEMA_NAMES {
        fs::write(folder().join(format!("{name}.json")), text(name)).unwrap();
    }
}

#[test]
fn each_is_a_schema_of_draft_2020_12_under_its_name() {
    assert_eq!(schema("htcds"), None);
    for name in SCHEMA_NAMES {
        let schema = schema(name).unwrap();
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("urn:ctdata:schema:{name}:1"));
        assert!(schema["title"].is_string() && schema["description"].is_string());
    }
    let broken = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "sEcret" });
    assert!(!jsonschema::draft202012::meta::is_valid(&broken));
}

#[test]
fn every_field_of_the_dictionary_stands_in_one_schema() {
    let mut found = Vec::new();
    for (name, _) in records() {
        if matches!(name, "htcds-line" | "htcds-records") {
            continue;
        }
        let schema = schema(name).unwrap();
        for (property, described) in schema["properties"].as_object().unwrap() {
            let Some(field) = FIELDS.iter().find(|field| field.name == property) else { continue };
            let title = if field.label.is_empty() { field.name } else { field.label };
            assert_eq!(described["title"], title);
            assert_eq!(described.get("x-core").is_some(), field.core, "{property}");
            let deprecated = field.status == crate::htcds::FieldStatus::Deprecated;
            assert_eq!(described.get("deprecated").is_some(), deprecated, "{property}");
            found.push(field.name);
        }
    }
    found.sort_unstable();
    let mut all: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
    all.sort_unstable();
    assert_eq!(found, all);
}

/// All 164 values of the standard are valid, and so are the values that it lacks, which are marked.
#[test]
fn every_value_of_a_list_is_valid() {
    let schema = schema("htcds-records").unwrap();
    let mut standard = 0;
    for list in VALUE_LISTS {
        let values = schema["$defs"][list.name]["oneOf"].as_array().unwrap();
        assert_eq!(values.len(), list.values.len());
        for (found, value) in values.iter().zip(list.values) {
            assert_eq!((&found["const"], &found["title"]), (&json!(value.name), &json!(value.label)));
            assert_eq!(found.get("x-stand-in"), value.stand_in.map(Value::from).as_ref());
            standard += usize::from(found.get("x-stand-in").is_none());
        }
    }
    assert_eq!(standard, 164);
}

#[test]
fn what_the_code_writes_is_valid() {
    for (name, record) in records() {
        let validator = validator(name);
        let errors: Vec<_> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    let mut lines = Vec::new();
    write_json(&full_records(), JsonStyle::Lines, &mut lines).unwrap();
    let line = validator("htcds-line");
    for text in lines.split(|byte| *byte == b'\n').filter(|text| !text.is_empty()) {
        assert!(line.is_valid(&serde_json::from_slice(text).unwrap()));
    }
}

#[test]
fn cases_of_every_layout_are_valid() {
    let validator = validator("case");
    let golden = include_str!("../../tests/golden/case.json");
    assert!(validator.is_valid(&serde_json::from_str(golden).unwrap()));
    let mut layouts = 0;
    for layout in LAYOUTS.iter().filter(|layout| layout.kind == LayoutKind::Cases) {
        let mut lines = Vec::new();
        write_json_lines(&Simulator::new(5).cases(layout, 40).unwrap(), &mut lines).unwrap();
        for text in lines.split(|byte| *byte == b'\n').filter(|text| !text.is_empty()) {
            let case: Value = serde_json::from_slice(text).unwrap();
            let errors: Vec<_> = validator.iter_errors(&case).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", layout.name);
        }
        layouts += 1;
    }
    assert!(layouts >= 5);
}

/// The lists of the case schema are the domains of its attributes.
#[test]
fn lists_of_the_case_are_the_domains() {
    let schema = schema("case").unwrap();
    for &attribute in CaseAttribute::all() {
        let domain = attribute.domain();
        let labels: Vec<String> =
            (0..domain.len()).filter_map(|code| Some(domain.label(u16::try_from(code).ok()?)?.into_owned())).collect();
        let value = match attribute.group() {
            None => &schema["properties"][&*attribute.name()]["anyOf"][0],
            Some(group) => {
                let flags = &schema["properties"][group.name()]["properties"];
                let code = attribute.name().split_once('_').unwrap().1.replace('_', "-");
                assert_eq!(flags[code]["$ref"], "#/$defs/flag");
                continue;
            }
        };
        let list = value["$ref"].as_str().and_then(|name| schema["$defs"].get(name.rsplit_once('/')?.1));
        let mut codes: Vec<String> = match list {
            Some(list) if list.get("oneOf").is_some() => {
                list["oneOf"].as_array().unwrap().iter().map(|one| one["const"].as_str().unwrap().to_owned()).collect()
            }
            Some(list) => {
                let parts = list["anyOf"].as_array().unwrap().iter().flat_map(|part| part["enum"].as_array().unwrap());
                parts.map(|code| code.as_str().unwrap().to_owned()).collect()
            }
            None => {
                let kind = if attribute.is_list() {
                    "string"
                } else if attribute.is_flag() {
                    "boolean"
                } else {
                    "integer"
                };
                assert_eq!(value["type"], kind, "{}", attribute.name());
                continue;
            }
        };
        if attribute.name().starts_with("c") {
            codes.sort_unstable();
        }
        assert_eq!(codes, labels, "{}", attribute.name());
    }
}

/// Whatever stands in a field: another type, an empty text, a list with one thing twice. And: one more field.
#[test]
fn every_field_refuses_what_is_not_its_own() {
    for (name, record) in records() {
        let validator = validator(name);
        assert!(!validator.is_valid(&and(&record, "sEcret", json!(1))), "{name}: more fields");
        assert!(!validator.is_valid(&json!([record])) && !validator.is_valid(&json!("sEcret")), "{name}");
        for (field, value) in record.as_object().unwrap() {
            let refused =
                |bad: Value| assert!(!validator.is_valid(&and(&record, field, bad.clone())), "{name}: {field}: {bad}");
            refused(Value::Null);
            refused(json!(""));
            refused(json!({ "sEcret": 1 }));
            refused(json!([1.5]));
            match value {
                Value::String(_) => refused(json!(1)),
                Value::Number(_) => {
                    refused(json!("1"));
                    refused(json!(1e12));
                    refused(json!(-1e12));
                }
                Value::Bool(_) => refused(json!("true")),
                Value::Array(items) if items[0].is_string() => {
                    refused(json!([items[0], items[0]]));
                    refused(json!(["sEcret"]));
                    refused(items[0].clone());
                }
                _ => {}
            }
            let is_listed =
                FIELDS.iter().any(|known| known.name == field && known.values != crate::htcds::ValueSource::None);
            if is_listed && value.is_string() {
                refused(json!("sEcret"));
            }
        }
    }
}

#[test]
fn every_other_rule_refuses() {
    let by_name = |name: &str| records().into_iter().find(|(known, _)| *known == name).unwrap().1;
    let refused = |name: &str, value: &Value| assert!(!validator(name).is_valid(value), "{name}: {value}");
    for (name, id) in [
        ("htcds-organization", "organization_id"),
        ("htcds-person", "person_id"),
        ("htcds-case", "case_id"),
        ("htcds-victim", "person_id"),
        ("htcds-perpetrator", "person_id"),
        ("htcds-connection", "role"),
        ("htcds-connection", "person_id"),
        ("htcds-records", "format"),
        ("htcds-records", "format_version"),
    ] {
        refused(name, &without(&by_name(name), id));
    }
    let person = by_name("htcds-person");
    for date in
        ["19", "2019-3", "2019-13", "2019-00", "2019-03-32", "1899", "2100", "03/05/2019", "2019-03-05T00:00", " 2019"]
    {
        refused("htcds-person", &with(&person, "/prs_Birthdate", json!(date)));
    }
    for date in ["1900", "2099-12", "2019-03-05"] {
        assert!(validator("htcds-person").is_valid(&with(&person, "/prs_Birthdate", json!(date))));
    }
    for (field, bad) in [
        ("/prs_NumberOfChildren", json!(-1)),
        ("/prs_NumberOfChildren", json!(1.5)),
        ("/prs_MailingLatitude", json!(90.5)),
        ("/prs_MailingLatitude", json!(-90.5)),
        ("/prs_MailingLongitude", json!(180.5)),
        ("/prs_MailingLongitude", json!(-180.5)),
        ("/prs_FirstName", json!(" ")),
        ("/person_id", json!(" ")),
        ("/consent/con_Consent", json!("yes")),
    ] {
        refused("htcds-person", &with(&person, field, bad));
    }
    let document = by_name("htcds-records");
    for (place, bad) in [
        ("/format", json!("csv")),
        ("/format_version", json!(2)),
        ("/standard", json!("1.0")),
        ("/persons/0/prs_Gender", json!("sEcret")),
        ("/cases/0/victims/0/vic_TypeOfExploitation/0", json!("sEcret")),
        ("/cases/0/connections/0/role", json!("sEcret")),
        ("/cases/0/events/0", json!({ "sEcret": 1 })),
    ] {
        refused("htcds-records", &with(&document, place, bad));
    }
    refused("htcds-line", &json!({}));
    refused("htcds-line", &json!({ "person": { "person_id": "P1" }, "case": { "case_id": "C1" } }));
}

#[test]
fn damaged_cases_are_not_valid() {
    let validator = validator("case");
    let golden: Value = serde_json::from_str(include_str!("../../tests/golden/case.json")).unwrap();
    for (place, bad) in [
        ("/year_of_registration", json!(1899)),
        ("/year_of_registration", json!(2100)),
        ("/year_of_registration", json!(2019.5)),
        ("/year_of_registration", json!("2019")),
        ("/gender", json!("sEcret")),
        ("/gender", Value::Null),
        ("/citizenship", json!("QQ")),
        ("/means_of_control/threats", json!(1)),
        ("/means_of_control", json!([])),
        ("/means_of_control", json!({ "sEcret": true })),
        ("/abduction", json!("no")),
        ("/control_list", json!(1)),
        ("/majority_at_entry", json!({ "missing": "sEcret" })),
        ("/majority_at_entry", json!({})),
        ("/majority_at_entry", json!({ "missing": "withheld", "sEcret": 1 })),
    ] {
        assert!(!validator.is_valid(&with(&golden, place, bad.clone())), "{place}: {bad}");
    }
    assert!(!validator.is_valid(&and(&golden, "sEcret", json!(1))));
    for attribute in golden.as_object().unwrap().keys() {
        assert!(!validator.is_valid(&and(&golden, attribute, json!(-4.5))), "{attribute}");
    }
}
