//! JSON Schema (draft 2020-12) of an observation: an estimate as JSON.
//!
//! # Sources
//! Wright, Andrews, Hutton and Dennis, *JSON Schema: A Media Type for Describing JSON Documents*, draft 2020-12.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::estimate::{Attribution, Base, Nature, NotAvailable, Unit};
use crate::interval::IntervalMethod;
use crate::request::PopBase;

/// The name of [`observation_schema`].
pub const OBSERVATION_SCHEMA: &str = "indicator-observation";

/// The schema of an [`Estimate`](crate::Estimate) as JSON, complete in itself. Keys stand in alphabetic order.
///
/// ```
/// use ctdata_indicators::export::observation_schema;
/// assert_eq!(observation_schema()["$id"], "urn:ctdata:schema:indicator-observation:1");
/// ```
pub fn observation_schema() -> Value {
    let count = || json!({ "type": ["integer", "null"], "minimum": 0 });
    let codes = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let properties = json!({
        "indicator": { "title": "Id of the indicator", "type": "string", "pattern": "\\S" },
        "code": { "title": "Official or short code", "type": ["string", "null"] },
        "definition_version": { "title": "Version of the definition", "type": "string" },
        "dimensions": described(codes.clone(), "Coordinates, name to code; none for a total"),
        "labels": described(codes, "Labels of codes that differ from them, name to label"),
        "attribution": described(list(Attribution::ALL, Attribution::code, Attribution::label), "Country counted for"),
        "period": { "title": "Years covered", "type": "string", "pattern": "^[0-9]{1,5}(/[0-9]{1,5})?$" },
        "filters": {
            "title": "Conditions that all counted cases meet",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "dimension": { "type": "string" },
                    "codes": { "type": "array", "items": { "type": "string" } },
                },
                "required": ["dimension", "codes"],
                "additionalProperties": false,
            },
        },
        "numerator": described(count(), "Persons counted"),
        "base": described(count(), "Persons in the base of a share; residents for a rate"),
        "unknown": described(count(), "Persons outside the base, their answer not being known"),
        "residual": {
            "title": "Persons of the country and year less the sum of the categories listed",
            "type": "integer",
        },
        "suppressed": { "title": "Withheld or coarsened to protect persons", "type": "boolean" },
        "value": { "title": "The figure; null where there is none", "type": ["number", "null"] },
        "reason": described(list(NotAvailable::ALL, NotAvailable::code, NotAvailable::label), "Why there is no value"),
        "unit": described(list(Unit::ALL, Unit::code, Unit::label), "Unit of value and interval"),
        "interval": { "title": "Confidence interval", "anyOf": [interval(), { "type": "null" }] },
        "population": {
            "title": "Denominator of a rate",
            "type": "object",
            "properties": {
                "source": { "type": "string" },
                "vintage": { "type": "string" },
                "persons": { "type": "number", "minimum": 0 },
            },
            "required": ["source", "vintage", "persons"],
            "additionalProperties": false,
        },
        "population_base": described(list(PopBase::ALL, PopBase::code, PopBase::label), "Whose residents they are"),
        "coverage": {
            "title": "Population of the reporting countries over that of the region",
            "type": "number",
            "minimum": 0,
            "maximum": 1,
        },
        "nature": described(list(Nature::ALL, Nature::code, Nature::label), "How the figure came about"),
        "base_rule": described(list(Base::ALL, Base::code, Base::label), "Who is in the base"),
        "notes": { "title": "What a reader must know", "type": "array", "items": { "type": "string" } },
    });
    sorted(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:ctdata:schema:{OBSERVATION_SCHEMA}:1"),
        "title": "Indicator observation",
        "description": "One figure with everything needed to judge it. A missing value has a reason; it is never zero.",
        "type": "object",
        "properties": properties,
        "required": [
            "indicator", "code", "dimensions", "numerator", "base", "unknown", "value", "unit", "interval", "nature",
            "notes",
        ],
        "if": { "properties": { "value": { "type": "null" } } },
        "then": { "required": ["reason"] },
        "else": { "not": { "required": ["reason"] } },
        "additionalProperties": false,
    }))
}

/// The name of [`observations_schema`].
pub const OBSERVATIONS_SCHEMA: &str = "indicator-observations";

