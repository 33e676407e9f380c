//! Records become cases, cases those of CTDC, and some of them records again.

use std::collections::BTreeSet;

use super::*;
use crate::htcds::lists::{
    ForcedLabourIndustry, Gender, ListMember, MethodsOfControl, RelationshipToTrafficker, RoleInProcess,
    TraffickingEventType, TraffickingStatus, TypeOfExploitation, TypeOfSexExploitation,
};
use crate::htcds::{
    CaseRecord, Connection, Entity, FIELDS, Listed, Organization, OrganizationId, Perpetrator, Person, PersonId,
    Records, TraffickingEvent, VALUE_LISTS, Victim,
};
use crate::{
    Case, CaseAttribute as A, CaseTable, Country, ExploitationForm, LabourSector, MeansOfControl, Recorded,
    RecruiterRelation, Redacted, convert,
};
use ctdata_table::Origin;

mod crosswalk_rows;
mod properties;

fn text(text: &str) -> Option<Redacted<String>> {
    (!text.is_empty()).then(|| Redacted::new(text.to_owned()))
}

fn victim() -> Victim {
    Victim {
        person: PersonId::new("p1"),
        trafficking_status: Some(TraffickingStatus::ActualVictimOfTrafficking.into()),
        ..Victim::default()
    }
}

fn person() -> Person {
    Person { id: PersonId::new("p1"), ..Person::default() }
}

/// One person who is the victim of one case.
fn one(person: Person, victim: Victim, case: CaseRecord) -> Records {
    Records { persons: vec![person], cases: vec![CaseRecord { victims: vec![victim], ..case }], ..Records::default() }
}

fn converted(records: &Records) -> CaseConversion {
    to_cases(records, &CaseOptions::default()).unwrap()
}

fn first(conversion: &CaseConversion) -> Case {
    conversion.cases.case(0).unwrap()
}

fn lost(conversion: &CaseConversion, field: &str, kind: FieldLossKind) -> u64 {
    conversion.losses.iter().filter(|loss| loss.field == field && loss.kind == kind).map(|loss| loss.victims).sum()
}

fn layout(name: &str) -> &'static Layout {
    Layout::named(name).unwrap()
}

/// Columns whose cell in the first row is yes.
fn yes(cases: &CaseTable) -> BTreeSet<&'static str> {
    let is_yes = |attribute: &A| attribute.is_flag() && cases.column(*attribute).unwrap().get(0) == Some(1);
    cases
        .attributes()
        .iter()
        .filter(|attribute| is_yes(attribute))
        .filter_map(|found| cases.column_name(*found))
        .collect()
}

fn event(kind: TraffickingEventType, country: &str, date: &str) -> TraffickingEvent {
    TraffickingEvent {
        kind: Some(kind.into()),
        country: text(country),
        date: date.parse().ok(),
        ..TraffickingEvent::default()
    }
}

#[test]
fn only_actual_victims_are_taken_unless_others_are_asked_for() {
    let with = |status: Option<Listed<TraffickingStatus>>| Victim { trafficking_status: status, ..Victim::default() };
    let case = CaseRecord {
        victims: vec![
            with(Some(TraffickingStatus::PossibleVictimOfTrafficking.into())),
            with(Some(TraffickingStatus::ActualVictimOfTrafficking.into())),
            with(Some(TraffickingStatus::NotAVictimOfTrafficking.into())),
            with(None),
            with(Some(Listed::read("sEcret"))),
        ],
        ..CaseRecord::default()
    };
    let records = Records { cases: vec![CaseRecord::default(), case], ..Records::default() };
    let victims = |possible, not_recorded| {
        let options = CaseOptions { statuses: Statuses { possible, not_recorded }, ..CaseOptions::default() };
        let found = to_cases(&records, &options).unwrap();
        assert_eq!(found.cases.rows(), found.rows.len());
        assert!(found.rows.iter().all(|row| row.case == 1));
        assert_eq!(found.left_out.iter().map(|left| left.victims).sum::<u64>() + found.rows.len() as u64, 5);
        assert!(found.left_out.iter().any(|left| left.reason == LeftOutReason::NotAVictim));
        assert!(found.left_out.iter().any(|left| left.reason == LeftOutReason::StatusUnlisted));
        found.rows.iter().map(|row| row.victim).collect::<Vec<_>>()
    };
    assert_eq!(victims(false, false), [1]);
    assert_eq!(victims(true, false), [0, 1]);
    assert_eq!(victims(false, true), [1, 3]);
    assert_eq!(victims(true, true), [0, 1, 3]);
}

