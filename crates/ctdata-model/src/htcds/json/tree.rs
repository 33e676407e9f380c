//! Records from JSON that a writer of this crate would not have left so: other spellings, other types, other order.
//!
//! What a field takes is what the cell of a sheet takes. What cannot be read is named by its place.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::record::holds_several;
use crate::codes::CodeList;
use crate::htcds::records::ReadEntity;
use crate::htcds::value::{Input, Reading, trimmed};
use crate::htcds::{
    CaseComment, CaseId, CaseRecord, CaseRole, Connection, Consent, Entity, Field, FieldValue, Organization,
    OrganizationId, OutgoingReferral, Perpetrator, Person, PersonId, SupportPlan, TraffickingEvent, Victim,
};

const NO_VALUE: &str = "not a value that this field can have";
const NO_FIELD: &str = "a field that a record of this kind does not have";
const TWICE: &str = "it is given twice";
const NO_ID: &str = "an identifier is missing";
const NO_LIST: &str = "not a list of objects";
const NO_OBJECT: &str = "not an object";
const NO_ROLE: &str = "the role is none of victim, perpetrator, case-worker, organization, other";
const NOBODY: &str = "neither a person nor an organization";

/// What is wrong with a record. The value is confidential.
pub(super) struct Fault {
    /// Where in the record: a field, or `victims[2].vic_TypeOfExploitation`.
    pub(super) path: String,
    pub(super) message: &'static str,
    pub(super) value: Option<String>,
}

impl Fault {
    fn at(path: impl Into<String>, message: &'static str) -> Self {
        Self { path: path.into(), message, value: None }
    }

    fn within(mut self, part: &str) -> Self {
        self.path = if self.path.is_empty() { part.to_owned() } else { format!("{part}.{}", self.path) };
        self
    }
}

/// Any JSON. A number is its decimal text.
pub(super) enum Node {
    Null,
    Flag(bool),
    Text(String),
    List(Vec<Node>),
    Object(Object),
}

/// The fields of an object in their order, under their official names; the same name may occur twice. What has been
/// taken out is `None`.
pub(super) struct Object(Vec<(Cow<'static, str>, Option<Node>)>);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some((name, value)) = entries.next_entry::<String, Node>()? {
            let name = Field::named(&name).map_or(Cow::Owned(name), |field| Cow::Borrowed(field.name));
            object.push((name, Some(value)));
        }
        Ok(Node::Object(Object(object)))
    }
}

impl Object {
    /// Takes the value of a name out.
    fn take(&mut self, name: &str) -> Result<Option<Node>, Fault> {
        let mut found = None;
        for (key, value) in &mut self.0 {
            if key == name
                && let Some(value) = value.take()
            {
                if found.is_some() {
                    return Err(Fault::at(name, TWICE));
                }
                found = Some(value);
            }
        }
        Ok(found)
    }

    /// An identifier.
    fn id(&mut self, name: &'static str) -> Result<Option<String>, Fault> {
        match self.take(name)? {
            None | Some(Node::Null) => Ok(None),
            Some(Node::Text(text)) => Ok(Some(trimmed(&text).to_owned()).filter(|id| !id.is_empty())),
            Some(_) => Err(Fault::at(name, NO_VALUE)),
        }
    }

    fn needed_id(&mut self, name: &'static str) -> Result<String, Fault> {
        self.id(name)?.ok_or_else(|| Fault::at(name, NO_ID))
    }

    /// The fields of an entity.
    fn fields<E: ReadEntity>(&mut self) -> Result<E, Fault> {
        let mut entity = E::default();
        for (position, name) in E::FIELDS.iter().enumerate() {
            if let Some(node) = self.take(name)? {
                put(&mut entity, position, node).map_err(|fault| fault.within(name))?;
            }
        }
        Ok(entity)
    }

    /// A list of what belongs to a case.
    fn part<T: FromObject>(&mut self, name: &'static str) -> Result<Vec<T>, Fault> {
        let items = match self.take(name)? {
            None | Some(Node::Null) => Vec::new(),
            Some(Node::List(items)) => items,
            Some(_) => return Err(Fault::at(name, NO_LIST)),
        };
        let read = |(position, item)| match item {
            Node::Object(object) => T::from_object(object).map_err(|fault| fault.within(&place(name, position))),
            _ => Err(Fault::at(place(name, position), NO_OBJECT)),
        };
        items.into_iter().enumerate().map(read).collect()
    }

    /// Nothing may be left over. Names that nobody knows are not shown.
    fn end(&self) -> Result<(), Fault> {
        let left_over = self.0.iter().position(|(_, value)| value.is_some());
        left_over.map_or(Ok(()), |position| {
            let known = self.0.get(position).and_then(|(name, _)| Field::named(name));
            let path = known.map_or_else(|| format!("field {}", position + 1), |field| field.name.to_owned());
            Err(Fault::at(path, NO_FIELD))
        })
    }
}

/// Positions count from 1, as rows do.
fn place(name: &str, position: usize) -> String {
    format!("{name}[{}]", position + 1)
}

