//! Records and victim-perpetrator rows, recounted one by one.

use super::*;
use crate::estimate::{Base, Estimate, NotAvailable, Unit, Value};
use crate::{CATALOGUE, IndicatorError, Request, compute};
use ctdata_model::htcds::lists::{
    CaseStatus, Gender, ListMember, MethodOfRecruitment, RoleInProcess, SupportPlanType, TraffickingStatus,
};
use ctdata_model::htcds::{
    CaseRecord, Consent, Listed, OutgoingReferral, Perpetrator, Person, PersonId, Records, SupportPlan, Victim,
};
use ctdata_model::{Layout, Period, PerpetratorRole, Simulator};
use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const AS_OF: &str = "2025-01-01";

fn options() -> PeopleOptions {
    PeopleOptions { as_of: Some(AS_OF.parse().unwrap()), ..PeopleOptions::default() }
}

fn ask(records: &Records, request: &Request) -> Vec<Estimate> {
    compute_records(records, request, &options(), None, &Control::default()).unwrap().estimates
}

fn code<'a>(estimate: &'a Estimate, name: &str) -> &'a str {
    &estimate.dimensions.get(name).unwrap_or_else(|| panic!("no {name} in {estimate:?}")).code
}

fn figures(estimate: &Estimate) -> [u64; 3] {
    [estimate.numerator, estimate.base, estimate.unknown].map(Option::unwrap)
}

/// Numerator, base and unknown by the code of one coordinate.
fn by_code(estimates: &[Estimate], name: &str) -> BTreeMap<String, [u64; 3]> {
    estimates.iter().map(|estimate| (code(estimate, name).to_owned(), figures(estimate))).collect()
}

/// Actual victims by person, each with the cases.
fn persons(records: &Records) -> BTreeMap<&str, Vec<(&CaseRecord, &Victim)>> {
    let mut persons = BTreeMap::<&str, Vec<_>>::new();
    for case in &records.cases {
        for victim in &case.victims {
            let status = victim.trafficking_status.as_ref().and_then(Listed::known);
            if status == Some(TraffickingStatus::ActualVictimOfTrafficking) {
                persons.entry(victim.person.expose()).or_default().push((case, victim));
            }
        }
    }
    persons
}

fn simulated() -> Records {
    Simulator::new(11).htcds(600).unwrap()
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.count() as u64
}

#[test]
fn assistance_equals_a_loop_over_the_persons() {
    let records = simulated();
    let persons = persons(&records);
    let all = persons.len() as u64;
    assert!(all < records.victims() as u64, "some are no victims, some come twice");
    // Who is alone in a case is served by it.
    let alone = |cases: &Vec<(&CaseRecord, &Victim)>| -> Vec<CaseRecord> {
        cases.iter().map(|(case, _)| (*case).clone()).filter(|case| case.victims.len() == 1).collect()
    };
    let found = by_code(&ask(&records, &Request::new("support")), "support");
    assert_eq!(found.len(), SupportPlanType::ALL.len());
    for kind in SupportPlanType::ALL {
        let has = |case: &CaseRecord| case.support_plans.iter().any(|plan| plan.kind == Some(Listed::Known(*kind)));
        let with = count(persons.values().filter(|cases| alone(cases).iter().any(has)));
        let answer = Question::Support.answers().into_iter().find(|answer| answer.label == kind.label()).unwrap();
        assert_eq!(found[&answer.code], [with, all, 0], "{}", kind.label());
    }
    let is_referred = |case: &CaseRecord| {
        !case.outgoing_referrals.is_empty() || case.status == Some(Listed::Known(CaseStatus::ClosedReferred))
    };
    let referred = count(persons.values().filter(|cases| alone(cases).iter().any(is_referred)));
    assert_eq!(figures(&ask(&records, &Request::new("A-REF"))[0]), [referred, all, 0]);
    // Nobody says that there was no referral: among the answers there is no share.
    let answered = ask(&records, &Request { base: Some(Base::Answered), ..Request::new("referral") });
    assert_eq!(answered[0].value, Value::NotAvailable(NotAvailable::NotSeparable));
    // Asked to, the cases of several victims count for each of them.
    let wide = PeopleOptions { services_of_groups: true, ..options() };
    let wide = compute_records(&records, &Request::new("A-REF"), &wide, None, &Control::default()).unwrap();
    let each = count(persons.values().filter(|cases| cases.iter().any(|(case, _)| is_referred(case))));
    assert_eq!(figures(&wide.estimates[0]), [each, all, 0]);
    assert!(each > referred);
    let consents: HashMap<&str, Option<bool>> =
        records.persons.iter().map(|person| (person.id.expose(), person.consent.consent)).collect();
    let said = |wanted: Option<bool>| count(persons.keys().filter(|id| consents[**id] == wanted));
    let consent = ask(&records, &Request::new("data-consent"));
    assert_eq!(figures(&consent[0]), [said(Some(true)), said(Some(true)) + said(Some(false)), said(None)]);
}

