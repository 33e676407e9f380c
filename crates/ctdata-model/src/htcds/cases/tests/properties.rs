//! Cases against the records they come from, for any records.

use proptest::prelude::*;

use super::*;

/// Any records, from numbers: a few cases with a few victims each.
fn any_records() -> impl Strategy<Value = Records> {
    fn some<L: ListMember + std::fmt::Debug>(all: &'static [L]) -> impl Strategy<Value = Vec<Listed<L>>> {
        let value = (0..=all.len())
            .prop_map(move |at| all.get(at).copied().map_or_else(|| Listed::read("sEcret"), Listed::Known));
        prop::collection::vec(value, 0..4)
    }
    let date = || {
        (1995i32..2024, 0u32..13, 0u32..28).prop_map(|(year, month, day)| {
            let text = match (month, day) {
                (0, _) => format!("{year}"),
                (_, 0) => format!("{year}-{month:02}"),
                _ => format!("{year}-{month:02}-{day:02}"),
            };
            text.parse::<crate::Period>().ok()
        })
    };
    let victim = (
        0usize..4,
        some(TraffickingStatus::ALL),
        some(MethodsOfControl::ALL),
        some(TypeOfExploitation::ALL),
        some(ForcedLabourIndustry::ALL),
        some(TypeOfSexExploitation::ALL),
        some(RelationshipToTrafficker::ALL),
        prop::option::of(0u32..130),
    );
    let victim = victim.prop_map(|(person, status, controls, forms, industries, types, relations, age)| Victim {
        person: PersonId::new(format!("p{person}")),
        trafficking_status: status.into_iter().next(),
        methods_of_control: controls,
        type_of_exploitation: forms,
        forced_labour_industry: industries,
        type_of_sex_exploitation: types,
        relationship_to_trafficker: relations.into_iter().next(),
        age_when_trafficked: age,
        ..Victim::default()
    });
    let place = prop::sample::select(vec!["KE", "UGA", "sEcret", ""]);
    let happened = (prop::sample::select(TraffickingEventType::ALL), place, date())
        .prop_map(|(kind, country, date)| TraffickingEvent { date, ..event(kind, country, "") });
    let case = (prop::collection::vec(victim, 0..3), prop::collection::vec(happened, 0..3), date());
    let case = case.prop_map(|(victims, events, incoming_referral_date)| CaseRecord {
        incoming_referral_date,
        events,
        victims,
        ..CaseRecord::default()
    });
    let person = (date(), some(Gender::ALL), some(Country::ALL)).prop_map(|(birthdate, gender, citizenship)| Person {
        birthdate,
        gender: gender.into_iter().next(),
        citizenship,
        ..Person::default()
    });
    (prop::collection::vec(person, 3), prop::collection::vec(case, 0..5)).prop_map(|(mut persons, cases)| {
        for (at, person) in persons.iter_mut().enumerate() {
            person.id = PersonId::new(format!("p{at}"));
        }
        Records { persons, cases, ..Records::default() }
    })
}

/// Values that are said, by another way than the table of rules: the codes of our lists know the names of HTCDS.
fn known<L: ListMember, C: crate::CodeList>(values: &[Listed<L>]) -> BTreeSet<C> {
    values.iter().filter_map(|value| C::parse(value.known()?.name()).ok()).collect()
}

