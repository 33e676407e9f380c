//! R24 and R25 against all days that a date can stand for.

use chrono::{Datelike, Days};
use proptest::prelude::*;

use super::*;
use crate::htcds::{SupportPlan, TraffickingEvent};

/// The days of a period, one by one.
fn days(period: Period) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(period.year().get().into(), 1, 1).unwrap();
    first.iter_days().take(366).filter(move |day| period.contains(*day))
}

/// A day, a month or a year from a day on.
fn known(day: NaiveDate, precision: u8) -> Period {
    let day = Period::try_from(day).unwrap();
    match precision {
        0 => day,
        1 => Period::try_month(day.year(), day.month().unwrap()).unwrap(),
        _ => day.year().into(),
    }
}

fn case(births: &[Option<Period>], events: &[Option<Period>], rest: [Option<Period>; 4]) -> Records {
    let [incoming_referral_date, outgoing_referral_date, planned_end_date, actual_end_date] = rest;
    let mut records = Records::default();
    let mut case = CaseRecord {
        id: CaseId::new("c"),
        events: events.iter().map(|date| TraffickingEvent { date: *date, ..TraffickingEvent::default() }).collect(),
        incoming_referral_date,
        outgoing_referrals: vec![OutgoingReferral { outgoing_referral_date, ..OutgoingReferral::default() }],
        support_plans: vec![SupportPlan { planned_end_date, actual_end_date, ..SupportPlan::default() }],
        ..CaseRecord::default()
    };
    for (at, birthdate) in births.iter().enumerate() {
        let id = PersonId::new(at.to_string());
        records.persons.push(Person { id: id.clone(), birthdate: *birthdate, ..Person::default() });
        case.victims.push(Victim { person: id, ..Victim::default() });
    }
    records.cases.push(case);
    records
}

/// What R24 finds at a severity.
fn r24(records: &Records, severity: Severity) -> Vec<(u64, String)> {
    found(records)
        .into_iter()
        .filter(|(rule, of, ..)| *rule == "R24" && *of == severity)
        .map(|(_, _, count, column)| (count, column))
        .collect()
}

/// Whether there are true days that follow each other: earlier ranks are not later.
fn can_follow(dates: &[(u8, Period)], chosen: &mut Vec<(u8, NaiveDate)>) -> bool {
    let Some(&(rank, period)) = dates.get(chosen.len()) else {
        return true;
    };
    for day in days(period) {
        let follows = |&(earlier, before): &(u8, NaiveDate)| match earlier.cmp(&rank) {
            std::cmp::Ordering::Less => before <= day,
            std::cmp::Ordering::Equal => true,
            std::cmp::Ordering::Greater => day <= before,
        };
        if chosen.iter().all(follows) {
            chosen.push((rank, day));
            let can = can_follow(dates, chosen);
            chosen.pop();
            if can {
                return true;
            }
        }
    }
    false
}

fn any_date() -> impl Strategy<Value = Option<(u64, bool)>> {
    prop::option::weighted(0.7, (0u64..75, prop::bool::weighted(0.4)))
}