#[test]
fn recruitment_equals_a_loop_over_the_persons() {
    let records = simulated();
    let persons = persons(&records);
    let methods = |cases: &[(&CaseRecord, &Victim)]| -> BTreeSet<&'static str> {
        let listed = cases.iter().flat_map(|(_, victim)| &victim.method_of_recruitment);
        listed.filter_map(Listed::known).map(MethodOfRecruitment::label).collect()
    };
    let base = count(persons.values().filter(|cases| !methods(cases).is_empty()));
    let found = by_code(&ask(&records, &Request::new("recruitment-method")), "recruitment-method");
    for answer in Question::Recruitment.answers() {
        let with = count(persons.values().filter(|cases| methods(cases).contains(answer.label)));
        assert_eq!(found[&answer.code], [with, base, persons.len() as u64 - base], "{}", answer.code);
    }
}

/// Days, risk sets and products without the tables.
#[test]
fn the_time_to_the_first_service_equals_a_loop_over_the_persons() {
    let mut records = simulated();
    // Most of those who were never referred are left out, so that there is a median.
    let mut at = 0;
    records.cases.retain(|case| {
        at += 1;
        !case.outgoing_referrals.is_empty() || at % 10 == 0
    });
    let as_of = AS_OF.parse::<Period>().unwrap().start();
    let (mut ends, mut unknown) = (Vec::<(i64, bool)>::new(), 0u64);
    for cases in persons(&records).values() {
        let incoming: Vec<Option<Period>> = cases.iter().map(|(case, _)| case.incoming_referral_date).collect();
        let outgoing: Vec<Option<Period>> = cases
            .iter()
            .flat_map(|(case, _)| case.outgoing_referrals.iter().map(|referral| referral.outgoing_referral_date))
            .collect();
        let to_the_day =
            |dates: &[Option<Period>]| dates.iter().all(|date| date.is_some_and(|date| date.day().is_some()));
        let closed = |case: &CaseRecord| {
            case.outgoing_referrals.is_empty() && case.status == Some(Listed::Known(CaseStatus::ClosedReferred))
        };
        let is_open = cases.iter().any(|(case, _)| case.victims.len() > 1 || closed(case));
        if is_open || !to_the_day(&incoming) {
            unknown += 1;
            continue;
        }
        let start = incoming.iter().flatten().map(|date| date.start()).min().unwrap();
        let firsts: Vec<_> = outgoing.iter().flatten().filter_map(|date| date.day()).collect();
        let Some(first) = firsts.into_iter().min() else {
            if outgoing.is_empty() {
                ends.push((i64::min((as_of - start).num_days(), 3652), false));
            } else {
                unknown += 1;
            }
            continue;
        };
        let days = (first - start).num_days();
        if outgoing.iter().flatten().any(|date| date.start() < first) || outgoing.contains(&None) || days < 0 {
            unknown += 1;
        } else {
            ends.push((days, true));
        }
    }
    let quantile = |share: f64| {
        let mut waiting = 1.0;
        for day in 0..=3652 {
            let at_risk = ends.iter().filter(|(end, _)| *end >= day).count();
            let events = ends.iter().filter(|(end, served)| *end == day && *served).count();
            if at_risk > 0 {
                waiting *= 1.0 - f64::from(u32::try_from(events).unwrap()) / f64::from(u32::try_from(at_risk).unwrap());
            }
            if waiting <= 1.0 - share {
                return Value::Known(f64::from(i32::try_from(day).unwrap()));
            }
        }
        Value::NotAvailable(NotAvailable::Undefined)
    };
    let found = ask(&records, &Request::new("A-TIM"));
    let served = count(ends.iter().filter(|(_, served)| *served));
    assert!(served > 30 && served < ends.len() as u64);
    for (estimate, (statistic, share)) in found.iter().zip([("median", 0.5), ("p90", 0.9)]) {
        assert_eq!((code(estimate, "statistic"), estimate.unit), (statistic, Unit::Days));
        assert_eq!(figures(estimate), [served, ends.len() as u64, unknown]);
        assert_eq!(estimate.value, quantile(share));
    }
    assert!(found[0].value.known().is_some());
    // The clock is not asked.
    let silent = PeopleOptions::default();
    let refused = compute_records(&records, &Request::new("A-TIM"), &silent, None, &Control::default()).unwrap_err();
    assert!(refused.to_string().contains("as_of"), "{refused}");
}

