//! Invented names, addresses and texts. Every one carries the marker.

use super::MARKER;
use super::draws::Draws;
use crate::Redacted;

/// Syllables of names of people and places.
const SYLLABLES: [&str; 32] = [
    "la", "mi", "ro", "ta", "ne", "shu", "ka", "vel", "do", "ri", "sa", "ño", "be", "lin", "gu", "ha", "jo", "ped",
    "mé", "ori", "wa", "zel", "tu", "fa", "ika", "mor", "şe", "ula", "yan", "che", "ost", "ber",
];

pub(super) type Text = Option<Redacted<String>>;

impl Draws<'_> {
    /// An invented name of two or three syllables, without the marker: only a part of a text.
    fn name(&mut self) -> String {
        let mut name = String::with_capacity(32);
        for at in 0..2 + self.below(2) {
            let syllable = self.one(&SYLLABLES).unwrap_or_default();
            let mut letters = syllable.chars();
            if let (0, Some(first)) = (at, letters.next()) {
                name.extend(first.to_uppercase());
                name.push_str(letters.as_str());
            } else {
                name.push_str(syllable);
            }
        }
        name
    }

    /// A name of a person, a city or a state.
    pub(super) fn proper_name(&mut self) -> Text {
        self.name_with("")
    }

    /// A name and what kind of thing bears it.
    pub(super) fn name_with(&mut self, kind: &str) -> Text {
        let mut name = self.name();
        for part in [kind, MARKER] {
            if !part.is_empty() {
                name.push(' ');
                name.push_str(part);
            }
        }
        text(name)
    }

    /// First name and second name in one text.
    pub(super) fn full_name(&mut self) -> Text {
        let first = self.name();
        self.name_with("").map(|second| Redacted::new(format!("{first} {}", second.expose())))
    }

    pub(super) fn street(&mut self) -> Text {
        let number = self.between(1, 240);
        let kind = self.one(&["Street", "Road", "Lane", "Square"]).unwrap_or_default();
        self.name_with(kind).map(|street| Redacted::new(format!("{number} {}", street.expose())))
    }

    /// The marker with a number: postal codes, identity numbers.
    pub(super) fn number(&mut self, prefix: &str, digits: u32) -> Text {
        let number = self.below(10_u32.pow(digits));
        text(format!("{prefix}{MARKER} {number:0width$}", width = digits as usize))
    }

    pub(super) fn email(&mut self) -> Text {
        let number = self.below(100_000);
        text(format!("{MARKER}.{number}@example.org"))
    }

    pub(super) fn phone(&mut self) -> Text {
        let number = self.below(1000);
        text(format!("+{}{number:03}", super::PHONE_MARKER))
    }

    /// A sentence with a name in it.
    pub(super) fn sentence(&mut self, of: &[&str]) -> Text {
        let sentence = self.one(of).unwrap_or_default();
        let name = self.name();
        text(format!("{sentence} {name} {MARKER}."))
    }

    /// Latitude and longitude to four places.
    pub(super) fn coordinates(&mut self) -> [Option<Redacted<f64>>; 2] {
        let mut degrees = |low: i32, range: u32| {
            let steps = i64::from(low) * 10_000 + i64::from(self.below(range * 10_000));
            #[expect(clippy::cast_precision_loss, reason = "at most 1,800,000")]
            Some(Redacted::new(steps as f64 / 10_000.0))
        };
        [degrees(-55, 125), degrees(-180, 360)]
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a field takes")]
fn text(text: String) -> Text {
    Some(Redacted::new(text))
}

/// A word of a form with the marker: salutations, titles.
pub(super) fn marked(word: &str) -> Text {
    text(format!("{word} {MARKER}"))
}

pub(super) const CLOSURES: &[&str] = &[
    "Reintegrated, last visit without concerns; file closed with",
    "Left the country, no further contact with",
    "All objectives met; agreed with",
    "Support declined by",
];
pub(super) const INCOMING: &[&str] = &[
    "Identified during an inspection, interviewed by",
    "Called the hotline; passed on by",
    "Came to the shelter with",
    "Found at the border, \"lost papers\" according to",
];
pub(super) const OUTGOING: &[&str] = &[
    "Needs medical care, appointment with",
    "Legal aid for compensation; lawyer is",
    "Moves to another region, handed over to",
];
pub(super) const COMMENTS: &[&str] = &[
    "Spoke on the phone, wants to go home to",
    "Shelter agreed; next visit with",
    "Documents are still held by",
    "Interpreter was",
    "Did not appear at the appointment with",
];
pub(super) const DESCRIPTIONS: &[&str] = &[
    "Was told of work in a restaurant owned by",
    "Taken by car at night, driver was",
    "Kept in a house at the edge of",
    "Worked without pay for",
];
pub(super) const OBJECTIVES: &[&str] = &[
    "Safe housing and a school place in",
    "Income of one's own within a year, with",
    "Recovery and contact with the family of",
];
pub(super) const ACTIONS: &[&str] =
    &["Weekly counselling with", "Vocational training, then a small grant; mentor", "Medical check and follow-up by"];
pub(super) const VULNERABILITIES: &[&str] =
    &["Lost the family home; debts with", "Left school early, cared for the children of"];
pub(super) const ROLES: &[&str] =
    &["Drove the car and paid", "Placed the advert under the name of", "Kept the keys for"];
