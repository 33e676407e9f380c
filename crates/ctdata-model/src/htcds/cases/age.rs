//! Ages and durations between dates of which only the year or the month may be known.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

use crate::{AgeBand, DurationBand, Majority, Period};

/// Nobody is older.
pub(super) const OLDEST: u32 = 120;

/// The ages in completed years that are possible at a moment; `None` if birth comes after it, or nobody is so old.
/// Every age of the range is possible. Who was born on 29 February completes a year on 1 March where there is no such
/// day.
pub(super) fn ages(birth: Period, at: Period) -> Option<RangeInclusive<u32>> {
    let oldest = at.end().years_since(birth.start())?;
    // Born on the day at the latest.
    let youngest = at.start().years_since(birth.end()).unwrap_or(0);
    (youngest <= OLDEST).then_some(youngest..=oldest.min(OLDEST))
}

/// The age band, if all of these ages are in one.
pub(super) fn band(ages: &RangeInclusive<u32>) -> Option<AgeBand> {
    let of = |years: u32| u8::try_from(years).map(AgeBand::of_age).ok();
    of(*ages.start()).filter(|band| of(*ages.end()) == Some(*band))
}

/// Minor or adult, if all of these ages are.
pub(super) fn majority(ages: &RangeInclusive<u32>) -> Option<Majority> {
    let of = |years: u32| if years < 18 { Majority::Minor } else { Majority::Adult };
    Some(of(*ages.start())).filter(|majority| of(*ages.end()) == *majority)
}

/// The band of the months completed from the first of these dates to the last, if it is certain; `None` for less than
/// two dates.
pub(super) fn duration(dates: &[Period]) -> Option<DurationBand> {
    if dates.len() < 2 {
        return None;
    }
    let starts = || dates.iter().map(|date| date.start());
    let ends = || dates.iter().map(|date| date.end());
    // The last date comes at the earliest when the latest of them begins, the first at the latest when the earliest ends.
    let shortest = months(ends().min()?, starts().max()?);
    let longest = months(starts().min()?, ends().max()?);
    let of = |months: u32| match months {
        0..=12 => DurationBand::From0To12,
        13..=24 => DurationBand::From13To24,
        25..=60 => DurationBand::From25To60,
        _ => DurationBand::From61,
    };
    if of(shortest) == of(longest) {
        return Some(of(longest));
    }
    (shortest >= 25).then_some(DurationBand::From25)
}

