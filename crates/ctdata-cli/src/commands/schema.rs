//! `ctdata schema`

use serde::Serialize;

use crate::args::SchemaOptions;
use crate::failure::Failure;
use crate::session::Session;

#[derive(Serialize)]
struct Names {
    schemas: Vec<&'static str>,
}

fn names() -> Vec<&'static str> {
    let model = ctdata::model::SCHEMA_NAMES.iter().copied();
    model.chain([ctdata::indicators::export::OBSERVATION_SCHEMA]).collect()
}

pub(crate) fn run(options: &SchemaOptions, session: &Session) -> Result<(), Failure> {
    let Some(name) = &options.name else {
        if session.json {
            return session.document(&Names { schemas: names() });
        }
        return session.text(&(names().join("\n") + "\n"));
    };
    let is_observation = name == ctdata::indicators::export::OBSERVATION_SCHEMA;
    let found = if is_observation {
        Some(ctdata::indicators::export::observation_schema())
    } else {
        ctdata::model::schema(name)
    };
    let Some(schema) = found else {
        let nearest = ctdata::table::nearest(name, names());
        let hint = nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
        return Err(Failure::usage(format!("there is no schema `{name}`{hint} (`ctdata schema` lists them)")));
    };
    // A schema is a document of its own, with and without `--json`.
    session.text(&format!("{}\n", serde_json::to_string_pretty(&schema)?))
}
