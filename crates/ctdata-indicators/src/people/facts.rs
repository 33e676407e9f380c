//! What records say of one person, where it is certain.

use super::extension::MOST_DAYS;
use super::question::UNMAPPED;
use ctdata_model::htcds::lists::{CaseStatus, RelationshipToTrafficker, RoleInProcess};
use ctdata_model::htcds::{CaseRecord, Listed, Person, PersonId, Records};
use ctdata_model::{CodeList, Country, Gender, Period, PerpetratorAgeBand, PerpetratorRelation};
use std::collections::{BTreeSet, HashMap};

/// Nobody is older.
const OLDEST: u32 = 120;

/// People by their identifiers. Of two with one identifier, the first is the one; an empty one identifies nobody.
pub(super) struct People<'r>(HashMap<&'r str, &'r Person>);

impl<'r> People<'r> {
    pub(super) fn of(records: &'r Records) -> Self {
        let persons = records.persons.iter().rev().map(|person| (person.id.expose(), person));
        Self(persons.filter(|(id, _)| !id.is_empty()).collect())
    }

    pub(super) fn person(&self, id: &PersonId) -> Option<&'r Person> {
        self.0.get(id.expose()).copied()
    }
}

/// The code of the gender.
pub(super) fn sex(person: &Person) -> Option<&'static str> {
    let known = person.gender.as_ref().and_then(Listed::known)?;
    Gender::parse(known.code()).ok().map(Gender::code)
}

/// The only citizenship, alpha-2.
pub(super) fn citizenship(person: &Person) -> Option<&'static str> {
    match person.citizenship.as_slice() {
        [only] => only.known().map(Country::alpha2),
        _ => None,
    }
}

/// The region that all citizenships are in, by its M49 code; `unmapped` for countries in none.
pub(super) fn region(person: &Person) -> Option<&'static str> {
    let of = |country: &Listed<Country>| {
        let country: Country = country.known()?;
        Some(country.region().map_or(UNMAPPED, CodeList::code))
    };
    let regions: Option<BTreeSet<&str>> = person.citizenship.iter().map(of).collect();
    let mut regions = regions?.into_iter();
    regions.next().filter(|_| regions.next().is_none())
}

/// The age band at a moment, if all ages that the dates allow are in one.
pub(super) fn age_band(person: &Person, at: Option<Period>) -> Option<&'static str> {
    let (birth, at) = (person.birthdate?, at?);
    let oldest = at.end().years_since(birth.start())?;
    // Born on that day at the latest.
    let youngest = at.start().years_since(birth.end()).unwrap_or(0);
    let band = |age: u32| match age {
        0..=29 => PerpetratorAgeBand::From0To29,
        30..=38 => PerpetratorAgeBand::From30To38,
        39..=47 => PerpetratorAgeBand::From39To47,
        _ => PerpetratorAgeBand::From48,
    };
    (oldest <= OLDEST && band(youngest) == band(oldest)).then(|| band(oldest).code())
}

/// The group of relations of the victim-perpetrator file.
pub(super) fn relation(relation: RelationshipToTrafficker) -> Option<&'static str> {
    use {PerpetratorRelation as P, RelationshipToTrafficker as R};
    let group = match relation {
        R::Familial | R::IntimatePartner => P::FamilyOrIntimatePartner,
        R::Acquainted => P::FriendOrAcquaintance,
        R::Unaquainted => P::StrangerUnknownOrOther,
        _ => return None,
    };
    Some(group.code())
}

/// The label of the group of roles of the victim-perpetrator file; none for roles that it does not have.
pub(super) fn part(role: RoleInProcess) -> Option<&'static str> {
    use RoleInProcess as R;
    match role {
        R::Exploiter => Some("Exploiter"),
        R::RecruiterOrIntermediary | R::BrokerTravelAgent => Some("Recruiter or broker"),
        R::Transporter
        | R::TransferredIndividual
        | R::HarbouredIndividual
        | R::SoldIndividual
        | R::BoughtIndividual
        | R::ReceivedIndividual => Some("Transport, transfer, harbouring or receipt"),
        R::ControlledIndividual | R::Abuser | R::Kidnapper => Some("Control, abuse or kidnapping"),
        // Travelling partners, smugglers and others.
        _ => None,
    }
}

/// How long a person waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) days: usize,
    /// Whether a service ended the wait, not the observation.
    pub(super) served: bool,
}

