//! The schema of the harmonized case.

use serde_json::{Map, Value, json};

use super::{Definitions, object};
use crate::codes::CodeList;
use crate::{CaseAttribute, CaseGroup, Year};

pub(super) fn body(definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    for &attribute in CaseAttribute::all() {
        match attribute.group() {
            None => {
                properties.insert(attribute.name().into_owned(), single(attribute, definitions));
            }
            Some(group) => {
                if !properties.contains_key(group.name()) {
                    properties.insert(group.name().to_owned(), answers(group, definitions));
                }
            }
        }
    }
    let description = "What is recorded of one trafficked person. An attribute that is left out is one that the layout of \
                       the source does not have; what a source leaves open is an object with the reason.";
    object("Case", description, properties, &[])
}

/// An attribute with one value.
fn single(attribute: CaseAttribute, definitions: &mut Definitions) -> Value {
    use CaseAttribute as A;
    let value = match attribute {
        A::YearOfRegistration => {
            json!({ "type": "integer", "minimum": Year::MIN.get(), "maximum": Year::MAX.get() })
        }
        A::DataSource => definitions.code_list::<crate::DataSource>(),
        A::Gender => definitions.code_list::<crate::Gender>(),
        A::AgeBand => definitions.code_list::<crate::AgeBand>(),
        A::MajorityAtRegistration | A::MajorityAtExploitation | A::MajorityAtEntry => {
            definitions.code_list::<crate::Majority>()
        }
        A::Citizenship | A::CountryOfExploitation => definitions.country(),
        A::TraffickingDuration => definitions.code_list::<crate::DurationBand>(),
        A::Industry => definitions.code_list::<crate::IsicSection>(),
        A::TraffickerRelationship => definitions.code_list::<crate::TraffickerRelationship>(),
        A::TraffickingStatus => definitions.code_list::<crate::TraffickingStatus>(),
        A::StatusDecidedBy => definitions.code_list::<crate::StatusDecisionMaker>(),
        list if list.is_list() => json!({ "type": "string" }),
        _ => json!({ "type": "boolean" }),
    };
    let mut recorded = recorded(value, definitions);
    if let Some(recorded) = recorded.as_object_mut() {
        recorded.insert("title".to_owned(), json!(title(&attribute.name())));
    }
    recorded
}

/// A question with several answers, each yes, no or missing.
fn answers(group: CaseGroup, definitions: &mut Definitions) -> Value {
    fn flags<L: CodeList>(definitions: &mut Definitions) -> Map<String, Value> {
        let mut flags = Map::new();
        for value in L::ALL {
            let flag = definitions.refer("flag", |definitions| recorded(json!({ "type": "boolean" }), definitions));
            let mut flag = flag.as_object().cloned().unwrap_or_default();
            flag.insert("title".to_owned(), json!(value.label()));
            flags.insert(value.code().to_owned(), flag.into());
        }
        flags
    }
    let flags = match group {
        CaseGroup::MeansOfControl => flags::<crate::MeansOfControl>(definitions),
        CaseGroup::Forms => flags::<crate::ExploitationForm>(definitions),
        CaseGroup::Sectors => flags::<crate::LabourSector>(definitions),
        CaseGroup::SexualTypes => flags::<crate::SexualExploitationType>(definitions),
        CaseGroup::Recruiters => flags::<crate::RecruiterRelation>(definitions),
    };
    object(group.label(), "Each answer is yes, no, or missing for a reason; missing is never no.", flags, &[])
}

/// A value, or the reason why there is none.
fn recorded(value: Value, definitions: &mut Definitions) -> Value {
    let missing = definitions.refer("missing", |_| {
        json!({
            "description": "There is no value: the source says nothing, the question does not apply, the value is \
                            withheld, or the source says that it is unknown.",
            "type": "object",
            "properties": { "missing": { "enum": ["not-recorded", "not-applicable", "withheld", "unknown"] } },
            "required": ["missing"],
            "additionalProperties": false,
        })
    });
    json!({ "anyOf": [value, missing] })
}

/// The words of a name: `year_of_registration` is "Year of registration".
fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