/// Rule "trafficking status" of the crosswalk: drop who is not a victim before any export to CTDC.
#[test]
fn who_is_not_a_victim_enters_no_layout_of_ctdc() {
    let statuses = [
        crate::TraffickingStatus::ActualVictim,
        crate::TraffickingStatus::NotAVictim,
        crate::TraffickingStatus::PossibleVictim,
    ];
    let case = |status| Case { trafficking_status: Some(Recorded::Value(status)), ..Case::default() };
    let mut cases: Vec<Case> = statuses.into_iter().map(case).collect();
    cases.push(Case::default());
    cases[3].forms_of_exploitation.insert(ExploitationForm::ForcedLabour, Recorded::Value(true));
    let table = CaseTable::from_cases(super::layout().unwrap(), cases).unwrap();
    for to in crate::LAYOUTS.iter().filter(|to| to.kind == crate::LayoutKind::Cases) {
        let found = convert(&table, to).unwrap();
        let stays = to.name == "htcds-cases";
        assert_eq!((found.cases.rows(), found.left_out), if stays { (4, 0) } else { (3, 1) }, "{}", to.name);
        if !stays {
            assert_eq!(found.cases.column(A::Form(ExploitationForm::ForcedLabour)).unwrap().get(2), Some(1));
            let status = found.losses.iter().find(|loss| loss.column == "trafficking_status").unwrap();
            assert_eq!(status.rows, 1, "that one was a possible victim is lost");
        }
    }
}

#[test]
fn ages_are_taken_at_the_incoming_referral_if_they_are_certain() {
    let found = |birth: &str, referral: &str| {
        let case = CaseRecord { incoming_referral_date: referral.parse().ok(), ..CaseRecord::default() };
        let conversion = converted(&one(Person { birthdate: birth.parse().ok(), ..person() }, victim(), case));
        let case = first(&conversion);
        let code = |name: &str| {
            let at = conversion.cases.table().schema().find(name).unwrap();
            conversion.cases.table().text(0, at).map(std::borrow::Cow::into_owned).unwrap_or_default()
        };
        assert_eq!(
            case.age_band.is_some_and(|band| band.is_value()),
            lost(&conversion, "prs_Birthdate", FieldLossKind::Coarsened) == 1
        );
        (code("year_of_registration"), code("age_band"), code("majority_at_registration"))
    };
    let row = |year: &str, band: &str, majority: &str| (year.to_owned(), band.to_owned(), majority.to_owned());
    assert_eq!(found("2002-05-14", "2020-05-13"), row("2020", "9-17", "minor"));
    assert_eq!(found("2002-05-14", "2020-05-14"), row("2020", "18-20", "adult"));
    assert_eq!(found("2002", "2020"), row("2020", "", ""));
    assert_eq!(found("1999", "2020"), row("2020", "", "adult"));
    assert_eq!(found("1950", "2020"), row("2020", "48+", "adult"));
    assert_eq!(found("1950", ""), row("", "", ""));
    assert_eq!(found("2021", "2020"), row("2020", "", ""));
    assert_eq!(found("", "2020-03"), row("2020", "", ""));
}

#[test]
fn age_when_trafficked_is_that_on_entry() {
    for (age, expected) in [(0, "minor"), (17, "minor"), (18, "adult"), (120, "adult"), (121, "")] {
        let conversion =
            converted(&one(person(), Victim { age_when_trafficked: Some(age), ..victim() }, CaseRecord::default()));
        let at = conversion.cases.table().schema().find("majority_at_entry").unwrap();
        assert_eq!(conversion.cases.table().text(0, at).unwrap_or_default(), expected, "{age}");
    }
}

