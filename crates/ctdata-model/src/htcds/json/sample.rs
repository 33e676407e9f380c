//! Records for tests in which every field is recorded.

use super::record::holds_several;
use crate::htcds::records::ReadEntity;
use crate::htcds::value::{Input, Reading};
use crate::htcds::{
    CaseComment, CaseId, CaseRecord, CaseRole, Connection, Consent, Field, FieldType, Organization, OrganizationId,
    OutgoingReferral, Perpetrator, Person, PersonId, Records, SupportPlan, TraffickingEvent, ValueSource, Victim,
};

/// What a cell of a field may hold; where it may hold several values, all of them.
fn cell<E: ReadEntity>(position: usize) -> String {
    let field = Field::named(E::FIELDS[position]).unwrap();
    let several = holds_several::<E>(position);
    match (field.values, field.kind) {
        (ValueSource::List(_), _) => {
            let names = field.list().unwrap().values.iter().map(|value| value.name);
            names.take(if several { usize::MAX } else { 1 }).collect::<Vec<_>>().join(";")
        }
        (ValueSource::Countries, _) => if several { "KE;NA" } else { "KE" }.to_owned(),
        (ValueSource::Languages, _) => "fra".to_owned(),
        (ValueSource::None, FieldType::Date) => "2019-03".to_owned(),
        (ValueSource::None, FieldType::Checkbox) => "No".to_owned(),
        (ValueSource::None, FieldType::Number | FieldType::Geolocation) => {
            // The standard calls two coordinates numbers.
            if field.name.ends_with("itude") { "-1.2920659" } else { "17" }.to_owned()
        }
        (ValueSource::None, _) => format!("a text for {}", field.name),
    }
}

pub(crate) fn full<E: ReadEntity>() -> E {
    let mut entity = E::default();
    for position in 0..E::FIELDS.len() {
        entity.read(position, Input::Text(&cell::<E>(position)), Reading::default()).unwrap();
        assert!(!entity.value(position).is_empty());
    }
    entity
}

/// One organization, two people and a case of them, with all fields, and a case with nothing but its identifier.
pub(crate) fn full_records() -> Records {
    let (one, two, home) = (PersonId::new("P1"), PersonId::new("P2"), OrganizationId::new("O1"));
    let connection = |person, organization, role| Connection { person, organization, role };
    Records {
        organizations: vec![Organization { id: home.clone(), ..full() }],
        persons: vec![
            Person { id: one.clone(), consent: full::<Consent>(), ..full() },
            Person { id: two.clone(), ..Person::default() },
        ],
        cases: vec![
            CaseRecord {
                id: CaseId::new("C1"),
                outgoing_referrals: vec![full::<OutgoingReferral>(), full()],
                comments: vec![full::<CaseComment>()],
                events: vec![full::<TraffickingEvent>()],
                support_plans: vec![full::<SupportPlan>()],
                victims: vec![Victim { person: one.clone(), ..full() }],
                perpetrators: vec![Perpetrator { person: two.clone(), ..full() }],
                connections: vec![
                    connection(Some(two), None, CaseRole::CaseWorker),
                    connection(None, Some(home), CaseRole::Organization),
                ],
                ..full()
            },
            CaseRecord { id: CaseId::new("C2"), ..CaseRecord::default() },
        ],
    }
}