/// Days from the earliest incoming referral to the earliest outgoing one, which is the only service that HTCDS dates, or
/// to the day on which the records were taken.
///
/// `None` where a date that matters is not known to the day, a referral is not dated or the person's own
/// (`all_attributable`), or the dates contradict each other.
pub(super) fn wait(cases: &[&CaseRecord], all_attributable: bool, as_of: Period) -> Option<Wait> {
    if !all_attributable {
        return None;
    }
    let day = |date: Option<Period>| date?.day();
    let identified: Option<Vec<_>> = cases.iter().map(|case| day(case.incoming_referral_date)).collect();
    let identified = identified?.into_iter().min()?;
    let dates: Vec<Option<Period>> = cases
        .iter()
        .flat_map(|case| {
            let status = case.status.as_ref().and_then(Listed::known);
            // Closed because the person was referred, at a time that is not told.
            let untold = status == Some(CaseStatus::ClosedReferred) && case.outgoing_referrals.is_empty();
            case.outgoing_referrals.iter().map(|referral| referral.outgoing_referral_date).chain(untold.then_some(None))
        })
        .collect();
    let (end, served) = if dates.is_empty() {
        (as_of.day()?, false)
    } else {
        let first = dates.iter().filter_map(|date| day(*date)).min()?;
        // One that is not known to the day may be earlier.
        let is_later = |date: &Option<Period>| date.is_some_and(|date| date.start() >= first);
        if !dates.iter().all(is_later) {
            return None;
        }
        (first, true)
    };
    let days = usize::try_from((end - identified).num_days()).ok()?;
    let most = usize::try_from(MOST_DAYS).ok()?;
    // Whoever waits longer is followed that long.
    Some(if days > most { Wait { days: most, served: false } } else { Wait { days, served } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_model::htcds::OutgoingReferral;

    fn date(text: &str) -> Option<Period> {
        (!text.is_empty()).then(|| text.parse().unwrap())
    }

    fn case(incoming: &str, outgoing: &[&str]) -> CaseRecord {
        let referral =
            |text: &&str| OutgoingReferral { outgoing_referral_date: date(text), ..OutgoingReferral::default() };
        CaseRecord {
            incoming_referral_date: date(incoming),
            outgoing_referrals: outgoing.iter().map(referral).collect(),
            ..CaseRecord::default()
        }
    }

    /// Days counted by hand.
    #[test]
    fn a_wait_ends_with_the_first_referral_or_with_the_observation() {
        let as_of: Period = "2021-03-01".parse().unwrap();
        let of = |cases: &[CaseRecord]| {
            let wait = wait(&cases.iter().collect::<Vec<_>>(), true, as_of)?;
            Some((wait.days, wait.served))
        };
        assert_eq!(of(&[case("2020-02-01", &["2020-03-01", "2020-02-11"])]), Some((10, true)));
        assert_eq!(of(&[case("2020-02-01", &[])]), Some((394, false)), "2020 has 366 days");
        assert_eq!(of(&[case("2020-05-01", &["2020-05-03"]), case("2020-04-03", &[])]), Some((30, true)));
        assert_eq!(of(&[case("2020-02", &["2020-03-01"])]), None, "identified on a day that is not told");
        assert_eq!(of(&[case("2020-02-01", &[""])]), None, "referred on a day that is not told");
        assert_eq!(of(&[case("2020-02-01", &["2020-03-01", "2020"])]), None, "another may have been earlier");
        assert_eq!(of(&[case("2020-02-01", &["2020-03-01", "2020-04"])]), Some((29, true)));
        assert_eq!(of(&[case("2020-02-01", &["2020-01-01"])]), None, "served before");
        assert_eq!(of(&[case("2021-04-01", &[])]), None, "after the records were taken");
        assert_eq!(of(&[case("1990-01-01", &["2020-01-01"])]), Some((3652, false)), "not within ten years");
        let referred = CaseRecord { status: Some(CaseStatus::ClosedReferred.into()), ..case("2020-02-01", &[]) };
        assert_eq!(of(&[referred]), None);
        assert_eq!(wait(&[&case("2020-02-01", &["2020-03-01"])], false, as_of), None, "perhaps another's referral");
    }

    #[test]
    fn an_age_band_is_told_only_if_it_is_certain() {
        let of = |birth: &str, at: &str| age_band(&Person { birthdate: date(birth), ..Person::default() }, date(at));
        assert_eq!(of("1990", "2021"), Some("30-38"), "30 or 31");
        assert_eq!(of("1991", "2021"), None, "29 or 30");
        assert_eq!(of("1982-06-02", "2021-06-01"), Some("30-38"));
        assert_eq!(of("1982-06-02", "2021-06-02"), Some("39-47"));
        assert_eq!(of("1900", "2021"), None, "nobody is so old");
        assert_eq!(of("2022", "2021"), None, "not born");
        assert_eq!(of("1990", ""), None);
    }

    #[test]
    fn several_citizenships_count_if_they_are_in_one_region() {
        let of = |codes: &[&str]| {
            let citizenship = codes.iter().map(|code| Listed::read(code)).collect();
            region(&Person { citizenship, ..Person::default() })
        };
        assert_eq!(of(&["KE", "UG"]), Some("002"));
        assert_eq!(of(&["KE", "FR"]), None);
        assert_eq!(of(&["KE", "an unlisted text"]), None);
        assert_eq!(of(&["XK"]), Some(UNMAPPED)); // Kosovo has no row in M49
        assert_eq!(of(&[]), None);
    }
}