#[test]
fn perpetrators_equal_a_loop_over_the_cases() {
    let records = simulated();
    let people: HashMap<&str, &Person> = records.persons.iter().map(|person| (person.id.expose(), person)).collect();
    let (mut victims, mut roles) = (BTreeMap::<&str, BTreeSet<&str>>::new(), BTreeMap::<&str, BTreeSet<&str>>::new());
    let mut of_victims = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (id, cases) in persons(&records) {
        for perpetrator in cases.iter().flat_map(|(case, _)| &case.perpetrators) {
            let own = perpetrator.person.expose();
            roles.entry(own).or_default().extend(perpetrator.role_in_process.iter().map(Listed::name));
            let of = victims.entry(own).or_default();
            if own != id {
                of.insert(id);
                of_victims.entry(id).or_default().insert(own);
            }
        }
    }
    let all = victims.len() as u64;
    let sex = |wanted: Gender| count(victims.keys().filter(|id| people[**id].gender == Some(Listed::Known(wanted))));
    let found = by_code(&ask(&records, &Request::new("P-SEX")), "perpetrator-sex");
    let known = count(victims.keys().filter(|id| people[**id].gender.is_some()));
    assert_eq!(found["male"], [sex(Gender::Masculine), known, all - known]);
    assert_eq!(found["female"], [sex(Gender::Feminine), known, all - known]);
    let found = by_code(&ask(&records, &Request::new("perpetrator-role")), "perpetrator-role");
    for role in RoleInProcess::ALL {
        let with = count(roles.values().filter(|roles| roles.contains(role.name())));
        assert_eq!(found[role.name().parse::<PerpetratorRole>().unwrap().code()][0], with, "{}", role.name());
    }
    let mean = |sets: &BTreeMap<&str, BTreeSet<&str>>| {
        let sizes: Vec<u32> =
            sets.values().map(|set| u32::try_from(set.len()).unwrap()).filter(|&size| size > 0).collect();
        (f64::from(sizes.iter().sum::<u32>()) / f64::from(u32::try_from(sizes.len()).unwrap()), sizes.len() as u64)
    };
    for (id, sets) in [("victims-per-perpetrator", &victims), ("P-PER", &of_victims)] {
        let found = ask(&records, &Request::new(id));
        let (mean, base) = mean(sets);
        assert_eq!((found[0].value, found[0].base), (Value::Known(mean), Some(base)), "{id}");
        assert_eq!((code(&found[1], "statistic"), found[1].value), ("median", Value::Known(1.0)));
    }
    let found = ask(&records, &Request::new("P-PER"));
    assert_eq!(found[0].unknown, Some(persons(&records).len() as u64 - of_victims.len() as u64));
}

