//! R29: who can be identified from the record has agreed to it.

use super::breach::{Breach, Look};
use crate::htcds::Person;

pub(super) fn person(person: &Person, look: &mut Look<'_>) {
    let breach = match person.consent.consent {
        Some(true) => return,
        Some(false) => Breach::ConsentRefused,
        None => Breach::ConsentMissing,
    };
    if let Some(field) = identifying(person) {
        look.field(breach, field);
    }
}

/// The first identifying field that is filled: names, number, address, phone, e-mail. The survey form of the standard
/// puts the second name into the title; a salutation identifies nobody.
fn identifying(person: &Person) -> Option<&'static str> {
    let texts = [
        ("prs_FirstName", &person.first_name),
        ("prs_MiddleName", &person.middle_name),
        ("prs_SecondName", &person.second_name),
        ("prs_IdentityNumber", &person.identity_number),
        ("prs_Title", &person.title),
        ("prs_Email", &person.email),
        ("prs_HomePhone", &person.home_phone),
        ("prs_MobilePhone", &person.mobile_phone),
        ("prs_MailingCity", &person.mailing_city),
        ("prs_MailingState", &person.mailing_state),
        ("prs_MailingStreet", &person.mailing_street),
        ("prs_MailingPostalCode", &person.mailing_postal_code),
    ];
    let degrees = [
        ("prs_MailingLongitude", person.mailing_longitude.is_some()),
        ("prs_MailingLatitude", person.mailing_latitude.is_some()),
    ];
    let texts = texts.into_iter().map(|(field, text)| (field, text.is_some()));
    texts.chain(degrees).find(|(_, filled)| *filled).map(|(field, _)| field)
}
