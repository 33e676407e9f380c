//! R24 and R25: dates follow each other, and an age is one that the person can have had.
//!
//! A date may be known as a year or a month. It breaks a rule only if it does so whatever the true days are. What is
//! not recorded breaks nothing, and is bridged: an event after an outgoing referral is out of order also where the
//! incoming referral, which lies between them, has no date.

use chrono::NaiveDate;

use super::breach::{Breach, Look};
use crate::Period;
use crate::htcds::{CaseRecord, Person, Victim};

/// The oldest age that is no mistake.
const OLDEST: u32 = 120;

/// The births of the victims of a case.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Births {
    /// The first day on which the eldest and the youngest can have been born, of those with a date.
    eldest: Option<NaiveDate>,
    youngest: Option<NaiveDate>,
    some_unknown: bool,
}

impl Births {
    /// Adds a victim; `None` if the date is not recorded.
    pub(super) fn add(&mut self, birth: Option<Period>) {
        match birth.map(Period::start) {
            Some(start) => {
                self.eldest = Some(self.eldest.map_or(start, |eldest| eldest.min(start)));
                self.youngest = self.youngest.max(Some(start));
            }
            None => self.some_unknown = true,
        }
    }

    /// How a date breaks the rule that it is not before a birth: an event may be about the elder of two victims, or
    /// about one whose birth is not recorded.
    fn breach(self, date: Period) -> Option<Breach> {
        let is_before = |birth: Option<NaiveDate>| birth.is_some_and(|birth| date.end() < birth);
        if !self.some_unknown && is_before(self.eldest) {
            Some(Breach::BeforeBirth)
        } else if is_before(self.youngest) {
            Some(Breach::BeforeBirthOfOne)
        } else {
            None
        }
    }
}

/// R24 for the dates of a case. `today` is the day after which dates are in the future.
pub(super) fn case(case: &CaseRecord, births: Births, today: Option<NaiveDate>, look: &mut Look<'_>) {
    // The first day that a date may have, by those that must precede it.
    let mut since = None;
    let mut date = |date: Option<Period>, since: Option<NaiveDate>, may_be_future: bool, field: &'static str| {
        let date = date?;
        if let Some(breach) = births.breach(date) {
            look.field(breach, field);
        }
        look.field_if(since.is_some_and(|since| date.end() < since), Breach::OutOfOrder, field);
        look.field_if(!may_be_future && is_future(date, today), Breach::InFuture, field);
        Some(date.start())
    };
    for event in &case.events {
        since = since.max(date(event.date, None, false, "hte_Date"));
    }
    since = since.max(date(case.incoming_referral_date, since, false, "cas_IncomingReferralDate"));
    for referral in &case.outgoing_referrals {
        date(referral.outgoing_referral_date, since, false, "cas_OutgoingReferralDate");
    }
    for plan in &case.support_plans {
        // Plans are about the future.
        date(plan.planned_end_date, since, true, "spl_PlannedEndDate");
        date(plan.actual_end_date, since, false, "spl_ActualEndDate");
    }
}

/// R24 for the dates of a person.
pub(super) fn person(person: &Person, today: Option<NaiveDate>, look: &mut Look<'_>) {
    let is_future = person.birthdate.is_some_and(|birth| is_future(birth, today));
    look.field_if(is_future, Breach::InFuture, "prs_Birthdate");
}

fn is_future(date: Period, today: Option<NaiveDate>) -> bool {
    today.is_some_and(|today| date.start() > today)
}

/// R25.
pub(super) fn age(victim: &Victim, birth: Option<Period>, referral: Option<Period>, look: &mut Look<'_>) {
    const FIELD: &str = "vic_AgeWhenTrafficked";
    let Some(age) = victim.age_when_trafficked else {
        return;
    };
    look.field_if(age > OLDEST, Breach::AgeOutOfRange, FIELD);
    if let (Some(birth), Some(referral)) = (birth, referral) {
        // The oldest age that the person can have had; none if the referral was before birth, which R24 finds.
        let own = referral.end().years_since(birth.start());
        look.field_if(own.is_some_and(|own| age > own), Breach::AgeAboveOwn, FIELD);
    }
}