/// The bound is that of rule R25.
#[test]
fn an_age_when_trafficked_that_the_dates_rule_out_says_nothing() {
    for (birth, referral, age, is_recorded) in [
        ("2002-05-14", "2020-05-13", 17, true),
        ("2002-05-14", "2020-05-13", 18, false),
        ("2002", "2020", 18, true),
        ("2002", "2020", 19, false),
        ("2002", "", 40, true),
        ("", "2020", 40, true),
        ("2021", "2020", 40, true),
    ] {
        let victim = Victim { age_when_trafficked: Some(age), ..victim() };
        let case = CaseRecord { incoming_referral_date: referral.parse().ok(), ..CaseRecord::default() };
        let conversion = converted(&one(Person { birthdate: birth.parse().ok(), ..person() }, victim, case));
        let majority = first(&conversion).majority_at_entry;
        assert_eq!(majority.is_some_and(|majority| majority.is_value()), is_recorded, "{birth} {referral} {age}");
        let uncertain = lost(&conversion, "vic_AgeWhenTrafficked", FieldLossKind::Uncertain);
        assert_eq!(uncertain, u64::from(!is_recorded), "{birth} {referral} {age}");
    }
}

#[test]
fn events_after_the_referral_give_no_duration() {
    use TraffickingEventType::{Exploitation as E, Recruitment as R};
    for (referral, is_recorded) in
        [("", true), ("2019-01", true), ("2018", true), ("2018-06", true), ("2018-05", false), ("2017", false)]
    {
        let case = CaseRecord {
            events: vec![event(R, "", "2018-01-01"), event(E, "", "2018-06-01")],
            incoming_referral_date: referral.parse().ok(),
            ..CaseRecord::default()
        };
        let conversion = converted(&one(person(), victim(), case));
        let duration = first(&conversion).trafficking_duration;
        assert_eq!(duration.is_some_and(|duration| duration.is_value()), is_recorded, "{referral}");
        assert_eq!(lost(&conversion, "hte_Date", FieldLossKind::Uncertain), u64::from(!is_recorded), "{referral}");
    }
}

#[test]
fn of_several_citizenships_none_is_taken_by_default() {
    let found = |texts: &[&str], citizenship| {
        let citizenships = texts.iter().map(|text| Listed::read(text)).collect();
        let records = one(Person { citizenship: citizenships, ..person() }, victim(), CaseRecord::default());
        let conversion = to_cases(&records, &CaseOptions { citizenship, ..CaseOptions::default() }).unwrap();
        (first(&conversion).citizenship.and_then(Recorded::into_value).map(Country::alpha2), conversion.losses.len())
    };
    // That every record has a status is said in the same words, so that losses are those of citizenship.
    assert_eq!(found(&["KE"], CitizenshipChoice::OnlyIfOne), (Some("KE"), 0));
    assert_eq!(found(&["KE", "UG"], CitizenshipChoice::OnlyIfOne), (None, 1));
    assert_eq!(found(&["KE", "UG"], CitizenshipChoice::First), (Some("KE"), 1));
    assert_eq!(found(&["sEcret"], CitizenshipChoice::First), (None, 1));
    assert_eq!(found(&["sEcret", "UG"], CitizenshipChoice::OnlyIfOne), (None, 2));
    assert_eq!(found(&["sEcret", "UG"], CitizenshipChoice::First), (None, 1), "the first is not known");
    assert_eq!(found(&["UG", "sEcret"], CitizenshipChoice::First), (Some("UG"), 2));
    assert_eq!(found(&["XK", "XK"], CitizenshipChoice::OnlyIfOne), (Some("XK"), 0));
}