/// Completed months; 0 if the second day does not come later.
fn months(from: NaiveDate, to: NaiveDate) -> u32 {
    let months = (to.year() - from.year()) * 12 + to.month().cast_signed() - from.month().cast_signed();
    u32::try_from(months - i32::from(to.day() < from.day())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    /// Birthdays counted one by one: an independent way to completed years.
    fn birthdays(birth: NaiveDate, at: NaiveDate) -> u32 {
        let birthday = |year: i32| {
            NaiveDate::from_ymd_opt(year, birth.month(), birth.day())
                .unwrap_or_else(|| NaiveDate::from_ymd_opt(year, 3, 1).unwrap())
        };
        u32::try_from((birth.year() + 1..=at.year()).filter(|&year| birthday(year) <= at).count()).unwrap()
    }

    fn days(period: Period) -> impl Iterator<Item = NaiveDate> {
        period.start().iter_days().take_while(move |day| *day <= period.end())
    }

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    /// Every pair of a day of birth and a day of referral in these periods, leap days among them.
    #[test]
    fn possible_ages_are_those_of_all_pairs_of_days() {
        for (birth, at) in [
            ("2000", "2018"),
            ("2000-02", "2018"),
            ("2004-02-29", "2021"),
            ("2004-02-29", "2022-02-28"),
            ("2004-02-29", "2022-03-01"),
            ("2003", "2003"),
            ("2003-07", "2003"),
            ("1996", "2020-02-29"),
            ("2019-06", "2018"),
            ("2018-06", "2018"),
            ("2011-12-31", "2020-12-30"),
        ] {
            let (birth, at) = (period(birth), period(at));
            let mut found: Vec<u32> = days(birth)
                .flat_map(|born| days(at).filter(move |day| *day >= born).map(move |day| birthdays(born, day)))
                .collect();
            found.sort_unstable();
            found.dedup();
            let expected: Vec<u32> = ages(birth, at).map(Iterator::collect).unwrap_or_default();
            assert_eq!(found, expected, "{birth} to {at}");
        }
    }

    /// Ages by digits: the difference of dates written as numbers, without its last four digits.
    #[test]
    fn bands_of_all_pairs_of_days_are_those_of_their_age() {
        let number = |day: NaiveDate| day.year() * 10_000 + (day.month() * 100 + day.day()).cast_signed();
        for (births, referrals) in [(2001..=2004, 2019..=2022), (2010..=2012, 2018..=2020), (1970..=1973, 2019..=2020)]
        {
            let born = || births.clone().flat_map(|year| days(period(&year.to_string())));
            let referred = || referrals.clone().flat_map(|year| days(period(&year.to_string())));
            for birth in born() {
                for at in referred() {
                    let age = u8::try_from((number(at) - number(birth)) / 10_000).unwrap();
                    let ages = ages(birth.try_into().unwrap(), at.try_into().unwrap()).unwrap();
                    assert_eq!(ages, u32::from(age)..=u32::from(age));
                    assert_eq!(band(&ages), Some(AgeBand::of_age(age)));
                    assert_eq!(majority(&ages), Some(AgeBand::of_age(age).majority()));
                }
            }
        }
    }

    /// Days around birthdays against the bands of CTDC's codebook, by the day of birth.
    #[test]
    fn bands_change_on_birthdays() {
        let at = |birth: &str, at: &str| {
            let ages = ages(period(birth), period(at));
            (ages.as_ref().and_then(band), ages.as_ref().and_then(majority))
        };
        assert_eq!(at("2002-05-14", "2020-05-13"), (Some(AgeBand::From9To17), Some(Majority::Minor)));
        assert_eq!(at("2002-05-14", "2020-05-14"), (Some(AgeBand::From18To20), Some(Majority::Adult)));
        assert_eq!(at("2002", "2020"), (None, None), "17 or 18");
        assert_eq!(at("2001", "2020"), (Some(AgeBand::From18To20), Some(Majority::Adult)), "18 or 19");
        assert_eq!(at("1999", "2020"), (None, Some(Majority::Adult)), "20 or 21");
        assert_eq!(at("2011", "2020"), (None, Some(Majority::Minor)), "8 or 9");
        assert_eq!(at("2021", "2020"), (None, None), "not born");
        assert_eq!(at("1900", "2090"), (None, None), "nobody is so old");
        assert_eq!(at("1930", "2020-01"), (Some(AgeBand::From48), Some(Majority::Adult)));
    }

    /// The days from one to the other counted by month: an independent way to completed months.
    #[test]
    fn durations_count_completed_months() {
        for (first, last, expected) in [
            ("2019-01-15", "2020-02-14", Some(DurationBand::From0To12)),
            ("2019-01-15", "2020-02-15", Some(DurationBand::From13To24)),
            ("2019-01-15", "2021-02-14", Some(DurationBand::From13To24)),
            ("2019-01-15", "2021-02-15", Some(DurationBand::From25To60)),
            ("2015-01-15", "2020-02-14", Some(DurationBand::From25To60)),
            ("2015-01-15", "2020-02-15", Some(DurationBand::From61)),
            ("2019", "2019", Some(DurationBand::From0To12)),
            ("2019", "2020", None),
            ("2019-06", "2020-06", Some(DurationBand::From0To12)),
            ("2019-06", "2020-07", None),
            ("2019-07", "2020-06", Some(DurationBand::From0To12)),
            ("2014", "2018", Some(DurationBand::From25To60)),
            ("2014", "2019", Some(DurationBand::From25)),
            ("2013", "2019", Some(DurationBand::From61)),
        ] {
            let (first, last) = (period(first), period(last));
            assert_eq!(duration(&[first, last]), expected, "{first} to {last}");
            assert_eq!(duration(&[last, first]), expected, "{last} to {first}");
            assert_eq!(duration(&[first]), None);
        }
    }

    proptest! {
        #[test]
        fn a_certain_duration_is_that_of_every_pair_of_days(
            a in 0u64..4000, b in 0u64..4000, precision in 0..3, in_a in 0u64..366, in_b in 0u64..366,
        ) {
            let day = |days: u64| NaiveDate::from_ymd_opt(2005, 1, 1).unwrap() + Days::new(days);
            let known = |day: NaiveDate| -> Period {
                let day = Period::try_from(day).unwrap();
                match precision {
                    0 => day.year().into(),
                    1 => Period::try_month(day.year(), day.month().unwrap()).unwrap(),
                    _ => day,
                }
            };
            let within = |period: Period, days: u64| (period.start() + Days::new(days)).min(period.end());
            let (first, last) = (known(day(a)), known(day(b)));
            let (one, other) = (within(first, in_a), within(last, in_b));
            let (one, other) = (one.min(other), one.max(other));
            // Month by month; those of chrono end early where a month is short.
            prop_assume!(one.day() <= 28);
            let passed = (1u32..).take_while(|&count| one + chrono::Months::new(count) <= other).count();
            let is_in = match duration(&[first, last]) {
                None => true,
                Some(DurationBand::From0To12) => passed <= 12,
                Some(DurationBand::From13To24) => (13..=24).contains(&passed),
                Some(DurationBand::From25To60) => (25..=60).contains(&passed),
                Some(DurationBand::From61) => passed >= 61,
                Some(_) => passed >= 25,
            };
            prop_assert!(is_in, "{first} {last} {one} {other}");
        }
    }
}
