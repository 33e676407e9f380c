//! Dates that agree with each other, and how precisely they are recorded.

use chrono::{Days, Months, NaiveDate};

use super::draws::Draws;
use crate::simulate::draft::Draft;
use crate::{AgeBand, DurationBand, Majority, Period, Year};

/// The true dates of a case, whether or not they are recorded. Each is not before the one above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeline {
    pub(super) recruited: NaiveDate,
    pub(super) moved: NaiveDate,
    pub(super) exploited: NaiveDate,
    pub(super) referred: NaiveDate,
}

/// The true birth of a person, and whether anything of it may be recorded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Birth {
    pub(super) date: NaiveDate,
    pub(super) is_known: bool,
}

/// The highest age that is drawn.
const OLDEST: u32 = 65;

pub(super) fn later(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(days.into())).unwrap_or(date)
}

pub(super) fn earlier(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_sub_days(Days::new(days.into())).unwrap_or(date)
}

fn years_before(date: NaiveDate, years: u32) -> NaiveDate {
    date.checked_sub_months(Months::new(12 * years)).unwrap_or(date)
}

fn years_after(date: NaiveDate, years: u32) -> NaiveDate {
    date.checked_add_months(Months::new(12 * years)).unwrap_or(date)
}

/// Completed years.
pub(super) fn age_on(date: NaiveDate, birth: NaiveDate) -> u32 {
    date.years_since(birth).unwrap_or(0)
}

/// A day in the year of the draft, or in any year if the draft has none; and whether the year is recorded.
pub(super) fn referral(draft: &Draft, draws: &mut Draws<'_>) -> (NaiveDate, bool) {
    let recorded = Year::try_new(Year::MIN.get() + i16::from(draft.year)).ok().map(|year| i32::from(year.get()));
    let drawn = 2010 + i32::try_from(draws.below(13)).unwrap_or(0);
    let day = draws.between(1, 365);
    let date = NaiveDate::from_yo_opt(recorded.unwrap_or(drawn), day);
    (date.unwrap_or_default(), recorded.is_some())
}

/// Birth of a person of the draft's age at referral. Where the draft has no age, its majority serves.
pub(super) fn birth(draft: &Draft, referred: NaiveDate, draws: &mut Draws<'_>) -> Birth {
    let band = AgeBand::from_index(usize::from(draft.age));
    let majority = Majority::from_index(usize::from(draft.majority_at_registration));
    let (age, is_known) = match (band, majority) {
        (Some(band), _) => (draws.between(u32::from(band.lower()), band.upper().map_or(OLDEST, u32::from)), true),
        (None, Some(Majority::Minor)) => (draws.between(10, 17), draws.happens(500)),
        (None, Some(Majority::Adult)) => (draws.between(18, 47), draws.happens(500)),
        (None, None) => (draws.between(18, 47), false),
    };
    let days = draws.below(365);
    Birth { date: earlier(years_before(referred, age), days), is_known }
}

impl Timeline {
    /// What happened to a person before the referral, nothing of it before `floor`.
    pub(super) fn draw(
        draft: &Draft,
        birth: NaiveDate,
        floor: NaiveDate,
        referred: NaiveDate,
        draws: &mut Draws<'_>,
    ) -> Self {
        let freed = earlier(referred, draws.between(5, 400));
        let months = match DurationBand::from_index(usize::from(draft.duration)) {
            Some(DurationBand::From0To12) => draws.between(1, 12),
            Some(DurationBand::From13To24) => draws.between(13, 24),
            Some(DurationBand::From25To60) => draws.between(25, 60),
            Some(DurationBand::From61 | DurationBand::From25) => draws.between(61, 120),
            None => draws.between(1, 30),
        };
        let started = freed.checked_sub_months(Months::new(months)).unwrap_or(freed);
        let was_minor = age_on(started, birth) < 18;
        let young = years_after(birth, draws.between(10, 17));
        let started = match Majority::from_index(usize::from(draft.majority_at_exploitation)) {
            Some(Majority::Minor) if !was_minor => young,
            Some(Majority::Adult) if was_minor => years_after(birth, 18),
            _ => started,
        };
        let floor = floor.max(birth);
        let exploited = started.clamp(floor, referred.max(floor));
        let recruited = earlier(exploited, draws.between(1, 120)).max(floor);
        let between = u32::try_from((exploited - recruited).num_days()).unwrap_or(0);
        Self { recruited, moved: later(recruited, draws.below(between + 1)), exploited, referred }
    }
}

/// A date as it is recorded: mostly the day, now and then only the month or the year.
pub(super) fn recorded(date: NaiveDate, draws: &mut Draws<'_>) -> Option<Period> {
    let day = Period::try_from(date).ok()?;
    match draws.below(100) {
        0..8 => Some(day.year().into()),
        8..16 => Period::try_month(day.year(), day.month()?).ok(),
        _ => Some(day),
    }
}
