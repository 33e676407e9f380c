//! JSON Schema (draft 2020-12) of what this crate writes as JSON.
//!
//! The schemas are made from the same lists and the same field dictionary that readers and writers follow. They describe
//! what is written, and readers take more: labels, other spellings, other types. A value that its list does not have
//! makes a document invalid: the schema is that of the standard, while readers keep the text for validation to find.
//!
//! # Sources
//! Wright, Andrews, Hutton and Dennis, *JSON Schema: A Media Type for Describing JSON Documents*, draft 2020-12.

mod case;
mod htcds;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::Country;
use crate::codes::CodeList;
use crate::country::CountryStatus;

/// The names of all schemas: of the case, of HTCDS records as a document and as lines, and of each HTCDS entity.
pub const SCHEMA_NAMES: &[&str] = &[
    "case",
    "htcds-records",
    "htcds-line",
    "htcds-organization",
    "htcds-person",
    "htcds-consent",
    "htcds-case",
    "htcds-victim",
    "htcds-perpetrator",
    "htcds-outgoing-referral",
    "htcds-case-comment",
    "htcds-trafficking-event",
    "htcds-support-plan",
    "htcds-connection",
];

/// The schema of a name, complete in itself: it refers to nothing outside. `None` if there is none.
///
/// Keys stand in alphabetic order. Titles are the labels of the standard; `x-core` marks the fields of its minimum set,
/// `x-stand-in` names the value of the standard that stands in for a value that it does not have.
///
/// ```
/// let schema = ctdata_model::schema("htcds-person").ok_or("no such schema")?;
/// assert_eq!(schema["$id"], "urn:ctdata:schema:htcds-person:1");
/// assert_eq!(schema["properties"]["prs_Birthdate"]["title"], "Birthdate");
/// # Ok::<(), &str>(())
/// ```
pub fn schema(name: &str) -> Option<Value> {
    let name = SCHEMA_NAMES.iter().find(|known| **known == name)?;
    let mut definitions = Definitions::default();
    let mut body = match *name {
        "case" => case::body(&mut definitions),
        name => htcds::body(name, &mut definitions)?,
    };
    let root = body.as_object_mut()?;
    root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("$id".to_owned(), json!(format!("urn:ctdata:schema:{name}:1")));
    if !definitions.0.is_empty() {
        root.insert("$defs".to_owned(), definitions.0.into_iter().collect());
    }
    Some(sorted(body))
}

/// The parts that a schema refers to, by name.
#[derive(Default)]
struct Definitions(BTreeMap<String, Value>);

impl Definitions {
    /// A reference to a part, which is made when it is first needed.
    fn refer(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // It may refer to itself or to others.
            self.0.insert(name.to_owned(), Value::Null);
            let made = make(self);
            self.0.insert(name.to_owned(), made);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    /// A code list of this crate.
    fn code_list<L: CodeList>(&mut self) -> Value {
        self.refer(L::NAME, |_| {
            let values = L::ALL.iter().map(|value| {
                let mut one = json!({ "const": value.code(), "title": value.label() });
                let parts: Vec<_> = value.merges().iter().map(|part| part.code()).collect();
                if let (false, Some(one)) = (parts.is_empty(), one.as_object_mut()) {
                    one.insert("description".to_owned(), json!(format!("Merged by the source: {}.", parts.join(", "))));
                }
                one
            });
            json!({ "oneOf": values.collect::<Vec<_>>() })
        })
    }

    fn country(&mut self) -> Value {
        self.refer("Country", |_| {
            let (official, other): (Vec<Country>, Vec<Country>) =
                Country::ALL.iter().partition(|country| country.status() == CountryStatus::Official);
            let codes = |countries: Vec<Country>| countries.iter().map(|country| country.alpha2()).collect::<Vec<_>>();
            json!({
                "anyOf": [
                    { "description": "ISO 3166-1 alpha-2.", "enum": codes(official) },
                    {
                        "description": "Not in ISO 3166-1: assigned by its users, withdrawn, or internal to CTDC.",
                        "enum": codes(other),
                    },
                ],
            })
        })
    }
}

/// An object with these properties and no others.
fn object(title: &str, description: &str, properties: Map<String, Value>, required: &[&str]) -> Value {
    let mut object = json!({
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if let (false, Some(object)) = (required.is_empty(), object.as_object_mut()) {
        object.insert("required".to_owned(), json!(required));
    }
    object
}

/// With the keys of all objects in alphabetic order, whatever map the JSON library was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let keys: BTreeMap<String, Value> = object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            keys.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}