/// The schema of a document of observations with its metadata, [`Observations`](super::Observations) as JSON.
///
/// ```
/// use ctdata_indicators::export::observations_schema;
/// assert_eq!(observations_schema()["required"], serde_json::json!(["format_version", "observations"]));
/// ```
pub fn observations_schema() -> Value {
    let text = || json!({ "type": "string" });
    let optional = || json!({ "type": ["string", "null"] });
    let many = |items: Value| json!({ "type": "array", "items": items });
    let count = || json!({ "type": "integer", "minimum": 0 });
    let mut observation = observation_schema();
    let described_there = observation_schema();
    let from_observation = |name: &str| property(&described_there, name);
    if let Some(object) = observation.as_object_mut() {
        object.remove("$schema");
        object.remove("$id");
    }
    let interval = interval();
    let metadata = object(&json!({
        "tool": described(text(), "The tool that made the figures"),
        "tool_version": described(text(), "Its version"),
        "definitions": described(
            many(object(&json!({
                "indicator": text(), "code": optional(), "title": optional(), "definition": optional(),
                "source": optional(), "version": optional(), "unit": from_observation("unit"),
            }))),
            "The indicators and the versions of their definitions",
        ),
        "period": described(json!({ "type": ["string", "null"] }), "From the first year to the last"),
        "attributions": described(many(from_observation("attribution")), "Countries counted for"),
        "filters": from_observation("filters"),
        "base_rules": described(many(from_observation("base_rule")), "Who is in the bases"),
        "intervals": described(
            many(object(&json!({
                "method": property(&interval, "method"), "level": property(&interval, "level"),
            }))),
            "Methods and levels",
        ),
        "populations": described(
            many(object(&json!({ "source": text(), "vintage": text() }))),
            "Publications and editions of the populations",
        ),
        "coverage": {
            "title": "Lowest and highest coverage of regional figures",
            "anyOf": [
                object(&json!({ "low": from_observation("coverage"), "high": from_observation("coverage") })),
                { "type": "null" },
            ],
        },
        "natures": described(many(from_observation("nature")), "How the figures came about"),
        "estimates": described(count(), "Number of observations"),
        "without_value": described(
            many(object(&json!({ "reason": from_observation("reason"), "estimates": count() }))),
            "Observations without a value, by reason",
        ),
        "suppressed": described(count(), "Observations withheld or coarsened to protect persons"),
        "notes": from_observation("notes"),
    }));
    sorted(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:ctdata:schema:{OBSERVATIONS_SCHEMA}:1"),
        "title": "Indicator observations",
        "description": "Figures with what they have in common.",
        "type": "object",
        "properties": {
            "format_version": { "title": "Version of the document", "const": super::FORMAT_VERSION },
            "metadata": described(metadata, "What the observations have in common"),
            "observations": described(many(observation), "The figures"),
        },
        "required": ["format_version", "observations"],
        "additionalProperties": false,
    }))
}

/// The schema of a property.
fn property(schema: &Value, name: &str) -> Value {
    schema.get("properties").and_then(|properties| properties.get(name)).cloned().unwrap_or_default()
}

