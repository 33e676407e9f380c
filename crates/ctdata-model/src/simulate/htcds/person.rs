//! The people of a case.

use super::draws::Draws;
use super::timeline::{Birth, age_on, earlier, recorded};
use super::words::marked;
use crate::htcds::lists::{Gender, HighestLevelOfEducation as Education, Language, MaritalStatus};
use crate::htcds::{Consent, ListMember, Listed, Person, PersonId};
use crate::simulate::draft::Draft;
use crate::{Country, Period, Redacted};
use chrono::NaiveDate;

/// Languages in which people of a country can be spoken with.
const LANGUAGES: [(&str, &[&str]); 6] = [
    ("rus", &["UA", "BY", "KG", "KZ", "UZ", "TM", "MD", "RU"]),
    ("spa", &["MX", "GT", "HN", "SV", "CO", "VE", "CU"]),
    ("eng", &["US", "JM", "GH", "NG", "PH", "KE", "UG", "LR", "SL"]),
    ("fra", &["HT", "CM", "SN", "CI", "BF"]),
    ("ara", &["EG", "MA", "SY", "IQ"]),
    ("zho", &["CN"]),
];
const LEVELS: [(Education, u32); 6] = [
    (Education::PrimaryEducation, 200),
    (Education::LowerSecondaryEducation, 220),
    (Education::UpperSecondaryEducation, 200),
    (Education::PostSecondaryNonTertiaryEducation, 60),
    (Education::ShortCycleTertiaryEducation, 30),
    (Education::BachelorsOrEquivalentLevel, 40),
];
const MARITAL: [(MaritalStatus, u32); 6] = [
    (MaritalStatus::Single, 400),
    (MaritalStatus::Married, 200),
    (MaritalStatus::Divorced, 70),
    (MaritalStatus::Separated, 60),
    (MaritalStatus::Widowed, 25),
    (MaritalStatus::RegisteredPartnership, 15),
];

/// Consent: yes, no; the rest is not recorded.
const CONSENT: [(bool, u32); 2] = [(true, 740), (false, 70)];

/// The country of a draft's code, if it is recorded.
pub(super) fn country(code: u16) -> Option<Country> {
    Country::from_index(usize::from(code))
}

/// A victim. Nothing identifying is recorded without consent.
pub(super) fn victim(id: PersonId, draft: &Draft, birth: Birth, referred: NaiveDate, draws: &mut Draws<'_>) -> Person {
    let mut person = Person { id, ..Person::default() };
    let age = age_on(referred, birth.date);
    let citizenship = country(draft.citizenship);
    person.consent = Consent { consent: draws.shared(&CONSENT) };
    person.gender = gender(draft.gender, draws).map(Listed::Known);
    person.birthdate = if birth.is_known { recorded(birth.date, draws) } else { None };
    person.citizenship = citizenship.map(Listed::Known).into_iter().collect();
    if let (Some(first), true) = (citizenship, draws.happens(20))
        && let Some(second) = draws.one(&["US", "RU", "FR", "RO", "ES"]).and_then(Country::from_alpha2)
        && first != second
    {
        person.citizenship.push(Listed::Known(second));
    }
    person.deceased = draws.shared(&[(false, 400), (true, 5)]);
    person.marital_status = match age {
        ..16 if draws.happens(400) => Some(Listed::Known(MaritalStatus::Single)),
        ..16 => None,
        _ => draws.shared(&MARITAL).map(Listed::Known),
    };
    if age >= 16 && draws.happens(450) {
        person.number_of_children = Some(draws.below(4).saturating_sub(u32::from(draws.happens(500))));
    }
    person.highest_level_of_education = draws.shared(&LEVELS).filter(|level| *level <= highest(age)).map(Listed::Known);
    person.primary_language = citizenship.and_then(language).filter(|_| draws.happens(650)).map(Listed::Known);
    if person.primary_language.is_some() && draws.happens(150) {
        person.secondary_language =
            Language::read("eng").map(Listed::Known).filter(|second| person.primary_language.as_ref() != Some(second));
    }
    person.mailing_country =
        country(draft.exploitation).or(citizenship).filter(|_| draws.happens(500)).map(Listed::Known);
    if person.consent.consent == Some(true) {
        identify(&mut person, age, draws);
    }
    person
}