#[test]
fn victim_perpetrator_rows_equal_a_loop_over_them() {
    let rows = Simulator::new(4).victim_perpetrator(800).unwrap();
    let table = rows.table();
    let text = |row: usize, name: &str| table.text(row, table.schema().position(name).unwrap()).map(String::from);
    let (mut any, mut all, mut both, mut female, mut of_sex) = (0u64, 0u64, 0u64, 0u64, 0u64);
    for row in 0..table.rows() {
        if let Some(sexes) = text(row, "perpetrator_gender") {
            of_sex += 1;
            female += u64::from(sexes.split(';').any(|sex| sex == "female"));
        }
        let (Some(own), Some(regions)) = (text(row, "region_of_origin"), text(row, "perpetrator_region")) else {
            continue;
        };
        both += 1;
        any += u64::from(regions.split(';').any(|region| region == own));
        all += u64::from(regions.split(';').all(|region| region == own));
    }
    assert!(all < any && any < both);
    let run = |request: &Request| compute_pairs(&rows, request, &Control::default()).unwrap().estimates;
    let own = run(&Request::new("P-REG"));
    let of = |how: &str| {
        let is = |estimate: &&Estimate| {
            code(estimate, "match") == how && code(estimate, "region-of-perpetrators") == "own-region"
        };
        figures(own.iter().find(is).unwrap())
    };
    assert_eq!(of("any"), [any, both, 800 - both]);
    assert_eq!(of("all"), [all, both, 800 - both]);
    let one = run(&Request { matching: Some(Match::All), ..Request::new("own-region") });
    assert!(one.iter().all(|estimate| code(estimate, "match") == "all"));
    let sexes = by_code(&run(&Request::new("victims-by-perpetrator-sex")), "perpetrator-gender");
    assert_eq!(sexes["female"], [female, of_sex, 800 - of_sex]);
    assert_eq!(own[0].period.unwrap().to_string(), "2005/2022");
    assert!(own[0].notes.iter().any(|note| note.starts_with("rows of the victim-perpetrator file")));
    // Regions that the file states serve as a breakdown and as indicators.
    let by = run(&Request::new("victims-by-perpetrator-sex").by("region-of-origin"));
    assert!(by.iter().any(|estimate| code(estimate, "region-of-origin") == "americas-or-oceania"));
    let all = compute_all_pairs(&rows, &Request::default(), &Control::default()).unwrap();
    let ids: Vec<_> = all.results.iter().map(|result| result.indicator.id).collect();
    for id in ["form-of-exploitation", "children", "region-of-origin", "payment-to-perpetrators", "own-region"] {
        assert!(ids.contains(&id), "{id}");
    }
    assert!(!ids.contains(&"perpetrator-sex") && !ids.contains(&"perpetrators-per-victim"));
}

fn id(text: &str) -> PersonId {
    PersonId::new(text)
}

fn victim(person: &str) -> Victim {
    let status = Some(TraffickingStatus::ActualVictimOfTrafficking.into());
    Victim { person: id(person), trafficking_status: status, ..Victim::default() }
}

fn perpetrator(person: &str) -> Perpetrator {
    Perpetrator { person: id(person), ..Perpetrator::default() }
}

fn citizen(person: &str, country: &str) -> Person {
    Person { id: id(person), citizenship: vec![Listed::read(country)], ..Person::default() }
}

/// Worked by hand: three victims, of whom one was recruited by another and one says nothing.
fn worked() -> Records {
    let referred =
        OutgoingReferral { outgoing_referral_date: Some("2020-01-11".parse().unwrap()), ..OutgoingReferral::default() };
    let legal = SupportPlan { kind: Some(SupportPlanType::Legal.into()), ..SupportPlan::default() };
    Records {
        persons: vec![
            Person { consent: Consent { consent: Some(false) }, ..citizen("a", "NG") },
            citizen("b", "NG"),
            citizen("x", "NG"),
            citizen("y", "IT"),
        ],
        cases: vec![
            CaseRecord {
                incoming_referral_date: Some("2020-01-01".parse().unwrap()),
                outgoing_referrals: vec![referred],
                support_plans: vec![legal],
                victims: vec![victim("a")],
                perpetrators: vec![perpetrator("x"), perpetrator("y"), perpetrator("a")],
                ..CaseRecord::default()
            },
            CaseRecord {
                incoming_referral_date: Some("2020-06-01".parse().unwrap()),
                victims: vec![victim("b")],
                perpetrators: vec![perpetrator("x"), perpetrator("")],
                ..CaseRecord::default()
            },
            CaseRecord { victims: vec![victim("c")], ..CaseRecord::default() },
        ],
        ..Records::default()
    }
}