/// An object that has these fields, all of them and no others.
fn object(properties: &Value) -> Value {
    let mut required: Vec<String> =
        properties.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    required.sort_unstable();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn interval() -> Value {
    json!({
        "type": "object",
        "properties": {
            "low": { "type": "number" },
            "high": { "type": "number" },
            "level": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
            "method": list(IntervalMethod::ALL, IntervalMethod::code, IntervalMethod::label),
        },
        "required": ["low", "high", "level", "method"],
        "additionalProperties": false,
    })
}

/// A code list with its labels.
fn list<T: Copy>(all: &[T], code: fn(T) -> &'static str, label: fn(T) -> &'static str) -> Value {
    let values = all.iter().map(|value| json!({ "const": code(*value), "title": label(*value) }));
    json!({ "oneOf": values.collect::<Vec<_>>() })
}

fn described(mut schema: Value, title: &str) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".to_owned(), json!(title));
    }
    schema
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use ctdata_model::{Layout, Simulator};
    use ctdata_table::Control;
    use jsonschema::Validator;

    use super::*;
    use crate::estimate::{Dimension, Filter, PopulationSource, Years};
    use crate::export::Observations;
    use crate::interval::{Level, ShareInterval};
    use crate::{Estimate, Request, compute_all};

    /// All schemas of the workspace stand together.
    fn file() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../ctdata-model/schema/{OBSERVATION_SCHEMA}.json"))
    }

    fn text() -> String {
        format!("{:#}\n", observation_schema())
    }

    fn validator() -> Validator {
        jsonschema::draft202012::new(&observation_schema()).unwrap()
    }

    /// An observation with all of its fields.
    fn full() -> Value {
        let mut share =
            Estimate::share("form-of-exploitation", 42_340, 111_965, ShareInterval::Wilson, Level::P95).unwrap();
        share.code = Some("V-EXP".into());
        share.definition_version = Some("1".into());
        share.unknown = Some(81_060);
        share.suppressed = true;
        share.base_rule = Some(Base::AnyInGroup);
        share.attribution = Some(Attribution::Exploitation);
        share.dimensions.set(Dimension::new("sex", "female", "Female"));
        share.period = Some(Years::between(2002, 2021));
        share.filters = vec![Filter { dimension: "sex".into(), codes: vec!["female".into()] }];
        share.population = Some(PopulationSource { source: "a".into(), vintage: "2024".into(), persons: 1.0 });
        share.coverage = Some(0.5);
        share.residual = Some(-3);
        share.population_base = Some(PopBase::Own);
        share.notes.push("not a random sample".into());
        serde_json::to_value(&share).unwrap()
    }

    #[test]
    fn the_file_is_what_the_code_makes() {
        let file = fs::read_to_string(file()).unwrap();
        assert!(file == text(), "renew with `cargo test -p ctdata-indicators --features schema renew -- --ignored`");
    }

    #[test]
    #[ignore = "writes the file"]
    fn renew() {
        fs::write(file(), text()).unwrap();
    }

    #[test]
    fn it_is_a_schema_of_draft_2020_12() {
        assert!(jsonschema::draft202012::meta::is_valid(&observation_schema()));
    }

    #[test]
    fn what_the_code_writes_is_valid() {
        let validator = validator();
        let all: Vec<Value> =
            full().as_object().unwrap().keys().map(|name| json!(name)).chain([json!("reason")]).collect();
        let described = observation_schema()["properties"].as_object().unwrap().len();
        assert_eq!(all.len(), described, "a field is not described or not tested");
        let layout = Layout::named("ctdc-synthetic-2024").unwrap();
        let cases = Simulator::new(3).cases(layout, 400).unwrap();
        let request = Request::new("").by("sex");
        let result = compute_all(cases.table(), &request, None, &Control::default()).unwrap();
        let mut observations: Vec<Value> =
            result.estimates().map(|estimate| serde_json::to_value(estimate).unwrap()).collect();
        assert!(observations.len() > 50);
        observations.push(full());
        for reason in NotAvailable::ALL {
            let estimate = Estimate::not_available("sector", Unit::Percent, *reason);
            observations.push(serde_json::to_value(&estimate).unwrap());
        }
        for observation in &observations {
            let errors: Vec<_> = validator.iter_errors(observation).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{observation}: {errors:?}");
        }
    }

    #[test]
    fn the_document_with_metadata_is_valid() {
        let schema = observations_schema();
        assert!(jsonschema::draft202012::meta::is_valid(&schema));
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let mut observations: Vec<Estimate> = vec![serde_json::from_value(full()).unwrap()];
        let withheld = Estimate::not_available("sector", Unit::Percent, NotAvailable::Suppressed);
        observations.push(withheld);
        let valid = |document: &Value| {
            let errors: Vec<_> = validator.iter_errors(document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        };
        valid(&serde_json::to_value(Observations::new(observations.clone())).unwrap());
        let document = serde_json::to_value(Observations::with_metadata(observations)).unwrap();
        valid(&document);
        let fields = document["metadata"].as_object().unwrap();
        assert_eq!(fields.len(), schema["properties"]["metadata"]["properties"].as_object().unwrap().len());
        for name in fields.keys() {
            let mut less = document.clone();
            less["metadata"].as_object_mut().unwrap().remove(name);
            assert!(!validator.is_valid(&less), "{name}");
        }
        for (place, bad) in [
            ("/format_version", json!(2)),
            ("/metadata/suppressed", json!(-1)),
            ("/metadata/definitions/0/unit", json!("x")),
            ("/metadata/coverage/low", json!(2)),
            ("/observations/0/numerator", json!(-1)),
        ] {
            let mut other = document.clone();
            *other.pointer_mut(place).unwrap() = bad;
            assert!(!validator.is_valid(&other), "{place}");
        }
    }

    #[test]
    fn damaged_observations_are_not_valid() {
        let (validator, full) = (validator(), full());
        assert!(validator.is_valid(&full));
        let refused = |observation: &Value| assert!(!validator.is_valid(observation), "{observation}");
        let schema = observation_schema();
        for name in schema["required"].as_array().unwrap() {
            let mut less = full.clone();
            less.as_object_mut().unwrap().remove(name.as_str().unwrap()).unwrap();
            refused(&less);
        }
        for (name, _) in schema["properties"].as_object().unwrap() {
            let mut other = full.clone();
            other[name] = json!([{ "x": [] }]);
            refused(&other);
        }
        for name in ["attribution", "reason", "unit", "nature", "base_rule", "population_base"] {
            let mut other = full.clone();
            other[name] = json!("x");
            refused(&other);
        }
        for (place, bad) in [
            ("/indicator", json!(" ")),
            ("/dimensions/sex", json!(1)),
            ("/labels/sex", Value::Null),
            ("/period", json!("2002-2021")),
            ("/filters/0", json!({ "dimension": "sex" })),
            ("/filters/0", json!({ "dimension": "sex", "codes": [], "x": 1 })),
            ("/filters/0/codes/0", json!(1)),
            ("/numerator", json!(-1)),
            ("/base", json!(1.5)),
            ("/unknown", json!("1")),
            ("/value", Value::Null),
            ("/interval/level", json!(1)),
            ("/interval/level", json!(0)),
            ("/interval/method", json!("x")),
            ("/interval/low", Value::Null),
            ("/interval", json!({ "low": 1, "high": 2, "level": 0.9 })),
            ("/population/persons", json!(-1)),
            ("/population", json!({ "source": "a", "persons": 1 })),
            ("/coverage", json!(1.5)),
            ("/coverage", json!(-0.5)),
            ("/notes/0", json!(1)),
        ] {
            let mut other = full.clone();
            *other.pointer_mut(place).unwrap() = bad;
            refused(&other);
        }
        let mut other = full.clone();
        other["reason"] = json!("suppressed");
        refused(&other);
        other["x"] = json!(1);
        other["value"] = Value::Null;
        refused(&other);
        other.as_object_mut().unwrap().remove("x");
        assert!(validator.is_valid(&other));
    }
}