fn said<C: Copy + Ord>(flags: &std::collections::BTreeMap<C, Recorded<bool>>) -> BTreeSet<C> {
    assert!(flags.values().all(|flag| *flag != Recorded::Value(false)), "nothing is denied");
    flags.iter().filter(|(_, flag)| **flag == Recorded::Value(true)).map(|(value, _)| *value).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn cases_never_say_more_than_the_records(records in any_records(), options in any_options()) {
        let conversion = to_cases(&records, &options).unwrap();
        let left_out: u64 = conversion.left_out.iter().map(|left| left.victims).sum();
        prop_assert_eq!(conversion.rows.len() as u64 + left_out, records.victims() as u64);
        prop_assert!(conversion.rows.is_sorted_by_key(|row| (row.case, row.victim)));
        prop_assert_eq!(&to_cases(&records, &options).unwrap(), &conversion);
        for (row, case) in conversion.rows.iter().zip(conversion.cases.cases()) {
            let source = &records.cases[row.case];
            let victim = &source.victims[row.victim];
            let person = records.persons.iter().find(|person| person.id == victim.person);
            prop_assert!(victim.trafficking_status != Some(TraffickingStatus::NotAVictimOfTrafficking.into()));
            prop_assert_eq!(said(&case.means_of_control), known::<_, MeansOfControl>(&victim.methods_of_control));
            let mut forms = known::<_, ExploitationForm>(&victim.type_of_exploitation);
            let implied = |form| forms.contains(&form);
            let (begging, criminality) = (implied(ExploitationForm::ForcedBegging), implied(ExploitationForm::ForcedCriminality));
            if begging || criminality {
                forms.insert(ExploitationForm::ForcedLabour);
            }
            prop_assert_eq!(said(&case.forms_of_exploitation), forms);
            let types = known::<_, crate::SexualExploitationType>(&victim.type_of_sex_exploitation);
            prop_assert_eq!(said(&case.sexual_exploitation_types), types);
            let sectors = said(&case.labour_sectors);
            prop_assert_eq!(sectors.contains(&LabourSector::Begging), begging);
            prop_assert_eq!(sectors.contains(&LabourSector::IllicitActivities), criminality);
            let industries = victim.forced_labour_industry.iter().filter(|value| value.known().is_some());
            prop_assert!(sectors.len() <= industries.count() + usize::from(begging) + usize::from(criminality));
            let related = victim.relationship_to_trafficker.as_ref().and_then(Listed::known);
            let recruiters: BTreeSet<RecruiterRelation> = said(&case.recruiter_relations);
            prop_assert_eq!(recruiters.len(), usize::from(options.recruiters && related.is_some()));
            if let Some(Recorded::Value(gender)) = case.gender {
                let name = person.unwrap().gender.as_ref().unwrap().name();
                prop_assert_eq!(name.parse(), Ok(gender));
            }
            if let Some(Recorded::Value(country)) = case.citizenship {
                prop_assert!(person.unwrap().citizenship.contains(&country.into()));
            }
            if let Some(Recorded::Value(country)) = case.country_of_exploitation {
                let is_there = |event: &TraffickingEvent| {
                    event.kind == Some(TraffickingEventType::Exploitation.into())
                        && event.country.as_ref().is_some_and(|text| text.expose().parse() == Ok(country))
                };
                prop_assert!(source.events.iter().any(is_there));
            }
            if let Some(Recorded::Value(band)) = case.age_band {
                let (birth, at) = (person.unwrap().birthdate.unwrap(), source.incoming_referral_date.unwrap());
                for born in [birth.start(), birth.end()] {
                    for day in [at.start(), at.end()] {
                        let age = day.years_since(born).unwrap_or(0);
                        prop_assert_eq!(crate::AgeBand::of_age(u8::try_from(age).unwrap()), band);
                    }
                }
            }
            if let Some(Recorded::Value(majority)) = case.majority_at_entry {
                prop_assert_eq!(majority == crate::Majority::Minor, victim.age_when_trafficked.unwrap() < 18);
            }
            let year = source.incoming_referral_date.map(crate::Period::year);
            prop_assert_eq!(case.year_of_registration, Some(year.into()));
            prop_assert!(case.trafficking_duration.is_none_or(|band| !band.is_value()) || source.events.len() > 1);
        }
    }

    /// What cases say, the records that are made of them say again: the way back and forth changes nothing but what
    /// has no place in records.
    #[test]
    fn cases_that_become_records_become_the_same_cases(records in any_records()) {
        let cases = converted(&records).cases;
        let back = from_cases(&cases);
        prop_assert_eq!(back.records.victims(), cases.rows());
        let again = converted(&back.records).cases;
        for (before, after) in cases.cases().zip(again.cases()) {
            prop_assert_eq!(before.means_of_control, after.means_of_control);
            prop_assert_eq!(before.forms_of_exploitation, after.forms_of_exploitation);
            prop_assert_eq!(before.sexual_exploitation_types, after.sexual_exploitation_types);
            prop_assert_eq!(before.year_of_registration, after.year_of_registration);
            prop_assert_eq!(before.gender, after.gender);
            prop_assert_eq!(before.citizenship, after.citizenship);
            prop_assert_eq!(before.country_of_exploitation, after.country_of_exploitation);
            prop_assert_eq!(before.trafficker_relationship, after.trafficker_relationship);
            prop_assert_eq!(before.trafficking_status, after.trafficking_status);
            if before.industry.is_some_and(|industry| industry.is_value()) {
                prop_assert_eq!(before.industry, after.industry);
            }
        }
    }
}

fn any_options() -> impl Strategy<Value = CaseOptions> {
    (any::<[bool; 5]>()).prop_map(|[possible, not_recorded, first, agriculture, recruiters]| CaseOptions {
        statuses: Statuses { possible, not_recorded },
        citizenship: if first { CitizenshipChoice::First } else { CitizenshipChoice::OnlyIfOne },
        section_a: if agriculture { SectionAChoice::Agriculture } else { SectionAChoice::NotRecorded },
        recruiters,
    })
}