#[test]
fn three_victims_by_hand() {
    let records = worked();
    let first = |name: &str| figures(&ask(&records, &Request::new(name))[0]);
    // Nigerians with a Nigerian perpetrator: both; with Nigerian ones only: the second, whose other one is unknown.
    let own = ask(&records, &Request::new("own-region"));
    let shares: Vec<_> =
        own.iter().map(|e| (code(e, "match"), code(e, "region-of-perpetrators"), figures(e))).collect();
    assert_eq!(
        shares,
        [("any", "own-region", [2, 2, 1]), ("all", "own-region", [1, 2, 1]), ("all", "other-region", [1, 2, 1])]
    );
    // Two each, one of them without a name; who recruited others is not one's own perpetrator.
    let per_victim = ask(&records, &Request::new("perpetrators-per-victim"));
    assert_eq!((per_victim[0].value, per_victim[0].base, per_victim[0].unknown), (Value::Known(2.0), Some(2), Some(1)));
    // x has two victims, y and the nameless one have one, and a, who has no victim but herself, none.
    let per_perpetrator = ask(&records, &Request::new("victims-per-perpetrator"));
    let mean = per_perpetrator[0].value.known().unwrap();
    assert!((mean - 4.0 / 3.0).abs() < 1e-12);
    assert_eq!((per_perpetrator[0].base, per_perpetrator[0].unknown), (Some(3), Some(1)));
    assert_eq!(per_perpetrator[1].value, Value::Known(1.0));
    // Ten days for the first; the second still waits on the day of the records; the third has no date.
    let waits = ask(&records, &Request::new("time-to-first-service"));
    assert_eq!((waits[0].value, figures(&waits[0])), (Value::Known(10.0), [1, 2, 1]));
    assert_eq!(waits[1].value, Value::NotAvailable(NotAvailable::Undefined));
    assert_eq!(first("referral"), [1, 3, 0]);
    assert_eq!(first("data-consent"), [0, 1, 2]);
    let share =
        ask(&records, &Request { base: Some(Base::AnyInGroup), ..Request::new("support").filter("consent", "no") });
    assert_eq!(figures(share.iter().find(|e| code(e, "support") == "legal").unwrap()), [1, 1, 0]);
    assert_eq!(first("support"), [0, 3, 0]);
}

#[test]
fn a_person_of_several_cases_is_one_row_of_the_earliest() {
    let mut records = worked();
    let mut again = records.cases[1].clone();
    again.incoming_referral_date = Some("2018".parse().unwrap());
    again.victims = vec![victim("a")];
    again.support_plans = vec![SupportPlan { kind: Some(SupportPlanType::Health.into()), ..SupportPlan::default() }];
    records.cases.push(again);
    let table = victims(&records, &options()).unwrap();
    assert_eq!((table.rows(), table.ids().unwrap().max_rows_per_id()), (3, 1));
    let text = |row: usize, name: &str| table.text(row, table.schema().position(name).unwrap()).map(String::from);
    assert_eq!(text(0, "year_of_registration").as_deref(), Some("2018"));
    assert_eq!((text(0, "support_legal").as_deref(), text(0, "support_health").as_deref()), (Some("yes"), Some("yes")));
    assert_eq!((text(0, "support_social_care"), text(2, "consent")), (None, None), "a blank is not no");
    assert_eq!(text(0, "perpetrators").as_deref(), Some("3"));
    // Persons without an identifier are rows of their own.
    records.cases.iter_mut().for_each(|case| case.victims.iter_mut().for_each(|victim| victim.person = id("")));
    assert_eq!(victims(&records, &options()).unwrap().rows(), 4);
}