/// What identifies a person.
fn identify(person: &mut Person, age: u32, draws: &mut Draws<'_>) {
    if draws.happens(960) {
        person.first_name = draws.proper_name();
        person.second_name = draws.proper_name().filter(|_| draws.happens(960));
    }
    if draws.happens(120) {
        person.middle_name = draws.proper_name();
    }
    if age >= 18 && draws.happens(500) {
        person.salutation = match person.gender.as_ref().and_then(Listed::known) {
            Some(Gender::Feminine) => marked("Ms"),
            Some(Gender::Masculine) => marked("Mr"),
            _ => marked("Mx"),
        };
    }
    if age >= 18 && draws.happens(60) {
        person.title = draws.one(&["Dr", "Nurse", "Teacher"]).and_then(marked);
    }
    if draws.happens(350) {
        person.identity_number = draws.number("ID ", 6);
    }
    if age >= 12 && draws.happens(250) {
        person.email = draws.email();
    }
    if draws.happens(120) {
        person.home_phone = draws.phone();
    }
    if age >= 12 && draws.happens(550) {
        person.mobile_phone = draws.phone();
    }
    if draws.happens(550) {
        person.mailing_city = draws.proper_name();
        if draws.happens(600) {
            person.mailing_street = draws.street();
            person.mailing_postal_code = draws.number("", 5);
        }
        if draws.happens(300) {
            person.mailing_state = draws.proper_name();
        }
        if draws.happens(60) {
            [person.mailing_latitude, person.mailing_longitude] = draws.coordinates();
        }
    }
}

/// A perpetrator, of whom little is known.
pub(super) fn perpetrator(id: PersonId, victim: Option<Country>, referred: NaiveDate, draws: &mut Draws<'_>) -> Person {
    let mut person = Person { id, ..Person::default() };
    person.gender = draws.shared(&[(Gender::Masculine, 600), (Gender::Feminine, 320)]).map(Listed::Known);
    if draws.happens(350) {
        let age = draws.between(19, 64);
        let birth = earlier(referred, age * 365 + draws.below(300));
        person.birthdate = Period::try_from(birth).ok().map(|date| date.year().into());
    }
    if draws.happens(550) {
        let of_victim = victim.filter(|_| draws.happens(650));
        let country =
            of_victim.or_else(|| draws.one(&["UA", "RU", "PH", "NG", "MX", "TH"]).and_then(Country::from_alpha2));
        person.citizenship = country.map(Listed::Known).into_iter().collect();
    }
    if draws.happens(600) {
        person.first_name = draws.proper_name();
        person.second_name = draws.proper_name().filter(|_| draws.happens(600));
    }
    if draws.happens(120) {
        person.mobile_phone = draws.phone();
    }
    person
}

fn gender(code: u8, draws: &mut Draws<'_>) -> Option<Gender> {
    use crate::Gender as G;
    Some(match G::from_index(usize::from(code)) {
        Some(G::Female) => Gender::Feminine,
        Some(G::Male) => Gender::Masculine,
        Some(_) => draws.one(&[Gender::TransgenderFeminine, Gender::TransgenderMasculine, Gender::NonConforming])?,
        None if usize::from(code) > G::ALL.len() => Gender::NonSpecifiedUnknown,
        None => return None,
    })
}

fn language(country: Country) -> Option<Language> {
    let spoken = LANGUAGES.iter().find(|(_, countries)| countries.contains(&country.alpha2()));
    spoken.and_then(|(code, _)| Language::read(code))
}

/// The highest level that somebody of that age can have.
fn highest(age: u32) -> Education {
    match age {
        ..6 => Education::EarlyChildhoodEducation,
        6..12 => Education::PrimaryEducation,
        12..16 => Education::LowerSecondaryEducation,
        16..21 => Education::UpperSecondaryEducation,
        _ => Education::DoctoralOrEquivalentLevel,
    }
}

/// A reference to somebody, or now and then only a name.
pub(super) fn reference(id: Option<&str>, draws: &mut Draws<'_>) -> Option<Redacted<String>> {
    match draws.below(10) {
        0..7 => id.map(|id| Redacted::new(id.to_owned())),
        _ => draws.full_name(),
    }
}