#[test]
fn the_country_of_exploitation_is_that_of_the_last_event() {
    use TraffickingEventType::{Exploitation as E, Transit as T};
    let found = |events: Vec<TraffickingEvent>| {
        let case = CaseRecord { events, ..CaseRecord::default() };
        let conversion = converted(&one(person(), victim(), case));
        let ambiguous = lost(&conversion, "hte_Country", FieldLossKind::Ambiguous);
        let unlisted = lost(&conversion, "hte_Country", FieldLossKind::Unlisted);
        let country = first(&conversion).country_of_exploitation.and_then(Recorded::into_value).map(Country::alpha2);
        (country, ambiguous, unlisted)
    };
    assert_eq!(found(vec![event(E, "KE", "")]), (Some("KE"), 0, 0));
    assert_eq!(found(vec![event(E, "ivory coast", "")]), (Some("CI"), 0, 0));
    assert_eq!(found(vec![event(E, "Côte d’Ivoire", "2019"), event(E, "CIV", "")]), (Some("CI"), 0, 0));
    assert_eq!(found(vec![event(T, "KE", "2019")]), (None, 0, 0));
    assert_eq!(found(vec![event(E, "KE", ""), event(E, "KEN", "2019"), event(T, "UG", "2020")]), (Some("KE"), 0, 0));
    assert_eq!(found(vec![event(E, "KE", "2019"), event(E, "UG", "2020-01")]), (Some("UG"), 0, 0));
    assert_eq!(found(vec![event(E, "UG", "2020-01"), event(E, "KE", "2019"), event(E, "UG", "")]), (Some("UG"), 0, 0));
    assert_eq!(found(vec![event(E, "KE", "2020"), event(E, "UG", "2020-01")]), (None, 1, 0), "which came first?");
    assert_eq!(found(vec![event(E, "KE", ""), event(E, "UG", "2020-01")]), (None, 1, 0));
    assert_eq!(found(vec![event(E, "sEcret", "2019"), event(E, "UG", "2020-01")]), (Some("UG"), 0, 0));
    assert_eq!(found(vec![event(E, "sEcret", "2021"), event(E, "UG", "2020-01")]), (None, 0, 1));
    assert_eq!(found(vec![event(E, "sEcret", ""), event(E, "UG", "2020-01")]), (None, 0, 1));
}

#[test]
fn without_events_the_organization_of_the_place_says_the_country() {
    let organization = |id: &str, name: &str, country: &str| Organization {
        id: OrganizationId::new(id),
        name: text(name),
        shipping_country: Some(Listed::read(country)),
        ..Organization::default()
    };
    let organizations = vec![
        organization("o1", "Farm", "KE"),
        organization("o2", "Mine", "UG"),
        organization("o3", "Mine", "TZ"),
        organization("o4", "Ship", "sEcret"),
        organization("o5", "Boat", "Tanzania"),
    ];
    for (place, expected) in [
        ("o2", Some("UG")),
        ("Farm", Some("KE")),
        ("Boat", Some("TZ")),
        ("Mine", None),
        ("o4", None),
        ("sEcret place", None),
    ] {
        let records = Records {
            organizations: organizations.clone(),
            ..one(person(), Victim { location_of_exploitation: text(place), ..victim() }, CaseRecord::default())
        };
        let conversion = converted(&records);
        let country = first(&conversion).country_of_exploitation.and_then(Recorded::into_value).map(Country::alpha2);
        assert_eq!(country, expected, "{place}");
        assert_eq!(
            lost(&conversion, "vic_LocationOfExploitation", FieldLossKind::Approximated),
            u64::from(expected.is_some())
        );
    }
}