#[test]
fn debt_bondage_by_recruiter_and_sector_equals_a_loop_over_the_cases() {
    let cases = Simulator::new(2).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 1_500).unwrap();
    let table = cases.table();
    let yes =
        |row: usize, name: &str| table.text(row, table.schema().position(name).unwrap()).as_deref() == Some("yes");
    let of = |prefix: &str| -> Vec<&str> {
        let named = table.schema().attributes().iter().map(Attribute::name);
        named.filter(|name| name.starts_with(prefix) && !name.ends_with("_not_specified")).collect()
    };
    let controls = of("control_");
    for (request, prefix, dim, flag) in [
        ("debt-bondage-by-recruiter", "recruiter_", "recruiter", "control_debt_bondage"),
        ("debt-bondage-by-sector", "sector_", "sector", "control_debt_bondage"),
        ("withheld-documents-by-sector", "sector_", "sector", "control_withholds_documents"),
    ] {
        let found = compute(table, &Request::new(request), None, &Control::default()).unwrap().estimates;
        assert_eq!(found.len(), of(prefix).len());
        let mut total = 0;
        for estimate in &found {
            let answer = format!("{prefix}{}", code(estimate, dim).replace('-', "_"));
            let rows: Vec<usize> = (0..table.rows()).filter(|&row| yes(row, &answer)).collect();
            let base: Vec<_> = rows.iter().filter(|&&row| controls.iter().any(|name| yes(row, name))).collect();
            let with = count(base.iter().filter(|&&&row| yes(row, flag)));
            assert_eq!(figures(estimate), [with, base.len() as u64, (rows.len() - base.len()) as u64], "{answer}");
            total += with;
        }
        assert!(total > 0, "{request}");
    }
}

/// A column read from a plain file, where every answer is yes, no or blank.
#[test]
fn added_columns_are_counted_and_blanks_are_not_no() {
    let labels = Domain::nominal(["Yes", "no"], Origin::Observed).unwrap();
    let schema = Schema::try_new(vec![
        Attribute::new("recruitment_fee", labels.clone(), MissingKinds::NOT_RECORDED),
        Attribute::new("context_conflict", labels.clone(), MissingKinds::NOT_RECORDED),
        Attribute::new("context_displacement", labels, MissingKinds::NOT_RECORDED),
    ])
    .unwrap();
    let columns = [vec![0, 1, 1, 2, 2, 2], vec![0, 0, 1, 2, 2, 2], vec![2, 2, 2, 2, 2, 0]];
    let plain = Table::try_new(schema, columns.map(Column::from_u8).into()).unwrap();
    let refused = compute(&plain, &Request::new("recruitment-fee"), None, &Control::default()).unwrap_err();
    assert!(refused.to_string().contains("people::adopt"), "{refused}");
    let table = adopt(&plain).unwrap();
    let run = |request: &Request| compute(&table, request, None, &Control::default());
    assert_eq!(figures(&run(&Request::new("recruitment-fee")).unwrap().estimates[0]), [1, 3, 3]);
    let context = by_code(&run(&Request::new("D-VUL")).unwrap().estimates, "context");
    assert_eq!(context["conflict"], [2, 3, 3]);
    assert_eq!(context["displacement"], [1, 1, 5]);
    for base in [Base::All, Base::AnyInGroup] {
        let refused = run(&Request { base: Some(base), ..Request::new("D-VUL") });
        assert!(matches!(refused, Err(IndicatorError::Request { .. })), "a blank would count as no");
    }
    let wrong = Domain::nominal(["perhaps"], Origin::Observed).unwrap();
    let schema = Schema::try_new(vec![Attribute::new("convicted", wrong, MissingKinds::NOT_RECORDED)]).unwrap();
    let error = adopt(&Table::try_new(schema, vec![Column::from_u8(vec![0])]).unwrap()).unwrap_err();
    assert!(error.to_string().contains("column `convicted`") && !error.to_string().contains("perhaps"));
}

#[test]
fn tables_of_others_are_refused_with_what_is_needed() {
    let cases = Simulator::new(2).cases(Layout::named("ctdc-synthetic-2024").unwrap(), 50).unwrap();
    let refuse =
        |table: &Table, id: &str| compute(table, &Request::new(id), None, &Control::default()).unwrap_err().to_string();
    assert_eq!(
        refuse(cases.table(), "P-SEX"),
        "indicator `perpetrator-sex` needs one row for each of the perpetrators it counts"
    );
    assert_eq!(
        refuse(cases.table(), "data-consent"),
        "indicator `data-consent` needs an attribute `consent` (the person agreed that data are kept); HTCDS records give it"
    );
    assert_eq!(
        refuse(cases.table(), "A-RET"),
        "indicator `assisted-return` needs an attribute `assisted_return` (the person was assisted to return); no layout \
         has it, a column of that name may be added"
    );
    assert!(refuse(cases.table(), "P-REG").ends_with("HTCDS records and victim-perpetrator files give it"));
    let offenders = perpetrators(&simulated(), &options()).unwrap();
    assert_eq!(refuse(&offenders, "sex"), "indicator `sex` needs one row for each of the victims it counts");
    assert!(refuse(&offenders, "convicted-perpetrators").contains("`convicted`"));
}

