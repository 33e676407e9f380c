//! The schemas of HTCDS records, from the field dictionary.

use serde_json::{Map, Value, json};

use super::{Definitions, object};
use crate::htcds::lists::Language;
use crate::htcds::{
    CaseComment, CaseRecord, CaseRole, Consent, Field, FieldStatus, FieldType, ListMember, Organization,
    OutgoingReferral, Perpetrator, Person, ReadEntity, SupportPlan, TraffickingEvent, ValueList, ValueSource, Victim,
    holds_several,
};

/// The body of a schema, without its head; `None` for a name that HTCDS does not have.
pub(super) fn body(name: &str, definitions: &mut Definitions) -> Option<Value> {
    Some(match name {
        "htcds-records" => {
            let mut properties = Map::new();
            properties.insert("format".to_owned(), json!({ "const": "htcds" }));
            properties.insert("format_version".to_owned(), json!({ "const": 1 }));
            properties.insert("standard".to_owned(), json!({ "title": "Version of HTCDS", "const": "2.0" }));
            for (list, entity) in
                [("organizations", "htcds-organization"), ("persons", "htcds-person"), ("cases", "htcds-case")]
            {
                properties.insert(list.to_owned(), json!({ "type": "array", "items": refer(entity, definitions) }));
            }
            let description = "Records of the Human Trafficking Case Data Standard in one document.";
            object("HTCDS records", description, properties, &["format", "format_version"])
        }
        "htcds-line" => {
            let mut properties = Map::new();
            for (key, entity) in
                [("organization", "htcds-organization"), ("person", "htcds-person"), ("case", "htcds-case")]
            {
                properties.insert(key.to_owned(), refer(entity, definitions));
            }
            let mut line = object("HTCDS record in a line", "One line of records as JSON lines.", properties, &[]);
            extend(&mut line, json!({ "minProperties": 1, "maxProperties": 1 }));
            line
        }
        "htcds-organization" => {
            let mut properties = fields::<Organization>(definitions);
            properties.insert("organization_id".to_owned(), id("Its identifier", definitions));
            object("Organization", "An organization.", properties, &["organization_id"])
        }
        "htcds-person" => {
            let mut properties = fields::<Person>(definitions);
            properties.insert("person_id".to_owned(), id("Its identifier", definitions));
            properties.insert("consent".to_owned(), refer("htcds-consent", definitions));
            let description = "A person: a victim, a perpetrator, a case worker or another.";
            object("Person", description, properties, &["person_id"])
        }
        "htcds-consent" => {
            let description = "Whether a person agrees that data are kept: one answer that stands for seven questions.";
            object("Consent", description, fields::<Consent>(definitions), &[])
        }
        "htcds-victim" => in_case::<Victim>("Victim", "A person as a victim in a case.", definitions),
        "htcds-perpetrator" => {
            in_case::<Perpetrator>("Perpetrator", "A person as a perpetrator in a case.", definitions)
        }
        "htcds-outgoing-referral" => {
            let properties = fields::<OutgoingReferral>(definitions);
            object("Outgoing referral", "A referral to another organization.", properties, &[])
        }
        "htcds-case-comment" => object("Case comment", "A comment on a case.", fields::<CaseComment>(definitions), &[]),
        "htcds-trafficking-event" => {
            let description = "An event in the trafficking of a person, with place and date.";
            object("Historic trafficking event", description, fields::<TraffickingEvent>(definitions), &[])
        }
        "htcds-support-plan" => object("Support plan", "A plan of support.", fields::<SupportPlan>(definitions), &[]),
        "htcds-connection" => connection(definitions),
        "htcds-case" => case(definitions),
        _ => return None,
    })
}

fn refer(name: &str, definitions: &mut Definitions) -> Value {
    definitions.refer(name, |definitions| body(name, definitions).unwrap_or_default())
}

fn case(definitions: &mut Definitions) -> Value {
    let mut properties = fields::<CaseRecord>(definitions);
    properties.insert("case_id".to_owned(), id("Its identifier", definitions));
    for (part, title, entity) in [
        ("outgoing_referrals", "Referrals to others", "htcds-outgoing-referral"),
        ("comments", "Comments", "htcds-case-comment"),
        ("events", "What happened to the victims", "htcds-trafficking-event"),
        ("support_plans", "Plans of support", "htcds-support-plan"),
        ("victims", "The victims", "htcds-victim"),
        ("perpetrators", "The perpetrators", "htcds-perpetrator"),
        ("connections", "Other people and organizations", "htcds-connection"),
    ] {
        let items = refer(entity, definitions);
        properties.insert(part.to_owned(), json!({ "title": title, "type": "array", "items": items }));
    }
    let description =
        "An organization's work for one or more victims: how they came, what was found and what was done.";
    object("Case", description, properties, &["case_id"])
}