#[test]
fn what_happened_to_one_of_several_victims_is_not_said_of_all() {
    use TraffickingEventType::{Exploitation as E, Recruitment as R};
    let case = |victims: Vec<Victim>| CaseRecord {
        victims,
        events: vec![event(R, "", "2018-01-01"), event(E, "KE", "2018-06-01")],
        perpetrators: vec![Perpetrator {
            role_in_process: vec![RoleInProcess::Kidnapper.into()],
            ..Perpetrator::default()
        }],
        ..CaseRecord::default()
    };
    let alone = converted(&Records { cases: vec![case(vec![victim()])], ..Records::default() });
    let found = first(&alone);
    assert_eq!(found.country_of_exploitation, Some(Recorded::Value("KE".parse().unwrap())));
    assert_eq!(found.trafficking_duration, Some(Recorded::Value(crate::DurationBand::From0To12)));
    assert_eq!(found.abduction, Some(Recorded::Value(true)));
    assert_eq!(lost(&alone, "per_RoleInProcess", FieldLossKind::Approximated), 1);
    // The other need not be a row.
    let two = converted(&Records { cases: vec![case(vec![victim(), Victim::default()])], ..Records::default() });
    let found = first(&two);
    assert_eq!(
        (found.trafficking_duration, found.abduction),
        (Some(Recorded::NotRecorded), Some(Recorded::NotRecorded))
    );
    assert_eq!(found.country_of_exploitation, Some(Recorded::NotRecorded));
    for (field, kind) in [
        ("hte_Date", FieldLossKind::Ambiguous),
        ("per_RoleInProcess", FieldLossKind::Ambiguous),
        ("hte_Country", FieldLossKind::Ambiguous),
    ] {
        assert_eq!(lost(&two, field, kind), 1, "{field}");
    }
}

#[test]
fn several_industries_keep_their_sectors() {
    use ForcedLabourIndustry as I;
    let found = |industries: &[I], options: CaseOptions| {
        let industries = industries.iter().copied().map(Listed::Known).collect();
        let records = one(person(), Victim { forced_labour_industry: industries, ..victim() }, CaseRecord::default());
        let conversion = to_cases(&records, &options).unwrap();
        let section = first(&conversion).industry.and_then(Recorded::into_value).map(crate::IsicSection::code);
        (section, yes(&conversion.cases), lost(&conversion, "vic_ForcedLabourIndustry", FieldLossKind::Ambiguous))
    };
    let default = CaseOptions::default();
    assert_eq!(
        found(&[I::Construction, I::Manufacturing], default),
        (None, BTreeSet::from(["sector_construction", "sector_manufacturing"]), 1)
    );
    assert_eq!(
        found(&[I::CropAndAnimalProduction, I::FishingAndAquaculture], default),
        (Some("A"), BTreeSet::from(["sector_agriculture", "sector_aquafarming"]), 0)
    );
    assert_eq!(found(&[I::AgricultureForestryAndFishing], default), (Some("A"), BTreeSet::new(), 1));
    let guessed = CaseOptions { section_a: SectionAChoice::Agriculture, ..default };
    assert_eq!(
        found(&[I::AgricultureForestryAndFishing], guessed),
        (Some("A"), BTreeSet::from(["sector_agriculture"]), 0)
    );
    let both = [I::AgricultureForestryAndFishing, I::FishingAndAquaculture];
    assert_eq!(found(&both, guessed), (Some("A"), BTreeSet::from(["sector_aquafarming"]), 0));
}

#[test]
fn recruiters_can_be_left_empty() {
    let records = one(
        person(),
        Victim { relationship_to_trafficker: Some(RelationshipToTrafficker::Familial.into()), ..victim() },
        CaseRecord::default(),
    );
    assert_eq!(yes(&converted(&records).cases), BTreeSet::from(["recruiter_family"]));
    let without = to_cases(&records, &CaseOptions { recruiters: false, ..CaseOptions::default() }).unwrap();
    assert_eq!(yes(&without.cases), BTreeSet::new());
    assert!(first(&without).trafficker_relationship.is_some_and(|found| found.is_value()));
    assert!(without.losses.is_empty());
    // In CTDC it has no place then, which is told; with recruiters it is there in other words.
    let told = |conversion: &CaseConversion| {
        let to = convert(&conversion.cases, layout("ctdc-kanon-63")).unwrap();
        to.losses.iter().any(|loss| loss.column == "trafficker_relationship")
    };
    assert!(told(&without) && !told(&converted(&records)));
}