#[test]
fn the_whole_catalogue_of_records_is_computed_or_says_why_not() {
    let records = simulated();
    let all = compute_all_records(&records, &Request::default(), &options(), None, &Control::default()).unwrap();
    let skipped: Vec<_> = all.skipped.iter().map(|skipped| skipped.indicator.id).collect();
    for id in
        ["recruitment-fee", "payment-to-perpetrators", "convicted-perpetrators", "assisted-return", "crisis-context"]
    {
        assert!(skipped.contains(&id), "{id}");
    }
    for definition in CATALOGUE.iter().filter(|definition| !skipped.contains(&definition.id)) {
        let result = all.results.iter().find(|result| result.indicator.id == definition.id).unwrap();
        assert!(!result.estimates.is_empty(), "{}", definition.id);
        // Estimates need only the tables.
        let again = definition.estimates(&Request::default(), &result.counts, None).unwrap();
        assert_eq!(again.len(), result.estimates.len(), "{}", definition.id);
        assert!(definition.estimates(&Request::default(), &[], None).is_err(), "{}", definition.id);
    }
    // Broken down by what only victims have; refused where the name means nothing.
    let by = compute_all_records(&records, &Request::default().by("consent"), &options(), None, &Control::default());
    assert!(by.unwrap().results.iter().any(|result| result.indicator.id == "sex"));
    let wrong = compute_all_records(&records, &Request::default().by("colour"), &options(), None, &Control::default());
    assert!(matches!(wrong, Err(IndicatorError::UnknownDimension { .. })));
    // Breakdowns add up to the total.
    let total = ask(&records, &Request::new("referral"));
    let parts = ask(&records, &Request::new("referral").by("sex"));
    let sum = |place: usize| parts.iter().map(|part| figures(part)[place]).sum::<u64>();
    assert_eq!([sum(0), sum(1)], figures(&total[0])[..2]);
}

/// Adds up the cells of a figure and compares them with the numbers printed.
#[test]
fn shares_are_the_sums_of_the_cells_that_they_are_traced_to() {
    let records = Simulator::new(8).htcds(150).unwrap();
    let rows = Simulator::new(8).victim_perpetrator(100).unwrap();
    let tables =
        [victims(&records, &options()).unwrap(), perpetrators(&records, &options()).unwrap(), rows.table().clone()];
    let mut traced = BTreeSet::new();
    for (table, by) in tables.iter().zip(["sex", "perpetrator_sex", "majority_at_registration"]) {
        for request in [Request::default(), Request::default().by(by)] {
            for definition in CATALOGUE.iter().filter(|definition| !definition.needs_population()) {
                let request = Request { id: definition.id.to_owned(), ..request.clone() };
                let Ok(result) = compute(table, &request, None, &Control::default()) else { continue };
                let unit = definition.unit();
                assert!(result.estimates.iter().all(|estimate| estimate.unit == unit), "{}", definition.id);
                let Ok(figures) = definition.trace(&request, &result.counts, None, 2_000) else {
                    assert_ne!(unit, Unit::Percent, "{}", definition.id);
                    continue;
                };
                assert_eq!(figures.len(), result.estimates.len());
                for figure in figures {
                    let sum = |cells: &[crate::CellRef]| -> u64 {
                        cells.iter().map(|cell| result.counts[cell.table].get(&cell.key)).sum()
                    };
                    let printed = [figure.estimate.numerator, figure.estimate.base, figure.estimate.unknown];
                    let sums = [&figure.numerator, &figure.base, &figure.unknown].map(|cells| sum(cells));
                    assert_eq!(printed.map(Option::unwrap_or_default), sums, "{}", definition.id);
                }
                traced.insert(definition.id);
            }
        }
    }
    for id in ["own-region", "support", "perpetrator-sex", "victims-by-perpetrator-age", "debt-bondage-by-sector"] {
        assert!(traced.contains(id), "{id}");
    }
}