/// Reads a value into a field.
fn put<E: ReadEntity>(entity: &mut E, position: usize, node: Node) -> Result<(), Fault> {
    let several = Reading { separator: "\0", date_format: None };
    let (input, reading) = match &node {
        Node::Null => return Ok(()),
        Node::Flag(flag) => (Input::Flag(*flag), Reading::default()),
        Node::Text(text) => (Input::Text(text), Reading::default()),
        Node::List(items) if items.is_empty() => return Ok(()),
        Node::List(items) if items.len() > 1 && !holds_several::<E>(position) => return Err(Fault::at("", NO_VALUE)),
        Node::List(items) => {
            for item in items {
                let text = match item {
                    Node::Null => continue,
                    Node::Text(text) => text,
                    _ => return Err(Fault::at("", NO_VALUE)),
                };
                // One value at a time, so that none is taken twice.
                let mut alone = E::default();
                let taken = alone.read(position, Input::Text(text), several);
                taken.map_err(|fault| Fault { value: Some(text.clone()), ..Fault::at("", fault.message()) })?;
                if !has(entity, &alone, position) {
                    let taken = entity.read(position, Input::Text(text), several);
                    taken.map_err(|fault| Fault::at("", fault.message()))?;
                }
            }
            return Ok(());
        }
        Node::Object(_) => return Err(Fault::at("", NO_VALUE)),
    };
    entity.read(position, input, reading).map_err(|fault| {
        let value = if let Node::Text(text) = &node { Some(text.clone()) } else { None };
        Fault { value, ..Fault::at("", fault.message()) }
    })
}

/// Whether an entity has the values of another already.
fn has<E: Entity>(entity: &E, other: &E, position: usize) -> bool {
    match (entity.value(position), other.value(position)) {
        (FieldValue::Values(known), FieldValue::Values(new)) => new.iter().all(|value| known.contains(value)),
        (_, new) => new.is_empty(),
    }
}

/// Something that an object describes.
pub(super) trait FromObject: Sized {
    fn from_object(object: Object) -> Result<Self, Fault>;
}

macro_rules! plain {
    ($($name:ty),+) => {
        $(impl FromObject for $name {
            fn from_object(mut object: Object) -> Result<Self, Fault> {
                let entity = object.fields()?;
                object.end()?;
                Ok(entity)
            }
        })+
    };
}

plain!(Consent, OutgoingReferral, CaseComment, TraffickingEvent, SupportPlan);

impl FromObject for Organization {
    fn from_object(mut object: Object) -> Result<Self, Fault> {
        let id = OrganizationId::new(object.needed_id("organization_id")?);
        let entity = Self { id, ..object.fields()? };
        object.end()?;
        Ok(entity)
    }
}

impl FromObject for Person {
    fn from_object(mut object: Object) -> Result<Self, Fault> {
        let id = PersonId::new(object.needed_id("person_id")?);
        let consent = match object.take("consent")? {
            None | Some(Node::Null) => Consent::default(),
            Some(Node::Object(consent)) => Consent::from_object(consent).map_err(|fault| fault.within("consent"))?,
            Some(_) => return Err(Fault::at("consent", NO_OBJECT)),
        };
        let entity = Self { id, consent, ..object.fields()? };
        object.end()?;
        Ok(entity)
    }
}

impl FromObject for Victim {
    fn from_object(mut object: Object) -> Result<Self, Fault> {
        let person = PersonId::new(object.needed_id("person_id")?);
        let entity = Self { person, ..object.fields()? };
        object.end()?;
        Ok(entity)
    }
}

impl FromObject for Perpetrator {
    fn from_object(mut object: Object) -> Result<Self, Fault> {
        let person = PersonId::new(object.needed_id("person_id")?);
        let entity = Self { person, ..object.fields()? };
        object.end()?;
        Ok(entity)
    }
}

impl FromObject for Connection {
    fn from_object(mut object: Object) -> Result<Self, Fault> {
        let person = object.id("person_id")?.map(PersonId::new);
        let organization = object.id("organization_id")?.map(OrganizationId::new);
        if person.is_none() && organization.is_none() {
            return Err(Fault::at("", NOBODY));
        }
        let role = match object.take("role")? {
            Some(Node::Text(text)) => {
                CaseRole::parse(&text).map_err(|_| Fault { value: Some(text), ..Fault::at("role", NO_ROLE) })?
            }
            _ => return Err(Fault::at("role", NO_ROLE)),
        };
        object.end()?;
        Ok(Self { person, organization, role })
    }
}

impl FromObject for CaseRecord {
    fn from_object(mut object: Object) -> Result<Self, Fault> {
        fn said<E: Entity>(mut list: Vec<E>) -> Vec<E> {
            list.retain(|entity| !entity.is_blank());
            list
        }
        let entity = Self {
            id: CaseId::new(object.needed_id("case_id")?),
            outgoing_referrals: said(object.part("outgoing_referrals")?),
            comments: said(object.part("comments")?),
            events: said(object.part("events")?),
            support_plans: said(object.part("support_plans")?),
            victims: object.part("victims")?,
            perpetrators: object.part("perpetrators")?,
            connections: object.part("connections")?,
            ..object.fields()?
        };
        object.end()?;
        Ok(entity)
    }
}