/// Every field with something in it, texts with a marker that no code holds.
fn filled(marker: &str) -> Records {
    use crate::htcds::{CaseComment, Consent, OutgoingReferral, SupportPlan};
    let blank = Victim { trafficking_status: None, ..victim() };
    let mut records = one(person(), blank, CaseRecord::default());
    let id = OrganizationId::new(format!("{marker}-organization"));
    let mut organization = Organization { id: id.clone(), ..Organization::default() };
    fill(&mut organization, marker);
    records.organizations.push(organization);
    fill(&mut records.persons[0], marker);
    let mut consent = Consent::default();
    fill(&mut consent, marker);
    records.persons[0].consent = consent;
    let case = &mut records.cases[0];
    fill(case, marker);
    fill(&mut case.victims[0], marker);
    case.victims[0].trafficking_status = Some(TraffickingStatus::ActualVictimOfTrafficking.into());
    case.connections.push(Connection { person: None, organization: Some(id), role: crate::htcds::CaseRole::Other });
    let mut referral = OutgoingReferral::default();
    fill(&mut referral, marker);
    case.outgoing_referrals.push(referral);
    let mut comment = CaseComment::default();
    fill(&mut comment, marker);
    case.comments.push(comment);
    let mut plan = SupportPlan::default();
    fill(&mut plan, marker);
    case.support_plans.push(plan);
    let mut happened = TraffickingEvent::default();
    fill(&mut happened, marker);
    case.events.push(happened);
    let mut perpetrator = Perpetrator::default();
    fill(&mut perpetrator, marker);
    case.perpetrators.push(perpetrator);
    records
}

fn fill<E: crate::htcds::records::ReadEntity>(entity: &mut E, marker: &str) {
    use crate::htcds::value::{Input, Reading};
    for position in 0..E::FIELDS.len() {
        let texts = [marker, "2019-03-05", "7", "yes"];
        let read = texts.iter().any(|text| entity.read(position, Input::Text(text), Reading::default()).is_ok());
        assert!(read && !entity.value(position).is_empty(), "{}", E::FIELDS[position]);
    }
}

#[test]
fn nothing_identifying_passes_and_every_field_is_accounted_for() {
    const MARKER: &str = "Zqxmarker";
    let records = filled(MARKER);
    let conversion = converted(&records);
    assert_eq!(conversion.cases.rows(), 1);
    for attribute in conversion.cases.table().schema().attributes() {
        assert_eq!(attribute.domain().origin(), Origin::Public, "{}", attribute.name());
    }
    assert!(conversion.cases.attributes().iter().all(|attribute| !attribute.is_list()));
    for field in FIELDS {
        // These say the same in a case.
        let is_kept = matches!(field.name, "vic_TraffickingStatus");
        assert_eq!(conversion.losses.iter().any(|loss| loss.field == field.name), !is_kept, "{}", field.name);
    }
    for loss in &conversion.losses {
        assert_eq!(loss.victims, 1);
        assert!(!format!("{loss} {loss:?}").contains(MARKER));
    }
    let told = conversion.losses.iter().find(|loss| loss.field == "prs_FirstName").unwrap();
    assert_eq!(told.to_string(), "prs_FirstName: dropped for 1 victim: a case has no place for it");
    #[cfg(feature = "serde")]
    assert_eq!(
        serde_json::to_string(told).unwrap(),
        r#"{"field":"prs_FirstName","kind":"dropped","victims":1,"why":"a case has no place for it"}"#
    );
    assert!(!format!("{conversion:?}").contains(MARKER));
}

#[test]
fn a_person_who_is_the_victim_of_two_cases_is_two_rows_and_counted() {
    let case = || CaseRecord { victims: vec![victim()], ..CaseRecord::default() };
    let records = Records { persons: vec![person()], cases: vec![case(), case(), case()], ..Records::default() };
    assert_eq!((converted(&records).cases.rows(), converted(&records).repeated), (3, 2));
}