/// A person in a role of a case.
fn in_case<E: ReadEntity>(title: &str, description: &str, definitions: &mut Definitions) -> Value {
    let mut properties = fields::<E>(definitions);
    properties.insert("person_id".to_owned(), id("The person", definitions));
    object(title, description, properties, &["person_id"])
}

fn connection(definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    properties.insert("person_id".to_owned(), id("The person", definitions));
    properties.insert("organization_id".to_owned(), id("The organization", definitions));
    properties.insert("role".to_owned(), definitions.code_list::<CaseRole>());
    let description = "A person or an organization in a case, other than as its victim or perpetrator.";
    let mut connection = object("Connection", description, properties, &["role"]);
    extend(&mut connection, json!({ "anyOf": [{ "required": ["person_id"] }, { "required": ["organization_id"] }] }));
    connection
}

/// The fields of an entity, as the dictionary describes them.
fn fields<E: ReadEntity>(definitions: &mut Definitions) -> Map<String, Value> {
    let known = E::FIELDS.iter().enumerate().filter_map(|(position, name)| Some((position, Field::named(name)?)));
    let described = known.map(|(position, field)| {
        let mut property = value(field, definitions);
        if holds_several::<E>(position) {
            property = json!({ "type": "array", "items": property, "uniqueItems": true });
        }
        describe(&mut property, field);
        (field.name.to_owned(), property)
    });
    described.collect()
}

/// What people need to know of a field.
fn describe(property: &mut Value, field: &Field) {
    let title = if field.label.is_empty() { field.name } else { field.label };
    extend(property, json!({ "title": title }));
    if field.core {
        extend(property, json!({ "x-core": true }));
    }
    if field.status == FieldStatus::Deprecated {
        extend(property, json!({ "deprecated": true }));
    }
}

/// One value of a field.
fn value(field: &Field, definitions: &mut Definitions) -> Value {
    match (field.values, field.kind) {
        (ValueSource::List(name), _) => definitions.refer(name, |_| field.list().map(list).unwrap_or_default()),
        (ValueSource::Countries, _) => definitions.country(),
        (ValueSource::Languages, _) => definitions.refer("Language", |_| {
            let codes: Vec<_> = Language::all().map(|language| language.name()).collect();
            json!({ "description": "ISO 639-2/T.", "enum": codes })
        }),
        (ValueSource::None, FieldType::Date) => definitions.refer("date", |_| {
            json!({
                "description": "A day, a month or a year from 1900 to 2099, as precisely as it is known, in ISO form.",
                "type": "string",
                "pattern": DATE,
            })
        }),
        (ValueSource::None, FieldType::Checkbox) => json!({ "type": "boolean" }),
        // The standard calls some coordinates numbers.
        (ValueSource::None, FieldType::Geolocation | FieldType::Number) => match field.label {
            "Latitude" => json!({ "type": "number", "minimum": -90, "maximum": 90 }),
            "Longitude" => json!({ "type": "number", "minimum": -180, "maximum": 180 }),
            _ => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        },
        (ValueSource::None, _) => definitions.refer("text", |_| json!({ "type": "string", "pattern": "\\S" })),
    }
}

const DATE: &str = "^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$";

/// A list of the standard, with what is not of the standard marked.
fn list(list: &ValueList) -> Value {
    let values = list.values.iter().map(|value| {
        let mut one = json!({ "const": value.name, "title": value.label });
        if let Some(stand_in) = value.stand_in {
            let description = format!("Not in the standard; its value {stand_in} stands in for it.");
            extend(&mut one, json!({ "description": description, "x-stand-in": stand_in }));
        }
        one
    });
    json!({ "oneOf": values.collect::<Vec<_>>() })
}

fn id(title: &str, definitions: &mut Definitions) -> Value {
    let mut id = definitions.refer("id", |_| {
        json!({
            "description": "An identifier of this library's own: the standard has none. Confidential.",
            "type": "string",
            "pattern": "\\S",
        })
    });
    extend(&mut id, json!({ "title": title }));
    id
}

/// Adds keywords to a schema.
fn extend(schema: &mut Value, keywords: Value) {
    if let (Some(schema), Value::Object(keywords)) = (schema.as_object_mut(), keywords) {
        schema.extend(keywords);
    }
}
