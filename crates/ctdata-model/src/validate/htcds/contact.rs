//! R27 and R28: coordinates, phone numbers and e-mail addresses have their form.

use super::breach::{Breach, Look};
use crate::Redacted;
use crate::htcds::{CaseRecord, Organization, Person};

pub(super) fn organization(organization: &Organization, look: &mut Look<'_>) {
    let latitude = ("org_ShippingLatitude", organization.shipping_latitude);
    coordinates(latitude, ("org_ShippingLongitude", organization.shipping_longitude), look);
    phone("org_Phone", organization.phone.as_ref(), look);
}

pub(super) fn person(person: &Person, look: &mut Look<'_>) {
    let latitude = ("prs_MailingLatitude", person.mailing_latitude);
    coordinates(latitude, ("prs_MailingLongitude", person.mailing_longitude), look);
    phone("prs_HomePhone", person.home_phone.as_ref(), look);
    phone("prs_MobilePhone", person.mobile_phone.as_ref(), look);
    let is_wrong = person.email.as_ref().is_some_and(|email| !is_email(email.expose()));
    look.field_if(is_wrong, Breach::EmailForm, "prs_Email");
}

pub(super) fn case(case: &CaseRecord, look: &mut Look<'_>) {
    for event in &case.events {
        coordinates(("hte_Latitude", event.latitude), ("hte_Longitude", event.longitude), look);
    }
}

type Coordinate = (&'static str, Option<Redacted<f64>>);

fn coordinates(latitude: Coordinate, longitude: Coordinate, look: &mut Look<'_>) {
    for ((field, degrees), most) in [(latitude, 90.0), (longitude, 180.0)] {
        // What is no number is outside as well.
        let is_outside = degrees.is_some_and(|degrees| !(-most..=most).contains(degrees.expose()));
        look.field_if(is_outside, Breach::NotOnEarth, field);
    }
    match (latitude.1, longitude.1) {
        (Some(_), None) => look.field(Breach::HalfPlace, latitude.0),
        (None, Some(_)) => look.field(Breach::HalfPlace, longitude.0),
        _ => {}
    }
}

fn phone(field: &'static str, number: Option<&Redacted<String>>, look: &mut Look<'_>) {
    look.field_if(number.is_some_and(|number| !is_phone(number.expose())), Breach::PhoneForm, field);
}

/// Whether a text is a phone number by the pattern of the standard, `^\+?[1-9]\d{1,14}$` (E.164), once what people
/// type to set digits apart is away: spaces, hyphens, dots, parentheses.
pub(crate) fn is_phone(text: &str) -> bool {
    let is_apart = |letter: char| {
        letter.is_whitespace() || matches!(letter, '-' | '.' | '(' | ')' | '\u{2010}' | '\u{2011}' | '\u{2013}')
    };
    let mut signs = text.chars().filter(|letter| !is_apart(*letter)).peekable();
    signs.next_if_eq(&'+');
    let mut digits = 0;
    for sign in signs {
        if !sign.is_ascii_digit() || (digits == 0 && sign == '0') {
            return false;
        }
        digits += 1;
    }
    (2..=15).contains(&digits)
}

/// Whether a text has the shape of an e-mail address: a name, `@`, and a domain of at least two labels.
///
/// # Sources
/// RFC 5321 (2008), 4.5.3.1: 64 octets before the `@`, 255 after it. RFC 1123 (1995): labels of a domain.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_name = !name.is_empty()
        && name.len() <= 64
        && !name.contains(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '@');
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    is_name && domain.len() <= 255 && domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The numbers are of ranges that are set apart for fiction; the pattern is that of HTCDS 2.0.
    #[test]
    fn phone_numbers_may_be_written_as_people_do() {
        for text in [
            "+12025550123",
            "12025550123",
            "+1 (202) 555-0123",
            "+1.202.555.0123",
            "+44\u{a0}1632\u{a0}960\u{2011}001",
            "12",
            "123456789012345",
        ] {
            assert!(is_phone(text), "{text}");
        }
        for text in [
            "",
            "+",
            "1",
            "0632960001",
            "0044 1632 960001",
            "1234567890123456",
            "++12025550123",
            "1+2025550123",
            "+1 202 555 0123 ext 4",
            "unknown",
            "１２０２５５５０１２３",
        ] {
            assert!(!is_phone(text), "{text}");
        }
    }

    #[test]
    fn an_email_address_has_a_name_and_a_domain() {
        for text in ["a@example.org", "a.b+c@mail.example.org", "o'neil@example.co", "é@exämple.org"] {
            assert!(is_email(text), "{text}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for text in [
            "",
            "@",
            "a@",
            "@example.org",
            "example.org",
            "a@example",
            "a@example..org",
            "a@.org",
            "a@example.org.",
            "a b@example.org",
            "a@b@example.org",
            "a@-example.org",
            "a@exa mple.org",
            "a@example.org; b@example.org",
            &long,
        ] {
            assert!(!is_email(text), "{text}");
        }
    }
}