#[test]
fn values_that_the_standard_lacks_have_a_place_in_it() {
    // Wherever a list has an extension, no record keeps it.
    let mut replaced = 0;
    for field in FIELDS {
        let Some(list) = field.list() else { continue };
        for value in list.values.iter().filter(|value| value.stand_in.is_some()) {
            let mut victim = victim();
            let position = Victim::FIELDS.iter().position(|name| *name == field.name).expect("a field of the victim");
            let input = crate::htcds::value::Input::Text(value.name);
            crate::htcds::records::ReadEntity::read(
                &mut victim,
                position,
                input,
                crate::htcds::value::Reading::default(),
            )
            .unwrap();
            let (records, degraded) = standard(&one(person(), victim, CaseRecord::default()));
            let [entry] = degraded.as_slice() else { panic!("{}", value.name) };
            assert_eq!((entry.field, entry.value, entry.stand_in), (field.name, Some(value.name), value.stand_in));
            let crate::htcds::FieldValue::Values(found) = records.cases[0].victims[0].value(position) else { panic!() };
            assert_eq!(found.iter().map(|value| Some(value.name)).collect::<Vec<_>>(), [value.stand_in]);
            replaced += 1;
        }
    }
    let extensions = VALUE_LISTS.iter().flat_map(|list| list.values).filter(|value| value.stand_in.is_some()).count();
    assert_eq!(replaced, extensions);
}

#[test]
fn stand_ins_come_once_and_several_industries_are_reported() {
    use ForcedLabourIndustry as I;
    use MethodsOfControl as M;
    let several = Victim {
        methods_of_control: [M::UsesChildren, M::Other, M::RestrictsMovement].map(Listed::Known).into(),
        forced_labour_industry: [I::ForestryAndLogging, I::CropAndAnimalProduction, I::Education]
            .map(Listed::Known)
            .into(),
        ..victim()
    };
    let (records, degraded) = standard(&one(person(), several, CaseRecord::default()));
    let victim = &records.cases[0].victims[0];
    assert_eq!(victim.methods_of_control, [M::Other.into()]);
    assert_eq!(victim.forced_labour_industry, [I::AgricultureForestryAndFishing, I::Education].map(Listed::Known));
    let found: Vec<_> = degraded.iter().map(|entry| (entry.field, entry.value, entry.victims)).collect();
    assert_eq!(
        found,
        [
            ("vic_MethodsOfControl", Some("RestrictsMovement"), 1),
            ("vic_MethodsOfControl", Some("UsesChildren"), 1),
            ("vic_ForcedLabourIndustry", Some("A_01_CropAndAnimalProduction"), 1),
            ("vic_ForcedLabourIndustry", Some("A_02_ForestryAndLogging"), 1),
            ("vic_ForcedLabourIndustry", None, 1),
        ]
    );
    assert_eq!(standard(&records).0, records, "what is standard stays");
}

#[test]
fn rows_of_ctdc_become_records_that_say_no_more() {
    for name in ["ctdc-kanon-63", "ctdc-synthetic-2021", "ctdc-synthetic-2024", "htcds-cases"] {
        let cases = crate::Simulator::new(3).cases(layout(name), 500).unwrap();
        let back = from_cases(&cases);
        assert_eq!(back.records.victims(), 500);
        let again = converted(&back.records);
        assert_eq!(again.cases.rows(), 500, "all are victims");
        // Whatever the records say was said.
        for (before, after) in cases.cases().zip(again.cases.cases()) {
            let (before, after) = (said_yes(&before.means_of_control), said_yes(&after.means_of_control));
            assert!(after.is_subset(&before), "{name}");
        }
        for loss in &back.losses {
            assert!(cases.layout().column(loss.field).is_some() && loss.victims > 0, "{name} {loss}");
        }
    }
}

fn said_yes(flags: &std::collections::BTreeMap<MeansOfControl, Recorded<bool>>) -> BTreeSet<MeansOfControl> {
    flags.iter().filter(|(_, flag)| **flag == Recorded::Value(true)).map(|(value, _)| *value).collect()
}