proptest! {
    /// The rule is broken exactly if no true days keep it.
    #[test]
    fn dates_are_out_of_order_if_no_true_days_are_in_order(dates in prop::array::uniform7(any_date())) {
        const RANKS: [u8; 7] = [0, 1, 1, 2, 3, 3, 3];
        let first = NaiveDate::from_ymd_opt(2019, 12, 1).unwrap();
        // Few months, so that all their days can be tried.
        let mut months = 0;
        let periods = dates.map(|date| date.map(|(days, is_month)| {
            months += u8::from(is_month);
            known(first + Days::new(days), u8::from(is_month && months <= 3))
        }));
        let [birth, event_1, event_2, incoming, outgoing, planned, actual] = periods;
        let records = case(&[birth], &[event_1, event_2], [incoming, outgoing, planned, actual]);
        let recorded: Vec<(u8, Period)> =
            RANKS.into_iter().zip(periods).filter_map(|(rank, period)| Some((rank, period?))).collect();
        let can_follow = can_follow(&recorded, &mut Vec::new());
        prop_assert_eq!(r24(&records, Severity::Warning).is_empty(), can_follow);
        prop_assert!(r24(&records, Severity::Information).is_empty());
    }

    /// Of two victims, a date may be about the elder.
    #[test]
    fn a_date_before_a_birth_is_so_on_all_true_days(
        births in prop::array::uniform2(any_date()), event in (0u64..75, any::<bool>()),
    ) {
        let first = NaiveDate::from_ymd_opt(2019, 12, 1).unwrap();
        let known = |(days, is_month): (u64, bool)| known(first + Days::new(days), is_month.into());
        let (births, event) = (births.map(|birth| birth.map(known)), known(event));
        let records = case(&births, &[Some(event)], [None; 4]);
        // Missing: born on any day.
        let always = |holds: &dyn Fn(bool, bool) -> bool| {
            let days_of = |birth: Option<Period>| birth.map_or_else(|| vec![NaiveDate::MIN], |birth| days(birth).collect());
            let (elder, younger) = (days_of(births[0]), days_of(births[1]));
            days(event).all(|day| {
                elder.iter().all(|one| younger.iter().all(|other| holds(day < *one, day < *other)))
            })
        };
        let (both, either) = (always(&|one, other| one && other), always(&|one, other| one || other));
        prop_assert_eq!(r24(&records, Severity::Warning).len(), usize::from(both));
        prop_assert_eq!(r24(&records, Severity::Information).len(), usize::from(either && !both));
    }

    #[test]
    fn a_date_is_in_the_future_if_all_its_days_are(days_after in -400i64..400, precision in 0u8..3, which in 0usize..6) {
        let date = known(today() + chrono::Duration::days(days_after), precision);
        let at = |position: usize| (position == which).then_some(date);
        let records = case(&[at(0)], &[at(1)], [at(2), at(3), at(4), at(5)]);
        let is_future = days(date).all(|day| day > today());
        // Plans are about the future.
        prop_assert_eq!(!r24(&records, Severity::Warning).is_empty(), is_future && which != 4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Of all true days on which the person was born before the referral, none gives the age.
    #[test]
    fn an_age_is_too_high_if_it_is_on_all_true_days(
        birth in (0u64..800, 0u8..3), later in -300i64..1_500, precision in 0u8..3, age in 0u32..6,
    ) {
        let first = NaiveDate::from_ymd_opt(2003, 6, 1).unwrap() + Days::new(birth.0);
        let (birth, referral) = (known(first, birth.1), known(first + chrono::Duration::days(later), precision));
        let mut records = case(&[Some(birth)], &[], [Some(referral), None, None, None]);
        records.cases[0].victims[0].age_when_trafficked = Some(age);
        // Birthdays had on or before the day; who was born on 29 February has them on 1 March in other years.
        let age_on = |born: NaiveDate, day: NaiveDate| {
            day.year() - born.year() - i32::from((day.month(), day.day()) < (born.month(), born.day()))
        };
        let referrals: Vec<NaiveDate> = days(referral).collect();
        let ages = days(birth).flat_map(|born| {
            referrals.iter().filter(move |day| born <= **day).map(move |day| age_on(born, *day))
        });
        let oldest = ages.max();
        let fires = rules(&records).contains(&"R25");
        prop_assert_eq!(fires, oldest.is_some_and(|oldest| i64::from(age) > i64::from(oldest)));
    }
}

#[test]
fn an_age_is_at_most_120() {
    let of = |age| rules(&of_victim(Victim { age_when_trafficked: Some(age), ..Victim::default() }));
    assert!(of(0).is_empty() && of(120).is_empty());
    assert_eq!(of(121), ["R25"]);
    assert_eq!(of(u32::MAX), ["R25"]);
}

#[test]
fn each_date_out_of_order_counts_once_at_its_column() {
    let dates = ["2015-03", "2016", "2014-12-31", "2018-01-01", "2014", "2019"].map(period);
    let [born, event, incoming, outgoing, planned, actual] = dates;
    let records = case(&[born], &[event, period("2017")], [incoming, outgoing, planned, actual]);
    // Two dates are before the birth; the same two are before an event.
    let expected = ["cas_IncomingReferralDate"; 2].map(|column| (2, column.to_owned()));
    assert_eq!(r24(&records, Severity::Warning), expected);
    let messages: Vec<_> = report(&records).findings.into_iter().map(|finding| finding.message).collect();
    assert!(messages[0].contains("birth") && messages[1].contains("follow"), "{messages:?}");
}

#[test]
fn dates_of_the_same_day_month_or_year_are_in_order() {
    for date in ["2019", "2019-03", "2019-03-05"].map(period) {
        assert_eq!(found(&case(&[date, date], &[date, date], [date; 4])), []);
    }
}
